//! The way of a command: cached state → decide → publish with a guard → fold → answer. One round trip.

use crate::log::Append;
use crate::wire::Stored;
use crate::{Call, Error, Log, Receipt};
use chrono::{DateTime, Utc};
use kinward_eventsourcing::{
    Clock, CommitError, Context, Decider, Envelope, Fact, Folded, Made, Position, Revision, Sealer, Subject,
    commit,
};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// Decisions before giving up against other writers.
const ATTEMPTS: u32 = 3;
/// How long a command waits for keys, and how often it looks.
const KEYS_COME: Duration = Duration::from_secs(2);
const KEYS_AGAIN: Duration = Duration::from_millis(20);
/// Folded aggregates kept in memory.
const CACHED: u64 = 100_000;
/// Events after which a new snapshot is worth its write.
const SNAPSHOT_EVERY: u64 = 50;
/// Writers of one aggregate in this process queue up instead of conflicting; aggregates share this many queues.
const QUEUES: usize = 4096;

/// Calendar and settings in force, and the position they are of.
pub type ReferenceNow<R> = Arc<dyn Fn() -> (Arc<R>, Position) + Send + Sync>;

/// What every handler of a service works with.
pub struct Means<R> {
    /// The log.
    pub log: Log,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Seals personal data.
    pub sealer: Arc<dyn Sealer>,
    /// Calendar and settings.
    pub reference: ReferenceNow<R>,
    /// Tracks what goes on after the answer.
    pub tasks: TaskTracker,
}

impl<R> Clone for Means<R> {
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            clock: Arc::clone(&self.clock),
            sealer: Arc::clone(&self.sealer),
            reference: Arc::clone(&self.reference),
            tasks: self.tasks.clone(),
        }
    }
}

/// Executes the commands of one kind of aggregate. Cheap to clone.
pub struct Handler<D: Decider> {
    inner: Arc<Inner<D>>,
}

struct Inner<D: Decider> {
    means: Means<D::Reference>,
    cache: moka::sync::Cache<Subject, Arc<Folded<D>>>,
    queues: Vec<Mutex<()>>,
}

impl<D: Decider> Clone for Handler<D> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// A decided command, ready to be appended.
pub(crate) struct Decided<D: Decider> {
    pub(crate) append: Append,
    made: Made<D>,
    folded: Arc<Folded<D>>,
}

/// What deciding came to.
pub(crate) enum Decision<D: Decider> {
    /// There is something to append.
    Append(Decided<D>),
    /// The command was done before, or there is nothing to do.
    Done(Receipt),
}

/// What the rules say to a command.
enum Ruling<D: Decider> {
    /// These facts; nothing is sealed yet.
    Facts { facts: Vec<Fact<D::Event>>, now: DateTime<Utc>, reference_position: Position },
    /// The command was done before, or there is nothing to do.
    Done(Receipt),
}

impl<D: Decider> Handler<D> {
    /// A handler.
    pub fn new(means: Means<D::Reference>) -> Self {
        let queues = (0..QUEUES).map(|_| Mutex::new(())).collect();
        Self { inner: Arc::new(Inner { means, cache: moka::sync::Cache::new(CACHED), queues }) }
    }

    /// Executes a command on an aggregate that may exist.
    pub async fn execute(&self, call: &Call, id: &str, command: &D::Command) -> Result<Receipt, Error> {
        self.run(call, id, command, false).await
    }

    /// Executes a command on an aggregate that it makes, with an id derived from the command: no load before the
    /// first attempt, since nobody else can have written there.
    pub async fn create(&self, call: &Call, id: &str, command: &D::Command) -> Result<Receipt, Error> {
        self.run(call, id, command, true).await
    }

    /// The folded aggregate, as whichever replica answers has it: another instance may have written since it was cached.
    /// Whoever decides on it is guarded.
    pub async fn state(&self, id: &str) -> Result<Arc<Folded<D>>, Error> {
        let subject = Folded::<D>::subject(id)?;
        match self.inner.cache.get(&subject) {
            Some(cached) => self.refresh(&subject, &cached).await,
            None => self.load(&subject).await,
        }
    }

    /// The same; where there is nothing, it is the leader who says so: a replica may not have it yet.
    pub async fn sought(&self, id: &str) -> Result<Arc<Folded<D>>, Error> {
        let folded = self.state(id).await?;
        if folded.exists() { Ok(folded) } else { self.leaders_state(id).await }
    }

    /// The folded aggregate as the leader has it: for a refusal that must not rest on a replica which is behind.
    pub async fn leaders_state(&self, id: &str) -> Result<Arc<Folded<D>>, Error> {
        let subject = Folded::<D>::subject(id)?;
        let cached = self.inner.cache.get(&subject).unwrap_or_default();
        self.settled(&subject, &cached).await
    }

    /// What the rules say to a command now, without doing it: nothing is sealed, nothing is written. The receipt is the
    /// first answer of a command that was done, and else that of a command which has nothing to do.
    pub async fn consider(&self, call: &Call, id: &str, command: &D::Command) -> Result<Receipt, Error> {
        let subject = Folded::<D>::subject(id)?;
        let cached = self.inner.cache.get(&subject).unwrap_or_default();
        let folded = self.settled(&subject, &cached).await?;
        match self.rule_on(call, &subject, command, &folded)? {
            Ruling::Done(receipt) => Ok(receipt),
            Ruling::Facts { .. } => Ok(receipt(id, folded.revision, folded.position)),
        }
    }

    /// Position of the calendar and the settings that decisions look up.
    pub(crate) fn reference_position(&self) -> Position {
        (self.inner.means.reference)().1
    }

    async fn run(
        &self,
        call: &Call,
        id: &str,
        command: &D::Command,
        assume_new: bool,
    ) -> Result<Receipt, Error> {
        let subject = Folded::<D>::subject(id)?;
        let _turn = self.queue(&subject).lock().await;
        for attempt in 0..ATTEMPTS {
            let decided = match self.decide(call, &subject, command, assume_new && attempt == 0).await? {
                Decision::Done(receipt) => return Ok(receipt),
                Decision::Append(decided) => decided,
            };
            let appends = [decided.append.clone()];
            let log = &self.inner.means.log;
            let appended = log.append(&appends, &call.headers(), call.deadline).await;
            if let Some(positions) = appended.inspect_err(|_| self.forget(&subject))? {
                return self.appended(decided, positions[0]);
            }
            self.forget(&subject);
        }
        Err(Error::Conflict(ATTEMPTS))
    }

    /// Decides when the keys for it are at hand: a pool that ran empty is filled again at once, if the keyring is there.
    pub(crate) async fn decide(
        &self,
        call: &Call,
        subject: &Subject,
        command: &D::Command,
        assume_new: bool,
    ) -> Result<Decision<D>, Error> {
        let until = call.deadline.min(Instant::now() + KEYS_COME);
        loop {
            match self.decide_now(call, subject, command, assume_new).await {
                Err(Error::Commit(CommitError::Seal(_))) if Instant::now() < until => {
                    tokio::time::sleep(KEYS_AGAIN).await;
                }
                decided => return decided,
            }
        }
    }

    /// Decides on cached state; what would be refused there is decided again on the leader's.
    async fn decide_now(
        &self,
        call: &Call,
        subject: &Subject,
        command: &D::Command,
        assume_new: bool,
    ) -> Result<Decision<D>, Error> {
        let cached = if assume_new {
            self.inner.cache.get(subject).unwrap_or_default()
        } else {
            self.cached(subject).await?
        };
        match self.decide_on(call, subject, command, &cached) {
            // no state of the aggregate would find a key
            decided @ (Ok(Decision::Append(_)) | Err(Error::Commit(_))) => decided,
            // what was done stays done: no fresher state says otherwise
            decided if cached.commands.contains_key(&call.command_id) => decided,
            first => {
                let fresh = self.settled(subject, &cached).await?;
                if fresh.position == cached.position {
                    first
                } else {
                    self.decide_on(call, subject, command, &fresh)
                }
            }
        }
    }

    /// What the rules say, and nothing else.
    fn rule_on(
        &self,
        call: &Call,
        subject: &Subject,
        command: &D::Command,
        folded: &Folded<D>,
    ) -> Result<Ruling<D>, Error> {
        let id = subject.id();
        if let Some(done) = folded.commands.get(&call.command_id) {
            if done.request_hash != call.request_hash {
                return Err(Error::RequestIdReused);
            }
            return Ok(Ruling::Done(receipt(id, done.revision, done.position)));
        }
        if let Some(expected) = call.expected_revision
            && expected != folded.revision.0
        {
            return Err(Error::RevisionMismatch { expected, actual: folded.revision.0 });
        }
        let means = &self.inner.means;
        let (reference, reference_position) = (means.reference)();
        let now = means.clock.now();
        let context = Context {
            id,
            now,
            command_id: &call.command_id,
            actor: &call.actor,
            reference: reference.as_ref(),
        };
        let facts = D::decide(&folded.state, command, &context)?;
        if facts.is_empty() {
            return Ok(Ruling::Done(receipt(id, folded.revision, folded.position)));
        }
        Ok(Ruling::Facts { facts, now, reference_position })
    }

    fn decide_on(
        &self,
        call: &Call,
        subject: &Subject,
        command: &D::Command,
        folded: &Arc<Folded<D>>,
    ) -> Result<Decision<D>, Error> {
        let (facts, now, reference_position) = match self.rule_on(call, subject, command, folded)? {
            Ruling::Done(receipt) => return Ok(Decision::Done(receipt)),
            Ruling::Facts { facts, now, reference_position } => (facts, now, reference_position),
        };
        let means = &self.inner.means;
        let envelope = Envelope {
            log_id: means.log.settings().log_id.clone(),
            command_id: call.command_id.clone(),
            request_hash: call.request_hash.clone(),
            actor: call.actor_on_record(),
            recorded_at: now,
            correlation_id: call.correlation_id.clone(),
            causation_id: call.causation_id.clone(),
            purpose: call.purpose.clone(),
            legal_basis: call.legal_basis.clone(),
            reference_position: reference_position.0,
            traceparent: call.traceparent.clone(),
            actor_key: Arc::clone(&call.actor_key),
        };
        let made = commit(subject, folded, facts, envelope, means.sealer.as_ref())?;
        let append = Append {
            command_id: call.command_id.clone(),
            subject: subject.clone(),
            expected: folded.position,
            bytes: made.bytes.clone(),
        };
        Ok(Decision::Append(Decided { append, made, folded: Arc::clone(folded) }))
    }

    /// Folds what was appended, keeps it, and answers.
    pub(crate) fn appended(&self, decided: Decided<D>, position: Position) -> Result<Receipt, Error> {
        let Decided { append: Append { subject, .. }, made, folded } = decided;
        let before = folded.revision;
        let mut folded = Arc::unwrap_or_clone(folded);
        folded.fold_made(position, made)?;
        let receipt = receipt(subject.id(), folded.revision, position);
        if folded.revision.0 / SNAPSHOT_EVERY > before.0 / SNAPSHOT_EVERY {
            self.keep_snapshot(subject.clone(), folded.clone());
        }
        self.inner.cache.insert(subject, Arc::new(folded));
        Ok(receipt)
    }

    pub(crate) fn forget(&self, subject: &Subject) {
        self.inner.cache.invalidate(subject);
    }

    fn keep_snapshot(&self, subject: Subject, folded: Folded<D>) {
        let log = self.inner.means.log.clone();
        self.inner.means.tasks.spawn(async move {
            let (revision, position, hash) = (folded.revision.0, folded.position, folded.hash.clone());
            let kept = log
                .keep_snapshot(subject.as_str(), D::STATE_SCHEMA, revision, position, &hash, &folded)
                .await;
            if let Err(error) = kept {
                tracing::debug!(%error, "a snapshot was not kept");
            }
        });
    }

    fn queue(&self, subject: &Subject) -> &Mutex<()> {
        let mut hasher = DefaultHasher::new();
        subject.hash(&mut hasher);
        let slot = usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or_default();
        &self.inner.queues[slot]
    }

    async fn cached(&self, subject: &Subject) -> Result<Arc<Folded<D>>, Error> {
        match self.inner.cache.get(subject) {
            Some(folded) => Ok(folded),
            None => self.load(subject).await,
        }
    }

    async fn load(&self, subject: &Subject) -> Result<Arc<Folded<D>>, Error> {
        let log = &self.inner.means.log;
        let snapshot = log.snapshot::<Folded<D>>(subject.as_str(), D::STATE_SCHEMA).await;
        self.refresh(subject, &Arc::new(snapshot.map(|(_, folded)| folded).unwrap_or_default())).await
    }

    /// The aggregate with everything that was written after it was folded. What the log does not continue is
    /// damaged, be it a snapshot or in memory: the log alone counts.
    async fn refresh(&self, subject: &Subject, from: &Arc<Folded<D>>) -> Result<Arc<Folded<D>>, Error> {
        match self.continued(subject, from).await {
            Err(Error::Fold(_)) if from.exists() => self.continued(subject, &Arc::default()).await,
            result => result,
        }
    }

    async fn continued(&self, subject: &Subject, from: &Arc<Folded<D>>) -> Result<Arc<Folded<D>>, Error> {
        let stored = self.inner.means.log.load(subject, from.position).await?;
        self.fold(subject, from, stored)
    }

    /// The same, with what the replica that answered did not have yet: nothing guards a refusal.
    async fn settled(&self, subject: &Subject, from: &Arc<Folded<D>>) -> Result<Arc<Folded<D>>, Error> {
        let near = self.refresh(subject, from).await?;
        let behind = self.inner.means.log.load_from_leader(subject, near.position).await?;
        self.fold(subject, &near, behind)
    }

    fn fold(
        &self,
        subject: &Subject,
        from: &Arc<Folded<D>>,
        stored: Vec<Stored>,
    ) -> Result<Arc<Folded<D>>, Error> {
        let folded = if stored.is_empty() {
            Arc::clone(from)
        } else {
            let mut folded = Folded::clone(from);
            for commit in stored {
                folded.fold(commit.position, &commit.bytes)?;
            }
            Arc::new(folded)
        };
        if folded.exists() {
            self.inner.cache.insert(subject.clone(), Arc::clone(&folded));
        }
        Ok(folded)
    }
}

fn receipt(id: &str, revision: Revision, position: Position) -> Receipt {
    Receipt { id: id.to_owned(), revision, position }
}
