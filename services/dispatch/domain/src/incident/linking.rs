//! Reports of one event are one case (RPT-4). Each opened its own incident at once (BEY-5); a link makes one follow the
//! other: its clocks stand still, what it reports is the main one's to deal with. Unlinking restores both as they were.
//! Either side of a link is an event of its own aggregate; both are stored in one batch.

use super::step::{Facts, Step};
use super::{Link, found};
use crate::rules::RPT_4;
use kinward_contracts::dispatch::v1::{
    IncidentJoined, IncidentLinked, IncidentParted, IncidentUnlinked, Stage,
};
use kinward_contracts::r#type::v1::Severity;
use kinward_eventsourcing::Rejection;

/// This incident follows another.
pub(super) fn link(step: &Step<'_>, linked: &IncidentLinked) -> Result<Facts, Rejection> {
    let state = step.state;
    if linked.main_incident_id.is_empty() || linked.main_incident_id == step.id() {
        let (zh, en) = ("请写明另一警情", "an incident follows another one");
        return Err(Rejection::invalid("main_incident_id", RPT_4, zh, en));
    }
    let refused = |zh: &str, en: &str| Err(Rejection::wrong_state(RPT_4, zh, en));
    if !state.joined.is_empty() {
        return refused("已有警情并入本警情，请反向关联", "others follow this one: link the other way round");
    }
    if state.open_placement().is_some() || state.handed_on().is_some() {
        return refused(
            "本警情有未结束的临时照料，请反向关联",
            "its placement is open: link the other way round",
        );
    }
    if state.search_is_open() {
        return refused("本警情的查找未结束，请反向关联", "its search is open: link the other way round");
    }
    let mut facts = step.fact(linked.clone());
    let running: Vec<String> = state.clocks.open().map(|(id, _)| id.to_owned()).collect();
    for clock_id in running {
        step.supersede(&mut facts, &clock_id, &format!("{}-of-{}", clock_id, linked.main_incident_id));
    }
    Ok(facts)
}

/// This incident goes on by itself, and its clocks as they were.
pub(super) fn unlink(step: &Step<'_>, unlinked: &IncidentUnlinked) -> Result<Facts, Rejection> {
    // the one that is named is told in the same batch: never one without the other
    let link = step.state.linked.as_ref().filter(|link| link.main_incident_id == unlinked.main_incident_id);
    let Some(Link { clocks, .. }) = link else {
        return Err(Rejection::wrong_state(RPT_4, "本警情未并入该警情", "it does not follow that incident"));
    };
    let mut facts = step.fact(unlinked.clone());
    for clock_id in clocks {
        step.resume(&mut facts, clock_id);
    }
    Ok(facts)
}

/// Another incident follows this one.
pub(super) fn join(step: &Step<'_>, joined: &IncidentJoined) -> Result<Facts, Rejection> {
    if step.state.joined.contains_key(&joined.incident_id) {
        let (zh, en) = ("该警情已并入", "it follows this one already");
        return Err(Rejection::exists(RPT_4, &joined.incident_id, zh, en));
    }
    let mut facts = step.fact(joined.clone());
    found::hurry(step, &mut facts, joined.severity().min(step.state.severity()));
    Ok(facts)
}

/// An incident follows this one no more, and its reporter is no longer this one's to tell.
pub(super) fn part(step: &Step<'_>, parted: &IncidentParted) -> Result<Facts, Rejection> {
    let state = step.state;
    if !state.joined.contains_key(&parted.incident_id) {
        let (zh, en) = ("该警情未并入本警情", "it does not follow this one");
        return Err(Rejection::unknown(RPT_4, zh, en));
    }
    let mut facts = step.fact(parted.clone());
    if state.stage() == Stage::Concluded {
        step.void(&mut facts, &super::state::feedback_clock(&parted.incident_id), "incident-parted");
    }
    let others = state.joined.iter().filter(|(id, _)| **id != parted.incident_id);
    let left = others.map(|(_, joined)| joined.severity).chain([state.severity]).min().unwrap_or_default();
    found::hurry(step, &mut facts, Severity::try_from(left).unwrap_or_default());
    Ok(facts)
}

/// What is to be done is done in the main incident.
pub(super) fn follows_another(link: &Link) -> Rejection {
    Rejection {
        existing_id: Some(link.main_incident_id.clone()),
        ..Rejection::wrong_state(
            RPT_4,
            "本警情已并入同一事件的主警情，请在主警情办理",
            "it follows another incident of the same event: go on there",
        )
    }
}
