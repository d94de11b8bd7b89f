//! What must hold of every proto and of the code generated from it, whoever adds the next event.

use crate::golden;
use crate::validation::{extension, nested};
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pool() -> DescriptorPool {
    crate::compile(&root(), false).expect("the protos compile").descriptor_pool()
}

fn own_messages(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    pool.all_messages().filter(|message| message.full_name().starts_with("kinward.")).collect()
}

/// Messages whose `oneof event` lists an aggregate's events.
fn wrappers(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    own_messages(pool)
        .into_iter()
        .filter(|message| message.oneofs().any(|oneof| oneof.name() == "event"))
        .collect()
}

fn rules(pool: &DescriptorPool, field: &FieldDescriptor) -> Option<DynamicMessage> {
    extension(pool, &field.options(), "buf.validate.field")
}

fn pattern(rules: &DynamicMessage) -> Option<String> {
    let pattern = nested(rules, "string")?.get_field_by_name("pattern")?.as_str()?.to_owned();
    (!pattern.is_empty()).then_some(pattern)
}

/// A message and everything inside it.
fn inside(message: &MessageDescriptor, seen: &mut BTreeSet<String>, out: &mut Vec<FieldDescriptor>) {
    if !seen.insert(message.full_name().to_owned()) || message.full_name() == "kinward.type.v1.Sealed" {
        return;
    }
    for field in message.fields() {
        if let Kind::Message(body) = field.kind() {
            inside(&body, seen, out);
        }
        out.push(field);
    }
}

#[test]
fn the_generated_code_is_fresh() {
    let stale = crate::write(&root(), true).expect("the protos generate");
    assert_eq!(stale, Vec::<String>::new(), "run `make proto`");
}

#[test]
fn every_event_has_a_golden_commit_and_each_golden_is_read_as_it_was() {
    let (pool, mut read) = (pool(), 0);
    for (context, events) in golden::events(&pool) {
        let goldens = golden::read(&root(), &context).expect("the goldens are whole");
        for (_, field) in events {
            let name = golden::name_of(&field).expect("an event is a message");
            assert!(goldens.iter().any(|golden| golden.name == name), "{name} has none: run `make proto`");
        }
        for golden in goldens {
            let texts =
                golden::texts(&pool, &golden).unwrap_or_else(|error| panic!("{}: {error}", golden.name));
            assert_eq!(texts, (golden.commit, golden.event), "{}", golden.name);
            read += 1;
        }
    }
    assert!(read > 200, "only {read} goldens were found");
}

#[test]
fn every_event_names_its_rule_and_only_clocks_leave_it_to_their_own() {
    for wrapper in wrappers(&pool()) {
        for field in wrapper.oneofs().flat_map(|oneof| oneof.fields().collect::<Vec<_>>()) {
            let is_clock = field.name().starts_with("clock_") && field.number() > 100;
            assert_eq!(crate::impls::rule(&field).is_none(), is_clock, "{}", field.full_name());
        }
    }
}

#[test]
fn every_pattern_compiles_and_is_anchored() {
    let pool = pool();
    let mut checked = 0;
    for field in own_messages(&pool).iter().flat_map(MessageDescriptor::fields) {
        let Some(rules) = rules(&pool, &field) else { continue };
        let items = nested(&rules, "repeated").and_then(|repeated| nested(&repeated, "items"));
        for pattern in [Some(rules), items].iter().flatten().filter_map(pattern) {
            assert!(regex::Regex::new(&pattern).is_ok(), "{}: {pattern}", field.full_name());
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{}: {pattern}", field.full_name());
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} patterns were found");
}

#[test]
fn every_sealed_field_has_a_class_and_only_sealed_fields_have_one() {
    let pool = pool();
    let class = pool.get_extension_by_name("kinward.type.v1.class").expect("the option exists");
    for field in own_messages(&pool).iter().flat_map(MessageDescriptor::fields) {
        let sealed =
            matches!(field.kind(), Kind::Message(body) if body.full_name() == "kinward.type.v1.Sealed");
        let named = field.options().get_extension(&class).as_enum_number().unwrap_or_default();
        assert_eq!(sealed, named != 0, "{}: class {named}", field.full_name());
    }
}

#[test]
fn an_event_holds_no_personal_data_in_clear() {
    const PERSONAL: [&str; 21] = [
        "name",
        "child_name",
        "taker_name",
        "phone",
        "identity_number",
        "birth_date",
        "address",
        "place",
        "narrative",
        "description",
        "findings",
        "statement",
        "summary",
        "complaint",
        "report",
        "goals",
        "record",
        "email",
        "approximate_age",
        "age",
        "text",
    ];
    // names of places, holidays and institutions
    const PUBLIC: [&str; 3] =
        ["kinward.registry.v1.Division", "kinward.registry.v1.CalendarDay", "kinward.registry.v1.Unit"];
    let pool = pool();
    let (mut seen, mut fields) = (BTreeSet::new(), Vec::new());
    for wrapper in wrappers(&pool) {
        inside(&wrapper, &mut seen, &mut fields);
    }
    assert!(fields.len() > 200, "only {} fields were found", fields.len());
    for field in fields {
        let clear = !matches!(field.kind(), Kind::Message(_));
        let public = PUBLIC.contains(&field.parent_message().full_name());
        assert!(
            !(clear && !public && PERSONAL.contains(&field.name())),
            "{} is not sealed",
            field.full_name()
        );
    }
}

#[test]
fn every_event_stands_under_its_own_name_and_clocks_have_the_same_numbers_everywhere() {
    let pool = pool();
    let clocks = ["Started", "Warned", "Missed", "Met", "Superseded", "Voided", "Recomputed"];
    assert_eq!(wrappers(&pool).len(), 23, "a new aggregate: count it here");
    for wrapper in wrappers(&pool) {
        assert!(wrapper.name().ends_with("Event"), "{}", wrapper.full_name());
        for field in wrapper.fields() {
            let Kind::Message(body) = field.kind() else { panic!("{} is no message", field.full_name()) };
            assert_eq!(crate::impls::pascal(field.name()), body.name(), "{}", field.full_name());
            let clock = clocks.iter().zip(101_u32..).find(|(name, _)| body.name() == format!("Clock{name}"));
            assert_eq!(field.number() > 100, clock.is_some(), "{}", field.full_name());
            assert_eq!(
                field.number(),
                clock.map_or(field.number(), |(_, number)| number),
                "{}",
                field.full_name()
            );
        }
        let carried = wrapper.fields().filter(|field| field.number() > 100).count();
        assert!(
            carried == 0 || carried == clocks.len(),
            "{} carries {carried} clock events",
            wrapper.full_name()
        );
    }
}

#[test]
fn every_command_has_a_bounded_request_id_and_answers_with_a_receipt() {
    let pool = pool();
    let mut commands = 0;
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let (request, response) = (method.input(), method.output());
        let Some(id) = request.get_field_by_name("request_id") else {
            assert!(
                response.get_field_by_name("position").is_some()
                    || method.full_name().contains("AssessGrounds")
            );
            continue;
        };
        commands += 1;
        let bounds = rules(&pool, &id).and_then(|rules| nested(&rules, "string"));
        let bound = |name: &str| bounds.as_ref()?.get_field_by_name(name)?.as_u64();
        assert_eq!(
            (id.number(), bound("min_len"), bound("max_len")),
            (1, Some(1), Some(64)),
            "{}",
            id.full_name()
        );
        let answers = ["receipt", "rows"].iter().any(|name| response.get_field_by_name(name).is_some());
        assert!(answers, "{} says not what it did", response.full_name());
        if let Some(revision) = request.get_field_by_name("expected_revision") {
            assert_eq!(revision.number(), 3, "{}", revision.full_name());
        }
    }
    assert!(commands > 50, "only {commands} commands were found");
}

#[test]
fn everything_is_explained() {
    let set = crate::compile(&root(), true).expect("the protos compile").file_descriptor_set();
    for file in crate::own(&set).file.iter().filter(|file| file.package().starts_with("kinward.")) {
        let info = file.source_code_info.as_ref().expect("source info is kept");
        let explained: BTreeSet<&[i32]> = info
            .location
            .iter()
            .filter(|at| at.leading_comments.is_some())
            .map(|at| at.path.as_slice())
            .collect();
        for (path, name) in named(file) {
            assert!(explained.contains(path.as_slice()), "{}: {name} has no comment", file.name());
        }
    }
}

/// Path and name of every message, field, enum, value, service and rpc (numbers as in descriptor.proto).
fn named(file: &prost_types::FileDescriptorProto) -> Vec<(Vec<i32>, String)> {
    let mut out = Vec::new();
    for (index, message) in (0..).zip(&file.message_type) {
        out.push((vec![4, index], message.name().to_owned()));
        for (inner, field) in (0..).zip(&message.field) {
            out.push((vec![4, index, 2, inner], format!("{}.{}", message.name(), field.name())));
        }
    }
    for (index, body) in (0..).zip(&file.enum_type) {
        out.push((vec![5, index], body.name().to_owned()));
        for (inner, value) in (0..).zip(&body.value) {
            out.push((vec![5, index, 2, inner], value.name().to_owned()));
        }
    }
    for (index, service) in (0..).zip(&file.service) {
        out.push((vec![6, index], service.name().to_owned()));
        for (inner, method) in (0..).zip(&service.method) {
            out.push((vec![6, index, 2, inner], format!("{}.{}", service.name(), method.name())));
        }
    }
    out
}
