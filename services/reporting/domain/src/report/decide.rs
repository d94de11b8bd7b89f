//! The rules of a report.

use super::{Command, State, reporter::identified};
use crate::rules::{RPT_2, RPT_3};
use chrono::{DateTime, Utc};
use kinward_contracts::instant;
use kinward_contracts::reporting::v1::{ReportEvent, ReportSubmitted};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;

/// The decider of reports.
#[derive(Clone, Copy, Debug)]
pub struct Report;

type Facts = Vec<Fact<ReportEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Report {
    type Command = Command;
    type State = State;
    type Event = ReportEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.exists(), command) {
            (false, Command::Submit(report)) => submit(report, context),
            (true, Command::Submit(_)) => {
                Err(Rejection::exists(RPT_3, context.id, "此报告已登记", "this report is registered already"))
            }
        }
    }

    fn evolve(state: &mut State, event: &ReportEvent, _: &Occurrence<'_>) {
        state.fold(event);
    }
}

/// Whatever is unknown of child and place, a report is taken (RPT-3).
fn submit(report: &ReportSubmitted, context: &Now<'_>) -> Result<Facts, Rejection> {
    identified(report.reporter.as_ref())?;
    said(report)?;
    let discovered_at = discovered_at(report, context)?;
    Ok(vec![Fact::at(discovered_at, report.clone())])
}

/// What befell the child: one situation or several, and the open one in words (RPT-2).
fn said(report: &ReportSubmitted) -> Result<(), Rejection> {
    let situations: Vec<Situation> = report.situations().collect();
    if situations.is_empty() {
        return Err(Rejection::invalid(
            "situations",
            RPT_2,
            "请至少选择一种情形",
            "name at least one situation",
        ));
    }
    if situations == [Situation::Other] && report.narrative.is_none() {
        return Err(Rejection::invalid(
            "narrative",
            RPT_2,
            "其他情形须写明情况",
            "say what the other situation is",
        ));
    }
    Ok(())
}

/// When the reporter found out: now, unless it says otherwise.
fn discovered_at(report: &ReportSubmitted, context: &Now<'_>) -> Result<DateTime<Utc>, Rejection> {
    match report.discovered_at.as_ref().and_then(instant) {
        Some(at) if at > context.now => Err(Rejection::time(
            "discovered_at",
            RPT_3,
            "发现时间不能晚于现在",
            "discovered_at lies in the future",
        )),
        given => Ok(given.unwrap_or(context.now)),
    }
}
