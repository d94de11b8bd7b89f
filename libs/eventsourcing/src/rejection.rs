//! Refusals by the rules. A `Rejection` is an answer, not a failure: it names the rule, what is wrong and what to do.

use kinward_contracts::r#type::v1::Reason;
use std::fmt;

/// A rule of the specification and the article behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Id, such as `CUS-3c`.
    pub id: &'static str,
    /// Article or section, such as `益赫政发〔2017〕13号 三(四)`.
    pub article: &'static str,
}

impl Rule {
    /// A rule.
    pub const fn new(id: &'static str, article: &'static str) -> Self {
        Self { id, article }
    }
}

/// One thing that a rule requires and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Machine-readable name, such as `parents-admonished`.
    pub what: String,
    /// What to do, Chinese.
    pub zh: String,
    /// What to do, English.
    pub en: String,
    /// Rule that requires it.
    pub rule: Rule,
}

impl Missing {
    /// Something that a rule requires.
    pub fn new(rule: Rule, what: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { what: what.into(), zh: zh.into(), en: en.into(), rule }
    }
}

/// A command refused by the rules. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why, as a documented enum.
    pub reason: Reason,
    /// By which rule.
    pub rule: Rule,
    /// What is wrong and what to do, Chinese. Never holds personal data.
    pub zh: String,
    /// The same, English.
    pub en: String,
    /// Field of the request that is to blame, if one is.
    pub field: Option<String>,
    /// What is still missing.
    pub missing: Vec<Missing>,
    /// Id of the thing that exists already.
    pub existing_id: Option<String>,
}

impl Rejection {
    /// A refusal with its texts.
    pub fn new(reason: Reason, rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            reason,
            rule,
            zh: zh.into(),
            en: en.into(),
            field: None,
            missing: Vec::new(),
            existing_id: None,
        }
    }

    /// The aggregate is not in a state that allows the step.
    pub fn wrong_state(rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Reason::WrongState, rule, zh, en)
    }

    /// Requirements of a rule are missing.
    pub fn missing(rule: Rule, missing: Vec<Missing>) -> Self {
        let zh = missing.iter().map(|missing| missing.zh.as_str()).collect::<Vec<_>>().join("；");
        let en = missing.iter().map(|missing| missing.en.as_str()).collect::<Vec<_>>().join("; ");
        Self { missing, ..Self::new(Reason::RequirementMissing, rule, zh, en) }
    }

    /// A field of the request contradicts a rule.
    pub fn invalid(field: &str, rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(Reason::InvalidArgument, rule, zh, en) }
    }

    /// A time of the request contradicts what is recorded, or lies in the future.
    pub fn time(field: &str, rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(Reason::TimeInvalid, rule, zh, en) }
    }

    /// The caller is not who may do this.
    pub fn not_entitled(rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Reason::NotEntitled, rule, zh, en)
    }

    /// Something that the command names is not there.
    pub fn unknown(rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Reason::UnknownReference, rule, zh, en)
    }

    /// The named thing is not there.
    pub fn not_found(rule: Rule, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Reason::NotFound, rule, zh, en)
    }

    /// The thing exists already, under `existing_id`.
    pub fn exists(rule: Rule, existing_id: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { existing_id: Some(existing_id.to_owned()), ..Self::new(Reason::AlreadyExists, rule, zh, en) }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.rule.id, self.en, self.zh)
    }
}

impl std::error::Error for Rejection {}
