//! The template: headings, one example row, and, in a workbook, lists to choose from and a guide. A workbook is better:
//! its cells are text, so that Excel leaves identity numbers and codes as they are.

use super::columns::{COLUMNS, Word};
use super::file::FileError;
use anyhow::Context as _;
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};
use std::path::Path;

/// Rows that have lists to choose from.
const ROWS: u32 = 50_000;

/// Writes the template; never over a file that is there.
pub(crate) fn write(path: &Path) -> anyhow::Result<()> {
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
    let bytes = match kind.as_str() {
        "xlsx" => workbook().context("write the workbook")?,
        "csv" => csv()?,
        _ => return Err(FileError::Kind.into()),
    };
    let mut options = std::fs::File::options();
    let file = options.write(true).create_new(true).open(path);
    let mut file = file.with_context(|| {
        format!(
            "无法新建文件（不覆盖已有文件）  cannot make {}: it is never written over a file that is there",
            path.display()
        )
    })?;
    std::io::Write::write_all(&mut file, &bytes)?;
    Ok(())
}

/// UTF-8 with its mark, without which Excel takes it for GB18030.
fn csv() -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS.iter().map(super::columns::Column::heading))?;
    writer.write_record(COLUMNS.iter().map(|column| column.example))?;
    writer.into_inner().context("write the template")
}

fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let text = Format::new().set_num_format("@");
    let heading = Format::new().set_bold().set_text_wrap();
    let must = Format::new().set_bold().set_text_wrap().set_background_color("FFF2CC");
    let example = Format::new().set_num_format("@").set_italic().set_font_color("808080");
    let sheet = workbook.add_worksheet().set_name("儿童 Children")?;
    sheet.set_freeze_panes(1, 2)?;
    for (index, column) in (0..).zip(&COLUMNS) {
        sheet.set_column_width(index, 16)?.set_column_format(index, &text)?;
        let format = if column.required { &must } else { &heading };
        sheet.write_string_with_format(0, index, column.heading(), format)?;
        sheet.write_string_with_format(1, index, column.example, &example)?;
        if !column.words.is_empty() {
            let words: Vec<&str> = column.words.iter().map(|Word(zh, ..)| *zh).collect();
            let list = DataValidation::new().allow_list_strings(&words)?.set_error_message(column.hint_zh)?;
            sheet.add_data_validation(1, index, ROWS, index, &list)?;
        }
    }
    let guide = workbook.add_worksheet().set_name("说明 Guide")?;
    guide.set_column_width(0, 40)?.set_column_width(1, 60)?.set_column_width(2, 60)?;
    for (row, column) in (0..).zip(&COLUMNS) {
        let must = if column.required { "（必填 required）" } else { "" };
        guide.write_string(row, 0, format!("{}{must}", column.heading()))?;
        let words = |word: fn(&Word) -> &str| column.words.iter().map(word).collect::<Vec<_>>().join(" / ");
        let (zh, en) = (words(|word| word.0), words(|word| word.1));
        guide.write_string(row, 1, format!("{} {zh}", column.hint_zh))?;
        guide.write_string(row, 2, format!("{} {en}", column.hint_en))?;
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::file::read;
    use crate::import::row::is_example;

    #[test]
    fn a_template_reads_back_as_one_example_and_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["template.csv", "template.xlsx"] {
            let path = folder.path().join(name);
            write(&path).unwrap();
            let table = read(&path).unwrap();
            assert_eq!(table.columns.len(), COLUMNS.len(), "{name}");
            assert_eq!(table.rows.len(), 1, "{name}");
            assert!(is_example(&table.columns, &table.rows[0]), "{name}");
            assert!(write(&path).is_err(), "{name}");
        }
        assert!(write(&folder.path().join("template.doc")).is_err());
    }
}
