//! `each` and `instance`: the fields for which a rule is judged one after the other.
//!
//! Invariants
//! - All groups of an `each` have the same names, and none of them is that of a field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declaration::{self, nfkc};
use super::judgement::unknown_field;
use super::making::Subject;
use super::mistake;
use super::toml_file::{Entry, Item, Table, Text};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::source::SourceText;

/// One instance: the judged field, whether expressions call it `it`, and the fields of its group by their names there.
#[derive(Debug, Default)]
pub struct Instance {
    /// `None`: the rule is judged once.
    pub field: Option<Arc<str>>,
    /// Whether expressions call it `it`.
    pub it: bool,
    /// By the names of its group.
    pub called: BTreeMap<Arc<str>, Arc<str>>,
}

/// A block whose instances are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The file.
    pub source: &'a SourceText,
    /// The block.
    pub table: &'a Table<'a>,
    /// The rule's id.
    pub id: Text<'a>,
}

impl Reading<'_> {
    /// The instances; what cannot be used is reported.
    pub fn instances(&self, subject: &Subject<'_>, found: &mut Diagnostics) -> Vec<Instance> {
        let table = self.table;
        let each = table.get("each").map(Item::items).unwrap_or_default();
        let one = table.text("instance");
        if !each.is_empty() && one.is_some() {
            let reason = Localized::new(
                "each と instance は同時に書けません",
                "`each` and `instance` exclude each other",
            );
            let span = one.map_or(self.id.span, |one| one.span);
            let mistake = mistake::at(&code::FAMILY, self.source, span).with("rule", self.id.text);
            found.push(mistake.with("found", mistake::fixed(&reason)));
            return Vec::new();
        }
        if each.is_empty() && one.is_none() {
            return vec![Instance::default()];
        }
        if let Some(one) = one {
            let field = self.known("instance", one, subject, found);
            return field
                .into_iter()
                .map(|field| Instance { field: Some(field), ..Instance::default() })
                .collect();
        }
        let mut instances: Vec<Instance> = Vec::new();
        for item in each {
            let Some(group) = item.table() else {
                let field = item.text().and_then(|text| self.known("each", text, subject, found));
                instances.extend(field.map(|field| Instance {
                    field: Some(field),
                    it: true,
                    ..Instance::default()
                }));
                continue;
            };
            let first = each.iter().find_map(Item::table).unwrap_or(group);
            instances.extend(self.group((item, group), first, subject, found));
        }
        instances
    }

    /// The field that `text` names. `None`: there is none, which is reported.
    fn known(
        &self,
        key: &str,
        text: Text<'_>,
        subject: &Subject<'_>,
        found: &mut Diagnostics,
    ) -> Option<Arc<str>> {
        if subject.names.fields.contains_key(&nfkc(text.text)) {
            return Some(nfkc(text.text));
        }
        found.push(unknown_field(key, self.source, text, &subject.names));
        None
    }

    /// One group of `each`, whose names must be those of the `first`. `None`: it cannot be used, which is reported.
    fn group(
        &self,
        (item, group): (&Item<'_>, &Table<'_>),
        first: &Table<'_>,
        subject: &Subject<'_>,
        found: &mut Diagnostics,
    ) -> Option<Instance> {
        let names = |table: &Table<'_>| -> BTreeSet<Arc<str>> {
            table.entries.iter().map(|entry| nfkc(&entry.key)).collect()
        };
        let taken = |entry: &&Entry<'_>| {
            let name = nfkc(&entry.key);
            subject.names.fields.contains_key(&name) || (&*name != "it" && declaration::is_reserved(&name))
        };
        let taken = group.entries.iter().find(taken);
        let (span, reason) = match taken {
            Some(entry) => (
                entry.key_span,
                Localized::new(
                    "この名前は項目または予約語として使われています",
                    "this name is that of a field, or reserved",
                ),
            ),
            None if names(group) != names(first) => (
                item.span,
                Localized::new("どのまとまりにも同じ名前が必要です", "every group takes the same names"),
            ),
            None => {
                let mut called = BTreeMap::new();
                for entry in &group.entries {
                    let field = self.known("each", entry.item.text()?, subject, found)?;
                    called.insert(nfkc(&entry.key), field);
                }
                let judged = group.entries.first().map(|entry| nfkc(&entry.key));
                let field = called.remove("it").or_else(|| called.get(&judged?).cloned());
                return Some(Instance { field, it: true, called });
            }
        };
        let mistake = mistake::at(&code::GROUP_OF_EACH, self.source, span);
        found.push(mistake.with("rule", self.id.text).with("found", mistake::fixed(&reason)));
        None
    }
}
