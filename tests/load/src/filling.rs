//! Fills a log with incidents, decided by the real rules and published without waiting for each: history that a
//! measurement needs behind it, in seconds instead of minutes.

use crate::requests::{VILLAGE, incident};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use kinward_contracts::SealedFields;
use kinward_contracts::dispatch::v1::{
    IncidentAccepted, IncidentOpened, MedicalCareReferred, UnitArrived, UnitDispatched, incident_event::Event,
};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{
    Binding, ChildReference, DangerSigns, Department, Sealed, Severity, Situation, Suite,
};
use kinward_dispatch_domain::incident::{Command, Incident};
use kinward_eventsourcing::{
    Clock as _, CommandId, Context, Decider as _, Envelope, Folded, Position, SealError, Sealer, SystemClock,
    commit, derived_uuid,
};
use kinward_statute::Reference;
use std::collections::BTreeMap;

/// A commit and where it goes.
pub(crate) struct Filling {
    subject: String,
    bytes: Bytes,
}

/// Incidents that are at work at the same time: neighbours in the log are of different ones.
const AT_ONCE: u64 = 2_000;
/// Publishes that wait for their answers.
const WAITING: usize = 2_000;

/// `count` incidents with `steps` commits each: opened, accepted, dispatched, arrived, then referrals. Numbers its
/// events. No clock runs in an incident that police have reached.
pub(crate) fn incidents(count: u64, steps: usize) -> anyhow::Result<(Vec<Filling>, u64)> {
    let now = SystemClock.now();
    let (mut all, mut events) = (Vec::new(), 0);
    for first in (0..count).step_by(usize::try_from(AT_ONCE)?) {
        let ids: Vec<String> = (first..count.min(first + AT_ONCE)).map(incident).collect();
        let mut folded: Vec<Folded<Incident>> = ids.iter().map(|_| Folded::default()).collect();
        for step in 0..steps {
            for (id, folded) in ids.iter().zip(&mut folded) {
                let filling = next(id, step, folded, now)?;
                // the position only has to grow: the real one is given by the server
                folded.fold(Position(folded.position.0 + 1), &filling.bytes)?;
                all.push(filling);
            }
        }
        events += folded.iter().map(|folded| folded.revision.0).sum::<u64>();
    }
    Ok((all, events))
}

fn next(id: &str, step: usize, folded: &Folded<Incident>, now: DateTime<Utc>) -> anyhow::Result<Filling> {
    let unit_id = "police-430903".to_owned();
    let person_id = derived_uuid(&[id, "child"]);
    let of_child = |text: &str| Some(Sealed::plain(&person_id, text));
    let record = |event: Event| Command::Record { event, occurred_at: None };
    let command = match step {
        0 => Command::Open(Box::new(IncidentOpened {
            report_id: derived_uuid(&[id, "report"]),
            situations: vec![Situation::LivingAlone.into(), Situation::DomesticViolence.into()],
            severity: Severity::Urgent.into(),
            signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
            village_code: Some(VILLAGE.to_owned()),
            child: Some(ChildReference { child_id: None, person_id: person_id.clone() }),
            child_name: of_child("陈小满"),
            place: of_child("村小学东侧自建房"),
            narrative: of_child("独自居住，手臂有新旧淤伤，称父亲上次返家时殴打"),
            ..IncidentOpened::default()
        })),
        1 => record(Event::IncidentAccepted(IncidentAccepted { unit_id })),
        2 => record(Event::UnitDispatched(UnitDispatched { unit_id })),
        3 => record(Event::UnitArrived(UnitArrived { unit_id })),
        _ => record(Event::MedicalCareReferred(MedicalCareReferred {
            referral_id: derived_uuid(&[id, "referral", &step.to_string()]),
            unit_id: "hospital-430903-01".to_owned(),
            complaint: of_child("左前臂淤伤，肿胀"),
        })),
    };
    let actor = Actor {
        department: Department::PublicSecurity.into(),
        role: "duty-officer".to_owned(),
        unit_id: "police-430903".to_owned(),
        area: "430903".to_owned(),
        on_behalf_of_unit_id: String::new(),
        person: Some(Sealed::plain("actor:police-430903", "person-duty-officer")),
    };
    let command_id = CommandId::of_request("load", id, &step.to_string());
    let reference = Reference::default();
    let context = Context { id, now, command_id: &command_id, actor: &actor, reference: &reference };
    let facts = Incident::decide(&folded.state, &command, &context)
        .map_err(|rejection| anyhow::anyhow!("filling the log: {rejection:?}"))?;
    let envelope = Envelope {
        log_id: "430903".to_owned(),
        correlation_id: command_id.as_str().to_owned(),
        command_id,
        request_hash: vec![7; 32],
        actor,
        recorded_at: now,
        causation_id: String::new(),
        purpose: String::new(),
        legal_basis: String::new(),
        reference_position: 0,
        traceparent: String::new(),
        actor_key: std::sync::Arc::default(),
    };
    let subject = Folded::<Incident>::subject(id)?;
    let bytes = commit(&subject, folded, facts, envelope, &Sealing)?.bytes;
    Ok(Filling { subject: subject.as_str().to_owned(), bytes })
}

/// Values as long as sealed ones, that nothing opens.
struct Sealing;

impl Sealer for Sealing {
    fn seal(
        &self,
        fields: &mut dyn SealedFields,
        subject: &str,
        event_id: &str,
        _: &BTreeMap<String, String>,
    ) -> Result<(), SealError> {
        fields.visit_sealed("", &mut |path, _, sealed| {
            if !sealed.is_plain() {
                return;
            }
            sealed.binding = Some(Binding {
                subject: subject.to_owned(),
                event_id: event_id.to_owned(),
                field: path.to_owned(),
            });
            sealed.key_id = format!("{:032x}", rand::random::<u128>());
            sealed.nonce = rand::random::<[u8; 12]>().to_vec();
            sealed.ciphertext = (0..sealed.ciphertext.len() + 16).map(|_| rand::random()).collect();
            sealed.set_suite(Suite::Aes256GcmSiv);
        });
        Ok(())
    }
}

/// Publishes in order; waits at the end for every answer.
pub(crate) async fn fill(server: &str, filling: Vec<Filling>) -> anyhow::Result<()> {
    let jetstream = async_nats::jetstream::new(async_nats::connect(server).await?);
    let mut answers = futures::stream::FuturesUnordered::new();
    for Filling { subject, bytes } in filling {
        answers.push(jetstream.publish(subject, bytes).await?.into_future());
        if answers.len() >= WAITING
            && let Some(answer) = answers.next().await
        {
            answer?;
        }
    }
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}
