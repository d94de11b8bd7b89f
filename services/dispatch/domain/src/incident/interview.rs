//! How a minor is asked, as victim or witness (LAW-5): a suitable adult is present; in sexual or violent cases it is
//! recorded in sound and picture, and done once; a girl is asked by a woman. What could not be kept carries its reason.

use super::State;
use super::step::{Facts, Step};
use crate::rules::{BEY_4, LAW_5};
use kinward_contracts::dispatch::v1::{
    InterviewSafeguard as Safeguard, Interviewee, MinorInterviewed, SuitableAdult,
};
use kinward_contracts::r#type::v1::{Sex, Situation};
use kinward_eventsourcing::{Missing, Rejection};

/// Situations that make a case a violent one.
const VIOLENT: [Situation; 2] = [Situation::DomesticViolence, Situation::UnlawfulInfringement];

pub(super) fn interview(step: &Step<'_>, interview: &MinorInterviewed) -> Result<Facts, Rejection> {
    let invalid = |field: &str, zh: &str, en: &str| Err(Rejection::invalid(field, LAW_5, zh, en));
    if interview.interviewee() == Interviewee::Unspecified {
        return invalid("interviewee", "请写明被询问人", "say who was asked");
    }
    if ![Sex::Male, Sex::Female].contains(&interview.sex()) {
        return invalid("sex", "请写明性别", "say whether it is a boy or a girl");
    }
    if interview.adult_person_id.as_ref().is_some_and(|adult| step.state.infringers.contains(adult)) {
        let (zh, en) = ("涉嫌侵害人不得作为合适成年人", "the alleged infringer is no suitable adult");
        return Err(Rejection::not_entitled(BEY_4, zh, en));
    }
    if let Some(evidence_id) = &interview.evidence_id
        && !step.state.evidence.contains_key(evidence_id)
    {
        let (zh, en) = ("没有此证据", "there is no such evidence");
        return Err(Rejection::unknown(LAW_5, zh, en));
    }
    let explained = |safeguard: Safeguard| {
        interview.not_kept.iter().any(|kept| kept.safeguard() == safeguard && kept.reason.is_some())
    };
    let missing: Vec<Missing> = not_kept(step.state, interview)
        .into_iter()
        .filter(|safeguard| !explained(*safeguard))
        .map(named)
        .collect();
    if missing.is_empty() {
        Ok(step.fact(interview.clone()))
    } else {
        Err(Rejection::missing(LAW_5, missing))
    }
}

/// The safeguards that this interview needs and does not have.
fn not_kept(state: &State, interview: &MinorInterviewed) -> Vec<Safeguard> {
    let grave = state.is_any(&VIOLENT) || state.all_signs().sexual_abuse_suspected;
    let asked_before =
        state.interviews.contains(&interview.interviewee) && interview.interviewee() == Interviewee::Victim;
    [
        (Safeguard::SuitableAdult, interview.adult() == SuitableAdult::Unspecified),
        (Safeguard::Recording, grave && !interview.recorded),
        (Safeguard::Once, grave && asked_before),
        (Safeguard::FemaleStaff, interview.sex() == Sex::Female && !interview.by_female_staff),
    ]
    .into_iter()
    .filter_map(|(safeguard, lacking)| lacking.then_some(safeguard))
    .collect()
}

fn named(safeguard: Safeguard) -> Missing {
    let (what, zh, en) = match safeguard {
        Safeguard::SuitableAdult => (
            "suitable-adult",
            "须有合适成年人到场，或写明理由",
            "a suitable adult is present, or say why not",
        ),
        Safeguard::Recording => (
            "recording",
            "性侵害、暴力伤害案件须同步录音录像，或写明理由",
            "record sound and picture in a sexual or violent case, or say why not",
        ),
        Safeguard::Once => (
            "once",
            "性侵害、暴力伤害案件尽量一次完成；再次询问须写明理由",
            "in a sexual or violent case ask once; say why again",
        ),
        Safeguard::FemaleStaff | Safeguard::Unspecified => (
            "female-staff",
            "询问女童须由女性工作人员进行，或写明理由",
            "a girl is asked by a woman of the staff, or say why not",
        ),
    };
    Missing::new(LAW_5, what, zh, en)
}
