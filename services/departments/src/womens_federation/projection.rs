//! Events to rows.

use super::rows::{Family, Place};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::assessment::v1::{AssessmentEvent, ServiceKind, assessment_event};
use kinward_contracts::custody::v1::{CaseEvent, case_event};
use kinward_contracts::departments::v1::GuidanceOrigin;
use kinward_contracts::r#type::v1::ChildReference;
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "womens_federation";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../womens_federation/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables().into_iter().chain([TableSpec::of::<Family>(), TableSpec::of::<Place>()]).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        if let Some(AssessmentEvent { event: Some(body) }) = event.decode()? {
            return assessment(rows, event, body);
        }
        if let Some(CaseEvent { event: Some(body) }) = event.decode()? {
            return case(rows, event, body);
        }
        Ok(())
    }
}

fn assessment(rows: &mut Rows, event: &Recorded, body: assessment_event::Event) -> Result<(), Apply> {
    use assessment_event::Event;
    match body {
        Event::AssessmentOpened(opened) => rows.put(place(event, opened.village_code, opened.child)),
        Event::PlanDrawnUp(plan) => {
            let guidance = |service| service == ServiceKind::GuardianshipGuidance;
            for item in plan.items.into_iter().filter(|item| guidance(item.service())) {
                let family = family(rows, event, item.item_id, GuidanceOrigin::Plan)?;
                rows.put(family);
            }
        }
        Event::ServiceOrdered(ordered) => rows.update::<Family>(&ordered.item_id, |row| {
            row.provider_unit_id = Some(ordered.provider_unit_id);
        })?,
        Event::ServiceClosed(closed) => {
            rows.update::<Family>(&closed.item_id, |row| row.ended_at = Some(event.occurred_at()))?;
        }
        _ => {}
    }
    Ok(())
}

fn case(rows: &mut Rows, event: &Recorded, body: case_event::Event) -> Result<(), Apply> {
    use case_event::Event;
    match body {
        Event::CaseOpened(opened) => rows.put(place(event, opened.village_code, opened.child)),
        Event::FamilyEducationOrdered(ordered) => {
            let mut family = family(rows, event, ordered.family_education_id, GuidanceOrigin::Order)?;
            family.provider_unit_id = Some(ordered.provider_unit_id);
            rows.put(family);
        }
        Event::FamilyEducationEnded(ended) => {
            let at = event.occurred_at();
            rows.update::<Family>(&ended.family_education_id, |row| row.ended_at = Some(at))?;
        }
        _ => {}
    }
    Ok(())
}

fn place(event: &Recorded, village_code: Option<String>, child: Option<ChildReference>) -> Place {
    let child_id = child.and_then(|child| child.child_id);
    Place { subject: event.subject.as_str().to_owned(), village_code, child_id }
}

fn family(
    rows: &Rows,
    event: &Recorded,
    guidance_id: String,
    origin: GuidanceOrigin,
) -> Result<Family, Apply> {
    let place = rows.get::<Place>(event.subject.as_str())?;
    let (village_code, child_id) = place.map(|row| (row.village_code, row.child_id)).unwrap_or_default();
    Ok(Family {
        guidance_id,
        origin: origin.into(),
        child_id,
        village_code,
        provider_unit_id: None,
        since: event.occurred_at(),
        ended_at: None,
        opened: event.position.0.cast_signed(),
    })
}
