//! What referrals to medical care and appraisal come to (DSP-3): recorded by police, or by the institution itself.

use super::Referral;
use super::step::{Facts, Step};
use crate::rules::DSP_3;
use kinward_contracts::dispatch::v1::{InjuryAppraised, InjuryDegree, MedicalCareResulted, MedicalOutcome};
use kinward_contracts::r#type::v1::Department;
use kinward_eventsourcing::Rejection;

/// A course of treatment has one result after another.
pub(super) fn treated(step: &Step<'_>, resulted: &MedicalCareResulted) -> Result<Facts, Rejection> {
    referral(step, &resulted.referral_id, false)?;
    if resulted.outcome() == MedicalOutcome::Unspecified {
        return Err(Rejection::invalid("outcome", DSP_3, "请写明就医结果", "say what was done"));
    }
    Ok(step.fact(resulted.clone()))
}

/// An appraisal has one opinion; another one is another referral.
pub(super) fn appraised(step: &Step<'_>, appraised: &InjuryAppraised) -> Result<Facts, Rejection> {
    let referral = referral(step, &appraised.referral_id, true)?;
    if appraised.degree() == InjuryDegree::Unspecified {
        return Err(Rejection::invalid("degree", DSP_3, "请写明损伤程度", "say the degree of the injury"));
    }
    if referral.degree != 0 {
        let (zh, en) =
            ("此次鉴定已有意见，重新鉴定请另行委托", "it is appraised: refer anew for another opinion");
        return Err(Rejection::exists(DSP_3, &appraised.referral_id, zh, en));
    }
    Ok(step.fact(appraised.clone()))
}

/// The referral is of this kind, not later than what came of it, and the caller is police or the institution.
fn referral<'a>(step: &Step<'a>, referral_id: &str, appraisal: bool) -> Result<&'a Referral, Rejection> {
    let referrals = &step.state.referrals;
    let Some(referral) = referrals.get(referral_id).filter(|referral| referral.appraisal == appraisal) else {
        let (zh, en) = ("没有此送医或鉴定委托", "there is no such referral");
        return Err(Rejection::unknown(DSP_3, zh, en));
    };
    let actor = step.actor();
    if actor.department == i32::from(Department::Health) && actor.unit_id != referral.unit_id {
        let (zh, en) = ("只能由受委托机构登记", "it was referred to another institution");
        return Err(Rejection::not_entitled(DSP_3, zh, en));
    }
    step.not_before(Some(referral.at))?;
    Ok(referral)
}
