//! `kenpyo clean`: the records that may be counted, those that may not, and the queries about them, in one folder.
//!
//! Invariants
//! - Whatever is wrong with the command line, a setting, the pack or the place is said before a submission is opened.
//! - Acceptance is that of `check`: the same walk, the same settings, the same accepted findings.
//! - The folder appears whole, once, when everything is written; nothing that is not ours is replaced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value as Json;

use super::arguments::{CheckArguments, FailOn, InputFormatName, JudgedBy, Reading, Submissions, Whether};
use super::check::{self, Refusal};
use super::copies::Copies;
use super::listeners::Run;
use super::parts::{self, PlannedPart};
use super::session::{Exit, Session};
use super::usage::{list, usage};
use super::{inputs, links, outputs, secret};
use crate::diagnostic::code::clean::{
    CLEAN_WITHOUT_HARD_EDIT, DEADLINE_NOT_A_DAY, FOLDER_IS_THERE, FOLDER_WAS_ALTERED, HARD_EDITS_NOT_RUN,
    PLACE_IS_FOREIGN, READS_FROM_PLACE,
};
use crate::diagnostic::code::usage::TWO_OUTPUTS_IN_ONE_PLACE;
use crate::diagnostic::{Diagnostic, Diagnostics, Language, Place, Severity};
use crate::engine::admission::Totals;
use crate::engine::event::{Progress, Reporter, RunHeader, Summary};
use crate::engine::{self, CheckOptions, FirstPass, Needs, Part};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::expression::calendar::parse_date;
use crate::report::words;
use crate::report::wrap::grouped;
use crate::rewrite::clean::{Cleaner, FileQueries, KNOWN, Options, Stated, Words, reads_of_units};
use crate::rule_pack::load::Purpose;
use crate::settings::{Destination, Report};
use crate::source::digest;
use crate::source::folder::{Folder, Standing};
use crate::source::sink::real_path;
use crate::tables;

/// Files of an altered folder that are named.
const NAMED: usize = 8;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct CleanArguments {
    /// The folder to be written; it appears whole, when everything is in it
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Replace DIR where an earlier run of this command has written it and nobody has changed it since
    #[arg(long)]
    force: bool,
    /// Hold records with open warnings too
    #[arg(long)]
    hold_unconfirmed: bool,
    /// The day by which replies to the queries are asked for
    #[arg(long, value_name = "DATE")]
    deadline: Option<String>,
    #[command(flatten)]
    submissions: Submissions,
    #[command(flatten)]
    judged_by: JudgedBy,
    /// Switch on the rules of a profile (repeatable)
    #[arg(long, value_name = "NAME")]
    profile: Vec<String>,
    /// Judge only these rules; every hard edit must be among them
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Leave these rules out; no hard edit may be among them
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Accepted findings: warnings that FILE names are not open [default: kenpyo-accepted.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Lowest severity that makes the exit code 1 [default: error]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Exit with 0 whatever is found; failures still exit with 2 or 3
    #[arg(long)]
    exit_zero: bool,
    /// Accept a run in which nothing was checked
    #[arg(long)]
    allow_empty: bool,
    /// Whether values stand in reports; the folder holds them by purpose [default: show; hide where CI=true]
    #[arg(long, value_name = "WHETHER")]
    values: Option<Whether>,
    /// Whether the keys of records stand in reports [default: as --values]
    #[arg(long, value_name = "WHETHER")]
    keys: Option<Whether>,
    /// Write a report of the findings too, as `check` does; to FILE, or to standard output (repeatable)
    #[arg(long, value_name = "NAME[=FILE]")]
    pub(super) format: Vec<String>,
    /// Findings listed at most [full: 5 a rule and 100 in all]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    max_findings: Option<String>,
    #[command(flatten)]
    reading: Reading,
    /// What the configuration adds, as `check` takes it.
    #[arg(skip)]
    pub(super) judging: Option<Box<CheckArguments>>,
}

impl CleanArguments {
    /// How the submissions are judged: as `check` would be asked.
    pub(super) fn judging(&self) -> CheckArguments {
        CheckArguments {
            submissions: self.submissions.clone(),
            judged_by: self.judged_by.clone(),
            profile: self.profile.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            accepted: self.accepted.clone(),
            fail_on: self.fail_on,
            exit_zero: self.exit_zero,
            allow_empty: self.allow_empty,
            values: self.values,
            keys: self.keys,
            format: self.format.clone(),
            max_findings: self.max_findings.clone(),
            reading: self.reading.clone(),
            ..CheckArguments::default()
        }
    }
}

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &CleanArguments) -> Exit {
    let own = arguments.judging();
    let judging = arguments.judging.as_deref().unwrap_or(&own);
    match clean(session, arguments, judging) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn clean(session: &Session, arguments: &CleanArguments, judging: &CheckArguments) -> Result<Exit, Exit> {
    let refuse = |problem: Box<Diagnostic>| session.refuse([*problem]);
    let stop = |error: Error| session.stopped(&error, Exit::Failed);
    let (settings, reports) = if judging.format.is_empty() {
        (check::settings(session, judging).map_err(|problems| session.refuse(problems))?, Vec::new())
    } else {
        check::told(session, judging).map_err(|problems| session.refuse(problems))?
    };
    wrong_deadline(session, arguments).map_or(Ok(()), |problem| Err(session.refuse([problem])))?;
    clear(session, &arguments.out);
    occupied(session, arguments).map_or(Ok(()), |problem| Err(session.refuse([problem])))?;
    let inputs = inputs::gather(session, judging, &reports).map_err(refuse)?;
    let problem = outputs::replacing(session, judging, &reports, &inputs);
    let problem = problem.or_else(|| within(session, arguments, judging, &reports, &inputs));
    problem.map_or(Ok(()), |problem| Err(session.refuse([problem])))?;
    let secret = secret::configured(session).map_err(refuse)?;
    let frame = check::frame(session, judging, &settings, secret);
    let refusal = Refusal { session, arguments: judging, reports: &reports, frame: &frame };
    let mut planned = parts::planned(session, judging, inputs, Purpose::Judge, &refusal)?;
    if planned.iter().any(|part| part.plan.hard_edit_deselected) {
        let problem = Diagnostics::from_iter([Diagnostic::new(&CLEAN_WITHOUT_HARD_EDIT, Place::Run)]);
        session.draw_error(&problem, &[]);
        return Err(refusal.tell(&problem, &[]));
    }
    linked_within(session, arguments, &planned).map_or(Ok(()), |problem| Err(session.refuse([problem])))?;
    for part in &mut planned {
        part.plan.linked_reads.extend(tables::linked_reads(&part.plan));
        part.plan.linked_reads.extend(reads_of_units(&part.plan.pack));
        part.inputs = engine::spooled(std::mem::take(&mut part.inputs)).map_err(stop)?;
    }
    let judged: Vec<Part<'_>> = planned
        .iter()
        .map(|part| Part { plan: &part.plan, inputs: &part.inputs, links: &part.links })
        .collect();
    let memory = refusal.memory(&judged)?;
    let given = given(session, arguments, judging, &judged, memory.accepted.as_deref());
    let options =
        CheckOptions { accepted: memory.accepted.clone(), ..check::options(session, judging, &settings) };
    let run = Run::new(session, &reports, &frame, !judging.reading.no_progress).map_err(stop)?;
    let mut told = Told { run: run.with(Copies::default(), memory), files: FileQueries::default() };
    let needs = Needs { values: true, hold_unconfirmed: arguments.hold_unconfirmed };
    let mut first = engine::first_pass(&judged, &options, needs, &mut told).map_err(stop)?;
    for line in words::summary(&first.header, &first.summary, session.language) {
        session.note(&line);
    }
    if first.summary.records == 0 && !judging.allow_empty {
        return Ok(Exit::of(&first.summary));
    }
    let folder = Folder::begin(&arguments.out, KNOWN).map_err(stop)?;
    let saying = Words {
        language: session.language,
        deadline: arguments.deadline.clone(),
        run: given.run(&first),
        json_lines: matches!(judging.reading.input_format, Some(InputFormatName::Jsonl)),
    };
    let mut cleaner = Cleaner::begin(folder, &judged, &first, &told.files, saying).map_err(stop)?;
    let totals = engine::second_pass(&judged, &options, &mut first, &mut cleaner).map_err(stop)?;
    let asked = cleaner.asked();
    cleaner.finish(&first, &totals, &given, arguments.force).map_err(stop)?;
    tell(session, arguments, &first, &totals, asked);
    tell_office(session, told.files.of_office());
    session.note(&words::labelled_receipt(
        &first.header,
        &first.summary,
        !frame.audience.hide_values,
        session.language,
    ));
    Ok(if totals.faults > first.summary.faults { Exit::Failed } else { Exit::of(&first.summary) })
}

/// Takes away what killed runs have left, and says so.
fn clear(session: &Session, out: &Path) {
    let cleared = KNOWN.clear(&real_path(out));
    if cleared > 0 {
        session.note(&match session.language {
            Language::Ja => format!("中断された実行の残り（{cleared}件）を削除しました。"),
            Language::En => format!("Took away what {cleared} interrupted runs had left."),
        });
    }
}

/// A deadline that is no day. `None`: it is one, or none is given.
fn wrong_deadline(session: &Session, arguments: &CleanArguments) -> Option<Diagnostic> {
    let day = arguments.deadline.as_deref()?;
    let is_day = day.len() == "2026-02-01".len() && parse_date(day).is_some();
    (!is_day).then(|| usage(&DEADLINE_NOT_A_DAY, session.line.mark_value(day)).with("found", day))
}

/// What stands in the way of the folder. `None`: nothing.
fn occupied(session: &Session, arguments: &CleanArguments) -> Option<Diagnostic> {
    let place = arguments.out.display().to_string();
    let label = || session.line.mark_output("--out", &place);
    let out = real_path(&arguments.out);
    match KNOWN.standing(&out) {
        Standing::Free => None,
        Standing::Ours if arguments.force => None,
        Standing::Altered if arguments.force => {
            let altered = KNOWN.altered(&out);
            let more = (altered.len() > NAMED).then_some("…");
            let found = list(altered.iter().take(NAMED).map(String::as_str).chain(more));
            Some(usage(&FOLDER_WAS_ALTERED, label()).with("place", place.as_str()).with("found", found))
        }
        Standing::Ours | Standing::Altered => {
            Some(usage(&FOLDER_IS_THERE, label()).with("place", place.as_str()))
        }
        Standing::Foreign => Some(usage(&PLACE_IS_FOREIGN, label()).with("place", place.as_str())),
    }
}

/// What is read, or written otherwise, in the folder that is to be replaced. `None`: nothing.
fn within(
    session: &Session,
    arguments: &CleanArguments,
    judging: &CheckArguments,
    reports: &[Report],
    inputs: &[engine::InputFile],
) -> Option<Diagnostic> {
    let out = real_path(&arguments.out);
    let paths = inputs.iter().filter_map(|input| match &input.place {
        engine::InputPlace::Path(path) => Some(path.clone()),
        _ => None,
    });
    let accepted = super::acceptance::file(session, judging);
    let mut read = paths.chain(accepted).chain(judging.submissions.files_from.clone());
    if let Some(found) = read.find(|path| real_path(path).starts_with(&out)) {
        return Some(reads(session, arguments, &found));
    }
    let to = |report: &Report| match &report.destination {
        Destination::File(path) => Some(path.clone()),
        Destination::Standard => None,
    };
    let is_within = |path: &PathBuf| real_path(path).starts_with(&out) || path.starts_with(&arguments.out);
    let report = reports.iter().filter_map(to).find(is_within)?;
    let place = report.display().to_string();
    let problem = usage(&TWO_OUTPUTS_IN_ONE_PLACE, session.line.mark_value(&place));
    Some(problem.with("flag", "--out").with("other", "--format").with("place", place))
}

fn reads(session: &Session, arguments: &CleanArguments, found: &Path) -> Diagnostic {
    let (found, place) = (found.display().to_string(), arguments.out.display().to_string());
    let problem = usage(&READS_FROM_PLACE, session.line.mark_value(&found));
    problem.with("found", found).with("place", place)
}

/// The same of linked files, which are known when the packs are.
fn linked_within(
    session: &Session,
    arguments: &CleanArguments,
    planned: &[PlannedPart],
) -> Option<Diagnostic> {
    let out = real_path(&arguments.out);
    let found = links::places(planned).into_iter().find(|path| path.starts_with(&out))?;
    Some(reads(session, arguments, &found))
}

/// What the run was asked for, as far as it changes what comes of it.
fn given(
    session: &Session,
    arguments: &CleanArguments,
    judging: &CheckArguments,
    parts: &[Part<'_>],
    accepted: Option<&engine::accepted::Accepted>,
) -> Options {
    let word = |name: &str| Json::from(name);
    let texts = |texts: &[String]| texts.iter().map(|text| Json::from(text.as_str())).collect::<Json>();
    let mut given: BTreeMap<&'static str, Json> = BTreeMap::new();
    let mut add =
        |name: &'static str, value: Option<Json>| drop(value.map(|value| given.insert(name, value)));
    let some = |list: &[String]| (!list.is_empty()).then(|| texts(list));
    add("lang", Some(word(if session.language == Language::Ja { "ja" } else { "en" })));
    add("hold_unconfirmed", arguments.hold_unconfirmed.then_some(Json::Bool(true)));
    add("deadline", arguments.deadline.as_deref().map(word));
    add("as_of", judging.judged_by.as_of.as_deref().map(word));
    add("records", judging.reading.records.as_deref().map(word));
    add("param", some(&judging.judged_by.param));
    add("profile", some(&judging.profile));
    add("select", some(&judging.select));
    add("ignore", some(&judging.ignore));
    add("input_format", judging.reading.input_format.as_ref().and_then(named));
    add("encoding", judging.reading.encoding.as_ref().and_then(named));
    let severities = |levels: &BTreeMap<String, Severity>| -> Json {
        levels
            .iter()
            .map(|(rule, level)| (rule.clone(), word(words::severity(*level).get(Language::En))))
            .collect()
    };
    add("severity", (!judging.severities.is_empty()).then(|| severities(&judging.severities)));
    let levels = parts.iter().flat_map(|part| part.inputs).filter(|input| !input.levels.is_empty());
    let levels: serde_json::Map<String, Json> =
        levels.map(|input| (input.name.to_string(), severities(&input.levels))).collect();
    add("severity_by_file", (!levels.is_empty()).then_some(Json::Object(levels)));
    let accepted = accepted.map(|file| Stated {
        name: file.name.to_string(),
        sha256: digest::of_bytes(file.source().text.as_bytes()).to_string(),
    });
    Options { accepted, given }
}

/// As the option is written.
fn named(value: &impl ValueEnum) -> Option<Json> {
    value.to_possible_value().map(|value| Json::from(value.get_name()))
}

/// Says what came of the records, and where they are.
fn tell(session: &Session, arguments: &CleanArguments, first: &FirstPass, totals: &Totals, asked: u64) {
    let hard = first.summary.rules.iter().filter(|rule| rule.severity >= Severity::Error);
    let lacked = hard.filter(|rule| rule.counts.as_ref().is_some_and(|counts| counts.not_run > 0));
    let lacked = lacked.map(|rule| {
        let records = grouped(rule.counts.as_ref().map_or(0, |counts| counts.not_run));
        match session.language {
            Language::Ja => format!("{}（{records}票）", rule.id),
            Language::En => format!("{} ({records} records)", rule.id),
        }
    });
    let lacked: Vec<String> = lacked.collect();
    if !lacked.is_empty() && !session.quiet {
        session.warn([Diagnostic::new(&HARD_EDITS_NOT_RUN, Place::Run)
            .with("rules", list(lacked.iter().map(String::as_str)))]);
    }
    let [accepted, confirm, held, out, superseded, asked] =
        [totals.accepted, totals.to_confirm, totals.held, totals.out_of_scope, totals.superseded, asked]
            .map(grouped);
    session.note(&match session.language {
        Language::Ja => format!(
            "有効 {accepted}票（うち要確認 {confirm}票）、保留 {held}票、対象外 {out}票、再提出により無効 {superseded}票。疑義照会 {asked}件。"
        ),
        Language::En => format!(
            "{accepted} accepted ({confirm} of them to be confirmed), {held} held, {out} out of scope, {superseded} superseded. {asked} queries."
        ),
    });
    let place = arguments.out.display();
    session.note(&match session.language {
        Language::Ja => format!("書き出したフォルダ：{place}"),
        Language::En => format!("Written: {place}"),
    });
}

/// Says that something is open that no respondent is asked about.
fn tell_office(session: &Session, findings: usize) {
    if findings > 0 {
        session.note(&match session.language {
            Language::Ja => format!(
                "突合ファイルや全体についての指摘が{findings}件あります（office.csv）。回答者への照会ではなく、事務局でご確認ください。"
            ),
            Language::En => format!(
                "Open about linked files or the run as a whole, for the office to look after and no query to a respondent: {findings} (office.csv)."
            ),
        });
    }
}

/// The reports of the first pass, and what is to be asked about files.
struct Told {
    run: Run,
    files: FileQueries,
}

/// That nobody reads a report any more does not end a run that writes a folder.
fn heard(told: Result<(), Error>) -> Result<(), Error> {
    match told {
        Err(Error::OutputClosed) => Ok(()),
        told => told,
    }
}

impl Reporter for Told {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.files.start(header)?;
        heard(self.run.start(header))
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.files.file_findings(findings)?;
        heard(self.run.file_findings(findings))
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        heard(self.run.records(records))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        heard(self.run.finish(summary))
    }

    fn wants_excerpts(&self) -> bool {
        self.run.wants_excerpts()
    }

    fn wants_answers(&self) -> bool {
        self.run.wants_answers()
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Error> {
        heard(self.run.progress(progress))
    }
}
