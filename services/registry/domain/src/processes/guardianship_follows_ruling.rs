//! Guardianship follows a court's revocation and its restoration (CUS-4). A refusal or withdrawal changes nothing in the
//! file.

use crate::child::{Child, Command, Restoration, Ruling};
use kinward_contracts::custody::v1::{
    CaseEvent, GuardianshipRestored, PetitionRuled, Ruling as Ruled, case_event::Event,
};
use kinward_contracts::registry::v1::{Guardian, GuardianRestored, GuardianshipBasis};
use kinward_contracts::r#type::v1::{Capacity, ChildReference};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct GuardianshipFollowsRuling;

impl Process for GuardianshipFollowsRuling {
    type Target = Child;

    const NAME: &'static str = "registry-guardianship-follows-ruling";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(CaseEvent { event: Some(case) }) = event.decode()? else { return Ok(Vec::new()) };
        let reaction = match case {
            Event::PetitionRuled(ruled) => revoked(event, ruled),
            Event::GuardianshipRestored(restored) => back(event, restored),
            _ => None,
        };
        Ok(reaction.into_iter().collect())
    }
}

/// A child that is not identified has no file that could follow.
fn file(child: Option<ChildReference>) -> Option<String> {
    child?.child_id
}

fn revoked(event: &Recorded, ruled: PetitionRuled) -> Option<Reaction<Command>> {
    if ruled.ruling() != Ruled::Revoked {
        return None;
    }
    let designated = ruled.designated?;
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
    Some(Reaction { id: file(ruled.child)?, command: Command::FollowRuling(Box::new(ruling)) })
}

fn back(event: &Recorded, restored: GuardianshipRestored) -> Option<Reaction<Command>> {
    let restoration = Restoration {
        ruled_at: event.occurred_at(),
        restored: GuardianRestored {
            person_id: restored.guardian_person_id,
            ended_person_id: restored.ended_guardian_person_id,
            case_id: event.subject.id().to_owned(),
            restored_on: restored.restored_on,
        },
    };
    Some(Reaction { id: file(restored.child)?, command: Command::FollowRestoration(Box::new(restoration)) })
}
