//! Which reports a run writes, and where: `--format NAME[=FILE]`.
//!
//! Invariants
//! - At most one report goes to standard output, and no two into one file.
//! - Without any `--format`, `full` goes to standard output.

use std::path::PathBuf;

use crate::source::sink::real_path;

/// The formats, by name.
pub const FORMATS: &[(&str, Format)] = &[
    ("full", Format::Full),
    ("short", Format::Short),
    ("json", Format::Json),
    ("jsonl", Format::JsonLines),
    #[cfg(feature = "formats")]
    ("sarif", Format::Sarif),
    #[cfg(feature = "formats")]
    ("github", Format::GitHub),
    #[cfg(feature = "formats")]
    ("gitlab", Format::GitLab),
    #[cfg(feature = "formats")]
    ("junit", Format::Junit),
    #[cfg(feature = "formats")]
    ("checkstyle", Format::Checkstyle),
    #[cfg(feature = "formats")]
    ("rdjson", Format::RdJson),
    #[cfg(feature = "formats")]
    ("markdown", Format::Markdown),
    #[cfg(feature = "formats")]
    ("csv", Format::Csv),
    #[cfg(feature = "xlsx")]
    ("xlsx", Format::Xlsx),
    #[cfg(feature = "html")]
    ("html", Format::Html),
];

/// Formats that not every build has, by the feature that brings them.
const BY_FEATURE: [(&str, &[&str]); 3] = [
    ("formats", &["sarif", "github", "gitlab", "junit", "checkstyle", "rdjson", "markdown", "csv"]),
    ("html", &["html"]),
    ("xlsx", &["xlsx"]),
];

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, drawn.
    Full,
    /// One line a finding.
    Short,
    /// One document.
    Json,
    /// One event a line.
    JsonLines,
    /// For code scanning.
    #[cfg(feature = "formats")]
    Sarif,
    /// Annotations of a workflow.
    #[cfg(feature = "formats")]
    GitHub,
    /// Code quality of a merge request.
    #[cfg(feature = "formats")]
    GitLab,
    /// As test results.
    #[cfg(feature = "formats")]
    Junit,
    /// As of a linter of Java.
    #[cfg(feature = "formats")]
    Checkstyle,
    /// For reviewdog.
    #[cfg(feature = "formats")]
    RdJson,
    /// The summary of a step.
    #[cfg(feature = "formats")]
    Markdown,
    /// A row a finding, as text.
    #[cfg(feature = "formats")]
    Csv,
    /// The same as a workbook.
    #[cfg(feature = "xlsx")]
    Xlsx,
    /// One page for a browser and for paper.
    #[cfg(feature = "html")]
    Html,
}

impl Format {
    /// Its name.
    pub fn name(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// Whether values are hidden in it unless somebody asks for them: it is shown to more people than may see answers.
    pub const fn hides_values(self) -> bool {
        match self {
            Self::Full | Self::Short | Self::Json | Self::JsonLines => false,
            #[cfg(feature = "formats")]
            Self::Sarif | Self::GitHub | Self::GitLab | Self::Junit => true,
            #[cfg(feature = "formats")]
            Self::Checkstyle | Self::RdJson | Self::Markdown | Self::Csv => false,
            #[cfg(feature = "xlsx")]
            Self::Xlsx => false,
            #[cfg(feature = "html")]
            Self::Html => false,
        }
    }
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Standard,
    /// A file.
    File(PathBuf),
}

impl Destination {
    /// Whether both are one place, however it is written.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Standard, Self::Standard) => true,
            (Self::File(one), Self::File(two)) => real_path(one) == real_path(two),
            _ => false,
        }
    }
}

/// One report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it is written.
    pub format: Format,
    /// Where.
    pub destination: Destination,
}

/// Why the reports cannot be written as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatProblem {
    /// No format has this name.
    Unknown(String),
    /// The program was built without the format: its name, and the feature that brings it.
    NotBuilt(String, &'static str),
    /// `NAME=` without a file.
    NoFile(String),
    /// Two reports into one place.
    Twice(Report, Report),
}

/// The reports that `given` asks for.
pub fn reports(given: &[String]) -> Result<Vec<Report>, FormatProblem> {
    let mut reports: Vec<Report> = Vec::new();
    for text in given {
        let report = parse(text)?;
        if let Some(other) = reports.iter().find(|other| other.destination.is_same(&report.destination)) {
            return Err(FormatProblem::Twice(other.clone(), report));
        }
        reports.push(report);
    }
    if reports.is_empty() {
        reports.push(Report { format: Format::Full, destination: Destination::Standard });
    }
    Ok(reports)
}

fn parse(text: &str) -> Result<Report, FormatProblem> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    let format = format.ok_or_else(|| {
        let feature = BY_FEATURE.iter().find(|(_, formats)| formats.contains(&name));
        match feature {
            Some((feature, _)) => FormatProblem::NotBuilt(name.to_owned(), feature),
            None => FormatProblem::Unknown(name.to_owned()),
        }
    })?;
    let destination = match file {
        None | Some("-") => Destination::Standard,
        Some("") => return Err(FormatProblem::NoFile(text.to_owned())),
        Some(file) => Destination::File(PathBuf::from(file)),
    };
    Ok(Report { format, destination })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(given: &[&str]) -> Result<Vec<(&'static str, String)>, FormatProblem> {
        let given: Vec<String> = given.iter().map(ToString::to_string).collect();
        let place = |report: &Report| match &report.destination {
            Destination::Standard => "-".to_owned(),
            Destination::File(path) => path.display().to_string(),
        };
        Ok(reports(&given)?.iter().map(|report| (report.format.name(), place(report))).collect())
    }

    #[test]
    fn several_reports_go_to_different_places() {
        assert_eq!(asked(&[]), Ok(vec![("full", "-".to_owned())]));
        assert_eq!(
            asked(&["json=a=b.json", "jsonl"]),
            Ok(vec![("json", "a=b.json".to_owned()), ("jsonl", "-".to_owned())])
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(asked(&["serif"]), Err(FormatProblem::Unknown("serif".to_owned())));
        assert_eq!(asked(&["json="]), Err(FormatProblem::NoFile("json=".to_owned())));
        assert!(matches!(asked(&["json", "full=-"]), Err(FormatProblem::Twice(..))));
        let built = |name| FORMATS.iter().any(|(known, _)| *known == name);
        for (name, feature) in [("sarif", "formats"), ("csv", "formats"), ("xlsx", "xlsx")] {
            let lacking = Err(FormatProblem::NotBuilt(name.to_owned(), feature));
            assert_eq!(asked(&[name]), if built(name) { Ok(vec![(name, "-".to_owned())]) } else { lacking });
        }
        assert!(matches!(asked(&["json=x", "short=x"]), Err(FormatProblem::Twice(..))));
        assert!(matches!(asked(&["json=src/x", "short=./src/../src/x"]), Err(FormatProblem::Twice(..))));
    }
}
