//! Which duties are open, by which rule (BEY-2).

use super::super::duties;
use super::*;

const ALONE: [Situation; 1] = [Situation::LivingAlone];

fn names(state: &State) -> Vec<(&'static str, &'static str)> {
    duties(state).iter().map(|duty| (duty.what, duty.rule.id)).collect()
}

#[test]
fn bey_2_police_owe_the_next_step_and_every_disposition_that_is_missing() {
    let reference = Reference::default();
    let open = || incident(&reference, &ALONE, DangerSigns::default());
    let owed = [
        ("parents-ordered-to-return", "DSP-2a"),
        ("parents-admonished", "DSP-2a"),
        ("child-cared-for", "DSP-2a"),
    ];
    let steps = [now(accepted()), now(dispatched()), now(arrived())];
    let next = ["accept-incident", "dispatch-unit", "arrive", "conclude-incident"];
    for (done, next) in next.into_iter().enumerate() {
        let scenario = open().given(steps[..done].to_vec());
        let wanted: Vec<_> = [(next, "DSP-1")].into_iter().chain(owed).collect();
        assert_eq!(names(scenario.state()), wanted);
    }
    let on_scene = open().given(steps.to_vec());
    let first = &duties(on_scene.state())[0];
    assert_eq!(first.missing, checklist::missing(on_scene.state()), "what concluding is refused for");
    assert_eq!(names(&State::default()), []);
}

#[test]
fn bey_2_a_step_that_is_late_says_since_when_and_when_it_was_due() {
    let reference = Reference::default();
    let open = || incident(&reference, &ALONE, DangerSigns::default());
    let early = duties(open().state())[0].clone();
    assert_eq!((early.since, early.due_at, early.missed), (minute(0), Some(minute(10)), false));
    let late = open().at(minute(11)).given([Command::ObserveClocks]);
    assert!(duties(late.state())[0].missed);
    assert_eq!(duties(late.state())[0].department, Department::PublicSecurity);
}
