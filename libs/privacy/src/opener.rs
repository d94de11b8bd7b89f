//! Opens sealed values for whoever is entitled; the caller has made sure of that.

use crate::aead::{associated, decrypt};
use crate::{DataKey, EscrowOpener, Held, Keyring, KeyringError, escrow};
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
    /// The keyring has neither its key nor a tombstone: a keyring that was restored from too old a backup.
    #[error("the keyring does not know its key")]
    Lost,
    /// The ciphertext, or the place it is in, is not what was sealed.
    #[error("tampered with")]
    Tampered,
}

/// Stands for a value that is in the escrow.
pub const IN_ESCROW: &str = "〔应急封存，待恢复 in escrow〕";
/// Stands for a value that is damaged.
pub const DAMAGED: &str = "〔密文受损 damaged〕";

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
        if sealed.is_plain() {
            return Err(OpenError::Tampered);
        }
        match self.keyring.fetch(&sealed.key_id).await? {
            Held::Key(key) => clear_text(&key, sealed),
            // what an operator has recovered opens like anything else
            Held::Unknown if sealed.suite() == Suite::EscrowAes256GcmSiv => Err(OpenError::Escrowed),
            Held::Unknown => Err(OpenError::Lost),
            Held::Destroyed => Err(OpenError::Erased),
        }
    }

    /// The clear text for who decides by it; `None`: absent or erased. What nobody here can read is an error: it is there.
    pub async fn value(&self, sealed: Option<&Sealed>) -> Result<Option<Zeroizing<String>>, KeyringError> {
        let Some(sealed) = sealed else { return Ok(None) };
        match self.open(sealed).await {
            Ok(text) => Ok(Some(text)),
            Err(OpenError::Erased) => Ok(None),
            Err(OpenError::KeyUnavailable(error)) => Err(error),
            Err(OpenError::Escrowed | OpenError::Lost | OpenError::Tampered) => {
                Err(KeyringError::DoesNotOpen)
            }
        }
    }

    /// The clear text for people, who must not take what cannot be read for what nobody wrote; empty: absent or erased.
    pub async fn text(&self, sealed: Option<&Sealed>) -> Result<String, KeyringError> {
        let Some(sealed) = sealed else { return Ok(String::new()) };
        match self.open(sealed).await {
            Ok(text) => Ok(text.as_str().to_owned()),
            Err(OpenError::Erased) => Ok(String::new()),
            Err(OpenError::KeyUnavailable(error)) => Err(error),
            Err(OpenError::Escrowed) => Ok(IN_ESCROW.to_owned()),
            Err(error @ (OpenError::Lost | OpenError::Tampered)) => {
                tracing::error!(key_id = sealed.key_id, %error, "a sealed value does not open");
                Ok(DAMAGED.to_owned())
            }
        }
    }
}

impl EscrowOpener {
    /// The key of a value that was sealed to the escrow, and its id in the keyring; `None`: it is damaged.
    pub fn key_of(&self, sealed: &Sealed) -> Option<(String, DataKey)> {
        Some((escrow::key_id(&sealed.escrowed_key), self.recover(&sealed.escrowed_key)?))
    }
}

fn clear_text(key: &[u8; 32], sealed: &Sealed) -> Result<Zeroizing<String>, OpenError> {
    let bytes =
        decrypt(key, &sealed.nonce, &sealed.ciphertext, &associated(sealed)).ok_or(OpenError::Tampered)?;
    String::from_utf8(bytes.to_vec()).map(Zeroizing::new).map_err(|_| OpenError::Tampered)
}
