//! Reading by position and by moment, on the real server.

use crate::counter::{Command, call, counters};
use futures::FutureExt as _;
use kinward_eventlog::Log;
use kinward_eventsourcing::{Clock as _, Position, SetClock, SystemClock};
use kinward_testkit::TestLog;
use std::sync::Arc;

async fn consumers(log: &TestLog) -> usize {
    let client = async_nats::connect(log.settings().servers[0].clone()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream("EVENTS").await.unwrap();
    stream.cached_info().state.consumer_count
}

/// As beside a timer that is quicker than the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_dropped_while_it_opens_goes_on_opening() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters(&log, Arc::new(SystemClock));
    for n in 0..3 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
    }
    let mut reader = Log::connect(server.settings().clone()).await.unwrap().read_after(Position(0));
    for position in 1..=3 {
        let commit = loop {
            match reader.next().now_or_never() {
                Some(commit) => break commit.unwrap(),
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(commit.position, Position(position));
    }
    // its own, and the one of the log's end
    assert!(consumers(&server).await <= 2, "{} consumers", consumers(&server).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_position_of_a_moment_is_found_without_a_consumer_for_each_step() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let clock = Arc::new(SetClock::at(SystemClock.now()));
    let handler = counters(&log, clock.clone());
    let mut written = Vec::new();
    for n in 0..60 {
        handler.execute(&call(&n.to_string(), ""), "one", &Command::Count(1)).await.unwrap();
        written.push(clock.now());
        clock.advance(chrono::Duration::minutes(10));
    }
    for (index, moment) in written.iter().enumerate() {
        let position = Position(index as u64 + 1);
        assert_eq!(log.recorded_at(position).await.unwrap().timestamp_millis(), moment.timestamp_millis());
    }
    assert_eq!(consumers(&server).await, 0);
    let before = chrono::Duration::minutes(1);
    assert_eq!(log.position_at(written[0] - before).await.unwrap(), Position(0));
    assert_eq!(log.position_at(written[40] + before).await.unwrap(), Position(41));
    assert_eq!(log.position_at(written[59] + before).await.unwrap(), Position(60));
    assert!(log.commit_at(Position(61)).await.is_err(), "nothing is there yet");
}
