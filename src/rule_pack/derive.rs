//! Derived values: `[[derive]]`.
//!
//! Invariants
//! - Columns are numbered in order of declaration; values are computed in an order in which each comes after those
//!   that it reads.
//! - A fallback has the type of its field and tells of what it fills.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::File;
use super::compile::parse_item;
use super::declaration::{self, Declaration, nfkc};
use super::declared_type::{self, describe};
use super::ids::{self, Ids};
use super::mistake::Refused;
use super::param::keep;
use super::placeholder::{self, Scope};
use super::toml_file::{Table, Text};
use super::{DerivedValue, Lookup, Placeholder, derive_order, mistake};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized, Notice, Severity};
use crate::expression::names::NamedField;
use crate::expression::{self, FieldId, Names, Type};
use crate::questionnaire::Declared;

/// Most derived values of a pack: the order of computing is found by comparing each with each.
const MOST: usize = 500;

/// What derived values may use, beside names.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// By number.
    pub lookups: &'a [Lookup],
    /// How many fields the questionnaire has.
    pub fields: usize,
}

/// A derived value whose name and type are known.
struct Draft<'a> {
    declaration: Declaration<'a>,
    id: FieldId,
    ty: Type,
    fallback: bool,
}

/// Reads all derived values and makes them known to `names`; they come in an order of computing.
pub fn read<'a>(
    files: &'a [File<'a>],
    names: &mut Names,
    tables: Tables<'_>,
    ids: &mut Ids,
    found: &mut Diagnostics,
) -> Vec<DerivedValue> {
    let mut drafts: Vec<Draft<'a>> = Vec::new();
    for declaration in declarations(files).into_iter().take(MOST) {
        let column = tables.fields + drafts.iter().filter(|draft| !draft.fallback).count();
        drafts.extend(draft(declaration, names, column, found));
    }
    let values = drafts.iter().filter_map(|draft| value(draft, names, tables, ids, found)).collect();
    derive_order::sort(values, files, found)
}

/// All blocks, a later layer's in the place of an earlier one of the same name.
fn declarations<'a>(files: &'a [File<'a>]) -> Vec<Declaration<'a>> {
    let mut all: Vec<(usize, Declaration<'a>)> = Vec::new();
    for file in files {
        for table in file.root.tables("derive") {
            let name = table.text("name").or_else(|| table.text("fallback-for"));
            let (name, name_span) =
                name.map_or((Arc::from(""), table.span), |name| (nfkc(name.text), name.span));
            let declaration = Declaration { name, name_span, source: file.source, table };
            let earlier = all
                .iter_mut()
                .find(|(layer, earlier)| *layer < file.layer && earlier.name == declaration.name);
            match earlier {
                Some(earlier) => *earlier = (file.layer, declaration),
                None => all.push((file.layer, declaration)),
            }
        }
    }
    all.into_iter().map(|(_, declaration)| declaration).collect()
}

fn draft<'a>(
    declaration: Declaration<'a>,
    names: &mut Names,
    column: usize,
    found: &mut Diagnostics,
) -> Option<Draft<'a>> {
    let table = declaration.table;
    let declared = table.text("type").map(|ty| declared_type::read(ty, names, declaration.spot("type")));
    let declared = declared.and_then(|ty| keep(ty, found));
    if let Some(field) = table.text("fallback-for") {
        let (id, ty) = keep(filled(&declaration, field, declared.as_ref(), names), found)?;
        return Some(Draft { declaration, id, ty, fallback: true });
    }
    if table.text("name").is_none() || table.text("type").is_none() {
        let reason = Localized::new(
            "name と type、または fallback-for が必要です",
            "it needs `name` and `type`, or `fallback-for`",
        );
        found.push(incomplete(&declaration, &reason));
        return None;
    }
    let ty = declared.filter(|ty| *ty != Type::Condition).or_else(|| {
        let reason = Localized::new("型は値の型でなければなりません", "its type has to be one of values");
        found.push(incomplete(&declaration, &reason));
        None
    })?;
    if !declaration::check_name(&declaration, |name| names.fields.contains_key(name), found) {
        return None;
    }
    let id = FieldId { table: 0, index: u16::try_from(column).unwrap_or(u16::MAX) };
    names.fields.insert(Arc::clone(&declaration.name), named(&declaration, id, &ty));
    Some(Draft { declaration, id, ty, fallback: false })
}

fn incomplete(declaration: &Declaration<'_>, reason: &Localized<&'static str>) -> Diagnostic {
    mistake::at(&code::DECLARATION, declaration.source, declaration.name_span)
        .with("key", "derive")
        .with("reason", mistake::fixed(reason))
}

fn named(declaration: &Declaration<'_>, id: FieldId, ty: &Type) -> NamedField {
    NamedField {
        id,
        ty: ty.clone(),
        title: Localized::new(Arc::clone(&declaration.name), Arc::clone(&declaration.name)),
        declared: declaration::place(declaration.source, declaration.name_span),
        optional: true,
        derived: true,
        blank_is_empty_set: false,
        marks: BTreeSet::new(),
        controllers: BTreeSet::new(),
    }
}

/// The field that a fallback fills, and its type.
fn filled(
    declaration: &Declaration<'_>,
    field: Text<'_>,
    declared: Option<&Type>,
    names: &Names,
) -> Result<(FieldId, Type), Refused> {
    let target = names.fields.get(&nfkc(field.text)).filter(|target| !target.derived).ok_or_else(|| {
        let mistake = mistake::at(&code::UNKNOWN_FIELD, declaration.source, field.span);
        let mistake = mistake.with("key", "fallback-for").with("found", field.text);
        Box::new(mistake::suggested(mistake, field.text, names.fields.keys().map(|name| &**name)))
    })?;
    match declared {
        Some(ty) if *ty != target.ty => {
            let mistake = mistake::at(&code::TYPE_HERE, declaration.source, declaration.name_span)
                .with("key", "fallback-for")
                .with("expected", mistake::both(describe(&target.ty)))
                .with("found", mistake::both(describe(ty)));
            Err(Box::new(mistake))
        }
        _ => Ok((target.id, target.ty.clone())),
    }
}

fn value(
    draft: &Draft<'_>,
    names: &Names,
    tables: Tables<'_>,
    ids: &mut Ids,
    found: &mut Diagnostics,
) -> Option<DerivedValue> {
    let Declaration { name, source, table, .. } = &draft.declaration;
    let parsed = parse_item(source, table.get("value"), found);
    let value = parsed.and_then(|parsed| parsed.value(names, Some(&draft.ty), found));
    let reads = value.as_ref().map(|value| expression::reads(value, names)).unwrap_or_default();
    // What a value that could not be typed reads is not known, and its mistake is reported: a text may name any field.
    let printable = match &value {
        Some(_) => reads.clone(),
        None => names.fields.values().map(|field| field.id).collect(),
    };
    let notice = draft.fallback.then(|| notice(draft, names, tables, &printable, ids, found)).flatten();
    Some(DerivedValue {
        id: draft.id,
        name: Arc::clone(name),
        ty: draft.ty.clone(),
        value: value?,
        reads,
        fallback: draft.fallback,
        notice,
        declared: Declared { source: source.id, span: table.span },
    })
}

fn notice(
    draft: &Draft<'_>,
    names: &Names,
    tables: Tables<'_>,
    reads: &BTreeSet<FieldId>,
    ids: &mut Ids,
    found: &mut Diagnostics,
) -> Option<(Arc<Notice>, Vec<Placeholder>)> {
    let Declaration { source, table, .. } = draft.declaration;
    for key in ["id", "slug", "title", "message", "source"] {
        if table.get(key).is_none() {
            missing(&draft.declaration, table, key, found);
        }
    }
    let (id, slug) = (table.text("id")?, table.text("slug")?);
    let texts = placeholder::read(source, table, found)?;
    if ids::check_id(source, id, found) {
        ids.claim(id.text, source, id.span, found);
    }
    if ids::check_slug(source, slug, found) {
        ids.claim_slug(slug, id.text, source, found);
    }
    // What was filled in may be printed beside what it was made of.
    let printable: BTreeSet<FieldId> = reads.iter().copied().chain([draft.id]).collect();
    let scope = Scope {
        rule: id.text,
        names,
        reads: &printable,
        lets: &[],
        lookups: tables.lookups,
        published: &[],
        fixed: &BTreeMap::new(),
        value: Some(draft.id),
    };
    let placeholders = texts.resolve(&scope, found);
    Some((Arc::new(texts.notice(id.text, None, slug.text, Severity::Info)), placeholders))
}

fn missing(declaration: &Declaration<'_>, table: &Table<'_>, key: &str, found: &mut Diagnostics) {
    let meaning = Localized::new("fallback-for は補完を通知します", "a fallback tells of what it fills");
    found.push(
        mistake::at(&code::MISSING_KEY, declaration.source, table.span)
            .with("key", key)
            .with("block", "[[derive]]")
            .with("meaning", mistake::fixed(&meaning)),
    );
}
