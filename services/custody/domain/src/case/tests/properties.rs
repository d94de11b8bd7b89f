//! What holds for every history of a case.

use super::*;
use crate::case::grounds::{ALL, assess_one, evaluate};
use crate::case::{Petition, Progress, Record, State};
use chrono::Days;
use kinward_contracts::custody::v1::CaseEvent;
use kinward_contracts::{CarriesClocks as _, ClockEvent};
use kinward_statute::day_of;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const EPOCH: &str = "2026-01-01";
/// Days of facts: a good year, so that six months begin and end in it.
const DAYS: u64 = 400;

fn nth(days: u64) -> NaiveDate {
    day(EPOCH) + Days::new(days)
}

fn any_guardian() -> impl Strategy<Value = String> {
    prop::sample::select(&[FATHER, MOTHER][..]).prop_map(str::to_owned)
}

/// A fact that only adds to what is held against a guardian.
fn any_fact() -> impl Strategy<Value = Event> {
    prop_oneof![
        (any_guardian(), 1..=7_i32)
            .prop_map(|(guardian, conduct)| criticised(&guardian, Conduct::try_from(conduct).unwrap())),
        any_guardian().prop_map(|guardian| criticised(&guardian, Conduct::Begging)),
        (any_guardian(), 0..DAYS).prop_map(|(guardian, days)| refused(&guardian, &nth(days).to_string())),
        (any_guardian(), 1..=5_i32)
            .prop_map(|(guardian, kind)| suffered(&guardian, Consequence::try_from(kind).unwrap())),
        Just(impossible()),
        Just(not_delegated()),
        any::<bool>().prop_map(harm),
        any::<bool>().prop_map(left),
        any::<bool>().prop_map(crime),
    ]
}

fn any_resumption() -> impl Strategy<Value = Event> {
    (any_guardian(), 0..DAYS).prop_map(|(guardian, days)| {
        Event::DutyResumed(DutyResumed { guardian_person_id: guardian, on_date: nth(days).to_string() })
    })
}

/// A step of a random history; who and what a petition is about depends on how far the history is.
#[derive(Clone, Debug)]
enum Step {
    Fact(Command),
    Petition(Ground, prop::sample::Index),
    Court(Ruling, prop::sample::Index),
}

fn any_step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        3 => any_fact().prop_map(|fact| Step::Fact(now(fact))),
        3 => (any_fact(), 0..DAYS).prop_map(|(fact, days)| Step::Fact(on(&nth(days).to_string(), fact))),
        1 => any_resumption().prop_map(|fact| Step::Fact(now(fact))),
        3 => (1..=6_i32, index())
            .prop_map(|(ground, index)| Step::Petition(Ground::try_from(ground).unwrap(), index)),
        5 => (0..=3_i32, index())
            .prop_map(|(ruling, index)| Step::Court(Ruling::try_from(ruling).unwrap(), index)),
    ]
}

impl Step {
    /// A petition on a ground that is met, where one is; the court's next step with the petition it has.
    fn command(self, state: &State) -> Command {
        match self {
            Self::Fact(command) => command,
            Self::Petition(ground, index) => {
                let met: Vec<&(i32, String)> = state.met.iter().collect();
                let default = (i32::from(ground), FATHER.to_owned());
                let (ground, guardian) = if met.is_empty() { &default } else { *index.get(&met) };
                let filed = PetitionFiled {
                    petition_id: format!("petition-{}", state.petitions.len()),
                    guardian_person_id: guardian.clone(),
                    petitioner: Petitioner::VillageCommittee.into(),
                    grounds: vec![*ground],
                    ..PetitionFiled::default()
                };
                now(Event::PetitionFiled(filed))
            }
            Self::Court(ruling, index) => {
                let all: Vec<(&String, &Petition)> = state.petitions.iter().collect();
                let Some((id, petition)) = (!all.is_empty()).then(|| *index.get(&all)) else {
                    return accept();
                };
                let petition_id = id.clone();
                now(match petition.progress {
                    Progress::Filed => Event::PetitionAccepted(PetitionAccepted { petition_id }),
                    Progress::Accepted => Event::PetitionHeard(PetitionHeard { petition_id }),
                    _ => Event::PetitionRuled(ruled(petition_id, ruling)),
                })
            }
        }
    }
}

fn ruled(petition_id: String, ruling: Ruling) -> PetitionRuled {
    let aunt = || DesignatedGuardian { person_id: "aunt".to_owned(), ..DesignatedGuardian::default() };
    let designated = (ruling == Ruling::Revoked).then(aunt);
    PetitionRuled { petition_id, ruling: ruling.into(), designated, ..PetitionRuled::default() }
}

/// Any steps as days go by; the caller is the one who may. The kit folds every history again.
fn play(steps: Vec<(Step, u64)>) -> (State, Vec<CaseEvent>) {
    let reference = Reference::default();
    let mut scenario = case(&reference, EPOCH);
    let mut today = day(EPOCH);
    for (step, days) in steps {
        today = today + Days::new(days);
        let department =
            if matches!(step, Step::Court(..)) { Department::Court } else { Department::Village };
        scenario = scenario.at(noon(&today.to_string())).by(actor(department));
        // alarms fire in between, as they do
        scenario = scenario.tried([Command::ObserveClocks]);
        let command = step.command(scenario.state());
        scenario = scenario.tried([command]);
        // what is announced is what is met, after every command
        let state = scenario.state();
        for (guardian, assessed) in evaluate(state, today) {
            let announced = state.met.contains(&(i32::from(assessed.ground), guardian.to_owned()));
            assert!(assessed.is_met() == announced || state.is_revoked(guardian), "{assessed:?} on {today}");
        }
    }
    let recorded = scenario.recorded();
    let events = recorded.iter().map(|event| event.decode::<CaseEvent>().unwrap().unwrap());
    (scenario.state().clone(), events.collect())
}

/// The facts in this order, each recorded on the last day.
fn learn(facts: &[(Event, u64)]) -> BTreeMap<String, Record> {
    let reference = Reference::default();
    let commands = facts.iter().map(|(fact, days)| on(&nth(*days).to_string(), fact.clone()));
    let scenario = case(&reference, &nth(DAYS).to_string()).given(commands);
    scenario.state().guardians.clone()
}

/// What is met against anybody as of a day.
fn met_on(guardians: &BTreeMap<String, Record>, on: NaiveDate) -> BTreeSet<(String, i32)> {
    let pairs = guardians.iter().flat_map(|(guardian, record)| ALL.map(|ground| (guardian, record, ground)));
    pairs
        .filter(|(_, record, ground)| assess_one(*ground, record, on).is_met())
        .map(|(guardian, _, ground)| (guardian.clone(), i32::from(ground)))
        .collect()
}

proptest! {
    #[test]
    fn any_history_folds_and_announces_exactly_what_is_met(
        steps in prop::collection::vec((any_step(), 0..30_u64), 0..40)
    ) {
        let (state, events) = play(steps);
        for petition in state.petitions.values() {
            prop_assert!(state.guardians.contains_key(&petition.guardian_person_id));
        }
        // CUS-4: every revocation has its designated guardian, and is said to leave the support duty (L39)
        let ruled = |event: &CaseEvent| match &event.event {
            Some(Event::PetitionRuled(ruled)) if ruled.ruling() == Ruling::Revoked => Some(ruled.clone()),
            _ => None,
        };
        let revoked: Vec<PetitionRuled> = events.iter().filter_map(ruled).collect();
        let support =
            events.iter().filter(|event| matches!(event.event, Some(Event::SupportDutyContinues(_)))).count();
        prop_assert_eq!(revoked.len(), support);
        let whose: BTreeSet<&str> =
            revoked.iter().map(|ruled| ruled.guardian_person_id.as_str()).collect();
        prop_assert_eq!(whose.len(), revoked.len(), "revoked once");
        prop_assert!(revoked.iter().all(|ruled| ruled.designated.is_some()));
    }

    #[test]
    fn bey_1_each_clock_ends_exactly_once_before_it_starts_again(
        steps in prop::collection::vec((any_step(), 0..30_u64), 0..40)
    ) {
        let (state, events) = play(steps);
        let mut running: BTreeSet<String> = BTreeSet::new();
        for clock in events.iter().filter_map(CaseEvent::clock) {
            let (clock_id, starts) = match clock {
                ClockEvent::Started(clock) => (clock.clock_id, true),
                ClockEvent::Met(clock) => (clock.clock_id, false),
                ClockEvent::Missed(clock) => (clock.clock_id, false),
                ClockEvent::Superseded(clock) => (clock.clock_id, false),
                ClockEvent::Voided(clock) => (clock.clock_id, false),
                ClockEvent::Warned(_) | ClockEvent::Recomputed(_) => continue,
            };
            if starts {
                prop_assert!(running.insert(clock_id), "started while it runs");
            } else {
                prop_assert!(running.remove(&clock_id), "ended without running");
            }
        }
        let open: BTreeSet<String> = state.clocks.open().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(running, open);
    }

    #[test]
    fn cus_3_a_ground_once_met_stays_met_as_days_go_by(
        facts in prop::collection::vec((any_fact(), 0..DAYS), 0..30)
    ) {
        let guardians = learn(&facts);
        let mut before = BTreeSet::new();
        for days in (0..DAYS).step_by(7) {
            let met = met_on(&guardians, nth(days));
            prop_assert!(before.is_subset(&met), "on {}", nth(days));
            before = met;
        }
    }

    #[test]
    fn cus_3_another_fact_takes_no_ground_back_except_a_resumed_duty(
        facts in prop::collection::vec((any_fact(), 0..DAYS), 0..30),
        more in (any_fact(), 0..DAYS),
        resumed in any_resumption(),
    ) {
        let today = nth(DAYS);
        let met = met_on(&learn(&facts), today);
        let longer = [facts.clone(), vec![more]].concat();
        prop_assert!(met.is_subset(&met_on(&learn(&longer), today)));
        let interrupted = met_on(&learn(&[facts, vec![(resumed, DAYS)]].concat()), today);
        let taken_back: Vec<i32> = met.difference(&interrupted).map(|(_, ground)| *ground).collect();
        prop_assert!(taken_back.iter().all(|ground| *ground == i32::from(Ground::DutyRefused)));
    }

    #[test]
    fn cus_3_the_order_of_recording_does_not_matter(
        facts in prop::collection::vec((prop_oneof![4 => any_fact(), 1 => any_resumption()], 0..DAYS), 0..20),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let mut other = facts.clone();
        if !other.is_empty() {
            let half = shuffled.index(other.len());
            other.rotate_left(half);
            other.reverse();
        }
        let (one, two) = (learn(&facts), learn(&other));
        for days in (0..=DAYS).step_by(25) {
            prop_assert_eq!(met_on(&one, nth(days)), met_on(&two, nth(days)));
        }
    }

    #[test]
    fn cus_3c_is_met_from_the_day_on_which_six_months_are_full_and_not_a_day_before(
        since in 0..2_000_u64, after in 0..60_u64
    ) {
        let reference = Reference::default();
        let since = nth(since);
        let full = since + chrono::Months::new(6);
        let today = full + Days::new(after);
        let scenario = case(&reference, &today.to_string())
            .given([refusal(&since.to_string()), consequence(&since.to_string(), Consequence::Displaced)]);
        let record = &scenario.state().guardians[FATHER];
        let met = |on| assess_one(Ground::DutyRefused, record, on).is_met();
        prop_assert!(!met(full - Days::new(1)));
        prop_assert!(met(full) && met(full + Days::new(1)));
        prop_assert_eq!(day_of(noon(&today.to_string())), today);
    }
}
