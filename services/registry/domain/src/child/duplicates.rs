//! Two files about one child: the one is linked to the other, which goes on, and can be unlinked, so that both are as
//! they were (BEY-7). Nothing is copied, so nothing must be taken back. While a file is linked, its clocks rest: the
//! duties are the other file's.

use super::State;
use super::ahead::{Facts, Now};
use crate::rules::BEY_7;
use chrono::{DateTime, Utc};
use kinward_contracts::registry::v1::{
    DuplicateAttached, DuplicateDetached, DuplicateLinked, DuplicateUnlinked,
};
use kinward_eventsourcing::{Fact, Rejection};

/// This file is linked to another.
pub(super) fn link(
    state: &State,
    linked: &DuplicateLinked,
    at: DateTime<Utc>,
    context: &Now<'_>,
) -> Result<Facts, Rejection> {
    if let Some(other) = &state.duplicate_of {
        return Err(Rejection::exists(BEY_7, other, "已关联到另一档案", "it is linked to a file already"));
    }
    if linked.of_child_id == context.id {
        return Err(Rejection::invalid(
            "of_child_id",
            BEY_7,
            "不能与自身关联",
            "a file is no duplicate of itself",
        ));
    }
    if !state.duplicates.is_empty() {
        return Err(Rejection::wrong_state(
            BEY_7,
            "已有其他档案关联到此档案，请先解除或反向关联",
            "other files are linked to this one: unlink them first, or link the other way round",
        ));
    }
    Ok(vec![Fact::at(at, linked.clone())])
}

/// It is not about the same child after all.
pub(super) fn unlink(
    state: &State,
    unlinked: &DuplicateUnlinked,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    if state.duplicate_of.as_deref() == Some(unlinked.of_child_id.as_str()) {
        return Ok(vec![Fact::at(at, unlinked.clone())]);
    }
    Err(Rejection::wrong_state(BEY_7, "未关联到此档案", "it is not linked to that file"))
}

/// Another file is linked to this one.
pub(super) fn attach(
    state: &State,
    attached: &DuplicateAttached,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    if let Some(other) = &state.duplicate_of {
        return Err(Rejection::exists(
            BEY_7,
            other,
            "此档案已关联到另一档案，请关联到那一档案",
            "this file is a duplicate itself: link to the one that goes on",
        ));
    }
    if state.temporary {
        return Err(Rejection::wrong_state(
            BEY_7,
            "临时档案不能作为保留档案",
            "a temporary identity is linked to a file, not the other way round",
        ));
    }
    if state.duplicates.contains(&attached.duplicate_child_id) {
        return Err(Rejection::wrong_state(BEY_7, "已关联", "it is linked already"));
    }
    Ok(vec![Fact::at(at, attached.clone())])
}

/// Another file is not linked to this one any more.
pub(super) fn detach(
    state: &State,
    detached: &DuplicateDetached,
    at: DateTime<Utc>,
) -> Result<Facts, Rejection> {
    if state.duplicates.contains(&detached.duplicate_child_id) {
        return Ok(vec![Fact::at(at, detached.clone())]);
    }
    Err(Rejection::wrong_state(BEY_7, "未关联", "it is not linked to this file"))
}

/// What is recorded goes to the file that goes on, and to one that says who the child is.
pub(super) fn takes_facts(state: &State) -> Result<(), Rejection> {
    if let Some(other) = &state.duplicate_of {
        return Err(Rejection::exists(
            BEY_7,
            other,
            "此档案已关联到另一档案，请在那一档案登记",
            "this file is a duplicate: record on the one that goes on",
        ));
    }
    if state.temporary {
        return Err(Rejection::wrong_state(
            BEY_7,
            "儿童身份未明，请先建档并关联",
            "nobody knows who the child is: register the child and link this temporary identity",
        ));
    }
    Ok(())
}
