//! Examples of rules: partial records, typed.
//!
//! Invariants
//! - Every value is of its field's type; marks are marks of the field.
//! - Controllers of named fields have an opening answer where the example gives none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declaration::nfkc;
use super::judgement::unknown_field;
use super::making::{Making, Subject};
use super::mistake::{self, Spot};
use super::opening;
use super::param::keep;
use super::toml_file::{self, Entry, Item, Table, Text, Written};
use super::{Example, ExampleRecord, ExampleValue, ExpectedOutcome, written_value};
use crate::diagnostic::code::expression::UNKNOWN_PARAMETER;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized, Severity};
use crate::expression::Value;
use crate::expression::names::NamedField;
use crate::questionnaire::{Declared, Domain};
use crate::source::SourceText;

const OUTCOMES: [(&str, ExpectedOutcome); 4] = [
    ("pass", ExpectedOutcome::Pass),
    ("fail", ExpectedOutcome::Fail),
    ("undecided", ExpectedOutcome::Undecided),
    ("not-applicable", ExpectedOutcome::NotApplicable),
];

/// What examples of one rule need.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The file.
    pub source: &'a SourceText,
    /// What the rule is about.
    pub subject: &'a Subject<'a>,
    /// Parameters and zone.
    pub making: &'a Making<'a>,
    /// Whether the rule is about many records: then an example is a list of them.
    pub dataset: bool,
}

/// An example, and the names of the fields that it gives.
pub type Named = (Example, BTreeSet<Arc<str>>);

impl Reading<'_> {
    /// The examples of the block `rule`.
    pub fn read(&self, rule: &Table<'_>, found: &mut Diagnostics) -> Vec<Named> {
        let Some(table) = rule.table("examples") else { return Vec::new() };
        let mut examples = Vec::new();
        for (key, expected) in OUTCOMES {
            for item in table.get(key).map(Item::items).unwrap_or_default() {
                examples.extend(self.example(item, expected, key, found));
            }
        }
        examples
    }

    fn example(
        &self,
        item: &Item<'_>,
        expected: ExpectedOutcome,
        key: &str,
        found: &mut Diagnostics,
    ) -> Option<Named> {
        let tables: Vec<&Table<'_>> = match &item.value {
            Written::Table(table) => vec![table],
            Written::List(_) if self.dataset => item.items().iter().filter_map(Item::table).collect(),
            Written::List(_) => {
                let expected = Localized::new("一つの記録（表）", "one record (a table)");
                let mistake = mistake::at(&code::WRONG_SHAPE, self.source, item.span)
                    .with("key", format!("examples.{key}"))
                    .with("found", mistake::fixed(&toml_file::kind(item)))
                    .with("expected", mistake::fixed(&expected));
                found.push(mistake);
                return None;
            }
            // Reported by the check of keys.
            _ => return None,
        };
        let mut names = BTreeSet::new();
        let records: Option<Vec<ExampleRecord>> =
            tables.into_iter().map(|table| self.record(table, &mut names, found)).collect();
        let declared = Declared { source: self.source.id, span: item.span };
        Some((Example { expected, records: records?, declared }, names))
    }

    /// `None`: it has mistakes, all of which are reported.
    fn record(
        &self,
        table: &Table<'_>,
        names: &mut BTreeSet<Arc<str>>,
        found: &mut Diagnostics,
    ) -> Option<ExampleRecord> {
        let before = found.count_from(Severity::Error);
        let mut record = ExampleRecord::default();
        for entry in &table.entries {
            self.entry(entry, &mut record, names, found);
        }
        let whole = found.count_from(Severity::Error) == before;
        if let Some(form) = self.subject.form.filter(|_| whole) {
            let table = self.subject.table;
            let mut own: BTreeMap<_, _> = record
                .values
                .iter()
                .filter(|(id, _)| id.table == table)
                .map(|(id, value)| (*id, value.clone()))
                .collect();
            opening::open(form, &mut own);
            record.values.extend(own);
        }
        whole.then_some(record)
    }

    fn entry(
        &self,
        entry: &Entry<'_>,
        record: &mut ExampleRecord,
        names: &mut BTreeSet<Arc<str>>,
        found: &mut Diagnostics,
    ) {
        let key = Text { text: &entry.key, span: entry.key_span };
        match (&*entry.key, &entry.item.value) {
            ("@fail", Written::Flag(flag)) if self.dataset => record.fails = *flag,
            ("@fail", _) => {
                let reason = Localized::new(
                    "true を、多数の記録についての規則の例にだけ書きます",
                    "it is `true`, in examples of rules about many records only",
                );
                found.push(self.not_usable(key, &reason));
            }
            ("param", Written::Table(params)) => self.params(params, record, found),
            (link, Written::Table(fields)) => self.linked(link, key, fields, record, found),
            _ => {
                let (name, known) = (nfkc(&entry.key), &self.subject.names);
                if let Some(field) = known.field(&name) {
                    names.insert(Arc::from(known.meant(&name)));
                    self.field(field, entry, record, found);
                } else {
                    found.push(unknown_field("examples", self.source, key, &self.subject.names));
                }
            }
        }
    }

    fn not_usable(&self, key: Text<'_>, reason: &Localized<&'static str>) -> crate::diagnostic::Diagnostic {
        mistake::at(&code::FIELD_NOT_USABLE, self.source, key.span)
            .with("key", "examples")
            .with("found", key.text)
            .with("reason", mistake::fixed(reason))
    }

    fn field(
        &self,
        field: &NamedField,
        entry: &Entry<'_>,
        record: &mut ExampleRecord,
        found: &mut Diagnostics,
    ) {
        if field.derived {
            let key = Text { text: &entry.key, span: entry.key_span };
            let reason = Localized::new("導出項目の値は計算されます", "a derived value is computed");
            found.push(self.not_usable(key, &reason));
            return;
        }
        if let Some(value) = self.value(field, entry, found) {
            record.values.insert(field.id, value);
        }
    }

    fn value(&self, field: &NamedField, entry: &Entry<'_>, found: &mut Diagnostics) -> Option<ExampleValue> {
        let text = entry.item.text();
        if let Some(mark) = text.and_then(|text| text.text.strip_prefix('@')) {
            return self.mark(field, mark, entry, found);
        }
        if text.is_some_and(|text| text.text.is_empty()) {
            return Some(ExampleValue::Blank);
        }
        let spot = Spot { source: self.source, key: &entry.key };
        let value = keep(written_value::read(&entry.item, &field.ty, self.making.zone, spot), found)?;
        if let Some(keyword) = self.broken(field, &value) {
            let mistake = mistake::at(&code::OUTSIDE_DOMAIN, self.source, entry.item.span)
                .with("found", self.source.slice(entry.item.span))
                .with("field", &*entry.key)
                .with("expected", keyword);
            found.push(mistake);
        }
        Some(ExampleValue::Value(value))
    }

    /// The keyword of the field's schema that a number breaks. `None`: none.
    fn broken(&self, field: &NamedField, value: &Value) -> Option<&'static str> {
        let own = field.id.table == self.subject.table;
        let linked = || {
            let link = usize::from(field.id.table).checked_sub(1)?;
            self.making.links.get(link).map(|link| &link.questionnaire)
        };
        let form = if own { self.subject.form } else { linked() };
        let domain = &form?.fields.get(usize::from(field.id.index))?.domain;
        match (domain, value) {
            (Domain::Number(domain), Value::Number(number)) => domain.broken(*number),
            _ => None,
        }
    }

    fn mark(
        &self,
        field: &NamedField,
        mark: &str,
        entry: &Entry<'_>,
        found: &mut Diagnostics,
    ) -> Option<ExampleValue> {
        let value = match mark {
            "blank" => return Some(ExampleValue::Blank),
            "invalid" => return Some(ExampleValue::Invalid),
            "na" => ExampleValue::NotApplicable,
            "dk" => ExampleValue::DontKnow,
            own => ExampleValue::Mark(nfkc(own)),
        };
        if field.marks.contains(&nfkc(mark)) {
            return Some(value);
        }
        let known: Vec<String> = ["blank", "invalid"]
            .into_iter()
            .chain(field.marks.iter().map(|mark| &**mark))
            .map(|mark| format!("@{mark}"))
            .collect();
        let mistake = mistake::at(&code::UNKNOWN_OPTION_NAME, self.source, entry.item.span)
            .with("found", format!("@{mark}"))
            .with("field", &*entry.key)
            .with("known", mistake::names(&known));
        found.push(mistake::suggested(mistake, &format!("@{mark}"), known.iter().map(String::as_str)));
        None
    }

    fn linked(
        &self,
        name: &str,
        key: Text<'_>,
        fields: &Table<'_>,
        record: &mut ExampleRecord,
        found: &mut Diagnostics,
    ) {
        let links = &self.subject.names.links;
        let Some(link) = links.get(&nfkc(name)) else {
            let mistake = mistake::at(&code::UNKNOWN_TABLE, self.source, key.span);
            let mistake = mistake.with("key", "examples").with("found", name);
            let known = links.keys().map(|name| &**name).chain(["param"]);
            found.push(mistake::suggested(mistake, name, known));
            return;
        };
        record.linked.insert(link.table);
        for entry in &fields.entries {
            if let Some(field) = link.fields.get(&nfkc(&entry.key)) {
                self.field(field, entry, record, found);
                continue;
            }
            let mistake = mistake::at(&code::UNKNOWN_FIELD, self.source, entry.key_span);
            let mistake = mistake.with("key", format!("examples {name}")).with("found", &*entry.key);
            found.push(mistake::suggested(mistake, &entry.key, link.fields.keys().map(|name| &**name)));
        }
    }

    fn params(&self, params: &Table<'_>, record: &mut ExampleRecord, found: &mut Diagnostics) {
        let known = &self.subject.names.params;
        for entry in &params.entries {
            let Some((id, ty)) = known.get(&nfkc(&entry.key)) else {
                let mistake = mistake::at(&UNKNOWN_PARAMETER, self.source, entry.key_span);
                let mistake = mistake.with("found", &*entry.key);
                if !self.subject.names.faulty.contains(&nfkc(&entry.key)) {
                    found.push(mistake::suggested(mistake, &entry.key, known.keys().map(|name| &**name)));
                }
                continue;
            };
            let spot = Spot { source: self.source, key: &entry.key };
            if let Some(value) = keep(written_value::read(&entry.item, ty, self.making.zone, spot), found) {
                record.params.insert(*id, value);
            }
        }
    }
}
