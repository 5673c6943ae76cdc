//! `[[group]]`: findings that share a cause and are shown as one message.
//!
//! Invariants
//! - A group has a head, or a text of its own that stands when all followers fail.
//! - Rules are named by full id; the id of a family stands for all its instances.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::File;
use super::ids::{self, Ids};
use super::making::{Drafted, Making, Subject};
use super::placeholder::{self, Scope};
use super::toml_file::{Table, Text};
use super::{Group, Placeholder, mistake, replace};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized, Notice, Severity};
use crate::expression::FieldId;
use crate::source::SourceText;

/// What groups are made from.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'r, 'a> {
    /// All rules of the pack.
    pub all: &'r [Drafted<'a>],
    /// Names of rules that were replaced or retired, or are of another wave.
    pub gone: &'r BTreeSet<String>,
    /// What messages may name.
    pub making: &'r Making<'a>,
    /// The record.
    pub subject: &'r Subject<'a>,
}

impl<'a> Rules<'_, 'a> {
    /// All groups; of several layers' groups with one id the last stands.
    pub fn groups(&self, files: &'a [File<'a>], ids: &mut Ids, found: &mut Diagnostics) -> Vec<Group> {
        let mut groups: Vec<(usize, Group)> = Vec::new();
        for file in files {
            for table in file.root.tables("group") {
                let Some(group) = self.group(file.source, table, ids, found) else { continue };
                groups.retain(|(layer, earlier)| earlier.id != group.id || *layer == file.layer);
                groups.push((file.layer, group));
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn group(
        &self,
        source: &'a SourceText,
        table: &'a Table<'a>,
        ids: &mut Ids,
        found: &mut Diagnostics,
    ) -> Option<Group> {
        let own = ["title", "message"].iter().all(|key| table.get(key).is_some());
        let all = table.flag("all").unwrap_or(false);
        if table.get("head").is_some() == own || (own && (!all || table.get("id").is_none())) {
            let span = table.get("head").map_or(table.span, |item| item.span);
            let id = table.text("id").map_or("", |id| id.text);
            found.push(mistake::at(&code::GROUP, source, span).with("found", id));
            return None;
        }
        let texts = table.texts("followers").into_iter();
        let followers: Vec<&Drafted<'_>> =
            texts.flat_map(|text| self.named("followers", text, source, found)).collect();
        let head =
            table.text("head").and_then(|text| self.named("head", text, source, found).into_iter().next());
        if table.get("head").is_some() && head.is_none() {
            // Reported, or gone from this wave: without its head the group has nothing to say.
            return None;
        }
        let head = head.map(|rule| Arc::from(rule.full_id.as_str()));
        let id = table.text("id");
        if let Some(id) = id
            && ids::check_id(source, id, found)
        {
            ids.claim(id.text, source, id.span, found);
        }
        let notice = if own { self.notice(source, table, &followers, found) } else { None };
        Some(Group {
            id: id.map(|id| Arc::from(id.text)).or_else(|| head.clone())?,
            head,
            followers: followers.iter().map(|rule| Arc::from(rule.full_id.as_str())).collect(),
            all,
            notice,
        })
    }

    /// The rules that `text` names. Empty: none, which is reported unless they are gone from this wave.
    fn named(
        &self,
        key: &str,
        text: Text<'_>,
        source: &SourceText,
        found: &mut Diagnostics,
    ) -> Vec<&Drafted<'a>> {
        let rules: Vec<&Drafted<'a>> = self.all.iter().filter(|rule| rule.answers_to(text.text)).collect();
        if rules.is_empty() && !replace::mentions(self.gone, text.text) {
            replace::unknown(self.all, key, text.text, source, text.span, found);
        }
        if key == "head" && rules.len() > 1 {
            let reason = Localized::new("規則が複数あります", "it names several rules");
            let mistake = mistake::at(&code::FIELD_NOT_USABLE, source, text.span).with("key", key);
            found.push(mistake.with("found", text.text).with("reason", mistake::fixed(&reason)));
        }
        rules
    }

    fn notice(
        &self,
        source: &'a SourceText,
        table: &'a Table<'a>,
        followers: &[&Drafted<'_>],
        found: &mut Diagnostics,
    ) -> Option<(Arc<Notice>, Vec<Placeholder>)> {
        let texts = placeholder::read(source, table, found)?;
        let id = table.text("id")?.text;
        let reads: BTreeSet<FieldId> = followers.iter().flat_map(|rule| &rule.rule.reads).copied().collect();
        let severity = followers.iter().map(|rule| rule.rule.notice.severity).max().unwrap_or(Severity::Info);
        let scope = Scope {
            rule: id,
            names: &self.subject.names,
            reads: &reads,
            lets: &[],
            lookups: self.making.lookups,
            published: &[],
            fixed: &BTreeMap::new(),
            value: None,
        };
        let placeholders = texts.resolve(&scope, found);
        let slug = match table.text("slug") {
            Some(slug) => {
                ids::check_slug(source, slug, found);
                slug.text.to_owned()
            }
            None => id.to_ascii_lowercase().replace(['.', '_'], "-"),
        };
        Some((Arc::new(texts.notice(id, None, &slug, severity)), placeholders))
    }
}
