//! One module for each context; see the crate's own words.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod assessment;
mod custody;
mod departments;
mod dispatch;
mod notification;
mod registry;
mod reporting;

use kinward_story::District;
use tonic::Status;
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
