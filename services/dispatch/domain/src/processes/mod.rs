//! Reactions of dispatch to other contexts.

mod notice_went_out;
mod open_incident;
#[cfg(test)]
mod tests;

pub use notice_went_out::NoticeWentOut;
pub use open_incident::OpenIncident;
