//! School terms, per stage of schooling: the education bureau sets them year by year, nobody can compute them.

use chrono::NaiveDate;
use kinward_contracts::registry::v1::SchoolStage;
use serde::{Deserialize, Serialize};

/// Days between whose first and last schools of one stage teach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolTerm {
    /// Division code of the area it holds for.
    pub area: String,
    /// Stage of schooling, as its number.
    pub stage: i32,
    /// Year in which the school year begins.
    pub school_year: i32,
    /// 1 (autumn) or 2 (spring).
    pub term: i32,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl SchoolTerm {
    /// Its place among the terms of its stage: the next term has the next number.
    fn ordinal(&self) -> i32 {
        self.school_year.saturating_mul(2).saturating_add(self.term)
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.area, self.stage, self.ordinal()) == (&other.area, other.stage, other.ordinal())
    }
}

/// What the published terms say of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// In a term.
    In,
    /// Between two terms that follow each other: vacation.
    Between,
    /// No term is published on one side of the day.
    Unknown,
}

/// All terms published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SchoolTerms(Vec<SchoolTerm>);

impl SchoolTerms {
    /// Adds a term; it takes the place of the same term published earlier.
    pub(crate) fn publish(&mut self, term: SchoolTerm) {
        self.0.retain(|known| !known.is_same(&term));
        self.0.push(term);
    }

    /// Of one stage, or of any for which a term is published.
    pub(crate) fn of(&self, day: NaiveDate, stage: Option<SchoolStage>) -> Term {
        let Some(stage) = stage else {
            let mut any = self.0.iter().map(|term| self.of_stage(day, term.stage));
            let first = any.next().unwrap_or(Term::Unknown);
            return any.fold(first, |all, one| match (all, one) {
                (Term::In, _) | (_, Term::In) => Term::In,
                (Term::Between, Term::Between) => Term::Between,
                _ => Term::Unknown,
            });
        };
        self.of_stage(day, stage.into())
    }

    fn of_stage(&self, day: NaiveDate, stage: i32) -> Term {
        let terms = || self.0.iter().filter(|term| term.stage == stage);
        if terms().any(|term| term.starts_on <= day && day <= term.ends_on) {
            return Term::In;
        }
        let before = terms().filter(|term| term.ends_on < day).map(SchoolTerm::ordinal).max();
        let after = terms().filter(|term| day < term.starts_on).map(SchoolTerm::ordinal).min();
        match before.zip(after) {
            Some((before, after)) if after - before <= 1 => Term::Between,
            _ => Term::Unknown,
        }
    }
}
