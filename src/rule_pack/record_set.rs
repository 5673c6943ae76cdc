//! The two record sets that are derived from the published tables, and what rules about them may name.
//!
//! Invariants
//! - They are read by `[[linked_rule]]` only and have tables of their own, behind those of links.
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

/// The table of the record set called `name` in a survey of so many `links`: behind theirs. `None`: there is no such.
pub fn table(name: &str, links: usize) -> Option<u16> {
    let place = NAMES.iter().position(|known| *known == name)?;
    u16::try_from(links + 1 + place).ok()
}

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

/// The columns of the record set called `name`, with their types, in order. Empty: there is no such.
pub fn columns(name: &str) -> impl Iterator<Item = (&'static str, &'static Type)> {
    let columns = match name {
        "band_row" => BAND_ROW_FIELDS,
        "table_row" => TABLE_ROW_FIELDS,
        _ => &[],
    };
    columns.iter().map(|(name, ty, _)| (*name, ty))
}

/// Table and fields of the record set called `name` in a survey of so many `links`. `None`: there is no such.
pub fn fields(name: &str, links: usize) -> Option<(u16, BTreeMap<Arc<str>, NamedField>)> {
    let table = table(name, links)?;
    let columns = if name == "band_row" { BAND_ROW_FIELDS } else { TABLE_ROW_FIELDS };
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
