//! Opens sealed values for whoever is entitled; the caller has made sure of that.

use crate::aead::{associated, decrypt};
use crate::{EscrowOpener, Keyring, KeyringError};
use kinward_contracts::r#type::v1::{Sealed, Suite};
use zeroize::Zeroizing;

/// Why a value does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its key was destroyed: the data is erased for good.
    #[error("erased")]
    Erased,
    /// The keyring is out of reach; it may open later.
    #[error(transparent)]
    KeyUnavailable(#[from] KeyringError),
    /// It is sealed to the escrow: an operator with the private key can recover it.
    #[error("sealed to the escrow")]
    Escrowed,
    /// The ciphertext, or the place it is in, is not what was sealed.
    #[error("tampered with")]
    Tampered,
}

/// Opens values with keys of the keyring.
#[derive(Clone)]
pub struct Opener {
    keyring: Keyring,
}

impl Opener {
    /// An opener.
    pub fn new(keyring: Keyring) -> Self {
        Self { keyring }
    }

    /// The clear text.
    pub async fn open(&self, sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
        match sealed.suite() {
            Suite::Aes256GcmSiv => {
                let key = self.keyring.fetch(&sealed.key_id).await?.ok_or(OpenError::Erased)?;
                clear_text(&key, sealed)
            }
            Suite::EscrowAes256GcmSiv => Err(OpenError::Escrowed),
            Suite::Unspecified => Err(OpenError::Tampered),
        }
    }

    /// The clear text for people: empty where it is erased or cannot be opened by anybody here.
    pub async fn text(&self, sealed: Option<&Sealed>) -> Result<String, KeyringError> {
        let Some(sealed) = sealed else { return Ok(String::new()) };
        match self.open(sealed).await {
            Ok(text) => Ok(text.as_str().to_owned()),
            Err(OpenError::KeyUnavailable(error)) => Err(error),
            Err(OpenError::Erased | OpenError::Escrowed | OpenError::Tampered) => Ok(String::new()),
        }
    }
}

impl EscrowOpener {
    /// The clear text of a value sealed to the escrow.
    pub fn open(&self, sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
        let key = self.recover(&sealed.escrowed_key).ok_or(OpenError::Tampered)?;
        clear_text(&key, sealed)
    }
}

fn clear_text(key: &[u8; 32], sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
    let bytes =
        decrypt(key, &sealed.nonce, &sealed.ciphertext, &associated(sealed)).ok_or(OpenError::Tampered)?;
    String::from_utf8(bytes.to_vec()).map(Zeroizing::new).map_err(|_| OpenError::Tampered)
}
