//! Queries back to the respondent (疑義照会): a line each, with a key by which the reply is read back.
//!
//! Invariants
//! - One line for each finding that is open and is to be corrected or confirmed; what follows another finding is in its
//!   line. Of records that are superseded or out of scope nobody is asked.
//! - No two lines of a run have one key: it names the file where there are several, the record, the rule, and the question
//!   where the rule's id does not.
//! - The only place where private fields stand: to whom the query goes.
//! - A line depends on its record alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::locate::Locator;
use crate::batch::{Batch, Data};
use crate::diagnostic::{Argument, Diagnostic, Language, Place, Severity};
use crate::engine::admission::Admission;
use crate::engine::fold::{SettledBlock, SettledRow};
use crate::evaluate::Finding;
use crate::expression::Type;
use crate::questionnaire::{Field, Required};
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
    /// Whether there are several submissions.
    pub(super) several_files: bool,
}

/// How often each key, but for the run, has been given: a further one gets a number.
pub(super) type Given = BTreeMap<String, u32>;

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
        let mut given = Given::new();
        let lines = asked.map(|finding| self.line(finding, Some(&shown), &mut given, into));
        lines.count().try_into().unwrap_or(u64::MAX)
    }

    /// What names a query in its run and all runs.
    fn key(&self, diagnostic: &Diagnostic, name: &str, given: &mut Given) -> String {
        let rule = diagnostic.notice.full_id();
        let who = match &diagnostic.place {
            Place::Run => String::new(),
            Place::File(_) => name.to_owned(),
            Place::Record(place) => {
                let key = place.key.as_deref().unwrap_or_default();
                let file = match (key, self.several_files) {
                    ("", _) => name.to_owned(),
                    (_, true) => format!("@{name}"),
                    (_, false) => String::new(),
                };
                format!("{key}{file}#{}", place.record)
            }
        };
        // An instance names its question already.
        let field = diagnostic.labels.first().and_then(|label| label.field.as_deref());
        let field = field.filter(|_| !rule.contains('/')).map(|field| format!("/{field}"));
        let query = format!("{who}:{rule}{}", field.unwrap_or_default());
        let times = given.entry(query.clone()).or_default();
        *times += 1;
        let further = if *times > 1 { format!("~{times}") } else { String::new() };
        format!("{query}{further}:{}", self.run)
    }

    /// The line of one finding; `shown`: the record's answers. `None`: it is about no record, or nothing is known of it.
    /// `given`: the keys of the lines about the same record, or about none.
    pub(super) fn line(
        &self,
        finding: &Finding,
        shown: Option<&Shown<'_>>,
        given: &mut Given,
        into: &mut String,
    ) {
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
        let rule = diagnostic.notice.full_id();
        let query = self.key(diagnostic, &name, given);
        let correct = severity(finding) >= Severity::Error;
        let kind =
            if correct { self.pick("要修正", "to correct") } else { self.pick("要確認", "to confirm") };
        let deadline = self.deadline.clone().unwrap_or_default();
        let fields = shown.map(|shown| shown.asked(diagnostic)).unwrap_or_default();
        let answers: Vec<String> =
            fields.iter().filter_map(|field| Some(self.answer(shown?, field))).collect();
        let mut choices: Vec<String> = fields.iter().map(|field| self.choice(field, shown)).collect();
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

    /// What the record answers to `field` now: of options their labels, as the respondent knows them.
    fn answer(&self, shown: &Shown<'_>, field: &Field) -> String {
        let said = match shown.written(field) {
            Argument::NotGiven => self.pick("未記入", "not given").to_owned(),
            other => {
                let other = shown.chosen(field).unwrap_or(other);
                format!("{}{}{}", self.pick("「", "\""), other.print(self.language), self.pick("」", "\""))
            }
        };
        format!("{}{}{said}", field.title().get(self.language), self.pick("：", ": "))
    }

    /// What may be answered to `field` instead, as boxes. A blank is offered where it can be an answer: not where it is
    /// what is asked about, and not of a question that everybody must answer.
    fn choice(&self, field: &Field, shown: Option<&Shown<'_>>) -> String {
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
                let may_be_blank = shown.is_none_or(|shown| shown.may_be_blank(field));
                let blank = may_be_blank.then(|| format!(" {mark}{}", self.pick("空欄", "blank")));
                format!("{title}{between}{}{}", options.join(" "), blank.unwrap_or_default())
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

    /// The answer to `field` as written.
    fn written(&self, field: &Field) -> Argument {
        Locator::new(self.batch, self.pack).written(self.row, field.id)
    }

    /// The labels of the options that are chosen. `None`: `field` has none, or its cell cannot be read.
    fn chosen(&self, field: &Field) -> Option<Argument> {
        let column = self.batch.column(field.id).filter(|column| column.known.get(self.row))?;
        match (&column.data, &field.ty) {
            (Data::Options(codes), Type::Option(list)) => {
                Some(Argument::Localized(list.get(*codes.get(self.row)?)?.label.clone()))
            }
            (Data::Multi { set, .. }, Type::Multi(list)) => {
                let set = *set.get(self.row)?;
                let items = list.items.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
                let labels: Vec<Argument> =
                    items.map(|(_, item)| Argument::Localized(item.label.clone())).collect();
                (!labels.is_empty()).then_some(Argument::List(labels))
            }
            _ => None,
        }
    }

    fn may_be_blank(&self, field: &Field) -> bool {
        let asked_of_all = self.pack.questionnaire.routing_of(field.id).is_none();
        let demanded = asked_of_all && field.required == Required::Yes;
        !demanded && self.written(field) != Argument::NotGiven
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
pub(super) fn severity(finding: &Finding) -> Severity {
    let open = finding.counted().filter(|one| !one.is_accepted());
    open.map(|one| one.severity).max().unwrap_or(Severity::Info)
}
