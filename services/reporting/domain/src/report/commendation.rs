//! Commending who reported without having to (RPT-6). Who it is plays no part in any decision, and stays sealed.

use super::State;
use super::decide::{Facts, Now};
use crate::rules::{BEY_1, RPT_6};
use chrono::{DateTime, Utc};
use kinward_contracts::reporting::v1::{
    CommendationGranted, CommendationProposed, CommendationRefused, CommendationState, ReportEvent,
    report_event::Event,
};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::{Fact, Missing, Rejection};

/// Once, and for a voluntary report only: a duty done is no merit.
pub(super) fn propose(state: &State, incident_id: &str) -> Facts {
    if !state.is_voluntary() || state.commendation.is_some() {
        return Vec::new();
    }
    vec![Fact::now(CommendationProposed {
        incident_id: incident_id.to_owned(),
        reporter_class: state.class,
        anonymous: state.anonymous,
        village_code: state.village_code.clone(),
    })]
}

pub(super) fn record(
    state: &State,
    event: &Event,
    occurred_at: Option<DateTime<Utc>>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    let at = context.happened(occurred_at, BEY_1)?;
    let Some(commendation) = &state.commendation else {
        return Err(Rejection::wrong_state(
            RPT_6,
            "此报告没有拟予表扬奖励",
            "no commendation was proposed for this report",
        ));
    };
    if occurred_at.is_some_and(|at| at < commendation.since) {
        return Err(Rejection::time(
            "occurred_at",
            RPT_6,
            "不能早于上一步",
            "the step before was taken later",
        ));
    }
    let progress = CommendationState::try_from(commendation.state).unwrap_or_default();
    let event: ReportEvent = match event {
        Event::CommendationClaimed(claimed) => {
            if progress != CommendationState::AwaitingReceipt {
                return Err(Rejection::wrong_state(
                    RPT_6,
                    "无需认领，或已认领",
                    "nothing waits for the receipt code",
                ));
            }
            claimed.clone().into()
        }
        Event::CommendationGranted(granted) => {
            undecided(progress, context)?;
            if progress == CommendationState::AwaitingReceipt {
                return Err(awaits_receipt());
            }
            let mut forms = granted.forms.clone();
            forms.sort_unstable();
            forms.dedup();
            if forms.is_empty() {
                return Err(Rejection::invalid(
                    "forms",
                    RPT_6,
                    "请选择表扬或奖励",
                    "say how: praise, reward",
                ));
            }
            CommendationGranted { forms, unit_id: context.actor.unit_id.clone() }.into()
        }
        Event::CommendationRefused(refused) => {
            undecided(progress, context)?;
            CommendationRefused { reason: refused.reason, unit_id: context.actor.unit_id.clone() }.into()
        }
        _ => return Err(Rejection::wrong_state(RPT_6, "不能这样记录", "this is not recorded in this way")),
    };
    Ok(vec![Fact::at(at, event)])
}

/// Civil affairs decides, once.
fn undecided(progress: CommendationState, context: &Now<'_>) -> Result<(), Rejection> {
    if context.actor.department() != Department::CivilAffairs {
        return Err(Rejection::not_entitled(
            RPT_6,
            "由民政部门决定表扬奖励",
            "civil affairs decides on commendations",
        ));
    }
    if matches!(progress, CommendationState::Granted | CommendationState::Refused) {
        return Err(Rejection::wrong_state(RPT_6, "已作出决定", "it is decided already"));
    }
    Ok(())
}

/// An anonymous reporter cannot be commended before it comes with its receipt code.
fn awaits_receipt() -> Rejection {
    let missing = Missing::new(
        RPT_6,
        "receipt-code",
        "匿名报告人须凭回执认领",
        "the anonymous reporter has to come with its receipt code",
    );
    Rejection::missing(RPT_6, vec![missing])
}
