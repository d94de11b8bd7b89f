//! What data files name is there: an event that was renamed, or a clock that nobody bears, is found here and not at night.

use kinward_contracts_grpc::DESCRIPTORS;
use kinward_statute::Catalogue;
use prost_reflect::DescriptorPool;
use std::collections::BTreeSet;

/// Clocks of which the aggregate says whose duty they are, as `bearers` of the departments' work knows.
const OF_AGGREGATE: [&str; 3] = ["failure-to-report", "notice-acknowledge", "relief-decision"];

#[test]
fn bey_1_what_makes_a_missed_duty_up_is_an_event() {
    let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
    let events: BTreeSet<String> = pool
        .all_messages()
        .flat_map(|message| message.oneofs().filter(|oneof| oneof.name() == "event").collect::<Vec<_>>())
        .flat_map(|oneof| oneof.fields().collect::<Vec<_>>())
        .filter_map(|field| field.kind().as_message().map(|event| event.name().to_owned()))
        .collect();
    let mut named = 0;
    for entry in Catalogue::default_entries() {
        for event in &entry.made_up_by {
            assert!(events.contains(event), "{}: there is no event {event}", entry.name);
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn bey_1_every_clock_is_somebody_s_duty() {
    let nobody_s: BTreeSet<&str> = Catalogue::default_entries()
        .iter()
        .filter(|entry| entry.bearers.is_empty())
        .map(|entry| entry.name.as_str())
        .collect();
    assert_eq!(nobody_s, BTreeSet::from(OF_AGGREGATE), "say in clocks.toml whose duty the new clock is");
}
