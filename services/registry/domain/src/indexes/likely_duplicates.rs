//! Files that may be about one child, found by keyed tokens that stand in the events: no clear name, no key needed to
//! fold the log. Closed and aged-out files are in it too: a child registered twice may have been registered long ago
//! (BEY-7). It advises; two files of one identity number cannot come to be at all (TWN-1).
//!
//! A token is `<kind>.<version>.<hex>`. Kinds: `name` the characters, `typo` the characters with one left out, `sound` a
//! reading in pinyin, `born` the birth date, `village`.

use kinward_contracts::registry::v1::{ChildEvent, Likeness, child_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Answers at most so many.
const MOST: usize = 20;
/// Likenesses that add up to less are by chance.
const LEAST: u32 = 45;

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikelyDuplicates {
    /// Files by token.
    by_token: BTreeMap<String, BTreeSet<String>>,
    /// The file that goes on, by the duplicate linked to it.
    linked: BTreeMap<String, String>,
}

/// A file that may be about the same child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The file.
    pub child_id: String,
    /// In what it is alike.
    pub likenesses: Vec<Likeness>,
    /// How much, 0 to 100.
    pub score: u32,
    /// The file it is linked to.
    pub linked_to: Option<String>,
}

impl LikelyDuplicates {
    /// The files most like these tokens, without the file `but`.
    pub fn like(&self, tokens: &[String], but: Option<&str>) -> Vec<Candidate> {
        let mut found: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
        for token in tokens {
            let Some(likeness) = likeness(token) else { continue };
            for child_id in self.by_token.get(token).into_iter().flatten() {
                found.entry(child_id).or_default().insert(likeness.into());
            }
        }
        let mut candidates: Vec<Candidate> = found
            .into_iter()
            .filter(|(child_id, _)| Some(*child_id) != but)
            .map(|(child_id, likenesses)| {
                let likenesses: Vec<Likeness> =
                    likenesses.into_iter().filter_map(|one| Likeness::try_from(one).ok()).collect();
                Candidate {
                    child_id: child_id.to_owned(),
                    score: score(&likenesses),
                    likenesses,
                    linked_to: self.linked.get(child_id).cloned(),
                }
            })
            .filter(|candidate| candidate.score >= LEAST)
            .collect();
        candidates.sort_by(|one, other| {
            other.score.cmp(&one.score).then_with(|| one.child_id.cmp(&other.child_id))
        });
        candidates.truncate(MOST);
        candidates
    }

    fn add(&mut self, child_id: &str, tokens: &[String]) {
        for token in tokens {
            self.by_token.entry(token.clone()).or_default().insert(child_id.to_owned());
        }
    }
}

fn likeness(token: &str) -> Option<Likeness> {
    Some(match token.split('.').next()? {
        "name" => Likeness::Name,
        "typo" => Likeness::NameAlmost,
        "sound" => Likeness::Sound,
        "born" => Likeness::BirthDate,
        "village" => Likeness::Village,
        _ => return None,
    })
}

/// What is alike of the name counts once, by its best; birth date and village add to it.
fn score(likenesses: &[Likeness]) -> u32 {
    let of = |likeness: Likeness| match likeness {
        Likeness::Unspecified => 0,
        Likeness::Name => 50,
        Likeness::NameAlmost => 35,
        Likeness::Sound => 40,
        Likeness::BirthDate => 35,
        Likeness::Village => 15,
    };
    let named = |likeness: &&Likeness| !matches!(likeness, Likeness::BirthDate | Likeness::Village);
    let name = likenesses.iter().filter(named).map(|likeness| of(*likeness)).max().unwrap_or_default();
    name + likenesses.iter().filter(|likeness| !named(likeness)).map(|likeness| of(*likeness)).sum::<u32>()
}

impl Index for LikelyDuplicates {
    const NAME: &'static str = "registry-likely-duplicates";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let child_id = event.subject.id();
        match event.decode()? {
            Some(ChildEvent { event: Some(Event::ChildRegistered(registered)) }) => {
                self.add(child_id, &registered.search_tokens);
            }
            Some(ChildEvent { event: Some(Event::UnknownChildRegistered(unknown)) }) => {
                self.add(child_id, &unknown.search_tokens);
            }
            Some(ChildEvent { event: Some(Event::DuplicateLinked(linked)) }) => {
                self.linked.insert(child_id.to_owned(), linked.of_child_id);
            }
            Some(ChildEvent { event: Some(Event::DuplicateUnlinked(_)) }) => {
                self.linked.remove(child_id);
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::registry::v1::{
        ChildRegistered, ChildStatus, DuplicateLinked, DuplicateUnlinked, StatusChanged,
    };
    use kinward_eventsourcing::kit::history;

    fn tokens(list: &[&str]) -> Vec<String> {
        list.iter().map(|token| (*token).to_owned()).collect()
    }

    fn index(events: Vec<(&str, ChildEvent)>) -> LikelyDuplicates {
        let mut index = LikelyDuplicates::default();
        for (child, event) in events {
            for recorded in history(child, "2026-03-10T04:00:00Z".parse().unwrap(), [event]) {
                index.fold(&recorded).unwrap();
            }
        }
        index
    }

    fn registered(list: &[&str]) -> ChildEvent {
        ChildRegistered { search_tokens: tokens(list), ..ChildRegistered::default() }.into()
    }

    #[test]
    fn bey_7_the_most_alike_come_first_and_chance_is_left_out() {
        let index = index(vec![
            ("same", registered(&["name.1.aa", "sound.1.bb", "born.1.cc", "village.1.dd"])),
            ("sounds", registered(&["sound.1.bb", "born.1.cc"])),
            ("neighbour", registered(&["village.1.dd"])),
            ("namesake", registered(&["name.1.aa"])),
        ]);
        let asked = tokens(&["name.1.aa", "sound.1.bb", "born.1.cc", "village.1.dd"]);
        let found = index.like(&asked, None);
        let scores: Vec<(&str, u32)> =
            found.iter().map(|candidate| (candidate.child_id.as_str(), candidate.score)).collect();
        assert_eq!(scores, [("same", 100), ("sounds", 75), ("namesake", 50)]);
        assert_eq!(index.like(&asked, Some("same")).len(), 2, "a file is not like itself");
    }

    #[test]
    fn bey_7_aged_out_files_are_found_and_links_are_told_until_they_are_undone() {
        let ended =
            StatusChanged { to_status: ChildStatus::TurnedSixteen.into(), ..StatusChanged::default() };
        let linked = DuplicateLinked { of_child_id: "other".to_owned() };
        let mut history =
            vec![("old", registered(&["name.1.aa"])), ("old", ended.into()), ("old", linked.into())];
        let asked = tokens(&["name.1.aa"]);
        let linked_to =
            |history: Vec<(&str, ChildEvent)>| index(history).like(&asked, None)[0].linked_to.clone();
        assert_eq!(linked_to(history.clone()).as_deref(), Some("other"));
        history.push(("old", DuplicateUnlinked { of_child_id: "other".to_owned() }.into()));
        assert_eq!(linked_to(history), None);
    }
}
