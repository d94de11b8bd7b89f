//! Names of things in the log: positions, revisions, subjects, command ids.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// Place of a commit in the log: the stream sequence, dense from 1. Zero: before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position(pub u64);

/// Number of events of an aggregate. Zero: it does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub u64);

impl Position {
    /// The next place.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Identity of a command: the same command twice has the same id. Lower-case hex, 32 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommandId(String);

impl CommandId {
    /// Of a caller's request: another caller's equal request id is another command.
    pub fn of_request(caller: &str, rpc: &str, request_id: &str) -> Self {
        Self(digest(&["request", caller, rpc, request_id]))
    }

    /// Of a process's `ordinal`-th reaction to an event.
    pub fn of_reaction(process: &str, event_id: &str, ordinal: usize) -> Self {
        Self(digest(&["reaction", process, event_id, &ordinal.to_string()]))
    }

    /// Of an alarm: observing the clocks of `subject` at the moment `due`.
    pub fn of_alarm(subject: &str, alarm: &str) -> Self {
        Self(digest(&["alarm", subject, alarm]))
    }

    /// As read from the log.
    pub fn from_log(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Id of the `index`-th event that this command makes in the aggregate with this subject.
    pub fn event_id(&self, subject: &Subject, index: usize) -> String {
        derived_uuid(&[&self.0, subject.as_str(), &index.to_string()])
    }

    /// Id of something new that this command makes: the same on every retry.
    pub fn new_id(&self, noun: &str) -> String {
        derived_uuid(&[&self.0, "new", noun])
    }
}

fn hashed(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

fn digest(parts: &[&str]) -> String {
    hex::encode(&hashed(parts)[..16])
}

/// A UUID (version 8) that depends on `parts` alone; lower-case, hyphenated.
pub fn derived_uuid(parts: &[&str]) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hashed(parts)[..16]);
    Uuid::new_v8(bytes).to_string()
}

/// Subject of an aggregate in the log: `kw.<context>.<noun>.<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject(String);

/// A text that is no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a subject of the log: {0:?}")]
pub struct SubjectError(String);

impl Subject {
    /// Subject of the aggregate `aggregate` (`registry.child`) with this id.
    pub fn new(aggregate: &str, id: &str) -> Result<Self, SubjectError> {
        Self::parse(&format!("kw.{aggregate}.{id}"))
    }

    /// As read from the log. Tokens hold letters, digits, `-` and `_` only, so that no id can widen a subject.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        let tokens: Vec<&str> = text.split('.').collect();
        let clean = |token: &&str| {
            !token.is_empty()
                && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if tokens.len() < 4 || tokens[0] != "kw" || !tokens.iter().all(clean) {
            return Err(SubjectError(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Context and noun: `registry.child`.
    pub fn aggregate(&self) -> &str {
        let ends = self.0.match_indices('.').nth(2).map_or(self.0.len(), |(at, _)| at);
        &self.0[3..ends]
    }

    /// The aggregate's id; it may hold dots.
    pub fn id(&self) -> &str {
        self.0.splitn(4, '.').nth(3).unwrap_or_default()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_names_its_aggregate_and_id() {
        let subject = Subject::new("registry.identity", "1.abc").unwrap();
        assert_eq!((subject.aggregate(), subject.id()), ("registry.identity", "1.abc"));
    }

    #[test]
    fn an_id_cannot_widen_a_subject() {
        for id in ["", "*", ">", "a.>", "a b", "中"] {
            assert!(Subject::new("registry.child", id).is_err(), "{id:?}");
        }
    }

    #[test]
    fn another_callers_request_id_is_another_command() {
        let mine = CommandId::of_request("me", "rpc", "1");
        assert_eq!(mine, CommandId::of_request("me", "rpc", "1"));
        assert_ne!(mine, CommandId::of_request("you", "rpc", "1"));
        assert_ne!(CommandId::of_request("a", "b", "c"), CommandId::of_request("ab", "", "c"));
    }
}
