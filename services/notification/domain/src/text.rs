//! What a notice says where it is sent, in Chinese and English. Nothing personal: only a child's name, and only where
//! the endpoint asks for it, opened at sending. Only a clock whose basis is a statute has a legal deadline (法定期限).
//!
//! A new template is one line in [`words`]; a test sees to it that every template has one.

use kinward_contracts::notification::v1::{About, Language, NoticeSent, Template};
use kinward_contracts::r#type::v1::Basis;
use kinward_statute::{Catalogue, Reference};

/// A text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Subject of a mail.
    pub subject: String,
    /// The rest; a short message has nothing else.
    pub body: String,
}

/// Title and sentence of a template, Chinese and English. `{place}`, `{clock}` and `{deadline}` are filled in.
fn words(template: Template) -> Option<[(&'static str, &'static str); 2]> {
    Some(match template {
        Template::Unspecified => return None,
        Template::IncidentConcluded => [
            ("警情处置通报", "{place}一起涉及未成年人的警情已处置完毕，请依职责评估帮扶。"),
            (
                "Incident concluded",
                "Police have concluded an incident with a child in {place}: assess and assist.",
            ),
        ],
        Template::ChildPlaced => [
            ("临时监护照料通报", "一名儿童已由公安护送临时监护照料，请跟进。"),
            ("Child in temporary care", "Police have escorted a child to temporary care: follow up."),
        ],
        Template::CivilAffairsAsked => [
            ("商请协助安置", "公安商请民政协助安置{place}一名儿童，请立即办理。"),
            (
                "Help to place a child",
                "Police ask civil affairs to help place a child in {place}: act at once.",
            ),
        ],
        Template::AnomalyFound => [
            ("走访发现异常", "{place}走访中发现一名儿童情况异常，请立即了解并处理。"),
            ("Anomaly at a visit", "A visit in {place} found an anomaly with a child: look into it."),
        ],
        Template::ParentContactDue => [
            ("亲子联系提醒", "{place}一名留守儿童的父母即将超过一周未与其联系，请提醒父母并协助联系。"),
            (
                "Contact with parents due",
                "The parents of a left-behind child in {place} have not been in touch for days: remind them and help.",
            ),
        ],
        Template::DropoutReported => [
            ("辍学书面报告", "{place}一名儿童辍学，劝返无效，书面报告已送达，请签收并依法采取措施。"),
            (
                "Written report of a drop-out",
                "A child in {place} dropped out and could not be persuaded back; the written report is here: take it up.",
            ),
        ],
        Template::MoveRequested => [
            ("迁移待答复", "对方村（居）申请一名儿童的住户迁移，涉及{place}，请答复是否同意。"),
            (
                "Move to be answered",
                "Another village asks for the move of a child's household; {place} must answer.",
            ),
        ],
        Template::MoveRefused => [
            ("迁移未获同意", "{place}申请的一名儿童的住户迁移，对方未同意，档案维持原住址。"),
            (
                "Move refused",
                "The move that {place} asked for was refused: the household stays where it is on file.",
            ),
        ],
        Template::Moved => [
            ("住户已迁移", "一名儿童的住户已迁至{place}，请迁出、迁入双方交接关爱服务。"),
            (
                "Household moved",
                "A child's household moved to {place}: both villages hand over what is done for it.",
            ),
        ],
        Template::FailureToReport => [
            ("未履行报告义务", "所属单位涉嫌未履行强制报告义务，请依职责调查并作出处理决定。"),
            (
                "Failure to report",
                "A unit below you may have failed to report as it must: hold it to account.",
            ),
        ],
        Template::CallTransferred => [
            ("热线转接", "关爱保护热线转来一件事项，请办理并反馈结果。"),
            (
                "Hotline call transferred",
                "The hotline has transferred a matter: deal with it and say what came of it.",
            ),
        ],
        Template::CommendationProposed => [
            ("拟予表扬奖励", "一件自愿报告经查属实，拟予表扬奖励，请审定。"),
            ("Commendation proposed", "A voluntary report was substantiated: decide on the commendation."),
        ],
        Template::SearchOpened => [
            ("失踪儿童协查", "一名儿童失踪，协查通报已发出，请立即协助查找。"),
            ("Missing child", "A child is missing and the bulletin is out: help to search at once."),
        ],
        Template::SearchEnded => [
            ("协查结束", "失踪儿童协查已结束，请停止查找。"),
            ("Search ended", "The search for the missing child has ended: stop searching."),
        ],
        Template::AssistanceRequested => [
            ("请求协助", "公安机关就一起涉及未成年人的警情请求协助，请办理并答复。"),
            ("Help asked for", "Police ask for help in an incident with a child: help and answer."),
        ],
        Template::WarningIssued => [
            ("告诫书通报", "公安机关就{place}一起家庭暴力出具告诫书，请签收并查访监督。"),
            (
                "Warning letter",
                "Police issued a warning letter for domestic violence in {place}: visit and supervise.",
            ),
        ],
        Template::ProtectionOrderGranted => [
            ("人身安全保护令", "人民法院已就{place}一名儿童作出人身安全保护令，请协助执行。"),
            (
                "Protection order",
                "The court made a protection order for a child in {place}: help to carry it out.",
            ),
        ],
        Template::ProtectionOrderVaried => [
            ("人身安全保护令变更", "{place}一名儿童的人身安全保护令已变更或延长，请按新的内容协助执行。"),
            (
                "Protection order varied",
                "The protection order for a child in {place} was varied or extended: carry it out as it now stands.",
            ),
        ],
        Template::ProtectionOrderRevoked => [
            (
                "人身安全保护令撤销",
                "{place}一名儿童的人身安全保护令已撤销，请停止协助执行，继续关注儿童安全。",
            ),
            (
                "Protection order revoked",
                "The protection order for a child in {place} was revoked: it binds no more; watch over the child.",
            ),
        ],
        Template::ProtectionOrderExpired => [
            (
                "人身安全保护令期满失效",
                "{place}一名儿童的人身安全保护令已期满失效，如仍有危险，请协助申请延长或者新的保护令。",
            ),
            (
                "Protection order expired",
                "The protection order for a child in {place} has run out: where danger remains, help to apply anew.",
            ),
        ],
        Template::AssistanceAnswered => [
            ("协助请求已答复", "{place}一起警情的协助请求已有答复，请查看。"),
            ("Help answered", "A request for help in an incident in {place} was answered: look at it."),
        ],
        Template::PsychologicalConcern => [
            ("学校心理关注", "学校发现{place}一名儿童有心理问题迹象，请组织评估。"),
            (
                "Psychological concern",
                "A school saw signs of a psychological problem of a child in {place}: assess.",
            ),
        ],
        Template::ClockMissed => [
            ("逾期提醒", "{place}一项办理事项（{clock}）已超过{deadline}，请督办。"),
            ("Overdue", "A duty in {place} ({clock}) is past its {deadline}: see to it."),
        ],
    })
}

/// The text of a notice. `child_name` is there only if the endpoint names the child.
pub fn text(
    notice_id: &str,
    notice: &NoticeSent,
    language: Language,
    reference: &Reference,
    child_name: Option<&str>,
) -> Text {
    let about = notice.about.clone().unwrap_or_default();
    let english = language == Language::En;
    let place = place(&about, reference, english);
    let (clock, deadline) = clock(&about.clock, english);
    let words = words(notice.template()).unwrap_or([("通知", "请查看。"), ("Notice", "See the worklist.")]);
    let (title, sentence) = words[usize::from(english)];
    let sentence =
        sentence.replace("{place}", &place).replace("{clock}", &clock).replace("{deadline}", deadline);
    let urgent = match (about.immediate, english) {
        (false, _) => "",
        (true, false) => "【紧急】",
        (true, true) => "[URGENT] ",
    };
    let child = match (child_name.filter(|name| !name.is_empty()), english) {
        (None, _) => String::new(),
        (Some(name), false) => format!("儿童：{name}。"),
        (Some(name), true) => format!(" Child: {name}."),
    };
    let body = if english {
        format!("{urgent}{sentence}{child} Acknowledge it in Kinward, notice {notice_id}.")
    } else {
        format!("{urgent}{sentence}{child}请登录守望系统签收，通知编号 {notice_id}。")
    };
    let subject =
        if english { format!("{urgent}Kinward: {title}") } else { format!("{urgent}守望·{title}") };
    Text { subject, body }
}

/// Name of the village, which is public; where none is known, the district.
fn place(about: &About, reference: &Reference, english: bool) -> String {
    let code = about.village_code.as_deref().unwrap_or_default();
    let unclear = if english { "the district" } else { "本区" };
    reference.divisions.get(code).map_or_else(|| unclear.to_owned(), |division| division.name.clone())
}

/// A clock's title, and what its end may be called.
fn clock(name: &str, english: bool) -> (String, &'static str) {
    let mut entries = Catalogue::default_entries().iter().filter(|entry| entry.name == name).peekable();
    let title =
        entries.peek().filter(|_| !english).map_or_else(|| name.to_owned(), |entry| entry.title.clone());
    let mut bases: Vec<Basis> = entries.map(|entry| entry.basis).collect();
    bases.dedup();
    let deadline = match (bases.as_slice(), english) {
        ([Basis::Statute], false) => "法定期限",
        ([Basis::Statute], true) => "legal deadline",
        ([Basis::Policy], false) => "政策规定的时限",
        ([Basis::Policy], true) => "time limit of the policy",
        (_, false) => "工作时限",
        (_, true) => "local target",
    };
    (title, deadline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::notification::v1::Recipient;
    use kinward_statute::DivisionFacts;

    const VILLAGE: &str = "430903111201";

    fn every_template() -> impl Iterator<Item = Template> {
        (1..=200).filter_map(|number| Template::try_from(number).ok())
    }

    fn notice(template: Template, clock: &str) -> NoticeSent {
        let about = About {
            village_code: Some(VILLAGE.to_owned()),
            clock: clock.to_owned(),
            immediate: true,
            ..About::default()
        };
        NoticeSent {
            recipient: Some(Recipient::default()),
            template: template.into(),
            about: Some(about),
            source_event_id: "event".to_owned(),
        }
    }

    #[test]
    fn dsp_4_every_template_has_a_text_in_both_languages_and_no_gap_stays_open() {
        let mut reference = Reference::default();
        let facts =
            DivisionFacts {
                name: "某村".to_owned(), valid_from: "2020-01-01".to_owned(), valid_until: None
            };
        reference.divisions.insert(VILLAGE.to_owned(), facts);
        for template in every_template() {
            assert!(words(template).is_some(), "{template:?} has no words");
            for language in [Language::Zh, Language::En] {
                let text = text("id-1", &notice(template, "police-accept"), language, &reference, None);
                assert!(!text.body.contains('{'), "{text:?}");
                assert!(text.body.contains("id-1"));
                let chinese = text.subject.contains("守望");
                assert_eq!(chinese, language == Language::Zh, "{text:?}");
            }
        }
        let zh = text("id-1", &notice(Template::IncidentConcluded, ""), Language::Zh, &reference, None);
        assert!(zh.body.starts_with("【紧急】某村"), "{zh:?}");
    }

    #[test]
    fn bey_1_only_a_clock_whose_basis_is_a_statute_has_a_legal_deadline() {
        let reference = Reference::default();
        let mut statutes = 0;
        for entry in Catalogue::default_entries() {
            for (language, words) in [(Language::Zh, "法定"), (Language::En, "legal")] {
                let text =
                    text("id-1", &notice(Template::ClockMissed, &entry.name), language, &reference, None);
                assert_eq!(
                    text.body.contains(words),
                    entry.basis == Basis::Statute,
                    "{}: {text:?}",
                    entry.name
                );
            }
            statutes += usize::from(entry.basis == Basis::Statute);
        }
        assert!(statutes > 0);
        let unknown = text("id-1", &notice(Template::ClockMissed, "no-such"), Language::Zh, &reference, None);
        assert!(!unknown.body.contains("法定"));
    }

    #[test]
    fn dsp_4_a_child_is_named_only_where_the_name_was_opened() {
        let reference = Reference::default();
        let of = |name: Option<&str>| {
            text("id-1", &notice(Template::ChildPlaced, ""), Language::Zh, &reference, name)
        };
        assert!(of(Some("王小明")).body.contains("儿童：王小明。"));
        assert_eq!(of(None), of(Some("")), "erased: nothing is said");
        assert!(!of(None).body.contains("儿童："));
    }
}
