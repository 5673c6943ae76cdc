//! `[[generated_rule]]`: the texts of published ids of generated findings.
//!
//! Invariants
//! - Every id of `x-finding-ids` has a text, and every text has an id there.
//! - An id may be shared by several fields; it has one slug and one text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::File;
use super::generated::kind_word;
use super::ids::{self, Ids};
use super::mistake;
use super::placeholder::{self, Texts};
use super::toml_file::{Table, Text};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized, Notice, Piece, Severity, Template};
use crate::expression::FieldId;
use crate::questionnaire::{Domain, Field, FindingKind, Questionnaire};
use crate::source::SourceText;

/// Slots of a cell finding, in the order in which the reader fills them.
const CELL_SLOTS: [&str; 3] = ["question", "value", "options"];

/// The texts of one generated finding of one field.
#[derive(Debug)]
pub struct Texted<'a, 'f> {
    /// The published id, or `FIELD:KIND`.
    pub id: Arc<str>,
    /// The field of a published id.
    pub instance: Option<&'f str>,
    /// Its slug.
    pub slug: &'a str,
    /// Its texts.
    pub texts: Texts<'a>,
    /// From where it comes.
    pub provenance: &'a str,
}

#[derive(Debug)]
struct Entry<'a> {
    source: &'a SourceText,
    id: Text<'a>,
    slug: Text<'a>,
    provenance: &'a str,
    texts: Texts<'a>,
    used: bool,
}

/// All texts of published ids.
#[derive(Debug, Default)]
pub struct Published<'a> {
    entries: BTreeMap<&'a str, Entry<'a>>,
    /// Ids that have been reported as lacking a text.
    missing: BTreeSet<Arc<str>>,
    /// Ids of blocks that cannot be used, which is reported.
    unusable: BTreeSet<&'a str>,
}

impl<'a> Published<'a> {
    /// Reads all blocks; a later layer's text takes the place of an earlier one's.
    pub fn read(files: &'a [File<'a>], ids: &mut Ids, found: &mut Diagnostics) -> Self {
        let mut entries: BTreeMap<&'a str, (usize, Entry<'a>)> = BTreeMap::new();
        let mut unusable = BTreeSet::new();
        for file in files {
            for table in file.root.tables("generated_rule") {
                let Some(entry) = entry(file.source, table, found) else {
                    unusable.extend(table.text("id").map(|id| id.text));
                    continue;
                };
                let (name, span) = (entry.id.text, entry.id.span);
                if entries.get(name).is_some_and(|(layer, _)| *layer < file.layer) {
                    ids.release(name);
                }
                if ids.claim(name, file.source, span, found) {
                    ids.claim_slug(entry.slug, name, file.source, found);
                    entries.insert(name, (file.layer, entry));
                }
            }
        }
        let entries = entries.into_iter().map(|(name, (_, entry))| (name, entry)).collect();
        Self { entries, missing: BTreeSet::new(), unusable }
    }

    /// The texts of the published `id`, for `kind` of `field`. `None`: there are none, which is reported once an id.
    pub fn texts<'f>(
        &mut self,
        id: &Arc<str>,
        field: &'f Field,
        kind: &str,
        schema: &SourceText,
        found: &mut Diagnostics,
    ) -> Option<Texted<'a, 'f>> {
        if let Some(entry) = self.entries.get_mut(&**id) {
            entry.used = true;
            return Some(Texted {
                id: Arc::clone(id),
                instance: Some(&field.name),
                slug: entry.slug.text,
                texts: entry.texts.clone(),
                provenance: entry.provenance,
            });
        }
        if !self.unusable.contains(&**id) && self.missing.insert(Arc::clone(id)) {
            let mistake = mistake::at(&code::GENERATED_TEXT_MISSING, schema, field.declared.span)
                .with("field", &*field.name)
                .with("kind", kind)
                .with("found", &**id);
            found.push(mistake::suggested(mistake, id, self.entries.keys().copied()));
        }
        None
    }

    /// The texts of published ids of cell findings (type, domain, duplicate, a keyword).
    pub fn cell_notices(
        &mut self,
        form: &Questionnaire,
        sources: &[SourceText],
        found: &mut Diagnostics,
    ) -> BTreeMap<(FieldId, FindingKind), Arc<Notice>> {
        let mut notices = BTreeMap::new();
        for field in &form.fields {
            let Some(schema) = sources.iter().find(|source| source.id == field.declared.source) else {
                continue;
            };
            for (kind, id) in field.finding_ids.iter().filter(|(kind, _)| is_about_cells(kind)) {
                let Some(texted) = self.texts(id, field, &kind_word(kind), schema, found) else { continue };
                if let Some(notice) = cell_notice(&texted, severity(field, kind), found) {
                    notices.insert((field.id, kind.clone()), Arc::new(notice));
                }
            }
        }
        notices
    }

    /// Reports texts that no field uses.
    pub fn report_unused(&self, form: &Questionnaire, found: &mut Diagnostics) {
        let known = || form.fields.iter().flat_map(|field| field.finding_ids.values()).map(|id| &**id);
        for entry in
            self.entries.values().filter(|entry| !entry.used && !known().any(|id| id == entry.id.text))
        {
            let mistake = mistake::at(&code::GENERATED_TEXT_UNUSED, entry.source, entry.id.span);
            found.push(mistake::suggested(mistake.with("found", entry.id.text), entry.id.text, known()));
        }
    }
}

fn entry<'a>(source: &'a SourceText, table: &'a Table<'a>, found: &mut Diagnostics) -> Option<Entry<'a>> {
    let texts = placeholder::read(source, table, found);
    let (id, slug, provenance) = (table.text("id")?, table.text("slug")?, table.text("source")?);
    let well_formed = ids::check_id(source, id, found) & ids::check_slug(source, slug, found);
    let entry = Entry { source, id, slug, provenance: provenance.text, texts: texts?, used: false };
    well_formed.then_some(entry)
}

const fn is_about_cells(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Type | FindingKind::Domain | FindingKind::Keyword(_) | FindingKind::Duplicate)
}

fn severity(field: &Field, kind: &FindingKind) -> Severity {
    match (&field.domain, kind) {
        (Domain::Multi(layout), FindingKind::Duplicate) => layout.duplicates.unwrap_or(Severity::Info),
        _ => Severity::Error,
    }
}

/// The notice with its slots in the reader's order. `None`: it names something else, which is reported.
fn cell_notice(texted: &Texted<'_, '_>, severity: Severity, found: &mut Diagnostics) -> Option<Notice> {
    let texts = &texted.texts;
    let mut whole = true;
    texts.report_alone(&|name| !CELL_SLOTS.contains(&name), found);
    for (name, span) in &texts.slots {
        if !CELL_SLOTS.contains(&&**name) {
            let mistake = mistake::at(&code::UNKNOWN_PLACEHOLDER, texts.source, *span);
            let mistake = mistake.with("found", format!("{{{name}}}"));
            found.push(mistake::suggested(mistake, name, CELL_SLOTS));
            whole = false;
        }
    }
    let order = |slot: usize| {
        let name = texts.slots.get(slot).map_or("", |(name, _)| name);
        CELL_SLOTS.iter().position(|cell| *cell == name).unwrap_or(0)
    };
    let reordered = |template: &Template| {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(Arc::clone(text)),
            Piece::Slot(slot) => Piece::Slot(order(*slot)),
        };
        Template { pieces: template.pieces.iter().map(piece).collect() }
    };
    let mut notice = texts.notice(&texted.id, texted.instance, texted.slug, severity);
    notice.message = notice.message.map(reordered);
    notice.help = notice.help.map(|help: Localized<Template>| help.map(reordered));
    notice.slots = CELL_SLOTS.iter().map(|slot| Arc::from(*slot)).collect();
    whole.then_some(notice)
}
