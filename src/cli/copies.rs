//! What `check` writes beside its reports: the corrected copy with its change log, and the annotated copy.
//!
//! Invariants
//! - All refusals come before a submission is opened, and before anything is written.
//! - A copy holds what the respondent wrote, so it is never written where values are to be hidden by a flag; that CI
//!   hides values in reports does not matter, because a copy is asked for by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{CheckArguments, Whether};
use super::session::Session;
use super::usage::usage;
use crate::diagnostic::code::usage::{
    CONFLICT, COPY_NOT_WRITTEN, ONE_FILE_TO_COPY, OUTPUT_IS_INPUT, TWO_OUTPUTS_IN_ONE_PLACE,
};
use crate::diagnostic::{Diagnostic, Language, Place};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::engine::{InputFile, InputPlace};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::rewrite::{Fixed, Fixer};
use crate::rule_pack::RulePack;
use crate::settings::{Destination, Report};
use crate::source::sink::real_path;

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
    let mut taken = vec![("", real_path(original))];
    taken.extend(reports.iter().filter_map(|report| match &report.destination {
        Destination::File(path) => Some(("--format", real_path(path))),
        Destination::Standard => None,
    }));
    for (flag, path) in outputs {
        let (real, place) = (real_path(&path), path.display().to_string());
        let label = session.line.mark_value(&place);
        match taken.iter().find(|(_, other)| *other == real) {
            Some(("", _)) => return Some(usage(&OUTPUT_IS_INPUT, label).with("place", place)),
            Some((other, _)) => {
                let both = usage(&TWO_OUTPUTS_IN_ONE_PLACE, label).with("flag", flag).with("other", *other);
                return Some(both.with("place", place));
            }
            None => taken.push((flag, real)),
        }
    }
    None
}

/// The copies of a run; none is asked for in most.
#[derive(Debug, Default)]
pub(super) struct Copies {
    fixer: Option<Fixer>,
    /// `--keys hide`: then what names a record is in no finding, and the copies do without.
    without_keys: bool,
}

impl Copies {
    /// What `arguments` ask for; nothing is there before the run is over.
    pub(super) fn open(
        arguments: &CheckArguments,
        pack: &Arc<RulePack>,
        inputs: &[InputFile],
    ) -> Result<Self, Error> {
        let [InputFile { place: InputPlace::Path(original), .. }] = inputs else {
            return Ok(Self::default());
        };
        let fixer = match &arguments.fix {
            Some(copy) => Some(Fixer::new(Arc::clone(pack), original, copy, &log_path(arguments, copy))?),
            None => None,
        };
        Ok(Self { fixer, without_keys: arguments.keys == Some(Whether::Hide) })
    }

    /// Says what was written.
    pub(super) fn tell(&self, session: &Session, arguments: &CheckArguments) {
        let Some((copy, outcome)) =
            arguments.fix.as_ref().zip(self.fixer.as_ref().and_then(|fixer| fixer.outcome))
        else {
            return;
        };
        let log = log_path(arguments, copy);
        let (path, log) = (copy.display(), log.display());
        match outcome {
            Fixed::Written(cells) => session.note(&match session.language {
                Language::Ja => format!("訂正済みの写し：{path}（{cells}か所を訂正）、訂正記録：{log}"),
                Language::En => {
                    format!("Corrected copy: {path} ({cells} cells corrected); change log: {log}")
                }
            }),
            Fixed::NotRead => {
                session.warn([Diagnostic::new(&COPY_NOT_WRITTEN, Place::Run).with("flag", "--fix")]);
            }
        }
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Reporter) -> Result<(), Error>) -> Result<(), Error> {
        match &mut self.fixer {
            Some(fixer) => tell(fixer),
            None => Ok(()),
        }
    }
}

impl Reporter for Copies {
    fn wants_values(&self) -> bool {
        self.fixer.is_some()
    }

    fn wants_keys(&self) -> bool {
        self.wants_values() && !self.without_keys
    }

    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.each(|copy| copy.start(header))
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        self.each(|copy| copy.file_findings(findings))
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        self.each(|copy| copy.records(records))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        self.each(|copy| copy.finish(summary))
    }
}
