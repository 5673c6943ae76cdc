//! Columns that belong to another form of the survey, so that a reader can say from where a column comes.
//!
//! Invariants
//! - Only schemas directly under `schemas/` of the same root are looked at; one that is no JSON is passed over, since
//!   it is nobody's questionnaire here.
//! - A column of the form itself is never foreign.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::error::Error;
use crate::questionnaire::Questionnaire;
use crate::source::SourceText;
use crate::source::root::SurveyRoot;

/// Header or name of every column of the other schemas → the schema's id.
pub fn columns(
    root: &SurveyRoot,
    form: &Questionnaire,
    read: &[SourceText],
) -> Result<BTreeMap<Arc<str>, Arc<str>>, Error> {
    let own: BTreeSet<&str> = form
        .fields
        .iter()
        .flat_map(|field| [&field.name, &field.column].into_iter().chain(&field.aliases))
        .map(|name| &**name)
        .collect();
    let mut foreign = BTreeMap::new();
    for path in root.list("schemas").unwrap_or_default().iter().filter(|path| path.ends_with(".json")) {
        let known = read.iter().find(|source| *source.name == **path);
        let text = match known {
            Some(source) => Arc::clone(&source.text),
            None => Arc::from(root.read(path)?),
        };
        let Ok(schema) = serde_json::from_str::<Json>(&text) else { continue };
        let id: Arc<str> = match schema.get("$id").and_then(Json::as_str) {
            Some(id) if id != &*form.id => Arc::from(id),
            _ => continue,
        };
        for name in names(&schema).filter(|name| !own.contains(name)) {
            foreign.entry(Arc::from(name)).or_insert_with(|| Arc::clone(&id));
        }
    }
    Ok(foreign)
}

fn names(schema: &Json) -> impl Iterator<Item = &str> {
    let properties = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
    properties.flat_map(|(name, property)| {
        let column = property.get("x-column").and_then(Json::as_str);
        let aliases = property.get("x-column-aliases").and_then(Json::as_array).into_iter().flatten();
        std::iter::once(name.as_str()).chain(column).chain(aliases.filter_map(Json::as_str))
    })
}
