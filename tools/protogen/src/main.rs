//! `make proto`: writes the contracts crates from `proto/`, and golden commits of new events. `--check` only says whether they
//! are fresh.

use kinward_protogen::{golden, write};
use std::path::Path;

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let check = std::env::args().any(|argument| argument == "--check");
    let stale = write(&root, check)?;
    anyhow::ensure!(stale.is_empty(), "not fresh, run `make proto`: {}", stale.join(", "));
    if !check {
        golden::add_missing(&root)?;
    }
    Ok(())
}
