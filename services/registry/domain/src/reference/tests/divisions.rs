//! Codes of divisions (INF-4).

use super::*;
use crate::reference::{Division, DivisionCommand as Command};
use kinward_contracts::registry::v1::{
    Division as Place, DivisionAdopted, DivisionEvent, DivisionLevel, DivisionWithdrawn,
};
use kinward_contracts::r#type::v1::Reason;
use kinward_eventsourcing::{Index as _, Recorded};
use kinward_statute::ReferenceIndex;
use proptest::prelude::*;

const VILLAGE: &str = "430903111201";

fn village() -> Place {
    Place {
        code: VILLAGE.to_owned(),
        name: "某村".to_owned(),
        level: DivisionLevel::Village.into(),
        parent_code: Some(VILLAGE[..9].to_owned()),
        valid_from: "2017-03-24".to_owned(),
    }
}

fn adopt(division: Place) -> Command {
    Command::Adopt(DivisionAdopted { division: Some(division) })
}

fn withdraw(valid_until: &str) -> Command {
    Command::Withdraw(DivisionWithdrawn {
        valid_until: valid_until.to_owned(),
        successor_codes: vec!["430903111202".to_owned()],
    })
}

fn adopted(reference: &Reference) -> Scenario<'_, Division> {
    new(VILLAGE, reference).given([adopt(village())])
}

#[test]
fn inf_4_a_division_is_adopted_and_the_same_again_is_no_event() {
    let reference = Reference::default();
    let scenario = made(new::<Division>(VILLAGE, &reference).when(adopt(village())), "DivisionAdopted");
    let scenario = scenario.when(adopt(village())).then([]);
    let renamed = Place { name: "某某村".to_owned(), ..village() };
    made(scenario.when(adopt(renamed)), "DivisionAdopted");
}

#[test]
fn inf_4_level_and_parent_are_those_that_the_digits_say() {
    let reference = Reference::default();
    let district = Place {
        code: "430903".to_owned(),
        level: DivisionLevel::District.into(),
        parent_code: None,
        ..village()
    };
    let township = Place {
        code: "430903111".to_owned(),
        level: DivisionLevel::Township.into(),
        parent_code: Some("430903".to_owned()),
        ..village()
    };
    for good in [district.clone(), township.clone(), village()] {
        made(new::<Division>(&good.code, &reference).when(adopt(good.clone())), "DivisionAdopted");
    }
    let bad = [
        (Place { level: DivisionLevel::Village.into(), ..township.clone() }, "level"),
        (Place { level: 0, ..village() }, "level"),
        (Place { code: "4309031112".to_owned(), level: 0, ..village() }, "level"),
        (Place { parent_code: None, ..village() }, "parent_code"),
        (Place { parent_code: Some("430903".to_owned()), ..village() }, "parent_code"),
        (Place { parent_code: Some("430900".to_owned()), ..district }, "parent_code"),
    ];
    for (division, field) in bad {
        let code = division.code.clone();
        let refused = new::<Division>(&code, &reference).when(adopt(division)).then_refused("INF-4");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    new::<Division>("430903111299", &reference).when(adopt(village())).then_refused("INF-4");
    let never = Place { valid_from: "2017-02-29".to_owned(), ..village() };
    new::<Division>(VILLAGE, &reference).when(adopt(never)).then_refused("BEY-1");
}

#[test]
fn inf_4_a_code_in_use_does_not_start_later_than_it_did() {
    let reference = Reference::default();
    let later = Place { valid_from: "2020-01-01".to_owned(), ..village() };
    let refused = adopted(&reference).when(adopt(later)).then_refused("INF-4");
    assert_eq!(refused.reason, Reason::TimeInvalid);
    let earlier = Place { valid_from: "2010-01-01".to_owned(), ..village() };
    made(adopted(&reference).when(adopt(earlier)), "DivisionAdopted");
}

#[test]
fn inf_4_a_withdrawn_code_is_not_used_again_and_its_last_day_can_be_corrected() {
    let reference = Reference::default();
    let scenario = made(adopted(&reference).when(withdraw("2026-06-30")), "DivisionWithdrawn");
    let scenario = scenario.when(withdraw("2026-06-30")).then([]);
    let scenario = made(scenario.when(withdraw("2026-07-31")), "DivisionWithdrawn");
    let refused = scenario.when(adopt(village())).then_refused("INF-4");
    assert_eq!(refused.reason, Reason::WrongState);
}

#[test]
fn inf_4_only_a_code_in_use_is_withdrawn_not_before_its_first_day_and_not_by_itself() {
    let reference = Reference::default();
    let nothing = new::<Division>(VILLAGE, &reference).when(withdraw("2026-06-30")).then_refused("INF-4");
    assert_eq!(nothing.reason, Reason::NotFound);
    adopted(&reference).when(withdraw("2017-03-23")).then_refused("INF-4");
    made(adopted(&reference).when(withdraw("2017-03-24")), "DivisionWithdrawn");
    adopted(&reference).when(withdraw("2017-02-29")).then_refused("BEY-1");
    let by_itself = Command::Withdraw(DivisionWithdrawn {
        valid_until: "2026-06-30".to_owned(),
        successor_codes: vec![VILLAGE.to_owned()],
    });
    adopted(&reference).when(by_itself).then_refused("INF-4");
}

fn valid_on(recorded: &[Recorded], day: &str) -> bool {
    let mut index = ReferenceIndex::default();
    for event in recorded {
        index.fold(event).unwrap();
    }
    index.0.division_valid_on(VILLAGE, day.parse().unwrap())
}

proptest! {
    #[test]
    fn inf_4_no_history_takes_validity_away_from_a_day_before_the_withdrawal(
        commands in prop::collection::vec((any::<bool>(), 2016..2024_i32), 0..12)
    ) {
        let reference = Reference::default();
        let mut scenario = adopted(&reference);
        let mut valid_until: Option<String> = None;
        for (adopting, year) in commands {
            let before = scenario.recorded();
            let day = format!("{year}-06-30");
            let command = if adopting { adopt(Place { valid_from: day, ..village() }) } else { withdraw(&day) };
            scenario = scenario.tried([command]);
            for event in scenario.recorded().iter().skip(before.len()) {
                if let Some(DivisionEvent {
                    event: Some(kinward_contracts::registry::v1::division_event::Event::DivisionWithdrawn(withdrawn)),
                }) = event.decode().unwrap()
                {
                    valid_until = Some(withdrawn.valid_until);
                }
            }
        }
        let recorded = scenario.recorded();
        let until = valid_until.unwrap_or_else(|| "9999-12-31".to_owned());
        for day in ["2017-03-24", "2018-01-01", "2020-06-30", "2023-06-30"] {
            prop_assert_eq!(valid_on(&recorded, day), day <= until.as_str(), "{}", day);
        }
    }
}
