//! The twin's functions that need all their arguments, and how it spells numbers and days.
//!
//! Invariants
//! - Pure: arguments in, value out; a number that cannot be said is a fault, never a wrapped one.

use kenpyo::expression::function::FunctionId;
use kenpyo::expression::{Type, Value};

use super::{FAULT, NOTHING, Val, count, number, text_of, words};
use crate::oracle_plain as own;
use crate::oracle_plain::ten;
use crate::oracle_twin::{plain, scale};

pub fn iso(day: i64) -> String {
    let (year, month, day) = own::civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

pub fn decimal(number: i64, scale: u8) -> String {
    let power = ten(scale).unsigned_abs();
    let size = u128::from(number.unsigned_abs());
    let rest = format!("{:0width$}", size % power, width = usize::from(scale));
    let rest = rest.trim_end_matches('0');
    let sign = if number < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", size / power)
}

/// Functions that need all their arguments.
pub fn computed(function: FunctionId, values: &[Value], types: &[&Type], to: u8) -> Val {
    let whole = |place: usize| i64::try_from(plain(&values[place])).unwrap();
    let aligned = || values.iter().zip(types).map(|(value, ty)| plain(value) * ten(9 - scale(ty)));
    let day =
        |found: Option<i64>| found.map_or(FAULT, |day| Val::Is(Value::Date(i32::try_from(day).unwrap())));
    let month = || {
        if types[0] == &Type::YearMonth {
            (1970 + whole(0).div_euclid(12), whole(0).rem_euclid(12) + 1)
        } else {
            let (year, month, _) = own::civil(whole(0));
            (year, month)
        }
    };
    let is = |found: i64| Val::Is(Value::Number(found));
    match function {
        FunctionId::Sum => number(own::nearest(aligned().sum(), ten(9 - to))),
        FunctionId::Min => number(own::nearest(aligned().min().unwrap(), ten(9 - to))),
        FunctionId::Max => number(own::nearest(aligned().max().unwrap(), ten(9 - to))),
        FunctionId::Abs => number(own::nearest(aligned().next().unwrap().abs(), ten(9 - to))),
        FunctionId::RoundHalfUp => number(own::nearest(aligned().next().unwrap(), ten(9 - to))),
        FunctionId::Percent => {
            let above = plain(&values[0]) * 100 * ten(scale(types[1])) * ten(to);
            number(own::nearest(above, plain(&values[1]) * ten(scale(types[0]))))
        }
        FunctionId::Length => count(text_of(&values[0]).chars().count()),
        FunctionId::Substring => {
            let characters: Vec<char> = text_of(&values[0]).chars().collect();
            let (first, length) = (plain(&values[1]), plain(&values[2]));
            let place = |index: usize| i128::try_from(index + 1).unwrap();
            let kept = characters.iter().enumerate();
            let kept = kept.filter(|(index, _)| place(*index) >= first && place(*index) < first + length);
            let piece: String = kept.map(|(_, character)| character).collect();
            if first < 1 || piece.is_empty() { NOTHING } else { words(piece) }
        }
        FunctionId::Concat => words(values.iter().map(text_of).collect()),
        FunctionId::Normalized => words(own::name_form(text_of(&values[0]))),
        FunctionId::Similarity => {
            let [a, b] = [0, 1].map(|place| text_of(&values[place]).chars().collect::<Vec<char>>());
            let longer = a.len().max(b.len());
            match longer {
                0 => is(1_000_000),
                257.. => FAULT,
                _ => {
                    let alike = i128::try_from(longer - own::distance(&a, &b)).unwrap();
                    number(own::nearest(alike * 1_000_000, i128::try_from(longer).unwrap()))
                }
            }
        }
        FunctionId::Year => is(month().0),
        FunctionId::Month => is(month().1),
        FunctionId::FiscalYear => is(if month().1 < 4 { month().0 - 1 } else { month().0 }),
        FunctionId::DaysBetween => is(whole(1) - whole(0)),
        FunctionId::YearsBetween => is(own::years_between(whole(0), whole(1))),
        FunctionId::AddDays => day(whole(0)
            .checked_add(whole(1))
            .filter(|day| day.unsigned_abs() < 9_000_000)
            .and_then(own::real)),
        FunctionId::AddMonths => day(own::add_months(whole(0), whole(1))),
        FunctionId::AddYears => {
            day(whole(1).checked_mul(12).and_then(|months| own::add_months(whole(0), months)))
        }
        FunctionId::Date => day(Some(whole(0).div_euclid(86_400))),
        other => panic!("{other:?} gives no value"),
    }
}
