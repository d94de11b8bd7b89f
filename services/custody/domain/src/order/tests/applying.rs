//! Who applies, and how the court decides in time (LAW-4, L34).

use super::*;

#[test]
fn law_4_each_applicant_applies_through_its_own_department_only() {
    let reference = Reference::default();
    for (applicant, entitled) in [
        (Applicant::Party, vec![Department::Court, Department::Village, Department::Justice]),
        (Applicant::CloseRelative, vec![Department::Court, Department::Village, Department::Justice]),
        (Applicant::PublicSecurity, vec![Department::PublicSecurity]),
        (Applicant::WomensFederation, vec![Department::WomensFederation]),
        (Applicant::VillageCommittee, vec![Department::Village]),
        (Applicant::ReliefManagementInstitution, vec![Department::CivilAffairs]),
        (Applicant::Unspecified, vec![]),
    ] {
        for number in 0..=17 {
            let department = Department::try_from(number).unwrap();
            let scenario = Scenario::<Order>::new("order", noon(TODAY), &reference).by(actor(department));
            let outcome = scenario.when(apply(applicant));
            if entitled.contains(&department) {
                outcome.then_types(&["ProtectionOrderAppliedFor"]);
            } else {
                let refused = outcome.then_refused("LAW-4");
                assert_eq!(refused.reason, Reason::NotEntitled, "{applicant:?} by {department:?}");
                assert!(refused.rule.article.contains("23"));
            }
        }
    }
    let elsewhere = Actor { area: "430903112201".to_owned(), ..actor(Department::Village) };
    let scenario = Scenario::<Order>::new("order", noon(TODAY), &reference).by(elsewhere);
    scenario.when(apply(Applicant::VillageCommittee)).then_refused("LAW-4");
}

#[test]
fn law_4_the_court_decides_within_72_hours_of_acceptance_and_24_where_it_is_urgent() {
    let reference = Reference::default();
    for (urgent, hours, warns) in [(false, 72, 48), (true, 24, 12)] {
        let start = noon(TODAY);
        let accept = || applied(&reference).when(now(accepted(urgent)));
        let scenario = accept().then_types(&["OrderApplicationAccepted", "ClockStarted"]);
        let clock = scenario.state().clocks.get("protection-order").unwrap().clone();
        assert_eq!((clock.started_at, clock.due_at), (start, start + Duration::hours(hours)));
        assert_eq!((clock.warn_at, clock.area.as_str()), (Some(start + Duration::hours(warns)), VILLAGE));
        scenario
            .at(start + Duration::hours(warns))
            .when(Command::ObserveClocks)
            .then_types(&["ClockWarned"])
            .when(Command::ObserveClocks)
            .then([]);
        // the last moment is in time
        let due = start + Duration::hours(hours);
        let scenario = applied(&reference).given([now(accepted(urgent))]).at(due);
        let scenario = scenario.when(now(granted("2027-01-01"))).then_types(&[
            "ProtectionOrderGranted",
            "ClockMet",
            "ClockStarted",
        ]);
        assert_eq!(scenario.state().clocks.get("protection-order").unwrap().outcome, Some(Outcome::Met));
        // a moment later it is missed, and decided all the same
        let scenario = applied(&reference).given([now(accepted(urgent))]).at(due + Duration::seconds(1));
        let scenario = scenario.when(Command::ObserveClocks).then_types(&["ClockMissed"]);
        assert!(duties(scenario.state())[0].missed);
        scenario.when(now(refused())).then_types(&["ProtectionOrderRefused"]);
    }
}

#[test]
fn law_4_an_acceptance_that_is_recorded_later_starts_its_hours_when_it_happened() {
    let reference = Reference::default();
    let scenario = applied(&reference).at(noon("2026-11-26"));
    let scenario = scenario.given([at(noon("2026-11-25"), accepted(true))]);
    let clock = scenario.state().clocks.get("protection-order").unwrap();
    assert_eq!(clock.due_at, noon("2026-11-26"));
    let early = scenario.when(at(noon(TODAY), granted("2027-01-01"))).then_refused("BEY-1");
    assert_eq!(early.reason, Reason::TimeInvalid);
}

#[test]
fn law_4_applied_accepted_decided_in_this_order_and_by_the_court() {
    let reference = Reference::default();
    for event in [
        granted("2027-01-01"),
        refused(),
        served(ServedOn::Applicant),
        extended("2027-01-01"),
        varied(),
        revoked(),
    ] {
        let refused = applied(&reference).when(now(event)).then_refused("LAW-4");
        assert_eq!(refused.reason, Reason::WrongState);
    }
    let twice = applied(&reference).given([now(accepted(false))]).when(now(accepted(false)));
    assert_eq!(twice.then_refused("LAW-4").reason, Reason::WrongState);
    for number in (0..=17).filter(|number| *number != i32::from(Department::Court)) {
        let other = actor(Department::try_from(number).unwrap());
        for event in [granted("2027-01-01"), refused()] {
            let scenario = applied(&reference).given([now(accepted(false))]).by(other.clone());
            assert_eq!(scenario.when(now(event)).then_refused("LAW-4").reason, Reason::NotEntitled);
        }
        for event in [served(ServedOn::Applicant), extended("2027-02-01"), varied(), revoked()] {
            let scenario = in_force(&reference, "2027-01-01").by(other.clone());
            assert_eq!(scenario.when(now(event)).then_refused("LAW-4").reason, Reason::NotEntitled);
        }
    }
    let nobody = Scenario::<Order>::new("order", noon(TODAY), &reference).by(actor(Department::Court));
    assert_eq!(nobody.when(now(accepted(false))).then_refused("LAW-4").reason, Reason::NotFound);
}

#[test]
fn law_4_the_measures_are_of_four_kinds_and_others_are_said_in_words() {
    let reference = Reference::default();
    let grant = |measures: Vec<i32>, other: Option<&str>| {
        let event = Event::ProtectionOrderGranted(ProtectionOrderGranted {
            measures,
            other_measures: other.map(|text| Sealed::plain("child", text)),
            valid_until: "2027-01-01".to_owned(),
            ..ProtectionOrderGranted::default()
        });
        applied(&reference).given([now(accepted(false))]).when(now(event))
    };
    let all: Vec<i32> = (1..=4).collect();
    assert_eq!(grant(all.clone(), Some("由学校接送")).facts().len(), 3);
    assert_eq!(grant(vec![], None).then_refused("LAW-4").field.as_deref(), Some("measures"));
    assert_eq!(grant(all, None).then_refused("LAW-4").field.as_deref(), Some("other_measures"));
    assert_eq!(grant(vec![1], Some("其他")).then_refused("LAW-4").field.as_deref(), Some("other_measures"));
}

#[test]
fn law_4_an_order_is_valid_for_at_most_six_months_exactly() {
    let reference = Reference::default();
    let grant = |today: &str, until: &str| {
        let scenario = applied(&reference).at(noon(today)).given([now(accepted(false))]);
        scenario.when(now(granted(until)))
    };
    for (today, until, may) in [
        ("2026-11-24", "2026-11-23", false),
        ("2026-11-24", "2026-11-24", true),
        ("2026-11-24", "2027-05-24", true),
        ("2026-11-24", "2027-05-25", false),
        // the last of February where the month has no such day
        ("2027-08-31", "2028-02-29", true),
        ("2027-08-31", "2028-03-01", false),
    ] {
        let outcome = grant(today, until);
        if may {
            assert_eq!(outcome.facts().len(), 3, "{today} to {until}");
        } else {
            let refused = outcome.then_refused("LAW-4");
            assert_eq!(
                (refused.reason, refused.field.as_deref()),
                (Reason::TimeInvalid, Some("valid_until"))
            );
        }
    }
    let none = grant(TODAY, "2027-02-30").then_refused("BEY-1");
    assert_eq!(none.reason, Reason::InvalidArgument);
}
