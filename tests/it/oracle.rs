//! The evaluator against its slow twin, on random packs and random records.
//!
//! Invariants
//! - Seeds are fixed; every operator, function, state and outcome must have been met often enough.
//! - A difference is told with the expression and the cells that it reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use kenpyo::evaluate::{Outcome, judge};
use kenpyo::expression::function::FUNCTIONS;
use kenpyo::expression::{FieldId, Node, Type, TypedExpr};
use kenpyo::plan::{Plan, Selection};
use kenpyo::rule_pack::{Demand, EditRule};
use rayon::prelude::*;

use crate::chance::Chance;
use crate::oracle_record::records;
use crate::oracle_survey::Survey;
use crate::oracle_twin::{Cell, Record, Tally, Twin, name};

/// Packs, and records of each: together more than 100,000 pairs.
const PACKS: u64 = 420;
const RECORDS: usize = 256;

/// Each operator, function, state, type and outcome occurs at least so often.
const OFTEN: u64 = 500;

fn state(cell: &Cell) -> &'static str {
    match cell {
        Cell::Value(_) => "state VALUE",
        Cell::Blank => "state BLANK",
        Cell::Na(_) => "state NA",
        Cell::Dk(_) => "state DK",
        Cell::Invalid => "state INVALID",
        Cell::Absent => "state ABSENT",
    }
}

fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Condition => "type cond",
        Type::Number { scale: 0, .. } => "type int",
        Type::Number { .. } => "type dec",
        Type::Option(_) => "type option",
        Type::Multi(_) => "type multi",
        Type::Text => "type text",
        Type::Code => "type code",
        Type::Date => "type date",
        Type::DateTime => "type datetime",
        Type::YearMonth => "type yearmonth",
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "outcome pass",
        Outcome::Fail => "outcome fail",
        Outcome::NotApplicable => "outcome not-applicable",
        Outcome::Undecided => "outcome undecided",
        Outcome::Skipped => "outcome skipped",
        Outcome::NotRun => "outcome not-run",
    }
}

fn meet(tally: &mut Tally, name: &'static str) {
    let counts = tally.entry(name).or_default();
    *counts = [counts[0] + 1, counts[1] + 1];
}

/// Judges the records of one random pack both ways; panics where they differ.
fn one_pack(seed: u64) -> Tally {
    let mut chance = Chance(seed.wrapping_mul(0x5851_F42D_4C95_7F2D) ^ 0xA5A5);
    let survey = Survey::random(&mut chance);
    let pack = &survey.pack;
    let (records, mut batch) = records(pack, &mut chance, RECORDS);
    let selection = Selection { params: survey.given.clone(), ..Selection::default() };
    let (plan, findings) = Plan::new(Arc::clone(pack), &selection);
    let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
    let outcomes = judge(&plan, &mut batch);
    let types: BTreeMap<FieldId, Type> = crate::oracle_survey::columns(pack).into_iter().collect();
    let mut tally = Tally::new();
    for (row, record) in records.into_iter().enumerate() {
        let before = record.clone();
        let mut twin = Twin { pack, params: &plan.params, record, tally: &mut tally };
        twin.derive();
        for (place, rule) in pack.rules.iter().enumerate() {
            let (expected, fault) = twin.judge(rule);
            let found = outcomes.of(place, row);
            let faulted = outcomes.rules[place].faulted.get(row);
            assert!(
                found == Some(expected) && faulted == fault,
                "seed {seed}, rule {place}, record {row}: the evaluator says {found:?} (fault {faulted}), the twin \
                 {expected:?} (fault {fault})\nwhen {}\nrequire {}\non-blank {:?}, guards {:?}\n{}",
                rule.when.as_ref().map(spelled).unwrap_or_default(),
                demand(rule),
                rule.on_blank,
                rule.guards,
                cells(&before, &twin.record, rule.reads.iter()),
            );
            meet(twin.tally, outcome_name(expected));
            if fault {
                meet(twin.tally, "fault");
            }
            for id in &rule.reads {
                let cell = twin.cell(*id).clone();
                meet(twin.tally, state(&cell));
                meet(twin.tally, type_name(&types[id]));
            }
        }
    }
    tally
}

fn demand(rule: &EditRule) -> String {
    match &rule.demand {
        Demand::Require(require) => spelled(require),
        Demand::Dataset(_) => String::new(),
    }
}

/// An expression as a person can read it.
fn spelled(expr: &TypedExpr) -> String {
    match &expr.node {
        Node::Field(id) => format!("f{}.{}", id.table, id.index),
        Node::State { field, state } => format!("f{}.{} is {state:?}", field.table, field.index),
        Node::Relevant(id) => format!("relevant(f{}.{})", id.table, id.index),
        Node::Literal(value) => format!("{value:?}"),
        Node::In { subject, members } => format!("{} in {members:?}", spelled(subject)),
        Node::Param(param) => format!("p{}", param.0),
        Node::Linked { table } => format!("linked{table}"),
        Node::Truth(truth) => truth.to_string(),
        Node::Let(part) => spelled(part),
        Node::Within { tolerance, percent, .. } => {
            format!("{} {tolerance:?} {percent} {}", name(expr), parts(expr))
        }
        Node::Lookup { lookup, column, .. } => format!("lookup{}[{}].{column}", lookup.0, parts(expr)),
        _ => format!("({} {})", name(expr), parts(expr)),
    }
}

fn parts(expr: &TypedExpr) -> String {
    expr.children().into_iter().map(spelled).collect::<Vec<_>>().join(", ")
}

fn cells<'a>(before: &Record, after: &Record, reads: impl Iterator<Item = &'a FieldId>) -> String {
    let mut text = format!("linked {:?}\n", before.linked);
    for id in reads {
        let _ = writeln!(text, "{id:?}: {:?} → {:?}", before.cells.get(id), after.cells.get(id));
    }
    text
}

fn joined(mut all: Tally, other: Tally) -> Tally {
    for (name, counts) in other {
        let sum = all.entry(name).or_default();
        *sum = [sum[0] + counts[0], sum[1] + counts[1]];
    }
    all
}

#[test]
fn the_twin_agrees_on_random_packs_and_records() {
    let tally = (0..PACKS).into_par_iter().map(one_pack).reduce(Tally::new, joined);
    println!("{:<24}{:>12}{:>12}", "", "met", "known");
    for (name, [met, known]) in &tally {
        println!("{name:<24}{met:>12}{known:>12}");
    }
    let operators = [
        "and",
        "or",
        "not",
        "if then",
        "if then else",
        "iff",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in {}",
        "in lookup",
        "between",
        "within",
        "within %",
        "is blank",
        "is answered",
        "is known",
        "is inapplicable",
        "is linked",
        "relevant",
        "has",
        "literal",
        "field",
        "param",
        "lookup[]",
        "+",
        "-",
        "*",
        "/",
        "- (sign)",
        "if of values",
        "let",
        "true, false",
        "fault",
    ];
    let states = ["VALUE", "BLANK", "NA", "DK", "INVALID", "ABSENT"].map(|name| format!("state {name}"));
    let types = ["int", "dec", "option", "multi", "text", "code", "date", "datetime", "yearmonth"]
        .map(|name| format!("type {name}"));
    let outcomes = ["pass", "fail", "not-applicable", "undecided", "skipped", "not-run"]
        .map(|name| format!("outcome {name}"));
    let functions = FUNCTIONS.iter().map(|function| function.name.to_owned());
    let names = operators.iter().map(|name| (*name).to_owned());
    for name in names.chain(states).chain(types).chain(outcomes).chain(functions) {
        let [met, known] = tally.get(name.as_str()).copied().unwrap_or_default();
        assert!(met >= OFTEN && known >= OFTEN, "{name}: met {met} times, known {known} times");
    }
    assert!(PACKS * u64::try_from(RECORDS).unwrap() >= 100_000);
}
