//! What can be asked of a report.

use kinward_contracts::reporting::v1::ReportSubmitted;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Somebody reports a child in danger or need.
    Submit(Box<ReportSubmitted>),
}
