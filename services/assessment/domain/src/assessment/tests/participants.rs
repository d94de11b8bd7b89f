//! Who helps to assess: invited, signed, staying away, silent (ASM-1).

use super::*;
use kinward_contracts::assessment::v1::{Answer, InvitationDeclined};
use kinward_contracts::r#type::v1::Relation;

fn school() -> kinward_contracts::log::v1::Actor {
    actor(Department::Education, "school-1", "430903111")
}

fn aunt() -> ParticipantInvited {
    ParticipantInvited {
        participant_id: "aunt".to_owned(),
        kind: ParticipantKind::Relative.into(),
        person_id: Some("person-aunt".to_owned()),
        relation: Relation::PaternalAunt.into(),
        ..ParticipantInvited::default()
    }
}

fn input_of(participant: &str) -> Command {
    step(Event::InputGiven(InputGiven {
        participant_id: Some(participant.to_owned()),
        ..InputGiven::default()
    }))
}

fn decline(participant: &str, reason: bool) -> Command {
    step(Event::InvitationDeclined(InvitationDeclined {
        participant_id: participant.to_owned(),
        reason: reason.then(text),
    }))
}

fn answer(scenario: &Scenario<'_, Assessment>, participant: &str) -> Answer {
    scenario.state().participants[participant].answer()
}

#[test]
fn asm_1_every_kind_of_party_is_invited_as_what_it_is() {
    let reference = Reference::default();
    let of_kind = |kind: ParticipantKind, department: Department| {
        step(Event::ParticipantInvited(ParticipantInvited {
            department: department.into(),
            unit_id: "unit".to_owned(),
            participant_id: "one".to_owned(),
            kind: kind.into(),
            ..ParticipantInvited::default()
        }))
    };
    for (kind, department) in [
        (ParticipantKind::VillageCommittee, Department::Village),
        (ParticipantKind::School, Department::Education),
        (ParticipantKind::MedicalInstitution, Department::Health),
        (ParticipantKind::ProfessionalService, Department::Justice),
        (ParticipantKind::OtherDepartment, Department::WomensFederation),
    ] {
        opened(&reference).when(of_kind(kind, department)).then_types(&["ParticipantInvited"]);
        let nobody = opened(&reference).when(of_kind(kind, Department::Unspecified)).then_refused("ASM-1");
        assert_eq!(nobody.field.as_deref(), Some("department"), "{kind:?}");
    }
    let mistaken = opened(&reference).when(of_kind(ParticipantKind::School, Department::Health));
    assert_eq!(mistaken.then_refused("ASM-1").field.as_deref(), Some("department"));
    let unnamed = opened(&reference).when(of_kind(ParticipantKind::Unspecified, Department::Health));
    assert_eq!(unnamed.then_refused("ASM-1").field.as_deref(), Some("kind"));
    opened(&reference).when(step(Event::ParticipantInvited(aunt()))).then_types(&["ParticipantInvited"]);
    for (wrong, field) in [
        (ParticipantInvited { person_id: None, ..aunt() }, "person_id"),
        (ParticipantInvited { relation: Relation::NotRelated.into(), ..aunt() }, "person_id"),
        (ParticipantInvited { unit_id: "unit".to_owned(), ..aunt() }, "unit_id"),
    ] {
        let refused = opened(&reference).when(step(Event::ParticipantInvited(wrong))).then_refused("ASM-1");
        assert_eq!(refused.field.as_deref(), Some(field));
    }
}

#[test]
fn asm_1_an_invited_party_signs_and_its_input_is_no_party_s() {
    let reference = Reference::default();
    let invited = opened(&reference).given([invite(Department::Education, "school-1")]);
    assert_eq!(answer(&invited, "participant-school-1"), Answer::Unspecified);
    let scenario = invited.by(school()).when(input()).then_types(&["InputGiven"]);
    assert_eq!(answer(&scenario, "participant-school-1"), Answer::Signed);
    assert_eq!(missing(scenario.state()).len(), 6, "the three parties still owe theirs");
}

#[test]
fn asm_1_an_invited_party_declines_with_the_reason_and_may_think_again() {
    let reference = Reference::default();
    let invited = || opened(&reference).given([invite(Department::Education, "school-1")]).by(school());
    let refused = invited().when(decline("", false)).then_refused("ASM-1");
    assert_eq!(refused.field.as_deref(), Some("reason"));
    let declined = || invited().given([decline("", true)]);
    assert_eq!(answer(&declined(), "participant-school-1"), Answer::Declined);
    declined().when(decline("", true)).then_refused("ASM-1");
    // who stays away scores nothing
    assert_eq!(
        declined().when(dimension(Dimension::Health)).then_refused("ASM-1").reason,
        Reason::NotEntitled
    );
    let signed = declined().given([input()]);
    assert_eq!(answer(&signed, "participant-school-1"), Answer::Signed);
    signed.when(decline("", true)).then_refused("ASM-1");
}

#[test]
fn asm_1_who_was_not_invited_declines_nothing_and_the_three_parties_cannot() {
    let reference = Reference::default();
    let refused = opened(&reference).by(school()).when(decline("", true)).then_refused("ASM-1");
    assert_eq!(refused.reason, Reason::NotEntitled);
    for party in [township(), civil_affairs(), police()] {
        let refused = opened(&reference).by(party).when(decline("", true)).then_refused("ASM-1");
        assert_eq!(refused.reason, Reason::WrongState);
    }
}

#[test]
fn asm_1_a_relative_s_signed_statement_is_taken_down_by_a_party() {
    let reference = Reference::default();
    let invited = || opened(&reference).given([step(Event::ParticipantInvited(aunt()))]);
    assert_eq!(invited().when(input_of("uncle")).then_refused("ASM-1").reason, Reason::UnknownReference);
    invited().by(school()).when(input_of("aunt")).then_refused("ASM-1");
    let scenario = invited().by(police()).when(input_of("aunt")).then_types(&["InputGiven"]);
    assert_eq!(answer(&scenario, "aunt"), Answer::Signed);
    assert!(scenario.state().inputs.is_empty(), "it is not the police's own");
    assert_eq!(answer(&invited().given([decline("aunt", true)]), "aunt"), Answer::Declined);
    // invited once
    invited().when(step(Event::ParticipantInvited(aunt()))).then([]);
}

#[test]
fn asm_1_nobody_signs_for_a_unit() {
    let reference = Reference::default();
    let invited = || opened(&reference).given([invite(Department::Education, "school-1")]);
    for command in [input_of("participant-school-1"), decline("participant-school-1", true)] {
        assert_eq!(invited().when(command).then_refused("ASM-1").reason, Reason::NotEntitled);
    }
}

#[test]
fn asm_1_after_the_conclusion_nobody_is_invited_or_declines() {
    let reference = Reference::default();
    let done = || complete(&reference).given([finalise(Risk::Low)]);
    for command in [invite(Department::Education, "school-1"), decline("", true), input_of("aunt")] {
        assert_eq!(done().when(command).then_refused("ASM-1").reason, Reason::WrongState);
    }
}
