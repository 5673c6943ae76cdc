//! The reports of a run, made as they were asked for.
//!
//! Invariants
//! - One line a format; what a format is, its own file in `report` says.
//! - Each report has the audience that its format calls for.

use super::session::Session;
use crate::engine::event::Reporter;
use crate::error::Error;
#[cfg(any(feature = "formats", feature = "html", feature = "xlsx"))]
use crate::report::collected::{self, Collector};
#[cfg(feature = "html")]
use crate::report::html::Html;
use crate::report::json::Json;
use crate::report::jsonl::JsonLines;
use crate::report::short::Short;
use crate::report::terminal::{Caps, Full};
#[cfg(feature = "xlsx")]
use crate::report::xlsx;
use crate::report::{Audience, Output};
#[cfg(feature = "formats")]
use crate::report::{checkstyle, csv, github, gitlab, junit, markdown, rdjson, sarif};
use crate::settings::{Destination, Format, Report};

/// What the reports of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// For whom a report is whose format says nothing of values.
    pub(super) audience: Audience,
    /// `--values`. `None`: each format as it is used.
    pub(super) hide_values: Option<bool>,
    /// `--keys`. `None`: as the values.
    pub(super) hide_keys: Option<bool>,
    /// `--max-findings`. `None`: each format as it is used.
    pub(super) most: Option<u64>,
    /// Whether records come in an order: then a listing is cut behind the first of them, not behind the first of each rule.
    pub(super) ranked: bool,
}

impl Frame {
    /// For whom a report of `format` is.
    pub(super) fn audience(&self, format: Format) -> Audience {
        let hide_values = self.hide_values.unwrap_or(self.audience.hide_values || format.hides_values());
        Audience { hide_values, hide_keys: self.hide_keys.unwrap_or(hide_values), ..self.audience }
    }

    fn caps(&self) -> Caps {
        let usual = Caps::default();
        match self.most {
            Some(in_all) => Caps { per_rule: None, in_all },
            None if self.ranked => Caps { per_rule: None, ..usual },
            None => usual,
        }
    }
}

/// The report that `asked` describes; its file is opened.
pub(super) fn reporter(session: &Session, asked: &Report, frame: &Frame) -> Result<Box<dyn Reporter>, Error> {
    let (output, look) = match &asked.destination {
        Destination::Standard => (Output::standard(), session.output_look()),
        Destination::File(path) => (Output::file(path)?, session.file_look()),
    };
    let audience = frame.audience(asked.format);
    #[cfg(any(feature = "formats", feature = "html", feature = "xlsx"))]
    let most = frame.most.unwrap_or(collected::MOST);
    let to_file = asked.destination != Destination::Standard;
    Ok(match asked.format {
        Format::Full => Box::new(Full::new(output, audience, look, frame.caps(), to_file)),
        Format::Short => Box::new(Short::new(output, audience)),
        Format::Json => Box::new(Json::new(output, audience)),
        Format::JsonLines => Box::new(JsonLines::new(output, audience)),
        #[cfg(feature = "formats")]
        Format::Sarif => Box::new(Collector::new(sarif::Sarif, output, audience, most)),
        #[cfg(feature = "formats")]
        Format::GitHub => Box::new(github::GitHub::new(output, audience)),
        #[cfg(feature = "formats")]
        Format::GitLab => Box::new(Collector::new(gitlab::GitLab, output, audience, most)),
        #[cfg(feature = "formats")]
        Format::Junit => Box::new(Collector::new(junit::Junit, output, audience, most)),
        #[cfg(feature = "formats")]
        Format::Checkstyle => Box::new(Collector::new(checkstyle::Checkstyle, output, audience, most)),
        #[cfg(feature = "formats")]
        Format::RdJson => Box::new(rdjson::RdJson::new(output, audience)),
        #[cfg(feature = "formats")]
        Format::Markdown => Box::new(Collector::new(markdown::Markdown, output, audience, most)),
        #[cfg(feature = "formats")]
        Format::Csv => Box::new(csv::Csv::new(output, audience)),
        #[cfg(feature = "xlsx")]
        Format::Xlsx => Box::new(Collector::new(xlsx::Xlsx, output, audience, most)),
        #[cfg(feature = "html")]
        Format::Html => Box::new(Collector::new(Html, output, audience, most)),
    })
}
