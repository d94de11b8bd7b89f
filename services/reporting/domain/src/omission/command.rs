//! What can be asked of a case of failure to report.

use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{OmissionCaseDecided, OmissionCaseOpened};

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// It became known that a mandated reporter knew and did not report.
    Open(Box<OmissionCaseOpened>),
    /// The superior decides.
    Decide {
        /// What came of it.
        decided: OmissionCaseDecided,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
