//! The rules of a report.

use super::reporter::{identified, mandates};
use super::{Command, State, commendation};
use crate::rules::{RPT_2, RPT_3};
use chrono::{DateTime, Utc};
use kinward_contracts::instant;
use kinward_contracts::reporting::v1::{ReportEvent, ReportSubmitted, Reporter, report_event::Event};
use kinward_contracts::r#type::v1::{Department, Situation};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Recording, Rejection};
use kinward_statute::Reference;

/// The decider of reports.
#[derive(Clone, Copy, Debug)]
pub struct Report;

pub(super) type Facts = Vec<Fact<ReportEvent>>;
pub(super) type Now<'a> = Context<'a, Reference>;

impl Decider for Report {
    type Command = Command;
    type State = State;
    type Event = ReportEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 3;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        match (state.exists(), command) {
            (false, Command::Submit(report)) => {
                let (report, discovered_at) = checked(report, context)?;
                Ok(vec![Fact::at(discovered_at, report)])
            }
            (true, Command::Submit(_)) => {
                Err(Rejection::exists(RPT_3, context.id, "此报告已登记", "this report is registered already"))
            }
            (false, _) => Err(Self::unknown()),
            (true, Command::ProposeCommendation { incident_id }) => {
                Ok(commendation::propose(state, incident_id))
            }
            (true, Command::Record { event, occurred_at }) => {
                commendation::record(state, event, *occurred_at, context)
            }
        }
    }

    fn evolve(state: &mut State, event: &ReportEvent, at: &Occurrence<'_>) {
        state.evolve(event, at);
    }
}

impl Recording for Report {
    type Body = Event;

    fn record(fact: Event, occurred_at: Option<DateTime<Utc>>) -> Command {
        Command::Record { event: fact, occurred_at }
    }

    fn place(state: &State, _: Department) -> Option<&str> {
        Some(state.village_code.as_deref().unwrap_or_default())
    }

    fn child<'a>(_: &'a str, state: &'a State) -> &'a str {
        let reference = state.child.as_ref().and_then(|child| child.reference.as_ref());
        reference.map_or("", |reference| reference.person_id.as_str())
    }

    fn unknown() -> Rejection {
        Rejection::not_found(RPT_3, "没有此报告", "there is no such report")
    }
}

/// The report as it is taken, and when it was discovered; whatever is unknown of child and place, it is taken (RPT-3).
/// A hotline call asks before it turns into a report.
pub(crate) fn checked(
    report: &ReportSubmitted,
    context: &Now<'_>,
) -> Result<(ReportSubmitted, DateTime<Utc>), Rejection> {
    let reporter = report.reporter.clone().unwrap_or_default();
    identified(&reporter, report.source_event_id.as_deref(), context.actor, context.reference)?;
    let situations = said(report)?;
    let mandated_by = mandates(reporter.reporter_class(), &situations).into_iter().map(i32::from).collect();
    let report = ReportSubmitted {
        situations: situations.into_iter().map(i32::from).collect(),
        reporter: Some(Reporter { mandated_by, ..reporter }),
        ..report.clone()
    };
    let given = report.discovered_at.as_ref().and_then(instant);
    let discovered_at = context.not_ahead("discovered_at", given, RPT_3)?.unwrap_or(context.now);
    Ok((report, discovered_at))
}

/// What befell the child: one situation or several, each once, and the open one in words (RPT-2).
fn said(report: &ReportSubmitted) -> Result<Vec<Situation>, Rejection> {
    let mut situations: Vec<Situation> = Vec::new();
    for situation in report.situations() {
        if !situations.contains(&situation) {
            situations.push(situation);
        }
    }
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
    Ok(situations)
}
