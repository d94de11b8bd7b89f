//! Sealing with real keys from a real keyring, through its outage, restarts and destruction.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use kinward_contracts::EventMessage as _;
use kinward_contracts::SealedFields as _;
use kinward_contracts::registry::v1::{ChildEvent, ChildRegistered, child_event::Event};
use kinward_contracts::r#type::v1::{Sealed, Suite};
use kinward_eventsourcing::Sealer as _;
use kinward_privacy::{KeyPool, KeyProvider, Keyring, OpenError, Opener, PoolSealer, Secrets};
use kinward_testkit::TestDatabase;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

const SUBJECT: &str = "kw.registry.child.c1";

fn child(name: &str) -> ChildEvent {
    let registered = ChildRegistered {
        name: Some(Sealed::plain("c1", name)),
        birth_date: Some(Sealed::plain("c1", "2015-03-04")),
        ..ChildRegistered::default()
    };
    registered.into()
}

fn name_of(event: &ChildEvent) -> Sealed {
    match &event.event {
        Some(Event::ChildRegistered(registered)) => registered.name.clone().unwrap(),
        _ => panic!("not a registration: {}", event.event_type()),
    }
}

struct Keys {
    keyring: Keyring,
    provider: Arc<dyn KeyProvider>,
    secrets: Secrets,
}

async fn keys(database: &TestDatabase, folder: &Path) -> Keys {
    let secrets = Secrets::create(folder).unwrap();
    let provider: Arc<dyn KeyProvider> = Arc::new(secrets.provider().unwrap());
    Keyring::provision(&database.url()).await.unwrap();
    let keyring = Keyring::connect(&database.url(), Arc::clone(&provider)).unwrap();
    Keys { keyring, provider, secrets }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_opens_in_its_place_only_and_is_erased_with_its_key() {
    let (database, folder) = (TestDatabase::start().await, tempfile::tempdir().unwrap());
    let Keys { keyring, provider, .. } = keys(&database, folder.path()).await;
    let pool = Arc::new(KeyPool::open(&folder.path().join("pool"), 64, provider).await.unwrap());
    assert_eq!(pool.refill(&keyring, "test").await.unwrap(), 64);
    let sealer = PoolSealer::new(pool, None);
    let opener = Opener::new(keyring.clone());

    let mut event = child("周小满");
    sealer.seal(&mut event, SUBJECT, "e1", &BTreeMap::new()).unwrap();
    let mut fields = Vec::new();
    event.visit_sealed("", &mut |path, _, sealed| fields.push((path.to_owned(), sealed.clone())));
    assert_eq!(fields.len(), 2);
    assert!(fields.iter().all(|(_, sealed)| !sealed.is_plain()));
    assert_eq!(fields[0].1.key_id, fields[1].1.key_id, "one person, one key");
    let sealed = name_of(&event);
    assert_eq!(opener.open(&sealed).await.unwrap().as_str(), "周小满");

    // the same text seals differently every time; more of the person's data uses the same key
    let mut again = child("周小满");
    let known = BTreeMap::from([("c1".to_owned(), sealed.key_id.clone())]);
    sealer.seal(&mut again, SUBJECT, "e2", &known).unwrap();
    assert_eq!(name_of(&again).key_id, sealed.key_id);
    assert_ne!(name_of(&again).ciphertext, sealed.ciphertext);

    for change in [
        (|sealed: &mut Sealed| sealed.person_id = "c2".to_owned()) as fn(&mut Sealed),
        |sealed| sealed.binding.as_mut().unwrap().field = "birth_date".to_owned(),
        |sealed| sealed.binding.as_mut().unwrap().event_id = "e2".to_owned(),
        |sealed| sealed.ciphertext[0] ^= 1,
    ] {
        let mut moved = sealed.clone();
        change(&mut moved);
        let opened = opener.open(&moved).await;
        assert!(matches!(opened, Err(OpenError::Tampered)), "{opened:?}");
    }
    assert!(!format!("{:?}", child("周小满")).contains("周小满"));

    keyring.destroy(std::slice::from_ref(&sealed.key_id)).await.unwrap();
    assert!(matches!(opener.open(&sealed).await, Err(OpenError::Erased)));
    assert_eq!(opener.text(Some(&sealed)).await.unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_never_hands_a_key_out_twice_whatever_it_lives_through() {
    let (database, folder) = (TestDatabase::start().await, tempfile::tempdir().unwrap());
    let Keys { keyring, provider, .. } = keys(&database, folder.path()).await;
    let place = folder.path().join("pool");
    let mut seen = BTreeSet::new();
    for round in 0..6 {
        // dropped at the end of each round without a word, as in a crash
        let pool = KeyPool::open(&place, 100, Arc::clone(&provider)).await.unwrap();
        if round % 2 == 0 {
            pool.refill(&keyring, "test").await.unwrap();
        }
        for _ in 0..37 {
            if let Some((key_id, _)) = pool.take() {
                assert!(seen.insert(key_id), "handed out twice");
            }
        }
    }
    assert!(seen.len() > 100);

    // a mark that does not read says nothing of what was handed out: nothing is
    KeyPool::open(&place, 100, Arc::clone(&provider)).await.unwrap().refill(&keyring, "test").await.unwrap();
    std::fs::write(place.join("mark.json"), "{").unwrap();
    let pool = KeyPool::open(&place, 100, Arc::clone(&provider)).await.unwrap();
    assert_eq!((pool.status().level, pool.take().is_none()), (0, true));
    assert_eq!(pool.refill(&keyring, "test").await.unwrap(), 100);
    let (key_id, _) = pool.take().unwrap();
    assert!(seen.insert(key_id), "handed out twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_is_one_process_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let provider: Arc<dyn KeyProvider> =
        Arc::new(Secrets::create(folder.path()).unwrap().provider().unwrap());
    let place = folder.path().join("pool");
    let first = KeyPool::open(&place, 4, Arc::clone(&provider)).await.unwrap();
    let Err(second) = KeyPool::open(&place, 4, Arc::clone(&provider)).await else { panic!("both have it") };
    assert!(second.to_string().contains("instance"), "it says what to do: {second}");
    drop(first);
    KeyPool::open(&place, 4, provider).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_loses_few_keys_of_a_quiet_pool_and_none_of_a_file_is_forgotten() {
    let (database, folder) = (TestDatabase::start().await, tempfile::tempdir().unwrap());
    let Keys { keyring, provider, .. } = keys(&database, folder.path()).await;
    let place = folder.path().join("pool");
    let (mut seen, mut lost) = (BTreeSet::new(), 0);
    // two refills are two files
    for capacity in [40, 100] {
        let pool = KeyPool::open(&place, capacity, Arc::clone(&provider)).await.unwrap();
        pool.refill(&keyring, "test").await.unwrap();
    }
    for _ in 0..40 {
        let pool = KeyPool::open(&place, 100, Arc::clone(&provider)).await.unwrap();
        let before = pool.status().level;
        let Some((key_id, _)) = pool.take() else { break };
        assert!(seen.insert(key_id), "handed out twice");
        drop(pool);
        let pool = KeyPool::open(&place, 100, Arc::clone(&provider)).await.unwrap();
        let gone = before - pool.status().level;
        assert!((1..=32).contains(&gone), "{gone} keys gone for one");
        lost += gone - 1;
    }
    assert_eq!(seen.len() + lost, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keyring_away_the_pool_lasts_over_a_restart_and_then_the_escrow_serves() {
    let (mut database, folder) = (TestDatabase::start().await, tempfile::tempdir().unwrap());
    let Keys { keyring, provider, secrets } = keys(&database, folder.path()).await;
    let place = folder.path().join("pool");
    KeyPool::open(&place, 2, Arc::clone(&provider)).await.unwrap().refill(&keyring, "test").await.unwrap();
    database.kill().await;

    let pool = Arc::new(KeyPool::open(&place, 2, Arc::clone(&provider)).await.unwrap());
    assert_eq!(pool.status().level, 2);
    assert!(pool.take().is_some() && pool.take().is_some());
    assert!(pool.refill(&keyring, "test").await.is_err());
    let mut event = child("周小满");
    let refusing = PoolSealer::new(Arc::clone(&pool), None);
    assert!(refusing.seal(&mut event, SUBJECT, "e1", &BTreeMap::new()).is_err(), "what can wait does");
    let sealer = PoolSealer::new(Arc::clone(&pool), Some(secrets.escrow().unwrap()));
    let mut event = child("周小满");
    let seal = |event: &mut ChildEvent| sealer.seal(event, SUBJECT, "e1", &BTreeMap::new());
    assert!(seal(&mut event).is_err(), "the keyring may fill the pool in a moment");
    while seal(&mut event).is_err() {
        std::thread::yield_now();
    }
    let sealed = name_of(&event);
    assert_eq!((sealed.suite(), sealer.escrowed()), (Suite::EscrowAes256GcmSiv, 1));

    // people see that there is something, nothing is decided as if there were not, and what is recovered opens
    database.restart().await;
    let opener = Opener::new(keyring.clone());
    assert!(matches!(opener.open(&sealed).await, Err(OpenError::Escrowed)));
    assert_eq!(opener.text(Some(&sealed)).await.unwrap(), kinward_privacy::IN_ESCROW);
    assert!(opener.value(Some(&sealed)).await.is_err());
    let (key_id, key) = secrets.escrow_opener().unwrap().key_of(&sealed).unwrap();
    assert_eq!(key_id, sealed.key_id);
    assert!(keyring.keep("test", &key_id, &key).await.unwrap());
    assert!(!keyring.keep("test", &key_id, &key).await.unwrap());
    assert_eq!(opener.open(&sealed).await.unwrap().as_str(), "周小满");
    keyring.destroy(std::slice::from_ref(&key_id)).await.unwrap();
    assert!(!keyring.keep("test", &key_id, &key).await.unwrap());
    assert!(matches!(opener.open(&sealed).await, Err(OpenError::Erased)), "what was destroyed stays so");
}

#[test]
fn search_tokens_have_a_key_of_their_own_and_are_equal_for_equal_text_of_one_kind_only() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let here = Secrets::create(one.path()).unwrap().hashing().unwrap();
    let there = Secrets::create(other.path()).unwrap().hashing().unwrap();
    let token = here.token("name", "陈小满");
    assert_eq!(token, here.token("name", "陈小满"));
    assert_ne!(token, here.token("sound", "陈小满"));
    assert_ne!(token, here.token("name", "陈小曼"));
    assert_ne!(token, there.token("name", "陈小满"));
    assert!(token.starts_with("name.1.") && !token.contains('陈'));
}
