//! Which duties are open for a child: whose, since when, by which rule, and what the next step lacks (BEY-2). From
//! the facts and clocks that decide, nothing else.

use super::care::difficulty_clock;
use super::{State, sections};
use crate::rules::{BEY_7, DEP_2, FAM_1, FAM_2, INF_4, TWN_1};
use chrono::{DateTime, Utc};
use kinward_contracts::registry::v1::{ChildStatus, SchoolingStage as Stage};
use kinward_contracts::r#type::v1::Department;
use kinward_statute::{Clock, Duty, Outcome, Reference, start_of_day};

/// The open duties at a moment, those due first first. A linked file has none: they are the other file's.
pub fn open_duties(file: &State, reference: &Reference, now: DateTime<Utc>) -> Vec<Duty> {
    if !file.registered || file.duplicate_of.is_some() {
        return Vec::new();
    }
    Duty::in_order(of_clocks(file, reference).chain(of_facts(file, now)).collect())
}

/// Duties with a clock: it runs, or it was missed and nobody has made up for it.
fn of_clocks<'a>(file: &'a State, reference: &'a Reference) -> impl Iterator<Item = Duty> + 'a {
    file.clocks.all().filter_map(move |(clock_id, clock)| {
        let missed = clock.outcome == Some(Outcome::Missed);
        if !(clock.outcome.is_none() || missed && still_owed(file, clock_id)) {
            return None;
        }
        let (department, zh, en) = whose(file, reference, clock_id, clock)?;
        Duty::of_clock(clock, (zh, en), department)
    })
}

/// Whether what a missed clock asked for is still to be done.
fn still_owed(file: &State, clock_id: &str) -> bool {
    let on_the_roll = file.status == i32::from(ChildStatus::LeftBehind);
    let stage = file.schooling.stage();
    match clock_id {
        "parent-contact" => on_the_roll,
        "village-visit" => on_the_roll || file.care.key_case.is_some(),
        "delegation-review" => file.delegation().is_some(),
        "absence-follow-up" => file.schooling.absence.as_ref().is_some_and(|absence| absence.cause == 0),
        "dropout-written-report" => stage == Stage::PersuasionFailed,
        "dropout-acknowledge-education" => stage == Stage::Reported && !acknowledged(file, 1),
        "dropout-acknowledge-township" => stage == Stage::Reported && !acknowledged(file, 2),
        _ => file
            .care
            .difficulties
            .iter()
            .any(|(id, difficulty)| !difficulty.resolved && difficulty_clock(id) == clock_id),
    }
}

fn acknowledged(file: &State, recipient: i32) -> bool {
    file.schooling.dropout.as_ref().is_some_and(|dropout| dropout.acknowledged.contains(&recipient))
}

/// Whose duty a clock measures, and what its next step lacks; `None`: nobody's, time itself brings it.
fn whose(
    file: &State,
    reference: &Reference,
    clock_id: &str,
    clock: &Clock,
) -> Option<(Department, &'static str, &'static str)> {
    Some(match clock.clock.as_str() {
        "parent-contact" => {
            (Department::Village, "协助父母与儿童联系", "help the parents to be in touch with the child")
        }
        "village-visit" if file.care.key_case.is_some() => (
            Department::Village,
            "重点对象走访人上门走访",
            "a visit by the cadre or social worker assigned to the key case",
        ),
        "village-visit" => (Department::Village, "走访儿童", "a visit to the child"),
        "delegation-review" => (Department::Village, "复核委托监护", "a review of the delegation"),
        "difficulty" => return Some(difficulty(file, reference, clock_id)),
        "absence-follow-up" => (Department::Education, "追踪缺课原因", "the cause of the absence"),
        "dropout-written-report" => (
            Department::Education,
            "书面报告区教育行政部门和乡镇",
            "the written report to the education department and the township",
        ),
        "dropout-acknowledge" if clock_id.ends_with("township") => {
            (Department::Township, "签收辍学报告", "the township's acknowledgement of the written report")
        }
        "dropout-acknowledge" => {
            (Department::Education, "签收辍学报告", "the education department's acknowledgement")
        }
        _ => return None,
    })
}

/// A difficulty is the unit's that it was assigned to, and before that the village's.
fn difficulty(
    file: &State,
    reference: &Reference,
    clock_id: &str,
) -> (Department, &'static str, &'static str) {
    let mut all = file.care.difficulties.iter();
    let unit =
        all.find(|(id, _)| difficulty_clock(id) == clock_id).map(|(_, difficulty)| &difficulty.unit_id);
    match unit.and_then(|unit| reference.units.get(unit)) {
        Some(unit) => (
            Department::try_from(unit.department).unwrap_or(Department::Village),
            "解决困难",
            "the difficulty to be solved",
        ),
        None => (Department::Village, "交办困难", "a unit to solve the difficulty"),
    }
}

/// Duties that follow from the facts as they stand, without a clock.
fn of_facts(file: &State, now: DateTime<Utc>) -> impl Iterator<Item = Duty> + '_ {
    let since = file.status_since.map_or(now, start_of_day);
    let duty = |what, rule, department, since, says: (&str, &str)| {
        Duty::new(what, says, department, since, rule).in_area(&file.village_code)
    };
    if file.temporary {
        let found = file.home.residences.first().map_or(now, |home| start_of_day(home.from));
        let says = ("查明身份并关联档案", "who the child is: register the child and link this file");
        return vec![duty("identify", BEY_7, Department::CivilAffairs, found, says)].into_iter();
    }
    let mut duties = Vec::new();
    if let Some(gap) = &file.gap {
        let says = ("由有监护能力的人照护", "somebody capable who looks after the child");
        duties.push(duty("guardianship-gap", FAM_2, Department::Village, gap.since, says));
    }
    if file.status == i32::from(ChildStatus::LeftBehind) && file.delegation().is_none() {
        let says = ("父母办理委托监护", "a delegation by a parent to an adult with full capacity");
        duties.push(duty("delegation", FAM_1, Department::Village, since, says));
    }
    let sections = sections(file);
    if !sections.complete() {
        let names = [("family", "家庭"), ("guardianship", "监护"), ("schooling", "就学"), ("health", "健康")];
        let empty: Vec<_> = names
            .iter()
            .zip(sections.each())
            .filter(|(_, (_, filled))| !filled)
            .map(|(name, _)| name)
            .collect();
        let zh = empty.iter().map(|(_, zh)| *zh).collect::<Vec<_>>().join("、");
        let en = empty.iter().map(|(en, _)| *en).collect::<Vec<_>>().join(", ");
        let (zh, en) = (format!("补全档案：{zh}"), format!("sections of the file: {en}"));
        duties.push(duty("file-completeness", TWN_1, Department::Village, since, (&zh, &en)));
    }
    if let (Some(open), Some(side)) = (&file.home.open_move, file.home.other_side(&file.village_code)) {
        let says = ("对方村（居）同意或不同意迁移", "the other village's answer to the move");
        let answer = duty("move-answer", INF_4, Department::Village, open.asked_at, says);
        duties.push(answer.in_area(side));
    }
    if file.schooling.stage() == Stage::DroppedOut {
        let says = ("劝返复学", "persuasion until the child is back, or has failed to come");
        duties.push(duty("persuasion", DEP_2, Department::Education, since, says));
    }
    duties.into_iter()
}
