//! A read model in memory: the same projection, every row at hand.

use crate::table::{AnyRow, Table};
use crate::writing::SetAside;
use crate::{Projection, Rows};
use kinward_eventsourcing::Recorded;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// A read model folded in memory.
pub struct Memory<P: Projection> {
    rows: Rows,
    parked: BTreeSet<String>,
    set_aside: Vec<SetAside>,
    projection: PhantomData<P>,
}

impl<P: Projection> Default for Memory<P> {
    fn default() -> Self {
        Self {
            rows: Rows::complete(),
            parked: BTreeSet::new(),
            set_aside: Vec::new(),
            projection: PhantomData,
        }
    }
}

impl<P: Projection> Memory<P> {
    /// Folds one event; a poison event parks its aggregate.
    pub fn fold(&mut self, event: &Recorded) {
        if self.parked.contains(event.subject.as_str()) {
            self.set_aside.push(SetAside::behind(event));
            return;
        }
        match P::apply(&mut self.rows, event) {
            Ok(()) => self.rows.accept(),
            Err(error) => {
                self.rows.discard();
                self.parked.insert(event.subject.as_str().to_owned());
                self.set_aside.push(SetAside::of(event, error.to_string()));
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

    /// Events that were set aside, in the order of the log.
    pub(crate) fn set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }

    /// The rows of one table.
    pub(crate) fn of_table(&self, table: &str) -> impl Iterator<Item = (&str, &dyn AnyRow)> {
        self.rows.all().filter(move |(name, ..)| *name == table).map(|(_, key, row)| (key, row))
    }

    pub(crate) fn rows(&self) -> BTreeMap<(&'static str, String), &dyn AnyRow> {
        self.rows.all().map(|(table, key, row)| ((table, key.to_owned()), row)).collect()
    }
}
