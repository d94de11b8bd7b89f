//! Alarms kept by the server: a scheduled message each, in a stream that the log can rebuild.

use super::{Alarm, Alarms, Fired};
use crate::provision::TIMERS;
use crate::{Error, Log};
use async_nats::header::{HeaderMap, NATS_SCHEDULE, NATS_SCHEDULE_TARGET};
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_trait::async_trait;
use chrono::SecondsFormat;
use futures::StreamExt as _;
use kinward_eventsourcing::{Clock, SystemClock};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Alarms of one context.
pub struct LogAlarms {
    log: Log,
    clock: Arc<dyn Clock>,
    context: String,
    due: Mutex<Option<pull::Stream>>,
}

impl LogAlarms {
    /// Alarms of the aggregates of `context`, such as `dispatch`.
    pub fn new(log: Log, clock: Arc<dyn Clock>, context: &str) -> Self {
        Self { log, clock, context: context.to_owned(), due: Mutex::default() }
    }

    async fn open(&self) -> Result<pull::Stream, Error> {
        let unavailable = |error: &dyn std::fmt::Display| Error::Unavailable(error.to_string());
        let stream =
            self.log.jetstream().get_stream_no_info(TIMERS).await.map_err(|error| unavailable(&error))?;
        let name = format!("alarms-{}", self.context);
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject: format!("kwt.due.{}.>", self.context),
            ack_policy: AckPolicy::Explicit,
            ack_wait: Duration::from_secs(60),
            max_ack_pending: 1_000,
            ..pull::Config::default()
        };
        let consumer =
            stream.get_or_create_consumer(&name, config).await.map_err(|error| unavailable(&error))?;
        consumer.messages().await.map_err(|error| unavailable(&error))
    }
}

#[async_trait]
impl Alarms for LogAlarms {
    async fn set(&self, alarm: Alarm) -> Result<(), Error> {
        let place = format!("{}.{}.{}", alarm.subject.aggregate(), alarm.subject.id(), alarm.name);
        // the injected clock may stand elsewhere than the server's
        let at = SystemClock.now() + (alarm.due - self.clock.now());
        let mut headers = HeaderMap::new();
        let schedule = format!("@at {}", at.to_rfc3339_opts(SecondsFormat::Millis, true));
        headers.insert(NATS_SCHEDULE, schedule.as_str());
        headers.insert(NATS_SCHEDULE_TARGET, format!("kwt.due.{place}").as_str());
        let payload = serde_json::to_vec(&alarm).map_err(|error| Error::Unavailable(error.to_string()))?;
        let sent = self
            .log
            .jetstream()
            .publish_with_headers(format!("kwt.set.{place}"), headers, payload.into())
            .await
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        sent.await.map(|_| ()).map_err(|error| Error::Unavailable(error.to_string()))
    }

    async fn fired(&self) -> Result<Fired, Error> {
        let mut due = self.due.lock().await;
        let messages = match &mut *due {
            Some(messages) => messages,
            None => due.insert(self.open().await?),
        };
        match messages.next().await {
            Some(Ok(message)) => {
                let alarm = serde_json::from_slice(&message.payload)
                    .map_err(|error| Error::Unavailable(format!("not an alarm: {error}")))?;
                Ok(Fired { alarm, message: Some(message) })
            }
            ended => {
                *due = None;
                let cause = match ended {
                    Some(Err(error)) => error.to_string(),
                    _ => "the consumer ended".to_owned(),
                };
                Err(Error::Unavailable(cause))
            }
        }
    }
}
