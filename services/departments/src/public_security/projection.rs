//! Events to rows.

use super::rows::{Evidence, Incident, Search};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::dispatch::v1::{IncidentEvent, Stage, incident_event::Event};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};
use kinward_statute::Clocks;
use std::collections::BTreeMap;

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "public_security";
    const GENERATION: u32 = 3;
    const SCHEMA: &'static str = work::schema!("../public_security/schema.sql");

    fn tables() -> Vec<TableSpec> {
        let own = [TableSpec::of::<Incident>(), TableSpec::of::<Search>(), TableSpec::of::<Evidence>()];
        work::tables().into_iter().chain(own).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        let Some(incident) = event.decode::<IncidentEvent>()? else { return Ok(()) };
        let id = event.subject.id();
        if let Some(Event::IncidentOpened(opened)) = &incident.event {
            rows.put(Incident {
                incident_id: id.to_owned(),
                report_id: opened.report_id.clone(),
                severity: opened.severity,
                situations: opened.situations.clone(),
                village_code: opened.village_code.clone(),
                stage: Stage::Open.into(),
                opened_at: event.occurred_at(),
                child_id: opened.child.as_ref().and_then(|child| child.child_id.clone()),
                child_name: Ciphertext::of(opened.child_name.as_ref()),
                place: Ciphertext::of(opened.place.as_ref()),
                placement_id: None,
                clocks: Clocks::default(),
                clock: None,
                clock_due_at: None,
                opened: event.position.0.cast_signed(),
                urgency: opened.severity,
                follows: None,
                joined: BTreeMap::new(),
            });
            return Ok(());
        }
        rows.update::<Incident>(id, |row| change(row, &incident))?;
        match incident.event {
            Some(body) => beside(rows, event, body),
            None => Ok(()),
        }
    }
}

/// Searches and evidence.
fn beside(rows: &mut Rows, event: &Recorded, body: Event) -> Result<(), Apply> {
    let id = event.subject.id();
    let place = |rows: &Rows| rows.get::<Incident>(id).map(|row| row.and_then(|row| row.village_code));
    match body {
        Event::SearchOpened(opened) => {
            let village_code = place(rows)?;
            let sightings = rows.get::<Search>(id)?.map_or(0, |search| search.sightings);
            rows.put(Search {
                incident_id: id.to_owned(),
                village_code,
                bulletin_no: opened.bulletin_no,
                areas: opened.areas,
                opened_at: event.occurred_at(),
                sightings,
                ended: 0,
                opened: event.position.0.cast_signed(),
            });
            Ok(())
        }
        Event::SightingRecorded(_) => rows.update::<Search>(id, |row| row.sightings += 1),
        Event::SearchEnded(ended) => rows.update::<Search>(id, |row| row.ended = ended.end),
        Event::EvidenceTaken(taken) => {
            let village_code = place(rows)?;
            rows.put(Evidence {
                evidence_id: taken.evidence_id,
                incident_id: id.to_owned(),
                village_code,
                kind: taken.kind,
                sha256: taken.sha256,
                holder_unit_id: taken.holder_unit_id,
                transfers: 0,
                taken_at: event.occurred_at(),
                opened: event.position.0.cast_signed(),
            });
            Ok(())
        }
        Event::EvidenceTransferred(transfer) => rows.update::<Evidence>(&transfer.evidence_id, |row| {
            row.holder_unit_id = transfer.to_unit_id;
            row.transfers += 1;
        }),
        _ => Ok(()),
    }
}

fn change(row: &mut Incident, incident: &IncidentEvent) {
    if let Some(clock) = incident.clock() {
        row.clocks.fold(&clock);
        let earliest = row.clocks.open().map(|(_, clock)| (clock.due_at, clock.clock.clone())).min();
        row.clock_due_at = earliest.as_ref().map(|(due_at, _)| *due_at);
        row.clock = earliest.map(|(_, clock)| clock);
    }
    let stage = match &incident.event {
        Some(Event::IncidentAccepted(_)) => Stage::Accepted,
        Some(Event::UnitDispatched(_)) => Stage::Dispatched,
        Some(Event::UnitArrived(_)) => Stage::OnScene,
        Some(Event::IncidentConcluded(_)) => Stage::Concluded,
        Some(Event::ChildIdentified(identified)) => {
            row.child_id = Some(identified.child_id.clone());
            return;
        }
        Some(Event::ChildPlacedTemporarily(placed)) => {
            row.placement_id = Some(placed.placement_id.clone());
            return;
        }
        Some(Event::PlacementEnded(_)) => {
            row.placement_id = None;
            return;
        }
        Some(Event::SituationFound(found)) => {
            row.situations.extend(&found.situations);
            row.severity = found.severity;
            return row.hurry();
        }
        Some(Event::IncidentLinked(linked)) => {
            row.follows = Some(linked.main_incident_id.clone());
            return;
        }
        Some(Event::IncidentUnlinked(_)) => {
            row.follows = None;
            return;
        }
        Some(Event::IncidentJoined(joined)) => {
            row.joined.insert(joined.incident_id.clone(), joined.severity);
            return row.hurry();
        }
        Some(Event::IncidentParted(parted)) => {
            row.joined.remove(&parted.incident_id);
            return row.hurry();
        }
        _ => return,
    };
    row.stage = stage.into();
}

impl Incident {
    /// As urgent as the most urgent of the reports about it.
    fn hurry(&mut self) {
        self.urgency = self.joined.values().copied().chain([self.severity]).min().unwrap_or(self.severity);
    }
}
