//! The log proves itself (BEY-8): whoever has its commits finds a changed, missing, reordered or foreign one and names it.
//!
//! [`Chains`] follows each aggregate's hashes from commit to commit. What no later commit covers, a notary does: a [`Statement`]
//! signs the Merkle root (RFC 6962) over a range of positions, and a [`Proof`] shows that one commit stood in it, to be
//! checked with nothing but SHA-256 and the notary's public key.

mod chains;
mod merkle;
mod notary;

pub use chains::{Chains, Finding};
pub use merkle::{Hash, Tree, leaf, root_of};
pub use notary::{Ed25519, Notary, NotaryError, Proof, Statement};
