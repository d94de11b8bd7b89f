//! A read model in memory: the same projection, every row at hand.

use crate::table::{AnyRow, Table};
use crate::{Apply, Projection, Rows};
use kinward_eventsourcing::Recorded;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// A read model folded in memory.
pub struct Memory<P: Projection> {
    rows: Rows,
    parked: BTreeSet<String>,
    projection: PhantomData<P>,
}

impl<P: Projection> Default for Memory<P> {
    fn default() -> Self {
        Self { rows: Rows::complete(), parked: BTreeSet::new(), projection: PhantomData }
    }
}

impl<P: Projection> Memory<P> {
    /// Folds one event; a poison event parks its aggregate.
    pub fn fold(&mut self, event: &Recorded) {
        if self.parked.contains(event.subject.as_str()) {
            return;
        }
        match P::apply(&mut self.rows, event) {
            Ok(()) => self.rows.accept(),
            Err(Apply::NotLoaded { .. } | Apply::Decode(_) | Apply::Contradiction(_)) => {
                self.rows.discard();
                self.parked.insert(event.subject.as_str().to_owned());
            }
        }
    }

    /// The row with this key.
    pub fn get<T: Table>(&self, key: &str) -> Option<T> {
        self.rows.get::<T>(key).ok().flatten()
    }

    /// Subjects of parked aggregates.
    pub fn parked(&self) -> &BTreeSet<String> {
        &self.parked
    }

    pub(crate) fn rows(&self) -> BTreeMap<(&'static str, String), &dyn AnyRow> {
        self.rows.all().map(|(table, key, row)| ((table, key.to_owned()), row)).collect()
    }
}
