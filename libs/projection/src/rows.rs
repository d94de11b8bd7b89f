//! The rows a projection works on: what is loaded, what one event changes, what must be written.

use crate::table::{AnyRow, Table};
use kinward_eventsourcing::DecodeError;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why `apply` stopped.
#[derive(Debug, thiserror::Error)]
pub enum Apply {
    /// A row must be looked up first; `apply` runs again when it is there.
    #[error("row {key} of {table} is not loaded")]
    NotLoaded {
        /// The table.
        table: &'static str,
        /// The key.
        key: String,
    },
    /// The event does not decode: its aggregate is parked.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The event contradicts the rows: its aggregate is parked.
    #[error("{0}")]
    Contradiction(String),
}

type Key = (&'static str, String);
/// Key and row, `None` where it was removed.
pub(crate) type Changed<'a> = (String, Option<&'a dyn AnyRow>);
type Slot = Option<Box<dyn AnyRow>>;

/// A working set of rows.
#[derive(Default)]
pub struct Rows {
    /// Rows known, `None`: known to be absent.
    known: HashMap<Key, Slot>,
    /// What the event being applied changes.
    pending: BTreeMap<Key, Slot>,
    /// Keys changed since the last write.
    dirty: BTreeSet<Key>,
    /// Every row is in memory: what is not known is absent.
    complete: bool,
}

impl Rows {
    pub(crate) fn complete() -> Self {
        Self { complete: true, ..Self::default() }
    }

    /// The row with this key, if there is one.
    pub fn get<T: Table>(&self, key: &str) -> Result<Option<T>, Apply> {
        let place = (T::NAME, key.to_owned());
        let slot = match (self.pending.get(&place), self.known.get(&place)) {
            (Some(slot), _) | (None, Some(slot)) => slot,
            (None, None) if self.complete => return Ok(None),
            (None, None) => return Err(Apply::NotLoaded { table: T::NAME, key: key.to_owned() }),
        };
        Ok(slot.as_ref().and_then(|row| row.any().downcast_ref::<T>()).cloned())
    }

    /// Writes a row, new or changed.
    pub fn put<T: Table>(&mut self, row: T) {
        self.pending.insert((T::NAME, row.key()), Some(Box::new(row)));
    }

    /// Removes a row.
    pub fn delete<T: Table>(&mut self, key: &str) {
        self.pending.insert((T::NAME, key.to_owned()), None);
    }

    /// Changes the row with this key; does nothing if there is none.
    pub fn update<T: Table>(&mut self, key: &str, change: impl FnOnce(&mut T)) -> Result<(), Apply> {
        if let Some(mut row) = self.get::<T>(key)? {
            change(&mut row);
            self.put(row);
        }
        Ok(())
    }

    /// The event's changes hold.
    pub(crate) fn accept(&mut self) {
        for (place, slot) in std::mem::take(&mut self.pending) {
            // where every row is in memory, they are written all together
            if !self.complete {
                self.dirty.insert(place.clone());
            }
            self.known.insert(place, slot);
        }
    }

    /// The event's changes never were.
    pub(crate) fn discard(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn load(&mut self, table: &'static str, key: String, row: Slot) {
        self.known.entry((table, key)).or_insert(row);
    }

    /// Rows written since the last call, by table: the row, or `None` where it was removed.
    pub(crate) fn take_changes(&mut self) -> BTreeMap<&'static str, Vec<Changed<'_>>> {
        let mut changes = BTreeMap::<_, Vec<_>>::new();
        for (table, key) in std::mem::take(&mut self.dirty) {
            let row = self.known.get(&(table, key.clone())).and_then(Option::as_deref);
            changes.entry(table).or_default().push((key, row));
        }
        changes
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str, &dyn AnyRow)> {
        self.known
            .iter()
            .filter_map(|((table, key), slot)| slot.as_deref().map(|row| (*table, key.as_str(), row)))
    }
}
