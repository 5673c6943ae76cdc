//! The two record sets that are derived from the published tables, and what rules about them may name.
//!
//! Invariants
//! - They are read by `[[linked_rule]]` only and have tables of their own, far from those of links.
//! - A number that has no value in a row (no last wave, nothing published) is blank.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::Localized;
use crate::expression::names::NamedField;
use crate::expression::{FieldId, Type};

/// What messages of macro edits may print, beside fields of the row: filled by the tables.
pub const PUBLISHED: &[&str] = &[
    "table",
    "option",
    "band:label",
    "question",
    "percent",
    "previous",
    "published",
    "sum",
    "total",
    "expression",
    "claim",
    "definition",
    "pooled",
    "bands",
    "limit",
    "count",
    "base",
];

/// Their names.
pub const NAMES: [&str; 2] = ["band_row", "table_row"];

/// The table of `band_row`.
pub const BAND_ROW: u16 = u16::MAX - 1;

/// The table of `table_row`.
pub const TABLE_ROW: u16 = u16::MAX;

const COUNT: Type = Type::INTEGER;
const PERCENT: Type = Type::Number { scale: 6, unit: None };

type Column = (&'static str, Type, Localized<&'static str>);

const BAND_ROW_FIELDS: &[Column] = &[
    ("table", Type::Text, Localized::new("表", "table")),
    ("option", Type::Text, Localized::new("行", "row")),
    ("band", Type::Text, Localized::new("区分", "band")),
    ("count", COUNT, Localized::new("件数", "count")),
    ("base", COUNT, Localized::new("母数", "base")),
    ("percent", PERCENT, Localized::new("割合", "percentage")),
    ("published", PERCENT, Localized::new("公表値", "published figure")),
    ("previous", PERCENT, Localized::new("前回の値", "previous figure")),
];

const TABLE_ROW_FIELDS: &[Column] = &[
    ("table", Type::Text, Localized::new("表", "table")),
    ("option", Type::Text, Localized::new("行", "row")),
    ("average_pooled", PERCENT, Localized::new("プール平均", "pooled average")),
    ("average_bands", PERCENT, Localized::new("区分の単純平均", "mean of the bands")),
    ("average_frame", PERCENT, Localized::new("名簿構成による平均", "average weighted by the frame")),
    ("published", PERCENT, Localized::new("公表値", "published figure")),
];

/// Table and fields of the record set called `name`. `None`: there is no such.
pub fn fields(name: &str) -> Option<(u16, BTreeMap<Arc<str>, NamedField>)> {
    let (table, columns) = match name {
        "band_row" => (BAND_ROW, BAND_ROW_FIELDS),
        "table_row" => (TABLE_ROW, TABLE_ROW_FIELDS),
        _ => return None,
    };
    let field = |(index, (name, ty, title)): (usize, &Column)| {
        let id = FieldId { table, index: u16::try_from(index).unwrap_or(u16::MAX) };
        let named = NamedField {
            id,
            ty: ty.clone(),
            title: title.map(|text| Arc::from(*text)),
            declared: Arc::from(""),
            optional: true,
            derived: false,
            blank_is_empty_set: false,
            marks: BTreeSet::new(),
            controllers: BTreeSet::new(),
        };
        (Arc::from(*name), named)
    };
    Some((table, columns.iter().enumerate().map(field).collect()))
}
