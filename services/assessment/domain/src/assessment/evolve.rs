//! Folds the events of an assessment.

use super::{Item, Need, Participant, State};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::assessment::v1::{
    Answer, AssessmentEvent, AssessmentOpened, ParticipantInvited, PlanDrawnUp, Stage,
    assessment_event::Event,
};
use kinward_eventsourcing::Occurrence;

impl State {
    /// Folds one event.
    pub fn evolve(&mut self, event: &AssessmentEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::AssessmentOpened(opened)) => self.open(opened, at),
            Some(Event::ParticipantInvited(invited)) => self.invite(invited, at),
            Some(Event::InvitationDeclined(declined)) => {
                self.answer(&declined.participant_id, Answer::Declined, None);
            }
            Some(Event::InputGiven(given)) => {
                let event_id = at.event_id.to_owned();
                match &given.participant_id {
                    Some(id) => self.answer(id, Answer::Signed, Some(event_id)),
                    None => {
                        self.inputs.insert(given.department, event_id);
                    }
                }
            }
            Some(Event::DimensionAssessed(assessed)) => {
                self.dimensions.insert(assessed.dimension, assessed.score);
                self.findings.insert(assessed.dimension, at.event_id.to_owned());
            }
            Some(Event::AssessmentFinalised(finalised)) => {
                self.stage = Stage::Final.into();
                self.finalised_at = at.occurred_at;
                self.risk = finalised.risk;
                self.grounds.clone_from(&finalised.grounds);
                self.evidence_ids.clone_from(&finalised.evidence_ids);
            }
            Some(Event::LaterAssessmentOpened(later)) => self.later = Some(later.assessment_id.clone()),
            _ => self.fold_plan(event, at),
        }
    }

    fn fold_plan(&mut self, event: &AssessmentEvent, at: &Occurrence<'_>) {
        match &event.event {
            Some(Event::PlanDrawnUp(plan)) => self.plan(plan, at),
            Some(Event::ServiceOrdered(ordered)) => {
                let provider = ordered.provider_unit_id.clone();
                self.change(&ordered.item_id, at, |item| item.provider = Some(provider));
            }
            Some(Event::ServiceDelivered(delivered)) => self.change(&delivered.item_id, at, |item| {
                item.delivered += 1;
                item.reviewed = false;
            }),
            Some(Event::ServiceReviewed(reviewed)) => self.change(&reviewed.item_id, at, |item| {
                item.reviewed = true;
                item.ended = !reviewed.continue_service;
            }),
            Some(Event::ServiceClosed(closed)) => {
                self.change(&closed.item_id, at, |item| item.outcome = closed.outcome);
            }
            Some(Event::PlanClosed(_)) => self.stage = Stage::Closed.into(),
            _ => {}
        }
    }

    fn open(&mut self, opened: &AssessmentOpened, at: &Occurrence<'_>) {
        let child = opened.child.clone().unwrap_or_default();
        self.stage = Stage::Assessing.into();
        self.opened_at = at.occurred_at;
        self.origin = opened.origin;
        self.reason = opened.reason;
        self.previous.clone_from(&opened.previous_assessment_id);
        self.incident_id.clone_from(&opened.incident_id);
        self.child_id = child.child_id;
        self.child_person_id = child.person_id;
        self.village_code.clone_from(&opened.village_code);
    }

    fn invite(&mut self, invited: &ParticipantInvited, at: &Occurrence<'_>) {
        let participant = Participant {
            kind: invited.kind,
            department: invited.department,
            unit_id: invited.unit_id.clone(),
            person_id: invited.person_id.clone(),
            relation: invited.relation,
            invited_at: at.occurred_at,
            answer: Answer::Unspecified.into(),
            input: None,
        };
        self.participants.insert(invited.participant_id.clone(), participant);
    }

    fn answer(&mut self, participant_id: &str, answer: Answer, input: Option<String>) {
        if let Some(participant) = self.participants.get_mut(participant_id) {
            participant.answer = answer.into();
            participant.input = input;
        }
    }

    fn plan(&mut self, plan: &PlanDrawnUp, at: &Occurrence<'_>) {
        self.stage = Stage::Planned.into();
        self.planned_at = at.occurred_at;
        for need in &plan.needs {
            let none = need.no_service_reason.is_some();
            self.needs.insert(need.need_id.clone(), Need { dimension: need.dimension, none });
        }
        for item in &plan.items {
            let new = Item {
                service: item.service,
                need_id: item.need_id.clone(),
                since: at.occurred_at,
                ..Item::default()
            };
            self.items.insert(item.item_id.clone(), new);
        }
    }

    fn change(&mut self, item_id: &str, at: &Occurrence<'_>, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.items.get_mut(item_id) {
            item.since = at.occurred_at;
            change(item);
        }
    }
}
