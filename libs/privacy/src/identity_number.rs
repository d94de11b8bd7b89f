//! Identity numbers, GB 11643-1999: region, real birth date, sequence whose parity is the sex, check character.

use chrono::NaiveDate;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// Sex as the number tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// A number that passed every check.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    /// 18 characters, `X` upper-case.
    pub normalised: String,
    /// Birth date.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
}

impl std::fmt::Debug for IdentityNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IdentityNumber(hidden)")
    }
}

/// What is wrong with a number. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.says().1)]
pub enum IdentityNumberError {
    /// Not 17 digits and a digit or X.
    Form,
    /// The check character is another.
    Check,
    /// There is no such day, or it lies in the future.
    BirthDate,
}

impl IdentityNumberError {
    /// What is said of it, Chinese and English.
    pub fn says(self) -> (&'static str, &'static str) {
        match self {
            Self::Form => ("应为17位数字加一位数字或X", "must be 17 digits and a digit or X"),
            Self::Check => ("校验码不符，有数字错误", "the check character does not match: a digit is wrong"),
            Self::BirthDate => ("其中的出生日期不是过去的日子", "the birth date in it is not a past day"),
        }
    }
}

/// Reads and checks a number; `today` bounds the birth date.
pub fn parse(text: &str, today: NaiveDate) -> Result<IdentityNumber, IdentityNumberError> {
    let normalised = text.to_ascii_uppercase();
    let bytes = normalised.as_bytes();
    let form = bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X');
    if !form {
        return Err(IdentityNumberError::Form);
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    if bytes[17] != CHECKS[(sum % 11) as usize] {
        return Err(IdentityNumberError::Check);
    }
    let birth_date = NaiveDate::parse_from_str(&normalised[6..14], "%Y%m%d")
        .ok()
        .filter(|date| *date <= today)
        .ok_or(IdentityNumberError::BirthDate)?;
    let sex = if (bytes[16] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok(IdentityNumber { normalised, birth_date, sex })
}

/// The number with these parts; `None` where they are none. For generated people.
pub fn compose(region: &str, birth_date: NaiveDate, sequence: u16) -> Option<String> {
    let body = format!("{region}{}{sequence:03}", birth_date.format("%Y%m%d"));
    let bytes = body.as_bytes();
    if bytes.len() != 17 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    Some(format!("{body}{}", char::from(CHECKS[(sum % 11) as usize])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    #[test]
    fn a_sound_number_tells_birth_date_and_sex() {
        let number = parse("110101202311012176", today()).unwrap();
        assert_eq!(number.birth_date, NaiveDate::from_ymd_opt(2023, 11, 1).unwrap());
        assert_eq!(number.sex, Sex::Male);
    }

    #[test]
    fn an_unsound_number_is_refused_for_what_is_wrong() {
        for (text, error) in [
            ("110101202311012171", IdentityNumberError::Check),
            // its check digit is right, its date impossible
            ("430903200902290014", IdentityNumberError::BirthDate),
            ("43090320090229001", IdentityNumberError::Form),
            ("4309032009022900１4", IdentityNumberError::Form),
            ("", IdentityNumberError::Form),
        ] {
            assert_eq!(parse(text, today()), Err(error), "{text}");
        }
        let born = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let tomorrow = compose("430903", born, 7).unwrap();
        assert_eq!(parse(&tomorrow, today()), Err(IdentityNumberError::BirthDate));
    }

    #[test]
    fn a_composed_number_parses_lower_case_x_too() {
        let born = NaiveDate::from_ymd_opt(2015, 6, 9).unwrap();
        let with_x = (0..999)
            .filter_map(|sequence| compose("430903", born, sequence))
            .find(|text| text.ends_with('X'));
        let number = parse(&with_x.clone().unwrap().to_lowercase(), today()).unwrap();
        assert_eq!(Some(number.normalised), with_x);
    }
}
