//! A guardianship that was revoked can come back (CUS-4, L40, L41): the Civil Code's conditions are hard rules, the window
//! and the bars are guidance that is applied as configuration and says so.

use super::decide::{Facts, Now};
use super::petition::as_court;
use super::{Petition, Record, State};
use crate::guidance;
use crate::rules::{BEY_1, CUS_4, L40};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    GuardianshipRestored, RestorationRequested, RestorationRuled, RestorationRuling,
};
use kinward_contracts::r#type::v1::{ChildReference, ChildsWish, Department};
use kinward_eventsourcing::{Fact, Missing, Rejection, Rule};
use kinward_statute::day_of;
use serde::{Deserialize, Serialize};

/// A request to be guardian again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restoration {
    /// Who asks.
    pub guardian_person_id: String,
    /// When.
    pub since: DateTime<Utc>,
    /// How the court ruled, as a number; `None`: it has still to rule.
    pub ruling: Option<i32>,
}

/// The revoked parent asks, in writing; the court, the village committee or the judicial administration takes it in.
pub(super) fn request(
    state: &State,
    requested: &RestorationRequested,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let guardian = requested.guardian_person_id.as_str();
    let revoked = revocation(state, guardian)?;
    let takes_in = [Department::Court, Department::Village, Department::Justice];
    if !takes_in.contains(&context.actor.department()) {
        return Err(Rejection::not_entitled(
            L40,
            "由人民法院、村（居）民委员会或者司法行政部门代收书面申请",
            "the court, the village committee or the judicial administration takes the written request in",
        ));
    }
    if !requested.relation().is_parent() {
        return Err(Rejection::not_entitled(
            L40,
            "只有被撤销的父母可以申请恢复监护人资格",
            "only a parent whose guardianship was revoked may ask to be guardian again",
        ));
    }
    if state.restorations.contains_key(&requested.restoration_id)
        || state.restorations.values().any(|one| one.guardian_person_id == guardian && one.ruling.is_none())
    {
        return Err(Rejection::wrong_state(CUS_4, "已有申请", "there is a request already"));
    }
    possible(&record(state, guardian))?;
    let guidance = guidance::restoration();
    let (window, since, on) = (&guidance.window, day_of(revoked.since), day_of(at));
    if !window.holds(since, on) {
        let (opens, closes) = (window.opens_on(since), window.closes_on(since));
        return Err(Rejection::time(
            "occurred_at",
            Rule::new("L40", &window.article),
            format!("按司法指导意见，可在{opens}至{closes}期间申请"),
            format!("by guidance to the courts, this may be asked from {opens} to {closes}"),
        ));
    }
    Ok(vec![Fact::at(
        at,
        RestorationRequested {
            window_basis: guidance.basis.into(),
            window_article: window.article.clone(),
            ..requested.clone()
        },
    )])
}

/// The court restores, or does not.
pub(super) fn rule(
    state: &State,
    ruled: &RestorationRuled,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let Some(request) = state.restorations.get(&ruled.restoration_id) else {
        return Err(Rejection::unknown(CUS_4, "没有此申请", "there is no such request"));
    };
    if request.ruling.is_some() {
        return Err(Rejection::wrong_state(CUS_4, "已经裁判", "the court has ruled already"));
    }
    as_court(context)?;
    if at < request.since {
        return Err(Rejection::time(
            "occurred_at",
            BEY_1,
            "不能早于申请的时间",
            "this lies before the request",
        ));
    }
    let guardian = &request.guardian_person_id;
    let made = RestorationRuled { guardian_person_id: guardian.clone(), ..ruled.clone() };
    match ruled.ruling() {
        RestorationRuling::Unspecified => {
            Err(Rejection::invalid("ruling", CUS_4, "须注明裁判结果", "name the ruling"))
        }
        RestorationRuling::Refused => Ok(vec![Fact::at(at, made)]),
        RestorationRuling::Restored => {
            possible(&record(state, guardian))?;
            conditions(ruled)?;
            let revoked = revocation(state, guardian)?;
            let child =
                ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
            let restored = GuardianshipRestored {
                child: Some(child),
                guardian_person_id: guardian.clone(),
                ended_guardian_person_id: revoked.designated.clone().unwrap_or_default(),
                restored_on: day_of(at).to_string(),
                article: L40.article.to_owned(),
            };
            Ok(vec![Fact::at(at, made), Fact::at(at, restored)])
        }
    }
}

/// True repentance, and the ward's true wish respected.
fn conditions(ruled: &RestorationRuled) -> Result<(), Rejection> {
    let mut unmet = Vec::new();
    if !ruled.true_repentance {
        unmet.push(Missing::new(L40, "true-repentance", "确有悔改表现", "true repentance"));
    }
    if ![ChildsWish::InFavour, ChildsWish::CannotExpress].contains(&ruled.childs_wish()) {
        let (zh, en) = ("尊重被监护人真实意愿", "the ward's true wish is respected");
        unmet.push(Missing::new(L40, "childs-wish", zh, en));
    }
    if unmet.is_empty() { Ok(()) } else { Err(Rejection::missing(L40, unmet)) }
}

/// Never after an intentional crime against the ward, which is law; nor where a bar holds, which is guidance.
fn possible(record: &Record) -> Result<(), Rejection> {
    if record.convictions.iter().any(|convicted| convicted.intentional && convicted.against_child) {
        return Err(Rejection::not_entitled(
            L40,
            "对被监护人实施故意犯罪的，不得恢复监护人资格",
            "never after an intentional crime against the ward",
        ));
    }
    match guidance::restoration().barred(record) {
        Some(bar) => {
            let rule = Rule::new("L41", &bar.article);
            Err(Rejection::not_entitled(rule, bar.zh.as_str(), bar.en.as_str()))
        }
        None => Ok(()),
    }
}

fn revocation<'a>(state: &'a State, guardian: &str) -> Result<&'a Petition, Rejection> {
    state
        .revocation(guardian)
        .ok_or_else(|| Rejection::wrong_state(CUS_4, "监护人资格未被撤销", "the guardianship is not revoked"))
}

fn record(state: &State, guardian: &str) -> Record {
    state.guardians.get(guardian).cloned().unwrap_or_default()
}
