//! A block of `[[rule]]` or `[[linked_rule]]` with its instances: texts, expressions and examples → rules.
//!
//! Invariants
//! - An instance that has a mistake is left out after all its mistakes are reported.
//! - What every instance would repeat is told once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declaration::nfkc;
use super::example::{self, Named};
use super::instance::Instance;
use super::judgement::{self, Expressions, Judgement};
use super::making::{Drafted, Making, OnceAFamily, Order, Subject};
use super::mistake;
use super::placeholder::Scope;
use super::rule::{Block, Head};
use super::toml_file::{Entry, Item, Table, Text};
use super::{Demand, EditRule, OnBlank, Origin};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::code::expression::OR_OVER_OPTIONAL;
use crate::diagnostic::code::pack as code;
use crate::expression::FieldId;
use crate::questionnaire::Declared;
/// One block on its way to its instances.
pub struct Family<'f, 'a> {
    pub making: &'f Making<'a>,
    pub block: Block<'a>,
    pub head: &'f Head<'a>,
    pub expressions: &'f Expressions<'a>,
    pub id: Text<'a>,
}

impl<'a> Family<'_, 'a> {
    /// The rule of each of the instances that has no mistake.
    pub fn drafts(
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
