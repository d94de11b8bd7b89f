//! A child whom nobody capable looks after is reported by policy, and police have it (FAM-2, RPT-2a).

use super::*;
use kinward_contracts::dispatch::v1::{ListOpenIncidentsRequest, OpenIncident};
use kinward_contracts::registry::v1::{
    ParentFacts, RecordParentWhereaboutsRequest, RegisterChildRequest, Whereabouts,
};
use kinward_contracts::r#type::v1::{Capacity, Severity};

/// Open incidents of reports by policy about a child, once there are `count`; asks at one position after the other.
async fn by_policy(district: &District, child_id: &str, count: usize) -> Vec<OpenIncident> {
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let mut position = 0;
    loop {
        let request = ListOpenIncidentsRequest {
            freshness: Some(freshness(position)),
            page_size: 200,
            ..ListOpenIncidentsRequest::default()
        };
        let answer = worklist.list_open_incidents(long(request)).await.unwrap().into_inner();
        let mut found = Vec::new();
        for incident in answer.incidents {
            let report = read(district, &people::police(), &incident.report_id).await.unwrap();
            if report.reporter_class() == ReporterClass::Policy
                && report.child_id.as_deref() == Some(child_id)
            {
                assert_eq!(report.situations, incident.situations);
                found.push(incident);
            }
        }
        if found.len() >= count {
            return found;
        }
        position = answer.position + 1;
    }
}

async fn register(district: &District, child: RegisterChildRequest) -> (String, Vec<String>, String) {
    let village = child.household.as_ref().unwrap().village_code.clone();
    let mut children = district.clients.children(&people::village(&village)).unwrap();
    let answer = children.register_child(child).await.unwrap().into_inner();
    (answer.receipt.unwrap().id, answer.parent_person_ids, village)
}

fn at_home(at_home: bool) -> ParentFacts {
    ParentFacts {
        whereabouts: if at_home { Whereabouts::AtHome } else { Whereabouts::AwayForWork }.into(),
        capacity: Capacity::Full.into(),
        lives_with_child: at_home,
        since_on: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fam_2_rpt_2a_a_gap_is_a_report_by_policy_on_the_worklist_twice_raised_two_and_a_restart_none_more() {
    let mut district = district().await;
    let (child_id, parents, village) = register(&district, district.play(1).child()).await;
    let first = by_policy(&district, &child_id, 1).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].village_code.as_deref(), Some(village.as_str()));
    assert_eq!(first[0].situations, [i32::from(Situation::LivingAlone)]);
    assert_eq!(first[0].severity(), Severity::Urgent, "nine years old, alone");

    // the father comes home, and leaves again: the gap closes, and is raised anew
    let mut children = district.clients.children(&people::village(&village)).unwrap();
    for (step, home) in [("back", true), ("away", false)] {
        let request = RecordParentWhereaboutsRequest {
            request_id: step.to_owned(),
            child_id: child_id.clone(),
            person_id: parents[0].clone(),
            facts: Some(at_home(home)),
            ..RecordParentWhereaboutsRequest::default()
        };
        children.record_parent_whereabouts(request).await.unwrap();
    }
    let second = by_policy(&district, &child_id, 2).await;
    assert_eq!(second.len(), 2);
    assert_ne!(second[0].report_id, second[1].report_id);

    // what reporting reacts to after it was started again shows that it has read everything before once more
    district.stop_service("reporting").await;
    district.start_service("reporting").await.unwrap();
    let born = kinward_statute::day_of(district.now()) - chrono::Days::new(365 * 5);
    let small = RegisterChildRequest {
        birth_date: born.to_string(),
        identity_number: None,
        ..district.play(2).child()
    };
    let (small_id, _, _) = register(&district, small).await;
    let small = by_policy(&district, &small_id, 1).await;
    assert_eq!(small[0].severity(), Severity::Immediate, "under eight, unattended");
    let report = read(&district, &people::police(), &small[0].report_id).await.unwrap();
    assert!(report.signs.unwrap().under_eight_unattended);
    assert!(report.mandated_by.is_empty() && report.narrative.is_empty());
    assert_eq!(by_policy(&district, &child_id, 2).await.len(), 2, "a restart is no third report");
}
