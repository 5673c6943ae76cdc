//! Mistakes that type, but rarely mean what their author meant.
//!
//! Invariants
//! - Warnings only; nothing here refuses a rule.
//! - A field counts as optional if a complete record may leave it blank; a state test of it beside the
//!   comparison counts as a guard.

use std::collections::BTreeSet;

use super::function::FunctionId;
use super::names::{NamedField, NamedLookup, Names};
use super::notes::{Notes, both, localized, write_instead};
use super::pattern::has_anchor;
use super::tree::{CompareOp, Expr, ExprKind, ExpressionText, InList, Literal, Reference};
use super::typed::{By, Node, TypedExpr};
use super::value::{OptionList, Type, Value};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::{Diagnostics, Localized};
use crate::source::Span;

/// The warnings about one expression that has been typed.
///
/// Where a rule says `on-blank` itself, its author has thought of blanks: the caller then leaves out
/// `or-over-optional`.
pub fn lint(typed: &TypedExpr, expr: &Expr, names: &Names, text: ExpressionText<'_>) -> Diagnostics {
    let mut linter = Linter { names, notes: Notes::new(text) };
    linter.written(expr, &BTreeSet::new());
    linter.meant(typed, false);
    linter.notes.finish()
}

struct Linter<'a> {
    names: &'a Names,
    notes: Notes<'a>,
}

impl<'a> Linter<'a> {
    /// What the spelling shows. `guarded`: fields whose state is tested beside this part.
    fn written(&mut self, expr: &Expr, guarded: &BTreeSet<String>) {
        let mut guarded = guarded.clone();
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                guarded.extend(parts.iter().filter_map(tested));
            }
            ExprKind::If { condition, .. } => guarded.extend(tested(condition)),
            _ => {}
        }
        match &expr.kind {
            ExprKind::Not(inner) => self.negated(expr, inner.bare(), &guarded),
            ExprKind::Or(parts) => self.alternatives(expr, parts, &guarded),
            _ => {}
        }
        for child in expr.children() {
            self.written(child, &guarded);
        }
    }

    fn optional(&self, reference: &Reference) -> Option<&'a NamedField> {
        let names = self.names;
        let field = match &reference.prefix {
            Some(prefix) => names.links.get(&prefix.text)?.fields.get(&reference.name.text)?,
            None => names.field(&reference.name.text)?,
        };
        field.optional.then_some(field)
    }

    /// `not (f = c)`
    fn negated(&mut self, whole: &Expr, inner: &Expr, guarded: &BTreeSet<String>) {
        let Some((reference, constant)) = equality(inner) else { return };
        let Some(field) = self.optional(reference) else { return };
        let name = spelled(reference);
        if guarded.contains(&name) {
            return;
        }
        let fix = match (&field.ty, constant) {
            (Type::Option(list), Literal::Text(option)) => match other_of_two(list, option) {
                Some(other) => format!("{name} = \"{other}\" or {name} is blank"),
                None => format!("{name} != \"{option}\" or {name} is blank"),
            },
            _ => format!("{name} != {} or {name} is blank", constant_text(constant)),
        };
        let note = self
            .notes
            .about(&codes::NEGATED_COMPARISON_OF_OPTIONAL)
            .with("field", name.as_str())
            .label(self.notes.mark(whole.span, both("空欄では不明", "unknown for a blank")))
            .suggest(write_instead(&fix));
        self.notes.push(note);
    }

    /// `f = "x" or g = "x"`
    fn alternatives(&mut self, whole: &Expr, parts: &[Expr], guarded: &BTreeSet<String>) {
        let found: Vec<(&Reference, &Literal)> = parts
            .iter()
            .filter_map(|part| equality(part.bare()))
            .filter(|(reference, _)| {
                self.optional(reference).is_some() && !guarded.contains(&spelled(reference))
            })
            .collect();
        let fields: BTreeSet<String> = found.iter().map(|(reference, _)| spelled(reference)).collect();
        if fields.len() < 2 {
            return;
        }
        let Some((_, constant)) = found.first() else { return };
        let one_constant = found.iter().all(|(_, other)| other == constant) && found.len() == parts.len();
        let fix = if one_constant {
            let fields: Vec<String> = found.iter().map(|(reference, _)| spelled(reference)).collect();
            let count = format!("occurrences({}, {}) >= 1", constant_text(constant), fields.join(", "));
            Localized::new(
                format!("`{count}` と書くか、on-blank = \"fail\" を加えてください。"),
                format!("write `{count}`, or add on-blank = \"fail\""),
            )
        } else {
            Localized::new(
                "on-blank = \"fail\" を加えるか、空欄の場合を `is blank` で書いてください。".to_owned(),
                "add on-blank = \"fail\", or say with `is blank` what a blank means".to_owned(),
            )
        };
        let note = self
            .notes
            .about(&codes::OR_OVER_OPTIONAL)
            .label(self.notes.mark(whole.span, both("空欄があると不明", "unknown if one is blank")))
            .suggest(fix);
        self.notes.push(note);
    }

    /// What the meaning shows. `is_end`: the node is an end of `between`.
    fn meant(&mut self, typed: &TypedExpr, is_end: bool) {
        match &typed.node {
            Node::Call { function: FunctionId::Sum, arguments } => self.sum(typed.span, arguments),
            Node::Call { function: FunctionId::Substring, arguments } => self.substring(arguments),
            Node::Call { function: FunctionId::Matches, arguments } => self.pattern(arguments),
            Node::Compare { by: By::Name, left, right, .. } => self.lists(left, right),
            Node::Lookup { lookup, column, .. } if !is_end => {
                let names = self.names;
                let table = names.lookups.iter().find(|(_, named)| named.id == *lookup);
                if let Some((name, column)) =
                    table.and_then(|(name, table)| Some((name, unbounded(table, *column)?)))
                {
                    self.no_bound(typed.span, &format!("{name}.{column}"));
                }
            }
            Node::Between { subject, low, high, by } => {
                self.crossed(*by, low, high);
                self.meant(subject, false);
                self.meant(low, true);
                return self.meant(high, true);
            }
            // A `let` is linted where it is written.
            Node::Let(_) => return,
            _ => {}
        }
        for child in typed.children() {
            self.meant(child, false);
        }
    }

    fn sum(&mut self, span: Span, arguments: &[TypedExpr]) {
        let optional: Vec<&TypedExpr> = arguments
            .iter()
            .filter(|argument| matches!(&argument.node, Node::Field(id) if self.is_optional(*id)))
            .collect();
        let Some(first) = optional.first() else { return };
        let fix = self.notes.slice(span).replacen("sum", "sum_present", 1);
        let note = self
            .notes
            .about(&codes::SUM_OVER_OPTIONAL)
            .with("field", self.notes.written(first.span))
            .label(self.notes.mark(span, both("空欄では不明", "unknown for a blank")))
            .label(self.notes.mark(first.span, both("空欄になりうる", "may be blank")))
            .suggest(write_instead(&fix));
        self.notes.push(note);
    }

    /// Constant ends between which nothing lies.
    fn crossed(&mut self, by: By, low: &TypedExpr, high: &TypedExpr) {
        let (Node::Literal(from), Node::Literal(to)) = (&low.node, &high.node) else { return };
        let is_above = match (by, from, to, &low.ty, &high.ty) {
            (
                By::Number,
                Value::Number(from),
                Value::Number(to),
                Type::Number { scale: fine, .. },
                Type::Number { scale: coarse, .. },
            ) => {
                let at = |number: i64, scale: u8| i128::from(number) * 10_i128.pow(u32::from(scale));
                at(*from, *coarse) > at(*to, *fine)
            }
            (By::Time, ..) => from > to,
            (By::Rank, Value::Option(from), Value::Option(to), Type::Option(ours), Type::Option(theirs)) => {
                let rank = |list: &OptionList, at: u8| list.get(at).and_then(|item| item.rank);
                rank(ours, *from) > rank(theirs, *to)
            }
            _ => false,
        };
        if is_above {
            let whole = low.span.to(high.span);
            let note = self
                .notes
                .about(&codes::REVERSED_INTERVAL)
                .with("low", self.notes.written(low.span))
                .with("high", self.notes.written(high.span))
                .label(self.notes.mark(whole, both("満たす値がない", "holds no value")));
            let (low, high) = (self.notes.slice(low.span), self.notes.slice(high.span));
            self.notes.push(note.suggest(write_instead(&format!("between {high} and {low}"))));
        }
    }

    /// A constant start before the first character.
    fn substring(&mut self, arguments: &[TypedExpr]) {
        let Some(start) = arguments.get(1) else { return };
        if matches!(start.node, Node::Literal(Value::Number(at)) if at < 1) {
            let note = self
                .notes
                .about(&codes::SUBSTRING_START)
                .with("found", self.notes.written(start.span))
                .label(self.notes.mark(start.span, both("1より小さい", "below 1")));
            self.notes.push(note);
        }
    }

    fn is_optional(&self, id: super::value::FieldId) -> bool {
        let linked = self.names.links.values().flat_map(|link| link.fields.values());
        self.names.fields.values().chain(linked).any(|field| field.id == id && field.optional)
    }

    fn pattern(&mut self, arguments: &[TypedExpr]) {
        let Some(pattern) = arguments.get(1) else { return };
        if let Node::Literal(Value::Text(text)) = &pattern.node
            && !has_anchor(text)
        {
            let note = self
                .notes
                .about(&codes::UNANCHORED_PATTERN)
                .label(self.notes.mark(pattern.span, both("^ も $ もない", "neither ^ nor $")));
            self.notes.push(note);
        }
    }

    /// Option lists of two waves that are matched by name.
    fn lists(&mut self, left: &TypedExpr, right: &TypedExpr) {
        let (Type::Option(ours), Type::Option(theirs)) = (&left.ty, &right.ty) else { return };
        if ours.same_names(theirs) {
            return;
        }
        let only = |list: &OptionList, other: &OptionList| {
            let names = list.items.iter().filter(|item| other.index_of(&item.name).is_none());
            names.map(|item| format!("\"{}\"", item.name)).collect::<Vec<_>>()
        };
        let mut alone = only(ours, theirs);
        alone.extend(only(theirs, ours));
        let note = self
            .notes
            .about(&codes::OPTION_LISTS_DIFFER)
            .with("left", self.notes.written(left.span))
            .with("right", self.notes.written(right.span))
            .with(
                "options",
                crate::diagnostic::Argument::Localized(localized(alone.join("、"), alone.join(", "))),
            )
            .label(self.notes.mark(left.span, super::typing::option_words(ours)))
            .label(self.notes.mark(right.span, super::typing::option_words(theirs)));
        self.notes.push(note);
    }

    fn no_bound(&mut self, span: Span, column: &str) {
        let note = self
            .notes
            .about(&codes::UNBOUNDED_COLUMN)
            .with("found", column)
            .label(self.notes.mark(span, both("空欄は限りなし", "empty means no bound")));
        self.notes.push(note);
    }
}

/// The name of a lookup's column if empty means "no bound" there.
fn unbounded(table: &NamedLookup, column: u16) -> Option<&str> {
    let found = table.columns.iter().find(|(_, named)| named.index == column && named.unbounded);
    found.map(|(name, _)| &**name)
}

/// `f = c` or `f in { c }`, the constant on either side.
fn equality(expr: &Expr) -> Option<(&Reference, &Literal)> {
    match &expr.kind {
        ExprKind::Compare { op: CompareOp::Equal, left, right, .. } => {
            match (&left.bare().kind, &right.bare().kind) {
                (ExprKind::Reference(reference), ExprKind::Literal(literal))
                | (ExprKind::Literal(literal), ExprKind::Reference(reference)) => Some((reference, literal)),
                _ => None,
            }
        }
        ExprKind::In { negated: false, subject, list: InList::Members(members) } => {
            match (&subject.bare().kind, members.first()) {
                (ExprKind::Reference(reference), Some(member)) => Some((reference, &member.literal)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The reference of which a part asks the state.
fn tested(part: &Expr) -> Option<String> {
    match &part.bare().kind {
        ExprKind::State { subject, .. } => Some(spelled(subject)),
        ExprKind::Not(inner) => tested(inner),
        _ => None,
    }
}

fn spelled(reference: &Reference) -> String {
    match &reference.prefix {
        Some(prefix) => format!("{}.{}", prefix.text, reference.name.text),
        None => reference.name.text.to_string(),
    }
}

fn constant_text(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Literal::Number(text) | Literal::Date(text) => text.to_string(),
        Literal::Truth(truth) => truth.to_string(),
    }
}

/// The other of exactly two options.
fn other_of_two<'l>(list: &'l OptionList, option: &str) -> Option<&'l str> {
    let mut others = list.items.iter().filter(|item| &*item.name != option);
    let other = others.next().filter(|_| list.items.len() == 2)?;
    Some(&other.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::parse::parse;
    use crate::expression::sample::{names, told, with_text};
    use crate::expression::typing::value;

    /// Ids (without `KP-`) and suggestions of the warnings about an expression without errors.
    fn warnings(text: &str) -> Vec<(String, String)> {
        let names = names();
        let found = with_text(text, |text| {
            let (expr, _) = parse(text);
            let (typed, found) = value(&expr, &names, text, None);
            lint(&typed.unwrap_or_else(|| panic!("{found:?}")), &expr, &names, text)
        });
        let short = |(id, _, fix): (String, String, Option<String>)| {
            (id.trim_start_matches("KP-").to_owned(), fix.unwrap_or_default())
        };
        told(&found).into_iter().map(short).collect()
    }

    #[test]
    fn what_a_blank_makes_unknown_is_told_with_a_way_out() {
        for (text, id, fix) in [
            ("not (q11_backup = \"yes\")", "P045", "write `q11_backup = \"no\" or q11_backup is blank`"),
            ("not band = \"b020\"", "P045", "write `band != \"b020\" or band is blank`"),
            ("not (beds_ltc = 5)", "P045", "write `beds_ltc != 5 or beds_ltc is blank`"),
            (
                "ex_slot_1 = \"x\" or ex_slot_2 = \"x\"",
                "P046",
                "write `occurrences(\"x\", ex_slot_1, ex_slot_2) >= 1`, or add on-blank = \"fail\"",
            ),
            (
                "ex_slot_1 = \"x\" or ex_slot_2 = \"y\"",
                "P046",
                "add on-blank = \"fail\", or say with `is blank` what a blank means",
            ),
            ("sum(beds_total, beds_ltc) > 5", "P047", "write `sum_present(beds_total, beds_ltc)`"),
            ("matches(inst_code, \"[0-9]{10}\")", "P048", ""),
            ("q12_frequency = prev.q12_frequency", "P049", ""),
            ("beds_total <= bed_band[band].high", "P009", ""),
            ("beds_total between 9 and 1.5", "P147", "write `between 1.5 and 9`"),
            (
                "answered_on not between 2024-02-02 and 2024-02-01",
                "P147",
                "write `between 2024-02-01 and 2024-02-02`",
            ),
            ("substring(inst_code, 0, 1) = \"1\"", "P148", ""),
        ] {
            assert_eq!(warnings(text), [(id.to_owned(), fix.to_owned())], "{text}");
        }
    }

    #[test]
    fn guarded_required_and_plain_tests_are_left_alone() {
        for text in [
            "not (q01_manager = \"yes\")",
            "q11_backup is answered and not (q11_backup = \"yes\")",
            "q11_backup is blank or not (q11_backup = \"yes\")",
            "if q11_backup is known then not (q11_backup = \"yes\")",
            "q11_backup not in {\"yes\"}",
            "q01_manager = \"yes\" or q02_contacts = \"yes\"",
            "band = \"b020\" or band = \"b100\"",
            "ex_slot_1 is blank or ex_slot_2 is blank or ex_slot_1 = \"x\" or ex_slot_2 = \"x\"",
            "sum_present(beds_total, beds_ltc) > 5 and sum(beds_total, count_answered(beds_ltc)) > 1",
            "matches(inst_code, \"^[0-9]{10}$\")",
            "band = frame.band",
            "beds_total between 1.5 and 1.50 and substring(inst_code, 1, 1) = \"1\"",
            "beds_total between bed_band[band].low and bed_band[band].high",
        ] {
            assert_eq!(warnings(text), [], "{text}");
        }
    }
}
