//! A report.

use crate::rules::{RPT_1, RPT_2, RPT_3};
use kinward_contracts::instant;
use kinward_contracts::reporting::v1::{
    ReportEvent, ReportSubmitted, Reporter, ReporterClass, report_event::Event,
};
use kinward_contracts::r#type::v1::Situation;
use kinward_eventsourcing::{CommandId, Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider of reports.
#[derive(Clone, Copy, Debug)]
pub struct Report;

/// Submits a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Submit(pub Box<ReportSubmitted>);

/// Whether the report exists, and its receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the reporter asks with; empty: no report.
    pub receipt_code: String,
}

/// Letters of a receipt code: none that is taken for another.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The receipt code of a command: ten letters in two groups, the same on every retry.
pub fn receipt_code(command_id: &CommandId) -> String {
    let id = command_id.new_id("receipt");
    let digits: Vec<u8> = id
        .bytes()
        .filter_map(|byte| char::from(byte).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    let letters: String = digits
        .chunks(2)
        .take(10)
        .map(|pair| {
            let number = usize::from(pair[0]) * 16 + usize::from(pair.get(1).copied().unwrap_or_default());
            char::from(LETTERS[number % LETTERS.len()])
        })
        .collect();
    format!("{}-{}", &letters[..5], &letters[5..])
}

/// Whether the class must report (RPT-1).
pub fn is_mandated(class: ReporterClass) -> bool {
    use ReporterClass as Class;
    match class {
        Class::School
        | Class::Kindergarten
        | Class::MedicalInstitution
        | Class::VillageCommittee
        | Class::SocialWorkOrganisation
        | Class::ReliefManagementInstitution
        | Class::WelfareInstitution => true,
        Class::Citizen | Class::SocialOrganisation | Class::Policy | Class::Unspecified => false,
    }
}

impl Decider for Report {
    type Command = Submit;
    type State = State;
    type Event = ReportEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        Submit(report): &Submit,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<ReportEvent>>, Rejection> {
        if !state.receipt_code.is_empty() {
            return Err(Rejection::exists(
                RPT_3,
                context.id,
                "此报告已登记",
                "this report is registered already",
            ));
        }
        identified(report.reporter.as_ref())?;
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
        let discovered_at = report.discovered_at.as_ref().and_then(instant);
        if discovered_at.is_some_and(|at| at > context.now) {
            return Err(Rejection::time(
                "discovered_at",
                RPT_3,
                "发现时间不能晚于现在",
                "discovered_at lies in the future",
            ));
        }
        Ok(vec![Fact::at(discovered_at.unwrap_or(context.now), report.as_ref().clone())])
    }

    fn evolve(state: &mut State, event: &ReportEvent, _: &Occurrence<'_>) {
        if let Some(Event::ReportSubmitted(submitted)) = &event.event {
            state.receipt_code.clone_from(&submitted.receipt_code);
        }
    }
}

/// Who must report says who it is; who need not may stay anonymous.
fn identified(reporter: Option<&Reporter>) -> Result<(), Rejection> {
    let reporter = reporter.cloned().unwrap_or_default();
    let named = reporter.name.is_some();
    if is_mandated(reporter.class()) {
        if reporter.anonymous || !named || reporter.unit_id.is_none() {
            return Err(Rejection::invalid(
                "reporter",
                RPT_1,
                "强制报告主体须写明单位和姓名",
                "a mandated reporter gives unit and name",
            ));
        }
    } else if reporter.anonymous && (named || reporter.phone.is_some()) {
        return Err(Rejection::invalid(
            "reporter.anonymous",
            RPT_1,
            "匿名报告不得填写姓名或电话",
            "an anonymous report carries no name or phone",
        ));
    } else if !reporter.anonymous && !named && reporter.class() != ReporterClass::Policy {
        return Err(Rejection::invalid(
            "reporter.name",
            RPT_1,
            "请填写姓名，或选择匿名",
            "give a name, or report anonymously",
        ));
    }
    Ok(())
}
