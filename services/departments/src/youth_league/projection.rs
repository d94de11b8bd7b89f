//! Events to rows.

use super::rows::{Child, Volunteer};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::registry::v1::{CaringRole, ChildEvent, child_event::Event};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "youth_league";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../youth_league/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables().into_iter().chain([TableSpec::of::<Volunteer>(), TableSpec::of::<Child>()]).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        let Some(ChildEvent { event: Some(body) }) = event.decode()? else { return Ok(()) };
        let id = event.subject.id();
        let new =
            |village_code: String| Child { child_id: id.to_owned(), village_code, pairing_ids: Vec::new() };
        match body {
            Event::ChildRegistered(child) => rows.put(new(child.household.unwrap_or_default().village_code)),
            Event::UnknownChildRegistered(child) => {
                rows.put(new(child.found.unwrap_or_default().village_code));
            }
            Event::HouseholdMoved(moved) => {
                let Some(mut child) = rows.get::<Child>(id)? else { return Ok(()) };
                child.village_code = moved.household.unwrap_or_default().village_code;
                for pairing_id in &child.pairing_ids {
                    let village_code = child.village_code.clone();
                    rows.update::<Volunteer>(pairing_id, |row| row.village_code = village_code)?;
                }
                rows.put(child);
            }
            Event::CaringAdultPaired(paired) if paired.role() == CaringRole::Volunteer => {
                let Some(mut child) = rows.get::<Child>(id)? else { return Ok(()) };
                child.pairing_ids.push(paired.pairing_id.clone());
                rows.put(Volunteer {
                    pairing_id: paired.pairing_id,
                    child_id: id.to_owned(),
                    unit_id: paired.unit_id,
                    from_on: paired.from_on,
                    until_on: None,
                    visits: 0,
                    visits_in_holidays: 0,
                    village_code: child.village_code.clone(),
                    opened: event.position.0.cast_signed(),
                });
                rows.put(child);
            }
            Event::PairingVisitRecorded(visit) => rows.update::<Volunteer>(&visit.pairing_id, |row| {
                row.visits += 1;
                row.visits_in_holidays += i32::from(visit.in_holidays);
            })?,
            Event::PairingEnded(ended) => {
                rows.update::<Volunteer>(&ended.pairing_id, |row| row.until_on = Some(ended.on_date))?;
            }
            _ => {}
        }
        Ok(())
    }
}
