//! Golden commits: for every event a commit as a log of its time holds it, in `proto/golden`, read for ever. A golden is added
//! when an event is new, and never written again: what today's code makes of it must be what it was.

use crate::impls::pascal;
use anyhow::Context as _;
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Folder of the goldens, from the repository root.
const GOLDEN: &str = "proto/golden";
/// Shape of the events that are made now; another gets goldens of its own.
const SCHEMA_VERSION: u32 = 1;
/// Noon of a day, seconds since 1970.
const NOON: i64 = 1_795_492_800;

/// A golden commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Golden {
    /// Full name of the event, and the version of its shape.
    pub name: String,
    /// The stored bytes of the commit.
    pub bytes: Vec<u8>,
    /// The commit without its event's bytes, as text.
    pub commit: String,
    /// The event, as text.
    pub event: String,
}

/// Adds goldens for the events that have none. Answers which.
pub fn add_missing(root: &Path) -> anyhow::Result<Vec<String>> {
    let pool = crate::compile(root, false)?.descriptor_pool();
    let mut added = Vec::new();
    for (context, events) in events(&pool) {
        let mut goldens = read(root, &context)?;
        for (wrapper, field) in events {
            let name = name_of(&field)?;
            if goldens.iter().all(|golden| golden.name != name) {
                goldens.push(make(&pool, &wrapper, &field)?);
                added.push(name);
            }
        }
        let mut text = String::new();
        for Golden { name, bytes, commit, event } in &goldens {
            let _ = writeln!(text, "{name}");
            for byte in bytes {
                let _ = write!(text, "{byte:02x}");
            }
            let _ = writeln!(text, "\n{commit}\n{event}\n");
        }
        std::fs::create_dir_all(root.join(GOLDEN))?;
        std::fs::write(root.join(GOLDEN).join(format!("{context}.txt")), text)?;
    }
    Ok(added)
}

/// The goldens of a context, in the order in which they were added.
pub fn read(root: &Path, context: &str) -> anyhow::Result<Vec<Golden>> {
    let path = root.join(GOLDEN).join(format!("{context}.txt"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let mut lines = block.lines().map(str::to_owned);
            let mut line = || lines.next().with_context(|| format!("{context}: a golden is cut off"));
            let (name, hex, commit, event) = (line()?, line()?, line()?, line().unwrap_or_default());
            let pairs = (0..hex.len() / 2).filter_map(|index| hex.get(2 * index..2 * index + 2));
            let bytes = pairs.map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>()?;
            Ok(Golden { name, bytes, commit, event })
        })
        .collect()
}

/// What today's protos make of a golden's bytes: the commit's text and the event's.
///
/// # Errors
/// Bytes that do not decode, or of which something is not known any more.
pub fn texts(pool: &DescriptorPool, golden: &Golden) -> anyhow::Result<(String, String)> {
    let commit = message(pool, "kinward.log.v1.Commit")?;
    let mut commit = known(DynamicMessage::decode(commit, golden.bytes.as_slice())?)?;
    let subject = commit.get_field_by_name("subject").and_then(|value| value.as_str().map(str::to_owned));
    let events = commit.get_field_by_name("events").context("a commit has events")?.into_owned();
    let mut stored = events
        .as_list()
        .and_then(|events| events.first()?.as_message().cloned())
        .context("a golden has one event")?;
    let data =
        stored.get_field_by_name("data").and_then(|value| value.as_bytes().cloned()).context("data")?;
    stored.clear_field_by_name("data");
    commit.set_field_by_name("events", Value::List(vec![Value::Message(stored)]));
    let subject = subject.context("a commit has a subject")?;
    let mut parts = subject.split('.').skip(1);
    let (context, noun) = (parts.next().context("context")?, parts.next().context("noun")?);
    let wrapper = message(pool, &format!("kinward.{context}.v1.{}Event", pascal(noun)))?;
    let event = known(DynamicMessage::decode(wrapper, data)?)?;
    Ok((commit.to_text_format(), event.to_text_format()))
}

/// The contexts with their events: wrapper and variant.
pub fn events(pool: &DescriptorPool) -> BTreeMap<String, Vec<(MessageDescriptor, FieldDescriptor)>> {
    let mut events: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for wrapper in pool.all_messages().filter(|message| message.full_name().starts_with("kinward.")) {
        let Some(oneof) = wrapper.oneofs().find(|oneof| oneof.name() == "event") else { continue };
        let context = wrapper.full_name().split('.').nth(1).unwrap_or_default().to_owned();
        events.entry(context).or_default().extend(oneof.fields().map(|field| (wrapper.clone(), field)));
    }
    events
}

/// Name of the golden of an event in its wrapper: clocks are in many.
pub fn name_of(field: &FieldDescriptor) -> anyhow::Result<String> {
    let Kind::Message(body) = field.kind() else { anyhow::bail!("{} is no message", field.full_name()) };
    Ok(format!("{} in {}, version {SCHEMA_VERSION}", body.full_name(), field.parent_message().name()))
}

fn message(pool: &DescriptorPool, name: &str) -> anyhow::Result<MessageDescriptor> {
    pool.get_message_by_name(name).with_context(|| format!("there is no {name} any more"))
}

/// Refuses what holds fields that nobody knows any more.
fn known(message: DynamicMessage) -> anyhow::Result<DynamicMessage> {
    anyhow::ensure!(
        message.unknown_fields().next().is_none(),
        "{} has lost a field",
        message.descriptor().full_name()
    );
    for (_, value) in message.fields() {
        let inner: Vec<&Value> = value.as_list().map_or_else(|| vec![value], |list| list.iter().collect());
        for inner in inner.into_iter().filter_map(Value::as_message) {
            known(inner.clone())?;
        }
    }
    Ok(message)
}

fn make(
    pool: &DescriptorPool,
    wrapper: &MessageDescriptor,
    field: &FieldDescriptor,
) -> anyhow::Result<Golden> {
    let mut event = DynamicMessage::new(wrapper.clone());
    event.set_field(field, filled_value(field, 0));
    let Kind::Message(body) = field.kind() else { anyhow::bail!("{} is no message", field.full_name()) };
    let mut stored = filled(&message(pool, "kinward.log.v1.Event")?, 0);
    stored.set_field_by_name("type", Value::String(body.full_name().to_owned()));
    stored.set_field_by_name("schema_version", Value::U32(SCHEMA_VERSION));
    stored.set_field_by_name("data", Value::Bytes(event.encode_to_vec().into()));
    let mut commit = filled(&message(pool, "kinward.log.v1.Commit")?, 0);
    let context = wrapper.full_name().split('.').nth(1).unwrap_or_default();
    let noun = crate::impls::snake(wrapper.name().trim_end_matches("Event"));
    commit.set_field_by_name("subject", Value::String(format!("kw.{context}.{noun}.golden")));
    commit.set_field_by_name("events", Value::List(vec![Value::Message(stored)]));
    let mut golden = Golden {
        name: name_of(field)?,
        bytes: commit.encode_to_vec(),
        commit: String::new(),
        event: String::new(),
    };
    (golden.commit, golden.event) = texts(pool, &golden)?;
    Ok(golden)
}

/// A message in which every field says something.
fn filled(message: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut made = DynamicMessage::new(message.clone());
    match message.full_name() {
        "google.protobuf.Timestamp" => made.set_field_by_name("seconds", Value::I64(NOON)),
        _ if depth > 4 => {}
        _ => {
            for field in message.fields() {
                // of a oneof the last one stays
                made.set_field(&field, filled_field(&field, depth));
            }
        }
    }
    made
}

fn filled_field(field: &FieldDescriptor, depth: usize) -> Value {
    if field.is_list() {
        return Value::List(vec![filled_value(field, depth)]);
    }
    filled_value(field, depth)
}

fn filled_value(field: &FieldDescriptor, depth: usize) -> Value {
    match field.kind() {
        Kind::Message(message) => Value::Message(filled(&message, depth + 1)),
        Kind::Enum(values) => Value::EnumNumber(last(&values)),
        Kind::Bool => Value::Bool(true),
        Kind::String => Value::String(format!("{}-7", field.name())),
        Kind::Bytes => Value::Bytes(vec![7; 12].into()),
        Kind::Double => Value::F64(7.5),
        Kind::Float => Value::F32(7.5),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(7),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(7),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(7),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(7),
    }
}

fn last(values: &EnumDescriptor) -> i32 {
    values.values().map(|value| value.number()).max().unwrap_or_default()
}
