//! Demands over many records (rule-language section 2.1): `unique`, `exists-in`, `count` and the others.
//!
//! Invariants
//! - A rule makes exactly one demand.
//! - Field names inside a kind are known, columns are as many as fields, bounds are numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::DatasetKind;
use super::compile::{Parsed, parse_text};
use super::dataset_keys::{self, Kind, OTHER_KINDS, Part, RECORD_KINDS, Role};
use super::declaration::nfkc;
use super::declared_type::describe;
use super::judgement::{is_time, unknown_field};
use super::making::{Making, Subject};
use super::mistake;
use super::toml_file::{Item, Table, Text, Written};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::number::{MAX_SCALE, parse_scaled, scale_of};
use crate::expression::{FieldId, Node, Type, TypedExpr, Value};
use crate::source::{SourceText, Span};

/// Settings that name fields, which the rule therefore reads.
pub const FIELD_SETTINGS: &[&str] = &["distinct", "by", "field"];

/// A kind with its expressions parsed.
#[derive(Debug)]
pub struct ParsedKind<'a> {
    source: &'a SourceText,
    kind: &'static Kind,
    item: &'a Item<'a>,
    expressions: Vec<(&'static str, Option<Parsed<'a>>)>,
}

/// The one kind of `table`. `Some(None)`: it has `require` instead. `None`: not exactly one demand, reported.
#[expect(clippy::option_option, reason = "no demand and an ordinary demand are different answers")]
pub fn only_kind<'a>(
    source: &SourceText,
    table: &'a Table<'a>,
    found: &mut Diagnostics,
) -> Option<Option<(&'static Kind, &'a Item<'a>)>> {
    let kinds: Vec<(&'static Kind, &Item<'a>)> = table
        .entries
        .iter()
        .filter_map(|entry| Some((dataset_keys::kind(&entry.key)?, &entry.item)))
        .collect();
    let count = kinds.len() + usize::from(table.get("require").is_some());
    if count != 1 {
        let known = RECORD_KINDS.iter().chain(OTHER_KINDS).map(|key| key.name);
        let mistake = mistake::at(&code::ONE_DEMAND, source, table.span)
            .with("rule", table.text("id").map_or("", |id| id.text))
            .with("count", count)
            .with("known", mistake::names(known));
        found.push(mistake);
        return None;
    }
    Some(kinds.into_iter().next())
}

impl<'a> ParsedKind<'a> {
    /// The kind's settings.
    pub const fn span(&self) -> Span {
        self.item.span
    }

    /// Parses the kind's expressions.
    pub fn parse(
        source: &'a SourceText,
        kind: &'static Kind,
        item: &'a Item<'a>,
        found: &mut Diagnostics,
    ) -> Self {
        let mut expressions = Vec::new();
        for part in kind.parts.iter().filter(|part| matches!(part.role, Role::Condition | Role::Bound)) {
            if let Some(text) = item.table().and_then(|table| table.text(part.name)) {
                expressions.push((part.name, parse_text(source, text, found)));
            }
        }
        Self { source, kind, item, expressions }
    }

    /// The kind with names known. `None`: it has mistakes, which are reported.
    pub fn typed(
        &self,
        subject: &Subject<'_>,
        making: &Making<'_>,
        found: &mut Diagnostics,
    ) -> Option<DatasetKind> {
        let mut typing = Typing { kind: self, subject, making, found, whole: true, made: self.empty() };
        if let Some(table) = self.item.table() {
            if self.kind.is_macro {
                typing.keep_all(table);
            }
            for part in self.kind.parts {
                typing.part(part, table);
            }
            typing.check_bounds(table);
            typing.check_reads();
            if self.kind.name == "exists-in" {
                typing.check_columns(table);
            }
        } else {
            let fields = self.item.texts();
            typing.made.fields =
                fields.into_iter().filter_map(|text| typing.field("complete", text)).collect();
        }
        typing.whole.then_some(typing.made)
    }

    fn empty(&self) -> DatasetKind {
        let written = match self.item.table() {
            Some(table) => {
                let entries = table.entries.iter();
                entries.map(|entry| (Arc::from(&*entry.key), entry.item.span)).collect()
            }
            None => vec![(Arc::from(""), self.item.span)],
        };
        DatasetKind {
            kind: Arc::from(self.kind.name),
            fields: Vec::new(),
            expressions: BTreeMap::new(),
            settings: BTreeMap::new(),
            written,
        }
    }

    /// What its messages may print beside fields.
    pub const fn publishes(&self) -> &'static [&'static str] {
        self.kind.publishes
    }
}

struct Typing<'t, 'a> {
    kind: &'t ParsedKind<'a>,
    subject: &'t Subject<'t>,
    making: &'t Making<'t>,
    found: &'t mut Diagnostics,
    whole: bool,
    made: DatasetKind,
}

impl Typing<'_, '_> {
    fn part(&mut self, part: &Part, table: &Table<'_>) {
        let Some(item) = table.get(part.name) else { return };
        match part.role {
            Role::KeyFields => {
                let fields =
                    item.texts().into_iter().filter_map(|text| self.field(part.name, text)).collect();
                self.made.fields = fields;
            }
            Role::Field | Role::Time => self.field_setting(part, item),
            Role::Condition => self.condition(part.name),
            Role::Bound => self.bound(part.name, item),
            Role::Table | Role::Link => self.table(part, item),
            Role::Columns => self.columns(item, table),
            Role::Setting => self.keep_setting(part.name, item),
        }
    }

    fn field(&mut self, key: &str, text: Text<'_>) -> Option<FieldId> {
        let field = self.subject.names.fields.get(&nfkc(text.text)).map(|field| field.id);
        if field.is_none() {
            self.refuse(unknown_field(key, self.kind.source, text, &self.subject.names));
        }
        field
    }

    fn refuse(&mut self, mistake: crate::diagnostic::Diagnostic) {
        self.whole = false;
        self.found.push(mistake);
    }

    fn field_setting(&mut self, part: &Part, item: &Item<'_>) {
        let mut names: Vec<Arc<str>> = Vec::new();
        for text in item.texts() {
            if self.field(part.name, text).is_none() {
                continue;
            }
            let name = nfkc(text.text);
            let ty = self.subject.names.fields.get(&name).map(|field| field.ty.clone());
            if let Some(ty) = ty.filter(|ty| part.role == Role::Time && !is_time(ty)) {
                let expected = Localized::new("日付または日時", "a date or time");
                self.wrong_type(part.name, text.span, mistake::fixed(&expected), &ty);
            }
            names.push(name);
        }
        self.made.settings.insert(Arc::from(part.name), Arc::from(names.join(",")));
    }

    fn wrong_type(
        &mut self,
        key: &str,
        span: crate::source::Span,
        expected: crate::diagnostic::Argument,
        ty: &Type,
    ) {
        let mistake = mistake::at(&code::TYPE_HERE, self.kind.source, span)
            .with("key", key)
            .with("expected", expected)
            .with("found", mistake::both(describe(ty)));
        self.refuse(mistake);
    }

    fn condition(&mut self, key: &'static str) {
        let (kind, subject) = (self.kind, self.subject);
        let parsed =
            kind.expressions.iter().find(|(name, _)| *name == key).and_then(|(_, parsed)| parsed.as_ref());
        match parsed.and_then(|parsed| parsed.condition(&subject.names, self.found)) {
            Some(typed) => drop(self.made.expressions.insert(Arc::from(key), typed)),
            None => self.whole = false,
        }
    }

    fn bound(&mut self, key: &'static str, item: &Item<'_>) {
        if let Written::Integer(digits) | Written::Float(digits) = &item.value {
            self.constant(key, digits, item);
            return;
        }
        let (kind, subject) = (self.kind, self.subject);
        let parsed =
            kind.expressions.iter().find(|(name, _)| *name == key).and_then(|(_, parsed)| parsed.as_ref());
        match parsed.and_then(|parsed| parsed.value(&subject.names, None, self.found)) {
            Some(typed) if matches!(typed.ty, Type::Number { .. }) => {
                self.made.expressions.insert(Arc::from(key), typed);
            }
            Some(typed) => {
                let expected = Localized::new("数", "a number");
                self.wrong_type(key, item.span, mistake::fixed(&expected), &typed.ty);
            }
            None => self.whole = false,
        }
    }

    fn constant(&mut self, key: &'static str, digits: &str, item: &Item<'_>) {
        let scale = scale_of(digits).min(MAX_SCALE);
        let ty = Type::Number { scale, unit: None };
        if let Ok(number) = parse_scaled(digits, scale) {
            let node = Node::Literal(Value::Number(number));
            self.made.expressions.insert(Arc::from(key), TypedExpr { node, ty, span: item.span });
            return;
        }
        let mistake = mistake::at(&code::WRONG_VALUE, self.kind.source, item.span)
            .with("key", key)
            .with("found", digits)
            .with("expected", mistake::both(describe(&ty)));
        self.refuse(mistake);
    }

    fn table(&mut self, part: &Part, item: &Item<'_>) {
        let Some(text) = item.text() else { return };
        let names = &self.subject.names;
        // A linked rule asks about other files by the names that the survey gives them.
        let links = || self.making.links.iter().map(|link| &*link.name);
        let lookups = || names.lookups.keys().map(|name| &**name).filter(|_| part.role == Role::Table);
        if links().chain(lookups()).any(|known| known == &*nfkc(text.text)) {
            self.made.settings.insert(Arc::from(part.name), nfkc(text.text));
            return;
        }
        let mistake = mistake::at(&code::UNKNOWN_TABLE, self.kind.source, text.span);
        let mistake = mistake.with("key", part.name).with("found", text.text);
        let mistake = mistake::suggested(mistake, text.text, links().chain(lookups()));
        self.refuse(mistake);
    }

    /// The columns of the other table, as many as fields; without them the fields' own names.
    fn columns(&mut self, item: &Item<'_>, table: &Table<'_>) {
        let columns = item.texts();
        let known = table.text("table").map(|text| self.columns_of(&nfkc(text.text))).unwrap_or_default();
        for text in columns.iter().filter(|text| !known.is_empty() && !known.contains(&nfkc(text.text))) {
            let mistake = mistake::at(&code::COLUMN_MISSING, self.kind.source, text.span)
                .with("table", table.text("table").map_or("", |text| text.text))
                .with("found", text.text)
                .with("known", mistake::names(&known));
            self.refuse(mistake::suggested(mistake, text.text, known.iter().map(|name| &**name)));
        }
        if columns.len() != table.texts("fields").len() {
            let reason = Localized::new(
                "fields と columns の数が異なります",
                "`fields` and `columns` differ in number",
            );
            let mistake = mistake::at(&code::DECLARATION, self.kind.source, item.span).with("key", "columns");
            self.refuse(mistake.with("reason", mistake::fixed(&reason)));
        }
        let names: Vec<Arc<str>> = columns.iter().map(|text| nfkc(text.text)).collect();
        self.made.settings.insert(Arc::from("columns"), Arc::from(names.join(",")));
    }

    fn columns_of(&self, table: &str) -> Vec<Arc<str>> {
        let link = self.making.links.iter().find(|link| &*link.name == table);
        let fields = link.map(|link| link.questionnaire.by_name.keys().cloned().collect());
        let lookup = self.subject.names.lookups.get(table);
        fields.or_else(|| lookup.map(|lookup| lookup.columns.keys().cloned().collect())).unwrap_or_default()
    }

    fn keep_setting(&mut self, name: &str, item: &Item<'_>) {
        let text = match &item.value {
            Written::Text(text) | Written::Integer(text) | Written::Float(text) => text.to_string(),
            Written::Flag(flag) => flag.to_string(),
            Written::Moment(text) => text.clone(),
            Written::List(_) => item.texts().iter().map(|text| text.text).collect::<Vec<_>>().join(","),
            Written::Table(_) => self.kind.source.slice(item.span).to_owned(),
        };
        self.made.settings.insert(Arc::from(name), Arc::from(text));
    }

    fn keep_all(&mut self, table: &Table<'_>) {
        for entry in &table.entries {
            self.keep_setting(&entry.key, &entry.item);
        }
    }

    /// A limit is about many records, and a condition on units about none: neither reads what a single record says.
    fn check_reads(&mut self) {
        let table = self.made.settings.get("table").cloned();
        let linked = self.making.links.iter().find(|link| Some(&link.name) == table.as_ref());
        for part in self.kind.kind.parts {
            let Some(expr) = self.made.expressions.get(part.name) else { continue };
            let (code, wrong): (_, Option<FieldId>) = match (part.role, self.kind.kind.name, linked) {
                (Role::Bound, ..) => {
                    let other = expr.fields().into_iter().find(|field| !self.made.fields.contains(field));
                    (&code::BOUND_OF_ONE_RECORD, other)
                }
                (Role::Condition, "covers", Some(link)) => (
                    &code::UNIT_READS_A_RECORD,
                    expr.fields().into_iter().find(|field| field.table != link.table),
                ),
                _ => continue,
            };
            let Some(wrong) = wrong else { continue };
            let names = &self.subject.names.fields;
            let called =
                |id: FieldId| names.iter().find(|(_, field)| field.id == id).map_or("?", |(name, _)| name);
            let known: Vec<&str> = self.made.fields.iter().map(|field| called(*field)).collect();
            let mistake = mistake::at(code, self.kind.source, expr.span)
                .with("key", part.name)
                .with("found", called(wrong))
                .with("known", mistake::names(known))
                .with("table", table.as_deref().unwrap_or_default());
            self.refuse(mistake);
        }
    }

    /// What is sought stands among values of its own kind.
    fn check_columns(&mut self, table: &Table<'_>) {
        let Some(text) = table.text("table").filter(|_| self.made.settings.contains_key("table")) else {
            return;
        };
        let name = nfkc(text.text);
        let own: Vec<Arc<str>> = table.texts("fields").iter().map(|field| nfkc(field.text)).collect();
        let columns = match self.made.settings.get("columns") {
            Some(columns) => columns.split(',').map(Arc::from).collect(),
            None => own.clone(),
        };
        for (field, column) in own.iter().zip(&columns) {
            let Some(ours) = self.subject.names.fields.get(field).map(|field| field.ty.clone()) else {
                continue;
            };
            let Some(theirs) = self.column_type(&name, column) else {
                // A column that is named has been looked for.
                if !self.made.settings.contains_key("columns") {
                    let mistake = mistake::at(&code::COLUMN_MISSING, self.kind.source, text.span)
                        .with("table", text.text)
                        .with("found", &**column)
                        .with("known", mistake::names(self.columns_of(&name)));
                    self.refuse(mistake);
                }
                continue;
            };
            let texts = |ty: &Type| matches!(ty, Type::Text | Type::Code);
            if std::mem::discriminant(&ours) != std::mem::discriminant(&theirs)
                && !(texts(&ours) && texts(&theirs))
            {
                let mistake = mistake::at(&code::SOUGHT_AMONG_OTHERS, self.kind.source, text.span)
                    .with("field", &**field)
                    .with("expected", mistake::both(describe(&ours)))
                    .with("table", text.text)
                    .with("found", &**column)
                    .with("kind", mistake::both(describe(&theirs)));
                self.refuse(mistake);
            }
        }
    }

    fn column_type(&self, table: &str, column: &str) -> Option<Type> {
        let link = self.making.links.iter().find(|link| &*link.name == table);
        let field = link.and_then(|link| link.questionnaire.field(column)).map(|field| field.ty.clone());
        let lookup = self.making.lookups.iter().find(|lookup| &*lookup.name == table);
        let found = lookup.and_then(|lookup| lookup.columns.iter().find(|known| &*known.name == column));
        field.or_else(|| found.map(|column| column.ty.clone()))
    }

    /// A share or a count that is compared with nothing demands nothing.
    fn check_bounds(&mut self, table: &Table<'_>) {
        let bounds =
            || self.kind.kind.parts.iter().filter(|part| part.role == Role::Bound).map(|part| part.name);
        if bounds().next().is_some() && bounds().all(|name| table.get(name).is_none()) {
            let reason = Localized::new(
                "min・max などの限度が一つ必要です",
                "it needs a limit such as `min` or `max`",
            );
            let mistake = mistake::at(&code::DECLARATION, self.kind.source, table.span);
            let mistake = mistake.with("key", self.kind.kind.name).with("reason", mistake::fixed(&reason));
            self.refuse(mistake);
        }
    }
}
