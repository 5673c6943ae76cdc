//! The columns of a table: into which of them a record falls.
//!
//! Invariants
//! - The first field that is known decides. Columns are the options of the first field, or the keys of a lookup; those of
//!   the other fields are found by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::example::type_of;
use crate::batch::{Batch, Data};
use crate::diagnostic::Localized;
use crate::expression::{FieldId, Type, Value};
use crate::rule_pack::tabulation::Classing;
use crate::rule_pack::{Lookup, LookupKeys, RulePack};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisColumn {
    /// Name of the option, or the code.
    pub name: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
}

/// Where a record falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The column.
    pub column: usize,
    /// Which of the fields decided, from 0.
    pub by: usize,
    /// Whether a later field, which is known too, says otherwise.
    pub disputed: bool,
}

/// How the values of one field name columns.
#[derive(Debug, Clone)]
enum Reading {
    /// By option.
    Options(Vec<Option<usize>>),
    /// By text.
    Codes(Arc<BTreeMap<Arc<str>, usize>>),
}

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub struct Axis {
    /// In order of printing.
    pub columns: Vec<AxisColumn>,
    /// What they are: the first field as its label says. `None`: there are no columns.
    pub title: Option<Localized<Arc<str>>>,
    /// Whether the columns are codes of a lookup, to be printed beside their labels.
    pub coded: bool,
    fields: Vec<(FieldId, Reading)>,
}

impl Axis {
    /// The columns of `classing`.
    pub fn new(pack: &RulePack, classing: &Classing) -> Self {
        let lookup = classing.labels.and_then(|id| pack.lookups.get(usize::from(id.0)));
        let columns = match lookup {
            Some(lookup) => coded(lookup),
            None => options(classing.by.first().and_then(|&id| type_of(pack, id))),
        };
        let by_name: BTreeMap<Arc<str>, usize> =
            columns.iter().enumerate().map(|(place, column)| (Arc::clone(&column.name), place)).collect();
        let by_name = Arc::new(by_name);
        let reading = |&id: &FieldId| {
            let reading = match type_of(pack, id)? {
                Type::Option(list) => {
                    Reading::Options(list.items.iter().map(|item| by_name.get(&item.name).copied()).collect())
                }
                _ => Reading::Codes(Arc::clone(&by_name)),
            };
            Some((id, reading))
        };
        let title = classing.by.first().and_then(|&id| pack.field(id)).map(|field| field.label.clone());
        Self {
            fields: classing.by.iter().filter_map(reading).collect(),
            coded: lookup.is_some(),
            columns,
            title,
        }
    }

    /// The same columns for records of another table, put there by `by`: options by name.
    #[must_use]
    pub fn of_wave(&self, pack: &RulePack, by: &[FieldId]) -> Self {
        let by_name: BTreeMap<Arc<str>, usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| (Arc::clone(&column.name), place))
            .collect();
        let by_name = Arc::new(by_name);
        let reading = |&id: &FieldId| match type_of(pack, id)? {
            Type::Option(list) => {
                let places = list.items.iter().map(|item| by_name.get(&item.name).copied()).collect();
                Some((id, Reading::Options(places)))
            }
            _ => Some((id, Reading::Codes(Arc::clone(&by_name)))),
        };
        Self { fields: by.iter().filter_map(reading).collect(), ..self.clone() }
    }

    /// The field that decides before all others. `None`: there are no columns.
    pub(super) fn first_field(&self) -> Option<FieldId> {
        self.fields.first().map(|(field, _)| *field)
    }

    /// Where the record in `row` falls. `None`: none of the fields is known.
    pub fn place(&self, batch: &Batch, row: usize) -> Option<Place> {
        let mut known = self
            .fields
            .iter()
            .enumerate()
            .filter_map(|(by, (id, reading))| Some((by, column(batch, *id, reading, row)?)));
        let (by, column) = known.next()?;
        let disputed = known.any(|(_, other)| other != column);
        Some(Place { column, by, disputed })
    }
}

fn column(batch: &Batch, id: FieldId, reading: &Reading, row: usize) -> Option<usize> {
    let column = batch.column(id).filter(|column| column.known.get(row))?;
    match (&column.data, reading) {
        (Data::Options(codes), Reading::Options(places)) => {
            places.get(usize::from(*codes.get(row)?)).copied().flatten()
        }
        (Data::Text(texts), Reading::Codes(places)) => places.get(batch.text(*texts.get(row)?)).copied(),
        _ => None,
    }
}

fn options(ty: Option<&Type>) -> Vec<AxisColumn> {
    let Some(Type::Option(list)) = ty else { return Vec::new() };
    let column = |item: &crate::expression::OptionItem| AxisColumn {
        name: Arc::clone(&item.name),
        label: item.label.clone(),
    };
    list.items.iter().map(column).collect()
}

/// The rows of a lookup with one key, in their order.
fn coded(lookup: &Lookup) -> Vec<AxisColumn> {
    let (LookupKeys::Exact(_, rows), Some(labels)) = (&lookup.keys, &lookup.labels) else {
        return Vec::new();
    };
    let text = |column: u16, row: usize| -> Option<Arc<str>> {
        match lookup.columns.get(usize::from(column))?.cells.get(row)? {
            Some(Value::Text(text)) => Some(Arc::clone(text)),
            _ => None,
        }
    };
    let mut columns: Vec<(usize, AxisColumn)> = rows
        .iter()
        .filter_map(|(key, &row)| match key.as_slice() {
            [Value::Text(name)] => {
                let label = labels.map(|column| text(*column, row).unwrap_or_else(|| Arc::clone(name)));
                Some((row, AxisColumn { name: Arc::clone(name), label }))
            }
            _ => None,
        })
        .collect();
    columns.sort_by_key(|(row, _)| *row);
    columns.into_iter().map(|(_, column)| column).collect()
}
