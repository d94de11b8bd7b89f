//! A revoked guardianship that comes back, or never does (CUS-4, L40, L41).

use super::ladder::convicted;
use super::*;
use crate::case::Progress;
use crate::guidance;
use kinward_contracts::custody::v1::{
    GuardianshipRestored, RestorationRequested, RestorationRuled, RestorationRuling,
};
use kinward_contracts::r#type::v1::{Basis, ChildsWish, Reason, Relation};

const REVOKED_ON: &str = "2026-11-24";

fn asked(restoration_id: &str, relation: Relation) -> Event {
    Event::RestorationRequested(RestorationRequested {
        restoration_id: restoration_id.to_owned(),
        guardian_person_id: FATHER.to_owned(),
        relation: relation.into(),
        ..RestorationRequested::default()
    })
}

fn ask() -> Command {
    now(asked("restoration", Relation::Father))
}

fn decided(ruling: RestorationRuling, true_repentance: bool, childs_wish: ChildsWish) -> Command {
    now(Event::RestorationRuled(RestorationRuled {
        restoration_id: "restoration".to_owned(),
        ruling: ruling.into(),
        true_repentance,
        childs_wish: childs_wish.into(),
        guardian_person_id: String::new(),
    }))
}

fn restore() -> Command {
    decided(RestorationRuling::Restored, true, ChildsWish::InFavour)
}

/// The father was revoked on 24 November 2026 and the aunt designated; the court asks on a later day.
fn revoked<'a>(reference: &'a Reference, more: Vec<Command>, today: &str) -> Scenario<'a, Case> {
    let revoke = rule(Ruling::Revoked, Some("aunt"));
    filed(reference, REVOKED_ON).given(more).given([accept(), hear(), revoke]).at(noon(today))
}

#[test]
fn cus_4_restoration_may_be_asked_from_three_months_to_a_year_after_the_revocation_both_included() {
    let reference = Reference::default();
    for (today, may) in [
        ("2027-02-23", false),
        ("2027-02-24", true),
        ("2027-06-01", true),
        ("2027-11-24", true),
        ("2027-11-25", false),
    ] {
        let outcome = revoked(&reference, vec![], today).when(ask());
        if may {
            let Some(Event::RestorationRequested(made)) = &outcome.facts()[0].event.event else { panic!() };
            assert_eq!(made.window_basis(), Basis::JudicialGuidance, "the window is not law");
            assert!(made.window_article.contains("法发〔2014〕24号"));
        } else {
            let refused = outcome.then_refused("L40");
            assert_eq!(
                (refused.reason, refused.field.as_deref()),
                (Reason::TimeInvalid, Some("occurred_at"))
            );
            assert!(refused.zh.contains("指导意见") && refused.rule.article.contains("24号"), "{refused}");
        }
    }
    // what counts is when it was asked, not when that was recorded
    let late = || revoked(&reference, vec![], "2027-12-24");
    late()
        .when(on("2027-11-24", asked("restoration", Relation::Father)))
        .then_types(&["RestorationRequested"]);
    late().when(on("2027-02-23", asked("restoration", Relation::Father))).then_refused("L40");
}

#[test]
fn cus_4_only_a_revoked_parent_asks_and_through_those_who_take_it_in() {
    let reference = Reference::default();
    let today = "2027-03-01";
    for relation in [Relation::PaternalAunt, Relation::PaternalGrandfather, Relation::Unspecified] {
        let refused = revoked(&reference, vec![], today).when(now(asked("restoration", relation)));
        assert_eq!(refused.then_refused("L40").reason, Reason::NotEntitled);
    }
    for by in [Department::PublicSecurity, Department::CivilAffairs, Department::Kinward] {
        let refused = revoked(&reference, vec![], today).by(actor(by)).when(ask()).then_refused("L40");
        assert_eq!(refused.reason, Reason::NotEntitled);
    }
    for by in [Department::Court, Department::Village, Department::Justice] {
        revoked(&reference, vec![], today).by(actor(by)).when(ask()).then_types(&["RestorationRequested"]);
    }
    // somebody who is not revoked has nothing to ask for
    let refused = filed(&reference, REVOKED_ON).at(noon(today)).when(ask()).then_refused("CUS-4");
    assert_eq!(refused.reason, Reason::WrongState);
    let twice = revoked(&reference, vec![], today).given([ask()]);
    twice.when(now(asked("another", Relation::Father))).then_refused("CUS-4");
}

#[test]
fn cus_4_never_after_an_intentional_crime_against_the_ward() {
    let reference = Reference::default();
    let today = "2027-03-01";
    let after = |event: Event| revoked(&reference, vec![now(event)], today).when(ask());
    let refused = after(convicted(true, true, 3)).then_refused("L40");
    assert_eq!(refused.reason, Reason::NotEntitled);
    assert_eq!(refused.rule.article, "民法典 38", "that one is law");
    // negligence, or a crime against somebody else, does not bar it
    after(convicted(false, true, 3)).then_types(&["RestorationRequested"]);
    after(convicted(true, false, 3)).then_types(&["RestorationRequested"]);
    // convicted between the request and the ruling
    let late = revoked(&reference, vec![], today).given([ask(), now(convicted(true, true, 3))]);
    late.when(restore()).then_refused("L40");
}

#[test]
fn cus_4_what_bars_a_restoration_by_guidance() {
    let reference = Reference::default();
    let today = "2027-03-01";
    let harmed = |harm: Harm, since_on: Option<&str>, grave_injury| {
        on(
            "2026-07-01",
            Event::HarmRecorded(HarmRecorded {
                guardian_person_id: FATHER.to_owned(),
                harm: harm.into(),
                serious: true,
                since_on: since_on.map(str::to_owned),
                grave_injury,
            }),
        )
    };
    let outcome = |facts: Vec<Command>| revoked(&reference, facts, today).when(ask());
    for facts in [
        vec![harmed(Harm::SexualAbuse, None, false)],
        vec![harmed(Harm::Sale, None, false)],
        // six months or more, exactly
        vec![harmed(Harm::Maltreatment, Some("2026-01-01"), true)],
        // repeatedly
        vec![harmed(Harm::Abandonment, None, false), harmed(Harm::Abandonment, None, true)],
        vec![now(convicted(false, true, 60))],
    ] {
        let refused = outcome(facts).then_refused("L41");
        assert_eq!(refused.reason, Reason::NotEntitled);
        assert!(refused.rule.article.contains("24号 40"), "{refused}");
    }
    for facts in [
        vec![harmed(Harm::Violence, None, true)],
        // a day short of six months
        vec![harmed(Harm::Maltreatment, Some("2026-01-02"), true)],
        // lasting, but without grave injury
        vec![harmed(Harm::Maltreatment, Some("2025-01-01"), false)],
        vec![harmed(Harm::Abandonment, None, true)],
        vec![now(convicted(false, true, 59))],
        vec![now(convicted(false, false, 120))],
    ] {
        outcome(facts).then_types(&["RestorationRequested"]);
    }
    assert_eq!(guidance::restoration().basis, Basis::JudicialGuidance);
}

#[test]
fn cus_4_the_court_restores_only_on_true_repentance_and_with_the_ward_s_wish() {
    let reference = Reference::default();
    let asked = || revoked(&reference, vec![], "2027-03-01").given([ask()]);
    for (repentant, wish, missing) in [
        (false, ChildsWish::InFavour, vec!["true-repentance"]),
        (true, ChildsWish::Against, vec!["childs-wish"]),
        (true, ChildsWish::Unspecified, vec!["childs-wish"]),
        (false, ChildsWish::Against, vec!["true-repentance", "childs-wish"]),
    ] {
        let ruling = decided(RestorationRuling::Restored, repentant, wish);
        assert_eq!(names(&asked().when(ruling).then_refused("L40").missing), missing);
    }
    let ruling = decided(RestorationRuling::Restored, true, ChildsWish::CannotExpress);
    asked().when(ruling).then_types(&["RestorationRuled", "GuardianshipRestored"]);
    let by_village = asked().by(actor(Department::Village)).when(restore()).then_refused("CUS-4");
    assert_eq!(by_village.reason, Reason::NotEntitled);
    // a refusal needs neither, and a new request is possible
    let scenario = asked()
        .when(decided(RestorationRuling::Refused, false, ChildsWish::Unspecified))
        .then_types(&["RestorationRuled"]);
    assert!(scenario.state().is_revoked(FATHER));
    let scenario = scenario.given([now(super::restoration::asked("second", Relation::Father))]);
    scenario.when(restore()).then_refused("CUS-4");
    let early = asked().when(on(
        "2027-02-28",
        Event::RestorationRuled(RestorationRuled {
            restoration_id: "restoration".to_owned(),
            ruling: RestorationRuling::Refused.into(),
            ..RestorationRuled::default()
        }),
    ));
    assert_eq!(early.then_refused("BEY-1").reason, Reason::TimeInvalid);
}

#[test]
fn cus_4_a_restoration_names_whose_guardianship_ends_and_what_was_judged_is_over() {
    let reference = Reference::default();
    let outcome = revoked(&reference, vec![], "2027-03-01").given([ask()]).when(restore());
    let Some(Event::GuardianshipRestored(restored)) = &outcome.facts()[1].event.event else { panic!() };
    let expected = GuardianshipRestored {
        child: Some(ChildReference { child_id: Some("child".to_owned()), person_id: "child".to_owned() }),
        guardian_person_id: FATHER.to_owned(),
        ended_guardian_person_id: "aunt".to_owned(),
        restored_on: "2027-03-01".to_owned(),
        article: "民法典 38".to_owned(),
    };
    assert_eq!(*restored, expected);
    let scenario = outcome.then_types(&["RestorationRuled", "GuardianshipRestored"]);
    assert!(!scenario.state().is_revoked(FATHER) && scenario.state().met.is_empty());
    assert_eq!(scenario.state().petitions[&petition_id()].progress, Progress::Restored);
    // the old refusal counts no more, a new one does; as of the day before, the ground was met
    let met = |on| crate::case::grounds::assess(&scenario.state().guardians[FATHER], day(on))[2].is_met();
    assert!(met("2027-02-28") && !met("2027-03-01"));
    scenario
        .at(noon("2027-10-01"))
        .by(actor(Department::Village))
        .given([refusal("2027-03-15"), consequence("2027-04-01", Consequence::Displaced)])
        .when(now(Event::PetitionFiled(PetitionFiled {
            petition_id: "again".to_owned(),
            guardian_person_id: FATHER.to_owned(),
            petitioner: Petitioner::VillageCommittee.into(),
            grounds: vec![Ground::DutyRefused.into()],
            ..PetitionFiled::default()
        })))
        .then_types(&["PetitionFiled", "ClockMet"]);
}

#[test]
fn cus_4_a_ruling_on_restoration_names_the_guardian_and_leaves_earlier_petitions_as_they_ended() {
    let reference = Reference::default();
    let withdrawn = filed(&reference, REVOKED_ON).given([rule(Ruling::Withdrawn, None)]);
    let again = Command::Record {
        event: Event::PetitionFiled(PetitionFiled {
            petition_id: "second".to_owned(),
            guardian_person_id: FATHER.to_owned(),
            petitioner: Petitioner::VillageCommittee.into(),
            grounds: vec![Ground::DutyRefused.into()],
            ..PetitionFiled::default()
        }),
        occurred_at: None,
    };
    let of_second = || "second".to_owned();
    let scenario = withdrawn
        .by(actor(Department::Village))
        .given([again])
        .by(actor(Department::Court))
        .given([
            now(Event::PetitionAccepted(PetitionAccepted { petition_id: of_second() })),
            now(Event::PetitionHeard(PetitionHeard { petition_id: of_second() })),
            now(Event::PetitionRuled(PetitionRuled {
                petition_id: of_second(),
                ruling: Ruling::Revoked.into(),
                designated: Some(DesignatedGuardian {
                    person_id: "aunt".to_owned(),
                    ..DesignatedGuardian::default()
                }),
                ..PetitionRuled::default()
            })),
        ])
        .at(noon("2027-06-01"))
        .given([ask()]);
    let outcome = scenario.when(restore());
    let Some(Event::RestorationRuled(ruled)) = &outcome.facts()[0].event.event else { panic!("ruled") };
    assert_eq!(ruled.guardian_person_id, FATHER);
    let scenario = outcome.then_types(&["RestorationRuled", "GuardianshipRestored"]);
    let progress = |id: &str| scenario.state().petitions[id].progress;
    assert_eq!((progress(&petition_id()), progress("second")), (Progress::Withdrawn, Progress::Restored));
}
