//! `make proto`: writes the contracts crates from `proto/`. `--check` only says whether they are fresh.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stale = kinward_protogen::write(&root, std::env::args().any(|argument| argument == "--check"))?;
    anyhow::ensure!(stale.is_empty(), "not fresh, run `make proto`: {}", stale.join(", "));
    Ok(())
}
