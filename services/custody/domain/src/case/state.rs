//! What the events of a case amount to.

use super::follow_up::fallback;
use super::grounds;
use super::record::{Convicted, Happened, Harmed, Record, add};
use super::{Ladder, Restoration};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::custody::v1::{CaseEvent, CaseOpened, PetitionFiled, Ruling, case_event::Event};
use kinward_contracts::r#type::v1::Ground;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use kinward_eventsourcing::Occurrence;
use kinward_statute::{Clocks, day_of};
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

    pub(super) fn fold(&mut self, event: &CaseEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            self.fall_back(&clock, at);
            return;
        }
        if let Some(step) = &event.event {
            self.ladder.fold(step, at);
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
            unit: at.actor.unit.clone(),
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

    /// A fact about a guardian.
    fn learn(&mut self, event: &Event, at: &Occurrence<'_>) {
        let now = || Happened { at: at.occurred_at, event_id: at.event_id.to_owned() };
        let on = |day: &str| day.parse::<NaiveDate>().ok().map(|day| Happened::on(day, at.event_id));
        match event {
            Event::GuardianCriticised(criticised) if grounds::counts(criticised) => {
                let record = self.of(&criticised.guardian_person_id);
                add(record.criticisms.entry(criticised.conduct).or_default(), now());
            }
            Event::DutyRefused(refused) => {
                let record = self.of(&refused.guardian_person_id);
                record.refusals.extend(on(&refused.since_on));
                record.refusals.sort();
            }
            Event::DutyResumed(resumed) => {
                let record = self.of(&resumed.guardian_person_id);
                record.resumptions.extend(on(&resumed.on_date));
                record.resumptions.sort();
                self.take_back(&resumed.guardian_person_id, day_of(at.recorded_at));
            }
            Event::ConsequenceRecorded(suffered) => {
                let record = self.of(&suffered.guardian_person_id);
                add(record.consequences.entry(suffered.consequence).or_default(), now());
            }
            Event::DutyImpossible(impossible) => {
                add(&mut self.of(&impossible.guardian_person_id).impossible, now());
            }
            Event::DelegationRefused(refused) => {
                add(&mut self.of(&refused.guardian_person_id).delegation_refused, now());
            }
            Event::HarmRecorded(harm) => {
                let since = harm.since_on.as_ref().and_then(|day| day.parse().ok());
                let (at, kind, grave_injury) = (at.occurred_at, harm.harm, harm.grave_injury);
                let record = self.of(&harm.guardian_person_id);
                record.harms.push(Harmed { at, harm: kind, since, grave_injury });
                if harm.serious {
                    add(&mut record.serious_harm, now());
                }
            }
            Event::GuardianConvicted(convicted) => {
                self.of(&convicted.guardian_person_id).convictions.push(Convicted {
                    intentional: convicted.intentional,
                    against_child: convicted.against_child,
                    imprisonment_months: convicted.imprisonment_months,
                });
            }
            Event::LeftUnattended(left) => {
                let record = self.of(&left.guardian_person_id);
                add(&mut record.left_unattended, now());
                if left.in_danger {
                    add(&mut record.left_in_danger, now());
                }
            }
            Event::CrimeIncited(crime) if crime.grave => {
                add(&mut self.of(&crime.guardian_person_id).grave_crime, now());
            }
            _ => {}
        }
    }

    /// A resumed duty is the one fact that takes a ground back (CUS-3c).
    fn take_back(&mut self, guardian: &str, today: NaiveDate) {
        let record = self.guardians.get(guardian);
        let still =
            record.is_some_and(|record| grounds::assess_one(Ground::DutyRefused, record, today).is_met());
        if !still {
            self.met.remove(&(Ground::DutyRefused.into(), guardian.to_owned()));
        }
        if !self.has_ground(guardian) {
            self.must_petition.remove(guardian);
        }
    }

    fn of(&mut self, guardian: &str) -> &mut Record {
        self.guardians.entry(guardian.to_owned()).or_default()
    }
}
