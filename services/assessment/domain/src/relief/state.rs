//! What the events of a referral amount to, who may read its texts, and what is open.

use crate::rules::ASM_3;
use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::assessment::v1::{ReliefEvent, ReliefStage, relief_event::Event};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Occurrence;
use kinward_statute::{Clocks, Duty, lies_in};
use serde::{Deserialize, Serialize};

/// A referral. Enums of the contract are kept as their numbers. Nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What became of it.
    pub stage: i32,
    /// File of the child; absent: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Whom it is for.
    pub beneficiary: i32,
    /// Kinds of relief proposed.
    pub proposed: Vec<i32>,
    /// Kinds of relief enrolled in.
    pub kinds: Vec<i32>,
    /// First day of the relief; empty: not enrolled.
    pub from_on: String,
    /// Department that decides.
    pub recipient: i32,
    /// Department that referred.
    pub referred_by: i32,
    /// Its unit.
    pub referred_by_unit_id: String,
    /// Assessment that found the hardship.
    pub assessment_id: Option<String>,
    /// When it was referred.
    pub referred_at: DateTime<Utc>,
    /// Its clock.
    pub clocks: Clocks,
}

impl State {
    /// What became of it.
    pub fn stage(&self) -> ReliefStage {
        ReliefStage::try_from(self.stage).unwrap_or_default()
    }

    /// Whether an area holds the child's place.
    pub(super) fn is_in(&self, area: &str) -> bool {
        lies_in(self.village_code.as_deref(), area)
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &ReliefEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::ReliefReferred(referred)) => {
                let child = referred.child.clone().unwrap_or_default();
                *self = Self {
                    stage: ReliefStage::Referred.into(),
                    child_id: child.child_id,
                    child_person_id: child.person_id,
                    village_code: referred.village_code.clone(),
                    beneficiary: referred.beneficiary,
                    proposed: referred.proposed.clone(),
                    recipient: referred.recipient,
                    referred_by: referred.referred_by,
                    referred_by_unit_id: referred.referred_by_unit_id.clone(),
                    assessment_id: referred.assessment_id.clone(),
                    referred_at: at.occurred_at,
                    ..Self::default()
                };
            }
            Some(Event::ReliefEnrolled(enrolled)) => {
                self.stage = ReliefStage::Enrolled.into();
                self.kinds.clone_from(&enrolled.kinds);
                self.from_on.clone_from(&enrolled.from_on);
            }
            Some(Event::ReliefRefused(_)) => self.stage = ReliefStage::Refused.into(),
            Some(Event::ReliefWithdrawn(_)) => self.stage = ReliefStage::Withdrawn.into(),
            _ => {}
        }
    }
}

/// Whether a unit may read why: who referred, who decides, and civil affairs, which lead; of the child's place.
pub fn may_read(state: &State, department: Department, unit: &str, area: &str) -> bool {
    let referred = (state.referred_by, state.referred_by_unit_id.as_str()) == (department.into(), unit);
    let decides = state.recipient == i32::from(department) || department == Department::CivilAffairs;
    referred || (decides && state.is_in(area))
}

/// Open duties (BEY-2).
pub fn duties(state: &State) -> Vec<Duty> {
    if state.stage() != ReliefStage::Referred {
        return Vec::new();
    }
    let recipient = Department::try_from(state.recipient).unwrap_or_default();
    let text = ("决定是否纳入救助", "decide: enrol, or refuse with the reason");
    let clock = state.clocks.open().map(|(_, clock)| clock).next();
    vec![Duty::new("decide-relief", text, recipient, state.referred_at, ASM_3).timed(clock)]
}
