//! Loads the district's real townships, villages, holidays and its units, through the public API. Loading again
//! changes nothing.

use crate::clients::Clients;
use crate::people;
use crate::story::long;
use kinward_contracts::registry::v1::{
    AdoptDivisionsRequest, CalendarDay, Division, DivisionLevel, PublishHolidayNoticeRequest,
    RegisterUnitsRequest, Unit,
};
use kinward_contracts::r#type::v1::row_outcome::Outcome;
use kinward_contracts::r#type::v1::{Department, RowOutcome};
use kinward_statute::HolidayNotice;

const TOWNSHIPS: &str = include_str!("../data/heshan-townships.csv");
const VILLAGES: &str = include_str!("../data/heshan-villages.csv");
const HOLIDAYS: [&str; 3] = [
    include_str!("../../../libs/statute/data/holidays-2024.json"),
    include_str!("../../../libs/statute/data/holidays-2025.json"),
    include_str!("../../../libs/statute/data/holidays-2026.json"),
];
/// 衡龙新区 has no code of the bureau: a local one, in a range the bureau does not use.
const HENGLONG: (&str, &str) = ("430903900", "衡龙新区");
/// Rows in one request.
const ROWS: usize = 400;

/// Codes and names of a list.
fn rows(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().skip(1).filter_map(|line| {
        let (code, rest) = line.split_once(',')?;
        Some((code, rest.split('"').nth(1)?))
    })
}

/// The villages, by code.
pub fn villages() -> Vec<(&'static str, &'static str)> {
    rows(VILLAGES).collect()
}

/// The townships, by code.
pub fn townships() -> Vec<(&'static str, &'static str)> {
    rows(TOWNSHIPS).chain([HENGLONG]).collect()
}

/// Loads everything; answers the position after it.
pub async fn load(clients: &Clients) -> anyhow::Result<u64> {
    let mut reference = clients.reference(&people::civil_affairs())?;
    let division = |code: &str, name: &str, level: DivisionLevel, parent: Option<&str>| Division {
        code: code.to_owned(),
        name: name.to_owned(),
        level: level.into(),
        parent_code: parent.map(str::to_owned),
        valid_from: "2017-03-24".to_owned(),
    };
    let mut divisions = vec![division(people::DISTRICT, "赫山区", DivisionLevel::District, None)];
    divisions.extend(
        townships()
            .iter()
            .map(|(code, name)| division(code, name, DivisionLevel::Township, Some(&code[..6]))),
    );
    divisions.extend(
        villages().iter().map(|(code, name)| division(code, name, DivisionLevel::Village, Some(&code[..9]))),
    );
    let mut position = 0;
    for (index, chunk) in divisions.chunks(ROWS).enumerate() {
        let request = AdoptDivisionsRequest {
            request_id: format!("divisions-2023-{index}"),
            divisions: chunk.to_vec(),
        };
        position = position.max(last(&reference.adopt_divisions(long(request)).await?.into_inner().rows)?);
    }
    for (index, chunk) in units().chunks(ROWS).enumerate() {
        let request = RegisterUnitsRequest { request_id: format!("units-{index}"), units: chunk.to_vec() };
        position = position.max(last(&reference.register_units(long(request)).await?.into_inner().rows)?);
    }
    for text in HOLIDAYS {
        let notice = HolidayNotice::parse_json(text)?;
        let request = PublishHolidayNoticeRequest {
            request_id: format!("holidays-{}", notice.year),
            expected_revision: None,
            year: notice.year,
            papers: notice.papers,
            days: notice
                .days
                .into_iter()
                .map(|day| CalendarDay { date: day.date.to_string(), name: day.name, off: day.is_off_day })
                .collect(),
        };
        let receipt = reference.publish_holiday_notice(long(request)).await?.into_inner().receipt;
        position = position.max(receipt.map(|receipt| receipt.position).unwrap_or_default());
    }
    Ok(position)
}

fn last(rows: &[RowOutcome]) -> anyhow::Result<u64> {
    let mut position = 0;
    for row in rows {
        match &row.outcome {
            Some(Outcome::Receipt(receipt)) => position = position.max(receipt.position),
            Some(Outcome::Refusal(refusal)) => {
                anyhow::bail!(
                    "基础数据被拒绝：{}  reference data is refused: {}",
                    refusal.message_zh,
                    refusal.message_en
                )
            }
            None => anyhow::bail!(
                "基础数据有一行没有答复：请重新运行  a row of reference data is not answered: run it again"
            ),
        }
    }
    Ok(position)
}

fn units() -> Vec<Unit> {
    let unit =
        |id: String, name: String, department: Department, area: &str, superior: Option<String>| Unit {
            unit_id: id,
            name,
            department: department.into(),
            area: area.to_owned(),
            superior_unit_id: superior,
        };
    let district = people::DISTRICT;
    let mut units = vec![
        unit(
            format!("civil-affairs-{district}"),
            "赫山区民政局".to_owned(),
            Department::CivilAffairs,
            district,
            None,
        ),
        unit(
            format!("police-{district}"),
            "赫山公安分局".to_owned(),
            Department::PublicSecurity,
            district,
            None,
        ),
        unit(
            format!("education-{district}"),
            "赫山区教育局".to_owned(),
            Department::Education,
            district,
            None,
        ),
        unit(format!("court-{district}"), "赫山区人民法院".to_owned(), Department::Court, district, None),
        unit(
            format!("welfare-{district}"),
            "赫山区社会福利院".to_owned(),
            Department::CivilAffairs,
            district,
            None,
        ),
        unit(format!("hospital-{district}"), "赫山区人民医院".to_owned(), Department::Health, district, None),
        unit(format!("health-{district}"), "赫山区卫生健康局".to_owned(), Department::Health, district, None),
        unit(
            format!("hotline-{district}"),
            "赫山区留守儿童关爱保护热线".to_owned(),
            Department::CivilAffairs,
            district,
            Some(format!("civil-affairs-{district}")),
        ),
    ];
    for (code, name) in townships() {
        let superior = Some(format!("civil-affairs-{district}"));
        units.push(unit(
            format!("township-{code}"),
            format!("{name}人民政府"),
            Department::Township,
            code,
            superior,
        ));
        let school = format!("{name}中心学校");
        units.push(unit(format!("school-{code}-01"), school, Department::Education, code, None));
    }
    for (code, name) in villages() {
        let superior = Some(format!("township-{}", &code[..9]));
        units.push(unit(format!("village-{code}"), name.to_owned(), Department::Village, code, superior));
    }
    units
}
