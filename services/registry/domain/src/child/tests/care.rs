//! Contact, visits, key case, difficulties, words to guardians, caring adults (FAM-3, FAM-4, TWN-2 to TWN-6, DEP-3).

use super::*;
use kinward_contracts::custody::v1::Conduct;
use kinward_contracts::registry::v1::{
    AnomalyArea, CaringAdultPaired, CaringRole, ContactKind, ContactRecorded, DifficultyAssigned,
    DifficultyKind, DifficultyOpened, DifficultyResolved, Facilitator, Finding, GuardianAdmonished,
    GuardianStopped, GuardianUrgedToCorrect, KeyCaseEnded, KeyCaseFlagged, KeyCaseVisitor, PairingEnded,
    PairingVisitRecorded, PsychologicalConcernRaised, SchoolStage, Schooling, VisitKind, VisitRecorded,
    VisitorRole,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_statute::Outcome as Ended;

fn words(text: &str) -> Sealed {
    Sealed::plain("child", text)
}

fn contact(facilitated_by: Facilitator) -> ContactRecorded {
    ContactRecorded {
        person_id: FATHER.to_owned(),
        kind: ContactKind::Video.into(),
        facilitated_by: facilitated_by.into(),
    }
}

fn visit(role: VisitorRole, anomaly: AnomalyArea) -> VisitRecorded {
    let finding = if anomaly == AnomalyArea::Unspecified { Finding::Normal } else { Finding::Anomaly };
    VisitRecorded {
        visit_id: "visit".to_owned(),
        kind: VisitKind::Regular.into(),
        role: role.into(),
        finding: finding.into(),
        findings: Some(words("一切正常")),
        anomaly_area: anomaly.into(),
    }
}

fn usual() -> VisitRecorded {
    visit(VisitorRole::VillageCommittee, AnomalyArea::Unspecified)
}

fn visitor(role: VisitorRole) -> KeyCaseVisitor {
    KeyCaseVisitor {
        person_id: "visitor".to_owned(),
        role: role.into(),
        unit_id: "township".to_owned(),
        name: Some(Sealed::plain("visitor", "贺春晓")),
    }
}

fn flag(role: VisitorRole) -> Command {
    did(KeyCaseFlagged {
        key_case_id: "key".to_owned(),
        reason: Some(words("父母失联")),
        visitor: Some(visitor(role)),
    })
}

fn started_at(scenario: &Scenario<'_, Child>, clock: &str) -> DateTime<Utc> {
    running(scenario, clock).unwrap().started_at
}

#[test]
fn fam_3_the_contact_clock_starts_with_the_roll_and_anew_with_each_contact() {
    let reference = reference();
    let scenario = left_behind(&reference);
    assert_eq!(due(&scenario, "parent-contact"), "2026-03-17T16:00:00Z");
    let scenario = scenario.at(noon() + Duration::days(3));
    let at = noon() + Duration::days(2);
    let scenario = scenario.given([did_at(contact(Facilitator::Unspecified), Some(at))]);
    assert_eq!(started_at(&scenario, "parent-contact"), at, "from the contact, not from its recording");
    // an older one is history
    let scenario = scenario.given([did_at(contact(Facilitator::School), Some(noon() + Duration::days(1)))]);
    assert_eq!(started_at(&scenario, "parent-contact"), at);
    let care = &scenario.state().care;
    assert_eq!((care.contacts, care.facilitated, care.last_contact), (2, 1, Some(at)));
}

#[test]
fn fam_3_a_missed_contact_is_missed_and_the_next_contact_starts_anew() {
    let reference = reference();
    let late = noon() + Duration::days(9);
    let scenario = left_behind(&reference).at(late).given([observe()]);
    assert_eq!(scenario.state().clocks.get("parent-contact").unwrap().outcome, Some(Ended::Missed));
    let scenario = scenario.given([did(contact(Facilitator::Village))]);
    assert_eq!(started_at(&scenario, "parent-contact"), late);
}

#[test]
fn fam_3_the_clock_warns_and_falls_away_with_the_roll() {
    let reference = reference();
    let scenario = left_behind(&reference).at(noon() + Duration::days(6)).given([observe()]);
    assert!(running(&scenario, "parent-contact").unwrap().warned);
    let scenario = scenario.given([record(MOTHER, at_home())]);
    for clock in ["parent-contact", "village-visit"] {
        assert_eq!(scenario.state().clocks.get(clock).unwrap().outcome, Some(Ended::Void));
    }
    let scenario = scenario.given([did(contact(Facilitator::Unspecified))]);
    assert!(running(&scenario, "parent-contact").is_none());
    let scenario = scenario.at(noon() + Duration::days(7)).given([record(MOTHER, away())]);
    assert_eq!(started_at(&scenario, "parent-contact"), noon() + Duration::days(7), "back on the roll");
}

#[test]
fn fam_3_only_a_parent_s_contact_is_a_parent_s() {
    let reference = reference();
    let other = ContactRecorded { person_id: GRANDMOTHER.to_owned(), ..contact(Facilitator::Unspecified) };
    let refused = left_behind(&reference).when(did(other)).then_refused("FAM-3");
    assert_eq!(refused.reason, Reason::UnknownReference);
}

#[test]
fn twn_2_a_visit_starts_the_visit_clock_anew() {
    let reference = reference();
    let scenario = left_behind(&reference);
    assert_eq!(due(&scenario, "village-visit"), "2026-04-09T16:00:00Z");
    let scenario = scenario.at(noon() + Duration::days(10)).when(did(usual())).then_made(&["VisitRecorded"]);
    assert_eq!(started_at(&scenario, "village-visit"), noon() + Duration::days(10));
}

#[test]
fn twn_3_an_anomaly_is_an_event_of_its_own_for_the_township() {
    let reference = reference();
    let found = visit(VisitorRole::VillageCommittee, AnomalyArea::Guardianship);
    let outcome = left_behind(&reference).when(did(found));
    let Some(Event::AnomalyFound(anomaly)) = &outcome.facts()[1].event.event else { panic!() };
    assert_eq!((anomaly.village_code.as_str(), anomaly.township_code.as_str()), (VILLAGE, "430903111"));
    assert_eq!(anomaly.anomaly_area(), AnomalyArea::Guardianship);
    outcome.then_made(&["VisitRecorded", "AnomalyFound"]);
    let nowhere = VisitRecorded { finding: Finding::Anomaly.into(), ..usual() };
    let refused = left_behind(&reference).when(did(nowhere)).then_refused("TWN-3");
    assert_eq!(refused.field.as_deref(), Some("anomaly_area"));
}

#[test]
fn twn_5_a_key_case_is_visited_faster_and_by_whom_the_policy_names() {
    let reference = reference();
    let refused = left_behind(&reference).when(flag(VisitorRole::VillageCommittee)).then_refused("TWN-5");
    assert_eq!(refused.field.as_deref(), Some("visitor_role"));
    let scenario =
        left_behind(&reference).when(flag(VisitorRole::SocialWorker)).then_made(&["KeyCaseFlagged"]);
    assert_eq!(running(&scenario, "village-visit").unwrap().variant, "key-case");
    assert_eq!(due(&scenario, "village-visit"), "2026-03-17T16:00:00Z");
    let soon = noon() + Duration::days(2);
    let scenario = scenario.at(soon).given([did(usual())]);
    assert_eq!(started_at(&scenario, "village-visit"), noon(), "an ordinary visit does not track a key case");
    let tracked = visit(VisitorRole::ResidentCadre, AnomalyArea::Unspecified);
    let scenario = scenario.given([did(tracked)]);
    assert_eq!(started_at(&scenario, "village-visit"), soon);
    let twice = scenario.when(flag(VisitorRole::PartyCadre)).then_refused("TWN-5");
    assert_eq!(twice.existing_id.as_deref(), Some("key"));
    let end = || did(KeyCaseEnded { reason: Some(words("父母返回")), ..KeyCaseEnded::default() });
    let scenario = left_behind(&reference).given([flag(VisitorRole::SocialWorker)]).when(end());
    let scenario = scenario.then_made(&["KeyCaseEnded"]);
    assert_eq!(running(&scenario, "village-visit").unwrap().variant, "");
    scenario.when(end()).then_refused("TWN-5");
}

#[test]
fn twn_5_a_key_case_is_visited_off_the_roll_too() {
    let reference = reference();
    let scenario = on_file(&reference, vec![parent(FATHER, at_home())], Vec::new());
    assert!(running(&scenario, "village-visit").is_none());
    let scenario = scenario.given([flag(VisitorRole::PartyCadre)]);
    assert_eq!(running(&scenario, "village-visit").unwrap().variant, "key-case");
}

#[test]
fn twn_6_a_difficulty_is_opened_assigned_and_solved_each_with_its_clock() {
    let reference = reference();
    let open = |id: &str| {
        did(DifficultyOpened {
            difficulty_id: id.to_owned(),
            kind: DifficultyKind::Life.into(),
            description: Some(words("缺少冬衣")),
            village_code: String::new(),
        })
    };
    let assign = |id: &str, unit: &str| {
        did(DifficultyAssigned { difficulty_id: id.to_owned(), unit_id: unit.to_owned() })
    };
    let solve = |id: &str| {
        did(DifficultyResolved { difficulty_id: id.to_owned(), outcome: Some(words("已发放")) })
    };
    let scenario = left_behind(&reference).given([open("one"), open("two")]);
    assert_eq!(due(&scenario, "difficulty-one"), "2026-04-09T16:00:00Z");
    let scenario = scenario.when(assign("one", "nobody")).then_refused("TWN-6");
    assert_eq!(scenario.reason, Reason::UnknownReference);
    let scenario = left_behind(&reference).given([open("one"), open("two")]);
    assert_eq!(scenario.when(solve("one")).then_missing("TWN-6"), ["difficulty-assigned"]);
    let scenario = left_behind(&reference).given([open("one"), open("two"), assign("one", "township")]);
    let scenario = scenario.when(solve("one")).then_made(&["DifficultyResolved"]);
    assert_eq!(scenario.state().clocks.get("difficulty-one").unwrap().outcome, Some(Ended::Met));
    assert!(running(&scenario, "difficulty-two").is_some());
    scenario.when(solve("one")).then_refused("TWN-6");
}

#[test]
fn fam_4_each_word_to_a_guardian_has_its_author() {
    let reference = reference();
    let said = |person_id: &str| GuardianAdmonished {
        person_id: person_id.to_owned(),
        conduct: Conduct::DutyRefused.into(),
        department: 0,
        narrative: Some(words("应每周联系")),
    };
    let police = by(Department::PublicSecurity, "430903");
    let outcome = left_behind(&reference).by(police).when(did(said(FATHER)));
    let Some(Event::GuardianAdmonished(admonished)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(admonished.department(), Department::PublicSecurity);
    let scenario = outcome.then_made(&["GuardianAdmonished"]).by(by(Department::Village, VILLAGE));
    let GuardianAdmonished { person_id, conduct, narrative, .. } = said(FATHER);
    let stopped = GuardianStopped {
        person_id: person_id.clone(),
        conduct,
        department: 0,
        narrative: narrative.clone(),
    };
    let urged = GuardianUrgedToCorrect { person_id, conduct, department: 0, narrative };
    let scenario = scenario.given([did(stopped), did(urged)]);
    assert_eq!(scenario.state().care.words[FATHER], 3);
    assert_eq!(scenario.when(did(said("stranger"))).then_refused("FAM-4").reason, Reason::UnknownReference);
    let machine = left_behind(&reference).by(by(Department::Kinward, "430903"));
    assert_eq!(machine.when(did(said(FATHER))).then_refused("FAM-4").reason, Reason::NotEntitled);
}

#[test]
fn dep_3_a_school_raises_a_concern() {
    let reference = reference();
    let raised = PsychologicalConcernRaised { signs: Some(words("沉默寡言")), ..Default::default() };
    let outcome =
        left_behind(&reference).by(by(Department::Education, "430903111")).when(did(raised.clone()));
    let Some(Event::PsychologicalConcernRaised(concern)) = &outcome.facts()[0].event.event else { panic!() };
    assert_eq!(concern.village_code, VILLAGE);
    assert!(concern.school_unit_id.ends_with("430903111"));
    let village = left_behind(&reference).by(by(Department::Village, VILLAGE));
    assert_eq!(village.when(did(raised)).then_refused("DEP-3").reason, Reason::NotEntitled);
}

#[test]
fn dep_3_a_caring_adult_is_paired_visits_in_that_time_and_life_managers_care_for_boarders() {
    let reference = reference();
    let pair = |role: CaringRole| CaringAdultPaired {
        pairing_id: "pair".to_owned(),
        person_id: "adult".to_owned(),
        role: role.into(),
        name: Some(Sealed::plain("adult", "汤若溪")),
        from_on: "2026-03-01".to_owned(),
        unit_id: "school".to_owned(),
    };
    let visited = |at: Option<DateTime<Utc>>| {
        let visited = PairingVisitRecorded {
            pairing_id: "pair".to_owned(),
            in_holidays: true,
            findings: Some(words("一起做作业")),
        };
        did_at(visited, at)
    };
    let ended = || did(PairingEnded { pairing_id: "pair".to_owned(), on_date: "2026-03-05".to_owned() });
    let scenario = left_behind(&reference).given([did(pair(CaringRole::LoveMother)), visited(None)]);
    let scenario = scenario.given([ended()]);
    assert_eq!(scenario.state().care.pairings["pair"].visits, 1);
    scenario.when(visited(None)).then_refused("DEP-3");
    let during = Some("2026-03-05T08:00:00Z".parse().unwrap());
    let scenario =
        left_behind(&reference).given([did(pair(CaringRole::ProxyParent)), ended(), visited(during)]);
    scenario.when(ended()).then_refused("DEP-3");
    left_behind(&reference).when(did(pair(CaringRole::BoardingManager))).then_refused("DEP-3");
    let boards = Schooling { stage: SchoolStage::Primary.into(), school_unit_id: None, boarding: true };
    let registered = ChildRegistered { schooling: Some(boards), ..family(Vec::new(), Vec::new()) };
    let scenario = Scenario::<Child>::new("child", noon(), &reference).given([register(registered)]);
    scenario.when(did(pair(CaringRole::BoardingManager))).then_made(&["CaringAdultPaired"]);
}
