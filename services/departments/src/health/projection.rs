//! Events to rows.

use super::rows::{Incident, Referral, Section};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::departments::v1::ReferralKind;
use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event};
use kinward_contracts::registry::v1::{ChildEvent, child_event};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "health";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../health/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables()
            .into_iter()
            .chain([TableSpec::of::<Referral>(), TableSpec::of::<Incident>(), TableSpec::of::<Section>()])
            .collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        if let Some(IncidentEvent { event: Some(body) }) = event.decode()? {
            return incident(rows, event, body);
        }
        if let Some(ChildEvent { event: Some(body) }) = event.decode()? {
            return child(rows, event, body);
        }
        Ok(())
    }
}

fn incident(rows: &mut Rows, event: &Recorded, body: incident_event::Event) -> Result<(), Apply> {
    use incident_event::Event;
    let id = event.subject.id();
    match body {
        Event::IncidentOpened(opened) => {
            rows.put(Incident {
                incident_id: id.to_owned(),
                village_code: opened.village_code,
                child_id: opened.child.and_then(|child| child.child_id),
                referral_ids: Vec::new(),
            });
            Ok(())
        }
        Event::ChildIdentified(identified) => {
            let Some(mut incident) = rows.get::<Incident>(id)? else { return Ok(()) };
            incident.child_id = Some(identified.child_id);
            for referral_id in &incident.referral_ids {
                let child_id = incident.child_id.clone();
                rows.update::<Referral>(referral_id, |row| row.child_id = child_id)?;
            }
            rows.put(incident);
            Ok(())
        }
        Event::MedicalCareReferred(to) => {
            let kind = ReferralKind::MedicalCare;
            referred(rows, event, (to.referral_id, to.unit_id), kind, Ciphertext::of(to.complaint.as_ref()))
        }
        Event::InjuryAppraisalReferred(to) => {
            referred(rows, event, (to.referral_id, to.unit_id), ReferralKind::InjuryAppraisal, None)
        }
        Event::MedicalCareResulted(resulted) => rows.update::<Referral>(&resulted.referral_id, |row| {
            row.outcome = resulted.outcome;
            row.result = Ciphertext::of(resulted.result.as_ref());
            row.resulted_at = Some(event.occurred_at());
        }),
        Event::InjuryAppraised(appraised) => rows.update::<Referral>(&appraised.referral_id, |row| {
            row.degree = appraised.degree;
            row.result = Ciphertext::of(appraised.opinion.as_ref());
            row.resulted_at = Some(event.occurred_at());
        }),
        _ => Ok(()),
    }
}

fn referred(
    rows: &mut Rows,
    event: &Recorded,
    (referral_id, unit_id): (String, String),
    kind: ReferralKind,
    complaint: Option<Ciphertext>,
) -> Result<(), Apply> {
    let incident = rows.get::<Incident>(event.subject.id())?;
    let (village_code, child_id) =
        incident.as_ref().map(|row| (row.village_code.clone(), row.child_id.clone())).unwrap_or_default();
    if let Some(mut incident) = incident {
        incident.referral_ids.push(referral_id.clone());
        rows.put(incident);
    }
    rows.put(Referral {
        referral_id,
        incident_id: event.subject.id().to_owned(),
        kind: kind.into(),
        unit_id,
        village_code,
        child_id,
        complaint,
        outcome: 0,
        degree: 0,
        result: None,
        referred_at: event.occurred_at(),
        resulted_at: None,
        opened: event.position.0.cast_signed(),
    });
    Ok(())
}

fn child(rows: &mut Rows, event: &Recorded, body: child_event::Event) -> Result<(), Apply> {
    use child_event::Event;
    let id = event.subject.id();
    let new = |village_code: String| Section {
        child_id: id.to_owned(),
        village_code,
        condition: None,
        vaccinations: None,
        insured: None,
        examined_on: None,
        recorded_at: None,
    };
    match body {
        Event::ChildRegistered(child) => rows.put(new(child.household.unwrap_or_default().village_code)),
        Event::UnknownChildRegistered(child) => rows.put(new(child.found.unwrap_or_default().village_code)),
        Event::HouseholdMoved(moved) => rows.update::<Section>(id, |row| {
            row.village_code = moved.household.unwrap_or_default().village_code;
        })?,
        Event::HealthRecorded(health) => rows.update::<Section>(id, |row| {
            // what is not told again stays as it was
            let newer = |old: &mut Option<Ciphertext>, new: Option<Ciphertext>| *old = new.or(old.take());
            newer(&mut row.condition, Ciphertext::of(health.condition.as_ref()));
            newer(&mut row.vaccinations, Ciphertext::of(health.vaccinations.as_ref()));
            newer(&mut row.insured, Ciphertext::of(health.insured.as_ref()));
            newer(&mut row.examined_on, Ciphertext::of(health.examined_on.as_ref()));
            row.recorded_at = Some(event.occurred_at());
        })?,
        _ => {}
    }
    Ok(())
}
