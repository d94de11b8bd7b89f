//! Open incidents that may be of the same event (RPT-4). It only advises: every report has its own incident at once,
//! and nothing waits for this (BEY-5).

use super::{Entry, OpenIncidents};
use chrono::TimeDelta;
use kinward_contracts::dispatch::v1::LinkReason;

/// Reports of one event come within so long of each other.
const NEAR: TimeDelta = TimeDelta::hours(24);

impl OpenIncidents {
    /// Incidents that an incident may be linked with, and why; the likeliest first. Those that follow another are
    /// left out: their main one is there.
    pub fn link_candidates(&self, id: &str) -> Vec<(&str, &Entry, Vec<LinkReason>)> {
        let Some(this) = self.get(id) else { return Vec::new() };
        let others = self.entries().filter(|(other, entry)| {
            *other != id && entry.follows.is_none() && this.follows.as_deref() != Some(*other)
        });
        let mut found: Vec<(&str, &Entry, Vec<LinkReason>)> = others
            .map(|(other, entry)| (other, entry, reasons(this, entry)))
            .filter(|(_, entry, reasons)| may_be_one(this, entry, reasons))
            .collect();
        found.sort_by_key(|(_, entry, reasons)| {
            let same_child = reasons.contains(&LinkReason::SameChild);
            (!same_child, usize::MAX - reasons.len(), entry.opened)
        });
        found
    }
}

fn reasons(this: &Entry, other: &Entry) -> Vec<LinkReason> {
    let same = |one: &Option<String>, two: &Option<String>| one.is_some() && one == two;
    [
        (LinkReason::SameChild, same(&this.child_id, &other.child_id)),
        (LinkReason::SameVillage, same(&this.village_code, &other.village_code)),
        (LinkReason::NearInTime, (this.opened_at - other.opened_at).abs() <= NEAR),
        (LinkReason::SameSituation, this.situations.iter().any(|one| other.situations.contains(one))),
    ]
    .into_iter()
    .filter_map(|(reason, holds)| holds.then_some(reason))
    .collect()
}

/// The same child; or at about the same time, of the same kind, and nothing says that the place is another.
fn may_be_one(this: &Entry, other: &Entry, reasons: &[LinkReason]) -> bool {
    let elsewhere = matches!((&this.village_code, &other.village_code), (Some(one), Some(two)) if one != two);
    let other_child = matches!((&this.child_id, &other.child_id), (Some(one), Some(two)) if one != two);
    reasons.contains(&LinkReason::SameChild)
        || (!elsewhere
            && !other_child
            && reasons.contains(&LinkReason::NearInTime)
            && reasons.contains(&LinkReason::SameSituation))
}
