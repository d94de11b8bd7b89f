//! The log itself: connect, check, append, load.

use crate::provision::{self, EVENTS};
use crate::reach;
use crate::reader::Source;
use crate::tail::Tail;
use crate::verify;
use crate::wire::{self, Guarded, Published, Stored};
use crate::{Error, LogSettings};
use async_nats::header::HeaderMap;
use async_nats::jetstream;
use kinward_contracts::log::v1::Commit;
use kinward_eventsourcing::{CommandId, Decider, Folded, Position, Recorded, Subject};
use prost::Message as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// One answer's time; after it the outcome is unknown and asked for again.
const ATTEMPT: Duration = Duration::from_secs(2);
/// Messages read at a time when an aggregate is loaded.
const LOAD_BATCH: usize = 500;

/// The log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Log {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client: async_nats::Client,
    jetstream: jetstream::Context,
    settings: LogSettings,
    unknown: AtomicU64,
    /// Counts connections: a new one has lost what the old one was waiting for.
    connections: watch::Sender<u64>,
    tail: OnceLock<Arc<Tail>>,
    /// Tells this run of the process from others of the same name.
    run: u64,
    /// Leases that this process has held.
    held: Mutex<BTreeSet<String>>,
    left_out: AtomicU64,
    /// How many commits each process holds back.
    parked: Mutex<BTreeMap<&'static str, usize>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Ends the log's tasks, with the last clone.
    _stop: DropGuard,
}

/// Commits to append together.
#[derive(Clone, Debug)]
pub(crate) struct Append {
    pub(crate) command_id: CommandId,
    pub(crate) subject: Subject,
    pub(crate) expected: Position,
    pub(crate) bytes: bytes::Bytes,
}

impl Log {
    /// Connects, and checks that stream and server are what Kinward needs: a service refuses to write otherwise.
    pub async fn connect(settings: LogSettings) -> Result<Self, Error> {
        let log = Self::connect_unchecked(settings).await?;
        verify::verify(&log).await?;
        Ok(log)
    }

    /// Connects and creates the streams that are missing. Only the provisioning step does this.
    pub async fn provision(settings: LogSettings) -> Result<Self, Error> {
        let log = Self::connect_unchecked(settings).await?;
        provision::create(&log).await?;
        verify::verify(&log).await?;
        Ok(log)
    }

    async fn connect_unchecked(settings: LogSettings) -> Result<Self, Error> {
        let connections = watch::Sender::new(0);
        let counting = connections.clone();
        let client = async_nats::ConnectOptions::new()
            .name(&settings.client_name)
            .retry_on_initial_connect()
            .connection_timeout(Duration::from_secs(5))
            .reconnect_to_server_callback(reach::next_server())
            .event_callback(move |event| {
                if matches!(event, async_nats::Event::Connected) {
                    counting.send_modify(|count| *count += 1);
                }
                std::future::ready(())
            })
            .connect(settings.servers.clone())
            .await
            .map_err(Error::unavailable)?;
        let jetstream = jetstream::new(client.clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(stop.clone().run_until_cancelled_owned(reach::stay_in_reach(client.clone(), EVENTS)));
        let inner = Inner {
            client,
            jetstream,
            settings,
            unknown: AtomicU64::new(0),
            connections,
            tail: OnceLock::new(),
            run: rand::random(),
            held: Mutex::default(),
            left_out: AtomicU64::new(0),
            parked: Mutex::default(),
            tasks,
            _stop: stop.clone().drop_guard(),
            stop,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How it was configured.
    pub fn settings(&self) -> &LogSettings {
        &self.inner.settings
    }

    /// How many appends had an unknown outcome that had to be looked up.
    pub fn unknown_outcomes(&self) -> u64 {
        self.inner.unknown.load(Ordering::Relaxed)
    }

    /// How much is not done that events call for: those that indexes had to leave out, because they cannot be read, and
    /// what processes have parked.
    pub fn left_out(&self) -> u64 {
        self.inner.left_out.load(Ordering::Relaxed) + self.parked().values().sum::<usize>() as u64
    }

    pub(crate) fn leave_out(&self) {
        self.inner.left_out.fetch_add(1, Ordering::Relaxed);
    }

    /// How many commits each process of this instance has parked, because it could not do what they call for; they are
    /// tried again until they are done.
    pub fn parked(&self) -> BTreeMap<&'static str, usize> {
        self.inner.parked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_parked(&self, process: &'static str, count: usize) {
        self.inner.parked.lock().unwrap_or_else(PoisonError::into_inner).insert(process, count);
    }

    /// Tells this run of the process from others of the same name.
    pub(crate) fn run(&self) -> u64 {
        self.inner.run
    }

    /// Whether this process has held a lease.
    pub(crate) fn held(&self, claim: &str) -> bool {
        self.inner.held.lock().unwrap_or_else(PoisonError::into_inner).contains(claim)
    }

    /// It holds a lease.
    pub(crate) fn holds(&self, claim: String) {
        self.inner.held.lock().unwrap_or_else(PoisonError::into_inner).insert(claim);
    }

    pub(crate) fn client(&self) -> &async_nats::Client {
        &self.inner.client
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.inner.jetstream
    }

    pub(crate) fn connections(&self) -> watch::Receiver<u64> {
        self.inner.connections.subscribe()
    }

    /// Where readers read from.
    pub(crate) fn source(&self) -> Source {
        let (client, jetstream) = (self.client().clone(), self.jetstream().clone());
        Source { client, jetstream, connections: self.connections() }
    }

    /// The end of the log; the first who asks makes somebody follow it.
    pub(crate) fn tail(&self) -> Arc<Tail> {
        let begun = || {
            let tail = Arc::new(Tail::default());
            let (following, source) = (Arc::clone(&tail), self.source());
            let follow = async move { following.follow(source).await };
            self.inner.tasks.spawn(self.inner.stop.clone().run_until_cancelled_owned(follow));
            tail
        };
        Arc::clone(self.inner.tail.get_or_init(begun))
    }

    /// Position of the last commit.
    pub async fn last_position(&self) -> Result<Position, Error> {
        let stream = self.stream().await?;
        Ok(Position(stream.cached_info().state.last_sequence))
    }

    pub(crate) async fn stream(&self) -> Result<jetstream::stream::Stream, Error> {
        self.jetstream().get_stream(EVENTS).await.map_err(Error::unavailable)
    }

    /// Every event of one aggregate, oldest first.
    pub async fn history(&self, subject: &Subject) -> Result<Vec<Recorded>, Error> {
        let mut events = Vec::new();
        for stored in self.whole(subject).await? {
            let commit = Commit::decode(stored.bytes).map_err(|_| Error::NotACommit(stored.position))?;
            events.extend(Recorded::of_commit(stored.position, commit)?);
        }
        Ok(events)
    }

    /// An aggregate as the log has it, for who reads it and never writes there.
    pub async fn folded<D: Decider>(&self, id: &str) -> Result<Folded<D>, Error> {
        self.folded_until(id, Position(u64::MAX)).await
    }

    /// The same, as it was at a past position.
    pub async fn folded_until<D: Decider>(&self, id: &str, until: Position) -> Result<Folded<D>, Error> {
        let mut folded = Folded::default();
        for stored in self.whole(&Folded::<D>::subject(id)?).await? {
            if stored.position <= until {
                folded.fold(stored.position, &stored.bytes)?;
            }
        }
        Ok(folded)
    }

    /// Every commit of a subject: what the replica that answers does not have yet, the leader adds.
    async fn whole(&self, subject: &Subject) -> Result<Vec<Stored>, Error> {
        let mut all = self.load(subject, Position(0)).await?;
        let last = all.last().map_or(Position(0), |stored| stored.position);
        all.extend(self.load_from_leader(subject, last).await?);
        Ok(all)
    }

    /// The stored bytes of every commit of a subject after a position, oldest first.
    pub(crate) async fn load(&self, subject: &Subject, after: Position) -> Result<Vec<Stored>, Error> {
        let mut all = Vec::new();
        let mut from = after;
        loop {
            let some =
                wire::direct_get(self.client(), EVENTS, subject.as_str(), from, LOAD_BATCH, ATTEMPT).await?;
            let end = some.len() < LOAD_BATCH;
            if let Some(last) = some.last() {
                from = last.position;
            }
            all.extend(some);
            if end {
                return Ok(all);
            }
        }
    }

    /// The same, from the leader: what refuses, or resolves an unknown outcome, must not be stale.
    pub(crate) async fn load_from_leader(
        &self,
        subject: &Subject,
        after: Position,
    ) -> Result<Vec<Stored>, Error> {
        let stream = self.jetstream().get_stream_no_info(EVENTS).await;
        let stream = stream.map_err(Error::unavailable)?;
        let mut all = Vec::new();
        let mut from = after;
        loop {
            let next = stream.raw_message_builder().sequence(from.0 + 1).next_by_subject(subject.as_str());
            match next.send().await {
                Ok(message) => {
                    from = Position(message.sequence);
                    all.push(Stored { position: from, bytes: message.payload });
                }
                Err(error)
                    if matches!(error.kind(), jetstream::stream::RawMessageErrorKind::NoMessageFound) =>
                {
                    return Ok(all);
                }
                Err(error) => return Err(Error::unavailable(error)),
            }
        }
    }

    /// Appends commits, all or none. `Ok(None)`: a guard did not hold and the commits are not in the log.
    ///
    /// A time-out is unknown: the same bytes are published with the same guards until they are acknowledged
    /// or in conflict, and a conflict is looked up.
    pub(crate) async fn append(
        &self,
        appends: &[Append],
        headers: &HeaderMap,
        deadline: Instant,
    ) -> Result<Option<Vec<Position>>, Error> {
        let messages: Vec<Guarded> = appends
            .iter()
            .map(|append| Guarded {
                subject: append.subject.clone(),
                expected: append.expected,
                bytes: append.bytes.clone(),
                headers: headers.clone(),
            })
            .collect();
        let mut ambiguous = false;
        let mut backoff = Duration::from_millis(5);
        let mut attempt = 0_u32;
        let mut last = "no answer".to_owned();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(if ambiguous {
                    Error::Unknown
                } else {
                    Error::Unavailable(format!("not stored before the deadline; the last answer was: {last}"))
                });
            }
            attempt += 1;
            match self.publish(&appends[0].command_id, attempt, &messages, ATTEMPT.min(left)).await {
                Published::At(end) => {
                    let count = messages.len() as u64;
                    return Ok(Some((0..count).map(|index| Position(end.0 + 1 + index - count)).collect()));
                }
                Published::Conflict if ambiguous => match self.find(appends).await {
                    Ok(found) => return Ok(found),
                    Err(_) => tokio::time::sleep(backoff).await,
                },
                Published::Conflict => return Ok(None),
                // what is in flight may be this commit, sent before: only its end tells
                Published::InFlight if ambiguous => tokio::time::sleep(backoff).await,
                Published::InFlight => {
                    tokio::time::sleep(Duration::from_millis(rand::random_range(5..20))).await;
                    return Ok(None);
                }
                Published::Refused(cause) if !ambiguous => return Err(Error::Unavailable(cause)),
                Published::Unknown => {
                    if !ambiguous {
                        self.inner.unknown.fetch_add(1, Ordering::Relaxed);
                    }
                    ambiguous = true;
                }
                Published::NotStored(cause) | Published::Refused(cause) => {
                    last = cause;
                    tokio::time::sleep(backoff).await;
                }
            }
            backoff = (backoff * 2).min(Duration::from_millis(500));
        }
    }

    async fn publish(
        &self,
        command_id: &CommandId,
        attempt: u32,
        messages: &[Guarded],
        wait: Duration,
    ) -> Published {
        match messages {
            [message] => wire::publish(self.client(), EVENTS, message, wait).await,
            // a batch id is used once: the server remembers it until the batch ends
            many => {
                let batch = format!("{}-{attempt}-{:08x}", command_id.as_str(), rand::random::<u32>());
                wire::publish_batch(self.client(), EVENTS, &batch, many, wait).await
            }
        }
    }

    /// Positions of these very commits; `None` if they were not stored. The same command, decided twice, makes two
    /// commits that differ: the other one being stored means that this one was not.
    async fn find(&self, appends: &[Append]) -> Result<Option<Vec<Position>>, Error> {
        let mut positions = Vec::with_capacity(appends.len());
        for append in appends {
            let stored = self.load_from_leader(&append.subject, append.expected).await?;
            match stored.iter().find(|stored| stored.bytes == append.bytes) {
                Some(stored) => positions.push(stored.position),
                None => return Ok(None),
            }
        }
        Ok(Some(positions))
    }
}
