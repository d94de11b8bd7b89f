//! Keyed hashes: of identity numbers for claims, of requests for idempotency, of parts of names for look-ups. Identity
//! numbers and names have too little entropy for a bare hash.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Version of the blind index key; it stands in the subject of a claim.
pub(crate) const INDEX_VERSION: u32 = 1;

/// Version of the search token key; it stands in every token.
pub(crate) const TOKEN_VERSION: u32 = 1;

/// The keyed hashes of a deployment.
#[derive(Clone)]
pub struct Hashing {
    index_key: Zeroizing<Vec<u8>>,
    request_key: Zeroizing<Vec<u8>>,
    token_key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Hashing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hashing(keys hidden)")
    }
}

impl Hashing {
    pub(crate) fn new(index_key: Vec<u8>, request_key: Vec<u8>, token_key: Vec<u8>) -> Self {
        Self {
            index_key: Zeroizing::new(index_key),
            request_key: Zeroizing::new(request_key),
            token_key: Zeroizing::new(token_key),
        }
    }

    /// Search token of a piece of personal text, as `<kind>.<version>.<hex>`. Equal pieces of one kind have equal tokens,
    /// which is what an index without clear names folds; 64 bits of it, so that a token alone proves nobody.
    pub fn token(&self, kind: &str, text: &str) -> String {
        let keyed = mac(&self.token_key, format!("{kind}\0{text}").as_bytes());
        format!("{kind}.{TOKEN_VERSION}.{}", hex::encode(&keyed[..8]))
    }

    /// Blind index of a normalised identity number, as the id of its claim: `<version>.<hex>`.
    pub fn identity(&self, normalised: &str) -> String {
        format!("{INDEX_VERSION}.{}", hex::encode(&mac(&self.index_key, normalised.as_bytes())[..16]))
    }

    /// A caller's name in ids that the log keeps in clear: who knows everybody who may call still cannot tell whose they are.
    pub fn caller(&self, identity: &str) -> String {
        hex::encode(&mac(&self.request_key, format!("caller\0{identity}").as_bytes())[..16])
    }

    /// Bytes that nobody can guess who knows the command: what its receipt code is made of.
    pub fn receipt_secret(&self, command_id: &str) -> Vec<u8> {
        mac(&self.request_key, format!("receipt\0{command_id}").as_bytes())
    }

    /// Keyed hash of a receipt code, hexadecimal: whoever reads it cannot ask with it.
    pub fn receipt(&self, code: &str) -> String {
        hex::encode(mac(&self.request_key, format!("receipt code\0{code}").as_bytes()))
    }

    /// Keyed hash of a request's bytes.
    pub fn request(&self, bytes: &[u8]) -> Vec<u8> {
        mac(&self.request_key, bytes)
    }
}

fn mac(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
