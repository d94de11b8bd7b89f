//! Who held a child, hand-over by hand-over, through all its incidents and stays under civil affairs' temporary guardianship,
//! and where the record has a gap (BEY-3).

use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    ChildHandedOver, TemporaryGuardianshipEvent, temporary_guardianship_event::Event as Stay,
};
use kinward_contracts::dispatch::v1::{IncidentEvent, PlacementEnd, PlacementKind, incident_event::Event};
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
    /// The incident; empty: none is behind the temporary guardianship.
    pub incident_id: String,
    /// The temporary guardianship; `None`: temporary care of the incident.
    pub guardianship_id: Option<String>,
    /// Kind of carer, as a number; 0: under temporary guardianship.
    pub kind: i32,
    /// Form of placement under temporary guardianship, as a number.
    pub form: i32,
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
    /// By incident, or by temporary guardianship.
    files: BTreeMap<String, OfFile>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OfFile {
    child_id: Option<String>,
    village_code: Option<String>,
    /// Incident behind it: its own, or that of the temporary guardianship.
    incident_id: String,
    hand_overs: Vec<HandOver>,
}

impl HandOvers {
    /// Of one incident, with the temporary guardianship that came of it, the oldest first.
    pub fn of_incident(&self, incident_id: &str) -> Vec<HandOver> {
        let behind = |one: &HandOver| one.incident_id == incident_id;
        sorted(self.files.values().flat_map(|file| file.hand_overs.iter().filter(|one| behind(one))))
    }

    /// Of a child's file through all its incidents, the oldest first.
    pub fn of_child(&self, child_id: &str) -> Vec<HandOver> {
        let files = self.files.values().filter(|file| file.child_id.as_deref() == Some(child_id));
        sorted(files.flat_map(|file| &file.hand_overs))
    }

    /// Village behind a hand-over: whoever asks must cover it.
    pub fn village_of(&self, hand_over: &HandOver) -> Option<&str> {
        let file = hand_over.guardianship_id.as_ref().unwrap_or(&hand_over.incident_id);
        self.files.get(file)?.village_code.as_deref()
    }

    fn file(&mut self, id: &str) -> &mut OfFile {
        self.files.entry(id.to_owned()).or_default()
    }
}

fn sorted<'a>(hand_overs: impl Iterator<Item = &'a HandOver>) -> Vec<HandOver> {
    let mut all: Vec<HandOver> = hand_overs.cloned().collect();
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

/// Whether somebody must have taken the child at that moment: the next placement, or civil affairs.
fn handed_on(hand_over: &HandOver) -> bool {
    let to_civil_affairs =
        hand_over.guardianship_id.is_none() && hand_over.end == i32::from(PlacementEnd::CustodyCase);
    hand_over.end == i32::from(PlacementEnd::HandedOn) || to_civil_affairs
}

impl OfFile {
    fn fold(&mut self, incident: Event, event: &Recorded) {
        match incident {
            Event::IncidentOpened(opened) => {
                self.child_id = opened.child.and_then(|child| child.child_id);
                self.village_code = opened.village_code;
                self.incident_id = event.subject.id().to_owned();
            }
            Event::ChildIdentified(identified) => self.child_id = Some(identified.child_id),
            Event::ChildPlacedTemporarily(placed) => self.hand_overs.push(HandOver {
                placement_id: placed.placement_id,
                incident_id: event.subject.id().to_owned(),
                guardianship_id: None,
                kind: placed.kind,
                form: 0,
                giver_unit_id: placed.giver_unit_id,
                taker_unit_id: placed.taker_unit_id,
                taker_person_id: placed.taker_person_id,
                place: placed.place.map(|place| place.encode_to_vec()).unwrap_or_default(),
                from: placed.from_at.as_ref().and_then(instant).unwrap_or(event.occurred_at()),
                recorded: event.position.0,
                until: None,
                end: PlacementEnd::Unspecified.into(),
            }),
            Event::PlacementEnded(ended) => {
                let until = ended.until_at.as_ref().and_then(instant).unwrap_or(event.occurred_at());
                let found = self.hand_overs.iter_mut().find(|all| all.placement_id == ended.placement_id);
                if let Some(hand_over) = found {
                    (hand_over.until, hand_over.end) = (Some(until), ended.end);
                }
            }
            _ => {}
        }
    }

    fn fold_stay(&mut self, stay: Stay, event: &Recorded) {
        match stay {
            Stay::TemporaryGuardianshipBegan(began) => {
                self.child_id = began.child.and_then(|child| child.child_id);
                self.village_code = began.village_code;
                self.incident_id = began.incident_id.unwrap_or_default();
            }
            Stay::ChildHandedOver(handed) => {
                self.end(PlacementEnd::HandedOn, event);
                let hand_over = self.handed_over(handed, event);
                self.hand_overs.push(hand_over);
            }
            Stay::ChildReturned(_) => self.end(PlacementEnd::Returned, event),
            Stay::LongTermGuardianshipTaken(_) | Stay::ChildGivenToDesignatedGuardian(_) => {
                self.end(PlacementEnd::CustodyCase, event);
            }
            _ => {}
        }
    }

    fn handed_over(&self, handed: ChildHandedOver, event: &Recorded) -> HandOver {
        HandOver {
            placement_id: handed.placement_id,
            incident_id: self.incident_id.clone(),
            guardianship_id: Some(event.subject.id().to_owned()),
            kind: PlacementKind::Unspecified.into(),
            form: handed.form,
            giver_unit_id: handed.giver_unit_id,
            taker_unit_id: handed.taker_unit_id,
            taker_person_id: handed.taker_person_id,
            place: handed.place.map(|place| place.encode_to_vec()).unwrap_or_default(),
            from: event.occurred_at(),
            recorded: event.position.0,
            until: None,
            end: PlacementEnd::Unspecified.into(),
        }
    }

    /// The last one, if it goes on.
    fn end(&mut self, end: PlacementEnd, event: &Recorded) {
        if let Some(last) = self.hand_overs.last_mut().filter(|last| last.until.is_none()) {
            (last.until, last.end) = (Some(event.occurred_at()), end.into());
        }
    }
}

impl Index for HandOvers {
    const NAME: &'static str = "dispatch-hand-overs";
    const SCHEMA: u32 = 2;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let id = event.subject.id();
        if let Some(IncidentEvent { event: Some(incident) }) = event.decode()? {
            self.file(id).fold(incident, event);
        } else if let Some(TemporaryGuardianshipEvent { event: Some(stay) }) = event.decode()? {
            self.file(id).fold_stay(stay, event);
        }
        Ok(())
    }
}
