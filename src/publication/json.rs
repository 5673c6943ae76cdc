//! Tables as JSON, by the schema `kenpyo/tables`.
//!
//! Invariants
//! - Numbers are numbers; `null` says that there is none, and `status` why.
//! - Both languages stand beside each other: the document does not depend on the language asked for.

use serde_json::{Map, Value, json};

use super::Publication;
use super::tidy::{Status, decimals, has_share, without_average, without_share};
use crate::diagnostic::{Language, Localized};
use crate::evaluate::Finding;
use crate::rule_pack::tabulation::AverageKind;
use crate::tables::{
    BaseConvention, CellFigures, ColumnFigures, ColumnKind, Decimal, EarlierAverages, EarlierFigure, Moving,
    Notes, Published, Ratio, RowFigures, RowKind, TableFigures, percent, prints, ratio,
};

/// Rises when a reader of the document has to learn something new.
const VERSION: u64 = 1;

/// The whole document, with a line end behind it.
pub fn json(publication: &Publication<'_>) -> String {
    let figures = publication.figures;
    let file = |line: &crate::engine::event::FileLine| json!({ "name": &*line.name, "records": line.records, "hash": line.hash.as_deref() });
    let files: Vec<Value> = publication.summary.files.iter().map(file).collect();
    let links: Vec<Value> = publication
        .summary
        .links
        .iter()
        .map(|link| json!({ "link": &*link.link, "file": file(&link.file) }))
        .collect();
    let records = figures.records;
    let not_run: Vec<Value> = publication
        .not_run
        .iter()
        .map(|edit| {
            let (title, cause) = (texts(&edit.title), texts(&edit.cause));
            json!({ "rule": &*edit.id, "title": title, "records": edit.records, "cause": cause })
        })
        .collect();
    let decisions: Vec<Value> = figures
        .decisions
        .iter()
        .map(|one| json!({ "decision": &*one.decision, "rule": &*one.rule, "records": one.records }))
        .collect();
    let document = json!({
        "schema": "kenpyo/tables",
        "schema_version": VERSION,
        "program": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "survey": {
            "id": &*figures.survey,
            "wave": &*figures.wave,
            "title": texts(&figures.title),
            "pack_hash": &*publication.header.hash,
        },
        "base": match figures.convention {
            BaseConvention::Asked => "asked",
            BaseConvention::Answered => "answered",
        },
        "suppress": publication.suppress,
        "has_frame": figures.has_frame,
        "records": {
            "received": records.received,
            "accepted": records.accepted,
            "held": records.held,
            "out_of_scope": records.out_of_scope,
            "superseded": records.superseded,
            "to_confirm": records.to_confirm,
        },
        "files": files,
        "links": links,
        "not_run": not_run,
        "decisions": decisions,
        "macro_findings": publication.macro_findings.iter().map(macro_finding).collect::<Vec<Value>>(),
        "tables": figures.tables.iter().map(table).collect::<Vec<Value>>(),
    });
    format!("{document:#}\n")
}

fn texts(text: &Localized<std::sync::Arc<str>>) -> Value {
    json!({ "ja": &*text.ja, "en": &*text.en })
}

fn decimal(number: Decimal) -> Value {
    if number.decimals == 0 {
        return json!(number.digits);
    }
    // A printed number of few digits has one shortest spelling.
    number
        .to_string()
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

/// A figure; `without`: why it may have no number.
fn moving<T>(figure: &Moving<T>, hidden: bool, without: Status, print: impl Fn(&T) -> Value) -> Value {
    let print = |value: &Option<T>| value.as_ref().filter(|_| !hidden).map_or(Value::Null, &print);
    let status = Status::of(hidden, figure.now.is_some(), without);
    json!({
        "value": print(&figure.now),
        "low": print(&figure.low),
        "high": print(&figure.high),
        "status": status.word(),
    })
}

fn share(figure: &Moving<Ratio>, hidden: bool, without: Status, decimals: u8) -> Value {
    moving(figure, hidden, without, |share| decimal(percent(share, decimals)))
}

fn table(table: &TableFigures) -> Value {
    let question = table.question.as_ref().map(|field| {
        json!({ "name": &*field.name, "number": field.question.as_deref(), "label": texts(&field.label) })
    });
    let waves: Vec<Value> = table
        .waves
        .iter()
        .map(|wave| {
            json!({
                "wave": &*wave.wave,
                "recomputed": wave.recomputed,
                "missing_columns": wave.lacking.iter().map(|name| json!(&**name)).collect::<Vec<Value>>(),
                "repeated_keys": wave.repeated,
            })
        })
        .collect();
    json!({
        "id": &*table.name,
        "title": texts(&table.title),
        "kind": table.kind.word(),
        "question": question,
        "base": {
            "name": table.base.name.as_deref(),
            "title": texts(&table.base.title),
            "expression": table.base.expression.as_deref(),
        },
        "average": table.average.word(),
        "adds_up": table.adds_up,
        "axis": table.axis.as_ref().map(texts),
        "columns": table.columns.iter().map(column).collect::<Vec<Value>>(),
        "waves": waves,
        "rows": table.rows.iter().map(|one| row(table, one)).collect::<Vec<Value>>(),
        "notes": notes(&table.notes),
    })
}

fn column(column: &ColumnFigures) -> Value {
    json!({
        "name": &*column.name,
        "label": texts(&column.label),
        "kind": match column.kind {
            ColumnKind::Band => "band",
            ColumnKind::Unclassified => "unclassified",
            ColumnKind::All => "all",
        },
        "frame": column.frame,
        "accepted": if column.hidden { Value::Null } else { json!(column.accepted) },
        "base": moving(&column.base, column.hidden, Status::NotKnown, |base| json!(base)),
    })
}

fn row(table: &TableFigures, row: &RowFigures) -> Value {
    let kind = match row.kind {
        RowKind::Answer(kind) => match kind {
            crate::tables::AnswerRow::Option => "option",
            crate::tables::AnswerRow::OtherOptions => "other-options",
            crate::tables::AnswerRow::NoAnswer => "no-answer",
            crate::tables::AnswerRow::NotApplicable => "not-applicable",
            crate::tables::AnswerRow::Unusable => "unusable",
        },
        RowKind::Count => "count",
        RowKind::Rate => "rate",
        RowKind::Id => "rule",
        RowKind::Word => "word",
        RowKind::Day => "day",
        RowKind::Question => "question",
    };
    let cells: Vec<Value> = table
        .columns
        .iter()
        .zip(&row.cells)
        .map(|(column, cell)| self::cell(table, row, column, cell))
        .collect();
    json!({
        "name": &*row.name,
        "label": texts(&row.label),
        "kind": kind,
        "cells": cells,
        "averages": averages(table, row),
    })
}

fn cell(table: &TableFigures, row: &RowFigures, column: &ColumnFigures, cell: &CellFigures) -> Value {
    let earlier: Vec<Value> = table
        .waves
        .iter()
        .zip(&cell.earlier)
        .filter_map(|(wave, figure)| {
            let (value, figure) = match figure.as_ref()? {
                EarlierFigure::Recomputed(count, base) => {
                    let share = ratio(*count, *base).map(|share| decimal(percent(&share, decimals(row))));
                    (share.unwrap_or(Value::Null), None)
                }
                EarlierFigure::Published(figure) => (decimal(figure.value), Some(figure)),
                EarlierFigure::Unknown => (Value::Null, None),
            };
            Some(beside(&wave.wave, if cell.hidden { &Value::Null } else { &value }, figure))
        })
        .collect();
    let mut members = Map::new();
    members.insert("count".into(), moving(&cell.count, cell.hidden, Status::NotKnown, |count| json!(count)));
    if has_share(row) {
        let hidden = cell.hidden || column.hidden;
        members.insert("base".into(), moving(&cell.base, hidden, Status::NotKnown, |base| json!(base)));
        let percent = share(&cell.share, cell.hidden, without_share(cell), decimals(row));
        members.insert("percent".into(), percent);
    }
    members.insert("earlier".into(), Value::Array(earlier));
    let published = cell.published.as_ref().filter(|_| !cell.hidden);
    members.insert("published".into(), published.map_or(Value::Null, self::published));
    Value::Object(members)
}

fn published(figure: &Published) -> Value {
    json!({
        "value": decimal(figure.value),
        "upper": figure.upper.map(decimal),
        "source": &*figure.source,
        "reconstructed": figure.reconstructed,
    })
}

fn beside(wave: &str, percent: &Value, figure: Option<&Published>) -> Value {
    json!({
        "wave": wave,
        "percent": percent,
        "published": figure.is_some(),
        "reconstructed": figure.is_some_and(|figure| figure.reconstructed),
    })
}

fn averages(table: &TableFigures, row: &RowFigures) -> Value {
    let averages = &row.averages;
    let total_hidden = row.cells.last().is_some_and(|cell| cell.hidden);
    let mut members = Map::new();
    for (kind, figure, hidden) in [
        (AverageKind::Pooled, &averages.pooled, total_hidden),
        (AverageKind::Bands, &averages.bands, averages.hidden),
        (AverageKind::Frame, &averages.frame, averages.hidden),
    ] {
        if !prints(table.average, kind) {
            continue;
        }
        let mut value = share(figure, hidden, without_average(table, kind), 0);
        let earlier: Vec<Value> = table
            .waves
            .iter()
            .zip(&averages.earlier)
            .filter_map(|(wave, earlier)| {
                let share = match (earlier.as_ref()?, kind) {
                    (EarlierAverages::Recomputed(pooled, _), AverageKind::Pooled) => pooled.as_ref(),
                    (EarlierAverages::Recomputed(_, bands), AverageKind::Bands) => bands.as_ref(),
                    _ => None,
                }?;
                let shown = if hidden || total_hidden { Value::Null } else { decimal(percent(share, 0)) };
                Some(beside(&wave.wave, &shown, None))
            })
            .collect();
        if let Some(object) = value.as_object_mut() {
            object.insert("earlier".into(), Value::Array(earlier));
        }
        members.insert(kind.word().into(), value);
    }
    Value::Object(members)
}

fn notes(notes: &Notes) -> Value {
    let hidden = |count: Option<u64>| if notes.suppressed { Value::Null } else { json!(count) };
    json!({
        "not_applicable": hidden(notes.not_applicable),
        "no_answer": hidden(notes.no_answer),
        "unusable": hidden(notes.unusable),
        "undetermined": hidden(notes.undetermined),
        "to_confirm": notes.to_confirm,
        "classified_otherwise": notes.otherwise,
        "classified_differently": notes.disputed,
        "empty_bands": notes.empty_bands.iter().map(texts).collect::<Vec<Value>>(),
        "bands_without_records": notes.bands_without_records.iter().map(texts).collect::<Vec<Value>>(),
        "listed": notes.listed,
        "suppressed": notes.suppressed,
    })
}

fn macro_finding(finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    json!({
        "rule": diagnostic.notice.full_id(),
        "slug": &*diagnostic.notice.slug,
        "severity": diagnostic.severity.word(),
        "message": { "ja": diagnostic.message(Language::Ja), "en": diagnostic.message(Language::En) },
    })
}
