//! Whether people could be told apart: how many rows share each combination of what a reader might know of somebody.

use super::columns::Dataset;
use crate::log_commands::line;
use serde::Serialize;
use std::collections::BTreeMap;
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

/// Groups of rows.
pub(super) struct Anonymity {
    counted: Vec<(Quasi, BTreeMap<Vec<String>, u64>)>,
}

/// What is reported of one set of columns.
#[derive(Serialize)]
struct Report<'a> {
    event: &'a str,
    columns: &'a [String],
    k: u64,
    rows: u64,
    groups: u64,
    smallest_group: u64,
    groups_below_k: u64,
    rows_below_k: u64,
}

impl Anonymity {
    pub(super) fn new(quasi: &[Quasi]) -> Self {
        Self { counted: quasi.iter().map(|quasi| (quasi.clone(), BTreeMap::new())).collect() }
    }

    /// Whether events of a type are counted.
    pub(super) fn wants(&self, event_type: &str) -> bool {
        let name = event_type.rsplit('.').next();
        self.counted.iter().any(|(quasi, _)| name == Some(quasi.event.as_str()))
    }

    /// Counts the last row of a dataset.
    pub(super) fn count(&mut self, event_type: &str, dataset: &Dataset) {
        for (quasi, groups) in &mut self.counted {
            if event_type.rsplit('.').next() == Some(quasi.event.as_str()) {
                let group = quasi.columns.iter().map(|column| dataset.last(column).unwrap_or_default());
                *groups.entry(group.collect()).or_default() += 1;
            }
        }
    }

    /// Prints and writes what was counted.
    pub(super) fn report(&self, k: u64, folder: &Path) -> anyhow::Result<()> {
        let mut reports = Vec::with_capacity(self.counted.len());
        for (quasi, groups) in &self.counted {
            let small = || groups.values().filter(|rows| **rows < k);
            let report = Report {
                event: &quasi.event,
                columns: &quasi.columns,
                k,
                rows: groups.values().sum(),
                groups: groups.len() as u64,
                smallest_group: groups.values().min().copied().unwrap_or_default(),
                groups_below_k: small().count() as u64,
                rows_below_k: small().sum(),
            };
            line(&format!(
                "{} {}：{} 组中 {} 组少于 {k} 行，涉及 {} 行  {} of {} groups have fewer than {k} rows, {} rows in all",
                quasi.event,
                quasi.columns.join(","),
                report.groups,
                report.groups_below_k,
                report.rows_below_k,
                report.groups_below_k,
                report.groups,
                report.rows_below_k
            ));
            reports.push(report);
        }
        if !reports.is_empty() {
            std::fs::write(folder.join("k-anonymity.json"), serde_json::to_string_pretty(&reports)?)?;
        }
        Ok(())
    }
}
