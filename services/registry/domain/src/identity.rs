//! The claim on an identity number: its subject holds the number's blind index, so that two files can never hold one
//! person, whoever comes first (TWN-1).

use crate::rules::TWN_1;
use kinward_contracts::registry::v1::{IdentityClaimed, IdentityEvent, identity_event::Event};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider of claims.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

/// Claims the identity for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The file.
    pub child_id: String,
}

/// Who holds the identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The file; `None`: nobody.
    pub child_id: Option<String>,
}

impl Decider for Identity {
    type Command = Claim;
    type State = State;
    type Event = IdentityEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        command: &Claim,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<IdentityEvent>>, Rejection> {
        match &state.child_id {
            None => Ok(vec![Fact::now(IdentityClaimed { child_id: command.child_id.clone() })]),
            Some(holder) if *holder == command.child_id => Ok(Vec::new()),
            Some(holder) => Err(Rejection::exists(
                TWN_1,
                holder,
                "此身份号码已有档案，请使用已有档案",
                "this identity number has a file already: use that one",
            )),
        }
    }

    fn evolve(state: &mut State, event: &IdentityEvent, _: &Occurrence<'_>) {
        if let Some(Event::IdentityClaimed(claimed)) = &event.event {
            state.child_id = Some(claimed.child_id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use kinward_contracts::r#type::v1::Reason;
    use kinward_eventsourcing::kit::Scenario;
    use proptest::prelude::*;

    /// Version and blind index: nothing that says whose number it is.
    const ID: &str = "1.2f1c6a0e9b";

    fn now() -> DateTime<Utc> {
        "2026-03-10T04:00:00Z".parse().unwrap()
    }

    fn claim(child_id: &str) -> Claim {
        Claim { child_id: child_id.to_owned() }
    }

    #[test]
    fn twn_1_the_first_file_claims_the_identity_and_the_second_is_pointed_to_it() {
        let reference = Reference::default();
        let scenario = Scenario::<Identity>::new(ID, now(), &reference)
            .when(claim("first"))
            .then([IdentityClaimed { child_id: "first".to_owned() }.into()]);
        let refused = scenario.when(claim("second")).then_refused("TWN-1");
        assert_eq!((refused.reason, refused.existing_id.as_deref()), (Reason::AlreadyExists, Some("first")));
    }

    #[test]
    fn twn_1_the_holder_claims_again_and_nothing_happens() {
        let reference = Reference::default();
        Scenario::<Identity>::new(ID, now(), &reference)
            .given([claim("first")])
            .when(claim("first"))
            .then([]);
    }

    proptest! {
        #[test]
        fn twn_1_whoever_comes_in_whatever_order_the_first_holds_it_for_ever(
            children in prop::collection::vec("[a-d]", 1..20)
        ) {
            let reference = Reference::default();
            let scenario = Scenario::<Identity>::new(ID, now(), &reference)
                .tried(children.iter().map(|child_id| claim(child_id)));
            prop_assert_eq!(scenario.recorded().len(), 1);
            prop_assert_eq!(scenario.state().child_id.as_ref(), children.first());
        }
    }
}
