//! What was said to a guardian counts as a criticism in the cases of the child (FAM-4, CUS-3e).

use crate::case::{Case, Command};
use kinward_contracts::custody::v1::{WordsEvent, words_event::Event};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct CountWords;

impl Process for CountWords {
    type Target = Case;

    const NAME: &'static str = "custody-count-words";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(WordsEvent { event: Some(words) }) = event.decode()? else { return Ok(Vec::new()) };
        let count = |(id, words)| Reaction { id, command: Command::Count(words) };
        Ok(match words {
            Event::WordsSpoken(spoken) => {
                let words = spoken.words.unwrap_or_default();
                spoken.case_ids.into_iter().map(|case_id| count((case_id, words.clone()))).collect()
            }
            Event::CaseListed(listed) => {
                let case_id = listed.case_id;
                listed.earlier.into_iter().map(|words| count((case_id.clone(), words))).collect()
            }
        })
    }
}
