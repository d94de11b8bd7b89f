//! The six grounds as predicates: met, by which events, and what is missing (CUS-3). 以上 includes the number: the day
//! on which six months are full and the third criticism count (BEY-1). They are facts, not periods to act in, so no
//! holiday moves them.

use super::{Happened, Record, State};
use crate::rules::ground_rule;
use chrono::NaiveDate;
use kinward_contracts::custody::v1::{Conduct, Consequence, GroundAssessment, GuardianCriticised};
use kinward_contracts::r#type::v1::{Department, Ground};
use kinward_eventsourcing::Missing;
use kinward_statute::{add_months, at_least, day_of, missing_facts};

/// Months of refusal (CUS-3c).
pub const MONTHS_OF_REFUSAL: u32 = 6;
/// Criticisms (CUS-3e).
pub const CRITICISMS: usize = 3;

/// All six, a to f.
pub const ALL: [Ground; 6] = [
    Ground::SeriousHarm,
    Ground::LeftUnattended,
    Ground::DutyRefused,
    Ground::DutyImpossible,
    Ground::Begging,
    Ground::CrimeIncited,
];

/// What a ground comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The ground.
    pub ground: Ground,
    /// Events that meet parts of it.
    pub event_ids: Vec<String>,
    /// What is missing; empty: it is met.
    pub missing: Vec<Missing>,
}

impl Assessed {
    /// As answers carry it.
    pub fn message(self) -> GroundAssessment {
        GroundAssessment {
            ground: self.ground.into(),
            rule: ground_rule(self.ground).id.to_owned(),
            met: self.is_met(),
            event_ids: self.event_ids,
            missing: missing_facts(self.missing),
        }
    }

    /// Whether every fact is there.
    pub fn is_met(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Every ground against every guardian of a case, as of a day.
pub fn evaluate(state: &State, on: NaiveDate) -> impl Iterator<Item = (&str, Assessed)> {
    let of_one = move |(guardian, record)| ALL.map(|ground| (guardian, assess_one(ground, record, on)));
    state.guardians.iter().map(|(guardian, record)| (guardian.as_str(), record)).flat_map(of_one)
}

/// The grounds against one guardian as of a day, a to f.
pub fn assess(record: &Record, on: NaiveDate) -> Vec<Assessed> {
    ALL.iter().map(|ground| assess_one(*ground, record, on)).collect()
}

/// The day on which six months of a refusal are full.
pub fn full_on(refusal: &Happened) -> NaiveDate {
    add_months(day_of(refusal.at), MONTHS_OF_REFUSAL)
}

/// Whether a criticism is one of 公安机关和未成年人救助保护机构等部门, village committees among them (FAM-4). A court
/// rules and does not criticise, and a program does neither.
pub fn counts(criticised: &GuardianCriticised) -> bool {
    let department = criticised.department();
    ![Department::Unspecified, Department::Court, Department::Kinward].contains(&department)
}

/// One ground against one guardian as of a day.
pub fn assess_one(ground: Ground, record: &Record, on: NaiveDate) -> Assessed {
    let record = &*record.as_of(on);
    let mut facts = Facts { ground, on, event_ids: Vec::new(), missing: Vec::new() };
    match ground {
        Ground::SeriousHarm => facts.first(
            &record.serious_harm,
            "serious-harm",
            "性侵害、出卖、遗弃、虐待或暴力伤害，且严重损害身心健康",
            "sexual abuse, sale, abandonment, maltreatment or violence that seriously harms body or mind",
        ),
        Ground::LeftUnattended => left_unattended(&mut facts, record),
        Ground::DutyRefused => duty_refused(&mut facts, record),
        Ground::DutyImpossible => duty_impossible(&mut facts, record),
        Ground::Begging => begging(&mut facts, record),
        Ground::CrimeIncited => facts.first(
            &record.grave_crime,
            "grave-crime",
            "教唆、利用实施违法犯罪且情节恶劣",
            "inciting or using the child to commit crimes, grave circumstances",
        ),
        Ground::Unspecified => facts.one(None, "ground", "情形", "a ground"),
    }
    Assessed { ground, event_ids: facts.event_ids, missing: facts.missing }
}

/// CUS-3b: in danger, and not corrected after education: left unattended after a criticism for it. An education
/// speaks of an earlier time even where that is not on record, so one recorded time after it is enough.
fn left_unattended(facts: &mut Facts, record: &Record) {
    let educated = record.criticisms_of(Conduct::LeftUnattended).first();
    let again =
        educated.and_then(|educated| record.left_unattended.iter().find(|left| left.at > educated.at));
    facts.first(
        &record.left_in_danger,
        "left-in-danger",
        "置于无人监管和照看状态导致面临危险",
        "left unattended in danger",
    );
    facts.one(educated, "educated", "就此经批评教育", "education about it");
    facts.one(again, "not-corrected", "经教育不改", "left unattended again after it");
}

/// CUS-3c: six months or more, and the consequence came while this refusal ran.
fn duty_refused(facts: &mut Facts, record: &Record) {
    let refusal = record.refusal(facts.on);
    let full = refusal.filter(|refusal| at_least(facts.on, full_on(refusal)));
    let consequences = [Consequence::Displaced, Consequence::WithoutLivelihood];
    let led_to = refusal.and_then(|refusal| record.consequence(&consequences, Some(refusal.at), facts.on));
    facts.one(full, "refused-six-months", "拒不履行监护职责满六个月", "refusal of the duty for six months");
    facts.one(
        led_to,
        "displaced-or-without-livelihood",
        "导致流离失所或者生活无着",
        "displaced or without livelihood because of it",
    );
}

/// CUS-3d: impossible, and refused to delegate, and in hardship or danger.
fn duty_impossible(facts: &mut Facts, record: &Record) {
    facts.first(
        &record.impossible,
        "duty-impossible",
        "因恶习、服刑等无法履行监护职责",
        "the duty is impossible through vice, imprisonment and the like",
    );
    facts.first(
        &record.delegation_refused,
        "delegation-refused",
        "拒绝将监护职责委托给他人",
        "refusal to delegate the duty",
    );
    facts.one(
        record.consequence(&[Consequence::InHardship, Consequence::InDanger], None, facts.on),
        "hardship-or-danger",
        "处于困境或者危险状态",
        "hardship or danger",
    );
}

/// CUS-3e: three criticisms or more, and a serious effect on life and learning.
fn begging(facts: &mut Facts, record: &Record) {
    let criticised = record.criticisms_of(Conduct::Begging);
    for index in 0..CRITICISMS {
        let number = index + 1;
        facts.one(
            criticised.get(index),
            &format!("criticism-{number}"),
            &format!("第{number}次批评教育"),
            &format!("criticism no. {number}"),
        );
    }
    facts.one(
        record.consequence(&[Consequence::LifeSeriouslyAffected], None, facts.on),
        "life-seriously-affected",
        "严重影响正常生活和学习",
        "serious effect on life and learning",
    );
}

struct Facts {
    ground: Ground,
    on: NaiveDate,
    event_ids: Vec<String>,
    missing: Vec<Missing>,
}

impl Facts {
    fn first(&mut self, facts: &[Happened], what: &str, zh: &str, en: &str) {
        self.one(facts.first(), what, zh, en);
    }

    fn one(&mut self, fact: Option<&Happened>, what: &str, zh: &str, en: &str) {
        match fact.filter(|fact| fact.by(self.on)) {
            Some(fact) if self.event_ids.contains(&fact.event_id) => {}
            Some(fact) => self.event_ids.push(fact.event_id.clone()),
            None => self.missing.push(Missing::new(ground_rule(self.ground), what, zh, en)),
        }
    }
}
