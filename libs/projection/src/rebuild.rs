//! Rebuilding a read model beside the live one: folded in memory, copied into bare tables, indexed, caught up. Nothing of
//! the live generation is touched before the switch.

use crate::generations::{Generation, exists, is_complete, read_position, run};
use crate::hold::Hold;
use crate::model::create;
use crate::writing::Target;
use crate::{Error, Memory, Projection, ReadModel};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, Recorded};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::sync::Arc;

/// Rows in one piece of a copy.
const PIECE: usize = 1_000;
/// Commits in one transaction while it catches up.
const BATCH: usize = 500;

/// A generation that is being folded. Several are folded in one pass over the log.
pub struct Rebuild<P: Projection> {
    memory: Memory<P>,
    position: Position,
}

impl<P: Projection> Default for Rebuild<P> {
    fn default() -> Self {
        Self { memory: Memory::default(), position: Position(0) }
    }
}

impl<P: Projection> Rebuild<P> {
    /// Whether a generation that was copied whole waits to be caught up: then there is nothing to fold again.
    pub async fn is_copied(database: &str) -> Result<bool, Error> {
        let mut connection = PgConnection::connect(database).await?;
        is_complete(&mut connection, &Generation::Next.schema::<P>()).await
    }

    /// Folds the events of one commit.
    pub fn fold(&mut self, events: &[Recorded]) {
        for event in events {
            self.memory.fold(event);
            self.position = event.position;
        }
    }

    /// Copies what was folded into a new generation. One that was begun and not finished is thrown away.
    pub async fn copy(&self, database: &str) -> Result<u64, Error> {
        self.copy_to(database, &Generation::Next.schema::<P>()).await
    }

    /// The same into a schema of any name.
    pub(crate) async fn copy_to(&self, database: &str, schema: &str) -> Result<u64, Error> {
        let mut connection = PgConnection::connect(database).await?;
        run(&mut connection, format!("drop schema if exists {schema} cascade")).await?;
        create::<P>(&mut connection, schema).await?;
        let indexes = take_indexes(&mut connection, schema).await?;
        let mut copied = 0;
        for spec in P::tables() {
            let target = Arc::new(Target::of(spec, &mut connection).await?);
            let rows: Vec<_> = self.memory.of_table(spec.name).collect();
            // one statement a table: PostgreSQL takes a piece in while the next is made
            let statement = format!("copy {} ({}) from stdin", spec.name, target.names());
            let mut copy = connection.copy_in_raw(&statement).await?;
            for piece in rows.chunks(PIECE) {
                let changed = piece.iter().map(|(key, row)| ((*key).to_owned(), Some(*row))).collect();
                copy.send(target.changes(changed)?.as_copy().into_bytes()).await?;
            }
            copied += copy.finish().await?;
        }
        for set_aside in self.memory.set_aside() {
            set_aside.insert(&mut connection).await?;
        }
        run(&mut connection, indexes.join(";\n")).await?;
        // the last thing: what has a position is whole
        sqlx::query("update _checkpoint set last_position = $1")
            .bind(self.position.0.cast_signed())
            .execute(&mut connection)
            .await?;
        Ok(copied)
    }
}

/// A rebuild whose read model's type is hidden, so that several go through one pass over the log.
pub trait AnyRebuild: Send + Sync {
    /// Name of the read model.
    fn name(&self) -> &'static str;

    /// Folds the events of one commit.
    fn fold(&mut self, events: &[Recorded]);

    /// Copies what was folded; answers how many rows.
    fn copy<'a>(&'a self, database: &'a str) -> BoxFuture<'a, Result<u64, Error>>;
}

impl<P: Projection> AnyRebuild for Rebuild<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn fold(&mut self, events: &[Recorded]) {
        Self::fold(self, events);
    }

    fn copy<'a>(&'a self, database: &'a str) -> BoxFuture<'a, Result<u64, Error>> {
        Self::copy(self, database).boxed()
    }
}

/// Drops the indexes and keys of a generation's own tables; answers the statements that make them again.
async fn take_indexes(connection: &mut PgConnection, schema: &str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select t.relname::text, i.relname::text, pg_get_indexdef(x.indexrelid), c.conname::text, \
                pg_get_constraintdef(c.oid) \
         from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid \
         join pg_namespace n on n.oid = t.relnamespace left join pg_constraint c on c.conindid = x.indexrelid \
         where n.nspname = $1 and t.relname not like '\\_%'",
    )
    .bind(schema)
    .fetch_all(&mut *connection)
    .await?;
    let mut again = Vec::new();
    for row in rows {
        let (table, index): (String, String) = (row.get(0), row.get(1));
        let (definition, constraint): (String, Option<String>) = (row.get(2), row.get(3));
        if let Some(name) = constraint {
            let key: String = row.get(4);
            run(connection, format!("alter table {table} drop constraint \"{name}\"")).await?;
            again.push(format!("alter table {table} add constraint \"{name}\" {key}"));
        } else {
            run(connection, format!("drop index \"{index}\"")).await?;
            again.push(definition);
        }
    }
    Ok(again)
}

/// Brings the next generation up to a position. Answers where it stands.
pub async fn catch_up<P: Projection>(database: &str, log: &Log, to: Position) -> Result<Position, Error> {
    let model = ReadModel::<P>::of(database, &Generation::Next.schema::<P>(), 1)?;
    let mut hold = Hold::take(&model).await?;
    let mut reader = log.read_after(hold.position());
    while hold.position() < to {
        let mut batch = Vec::new();
        while batch.len() < BATCH && reader.position() < to {
            batch.push(reader.next().await?);
        }
        let changes = hold.fold(&batch).await?;
        hold.write(changes).await?;
    }
    hold.written().await?;
    Ok(hold.position())
}

/// Where the live generation stands; `None`: there is none of this shape.
pub async fn live_position<P: Projection>(database: &str) -> Result<Option<Position>, Error> {
    let mut connection = PgConnection::connect(database).await?;
    let schema = Generation::Live.schema::<P>();
    if !exists(&mut connection, &schema).await? {
        return Ok(None);
    }
    read_position(&mut connection, &schema).await.map(Some)
}
