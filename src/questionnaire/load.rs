//! Loading a questionnaire: its file, the files that it extends, and everything that can be wrong with them.
//!
//! Invariants
//! - References are resolved by name inside one survey root; nothing else is ever opened.
//! - A questionnaire without error-level findings is whole; one that lost a property is not given out, so that
//!   nobody is told of an unknown field which is only a mistyped one.
//! - A file that is already among the sources is not read twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::form::{self, Form};
use super::routing::{self, Conditions};
use super::walk::{Walk, both, meant};
use super::{Field, Questionnaire, Versions, joined, json_tree, unique};
use crate::diagnostic::code::questionnaire::{
    CYCLIC_REFERENCE, TOO_MANY, UNKNOWN_SECTION, UNRESOLVED_REFERENCE,
};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Label, Place};
use crate::error::Error;
use crate::expression::{FieldId, Names};
use crate::source::root::SurveyRoot;
use crate::source::{SourceId, SourceText, Span, next_id};

/// Overlays behind each other.
const LONGEST_CHAIN: usize = 8;

/// Fields of a form; a record is that many columns.
const MOST_FIELDS: usize = 10_000;

/// Loads the questionnaire at `path` of `root` as table `table`; the files read are added to `sources`.
///
/// # Errors
/// The file itself cannot be read. A base that is missing is a finding.
pub fn load(
    root: &SurveyRoot,
    path: &str,
    table: u16,
    sources: &mut Vec<SourceText>,
) -> Result<(Option<Questionnaire>, Diagnostics), Error> {
    load_from(root, path, table, SourceId(0), sources)
}

/// Loads the questionnaire as [`load`] does; its files are numbered from `first` on.
///
/// # Errors
/// As [`load`].
pub fn load_from(
    root: &SurveyRoot,
    path: &str,
    table: u16,
    first: SourceId,
    sources: &mut Vec<SourceText>,
) -> Result<(Option<Questionnaire>, Diagnostics), Error> {
    loaded(
        Loader { root, table, first, sources, chain: Vec::new(), found: Diagnostics::new() },
        path,
        &mut |_, _| {},
    )
}

/// Loads a questionnaire whose conditions may name more than its fields.
///
/// `complete` is given the questionnaire before its conditions are typed, and the table of names to which it adds
/// parameters and sets.
///
/// # Errors
/// As [`load`].
pub fn load_with(
    root: &SurveyRoot,
    path: &str,
    table: u16,
    sources: &mut Vec<SourceText>,
    complete: &mut dyn FnMut(&Questionnaire, &mut Names),
) -> Result<(Option<Questionnaire>, Diagnostics), Error> {
    let first = SourceId(0);
    loaded(
        Loader { root, table, first, sources, chain: Vec::new(), found: Diagnostics::new() },
        path,
        complete,
    )
}

fn loaded(
    mut loader: Loader<'_>,
    path: &str,
    complete: &mut dyn FnMut(&Questionnaire, &mut Names),
) -> Result<(Option<Questionnaire>, Diagnostics), Error> {
    let form = loader.form(path)?;
    let Loader { root, table, sources, mut found, .. } = loader;
    if let Some(form) = form.as_ref().filter(|form| !root.is_embedded() && form.drafts.len() <= MOST_FIELDS) {
        let fields: Vec<&Field> = form.drafts.iter().map(|draft| &draft.field).collect();
        found.append(unique::check(&fields, sources));
    }
    let questionnaire = form.and_then(|form| assemble(form, table, sources, complete, &mut found));
    Ok((questionnaire, found))
}

struct Loader<'a> {
    root: &'a SurveyRoot,
    table: u16,
    /// The least number that its files get.
    first: SourceId,
    sources: &'a mut Vec<SourceText>,
    /// Paths from the file asked for to the one that is read.
    chain: Vec<String>,
    found: Diagnostics,
}

impl Loader<'_> {
    /// The form at `path`, its base joined. `None`: unusable, which has been reported.
    fn form(&mut self, path: &str) -> Result<Option<Form>, Error> {
        let source = self.source(path)?;
        let text = source.text.clone();
        let mut walk = Walk::new(source).proven(self.root.is_embedded());
        let Some(tree) = json_tree::of_file(self.root, &text, &mut walk) else {
            self.found.append(walk.into_found());
            return Ok(None);
        };
        self.chain.push(path.to_owned());
        let wanted = form::base_of(&mut walk, &tree);
        let base = match wanted {
            Some((id, span)) => self.base(&mut walk, path, id, span)?,
            None => None,
        };
        let lost = wanted.is_some() && base.is_none();
        let form = form::read(&mut walk, &tree, self.table, base);
        self.found.append(walk.into_found());
        Ok(form.filter(|form| !lost && !form.incomplete))
    }

    fn source(&mut self, path: &str) -> Result<SourceText, Error> {
        if let Some(known) = self.sources.iter().find(|source| &*source.name == path) {
            return Ok(known.clone());
        }
        let text = self.root.read(path)?;
        let id = next_id(self.sources).max(self.first);
        let source = SourceText { id, name: Arc::from(path), text };
        self.sources.push(source.clone());
        Ok(source)
    }

    /// The form of the questionnaire that the file at `path` extends.
    fn base(&mut self, walk: &mut Walk, path: &str, id: &str, span: Span) -> Result<Option<Form>, Error> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let base = if folder.is_empty() { format!("{id}.json") } else { format!("{folder}/{id}.json") };
        if self.chain.contains(&base) || self.chain.len() >= LONGEST_CHAIN {
            let mut path = self.chain.clone();
            path.push(base);
            let finding = walk.at(&CYCLIC_REFERENCE, span, both("この参照", "this reference"));
            walk.push(finding.with("limit", LONGEST_CHAIN).with("path", path.join(" → ")));
            return Ok(None);
        }
        if !self.root.exists(&base) {
            let files = self.root.list(folder).unwrap_or_default();
            let stems = files.iter().filter_map(|file| file.rsplit('/').next()?.strip_suffix(".json"));
            let finding = walk.at(&UNRESOLVED_REFERENCE, span, both("この参照", "this reference"));
            walk.push_meant(finding.with("found", Argument::written(id)), meant(id, stems));
            return Ok(None);
        }
        self.form(&base)
    }
}

/// Numbers the fields, joins the schema and types the conditions.
fn assemble(
    form: Form,
    table: u16,
    sources: &[SourceText],
    complete: &mut dyn FnMut(&Questionnaire, &mut Names),
    found: &mut Diagnostics,
) -> Option<Questionnaire> {
    let first = form.drafts.first()?;
    if form.drafts.len() > MOST_FIELDS {
        let finding = Diagnostic::new(&TOO_MANY, Place::File(first.field.declared.source));
        let finding = finding.with("what", both("項目", "fields")).with("limit", MOST_FIELDS);
        found.push(finding.with("found", form.drafts.len()));
        return None;
    }
    found.append(unknown_sections(&form, sources));
    let places: BTreeMap<&str, usize> =
        form.sections.iter().enumerate().map(|(place, section)| (&*section.section.name, place)).collect();
    let mut fields: Vec<Field> = Vec::with_capacity(form.drafts.len());
    let mut conditions = Vec::with_capacity(form.drafts.len());
    let mut properties = Vec::with_capacity(form.drafts.len());
    for (draft, index) in form.drafts.into_iter().zip(0..) {
        let section = draft.section.and_then(|(key, _)| places.get(&*key).copied());
        let in_section = section.and_then(|place| form.sections.get(place)?.condition.clone());
        conditions.push(Conditions { own: draft.condition, section: in_section, named: draft.controllers });
        properties.push((draft.field.name.to_string(), draft.schema));
        fields.push(Field { id: FieldId { table, index }, section, ..draft.field });
    }
    let schema = joined::whole(&form.id, properties);
    let by_name = fields.iter().enumerate().map(|(place, field)| (Arc::clone(&field.name), place)).collect();
    let versions = form.versions.and_then(|versions| {
        let named = fields.iter().find(|field: &&Field| field.name == versions.field)?;
        Some(Versions { field: named.id, accepted: versions.accepted })
    });
    let mut questionnaire = Questionnaire {
        id: form.id,
        title: form.title,
        sections: form.sections.into_iter().map(|section| section.section).collect(),
        answer_heads: form.answer_heads,
        check_marks: form.check_marks,
        question_word: form.question_word,
        rows: form.rows,
        versions,
        routing: vec![None; fields.len()],
        routing_order: (0..fields.len()).collect(),
        fields,
        by_name,
        schema,
    };
    let mut names = Names { fields: questionnaire.named_fields(sources), ..Names::default() };
    complete(&questionnaire, &mut names);
    found.append(routing::route(&mut questionnaire, &conditions, &names, sources));
    Some(questionnaire)
}

fn unknown_sections(form: &Form, sources: &[SourceText]) -> Diagnostics {
    let names = || form.sections.iter().map(|section| &*section.section.name);
    let mut found = Diagnostics::new();
    for draft in &form.drafts {
        let Some((key, span)) = draft.section.as_ref().filter(|(key, _)| !names().any(|name| name == &**key))
        else {
            continue;
        };
        let Some(source) = sources.iter().find(|source| source.id == draft.field.declared.source) else {
            continue;
        };
        let label = Label::of(source, *span, both("この節", "this section"));
        let finding = Diagnostic::new(&UNKNOWN_SECTION, Place::File(source.id)).label(label);
        let finding = finding.with("found", Argument::written(key)).with("known", super::walk::list(names()));
        found.push(match meant(key, names()) {
            Some(suggestion) => finding.suggest(suggestion),
            None => finding,
        });
    }
    found
}
