//! The rules of an endpoint.

use super::address;
use crate::rules::{BEY_1, DSP_4};
use chrono::{DateTime, Utc};
use kinward_contracts::notification::v1::{
    self as notification, EndpointConfigured, EndpointEvent, EndpointWithdrawn, endpoint_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Reason, Sealed};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};

/// The decider of endpoints.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint;

/// A command.
#[derive(Clone, PartialEq)]
pub enum Command {
    /// Notices to the unit are sent there from now on.
    Configure {
        /// What it is; department and area are the register's.
        endpoint: notification::Endpoint,
        /// Mailbox, phone number or URL.
        address: String,
        /// Signing key of a webhook; empty for the others.
        secret: String,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Nothing is sent there any more.
    Withdraw {
        /// Why.
        reason_code: String,
        /// When; `None`: now.
        occurred_at: Option<DateTime<Utc>>,
    },
}

/// An endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What it is; absent: it was never configured.
    pub endpoint: Option<notification::Endpoint>,
    /// Mailbox, phone number or URL.
    pub address: Option<Sealed>,
    /// Signing key of a webhook.
    pub secret: Option<Sealed>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

type Facts = Vec<Fact<EndpointEvent>>;
type Now<'a> = Context<'a, Reference>;

impl Decider for Endpoint {
    type Command = Command;
    type State = State;
    type Event = EndpointEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(state: &State, command: &Command, context: &Now<'_>) -> Result<Facts, Rejection> {
        if let Some(known) = &state.endpoint {
            may(known, context)?;
        }
        match (&state.endpoint, command) {
            (None, Command::Withdraw { .. }) => {
                Err(Rejection::not_found(DSP_4, "没有此接收端", "there is no such endpoint"))
            }
            (Some(_), Command::Withdraw { .. }) if state.withdrawn => Ok(Vec::new()),
            (Some(_), Command::Withdraw { reason_code, occurred_at }) => {
                let at = context.happened(*occurred_at, BEY_1)?;
                Ok(vec![Fact::at(at, EndpointWithdrawn { reason_code: reason_code.clone() })])
            }
            (Some(_), Command::Configure { .. }) if state.withdrawn => Err(Rejection::wrong_state(
                DSP_4,
                "接收端已撤销，请另行设置",
                "the endpoint was withdrawn: configure another",
            )),
            (known, Command::Configure { endpoint, address, secret, occurred_at }) => {
                let endpoint = of_unit(endpoint, context)?;
                may(&endpoint, context)?;
                if known.as_ref().is_some_and(|known| known.channel != endpoint.channel) {
                    return Err(Rejection::invalid(
                        "channel",
                        DSP_4,
                        "渠道不得变更，请另行设置",
                        "an endpoint keeps its channel: configure another",
                    ));
                }
                address::check(&endpoint, address, secret)?;
                let at = context.happened(*occurred_at, BEY_1)?;
                // with a reader of its own it is erased with that person's key
                let person = endpoint.holder_person_id.clone();
                let person = person.unwrap_or_else(|| format!("endpoint-{}", context.id));
                let seal = |text: &str| Some(Sealed::plain(person.clone(), text));
                Ok(vec![Fact::at(
                    at,
                    EndpointConfigured {
                        address: seal(address),
                        secret: if secret.is_empty() { None } else { seal(secret) },
                        endpoint: Some(endpoint),
                    },
                )])
            }
        }
    }

    fn evolve(state: &mut State, event: &EndpointEvent, _: &Occurrence<'_>) {
        match &event.event {
            Some(Event::EndpointConfigured(configured)) => {
                state.endpoint.clone_from(&configured.endpoint);
                state.address.clone_from(&configured.address);
                state.secret.clone_from(&configured.secret);
            }
            Some(Event::EndpointWithdrawn(_)) => state.withdrawn = true,
            None => {}
        }
    }
}

/// The endpoint with its unit's department and area, as the register has them.
fn of_unit(
    endpoint: &notification::Endpoint,
    context: &Now<'_>,
) -> Result<notification::Endpoint, Rejection> {
    let unit = context.reference.units.get(&endpoint.unit_id).ok_or_else(|| {
        let mut unknown = Rejection::invalid(
            "unit_id",
            DSP_4,
            "没有登记此单位",
            "no such unit is registered: register it first",
        );
        unknown.reason = Reason::UnknownReference;
        unknown
    })?;
    Ok(notification::Endpoint { department: unit.department, area: unit.area.clone(), ..endpoint.clone() })
}

/// A unit sees to its own endpoints, civil affairs to those in its area.
fn may(endpoint: &notification::Endpoint, context: &Now<'_>) -> Result<(), Rejection> {
    let actor = context.actor;
    let leads = actor.department == i32::from(Department::CivilAffairs)
        && !actor.area.is_empty()
        && endpoint.area.starts_with(&actor.area);
    let own = actor.department == endpoint.department && actor.unit_id == endpoint.unit_id;
    if leads || own {
        return Ok(());
    }
    Err(Rejection::not_entitled(
        DSP_4,
        "接收端由本单位或民政设置",
        "an endpoint is its unit's, or civil affairs', to configure",
    ))
}
