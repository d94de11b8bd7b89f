//! The pool: keys minted ahead, in sealed files on the service's own disk, so that reports survive a keyring outage and
//! a restart. A key is never handed out twice: a mark on disk runs ahead of what is handed out. How far ahead follows
//! the pace, so that a busy service seldom waits for its disk and a quiet one loses few keys to a crash.

use crate::{DataKey, KeyProvider, Keyring, KeyringError, Minted, WrappedKey};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys marked as handed out at a time, at least; a crash loses at most what was marked last.
const LEAST: usize = 32;
/// The share of the pool that is marked at a time, at most.
const SHARE: usize = 8;
/// When marks follow each other faster than this, the next is for twice as many keys.
const PACE: Duration = Duration::from_millis(500);
/// How long the folder's last user may take to let go of it.
const RELEASED: Duration = Duration::from_secs(5);

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
    keys: Mutex<Keys>,
    /// Held while it is used: two processes on one folder would hand out the same keys.
    _lock: File,
}

struct Keys {
    /// Keys that are marked on disk as handed out and may be.
    marked: VecDeque<(String, Arc<DataKey>)>,
    /// Keys behind the mark, by the file that holds them, the oldest first.
    behind: VecDeque<Batch>,
    /// Number of the next file.
    next: u64,
    /// Keys to mark next time.
    ahead: usize,
    marked_at: Instant,
}

/// What is left of one refill's file. A file is written once, before any of its keys is handed out.
struct Batch {
    number: u64,
    /// Keys of the file before these: handed out or lost.
    used: usize,
    /// `None`: a place whose key did not open. The mark counts places.
    keys: VecDeque<Option<(String, Arc<DataKey>)>>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key_id: String,
    version: i32,
    wrapped: String,
}

/// Every key of earlier files, and so many of this one, are handed out or lost.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Mark {
    file: u64,
    used: usize,
}

impl KeyPool {
    /// Opens the pool in a folder, with the keys that an earlier run left.
    pub async fn open(
        folder: &Path,
        capacity: usize,
        provider: Arc<dyn KeyProvider>,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = lock(folder).await?;
        let files = files(folder)?;
        let mark = match std::fs::read(folder.join("mark.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                // which keys were handed out is not known: none of them may be
                tracing::error!(%error, "the key pool's mark does not read; its keys are left out");
                Mark { file: files.last().map_or(0, |last| last + 1), used: 0 }
            }),
            // no key is handed out before the first mark is written
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Mark::default(),
            Err(error) => return Err(error),
        };
        let mut behind = VecDeque::new();
        for number in files.iter().copied() {
            let used = if number == mark.file { mark.used } else { 0 };
            let stored = read(folder, number);
            if number < mark.file || stored.len() <= used {
                let _ = std::fs::remove_file(folder.join(file_name(number)));
                continue;
            }
            let mut keys = VecDeque::new();
            for key in stored.into_iter().skip(used) {
                let wrapped =
                    WrappedKey { version: key.version, bytes: hex::decode(&key.wrapped).unwrap_or_default() };
                let opened = provider.unwrap(&key.key_id, &wrapped).await;
                let opened = opened.inspect_err(|error| {
                    tracing::warn!(%error, "a key of the pool does not open; left out");
                });
                keys.push_back(opened.ok().map(|data_key| (key.key_id, Arc::new(data_key))));
            }
            behind.push_back(Batch { number, used, keys });
        }
        let next = files.last().map_or(0, |last| last + 1).max(mark.file + 1);
        let (marked, ahead, marked_at) = (VecDeque::new(), LEAST, Instant::now());
        let keys = Mutex::new(Keys { marked, behind, next, ahead, marked_at });
        Ok(Self { folder: folder.to_owned(), capacity, keys, _lock: lock })
    }

    /// How full it is.
    pub fn status(&self) -> PoolStatus {
        let keys = self.lock();
        let behind: usize = keys.behind.iter().map(|batch| batch.keys.iter().flatten().count()).sum();
        PoolStatus { level: keys.marked.len() + behind, capacity: self.capacity }
    }

    /// A key that nobody had before; `None` when the pool is empty or its mark cannot be written.
    pub fn take(&self) -> Option<(String, Arc<DataKey>)> {
        let mut keys = self.lock();
        while keys.marked.is_empty() {
            self.mark_more(&mut keys)?;
        }
        keys.marked.pop_front()
    }

    /// Moves the mark on disk, then lets the keys before it be handed out.
    fn mark_more(&self, keys: &mut Keys) -> Option<()> {
        let most = (self.capacity / SHARE).max(LEAST);
        let hurried = keys.marked_at.elapsed() < PACE;
        keys.ahead = if hurried { (keys.ahead * 2).min(most) } else { (keys.ahead / 2).max(LEAST) };
        let ahead = keys.ahead;
        let batch = keys.behind.front_mut()?;
        let count = ahead.min(batch.keys.len());
        let mark = Mark { file: batch.number, used: batch.used + count };
        let bytes = serde_json::to_vec(&mark).unwrap_or_default();
        if let Err(error) = write_durably(&self.folder, "mark.json", &bytes) {
            tracing::error!(%error, "the key pool's mark cannot be written");
            return None;
        }
        batch.used = mark.used;
        let marked: Vec<_> = batch.keys.drain(..count).collect();
        if batch.keys.is_empty() {
            let _ = std::fs::remove_file(self.folder.join(file_name(batch.number)));
            keys.behind.pop_front();
        }
        keys.marked.extend(marked.into_iter().flatten());
        keys.marked_at = Instant::now();
        Some(())
    }

    /// Fills the pool when it is half empty; answers how many keys were minted.
    pub async fn refill(&self, keyring: &Keyring, by: &str) -> Result<usize, KeyringError> {
        let level = self.status().level;
        if level > self.capacity / 2 {
            return Ok(0);
        }
        // on a full disk no keys are minted that nobody could keep
        write_durably(&self.folder, "room.json", b"[]").map_err(KeyringError::Pool)?;
        let (mut stored, mut fresh) = (Vec::new(), VecDeque::new());
        for Minted { key_id, key, wrapped } in keyring.mint(by, self.capacity - level).await? {
            let WrappedKey { version, bytes } = wrapped;
            stored.push(Stored { key_id: key_id.clone(), version, wrapped: hex::encode(bytes) });
            fresh.push_back(Some((key_id, Arc::new(key))));
        }
        let number = {
            let mut keys = self.lock();
            keys.next += 1;
            keys.next - 1
        };
        let (count, bytes) = (stored.len(), serde_json::to_vec(&stored).unwrap_or_default());
        // nobody waits for this file: its keys are unknown until it is written
        if let Err(error) = write_durably(&self.folder, &file_name(number), &bytes) {
            tracing::error!(%error, "the key pool cannot be written; new keys are not used");
            return Err(KeyringError::Pool(error));
        }
        self.lock().behind.push_back(Batch { number, used: 0, keys: fresh });
        Ok(count)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder, for this process alone. One that has just ended may still be letting go.
async fn lock(folder: &Path) -> std::io::Result<File> {
    let file = File::create(folder.join("lock"))?;
    let until = Instant::now() + RELEASED;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(TryLockError::WouldBlock) => {
                let says = "another process uses this key pool: give each its own `instance`";
                return Err(std::io::Error::new(std::io::ErrorKind::WouldBlock, says));
            }
        }
    }
}

fn file_name(number: u64) -> String {
    format!("keys-{number}.json")
}

/// Numbers of the files, the oldest first.
fn files(folder: &Path) -> std::io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("keys-")?.strip_suffix(".json"));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn read(folder: &Path, number: u64) -> Vec<Stored> {
    let bytes = std::fs::read(folder.join(file_name(number))).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
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
