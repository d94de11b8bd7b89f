//! Reactions of dispatch to other contexts.

mod notice_went_out;
mod open_incident;

pub use notice_went_out::NoticeWentOut;
pub use open_incident::OpenIncident;
