//! Personal data: sealed with a key per person before it reaches the log, opened for whoever is entitled.
//!
//! ```text
//! keyring (PostgreSQL, wrapped keys) ──mint ahead──► pool (sealed file on the service's disk) ──take──► seal
//!        └──────────────── open: fetch, unwrap, cached ◄──────────────────────────────────── ciphertext
//! ```
//! A key enters the pool only after the keyring has stored it. A keyring outage leaves the pool; an empty pool leaves
//! the escrow key: the value is sealed with a fresh key that only the escrow's holder can recover. Which key seals
//! whose data stands in the log itself (`Sealed.person`, `Sealed.key_id`), so sealing asks nobody.

mod aead;
mod blind_index;
mod escrow;
pub mod identity_number;
mod keyring;
mod opener;
mod pool;
mod provider;
mod sealer;
mod secrets;

pub use blind_index::Hashing;
pub use escrow::{Escrow, EscrowOpener};
pub use keyring::{Held, Keyring, KeyringError, Minted};
pub use opener::{DAMAGED, IN_ESCROW, OpenError, Opener};
pub use pool::{KeyPool, PoolStatus};
pub use provider::{FileKeyProvider, KeyProvider, ProviderError, WrappedKey};
pub use sealer::PoolSealer;
pub use secrets::{Secrets, SecretsError, make_key, read_key};

/// A data key: 256 bits, wiped when dropped.
pub type DataKey = zeroize::Zeroizing<[u8; 32]>;

/// A fresh random data key.
pub(crate) fn fresh_key() -> DataKey {
    zeroize::Zeroizing::new(rand::random())
}
