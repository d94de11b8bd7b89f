//! The ladder of interventions and the six grounds (CUS-1, CUS-3).

use super::{Opened, morning};
use crate::{district, missing, refusal};
use kinward::people;
use kinward_contracts::custody::v1::{
    Conduct, Consequence, EndFamilyEducationRequest, FileCriminalCaseRequest, Harm, ImposePenaltyRequest,
    Impossibility, Intervention, InterviewMinorRequest, ListInterventionsRequest,
    OrderFamilyEducationRequest, Penalty, Petitioner, RecordCrimeIncitedRequest,
    RecordDelegationRefusalRequest, RecordHarmRequest, RecordImpossibilityRequest,
    RecordLeftUnattendedRequest, RecordResumptionRequest, Rung,
};
use kinward_contracts::instant;
use kinward_contracts::registry::v1::{AdmonishGuardianRequest, StopGuardianRequest, UrgeGuardianRequest};
use kinward_contracts::r#type::v1::{
    Department, Ground, InterviewException, InterviewSafeguard, MinorInterviewInput, Sex, SuitableAdult,
};
use kinward_statute::start_of_day;

#[tokio::test(flavor = "multi_thread")]
async fn cus_1_bey_2_each_intervention_has_its_author_time_and_legal_basis() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    let (police, court) = (people::police(), people::court());
    case.criticise(&police, Conduct::Maltreatment, "2026-08-01").await;
    let penalty = |request_id: String, occurred_at| ImposePenaltyRequest {
        request_id,
        case_id: case.case(),
        occurred_at,
        guardian_person_id: case.father.clone(),
        conduct: Conduct::Maltreatment.into(),
        penalty: Penalty::Detention.into(),
        article: "治安管理处罚法 53".to_owned(),
        ..Default::default()
    };
    case.cases(&police).impose_penalty(penalty(case.request(), Some(morning("2026-09-01")))).await.unwrap();
    // another department does not penalise, and nothing is penalised in the future
    let refused = case.cases(&people::civil_affairs()).impose_penalty(penalty(case.request(), None)).await;
    assert_eq!(refusal(&refused.unwrap_err()), ("CUS-1".to_owned(), "NOT_ENTITLED".to_owned()));
    let early =
        case.cases(&police).impose_penalty(penalty(case.request(), Some(morning("2026-11-26")))).await;
    assert_eq!(refusal(&early.unwrap_err()), ("BEY-1".to_owned(), "TIME_INVALID".to_owned()));
    let filed = FileCriminalCaseRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        conduct: Conduct::Maltreatment.into(),
        article: "刑法 260".to_owned(),
        ..Default::default()
    };
    case.cases(&police).file_criminal_case(filed).await.unwrap();
    let guidance = OrderFamilyEducationRequest {
        request_id: case.request(),
        case_id: case.case(),
        occurred_at: Some(morning("2026-08-15")),
        guardian_person_id: case.father.clone(),
        conduct: Conduct::Maltreatment.into(),
        provider_unit_id: "womens-federation-430903".to_owned(),
        article: "家庭教育促进法 49".to_owned(),
        ..Default::default()
    };
    let family_education_id =
        case.cases(&court).order_family_education(guidance).await.unwrap().into_inner().family_education_id;
    let ladder = ListInterventionsRequest { case_id: case.case(), guardian_person_id: case.father.clone() };
    let ladder = case.cases(&people::civil_affairs()).list_interventions(ladder).await.unwrap().into_inner();
    let taken: Vec<_> = ladder
        .interventions
        .iter()
        .map(|one| (one.rung(), one.department(), one.unit_id.as_str(), one.article.as_str()))
        .collect();
    let police = (Department::PublicSecurity, "police-430903");
    assert_eq!(
        taken,
        [
            (Rung::Criticism, police.0, police.1, "未成年人保护法 118"),
            (Rung::FamilyEducation, Department::Court, "court-430903", "家庭教育促进法 49"),
            (Rung::Penalty, police.0, police.1, "治安管理处罚法 53"),
            (Rung::CriminalCase, police.0, police.1, "刑法 260"),
        ]
    );
    let at: Vec<_> = ladder.interventions.iter().map(|one| one.occurred_at).collect();
    assert_eq!(at[..3], ["2026-08-01", "2026-08-15", "2026-09-01"].map(|day| Some(morning(day))));
    assert_eq!(ladder.highest(), Rung::CriminalCase);
    let duty = case.duty("family-education").await;
    assert_eq!((duty.person_id.as_str(), duty.rule.as_str()), (case.father.as_str(), "L25"));
    assert_eq!(duty.since, Some(morning("2026-08-15")));
    // guidance ends once, after it was ordered, and says so itself
    let end = |family_education_id: &str, occurred_at| EndFamilyEducationRequest {
        request_id: case.request(),
        case_id: case.case(),
        occurred_at,
        family_education_id: family_education_id.to_owned(),
        completed: Some(true),
        ..Default::default()
    };
    let refused =
        case.cases(&case.office()).end_family_education(end(&family_education_id, None)).await.unwrap_err();
    assert_eq!(refusal(&refused), ("L25".to_owned(), "NOT_ENTITLED".to_owned()));
    let unknown = case.cases(&court).end_family_education(end(&case.case(), None)).await.unwrap_err();
    assert_eq!(refusal(&unknown), ("L25".to_owned(), "UNKNOWN_REFERENCE".to_owned()));
    let before = end(&family_education_id, Some(morning("2026-08-14")));
    let before = case.cases(&court).end_family_education(before).await.unwrap_err();
    assert_eq!(refusal(&before), ("L25".to_owned(), "TIME_INVALID".to_owned()));
    let federation = people::womens_federation();
    case.cases(&federation).end_family_education(end(&family_education_id, None)).await.unwrap();
    assert!(!case.has_duty("family-education").await);
    assert!(case.timeline().await.contains(&"FamilyEducationEnded".to_owned()));
    let twice = case.cases(&court).end_family_education(end(&family_education_id, None)).await.unwrap_err();
    assert_eq!(refusal(&twice), ("L25".to_owned(), "WRONG_STATE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn cus_3a_cus_3b_cus_3d_cus_3f_each_ground_is_met_when_its_last_fact_is_on_record() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    let police = people::police();
    let harm = |serious| RecordHarmRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        harm: Harm::Violence.into(),
        serious,
        ..Default::default()
    };
    case.cases(&police).record_harm(harm(false)).await.unwrap();
    case.lacks(Ground::SeriousHarm, None, &["serious-harm"]).await;
    let refused = case.petition(&case.office(), Petitioner::VillageCommittee, Ground::SeriousHarm).await;
    assert_eq!(missing(&refused.unwrap_err()), ["serious-harm"]);
    case.cases(&police).record_harm(harm(true)).await.unwrap();
    case.holds(Ground::SeriousHarm, None, 1).await;

    let left = |day, in_danger| RecordLeftUnattendedRequest {
        request_id: case.request(),
        case_id: case.case(),
        occurred_at: Some(morning(day)),
        guardian_person_id: case.father.clone(),
        in_danger,
        ..Default::default()
    };
    case.lacks(Ground::LeftUnattended, None, &["left-in-danger", "educated", "not-corrected"]).await;
    case.cases(&police).record_left_unattended(left("2026-09-01", true)).await.unwrap();
    case.criticise(&police, Conduct::LeftUnattended, "2026-09-02").await;
    case.lacks(Ground::LeftUnattended, None, &["not-corrected"]).await;
    case.cases(&police).record_left_unattended(left("2026-09-10", false)).await.unwrap();
    case.lacks(Ground::LeftUnattended, Some("2026-09-09"), &["not-corrected"]).await;
    case.holds(Ground::LeftUnattended, Some("2026-09-10"), 3).await;

    let impossible = RecordImpossibilityRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        cause: Impossibility::Imprisonment.into(),
        ..Default::default()
    };
    case.cases(&police).record_impossibility(impossible).await.unwrap();
    case.suffer(Consequence::InHardship, "2026-11-01").await;
    case.lacks(Ground::DutyImpossible, None, &["delegation-refused"]).await;
    let not_delegated = RecordDelegationRefusalRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        ..Default::default()
    };
    case.cases(&police).record_delegation_refusal(not_delegated).await.unwrap();
    case.holds(Ground::DutyImpossible, None, 3).await;

    let crime = |grave| RecordCrimeIncitedRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        grave,
        ..Default::default()
    };
    case.cases(&police).record_crime_incited(crime(false)).await.unwrap();
    case.lacks(Ground::CrimeIncited, None, &["grave-crime"]).await;
    case.cases(&police).record_crime_incited(crime(true)).await.unwrap();
    case.holds(Ground::CrimeIncited, None, 1).await;
    assert_eq!(case.timeline().await.iter().filter(|name| *name == "GroundMet").count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn cus_3c_bey_1_the_day_on_which_six_months_are_full_counts_and_nobody_need_ask() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    // 24 November, 20:00: six months are full in four hours
    case.refuse("2026-05-25").await;
    case.lacks(Ground::DutyRefused, None, &["refused-six-months", "displaced-or-without-livelihood"]).await;
    case.suffer(Consequence::WithoutLivelihood, "2026-06-01").await;
    let full = start_of_day("2026-11-25".parse().unwrap());
    district.advance(full - district.now() - chrono::Duration::seconds(1));
    case.lacks(Ground::DutyRefused, None, &["refused-six-months"]).await;
    let early = case.petition(&case.office(), Petitioner::VillageCommittee, Ground::DutyRefused).await;
    let early = early.unwrap_err();
    assert_eq!(refusal(&early), ("CUS-3c".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&early), ["refused-six-months"]);
    assert!(!case.has_duty("petition").await);
    district.advance(chrono::Duration::seconds(1));
    // the alarm alone finds it
    let duty = case.duty("petition").await;
    assert_eq!(duty.since.as_ref().and_then(instant), Some(full));
    case.holds(Ground::DutyRefused, None, 2).await;
    case.lacks(Ground::DutyRefused, Some("2026-11-24"), &["refused-six-months"]).await;
    let timeline = case.timeline().await;
    assert_eq!(timeline.iter().filter(|name| *name == "GroundMet").count(), 1);
    // a duty that is performed again takes it back
    let resumed = RecordResumptionRequest {
        request_id: case.request(),
        case_id: case.case(),
        guardian_person_id: case.father.clone(),
        on_date: "2026-11-25".to_owned(),
        ..Default::default()
    };
    case.cases(&people::civil_affairs()).record_resumption(resumed).await.unwrap();
    assert!(case.duties().await.is_empty());
    case.petition(&case.office(), Petitioner::VillageCommittee, Ground::DutyRefused).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn cus_3e_the_third_criticism_counts_by_whom_the_policy_names_and_backdated_ones_too() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    case.suffer(Consequence::LifeSeriouslyAffected, "2026-11-01").await;
    case.criticise(&people::police(), Conduct::Begging, "2026-10-01").await;
    case.criticise(&people::civil_affairs(), Conduct::Begging, "2026-04-01").await;
    // a court rules, and does not criticise; another conduct is another matter
    case.criticise(&people::court(), Conduct::Begging, "2026-05-01").await;
    case.criticise(&people::police(), Conduct::Maltreatment, "2026-06-01").await;
    case.lacks(Ground::Begging, None, &["criticism-3"]).await;
    let refused = case.petition(&case.office(), Petitioner::VillageCommittee, Ground::Begging).await;
    assert_eq!(refusal(&refused.unwrap_err()).0, "CUS-3e");
    case.criticise(&people::police(), Conduct::Begging, "2026-11-10").await;
    case.lacks(Ground::Begging, Some("2026-11-09"), &["criticism-3"]).await;
    let events = case.holds(Ground::Begging, Some("2026-11-10"), 4).await;
    // by which events: the three that the ladder says count, in the order in which they happened
    let ladder = ListInterventionsRequest { case_id: case.case(), guardian_person_id: case.father.clone() };
    let ladder = case.cases(&people::police()).list_interventions(ladder).await.unwrap().into_inner();
    let counted = ladder.interventions.iter().filter(|one| one.counts && one.conduct() == Conduct::Begging);
    let counted: Vec<&str> = counted.map(|one| one.event_id.as_str()).collect();
    assert_eq!(counted, events[..3]);
    case.petition(&case.office(), Petitioner::VillageCommittee, Ground::Begging).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn law_5_bey_4_an_interview_without_what_the_law_asks_for_is_refused_or_says_why() {
    let district = district().await;
    let case = Opened::open(&district, 1).await;
    let civil = people::civil_affairs();
    let asked = |change: &dyn Fn(&mut MinorInterviewInput)| {
        let mut interview = MinorInterviewInput {
            sex: Sex::Female.into(),
            adult: SuitableAdult::SchoolRepresentative.into(),
            recorded: true,
            by_female_staff: true,
            ..Default::default()
        };
        change(&mut interview);
        InterviewMinorRequest {
            request_id: case.request(),
            case_id: case.case(),
            interview: Some(interview),
            about_abuse_or_violence: true,
            ..Default::default()
        }
    };
    let whole = || asked(&|_| ());
    let bare = || {
        asked(&|interview| {
            (interview.adult, interview.recorded, interview.by_female_staff) = (0, false, false);
        })
    };
    let refused = case.cases(&civil).interview_minor(bare()).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-5".to_owned(), "REQUIREMENT_MISSING".to_owned()));
    assert_eq!(missing(&refused), ["suitable-adult", "recording", "female-staff"]);
    let guardian = Some(case.mother.clone());
    let with_mother = asked(&|interview| interview.adult_person_id.clone_from(&guardian));
    let refused = case.cases(&civil).interview_minor(with_mother).await.unwrap_err();
    assert_eq!(refusal(&refused), ("LAW-5".to_owned(), "INVALID_ARGUMENT".to_owned()));
    case.cases(&civil).interview_minor(whole()).await.unwrap();
    // ideally once
    let again = case.cases(&people::court()).interview_minor(whole()).await.unwrap_err();
    assert_eq!(missing(&again), ["once"]);
    let because = asked(&|interview| {
        let reason = "补充核实关键事实".to_owned();
        interview.exceptions =
            vec![InterviewException { safeguard: InterviewSafeguard::Once.into(), reason }];
    });
    case.cases(&people::court()).interview_minor(because).await.unwrap();
    let by_village = case.cases(&case.office()).interview_minor(whole()).await.unwrap_err();
    assert_eq!(refusal(&by_village), ("LAW-5".to_owned(), "NOT_ENTITLED".to_owned()));
    assert_eq!(case.timeline().await.iter().filter(|name| *name == "MinorInterviewed").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn fam_4_cus_3e_words_to_a_guardian_count_in_the_case_said_before_it_or_after() {
    let district = district().await;
    let story = district.play(1).register().await.unwrap();
    let (child_id, father) = (story.child_id.clone(), story.parents[0].clone());
    let (conduct, narrative) = (i32::from(Conduct::Begging), "不得带孩子乞讨".to_owned());
    // police admonish before anybody thought of a case
    let admonish = AdmonishGuardianRequest {
        request_id: "admonish".to_owned(),
        child_id: child_id.clone(),
        person_id: father.clone(),
        conduct,
        narrative: narrative.clone(),
        ..Default::default()
    };
    district.clients.care(&people::police()).unwrap().admonish_guardian(admonish).await.unwrap();
    let case = Opened::open(&district, 1).await;
    assert_eq!((&case.child_id, &case.father), (&child_id, &father));
    case.suffer(Consequence::LifeSeriouslyAffected, "2026-11-01").await;
    let stop = StopGuardianRequest {
        request_id: "stop".to_owned(),
        child_id: child_id.clone(),
        person_id: father.clone(),
        conduct,
        narrative: narrative.clone(),
        ..Default::default()
    };
    district.clients.care(&case.office()).unwrap().stop_guardian(stop).await.unwrap();
    let lacking = async |wanted: &[&str]| {
        let missing = case.ground(Ground::Begging, None).await.missing;
        let names: Vec<&str> = missing.iter().map(|one| one.what.as_str()).collect();
        (names == wanted).then_some(())
    };
    district.until(async || lacking(&["criticism-3"]).await).await;
    // another conduct is another matter, and civil affairs urge for the third time
    let urge = |request_id: &str, conduct: Conduct| UrgeGuardianRequest {
        request_id: request_id.to_owned(),
        child_id: child_id.clone(),
        person_id: father.clone(),
        conduct: conduct.into(),
        narrative: narrative.clone(),
        ..Default::default()
    };
    let mut civil = district.clients.care(&people::civil_affairs()).unwrap();
    civil.urge_guardian(urge("other", Conduct::LeftUnattended)).await.unwrap();
    civil.urge_guardian(urge("third", Conduct::Begging)).await.unwrap();
    district.until(async || lacking(&[]).await).await;
    case.holds(Ground::Begging, None, 4).await;
    let ladder = ListInterventionsRequest { case_id: case.case(), guardian_person_id: father };
    let ladder = case.cases(&people::police()).list_interventions(ladder).await.unwrap().into_inner();
    let authors: Vec<Department> = ladder
        .interventions
        .iter()
        .filter(|one| one.conduct() == Conduct::Begging)
        .map(Intervention::department)
        .collect();
    assert_eq!(authors, [Department::PublicSecurity, Department::Village, Department::CivilAffairs]);
    case.petition(&case.office(), Petitioner::VillageCommittee, Ground::Begging).await.unwrap();
}
