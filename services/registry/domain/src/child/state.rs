//! What the events of a file amount to. Nothing personal in clear.

use super::carer::since;
use super::{Age, Carer};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, ChildStatus, Guardian, GuardianshipBasis, Parent, child_event::Event,
};
use kinward_contracts::r#type::v1::Sealed;
use kinward_eventsourcing::Occurrence;
use kinward_statute::{Clocks, day_of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A child's file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whether the file exists.
    pub registered: bool,
    /// Village, 12 digits.
    pub village_code: String,
    /// The birth date, sealed.
    pub birth_date: Option<Sealed>,
    /// Parents, guardians and carers, by person id.
    pub carers: BTreeMap<String, Carer>,
    /// Status, as a number.
    pub status: i32,
    /// The open gap.
    pub gap: Option<Gap>,
    /// Gaps so far: names the next one.
    pub gaps: u32,
    /// Rulings that were followed: case, and the guardian revoked. One case may bring one for each parent.
    pub rulings: BTreeSet<(String, String)>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// An open guardianship gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its id.
    pub gap_id: String,
    /// Kind, as a number.
    pub kind: i32,
}

impl State {
    /// The parents, by person id.
    pub fn parents(&self) -> impl Iterator<Item = (&str, &Carer)> {
        let parent = i32::from(GuardianshipBasis::Parent);
        let parents = self.carers.iter().filter(move |(_, carer)| carer.basis == parent);
        parents.map(|(person_id, carer)| (person_id.as_str(), carer))
    }

    /// The age when it was last looked at, for decisions without a birth date at hand.
    pub(super) fn age_last_seen(&self) -> Age {
        if self.status == i32::from(ChildStatus::TurnedSixteen) {
            Age::SixteenOrMore
        } else {
            Age::UnderSixteen
        }
    }

    pub(super) fn fold(&mut self, event: &ChildEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::ChildRegistered(registered)) => self.register(registered),
            Some(Event::ParentWhereaboutsRecorded(recorded)) => {
                if let (Some(facts), Some(carer)) =
                    (&recorded.facts, self.carers.get_mut(&recorded.person_id))
                {
                    let held_from = since(facts).unwrap_or_else(|| day_of(at.occurred_at));
                    carer.record(facts, Some(held_from));
                }
            }
            Some(Event::StatusChanged(changed)) => self.status = changed.to,
            Some(Event::GuardianshipGapRaised(raised)) => {
                self.gap = Some(Gap { gap_id: raised.gap_id.clone(), kind: raised.kind });
                self.gaps += 1;
            }
            Some(Event::GuardianshipGapClosed(_)) => self.gap = None,
            Some(Event::GuardianRevoked(revoked)) => {
                self.rulings.insert((revoked.case_id.clone(), revoked.person_id.clone()));
                if let Some(carer) = self.carers.get_mut(&revoked.person_id) {
                    carer.revoked = true;
                    carer.designated = false;
                }
            }
            Some(Event::GuardianDesignated(designated)) => {
                if let Some(guardian) = &designated.guardian {
                    self.designate(guardian);
                }
            }
            _ => {}
        }
    }

    fn register(&mut self, registered: &ChildRegistered) {
        self.registered = true;
        self.village_code =
            registered.household.as_ref().map(|home| home.village_code.clone()).unwrap_or_default();
        self.birth_date.clone_from(&registered.birth_date);
        for Parent { person_id, relation, facts, .. } in &registered.parents {
            let mut carer =
                Carer { relation: *relation, basis: GuardianshipBasis::Parent.into(), ..Carer::default() };
            if let Some(facts) = facts {
                carer.record(facts, since(facts));
            }
            self.carers.insert(person_id.clone(), carer);
        }
        for guardian in &registered.guardians {
            self.carers.insert(guardian.person_id.clone(), Carer::of(guardian));
        }
    }

    /// Somebody on file stays what the file says, and is guardian by the court from now on.
    fn designate(&mut self, guardian: &Guardian) {
        let carer = self.carers.entry(guardian.person_id.clone()).or_insert_with(|| Carer::of(guardian));
        carer.capacity = guardian.capacity;
        carer.revoked = false;
        carer.designated = true;
    }
}
