//! Events to rows.

use super::rows::{Case, Notice, Placement, Relief};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::assessment::v1::{ReliefEvent, ReliefStage, relief_event};
use kinward_contracts::custody::v1::{CaseEvent, CaseStage, case_event};
use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event};
use kinward_contracts::notification::v1::{NoticeEvent, notice_event};
use kinward_contracts::{CarriesClocks as _, instant};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};
use kinward_statute::Clocks;

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "civil_affairs";
    const GENERATION: u32 = 4;
    const SCHEMA: &'static str = work::schema!("../civil_affairs/schema.sql");

    fn tables() -> Vec<TableSpec> {
        let own = [
            TableSpec::of::<Case>(),
            TableSpec::of::<Placement>(),
            TableSpec::of::<Notice>(),
            TableSpec::of::<Relief>(),
        ];
        work::tables().into_iter().chain(own).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        if let Some(ReliefEvent { event: Some(body) }) = event.decode()? {
            return relief(rows, event, body);
        }
        if let Some(body) = event.decode::<CaseEvent>()? {
            return case(rows, event, &body);
        }
        if let Some(IncidentEvent { event: Some(body) }) = event.decode()? {
            return incident(rows, event, body);
        }
        if let Some(NoticeEvent { event: Some(body) }) = event.decode()? {
            return notice(rows, event, body);
        }
        Ok(())
    }
}

fn case(rows: &mut Rows, event: &Recorded, body: &CaseEvent) -> Result<(), Apply> {
    use case_event::Event;
    let id = event.subject.id();
    if let Some(Event::CaseOpened(opened)) = &body.event {
        rows.put(Case {
            case_id: id.to_owned(),
            child_id: opened.child.as_ref().and_then(|child| child.child_id.clone()),
            village_code: opened.village_code.clone(),
            grounds: Vec::new(),
            stage: CaseStage::Open.into(),
            ruling: 0,
            designated_name: None,
            clocks: Clocks::default(),
            opened: event.position.0.cast_signed(),
        });
        return Ok(());
    }
    rows.update::<Case>(id, |row| {
        if let Some(clock) = body.clock() {
            row.clocks.fold(&clock);
        }
        let stage = match &body.event {
            Some(Event::GroundMet(met)) => {
                if !row.grounds.contains(&met.ground) {
                    row.grounds.push(met.ground);
                }
                return;
            }
            Some(Event::PetitionFiled(filed)) => {
                // time alone may have completed a ground that the petition relies on
                for ground in &filed.grounds {
                    if !row.grounds.contains(ground) {
                        row.grounds.push(*ground);
                    }
                }
                CaseStage::Filed
            }
            Some(Event::PetitionAccepted(_)) => CaseStage::Accepted,
            Some(Event::PetitionHeard(_)) => CaseStage::Heard,
            Some(Event::PetitionRuled(ruled)) => {
                row.ruling = ruled.ruling;
                row.designated_name =
                    ruled.designated.as_ref().and_then(|guardian| Ciphertext::of(guardian.name.as_ref()));
                CaseStage::Ruled
            }
            _ => return,
        };
        row.stage = stage.into();
    })
}

fn relief(rows: &mut Rows, event: &Recorded, body: relief_event::Event) -> Result<(), Apply> {
    use relief_event::Event;
    let id = event.subject.id();
    match body {
        Event::ReliefReferred(referred) => {
            rows.put(Relief {
                relief_id: id.to_owned(),
                child_id: referred.child.and_then(|child| child.child_id),
                village_code: referred.village_code,
                recipient: referred.recipient,
                kinds: referred.proposed,
                stage: ReliefStage::Referred.into(),
                referred_at: event.occurred_at(),
                opened: event.position.0.cast_signed(),
            });
            Ok(())
        }
        Event::ReliefEnrolled(enrolled) => rows.update::<Relief>(id, |row| {
            row.kinds = enrolled.kinds;
            row.stage = ReliefStage::Enrolled.into();
        }),
        Event::ReliefRefused(_) => rows.update::<Relief>(id, |row| row.stage = ReliefStage::Refused.into()),
        Event::ReliefWithdrawn(_) => {
            rows.update::<Relief>(id, |row| row.stage = ReliefStage::Withdrawn.into())
        }
        _ => Ok(()),
    }
}

fn incident(rows: &mut Rows, event: &Recorded, body: incident_event::Event) -> Result<(), Apply> {
    use incident_event::Event;
    match body {
        Event::ChildPlacedTemporarily(placed) => {
            rows.put(Placement {
                incident_id: event.subject.id().to_owned(),
                child_id: placed.child.and_then(|child| child.child_id),
                kind: placed.kind,
                giver_unit_id: placed.giver_unit_id,
                taker_unit_id: placed.taker_unit_id,
                since: placed.from_at.as_ref().and_then(instant).unwrap_or_else(|| event.occurred_at()),
                until: None,
                placed: event.position.0.cast_signed(),
                placement_id: placed.placement_id,
            });
            Ok(())
        }
        Event::PlacementEnded(ended) => rows.update::<Placement>(&ended.placement_id, |row| {
            row.until = ended.until_at.as_ref().and_then(instant).or(Some(event.occurred_at()));
        }),
        _ => Ok(()),
    }
}

fn notice(rows: &mut Rows, event: &Recorded, body: notice_event::Event) -> Result<(), Apply> {
    use notice_event::Event;
    let id = event.subject.id();
    match body {
        Event::NoticeSent(sent) => {
            let recipient = sent.recipient.unwrap_or_default();
            rows.put(Notice {
                notice_id: id.to_owned(),
                incident_id: sent.about.and_then(|about| about.incident_id),
                template: sent.template,
                department: recipient.department,
                area: recipient.area,
                sent_at: event.recorded_at(),
                acknowledged: false,
                level: 0,
                sent: event.position.0.cast_signed(),
            });
            Ok(())
        }
        Event::NoticeAcknowledged(_) => rows.update::<Notice>(id, |row| row.acknowledged = true),
        Event::NoticeEscalated(escalated) => rows.update::<Notice>(id, |row| {
            row.level = escalated.level.cast_signed();
        }),
        _ => Ok(()),
    }
}
