//! Tables: a serialisable struct each, keyed by one text column.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::any::Any;
use std::fmt::Debug;

/// A row of one table. Its fields are the columns.
pub trait Table: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// Name of the table.
    const NAME: &'static str;
    /// Name of the primary key column, of type text.
    const KEY: &'static str;

    /// Value of the key.
    fn key(&self) -> String;
}

/// Makes a type the row of a table, by its name and the field that is its key: `table!(Pupil, "pupils", child_id)`.
#[macro_export]
macro_rules! table {
    ($row:ty, $name:literal, $key:ident) => {
        impl $crate::Table for $row {
            const NAME: &'static str = $name;
            const KEY: &'static str = stringify!($key);

            fn key(&self) -> String {
                self.$key.clone()
            }
        }
    };
}

/// A row whose type is known to its table alone.
pub(crate) trait AnyRow: Any + Send + Sync {
    fn json(&self) -> serde_json::Result<Value>;
    fn same(&self, other: &dyn AnyRow) -> bool;
    fn any(&self) -> &dyn Any;
}

impl<T: Table> AnyRow for T {
    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }

    fn same(&self, other: &dyn AnyRow) -> bool {
        other.any().downcast_ref::<T>() == Some(self)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// What a backend must know of a table.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec {
    /// Its name.
    pub name: &'static str,
    /// Its key column.
    pub key: &'static str,
    pub(crate) read: fn(Value) -> serde_json::Result<Box<dyn AnyRow>>,
}

impl TableSpec {
    /// The spec of a table.
    pub fn of<T: Table>() -> Self {
        Self {
            name: T::NAME,
            key: T::KEY,
            read: |value| serde_json::from_value::<T>(value).map(|row| Box::new(row) as Box<dyn AnyRow>),
        }
    }
}
