//! Commending who reported without having to (RPT-6).

use super::*;
use chrono::Duration;
use kinward_contracts::log::v1::Actor;
use kinward_contracts::reporting::v1::{
    CommendationClaimed, CommendationForm, CommendationGranted, CommendationRefusal, CommendationRefused,
    CommendationState, ReportEvent, report_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Reason};
use proptest::prelude::*;

fn actor(department: Department) -> Actor {
    Actor { department: department.into(), unit_id: "unit".to_owned(), ..Actor::default() }
}

fn propose() -> Command {
    Command::ProposeCommendation { incident_id: "incident".to_owned() }
}

fn now(event: Event) -> Command {
    Command::Record { event, occurred_at: None }
}

fn claim() -> Command {
    now(Event::CommendationClaimed(CommendationClaimed {
        person_id: "claimant".to_owned(),
        name: Some(sealed("汤听雪")),
        phone: None,
    }))
}

fn granted(forms: &[CommendationForm]) -> Event {
    let forms = forms.iter().map(|form| i32::from(*form)).collect();
    Event::CommendationGranted(CommendationGranted { forms, unit_id: String::new() })
}

fn grant() -> Command {
    now(granted(&[CommendationForm::Praise]))
}

fn refuse() -> Command {
    let reason = CommendationRefusal::ReporterInvolved.into();
    now(Event::CommendationRefused(CommendationRefused { reason, unit_id: String::new() }))
}

/// A report of this reporter that was substantiated; civil affairs asks.
fn substantiated(reference: &Reference, reporter: Reporter) -> Scenario<'_, Report> {
    report(reference).given([submit(bare(reporter)), propose()]).by(actor(Department::CivilAffairs))
}

fn progress(scenario: &Scenario<'_, Report>) -> Option<CommendationState> {
    let commendation = scenario.state().commendation.as_ref()?;
    Some(CommendationState::try_from(commendation.state).unwrap())
}

#[test]
fn rpt_6_a_voluntary_report_that_is_substantiated_is_proposed_once() {
    let reference = Reference::default();
    for class in VOLUNTARY {
        let scenario = report(&reference)
            .given([submit(full(named(class)))])
            .when(propose())
            .then_types(&["CommendationProposed"]);
        assert_eq!(progress(&scenario), Some(CommendationState::Proposed));
        scenario.when(propose()).then([]);
    }
}

#[test]
fn rpt_6_a_duty_done_is_no_merit_and_kinward_commends_not_itself() {
    let reference = Reference::default();
    for class in MANDATED.into_iter().chain(BY_LAW) {
        report(&reference).given([submit(full(named(class)))]).when(propose()).then([]);
    }
    let by_policy = ReportSubmitted {
        source_event_id: Some("event".to_owned()),
        ..bare(Reporter { reporter_class: ReporterClass::Policy.into(), ..Reporter::default() })
    };
    report(&reference).given([submit(by_policy)]).when(propose()).then([]);
}

#[test]
fn rpt_6_what_stands_in_the_proposal_says_nothing_of_who_reported() {
    let reference = Reference::default();
    let outcome = report(&reference).given([submit(full(named(ReporterClass::Citizen)))]).when(propose());
    let told = format!("{:?}", outcome.facts()[0].event).replace("reporter_class", "class");
    assert!(!told.contains("汤听雪") && !told.contains("reporter") && !told.contains("139"), "{told}");
}

#[test]
fn rpt_6_civil_affairs_grants_or_refuses_once() {
    let reference = Reference::default();
    let both = [CommendationForm::Reward, CommendationForm::Praise, CommendationForm::Reward];
    let scenario = substantiated(&reference, named(ReporterClass::Citizen));
    let expected = CommendationGranted { forms: vec![1, 2], unit_id: "unit".to_owned() };
    let scenario = scenario.when(now(granted(&both))).then([expected.into()]);
    assert_eq!(progress(&scenario), Some(CommendationState::Granted));
    let refused = scenario.when(refuse()).then_refused("RPT-6");
    assert_eq!(refused.reason, Reason::WrongState);
    let scenario = substantiated(&reference, named(ReporterClass::Citizen))
        .when(refuse())
        .then_types(&["CommendationRefused"]);
    assert_eq!(progress(&scenario), Some(CommendationState::Refused));
    scenario.when(grant()).then_refused("RPT-6");
}

#[test]
fn rpt_6_nobody_but_civil_affairs_decides() {
    let reference = Reference::default();
    for number in 0..=17 {
        let department = Department::try_from(number).unwrap();
        if department == Department::CivilAffairs {
            continue;
        }
        for command in [grant(), refuse()] {
            let scenario = substantiated(&reference, named(ReporterClass::Citizen)).by(actor(department));
            let refused = scenario.when(command).then_refused("RPT-6");
            assert_eq!(refused.reason, Reason::NotEntitled, "{department:?}");
        }
    }
}

#[test]
fn rpt_6_an_anonymous_reporter_is_waited_for_until_it_comes_with_its_receipt() {
    let reference = Reference::default();
    let waiting = || substantiated(&reference, anonymous(ReporterClass::Citizen));
    assert_eq!(progress(&waiting()), Some(CommendationState::AwaitingReceipt));
    let refused = waiting().when(grant()).then_refused("RPT-6");
    assert_eq!(refused.missing[0].what, "receipt-code");
    let scenario = waiting().when(claim()).then_types(&["CommendationClaimed"]);
    assert_eq!(progress(&scenario), Some(CommendationState::Proposed));
    let scenario = scenario.when(grant()).then_types(&["CommendationGranted"]);
    // it comes once, and who gave its name need not come
    scenario.when(claim()).then_refused("RPT-6");
    substantiated(&reference, named(ReporterClass::Citizen)).when(claim()).then_refused("RPT-6");
    // to refuse needs no reporter
    waiting().when(refuse()).then_types(&["CommendationRefused"]);
}

#[test]
fn rpt_6_without_a_proposal_nothing_is_decided_and_a_grant_says_how() {
    let reference = Reference::default();
    let report = || report(&reference).given([submit(full(named(ReporterClass::Citizen)))]);
    for command in [grant(), refuse(), claim()] {
        let scenario = report().by(actor(Department::CivilAffairs));
        assert_eq!(scenario.when(command).then_refused("RPT-6").reason, Reason::WrongState);
    }
    let how = now(granted(&[]));
    let refused = substantiated(&reference, named(ReporterClass::Citizen)).when(how).then_refused("RPT-6");
    assert_eq!(refused.field.as_deref(), Some("forms"));
    let unknown = Scenario::<Report>::new("report", noon(), &reference);
    assert_eq!(unknown.when(propose()).then_refused("RPT-3").reason, Reason::NotFound);
}

#[test]
fn rpt_6_a_decision_lies_between_the_proposal_and_now() {
    let reference = Reference::default();
    let later = noon() + Duration::days(3);
    let decided_at =
        |at| Command::Record { event: granted(&[CommendationForm::Praise]), occurred_at: Some(at) };
    let scenario = || substantiated(&reference, named(ReporterClass::Citizen)).at(later);
    for at in [noon(), later] {
        scenario().when(decided_at(at)).then_types(&["CommendationGranted"]);
    }
    for (at, rule) in [(noon() - Duration::seconds(1), "RPT-6"), (later + Duration::minutes(3), "BEY-1")] {
        let refused = scenario().when(decided_at(at)).then_refused(rule);
        assert_eq!(refused.reason, Reason::TimeInvalid);
    }
}

fn any_step() -> impl Strategy<Value = (Command, bool)> {
    let step = prop_oneof![Just(propose()), Just(claim()), Just(grant()), Just(refuse())];
    (step, any::<bool>())
}

proptest! {
    #[test]
    fn rpt_6_whatever_is_tried_a_commendation_is_proposed_claimed_and_decided_at_most_once_in_order(
        class in 1..=16_i32,
        is_anonymous in any::<bool>(),
        steps in prop::collection::vec(any_step(), 0..12),
    ) {
        let reference = Reference::default();
        let class = ReporterClass::try_from(class).unwrap();
        let who = if is_anonymous { anonymous(class) } else { named(class) };
        let mut scenario = report(&reference).tried([submit(bare(who))]);
        for (step, by_civil_affairs) in steps {
            let department = if by_civil_affairs { Department::CivilAffairs } else { Department::PublicSecurity };
            scenario = scenario.by(actor(department)).tried([step]);
        }
        let names: Vec<String> = scenario
            .recorded()
            .iter()
            .map(|stored| stored.event_type().rsplit('.').next().unwrap().to_owned())
            .collect();
        let whole: &[&str] = &["ReportSubmitted", "CommendationProposed", "CommendationClaimed"];
        let skipped_claim: &[&str] = &["ReportSubmitted", "CommendationProposed"];
        let (last, before) = match names.split_last() {
            Some((last, before)) if last.ends_with("Granted") || last.ends_with("Refused") => (Some(last), before),
            _ => (None, names.as_slice()),
        };
        prop_assert!(whole.starts_with(&before.iter().map(String::as_str).collect::<Vec<_>>()), "{names:?}");
        if let Some(last) = last {
            let claimed = before.len() == whole.len();
            prop_assert!(claimed || before.len() == skipped_claim.len());
            prop_assert!(!is_anonymous || claimed || last.ends_with("Refused"));
        }
        if before.len() > 1 {
            prop_assert!(VOLUNTARY.contains(&class));
        }
        for stored in scenario.recorded() {
            prop_assert!(stored.decode::<ReportEvent>().unwrap().is_some());
        }
    }
}
