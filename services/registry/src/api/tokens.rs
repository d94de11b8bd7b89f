//! Search tokens of what is known of a child: made here, where text is still clear, and kept in the event, so that the
//! index of likely duplicates folds from the log without keys (BEY-7).

use kinward_privacy::Hashing;
use pinyin::ToPinyinMulti as _;
use std::collections::BTreeSet;

/// Readings of one name that are kept: a name with many characters of many readings has no more.
const READINGS: usize = 32;

/// Tokens of a name, a birth date, a village, as far as they are known.
pub(crate) fn tokens(
    hashing: &Hashing,
    name: Option<&str>,
    birth_date: Option<&str>,
    village_code: Option<&str>,
) -> Vec<String> {
    let mut pieces = BTreeSet::new();
    if let Some(name) = name.map(normal).filter(|name| !name.is_empty()) {
        pieces.extend(variants(&name).into_iter().map(|text| ("typo", text)));
        pieces.extend(sounds(&name).into_iter().map(|text| ("sound", text)));
        pieces.insert(("name", name.into_iter().collect()));
    }
    pieces.extend(birth_date.map(|text| ("born", text.to_owned())));
    pieces.extend(village_code.map(|text| ("village", text.to_owned())));
    pieces.into_iter().map(|(kind, text)| hashing.token(kind, &text)).collect()
}

/// The letters of a name, without spaces and the dots between the parts of a name.
fn normal(name: &str) -> Vec<char> {
    let dropped = |letter: &char| letter.is_whitespace() || matches!(letter, '·' | '•' | '・' | '.' | '-');
    name.chars().filter(|letter| !dropped(letter)).flat_map(char::to_lowercase).collect()
}

/// The name, and the name with each one character left out: two names that differ in one character, or of which one
/// has a character more, share one of these. Single characters are left out: half the village would share them.
fn variants(name: &[char]) -> BTreeSet<String> {
    let mut variants = BTreeSet::from([name.iter().collect::<String>()]);
    for left_out in 0..name.len() {
        let rest = name.iter().enumerate().filter(|(index, _)| *index != left_out);
        variants.insert(rest.map(|(_, letter)| *letter).collect());
    }
    variants.retain(|variant| variant.chars().count() > 1);
    variants
}

/// How the name may be read, without tones: a character such as 单 or 仇 has several readings, as a surname another one.
fn sounds(name: &[char]) -> BTreeSet<String> {
    let mut sounds = vec![String::new()];
    for letter in name {
        let readings: BTreeSet<String> = match letter.to_pinyin_multi() {
            Some(multi) => multi.into_iter().map(|reading| reading.plain().to_owned()).collect(),
            None => BTreeSet::from([letter.to_string()]),
        };
        sounds = sounds
            .iter()
            .flat_map(|sound| readings.iter().map(move |reading| format!("{sound} {reading}")))
            .take(READINGS)
            .collect();
    }
    sounds.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_privacy::Secrets;

    fn shared(one: &str, other: &str) -> BTreeSet<String> {
        let folder = tempfile::tempdir().unwrap();
        let hashing = Secrets::create(folder.path()).unwrap().hashing().unwrap();
        let of = |name| tokens(&hashing, Some(name), None, None).into_iter().collect::<BTreeSet<_>>();
        let both = of(one).intersection(&of(other)).cloned().collect::<Vec<_>>();
        both.into_iter().map(|token| token.split('.').next().unwrap().to_owned()).collect()
    }

    fn kinds(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|kind| (*kind).to_owned()).collect()
    }

    #[test]
    fn bey_7_names_meet_by_characters_by_sound_and_over_one_wrong_character() {
        assert_eq!(shared("陈小满", "陈 小满"), kinds(&["name", "typo", "sound"]));
        assert_eq!(shared("陈小满", "陈晓满"), kinds(&["typo", "sound"]), "same sound, one other character");
        assert_eq!(shared("欧阳若溪", "欧阳若曦"), kinds(&["typo", "sound"]));
        assert_eq!(shared("陈小满", "陈小蛮"), kinds(&["typo", "sound"]), "tones do not count");
        assert_eq!(shared("陈小满", "陈小"), kinds(&["typo"]), "one character is missing");
        assert_eq!(shared("夏雨", "夏宇"), kinds(&["sound"]));
        assert_eq!(shared("陈小满", "王小满"), kinds(&["typo"]));
        assert_eq!(shared("陈小满", "刘春晓"), kinds(&[]));
    }

    #[test]
    fn bey_7_a_character_of_several_readings_meets_each_of_them() {
        assert!(shared("单立夏", "善立夏").contains("sound"), "单 is read shan as a surname");
        assert!(shared("单立夏", "丹立夏").contains("sound"), "and dan elsewhere");
        assert!(shared("曾长安", "增常安").contains("sound"));
    }

    #[test]
    fn bey_7_tokens_hold_no_clear_text() {
        let folder = tempfile::tempdir().unwrap();
        let hashing = Secrets::create(folder.path()).unwrap().hashing().unwrap();
        let tokens = tokens(&hashing, Some("陈小满"), Some("2017-01-20"), Some("430903111201"));
        assert!(tokens.len() > 5);
        for token in tokens {
            assert!(token.is_ascii() && !token.contains("2017") && !token.contains("chen"), "{token}");
            assert!(!token.contains("430903111201"));
        }
    }
}
