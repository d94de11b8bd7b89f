//! Who must report and by what, and what who reports says of itself (RPT-1).

use crate::rules::RPT_1;
use kinward_contracts::reporting::v1::{Mandate, Reporter, ReporterClass};
use kinward_contracts::r#type::v1::{Department, Situation};
use kinward_eventsourcing::Rejection;

/// What may make a report a duty of the class: the policy's seven stand in the law against domestic violence too, and
/// the law on the protection of minors is wider (L10).
fn duties(class: ReporterClass) -> &'static [Mandate] {
    use ReporterClass as Class;
    match class {
        Class::School
        | Class::Kindergarten
        | Class::MedicalInstitution
        | Class::VillageCommittee
        | Class::SocialWorkOrganisation
        | Class::ReliefManagementInstitution
        | Class::WelfareInstitution => {
            &[Mandate::Policy, Mandate::MinorsProtectionLaw, Mandate::DomesticViolenceLaw]
        }
        Class::StateOrgan
        | Class::TrainingInstitution
        | Class::DayCareInstitution
        | Class::DomesticService
        | Class::EarlyChildhoodService
        | Class::OtherCloseContactUnit => &[Mandate::MinorsProtectionLaw],
        Class::Citizen | Class::SocialOrganisation | Class::Policy | Class::Unspecified => &[],
    }
}

/// Whether the class must report.
pub fn is_mandated(class: ReporterClass) -> bool {
    !duties(class).is_empty()
}

/// Whether the units of a department must report, so that nobody reports through their system as a mere citizen.
fn is_mandated_office(through: Department) -> bool {
    matches!(through, Department::Education | Department::Health | Department::Village)
}

/// Whether a report on record was a duty.
pub(super) fn is_mandated_by(mandates: &[i32]) -> bool {
    !mandates.is_empty()
}

/// What makes a report of these situations a duty of the class; none: nobody's duty.
pub fn mandates(class: ReporterClass, situations: &[Situation]) -> Vec<Mandate> {
    let violence = situations.contains(&Situation::DomesticViolence);
    let applies = |mandate: &Mandate| *mandate != Mandate::DomesticViolenceLaw || violence;
    duties(class).iter().copied().filter(applies).collect()
}

/// Who must report says who it is; who need not may stay anonymous. What Kinward reports names the event behind it.
pub(super) fn identified(
    reporter: &Reporter,
    source_event_id: Option<&str>,
    through: Department,
) -> Result<(), Rejection> {
    let named = reporter.name.is_some();
    if is_mandated_office(through) && !is_mandated(reporter.reporter_class()) {
        // else whoever must report could do so as nobody in particular, and be commended for it
        return Err(Rejection::invalid(
            "reporter.reporter_class",
            RPT_1,
            "贵单位及其工作人员负有报告义务，请以本单位名义报告；以公民身份可向热线或公安机关匿名报告",
            "your unit and its staff must report: do it as that class of reporter; as a citizen, tell the hotline or police",
        ));
    }
    if reporter.reporter_class() == ReporterClass::Unspecified {
        return Err(Rejection::invalid(
            "reporter.reporter_class",
            RPT_1,
            "请注明报告主体",
            "say who reports",
        ));
    }
    let by_policy = reporter.reporter_class() == ReporterClass::Policy;
    if by_policy != source_event_id.is_some() {
        return Err(Rejection::invalid(
            "reporter.reporter_class",
            RPT_1,
            "依规自动报告须且只须注明来源事件",
            "a report by policy, and no other, names the event behind it",
        ));
    }
    if is_mandated(reporter.reporter_class()) {
        if reporter.anonymous || !named || reporter.unit_id.is_none() {
            return Err(Rejection::invalid(
                "reporter",
                RPT_1,
                "强制报告主体须写明单位和姓名",
                "a mandated reporter gives unit and name",
            ));
        }
    } else if reporter.anonymous && (named || reporter.phone.is_some()) {
        return Err(Rejection::invalid(
            "reporter.anonymous",
            RPT_1,
            "匿名报告不得填写姓名或电话",
            "an anonymous report carries no name or phone",
        ));
    } else if !reporter.anonymous && !named && !by_policy {
        return Err(Rejection::invalid(
            "reporter.name",
            RPT_1,
            "请填写姓名，或选择匿名",
            "give a name, or report anonymously",
        ));
    }
    Ok(())
}
