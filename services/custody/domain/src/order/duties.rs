//! Which duties of a protection order are open (BEY-2).

use super::State;
use super::decide::DECISION;
use crate::rules::{LAW_4, LAW_4_BREACH, LAW_4_REVIEW, LAW_4_SERVICE};
use kinward_contracts::custody::v1::{OrderStage, ServedOn};
use kinward_contracts::r#type::v1::Department;
use kinward_statute::Duty;

const SERVED_ON: [(ServedOn, &str, &str, &str); 4] = [
    (ServedOn::Applicant, "served-on-applicant", "送达申请人", "service on the applicant"),
    (ServedOn::Respondent, "served-on-respondent", "送达被申请人", "service on the respondent"),
    (ServedOn::PublicSecurity, "served-on-police", "送达公安机关", "service on police"),
    (
        ServedOn::VillageCommittee,
        "served-on-village",
        "送达村（居）民委员会",
        "service on the village committee",
    ),
];

/// The open duties, the earliest due first: every one of them is the court's.
pub fn duties(state: &State) -> Vec<Duty> {
    let court = Department::Court;
    let mut open = Vec::new();
    match state.stage() {
        OrderStage::Applied => {
            let says = ("受理人身安全保护令申请", "accept the application");
            open.push(Duty::new("accept-application", says, court, state.since, LAW_4).needs(
                "acceptance",
                "受理",
                "acceptance",
            ));
        }
        OrderStage::Accepted => {
            let says = ("作出人身安全保护令或者驳回申请", "grant or refuse the order");
            open.push(
                Duty::new("decide-application", says, court, state.since, LAW_4)
                    .timed(state.clocks.get(DECISION))
                    .needs("decision", "裁定", "a decision"),
            );
        }
        OrderStage::InForce => open.extend(service(state)),
        OrderStage::Unspecified | OrderStage::Refused | OrderStage::Expired | OrderStage::Revoked => {}
    }
    for (id, breach) in state.breaches.iter().filter(|(_, breach)| breach.sanctions.is_empty()) {
        let says = ("对违反保护令的行为作出处理", "sanction the breach of the order");
        open.push(Duty::new("sanction-breach", says, court, breach.at, LAW_4_BREACH).about(id).needs(
            "sanction",
            "处理结果",
            "a sanction",
        ));
    }
    if let Some(review) = state.review.as_ref().filter(|review| !review.decided) {
        let says = ("作出复议决定", "decide on the review");
        open.push(Duty::new("decide-review", says, court, review.at, LAW_4_REVIEW).needs(
            "review-decision",
            "复议决定",
            "a decision on the review",
        ));
    }
    Duty::in_order(open)
}

/// The order as it now stands is served on all four.
fn service(state: &State) -> Option<Duty> {
    let says = ("送达人身安全保护令", "serve the order");
    let duty = Duty::new("serve-order", says, Department::Court, state.stands_since, LAW_4_SERVICE);
    let unserved = SERVED_ON.iter().filter(|(on, ..)| !state.served.contains(&i32::from(*on)));
    let duty = unserved.fold(duty, |duty, (_, what, zh, en)| duty.needs(what, zh, en));
    (!duty.missing.is_empty()).then_some(duty)
}
