//! What is made of a call: one or several of the four functions, a report, a request for help, another unit's matter.

use super::step::{Facts, Step};
use crate::report;
use crate::rules::INF_3;
use kinward_contracts::reporting::v1::{
    AidGiven, CallClassified, CallReported, CallTransferred, HelpRequested, HotlineFunction,
};
use kinward_eventsourcing::Rejection;

/// 个案受理、转接处置、心理援助、家庭监护指导
pub(super) fn classify(step: &Step<'_>, classified: &CallClassified) -> Result<Facts, Rejection> {
    let functions = without_repetition(&classified.functions);
    if functions.is_empty() {
        return Err(Rejection::invalid("functions", INF_3, "请选择热线功能", "say what the call is"));
    }
    Ok(step.fact(CallClassified { functions }))
}

/// The same rules as for every report decide whether it may be one (RPT-1, RPT-2); then reporting takes it (RPT-3).
pub(super) fn report(step: &Step<'_>, reported: &CallReported) -> Result<Facts, Rejection> {
    let submitted = reported.submitted.clone().unwrap_or_default();
    let (submitted, _) = report::checked(&submitted, step.context)?;
    let reported = CallReported { submitted: Some(submitted), ..reported.clone() };
    Ok(and_followed_up(step, step.fact(reported)))
}

pub(super) fn ask_for_help(step: &Step<'_>, requested: &HelpRequested) -> Result<Facts, Rejection> {
    let kinds = without_repetition(&requested.kinds);
    if kinds.is_empty() {
        return Err(Rejection::invalid("kinds", INF_3, "请选择求助事项", "say what help is asked for"));
    }
    Ok(and_followed_up(step, step.fact(HelpRequested { kinds, ..requested.clone() })))
}

/// To a unit that is registered, so that its department learns of it.
pub(super) fn transfer(step: &Step<'_>, transferred: &CallTransferred) -> Result<Facts, Rejection> {
    let Some(unit) = step.context.reference.units.get(&transferred.to_unit_id) else {
        return Err(Rejection::unknown(INF_3, "没有登记此单位", "no such unit is registered"));
    };
    let transferred = CallTransferred {
        to_unit_id: transferred.to_unit_id.clone(),
        department: unit.department,
        area: unit.area.clone(),
    };
    Ok(and_followed_up(step, step.fact(transferred)))
}

/// The hotline itself helps in two of the four functions.
pub(super) fn give_aid(step: &Step<'_>, given: &AidGiven) -> Result<Facts, Rejection> {
    match given.function() {
        HotlineFunction::PsychologicalAid | HotlineFunction::GuardianshipGuidance => {
            Ok(step.fact(given.clone()))
        }
        _ => Err(Rejection::invalid(
            "function",
            INF_3,
            "热线在线提供心理援助或家庭监护指导",
            "the hotline itself gives psychological aid or guardianship guidance",
        )),
    }
}

/// What comes after the matter was found resolved is followed up anew.
fn and_followed_up(step: &Step<'_>, mut facts: Facts) -> Facts {
    if step.state.resolved {
        step.start_follow_up(&mut facts, step.state.follow_ups);
    }
    facts
}

fn without_repetition(numbers: &[i32]) -> Vec<i32> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
