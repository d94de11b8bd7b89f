//! Schooling from enrolment to return or written report (DEP-2, DEP-4).

use super::*;
use kinward_contracts::registry::v1::{
    AbsenceCause, AbsenceFollowedUp, AbsenceRecorded, ChildReturnedToSchool, ContactCardIssued,
    DropoutRegistered, DropoutReportAcknowledged, DropoutReportWritten, PersuaderRole, PersuasionAttempted,
    PersuasionFailed, PersuasionResult, ReportRecipient, SchoolEnrolled, SchoolStage, Schooling,
    SchoolingStage as Stage,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::Outcome as Ended;

const TODAY: &str = "2026-03-10";

fn words(text: &str) -> Sealed {
    Sealed::plain("child", text)
}

fn enrolled() -> Command {
    let schooling = Schooling {
        stage: SchoolStage::Primary.into(),
        school_unit_id: Some("school".to_owned()),
        boarding: false,
    };
    did(SchoolEnrolled { schooling: Some(schooling), since_on: "2025-09-01".to_owned() })
}

fn absent(cause: AbsenceCause) -> Command {
    let on_date = TODAY.to_owned();
    did(AbsenceRecorded { absence_id: "absence".to_owned(), on_date, cause: cause.into() })
}

fn followed(cause: AbsenceCause) -> Command {
    let (absence_id, findings) = ("absence".to_owned(), Some(words("家长说明")));
    did(AbsenceFollowedUp { absence_id, cause: cause.into(), findings })
}

fn dropped(cause: AbsenceCause) -> Command {
    did(DropoutRegistered {
        dropout_id: "dropout".to_owned(),
        since_on: TODAY.to_owned(),
        cause: cause.into(),
        village_code: String::new(),
    })
}

fn attempt() -> Command {
    did(PersuasionAttempted {
        dropout_id: "dropout".to_owned(),
        role: PersuaderRole::Teacher.into(),
        unit_id: String::new(),
        result: PersuasionResult::Refused.into(),
        narrative: Some(words("上门劝返")),
    })
}

fn gave_up() -> Command {
    did(PersuasionFailed { dropout_id: "dropout".to_owned() })
}

fn report() -> Command {
    let (dropout_id, text) = ("dropout".to_owned(), Some(words("劝返无效，特此报告")));
    did(DropoutReportWritten { dropout_id, text, village_code: String::new() })
}

fn acknowledged(recipient: ReportRecipient) -> Command {
    did(DropoutReportAcknowledged { dropout_id: "dropout".to_owned(), recipient: recipient.into() })
}

fn returned() -> Command {
    did(ChildReturnedToSchool { on_date: TODAY.to_owned() })
}

fn at_school(reference: &Reference) -> Scenario<'_, Child> {
    left_behind(reference).by(by(Department::Education, "430903111")).given([enrolled()])
}

fn stage(scenario: &Scenario<'_, Child>) -> Stage {
    scenario.state().schooling.stage()
}

#[test]
fn dep_2_an_unexplained_absence_is_followed_up_by_the_school_day() {
    let reference = reference();
    let scenario = at_school(&reference).given([absent(AbsenceCause::Unspecified)]);
    assert_eq!(stage(&scenario), Stage::Absent);
    let clock = running(&scenario, "absence-follow-up").unwrap();
    assert_eq!(clock.variant, "primary");
    assert_eq!(due(&scenario, "absence-follow-up"), "2026-03-11T16:00:00Z");
    let scenario = scenario.when(followed(AbsenceCause::Illness)).then_made(&["AbsenceFollowedUp"]);
    assert_eq!(scenario.state().clocks.get("absence-follow-up").unwrap().outcome, Some(Ended::Met));
    let scenario = scenario.when(returned()).then_made(&["ChildReturnedToSchool"]);
    assert_eq!(stage(&scenario), Stage::Enrolled);
    let explained = at_school(&reference).given([absent(AbsenceCause::Illness)]);
    assert!(running(&explained, "absence-follow-up").is_none());
}

#[test]
fn dep_2_a_dropout_that_persuasion_does_not_bring_back_is_reported_to_both_each_of_whom_acknowledges() {
    let reference = reference();
    let scenario =
        at_school(&reference).given([absent(AbsenceCause::Unspecified), dropped(AbsenceCause::Aversion)]);
    assert_eq!(scenario.state().clocks.get("absence-follow-up").unwrap().outcome, Some(Ended::Met));
    assert_eq!(scenario.when(gave_up()).then_missing("DEP-2"), ["persuasion-attempt"]);
    let scenario =
        at_school(&reference).given([dropped(AbsenceCause::Aversion), attempt(), attempt(), gave_up()]);
    assert_eq!(stage(&scenario), Stage::PersuasionFailed);
    assert_eq!(due(&scenario, "dropout-written-report"), "2026-03-17T16:00:00Z");
    let scenario = scenario.when(report()).then_made(&["DropoutReportWritten"]);
    assert_eq!(scenario.state().clocks.get("dropout-written-report").unwrap().outcome, Some(Ended::Met));
    for clock in ["dropout-acknowledge-education", "dropout-acknowledge-township"] {
        assert_eq!(due(&scenario, clock), "2026-03-13T16:00:00Z", "{clock}");
    }
    let school = scenario.when(acknowledged(ReportRecipient::EducationDepartment)).then_refused("DEP-2");
    assert_eq!(school.reason, Reason::NotEntitled);
    let reported =
        at_school(&reference).given([dropped(AbsenceCause::Aversion), attempt(), gave_up(), report()]);
    let bureau = by(Department::Education, "430903");
    let scenario = reported.by(bureau).given([acknowledged(ReportRecipient::EducationDepartment)]);
    assert!(running(&scenario, "dropout-acknowledge-education").is_none());
    assert!(running(&scenario, "dropout-acknowledge-township").is_some(), "each for itself");
    let other = scenario.by(by(Department::Township, "430903101"));
    assert_eq!(
        other.when(acknowledged(ReportRecipient::Township)).then_refused("DEP-2").reason,
        Reason::NotEntitled
    );
    let reported =
        at_school(&reference).given([dropped(AbsenceCause::Aversion), attempt(), gave_up(), report()]);
    let scenario = reported.by(by(Department::Township, "430903111"));
    let scenario = scenario.given([acknowledged(ReportRecipient::Township)]);
    assert_eq!(
        scenario.state().clocks.get("dropout-acknowledge-township").unwrap().outcome,
        Some(Ended::Met)
    );
    scenario.when(acknowledged(ReportRecipient::Township)).then_refused("DEP-2");
}

#[test]
fn dep_2_who_comes_back_is_enrolled_and_the_duties_fall_away() {
    let reference = reference();
    let scenario = at_school(&reference).given([
        dropped(AbsenceCause::Work),
        attempt(),
        gave_up(),
        report(),
        returned(),
    ]);
    assert_eq!(stage(&scenario), Stage::Enrolled);
    for clock in ["dropout-acknowledge-education", "dropout-acknowledge-township"] {
        assert_eq!(scenario.state().clocks.get(clock).unwrap().outcome, Some(Ended::Void));
    }
    assert!(scenario.state().schooling.dropout.is_none());
}

#[test]
fn dep_2_no_step_is_taken_before_the_one_before_it() {
    let reference = reference();
    for early in [followed(AbsenceCause::Illness), attempt(), gave_up(), report(), returned()] {
        let refused = at_school(&reference).when(early).then_refused("DEP-2");
        assert_eq!(refused.reason, Reason::WrongState);
    }
    at_school(&reference).given([dropped(AbsenceCause::Work)]).when(report()).then_refused("DEP-2");
    at_school(&reference).given([dropped(AbsenceCause::Work)]).when(enrolled()).then_refused("DEP-2");
    at_school(&reference)
        .given([dropped(AbsenceCause::Work), attempt(), gave_up()])
        .when(acknowledged(ReportRecipient::Township))
        .then_refused("DEP-2");
}

#[test]
fn dep_4_poverty_asks_for_education_relief_once() {
    let reference = reference();
    let scenario = at_school(&reference).when(absent(AbsenceCause::Poverty));
    let scenario = scenario.then_made(&["AbsenceRecorded", "EducationReliefReferred"]);
    let scenario = scenario.when(followed(AbsenceCause::Poverty)).then_made(&["AbsenceFollowedUp"]);
    let scenario = scenario.when(dropped(AbsenceCause::Poverty));
    scenario.then_made(&["DropoutRegistered", "EducationReliefReferred"]);
    let found = at_school(&reference).given([absent(AbsenceCause::Unspecified)]);
    found.when(followed(AbsenceCause::Poverty)).then_made(&["AbsenceFollowedUp", "EducationReliefReferred"]);
    at_school(&reference).when(dropped(AbsenceCause::Aversion)).then_made(&["DropoutRegistered"]);
}

#[test]
fn dep_2_a_contact_card_is_for_people_of_the_file() {
    let reference = reference();
    let card = |person: &str| {
        did(ContactCardIssued {
            teacher_person_id: "teacher".to_owned(),
            teacher_name: Some(Sealed::plain("teacher", "龚知夏")),
            teacher_phone: Some(Sealed::plain("teacher", "13900000000")),
            holder_person_ids: vec![FATHER.to_owned(), person.to_owned()],
        })
    };
    let scenario = at_school(&reference).when(card(GRANDMOTHER)).then_made(&["ContactCardIssued"]);
    assert!(scenario.state().schooling.contact_card);
    at_school(&reference).when(card("stranger")).then_refused("DEP-2");
}
