//! given / when / then of cases of failure to report, and what holds for every history.

mod deciding;
mod opening;
mod properties;

use super::{Command, Omission};
use chrono::{DateTime, Duration, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::reporting::v1::{
    OmissionCaseDecided, OmissionCaseOpened, OmissionOutcome, ReporterClass,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Department, Sealed, Situation};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Reference, UnitFacts};

const VILLAGE: &str = "village-430903111201";
const TOWNSHIP: &str = "township-430903111";
const CIVIL_AFFAIRS: &str = "civil-affairs-430903";

fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

/// A village under its township under civil affairs; a school whose bureau is found by department; a hospital alone.
fn reference() -> Reference {
    let mut reference = Reference::default();
    let units = [
        (VILLAGE, Department::Village, "430903111201", Some(TOWNSHIP)),
        (TOWNSHIP, Department::Township, "430903111", Some(CIVIL_AFFAIRS)),
        (CIVIL_AFFAIRS, Department::CivilAffairs, "430903", None),
        ("school-430903111-01", Department::Education, "430903111", None),
        ("education-430903", Department::Education, "430903", None),
        ("hospital-430903", Department::Health, "430903", None),
    ];
    for (id, department, area, superior) in units {
        let facts = UnitFacts {
            name: id.to_owned(),
            department: department.into(),
            area: area.to_owned(),
            superior: superior.map(str::to_owned),
        };
        reference.units.insert(id.to_owned(), facts);
    }
    reference
}

fn actor(department: Department, unit: &str) -> Actor {
    Actor { department: department.into(), unit_id: unit.to_owned(), ..Actor::default() }
}

/// The village committee knew a day before, police found in an incident.
fn known() -> OmissionCaseOpened {
    OmissionCaseOpened {
        reporter_class: ReporterClass::VillageCommittee.into(),
        unit_id: VILLAGE.to_owned(),
        knew_at: Some(timestamp(noon() - Duration::days(1))),
        situations: vec![Situation::LivingAlone.into()],
        incident_id: Some("incident".to_owned()),
        findings: Some(Sealed::plain("child", "知情未报")),
        ..OmissionCaseOpened::default()
    }
}

fn open(opened: OmissionCaseOpened) -> Command {
    Command::Open(Box::new(opened))
}

fn decide_at(outcome: OmissionOutcome, occurred_at: Option<DateTime<Utc>>) -> Command {
    let decided = OmissionCaseDecided { outcome: outcome.into(), ..OmissionCaseDecided::default() };
    Command::Decide { decided, occurred_at }
}

fn decide(outcome: OmissionOutcome) -> Command {
    decide_at(outcome, None)
}

fn asked(reference: &Reference) -> Scenario<'_, Omission> {
    Scenario::new("case", noon(), reference).by(actor(Department::PublicSecurity, "police-430903"))
}

/// An open case against the village; the township asks.
fn opened(reference: &Reference) -> Scenario<'_, Omission> {
    asked(reference).given([open(known())]).by(actor(Department::Township, TOWNSHIP))
}
