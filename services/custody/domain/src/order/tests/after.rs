//! After the decision: service, extension, expiry, breach, review (LAW-4, L34).

use super::*;

const UNTIL: &str = "2027-05-24";

#[test]
fn law_4_bey_2_the_order_as_it_stands_is_served_on_all_four() {
    let reference = Reference::default();
    let mut scenario = in_force(&reference, UNTIL);
    let missing = |scenario: &Scenario<'_, Order>| {
        let duties = duties(scenario.state());
        let of_one = |duty: &Duty| duty.missing.iter().map(|one| one.what.clone()).collect::<Vec<_>>();
        duties.first().map(of_one).unwrap_or_default()
    };
    let all = ["served-on-applicant", "served-on-respondent", "served-on-police", "served-on-village"];
    assert_eq!(missing(&scenario), all);
    for (number, left) in (1..=4).zip([&all[1..], &all[2..], &all[3..], &[]]) {
        let on = ServedOn::try_from(number).unwrap();
        scenario = scenario.when(now(served(on))).then_types(&["ProtectionOrderServed"]);
        assert_eq!(missing(&scenario), left);
        scenario = scenario.when(now(served(on))).then([]);
    }
    assert!(open(&scenario).is_empty());
    // what changes the order must be served anew
    let scenario = scenario.given([now(varied())]);
    assert_eq!(missing(&scenario), all);
    let unsaid = scenario.when(now(served(ServedOn::Unspecified))).then_refused("LAW-4");
    assert_eq!(unsaid.field.as_deref(), Some("served_on"));
}

#[test]
fn law_4_an_order_expires_by_itself_at_the_end_of_its_last_day_and_only_once() {
    let reference = Reference::default();
    let end = end_of_day(day(UNTIL));
    let scenario = in_force(&reference, UNTIL)
        .at(end - Duration::days(15))
        .when(Command::ObserveClocks)
        .then_types(&["ClockWarned"])
        .at(end - Duration::seconds(1))
        .when(Command::ObserveClocks)
        .then([])
        .at(end)
        .when(Command::ObserveClocks)
        .then_types(&["ProtectionOrderExpired", "ClockMet"])
        .when(Command::ObserveClocks)
        .then([]);
    assert_eq!(scenario.state().stage(), OrderStage::Expired);
    assert!(scenario.state().in_force_at(end - Duration::seconds(1)) && !scenario.state().in_force_at(end));
    // a step that comes before the alarm finds it out too
    let late = in_force(&reference, UNTIL).at(end).by(actor(Department::PublicSecurity));
    late.when(at(end - Duration::seconds(1), breached())).then_types(&[
        "ProtectionOrderBreached",
        "ProtectionOrderExpired",
        "ClockMet",
    ]);
}

#[test]
fn law_4_before_it_expires_it_is_extended_by_at_most_six_months_and_after_it_is_not() {
    let reference = Reference::default();
    let end = end_of_day(day(UNTIL));
    let last = || in_force(&reference, UNTIL).at(end - Duration::seconds(1));
    for (until, may) in [
        ("2027-05-23", false),
        (UNTIL, false),
        ("2027-05-25", true),
        ("2027-11-24", true),
        ("2027-11-25", false),
    ] {
        let outcome = last().when(now(extended(until)));
        if may {
            let Some(Event::ProtectionOrderExtended(made)) = &outcome.facts()[0].event.event else {
                panic!()
            };
            assert_eq!(made.was_valid_until, UNTIL);
            let scenario =
                outcome.then_types(&["ProtectionOrderExtended", "ClockSuperseded", "ClockStarted"]);
            assert_eq!(scenario.state().expires_at(), Some(end_of_day(day(until))));
        } else {
            assert_eq!(outcome.then_refused("LAW-4").field.as_deref(), Some("valid_until"), "{until}");
        }
    }
    for event in [extended("2027-06-01"), varied(), revoked(), served(ServedOn::Applicant)] {
        let refused = in_force(&reference, UNTIL).at(end).when(now(event)).then_refused("LAW-4");
        assert_eq!(refused.reason, Reason::WrongState);
    }
    // extended on the last day, recorded after the alarm
    let late = in_force(&reference, UNTIL).at(end).given([Command::ObserveClocks]).at(noon("2027-05-26"));
    let scenario = late
        .when(at(noon(UNTIL), extended("2027-06-30")))
        .then_types(&["ProtectionOrderExtended", "ClockStarted"]);
    assert_eq!(scenario.state().stage(), OrderStage::InForce);
}

#[test]
fn law_4_a_revoked_order_is_over_and_its_clock_void() {
    let reference = Reference::default();
    let scenario = in_force(&reference, UNTIL)
        .when(now(revoked()))
        .then_types(&["ProtectionOrderRevoked", "ClockVoided"]);
    assert_eq!(scenario.state().clocks.open().count(), 0);
    scenario.by(actor(Department::PublicSecurity)).when(now(breached())).then_refused("LAW-4");
}

#[test]
fn law_4_a_breach_is_recorded_while_the_order_is_in_force_and_sanctioned_within_the_limits_of_the_law() {
    let reference = Reference::default();
    let police = || in_force(&reference, UNTIL).by(actor(Department::PublicSecurity));
    police().when(at(noon("2026-11-23"), breached())).then_refused("LAW-4");
    let refused = police().by(actor(Department::Education)).when(now(breached())).then_refused("LAW-4");
    assert_eq!(refused.reason, Reason::NotEntitled);
    let outcome = police().when(now(breached()));
    let Some(Event::ProtectionOrderBreached(made)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(made.respondent_person_id, "father");
    let breached_once = || police().given([now(breached())]).by(actor(Department::Court));
    assert!(open(&breached_once()).contains(&"sanction-breach"));
    for (sanction, fine, days, field) in [
        (Sanction::Fine, 1_000, 0, None),
        (Sanction::Fine, 1_001, 0, Some("fine_yuan")),
        (Sanction::Fine, 0, 0, Some("fine_yuan")),
        (Sanction::Detention, 0, 15, None),
        (Sanction::Detention, 0, 16, Some("detention_days")),
        (Sanction::Detention, 0, 0, Some("detention_days")),
        (Sanction::Admonition, 0, 0, None),
        (Sanction::Admonition, 1, 0, Some("fine_yuan")),
        (Sanction::Criminal, 0, 1, Some("detention_days")),
        (Sanction::Unspecified, 0, 0, Some("sanction")),
    ] {
        let outcome = breached_once().when(now(sanctioned(sanction, fine, days)));
        match field {
            None => {
                let scenario = outcome.then_types(&["BreachSanctioned"]);
                assert!(!open(&scenario).contains(&"sanction-breach"));
                let twice = scenario.when(now(sanctioned(sanction, fine, days))).then_refused("LAW-4");
                assert_eq!(twice.reason, Reason::WrongState);
            }
            Some(field) => assert_eq!(outcome.then_refused("LAW-4").field.as_deref(), Some(field)),
        }
    }
    let unknown = in_force(&reference, UNTIL).when(now(sanctioned(Sanction::Admonition, 0, 0)));
    assert_eq!(unknown.then_refused("LAW-4").reason, Reason::UnknownReference);
}

#[test]
fn law_4_a_review_is_asked_for_once_within_five_days_by_whom_the_decision_went_against() {
    let reference = Reference::default();
    // granted on a Tuesday: five days end on a Sunday, so on the Monday after it
    let last = end_of_day(day("2026-11-30"));
    let asked = |at| in_force(&reference, UNTIL).at(at).when(now(review(true)));
    asked(last - Duration::seconds(1)).then_types(&["ReviewRequested"]);
    assert_eq!(asked(last).then_refused("LAW-4").reason, Reason::TimeInvalid);
    let refused_order = || applied(&reference).given([now(accepted(false)), now(refused())]);
    refused_order().by(actor(Department::Village)).when(now(review(false))).then_types(&["ReviewRequested"]);
    // not by the other party, nor by another department
    assert_eq!(refused_order().when(now(review(true))).then_refused("LAW-4").reason, Reason::WrongState);
    let other = refused_order().by(actor(Department::CivilAffairs)).when(now(review(false)));
    assert_eq!(other.then_refused("LAW-4").reason, Reason::NotEntitled);
    let wrong = in_force(&reference, UNTIL).when(now(review(false))).then_refused("LAW-4");
    assert_eq!(wrong.reason, Reason::WrongState);
    let pending = || in_force(&reference, UNTIL).given([now(review(true))]);
    assert!(pending().state().in_force_at(noon(TODAY)), "it stays in force meanwhile");
    assert!(open(&pending()).contains(&"decide-review"));
    let upheld = pending().given([now(reviewed(ReviewOutcome::Upheld))]);
    assert_eq!(upheld.when(now(review(true))).then_refused("LAW-4").reason, Reason::WrongState);
    pending().when(now(reviewed(ReviewOutcome::SetAside))).then_types(&[
        "ReviewDecided",
        "ProtectionOrderRevoked",
        "ClockVoided",
    ]);
    // a refusal that is set aside is decided anew
    let anew = refused_order().given([now(review(false)), now(reviewed(ReviewOutcome::SetAside))]);
    assert_eq!(open(&anew), ["decide-application"]);
    anew.when(now(granted(UNTIL))).then_types(&["ProtectionOrderGranted", "ClockStarted"]);
}

#[test]
fn law_4_expiries_and_clocks_are_not_recorded_by_hand() {
    use kinward_contracts::custody::v1::ProtectionOrderExpired;
    use kinward_contracts::r#type::v1::ClockStarted;
    let reference = Reference::default();
    for event in [
        Event::ProtectionOrderExpired(ProtectionOrderExpired::default()),
        Event::ClockStarted(ClockStarted::default()),
    ] {
        in_force(&reference, UNTIL).when(now(event)).then_refused("LAW-4");
    }
}

#[test]
fn law_4_who_is_told_of_an_order_stands_in_each_of_its_events() {
    let reference = Reference::default();
    let child = || Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() });
    let village_code = || Some(VILLAGE.to_owned());
    let event =
        |scenario: Scenario<'_, Order>, command| scenario.when(command).facts()[0].event.event.clone();
    let Some(Event::ProtectionOrderGranted(granted)) =
        event(applied(&reference).given([now(accepted(false))]), now(granted(UNTIL)))
    else {
        panic!("granted")
    };
    assert_eq!((granted.child, granted.village_code), (child(), village_code()));
    assert_eq!(granted.respondent_person_id, "father");
    let Some(Event::ProtectionOrderExtended(extended)) =
        event(in_force(&reference, UNTIL), now(extended("2027-06-24")))
    else {
        panic!("extended")
    };
    assert_eq!((extended.child, extended.village_code), (child(), village_code()));
    let Some(Event::ProtectionOrderVaried(varied)) = event(in_force(&reference, UNTIL), now(varied())) else {
        panic!("varied")
    };
    assert_eq!((varied.child, varied.village_code), (child(), village_code()));
    let Some(Event::ProtectionOrderRevoked(revoked)) = event(in_force(&reference, UNTIL), now(revoked()))
    else {
        panic!("revoked")
    };
    assert_eq!((revoked.child, revoked.village_code, revoked.on_review), (child(), village_code(), false));
    let late = in_force(&reference, UNTIL).at(noon("2027-05-26"));
    let Some(Event::ProtectionOrderExpired(expired)) = event(late, Command::ObserveClocks) else {
        panic!("expired")
    };
    assert_eq!(
        (expired.child, expired.village_code, expired.valid_until.as_str()),
        (child(), village_code(), UNTIL)
    );
}

#[test]
fn law_4_an_order_is_not_served_before_it_stands_as_it_does() {
    let reference = Reference::default();
    let hour = |hours| noon(TODAY) + Duration::hours(hours);
    let varied = || in_force(&reference, UNTIL).at(hour(3)).given([at(hour(1), varied())]);
    let before = varied().when(at(hour(1) - Duration::minutes(1), served(ServedOn::Applicant)));
    assert_eq!(before.then_refused("BEY-1").reason, Reason::TimeInvalid, "what was served was another order");
    varied().when(at(hour(1), served(ServedOn::Applicant))).then_types(&["ProtectionOrderServed"]);
}

#[test]
fn an_order_is_where_its_village_is_and_its_texts_are_the_child_s() {
    use kinward_eventsourcing::Recording as _;
    let reference = Reference::default();
    let scenario = applied(&reference);
    assert_eq!(Order::place(scenario.state(), Department::Court), Some(VILLAGE));
    assert_eq!(Order::child("order", scenario.state()), "child");
}
