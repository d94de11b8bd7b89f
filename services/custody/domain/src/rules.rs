//! The rules this context applies.

use kinward_contracts::r#type::v1::Ground;
use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（四）";

/// The ladder of interventions.
pub const CUS_1: Rule = Rule::new("CUS-1", POLICY);
/// Who may petition, and who must.
pub const CUS_2: Rule = Rule::new("CUS-2", "益赫政发〔2017〕13号 三（四）；民法典 36");
/// The court decides.
pub const CUS_4: Rule = Rule::new("CUS-4", POLICY);
/// Support is owed after a revocation too.
pub const L39: Rule = Rule::new("L39", "未成年人保护法 108；民法典 37");
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
