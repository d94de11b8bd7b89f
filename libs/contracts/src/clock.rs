//! The seven clock events that every aggregate with clocks has in its `oneof`, as one type.

use crate::r#type::v1::{
    ClockMet, ClockMissed, ClockRecomputed, ClockStarted, ClockSuperseded, ClockVoided, ClockWarned,
};
use prost::Message;

/// An event about a clock. Every aggregate with clocks has these seven in its `oneof`.
#[derive(Clone, Debug, PartialEq)]
pub enum ClockEvent {
    /// It runs.
    Started(ClockStarted),
    /// Its bearer was warned.
    Warned(ClockWarned),
    /// It ran out.
    Missed(ClockMissed),
    /// The duty was done in time.
    Met(ClockMet),
    /// Another took its place.
    Superseded(ClockSuperseded),
    /// The duty fell away.
    Voided(ClockVoided),
    /// A new calendar moved it.
    Recomputed(ClockRecomputed),
}

/// An event wrapper that carries the seven clock events.
pub trait CarriesClocks:
    Sized
    + From<ClockStarted>
    + From<ClockWarned>
    + From<ClockMissed>
    + From<ClockMet>
    + From<ClockSuperseded>
    + From<ClockVoided>
    + From<ClockRecomputed>
{
    /// The clock event inside, if that is what it is.
    fn clock(&self) -> Option<ClockEvent>;

    /// The wrapper of a clock event.
    fn of_clock(event: ClockEvent) -> Self {
        match event {
            ClockEvent::Started(event) => event.into(),
            ClockEvent::Warned(event) => event.into(),
            ClockEvent::Missed(event) => event.into(),
            ClockEvent::Met(event) => event.into(),
            ClockEvent::Superseded(event) => event.into(),
            ClockEvent::Voided(event) => event.into(),
            ClockEvent::Recomputed(event) => event.into(),
        }
    }
}

/// Any aggregate's event, as far as it may be about a clock: every wrapper has these at the same field numbers.
#[derive(Clone, PartialEq, Message)]
struct OfAnyAggregate {
    #[prost(message, optional, tag = "101")]
    started: Option<ClockStarted>,
    #[prost(message, optional, tag = "102")]
    warned: Option<ClockWarned>,
    #[prost(message, optional, tag = "103")]
    missed: Option<ClockMissed>,
    #[prost(message, optional, tag = "104")]
    met: Option<ClockMet>,
    #[prost(message, optional, tag = "105")]
    superseded: Option<ClockSuperseded>,
    #[prost(message, optional, tag = "106")]
    voided: Option<ClockVoided>,
    #[prost(message, optional, tag = "107")]
    recomputed: Option<ClockRecomputed>,
}

impl ClockEvent {
    /// The clock event in the stored bytes of any aggregate's event, if that is what they say: for whoever follows the
    /// clocks of all contexts, those that come later too.
    pub fn in_event(data: &[u8]) -> Option<Self> {
        let of_any = OfAnyAggregate::decode(data).ok()?;
        let ended = of_any.missed.map(Self::Missed).or(of_any.met.map(Self::Met));
        let taken = of_any.superseded.map(Self::Superseded).or(of_any.voided.map(Self::Voided));
        let moved = of_any.recomputed.map(Self::Recomputed).or(of_any.warned.map(Self::Warned));
        of_any.started.map(Self::Started).or(ended).or(taken).or(moved)
    }
}
