//! What the steps that record a fact about a guardian have in common.

use super::decide::Now;
use crate::rules::BEY_1;
use chrono::NaiveDate;
use kinward_contracts::custody::v1::case_event::Event;
use kinward_eventsourcing::Rejection;
use kinward_statute::day_of;

/// The guardian that a fact or a petition is about. A new event is named here or below, or this does not compile: a
/// fact about a guardian whom the case is not about must not slip in.
pub(super) fn guardian_of(event: &Event) -> Option<&str> {
    Some(match event {
        Event::GuardianCriticised(event) => &event.guardian_person_id,
        Event::DutyRefused(event) => &event.guardian_person_id,
        Event::DutyResumed(event) => &event.guardian_person_id,
        Event::ConsequenceRecorded(event) => &event.guardian_person_id,
        Event::DutyImpossible(event) => &event.guardian_person_id,
        Event::DelegationRefused(event) => &event.guardian_person_id,
        Event::HarmRecorded(event) => &event.guardian_person_id,
        Event::LeftUnattended(event) => &event.guardian_person_id,
        Event::CrimeIncited(event) => &event.guardian_person_id,
        Event::PetitionFiled(event) => &event.guardian_person_id,
        Event::PublicSecurityPenaltyImposed(event) => &event.guardian_person_id,
        Event::CriminalCaseFiled(event) => &event.guardian_person_id,
        Event::FamilyEducationOrdered(event) => &event.guardian_person_id,
        Event::GuardianConvicted(event) => &event.guardian_person_id,
        Event::RestorationRequested(event) => &event.guardian_person_id,
        Event::CaseOpened(_)
        | Event::GroundMet(_)
        | Event::PetitionAccepted(_)
        | Event::PetitionHeard(_)
        | Event::PetitionRuled(_)
        | Event::SupportDutyContinues(_)
        | Event::FamilyEducationEnded(_)
        | Event::ReturnedToAssistance(_)
        | Event::RestorationRuled(_)
        | Event::GuardianshipRestored(_)
        | Event::MinorInterviewed(_)
        | Event::ClockStarted(_)
        | Event::ClockWarned(_)
        | Event::ClockMissed(_)
        | Event::ClockMet(_)
        | Event::ClockSuperseded(_)
        | Event::ClockVoided(_)
        | Event::ClockRecomputed(_) => return None,
    })
}

/// The day of a request must be a day, and not in the future.
pub(super) fn past_day(field: &str, text: &str, context: &Now<'_>) -> Result<(), Rejection> {
    match text.parse::<NaiveDate>() {
        Ok(day) if day <= day_of(context.now) => Ok(()),
        Ok(_) => Err(Rejection::time(field, BEY_1, "日期不能晚于今天", "the day lies in the future")),
        Err(_) => Err(Rejection::invalid(field, BEY_1, "没有这一天", "there is no such day")),
    }
}
