//! How each event changes what an incident amounts to.

use super::{Holding, Placement, State};
use kinward_contracts::dispatch::v1::{
    ContactOutcome, IncidentEvent, IncidentOpened, PlacementEnd, Stage, incident_event::Event,
};
use kinward_contracts::r#type::v1::DangerSigns;
use kinward_contracts::{CarriesClocks as _, instant};
use kinward_eventsourcing::Occurrence;

impl State {
    pub(super) fn fold(&mut self, event: &IncidentEvent, at: &Occurrence<'_>) {
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
                parent.known = recorded.known;
                parent.alive = recorded.alive;
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
                from: placed.from.as_ref().and_then(instant).unwrap_or(at.occurred_at),
                until: None,
                end: PlacementEnd::Unspecified.into(),
            }),
            Event::PlacementEnded(ended) => {
                let found = self.placements.iter_mut().find(|all| all.placement_id == ended.placement_id);
                if let Some(placement) = found {
                    placement.until = Some(ended.until.as_ref().and_then(instant).unwrap_or(at.occurred_at));
                    placement.end = ended.end;
                }
            }
            Event::SearchOpened(_) => self.search_ended = None,
            Event::SearchEnded(_) => self.search_ended = Some(at.event_id.to_owned()),
            Event::EvidenceTaken(taken) => self.hold(&taken.evidence_id, &taken.holder_unit_id, at),
            Event::EvidenceTransferred(transfer) => {
                self.hold(&transfer.evidence_id, &transfer.to_unit_id, at);
            }
            _ => {}
        }
    }

    fn reach(&mut self, stage: Stage, at: &Occurrence<'_>) {
        self.stage = stage.into();
        self.stage_since = Some(at.occurred_at);
    }

    fn hold(&mut self, evidence_id: &str, unit_id: &str, at: &Occurrence<'_>) {
        let holding = Holding { unit_id: unit_id.to_owned(), since: at.occurred_at };
        self.evidence.insert(evidence_id.to_owned(), holding);
    }

    fn open(&mut self, opened: &IncidentOpened, at: &Occurrence<'_>) {
        let signs: DangerSigns = opened.signs.unwrap_or_default();
        self.reach(Stage::Open, at);
        self.report_id.clone_from(&opened.report_id);
        self.situations.clone_from(&opened.situations);
        self.severity = opened.severity;
        self.signs_of_injury_or_crime =
            signs.signs_of_injury_or_crime || signs.serious_injury || signs.sexual_abuse_suspected;
        self.serious_injury = signs.serious_injury;
        self.village_code.clone_from(&opened.village_code);
        let child = opened.child.clone().unwrap_or_default();
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.opened_at = Some(at.occurred_at);
    }
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
