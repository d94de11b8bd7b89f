//! Calendar, clock settings, divisions and units, folded from the registry's reference events: every service reads
//! them from the log, so that a past decision is replayed under the reference data of its day.

use crate::{Calendar, Catalogue, DISTRICT, SchoolTerm};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::dispatch::v1::{EvidenceScopeEvent, evidence_scope_event};
use kinward_contracts::registry::v1::{
    CalendarEvent, ClockSettingEvent, DivisionEvent, HolidayNoticePublished, SchoolTermPublished, TermEvent,
    UnitEvent, UnitRegistered, calendar_event, clock_setting_event, division_event, term_event, unit_event,
};
use kinward_contracts::r#type::v1::{ClockStarted, Department};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a decision may look up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Days off and school terms.
    pub calendar: Calendar,
    /// Durations of clocks.
    pub catalogue: Catalogue,
    /// Divisions, by code.
    pub divisions: BTreeMap<String, DivisionFacts>,
    /// Units, by id.
    pub units: BTreeMap<String, UnitFacts>,
    /// Situations to which DSP-3 applies without signs of injury or crime, besides violence, infringement and accident, as numbers.
    #[serde(default)]
    pub evidence_scope: BTreeSet<i32>,
    /// Position of the last reference event folded.
    pub position: u64,
    /// Position of the last holiday notice or school term folded.
    pub calendar_position: u64,
}

/// A division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivisionFacts {
    /// Official name.
    pub name: String,
    /// First day of validity.
    pub valid_from: String,
    /// Last day of validity; a withdrawn code stays valid for its time.
    pub valid_until: Option<String>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitFacts {
    /// Official name.
    pub name: String,
    /// Department, as its number.
    pub department: i32,
    /// Division code of its area.
    pub area: String,
    /// Unit above it.
    pub superior: Option<String>,
}

impl Reference {
    /// Whether the division's code is in use on a day.
    pub fn division_valid_on(&self, code: &str, day: NaiveDate) -> bool {
        let day = day.to_string();
        self.divisions.get(code).is_some_and(|division| {
            division.valid_from <= day && division.valid_until.as_ref().is_none_or(|until| *until >= day)
        })
    }

    /// Starts a clock of the catalogue in an area, as [`Catalogue::start`] does.
    pub fn start(
        &self,
        name: &str,
        variant: &str,
        clock_id: &str,
        at: DateTime<Utc>,
        area: &str,
    ) -> Option<ClockStarted> {
        let started = self.catalogue.start(name, variant, clock_id, at, &self.calendar);
        debug_assert!(started.is_some(), "data/clocks.toml has no {name:?} with variant {variant:?}");
        started.map(|started| ClockStarted { area: area.to_owned(), ..started })
    }

    /// Whether a place is in none of the districts whose divisions are known.
    pub fn is_elsewhere(&self, code: &str) -> bool {
        let near = |known: &String| known.get(..DISTRICT) == code.get(..DISTRICT);
        !self.divisions.is_empty() && !self.divisions.keys().any(near)
    }

    /// Where something belongs that happened in a place: nowhere in particular (the district's), if the place is in none
    /// of the districts that are known.
    pub fn home<'a>(&self, code: &'a str) -> &'a str {
        if self.is_elsewhere(code) { "" } else { code }
    }

    /// The unit above a unit, as it is registered; where none is, the district's unit of the same department.
    pub fn above(&self, unit_id: &str) -> Option<&str> {
        let unit = self.units.get(unit_id)?;
        let above = unit.superior.as_deref().or_else(|| {
            let department = Department::try_from(unit.department).unwrap_or_default();
            self.unit_of(department, unit.area.get(..DISTRICT)?)
        });
        above.filter(|above| *above != unit_id)
    }

    /// A unit and those directly below it: what it may look into.
    pub fn with_those_below<'a>(&'a self, unit_id: &'a str) -> Vec<&'a str> {
        let below = self.units.keys().filter(|unit| self.above(unit) == Some(unit_id)).map(String::as_str);
        std::iter::once(unit_id).chain(below).collect()
    }

    /// The unit of a department whose area is exactly this.
    pub fn unit_of(&self, department: Department, area: &str) -> Option<&str> {
        let found =
            self.units.iter().find(|(_, unit)| unit.department == department as i32 && unit.area == area);
        found.map(|(id, _)| id.as_str())
    }
}

/// The index that keeps the [`Reference`] current.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReferenceIndex(pub Arc<Reference>);

impl Index for ReferenceIndex {
    const NAME: &'static str = "reference";
    const SCHEMA: u32 = 3;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let position = event.position.0;
        if let Some(DivisionEvent { event: Some(division) }) = event.decode()? {
            self.change(position).fold_division(event.subject.id(), division);
        } else if let Some(CalendarEvent { event: Some(calendar) }) = event.decode()? {
            let calendar_event::Event::HolidayNoticePublished(notice) = calendar;
            self.change(position).fold_notice(&notice);
        } else if let Some(TermEvent { event: Some(term) }) = event.decode()? {
            let term_event::Event::SchoolTermPublished(term) = term;
            self.change(position).fold_term(term);
        } else if let Some(UnitEvent { event: Some(unit) }) = event.decode()? {
            let unit_event::Event::UnitRegistered(registered) = unit;
            self.change(position).fold_unit(registered);
        } else if let Some(ClockSettingEvent { event: Some(setting) }) = event.decode()? {
            let clock_setting_event::Event::ClockSettingSet(changed) = setting;
            if let Some(setting) = changed.setting {
                // the registry has refused what the catalogue would refuse
                let _ = self.change(position).catalogue.apply(&setting, event.recorded_at());
            }
        } else if let Some(EvidenceScopeEvent { event: Some(scope) }) = event.decode()? {
            let evidence_scope_event::Event::EvidenceScopeSet(set) = scope;
            self.change(position).evidence_scope = set.situations.into_iter().collect();
        }
        Ok(())
    }
}

impl ReferenceIndex {
    fn change(&mut self, position: u64) -> &mut Reference {
        let reference = Arc::make_mut(&mut self.0);
        reference.position = position;
        reference
    }
}

impl Reference {
    fn fold_division(&mut self, code: &str, event: division_event::Event) {
        match event {
            division_event::Event::DivisionAdopted(adopted) => {
                let Some(division) = adopted.division else { return };
                let facts =
                    DivisionFacts { name: division.name, valid_from: division.valid_from, valid_until: None };
                self.divisions.insert(code.to_owned(), facts);
            }
            division_event::Event::DivisionWithdrawn(withdrawn) => {
                if let Some(division) = self.divisions.get_mut(code) {
                    division.valid_until = Some(withdrawn.valid_until);
                }
            }
        }
    }

    fn fold_notice(&mut self, notice: &HolidayNoticePublished) {
        let days = notice.days.iter().filter_map(|day| Some((day.date.parse().ok()?, day.off)));
        self.calendar.publish(notice.year, days);
        self.calendar_position = self.position;
    }

    fn fold_term(&mut self, term: SchoolTermPublished) {
        let (Ok(starts_on), Ok(ends_on)) = (term.starts_on.parse(), term.ends_on.parse()) else { return };
        let SchoolTermPublished { area, stage, school_year, term, .. } = term;
        self.calendar.publish_term(SchoolTerm { area, stage, school_year, term, starts_on, ends_on });
        self.calendar_position = self.position;
    }

    fn fold_unit(&mut self, registered: UnitRegistered) {
        let Some(unit) = registered.unit else { return };
        let facts = UnitFacts {
            name: unit.name,
            department: unit.department,
            area: unit.area,
            superior: unit.superior_unit_id,
        };
        self.units.insert(unit.unit_id, facts);
    }
}
