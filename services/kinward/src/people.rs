//! The offices that play the story. Nobody here is real.

use kinward_chassis::Principal;

/// District of the story.
pub const DISTRICT: &str = "430903";
/// Township of the story: 兰溪镇.
pub const TOWNSHIP: &str = "430903111";
/// A village of it: 新月村.
const VILLAGE: &str = "430903111207";

fn office(department: &str, role: &str, unit: &str, area: &str) -> Principal {
    Principal {
        person: format!("person-{role}-{unit}"),
        department: department.to_owned(),
        role: role.to_owned(),
        unit: unit.to_owned(),
        area: area.to_owned(),
        on_behalf_of: String::new(),
    }
}

/// 村委会
pub fn village(code: &str) -> Principal {
    office("VILLAGE", "children-director", &format!("village-{code}"), code)
}

/// 教师
pub fn teacher() -> Principal {
    office("EDUCATION", "teacher", "school-430903111-01", TOWNSHIP)
}

/// 教育局
pub fn education() -> Principal {
    office("EDUCATION", "schooling-officer", "education-430903", DISTRICT)
}

/// 派出所
pub fn police() -> Principal {
    office("PUBLIC_SECURITY", "duty-officer", "police-430903", DISTRICT)
}

/// 乡镇
pub fn township(code: &str) -> Principal {
    office("TOWNSHIP", "children-supervisor", &format!("township-{code}"), code)
}

/// 民政
pub fn civil_affairs() -> Principal {
    office("CIVIL_AFFAIRS", "protection-officer", "civil-affairs-430903", DISTRICT)
}

/// 法院
pub fn court() -> Principal {
    office("COURT", "judge", "court-430903", DISTRICT)
}

/// 关爱保护热线
pub fn hotline() -> Principal {
    office("CIVIL_AFFAIRS", "hotline-agent", "hotline-430903", DISTRICT)
}

/// 妇联
pub fn womens_federation() -> Principal {
    office("WOMENS_FEDERATION", "officer", "womens-federation-430903", DISTRICT)
}

/// 学校（评估参与方）
pub fn school() -> Principal {
    office("EDUCATION", "counsellor", "school-430903111-01", TOWNSHIP)
}

/// 医院
pub fn hospital() -> Principal {
    office("HEALTH", "physician", "hospital-430903", DISTRICT)
}

/// 司法行政
pub fn justice() -> Principal {
    office("JUSTICE", "officer", "justice-430903", DISTRICT)
}

/// 共青团
pub fn youth_league() -> Principal {
    office("YOUTH_LEAGUE", "officer", "youth-league-430903", DISTRICT)
}

/// 区人民政府
pub fn leadership() -> Principal {
    office("DISTRICT_LEADERSHIP", "leader", "government-430903", DISTRICT)
}

/// Who speaks for an office, in an area where there is one for each.
type Speaker = fn(Option<&str>) -> Principal;

/// The offices by the names that `kinward token` takes.
const OFFICES: [(&str, Speaker); 14] = [
    ("village", |area| village(area.unwrap_or(VILLAGE))),
    ("teacher", |_| teacher()),
    ("police", |_| police()),
    ("township", |area| township(area.unwrap_or(TOWNSHIP))),
    ("civil-affairs", |_| civil_affairs()),
    ("court", |_| court()),
    ("womens-federation", |_| womens_federation()),
    ("hospital", |_| hospital()),
    ("education", |_| education()),
    ("school", |_| school()),
    ("hotline", |_| hotline()),
    ("justice", |_| justice()),
    ("youth-league", |_| youth_league()),
    ("leadership", |_| leadership()),
];

/// Names of the offices.
pub fn names() -> impl Iterator<Item = &'static str> {
    OFFICES.iter().map(|(name, _)| *name)
}

/// Who speaks for the office of this name. The area is that of a village or township; by default of the story's.
pub fn named(name: &str, area: Option<&str>) -> Option<Principal> {
    OFFICES.iter().find(|(known, _)| *known == name).map(|(_, speaker)| speaker(area))
}

/// One of each office, for who must try them all.
pub fn all() -> Vec<Principal> {
    OFFICES.iter().map(|(_, speaker)| speaker(None)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_office_has_a_name_of_its_own_and_one_person() {
        let distinct: std::collections::BTreeSet<String> =
            all().iter().map(Principal::identity).chain(names().map(str::to_owned)).collect();
        assert_eq!(distinct.len(), 2 * OFFICES.len());
        assert_eq!(named("hotline", None), Some(hotline()));
        assert_eq!(named("village", Some("430903111003")), Some(village("430903111003")));
        assert_eq!(named("mayor", None), None);
    }
}
