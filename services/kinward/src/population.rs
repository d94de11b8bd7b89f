//! Generated children on the real villages. The same number is always the same child, so generating again changes
//! nothing. No name or number is anybody's.

use crate::clients::Clients;
use crate::people;
use crate::reference::villages;
use chrono::{Days, NaiveDate};
use kinward_contracts::registry::v1::{
    GuardianInput, GuardianshipBasis, HouseholdInput, ParentFacts, ParentInput, RegisterChildRequest,
    RegisterChildrenRequest, SchoolStage, Schooling, Whereabouts,
};
use kinward_contracts::r#type::v1::row_outcome::Outcome;
use kinward_contracts::r#type::v1::{Capacity, Reason, Relation, Sex};
use kinward_privacy::identity_number;

/// Children in one request.
const ROWS: usize = 250;
const SURNAMES: [&str; 24] = [
    "陈", "李", "刘", "王", "周", "张", "曾", "胡", "夏", "郭", "蔡", "彭", "龚", "单", "仇", "查", "欧阳",
    "汤", "贺", "卜", "昌", "谌", "邓", "文",
];
const GIVEN: [&str; 30] = [
    "小满", "春晓", "立夏", "谷雨", "清和", "思远", "子安", "若溪", "雨桐", "明轩", "佳怡", "浩然", "嘉禾",
    "星辰", "一诺", "可心", "沐阳", "书瑶", "景行", "念真", "怀瑾", "听雪", "南乔", "北辰", "知夏", "云舒",
    "木子", "青禾", "望舒", "长安",
];

/// The `index`-th child; born before `today`.
pub fn child(index: u64, today: NaiveDate) -> RegisterChildRequest {
    let villages = villages();
    let mixed = mix(index);
    let pick = |shift: u32, from: u64| usize::try_from((mixed >> shift) % from).unwrap_or_default();
    let (village_code, village_name) = villages[pick(0, villages.len() as u64)];
    // between 2 and 16 years and a half old
    let born = today - Days::new(730 + (mixed >> 8) % 5_300);
    let sequence = u16::try_from(index % 499).unwrap_or_default() * 2 + u16::from((mixed >> 22) & 1 == 1);
    let region = 430_900 + 1 + (index / 499) % 80;
    let surname = SURNAMES[pick(24, SURNAMES.len() as u64)];
    let father_away = pick(40, 100) < 82;
    let mother_away = pick(47, 100) < 61;
    let facts = |away: bool| ParentFacts {
        whereabouts: if away { Whereabouts::AwayForWork } else { Whereabouts::AtHome }.into(),
        capacity: Capacity::Full.into(),
        lives_with_child: !away,
        since_on: None,
    };
    let parent = |relation: Relation, away: bool, shift: u32| ParentInput {
        relation: relation.into(),
        name: Some(format!("{surname}{}", GIVEN[pick(shift, GIVEN.len() as u64)])),
        phone: Some(format!("139{:08}", mixed >> shift & 0x3ff_ffff)),
        identity_number: None,
        facts: Some(facts(away)),
    };
    RegisterChildRequest {
        request_id: format!("population-{index}"),
        occurred_at: None,
        name: format!("{surname}{}", GIVEN[pick(30, GIVEN.len() as u64)]),
        sex: if sequence % 2 == 1 { Sex::Male } else { Sex::Female }.into(),
        birth_date: born.to_string(),
        identity_number: identity_number::compose(&region.to_string(), born, sequence),
        household: Some(HouseholdInput {
            village_code: village_code.to_owned(),
            address: format!("{village_name}{}组{}号", 1 + pick(50, 12), 1 + pick(54, 80)),
        }),
        parents: vec![parent(Relation::Father, father_away, 10), parent(Relation::Mother, mother_away, 14)],
        guardians: vec![GuardianInput {
            relation: Relation::PaternalGrandmother.into(),
            name: format!(
                "{}{}",
                SURNAMES[pick(34, SURNAMES.len() as u64)],
                GIVEN[pick(36, GIVEN.len() as u64)]
            ),
            phone: None,
            identity_number: None,
            basis: GuardianshipBasis::Delegation.into(),
            capacity: Capacity::Full.into(),
            lives_with_child: father_away && mother_away,
        }],
        schooling: Some(Schooling {
            stage: SchoolStage::Primary.into(),
            school_unit_id: Some(format!("school-{}-01", &village_code[..9])),
            boarding: pick(58, 4) == 0,
        }),
    }
}

/// Registers children `from..to`; tells after each request how many are done.
pub async fn register(
    clients: &Clients,
    today: NaiveDate,
    range: std::ops::Range<u64>,
    done: impl Fn(u64),
) -> anyhow::Result<u64> {
    let mut children = clients.children(&people::civil_affairs())?;
    let (mut next, mut position) = (range.start, 0);
    while next < range.end {
        let end = range.end.min(next + ROWS as u64);
        let rows: Vec<RegisterChildRequest> = (next..end).map(|index| child(index, today)).collect();
        let request = RegisterChildrenRequest {
            request_id: format!("population-{next}-{end}"),
            rows,
            validate_only: false,
        };
        let mut request = tonic::Request::new(request);
        request.set_timeout(std::time::Duration::from_secs(60));
        for row in children.register_children(request).await?.into_inner().rows {
            match row.outcome {
                Some(Outcome::Receipt(receipt)) => position = position.max(receipt.position),
                // an earlier run on another day made this child
                Some(Outcome::Refusal(refusal))
                    if [Reason::AlreadyExists, Reason::RequestIdReused].contains(&refusal.reason()) => {}
                Some(Outcome::Refusal(refusal)) => {
                    anyhow::bail!(
                        "生成的儿童档案被拒绝：{}  a generated child is refused: {}",
                        refusal.message_zh,
                        refusal.message_en
                    )
                }
                None => anyhow::bail!("有一行没有答复：请重新运行  a row is not answered: run it again"),
            }
        }
        next = end;
        done(next);
    }
    Ok(position)
}

/// Spreads the bits of a number (`SplitMix64`).
fn mix(index: u64) -> u64 {
    let mut mixed = index.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::Validate as _;
    use std::collections::BTreeSet;

    #[test]
    fn every_generated_child_is_well_formed_and_its_own() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let mut numbers = BTreeSet::new();
        for index in 0..20_000 {
            let child = child(index, today);
            assert_eq!(child.violations(), [], "{index}");
            let number = child.identity_number.unwrap();
            let parsed = identity_number::parse(&number, today).unwrap();
            assert_eq!(parsed.birth_date.to_string(), child.birth_date);
            assert!(numbers.insert(number), "{index}");
        }
    }
}
