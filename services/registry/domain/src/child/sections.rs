//! Which sections of a file are filled (TWN-1): family, guardianship, schooling, health.

use super::State;
use kinward_contracts::registry::v1::{SchoolStage, Whereabouts};
use kinward_contracts::r#type::v1::Capacity;
use serde::{Deserialize, Serialize};

/// The sections of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four sections, each filled or not")]
pub struct Sections {
    /// 家庭情况 Household and parents, and where each parent is.
    pub family: bool,
    /// 监护情况 Who has the capacity to look after the child, or has not, of everybody on file.
    pub guardianship: bool,
    /// 就学情况 The stage of schooling, one before school included.
    pub schooling: bool,
    /// 健康情况
    pub health: bool,
}

impl Sections {
    /// The sections with their names, and whether each is filled.
    pub fn each(self) -> [(&'static str, bool); 4] {
        [
            ("family", self.family),
            ("guardianship", self.guardianship),
            ("schooling", self.schooling),
            ("health", self.health),
        ]
    }

    /// Whether nothing is missing.
    pub fn complete(self) -> bool {
        self.each().iter().all(|(_, filled)| *filled)
    }
}

/// Which sections of the file are filled.
pub fn sections(file: &State) -> Sections {
    let mut parents = file.parents().peekable();
    let known = |capacity: i32| capacity != i32::from(Capacity::Unspecified);
    Sections {
        family: !file.village_code.is_empty()
            && parents.peek().is_some()
            && parents.all(|(_, parent)| parent.whereabouts() != Whereabouts::Unspecified),
        guardianship: !file.carers.is_empty() && file.carers.values().all(|carer| known(carer.capacity)),
        schooling: file.schooling.school_stage != i32::from(SchoolStage::Unspecified),
        health: file.care.health,
    }
}
