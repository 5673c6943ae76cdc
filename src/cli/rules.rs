//! `kenpyo rules …`: looks at a rule pack without any submission.
//!
//! Invariants
//! - `lint` and `test` exit with 1 if they find something, with 2 if there is no pack to look at.
//! - Findings go to standard output, the count of them to standard error.

use super::arguments::{RulesAction, RulesArguments};
use super::rules_format;
use super::session::{Exit, Session};
use crate::diagnostic::{Diagnostics, Language, Severity};
use crate::engine;
use crate::report::terminal::{Ink, draw_pack};
use crate::report::words;
use crate::report::wrap::{pad, shorten};
use crate::rule_pack::{EditRule, RulePack};
use crate::source::{SourceText, display_width, picture};

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &RulesArguments) -> Exit {
    let survey = arguments.survey.as_deref();
    if let RulesAction::Format { check } = arguments.action {
        return rules_format::run(session, survey, check);
    }
    let loaded = match engine::survey::open(survey) {
        Ok(loaded) => loaded,
        Err(error) => return session.stopped(&error, Exit::Usage),
    };
    match (&arguments.action, loaded.pack) {
        (RulesAction::Lint, _) => told(session, &loaded.diagnostics, &loaded.sources),
        (RulesAction::List, Some(pack)) => super::printed(session, session.print(&listing(session, &pack))),
        (RulesAction::Test, Some(pack)) => told(session, &trial(&pack), &pack.sources),
        (_, None) => session.refuse_pack(&loaded.diagnostics, &loaded.sources),
        (RulesAction::Format { .. }, Some(_)) => Exit::Clean,
    }
}

/// Stands in for `rule_trial::run`.
fn trial(_: &RulePack) -> Diagnostics {
    Diagnostics::new()
}

/// Prints what was found, and counts it.
fn told(session: &Session, diagnostics: &Diagnostics, sources: &[SourceText]) -> Exit {
    let page = draw_pack(diagnostics, sources, &session.output_look());
    if let Err(error) = session.print(&page) {
        return session.stopped(&error, Exit::Failed);
    }
    let errors = diagnostics.count_from(Severity::Error);
    let warnings = diagnostics.count_from(Severity::Warning) - errors;
    session.note(&match session.language {
        Language::Ja if diagnostics.is_empty() => "指摘はありません。".to_owned(),
        Language::Ja => format!("誤り {errors}件、注意 {warnings}件。"),
        Language::En if diagnostics.is_empty() => "Nothing to complain about.".to_owned(),
        Language::En => format!("{errors} errors, {warnings} warnings."),
    });
    if diagnostics.is_empty() { Exit::Clean } else { Exit::Findings }
}

/// Every rule on a line: id, severity, title.
fn listing(session: &Session, pack: &RulePack) -> String {
    let look = session.output_look();
    let ids: Vec<String> = pack.rules.iter().map(|rule| rule.notice.full_id()).collect();
    let id_width = ids.iter().map(|id| display_width(id)).max().unwrap_or(0);
    let word = |rule: &EditRule| *words::severity(rule.notice.severity).get(look.language);
    let word_width = pack.rules.iter().map(|rule| display_width(word(rule))).max().unwrap_or(0);
    let mut page = String::new();
    for (rule, id) in pack.rules.iter().zip(&ids) {
        let title = picture::visible(rule.notice.title.get(look.language)).into_owned();
        let profile = rule.profile.as_ref().map_or(String::new(), |profile| format!(" ({profile})"));
        let room = look.width.saturating_sub(id_width + word_width + 4 + display_width(&profile));
        // A pipe gets whole titles; a terminal gets lines that do not break.
        let title = if session.terminals.output.is_some() { shorten(&title, room) } else { title };
        let word = look.paint(Ink::Severity(rule.notice.severity), &pad(word(rule), word_width));
        page.push_str(&format!("{}  {word}  {title}{profile}\n", pad(&picture::visible(id), id_width)));
    }
    page
}
