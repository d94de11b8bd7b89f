//! `kinward import children`: a district's files from CSV or Excel into the registry, through its public API. Nothing of
//! a row is decided here, so that what is imported is what would have been registered by hand.

mod columns;
mod file;
mod results;
mod row;
mod send;
mod template;

pub use file::FileError;
pub use results::Tally;

use crate::clients::{Authorised, Bearer};
use anyhow::Context as _;
use columns::Column;
use indicatif::{ProgressBar, ProgressStyle};
use kinward_contracts_grpc::registry::v1::child_service_client::ChildServiceClient;
use kinward_privacy::{make_key, read_key};
use results::{Outcome, Outcomes};
use row::{Ids, Problem};
use send::Sending;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Endpoint;

/// What to import, and how.
pub struct Import<'a> {
    /// The file.
    pub file: &'a Path,
    /// Where the registry is, as `http://127.0.0.1:7001`.
    pub registry: &'a str,
    /// The caller's token.
    pub token: &'a str,
    /// File of the key that makes the rows' ids.
    pub key: &'a Path,
    /// Where the results go; `None`: beside the file.
    pub results: Option<PathBuf>,
    /// Checks every row and changes nothing.
    pub dry_run: bool,
}

/// Writes the template.
pub fn template(path: &Path) -> anyhow::Result<()> {
    template::write(path)
}

impl Import<'_> {
    /// Imports; answers how many rows came to what, and where that stands row by row.
    pub async fn run(&self) -> anyhow::Result<(Tally, PathBuf)> {
        let table = file::read(self.file)?;
        let ids = Ids(self.id_key()?);
        let (rows, mut outcomes) = sort_out(table, &ids);
        let bar = ProgressBar::new(rows.len() as u64).with_style(ProgressStyle::with_template(
            "导入儿童档案 importing children {bar:30} {pos}/{len}  {per_sec}  {eta}",
        )?);
        let children = self.children()?;
        let (sent, ended) = send::send(&children, rows, self.dry_run, &|some| bar.inc(some as u64)).await;
        outcomes.extend(sent);
        bar.finish_and_clear();
        let results = self.results.clone().unwrap_or_else(|| {
            let mut beside = self.file.as_os_str().to_owned();
            beside.push(".results.csv");
            beside.into()
        });
        results::write(&results, &outcomes)
            .with_context(|| format!("无法写入结果  cannot write {}", results.display()))?;
        ended.with_context(|| format!("已有结果  what is known: {}", results.display()))?;
        Ok((results::tally(&outcomes), results))
    }

    fn children(&self) -> anyhow::Result<ChildServiceClient<Authorised>> {
        let channel = Endpoint::from_shared(self.registry.to_owned())
            .context("地址无效  no address: give one as http://127.0.0.1:7001")?
            .connect_lazy();
        Ok(ChildServiceClient::new(InterceptedService::new(channel, Bearer::of(self.token)?)))
    }

    /// The key of the rows' ids: kept, since with another the same rows would have other ids. A dry run keeps none.
    fn id_key(&self) -> anyhow::Result<[u8; 32]> {
        match (self.key.exists(), self.dry_run) {
            (true, _) => Ok(read_key(self.key)?),
            (false, true) => Ok(rand::random()),
            (false, false) => Ok(make_key(self.key)?),
        }
    }
}

/// The rows that can be sent, and what is known of the others already.
fn sort_out(table: file::Table, ids: &Ids) -> (Vec<Sending>, Outcomes) {
    let (mut sending, mut outcomes) = (Vec::new(), Outcomes::new());
    let (mut by_id, mut by_number) = (BTreeMap::new(), BTreeMap::new());
    for cells in &table.rows {
        let number = cells.number;
        if row::is_example(&table.columns, cells) {
            outcomes.insert(number, Outcome::Example);
            continue;
        }
        let mut request = match row::request(&table.columns, cells) {
            Ok(request) => request,
            Err(problems) => {
                outcomes.insert(number, Outcome::Refused { problems, existing_id: None });
                continue;
            }
        };
        request.request_id = ids.of(&request);
        let same = by_id.get(&request.request_id).copied();
        let identity = request.identity_number.clone();
        let same_child = identity.as_ref().and_then(|identity| by_number.get(identity).copied());
        if let Some(first) = same {
            outcomes.insert(number, repeated(first, None));
        } else if let Some(first) = same_child {
            outcomes.insert(number, repeated(first, Column::of_field("identity_number")));
        } else {
            by_id.insert(request.request_id.clone(), number);
            by_number.extend(identity.map(|identity| (identity, number)));
            sending.push(Sending { number, request });
        }
    }
    (sending, outcomes)
}

/// The row repeats an earlier one, or the child of an earlier one.
fn repeated(first: u64, column: Option<&Column>) -> Outcome {
    let (zh, en) = match column {
        None => (format!("与第{first}行重复：删除一行"), format!("the same as row {first}: delete one")),
        Some(_) => (
            format!("身份证号与第{first}行相同：一人一档案，核对后保留一行"),
            format!("the identity number of row {first}: one file per child, keep the right row"),
        ),
    };
    let field = column.map(Column::heading).unwrap_or_default();
    let problem = Problem { rule: "TWN-1".to_owned(), field, zh, en };
    Outcome::Refused { problems: vec![problem], existing_id: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use columns::COLUMNS;

    #[test]
    fn a_row_that_repeats_an_earlier_one_is_refused_and_the_first_goes() {
        let columns: Vec<&'static Column> = COLUMNS.iter().filter(|column| column.required).collect();
        let columns: Vec<_> = columns.into_iter().chain(Column::of_field("identity_number")).collect();
        let row = |number: u64, name: &str, address: &str, identity: &str| file::Cells {
            number,
            texts: [name, "2015-06-09", "430903111201", address, identity]
                .map(|text| Some(text.to_owned()))
                .into(),
        };
        let rows = vec![
            row(2, "某某", "1组", "11010120231101217X"),
            row(3, " 某某 ", "1组", "11010120231101217x"),
            row(4, "某某", "2组", "11010120231101217X"),
            row(5, "某某", "1组", ""),
        ];
        let (sending, outcomes) = sort_out(file::Table { columns, rows }, &Ids([1; 32]));
        assert_eq!(sending.iter().map(|one| one.number).collect::<Vec<_>>(), [2, 5]);
        let says = |number: u64| format!("{:?}", outcomes[&number]);
        assert!(says(3).contains("与第2行重复") && says(4).contains("the identity number of row 2"));
    }
}
