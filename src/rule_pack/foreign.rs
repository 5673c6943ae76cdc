//! Columns that belong to another form of the survey, so that a reader can say from where a column comes.
//!
//! Invariants
//! - Only schemas of the same survey are looked at: those directly under `schemas/` of the same root whose names begin
//!   with its id. Another survey is none of this one's business, and no part of its hash. One that is no JSON is
//!   passed over, since it is nobody's questionnaire here.
//! - A column of the form itself is never foreign.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Link, chain};
use crate::error::Error;
use crate::questionnaire::{Field, Questionnaire};
use crate::source::SourceText;
use crate::source::json_tree::{self, Member, Node};
use crate::source::root::SurveyRoot;

/// Header or name of every column of the other schemas of `survey` → the schema's id.
///
/// What has been loaded as the form or as a link is not read a second time.
pub fn columns(
    root: &SurveyRoot,
    survey: &str,
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
    for path in
        root.list("schemas").unwrap_or_default().iter().filter(|path| is_json(path) && is_of(path, survey))
    {
        if let Some(source) = read.iter().find(|source| *source.name == **path) {
            let form = links.iter().map(|link| &link.questionnaire);
            for form in form.filter(|form| form.fields.iter().any(|field| field.declared.source == source.id))
            {
                form.fields.iter().flat_map(names_of).for_each(|name| add(name, &form.id));
            }
            continue;
        }
        let source = chain::read_file(root, path, read)?;
        let tree = root.tree(path).or_else(|| json_tree::read(&source.text).tree.ok());
        let Some(schema): Option<Node<'_>> = tree else { continue };
        if let Some(id) = schema.text_at("$id").map(Arc::from) {
            names(&schema).for_each(|name| add(name, &id));
        }
    }
    Ok(foreign)
}

/// Whether a path is that of a JSON file.
pub fn is_json(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

/// Whether the schema at `path` is one of `survey`: `schemas/pets-2024.json` is one of `pets`.
fn is_of(path: &str, survey: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_prefix(survey).is_some_and(|rest| rest.starts_with(['-', '.']))
}

fn names_of(field: &Field) -> impl Iterator<Item = &str> {
    [&field.name, &field.column].into_iter().chain(&field.aliases).map(|name| &**name)
}

fn names<'n>(schema: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let properties = schema.get("properties").map(|member| member.node.members()).unwrap_or_default();
    properties.iter().flat_map(|Member { key, node, .. }| {
        let aliases = node.get("x-column-aliases").map(|member| member.node.items()).unwrap_or_default();
        let column = node.text_at("x-column");
        std::iter::once(&**key).chain(column).chain(aliases.iter().filter_map(Node::text))
    })
}
