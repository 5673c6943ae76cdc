//! Linked files: `[link.X]`, typed by schemas of their own.
//!
//! Invariants
//! - The first link is table 1, and so on without gap, also where a schema could not be loaded.
//! - Fields that are joined are of one kind.

use std::collections::BTreeMap;
use std::mem::discriminant;
use std::sync::Arc;

use super::chain::{self, File};
use super::declaration::{self, Declaration, nfkc};
use super::declared_type::describe;
use super::mistake::Refused;
use super::param::keep;
use super::toml_file::Entry;
use super::{Link, mistake};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::pack as code;
use crate::error::Error;
use crate::expression::names::{NamedField, NamedLink};
use crate::expression::{FieldId, Names};
use crate::questionnaire::load;
use crate::source::root::SurveyRoot;
use crate::source::{SourceId, SourceText};

/// Linked files with their forms, not yet joined to the survey's own form.
#[derive(Debug, Default)]
pub struct Linked {
    links: Vec<Link>,
    /// The files of the forms.
    pub sources: Vec<SourceText>,
    /// What was found in them.
    pub found: Diagnostics,
}

/// Reads the forms of all links; their files are numbered from `first` on.
///
/// # Errors
/// A form cannot be read.
pub fn read(files: &[File<'_>], root: &SurveyRoot, first: SourceId) -> Result<Linked, Error> {
    let mut linked = Linked::default();
    let (sources, found) = (&mut linked.sources, &mut linked.found);
    for declaration in declaration::named(files, "link") {
        if !declaration::check_name(&declaration, |_| false, found) {
            continue;
        }
        let Some(schema) = declaration.table.text("schema") else { continue };
        let Some(path) = keep(chain::schema_at(root, schema, declaration.source), found) else { continue };
        let table = u16::try_from(linked.links.len() + 1).unwrap_or(u16::MAX);
        let (questionnaire, mistakes) = load::load_from(root, &path, table, first, sources)?;
        found.append(mistakes);
        let Some(questionnaire) = questionnaire else { continue };
        let file = declaration.table.text("file");
        let file = file.and_then(|file| keep(chain::path_at(root, file, declaration.source), found));
        linked.links.push(Link {
            name: Arc::clone(&declaration.name),
            table,
            questionnaire,
            on: Vec::new(),
            file: file.map(Arc::from),
            missing_is_blank: declaration.table.text("missing").is_some_and(|word| word.text == "blank"),
        });
    }
    Ok(linked)
}

impl Linked {
    /// The links, joined to the fields in `names`, to which they are made known.
    pub fn joined(self, files: &[File<'_>], names: &mut Names, found: &mut Diagnostics) -> Vec<Link> {
        let Self { mut links, sources, .. } = self;
        let declarations = declaration::named(files, "link");
        for link in &mut links {
            let fields = link.questionnaire.named_fields(&sources);
            let declared = declarations.iter().find(|declaration| declaration.name == link.name);
            link.on = declared.map(|declared| on(declared, names, &fields, found)).unwrap_or_default();
            names.links.insert(Arc::clone(&link.name), NamedLink { table: link.table, fields });
        }
        links
    }
}

fn on(
    declaration: &Declaration<'_>,
    names: &Names,
    theirs: &BTreeMap<Arc<str>, NamedField>,
    found: &mut Diagnostics,
) -> Vec<(FieldId, FieldId)> {
    let entries = declaration.table.table("on").map(|on| on.entries.as_slice()).unwrap_or_default();
    let pair = |entry: &Entry<'_>| keep(pair(declaration, entry, names, theirs), found);
    entries.iter().filter_map(pair).collect()
}

fn pair(
    declaration: &Declaration<'_>,
    entry: &Entry<'_>,
    names: &Names,
    theirs: &BTreeMap<Arc<str>, NamedField>,
) -> Result<(FieldId, FieldId), Refused> {
    let unknown = |found: &str, span, known: &BTreeMap<Arc<str>, NamedField>| {
        let mistake = mistake::at(&code::UNKNOWN_FIELD, declaration.source, span);
        let mistake = mistake.with("key", "on").with("found", found);
        Box::new(mistake::suggested(mistake, found, known.keys().map(|name| &**name)))
    };
    let ours = names
        .fields
        .get(&nfkc(&entry.key))
        .ok_or_else(|| unknown(&entry.key, entry.key_span, &names.fields))?;
    let written = entry.item.text().map_or("", |text| text.text);
    let their = theirs.get(&nfkc(written)).ok_or_else(|| unknown(written, entry.item.span, theirs))?;
    if discriminant(&ours.ty) == discriminant(&their.ty) {
        return Ok((ours.id, their.id));
    }
    let mistake = mistake::at(&code::TYPE_HERE, declaration.source, entry.item.span)
        .with("key", "on")
        .with("expected", mistake::both(describe(&ours.ty)))
        .with("found", mistake::both(describe(&their.ty)));
    Err(Box::new(mistake))
}
