//! Writing the file of accepted findings: an entry for each open warning of a run.
//!
//! Invariants
//! - What stands in the file stays, with its comments and its order; nothing is ever removed.
//! - The same run gives the same file, and once more changes nothing.
//! - No answer is written, but marks of answers; where those can be found by trying, the first line says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::telling::is_whole;
use super::{Accepted, Held, Who, mark_of};
use crate::diagnostic::standing::Reason;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::engine::event::Summary;
use crate::error::Error;
use crate::evaluate::Finding;

/// The first line of a file whose marks need no key.
const SENSITIVE: &str = "# 取扱注意：鍵なしの照合値を含みます。回答を推測できるため公開しないでください（KENPYO_FINGERPRINT_KEY で鍵を設定できます）。 \
    SENSITIVE: holds marks made without a key, from which answers can be guessed; do not publish (set KENPYO_FINGERPRINT_KEY for keyed ones).";

/// Who accepts, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Why.
    pub reason: Reason,
    /// In words. `None`: the reason says it all.
    pub text: Option<String>,
    /// Who.
    pub author: String,
    /// When, such as 2026-02-01.
    pub date: String,
}

/// Gathers the open warnings of a run, to accept them.
#[derive(Debug)]
pub struct Baseline {
    accepted: Arc<Accepted>,
    confirmation: Confirmation,
    /// Whether keys may not stand in the file.
    by_mark: bool,
    wanted: Vec<Wanted>,
    /// What of `wanted` tells entries apart.
    named: BTreeSet<(Who, String, Held, u32)>,
    /// Entries that hold for some finding.
    holding: BTreeSet<usize>,
    /// Warnings that cannot be accepted: without a record's key, or of private answers without a secret.
    left: u64,
}

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    who: Who,
    rule: String,
    held: Held,
    revision: u32,
    /// The entry that has lapsed for it.
    in_place_of: Option<usize>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The whole file. `None`: it stays as it is.
    pub text: Option<String>,
    /// New entries.
    pub added: u64,
    /// Entries that had lapsed and were renewed.
    pub renewed: u64,
    /// Warnings that cannot be accepted.
    pub left: u64,
}

impl Baseline {
    /// None gathered yet; `by_mark`: keys may not stand in the file, and a secret is configured.
    pub fn new(accepted: Arc<Accepted>, confirmation: Confirmation, by_mark: bool) -> Self {
        let (wanted, named, holding) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        Self { accepted, confirmation, by_mark, wanted, named, holding, left: 0 }
    }

    /// The text of the file as it was read.
    pub fn before(&self) -> &str {
        &self.accepted.text
    }

    /// Takes what is open of `findings`.
    pub fn take(&mut self, findings: &[Finding]) {
        for finding in findings {
            let head = (!finding.heading).then_some(&finding.diagnostic);
            head.into_iter().chain(&finding.followers).for_each(|diagnostic| self.one(diagnostic));
        }
    }

    fn one(&mut self, diagnostic: &Diagnostic) {
        let acceptance = diagnostic.standing.acceptance.as_ref();
        if diagnostic.is_accepted() {
            self.holding.extend(acceptance.map(|acceptance| acceptance.entry));
            return;
        }
        if diagnostic.severity != Severity::Warning || diagnostic.place == Place::File(super::SOURCE) {
            return;
        }
        let Some((who, held, revision)) = self.named(diagnostic) else {
            self.left += 1;
            return;
        };
        let rule = diagnostic.notice.full_id();
        let in_place_of = acceptance.map(|acceptance| acceptance.entry);
        // Two records of one key with the same answers are one entry.
        if self.named.insert((who.clone(), rule.clone(), held.clone(), revision)) {
            self.wanted.push(Wanted { who, rule, held, revision, in_place_of });
        }
    }

    /// What an entry says of the finding. `None`: it cannot be accepted.
    fn named(&self, diagnostic: &Diagnostic) -> Option<(Who, Held, u32)> {
        let Place::Record(place) = &diagnostic.place else { return None };
        let answers = diagnostic.standing.answers.as_ref()?;
        let key = place.key.as_deref()?;
        let who = match self.accepted.given.secret.filter(|_| self.by_mark) {
            Some(secret) => Who::Mark(mark_of(secret, key)),
            None => Who::Key(key.into()),
        };
        let keyed = answers.keyed.as_deref().map(|mark| Held::Keyed(mark.into()));
        let held = keyed.or_else(|| answers.plain.as_deref().map(|mark| Held::Plain(mark.into())))?;
        Some((who, held, answers.revision))
    }

    /// The file with the entries of a run that came to `summary`.
    ///
    /// # Errors
    /// The file was read before and cannot be read again, which is our own fault.
    pub fn written(&self, summary: &Summary) -> Result<Written, Error> {
        let mut written = Written { left: self.left, ..Written::default() };
        if self.wanted.is_empty() {
            return Ok(written);
        }
        let before = &*self.accepted.text;
        let unreadable = |error: toml_edit::TomlError| Error::Usage { message: error.to_string() };
        let mut document: DocumentMut = before.parse().map_err(unreadable)?;
        let list = document.entry("accepted").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let mut renewed: BTreeSet<usize> = BTreeSet::new();
        for wanted in &self.wanted {
            // In a part of a run, and where the entry holds for another record of the same key, the old one stays.
            let lapsed =
                wanted.in_place_of.filter(|entry| is_whole(summary) && !self.holding.contains(entry));
            let lapsed = lapsed.filter(|entry| renewed.insert(*entry));
            if let Some(entry) = lapsed.and_then(|entry| entry_at(list, entry)) {
                self.fill(entry, wanted);
                written.renewed += 1;
            } else {
                self.append(list, wanted);
                written.added += 1;
            }
        }
        let mut text = document.to_string();
        let plain = |held: &Held| matches!(held, Held::Plain(_));
        let old = self.accepted.entries.iter().map(|entry| &entry.held);
        if old.chain(self.wanted.iter().map(|wanted| &wanted.held)).any(plain) && !text.starts_with(SENSITIVE)
        {
            text = format!("{SENSITIVE}\n{text}");
        }
        written.text = Some(text);
        Ok(written)
    }

    fn append(&self, list: &mut Item, wanted: &Wanted) {
        match list {
            Item::ArrayOfTables(tables) => {
                let mut table = Table::new();
                self.fill(&mut table, wanted);
                table.decor_mut().set_prefix("\n");
                tables.push(table);
            }
            Item::Value(Value::Array(entries)) => push_inline(entries, |table| self.fill(table, wanted)),
            // The file was read before: it has a list of tables or none.
            _ => {}
        }
    }

    fn fill(&self, table: &mut dyn TableLike, wanted: &Wanted) {
        let (own, other, name) = match &wanted.who {
            Who::Key(key) => ("key", "mark", key),
            Who::Mark(mark) => ("mark", "key", mark),
        };
        table.remove(other);
        put(table, own, (**name).into());
        put(table, "rule", wanted.rule.as_str().into());
        let held = match &wanted.held {
            Held::Plain(mark) => format!("plain:{mark}"),
            Held::Keyed(mark) => format!("keyed:{mark}"),
        };
        put(table, "answers", held.into());
        put(table, "revision", i64::from(wanted.revision).into());
        let Confirmation { reason, text, author, date } = &self.confirmation;
        put(table, "reason", i64::from(reason.code()).into());
        match text {
            Some(text) => put(table, "text", text.as_str().into()),
            None => drop(table.remove("text")),
        }
        put(table, "author", author.as_str().into());
        put(table, "date", date.as_str().into());
        // It was given for the answers of then.
        table.remove("expires");
    }
}

/// The entry with that number. `None`: there is none.
fn entry_at(list: &mut Item, number: usize) -> Option<&mut dyn TableLike> {
    match list {
        Item::ArrayOfTables(tables) => tables.get_mut(number).map(|table| -> &mut dyn TableLike { table }),
        Item::Value(Value::Array(entries)) => match entries.get_mut(number)? {
            Value::InlineTable(table) => Some(table),
            _ => None,
        },
        _ => None,
    }
}

fn push_inline(entries: &mut Array, fill: impl FnOnce(&mut InlineTable)) {
    let mut table = InlineTable::new();
    fill(&mut table);
    entries.push_formatted(Value::InlineTable(table).decorated("\n    ", ""));
}

/// Gives `key` a value; a comment behind the old one stays.
fn put(table: &mut dyn TableLike, key: &str, new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => drop(table.insert(key, value(new))),
    }
}
