//! Who is, or may be, responsible for a child: what is on file of one person.

use chrono::NaiveDate;
use kinward_contracts::registry::v1::{Guardian, ParentFacts, Whereabouts};
use kinward_contracts::r#type::v1::{Capacity, Sealed};
use serde::{Deserialize, Serialize};

/// Somebody who is, or may be, responsible for the child.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Carer {
    /// The name, sealed; `None`: not known.
    pub name: Option<Sealed>,
    /// What the person is to the child, as a number.
    pub relation: i32,
    /// What makes the person guardian, as a number. A parent stays one, whatever a court decides.
    pub basis: i32,
    /// Where the person is, as a number; parents only.
    pub whereabouts: i32,
    /// Whether the person can act as guardian, as a number.
    pub capacity: i32,
    /// Whether person and child live under one roof.
    pub lives_with_child: bool,
    /// Day since which whereabouts, capacity and roof are so; `None`: not known. What was so before it is history.
    pub held_from: Option<NaiveDate>,
    /// Whether a court revoked the guardianship.
    pub revoked: bool,
    /// Whether a court designated this person.
    pub designated: bool,
}

impl Carer {
    /// Where the person is.
    pub fn whereabouts(&self) -> Whereabouts {
        Whereabouts::try_from(self.whereabouts).unwrap_or_default()
    }

    /// Whether the person can act as guardian: not revoked, and not known to have no capacity.
    pub fn is_able(&self) -> bool {
        !self.revoked && self.capacity != i32::from(Capacity::None)
    }

    /// Whether person and child live under one roof, here or where the person works.
    pub fn lives_together(&self) -> bool {
        self.lives_with_child || self.whereabouts() == Whereabouts::JoinedByChild
    }

    /// Whether the child is in this person's care: able, and lives with the child. Whom a court designated must take
    /// the child in (民法典 34), unless the facts show the person elsewhere.
    pub fn looks_after(&self) -> bool {
        self.is_able() && (self.lives_together() || (self.designated && !is_elsewhere(self.whereabouts())))
    }

    pub(super) fn of(guardian: &Guardian) -> Self {
        Self {
            name: guardian.name.clone(),
            relation: guardian.relation,
            basis: guardian.basis,
            capacity: guardian.capacity,
            lives_with_child: guardian.lives_with_child,
            ..Self::default()
        }
    }

    /// Takes facts over that hold from a day on, unless later ones are known.
    pub(super) fn record(&mut self, facts: &ParentFacts, held_from: Option<NaiveDate>) {
        if held_from >= self.held_from {
            self.whereabouts = facts.whereabouts;
            self.capacity = facts.capacity;
            self.lives_with_child = facts.lives_with_child;
            self.held_from = held_from;
        }
    }
}

/// Whether a person who is there cannot be under one roof with the child.
pub(super) fn is_elsewhere(whereabouts: Whereabouts) -> bool {
    match whereabouts {
        Whereabouts::AwayForWork
        | Whereabouts::Deceased
        | Whereabouts::LostContact
        | Whereabouts::Imprisoned => true,
        Whereabouts::Unspecified | Whereabouts::AtHome | Whereabouts::JoinedByChild => false,
    }
}

/// First day on which the facts were so, if it is given.
pub(super) fn since(facts: &ParentFacts) -> Option<NaiveDate> {
    facts.since_on.as_deref().and_then(|day| day.parse().ok())
}
