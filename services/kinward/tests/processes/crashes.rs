//! Services, NATS and PostgreSQL are killed at random moments while many stories are played. Every acknowledged command
//! is in the log exactly once, every story ends, and read models equal a fold of the log.

use crate::running::{Processes, prepare};
use kinward::clients::Clients;
use kinward::story::{Play, Story};
use kinward::{reference, services};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Clock as _, Position, SystemClock};
use kinward_local::{Nats, NatsOptions, Postgres};
use kinward_testkit::{Chains, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
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

/// Events by type and subject.
type Facts = BTreeMap<String, BTreeMap<String, usize>>;

#[tokio::test(flavor = "multi_thread")]
async fn long_stories_end_whatever_is_killed() {
    let mut chance = StdRng::seed_from_u64(seed());
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let mut nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
    let mut postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
    let settings = prepare(folder, &nats, &postgres);
    services::provision(&settings).await.unwrap();
    let mut processes = Processes::new(folder, services::ALL);
    let (clients, now) = (processes.clients(), SystemClock.now());
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
    let victims: Vec<&str> = ["nats", "postgres"].into_iter().chain(services::ALL.iter().copied()).collect();
    let mut turn = 0;
    while stories.len() < usize::try_from(STORIES).unwrap() {
        // the moment of a kill is random; nothing waits for it
        let moment = Duration::from_millis(chance.random_range(200..800));
        match tokio::time::timeout(moment, playing.join_next()).await {
            Ok(Some(story)) => stories.push(story.unwrap()),
            Ok(None) => break,
            Err(_) => {
                revived += processes.revive();
                assert!(told.quiet_for() < PATIENCE, "{}\n{}", told.stuck(), processes.tails());
                // everything is killed once, then whatever chance brings, then the stories may end in peace
                let victim = match turn {
                    turn if turn < victims.len() => victims[turn],
                    turn if turn < 5 * victims.len() => victims[chance.random_range(0..victims.len())],
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
    // every command of a story was acknowledged, some after they were sent again: one that nothing disturbed tells which
    // facts that makes
    let undisturbed = play(&clients, STORIES, now, &told).await;
    let of = |story: &Story, facts: &Facts| -> Vec<BTreeMap<String, usize>> {
        let mut all: Vec<_> =
            aggregates(story).iter().map(|subject| facts.get(subject).cloned().unwrap_or_default()).collect();
        all.sort();
        all
    };
    // Kinward's own reactions follow a command's answer
    let (started, mut all) = (Instant::now(), facts(&log).await);
    while stories.iter().any(|story| of(story, &all) != of(&undisturbed, &all))
        && started.elapsed() < PATIENCE
    {
        // looks again when there is more
        let mut more = log.read_after(log.last_position().await.unwrap());
        let _ = tokio::time::timeout(Duration::from_secs(1), more.next()).await;
        all = facts(&log).await;
    }
    for story in &stories {
        assert_eq!(of(story, &all), of(&undisturbed, &all), "{story:?}");
    }
    assert!(of(&undisturbed, &all).iter().all(|facts| !facts.is_empty()), "{undisturbed:?}");
    // each child has claimed its identity once
    let claims = all.keys().filter(|subject| subject.starts_with("kw.registry.identity.")).count();
    assert_eq!(claims as u64, STORIES + 1);
    for (service, left_out) in processes.left_out().await {
        assert_eq!(left_out, Some(0), "{service} left something undone, or does not answer");
    }
    assert_eq!(kinward_story::differences(&settings).await, Vec::<String>::new());
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

/// The aggregates that a story is about: what its callers wrote to, and the notices that Kinward wrote of it.
fn aggregates(story: &Story) -> Vec<String> {
    // a step that was played again has met them again
    let notices: BTreeSet<&String> = story.notices.iter().collect();
    let notices = notices.into_iter().map(|notice| format!("kw.notification.notice.{notice}"));
    [
        format!("kw.registry.child.{}", story.child_id),
        format!("kw.reporting.report.{}", story.report_id),
        format!("kw.dispatch.incident.{}", story.incident_id),
        format!("kw.assessment.assessment.{}", story.assessment_id),
        format!("kw.custody.case.{}", story.case_id),
    ]
    .into_iter()
    .chain(notices)
    .collect()
}

/// How often each type of event was recorded, by subject, by callers and by Kinward itself, but for clocks: what became of
/// those depends on the time. No command wrote twice, and every chain is whole.
async fn facts(log: &Log) -> Facts {
    let last = log.last_position().await.unwrap();
    let mut reader = log.read_after(Position(0));
    let (mut chains, mut facts) = (Chains::default(), BTreeMap::<_, BTreeMap<_, _>>::new());
    while reader.position() < last {
        let commit = chains.follow(&reader.next().await.unwrap());
        let of_one = facts.entry(commit.subject).or_default();
        for event in commit.events.into_iter().filter(|event| !event.r#type.contains(".type.v1.Clock")) {
            *of_one.entry(event.r#type).or_default() += 1;
        }
    }
    facts
}
