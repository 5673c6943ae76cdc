//! Columns that belong to another form of the survey, so that a reader can say from where a column comes.
//!
//! Invariants
//! - Only schemas directly under `schemas/` of the same root are looked at; one that is no JSON is passed over, since
//!   it is nobody's questionnaire here.
//! - A column of the form itself is never foreign.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::{Link, chain};
use crate::error::Error;
use crate::questionnaire::{Field, Questionnaire};
use crate::source::SourceText;
use crate::source::root::SurveyRoot;

/// Header or name of every column of the other schemas → the schema's id.
///
/// What has been loaded as the form or as a link is not read a second time.
pub fn columns(
    root: &SurveyRoot,
    form: &Questionnaire,
    links: &[Link],
    read: &mut Vec<SourceText>,
) -> Result<BTreeMap<Arc<str>, Arc<str>>, Error> {
    let own: BTreeSet<&str> = form.fields.iter().flat_map(names_of).collect();
    let mut foreign: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    let mut add = |name: &str, id: &Arc<str>| {
        if !own.contains(name) {
            foreign.entry(Arc::from(name)).or_insert_with(|| Arc::clone(id));
        }
    };
    for path in root.list("schemas").unwrap_or_default().iter().filter(|path| is_json(path)) {
        if let Some(source) = read.iter().find(|source| *source.name == **path) {
            let form = links.iter().map(|link| &link.questionnaire);
            for form in form.filter(|form| form.fields.iter().any(|field| field.declared.source == source.id))
            {
                form.fields.iter().flat_map(names_of).for_each(|name| add(name, &form.id));
            }
            continue;
        }
        let source = chain::read_file(root, path, read)?;
        let Ok(schema) = serde_json::from_str::<Json>(&source.text) else { continue };
        if let Some(id) = schema.get("$id").and_then(Json::as_str).map(Arc::from) {
            names(&schema).for_each(|name| add(name, &id));
        }
    }
    Ok(foreign)
}

/// Whether a path is that of a JSON file.
pub fn is_json(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

fn names_of(field: &Field) -> impl Iterator<Item = &str> {
    [&field.name, &field.column].into_iter().chain(&field.aliases).map(|name| &**name)
}

fn names(schema: &Json) -> impl Iterator<Item = &str> {
    let properties = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
    properties.flat_map(|(name, property)| {
        let column = property.get("x-column").and_then(Json::as_str);
        let aliases = property.get("x-column-aliases").and_then(Json::as_array).into_iter().flatten();
        std::iter::once(name.as_str()).chain(column).chain(aliases.filter_map(Json::as_str))
    })
}
