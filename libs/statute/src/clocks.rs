//! The clocks of one aggregate: folded from its clock events, asked when an alarm fires.
//! A clock ends exactly once: met, missed, superseded or void (BEY-1).

use crate::{Moments, Reference};
use chrono::{DateTime, Utc};
use kinward_contracts::r#type::v1::{
    ClockMet, ClockMissed, ClockOutcome, ClockRecomputed, ClockStarted, ClockState, ClockSuperseded,
    ClockVoided, ClockWarned,
};
use kinward_contracts::{ClockEvent, instant, timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a clock ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// 按时完成
    Met,
    /// 逾期
    Missed,
    /// 被取代
    Superseded,
    /// 作废
    Void,
}

/// As answers carry it.
impl From<Outcome> for ClockOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Met => Self::Met,
            Outcome::Missed => Self::Missed,
            Outcome::Superseded => Self::Superseded,
            Outcome::Void => Self::Void,
        }
    }
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Name in the catalogue.
    pub clock: String,
    /// Variant in the catalogue.
    pub variant: String,
    /// Rule that asks for it.
    pub rule: String,
    /// Article behind it.
    pub article: String,
    /// Law, policy or local target, as the contract's number.
    pub basis: i32,
    /// When it began to run.
    pub started_at: DateTime<Utc>,
    /// When its bearer is warned.
    pub warn_at: Option<DateTime<Utc>>,
    /// When it runs out.
    pub due_at: DateTime<Utc>,
    /// Role that is told when it is missed.
    pub escalates_to: String,
    /// Division code of the place the duty is about; empty: not known.
    #[serde(default)]
    pub area: String,
    /// Whether the warning was given.
    pub warned: bool,
    /// How it ended; `None`: it runs.
    pub outcome: Option<Outcome>,
}

impl Clock {
    /// How it ended, as answers carry it; unspecified: it runs.
    pub fn ended(&self) -> ClockOutcome {
        self.outcome.map(ClockOutcome::from).unwrap_or_default()
    }
}

/// The clocks of one aggregate, by id. An id may be used again once its clock has ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clocks(BTreeMap<String, Clock>);

impl Clocks {
    /// How they stand, as answers carry it; the ones that began first come first.
    pub fn states(&self) -> Vec<ClockState> {
        let state = |(clock_id, clock): (&str, &Clock)| ClockState {
            clock_id: clock_id.to_owned(),
            clock: clock.clock.clone(),
            variant: clock.variant.clone(),
            rule: clock.rule.clone(),
            article: clock.article.clone(),
            basis: clock.basis,
            area: clock.area.clone(),
            started_at: Some(timestamp(clock.started_at)),
            warn_at: clock.warn_at.map(timestamp),
            due_at: Some(timestamp(clock.due_at)),
            warned: clock.warned,
            outcome: clock.ended().into(),
        };
        let mut all: Vec<(&str, &Clock)> = self.all().collect();
        all.sort_by_key(|(_, clock)| clock.started_at);
        all.into_iter().map(state).collect()
    }

    /// Folds a clock event.
    pub fn fold(&mut self, event: &ClockEvent) {
        match event {
            ClockEvent::Started(event) => self.start(event),
            ClockEvent::Warned(event) => {
                if let Some(clock) = self.0.get_mut(&event.clock_id) {
                    clock.warned = true;
                }
            }
            ClockEvent::Missed(event) => self.end(&event.clock_id, Outcome::Missed),
            ClockEvent::Met(event) => self.end(&event.clock_id, Outcome::Met),
            ClockEvent::Superseded(event) => self.end(&event.clock_id, Outcome::Superseded),
            ClockEvent::Voided(event) => self.end(&event.clock_id, Outcome::Void),
            ClockEvent::Recomputed(event) => self.move_to(event),
        }
    }

    fn start(&mut self, event: &ClockStarted) {
        let at = |at: Option<&_>| at.and_then(instant);
        let (Some(started_at), Some(due_at)) = (at(event.started_at.as_ref()), at(event.due_at.as_ref()))
        else {
            return;
        };
        let clock = Clock {
            clock: event.clock.clone(),
            variant: event.variant.clone(),
            rule: event.rule.clone(),
            article: event.article.clone(),
            basis: event.basis,
            started_at,
            warn_at: at(event.warn_at.as_ref()),
            due_at,
            escalates_to: event.escalates_to.clone(),
            area: event.area.clone(),
            warned: false,
            outcome: None,
        };
        self.0.insert(event.clock_id.clone(), clock);
    }

    fn end(&mut self, clock_id: &str, outcome: Outcome) {
        if let Some(clock) = self.0.get_mut(clock_id) {
            clock.outcome.get_or_insert(outcome);
        }
    }

    fn move_to(&mut self, event: &ClockRecomputed) {
        if let Some(clock) = self.0.get_mut(&event.clock_id).filter(|clock| clock.outcome.is_none()) {
            clock.warn_at = event.warn_at.as_ref().and_then(instant);
            if let Some(due_at) = event.due_at.as_ref().and_then(instant) {
                clock.due_at = due_at;
            }
        }
    }

    /// The clock with this id.
    pub fn get(&self, clock_id: &str) -> Option<&Clock> {
        self.0.get(clock_id)
    }

    /// Every clock, by id.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Clock)> {
        self.0.iter().map(|(id, clock)| (id.as_str(), clock))
    }

    /// Those that run, by id.
    pub fn open(&self) -> impl Iterator<Item = (&str, &Clock)> {
        self.all().filter(|(_, clock)| clock.outcome.is_none())
    }

    fn running(&self, clock_id: &str) -> Option<&Clock> {
        self.get(clock_id).filter(|clock| clock.outcome.is_none())
    }

    /// The next moment at which [`Clocks::observe`] has something to say, and of which clock.
    pub fn next_alarm(&self) -> Option<(&str, DateTime<Utc>)> {
        let next = |clock: &Clock| match clock.warn_at {
            Some(warn_at) if !clock.warned => warn_at.min(clock.due_at),
            _ => clock.due_at,
        };
        self.open().map(|(id, clock)| (id, next(clock))).min_by_key(|(_, at)| *at)
    }

    /// What has become of the clocks by now: warnings and misses. A clock runs out at its due moment.
    pub fn observe(&self, now: DateTime<Utc>) -> Vec<ClockEvent> {
        let of_one = |(clock_id, clock): (&str, &Clock)| {
            if now >= clock.due_at {
                Some(ClockEvent::Missed(missed(clock_id, clock)))
            } else if !clock.warned && clock.warn_at.is_some_and(|warn_at| now >= warn_at) {
                Some(ClockEvent::Warned(warned(clock_id, clock)))
            } else {
                None
            }
        };
        self.open().filter_map(of_one).collect()
    }

    /// What an alarm calls for: first what a new calendar moves, then what has become of the clocks by now. So a
    /// clock that a holiday notice moved after its alarm was set is moved, not missed.
    pub fn observe_under(&self, reference: &Reference, now: DateTime<Utc>) -> Vec<ClockEvent> {
        let mut events = self.recompute(reference);
        let mut moved = self.clone();
        for event in &events {
            moved.fold(event);
        }
        events.extend(moved.observe(now));
        events
    }

    /// The duty was done at an instant: the clock is met, or missed if that was after its due moment. `None`: it
    /// does not run.
    pub fn done(&self, clock_id: &str, at: DateTime<Utc>) -> Option<ClockEvent> {
        let clock = self.running(clock_id)?;
        Some(if at > clock.due_at {
            ClockEvent::Missed(missed(clock_id, clock))
        } else {
            ClockEvent::Met(ClockMet { clock_id: clock_id.to_owned() })
        })
    }

    /// The duty fell away. `None`: the clock does not run.
    pub fn void(&self, clock_id: &str, reason: &str) -> Option<ClockEvent> {
        self.running(clock_id)?;
        let voided = ClockVoided { clock_id: clock_id.to_owned(), reason: reason.to_owned() };
        Some(ClockEvent::Voided(voided))
    }

    /// Another clock takes its place. `None`: it does not run.
    pub fn supersede(&self, clock_id: &str, by: &str) -> Option<ClockEvent> {
        self.running(clock_id)?;
        let superseded = ClockSuperseded { clock_id: clock_id.to_owned(), by_clock_id: by.to_owned() };
        Some(ClockEvent::Superseded(superseded))
    }

    /// Forgets those that have ended: for whoever follows what runs, and nothing else.
    pub fn forget_ended(&mut self) {
        self.0.retain(|_, clock| clock.outcome.is_none());
    }

    /// Which running clocks a new calendar moves: to where they would be had they started under it.
    pub fn recompute(&self, reference: &Reference) -> Vec<ClockEvent> {
        let of_one = |(clock_id, clock): (&str, &Clock)| {
            let entry = reference.catalogue.in_force(&clock.clock, &clock.variant, clock.started_at)?;
            let now = Moments { warn_at: clock.warn_at, due_at: clock.due_at };
            let moments = entry.moments(clock.started_at, &reference.calendar);
            (moments != now).then(|| {
                ClockEvent::Recomputed(ClockRecomputed {
                    clock_id: clock_id.to_owned(),
                    warn_at: moments.warn_at.map(timestamp),
                    due_at: Some(timestamp(moments.due_at)),
                    calendar_position: reference.calendar_position,
                })
            })
        };
        self.open().filter_map(of_one).collect()
    }
}

fn warned(clock_id: &str, clock: &Clock) -> ClockWarned {
    ClockWarned { clock_id: clock_id.to_owned(), clock: clock.clock.clone(), area: clock.area.clone() }
}

fn missed(clock_id: &str, clock: &Clock) -> ClockMissed {
    ClockMissed {
        clock_id: clock_id.to_owned(),
        clock: clock.clock.clone(),
        escalates_to: clock.escalates_to.clone(),
        area: clock.area.clone(),
    }
}
