//! Queries back to the respondent (疑義照会): a line each, with a key by which the reply is read back.
//!
//! Invariants
//! - One line for each finding that is open and is to be corrected or confirmed; what follows another finding is in its
//!   line. Of records that are superseded or out of scope nobody is asked.
//! - The only place where private fields stand: to whom the query goes.
//! - A line depends on its record alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::Batch;
use crate::batch::locate::Locator;
use crate::diagnostic::{Argument, Diagnostic, Language, Place, Severity};
use crate::engine::admission::Admission;
use crate::engine::fold::{SettledBlock, SettledRow};
use crate::evaluate::Finding;
use crate::expression::Type;
use crate::questionnaire::Field;
use crate::rule_pack::RulePack;
use crate::source::SourceId;
use crate::source::delimited::{harmless, push_row};

/// The columns before those of the private fields.
const COLUMNS: [&str; 11] =
    ["query", "file", "record", "line", "key", "rule", "kind", "text", "answers", "choices", "deadline"];

/// The columns behind them, which the respondent fills in.
const REPLY: [&str; 2] = ["reply", "reason"];

/// Questions of which a query offers the answers.
const MOST_QUESTIONS: usize = 6;

/// Longest list of options that is offered.
const MOST_OPTIONS: usize = 8;

/// What the queries of a run have in common.
#[derive(Debug, Clone)]
pub(super) struct Queries {
    /// The language of the texts.
    pub(super) language: Language,
    /// By when a reply is asked for. `None`: nobody says.
    pub(super) deadline: Option<String>,
    /// Which run asks.
    pub(super) run: Arc<str>,
    /// The names of the private fields, which tell to whom a query goes.
    pub(super) contacts: Vec<Arc<str>>,
    /// The files' names, as reports show them.
    pub(super) names: BTreeMap<SourceId, Arc<str>>,
}

impl Queries {
    fn pick<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        if self.language == Language::Ja { ja } else { en }
    }

    /// The first row.
    pub(super) fn head(&self) -> String {
        let mut text = String::from('\u{FEFF}');
        let contacts = self.contacts.iter().map(|name| &**name);
        push_row(COLUMNS.into_iter().chain(contacts).chain(REPLY), ',', &mut text);
        text
    }

    /// The lines of one record; and how many.
    pub(super) fn record(
        &self,
        block: &SettledBlock<'_>,
        row: usize,
        settled: &SettledRow<'_>,
        into: &mut String,
    ) -> u64 {
        if !matches!(settled.settled.admission, Admission::Accepted | Admission::Held) {
            return 0;
        }
        let asked = settled.own.iter().chain(settled.over_many).filter(|finding| is_open(finding));
        let shown = Shown { pack: &block.plan.pack, batch: block.batch, row };
        asked.map(|finding| self.line(finding, Some(&shown), into)).count().try_into().unwrap_or(u64::MAX)
    }

    /// The line of one finding; `shown`: the record's answers. `None`: it is about no record, or nothing is known of it.
    pub(super) fn line(&self, finding: &Finding, shown: Option<&Shown<'_>>, into: &mut String) {
        let diagnostic = &finding.diagnostic;
        let (file, place) = match &diagnostic.place {
            Place::Run => (None, None),
            Place::File(file) => (Some(*file), None),
            Place::Record(place) => (Some(place.source), Some(place)),
        };
        let name = file.and_then(|file| self.names.get(&file)).map(Arc::clone).unwrap_or_default();
        let record = place.map(|place| place.record.to_string()).unwrap_or_default();
        let line = place.and_then(|place| place.sheet_row).map(|row| row.to_string()).unwrap_or_default();
        let key = place.and_then(|place| place.key.as_deref()).unwrap_or_default();
        let who = if key.is_empty() { format!("{name}#{record}") } else { key.to_owned() };
        let rule = diagnostic.notice.full_id();
        let query = format!("{who}:{rule}:{}", self.run);
        let correct = severity(finding) >= Severity::Error;
        let kind =
            if correct { self.pick("要修正", "to correct") } else { self.pick("要確認", "to confirm") };
        let deadline = self.deadline.clone().unwrap_or_default();
        let fields = shown.map(|shown| shown.asked(diagnostic)).unwrap_or_default();
        let answers: Vec<String> =
            fields.iter().filter_map(|field| Some(self.answer(shown?, field))).collect();
        let mut choices: Vec<String> = fields.iter().map(|field| self.choice(field)).collect();
        if !correct {
            choices.insert(
                0,
                self.pick("□このままでよい（理由：　　）", "[ ] right as it is (reason:     )").to_owned(),
            );
        }
        choices.push(self.pick("□その他（　　）", "[ ] other (     )").to_owned());
        let text = self.text(diagnostic, kind);
        let cells = [
            query,
            name.to_string(),
            record,
            line,
            key.to_owned(),
            rule,
            kind.to_owned(),
            text,
            answers.join(self.pick("／", " / ")),
            choices.join(" "),
            deadline,
        ];
        let contacts =
            self.contacts.iter().map(|name| shown.map_or_else(String::new, |shown| shown.contact(name)));
        let cells = cells.into_iter().chain(contacts).chain(REPLY.map(|_| String::new()));
        let cells: Vec<String> = cells.map(|cell| harmless(&cell)).collect();
        push_row(cells.iter().map(String::as_str), ',', into);
    }

    fn text(&self, diagnostic: &Diagnostic, kind: &str) -> String {
        let message = diagnostic.message(self.language);
        let due = self.deadline.as_ref().map(|day| match self.language {
            Language::Ja => format!(" 回答期限：{day}"),
            Language::En => format!(" Please reply by {day}."),
        });
        match self.language {
            Language::Ja => format!("【{kind}】{message}{}", due.unwrap_or_default()),
            Language::En => format!("[{kind}] {message}{}", due.unwrap_or_default()),
        }
    }

    /// What the record answers to `field` now.
    fn answer(&self, shown: &Shown<'_>, field: &Field) -> String {
        let written = Locator::new(shown.batch, shown.pack).written(shown.row, field.id);
        let said = match written {
            Argument::NotGiven => self.pick("未記入", "not given").to_owned(),
            other => {
                format!("{}{}{}", self.pick("「", "\""), other.print(self.language), self.pick("」", "\""))
            }
        };
        format!("{}{}{said}", field.title().get(self.language), self.pick("：", ": "))
    }

    /// What may be answered to `field` instead, as boxes.
    fn choice(&self, field: &Field) -> String {
        let title = field.title();
        let title = title.get(self.language);
        let between = self.pick("：", ": ");
        match &field.ty {
            Type::Option(list) if list.items.len() <= MOST_OPTIONS => {
                let mark = self.pick("□", "[ ] ");
                let options: Vec<String> = list
                    .items
                    .iter()
                    .map(|item| format!("{mark}{}", item.label.get(self.language)))
                    .collect();
                format!("{title}{between}{} {mark}{}", options.join(" "), self.pick("空欄", "blank"))
            }
            _ => format!("{title}{between}{}", self.pick("（　　）", "(     )")),
        }
    }
}

/// A record whose answers may stand in its queries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) pack: &'a RulePack,
    pub(super) batch: &'a Batch,
    pub(super) row: usize,
}

impl<'a> Shown<'a> {
    /// The questions that a finding is about, each once; private ones are left out.
    fn asked(&self, diagnostic: &Diagnostic) -> Vec<&'a Field> {
        let form = &self.pack.questionnaire;
        let labels = diagnostic.labels.iter().filter_map(|label| form.field(label.field.as_deref()?));
        let mut fields: Vec<&'a Field> = Vec::new();
        for field in labels.filter(|field| !field.private) {
            if fields.len() < MOST_QUESTIONS && !fields.iter().any(|known| known.id == field.id) {
                fields.push(field);
            }
        }
        fields
    }

    /// The answer to the private field called `name`.
    fn contact(&self, name: &str) -> String {
        let field = self.pack.questionnaire.field(name).filter(|field| field.private);
        let locator = Locator::new(self.batch, self.pack);
        field.and_then(|field| locator.canonical(self.row, field.id)).unwrap_or_default()
    }
}

/// Whether somebody is still to be asked about it.
pub(super) fn is_open(finding: &Finding) -> bool {
    severity(finding) >= Severity::Warning
}

/// The gravest of what is open in it.
fn severity(finding: &Finding) -> Severity {
    let open = finding.counted().filter(|one| !one.is_accepted());
    open.map(|one| one.severity).max().unwrap_or(Severity::Info)
}
