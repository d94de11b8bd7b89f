//! Events that were set aside with their aggregate: seen, applied again after a mend, or dropped with a reason.

use crate::generations::{Generation, number, release};
use crate::hold::Hold;
use crate::{Error, Projection, ReadModel};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Position, Recorded, Subject};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use std::collections::BTreeSet;

/// An event that is parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Its aggregate.
    pub subject: String,
    /// Where it stands in the log.
    pub position: Position,
    /// Index in its commit.
    pub index: usize,
    /// Its id.
    pub event_id: String,
    /// Why it was set aside, or that it waits behind another.
    pub cause: String,
}

/// What is parked, in the order of the log.
pub async fn parked<P: Projection>(database: &str) -> Result<Vec<Parked>, Error> {
    let mut connection = PgConnection::connect(database).await?;
    of(&mut connection, &Generation::Live.schema::<P>()).await
}

async fn of(connection: &mut PgConnection, schema: &str) -> Result<Vec<Parked>, Error> {
    let query = format!(
        "select subject, position, index, event_id, cause from {schema}._parked order by position, index"
    );
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(connection).await?;
    let one = |row: sqlx::postgres::PgRow| Parked {
        subject: row.get(0),
        position: Position(number(&row, 1)),
        index: usize::try_from(row.get::<i32, _>(2)).unwrap_or_default(),
        event_id: row.get(3),
        cause: row.get(4),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Applies the parked events of an aggregate, in their order, up to the first that is refused again. Answers how many were
/// applied. Whoever projects waits meanwhile.
pub async fn retry<P: Projection>(database: &str, log: &Log, subject: &str) -> Result<usize, Error> {
    again::<P>(database, log, subject, None).await
}

/// Leaves one parked event out for ever, with the reason, and applies those behind it.
pub async fn drop_event<P: Projection>(
    database: &str,
    log: &Log,
    event_id: &str,
    reason: &str,
) -> Result<usize, Error> {
    let all = parked::<P>(database).await?;
    let Some(event) = all.into_iter().find(|one| one.event_id == event_id) else {
        return Err(Error::NotParked);
    };
    let subject = event.subject.clone();
    again::<P>(database, log, &subject, Some((&event, reason))).await
}

async fn again<P: Projection>(
    database: &str,
    log: &Log,
    subject: &str,
    dropped: Option<(&Parked, &str)>,
) -> Result<usize, Error> {
    let schema = Generation::Live.schema::<P>();
    let model = ReadModel::<P>::of(database, &schema, 1)?;
    let mut connection = PgConnection::connect(database).await?;
    let mut hold = Hold::take(&model).await?;
    let waiting: BTreeSet<(Position, usize)> = of(&mut connection, &schema)
        .await?
        .into_iter()
        .filter(|one| one.subject == subject)
        .map(|one| (one.position, one.index))
        .collect();
    if waiting.is_empty() {
        release(&mut connection, &schema).await?;
        return Err(Error::NotParked);
    }
    let left_out = dropped.map(|(event, _)| (event.position, event.index));
    let subject = Subject::parse(subject).map_err(kinward_eventlog::Error::from)?;
    let mut events: Vec<Recorded> = log.history(&subject).await?;
    events.retain(|event| {
        let place = (event.position, event.index);
        waiting.contains(&place) && Some(place) != left_out
    });
    let (batch, applied) = hold.retry(&events, dropped).await?;
    hold.write(batch).await?;
    hold.written().await?;
    release(&mut connection, &schema).await?;
    Ok(applied)
}
