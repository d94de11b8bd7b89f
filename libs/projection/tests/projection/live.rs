//! The live backend: equal to memory, through crashes, fences and poison.

use crate::fixture::{Fixture, Word, Written, soon};
use kinward_eventsourcing::Position;
use kinward_projection::{Error, Live};
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn the_live_read_model_equals_a_fold_in_memory_through_crashes_of_both_servers() {
    let mut fixture = Fixture::start().await;
    let model = fixture.model();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(stop.clone()));
    let mut last = Position(0);
    for n in 0..300 {
        let text = ["a", "bb", "ccc", "forget", "dd"][n % 5];
        last = fixture.write(n, &format!("c{}", n % 7), text).await;
        match n {
            80 | 190 => fixture.database.kill_and_restart().await,
            130 => fixture.server.kill_and_restart().await,
            _ => {}
        }
    }
    assert_eq!(model.fresh(last, soon()).await.unwrap(), last);
    assert_eq!(model.checkpoint().await.unwrap(), last);
    let memory = fixture.memory().await;
    assert_eq!(memory.get::<Word>("forget").map(|row| row.seen), Some(60));
    assert_eq!(model.differences(&memory).await.unwrap(), Vec::<String>::new());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_found_in_every_column() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(CancellationToken::new()));
    let last = fixture.write(0, "c", "bb").await;
    model.fresh(last, soon()).await.unwrap();
    running.abort();
    for change in [
        "update written set last = null",
        "update written set last = 'bb', count = 2",
        "update written set count = 1, at = at + interval '1 microsecond'",
        "delete from words",
    ] {
        sqlx::query(change).execute(model.pool()).await.unwrap();
        assert_eq!(model.differences(&fixture.memory().await).await.unwrap().len(), 1, "{change}");
        if change.contains("microsecond") {
            sqlx::query("update written set at = at - interval '1 microsecond'")
                .execute(model.pool())
                .await
                .unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_projectors_the_first_is_fenced_tells_how_far_the_other_is_and_takes_over_from_it() {
    let fixture = Fixture::start().await;
    let (first, second) = (fixture.model(), fixture.model());
    let (stop, stop_second) = (CancellationToken::new(), CancellationToken::new());
    let running = tokio::spawn(Live::new(fixture.log.clone(), first.clone()).run(stop.clone()));
    let at = fixture.write(0, "c", "a").await;
    first.fresh(at, soon()).await.unwrap();
    let taking = tokio::spawn(Live::new(fixture.log.clone(), second.clone()).run(stop_second.clone()));
    second.fresh(at, soon()).await.unwrap();

    // the first meets the fence with this commit
    let at = fixture.write(1, "c", "a").await;
    second.fresh(at, soon()).await.unwrap();
    first.fresh(at, soon()).await.unwrap();
    let epoch = || async {
        let row = sqlx::query("select owner_epoch from _checkpoint").fetch_one(first.pool());
        row.await.unwrap().get::<i64, _>(0)
    };
    assert_eq!(epoch().await, 2, "the first only watches");

    stop_second.cancel();
    taking.await.unwrap();
    let at = fixture.write(2, "c", "bb").await;
    first.fresh(at, soon()).await.unwrap();
    assert_eq!(epoch().await, 3, "the first has taken over");
    assert_eq!(first.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_event_parks_its_aggregate_and_nothing_else() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Live::new(fixture.log.clone(), model.clone()).run(stop.clone()));
    let mut last = Position(0);
    for (n, (id, text)) in [("well", "a"), ("ill", "a"), ("ill", "poison"), ("ill", "bb"), ("well", "bb")]
        .into_iter()
        .enumerate()
    {
        last = fixture.write(n, id, text).await;
    }
    model.fresh(last, soon()).await.unwrap();
    assert_eq!(*model.parked().borrow(), 1);
    let memory = fixture.memory().await;
    assert_eq!(memory.parked().len(), 1);
    assert_eq!(memory.get::<Written>("ill").map(|row| row.count), Some(1));
    assert_eq!(memory.get::<Written>("well").map(|row| row.count), Some(2));
    assert_eq!(model.differences(&memory).await.unwrap(), Vec::<String>::new());
    let parked: Vec<(String, i64)> =
        sqlx::query_as("select subject, position from _parked order by position, index")
            .fetch_all(model.pool())
            .await
            .unwrap();
    let subject = "kw.test.clock.ill".to_owned();
    assert_eq!(parked, [(subject.clone(), 3), (subject, 4)]);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_fresh_in_time_says_where_it_stands() {
    let fixture = Fixture::start().await;
    let model = fixture.model();
    let refused = model.fresh(Position(5), Instant::now()).await;
    assert!(matches!(refused, Err(Error::NotFresh { at: 0, wanted: 5 })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_s_role_reads_its_own_tables_and_no_other_s() {
    let fixture = Fixture::start().await;
    let mut owner = PgConnection::connect(&fixture.database.url()).await.unwrap();
    let another = "create schema another; create table another.secrets (secret text)";
    sqlx::raw_sql(another).execute(&mut owner).await.unwrap();
    let model = fixture.model();
    let own = sqlx::query("select count(*) from written").fetch_one(model.pool()).await;
    assert!(own.is_ok(), "{own:?}");
    let refused = sqlx::query("select secret from another.secrets").fetch_optional(model.pool()).await;
    let refused = refused.unwrap_err();
    let code = refused.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    assert_eq!(code.as_deref(), Some("42501"), "insufficient privilege: {refused}");
}
