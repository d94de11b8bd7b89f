//! What the events of a report amount to. Personal data stays sealed.

use super::reporter::is_mandated_by;
use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{
    CommendationState, ReportEvent, ReportSubmitted, ReportedChild, ReporterClass, report_event::Event,
};
use kinward_contracts::r#type::v1::{DangerSigns, Sealed};
use kinward_eventsourcing::Occurrence;
use serde::{Deserialize, Serialize};

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whether it was submitted.
    pub submitted: bool,
    /// Class of the reporter, as a number.
    pub class: i32,
    /// Whether the reporter is anonymous.
    pub anonymous: bool,
    /// What made the report a duty, as numbers.
    pub mandated_by: Vec<i32>,
    /// Situations, as numbers.
    pub situations: Vec<i32>,
    /// What makes it more severe.
    pub signs: Option<DangerSigns>,
    /// The child, as far as known.
    pub child: Option<ReportedChild>,
    /// Village; absent: unclear.
    pub village_code: Option<String>,
    /// Where, in words.
    pub place: Option<Sealed>,
    /// What was seen or heard.
    pub narrative: Option<Sealed>,
    /// When the reporter found out.
    pub discovered_at: Option<DateTime<Utc>>,
    /// Its commendation, once proposed.
    pub commendation: Option<Commendation>,
}

/// A commendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commendation {
    /// How far it is, as a number.
    pub state: i32,
    /// When it came so far.
    pub since: DateTime<Utc>,
}

impl State {
    /// Whether it was submitted.
    pub fn exists(&self) -> bool {
        self.submitted
    }

    /// Whether nobody had to report: then the reporter is commended (RPT-6).
    pub fn is_voluntary(&self) -> bool {
        let class = ReporterClass::try_from(self.class).unwrap_or_default();
        class != ReporterClass::Policy && !is_mandated_by(&self.mandated_by)
    }

    pub(super) fn evolve(&mut self, event: &ReportEvent, at: &Occurrence<'_>) {
        match &event.event {
            Some(Event::ReportSubmitted(submitted)) => self.submit(submitted, at),
            Some(Event::CommendationProposed(proposed)) if proposed.anonymous => {
                self.commend(CommendationState::AwaitingReceipt, at);
            }
            Some(Event::CommendationProposed(_) | Event::CommendationClaimed(_)) => {
                self.commend(CommendationState::Proposed, at);
            }
            Some(Event::CommendationGranted(_)) => self.commend(CommendationState::Granted, at),
            Some(Event::CommendationRefused(_)) => self.commend(CommendationState::Refused, at),
            _ => {}
        }
    }

    fn submit(&mut self, submitted: &ReportSubmitted, at: &Occurrence<'_>) {
        let reporter = submitted.reporter.clone().unwrap_or_default();
        self.submitted = true;
        self.class = reporter.reporter_class;
        self.anonymous = reporter.anonymous;
        self.mandated_by = reporter.mandated_by;
        self.situations.clone_from(&submitted.situations);
        self.signs = submitted.signs;
        self.child.clone_from(&submitted.child);
        self.village_code.clone_from(&submitted.village_code);
        self.place.clone_from(&submitted.place);
        self.narrative.clone_from(&submitted.narrative);
        self.discovered_at = Some(at.occurred_at);
    }

    fn commend(&mut self, state: CommendationState, at: &Occurrence<'_>) {
        self.commendation = Some(Commendation { state: state.into(), since: at.occurred_at });
    }
}
