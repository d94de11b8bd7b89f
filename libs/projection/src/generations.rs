//! The generations of a read model: the one that answers, one that is being built beside it, and the one before, kept to go
//! back to. Each is a schema; to switch is to rename them in one transaction.

use crate::rebuild::catch_up;
use crate::{Error, Projection};
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use sqlx::postgres::{PgConnection, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

/// Which generation of a read model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Answers queries and follows the log.
    Live,
    /// Being built, or built and not switched to.
    Next,
    /// The one before.
    Previous,
}

impl Generation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Live, Self::Next, Self::Previous];

    /// Name of its schema.
    pub fn schema<P: Projection>(self) -> String {
        let live = P::schema_name();
        match self {
            Self::Live => live,
            Self::Next => format!("{live}_next"),
            Self::Previous => format!("{live}_previous"),
        }
    }
}

/// How a generation stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Which.
    pub generation: Generation,
    /// Up to where it holds everything.
    pub position: Position,
    /// Events set aside.
    pub parked: u64,
    /// Whether projecting is paused.
    pub paused: bool,
    /// Bytes on disk, indexes too.
    pub bytes: u64,
}

/// One table of two generations, at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The table.
    pub table: &'static str,
    /// Rows of the live one and of the next one.
    pub rows: (u64, u64),
    /// Whether all columns of all rows are equal.
    pub equal: bool,
}

/// What became of a switch.
#[derive(Clone, Debug)]
pub struct Switched {
    /// The position at which both stood; the new one goes on from there.
    pub position: Position,
    /// Table by table; empty: there was no live generation of this shape.
    pub compared: Vec<Compared>,
}

/// Every generation of a read model that there is.
pub async fn status<P: Projection>(database: &str) -> Result<Vec<Status>, Error> {
    let mut connection = PgConnection::connect(database).await?;
    let mut found = Vec::new();
    for generation in Generation::ALL {
        let schema = generation.schema::<P>();
        if !exists(&mut connection, &schema).await? {
            continue;
        }
        let query = format!(
            "select last_position, paused, (select count(*) from {schema}._parked), \
             (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c \
              join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{schema}' and c.relkind = 'r') \
             from {schema}._checkpoint"
        );
        let row = sqlx::query(AssertSqlSafe(query)).fetch_one(&mut connection).await?;
        found.push(Status {
            generation,
            position: Position(number(&row, 0)),
            paused: row.get(1),
            parked: number(&row, 2),
            bytes: number(&row, 3),
        });
    }
    Ok(found)
}

/// Makes the next generation the live one, in one moment: at one position of both, when all tables are equal. With `force`
/// also when they are not, as after a mended projection. The one that was live is kept to go back to.
pub async fn switch<P: Projection>(database: &str, log: &Log, force: bool) -> Result<Switched, Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect(database).await?;
    let mut transaction = pool.begin().await?;
    let (live, next) = (Generation::Live.schema::<P>(), Generation::Next.schema::<P>());
    if !is_complete(&mut transaction, &next).await? {
        return Err(Error::NothingToSwitchTo);
    }
    let mut compared = Vec::new();
    let there = exists(&mut transaction, &live).await?;
    let mut epoch = 0;
    let position = if there {
        // whoever projects waits for this row, and then finds itself fenced
        let (at, fenced) = fence(&mut transaction, &live).await?;
        epoch = fenced;
        catch_up::<P>(database, log, at).await?;
        for table in P::tables() {
            compared.push(compare(&mut transaction, table.name, &live, &next).await?);
        }
        at
    } else {
        read_position(&mut transaction, &next).await?
    };
    if !force && let Some(differs) = compared.iter().find(|table| !table.equal) {
        transaction.rollback().await?;
        return Err(Error::Differs { table: differs.table, live: differs.rows.0, next: differs.rows.1 });
    }
    if there {
        let previous = Generation::Previous.schema::<P>();
        run(&mut transaction, format!("drop schema if exists {previous} cascade")).await?;
        run(&mut transaction, format!("alter schema {live} rename to {previous}")).await?;
    }
    run(&mut transaction, format!("alter schema {next} rename to {live}")).await?;
    go_on(&mut transaction, &live, epoch).await?;
    transaction.commit().await?;
    pool.close().await;
    Ok(Switched { position, compared })
}

/// Goes back to the generation before; it follows the log from where it stood. The one that was live is the next one then.
pub async fn rollback<P: Projection>(database: &str) -> Result<Position, Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect(database).await?;
    let mut transaction = pool.begin().await?;
    let (live, next) = (Generation::Live.schema::<P>(), Generation::Next.schema::<P>());
    let previous = Generation::Previous.schema::<P>();
    if !exists(&mut transaction, &previous).await? {
        return Err(Error::NothingToGoBackTo);
    }
    let (_, epoch) = fence(&mut transaction, &live).await?;
    run(&mut transaction, format!("drop schema if exists {next} cascade")).await?;
    run(&mut transaction, format!("alter schema {live} rename to {next}")).await?;
    run(&mut transaction, format!("alter schema {previous} rename to {live}")).await?;
    go_on(&mut transaction, &live, epoch).await?;
    let position = read_position(&mut transaction, &live).await?;
    transaction.commit().await?;
    pool.close().await;
    Ok(position)
}

/// Stops projecting, or lets it go on. Queries are answered meanwhile, as of where it stands.
pub async fn pause<P: Projection>(database: &str, paused: bool) -> Result<Position, Error> {
    let mut connection = PgConnection::connect(database).await?;
    let live = Generation::Live.schema::<P>();
    let query = format!(
        "update {live}._checkpoint set paused = $1, free = not $1, owner_epoch = owner_epoch + 1 \
         returning last_position"
    );
    let row = sqlx::query(AssertSqlSafe(query)).bind(paused).fetch_one(&mut connection).await?;
    Ok(Position(number(&row, 0)))
}

/// Takes the read model from whoever projects, until [`release`]. Answers where it stands, and the new epoch.
async fn fence(connection: &mut PgConnection, schema: &str) -> Result<(Position, i64), Error> {
    let query = format!(
        "update {schema}._checkpoint set owner_epoch = owner_epoch + 1 returning last_position, owner_epoch"
    );
    let row = sqlx::query(AssertSqlSafe(query)).fetch_one(connection).await?;
    Ok((Position(number(&row, 0)), row.get(1)))
}

/// Another generation goes on as the live one: nobody's, under an epoch that neither of them has had.
async fn go_on(connection: &mut PgConnection, schema: &str, fenced: i64) -> Result<(), Error> {
    let query = format!(
        "update {schema}._checkpoint set free = true, paused = false, owner_epoch = greatest(owner_epoch, {fenced}) + 1"
    );
    run(connection, query).await
}

/// Nobody's: whoever stands by takes it at once.
pub(crate) async fn release(connection: &mut PgConnection, schema: &str) -> Result<(), Error> {
    run(connection, format!("update {schema}._checkpoint set free = true, owner_epoch = owner_epoch + 1"))
        .await
}

async fn compare(
    connection: &mut PgConnection,
    table: &'static str,
    live: &str,
    next: &str,
) -> Result<Compared, Error> {
    let (live_rows, live_sum) = checksum(connection, live, table).await?;
    let (next_rows, next_sum) = checksum(connection, next, table).await?;
    let equal = (live_rows, live_sum) == (next_rows, next_sum);
    Ok(Compared { table, rows: (live_rows, next_rows), equal })
}

/// Rows of a table, and a sum over all columns of all of them, in whatever order they are.
async fn checksum(connection: &mut PgConnection, schema: &str, table: &str) -> Result<(u64, String), Error> {
    let query = format!(
        "select count(*), coalesce(sum(hashtextextended(to_jsonb(t)::text, 0)::numeric), 0)::text \
         from {schema}.{table} t"
    );
    let row = sqlx::query(AssertSqlSafe(query)).fetch_one(connection).await?;
    Ok((number(&row, 0), row.get(1)))
}

pub(crate) async fn read_position(connection: &mut PgConnection, schema: &str) -> Result<Position, Error> {
    let query = format!("select last_position from {schema}._checkpoint");
    let row = sqlx::query(AssertSqlSafe(query)).fetch_one(connection).await?;
    Ok(Position(number(&row, 0)))
}

/// A count or a position; PostgreSQL knows no unsigned ones.
pub(crate) fn number(row: &PgRow, column: usize) -> u64 {
    u64::try_from(row.get::<i64, _>(column)).unwrap_or_default()
}

pub(crate) async fn exists(connection: &mut PgConnection, schema: &str) -> Result<bool, Error> {
    let row = sqlx::query("select exists (select from pg_namespace where nspname = $1)").bind(schema);
    Ok(row.fetch_one(connection).await?.get(0))
}

/// Whether everything was copied into a generation and it was indexed: its checkpoint is written last.
pub(crate) async fn is_complete(connection: &mut PgConnection, schema: &str) -> Result<bool, Error> {
    Ok(exists(connection, schema).await? && read_position(connection, schema).await? > Position(0))
}

pub(crate) async fn run(connection: &mut PgConnection, statements: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await?;
    Ok(())
}
