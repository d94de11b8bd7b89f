//! The seed of a random run.

/// A new seed, or the one in `KINWARD_SEED`; it is printed with how to give it back.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test takes its seed from who runs it, and tells it"
)]
pub fn seed() -> u64 {
    let given = std::env::var("KINWARD_SEED").ok();
    let given = given.map(|text| text.parse().expect("KINWARD_SEED is a whole number"));
    let seed = given.unwrap_or_else(rand::random);
    println!("seed {seed}; the same run again: KINWARD_SEED={seed}");
    seed
}
