//! Who is entrusted with the child, by whom, from when until when (FAM-1). One delegation after another: their times
//! never overlap. The law asks for an adult with full capacity, excludes some, and has four factors weighed and the
//! child heard (未成年人保护法 22).

use super::ahead::{Ahead, Facts, Now};
use super::days::{day, past_day};
use super::{Age, Entrusting, State, derive};
use crate::rules::{BEY_1, FAM_1};
use chrono::{DateTime, Days, NaiveDate, Utc};
use kinward_contracts::ClockEvent;
use kinward_contracts::registry::v1::{
    DelegationEnd, DelegationEnded, DelegationMade, DelegationReviewed, Disqualification, FactorFinding,
    Guardian, GuardianshipBasis, Whereabouts,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Basis, Capacity, ChildsWish, ClockStarted};
use kinward_eventsourcing::{Fact, Missing, Rejection};
use kinward_statute::{age_on, day_of, end_of_day, start_of_day};
use serde::{Deserialize, Serialize};

/// Full age (民法典 17).
const ADULT: u32 = 18;
const REVIEW: &str = "delegation-review";
const ENDS: &str = "delegation-ends";

/// A delegation and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its id.
    pub delegation_id: String,
    /// The trustee.
    pub trustee: String,
    /// First day.
    pub from: NaiveDate,
    /// First day on which it is over; `None`: not set.
    pub before: Option<NaiveDate>,
    /// Whether it was ended.
    pub ended: bool,
}

impl State {
    /// The delegation in force.
    pub fn delegation(&self) -> Option<&Delegation> {
        self.delegations.iter().find(|delegation| !delegation.ended)
    }
}

/// A parent entrusts the child.
pub(super) fn make(state: &State, asked: &Entrusting, context: &Now<'_>) -> Result<Facts, Rejection> {
    let at = context.happened(asked.occurred_at, BEY_1)?;
    let made = &asked.made;
    entrusting_parent(state, &made.parent_person_id)?;
    let trustee = made.trustee.clone().unwrap_or_default();
    let from = past_day("from_on", &made.from_on, context)?;
    let until = made.until_on.as_deref().map(|text| day("until_on", text)).transpose()?;
    may_be_trustee(state, asked, &trustee, from)?;
    if !made.capacity_checked_on.is_empty() {
        past_day("capacity_checked_on", &made.capacity_checked_on, context)?;
    }
    let missing = missing(made, &trustee);
    if !missing.is_empty() {
        return Err(Rejection::missing(FAM_1, missing));
    }
    if until.is_some_and(|until| until < from || until < day_of(context.now)) {
        return Err(Rejection::time(
            "until_on",
            FAM_1,
            "委托期限已过或早于开始日",
            "the last day has passed, or comes before the first",
        ));
    }
    if let Some(other) =
        state.delegations.iter().find(|other| other.before.is_none_or(|before| from < before))
    {
        return Err(Rejection::exists(
            FAM_1,
            &other.delegation_id,
            "该期间已有委托监护，请先终止",
            "another delegation covers that time: end it first",
        ));
    }
    Ok(vec![Fact::at(at, made.clone())])
}

fn entrusting_parent(state: &State, person_id: &str) -> Result<(), Rejection> {
    let Some((_, parent)) = state.parents().find(|(id, _)| *id == person_id) else {
        return Err(Rejection::unknown(FAM_1, "档案中没有此父母", "the file has no such parent"));
    };
    if parent.revoked || parent.whereabouts() == Whereabouts::Deceased {
        return Err(Rejection::not_entitled(
            FAM_1,
            "此人不是监护人，不能委托",
            "who is no guardian cannot entrust",
        ));
    }
    Ok(())
}

/// Adult, with full capacity, not excluded, and not a parent.
fn may_be_trustee(
    state: &State,
    asked: &Entrusting,
    trustee: &Guardian,
    from: NaiveDate,
) -> Result<(), Rejection> {
    let refused = |field: &str, zh: &str, en: &str| {
        Err(Rejection { field: Some(field.to_owned()), ..Rejection::not_entitled(FAM_1, zh, en) })
    };
    let known = state.carers.get(&trustee.person_id);
    if known.is_some_and(|carer| carer.basis == i32::from(GuardianshipBasis::Parent)) {
        return refused(
            "trustee_person_id",
            "父母是监护人，不能作为受托人",
            "a parent is guardian, not trustee",
        );
    }
    if age_on(asked.trustee_birth_date, from) < ADULT {
        return refused("trustee_birth_date", "受托人须为成年人", "the trustee must be an adult");
    }
    if trustee.capacity() == Capacity::None {
        return refused(
            "trustee.capacity",
            "受托人须有完全民事行为能力和监护能力",
            "the trustee must have full capacity",
        );
    }
    if known.is_some_and(|carer| carer.revoked) {
        return refused(
            "trustee_person_id",
            "监护人资格已被撤销，不得受托",
            "a court revoked this person's guardianship",
        );
    }
    match asked.disqualifications.first() {
        None => Ok(()),
        Some(Disqualification::PastAbuse) => refused(
            "disqualifications",
            "曾实施性侵害、虐待、遗弃、拐卖、暴力伤害等违法犯罪行为，不得受托",
            "past sexual abuse, maltreatment, abandonment, trafficking or violence excludes the trustee",
        ),
        Some(Disqualification::Addiction) => refused(
            "disqualifications",
            "有吸毒、酗酒、赌博等恶习，不得受托",
            "drugs, drink or gambling exclude the trustee",
        ),
        Some(Disqualification::PastRefusal) => refused(
            "disqualifications",
            "曾拒不履行或长期怠于履行监护、照护职责，不得受托",
            "past refusal or neglect of care excludes the trustee",
        ),
        Some(Disqualification::Other | Disqualification::Unspecified) => refused(
            "disqualifications",
            "有其他不适宜担任被委托人的情形",
            "the trustee is unfit for another reason",
        ),
    }
}

/// What the law asks for and nobody has done.
fn missing(made: &DelegationMade, trustee: &Guardian) -> Vec<Missing> {
    let factors = made.factors.unwrap_or_default();
    let unweighed = |finding: FactorFinding| finding == FactorFinding::Unspecified;
    let unchecked = made.capacity_checked_on.is_empty() || trustee.capacity() == Capacity::Unspecified;
    let wanted: [(bool, &str, &str, &str); 8] = [
        (unchecked, "capacity-checked", "核查受托人监护能力", "check the trustee's capacity"),
        (
            unweighed(factors.moral_character()),
            "factor-moral-character",
            "考虑道德品质",
            "weigh moral character",
        ),
        (
            unweighed(factors.family_circumstances()),
            "factor-family-circumstances",
            "考虑家庭状况",
            "weigh the family's circumstances",
        ),
        (unweighed(factors.health()), "factor-health", "考虑身心健康状况", "weigh health of body and mind"),
        (
            unweighed(factors.bond_with_child()),
            "factor-bond-with-child",
            "考虑与未成年人生活情感上的联系",
            "weigh the bond with the child",
        ),
        (
            made.childs_wish() == ChildsWish::Unspecified,
            "child-heard",
            "听取有表达意愿能力未成年人的意见",
            "hear the child, if able to speak",
        ),
        (!made.parent_consents, "parent-consents", "取得父母书面同意", "obtain the parent's written consent"),
        (
            !made.trustee_consents,
            "trustee-consents",
            "取得受托人书面同意",
            "obtain the trustee's written consent",
        ),
    ];
    wanted
        .into_iter()
        .filter(|(open, ..)| *open)
        .map(|(_, what, zh, en)| Missing::new(FAM_1, what, zh, en))
        .collect()
}

/// How it goes was looked at.
pub(super) fn review(
    state: &State,
    reviewed: &DelegationReviewed,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    in_force(state, &reviewed.delegation_id)?;
    Ok(vec![Fact::at(at, reviewed.clone())])
}

/// It ends, by whoever ends it.
pub(super) fn end(
    state: &State,
    ended: &DelegationEnded,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let delegation = in_force(state, &ended.delegation_id)?;
    if ended.end() == DelegationEnd::Expired {
        return Err(Rejection::invalid(
            "end",
            FAM_1,
            "期满由系统自动终止",
            "a delegation expires by itself: say why it ends earlier",
        ));
    }
    if past_day("on_date", &ended.on_date, context)? < delegation.from {
        return Err(Rejection::time("on_date", FAM_1, "终止日早于委托开始日", "it ends before it began"));
    }
    Ok(vec![Fact::at(at, ended.clone())])
}

fn in_force<'a>(state: &'a State, delegation_id: &str) -> Result<&'a Delegation, Rejection> {
    let found = state.delegation().filter(|delegation| delegation.delegation_id == delegation_id);
    found.ok_or_else(|| Rejection::unknown(FAM_1, "没有此生效中的委托", "no such delegation is in force"))
}

/// Whether the last day has passed.
pub(super) fn is_over(state: &State, now: DateTime<Utc>) -> bool {
    let before = state.delegation().and_then(|delegation| delegation.before);
    before.is_some_and(|before| start_of_day(before) <= now)
}

/// It has expired; who lives with the child, nobody has said anew.
pub(super) fn expire(ahead: &mut Ahead<'_>, age: Age) {
    let Some((delegation, before)) =
        ahead.state.delegation().and_then(|delegation| Some((delegation.clone(), delegation.before?)))
    else {
        return;
    };
    let last = before - Days::new(1);
    let stays = ahead.state.carers.get(&delegation.trustee).is_some_and(super::Carer::lives_together);
    let ended = DelegationEnded {
        delegation_id: delegation.delegation_id,
        end: DelegationEnd::Expired.into(),
        on_date: last.to_string(),
        trustee_stays: stays,
    };
    let at = start_of_day(before);
    ahead.push(Fact::at(at, ended));
    derive::consequences(ahead, age, before);
}

/// The clocks of the delegation: its reviews, and its end.
pub(super) fn follow_up(ahead: &mut Ahead<'_>) {
    let before = ahead.before.delegation().map(|delegation| delegation.delegation_id.clone());
    let now = ahead.state.delegation().cloned();
    let reviewed = ahead.state.reviewed_at.filter(|at| Some(*at) > ahead.before.reviewed_at);
    let same = before == now.as_ref().map(|delegation| delegation.delegation_id.clone());
    if before.is_some() && !same {
        ahead.void(REVIEW, "delegation-ended");
        match ahead.state.clocks.get(ENDS).map(|clock| clock.due_at) {
            Some(due) if due <= ahead.context.now => ahead.done(ENDS, due),
            _ => ahead.void(ENDS, "delegation-ended-early"),
        }
    }
    match now {
        Some(new) if !same => {
            let from = start_of_day(new.from);
            ahead.start(REVIEW, "", REVIEW, from);
            if let Some(before) = new.before {
                let ends = ends_clock(ahead, from, before);
                ahead.clocks([ends]);
            }
        }
        Some(_) => {
            if let Some(at) = reviewed {
                ahead.done(REVIEW, at);
                ahead.start(REVIEW, "", REVIEW, at);
            }
        }
        None => {}
    }
}

/// Asks again when the last day has passed. Its length is the parents' own, no setting.
fn ends_clock(ahead: &Ahead<'_>, from: DateTime<Utc>, before: NaiveDate) -> ClockEvent {
    ClockEvent::Started(ClockStarted {
        clock_id: ENDS.to_owned(),
        clock: ENDS.to_owned(),
        rule: FAM_1.id.to_owned(),
        article: FAM_1.article.to_owned(),
        basis: Basis::LocalTarget.into(),
        started_at: Some(timestamp(from)),
        warn_at: None,
        due_at: Some(timestamp(end_of_day(before - Days::new(1)))),
        escalates_to: "village".to_owned(),
        variant: String::new(),
        area: ahead.state.village_code.clone(),
    })
}
