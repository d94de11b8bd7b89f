//! The columns of a file of children: what each is called, where it goes, and which words it takes.

use kinward_contracts::registry::v1::{GuardianshipBasis, SchoolStage, Whereabouts};
use kinward_contracts::r#type::v1::{Capacity, Relation, Sex};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// Where it goes: the field's path in the request, with `father`, `mother` and `carer` for the lists.
    pub(crate) field: &'static str,
    /// Heading, Chinese.
    pub(crate) zh: &'static str,
    /// Heading, English.
    pub(crate) en: &'static str,
    /// Whether every row must fill it.
    pub(crate) required: bool,
    /// What to write, Chinese.
    pub(crate) hint_zh: &'static str,
    /// What to write, English.
    pub(crate) hint_en: &'static str,
    /// Words it takes; empty: free text.
    pub(crate) words: &'static [Word],
    /// What the template's example row says.
    pub(crate) example: &'static str,
}

/// A word of a column: Chinese, English, value.
#[derive(Debug)]
pub(crate) struct Word(pub(crate) &'static str, pub(crate) &'static str, pub(crate) i32);

const SEX: &[Word] = &[
    Word("男", "male", Sex::Male as i32),
    Word("女", "female", Sex::Female as i32),
    Word("未知", "not known", Sex::Unspecified as i32),
    Word("未说明", "not stated", Sex::NotStated as i32),
];
const WHEREABOUTS: &[Word] = &[
    Word("外出务工", "away for work", Whereabouts::AwayForWork as i32),
    Word("在家", "at home", Whereabouts::AtHome as i32),
    Word("子女随迁", "joined by child", Whereabouts::JoinedByChild as i32),
    Word("死亡", "deceased", Whereabouts::Deceased as i32),
    Word("失联", "lost contact", Whereabouts::LostContact as i32),
    Word("服刑或羁押", "imprisoned", Whereabouts::Imprisoned as i32),
    Word("不详", "not known", Whereabouts::Unspecified as i32),
];
const CAPACITY: &[Word] = &[
    Word("有", "yes", Capacity::Full as i32),
    Word("无", "no", Capacity::None as i32),
    Word("不详", "not known", Capacity::Unspecified as i32),
];
const YES_NO: &[Word] = &[Word("是", "yes", 1), Word("否", "no", 0)];
const RELATION: &[Word] = &[
    Word("祖父", "paternal grandfather", Relation::PaternalGrandfather as i32),
    Word("祖母", "paternal grandmother", Relation::PaternalGrandmother as i32),
    Word("外祖父", "maternal grandfather", Relation::MaternalGrandfather as i32),
    Word("外祖母", "maternal grandmother", Relation::MaternalGrandmother as i32),
    Word("兄弟", "brother", Relation::Brother as i32),
    Word("姐妹", "sister", Relation::Sister as i32),
    Word("伯父叔父", "paternal uncle", Relation::PaternalUncle as i32),
    Word("姑母", "paternal aunt", Relation::PaternalAunt as i32),
    Word("舅父", "maternal uncle", Relation::MaternalUncle as i32),
    Word("姨母", "maternal aunt", Relation::MaternalAunt as i32),
    Word("继父", "stepfather", Relation::Stepfather as i32),
    Word("继母", "stepmother", Relation::Stepmother as i32),
    Word("养父", "adoptive father", Relation::AdoptiveFather as i32),
    Word("养母", "adoptive mother", Relation::AdoptiveMother as i32),
    Word("其他亲属", "other relative", Relation::OtherRelative as i32),
    Word("非亲属", "not related", Relation::NotRelated as i32),
];
const BASIS: &[Word] = &[
    Word("委托监护", "delegation", GuardianshipBasis::Delegation as i32),
    Word("法定顺位", "order of law", GuardianshipBasis::OrderOfLaw as i32),
    Word("法院指定", "court", GuardianshipBasis::Court as i32),
];
const STAGE: &[Word] = &[
    Word("未入园", "none", SchoolStage::None as i32),
    Word("幼儿园", "kindergarten", SchoolStage::Kindergarten as i32),
    Word("小学", "primary", SchoolStage::Primary as i32),
    Word("初中", "junior secondary", SchoolStage::JuniorSecondary as i32),
    Word("普通高中", "senior secondary", SchoolStage::SeniorSecondary as i32),
    Word("中等职业学校", "vocational secondary", SchoolStage::VocationalSecondary as i32),
    Word("不详", "not known", SchoolStage::Unspecified as i32),
];

const LIST: (&str, &str) = ("请从列表中选择", "choose from the list");
const NAME: (&str, &str) = ("不超过60字", "at most 60 characters");
const PHONE: (&str, &str) = ("5至20位数字，可含+和-", "5 to 20 digits, + and - allowed");
const NUMBER: (&str, &str) = (
    "18位，末位可为X，单元格设为文本，否则Excel会改掉后几位",
    "18 characters, the last may be X; make the cell text, or Excel changes the last digits",
);

type Hint = (&'static str, &'static str);

const fn column(
    field: &'static str,
    (zh, en): (&'static str, &'static str),
    (hint_zh, hint_en): Hint,
    words: &'static [Word],
    example: &'static str,
) -> Column {
    Column { field, zh, en, required: false, hint_zh, hint_en, words, example }
}

const fn required(column: Column) -> Column {
    Column { required: true, ..column }
}

/// The mark of a row that is an example, in the first column.
pub(crate) const EXAMPLE: (&str, &str) = ("示例", "example");

/// Every column, in the order of the template.
pub(crate) static COLUMNS: [Column; 29] = [
    column(
        "number",
        ("序号", "No."),
        ("任意；示例行写“示例”，不导入", "anything; a row marked 示例 is an example and never imported"),
        &[],
        "示例",
    ),
    required(column("name", ("姓名", "Name"), NAME, &[], "示例儿童")),
    column("sex", ("性别", "Sex"), LIST, SEX, "女"),
    required(column(
        "birth_date",
        ("出生日期", "Birth date"),
        ("如2015-06-09，与身份证号一致", "such as 2015-06-09, the one in the identity number"),
        &[],
        "2015-06-09",
    )),
    column("identity_number", ("身份证号", "Identity number"), NUMBER, &[], ""),
    required(column(
        "household.village_code",
        ("村居代码", "Village code"),
        ("12位统计用区划代码", "12 digits, the statistical division code"),
        &[],
        "430903111201",
    )),
    required(column(
        "household.address",
        ("住址", "Address"),
        ("村内地址，不超过200字", "inside the village, at most 200 characters"),
        &[],
        "1组1号",
    )),
    column("father.name", ("父亲姓名", "Father's name"), NAME, &[], "示例父亲"),
    column("father.phone", ("父亲电话", "Father's phone"), PHONE, &[], ""),
    column("father.identity_number", ("父亲身份证号", "Father's identity number"), NUMBER, &[], ""),
    column("father.whereabouts", ("父亲去向", "Father's whereabouts"), LIST, WHEREABOUTS, "外出务工"),
    column("father.capacity", ("父亲监护能力", "Father's capacity"), LIST, CAPACITY, "有"),
    column("father.lives_with_child", ("父亲与儿童同住", "Father lives with the child"), LIST, YES_NO, "否"),
    column("mother.name", ("母亲姓名", "Mother's name"), NAME, &[], "示例母亲"),
    column("mother.phone", ("母亲电话", "Mother's phone"), PHONE, &[], ""),
    column("mother.identity_number", ("母亲身份证号", "Mother's identity number"), NUMBER, &[], ""),
    column("mother.whereabouts", ("母亲去向", "Mother's whereabouts"), LIST, WHEREABOUTS, "外出务工"),
    column("mother.capacity", ("母亲监护能力", "Mother's capacity"), LIST, CAPACITY, "有"),
    column("mother.lives_with_child", ("母亲与儿童同住", "Mother lives with the child"), LIST, YES_NO, "否"),
    column("carer.name", ("照料人姓名", "Carer's name"), NAME, &[], "示例祖母"),
    column("carer.phone", ("照料人电话", "Carer's phone"), PHONE, &[], ""),
    column("carer.identity_number", ("照料人身份证号", "Carer's identity number"), NUMBER, &[], ""),
    column("carer.relation", ("照料人与儿童关系", "Carer's relation"), LIST, RELATION, "祖母"),
    column("carer.basis", ("监护依据", "Carer's basis"), LIST, BASIS, "委托监护"),
    column("carer.capacity", ("照料人监护能力", "Carer's capacity"), LIST, CAPACITY, "有"),
    column("carer.lives_with_child", ("照料人与儿童同住", "Carer lives with the child"), LIST, YES_NO, "是"),
    column("schooling.stage", ("就学阶段", "School stage"), LIST, STAGE, "小学"),
    column(
        "schooling.school_unit_id",
        ("学校单位编号", "School unit id"),
        ("本系统中登记的学校单位编号", "the id under which the school is registered here"),
        &[],
        "",
    ),
    column("schooling.boarding", ("寄宿", "Boarding"), LIST, YES_NO, "否"),
];

impl Column {
    /// The heading as the template writes it.
    pub(crate) fn heading(&self) -> String {
        format!("{} {}", self.zh, self.en)
    }

    /// The column with this heading: both languages or one.
    pub(crate) fn of_heading(text: &str) -> Option<&'static Self> {
        let text = text.trim();
        COLUMNS.iter().find(|column| {
            text == column.zh || text.eq_ignore_ascii_case(column.en) || text == column.heading()
        })
    }

    /// The column of a field.
    pub(crate) fn of_field(field: &str) -> Option<&'static Self> {
        COLUMNS.iter().find(|column| column.field == field)
    }

    /// The value of a word.
    pub(crate) fn value(&self, text: &str) -> Option<i32> {
        let mut words = self.words.iter();
        words.find(|Word(zh, en, _)| text == *zh || text.eq_ignore_ascii_case(en)).map(|word| word.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_and_field_is_one_columns() {
        for column in &COLUMNS {
            for text in [column.zh.to_owned(), column.en.to_lowercase(), column.heading()] {
                assert_eq!(Column::of_heading(&text).map(|found| found.field), Some(column.field), "{text}");
            }
            assert_eq!(Column::of_field(column.field).map(|found| found.zh), Some(column.zh));
            let example = column.words.is_empty() || column.value(column.example).is_some();
            assert!(example, "{} is no word of {}", column.example, column.zh);
        }
    }

    #[test]
    fn every_enumeration_has_all_its_words() {
        let all = |field: &str, known: &dyn Fn(i32) -> bool, without: &[i32]| {
            let column = Column::of_field(field).unwrap();
            let wanted: Vec<i32> =
                (0..50).filter(|value| known(*value) && !without.contains(value)).collect();
            let mut words: Vec<i32> = column.words.iter().map(|word| word.2).collect();
            words.sort_unstable();
            assert_eq!(words, wanted, "{field}");
        };
        all("sex", &|value| Sex::try_from(value).is_ok(), &[]);
        for parent in ["father", "mother"] {
            all(&format!("{parent}.whereabouts"), &|value| Whereabouts::try_from(value).is_ok(), &[]);
            all(&format!("{parent}.capacity"), &|value| Capacity::try_from(value).is_ok(), &[]);
        }
        // a carer is somebody, and no parent
        all("carer.relation", &|value| Relation::try_from(value).is_ok(), &[0, 1, 2]);
        all("carer.basis", &|value| GuardianshipBasis::try_from(value).is_ok(), &[0, 1]);
        all("schooling.stage", &|value| SchoolStage::try_from(value).is_ok(), &[]);
    }
}
