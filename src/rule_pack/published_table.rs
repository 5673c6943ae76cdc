//! `[table.X]`: what is published; checked lightly here and meant for the tables.
//!
//! Invariants
//! - The question that a table counts is a field of the form, its rows are options of it.

use std::sync::Arc;

use super::PublishedTable;
use super::chain::File;
use super::declaration::{self, Declaration, nfkc};
use super::judgement::unknown_field;
use super::mistake;
use super::toml_file::Text;
use super::wave::Waves;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::expression::{Names, Type};

/// All published tables.
pub fn read(
    files: &[File<'_>],
    names: &Names,
    waves: Waves<'_>,
    found: &mut Diagnostics,
) -> Vec<PublishedTable> {
    let tables = declaration::named(files, "table");
    tables.iter().filter_map(|declaration| table(declaration, names, waves, found)).collect()
}

fn table(
    declaration: &Declaration<'_>,
    names: &Names,
    waves: Waves<'_>,
    found: &mut Diagnostics,
) -> Option<PublishedTable> {
    let table = declaration.table;
    let field = table.text("field").and_then(|text| {
        let field = names.fields.get(&nfkc(text.text));
        if field.is_none() {
            found.push(unknown_field("field", declaration.source, text, names));
        }
        field
    });
    let rows = table.texts("rows");
    if let Some(Type::Option(list) | Type::Multi(list)) = field.map(|field| &field.ty) {
        let known = || list.items.iter().map(|item| &*item.name);
        let whole = rows.len() == 1 && rows.iter().all(|row| row.text == "options");
        for row in rows.iter().filter(|row| !whole && !known().any(|name| name == row.text)) {
            let mistake = mistake::at(&code::UNKNOWN_OPTION_NAME, declaration.source, row.span)
                .with("found", row.text)
                .with("field", table.text("field").map_or("", |text| text.text))
                .with("known", mistake::names(known()));
            found.push(mistake::suggested(mistake, row.text, known()));
        }
    }
    let years = table.texts("years");
    for year in years.iter().filter(|year| !waves.all.iter().any(|wave| wave == year.text)) {
        let mistake = mistake::at(&code::UNKNOWN_WAVE, declaration.source, year.span);
        let mistake = mistake.with("key", "years").with("found", year.text);
        found.push(mistake::suggested(mistake, year.text, waves.all.iter().map(String::as_str)));
    }
    let texts = |texts: &[Text<'_>]| texts.iter().map(|text| Arc::from(text.text)).collect();
    Some(PublishedTable {
        name: Arc::clone(&declaration.name),
        title: declaration::both(table.table("title"))?,
        field: field.map(|field| field.id),
        rows: texts(&rows),
        base: table.text("base").map(|text| Arc::from(text.text)),
        years: texts(&years),
        average: table.text("average").map(|text| Arc::from(text.text)),
    })
}
