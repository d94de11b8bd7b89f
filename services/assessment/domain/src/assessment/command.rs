//! What can be asked of an assessment.

use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentOpened, assessment_event::Event};

/// A command. A step carries the fact it asks to record, so that no message is written twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The notice went out.
    Open {
        /// What is opened.
        opened: AssessmentOpened,
        /// When the notice went out: the clock runs from then, however late the process reads it.
        noticed_at: DateTime<Utc>,
    },
    /// Somebody did or found something.
    Record {
        /// What; neither the opening nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
