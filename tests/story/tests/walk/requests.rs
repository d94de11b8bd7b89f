//! Requests of any rpc, made from its descriptor: well-formed by their own constraints, and about what the district knows.

use super::known::Known;
use chrono::{DateTime, Duration, Utc};
use kinward_privacy::identity_number;
use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value,
};
use rand::RngExt as _;
use rand::rngs::StdRng;

/// Fields that are better left out: they only narrow what is answered.
const LEFT_OUT: [&str; 4] = ["freshness", "page_token", "expected_revision", "as_of"];

struct Maker<'a> {
    pool: &'a DescriptorPool,
    known: &'a mut Known,
    /// Service that is asked, and the caller's unit.
    service: &'a str,
    unit: &'a str,
    now: DateTime<Utc>,
    rng: &'a mut StdRng,
}

/// Some request to a service by a caller of a unit.
pub(crate) fn any(
    message: &MessageDescriptor,
    (service, unit): (&str, &str),
    pool: &DescriptorPool,
    known: &mut Known,
    now: DateTime<Utc>,
    rng: &mut StdRng,
) -> DynamicMessage {
    Maker { pool, known, service, unit, now, rng }.message(message, 0)
}

/// A request to read.
pub(crate) fn text(message: &MessageDescriptor, bytes: &[u8]) -> String {
    DynamicMessage::decode(message.clone(), bytes).unwrap().to_text_format()
}

impl Maker<'_> {
    fn message(&mut self, message: &MessageDescriptor, depth: usize) -> DynamicMessage {
        match message.full_name() {
            "google.protobuf.Timestamp" => return self.timestamp(message),
            "google.protobuf.Duration" => {
                let mut duration = DynamicMessage::new(message.clone());
                duration.set_field_by_name("seconds", Value::I64(self.rng.random_range(60..86_400)));
                return duration;
            }
            _ => {}
        }
        let mut made = DynamicMessage::new(message.clone());
        for field in message.fields().filter(|field| field.containing_oneof().is_none()) {
            if let Some(value) = self.field(&field, depth) {
                made.set_field(&field, value);
            }
        }
        for oneof in message.oneofs() {
            let fields: Vec<FieldDescriptor> = oneof.fields().collect();
            // a synthetic one is an optional field
            let required =
                fields.len() > 1 || self.rules(&fields[0]).is_some_and(|rules| truth(&rules, "required"));
            if required || self.rng.random_bool(0.6) {
                let field = &fields[self.rng.random_range(0..fields.len())];
                if let Some(value) = self.field(field, depth) {
                    made.set_field(field, value);
                }
            }
        }
        made
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Option<Value> {
        if LEFT_OUT.contains(&field.name()) || field.is_map() {
            return None;
        }
        let rules = self.rules(field);
        if field.cardinality() == Cardinality::Repeated {
            let bound = |name, default| number(rules.as_ref(), "repeated", name).unwrap_or(default);
            let (least, most) = (bound("min_items", 0), bound("max_items", 3).min(3));
            let count = self.rng.random_range(least..=most.max(least));
            let items = rules
                .as_ref()
                .and_then(|rules| inner(rules, "repeated"))
                .and_then(|rules| inner(&rules, "items"));
            let values = (0..count).map(|_| self.value(field, items.as_ref(), depth)).collect();
            return Some(Value::List(values));
        }
        let required = rules.as_ref().is_some_and(|rules| truth(rules, "required"));
        if matches!(field.kind(), Kind::Message(_)) && !required && (depth > 4 || self.rng.random_bool(0.3)) {
            return None;
        }
        if field.name() == "occurred_at" && self.rng.random_bool(0.7) {
            return None;
        }
        Some(self.value(field, rules.as_ref(), depth))
    }

    fn value(&mut self, field: &FieldDescriptor, rules: Option<&DynamicMessage>, depth: usize) -> Value {
        match field.kind() {
            Kind::Message(message) => Value::Message(self.message(&message, depth + 1)),
            Kind::Enum(values) => {
                let refused =
                    rules.and_then(|rules| inner(rules, "enum")).map(|rules| numbers(&rules, "not_in"));
                let refused = refused.unwrap_or_default();
                let numbers: Vec<i32> = values
                    .values()
                    .map(|value| value.number())
                    .filter(|number| *number > 0 && !refused.contains(number))
                    .collect();
                Value::EnumNumber(numbers[self.rng.random_range(0..numbers.len())])
            }
            Kind::Bool => Value::Bool(self.rng.random()),
            Kind::String => Value::String(self.string(field, rules)),
            Kind::Bytes => Value::Bytes(self.rng.random::<[u8; 32]>().to_vec().into()),
            Kind::Double => Value::F64(self.rng.random_range(0.0..90.0)),
            Kind::Float => Value::F32(self.rng.random_range(0.0..90.0)),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                let bound = |name| {
                    let bounds = inner(rules?, "int32")?;
                    let field = bounds.descriptor().get_field_by_name(name)?;
                    bounds.has_field(&field).then(|| bounds.get_field(&field).as_i32()).flatten()
                };
                let (least, most) = (bound("gte").unwrap_or(0), bound("lte").unwrap_or(i32::MAX));
                Value::I32(self.rng.random_range(least..=most.min(least.saturating_add(40))))
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.rng.random_range(0..5)),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.rng.random_range(0..5)),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.rng.random_range(0..5)),
        }
    }

    fn string(&mut self, field: &FieldDescriptor, rules: Option<&DynamicMessage>) -> String {
        let name = field.name();
        if name == "request_id" {
            return format!("walk-{:016x}", self.rng.random::<u64>());
        }
        let pattern = rules
            .and_then(|rules| inner(rules, "string"))
            .map(|rules| of(&rules, "pattern"))
            .unwrap_or_default();
        match pattern.as_str() {
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" if name == "birth_date" => self.birth_date(),
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => {
                let days = if self.rng.random_bool(0.7) {
                    self.rng.random_range(-60..1)
                } else {
                    self.rng.random_range(-700..200)
                };
                (self.now + Duration::days(days)).format("%Y-%m-%d").to_string()
            }
            "^[0-9]{12}$" => self.village(),
            "^([0-9]{6}|[0-9]{9}|[0-9]{12})$" => match self.rng.random_range(0..3) {
                0 => kinward::people::DISTRICT.to_owned(),
                1 => kinward::people::TOWNSHIP.to_owned(),
                _ => self.village(),
            },
            "^[0-9]{17}[0-9Xx]$" | "^[0-9]{17}[0-9X]$" => self.identity_number(),
            "^[+]?[0-9-]{5,20}$" => "0737-4200000".to_owned(),
            "^[a-z0-9][a-z0-9-]{0,63}$" if self.rng.random_bool(0.5) => self.unit.to_owned(),
            pattern if pattern.starts_with("^whsec_") => format!("whsec_{}", "k1".repeat(20)),
            _ if name == "address" => {
                let addresses = ["office@example.invalid", "https://example.invalid/hook", "13800000000"];
                addresses[self.rng.random_range(0..addresses.len())].to_owned()
            }
            "^[0-9a-f]{64}$" => format!("{:064x}", self.rng.random::<u128>()),
            _ if pattern.starts_with("^[0-9a-f]{8}-") => {
                let id = if self.rng.random_bool(0.02) {
                    None
                } else {
                    self.known.some(self.service, name, self.rng)
                };
                id.unwrap_or_else(|| "00000000-0000-8000-8000-000000000000".to_owned())
            }
            _ => self
                .known
                .some(self.service, name, self.rng)
                .unwrap_or_else(|| ["a1", "b2", "walk-3"][self.rng.random_range(0..3)].to_owned()),
        }
    }

    /// One of the villages of the story's township.
    fn village(&mut self) -> String {
        format!("{}{}", kinward::people::TOWNSHIP, ["008", "009", "207"][self.rng.random_range(0..3)])
    }

    fn birth_date(&mut self) -> String {
        (self.now - Duration::days(self.rng.random_range(300..6_500))).format("%Y-%m-%d").to_string()
    }

    fn identity_number(&mut self) -> String {
        let born = (self.now - Duration::days(self.rng.random_range(300..16_000))).date_naive();
        identity_number::compose(kinward::people::DISTRICT, born, self.rng.random_range(1..900)).unwrap()
    }

    fn timestamp(&mut self, message: &MessageDescriptor) -> DynamicMessage {
        let mut timestamp = DynamicMessage::new(message.clone());
        let at = self.now - Duration::minutes(self.rng.random_range(-600..20_000));
        timestamp.set_field_by_name("seconds", Value::I64(at.timestamp()));
        timestamp
    }

    /// The constraints at a field.
    fn rules(&self, field: &FieldDescriptor) -> Option<DynamicMessage> {
        let extension = self.pool.get_extension_by_name("buf.validate.field")?;
        let options = field.options();
        options.has_extension(&extension).then(|| options.get_extension(&extension).as_message().cloned())?
    }
}

fn inner(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let field = message.descriptor().get_field_by_name(name)?;
    message.has_field(&field).then(|| message.get_field(&field).as_message().cloned()).flatten()
}

fn of(message: &DynamicMessage, name: &str) -> String {
    message.get_field_by_name(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn numbers(message: &DynamicMessage, name: &str) -> Vec<i32> {
    let value = message.get_field_by_name(name);
    let list = value.as_ref().and_then(|value| value.as_list());
    list.into_iter().flatten().filter_map(Value::as_i32).collect()
}

fn truth(message: &DynamicMessage, name: &str) -> bool {
    message.get_field_by_name(name).and_then(|value| value.as_bool()).unwrap_or_default()
}

fn number(rules: Option<&DynamicMessage>, of: &str, name: &str) -> Option<u64> {
    let rules = inner(rules?, of)?;
    let field = rules.descriptor().get_field_by_name(name)?;
    rules.has_field(&field).then(|| rules.get_field(&field).as_u64()).flatten()
}
