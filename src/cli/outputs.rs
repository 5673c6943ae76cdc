//! What a run of `check` would write over: nothing that it reads is ever replaced.
//!
//! Invariants
//! - Said before a submission is opened and before anything is written.
//! - Files are known by where they are, not by how they are called: a link to a file is that file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::acceptance;
use super::arguments::CheckArguments;
use super::session::Session;
use super::usage::usage;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::usage::OUTPUT_IS_INPUT;
use crate::engine::{InputFile, InputPlace};
use crate::settings::{Destination, Report};
use crate::source::root::SurveyRoot;
use crate::source::sink::real_path;

/// The output that would replace what the run reads: a submission, or a file by which it is told what to do. `None`:
/// none would.
pub(super) fn replacing(
    session: &Session,
    arguments: &CheckArguments,
    reports: &[Report],
    inputs: &[InputFile],
) -> Option<Diagnostic> {
    let outputs = written(arguments, reports);
    if outputs.is_empty() {
        return None;
    }
    let submissions: BTreeSet<PathBuf> = inputs
        .iter()
        .filter_map(|input| match &input.place {
            InputPlace::Path(path) => Some(real_path(path)),
            InputPlace::Stdin | InputPlace::Bytes(_) | InputPlace::Spool(_) => None,
        })
        .collect();
    let telling = telling(session, arguments);
    let survey = survey(arguments);
    let replaced = outputs.into_iter().find(|(path, report)| {
        let real = real_path(path);
        let of_the_survey = survey.iter().any(|folder| real.starts_with(folder));
        (*report && submissions.contains(&real))
            || telling.contains(&real)
            || (of_the_survey && real.exists())
    });
    replaced.map(|(path, _)| refused(session, path))
}

/// The output that would replace one of the linked files. `None`: none would.
pub(super) fn over_links(
    session: &Session,
    arguments: &CheckArguments,
    reports: &[Report],
    linked: &BTreeSet<PathBuf>,
) -> Option<Diagnostic> {
    let outputs = written(arguments, reports);
    let replaced = outputs.into_iter().find(|(path, _)| linked.contains(&real_path(path)));
    replaced.map(|(path, _)| refused(session, path))
}

/// What the run writes, and whether it is a report.
fn written<'a>(arguments: &'a CheckArguments, reports: &'a [Report]) -> Vec<(&'a Path, bool)> {
    let reports = reports.iter().filter_map(|report| match &report.destination {
        Destination::File(path) => Some((path.as_path(), true)),
        Destination::Standard => None,
    });
    // Against submissions the copies are held by those who make them, with words of their own.
    let copies = [&arguments.fix, &arguments.fix_log, &arguments.annotate].into_iter().flatten();
    reports.chain(copies.map(|path| (path.as_path(), false))).collect()
}

fn refused(session: &Session, path: &Path) -> Diagnostic {
    let place = path.display().to_string();
    usage(&OUTPUT_IS_INPUT, session.line.mark_value(&place)).with("place", place)
}

/// The files by which the run is told what to do.
fn telling(session: &Session, arguments: &CheckArguments) -> BTreeSet<PathBuf> {
    let configuration = session.line.configuration();
    let accepted = acceptance::file(session, arguments);
    let named = [
        configuration.file.as_deref().map(PathBuf::from),
        configuration.fingerprint_key_file(),
        accepted,
        arguments.submissions.files_from.clone(),
        arguments.since_report.clone(),
    ];
    named.into_iter().flatten().map(|path| real_path(&path)).collect()
}

/// The folders of a survey on disk.
fn survey(arguments: &CheckArguments) -> Vec<PathBuf> {
    let named =
        arguments.judged_by.survey.as_deref().and_then(|survey| SurveyRoot::around(Path::new(survey)));
    let Some((SurveyRoot::Folder(root), _)) = named else { return Vec::new() };
    ["rules", "schemas"].map(|folder| real_path(&root.join(folder))).into()
}
