//! What a command needs of a sealer: it waits for keys, and its actor is one person within an aggregate and nobody outside.

use crate::counter::{Command, call, counters_sealed_by};
use kinward_contracts::SealedFields;
use kinward_contracts::r#type::v1::{Sealed, Suite};
use kinward_eventlog::{Call, Log};
use kinward_eventsourcing::{SealError, Sealer, Subject, SystemClock};
use kinward_testkit::TestLog;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Seals nothing in truth, but says by which key: a new one for each person it is told no key for.
#[derive(Default)]
struct Numbered {
    keys: AtomicUsize,
    /// So often it has no key.
    refusals: AtomicUsize,
}

impl Sealer for Numbered {
    fn seal(
        &self,
        fields: &mut dyn SealedFields,
        _: &str,
        _: &str,
        keys: &BTreeMap<String, String>,
    ) -> Result<(), SealError> {
        let take = |left: usize| left.checked_sub(1);
        if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
            return Err(SealError("none".to_owned()));
        }
        fields.visit_sealed("", &mut |_, _, sealed| {
            let fresh = || format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst));
            sealed.key_id = keys.get(&sealed.person_id).cloned().unwrap_or_else(fresh);
            sealed.set_suite(Suite::Aes256GcmSiv);
        });
        Ok(())
    }
}

fn by_officer(request: &str) -> Call {
    let mut call = call(request, "");
    call.actor.person = Some(Sealed::plain("keyed-hash-of-the-officer", "officer"));
    call
}

/// Person and key of each commit's actor.
async fn actors(log: &Log, id: &str) -> Vec<(String, String)> {
    let events = log.history(&Subject::new("test.counter", id).unwrap()).await.unwrap();
    let actor = |event: &kinward_eventsourcing::Recorded| {
        let person = event.commit.actor.clone().unwrap().person.unwrap();
        (person.person_id, person.key_id)
    };
    events.iter().map(actor).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_waits_for_keys() {
    let server = TestLog::start().await;
    let sealer = Arc::new(Numbered { refusals: AtomicUsize::new(3), ..Numbered::default() });
    let handler = counters_sealed_by(&server.log().await, Arc::new(SystemClock), sealer.clone());
    handler.execute(&by_officer("1"), "a", &Command::Count(1)).await.unwrap();
    assert_eq!(sealer.refusals.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_actor_is_one_person_within_an_aggregate_and_nobody_outside_of_it() {
    let server = TestLog::start().await;
    let log = server.log().await;
    let handler = counters_sealed_by(&log, Arc::new(SystemClock), Arc::new(Numbered::default()));
    for (request, id) in [("1", "a"), ("2", "a"), ("3", "b")] {
        handler.execute(&by_officer(request), id, &Command::Count(1)).await.unwrap();
    }
    let parts = ["a", "c", "d"].map(|id| handler.part(id, Command::Count(1)).unwrap());
    log.transact(&by_officer("4"), &parts).await.unwrap();
    let (a, b) = (actors(&log, "a").await, actors(&log, "b").await);
    assert!(a.iter().all(|actor| *actor == a[0]), "one person, one key: {a:?}");
    assert!(a[0].0 != b[0].0 && a[0].1 != b[0].1, "and nobody elsewhere: {a:?} {b:?}");
    // one command takes one key for its actor, and not the one that an aggregate remembers
    let (c, d) = (actors(&log, "c").await, actors(&log, "d").await);
    assert!(c[0].1 == d[0].1 && c[0].0 != d[0].0, "{c:?} {d:?}");
    assert_ne!(c[0].1, a[0].1);
}
