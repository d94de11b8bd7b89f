//! What the events of an application for a protection order amount to.

use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::custody::v1::{
    OrderEvent, OrderStage, ProtectionOrderAppliedFor, ProtectionOrderGranted, ReviewOutcome,
    order_event::Event,
};
use kinward_contracts::r#type::v1::ChildReference;
use kinward_eventsourcing::Occurrence;
use kinward_statute::{Clocks, end_of_day};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An application for a protection order, and the order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far it is, as a number.
    pub stage: i32,
    /// When it came so far.
    pub since: DateTime<Utc>,
    /// File of the child.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Against whom.
    pub respondent_person_id: String,
    /// Department of whoever applied, as a number.
    pub applicant_department: i32,
    /// Whether it is urgent.
    pub urgent: bool,
    /// When the court last granted or refused; `None`: it has still to decide.
    pub decided_at: Option<DateTime<Utc>>,
    /// When the order was granted; `None`: it was not.
    pub granted_at: Option<DateTime<Utc>>,
    /// Last day on which it is in force.
    pub valid_until: Option<NaiveDate>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Measures, as numbers.
    pub measures: Vec<i32>,
    /// When the order last became as it now stands.
    pub stands_since: DateTime<Utc>,
    /// On whom it was served as it now stands, as numbers.
    pub served: BTreeSet<i32>,
    /// Breaches, by id.
    pub breaches: BTreeMap<String, Breach>,
    /// The one review.
    pub review: Option<Review>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// A breach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// When.
    pub at: DateTime<Utc>,
    /// Sanctions, as numbers.
    pub sanctions: BTreeSet<i32>,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Whether the respondent asked.
    pub by_respondent: bool,
    /// Whether it is decided.
    pub decided: bool,
}

impl State {
    /// How far it is.
    pub fn stage(&self) -> OrderStage {
        OrderStage::try_from(self.stage).unwrap_or_default()
    }

    /// The child.
    pub(super) fn child(&self) -> ChildReference {
        ChildReference { child_id: self.child_id.clone(), person_id: self.child_person_id.clone() }
    }

    /// When its last day is over.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.valid_until.map(end_of_day)
    }

    /// Whether the order is in force at a moment: from when it was granted to the end of its last day.
    pub fn in_force_at(&self, at: DateTime<Utc>) -> bool {
        self.granted_at.is_some_and(|granted| granted <= at)
            && self.expires_at().is_some_and(|expires| at < expires)
            && self.revoked_at.is_none_or(|revoked| at < revoked)
    }

    pub(super) fn evolve(&mut self, event: &OrderEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::ProtectionOrderAppliedFor(applied)) => self.apply(applied, at),
            Some(Event::OrderApplicationAccepted(accepted)) => {
                self.urgent = accepted.urgent;
                self.bring(OrderStage::Accepted, at);
            }
            Some(Event::ProtectionOrderGranted(granted)) => self.grant(granted, at),
            Some(Event::ProtectionOrderRefused(_)) => {
                self.decided_at = Some(at.occurred_at);
                self.bring(OrderStage::Refused, at);
            }
            Some(Event::ProtectionOrderServed(served)) => {
                self.served.insert(served.served_on);
            }
            Some(Event::ProtectionOrderExtended(extended)) => {
                self.valid_until = extended.valid_until.parse().ok();
                self.stand(at);
            }
            Some(Event::ProtectionOrderVaried(varied)) => {
                self.measures.clone_from(&varied.measures);
                self.stand(at);
            }
            Some(Event::ProtectionOrderRevoked(_)) => {
                self.revoked_at = Some(at.occurred_at);
                self.bring(OrderStage::Revoked, at);
            }
            Some(Event::ProtectionOrderExpired(_)) => self.bring(OrderStage::Expired, at),
            Some(Event::ProtectionOrderBreached(breached)) => {
                let breach = Breach { at: at.occurred_at, sanctions: BTreeSet::new() };
                self.breaches.insert(breached.breach_id.clone(), breach);
            }
            Some(Event::BreachSanctioned(sanctioned)) => {
                if let Some(breach) = self.breaches.get_mut(&sanctioned.breach_id) {
                    breach.sanctions.insert(sanctioned.sanction);
                }
            }
            Some(Event::ReviewRequested(requested)) => {
                let by_respondent = requested.by_respondent;
                self.review = Some(Review { at: at.occurred_at, by_respondent, decided: false });
            }
            Some(Event::ReviewDecided(decided)) => {
                if let Some(review) = &mut self.review {
                    review.decided = true;
                }
                // a refusal that is set aside is decided anew
                if decided.outcome() == ReviewOutcome::SetAside && self.stage() == OrderStage::Refused {
                    self.decided_at = None;
                    self.bring(OrderStage::Accepted, at);
                }
            }
            _ => {}
        }
    }

    fn apply(&mut self, applied: &ProtectionOrderAppliedFor, at: &Occurrence<'_>) {
        let child = applied.child.clone().unwrap_or_default();
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.village_code.clone_from(&applied.village_code);
        self.respondent_person_id.clone_from(&applied.respondent_person_id);
        self.applicant_department = at.actor.department;
        self.bring(OrderStage::Applied, at);
    }

    fn grant(&mut self, granted: &ProtectionOrderGranted, at: &Occurrence<'_>) {
        self.decided_at = Some(at.occurred_at);
        self.granted_at = Some(at.occurred_at);
        self.measures.clone_from(&granted.measures);
        self.valid_until = granted.valid_until.parse().ok();
        self.stand(at);
    }

    /// It is in force as it now stands, and has to be served so.
    fn stand(&mut self, at: &Occurrence<'_>) {
        self.stands_since = at.occurred_at;
        self.served.clear();
        self.bring(OrderStage::InForce, at);
    }

    fn bring(&mut self, stage: OrderStage, at: &Occurrence<'_>) {
        self.stage = stage.into();
        self.since = at.occurred_at;
    }
}
