//! Assessments in a list, from memory.

use kinward_assessment_domain::assessment::State;
use kinward_assessment_domain::indexes::{Assessments, Entry};
use kinward_contracts::assessment::v1::{AssessmentEntry, ListAssessmentsRequest, Stage};
use kinward_contracts::timestamp;
use kinward_statute::lies_in;

/// Those that a caller of an area asks for, the newest first.
pub(super) fn wanted<'a>(
    index: &'a Assessments,
    request: &'a ListAssessmentsRequest,
    area: &'a str,
) -> impl Iterator<Item = AssessmentEntry> + 'a {
    let asked = move |state: &State| {
        let of_the_place = lies_in(state.village_code.as_deref(), area);
        let of_the_child = request.child_id.is_none() || request.child_id == state.child_id;
        of_the_place && of_the_child && !(request.assessing_only && state.stage() != Stage::Assessing)
    };
    let all = index.newest().into_iter();
    all.filter(move |(_, entry)| asked(&entry.state)).map(|(id, entry)| entry_of(id, entry))
}

fn entry_of(id: &str, Entry { state, .. }: &Entry<State>) -> AssessmentEntry {
    let clock = state.clocks.open().map(|(_, clock)| clock).min_by_key(|clock| clock.due_at);
    AssessmentEntry {
        assessment_id: id.to_owned(),
        child_id: state.child_id.clone(),
        village_code: state.village_code.clone(),
        stage: state.stage,
        origin: state.origin,
        previous_assessment_id: state.previous.clone(),
        risk: state.risk,
        clock: clock.map(|clock| clock.clock.clone()).unwrap_or_default(),
        clock_due_at: clock.map(|clock| timestamp(clock.due_at)),
        opened_at: Some(timestamp(state.opened_at)),
    }
}
