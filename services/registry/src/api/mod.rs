//! From requests to commands and back. No rules, no storage.

mod care;
mod children;
mod duplicates;
mod facts;
mod family;
mod files;
mod reading;
mod reference;
mod schooling;
mod tokens;
mod villages;

pub(crate) use children::Children;
pub(crate) use duplicates::Duplicates;
pub(crate) use files::Files;
pub(crate) use reference::ReferenceData;
pub(crate) use villages::Villages;

use kinward_chassis::Principal;
use kinward_contracts::Violation;
use kinward_contracts::r#type::v1::{FieldViolation, Reason, Refusal, RowOutcome, row_outcome::Outcome};
use kinward_eventlog::{Error, Receipt};

/// What became of one row of a bulk command.
pub(crate) fn outcome(result: Result<Receipt, Error>) -> RowOutcome {
    let outcome = match result {
        Ok(done) => kinward_chassis::receipt(done).map(Outcome::Receipt),
        Err(error) => Some(Outcome::Refusal(kinward_chassis::refusal_of_log(&error))),
    };
    RowOutcome { outcome }
}

/// A row that is malformed.
pub(crate) fn malformed(violations: Vec<Violation>) -> RowOutcome {
    let (message_zh, message_en) = kinward_chassis::wrong_fields(&violations);
    let violations = violations
        .into_iter()
        .map(|Violation { field, rule, zh, en }| FieldViolation {
            field,
            rule: rule.to_owned(),
            message_zh: zh,
            message_en: en,
        })
        .collect();
    let refusal = Refusal {
        reason: Reason::InvalidArgument.into(),
        message_zh,
        message_en,
        violations,
        ..Refusal::default()
    };
    RowOutcome { outcome: Some(Outcome::Refusal(refusal)) }
}

/// A row of a place that is not the caller's.
pub(crate) fn out_of_area(principal: &Principal) -> RowOutcome {
    let (message_zh, message_en) = kinward_chassis::outside(&principal.unit, &principal.area);
    let refusal =
        Refusal { reason: Reason::PermissionDenied.into(), message_zh, message_en, ..Refusal::default() };
    RowOutcome { outcome: Some(Outcome::Refusal(refusal)) }
}
