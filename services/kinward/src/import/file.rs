//! A file of rows as people fill it in: CSV in UTF-8, UTF-16 or GB18030, or a workbook. What is no such file is refused
//! with what to do about it; nothing of its content is repeated.

use super::columns::{COLUMNS, Column};
use calamine::{Data, DataType as _, Reader as _};
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::path::Path;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not there, or not readable.
    #[error("无法读取文件：请检查路径与权限  the file cannot be read, check path and permission")]
    Unreadable(#[source] std::io::Error),
    /// A directory.
    #[error("这是文件夹：请给出其中的文件  this is a directory: name a file in it")]
    Directory,
    /// Another kind of file.
    #[error(
        "不支持的文件类型：请另存为 .xlsx 或 .csv  not a kind of file that is read: save it as .xlsx or .csv"
    )]
    Kind,
    /// Nothing in it.
    #[error("文件为空：请用模板填写  the file is empty: fill in the template")]
    Empty,
    /// Headings and no rows.
    #[error("只有标题，没有数据行  there are headings and no rows")]
    NoRows,
    /// Neither UTF-8 nor GB18030.
    #[error(
        "无法识别编码：请另存为 .xlsx 或 UTF-8 的 .csv  unknown encoding: save it as .xlsx, or as .csv in UTF-8"
    )]
    Encoding,
    /// Not CSV.
    #[error("第{0}行不是有效的CSV：请检查引号  line {0} is not CSV: check the quotes")]
    Csv(u64),
    /// Not a workbook.
    #[error("无法打开工作簿：文件损坏或加密  the workbook does not open: it is damaged or encrypted")]
    Workbook,
    /// Columns are missing.
    #[error("缺少列 {zh}：请使用模板  columns are missing: {en}; use the template")]
    MissingColumns {
        /// Their headings, Chinese.
        zh: String,
        /// Their headings, English.
        en: String,
    },
    /// Headings that no column has.
    #[error(
        "第{0}列的标题不在模板中：请改正或删除该列  column {0} has a heading that is not in the template: correct it, or delete the column"
    )]
    UnknownColumn(String),
    /// Two columns of one heading.
    #[error("列 {0} 重复  column {1} stands twice")]
    RepeatedColumn(&'static str, &'static str),
}

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Table {
    /// The columns, in the file's order.
    pub(crate) columns: Vec<&'static Column>,
    /// The rows that are not blank.
    pub(crate) rows: Vec<Cells>,
}

/// The cells of a row.
#[derive(Debug)]
pub(crate) struct Cells {
    /// Number of the row, as Excel counts.
    pub(crate) number: u64,
    /// Text, in the order of the columns; `None`: a formula that failed.
    pub(crate) texts: Vec<Option<String>>,
}

impl Cells {
    fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.as_deref().is_some_and(|text| text.trim().is_empty()))
    }
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Table, FileError> {
    if path.is_dir() {
        return Err(FileError::Directory);
    }
    let bytes = std::fs::read(path).map_err(FileError::Unreadable)?;
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
    let rows = match kind.as_str() {
        "csv" => csv(&text(&bytes)?)?,
        "xlsx" | "xlsm" | "xls" | "ods" => workbook(bytes)?,
        _ => return Err(FileError::Kind),
    };
    table(rows)
}

/// The headings name the columns; the rest are rows.
fn table(rows: Vec<Cells>) -> Result<Table, FileError> {
    let mut rows = rows.into_iter().filter(|row| !row.is_blank());
    let headings = rows.next().ok_or(FileError::Empty)?.texts;
    let filled = headings.iter().rposition(|text| text.as_deref().is_none_or(|text| !text.trim().is_empty()));
    let mut columns: Vec<&'static Column> = Vec::new();
    let mut unknown = None;
    for (index, heading) in headings.iter().take(filled.map_or(0, |last| last + 1)).enumerate() {
        match heading.as_deref().and_then(Column::of_heading) {
            Some(column) if columns.iter().any(|known| known.field == column.field) => {
                return Err(FileError::RepeatedColumn(column.zh, column.en));
            }
            Some(column) => columns.push(column),
            None => unknown = unknown.or(Some(index)),
        }
    }
    let missing: Vec<&Column> = COLUMNS
        .iter()
        .filter(|wanted| wanted.required && !columns.iter().any(|column| column.field == wanted.field))
        .collect();
    if !missing.is_empty() {
        let zh = missing.iter().map(|column| column.zh).collect::<Vec<_>>().join("、");
        let en = missing.iter().map(|column| column.en).collect::<Vec<_>>().join(", ");
        return Err(FileError::MissingColumns { zh, en });
    }
    if let Some(index) = unknown {
        return Err(FileError::UnknownColumn(letters(index)));
    }
    let rows: Vec<Cells> = rows.collect();
    if rows.is_empty() {
        return Err(FileError::NoRows);
    }
    Ok(Table { columns, rows })
}

/// A column as Excel names it: A, B, …, Z, AA.
fn letters(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    if index < 26 { last.to_string() } else { format!("{}{last}", letters(index / 26 - 1)) }
}

/// Text in the encoding that its first bytes tell, in UTF-8, or in GB18030, which Chinese Excel writes.
fn text(bytes: &[u8]) -> Result<String, FileError> {
    let decoded = match Encoding::for_bom(bytes) {
        Some((encoding, bom)) => encoding.decode_without_bom_handling_and_without_replacement(&bytes[bom..]),
        None => UTF_8
            .decode_without_bom_handling_and_without_replacement(bytes)
            .or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes)),
    };
    // no text holds NUL: a workbook with the wrong name, or UTF-16 without its mark
    decoded.filter(|text| !text.contains('\0')).map(std::borrow::Cow::into_owned).ok_or(FileError::Encoding)
}

/// Rows are numbered as Excel numbers them: blank lines count, and a cell of two lines is one row.
fn csv(text: &str) -> Result<Vec<Cells>, FileError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let newlines = |text: &str| text.matches('\n').count() as u64;
    let (mut rows, mut read, mut number, mut inside) = (Vec::new(), 0, 1, 0);
    for record in reader.records() {
        let record = record.map_err(|_| FileError::Csv(number))?;
        // it begins behind the blank lines
        let at = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or_default());
        let blank = text[at..].len() - text[at..].trim_start_matches('\n').len();
        number += newlines(&text[read..at + blank]) - inside;
        read = at + blank;
        inside = record.iter().map(newlines).sum::<u64>();
        rows.push(Cells { number, texts: record.iter().map(|cell| Some(cell.to_owned())).collect() });
    }
    Ok(rows)
}

fn workbook(bytes: Vec<u8>) -> Result<Vec<Cells>, FileError> {
    let mut workbook =
        calamine::open_workbook_auto_from_rs(std::io::Cursor::new(bytes)).map_err(|_| FileError::Workbook)?;
    let sheet = workbook.worksheet_range_at(0).ok_or(FileError::Empty)?.map_err(|_| FileError::Workbook)?;
    let (first_row, first_column) = sheet.start().unwrap_or_default();
    let rows = (u64::from(first_row) + 1..).zip(sheet.rows());
    Ok(rows
        .map(|(number, row)| {
            let before = std::iter::repeat_n(Some(String::new()), first_column as usize);
            Cells { number, texts: before.chain(row.iter().map(cell)).collect() }
        })
        .collect())
}

/// A cell as text; `None`: a formula that failed.
fn cell(cell: &Data) -> Option<String> {
    match cell {
        Data::Error(_) => None,
        Data::DateTime(_) | Data::DateTimeIso(_) => cell.as_date().map(|day| day.to_string()),
        // a number that a double does not hold to the last digit shows itself as one
        Data::Float(number) if number.abs() >= 1e15 => Some(format!("{number:E}")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required() -> String {
        let headings: Vec<&str> = COLUMNS.iter().filter(|column| column.required).map(|one| one.zh).collect();
        headings.join(",")
    }

    fn written(name: &str, bytes: &[u8]) -> Result<Table, FileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read(&path)
    }

    #[test]
    fn every_encoding_of_a_csv_reads_the_same() {
        let text = format!(
            "{}\r\n某某,2015-06-09,430903111201,\"1组\n2号\"\r\n,,,\r\n\r\n李四,2015-06-09,430903111201,3号",
            required()
        );
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let (gb18030, _, lossy) = GB18030.encode(&text);
        assert!(!lossy);
        for bytes in [text.as_bytes(), &bom, &utf16, &gb18030] {
            let table = written("children.csv", bytes).unwrap();
            let rows: Vec<_> = table
                .rows
                .iter()
                .map(|row| (row.number, row.texts[0].as_deref(), row.texts[3].as_deref()))
                .collect();
            assert_eq!(rows, [(2, Some("某某"), Some("1组\n2号")), (5, Some("李四"), Some("3号"))]);
        }
    }

    #[test]
    fn what_is_no_file_of_children_is_refused_for_what_is_wrong() {
        let headings = required();
        let refused = |name: &str, bytes: &[u8]| written(name, bytes).unwrap_err().to_string();
        for (name, bytes, says) in [
            ("a.csv", "".as_bytes(), ["为空", "is empty"]),
            ("a.csv", b" , ,\n", ["为空", "is empty"]),
            ("a.csv", headings.as_bytes(), ["没有数据行", "no rows"]),
            ("a.csv", b"\x81\x20\xFF\xFF,", ["无法识别编码", "unknown encoding"]),
            ("a.pdf", b"%PDF", ["不支持", "not a kind"]),
            ("a.xlsx", headings.as_bytes(), ["无法打开工作簿", "does not open"]),
            ("a.csv", "姓名,Address\n某某,1".as_bytes(), ["出生日期、村居代码", "Birth date, Village code"]),
            ("a.csv", format!("{headings},父亲\n").as_bytes(), ["第E列", "column E"]),
            ("a.csv", format!("{headings},Name\n").as_bytes(), ["姓名 重复", "Name stands twice"]),
        ] {
            let said = refused(name, bytes);
            assert!(says.iter().all(|part| said.contains(part)), "{name}: {said}");
        }
        assert!(matches!(read(Path::new("/")), Err(FileError::Directory)));
        assert!(matches!(read(Path::new("/nowhere.csv")), Err(FileError::Unreadable(_))));
        // a file without headings: its first child is not repeated
        let said = refused("a.csv", "某某,2015-06-09,430903111201,1组\n".as_bytes());
        assert!(said.contains("缺少列") && !said.contains("某某"), "{said}");
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_number_that_excel_spoiled_shows_itself() {
        let number = cell(&Data::Float(430_903_201_506_090_012_f64)).unwrap();
        assert!(number.contains('E'), "{number}");
        assert_eq!(cell(&Data::Float(430_903_111_201.0)).unwrap(), "430903111201");
        assert_eq!(cell(&Data::Error(calamine::CellErrorType::NA)), None);
    }
}
