//! The survey's time zone: a fixed offset, to which moments with an offset of their own are brought.
//!
//! Invariants
//! - No table of time zones is read, from the machine or from anywhere: equal input gives equal output everywhere.
//! - Zones with summer time are not known by name; a survey there writes its offset.

use crate::expression::calendar;

/// Names of zones that have kept one offset for longer than any survey lasts, in seconds.
const NAMED: &[(&str, i64)] = &[
    ("UTC", 0),
    ("Z", 0),
    ("Asia/Tokyo", 9 * 3600),
    ("Asia/Seoul", 9 * 3600),
    ("Asia/Shanghai", 8 * 3600),
    ("Asia/Singapore", 8 * 3600),
    ("Asia/Kolkata", 5 * 3600 + 1800),
];

/// A fixed distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Zone {
    /// East of UTC, in seconds.
    pub seconds: i64,
}

impl Zone {
    /// `Asia/Tokyo`, `+09:00`. `None`: unknown, or without one fixed offset.
    pub fn parse(text: &str) -> Option<Self> {
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, seconds)| *seconds);
        named.or_else(|| offset(text)).map(|seconds| Self { seconds })
    }

    /// The moment written in `text`, as seconds of this zone's clock: without offset as it stands, with one brought
    /// here. `None`: no moment.
    pub fn moment(self, text: &str) -> Option<i64> {
        if let Some(plain) = calendar::parse_date_time(text) {
            return Some(plain);
        }
        let (clock, theirs) = match text.strip_suffix(['Z', 'z']) {
            Some(clock) => (clock, 0),
            None => text
                .len()
                .checked_sub(6)
                .and_then(|at| text.split_at_checked(at))
                .and_then(|(clock, tail)| offset(tail).map(|seconds| (clock, seconds)))?,
        };
        calendar::parse_date_time(clock)?.checked_sub(theirs)?.checked_add(self.seconds)
    }
}

/// `+09:00` in seconds.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let part = |digits: &str, below: i64| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i64>().ok()).flatten().filter(|number| *number < below)
    };
    Some(sign * (part(hours, 15)? * 3600 + part(minutes, 60)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_brought_to_the_surveys_clock() {
        let tokyo = Zone::parse("Asia/Tokyo").unwrap();
        assert_eq!(Zone::parse("+09:00"), Some(tokyo));
        let at = |text| tokyo.moment(text);
        assert_eq!(at("2024-03-08T15:00:00Z"), at("2024-03-09T00:00:00"));
        assert_eq!(at("2024-03-08T10:00:00-05:00"), at("2024-03-09 00:00"));
        assert_eq!([at("2024-02-30T00:00"), at("2024-03-08"), at("あZ")], [None; 3]);
    }

    #[test]
    fn zones_with_summer_time_are_not_guessed() {
        assert_eq!([Zone::parse("Europe/Berlin"), Zone::parse("+9"), Zone::parse("+15:00")], [None; 3]);
    }
}
