//! Merkle trees as in RFC 6962: a leaf is SHA-256 of 0x00 and the stored bytes, a node that of 0x01 and its two children.

use sha2::{Digest as _, Sha256};

/// A hash.
pub type Hash = [u8; 32];

/// The hash of a commit as a leaf.
pub fn leaf(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The leaves of a range.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    leaves: Vec<Hash>,
}

impl Tree {
    /// Adds a commit.
    pub fn push(&mut self, bytes: &[u8]) {
        self.leaves.push(leaf(bytes));
    }

    /// How many leaves it has.
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The root.
    pub fn root(&self) -> Hash {
        root(&self.leaves)
    }

    /// The hashes beside the way from a leaf to the root; `None`: there is no such leaf.
    pub fn path(&self, index: usize) -> Option<Vec<Hash>> {
        (index < self.leaves.len()).then(|| path(&self.leaves, index))
    }
}

/// The largest power of two below a length of two or more: where RFC 6962 splits.
fn split(length: usize) -> usize {
    length.next_power_of_two() / 2
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(&root(left), &root(right))
        }
    }
}

fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if index < left.len() {
        let mut steps = path(left, index);
        steps.push(root(right));
        steps
    } else {
        let mut steps = path(right, index - left.len());
        steps.push(root(left));
        steps
    }
}

/// The root that a leaf and the hashes beside its way lead to, for the leaf at an index of a tree of so many; `None`: the way of
/// such a leaf is not that long. On which side a hash stands follows from index and size (RFC 9162, 2.1.3.2).
pub fn root_of(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut own, mut last, mut known) = (index, size - 1, leaf);
    for other in path {
        if last == 0 {
            return None;
        }
        if own % 2 == 1 || own == last {
            known = node(other, &known);
            while own % 2 == 0 && own != 0 {
                (own, last) = (own >> 1, last >> 1);
            }
        } else {
            known = node(&known, other);
        }
        (own, last) = (own >> 1, last >> 1);
    }
    (last == 0).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(length: usize) -> Tree {
        let mut tree = Tree::default();
        for index in 0..length {
            tree.push(format!("commit {index}").as_bytes());
        }
        tree
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        // the test vectors of RFC 6962's reference implementation
        let mut tree = Tree::default();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(tree.root()), empty);
        tree.push(b"");
        let one = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(hex::encode(tree.root()), one);
        tree.push(&[0]);
        let two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
        assert_eq!(hex::encode(tree.root()), two);
        tree.push(&[0x10]);
        let three = "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77";
        assert_eq!(hex::encode(tree.root()), three);
    }

    #[test]
    fn bey_8_every_leaf_of_every_tree_leads_to_its_root_and_no_other_does() {
        for length in 1..40 {
            let tree = tree(length);
            for index in 0..length {
                let steps = tree.path(index).unwrap();
                let own = leaf(format!("commit {index}").as_bytes());
                let (at, size) = (index as u64, length as u64);
                assert_eq!(root_of(own, at, size, &steps), Some(tree.root()), "{index} of {length}");
                assert_ne!(root_of(leaf(b"another"), at, size, &steps), Some(tree.root()));
                for other in (0..=size).filter(|other| *other != at) {
                    assert_ne!(
                        root_of(own, other, size, &steps),
                        Some(tree.root()),
                        "{index} is not at {other}"
                    );
                }
            }
            assert!(tree.path(length).is_none());
        }
    }
}
