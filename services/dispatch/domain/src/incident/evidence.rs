//! The evidence register and its chain of custody (DSP-3): who holds each piece, from whom, since when.

use super::step::{Facts, Step};
use crate::rules::DSP_3;
use kinward_contracts::dispatch::v1::{EvidenceKind, EvidenceTaken, EvidenceTransferred};
use kinward_eventsourcing::Rejection;

pub(super) fn take(step: &Step<'_>, taken: &EvidenceTaken) -> Result<Facts, Rejection> {
    if step.state.evidence.contains_key(&taken.evidence_id) {
        let (zh, en) = ("此证据已登记", "this evidence is registered already");
        return Err(Rejection::exists(DSP_3, &taken.evidence_id, zh, en));
    }
    if taken.sha256.is_none() && taken.kind() != EvidenceKind::Object {
        return Err(Rejection::invalid(
            "sha256",
            DSP_3,
            "除物证外须附内容的 SHA-256",
            "give the SHA-256 of the content; only an object has none",
        ));
    }
    Ok(step.fact(taken.clone()))
}

pub(super) fn transfer(step: &Step<'_>, transfer: &EvidenceTransferred) -> Result<Facts, Rejection> {
    let Some(held) = step.state.evidence.get(&transfer.evidence_id) else {
        let (zh, en) = ("没有此证据", "there is no such evidence");
        return Err(Rejection::unknown(DSP_3, zh, en));
    };
    if held.holder().is_none_or(|holder| holder.unit_id != transfer.from_unit_id) {
        return Err(Rejection::wrong_state(DSP_3, "移交单位并非现持有单位", "the giver does not hold it"));
    }
    if transfer.to_unit_id == transfer.from_unit_id {
        return Err(Rejection::invalid(
            "to_unit_id",
            DSP_3,
            "接收单位与移交单位不能相同",
            "a transfer is to another unit",
        ));
    }
    step.not_before(held.holder().map(|holder| holder.since))?;
    Ok(step.fact(transfer.clone()))
}
