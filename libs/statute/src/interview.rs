//! How a minor is asked, as victim or witness (LAW-5): a suitable adult is present; in sexual or violent cases it is
//! recorded in sound and picture, and done once; a girl is asked by a woman. What could not be kept carries its reason.

use kinward_contracts::r#type::v1::{InterviewSafeguard as Safeguard, MinorInterview, Sex, SuitableAdult};
use kinward_eventsourcing::{Missing, Rejection, Rule};

const LAW_5: Rule = Rule::new("LAW-5", "未成年人保护法 110、112");

/// Refuses an interview without a safeguard that it needs, unless it says why. `grave`: it is about sexual abuse or
/// violence; `asked_before`: the minor was asked about that already.
pub fn conducted_well(interview: &MinorInterview, grave: bool, asked_before: bool) -> Result<(), Rejection> {
    if ![Sex::Male, Sex::Female].contains(&interview.sex()) {
        let (zh, en) = ("请写明性别", "say whether it is a boy or a girl");
        return Err(Rejection::invalid("interview.sex", LAW_5, zh, en));
    }
    let lacking = [
        (Safeguard::SuitableAdult, interview.adult() == SuitableAdult::Unspecified),
        (Safeguard::Recording, grave && !interview.recorded),
        (Safeguard::Once, grave && asked_before),
        (Safeguard::FemaleStaff, interview.sex() == Sex::Female && !interview.by_female_staff),
    ];
    let explained = |safeguard: Safeguard| {
        interview.not_kept.iter().any(|kept| kept.safeguard() == safeguard && kept.reason.is_some())
    };
    let missing: Vec<Missing> = lacking
        .into_iter()
        .filter(|(safeguard, lacking)| *lacking && !explained(*safeguard))
        .map(|(safeguard, _)| named(safeguard))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Rejection::missing(LAW_5, missing)) }
}

fn named(safeguard: Safeguard) -> Missing {
    let (what, zh, en) = match safeguard {
        Safeguard::SuitableAdult => (
            "suitable-adult",
            "须有合适成年人到场，或写明理由",
            "a suitable adult is present, or say why not",
        ),
        Safeguard::Recording => (
            "recording",
            "性侵害、暴力伤害案件须同步录音录像，或写明理由",
            "record sound and picture in a sexual or violent case, or say why not",
        ),
        Safeguard::Once => (
            "once",
            "性侵害、暴力伤害案件尽量一次完成；再次询问须写明理由",
            "in a sexual or violent case ask once; say why again",
        ),
        Safeguard::FemaleStaff | Safeguard::Unspecified => (
            "female-staff",
            "询问女童须由女性工作人员进行，或写明理由",
            "a girl is asked by a woman of the staff, or say why not",
        ),
    };
    Missing::new(LAW_5, what, zh, en)
}
