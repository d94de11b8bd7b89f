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
pub(super) struct Head {
    /// The log.
    pub(super) log_id: String,
    /// Days by which days are shifted at most.
    pub(super) shift_days: u32,
    /// Of the project's key.
    pub(super) key_fingerprint: String,
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
    pub(super) fn open(folder: &Path, head: &Head) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        if !path.exists() {
            std::fs::write(&path, serde_json::to_string(head)? + "\n")?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut lines = text.lines();
        let known: Head =
            serde_json::from_str(lines.next().unwrap_or_default()).context("read the manifest")?;
        anyhow::ensure!(
            known == *head,
            "{}: 此文件夹属于另一次导出（日志、日期偏移或项目密钥不同），请另选文件夹  this folder holds another export, of log {}, with days shifted by {} or under another project's key: choose another",
            folder.display(),
            known.log_id,
            known.shift_days
        );
        // a line that was cut off names a range that is written again
        let entries = lines.map_while(|line| serde_json::from_str(line).ok()).collect();
        let manifest = Self { path, entries };
        let mut before = String::new();
        for entry in &manifest.entries {
            anyhow::ensure!(
                entry.hash == running(&before, entry),
                "{}: 清单被更改  the manifest was changed at positions {} to {}",
                manifest.path.display(),
                entry.from,
                entry.to
            );
            before.clone_from(&entry.hash);
        }
        manifest.rewrite(head)?;
        sweep(folder, manifest.position())?;
        Ok(manifest)
    }

    /// Whether something was exported into a folder already.
    pub(super) fn is_there(folder: &Path) -> bool {
        folder.join(NAME).exists()
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
        entry.hash = running(&before, &entry);
        let mut file = std::fs::File::options().append(true).open(&self.path)?;
        writeln!(file, "{}", serde_json::to_string(&entry)?)?;
        file.sync_all()?;
        self.entries.push(entry);
        Ok(())
    }
}

/// The hash over a range and all before it.
fn running(before: &str, entry: &Entry) -> String {
    let mut hash = Sha256::new().chain_update(format!("{before}\n{}\n{}\n", entry.from, entry.to));
    for File { path, rows, sha256 } in &entry.files {
        hash.update(format!("{path}\n{rows}\n{sha256}\n"));
    }
    hex::encode(hash.finalize())
}

/// Deletes what a run that was cut off wrote behind the manifest: the next one may draw its ranges elsewhere.
fn sweep(folder: &Path, position: u64) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sweep(&path, position)?;
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let from = name.split_once('-').and_then(|(from, _)| from.parse::<u64>().ok());
        if from.is_some_and(|from| from > position) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
