//! Who reports what, and that it is with police at once (RPT-1, RPT-2, RPT-3).

use super::*;
use kinward::story::incident_of;
use kinward_contracts::log::v1::Actor;
use kinward_contracts::reporting::v1::{GetReceiptRequest, Mandate, ReceiptState, ReportedChildInput};

const MANDATED: [ReporterClass; 7] = [
    ReporterClass::School,
    ReporterClass::Kindergarten,
    ReporterClass::MedicalInstitution,
    ReporterClass::VillageCommittee,
    ReporterClass::SocialWorkOrganisation,
    ReporterClass::ReliefManagementInstitution,
    ReporterClass::WelfareInstitution,
];

#[tokio::test(flavor = "multi_thread")]
async fn rpt_1_rpt_2_rpt_3_seven_kinds_must_say_who_they_are_others_need_not_and_police_have_it_at_once() {
    let district = district().await;
    let police = people::police();

    // RPT-1: the seven give unit and name
    for (number, class) in MANDATED.into_iter().enumerate() {
        let ask = |step: &str, reporter| {
            submit(&district, bare(&format!("{step}-{number}"), &[Situation::LivingAlone], reporter))
        };
        let id = ask("named", named(class)).await.unwrap().receipt.unwrap().id;
        let report = read(&district, &police, &id).await.unwrap();
        assert_eq!(report.reporter_class(), class);
        assert!(report.mandated_by().any(|mandate| mandate == Mandate::Policy), "{class:?}");
        let hidden = ReporterInput { reporter_class: class.into(), ..anonymous() };
        let nameless = ReporterInput { name: None, ..named(class) };
        for (step, wrong) in [("hidden", hidden), ("nameless", nameless)] {
            let refused = ask(step, wrong).await.unwrap_err();
            assert_eq!(refusal(&refused), refused_by("RPT-1", "INVALID_ARGUMENT"), "{class:?}");
        }
    }
    // the law is wider than the policy, and nobody reports in the name of the policy
    let by_law = bare("by-law", &[Situation::Missing], named(ReporterClass::DayCareInstitution));
    let id = submit(&district, by_law).await.unwrap().receipt.unwrap().id;
    let mandated_by: Vec<Mandate> = read(&district, &police, &id).await.unwrap().mandated_by().collect();
    assert_eq!(mandated_by, [Mandate::MinorsProtectionLaw]);
    let disguised = bare("disguised", &[Situation::Missing], named(ReporterClass::Policy));
    assert_eq!(refusal(&submit(&district, disguised).await.unwrap_err()).1, "INVALID_ARGUMENT");
    // through a school's own system nobody reports as a mere citizen
    let mut of_school = district.clients.reports(&people::teacher()).unwrap();
    let hidden = bare("hidden", &[Situation::Missing], anonymous());
    let refused = of_school.submit_report(hidden).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-1", "INVALID_ARGUMENT"));

    // RPT-2: all seven at once, and the open one in words only
    let seven: Vec<Situation> = (1..=7).map(|number| Situation::try_from(number).unwrap()).collect();
    let all = submit(&district, bare("all", &seven, anonymous())).await.unwrap();
    let report = read(&district, &police, &all.receipt.unwrap().id).await.unwrap();
    assert_eq!(report.situations().collect::<Vec<_>>(), seven);
    let refused = submit(&district, bare("other", &[Situation::Other], anonymous())).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-2", "INVALID_ARGUMENT"));
    let told = SubmitReportRequest {
        narrative: Some("多日未到校，家中无人".to_owned()),
        ..bare("told", &[Situation::Other], anonymous())
    };
    submit(&district, told).await.unwrap();

    // RPT-3: nothing is known of child and place, nobody says who reports, and police have it
    let unknown = bare("unknown", &[Situation::LivingAlone], anonymous());
    let taken = submit(&district, unknown.clone()).await.unwrap();
    let (receipt, code) = (taken.receipt.unwrap(), taken.receipt_code);
    assert!(!incident_of(&district.clients, &receipt.id).await.unwrap().is_empty());
    let again = submit(&district, unknown).await.unwrap();
    assert_eq!((again.receipt.unwrap(), again.receipt_code.as_str()), (receipt.clone(), code.as_str()));
    let mut reports = district.clients.reports(&people::court()).unwrap();
    let ask = |receipt_code: &str| {
        let receipt_code = receipt_code.to_owned();
        GetReceiptRequest { receipt_code, freshness: Some(freshness(receipt.position)) }
    };
    let progress = reports.get_receipt(ask(&code)).await.unwrap().into_inner();
    assert_eq!(progress.state(), ReceiptState::Received);
    // who reads the log cannot ask in the reporter's place
    let subject = kinward_eventsourcing::Subject::new("reporting.report", &receipt.id).unwrap();
    for event in district.log.log().await.history(&subject).await.unwrap() {
        let data = String::from_utf8_lossy(&event.event().data).into_owned();
        assert!(!data.contains(&code), "the receipt code stands in the log");
        assert_eq!(event.commit.actor, Some(Actor::default()), "who reported anonymously stands in the log");
    }
    let refused = reports.get_receipt(ask("22222-22222")).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("LAW-1", "NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rpt_1_rpt_3_bey_5_police_of_the_area_read_what_was_reported_and_never_who_reported() {
    let district = district().await;
    let told = SubmitReportRequest {
        child: Some(ReportedChildInput {
            name: Some("小满".to_owned()),
            approximate_age: Some(7),
            ..ReportedChildInput::default()
        }),
        village_code: Some(VILLAGE.to_owned()),
        place: Some("村小学东侧自建房".to_owned()),
        narrative: Some("独自居住，手臂有淤伤".to_owned()),
        ..bare("told", &[Situation::DomesticViolence], named(ReporterClass::School))
    };
    let id = submit(&district, told).await.unwrap().receipt.unwrap().id;
    let report = read(&district, &people::police(), &id).await.unwrap();
    let read_in_clear = (report.child_name.as_str(), report.approximate_age.as_str(), report.place.as_str());
    assert_eq!(read_in_clear, ("小满", "7", "村小学东侧自建房"));
    assert_eq!(report.narrative, "独自居住，手臂有淤伤");
    assert_eq!(report.mandated_by().count(), 3, "violence at home: the law against it too");
    let answer = format!("{report:?}");
    assert!(!answer.contains(NAME) && !answer.contains("school-430903111-01"), "{answer}");

    let station = |area: &str| Principal { area: area.to_owned(), ..people::police() };
    read(&district, &station("430903111"), &id).await.unwrap();
    for stranger in
        [station("430903112"), people::civil_affairs(), people::teacher(), people::township(people::TOWNSHIP)]
    {
        let refused = read(&district, &stranger, &id).await.unwrap_err();
        assert_eq!(refusal(&refused).1, "PERMISSION_DENIED", "{stranger:?}");
    }
    // a place of no district that is known here is no place: every station may, as with the incident
    let far = SubmitReportRequest {
        village_code: Some("110101001001".to_owned()),
        narrative: Some("孩子在火车站".to_owned()),
        ..bare("far", &[Situation::Missing], named(ReporterClass::School))
    };
    let far = submit(&district, far).await.unwrap().receipt.unwrap().id;
    for station in [people::police(), station("430903112")] {
        assert_eq!(read(&district, &station, &far).await.unwrap().narrative, "孩子在火车站");
    }
    let nothing = "00000000-0000-8000-8000-000000000000";
    let refused = read(&district, &people::police(), nothing).await.unwrap_err();
    assert_eq!(refusal(&refused), refused_by("RPT-3", "NOT_FOUND"));
}
