//! What a notary says of a range of the log, signed, and what proves from it that one commit was there.

use crate::{Hash, Tree, leaf, root_of};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// Signs statements. Ed25519 now; SM2 would be another of these.
pub trait Notary {
    /// Name of the algorithm, as statements carry it.
    fn algorithm(&self) -> &'static str;
    /// The public key.
    fn public_key(&self) -> Vec<u8>;
    /// Signs.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

/// A notary with an Ed25519 key.
pub struct Ed25519(SigningKey);

impl Ed25519 {
    /// Name in statements.
    pub const NAME: &'static str = "Ed25519";

    /// From the key's seed.
    pub fn of_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }
}

impl Notary for Ed25519 {
    fn algorithm(&self) -> &'static str {
        Self::NAME
    }

    fn public_key(&self) -> Vec<u8> {
        self.0.verifying_key().to_bytes().to_vec()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_bytes().to_vec()
    }
}

/// Why a statement or a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotaryError {
    /// The signature is not the key's.
    #[error("位置 {0} 至 {1} 的公证签名无效  the signature over positions {0} to {1} is not the notary's")]
    Signature(u64, u64),
    /// Statements do not follow one another.
    #[error(
        "位置 {0} 起的公证不接续前一份  the statement from position {0} on does not follow the one before"
    )]
    Broken(u64),
    /// The commits are not those that were signed.
    #[error(
        "位置 {0} 至 {1} 的提交与公证不符  the commits from position {0} to {1} are not those that were notarised"
    )]
    Root(u64, u64),
    /// The position is in no statement.
    #[error("位置 {0} 尚未公证  position {0} is not notarised yet")]
    NotCovered(u64),
}

/// A notary's statement of a range of positions. All hashes, keys and signatures are hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The log.
    pub log_id: String,
    /// First position.
    pub from: u64,
    /// Last position.
    pub to: u64,
    /// Merkle root over the stored bytes (RFC 6962).
    pub root: String,
    /// Root of the statement before; empty: this is the first.
    pub previous_root: String,
    /// When it was made, RFC 3339.
    pub at: String,
    /// Algorithm of the signature.
    pub algorithm: String,
    /// Public key of the notary.
    pub public_key: String,
    /// Signature over [`Statement::message`].
    pub signature: String,
}

impl Statement {
    /// Signs a range that begins at `from` and follows another statement.
    pub fn sign(
        notary: &dyn Notary,
        log_id: &str,
        from: u64,
        tree: &Tree,
        previous: Option<&Self>,
        at: String,
    ) -> Self {
        let mut statement = Self {
            log_id: log_id.to_owned(),
            from,
            to: from + tree.len() as u64 - 1,
            root: hex::encode(tree.root()),
            previous_root: previous.map(|previous| previous.root.clone()).unwrap_or_default(),
            at,
            algorithm: notary.algorithm().to_owned(),
            public_key: hex::encode(notary.public_key()),
            signature: String::new(),
        };
        statement.signature = hex::encode(notary.sign(&statement.message()));
        statement
    }

    /// What is signed: a line each for a fixed word, log, first and last position, root, root before, time.
    pub fn message(&self) -> Vec<u8> {
        let Self { log_id, from, to, root, previous_root, at, .. } = self;
        format!("kinward-notary-1\n{log_id}\n{from}\n{to}\n{root}\n{previous_root}\n{at}\n").into_bytes()
    }

    /// Whether the key signed it, and it follows another statement.
    pub fn check(&self, public_key: &[u8], previous: Option<&Self>) -> Result<(), NotaryError> {
        let unsigned = NotaryError::Signature(self.from, self.to);
        let key: [u8; 32] = public_key.try_into().map_err(|_| unsigned.clone())?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| unsigned.clone())?;
        let signature = hex::decode(&self.signature).ok();
        let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let signature =
            signature.filter(|_| self.algorithm == Ed25519::NAME).ok_or_else(|| unsigned.clone())?;
        key.verify_strict(&self.message(), &signature).map_err(|_| unsigned)?;
        let (after, root) = previous.map(|one| (one.to, one.root.as_str())).unwrap_or_default();
        if self.from == after + 1 && self.previous_root == root && self.to >= self.from {
            Ok(())
        } else {
            Err(NotaryError::Broken(self.from))
        }
    }

    /// Whether the commits of the range are those that were signed.
    pub fn holds(&self, tree: &Tree) -> Result<(), NotaryError> {
        let complete = tree.len() as u64 == self.to - self.from + 1;
        if complete && hex::encode(tree.root()) == self.root {
            Ok(())
        } else {
            Err(NotaryError::Root(self.from, self.to))
        }
    }
}

/// That one commit stood at its position when the notary signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Where it stands.
    pub position: u64,
    /// Its stored bytes.
    pub commit: String,
    /// The hashes beside the way from its leaf to the root.
    pub path: Vec<String>,
    /// What the notary signed.
    pub statement: Statement,
}

impl Proof {
    /// Of a commit in the range of a statement, whose leaves are the tree's.
    pub fn of(statement: &Statement, tree: &Tree, position: u64, bytes: &[u8]) -> Result<Self, NotaryError> {
        let index = position.checked_sub(statement.from).and_then(|index| usize::try_from(index).ok());
        let path = index.and_then(|index| tree.path(index)).ok_or(NotaryError::NotCovered(position))?;
        let path = path.iter().map(hex::encode).collect();
        Ok(Self { position, commit: hex::encode(bytes), path, statement: statement.clone() })
    }

    /// Whether it holds under the notary's key.
    pub fn check(&self, public_key: &[u8]) -> Result<(), NotaryError> {
        let of_range = NotaryError::Root(self.statement.from, self.statement.to);
        let bytes = hex::decode(&self.commit).map_err(|_| of_range.clone())?;
        let path: Option<Vec<Hash>> =
            self.path.iter().map(|hash| hex::decode(hash).ok()?.try_into().ok()).collect();
        let Statement { from, to, .. } = self.statement;
        // the position is proven with it: it says where the leaf stands in the tree
        let index = self.position.checked_sub(from).filter(|_| self.position <= to);
        let root =
            path.zip(index).and_then(|(path, index)| root_of(leaf(&bytes), index, to - from + 1, &path));
        let root = root.map(hex::encode);
        match self.statement.check(public_key, None) {
            // who has one proof does not have the statement before
            Ok(()) | Err(NotaryError::Broken(_)) => {}
            Err(error) => return Err(error),
        }
        if root.as_deref() == Some(self.statement.root.as_str()) { Ok(()) } else { Err(of_range) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: u64, to: u64) -> Tree {
        let mut tree = Tree::default();
        (from..=to).for_each(|position| tree.push(&position.to_be_bytes()));
        tree
    }

    #[test]
    fn bey_8_statements_follow_one_another_and_only_their_own_commits_hold() {
        let notary = Ed25519::of_seed([7; 32]);
        let key = notary.public_key();
        let first =
            Statement::sign(&notary, "430903", 1, &range(1, 5), None, "2026-11-26T00:00:00Z".to_owned());
        let at = "2026-11-27T00:00:00Z".to_owned();
        let second = Statement::sign(&notary, "430903", 6, &range(6, 8), Some(&first), at);
        first.check(&key, None).unwrap();
        second.check(&key, Some(&first)).unwrap();
        assert_eq!(second.check(&key, None), Err(NotaryError::Broken(6)));
        first.holds(&range(1, 5)).unwrap();
        assert_eq!(first.holds(&range(1, 4)), Err(NotaryError::Root(1, 5)));
        let other = Ed25519::of_seed([8; 32]).public_key();
        assert_eq!(first.check(&other, None), Err(NotaryError::Signature(1, 5)));
        let later = Statement { at: "2026-11-28T00:00:00Z".to_owned(), ..first.clone() };
        assert_eq!(later.check(&key, None), Err(NotaryError::Signature(1, 5)));
    }

    #[test]
    fn bey_8_a_proof_shows_its_own_commit_and_no_other() {
        let notary = Ed25519::of_seed([7; 32]);
        let (key, tree) = (notary.public_key(), range(1, 5));
        let statement = Statement::sign(&notary, "430903", 1, &tree, None, String::new());
        let proof = Proof::of(&statement, &tree, 3, &3_u64.to_be_bytes()).unwrap();
        proof.check(&key).unwrap();
        let forged = Proof { commit: hex::encode(4_u64.to_be_bytes()), ..proof.clone() };
        assert_eq!(forged.check(&key), Err(NotaryError::Root(1, 5)));
        for position in [0, 1, 2, 4, 5, 6] {
            let moved = Proof { position, ..proof.clone() };
            assert_eq!(moved.check(&key), Err(NotaryError::Root(1, 5)), "{position}");
        }
        assert_eq!(Proof::of(&statement, &tree, 6, &[]), Err(NotaryError::NotCovered(6)));
    }
}
