//! `kenpyo tabulate`: the published tables, of the records that may be counted.
//!
//! Invariants
//! - Acceptance is that of `check` and `clean`: the same walk, the same settings, the same accepted findings.
//! - A run in which a hard edit was left out makes no table; one that lacked a linked file says which edits it lacked.
//! - Findings about records do not change the exit code: a table is made of what may be counted, and says what is not. A
//!   hard macro edit that fails does: such tables are not fit to be published.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::{CheckArguments, JudgedBy, Reading, Submissions};
use super::check::{self, Refusal};
use super::progress::ProgressLine;
use super::session::{Exit, Session, print};
use super::usage::{list, suggest, usage};
use super::{inputs, not_run, outputs, parts, secret};
use crate::diagnostic::code::linked::FURTHER_FINDINGS;
use crate::diagnostic::code::tabulate::{HARD_EDIT_LEFT_OUT, NO_TABLES, SEVERAL_SURVEYS, UNKNOWN_TABLE_NAME};
use crate::diagnostic::code::usage::{NUMBER_OUT_OF_RANGE, UNKNOWN_VALUE};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::engine::tabulation::Tabulator;
use crate::engine::{self, FirstPass, Needs, Part};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::publication::{self, NotRun, Publication};
use crate::report::short::Short;
use crate::report::{Output, words};
use crate::rule_pack::load::Purpose;
use crate::settings::{Destination, Format, Report};
use crate::source::SourceId;
use crate::tables::{self, BaseConvention, Counts, Figures, Judged, Programme};

#[derive(Debug, Args)]
#[command(mut_arg("files", |files| files.required_unless_present("published")))]
pub(super) struct TabulateArguments {
    #[command(flatten)]
    submissions: Submissions,
    #[command(flatten)]
    judged_by: JudgedBy,
    /// Accepted findings: warnings that FILE names are not open [default: kenpyo-accepted.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Count no record with open warnings
    #[arg(long)]
    hold_unconfirmed: bool,
    /// Of whom shares are taken: all who were asked, or those of them who answered [default: asked]
    #[arg(long, value_name = "BASE")]
    base: Option<BaseName>,
    /// Show no count, and no rest of its base, from 1 to NUMBER - 1, nor what would tell of it
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    suppress: Option<String>,
    /// Make this table only (repeatable)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    table: Vec<String>,
    /// Make no table: judge what was published of the survey by itself, by the macro edits
    #[arg(long, conflicts_with_all = ["files", "files_from", "format", "table", "suppress"])]
    published: bool,
    /// Write the tables as text, csv, xlsx, json or html; to FILE, or to standard output (repeatable) [default: text]
    #[arg(long, value_name = "NAME[=FILE]")]
    format: Vec<String>,
    /// Accept a run in which nothing was checked
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    reading: Reading,
    /// What the configuration adds, as `check` takes it.
    #[arg(skip)]
    pub(super) judging: Option<Box<CheckArguments>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BaseName {
    Asked,
    Answered,
}

impl TabulateArguments {
    /// How the submissions are judged: as `check` would be asked. `select` and `ignore` come of a configuration only.
    pub(super) fn judging(&self) -> CheckArguments {
        CheckArguments {
            submissions: self.submissions.clone(),
            judged_by: self.judged_by.clone(),
            accepted: self.accepted.clone(),
            reading: self.reading.clone(),
            allow_empty: self.allow_empty,
            ..CheckArguments::default()
        }
    }
}

/// The formats of tables, and those of findings by whose name they are asked for.
const FORMATS: [(&str, &str); 5] =
    [("text", "full"), ("csv", "csv"), ("xlsx", "xlsx"), ("json", "json"), ("html", "html")];

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &TabulateArguments) -> Exit {
    let own = arguments.judging();
    let judging = arguments.judging.as_deref().unwrap_or(&own);
    if arguments.published {
        return match published(session, arguments, judging) {
            Ok(exit) | Err(exit) => exit,
        };
    }
    let asked = reports(session, arguments).and_then(|reports| Ok((reports, threshold(session, arguments)?)));
    let (reports, threshold) = match asked {
        Ok(asked) => asked,
        Err(problem) => return session.refuse([*problem]),
    };
    match tabulate(session, arguments, judging, &reports, threshold) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn tabulate(
    session: &Session,
    arguments: &TabulateArguments,
    judging: &CheckArguments,
    reports: &[Report],
    threshold: Option<u64>,
) -> Result<Exit, Exit> {
    let refuse = |problem: Box<Diagnostic>| session.refuse([*problem]);
    let stop = |error: Error| session.stopped(&error, Exit::Failed);
    let settings = check::settings(session, judging).map_err(|problems| session.refuse(problems))?;
    let inputs = inputs::gather(session, judging, reports).map_err(refuse)?;
    if let Some(problem) = outputs::replacing(session, judging, reports, &inputs) {
        return Err(session.refuse([problem]));
    }
    let secret = secret::configured(session).map_err(refuse)?;
    let frame = check::frame(session, judging, &settings, secret);
    let refusal = Refusal { session, arguments: judging, reports: &[], frame: &frame };
    let inputs = engine::spooled(inputs).map_err(stop)?;
    let mut planned = parts::planned(session, judging, inputs, Purpose::Tabulate, &refusal)?;
    let problem = unfit(session, arguments, &planned);
    if let Some(problem) = problem {
        return Err(session.refuse([problem]));
    }
    for part in &mut planned {
        part.plan.linked_reads.extend(tables::linked_reads(&part.plan));
    }
    let judged: Vec<Part<'_>> = planned
        .iter()
        .map(|part| Part { plan: &part.plan, inputs: &part.inputs, links: &part.links })
        .collect();
    let Some(plan) = planned.first().map(|part| &part.plan) else { return Ok(Exit::Failed) };
    let convention = match arguments.base {
        Some(BaseName::Answered) => BaseConvention::Answered,
        Some(BaseName::Asked) | None => BaseConvention::Asked,
    };
    let wanted: Vec<&str> = arguments.table.iter().map(String::as_str).collect();
    // What one table hides another must not tell, also where it is printed by another run.
    let made = if threshold.is_some() { &[][..] } else { &wanted };
    let (programme, found) = Programme::new(plan, made, convention);
    if found.has_errors() {
        return Err(session.refuse(found.iter().cloned()));
    }
    let memory = refusal.memory(&judged)?;
    let options = engine::CheckOptions {
        accepted: memory.accepted.clone(),
        ..check::options(session, judging, &settings)
    };
    let needs = Needs { hold_unconfirmed: arguments.hold_unconfirmed, ..Needs::default() };
    let mut told = Told::new(session, judging, frame.audience);
    let mut first = engine::first_pass(&judged, &options, needs, &mut told).map_err(stop)?;
    if first.summary.records == 0 && !judging.allow_empty {
        return Ok(without_records(session, &first));
    }
    let mut tabulator = Tabulator::new(&programme, plan, &first);
    engine::second_pass(&judged, &options, &mut first, &mut tabulator).map_err(stop)?;
    let mut figures = tables::figures(&programme, &tabulator.counts);
    if let Some(threshold) = threshold {
        tables::suppress(&programme, &mut figures, threshold);
        figures.tables.retain(|table| wanted.is_empty() || wanted.contains(&&*table.name));
    }
    let findings = tables::macro_findings(plan, &figures, Judged::Counted);
    let given = planned.iter().flat_map(|part| &part.links).map(|link| link.table).collect();
    let not_run = not_run::edits(plan, &given, &first.summary);
    let written = write(session, reports, &figures, (&first, &findings, not_run), threshold);
    written.map_err(stop)?;
    for failure in &first.summary.failures {
        session.note(&words::failure(failure, session.language));
    }
    session.note(&words::labelled_receipt(&first.header, &first.summary, true, session.language));
    Ok(if first.summary.exit_code > 1 { Exit::Failed } else { exit(&findings) })
}

/// Tables of nothing would look like tables: that there is nothing is said instead.
fn without_records(session: &Session, first: &FirstPass) -> Exit {
    for line in words::summary(&first.header, &first.summary, session.language) {
        session.note(&line);
    }
    Exit::of(&first.summary)
}

/// Of the findings of macro edits: one of a hard edit says that what was made is not fit to be published.
fn exit(findings: &[Finding]) -> Exit {
    let hard = findings.iter().any(|finding| finding.diagnostic.severity >= Severity::Error);
    if hard { Exit::Findings } else { Exit::Clean }
}

/// Judges what was published of the survey's wave by itself, without any submission.
fn published(
    session: &Session,
    arguments: &TabulateArguments,
    judging: &CheckArguments,
) -> Result<Exit, Exit> {
    let settings = check::settings(session, judging).map_err(|problems| session.refuse(problems))?;
    let secret = secret::configured(session).map_err(|problem| session.refuse([*problem]))?;
    let frame = check::frame(session, judging, &settings, secret);
    let refusal = Refusal { session, arguments: judging, reports: &[], frame: &frame };
    let planned = parts::planned(session, judging, Vec::new(), Purpose::Tabulate, &refusal)?;
    if let Some(problem) = unfit(session, arguments, &planned) {
        return Err(session.refuse([problem]));
    }
    let Some(plan) = planned.first().map(|part| &part.plan) else { return Ok(Exit::Failed) };
    let (programme, found) = Programme::new(plan, &[], BaseConvention::Asked);
    if found.has_errors() {
        return Err(session.refuse(found.iter().cloned()));
    }
    let figures = tables::figures(&programme, &Counts::new(&programme));
    let findings = tables::macro_findings(plan, &figures, Judged::Published);
    let text = publication::text::macro_findings(&findings, session.language, session.output_look().width);
    print(&text).map_err(|error| session.stopped(&error, Exit::Failed))?;
    Ok(exit(&findings))
}

/// Why no table can be made. `None`: it can.
fn unfit(
    session: &Session,
    arguments: &TabulateArguments,
    planned: &[parts::PlannedPart],
) -> Option<Diagnostic> {
    let of = |part: &parts::PlannedPart| format!("{}/{}", part.plan.pack.survey, part.plan.pack.wave);
    if planned.len() > 1 {
        let names: Vec<String> = planned.iter().map(of).collect();
        let problem = Diagnostic::new(&SEVERAL_SURVEYS, Place::Run);
        return Some(problem.with("found", list(names.iter().map(String::as_str))));
    }
    let part = planned.first()?;
    if part.plan.hard_edit_deselected {
        return Some(Diagnostic::new(&HARD_EDIT_LEFT_OUT, Place::Run));
    }
    let known: Vec<&str> = part.plan.pack.tabulation.tables.iter().map(|table| &*table.name).collect();
    if known.is_empty() {
        return Some(Diagnostic::new(&NO_TABLES, Place::Run).with("found", of(part)));
    }
    let unknown = arguments.table.iter().find(|name| !known.contains(&name.as_str()))?;
    let problem = usage(&UNKNOWN_TABLE_NAME, session.line.mark_value(unknown))
        .with("found", unknown.as_str())
        .with("known", list(known.iter().copied()));
    Some(suggest(problem, unknown, known))
}

/// Where the tables go, by the formats of tables.
fn reports(session: &Session, arguments: &TabulateArguments) -> Result<Vec<Report>, Box<Diagnostic>> {
    let mut asked = Vec::new();
    for given in &arguments.format {
        let (name, file) =
            given.split_once('=').map_or((given.as_str(), None), |(name, file)| (name, Some(file)));
        let Some((_, own)) = FORMATS.iter().find(|(known, _)| *known == name) else {
            let known = || FORMATS.iter().map(|(name, _)| *name);
            let problem = usage(&UNKNOWN_VALUE, session.line.mark_value(given))
                .with("flag", "--format")
                .with("found", name)
                .with("known", list(known()));
            return Err(Box::new(suggest(problem, name, known())));
        };
        asked.push(file.map_or_else(|| (*own).to_owned(), |file| format!("{own}={file}")));
    }
    crate::settings::formats::reports(&asked)
        .map_err(|problem| Box::new(check::wrong_format(session, &problem)))
}

/// The threshold of suppression: a whole number from 2.
fn threshold(session: &Session, arguments: &TabulateArguments) -> Result<Option<u64>, Box<Diagnostic>> {
    let Some(text) = &arguments.suppress else { return Ok(None) };
    match text.parse::<u64>() {
        Ok(number) if (2..=1_000_000).contains(&number) => Ok(Some(number)),
        _ => Err(Box::new(
            usage(&NUMBER_OUT_OF_RANGE, session.line.mark_value(text))
                .with("flag", "--suppress")
                .with("found", text.as_str())
                .with("low", 2_u64)
                .with("high", 1_000_000_u64),
        )),
    }
}

fn write(
    session: &Session,
    reports: &[Report],
    figures: &Figures,
    (first, findings, not_run): (&FirstPass, &[Finding], Vec<NotRun>),
    suppress: Option<u64>,
) -> Result<(), Error> {
    let publication = Publication {
        macro_findings: findings,
        figures,
        header: &first.header,
        summary: &first.summary,
        not_run,
        suppress,
        language: session.language,
    };
    for report in reports {
        let (mut output, width) = match &report.destination {
            Destination::Standard => (Output::standard(), session.output_look().width),
            Destination::File(path) => (Output::file(path)?, session.file_look().width),
        };
        output.write(&bytes(report.format, &publication, width)?)?;
        output.finish()?;
    }
    Ok(())
}

fn bytes(format: Format, publication: &Publication<'_>, width: usize) -> Result<Vec<u8>, Error> {
    Ok(match format {
        Format::Json => publication::json::json(publication).into_bytes(),
        #[cfg(feature = "formats")]
        Format::Csv => publication::csv::csv(publication).into_bytes(),
        #[cfg(feature = "xlsx")]
        Format::Xlsx => publication::xlsx::xlsx(publication)?,
        #[cfg(feature = "html")]
        Format::Html => publication::html::html(publication)?.into_bytes(),
        _ => publication::text::text(publication, width).into_bytes(),
    })
}

/// What is told while the submissions are judged: what is wrong with files, in one line each, and how far the run is.
struct Told {
    short: Short,
    /// The linked files: nobody else says what is wrong with them.
    links: BTreeSet<SourceId>,
    line: Option<ProgressLine>,
    quiet: bool,
    /// Whether what is wrong with a linked file may say what stands there.
    tells_values: bool,
}

impl Told {
    fn new(session: &Session, judging: &CheckArguments, audience: crate::report::Audience) -> Self {
        let width = session.terminals.error.filter(|_| !judging.reading.no_progress && !session.quiet);
        Self {
            short: Short::new(Output::standard_error(), audience),
            links: BTreeSet::new(),
            line: width.map(|width| ProgressLine::new(session.language, width)),
            quiet: session.quiet,
            tells_values: !audience.hide_values,
        }
    }
}

impl Reporter for Told {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.links.extend(&header.links);
        self.short.start(header)
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let about_files = |finding: &&Finding| {
            let of_link = match &finding.diagnostic.place {
                Place::Record(place) => self.links.contains(&place.source),
                Place::File(file) => self.links.contains(file),
                Place::Run => false,
            };
            let of_a_record = matches!(finding.diagnostic.place, Place::Record(_));
            match finding.diagnostic.severity {
                Severity::Fatal | Severity::Error => of_link || !of_a_record,
                Severity::Warning => of_link,
                // How many more there are of what is told.
                Severity::Info => of_link && *finding.diagnostic.notice.id == *FURTHER_FINDINGS.id,
            }
        };
        let told: Vec<Finding> = findings.iter().filter(about_files).cloned().collect();
        if told.is_empty() || self.quiet {
            return Ok(());
        }
        self.short.file_findings(&told)
    }

    fn records(&mut self, _: &[RecordFindings]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> Result<(), Error> {
        self.line.take();
        Ok(())
    }

    fn wants_values(&self) -> bool {
        false
    }

    fn wants_keys(&self) -> bool {
        false
    }

    fn wants_linked_values(&self) -> bool {
        self.tells_values
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        self.line.as_mut().map_or(Ok(()), |line| line.progress(progress))
    }
}
