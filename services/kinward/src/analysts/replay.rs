//! The events of the log again, as JSON lines on standard output, as fast as they are read or at the pace of their days.

use super::Reading;
use crate::log_commands::{connected, write_line};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use kinward_chassis::Settings;
use kinward_contracts::AGGREGATES;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, Recorded};
use serde_json::Value;
use std::str::FromStr;
use std::time::Duration;

/// A place in the log: a position, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A position.
    Position(u64),
    /// A moment.
    Moment(DateTime<Utc>),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let moment = || DateTime::parse_from_rfc3339(text).map(|at| Self::Moment(at.to_utc()));
        text.parse().map(Self::Position).or_else(|_| moment()).map_err(|_| {
            "应为位置或时间，如 5000 或 2026-11-24T00:00:00+08:00  a position or a time, as 5000 or 2026-11-24T00:00:00+08:00".to_owned()
        })
    }
}

impl Place {
    /// The last position up to this place.
    pub async fn position(self, log: &Log) -> anyhow::Result<Position> {
        match self {
            Self::Position(position) => {
                let last = log.last_position().await?.0;
                anyhow::ensure!(
                    position <= last,
                    "日志止于位置 {last}  the log ends at position {last}: give one up to it"
                );
                Ok(Position(position))
            }
            Self::Moment(at) => Ok(log.position_at(at).await?),
        }
    }

    /// The same; where none is named, the end of the log.
    pub async fn or_end(named: Option<Self>, log: &Log) -> anyhow::Result<Position> {
        match named {
            Some(place) => place.position(log).await,
            None => Ok(log.last_position().await?),
        }
    }
}

/// What is replayed.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Events after this place.
    pub from: Option<Place>,
    /// Events up to this place.
    pub to: Option<Place>,
    /// Only of this context, as `registry`.
    pub context: Option<String>,
    /// Only of this kind of aggregate, as `registry.child`.
    pub aggregate: Option<String>,
    /// Only events of this type, as `ChildRegistered` or with its package.
    pub event: Option<String>,
    /// Only what is about places in this division, or was done by an office in it.
    pub area: Option<String>,
    /// How many times faster than it was written; `None`: as fast as it is read.
    pub speed: Option<f64>,
    /// Goes on with what is written from now on.
    pub follow: bool,
}

impl Replay {
    /// Prints the events.
    pub async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let reading = Reading::new()?;
        self.check(&reading)?;
        let log = connected(settings).await?;
        let from = match self.from {
            Some(place) => place.position(&log).await?,
            None => Position(0),
        };
        let to = match self.to {
            None if self.follow => None,
            named => Some(Place::or_end(named, &log).await?),
        };
        let mut reader = log.read_after(from);
        let mut before: Option<DateTime<Utc>> = None;
        while to.is_none_or(|to| reader.position() < to) {
            let stored = reader.next().await?;
            for event in stored.recorded()? {
                if !self.wants(event) {
                    continue;
                }
                let line = reading.line(event)?;
                if !self.is_there(event, &line) {
                    continue;
                }
                self.pace(before.replace(event.recorded_at()), event.recorded_at()).await;
                // nobody reads on: that is no failure
                if write_line(&line.to_string()).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Refuses a filter that names what there is not.
    fn check(&self, reading: &Reading) -> anyhow::Result<()> {
        let of_aggregate = self.aggregate.as_deref().and_then(|kind| kind.split('.').next());
        if let Some(kind) = self.aggregate.as_deref() {
            anyhow::ensure!(
                AGGREGATES.contains(&kind),
                "没有对象种类 {kind}  there is no aggregate {kind}: these are {}",
                AGGREGATES.join(", ")
            );
            anyhow::ensure!(
                self.context.is_none() || self.context.as_deref() == of_aggregate,
                "{kind} 不在上下文 {0} 中  {kind} is not of the context {0}",
                self.context.as_deref().unwrap_or_default()
            );
        }
        if let Some(context) = self.context.as_deref() {
            anyhow::ensure!(
                reading.has(Some(context), None),
                "没有上下文 {context}  there is no context {context}: `kinward log stats` lists the aggregates, each named after its own"
            );
        }
        if let Some(event) = &self.event {
            anyhow::ensure!(
                reading.has(self.context.as_deref().or(of_aggregate), Some(event)),
                "没有事件类型 {event}  there is no event type {event} there: `kinward log stats` lists those of the log"
            );
        }
        if let Some(area) = &self.area {
            anyhow::ensure!(
                !area.is_empty() && area.len() <= 12 && area.bytes().all(|byte| byte.is_ascii_digit()),
                "区划代码应为数字，如 430903111  {area} is no division code: give digits, as 430903111"
            );
        }
        Ok(())
    }

    fn wants(&self, event: &Recorded) -> bool {
        let aggregate = event.subject.aggregate();
        let of_context = |context: &String| aggregate.split('.').next() == Some(context);
        let of_type = |name: &String| event.event_type() == name || event.name() == name;
        self.context.as_ref().is_none_or(of_context)
            && self.aggregate.as_ref().is_none_or(|kind| kind == aggregate)
            && self.event.as_ref().is_none_or(of_type)
    }

    fn is_there(&self, event: &Recorded, line: &Value) -> bool {
        let Some(area) = &self.area else { return true };
        let by = event.commit.actor.as_ref().is_some_and(|actor| actor.area.starts_with(area.as_str()));
        by || names_place(&line["data"], area)
    }

    async fn pace(&self, before: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        let (Some(speed), Some(before)) = (self.speed, before) else { return };
        let apart = (now - before).to_std().unwrap_or_default();
        tokio::time::sleep(Duration::try_from_secs_f64(apart.as_secs_f64() / speed).unwrap_or_default())
            .await;
    }
}

/// Whether a division code in the data lies in an area.
fn names_place(data: &Value, area: &str) -> bool {
    match data {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            let is_code = name == "area" || name == "areas" || name.ends_with("village_code");
            match value {
                Value::String(code) if is_code => code.starts_with(area),
                Value::Array(codes) if is_code => {
                    codes.iter().filter_map(Value::as_str).any(|code| code.starts_with(area))
                }
                other => names_place(other, area),
            }
        }),
        Value::Array(values) => values.iter().any(|value| names_place(value, area)),
        _ => false,
    }
}

/// How many times faster: `1x`, `60x`, or `max`.
pub fn speed(text: &str) -> anyhow::Result<Option<f64>> {
    if text == "max" {
        return Ok(None);
    }
    let times = text.strip_suffix('x').unwrap_or(text).parse::<f64>().ok().filter(|times| *times > 0.0);
    times.map(Some).with_context(|| format!("{text:?}: 应为 1x、60x 或 max  give 1x, 60x or max"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_place_is_a_position_or_a_moment_and_a_speed_a_number_or_max() {
        assert_eq!("5000".parse::<Place>().unwrap(), Place::Position(5_000));
        let moment: Place = "2026-11-24T08:00:00+08:00".parse().unwrap();
        assert_eq!(moment, Place::Moment("2026-11-24T00:00:00Z".parse().unwrap()));
        assert!("yesterday".parse::<Place>().is_err());
        assert_eq!((speed("60x").unwrap(), speed("max").unwrap()), (Some(60.0), None));
        assert!(speed("0x").is_err() && speed("fast").is_err());
    }

    #[test]
    fn a_filter_that_no_event_can_pass_is_refused_by_name() {
        let reading = Reading::new().unwrap();
        let named = |text: &str| Some(text.to_owned());
        let refused = |replay: Replay| replay.check(&reading).unwrap_err().to_string();
        let event = |event: &str| Replay { event: named(event), ..Replay::default() };
        assert!(event("ChildRegistered").check(&reading).is_ok());
        assert!(event("kinward.registry.v1.ChildRegistered").check(&reading).is_ok());
        assert!(refused(event("Nosuch")).contains("event type Nosuch"));
        assert!(
            refused(Replay { context: named("registri"), ..Replay::default() }).contains("context registri")
        );
        assert!(
            refused(Replay { aggregate: named("registry.chlid"), ..Replay::default() })
                .contains("aggregate registry.chlid")
        );
        let apart =
            Replay { context: named("custody"), aggregate: named("registry.child"), ..Replay::default() };
        assert!(refused(apart).contains("context custody"));
        let elsewhere = Replay { context: named("custody"), ..event("ChildRegistered") };
        assert!(refused(elsewhere).contains("event type ChildRegistered"));
        assert!(refused(Replay { area: named("Yiyang"), ..Replay::default() }).contains("Yiyang"));
    }

    #[test]
    fn a_place_named_anywhere_in_the_data_counts() {
        let data = json!({ "household": { "village_code": "430903111001" }, "areas": ["430981"] });
        assert!(names_place(&data, "430903111") && names_place(&data, "4309"));
        assert!(names_place(&data, "430981") && !names_place(&data, "430902"));
    }
}
