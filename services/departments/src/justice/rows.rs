//! The tables.

use chrono::{DateTime, Utc};
use kinward_projection::table;
use serde::{Deserialize, Serialize};

/// A legal service or legal aid of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegalOrder {
    /// Item of the plan.
    pub item_id: String,
    /// The assessment.
    pub assessment_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Legal services or legal aid, as a number.
    pub service: i32,
    /// Unit that provides it.
    pub provider_unit_id: Option<String>,
    /// How often it was delivered.
    pub delivered: i32,
    /// What it came to, as a number.
    pub outcome: i32,
    /// Position at which it was planned.
    pub opened: i64,
}

table!(LegalOrder, "legal_orders", item_id);

/// A petition to revoke guardianship.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Petition {
    /// The petition.
    pub petition_id: String,
    /// The case.
    pub case_id: String,
    /// File of the child.
    pub child_id: Option<String>,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// Who petitions, as a number.
    pub petitioner: i32,
    /// The court.
    pub court_unit_id: String,
    /// Grounds, as numbers.
    pub grounds: Vec<i32>,
    /// How far it is, as a number.
    pub stage: i32,
    /// Ruling, as a number.
    pub ruling: i32,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Position at which it was filed.
    pub opened: i64,
}

table!(Petition, "petitions", petition_id);

/// Where an assessment is, and whose: items of plans carry neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The assessment.
    pub assessment_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child.
    pub child_id: Option<String>,
}

table!(Assessment, "assessments", assessment_id);

/// Where a case is, and whose: petitions carry neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The case.
    pub case_id: String,
    /// Village; `None`: unclear.
    pub village_code: Option<String>,
    /// File of the child.
    pub child_id: Option<String>,
}

table!(Case, "cases", case_id);
