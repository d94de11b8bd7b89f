//! One projector's hold on a read model: the rows it works on, the connection it loads them by, and the one it writes by.

use crate::generations::number;
use crate::writing::{Batch, Released, SetAside, Target};
use crate::{Apply, Error, Parked, Projection, ReadModel, Rows};
use kinward_eventlog::StoredCommit;
use kinward_eventsourcing::{Position, Recorded};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Rows kept between transactions; more are read again when needed.
const KEPT: usize = 50_000;
/// Passes over a batch that look for rows to load together; what is missing after them is loaded row by row.
const PASSES: usize = 3;

/// Tables by name.
type Targets = BTreeMap<&'static str, Arc<Target>>;

/// A projector's hold. While a batch is written the next one is folded: what it loads is not being written, since rows
/// that were changed are kept until then.
pub(crate) struct Hold<P: Projection> {
    model: ReadModel<P>,
    loading: PgConnection,
    /// `None` while it writes.
    idle: Option<PgConnection>,
    writing: JoinSet<Result<(PgConnection, Batch), Error>>,
    epoch: i64,
    /// What is folded, though it may not be written yet.
    position: Position,
    rows: Rows,
    parked: BTreeSet<String>,
    targets: Targets,
}

impl<P: Projection> Hold<P> {
    /// Takes the read model over: whoever held it before finds its epoch gone.
    pub(crate) async fn take(model: &ReadModel<P>) -> Result<Self, Error> {
        let options = model.pool().connect_options();
        let mut loading = PgConnection::connect_with(&options).await?;
        let idle = PgConnection::connect_with(&options).await?;
        let mut targets = Targets::new();
        for spec in P::tables() {
            targets.insert(spec.name, Arc::new(Target::of(spec, &mut loading).await?));
        }
        // from here on whoever held it can no longer write, so everything that may fail was before
        let row = sqlx::query(
            "update _checkpoint set owner_epoch = owner_epoch + 1, free = false where not paused \
             returning last_position, owner_epoch",
        )
        .fetch_optional(&mut loading)
        .await?
        .ok_or(Error::Fenced)?;
        let parked = sqlx::query("select distinct subject from _parked").fetch_all(&mut loading).await?;
        let hold = Self {
            model: model.clone(),
            loading,
            idle: Some(idle),
            writing: JoinSet::new(),
            epoch: row.get(1),
            position: Position(number(&row, 0)),
            rows: Rows::default(),
            parked: parked.into_iter().map(|row| row.get(0)).collect(),
            targets,
        };
        hold.tell(hold.position, hold.parked.len());
        Ok(hold)
    }

    /// Position of the last commit folded.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// What is parked first: who has waited for a position sees what was parked up to it.
    fn tell(&self, written: Position, parked: usize) {
        self.model.parked.send_replace(parked);
        self.model.reached.send_replace(written);
    }

    pub(crate) fn is_writing(&self) -> bool {
        !self.writing.is_empty()
    }

    /// Waits until nothing is being written.
    pub(crate) async fn written(&mut self) -> Result<(), Error> {
        while let Some(ended) = self.writing.join_next().await {
            let (connection, batch) =
                ended.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))??;
            self.idle = Some(connection);
            self.tell(batch.to, batch.parked);
        }
        Ok(())
    }

    /// Begins to write a batch, when the one before is written.
    pub(crate) async fn write(&mut self, batch: Batch) -> Result<(), Error> {
        self.written().await?;
        // what was written well has given its connection back
        let connection = self.idle.take().ok_or(sqlx::Error::WorkerCrashed)?;
        self.writing.spawn(batch.write(connection));
        Ok(())
    }

    /// What the next commits change.
    pub(crate) async fn fold(&mut self, commits: &[Arc<StoredCommit>]) -> Result<Batch, Error> {
        if self.rows.len() > KEPT {
            self.written().await?;
            self.rows = Rows::default();
        }
        let mut events = Vec::new();
        for commit in commits {
            events.extend(commit.recorded()?);
        }
        let (mut set_aside, mut passes) = (Vec::new(), 0);
        for (index, event) in events.iter().copied().enumerate() {
            let subject = event.subject.as_str();
            let cause = if self.parked.contains(subject) {
                Some("behind a parked event".to_owned())
            } else {
                loop {
                    match apply::<P>(&mut self.rows, event) {
                        Applied::Missing(_, _) if passes < PASSES => {
                            passes += 1;
                            self.prefetch(&events[index..]).await?;
                        }
                        Applied::Missing(table, key) => self.load(table, vec![key]).await?,
                        Applied::Done => break None,
                        Applied::Poison(cause) => break Some(cause),
                    }
                }
            };
            if let Some(cause) = cause {
                if self.parked.insert(subject.to_owned()) {
                    tracing::error!(
                        projection = P::NAME,
                        position = event.position.0,
                        cause,
                        "aggregate parked"
                    );
                }
                set_aside.push(SetAside::of(event, cause));
            }
        }
        let to = commits.last().map_or(self.position, |commit| commit.position);
        self.batch(to, set_aside, Vec::new())
    }

    /// Everything that has changed since the last batch.
    fn batch(
        &mut self,
        to: Position,
        set_aside: Vec<SetAside>,
        released: Vec<Released>,
    ) -> Result<Batch, Error> {
        let from = std::mem::replace(&mut self.position, to);
        let mut changes = Vec::new();
        for (table, rows) in self.rows.take_changes() {
            changes.push(target(&self.targets, table)?.changes(rows)?);
        }
        let (epoch, parked) = (self.epoch, self.parked.len());
        Ok(Batch { from, to, epoch, parked, set_aside, released, changes })
    }

    /// What parked events of one aggregate change, up to the first that is refused again, and how many were applied.
    pub(crate) async fn retry(
        &mut self,
        events: &[Recorded],
        dropped: Option<(&Parked, &str)>,
    ) -> Result<(Batch, usize), Error> {
        let mut released: Vec<Released> =
            dropped.map(|(event, reason)| Released::dropped(event, reason)).into_iter().collect();
        let mut applied = 0;
        'events: for event in events {
            loop {
                match apply::<P>(&mut self.rows, event) {
                    Applied::Missing(table, key) => self.load(table, vec![key]).await?,
                    Applied::Done => break,
                    Applied::Poison(cause) => {
                        released.push(Released::refused(event, cause));
                        break 'events;
                    }
                }
            }
            released.push(Released::applied(event));
            applied += 1;
        }
        let batch = self.batch(self.position, Vec::new(), released)?;
        Ok((batch, applied))
    }

    /// Loads, table by table in one query each, the first row that each event misses: most events miss no other.
    async fn prefetch(&mut self, events: &[&Recorded]) -> Result<(), Error> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for event in events.iter().filter(|event| !self.parked.contains(event.subject.as_str())) {
            if let Err(Apply::NotLoaded { table, key }) = P::apply(&mut self.rows, event) {
                wanted.entry(table).or_default().insert(key);
            }
            self.rows.discard();
        }
        for (table, keys) in wanted {
            self.load(table, keys.into_iter().collect()).await?;
        }
        Ok(())
    }

    async fn load(&mut self, table: &'static str, keys: Vec<String>) -> Result<(), Error> {
        let spec = target(&self.targets, table)?.spec;
        let bad = |error: serde_json::Error| Error::Row { table, cause: error.to_string() };
        let query = format!("select {key}, to_jsonb(t) from {table} t where {key} = any($1)", key = spec.key);
        for row in sqlx::query(AssertSqlSafe(query)).bind(&keys).fetch_all(&mut self.loading).await? {
            self.rows.load(table, row.get(0), Some((spec.read)(row.get(1)).map_err(bad)?));
        }
        for key in keys {
            self.rows.load(table, key, None);
        }
        Ok(())
    }
}

fn target<'a>(targets: &'a Targets, table: &'static str) -> Result<&'a Arc<Target>, Error> {
    let missing = || Error::Row { table, cause: "not among the projection's tables".to_owned() };
    targets.get(table).ok_or_else(missing)
}

/// What became of an event.
enum Applied {
    Done,
    /// This row of this table must be loaded first.
    Missing(&'static str, String),
    /// Why it must be parked.
    Poison(String),
}

fn apply<P: Projection>(rows: &mut Rows, event: &Recorded) -> Applied {
    match P::apply(rows, event) {
        Ok(()) => {
            rows.accept();
            Applied::Done
        }
        Err(Apply::NotLoaded { table, key }) => {
            rows.discard();
            Applied::Missing(table, key)
        }
        Err(error @ (Apply::Decode(_) | Apply::Contradiction(_))) => {
            rows.discard();
            Applied::Poison(error.to_string())
        }
    }
}
