//! Protection orders (LAW-4).

use crate::custody::patient;
use crate::{district, notice_of, refusal};
use kinward::clients::Authorised;
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::custody::v1::{
    AcceptOrderApplicationRequest, Applicant, ApplyForProtectionOrderRequest, DecideReviewRequest,
    ExtendProtectionOrderRequest, GetProtectionOrderRequest, GetProtectionOrderResponse,
    GrantProtectionOrderRequest, ListProtectionOrderDutiesRequest, Measure, OrderStage, RecordBreachRequest,
    RefuseProtectionOrderRequest, RequestReviewRequest, ReviewOutcome, RevokeProtectionOrderRequest,
    Sanction, SanctionBreachRequest, ServeProtectionOrderRequest, ServedOn, VaryProtectionOrderRequest,
};
use kinward_contracts::instant;
use kinward_contracts::notification::v1::{ListNoticesRequest, Template};
use kinward_contracts::r#type::v1::{Department, Duty, Freshness};
use kinward_contracts_grpc::custody::v1::order_service_client::OrderServiceClient;
use kinward_statute::{add_months, day_of, end_of_day};
use kinward_story::District;
use tonic::Status;

/// An application for a protection order against the father.
struct Applied<'a> {
    district: &'a District,
    order_id: String,
    child_id: String,
    respondent: String,
    village: String,
}

impl<'a> Applied<'a> {
    async fn apply(
        district: &'a District,
        number: u64,
        by: &Principal,
        applicant: Applicant,
    ) -> Result<Self, Status> {
        let play = district.play(number);
        let story = play.register().await.unwrap();
        let (child_id, respondent) = (story.child_id.clone(), story.parents[0].clone());
        let village = play.child().household.unwrap().village_code;
        let request = ApplyForProtectionOrderRequest {
            request_id: format!("apply-{number}"),
            child_id: story.child_id,
            village_code: village.clone(),
            respondent_person_id: story.parents[0].clone(),
            applicant: applicant.into(),
            court_unit_id: "court-430903".to_owned(),
            facts: "多次殴打，扬言继续".to_owned(),
            ..Default::default()
        };
        let mut orders = district.clients.orders(by).unwrap();
        let applied = orders.apply_for_protection_order(request).await?.into_inner();
        let order_id = applied.receipt.unwrap().id;
        Ok(Self { district, order_id, child_id, respondent, village })
    }

    fn as_court(&self) -> OrderServiceClient<Authorised> {
        self.district.clients.orders(&people::court()).unwrap()
    }

    async fn accept(&self, urgent: bool) {
        let request = AcceptOrderApplicationRequest {
            request_id: format!("accept-{}", self.order_id),
            order_id: self.order_id.clone(),
            urgent,
            ..Default::default()
        };
        self.as_court().accept_order_application(request).await.unwrap();
    }

    async fn grant(&self, valid_until: &str) -> Result<(), Status> {
        let request = GrantProtectionOrderRequest {
            request_id: format!("grant-{}-{valid_until}", self.order_id),
            order_id: self.order_id.clone(),
            measures: vec![Measure::NoViolence.into(), Measure::NoContact.into(), Measure::MoveOut.into()],
            valid_until: valid_until.to_owned(),
            ..Default::default()
        };
        self.as_court().grant_protection_order(request).await.map(drop)
    }

    async fn extend(&self, valid_until: &str) -> Result<(), Status> {
        let request = ExtendProtectionOrderRequest {
            request_id: format!("extend-{}-{valid_until}", self.order_id),
            order_id: self.order_id.clone(),
            valid_until: valid_until.to_owned(),
            ..Default::default()
        };
        self.as_court().extend_protection_order(request).await.map(drop)
    }

    async fn vary(&self, request_id: &str, measures: &[Measure], other: Option<&str>) -> Result<(), Status> {
        let request = VaryProtectionOrderRequest {
            request_id: request_id.to_owned(),
            order_id: self.order_id.clone(),
            measures: measures.iter().map(|measure| i32::from(*measure)).collect(),
            other_measures: other.map(str::to_owned),
            ..Default::default()
        };
        self.as_court().vary_protection_order(request).await.map(drop)
    }

    async fn revoke(&self, by: &Principal, request_id: &str) -> Result<(), Status> {
        let request = RevokeProtectionOrderRequest {
            request_id: request_id.to_owned(),
            order_id: self.order_id.clone(),
            ..Default::default()
        };
        self.district.clients.orders(by).unwrap().revoke_protection_order(request).await.map(drop)
    }

    async fn ask_for_review(&self, by_respondent: bool) {
        let request = RequestReviewRequest {
            request_id: format!("review-{}", self.order_id),
            order_id: self.order_id.clone(),
            by_respondent,
            ..Default::default()
        };
        self.as_court().request_review(request).await.unwrap();
    }

    async fn decide_review(&self, request_id: &str, outcome: ReviewOutcome) -> Result<(), Status> {
        let request = DecideReviewRequest {
            request_id: request_id.to_owned(),
            order_id: self.order_id.clone(),
            outcome: outcome.into(),
            ..Default::default()
        };
        self.as_court().decide_review(request).await.map(drop)
    }

    /// Police and the village are told; nobody learns of whom.
    async fn told(&self, template: Template) {
        for recipient in [people::police(), people::village(&self.village)] {
            let told = notice_of(self.district, &recipient, template).await;
            let child = told.about.as_ref().and_then(|about| about.child.clone());
            assert_eq!(child.and_then(|child| child.child_id).as_deref(), Some(self.child_id.as_str()));
            assert!(!format!("{told:?}").contains(&self.respondent));
        }
    }

    async fn breach(&self, by: &Principal, request_id: &str) -> Result<String, Status> {
        let request = RecordBreachRequest {
            request_id: request_id.to_owned(),
            order_id: self.order_id.clone(),
            description: "到学校门口纠缠".to_owned(),
            ..Default::default()
        };
        let mut orders = self.district.clients.orders(by).unwrap();
        Ok(orders.record_breach(request).await?.into_inner().breach_id)
    }

    async fn get(&self) -> GetProtectionOrderResponse {
        let request = GetProtectionOrderRequest { order_id: self.order_id.clone() };
        self.as_court().get_protection_order(request).await.unwrap().into_inner()
    }

    async fn duties(&self) -> Vec<Duty> {
        let request = ListProtectionOrderDutiesRequest { order_id: self.order_id.clone() };
        self.as_court().list_protection_order_duties(request).await.unwrap().into_inner().duties
    }

    /// Waits until the order has come so far: an alarm brings it about.
    async fn reaches(&self, stage: OrderStage) {
        while self.get().await.stage() != stage {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn law_4_bey_1_bey_2_who_may_applies_and_the_court_decides_within_its_hours() {
    let district = district().await;
    let civil = people::civil_affairs();
    for (by, applicant) in [
        (&civil, Applicant::PublicSecurity),
        (&people::police(), Applicant::WomensFederation),
        (&people::police(), Applicant::Party),
    ] {
        let refused = Applied::apply(&district, 1, by, applicant).await.err().unwrap();
        assert_eq!(refusal(&refused), ("LAW-4".to_owned(), "NOT_ENTITLED".to_owned()));
    }
    let mut running = Vec::new();
    for (number, by, applicant, urgent, hours) in [
        (2, &people::womens_federation(), Applicant::WomensFederation, false, 72),
        (3, &people::police(), Applicant::PublicSecurity, true, 24),
        (4, &civil, Applicant::ReliefManagementInstitution, true, 24),
    ] {
        let order = Applied::apply(&district, number, by, applicant).await.unwrap();
        assert_eq!(order.duties().await[0].what, "accept-application");
        order.accept(urgent).await;
        let duty = order.duties().await.remove(0);
        assert_eq!((duty.what.as_str(), duty.department()), ("decide-application", Department::Court));
        let due = duty.due_at.as_ref().and_then(instant).unwrap();
        assert_eq!(due - district.now(), chrono::Duration::hours(hours));
        assert!(duty.article.contains("反家庭暴力法"));
        running.push(order);
    }
    let until = day_of(district.now()) + chrono::Days::new(30);
    district.advance(chrono::Duration::hours(24) - chrono::Duration::seconds(1));
    running[1].grant(&until.to_string()).await.unwrap();
    district.advance(chrono::Duration::seconds(1));
    // nobody decided on the third: it is missed once, and decided late all the same
    while !running[2].duties().await[0].overdue {
        tokio::task::yield_now().await;
    }
    assert!(!running[0].duties().await[0].overdue, "72 hours are not over");
    let reason = "证据不足".to_owned();
    let refuse = RefuseProtectionOrderRequest {
        request_id: "refuse".to_owned(),
        order_id: running[2].order_id.clone(),
        reason,
        ..Default::default()
    };
    running[2].as_court().refuse_protection_order(refuse).await.unwrap();
    assert_eq!(running[2].get().await.stage(), OrderStage::Refused);
    assert!(running[2].duties().await.is_empty());
    // the one review, within five days
    let review = |request_id: &str| RequestReviewRequest {
        request_id: request_id.to_owned(),
        order_id: running[2].order_id.clone(),
        by_respondent: false,
        ..Default::default()
    };
    let mut civil = district.clients.orders(&civil).unwrap();
    civil.request_review(review("review")).await.unwrap();
    let twice = civil.request_review(review("twice")).await.unwrap_err();
    assert_eq!(refusal(&twice), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    assert_eq!(running[2].duties().await[0].what, "decide-review");
    district.advance(chrono::Duration::days(10));
    let late = RequestReviewRequest {
        request_id: "late".to_owned(),
        order_id: running[1].order_id.clone(),
        by_respondent: true,
        ..Default::default()
    };
    let late = running[1].as_court().request_review(late).await.unwrap_err();
    assert_eq!(refusal(&late), ("LAW-4".to_owned(), "TIME_INVALID".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn law_4_bey_1_an_order_lasts_at_most_six_months_is_served_extended_breached_and_expires() {
    let district = district().await;
    let police = people::police();
    let order = Applied::apply(&district, 1, &police, Applicant::PublicSecurity).await.unwrap();
    order.accept(true).await;
    let last = add_months(day_of(district.now()), 6);
    let too_long = order.grant(&last.succ_opt().unwrap().to_string()).await.unwrap_err();
    assert_eq!(refusal(&too_long), ("LAW-4".to_owned(), "TIME_INVALID".to_owned()));
    order.grant(&last.to_string()).await.unwrap();
    let duties = order.duties().await;
    let unserved: Vec<&str> = duties[0].missing.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(
        unserved,
        ["served-on-applicant", "served-on-respondent", "served-on-police", "served-on-village"]
    );
    for number in 1..=4 {
        let served_on = ServedOn::try_from(number).unwrap();
        let serve = ServeProtectionOrderRequest {
            request_id: format!("serve-{number}"),
            order_id: order.order_id.clone(),
            served_on: served_on.into(),
            ..Default::default()
        };
        order.as_court().serve_protection_order(serve).await.unwrap();
    }
    assert!(order.duties().await.is_empty());
    // a breach, and what the court does about it
    let breach_id = order.breach(&police, "breach").await.unwrap();
    let sanction = |request_id: &str, fine_yuan| SanctionBreachRequest {
        request_id: request_id.to_owned(),
        order_id: order.order_id.clone(),
        breach_id: breach_id.clone(),
        sanction: Sanction::Fine.into(),
        fine_yuan,
        ..Default::default()
    };
    assert_eq!(order.duties().await[0].about_id, breach_id);
    let too_much = order.as_court().sanction_breach(sanction("1001", 1_001)).await.unwrap_err();
    assert_eq!(refusal(&too_much), ("LAW-4".to_owned(), "INVALID_ARGUMENT".to_owned()));
    order.as_court().sanction_breach(sanction("1000", 1_000)).await.unwrap();
    assert!(order.duties().await.is_empty());
    // extended in its last second, and served anew
    district.advance(end_of_day(last) - district.now() - chrono::Duration::seconds(1));
    let extended = last + chrono::Days::new(7);
    order.extend(&extended.to_string()).await.unwrap();
    assert_eq!(order.duties().await[0].what, "serve-order");
    district.advance(chrono::Duration::seconds(1));
    assert_eq!(order.get().await.stage(), OrderStage::InForce);
    // in its new last second it is in force, then no more
    district.advance(end_of_day(extended) - district.now() - chrono::Duration::seconds(1));
    order.breach(&police, "last-second").await.unwrap();
    district.advance(chrono::Duration::seconds(1));
    order.reaches(OrderStage::Expired).await;
    for told in [police.clone(), people::village(&order.village)] {
        let told = notice_of(&district, &told, Template::ProtectionOrderExpired).await.about.unwrap();
        assert_eq!(told.village_code.as_deref(), Some(order.village.as_str()));
    }
    let over = order.breach(&police, "over").await.unwrap_err();
    assert_eq!(refusal(&over), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    let over = order.extend(&(extended + chrono::Days::new(7)).to_string()).await.unwrap_err();
    assert_eq!(refusal(&over), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    let order = order.get().await;
    assert_eq!((order.breaches, order.valid_until), (2, extended.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn law_4_bey_4_an_order_is_varied_and_revoked_police_and_village_are_told_and_the_respondent_never() {
    let district = district().await;
    let police = people::police();
    let order = Applied::apply(&district, 1, &police, Applicant::PublicSecurity).await.unwrap();
    order.accept(false).await;
    let early = order.vary("early", &[Measure::NoContact], None).await.unwrap_err();
    assert_eq!(refusal(&early), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    let last = day_of(district.now()) + chrono::Days::new(90);
    order.grant(&last.to_string()).await.unwrap();
    order.told(Template::ProtectionOrderGranted).await;
    let unsaid = order.vary("unsaid", &[Measure::Other], None).await.unwrap_err();
    assert_eq!(refusal(&unsaid), ("LAW-4".to_owned(), "INVALID_ARGUMENT".to_owned()));
    order.vary("vary", &[Measure::NoContact, Measure::Other], Some("由学校接送")).await.unwrap();
    let varied = order.get().await;
    assert_eq!(varied.measures().collect::<Vec<_>>(), [Measure::NoContact, Measure::Other]);
    assert!(varied.served_on.is_empty(), "as it now stands it has still to be served");
    order.told(Template::ProtectionOrderVaried).await;
    let by_police = order.revoke(&police, "police").await.unwrap_err();
    assert_eq!(refusal(&by_police), ("LAW-4".to_owned(), "NOT_ENTITLED".to_owned()));
    order.revoke(&people::court(), "revoke").await.unwrap();
    assert_eq!(order.get().await.stage(), OrderStage::Revoked);
    order.told(Template::ProtectionOrderRevoked).await;
    let over = order.vary("over", &[Measure::NoContact], None).await.unwrap_err();
    assert_eq!(refusal(&over), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    let twice = order.revoke(&people::court(), "twice").await.unwrap_err();
    assert_eq!(refusal(&twice), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    // the respondent sits in the village office, where the notices are open
    let his = Principal { person: order.respondent.clone(), ..people::village(&order.village) };
    let freshness = Some(Freshness::at_least(district.position().await));
    let request = ListNoticesRequest { freshness, page_size: 200, page_token: String::new() };
    let mut his = district.clients.notices(&his).unwrap();
    assert!(his.list_notices(patient(request)).await.unwrap().into_inner().notices.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn law_4_a_review_upholds_revokes_or_sends_a_refusal_back_once() {
    let district = district().await;
    let police = people::police();
    let until = (day_of(district.now()) + chrono::Days::new(30)).to_string();
    let mut orders = Vec::new();
    for number in 1..=3 {
        let order = Applied::apply(&district, number, &police, Applicant::PublicSecurity).await.unwrap();
        order.accept(false).await;
        orders.push(order);
    }
    let [upheld, set_aside, refused] = orders.as_slice() else { unreachable!() };
    for order in [upheld, set_aside] {
        order.grant(&until).await.unwrap();
    }
    let pending = upheld.decide_review("none", ReviewOutcome::Upheld).await.unwrap_err();
    assert_eq!(refusal(&pending), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()), "nobody asked");
    for order in [upheld, set_aside] {
        order.ask_for_review(true).await;
        assert_eq!(order.get().await.stage(), OrderStage::InForce, "in force meanwhile");
    }
    upheld.decide_review("upheld", ReviewOutcome::Upheld).await.unwrap();
    assert_eq!(upheld.get().await.stage(), OrderStage::InForce);
    let twice = upheld.decide_review("twice", ReviewOutcome::SetAside).await.unwrap_err();
    assert_eq!(refusal(&twice), ("LAW-4".to_owned(), "WRONG_STATE".to_owned()));
    set_aside.decide_review("set-aside", ReviewOutcome::SetAside).await.unwrap();
    assert_eq!(set_aside.get().await.stage(), OrderStage::Revoked);
    set_aside.told(Template::ProtectionOrderRevoked).await;
    // a refusal that is set aside is decided anew
    let refuse = RefuseProtectionOrderRequest {
        request_id: "refuse".to_owned(),
        order_id: refused.order_id.clone(),
        reason: "证据不足".to_owned(),
        ..Default::default()
    };
    refused.as_court().refuse_protection_order(refuse).await.unwrap();
    let by_police = RequestReviewRequest {
        request_id: "by-applicant".to_owned(),
        order_id: refused.order_id.clone(),
        by_respondent: false,
        ..Default::default()
    };
    district.clients.orders(&police).unwrap().request_review(by_police).await.unwrap();
    refused.decide_review("anew", ReviewOutcome::SetAside).await.unwrap();
    assert_eq!(refused.get().await.stage(), OrderStage::Accepted);
    refused.grant(&until).await.unwrap();
    assert_eq!(refused.get().await.stage(), OrderStage::InForce);
}
