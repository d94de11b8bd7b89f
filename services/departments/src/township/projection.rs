//! Events to rows.

use super::rows::{Assessment, Child, Guardian};
use crate::Office as _;
use crate::work::{self, Whose};
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentEvent, assessment_event};
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, ChildStatus, Guardian as RegistryGuardian, GuardianshipBasis, SchoolStage,
    Whereabouts, child_event,
};
use kinward_contracts::r#type::v1::Capacity;
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "township";
    const GENERATION: u32 = 4;
    const SCHEMA: &'static str = work::schema!("../township/schema.sql");

    fn tables() -> Vec<TableSpec> {
        let own = [TableSpec::of::<Child>(), TableSpec::of::<Assessment>()];
        work::tables().into_iter().chain(own).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        work::apply(rows, event, Whose::Of(Self::SERVES))?;
        let id = event.subject.id();
        if let Some(ChildEvent { event: Some(body) }) = event.decode()? {
            return child(rows, id, body, event.occurred_at());
        }
        if let Some(AssessmentEvent { event: Some(body) }) = event.decode()? {
            return assessment(rows, id, body, event.position.0.cast_signed());
        }
        Ok(())
    }
}

fn child(rows: &mut Rows, id: &str, event: child_event::Event, at: DateTime<Utc>) -> Result<(), Apply> {
    use child_event::Event;
    match event {
        Event::ChildRegistered(registered) => {
            let mut child = new_child(id, &registered);
            child.complete = child.is_complete();
            rows.put(child);
            Ok(())
        }
        Event::UnknownChildRegistered(unknown) => {
            let found = unknown.found.unwrap_or_default();
            let mut child = new_child(id, &ChildRegistered::default());
            child.village_code = found.village_code;
            child.address = Ciphertext::of(found.address.as_ref());
            rows.put(child);
            Ok(())
        }
        body => rows.update::<Child>(id, |child| {
            change(child, body, at);
            child.complete = child.is_complete();
        }),
    }
}

fn change(row: &mut Child, event: child_event::Event, at: DateTime<Utc>) {
    use child_event::Event;
    match event {
        Event::HouseholdMoved(moved) => {
            let home = moved.household.unwrap_or_default();
            row.village_code = home.village_code;
            row.address = Ciphertext::of(home.address.as_ref());
        }
        Event::ParentWhereaboutsRecorded(recorded) => {
            let facts = recorded.facts.unwrap_or_default();
            for parent in row.guardians.iter_mut().filter(|one| one.person_id == recorded.person_id) {
                (parent.whereabouts, parent.capacity) = (facts.whereabouts, facts.capacity);
            }
        }
        Event::GuardianRecorded(recorded) => row.know(recorded.guardian.as_ref().map(guardian)),
        Event::DelegationMade(made) => row.know(made.trustee.as_ref().map(guardian)),
        Event::GuardianDesignated(designated) => {
            let designated = designated.guardian.as_ref().map(guardian);
            let known =
                |all: &&Guardian| designated.as_ref().is_some_and(|new| new.person_id == all.person_id);
            let before = row.guardians.iter().find(known).map(|known| known.before.unwrap_or(known.basis));
            row.know(designated.clone());
            if let Some(new) = row.guardians.iter_mut().find(|all| known(&&**all)) {
                (new.before, new.revoked) = (before, false);
            }
        }
        Event::StatusChanged(changed) => row.status = changed.to_status,
        Event::GuardianshipGapRaised(_) => row.guardianship_gap = true,
        Event::GuardianshipGapClosed(_) => row.guardianship_gap = false,
        Event::GuardianRevoked(revoked) => {
            for guardian in row.guardians.iter_mut().filter(|all| all.person_id == revoked.person_id) {
                guardian.revoked = true;
            }
        }
        Event::GuardianRestored(restored) => {
            let court = i32::from(GuardianshipBasis::Court);
            let ended = |all: &Guardian| all.person_id == restored.ended_person_id && all.basis == court;
            row.guardians.retain(|all| !ended(all) || all.before.is_some());
            for guardian in row.guardians.iter_mut().filter(|all| ended(all)) {
                guardian.basis = guardian.before.take().unwrap_or(court);
            }
            for guardian in row.guardians.iter_mut().filter(|all| all.person_id == restored.person_id) {
                guardian.revoked = false;
            }
        }
        Event::SchoolEnrolled(enrolled) => row.school_stage = enrolled.schooling.unwrap_or_default().stage,
        Event::HealthRecorded(_) => row.health = true,
        Event::VisitRecorded(_) => {
            row.visits += 1;
            row.last_visit_at = row.last_visit_at.max(Some(at));
        }
        Event::KeyCaseFlagged(flagged) => row.key_case_id = Some(flagged.key_case_id),
        Event::KeyCaseEnded(_) => row.key_case_id = None,
        Event::DifficultyOpened(_) => row.open_difficulties += 1,
        Event::DifficultyResolved(_) => row.open_difficulties -= 1,
        Event::DuplicateLinked(linked) => row.duplicate_of = Some(linked.of_child_id),
        Event::DuplicateUnlinked(_) => row.duplicate_of = None,
        _ => {}
    }
}

impl Child {
    /// Whether all four sections of the file are filled in, as the registry counts them (TWN-1).
    fn is_complete(&self) -> bool {
        let is_parent = |guardian: &&Guardian| {
            guardian.before.unwrap_or(guardian.basis) == i32::from(GuardianshipBasis::Parent)
        };
        let mut parents = self.guardians.iter().filter(is_parent).peekable();
        let family = !self.village_code.is_empty()
            && parents.peek().is_some()
            && parents.all(|parent| parent.whereabouts != i32::from(Whereabouts::Unspecified));
        let known = |guardian: &Guardian| guardian.capacity != i32::from(Capacity::Unspecified);
        let guardianship = !self.guardians.is_empty() && self.guardians.iter().all(known);
        family && guardianship && self.school_stage != i32::from(SchoolStage::Unspecified) && self.health
    }
}

fn new_child(id: &str, registered: &ChildRegistered) -> Child {
    let home = registered.household.clone().unwrap_or_default();
    let parents = registered.parents.iter().map(|parent| {
        let facts = parent.facts.clone().unwrap_or_default();
        Guardian {
            person_id: parent.person_id.clone(),
            relation: parent.relation,
            basis: GuardianshipBasis::Parent.into(),
            name: Ciphertext::of(parent.name.as_ref()),
            revoked: false,
            capacity: facts.capacity,
            whereabouts: facts.whereabouts,
            before: None,
        }
    });
    Child {
        child_id: id.to_owned(),
        village_code: home.village_code,
        status: ChildStatus::Unspecified.into(),
        guardianship_gap: false,
        name: Ciphertext::of(registered.name.as_ref()),
        address: Ciphertext::of(home.address.as_ref()),
        guardians: parents.chain(registered.guardians.iter().map(guardian)).collect(),
        school_stage: registered.schooling.as_ref().map(|schooling| schooling.stage).unwrap_or_default(),
        health: false,
        complete: false,
        key_case_id: None,
        open_difficulties: 0,
        visits: 0,
        last_visit_at: None,
        duplicate_of: None,
    }
}

fn guardian(guardian: &RegistryGuardian) -> Guardian {
    Guardian {
        person_id: guardian.person_id.clone(),
        relation: guardian.relation,
        basis: guardian.basis,
        name: Ciphertext::of(guardian.name.as_ref()),
        revoked: false,
        capacity: guardian.capacity,
        whereabouts: Whereabouts::Unspecified.into(),
        before: None,
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
