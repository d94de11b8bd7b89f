//! AES-256-GCM-SIV over a value and the place it belongs to.

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Key, Nonce};
use kinward_contracts::r#type::v1::Sealed;
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;

pub(crate) fn encrypt(key: &[u8; 32], nonce: [u8; NONCE], data: &[u8], associated: &[u8]) -> Option<Vec<u8>> {
    let cipher = Aes256GcmSiv::new(&Key::<Aes256GcmSiv>::from(*key));
    cipher.encrypt(&Nonce::from(nonce), Payload { msg: data, aad: associated }).ok()
}

pub(crate) fn decrypt(
    key: &[u8; 32],
    nonce: &[u8],
    data: &[u8],
    associated: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let cipher = Aes256GcmSiv::new(&Key::<Aes256GcmSiv>::from(*key));
    cipher.decrypt(&Nonce::from(nonce), Payload { msg: data, aad: associated }).ok().map(Zeroizing::new)
}

/// What a sealed value is bound to: each part with its length, so that none can flow into another.
pub(crate) fn associated(sealed: &Sealed) -> Vec<u8> {
    let binding = sealed.binding.clone().unwrap_or_default();
    let mut bytes = sealed.suite.to_be_bytes().to_vec();
    for part in [&sealed.person_id, &sealed.key_id, &binding.subject, &binding.event_id, &binding.field] {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}
