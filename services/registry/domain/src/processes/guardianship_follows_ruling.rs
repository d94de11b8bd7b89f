//! Guardianship follows a court's revocation (CUS-4). A refusal or withdrawal changes nothing in the file.

use crate::child::{Child, Command, Ruling};
use kinward_contracts::custody::v1::{CaseEvent, Ruling as Ruled, case_event::Event};
use kinward_contracts::registry::v1::{Guardian, GuardianshipBasis};
use kinward_contracts::r#type::v1::Capacity;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct GuardianshipFollowsRuling;

impl Process for GuardianshipFollowsRuling {
    type Target = Child;

    const NAME: &'static str = "registry-guardianship-follows-ruling";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(CaseEvent { event: Some(Event::PetitionRuled(ruled)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let revoked = ruled.ruling() == Ruled::Revoked;
        // a child that is not identified has no file that could follow
        let child_id = ruled.child.as_ref().and_then(|child| child.child_id.clone());
        let (Some(designated), Some(child_id), true) = (ruled.designated, child_id, revoked) else {
            return Ok(Vec::new());
        };
        let designated = Guardian {
            person_id: designated.person_id,
            relation: designated.relation,
            name: designated.name,
            phone: designated.phone,
            identity_number: None,
            basis: GuardianshipBasis::Court.into(),
            // only somebody able to act as guardian is designated (民法典 27, 36)
            capacity: Capacity::Full.into(),
            lives_with_child: false,
        };
        let ruling = Ruling {
            case_id: event.subject.id().to_owned(),
            ruled_at: event.occurred_at(),
            ruled_on: ruled.ruled_on,
            revoked_person_id: ruled.guardian_person_id,
            designated,
        };
        Ok(vec![Reaction { id: child_id, command: Command::FollowRuling(Box::new(ruling)) }])
    }
}
