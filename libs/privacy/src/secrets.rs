//! The secrets of a deployment that is kept in files: a folder that only its owner can read. Whoever keeps a key of its
//! own in a file uses the same two functions, [`make_key`] and [`read_key`].

use crate::{Escrow, FileKeyProvider, Hashing, escrow};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Why secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file is missing or unreadable.
    #[error(
        "密钥文件 {0} 不可用：请检查路径与权限；部署的密钥，开发时由 `kinward dev` 生成，生产环境须挂载  the key file {0} cannot be used: check path and permission; a deployment's are made by `kinward dev`, or mounted in production ({1})"
    )]
    File(PathBuf, std::io::Error),
    /// Others can read a secret.
    #[error("密钥文件 {0} 他人可读：请执行 chmod 600 {0}  others can read the key file {0}: chmod 600 {0}")]
    Exposed(PathBuf),
    /// A file does not hold what it should.
    #[error(
        "密钥文件 {0} 的内容不是密钥：应为64位十六进制，请从备份恢复  the key file {0} holds no key: it should be 64 hexadecimal digits, restore it from a backup"
    )]
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
        read_key(&self.folder.join(name))
    }

    fn write_new(&self, name: &str, key: &[u8]) -> Result<(), SecretsError> {
        let path = self.folder.join(name);
        if path.exists() { Ok(()) } else { write_key(&path, key) }
    }
}

/// Reads a key of 32 bytes from a file that holds it in hexadecimal and nothing else. Refuses a file that others can read.
pub fn read_key(path: &Path) -> Result<[u8; 32], SecretsError> {
    let failed = |error| SecretsError::File(path.to_owned(), error);
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretsError::Exposed(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| SecretsError::Malformed(path.to_owned()))
}

/// Makes a random key of 32 bytes and a file of it that only its owner can read. Refuses to write over a file.
pub fn make_key(path: &Path) -> Result<[u8; 32], SecretsError> {
    let key = rand::random::<[u8; 32]>();
    write_key(path, &key)?;
    Ok(key)
}

fn write_key(path: &Path, key: &[u8]) -> Result<(), SecretsError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(hex::encode(key).as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| SecretsError::File(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_made_never_written_over_and_refused_when_others_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = make_key(&path).unwrap();
        assert_eq!(read_key(&path).unwrap(), key);
        assert!(matches!(make_key(&path), Err(SecretsError::File(..))));
        assert_eq!(read_key(&path).unwrap(), key);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = read_key(&path).unwrap_err();
        assert!(matches!(refused, SecretsError::Exposed(_)));
        assert!(refused.to_string().contains("chmod 600"), "it says what to do: {refused}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "no key").unwrap();
        assert!(matches!(read_key(&path), Err(SecretsError::Malformed(_))));
    }
}
