//! Names that may not be shared: fields in NFKC, headers in the reader's form, places in JSON.
//!
//! Invariants
//! - A header of a file names at most one field, a place in nested JSON at most one, and no place lies inside
//!   another field's value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Field;
use super::walk::both;
use crate::diagnostic::code::questionnaire::{
    REPEATED_FIELD, REPEATED_HEADER, REPEATED_NUMBER, REPEATED_POINTER,
};
use crate::diagnostic::nearest::fold;
use crate::diagnostic::{Argument, Code, Diagnostic, Diagnostics, Label, Place};
use crate::source::SourceText;

/// Reports everything that two of `fields` share.
pub(super) fn check(fields: &[&Field], sources: &[SourceText]) -> Diagnostics {
    let mut found = Diagnostics::new();
    names(fields, sources, &mut found);
    headers(fields, sources, &mut found);
    numbers(fields, sources, &mut found);
    pointers(fields, sources, &mut found);
    found
}

fn names(fields: &[&Field], sources: &[SourceText], found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Field> = BTreeMap::new();
    for &field in fields {
        if let Some(other) = first.insert(&field.name, field) {
            found.push(about(&REPEATED_FIELD, field, other, sources).with("name", &*field.name));
        }
    }
}

fn numbers(fields: &[&Field], sources: &[SourceText], found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Field> = BTreeMap::new();
    for &field in fields {
        let Some(number) = &field.question else { continue };
        let other = *first.entry(number).or_insert(field);
        if other.name != field.name {
            let finding = about(&REPEATED_NUMBER, field, other, sources).with("found", &**number);
            found.push(finding.with("first", &*other.name).with("second", &*field.name));
        }
    }
}

/// The headers under which a file may give the field; its name is always one.
fn headers_of(field: &Field) -> impl Iterator<Item = &Arc<str>> {
    [&field.name, &field.column].into_iter().chain(&field.aliases).chain(field.part_columns())
}

fn headers(fields: &[&Field], sources: &[SourceText], found: &mut Diagnostics) {
    let mut first: BTreeMap<String, &Field> = BTreeMap::new();
    for &field in fields {
        for header in headers_of(field) {
            let other = *first.entry(fold(header)).or_insert(field);
            if other.name != field.name {
                let finding = about(&REPEATED_HEADER, field, other, sources);
                let finding = finding.with("header", Argument::written(header));
                found.push(finding.with("first", &*other.name).with("second", &*field.name));
            }
        }
        columns_of_one(field, sources, found);
    }
}

/// The columns of one answer are told apart too.
fn columns_of_one(field: &Field, sources: &[SourceText], found: &mut Diagnostics) {
    let mut folded: Vec<String> = field.part_columns().iter().map(|column| fold(column)).collect();
    folded.sort_unstable();
    let twin = folded.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[String]>::first);
    if let Some(twin) = twin {
        let finding = about(&REPEATED_HEADER, field, field, sources).with("header", Argument::written(twin));
        found.push(finding.with("first", &*field.name).with("second", &*field.name));
    }
}

fn pointers(fields: &[&Field], sources: &[SourceText], found: &mut Diagnostics) {
    // The flat name is accepted beside the pointer. `~` is escaped as in a pointer, so that both compare.
    let flat = |field: &Field| format!("/{}", field.name.replace('~', "~0").replace('/', "~1"));
    let mut places: Vec<(String, &Field)> = fields.iter().map(|field| (flat(field), *field)).collect();
    places.extend(fields.iter().filter_map(|field| Some((field.pointer.as_deref()?.to_owned(), *field))));
    // A slash sorts as the lowest sign, so what lies inside a place follows it directly.
    places.sort_by(|(one, a), (two, b)| one.split('/').cmp(two.split('/')).then(a.id.index.cmp(&b.id.index)));
    for pair in places.windows(2) {
        let [(outer, one), (inner, two)] = pair else { continue };
        let inside =
            inner.strip_prefix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if inside && one.name != two.name {
            let finding = about(&REPEATED_POINTER, two, one, sources);
            let finding = finding.with("pointer", Argument::written(inner));
            found.push(finding.with("first", &*one.name).with("second", &*two.name));
        }
    }
}

/// A finding about `field`, with `other` as its second place.
fn about(code: &'static Code, field: &Field, other: &Field, sources: &[SourceText]) -> Diagnostic {
    let finding = Diagnostic::new(code, Place::File(field.declared.source));
    let labels = [
        label(field, both("この項目", "this field"), sources),
        label(other, both("こちらの項目", "and this field"), sources),
    ];
    labels.into_iter().flatten().fold(finding, Diagnostic::label)
}

/// The property of `field`, marked. `None`: its file is not among `sources`.
pub(super) fn label(field: &Field, text: Argument, sources: &[SourceText]) -> Option<Label> {
    let source = sources.iter().find(|source| source.id == field.declared.source)?;
    Some(Label::of(source, field.declared.span, text))
}
