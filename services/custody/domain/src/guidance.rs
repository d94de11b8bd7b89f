//! Guidance to the courts that is applied as configuration (`data/guidance.toml`), each with where it stands and on what
//! basis: a window or a bar that is not law must never read like law (L40, L41).

use crate::case::Record;
use chrono::NaiveDate;
use kinward_contracts::custody::v1::Harm;
use kinward_contracts::r#type::v1::Basis;
use kinward_statute::{add_months, at_least, day_of, more_than};
use serde::{Deserialize, Deserializer};
use std::sync::LazyLock;

/// What is advised about restoring a guardianship.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restoration {
    /// On what it is based.
    #[serde(deserialize_with = "basis")]
    pub basis: Basis,
    /// When it may be asked for.
    pub window: Window,
    /// What bars it.
    pub bar: Vec<Bar>,
}

/// From when until when something may be asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Window {
    /// Where it stands.
    pub article: String,
    opens_months: u32,
    closes_months: u32,
}

/// Something that bars a restoration: everything it names must hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bar {
    /// Machine-readable name.
    pub name: String,
    /// Where it stands.
    pub article: String,
    /// For people, Chinese.
    pub zh: String,
    /// For people, English.
    pub en: String,
    #[serde(default, deserialize_with = "harms")]
    harms: Vec<Harm>,
    lasting_months: Option<u32>,
    repeated: Option<usize>,
    #[serde(default)]
    grave_injury: bool,
    sentence_months: Option<u32>,
}

static RESTORATION: LazyLock<Restoration> = LazyLock::new(read);

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
fn read() -> Restoration {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        restoration: Restoration,
    }
    let file: File =
        toml::from_str(include_str!("../data/guidance.toml")).expect("data/guidance.toml is guidance");
    file.restoration
}

/// What is advised about restoring a guardianship.
pub fn restoration() -> &'static Restoration {
    &RESTORATION
}

impl Restoration {
    /// The first bar that holds against a guardian.
    pub fn barred(&self, record: &Record) -> Option<&Bar> {
        self.bar.iter().find(|bar| bar.holds(record))
    }
}

impl Window {
    /// First day.
    pub fn opens_on(&self, from: NaiveDate) -> NaiveDate {
        add_months(from, self.opens_months)
    }

    /// Last day.
    pub fn closes_on(&self, from: NaiveDate) -> NaiveDate {
        add_months(from, self.closes_months)
    }

    /// Whether a day lies in it; both ends do.
    pub fn holds(&self, from: NaiveDate, on: NaiveDate) -> bool {
        at_least(on, self.opens_on(from)) && !more_than(on, self.closes_on(from))
    }
}

impl Bar {
    fn holds(&self, record: &Record) -> bool {
        self.by_harm(record) || self.by_sentence(record)
    }

    fn by_harm(&self, record: &Record) -> bool {
        let done: Vec<_> = record.harms.iter().filter(|harmed| self.harms.contains(&harmed.harm())).collect();
        let lasted = self.lasting_months.map(|months| {
            done.iter().any(|harmed| {
                harmed.since.is_some_and(|since| at_least(day_of(harmed.at), add_months(since, months)))
            })
        });
        let repeated = self.repeated.map(|times| at_least(done.len(), times));
        // either of the two is enough, where one is asked for
        let long = [lasted, repeated].into_iter().flatten().reduce(|one, other| one || other).unwrap_or(true);
        !done.is_empty() && long && (!self.grave_injury || done.iter().any(|harmed| harmed.grave_injury))
    }

    fn by_sentence(&self, record: &Record) -> bool {
        self.sentence_months.is_some_and(|months| {
            let convictions = record.convictions.iter();
            convictions.filter(|one| one.against_child).any(|one| at_least(one.imprisonment_months, months))
        })
    }
}

fn basis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Basis, D::Error> {
    let text = String::deserialize(deserializer)?;
    word(&text, "BASIS_", Basis::from_str_name)
}

fn harms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Harm>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| word(text, "HARM_", Harm::from_str_name)).collect()
}

/// A value of a contract's enum, written as in `sexual-abuse` for `HARM_SEXUAL_ABUSE`.
fn word<E: serde::de::Error, T>(text: &str, prefix: &str, parse: fn(&str) -> Option<T>) -> Result<T, E> {
    let name = format!("{prefix}{}", text.to_uppercase().replace('-', "_"));
    parse(&name).ok_or_else(|| E::custom(format!("{text:?} is none of {prefix}…")))
}
