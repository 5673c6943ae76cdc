//! Reading the file of accepted findings (`schemas/kenpyo/accepted.json`).
//!
//! Invariants
//! - A mistake refuses the run: an entry that is misread would let a finding pass, or hold one up.
//! - All mistakes are told, each at its place in the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accepted, Entry, Held, SOURCE, Who};
use crate::diagnostic::code::accepted::{
    KEY_NEEDED, KEY_OR_MARK, NOT_A_WARNING, REASON_IN_WORDS, UNKNOWN_ACCEPTED_RULE,
};
use crate::diagnostic::code::pack::{NOT_ONE_OF, WRONG_SHAPE};
use crate::diagnostic::standing::{Acceptance, Reason};
use crate::diagnostic::{Diagnostics, Localized, Severity};
use crate::engine::Part;
use crate::error::Error;
use crate::expression::calendar::parse_date;
use crate::questionnaire::meta::MetaSchema;
use crate::questionnaire::{Domain, FindingKind};
use crate::rule_pack::keys::{Block, Key, Shape};
use crate::rule_pack::own_schema::check_table;
use crate::rule_pack::toml_file::{self, Item, Table, Written};
use crate::rule_pack::{mistake, shape};
use crate::source::secret::Secret;
use crate::source::{SourceText, Span};

/// The schema of the file, as it was when the program was built.
const SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kenpyo/accepted.json"));

static FILE: Block = Block { name: "kenpyo-accepted.toml", parts: &[FILE_KEYS] };
const FILE_KEYS: &[Key] =
    &[key("accepted", false, Shape::Blocks(&ENTRY), ("確認済の指摘", "the accepted findings"))];

static ENTRY: Block = Block { name: "[[accepted]]", parts: &[ENTRY_KEYS] };
const ENTRY_KEYS: &[Key] = &[
    key("key", false, Shape::Text, ("票のキー", "the record's key")),
    key("mark", false, Shape::Text, ("票のキーの照合値", "a mark of the record's key")),
    key("rule", true, Shape::Text, ("規則の番号", "the full id of the rule")),
    key("answers", true, Shape::Text, ("確認時の回答の照合値", "a mark of the answers of then")),
    key("revision", false, Shape::Count, ("確認時の規則の改訂番号", "the rule's revision of then")),
    key("reason", true, Shape::Count, ("理由（1～4）", "the reason, 1 to 4")),
    key("text", false, Shape::Text, ("理由の説明", "the reason in words")),
    key("author", true, Shape::Text, ("確認した人", "who accepted it")),
    key("date", true, Shape::Scalar, ("確認した日", "the day on which it was accepted")),
    key("expires", false, Shape::Scalar, ("有効な最後の日", "the last day on which it holds")),
];

const fn key(name: &'static str, required: bool, shape: Shape, doc: (&'static str, &'static str)) -> Key {
    Key { name, required, shape, doc: Localized::new(doc.0, doc.1) }
}

/// By what the file is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// With which marks are made and held against each other. `None`: none is configured.
    pub secret: Option<Secret>,
    /// The day that counts as today, such as 2026-02-01. `None`: not given, and expiry is not looked at.
    pub as_of: Option<Arc<str>>,
    /// Whether the run leaves out files by choice, so that nothing follows from an entry that is not met.
    pub some_files: bool,
}

impl Accepted {
    /// The accepted findings of the file `name` with the content `text`, or everything that is wrong with it.
    ///
    /// # Errors
    /// A schema of ours cannot be used.
    pub fn read(name: &str, text: &str, given: Given) -> Result<Result<Self, Diagnostics>, Error> {
        let source = SourceText { id: SOURCE, name: name.into(), text: text.into() };
        let root = match toml_file::read(&source) {
            Ok(root) => root,
            Err(mistake) => return Ok(Err(Diagnostics::from_iter([*mistake]))),
        };
        let mut found = Diagnostics::new();
        shape::check(&FILE, &root, &source, &mut found);
        let mut reading = Reading { source: &source, given: &given, key_asked: false, found };
        let entries: Vec<Entry> = root
            .tables("accepted")
            .enumerate()
            .filter_map(|(number, table)| reading.entry(number, table))
            .collect();
        let mut found = reading.found;
        let schema = MetaSchema::new(SCHEMA)?;
        check_table(&schema, "schemas/kenpyo/accepted.json", &root, &source, &mut found);
        if found.has_errors() {
            return Ok(Err(found));
        }
        Ok(Ok(Self::of(name, text, with_twins(entries), given)))
    }

    /// What is wrong with the entries in a run of `parts`: rules that there are not, or of which nothing can be
    /// accepted.
    pub fn mistakes(&self, parts: &[Part<'_>]) -> Diagnostics {
        let mut found = Diagnostics::new();
        let known = severities(parts);
        let source = self.source();
        for entry in &self.entries {
            match known.get(&*entry.rule) {
                Some(Severity::Warning) => {}
                Some(severity) => {
                    let words = Localized::new(severity.word().to_owned(), severity.word().to_owned());
                    let mistake = mistake::at(&NOT_A_WARNING, &source, entry.rule_span)
                        .with("rule", &*entry.rule)
                        .with("severity", mistake::both(words));
                    found.push(mistake);
                }
                None => {
                    let mistake = mistake::at(&UNKNOWN_ACCEPTED_RULE, &source, entry.rule_span);
                    let mistake = mistake.with("found", &*entry.rule);
                    found.push(mistake::suggested(mistake, &entry.rule, known.keys().map(String::as_str)));
                }
            }
        }
        found
    }
}

/// The severity of every id that a finding may have; of a soft edit that some file of the run has as a warning, that.
fn severities(parts: &[Part<'_>]) -> BTreeMap<String, Severity> {
    let mut known: BTreeMap<String, Severity> =
        crate::diagnostic::code::all().map(|code| (code.id.to_owned(), code.severity)).collect();
    for Part { plan, inputs, .. } in parts {
        let pack = &plan.pack;
        let cells = pack.questionnaire.fields.iter().flat_map(|field| &field.invalid);
        known.extend(cells.map(|case| (case.id.to_string(), case.severity)));
        for field in &pack.questionnaire.fields {
            let repeated = match &field.domain {
                Domain::Multi(layout) => layout.duplicates,
                _ => None,
            };
            // As cells are told of: by an id of the form, or by field and defect.
            let of = |kind: &FindingKind| match kind {
                FindingKind::Duplicate => repeated,
                FindingKind::Type | FindingKind::Domain | FindingKind::Keyword(_) => Some(Severity::Error),
                _ => None,
            };
            let own = field.finding_ids.iter().filter_map(|(kind, id)| Some((id.to_string(), of(kind)?)));
            known.extend(own);
            known.extend(repeated.map(|severity| (format!("{}:duplicate", field.name), severity)));
            let cells = ["type", "domain"].map(|word| (format!("{}:{word}", field.name), Severity::Error));
            known.extend(cells);
        }
        let derived = pack.derived.iter().filter_map(|derived| derived.notice.as_ref());
        known.extend(derived.map(|(notice, _)| (notice.full_id(), notice.severity)));
        let planned = plan.rules.iter().copied().zip(plan.severities.iter().copied());
        let over_many = plan.dataset.iter().map(|rule| (rule.index, rule.severity));
        let levels: BTreeMap<usize, Severity> = planned.chain(over_many).collect();
        for (index, rule) in pack.rules.iter().enumerate() {
            let (id, own) = (rule.notice.full_id(), rule.notice.severity);
            let mut level = inputs.iter().filter_map(|input| input.levels.get(&id)).chain(levels.get(&index));
            let warns = own < Severity::Error && level.any(|level| *level == Severity::Warning);
            let before = known.get(&id) == Some(&Severity::Warning);
            known.insert(id, if warns || before { Severity::Warning } else { own });
        }
    }
    known
}

/// Each entry with the first before it that says the same.
fn with_twins(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut first: BTreeMap<(Who, Arc<str>, Held, u32), usize> = BTreeMap::new();
    for (number, entry) in entries.iter_mut().enumerate() {
        let same = (entry.who.clone(), Arc::clone(&entry.rule), entry.held.clone(), entry.revision);
        entry.twin = first.get(&same).copied();
        first.entry(same).or_insert(number);
    }
    entries
}

struct Reading<'a> {
    source: &'a SourceText,
    given: &'a Given,
    /// Whether it was said that a key is needed; one such entry says it for all.
    key_asked: bool,
    found: Diagnostics,
}

impl Reading<'_> {
    /// `None`: it has a mistake, which is told here or was told by the check of keys.
    fn entry(&mut self, number: usize, table: &Table<'_>) -> Option<Entry> {
        let who = self.who(table);
        let held = table.text("answers").and_then(|text| self.held(text.text, text.span));
        let reason = self.reason(table);
        let date = self.day("date", table);
        let expires = self.day("expires", table);
        let rule = table.text("rule")?;
        let text = table.text("text").map(|text| Arc::from(text.text));
        let revision = table.integer("revision").and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
        let (author, date) = (table.text("author")?, date?);
        let (author, reason) = (Arc::from(author.text), reason?);
        let acceptance = Arc::new(Acceptance { reason, text, author, date, lapse: None, entry: number });
        Some(Entry {
            who: who?,
            rule: rule.text.into(),
            held: held?,
            revision,
            acceptance,
            expires,
            span: table.span,
            rule_span: rule.span,
            twin: None,
        })
    }

    fn who(&mut self, table: &Table<'_>) -> Option<Who> {
        match (table.text("key"), table.text("mark")) {
            (Some(key), None) => Some(Who::Key(key.text.into())),
            (None, Some(mark)) => {
                if !is_mark(mark.text) {
                    self.wrong("mark", mark.text, mark.span, ("32桁の16進数", "32 hexadecimal digits"));
                    return None;
                }
                self.ask_for_key(mark.span);
                Some(Who::Mark(mark.text.into()))
            }
            // A value of another kind was told by the check of keys.
            (None, None) if table.get("key").or_else(|| table.get("mark")).is_some() => None,
            (_, other) => {
                let span = other.map_or(table.span, |mark| mark.span);
                self.found.push(mistake::at(&KEY_OR_MARK, self.source, span));
                None
            }
        }
    }

    fn held(&mut self, text: &str, span: Span) -> Option<Held> {
        match text.split_once(':') {
            Some(("plain", mark)) if is_mark(mark) => Some(Held::Plain(mark.into())),
            Some(("keyed", mark)) if is_mark(mark) => {
                self.ask_for_key(span);
                Some(Held::Keyed(mark.into()))
            }
            _ => {
                let expected =
                    ("plain: または keyed: に続く32桁の16進数", "plain: or keyed: and 32 hexadecimal digits");
                self.wrong("answers", text, span, expected);
                None
            }
        }
    }

    fn ask_for_key(&mut self, span: Span) {
        if self.given.secret.is_none() && !std::mem::replace(&mut self.key_asked, true) {
            self.found.push(mistake::at(&KEY_NEEDED, self.source, span));
        }
    }

    fn reason(&mut self, table: &Table<'_>) -> Option<Reason> {
        let item = table.get("reason")?;
        let number = table.integer("reason")?;
        let Some(reason) = Reason::of_code(number) else {
            let known = mistake::names(Reason::ALL.map(Reason::code));
            let mistake = mistake::at(&NOT_ONE_OF, self.source, item.span).with("key", "reason");
            self.found.push(mistake.with("found", number.to_string()).with("known", known));
            return None;
        };
        if reason == Reason::Other && table.get("text").is_none() {
            self.found.push(mistake::at(&REASON_IN_WORDS, self.source, item.span));
            return None;
        }
        Some(reason)
    }

    fn day(&mut self, name: &str, table: &Table<'_>) -> Option<Arc<str>> {
        let item: &Item<'_> = table.get(name)?;
        let text = match &item.value {
            Written::Text(text) => &**text,
            Written::Moment(text) => text.as_str(),
            _ => "",
        };
        if is_day(text) {
            return Some(text.into());
        }
        self.wrong(name, text, item.span, ("日付（2026-02-01 の形）", "a day such as 2026-02-01"));
        None
    }

    fn wrong(&mut self, key: &str, found: &str, span: Span, expected: (&'static str, &'static str)) {
        let expected = mistake::fixed(&Localized::new(expected.0, expected.1));
        let mistake = mistake::at(&WRONG_SHAPE, self.source, span).with("key", key);
        let found = crate::diagnostic::Argument::written(found);
        self.found.push(mistake.with("found", found).with("expected", expected));
    }
}

/// Whether `text` is a day as this file writes it.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == "2026-02-01".len() && parse_date(text).is_some()
}

fn is_mark(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
