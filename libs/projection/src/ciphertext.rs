//! Sealed values in rows: a `bytea` column that holds the ciphertext copied from the event.

use kinward_contracts::r#type::v1::Sealed;
use prost::Message as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A sealed value as a row keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ciphertext(pub Sealed);

impl Serialize for Ciphertext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // PostgreSQL's own text form of bytea
        serializer.serialize_str(&format!("\\x{}", hex::encode(self.0.encode_to_vec())))
    }
}

impl<'de> Deserialize<'de> for Ciphertext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hex::decode(text.trim_start_matches("\\x")).map_err(D::Error::custom)?;
        Sealed::decode(bytes.as_slice()).map(Self).map_err(D::Error::custom)
    }
}

impl Ciphertext {
    /// Of an optional field of an event.
    pub fn of(sealed: Option<&Sealed>) -> Option<Self> {
        sealed.cloned().map(Self)
    }
}
