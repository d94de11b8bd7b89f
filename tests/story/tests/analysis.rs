//! What analysts get: an export that DuckDB and Polars read, whose figures are those of the read models, and in which nobody
//! stands in clear.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use kinward::analysts::Export;
use kinward::people;
use kinward_chassis::Principal;
use kinward_contracts::departments::v1::{GetFiguresRequest, GetLedgerRequest, GetTrendRequest, TrendFigure};
use kinward_contracts::r#type::v1::Freshness;
use kinward_story::District;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::process::Command;

fn export(folder: &Path, key: &Path) -> Export {
    Export {
        folder: folder.to_owned(),
        key: key.to_owned(),
        to: None,
        shift_days: 0,
        rate: None,
        quasi: vec!["ChildRegistered:household_village_code,sex".parse().unwrap()],
        k: 5,
    }
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

async fn figures(folder: &Path) -> Value {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut python = Command::new("python3");
    python.arg(root.join("tests/analysis/figures.py")).arg(folder);
    let output = python.env("PYTHONPATH", root.join(".tools/python")).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn src_4_ovr_2_an_export_read_by_duckdb_and_polars_has_the_figures_of_the_read_models_and_no_person() {
    let district = District::start().await.unwrap();
    let clients = &district.clients;
    let story = district.play(1).whole().await.unwrap();
    for number in 2..9 {
        district.play(number).register().await.unwrap();
    }
    let last = district.settled().await;
    let temporary = tempfile::tempdir().unwrap();
    let (folder, key) = (temporary.path().join("export"), temporary.path().join("project.key"));
    export(&folder, &key).run(district.settings()).await.unwrap();
    let counted = figures(&folder).await;

    let freshness = Some(Freshness::at_least(last));
    let leadership = Principal {
        department: "DISTRICT_LEADERSHIP".to_owned(),
        unit: "government-430903".to_owned(),
        ..people::civil_affairs()
    };
    let trend = GetTrendRequest { freshness, ..Default::default() };
    let trend = clients.leadership(&leadership).unwrap().get_trend(trend).await.unwrap().into_inner();
    let entry = |figure: &TrendFigure| {
        json!([figure.month, figure.reason().as_str_name(), figure.count.unwrap().value.unwrap()])
    };
    let entries: Vec<Value> = trend.figures.iter().filter(|figure| figure.entered).map(entry).collect();
    assert_eq!(counted["entries"], Value::from(entries));

    let asked = GetFiguresRequest { freshness, ..Default::default() };
    let police = clients.work(&people::police()).unwrap().get_figures(asked).await.unwrap().into_inner();
    let met: BTreeMap<String, u64> = police
        .figures
        .into_iter()
        .map(|figure| (figure.clock, figure.met.unwrap().value.unwrap()))
        .filter(|(clock, met)| {
            *met > 0 && ["police-accept", "police-on-scene", "township-notice"].contains(&clock.as_str())
        })
        .collect();
    assert_eq!(met.len(), 3);
    assert_eq!(counted["met"], json!(met));

    let mut ledger = BTreeMap::new();
    for (code, _) in kinward::reference::townships() {
        let mut township = clients.township(&people::township(code)).unwrap();
        let answer = township.get_ledger(GetLedgerRequest { freshness }).await.unwrap().into_inner();
        ledger.extend(
            answer.villages.into_iter().map(|row| (row.village_code, [row.children, row.left_behind])),
        );
    }
    assert_eq!(counted["ledger"], json!(ledger));

    // nobody in clear, and no id of the log's
    let written = files(&folder);
    let child = district.play(1).child();
    for secret in [&child.name, &story.child_id, &story.incident_id, &child.identity_number.unwrap()] {
        let found = written
            .iter()
            .find(|(_, bytes)| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        assert!(found.is_none(), "{secret} stands in {:?}", found.map(|(path, _)| path));
    }
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.join("k-anonymity.json")).unwrap()).unwrap();
    assert_eq!(report[0]["aggregates"], 8);

    // again: nothing is new; after more: only what is new is written, and what was stays as it was
    export(&folder, &key).run(district.settings()).await.unwrap();
    assert_eq!(files(&folder).len(), written.len());
    district.play(9).register().await.unwrap();
    district.settled().await;
    // as a run leaves it that was cut off: a file that no manifest names
    let begun = folder.join("kinward.registry.v1.ChildRegistered/date=2026-11-24");
    std::fs::copy(
        begun.read_dir().unwrap().next().unwrap().unwrap().path(),
        begun.join(format!("{}-9.parquet", last + 1)),
    )
    .unwrap();
    export(&folder, &key).run(district.settings()).await.unwrap();
    let after = files(&folder);
    let report: Value = serde_json::from_slice(&after[&folder.join("k-anonymity.json")]).unwrap();
    assert_eq!(report[0]["aggregates"], 9, "of all that was exported");
    assert!(after.len() > written.len() + 1);
    for (path, bytes) in &written {
        let kept = path.ends_with("manifest.jsonl") || path.ends_with("k-anonymity.json");
        assert!(kept || after[path] == *bytes, "{path:?} was changed");
    }
    assert_eq!(
        figures(&folder).await["ledger"]
            .as_object()
            .unwrap()
            .values()
            .map(|row| row[0].as_u64().unwrap())
            .sum::<u64>(),
        9
    );
    // another way, or another key, is another export
    let other = export(&folder, &temporary.path().join("other.key")).run(district.settings()).await;
    assert!(other.unwrap_err().to_string().contains("key"));
    let shifted = Export { shift_days: 30, ..export(&folder, &key) };
    assert!(shifted.run(district.settings()).await.unwrap_err().to_string().contains("choose another"));
}
