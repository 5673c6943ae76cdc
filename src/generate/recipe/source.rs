//! Reading how a value comes about.
//!
//! Invariants
//! - Exactly one way is given; shares are a whole, bounds are not crossed.
//! - Fields that a way looks at have been drawn before.

use std::sync::Arc;

use super::super::record::Cell;
use super::super::template;
use super::super::tree::{Node, Tree};
use super::percent::{Percent, print};
use super::{PerStratum, Reading, Source, Stratum, Table};
use crate::diagnostic::code::recipe as code;
use crate::diagnostic::{Argument, Localized};
use crate::expression::Type;
use crate::source::Span;

/// The keys that say how a value comes about; `counts` is the draw's own matter.
pub const WAYS: &[&str] = &[
    "value", "blank", "stratum", "share", "weights", "texts", "integer", "split", "date", "moment",
    "template", "mix",
];

/// What is known while a draw is read.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The recipe's strata.
    pub strata: &'c [Stratum],
    /// By position: whether the field has been drawn.
    pub drawn: &'c [bool],
    /// The field to be drawn (of a split: the first).
    pub field: usize,
}

/// Reads the one way that `table` gives.
pub fn read(reading: &mut Reading<'_>, table: &Table<'_>, context: Context<'_>) -> Option<Source> {
    let given: Vec<(&str, &Tree)> =
        WAYS.iter().filter_map(|&way| table.get(way).map(|tree| (way, tree))).collect();
    let [(way, tree)] = given.as_slice() else {
        let ways = Argument::List(WAYS.iter().map(|&way| Argument::from(way)).collect());
        reading.report(
            &code::ONE_WAY,
            table.span,
            &[("found", Argument::from(given.len())), ("options", ways)],
        );
        return None;
    };
    match *way {
        "value" => cell(reading, tree, context.field).map(Source::Value),
        "blank" => Some(Source::Value(Cell::Blank)),
        "stratum" => stratum_cells(reading, tree, context),
        "share" => share(reading, tree, table.get("rest"), context),
        "weights" => weights(reading, tree, context),
        "texts" => texts(reading, tree, context),
        "integer" => integer(reading, tree, context),
        "split" => split(reading, tree, context),
        "date" => date(reading, tree, context),
        "moment" => moment(reading, tree, context),
        "template" => text_parts(reading, tree, context),
        _ => mix(reading, tree, context),
    }
}

/// A constant of the type of the field at `field`; `""` is a blank.
pub fn cell(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Option<Cell> {
    let declared = reading.questionnaire.fields.get(field)?;
    match (&declared.ty, &tree.node) {
        (_, Node::Text(text)) if text.is_empty() => Some(Cell::Blank),
        (Type::Option(_), Node::Text(name)) => reading.option(field, name, tree.span).map(Cell::Option),
        (Type::Text | Type::Code, Node::Text(text)) => Some(Cell::Text(text.to_string())),
        (Type::Number { scale: 0, .. }, Node::Integer(number)) => Some(Cell::Number(*number)),
        (Type::Date, Node::Time(_)) => reading.date(tree).map(Cell::Date),
        (Type::DateTime, Node::Time(_)) => {
            reading.date(tree).zip(reading.time(tree)).map(|(day, time)| Cell::Moment(day.to_datetime(time)))
        }
        _ => {
            reading.does_not_fit(tree.span, declared, expected(&declared.ty));
            None
        }
    }
}

const fn expected(ty: &Type) -> Localized<&'static str> {
    match ty {
        Type::Option(_) => Localized::new("選択肢の名前", "the name of an option"),
        Type::Number { scale: 0, .. } => Localized::new("整数", "a whole number"),
        Type::Text | Type::Code => Localized::new("文字列", "a string"),
        Type::Date => Localized::new("日付", "a date"),
        Type::DateTime => Localized::new("日時", "a date and time"),
        _ => Localized::new(
            "別の項目（この型の値はまだ生成できません）",
            "another field (values of this type are not made yet)",
        ),
    }
}

/// One entry for all strata, or a list with one for each.
pub fn per_stratum<'q, T>(
    reading: &mut Reading<'q>,
    tree: &Tree,
    strata: &[Stratum],
    mut read: impl FnMut(&mut Reading<'q>, &Tree) -> Option<T>,
) -> Option<PerStratum<T>> {
    let Node::List(items) = &tree.node else { return read(reading, tree).map(PerStratum::All) };
    if items.len() != strata.len() {
        let slots = [("found", Argument::from(items.len())), ("expected", Argument::from(strata.len()))];
        reading.report(&code::STRATA, tree.span, &slots);
        return None;
    }
    let entries: Vec<Option<T>> = items.iter().map(|item| read(reading, item)).collect();
    entries.into_iter().collect::<Option<Vec<T>>>().map(PerStratum::Each)
}

fn stratum_cells(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let names: Vec<Arc<str>> = context.strata.iter().map(|stratum| Arc::clone(&stratum.name)).collect();
    let cells = names.iter().map(|name| reading.option(context.field, name, tree.span).map(Cell::Option));
    cells.collect::<Option<Vec<Cell>>>().map(Source::Stratum)
}

/// Shares by option; what is missing to a whole goes to `rest`.
fn share(
    reading: &mut Reading<'_>,
    tree: &Tree,
    rest: Option<&Tree>,
    context: Context<'_>,
) -> Option<Source> {
    let table = reading.table(tree, &[])?;
    let mut cells = Vec::new();
    let mut shares: Vec<PerStratum<Percent>> = Vec::new();
    for (key, tree) in table.entries {
        let option = reading.option(context.field, &key.name, key.span);
        let percent = per_stratum(reading, tree, context.strata, Reading::percent);
        cells.push(Cell::Option(option?));
        shares.push(percent?);
    }
    let named = rest.and_then(|rest| reading.string(rest).map(|name| (Arc::clone(name), rest.span)));
    if let Some((name, span)) = &named {
        cells.push(Cell::Option(reading.option(context.field, name, *span)?));
    }
    let by_stratum = shares.iter().any(|share| matches!(share, PerStratum::Each(_)));
    let strata = if by_stratum { context.strata.len() } else { 1 };
    let mut reached = Vec::with_capacity(strata);
    for stratum in 0..strata {
        let parts = shares.iter().filter_map(|share| share.get(stratum)).map(|share| share.millionths());
        reached.push(whole(reading, tree.span, parts.collect(), named.is_some())?);
    }
    let reached = if by_stratum { PerStratum::Each(reached) } else { PerStratum::All(reached.pop()?) };
    Some(Source::Weighted { cells, reached })
}

/// Running sums of shares that must be a whole; with `rest` the remainder is added as a last share.
fn whole(reading: &mut Reading<'_>, span: Span, mut shares: Vec<u64>, rest: bool) -> Option<Vec<u64>> {
    let sum = shares.iter().fold(0_u64, |sum, &share| sum.saturating_add(share));
    let missing = Percent::rest_after(sum).map(Percent::millionths);
    match missing {
        Some(missing) if rest => shares.push(missing),
        Some(0) => {}
        _ => {
            reading.report(&code::SHARES, span, &[("found", Argument::from(print(sum)))]);
            return None;
        }
    }
    Some(running(&shares))
}

/// Sums up to and with each entry.
fn running(weights: &[u64]) -> Vec<u64> {
    let mut sum = 0_u64;
    weights
        .iter()
        .map(|&weight| {
            sum = sum.saturating_add(weight);
            sum
        })
        .collect()
}

/// Weights by value.
fn weights(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let table = reading.table(tree, &[])?;
    let mut cells = Vec::new();
    let mut weights = Vec::new();
    for (key, tree) in table.entries {
        let name = Tree { span: key.span, node: Node::Text(Arc::clone(&key.name)) };
        cells.push(cell(reading, &name, context.field)?);
        weights.push(reading.count(tree)?);
    }
    Some(Source::Weighted { cells, reached: PerStratum::All(running(&weights)) })
}

/// Values of which each is as likely.
fn texts(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let cells: Option<Vec<Cell>> =
        reading.items(tree).iter().map(|item| cell(reading, item, context.field)).collect();
    let cells = cells?;
    let reached = PerStratum::All(running(&vec![1; cells.len()]));
    Some(Source::Weighted { cells, reached })
}

/// Reports unless the field at `context.field` has a type that `fits`.
fn field_must(
    reading: &mut Reading<'_>,
    span: Span,
    field: usize,
    fits: impl Fn(&Type) -> bool,
    wanted: Localized<&str>,
) -> Option<()> {
    let declared = reading.questionnaire.fields.get(field)?;
    if fits(&declared.ty) {
        return Some(());
    }
    reading.does_not_fit(span, declared, wanted);
    None
}

const fn whole_number(ty: &Type) -> bool {
    matches!(ty, Type::Number { scale: 0, .. })
}

/// The field that `tree` names, which must have been drawn and be of a type that `fits`.
fn earlier(
    reading: &mut Reading<'_>,
    tree: &Tree,
    context: Context<'_>,
    fits: impl Fn(&Type) -> bool,
    wanted: Localized<&str>,
) -> Option<usize> {
    let field = reading.field(tree)?;
    field_must(reading, tree.span, field, fits, wanted)?;
    if context.drawn.get(field) == Some(&true) {
        return Some(field);
    }
    let name = reading.questionnaire.fields.get(field).map(|declared| Argument::from(&*declared.name));
    reading.report(&code::NOT_YET_DRAWN, tree.span, &[("field", name.unwrap_or(Argument::Nothing))]);
    None
}

const A_NUMBER: Localized<&str> = Localized::new("整数の項目", "a field of whole numbers");
const A_DATE: Localized<&str> = Localized::new("日付の項目", "a field of dates");

fn integer(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    field_must(reading, tree.span, context.field, whole_number, A_NUMBER)?;
    let table = reading.table(tree, &["low", "high", "at-most"])?;
    let low = reading
        .require(&table, "low")
        .and_then(|tree| per_stratum(reading, tree, context.strata, Reading::integer));
    let high = reading
        .require(&table, "high")
        .and_then(|tree| per_stratum(reading, tree, context.strata, Reading::integer));
    let at_most = match table.get("at-most") {
        Some(tree) => {
            let bound = reading.table(tree, &["percent", "of"])?;
            let percent = reading.require(&bound, "percent").and_then(|tree| reading.percent(tree));
            let of = reading
                .require(&bound, "of")
                .and_then(|tree| earlier(reading, tree, context, whole_number, A_NUMBER));
            Some((percent?, of?))
        }
        None => None,
    };
    let (low, high) = (low?, high?);
    let crossed = |stratum| low.get(stratum).zip(high.get(stratum)).is_some_and(|(low, high)| low > high);
    if (0..context.strata.len()).any(crossed) {
        reading.report(
            &code::BOUNDS,
            tree.span,
            &[("found", Argument::from("low")), ("expected", Argument::from("high"))],
        );
        return None;
    }
    Some(Source::Integer { low, high, at_most })
}

fn split(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let table = reading.table(tree, &["total", "less"])?;
    let total = reading
        .require(&table, "total")
        .and_then(|tree| earlier(reading, tree, context, whole_number, A_NUMBER));
    let less = match table.get("less") {
        Some(tree) => {
            let items = reading.items(tree).iter();
            items
                .map(|item| earlier(reading, item, context, whole_number, A_NUMBER))
                .collect::<Option<Vec<usize>>>()
        }
        None => Some(Vec::new()),
    };
    Some(Source::Split { total: total?, less: less? })
}

fn date(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    field_must(reading, tree.span, context.field, |ty| matches!(ty, Type::Date), A_DATE)?;
    let table = reading.table(tree, &["first", "last"])?;
    let first = reading.require(&table, "first").and_then(|tree| reading.date(tree));
    let last = reading.require(&table, "last").and_then(|tree| reading.date(tree));
    let (first, last) = (first?, last?);
    if first > last {
        reading.report(
            &code::BOUNDS,
            tree.span,
            &[("found", Argument::from("first")), ("expected", Argument::from("last"))],
        );
        return None;
    }
    Some(Source::Date { first, last })
}

fn moment(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let wanted = Localized::new("日時の項目", "a field of dates and times");
    field_must(reading, tree.span, context.field, |ty| matches!(ty, Type::DateTime), wanted)?;
    let table = reading.table(tree, &["after", "days", "last", "opens", "closes"])?;
    let is_date = |ty: &Type| matches!(ty, Type::Date);
    let after =
        reading.require(&table, "after").and_then(|tree| earlier(reading, tree, context, is_date, A_DATE));
    let days = reading.require(&table, "days").and_then(|tree| reading.count(tree));
    let last = reading.require(&table, "last").and_then(|tree| reading.date(tree));
    let opens = reading.require(&table, "opens").and_then(|tree| reading.time(tree));
    let closes = reading.require(&table, "closes").and_then(|tree| reading.time(tree));
    let days = days.and_then(|days| i64::try_from(days).ok());
    let (opens, closes) = (opens?, closes?);
    if opens > closes {
        reading.report(
            &code::BOUNDS,
            tree.span,
            &[("found", Argument::from("opens")), ("expected", Argument::from("closes"))],
        );
        return None;
    }
    Some(Source::Moment { after: after?, days: days?, last: last?, opens, closes })
}

fn text_parts(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let wanted = Localized::new("文字列またはコードの項目", "a field of texts or codes");
    field_must(reading, tree.span, context.field, |ty| matches!(ty, Type::Text | Type::Code), wanted)?;
    let text = reading.string(tree)?;
    let by_name = &reading.questionnaire.by_name;
    let parsed = template::parse(text, |name| {
        by_name.get(name).copied().filter(|&field| context.drawn.get(field) == Some(&true))
    });
    match parsed {
        Ok(pieces) => Some(Source::Template(pieces)),
        Err(found) => {
            let slots =
                [("found", Argument::from(found)), ("options", Argument::from(template::PLACEHOLDERS))];
            reading.report(&code::PLACEHOLDER, tree.span, &slots);
            None
        }
    }
}

fn mix(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Source> {
    let mut ways = Vec::new();
    let mut shares = Vec::new();
    for item in reading.items(tree) {
        let known: Vec<&str> = WAYS.iter().copied().chain(["percent", "rest"]).collect();
        let table = reading.table(item, &known)?;
        let percent = reading.require(&table, "percent").and_then(|tree| reading.percent(tree));
        ways.push(read(reading, &table, context)?);
        shares.push(percent?.millionths());
    }
    let reached = whole(reading, tree.span, shares, false)?;
    Some(Source::Mix { reached, ways })
}
