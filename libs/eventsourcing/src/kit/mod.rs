//! given / when / then for the tests of deciders and processes, and properties every one of them holds.

mod processes;

pub use processes::{ends_the_same, reactions};

use crate::{
    CommandId, Context, Decider, Envelope, Fact, FoldError, Folded, Position, Recorded, Rejection, Sealer,
    Subject, commit, derived_uuid,
};
use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::{Actor, Commit, Event};
use kinward_contracts::r#type::v1::Suite;
use kinward_contracts::{EventMessage, SealedFields, timestamp};
use prost::Message as _;
use std::collections::BTreeMap;

/// Marks plain fields as sealed without hiding them: tests of rules read what was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct TransparentSealer;

impl Sealer for TransparentSealer {
    fn seal(
        &self,
        fields: &mut dyn SealedFields,
        _: &str,
        _: &str,
        _: &BTreeMap<String, String>,
    ) -> Result<(), crate::SealError> {
        fields.visit_sealed("", &mut |_, _, sealed| {
            if sealed.is_plain() {
                sealed.set_suite(Suite::Aes256GcmSiv);
                sealed.key_id = format!("key-of-{}", sealed.person_id);
            }
        });
        Ok(())
    }
}

/// An aggregate under test.
pub struct Scenario<'a, D: Decider> {
    id: String,
    folded: Folded<D>,
    stored: Vec<Vec<u8>>,
    now: DateTime<Utc>,
    actor: Actor,
    reference: &'a D::Reference,
}

impl<'a, D: Decider> Scenario<'a, D> {
    /// An aggregate that does not exist yet.
    pub fn new(id: &str, now: DateTime<Utc>, reference: &'a D::Reference) -> Self {
        Self {
            id: id.to_owned(),
            folded: Folded::default(),
            stored: Vec::new(),
            now,
            actor: Actor::default(),
            reference,
        }
    }

    /// Who asks from now on.
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// The time from now on.
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = now;
        self
    }

    /// Commands that are obeyed; a refusal fails the test.
    pub fn given(mut self, commands: impl IntoIterator<Item = D::Command>) -> Self {
        for command in commands {
            let (_, rejection) = self.execute(&command);
            assert!(rejection.is_none(), "given a command that is refused: {rejection:?}");
        }
        self
    }

    /// Commands that are obeyed or refused, as a random history brings them.
    pub fn tried(mut self, commands: impl IntoIterator<Item = D::Command>) -> Self {
        for command in commands {
            self.execute(&command);
        }
        self
    }

    /// The command under test.
    pub fn when(mut self, command: D::Command) -> Outcome<'a, D> {
        let (facts, rejection) = self.execute(&command);
        Outcome { scenario: self, facts, rejection }
    }

    /// The state so far.
    pub fn state(&self) -> &D::State {
        &self.folded.state
    }

    /// The aggregate so far.
    pub fn folded(&self) -> &Folded<D> {
        &self.folded
    }

    /// The events so far, as a process or projection reads them.
    pub fn recorded(&self) -> Vec<Recorded> {
        let commits = self.stored.iter().enumerate();
        commits
            .flat_map(|(index, bytes)| {
                let commit = Commit::decode(bytes.as_slice()).expect("the kit stored a commit");
                Recorded::of_commit(Position(index as u64 + 1), commit).expect("the kit made a subject")
            })
            .collect()
    }

    fn execute(&mut self, command: &D::Command) -> (Vec<Fact<D::Event>>, Option<Rejection>) {
        let command_id = CommandId::of_request("kit", &self.id, &self.stored.len().to_string());
        let context = Context {
            id: &self.id,
            now: self.now,
            command_id: &command_id,
            actor: &self.actor,
            reference: self.reference,
        };
        let position = Position(self.stored.len() as u64 + 1);
        match decide_and_fold(&mut self.folded, command, &context, position) {
            Ok((facts, stored)) => {
                if let Some(bytes) = stored {
                    self.stored.push(bytes);
                    self.assert_folds_again();
                }
                (facts, None)
            }
            Err(rejection) => (Vec::new(), Some(rejection)),
        }
    }

    /// Any history folds, and folding it twice is equal.
    fn assert_folds_again(&self) {
        let again = fold::<D>(&self.stored).expect("a stored history folds");
        assert_eq!(again.state, self.folded.state, "folding the same history again gave another state");
    }
}

/// What a command made, and the bytes that the log would store of it.
type Stored<E> = (Vec<Fact<E>>, Option<Vec<u8>>);

/// Decides a command and folds what it stores, as the log would.
fn decide_and_fold<D: Decider>(
    folded: &mut Folded<D>,
    command: &D::Command,
    context: &Context<'_, D::Reference>,
    position: Position,
) -> Result<Stored<D::Event>, Rejection> {
    let facts = D::decide(&folded.state, command, context)?;
    if facts.is_empty() {
        return Ok((facts, None));
    }
    let subject = Folded::<D>::subject(context.id).expect("a test's id is a subject token");
    let envelope = Envelope {
        log_id: "kit".to_owned(),
        correlation_id: context.command_id.as_str().to_owned(),
        command_id: context.command_id.clone(),
        request_hash: Vec::new(),
        actor: context.actor.clone(),
        recorded_at: context.now,
        causation_id: String::new(),
        purpose: String::new(),
        legal_basis: String::new(),
        reference_position: 0,
        traceparent: String::new(),
        actor_key: std::sync::Arc::default(),
    };
    let made = commit(&subject, folded, facts.clone(), envelope, &TransparentSealer)
        .expect("a commit of the kit can be built");
    let bytes = made.bytes.to_vec();
    folded.fold_made(position, made).expect("what was decided folds");
    Ok((facts, Some(bytes)))
}

/// Events of another context as a process or index reads them: one commit each, of the aggregate with this id,
/// written at `at`. They need not follow from any command.
pub fn history<E: EventMessage>(
    id: &str,
    at: DateTime<Utc>,
    events: impl IntoIterator<Item = E>,
) -> Vec<Recorded> {
    let subject = Subject::new(E::AGGREGATE, id).expect("a test's id is a subject token");
    let of_one = |(index, event): (usize, E)| {
        let stored = Event {
            event_id: derived_uuid(&[subject.as_str(), &index.to_string()]),
            r#type: event.event_type().to_owned(),
            schema_version: 1,
            occurred_at: Some(timestamp(at)),
            data: event.encode_to_vec(),
        };
        let commit = Commit {
            log_id: "430903".to_owned(),
            subject: subject.as_str().to_owned(),
            first_revision: index as u64 + 1,
            events: vec![stored],
            recorded_at: Some(timestamp(at)),
            ..Commit::default()
        };
        Recorded::of_commit(Position(index as u64 + 1), commit).expect("the kit made a subject")
    };
    events.into_iter().enumerate().flat_map(of_one).collect()
}

/// Folds stored commits from the first.
pub fn fold<D: Decider>(stored: &[Vec<u8>]) -> Result<Folded<D>, FoldError> {
    let mut folded = Folded::default();
    for (index, bytes) in stored.iter().enumerate() {
        folded.fold(Position(index as u64 + 1), bytes)?;
    }
    Ok(folded)
}

/// What came of the command under test.
pub struct Outcome<'a, D: Decider> {
    scenario: Scenario<'a, D>,
    facts: Vec<Fact<D::Event>>,
    rejection: Option<Rejection>,
}

impl<'a, D: Decider> Outcome<'a, D> {
    /// The command made exactly these events.
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) -> Scenario<'a, D> {
        assert_eq!(self.rejection, None, "the command was refused");
        let made: Vec<D::Event> = self.facts.into_iter().map(|fact| fact.event).collect();
        assert_eq!(made, events.into_iter().collect::<Vec<_>>());
        self.scenario
    }

    /// The command made events of exactly these types (the last part of the full name).
    pub fn then_types(self, types: &[&str]) -> Scenario<'a, D> {
        assert_eq!(self.rejection, None, "the command was refused");
        let made: Vec<&str> =
            self.facts.iter().map(|fact| crate::event_name(fact.event.event_type())).collect();
        assert_eq!(made, types);
        self.scenario
    }

    /// The command was refused by this rule.
    pub fn then_refused(self, rule: &str) -> Rejection {
        let rejection = self.rejection.expect("the command was obeyed");
        assert_eq!(rejection.rule.id, rule, "refused by another rule: {rejection}");
        rejection
    }

    /// The facts made.
    pub fn facts(&self) -> &[Fact<D::Event>] {
        &self.facts
    }
}
