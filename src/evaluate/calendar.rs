//! Functions on days, months and years, over columns.
//!
//! Invariants
//! - Arithmetic that leaves the calendar is unknown and a fault.

use super::machine::Machine;
use super::values::Values;
use crate::expression::calendar as dates;
use crate::plan::{Calendar, StepId, TimeKind};

/// A time as ISO 8601 writes it.
pub(super) fn print_time(number: i64, kind: TimeKind) -> String {
    let day = i32::try_from(number).unwrap_or(i32::MAX);
    match kind {
        TimeKind::Date => dates::print_date(day),
        TimeKind::DateTime => dates::print_date_time(number),
        TimeKind::Month => dates::print_year_month(day),
    }
}

/// The day of a time. `None`: outside the calendar; for a month, its first day.
fn day(number: i64, kind: TimeKind) -> Option<i32> {
    match kind {
        TimeKind::Date => i32::try_from(number).ok(),
        TimeKind::DateTime => dates::day_of_moment(number),
        TimeKind::Month => {
            let (year, month) = dates::year_and_month(i32::try_from(number).ok()?)?;
            dates::days(year, month, 1)
        }
    }
}

/// Year and month of a time.
fn year_and_month(number: i64, kind: TimeKind) -> Option<(i32, i32)> {
    if kind == TimeKind::Month {
        return dates::year_and_month(i32::try_from(number).ok()?);
    }
    dates::civil(day(number, kind)?).map(|(year, month, _)| (year, month))
}

/// `None`: a result outside the calendar.
fn computed(function: Calendar, kind: TimeKind, first: i64, second: i64) -> Option<i64> {
    let other = || day(second, kind);
    Some(match function {
        Calendar::Year => i64::from(year_and_month(first, kind)?.0),
        Calendar::Month => i64::from(year_and_month(first, kind)?.1),
        Calendar::FiscalYear => {
            let (year, month) = year_and_month(first, kind)?;
            i64::from(dates::fiscal_year(year, month))
        }
        Calendar::Date => i64::from(day(first, kind)?),
        Calendar::DaysBetween => dates::days_between(day(first, kind)?, other()?),
        Calendar::YearsBetween => dates::years_between(day(first, kind)?, other()?)?,
        Calendar::AddDays => i64::from(dates::add_days(day(first, kind)?, second)?),
        Calendar::AddMonths => i64::from(dates::add_months(day(first, kind)?, second)?),
        Calendar::AddYears => i64::from(dates::add_years(day(first, kind)?, second)?),
    })
}

impl<'b> Machine<'_, 'b> {
    pub(super) fn calendar(
        &mut self,
        function: Calendar,
        kind: TimeKind,
        arguments: &[StepId],
    ) -> Option<Values<'b>> {
        let all = self.all(arguments);
        let operands: Vec<&Values<'_>> = all.iter().map(|values| &**values).collect();
        let known = self.known_to(&operands);
        let (first, second) = (all.first()?, all.get(1));
        Some(self.computed(&operands, &known, |row| {
            let second = match second {
                None => 0,
                Some(second) => second.number(row)?,
            };
            computed(function, kind, first.number(row)?, second)
        }))
    }
}
