//! How urgent an incident is: a table, read from the top; the first row that matches counts.

use kinward_contracts::r#type::v1::{DangerSigns, Severity, Situation};

/// What a row looks for.
enum Sign {
    Sign(fn(&DangerSigns) -> bool),
    Situation(Situation),
}

const TABLE: &[(Sign, Severity)] = &[
    (Sign::Sign(|signs| signs.danger_in_progress), Severity::Immediate),
    (Sign::Situation(Situation::Missing), Severity::Immediate),
    (Sign::Sign(|signs| signs.sexual_abuse_suspected), Severity::Immediate),
    (Sign::Sign(|signs| signs.serious_injury), Severity::Immediate),
    (Sign::Sign(|signs| signs.under_eight_unattended), Severity::Immediate),
    (Sign::Situation(Situation::DomesticViolence), Severity::Urgent),
    (Sign::Situation(Situation::UnlawfulInfringement), Severity::Urgent),
    (Sign::Situation(Situation::LivingAlone), Severity::Urgent),
    (Sign::Situation(Situation::GuardianLostCapacity), Severity::Urgent),
];

/// The severity of what was reported.
pub fn severity(situations: &[Situation], signs: &DangerSigns) -> Severity {
    let matches = |sign: &Sign| match sign {
        Sign::Sign(holds) => holds(signs),
        Sign::Situation(situation) => situations.contains(situation),
    };
    TABLE.iter().find(|(sign, _)| matches(sign)).map_or(Severity::Ordinary, |(_, severity)| *severity)
}
