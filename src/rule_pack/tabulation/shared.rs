//! `[tables]` and `[base.X]`: what all tables share.
//!
//! Invariants
//! - A base is the routing of one question of the form; it has no condition of its own.

use std::sync::Arc;

use super::super::chain::File;
use super::super::compile::parse_item;
use super::super::declaration;
use super::super::mistake::{self, Spot};
use super::super::toml_file::{Table, Text};
use super::{NamedBase, Reading, Tabulation, WaveFigures};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::source::SourceText;

/// All but the tables themselves and what was published.
pub(super) fn read(reading: &Reading<'_>, found: &mut Diagnostics) -> Tabulation {
    let mut tabulation = Tabulation::default();
    // A later layer's word goes before an earlier one's.
    let layers = reading.files.iter().filter(|file| file.is_survey());
    for (table, source) in
        layers.filter_map(|file: &File<'_>| Some((file.root.table("tables")?, file.source)))
    {
        layer(reading, table, source, &mut tabulation, found);
    }
    tabulation.bases = bases(reading, found);
    tabulation
}

fn layer(
    reading: &Reading<'_>,
    table: &Table<'_>,
    source: &SourceText,
    tabulation: &mut Tabulation,
    found: &mut Diagnostics,
) {
    if table.get("by").is_some() {
        tabulation.classing = reading.classing(table, source, found);
    }
    if let Some(text) = table.text("frame") {
        let link = reading.link(text, Spot { source, key: "frame" }, found);
        tabulation.frame = link.map(|link| link.table);
    }
    if let Some(parsed) = parse_item(source, table.get("in-scope"), found) {
        tabulation.in_scope = parsed.condition(reading.names, found);
    }
    let waves = table.table("wave").map(|waves| waves.entries.as_slice()).unwrap_or_default();
    for entry in waves {
        let Some(figures) = entry.item.table() else { continue };
        let name = Text { text: &entry.key, span: entry.key_span };
        if !reading.wave(name, Spot { source, key: "wave" }, found) {
            continue;
        }
        let link = figures.text("link");
        let link = link.and_then(|text| reading.link(text, Spot { source, key: "link" }, found));
        let wave = WaveFigures {
            wave: Arc::from(&*entry.key),
            link: link.map(|link| link.table),
            by: reading.classing(figures, source, found).by,
            published: Vec::new(),
        };
        tabulation.waves.retain(|earlier| earlier.wave != wave.wave);
        tabulation.waves.push(wave);
    }
}

fn bases(reading: &Reading<'_>, found: &mut Diagnostics) -> Vec<NamedBase> {
    let mut bases = Vec::new();
    for declaration in declaration::named(reading.files, "base") {
        let Some(text) = declaration.table.text("of") else { continue };
        let Some(field) = reading.field(text, declaration.spot("of"), found) else { continue };
        if field.derived || field.id.table != 0 {
            let mistake = mistake::at(&code::UNKNOWN_FIELD, declaration.source, text.span);
            found.push(mistake.with("key", "of").with("found", text.text));
            continue;
        }
        let Some(title) = declaration::both(declaration.table.table("title")) else { continue };
        let column = declaration.table.text("column").map(|text| Arc::from(text.text));
        bases.push(NamedBase { name: declaration.name, title, of: field.id, column });
    }
    bases
}
