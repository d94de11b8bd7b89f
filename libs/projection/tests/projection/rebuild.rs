//! A generation built beside the live one, switched to and back from; what is parked, tried again and dropped.

use crate::fixture::{CURED, Fixture, Word, Writing, Written, soon};
use kinward_eventsourcing::Position;
use kinward_projection::{
    Compared, Error, Generation, Live, Rebuild, catch_up, drop_event, live_position, parked, pause, retry,
    rollback, status, switch,
};
use sqlx::{Connection as _, PgConnection};
use std::sync::atomic::Ordering;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const WORDS: [&str; 5] = ["a", "bb", "tab\tand\nline \\ 引号\"", "forget", "dd"];

impl Fixture {
    /// Folds the whole log and copies it into the next generation.
    async fn rebuilt(&self) -> Rebuild<Writing> {
        let mut rebuild = Rebuild::default();
        let last = self.log.last_position().await.unwrap();
        let mut reader = self.log.read_after(Position(0));
        while reader.position() < last {
            rebuild.fold(reader.next().await.unwrap().recorded().unwrap());
        }
        rebuild.copy(&self.database.url()).await.unwrap();
        rebuild
    }

    async fn catches_up(&self) {
        let live = live_position::<Writing>(&self.database.url()).await.unwrap().unwrap();
        catch_up::<Writing>(&self.database.url(), &self.log, live).await.unwrap();
    }

    fn projects(&self, stop: &CancellationToken) -> (kinward_projection::ReadModel<Writing>, JoinHandle<()>) {
        let model = self.model();
        let running = tokio::spawn(Live::new(self.log.clone(), model.clone()).run(stop.clone()));
        (model, running)
    }

    async fn writes(&self, numbers: std::ops::Range<usize>) -> Position {
        let mut last = Position(0);
        for n in numbers {
            last = self.write(n, &format!("c{}", n % 7), WORDS[n % 5]).await;
        }
        last
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_beside_the_live_model_equals_it_is_switched_to_under_writes_and_back_from() {
    let fixture = Fixture::start().await;
    let url = fixture.database.url();
    let stop = CancellationToken::new();
    let (model, running) = fixture.projects(&stop);
    let last = fixture.writes(0..60).await;
    model.fresh(last, soon()).await.unwrap();
    assert!(matches!(switch::<Writing>(&url, &fixture.log, false).await, Err(Error::NothingToSwitchTo)));
    assert!(!Rebuild::<Writing>::is_copied(&url).await.unwrap());
    fixture.rebuilt().await;
    assert!(Rebuild::<Writing>::is_copied(&url).await.unwrap(), "a crash after this point begins here");

    // the log goes on while it catches up, and while it is switched to
    fixture.writes(60..90).await;
    fixture.catches_up().await;
    let (switched, last) =
        tokio::join!(switch::<Writing>(&url, &fixture.log, false), fixture.writes(90..150));
    let switched = switched.unwrap();
    let tables: Vec<&str> = switched.compared.iter().map(|table| table.table).collect();
    assert_eq!(tables, ["written", "words"]);
    assert!(
        switched.compared.iter().all(|Compared { rows, equal, .. }| *equal && rows.0 == rows.1 && rows.0 > 0)
    );
    assert_eq!(model.fresh(last, soon()).await.unwrap(), last, "the projector goes on with the new one");
    assert_eq!(model.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new());
    let of = |all: &[kinward_projection::Status], wanted| {
        all.iter().find(|one| one.generation == wanted).map(|one| one.position)
    };
    let all = status::<Writing>(&url).await.unwrap();
    assert_eq!(of(&all, Generation::Live), Some(last));
    assert_eq!(of(&all, Generation::Previous), Some(switched.position), "kept as it was");
    assert_eq!(of(&all, Generation::Next), None);

    assert_eq!(rollback::<Writing>(&url).await.unwrap(), switched.position);
    let last = fixture.writes(150..160).await;
    model.fresh(last, soon()).await.unwrap();
    assert_eq!(model.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new());
    // and forward again
    fixture.catches_up().await;
    switch::<Writing>(&url, &fixture.log, false).await.unwrap();
    let last = fixture.writes(160..170).await;
    model.fresh(last, soon()).await.unwrap();
    assert_eq!(model.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_not_switched_to_unless_that_is_said_and_the_projector_never_notices() {
    let fixture = Fixture::start().await;
    let url = fixture.database.url();
    let stop = CancellationToken::new();
    let (model, running) = fixture.projects(&stop);
    let last = fixture.writes(0..20).await;
    model.fresh(last, soon()).await.unwrap();
    fixture.rebuilt().await;
    sqlx::query("update words set seen = seen + 1 where word = 'a'").execute(model.pool()).await.unwrap();
    let refused = switch::<Writing>(&url, &fixture.log, false).await.unwrap_err();
    let Error::Differs { table, live, next } = refused else { panic!("{refused}") };
    assert_eq!((table, live), ("words", next));
    let last = fixture.write(20, "c", "zz").await;
    assert_eq!(model.fresh(last, soon()).await.unwrap(), last);
    switch::<Writing>(&url, &fixture.log, true).await.unwrap();
    let last = fixture.write(21, "c", "zz").await;
    model.fresh(last, soon()).await.unwrap();
    assert_eq!(model.differences(&fixture.memory().await).await.unwrap(), Vec::<String>::new(), "mended");
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_was_cut_off_while_it_copied_begins_anew_and_has_its_indexes_again() {
    let fixture = Fixture::start().await;
    let url = fixture.database.url();
    fixture.writes(0..10).await;
    // as a crash leaves it: tables, some rows, no position
    let cut_off = "create schema writing_g1_next; create table writing_g1_next.words (word text);
        create table writing_g1_next._checkpoint (last_position bigint);
        insert into writing_g1_next._checkpoint values (0)";
    let mut owner = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(cut_off).execute(&mut owner).await.unwrap();
    assert!(!Rebuild::<Writing>::is_copied(&url).await.unwrap());
    fixture.rebuilt().await;
    let indexes = |schema: &'static str| {
        let model = fixture.model();
        async move {
            let query = "select replace(indexdef, schemaname || '.', '') from pg_indexes where schemaname = $1 order by 1";
            let found = sqlx::query_scalar(query).bind(schema).fetch_all(model.pool()).await;
            found.unwrap() as Vec<String>
        }
    };
    let live = indexes("writing_g1").await;
    assert!(live.len() >= 2, "{live:?}");
    assert_eq!(indexes("writing_g1_next").await, live);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_mend_what_is_parked_is_applied_in_its_order_and_what_cannot_be_is_dropped_with_the_reason() {
    let fixture = Fixture::start().await;
    let url = fixture.database.url();
    let stop = CancellationToken::new();
    let (model, running) = fixture.projects(&stop);
    let mut last = Position(0);
    let words = ["a", "curable", "bb", "poison", "dd"];
    for (n, word) in words.into_iter().enumerate() {
        last = fixture.write(n, "ill", word).await;
    }
    model.fresh(last, soon()).await.unwrap();
    let subject = "kw.test.clock.ill";
    let waiting = parked::<Writing>(&url).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.position.0).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(waiting[1].cause, "behind a parked event");
    assert_eq!(retry::<Writing>(&url, &fixture.log, subject).await.unwrap(), 0, "nothing was mended yet");

    CURED.store(true, Ordering::Relaxed);
    assert_eq!(retry::<Writing>(&url, &fixture.log, subject).await.unwrap(), 2);
    let left = parked::<Writing>(&url).await.unwrap();
    assert_eq!((left.len(), left[0].cause.as_str()), (2, "poison"));
    assert_eq!(drop_event::<Writing>(&url, &fixture.log, &left[0].event_id, "no word").await.unwrap(), 1);
    assert!(parked::<Writing>(&url).await.unwrap().is_empty());
    let dropped: (String, String) =
        sqlx::query_as("select event_id, reason from _dropped").fetch_one(model.pool()).await.unwrap();
    assert_eq!(dropped, (left[0].event_id.clone(), "no word".to_owned()));
    let none = retry::<Writing>(&url, &fixture.log, subject).await;
    assert!(matches!(none, Err(Error::NotParked)), "{none:?}");

    // what comes next is applied as ever
    let last = fixture.write(words.len(), "ill", "ee").await;
    model.fresh(last, soon()).await.unwrap();
    let rows: Vec<Written> = model.select("where id = $1", &["ill"], (1, 0)).await.unwrap();
    assert_eq!((rows[0].count, rows[0].last.as_deref()), (5, Some("ee")), "all but the one dropped");
    let rows: Vec<Word> = model.select("where word = $1", &["poison"], (1, 0)).await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(*model.parked().borrow(), 0);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_read_model_answers_as_of_where_it_stands_until_it_goes_on() {
    let fixture = Fixture::start().await;
    let url = fixture.database.url();
    let stop = CancellationToken::new();
    let (model, running) = fixture.projects(&stop);
    let at = fixture.write(0, "c", "a").await;
    model.fresh(at, soon()).await.unwrap();
    assert_eq!(pause::<Writing>(&url, true).await.unwrap(), at);
    let next = fixture.write(1, "c", "a").await;
    assert!(status::<Writing>(&url).await.unwrap()[0].paused);
    // a projector that starts now does not begin either
    let (second, second_running) = fixture.projects(&stop);
    let early = tokio::time::Instant::now() + std::time::Duration::from_millis(300);
    assert!(model.fresh(next, early).await.is_err() && second.fresh(next, early).await.is_err());
    assert_eq!(model.checkpoint().await.unwrap(), at);
    assert_eq!(pause::<Writing>(&url, false).await.unwrap(), at);
    assert_eq!(model.fresh(next, soon()).await.unwrap(), next);
    assert_eq!(second.fresh(next, soon()).await.unwrap(), next);
    // whatever an operator does, nobody who had it before has the epoch of somebody else
    let epoch = async || -> i64 {
        let read = sqlx::query_scalar("select owner_epoch from _checkpoint").fetch_one(model.pool());
        read.await.unwrap()
    };
    let mut before = epoch().await;
    fixture.rebuilt().await;
    for step in ["pause", "resume", "switch", "rollback"] {
        match step {
            "pause" => drop(pause::<Writing>(&url, true).await.unwrap()),
            "resume" => drop(pause::<Writing>(&url, false).await.unwrap()),
            "switch" => drop(switch::<Writing>(&url, &fixture.log, true).await.unwrap()),
            _ => drop(rollback::<Writing>(&url).await.unwrap()),
        }
        let after = epoch().await;
        assert!(after > before, "{step}: {before} to {after}");
        before = after;
    }
    stop.cancel();
    running.await.unwrap();
    second_running.await.unwrap();
}
