//! What the walk knows of the district: ids that stand in the log, and that the log is whole.

use kinward_contracts::log::v1::Commit;
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use kinward_story::District;
use kinward_testkit::Chains;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use std::collections::{BTreeMap, BTreeSet};
use tonic::Code;

/// Events that end a clock.
const ENDS: [&str; 4] = ["ClockMissed", "ClockMet", "ClockSuperseded", "ClockVoided"];

/// Fields whose values are names of ours.
const NAMES: [&str; 3] = ["clock", "variant", "escalates_to"];

/// Aggregates whose ids requests call by another name.
const ALSO: [(&str, &str); 3] =
    [("relief", "referral_id"), ("temporary_guardianship", "guardianship_id"), ("omission", "case_id")];

/// What is known.
pub(crate) struct Known {
    log: Log,
    position: Position,
    /// Values by the name of the field that holds them, each with the aggregate that told it, oldest first.
    values: BTreeMap<String, Vec<(String, String)>>,
    /// What the walk keeps to for a while: values by field, and the aggregate they are of.
    kept: BTreeMap<String, String>,
    about: Option<String>,
    /// The wrapper of each event, by package and name of the event.
    wrappers: BTreeMap<(String, String), MessageDescriptor>,
    /// What a request was given, by service, field and kind of aggregate that the value is of, and how often it was then
    /// found and not found.
    given: Vec<(String, String)>,
    found: BTreeMap<(String, String, String), (u32, u32)>,
    chains: Chains,
    /// Clocks that run, by aggregate and id, and how many have ended.
    running: BTreeSet<(String, String)>,
    ended: usize,
    /// Type of the last event of each aggregate, by subject.
    last: BTreeMap<String, String>,
}

impl Known {
    pub(crate) async fn new(pool: &DescriptorPool, district: &District) -> Self {
        let mut wrappers = BTreeMap::new();
        for message in pool.all_messages().filter(|message| message.name().ends_with("Event")) {
            for field in message.oneofs().flat_map(|oneof| oneof.fields().collect::<Vec<_>>()) {
                if let Some(event) = field.kind().as_message() {
                    let key = (message.package_name().to_owned(), event.full_name().to_owned());
                    wrappers.insert(key, message.clone());
                }
            }
        }
        Self {
            log: Log::connect(district.log.settings().clone()).await.unwrap(),
            position: Position(0),
            values: BTreeMap::new(),
            kept: BTreeMap::new(),
            about: None,
            wrappers,
            given: Vec::new(),
            found: BTreeMap::new(),
            chains: Chains::default(),
            running: BTreeSet::new(),
            ended: 0,
            last: BTreeMap::new(),
        }
    }

    /// Position up to which the log was read.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// Reads what is new in the log; it must continue what was read.
    pub(crate) async fn learn(&mut self) {
        let last = self.log.last_position().await.unwrap();
        let mut reader = self.log.read_after(self.position);
        while reader.position() < last {
            let stored = reader.next().await.unwrap();
            let commit = self.chains.follow(&stored);
            self.learn_commit(&commit);
        }
        self.position = last;
    }

    fn learn_commit(&mut self, commit: &Commit) {
        let mut parts = commit.subject.splitn(4, '.').skip(1);
        let (context, aggregate, id) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let subject = commit.subject.as_str();
        self.add(&format!("{aggregate}_id"), id, subject);
        for (_, also) in ALSO.iter().filter(|(name, _)| *name == aggregate) {
            self.add(also, id, subject);
        }
        for event in &commit.events {
            let key = (format!("kinward.{context}.v1"), event.r#type.clone());
            let wrapper = self.wrappers.get(&key).unwrap_or_else(|| panic!("nobody writes {key:?}")).clone();
            let message = DynamicMessage::decode(wrapper, event.data.as_slice()).unwrap();
            self.learn_message(&message, subject);
            self.add("source_event_id", &event.event_id, subject);
            let name = event.r#type.rsplit('.').next().unwrap();
            if name == "ClockStarted" || ENDS.contains(&name) {
                self.learn_clock(subject, name, &message);
            } else {
                self.last.insert(subject.to_owned(), event.r#type.clone());
            }
        }
    }

    /// A clock that runs ends once, and starts again only then (invariant 5).
    fn learn_clock(&mut self, subject: &str, name: &str, message: &DynamicMessage) {
        let (_, Value::Message(event)) = message.fields().next().unwrap() else { panic!("{name}") };
        let id = event.get_field_by_name("clock_id").unwrap().as_str().unwrap().to_owned();
        let clock = (subject.to_owned(), id);
        if name == "ClockStarted" {
            assert!(self.running.insert(clock.clone()), "{clock:?} started while it ran");
        } else {
            assert!(self.running.remove(&clock), "{clock:?} ended by {name} while it did not run");
            self.ended += 1;
        }
    }

    fn learn_message(&mut self, message: &DynamicMessage, subject: &str) {
        for (field, value) in message.fields() {
            let name = field.name().to_owned();
            let values = match value {
                Value::List(values) => values.iter().collect(),
                value => vec![value],
            };
            for value in values {
                match value {
                    Value::Message(inner) => {
                        if inner.descriptor().full_name() == "kinward.type.v1.Sealed" {
                            let person = inner.get_field_by_name("person_id").unwrap();
                            self.add("person_id", person.as_str().unwrap(), subject);
                        }
                        self.learn_message(inner, subject);
                    }
                    Value::String(text)
                        if name.ends_with("_id")
                            || name.ends_with("_code")
                            || NAMES.contains(&name.as_str()) =>
                    {
                        self.add(&name, text, subject);
                    }
                    Value::String(text) if name.ends_with("_ids") => {
                        self.add(&name[..name.len() - 1], text, subject);
                    }
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, name: &str, value: &str, subject: &str) {
        let values = self.values.entry(name.to_owned()).or_default();
        let known = values.iter().any(|(known, of)| known == value && of == subject);
        if !value.is_empty() && !known {
            values.push((value.to_owned(), subject.to_owned()));
        }
    }

    /// Turns to something else.
    pub(crate) fn turn(&mut self) {
        self.kept.clear();
        self.about = None;
    }

    /// A value of a field, or of one that is named alike: most often the one that the walk keeps to, or one of what it is
    /// about, or else of a kind that the service has found before, and one of the latest.
    pub(crate) fn some(&mut self, service: &str, name: &str, rng: &mut StdRng) -> Option<String> {
        if let Some(kept) = self.kept.get(name).filter(|_| rng.random_bool(0.8)) {
            return Some(kept.clone());
        }
        let alike = |known: &str| name.ends_with(known) || known.ends_with(name);
        let exact = self.values.get(name).filter(|_| rng.random_bool(0.95));
        let mut values: Vec<&(String, String)> = match exact {
            Some(values) => values.iter().collect(),
            None => {
                self.values.iter().filter(|(known, _)| alike(known)).flat_map(|(_, values)| values).collect()
            }
        };
        let of = |subject: &str| Some(subject) == self.about.as_deref();
        if rng.random_bool(0.8) && values.iter().any(|(_, subject)| of(subject)) {
            values.retain(|(_, subject)| of(subject));
        } else {
            let mut kinds: Vec<&str> = values.iter().map(|(_, subject)| kind(subject)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let weight = |kind: &&str| {
                let key = (service.to_owned(), name.to_owned(), (*kind).to_owned());
                let (found, missed) = self.found.get(&key).copied().unwrap_or_default();
                f64::from(1 + 4 * found) / f64::from(1 + missed)
            };
            let likely = *kinds.choose_weighted(rng, weight).ok()?;
            values.retain(|(_, subject)| kind(subject) == likely);
            if rng.random_bool(0.6) {
                values.drain(..values.len().saturating_sub(3));
            }
        }
        let (value, subject) = (*values.choose(rng)?).clone();
        self.given.push((name.to_owned(), kind(&subject).to_owned()));
        if self.about.is_none() && subject.ends_with(&value) {
            self.about = Some(subject);
        }
        self.kept.insert(name.to_owned(), value.clone());
        Some(value)
    }

    /// What a service did with the values that the last request was given.
    pub(crate) fn answered(&mut self, service: &str, code: Code, answer: Option<&DynamicMessage>) {
        for (name, kind) in std::mem::take(&mut self.given) {
            let (found, missed) = self.found.entry((service.to_owned(), name, kind)).or_default();
            *found += u32::from([Code::Ok, Code::FailedPrecondition].contains(&code));
            *missed += u32::from(code == Code::NotFound);
        }
        if let Some(answer) = answer {
            let about = self.about.clone().unwrap_or_default();
            self.learn_message(answer, &about);
        }
    }

    /// What happened last to what the walk is about; empty: it is about nothing yet.
    pub(crate) fn stage(&self) -> String {
        self.about.as_ref().and_then(|about| self.last.get(about)).cloned().unwrap_or_default()
    }

    /// How many clocks have ended.
    pub(crate) fn ended(&self) -> usize {
        self.ended
    }
}

/// Kind of an aggregate, such as `kw.custody.case`.
fn kind(subject: &str) -> &str {
    subject.rsplit_once('.').map_or(subject, |(kind, _)| kind)
}
