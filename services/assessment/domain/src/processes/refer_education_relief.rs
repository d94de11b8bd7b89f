//! Where poverty keeps a child from school, education is asked for relief, with its clock and its decision (DEP-4, ASM-3).

use crate::relief::{Command, Relief};
use kinward_contracts::assessment::v1::{Beneficiary, ReliefKind, ReliefReferred};
use kinward_contracts::registry::v1::{ChildEvent, child_event::Event};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct ReferEducationRelief;

impl Process for ReferEducationRelief {
    type Target = Relief;

    const NAME: &'static str = "assessment-refer-education-relief";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(ChildEvent { event: Some(Event::EducationReliefReferred(asked)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let actor = event.commit.actor.clone().unwrap_or_default();
        let child_id = event.subject.id().to_owned();
        let referred = ReliefReferred {
            child: Some(ChildReference { child_id: Some(child_id.clone()), person_id: child_id }),
            village_code: Some(asked.village_code).filter(|code| !code.is_empty()),
            beneficiary: Beneficiary::Child.into(),
            proposed: vec![ReliefKind::Education.into()],
            recipient: Department::Education.into(),
            referred_by: actor.department,
            referred_by_unit_id: actor.unit_id,
            ..ReliefReferred::default()
        };
        let command = Command::Refer { referred, occurred_at: Some(event.occurred_at()) };
        Ok(vec![Reaction { id: event.new_id("relief"), command }])
    }
}
