//! Who must report, and what who reports says of itself (RPT-1).

use crate::rules::RPT_1;
use kinward_contracts::reporting::v1::{Reporter, ReporterClass};
use kinward_eventsourcing::Rejection;

/// Whether the class must report.
pub fn is_mandated(class: ReporterClass) -> bool {
    use ReporterClass as Class;
    match class {
        Class::School
        | Class::Kindergarten
        | Class::MedicalInstitution
        | Class::VillageCommittee
        | Class::SocialWorkOrganisation
        | Class::ReliefManagementInstitution
        | Class::WelfareInstitution => true,
        Class::Citizen | Class::SocialOrganisation | Class::Policy | Class::Unspecified => false,
    }
}

/// Who must report says who it is; who need not may stay anonymous.
pub(super) fn identified(reporter: Option<&Reporter>) -> Result<(), Rejection> {
    let reporter = reporter.cloned().unwrap_or_default();
    let named = reporter.name.is_some();
    if reporter.class() == ReporterClass::Unspecified {
        return Err(Rejection::invalid("reporter.class", RPT_1, "请注明报告主体", "say who reports"));
    }
    if is_mandated(reporter.class()) {
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
    } else if !reporter.anonymous && !named && reporter.class() != ReporterClass::Policy {
        return Err(Rejection::invalid(
            "reporter.name",
            RPT_1,
            "请填写姓名，或选择匿名",
            "give a name, or report anonymously",
        ));
    }
    Ok(())
}
