//! Quiet hours: minutes of the day in China between which nothing but an emergency is sent.

use chrono::{DateTime, TimeDelta, Utc};
use kinward_contracts::notification::v1::QuietHours;
use kinward_statute::{day_of, start_of_day};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// When the quiet hours end that hold at an instant; `None`: none hold.
pub(crate) fn quiet_until(quiet: QuietHours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let midnight = start_of_day(day_of(now));
    let minute = (now - midnight).num_minutes();
    let (from, until) = (i64::from(quiet.from_minute), i64::from(quiet.until_minute));
    let end = match from.cmp(&until) {
        std::cmp::Ordering::Less => (from..until).contains(&minute).then_some(until),
        std::cmp::Ordering::Greater if minute >= from => Some(until + DAY),
        std::cmp::Ordering::Greater => (minute < until).then_some(until),
        std::cmp::Ordering::Equal => None,
    };
    end.map(|end| midnight + TimeDelta::minutes(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-03-10T{text}+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    #[test]
    fn quiet_hours_run_over_midnight_and_their_end_is_not_quiet() {
        let night = QuietHours { from_minute: 22 * 60, until_minute: 7 * 60 };
        let next_morning = at("07:00:00") + TimeDelta::days(1);
        assert_eq!(quiet_until(night, at("21:59:59")), None);
        assert_eq!(quiet_until(night, at("22:00:00")), Some(next_morning));
        assert_eq!(quiet_until(night, at("00:00:00")), Some(at("07:00:00")));
        assert_eq!(quiet_until(night, at("06:59:59")), Some(at("07:00:00")));
        assert_eq!(quiet_until(night, at("07:00:00")), None);
        let noon = QuietHours { from_minute: 12 * 60, until_minute: 14 * 60 };
        assert_eq!(quiet_until(noon, at("13:00:00")), Some(at("14:00:00")));
        assert_eq!(quiet_until(noon, at("14:00:00")), None);
        assert_eq!(quiet_until(QuietHours { from_minute: 5, until_minute: 5 }, at("00:05:00")), None);
    }
}
