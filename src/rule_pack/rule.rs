//! `[[rule]]` and `[[linked_rule]]`: blocks → rule instances.
//!
//! Invariants
//! - Blocks that share an id are one family: the first has the texts, each of the others its own `instance`.
//! - Ids are given out in reading order.

use std::collections::BTreeMap;

use super::chain::File;
use super::family::Family;
use super::ids::{self, Ids};
use super::instance;
use super::judgement::Expressions;
use super::making::{Drafted, Making, Subject};
use super::mistake;
use super::placeholder::{self, Texts};
use super::toml_file::{Table, Text};
use super::{keys, record_set, shape};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized, Severity};
use crate::source::SourceText;

/// Keys that every family's first block has; another block of it may have texts of its own alone.
const FIRST_ONLY: [&str; 5] = ["slug", "severity", "title", "message", "source"];

/// Those of which every instance has the first block's.
const FAMILY_ONLY: [&str; 3] = ["slug", "severity", "source"];

/// What an instance may say in words of its own.
const TEXTS: [&str; 3] = ["title", "message", "help"];

/// A block and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub source: &'a SourceText,
    pub table: &'a Table<'a>,
    pub stem: &'a str,
    pub layer: usize,
    /// File and block, counted over the pack.
    pub place: [usize; 2],
}

/// What the first block of a family says for all.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    pub block: Block<'a>,
    pub slug: &'a str,
    pub severity: Severity,
    pub texts: Texts<'a>,
}

/// What came of one block.
#[derive(Debug)]
struct Read<'a> {
    block: Block<'a>,
    id: Text<'a>,
    /// What its family's first block calls it. `None`: it is not the first, or its slug is malformed.
    slug: Option<Text<'a>>,
    drafted: Vec<Drafted<'a>>,
    found: Diagnostics,
}

/// All rule instances of the pack that are written in `files`, in reading order. `making` says what they may name, and
/// `record` what those about the record are judged by, which is given back.
pub fn read<'a>(
    making: &Making<'a>,
    record: Subject<'a>,
    files: &'a [File<'a>],
    ids: &mut Ids,
    found: &mut Diagnostics,
) -> (Vec<Drafted<'a>>, Subject<'a>) {
    let mut reader = Reader::new(making, record);
    let mut drafted = Vec::new();
    for (block, linked) in blocks(files) {
        if let Some(read) = reader.read(block, linked) {
            given_out(read, &mut drafted, ids, found);
        }
    }
    (drafted, reader.record())
}

/// Every block, and whether it is about a linked file, in reading order.
fn blocks<'a>(files: &'a [File<'a>]) -> Vec<(Block<'a>, bool)> {
    let mut all = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let rules = file.root.tables("rule").map(|table| (table, false));
        let linked = file.root.tables("linked_rule").map(|table| (table, true));
        let mut blocks: Vec<(&Table<'_>, bool)> = rules.chain(linked).collect();
        blocks.sort_by_key(|(table, _)| table.span.start);
        for (index, (table, linked)) in blocks.into_iter().enumerate() {
            let (source, stem, layer) = (file.source, file.stem, file.layer);
            all.push((Block { source, table, stem, layer, place: [number, index] }, linked));
        }
    }
    all
}

/// Gives the rules of a block their ids, and its family its slug; those that another has are reported.
fn given_out<'a>(read: Read<'a>, drafted: &mut Vec<Drafted<'a>>, ids: &mut Ids, found: &mut Diagnostics) {
    let Read { block, id, slug, drafted: own, found: said } = read;
    if let Some(slug) = slug {
        ids.claim_slug(slug, id.text, block.source, found);
    }
    found.append(said);
    if !own.is_empty() {
        release_replaced(block, drafted, ids);
    }
    for rule in own {
        if ids.claim(&rule.full_id, block.source, id.span, found) {
            drafted.push(rule);
        }
    }
}

/// Reads one block after the other.
#[derive(Debug)]
struct Reader<'a, 'm> {
    making: &'m Making<'a>,
    record: Subject<'a>,
    linked: BTreeMap<&'a str, Option<Subject<'a>>>,
    heads: BTreeMap<&'a str, Option<Head<'a>>>,
}

impl<'a, 'm> Reader<'a, 'm> {
    /// Rules about the record are judged by the names of `record`.
    const fn new(making: &'m Making<'a>, record: Subject<'a>) -> Self {
        Self { making, record, linked: BTreeMap::new(), heads: BTreeMap::new() }
    }

    /// The names by which rules about the record are judged, without those of any rule.
    fn record(mut self) -> Subject<'a> {
        self.record.names.lets.clear();
        self.record.names.it = None;
        self.record.names.called.clear();
        self.record
    }

    /// `None`: the block has no id, which the check of keys reports.
    fn read(&mut self, block: Block<'a>, linked: bool) -> Option<Read<'a>> {
        let id = block.table.text("id")?;
        let mut read = Read { block, id, slug: None, drafted: Vec::new(), found: Diagnostics::new() };
        if ids::check_id(block.source, id, &mut read.found) {
            read.drafted = self.drafts(&mut read, linked).unwrap_or_default();
        }
        Some(read)
    }

    /// `None`: the block has a mistake, which is reported.
    fn drafts(&mut self, read: &mut Read<'a>, linked: bool) -> Option<Vec<Drafted<'a>>> {
        let (block, id) = (read.block, read.id);
        let head = self.head(read)?;
        let found = &mut read.found;
        let expressions = Expressions::parse(block.source, block.table, found)?;
        let making = self.making;
        let subject = if linked {
            let table = block.table.text("table")?;
            let names = &self.record.names;
            let subject = self.linked.entry(table.text).or_insert_with(|| making.subject(table.text, names));
            let Some(subject) = subject else {
                found.push(unknown_table(block.source, table, making));
                return None;
            };
            subject
        } else {
            &mut self.record
        };
        let family = Family { making, block, head: &head, expressions: &expressions, id };
        let instances =
            instance::Reading { source: block.source, table: block.table, id }.instances(subject, found);
        Some(family.drafts(subject, &instances, found))
    }

    /// The texts for the block: its own, or those of its family's first block.
    fn head(&mut self, read: &mut Read<'a>) -> Option<Head<'a>> {
        let Read { block, id, ref mut slug, ref mut found, .. } = *read;
        let own = FIRST_ONLY.iter().find(|key| block.table.get(key).is_some());
        if block.table.get("instance").is_some()
            && let Some(known) = self.heads.get(id.text)
        {
            let texts_only = TEXTS.iter().any(|key| block.table.get(key).is_some())
                && !FAMILY_ONLY.iter().any(|key| block.table.get(key).is_some());
            match (known, own) {
                (Some(first), _) if texts_only && block.table.get("replaces").is_none() => {
                    let tables = TEXTS.map(|key| {
                        let own = block.table.get(key).map(|_| block);
                        own.unwrap_or(first.block)
                    });
                    let tables = tables.map(|of| (of.source, of.table));
                    let texts = placeholder::read_parts(tables, found)?;
                    return Some(Head { texts, ..first.clone() });
                }
                (Some(first), None) => return Some(first.clone()),
                // A block that takes an instance's place may bring new texts; they are then the family's.
                (_, Some(_)) if block.table.get("replaces").is_some() => {}
                (_, Some(key)) => {
                    let ja = format!("`{key}` は最初の一つにあります");
                    let en = format!("`{key}` stands in the first");
                    found.push(family_mistake(block, id, Localized::new(ja, en)));
                    return None;
                }
                // The first block's mistakes have been reported.
                (None, None) => return None,
            }
        }
        let head = first_block(block, slug, found);
        self.heads.insert(id.text, head.clone());
        head
    }
}

fn family_mistake(
    block: Block<'_>,
    id: Text<'_>,
    reason: Localized<String>,
) -> crate::diagnostic::Diagnostic {
    let span = block.table.get("instance").map_or(id.span, |item| item.span);
    mistake::at(&code::FAMILY, block.source, span).with("rule", id.text).with("found", mistake::both(reason))
}

fn unknown_table(source: &SourceText, table: Text<'_>, making: &Making<'_>) -> crate::diagnostic::Diagnostic {
    let mistake = mistake::at(&code::UNKNOWN_TABLE, source, table.span);
    let mistake = mistake.with("key", "table").with("found", table.text);
    let known = making.links.iter().map(|link| &*link.name).chain(record_set::NAMES);
    mistake::suggested(mistake, table.text, known)
}

/// What a family's first block says. `None`: it lacks a part, which is reported.
fn first_block<'a>(
    block: Block<'a>,
    well_formed: &mut Option<Text<'a>>,
    found: &mut Diagnostics,
) -> Option<Head<'a>> {
    let Block { source, table, .. } = block;
    let missing = || FIRST_ONLY.iter().filter(|key| table.get(key).is_none());
    let misspelt = missing().next().map(|_| shape::meant(&keys::RULE, table)).unwrap_or_default();
    for key in missing().filter(|key| !misspelt.contains(*key)) {
        let meaning = Localized::new(
            "同じ id の規則のうち最初のものに書きます",
            "to be written in the first rule of each id",
        );
        let mistake = mistake::at(&code::MISSING_KEY, source, table.span)
            .with("key", *key)
            .with("block", "[[rule]]")
            .with("meaning", mistake::fixed(&meaning));
        found.push(mistake);
    }
    let texts = placeholder::read(source, table, found);
    let slug = table.text("slug")?;
    *well_formed = ids::check_slug(source, slug, found).then_some(slug);
    let severity = match table.text("severity")?.text {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "info" => Severity::Info,
        // Reported by the check of keys.
        _ => return None,
    };
    table.get("source")?;
    Some(Head { block, slug: slug.text, severity, texts: texts? })
}

/// Gives back the ids of rules whose place the block takes.
fn release_replaced(block: Block<'_>, drafted: &[Drafted<'_>], ids: &mut Ids) {
    for reference in block.table.texts("replaces") {
        for earlier in
            drafted.iter().filter(|earlier| earlier.layer < block.layer && earlier.answers_to(reference.text))
        {
            ids.release(&earlier.full_id);
        }
    }
}
