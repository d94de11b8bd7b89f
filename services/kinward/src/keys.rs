//! Keys that the escrow holds: what was sealed while the keyring was away.

use crate::log_commands::line;
use indicatif::{ProgressBar, ProgressStyle};
use kinward_chassis::Settings;
use kinward_contracts::r#type::v1::{Sealed, Suite};
use kinward_eventlog::Log;
use kinward_eventsourcing::Position;
use kinward_privacy::{Keyring, Secrets};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Reads the log for values in escrow and puts their keys into the keyring: from then on they open like any other. The
/// escrow's private key is needed for this alone. Safe to repeat.
pub async fn recover(settings: &Settings, escrow: &Path) -> anyhow::Result<()> {
    let opener = Secrets::open(escrow).escrow_opener()?;
    let provider = Secrets::open(&settings.secrets).provider()?;
    let keyring = Keyring::connect(&settings.keyring.0, Arc::new(provider))?;
    let log = Log::connect(settings.log_for("keys")).await?;
    let end = log.last_position().await?;
    let bar = ProgressBar::new(end.0).with_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} commits, {per_sec}, {eta} left; {msg}",
    )?);
    let (mut seen, mut kept, mut damaged, mut unknown) = (BTreeSet::new(), 0, 0, 0);
    let mut reader = log.read_after(Position(0));
    while reader.position() < end {
        let commit = reader.next().await?;
        for event in commit.recorded()? {
            // a commit has one actor, however many events
            let actor = event.commit.actor.iter().filter(|_| event.index == 0);
            let actor = actor.filter_map(|actor| actor.person.clone());
            let values = kinward_contracts::sealed_in(event.subject.aggregate(), &event.event().data);
            unknown += usize::from(values.is_none());
            let escrowed = |value: &Sealed| value.suite() == Suite::EscrowAes256GcmSiv;
            for value in values.unwrap_or_default().into_iter().chain(actor).filter(escrowed) {
                let Some((key_id, key)) = opener.key_of(&value) else {
                    damaged += 1;
                    continue;
                };
                if seen.insert(key_id.clone()) {
                    kept += usize::from(keyring.keep("escrow", &key_id, &key).await?);
                    bar.set_message(format!("{kept} keys"));
                }
            }
        }
        bar.set_position(commit.position.0);
    }
    bar.finish_and_clear();
    let before = seen.len() - kept;
    line(&format!(
        "已恢复密钥 {kept}，此前已处理 {before}，无法打开 {damaged}，未识别事件 {unknown}（截至位置 {end}）\n\
         {kept} keys recovered, {before} were before or are destroyed, {damaged} do not open with this key, {unknown} events \
         are unknown; up to position {end}"
    ));
    anyhow::ensure!(
        damaged == 0 && unknown == 0,
        "未能全部恢复：请核对 --escrow 的私钥，或改用新版本后重新运行  not everything was recovered: check the private key of --escrow, or use a newer version, and run it again"
    );
    Ok(())
}
