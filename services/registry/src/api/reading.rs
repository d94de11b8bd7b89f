//! A file as its keepers read it: folded facts, personal ones opened.

use chrono::{Days, NaiveDate};
use kinward_contracts::registry::v1::{
    CarerOnFile, ChildFile, DelegationOnFile, DifficultyOnFile, FileSections, PairingOnFile, Residence,
    Schooling,
};
use kinward_contracts::timestamp;
use kinward_privacy::{KeyringError, Opener};
use kinward_registry_domain::child::{State, sections};

/// The file, with names and birth date in clear; empty where they are erased.
pub(crate) async fn file(child_id: &str, state: &State, opener: &Opener) -> Result<ChildFile, KeyringError> {
    let mut carers = Vec::new();
    for (person_id, carer) in &state.carers {
        carers.push(CarerOnFile {
            person_id: person_id.clone(),
            relation: carer.relation,
            basis: carer.basis,
            name: opener.text(carer.name.as_ref()).await?,
            capacity: carer.capacity,
            whereabouts: carer.whereabouts,
            lives_with_child: carer.lives_with_child,
            revoked: carer.revoked,
            designated: carer.designated,
        });
    }
    let (care, schooling) = (&state.care, &state.schooling);
    let dropout = schooling.dropout.clone().unwrap_or_default();
    Ok(ChildFile {
        child_id: child_id.to_owned(),
        temporary: state.temporary,
        status: state.status,
        status_reason: state.status_reason,
        status_since_on: state.status_since.map(|day| day.to_string()).unwrap_or_default(),
        name: opener.text(state.name.as_ref()).await?,
        birth_date: opener.text(state.birth_date.as_ref()).await?,
        village_code: state.village_code.clone(),
        address: opener.text(state.address.as_ref()).await?,
        residences: state
            .home
            .residences
            .iter()
            .map(|home| Residence {
                village_code: home.village_code.clone(),
                from_on: home.from.to_string(),
                until_on: last_day(home.before),
            })
            .collect(),
        open_move_id: state.home.open_move.as_ref().map(|open| open.move_id.clone()),
        carers,
        delegations: state
            .delegations
            .iter()
            .map(|delegation| DelegationOnFile {
                delegation_id: delegation.delegation_id.clone(),
                trustee_person_id: delegation.trustee.clone(),
                from_on: delegation.from.to_string(),
                until_on: last_day(delegation.before),
                in_force: !delegation.ended,
            })
            .collect(),
        gap: state.gap.as_ref().map(|gap| gap.kind).unwrap_or_default(),
        contacts: care.contacts,
        facilitated_contacts: care.facilitated,
        last_contact_at: care.last_contact.map(timestamp),
        visits: care.visits,
        last_visit_at: care.last_visit.map(timestamp),
        key_case_visitor_role: care.key_case.as_ref().map(|open| open.role).unwrap_or_default(),
        open_difficulties: care
            .difficulties
            .iter()
            .filter(|(_, difficulty)| !difficulty.resolved)
            .map(|(difficulty_id, difficulty)| DifficultyOnFile {
                difficulty_id: difficulty_id.clone(),
                kind: difficulty.kind,
                opened_at: Some(timestamp(difficulty.opened_at)),
                unit_id: difficulty.unit_id.clone(),
            })
            .collect(),
        words_to_guardians: care.words.values().sum(),
        schooling_stage: schooling.stage,
        schooling: (schooling.school_stage != 0).then(|| Schooling {
            stage: schooling.school_stage,
            school_unit_id: schooling.school_unit_id.clone(),
            boarding: schooling.boarding,
        }),
        persuasion_attempts: dropout.attempts,
        acknowledged_by: dropout.acknowledged.into_iter().collect(),
        relief_referrals: u32::try_from(schooling.relief_for.len()).unwrap_or(u32::MAX),
        contact_card: schooling.contact_card,
        pairings: care
            .pairings
            .iter()
            .map(|(pairing_id, pairing)| PairingOnFile {
                pairing_id: pairing_id.clone(),
                role: pairing.role,
                from_on: pairing.from.to_string(),
                until_on: pairing.until.map(|day| day.to_string()),
                visits: pairing.visits,
            })
            .collect(),
        sections: Some(filled(state)),
        duplicate_of_child_id: state.duplicate_of.clone(),
        duplicate_child_ids: state.duplicates.iter().cloned().collect(),
        clocks: state.clocks.states(),
    })
}

/// The last day of a time that is over before a day.
fn last_day(before: Option<NaiveDate>) -> Option<String> {
    before.map(|before| (before - Days::new(1)).to_string())
}

fn filled(state: &State) -> FileSections {
    let filled = sections(state);
    FileSections {
        family: filled.family,
        guardianship: filled.guardianship,
        schooling: filled.schooling,
        health: filled.health,
    }
}
