//! Whoever reported is told the result (LAW-1): each reporter of the incident and of those that follow it, once.

use super::step::{Facts, Step};
use crate::rules::LAW_1;
use kinward_contracts::dispatch::v1::{ReporterFeedbackGiven, Stage};
use kinward_contracts::r#type::v1::FeedbackResult;
use kinward_eventsourcing::{Fact, Rejection};

/// Without a report named: everybody who was not told yet.
pub(super) fn give(step: &Step<'_>, given: &ReporterFeedbackGiven) -> Result<Facts, Rejection> {
    let state = step.state;
    if state.stage() != Stage::Concluded {
        return Err(Rejection::wrong_state(LAW_1, "处置完毕后反馈", "conclude the incident first"));
    }
    if given.result() == FeedbackResult::Unspecified {
        return Err(Rejection::invalid("result", LAW_1, "请写明反馈结果", "say the result"));
    }
    step.not_before(state.stage_since)?;
    let reports = state.reports();
    let known = reports.iter().any(|(report_id, _)| given.report_id == *report_id);
    if !given.report_id.is_empty() && !known {
        let (zh, en) = ("本警情没有此报告", "the incident has no such report");
        return Err(Rejection::unknown(LAW_1, zh, en));
    }
    let mut facts = Facts::new();
    for (report_id, clock_id) in reports {
        let meant = given.report_id.is_empty() || given.report_id == report_id;
        if meant && !state.told.contains(report_id) {
            let to_one = ReporterFeedbackGiven { report_id: report_id.to_owned(), ..given.clone() };
            facts.push(Fact::at(step.at, to_one));
            step.done(&mut facts, &clock_id);
        }
    }
    if facts.is_empty() {
        return Err(Rejection::wrong_state(LAW_1, "已反馈", "the reporters were told already"));
    }
    Ok(facts)
}
