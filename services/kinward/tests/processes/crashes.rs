//! Services, NATS and PostgreSQL are killed at random moments while many stories are played. Every acknowledged command
//! is in the log exactly once, every story ends, and read models equal a fold of the log.

use crate::running::{Processes, prepare};
use kinward::clients::Clients;
use kinward::story::{Play, Story};
use kinward::{reference, services};
use kinward_chassis::{DevelopmentIssuer, Settings};
use kinward_contracts::log::v1::Commit;
use kinward_departments::{civil_affairs, public_security, township};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Clock as _, Position, SystemClock};
use kinward_local::{Nats, NatsOptions, Postgres};
use kinward_projection::{Memory, Projection, ReadModel};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Stories played at the same time.
const STORIES: u64 = 200;
/// Steps of one.
const STEPS: u8 = 6;

/// How long nothing may move before the run ends and says what stands still.
const PATIENCE: Duration = Duration::from_secs(180);

/// How far the stories are.
struct Told {
    failures: AtomicU64,
    moved: Mutex<Instant>,
    steps: Mutex<BTreeMap<u64, (u8, String)>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { failures: AtomicU64::new(0), moved: Mutex::new(Instant::now()), steps: Mutex::default() }
    }
}

impl Told {
    fn step(&self, number: u64, step: u8) {
        *self.moved.lock().unwrap() = Instant::now();
        self.steps.lock().unwrap().insert(number, (step, String::new()));
    }

    fn failed(&self, number: u64, step: u8, error: String) {
        self.failures.fetch_add(1, Ordering::SeqCst);
        self.steps.lock().unwrap().insert(number, (step, error));
    }

    fn quiet_for(&self) -> Duration {
        self.moved.lock().unwrap().elapsed()
    }

    fn stuck(&self) -> String {
        let steps = self.steps.lock().unwrap();
        let stuck = steps.iter().filter(|(_, (step, _))| *step < STEPS);
        let line = |(number, (step, error)): (&u64, &(u8, String))| {
            format!("story {number} stands at step {step}: {error}")
        };
        stuck.map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A small generator with a seed that is printed: the same seed kills in the same order.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test(flavor = "multi_thread")]
async fn long_stories_end_whatever_is_killed() {
    let mut seed: u64 = rand::random();
    println!("seed {seed}");
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let mut nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let mut postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let settings = prepare(folder, &nats, &postgres);
    services::provision(&settings).await.unwrap();
    let mut processes = Processes::new(folder, &services::ALL);
    let addresses = processes.addresses();
    let issuer = Arc::new(DevelopmentIssuer::create(&folder.join("secrets")).unwrap());
    let now = SystemClock.now();
    let clients = Clients::new(&addresses, issuer, (now + chrono::Duration::hours(2)).timestamp()).unwrap();
    let started = Instant::now();
    while let Err(error) = reference::load(&clients).await {
        processes.revive();
        assert!(started.elapsed() < PATIENCE, "no service answers: {error:#}\n{}", processes.tails());
        tokio::task::yield_now().await;
    }

    println!("services answer");

    let told = Arc::new(Told::default());
    let mut playing = tokio::task::JoinSet::new();
    for number in 0..STORIES {
        let (clients, told) = (clients.clone(), Arc::clone(&told));
        playing.spawn(async move { play(&clients, number, now, &told).await });
    }
    let (mut kills, mut revived, mut stories) = (BTreeMap::<&str, u64>::new(), 0, Vec::<Story>::new());
    let victims = [
        "nats",
        "postgres",
        "registry",
        "reporting",
        "dispatch",
        "assessment",
        "custody",
        "notification",
        "departments",
    ];
    let mut turn = 0_u64;
    while stories.len() < usize::try_from(STORIES).unwrap() {
        // the moment of a kill is random; nothing waits for it
        let moment = Duration::from_millis(200 + next(&mut seed) % 600);
        match tokio::time::timeout(moment, playing.join_next()).await {
            Ok(Some(story)) => stories.push(story.unwrap()),
            Ok(None) => break,
            Err(_) => {
                revived += processes.revive();
                assert!(told.quiet_for() < PATIENCE, "{}\n{}", told.stuck(), processes.tails());
                // everything is killed once, then whatever chance brings, then the stories may end in peace
                let victim = match turn {
                    0..9 => victims[usize::try_from(turn).unwrap()],
                    9..45 => victims[usize::try_from(next(&mut seed) % 9).unwrap()],
                    _ => continue,
                };
                turn += 1;
                *kills.entry(victim).or_default() += 1;
                match victim {
                    "nats" => {
                        nats.kill9().await.unwrap();
                        nats.restart().await.unwrap();
                    }
                    "postgres" => {
                        postgres.kill9().await.unwrap();
                        postgres.restart().await.unwrap();
                    }
                    service => processes.kill_and_restart(service).await,
                }
            }
        }
    }
    let failures = told.failures.load(Ordering::SeqCst);
    let unknown = processes.unknown_outcomes().await;
    println!(
        "stories {}, kills {kills:?}, services revived {revived}, unknown outcomes {unknown}, \
         calls that failed and were sent again {failures}",
        stories.len()
    );
    assert_eq!(stories.len() as u64, STORIES);
    assert!(kills.len() >= victims.len(), "everything was killed: {kills:?}");
    assert!(failures > 0, "the kills were felt");
    assert!(unknown > 0, "no outcome was unknown: the kills hit nothing");

    let log = Log::connect(settings.log.clone()).await.unwrap();
    let commits = exactly_once(&log).await;
    for story in &stories {
        assert!(commits.contains(&format!("kw.custody.case.{}", story.case_id)));
        assert!(commits.contains(&format!("kw.reporting.report.{}", story.report_id)));
    }
    equal::<public_security::Model>(&log, &settings).await;
    equal::<township::Model>(&log, &settings).await;
    equal::<civil_affairs::Model>(&log, &settings).await;
}

/// Plays a story until it ends: a step that failed is sent again, whole, as a client would.
async fn play(clients: &Clients, number: u64, now: chrono::DateTime<chrono::Utc>, told: &Told) -> Story {
    let play = Play { clients, number, now, tell: &|_| {} };
    let (mut story, mut step) = (Story::default(), 0_u8);
    while step < STEPS {
        let done = match step {
            0 => play.register().await.map(|registered| story = registered),
            1 => play.report(&mut story).await,
            2 => play.police(&mut story).await,
            3 => play.acknowledge(&mut story).await,
            4 => play.assess(&mut story).await,
            _ => play.court(&mut story).await,
        };
        let Err(error) = done else {
            step += 1;
            told.step(number, step);
            continue;
        };
        let refused = error.downcast_ref::<tonic::Status>().is_some_and(|status| {
            [tonic::Code::InvalidArgument, tonic::Code::FailedPrecondition, tonic::Code::NotFound]
                .contains(&status.code())
        });
        assert!(!refused, "story {number} was refused at step {step}: {error:#}");
        told.failed(number, step, format!("{error:#}"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    story
}

/// No command wrote twice, revisions and chains are whole. Answers every subject.
async fn exactly_once(log: &Log) -> BTreeSet<String> {
    let last = log.last_position().await.unwrap();
    let mut reader = log.read_after(Position(0));
    let (mut commands, mut revisions) = (BTreeSet::new(), BTreeMap::<String, u64>::new());
    while reader.position() < last {
        let stored = reader.next().await.unwrap();
        let commit: Commit = prost::Message::decode(stored.bytes.clone()).unwrap();
        let next = revisions.entry(commit.subject.clone()).or_insert(1);
        assert_eq!(commit.first_revision, *next, "{} at {}", commit.subject, stored.position);
        *next += commit.events.len() as u64;
        assert!(commands.insert((commit.subject, commit.command_id)), "written twice at {}", stored.position);
    }
    revisions.into_keys().collect()
}

async fn equal<P: Projection>(log: &Log, settings: &Settings) {
    let last = log.last_position().await.unwrap();
    let model = ReadModel::<P>::connect(&settings.database.0, 2).unwrap();
    let (mut memory, mut reader) = (Memory::<P>::default(), log.read_after(Position(0)));
    while reader.position() < last {
        for event in reader.next().await.unwrap().recorded().unwrap() {
            memory.fold(&event);
        }
    }
    while model.checkpoint().await.unwrap() < last {
        tokio::task::yield_now().await;
    }
    assert_eq!(model.differences(&memory).await.unwrap(), Vec::<String>::new(), "{}", P::NAME);
}
