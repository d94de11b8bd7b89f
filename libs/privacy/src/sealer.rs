//! Seals the plain fields of events, on the way to the log.

use crate::aead::{NONCE, associated, encrypt};
use crate::{DataKey, Escrow, KeyPool, escrow};
use kinward_contracts::SealedFields;
use kinward_contracts::r#type::v1::{Binding, Sealed, Suite};
use kinward_eventsourcing::{SealError, Sealer};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys in use kept in memory, to seal more of the same person's data.
const CACHED: u64 = 50_000;

/// How often the pool is looked at by who waits for keys.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How long an empty pool is waited for before the escrow serves: with the keyring there, it is filled again by then.
const EMPTY: Duration = Duration::from_millis(500);

/// Seals with keys of the pool, and, where emergencies come in, with the escrow when the pool stays empty.
pub struct PoolSealer {
    pool: Arc<KeyPool>,
    escrow: Option<Escrow>,
    in_use: moka::sync::Cache<String, Arc<DataKey>>,
    escrowed: AtomicU64,
    /// Since when the pool has had no key for anybody.
    empty: Mutex<Option<Instant>>,
}

/// The key of one person within one event.
enum Chosen {
    Minted(String, Arc<DataKey>),
    Escrowed(DataKey, Vec<u8>),
}

impl PoolSealer {
    /// A sealer. It refuses when the pool is empty; with an escrow only until it has been so for half a second.
    pub fn new(pool: Arc<KeyPool>, escrow: Option<Escrow>) -> Self {
        Self {
            pool,
            escrow,
            in_use: moka::sync::Cache::new(CACHED),
            escrowed: AtomicU64::new(0),
            empty: Mutex::new(None),
        }
    }

    /// Waits until so many keys are at hand: for who can wait, so that bulk never uses up the keys of who cannot. More
    /// than half of the pool is not waited for, since it is filled again only then.
    pub async fn at_hand(&self, keys: usize) {
        while self.pool.status().level < keys.min(self.most_at_once()) {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Keys that may be counted on at once.
    pub fn most_at_once(&self) -> usize {
        self.pool.status().capacity / 2
    }

    /// How many values were sealed to the escrow, because no key was at hand.
    pub fn escrowed(&self) -> u64 {
        self.escrowed.load(Ordering::Relaxed)
    }

    fn choose(&self, person: &str, keys: &BTreeMap<String, String>) -> Result<Chosen, SealError> {
        // a key that this process has not used is as good as none: a person may have several
        if let Some(key) = keys.get(person).and_then(|key_id| self.in_use.get(key_id)) {
            return Ok(Chosen::Minted(keys[person].clone(), key));
        }
        let taken = self.pool.take();
        let empty_for = self.empty_for(taken.is_none());
        if let Some((key_id, key)) = taken {
            self.in_use.insert(key_id.clone(), Arc::clone(&key));
            return Ok(Chosen::Minted(key_id, key));
        }
        let escrow = self.escrow.as_ref().filter(|_| empty_for >= EMPTY);
        let escrow = escrow.ok_or_else(|| SealError("no key is at hand".to_owned()))?;
        self.escrowed.fetch_add(1, Ordering::Relaxed);
        tracing::error!("no key at hand: sealing to the escrow");
        let (key, sealed) =
            escrow.fresh().ok_or_else(|| SealError("the escrow key is unusable".to_owned()))?;
        Ok(Chosen::Escrowed(key, sealed))
    }

    /// Notes whether the pool was empty just now; answers for how long it has been.
    fn empty_for(&self, is_empty: bool) -> Duration {
        let mut since = self.empty.lock().unwrap_or_else(PoisonError::into_inner);
        *since = since.or_else(|| is_empty.then(Instant::now)).filter(|_| is_empty);
        since.map(|since| since.elapsed()).unwrap_or_default()
    }
}

impl Sealer for PoolSealer {
    fn seal(
        &self,
        fields: &mut dyn SealedFields,
        subject: &str,
        event_id: &str,
        keys: &BTreeMap<String, String>,
    ) -> Result<(), SealError> {
        let mut chosen: BTreeMap<String, Chosen> = BTreeMap::new();
        let mut failed = None;
        fields.visit_sealed("", &mut |path, _, sealed| {
            if !sealed.is_plain() || failed.is_some() {
                return;
            }
            if !chosen.contains_key(&sealed.person_id) {
                match self.choose(&sealed.person_id, keys) {
                    Ok(key) => {
                        chosen.insert(sealed.person_id.clone(), key);
                    }
                    Err(error) => {
                        failed = Some(error);
                        return;
                    }
                }
            }
            let binding = Binding {
                subject: subject.to_owned(),
                event_id: event_id.to_owned(),
                field: path.to_owned(),
            };
            if seal(sealed, binding, &chosen[&sealed.person_id]).is_none() {
                failed = Some(SealError(format!("field {path} cannot be encrypted")));
            }
        });
        failed.map_or(Ok(()), Err)
    }
}

fn seal(sealed: &mut Sealed, binding: Binding, chosen: &Chosen) -> Option<()> {
    sealed.binding = Some(binding);
    let key = match chosen {
        Chosen::Minted(key_id, key) => {
            sealed.key_id.clone_from(key_id);
            sealed.set_suite(Suite::Aes256GcmSiv);
            key.as_ref()
        }
        Chosen::Escrowed(key, escrowed_key) => {
            sealed.key_id = escrow::key_id(escrowed_key);
            sealed.escrowed_key.clone_from(escrowed_key);
            sealed.set_suite(Suite::EscrowAes256GcmSiv);
            key
        }
    };
    let nonce: [u8; NONCE] = rand::random();
    let clear = zeroize::Zeroizing::new(std::mem::take(&mut sealed.ciphertext));
    sealed.ciphertext = encrypt(key, nonce, &clear, &associated(sealed))?;
    sealed.nonce = nonce.to_vec();
    Some(())
}
