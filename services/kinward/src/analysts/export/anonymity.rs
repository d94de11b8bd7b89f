//! Whether people could be told apart: how many files or cases share each combination of what a reader might know of somebody.

use super::columns::Dataset;
use crate::log_commands::line;
use kinward_eventsourcing::{Recorded, event_name};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

/// Columns of one event type that a reader might know: `ChildRegistered:household_village_code,sex`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quasi {
    event: String,
    columns: Vec<String>,
}

impl FromStr for Quasi {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').filter(|(event, columns)| !event.is_empty() && !columns.is_empty());
        let (event, columns) = parts.ok_or_else(|| {
            "应为 事件:列,列  give an event and its columns, as ChildRegistered:household_village_code,sex".to_owned()
        })?;
        Ok(Self { event: event.to_owned(), columns: columns.split(',').map(str::to_owned).collect() })
    }
}

/// Who shares each combination: subjects by the cells of the columns.
type Groups = BTreeMap<Vec<String>, BTreeSet<String>>;

/// Groups of what is exported.
pub(super) struct Anonymity {
    counted: Vec<(Quasi, Groups)>,
}

/// What is reported of one set of columns.
#[derive(Serialize)]
struct Report<'a> {
    event: &'a str,
    columns: &'a [String],
    k: u64,
    aggregates: u64,
    groups: u64,
    smallest_group: u64,
    groups_below_k: u64,
    aggregates_below_k: u64,
}

impl Anonymity {
    pub(super) fn new(quasi: &[Quasi]) -> Self {
        Self { counted: quasi.iter().map(|quasi| (quasi.clone(), BTreeMap::new())).collect() }
    }

    /// Whether events of a type are counted.
    pub(super) fn wants(&self, event_type: &str) -> bool {
        self.counted.iter().any(|(quasi, _)| quasi.event == event_name(event_type))
    }

    /// Counts the last row of a dataset, for the aggregate that it is of: ten visits to one child are one child.
    pub(super) fn count(&mut self, event: &Recorded, dataset: &Dataset) -> anyhow::Result<()> {
        for (quasi, groups) in self.counted.iter_mut().filter(|(quasi, _)| quasi.event == event.name()) {
            let mut group = Vec::with_capacity(quasi.columns.len());
            for column in &quasi.columns {
                anyhow::ensure!(
                    dataset.columns().any(|known| known.name == *column),
                    "{} 没有列 {column}  there is no column {column}: choose of {}",
                    quasi.event,
                    dataset.columns().map(|known| known.name.as_str()).collect::<Vec<_>>().join(", ")
                );
                group.push(dataset.last(column).unwrap_or_default());
            }
            groups.entry(group).or_default().insert(event.subject.as_str().to_owned());
        }
        Ok(())
    }

    /// Prints and writes what was counted.
    pub(super) fn report(&self, k: u64, folder: &Path) -> anyhow::Result<()> {
        let mut reports = Vec::with_capacity(self.counted.len());
        for (quasi, groups) in &self.counted {
            let sizes = || groups.values().map(|group| group.len() as u64);
            let small = || sizes().filter(|size| *size < k);
            anyhow::ensure!(
                !groups.is_empty(),
                "日志中没有事件 {0}  the log holds no event {0}",
                quasi.event
            );
            let report = Report {
                event: &quasi.event,
                columns: &quasi.columns,
                k,
                aggregates: sizes().sum(),
                groups: groups.len() as u64,
                smallest_group: sizes().min().unwrap_or_default(),
                groups_below_k: small().count() as u64,
                aggregates_below_k: small().sum(),
            };
            line(&format!(
                "{} {}：{} 组中 {} 组少于 {k} 个对象，涉及 {} 个  {} of {} groups are smaller than {k}, {} files or cases in all",
                quasi.event,
                quasi.columns.join(","),
                report.groups,
                report.groups_below_k,
                report.aggregates_below_k,
                report.groups_below_k,
                report.groups,
                report.aggregates_below_k
            ));
            reports.push(report);
        }
        if !reports.is_empty() {
            std::fs::write(folder.join("k-anonymity.json"), serde_json::to_string_pretty(&reports)?)?;
        }
        Ok(())
    }
}
