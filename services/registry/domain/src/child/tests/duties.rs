//! What is open for a child, and how full its file is (BEY-2, TWN-1).

use super::*;
use crate::child::{open_duties, sections};
use kinward_contracts::registry::v1::{
    ContactKind, ContactRecorded, DifficultyAssigned, DifficultyOpened, HealthRecorded, SchoolEnrolled,
    SchoolStage, Schooling,
};

fn duties(scenario: &Scenario<'_, Child>, now: DateTime<Utc>) -> Vec<(&'static str, Department, bool)> {
    let reference = reference();
    let open = open_duties(scenario.state(), &reference, now);
    open.into_iter().map(|duty| (duty.what, duty.department, duty.is_overdue(now))).collect()
}

fn names(scenario: &Scenario<'_, Child>) -> Vec<&'static str> {
    duties(scenario, noon()).into_iter().map(|(duty, ..)| duty).collect()
}

#[test]
fn bey_2_a_child_on_the_roll_has_duties_and_one_off_it_has_none_of_them() {
    let reference = reference();
    let scenario = left_behind(&reference);
    assert_eq!(names(&scenario), ["parent-contact", "village-visit", "delegation", "file-completeness"]);
    let scenario = scenario.given([record(MOTHER, at_home())]);
    assert_eq!(names(&scenario), ["file-completeness"]);
    let alone = on_file(&reference, vec![parent(FATHER, away())], Vec::new());
    assert!(names(&alone).contains(&"guardianship-gap"));
}

#[test]
fn bey_2_a_missed_duty_is_open_and_overdue_until_it_is_made_up_for() {
    let reference = reference();
    let late = noon() + Duration::days(9);
    let scenario = left_behind(&reference).at(late).given([observe()]);
    assert!(duties(&scenario, late).contains(&("parent-contact", Department::Village, true)));
    let contact =
        ContactRecorded { person_id: FATHER.to_owned(), kind: ContactKind::Phone.into(), facilitated_by: 0 };
    let scenario = scenario.given([did(contact)]);
    assert!(duties(&scenario, late).contains(&("parent-contact", Department::Village, false)));
}

#[test]
fn bey_2_a_difficulty_is_the_unit_s_that_has_it() {
    let reference = reference();
    let opened = DifficultyOpened { difficulty_id: "one".to_owned(), ..DifficultyOpened::default() };
    let scenario = left_behind(&reference).given([did(opened)]);
    assert!(duties(&scenario, noon()).contains(&("difficulty", Department::Village, false)));
    let assigned = DifficultyAssigned { difficulty_id: "one".to_owned(), unit_id: "school".to_owned() };
    let scenario = scenario.given([did(assigned)]);
    assert!(duties(&scenario, noon()).contains(&("difficulty", Department::Education, false)));
}

#[test]
fn twn_1_a_file_is_complete_when_its_four_sections_are_filled() {
    let reference = reference();
    let scenario = left_behind(&reference);
    let filled = |scenario: &Scenario<'_, Child>| sections(scenario.state()).each().map(|(_, filled)| filled);
    assert_eq!(filled(&scenario), [true, true, false, false]);
    let school = Schooling { stage: SchoolStage::Primary.into(), school_unit_id: None, boarding: false };
    let enrolled = SchoolEnrolled { schooling: Some(school), since_on: "2025-09-01".to_owned() };
    let health = HealthRecorded {
        examined_on: Some(Sealed::plain("child", "2026-03-01")),
        ..HealthRecorded::default()
    };
    let scenario = scenario.given([did(enrolled), did(health)]);
    assert!(sections(scenario.state()).complete());
    assert!(!names(&scenario).contains(&"file-completeness"));
    let unknown = on_file(&reference, vec![parent(FATHER, facts(Whereabouts::Unspecified))], Vec::new());
    assert_eq!(filled(&unknown), [false, true, false, false]);
    let nobody = on_file(&reference, Vec::new(), Vec::new());
    assert_eq!(filled(&nobody), [false, false, false, false]);
}
