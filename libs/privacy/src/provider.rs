//! Wrapping data keys with a key-encryption key. One trait; a file in development.

use crate::DataKey;
use crate::aead::{NONCE, decrypt, encrypt};
use async_trait::async_trait;
use zeroize::Zeroizing;

/// A data key under the key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Version of the key-encryption key.
    pub version: i32,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

/// Why a key was not wrapped or unwrapped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The key-encryption key is out of reach.
    #[error("主密钥服务不可用：请检查其状态  the key provider is out of reach, check how it is: {0}")]
    Unavailable(String),
    /// The wrapped key is damaged, or of another key-encryption key.
    #[error(
        "数据密钥无法解封：主密钥不符或已受损，请恢复原主密钥  the wrapped key does not open: it is damaged or of another key-encryption key, restore that one"
    )]
    Damaged,
}

/// Holds the key-encryption key.
#[async_trait]
pub trait KeyProvider: Send + Sync {
    /// Wraps a data key; `key_id` is bound to it.
    async fn wrap(&self, key_id: &str, key: &DataKey) -> Result<WrappedKey, ProviderError>;
    /// Unwraps a data key.
    async fn unwrap(&self, key_id: &str, wrapped: &WrappedKey) -> Result<DataKey, ProviderError>;
}

/// A key-encryption key in memory, read from a file.
pub struct FileKeyProvider {
    key: Zeroizing<[u8; 32]>,
}

impl FileKeyProvider {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key: Zeroizing::new(key) }
    }
}

const VERSION: i32 = 1;

#[async_trait]
impl KeyProvider for FileKeyProvider {
    async fn wrap(&self, key_id: &str, key: &DataKey) -> Result<WrappedKey, ProviderError> {
        let nonce: [u8; NONCE] = rand::random();
        let sealed =
            encrypt(&self.key, nonce, key.as_slice(), key_id.as_bytes()).ok_or(ProviderError::Damaged)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(WrappedKey { version: VERSION, bytes })
    }

    async fn unwrap(&self, key_id: &str, wrapped: &WrappedKey) -> Result<DataKey, ProviderError> {
        let (nonce, sealed) = wrapped.bytes.split_at_checked(NONCE).ok_or(ProviderError::Damaged)?;
        let opened = decrypt(&self.key, nonce, sealed, key_id.as_bytes()).ok_or(ProviderError::Damaged)?;
        <[u8; 32]>::try_from(opened.as_slice()).map(Zeroizing::new).map_err(|_| ProviderError::Damaged)
    }
}
