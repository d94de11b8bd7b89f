//! Read models as operators handle them: how they stand, rebuilding beside the live one, switching, what is parked.

use crate::log_commands::line;
use indicatif::{ProgressBar, ProgressStyle};
use kinward_chassis::Settings;
use kinward_departments::{Office, Visit, each_department};
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use kinward_projection::{
    AnyRebuild, Generation, Projection, Rebuild, catch_up, drop_event, live_position, parked, pause, retry,
    rollback, status, switch,
};

/// A rebuilt generation that is no further behind than this waits for the switch, which does the rest.
const NEAR: u64 = 1_000;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Print how they stand.
    Status,
    /// Fold the log anew, beside the live ones.
    Rebuild,
    /// Make the rebuilt ones the live ones; also when they differ.
    Switch {
        /// Whether tables may differ.
        force: bool,
    },
    /// Go back to the ones before.
    Rollback,
    /// Stop projecting, or let it go on.
    Pause(bool),
    /// Print what is parked.
    Parked,
    /// Apply what is parked of an aggregate.
    Retry(String),
    /// Leave an event out for ever, with the reason.
    Drop {
        /// The event.
        event_id: String,
        /// Why.
        reason: String,
    },
}

/// Names of the read models.
pub async fn names() -> Vec<&'static str> {
    let mut names = Names(Vec::new());
    let Ok(()) = each_department(&mut names).await;
    names.0
}

struct Names(Vec<&'static str>);

impl Visit for Names {
    type Error = std::convert::Infallible;

    async fn visit<D: Office>(&mut self) -> Result<(), Self::Error> {
        self.0.push(D::NAME);
        Ok(())
    }
}

/// Does it with the read models that are named; none: all.
pub async fn run(settings: &Settings, wanted: &[String], task: Task) -> anyhow::Result<()> {
    let known = names().await;
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        anyhow::bail!("没有此视图  there is no read model {unknown:?}; choose of {}", known.join(", "));
    }
    let log = Log::connect(settings.log_for("projection")).await?;
    let wanted = if wanted.is_empty() {
        known.iter().map(|name| (*name).to_owned()).collect()
    } else {
        wanted.to_vec()
    };
    let mut working = Working { settings, log, wanted, task, rebuilds: Vec::new() };
    each_department(&mut working).await?;
    if matches!(working.task, Task::Rebuild) {
        working.rebuild().await?;
    }
    Ok(())
}

struct Working<'a> {
    settings: &'a Settings,
    log: Log,
    wanted: Vec<String>,
    task: Task,
    rebuilds: Vec<Box<dyn AnyRebuild>>,
}

impl Visit for Working<'_> {
    type Error = anyhow::Error;

    async fn visit<D: Office>(&mut self) -> anyhow::Result<()> {
        if self.wanted.iter().any(|name| name == D::NAME) {
            self.on::<D>().await?;
        }
        Ok(())
    }
}

impl Working<'_> {
    async fn on<P: Projection>(&mut self) -> anyhow::Result<()> {
        let (database, name) = (self.settings.database.0.as_str(), P::NAME);
        match &self.task {
            Task::Status => {
                let last = self.log.last_position().await?;
                for one in status::<P>(database).await? {
                    let generation = match one.generation {
                        Generation::Live => "在用 live",
                        Generation::Next => "新建 next",
                        Generation::Previous => "上一代 previous",
                    };
                    line(&format!(
                        "{name:<18} {generation:<16} 位置 position {:>9}  落后 behind {:>7}  搁置 parked {:>4}  {:>8} KiB{}",
                        one.position.0,
                        last.0.saturating_sub(one.position.0),
                        one.parked,
                        one.bytes / 1024,
                        if one.paused { "  已暂停 paused" } else { "" },
                    ));
                }
            }
            Task::Rebuild if Rebuild::<P>::is_copied(database).await? => {
                line(&format!("{name}: 已有建好的新一代，继续追赶  one is built already: catching up"));
                self.near::<P>().await?;
            }
            Task::Rebuild => self.rebuilds.push(Box::new(Rebuild::<P>::default())),
            Task::Switch { force } => {
                self.near::<P>().await?;
                let switched = switch::<P>(database, &self.log, *force).await?;
                for table in &switched.compared {
                    let same = if table.equal { "一致 equal" } else { "不同 DIFFERENT" };
                    line(&format!(
                        "{name}.{}: {} / {} 行 rows, {same}",
                        table.table, table.rows.0, table.rows.1
                    ));
                }
                line(&format!("{name}: 已切换  switched at position {}", switched.position.0));
            }
            Task::Rollback => {
                let at = rollback::<P>(database).await?;
                line(&format!(
                    "{name}: 已退回上一代  back to the one before, which goes on from position {}",
                    at.0
                ));
            }
            Task::Pause(paused) => {
                let at = pause::<P>(database, *paused).await?;
                let what = if *paused { "已暂停 paused" } else { "继续 goes on" };
                line(&format!("{name}: {what}, 位置 position {}", at.0));
            }
            Task::Parked => {
                for one in parked::<P>(database).await? {
                    line(&format!(
                        "{name}  {:>9}.{}  {}  {}  {}",
                        one.position.0, one.index, one.event_id, one.subject, one.cause
                    ));
                }
            }
            Task::Retry(subject) => {
                let applied = retry::<P>(database, &self.log, subject).await?;
                line(&format!("{name}: 已补做 {applied} 个事件  {applied} events were applied"));
            }
            Task::Drop { event_id, reason } => {
                let applied = drop_event::<P>(database, &self.log, event_id, reason).await?;
                line(&format!(
                    "{name}: 已放弃，其后补做 {applied} 个  dropped; {applied} behind it were applied"
                ));
            }
        }
        Ok(())
    }

    /// Follows the live one until little is left for the switch.
    async fn near<P: Projection>(&self) -> anyhow::Result<()> {
        let database = self.settings.database.0.as_str();
        loop {
            let target = match live_position::<P>(database).await? {
                Some(live) => live,
                None => self.log.last_position().await?,
            };
            if !Rebuild::<P>::is_copied(database).await? {
                return Ok(());
            }
            let at = catch_up::<P>(database, &self.log, target).await?;
            let live = live_position::<P>(database).await?.unwrap_or(target);
            if live.0.saturating_sub(at.0) <= NEAR {
                return Ok(());
            }
        }
    }

    /// One pass over the log for all of them.
    async fn rebuild(&mut self) -> anyhow::Result<()> {
        if self.rebuilds.is_empty() {
            return Ok(());
        }
        let end = self.log.last_position().await?;
        let bar = ProgressBar::new(end.0).with_style(ProgressStyle::with_template(
            "重建 rebuilding {bar:40} {pos}/{len} commits, {per_sec}, {eta}",
        )?);
        let mut reader = self.log.read_after(Position(0));
        while reader.position() < end {
            let commit = reader.next().await?;
            let events = commit.recorded()?;
            for rebuild in &mut self.rebuilds {
                rebuild.fold(events);
            }
            bar.set_position(commit.position.0);
        }
        bar.finish_and_clear();
        for rebuild in &self.rebuilds {
            let rows = rebuild.copy(&self.settings.database.0).await?;
            let name = rebuild.name();
            line(&format!(
                "{name}: 已建好 {rows} 行，截至位置 {end}；用 `kinward projection switch {name}` 切换\n\
                 {name}: {rows} rows are built, up to position {end}; `kinward projection switch {name}` makes them the live ones"
            ));
        }
        Ok(())
    }
}
