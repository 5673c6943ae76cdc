//! A small form with a field of every type, and records written as `field:state` lists.
//!
//! Invariants
//! - A field is called by its type; what a record does not name is blank.

use std::collections::BTreeMap;
use std::sync::Arc;

use kenpyo::evaluate::{Outcome, Outcomes, judge};
use kenpyo::expression::calendar::{parse_date, parse_date_time, parse_year_month};
use kenpyo::expression::{FieldId, Type, Value};
use kenpyo::plan::{Plan, Selection};
use kenpyo::questionnaire::Required;
use kenpyo::rule_pack::{EditRule, Lookup, LookupColumn, LookupKeys, LookupMissing, RulePack};

use crate::build;
use crate::chance::Chance;
use crate::oracle_record::{batch, columns};
use crate::oracle_twin::{Cell, Record};

/// Fields that a row of the table puts into one state, with the value that they have in the state VALUE.
pub const VARIED: &[(&str, &str)] = &[
    ("n", "12"),
    ("o", "yes"),
    ("r", "two"),
    ("m", "w+x+x"),
    ("e", "w+x+x"),
    ("t", "0110113719"),
    ("k", "011002"),
    ("d", "2024-02-29"),
    ("w", "2024-02-01T09:30"),
    ("y", "2024-02"),
];

/// Fields beside them, which always have these values.
pub const FIXED: &[(&str, &str)] = &[
    ("n2", "3"),
    ("x2", "2.5"),
    ("o2", "no"),
    ("r2", "three"),
    ("t2", "abc"),
    ("d2", "2023-02-28"),
    ("a", "yes"),
];

/// The form: varied fields are required, fixed ones too; those with `_` may stay blank.
pub fn form() -> RulePack {
    let yes_no = Type::Option(build::options(&[("yes", None), ("no", None)], None));
    let rank =
        Type::Option(build::options(&[("three", Some(3)), ("two", Some(2)), ("one", Some(1))], Some("c")));
    let ticks = Type::Multi(build::options(&[("w", None), ("x", None), ("y", None)], None));
    let types = [
        ("n", build::number(0)),
        ("o", yes_no.clone()),
        ("r", rank.clone()),
        ("m", ticks.clone()),
        ("e", ticks),
        ("t", Type::Text),
        ("k", Type::Code),
        ("d", Type::Date),
        ("w", Type::DateTime),
        ("y", Type::YearMonth),
        ("n2", build::number(0)),
        ("x2", build::number(1)),
        ("o2", yes_no.clone()),
        ("r2", rank),
        ("t2", Type::Text),
        ("d2", Type::Date),
        ("a", yes_no.clone()),
        ("b", yes_no.clone()),
        ("c", yes_no.clone()),
        ("a_", yes_no.clone()),
        ("b_", yes_no),
        ("n_", build::number(0)),
    ];
    let field = |(index, (name, ty)): (usize, &(&str, Type))| {
        let id = FieldId { table: 0, index: u16::try_from(index).unwrap() };
        let required = if name.ends_with('_') { Required::No } else { Required::Yes };
        build::field(id, name, ty.clone(), required)
    };
    let mut fields: Vec<_> = types.iter().enumerate().map(field).collect();
    fields[4].domain = build::domain(&fields[4].ty.clone(), true);
    let count = fields.len();
    let mut pack = build::pack(build::questionnaire(fields, vec![None; count]));
    pack.lookups = vec![band("band", LookupMissing::Error), band("quiet", LookupMissing::Undecided)];
    pack.lookups.push(band("strict", LookupMissing::Fail));
    pack
}

/// Rows for 10 to 19 and from 20 on.
fn band(name: &str, missing: LookupMissing) -> Lookup {
    let number = |number| Some(Value::Number(number));
    let column = |name: &str, cells| LookupColumn {
        name: build::text(name),
        ty: build::number(0),
        unbounded: name == "high",
        cells,
    };
    Lookup {
        name: build::text(name),
        columns: vec![column("low", vec![number(10), number(20)]), column("high", vec![number(19), None])],
        keys: LookupKeys::Interval { lows: vec![10, 20], highs: vec![19, i64::MAX], ty: build::number(0) },
        record_keys: Vec::new(),
        labels: None,
        missing,
    }
}

/// A cell: a state by name, or a value as a person writes it.
pub fn cell(ty: &Type, written: &str) -> Cell {
    match written {
        "blank" => Cell::Blank,
        "na" => Cell::Na(1),
        "dk" => Cell::Dk(2),
        "suspended" => Cell::Na(3),
        "refused" => Cell::Dk(4),
        "invalid" => Cell::Invalid,
        "absent" => Cell::Absent,
        value => Cell::Value(of(ty, value)),
    }
}

fn of(ty: &Type, written: &str) -> Value {
    match ty {
        Type::Number { scale, .. } => {
            Value::Number(kenpyo::expression::number::parse_scaled(written, *scale).unwrap())
        }
        Type::Option(list) => Value::Option(list.index_of(written).unwrap()),
        Type::Multi(list) => {
            let items: Vec<u8> = written.split('+').map(|name| list.index_of(name).unwrap()).collect();
            let set = items.iter().fold(0, |set, option| set | 1 << option);
            Value::Multi { set, listed: u16::try_from(items.len()).unwrap() }
        }
        Type::Text | Type::Code => Value::Text(build::text(written)),
        Type::Date => Value::Date(parse_date(written).unwrap()),
        Type::DateTime => Value::DateTime(parse_date_time(written).unwrap()),
        Type::YearMonth => Value::YearMonth(parse_year_month(written).unwrap()),
        Type::Condition => panic!("no cell is a condition"),
    }
}

/// A record in which the fields of `cells` are as said and every other one is blank.
pub fn record(pack: &RulePack, cells: &[(&str, &str)]) -> Record {
    let name = |id: FieldId| pack.field(id).unwrap().name.clone();
    let written = |id: FieldId| {
        let of = cells.iter().rev().find(|(field, _)| *field == &*name(id));
        of.map_or("blank", |(_, written)| written)
    };
    let cells: BTreeMap<FieldId, Cell> =
        columns(pack).into_iter().map(|(id, ty)| (id, cell(&ty, written(id)))).collect();
    let linked = (0..=pack.links.len()).map(|table| table == 0).collect();
    Record { cells, linked, unreadable: false }
}

/// Judges `rules` over `records`. A column that is absent in one record must be so in all.
pub fn judged(mut pack: RulePack, rules: Vec<EditRule>, records: &[Record]) -> Outcomes {
    pack.rules = rules;
    let pack = Arc::new(pack);
    let (plan, findings) = Plan::new(Arc::clone(&pack), &Selection::default());
    let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
    let columns = columns(&pack);
    let absent = |(id, _): &(FieldId, Type)| {
        id.table == 0 && records.iter().any(|record| record.cells[id] == Cell::Absent)
    };
    let absent: Vec<bool> = columns.iter().map(absent).collect();
    let mut batch = batch(&pack, &columns, &absent, records, &mut Chance(1));
    judge(&plan, &mut batch)
}

/// T, F, U, `skip` or `not-run`: what a rule that requires a condition tells about it.
pub fn told(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Pass) => "T",
        Some(Outcome::Fail) => "F",
        Some(Outcome::Undecided | Outcome::NotApplicable) => "U",
        Some(Outcome::Skipped) => "skip",
        Some(Outcome::NotRun) => "not-run",
        None => "nothing",
    }
}

/// The truth value of a condition on a record with the cells of `cells` (`n:blank, o:no`).
pub fn truth(expression: &str, cells: &str) -> (&'static str, bool) {
    let pack = form();
    let rule = build::rule(&pack, "R", None, build::parsed(&pack, expression));
    let cells: Vec<(&str, &str)> = cells
        .split(", ")
        .filter_map(|cell| cell.split_once(':'))
        .map(|(name, cell)| (name.trim(), cell))
        .collect();
    let record = record(&pack, &cells);
    let outcomes = judged(pack, vec![rule], &[record]);
    (told(outcomes.of(0, 0)), outcomes.rules[0].faulted.get(0))
}
