//! What the events of a case amount to.

use super::follow_up::fallback;
use super::record::{Happened, Record, add};
use super::{Ladder, Restoration};
use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{CaseEvent, CaseOpened, PetitionFiled, Ruling, case_event::Event};
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A custody case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whether it exists.
    pub opened: bool,
    /// File of the child; absent: not identified.
    pub child_id: Option<String>,
    /// Person whose key seals the child's data.
    pub child_person_id: String,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Facts about each guardian concerned, by person id.
    pub guardians: BTreeMap<String, Record>,
    /// Grounds that were found met and still are: ground number and guardian.
    pub met: BTreeSet<(i32, String)>,
    /// Petitions, by id.
    pub petitions: BTreeMap<String, Petition>,
    /// Guardians against whom civil affairs itself must petition, and since when (CUS-2).
    pub must_petition: BTreeMap<String, DateTime<Utc>>,
    /// Requests to be guardian again, by id.
    pub restorations: BTreeMap<String, Restoration>,
    /// The ladder of interventions.
    pub ladder: Ladder,
    /// Interviews of the child about abuse or violence.
    pub grave_interviews: usize,
    /// Assessment that found grounds; absent: opened by hand.
    pub assessment_id: Option<String>,
    /// Its clocks.
    pub clocks: Clocks,
}

/// A petition to the court.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Petition {
    /// The guardian.
    pub guardian_person_id: String,
    /// Department of whoever filed it, as a number.
    pub department: i32,
    /// Unit of whoever filed it.
    pub unit: String,
    /// How far it is.
    pub progress: Progress,
    /// When it came so far.
    pub since: DateTime<Utc>,
    /// Whom the court designated; absent: nobody.
    pub designated: Option<String>,
}

/// How far a petition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// 已申请
    Filed,
    /// 已受理
    Accepted,
    /// 已审理
    Heard,
    /// 撤销监护人资格
    Revoked,
    /// 驳回
    Refused,
    /// 撤回申请
    Withdrawn,
    /// 撤销后恢复监护人资格
    Restored,
}

impl Petition {
    /// Whether the court has still to rule.
    pub fn is_pending(&self) -> bool {
        matches!(self.progress, Progress::Filed | Progress::Accepted | Progress::Heard)
    }
}

impl State {
    /// Whether the guardianship was revoked.
    pub fn is_revoked(&self, guardian: &str) -> bool {
        self.revocation(guardian).is_some()
    }

    /// The petition on which the guardianship was revoked, unless it was restored.
    pub fn revocation(&self, guardian: &str) -> Option<&Petition> {
        self.petitions_about(guardian).find(|petition| petition.progress == Progress::Revoked)
    }

    /// Whether the court has still to rule about a guardian.
    pub fn is_before_the_court(&self, guardian: &str) -> bool {
        self.petitions_about(guardian).any(Petition::is_pending)
    }

    /// Whether some ground is met against a guardian.
    pub fn has_ground(&self, guardian: &str) -> bool {
        self.met.iter().any(|(_, of)| of == guardian)
    }

    fn petitions_about(&self, guardian: &str) -> impl Iterator<Item = &Petition> {
        self.petitions.values().filter(move |petition| petition.guardian_person_id == guardian)
    }

    pub(super) fn evolve(&mut self, event: &CaseEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            self.fall_back(&clock, at);
            return;
        }
        if let Some(step) = &event.event {
            self.ladder.evolve(step, at);
        }
        match &event.event {
            Some(Event::CaseOpened(opened)) => self.open(opened),
            Some(Event::GroundMet(met)) => {
                self.met.insert((met.ground, met.guardian_person_id.clone()));
            }
            Some(Event::PetitionFiled(filed)) => self.file(filed, at),
            Some(Event::PetitionAccepted(accepted)) => {
                self.bring(&accepted.petition_id, Progress::Accepted, at);
            }
            Some(Event::PetitionHeard(heard)) => self.bring(&heard.petition_id, Progress::Heard, at),
            Some(Event::PetitionRuled(ruled)) => match ruled.ruling() {
                Ruling::Revoked => {
                    self.bring(&ruled.petition_id, Progress::Revoked, at);
                    if let Some(petition) = self.petitions.get_mut(&ruled.petition_id) {
                        petition.designated = ruled.designated.as_ref().map(|one| one.person_id.clone());
                    }
                }
                Ruling::Refused => self.bring(&ruled.petition_id, Progress::Refused, at),
                Ruling::Withdrawn => self.bring(&ruled.petition_id, Progress::Withdrawn, at),
                Ruling::Unspecified => {}
            },
            Some(Event::RestorationRequested(requested)) => {
                let guardian_person_id = requested.guardian_person_id.clone();
                let request = Restoration { guardian_person_id, since: at.occurred_at, ruling: None };
                self.restorations.insert(requested.restoration_id.clone(), request);
            }
            Some(Event::RestorationRuled(ruled)) => {
                if let Some(request) = self.restorations.get_mut(&ruled.restoration_id) {
                    request.ruling = Some(ruled.ruling);
                }
            }
            Some(Event::GuardianshipRestored(restored)) => self.restore(&restored.guardian_person_id, at),
            Some(Event::MinorInterviewed(interview)) => {
                self.grave_interviews += usize::from(interview.about_abuse_or_violence);
            }
            Some(fact) => self.learn(fact, at),
            None => {}
        }
    }

    /// When `petition-fallback` is missed, civil affairs must petition, until somebody does (CUS-2).
    fn fall_back(&mut self, clock: &ClockEvent, at: &Occurrence<'_>) {
        let ClockEvent::Missed(missed) = clock else { return };
        let mut guardians = self.guardians.keys();
        let guardian = guardians.find(|guardian| fallback(guardian) == missed.clock_id).cloned();
        if let Some(guardian) = guardian.filter(|guardian| !self.is_before_the_court(guardian)) {
            let due = self.clocks.get(&missed.clock_id).map_or(at.occurred_at, |clock| clock.due_at);
            self.must_petition.insert(guardian, due);
        }
    }

    /// What the court has judged is over: grounds begin anew.
    fn restore(&mut self, guardian: &str, at: &Occurrence<'_>) {
        let revoked = self.petitions.values_mut().find(|petition| {
            petition.guardian_person_id == guardian && petition.progress == Progress::Revoked
        });
        if let Some(petition) = revoked {
            petition.progress = Progress::Restored;
            petition.since = at.occurred_at;
        }
        let restored = Happened { at: at.occurred_at, event_id: at.event_id.to_owned() };
        add(&mut self.of(guardian).restored, restored);
        self.met.retain(|(_, of)| of != guardian);
        self.must_petition.remove(guardian);
    }

    fn open(&mut self, opened: &CaseOpened) {
        let child = opened.child.clone().unwrap_or_default();
        self.opened = true;
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.village_code.clone_from(&opened.village_code);
        self.assessment_id.clone_from(&opened.assessment_id);
        for guardian in &opened.guardian_person_ids {
            self.guardians.entry(guardian.clone()).or_default();
        }
    }

    fn file(&mut self, filed: &PetitionFiled, at: &Occurrence<'_>) {
        let petition = Petition {
            guardian_person_id: filed.guardian_person_id.clone(),
            department: at.actor.department,
            unit: at.actor.unit_id.clone(),
            progress: Progress::Filed,
            since: at.occurred_at,
            designated: None,
        };
        self.must_petition.remove(&filed.guardian_person_id);
        self.petitions.insert(filed.petition_id.clone(), petition);
    }

    fn bring(&mut self, petition_id: &str, progress: Progress, at: &Occurrence<'_>) {
        if let Some(petition) = self.petitions.get_mut(petition_id) {
            petition.progress = progress;
            petition.since = at.occurred_at;
        }
    }
}
