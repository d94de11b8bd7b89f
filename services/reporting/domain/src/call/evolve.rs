//! How each event changes what a call amounts to.

use super::State;
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::reporting::v1::{
    CallEvent, CallState, FollowUpResult, ReturnOutcome, call_event::Event,
};
use kinward_eventsourcing::Occurrence;

impl State {
    pub(super) fn evolve(&mut self, event: &CallEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::CallRang(rang)) => {
                self.area.clone_from(&rang.area);
                self.caller_person_id.clone_from(&rang.caller_person_id);
                self.phone.clone_from(&rang.phone);
                self.reach(CallState::Ringing, at);
            }
            Some(Event::CallAnswered(_)) => {
                self.line_open = true;
                self.reach(CallState::Answered, at);
            }
            Some(Event::CallAbandoned(_)) => self.reach(CallState::Abandoned, at),
            Some(Event::CallRegistered(registered)) => {
                self.caller.clone_from(&registered.caller);
                self.child.clone_from(&registered.child);
                self.village_code.clone_from(&registered.village_code);
                self.place.clone_from(&registered.place);
                self.narrative.clone_from(&registered.narrative);
                self.reach(CallState::Registered, at);
            }
            Some(Event::CallHungUp(_)) => {
                self.line_open = false;
                if self.stage() == CallState::Answered {
                    self.reach(CallState::CutOff, at);
                }
            }
            Some(Event::CallReturned(returned)) => {
                if returned.outcome() == ReturnOutcome::Reached {
                    self.line_open = true;
                    self.reach(CallState::Answered, at);
                } else {
                    self.returned_in_vain += 1;
                }
            }
            Some(Event::CallClassified(classified)) => {
                self.functions = classified.functions.iter().copied().collect();
            }
            Some(Event::CallReported(reported)) => {
                self.reports.push(reported.report_id.clone());
                self.resolved = false;
            }
            Some(Event::HelpRequested(requested)) => {
                self.help_requests.push(requested.help_request_id.clone());
                self.resolved = false;
            }
            Some(Event::CallTransferred(transferred)) => {
                self.to_unit_ids.push(transferred.to_unit_id.clone());
                self.resolved = false;
            }
            Some(Event::AidGiven(given)) => {
                self.aid.insert(given.function);
            }
            Some(Event::CallFollowedUp(followed_up)) => {
                self.follow_ups += 1;
                self.resolved = followed_up.result() == FollowUpResult::Resolved;
            }
            Some(Event::CallClosed(_)) => {
                self.line_open = false;
                self.reach(CallState::Closed, at);
            }
            _ => {}
        }
    }

    fn reach(&mut self, stage: CallState, at: &Occurrence<'_>) {
        self.stage = stage.into();
        self.since = Some(at.occurred_at);
    }
}
