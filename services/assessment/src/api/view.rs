//! One assessment as its assessors read it: folded from its stream, with the texts that the caller may open.
//!
//! | class | opened for |
//! | --- | --- |
//! | HEALTH: findings, statements, needs | township, civil affairs, police of the place; whoever was invited and takes part |
//! | NARRATIVE: concern, goals, reasons | township, civil affairs, police of the place |

use kinward_assessment_domain::assessment::{Assessment, State, assesses, duties, handles};
use kinward_assessment_domain::indexes::Assessments;
use kinward_chassis::{Caller, Desk};
use kinward_contracts::assessment::v1::{
    AssessmentEvent, AssessmentView, DimensionView, ItemView, NeedView, ParticipantView,
    assessment_event::Event,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{FieldClass, Sealed};
use kinward_eventsourcing::{Index as _, Recorded};
use kinward_statute::Duty;
use std::collections::BTreeMap;
use tonic::Status;

/// The texts of an assessment: of what, and its sealed value; the last one of each counts.
type Texts = BTreeMap<(&'static str, String), Sealed>;

/// What the caller may open.
struct Reader<'a> {
    desk: &'a Desk<Assessment>,
    health: bool,
    narrative: bool,
    texts: Texts,
}

impl Reader<'_> {
    async fn open(&self, what: &'static str, of: impl ToString, class: FieldClass) -> Result<String, Status> {
        let may = if class == FieldClass::Health { self.health } else { self.narrative };
        let sealed = self.texts.get(&(what, of.to_string())).filter(|_| may);
        self.desk.text(sealed).await
    }

    async fn health(&self, what: &'static str, of: impl ToString) -> Result<String, Status> {
        self.open(what, of, FieldClass::Health).await
    }

    async fn narrative(&self, what: &'static str, of: impl ToString) -> Result<String, Status> {
        self.open(what, of, FieldClass::Narrative).await
    }
}

/// The view of an assessment with these events; `None`: there are none. Refused to who has no part in it.
pub(super) async fn view(
    events: &[Recorded],
    caller: &Caller,
    desk: &Desk<Assessment>,
) -> Result<Option<AssessmentView>, Status> {
    let (mut folded, mut texts) = (Assessments::default(), Texts::default());
    for event in events {
        // an event that does not decode must not hide the others
        if let Err(error) = folded.fold(event) {
            tracing::error!(%error, "an event of an assessment was left out");
        }
        if let Ok(Some(AssessmentEvent { event: Some(event) })) = event.decode() {
            collect(event, &mut texts);
        }
    }
    let Some((id, entry)) = folded.0.into_iter().next() else { return Ok(None) };
    let (state, principal) = (entry.state, &caller.principal);
    let department = principal.department();
    let narrative = handles(&state, department, &principal.area);
    let health = assesses(&state, department, &principal.unit, &principal.area);
    let provides = state.items.values().any(|item| item.provider.as_ref() == Some(&principal.unit));
    if !health && !provides {
        return Err(principal.denied());
    }
    let reader = Reader { desk, health, narrative, texts };
    Ok(Some(AssessmentView {
        assessment_id: id.clone(),
        stage: state.stage,
        origin: state.origin,
        reason: state.reason,
        concern: reader.narrative("concern", "").await?,
        previous_assessment_id: state.previous.clone(),
        later_assessment_id: state.later.clone(),
        incident_id: state.incident_id.clone(),
        child: Some(state.child()),
        village_code: state.village_code.clone(),
        opened_at: Some(timestamp(state.opened_at)),
        participants: participants(&state, &reader).await?,
        dimensions: dimensions(&state, &reader).await?,
        risk: state.risk,
        grounds: state.grounds.clone(),
        evidence_ids: state.evidence_ids.clone(),
        goals: reader.narrative("goals", "").await?,
        needs: needs(&state, &reader).await?,
        items: state.items.iter().map(|(id, item)| self::item(id, item)).collect(),
        duties: Duty::of::<Assessment>(&id, duties(&state), desk.clock.now()),
        revision: entry.revision,
        reassess_by: state
            .clocks
            .open()
            .find(|(id, _)| *id == "reassessment")
            .map(|(_, clock)| timestamp(clock.due_at)),
    }))
}

fn collect(event: Event, texts: &mut Texts) {
    let mut keep = |what, of: String, sealed: Option<Sealed>| {
        if let Some(sealed) = sealed {
            texts.insert((what, of), sealed);
        }
    };
    match event {
        Event::AssessmentOpened(opened) => keep("concern", String::new(), opened.concern),
        Event::InvitationDeclined(declined) => keep("declined", declined.participant_id, declined.reason),
        Event::InputGiven(given) => {
            let of = given.participant_id.unwrap_or_else(|| given.department.to_string());
            keep("statement", of, given.statement);
        }
        Event::DimensionAssessed(assessed) => {
            keep("findings", assessed.dimension.to_string(), assessed.findings);
        }
        Event::PlanDrawnUp(plan) => {
            keep("goals", String::new(), plan.goals);
            for need in plan.needs {
                keep("need", need.need_id.clone(), need.description);
                keep("none", need.need_id, need.no_service_reason);
            }
        }
        _ => {}
    }
}

async fn participants(state: &State, reader: &Reader<'_>) -> Result<Vec<ParticipantView>, Status> {
    use kinward_contracts::assessment::v1::Answer;
    let mut all = Vec::new();
    for department in state.inputs.keys() {
        all.push(ParticipantView {
            department: *department,
            answer: Answer::Signed.into(),
            statement: reader.health("statement", department).await?,
            ..ParticipantView::default()
        });
    }
    for (id, one) in &state.participants {
        let statement = match one.answer() {
            Answer::Signed => reader.health("statement", id).await?,
            Answer::Declined => reader.narrative("declined", id).await?,
            Answer::Unspecified => String::new(),
        };
        all.push(ParticipantView {
            participant_id: id.clone(),
            kind: one.kind,
            department: one.department,
            unit_id: one.unit_id.clone(),
            person_id: one.person_id.clone(),
            relation: one.relation,
            answer: one.answer,
            statement,
        });
    }
    Ok(all)
}

async fn dimensions(state: &State, reader: &Reader<'_>) -> Result<Vec<DimensionView>, Status> {
    let mut all = Vec::new();
    for (dimension, score) in &state.dimensions {
        let findings = reader.health("findings", dimension).await?;
        all.push(DimensionView { dimension: *dimension, score: *score, findings });
    }
    Ok(all)
}

async fn needs(state: &State, reader: &Reader<'_>) -> Result<Vec<NeedView>, Status> {
    let mut all = Vec::new();
    for (id, need) in &state.needs {
        all.push(NeedView {
            need_id: id.clone(),
            dimension: need.dimension,
            description: reader.health("need", id).await?,
            has_services: !need.none,
            no_service_reason: reader.narrative("none", id).await?,
        });
    }
    Ok(all)
}

fn item(id: &str, item: &kinward_assessment_domain::assessment::Item) -> ItemView {
    ItemView {
        item_id: id.to_owned(),
        service: item.service,
        need_id: item.need_id.clone(),
        provider_unit_id: item.provider.clone().unwrap_or_default(),
        delivered: item.delivered,
        reviewed: item.reviewed,
        outcome: item.outcome,
    }
}
