//! The expressions of one rule instance, typed, and what follows from them: read set, guards, parameters, blame.
//!
//! Invariants
//! - The read set holds every column whose cell can change the outcome, controllers of `relevant` included.
//! - A rule reads at most as many fields as one expression may.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compile::{Parsed, parse_item, parse_text};
use super::declaration::nfkc;
use super::making::{Making, Subject};
use super::mistake::{self, Spot};
use super::param::keep;
use super::toml_file::{Item, Table, Text};
use super::{DatasetKind, Demand, Let, dataset, declared_type};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::typed::Tolerance;
use crate::expression::typing::MAX_FIELDS;
use crate::expression::{self, FieldId, Names, Node, ParamId, Type, TypedExpr};
use crate::source::SourceText;

/// A `let` before it is typed.
#[derive(Debug)]
struct ParsedLet<'a> {
    name: Arc<str>,
    declared: Option<Text<'a>>,
    value: Option<Parsed<'a>>,
}

/// The expressions of a block, parsed once for all its instances.
#[derive(Debug)]
pub struct Expressions<'a> {
    source: &'a SourceText,
    lets: Vec<ParsedLet<'a>>,
    when: Option<Parsed<'a>>,
    require: Option<Parsed<'a>>,
    kind: Option<dataset::ParsedKind<'a>>,
}

/// One instance's expressions and what follows from them.
#[derive(Debug)]
pub struct Judgement {
    /// Named values.
    pub lets: Vec<Let>,
    /// When it applies.
    pub when: Option<TypedExpr>,
    /// What must hold.
    pub demand: Demand,
    /// Columns read.
    pub reads: BTreeSet<FieldId>,
    /// Links asked for by `is linked` in `when`.
    pub guards: BTreeSet<u16>,
    /// Parameters read.
    pub params: BTreeSet<ParamId>,
}

impl<'a> Expressions<'a> {
    /// Parses the block's expressions and checks that it makes exactly one demand. `None`: it does not.
    pub fn parse(source: &'a SourceText, table: &'a Table<'a>, found: &mut Diagnostics) -> Option<Self> {
        let kind = dataset::only_kind(source, table, found)?;
        let lets = table.table("let").map(|lets| lets.entries.as_slice()).unwrap_or_default();
        let lets = lets.iter().map(|entry| parse_let(source, &entry.key, &entry.item, found)).collect();
        let when = parse_item(source, table.get("when"), found);
        let require = parse_item(source, table.get("require"), found);
        let kind = kind.map(|(kind, item)| dataset::ParsedKind::parse(source, kind, item, found));
        Some(Self { source, lets, when, require, kind })
    }

    /// Whether the demand is about many records.
    pub const fn is_dataset(&self) -> bool {
        self.kind.is_some()
    }

    /// What the demand's kind fills into messages.
    pub fn publishes(&self) -> &'static [&'static str] {
        self.kind.as_ref().map_or(&[], dataset::ParsedKind::publishes)
    }

    /// Types them for one instance. `None`: something could not be typed, which is reported.
    pub fn judge(
        &self,
        subject: &mut Subject<'_>,
        making: &Making<'_>,
        it: Option<&Arc<str>>,
        rule: &str,
        found: &mut Diagnostics,
    ) -> Option<Judgement> {
        subject.names.it = it.cloned();
        subject.names.lets.clear();
        let lets: Vec<Let> =
            self.lets.iter().filter_map(|parsed| self.typed_let(parsed, subject, found)).collect();
        let names = &subject.names;
        let when = self.when.as_ref().and_then(|when| when.condition(names, found));
        let demand = self.demand(subject, making, found);
        let whole = lets.len() == self.lets.len() && when.is_some() == self.when.is_some();
        let demand = demand.filter(|_| whole)?;
        let mut judgement = Judgement {
            lets,
            when,
            demand,
            reads: BTreeSet::new(),
            guards: BTreeSet::new(),
            params: BTreeSet::new(),
        };
        judgement.collect(&subject.names);
        self.check_size(&judgement, rule, found);
        Some(judgement)
    }

    fn typed_let(
        &self,
        parsed: &ParsedLet<'_>,
        subject: &mut Subject<'_>,
        found: &mut Diagnostics,
    ) -> Option<Let> {
        let spot = Spot { source: self.source, key: "let" };
        let declared = match parsed.declared {
            Some(text) => Some(keep(declared_type::read(text, &subject.names, spot), found)?),
            None => None,
        };
        let value = parsed.value.as_ref()?.value(&subject.names, declared.as_ref(), found)?;
        let value = Arc::new(value);
        subject.names.lets.insert(Arc::clone(&parsed.name), Arc::clone(&value));
        Some(Let { name: Arc::clone(&parsed.name), value })
    }

    fn demand(&self, subject: &Subject<'_>, making: &Making<'_>, found: &mut Diagnostics) -> Option<Demand> {
        match &self.kind {
            Some(kind) => kind.typed(subject, making, found).map(Demand::Dataset),
            None => self.require.as_ref()?.condition(&subject.names, found).map(Demand::Require),
        }
    }

    fn check_size(&self, judgement: &Judgement, rule: &str, found: &mut Diagnostics) {
        let span = self.require.as_ref().or(self.when.as_ref()).map(|parsed| parsed.span);
        let span = span.or_else(|| self.kind.as_ref().map(dataset::ParsedKind::span));
        if let Some(span) = span.filter(|_| judgement.reads.len() > MAX_FIELDS) {
            let mistake = mistake::at(&code::TOO_MANY_FIELDS, self.source, span)
                .with("rule", rule)
                .with("found", judgement.reads.len())
                .with("limit", MAX_FIELDS);
            found.push(mistake);
        }
    }
}

fn parse_let<'a>(
    source: &'a SourceText,
    name: &str,
    item: &'a Item<'a>,
    found: &mut Diagnostics,
) -> ParsedLet<'a> {
    let (declared, value) = match item.table() {
        Some(typed) => (typed.text("type"), typed.text("value")),
        None => (None, item.text()),
    };
    ParsedLet { name: nfkc(name), declared, value: value.and_then(|text| parse_text(source, text, found)) }
}

impl Judgement {
    fn collect(&mut self, names: &Names) {
        let kind: Vec<&TypedExpr> = match &self.demand {
            Demand::Require(require) => vec![require],
            Demand::Dataset(kind) => kind.expressions.values().collect(),
        };
        let all: Vec<&TypedExpr> =
            self.lets.iter().map(|value| &*value.value).chain(&self.when).chain(kind).collect();
        for part in &all {
            self.reads.extend(expression::reads(part, names));
            params_in(part, &mut self.params);
        }
        if let Demand::Dataset(DatasetKind { fields, settings, .. }) = &self.demand {
            self.reads.extend(fields);
            let given = dataset::FIELD_SETTINGS.iter().filter_map(|key| settings.get(*key));
            let given = given.flat_map(|list| list.split(','));
            self.reads.extend(given.filter_map(|name| names.fields.get(name)).map(|field| field.id));
        }
        if let Some(when) = &self.when {
            when.walk(&mut |part| {
                if let Node::Linked { table } = part.node {
                    self.guards.insert(table);
                }
            });
        }
    }

    /// The record's fields of the demand, then of `when`, in order of appearance.
    pub fn default_blame(&self, table: u16, derived_from: usize) -> Vec<FieldId> {
        let mut blame: Vec<FieldId> = Vec::new();
        let mut add = |field: FieldId| {
            if field.table == table && usize::from(field.index) < derived_from && !blame.contains(&field) {
                blame.push(field);
            }
        };
        let mut add_all = |part: &TypedExpr| {
            part.walk(&mut |part| {
                if let Node::Field(field) | Node::State { field, .. } = &part.node {
                    add(*field);
                }
            });
        };
        match &self.demand {
            Demand::Require(require) => add_all(require),
            Demand::Dataset(kind) => {
                kind.expressions.values().for_each(&mut add_all);
            }
        }
        self.when.iter().for_each(&mut add_all);
        if let Demand::Dataset(kind) = &self.demand {
            let mut keys = kind.fields.clone();
            keys.retain(|field| field.table == table && usize::from(field.index) < derived_from);
            blame.retain(|field| !keys.contains(field));
            keys.append(&mut blame);
            return keys;
        }
        blame
    }
}

fn params_in(part: &TypedExpr, params: &mut BTreeSet<ParamId>) {
    part.walk(&mut |part| match &part.node {
        Node::Param(param) | Node::Within { tolerance: Tolerance::Param(param, _), .. } => {
            params.insert(*param);
        }
        _ => {}
    });
}

/// The blamed fields that the block names; `it` stands for the judged field.
pub fn blame(
    source: &SourceText,
    table: &Table<'_>,
    names: &Names,
    found: &mut Diagnostics,
) -> Option<Vec<FieldId>> {
    let items = table.get("blame")?.items();
    let field = |item: &Item<'_>| {
        let text = item.text()?;
        if text.text == "it" && names.it.is_none() {
            return None;
        }
        match names.field(&nfkc(text.text)) {
            Some(field) if !field.derived => Some(field.id),
            Some(_) => {
                let reason = Localized::new(
                    "導出項目はファイルに欄がありません",
                    "a derived value has no cell in the file",
                );
                let mistake = mistake::at(&code::FIELD_NOT_USABLE, source, text.span).with("key", "blame");
                found.push(mistake.with("found", text.text).with("reason", mistake::fixed(&reason)));
                None
            }
            None => {
                found.push(unknown_field("blame", source, text, names));
                None
            }
        }
    };
    Some(items.iter().filter_map(field).collect())
}

/// A field that `names` does not have.
pub fn unknown_field(
    key: &str,
    source: &SourceText,
    text: Text<'_>,
    names: &Names,
) -> crate::diagnostic::Diagnostic {
    let mistake =
        mistake::at(&code::UNKNOWN_FIELD, source, text.span).with("key", key).with("found", text.text);
    mistake::suggested(mistake, text.text, names.fields.keys().map(|name| &**name))
}

/// Whether a type is one of dates and times.
pub const fn is_time(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::DateTime | Type::YearMonth)
}
