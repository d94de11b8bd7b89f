//! Events as JSON, by the descriptors of their messages. Sealed values stay sealed: only whose they are is shown.

use anyhow::Context as _;
use kinward_contracts::log::v1::Actor;
use kinward_eventsourcing::Recorded;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::HashMap;

/// Reads events of every kind.
pub struct Reading {
    /// The wrapper and the field in it, by the full name of the event.
    events: HashMap<String, (MessageDescriptor, String)>,
}

impl Reading {
    /// With all descriptors of this program.
    pub fn new() -> anyhow::Result<Self> {
        let pool =
            DescriptorPool::decode(kinward_contracts_grpc::DESCRIPTORS).context("read the descriptors")?;
        let wrappers = pool.all_messages().filter(|message| {
            message.oneofs().any(|oneof| oneof.name() == "event") && message.name().ends_with("Event")
        });
        let mut events = HashMap::new();
        for wrapper in wrappers {
            for field in wrapper.oneofs().flat_map(|oneof| oneof.fields().collect::<Vec<_>>()) {
                let Some(message) = field.kind().as_message().cloned() else { continue };
                // clock events stand in many wrappers: their subject tells which
                let key = format!("{}/{}", wrapper.parent_file().package_name(), message.full_name());
                events.entry(key).or_insert_with(|| (wrapper.clone(), field.name().to_owned()));
            }
        }
        Ok(Self { events })
    }

    /// Whether a context, as `registry`, or one of the contexts without one, has events of this name, with its package or
    /// without.
    pub fn has(&self, context: Option<&str>, event: Option<&str>) -> bool {
        self.events.keys().any(|key| {
            let (package, full) = key.split_once('/').unwrap_or_default();
            let own = package.split('.').nth(1);
            let name = full.rsplit('.').next();
            context.is_none_or(|context| own == Some(context))
                && event.is_none_or(|event| full == event || name == Some(event))
        })
    }

    /// The event's own message.
    pub(super) fn message(&self, event: &Recorded) -> anyhow::Result<DynamicMessage> {
        let context = event.subject.aggregate().split('.').next().unwrap_or_default();
        let key = format!("kinward.{context}.v1/{}", event.event_type());
        let (wrapper, field) = self.events.get(&key).with_context(|| {
            format!(
                "位置 {0} 的事件 {1} 非本版本所知  the event {1} at {0} is not known to this version",
                event.position.0,
                event.event_type()
            )
        })?;
        let wrapped = DynamicMessage::decode(wrapper.clone(), event.event().data.as_slice())?;
        let own = wrapped.get_field_by_name(field).map(Cow::into_owned);
        let own = own.and_then(|own| own.as_message().cloned());
        own.with_context(|| format!("{} holds no {field}", event.position.0))
    }

    /// The event's own fields.
    pub fn data(&self, event: &Recorded) -> anyhow::Result<Value> {
        Ok(without_ciphertext(snake(serde_json::to_value(self.message(event)?)?)))
    }

    /// The whole event, as a line of `kinward log replay` has it.
    pub fn line(&self, event: &Recorded) -> anyhow::Result<Value> {
        let (stored, commit) = (event.event(), &event.commit);
        let actor = commit.actor.clone().unwrap_or_default();
        Ok(json!({
            "position": event.position.0,
            "index": event.index,
            "event_id": stored.event_id,
            "type": stored.r#type,
            "rule": kinward_contracts::rule_of(event.event_type()),
            "subject": event.subject.as_str(),
            "revision": event.revision(),
            "occurred_at": event.occurred_at().to_rfc3339(),
            "recorded_at": event.recorded_at().to_rfc3339(),
            "actor": office(&actor),
            "command_id": commit.command_id,
            "correlation_id": commit.correlation_id,
            "causation_id": commit.causation_id,
            "purpose": commit.purpose,
            "reference_position": commit.reference_position,
            "data": self.data(event)?,
        }))
    }
}

/// Department, role, unit and area: the person stays sealed.
fn office(actor: &Actor) -> Value {
    json!({
        "department": actor.department().as_str_name(),
        "role": actor.role,
        "unit_id": actor.unit_id,
        "area": actor.area,
        "on_behalf_of_unit_id": actor.on_behalf_of_unit_id,
    })
}

/// A sealed value as who may not open it needs it: whose it is.
pub(super) fn without_ciphertext(value: Value) -> Value {
    match value {
        Value::Object(fields) if fields.contains_key("ciphertext") && fields.contains_key("key_id") => {
            json!({ "sealed": fields.get("person_id"), "key_id": fields.get("key_id") })
        }
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, without_ciphertext(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_ciphertext).collect()),
        other => other,
    }
}

/// Field names as the protos have them.
fn snake(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let renamed = fields.into_iter().map(|(name, value)| (of_camel(&name), snake(value)));
            Value::Object(renamed.collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(snake).collect()),
        other => other,
    }
}

fn of_camel(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, letter| {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::dispatch::v1::{EvidenceTaken, IncidentEvent};
    use kinward_contracts::r#type::v1::{ClockMet, Sealed};
    use kinward_eventsourcing::kit::history;

    #[test]
    fn an_event_reads_by_its_own_names_and_a_sealed_value_shows_only_whose_it_is() {
        let taken = EvidenceTaken {
            evidence_id: "evidence".to_owned(),
            description: Some(Sealed { key_id: "key".to_owned(), ..Sealed::plain("child", "secret") }),
            ..EvidenceTaken::default()
        };
        let met = ClockMet { clock_id: "police-accept".to_owned() };
        let at = "2026-11-24T04:00:00Z".parse().unwrap();
        let events = history("incident", at, [IncidentEvent::from(taken), met.into()]);
        let reading = Reading::new().unwrap();
        let first = reading.line(&events[0]).unwrap();
        assert_eq!(first["data"]["evidence_id"], "evidence");
        assert_eq!(first["data"]["description"], json!({ "sealed": "child", "key_id": "key" }));
        assert_eq!(first["rule"], "DSP-3");
        assert!(!first.to_string().contains("c2VjcmV0"), "neither in clear nor as base64");
        assert_eq!(reading.data(&events[1]).unwrap()["clock_id"], "police-accept");
    }
}
