//! The columns that a cleaned record has beside its answers: from where it comes, where it counts, and what its answers
//! are.
//!
//! Invariants
//! - Which columns there are is data of the pack: its tables' columns, its bases, its numbered questions.
//! - The words of answers are the statistician's, in Japanese, whatever the language of the run: they are data.
//! - Of a record that cannot be read nothing is known: its flags and words are blank.

use std::sync::Arc;

use crate::engine::admission::Admission;
use crate::engine::fold::{LostRecord, SettledBlock, SettledRow};
use crate::evaluate::{Base, WordMasks, Words};
use crate::expression::FieldId;
use crate::rule_pack::RulePack;
use crate::tables::Axis;

/// The value of one column in one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nobody can tell.
    Blank,
    /// A flag or a count.
    Number(u64),
    /// A word or a name.
    Text(Arc<str>),
    /// Ids.
    Ids(Vec<Arc<str>>),
}

impl Value {
    /// As a cell of a table.
    pub(super) fn cell(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Ids(ids) => ids.join(";"),
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Blank => serde_json::Value::Null,
            Self::Number(number) => (*number).into(),
            Self::Text(text) => (&**text).into(),
            Self::Ids(ids) => ids.iter().map(|id| serde_json::Value::from(&**id)).collect(),
        }
    }
}

/// The further columns of the records of one survey.
#[derive(Debug)]
pub(super) struct Columns {
    /// Their names, in order.
    pub(super) names: Vec<String>,
    axis: Option<Axis>,
    bases: Vec<FieldId>,
    questions: Vec<FieldId>,
}

impl Columns {
    /// Those of `pack`.
    pub(super) fn of(pack: &RulePack) -> Self {
        let tables = &pack.tabulation;
        let questions = pack.questionnaire.fields.iter().filter(|field| field.question.is_some());
        Self {
            names: pack.further_columns(),
            axis: pack.class_column().map(|_| Axis::new(pack, &tables.classing)),
            bases: tables.bases.iter().map(|base| base.of).collect(),
            questions: questions.map(|field| field.id).collect(),
        }
    }

    /// The values of every row of `block`, of the file called `name`.
    pub(super) fn values(&self, block: &SettledBlock<'_>, name: &Arc<str>) -> Vec<Vec<Value>> {
        let mut words = Words::new(block.plan, block.batch);
        let bases: Vec<Base> = self.bases.iter().map(|field| words.base(*field)).collect();
        let states: Vec<WordMasks> = self.questions.iter().map(|field| words.of(*field)).collect();
        let records = block.batch.chunk.records.iter().zip(block.rows).enumerate();
        let row = |(row, (record, settled)): (usize, (&crate::input::RawRecord, &SettledRow<'_>))| {
            let known = !block.batch.unreadable.get(row);
            let mut values = vec![Value::Text(Arc::clone(name)), Value::Number(record.number)];
            if let Some(axis) = &self.axis {
                let column = axis.place(block.batch, row).and_then(|place| axis.columns.get(place.column));
                let column = column.filter(|_| known);
                values.push(column.map_or(Value::Blank, |column| Value::Text(Arc::clone(&column.name))));
            }
            values.extend(bases.iter().map(|base| match base {
                Base { unknown, .. } if !known || unknown.get(row) => Value::Blank,
                Base { yes, .. } => Value::Number(u64::from(yes.get(row))),
            }));
            values.extend(validity(settled));
            values.extend(states.iter().map(|masks| match masks.of(row).filter(|_| known) {
                Some(word) => Value::Text(Arc::from(word.label().ja)),
                None => Value::Blank,
            }));
            values
        };
        records.map(row).collect()
    }

    /// The values of a record of which nothing is known.
    pub(super) fn unknown(&self, record: &LostRecord<'_>, name: &Arc<str>) -> Vec<Value> {
        let number = record.finding.place.record;
        let mut values = vec![Value::Text(Arc::clone(name)), Value::Number(number)];
        values.resize(2 + usize::from(self.axis.is_some()) + self.bases.len(), Value::Blank);
        values.extend(validity(&record.row));
        values.resize(self.names.len(), Value::Blank);
        values
    }
}

/// Whether the record counts, and why not.
fn validity(row: &SettledRow<'_>) -> [Value; 2] {
    let accepted = row.settled.admission == Admission::Accepted;
    let reasons = if accepted { Value::Blank } else { Value::Ids(row.settled.reasons.clone()) };
    [Value::Number(u64::from(accepted)), reasons]
}

/// `names`, none of which is one of `taken`.
pub(super) fn free_names(names: &[String], taken: &dyn Fn(&str) -> bool) -> Vec<String> {
    let free = |name: &String| {
        let further = (2_u32..).map(|number| format!("{name}_{number}"));
        std::iter::once(name.clone()).chain(further).find(|name| !taken(name)).unwrap_or_else(|| name.clone())
    };
    names.iter().map(free).collect()
}
