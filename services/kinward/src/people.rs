//! The offices that play the story. Nobody here is real.

use kinward_chassis::Principal;

/// District of the story.
pub const DISTRICT: &str = "430903";
/// Township of the story: 兰溪镇.
pub const TOWNSHIP: &str = "430903111";

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

/// 区教育局
pub fn education_bureau() -> Principal {
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

/// 教育局
pub fn education() -> Principal {
    office("EDUCATION", "relief-officer", "education-430903", DISTRICT)
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

/// Names of the offices that `kinward token` knows.
pub const OFFICES: &str = "village, teacher, police, township, civil-affairs, court, education, hospital, justice, \
                           womens-federation, youth-league or leadership";

/// One of each office, for who must try them all.
pub fn all() -> Vec<Principal> {
    vec![
        village("430903111001"),
        teacher(),
        police(),
        township(TOWNSHIP),
        civil_affairs(),
        court(),
        womens_federation(),
        hospital(),
        education(),
        education_bureau(),
        school(),
        hotline(),
        justice(),
        youth_league(),
        leadership(),
    ]
}
