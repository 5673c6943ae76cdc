//! What a run remembers of earlier ones: accepted findings (`--accepted`, `--write-baseline`), and the report that it is
//! compared with (`--since-report`).
//!
//! Invariants
//! - Whatever is wrong with either file is said before a submission is opened.
//! - The file of accepted findings is written when the run is over, and only if it changes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::CheckArguments;
use super::inputs::shown_name;
use super::output_name;
use super::session::Session;
use super::usage::{list, usage};
use crate::diagnostic::code::accepted::{
    BASELINE_CHANGED, BASELINE_NEEDS_KEY, BASELINE_WITHOUT, REPORT_NOT_COMPARABLE, REPORT_NOT_USABLE,
    REPORT_OF_ANOTHER_SURVEY,
};
use crate::diagnostic::code::usage::{
    CONFLICT, OUTPUT_IS_INPUT, TWO_OUTPUTS_IN_ONE_PLACE, UNKNOWN_VALUE, UNUSABLE_FILE, VALUE_NOT_USABLE,
};
use crate::diagnostic::standing::Reason;
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Language, Localized, system};
use crate::engine::accepted::{Accepted, Baseline, Confirmation, Given};
use crate::engine::event::{RunHeader, Summary};
use crate::engine::{InputPlace, Part};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::expression::calendar::parse_date;
use crate::report::since::{Earlier, LARGEST, Unusable};
use crate::settings::{Destination, Report};
use crate::source::secret::Secret;
use crate::source::sink::{Sink, real_path};
use crate::source::{SourceText, reader};

/// Largest file of accepted findings, in bytes.
const LARGEST_FILE: u64 = 64 << 20;

/// Why a run cannot begin, and over which text that is drawn.
pub(super) type Refused = (Diagnostics, Vec<SourceText>);

/// What a run remembers of earlier ones.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// `None`: nothing is accepted, and nothing will be.
    pub(super) accepted: Option<Arc<Accepted>>,
    baseline: Option<(PathBuf, Baseline)>,
    earlier: Option<Earlier>,
}

/// What the memory of a run is opened by.
pub(super) struct Opening<'a> {
    pub(super) session: &'a Session,
    pub(super) arguments: &'a CheckArguments,
    pub(super) parts: &'a [Part<'a>],
    pub(super) reports: &'a [Report],
    /// With which marks are made. `None`: none is configured.
    pub(super) secret: Option<Secret>,
    /// Whether a record is named by its number only.
    pub(super) hide_keys: bool,
}

/// The file of accepted findings. `None`: none is named, and the usual one is not there.
pub(super) fn file(session: &Session, arguments: &CheckArguments) -> Option<PathBuf> {
    let named = arguments.write_baseline.as_ref().and_then(Option::as_ref).or(arguments.accepted.as_ref());
    named.cloned().or_else(|| {
        let usual = session.line.configuration().accepted();
        (arguments.write_baseline.is_some() || reader::size(&usual).is_some()).then_some(usual)
    })
}

/// Whether acceptances may ask what day it is.
pub(super) fn asks_for_day(session: &Session, arguments: &CheckArguments) -> bool {
    file(session, arguments).is_some()
}

impl Opening<'_> {
    /// Opens what the run is to remember.
    pub(super) fn open(&self) -> Result<Memory, Refused> {
        let accepted = self.accepted()?;
        let baseline = match (&accepted, file(self.session, self.arguments)) {
            (Some(accepted), Some(path)) if self.arguments.write_baseline.is_some() => {
                Some(self.baseline(accepted, path)?)
            }
            _ => None,
        };
        let earlier = self.arguments.since_report.as_deref().map(|path| self.earlier(path)).transpose()?;
        let accepted = accepted.filter(|accepted| !accepted.is_empty() || baseline.is_some());
        Ok(Memory { accepted, baseline, earlier })
    }

    /// Something wrong with the command line.
    fn refused(&self, diagnostic: Diagnostic) -> Refused {
        let sources = self.session.line.sources(self.session.language);
        (Diagnostics::from_iter([diagnostic]), sources)
    }

    fn unreadable(&self, error: &Error) -> Refused {
        let (path, reason) = match error {
            Error::Read { path, source } => (path.display().to_string(), system::reason(source)),
            other => (String::new(), Argument::from(other.to_string())),
        };
        let diagnostic = usage(&UNUSABLE_FILE, self.session.line.mark_value(&path));
        self.refused(diagnostic.with("path", path).with("reason", reason))
    }

    fn accepted(&self) -> Result<Option<Arc<Accepted>>, Refused> {
        let arguments = self.arguments;
        if let (Some(Some(written)), Some(read)) = (&arguments.write_baseline, &arguments.accepted)
            && real_path(written) != real_path(read)
        {
            let label = self.session.line.mark_value(&read.display().to_string());
            let both =
                usage(&CONFLICT, label).with("flag", "--accepted").with("other", "--write-baseline=FILE");
            return Err(self.refused(both));
        }
        let Some(path) = file(self.session, arguments) else { return Ok(None) };
        if let Some(problem) = arguments.write_baseline.as_ref().and_then(|_| self.in_the_way(&path)) {
            return Err(self.refused(problem));
        }
        let given = Given { secret: self.secret, as_of: self.day()?, some_files: arguments.since.is_some() };
        let name = shown_name(&path);
        if path.exists() && reader::size(&path).is_none() {
            let reason =
                Localized::new("通常のファイルではありません".into(), "it is no regular file".into());
            let problem = usage(&UNUSABLE_FILE, None).with("path", path.display().to_string());
            return Err(self.refused(problem.with("reason", Argument::Localized(reason))));
        }
        let bytes = match reader::bytes_within(&path, LARGEST_FILE) {
            Ok(bytes) => bytes,
            Err(Error::Read { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound && arguments.write_baseline.is_some() =>
            {
                return Ok(Some(Arc::new(Accepted::none(&name, given))));
            }
            Err(error) => return Err(self.unreadable(&error)),
        };
        let text = String::from_utf8(bytes).map_err(|_| {
            let reason = Localized::new("UTF-8のテキストではありません", "it is no UTF-8 text");
            let diagnostic = usage(&UNUSABLE_FILE, None).with("path", path.display().to_string());
            self.refused(diagnostic.with("reason", Argument::Localized(reason.map(|text| Arc::from(*text)))))
        })?;
        let source = |text: &str| SourceText {
            id: crate::engine::accepted::SOURCE,
            name: name.as_str().into(),
            text: text.into(),
        };
        let read = Accepted::read(&name, &text, given).map_err(|error| self.unreadable(&error))?;
        // Where keys are hidden no line of the file is drawn: keys stand in it.
        let drawn = || if self.hide_keys { Vec::new() } else { vec![source(&text)] };
        let accepted = read.map_err(|found| (found, drawn()))?;
        let mistakes = accepted.mistakes(self.parts);
        if mistakes.has_errors() {
            return Err((mistakes, drawn()));
        }
        Ok(Some(Arc::new(accepted)))
    }

    /// The day that counts as today. `None`: nobody says.
    fn day(&self) -> Result<Option<Arc<str>>, Refused> {
        let flag = self.arguments.judged_by.as_of.as_deref().map(|day| ("--as-of", day));
        let variable = || Some(("KENPYO_AS_OF", self.session.environment.get("KENPYO_AS_OF")?));
        let Some((given_as, day)) = flag.or_else(variable) else { return Ok(None) };
        self.checked_day(given_as, day).map(|day| Some(Arc::from(day)))
    }

    fn checked_day<'d>(&self, given_as: &'static str, day: &'d str) -> Result<&'d str, Refused> {
        if day.len() == "2026-02-01".len() && parse_date(day).is_some() {
            return Ok(day);
        }
        let expected = Localized::new("日付（2026-02-01 の形）".into(), "a day such as 2026-02-01".into());
        let label = self.session.line.mark_output(given_as, day);
        let problem = usage(&VALUE_NOT_USABLE, label).with("flag", given_as).with("found", day);
        Err(self.refused(problem.with("expected", Argument::Localized(expected))))
    }

    fn baseline(&self, accepted: &Arc<Accepted>, path: PathBuf) -> Result<(PathBuf, Baseline), Refused> {
        let confirmation = self.confirmation()?;
        if self.hide_keys && self.secret.is_none() {
            let label = self.session.line.mark_value("--write-baseline");
            return Err(self.refused(usage(&BASELINE_NEEDS_KEY, label)));
        }
        Ok((path, Baseline::new(Arc::clone(accepted), confirmation, self.hide_keys)))
    }

    /// Who accepts, when and why.
    fn confirmation(&self) -> Result<Confirmation, Refused> {
        let arguments = self.arguments;
        let written = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let reason = arguments.reason.as_deref().map(|found| self.reason(found)).transpose()?;
        let (author, text) = (written(&arguments.author), written(&arguments.text));
        let date = match arguments.date.as_deref() {
            Some(day) => Some(self.checked_day("--date", day)?.to_owned()),
            None => self.day()?.map(|day| day.to_string()),
        };
        let wordless = reason == Some(Reason::Other) && text.is_none();
        let missing = [
            (reason.is_none(), "--reason 1-4"),
            (author.is_none(), "--author NAME"),
            (date.is_none(), "--date DATE"),
            (wordless, "--text TEXT"),
        ];
        let missing: Vec<&str> = missing.into_iter().filter_map(|(is, flag)| is.then_some(flag)).collect();
        match (reason, author, date) {
            (Some(reason), Some(author), Some(date)) if missing.is_empty() => {
                Ok(Confirmation { reason, text, author, date })
            }
            _ => {
                let label = self.session.line.mark_value("--write-baseline");
                Err(self.refused(usage(&BASELINE_WITHOUT, label).with("missing", list(missing))))
            }
        }
    }

    fn reason(&self, found: &str) -> Result<Reason, Refused> {
        found.parse().ok().and_then(Reason::of_code).ok_or_else(|| {
            let label = self.session.line.mark_output("--reason", found);
            let problem = usage(&UNKNOWN_VALUE, label).with("flag", "--reason").with("found", found);
            self.refused(problem.with("known", list(["1", "2", "3", "4"])))
        })
    }

    /// What would be written over. `None`: nothing.
    fn in_the_way(&self, path: &Path) -> Option<Diagnostic> {
        let (flag, place) = ("--write-baseline", path.display().to_string());
        let label = || self.session.line.mark_value(&place).or_else(|| self.session.line.mark_value(flag));
        let real = real_path(path);
        let inputs: BTreeSet<PathBuf> = self
            .parts
            .iter()
            .flat_map(|part| part.inputs)
            .filter_map(|input| match &input.place {
                InputPlace::Path(path) => Some(real_path(path)),
                InputPlace::Stdin | InputPlace::Bytes(_) | InputPlace::Spool(_) => None,
            })
            .collect();
        if inputs.contains(&real) {
            return Some(usage(&OUTPUT_IS_INPUT, label()).with("place", place));
        }
        let to = |report: &Report| match &report.destination {
            Destination::File(path) => Some(("--format", path.clone())),
            Destination::Standard => None,
        };
        let copies = [("--fix", &self.arguments.fix), ("--fix-log", &self.arguments.fix_log)];
        let copies = copies.into_iter().chain([("--annotate", &self.arguments.annotate)]);
        let copies = copies.filter_map(|(flag, path)| Some((flag, path.clone()?)));
        let mut others = self.reports.iter().filter_map(to).chain(copies);
        if let Some((other, _)) = others.find(|(_, path)| real_path(path) == real) {
            let both = usage(&TWO_OUTPUTS_IN_ONE_PLACE, label()).with("flag", flag).with("other", other);
            return Some(both.with("place", place));
        }
        output_name::refused(&self.session.line, flag, path, &["toml"])
    }

    fn earlier(&self, path: &Path) -> Result<Earlier, Refused> {
        let bytes = reader::bytes_within(path, LARGEST).map_err(|error| self.unreadable(&error))?;
        let surveys = self.parts.first().map(|part| {
            let pack = &part.plan.pack;
            format!("{}/{}", pack.survey, pack.wave)
        });
        let survey = surveys.unwrap_or_default();
        let read =
            Earlier::read(&bytes, self.secret).and_then(|earlier| earlier.is_of(&survey).map(|()| earlier));
        read.map_err(|unusable| {
            let shown = path.display().to_string();
            let label = self.session.line.mark_output("--since-report", &shown);
            self.refused(match unusable {
                Unusable::NotAReport(reason) => usage(&REPORT_NOT_USABLE, label)
                    .with("path", shown)
                    .with("reason", Argument::Localized(reason.map(|text| Arc::from(*text)))),
                Unusable::OtherSurvey(found) => usage(&REPORT_OF_ANOTHER_SURVEY, label)
                    .with("path", shown)
                    .with("found", found)
                    .with("expected", survey),
                Unusable::OtherKey => usage(&REPORT_NOT_COMPARABLE, label).with("path", shown),
            })
        })
    }
}

impl Memory {
    /// Whether the file of accepted findings is to be written.
    pub(super) const fn writes(&self) -> bool {
        self.baseline.is_some()
    }

    /// Before the first finding.
    pub(super) fn start(&mut self, header: &RunHeader) {
        self.earlier.iter_mut().for_each(|earlier| earlier.start(header));
    }

    /// `findings` with what is known of them from an earlier report.
    pub(super) fn findings<'f>(&mut self, findings: &'f [Finding]) -> Cow<'f, [Finding]> {
        self.baseline.iter_mut().for_each(|(_, baseline)| baseline.take(findings));
        let Some(earlier) = &mut self.earlier else { return Cow::Borrowed(findings) };
        let mut findings = findings.to_vec();
        earlier.mark(&mut findings);
        Cow::Owned(findings)
    }

    /// The same of findings of records.
    pub(super) fn records<'f>(&mut self, records: &'f [RecordFindings]) -> Cow<'f, [RecordFindings]> {
        for record in records {
            self.baseline.iter_mut().for_each(|(_, baseline)| baseline.take(&record.findings));
        }
        let Some(earlier) = &mut self.earlier else { return Cow::Borrowed(records) };
        let mut records = records.to_vec();
        for record in &mut records {
            earlier.mark(&mut record.findings);
        }
        Cow::Owned(records)
    }

    /// `summary` beside the earlier report.
    pub(super) fn closed<'s>(&self, summary: &'s Summary) -> Cow<'s, Summary> {
        match &self.earlier {
            Some(earlier) => {
                let since = Some(earlier.closed(summary));
                Cow::Owned(Summary { since, ..summary.clone() })
            }
            None => Cow::Borrowed(summary),
        }
    }

    /// Writes the file of accepted findings, and tells what was written. `false`: somebody else has changed it
    /// meanwhile, which is told, and it stays as it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, session: &Session, summary: &Summary) -> Result<bool, Error> {
        let Some((path, baseline)) = &self.baseline else { return Ok(true) };
        let written = baseline.written(summary)?;
        if let Some(text) = &written.text
            && !Sink::replace(path, baseline.before(), text)?
        {
            let place = path.display().to_string();
            session.warn([usage(&BASELINE_CHANGED, None).with("path", place)]);
            return Ok(false);
        }
        let (name, added, renewed, left) = (shown_name(path), written.added, written.renewed, written.left);
        session.note(&match session.language {
            Language::Ja => format!("{name}：確認済として{added}件を追加し、{renewed}件を更新しました。"),
            Language::En => {
                let noun = if added == 1 { "finding" } else { "findings" };
                format!("{name}: {added} accepted {noun} added, {renewed} renewed.")
            }
        });
        if left > 0 {
            session.note(&match session.language {
                Language::Ja => format!(
                    "要確認のうち{left}件は確認済にできません（票のキーがない、ファイルについての指摘、または鍵（KENPYO_FINGERPRINT_KEY）なしでは記録できない非公開の回答）。"
                ),
                Language::En => format!(
                    "{left} warnings cannot be accepted: of a record without key, of a file, or of private answers, which are recorded only with a fingerprint key (KENPYO_FINGERPRINT_KEY)."
                ),
            });
        }
        Ok(true)
    }
}
