//! Alarms kept by the server: a scheduled message each, in a stream that the log can rebuild.

use super::{Alarm, Alarms, By, Fired, pause};
use crate::provision::TIMERS;
use crate::{Error, Log};
use async_nats::header::{HeaderMap, NATS_SCHEDULE, NATS_SCHEDULE_TARGET};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::{AckKind, Message};
use async_trait::async_trait;
use chrono::SecondsFormat;
use futures::{FutureExt as _, StreamExt as _};
use kinward_eventsourcing::{Clock, SystemClock};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Between two times that alarms which are done are taken out of the stream.
const SWEEP: Duration = Duration::from_mins(10);
/// Alarms that the server sends ahead of being asked.
const AT_HAND: usize = 1_000;

/// Alarms of a service's aggregates.
pub struct LogAlarms {
    log: Log,
    clock: Arc<dyn Clock>,
    /// What is due, by aggregate.
    due: Mutex<BTreeMap<String, Messages>>,
    /// When those that are done were last taken out, by aggregate.
    swept: Mutex<BTreeMap<String, Instant>>,
}

fn consumer_name(aggregate: &str) -> String {
    format!("alarms-{}", aggregate.replace('.', "-"))
}

/// What is due of one aggregate; `None`: not asked for yet, or to be asked for again.
type Messages = Arc<Mutex<Option<pull::Stream>>>;

impl LogAlarms {
    /// Alarms in the log, by this clock.
    pub fn new(log: Log, clock: Arc<dyn Clock>) -> Self {
        Self { log, clock, due: Mutex::default(), swept: Mutex::default() }
    }

    /// Places of the alarms of an aggregate that are set and have not fired.
    async fn places(&self, aggregate: &str) -> Result<BTreeSet<String>, Error> {
        let stream = self.log.jetstream().get_stream(TIMERS).await.map_err(Error::unavailable)?;
        let filter = format!("kwt.set.{aggregate}.>");
        let mut subjects = stream.info_with_subjects(filter).await.map_err(Error::unavailable)?;
        let mut places = BTreeSet::new();
        while let Some(subject) = subjects.next().await {
            let (subject, _) = subject.map_err(Error::unavailable)?;
            places.extend(subject.strip_prefix("kwt.set.").map(str::to_owned));
        }
        Ok(places)
    }

    /// Takes alarms of an aggregate that are done out of the stream: each has a subject of its own, so that nothing later
    /// would replace them. Many at once, since one by one costs the server a write to disk each.
    pub async fn sweep(&self, aggregate: &str) -> Result<(), Error> {
        let stream = self.log.jetstream().get_stream_no_info(TIMERS).await.map_err(Error::unavailable)?;
        let consumer: Consumer<pull::Config> =
            stream.get_consumer(&consumer_name(aggregate)).await.map_err(Error::unavailable)?;
        // whatever lies before it is acknowledged
        let floor = consumer.cached_info().ack_floor.stream_sequence;
        if floor > 0 {
            let done = stream.purge().filter(format!("kwt.due.{aggregate}.>")).sequence(floor + 1);
            done.await.map_err(Error::unavailable)?;
        }
        Ok(())
    }

    /// Sweeps now and then.
    async fn sweep_in_time(&self, aggregate: &str) {
        {
            let mut swept = self.swept.lock().await;
            let last = swept.get(aggregate);
            if last.is_some_and(|last| last.elapsed() < SWEEP) {
                return;
            }
            swept.insert(aggregate.to_owned(), Instant::now());
        }
        if let Err(error) = self.sweep(aggregate).await {
            tracing::debug!(%error, aggregate, "alarms that are done were not taken out");
        }
    }

    async fn open(&self, aggregate: &str) -> Result<pull::Stream, Error> {
        let stream = self.log.jetstream().get_stream_no_info(TIMERS).await.map_err(Error::unavailable)?;
        let name = consumer_name(aggregate);
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject: format!("kwt.due.{aggregate}.>"),
            ack_policy: AckPolicy::Explicit,
            ack_wait: Duration::from_secs(60),
            max_ack_pending: 10_000,
            ..pull::Config::default()
        };
        let consumer = stream.get_or_create_consumer(&name, config).await.map_err(Error::unavailable)?;
        let due = consumer.stream().max_messages_per_batch(AT_HAND).messages().await;
        due.map_err(Error::unavailable)
    }
}

#[async_trait]
impl Alarms for LogAlarms {
    async fn set(&self, alarm: Alarm) -> Result<(), Error> {
        let place = place(&alarm);
        // the injected clock may stand elsewhere than the server's
        let at = SystemClock.now() + (alarm.due - self.clock.now());
        let mut headers = HeaderMap::new();
        let schedule = format!("@at {}", at.to_rfc3339_opts(SecondsFormat::Millis, true));
        headers.insert(NATS_SCHEDULE, schedule.as_str());
        headers.insert(NATS_SCHEDULE_TARGET, format!("kwt.due.{place}").as_str());
        let payload = serde_json::to_vec(&alarm).map_err(Error::unavailable)?;
        let sent = self
            .log
            .jetstream()
            .publish_with_headers(format!("kwt.set.{place}"), headers, payload.into())
            .await
            .map_err(Error::unavailable)?;
        sent.await.map(|_| ()).map_err(Error::unavailable)
    }

    async fn restore(&self, aggregate: &str, wanted: Vec<Alarm>) -> Result<(), Error> {
        let set = self.places(aggregate).await?;
        // one that has just fired may fire twice: what it was for is then found done
        for alarm in wanted.into_iter().filter(|alarm| !set.contains(&place(alarm))) {
            tracing::info!(subject = %alarm.subject, alarm = alarm.name, "an alarm is not set: setting it");
            self.set(alarm).await?;
        }
        Ok(())
    }

    async fn fired(&self, aggregate: &str, most: usize) -> Result<Vec<Fired>, Error> {
        self.sweep_in_time(aggregate).await;
        let due = Arc::clone(self.due.lock().await.entry(aggregate.to_owned()).or_default());
        let mut due = due.lock().await;
        let messages = match &mut *due {
            Some(messages) => messages,
            None => due.insert(self.open(aggregate).await?),
        };
        let mut fired = Vec::new();
        let mut next = messages.next().await;
        loop {
            match next {
                Some(Ok(message)) => fired.extend(read(message)),
                ended => {
                    *due = None;
                    return if fired.is_empty() { Err(Error::Unavailable(cause(ended))) } else { Ok(fired) };
                }
            }
            if fired.len() >= most {
                return Ok(fired);
            }
            if fired.is_empty() {
                next = messages.next().await;
                continue;
            }
            // what is at hand already fires with it; nothing waits for more
            match messages.next().now_or_never() {
                Some(another) => next = another,
                None => return Ok(fired),
            }
        }
    }
}

/// Where an alarm stands among the subjects of the stream.
fn place(alarm: &Alarm) -> String {
    format!("{}.{}.{}", alarm.subject.aggregate(), alarm.subject.id(), alarm.name)
}

/// What is no alarm must not hold up those that are; the server offers it again.
fn read(message: Message) -> Option<Fired> {
    let alarm = serde_json::from_slice(&message.payload);
    let alarm =
        alarm.inspect_err(|error| tracing::error!(%error, subject = %message.subject, "not an alarm"));
    Some(Fired { alarm: alarm.ok()?, by: By::Log(Due(message)) })
}

/// The message of an alarm that fired.
pub(super) struct Due(Message);

impl Due {
    pub(super) async fn done(self) -> Result<(), Error> {
        self.0.ack().await.map_err(Error::unavailable)
    }

    pub(super) fn tries(&self) -> u32 {
        self.0.info().map_or(1, |info| u32::try_from(info.delivered).unwrap_or(u32::MAX))
    }

    pub(super) async fn again(self) -> Result<(), Error> {
        let after = pause(self.tries());
        let answered = self.0.ack_with(AckKind::Nak(Some(after))).await;
        answered.map_err(Error::unavailable)
    }
}

fn cause<E: std::fmt::Display>(ended: Option<Result<Message, E>>) -> String {
    match ended {
        Some(Err(error)) => error.to_string(),
        _ => "the consumer ended".to_owned(),
    }
}
