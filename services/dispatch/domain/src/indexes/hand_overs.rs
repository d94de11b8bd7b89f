//! Who held a child, hand-over by hand-over and through all its incidents, and where the record has a gap (BEY-3).

use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{IncidentEvent, PlacementEnd, incident_event::Event};
use kinward_contracts::instant;
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A hand-over into temporary care, and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// The placement.
    pub placement_id: String,
    /// The incident.
    pub incident_id: String,
    /// Kind of carer, as a number.
    pub kind: i32,
    /// Unit that gave the child.
    pub giver_unit_id: String,
    /// Unit that took the child; `None`: a relative.
    pub taker_unit_id: Option<String>,
    /// Opaque id of the relative who took the child; `None`: a unit.
    pub taker_person_id: Option<String>,
    /// Place, sealed, encoded.
    pub place: Vec<u8>,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Position of the record: of two that began at the same moment, the later is the next.
    pub recorded: u64,
    /// Until when; `None`: still.
    pub until: Option<DateTime<Utc>>,
    /// How it ended, as a number.
    pub end: i32,
}

/// A time for which the record names nobody, or two, who held the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// After this placement.
    pub after_placement_id: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; `None`: still.
    pub until: Option<DateTime<Utc>>,
    /// Whether two held the child, instead of nobody.
    pub overlap: bool,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOvers {
    /// By incident.
    incidents: BTreeMap<String, OfIncident>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OfIncident {
    child_id: Option<String>,
    village_code: Option<String>,
    hand_overs: Vec<HandOver>,
}

impl HandOvers {
    /// Of one incident, the oldest first.
    pub fn of_incident(&self, incident_id: &str) -> Vec<HandOver> {
        sorted(self.incidents.get(incident_id).into_iter())
    }

    /// Of a child's file through all its incidents, the oldest first.
    pub fn of_child(&self, child_id: &str) -> Vec<HandOver> {
        sorted(self.incidents.values().filter(|incident| incident.child_id.as_deref() == Some(child_id)))
    }

    /// Villages of the incidents behind a hand-over list: whoever asks must cover them.
    pub fn village_of(&self, incident_id: &str) -> Option<&str> {
        self.incidents.get(incident_id)?.village_code.as_deref()
    }
}

fn sorted<'a>(incidents: impl Iterator<Item = &'a OfIncident>) -> Vec<HandOver> {
    let mut all: Vec<HandOver> = incidents.flat_map(|incident| incident.hand_overs.clone()).collect();
    all.sort_by_key(|one| (one.from, one.recorded));
    all
}

/// Where a list of hand-overs, the oldest first, names nobody after somebody who handed the child on, or two at a time.
pub fn gaps(hand_overs: &[HandOver]) -> Vec<Gap> {
    let mut found = Vec::new();
    // who holds the child longest so far; a later one that ends before does not hide it
    let mut holder: Option<&HandOver> = None;
    let ends = |hand_over: &HandOver| hand_over.until.unwrap_or(DateTime::<Utc>::MAX_UTC);
    for next in hand_overs {
        if let Some(before) = holder {
            let gap = |from, until, overlap| Gap {
                after_placement_id: before.placement_id.clone(),
                from,
                until,
                overlap,
            };
            if ends(before) > next.from {
                let until = [before.until, next.until].into_iter().flatten().min();
                found.push(gap(next.from, until, true));
            } else if handed_on(before) && ends(before) < next.from {
                found.push(gap(ends(before), Some(next.from), false));
            }
        }
        if holder.is_none_or(|before| ends(next) >= ends(before)) {
            holder = Some(next);
        }
    }
    if let Some(last) = holder.filter(|last| handed_on(last))
        && let Some(from) = last.until
    {
        let after_placement_id = last.placement_id.clone();
        found.push(Gap { after_placement_id, from, until: None, overlap: false });
    }
    found
}

fn handed_on(hand_over: &HandOver) -> bool {
    hand_over.end == i32::from(PlacementEnd::HandedOn)
}

impl Index for HandOvers {
    const NAME: &'static str = "hand-overs";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(IncidentEvent { event: Some(incident) }) = event.decode()? else { return Ok(()) };
        let id = event.subject.id();
        match incident {
            Event::IncidentOpened(opened) => {
                let of_incident = self.incidents.entry(id.to_owned()).or_default();
                of_incident.child_id = opened.child.and_then(|child| child.child_id);
                of_incident.village_code = opened.village_code;
            }
            Event::ChildIdentified(identified) => {
                self.incidents.entry(id.to_owned()).or_default().child_id = Some(identified.child_id);
            }
            Event::ChildPlacedTemporarily(placed) => {
                let hand_over = HandOver {
                    placement_id: placed.placement_id,
                    incident_id: id.to_owned(),
                    kind: placed.kind,
                    giver_unit_id: placed.giver_unit_id,
                    taker_unit_id: placed.taker_unit_id,
                    taker_person_id: placed.taker_person_id,
                    place: placed.place.map(|place| place.encode_to_vec()).unwrap_or_default(),
                    from: placed.from.as_ref().and_then(instant).unwrap_or(event.occurred_at()),
                    recorded: event.position.0,
                    until: None,
                    end: PlacementEnd::Unspecified.into(),
                };
                self.incidents.entry(id.to_owned()).or_default().hand_overs.push(hand_over);
            }
            Event::PlacementEnded(ended) => {
                let of_incident = self.incidents.entry(id.to_owned()).or_default();
                let found =
                    of_incident.hand_overs.iter_mut().find(|all| all.placement_id == ended.placement_id);
                if let Some(hand_over) = found {
                    hand_over.until =
                        Some(ended.until.as_ref().and_then(instant).unwrap_or(event.occurred_at()));
                    hand_over.end = ended.end;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
