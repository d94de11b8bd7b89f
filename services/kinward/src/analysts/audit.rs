//! Proving the log: its chains, a notary's statements over ranges, one commit's proof (BEY-8).

use super::bar;
use crate::log_commands::{connected, line};
use anyhow::Context as _;
use kinward_audit::{Chains, Ed25519, Notary as _, Proof, Statement, Tree};
use kinward_chassis::Settings;
use kinward_eventsourcing::{Clock as _, Position, SystemClock};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Commits in one statement at most.
const RANGE: u64 = 65_536;
/// The notary's private key: the seed, hexadecimal.
const PRIVATE: &str = "notary-private-key";
/// The notary's public key, PEM, to give to auditors.
const PUBLIC: &str = "notary-public.pem";

/// Reads the whole log and prints what is wrong with it; answers whether nothing is.
pub async fn verify(settings: &Settings, statements: Option<&Path>) -> anyhow::Result<bool> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    let statements = match statements {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    let mut findings = Vec::new();
    if let Some(known) = statements.first() {
        let key = public_key(settings)?;
        let mut before: Option<&Statement> = None;
        for statement in &statements {
            findings.extend(statement.check(&key, before).err().map(|error| error.to_string()));
            before = Some(statement);
        }
        anyhow::ensure!(
            known.log_id == settings.log.log_id,
            "公证属于其他日志  these statements are of the log {}",
            known.log_id
        );
    }
    let bar = bar("核验日志 verifying", last)?;
    let (mut chains, mut reader) = (Chains::of(&settings.log.log_id), log.read_after(Position(0)));
    let (mut ranges, mut tree) = (statements.iter().peekable(), Tree::default());
    while reader.position() < last {
        // a gap ends the reading: what is behind it cannot be followed
        let stored = reader.next().await.context("读取中断，其后未核验  the log cannot be read on")?;
        findings.extend(chains.follow(stored.position.0, &stored.bytes).iter().map(ToString::to_string));
        if let Some(range) = ranges.peek() {
            tree.push(&stored.bytes);
            if stored.position.0 == range.to {
                findings.extend(range.holds(&tree).err().map(|error| error.to_string()));
                tree = Tree::default();
                ranges.next();
            }
        }
        bar.set_position(stored.position.0);
    }
    bar.finish_and_clear();
    if let Some(range) = ranges.peek() {
        findings.push(format!(
            "日志止于位置 {}，已公证至 {}  the log ends at {}, and was notarised up to {}",
            last.0, range.to, last.0, range.to
        ));
    }
    for finding in &findings {
        line(finding);
    }
    let notarised = statements.last().map_or(0, |statement| statement.to);
    line(&format!(
        "{} 个提交，{} 个对象，公证至 {notarised}；{}",
        last.0,
        chains.aggregates(),
        if findings.is_empty() { "未见异常".to_owned() } else { format!("{} 处异常", findings.len()) }
    ));
    line(&format!(
        "{} commits of {} aggregates, notarised up to {notarised}; {}",
        last.0,
        chains.aggregates(),
        if findings.is_empty() { "nothing wrong".to_owned() } else { format!("{} findings", findings.len()) }
    ));
    Ok(findings.is_empty())
}

/// Signs what is not signed yet, and appends the statements to their file.
pub async fn notarise(settings: &Settings, statements: &Path) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    let notary = notary(settings)?;
    let known = if statements.exists() { read(statements)? } else { Vec::new() };
    let mut before = known.last().cloned();
    let mut from = before.as_ref().map_or(0, |statement| statement.to);
    if from >= last.0 {
        line(&format!("已公证至 {from}，没有新的提交  notarised up to {from}: nothing is new"));
        return Ok(());
    }
    let bar = bar("公证 notarising", last)?;
    let mut reader = log.read_after(Position(from));
    let mut file = std::fs::File::options().create(true).append(true).open(statements);
    let file = file.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", statements.display()))?;
    while from < last.0 {
        let mut tree = Tree::default();
        while reader.position() < last && (tree.len() as u64) < RANGE {
            tree.push(&reader.next().await?.bytes);
            bar.set_position(reader.position().0);
        }
        let at = SystemClock.now().to_rfc3339();
        let made = Statement::sign(&notary, &settings.log.log_id, from + 1, &tree, before.as_ref(), at);
        writeln!(file, "{}", serde_json::to_string(&made)?)?;
        from = made.to;
        before = Some(made);
    }
    file.sync_all()?;
    bar.finish_and_clear();
    let shown = statements.display();
    line(&format!(
        "已公证至 {from}，写入 {shown}，请另行保存  notarised up to {from}, in {shown}: keep it elsewhere"
    ));
    Ok(())
}

/// Prints the proof that one commit stands in the log, as JSON.
pub async fn prove(settings: &Settings, statements: &Path, position: u64) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let statements = read(statements)?;
    let covers = |statement: &&Statement| (statement.from..=statement.to).contains(&position);
    let statement = statements.iter().find(covers).with_context(|| {
        format!("位置 {position} 尚未公证，请先 log notarise  position {position} is not notarised yet: log notarise")
    })?;
    let mut reader = log.read_after(Position(statement.from - 1));
    let (mut tree, mut bytes) = (Tree::default(), Vec::new());
    while reader.position().0 < statement.to {
        let stored = reader.next().await?;
        tree.push(&stored.bytes);
        if stored.position.0 == position {
            bytes = stored.bytes.to_vec();
        }
    }
    let proof = Proof::of(statement, &tree, position, &bytes)?;
    proof.check(&public_key(settings)?)?;
    line(&serde_json::to_string_pretty(&proof)?);
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<Statement>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("无法读取公证文件  cannot read the statements in {}", path.display()))?;
    let statement = |line: &str| serde_json::from_str(line).context("不是公证  a line is no statement");
    text.lines().filter(|line| !line.is_empty()).map(statement).collect()
}

/// The notary of the deployment; its key is made the first time, and its public part written beside it.
fn notary(settings: &Settings) -> anyhow::Result<Ed25519> {
    let (private, public) = (settings.secrets.join(PRIVATE), settings.secrets.join(PUBLIC));
    if !private.exists() {
        let seed: [u8; 32] = rand::random();
        let mut options = std::fs::File::options();
        let made = options.write(true).create_new(true).mode(0o600).open(&private);
        let mut file = made.with_context(|| format!("cannot write {}", private.display()))?;
        file.write_all(hex::encode(seed).as_bytes()).and_then(|()| file.sync_all())?;
        std::fs::write(&public, pem(&Ed25519::of_seed(seed).public_key()))?;
    }
    let text =
        std::fs::read_to_string(&private).with_context(|| format!("cannot read {}", private.display()))?;
    let seed = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    Ok(Ed25519::of_seed(seed.with_context(|| format!("{} is no key", private.display()))?))
}

fn public_key(settings: &Settings) -> anyhow::Result<Vec<u8>> {
    Ok(notary(settings)?.public_key())
}

/// A public key as RFC 8410 has it in PEM, which openssl reads.
fn pem(key: &[u8]) -> String {
    use base64::Engine as _;
    let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    der.extend(key);
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}
