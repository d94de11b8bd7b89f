//! The receipt code: what a reporter or a caller asks with. It says nothing by itself.

use kinward_eventsourcing::CommandId;

/// Letters of a receipt code: none that is taken for another.
pub(super) const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters in a code.
const LENGTH: usize = 10;

/// The receipt code of a command: the same on every retry.
pub fn receipt_code(command_id: &CommandId) -> String {
    receipt_code_of(&command_id.new_id("receipt"))
}

/// The receipt code that comes of an id of its own: ten letters in two groups.
pub fn receipt_code_of(id: &str) -> String {
    let digits: Vec<usize> = id
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .filter_map(|digit| usize::try_from(digit).ok())
        .collect();
    let letters: String = digits
        .chunks_exact(2)
        .take(LENGTH)
        .map(|pair| char::from(LETTERS[(pair[0] * 16 + pair[1]) % LETTERS.len()]))
        .collect();
    let (first, second) = letters.split_at(letters.len() / 2);
    format!("{first}-{second}")
}
