//! A small form, and submissions of it read from text: for the tests of reading and conversion.
//!
//! Invariants
//! - Reads by the same path as the program: bytes, header, blocks, conversion; nothing is put into a column by hand.
//! - Everything is in memory; the form holds one field of every kind that is converted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Converter;
use crate::batch::{Batch, Column};
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::{FieldId, Names};
use crate::input::{FormNeeds, ReadOptions, Reader, UnknownKeys};
use crate::questionnaire::{Field, Questionnaire, load};
use crate::rule_pack::ForeignColumns;
use crate::rule_pack::RulePack;
use crate::rule_pack::period::Period;
use crate::rule_pack::zone::Zone;
use crate::source::SourceId;
use crate::source::reader::Stream;
use crate::source::root::SurveyRoot;

/// The form: one field of every kind.
const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex",
  "title": "example",
  "x-label": { "ja": "例", "en": "example" },
  "type": "object",
  "x-missing": { "na": ["-", "―", "N/A"], "dk": ["不明", "?"] },
  "properties": {
    "id": {
      "type": "string", "pattern": "^[0-9A-Z]{3}$", "x-kind": "code", "x-column": "番号", "x-column-required": true,
      "x-column-aliases": ["ID番号"], "x-label": { "ja": "番号", "en": "Number" }, "x-pointer": "/who/id",
      "x-invalid": [
        { "matches": "^[0-9]{5}$", "id": "EX-C2", "severity": "error", "title": { "ja": "五桁", "en": "five digits" },
          "message": { "ja": "「{value}」は五桁です。", "en": "\"{value}\" has five digits." } },
        { "id": "EX-C1", "severity": "error", "title": { "ja": "形式", "en": "malformed" },
          "message": { "ja": "「{value}」は不正です。", "en": "\"{value}\" is malformed." } } ]
    },
    "second": { "type": "string", "x-kind": "code", "x-label": { "ja": "副番号", "en": "Second number" } },
    "beds": {
      "type": "integer", "minimum": 0, "maximum": 5000, "x-label": { "ja": "病床数", "en": "Beds" },
      "x-column": "病床数", "x-column-required": true, "x-pointer": "/who/beds"
    },
    "rate": {
      "type": "number", "x-decimals": 2, "minimum": -1, "exclusiveMaximum": 100, "multipleOf": 0.25,
      "x-label": { "ja": "率", "en": "Rate" }, "x-missing": { "dk": ["999"] },
      "x-finding-ids": { "type": "EX-T1" }
    },
    "q": {
      "oneOf": [
        { "const": 1, "x-name": "yes", "x-label": { "ja": "はい", "en": "Yes" }, "x-synonyms": ["ハイ", "○", "true"] },
        { "const": 2, "x-name": "no", "x-label": { "ja": "いいえ", "en": "No" }, "x-synonyms": ["イイエ", "×", "false"] } ],
      "x-q": "1", "x-required": false, "x-column": "問1", "x-label": { "ja": "設問", "en": "Question" },
      "x-invalid": [
        { "matches": "一部|はい", "id": "EX-C3", "severity": "error", "title": { "ja": "判定不能", "en": "neither" },
          "message": { "ja": "「{value}」{options}", "en": "\"{value}\" {options}" } } ]
    },
    "kind": { "enum": ["A", "B", "わからない"], "x-label": { "ja": "種別", "en": "Kind" } },
    "name": { "type": "string", "minLength": 2, "maxLength": 5, "x-label": { "ja": "名称", "en": "Name" }, "x-missing": { "na": [] } },
    "pref": {
      "type": "string", "pattern": "^(?:0[1-9]|1[0-9])$", "x-kind": "code", "x-label": { "ja": "県", "en": "Prefecture" },
      "x-synonyms": { "北海道": "01", "東京都": "13" }
    },
    "day": { "type": "string", "format": "date", "x-kind": "date", "x-date-format": ["YYYY/M/D"], "x-label": { "ja": "日", "en": "Day" } },
    "month": {
      "type": "string", "pattern": "^[0-9]{4}-(?:0[1-9]|1[0-2])$", "x-kind": "yearmonth", "x-label": { "ja": "月", "en": "Month" }
    },
    "tags": {
      "type": "array", "items": { "oneOf": [
        { "const": 1, "x-name": "one", "x-label": { "ja": "一", "en": "One" } },
        { "const": 2, "x-name": "two", "x-label": { "ja": "二", "en": "Two" } },
        { "const": 3, "x-name": "three", "x-label": { "ja": "三", "en": "Three" } } ] },
      "x-kind": "multi", "x-separator": ";", "maxItems": 3, "x-label": { "ja": "複数", "en": "Several" }
    },
    "ticks": {
      "type": "array", "items": { "oneOf": [
        { "const": 1, "x-name": "red", "x-label": { "ja": "赤", "en": "Red" } },
        { "const": 2, "x-name": "blue", "x-label": { "ja": "青", "en": "Blue" } } ] },
      "x-kind": "multi", "x-ticked": ["○", "1"], "x-columns": ["色_赤", "色_青"], "x-label": { "ja": "色", "en": "Colour" }
    }
  }
}"#;

pub(super) fn questionnaire() -> Questionnaire {
    let root = SurveyRoot::Memory(vec![("schemas/ex.json".into(), SCHEMA.into())]);
    let (loaded, found) = load::load(&root, "schemas/ex.json", 0, &mut Vec::new()).unwrap();
    let messages: Vec<String> =
        found.iter().map(|found| found.message(crate::diagnostic::Language::En)).collect();
    loaded.unwrap_or_else(|| panic!("{messages:?}"))
}

/// The yes/no question of the form.
pub(super) fn yes_no() -> Field {
    questionnaire().field("q").unwrap().clone()
}

pub(super) fn pack() -> Arc<RulePack> {
    let questionnaire = questionnaire();
    let id = |name: &str| questionnaire.field(name).unwrap().id;
    let text = |text: &str| Localized::new(Arc::from(text), Arc::from(text));
    Arc::new(RulePack {
        survey: "ex".into(),
        wave: "1".into(),
        title: text("ex"),
        everyone: Localized::default(),
        hash: "".into(),
        key: vec![id("id")],
        fallback_key: vec![id("second")],
        breakdown: None,
        links: Vec::new(),
        params: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        rules: Vec::new(),
        groups: Vec::new(),
        exemptions: Vec::new(),
        profiles: Vec::new(),
        foreign_columns: ForeignColumns::known(&["旧設問"], "ex-old"),
        names: Names::default(),
        tabulation: crate::rule_pack::tabulation::Tabulation::default(),
        macro_edits: Vec::new(),
        cell_notices: BTreeMap::new(),
        zone: Zone { seconds: 9 * 3600 },
        period: Period::of_year("2024"),
        sources: Vec::new(),
        questionnaire,
    })
}

/// A submission, read and converted.
pub(super) struct Read {
    pub(super) pack: Arc<RulePack>,
    /// Of the file, in order; unknown keys and what is known at the end come last.
    pub(super) file: Diagnostics,
    pub(super) batches: Vec<Batch>,
}

/// Reads `bytes` as the file `name` in blocks of `chunk_records`.
pub(super) fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Read {
    let pack = pack();
    let foreign = pack.foreign_columns.clone();
    let form = FormNeeds::new(&pack.questionnaire);
    let form = Arc::new(form.apart_from(move || foreign.get().keys().map(Arc::clone).collect()));
    let converter = Converter::new(&pack);
    let stream = Stream::from(bytes.to_vec());
    let (mut reader, mut file) = Reader::open(SourceId(0), name, stream, &form, options).unwrap();
    let (mut batches, mut keys) = (Vec::new(), UnknownKeys::default());
    while let Some(block) = reader.next_block().unwrap() {
        let layout = Arc::clone(&block.layout);
        let mut batch = converter.convert(&layout, layout.cells(block));
        let found = std::mem::take(&mut batch.chunk.unknown_keys);
        file.extend(found.into_iter().filter_map(|key| keys.report(&layout, key)));
        batches.push(batch);
    }
    file.append(reader.finish());
    Read { pack, file, batches }
}

pub(super) fn read(name: &str, text: &str) -> Read {
    read_with(name, text.as_bytes(), &ReadOptions::default())
}

impl Read {
    /// Ids of the findings about the file.
    pub(super) fn file_ids(&self) -> Vec<&str> {
        self.file.iter().map(|finding| &*finding.notice.id).collect()
    }

    /// (record number, field, id) of the findings about records.
    pub(super) fn findings(&self) -> Vec<(u64, String, String)> {
        let mut found = Vec::new();
        for batch in &self.batches {
            for finding in &batch.findings {
                let number = batch.chunk.records.get(finding.row).unwrap().number;
                let field = finding.field.and_then(|id| self.pack.field(id));
                let name = field.map_or(String::new(), |field| field.name.to_string());
                found.push((number, name, finding.notice.id.to_string()));
            }
        }
        found
    }

    /// The id of a field.
    pub(super) fn id(&self, name: &str) -> FieldId {
        self.pack.questionnaire.field(name).unwrap().id
    }

    /// The states of a field over all records: `v`alue, `b`lank, `n`a, `d`k, `i`nvalid, `a`bsent.
    pub(super) fn states(&self, name: &str) -> String {
        let id = self.id(name);
        let states = |batch: &Batch| {
            let column = batch.column(id).unwrap();
            (0..batch.len()).map(|row| state(column, row)).collect::<String>()
        };
        self.batches.iter().map(states).collect()
    }
}

pub(super) fn state(column: &Column, row: usize) -> char {
    let all = [
        (&column.known, 'v'),
        (&column.blank, 'b'),
        (&column.na, 'n'),
        (&column.dk, 'd'),
        (&column.invalid, 'i'),
    ];
    let mut found = all.iter().filter(|(mask, _)| mask.get(row)).map(|(_, letter)| *letter);
    let first = found.next();
    assert!(found.next().is_none(), "one state a row");
    if column.absent { 'a' } else { first.expect("a state for every row") }
}
