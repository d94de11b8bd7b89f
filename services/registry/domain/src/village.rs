//! What a village decides: rules that name the parents' duties (TWN-7). Keyed by the village's code.

use crate::rules::{BEY_1, INF_4, TWN_7};
use chrono::{DateTime, NaiveDate, Utc};
use kinward_contracts::registry::v1::{VillageEvent, VillageRulesAdopted, village_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Missing, Occurrence, Rejection};
use kinward_statute::{Reference, day_of};
use serde::{Deserialize, Serialize};

/// The decider of villages.
#[derive(Clone, Copy, Debug)]
pub struct Village;

/// The village adopted rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Adopt {
    /// What they name; the day is the decider's.
    pub rules: VillageRulesAdopted,
    /// When; `None`: now.
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Day of the last adoption.
    pub adopted_on: Option<NaiveDate>,
    /// Its document's hash.
    pub document_sha256: String,
}

impl Decider for Village {
    type Command = Adopt;
    type State = State;
    type Event = VillageEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 2;

    fn decide(
        state: &State,
        Adopt { rules, occurred_at }: &Adopt,
        context: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<VillageEvent>>, Rejection> {
        let at = context.happened(*occurred_at, BEY_1)?;
        let day = day_of(at);
        if !context.reference.division_valid_on(context.id, day) {
            return Err(Rejection::invalid(
                "village_code",
                INF_4,
                "此村（居）代码在该日未启用",
                "no village has this code on that day",
            ));
        }
        if rules.duties.is_empty() {
            let missing = Missing::new(TWN_7, "parents-duties", "写明父母职责", "name the parents' duties");
            return Err(Rejection::missing(TWN_7, vec![missing]));
        }
        if state.adopted_on.is_some_and(|before| day < before) {
            return Err(Rejection::time(
                "occurred_at",
                TWN_7,
                "已有更晚通过的乡规民约",
                "rules that were adopted later are in force",
            ));
        }
        if state.document_sha256 == rules.document_sha256 && state.adopted_on.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::at(at, VillageRulesAdopted { adopted_on: day.to_string(), ..rules.clone() })])
    }

    fn evolve(state: &mut State, event: &VillageEvent, _: &Occurrence<'_>) {
        if let Some(Event::VillageRulesAdopted(adopted)) = &event.event {
            state.adopted_on = adopted.adopted_on.parse().ok();
            state.document_sha256.clone_from(&adopted.document_sha256);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::registry::v1::ParentDuty;
    use kinward_eventsourcing::kit::Scenario;
    use kinward_statute::DivisionFacts;

    const VILLAGE: &str = "430903111201";

    fn reference() -> Reference {
        let village =
            DivisionFacts {
                name: "某村".to_owned(), valid_from: "2017-03-24".to_owned(), valid_until: None
            };
        Reference { divisions: [(VILLAGE.to_owned(), village)].into(), ..Reference::default() }
    }

    fn noon() -> DateTime<Utc> {
        "2026-03-10T04:00:00Z".parse().unwrap()
    }

    fn adopt(duties: &[ParentDuty], document: u8, occurred_at: Option<DateTime<Utc>>) -> Adopt {
        let rules = VillageRulesAdopted {
            duties: duties.iter().map(|duty| i32::from(*duty)).collect(),
            document_sha256: document.to_string().repeat(32),
            ..VillageRulesAdopted::default()
        };
        Adopt { rules, occurred_at }
    }

    #[test]
    fn twn_7_a_village_adopts_rules_that_name_duties_and_may_adopt_others_later() {
        let reference = reference();
        let new = || Scenario::<Village>::new(VILLAGE, noon(), &reference);
        let duties = [ParentDuty::StayInContact, ParentDuty::Delegate];
        let scenario = new().when(adopt(&duties, 1, None)).then_types(&["VillageRulesAdopted"]);
        assert_eq!(scenario.state().adopted_on, "2026-03-10".parse().ok());
        let scenario = scenario.when(adopt(&duties, 1, None)).then([]);
        let earlier = Some(noon() - chrono::Duration::days(1));
        scenario.when(adopt(&duties, 2, earlier)).then_refused("TWN-7");
        let nothing = new().when(adopt(&[], 1, None)).then_refused("TWN-7");
        assert_eq!(nothing.missing[0].what, "parents-duties");
        let nowhere = Scenario::<Village>::new("430903111299", noon(), &reference);
        nowhere.when(adopt(&duties, 1, None)).then_refused("INF-4");
    }
}
