//! The table: which event is told to whom, under which template. To tell of one more event, add its line here and its
//! words in `text.rs`.

use kinward_contracts::dispatch::v1::{IncidentEvent, incident_event::Event as Incident};
use kinward_contracts::notification::v1::{About, Template};
use kinward_contracts::r#type::v1::{Department, Severity};
use kinward_eventsourcing::{DecodeError, Recorded};

/// Length of a township's division code.
const TOWNSHIP: usize = 9;

/// Who is told: a department in an area, never a person in the file (BEY-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// A department of the district.
    District(Department),
    /// The township of the place; where the place is unclear, a department of the district, so that nothing is dropped.
    TownshipOr(Department),
}

impl To {
    /// Department and area.
    pub(super) fn resolve<'a>(self, about: &'a About, district: &'a str) -> (Department, &'a str) {
        let township = about.village_code.as_deref().and_then(|code| code.get(..TOWNSHIP));
        match (self, township) {
            (Self::District(department), _) | (Self::TownshipOr(department), None) => (department, district),
            (Self::TownshipOr(_), Some(township)) => (Department::Township, township),
        }
    }
}

/// What is told, of what, and to whom.
pub(super) struct Telling {
    pub(super) template: Template,
    pub(super) to: Vec<To>,
    pub(super) about: About,
}

fn tell(template: Template, to: &[To], about: About) -> Telling {
    Telling { template, to: to.to_vec(), about }
}

/// What an event calls for.
pub(super) fn telling(event: &Recorded) -> Result<Option<Telling>, DecodeError> {
    if let Some(incident) = event.decode::<IncidentEvent>()? {
        return Ok(incident.event.and_then(|incident| of_incident(event.subject.id(), incident)));
    }
    Ok(None)
}

fn of_incident(id: &str, incident: Incident) -> Option<Telling> {
    use Template::{ChildPlaced, CivilAffairsAsked, IncidentConcluded};
    use To::{District, TownshipOr};
    const CIVIL_AFFAIRS: To = District(Department::CivilAffairs);
    const TOWNSHIP: To = TownshipOr(Department::PublicSecurity);
    let about = About { incident_id: Some(id.to_owned()), ..About::default() };
    Some(match incident {
        Incident::IncidentConcluded(of) => {
            let immediate = of.severity() == Severity::Immediate;
            let about = About { immediate, child: of.child, village_code: of.village_code, ..about };
            tell(IncidentConcluded, &[TOWNSHIP, CIVIL_AFFAIRS], about)
        }
        Incident::ChildPlacedTemporarily(of) => {
            tell(ChildPlaced, &[CIVIL_AFFAIRS], About { child: of.child, ..about })
        }
        Incident::CivilAffairsAsked(of) => {
            let about = About { immediate: true, child: of.child, village_code: of.village_code, ..about };
            tell(CivilAffairsAsked, &[CIVIL_AFFAIRS], about)
        }
        _ => return None,
    })
}
