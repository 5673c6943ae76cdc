//! What rules are built from, and the rules on their way into the pack.
//!
//! Invariants
//! - Names of table 0 are the questionnaire's fields and derived values; each linked record set has names of its
//!   own, where its fields stand without prefix.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::wave::Waves;
use super::zone::Zone;
use super::{DerivedValue, EditRule, Link, Lookup, record_set};
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::{FieldId, Names};
use crate::questionnaire::Questionnaire;
use crate::source::{SourceText, Span};

/// Everything that a rule may refer to.
#[derive(Debug)]
pub struct Making<'a> {
    /// The survey's form.
    pub form: &'a Questionnaire,
    /// By table.
    pub links: &'a [Link],
    /// By number.
    pub lookups: &'a [Lookup],
    /// In an order in which each comes after those that it reads.
    pub derived: &'a [DerivedValue],
    /// The survey's time zone.
    pub zone: Zone,
    /// Names of profiles.
    pub profiles: BTreeSet<Arc<str>>,
    /// All waves, and this one.
    pub waves: Waves<'a>,
    /// Whom a question without routing is asked of.
    pub everyone: Localized<Arc<str>>,
    /// The files read, to mark places in schemas.
    pub sources: &'a [SourceText],
    /// Whether the examples of rules are read.
    pub examples: bool,
}

/// What a rule is about: the record itself, a linked file or a derived record set.
#[derive(Debug)]
pub struct Subject<'a> {
    /// 0: the record itself.
    pub table: u16,
    /// The names that its expressions see.
    pub names: Names,
    /// Its form. `None`: a derived record set.
    pub form: Option<&'a Questionnaire>,
    /// Names that every message about it may print.
    pub published: &'static [&'static str],
}

impl<'a> Making<'a> {
    /// The linked file or derived record set called `table`. `None`: there is no such.
    pub fn subject(&self, table: &str, names: &Names) -> Option<Subject<'a>> {
        let around = |fields, links| Names {
            fields,
            links,
            params: names.params.clone(),
            lookups: names.lookups.clone(),
            sets: names.sets.clone(),
            faulty: names.faulty.clone(),
            lets: BTreeMap::new(),
            it: None,
            called: BTreeMap::new(),
        };
        if let Some((number, fields)) = record_set::fields(table, self.links.len()) {
            let names = around(fields, BTreeMap::new());
            return Some(Subject { table: number, names, form: None, published: record_set::PUBLISHED });
        }
        let link = self.links.iter().find(|link| &*link.name == table)?;
        let fields = names.links.get(table)?.fields.clone();
        let form = Some(&link.questionnaire);
        Some(Subject { table: link.table, names: around(fields, BTreeMap::new()), form, published: &[] })
    }

    /// What `{controller}` prints for `field`: its nearest controllers, or everyone.
    pub fn asked_of(
        form: &Questionnaire,
        field: FieldId,
        everyone: &Localized<Arc<str>>,
    ) -> Localized<Arc<str>> {
        let titles: Vec<Localized<Arc<str>>> = form
            .routing_of(field)
            .map(|routing| &routing.nearest)
            .into_iter()
            .flatten()
            .filter_map(|controller| form.get(*controller))
            .map(crate::questionnaire::Field::title)
            .collect();
        if titles.is_empty() {
            return everyone.clone();
        }
        let join = |pick: fn(&Localized<Arc<str>>) -> &str, between: &str| -> Arc<str> {
            Arc::from(titles.iter().map(pick).collect::<Vec<_>>().join(between))
        };
        Localized::new(join(|title| &title.ja, "、"), join(|title| &title.en, ", "))
    }

    /// The file numbered like `span`'s.
    pub fn source(&self, declared: crate::questionnaire::Declared) -> Option<&'a SourceText> {
        self.sources.iter().find(|source| source.id == declared.source)
    }
}

/// Where a rule stands in the pack: by section or file, generated ones first, then as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// The section of a generated rule, the file's stem of a written one: both begin with the same numbers.
    pub section: Arc<str>,
    /// 0: generated.
    pub written: bool,
    /// Layer, file and block; field and kind of a generated rule.
    pub place: Vec<usize>,
}

/// A rule on its way into the pack.
#[derive(Debug)]
pub struct Drafted<'a> {
    /// The rule.
    pub rule: EditRule,
    /// `HCS-K001/q05_rules`.
    pub full_id: String,
    /// Further names by which it may be replaced: `q05_rules:must-answer`.
    pub aliases: Vec<String>,
    /// What it takes the place of, with the places where that is said.
    pub replaces: Vec<(String, Span)>,
    /// The file of its block.
    pub source: &'a SourceText,
    /// Its place.
    pub order: Order,
    /// Its folder in the chain; generated rules stand below all.
    pub layer: usize,
    /// Whether its waves include this one.
    pub current: bool,
}

/// Findings of a family: those of its first instance that has any, and of the first that has an error, since the
/// others repeat them.
#[derive(Debug, Default)]
pub struct OnceAFamily {
    told: bool,
    refused: bool,
}

impl OnceAFamily {
    /// Adds the findings of one instance.
    pub fn append(&mut self, instance: Diagnostics, found: &mut Diagnostics) {
        let errors = instance.has_errors();
        if instance.is_empty() || self.refused || (self.told && !errors) {
            return;
        }
        self.told = true;
        self.refused = errors;
        found.append(instance);
    }
}
