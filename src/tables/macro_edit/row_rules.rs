//! Rules over one row of figures: ordinary conditions over `band_row` and `table_row`, by the one evaluator.
//!
//! Invariants
//! - A figure that has no value is blank. What was reconstructed is blank for hard edits.
//! - Rows stand in the order of tables, rows and columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::averages;
use super::sheet::{Cell, Row, Sheet, Table};
use super::told::{Told, scaled};
use crate::batch::example::batch_of;
use crate::diagnostic::Severity;
use crate::evaluate::judge;
use crate::expression::{FieldId, Type, Value};
use crate::plan::Plan;
use crate::rule_pack::record_set;
use crate::rule_pack::tabulation::AverageKind;
use crate::rule_pack::{EditRule, ExampleRecord, ExampleValue};
use crate::tables::ratio::{Decimal, Ratio};

/// A row of figures: what rules read, and what messages tell.
struct FigureRow {
    values: ExampleRecord,
    told: Told,
}

/// The rows of both record sets, and which of them fail a rule.
pub(super) struct RowRules<'s, 'f> {
    plan: &'s Plan,
    sheet: &'s Sheet<'f>,
    /// Places of failing rows, by rule, once a record set has been judged: (table, whether for hard edits).
    judged: BTreeMap<(u16, bool), JudgedRows>,
}

/// The rows of a record set, and by rule the places of those that fail.
type JudgedRows = (Vec<FigureRow>, BTreeMap<usize, Vec<usize>>);

impl<'s, 'f> RowRules<'s, 'f> {
    pub(super) const fn new(plan: &'s Plan, sheet: &'s Sheet<'f>) -> Self {
        Self { plan, sheet, judged: BTreeMap::new() }
    }

    /// The rows that fail the rule at `index` of the pack.
    pub(super) fn failing(&mut self, index: usize, rule: &EditRule) -> Vec<Told> {
        let hard = rule.notice.severity >= Severity::Error;
        let (plan, sheet) = (self.plan, self.sheet);
        let (rows, failing) =
            self.judged.entry((rule.table, hard)).or_insert_with(|| judged(plan, sheet, rule.table, hard));
        let places = failing.get(&index).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&place| rows.get(place)).map(|row| row.told.clone()).collect()
    }
}

fn judged(plan: &Plan, sheet: &Sheet<'_>, table: u16, hard: bool) -> JudgedRows {
    let links = plan.pack.links.len();
    let of_bands = record_set::table("band_row", links) == Some(table);
    let set = Set { table, hard, name: if of_bands { "band_row" } else { "table_row" } };
    let rows: Vec<FigureRow> = if of_bands { set.band_rows(sheet) } else { set.table_rows(sheet) };
    let records: Vec<ExampleRecord> = rows.iter().map(|row| row.values.clone()).collect();
    let programme = plan.of_link(table);
    let mut batch = batch_of(&plan.pack, &records);
    batch.about = table;
    let outcomes = judge(&programme, &mut batch);
    let failing = programme.rules.iter().zip(&outcomes.rules);
    let failing = failing.map(|(index, verdict)| (*index, verdict.fail.rows().collect())).collect();
    (rows, failing)
}

struct Set {
    table: u16,
    hard: bool,
    name: &'static str,
}

impl Set {
    fn record(&self, values: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> ExampleRecord {
        let mut record = ExampleRecord::default();
        record.linked.insert(self.table);
        for (name, value) in values {
            let place = record_set::columns(self.name).position(|(column, _)| column == name);
            let index = place.and_then(|place| u16::try_from(place).ok());
            if let (Some(index), Some(value)) = (index, value) {
                record.values.insert(FieldId { table: self.table, index }, ExampleValue::Value(value));
            }
        }
        record
    }

    /// Digits behind the point of the column called `name`.
    fn scale(&self, name: &str) -> u8 {
        record_set::columns(self.name)
            .find(|(column, _)| *column == name)
            .map_or(0, |(_, ty)| if let Type::Number { scale, .. } = ty { *scale } else { 0 })
    }

    fn share(&self, name: &'static str, share: Option<&Ratio>) -> (&'static str, Option<Value>) {
        (name, share.and_then(|share| scaled(share, self.scale(name))).map(Value::Number))
    }

    fn decimal(&self, name: &'static str, number: Option<Decimal>) -> (&'static str, Option<Value>) {
        let shifted = number.and_then(|number| {
            let shift = self.scale(name).checked_sub(number.decimals)?;
            number.digits.checked_mul(10_i64.checked_pow(u32::from(shift))?)
        });
        (name, shifted.map(Value::Number))
    }

    fn band_rows(&self, sheet: &Sheet<'_>) -> Vec<FigureRow> {
        let mut rows = Vec::new();
        for table in sheet.tables() {
            for row in &table.rows {
                for (place, cell) in row.cells.iter().enumerate() {
                    rows.extend(self.band_row(table, row, place, cell));
                }
            }
        }
        rows
    }

    fn band_row(&self, table: &Table<'_>, row: &Row<'_>, place: usize, cell: &Cell) -> Option<FigureRow> {
        let column = table.columns().get(place)?;
        let published = cell.published.as_ref().filter(|figure| !(self.hard && figure.reconstructed));
        let earlier = cell.earlier.as_ref().filter(|figure| !(self.hard && figure.reconstructed));
        // Of published figures alone the percentage is what was printed.
        let share = cell.share.clone().or_else(|| {
            published.filter(|_| row.is_share() && cell.count.is_none())?;
            cell.reach().map(|reach| reach.middle())
        });
        let text = |text: &Arc<str>| Some(Value::Text(Arc::clone(text)));
        let count = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok()).map(Value::Number);
        let values = self.record([
            ("table", text(table.name())),
            ("option", text(row.name())),
            ("band", text(&column.name)),
            ("count", count(cell.count)),
            ("base", count(cell.base)),
            self.share("percent", share.as_ref()),
            self.decimal("published", published.map(|figure| figure.value)),
            self.share("previous", earlier.map(|earlier| &earlier.share)),
        ]);
        let mut told = table.told_of_row(row);
        table.tell_column(place, &mut told);
        told.count("count", cell.count);
        told.count("base", cell.base);
        told.count("total", table.total().and_then(|total| row.cells.get(total)?.count));
        told.share("percent", share.as_ref());
        told.share("previous", earlier.map(|earlier| &earlier.share));
        told.decimal("published", published.map(|figure| figure.value));
        Some(FigureRow { values, told })
    }

    fn table_rows(&self, sheet: &Sheet<'_>) -> Vec<FigureRow> {
        let rows = sheet.tables().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
        rows.filter(|(_, row)| row.is_share()).map(|(table, row)| self.table_row(sheet, table, row)).collect()
    }

    fn table_row(&self, sheet: &Sheet<'_>, table: &Table<'_>, row: &Row<'_>) -> FigureRow {
        let average = |kind| averages::reach(sheet, table, row, kind).map(|reach| reach.middle());
        let pooled = average(AverageKind::Pooled);
        let (bands, frame) = (average(AverageKind::Bands), average(AverageKind::Frame));
        let published = averages::published(table, row).filter(|figure| !(self.hard && figure.reconstructed));
        let text = |text: &Arc<str>| Some(Value::Text(Arc::clone(text)));
        let values = self.record([
            ("table", text(table.name())),
            ("option", text(row.name())),
            self.share("average_pooled", pooled.as_ref()),
            self.share("average_bands", bands.as_ref()),
            self.share("average_frame", frame.as_ref()),
            self.decimal("published", published.map(|figure| figure.value)),
        ]);
        let mut told = table.told_of_row(row);
        told.share("pooled", pooled.as_ref());
        told.share("bands", bands.as_ref());
        told.decimal("published", published.map(|figure| figure.value));
        FigureRow { values, told }
    }
}
