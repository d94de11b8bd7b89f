//! Reactions of dispatch to other contexts.

mod civil_affairs_took_over;
mod notice_went_out;
mod open_incident;
#[cfg(test)]
mod tests;

pub use civil_affairs_took_over::CivilAffairsTookOver;
pub use notice_went_out::NoticeWentOut;
pub use open_incident::OpenIncident;
