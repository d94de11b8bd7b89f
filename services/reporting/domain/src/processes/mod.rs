//! What makes reports and commendations without anybody asking.

mod propose_commendation;
mod report_call;
mod report_gap;
#[cfg(test)]
mod tests;

pub use propose_commendation::ProposeCommendation;
pub use report_call::ReportCall;
pub use report_gap::ReportGap;
