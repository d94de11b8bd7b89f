//! The log as Parquet for research: a dataset for each type of event, typed columns, pseudonyms of one project, no free text,
//! days shifted by child. What is sealed stays sealed: only whether it was there is told.
//!
//! A run goes on where the last one ended. It works in ranges of positions; a range's files are written whole before the
//! manifest names them, and what a run that was cut off wrote beyond it is deleted by the next.

mod anonymity;
mod columns;
mod manifest;
mod pseudonyms;
mod write;

pub use anonymity::Quasi;

use super::json::Reading;
use super::{Place, bar};
use crate::log_commands::{connected, line};
use anonymity::Anonymity;
use anyhow::Context as _;
use columns::Dataset;
use kinward_chassis::Settings;
use kinward_eventlog::Reader;
use kinward_eventsourcing::Position;
use manifest::{Entry, File, Head, Manifest};
use prost_reflect::ReflectMessage as _;
use pseudonyms::Pseudonyms;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Commits in one range: some 256,000 events at most of one type, which is one row group.
const RANGE: u64 = 100_000;

/// What is exported, and how.
pub struct Export {
    /// Folder of the datasets and the manifest.
    pub folder: PathBuf,
    /// File with the project's key: pseudonyms of another project cannot be joined with its own.
    pub key: PathBuf,
    /// Up to this place; `None`: to the end of the log.
    pub to: Option<Place>,
    /// Days by which each child's days are shifted at most, back or forth; 0: they are not.
    pub shift_days: u32,
    /// Commits a second at most; `None`: as fast as it can.
    pub rate: Option<u64>,
    /// What could tell people apart, to be counted.
    pub quasi: Vec<Quasi>,
    /// Groups smaller than this are named.
    pub k: u64,
}

impl Export {
    /// Writes what is not written yet.
    pub async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let log = connected(settings).await?;
        let to = Place::or_end(self.to, &log).await?;
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let mut pseudonyms = Pseudonyms::of(&self.key, self.shift_days, Manifest::is_there(&self.folder))?;
        let head = Head {
            log_id: settings.log.log_id.clone(),
            shift_days: self.shift_days,
            key_fingerprint: pseudonyms.fingerprint(),
        };
        let mut manifest = Manifest::open(&self.folder, &head)?;
        let mut anonymity = Anonymity::new(&self.quasi);
        let reading = Reading::new()?;
        let bar = bar("导出 exporting", to)?;
        // a first pass: whose days an aggregate's are, is known in the end only; and groups are of all rows, not of new ones
        let begin = if self.shift_days == 0 && self.quasi.is_empty() { to } else { Position(0) };
        let mut reader = log.read_after(begin);
        while reader.position() < to {
            let stored = reader.next().await?;
            for event in stored.recorded()? {
                let message = reading.message(event)?;
                pseudonyms.learn(event, &message);
                if anonymity.wants(event.event_type()) {
                    let mut row = Dataset::new(&message.descriptor());
                    row.push(event, &message, &pseudonyms);
                    anonymity.count(event, &row)?;
                }
            }
            bar.set_position(stored.position.0);
        }
        pseudonyms.learnt();
        let mut reader = log.read_after(Position(manifest.position()));
        while reader.position() < to {
            let end = Position(to.0.min(reader.position().0 + RANGE));
            let entry = self.range(&mut reader, end, &reading, &pseudonyms, &bar).await?;
            manifest.append(entry)?;
        }
        bar.finish_and_clear();
        let shown = self.folder.display();
        line(&format!("已导出至位置 {}，共 {} 行，见 {shown}", to.0, manifest.rows()));
        line(&format!("exported up to position {}, {} rows in all, in {shown}", to.0, manifest.rows()));
        anonymity.report(self.k, &self.folder)
    }

    async fn range(
        &self,
        reader: &mut Reader,
        end: Position,
        reading: &Reading,
        pseudonyms: &Pseudonyms,
        bar: &indicatif::ProgressBar,
    ) -> anyhow::Result<Entry> {
        let (from, began) = (reader.position().0 + 1, Instant::now());
        // by type and day, as the folders are
        let mut datasets: BTreeMap<(String, String), Dataset> = BTreeMap::new();
        while reader.position() < end {
            let stored = reader.next().await?;
            for event in stored.recorded()? {
                let message = reading.message(event)?;
                let day = pseudonyms.day(event);
                let dataset = datasets
                    .entry((event.event_type().to_owned(), day))
                    .or_insert_with(|| Dataset::new(&message.descriptor()));
                dataset.push(event, &message, pseudonyms);
            }
            bar.set_position(stored.position.0);
            self.pace(stored.position.0 - from + 1, began).await;
        }
        let mut files = Vec::with_capacity(datasets.len());
        for ((event_type, day), dataset) in datasets {
            let path =
                Path::new(&event_type).join(format!("date={day}")).join(format!("{from}-{}.parquet", end.0));
            let (rows, sha256) = write::file(&self.folder.join(&path), dataset)?;
            files.push(File { path: path.display().to_string(), rows, sha256 });
        }
        Ok(Entry { from, to: end.0, files, hash: String::new() })
    }

    /// Waits where the export is ahead of its rate: commands come first.
    async fn pace(&self, done: u64, began: Instant) {
        let Some(rate) = self.rate else { return };
        let due = Duration::from_millis(done * 1000 / rate.max(1));
        tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
    }
}
