//! The pool: keys minted ahead, in a sealed file on the service's own disk, so that reports survive a keyring outage
//! and a restart. A key is never handed out twice: a mark on disk runs ahead of what is handed out.

use crate::{DataKey, KeyProvider, Keyring, KeyringError, WrappedKey};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Keys marked as handed out at a time; a crash loses at most so many.
const AHEAD: usize = 32;

/// How full the pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Keys at hand.
    pub level: usize,
    /// Keys when full.
    pub capacity: usize,
}

/// Keys at hand.
pub struct KeyPool {
    folder: PathBuf,
    capacity: usize,
    provider: Arc<dyn KeyProvider>,
    keys: Mutex<Keys>,
}

struct Keys {
    /// Keys that are marked on disk as handed out and may be.
    marked: VecDeque<(String, Arc<DataKey>)>,
    /// Keys behind the mark, with the form in which the file holds them.
    behind: VecDeque<(Stored, Arc<DataKey>)>,
    /// Number handed out or lost of the file's keys.
    mark: usize,
}

#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    key_id: String,
    version: i32,
    wrapped: String,
}

impl KeyPool {
    /// Opens the pool in a folder, with the keys that an earlier run left.
    pub async fn open(
        folder: &Path,
        capacity: usize,
        provider: Arc<dyn KeyProvider>,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let stored: Vec<Stored> = match std::fs::read(folder.join("pool.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let mark = std::fs::read_to_string(folder.join("mark")).ok();
        let mark: usize = mark.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let mut behind = VecDeque::new();
        for key in stored.into_iter().skip(mark) {
            let wrapped =
                WrappedKey { version: key.version, bytes: hex::decode(&key.wrapped).unwrap_or_default() };
            match provider.unwrap(&key.key_id, &wrapped).await {
                Ok(data_key) => behind.push_back((key, Arc::new(data_key))),
                Err(error) => tracing::warn!(%error, "a key of the pool does not open; left out"),
            }
        }
        let keys = Keys { marked: VecDeque::new(), behind, mark };
        Ok(Self { folder: folder.to_owned(), capacity, provider, keys: Mutex::new(keys) })
    }

    /// How full it is.
    pub fn status(&self) -> PoolStatus {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        PoolStatus { level: keys.marked.len() + keys.behind.len(), capacity: self.capacity }
    }

    /// A key that nobody had before; `None` when the pool is empty or its mark cannot be written.
    pub fn take(&self) -> Option<(String, Arc<DataKey>)> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.marked.is_empty() {
            let count = AHEAD.min(keys.behind.len());
            if count == 0 {
                return None;
            }
            let mark = keys.mark + count;
            if let Err(error) = write_durably(&self.folder, "mark", mark.to_string().as_bytes()) {
                tracing::error!(%error, "the key pool's mark cannot be written");
                return None;
            }
            keys.mark = mark;
            let taken: Vec<_> = keys.behind.drain(..count).collect();
            keys.marked.extend(taken.into_iter().map(|(stored, key)| (stored.key_id, key)));
        }
        keys.marked.pop_front()
    }

    /// Fills the pool when it is half empty; answers how many keys were minted.
    pub async fn refill(&self, keyring: &Keyring, by: &str) -> Result<usize, KeyringError> {
        let level = self.status().level;
        if level > self.capacity / 2 {
            return Ok(0);
        }
        let mut fresh = Vec::new();
        for (key_id, key) in keyring.mint(by, self.capacity - level).await? {
            let WrappedKey { version, bytes } = self.provider.wrap(&key_id, &key).await?;
            fresh.push((Stored { key_id, version, wrapped: hex::encode(bytes) }, Arc::new(key)));
        }
        let count = fresh.len();
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let all: VecDeque<_> = keys.behind.iter().cloned().chain(fresh).collect();
        let stored: Vec<&Stored> = all.iter().map(|(stored, _)| stored).collect();
        let bytes = serde_json::to_vec(&stored).unwrap_or_default();
        // in this order: a crash between the two leaves the old mark over the new file, which loses keys and
        // hands none out twice
        let written = write_durably(&self.folder, "pool.json", &bytes)
            .and_then(|()| write_durably(&self.folder, "mark", b"0"));
        if let Err(error) = written {
            tracing::error!(%error, "the key pool cannot be written; new keys are not used");
            return Ok(0);
        }
        keys.mark = 0;
        keys.behind = all;
        Ok(count)
    }
}

/// Replaces a file: written beside it, synced, renamed, folder synced.
fn write_durably(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let beside = folder.join(format!("{name}.new"));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}
