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
    /// What to send instead, English. Never repeats the value.
    pub description: String,
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

pub(crate) fn fail(violations: &mut Violations, field: String, rule: &'static str, description: String) {
    violations.push(Violation { field, rule, description });
}

pub(crate) fn min_len(text: &str, least: usize, path: String, violations: &mut Violations) {
    if text.chars().count() < least {
        fail(violations, path, "string.min_len", format!("give at least {least} characters"));
    }
}

/// Refuses control characters too, but for tabs and ends of lines: every text has a length, and no store keeps a NUL.
pub(crate) fn max_len(text: &str, most: usize, path: String, violations: &mut Violations) {
    if text.contains(|character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r')) {
        fail(violations, path, "string.no_control", "leave control characters out".to_owned());
    } else if text.chars().count() > most {
        fail(violations, path, "string.max_len", format!("give at most {most} characters"));
    }
}

pub(crate) fn pattern(text: &str, regex: &Regex, path: String, violations: &mut Violations) {
    if !regex.is_match(text) {
        fail(violations, path, "string.pattern", format!("must match {}", regex.as_str()));
    }
}

pub(crate) fn min_items(count: usize, least: usize, path: String, violations: &mut Violations) {
    if count < least {
        fail(violations, path, "repeated.min_items", format!("give at least {least}"));
    }
}

pub(crate) fn max_items(count: usize, most: usize, path: String, violations: &mut Violations) {
    if count > most {
        fail(violations, path, "repeated.max_items", format!("give at most {most}"));
    }
}

pub(crate) fn at_least(number: i128, least: i128, path: String, violations: &mut Violations) {
    if number < least {
        fail(violations, path, "number.gte", format!("must be {least} or more"));
    }
}

pub(crate) fn at_most(number: i128, most: i128, path: String, violations: &mut Violations) {
    if number > most {
        fail(violations, path, "number.lte", format!("must be {most} or less"));
    }
}

/// `defined`: whether the number names a value of the enum; `refused`: numbers that are no answer here.
pub(crate) fn one_of(defined: bool, refused: &[i32], number: i32, path: String, violations: &mut Violations) {
    if !defined {
        fail(violations, path, "enum.defined_only", "not a value of this enum".to_owned());
    } else if refused.contains(&number) {
        let description = if number == 0 { "name a value" } else { "this value is not accepted here" };
        fail(violations, path, "enum.not_in", description.to_owned());
    }
}

pub(crate) fn required(present: bool, path: String, violations: &mut Violations) {
    if !present {
        fail(violations, path, "required", "must be given".to_owned());
    }
}
