//! `kenpyo rules …`: looks at a rule pack without any submission.
//!
//! Invariants
//! - `lint` and `test` exit with 1 if they find something, with 2 if there is no pack to look at.
//! - Findings go to standard output, the count of them to standard error.

use std::fmt::Write;
use std::sync::Arc;

use super::arguments::{ListFormat, RulesAction, RulesArguments};
use super::session::{Exit, Session, print};
use super::{rules_book, rules_format};
use crate::diagnostic::{Diagnostics, Language, Severity};
use crate::report::terminal::{Ink, draw_pack};
use crate::report::wrap::{pad, shorten};
use crate::report::{json, words};
use crate::rule_pack::{EditRule, Origin, RulePack};
use crate::rule_trial;
use crate::source::{SourceText, display_width, picture};

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &RulesArguments) -> Exit {
    let survey = arguments.survey.as_deref();
    if let RulesAction::Format { check } = arguments.action {
        return rules_format::run(session, survey, check);
    }
    if let RulesAction::Book { format, out } = &arguments.action {
        return rules_book::run(session, survey, *format, out.as_deref());
    }
    let loaded = match super::open(session, survey) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    match (&arguments.action, loaded.pack) {
        (RulesAction::Lint, pack) => {
            let exit = told(session, &loaded.diagnostics, &loaded.sources);
            if let Some(pack) = &pack {
                untried(session, pack);
            }
            exit
        }
        (RulesAction::List { format, profile }, Some(pack)) => {
            let chosen = chosen(&pack, profile);
            let text = match format {
                ListFormat::Text => listing(session, &chosen),
                ListFormat::Json => document(&pack, &chosen),
            };
            super::printed(session, print(&text))
        }
        (RulesAction::Test, Some(pack)) => trial(session, &Arc::new(pack)),
        (_, None) => session.refuse_pack(&loaded.diagnostics, &loaded.sources),
        (RulesAction::Format { .. } | RulesAction::Book { .. }, Some(_)) => Exit::Clean,
    }
}

/// Prints what was found, and counts it.
fn told(session: &Session, diagnostics: &Diagnostics, sources: &[SourceText]) -> Exit {
    let page = draw_pack(diagnostics, sources, &session.output_look());
    if let Err(error) = print(&page) {
        return session.stopped(&error, Exit::Failed);
    }
    let errors = diagnostics.count_from(Severity::Error);
    let warnings = diagnostics.count_from(Severity::Warning) - errors;
    session.note(&match session.language {
        Language::Ja if diagnostics.is_empty() => "指摘はありません。".to_owned(),
        Language::Ja => format!("誤り {errors}件、注意 {warnings}件。"),
        Language::En if diagnostics.is_empty() => "Nothing to complain about.".to_owned(),
        Language::En => format!("{}, {}.", counted(errors, "error"), counted(warnings, "warning")),
    });
    if diagnostics.is_empty() { Exit::Clean } else { Exit::Findings }
}

/// Runs the examples.
fn trial(session: &Session, pack: &Arc<RulePack>) -> Exit {
    let trial = rule_trial::run(pack);
    let exit = told(session, &trial.diagnostics, &pack.sources);
    let (rules, examples) = (pack.rules.len(), trial.examples);
    if examples == 0 {
        session.note(match session.language {
            Language::Ja => "実行できる例がありません。規則に examples を書いてください。",
            Language::En => "Nothing to test: no rule about one record has examples.",
        });
        return exit;
    }
    session.note(&match session.language {
        Language::Ja => format!("{rules}規則の例{examples}件を実行しました。"),
        Language::En => format!("Ran {} of {}.", counted(examples, "example"), counted(rules, "rule")),
    });
    untried(session, pack);
    exit
}

/// Most rules that are named.
const MOST_NAMED: usize = 10;

/// Says which rules have no example, so that nobody takes them for tried.
fn untried(session: &Session, pack: &RulePack) {
    let ids = rule_trial::without_examples(pack);
    let left = ids.len().saturating_sub(MOST_NAMED);
    let named = ids.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>();
    let comma = words::pick(session.language, "、", ", ");
    let named = named.join(comma);
    let more = match (left, session.language) {
        (0, _) => String::new(),
        (_, Language::Ja) => format!("、ほか{left}件"),
        (_, Language::En) => format!(" and {left} more"),
    };
    if !ids.is_empty() {
        session.note(&match session.language {
            Language::Ja => format!("例のない規則 {}件：{named}{more}", ids.len()),
            Language::En => format!("{} no example: {named}{more}", have(ids.len())),
        });
    }
}

/// `1 rule has`, `2 rules have`.
fn have(number: usize) -> String {
    format!("{} {}", counted(number, "rule"), if number == 1 { "has" } else { "have" })
}

/// `1 error`, `2 errors`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The rules that are always on or in one of `profiles`; all where no profile is named.
fn chosen<'a>(pack: &'a RulePack, profiles: &[String]) -> Vec<&'a EditRule> {
    let is_on = |rule: &&EditRule| {
        profiles.is_empty()
            || rule.profile.as_ref().is_none_or(|profile| profiles.iter().any(|name| **name == **profile))
    };
    pack.rules.iter().filter(is_on).collect()
}

/// Every rule on a line: id, severity, title.
fn listing(session: &Session, rules: &[&EditRule]) -> String {
    let look = session.output_look();
    let ids: Vec<String> = rules.iter().map(|rule| rule.notice.full_id()).collect();
    let id_width = ids.iter().map(|id| display_width(id)).max().unwrap_or(0);
    let word = |rule: &EditRule| *words::severity(rule.notice.severity).get(look.language);
    let word_width = rules.iter().map(|rule| display_width(word(rule))).max().unwrap_or(0);
    let mut page = String::new();
    for (rule, id) in rules.iter().zip(&ids) {
        let title = picture::visible(rule.notice.title.get(look.language)).into_owned();
        let profile = rule.profile.as_ref().map_or(String::new(), |profile| format!(" ({profile})"));
        let room = look.width.saturating_sub(id_width + word_width + 4 + display_width(&profile));
        // A pipe gets whole titles; a terminal gets lines that do not break.
        let title = if session.terminals.output.is_some() { shorten(&title, room) } else { title };
        let word = look.paint(Ink::Severity(rule.notice.severity), &pad(word(rule), word_width));
        let _ = writeln!(page, "{}  {word}  {title}{profile}", pad(&picture::visible(id), id_width));
    }
    page
}

/// A pack's rules as one JSON document.
#[derive(serde::Serialize)]
struct JsonList<'a> {
    schema_version: u32,
    survey: &'a str,
    wave: &'a str,
    hash: &'a str,
    rules: Vec<JsonRule<'a>>,
}

#[derive(serde::Serialize)]
struct JsonRule<'a> {
    rule: String,
    id: &'a str,
    instance: Option<&'a str>,
    slug: &'a str,
    severity: &'static str,
    titles: JsonTexts<'a>,
    profile: Option<&'a str>,
    generated: bool,
    source: &'a str,
}

#[derive(serde::Serialize)]
struct JsonTexts<'a> {
    ja: &'a str,
    en: &'a str,
}

fn document(pack: &RulePack, rules: &[&EditRule]) -> String {
    let rules = rules.iter().map(|rule| {
        let notice = &rule.notice;
        JsonRule {
            rule: notice.full_id(),
            id: &notice.id,
            instance: notice.instance.as_deref(),
            slug: &notice.slug,
            severity: notice.severity.word(),
            titles: JsonTexts { ja: &notice.title.ja, en: &notice.title.en },
            profile: rule.profile.as_deref(),
            generated: matches!(rule.origin, Origin::Generated(_)),
            source: &rule.source,
        }
    });
    let list = JsonList {
        schema_version: json::SCHEMA_VERSION,
        survey: &pack.survey,
        wave: &pack.wave,
        hash: &pack.hash,
        rules: rules.collect(),
    };
    json::document(&list)
}
