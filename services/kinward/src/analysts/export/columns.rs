//! The columns of an event type, by its descriptor: what a message holds, flat, and what stands around it.

use super::pseudonyms::Pseudonyms;
use chrono::DateTime;
use kinward_contracts::rule_of;
use kinward_eventsourcing::Recorded;
use prost_reflect::{Cardinality, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

/// Fields that could be joined with what is outside of the project: left out.
const LEFT_OUT: [&str; 4] = ["search_tokens", "receipt_code_hash", "sha256", "document_sha256"];

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

/// What stands around every event.
const ENVELOPE: [&str; 13] = [
    "position",
    "event_index",
    "revision",
    "event_id",
    "aggregate",
    "aggregate_id",
    "occurred_at",
    "recorded_at",
    "rule",
    "department",
    "role",
    "unit_id",
    "area",
];

impl Dataset {
    pub(super) fn new(message: &MessageDescriptor) -> Self {
        let envelope = ENVELOPE.iter().map(|name| Column {
            name: (*name).to_owned(),
            cells: match *name {
                "position" | "event_index" | "revision" => Cells::Numbers(Vec::new()),
                "occurred_at" | "recorded_at" => Cells::Moments(Vec::new()),
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
        let actor = event.commit.actor.clone().unwrap_or_default();
        let moment = |at: DateTime<chrono::Utc>| Some(pseudonyms.moment(event, at));
        for column in &mut self.envelope {
            let text = match column.name.as_str() {
                "event_id" => pseudonyms.id(&event.event().event_id),
                "aggregate" => event.subject.aggregate().to_owned(),
                "aggregate_id" => pseudonyms.id(event.subject.id()),
                "rule" => rule_of(event.event_type()).unwrap_or_default().to_owned(),
                "department" => actor.department().as_str_name().to_owned(),
                "role" => actor.role.clone(),
                "unit_id" => actor.unit_id.clone(),
                _ => actor.area.clone(),
            };
            match &mut column.cells {
                Cells::Numbers(cells) => cells.push(Some(match column.name.as_str() {
                    "position" => event.position.0.cast_signed(),
                    "revision" => event.revision().cast_signed(),
                    _ => i64::try_from(event.index).unwrap_or(i64::MAX),
                })),
                Cells::Moments(cells) => cells.push(match column.name.as_str() {
                    "occurred_at" => moment(event.occurred_at()),
                    _ => moment(event.recorded_at()),
                }),
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
        if LEFT_OUT.contains(&field.name()) {
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
                let fields = inner.fields().filter(|(field, _)| !LEFT_OUT.contains(&field.name()));
                let fields = fields.map(|(field, value)| (field.name().to_owned(), self.json(&field, value)));
                serde_json::Value::Object(fields.collect())
            }
            other => number(other).map_or(serde_json::Value::Null, Into::into),
        }
    }

    /// A string as its name says what it is: a unit and a code in clear, a day shifted, any other id a pseudonym.
    fn string(&self, name: &str, text: &str) -> String {
        let is_id = name == "id" || name == "subject" || name.ends_with("_id") || name.ends_with("_ids");
        let is_unit = name == "unit_id" || name.ends_with("unit_id") || name.ends_with("unit_ids");
        let is_day = name.ends_with("_on") || name == "on_date" || name == "valid_until";
        if is_id && !is_unit {
            self.pseudonyms.id(text)
        } else if is_day {
            self.pseudonyms.date(self.event, text)
        } else {
            text.to_owned()
        }
    }
}
