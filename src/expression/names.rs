//! The table of names that typing asks: all that an expression may refer to.
//!
//! Invariants
//! - Keys are in NFKC.
//! - Plain data: whoever builds it (questionnaire, rule pack) knows where the names come from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::typed::TypedExpr;
use super::value::{FieldId, LookupId, ParamId, Type, Value};
use crate::diagnostic::Localized;

/// The form in which names are compared.
pub fn nfkc(name: &str) -> Arc<str> {
    if name.is_ascii() { Arc::from(name) } else { Arc::from(name.nfkc().collect::<String>()) }
}

/// A field or derived value that an expression may name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedField {
    /// Which column.
    pub id: FieldId,
    /// Its type.
    pub ty: Type,
    /// Question number and title, or the label: for notes beside a mark in a rule file.
    pub title: Localized<Arc<str>>,
    /// Where it is declared, as `schemas/x.json:212`. Empty: unknown.
    pub declared: Arc<str>,
    /// Whether a complete record may leave it blank (not required, or on a branch).
    pub optional: bool,
    /// Whether it is a derived value (it may not be asked `relevant`).
    pub derived: bool,
    /// Whether a multi field's blank cell is the empty set.
    pub blank_is_empty_set: bool,
    /// Names of marks: `na`, `dk` and the survey's own.
    pub marks: BTreeSet<Arc<str>>,
    /// Every field that its routing reads, through all ancestors.
    pub controllers: BTreeSet<FieldId>,
}

/// A link (`prev`, `frame`) and its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedLink {
    /// 1 and up.
    pub table: u16,
    /// The linked schema's fields.
    pub fields: BTreeMap<Arc<str>, NamedField>,
}

/// A column of a lookup.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedColumn {
    /// Position among the lookup's columns.
    pub index: u16,
    /// Its type.
    pub ty: Type,
    /// Whether an empty cell means "no bound".
    pub unbounded: bool,
}

/// A lookup table.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedLookup {
    /// Which.
    pub id: LookupId,
    /// Types of the keys, in order; an interval lookup has one number.
    pub keys: Vec<Type>,
    /// The columns that `table[key].column` may name.
    pub columns: BTreeMap<Arc<str>, NamedColumn>,
}

/// A named set of constants.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSet {
    /// The type of its members.
    pub of: Type,
    /// The members.
    pub members: Vec<Value>,
}

/// Everything that an expression may name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Names {
    /// Fields of the record and derived values.
    pub fields: BTreeMap<Arc<str>, NamedField>,
    /// Links.
    pub links: BTreeMap<Arc<str>, NamedLink>,
    /// Parameters.
    pub params: BTreeMap<Arc<str>, (ParamId, Type)>,
    /// Lookups.
    pub lookups: BTreeMap<Arc<str>, NamedLookup>,
    /// Sets.
    pub sets: BTreeMap<Arc<str>, NamedSet>,
    /// Declared with mistakes that have been reported: parameters, lookups and sets of which nothing more is said.
    pub faulty: BTreeSet<Arc<str>>,
    /// The rule's own `let` values, in order of declaration as far as declared.
    pub lets: BTreeMap<Arc<str>, Arc<TypedExpr>>,
    /// The field that `it` stands for. `None`: the rule has no `each`.
    pub it: Option<Arc<str>>,
    /// The fields for which the rule's `each` has names of its own.
    pub called: BTreeMap<Arc<str>, Arc<str>>,
}

impl Names {
    /// The field that `name` (NFKC) stands for: `it` and the names of `each` for those of this instance, every other for
    /// itself.
    pub fn meant<'n>(&'n self, name: &'n str) -> &'n str {
        let called = if name == "it" { self.it.as_ref() } else { self.called.get(name) };
        called.map_or(name, |field| field)
    }

    /// The field or derived value of the record that `name` (NFKC) stands for. `None`: there is none.
    pub fn field(&self, name: &str) -> Option<&NamedField> {
        self.fields.get(self.meant(name))
    }
}
