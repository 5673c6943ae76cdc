//! `kenpyo check`: judges submissions.
//!
//! Invariants
//! - Whatever is wrong with the command line, a setting or the pack is said before a submission is opened.
//! - One run, one walk: all reports are fed by the same events.

use std::sync::Arc;

use super::acceptance::{Memory, Opening};
use super::arguments::{CheckArguments, EncodingName, FailOn, InputFormatName, Whether};
use super::copies::{self, Copies};
use super::listeners::Run;
use super::parts::{self, PlannedPart};
use super::reporters::Frame;
use super::session::{Exit, Session};
use super::usage::{did_you_mean, list, suggest, usage};
use super::{inputs, outputs, ranking, secret};
use crate::diagnostic::code::usage::{
    FORMAT_NOT_BUILT, NUMBER_OUT_OF_RANGE, ONE_PLACE_FOR_TWO, UNKNOWN_VALUE, VALUE_MISSING, VALUE_NOT_USABLE,
};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Localized};
use crate::engine::event::Summary;
use crate::engine::policy::Policy;
use crate::engine::{self, CheckOptions, Part, survey};
use crate::error::Error;
use crate::input::InputFormat;
use crate::report::fingerprint::Secret;
use crate::report::{Audience, words};
use crate::rule_pack::load::Purpose;
use crate::settings::formats::{FORMATS, reports};
use crate::settings::{Destination, FormatProblem, Numbers, Report, Settings};
use crate::source::SourceText;
use crate::source::encoding::{Encoding, Stated};

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &CheckArguments) -> Exit {
    match judged(session, arguments) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn judged(session: &Session, arguments: &CheckArguments) -> Result<Exit, Exit> {
    let refuse = |problem: Box<Diagnostic>| session.refuse([*problem]);
    let stop = |error: Error| session.stopped(&error, Exit::Failed);
    let (settings, reports) = told(session, arguments).map_err(|problems| session.refuse(problems))?;
    if let Some(problem) = wrong_values(session, arguments).or_else(|| wrong_pointer(session, arguments)) {
        return Err(session.refuse([problem]));
    }
    let inputs = inputs::gather(session, arguments, &reports).map_err(refuse)?;
    let problem = outputs::replacing(session, arguments, &reports, &inputs);
    if let Some(problem) = problem.or_else(|| copies::refused(session, arguments, &inputs, &reports)) {
        return Err(session.refuse([problem]));
    }
    let secret = secret::configured(session).map_err(refuse)?;
    let frame = frame(session, arguments, &settings, secret);
    let ranked = ranking::wanted(arguments, &reports, &frame).map_err(refuse)?;
    let inputs = if ranked { engine::spooled(inputs).map_err(stop)? } else { inputs };
    let refusal = Refusal { session, arguments, reports: &reports, frame: &frame };
    let mut parts = parts::planned(session, arguments, inputs, Purpose::Judge, &refusal)?;
    let programme = if ranked {
        ranking::programme(arguments, &mut parts).map_err(|problems| session.refuse(problems))?
    } else {
        None
    };
    let frame = Frame { ranked: programme.is_some(), ..frame };
    let parted: Vec<Part<'_>> = parts.iter().map(PlannedPart::part).collect();
    let memory = Refusal { frame: &frame, ..refusal }.memory(&parted)?;
    // The process ends when the command does: to free a pack's many small pieces would cost a tenth of a small run.
    if !arguments.watch {
        for part in &parts {
            std::mem::forget(Arc::clone(&part.plan.pack));
        }
    }
    let run = Run::new(session, &reports, &frame, !arguments.reading.no_progress).map_err(stop)?;
    let copies = match parts.first() {
        Some(PlannedPart { plan, inputs, .. }) => {
            Copies::open(arguments, &plan.pack, inputs, (session.language, settings.max_findings))
        }
        None => Ok(Copies::default()),
    };
    let accepted = memory.accepted.clone();
    let mut run = run.with(copies.map_err(stop)?, memory);
    let options = CheckOptions { accepted, ..options(session, arguments, &settings) };
    let summary = match &programme {
        Some(programme) => ranking::judge(&parted, &options, programme, &mut run),
        None => engine::check_parts(&parted, &options, &mut run),
    };
    closed(session, arguments, &frame, &run, &summary.map_err(stop)?).map_err(stop)
}

/// Says what came of the run, and writes what is written at its end.
fn closed(
    session: &Session,
    arguments: &CheckArguments,
    frame: &Frame,
    run: &Run,
    summary: &Summary,
) -> Result<Exit, Error> {
    let summary = run.memory.closed(summary).into_owned();
    for line in words::summary(&run.header, &summary, session.language) {
        session.note(&line);
    }
    session.note(&words::labelled_receipt(
        &run.header,
        &summary,
        !frame.audience.hide_values,
        session.language,
    ));
    let written = run.copies.tell(session, arguments);
    let kept = run.memory.write(session, &summary)?;
    Ok(if written && kept { Exit::of(&summary) } else { Exit::Failed })
}

/// A run that ends before it begins: nothing is judged, and every report says so.
pub(super) struct Refusal<'a> {
    pub(super) session: &'a Session,
    pub(super) arguments: &'a CheckArguments,
    /// Empty: the command has no reports, and what is wrong has been said.
    pub(super) reports: &'a [Report],
    pub(super) frame: &'a Frame,
}

impl Refusal<'_> {
    /// What a run of `parts` remembers of earlier ones, or how it ends because it cannot.
    pub(super) fn memory(&self, parts: &[Part<'_>]) -> Result<Memory, Exit> {
        let Self { session, arguments, reports, frame } = *self;
        let secret = frame.audience.secret;
        let hide_keys = frame.hide_keys.unwrap_or(frame.audience.hide_values);
        let opening = Opening { session, arguments, parts, reports, secret, hide_keys };
        opening.open().map_err(|refused| {
            session.draw_error(&refused.0, &refused.1);
            self.tell(&refused.0, &refused.1)
        })
    }

    /// Lets every report say that nothing is judged because of `mistakes`.
    pub(super) fn tell(&self, mistakes: &Diagnostics, sources: &[SourceText]) -> Exit {
        if self.reports.is_empty() {
            return Exit::Usage;
        }
        let survey = survey::shown_name(self.arguments.judged_by.survey.as_deref());
        let run = Run::new(self.session, self.reports, self.frame, false);
        let told = run.and_then(|mut run| engine::refuse(&survey, mistakes, sources, &mut run.reports));
        match told {
            Ok(_) => Exit::Usage,
            Err(error) => self.session.stopped(&error, Exit::Usage),
        }
    }
}

/// Numbers and reports, or everything that is wrong with them.
pub(super) fn told(
    session: &Session,
    arguments: &CheckArguments,
) -> Result<(Settings, Vec<Report>), Vec<Diagnostic>> {
    let settings = settings(session, arguments);
    let reports = reports(&arguments.format);
    match (settings, reports) {
        (Ok(settings), Ok(reports)) => Ok((settings, reports)),
        (settings, reports) => {
            let numbers = settings.err().unwrap_or_default().into_iter();
            Err(numbers.chain(reports.err().map(|problem| wrong_format(session, &problem))).collect())
        }
    }
}

/// The numbers, or everything that is wrong with them.
pub(super) fn settings(session: &Session, arguments: &CheckArguments) -> Result<Settings, Vec<Diagnostic>> {
    let numbers = Numbers {
        chunk_records: arguments.reading.chunk_records.clone(),
        max_findings: arguments.max_findings.clone(),
        threads: arguments.reading.threads.clone(),
    };
    Settings::gather(&numbers, &session.environment).map_err(|problems| {
        let told = problems.into_iter().map(|problem| {
            let (low, high) = problem.range;
            let label = session.line.mark_value(&problem.found);
            usage(&NUMBER_OUT_OF_RANGE, label.filter(|_| problem.given_as.starts_with('-')))
                .with("flag", problem.given_as)
                .with("found", problem.found)
                .with("low", low)
                .with("high", high)
        });
        told.collect()
    })
}

/// Whoever writes `KENPYO_VALUES` otherwise than we read it would see answers where none should be, or none at all.
fn wrong_values(session: &Session, arguments: &CheckArguments) -> Option<Diagnostic> {
    let found = session.environment.wrong_values().filter(|_| arguments.values.is_none())?;
    let known = ["show", "hide"];
    let wrong = usage(&UNKNOWN_VALUE, None)
        .with("flag", "KENPYO_VALUES")
        .with("found", found)
        .with("known", list(known));
    Some(suggest(wrong, found, known))
}

/// A place of records that is no JSON Pointer. `None`: it is one, or none is given.
fn wrong_pointer(session: &Session, arguments: &CheckArguments) -> Option<Diagnostic> {
    let found =
        arguments.reading.records.as_deref().filter(|text| !text.is_empty() && !text.starts_with('/'))?;
    let expected = Localized::new(
        "JSONポインター（/ で始まる場所）".into(),
        "a JSON Pointer, which begins with /".into(),
    );
    let meant =
        format!("/{}", found.trim_start_matches(['#', '$', '.']).replace('.', "/").trim_start_matches('/'));
    let problem = usage(&VALUE_NOT_USABLE, session.line.mark_value(found)).with("flag", "--records");
    let problem = problem.with("found", found).with("expected", Argument::Localized(expected));
    Some(problem.suggest(did_you_mean(&meant)))
}

pub(super) fn wrong_format(session: &Session, problem: &FormatProblem) -> Diagnostic {
    let known = || FORMATS.iter().map(|(name, _)| *name);
    match problem {
        FormatProblem::Unknown(found) => {
            let diagnostic = usage(&UNKNOWN_VALUE, session.line.mark_value(found))
                .with("flag", "--format")
                .with("found", found.as_str())
                .with("known", list(known()));
            suggest(diagnostic, found, known())
        }
        FormatProblem::NotBuilt(found, feature) => usage(&FORMAT_NOT_BUILT, session.line.mark_value(found))
            .with("found", found.as_str())
            .with("feature", *feature)
            .with("known", list(known())),
        FormatProblem::NoFile(found) => {
            usage(&VALUE_MISSING, session.line.mark_value(found)).with("flag", format!("--format {found}"))
        }
        FormatProblem::Twice(first, second) => {
            let place = match &second.destination {
                Destination::File(path) => Argument::from(path.display().to_string()),
                Destination::Standard => {
                    Argument::Localized(Localized::new("標準出力".into(), "standard output".into()))
                }
            };
            usage(&ONE_PLACE_FOR_TWO, session.line.mark_value(second.format.name()))
                .with("found", first.format.name())
                .with("other", second.format.name())
                .with("place", place)
        }
    }
}

pub(super) fn frame(
    session: &Session,
    arguments: &CheckArguments,
    settings: &Settings,
    secret: Option<Secret>,
) -> Frame {
    let hidden = |whether: Option<Whether>| whether.map(|whether| whether == Whether::Hide);
    let hide_values = hidden(arguments.values);
    let by_default = hide_values.unwrap_or_else(|| session.environment.hides_values());
    Frame {
        audience: Audience { hide_values: by_default, secret, ..session.open_audience() },
        hide_values,
        hide_keys: hidden(arguments.keys),
        most: settings.max_findings,
        ranked: false,
    }
}

pub(super) fn options(session: &Session, arguments: &CheckArguments, settings: &Settings) -> CheckOptions {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    CheckOptions {
        threads: settings.threads.map_or(0, count),
        chunk_records: count(settings.chunk_records),
        policy: Policy {
            fail_on: arguments.fail_on.unwrap_or(FailOn::Error).severity(),
            exit_zero: arguments.exit_zero,
            allow_empty: arguments.allow_empty,
        },
        fault_at: session.environment.fault_at(),
        ..reading(arguments)
    }
}

/// How the submissions are read; the rest by default.
pub(super) fn reading(arguments: &CheckArguments) -> CheckOptions {
    CheckOptions {
        format: arguments.reading.input_format.map(|format| match format {
            InputFormatName::Csv => InputFormat::Csv,
            InputFormatName::Tsv => InputFormat::Tsv,
            InputFormatName::Json => InputFormat::Json,
            InputFormatName::Jsonl => InputFormat::JsonLines,
            InputFormatName::Xlsx => InputFormat::Xlsx,
        }),
        encoding: arguments.reading.encoding.and_then(|encoding| match encoding {
            EncodingName::Auto => None,
            EncodingName::Utf8 => Some(Encoding::Utf8.into()),
            EncodingName::Cp932 => Some(Encoding::Cp932.into()),
            EncodingName::Utf16 => Some(Stated::Utf16),
            EncodingName::Utf16Le => Some(Encoding::Utf16Le.into()),
            EncodingName::Utf16Be => Some(Encoding::Utf16Be.into()),
        }),
        records: arguments.reading.records.clone(),
        ..CheckOptions::default()
    }
}
