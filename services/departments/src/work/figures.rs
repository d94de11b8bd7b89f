//! Numbers of clocks that run and that ended, as who asks may see them.

use kinward_contracts::departments::v1::{AreaLevel, ClockFigure, Count};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers below it are not shown to who has no access to cases.
const FEW: u64 = 5;

/// One clock's numbers in one area.
#[derive(Default, Deserialize)]
pub(super) struct Figure {
    clock: String,
    rule: String,
    area: String,
    met: u64,
    missed: u64,
    running: u64,
    overdue: u64,
}

/// The sums by clock and area; `suppressed`: small numbers are not shown.
pub(super) fn figures(groups: Vec<Figure>, suppressed: bool) -> Vec<ClockFigure> {
    let mut sums: BTreeMap<(String, String), Figure> = BTreeMap::new();
    for group in groups {
        let sum = sums.entry((group.clock.clone(), group.area.clone())).or_insert_with(|| Figure {
            clock: group.clock.clone(),
            rule: group.rule.clone(),
            area: group.area.clone(),
            ..Figure::default()
        });
        sum.met += group.met;
        sum.missed += group.missed;
        sum.running += group.running;
        sum.overdue += group.overdue;
    }
    let figures: Vec<Figure> = sums.into_values().collect();
    let column = |of: fn(&Figure) -> u64| {
        counts(figures.iter().map(|figure| (figure.clock.clone(), of(figure))).collect(), suppressed)
    };
    let columns = [
        column(|figure| figure.met),
        column(|figure| figure.missed),
        column(|figure| figure.running),
        column(|figure| figure.overdue),
    ];
    let rows = figures.into_iter().enumerate().map(|(row, Figure { clock, rule, area, .. })| {
        let [met, missed, running, overdue] = columns.each_ref().map(|column| column.get(row).copied());
        ClockFigure { clock, rule, area, met, missed, running, overdue }
    });
    rows.collect()
}

/// Digits of a division code that figures are counted by.
pub(crate) fn digits(level: AreaLevel, area: &str) -> String {
    let digits = match level {
        AreaLevel::Unspecified => 0,
        AreaLevel::Township => 9,
        AreaLevel::Village => 12,
    };
    digits.max(area.len()).to_string()
}

/// Numbers as who asks may see them, each with the group that it is a part of. Where one of a group is hidden, the next
/// smallest is too: else it would be the difference between the others and their sum.
pub(crate) fn counts(numbers: Vec<(String, u64)>, suppressed: bool) -> Vec<Count> {
    let mut hidden: Vec<bool> =
        numbers.iter().map(|(_, value)| suppressed && (1..FEW).contains(value)).collect();
    let groups: BTreeSet<&String> = numbers.iter().map(|(group, _)| group).collect();
    for group in groups {
        let of_group = || numbers.iter().enumerate().filter(|(_, (of, _))| of == group);
        if of_group().filter(|(index, _)| hidden[*index]).count() == 1 {
            let shown = of_group().filter(|(index, (_, value))| !hidden[*index] && *value > 0);
            if let Some((index, _)) = shown.min_by_key(|(_, (_, value))| *value) {
                hidden[index] = true;
            }
        }
    }
    let count = |((_, value), hidden): (&(String, u64), bool)| Count { value: (!hidden).then_some(*value) };
    numbers.iter().zip(hidden).map(count).collect()
}
