//! How an assessment opens: on the police's notice, when a reassessment is due, or by hand (ASM-1).

use super::decide::{Facts, Now, clock};
use crate::rules::{ASM_1, BEY_1};
use chrono::{DateTime, Utc};
use kinward_contracts::assessment::v1::{AssessmentOpened, OpeningReason, Origin};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Rejection};

pub(super) fn open(opened: &AssessmentOpened, since: DateTime<Utc>, context: &Now<'_>) -> Facts {
    let variant = if opened.immediate { "immediate" } else { "" };
    let clock = clock("assessment", variant, since, opened.village_code.as_ref(), context);
    std::iter::once(Fact::at(since, opened.clone())).chain(clock).collect()
}

pub(super) fn by_hand(
    opened: &AssessmentOpened,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let actor = context.actor;
    let opens = [Department::Township, Department::CivilAffairs].contains(&actor.department());
    let of_the_place = opened
        .village_code
        .as_ref()
        .is_some_and(|village| !actor.area.is_empty() && village.starts_with(actor.area.as_str()));
    if !opens || !of_the_place {
        return Err(Rejection::not_entitled(
            ASM_1,
            "由儿童所在地的乡镇（街道、园区）或民政部门主动启动评估",
            "the township or civil affairs of the child's place open an assessment by hand",
        ));
    }
    if opened.reason() == OpeningReason::Unspecified || opened.concern.is_none() {
        return Err(Rejection::invalid(
            "reason",
            ASM_1,
            "主动启动评估须说明事由",
            "say why the assessment is opened",
        ));
    }
    let since = context.happened(occurred_at, BEY_1)?;
    let opened = AssessmentOpened {
        notice_id: String::new(),
        origin: Origin::ByHand.into(),
        previous_assessment_id: None,
        ..opened.clone()
    };
    Ok(open(&opened, since, context))
}
