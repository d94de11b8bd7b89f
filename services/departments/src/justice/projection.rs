//! Events to rows.

use super::rows::{Assessment, Case, LegalOrder, Petition};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::assessment::v1::{AssessmentEvent, ServiceKind, assessment_event};
use kinward_contracts::custody::v1::{CaseEvent, CaseStage, case_event};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "justice";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../justice/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables()
            .into_iter()
            .chain([
                TableSpec::of::<LegalOrder>(),
                TableSpec::of::<Petition>(),
                TableSpec::of::<Assessment>(),
                TableSpec::of::<Case>(),
            ])
            .collect()
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
    let id = event.subject.id();
    match body {
        Event::AssessmentOpened(opened) => rows.put(Assessment {
            assessment_id: id.to_owned(),
            village_code: opened.village_code,
            child_id: opened.child.and_then(|child| child.child_id),
        }),
        Event::PlanDrawnUp(plan) => {
            let place = rows.get::<Assessment>(id)?;
            let (village_code, child_id) =
                place.map(|row| (row.village_code, row.child_id)).unwrap_or_default();
            let legal = [ServiceKind::LegalServices, ServiceKind::LegalAid];
            for item in plan.items.into_iter().filter(|item| legal.contains(&item.service())) {
                rows.put(LegalOrder {
                    service: item.service,
                    item_id: item.item_id,
                    assessment_id: id.to_owned(),
                    child_id: child_id.clone(),
                    village_code: village_code.clone(),
                    provider_unit_id: None,
                    delivered: 0,
                    outcome: 0,
                    opened: event.position.0.cast_signed(),
                });
            }
        }
        Event::ServiceOrdered(ordered) => rows.update::<LegalOrder>(&ordered.item_id, |row| {
            row.provider_unit_id = Some(ordered.provider_unit_id);
        })?,
        Event::ServiceDelivered(delivered) => {
            rows.update::<LegalOrder>(&delivered.item_id, |row| row.delivered += 1)?;
        }
        Event::ServiceClosed(closed) => {
            rows.update::<LegalOrder>(&closed.item_id, |row| row.outcome = closed.outcome)?;
        }
        _ => {}
    }
    Ok(())
}

fn case(rows: &mut Rows, event: &Recorded, body: case_event::Event) -> Result<(), Apply> {
    use case_event::Event;
    let id = event.subject.id();
    let stage = |rows: &mut Rows, petition_id: &str, stage: CaseStage| {
        rows.update::<Petition>(petition_id, |row| row.stage = stage.into())
    };
    match body {
        Event::CaseOpened(opened) => {
            rows.put(Case {
                case_id: id.to_owned(),
                village_code: opened.village_code,
                child_id: opened.child.and_then(|child| child.child_id),
            });
            Ok(())
        }
        Event::PetitionFiled(filed) => {
            let place = rows.get::<Case>(id)?;
            let (village_code, child_id) =
                place.map(|row| (row.village_code, row.child_id)).unwrap_or_default();
            rows.put(Petition {
                petition_id: filed.petition_id,
                case_id: id.to_owned(),
                child_id,
                village_code,
                petitioner: filed.petitioner,
                court_unit_id: filed.court_unit_id,
                grounds: filed.grounds,
                stage: CaseStage::Filed.into(),
                ruling: 0,
                filed_at: event.occurred_at(),
                opened: event.position.0.cast_signed(),
            });
            Ok(())
        }
        Event::PetitionAccepted(of) => stage(rows, &of.petition_id, CaseStage::Accepted),
        Event::PetitionHeard(of) => stage(rows, &of.petition_id, CaseStage::Heard),
        Event::PetitionRuled(ruled) => rows.update::<Petition>(&ruled.petition_id, |row| {
            row.stage = CaseStage::Ruled.into();
            row.ruling = ruled.ruling;
        }),
        _ => Ok(()),
    }
}
