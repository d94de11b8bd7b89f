//! Signed posts, as Standard Webhooks has them: `webhook-id`, `webhook-timestamp` and `webhook-signature`, which is
//! `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. A receiver refuses an old timestamp and an id that it
//! has seen: a recorded post cannot be played again.

use super::Signed;
use super::http::Post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The post; `None`: the secret is none.
pub(super) fn post(message_id: &str, signed: Signed<'_>) -> Option<Post> {
    let Signed { secret, at, body } = signed;
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{message_id}.{at}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let headers = vec![
        ("webhook-id", message_id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ];
    Some(Post { headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_signed_as_the_standard_s_own_example_is() {
        // the test vector of Standard Webhooks' reference libraries
        let signed = Signed {
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            at: 1_614_265_330,
            body: "{\"test\": 2432232314}".to_owned(),
        };
        let post = post("msg_p5jXN8AQM9LWM0D4loKWxJek", signed).unwrap();
        let signature = &post.headers[2];
        assert_eq!(signature.1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        for secret in ["", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(post("id", Signed { secret, at: 0, body: String::new() }).is_none(), "{secret}");
        }
    }
}
