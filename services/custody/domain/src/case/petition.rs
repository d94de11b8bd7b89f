//! The court's track: who petitions, and what the court does (CUS-2, CUS-4).

use super::decide::{Facts, Now};
use super::follow_up::fallback;
use super::{Petition, Progress, State, grounds};
use crate::rules::{BEY_1, CUS_2, CUS_4, L39, ground_rule};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::custody::v1::{
    PetitionFiled, PetitionRuled, Petitioner, ReturnedToAssistance, Ruling, SupportDutyContinues,
};
use kinward_contracts::r#type::v1::{ChildReference, Department};
use kinward_eventsourcing::{Fact, Rejection, clock_facts};
use kinward_statute::day_of;

/// Whether somebody entitled may petition against a guardian on a day: a ground is met, and the court has not been asked.
pub fn may_petition(state: &State, guardian: &str, on: NaiveDate) -> bool {
    let met = |record| grounds::assess(record, on).iter().any(grounds::Assessed::is_met);
    open_to_petition(state, guardian).is_ok() && state.guardians.get(guardian).is_some_and(met)
}

/// The court has neither decided nor been asked.
fn open_to_petition(state: &State, guardian: &str) -> Result<(), Rejection> {
    if state.is_revoked(guardian) {
        return Err(Rejection::wrong_state(CUS_2, "监护人资格已撤销", "the guardianship is revoked already"));
    }
    if state.is_before_the_court(guardian) {
        return Err(petitioned());
    }
    Ok(())
}

fn petitioned() -> Rejection {
    Rejection::wrong_state(CUS_2, "已有申请", "there is a petition already")
}

/// Somebody entitled petitions, and every ground relied on is met on that day.
pub(super) fn file(
    state: &State,
    filed: &PetitionFiled,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let guardian = filed.guardian_person_id.as_str();
    open_to_petition(state, guardian)?;
    if state.petitions.contains_key(&filed.petition_id) {
        return Err(petitioned());
    }
    let petitioner_unit_id = entitled(state, filed, context)?;
    let record = state.guardians.get(guardian).cloned().unwrap_or_default();
    let unmet: Vec<_> = filed
        .grounds()
        .map(|ground| grounds::assess_one(ground, &record, day_of(at)))
        .filter(|assessed| !assessed.is_met())
        .collect();
    if let Some(first) = unmet.first() {
        let rule = ground_rule(first.ground);
        return Err(Rejection::missing(rule, unmet.into_iter().flat_map(|one| one.missing).collect()));
    }
    if filed.grounds.is_empty() {
        return Err(Rejection::invalid("grounds", CUS_2, "须注明情形", "name the grounds relied on"));
    }
    let mut facts = vec![Fact::at(at, PetitionFiled { petitioner_unit_id, ..filed.clone() })];
    facts.extend(clock_facts(state.clocks.done(&fallback(guardian), at)));
    Ok(facts)
}

/// The unit that petitions: the caller's own. A relative's petition is filed with the help of the court, the village
/// committee or the judicial administration, and names no unit.
fn entitled(state: &State, filed: &PetitionFiled, context: &Now<'_>) -> Result<Option<String>, Rejection> {
    let actor = context.actor;
    let by = |departments: &[Department]| departments.contains(&actor.department());
    let of_the_village = || {
        let area = actor.area.as_str();
        state.village_code.as_ref().is_none_or(|village| !area.is_empty() && village.starts_with(area))
    };
    let may = match filed.petitioner() {
        Petitioner::Unspecified => false,
        Petitioner::CloseRelative => by(&[Department::Court, Department::Village, Department::Justice]),
        Petitioner::VillageCommittee => by(&[Department::Village]) && of_the_village(),
        Petitioner::CivilAffairs => by(&[Department::CivilAffairs]),
        Petitioner::School => by(&[Department::Education]),
        Petitioner::MedicalInstitution => by(&[Department::Health]),
        Petitioner::WomensFederation => by(&[Department::WomensFederation]),
        Petitioner::DisabledPersonsFederation => by(&[Department::DisabledPersonsFederation]),
        Petitioner::MinorsProtectionOrganisation | Petitioner::EldersOrganisation => {
            by(&[Department::CivilAffairs, Department::NextGenerationCommittee])
        }
    };
    let relative = filed.petitioner() == Petitioner::CloseRelative;
    let named = filed.petitioner_unit_id.as_deref();
    let own = if relative { named.is_none() } else { named.is_none_or(|unit| unit == actor.unit_id) };
    if may && own {
        return Ok((!relative).then(|| actor.unit_id.clone()));
    }
    Err(Rejection::not_entitled(
        CUS_2,
        "申请人与申请单位不符",
        "the caller may not petition as this petitioner",
    ))
}

/// The court accepts.
pub(super) fn accept(
    state: &State,
    petition_id: &str,
    given: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<(), Rejection> {
    as_court(context)?;
    at_stage(pending(state, petition_id, given)?.progress == Progress::Filed)
}

/// The court hears.
pub(super) fn hear(
    state: &State,
    petition_id: &str,
    given: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<(), Rejection> {
    as_court(context)?;
    at_stage(pending(state, petition_id, given)?.progress == Progress::Accepted)
}

/// The court revokes or refuses what it has heard; a petition is withdrawn, by whoever filed it or as the court
/// records it, at any time before.
pub(super) fn rule(
    state: &State,
    ruled: &PetitionRuled,
    given: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let petition = pending(state, &ruled.petition_id, given)?;
    let withdrawn = ruled.ruling() == Ruling::Withdrawn;
    let actor = context.actor;
    let own = (petition.department, petition.unit.as_str()) == (actor.department, actor.unit_id.as_str());
    if !(withdrawn && own) {
        as_court(context)?;
    }
    at_stage(withdrawn || petition.progress == Progress::Heard)?;
    let guardian = &petition.guardian_person_id;
    designates(state, ruled, guardian)?;
    let at = given.unwrap_or(context.now);
    let child = ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
    let made = PetitionRuled {
        child: Some(child.clone()),
        guardian_person_id: guardian.clone(),
        ruled_on: day_of(at).to_string(),
        ..ruled.clone()
    };
    let mut facts = vec![Fact::at(at, made)];
    match ruled.ruling() {
        Ruling::Revoked => facts.push(Fact::at(
            at,
            SupportDutyContinues { guardian_person_id: guardian.clone(), article: L39.article.to_owned() },
        )),
        // the danger is not over because the court did not revoke
        Ruling::Refused => facts.push(Fact::at(
            at,
            ReturnedToAssistance {
                petition_id: ruled.petition_id.clone(),
                guardian_person_id: guardian.clone(),
                child: Some(child),
                assessment_id: state.assessment_id.clone(),
            },
        )),
        Ruling::Withdrawn | Ruling::Unspecified => {}
    }
    Ok(facts)
}

/// A revocation designates another guardian, and nothing else does.
fn designates(state: &State, ruled: &PetitionRuled, guardian: &str) -> Result<(), Rejection> {
    let (field, zh, en) = match (ruled.ruling(), &ruled.designated) {
        (Ruling::Unspecified, _) => ("ruling", "须注明裁判结果", "name the ruling"),
        (Ruling::Revoked, None) => {
            ("designated", "撤销的须另行指定监护人", "a revocation designates another guardian")
        }
        (Ruling::Revoked, Some(designated))
            if designated.person_id == guardian
                || state.is_revoked(&designated.person_id)
                || state.has_ground(&designated.person_id) =>
        {
            (
                "designated.person_id",
                "不得指定被撤销或者具备撤销情形的监护人",
                "a guardian who is revoked, or against whom a ground is met, cannot be designated",
            )
        }
        (Ruling::Refused | Ruling::Withdrawn, Some(_)) => {
            ("designated", "未撤销的不指定监护人", "only a revocation designates a guardian")
        }
        _ => return Ok(()),
    };
    Err(Rejection::invalid(field, CUS_4, zh, en))
}

pub(super) fn as_court(context: &Now<'_>) -> Result<(), Rejection> {
    if context.actor.department() == Department::Court {
        return Ok(());
    }
    Err(Rejection::not_entitled(CUS_4, "由人民法院办理", "only the court does this"))
}

/// The petition, if the court has still to rule; `given`: the time the caller names for the next step.
fn pending<'a>(
    state: &'a State,
    petition_id: &str,
    given: Option<DateTime<Utc>>,
) -> Result<&'a Petition, Rejection> {
    let Some(petition) = state.petitions.get(petition_id) else {
        return Err(Rejection::unknown(CUS_4, "没有此申请", "there is no such petition"));
    };
    at_stage(petition.is_pending())?;
    if given.is_some_and(|at| at < petition.since) {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "不能早于申请的上一步骤",
            "this lies before the petition's last step",
        ));
    }
    Ok(petition)
}

fn at_stage(holds: bool) -> Result<(), Rejection> {
    if holds {
        return Ok(());
    }
    Err(Rejection::wrong_state(CUS_4, "申请不在此阶段", "the petition is not at this stage"))
}
