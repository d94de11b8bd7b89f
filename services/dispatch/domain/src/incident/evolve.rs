//! How each event changes what an incident amounts to.

use super::{Assistance, Evidence, Holding, Joined, Link, Placement, Referral, State};
use kinward_contracts::dispatch::v1::{
    AssistanceState, ContactOutcome, IncidentEvent, IncidentOpened, PlacementEnd, Stage,
    incident_event::Event,
};
use kinward_contracts::r#type::v1::Sealed;
use kinward_contracts::{CarriesClocks as _, instant};
use kinward_eventsourcing::Occurrence;
use prost::Message;

impl State {
    pub(super) fn evolve(&mut self, event: &IncidentEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        let Some(event) = &event.event else { return };
        if let Some(what) = disposition(event) {
            self.done.entry(what.to_owned()).or_insert_with(|| at.event_id.to_owned());
        }
        match event {
            Event::IncidentOpened(opened) => self.open(opened, at),
            Event::IncidentAccepted(_) => self.reach(Stage::Accepted, at),
            Event::UnitDispatched(_) => self.reach(Stage::Dispatched, at),
            Event::UnitArrived(_) => self.reach(Stage::OnScene, at),
            Event::IncidentConcluded(_) => self.reach(Stage::Concluded, at),
            Event::ChildIdentified(identified) => self.child_id = Some(identified.child_id.clone()),
            Event::ParentRecorded(recorded) => {
                let parent = self.parents.entry(recorded.person_id.clone()).or_default();
                parent.relation = recorded.relation;
                parent.status = recorded.status;
            }
            Event::ParentContactAttempted(attempt) => {
                let parent = self.parents.entry(attempt.person_id.clone()).or_default();
                if attempt.outcome() == ContactOutcome::Failed {
                    parent.failed_attempts += 1;
                } else {
                    parent.failed_attempts = 0;
                    parent.answer = Some((attempt.answer, at.event_id.to_owned()));
                }
            }
            Event::ChildPlacedTemporarily(placed) => self.placements.push(Placement {
                placement_id: placed.placement_id.clone(),
                kind: placed.kind,
                taker_unit_id: placed.taker_unit_id.clone(),
                from: placed.from_at.as_ref().and_then(instant).unwrap_or(at.occurred_at),
                until: None,
                end: PlacementEnd::Unspecified.into(),
            }),
            Event::PlacementEnded(ended) => {
                let found = self.placements.iter_mut().find(|all| all.placement_id == ended.placement_id);
                if let Some(placement) = found {
                    placement.until =
                        Some(ended.until_at.as_ref().and_then(instant).unwrap_or(at.occurred_at));
                    placement.end = ended.end;
                }
            }
            Event::SearchOpened(opened) => {
                self.search_ended = None;
                let addressees = opened.addressees.iter();
                self.bulletin_to = addressees.map(|to| (to.department, to.area.clone())).collect();
            }
            Event::SearchEnded(_) => self.search_ended = Some(at.event_id.to_owned()),
            Event::SightingRecorded(_) => self.sightings += 1,
            Event::SituationFound(found) => {
                self.situations.extend(&found.situations);
                self.signs = found.signs.unwrap_or_default().into();
                self.severity = found.severity;
            }
            Event::ViolenceStopped(stopped) => self.infringers.extend(stopped.infringer_person_id.clone()),
            Event::InfringementStopped(stopped) => {
                self.infringers.extend(stopped.infringer_person_id.clone());
            }
            Event::MinorInterviewed(interview) => self.interviews.push(interview.interviewee),
            Event::ReporterFeedbackGiven(given) => {
                self.told.insert(given.report_id.clone());
            }
            other => {
                self.fold_register(other, at);
                self.fold_link(other);
            }
        }
    }

    /// Evidence, referrals, requests for help.
    fn fold_register(&mut self, event: &Event, at: &Occurrence<'_>) {
        let holding = |unit_id: &str| Holding { unit_id: unit_id.to_owned(), since: at.occurred_at };
        let referral = |unit_id: &str, appraisal| Referral {
            unit_id: unit_id.to_owned(),
            at: at.occurred_at,
            appraisal,
            outcome: 0,
            degree: 0,
        };
        match event {
            Event::EvidenceTaken(taken) => {
                let evidence = Evidence {
                    kind: taken.kind,
                    sha256: taken.sha256.clone(),
                    description: stored(taken.description.as_ref()),
                    place: stored(taken.place.as_ref()),
                    chain: vec![holding(&taken.holder_unit_id)],
                };
                self.evidence.insert(taken.evidence_id.clone(), evidence);
            }
            Event::EvidenceTransferred(transfer) => {
                if let Some(evidence) = self.evidence.get_mut(&transfer.evidence_id) {
                    evidence.chain.push(holding(&transfer.to_unit_id));
                }
            }
            Event::MedicalCareReferred(referred) => {
                self.referrals.insert(referred.referral_id.clone(), referral(&referred.unit_id, false));
            }
            Event::InjuryAppraisalReferred(referred) => {
                self.referrals.insert(referred.referral_id.clone(), referral(&referred.unit_id, true));
            }
            Event::MedicalCareResulted(resulted) => {
                if let Some(referral) = self.referrals.get_mut(&resulted.referral_id) {
                    referral.outcome = resulted.outcome;
                }
            }
            Event::InjuryAppraised(appraised) => {
                if let Some(referral) = self.referrals.get_mut(&appraised.referral_id) {
                    referral.degree = appraised.degree;
                }
            }
            Event::AssistanceRequested(requested) => {
                let assistance = Assistance {
                    unit_id: requested.unit_id.clone(),
                    kind: requested.kind,
                    matter: stored(requested.matter.as_ref()),
                    state: AssistanceState::Requested.into(),
                    answer: Vec::new(),
                    requested_at: at.occurred_at,
                };
                self.assistance.insert(requested.assistance_id.clone(), assistance);
            }
            Event::AssistanceAnswered(answered) => {
                self.answer(&answered.assistance_id, AssistanceState::Answered, answered.answer.as_ref());
            }
            Event::AssistanceDeclined(declined) => {
                self.answer(&declined.assistance_id, AssistanceState::Declined, declined.reason.as_ref());
            }
            _ => {}
        }
    }

    fn answer(&mut self, assistance_id: &str, state: AssistanceState, words: Option<&Sealed>) {
        if let Some(assistance) = self.assistance.get_mut(assistance_id) {
            assistance.state = state.into();
            assistance.answer = stored(words);
        }
    }

    /// Which incidents are one (RPT-4).
    fn fold_link(&mut self, event: &Event) {
        match event {
            Event::IncidentLinked(linked) => {
                self.linked = Some(Link {
                    main_incident_id: linked.main_incident_id.clone(),
                    clocks: self.clocks.open().map(|(id, _)| id.to_owned()).collect(),
                });
            }
            Event::IncidentUnlinked(_) => self.linked = None,
            Event::IncidentJoined(joined) => {
                let follower = Joined {
                    report_id: joined.report_id.clone(),
                    situations: joined.situations.clone(),
                    signs: joined.signs.unwrap_or_default().into(),
                    severity: joined.severity,
                    without_reporter: joined.without_reporter,
                };
                self.joined.insert(joined.incident_id.clone(), follower);
            }
            Event::IncidentParted(parted) => {
                self.joined.remove(&parted.incident_id);
            }
            _ => {}
        }
    }

    fn reach(&mut self, stage: Stage, at: &Occurrence<'_>) {
        self.stage = stage.into();
        self.stage_since = Some(at.occurred_at);
    }

    fn open(&mut self, opened: &IncidentOpened, at: &Occurrence<'_>) {
        self.reach(Stage::Open, at);
        self.report_id.clone_from(&opened.report_id);
        self.without_reporter = opened.without_reporter;
        self.situations.clone_from(&opened.situations);
        self.severity = opened.severity;
        self.signs = opened.signs.unwrap_or_default().into();
        self.evidence_always.clone_from(&opened.evidence_always);
        self.village_code.clone_from(&opened.village_code);
        let child = opened.child.clone().unwrap_or_default();
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.opened_at = Some(at.occurred_at);
    }
}

/// A sealed value as the state keeps it.
fn stored(sealed: Option<&Sealed>) -> Vec<u8> {
    sealed.map(Message::encode_to_vec).unwrap_or_default()
}

/// Name of the disposition that an event is.
fn disposition(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::ParentsOrderedToReturn(_) => "parents-ordered-to-return",
        Event::ParentsAdmonished(_) => "parents-admonished",
        Event::TrusteeNamed(_) => "trustee-named",
        Event::ViolenceStopped(_) => "violence-stopped",
        Event::InfringementStopped(_) => "infringement-stopped",
        Event::ChildPlacedTemporarily(_) => "child-placed",
        Event::ParentsNotified(_) => "parents-notified",
        Event::CivilAffairsAsked(_) => "civil-affairs-asked",
        Event::SearchOpened(_) => "search-opened",
        Event::EvidenceTaken(_) => "evidence-taken",
        Event::MedicalCareReferred(_) => "medical-care-referred",
        Event::InjuryAppraisalReferred(_) => "injury-appraisal-referred",
        _ => return None,
    })
}
