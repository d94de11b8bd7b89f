//! What holds of every process: it reacts the same every time, and a step that is repeated, or that fails and begins
//! again, leaves the same end.

use super::decide_and_fold;
use crate::{CommandId, Context, Decider, Folded, Position, Process, Reaction, Recorded};
use chrono::{DateTime, Utc};
use kinward_contracts::log::v1::Actor;
use std::collections::BTreeMap;

type CommandOf<P> = <<P as Process>::Target as Decider>::Command;
type Aggregates<P> = BTreeMap<String, Folded<<P as Process>::Target>>;

/// What a process answers to every event of a history; asks twice, and both answers must be equal.
pub fn reactions<P: Process>(history: &[Recorded]) -> Vec<Reaction<CommandOf<P>>>
where
    CommandOf<P>: PartialEq + std::fmt::Debug,
{
    steps::<P>(history).into_iter().map(|(_, reaction)| reaction).collect()
}

/// Reactions with the ids of their commands.
fn steps<P: Process>(history: &[Recorded]) -> Vec<(CommandId, Reaction<CommandOf<P>>)>
where
    CommandOf<P>: PartialEq + std::fmt::Debug,
{
    let mut all = Vec::new();
    for event in history {
        let first = P::react(event).expect("an event of the kit decodes");
        let again = P::react(event).expect("an event of the kit decodes");
        assert_eq!(first, again, "{} reacts differently the second time", P::NAME);
        let numbered = first.into_iter().enumerate();
        all.extend(numbered.map(|(ordinal, reaction)| {
            (CommandId::of_reaction(P::NAME, &event.event().event_id, ordinal), reaction)
        }));
    }
    all
}

/// Runs a process over a history, on aggregates that `exist`: once, with every step repeated, and failing before each
/// step in turn to begin again from the first. All must end the same. Answers the aggregates at the end.
pub fn ends_the_same<P: Process>(
    history: &[Recorded],
    exist: &Aggregates<P>,
    now: DateTime<Utc>,
    reference: &<P::Target as Decider>::Reference,
) -> Aggregates<P>
where
    CommandOf<P>: PartialEq + std::fmt::Debug,
{
    let steps = steps::<P>(history);
    assert!(!steps.is_empty(), "{} does not react to this history", P::NAME);
    let run = |plan: Vec<usize>| {
        let mut aggregates = exist.clone();
        for index in plan {
            let (command_id, reaction) = &steps[index];
            execute::<P>(&mut aggregates, command_id, reaction, now, reference);
        }
        aggregates
    };
    let once = run((0..steps.len()).collect());
    let same = |other: &Aggregates<P>, how: &str| {
        assert_eq!(once.len(), other.len(), "{}: other aggregates when {how}", P::NAME);
        for (id, folded) in &once {
            let other = other.get(id).unwrap_or_else(|| panic!("{}: no {id} when {how}", P::NAME));
            assert_eq!(folded.state, other.state, "{}: another end of {id} when {how}", P::NAME);
            assert_eq!(folded.revision, other.revision, "{}: more events in {id} when {how}", P::NAME);
        }
    };
    same(&run((0..steps.len()).flat_map(|index| [index, index]).collect()), "each step is repeated");
    for failed in 0..=steps.len() {
        let plan = (0..failed).chain(0..steps.len()).collect();
        same(&run(plan), &format!("it begins again before step {failed}"));
    }
    once
}

fn execute<P: Process>(
    aggregates: &mut Aggregates<P>,
    command_id: &CommandId,
    reaction: &Reaction<CommandOf<P>>,
    now: DateTime<Utc>,
    reference: &<P::Target as Decider>::Reference,
) {
    let mut folded = aggregates.get(&reaction.id).cloned().unwrap_or_default();
    if folded.commands.contains_key(command_id) {
        return;
    }
    let actor = Actor::default();
    let context = Context { id: &reaction.id, now, command_id, actor: &actor, reference };
    let position = Position(folded.position.0 + 1);
    // a refusal is an answer too, and changes nothing
    if decide_and_fold(&mut folded, &reaction.command, &context, position).is_ok() && folded.exists() {
        aggregates.insert(reaction.id.clone(), folded);
    }
}
