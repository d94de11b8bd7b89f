//! The last resort of an emergency: with no minted key at hand, a value is sealed with a fresh key that is itself
//! sealed to the escrow's public key (HPKE, RFC 9180). Only an operator who holds the private key can recover it.

use crate::{DataKey, fresh_key};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

type Kem = X25519HkdfSha256;

const INFO: &[u8] = b"kinward escrow 1";
/// Bytes of an encapsulated X25519 key.
const ENCAPSULATED: usize = 32;

/// The escrow's public key.
#[derive(Clone)]
pub struct Escrow(<Kem as hpke::Kem>::PublicKey);

impl std::fmt::Debug for Escrow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Escrow(public key)")
    }
}

/// The escrow's private key, which no service holds.
pub struct EscrowOpener(<Kem as hpke::Kem>::PrivateKey);

/// A new pair: private and public key.
pub(crate) fn pair() -> (Zeroizing<Vec<u8>>, Vec<u8>) {
    let (private, public) = Kem::gen_keypair();
    (Zeroizing::new(private.to_bytes().to_vec()), public.to_bytes().to_vec())
}

impl Escrow {
    /// From the public key's bytes; `None` if they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <Kem as hpke::Kem>::PublicKey::from_bytes(bytes).ok().map(Self)
    }

    /// A fresh data key, and the same sealed to the escrow.
    pub(crate) fn fresh(&self) -> Option<(DataKey, Vec<u8>)> {
        let key = fresh_key();
        let sealed = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Kem>(
            &OpModeS::Base,
            &self.0,
            INFO,
            key.as_slice(),
            b"",
        );
        let (encapsulated, ciphertext) = sealed.ok()?;
        let mut bytes = encapsulated.to_bytes().to_vec();
        bytes.extend(ciphertext);
        Some((key, bytes))
    }
}

/// Id under which the keyring keeps a key that was recovered: it follows from what was sealed to the escrow.
pub(crate) fn key_id(escrowed_key: &[u8]) -> String {
    format!("escrow-{}", hex::encode(&Sha256::digest(escrowed_key)[..16]))
}

impl EscrowOpener {
    /// From the private key's bytes; `None` if they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(bytes).ok().map(Self)
    }

    /// The data key that was sealed to the escrow.
    pub(crate) fn recover(&self, bytes: &[u8]) -> Option<DataKey> {
        let (encapsulated, ciphertext) = bytes.split_at_checked(ENCAPSULATED)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.0,
            &encapsulated,
            INFO,
            ciphertext,
            b"",
        );
        let key = Zeroizing::new(key.ok()?);
        <[u8; 32]>::try_from(key.as_slice()).ok().map(Zeroizing::new)
    }
}
