//! A revoked guardianship that comes back (CUS-4, L40, L41).

use super::Opened;
use crate::{district, missing, refusal};
use kinward::people;
use kinward_contracts::custody::v1::{
    Consequence, DesignatedGuardianInput, RecordConvictionRequest, RequestRestorationRequest,
    RestorationRuling, RuleOnPetitionRequest, RuleOnRestorationRequest, Ruling,
};
use kinward_contracts::registry::v1::GetChildRequest;
use kinward_contracts::r#type::v1::{ChildsWish, Ground, Relation};
use kinward_statute::start_of_day;
use tonic::Status;

impl Opened<'_> {
    /// The father's guardianship is revoked now, the aunt designated.
    async fn revoked(&self) {
        self.refuse("2026-05-01").await;
        self.suffer(Consequence::Displaced, "2026-06-01").await;
        let petition_id = self.heard(Ground::DutyRefused).await;
        let aunt = DesignatedGuardianInput {
            person_id: None,
            relation: Relation::PaternalAunt.into(),
            name: "贺青禾".to_owned(),
            phone: None,
        };
        let ruling = RuleOnPetitionRequest {
            request_id: self.request(),
            case_id: self.case(),
            petition_id,
            ruling: Ruling::Revoked.into(),
            designated: Some(aunt),
            ..Default::default()
        };
        self.cases(&people::court()).rule_on_petition(ruling).await.unwrap();
    }

    /// Waits until the father is revoked, or not, in the child's file, and the aunt is guardian in his place, or not.
    async fn guardian_is(&self, revoked: bool) {
        let mut children = self.district.clients.children(&people::civil_affairs()).unwrap();
        self.district
            .until(async || {
                let request = GetChildRequest { child_id: self.child_id.clone() };
                let file = children.get_child(request).await.unwrap().into_inner().file.unwrap();
                let father = file.carers.iter().find(|carer| carer.person_id == self.father).unwrap();
                let designated = file.carers.iter().any(|carer| carer.designated);
                (father.revoked == revoked && designated == revoked).then_some(())
            })
            .await;
    }

    async fn ask_back(&self, relation: Relation) -> Result<String, Status> {
        let request = RequestRestorationRequest {
            request_id: self.request(),
            case_id: self.case(),
            guardian_person_id: self.father.clone(),
            relation: relation.into(),
            ..Default::default()
        };
        Ok(self.cases(&people::court()).request_restoration(request).await?.into_inner().restoration_id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cus_4_a_revoked_parent_may_ask_back_in_the_window_and_the_court_restores_on_its_conditions() {
    let district = district().await;
    let (case, criminal) = (Opened::open(&district, 1).await, Opened::open(&district, 2).await);
    case.revoked().await;
    criminal.revoked().await;
    case.guardian_is(true).await;
    let convicted = RecordConvictionRequest {
        request_id: criminal.request(),
        case_id: criminal.case(),
        guardian_person_id: criminal.father.clone(),
        intentional: true,
        against_child: true,
        imprisonment_months: 6,
        article: "刑法 260".to_owned(),
        ..Default::default()
    };
    criminal.cases(&people::court()).record_conviction(convicted).await.unwrap();
    // revoked on 24 November: three months are full on 24 February
    let opens = start_of_day("2027-02-24".parse().unwrap());
    district.advance(opens - district.now() - chrono::Duration::seconds(1));
    let early = case.ask_back(Relation::Father).await.unwrap_err();
    assert_eq!(refusal(&early), ("L40".to_owned(), "TIME_INVALID".to_owned()));
    assert!(early.message().contains("guidance"), "a window that is not law does not read like law");
    district.advance(chrono::Duration::seconds(1));
    let aunt = case.ask_back(Relation::PaternalAunt).await.unwrap_err();
    assert_eq!(refusal(&aunt), ("L40".to_owned(), "NOT_ENTITLED".to_owned()));
    let never = criminal.ask_back(Relation::Father).await.unwrap_err();
    assert_eq!(refusal(&never), ("L40".to_owned(), "NOT_ENTITLED".to_owned()));
    let restoration_id = case.ask_back(Relation::Father).await.unwrap();
    assert_eq!(case.duty("rule-on-restoration").await.about_id, restoration_id);
    let rule = |true_repentance, wish: ChildsWish| RuleOnRestorationRequest {
        request_id: case.request(),
        case_id: case.case(),
        restoration_id: restoration_id.clone(),
        ruling: RestorationRuling::Restored.into(),
        true_repentance: Some(true_repentance),
        childs_wish: wish.into(),
        ..Default::default()
    };
    let mut court = case.cases(&people::court());
    let refused = court.rule_on_restoration(rule(false, ChildsWish::Against)).await.unwrap_err();
    assert_eq!(missing(&refused), ["true-repentance", "childs-wish"]);
    let by_village = case.cases(&case.office()).rule_on_restoration(rule(true, ChildsWish::InFavour)).await;
    assert_eq!(refusal(&by_village.unwrap_err()), ("CUS-4".to_owned(), "NOT_ENTITLED".to_owned()));
    court.rule_on_restoration(rule(true, ChildsWish::InFavour)).await.unwrap();
    let timeline = case.timeline().await;
    assert_eq!(timeline[timeline.len() - 2..], ["RestorationRuled", "GuardianshipRestored"]);
    // the registry's guardianship follows by event
    case.guardian_is(false).await;
    // support of a revoked guardian is no duty of its own any more, and what was judged is over
    assert!(case.duties().await.is_empty());
    assert!(!case.ground(Ground::DutyRefused, None).await.met);
    // whom the law bars for ever is still revoked
    assert!(criminal.has_duty("support").await);
}
