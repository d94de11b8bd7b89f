//! What reports and calls are told in clear, as the facts they ask to record: personal fields plain until the append
//! seals them.

use kinward_contracts::reporting::v1::{ReportedChild, ReportedChildInput, Reporter, ReporterInput};
use kinward_contracts::r#type::v1::{ChildReference, Sealed};
use kinward_eventsourcing::CommandId;
use kinward_privacy::Hashing;
use kinward_reporting_domain::report::receipt_code;

/// A text under a person's key.
pub(super) fn of(person_id: &str, text: Option<String>) -> Option<Sealed> {
    text.map(|text| Sealed::plain(person_id, text))
}

/// The child, and the person whose key seals what is told of it. A child that is not on file gets a person of its own,
/// under which its data can be erased.
pub(super) fn child(input: Option<ReportedChildInput>, command_id: &CommandId) -> (ReportedChild, String) {
    let input = input.unwrap_or_default();
    let person_id = input.child_id.clone().unwrap_or_else(|| command_id.new_id("child"));
    let child = ReportedChild {
        name: of(&person_id, input.name),
        approximate_age: of(&person_id, input.approximate_age.map(|age| age.to_string())),
        identity_number: of(&person_id, input.identity_number),
        sex: input.sex,
        reference: Some(ChildReference { child_id: input.child_id, person_id: person_id.clone() }),
    };
    (child, person_id)
}

/// Who reports or calls, under a key of its own. What makes it a duty, the rules say.
pub(super) fn reporter(input: Option<ReporterInput>, person_id: &str) -> Reporter {
    let who = input.unwrap_or_default();
    Reporter {
        reporter_class: who.reporter_class,
        anonymous: who.anonymous,
        unit_id: who.unit_id,
        name: of(person_id, who.name),
        phone: of(person_id, who.phone),
        person_id: (!who.anonymous).then(|| person_id.to_owned()),
        mandated_by: Vec::new(),
    }
}

/// The receipt code of a command, the same on every retry, and its hash, which alone is stored.
pub(super) fn receipt(hashing: &Hashing, command_id: &CommandId) -> (String, String) {
    let code = receipt_code(&hashing.receipt_secret(command_id.as_str()));
    let hash = hashing.receipt(&code);
    (code, hash)
}
