//! Attempts, outcomes, retries, dead letters (DSP-4); quiet hours; whom nothing is sent to (BEY-4).

use super::*;
use crate::notice::{Attempt, Came, Phase, message_id};
use kinward_contracts::notification::v1::{
    Channel, DeliveryAttempted, Endpoint, QuietHours, notice_event::Event,
};
use kinward_contracts::r#type::v1::Reason;

const HOLDER: &str = "0c0f6a0e-0000-4000-8000-000000000001";

fn mailbox() -> Endpoint {
    Endpoint { channel: Channel::Email.into(), ..Endpoint::default() }
}

fn attempt(number: u32, endpoint: Endpoint) -> Command {
    Command::Attempt(Box::new(Attempt {
        endpoint_id: "mailbox".to_owned(),
        endpoint,
        number,
        ..Attempt::default()
    }))
}

fn attempt_id(scenario: &Scenario<'_, Notice>) -> String {
    match &scenario.state().deliveries["mailbox"].phase {
        Phase::Attempting { attempt_id } => attempt_id.clone(),
        other => panic!("{other:?}"),
    }
}

fn settle(scenario: &Scenario<'_, Notice>, came: Came) -> Command {
    Command::Settle { endpoint_id: "mailbox".to_owned(), attempt_id: attempt_id(scenario), came }
}

fn resend() -> Command {
    Command::Resend { endpoint_id: "mailbox".to_owned(), occurred_at: None }
}

fn came(text: &str) -> String {
    text.to_owned()
}

#[test]
fn dsp_4_an_attempt_is_recorded_once_under_a_number_and_a_lasting_message_id() {
    let reference = Reference::default();
    let outcome = sent(&reference).when(attempt(1, mailbox()));
    let Some(Event::DeliveryAttempted(DeliveryAttempted { message_id: id, number: 1, .. })) =
        outcome.facts()[0].event.event.clone()
    else {
        panic!("{:?}", outcome.facts())
    };
    assert_eq!(id, message_id("notice", "mailbox"));
    let scenario = outcome.then_types(&["DeliveryAttempted"]);
    // another sender, or a second attempt while the outcome of the first is unknown
    for number in [1, 2] {
        let refused = sent(&reference).given([attempt(1, mailbox())]).when(attempt(number, mailbox()));
        assert_eq!(refused.then_refused("DSP-4").reason, Reason::WrongState);
    }
    let command = settle(&scenario, Came::Taken(came("250")));
    scenario.when(command.clone()).then_types(&["DeliverySucceeded"]).when(command).then([]);
}

#[test]
fn dsp_4_a_failure_is_tried_again_after_longer_and_longer_waits_then_dead_lettered_and_can_be_asked_for() {
    let reference = Reference::default();
    let (mut scenario, mut now) = (sent(&reference), noon());
    for (number, wait) in [(1, 30), (2, 120), (3, 600), (4, 3_600), (5, 21_600)] {
        scenario = scenario.given([attempt(number, mailbox())]);
        let command = settle(&scenario, Came::Refused(came("503")));
        scenario = scenario.when(command).then_types(&["DeliveryFailed"]);
        assert_eq!(scenario.state().deliveries["mailbox"].until(), Some(now + Duration::seconds(wait)));
        // not before its time
        scenario = scenario.at(now + Duration::seconds(wait - 1));
        scenario = scenario.tried([attempt(number + 1, mailbox()), Command::ObserveClocks]);
        assert_eq!(scenario.state().deliveries["mailbox"].attempts, number);
        now += Duration::seconds(wait);
        scenario = scenario.at(now).given([Command::ObserveClocks]);
        assert_eq!(scenario.state().deliveries["mailbox"].phase, Phase::Due);
    }
    scenario = scenario.given([attempt(6, mailbox())]);
    let command = settle(&scenario, Came::Refused(came("503")));
    scenario = scenario.when(command).then_types(&["DeliveryFailed", "DeliveryDeadLettered"]);
    // nothing more happens of itself; asked for, it has its full number of attempts again, under the same message id
    scenario = scenario.at(now + Duration::days(9)).tried([attempt(7, mailbox()), Command::ObserveClocks]);
    assert_eq!(scenario.state().deliveries["mailbox"].phase, Phase::DeadLettered);
    scenario =
        scenario.when(resend()).then_types(&["DeliveryResendRequested"]).given([attempt(7, mailbox())]);
    let command = settle(&scenario, Came::Refused(came("503")));
    let scenario = scenario.when(command).then_types(&["DeliveryFailed"]);
    assert_eq!(scenario.state().deliveries["mailbox"].attempts, 7);
}

#[test]
fn dsp_4_what_can_never_succeed_is_dead_lettered_at_once() {
    let reference = Reference::default();
    let scenario = sent(&reference).given([attempt(1, mailbox())]);
    let command = settle(&scenario, Came::Impossible(came("550")));
    let scenario = scenario.when(command).then_types(&["DeliveryFailed", "DeliveryDeadLettered"]);
    assert_eq!(scenario.state().deliveries["mailbox"].code, "550");
    assert!(!scenario.state().deliveries["mailbox"].unknown, "it certainly did not arrive");
    let give_up = |code: &str| Command::GiveUp { endpoint_id: "other".to_owned(), code: code.to_owned() };
    scenario
        .when(give_up("endpoint-withdrawn"))
        .then_types(&["DeliveryDeadLettered"])
        .when(give_up("again"))
        .then([]);
}

#[test]
fn dsp_4_an_interrupted_attempt_is_unknown_and_due_again_at_once_a_silent_one_after_the_wait() {
    let reference = Reference::default();
    let scenario = sent(&reference).given([attempt(1, mailbox())]);
    let command = settle(&scenario, Came::Interrupted);
    let scenario = scenario.when(command).then_types(&["DeliveryOutcomeUnknown"]);
    assert_eq!(scenario.state().deliveries["mailbox"].phase, Phase::Due);
    assert!(scenario.state().deliveries["mailbox"].unknown, "it may have arrived");
    let scenario = scenario.given([attempt(2, mailbox())]);
    let command = settle(&scenario, Came::NoAnswer(came("time-out")));
    let scenario = scenario.when(command).then_types(&["DeliveryOutcomeUnknown"]);
    assert_eq!(scenario.state().deliveries["mailbox"].until(), Some(noon() + Duration::seconds(120)));
    // an endless loop of crashes ends, too
    let mut scenario = scenario.at(noon() + Duration::seconds(120)).given([Command::ObserveClocks]);
    for number in 3..=5 {
        scenario = scenario.given([attempt(number, mailbox())]);
        let command = settle(&scenario, Came::Interrupted);
        scenario = scenario.given([command]);
    }
    scenario = scenario.given([attempt(6, mailbox())]);
    let command = settle(&scenario, Came::Interrupted);
    scenario.when(command).then_types(&["DeliveryOutcomeUnknown", "DeliveryDeadLettered"]);
}

#[test]
fn dsp_4_only_a_settled_delivery_is_sent_again() {
    let reference = Reference::default();
    let scenario = sent(&reference);
    let refused = scenario.when(resend()).then_refused("DSP-4");
    assert_eq!(refused.reason, Reason::NotFound);
    let scenario = sent(&reference).given([attempt(1, mailbox())]);
    assert_eq!(scenario.when(resend()).then_refused("DSP-4").reason, Reason::WrongState);
    let scenario = sent(&reference).given([attempt(1, mailbox())]);
    let command = settle(&scenario, Came::Taken(came("250")));
    scenario
        .given([command])
        .when(resend())
        .then_types(&["DeliveryResendRequested"])
        .when(attempt(2, mailbox()))
        .then_types(&["DeliveryAttempted"]);
}

#[test]
fn dsp_4_quiet_hours_put_off_a_notice_but_never_an_emergency() {
    let reference = Reference::default();
    // noon in China
    let quiet_hours = Some(QuietHours { from_minute: 11 * 60, until_minute: 14 * 60 });
    let quiet = || Endpoint { quiet_hours, ..mailbox() };
    let scenario = sent(&reference).when(attempt(1, quiet())).then_types(&["DeliveryDeferred"]);
    let until = noon() + Duration::hours(2);
    assert_eq!(scenario.state().deliveries["mailbox"].phase, Phase::Deferred { until });
    let scenario = scenario.at(until).when(Command::ObserveClocks).then_types(&["DeliveryFellDue"]);
    scenario.when(attempt(1, quiet())).then_types(&["DeliveryAttempted"]);
    let emergency = match send(Department::Township, TOWNSHIP) {
        Command::Send(mut notice) => {
            notice.about = Some(About { immediate: true, ..About::default() });
            Command::Send(notice)
        }
        other => other,
    };
    let scenario = Scenario::<Notice>::new("notice", noon(), &reference).given([emergency]);
    scenario.when(attempt(1, quiet())).then_types(&["DeliveryAttempted"]);
}

#[test]
fn bey_4_nothing_is_sent_to_an_alleged_infringer_not_even_on_request() {
    let reference = Reference::default();
    let to = |infringers: &[&str]| {
        Command::Attempt(Box::new(Attempt {
            endpoint_id: "mailbox".to_owned(),
            endpoint: Endpoint { holder_person_id: Some(HOLDER.to_owned()), ..mailbox() },
            number: 1,
            infringers: infringers.iter().map(|person| (*person).to_owned()).collect(),
            child_named: false,
        }))
    };
    sent(&reference).when(to(&["somebody-else"])).then_types(&["DeliveryAttempted"]);
    let scenario = sent(&reference).when(to(&["somebody-else", HOLDER])).then_types(&["DeliveryWithheld"]);
    assert_eq!(scenario.state().deliveries["mailbox"].phase, Phase::Withheld);
    assert_eq!(scenario.when(resend()).then_refused("BEY-4").reason, Reason::NotEntitled);
    let scenario = sent(&reference).given([to(&[HOLDER])]);
    scenario.when(attempt(1, mailbox())).then_refused("DSP-4");
}

#[test]
fn bey_4_an_alleged_infringer_acknowledges_nothing() {
    let reference = Reference::default();
    let acknowledge = |person: &str| Command::Acknowledge {
        occurred_at: None,
        infringers: BTreeSet::from([HOLDER.to_owned()]),
        person_id: person.to_owned(),
    };
    let scenario = sent(&reference).by(actor(Department::Township, TOWNSHIP));
    assert_eq!(scenario.when(acknowledge(HOLDER)).then_refused("BEY-4").reason, Reason::NotEntitled);
    let scenario = sent(&reference).by(actor(Department::Township, TOWNSHIP));
    scenario.when(acknowledge("somebody-else")).then_types(&["NoticeAcknowledged", "ClockMet"]);
}
