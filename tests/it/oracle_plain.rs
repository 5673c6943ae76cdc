//! The twin's own arithmetic, calendar and text: slow, plain, and sharing nothing with the evaluator.
//!
//! Invariants
//! - Written for being seen to be right: calendars count days, products are made digit by digit.

use std::cmp::Ordering;

/// A product of whole numbers as sign and decimal digits, lowest first.
pub fn product(factors: &[i128]) -> (bool, Vec<u8>) {
    let mut digits = vec![1_u8];
    let mut negative = false;
    for factor in factors {
        negative ^= *factor < 0;
        let times: Vec<u8> =
            factor.unsigned_abs().to_string().bytes().rev().map(|digit| digit - b'0').collect();
        let mut result = vec![0_u32; digits.len() + times.len() + 1];
        for (i, a) in digits.iter().enumerate() {
            for (j, b) in times.iter().enumerate() {
                result[i + j] += u32::from(*a) * u32::from(*b);
            }
        }
        let mut carry = 0;
        digits = result
            .iter()
            .map(|digit| {
                let sum = digit + carry;
                carry = sum / 10;
                u8::try_from(sum % 10).unwrap()
            })
            .collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
    }
    (negative && !digits.is_empty(), digits)
}

pub fn order(left: &[i128], right: &[i128]) -> Ordering {
    let ((less, a), (other, b)) = (product(left), product(right));
    let sizes = a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()));
    match (less, other) {
        (false, false) => sizes,
        (true, true) => sizes.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

pub fn ten(exponent: u8) -> i128 {
    (0..exponent).fold(1, |number, _| number * 10)
}

/// `above / below` to the nearest whole number, ties away from zero. `None`: not an i64, or a division by 0.
pub fn nearest(above: i128, below: i128) -> Option<i64> {
    if below == 0 {
        return None;
    }
    let negative = (above < 0) != (below < 0);
    let (a, b) = (above.unsigned_abs(), below.unsigned_abs());
    let whole = a / b + u128::from((a % b) * 2 >= b);
    let whole = i128::try_from(whole).ok()?;
    i64::try_from(if negative { -whole } else { whole }).ok()
}

fn leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn length_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month, day of days since 1970-01-01, by counting.
pub fn civil(days: i64) -> (i64, i64, i64) {
    // 400 years have 146,097 days.
    let mut year = 1970 + 400 * days.div_euclid(146_097);
    let mut rest = days.rem_euclid(146_097);
    loop {
        let year_length = if leap(year) { 366 } else { 365 };
        if rest < year_length {
            break;
        }
        rest -= year_length;
        year += 1;
    }
    let mut month = 1;
    while rest >= length_of_month(year, month) {
        rest -= length_of_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let cycles = (year - 1970).div_euclid(400);
    let mut total = cycles * 146_097;
    for earlier in 1970 + cycles * 400..year {
        total += if leap(earlier) { 366 } else { 365 };
    }
    for earlier in 1..month {
        total += length_of_month(year, earlier);
    }
    total + day - 1
}

/// Only the years 0 to 9999 exist.
pub fn real(days: i64) -> Option<i64> {
    (0..=9999).contains(&civil(days).0).then_some(days)
}

pub fn add_months(from: i64, months: i64) -> Option<i64> {
    let (year, month, day) = civil(from);
    let count = (year * 12 + month - 1).checked_add(months)?;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    if !(0..=9999).contains(&year) {
        return None;
    }
    real(days(year, month, day.min(length_of_month(year, month))))
}

pub fn years_between(a: i64, b: i64) -> i64 {
    if b < a {
        return -years_between(b, a);
    }
    let ((from_year, from_month, from_day), (year, month, day)) = (civil(a), civil(b));
    let full = year - from_year;
    if month > from_month || (month == from_month && day >= from_day) { full } else { full - 1 }
}

/// Edit distance by the whole table.
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
            };
        }
    }
    table[a.len()][b.len()]
}

/// The check by its table of doubled digits.
pub fn luhn(text: &str) -> bool {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    if text.chars().count() < 2 || !text.chars().all(|character| character.is_ascii_digit()) {
        return false;
    }
    let digits: Vec<u32> = text.chars().map(|digit| digit as u32 - '0' as u32).collect();
    let (check, body) = digits.split_last().unwrap();
    let mut sum = 0;
    let mut doubled = true;
    for digit in body.iter().rev() {
        sum += if doubled { DOUBLED[*digit as usize] } else { *digit };
        doubled = !doubled;
    }
    (10 - sum % 10) % 10 == *check
}

pub fn jis(text: &str) -> bool {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let digit = |place: usize| i64::from(text.as_bytes()[place] - b'0');
    let sum: i64 = (0..5).map(|place| digit(place) * (6 - i64::try_from(place).unwrap())).sum();
    (11 - sum % 11) % 10 == digit(5)
}

/// The comparison form, for the characters that the generator writes.
pub fn name_form(text: &str) -> String {
    let mut form = String::new();
    for character in text.chars() {
        match character {
            ' ' | '\u{3000}' => {}
            '髙' => form.push('高'),
            '﨑' => form.push('崎'),
            'Ａ' | 'A' => form.push('a'),
            'つ' => form.push('ツ'),
            'く' => form.push('ク'),
            'し' => form.push('シ'),
            'ヶ' => form.push('ケ'),
            '１' => form.push('1'),
            '-' | '－' => form.push('ー'),
            other => form.push(other),
        }
    }
    match form.strip_prefix("医療法人") {
        Some(rest) if !rest.is_empty() => name_form(rest),
        _ => form,
    }
}

/// Patterns that the generator writes, each with a test of its own.
pub const PATTERNS: &[(&str, fn(&str) -> bool)] = &[
    ("^[0-9]+$", |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())),
    ("病院", |text| text.contains("病院")),
    ("^a", |text| text.starts_with('a')),
    ("(x|医)$", |text| text.ends_with('x') || text.ends_with('医')),
    ("^.{2,3}$", |text| (2..=3).contains(&text.chars().count()) && !text.contains('\n')),
    ("", |_| true),
];

#[test]
fn the_twins_calendar_counts_right() {
    assert_eq!(civil(0), (1970, 1, 1));
    assert_eq!(civil(19_782), (2024, 2, 29));
    assert_eq!(civil(-1), (1969, 12, 31));
    for number in (-800_000..3_000_000).step_by(997) {
        let (year, month, day) = civil(number);
        assert_eq!(days(year, month, day), number);
    }
}
