//! The receipt code: what a reporter or a caller asks with. It says nothing by itself.

/// Letters of a receipt code: none that is taken for another.
pub(super) const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters in a code.
const LENGTH: usize = 10;

/// The receipt code that comes of bytes which nobody can guess, at least ten of them: ten letters in two groups.
pub fn receipt_code(secret: &[u8]) -> String {
    let letters: String = secret
        .iter()
        .take(LENGTH)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect();
    let (first, second) = letters.split_at(letters.len() / 2);
    format!("{first}-{second}")
}
