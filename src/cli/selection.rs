//! What the command line chooses of a pack: rules, profiles, parameters.
//!
//! Invariants
//! - Every wrong name or value is refused before anything is read, with a caret under it.

use std::collections::BTreeMap;

use super::acceptance::asks_for_day;
use super::arguments::CheckArguments;
use super::session::Session;
use super::usage::{list, suggest, usage};
use crate::diagnostic::code::usage::{
    CONFLICT, DAY_NOT_ASKED, NOT_AN_ASSIGNMENT, PARAMETER_VALUE, UNKNOWN_PARAMETER,
};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Label, Localized};
use crate::expression::number::parse_scaled;
use crate::expression::{ParamId, Type, Value, calendar};
use crate::plan::Selection;
use crate::rule_pack::{Param, RulePack};

/// The parameter that `--as-of` gives.
const AS_OF: &str = "as_of";

/// The selection; its rule and profile names are checked by the plan.
pub(super) fn gather(
    session: &Session,
    arguments: &CheckArguments,
    pack: &RulePack,
) -> Result<Selection, Vec<Diagnostic>> {
    let mut params = BTreeMap::new();
    let mut problems = Vec::new();
    for given in &arguments.judged_by.param {
        let parsed = given.split_once('=').map_or_else(
            || {
                let found = usage(&NOT_AN_ASSIGNMENT, session.line.mark_value(given));
                Err(Box::new(found.with("found", given.as_str())))
            },
            |(name, value)| parameter(session, pack, name.trim(), value.trim()),
        );
        keep(parsed, &mut params, &mut problems);
    }
    let has_day = pack.params.iter().any(|param| &*param.name == AS_OF);
    match (&arguments.judged_by.as_of, session.environment.get("KENPYO_AS_OF")) {
        // It is for the expiry of acceptances.
        (Some(_), _) if !has_day && asks_for_day(session, arguments) => {}
        (Some(day), _) => keep(as_of(session, arguments, pack, day), &mut params, &mut problems),
        (None, Some(day)) if has_day && !given_by_param(arguments) => {
            keep(parameter(session, pack, AS_OF, day), &mut params, &mut problems);
        }
        (None, _) => {}
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Selection {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        profiles: arguments.profile.iter().cloned().collect(),
        params,
        severities: arguments.severities.clone(),
    })
}

/// Whether `--param` gives the day.
fn given_by_param(arguments: &CheckArguments) -> bool {
    arguments.judged_by.param.iter().any(|given| is_day(given))
}

fn is_day(given: &str) -> bool {
    given.split_once('=').is_some_and(|(name, _)| name.trim() == AS_OF)
}

/// What `--as-of` gives: refused where the pack has no such parameter, or where `--param` gives it too.
fn as_of(
    session: &Session,
    arguments: &CheckArguments,
    pack: &RulePack,
    day: &str,
) -> Result<(ParamId, Value), Box<Diagnostic>> {
    if !pack.params.iter().any(|param| &*param.name == AS_OF) {
        let dates = pack.params.iter().filter(|param| param.ty == Type::Date);
        let dates: Vec<&str> = dates.map(|param| &*param.name).collect();
        let known = if dates.is_empty() { Argument::Nothing } else { list(dates.iter().copied()) };
        let unused = usage(&DAY_NOT_ASKED, session.line.mark_value(day));
        return Err(Box::new(unused.with("found", day).with("known", known)));
    }
    if let Some(given) = arguments.judged_by.param.iter().find(|given| is_day(given)) {
        let twice = usage(&CONFLICT, session.line.mark_value(given));
        return Err(Box::new(twice.with("flag", "--as-of").with("other", format!("--param {AS_OF}"))));
    }
    parameter(session, pack, AS_OF, day)
}

/// Puts carets under the words that the plan complains about.
pub(super) fn mark(session: &Session, diagnostics: Diagnostics) -> Vec<Diagnostic> {
    let marked = |diagnostic: &Diagnostic| -> Option<Label> {
        diagnostic.arguments.iter().find_map(|argument| match argument {
            Argument::Text(text) => session.line.mark_value(text),
            _ => None,
        })
    };
    let mark = |diagnostic: Diagnostic| match marked(&diagnostic).filter(|_| diagnostic.labels.is_empty()) {
        Some(label) => diagnostic.label(label),
        None => diagnostic,
    };
    diagnostics.into_iter().map(mark).collect()
}

fn keep(
    parsed: Result<(ParamId, Value), Box<Diagnostic>>,
    params: &mut BTreeMap<ParamId, Value>,
    problems: &mut Vec<Diagnostic>,
) {
    match parsed {
        Ok((id, value)) => drop(params.insert(id, value)),
        Err(problem) => problems.push(*problem),
    }
}

fn parameter(
    session: &Session,
    pack: &RulePack,
    name: &str,
    value: &str,
) -> Result<(ParamId, Value), Box<Diagnostic>> {
    let known = || pack.params.iter().map(|param| &*param.name);
    let Some((index, param)) = pack.params.iter().enumerate().find(|(_, param)| &*param.name == name) else {
        let label = session.line.mark_value(name).or_else(|| session.line.mark_value(value));
        let unknown = usage(&UNKNOWN_PARAMETER, label).with("found", name).with("known", list(known()));
        return Err(Box::new(suggest(unknown, name, known())));
    };
    let id = u16::try_from(index).map(ParamId);
    match id.ok().zip(parse(value, param)) {
        Some(found) => Ok(found),
        None => Err(Box::new(wrong_value(session, param, value))),
    }
}

fn wrong_value(session: &Session, param: &Param, value: &str) -> Diagnostic {
    let diagnostic = usage(&PARAMETER_VALUE, session.line.mark_value(value))
        .with("name", &*param.name)
        .with("found", value)
        .with("expected", expected(&param.ty));
    match &param.ty {
        Type::Option(options) => suggest(diagnostic, value, options.items.iter().map(|item| &*item.name)),
        _ => diagnostic,
    }
}

/// What a value of the type looks like.
fn expected(ty: &Type) -> Argument {
    let both = |ja: &str, en: &str| Argument::Localized(Localized::new(ja.into(), en.into()));
    match ty {
        Type::Number { scale: 0, .. } => both("整数", "a whole number"),
        Type::Number { scale, .. } => {
            both(&format!("小数点以下{scale}桁までの数"), &format!("a number of up to {scale} decimals"))
        }
        Type::Option(options) | Type::Multi(options) => list(options.items.iter().map(|item| &*item.name)),
        Type::Date => both("日付（2024-02-01 の形）", "a date such as 2024-02-01"),
        Type::DateTime => both("日時（2024-02-01T09:00:00 の形）", "a moment such as 2024-02-01T09:00:00"),
        Type::YearMonth => both("年月（2024-02 の形）", "a month such as 2024-02"),
        Type::Condition => both("true または false", "true or false"),
        Type::Text | Type::Code => both("文字列", "a text"),
    }
}

/// The value of a parameter's type that `text` spells.
fn parse(text: &str, param: &Param) -> Option<Value> {
    match &param.ty {
        Type::Condition => text.parse().ok().map(Value::Truth),
        Type::Number { scale, .. } => parse_scaled(text, *scale).ok().map(Value::Number),
        Type::Option(options) => options.index_of(text).map(Value::Option),
        Type::Text | Type::Code => Some(Value::Text(text.into())),
        Type::Date => calendar::parse_date(text).map(Value::Date),
        Type::DateTime => calendar::parse_date_time(text).map(Value::DateTime),
        Type::YearMonth => calendar::parse_year_month(text).map(Value::YearMonth),
        Type::Multi(_) => None,
    }
}
