//! [`Expr`] → its canonical spelling, in one line.
//!
//! Invariants
//! - What is printed parses to the same tree, parentheses and the place of `not` apart; printing that again
//!   changes nothing.
//! - Parentheses of the author stay (doubled ones are joined); those that the tree needs are added.

use super::parse::is_reserved;
use super::tree::{ArithmeticOp, CompareOp, Expr, ExprKind, InList, Literal, Member, Name, Reference};
use super::tree::{StateTest, Tolerance};

/// How tightly a node binds: the line of the grammar that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Condition,
    Equivalence,
    Disjunction,
    Conjunction,
    Negation,
    Test,
    Sum,
    Product,
    Atom,
}

/// The canonical spelling of an expression without mistakes; a part that could not be read prints nothing.
///
/// Infix `not`, one blank around operators, none inside brackets, no `_` in numbers, names in NFKC.
pub fn format(expr: &Expr) -> String {
    let mut text = String::new();
    write(expr, Level::Condition, &mut text);
    text
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::If { .. } => Level::Condition,
        ExprKind::Iff { .. } => Level::Equivalence,
        ExprKind::Or(_) => Level::Disjunction,
        ExprKind::And(_) => Level::Conjunction,
        ExprKind::Not(inner) if infix(inner).is_none() => Level::Negation,
        ExprKind::Not(_)
        | ExprKind::Compare { .. }
        | ExprKind::In { .. }
        | ExprKind::Between { .. }
        | ExprKind::Within { .. }
        | ExprKind::State { .. }
        | ExprKind::Linked { .. }
        | ExprKind::Relevant(_)
        | ExprKind::Has { .. } => Level::Test,
        ExprKind::Arithmetic { op: ArithmeticOp::Add | ArithmeticOp::Subtract, .. } => Level::Sum,
        ExprKind::Arithmetic { .. } => Level::Product,
        ExprKind::Negate(_)
        | ExprKind::Literal(_)
        | ExprKind::Reference(_)
        | ExprKind::Lookup { .. }
        | ExprKind::Call { .. }
        | ExprKind::Parenthesis(_)
        | ExprKind::Unreadable => Level::Atom,
    }
}

/// A test before which `not` moves inside, with the word `not` in its place. `None`: it stays in front.
fn infix(inner: &Expr) -> Option<Expr> {
    let mut expr = inner.bare().clone();
    match &mut expr.kind {
        ExprKind::In { negated, .. }
        | ExprKind::Between { negated, .. }
        | ExprKind::Has { negated, .. }
        | ExprKind::State { negated, .. }
        | ExprKind::Linked { negated, .. }
            if !*negated =>
        {
            *negated = true;
            Some(expr)
        }
        _ => None,
    }
}

fn write(expr: &Expr, least: Level, into: &mut String) {
    let bare = match &expr.kind {
        ExprKind::Parenthesis(_) => return parenthesis(expr.bare(), into),
        _ => expr,
    };
    if level(bare) < least { parenthesis(bare, into) } else { node(bare, into) }
}

fn parenthesis(inner: &Expr, into: &mut String) {
    into.push('(');
    node(inner, into);
    into.push(')');
}

fn node(expr: &Expr, into: &mut String) {
    match &expr.kind {
        ExprKind::If { condition, then, otherwise } => choice(condition, then, otherwise.as_deref(), into),
        ExprKind::Iff { left, right } => pair(left, " iff ", right, Level::Disjunction, into),
        ExprKind::Or(parts) => list(parts, " or ", Level::Conjunction, into),
        ExprKind::And(parts) => list(parts, " and ", Level::Negation, into),
        ExprKind::Not(inner) => {
            if let Some(moved) = infix(inner) {
                return node(&moved, into);
            }
            into.push_str("not ");
            write(inner, Level::Negation, into);
        }
        ExprKind::Arithmetic { op, left, right } => arithmetic(*op, left, right, into),
        ExprKind::Negate(inner) => {
            into.push('-');
            write(inner, Level::Atom, into);
        }
        ExprKind::Literal(value) => literal(value, into),
        ExprKind::Reference(named) => reference(named, into),
        ExprKind::Lookup { table, keys, column } => {
            name(table, into);
            into.push('[');
            list(keys, ", ", Level::Sum, into);
            into.push_str("].");
            name(column, into);
        }
        ExprKind::Call { function, arguments } => {
            into.push_str(&function.text);
            into.push('(');
            list(arguments, ", ", Level::Condition, into);
            into.push(')');
        }
        ExprKind::Parenthesis(inner) => parenthesis(inner.bare(), into),
        ExprKind::Unreadable => {}
        _ => test(expr, into),
    }
}

/// The tests of one line of the grammar.
fn test(expr: &Expr, into: &mut String) {
    let not = |negated: bool| if negated { " not" } else { "" };
    match &expr.kind {
        ExprKind::Compare { op, left, right, .. } => pair(left, symbol(*op), right, Level::Sum, into),
        ExprKind::In { negated, subject, list } => {
            write(subject, Level::Sum, into);
            into.push_str(not(*negated));
            into.push_str(" in ");
            members(list, into);
        }
        ExprKind::Between { negated, subject, low, high } => {
            write(subject, Level::Sum, into);
            into.push_str(not(*negated));
            into.push_str(" between ");
            pair(low, " and ", high, Level::Sum, into);
        }
        ExprKind::Within { subject, tolerance, percent, of } => {
            write(subject, Level::Sum, into);
            into.push_str(" within ");
            within(tolerance, *percent, into);
            write(of, Level::Sum, into);
        }
        ExprKind::Has { negated, subject, option } => {
            write(subject, Level::Sum, into);
            into.push_str(not(*negated));
            into.push_str(" has ");
            text(&option.text, into);
        }
        ExprKind::State { negated, subject, state } => {
            reference(subject, into);
            into.push_str(if *negated { " is not " } else { " is " });
            into.push_str(state_word(*state));
        }
        ExprKind::Linked { negated, link } => {
            name(link, into);
            into.push_str(if *negated { " is not linked" } else { " is linked" });
        }
        ExprKind::Relevant(field) => {
            into.push_str("relevant(");
            reference(field, into);
            into.push(')');
        }
        _ => {}
    }
}

fn choice(condition: &Expr, then: &Expr, otherwise: Option<&Expr>, into: &mut String) {
    into.push_str("if ");
    write(condition, Level::Equivalence, into);
    into.push_str(" then ");
    match otherwise {
        None => write(then, Level::Condition, into),
        Some(otherwise) => {
            // An `else` belongs to the nearest `if`: one without must not stand open before it.
            if open_ended(then) {
                parenthesis(then, into);
            } else {
                write(then, Level::Condition, into);
            }
            into.push_str(" else ");
            write(otherwise, Level::Condition, into);
        }
    }
}

/// Whether a following `else` would be taken for a part of `expr`.
fn open_ended(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::If { otherwise, .. } => otherwise.as_ref().is_none_or(|otherwise| open_ended(otherwise)),
        _ => false,
    }
}

fn pair(left: &Expr, between: &str, right: &Expr, least: Level, into: &mut String) {
    write(left, least, into);
    into.push_str(between);
    write(right, least, into);
}

fn list(parts: &[Expr], between: &str, least: Level, into: &mut String) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            into.push_str(between);
        }
        write(part, least, into);
    }
}

fn arithmetic(op: ArithmeticOp, left: &Expr, right: &Expr, into: &mut String) {
    let (symbol, from, to) = match op {
        ArithmeticOp::Add => (" + ", Level::Sum, Level::Product),
        ArithmeticOp::Subtract => (" - ", Level::Sum, Level::Product),
        ArithmeticOp::Multiply => (" * ", Level::Product, Level::Atom),
        ArithmeticOp::Divide => (" / ", Level::Product, Level::Atom),
    };
    write(left, from, into);
    into.push_str(symbol);
    write(right, to, into);
}

const fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => " = ",
        CompareOp::NotEqual => " != ",
        CompareOp::Less => " < ",
        CompareOp::LessOrEqual => " <= ",
        CompareOp::Greater => " > ",
        CompareOp::GreaterOrEqual => " >= ",
    }
}

const fn state_word(state: StateTest) -> &'static str {
    match state {
        StateTest::Blank => "blank",
        StateTest::Answered => "answered",
        StateTest::Known => "known",
        StateTest::Inapplicable => "inapplicable",
    }
}

fn within(tolerance: &Tolerance, percent: bool, into: &mut String) {
    match tolerance {
        Tolerance::Number(digits) => into.push_str(&digits.text),
        Tolerance::Param(param) => {
            into.push_str("param.");
            name(param, into);
        }
    }
    into.push_str(if percent { "% of " } else { " of " });
}

fn members(members: &InList, into: &mut String) {
    match members {
        InList::Named(set) => name(set, into),
        InList::Members(members) => {
            into.push('{');
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    into.push_str(", ");
                }
                one_member(member, into);
            }
            into.push('}');
        }
    }
}

fn one_member(member: &Member, into: &mut String) {
    if member.negative {
        into.push('-');
    }
    literal(&member.literal, into);
}

fn literal(value: &Literal, into: &mut String) {
    match value {
        Literal::Number(digits) | Literal::Date(digits) => into.push_str(digits),
        Literal::Text(written) => text(written, into),
        Literal::Truth(truth) => into.push_str(if *truth { "true" } else { "false" }),
    }
}

fn text(written: &str, into: &mut String) {
    into.push('"');
    into.push_str(&written.replace('"', "\"\""));
    into.push('"');
}

fn reference(named: &Reference, into: &mut String) {
    match &named.prefix {
        None if &*named.name.text == "it" => into.push_str("it"),
        None => name(&named.name, into),
        Some(prefix) => {
            match &*prefix.text {
                word @ ("param" | "let") => into.push_str(word),
                _ => name(prefix, into),
            }
            into.push('.');
            name(&named.name, into);
        }
    }
}

/// A name, in back-quotes where it could be read as something else.
fn name(name: &Name, into: &mut String) {
    let mut characters = name.text.chars();
    let plain = characters.next().is_some_and(unicode_ident::is_xid_start)
        && characters.all(unicode_ident::is_xid_continue)
        && !is_reserved(&name.text);
    if plain {
        into.push_str(&name.text);
    } else {
        into.push('`');
        into.push_str(&name.text);
        into.push('`');
    }
}

#[cfg(test)]
mod tests;
