//! What can be asked of an assessment.

use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentOpened, assessment_event::Event};

/// A command. A step carries the fact it asks to record, so that no message is written twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The notice went out, or the reassessment of an earlier one fell due.
    Open {
        /// What is opened.
        opened: AssessmentOpened,
        /// When that was: the clock runs from then, however late the process reads it.
        since: DateTime<Utc>,
    },
    /// Township or civil affairs open it by hand.
    OpenByHand {
        /// What is opened, with the reason.
        opened: AssessmentOpened,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Somebody did or found something.
    Record {
        /// What; neither the opening, nor what follows by itself, nor a clock.
        event: Event,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// A later assessment of the same child was opened: this one need not be repeated.
    Follow {
        /// The later one.
        assessment_id: String,
    },
    /// An alarm fired: look at the clocks.
    ObserveClocks,
}
