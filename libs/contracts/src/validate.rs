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

/// What a text must look like, with the words that say so: the generator knows them.
pub(crate) struct Form {
    pub(crate) regex: Regex,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

pub(crate) fn pattern(text: &str, form: &Form, path: String, violations: &mut Violations) {
    if text.is_empty() {
        violations.push(Violation::new(path, "string.pattern", "必填", "must be given"));
    } else if !form.regex.is_match(text) {
        let (zh, en) = (format!("应为{}", form.zh), format!("give {}", form.en));
        violations.push(Violation::new(path, "string.pattern", zh, en));
    }
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
        let (zh, en) = ("没有此选项", "not one of the values to choose from");
        violations.push(Violation::new(path, "enum.defined_only", zh, en));
    } else if refused.contains(&number) {
        let (zh, en) = match number {
            0 => ("应选择一项", "choose a value"),
            _ => ("此处不接受该选项", "this value is not accepted here"),
        };
        violations.push(Violation::new(path, "enum.not_in", zh, en));
    }
}

pub(crate) fn required(present: bool, path: String, violations: &mut Violations) {
    if !present {
        violations.push(Violation::new(path, "required", "必填", "must be given"));
    }
}
