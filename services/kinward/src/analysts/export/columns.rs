//! The columns of an event type, by its descriptor: what a message holds, flat, and what stands around it.

use super::pseudonyms::Pseudonyms;
use chrono::DateTime;
use kinward_contracts::rule_of;
use kinward_eventsourcing::Recorded;
use prost_reflect::{Cardinality, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

/// What a string is, by the name of its field. What is none of these stays out: it could be text that somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// A division, a clock, a rule: in clear.
    Code,
    /// An office, by its unit: in clear, but for who reported.
    Unit,
    /// Any other id: a pseudonym.
    Id,
    /// A day: shifted with its child.
    Day,
}

/// Codes of the deployment's own lists, that nobody writes freely.
const CODES: [&str; 10] = [
    "code",
    "area",
    "areas",
    "clock",
    "variant",
    "rule",
    "escalates_to",
    "month",
    "successor_codes",
    "parent_code",
];
/// Days whose names do not say so.
const DAYS: [&str; 5] = ["on_date", "valid_from", "valid_until", "was_valid_until", "date"];

fn said(name: &str) -> Option<Said> {
    if DAYS.contains(&name) || name.ends_with("_on") {
        Some(Said::Day)
    } else if name.ends_with("unit_id") || name.ends_with("unit_ids") {
        Some(Said::Unit)
    } else if name == "id" || name == "subject" || name.ends_with("_id") || name.ends_with("_ids") {
        Some(Said::Id)
    } else if CODES.contains(&name) || name.ends_with("village_code") || name.ends_with("township_code") {
        Some(Said::Code)
    } else {
        None
    }
}

/// Whether a field is told at all.
fn is_told(field: &FieldDescriptor) -> bool {
    !matches!(field.kind(), Kind::String | Kind::Bytes) || said(field.name()).is_some()
}

/// The cells of a column; `None`: there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cells {
    /// Yes or no.
    Flags(Vec<Option<bool>>),
    /// Whole numbers.
    Numbers(Vec<Option<i64>>),
    /// Texts: codes, pseudonyms, names of enum values, lists as JSON.
    Texts(Vec<Option<String>>),
    /// Moments, microseconds since 1970.
    Moments(Vec<Option<i64>>),
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// Its cells.
    pub(super) cells: Cells,
    path: Vec<FieldDescriptor>,
}

/// Events of one type.
pub(super) struct Dataset {
    envelope: Vec<Column>,
    data: Vec<Column>,
}

/// What stands around every event. No position, which every answer of the departments tells too, and no moment to the second:
/// either would lead back from a pseudonym to a child.
const ENVELOPE: [&str; 10] = [
    "revision",
    "event_id",
    "aggregate",
    "aggregate_id",
    "occurred_at",
    "recorded_after_hours",
    "rule",
    "department",
    "unit_id",
    "area",
];
/// The context in which an office tells who reported (RPT-6).
const REPORTING: &str = "reporting.";

impl Dataset {
    pub(super) fn new(message: &MessageDescriptor) -> Self {
        let envelope = ENVELOPE.iter().map(|name| Column {
            name: (*name).to_owned(),
            cells: match *name {
                "revision" | "recorded_after_hours" => Cells::Numbers(Vec::new()),
                "occurred_at" => Cells::Moments(Vec::new()),
                _ => Cells::Texts(Vec::new()),
            },
            path: Vec::new(),
        });
        let mut data = Vec::new();
        flatten(message, &[], "", &mut data);
        // a field of the event itself that is named like one around it
        for column in &mut data {
            if ENVELOPE.contains(&column.name.as_str()) {
                column.name.insert_str(0, "data_");
            }
        }
        Self { envelope: envelope.collect(), data }
    }

    /// All columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column> {
        self.envelope.iter().chain(&self.data)
    }

    /// A cell of the last row, as text.
    pub(super) fn last(&self, column: &str) -> Option<String> {
        let found = self.columns().find(|one| one.name == column)?;
        match &found.cells {
            Cells::Flags(cells) => cells.last().copied().flatten().map(|cell| cell.to_string()),
            Cells::Numbers(cells) | Cells::Moments(cells) => {
                cells.last().copied().flatten().map(|cell| cell.to_string())
            }
            Cells::Texts(cells) => cells.last().cloned().flatten(),
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, event: &Recorded, message: &DynamicMessage, pseudonyms: &Pseudonyms) {
        let mut actor = event.commit.actor.clone().unwrap_or_default();
        let aggregate = event.subject.aggregate();
        if aggregate.starts_with(REPORTING) {
            (actor.unit_id, actor.area) = (String::new(), String::new());
        }
        let delay = (event.recorded_at() - event.occurred_at()).num_hours();
        for column in &mut self.envelope {
            let text = match column.name.as_str() {
                "event_id" => pseudonyms.id(&event.event().event_id),
                "aggregate" => aggregate.to_owned(),
                "aggregate_id" => pseudonyms.id(event.subject.id()),
                "rule" => rule_of(event.event_type()).unwrap_or_default().to_owned(),
                "department" => actor.department().as_str_name().to_owned(),
                "unit_id" => actor.unit_id.clone(),
                _ => actor.area.clone(),
            };
            match &mut column.cells {
                Cells::Numbers(cells) => cells.push(Some(match column.name.as_str() {
                    "revision" => event.revision().cast_signed(),
                    _ => delay,
                })),
                Cells::Moments(cells) => cells.push(Some(pseudonyms.moment(event, event.occurred_at()))),
                Cells::Texts(cells) => cells.push(Some(text)),
                Cells::Flags(cells) => cells.push(None),
            }
        }
        let row = Row { event, pseudonyms };
        for column in &mut self.data {
            let value = value_at(message, &column.path);
            let field = column.path.last();
            match (&mut column.cells, field) {
                (Cells::Flags(cells), Some(field)) if is_sealed(field) => cells.push(Some(value.is_some())),
                (Cells::Flags(cells), _) => cells.push(value.as_ref().and_then(Value::as_bool)),
                (Cells::Numbers(cells), _) => cells.push(value.as_ref().and_then(number)),
                (Cells::Moments(cells), _) => cells.push(value.as_ref().and_then(|value| row.moment(value))),
                (Cells::Texts(cells), Some(field)) => {
                    cells.push(value.map(|value| row.text(field, &value)));
                }
                (Cells::Texts(cells), None) => cells.push(None),
            }
        }
    }
}

fn is_named(field: &FieldDescriptor, name: &str) -> bool {
    field.kind().as_message().is_some_and(|message| message.full_name() == name)
}

fn is_sealed(field: &FieldDescriptor) -> bool {
    is_named(field, "kinward.type.v1.Sealed")
}

fn is_moment(field: &FieldDescriptor) -> bool {
    is_named(field, "google.protobuf.Timestamp")
}

fn flatten(message: &MessageDescriptor, path: &[FieldDescriptor], prefix: &str, columns: &mut Vec<Column>) {
    for field in message.fields() {
        if !is_told(&field) {
            continue;
        }
        let name = format!("{prefix}{}", field.name());
        let path = [path, std::slice::from_ref(&field)].concat();
        let repeated = field.cardinality() == Cardinality::Repeated;
        match field.kind() {
            _ if repeated => columns.push(Column { name, cells: Cells::Texts(Vec::new()), path }),
            Kind::Message(_) if is_sealed(&field) => {
                columns.push(Column { name: format!("{name}_given"), cells: Cells::Flags(Vec::new()), path });
            }
            Kind::Message(_) if is_moment(&field) => {
                columns.push(Column { name, cells: Cells::Moments(Vec::new()), path });
            }
            Kind::Message(inner) => flatten(&inner, &path, &format!("{name}_"), columns),
            Kind::Bool => columns.push(Column { name, cells: Cells::Flags(Vec::new()), path }),
            Kind::String | Kind::Bytes | Kind::Enum(_) => {
                columns.push(Column { name, cells: Cells::Texts(Vec::new()), path });
            }
            _ => columns.push(Column { name, cells: Cells::Numbers(Vec::new()), path }),
        }
    }
}

/// What stands at a path; `None`: nothing, where there may be nothing.
fn value_at(message: &DynamicMessage, path: &[FieldDescriptor]) -> Option<Value> {
    let (field, rest) = path.split_first()?;
    if field.supports_presence() && !message.has_field(field) {
        return None;
    }
    let value = message.get_field(field).into_owned();
    match (rest.is_empty(), value) {
        (true, value) => Some(value),
        (false, Value::Message(inner)) => value_at(&inner, rest),
        (false, _) => None,
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::I32(number) => Some(i64::from(*number)),
        Value::U32(number) => Some(i64::from(*number)),
        Value::I64(number) => Some(*number),
        Value::U64(number) => Some(number.cast_signed()),
        _ => None,
    }
}

/// One event, whose ids and days its values are told with.
struct Row<'a> {
    event: &'a Recorded,
    pseudonyms: &'a Pseudonyms,
}

impl Row<'_> {
    fn moment(&self, value: &Value) -> Option<i64> {
        let Value::Message(at) = value else { return None };
        let part = |name: &str| at.get_field_by_name(name).as_deref().and_then(number);
        let at = DateTime::from_timestamp(part("seconds")?, u32::try_from(part("nanos")?).ok()?)?;
        Some(self.pseudonyms.moment(self.event, at))
    }

    fn text(&self, field: &FieldDescriptor, value: &Value) -> String {
        match (self.json(field, value), value) {
            (serde_json::Value::String(text), _) => text,
            (json, _) => json.to_string(),
        }
    }

    fn json(&self, field: &FieldDescriptor, value: &Value) -> serde_json::Value {
        match value {
            Value::List(values) => values.iter().map(|value| self.json(field, value)).collect(),
            Value::EnumNumber(number) => {
                let kind = field.kind();
                let known = kind.as_enum().and_then(|kind| kind.get_value(*number));
                known.map_or_else(|| number.to_string(), |known| known.name().to_owned()).into()
            }
            Value::String(text) => self.string(field.name(), text).into(),
            Value::Bool(flag) => (*flag).into(),
            Value::Message(_) if is_sealed(field) => "sealed".into(),
            Value::Message(_) if is_moment(field) => self.moment(value).into(),
            Value::Message(inner) => {
                let fields = inner.fields().filter(|(field, _)| is_told(field));
                let fields = fields.map(|(field, value)| (field.name().to_owned(), self.json(&field, value)));
                serde_json::Value::Object(fields.collect())
            }
            other => number(other).map_or(serde_json::Value::Null, Into::into),
        }
    }

    /// A string as its name says what it is.
    fn string(&self, name: &str, text: &str) -> String {
        let of_reporter = self.event.subject.aggregate().starts_with(REPORTING);
        match said(name) {
            Some(Said::Id) => self.pseudonyms.id(text),
            Some(Said::Day) => self.pseudonyms.date(self.event, text),
            Some(Said::Code) => text.to_owned(),
            Some(Said::Unit) if !of_reporter => text.to_owned(),
            Some(Said::Unit) | None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_reflect::DescriptorPool;
    use std::collections::BTreeSet;

    /// Strings that stand in clear in events and stay out of an export: texts, hashes, names of institutions, codes of
    /// channels.
    const STAY_OUT: [&str; 12] = [
        "article",
        "bulletin_no",
        "document_sha256",
        "name",
        "papers",
        "reason",
        "reason_code",
        "receipt_code_hash",
        "role",
        "search_tokens",
        "sha256",
        "window_article",
    ];

    #[test]
    fn of_every_string_in_every_event_it_is_known_whether_it_gets_out() {
        let pool = DescriptorPool::decode(kinward_contracts_grpc::DESCRIPTORS).unwrap();
        let wrappers = pool.all_messages().filter(|message| {
            message.name().ends_with("Event") && message.oneofs().any(|oneof| oneof.name() == "event")
        });
        let (mut seen, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<MessageDescriptor> = wrappers.collect();
        while let Some(message) = open.pop() {
            if !seen.insert(message.full_name().to_owned()) || message.full_name() == "kinward.type.v1.Sealed"
            {
                continue;
            }
            for field in message.fields() {
                match field.kind() {
                    Kind::Message(inner) => open.push(inner),
                    Kind::String if said(field.name()).is_none() && !STAY_OUT.contains(&field.name()) => {
                        unknown.insert(field.full_name().to_owned());
                    }
                    _ => {}
                }
            }
        }
        assert!(seen.len() > 150, "{} messages", seen.len());
        assert!(unknown.is_empty(), "say what these are, in `said` or here: {unknown:#?}");
    }
}
