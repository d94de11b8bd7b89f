//! Events to rows.

use super::rows::{Assessment, Child, Guardian};
use kinward_contracts::assessment::v1::{AssessmentEvent, assessment_event};
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, ChildStatus, Guardian as RegistryGuardian, GuardianshipBasis, child_event,
};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "township";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = include_str!("schema.sql");

    fn tables() -> Vec<TableSpec> {
        vec![TableSpec::of::<Child>(), TableSpec::of::<Assessment>()]
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        let id = event.subject.id();
        if let Some(ChildEvent { event: Some(event) }) = event.decode()? {
            return child(rows, id, event);
        }
        if let Some(AssessmentEvent { event: Some(body) }) = event.decode()? {
            return assessment(rows, id, body, event.position.0.cast_signed());
        }
        Ok(())
    }
}

fn child(rows: &mut Rows, id: &str, event: child_event::Event) -> Result<(), Apply> {
    use child_event::Event;
    match event {
        Event::ChildRegistered(registered) => {
            rows.put(new_child(id, &registered));
            Ok(())
        }
        Event::UnknownChildRegistered(unknown) => {
            let found = unknown.found.unwrap_or_default();
            rows.put(Child {
                child_id: id.to_owned(),
                village_code: found.village_code,
                status: ChildStatus::Unspecified.into(),
                guardianship_gap: false,
                name: None,
                address: Ciphertext::of(found.address.as_ref()),
                guardians: Vec::new(),
            });
            Ok(())
        }
        Event::HouseholdMoved(moved) => rows.update::<Child>(id, |row| {
            let home = moved.household.clone().unwrap_or_default();
            row.village_code = home.village_code;
            row.address = Ciphertext::of(home.address.as_ref());
        }),
        Event::GuardianRecorded(recorded) => rows.update::<Child>(id, |row| {
            row.know(recorded.guardian.as_ref().map(guardian));
        }),
        Event::DelegationMade(made) => rows.update::<Child>(id, |row| {
            row.know(made.trustee.as_ref().map(guardian));
        }),
        Event::StatusChanged(changed) => rows.update::<Child>(id, |row| row.status = changed.to_status),
        Event::GuardianshipGapRaised(_) => rows.update::<Child>(id, |row| row.guardianship_gap = true),
        Event::GuardianshipGapClosed(_) => rows.update::<Child>(id, |row| row.guardianship_gap = false),
        Event::GuardianRevoked(revoked) => rows.update::<Child>(id, |row| {
            for guardian in row.guardians.iter_mut().filter(|all| all.person_id == revoked.person_id) {
                guardian.revoked = true;
            }
        }),
        Event::GuardianDesignated(designated) => rows.update::<Child>(id, |row| {
            row.know(designated.guardian.as_ref().map(guardian));
        }),
        Event::GuardianRestored(restored) => rows.update::<Child>(id, |row| {
            let court = i32::from(GuardianshipBasis::Court);
            row.guardians.retain(|all| all.person_id != restored.ended_person_id || all.basis != court);
            for guardian in row.guardians.iter_mut().filter(|all| all.person_id == restored.person_id) {
                guardian.revoked = false;
            }
        }),
        _ => Ok(()),
    }
}

fn new_child(id: &str, registered: &ChildRegistered) -> Child {
    let home = registered.household.clone().unwrap_or_default();
    let parents = registered.parents.iter().map(|parent| Guardian {
        person_id: parent.person_id.clone(),
        relation: parent.relation,
        basis: GuardianshipBasis::Parent.into(),
        name: Ciphertext::of(parent.name.as_ref()),
        revoked: false,
    });
    Child {
        child_id: id.to_owned(),
        village_code: home.village_code,
        status: ChildStatus::Unspecified.into(),
        guardianship_gap: false,
        name: Ciphertext::of(registered.name.as_ref()),
        address: Ciphertext::of(home.address.as_ref()),
        guardians: parents.chain(registered.guardians.iter().map(guardian)).collect(),
    }
}

fn guardian(guardian: &RegistryGuardian) -> Guardian {
    Guardian {
        person_id: guardian.person_id.clone(),
        relation: guardian.relation,
        basis: guardian.basis,
        name: Ciphertext::of(guardian.name.as_ref()),
        revoked: false,
    }
}

fn assessment(rows: &mut Rows, id: &str, event: assessment_event::Event, position: i64) -> Result<(), Apply> {
    use assessment_event::Event;
    let mut update = |change: &dyn Fn(&mut Assessment)| rows.update::<Assessment>(id, |row| change(row));
    match event {
        Event::AssessmentOpened(opened) => {
            rows.put(Assessment {
                assessment_id: id.to_owned(),
                incident_id: opened.incident_id,
                child_id: opened.child.and_then(|child| child.child_id),
                village_code: opened.village_code,
                risk: 0,
                inputs: Vec::new(),
                dimensions: Vec::new(),
                plan_items: 0,
                plan_items_closed: 0,
                opened: position,
            });
            Ok(())
        }
        Event::InputGiven(given) => update(&|row| {
            if !row.inputs.contains(&given.department) {
                row.inputs.push(given.department);
            }
        }),
        Event::DimensionAssessed(assessed) => update(&|row| {
            if !row.dimensions.contains(&assessed.dimension) {
                row.dimensions.push(assessed.dimension);
            }
        }),
        Event::AssessmentFinalised(finalised) => update(&|row| row.risk = finalised.risk),
        Event::PlanDrawnUp(plan) => {
            update(&|row| row.plan_items = i32::try_from(plan.items.len()).unwrap_or(i32::MAX))
        }
        Event::ServiceClosed(_) => update(&|row| row.plan_items_closed += 1),
        _ => Ok(()),
    }
}
