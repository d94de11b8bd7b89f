//! What became of each row: a file beside the one that was imported, for its owner's eyes. It names rows, files of
//! children, rules and fields, and repeats no cell.

use super::row::Problem;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// On file, by this run or by an earlier one.
    OnFile {
        /// The child's file.
        child_id: String,
    },
    /// A dry run found nothing against it.
    Sound,
    /// An example: never imported.
    Example,
    /// Refused.
    Refused {
        /// What is wrong.
        problems: Vec<Problem>,
        /// The file that stands against it.
        existing_id: Option<String>,
    },
    /// The registry did not answer: it may be on file.
    Unknown,
}

/// The rows by number.
pub(crate) type Outcomes = BTreeMap<u64, Outcome>;

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// On file, or sound in a dry run.
    pub accepted: usize,
    /// Refused.
    pub refused: usize,
    /// Without an answer.
    pub unknown: usize,
    /// Examples.
    pub examples: usize,
}

/// Counts.
pub(crate) fn tally(outcomes: &Outcomes) -> Tally {
    let mut tally = Tally::default();
    for outcome in outcomes.values() {
        match outcome {
            Outcome::OnFile { .. } | Outcome::Sound => tally.accepted += 1,
            Outcome::Refused { .. } => tally.refused += 1,
            Outcome::Unknown => tally.unknown += 1,
            Outcome::Example => tally.examples += 1,
        }
    }
    tally
}

/// Writes the results: whole or not at all, over those of an earlier run.
pub(crate) fn write(path: &Path, outcomes: &Outcomes) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record([
        "行 Row",
        "结果 Outcome",
        "儿童档案 Child file",
        "规则 Rule",
        "字段 Field",
        "处理办法",
        "What to do",
    ])?;
    for (row, outcome) in outcomes {
        writer.write_record(record(*row, outcome))?;
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let mut options = std::fs::File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(&writer.into_inner()?)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    Ok(())
}

fn record(row: u64, outcome: &Outcome) -> [String; 7] {
    let plain = |says: &str, child_id: &str, zh: &str, en: &str| {
        let texts = [&row.to_string(), says, child_id, "", "", zh, en];
        texts.map(str::to_owned)
    };
    match outcome {
        Outcome::OnFile { child_id } => plain("已建档 on file", child_id, "", ""),
        Outcome::Sound => plain("可导入 sound", "", "", ""),
        Outcome::Example => plain("示例 example", "", "示例行不导入", "examples are not imported"),
        Outcome::Unknown => {
            let (zh, en) = ("登记服务未答复：再次运行同一命令", "no answer: run the same command again");
            plain("未知 unknown", "", zh, en)
        }
        Outcome::Refused { problems, existing_id } => {
            let joined = |part: fn(&Problem) -> &str, by: &str| {
                let mut parts: Vec<&str> =
                    problems.iter().map(part).filter(|text| !text.is_empty()).collect();
                parts.dedup();
                parts.join(by)
            };
            [
                row.to_string(),
                "未导入 refused".to_owned(),
                existing_id.clone().unwrap_or_default(),
                joined(|problem| &problem.rule, "; "),
                joined(|problem| &problem.field, "; "),
                joined(|problem| &problem.zh, "；"),
                joined(|problem| &problem.en, "; "),
            ]
        }
    }
}
