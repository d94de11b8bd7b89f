//! An assessment that finds the guardians poor refers the family to civil affairs by itself (ASM-3). Which kinds of
//! relief fit, civil affairs judge.

use crate::relief::{Command, Relief};
use kinward_contracts::assessment::v1::{
    AssessmentEvent, Beneficiary, ReliefReferred, assessment_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct ReferPoorFamily;

impl Process for ReferPoorFamily {
    type Target = Relief;

    const NAME: &'static str = "assessment-refer-poor-family";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(AssessmentEvent { event: Some(Event::AssessmentFinalised(finalised)) }) = event.decode()?
        else {
            return Ok(Vec::new());
        };
        if !finalised.economic_hardship {
            return Ok(Vec::new());
        }
        let actor = event.commit.actor.clone().unwrap_or_default();
        let referred = ReliefReferred {
            child: finalised.child,
            village_code: finalised.village_code,
            beneficiary: Beneficiary::Family.into(),
            recipient: Department::CivilAffairs.into(),
            referred_by: actor.department,
            referred_by_unit_id: actor.unit_id,
            assessment_id: Some(event.subject.id().to_owned()),
            ..ReliefReferred::default()
        };
        let command = Command::Refer { referred, occurred_at: Some(event.occurred_at()) };
        Ok(vec![Reaction { id: event.new_id("relief"), command }])
    }
}
