//! The questionnaire: fields, answer domains, routing, read from its JSON Schema.
//!
//! Invariants
//! - Fields stand in form order; a field's [`FieldId`] never changes after loading.
//! - The routing is acyclic. Who must answer and what a table's base is are one definition: `relevance`.
//! - One table today; ids are (table, index) so that repeated groups can join without a rewrite.
//! - Knows no rule file and no data file.

mod cases;
pub mod date_format;
mod domain;
mod field;
mod form;
mod joined;
pub mod json_tree;
pub mod keyword;
pub mod load;
mod marks;
pub mod meta;
mod names;
mod options;
pub mod pattern;
mod routing;
#[cfg(test)]
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;
mod unique;
mod walk;

pub use cases::CASE_SLOTS;
pub use pattern::{Pattern, PatternSyntax};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Localized, Severity, Template};
use crate::expression::{FieldId, Type, TypedExpr};
use crate::source::{SourceId, Span};

/// Where something is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// The schema or rule file.
    pub source: SourceId,
    /// Its bytes.
    pub span: Span,
}

/// Whether a field must be answered when it is relevant (`x-required`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// May stay blank; a blank is never open.
    No,
    /// A blank is a warning.
    Soft,
    /// A blank is an error.
    Yes,
}

/// What an answer on a closed branch is (`x-off-path`). `None` in a field: ignored.
pub type OffPath = Option<Severity>;

/// A mark that stands for no value (`x-missing`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// `na`, `dk`, or the survey's own name.
    pub name: Arc<str>,
    /// Whether it is a don't-know (else: not applicable).
    pub dont_know: bool,
    /// Spellings as written, trimmed; the reader compares them in a form of its own.
    pub tokens: Vec<Arc<str>>,
}

/// One case of `x-invalid`.
#[derive(Debug, Clone)]
pub struct InvalidCase {
    /// What the written cell must match. `None`: every cell.
    pub matches: Option<Pattern>,
    /// The finding's id.
    pub id: Arc<str>,
    /// The finding's slug; where the schema gives none, the id in lower case, joined by hyphens.
    pub slug: Arc<str>,
    /// The finding's severity.
    pub severity: Severity,
    /// Title.
    pub title: Localized<Arc<str>>,
    /// Message; its slots are those of [`CASE_SLOTS`], in this order.
    pub message: Localized<Template>,
}

/// What a number may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NumberDomain {
    /// Lowest, scaled. `None`: no bound.
    pub minimum: Option<i64>,
    /// Highest, scaled. `None`: no bound.
    pub maximum: Option<i64>,
    /// `exclusiveMinimum`, scaled.
    pub above: Option<i64>,
    /// `exclusiveMaximum`, scaled.
    pub below: Option<i64>,
    /// `multipleOf`, scaled.
    pub multiple_of: Option<i64>,
}

impl NumberDomain {
    /// The keyword that `number`, scaled, breaks. `None`: none.
    pub fn broken(&self, number: i64) -> Option<&'static str> {
        let Self { minimum, maximum, above, below, multiple_of } = *self;
        let step = multiple_of.filter(|step| *step != 0);
        let checks = [
            (minimum.is_some_and(|bound| number < bound), "minimum"),
            (above.is_some_and(|bound| number <= bound), "exclusiveMinimum"),
            (maximum.is_some_and(|bound| number > bound), "maximum"),
            (below.is_some_and(|bound| number >= bound), "exclusiveMaximum"),
            (step.is_some_and(|step| number.checked_rem(step).unwrap_or(0) != 0), "multipleOf"),
        ];
        checks.into_iter().find(|(broken, _)| *broken).map(|(_, keyword)| keyword)
    }
}

/// What a text may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextDomain {
    /// `pattern`s, searched.
    pub patterns: Vec<Pattern>,
    /// In Unicode scalars.
    pub min_length: Option<usize>,
    /// In Unicode scalars.
    pub max_length: Option<usize>,
    /// `x-letter-case: "upper"`: its letters are capitals; small ones are asked about.
    pub capitals: bool,
}

/// The columns of a question that may be asked with one column for each option.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ticks {
    /// Headers, in the order of the options. Empty: the answer stands in one cell.
    pub columns: Vec<Arc<str>>,
    /// What stands in the column of the option that is chosen.
    pub tokens: Vec<Arc<str>>,
}

/// How a multiple-answer question stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiLayout {
    /// Between the items of one cell.
    pub separator: Arc<str>,
    /// Finding for repeated items. `None`: `keep`, no finding.
    pub duplicates: Option<Severity>,
    /// `x-empty: "none"`: a blank cell is the empty set.
    pub blank_is_empty_set: bool,
    /// Tokens of a ticked column; empty: one cell holds the list.
    pub ticked: Vec<Arc<str>>,
    /// Headers of the columns: one column per option (with `ticked`), or each holding one code. Empty: one cell.
    pub columns: Vec<Arc<str>>,
    /// `minItems`.
    pub min_items: Option<usize>,
    /// `maxItems`.
    pub max_items: Option<usize>,
}

/// The kinds of date spelling that a field accepts, from `x-date-format`; always including ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateFormats {
    /// Such as `YYYY/M/D`, as written in the schema.
    pub spellings: Vec<Arc<str>>,
}

/// What a cell's value may be, beside its type.
#[derive(Debug, Clone)]
pub enum Domain {
    /// One of the type's options, in one cell or ticked in one of several columns.
    Options(Ticks),
    /// A set of the type's options.
    Multi(MultiLayout),
    /// A number.
    Number(NumberDomain),
    /// A text or code.
    Text(TextDomain),
    /// A date, datetime or month.
    Time(DateFormats),
}

/// Which generated finding an id of `x-finding-ids` names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// The cell cannot be read as its type.
    Type,
    /// The value is outside the domain.
    Domain,
    /// Outside the domain by one JSON Schema keyword.
    Keyword(Arc<str>),
    /// An item twice in a multiple-answer cell.
    Duplicate,
    /// A required question is not answered.
    MustAnswer,
    /// A required question carries a not-applicable mark.
    MarkedNotApplicable,
    /// An answer on a branch that the named controller closes.
    ClosedBy(Arc<str>),
    /// A not-applicable mark on a closed branch.
    MarkAccepted,
}

/// One question or other item of the record.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its column.
    pub id: FieldId,
    /// The name in rules and schema.
    pub name: Arc<str>,
    /// The type of its values.
    pub ty: Type,
    /// What its values may be.
    pub domain: Domain,
    /// `x-label`.
    pub label: Localized<Arc<str>>,
    /// `x-help`: an explanation for whoever fills the form in. `None`: there is none.
    pub help: Option<Localized<Arc<str>>>,
    /// `x-q`. `None`: no numbered question.
    pub question: Option<Arc<str>>,
    /// `x-question-word` of the form: what stands before the number. `None`: 問, question or Q.
    pub question_word: Option<Localized<Arc<str>>>,
    /// `x-section`: index into the sections. `None`: none.
    pub section: Option<usize>,
    /// `x-column`, or the name.
    pub column: Arc<str>,
    /// `x-column-aliases`.
    pub aliases: Vec<Arc<str>>,
    /// `x-pointer`: the place in nested JSON. `None`: only the flat name.
    pub pointer: Option<Arc<str>>,
    /// `x-column-required`: the file must have this column.
    pub column_required: bool,
    /// `x-required`.
    pub required: Required,
    /// `x-off-path`.
    pub off_path: OffPath,
    /// Marks, na and dk first.
    pub marks: Vec<Mark>,
    /// Names of marks that satisfy must-answer.
    pub marks_allowed: BTreeSet<Arc<str>>,
    /// Spelling as written, trimmed → name of the option, or canonical text where the field has no options.
    pub synonyms: BTreeMap<Arc<str>, Arc<str>>,
    /// `x-invalid`, in order.
    pub invalid: Vec<InvalidCase>,
    /// `x-finding-ids`.
    pub finding_ids: BTreeMap<FindingKind, Arc<str>>,
    /// `x-private`: never leaves the query sheets.
    pub private: bool,
    /// `x-weight` for error localisation.
    pub weight: u32,
    /// `x-comparable`: wave → `same`, `changed`, `absent`.
    pub comparable: BTreeMap<Arc<str>, Arc<str>>,
    /// The property in the schema.
    pub declared: Declared,
}

impl Field {
    /// Headers of the columns that hold parts of the answer. Empty: it stands in one cell.
    pub fn part_columns(&self) -> &[Arc<str>] {
        match &self.domain {
            Domain::Multi(layout) => &layout.columns,
            Domain::Options(ticks) => &ticks.columns,
            Domain::Number(_) | Domain::Text(_) | Domain::Time(_) => &[],
        }
    }

    /// Question number and title (`問12「更新頻度」`), or the label: what `{field:q}` prints.
    pub fn title(&self) -> Localized<Arc<str>> {
        match self.numbered() {
            None => self.label.clone(),
            Some(Numbered { full, .. }) => Localized::new(
                Arc::from(format!("{}「{}」", full.ja, self.label.ja)),
                Arc::from(format!("{} ({})", full.en, self.label.en)),
            ),
        }
    }

    /// The number with the form's word before it. `None`: no numbered question.
    pub fn numbered(&self) -> Option<Numbered> {
        let number = self.question.as_ref()?;
        let with = |ja: &str, en: &str| {
            Localized::new(Arc::from(format!("{ja}{number}")), Arc::from(format!("{en}{number}")))
        };
        Some(match &self.question_word {
            None => Numbered { full: with("問", "question "), short: with("問", "Q") },
            Some(word) => {
                let full = with(&word.ja, &format!("{} ", word.en));
                Numbered { short: full.clone(), full }
            }
        })
    }
}

/// How a person reads the number of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// In a sentence: 問12, question 12.
    pub full: Localized<Arc<str>>,
    /// Where there is little room: 問12, Q12.
    pub short: Localized<Arc<str>>,
}

/// A section of the form.
#[derive(Debug, Clone)]
pub struct Section {
    /// The key in `x-sections`.
    pub name: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
}

/// The routing of one field: R of rule-language section 3.2.
#[derive(Debug, Clone)]
pub struct Routing {
    /// The field's own condition together with its section's, without those of its controllers. Each is typed.
    pub own: TypedExpr,
    /// R(q): `own` with every test on a controller c read as `R(c) and test`.
    pub full: TypedExpr,
    /// The fields named by `own`.
    pub nearest: BTreeSet<FieldId>,
    /// All fields that R reads, through all ancestors.
    pub controllers: BTreeSet<FieldId>,
}

/// By which words rows of a file begin that are no records (`x-rows`): each is searched in the row's first written cell.
#[derive(Debug, Clone, Default)]
pub struct RowWords {
    /// Notes and headings.
    pub note: Vec<Pattern>,
    /// The sample row of the form.
    pub sample: Vec<Pattern>,
    /// What the form prints in the cells below its header.
    pub printed: Vec<Pattern>,
    /// Totals over the records.
    pub total: Vec<Pattern>,
}

/// The marks that people put beside printed options (`x-check-marks`).
#[derive(Debug, Clone, Default)]
pub struct CheckMarks {
    /// Those of an option that is chosen.
    pub chosen: Vec<Arc<str>>,
    /// Those of an option that is not.
    pub open: Vec<Arc<str>>,
}

/// The versions of the form that its records may name (`x-versions`).
#[derive(Debug, Clone)]
pub struct Versions {
    /// The field that names the version.
    pub field: FieldId,
    /// Those of this form, trimmed; compared in folded form.
    pub accepted: Vec<Arc<str>>,
}

/// A survey's form in one wave.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    /// `$id`.
    pub id: Arc<str>,
    /// The form's title.
    pub title: Localized<Arc<str>>,
    /// Sections in form order.
    pub sections: Vec<Section>,
    /// `x-answer-heads`: words that stand as a heading over the answers of a form sheet.
    pub answer_heads: Vec<Arc<str>>,
    /// `x-check-marks`: marks beside the printed options of a form sheet.
    pub check_marks: CheckMarks,
    /// `x-question-word`. `None`: the general words.
    pub question_word: Option<Localized<Arc<str>>>,
    /// Fields in form order; `fields[i].id.index == i`.
    pub fields: Vec<Field>,
    /// NFKC name → position in `fields`.
    pub by_name: BTreeMap<Arc<str>, usize>,
    /// Rows of files that are no records.
    pub rows: RowWords,
    /// The versions of the form. `None`: its records name none.
    pub versions: Option<Versions>,
    /// Routing by position in `fields`. `None`: always relevant.
    pub routing: Vec<Option<Routing>>,
    /// Positions in `fields` such that a field comes after all its controllers.
    pub routing_order: Vec<usize>,
    /// The whole schema with overlays joined and local references resolved, for `jsonschema`.
    pub schema: serde_json::Value,
}

impl Questionnaire {
    /// The field called `name` (NFKC). `None`: no such field.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).and_then(|&index| self.fields.get(index))
    }

    /// The field in column `id` of this table. `None`: another table's, or a derived value.
    pub fn get(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(usize::from(id.index)).filter(|field| field.id == id)
    }

    /// The routing of column `id`. `None`: always relevant.
    pub fn routing_of(&self, id: FieldId) -> Option<&Routing> {
        self.get(id).and_then(|_| self.routing.get(usize::from(id.index))).and_then(Option::as_ref)
    }
}
