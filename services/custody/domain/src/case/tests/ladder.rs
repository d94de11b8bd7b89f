//! The ladder of interventions (CUS-1).

use super::*;
use kinward_contracts::custody::v1::{
    CriminalCaseFiled, FamilyEducationEnded, FamilyEducationOrdered, GuardianConvicted, Penalty,
    PublicSecurityPenaltyImposed, Rung,
};
use kinward_contracts::r#type::v1::Reason;

const TODAY: &str = "2026-11-24";
const ARTICLE: &str = "治安管理处罚法";

fn penalty() -> Event {
    Event::PublicSecurityPenaltyImposed(PublicSecurityPenaltyImposed {
        guardian_person_id: FATHER.to_owned(),
        conduct: Conduct::Maltreatment.into(),
        penalty: Penalty::Detention.into(),
        department: 0,
        article: ARTICLE.to_owned(),
    })
}

fn crime_filed() -> Event {
    Event::CriminalCaseFiled(CriminalCaseFiled {
        guardian_person_id: FATHER.to_owned(),
        conduct: Conduct::Maltreatment.into(),
        department: 0,
        article: "刑法 260".to_owned(),
    })
}

pub(super) fn education() -> Event {
    Event::FamilyEducationOrdered(FamilyEducationOrdered {
        family_education_id: "education".to_owned(),
        guardian_person_id: FATHER.to_owned(),
        conduct: Conduct::LeftUnattended.into(),
        provider_unit_id: "womens-federation".to_owned(),
        department: 0,
        article: "家庭教育促进法 49".to_owned(),
    })
}

pub(super) fn education_ended(order_id: &str) -> Event {
    Event::FamilyEducationEnded(FamilyEducationEnded {
        family_education_id: order_id.to_owned(),
        completed: true,
    })
}

pub(super) fn convicted(intentional: bool, against_child: bool, imprisonment_months: u32) -> Event {
    Event::GuardianConvicted(GuardianConvicted {
        guardian_person_id: FATHER.to_owned(),
        intentional,
        against_child,
        imprisonment_months,
        article: "刑法 260".to_owned(),
    })
}

#[test]
fn cus_1_each_rung_has_its_author_time_and_legal_basis_in_the_order_in_which_it_happened() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY)
        .by(actor(Department::PublicSecurity))
        .given([on("2026-10-01", crime_filed()), on("2026-09-01", penalty()), criticism("2026-08-01")])
        .given([on("2026-08-15", education())])
        .by(actor(Department::Court))
        .given([on("2026-11-01", convicted(true, true, 12))]);
    let ladder = &scenario.state().ladder;
    let taken: Vec<(i32, DateTime<Utc>)> = ladder.of(FATHER).map(|rung| (rung.rung, rung.at)).collect();
    let expected = [
        (Rung::Criticism, "2026-08-01"),
        (Rung::FamilyEducation, "2026-08-15"),
        (Rung::Penalty, "2026-09-01"),
        (Rung::CriminalCase, "2026-10-01"),
        (Rung::Conviction, "2026-11-01"),
    ];
    assert_eq!(taken, expected.map(|(rung, at)| (i32::from(rung), noon(at))));
    let police = actor(Department::PublicSecurity);
    let penalty = ladder.of(FATHER).nth(2).unwrap();
    assert_eq!((penalty.department, &penalty.unit), (police.department, &police.unit_id));
    assert_eq!(penalty.article, ARTICLE);
    let recorded = scenario.recorded();
    assert!(recorded.iter().any(|event| event.event().event_id == penalty.event_id));
    assert_eq!(ladder.highest(FATHER), Rung::Conviction);
    assert_eq!((ladder.highest(MOTHER), ladder.of(MOTHER).count()), (Rung::Unspecified, 0));
}

#[test]
fn cus_1_only_police_penalise_and_file_and_only_police_or_the_court_order_guidance() {
    let reference = Reference::default();
    for number in 0..=17 {
        let department = Department::try_from(number).unwrap();
        let by = |event: Event| case(&reference, TODAY).by(actor(department)).when(now(event));
        for (event, rule, may) in [
            (penalty(), "CUS-1", department == Department::PublicSecurity),
            (crime_filed(), "CUS-1", department == Department::PublicSecurity),
            (education(), "L25", [Department::PublicSecurity, Department::Court].contains(&department)),
            (convicted(true, true, 1), "CUS-1", department == Department::Court),
        ] {
            let outcome = by(event.clone());
            if may {
                assert_eq!(outcome.facts().len(), 1, "{event:?}");
            } else {
                assert_eq!(
                    outcome.then_refused(rule).reason,
                    Reason::NotEntitled,
                    "{event:?} by {department:?}"
                );
            }
        }
    }
}

#[test]
fn cus_1_a_rung_says_for_what_and_on_what_legal_basis() {
    let reference = Reference::default();
    let police = || case(&reference, TODAY).by(actor(Department::PublicSecurity));
    let Event::PublicSecurityPenaltyImposed(whole) = penalty() else { panic!("a penalty") };
    for (wrong, field) in [
        (PublicSecurityPenaltyImposed { article: " ".to_owned(), ..whole.clone() }, "article"),
        (PublicSecurityPenaltyImposed { conduct: 0, ..whole.clone() }, "conduct"),
        (PublicSecurityPenaltyImposed { penalty: 0, ..whole }, "penalty"),
    ] {
        let refused = police().when(now(Event::PublicSecurityPenaltyImposed(wrong))).then_refused("CUS-1");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    // a criticism without a better basis has the policy's own
    let outcome = police().when(now(criticised(FATHER, Conduct::Begging)));
    let Some(Event::GuardianCriticised(made)) = &outcome.facts()[0].event.event else { panic!("criticised") };
    assert!(made.article.contains("三（四）"));
}

#[test]
fn cus_1_guidance_ends_once_and_not_before_it_was_ordered() {
    let reference = Reference::default();
    let ordered = || {
        let scenario = case(&reference, TODAY).by(actor(Department::Court));
        scenario.given([on("2026-11-01", education())]).by(actor(Department::WomensFederation))
    };
    let refused = ordered().when(now(education_ended("another"))).then_refused("L25");
    assert_eq!(refused.reason, Reason::UnknownReference);
    ordered().when(on("2026-10-31", education_ended("education"))).then_refused("L25");
    let scenario = ordered().given([now(education_ended("education"))]);
    scenario.when(now(education_ended("education"))).then_refused("L25");
    let again = ordered().by(actor(Department::Court)).when(now(education()));
    assert_eq!(again.then_refused("CUS-1").reason, Reason::WrongState);
    let refused = ordered().by(actor(Department::Education)).when(now(education_ended("education")));
    assert_eq!(refused.then_refused("L25").reason, Reason::NotEntitled);
}

#[test]
fn cus_1_cus_3e_a_penalty_is_no_criticism_and_the_ladder_says_what_counts() {
    let reference = Reference::default();
    let scenario = case(&reference, TODAY).by(actor(Department::PublicSecurity)).given([now(penalty())]);
    let record = &scenario.state().guardians[FATHER];
    assert!(record.criticisms.is_empty());
    let scenario = scenario.given([criticism("2026-11-01")]).by(actor(Department::Court));
    let scenario = scenario.given([criticism("2026-11-02")]);
    let counts: Vec<bool> = scenario.state().ladder.of(FATHER).map(|rung| rung.counts).collect();
    assert_eq!(counts, [true, false, false], "police count, a court does not, a penalty does not");
}
