//! Short messages over an HTTP gateway that the operator chose.

use super::http::Post;
use kinward_chassis::Secret;
use kinward_notification_domain::Text;
use serde_json::json;

pub(super) fn post(message_id: &str, to: &str, text: &Text, token: &Secret) -> Post {
    let mut headers = vec![("idempotency-key", message_id.to_owned())];
    if !token.0.is_empty() {
        headers.push(("authorization", format!("Bearer {}", token.0)));
    }
    Post { headers, body: json!({"id": message_id, "to": to, "text": text.body}).to_string() }
}
