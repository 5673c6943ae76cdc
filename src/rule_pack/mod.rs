//! Rule packs: survey and rule files → [`RulePack`].
//!
//! Invariants
//! - A [`RulePack`] that exists is whole: ids (with instances) unique, both languages complete, routing acyclic,
//!   lookups total, every expression typed, every placeholder inside its rule's read set.
//! - Rules are data; nothing here judges a record. (Examples need answers that open a question, and so the
//!   conditions of the routing are tried on them; see `opening`.)

mod chain;
mod closing;
mod comparable;
mod compile;
mod condition;
mod csv_rows;
mod dataset;
mod dataset_keys;
mod declaration;
mod declared_type;
mod derive;
mod derive_order;
mod example;
mod exemption;
mod family;
mod foreign;
mod forms;
pub mod further;
mod generated;
mod generated_text;
mod group;
mod ids;
mod instance;
mod interval;
mod judgement;
pub(crate) mod keys;
mod link;
pub mod load;
mod lookup;
pub mod macro_edit;
mod making;
mod manifest;
pub(crate) mod mistake;
pub mod opening;
pub(crate) mod own_schema;
mod param;
pub mod period;
mod placeholder;
pub mod record_set;
mod replace;
mod routing_texts;
mod rule;
pub(crate) mod shape;
pub mod tabulation;
mod telling;
#[cfg(test)]
mod tests;
pub(crate) mod toml_file;
mod total;
mod unused;
mod wave;
mod written_value;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Localized, Notice};
use crate::expression::{FieldId, LookupId, Names, ParamId, Type, TypedExpr, Value};
use crate::questionnaire::{Declared, Field, FindingKind, Questionnaire};
use crate::source::{SourceText, Span};
pub use foreign::ForeignColumns;
use macro_edit::MacroEdit;
use period::Period;
use tabulation::Tabulation;
use zone::Zone;

/// What an undecided `require` becomes (`on-blank`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnBlank {
    /// Undecided where an open field is read, else not-applicable.
    #[default]
    Undecided,
    /// Fail.
    Fail,
    /// Pass.
    Pass,
}

/// What a placeholder of a message prints.
#[derive(Debug, Clone, PartialEq)]
pub enum Placeholder {
    /// `{field}`: the answer as written.
    Written(FieldId),
    /// `{field:label}`: the option's label.
    Label(FieldId),
    /// Text that does not depend on the record: `{field:q}`, `{question}`, `{controller}`.
    Fixed(Localized<Arc<str>>),
    /// `{param.x}`: the pack's value, or the one that the run gives.
    Param(ParamId),
    /// `{let.x}`, by position in the rule's lets.
    Let(usize),
    /// `{let.x:label}`.
    LetLabel(usize),
    /// `{lookup.x:label}`: the lookup's label columns by the record's key fields.
    LookupLabel(LookupId),
    /// `{blanks:q}`: titles of the blamed fields in a state.
    Blanks,
    /// What dataset and macro kinds publish; filled by them.
    Published(Arc<str>),
}

/// A named value of a rule.
#[derive(Debug, Clone)]
pub struct Let {
    /// The name after `let.`.
    pub name: Arc<str>,
    /// Its value.
    pub value: Arc<TypedExpr>,
}

/// A partial record of an example: field → value as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExampleValue {
    /// A value of the field's type.
    Value(Value),
    /// `"@na"`.
    NotApplicable,
    /// `"@dk"`.
    DontKnow,
    /// A mark of the survey's own, by name: `"@refused"`.
    Mark(Arc<str>),
    /// `"@invalid"`.
    Invalid,
    /// Given as blank (`""` or `"@blank"`).
    Blank,
}

/// One record of an example.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExampleRecord {
    /// Fields of the record and of its links; the loader has added the controllers' opening options.
    pub values: BTreeMap<FieldId, ExampleValue>,
    /// Links that are named: their record exists.
    pub linked: BTreeSet<u16>,
    /// Run parameters.
    pub params: BTreeMap<ParamId, Value>,
    /// `"@fail" = true`, of dataset kinds.
    pub fails: bool,
}

/// The outcome under which an example stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpectedOutcome {
    /// `examples.pass`
    Pass,
    /// `examples.fail`
    Fail,
    /// `examples.undecided`
    Undecided,
    /// `examples.not-applicable`
    NotApplicable,
}

/// An example of a rule.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it must give.
    pub expected: ExpectedOutcome,
    /// One record; several for dataset kinds.
    pub records: Vec<ExampleRecord>,
    /// In the rule file.
    pub declared: Declared,
}

/// A condition over many records, typed and waiting for the linked files.
#[derive(Debug, Clone)]
pub struct DatasetKind {
    /// `unique`, `exists-in`, `latest`, `covers`, `share`, `count`, `at-most`, `complete`, `determines`.
    pub kind: Arc<str>,
    /// Key fields, in order (`fields`, `key`, `per`).
    pub fields: Vec<FieldId>,
    /// Named conditions and values (`when`, `of`, `among`, `equal`, `max`, …).
    pub expressions: BTreeMap<Arc<str>, TypedExpr>,
    /// Other settings as text (`table`, `distinct`, `by`, `field`).
    pub settings: BTreeMap<Arc<str>, Arc<str>>,
    /// Where each setting's value is written, by its key, in the author's order; the key of a bare list is empty.
    pub written: Vec<(Arc<str>, Span)>,
}

/// What a rule demands.
#[derive(Debug, Clone)]
pub enum Demand {
    /// A condition on one record.
    Require(TypedExpr),
    /// A dataset kind.
    Dataset(DatasetKind),
}

/// From where a rule comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Written in a rule file.
    Written,
    /// Generated from the routing: `must-answer`, `marked-not-applicable`, `closed-by:c`, `mark-accepted`.
    Generated(Arc<str>),
}

/// One edit rule instance, ready to be planned.
#[derive(Debug, Clone)]
pub struct EditRule {
    /// Texts, id, instance, slug, severity; slots are parallel to `placeholders`.
    pub notice: Arc<Notice>,
    /// What the notice's slots print.
    pub placeholders: Vec<Placeholder>,
    /// Written or generated.
    pub origin: Origin,
    /// When it applies. `None`: always.
    pub when: Option<TypedExpr>,
    /// What must hold.
    pub demand: Demand,
    /// Outcome of an unknown demand.
    pub on_blank: OnBlank,
    /// Named values.
    pub lets: Vec<Let>,
    /// The static set of columns that `when`, the demand and `let` read, controllers of `relevant` included.
    pub reads: BTreeSet<FieldId>,
    /// Links whose `is linked` stands in `when`: unlinked is not-applicable, not not-run.
    pub guards: BTreeSet<u16>,
    /// Parameters that it reads.
    pub params: BTreeSet<ParamId>,
    /// Fields to mark, most suspect first.
    pub blame: Vec<FieldId>,
    /// Where the fact comes from.
    pub source: Arc<str>,
    /// A line for maintainers.
    pub why: Option<Arc<str>>,
    /// Off unless this profile is chosen. `None`: always on.
    pub profile: Option<Arc<str>>,
    /// Tags.
    pub tags: Vec<Arc<str>>,
    /// Failing puts the record out of scope.
    pub scope: bool,
    /// Rises when the meaning changes.
    pub revision: u32,
    /// 0: the record itself; 1 and up: a `linked_rule` about that link's file.
    pub table: u16,
    /// Examples; none in a pack that was loaded to judge by and comes with the program.
    pub examples: Vec<Example>,
    /// The `[[rule]]` block, or the property that generated it.
    pub declared: Declared,
}

impl EditRule {
    /// Whether it looks at more than one record. `exists-in` looks one record up in a table.
    pub fn is_over_many(&self) -> bool {
        matches!(&self.demand, Demand::Dataset(kind) if &*kind.kind != "exists-in")
    }
}

/// A derived value (`[[derive]]`).
#[derive(Debug, Clone)]
pub struct DerivedValue {
    /// Its column: behind the fields, or the field that it fills.
    pub id: FieldId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// How it is computed.
    pub value: TypedExpr,
    /// Columns that it reads, controllers included.
    pub reads: BTreeSet<FieldId>,
    /// Whether it fills a blank cell of the field `id`.
    pub fallback: bool,
    /// The info finding of a fallback, with what its slots print. `None`: no finding.
    pub notice: Option<(Arc<Notice>, Vec<Placeholder>)>,
    /// The `[[derive]]` block.
    pub declared: Declared,
}

/// The cells of one lookup column, as values of its type. `None`: empty.
#[derive(Debug, Clone)]
pub struct LookupColumn {
    /// Its header.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Whether empty means "no bound".
    pub unbounded: bool,
    /// One a row.
    pub cells: Vec<Option<Value>>,
}

/// How a lookup finds its row.
#[derive(Debug, Clone)]
pub enum LookupKeys {
    /// Columns whose values must all be equal: key → row.
    Exact(Vec<u16>, BTreeMap<Vec<Value>, usize>),
    /// Row i holds numbers from `lows[i]` to `highs[i]`, both included; rows rise and do not overlap.
    Interval {
        /// Scaled as the key type.
        lows: Vec<i64>,
        /// `i64::MAX`: open.
        highs: Vec<i64>,
        /// The key's type.
        ty: Type,
    },
}

/// What an absent key gives (`missing`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LookupMissing {
    /// Unknown, with an engine warning.
    #[default]
    Error,
    /// Unknown.
    Undecided,
    /// The test that reads it is false.
    Fail,
}

/// A reference table.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Its name.
    pub name: Arc<str>,
    /// Its columns.
    pub columns: Vec<LookupColumn>,
    /// How a row is found.
    pub keys: LookupKeys,
    /// Fields of the record that give the keys of a `{lookup.x:label}` placeholder. Empty: not by record.
    pub record_keys: Vec<FieldId>,
    /// Columns of the labels, ja and en. `None`: no label.
    pub labels: Option<Localized<u16>>,
    /// What an absent key gives.
    pub missing: LookupMissing,
}

/// A parameter of the survey or of the run.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// The pack's value. `None`: given by the run.
    pub value: Option<Value>,
    /// Whether the run must give it.
    pub required: bool,
}

/// A linked file: the frame, the previous wave.
#[derive(Debug, Clone)]
pub struct Link {
    /// `frame`, `prev`.
    pub name: Arc<str>,
    /// Its table: 1 and up.
    pub table: u16,
    /// Its fields.
    pub questionnaire: Questionnaire,
    /// The file, relative to the root. `None`: given with `--link`, or every record is unlinked.
    pub file: Option<Arc<str>>,
    /// Ours → theirs.
    pub on: Vec<(FieldId, FieldId)>,
    /// Whether an unlinked record's cells are blank (else the rule is not run).
    pub missing_is_blank: bool,
}

/// Findings that share a cause are shown as one message (`[[group]]`).
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: Arc<str>,
    /// The heading rule's full id. `None`: a text of its own when all followers fail.
    pub head: Option<Arc<str>>,
    /// Full ids of the followers.
    pub followers: Vec<Arc<str>>,
    /// Whether all followers must fail.
    pub all: bool,
    /// The text. `None`: the head's.
    pub notice: Option<(Arc<Notice>, Vec<Placeholder>)>,
}

/// The office's decision to set a hard edit aside (`[[exemption]]`).
#[derive(Debug, Clone)]
pub struct Exemption {
    /// Full id.
    pub rule: Arc<str>,
    /// The record's key.
    pub key: Arc<str>,
    /// Decision number.
    pub decision: Arc<str>,
    /// Reason.
    pub reason: Arc<str>,
    /// First and last wave. `None`: unlimited.
    pub from: Option<Arc<str>>,
    /// Last wave.
    pub until: Option<Arc<str>>,
}

/// A set of rules that is off unless chosen.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub title: Localized<Arc<str>>,
}

/// A survey's rules in one wave, whole and typed.
#[derive(Debug, Clone)]
pub struct RulePack {
    /// `hospital-cyber`.
    pub survey: Arc<str>,
    /// `2024`.
    pub wave: Arc<str>,
    /// The survey's title.
    pub title: Localized<Arc<str>>,
    /// Whom a question without routing is asked of.
    pub everyone: Localized<Arc<str>>,
    /// SHA-256 over the paths of all files read and the SHA-256 of each, in order of path, as hexadecimal digits.
    pub hash: Arc<str>,
    /// The zone to whose clock moments with an offset are brought.
    pub zone: Zone,
    /// The days from which its dates mostly are: `period`, else the calendar year that the wave is called by. `None`:
    /// nothing says.
    pub period: Option<Period>,
    /// The form.
    pub questionnaire: Questionnaire,
    /// Key fields.
    pub key: Vec<FieldId>,
    /// Fields that name a record whose key is blank.
    pub fallback_key: Vec<FieldId>,
    /// The question with options by whose answers findings are counted. `None`: none is named.
    pub breakdown: Option<FieldId>,
    /// Links, `links[i].table == i + 1`.
    pub links: Vec<Link>,
    /// Parameters, by [`ParamId`].
    pub params: Vec<Param>,
    /// Lookups, by [`LookupId`].
    pub lookups: Vec<Lookup>,
    /// Derived values in an order in which each comes after those that it reads.
    pub derived: Vec<DerivedValue>,
    /// Rules in reading order, generated ones first within their field's section.
    pub rules: Vec<EditRule>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Exemptions.
    pub exemptions: Vec<Exemption>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// What is tabulated.
    pub tabulation: Tabulation,
    /// Macro edits that are about more than one row of figures.
    pub macro_edits: Vec<MacroEdit>,
    /// Texts of the cell findings whose ids the schema publishes (`x-finding-ids`: type, domain, a keyword,
    /// duplicate); slots `question`, `value`, `options`, in this order.
    pub cell_notices: BTreeMap<(FieldId, FindingKind), Arc<Notice>>,
    /// Columns of other waves and overlays of the survey: header or name → schema id (for HCS-X018's text).
    pub foreign_columns: ForeignColumns,
    /// What expressions may name.
    pub names: Names,
    /// The files, for labels and `explain`.
    pub sources: Vec<SourceText>,
}

impl RulePack {
    /// How many columns table 0 has: fields, then derived values that are no fallback.
    pub fn width(&self) -> usize {
        self.questionnaire.fields.len() + self.derived.iter().filter(|derived| !derived.fallback).count()
    }

    /// The column of the record that rules call `name`, derived values included. `None`: there is none.
    pub fn named(&self, name: &str) -> Option<FieldId> {
        self.names.fields.get(name).map(|field| field.id)
    }

    /// The field of any table. `None`: a derived value.
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        match usize::from(id.table).checked_sub(1) {
            None => self.questionnaire.get(id),
            Some(link) => self.links.get(link)?.questionnaire.fields.get(usize::from(id.index)),
        }
    }
}
