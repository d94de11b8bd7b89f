//! The rules this context applies.

use kinward_contracts::r#type::v1::Ground;
use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（四）";

/// Words to guardians outside of a case count in it.
pub const FAM_4: Rule = Rule::new("FAM-4", "益赫政发〔2017〕13号 二（一）");
/// The ladder of interventions.
pub const CUS_1: Rule = Rule::new("CUS-1", POLICY);
/// Who may petition, and who must.
pub const CUS_2: Rule = Rule::new("CUS-2", "益赫政发〔2017〕13号 三（四）；民法典 36");
/// The court decides.
pub const CUS_4: Rule = Rule::new("CUS-4", POLICY);
/// Support is owed after a revocation too.
pub const L39: Rule = Rule::new("L39", "未成年人保护法 108；民法典 37");
/// Who may be guardian again, and who never.
pub const L40: Rule = Rule::new("L40", "民法典 38");
/// Who orders family-education guidance.
pub const L25: Rule = Rule::new("L25", "未成年人保护法 118；家庭教育促进法 49");
/// Temporary guardianship of civil affairs: why, and how the child is placed.
pub const LAW_3: Rule = Rule::new("LAW-3", "未成年人保护法 92、93");
/// A child returns only after civil affairs' own assessment.
pub const LAW_3_RETURN: Rule = Rule::new("LAW-3", "未成年人保护法 93");
/// Protection orders.
pub const LAW_4: Rule = Rule::new("LAW-4", "反家庭暴力法 23–34");
/// Who may apply for one.
pub const LAW_4_APPLICANT: Rule = Rule::new("LAW-4", "反家庭暴力法 23");
/// How long one is in force.
pub const LAW_4_VALIDITY: Rule = Rule::new("LAW-4", "反家庭暴力法 30");
/// The one review.
pub const LAW_4_REVIEW: Rule = Rule::new("LAW-4", "反家庭暴力法 31");
/// On whom one is served.
pub const LAW_4_SERVICE: Rule = Rule::new("LAW-4", "反家庭暴力法 32");
/// What a breach leads to.
pub const LAW_4_BREACH: Rule = Rule::new("LAW-4", "反家庭暴力法 34");
/// How a minor is interviewed.
pub const LAW_5: Rule = Rule::new("LAW-5", "未成年人保护法 110、112");
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");

/// The rule of a ground.
pub const fn ground_rule(ground: Ground) -> Rule {
    match ground {
        Ground::SeriousHarm => Rule::new("CUS-3a", POLICY),
        Ground::LeftUnattended => Rule::new("CUS-3b", POLICY),
        Ground::DutyRefused => Rule::new("CUS-3c", POLICY),
        Ground::DutyImpossible => Rule::new("CUS-3d", POLICY),
        Ground::Begging => Rule::new("CUS-3e", POLICY),
        Ground::CrimeIncited => Rule::new("CUS-3f", POLICY),
        Ground::Unspecified => Rule::new("CUS-3", POLICY),
    }
}
