//! Every department reads its own part from its own read model (INF-1), as of now or as of then (BEY-6).

use crate::custody::patient;
use crate::{district, refusal};
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::custody::v1::{CaseStage, Ruling};
use kinward_contracts::departments::v1::watch_work_response::Change;
use kinward_contracts::departments::v1::{
    GetChildFileRequest, GetFiguresRequest, GetIncidentRequest, GetLedgerRequest, GetPupilRequest,
    GetReferralRequest, GetTrendRequest, ListChildrenRequest, ListEvidenceIndexRequest, ListFamiliesRequest,
    ListIncidentsRequest, ListLegalOrdersRequest, ListOutcomesRequest, ListPetitionsRequest,
    ListPupilsRequest, ListReferralsRequest, ListReliefRequest, ListSearchesRequest, ListVolunteersRequest,
    ListWorkRequest, ReferralEntry, ReferralKind, WatchWorkRequest, WorkEntry,
};
use kinward_contracts::dispatch::v1::AcceptIncidentRequest;
use kinward_contracts::registry::v1::{
    CaringRole, LinkDuplicateRequest, PairCaringAdultRequest, StatusReason, UnlinkDuplicateRequest,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::freshness::Requirement;
use kinward_contracts::r#type::v1::{ClockOutcome, Freshness};
use kinward_story::District;
use tonic::Request;

async fn fresh(district: &District) -> Option<Freshness> {
    Some(Freshness::at_least(district.settled().await))
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_1_every_department_sees_its_own_part_of_one_child_s_way_and_no_other_s() {
    let district = district().await;
    let clients = &district.clients;
    let story = district.play(1).whole().await.unwrap();
    let freshness = fresh(&district).await;

    // education: the school sees its pupil, the bureau above it too, another school does not
    let school = district.play(1).child().schooling.unwrap().school_unit_id.unwrap();
    let school =
        Principal { area: school["school-".len()..][..9].to_owned(), unit: school, ..people::teacher() };
    let listing = ListPupilsRequest { freshness, left_behind_only: true, ..Default::default() };
    for reader in [&school, &people::education()] {
        let pupils = clients.education(reader).unwrap().list_pupils(patient(listing.clone())).await.unwrap();
        let pupils = pupils.into_inner().pupils;
        assert!(pupils.iter().any(|pupil| pupil.child_id == story.child_id && !pupil.name.is_empty()));
    }
    let elsewhere =
        Principal { unit: "school-elsewhere".to_owned(), area: "430903001".to_owned(), ..people::school() };
    let none = clients.education(&elsewhere).unwrap().list_pupils(listing).await.unwrap().into_inner().pupils;
    assert!(none.is_empty(), "{none:?}");
    let one = GetPupilRequest { child_id: story.child_id.clone(), freshness };
    let pupil = clients.education(&school).unwrap().get_pupil(one.clone()).await.unwrap().into_inner();
    assert!(
        pupil.timeline.iter().all(|entry| !entry.event_type.contains("Guardian")),
        "{:?}",
        pupil.timeline
    );
    let refused = clients.education(&elsewhere).unwrap().get_pupil(one).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");

    // health: both referrals, what is complained of opens for the hospital it went to
    let mut hospital = clients.health(&people::hospital()).unwrap();
    let listing = ListReferralsRequest { freshness, ..Default::default() };
    let referrals = hospital.list_referrals(listing.clone()).await.unwrap().into_inner().referrals;
    let mut kinds: Vec<ReferralKind> = referrals.iter().map(ReferralEntry::kind).collect();
    kinds.sort();
    assert_eq!(kinds, [ReferralKind::MedicalCare, ReferralKind::InjuryAppraisal]);
    let care = referrals.iter().find(|referral| referral.kind() == ReferralKind::MedicalCare).unwrap();
    let one = GetReferralRequest { referral_id: care.referral_id.clone(), freshness };
    let opened = hospital.get_referral(one.clone()).await.unwrap().into_inner();
    assert!(!opened.complaint.is_empty() && opened.child_id.as_ref() == Some(&story.child_id), "{opened:?}");
    let bureau = Principal { unit: "health-430903".to_owned(), ..people::hospital() };
    let seen = clients.health(&bureau).unwrap().list_referrals(listing.clone()).await.unwrap().into_inner();
    assert_eq!(seen.referrals.len(), 2, "who is above the hospital");
    let clinic =
        Principal { unit: "clinic-430903101".to_owned(), area: "430903101".to_owned(), ..people::hospital() };
    assert!(
        clients
            .health(&clinic)
            .unwrap()
            .list_referrals(listing)
            .await
            .unwrap()
            .into_inner()
            .referrals
            .is_empty()
    );
    let refused = clients.health(&clinic).unwrap().get_referral(one).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");

    // justice: legal aid of the plan, and the petition with its ruling
    let mut of_justice = clients.justice(&people::justice()).unwrap();
    let orders = ListLegalOrdersRequest { freshness, ..Default::default() };
    let orders = of_justice.list_legal_orders(orders).await.unwrap().into_inner().orders;
    assert_eq!(orders.len(), 1);
    let petitions = ListPetitionsRequest { freshness, ..Default::default() };
    let petitions = of_justice.list_petitions(petitions).await.unwrap().into_inner().petitions;
    assert_eq!(petitions.len(), 1);
    assert_eq!(
        (petitions[0].stage(), petitions[0].ruling(), petitions[0].case_id.as_str()),
        (CaseStage::Ruled, Ruling::Revoked, story.case_id.as_str())
    );
    let open = ListPetitionsRequest { freshness, open_only: true, ..Default::default() };
    assert!(of_justice.list_petitions(open).await.unwrap().into_inner().petitions.is_empty());

    // police: evidence and its holder, and no search
    let mut police = clients.public_security(&people::police()).unwrap();
    let incident_id = Some(story.incident_id.clone());
    let evidence = ListEvidenceIndexRequest { freshness, incident_id, ..Default::default() };
    let evidence = police.list_evidence_index(evidence).await.unwrap().into_inner().evidence;
    assert_eq!(evidence.len(), 1);
    assert_eq!(evidence[0].holder_unit_id, "police-430903");
    let searches = ListSearchesRequest { freshness, ..Default::default() };
    assert!(police.list_searches(searches).await.unwrap().into_inner().searches.is_empty());

    // township: the ledger counts the village
    let mut township = clients.township(&people::township(people::TOWNSHIP)).unwrap();
    let ledger = township.get_ledger(GetLedgerRequest { freshness }).await.unwrap().into_inner().villages;
    assert_eq!(ledger.len(), 1);
    assert_eq!((ledger[0].children, ledger[0].left_behind), (1, 1));

    // others that have no part in it are let in to theirs, which is empty, and to no other's
    let families = ListFamiliesRequest { freshness, ..Default::default() };
    let mut federation = clients.womens_federation(&people::womens_federation()).unwrap();
    assert!(federation.list_families(families.clone()).await.unwrap().into_inner().families.is_empty());
    let refused =
        clients.womens_federation(&people::police()).unwrap().list_families(families).await.unwrap_err();
    assert_eq!(refusal(&refused), ("INF-1".to_owned(), "PERMISSION_DENIED".to_owned()));
    let relief = ListReliefRequest { freshness, ..Default::default() };
    clients.civil_affairs(&people::civil_affairs()).unwrap().list_relief(relief).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn dep_3_inf_1_the_youth_league_sees_the_volunteers_that_were_paired() {
    let district = district().await;
    let story = district.play(2).register().await.unwrap();
    let pair = PairCaringAdultRequest {
        request_id: "pair".to_owned(),
        child_id: story.child_id.clone(),
        role: CaringRole::Volunteer.into(),
        name: "裴知远".to_owned(),
        from_on: kinward_statute::day_of(district.now()).to_string(),
        unit_id: "school-430903111-01".to_owned(),
        ..Default::default()
    };
    district.clients.care(&people::teacher()).unwrap().pair_caring_adult(pair).await.unwrap();
    let listing = ListVolunteersRequest { freshness: fresh(&district).await, ..Default::default() };
    let mut league = district.clients.youth_league(&people::youth_league()).unwrap();
    let volunteers = league.list_volunteers(listing).await.unwrap().into_inner().volunteers;
    assert_eq!(volunteers.len(), 1);
    assert_eq!(volunteers[0].child_id, story.child_id);
    assert!(volunteers[0].village_code.starts_with(people::TOWNSHIP) && volunteers[0].until_on.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_1_bey_1_work_is_listed_counted_watched_and_explained_event_by_event() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    let freshness = fresh(&district).await;
    let mut police = district.clients.work(&people::police()).unwrap();
    let listing = ListWorkRequest { freshness, ..Default::default() };
    let work = police.list_work(listing.clone()).await.unwrap().into_inner().work;
    let mine = work.iter().find(|entry| entry.aggregate_id == story.incident_id).unwrap();
    assert_eq!((mine.clock.clone().unwrap().clock.as_str(), mine.overdue), ("police-accept", false));
    let mut watching = police.watch_work(WatchWorkRequest::default()).await.unwrap().into_inner();
    let mut begun = Vec::new();
    while let Some(Change::Changed(entry)) = watching.message().await.unwrap().unwrap().change {
        begun.push(entry.aggregate_id);
    }
    assert!(begun.contains(&story.incident_id), "what is due first, then a checkpoint");

    // a village owes the visit, and does not see what police owe
    let village = people::village(&play.child().household.unwrap().village_code);
    let mut of_village = district.clients.work(&village).unwrap();
    let listing = ListWorkRequest { freshness, ..Default::default() };
    let owed = of_village.list_work(listing).await.unwrap().into_inner().work;
    let clocks: Vec<String> = owed.into_iter().map(|entry| entry.clock.unwrap().clock).collect();
    assert!(clocks.contains(&"village-visit".to_owned()) && !clocks.contains(&"police-accept".to_owned()));

    let request = AcceptIncidentRequest {
        request_id: "accept".to_owned(),
        incident_id: story.incident_id.clone(),
        unit_id: "police-430903".to_owned(),
        ..AcceptIncidentRequest::default()
    };
    district.clients.incidents(&people::police()).unwrap().accept_incident(request).await.unwrap();
    let ended = loop {
        let message = watching.message().await.unwrap().unwrap();
        if let Some(Change::Ended(ended)) = message.change {
            break ended;
        }
    };
    assert_eq!((ended.clock.as_str(), ended.outcome()), ("police-accept", ClockOutcome::Met));

    // the number, and the event behind it
    let freshness = fresh(&district).await;
    let figures = GetFiguresRequest { freshness, ..Default::default() };
    let counted = police.get_figures(figures).await.unwrap().into_inner().figures;
    let accepted = counted.iter().find(|figure| figure.clock == "police-accept").unwrap();
    assert_eq!(accepted.met.unwrap().value, Some(1));
    let outcomes =
        ListOutcomesRequest { freshness, clock: Some("police-accept".to_owned()), ..Default::default() };
    let behind = police.list_outcomes(outcomes).await.unwrap().into_inner().outcomes;
    assert_eq!(behind, std::slice::from_ref(&ended));
    assert!(district.events_at(ended.position).await.iter().any(|event| event == "ClockMet"));

    // the leadership sees that it is kept, and neither the incident nor a number that could name a child
    let mut leaders = district.clients.work(&people::leadership()).unwrap();
    let figures = GetFiguresRequest { freshness, ..Default::default() };
    let counted = leaders.get_figures(figures).await.unwrap().into_inner().figures;
    let accepted = counted.iter().find(|figure| figure.clock == "police-accept").unwrap();
    assert_eq!((accepted.met.unwrap().value, accepted.missed.unwrap().value), (None, Some(0)));
    let refused = leaders.list_work(ListWorkRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");
    let refused = leaders.list_outcomes(ListOutcomesRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "PERMISSION_DENIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn src_4_bey_6_entries_and_exits_by_month_area_and_reason_and_as_of_any_past_date() {
    let district = district().await;
    let mut leaders = district.clients.leadership(&people::leadership()).unwrap();
    for number in 0..6 {
        district.play(number).register().await.unwrap();
    }
    let six = district.settled().await;
    let then = district.now();
    let trend = |freshness: Option<Freshness>| GetTrendRequest { freshness, ..Default::default() };
    let figures =
        leaders.get_trend(trend(Some(Freshness::at_least(six)))).await.unwrap().into_inner().figures;
    assert_eq!(figures.len(), 1);
    let month = kinward_statute::day_of(then).to_string()[..7].to_owned();
    assert_eq!((figures[0].month.as_str(), figures[0].entered), (month.as_str(), true));
    assert_eq!(figures[0].reason(), StatusReason::BothParentsAway);
    assert_eq!(figures[0].count.unwrap().value, Some(6));
    let by_village = GetTrendRequest { level: 2, ..trend(Some(Freshness::at_least(six))) };
    let small = leaders.get_trend(by_village).await.unwrap().into_inner().figures;
    assert!(small.len() > 1 && small.iter().all(|figure| figure.count.unwrap().value.is_none()), "{small:?}");

    district.advance(chrono::Duration::hours(1));
    district.play(6).register().await.unwrap();
    let seven = district.settled().await;
    let now = leaders.get_trend(trend(Some(Freshness::at_least(seven)))).await.unwrap().into_inner();
    assert_eq!(now.figures[0].count.unwrap().value, Some(7));
    let at_time = Freshness { requirement: Some(Requirement::AsOfTime(timestamp(then))) };
    for past in [Freshness::as_of(six), at_time] {
        let answer = leaders.get_trend(patient(trend(Some(past)))).await.unwrap().into_inner();
        assert_eq!((answer.figures, answer.position), (figures.clone(), six));
    }
    let ahead = leaders.get_trend(trend(Some(Freshness::as_of(u64::MAX)))).await.unwrap_err();
    assert_eq!(refusal(&ahead).1, "READ_MODEL_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_6_a_list_and_a_file_as_of_a_past_position_are_what_the_live_ones_were_then() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    let position = district.settled().await;
    let mut police = district.clients.public_security(&people::police()).unwrap();
    let mut township = district.clients.township(&people::township(people::TOWNSHIP)).unwrap();
    let list = |freshness| ListIncidentsRequest { freshness: Some(freshness), ..Default::default() };
    let one =
        |freshness| GetIncidentRequest { incident_id: story.incident_id.clone(), freshness: Some(freshness) };
    let file =
        |freshness| GetChildFileRequest { child_id: story.child_id.clone(), freshness: Some(freshness) };
    let (then, past) = (Freshness::at_least(position), Freshness::as_of(position));
    let live = (
        police.list_incidents(list(then)).await.unwrap().into_inner(),
        police.get_incident(one(then)).await.unwrap().into_inner(),
        township.get_child_file(file(then)).await.unwrap().into_inner(),
    );
    assert_eq!(live.0.position, position);
    play.police(&mut story.clone()).await.unwrap();
    let later = Freshness::at_least(district.settled().await);
    assert_ne!(police.get_incident(one(later)).await.unwrap().into_inner().incident, live.1.incident);
    let asked: Request<ListIncidentsRequest> = patient(list(past));
    let as_of = (
        police.list_incidents(asked).await.unwrap().into_inner(),
        police.get_incident(patient(one(past))).await.unwrap().into_inner(),
        township.get_child_file(patient(file(past))).await.unwrap().into_inner(),
    );
    assert_eq!(as_of, live);
    // what is asked of an index has no past
    let mut worklist = district.clients.worklist(&people::police()).unwrap();
    let open = kinward_contracts::dispatch::v1::ListOpenIncidentsRequest {
        freshness: Some(past),
        ..Default::default()
    };
    let refused = worklist.list_open_incidents(open).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "INVALID_ARGUMENT");

    // each past position is a read of the whole log: one caller has so many built, others go on, and so does what is built
    for earlier in 1..6 {
        police.list_incidents(patient(list(Freshness::as_of(position - earlier)))).await.unwrap();
    }
    let too_many = police.list_incidents(patient(list(Freshness::as_of(position - 6)))).await.unwrap_err();
    assert_eq!(refusal(&too_many).1, "OVERLOADED");
    police.list_incidents(patient(list(Freshness::as_of(position - 5)))).await.unwrap();
    let colleague = Principal { person: "another".to_owned(), ..people::police() };
    let mut colleague = district.clients.public_security(&colleague).unwrap();
    colleague.list_incidents(patient(list(Freshness::as_of(position - 6)))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bey_7_twn_1_a_linked_duplicate_counts_nowhere_and_unlinked_everything_is_as_it_was() {
    let district = district().await;
    let first = district.play(1).register().await.unwrap();
    let second = district.play(2).register().await.unwrap();
    let mut township = district.clients.township(&people::township(people::TOWNSHIP)).unwrap();
    let mut seen = async || {
        let freshness = fresh(&district).await;
        let ledger = township.get_ledger(GetLedgerRequest { freshness }).await.unwrap().into_inner().villages;
        let list = ListChildrenRequest { freshness, ..Default::default() };
        let children = township.list_children(list).await.unwrap().into_inner().children;
        (ledger, children)
    };
    let before = seen().await;
    assert_eq!(before.1.len(), 2);
    let mut duplicates = district.clients.duplicates(&people::civil_affairs()).unwrap();
    let link = LinkDuplicateRequest {
        request_id: "link".to_owned(),
        child_id: second.child_id.clone(),
        of_child_id: first.child_id.clone(),
        ..Default::default()
    };
    duplicates.link_duplicate(link).await.unwrap();
    let linked = seen().await;
    assert_eq!(linked.0.iter().map(|village| village.children).sum::<u64>(), 1);
    assert!(linked.1.len() == 1 && linked.1[0].child_id == first.child_id);
    let unlink = UnlinkDuplicateRequest {
        request_id: "unlink".to_owned(),
        child_id: second.child_id.clone(),
        ..Default::default()
    };
    duplicates.unlink_duplicate(unlink).await.unwrap();
    assert_eq!(seen().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn inf_1_bey_1_a_missed_duty_stays_on_the_worklist_until_it_is_made_up() {
    let district = district().await;
    let play = district.play(1);
    let mut story = play.register().await.unwrap();
    play.report(&mut story).await.unwrap();
    district.settled().await;
    let mut police = district.clients.work(&people::police()).unwrap();
    let mut owed = async || {
        let listing = ListWorkRequest { freshness: fresh(&district).await, ..Default::default() };
        let work = police.list_work(listing).await.unwrap().into_inner().work;
        let accept =
            |entry: &WorkEntry| entry.clock.as_ref().is_some_and(|clock| clock.clock == "police-accept");
        work.into_iter().find(|entry| entry.aggregate_id == story.incident_id && accept(entry))
    };
    assert!(!owed().await.unwrap().overdue);
    district.advance(chrono::Duration::minutes(11));
    let missed = district
        .until(async || {
            owed().await.filter(|entry| entry.clock.as_ref().unwrap().outcome() == ClockOutcome::Missed)
        })
        .await;
    assert!(missed.overdue);
    let request = AcceptIncidentRequest {
        request_id: "accept".to_owned(),
        incident_id: story.incident_id.clone(),
        unit_id: "police-430903".to_owned(),
        ..AcceptIncidentRequest::default()
    };
    district.clients.incidents(&people::police()).unwrap().accept_incident(request).await.unwrap();
    assert_eq!(owed().await, None, "accepted late is accepted");
}
