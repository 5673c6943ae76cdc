//! What is tabulated: `[tables]`, `[base.X]`, `[table.X]` and the published figures, as data.
//!
//! Invariants
//! - Whatever passes names fields, options, links and lookups that exist; a row of options is an option.
//! - Nothing is counted here, and no table is known to the program: T01 and its like are the pack's.
//! - Whether questions of one base have one routing is seen where routings are steps, by the tables.

mod figures;
mod shared;
mod table;

use std::sync::Arc;

use super::chain::File;
use super::mistake::{self, Spot};
use super::toml_file::Text;
use super::wave::Waves;
use super::{Link, Lookup};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::error::Error;
use crate::expression::names::NamedField;
use crate::expression::number::parse_scaled;
use crate::expression::{FieldId, LookupId, Names, Type, TypedExpr};
use crate::questionnaire::Questionnaire;
use crate::source::SourceText;
use crate::source::root::SurveyRoot;

use super::declaration::nfkc;

/// What a table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// The answers of one question.
    Answers,
    /// Units asked, records received and accepted, and the rate.
    Response,
    /// Failures of edits, by rule.
    Failures,
    /// Records that are not accepted, by reason.
    Held,
    /// Records by day.
    Received,
    /// Questions without answer.
    NonResponse,
}

impl TableKind {
    /// The word of survey files and of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Response => "response",
            Self::Failures => "failures",
            Self::Held => "held",
            Self::Received => "received",
            Self::NonResponse => "non-response",
        }
    }

    /// Every word, for the table of keys.
    pub const WORDS: &'static [&'static str] =
        &["answers", "response", "failures", "held", "received", "non-response"];

    const ALL: [Self; 6] =
        [Self::Answers, Self::Response, Self::Failures, Self::Held, Self::Received, Self::NonResponse];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Of which records a table is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableBase {
    /// Accepted records of which the question's routing holds, called as `bases[i]` says.
    Named(usize),
    /// The same, without a name of its own.
    Routing,
    /// Units asked.
    Frame,
    /// Every record.
    Received,
    /// Received, in scope, not superseded.
    Eligible,
}

/// How the printed average of a table is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AverageKind {
    /// Σ count / Σ base.
    Pooled,
    /// The unweighted mean of the exact ratios of the bands.
    Bands,
    /// Weighted by the units asked.
    Frame,
    /// Not known: all three are printed.
    Unknown,
    /// None is printed.
    None,
}

impl AverageKind {
    /// The word of survey files and of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::Bands => "bands",
            Self::Frame => "frame",
            Self::Unknown => "unknown",
            Self::None => "none",
        }
    }

    /// What a person calls it.
    pub const fn label(self) -> Localized<&'static str> {
        match self {
            Self::Pooled => Localized::new("平均（全体の割合）", "average (pooled)"),
            Self::Bands => Localized::new("平均（区分の単純平均）", "average (mean of bands)"),
            Self::Frame => Localized::new("平均（名簿で加重）", "average (weighted by the frame)"),
            Self::Unknown | Self::None => Localized::new("平均", "average"),
        }
    }

    /// Every word, for the table of keys.
    pub const WORDS: &'static [&'static str] = &["pooled", "bands", "frame", "unknown", "none"];

    const ALL: [Self; 5] = [Self::Pooled, Self::Bands, Self::Frame, Self::Unknown, Self::None];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// By what records are put into columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classing {
    /// The first of these that is known decides; the names of the first's options are the columns.
    pub by: Vec<FieldId>,
    /// The lookup whose keys are the columns, where the fields are codes. `None`: options.
    pub labels: Option<LookupId>,
}

/// The figures of one wave, to stand beside those that are counted.
#[derive(Debug, Clone, Default)]
pub struct WaveFigures {
    /// The wave.
    pub wave: Arc<str>,
    /// Its records: table of a link. `None`: they are not to be had.
    pub link: Option<u16>,
    /// How its records are put into columns. Empty: they are not.
    pub by: Vec<FieldId>,
    /// As published.
    pub published: Vec<PublishedFigure>,
}

/// One figure as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFigure {
    /// `T05`.
    pub table: Arc<str>,
    /// Name of the row.
    pub row: Arc<str>,
    /// Name of the column: an option, or `all` for the total or the printed average.
    pub column: Arc<str>,
    /// As printed, without point: 655 is 65.5 where `decimals` is 1. Per cent where the row is a share, else a count.
    pub digits: i64,
    /// The upper end, likewise, where only a range is known. `None`: the figure itself.
    pub upper: Option<i64>,
    /// Digits behind the point.
    pub decimals: u8,
    /// From where it is.
    pub source: Arc<str>,
    /// Whether it was put together from other sources than the report itself.
    pub reconstructed: bool,
}

/// A base (`[base.X]`).
#[derive(Debug, Clone)]
pub struct NamedBase {
    /// `A`.
    pub name: Arc<str>,
    /// As a footnote calls it.
    pub title: Localized<Arc<str>>,
    /// A question of which it is the routing.
    pub of: FieldId,
    /// Its column in what is written of accepted records. `None`: it has none.
    pub column: Option<Arc<str>>,
}

/// How an earlier wave asked what a table counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierQuestion {
    /// The wave.
    pub wave: Arc<str>,
    /// Its question. `None`: the one of the same name.
    pub field: Option<FieldId>,
    /// Our row, and the options of theirs that it takes together; rows that are not named keep their name.
    pub rows: Vec<(Arc<str>, Vec<Arc<str>>)>,
}

/// A published table (`[table.X]`).
#[derive(Debug, Clone)]
pub struct PublishedTable {
    /// `T01`.
    pub name: Arc<str>,
    /// Its title.
    pub title: Localized<Arc<str>>,
    /// What it counts.
    pub kind: TableKind,
    /// The question that it counts, or the day by which it counts. `None`: the kind needs none.
    pub field: Option<FieldId>,
    /// Names of its rows, in the order of printing; `options` and `questions` are written out.
    pub rows: Vec<Arc<str>>,
    /// Of which records it is made.
    pub base: TableBase,
    /// The waves that stand beside, without this one.
    pub years: Vec<Arc<str>>,
    /// How its average is made.
    pub average: AverageKind,
    /// Columns of its own. `None`: those of all tables.
    pub classing: Option<Classing>,
    /// Names of its columns, without the total.
    pub columns: Vec<Arc<str>>,
    /// Questions of earlier waves that changed, and whose share is still the same.
    pub earlier: Vec<EarlierQuestion>,
}

/// Everything that a pack says of its tables.
#[derive(Debug, Clone, Default)]
pub struct Tabulation {
    /// The columns of a table that has none of its own.
    pub classing: Classing,
    /// The link that lists the units asked. `None`: there is none.
    pub frame: Option<u16>,
    /// Which of its units were asked. `None`: all.
    pub in_scope: Option<TypedExpr>,
    /// Waves whose figures are known.
    pub waves: Vec<WaveFigures>,
    /// Bases.
    pub bases: Vec<NamedBase>,
    /// Tables, in order of declaration.
    pub tables: Vec<PublishedTable>,
    /// Names of tables that are declared and cannot be made, for which the reason is reported; what names them is not
    /// reported again. Empty in every pack that is whole.
    pub unusable: Vec<Arc<str>>,
}

/// What the declarations are read against.
pub(super) struct Reading<'a> {
    pub(super) files: &'a [File<'a>],
    pub(super) names: &'a Names,
    pub(super) form: &'a Questionnaire,
    pub(super) links: &'a [Link],
    pub(super) lookups: &'a [Lookup],
    pub(super) waves: Waves<'a>,
    pub(super) root: &'a SurveyRoot,
    /// Whether what was published is read, and not only its files.
    pub(super) published: bool,
}

/// A number as it is written: its digits without the point, and how many of them stand behind it. `None`: it is none, or
/// negative.
pub(super) fn decimal(text: &str) -> Option<(i64, u8)> {
    let decimals = text.split_once('.').map_or(0, |(_, part)| part.len());
    let decimals = u8::try_from(decimals).ok()?;
    let digits = parse_scaled(text, decimals).ok().filter(|digits| *digits >= 0)?;
    Some((digits, decimals))
}

/// All that the pack's survey files declare of tables.
pub(super) fn read(
    reading: &Reading<'_>,
    sources: &mut Vec<SourceText>,
    found: &mut Diagnostics,
) -> Result<Tabulation, Error> {
    let mut tabulation = shared::read(reading, found);
    tabulation.tables = table::read(reading, &tabulation, found);
    let declared = super::declaration::named(reading.files, "table").into_iter().map(|table| table.name);
    let unusable = declared.filter(|name| tabulation.tables.iter().all(|table| table.name != *name));
    tabulation.unusable = unusable.collect();
    for table in &mut tabulation.tables {
        table.columns = reading.column_names(table.classing.as_ref().unwrap_or(&tabulation.classing));
    }
    figures::read(reading, &mut tabulation, sources, found)?;
    Ok(tabulation)
}

impl Reading<'_> {
    /// The field that `text` names, of the record or of a link. `None`: there is none, which is reported.
    fn field(&self, text: Text<'_>, spot: Spot<'_>, found: &mut Diagnostics) -> Option<&NamedField> {
        let (fields, name) = match text.text.split_once('.') {
            Some((link, name)) => (self.names.links.get(&nfkc(link)).map(|link| &link.fields), name),
            None => (Some(&self.names.fields), text.text),
        };
        let field = fields.and_then(|fields| fields.get(&nfkc(name)));
        if field.is_none() {
            let mistake = mistake::at(&code::UNKNOWN_FIELD, spot.source, text.span);
            let mistake = mistake.with("key", spot.key).with("found", text.text);
            let known = fields.into_iter().flat_map(|fields| fields.keys().map(|name| &**name));
            found.push(mistake::suggested(mistake, name, known));
        }
        field
    }

    /// The link that `text` names.
    fn link(&self, text: Text<'_>, spot: Spot<'_>, found: &mut Diagnostics) -> Option<&Link> {
        let link = self.links.iter().find(|link| link.name == nfkc(text.text));
        if link.is_none() {
            let mistake = mistake::at(&code::UNKNOWN_TABLE, spot.source, text.span);
            let mistake = mistake.with("key", spot.key).with("found", text.text);
            let known = self.links.iter().map(|link| &*link.name);
            found.push(mistake::suggested(mistake, text.text, known));
        }
        link
    }

    /// Whether `wave` is one of the survey's, which is reported if not.
    fn wave(&self, text: Text<'_>, spot: Spot<'_>, found: &mut Diagnostics) -> bool {
        let known = self.waves.all.iter().any(|wave| wave == text.text);
        if !known {
            let mistake = mistake::at(&code::UNKNOWN_WAVE, spot.source, text.span);
            let mistake = mistake.with("key", spot.key).with("found", text.text);
            found.push(mistake::suggested(mistake, text.text, self.waves.all.iter().map(String::as_str)));
        }
        known
    }

    /// The columns that `by` and `labels` of a table declare.
    fn classing(
        &self,
        table: &super::toml_file::Table<'_>,
        source: &SourceText,
        found: &mut Diagnostics,
    ) -> Classing {
        let labels = table.text("labels").and_then(|text| self.lookup(text, source, found));
        let spot = Spot { source, key: "by" };
        let mut by = Vec::new();
        for text in table.texts("by") {
            let Some(field) = self.field(text, spot, found) else { continue };
            let fits = match labels {
                None => matches!(field.ty, Type::Option(_)),
                Some(_) => matches!(field.ty, Type::Code | Type::Text),
            };
            if fits {
                by.push(field.id);
            } else {
                let expected = match labels {
                    None => Localized::new("一つを選ぶ選択肢の項目", "a field with one of several options"),
                    Some(_) => Localized::new("コードの項目", "a field of codes"),
                };
                found.push(
                    mistake::at(&code::TYPE_HERE, source, text.span)
                        .with("key", "by")
                        .with("expected", mistake::fixed(&expected))
                        .with("found", mistake::both(super::declared_type::describe(&field.ty))),
                );
            }
        }
        Classing { by, labels }
    }

    /// The lookup with labels and one key that `text` names.
    fn lookup(&self, text: Text<'_>, source: &SourceText, found: &mut Diagnostics) -> Option<LookupId> {
        let place = self.lookups.iter().position(|lookup| lookup.name == nfkc(text.text));
        let usable = place.filter(|&place| self.lookups.get(place).is_some_and(|one| one.labels.is_some()));
        if usable.is_none() {
            let mistake = mistake::at(&code::UNKNOWN_TABLE, source, text.span);
            let mistake = mistake.with("key", "labels").with("found", text.text);
            let known = self.lookups.iter().filter(|lookup| lookup.labels.is_some());
            found.push(mistake::suggested(mistake, text.text, known.map(|lookup| &*lookup.name)));
        }
        usable.and_then(|place| u16::try_from(place).ok()).map(LookupId)
    }
}
