//! Read models as they were (BEY-6): the log folded up to a past position by the projection of today, answered by the same
//! queries as the live one. Built on demand, one at a time, and kept while they are used.

use crate::generations::run;
use crate::rebuild::Rebuild;
use crate::{Error, Projection, ReadModel};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, derived_uuid};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Past read models kept at a time; of more, the one not used for longest goes, once nobody reads it.
const KEPT: usize = 4;
/// Builds that one caller may begin within [`WINDOW`]: each reads the log, and takes the place of one that others use.
const QUOTA: usize = 6;
const WINDOW: Duration = Duration::from_mins(10);

/// Past generations of one read model. Cheap to clone.
pub struct Past<P: Projection> {
    log: Log,
    database: String,
    /// Prefix of their schemas: another instance of the service has others.
    prefix: String,
    tasks: TaskTracker,
    stop: CancellationToken,
    state: Arc<Mutex<State<P>>>,
    /// Told whenever a build ends.
    ended: Arc<Notify>,
}

impl<P: Projection> Clone for Past<P> {
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            database: self.database.clone(),
            prefix: self.prefix.clone(),
            tasks: self.tasks.clone(),
            stop: self.stop.clone(),
            state: Arc::clone(&self.state),
            ended: Arc::clone(&self.ended),
        }
    }
}

struct State<P: Projection> {
    /// Whether what an earlier run left behind is gone.
    clean: bool,
    building: Option<Building>,
    /// With the name of its schema; the one used last is the last.
    kept: Vec<(Position, ReadModel<P>, String)>,
    /// How many were begun: no two have a schema of the same name.
    number: u64,
    /// Who began a build, and when; those of the last [`WINDOW`].
    begun: Vec<(Instant, String)>,
    /// Why the last build failed: told once, then it is tried again.
    failed: Option<(Position, String)>,
}

#[derive(Clone)]
struct Building {
    to: Position,
    folded: Arc<AtomicU64>,
}

/// What there is of a past position.
pub enum Found<P: Projection> {
    /// It can be asked.
    Ready(ReadModel<P>),
    /// It is being built, or waits for another that is.
    Building {
        /// Commits folded of the one that is being built.
        folded: u64,
        /// How many it folds.
        of: u64,
    },
    /// It could not be built.
    Failed(String),
    /// The caller has begun as many as it may for now.
    TooMany {
        /// When it may begin the next.
        after: Duration,
    },
}

impl<P: Projection> State<P> {
    /// Notes that a caller begins a build; or how long it must wait until it may.
    fn begins(&mut self, caller: &str) -> Option<Duration> {
        self.begun.retain(|(at, _)| at.elapsed() < WINDOW);
        let own = || self.begun.iter().filter(|(_, by)| by == caller);
        if own().count() >= QUOTA {
            return own().next().map(|(at, _)| WINDOW.saturating_sub(at.elapsed()));
        }
        self.begun.push((Instant::now(), caller.to_owned()));
        None
    }
}

impl<P: Projection> Past<P> {
    /// On a log and a database; `instance` names the service's instance, `tasks` and `stop` are the service's.
    pub fn new(
        log: Log,
        database: &str,
        instance: &str,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        // short: PostgreSQL cuts long names, and the position stands at the end
        let instance = derived_uuid(&["past", instance]);
        let prefix = format!("{}_{}_at_", P::schema_name(), &instance[..8]);
        let state = State {
            clean: false,
            building: None,
            kept: Vec::new(),
            number: 0,
            begun: Vec::new(),
            failed: None,
        };
        let state = Arc::new(Mutex::new(state));
        Self { log, database: database.to_owned(), prefix, tasks, stop, state, ended: Arc::default() }
    }

    /// The read model as of a position; begins to build it for `caller` where it is not there, and waits for it until
    /// `deadline`.
    pub async fn at(&self, position: Position, caller: &str, deadline: Instant) -> Found<P> {
        loop {
            let ended = self.ended.notified();
            let found = self.look(position, caller);
            let late = matches!(found, Found::Building { .. })
                && tokio::time::timeout_at(deadline, ended).await.is_err();
            if late || !matches!(found, Found::Building { .. }) {
                return found;
            }
        }
    }

    fn look(&self, position: Position, caller: &str) -> Found<P> {
        let mut state = self.state();
        if let Some(index) = state.kept.iter().position(|(at, ..)| *at == position) {
            let used = state.kept.remove(index);
            let model = used.1.clone();
            state.kept.push(used);
            return Found::Ready(model);
        }
        if let Some((_, cause)) = state.failed.take_if(|(at, _)| *at == position) {
            return Found::Failed(cause);
        }
        if state.building.is_none()
            && let Some(after) = state.begins(caller)
        {
            return Found::TooMany { after };
        }
        let building = state.building.get_or_insert_with(|| {
            let building = Building { to: position, folded: Arc::default() };
            let (own, doing) = (self.clone(), building.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = own.build(doing) => {}
                    () = own.stop.cancelled() => {}
                }
            });
            building
        });
        Found::Building { folded: building.folded.load(Ordering::Relaxed), of: building.to.0 }
    }

    async fn build(&self, building: Building) {
        let built = self.built(&building).await;
        let mut state = self.state();
        state.building = None;
        self.ended.notify_waiters();
        match built {
            Ok((model, schema)) => {
                state.clean = true;
                // who waits for the new one has not got it yet
                while state.kept.len() >= KEPT
                    && let Some(unread) = state.kept.iter().position(|(_, model, _)| !model.is_read())
                {
                    let (_, _, schema) = state.kept.remove(unread);
                    let own = self.clone();
                    self.tasks.spawn(async move {
                        if let Err(error) = own.drop_schema(&schema).await {
                            tracing::warn!(%error, schema, "a past read model was not dropped");
                        }
                    });
                }
                state.kept.push((building.to, model, schema));
            }
            Err(error) => {
                tracing::error!(%error, model = P::NAME, position = building.to.0, "a past read model was not built");
                state.failed = Some((building.to, error.to_string()));
            }
        }
    }

    async fn built(&self, building: &Building) -> Result<(ReadModel<P>, String), Error> {
        if !self.state().clean {
            self.drop_leftovers().await?;
        }
        let (mut rebuild, mut reader) = (Rebuild::<P>::default(), self.log.read_after(Position(0)));
        while reader.position() < building.to {
            let stored = reader.next().await?;
            rebuild.fold(stored.recorded()?);
            building.folded.store(stored.position.0, Ordering::Relaxed);
        }
        let schema = self.schema();
        rebuild.copy_to(&self.database, &schema).await?;
        let model = ReadModel::of(&self.database, &schema, 2)?;
        model.reached.send_replace(building.to);
        Ok((model, schema))
    }

    async fn drop_leftovers(&self) -> Result<(), Error> {
        let mut connection = PgConnection::connect(&self.database).await?;
        let rows = sqlx::query("select nspname::text from pg_namespace where starts_with(nspname, $1)");
        for row in rows.bind(&self.prefix).fetch_all(&mut connection).await? {
            run(&mut connection, format!("drop schema {} cascade", row.get::<String, _>(0))).await?;
        }
        Ok(())
    }

    async fn drop_schema(&self, schema: &str) -> Result<(), Error> {
        let mut connection = PgConnection::connect(&self.database).await?;
        run(&mut connection, format!("drop schema if exists {schema} cascade")).await
    }

    /// Name of the next schema.
    fn schema(&self) -> String {
        let mut state = self.state();
        state.number += 1;
        format!("{}{}", self.prefix, state.number)
    }

    fn state(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
