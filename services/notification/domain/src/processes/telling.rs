//! The table: which event is told to whom, under which template. To tell of one more event, add its line here and its
//! words in `text.rs`.

use kinward_contracts::custody::v1::{OrderEvent, order_event::Event as Order};
use kinward_contracts::dispatch::v1::{
    AssistanceAnswered, AssistanceDeclined, BulletinAddressee, IncidentEvent, WarningEvent,
    incident_event::Event as Incident, warning_event::Event as Warning,
};
use kinward_contracts::notification::v1::{About, Template};
use kinward_contracts::registry::v1::{AnomalyArea, ChildEvent, child_event::Event as Child};
use kinward_contracts::reporting::v1::{
    CallEvent, OmissionEvent, ReportEvent, Superior, call_event::Event as Call,
    omission_event::Event as Omission, report_event::Event as Report,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Severity};
use kinward_eventsourcing::{DecodeError, Recorded};

/// Lengths of the division codes of a township and a village.
const TOWNSHIP_CODE: usize = 9;
const VILLAGE_CODE: usize = 12;
/// The clock whose warning is told, too (FAM-3).
const PARENT_CONTACT: &str = "parent-contact";

/// Who is told: a department in an area, never a person in the file (BEY-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// A department of the district.
    District(Department),
    /// The township of the place; where the place is unclear, a department of the district, so that nothing is dropped.
    TownshipOr(Department),
    /// The village of the place, likewise.
    VillageOr(Department),
    /// The department of an area that the event names; one that it does not know is civil affairs, which leads.
    At(Department, String),
}

use To::{At, District, TownshipOr, VillageOr};

const CIVIL_AFFAIRS: To = District(Department::CivilAffairs);
const POLICE: To = District(Department::PublicSecurity);
const EDUCATION: To = District(Department::Education);
const TOWNSHIP: To = TownshipOr(Department::CivilAffairs);
const VILLAGE: To = VillageOr(Department::CivilAffairs);

impl To {
    /// Department and area.
    pub(super) fn resolve<'a>(&'a self, about: &'a About, district: &'a str) -> (Department, &'a str) {
        let of_place = |length| about.village_code.as_deref().and_then(|code| code.get(..length));
        match self {
            District(department) => (*department, district),
            TownshipOr(other) => of_place(TOWNSHIP_CODE)
                .map_or((*other, district), |township| (Department::Township, township)),
            VillageOr(other) => {
                of_place(VILLAGE_CODE).map_or((*other, district), |village| (Department::Village, village))
            }
            At(Department::Unspecified, _) => (Department::CivilAffairs, district),
            At(department, area) => (*department, area),
        }
    }
}

fn village(code: String) -> To {
    At(Department::Village, code)
}

fn addressee(to: &BulletinAddressee) -> To {
    At(to.department(), to.area.clone())
}

/// What is told, of what, and to whom.
pub(super) struct Telling {
    pub(super) template: Template,
    pub(super) to: Vec<To>,
    pub(super) about: About,
}

fn tell(template: Template, to: impl Into<Vec<To>>, about: About) -> Telling {
    Telling { template, to: to.into(), about }
}

/// What an event calls for.
pub(super) fn telling(event: &Recorded) -> Result<Option<Telling>, DecodeError> {
    let id = event.subject.id();
    let about = About { subject: event.subject.as_str().to_owned(), ..About::default() };
    Ok(if let Some(IncidentEvent { event: Some(incident) }) = event.decode()? {
        of_incident(id, incident)
    } else if let Some(WarningEvent { event: Some(warning) }) = event.decode()? {
        of_warning(warning, about)
    } else if let Some(ChildEvent { event: Some(child) }) = event.decode()? {
        of_child(id, child, about)
    } else if let Some(ReportEvent { event: Some(report) }) = event.decode()? {
        of_report(report, about)
    } else if let Some(CallEvent { event: Some(Call::CallTransferred(of)) }) = event.decode()? {
        Some(tell(Template::CallTransferred, [At(of.department(), of.area)], about))
    } else if let Some(OmissionEvent { event: Some(omission) }) = event.decode()? {
        of_omission(omission, about)
    } else if let Some(OrderEvent { event: Some(order) }) = event.decode()? {
        of_order(order, about)
    } else {
        None
    })
}

fn of_incident(id: &str, incident: Incident) -> Option<Telling> {
    let about = About { incident_id: Some(id.to_owned()), ..About::default() };
    Some(match incident {
        Incident::IncidentConcluded(of) => {
            let immediate = of.severity() == Severity::Immediate;
            let about = About { immediate, child: of.child, village_code: of.village_code, ..about };
            let to = [TownshipOr(Department::PublicSecurity), CIVIL_AFFAIRS];
            tell(Template::IncidentConcluded, to, about)
        }
        Incident::ChildPlacedTemporarily(of) => {
            tell(Template::ChildPlaced, [CIVIL_AFFAIRS], About { child: of.child, ..about })
        }
        Incident::CivilAffairsAsked(of) => {
            let about = About { immediate: true, child: of.child, village_code: of.village_code, ..about };
            tell(Template::CivilAffairsAsked, [CIVIL_AFFAIRS], about)
        }
        Incident::SearchOpened(of) => {
            let to: Vec<To> = of.addressees.iter().map(addressee).collect();
            tell(Template::SearchOpened, to, About { immediate: true, ..about })
        }
        Incident::SearchEnded(of) => {
            let to: Vec<To> = of.addressees.iter().map(addressee).collect();
            tell(Template::SearchEnded, to, about)
        }
        Incident::AssistanceRequested(of) => {
            tell(Template::AssistanceRequested, [At(of.department(), of.area)], about)
        }
        Incident::AssistanceAnswered(AssistanceAnswered { village_code, .. })
        | Incident::AssistanceDeclined(AssistanceDeclined { village_code, .. }) => {
            tell(Template::AssistanceAnswered, [POLICE], About { village_code, ..about })
        }
        _ => return None,
    })
}

fn of_warning(warning: Warning, about: About) -> Option<Telling> {
    let Warning::WarningIssued(of) = warning else { return None };
    let incident_id = Some(of.incident_id);
    let about = About { incident_id, child: of.child, village_code: of.village_code, ..about };
    Some(tell(Template::WarningIssued, [VILLAGE], about))
}

fn of_child(id: &str, event: Child, about: About) -> Option<Telling> {
    let child = ChildReference { child_id: Some(id.to_owned()), person_id: id.to_owned() };
    let at = |village: String| About {
        child: Some(child),
        village_code: Some(village).filter(|code| code.len() == VILLAGE_CODE),
        ..about
    };
    Some(match event {
        Child::AnomalyFound(of) => {
            let immediate = of.anomaly_area() == AnomalyArea::Safety;
            let about = About { immediate, ..at(of.village_code) };
            tell(Template::AnomalyFound, [TOWNSHIP], about)
        }
        Child::ClockWarned(of) if of.clock == PARENT_CONTACT => {
            let about = About { clock: of.clock, ..at(of.area) };
            tell(Template::ParentContactDue, [VILLAGE], about)
        }
        Child::DropoutReportWritten(of) => {
            tell(Template::DropoutReported, [EDUCATION, TOWNSHIP], at(of.village_code))
        }
        Child::PsychologicalConcernRaised(of) => {
            let about = About { immediate: of.urgent, ..at(of.village_code) };
            tell(Template::PsychologicalConcern, [TOWNSHIP], about)
        }
        Child::HouseholdMoveRequested(of) => {
            let target = of.household.unwrap_or_default().village_code;
            let other = if of.side_village_code == target { of.from_village_code } else { target };
            tell(Template::MoveRequested, [village(other.clone())], at(other))
        }
        Child::HouseholdMoveRefused(of) => {
            let asked = of.asked_by_village_code;
            tell(Template::MoveRefused, [village(asked.clone())], at(asked))
        }
        // inside one village nobody else is concerned
        Child::HouseholdMoved(of) if of.move_id.is_some() => {
            let target = of.household.unwrap_or_default().village_code;
            let both = [village(of.from_village_code), village(target.clone())];
            tell(Template::Moved, both, at(target))
        }
        _ => return None,
    })
}

/// Whoever is commended is named nowhere. An anonymous reporter has to come with the receipt before there is anything
/// to decide (RPT-6).
fn of_report(report: Report, about: About) -> Option<Telling> {
    let about = match report {
        Report::CommendationProposed(of) if !of.anonymous => {
            About { incident_id: Some(of.incident_id), village_code: of.village_code, ..about }
        }
        Report::CommendationClaimed(_) => about,
        _ => return None,
    };
    Some(tell(Template::CommendationProposed, [CIVIL_AFFAIRS], about))
}

fn of_omission(omission: Omission, about: About) -> Option<Telling> {
    let (superior, about) = match omission {
        Omission::OmissionCaseOpened(of) => {
            let about = About {
                incident_id: of.incident_id,
                child: of.child,
                village_code: of.village_code,
                ..about
            };
            (of.superior, about)
        }
        Omission::OmissionCaseEscalated(of) => (of.superior, about),
        _ => return None,
    };
    let superior: Superior = superior.unwrap_or_default();
    Some(tell(Template::FailureToReport, [At(superior.department(), superior.area)], about))
}

/// Police and the village committee help to carry an order out (LAW-4, 反家庭暴力法 32).
fn of_order(order: Order, about: About) -> Option<Telling> {
    let (template, child, village_code) = match order {
        Order::ProtectionOrderGranted(of) => (Template::ProtectionOrderGranted, of.child, of.village_code),
        Order::ProtectionOrderVaried(of) => (Template::ProtectionOrderVaried, of.child, of.village_code),
        Order::ProtectionOrderExtended(of) => (Template::ProtectionOrderVaried, of.child, of.village_code),
        Order::ProtectionOrderRevoked(of) => (Template::ProtectionOrderRevoked, of.child, of.village_code),
        Order::ProtectionOrderExpired(of) => (Template::ProtectionOrderExpired, of.child, of.village_code),
        _ => return None,
    };
    Some(tell(template, [POLICE, VILLAGE], About { child, village_code, ..about }))
}
