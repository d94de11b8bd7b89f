//! Those who help to assess: invited, then signed or staying away with a reason (ASM-1).
//! A relative has no office and no token: a party takes the signed statement down.

use super::parties::{as_participant, as_party, handles};
use super::{Participant, State};
use crate::rules::ASM_1;
use kinward_contracts::assessment::v1::{
    Answer, InputGiven, InvitationDeclined, ParticipantInvited, ParticipantKind,
};
use kinward_contracts::r#type::v1::{Department, Relation};
use kinward_eventsourcing::Rejection;

type Now<'a> = super::decide::Now<'a>;

/// An invitation; `None`: it stands already.
pub(super) fn invite(
    state: &State,
    invited: &ParticipantInvited,
    context: &Now<'_>,
) -> Result<Option<ParticipantInvited>, Rejection> {
    as_party(state, context)?;
    let department = invited.department();
    let expected = match invited.kind() {
        ParticipantKind::Unspecified => {
            return Err(Rejection::invalid("kind", ASM_1, "须注明参与方类别", "name what the party is"));
        }
        ParticipantKind::Relative => return relative(state, invited),
        ParticipantKind::VillageCommittee => Some(Department::Village),
        ParticipantKind::School => Some(Department::Education),
        ParticipantKind::MedicalInstitution => Some(Department::Health),
        ParticipantKind::ProfessionalService | ParticipantKind::OtherDepartment => None,
    };
    let office = ![Department::Unspecified, Department::Kinward].contains(&department);
    if expected.is_some_and(|expected| expected != department) || !office {
        return Err(Rejection::invalid(
            "department",
            ASM_1,
            "参与方类别与所属部门不符",
            "a party of this kind belongs to another department",
        ));
    }
    if invited.unit_id.is_empty() || invited.person_id.is_some() {
        return Err(Rejection::invalid("unit_id", ASM_1, "须注明受邀单位", "name the unit that is invited"));
    }
    let known = state.participant_of(invited.department, &invited.unit_id).is_some();
    Ok((!known).then(|| ParticipantInvited { relation: Relation::Unspecified.into(), ..invited.clone() }))
}

fn relative(state: &State, invited: &ParticipantInvited) -> Result<Option<ParticipantInvited>, Rejection> {
    let no_relation = [Relation::Unspecified, Relation::NotRelated].contains(&invited.relation());
    if invited.person_id.as_ref().is_none_or(String::is_empty) || no_relation {
        return Err(Rejection::invalid(
            "person_id",
            ASM_1,
            "邀请亲属须注明本人及与儿童的关系",
            "name the relative, and what the relative is to the child",
        ));
    }
    if invited.department() != Department::Unspecified || !invited.unit_id.is_empty() {
        return Err(Rejection::invalid(
            "unit_id",
            ASM_1,
            "亲属不代表单位参与",
            "a relative takes part for no unit",
        ));
    }
    let known = state.participants.values().any(|one| one.person_id == invited.person_id);
    Ok((!known).then(|| invited.clone()))
}

/// A signed input: the caller's own unit's, or that of a relative whose statement a party took down.
pub(super) fn sign(state: &State, given: &InputGiven, context: &Now<'_>) -> Result<InputGiven, Rejection> {
    let actor = context.actor;
    let participant_id = match &given.participant_id {
        Some(id) => {
            as_party(state, context)?;
            Some(of_relative(state, id)?)
        }
        None if handles(state, actor.department(), &actor.area) => None,
        None => Some(own(state, context)?.0.to_owned()),
    };
    // the department is the caller's own: nobody signs for another
    Ok(InputGiven { department: actor.department, participant_id, ..given.clone() })
}

/// An invitation declined: by the invited unit, or for a relative by the party who asked.
pub(super) fn decline(
    state: &State,
    declined: &InvitationDeclined,
    context: &Now<'_>,
) -> Result<InvitationDeclined, Rejection> {
    let participant_id = if declined.participant_id.is_empty() {
        own(state, context)?.0.to_owned()
    } else {
        as_party(state, context)?;
        of_relative(state, &declined.participant_id)?
    };
    if declined.reason.is_none() {
        return Err(Rejection::invalid("reason", ASM_1, "不参与须说明理由", "say why you stay away"));
    }
    let answer = state.participants.get(&participant_id).map(Participant::answer);
    match answer {
        Some(Answer::Signed) => {
            Err(Rejection::wrong_state(ASM_1, "已签署意见", "the input is signed already"))
        }
        Some(Answer::Declined) => {
            Err(Rejection::wrong_state(ASM_1, "已答复不参与", "the invitation was declined already"))
        }
        _ => Ok(InvitationDeclined { participant_id, ..declined.clone() }),
    }
}

/// The participant that the caller's unit is.
fn own<'a>(state: &'a State, context: &Now<'_>) -> Result<(&'a str, &'a Participant), Rejection> {
    let actor = context.actor;
    match state.participant_of(actor.department, &actor.unit_id) {
        Some(found) => Ok(found),
        None => Err(as_participant(state, context).err().unwrap_or_else(|| {
            Rejection::wrong_state(
                ASM_1,
                "乡镇（街道、园区）、民政、公安参与评估是职责，不能推辞",
                "township, civil affairs and police assess by duty: there is no invitation to decline",
            )
        })),
    }
}

fn of_relative(state: &State, participant_id: &str) -> Result<String, Rejection> {
    match state.participants.get(participant_id) {
        Some(one) if one.person_id.is_some() => Ok(participant_id.to_owned()),
        Some(_) => Err(Rejection::not_entitled(
            ASM_1,
            "受邀单位由其本单位签署或答复",
            "a unit signs and answers for itself",
        )),
        None => {
            Err(Rejection::unknown(ASM_1, "评估中没有此参与方", "the assessment has no such participant"))
        }
    }
}
