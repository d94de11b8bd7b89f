//! Who must report and by what, and what who reports says of itself (RPT-1).

use crate::rules::RPT_1;
use kinward_contracts::log::v1::Actor;
use kinward_contracts::reporting::v1::{Mandate, Reporter, ReporterClass};
use kinward_contracts::r#type::v1::{Department, Situation};
use kinward_eventsourcing::Rejection;
use kinward_statute::Reference;

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

/// The classes that a department's own units and their staff are of, where they must report: nobody reports through their
/// systems as somebody else. Police, civil affairs with the hotline, townships and the rest take down what others tell.
fn classes_of(through: Department) -> &'static [ReporterClass] {
    use ReporterClass as Class;
    match through {
        Department::Education => &[
            Class::School,
            Class::Kindergarten,
            Class::TrainingInstitution,
            Class::DayCareInstitution,
            Class::EarlyChildhoodService,
            Class::StateOrgan,
        ],
        Department::Health => &[Class::MedicalInstitution, Class::EarlyChildhoodService, Class::StateOrgan],
        Department::Village => &[Class::VillageCommittee],
        _ => &[],
    }
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

/// Whoever reports through the system of a unit that must report does so as what the unit is, for it or for a unit below it:
/// else it could do so as nobody in particular and be commended, or leave another unit's name behind.
fn speaks_for_itself(reporter: &Reporter, actor: &Actor, reference: &Reference) -> Result<(), Rejection> {
    let classes = classes_of(actor.department());
    if classes.is_empty() {
        return Ok(());
    }
    if !classes.contains(&reporter.reporter_class()) {
        return Err(Rejection::invalid(
            "reporter.reporter_class",
            RPT_1,
            "贵单位及其工作人员负有报告义务，请以本单位所属的报告主体报告；以公民身份可向热线或公安机关匿名报告",
            "your unit and its staff must report: do it as the class your unit is of; as a citizen, tell the hotline or police",
        ));
    }
    let own = [actor.unit_id.as_str(), actor.on_behalf_of_unit_id.as_str()];
    let is_own =
        |unit: &str| own.contains(&unit) || reference.above(unit).is_some_and(|above| own.contains(&above));
    if reporter.unit_id.as_deref().is_some_and(|unit| !is_own(unit)) {
        return Err(Rejection::invalid(
            "reporter.unit_id",
            RPT_1,
            "只能以本单位或所属单位的名义报告",
            "report for your own unit, or for one that is registered below it",
        ));
    }
    Ok(())
}

/// Who must report says who it is; who need not may stay anonymous. What Kinward reports names the event behind it.
pub(super) fn identified(
    reporter: &Reporter,
    source_event_id: Option<&str>,
    actor: &Actor,
    reference: &Reference,
) -> Result<(), Rejection> {
    let named = reporter.name.is_some();
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
    speaks_for_itself(reporter, actor, reference)?;
    if is_mandated(reporter.reporter_class()) {
        let missing = [
            (
                reporter.anonymous,
                "reporter.anonymous",
                "强制报告主体不得匿名",
                "a mandated reporter is not anonymous",
            ),
            (
                reporter.unit_id.is_none(),
                "reporter.unit_id",
                "强制报告主体须写明单位",
                "a mandated reporter gives its unit",
            ),
            (!named, "reporter.name", "强制报告主体须写明姓名", "a mandated reporter gives a name"),
        ];
        if let Some((_, field, zh, en)) = missing.into_iter().find(|(is_missing, ..)| *is_missing) {
            return Err(Rejection::invalid(field, RPT_1, zh, en));
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
