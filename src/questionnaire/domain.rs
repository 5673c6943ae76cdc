//! Answer domains: what a field's type is, and what its values may be.
//!
//! Invariants
//! - Exactly one of `oneOf`, `enum` and `type` says what kind of answer a field takes.
//! - Bounds are scaled like the values: exact, no floating point; a lower bound never stands above the upper one.

use std::sync::Arc;

use super::cases;
use super::date_format::{self, TimeKind};
use super::json_tree::{Member, Node, Value};
use super::keyword::{Answer, Site, check_answer, check_site};
use super::options::{self, MOST_MULTI_OPTIONS, MOST_OPTIONS, Options};
use super::pattern::{Pattern, PatternSyntax};
use super::walk::{Alphabet, View, Walk, both};
use super::{Domain, MultiLayout, NumberDomain, TextDomain, Ticks};
use crate::diagnostic::code::questionnaire::{
    BOUNDS_CROSSED, COLUMNS_WITHOUT_OPTIONS, KEYWORD_MISSING, NO_ANSWER_TYPE,
};
use crate::diagnostic::{Argument, Severity};
use crate::expression::Type;
use crate::expression::number::{MAX_SCALE, parse_scaled};
use crate::source::Span;

/// Between the items of one cell, unless `x-separator` says otherwise.
const SEPARATOR: &str = ",";

/// A field's type and domain, and its options where it has some.
pub(super) struct Read {
    pub ty: Type,
    pub domain: Domain,
    pub options: Option<Options>,
    /// Which spelling of a moment; `None`: no time field.
    pub time: Option<TimeKind>,
}

/// Gives the options under a `oneOf` or `enum`: built, or shared from an earlier field.
pub(super) type OptionsOf<'a, 't> = &'a mut dyn FnMut(&mut Walk, &'t Member<'t>, usize) -> Options;

/// Reads what the field `name` takes. `None`: unclear, which has been reported.
pub(super) fn read<'t>(
    walk: &mut Walk,
    name: &Member<'_>,
    view: &View<'t>,
    items: Option<&View<'t>>,
    options_of: OptionsOf<'_, 't>,
) -> Option<Read> {
    let Some(kind) = kind(walk, view) else {
        let finding = walk.at(&NO_ANSWER_TYPE, name.key_span, both("この項目", "this field"));
        walk.push(finding.with("name", Argument::written(&name.key)));
        return None;
    };
    check_answer(walk, view.members.iter().copied(), kind.answer());
    Some(match kind {
        Kind::Option(member) => {
            let options = options_of(walk, member, MOST_OPTIONS);
            one(walk, view, options)
        }
        Kind::Multi => multi(walk, view, items, options_of)?,
        Kind::Number(whole) => number(walk, view, whole),
        Kind::Text(ty) => {
            if let Some(node) = view.node("x-letter-case").filter(|_| !matches!(ty, Type::Code)) {
                let expected = both("x-kind が code の項目だけ", "only where x-kind is code");
                walk.wrong("x-letter-case", node.span, expected);
            }
            let domain = Domain::Text(text(walk, view));
            Read { ty, domain, options: None, time: None }
        }
        Kind::Time(time) => {
            // The pattern describes the canonical form for other readers; here the calendar judges.
            let _ = patterns(walk, view);
            let domain = Domain::Time(date_format::read(walk, view.node("x-date-format"), time));
            Read { ty: time_type(time), domain, options: None, time: Some(time) }
        }
    })
}

enum Kind<'t> {
    Option(&'t Member<'t>),
    Multi,
    /// Whether whole.
    Number(bool),
    /// Text or code.
    Text(Type),
    Time(TimeKind),
}

impl Kind<'_> {
    const fn answer(&self) -> Answer {
        match self {
            Self::Option(_) => Answer::Option,
            Self::Multi => Answer::Multi,
            Self::Number(_) => Answer::Number,
            Self::Text(_) => Answer::Text,
            Self::Time(_) => Answer::Time,
        }
    }
}

/// `None`: nothing or too much says it.
fn kind<'t>(walk: &mut Walk, view: &View<'t>) -> Option<Kind<'t>> {
    let ty = match view.node("type") {
        Some(node) => Some(walk.choice("type", node, &["string", "integer", "number", "array"])?),
        None => None,
    };
    match (view.get("oneOf"), view.get("enum"), ty) {
        (Some(options), None, None) | (None, Some(options), None | Some("string")) => {
            Some(Kind::Option(options))
        }
        (None, None, Some("integer")) => Some(Kind::Number(true)),
        (None, None, Some("number")) => Some(Kind::Number(false)),
        (None, None, Some("array")) => {
            view.node("x-kind").map(|node| walk.choice("x-kind", node, &["multi"]));
            Some(Kind::Multi)
        }
        (None, None, Some(_)) => Some(string_kind(walk, view)),
        _ => None,
    }
}

fn string_kind<'t>(walk: &mut Walk, view: &View<'t>) -> Kind<'t> {
    let words = ["date", "datetime", "yearmonth", "code", "text"];
    let written = view.node("x-kind").and_then(|node| walk.choice("x-kind", node, &words));
    let format = view.node("format").and_then(|node| walk.choice("format", node, &["date"]));
    if let (Some(_), Some(written), Some(node)) = (format, written, view.node("format"))
        && written != "date"
    {
        let expected = both("x-kind が date の項目だけ", "only where x-kind is date");
        walk.wrong("format", node.span, expected);
    }
    match written.or(format) {
        Some("date") => Kind::Time(TimeKind::Date),
        Some("datetime") => Kind::Time(TimeKind::DateTime),
        Some("yearmonth") => Kind::Time(TimeKind::YearMonth),
        Some("code") => Kind::Text(Type::Code),
        _ => Kind::Text(Type::Text),
    }
}

const fn time_type(kind: TimeKind) -> Type {
    match kind {
        TimeKind::Date => Type::Date,
        TimeKind::DateTime => Type::DateTime,
        TimeKind::YearMonth => Type::YearMonth,
    }
}

fn one(walk: &mut Walk, view: &View<'_>, mut options: Options) -> Read {
    if let Some(node) = view.node("x-scale")
        && let Some(scale) = walk.named("x-scale", node, Alphabet::Name)
    {
        options.list = options::with_scale(walk, &options, scale, node.span);
    }
    let ty = Type::Option(Arc::clone(&options.list));
    let ticks = ticks(walk, view, options.list.items.len());
    if let Some(node) = view.node("x-columns").filter(|_| ticks.tokens.is_empty()) {
        let finding = walk.at(&KEYWORD_MISSING, node.span, both("x-columns", "x-columns"));
        let place = both("x-columns のある択一の項目", "a field of one option with x-columns");
        walk.push(finding.with("keyword", "x-ticked").with("place", place));
    }
    Read { ty, domain: Domain::Options(ticks), options: Some(options), time: None }
}

fn number(walk: &mut Walk, view: &View<'_>, whole: bool) -> Read {
    let decimals = view.node("x-decimals");
    let most = if whole { 0 } else { i64::from(MAX_SCALE) };
    let decimals = decimals.and_then(|node| walk.whole("x-decimals", node, 0..=most)).unwrap_or(0);
    let scale = u8::try_from(decimals).unwrap_or(0);
    let unit = view.node("x-unit").and_then(|node| walk.text("x-unit", node)).map(Arc::from);
    let mut bound = |keyword| bound(walk, keyword, view.node(keyword)?, scale);
    let domain = NumberDomain {
        minimum: bound("minimum"),
        maximum: bound("maximum"),
        above: bound("exclusiveMinimum"),
        below: bound("exclusiveMaximum"),
        multiple_of: bound("multipleOf"),
    };
    refuse_crossed(walk, view, &domain);
    if domain.multiple_of.is_some_and(|step| step <= 0)
        && let Some(node) = view.node("multipleOf")
    {
        walk.wrong("multipleOf", node.span, both("0より大きい数", "a number above 0"));
    }
    Read { ty: Type::Number { scale, unit }, domain: Domain::Number(domain), options: None, time: None }
}

fn refuse_crossed(walk: &mut Walk, view: &View<'_>, domain: &NumberDomain) {
    let lows = [("minimum", domain.minimum, 0), ("exclusiveMinimum", domain.above, 1)];
    let highs = [("maximum", domain.maximum, 0), ("exclusiveMaximum", domain.below, 1)];
    for (low_name, low, low_step) in lows {
        for (high_name, high, high_step) in highs {
            let Some((low, high)) = low.zip(high) else { continue };
            let crossed = i128::from(low) + low_step > i128::from(high) - high_step;
            if let Some(member) = view.get(low_name).filter(|_| crossed) {
                crossed_bounds(walk, member.node.span, low_name, high_name);
            }
        }
    }
}

fn crossed_bounds(walk: &mut Walk, span: Span, low: &str, high: &str) {
    let finding = walk.at(&BOUNDS_CROSSED, span, both("下限", "the lower bound"));
    walk.push(finding.with("low", low).with("high", high));
}

/// A bound, scaled by `10^scale`. `None`: no number of that many decimals, which has been reported.
fn bound(walk: &mut Walk, keyword: &str, node: &Node<'_>, scale: u8) -> Option<i64> {
    let scaled = match node.value {
        Value::Number(digits) => parse_scaled(digits, scale).ok(),
        _ => None,
    };
    if scaled.is_none() {
        let ja = format!("小数点以下{scale}桁までの数（指数なし）");
        let en = format!(
            "a number of at most {scale} decimal{}, without exponent",
            if scale == 1 { "" } else { "s" }
        );
        walk.wrong(keyword, node.span, both(&ja, &en));
    }
    scaled
}

fn patterns(walk: &mut Walk, view: &View<'_>) -> Vec<Pattern> {
    let node = view.node("pattern");
    node.and_then(|node| cases::pattern(walk, "pattern", node, PatternSyntax::Schema)).into_iter().collect()
}

fn text(walk: &mut Walk, view: &View<'_>) -> TextDomain {
    let patterns = patterns(walk, view);
    let min_length = count(walk, view, "minLength", 0);
    let max_length = count(walk, view, "maxLength", 0);
    refuse_crossed_counts(walk, view, ("minLength", min_length), ("maxLength", max_length));
    let case = view.node("x-letter-case").and_then(|node| walk.choice("x-letter-case", node, &["upper"]));
    TextDomain { patterns, min_length, max_length, capitals: case.is_some() }
}

fn count(walk: &mut Walk, view: &View<'_>, keyword: &str, least: i64) -> Option<usize> {
    let number = walk.whole(keyword, view.node(keyword)?, least..=i64::from(u32::MAX))?;
    usize::try_from(number).ok()
}

type Count = (&'static str, Option<usize>);

fn refuse_crossed_counts(walk: &mut Walk, view: &View<'_>, low: Count, high: Count) {
    if let (Some(least), Some(most), Some(node)) = (low.1, high.1, view.node(low.0))
        && least > most
    {
        crossed_bounds(walk, node.span, low.0, high.0);
    }
}

fn multi<'t>(
    walk: &mut Walk,
    view: &View<'t>,
    items: Option<&View<'t>>,
    options_of: OptionsOf<'_, 't>,
) -> Option<Read> {
    let Some(items) = items else {
        let finding = walk.at(&KEYWORD_MISSING, view.span, both("この項目", "this field"));
        walk.push(finding.with("keyword", "items").with("place", Answer::Multi.words()));
        return None;
    };
    let Some(member) = items.get("oneOf").or_else(|| items.get("enum")) else {
        let finding = walk.at(&KEYWORD_MISSING, items.span, both("この items", "these items"));
        walk.push(finding.with("keyword", "oneOf").with("place", Site::Items.words()));
        return None;
    };
    let options = options_of(walk, member, MOST_MULTI_OPTIONS);
    let layout = layout(walk, view, options.list.items.len());
    let parts = |code: &str| code.contains(&*layout.separator);
    if let Some(node) = view.node("x-separator").filter(|_| layout.columns.is_empty())
        && options.list.items.iter().any(|item| parts(&item.code) || parts(&item.name))
    {
        let expected = both(
            "どの選択肢のコードにも名前にも含まれない文字",
            "a text that no option's code or name contains",
        );
        walk.wrong("x-separator", node.span, expected);
    }
    let ty = Type::Multi(Arc::clone(&options.list));
    Some(Read { ty, domain: Domain::Multi(layout), options: Some(options), time: None })
}

fn layout(walk: &mut Walk, view: &View<'_>, options: usize) -> MultiLayout {
    let separator = view.node("x-separator").and_then(|node| separator(walk, node)).unwrap_or(SEPARATOR);
    let duplicates = view.node("x-duplicates");
    let duplicates =
        duplicates.and_then(|node| walk.choice("x-duplicates", node, &["keep", "info", "warning", "error"]));
    let empty = view.node("x-empty").and_then(|node| walk.choice("x-empty", node, &["none"]));
    let Ticks { columns, tokens: ticked } = ticks(walk, view, options);
    let min_items = count(walk, view, "minItems", 0);
    let max_items = count(walk, view, "maxItems", 1);
    refuse_crossed_counts(walk, view, ("minItems", min_items), ("maxItems", max_items));
    MultiLayout {
        separator: Arc::from(separator),
        duplicates: match duplicates {
            Some("keep") => None,
            Some("warning") => Some(Severity::Warning),
            Some("error") => Some(Severity::Error),
            _ => Some(Severity::Info),
        },
        blank_is_empty_set: empty.is_some(),
        ticked,
        columns,
        min_items,
        max_items,
    }
}

/// `x-columns` and `x-ticked` of a question with so many options.
fn ticks(walk: &mut Walk, view: &View<'_>, options: usize) -> Ticks {
    let mut texts = |keyword| -> Vec<Arc<str>> {
        let node = view.node(keyword);
        let texts = node.map(|node| walk.texts(keyword, node)).unwrap_or_default();
        texts.into_iter().map(|(text, _)| Arc::from(text.trim())).collect()
    };
    let ticks = Ticks { columns: texts("x-columns"), tokens: texts("x-ticked") };
    check_columns(walk, view, (!ticks.tokens.is_empty(), ticks.columns.len()), options);
    ticks
}

/// A separator may be white space (a line break, a blank), but not nothing.
fn separator<'n>(walk: &mut Walk, node: &'n Node<'_>) -> Option<&'n str> {
    let text = node.text().filter(|text| !text.is_empty());
    if text.is_none() {
        walk.wrong("x-separator", node.span, both("区切りの文字", "the separating text"));
    }
    text
}

/// With `x-ticked` there is one column an option; without columns nothing can be ticked.
fn check_columns(walk: &mut Walk, view: &View<'_>, (ticked, columns): (bool, usize), options: usize) {
    let Some(member) = view.get("x-ticked").filter(|_| ticked) else { return };
    if view.get("x-columns").is_none() {
        let finding = walk.at(&KEYWORD_MISSING, member.key_span, both("x-ticked", "x-ticked"));
        walk.push(
            finding
                .with("keyword", "x-columns")
                .with("place", both("x-ticked のある項目", "a field with x-ticked")),
        );
    } else if columns != options {
        let span = view.node("x-columns").map_or(member.key_span, |node| node.span);
        let finding = walk.at(&COLUMNS_WITHOUT_OPTIONS, span, both("この列", "these columns"));
        walk.push(finding.with("found", columns).with("expected", options));
    }
}

/// Reads `items`: an object with `oneOf`, `enum`, or a reference, resolved by the caller.
pub(super) fn check_items(walk: &mut Walk, node: &Node<'_>) {
    check_site(walk, "items", node, Site::Items);
}
