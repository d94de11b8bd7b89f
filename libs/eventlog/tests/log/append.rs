//! Appending: guards, retries, unknown outcomes, batches, on the real server.

use crate::counter::{Command, LIMIT, call, counters};
use futures::future::join_all;
use kinward_eventlog::{Error, Log, LogSettings};
use kinward_eventsourcing::{Position, SystemClock};
use kinward_testkit::{FaultProxy, TestLog};
use std::sync::Arc;

/// The log of a server, reached through a proxy that can break.
async fn through_a_proxy(server: &TestLog) -> (FaultProxy, Log) {
    server.log().await;
    let proxy = FaultProxy::start(server.address()).await.unwrap();
    let servers = vec![format!("nats://{}", proxy.address())];
    let log = Log::connect(LogSettings { servers, ..server.settings().clone() }).await.unwrap();
    (proxy, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_on_one_aggregate_leave_no_gap() {
    let server = TestLog::start().await;
    let log = server.log().await;
    // two handlers are two processes: their writers conflict, those of one queue up
    let handlers = [counters(&log, Arc::new(SystemClock)), counters(&log, Arc::new(SystemClock))];
    let writes = (0..16).map(|writer| {
        let handler = &handlers[writer % 2];
        async move {
            let mut acknowledged = 0;
            for n in 0..20 {
                let call = call(&format!("{writer}-{n}"), "count");
                match handler.execute(&call, "shared", &Command::Count(1)).await {
                    Ok(_) => acknowledged += 1,
                    Err(Error::Conflict(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            acknowledged
        }
    });
    let acknowledged: u64 = join_all(writes).await.into_iter().sum();
    let folded = counters(&log, Arc::new(SystemClock)).state("shared").await.unwrap();
    assert_eq!(folded.state.sum, acknowledged);
    assert_eq!(folded.revision.0, acknowledged);
    assert!(acknowledged > 160, "most writers get through: {acknowledged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_gets_the_first_answer_and_other_content_is_refused() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let first = counters(&log, Arc::new(SystemClock));
    let receipt = first.execute(&call("r1", "a"), "one", &Command::Count(5)).await.unwrap();
    first.execute(&call("r2", "b"), "one", &Command::Count(5)).await.unwrap();
    // another process, which has nothing in memory
    let second = counters(&log, Arc::new(SystemClock));
    let again = second.execute(&call("r1", "a"), "one", &Command::Count(5)).await.unwrap();
    assert_eq!(again, receipt);
    let other = second.execute(&call("r1", "other"), "one", &Command::Count(6)).await;
    assert!(matches!(other, Err(Error::RequestIdReused)), "{other:?}");
    assert_eq!(log.last_position().await.unwrap(), Position(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_writes_nothing_and_is_decided_on_fresh_state() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let stale = counters(&log, Arc::new(SystemClock));
    stale.execute(&call("fill", ""), "one", &Command::Count(LIMIT)).await.unwrap();
    let refused = stale.execute(&call("over", ""), "one", &Command::Count(1)).await;
    assert!(matches!(refused, Err(Error::Rejected(_))), "{refused:?}");
    let mut insists = call("insists", "");
    insists.expected_revision = Some(7);
    let mismatch = stale.execute(&insists, "one", &Command::Observe).await;
    assert!(matches!(mismatch, Err(Error::RevisionMismatch { expected: 7, actual: 1 })), "{mismatch:?}");
    assert_eq!(log.last_position().await.unwrap(), Position(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_lost_after_the_store_leaves_exactly_one_commit() {
    let server = TestLog::start().await;
    let (proxy, log) = through_a_proxy(&server).await;
    let handler = counters(&log, Arc::new(SystemClock));
    handler.execute(&call("warm", ""), "one", &Command::Count(1)).await.unwrap();

    proxy.swallow_answers(true);
    let append = tokio::spawn({
        let handler = handler.clone();
        async move { handler.execute(&call("lost", ""), "one", &Command::Count(1)).await }
    });
    // the commit is stored, as another connection sees, while its answer is swallowed
    let mut reader = server.log().await.read_after(Position(1));
    assert_eq!(reader.next().await.unwrap().position, Position(2));
    assert!(proxy.swallowed() > 0, "the answer was swallowed");
    proxy.swallow_answers(false);
    proxy.cut();
    let receipt = append.await.unwrap().unwrap();
    assert_eq!(receipt.position, Position(2));
    assert_eq!(log.unknown_outcomes(), 1);
    assert_eq!(log.last_position().await.unwrap(), Position(2));
}

/// A caller who never heard sends the command again, through another process, while the first one still asks.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_decision_of_the_same_command_stored_is_not_taken_for_this_one() {
    let server = TestLog::start().await;
    let (proxy, log) = through_a_proxy(&server).await;
    let (first, second) =
        (counters(&log, Arc::new(SystemClock)), counters(&server.log().await, Arc::new(SystemClock)));
    first.execute(&call("warm", ""), "one", &Command::Count(1)).await.unwrap();
    second.execute(&call("same", ""), "one", &Command::Count(1)).await.unwrap();

    // decided on what it remembers, refused by the guard, and the refusal is lost
    proxy.swallow_answers(true);
    let again = tokio::spawn({
        let first = first.clone();
        async move { first.execute(&call("same", ""), "one", &Command::Count(1)).await }
    });
    while proxy.swallowed() == 0 {
        tokio::task::yield_now().await;
    }
    proxy.swallow_answers(false);
    proxy.cut();
    assert_eq!(again.await.unwrap().unwrap().position, Position(2));
    assert_eq!(log.unknown_outcomes(), 1);

    // what follows continues what is stored
    let next = first.execute(&call("next", ""), "one", &Command::Count(1)).await.unwrap();
    assert_eq!((next.position, next.revision.0), (Position(3), 3));
    let fresh = counters(&log, Arc::new(SystemClock));
    assert_eq!(fresh.state("one").await.unwrap().state.sum, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_stored_whole_or_not_at_all() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    let both = call("both", "");
    let receipts = log
        .transact(
            &both,
            &[
                handler.new_part("left", Command::Count(1)).unwrap(),
                handler.new_part("right", Command::Count(2)).unwrap(),
            ],
        )
        .await
        .unwrap();
    assert_eq!([receipts[0].position, receipts[1].position], [Position(1), Position(2)]);

    // the second part is refused: the first is not stored either
    let refused = log
        .transact(
            &call("half", ""),
            &[
                handler.part("left", Command::Count(1)).unwrap(),
                handler.part("right", Command::Count(LIMIT)).unwrap(),
            ],
        )
        .await;
    assert!(matches!(refused, Err(Error::Rejected(_))), "{refused:?}");
    assert_eq!(log.last_position().await.unwrap(), Position(2));

    // a stale guess ("new") conflicts, is looked up, and goes through
    let elsewhere = counters(&log, Arc::new(SystemClock));
    let receipts = log
        .transact(
            &call("again", ""),
            &[
                elsewhere.new_part("left", Command::Count(1)).unwrap(),
                elsewhere.new_part("third", Command::Count(1)).unwrap(),
            ],
        )
        .await
        .unwrap();
    assert_eq!([receipts[0].revision.0, receipts[1].revision.0], [2, 1]);
    let retried = log
        .transact(
            &both,
            &[
                elsewhere.part("left", Command::Count(1)).unwrap(),
                elsewhere.part("right", Command::Count(2)).unwrap(),
            ],
        )
        .await
        .unwrap();
    assert_eq!([retried[0].position, retried[1].position], [Position(1), Position(2)]);
    assert_eq!(log.last_position().await.unwrap(), Position(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_whose_acknowledgement_is_lost_is_found_again() {
    let server = TestLog::start().await;
    let (proxy, log) = through_a_proxy(&server).await;
    let handler = counters(&log, Arc::new(SystemClock));
    proxy.swallow_answers(true);
    let append = tokio::spawn({
        let (log, handler) = (log.clone(), handler.clone());
        async move {
            log.transact(
                &call("both", ""),
                &[
                    handler.new_part("left", Command::Count(1)).unwrap(),
                    handler.new_part("right", Command::Count(1)).unwrap(),
                ],
            )
            .await
        }
    });
    let mut reader = server.log().await.read_after(Position(0));
    assert_eq!(reader.next().await.unwrap().position, Position(1));
    assert_eq!(reader.next().await.unwrap().position, Position(2));
    proxy.swallow_answers(false);
    proxy.cut();
    let receipts = append.await.unwrap().unwrap();
    assert_eq!([receipts[0].position, receipts[1].position], [Position(1), Position(2)]);
    assert_eq!(log.last_position().await.unwrap(), Position(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_survives_a_killed_server() {
    let mut server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    let mut acknowledged = 0;
    for n in 0..50 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
        acknowledged += 1;
        if n == 25 {
            server.kill_and_restart().await;
        }
    }
    let fresh = counters(&log, Arc::new(SystemClock)).state("one").await.unwrap();
    assert_eq!(fresh.state.sum, acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_sync_every_write_is_refused() {
    let server = TestLog::start_unsafe().await;
    let strict = LogSettings { unsafe_sync: false, ..server.settings().clone() };
    let refused = Log::provision(strict.clone()).await;
    assert!(
        matches!(&refused, Err(Error::Misconfigured(what)) if what.contains("sync_interval")),
        "{refused:?}"
    );
    let production = LogSettings { unsafe_sync: true, production: true, ..strict };
    assert!(matches!(Log::connect(production).await, Err(Error::Misconfigured(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_loses_nothing_acknowledged() {
    let mut server = TestLog::start_with_room(2_000_000).await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    let mut acknowledged = 0_u64;
    let refused = loop {
        let mut call = call(&acknowledged.to_string(), "");
        call.purpose = "x".repeat(50_000);
        call.deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(3);
        let id = format!("c{acknowledged}");
        match handler.execute(&call, &id, &Command::Count(1)).await {
            Ok(receipt) => {
                acknowledged += 1;
                assert_eq!(receipt.position, Position(acknowledged));
            }
            Err(error) => break error,
        }
        assert!(acknowledged < 1_000, "the disk is not full");
    };
    assert!(matches!(refused, Error::Unavailable(_) | Error::Unknown), "{refused}");
    assert!(acknowledged > 10, "{acknowledged} before it was full");
    server.make_room().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for number in 0..acknowledged {
        assert_eq!(handler.state(&format!("c{number}")).await.unwrap().state.sum, 1, "c{number}");
    }
    // and the one that was refused, or whose outcome was unknown, is obeyed once when it is sent again
    let again = call(&acknowledged.to_string(), "");
    handler.execute(&again, &format!("c{acknowledged}"), &Command::Count(1)).await.unwrap();
    let last = handler.state(&format!("c{acknowledged}")).await.unwrap();
    assert_eq!((last.state.sum, last.revision.0), (1, 1));
}
