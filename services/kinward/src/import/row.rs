//! From the cells of a row to the request that registers the child. What the registry decides is left to it: here only
//! words and dates are read. No problem repeats what the cell holds.

use super::columns::{COLUMNS, Column, EXAMPLE};
use super::file::Cells;
use chrono::{Datelike as _, NaiveDate};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kinward_contracts::registry::v1::{
    GuardianInput, HouseholdInput, ParentFacts, ParentInput, RegisterChildRequest, Schooling,
};
use kinward_contracts::r#type::v1::Relation;
use prost::Message as _;
use sha2::Sha256;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Rule behind it; empty: the form of a field.
    pub(crate) rule: String,
    /// The column; empty: the whole row.
    pub(crate) field: String,
    /// What to do, Chinese.
    pub(crate) zh: String,
    /// What to do, English.
    pub(crate) en: String,
}

impl Problem {
    /// The cell is not what the column takes.
    pub(crate) fn at(column: &Column) -> Self {
        Self::because(column, column.hint_zh, column.hint_en)
    }

    /// The cell is wrong for this reason.
    pub(crate) fn because(column: &Column, zh: &str, en: &str) -> Self {
        Self {
            rule: String::new(),
            field: column.heading(),
            zh: format!("{}：{zh}", column.zh),
            en: format!("{}: {en}", column.en),
        }
    }
}

/// The cells of a row, by column.
struct Row<'a> {
    columns: &'a [&'static Column],
    cells: &'a Cells,
    problems: Vec<Problem>,
}

impl Row<'_> {
    /// What a cell says; `None`: nothing.
    fn text(&self, field: &str) -> Option<String> {
        let index = self.columns.iter().position(|column| column.field == field)?;
        let text = tidy(self.cells.texts.get(index)?.as_deref()?);
        (!text.is_empty()).then_some(text)
    }

    /// A code that takes no spaces and no full-width digits.
    fn code(&self, field: &str) -> Option<String> {
        let narrow = |character: char| match character {
            '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            other => other,
        };
        let text = self.text(field)?;
        Some(text.chars().filter(|character| !character.is_whitespace()).map(narrow).collect())
    }

    /// The value of a word; zero where there is none.
    fn word(&mut self, field: &str) -> i32 {
        let (Some(column), Some(text)) = (Column::of_field(field), self.text(field)) else { return 0 };
        column.value(&text).unwrap_or_else(|| {
            self.problems.push(Problem::at(column));
            0
        })
    }

    fn any(&self, prefix: &str) -> bool {
        COLUMNS.iter().any(|column| column.field.starts_with(prefix) && self.text(column.field).is_some())
    }
}

fn tidy(text: &str) -> String {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}').to_owned()
}

/// Whether a row is an example: marked as one, or the template's with the mark taken away.
pub(crate) fn is_example(columns: &[&'static Column], cells: &Cells) -> bool {
    let row = Row { columns, cells, problems: Vec::new() };
    let mark = row.text("number").unwrap_or_default().to_lowercase();
    mark.contains(EXAMPLE.0)
        || mark.contains(EXAMPLE.1)
        || ["name", "father.name", "mother.name"].iter().all(|field| {
            Column::of_field(field).is_some_and(|column| row.text(field).as_deref() == Some(column.example))
        })
}

/// The request of a row, its id not set yet.
pub(crate) fn request(
    columns: &[&'static Column],
    cells: &Cells,
) -> Result<RegisterChildRequest, Vec<Problem>> {
    let mut row = Row { columns, cells, problems: Vec::new() };
    shape(&mut row);
    let birth_date = birth_date(&mut row);
    let request = RegisterChildRequest {
        request_id: String::new(),
        occurred_at: None,
        name: row.text("name").unwrap_or_default(),
        sex: row.word("sex"),
        birth_date,
        identity_number: row.code("identity_number").map(|number| number.to_uppercase()),
        household: Some(HouseholdInput {
            village_code: row.code("household.village_code").unwrap_or_default(),
            address: row.text("household.address").unwrap_or_default(),
        }),
        parents: [(Relation::Father, "father."), (Relation::Mother, "mother.")]
            .into_iter()
            .filter_map(|(relation, prefix)| parent(&mut row, relation, prefix))
            .collect(),
        guardians: carer(&mut row).into_iter().collect(),
        schooling: row.any("schooling.").then(|| Schooling {
            stage: row.word("schooling.stage"),
            school_unit_id: row.code("schooling.school_unit_id"),
            boarding: row.word("schooling.boarding") == 1,
        }),
    };
    if row.problems.is_empty() { Ok(request) } else { Err(row.problems) }
}

/// More cells than columns, failed formulas, and columns that every row must fill.
fn shape(row: &mut Row<'_>) {
    let beyond = row.cells.texts.iter().skip(row.columns.len());
    if beyond.flatten().any(|text| !tidy(text).is_empty()) {
        row.problems.push(Problem {
            rule: String::new(),
            field: String::new(),
            zh: "单元格多于标题：检查逗号和引号".to_owned(),
            en: "there are more cells than headings: check commas and quotes".to_owned(),
        });
    }
    for (column, text) in row.columns.iter().zip(&row.cells.texts) {
        if text.is_none() {
            let (zh, en) =
                ("此单元格的公式出错，请直接填写内容", "the formula in this cell failed: write the value");
            row.problems.push(Problem::because(column, zh, en));
        }
    }
    let columns: Vec<&Column> = row.columns.iter().copied().filter(|column| column.required).collect();
    for column in columns {
        if row.text(column.field).is_none() && row.problems.iter().all(|one| one.field != column.heading()) {
            row.problems.push(Problem::because(column, "必填", "must be filled in"));
        }
    }
}

/// The birth date, however it is written.
fn birth_date(row: &mut Row<'_>) -> String {
    const FORMS: [&str; 5] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"];
    let Some(text) = row.code("birth_date") else { return String::new() };
    let read = FORMS.iter().find_map(|form| NaiveDate::parse_from_str(&text, form).ok());
    if let Some(day) = read.filter(|day| (1900..=9999).contains(&day.year())) {
        return day.to_string();
    }
    row.problems.extend(Column::of_field("birth_date").map(Problem::at));
    String::new()
}

fn parent(row: &mut Row<'_>, relation: Relation, prefix: &str) -> Option<ParentInput> {
    let field = |name: &str| format!("{prefix}{name}");
    row.any(prefix).then(|| ParentInput {
        relation: relation.into(),
        name: row.text(&field("name")),
        phone: row.code(&field("phone")),
        identity_number: row.code(&field("identity_number")).map(|number| number.to_uppercase()),
        facts: Some(ParentFacts {
            whereabouts: row.word(&field("whereabouts")),
            capacity: row.word(&field("capacity")),
            lives_with_child: row.word(&field("lives_with_child")) == 1,
            since_on: None,
        }),
    })
}

fn carer(row: &mut Row<'_>) -> Option<GuardianInput> {
    row.any("carer.").then(|| GuardianInput {
        relation: row.word("carer.relation"),
        name: row.text("carer.name").unwrap_or_default(),
        phone: row.code("carer.phone"),
        identity_number: row.code("carer.identity_number").map(|number| number.to_uppercase()),
        basis: row.word("carer.basis"),
        capacity: row.word("carer.capacity"),
        lives_with_child: row.word("carer.lives_with_child") == 1,
    })
}

/// The column of a field that the registry names in a refusal.
pub(crate) fn column_of(request: &RegisterChildRequest, field: &str) -> Option<&'static Column> {
    let (list, rest) = field.split_once('[').map_or(("", field), |(list, rest)| (list, rest));
    let (index, name) = rest.split_once("].").unwrap_or(("", rest));
    let name = name.trim_start_matches("facts.");
    let prefix = match list {
        "guardians" => "carer.",
        "parents" => {
            let parent = index.parse().ok().and_then(|index: usize| request.parents.get(index))?;
            if parent.relation() == Relation::Mother { "mother." } else { "father." }
        }
        _ => return Column::of_field(field),
    };
    Column::of_field(&format!("{prefix}{name}"))
}

/// Ids of rows: the same content has the same id, whatever file or line it stands in, and without the key the id tells
/// nothing of it.
pub(crate) struct Ids(pub(crate) [u8; 32]);

impl Ids {
    /// The id of a request that has none yet.
    pub(crate) fn of(&self, request: &RegisterChildRequest) -> String {
        // HMAC takes keys of every length
        let keyed = Hmac::<Sha256>::new_from_slice(&self.0)
            .map(|mac| mac.chain_update(request.encode_to_vec()).finalize().into_bytes());
        let keyed = keyed.unwrap_or_default();
        format!("import-{}", hex::encode(&keyed[..24]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::Validate as _;
    use kinward_contracts::registry::v1::Whereabouts;

    fn cells(change: &[(&str, Option<&str>)]) -> (Vec<&'static Column>, Cells) {
        let text = |column: &Column| {
            let changed = change.iter().find(|(field, _)| *field == column.field);
            changed.map_or_else(|| Some(column.example.to_owned()), |(_, text)| text.map(str::to_owned))
        };
        let texts = COLUMNS.iter().map(text).collect();
        (COLUMNS.iter().collect(), Cells { number: 2, texts })
    }

    fn of(change: &[(&str, Option<&str>)]) -> Result<RegisterChildRequest, Vec<Problem>> {
        let (columns, cells) = cells(change);
        request(&columns, &cells)
    }

    fn fields(change: &[(&str, Option<&str>)]) -> Vec<String> {
        of(change).unwrap_err().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn the_examples_words_are_well_formed_and_the_row_is_known_as_an_example() {
        let read = of(&[]).unwrap();
        let without_id = read.violations();
        assert!(without_id.iter().all(|one| one.field == "request_id"), "{without_id:?}");
        assert_eq!(read.parents[1].facts.as_ref().unwrap().whereabouts(), Whereabouts::AwayForWork);
        for change in [vec![], vec![("number", Some("7"))], vec![("name", Some("某某"))]] {
            let (columns, cells) = cells(&change);
            assert!(is_example(&columns, &cells), "{change:?}");
        }
        let (columns, cells) = cells(&[("number", Some("7")), ("name", Some("某某"))]);
        assert!(!is_example(&columns, &cells));
    }

    #[test]
    fn a_birth_date_reads_in_every_form_and_makes_one_id() {
        let ids = Ids([7; 32]);
        let first = ids.of(&of(&[]).unwrap());
        for form in ["2015/6/9", "2015.06.09", "2015年6月9日", "20150609", " ２０１５-０６-０９　"]
        {
            assert_eq!(ids.of(&of(&[("birth_date", Some(form))]).unwrap()), first, "{form}");
        }
        for wrong in ["15-06-09", "2015-02-30", "42164", "六月"] {
            assert_eq!(fields(&[("birth_date", Some(wrong))]), ["出生日期 Birth date"], "{wrong}");
        }
        assert!(first.len() <= 64);
        assert_ne!(ids.of(&of(&[("name", Some("某某"))]).unwrap()), first);
        assert_ne!(Ids([8; 32]).of(&of(&[]).unwrap()), first);
    }

    #[test]
    fn a_row_names_every_column_that_is_wrong_and_never_what_it_holds() {
        let wrong = [("name", Some(" ")), ("father.whereabouts", Some("秘密")), ("carer.phone", None)];
        let problems = of(&wrong).unwrap_err();
        let named: Vec<&str> = problems.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(named, ["照料人电话 Carer's phone", "姓名 Name", "父亲去向 Father's whereabouts"]);
        assert!(problems.iter().all(|one| !format!("{one:?}").contains("秘密")));
    }

    #[test]
    fn a_field_of_the_registry_is_a_column() {
        let mut request = of(&[]).unwrap();
        let name =
            |request: &RegisterChildRequest, field: &str| column_of(request, field).map(|one| one.field);
        assert_eq!(name(&request, "household.village_code"), Some("household.village_code"));
        assert_eq!(name(&request, "parents[1].identity_number"), Some("mother.identity_number"));
        assert_eq!(name(&request, "parents[0].facts.capacity"), Some("father.capacity"));
        assert_eq!(name(&request, "guardians[0].relation"), Some("carer.relation"));
        request.parents.remove(0);
        assert_eq!(name(&request, "parents[0].phone"), Some("mother.phone"));
        assert_eq!(name(&request, "parents[7].phone"), None);
    }
}
