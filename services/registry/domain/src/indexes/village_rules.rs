//! Which villages have rules that name the parents' duties (TWN-7).

use kinward_contracts::registry::v1::VillageEvent;
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Codes of the villages that adopted rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageRules(BTreeSet<String>);

impl VillageRules {
    /// Whether the village adopted rules.
    pub fn adopted(&self, village: &str) -> bool {
        self.0.contains(village)
    }
}

impl Index for VillageRules {
    const NAME: &'static str = "registry-village-rules";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        if event.decode::<VillageEvent>()?.is_some() {
            self.0.insert(event.subject.id().to_owned());
        }
        Ok(())
    }
}
