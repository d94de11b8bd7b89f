//! Which duties of an assessment are open: whose, since when, by which rule, and what is missing (BEY-2). From the rules
//! that decide.

use super::missing::{PARTIES, missing};
use super::plan::open_items;
use super::reassess::REASSESSMENT;
use super::{Item, State};
use crate::rules::{ASM_1, ASM_2, ASM_4};
use kinward_contracts::assessment::v1::{Answer, Stage};
use kinward_contracts::r#type::v1::Department;
use kinward_statute::Duty;

/// Open duties, in the order in which they are to be done.
pub fn duties(state: &State) -> Vec<Duty> {
    let next = match state.stage() {
        Stage::Unspecified => Vec::new(),
        Stage::Assessing => assessing(state),
        Stage::Final => vec![Duty::new(
            "draw-up-plan",
            ("制定帮扶计划", "draw up the plan of services"),
            Department::Township,
            state.finalised_at,
            ASM_2,
        )],
        Stage::Planned => planned(state),
        Stage::Closed => Vec::new(),
    };
    next.into_iter().chain(reassess(state)).collect()
}

fn assessing(state: &State) -> Vec<Duty> {
    let clock = state.clocks.open().find(|(id, _)| *id == "assessment").map(|(_, clock)| clock);
    let missing = missing(state);
    let (inputs, dimensions): (Vec<_>, Vec<_>) =
        missing.iter().cloned().partition(|missing| missing.what.starts_with("input-"));
    let mut duties: Vec<Duty> = PARTIES
        .iter()
        .filter_map(|(party, what, ..)| {
            let input = inputs.iter().find(|missing| missing.what == *what)?;
            let text = (input.zh.as_str(), input.en.as_str());
            let duty = Duty::new("sign-input", text, *party, state.opened_at, ASM_1);
            Some(duty.timed(clock).lacking(vec![input.clone()]))
        })
        .collect();
    if !dimensions.is_empty() {
        let text = ("评估三个维度", "assess the three dimensions");
        let duty = Duty::new("assess-dimensions", text, Department::Township, state.opened_at, ASM_1);
        duties.push(duty.timed(clock).lacking(dimensions));
    }
    let text = ("形成评估结论", "finalise the assessment");
    let duty = Duty::new("finalise", text, Department::Township, state.opened_at, ASM_1);
    duties.push(duty.timed(clock).lacking(missing));
    duties.extend(unanswered(state));
    duties
}

/// Those who were invited and have not answered. Nothing waits for them, but it is visible.
fn unanswered(state: &State) -> impl Iterator<Item = Duty> + '_ {
    let silent = state.participants.iter().filter(|(_, one)| one.answer() == Answer::Unspecified);
    silent.map(|(id, one)| {
        let department = Department::try_from(one.department).unwrap_or_default();
        let text = ("签署意见，或者说明不参与的理由", "sign the input, or say why you stay away");
        let duty = Duty::new("answer-invitation", text, department, one.invited_at, ASM_1);
        duty.by_unit(&one.unit_id).about(id)
    })
}

fn planned(state: &State) -> Vec<Duty> {
    let open = state.items.iter().filter(|(_, item)| item.outcome == 0);
    let mut duties: Vec<Duty> = open.map(|(id, item)| next_step(id, item)).collect();
    let text = ("帮扶计划结项", "close the plan");
    let duty = Duty::new("close-plan", text, Department::Township, state.planned_at, ASM_2);
    duties.push(duty.lacking(open_items(state)));
    duties
}

fn next_step(item_id: &str, item: &Item) -> Duty {
    let township = Department::Township;
    let (what, text, department) = match item {
        Item { provider: None, .. } => ("order-service", ("安排服务", "order the service"), township),
        Item { delivered: 0, .. } => (
            "deliver-service",
            ("提供服务并记录", "deliver the service, and record it"),
            Department::Unspecified,
        ),
        Item { reviewed: false, .. } => ("review-service", ("评议服务", "review the service"), township),
        Item { ended: false, .. } => (
            "deliver-or-close-service",
            ("继续提供服务，或者结项", "deliver the service again, or close it with its outcome"),
            township,
        ),
        _ => ("close-service", ("服务结项", "close the service with its outcome"), township),
    };
    let unit_id = match what {
        "deliver-service" => item.provider.as_deref().unwrap_or_default(),
        _ => "",
    };
    Duty::new(what, text, department, item.since, ASM_2).by_unit(unit_id).about(item_id)
}

fn reassess(state: &State) -> Option<Duty> {
    let (_, clock) = state.clocks.open().find(|(id, _)| *id == REASSESSMENT)?;
    let text = ("到期前复评，逾期自动启动", "assess again in time: it opens by itself when it is due");
    let duty = Duty::new("reassess", text, Department::Township, clock.started_at, ASM_4);
    Some(duty.timed(Some(clock)))
}
