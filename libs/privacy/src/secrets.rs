//! The secrets of a deployment that is kept in files: a folder that only its owner can read.

use crate::{Escrow, FileKeyProvider, Hashing, escrow};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Why secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file is missing or unreadable.
    #[error("{0}: {1}; `kinward dev` creates it, production mounts it")]
    File(PathBuf, std::io::Error),
    /// Others can read a secret.
    #[error("{0} can be read by others: chmod 600")]
    Exposed(PathBuf),
    /// A file does not hold what it should.
    #[error("{0} is not a key")]
    Malformed(PathBuf),
}

/// Paths of the secrets.
#[derive(Clone, Debug)]
pub struct Secrets {
    folder: PathBuf,
}

const KEK: &str = "key-encryption-key";
const INDEX: &str = "blind-index-key";
const REQUEST: &str = "request-hash-key";
const TOKEN: &str = "search-token-key";
const ESCROW_PUBLIC: &str = "escrow-public-key";
const ESCROW_PRIVATE: &str = "escrow-private-key";

impl Secrets {
    /// Makes what is missing; leaves the rest. For development: production mounts its own.
    pub fn create(folder: &Path) -> Result<Self, SecretsError> {
        std::fs::create_dir_all(folder).map_err(|error| SecretsError::File(folder.to_owned(), error))?;
        let secrets = Self { folder: folder.to_owned() };
        for name in [KEK, INDEX, REQUEST, TOKEN] {
            secrets.write_new(name, &rand::random::<[u8; 32]>())?;
        }
        if !folder.join(ESCROW_PUBLIC).exists() {
            let (private, public) = escrow::pair();
            secrets.write_new(ESCROW_PRIVATE, &private)?;
            secrets.write_new(ESCROW_PUBLIC, &public)?;
        }
        Ok(secrets)
    }

    /// Uses what is there.
    pub fn open(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The key provider.
    pub fn provider(&self) -> Result<FileKeyProvider, SecretsError> {
        Ok(FileKeyProvider::new(self.key(KEK)?))
    }

    /// The keyed hashes.
    pub fn hashing(&self) -> Result<Hashing, SecretsError> {
        let key = |name| self.key(name).map(|key| key.to_vec());
        Ok(Hashing::new(key(INDEX)?, key(REQUEST)?, key(TOKEN)?))
    }

    /// The escrow's public key.
    pub fn escrow(&self) -> Result<Escrow, SecretsError> {
        Escrow::from_bytes(&self.key(ESCROW_PUBLIC)?)
            .ok_or_else(|| SecretsError::Malformed(self.folder.join(ESCROW_PUBLIC)))
    }

    /// The escrow's private key, for the operator who recovers.
    pub fn escrow_opener(&self) -> Result<crate::EscrowOpener, SecretsError> {
        crate::EscrowOpener::from_bytes(&self.key(ESCROW_PRIVATE)?)
            .ok_or_else(|| SecretsError::Malformed(self.folder.join(ESCROW_PRIVATE)))
    }

    fn key(&self, name: &str) -> Result<[u8; 32], SecretsError> {
        let path = self.folder.join(name);
        let read = |error| SecretsError::File(path.clone(), error);
        let mode = std::fs::metadata(&path).map_err(read)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(SecretsError::Exposed(path));
        }
        let text = std::fs::read_to_string(&path).map_err(read)?;
        let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or(SecretsError::Malformed(path))
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> Result<(), SecretsError> {
        let path = self.folder.join(name);
        if path.exists() {
            return Ok(());
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let written = options.open(&path).and_then(|mut file| {
            file.write_all(hex::encode(bytes).as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| SecretsError::File(path, error))
    }
}
