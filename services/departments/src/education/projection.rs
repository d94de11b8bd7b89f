//! Events to rows.

use super::rows::{Pairing, Pupil};
use crate::Office as _;
use crate::work::{self, Whose};
use kinward_contracts::registry::v1::child_event::Event;
use kinward_contracts::registry::v1::{ChildEvent, ChildStatus, SchoolStage, Schooling, SchoolingStage};
use kinward_eventsourcing::Recorded;
use kinward_projection::{Apply, Ciphertext, Projection, Rows, TableSpec};

/// The read model.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Projection for Model {
    const NAME: &'static str = "education";
    const GENERATION: u32 = 2;
    const SCHEMA: &'static str = work::schema!("../education/schema.sql");

    fn tables() -> Vec<TableSpec> {
        work::tables().into_iter().chain([TableSpec::of::<Pupil>()]).collect()
    }

    fn apply(rows: &mut Rows, event: &Recorded) -> Result<(), Apply> {
        let of_school = |rows: &Rows| {
            let pupil = rows.get::<Pupil>(event.subject.id())?;
            Ok(pupil.and_then(|pupil| pupil.school_unit_id).unwrap_or_default())
        };
        work::apply_of_units(rows, event, Whose::Of(Self::SERVES), of_school)?;
        let Some(ChildEvent { event: Some(body) }) = event.decode()? else { return Ok(()) };
        let id = event.subject.id();
        match body {
            Event::ChildRegistered(child) => {
                let village = child.household.unwrap_or_default().village_code;
                let mut pupil = Pupil::new(id, village);
                pupil.name = Ciphertext::of(child.name.as_ref());
                pupil.enrol(child.schooling);
                rows.put(pupil);
                Ok(())
            }
            Event::UnknownChildRegistered(unknown) => {
                rows.put(Pupil::new(id, unknown.found.unwrap_or_default().village_code));
                Ok(())
            }
            body => rows.update::<Pupil>(id, |pupil| pupil.change(body)),
        }
    }
}

impl Pupil {
    fn new(child_id: &str, village_code: String) -> Self {
        Self {
            child_id: child_id.to_owned(),
            name: None,
            village_code,
            school_unit_id: None,
            stage: 0,
            boarding: false,
            left_behind: false,
            ladder: SchoolingStage::Unspecified.into(),
            absences: 0,
            dropped_out_since_on: None,
            persuasion_attempts: 0,
            contact_card: false,
            teacher_name: None,
            pairings: Vec::new(),
            duplicate_of: None,
        }
    }

    fn enrol(&mut self, schooling: Option<Schooling>) {
        let Some(schooling) = schooling else { return };
        let at_school = !matches!(schooling.stage(), SchoolStage::Unspecified | SchoolStage::None);
        self.ladder = if at_school { SchoolingStage::Enrolled } else { SchoolingStage::Unspecified }.into();
        self.stage = schooling.stage;
        self.boarding = schooling.boarding;
        self.school_unit_id = schooling.school_unit_id;
    }

    fn change(&mut self, event: Event) {
        match event {
            Event::HouseholdMoved(moved) => {
                self.village_code = moved.household.unwrap_or_default().village_code;
            }
            Event::StatusChanged(changed) => {
                self.left_behind = changed.to_status() == ChildStatus::LeftBehind;
            }
            Event::SchoolEnrolled(enrolled) => self.enrol(enrolled.schooling),
            Event::DuplicateLinked(linked) => self.duplicate_of = Some(linked.of_child_id),
            Event::DuplicateUnlinked(_) => self.duplicate_of = None,
            Event::AbsenceRecorded(_) => {
                self.absences += 1;
                self.ladder = SchoolingStage::Absent.into();
            }
            Event::DropoutRegistered(dropout) => {
                self.ladder = SchoolingStage::DroppedOut.into();
                self.dropped_out_since_on = Some(dropout.since_on);
                self.persuasion_attempts = 0;
            }
            Event::PersuasionAttempted(_) => self.persuasion_attempts += 1,
            Event::PersuasionFailed(_) => self.ladder = SchoolingStage::PersuasionFailed.into(),
            Event::DropoutReportWritten(_) => self.ladder = SchoolingStage::Reported.into(),
            Event::ChildReturnedToSchool(_) => {
                self.ladder = SchoolingStage::Enrolled.into();
                self.dropped_out_since_on = None;
            }
            Event::ContactCardIssued(card) => {
                self.contact_card = true;
                self.teacher_name = Ciphertext::of(card.teacher_name.as_ref());
            }
            Event::CaringAdultPaired(paired) => self.pairings.push(Pairing {
                pairing_id: paired.pairing_id,
                role: paired.role,
                from_on: paired.from_on,
                until_on: None,
                visits: 0,
            }),
            Event::PairingVisitRecorded(visit) => {
                for pairing in self.pairings.iter_mut().filter(|one| one.pairing_id == visit.pairing_id) {
                    pairing.visits += 1;
                }
            }
            Event::PairingEnded(ended) => {
                for pairing in self.pairings.iter_mut().filter(|one| one.pairing_id == ended.pairing_id) {
                    pairing.until_on = Some(ended.on_date.clone());
                }
            }
            _ => {}
        }
    }
}
