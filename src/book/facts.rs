//! What is to be known of a rule beside its texts: conditions, examples, what it reads, and where it comes from.
//!
//! Invariants
//! - Conditions and examples are quoted from the rule file; nothing is printed anew from a tree.
//! - A fact is one line in both languages; an empty one is left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::demand;
use crate::diagnostic::{Argument, Language, Localized, Template};
use crate::expression::{FieldId, TypedExpr};
use crate::questionnaire::Declared;
use crate::report::words;
use crate::rule_pack::{Demand, EditRule, ExpectedOutcome, OnBlank, Origin, Placeholder, RulePack};
use crate::source::{SourceId, Span};

/// Facts in reading order: name in English and Japanese, and text.
#[derive(Debug, Clone, Default)]
pub struct Facts(pub Vec<(&'static str, &'static str, Localized<String>)>);

impl Facts {
    /// Adds a fact; an empty text adds nothing.
    pub fn fact(&mut self, en: &'static str, ja: &'static str, text: Localized<String>) {
        if !text.en.is_empty() || !text.ja.is_empty() {
            self.0.push((en, ja, text));
        }
    }
}

/// The same text in both languages.
pub fn same(text: impl Into<String>) -> Localized<String> {
    let text = text.into();
    Localized::new(text.clone(), text)
}

/// A message with its placeholders as the author wrote them.
pub fn written(message: &Localized<Template>, slots: &[Arc<str>]) -> Localized<String> {
    let names: Vec<Argument> = slots.iter().map(|slot| Argument::from(format!("{{{slot}}}"))).collect();
    Localized::new(message.ja.fill(&names, Language::Ja), message.en.fill(&names, Language::En))
}

/// Stands for an answer of which there is no example.
pub const AN_ANSWER: &str = "…";

/// A message about no record in particular: what does not depend on one is printed, an answer is `…`.
pub fn about_nobody(message: &Localized<Template>, placeholders: &[Placeholder]) -> Localized<String> {
    let argument = |placeholder: &Placeholder| match placeholder {
        Placeholder::Fixed(text) => Argument::from(text.clone()),
        _ => Argument::from(AN_ANSWER),
    };
    let arguments: Vec<Argument> = placeholders.iter().map(argument).collect();
    Localized::new(message.ja.fill(&arguments, Language::Ja), message.en.fill(&arguments, Language::En))
}

/// What a file of the pack says at `span`, its indentation and line breaks folded.
pub fn slice(pack: &RulePack, source: SourceId, span: Span) -> String {
    let file = pack.sources.iter().find(|file| file.id == source);
    let text = file.map_or("", |file| file.slice(span));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Conditions and named values of one instance, and what it reads.
pub fn conditions(page: &mut Facts, pack: &RulePack, rule: &EditRule) {
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
            page.fact("require", "require", same(demand::written(pack, rule, dataset)));
            page.fact("in words", "内容", demand::in_words(pack, rule));
        }
    }
    let on_blank = match rule.on_blank {
        OnBlank::Undecided => "",
        OnBlank::Fail => "fail",
        OnBlank::Pass => "pass",
    };
    page.fact("on-blank", "on-blank", same(on_blank.to_owned()));
    reads(page, pack, &rule.reads);
}

/// What the outcome of an example is called.
pub const fn outcome(expected: ExpectedOutcome) -> Localized<&'static str> {
    match expected {
        ExpectedOutcome::Pass => Localized::new("適合", "pass"),
        ExpectedOutcome::Fail => Localized::new("不適合", "fail"),
        ExpectedOutcome::Undecided => Localized::new("保留", "undecided"),
        ExpectedOutcome::NotApplicable => Localized::new("非該当", "not applicable"),
    }
}

/// The examples of one instance, as they are written.
pub fn examples(page: &mut Facts, pack: &RulePack, rule: &EditRule) {
    for example in &rule.examples {
        let word = outcome(example.expected);
        page.fact(word.en, word.ja, same(slice(pack, example.declared.source, example.declared.span)));
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
pub fn reads(page: &mut Facts, pack: &RulePack, fields: &BTreeSet<FieldId>) {
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
pub fn origin(page: &mut Facts, pack: &RulePack, rule: &EditRule) {
    let text = |text: Option<&Arc<str>>| same(text.map_or(String::new(), ToString::to_string));
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
pub fn declared(page: &mut Facts, pack: &RulePack, declared: Declared) {
    if let Some(file) = pack.sources.iter().find(|file| file.id == declared.source) {
        let line = file.position(declared.span.start).line;
        page.fact("written in", "記載箇所", same(format!("{}:{line}", file.name)));
    }
}
