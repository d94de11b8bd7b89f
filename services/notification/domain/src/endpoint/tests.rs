//! Who configures which endpoint, and what an address must look like.

use super::{Command, Endpoint};
use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::notification::v1::{Channel, Endpoint as Written};
use kinward_contracts::r#type::v1::{Department, Reason};
use kinward_eventsourcing::kit::Scenario;
use kinward_statute::{Reference, UnitFacts};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn noon() -> DateTime<Utc> {
    "2026-03-10T04:00:00Z".parse().unwrap()
}

fn reference() -> Reference {
    let mut reference = Reference::default();
    for (id, department, area) in [
        ("township-430903111", Department::Township, "430903111"),
        ("police-430903", Department::PublicSecurity, "430903"),
    ] {
        let facts = UnitFacts {
            name: id.to_owned(),
            department: department.into(),
            area: area.to_owned(),
            superior: None,
        };
        reference.units.insert(id.to_owned(), facts);
    }
    reference
}

fn actor(department: Department, unit: &str, area: &str) -> Actor {
    Actor {
        department: department.into(),
        unit_id: unit.to_owned(),
        area: area.to_owned(),
        ..Actor::default()
    }
}

fn township() -> Actor {
    actor(Department::Township, "township-430903111", "430903111")
}

fn configure(unit: &str, channel: Channel, address: &str, secret: &str) -> Command {
    let endpoint = Written { unit_id: unit.to_owned(), channel: channel.into(), ..Written::default() };
    let (address, secret) = (address.to_owned(), secret.to_owned());
    Command::Configure { endpoint, address, secret, occurred_at: None }
}

fn mailbox() -> Command {
    configure("township-430903111", Channel::Email, "duty@township.example", "")
}

fn endpoint(reference: &Reference) -> Scenario<'_, Endpoint> {
    Scenario::new("endpoint", noon(), reference)
}

#[test]
fn dsp_4_a_unit_and_civil_affairs_configure_its_endpoint_and_nobody_else() {
    let reference = reference();
    for may in [township(), actor(Department::CivilAffairs, "civil-affairs-430903", "430903")] {
        let scenario = endpoint(&reference).by(may).when(mailbox()).then_types(&["EndpointConfigured"]);
        let state = scenario.state().endpoint.clone().unwrap();
        // department and area are the register's, whatever the caller says
        assert_eq!((state.department(), state.area.as_str()), (Department::Township, "430903111"));
    }
    for may_not in [
        actor(Department::Township, "township-430903112", "430903112"),
        actor(Department::PublicSecurity, "police-430903", "430903"),
        actor(Department::CivilAffairs, "civil-affairs-430902", "430902"),
        actor(Department::CivilAffairs, "civil-affairs-430903", ""),
        Actor::default(),
    ] {
        let refused = endpoint(&reference).by(may_not.clone()).when(mailbox()).then_refused("DSP-4");
        assert_eq!(refused.reason, Reason::NotEntitled, "{may_not:?}");
        let withdraw = Command::Withdraw { reason_code: "moved".to_owned(), occurred_at: None };
        let scenario = endpoint(&reference).by(township()).given([mailbox()]).by(may_not);
        assert_eq!(scenario.when(withdraw).then_refused("DSP-4").reason, Reason::NotEntitled);
    }
}

#[test]
fn dsp_4_an_endpoint_cannot_be_taken_over_for_another_unit() {
    let reference = reference();
    let scenario = endpoint(&reference).by(township()).given([mailbox()]);
    let police = actor(Department::PublicSecurity, "police-430903", "430903");
    let theirs = configure("police-430903", Channel::Email, "duty@police.example", "");
    scenario.by(police).when(theirs).then_refused("DSP-4");
}

#[test]
fn dsp_4_the_unit_is_registered_and_the_address_fits_the_channel() {
    let reference = reference();
    let refused = |command: Command| {
        let refused = endpoint(&reference).by(township()).when(command).then_refused("DSP-4");
        (refused.reason, refused.field.unwrap_or_default())
    };
    let unit = "township-430903111";
    let unknown = configure("township-999", Channel::Email, "duty@township.example", "");
    assert_eq!(refused(unknown), (Reason::UnknownReference, "unit_id".to_owned()));
    let bad_address = |channel, address: &str, secret: &str| {
        let (reason, field) = refused(configure(unit, channel, address, secret));
        assert_eq!((reason, field.as_str()), (Reason::InvalidArgument, "address"), "{address}");
    };
    for address in ["duty", "@host", "duty@", "du ty@host.example", "duty@host.example\r\nBcc: x@y.example"] {
        bad_address(Channel::Email, address, "");
    }
    for address in ["12ab", "+", "1234", "12345678901234567"] {
        bad_address(Channel::Sms, address, "");
    }
    for address in ["ftp://host/", "https://", "https:///path", "https://user:word@host/", "https://ho st/"] {
        bad_address(Channel::Webhook, address, SECRET);
    }
    let secretless = configure(unit, Channel::Webhook, "https://host.example/kinward", "");
    assert_eq!(refused(secretless).1, "secret");
    assert_eq!(refused(configure(unit, Channel::Sms, "13800000000", SECRET)).1, "secret");
    for command in [
        configure(unit, Channel::Webhook, "https://host.example:8443/kinward?from=log", SECRET),
        configure(unit, Channel::Sms, "+8613800000000", ""),
    ] {
        endpoint(&reference).by(township()).when(command).then_types(&["EndpointConfigured"]);
    }
}

#[test]
fn bey_9_an_address_is_sealed_with_the_key_of_its_reader_or_of_the_endpoint() {
    let reference = reference();
    let of = |holder: Option<&str>| {
        let Command::Configure { mut endpoint, address, secret, occurred_at } = mailbox() else {
            unreachable!("it configures")
        };
        endpoint.holder_person_id = holder.map(str::to_owned);
        let command = Command::Configure { endpoint, address, secret, occurred_at };
        let scenario = self::endpoint(&reference).by(township()).given([command]);
        scenario.state().address.clone().unwrap().person_id
    };
    assert_eq!(of(None), "endpoint-endpoint");
    assert_eq!(of(Some("person-1")), "person-1");
}

#[test]
fn dsp_4_a_withdrawn_endpoint_stays_withdrawn() {
    let reference = reference();
    let withdraw = || Command::Withdraw { reason_code: "moved".to_owned(), occurred_at: None };
    let scenario = endpoint(&reference).by(township());
    assert_eq!(scenario.when(withdraw()).then_refused("DSP-4").reason, Reason::NotFound);
    let scenario = endpoint(&reference)
        .by(township())
        .given([mailbox()])
        .when(withdraw())
        .then_types(&["EndpointWithdrawn"])
        .when(withdraw())
        .then([]);
    assert_eq!(scenario.when(mailbox()).then_refused("DSP-4").reason, Reason::WrongState);
}
