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
