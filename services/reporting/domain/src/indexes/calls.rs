//! Hotline calls that are not closed, and how far each registered one is by the hash of its receipt code (INF-3).

use super::Progress;
use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::reporting::v1::{CallEvent, CallFilter, CallState, ReturnOutcome, call_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use kinward_statute::{Clock, Clocks, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// A call that is not closed. Nothing personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallEntry {
    /// How far it is, as a number.
    pub state: i32,
    /// Division code of the area of the hotline's unit.
    pub area: String,
    /// When it rang.
    pub rang_at: DateTime<Utc>,
    /// Whether somebody ever answered, or rang back.
    pub answered: bool,
    /// What it is, as numbers.
    pub functions: Vec<i32>,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Reports it was turned into.
    pub report_ids: Vec<String>,
    /// Units it was given to.
    pub to_unit_ids: Vec<String>,
    /// How often it was followed up.
    pub follow_ups: u32,
    /// Its clocks.
    pub clocks: Clocks,
    /// Position of its last change.
    pub position: u64,
    receipt_code_hash: String,
}

impl CallEntry {
    /// When what is due next is due.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.clocks.open().map(|(_, clock)| clock.due_at).min()
    }

    /// Whether it still waits to be answered, or followed up, after its time.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        let late = |clock: &Clock| {
            clock.outcome == Some(Outcome::Missed) || (clock.outcome.is_none() && clock.due_at <= now)
        };
        let waits = if self.answered {
            format!("hotline-follow-up-{}", self.follow_ups)
        } else {
            "hotline-answer".to_owned()
        };
        self.clocks.get(&waits).is_some_and(late)
    }

    fn is(&self, states: &[CallState]) -> bool {
        states.iter().any(|state| i32::from(*state) == self.state)
    }

    fn passes(&self, filter: CallFilter, now: DateTime<Utc>) -> bool {
        match filter {
            CallFilter::Unspecified => true,
            CallFilter::Open => self.is(&[CallState::Ringing, CallState::Answered, CallState::Registered]),
            CallFilter::Unanswered => self.is(&[CallState::Abandoned, CallState::CutOff]),
            CallFilter::Overdue => self.is_overdue(now),
        }
    }
}

/// Whose calls are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those of hotlines inside an area.
    HotlinesIn(&'a str),
    /// Those given to a unit.
    GivenTo(&'a str),
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    open: BTreeMap<String, CallEntry>,
    receipts: BTreeMap<String, Progress>,
}

impl Calls {
    /// Calls that are not closed, the oldest first.
    pub fn list(&self, whose: Whose<'_>, filter: CallFilter, now: DateTime<Utc>) -> Vec<(&str, &CallEntry)> {
        let mine = |entry: &CallEntry| match whose {
            Whose::HotlinesIn(area) => entry.area.starts_with(area),
            Whose::GivenTo(unit) => entry.to_unit_ids.iter().any(|to| to == unit),
        };
        let mut all: Vec<(&str, &CallEntry)> = self
            .open
            .iter()
            .filter(|(_, entry)| mine(entry) && entry.passes(filter, now))
            .map(|(id, entry)| (id.as_str(), entry))
            .collect();
        all.sort_by_key(|(_, entry)| (entry.rang_at, entry.position));
        all
    }

    /// How far the call with this hash of its receipt code is; closed ones too.
    pub fn receipt(&self, receipt_code_hash: &str) -> Option<&Progress> {
        self.receipts.get(receipt_code_hash)
    }
}

impl Index for Calls {
    const NAME: &'static str = "reporting-calls";
    const SCHEMA: u32 = 2;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(call) = event.decode::<CallEvent>()? else { return Ok(()) };
        let id = event.subject.id();
        if let Some(Event::CallRang(rang)) = &call.event {
            let entry = CallEntry {
                state: CallState::Ringing.into(),
                area: rang.area.clone(),
                rang_at: event.occurred_at(),
                answered: false,
                functions: Vec::new(),
                village_code: None,
                report_ids: Vec::new(),
                to_unit_ids: Vec::new(),
                follow_ups: 0,
                clocks: Clocks::default(),
                position: event.position.0,
                receipt_code_hash: String::new(),
            };
            self.open.insert(id.to_owned(), entry);
            return Ok(());
        }
        let Some(entry) = self.open.get_mut(id) else { return Ok(()) };
        entry.position = event.position.0;
        let before = entry.state;
        entry.fold(&call);
        if let Some(Event::CallRegistered(registered)) = &call.event {
            let at = event.recorded_at();
            let progress = Progress { state: entry.state, received_at: at, state_since: at, feedback: None };
            self.receipts.insert(registered.receipt_code_hash.clone(), progress);
        } else if let Some(progress) = self.receipts.get_mut(&entry.receipt_code_hash)
            && before != entry.state
        {
            progress.state = entry.state;
            progress.state_since = event.recorded_at();
        }
        if entry.is(&[CallState::Closed]) {
            self.open.remove(id);
        }
        Ok(())
    }
}

impl CallEntry {
    fn fold(&mut self, call: &CallEvent) {
        if let Some(clock) = call.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &call.event {
            Some(Event::CallAnswered(_)) => {
                self.answered = true;
                self.state = CallState::Answered.into();
            }
            Some(Event::CallAbandoned(_)) => self.state = CallState::Abandoned.into(),
            Some(Event::CallHungUp(_)) if self.is(&[CallState::Answered]) => {
                self.state = CallState::CutOff.into();
            }
            Some(Event::CallReturned(returned)) if returned.outcome() == ReturnOutcome::Reached => {
                self.answered = true;
                self.state = CallState::Answered.into();
            }
            Some(Event::CallRegistered(registered)) => {
                self.state = CallState::Registered.into();
                self.village_code.clone_from(&registered.village_code);
                self.receipt_code_hash.clone_from(&registered.receipt_code_hash);
            }
            Some(Event::CallClassified(classified)) => self.functions.clone_from(&classified.functions),
            Some(Event::CallReported(reported)) => self.report_ids.push(reported.report_id.clone()),
            Some(Event::CallTransferred(transferred)) => {
                self.to_unit_ids.push(transferred.to_unit_id.clone());
            }
            Some(Event::CallFollowedUp(_)) => self.follow_ups += 1,
            Some(Event::CallClosed(_)) => self.state = CallState::Closed.into(),
            _ => {}
        }
    }
}
