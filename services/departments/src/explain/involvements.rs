//! Which incidents, assessments, cases and others a child's file is involved in.

use kinward_contracts::EventMessage;
use kinward_contracts::assessment::v1::{AssessmentEvent, ReliefEvent, assessment_event, relief_event};
use kinward_contracts::custody::v1::{
    CaseEvent, OrderEvent, TemporaryGuardianshipEvent, case_event, order_event, temporary_guardianship_event,
};
use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event};
use kinward_contracts::r#type::v1::ChildReference;
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Aggregate and id of what each child is involved in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Involvements(BTreeMap<String, BTreeSet<(String, String)>>);

impl Involvements {
    /// Ids of the aggregates of one kind.
    pub(super) fn of<E: EventMessage>(&self, child_id: &str) -> Vec<String> {
        let all = self.0.get(child_id).into_iter().flatten();
        all.filter(|(aggregate, _)| aggregate == E::AGGREGATE).map(|(_, id)| id.clone()).collect()
    }
}

impl Index for Involvements {
    const NAME: &'static str = "departments-involvements";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        if let Some((aggregate, child_id)) = child_of(event)? {
            let involved = (aggregate.to_owned(), event.subject.id().to_owned());
            self.0.entry(child_id).or_default().insert(involved);
        }
        Ok(())
    }
}

/// The child whom an aggregate began with, or who was identified.
fn child_of(event: &Recorded) -> Result<Option<(&'static str, String)>, DecodeError> {
    let file = |child: Option<ChildReference>| child.and_then(|child| child.child_id);
    if let Some(IncidentEvent { event: Some(body) }) = event.decode()? {
        let child = match body {
            incident_event::Event::IncidentOpened(opened) => file(opened.child),
            incident_event::Event::ChildIdentified(identified) => Some(identified.child_id),
            _ => None,
        };
        return Ok(child.map(|child| (IncidentEvent::AGGREGATE, child)));
    }
    if let Some(AssessmentEvent { event: Some(assessment_event::Event::AssessmentOpened(opened)) }) =
        event.decode()?
    {
        return Ok(file(opened.child).map(|child| (AssessmentEvent::AGGREGATE, child)));
    }
    if let Some(ReliefEvent { event: Some(relief_event::Event::ReliefReferred(referred)) }) =
        event.decode()?
    {
        return Ok(file(referred.child).map(|child| (ReliefEvent::AGGREGATE, child)));
    }
    if let Some(CaseEvent { event: Some(case_event::Event::CaseOpened(opened)) }) = event.decode()? {
        return Ok(file(opened.child).map(|child| (CaseEvent::AGGREGATE, child)));
    }
    if let Some(OrderEvent { event: Some(order_event::Event::ProtectionOrderAppliedFor(applied)) }) =
        event.decode()?
    {
        return Ok(file(applied.child).map(|child| (OrderEvent::AGGREGATE, child)));
    }
    if let Some(TemporaryGuardianshipEvent {
        event: Some(temporary_guardianship_event::Event::TemporaryGuardianshipBegan(began)),
    }) = event.decode()?
    {
        return Ok(file(began.child).map(|child| (TemporaryGuardianshipEvent::AGGREGATE, child)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::custody::v1::CaseOpened;
    use kinward_contracts::dispatch::v1::{ChildIdentified, IncidentAccepted, IncidentOpened};
    use kinward_eventsourcing::kit::history;

    #[test]
    fn a_child_is_involved_from_the_start_or_from_being_identified() {
        let at = "2026-11-24T04:00:00Z".parse().unwrap();
        let mut index = Involvements::default();
        let identified = ChildIdentified { child_id: "child".to_owned() };
        let incident = [
            IncidentEvent::from(IncidentOpened::default()),
            IncidentAccepted::default().into(),
            identified.into(),
        ];
        let child = ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() };
        let opened = CaseOpened { child: Some(child), ..CaseOpened::default() };
        for event in history("incident", at, incident).into_iter().chain(history(
            "case",
            at,
            [CaseEvent::from(opened)],
        )) {
            index.fold(&event).unwrap();
        }
        assert_eq!(index.of::<IncidentEvent>("child"), ["incident"]);
        assert_eq!(index.of::<CaseEvent>("child"), ["case"]);
        assert!(index.of::<CaseEvent>("another").is_empty());
    }
}
