//! Proving the log: its chains, a notary's statements over ranges, one commit's proof (BEY-8).

use super::bar;
use crate::log_commands::{connected, line};
use anyhow::Context as _;
use kinward_audit::{Chains, Ed25519, Notary as _, Proof, Statement, Tree};
use kinward_chassis::Settings;
use kinward_eventsourcing::{Clock as _, Position, SystemClock};
use kinward_privacy::{make_key, read_key};
use std::io::Write as _;
use std::path::Path;

/// Commits in one statement at most.
const RANGE: u64 = 65_536;
/// The notary's private key: the seed, hexadecimal.
const PRIVATE: &str = "notary-private-key";
/// The notary's public key, PEM, to give to auditors.
const PUBLIC: &str = "notary-public.pem";

/// Reads the whole log and prints what is wrong with it; answers whether nothing is. Statements are held against the notary's
/// public key, which an auditor has from the notary, not from the log's host.
pub async fn verify(
    settings: &Settings,
    statements: Option<&Path>,
    public_key: Option<&Path>,
) -> anyhow::Result<bool> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    let mut findings = Vec::new();
    let statements = match statements {
        Some(path) => {
            let (known, key) = (read(path)?, public_key_of(settings, public_key)?);
            findings.extend(checked(&known, &settings.log.log_id, &key)?);
            known
        }
        None => Vec::new(),
    };
    let bar = bar("核验日志 verifying", last)?;
    let (mut chains, mut reader) = (Chains::of(&settings.log.log_id), log.read_after(Position(0)));
    let (mut ranges, mut tree) = (statements.iter().peekable(), Tree::default());
    while reader.position() < last {
        let stored = match reader.next().await {
            Ok(stored) => stored,
            Err(error) => {
                // what is behind a gap cannot be followed
                findings.push(format!("{error}；其后未核验  what is behind it was not verified"));
                break;
            }
        };
        let found = chains.follow(stored.position.0, &stored.subject, &stored.bytes);
        findings.extend(found.iter().map(ToString::to_string));
        if let Some(range) = ranges.peek().filter(|range| range.from <= stored.position.0) {
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
    if let Some(range) = statements.last().filter(|range| range.to > last.0) {
        findings.push(format!(
            "日志止于位置 {}，已公证至 {}  the log ends at {}, and was notarised up to {}",
            last.0, range.to, last.0, range.to
        ));
    }
    for finding in &findings {
        line(finding);
    }
    let notarised = statements.last().map_or(0, |statement| statement.to);
    let (zh, en) = match findings.len() {
        0 => ("未见异常".to_owned(), "nothing wrong".to_owned()),
        number => (format!("{number} 处异常"), format!("{number} findings")),
    };
    let (commits, aggregates) = (last.0, chains.aggregates());
    line(&format!("{commits} 个提交，{aggregates} 个对象，公证至 {notarised}；{zh}"));
    line(&format!("{commits} commits of {aggregates} aggregates, notarised up to {notarised}; {en}"));
    if notarised < commits {
        line("未公证部分中，每个对象的最后一个提交无法由哈希链证明");
        line("of what is not notarised, the last commit of each aggregate is covered by no hash");
    }
    Ok(findings.is_empty())
}

/// What is wrong with the statements themselves; those of another log are refused.
fn checked(statements: &[Statement], log_id: &str, public_key: &[u8]) -> anyhow::Result<Vec<String>> {
    let (mut findings, mut before) = (Vec::new(), None);
    for statement in statements {
        anyhow::ensure!(
            statement.log_id == log_id,
            "公证属于其他日志  these statements are of the log {}",
            statement.log_id
        );
        findings.extend(statement.check(public_key, before).err().map(|error| error.to_string()));
        before = Some(statement);
    }
    Ok(findings)
}

/// Signs what is not signed yet, and appends the statements to their file.
pub async fn notarise(settings: &Settings, statements: &Path) -> anyhow::Result<()> {
    let log = connected(settings).await?;
    let last = log.last_position().await?;
    let notary = notary(settings)?;
    let known = if statements.exists() { read(statements)? } else { Vec::new() };
    let mut before = known.last().cloned();
    let mut from = before.as_ref().map_or(0, |statement| statement.to);
    if let Some(wrong) = checked(&known, &settings.log.log_id, &notary.public_key())?.first() {
        anyhow::bail!("已有公证不可续写  what is there cannot be continued: {wrong}");
    }
    anyhow::ensure!(
        from <= last.0,
        "日志止于位置 {}，少于已公证的 {from}  the log ends at {}, before what was notarised: it was cut, or restored from an older copy",
        last.0,
        last.0
    );
    if from == last.0 {
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
    let last = log.last_position().await?.0;
    anyhow::ensure!(
        (1..=last).contains(&position),
        "日志只有位置 1 至 {last}  the log has positions 1 to {last}, and none {position}"
    );
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
    line(&serde_json::to_string_pretty(&proof)?);
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<Statement>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("无法读取公证文件  cannot read the statements in {}", path.display()))?;
    let statement = |line: &str| {
        serde_json::from_str(line).context(
            "有一行不是公证：请用完整的公证文件  a line is no statement: use the whole file of statements",
        )
    };
    text.lines().filter(|line| !line.is_empty()).map(statement).collect()
}

/// The notary of the deployment; its key is made the first time, and its public part written beside it.
fn notary(settings: &Settings) -> anyhow::Result<Ed25519> {
    let (private, public) = (settings.secrets.join(PRIVATE), settings.secrets.join(PUBLIC));
    if private.exists() {
        return Ok(Ed25519::of_seed(read_key(&private)?));
    }
    let notary = Ed25519::of_seed(make_key(&private)?);
    std::fs::write(&public, pem(&notary.public_key()))?;
    Ok(notary)
}

/// The public key that the caller names, or that of this deployment's notary.
fn public_key_of(settings: &Settings, named: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    use base64::Engine as _;
    let path = named.map_or_else(|| settings.secrets.join(PUBLIC), Path::to_owned);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!("需要公证人的公钥  the notary's public key is needed: {} (--public-key)", path.display())
    })?;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(body).ok();
    let key = der.and_then(|der| der.strip_prefix(&ED25519_PUBLIC).map(<[u8]>::to_vec));
    key.with_context(|| format!("{} 不是 Ed25519 公钥  is no Ed25519 public key", path.display()))
}

/// What stands before the key in DER (RFC 8410).
const ED25519_PUBLIC: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key as RFC 8410 has it in PEM, which openssl reads.
fn pem(key: &[u8]) -> String {
    use base64::Engine as _;
    let mut der = ED25519_PUBLIC.to_vec();
    der.extend(key);
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}
