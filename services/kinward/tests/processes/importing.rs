//! `kinward import children` as people run it: a dry run moves nothing, a file in any form imports the same children, and
//! whatever was killed in the middle, running it again ends with each child on file once.

use crate::running::{Processes, kinward, prepare, token, write};
use kinward::{people, population, reference, services};
use kinward_chassis::Settings;
use kinward_contracts::registry::v1::{ParentInput, RegisterChildRequest, Whereabouts};
use kinward_contracts::r#type::v1::{Capacity, Sex};
use kinward_eventlog::Log;
use kinward_eventsourcing::{Clock as _, Position, SystemClock};
use kinward_local::{Nats, NatsOptions, Postgres};
use kinward_statute::day_of;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

const HEADINGS: [&str; 19] = [
    "序号 No.",
    "姓名",
    "sex",
    "出生日期",
    "身份证号",
    "Village code",
    "住址",
    "父亲姓名",
    "父亲电话",
    "父亲去向",
    "父亲监护能力",
    "母亲姓名",
    "母亲电话",
    "母亲去向",
    "母亲监护能力",
    "照料人姓名",
    "照料人与儿童关系",
    "监护依据",
    "照料人监护能力",
];

/// A registry of its own, with the district's reference data.
struct Registry {
    processes: Processes,
    settings: Settings,
    token: String,
    folder: tempfile::TempDir,
    _nats: Nats,
    _postgres: Postgres,
}

impl Registry {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        let nats = Nats::start(NatsOptions::new(&folder.join("nats"))).await.unwrap();
        let postgres = Postgres::start(&folder.join("postgres"), None).await.unwrap();
        let mut settings = prepare(folder, &nats, &postgres);
        change(&mut settings);
        write(folder, &settings);
        services::provision(&settings).await.unwrap();
        let processes = Processes::new(folder, &["registry"]);
        let (token, clients) = (token(folder, &people::civil_affairs()), processes.clients());
        while reference::load(&clients).await.is_err() {
            tokio::task::yield_now().await;
        }
        Self { processes, settings, token, folder: temporary, _nats: nats, _postgres: postgres }
    }

    fn command(&self, file: &Path) -> tokio::process::Command {
        let mut command = kinward();
        command
            .args(["import", "children"])
            .arg(file)
            .arg("--key")
            .arg(self.folder.path().join("import.key"))
            .env("KINWARD_REGISTRY", &self.processes.addresses()["registry"])
            .env("KINWARD_TOKEN", &self.token)
            .stdin(Stdio::null());
        command
    }

    /// Exit code and what was said.
    async fn import(&self, file: &Path, more: &[&str]) -> (i32, String) {
        let output = self.command(file).args(more).output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or_default(), String::from_utf8_lossy(&said).into_owned())
    }

    async fn log(&self) -> Log {
        Log::connect(self.settings.log.clone()).await.unwrap()
    }

    async fn position(&self) -> Position {
        self.log().await.last_position().await.unwrap()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// The results, without the mark of UTF-8: each row's cells by row number.
fn results(file: &Path) -> BTreeMap<u64, Vec<String>> {
    let text = std::fs::read_to_string(format!("{}.results.csv", file.display())).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let records = reader.records().map(Result::unwrap);
    records.map(|row| (row[0].parse().unwrap(), row.iter().map(str::to_owned).collect())).collect()
}

/// The cells of a generated child.
fn cells(index: u64) -> Vec<String> {
    let child: RegisterChildRequest = population::child(index, day_of(SystemClock.now()));
    let home = child.household.clone().unwrap();
    let mut cells = vec![
        index.to_string(),
        child.name.clone(),
        if child.sex() == Sex::Male { "男" } else { "女" }.to_owned(),
        child.birth_date.replace('-', "/"),
        child.identity_number.clone().unwrap(),
        home.village_code,
        home.address,
    ];
    for parent in &child.parents {
        cells.extend(of_parent(parent));
    }
    let carer = &child.guardians[0];
    cells.extend([carer.name.as_str(), "祖母", "委托监护", "有"].map(str::to_owned));
    cells
}

fn of_parent(parent: &ParentInput) -> [String; 4] {
    let facts = parent.facts.as_ref().unwrap();
    assert_eq!(facts.capacity(), Capacity::Full);
    let away = facts.whereabouts() == Whereabouts::AwayForWork;
    let (name, phone) = (parent.name.clone().unwrap(), parent.phone.clone().unwrap());
    [name, phone, if away { "外出务工" } else { "在家" }.to_owned(), "有".to_owned()]
}

fn csv_of(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn xlsx_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let headings = HEADINGS.map(str::to_owned).to_vec();
    for (number, row) in (0..).zip(std::iter::once(&headings).chain(rows)) {
        for (column, text) in (0..).zip(row) {
            // a village code that Excel took for a number is the same code
            match text.parse::<f64>() {
                Ok(code) if number > 0 && column == 5 => sheet.write_number(number, column, code).unwrap(),
                _ => sheet.write_string(number, column, text).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_any_form_imports_each_child_once_and_a_dry_run_moves_nothing() {
    let registry = Registry::start().await;
    let mut rows: Vec<_> = (0..300).map(cells).collect();
    // a wrong digit, a village that is none, the same child as row 2, an example
    let sound = rows.clone();
    rows[7][4].replace_range(6..7, "3");
    rows[8][5] = "430903999999".to_owned();
    rows.push([&["300".to_owned()], &sound[0][1..]].concat());
    rows[300][6] = "别处".to_owned();
    rows.push([&["示例".to_owned()], &cells(301)[1..]].concat());
    let file = registry.file("children.csv", csv_of(&rows).as_bytes());
    let before = registry.position().await;

    let (code, said) = registry.import(&file, &["--dry-run"]).await;
    assert_eq!(code, 65, "{said}");
    assert!(said.contains("298 sound, 3 refused, 0 unknown, 1 examples"), "{said}");
    assert_eq!(registry.position().await, before);
    let dry = results(&file);
    assert_eq!((dry[&9][1].as_str(), dry[&9][4].as_str()), ("未导入 refused", "身份证号 Identity number"));
    assert!(dry[&9][5].contains("校验码") && dry[&9][6].contains("check character"), "{:?}", dry[&9]);
    assert_eq!(dry[&10][3].split(' ').next(), Some("INF-4"), "{:?}", dry[&10]);
    assert!(dry[&302][5].contains("第2行") && dry[&303][1].starts_with("示例"));
    assert!(!registry.folder.path().join("import.key").exists());

    let (code, said) = registry.import(&file, &[]).await;
    assert_eq!(code, 65, "{said}");
    assert!(said.contains("298 on file, 3 refused"), "{said}");
    let after = registry.position().await;
    assert!(after > before);
    let first = results(&file);
    // what became of rows names no person
    let text = std::fs::read_to_string(registry.folder.path().join("children.csv.results.csv")).unwrap();
    for secret in rows.iter().flat_map(|row| [&row[1], &row[4], &row[6], &row[8]]) {
        assert!(!text.contains(secret.as_str()), "{secret}");
    }

    // again, in Excel's Chinese encoding, and as a workbook: the same children, and nothing moves
    let text = csv_of(&rows);
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&text);
    let again = registry.file("again.csv", &gb18030);
    let workbook = registry.file("children.xlsx", &xlsx_of(&rows));
    for other in [&file, &again, &workbook] {
        let (code, said) = registry.import(other, &[]).await;
        assert_eq!(code, 65, "{said}");
        assert_eq!(results(other), first);
        assert_eq!(registry.position().await, after);
    }
    let (_, said) = registry.import(&file, &["--dry-run"]).await;
    assert!(said.contains("298 sound"), "{said}");
    assert_eq!(results(&file), first);

    // corrected, the rest comes in; a row changed after it came in is refused and points to the file
    let corrected = registry.file("children.csv", csv_of(&sound).as_bytes());
    let (code, said) = registry.import(&corrected, &[]).await;
    assert_eq!(code, 0, "{said}");
    let mut changed = sound;
    changed[0][6] = "别处".to_owned();
    let changed = registry.file("children.csv", csv_of(&changed).as_bytes());
    assert_eq!(registry.import(&changed, &[]).await.0, 65);
    let refused = &results(&changed)[&2];
    assert_eq!((refused[2].as_str(), &refused[3][..5]), (first[&2][2].as_str(), "TWN-1"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_and_run_again_ends_with_each_child_once() {
    const CHILDREN: u64 = 1_200;
    let mut registry = Registry::start().await;
    let rows: Vec<_> = (0..CHILDREN).map(cells).collect();
    let file = registry.file("children.xlsx", &xlsx_of(&rows));
    let log = registry.log().await;
    let start = registry.position().await;
    let mut reader = log.read_after(start);

    // the import is killed when some are in, then the registry under the next one, which waits for it
    let mut running = registry.command(&file).stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    while reader.position().0 < start.0 + 300 {
        reader.next().await.unwrap();
    }
    running.kill().await.unwrap();
    let killed = registry.position().await;
    assert!(killed.0 < start.0 + 2 * CHILDREN, "it was over before it was killed");
    let running = registry.command(&file).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while reader.position().0 < killed.0 + 100 {
        reader.next().await.unwrap();
    }
    registry.processes.kill_and_restart("registry").await;
    let output = running.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said} {}", String::from_utf8_lossy(&output.stderr));

    let end = registry.position().await;
    let (mut files, mut reader) = (BTreeMap::<String, u32>::new(), log.read_after(start));
    while reader.position() < end {
        let commit = reader.next().await.unwrap();
        for event in
            commit.recorded().unwrap().iter().filter(|event| event.event_type().ends_with(".ChildRegistered"))
        {
            *files.entry(event.subject.id().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(files.len() as u64, CHILDREN);
    assert!(files.values().all(|times| *times == 1));
    let named: Vec<String> = results(&file).into_values().map(|row| row[2].clone()).collect();
    assert!(named.iter().all(|child| files.contains_key(child)));
}

#[tokio::test]
async fn a_file_that_cannot_be_imported_ends_with_the_reason_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let say = async |name: &Path| {
        let mut command = kinward();
        command.args(["import", "children"]).arg(name);
        command.args(["--registry", "http://127.0.0.1:1", "--token", "none", "--dry-run"]);
        let output = command.output().await.unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    for (path, code, zh, en) in [
        (folder.path().to_owned(), 66, "文件夹", "is a directory"),
        (folder.path().join("none.csv"), 66, "检查路径", "cannot be read"),
        (file("empty.csv", b""), 65, "文件为空", "is empty"),
        (file("half.csv", "姓名\n某某".as_bytes()), 65, "缺少列 出生日期", "columns are missing: Birth date"),
        (file("odd.csv", b"\xFF\xFF\xFF"), 65, "无法识别编码", "unknown encoding"),
        (file("odd.xlsx", b"PK"), 65, "无法打开工作簿", "does not open"),
    ] {
        let (ended, said) = say(&path).await;
        assert_eq!(ended, code, "{said}");
        assert!(said.contains(zh) && said.contains(en) && !said.contains("某某"), "{said}");
    }
    let template = folder.path().join("template.xlsx");
    let mut command = kinward();
    let output = command.args(["import", "children", "--template"]).arg(&template).output().await.unwrap();
    assert!(output.status.success() && template.exists());
}

/// Rows of a district's whole ledger.
const LEDGER: u64 = 50_000;

/// `cargo nextest run --cargo-profile load -p kinward -E 'test(importing::long)' --no-capture` prints how long each takes: a
/// dry run, the import, the import again.
#[tokio::test(flavor = "multi_thread")]
async fn long_a_ledger_of_fifty_thousand_rows_is_on_file_and_optimised_in_under_five_minutes() {
    // as many keys at hand as by default
    let capacity = Settings::default().pool_capacity;
    let registry = Registry::start_with(|settings| settings.pool_capacity = capacity).await;
    let rows: Vec<_> = (0..LEDGER).map(cells).collect();
    let file = registry.file("ledger.xlsx", &xlsx_of(&rows));
    for more in [&["--dry-run"][..], &[], &[]] {
        let began = std::time::Instant::now();
        let (code, said) = registry.import(&file, more).await;
        let took = began.elapsed();
        println!("{more:?}: {LEDGER} rows in {:.0} s", took.as_secs_f64());
        assert_eq!(code, 0, "{said}");
        assert!(cfg!(debug_assertions) || took < std::time::Duration::from_secs(300), "{took:?}");
    }
}
