//! Where the child lives, and since when: one household after another, each in a village with a code, without overlap
//! or gap. A household moves between villages when both sides have agreed (INF-4).

use super::State;
use super::ahead::{Facts, Now};
use super::days::past_day;
use crate::rules::INF_4;
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{
    Household, HouseholdMoveConsented, HouseholdMoveRefused, HouseholdMoveRequested, HouseholdMoved,
};
use kinward_contracts::r#type::v1::Sealed;
use kinward_eventsourcing::{Fact, Rejection};
use serde::{Deserialize, Serialize};

/// A household and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residence {
    /// Village, 12 digits.
    pub village_code: String,
    /// First day there.
    pub from: NaiveDate,
    /// First day elsewhere; `None`: the child lives there.
    pub before: Option<NaiveDate>,
}

/// A move that waits for the other village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenMove {
    /// Its id.
    pub move_id: String,
    /// Village it goes to, 12 digits.
    pub village_code: String,
    /// Address there, sealed.
    pub address: Option<Sealed>,
    /// First day there.
    pub moved_on: NaiveDate,
    /// Village whose side has asked.
    pub side: String,
    /// Unit that has asked.
    pub unit: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// Every household so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// The first one first.
    pub residences: Vec<Residence>,
    /// A move that waits.
    pub open_move: Option<OpenMove>,
}

impl Home {
    pub(super) fn settle(&mut self, village_code: &str, day: NaiveDate) {
        if let Some(last) = self.residences.last_mut() {
            last.before = Some(day);
        }
        self.residences.push(Residence { village_code: village_code.to_owned(), from: day, before: None });
        self.open_move = None;
    }

    /// The village on a day.
    pub fn village_on(&self, day: NaiveDate) -> Option<&str> {
        let there = |home: &&Residence| home.from <= day && home.before.is_none_or(|before| day < before);
        self.residences.iter().find(there).map(|home| home.village_code.as_str())
    }

    /// The village that must still agree to an open move away from `village`.
    pub fn other_side<'a>(&'a self, village: &'a str) -> Option<&'a str> {
        let open = self.open_move.as_ref()?;
        let target = open.village_code.as_str();
        Some(if open.side == village { target } else { village })
    }
}

/// One side asks. Inside one village, nobody else must agree.
pub(super) fn request(
    state: &State,
    asked: &HouseholdMoveRequested,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    if let Some(open) = &state.home.open_move {
        return Err(Rejection::exists(
            INF_4,
            &open.move_id,
            "已有待对方同意的迁移",
            "another move waits for the other village",
        ));
    }
    let household = asked.household.clone().unwrap_or_default();
    let (here, target) = (state.village_code.as_str(), household.village_code.as_str());
    let Some(side) = [here, target].into_iter().find(|village| speaks_for(context, village)) else {
        return Err(not_a_side());
    };
    let day = check_day(state, target, &asked.moved_on, context)?;
    if here == target {
        let moved = HouseholdMoved {
            move_id: None,
            from_village_code: here.to_owned(),
            household: Some(household),
            moved_on: day.to_string(),
        };
        return Ok(vec![Fact::at(at, moved)]);
    }
    let requested = HouseholdMoveRequested {
        from_village_code: here.to_owned(),
        side_village_code: side.to_owned(),
        ..asked.clone()
    };
    Ok(vec![Fact::at(at, requested)])
}

/// The other side agrees: the household has moved.
pub(super) fn consent(
    state: &State,
    consented: &HouseholdMoveConsented,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let (open, side) = answering(state, &consented.move_id, at, context)?;
    check_day(state, &open.village_code, &open.moved_on.to_string(), context)?;
    let consented = HouseholdMoveConsented { side_village_code: side, ..consented.clone() };
    let moved = HouseholdMoved {
        move_id: Some(open.move_id.clone()),
        household: Some(Household { village_code: open.village_code.clone(), address: open.address.clone() }),
        moved_on: open.moved_on.to_string(),
        from_village_code: state.village_code.clone(),
    };
    Ok(vec![Fact::at(at, consented), Fact::at(at, moved)])
}

/// The other side does not agree.
pub(super) fn refuse(
    state: &State,
    refused: &HouseholdMoveRefused,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let (open, side) = answering(state, &refused.move_id, at, context)?;
    let refused = HouseholdMoveRefused {
        side_village_code: side,
        asked_by_village_code: open.side.clone(),
        ..refused.clone()
    };
    Ok(vec![Fact::at(at, refused)])
}

/// The open move, and the village whose side answers it: not the one that asked, and not the unit that asked.
fn answering<'a>(
    state: &'a State,
    move_id: &str,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<(&'a OpenMove, String), Rejection> {
    let open = state.home.open_move.as_ref().filter(|open| open.move_id == move_id);
    let (Some(open), Some(side)) = (open, state.home.other_side(&state.village_code)) else {
        return Err(Rejection::unknown(INF_4, "没有此待定迁移", "no such move waits for an answer"));
    };
    if !speaks_for(context, side) || context.actor.unit_id == open.unit {
        return Err(not_a_side());
    }
    if at < open.asked_at {
        return Err(Rejection::time(
            "occurred_at",
            INF_4,
            "答复时间早于申请时间",
            "the answer comes before the request",
        ));
    }
    Ok((open, side.to_owned()))
}

/// A village itself, or the township or district above it.
fn speaks_for(context: &Now<'_>, village: &str) -> bool {
    let area = context.actor.area.as_str();
    !area.is_empty() && village.starts_with(area)
}

fn not_a_side() -> Rejection {
    Rejection::not_entitled(
        INF_4,
        "须由迁出或迁入村（居）申请，并由另一方同意",
        "one of the two villages asks, and the other one answers",
    )
}

fn check_day(
    state: &State,
    village: &str,
    moved_on: &str,
    context: &Now<'_>,
) -> Result<NaiveDate, Rejection> {
    let day = past_day("moved_on", moved_on, context)?;
    if state.home.residences.last().is_some_and(|home| day <= home.from) {
        return Err(Rejection::time(
            "moved_on",
            INF_4,
            "迁入日不晚于现住址的起始日",
            "the child came to the present household on that day or later",
        ));
    }
    if !context.reference.division_valid_on(village, day) {
        return Err(Rejection::invalid(
            "household.village_code",
            INF_4,
            "此村（居）代码在该日未启用",
            "no village has this code on that day",
        ));
    }
    Ok(day)
}
