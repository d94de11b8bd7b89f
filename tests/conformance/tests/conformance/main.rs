//! One module for each context; see the crate's own words.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod assessment;
mod custody;
mod departments;
mod dispatch;
mod notification;
mod registry;
mod reporting;

use kinward_chassis::Principal;
use kinward_contracts::notification::v1::{ListNoticesRequest, Notice, Template};
use kinward_contracts::r#type::v1::Freshness;
use kinward_story::District;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

/// The rule that a refusal names, and its reason without the prefix.
fn refusal(status: &Status) -> (String, String) {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    let rule = info.metadata.get("rule").cloned().unwrap_or_default();
    (rule, info.reason.trim_start_matches("REASON_").to_owned())
}

/// What a refusal says is missing.
fn missing(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let missing =
        details.precondition_failure().map(|failure| failure.violations.clone()).unwrap_or_default();
    missing.into_iter().map(|violation| violation.subject).collect()
}

async fn district() -> District {
    District::start().await.unwrap()
}

/// Waits until a caller has an open notice of this template; asks at one position after the other.
async fn notice_of(district: &District, caller: &Principal, template: Template) -> Notice {
    let mut notices = district.clients.notices(caller).unwrap();
    let mut position = district.position().await;
    loop {
        let freshness = Some(Freshness::at_least(position));
        let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
        let mut request = Request::new(request);
        request.set_timeout(std::time::Duration::from_secs(60));
        let answer = notices.list_notices(request).await.unwrap().into_inner();
        if let Some(found) = answer.notices.into_iter().find(|one| one.template() == template) {
            return found;
        }
        position = answer.position + 1;
    }
}
