//! The rules this context applies.

use kinward_eventsourcing::Rule;

/// Who is a left-behind child.
pub const DEF_1: Rule = Rule::new("DEF-1", "益赫政发〔2017〕13号 一");
/// The status ends by itself.
pub const DEF_2: Rule = Rule::new("DEF-2", "益赫政发〔2017〕13号 一");
/// Parents who cannot take the child along entrust a capable adult.
pub const FAM_1: Rule = Rule::new("FAM-1", "未成年人保护法 22");
/// No child lives alone, or with somebody without capacity.
pub const FAM_2: Rule = Rule::new("FAM-2", "益赫政发〔2017〕13号 二（一）");
/// Parents stay in contact.
pub const FAM_3: Rule = Rule::new("FAM-3", "未成年人保护法 23");
/// Who does not perform guardianship is admonished, stopped, urged to correct.
pub const FAM_4: Rule = Rule::new("FAM-4", "益赫政发〔2017〕13号 二（一）");
/// One file per person.
pub const TWN_1: Rule = Rule::new("TWN-1", "益赫政发〔2017〕13号 二（二）");
/// Anomalies are reported to the township.
pub const TWN_3: Rule = Rule::new("TWN-3", "益赫政发〔2017〕13号 二（二）");
/// Key cases are tracked.
pub const TWN_5: Rule = Rule::new("TWN-5", "益赫政发〔2017〕13号 二（二）");
/// Difficulties are solved.
pub const TWN_6: Rule = Rule::new("TWN-6", "益赫政发〔2017〕13号 二（二）");
/// Village rules name the parents' duties.
pub const TWN_7: Rule = Rule::new("TWN-7", "益赫政发〔2017〕13号 二（二）");
/// Schooling, absence, dropout.
pub const DEP_2: Rule = Rule::new("DEP-2", "益赫政发〔2017〕13号 二（三）");
/// Psychological concern, caring adults.
pub const DEP_3: Rule = Rule::new("DEP-3", "益赫政发〔2017〕13号 二（三）");
/// Precise to the village and household.
pub const INF_4: Rule = Rule::new("INF-4", "益赫政发〔2017〕13号 三（六）");
/// When things happen; holidays and terms are published events.
pub const BEY_1: Rule = Rule::new("BEY-1", "民法典 200–204");
/// A duplicate is linked, not destroyed.
pub const BEY_7: Rule = Rule::new("BEY-7", "益赫政发〔2017〕13号 二（二）");
