//! What village, police and departments said to the guardians of one child (FAM-4): it counts in every case of the child,
//! said before the case or after (CUS-3e). Only an aggregate of its own knows both, durably and without asking an index.

use chrono::{DateTime, Utc};
use kinward_contracts::custody::v1::{
    CaseListed, Words as Spoken, WordsEvent, WordsSpoken, words_event::Event,
};
use kinward_contracts::{instant, timestamp};
use kinward_eventsourcing::{Context, Decider, Fact, Occurrence, Rejection};
use kinward_statute::Reference;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The decider.
#[derive(Clone, Copy, Debug)]
pub struct Words;

/// What the words hear of.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A guardian was admonished, stopped or urged.
    Hear(Spoken),
    /// A case of the child was opened.
    List {
        /// The case.
        case_id: String,
    },
}

/// One admonition, stop or urging. Enums of the contract are kept as their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    at: DateTime<Utc>,
    event_id: String,
    guardian_person_id: String,
    conduct: i32,
    department: i32,
    unit_id: String,
}

/// What was said, by time, and the cases that hear of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    said: BTreeSet<Said>,
    cases: BTreeSet<String>,
}

impl Said {
    fn of(words: &Spoken) -> Self {
        Self {
            at: words.spoken_at.as_ref().and_then(instant).unwrap_or_default(),
            event_id: words.event_id.clone(),
            guardian_person_id: words.guardian_person_id.clone(),
            conduct: words.conduct,
            department: words.department,
            unit_id: words.unit_id.clone(),
        }
    }

    fn words(&self) -> Spoken {
        Spoken {
            guardian_person_id: self.guardian_person_id.clone(),
            conduct: self.conduct,
            department: self.department,
            unit_id: self.unit_id.clone(),
            event_id: self.event_id.clone(),
            spoken_at: Some(timestamp(self.at)),
        }
    }
}

impl Decider for Words {
    type Command = Command;
    type State = State;
    type Event = WordsEvent;
    type Reference = Reference;

    const STATE_SCHEMA: u32 = 1;

    fn decide(
        state: &State,
        command: &Command,
        _: &Context<'_, Reference>,
    ) -> Result<Vec<Fact<WordsEvent>>, Rejection> {
        Ok(match command {
            Command::Hear(words) if state.said.contains(&Said::of(words)) => Vec::new(),
            Command::Hear(words) => {
                let case_ids = state.cases.iter().cloned().collect();
                vec![Fact::now(WordsSpoken { words: Some(words.clone()), case_ids })]
            }
            Command::List { case_id } if state.cases.contains(case_id) => Vec::new(),
            Command::List { case_id } => {
                let earlier = state.said.iter().map(Said::words).collect();
                vec![Fact::now(CaseListed { case_id: case_id.clone(), earlier })]
            }
        })
    }

    fn evolve(state: &mut State, event: &WordsEvent, _: &Occurrence<'_>) {
        match &event.event {
            Some(Event::WordsSpoken(spoken)) => state.said.extend(spoken.words.as_ref().map(Said::of)),
            Some(Event::CaseListed(listed)) => {
                state.cases.insert(listed.case_id.clone());
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use kinward_contracts::custody::v1::Conduct;
    use kinward_eventsourcing::kit::Scenario;

    fn noon() -> DateTime<Utc> {
        "2026-03-10T04:00:00Z".parse().unwrap()
    }

    fn words(event_id: &str, days_ago: i64) -> Spoken {
        Spoken {
            guardian_person_id: "father".to_owned(),
            conduct: Conduct::Begging.into(),
            event_id: event_id.to_owned(),
            spoken_at: Some(timestamp(noon() - Duration::days(days_ago))),
            ..Spoken::default()
        }
    }

    fn list(case_id: &str) -> Command {
        Command::List { case_id: case_id.to_owned() }
    }

    fn spoken(words: Spoken, cases: &[&str]) -> WordsEvent {
        let case_ids = cases.iter().map(|case| (*case).to_owned()).collect();
        WordsSpoken { words: Some(words), case_ids }.into()
    }

    fn listed(case_id: &str, earlier: &[Spoken]) -> WordsEvent {
        CaseListed { case_id: case_id.to_owned(), earlier: earlier.to_vec() }.into()
    }

    #[test]
    fn fam_4_each_case_hears_once_of_everything_that_was_said_before_it_and_after() {
        let reference = Reference::default();
        Scenario::<Words>::new("child", noon(), &reference)
            .when(Command::Hear(words("second", 1)))
            .then([spoken(words("second", 1), &[])])
            .when(Command::Hear(words("first", 9)))
            .then([spoken(words("first", 9), &[])])
            .when(list("one"))
            .then([listed("one", &[words("first", 9), words("second", 1)])])
            .when(list("one"))
            .then([])
            .when(Command::Hear(words("third", 0)))
            .then([spoken(words("third", 0), &["one"])])
            .when(Command::Hear(words("third", 0)))
            .then([]);
    }
}
