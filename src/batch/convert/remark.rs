//! Free texts that say something which nobody will count, or that a spreadsheet has changed.
//!
//! Invariants
//! - Only texts without a domain of their own, not asked as a question, not attached to one, and not private, are looked
//!   at: elsewhere a question's number or a date may be the answer itself.
//! - Such a text keeps its value; the respondent is asked.

use super::spelling::reading_form;
use crate::expression::calendar;
use crate::questionnaire::{Domain, Field, Questionnaire, TextDomain};

/// Most questions that one finding names.
const MOST_NAMED: usize = 5;

/// Words before the number of a question; the longer ones first.
const WORDS: [&str; 4] = ["設問", "問い", "問", "q"];

/// Whether the field is a free text beside the questions, such as notes.
pub(super) fn is_free(field: &Field, questionnaire: &Questionnaire) -> bool {
    let unbound = matches!(&field.domain, Domain::Text(domain) if *domain == TextDomain::default());
    unbound
        && !matches!(field.ty, crate::expression::Type::Code)
        && !field.private
        && field.question.is_none()
        && questionnaire.routing_of(field.id).is_none()
}

/// Whether the text is nothing but a date as spreadsheets show one: 2003/2/1, 3月2日, 2-Mar, Mar-03.
pub(super) fn is_date(text: &str) -> bool {
    if text.len() > 24 || !text.bytes().any(|byte| byte.is_ascii_digit()) && text.is_ascii() {
        return false;
    }
    let form = reading_form(text);
    by_slashes(&form).or_else(|| by_kanji(&form)).or_else(|| by_month(&form)).is_some()
}

/// `2003/2/1`.
fn by_slashes(form: &str) -> Option<i32> {
    let mut parts = form.split('/');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && year.len() == 4;
    calendar::days(number(year)?, number(month)?, number(day)?).filter(|_| whole)
}

/// `3月2日`; the year before it is shown by some formats.
fn by_kanji(form: &str) -> Option<i32> {
    let (year, rest) = form.split_once('年').map_or((Some(2000), form), |(year, rest)| (number(year), rest));
    let (month, rest) = rest.split_once('月')?;
    calendar::days(year?, number(month)?, number(rest.strip_suffix('日')?)?)
}

/// `2-mar`, `mar-03`.
fn by_month(form: &str) -> Option<i32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (one, two) = form.split_once('-')?;
    let month = |text: &str| MONTHS.iter().zip(1..).find(|(name, _)| **name == text).map(|(_, month)| month);
    match (month(one), month(two)) {
        (Some(month), None) => {
            number(two).filter(|_| two.len() == 2).and_then(|year| calendar::days(2000 + year, month, 1))
        }
        (None, Some(month)) => calendar::days(2000, month, number(one)?),
        _ => None,
    }
}

fn number(text: &str) -> Option<i32> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The questions of the form that the text names (問12, Q12, 設問12, 第12問), in form order.
pub(super) fn named_questions<'q>(text: &str, questionnaire: &'q Questionnaire) -> Vec<&'q Field> {
    let may_name = |letter: char| matches!(letter, '問' | 'q' | 'Q' | 'ｑ' | 'Ｑ');
    let own = questionnaire.question_word.as_ref();
    if own.is_none() && !text.contains(may_name) {
        return Vec::new();
    }
    let form = reading_form(text);
    let own: Vec<String> = own
        .into_iter()
        .flat_map(|word| [&word.ja, &word.en])
        .map(|word| reading_form(word).into_owned())
        .collect();
    let named = numbers(&form, &own);
    let asked = |field: &&Field| {
        let number = field.question.as_deref().map(str::to_lowercase);
        number.is_some_and(|number| named.iter().any(|named| names(named, &number)))
    };
    questionnaire.fields.iter().filter(asked).take(MOST_NAMED).collect()
}

/// What stands behind each word for a question, the form's `own` first, and before 問 where 第 begins it.
fn numbers<'t>(form: &'t str, own: &[String]) -> Vec<&'t str> {
    let mut found = Vec::new();
    let words = || own.iter().map(String::as_str).chain(WORDS);
    for (at, letter) in form.char_indices() {
        let (Some(before), Some(rest)) = (form.get(..at), form.get(at..)) else { continue };
        let inside = before.chars().next_back();
        // 質問1 and 疑問1 are other words; FAQ1 is no question of the form.
        let continues = |other: char| matches!(other, '質' | '疑' | '設') || other.is_ascii_alphanumeric();
        if letter == '第' {
            let number = rest.strip_prefix('第').map_or("", str::trim_start);
            if let Some((number, _)) = number.split_once('問') {
                found.push(number.trim_end());
            }
        } else if !inside.is_some_and(continues)
            && let Some(tail) = words().find_map(|word| rest.strip_prefix(word))
        {
            found.push(tail.trim_start());
        }
    }
    found
}

/// Whether `tail` begins with just this number: 12 of 「12は」, and not 1 of it; 9-1 of 9-1, and 9 where there is no 9-1;
/// not 2 of 2(1), unless more than a number stands in the brackets.
fn names(tail: &str, number: &str) -> bool {
    let Some(rest) = tail.strip_prefix(number) else { return false };
    let inside = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inside, _)| inside);
    if inside.is_some_and(|inside| !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    let mut rest = rest.chars();
    match rest.next() {
        Some(letter) if letter.is_ascii_alphanumeric() => false,
        Some('-' | '.') => !rest.next().is_some_and(|letter| letter.is_ascii_digit()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_alone_are_told_from_texts_with_dates() {
        for text in ["2003/2/1", "２００３/２/１", "3月2日", "2003年3月2日", "2-Mar", "Mar-03"] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "2003/2/1に開設",
            "2003/13/1",
            "3-2-1",
            "3/2",
            "2003-02-01",
            "3月",
            "12",
            "Mar",
            "03-1234-5678",
            "2月30日",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn a_question_is_named_by_its_whole_number() {
        let named = |text: &str, number: &str| {
            numbers(&reading_form(text), &[]).iter().any(|tail| names(tail, number))
        };
        for text in ["問12は週1回", "設問１２：", "Ｑ12", "q 12", "第12問", "（問12）", "問い12", "問12-1"]
        {
            assert_eq!(named(text, "12"), text != "問12-1", "{text}");
        }
        assert!(named("問9-1は空欄", "9-1") && named("問9-", "9"));
        for text in ["問123", "質問12件", "疑問12", "FAQ12", "問題12", "12問", "問1"] {
            assert!(!named(text, "12"), "{text}");
        }
    }
}
