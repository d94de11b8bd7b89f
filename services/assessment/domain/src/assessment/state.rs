//! What the events of an assessment amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::assessment::v1::{AssessmentEvent, assessment_event::Event};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It does not exist.
    #[default]
    Unopened,
    /// Parties give their input and score the dimensions.
    Assessing,
    /// It has its risk, and no plan.
    Final,
    /// Its plan is carried out.
    Planned,
    /// Every item of the plan has an outcome, and the plan is closed.
    Closed,
}

/// An assessment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far it is.
    pub stage: Stage,
    /// When the notice opened it.
    pub opened_at: DateTime<Utc>,
    /// The incident.
    pub incident_id: String,
    /// File of the child; absent: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Parties invited: department, as a number, and unit.
    pub invited: BTreeSet<(i32, String)>,
    /// Departments that gave and signed their input, as numbers.
    pub inputs: BTreeSet<i32>,
    /// Score of each dimension, by its number.
    pub dimensions: BTreeMap<i32, i32>,
    /// Risk, as a number; zero: not final.
    pub risk: i32,
    /// Items of the plan, by id.
    pub items: BTreeMap<String, Item>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// An item of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The service, as a number.
    pub service: i32,
    /// Unit it was ordered from; absent: not ordered.
    pub provider: Option<String>,
    /// How often it was delivered.
    pub delivered: u32,
    /// Whether the last delivery was reviewed.
    pub reviewed: bool,
    /// Whether a review said that it does not go on.
    pub ended: bool,
    /// Outcome, as a number; zero: open.
    pub outcome: i32,
}

impl State {
    pub(super) fn fold(&mut self, event: &AssessmentEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::AssessmentOpened(opened)) => {
                let child = opened.child.clone().unwrap_or_default();
                self.stage = Stage::Assessing;
                self.opened_at = at.occurred_at;
                self.incident_id.clone_from(&opened.incident_id);
                self.child_id = child.child_id;
                self.child_person_id = child.person_id;
                self.village_code.clone_from(&opened.village_code);
            }
            Some(Event::ParticipantInvited(invited)) => {
                self.invited.insert((invited.department, invited.unit_id.clone()));
            }
            Some(Event::InputGiven(given)) => {
                self.inputs.insert(given.department);
            }
            Some(Event::DimensionAssessed(assessed)) => {
                self.dimensions.insert(assessed.dimension, assessed.score);
            }
            Some(Event::AssessmentFinalised(finalised)) => {
                self.stage = Stage::Final;
                self.risk = finalised.risk;
            }
            Some(Event::PlanDrawnUp(plan)) => {
                self.stage = Stage::Planned;
                let new = |service| Item { service, ..Item::default() };
                self.items.extend(plan.items.iter().map(|item| (item.item_id.clone(), new(item.service))));
            }
            Some(Event::ServiceOrdered(ordered)) => {
                self.change(&ordered.item_id, |item| item.provider = Some(ordered.provider_unit_id.clone()));
            }
            Some(Event::ServiceDelivered(delivered)) => self.change(&delivered.item_id, |item| {
                item.delivered += 1;
                item.reviewed = false;
            }),
            Some(Event::ServiceReviewed(reviewed)) => self.change(&reviewed.item_id, |item| {
                item.reviewed = true;
                item.ended = !reviewed.continue_service;
            }),
            Some(Event::ServiceClosed(closed)) => {
                self.change(&closed.item_id, |item| item.outcome = closed.outcome);
            }
            Some(Event::PlanClosed(_)) => self.stage = Stage::Closed,
            _ => {}
        }
    }

    fn change(&mut self, item_id: &str, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.items.get_mut(item_id) {
            change(item);
        }
    }
}
