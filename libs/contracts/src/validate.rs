//! The rules of `buf.validate` that stand in the protos, checked on the Rust messages. The crate that
//! would do it needs protoc to build; the generator writes calls of these few functions instead.

use regex::Regex;

/// One broken rule of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, such as `guardians[1].relation`.
    pub field: String,
    /// The rule, such as `string.min_len`.
    pub rule: &'static str,
    /// What to send instead, Chinese. Never repeats the value.
    pub zh: String,
    /// The same, English.
    pub en: String,
}

impl Violation {
    /// A broken rule of a field.
    pub fn new(
        field: impl Into<String>,
        rule: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), rule, zh: zh.into(), en: en.into() }
    }
}

/// What is wrong with a request.
pub type Violations = Vec<Violation>;

/// A message whose proto carries rules.
pub trait Validate {
    /// Adds what is wrong below `path`.
    fn check(&self, path: &str, violations: &mut Violations);

    /// Everything that is wrong; empty when the message is well formed.
    fn violations(&self) -> Violations {
        let mut violations = Violations::new();
        self.check("", &mut violations);
        violations
    }
}

pub(crate) fn min_len(text: &str, least: usize, path: String, violations: &mut Violations) {
    if text.chars().count() < least {
        let (zh, en) = match least {
            1 => ("必填".to_owned(), "must be given".to_owned()),
            _ => (format!("至少{least}个字符"), format!("give at least {least} characters")),
        };
        violations.push(Violation::new(path, "string.min_len", zh, en));
    }
}

/// Refuses control characters too, but for tabs and ends of lines: every text has a length, and no store keeps a NUL.
pub(crate) fn max_len(text: &str, most: usize, path: String, violations: &mut Violations) {
    if text.contains(|character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r')) {
        let en = "leave control characters out";
        violations.push(Violation::new(path, "string.no_control", "不得含有控制字符", en));
    } else if text.chars().count() > most {
        let (zh, en) = (format!("至多{most}个字符"), format!("give at most {most} characters"));
        violations.push(Violation::new(path, "string.max_len", zh, en));
    }
}

pub(crate) fn pattern(text: &str, regex: &Regex, path: String, violations: &mut Violations) {
    if text.is_empty() {
        violations.push(Violation::new(path, "string.pattern", "必填", "must be given"));
    } else if !regex.is_match(text) {
        let (zh, en) = match form(regex.as_str()) {
            Some((zh, en)) => (format!("应为{zh}"), format!("give {en}")),
            None => (format!("格式应为 {}", regex.as_str()), format!("must match {}", regex.as_str())),
        };
        violations.push(Violation::new(path, "string.pattern", zh, en));
    }
}

/// The forms that many fields share, in words.
const FORMS: [(&str, &str, &str); 8] = [
    ("^[0-9]{12}$", "12位数字", "12 digits"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "年-月-日，如2026-09-01", "year, month and day, such as 2026-09-01"),
    (
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "本系统给出的编号，如0190f0a2-7c3e-8d21-9b5a-3f6c1e2d4b70",
        "an id as Kinward gave it, such as 0190f0a2-7c3e-8d21-9b5a-3f6c1e2d4b70",
    ),
    (
        "^([0-9]{6}|[0-9]{9}|[0-9]{12})$",
        "6位（区县）、9位（乡镇）或12位（村）行政区划代码",
        "a division code: 6 digits (district), 9 (township) or 12 (village)",
    ),
    (
        "^[a-z0-9][a-z0-9-]{0,63}$",
        "登记的单位代码：小写字母、数字和连字符，如police-430903",
        "a registered unit's id: small letters, digits and hyphens, such as police-430903",
    ),
    ("^[0-9]{17}[0-9Xx]$", "18位公民身份号码", "an identity number of 18 characters"),
    ("^[0-9]{17}[0-9X]$", "18位公民身份号码", "an identity number of 18 characters"),
    ("^[+]?[0-9-]{5,20}$", "电话号码：5至20位数字，可含连字符", "a phone number: 5 to 20 digits and hyphens"),
];

fn form(pattern: &str) -> Option<(&'static str, &'static str)> {
    FORMS.iter().find(|(known, ..)| *known == pattern).map(|(_, zh, en)| (*zh, *en))
}

pub(crate) fn min_items(count: usize, least: usize, path: String, violations: &mut Violations) {
    if count < least {
        let (zh, en) = (format!("至少{least}项"), format!("give at least {least}"));
        violations.push(Violation::new(path, "repeated.min_items", zh, en));
    }
}

pub(crate) fn max_items(count: usize, most: usize, path: String, violations: &mut Violations) {
    if count > most {
        let (zh, en) = (format!("至多{most}项"), format!("give at most {most}"));
        violations.push(Violation::new(path, "repeated.max_items", zh, en));
    }
}

pub(crate) fn at_least(number: i128, least: i128, path: String, violations: &mut Violations) {
    if number < least {
        let (zh, en) = (format!("不得小于{least}"), format!("must be {least} or more"));
        violations.push(Violation::new(path, "number.gte", zh, en));
    }
}

pub(crate) fn at_most(number: i128, most: i128, path: String, violations: &mut Violations) {
    if number > most {
        let (zh, en) = (format!("不得大于{most}"), format!("must be {most} or less"));
        violations.push(Violation::new(path, "number.lte", zh, en));
    }
}

/// `defined`: whether the number names a value of the enum; `refused`: numbers that are no answer here.
pub(crate) fn one_of(defined: bool, refused: &[i32], number: i32, path: String, violations: &mut Violations) {
    if !defined {
        let (zh, en) = ("没有此枚举值", "not a value of this enum");
        violations.push(Violation::new(path, "enum.defined_only", zh, en));
    } else if refused.contains(&number) {
        let (zh, en) = match number {
            0 => ("应选择一项", "name a value"),
            _ => ("此处不接受该值", "this value is not accepted here"),
        };
        violations.push(Violation::new(path, "enum.not_in", zh, en));
    }
}

pub(crate) fn required(present: bool, path: String, violations: &mut Violations) {
    if !present {
        violations.push(Violation::new(path, "required", "必填", "must be given"));
    }
}
