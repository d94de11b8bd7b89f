//! What was exported: a line for each range of positions, each with a hash over all before it.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of the file.
const NAME: &str = "manifest.jsonl";

/// The first line: of which log, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    log_id: String,
    shift_days: u32,
}

/// A range of positions that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// First position.
    pub(super) from: u64,
    /// Last position.
    pub(super) to: u64,
    /// Its files.
    pub(super) files: Vec<File>,
    /// SHA-256 over the hash before and the files of this range, hexadecimal.
    pub(super) hash: String,
}

/// A file of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    /// Inside of the folder.
    pub(super) path: String,
    /// Rows in it.
    pub(super) rows: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub(super) sha256: String,
}

/// The manifest of a folder.
pub(super) struct Manifest {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Manifest {
    /// The folder's; made where there is none. One of another log, or made in another way, is refused.
    pub(super) fn open(folder: &Path, log_id: &str, shift_days: u32) -> anyhow::Result<Self> {
        let (path, head) = (folder.join(NAME), Head { log_id: log_id.to_owned(), shift_days });
        if !path.exists() {
            std::fs::write(&path, serde_json::to_string(&head)? + "\n")?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut lines = text.lines();
        let known: Head =
            serde_json::from_str(lines.next().unwrap_or_default()).context("read the manifest")?;
        anyhow::ensure!(
            known == head,
            "{}: 此文件夹属于另一次导出（日志 {}，日期偏移 {} 天），请另选文件夹  this folder holds another export, of log {} with days shifted by {}: choose another",
            folder.display(),
            known.log_id,
            known.shift_days,
            known.log_id,
            known.shift_days
        );
        // a line that was cut off names a range that is written again
        let entries = lines.map_while(|line| serde_json::from_str(line).ok()).collect();
        let manifest = Self { path, entries };
        manifest.rewrite(&head)?;
        Ok(manifest)
    }

    fn rewrite(&self, head: &Head) -> anyhow::Result<()> {
        let mut text = serde_json::to_string(head)? + "\n";
        for entry in &self.entries {
            text += &(serde_json::to_string(entry)? + "\n");
        }
        let new = self.path.with_extension("new");
        std::fs::write(&new, text)?;
        Ok(std::fs::rename(new, &self.path)?)
    }

    /// Up to where everything is written.
    pub(super) fn position(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.to)
    }

    /// Rows of all ranges.
    pub(super) fn rows(&self) -> u64 {
        self.entries.iter().flat_map(|entry| &entry.files).map(|file| file.rows).sum()
    }

    /// Names a range whose files are written.
    pub(super) fn append(&mut self, mut entry: Entry) -> anyhow::Result<()> {
        let before = self.entries.last().map(|entry| entry.hash.clone()).unwrap_or_default();
        let mut hash = Sha256::new().chain_update(before);
        for File { path, rows, sha256 } in &entry.files {
            hash.update(format!("{path}\n{rows}\n{sha256}\n"));
        }
        entry.hash = hex::encode(hash.finalize());
        let mut file = std::fs::File::options().append(true).open(&self.path)?;
        writeln!(file, "{}", serde_json::to_string(&entry)?)?;
        file.sync_all()?;
        self.entries.push(entry);
        Ok(())
    }
}
