//! `kenpyo form`: the blank template of a survey, as a workbook or as CSV.
//!
//! Invariants
//! - The file appears whole or not at all; the same survey, layout and language give the same bytes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output_name::{self, CSV, XLSX};
use super::printed;
use super::session::{Exit, Session};
use super::usage::usage;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::usage::{CONFLICT, FILE_IS_THERE, WORKBOOKS_LEFT_OUT};
use crate::error::Error;
use crate::form::{self, FormLayout};
use crate::rule_pack::RulePack;
use crate::source::sink::Sink;

#[derive(Debug, Args)]
pub(super) struct FormArguments {
    /// A rules folder, or NAME/WAVE of an embedded survey
    #[arg(long, value_name = "SURVEY")]
    pub(super) survey: Option<String>,
    /// Format of the template [default: csv where OUT ends so, else xlsx]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormFormat>,
    /// A row a record (list), or one record with a row a question (sheet; xlsx only) [default: list]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<LayoutName>,
    /// Where to write
    #[arg(long, short, value_name = "OUT")]
    out: PathBuf,
    /// Replace OUT where it is there already
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormFormat {
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutName {
    List,
    Sheet,
}

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &FormArguments) -> Exit {
    let format = arguments.format.unwrap_or_else(|| by_name(&arguments.out));
    if let Some(problem) = refused(session, arguments, format) {
        return session.refuse([problem]);
    }
    let loaded = match super::open(session, arguments.survey.as_deref()) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(pack) = loaded.pack else {
        return session.refuse_pack(&loaded.diagnostics, &loaded.sources);
    };
    let layout = match arguments.layout {
        Some(LayoutName::Sheet) => FormLayout::Sheet,
        Some(LayoutName::List) | None => FormLayout::List,
    };
    let made = match format {
        FormFormat::Csv => Ok(form::csv(&pack)),
        FormFormat::Xlsx => workbook(session, arguments, &pack, layout),
    };
    printed(session, made.and_then(|bytes| Sink::write_whole(&arguments.out, &bytes)))
}

/// The format that the name of the output tells.
fn by_name(out: &Path) -> FormFormat {
    let is_csv = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if is_csv { FormFormat::Csv } else { FormFormat::Xlsx }
}

/// What cannot be made. `None`: it can.
fn refused(session: &Session, arguments: &FormArguments, format: FormFormat) -> Option<Diagnostic> {
    if format == FormFormat::Csv && arguments.layout == Some(LayoutName::Sheet) {
        let label = session.line.mark_value("sheet");
        return Some(usage(&CONFLICT, label).with("flag", "--layout sheet").with("other", "--format csv"));
    }
    if format == FormFormat::Xlsx && !cfg!(feature = "xlsx") {
        return Some(usage(&WORKBOOKS_LEFT_OUT, None).with("other", "--format csv"));
    }
    let fitting = if format == FormFormat::Csv { CSV } else { XLSX };
    let flag = if session.line.words().iter().any(|word| word == "-o") { "-o" } else { "--out" };
    if let Some(refused) = output_name::refused(&session.line, flag, &arguments.out, fitting) {
        return Some(refused);
    }
    (arguments.out.is_file() && !arguments.force).then(|| {
        let place = arguments.out.display().to_string();
        let label = session.line.mark_output(flag, &place);
        usage(&FILE_IS_THERE, label).with("place", place).with("flag", "--force")
    })
}

#[cfg(feature = "xlsx")]
fn workbook(
    session: &Session,
    arguments: &FormArguments,
    pack: &RulePack,
    layout: FormLayout,
) -> Result<Vec<u8>, Error> {
    form::workbook::xlsx(pack, layout, session.language)
        .map_err(|source| Error::Write { path: arguments.out.clone(), source })
}

/// Never called: [`refused`] has said why.
#[cfg(not(feature = "xlsx"))]
fn workbook(_: &Session, _: &FormArguments, _: &RulePack, _: FormLayout) -> Result<Vec<u8>, Error> {
    Ok(Vec::new())
}
