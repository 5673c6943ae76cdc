//! The files of a survey's links: those of `--link` and of the configuration before those of the survey itself.
//!
//! Invariants
//! - Whatever is wrong with them is said before anything is read.
//! - A linked file is never judged as a submission, and never written over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::CheckArguments;
use super::inputs::shown_name;
use super::parts::PlannedPart;
use super::session::Session;
use super::usage::{list, suggest, usage};
use crate::diagnostic::code::linked::{LINK_WITHOUT_FILE, LINKED_FILE_SUBMITTED, UNKNOWN_LINK};
use crate::diagnostic::code::usage::CONFLICT;
use crate::diagnostic::{Diagnostic, Language};
use crate::engine::{InputFile, InputPlace, LinkedFile, survey};
use crate::rule_pack::{Link, RulePack};
use crate::source::sink::real_path;

/// A link and its file, as somebody named them.
type Named<'a> = (&'a str, &'a str);

/// `NAME=FILE` of each option and setting.
fn named<'a>(session: &Session, given: &'a [String]) -> Result<Vec<Named<'a>>, Vec<Diagnostic>> {
    let (mut names, mut problems): (Vec<Named<'a>>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for text in given {
        match text.split_once('=').map(|(name, file)| (name.trim(), file)) {
            Some((name, file)) if !file.is_empty() => {
                if names.iter().any(|(other, _)| *other == name) {
                    let twice = usage(&CONFLICT, session.line.mark_value(text));
                    let flag = format!("--link {name}");
                    problems.push(twice.with("flag", flag.as_str()).with("other", flag.as_str()));
                }
                names.push((name, file));
            }
            _ => {
                let name = text.trim_end_matches('=');
                let without = usage(&LINK_WITHOUT_FILE, session.line.mark_value(text));
                problems.push(without.with("found", name));
            }
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(problems) }
}

/// The linked files for submissions that are judged by `pack`, which was loaded as `survey`.
pub(super) fn of_pack(
    session: &Session,
    arguments: &CheckArguments,
    survey: Option<&str>,
    pack: &RulePack,
) -> Result<Vec<LinkedFile>, Vec<Diagnostic>> {
    let named = named(session, &arguments.judged_by.link)?;
    let file = |link: &Link| {
        let given = named.iter().find(|(name, _)| *name == &*link.name);
        let given = given.map(|(_, file)| InputFile {
            name: Arc::from(shown_name(Path::new(file))),
            place: InputPlace::Path(PathBuf::from(file)),
            levels: Arc::default(),
        });
        let file = given.or_else(|| survey::linked_file(survey, link))?;
        Some(LinkedFile { table: link.table, file })
    };
    Ok(pack.links.iter().filter_map(file).collect())
}

/// Names that no survey of the run has.
pub(super) fn unknown(
    session: &Session,
    arguments: &CheckArguments,
    parts: &[PlannedPart],
) -> Vec<Diagnostic> {
    let links = || parts.iter().flat_map(|part| &part.plan.pack.links).map(|link| &*link.name);
    let known: BTreeSet<&str> = links().collect();
    let named = arguments.judged_by.link.iter().filter_map(|given| given.split_once('='));
    let unknown = named.map(|(name, _)| name.trim()).filter(|name| !known.contains(name));
    let told = |name: &str| {
        let given = arguments
            .judged_by
            .link
            .iter()
            .find(|given| given.split_once('=').is_some_and(|(other, _)| other.trim() == name));
        let label = session.line.mark_value(name).or_else(|| session.line.mark_value(given?));
        let told = usage(&UNKNOWN_LINK, label).with("found", name).with("known", list(known.iter().copied()));
        suggest(told, name, known.iter().copied())
    };
    unknown.map(told).collect()
}

/// The linked files that somebody has named, by where they are.
pub(super) fn named_places(arguments: &CheckArguments) -> BTreeSet<PathBuf> {
    let files = arguments.judged_by.link.iter().filter_map(|given| given.split_once('='));
    files.map(|(_, file)| real_path(Path::new(file))).collect()
}

/// The linked files on disk, by where they are.
pub(super) fn places(parts: &[PlannedPart]) -> BTreeSet<PathBuf> {
    let places = parts.iter().flat_map(|part| &part.links).filter_map(|linked| match &linked.file.place {
        InputPlace::Path(path) => Some(real_path(path)),
        InputPlace::Stdin | InputPlace::Bytes(_) | InputPlace::Spool(_) => None,
    });
    places.collect()
}

/// Takes the linked files out of the submissions: a folder may hold both. One that is named outright is refused.
pub(super) fn set_apart(
    session: &Session,
    arguments: &CheckArguments,
    parts: &mut [PlannedPart],
) -> Result<(), Box<Diagnostic>> {
    let linked = places(parts);
    if linked.is_empty() {
        return Ok(());
    }
    for file in &arguments.submissions.files {
        if file.is_file() && linked.contains(&real_path(file)) {
            let name = file.display().to_string();
            let both = usage(&LINKED_FILE_SUBMITTED, session.line.mark_value(&name));
            return Err(Box::new(both.with("found", name)));
        }
    }
    let mut apart: BTreeSet<Arc<str>> = BTreeSet::new();
    for part in parts {
        part.inputs.retain(|input| {
            let is_linked =
                matches!(&input.place, InputPlace::Path(path) if linked.contains(&real_path(path)));
            if is_linked {
                apart.insert(Arc::clone(&input.name));
            }
            !is_linked
        });
    }
    if !apart.is_empty() {
        let names = apart.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
        session.note(&match session.language {
            Language::Ja => format!("突合ファイルなので、提出ファイルとしては検査しません：{names}"),
            Language::En => format!("Not judged as a submission, because it is a linked file: {names}"),
        });
    }
    Ok(())
}
