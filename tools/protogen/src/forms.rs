//! The forms that texts are asked to have, in words: whoever sends another is told these, never a regular expression. A
//! pattern that has no words here stops the generation.

use std::fmt::Write as _;

/// A pattern of the protos, and what stands behind 应为 and "give" when a text is refused for it.
struct Form {
    name: &'static str,
    pattern: &'static str,
    zh: &'static str,
    en: &'static str,
}

const FORMS: [Form; 15] = [
    Form {
        name: "ID",
        pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        zh: "本系统给出的编号，如0190f0a2-7c3e-8d21-9b5a-3f6c1e2d4b70",
        en: "an id as Kinward gave it, such as 0190f0a2-7c3e-8d21-9b5a-3f6c1e2d4b70",
    },
    Form {
        name: "ID_WITHIN",
        pattern: "^[0-9a-f-]{1,64}$",
        zh: "本系统给出的编号，原样填写",
        en: "an id as Kinward gave it, unchanged",
    },
    Form {
        name: "DAY",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        zh: "年-月-日，如2026-09-01",
        en: "year, month and day, such as 2026-09-01",
    },
    Form {
        name: "MONTH",
        pattern: "^[0-9]{4}-[0-9]{2}$",
        zh: "年-月，如2026-09",
        en: "year and month, such as 2026-09",
    },
    Form {
        name: "DIVISION",
        pattern: "^([0-9]{6}|[0-9]{9}|[0-9]{12})$",
        zh: "6位（区县）、9位（乡镇）或12位（村）行政区划代码",
        en: "a division code: 6 digits (district), 9 (township) or 12 (village)",
    },
    Form {
        name: "VILLAGE",
        pattern: "^[0-9]{12}$",
        zh: "12位的村（居）区划代码",
        en: "a village's division code: 12 digits",
    },
    Form {
        name: "UNIT",
        pattern: "^[a-z0-9][a-z0-9-]{0,63}$",
        zh: "登记的单位代码：小写字母、数字和连字符，如police-430903",
        en: "a registered unit's id: small letters, digits and hyphens, such as police-430903",
    },
    Form {
        name: "IDENTITY_NUMBER",
        pattern: "^[0-9]{17}[0-9Xx]$",
        zh: "18位公民身份号码",
        en: "an identity number of 18 characters",
    },
    Form {
        name: "IDENTITY_NUMBER_IN_CAPITALS",
        pattern: "^[0-9]{17}[0-9X]$",
        zh: "18位公民身份号码，末位X大写",
        en: "an identity number of 18 characters, its X a capital",
    },
    Form {
        name: "PHONE",
        pattern: "^[+]?[0-9-]{5,20}$",
        zh: "电话号码：5至20位数字，可含连字符",
        en: "a phone number: 5 to 20 digits and hyphens",
    },
    Form {
        name: "NAME",
        pattern: "^[a-z][a-z0-9-]{0,39}$",
        zh: "名称代码：以小写字母开头，后为小写字母、数字和连字符，至多40个，如police-on-scene",
        en: "a name: a small letter, then small letters, digits and hyphens, 40 at most, such as police-on-scene",
    },
    Form {
        name: "NAME_OR_NONE",
        pattern: "^[a-z0-9-]{0,40}$",
        zh: "名称代码：小写字母、数字和连字符，至多40个，如immediate",
        en: "a name: small letters, digits and hyphens, 40 at most, such as immediate",
    },
    Form {
        name: "CODE",
        pattern: "^[a-z0-9-]{1,64}$",
        zh: "代码：小写字母、数字和连字符，至多64个，如moved",
        en: "a code: small letters, digits and hyphens, 64 at most, such as moved",
    },
    Form {
        name: "SHA256",
        pattern: "^[0-9a-f]{64}$",
        zh: "文件的SHA-256：64位小写十六进制",
        en: "the file's SHA-256: 64 hexadecimal digits, small letters",
    },
    Form {
        name: "WEBHOOK_SECRET",
        pattern: "^whsec_[A-Za-z0-9+/]{32,120}={0,2}$",
        zh: "签名密钥：whsec_加32至120个base64字符（Standard Webhooks）",
        en: "a signing key: whsec_ and 32 to 120 characters of base64 (Standard Webhooks)",
    },
];

/// Each form as a static of the generated code.
pub(crate) fn render(out: &mut String) {
    for Form { name, pattern, zh, en } in &FORMS {
        let _ = writeln!(
            out,
            "static {name}: LazyLock<crate::validate::Form> = LazyLock::new(|| crate::validate::Form {{ regex: regex::Regex::new({pattern:?}).expect(\"the generator's tests compile every pattern\"), zh: {zh:?}, en: {en:?} }});"
        );
    }
}

/// Name of the static.
pub(crate) fn named(pattern: &str) -> Option<&'static str> {
    FORMS.iter().find(|form| form.pattern == pattern).map(|form| form.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_name_and_words_of_its_own_that_show_no_expression() {
        for form in &FORMS {
            let same = |other: &&Form| other.name == form.name || other.zh == form.zh || other.en == form.en;
            assert_eq!(FORMS.iter().filter(same).count(), 1, "{}", form.name);
            assert!(
                !form.zh.contains(['^', '$', '{']) && !form.en.contains(['^', '$', '{']),
                "{}",
                form.name
            );
        }
    }
}
