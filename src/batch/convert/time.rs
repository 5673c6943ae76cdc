//! Dates, moments and months, in the spellings that the schema accepts.
//!
//! Invariants
//! - Only days of the calendar are read; 2024-02-30 is INVALID and never 1 March.
//! - Eras are read after every spelling of the schema, and told; the time of day beside an era's date is spelled as the
//!   schema spells it. So are a spreadsheet's numbers of days and moments, a date with its day of the week, a date with a
//!   time where a day is asked for, and a date without one where a moment is.
//! - A date whose year nobody wrote is INVALID; the year in which it is of the survey's period is only proposed.
//! - A moment without offset is kept as written; one with an offset is moved to the survey's clock. No other clock is
//!   ever asked.

use super::cell::{Desk, Reading, has_digits, is_unreadable, mark, read_column};
use super::date_text::{Numbers, before_clock, before_weekday, matched, without_fraction, without_year};
use super::era::OfEra;
use super::note::{Change, Note, Proposal};
use super::notice::Fault;
use super::spelling::reading_form;
use super::{FieldReader, era, serial};
use crate::batch::{Column, Data, Mask};
use crate::expression::Type;
use crate::expression::calendar;
use crate::input::{RawCell, RawKind};
use crate::questionnaire::date_format::{Part, Piece, TimeKind, pieces};
use crate::questionnaire::{DateFormats, Field};
use crate::rule_pack::period::Period;
use crate::rule_pack::zone::Zone;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The spellings of one field.
#[derive(Debug)]
pub(super) struct Times {
    kind: TimeKind,
    formats: Vec<Vec<Piece>>,
    zone: Zone,
    /// Whether a mark is spelled with digits (9999-12-31), so that every text must be looked up first.
    sentinels: bool,
    /// Whence the year is proposed for a date without one. `None`: nothing says of which days the survey's dates are.
    period: Option<Period>,
}

/// The day of examples where nothing says of which days a survey's dates are: 2000-05-15.
const ANY_DAY: i32 = 11_092;

/// A day as a person may write it: in the years of its era, and by the calendar.
pub(super) fn day_examples(period: Option<Period>) -> [String; 2] {
    let day = period.map_or(ANY_DAY, Period::example);
    [era::print(day), calendar::print_date(day)]
}

/// A moment of `period` as a field of type `ty` reads it, canonical spelling first; at most two, those with an offset
/// left out.
pub(super) fn examples(ty: &Type, formats: &DateFormats, period: Option<Period>) -> Vec<String> {
    let kind = kind(ty);
    let day = calendar::civil(period.map_or(ANY_DAY, Period::example)).unwrap_or((2000, 5, 15));
    let example = |piece: Piece| example(piece, day);
    let written = formats.spellings.iter().map(|spelling| &**spelling);
    let spellings = std::iter::once(kind.canonical()).chain(written.filter(|text| *text != kind.canonical()));
    let plain = spellings.filter_map(|text| pieces(text, kind)).filter(|of| !of.contains(&Piece::Offset));
    plain.take(2).map(|pieces| pieces.into_iter().map(example).collect()).collect()
}

fn example(piece: Piece, (year, month, day): (i32, i32, i32)) -> String {
    let (part, two) = match piece {
        Piece::Number(part, two) => (part, two),
        Piece::Other(letter) => return letter.to_string(),
        Piece::Offset => return "Z".to_owned(),
    };
    let number = match part {
        Part::Year => year,
        Part::Month => month,
        Part::Day => day,
        Part::Hour => 9,
        Part::Minute => 30,
        Part::Second => 0,
    };
    if two { format!("{number:02}") } else { number.to_string() }
}

const fn kind(ty: &Type) -> TimeKind {
    match ty {
        Type::DateTime => TimeKind::DateTime,
        Type::YearMonth => TimeKind::YearMonth,
        _ => TimeKind::Date,
    }
}

impl Times {
    /// `period`: the days of which the survey's dates are.
    pub(super) fn new(field: &Field, formats: &DateFormats, zone: Zone, period: Option<Period>) -> Self {
        let kind = kind(&field.ty);
        let written = formats.spellings.iter().map(|spelling| &**spelling);
        let spellings =
            std::iter::once(kind.canonical()).chain(written.filter(|text| *text != kind.canonical()));
        let formats = spellings.filter_map(|spelling| pieces(spelling, kind)).collect();
        Self { kind, formats, zone, sentinels: has_digits(&field.marks), period }
    }

    pub(super) fn column(
        &self,
        reader: &FieldReader,
        desk: &mut Desk,
        position: usize,
        skip: Option<&Mask>,
    ) -> Column {
        let (states, values) =
            read_column(reader, desk, position, skip, |desk, cell| self.read(reader, desk, cell));
        let short =
            |values: Vec<i64>| values.into_iter().map(|value| i32::try_from(value).unwrap_or(0)).collect();
        states.into_column(match self.kind {
            TimeKind::Date => Data::Dates(short(values)),
            TimeKind::YearMonth => Data::Months(short(values)),
            TimeKind::DateTime => Data::DateTimes(values),
        })
    }

    fn read(&self, reader: &FieldReader, desk: &Desk, cell: &RawCell) -> Reading<i64> {
        let text = desk.text(cell);
        if text.is_empty() {
            return Reading::Blank;
        }
        let told = |value: i64| {
            let reading = Reading::Value(value);
            if desk.is_padded(cell, text) { reading.respelled(|value| self.change(*value)) } else { reading }
        };
        if let Some(value) = self.parse(text).filter(|_| !self.sentinels) {
            return told(value);
        }
        if let Some(mark) = mark(reader, text) {
            return Reading::Mark(mark);
        }
        if is_unreadable(cell.kind, text) {
            return Reading::Invalid(Fault::Type);
        }
        if cell.kind == RawKind::SheetDate {
            return self.sheet_date(text);
        }
        if let Some(value) = self.parse(text) {
            return told(value);
        }
        // The form is in small letters, and ISO 8601 separates date and time by a capital one.
        let form = reading_form(text).to_uppercase();
        match self.parse(&form) {
            Some(value) => Reading::Value(value).respelled(|value| self.change(*value)),
            None => {
                match serial::read(&form, desk.counts_from_1904()).and_then(|serial| self.of_serial(serial)) {
                    Some(value) if desk.counts_from_1904() => {
                        Reading::Noted(value, Note::From1904(self.change(value), desk.address(cell)))
                    }
                    Some(value) => self.converted(value),
                    None => self.otherwise(&form),
                }
            }
        }
    }

    /// What a spreadsheet's number of a day comes to. `None`: no such value.
    fn of_serial(&self, (day, seconds): (i32, i64)) -> Option<i64> {
        match self.kind {
            TimeKind::Date => (seconds == 0).then_some(i64::from(day)),
            TimeKind::DateTime => Some(i64::from(day) * DAY + seconds),
            TimeKind::YearMonth => None,
        }
    }

    fn converted(&self, value: i64) -> Reading<i64> {
        Reading::Noted(value, Note::Redated(self.change(value)))
    }

    /// A moment by another calendar or count than the schema's spellings.
    fn otherwise(&self, form: &str) -> Reading<i64> {
        if let Some(value) = without_fraction(form).and_then(|form| self.parse(&form)) {
            return self.converted(value);
        }
        if let Some((day, weekday)) =
            before_weekday(form).and_then(|(date, day)| Some((self.day(date)?, day)))
        {
            let agrees = day.rem_euclid(7) == weekday;
            return if agrees { self.converted(self.of_day(day)) } else { self.doubtful(self.of_day(day)) };
        }
        match self.of_era(form) {
            Some(OfEra::Known(value)) => return self.converted(value),
            Some(OfEra::Impossible(value)) => return self.doubtful(value),
            Some(OfEra::Nothing) => return Reading::Invalid(Fault::Type),
            None => {}
        }
        if self.kind == TimeKind::DateTime {
            // A day without a time is its midnight, as a spreadsheet shows it.
            return self
                .day(form)
                .map_or(Reading::Invalid(Fault::Type), |day| self.converted(self.of_day(day)));
        }
        if self.kind != TimeKind::Date {
            return Reading::Invalid(Fault::Type);
        }
        // The time of day says nothing else of the day.
        if let Some(day) = before_clock(form).and_then(|date| self.day(date)) {
            return self.converted(i64::from(day));
        }
        let day = self.period.zip(without_year(form)).and_then(|(period, (m, d))| period.dated(m, d));
        day.map_or(Reading::Invalid(Fault::Type), |day| self.doubtful(i64::from(day)))
    }

    /// The day that `form` spells as a date of the field's spellings, or of an era. `None`: another text.
    fn day(&self, form: &str) -> Option<i32> {
        let of_format = |format: &Vec<Piece>| {
            let after = format.iter().position(|piece| matches!(piece, Piece::Number(Part::Day, _)))? + 1;
            let sign = format.get(after).filter(|piece| **piece == Piece::Other('日')).map_or(0, |_| 1);
            let Numbers { year, month, day, .. } = matched(format.get(..after + sign)?, form)?;
            calendar::days(year, month, day)
        };
        self.formats.iter().find_map(of_format).or_else(|| match era::read(form)? {
            OfEra::Known(day) => Some(day),
            OfEra::Impossible(_) | OfEra::Nothing => None,
        })
    }

    /// The day as a value of the field.
    fn of_day(&self, day: i32) -> i64 {
        if self.kind == TimeKind::DateTime { i64::from(day) * DAY } else { i64::from(day) }
    }

    /// What `form` says in the years of an era. `None`: it begins with none, or goes on otherwise than the field's kind.
    fn of_era(&self, form: &str) -> Option<OfEra<i64>> {
        let wide = |value: i32| Some(i64::from(value));
        Some(match self.kind {
            TimeKind::Date => era::read(form)?.and_then(wide),
            TimeKind::YearMonth => era::month(form)?.and_then(wide),
            TimeKind::DateTime => {
                let (found, time) = era::date(form)?;
                found.and_then(|day| match time {
                    "" => Some(self.of_day(day)),
                    time => self.at_time(day, time),
                })
            }
        })
    }

    /// The moment of `day` at a time that is spelled as one of the field's formats spells it after the day. `None`: none
    /// of them does.
    fn at_time(&self, day: i32, time: &str) -> Option<i64> {
        let (year, month, day) = calendar::civil(day)?;
        self.formats.iter().find_map(|format| {
            let after = format.iter().position(|piece| matches!(piece, Piece::Number(Part::Day, _)))? + 1;
            let rest = format.get(after..)?;
            // The sign for a day belongs to the date, which has been read.
            let rest = rest.strip_prefix(&[Piece::Other('日')]).unwrap_or(rest);
            let of_date = |piece: &Piece| matches!(piece, Piece::Number(Part::Year | Part::Month, _));
            let numbers = (!rest.iter().any(of_date)).then(|| matched(rest, time)).flatten()?;
            self.value(Numbers { year, month, day, ..numbers })
        })
    }

    /// A cell that the workbook holds as a date: ISO, with a time where it has one.
    fn sheet_date(&self, text: &str) -> Reading<i64> {
        let day = calendar::parse_date(text);
        match (self.kind, day) {
            (TimeKind::Date, Some(day)) => Reading::Value(i64::from(day)),
            (TimeKind::Date, None) => {
                let moment = calendar::parse_date_time(text).and_then(calendar::day_of_moment);
                moment.map_or(Reading::Invalid(Fault::Type), |day| self.converted(i64::from(day)))
            }
            // A spreadsheet shows no time where it is midnight.
            (TimeKind::DateTime, Some(day)) => Reading::Value(i64::from(day) * DAY),
            (TimeKind::DateTime, None) => {
                calendar::parse_date_time(text).map_or(Reading::Invalid(Fault::Type), Reading::Value)
            }
            // What is typed as a month becomes its first day.
            (TimeKind::YearMonth, day) => {
                let month = match day.and_then(calendar::civil) {
                    Some((year, month, 1)) => calendar::months(year, month).map(i64::from),
                    _ => None,
                };
                month.map_or(Reading::Invalid(Fault::Type), |month| {
                    Reading::Noted(month, Note::Redated(self.change(month)))
                })
            }
        }
    }

    fn doubtful(&self, value: i64) -> Reading<i64> {
        Reading::Doubtful(Fault::Type, Proposal(self.print(value).into()))
    }

    fn change(&self, value: i64) -> Change {
        Change::text(self.print(value))
    }

    /// The value that `text` spells. `None`: none of the spellings fits, or the calendar has no such day.
    fn parse(&self, text: &str) -> Option<i64> {
        self.formats.iter().find_map(|format| self.value(matched(format, text)?))
    }

    fn value(&self, numbers: Numbers) -> Option<i64> {
        let Numbers { year, month, day, hour, minute, second, offset } = numbers;
        match self.kind {
            TimeKind::Date => calendar::days(year, month, day).map(i64::from),
            TimeKind::YearMonth => calendar::months(year, month).map(i64::from),
            TimeKind::DateTime => {
                let on_clock = hour < 24 && minute < 60 && second < 60;
                let days = i64::from(calendar::days(year, month, day).filter(|_| on_clock)?);
                let seconds = days * DAY + i64::from(hour) * 3600 + i64::from(minute * 60 + second);
                let moved = offset.map_or(seconds, |offset| seconds - offset + self.zone.seconds);
                calendar::day_of_moment(moved).map(|_| moved)
            }
        }
    }

    fn print(&self, value: i64) -> String {
        let short = i32::try_from(value).unwrap_or(0);
        match self.kind {
            TimeKind::Date => calendar::print_date(short),
            TimeKind::YearMonth => calendar::print_year_month(short),
            TimeKind::DateTime => calendar::print_date_time(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(ty: Type, spellings: &[&str]) -> Times {
        let formats = DateFormats { spellings: spellings.iter().map(|text| (*text).into()).collect() };
        let field = Field { ty, marks: Vec::new(), ..super::super::sample::yes_no() };
        Times::new(&field, &formats, Zone { seconds: 9 * 3600 }, Period::of_year("2024"))
    }

    #[test]
    fn only_days_of_the_calendar_in_the_given_spellings_are_dates() {
        let dates = times(Type::Date, &["YYYY/M/D"]);
        let found = [
            "2024-02-29",
            "2024/2/9",
            "2024/02/09",
            "2023-02-29",
            "2024-2-9",
            "20240209",
            "2024-02-29x",
            "2024/13/1",
        ]
        .map(|text| dates.parse(text).and_then(|day| i32::try_from(day).ok()).map(calendar::print_date));
        let expected =
            [Some("2024-02-29"), Some("2024-02-09"), Some("2024-02-09"), None, None, None, None, None];
        assert_eq!(found, expected.map(|date| date.map(str::to_owned)));
    }

    #[test]
    fn every_proposed_spelling_is_read_by_the_field() {
        for (ty, spellings, expected) in [
            (Type::Date, &["YYYY/M/D"][..], &["2024-02-15", "2024/2/15"][..]),
            (Type::Date, &[], &["2024-02-15"]),
            (Type::YearMonth, &["YYYY年M月"], &["2024-02", "2024年2月"]),
            (Type::DateTime, &["YYYY-MM-DDThh:mmZ"], &["2024-02-15T09:30:00"]),
        ] {
            let formats = DateFormats { spellings: spellings.iter().map(|text| (*text).into()).collect() };
            let period = Period::new(19_754, 19_790);
            let found = examples(&ty, &formats, period);
            assert_eq!(found, expected);
            let times = times(ty, spellings);
            assert!(found.iter().all(|example| times.parse(example).is_some()), "{found:?}");
        }
    }

    #[test]
    fn only_the_width_of_digits_is_another_spelling() {
        let dates = times(Type::Date, &["YYYY/M/D"]);
        let read = |text: &str| dates.parse(&reading_form(text).to_uppercase());
        assert!(read("２０２４－０２－１５").is_some());
        assert_eq!(["2024-0²-15", "2024/①/1", "2024/2/1⁵"].map(read), [None; 3]);
    }

    #[test]
    fn what_a_workbook_holds_as_a_date_is_a_day_a_moment_or_the_first_of_a_month() {
        let read = |ty: Type, text: &str| match times(ty, &[]).sheet_date(text) {
            Reading::Value(value) => format!("{value}"),
            Reading::Noted(value, Note::Redated(_)) => format!("told {value}"),
            Reading::Doubtful(_, proposal) => format!("{}?", proposal.0),
            _ => "invalid".to_owned(),
        };
        let days = ["2024-02-01", "2024-02-01T09:30:00", "09:30:00"].map(|text| read(Type::Date, text));
        assert_eq!(days, ["19754", "told 19754", "invalid"]);
        let moments = ["2024-02-01", "2024-02-01T09:30:00"].map(|text| read(Type::DateTime, text));
        assert_eq!(moments, ["1706745600", "1706779800"]);
        let months = ["2024-02-01", "2024-02-02"].map(|text| read(Type::YearMonth, text));
        assert_eq!(months, ["told 649", "invalid"]);
    }

    #[test]
    fn a_date_with_more_than_a_day_and_a_moment_with_less_are_read_and_told() {
        let said = |ty: Type, spellings: &[&str], text: &str| {
            let times = times(ty, spellings);
            match times.otherwise(&reading_form(text).to_uppercase()) {
                Reading::Noted(value, Note::Redated(_)) => times.print(value),
                Reading::Doubtful(_, proposal) => format!("{}?", proposal.0),
                _ => "invalid".to_owned(),
            }
        };
        for (text, expected) in [
            ("2024/02/20 0:00", "2024-02-20"),
            ("2024/2/20　18:30:05", "2024-02-20"),
            ("令和6年2月15日（木）", "2024-02-15"),
            ("2024/2/15 木曜日", "2024-02-15"),
            // It was a Thursday.
            ("2024/2/15(金)", "2024-02-15?"),
            ("2024/2/30(金)", "invalid"),
            ("2024/02/20 25:00", "invalid"),
        ] {
            assert_eq!(said(Type::Date, &["YYYY/M/D"], text), expected, "{text}");
        }
        for (text, expected) in [
            ("2024/2/20", "2024-02-20T00:00:00"),
            ("2024/2/20(火)", "2024-02-20T00:00:00"),
            ("令和6年2月20日", "2024-02-20T00:00:00"),
            ("令和6年2月20日（火）", "2024-02-20T00:00:00"),
            ("2024-02-20T10:00:00.500", "2024-02-20T10:00:00"),
            ("2024/2", "invalid"),
        ] {
            assert_eq!(said(Type::DateTime, &["YYYY/M/D h:mm"], text), expected, "{text}");
        }
    }

    #[test]
    fn moments_and_months_are_read_in_the_years_of_an_era_and_told() {
        let said = |ty: Type, spellings: &[&str], text: &str| {
            let times = times(ty, spellings);
            match times.otherwise(&reading_form(text).to_uppercase()) {
                Reading::Noted(value, Note::Redated(change)) => {
                    assert_eq!(change, times.change(value));
                    times.print(value)
                }
                Reading::Doubtful(_, proposal) => format!("{}?", proposal.0),
                _ => "invalid".to_owned(),
            }
        };
        let formats = ["YYYY-MM-DD hh:mm", "YYYY/M/D h:mm", "YYYY年M月D日 h時mm分", "YYYY-MM-DDThh:mmZ"];
        for (text, expected) in [
            ("令和6年6月10日 9:30", "2024-06-10T09:30:00"),
            ("令和６年６月１０日　９：３０", "2024-06-10T09:30:00"),
            ("R6.6.10 9:30", "2024-06-10T09:30:00"),
            ("R6.6.10T09:30:00", "2024-06-10T09:30:00"),
            ("令和元年6月10日 9時30分", "2019-06-10T09:30:00"),
            ("R6/6/10T00:30Z", "2024-06-10T09:30:00"),
            ("平成36年6月10日 9:30", "2024-06-10T09:30:00?"),
            ("令和6年6月31日 9:30", "invalid"),
            ("令和6年6月10日 24:00", "invalid"),
            ("令和6年6月10日 9:3", "invalid"),
            ("令和6年6月10日", "2024-06-10T00:00:00"),
            ("令和6年6月 9:30", "invalid"),
        ] {
            assert_eq!(said(Type::DateTime, &formats, text), expected, "{text}");
        }
        for (text, expected) in [
            ("令和6年6月", "2024-06"),
            ("Ｒ６．６", "2024-06"),
            ("令和元年5月", "2019-05"),
            ("平成36年6月", "2024-06?"),
            ("令和6年13月", "invalid"),
            ("令和6年6月10日", "invalid"),
            ("45453", "invalid"),
        ] {
            assert_eq!(said(Type::YearMonth, &[], text), expected, "{text}");
        }
    }

    #[test]
    fn offsets_move_a_moment_to_the_surveys_clock() {
        let moments = times(Type::DateTime, &["YYYY-MM-DDThh:mm:ssZ", "YYYY/M/D h:mm"]);
        let found = [
            "2024-02-01T09:30:00",
            "2024-02-01T00:30:00Z",
            "2024-02-01T09:30:00+09:00",
            "2024/2/1 9:30",
            "2024-02-01T24:00:00",
            "2024-02-01T09:30:60",
        ]
        .map(|text| moments.parse(text).map(calendar::print_date_time));
        let same = Some("2024-02-01T09:30:00".to_owned());
        assert_eq!(found, [same.clone(), same.clone(), same.clone(), same, None, None]);
    }
}
