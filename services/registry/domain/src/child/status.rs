//! What the facts amount to: status and guardianship gap. Nobody types them (DEF-1, DEF-2, FAM-2).

use super::{Carer, State};
use chrono::NaiveDate;
use kinward_contracts::registry::v1::{ChildStatus, GapKind, StatusReason, Whereabouts};
use kinward_statute::age_on;

/// What the rules ask of an age, in full years (周岁), on a day of Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// 不满八周岁: unattended, in immediate danger.
    UnderEight,
    /// 不满十六周岁, and not known to be under eight.
    UnderSixteen,
    /// The status has ended for good (DEF-2).
    SixteenOrMore,
}

impl Age {
    /// The age on a day of somebody born on another.
    pub fn on(birth_date: NaiveDate, day: NaiveDate) -> Self {
        match age_on(birth_date, day) {
            0..8 => Self::UnderEight,
            8..16 => Self::UnderSixteen,
            _ => Self::SixteenOrMore,
        }
    }
}

/// How a parent stands to the duty, by what is on file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// With the child, and able to act as guardian.
    Present,
    /// 外出务工, away from the child.
    Away,
    /// Cannot be counted on: dead, lost, in prison, revoked, without capacity; or nothing is known.
    Unable,
}

fn standing(parent: &Carer) -> Standing {
    let able = parent.is_able();
    match parent.whereabouts() {
        Whereabouts::AwayForWork => Standing::Away,
        Whereabouts::AtHome | Whereabouts::JoinedByChild if able => Standing::Present,
        Whereabouts::Unspecified if able && parent.lives_with_child => Standing::Present,
        _ => Standing::Unable,
    }
}

fn any(file: &State, wanted: Standing) -> bool {
    file.parents().any(|(_, parent)| standing(parent) == wanted)
}

/// The status of a child of this age.
///
/// Left behind: both parents work away, or one does and the other has no capacity to act as guardian (DEF-1). A parent
/// who is dead, lost, in prison or revoked cannot act either. One of whom nothing is known does not take a child off
/// the roll: that takes a fact.
pub fn status(file: &State, age: Age) -> ChildStatus {
    if age == Age::SixteenOrMore {
        ChildStatus::TurnedSixteen
    } else if any(file, Standing::Away) && !any(file, Standing::Present) {
        ChildStatus::LeftBehind
    } else {
        ChildStatus::NotLeftBehind
    }
}

/// Why the status became what it is when the facts `before` became those of `file` (DEF-2).
pub fn reason(before: &State, file: &State, age: Age) -> StatusReason {
    let present = || file.parents().filter(|(_, parent)| standing(parent) == Standing::Present);
    match status(file, age) {
        ChildStatus::TurnedSixteen => StatusReason::TurnedSixteen,
        ChildStatus::LeftBehind => {
            match file.parents().filter(|(_, parent)| standing(parent) == Standing::Away).count() {
                1 => StatusReason::OneAwayOtherWithoutCapacity,
                _ => StatusReason::BothParentsAway,
            }
        }
        ChildStatus::NotLeftBehind | ChildStatus::Unspecified => {
            let was_there = |person_id: &str| {
                before.carers.get(person_id).is_some_and(|parent| parent.whereabouts() == Whereabouts::AtHome)
            };
            if present().any(|(_, parent)| parent.whereabouts() == Whereabouts::JoinedByChild) {
                StatusReason::JoinedParents
            } else if present().any(|(person_id, _)| was_there(person_id)) {
                // at home before, but not able: what changed is the capacity
                StatusReason::CapacityRestored
            } else if any(file, Standing::Present) {
                StatusReason::CapableParentAtHome
            } else {
                StatusReason::NoParentAway
            }
        }
    }
}

/// How guardianship fails, if it does: nobody lives with the child, or only people without capacity (FAM-2).
pub fn gap(file: &State, age: Age) -> Option<GapKind> {
    if age == Age::SixteenOrMore || file.carers.values().any(Carer::looks_after) {
        None
    } else if file.carers.values().any(Carer::lives_together) {
        Some(GapKind::CarerWithoutCapacity)
    } else {
        Some(GapKind::LivesAlone)
    }
}
