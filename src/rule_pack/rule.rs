//! `[[rule]]` and `[[linked_rule]]`: blocks → rule instances.
//!
//! Invariants
//! - Blocks that share an id are one family: the first has the texts, each of the others its own `instance`.
//! - An instance that has a mistake is left out after all its mistakes are reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::File;
use super::declaration::nfkc;
use super::example::{self, Named};
use super::ids::{self, Ids};
use super::instance::{self, Instance};
use super::judgement::{self, Expressions, Judgement};
use super::making::{Drafted, Making, OnceAFamily, Order, Subject};
use super::mistake;
use super::placeholder::{self, Scope, Texts};
use super::toml_file::{Entry, Item, Table, Text};
use super::{Demand, EditRule, OnBlank, Origin, keys, record_set, shape};
use crate::diagnostic::code::expression::OR_OVER_OPTIONAL;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized, Severity};
use crate::expression::FieldId;
use crate::questionnaire::Declared;
use crate::source::SourceText;

/// Keys that every family's first block has; another block of it may have texts of its own alone.
const FIRST_ONLY: [&str; 5] = ["slug", "severity", "title", "message", "source"];

/// Those of which every instance has the first block's.
const FAMILY_ONLY: [&str; 3] = ["slug", "severity", "source"];

/// What an instance may say in words of its own.
const TEXTS: [&str; 3] = ["title", "message", "help"];

/// A block and where it stands.
#[derive(Debug, Clone, Copy)]
struct Block<'a> {
    source: &'a SourceText,
    table: &'a Table<'a>,
    stem: &'a str,
    layer: usize,
    /// File and block, counted over the pack.
    place: [usize; 2],
}

/// What the first block of a family says for all.
#[derive(Debug, Clone)]
struct Head<'a> {
    block: Block<'a>,
    slug: &'a str,
    severity: Severity,
    texts: Texts<'a>,
}

/// Reads the blocks of all files in reading order.
#[derive(Debug)]
pub struct Reader<'a, 'm> {
    making: &'m Making<'a>,
    record: Subject<'a>,
    linked: BTreeMap<&'a str, Option<Subject<'a>>>,
    heads: BTreeMap<&'a str, Option<Head<'a>>>,
    drafted: Vec<Drafted<'a>>,
}

impl<'a, 'm> Reader<'a, 'm> {
    /// Rules about the record are judged by the names of `record`.
    pub const fn new(making: &'m Making<'a>, record: Subject<'a>) -> Self {
        Self { making, record, linked: BTreeMap::new(), heads: BTreeMap::new(), drafted: Vec::new() }
    }

    /// All rule instances of the pack, and the names back.
    pub fn read(
        mut self,
        files: &'a [File<'a>],
        ids: &mut Ids,
        found: &mut Diagnostics,
    ) -> (Vec<Drafted<'a>>, Subject<'a>) {
        for (number, file) in files.iter().enumerate() {
            let rules = file.root.tables("rule").map(|table| (table, false));
            let linked = file.root.tables("linked_rule").map(|table| (table, true));
            let mut blocks: Vec<(&Table<'_>, bool)> = rules.chain(linked).collect();
            blocks.sort_by_key(|(table, _)| table.span.start);
            for (index, (table, linked)) in blocks.into_iter().enumerate() {
                let (source, stem, layer) = (file.source, file.stem, file.layer);
                let block = Block { source, table, stem, layer, place: [number, index] };
                self.block(block, linked, ids, found);
            }
        }
        self.record.names.lets.clear();
        self.record.names.it = None;
        self.record.names.called.clear();
        (self.drafted, self.record)
    }

    fn block(&mut self, block: Block<'a>, linked: bool, ids: &mut Ids, found: &mut Diagnostics) {
        let Some(id) = block.table.text("id") else { return };
        if !ids::check_id(block.source, id, found) {
            return;
        }
        let Some(head) = self.head(block, id, ids, found) else { return };
        let Some(expressions) = Expressions::parse(block.source, block.table, found) else { return };
        let making = self.making;
        let subject = if linked {
            let Some(table) = block.table.text("table") else { return };
            let names = &self.record.names;
            let subject = self.linked.entry(table.text).or_insert_with(|| making.subject(table.text, names));
            let Some(subject) = subject else {
                found.push(unknown_table(block.source, table, making));
                return;
            };
            subject
        } else {
            &mut self.record
        };
        let family = Family { making, block, head: &head, expressions: &expressions, id };
        let instances =
            instance::Reading { source: block.source, table: block.table, id }.instances(subject, found);
        release_replaced(block, &self.drafted, ids);
        for drafted in family.drafts(subject, &instances, found) {
            if ids.claim(&drafted.full_id, block.source, id.span, found) {
                self.drafted.push(drafted);
            }
        }
    }

    /// The texts for the block: its own, or those of its family's first block.
    fn head(
        &mut self,
        block: Block<'a>,
        id: Text<'a>,
        ids: &mut Ids,
        found: &mut Diagnostics,
    ) -> Option<Head<'a>> {
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
        let head = first_block(block, id, ids, found);
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
    id: Text<'a>,
    ids: &mut Ids,
    found: &mut Diagnostics,
) -> Option<Head<'a>> {
    let Block { source, table, .. } = block;
    let misspelt = shape::meant(&keys::RULE, table);
    for key in FIRST_ONLY.iter().filter(|key| table.get(key).is_none() && !misspelt.contains(*key)) {
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
    if ids::check_slug(source, slug, found) {
        ids.claim_slug(slug, id.text, source, found);
    }
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

/// One block on its way to its instances.
struct Family<'f, 'a> {
    making: &'f Making<'a>,
    block: Block<'a>,
    head: &'f Head<'a>,
    expressions: &'f Expressions<'a>,
    id: Text<'a>,
}

impl<'a> Family<'_, 'a> {
    fn drafts(
        &self,
        subject: &mut Subject<'_>,
        instances: &[Instance],
        found: &mut Diagnostics,
    ) -> Vec<Drafted<'a>> {
        let by_instance = self.making.examples && self.examples_name(instances);
        let shared =
            if self.making.examples && !by_instance { self.examples(subject, found) } else { Vec::new() };
        let family: BTreeSet<Arc<str>> =
            instances.iter().filter_map(|instance| instance.field.clone()).collect();
        let mut once = OnceAFamily::default();
        let mut drafted = Vec::new();
        for (index, instance) in instances.iter().enumerate() {
            let mut mine = Diagnostics::new();
            subject.names.it = instance.field.clone().filter(|_| instance.it);
            subject.names.called.clone_from(&instance.called);
            let own = if by_instance { self.examples(subject, &mut mine) } else { Vec::new() };
            let examples = if by_instance { &own } else { &shared };
            let rule = self.draft(subject, instance, &mut mine).map(|mut drafted| {
                drafted.rule.examples = about(examples, instance, &family);
                drafted.order.place.push(index);
                drafted
            });
            if self.block.table.get("on-blank").is_some() {
                // The author has said what a blank means.
                mine = mine.into_iter().filter(|told| *told.notice.id != *OR_OVER_OPTIONAL.id).collect();
            }
            once.append(mine, found);
            drafted.extend(rule);
        }
        drafted
    }

    /// Whether an example calls fields by names that differ from instance to instance.
    fn examples_name(&self, instances: &[Instance]) -> bool {
        let Some(examples) = self.block.table.table("examples") else { return false };
        let own = |entry: &Entry<'_>| {
            let named = || instances.iter().any(|one| one.called.contains_key(&*nfkc(&entry.key)));
            &*entry.key == "it" || named()
        };
        let tables = examples
            .entries
            .iter()
            .flat_map(|entry| entry.item.items())
            .flat_map(|item| item.table().into_iter().chain(item.items().iter().filter_map(Item::table)));
        instances.iter().any(|one| one.it) && tables.flat_map(|table| &table.entries).any(own)
    }

    fn examples(&self, subject: &Subject<'_>, found: &mut Diagnostics) -> Vec<Named> {
        let reading = example::Reading {
            source: self.block.source,
            subject,
            making: self.making,
            dataset: self.expressions.is_dataset(),
        };
        reading.read(self.block.table, found)
    }

    fn draft(
        &self,
        subject: &mut Subject<'_>,
        instance: &Instance,
        found: &mut Diagnostics,
    ) -> Option<Drafted<'a>> {
        let it = instance.field.as_ref().filter(|_| instance.it);
        let Block { source, table, layer, .. } = self.block;
        let judgement = self.expressions.judge(subject, self.making, it, self.id.text, found);
        let blame = judgement::blame(source, table, &subject.names, found);
        let profile = self.profile(found);
        let current = self.making.waves.include_now(self.inherited("from", "until"), source, found);
        let judgement = judgement?;
        let fields = subject.form.map_or(usize::MAX, |form| form.fields.len());
        let blame = blame.unwrap_or_else(|| judgement.default_blame(subject.table, fields));
        let placeholders = self.placeholders(subject, instance, &judgement, &blame, found);
        let field = instance.field.as_deref();
        let notice = self.head.texts.notice(self.id.text, field, self.head.slug, self.head.severity);
        let full_id = notice.full_id();
        let text =
            |key: &str| self.either(key).and_then(|table| table.text(key)).map(|text| Arc::from(text.text));
        let rule = EditRule {
            notice: Arc::new(notice),
            placeholders,
            origin: Origin::Written,
            when: judgement.when,
            demand: judgement.demand,
            on_blank: on_blank(table),
            lets: judgement.lets,
            reads: judgement.reads,
            guards: judgement.guards,
            params: judgement.params,
            blame,
            source: text("source").unwrap_or_else(|| Arc::from("")),
            why: text("why"),
            profile,
            tags: self.tags(),
            scope: self.either("scope").and_then(|table| table.flag("scope")).unwrap_or(false),
            revision: revision(self.either("revision")),
            table: subject.table,
            examples: Vec::new(),
            declared: Declared { source: source.id, span: table.span },
        };
        let replaces = table.texts("replaces").iter().map(|text| (text.text.to_owned(), text.span)).collect();
        let order =
            Order { section: Arc::from(self.block.stem), written: true, place: self.block.place.to_vec() };
        Some(Drafted { rule, full_id, aliases: Vec::new(), replaces, source, order, layer, current })
    }

    /// Columns whose values a message may print: what is read, what derived values that are read come from, and what is
    /// marked.
    fn printable(&self, judgement: &Judgement, blame: &[FieldId]) -> BTreeSet<FieldId> {
        let mut printable: BTreeSet<FieldId> = judgement.reads.iter().chain(blame).copied().collect();
        // A derived value comes after those that it reads.
        for derived in self.making.derived.iter().rev() {
            if printable.contains(&derived.id) {
                printable.extend(&derived.reads);
            }
        }
        printable
    }

    /// The block's table if it has the key, else the first block's. `None`: neither has it.
    fn either(&self, key: &str) -> Option<&'a Table<'a>> {
        [self.block.table, self.head.block.table].into_iter().find(|table| table.get(key).is_some())
    }

    /// The table that bounds the waves.
    fn inherited(&self, from: &str, until: &str) -> &'a Table<'a> {
        self.either(from).or_else(|| self.either(until)).unwrap_or(self.block.table)
    }

    fn profile(&self, found: &mut Diagnostics) -> Option<Arc<str>> {
        let text = self.either("profile")?.text("profile")?;
        let known = &self.making.profiles;
        // The first block's profile has been checked with it.
        if !known.contains(text.text) && self.block.table.get("profile").is_some() {
            let mistake = mistake::at(&code::UNKNOWN_PROFILE, self.block.source, text.span);
            let mistake = mistake.with("found", text.text);
            found.push(mistake::suggested(mistake, text.text, known.iter().map(|name| &**name)));
        }
        Some(Arc::from(text.text))
    }

    fn tags(&self) -> Vec<Arc<str>> {
        let texts = self.either("tags").map(|table| table.texts("tags")).unwrap_or_default();
        texts.iter().map(|text| Arc::from(text.text)).collect()
    }

    fn placeholders(
        &self,
        subject: &Subject<'_>,
        instance: &Instance,
        judgement: &Judgement,
        blame: &[FieldId],
        found: &mut Diagnostics,
    ) -> Vec<super::Placeholder> {
        let field = instance.field.as_ref().and_then(|name| subject.names.fields.get(name));
        let mut fixed = BTreeMap::new();
        if let Some(field) = field {
            fixed.insert("question", field.title.clone());
            if let Some(form) = subject.form {
                fixed.insert("controller", Making::asked_of(form, field.id, &self.making.everyone));
            }
        }
        let kind = match &judgement.demand {
            Demand::Dataset(_) => self.expressions.publishes(),
            Demand::Require(_) => &[],
        };
        let published: Vec<&'static str> = kind.iter().chain(subject.published).copied().collect();
        let printable = self.printable(judgement, blame);
        let scope = Scope {
            rule: self.id.text,
            names: &subject.names,
            reads: &printable,
            lets: &judgement.lets,
            lookups: self.making.lookups,
            published: &published,
            fixed: &fixed,
            value: field.map(|field| field.id),
        };
        self.head.texts.resolve(&scope, found)
    }
}

/// The examples that name the instance's field, and those that name no field of the family.
fn about(examples: &[Named], instance: &Instance, family: &BTreeSet<Arc<str>>) -> Vec<super::Example> {
    let mine = |names: &BTreeSet<Arc<str>>| match &instance.field {
        Some(field) if instance.it => names.contains(field) || names.is_disjoint(family),
        _ => true,
    };
    examples.iter().filter(|(_, names)| mine(names)).map(|(example, _)| example.clone()).collect()
}

fn on_blank(table: &Table<'_>) -> OnBlank {
    match table.text("on-blank").map(|text| text.text) {
        Some("fail") => OnBlank::Fail,
        Some("pass") => OnBlank::Pass,
        _ => OnBlank::Undecided,
    }
}

fn revision(table: Option<&Table<'_>>) -> u32 {
    table
        .and_then(|table| table.integer("revision"))
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(1)
}
