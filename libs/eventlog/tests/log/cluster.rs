//! Three servers: the leader is killed, paused and cut off under load, again and again. Everything acknowledged is in
//! the log once, where its answer said.

use crate::counter::{Command, call, counters};
use kinward_eventlog::{Error, Log};
use kinward_eventsourcing::{Position, SystemClock};
use kinward_testkit::{Chains, TestCluster, seed};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Writers at the same time; four write to each aggregate, and every third writes to the next one too, in one batch.
const WRITERS: u64 = 24;
/// Times that each fault comes.
const ROUNDS: u64 = 3;
/// Acknowledgements between a fault and its end, and between faults: what is left of the cluster goes on.
const MEANWHILE: u64 = 200;
/// How long nothing may be acknowledged before the run ends and says so.
const PATIENCE: Duration = Duration::from_secs(120);

/// The last failure of each writer.
type Failing = BTreeMap<u64, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Killed,
    Paused,
    CutOff,
}

#[tokio::test(flavor = "multi_thread")]
async fn long_three_servers_lose_nothing_acknowledged_whatever_becomes_of_the_leader() {
    let mut cluster = TestCluster::start().await;
    let mut logs = Vec::new();
    for first in 0..3 {
        logs.push(Log::connect(cluster.settings(first)).await.unwrap());
    }
    let stop = CancellationToken::new();
    let acknowledged = watch::Sender::new(0_u64);
    let failing = watch::Sender::new(BTreeMap::new());
    let mut writing = JoinSet::new();
    for writer in 0..WRITERS {
        let log = logs[usize::try_from(writer).unwrap() % logs.len()].clone();
        writing.spawn(write(log, writer, acknowledged.clone(), failing.clone(), stop.clone()));
    }
    more(&acknowledged, &failing).await;

    let mut faults: Vec<Fault> =
        (0..ROUNDS).flat_map(|_| [Fault::Killed, Fault::Paused, Fault::CutOff]).collect();
    faults.shuffle(&mut StdRng::seed_from_u64(seed()));
    let mut met = BTreeMap::<Fault, u64>::new();
    for fault in faults {
        let leader = cluster.leader().await;
        let begun = Instant::now();
        match fault {
            Fault::Killed => cluster.kill(leader).await,
            Fault::Paused => cluster.pause(leader),
            Fault::CutOff => cluster.cut_off(leader),
        }
        more(&acknowledged, &failing).await;
        println!(
            "leader n{leader} {fault:?}: {MEANWHILE} more were acknowledged after {:?}",
            begun.elapsed()
        );
        match fault {
            Fault::Killed => cluster.restart(leader).await,
            Fault::Paused => cluster.resume(leader),
            Fault::CutOff => cluster.rejoin(leader),
        }
        more(&acknowledged, &failing).await;
        cluster.whole().await;
        *met.entry(fault).or_default() += 1;
    }
    stop.cancel();
    let (mut answers, mut failures) = (BTreeMap::new(), 0);
    while let Some(written) = writing.join_next().await {
        let (positions, failed) = written.unwrap();
        answers.extend(positions);
        failures += failed;
    }
    let unknown: u64 = logs.iter().map(Log::unknown_outcomes).sum();
    println!(
        "acknowledged {}, faults {met:?}, unknown outcomes {unknown}, calls that failed and were sent again {failures}",
        answers.len()
    );
    cluster.whole().await;
    for (index, log) in logs.iter().enumerate() {
        assert_eq!(stored(log).await, answers, "as connection {index} reads it");
    }
    assert_eq!(met.len(), 3, "every fault came: {met:?}");
    assert!(unknown > 0, "no outcome was unknown: the faults hit nothing");
}

/// Sends one command after the other until told to stop; each again and again until it is acknowledged, as a client
/// does. Answers where each is, and how many calls failed.
async fn write(
    log: Log,
    writer: u64,
    acknowledged: watch::Sender<u64>,
    failing: watch::Sender<Failing>,
    stop: CancellationToken,
) -> (BTreeMap<String, Position>, u64) {
    let handler = counters(&log, Arc::new(SystemClock));
    let shared = |number| format!("shared-{}", number % (WRITERS / 4));
    let mut aggregates = vec![shared(writer)];
    if writer.is_multiple_of(3) {
        aggregates.push(shared(writer + 1));
    }
    let (mut positions, mut failures) = (BTreeMap::new(), 0);
    for number in 0_u64.. {
        if stop.is_cancelled() {
            break;
        }
        loop {
            let mut call = call(&format!("{writer}-{number}"), "count");
            call.deadline = tokio::time::Instant::now() + Duration::from_secs(5);
            let answered = match aggregates.as_slice() {
                [one] => handler.execute(&call, one, &Command::Count(1)).await.map(|receipt| vec![receipt]),
                several => {
                    let parts = several.iter().map(|id| handler.part(id, Command::Count(1)).unwrap());
                    log.transact(&call, &parts.collect::<Vec<_>>()).await
                }
            };
            match answered {
                Ok(receipts) => {
                    for receipt in receipts {
                        positions.insert(place(call.command_id.as_str(), &receipt.id), receipt.position);
                    }
                    acknowledged.send_modify(|count| *count += 1);
                    break;
                }
                Err(error @ (Error::Conflict(_) | Error::Unknown | Error::Unavailable(_))) => {
                    failures += 1;
                    failing.send_modify(|failing| {
                        failing.insert(writer, error.to_string());
                    });
                }
                Err(error) => panic!("writer {writer}: {error}"),
            }
        }
    }
    (positions, failures)
}

/// Which commit: a batch is one command, with a commit in each of its aggregates.
fn place(command_id: &str, aggregate: &str) -> String {
    format!("{command_id} on {aggregate}")
}

/// Waits for more acknowledgements.
async fn more(acknowledged: &watch::Sender<u64>, failing: &watch::Sender<Failing>) {
    let mut count = acknowledged.subscribe();
    let enough = *count.borrow() + MEANWHILE;
    let waited = tokio::time::timeout(PATIENCE, count.wait_for(|count| *count >= enough)).await;
    assert!(
        waited.is_ok(),
        "{} acknowledged, and then not {MEANWHILE} more in {PATIENCE:?}; the last failure of each writer: {:#?}",
        *acknowledged.borrow(),
        *failing.borrow()
    );
}

/// Where each command is, as one connection tells it; none is there twice, and every chain is whole.
async fn stored(log: &Log) -> BTreeMap<String, Position> {
    let last = log.last_position().await.unwrap();
    let (mut commands, mut chains) = (BTreeMap::new(), Chains::default());
    let mut reader = log.read_after(Position(0));
    while reader.position() < last {
        let stored = reader.next().await.unwrap();
        let command_id = chains.follow(&stored).command_id;
        let aggregate = stored.subject.rsplit('.').next().unwrap_or_default();
        let commit = place(&command_id, aggregate);
        let before = commands.insert(commit.clone(), stored.position);
        assert_eq!(before, None, "{commit} is stored twice");
    }
    commands
}
