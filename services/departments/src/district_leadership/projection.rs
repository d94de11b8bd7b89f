//! Events to rows.

use super::rows::Movement;
use crate::work::{self, Whose};
use kinward_contracts::registry::v1::{ChildEvent, ChildStatus, child_event::Event};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "district_leadership";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../district_leadership/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables().into_iter().chain([TableSpec::of::<Movement>()]).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Everybody)?;
        let Some(ChildEvent { event: Some(Event::StatusChanged(changed)) }) = event.decode()? else {
            return Ok(());
        };
        let (from, to) = (changed.from_status(), changed.to_status());
        let roll = ChildStatus::LeftBehind;
        if (from == roll) != (to == roll) {
            rows.put(Movement {
                event_id: event.event().event_id.clone(),
                month: changed.on_date.get(..7).unwrap_or_default().to_owned(),
                village_code: changed.village_code,
                entered: to == roll,
                reason: changed.reason,
            });
        }
        Ok(())
    }
}
