//! Which duties of a case are open (BEY-2): who must petition, what the court has still to do, what a guardian still owes.

use super::follow_up::fallback;
use super::{Petition, Progress, State};
use crate::rules::{CUS_2, CUS_4, L25, L39};
use kinward_contracts::r#type::v1::Department;
use kinward_statute::Duty;

/// The open duties, the earliest due first.
pub fn duties(state: &State) -> Vec<Duty> {
    let mut open = Vec::new();
    for guardian in state.guardians.keys() {
        open.extend(petition(state, guardian));
        open.extend(support(state, guardian));
    }
    open.extend(state.petitions.iter().filter_map(|(id, petition)| court(id, petition)));
    open.extend(state.restorations.iter().filter(|(_, request)| request.ruling.is_none()).map(
        |(id, request)| {
            let says = ("对恢复监护人资格的申请作出裁判", "rule on the request for restoration");
            Duty::new("rule-on-restoration", says, Department::Court, request.since, CUS_4)
                .about(id)
                .needs("ruling", "裁判", "a ruling")
        },
    ));
    open.extend(state.ladder.education.iter().filter(|(_, order)| !order.ended).map(|(id, order)| {
        let says = ("参加家庭教育指导", "take part in family-education guidance");
        Duty::new("family-education", says, Department::Unspecified, order.since, L25)
            .by_person(&order.guardian_person_id)
            .about(id)
    }));
    Duty::in_order(open)
}

/// A ground is met and nobody has petitioned: anybody entitled may, and when the clock is missed, civil affairs must.
fn petition(state: &State, guardian: &str) -> Option<Duty> {
    if !state.has_ground(guardian) || state.is_before_the_court(guardian) || state.is_revoked(guardian) {
        return None;
    }
    let clock = state.clocks.get(&fallback(guardian));
    let needs = |duty: Duty| {
        duty.about(guardian).timed(clock).needs(
            "petition",
            "向人民法院申请撤销监护人资格",
            "a petition to the court",
        )
    };
    if let Some(since) = state.must_petition.get(guardian) {
        let says = (
            "无人申请的，民政部门应当申请撤销监护人资格",
            "nobody petitioned in time: civil affairs must petition",
        );
        let duty = Duty::new("petition-by-civil-affairs", says, Department::CivilAffairs, *since, CUS_2);
        return Some(needs(duty));
    }
    let running = clock.filter(|clock| clock.outcome.is_none())?;
    let says = (
        "具备撤销情形，有权申请的个人或者单位应当申请",
        "a ground is met: one of those entitled petitions the court",
    );
    Some(needs(Duty::new("petition", says, Department::Unspecified, running.started_at, CUS_2)))
}

/// Support is owed as long as the guardianship is revoked (L39).
fn support(state: &State, guardian: &str) -> Option<Duty> {
    let revoked = state.revocation(guardian)?;
    let says = ("继续负担抚养费", "support is still owed");
    Some(
        Duty::new("support", says, Department::Unspecified, revoked.since, L39)
            .by_person(guardian)
            .about(guardian),
    )
}

fn court(id: &str, petition: &Petition) -> Option<Duty> {
    let (what, says) = match petition.progress {
        Progress::Filed => ("accept-petition", ("受理申请", "accept the petition")),
        Progress::Accepted => ("hear-petition", ("审理申请", "hear the petition")),
        Progress::Heard => ("rule-on-petition", ("对申请作出裁判", "rule on the petition")),
        Progress::Revoked | Progress::Refused | Progress::Withdrawn | Progress::Restored => return None,
    };
    let duty = Duty::new(what, says, Department::Court, petition.since, CUS_4).about(id);
    Some(duty.needs(what, says.0, says.1))
}
