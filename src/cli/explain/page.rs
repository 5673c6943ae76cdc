//! The page of one rule or code: texts first, then facts, one a line.
//!
//! Invariants
//! - The page of the same rule is the same everywhere but for its language and width.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::super::session::Session;
use crate::diagnostic::{Language, Localized, Severity};
use crate::expression::{FieldId, TypedExpr};
use crate::questionnaire::Declared;
use crate::report::terminal::{Appearance, Ink};
use crate::report::words;
use crate::report::wrap::{pad, wrap};
use crate::rule_pack::{Demand, EditRule, ExpectedOutcome, OnBlank, Origin, RulePack};
use crate::source::{SourceId, Span, display_width, picture};

/// A page before it is laid out.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) severity: Option<Severity>,
    pub(super) title: Localized<String>,
    pub(super) message: Localized<String>,
    pub(super) help: Option<Localized<String>>,
    /// Name in English and Japanese, and text.
    pub(super) facts: Vec<(&'static str, &'static str, Localized<String>)>,
}

impl Page {
    /// Adds a fact; an empty text adds nothing.
    pub(super) fn fact(&mut self, en: &'static str, ja: &'static str, text: Localized<String>) {
        if !text.en.is_empty() || !text.ja.is_empty() {
            self.facts.push((en, ja, text));
        }
    }

    /// The page for the session's standard output: both languages, or the one that `--lang` names.
    pub(super) fn text(&self, session: &Session) -> String {
        let look = session.output_look();
        let asked = session.line.words().iter().any(|word| word == "--lang" || word.starts_with("--lang="));
        let languages: &[Language] = match (asked, session.language) {
            (false, _) => &[Language::Ja, Language::En],
            (true, Language::Ja) => &[Language::Ja],
            (true, Language::En) => &[Language::En],
        };
        let mut page = self.head(&look);
        for &language in languages {
            self.texts(&mut page, language, &look);
        }
        self.list(&mut page, &look);
        page
    }

    fn head(&self, look: &Appearance) -> String {
        let severity = self.severity.map(|severity| {
            let word = *words::severity(severity).get(look.language);
            format!("  {}", look.paint(Ink::Severity(severity), word))
        });
        let id = look.paint(Ink::Strong, &picture::visible(&self.id));
        format!("{id}{}  {}\n", severity.unwrap_or_default(), look.paint(Ink::Dim, &self.slug))
    }

    fn texts(&self, page: &mut String, language: Language, look: &Appearance) {
        page.push('\n');
        for line in wrap(&picture::visible(self.title.get(language)), look.width) {
            page.push_str(&look.paint(Ink::Strong, &line));
            page.push('\n');
        }
        let help = self.help.as_ref().map(|help| help.get(language));
        for text in std::iter::once(self.message.get(language)).chain(help) {
            for line in wrap(&picture::visible_lines(text), look.width.saturating_sub(2)) {
                let _ = writeln!(page, "  {line}");
            }
        }
    }

    fn list(&self, page: &mut String, look: &Appearance) {
        let name = |fact: &(&'static str, &'static str, _)| words::pick(look.language, fact.1, fact.0);
        let column = self.facts.iter().map(|fact| display_width(name(fact))).max().unwrap_or(0) + 2;
        if !self.facts.is_empty() {
            page.push('\n');
        }
        for fact in &self.facts {
            let text = picture::visible_lines(fact.2.get(look.language)).into_owned();
            for (index, line) in wrap(&text, look.width.saturating_sub(column)).iter().enumerate() {
                let name = if index == 0 { name(fact) } else { "" };
                let _ = writeln!(page, "{}{line}", look.paint(Ink::Dim, &pad(name, column)));
            }
        }
    }
}

/// What a file of the pack says at `span`, its indentation and line breaks folded.
pub(super) fn slice(pack: &RulePack, source: SourceId, span: Span) -> String {
    let file = pack.sources.iter().find(|file| file.id == source);
    let text = file.map_or("", |file| file.slice(span));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same(text: String) -> Localized<String> {
    Localized::new(text.clone(), text)
}

/// Conditions, named values and examples of one instance.
pub(super) fn conditions(page: &mut Page, pack: &RulePack, rule: &EditRule) {
    let source = rule.declared.source;
    let written = |expr: &TypedExpr| same(slice(pack, source, expr.span));
    if let Origin::Generated(kind) = &rule.origin {
        page.fact("generated", "自動生成", same(kind.to_string()));
        page.fact("asked where", "回答対象", relevance(pack, rule));
        return;
    }
    for named in &rule.lets {
        let text = slice(pack, source, named.value.span);
        page.fact("let", "let", same(format!("{} = {text}", named.name)));
    }
    if let Some(when) = &rule.when {
        page.fact("when", "when", written(when));
    }
    match &rule.demand {
        Demand::Require(require) => page.fact("require", "require", written(require)),
        Demand::Dataset(dataset) => {
            let fields: Vec<String> = dataset.fields.iter().filter_map(|&field| name(pack, field)).collect();
            page.fact("require", "require", same(format!("{} {{ {} }}", dataset.kind, fields.join(", "))));
        }
    }
    let on_blank = match rule.on_blank {
        OnBlank::Undecided => "",
        OnBlank::Fail => "fail",
        OnBlank::Pass => "pass",
    };
    page.fact("on-blank", "on-blank", same(on_blank.to_owned()));
    reads(page, pack, &rule.reads);
    for example in &rule.examples {
        let (en, ja) = match example.expected {
            ExpectedOutcome::Pass => ("pass", "適合"),
            ExpectedOutcome::Fail => ("fail", "不適合"),
            ExpectedOutcome::Undecided => ("undecided", "保留"),
            ExpectedOutcome::NotApplicable => ("not applicable", "非該当"),
        };
        page.fact(en, ja, same(slice(pack, example.declared.source, example.declared.span)));
    }
}

/// The condition under which the question of a generated rule is asked, as the schema writes it.
fn relevance(pack: &RulePack, rule: &EditRule) -> Localized<String> {
    let Some(&field) = rule.blame.first() else { return Localized::default() };
    let declared = pack.field(field).map(|field| field.declared.source);
    match pack.questionnaire.routing_of(field).zip(declared) {
        Some((routing, source)) => same(slice(pack, source, routing.own.span).replace("\\\"", "\"")),
        None => Localized::new("すべての票".to_owned(), "every record".to_owned()),
    }
}

/// The questions that a rule reads.
pub(super) fn reads(page: &mut Page, pack: &RulePack, fields: &BTreeSet<FieldId>) {
    let titled = |language: Language| {
        let titles = fields.iter().filter_map(|&id| {
            let name = name(pack, id)?;
            let title = pack.field(id).map(|field| field.title().get(language).to_string());
            Some(title.map_or(name.clone(), |title| format!("{title} [{name}]")))
        });
        titles.collect::<Vec<_>>().join(words::pick(language, "、", ", "))
    };
    page.fact("reads", "読む項目", Localized::new(titled(Language::Ja), titled(Language::En)));
}

fn name(pack: &RulePack, id: FieldId) -> Option<String> {
    let derived =
        || pack.derived.iter().find(|derived| derived.id == id).map(|derived| derived.name.to_string());
    pack.field(id).map(|field| field.name.to_string()).or_else(derived)
}

/// Profile, source, reasons and place of a rule.
pub(super) fn origin(page: &mut Page, pack: &RulePack, rule: &EditRule) {
    let text = |text: Option<&std::sync::Arc<str>>| same(text.map_or(String::new(), ToString::to_string));
    page.fact("profile", "プロファイル", text(rule.profile.as_ref()));
    page.fact("tags", "タグ", same(rule.tags.join(", ")));
    if rule.scope {
        let both = Localized::new(
            "不適合の票は対象外とする".to_owned(),
            "a failing record is out of scope".to_owned(),
        );
        page.fact("scope", "対象範囲", both);
    }
    page.fact("source", "根拠", text(Some(&rule.source)));
    page.fact("why", "備考", text(rule.why.as_ref()));
    page.fact("revision", "改訂", same(rule.revision.to_string()));
    declared(page, pack, rule.declared);
}

/// The file and line of a declaration.
pub(super) fn declared(page: &mut Page, pack: &RulePack, declared: Declared) {
    if let Some(file) = pack.sources.iter().find(|file| file.id == declared.source) {
        let line = file.position(declared.span.start).line;
        page.fact("written in", "記載箇所", same(format!("{}:{line}", file.name)));
    }
}
