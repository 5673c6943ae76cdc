//! Reading a list of defects.
//!
//! Invariants
//! - `each = [fields]` makes one kind for each field, called `it` in `where` and `set` and `{it}` in texts; the
//!   kind's name is then `NAME/FIELD`. Of groups, `each = [{ done = "a", on = "b" }]`, every field is called by its name in
//!   them, and the kind by `it`, else by the first.
//! - A list with an error is not used at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::recipe::{Called, Given, Reading, Stratum, Table, cell, items, read_tree};
use super::super::template;
use super::super::tree::{Node, Tree};
use super::{Edit, ExpectedFinding, Kind, RowEdit};
use crate::diagnostic::code::recipe as code;
use crate::diagnostic::{Argument, Diagnostics, Localized};
use crate::expression::Type;
use crate::questionnaire::Questionnaire;
use crate::source::SourceText;

const KEYS: &[&str] =
    &["kind", "each", "what", "where", "set", "row", "areas", "shares", "findings", "reason"];

/// Reads the kinds of `text`, in its order. `None`: it has an error.
pub fn load(
    text: SourceText,
    questionnaire: &Questionnaire,
    strata: &[Stratum],
) -> (Option<Vec<Kind>>, Diagnostics) {
    let mut reading = Reading::new(questionnaire, text);
    let mut kinds: Vec<Kind> = Vec::new();
    let tree = read_tree(&mut reading);
    let top = tree.as_ref().and_then(|tree| reading.table(tree, &["kind"]));
    let list = top.and_then(|top| reading.require(&top, "kind"));
    for item in list.map_or(&[][..], |list| items(list)) {
        let Some(table) = reading.table(item, KEYS) else { continue };
        for called in groups(&mut reading, &table) {
            let Some(kind) = kind(&mut reading, &table, strata, &called) else { continue };
            if kinds.iter().any(|known| known.name == kind.name) {
                let slots = [("found", Argument::from(&*kind.name))];
                reading.report(&code::REPEATED, table.span, &slots);
            }
            kinds.push(kind);
        }
    }
    let whole = Some(kinds).filter(|_| !reading.diagnostics.has_errors());
    (whole, reading.diagnostics)
}

/// The fields of `each` by their names there, or once none.
fn groups(reading: &mut Reading<'_>, table: &Table<'_>) -> Vec<Called> {
    let Some(tree) = table.get("each") else { return vec![Called::default()] };
    let mut groups = Vec::new();
    for item in items(tree) {
        if !matches!(item.node, Node::Table(_)) {
            groups.extend(reading.field(item).map(Called::it));
            continue;
        }
        let Some(group) = reading.table(item, &[]) else { continue };
        let mut called = Called::default();
        for (key, tree) in group.entries {
            let Some(field) = reading.field(tree) else { continue };
            if reading.questionnaire.by_name.contains_key(&*key.name) {
                reading.report(&code::REPEATED, key.span, &[("found", Argument::from(&*key.name))]);
            }
            called.add(&key.name, field);
        }
        groups.push(called);
    }
    groups
}

/// What `{it}` and the names of a group stand for in the texts of one kind.
#[derive(Clone, Copy)]
struct Own<'a>(&'a Called, &'a Questionnaire);

impl Own<'_> {
    fn put(self, text: &str) -> Arc<str> {
        let mut text = text.to_owned();
        for (name, field) in self.0.fields() {
            if let Some(field) = self.1.fields.get(field) {
                text = text.replace(&format!("{{{name}}}"), &field.name);
            }
        }
        Arc::from(text)
    }
}

fn kind(reading: &mut Reading<'_>, table: &Table<'_>, strata: &[Stratum], called: &Called) -> Option<Kind> {
    let questionnaire = reading.questionnaire;
    let field = called.judged().and_then(|it| questionnaire.fields.get(it)).map(|field| &*field.name);
    let own = Own(called, questionnaire);
    let base = reading.require(table, "kind").and_then(|tree| reading.string(tree)).map(Arc::clone);
    let what = reading.localized(table, "what");
    let reason =
        reading.require(table, "reason").and_then(|tree| reading.string(tree)).map(|text| own.put(text));
    let given = match table.get("where") {
        Some(tree) => Given::read(reading, tree, strata, called)?,
        None => Given::default(),
    };
    let edits = table.get("set").map_or_else(Vec::new, |tree| edits(reading, tree, called));
    let row = table.get("row").map_or(Some(RowEdit::Whole), |tree| row_edit(reading, tree));
    let areas = reading.require(table, "areas").map(|tree| names(reading, tree, own));
    let shares = table.get("shares").map_or_else(BTreeSet::new, |tree| names(reading, tree, own));
    let findings = reading.require(table, "findings").map(|tree| findings(reading, tree, own));
    let base = base?;
    Some(Kind {
        name: field.map_or_else(|| Arc::clone(&base), |field| Arc::from(format!("{base}/{field}"))),
        what: what?.map(|text| own.put(text)),
        given,
        edits,
        row: row?,
        areas: areas?,
        shares,
        findings: findings?,
        reason: reason?,
    })
}

fn names(reading: &mut Reading<'_>, tree: &Tree, it: Own<'_>) -> BTreeSet<Arc<str>> {
    items(tree).iter().filter_map(|item| reading.string(item).map(|name| it.put(name))).collect()
}

fn row_edit(reading: &mut Reading<'_>, tree: &Tree) -> Option<RowEdit> {
    let word = Arc::clone(reading.string(tree)?);
    match &*word {
        "short" => Some(RowEdit::Short),
        "long" => Some(RowEdit::Long),
        _ => {
            reading.wrong(tree.span, &Localized::new("\"short\"または\"long\"", "\"short\" or \"long\""));
            None
        }
    }
}

fn findings(reading: &mut Reading<'_>, tree: &Tree, it: Own<'_>) -> Vec<ExpectedFinding> {
    let mut list = Vec::new();
    for item in items(tree) {
        let Some(table) = reading.table(item, &["rule", "field", "profile"]) else { continue };
        let rule =
            reading.require(&table, "rule").and_then(|tree| reading.string(tree)).map(|text| it.put(text));
        let field = table.get("field").and_then(|tree| {
            let name = it.put(reading.string(tree)?);
            reading.field_named(&name, tree.span)?;
            Some(name)
        });
        let profile = table.get("profile").and_then(|tree| reading.string(tree)).map(Arc::clone);
        list.extend(rule.map(|rule| ExpectedFinding { rule, field, profile }));
    }
    list.sort();
    list
}

fn edits(reading: &mut Reading<'_>, tree: &Tree, called: &Called) -> Vec<(usize, Edit)> {
    let Some(table) = reading.table(tree, &[]) else { return Vec::new() };
    let mut list = Vec::new();
    for (key, tree) in table.entries {
        let own = called.field(&key.name);
        let Some(field) = own.or_else(|| reading.field_named(&key.name, key.span)) else { continue };
        list.extend(edit(reading, tree, field).map(|edit| (field, edit)));
    }
    list
}

fn edit(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Option<Edit> {
    if !matches!(tree.node, Node::Table(_)) {
        return cell(reading, tree, field).map(Edit::Put);
    }
    let table = reading.table(tree, &["raw", "plus", "keep", "drop", "turn", "after", "template"])?;
    let Some((key, value)) = table.entries.first().filter(|_| table.entries.len() == 1) else {
        reading.wrong(table.span, &Localized::new("項目1つだけの表", "a table with one key"));
        return None;
    };
    match &*key.name {
        "raw" => reading.string(value).map(|text| Edit::Write(Arc::clone(text))),
        "after" => reading.string(value).map(|text| Edit::After(Arc::clone(text))),
        "plus" => plus(reading, value, field),
        "keep" => {
            if let [from, to] = items(value) {
                return place(reading, from).zip(place(reading, to)).map(|(from, to)| Edit::Keep(from, to));
            }
            reading.wrong(value.span, &Localized::new("最初と最後の位置", "the first and the last place"));
            None
        }
        "drop" => place(reading, value).map(Edit::Drop),
        "turn" => place(reading, value).map(Edit::Turn),
        "template" => fill(reading, value),
        _ => None,
    }
}

/// A text put together from parts; it may name any field, as all are drawn.
fn fill(reading: &mut Reading<'_>, tree: &Tree) -> Option<Edit> {
    let text = reading.string(tree)?;
    let by_name = &reading.questionnaire.by_name;
    match template::parse(text, |name| by_name.get(name).copied()) {
        Ok(pieces) => Some(Edit::Fill(pieces)),
        Err(found) => {
            let slots =
                [("found", Argument::from(found)), ("options", Argument::from(template::PLACEHOLDERS))];
            reading.report(&code::PLACEHOLDER, tree.span, &slots);
            None
        }
    }
}

fn plus(reading: &mut Reading<'_>, tree: &Tree, field: usize) -> Option<Edit> {
    let declared = reading.questionnaire.fields.get(field)?;
    if !matches!(declared.ty, Type::Number { .. }) {
        reading.does_not_fit(tree.span, declared, &Localized::new("数値の項目", "a field of numbers"));
        return None;
    }
    reading.integer(tree).map(Edit::Plus)
}

/// A place in a text, counted from 1.
fn place(reading: &mut Reading<'_>, tree: &Tree) -> Option<usize> {
    let place = reading.count(tree).and_then(|place| usize::try_from(place).ok()).filter(|&place| place > 0);
    if place.is_none() {
        reading.wrong(tree.span, &Localized::new("1以上の位置", "a place, counted from 1"));
    }
    place
}
