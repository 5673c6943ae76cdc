//! Macro edits: demands on the tables as a whole (rule-language section 2.1), read once the tables are known.
//!
//! Invariants
//! - Tables, rows and columns that a macro edit names exist; its limit is a number or a parameter of the survey.
//! - What is demanded of one row of figures is no matter of this file: that is an ordinary rule over `band_row` or
//!   `table_row`.

mod claim;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chain::File;
use super::making::Drafted;
use super::mistake;
use super::tabulation::{AverageKind, Tabulation};
use super::toml_file::{Item, Table, Text, Written};
use super::{Param, tabulation};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::error::Error;
use crate::expression::{ParamId, Type};
use crate::source::root::SurveyRoot;
use crate::source::{SourceText, Span};

/// A row of a table, by the table's place in the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// Place in `tabulation.tables`.
    pub table: usize,
    /// Name of the row.
    pub row: Arc<str>,
}

/// A limit that a macro edit is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// As written: digits without point, and how many stand behind it.
    Number(i64, u8),
    /// A parameter of the survey.
    Param(ParamId),
}

/// What kind of sentence a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// The shares never fall from one band to the next.
    Rising,
    /// In every band at least.
    AtLeast,
    /// In every band at most.
    AtMost,
    /// The rows together are at least.
    SumAtLeast,
}

impl ClaimKind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("rising", Self::Rising),
        ("at-least", Self::AtLeast),
        ("at-most", Self::AtMost),
        ("sum-at-least", Self::SumAtLeast),
    ];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find_map(|(known, kind)| (known == word).then_some(kind))
    }
}

/// Of which columns a claim speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimColumns {
    /// Of each band.
    Each,
    /// Of one, by name; `all` is the total.
    One(Arc<str>),
}

/// A sentence that was published, and what it says of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it says.
    pub kind: ClaimKind,
    /// Of which table: place in `tabulation.tables`.
    pub table: usize,
    /// Of which rows, taken together.
    pub rows: Vec<Arc<str>>,
    /// Of which columns.
    pub columns: ClaimColumns,
    /// Per cent; digits without point, and how many stand behind it. `None`: it has none.
    pub limit: Option<(i64, u8)>,
    /// Points by which "about" is read, likewise. 0: not at all.
    pub about: (i64, u8),
    /// Whether it speaks of another base than its table has.
    pub other_base: bool,
    /// As published, and in the other language.
    pub sentence: Localized<Arc<str>>,
    /// Where it was published.
    pub source: Arc<str>,
}

/// What is demanded of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MacroKind {
    /// The bands of a row add up to its total.
    AddsUp(NamedRow),
    /// Bases lie inside each other, and some are the same.
    Nested {
        /// Places of tables, the smallest base first.
        within: Vec<Vec<usize>>,
        /// Places of tables with one base.
        alike: Vec<usize>,
    },
    /// Shares that are the whole together add up to it, as far as rounding goes.
    RoundedSum {
        /// Places of tables whose own figures are judged.
        tables: Vec<usize>,
        /// Places of tables whose published figures are.
        published: Vec<usize>,
    },
    /// A published average is the one that its table declares.
    WhichAverage(Vec<AverageKind>),
    /// Published sentences hold.
    Claims(Vec<Claim>),
    /// Respondents are spread over the bands as the others are.
    Mix {
        /// Units asked.
        asked: NamedRow,
        /// Those of them who answered.
        answered: NamedRow,
        /// The figure that is shown weighted by the frame.
        reference: NamedRow,
        /// The chi-square above which it is told.
        limit: Limit,
    },
}

/// A macro edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroEdit {
    /// Full id of its rule.
    pub id: Arc<str>,
    /// What it demands.
    pub kind: MacroKind,
}

/// What macro edits are read against.
pub(super) struct Reading<'a> {
    pub(super) files: &'a [File<'a>],
    pub(super) root: &'a SurveyRoot,
    pub(super) params: &'a [Param],
    pub(super) tabulation: &'a Tabulation,
    /// Whether macro edits are read, and not only the files that they name.
    pub(super) whole: bool,
}

/// The macro edits among the rules `drafted`, in their order.
///
/// # Errors
/// A file of claims cannot be read.
pub(super) fn read(
    reading: &Reading<'_>,
    drafted: &[Drafted<'_>],
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<Vec<MacroEdit>, Error> {
    let mut edits = Vec::new();
    for file in reading.files {
        for block in file.root.tables("linked_rule") {
            let Some(id) = block.text("id") else { continue };
            let mine = |rule: &&Drafted<'_>| {
                rule.source.id == file.source.id
                    && rule.rule.declared.span == block.span
                    && *rule.rule.notice.id == *id.text
            };
            let Some(rule) = drafted.iter().find(mine) else { continue };
            if !reading.whole {
                let path = block.table("claim").and_then(|claim| claim.text("file"));
                path.map(|path| claim::file(reading, path, file.source, sources, found)).transpose()?;
                continue;
            }
            let kind = Settings { reading, source: file.source, sources, found }.kind(block)?;
            edits.extend(kind.map(|kind| MacroEdit { id: Arc::from(rule.full_id.as_str()), kind }));
        }
    }
    Ok(edits)
}

/// The settings of one macro edit.
struct Settings<'s, 'a> {
    reading: &'s Reading<'a>,
    source: &'s SourceText,
    sources: &'s mut Vec<SourceText>,
    found: &'s mut Diagnostics,
}

/// The settings of each kind.
const KEYS: &[(&str, &[&str])] = &[
    ("adds-up", &["table", "option"]),
    ("nested", &["within", "alike"]),
    ("rounded-sum", &["tables", "published"]),
    ("which-average", &["of"]),
    ("claim", &["kinds", "other-base", "file"]),
    ("mix", &["asked", "answered", "reference", "limit"]),
];

impl Settings<'_, '_> {
    /// The kind of a block. `None`: it has none, or one with mistakes, which are reported.
    fn kind(&mut self, block: &Table<'_>) -> Result<Option<MacroKind>, Error> {
        let known = KEYS.iter().find_map(|(name, keys)| Some((*name, *keys, block.table(name)?)));
        let Some((name, keys, settings)) = known else { return Ok(None) };
        if let Some(entry) = settings.entries.iter().find(|entry| !keys.contains(&&*entry.key)) {
            let what = Localized::new("この種類の設定", "a setting of this kind");
            self.wrong(entry.key_span, &entry.key, &what, keys.iter().copied());
            return Ok(None);
        }
        Ok(match name {
            "adds-up" => self.adds_up(settings),
            "nested" => self.nested(settings),
            "rounded-sum" => {
                let (tables, published) =
                    (self.tables(settings, "tables"), self.tables(settings, "published"));
                tables.zip(published).map(|(tables, published)| MacroKind::RoundedSum { tables, published })
            }
            "which-average" => self.averages(settings).map(MacroKind::WhichAverage),
            "claim" => self.claims(settings)?.map(MacroKind::Claims),
            _ => self.mix(settings),
        })
    }

    /// Reports that `found` at `span` is not `expected`, with what could stand there.
    fn wrong<'k>(
        &mut self,
        span: Span,
        found: &str,
        expected: &Localized<&'static str>,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let mistake = mistake::at(&code::MACRO_SETTING, self.source, span)
            .with("found", found)
            .with("expected", mistake::fixed(expected))
            .with("known", mistake::names(known.clone()));
        self.found.push(mistake::suggested(mistake, found, known));
    }

    /// The setting `key`; that it is missing is reported.
    fn needed<'t>(&mut self, settings: &'t Table<'_>, key: &'static str) -> Option<&'t Item<'t>> {
        let item = settings.get(key);
        if item.is_none() {
            let what = Localized::new("必要な設定", "a setting that it needs");
            self.wrong(settings.span, key, &what, std::iter::empty());
        }
        item
    }

    fn table(&mut self, name: &str, span: Span) -> Option<usize> {
        let tables = &self.reading.tabulation.tables;
        let place = tables.iter().position(|table| *table.name == *name);
        let is_reported = || self.reading.tabulation.unusable.iter().any(|known| **known == *name);
        if place.is_none() && !is_reported() {
            let what = Localized::new("表", "a table");
            self.wrong(span, name, &what, tables.iter().map(|table| &*table.name));
        }
        place
    }

    fn row(&mut self, table: usize, name: &str, span: Span) -> Option<NamedRow> {
        let declared = self.reading.tabulation.tables.get(table)?;
        let row = declared.rows.iter().find(|row| ***row == *name).cloned();
        if row.is_none() {
            let what = Localized::new("表の行", "a row of the table");
            self.wrong(span, name, &what, declared.rows.iter().map(|row| &**row));
        }
        row.map(|row| NamedRow { table, row })
    }

    /// `T01:frame`.
    fn named_row(&mut self, settings: &Table<'_>, key: &'static str) -> Option<NamedRow> {
        let text = self.needed(settings, key)?.text()?;
        let Some((table, row)) = text.text.split_once(':') else {
            let what = Localized::new("「表:行」", "\"table:row\"");
            self.wrong(text.span, text.text, &what, std::iter::once("T01:row"));
            return None;
        };
        let table = self.table(table, text.span)?;
        self.row(table, row, text.span)
    }

    fn adds_up(&mut self, settings: &Table<'_>) -> Option<MacroKind> {
        let table = self.needed(settings, "table")?.text()?;
        let row = self.needed(settings, "option")?.text()?;
        let place = self.table(table.text, table.span)?;
        self.row(place, row.text, row.span).map(MacroKind::AddsUp)
    }

    /// Places of the tables that a text names, with blanks between them.
    fn chain(&mut self, text: Text<'_>) -> Option<Vec<usize>> {
        text.text.split_whitespace().map(|name| self.table(name, text.span)).collect()
    }

    fn nested(&mut self, settings: &Table<'_>) -> Option<MacroKind> {
        let texts = settings.texts("within");
        let within = texts.into_iter().map(|text| self.chain(text)).collect::<Option<Vec<_>>>()?;
        Some(MacroKind::Nested { within, alike: self.tables(settings, "alike")? })
    }

    fn tables(&mut self, settings: &Table<'_>, key: &str) -> Option<Vec<usize>> {
        settings.texts(key).into_iter().map(|text| self.table(text.text, text.span)).collect()
    }

    /// The definitions that are held against what was published; all, unless some are named.
    fn averages(&mut self, settings: &Table<'_>) -> Option<Vec<AverageKind>> {
        const OF: [AverageKind; 3] = [AverageKind::Pooled, AverageKind::Bands, AverageKind::Frame];
        if settings.get("of").is_none() {
            return Some(OF.to_vec());
        }
        let mut kinds = Vec::new();
        for text in settings.texts("of") {
            let kind = OF.into_iter().find(|kind| kind.word() == text.text);
            if kind.is_none() {
                let what = Localized::new("平均の定義", "a definition of the average");
                self.wrong(text.span, text.text, &what, OF.iter().map(|kind| kind.word()));
            }
            kinds.push(kind?);
        }
        Some(kinds)
    }

    fn claims(&mut self, settings: &Table<'_>) -> Result<Option<Vec<Claim>>, Error> {
        let mut kinds = BTreeSet::new();
        for text in settings.texts("kinds") {
            let Some(kind) = ClaimKind::of(text.text) else {
                let what = Localized::new("記述の種類", "a kind of claim");
                self.wrong(text.span, text.text, &what, ClaimKind::ALL.iter().map(|(word, _)| *word));
                return Ok(None);
            };
            kinds.insert(kind);
        }
        let other_base = settings.flag("other-base").unwrap_or(false);
        let Some(file) = self.needed(settings, "file").and_then(Item::text) else { return Ok(None) };
        let claims = claim::read(self.reading, file, self.source, self.sources, self.found)?;
        // A sentence about another base is that kind of claim and no other, whatever else it says.
        let mine = |claim: &Claim| if claim.other_base { other_base } else { kinds.contains(&claim.kind) };
        Ok(claims.map(|claims| claims.into_iter().filter(mine).collect()))
    }

    fn mix(&mut self, settings: &Table<'_>) -> Option<MacroKind> {
        let asked = self.named_row(settings, "asked")?;
        let answered = self.named_row(settings, "answered")?;
        let reference = self.named_row(settings, "reference")?;
        let item = self.needed(settings, "limit")?;
        let limit = match &item.value {
            Written::Integer(digits) | Written::Float(digits) => {
                tabulation::decimal(digits).map(|(digits, decimals)| Limit::Number(digits, decimals))
            }
            _ => item.text().and_then(|text| self.param(text)).map(Limit::Param),
        }?;
        Some(MacroKind::Mix { asked, answered, reference, limit })
    }

    fn param(&mut self, text: Text<'_>) -> Option<ParamId> {
        let params = self.reading.params;
        let number = |param: &&Param| matches!(param.ty, Type::Number { .. });
        let place = params.iter().position(|param| *param.name == *text.text && number(&param));
        if place.is_none() {
            let what = Localized::new("数の条件値", "a parameter that is a number");
            self.wrong(text.span, text.text, &what, params.iter().filter(number).map(|param| &*param.name));
        }
        place.and_then(|place| u16::try_from(place).ok()).map(ParamId)
    }
}
