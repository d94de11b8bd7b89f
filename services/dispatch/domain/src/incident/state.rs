//! What an incident's events amount to.

use super::parts::{Assistance, Evidence, Joined, Link, Parent, Placement, Referral, Signs};
use chrono::{DateTime, Utc};
use kinward_contracts::dispatch::v1::{InjuryDegree, PlacementEnd, Stage};
use kinward_contracts::r#type::v1::{Severity, Situation};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names the clock of feedback, and its id for the incident's own report.
pub(super) const FEEDBACK: &str = "reporter-feedback";

/// Id of the clock of feedback to the reporter of an incident that follows this one.
pub(super) fn feedback_clock(incident_id: &str) -> String {
    format!("{FEEDBACK}-{incident_id}")
}

/// An incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How far police are, as the number of `Stage`.
    pub stage: i32,
    /// When they came so far.
    pub stage_since: Option<DateTime<Utc>>,
    /// Report that began it.
    pub report_id: String,
    /// Whether nobody reported it but the policy: nobody is to be told.
    pub without_reporter: bool,
    /// Situations reported and found here, as numbers.
    pub situations: Vec<i32>,
    /// Severity of what was reported and found here, as a number.
    pub severity: i32,
    /// Signs of danger, injury and crime.
    pub signs: Signs,
    /// Situations to which DSP-3 applies without signs, besides violence, infringement and accident, as numbers.
    pub evidence_always: Vec<i32>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child; `None`: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// Parents, by person id.
    pub parents: BTreeMap<String, Parent>,
    /// Temporary placements, in order.
    pub placements: Vec<Placement>,
    /// Pieces of evidence, by id.
    pub evidence: BTreeMap<String, Evidence>,
    /// Referrals to medical care and appraisal, by id.
    pub referrals: BTreeMap<String, Referral>,
    /// Requests for help, by id.
    pub assistance: BTreeMap<String, Assistance>,
    /// Interviews of minors: as what each was asked, as a number.
    pub interviews: Vec<i32>,
    /// Opaque ids of those who are said to have done it.
    pub infringers: BTreeSet<String>,
    /// Sightings recorded in searches.
    pub sightings: u32,
    /// Incident that this one follows (RPT-4); `None`: it stands by itself.
    pub linked: Option<Link>,
    /// Incidents that follow this one, by id.
    pub joined: BTreeMap<String, Joined>,
    /// Reports whose reporters were told the result.
    pub told: BTreeSet<String>,
    /// Department, as a number, and area of everybody who got the bulletin of the last search.
    pub bulletin_to: Vec<(i32, String)>,
    /// Event in which the last search ended; `None`: it runs, or there was none.
    pub search_ended: Option<String>,
    /// Event that first did each disposition, by its name.
    pub done: BTreeMap<String, String>,
    /// Its clocks.
    pub clocks: Clocks,
}

impl State {
    /// How far police are.
    pub fn stage(&self) -> Stage {
        Stage::try_from(self.stage).unwrap_or_default()
    }

    /// How urgent it is: as the most urgent of the reports about it.
    pub fn severity(&self) -> Severity {
        let joined = self.joined.values().map(|joined| joined.severity);
        let most_urgent = joined.chain([self.severity]).min().unwrap_or_default();
        Severity::try_from(most_urgent).unwrap_or_default()
    }

    /// What it is: reported, found on the scene, and reported by incidents that follow it.
    pub fn all_situations(&self) -> Vec<i32> {
        let joined = self.joined.values().flat_map(|joined| &joined.situations);
        let mut all = self.situations.clone();
        for situation in joined {
            if !all.contains(situation) {
                all.push(*situation);
            }
        }
        all
    }

    /// Every sign known of it.
    pub fn all_signs(&self) -> Signs {
        self.joined.values().fold(self.signs, |signs, joined| signs.and(joined.signs))
    }

    /// Whether it is one of these situations.
    pub fn is_any(&self, situations: &[Situation]) -> bool {
        let all = self.all_situations();
        situations.iter().any(|situation| all.contains(&(*situation as i32)))
    }

    /// The reports whose reporters are to be told: its own, and those of incidents that follow it; with the clock of
    /// each one's feedback.
    pub fn reports(&self) -> Vec<(&str, String)> {
        let own = (!self.without_reporter).then(|| (self.report_id.as_str(), FEEDBACK.to_owned()));
        let joined = self.joined.iter().filter(|(_, joined)| !joined.without_reporter);
        let joined = joined.map(|(id, joined)| (joined.report_id.as_str(), feedback_clock(id)));
        own.into_iter().chain(joined).collect()
    }

    /// Whether it is domestic violence too light for a penalty: no serious injury, none that is a crime (LAW-2).
    pub fn is_light_violence(&self) -> bool {
        let crime = |degree: i32| (1..=i32::from(InjuryDegree::MinorSecond)).contains(&degree);
        self.is_any(&[Situation::DomesticViolence])
            && !self.all_signs().serious_injury
            && !self.referrals.values().any(|referral| crime(referral.degree))
    }

    /// The placement that is open.
    pub fn open_placement(&self) -> Option<&Placement> {
        self.placements.last().filter(|placement| placement.until.is_none())
    }

    /// The last placement, if it was handed on and the next one is not recorded yet.
    pub fn handed_on(&self) -> Option<&Placement> {
        self.placements.last().filter(|last| last.end == i32::from(PlacementEnd::HandedOn))
    }

    /// Whether a search for the child runs (DSP-2d).
    pub fn search_is_open(&self) -> bool {
        self.done("search-opened").is_some() && self.search_ended.is_none()
    }

    /// Event that did a disposition.
    pub fn done(&self, what: &str) -> Option<&str> {
        self.done.get(what).map(String::as_str)
    }
}
