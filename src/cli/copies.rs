//! What `check` writes beside its reports: the corrected copy with its change log, and the annotated copy.
//!
//! Invariants
//! - All refusals come before a submission is opened, and before anything is written.
//! - A copy holds what the respondent wrote, so it is never written where values are to be hidden by a flag; that CI
//!   hides values in reports does not matter, because a copy is asked for by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{CheckArguments, InputFormatName, Whether};
use super::output_name;
use super::session::Session;
use super::usage::usage;
use crate::diagnostic::code::usage::{
    CONFLICT, COPY_NOT_WRITTEN, MACROS_IN_COPY, NO_CELLS_TO_MARK, NOT_DECODABLE, ONE_FILE_TO_COPY,
    OUTPUT_IS_INPUT, SIGNATURE_BROKEN, TOO_LARGE_TO_MARK, TWO_OUTPUTS_IN_ONE_PLACE, WORKBOOKS_LEFT_OUT,
};
use crate::diagnostic::{Diagnostic, Language, Localized, Place};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::engine::{InputFile, InputPlace};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::rewrite::annotate::{LARGEST, MOST_FINDINGS};
use crate::rewrite::{Annotated, Annotator, CopyNotes, Fixed, Fixer};
use crate::rule_pack::RulePack;
use crate::settings::{Destination, Report};
use crate::source::SourceId;
use crate::source::sink::real_path;

/// Cells that are named in one sentence.
const MOST_NAMED: usize = 10;

/// The name of the change log where none is given.
fn log_path(arguments: &CheckArguments, copy: &Path) -> PathBuf {
    arguments.fix_log.clone().unwrap_or_else(|| {
        let mut name = copy.as_os_str().to_owned();
        name.push(".changes.csv");
        PathBuf::from(name)
    })
}

/// The files that are written, with the flags that ask for them.
fn outputs(arguments: &CheckArguments) -> Vec<(&'static str, PathBuf)> {
    let mut outputs = Vec::new();
    if let Some(copy) = &arguments.fix {
        outputs.push(("--fix", copy.clone()));
        outputs.push(("--fix-log", log_path(arguments, copy)));
    }
    outputs.extend(arguments.annotate.iter().map(|copy| ("--annotate", copy.clone())));
    outputs
}

/// Why the copies cannot be written as asked. `None`: they can.
pub(super) fn refused(
    session: &Session,
    arguments: &CheckArguments,
    inputs: &[InputFile],
    reports: &[Report],
) -> Option<Diagnostic> {
    let outputs = outputs(arguments);
    let flag = outputs.first()?.0;
    if arguments.values == Some(Whether::Hide) {
        let label = session.line.mark_value("hide");
        return Some(usage(&CONFLICT, label).with("flag", flag).with("other", "--values hide"));
    }
    let [InputFile { place: InputPlace::Path(original), .. }] = inputs else {
        return Some(usage(&ONE_FILE_TO_COPY, session.line.mark_value(flag)).with("flag", flag));
    };
    if let Some(refused) = unmarkable(session, arguments, original) {
        return Some(refused);
    }
    let mut taken = vec![("", real_path(original))];
    taken.extend(reports.iter().filter_map(|report| match &report.destination {
        Destination::File(path) => Some(("--format", real_path(path))),
        Destination::Standard => None,
    }));
    for (flag, path) in outputs {
        let (real, place) = (real_path(&path), path.display().to_string());
        let label = session.line.mark_output(flag, &place);
        match taken.iter().find(|(_, other)| *other == real) {
            Some(("", _)) => return Some(usage(&OUTPUT_IS_INPUT, label).with("place", place)),
            Some((other, _)) => {
                let both = usage(&TWO_OUTPUTS_IN_ONE_PLACE, label).with("flag", flag).with("other", *other);
                return Some(both.with("place", place));
            }
            None => taken.push((flag, real)),
        }
        if let Some(refused) =
            output_name::refused(&session.line, flag, &path, fitting(arguments, flag, original))
        {
            return Some(refused);
        }
    }
    None
}

/// Endings that fit what `flag` writes.
fn fitting(arguments: &CheckArguments, flag: &str, original: &Path) -> &'static [&'static str] {
    let named = |name: &str| original.with_extension(name);
    let original = match arguments.reading.input_format {
        Some(InputFormatName::Csv) => named("csv"),
        Some(InputFormatName::Tsv) => named("tsv"),
        Some(InputFormatName::Json) => named("json"),
        Some(InputFormatName::Jsonl) => named("jsonl"),
        // With macros or without.
        Some(InputFormatName::Xlsx) | None => original.to_path_buf(),
    };
    match flag {
        "--fix" => output_name::like(&original),
        "--annotate" => output_name::marked(&original),
        _ => output_name::CSV,
    }
}

/// Why no annotated copy can be written of `original`. `None`: as far as its name tells, one can.
fn unmarkable(session: &Session, arguments: &CheckArguments, original: &Path) -> Option<Diagnostic> {
    arguments.annotate.as_ref()?;
    let label = session.line.mark_value("--annotate");
    if !cfg!(feature = "xlsx") {
        return Some(usage(&WORKBOOKS_LEFT_OUT, label).with("other", "--fix"));
    }
    let named_json = || {
        let ending = original.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        ending.is_some_and(|ending| ["json", "jsonl", "ndjson"].iter().any(|json| ending == *json))
    };
    let json = arguments
        .reading
        .input_format
        .map_or_else(named_json, |format| matches!(format, InputFormatName::Json | InputFormatName::Jsonl));
    json.then(|| usage(&NO_CELLS_TO_MARK, label))
}

/// The copies of a run; none is asked for in most.
#[derive(Debug, Default)]
pub(super) struct Copies {
    fixer: Option<Fixer>,
    annotator: Option<Annotator>,
    /// `--keys hide`: then what names a record is in no finding, and the copies do without.
    without_keys: bool,
    /// Linked files: what is found in them belongs into no copy of a submission.
    linked: Vec<SourceId>,
}

impl Copies {
    /// What `arguments` ask for; nothing is there before the run is over.
    pub(super) fn open(
        arguments: &CheckArguments,
        pack: &Arc<RulePack>,
        inputs: &[InputFile],
        (language, most): (Language, Option<u64>),
    ) -> Result<Self, Error> {
        let [InputFile { place: InputPlace::Path(original), .. }] = inputs else {
            return Ok(Self::default());
        };
        let fixer = arguments
            .fix
            .as_ref()
            .map(|copy| Fixer::new(Arc::clone(pack), original, copy, &log_path(arguments, copy)))
            .transpose()?;
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_FINDINGS);
        let annotator = arguments
            .annotate
            .as_ref()
            .map(|copy| Annotator::new(original, copy, language, most))
            .transpose()?;
        let without_keys = arguments.keys == Some(Whether::Hide);
        Ok(Self { fixer, annotator, without_keys, linked: Vec::new() })
    }

    /// Says what was written. `false`: something that was asked for was not.
    pub(super) fn tell(&self, session: &Session, arguments: &CheckArguments) -> bool {
        let fixed = arguments.fix.as_ref().zip(self.fixer.as_ref().and_then(|fixer| fixer.outcome.as_ref()));
        let annotated = self.annotator.as_ref().and_then(|copy| copy.outcome.as_ref());
        let annotated = arguments.annotate.as_ref().zip(annotated);
        let fixed = fixed.is_none_or(|(copy, outcome)| {
            tell_fixed(session, &copy.display().to_string(), &log_path(arguments, copy), outcome)
        });
        annotated.is_none_or(|(copy, outcome)| tell_annotated(session, &copy.display().to_string(), outcome))
            && fixed
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Reporter) -> Result<(), Error>) -> Result<(), Error> {
        let fixer = self.fixer.iter_mut().map(|fixer| -> &mut dyn Reporter { fixer });
        let annotator = self.annotator.iter_mut().map(|annotator| -> &mut dyn Reporter { annotator });
        fixer.chain(annotator).try_for_each(&mut tell)
    }
}

fn tell_fixed(session: &Session, copy: &str, log: &Path, outcome: &Fixed) -> bool {
    match outcome {
        Fixed::Written(cells, notes) => {
            let log = log.display();
            session.note(&match session.language {
                Language::Ja => format!("訂正済みの写し：{copy}（{cells}か所を訂正）、訂正記録：{log}"),
                Language::En => {
                    format!("Corrected copy: {copy} ({} corrected); change log: {log}", in_english(*cells))
                }
            });
            tell_notes(session, ("--fix", copy), notes);
        }
        Fixed::Undecodable => {
            session.warn([Diagnostic::new(&NOT_DECODABLE, Place::Run).with("flag", "--fix")]);
        }
        Fixed::NotRead => {
            session.warn([Diagnostic::new(&COPY_NOT_WRITTEN, Place::Run).with("flag", "--fix")]);
        }
    }
    matches!(outcome, Fixed::Written(..))
}

fn tell_annotated(session: &Session, copy: &str, outcome: &Annotated) -> bool {
    let problem = match outcome {
        Annotated::Written { cells, left_out, notes } => {
            session.note(&match session.language {
                Language::Ja => format!("印を付けた写し：{copy}（{cells}セル）"),
                Language::En => format!("Annotated copy: {copy} ({} marked)", in_english(*cells)),
            });
            if *left_out > 0 {
                session.note(&match session.language {
                    Language::Ja => {
                        format!("写しに書いていない指摘が{left_out}件あります。--max-findings で増やせます。")
                    }
                    Language::En => {
                        format!(
                            "{left_out} findings are not told in the copy. --max-findings raises the limit."
                        )
                    }
                });
            }
            tell_notes(session, ("--annotate", copy), notes);
            return true;
        }
        Annotated::NotATable => Diagnostic::new(&NO_CELLS_TO_MARK, Place::Run),
        Annotated::NotRead => Diagnostic::new(&COPY_NOT_WRITTEN, Place::Run).with("flag", "--annotate"),
        Annotated::TooLarge => Diagnostic::new(&TOO_LARGE_TO_MARK, Place::Run).with("limit", LARGEST >> 20),
    };
    session.warn([problem]);
    false
}

/// `1 cell`, `2 cells`.
fn in_english(cells: u64) -> String {
    if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") }
}

/// As many addresses as a person reads, and how many there are beyond.
fn named(cells: &[String]) -> (String, String) {
    let shown =
        |between: &str| cells.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(between);
    match cells.len().saturating_sub(MOST_NAMED) {
        0 => (shown("、"), shown(", ")),
        more => (format!("{}、ほか{more}セル", shown("、")), format!("{} and {more} more", shown(", "))),
    }
}

/// What is to be known of the copy of a workbook.
fn tell_notes(session: &Session, (flag, copy): (&'static str, &str), notes: &CopyNotes) {
    let CopyNotes { signature_broken, has_macros, without_fills, in_conversation, by_formula, covered, cut } =
        notes;
    if *signature_broken {
        session.warn([Diagnostic::new(&SIGNATURE_BROKEN, Place::Run).with("flag", flag)]);
    }
    if *has_macros {
        let told = Diagnostic::new(&MACROS_IN_COPY, Place::Run).with("flag", flag);
        let opens = Path::new(copy).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsm"));
        let advice = || {
            Localized::new(
                "表計算ソフトで開くには、写しの名前の末尾を .xlsm にしてください。".to_owned(),
                "please let its name end in .xlsm, or a spreadsheet will not open it".to_owned(),
            )
        };
        session.warn([if opens { told } else { told.suggest(advice()) }]);
    }
    let told =
        |ja: String, en: String| session.note(if session.language == Language::Ja { &ja } else { &en });
    if *in_conversation > 0 {
        told(
            format!(
                "会話（スレッド形式のコメント）があるため、コメントを付けていないセルが{in_conversation}あります。"
            ),
            format!("{in_conversation} cells hold a conversation and got no comment."),
        );
    }
    if !by_formula.is_empty() {
        let (ja, en) = named(by_formula);
        told(
            format!(
                "数式で値を求めているため、訂正していないセルがあります：{ja}。数式を直すか、値を直接入力してください。"
            ),
            format!(
                "Not corrected, because a formula gives the value: {en}. Please correct the formula, or write the value."
            ),
        );
    }
    if !covered.is_empty() {
        let (ja, en) = named(covered);
        told(
            format!(
                "結合されて見えないセルのため、訂正していないセルがあります：{ja}。結合を解除して、各セルに回答を入力してください。"
            ),
            format!(
                "Not corrected, because merged cells hide them: {en}. Please unmerge them and write each answer into its own cell."
            ),
        );
    }
    if *cut > 0 {
        told(
            format!(
                "表計算ソフトのセルに入る32,767文字を超えるため、写しでは末尾を「…」に切ったセルが{cut}あります。"
            ),
            format!(
                "Cut in the copy (ending in \"…\"), because a cell of a spreadsheet holds 32,767 characters: {cut}."
            ),
        );
    }
    if *without_fills {
        told(
            "このファイルには書式の定義がないため、セルに色は付けていません（コメントは付いています）。"
                .to_owned(),
            "The workbook has no styles, so cells are commented but not filled.".to_owned(),
        );
    }
}

impl Reporter for Copies {
    fn wants_values(&self) -> bool {
        self.fixer.is_some() || self.annotator.is_some()
    }

    fn wants_keys(&self) -> bool {
        self.wants_values() && !self.without_keys
    }

    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.linked.clone_from(&header.links);
        self.each(|copy| copy.start(header))
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        let linked = |finding: &Finding| match &finding.diagnostic.place {
            Place::File(source) => self.linked.contains(source),
            Place::Record(place) => self.linked.contains(&place.source),
            Place::Run => false,
        };
        let own: Vec<Finding> = findings.iter().filter(|finding| !linked(finding)).cloned().collect();
        self.each(|copy| copy.file_findings(&own))
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        self.each(|copy| copy.records(records))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.each(|copy| copy.finish(summary))
    }
}
