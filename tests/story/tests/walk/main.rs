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
use prost::Message as _;
use prost_reflect::{DescriptorPool, MessageDescriptor};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use raw::{Rpc, rpcs};
use std::collections::{BTreeMap, BTreeSet};
use tonic::Code;

/// Steps that the walk mostly stays with one service and what it is about.
const STAYS: usize = 25;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_random_walk_breaks_nothing() {
    Box::pin(walk(seed(), 500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_a_random_walk_of_thousands_of_steps_breaks_nothing() {
    // in several districts: what one walk has led into a dead end, another has not
    let (seed, mut obeyed) = (seed(), BTreeSet::new());
    for walked in 0..4 {
        obeyed.extend(Box::pin(walk(seed.wrapping_add(walked), 2_000)).await.into_keys());
    }
    let commands = rpcs().into_iter().filter(|rpc| rpc.is_command).count();
    assert!(
        obeyed.len() * 2 > commands,
        "{} of {commands} commands were ever obeyed: {obeyed:?}",
        obeyed.len()
    );
}

/// Walks; answers which commands were obeyed, and how often.
async fn walk(seed: u64, steps: usize) -> BTreeMap<String, usize> {
    let mut district = District::start().await.unwrap();
    // one story told to its end, and others that stand at every stage of it
    district.play(0).whole().await.unwrap();
    for (number, stage) in (1..).zip(0..4) {
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
    let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut known = Known::new(&pool, &district).await;
    let mut welcome = BTreeMap::<String, Vec<usize>>::new();
    let mut obeyed = BTreeMap::<String, usize>::new();
    let callers = people::all();
    let rpcs: Vec<(Rpc, MessageDescriptor)> = rpcs()
        .into_iter()
        .filter(|rpc| !rpc.streams)
        .map(|rpc| {
            let input = pool.get_message_by_name(&rpc.input).unwrap();
            (rpc, input)
        })
        .collect();
    let (commands, queries): (Vec<_>, Vec<_>) = rpcs.iter().partition(|(rpc, _)| rpc.is_command);
    let mut service = String::new();
    for step in 0..steps {
        if step % 5 == 0 {
            known.learn().await;
        }
        if rng.random_bool(0.03) {
            district.advance(chrono::Duration::hours(rng.random_range(1..72)));
        }
        let some = if rng.random_bool(0.9) { &commands } else { &queries };
        if step % STAYS == 0 {
            known.turn();
            service = some[rng.random_range(0..some.len())].0.service().to_owned();
        }
        let near: Vec<_> = some.iter().filter(|(rpc, _)| rpc.service() == service).collect();
        let (rpc, input) = match near.len() {
            0 => some[rng.random_range(0..some.len())],
            _ if rng.random_bool(0.2) => some[rng.random_range(0..some.len())],
            count => near[rng.random_range(0..count)],
        };
        let request = requests::any(input, &pool, &mut known, district.now(), &mut rng).encode_to_vec();
        // who was let in to this rpc, or at least to its service
        let let_in = [rpc.path.as_str(), rpc.service()].into_iter().find_map(|name| welcome.get(name));
        let caller = match let_in {
            Some(let_in) if rng.random_bool(0.85) => let_in[rng.random_range(0..let_in.len())],
            _ => rng.random_range(0..callers.len()),
        };
        let channel = district.clients.channel(&rpc.context, &callers[caller]).unwrap();
        let answer = raw::call(channel, &rpc.path, request.clone()).await;
        let code = answer.as_ref().err().map_or(Code::Ok, tonic::Status::code);
        assert!(
            HONEST.contains(&code),
            "seed {seed}, step {step}, {} by {}: {answer:?}\n{}",
            rpc.path,
            callers[caller].department,
            requests::text(input, &request)
        );
        if ![Code::PermissionDenied, Code::InvalidArgument].contains(&code) {
            for name in [rpc.path.as_str(), rpc.service()] {
                welcome.entry(name.to_owned()).or_default().push(caller);
            }
        }
        if code == Code::Ok && rpc.is_command {
            *obeyed.entry(rpc.path.clone()).or_default() += 1;
        }
    }
    known.learn().await;
    let asked: Vec<&str> = commands.iter().map(|(rpc, _)| rpc.path.as_str()).collect();
    let never: Vec<&&str> = asked.iter().filter(|path| !obeyed.contains_key(**path)).collect();
    println!(
        "{steps} steps, {} commands obeyed {} times, log at {}; never obeyed: {never:#?}",
        obeyed.len(),
        obeyed.values().sum::<usize>(),
        known.position()
    );
    assert!(obeyed.values().sum::<usize>() * 20 > steps, "hardly anything was obeyed");
    assert!(known.ended() > 0, "no clock ended");
    assert_eq!(district.differences().await, Vec::<String>::new(), "seed {seed}");

    let questions: Vec<(&Rpc, Vec<u8>)> = std::iter::repeat_n(&queries, 4)
        .flatten()
        .map(|(rpc, input)| {
            known.turn();
            (rpc, requests::any(input, &pool, &mut known, district.now(), &mut rng).encode_to_vec())
        })
        .collect();
    let before = answers(&district, &questions).await;
    for name in kinward::services::ALL.iter().copied() {
        district.stop_service(name).await;
        district.start_service(name).await.unwrap();
    }
    let after = answers(&district, &questions).await;
    let differ: BTreeSet<&str> = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other)
        .map(|((path, _), _)| path.as_str())
        .collect();
    assert_eq!(
        differ,
        BTreeSet::new(),
        "seed {seed}: answered otherwise by services that were started again"
    );
    obeyed
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
