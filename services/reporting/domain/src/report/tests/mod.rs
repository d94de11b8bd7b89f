//! given / when / then of reports, and what holds for every history.

mod commending;
mod properties;
mod reporters;
mod submitting;

use super::{Command, Report};
use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{ReportSubmitted, ReportedChild, Reporter, ReporterClass};
use kinward_contracts::r#type::v1::{ChildReference, Sealed, Situation};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::Reference;

/// The seven that must report, with their staff.
const MANDATED: [ReporterClass; 7] = [
    ReporterClass::School,
    ReporterClass::Kindergarten,
    ReporterClass::MedicalInstitution,
    ReporterClass::VillageCommittee,
    ReporterClass::SocialWorkOrganisation,
    ReporterClass::ReliefManagementInstitution,
    ReporterClass::WelfareInstitution,
];
/// Those whom the law on the protection of minors adds (L10).
const BY_LAW: [ReporterClass; 6] = [
    ReporterClass::StateOrgan,
    ReporterClass::TrainingInstitution,
    ReporterClass::DayCareInstitution,
    ReporterClass::DomesticService,
    ReporterClass::EarlyChildhoodService,
    ReporterClass::OtherCloseContactUnit,
];
const VOLUNTARY: [ReporterClass; 2] = [ReporterClass::Citizen, ReporterClass::SocialOrganisation];

fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn sealed(text: &str) -> Sealed {
    Sealed::plain("person", text)
}

/// A reporter who says everything of itself.
fn named(class: ReporterClass) -> Reporter {
    Reporter {
        reporter_class: class.into(),
        unit_id: Some("school-430903111-01".to_owned()),
        person_id: Some("reporter".to_owned()),
        name: Some(sealed("汤听雪")),
        phone: Some(sealed("13900000001")),
        ..Reporter::default()
    }
}

fn anonymous(class: ReporterClass) -> Reporter {
    Reporter { reporter_class: class.into(), anonymous: true, ..Reporter::default() }
}

/// Nothing is known but one situation and who reports.
fn bare(reporter: Reporter) -> ReportSubmitted {
    ReportSubmitted {
        receipt_code_hash: "ABCDE-FGHJK".to_owned(),
        situations: vec![Situation::LivingAlone.into()],
        reporter: Some(reporter),
        ..ReportSubmitted::default()
    }
}

/// Child and place are known, and something is told.
fn full(reporter: Reporter) -> ReportSubmitted {
    let reference = ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() };
    ReportSubmitted {
        child: Some(ReportedChild {
            reference: Some(reference),
            name: Some(sealed("小满")),
            ..ReportedChild::default()
        }),
        village_code: Some("430903111201".to_owned()),
        place: Some(sealed("村小学东侧")),
        narrative: Some(sealed("独自居住")),
        ..bare(reporter)
    }
}

fn submit(report: ReportSubmitted) -> Command {
    Command::Submit(Box::new(report))
}

fn report(reference: &Reference) -> Scenario<'_, Report> {
    Scenario::new("report", noon(), reference)
}
