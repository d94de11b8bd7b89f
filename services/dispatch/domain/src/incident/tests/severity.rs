//! The table of, row by row.

use super::*;
use crate::incident::severity;
use kinward_contracts::r#type::v1::Severity;

#[test]
fn bey_5_severity_danger_in_progress_missing_sexual_abuse_serious_injury_and_a_small_child_alone_are_immediate()
 {
    let none = DangerSigns::default();
    let immediate = [
        DangerSigns { danger_in_progress: true, ..none },
        DangerSigns { sexual_abuse_suspected: true, ..none },
        DangerSigns { serious_injury: true, ..none },
        DangerSigns { under_eight_unattended: true, ..none },
    ];
    for number in 1..=10 {
        for signs in &immediate {
            assert_eq!(severity(&[situation(number)], signs), Severity::Immediate, "{number} {signs:?}");
        }
        let bruised = DangerSigns { signs_of_injury_or_crime: true, ..none };
        assert_eq!(severity(&[situation(number)], &bruised), severity(&[situation(number)], &none));
    }
    assert_eq!(severity(&[Situation::Missing], &none), Severity::Immediate);
}

#[test]
fn bey_5_severity_of_each_situation_alone_and_the_worst_of_several() {
    let none = DangerSigns::default();
    let of = |number: i32| match situation(number) {
        Situation::Missing => Severity::Immediate,
        Situation::DomesticViolence
        | Situation::UnlawfulInfringement
        | Situation::LivingAlone
        | Situation::GuardianLostCapacity => Severity::Urgent,
        _ => Severity::Ordinary,
    };
    for one in 1..=10 {
        assert_eq!(severity(&[situation(one)], &none), of(one), "{one}");
        for other in 1..=10 {
            let both = severity(&[situation(one), situation(other)], &none);
            assert_eq!(i32::from(both), i32::from(of(one)).min(i32::from(of(other))), "{one} and {other}");
        }
    }
    assert_eq!(severity(&[], &none), Severity::Ordinary);
}
