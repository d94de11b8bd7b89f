//! What an assessment still needs before it can be final (ASM-1).

use super::State;
use crate::rules::ASM_1;
use kinward_contracts::assessment::v1::Dimension;
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Missing;

/// Who must give and sign its input: the township as lead, with civil affairs and police.
pub(super) const PARTIES: [(Department, &str, &str, &str); 3] = [
    (
        Department::Township,
        "input-township",
        "牵头的乡镇（街道、园区）签署意见",
        "the township's signed input, as lead",
    ),
    (Department::CivilAffairs, "input-civil-affairs", "民政部门签署意见", "civil affairs' signed input"),
    (Department::PublicSecurity, "input-police", "公安机关签署意见", "the police's signed input"),
];
/// What must be scored.
pub(super) const DIMENSIONS: [(Dimension, &str, &str, &str); 3] = [
    (Dimension::Safety, "dimension-safety", "安全处境评估", "the dimension safety"),
    (Dimension::Guardianship, "dimension-guardianship", "监护情况评估", "the dimension guardianship"),
    (Dimension::Health, "dimension-health", "身心健康状况评估", "the dimension physical and mental health"),
];

/// What is missing before the assessment can be final, parties first.
pub fn missing(state: &State) -> Vec<Missing> {
    let parties = PARTIES
        .iter()
        .filter(|(party, ..)| !state.inputs.contains_key(&i32::from(*party)))
        .map(|(_, what, zh, en)| (what, zh, en));
    let dimensions = DIMENSIONS
        .iter()
        .filter(|(dimension, ..)| !state.dimensions.contains_key(&i32::from(*dimension)))
        .map(|(_, what, zh, en)| (what, zh, en));
    let name = |(what, zh, en): (&&str, &&str, &&str)| Missing::new(ASM_1, *what, *zh, *en);
    parties.chain(dimensions).map(name).collect()
}
