//! The rules this context applies.

use kinward_eventsourcing::Rule;

const POLICY: &str = "益赫政发〔2017〕13号 三（三）";

/// Township, civil affairs and police assess safety, guardianship, health.
pub const ASM_1: Rule = Rule::new("ASM-1", POLICY);
/// Services by need; a plan closes when every item has an outcome.
pub const ASM_2: Rule = Rule::new("ASM-2", POLICY);
/// Who qualifies comes into social relief and welfare.
pub const ASM_3: Rule = Rule::new("ASM-3", POLICY);
/// Risk drives what follows.
pub const ASM_4: Rule = Rule::new("ASM-4", POLICY);
/// Civil affairs bring eligible children and families into social relief and welfare.
pub const DEP_1: Rule = Rule::new("DEP-1", "益赫政发〔2017〕13号 二（三）");
/// When things happen.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
