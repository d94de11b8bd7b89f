//! A random walk over every command of every service: whatever is asked in whatever order, nothing ends in INTERNAL, the
//! log stays whole, every clock ends at most once, read models equal a fold of the log, and services that are started
//! again answer as before.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]
#![expect(clippy::print_stdout, reason = "a random run prints its seed and what it met")]

mod known;
#[path = "../raw/mod.rs"]
mod raw;
mod requests;

use kinward::people;
use kinward_contracts_grpc::DESCRIPTORS;
use kinward_story::District;
use kinward_testkit::seed;
use known::Known;
use proptest::prelude::{BoxedStrategy, Just, Strategy as _, any};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use raw::{Rpc, rpcs};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::Code;
use tonic_types::StatusExt as _;

/// About so many steps the walk mostly stays with one service.
const STAYS: u32 = 60;
/// So many refusals in a row make it turn to something else.
const FRUITLESS: u32 = 8;

/// What a caller may be answered: obeyed, or refused for a reason of its own making.
const HONEST: [Code; 8] = [
    Code::Ok,
    Code::InvalidArgument,
    Code::NotFound,
    Code::AlreadyExists,
    Code::PermissionDenied,
    Code::FailedPrecondition,
    Code::OutOfRange,
    Code::Aborted,
];

/// Which commands were obeyed, and how often; a failed walk that is made shorter counts on.
static OBEYED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
/// Why commands were refused, and how often each time.
static REFUSED: Mutex<BTreeMap<String, BTreeMap<String, usize>>> = Mutex::new(BTreeMap::new());
/// How many clocks have ended.
static ENDED: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_random_walk_breaks_nothing() {
    let obeyed = walk(seed(), 500, Duration::from_secs(60));
    assert!(obeyed.values().sum::<usize>() * 20 > 500, "hardly anything was obeyed");
    assert!(ENDED.load(Ordering::Relaxed) > 0, "no clock ended");
}

#[test]
fn long_a_random_walk_of_thousands_of_steps_breaks_nothing() {
    // in several districts: what one walk has led into a dead end, another has not
    let (seed, mut obeyed) = (seed(), BTreeSet::new());
    for walked in 0..4 {
        obeyed.extend(walk(seed.wrapping_add(walked), 2_000, Duration::from_secs(600)).into_keys());
    }
    let commands: BTreeSet<String> =
        rpcs().into_iter().filter(|rpc| rpc.is_command).map(|rpc| rpc.path).collect();
    let never: Vec<&String> = commands.difference(&obeyed).collect();
    println!("{} of {} commands were obeyed; never:", obeyed.len(), commands.len());
    let refused = REFUSED.lock().unwrap();
    for path in never {
        let most = refused.get(path).and_then(|why| why.iter().max_by_key(|(_, count)| **count));
        println!("{path}: {}", most.map_or("not asked", |(why, _)| why));
    }
    assert!(obeyed.len() * 2 > commands.len(), "most commands were never obeyed");
}

/// Walks, and looks for a shorter walk that fails too, no longer than `shrinking`. Answers which commands were obeyed.
fn walk(seed: u64, steps: usize, shrinking: Duration) -> BTreeMap<String, usize> {
    OBEYED.lock().unwrap().clear();
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: u32::MAX,
        max_shrink_time: u32::try_from(shrinking.as_millis()).unwrap(),
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let walks = Anything::sequential_strategy(steps);
    let walked = runner.run(&walks, |(start, steps, seen)| {
        Walk::test_sequential(config.clone(), start, steps, seen);
        Ok(())
    });
    walked.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    OBEYED.lock().unwrap().clone()
}

/// The model: anything may be asked at any time; what must hold then, the log and the answers tell.
struct Anything;

/// One step: what is asked follows from this number and from what is known by then.
#[derive(Clone, Copy, Debug)]
struct Step(u64);

impl ReferenceStateMachine for Anything {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        any::<u64>().no_shrink().prop_map(Step).boxed()
    }

    fn apply((): (), _: &Step) {}
}

impl StateMachineTest for Walk {
    type SystemUnderTest = Self;
    type Reference = Anything;

    fn init_test((): &()) -> Self {
        let runtime = Runtime::new().unwrap();
        let district = runtime.block_on(Box::pin(district()));
        let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
        let known = runtime.block_on(Known::new(&pool, &district));
        let all = rpcs().into_iter().filter(|rpc| !rpc.streams).map(|rpc| {
            let input = pool.get_message_by_name(&rpc.input).unwrap();
            (rpc, input)
        });
        let (commands, queries) = all.partition(|(rpc, _)| rpc.is_command);
        let (service, let_in, asked) = (String::new(), BTreeMap::new(), BTreeMap::new());
        let (may, fruitless) = (BTreeMap::new(), 0);
        Self {
            district,
            known,
            commands,
            queries,
            service,
            let_in,
            may,
            fruitless,
            asked,
            steps: 0,
            pool,
            runtime,
        }
    }

    fn apply(mut walk: Self, (): &(), Step(seed): Step) -> Self {
        let runtime = walk.runtime.handle().clone();
        runtime.block_on(walk.step(&mut StdRng::seed_from_u64(seed)));
        walk
    }

    fn teardown(mut walk: Self, (): ()) {
        let runtime = walk.runtime.handle().clone();
        runtime.block_on(Box::pin(walk.end()));
        // its servers end with the district, inside of the runtime
        let Self { district, runtime, .. } = walk;
        runtime.block_on(async { drop(district) });
    }
}

/// A district that is walked through.
struct Walk {
    district: District,
    known: Known,
    commands: Vec<(Rpc, MessageDescriptor)>,
    queries: Vec<(Rpc, MessageDescriptor)>,
    /// What the walk mostly stays with.
    service: String,
    /// Whether a caller was ever let in to an rpc.
    let_in: BTreeMap<(String, usize), bool>,
    /// Departments that may call an rpc, as a refusal told.
    may: BTreeMap<String, String>,
    /// Refusals in a row.
    fruitless: u32,
    /// How often each rpc was asked, and obeyed, by what had happened last to what the walk is about.
    asked: BTreeMap<(String, String), (u32, u32)>,
    steps: usize,
    pool: DescriptorPool,
    runtime: Runtime,
}

/// One story told to its end, and others that stand at every stage of it.
async fn district() -> District {
    let district = District::start().await.unwrap();
    district.play(0).whole().await.unwrap();
    for (number, stage) in (1..).zip([0, 0, 0, 1, 2, 3]) {
        let play = district.play(number);
        let mut story = play.register().await.unwrap();
        play.report(&mut story).await.unwrap();
        if stage > 0 {
            play.police(&mut story).await.unwrap();
        }
        if stage > 1 {
            play.acknowledge(&mut story).await.unwrap();
        }
        if stage > 2 {
            play.assess(&mut story).await.unwrap();
        }
    }
    district
}

impl Walk {
    async fn step(&mut self, rng: &mut StdRng) {
        if self.steps.is_multiple_of(2) {
            self.known.learn().await;
        }
        self.steps += 1;
        if rng.random_bool(0.03) {
            self.district.advance(chrono::Duration::hours(rng.random_range(1..72)));
        }
        let some = if rng.random_bool(0.9) { &self.commands } else { &self.queries };
        if self.fruitless > FRUITLESS {
            self.known.turn();
            self.fruitless = 0;
        }
        if self.service.is_empty() || rng.random_ratio(1, STAYS) {
            self.known.turn();
            some[rng.random_range(0..some.len())].0.service().clone_into(&mut self.service);
        }
        let near: Vec<_> = some.iter().filter(|(rpc, _)| rpc.service() == self.service).collect();
        let stage = self.known.stage();
        // what was not asked at this stage yet, or what was obeyed there, rather than what is refused there again and again
        let promising = near.choose_weighted(rng, |(rpc, _)| {
            let (asked, obeyed) =
                self.asked.get(&(stage.clone(), rpc.path.clone())).copied().unwrap_or_default();
            if asked < 4 { 8 } else { 1 + 12 * obeyed / asked }
        });
        let (rpc, input) = match promising {
            Ok(near) if rng.random_bool(0.85) => near,
            _ => &some[rng.random_range(0..some.len())],
        };
        // who was let in to this rpc, or was not turned away yet
        let callers = people::all();
        let who: Vec<usize> = (0..callers.len()).collect();
        let may = self.may.get(&rpc.path).map(String::as_str).unwrap_or_default();
        let likely = |caller: &usize| match self.let_in.get(&(rpc.path.clone(), *caller)) {
            None if may.is_empty() || may.split(", ").any(|name| name == callers[*caller].department) => 12,
            Some(true) => 40,
            _ => 1,
        };
        let caller = *who.choose_weighted(rng, likely).unwrap();
        let (now, unit) = (self.district.now(), &callers[caller].unit);
        let request = requests::any(input, (rpc.service(), unit), &self.pool, &mut self.known, now, rng)
            .encode_to_vec();
        let channel = self.district.clients.channel(&rpc.context, &callers[caller]).unwrap();
        let answer = raw::call(channel, &rpc.path, request.clone()).await;
        let code = answer.as_ref().err().map_or(Code::Ok, tonic::Status::code);
        assert!(
            HONEST.contains(&code),
            "step {}, {} by {}: {answer:?}\n{}",
            self.steps,
            rpc.path,
            callers[caller].department,
            requests::text(input, &request)
        );
        let output = self.pool.get_message_by_name(&rpc.output).unwrap();
        let told =
            answer.as_ref().ok().map(|answer| DynamicMessage::decode(output, answer.as_slice()).unwrap());
        self.known.answered(rpc.service(), code, told.as_ref());
        self.fruitless = if code == Code::Ok { 0 } else { self.fruitless + 1 };
        let refusal = answer.as_ref().err().and_then(tonic::Status::get_details_error_info);
        if let Some(may) = refusal.and_then(|info| info.metadata.get("departments").cloned()) {
            self.may.insert(rpc.path.clone(), may);
        }
        if code != Code::InvalidArgument {
            let let_in = self.let_in.entry((rpc.path.clone(), caller)).or_default();
            *let_in |= code != Code::PermissionDenied;
        }
        if let Err(status) = &answer {
            let why = format!("{code:?}: {}", status.message());
            *REFUSED.lock().unwrap().entry(rpc.path.clone()).or_default().entry(why).or_default() += 1;
        }
        let (asked, obeyed) = self.asked.entry((stage, rpc.path.clone())).or_default();
        *asked += u32::from(code != Code::PermissionDenied);
        *obeyed += u32::from(code == Code::Ok);
        if code == Code::Ok && rpc.is_command {
            *OBEYED.lock().unwrap().entry(rpc.path.clone()).or_default() += 1;
        }
    }

    /// What must hold at the end: the log is whole, read models equal a fold of it, and services that are started again
    /// answer as before.
    async fn end(&mut self) {
        self.known.learn().await;
        println!("{} steps, log at {}", self.steps, self.known.position());
        ENDED.fetch_add(self.known.ended(), Ordering::Relaxed);
        assert_eq!(self.district.differences().await, Vec::<String>::new());
        let (now, rng) = (self.district.now(), &mut StdRng::seed_from_u64(0));
        let questions: Vec<(&Rpc, Vec<u8>)> = std::iter::repeat_n(&self.queries, 4)
            .flatten()
            .map(|(rpc, input)| {
                self.known.turn();
                (
                    rpc,
                    requests::any(input, (rpc.service(), ""), &self.pool, &mut self.known, now, rng)
                        .encode_to_vec(),
                )
            })
            .collect();
        let before = answers(&self.district, &questions).await;
        for name in kinward::services::ALL.iter().copied() {
            self.district.stop_service(name).await;
            self.district.start_service(name).await.unwrap();
        }
        let after = answers(&self.district, &questions).await;
        let differ: BTreeSet<&str> = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| one != other)
            .map(|((path, _), _)| path.as_str())
            .collect();
        assert_eq!(differ, BTreeSet::new(), "answered otherwise by services that were started again");
    }
}

/// What everybody is answered to the same questions.
async fn answers(district: &District, questions: &[(&Rpc, Vec<u8>)]) -> Vec<(String, Result<Vec<u8>, Code>)> {
    district.settled().await;
    let mut answers = Vec::new();
    for (rpc, request) in questions {
        for caller in people::all() {
            let channel = district.clients.channel(&rpc.context, &caller).unwrap();
            let answer = raw::call(channel, &rpc.path, request.clone()).await;
            answers.push((rpc.path.clone(), answer.map_err(|status| status.code())));
        }
    }
    answers
}
