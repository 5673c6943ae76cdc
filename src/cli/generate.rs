//! `kenpyo generate`: synthetic submissions by a recipe, with a truth list of injected defects.
//!
//! Invariants
//! - The recipe, the kinds of defect and the survey are data; this file only names them.
//! - Output appears whole or not at all; the same recipe, seed and options give the same bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::printed;
use super::session::{Exit, Session};
use super::usage::{suggest, usage};
use crate::diagnostic::code::analysis::NO_RECIPES;
use crate::diagnostic::code::usage::{CONFLICT, OUTPUT_IS_INPUT, UNKNOWN_VALUE, VALUE_NOT_USABLE};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::engine::survey::{self, Survey};
use crate::error::Error;
use crate::generate::{
    Change, Format, GenerateOptions, Injection, Labels, Output, OutputEncoding, Percent, Recipe, generate,
    load_defects, load_recipe,
};
use crate::rule_pack::RulePack;
use crate::source::sink::{Sink, real_path};
use crate::source::{SourceId, SourceText, reader};

#[derive(Debug, Args)]
pub(super) struct GenerateArguments {
    /// A recipe of the survey (a file of its folder `generate`), or a file inside its rules folder
    #[arg(long, value_name = "RECIPE", default_value = "clean")]
    recipe: String,
    /// A rules folder, or NAME/WAVE of an embedded survey
    #[arg(long, value_name = "SURVEY")]
    pub(super) survey: Option<String>,
    /// How many records [default: the recipe's]
    #[arg(long, value_name = "N")]
    records: Option<u64>,
    /// Random seed [default: the recipe's]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Format of the file
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: FormatName,
    /// Encoding of the file
    #[arg(long, value_name = "ENCODING", default_value = "utf-8")]
    encoding: EncodingName,
    /// How options are written
    #[arg(long, value_name = "FORM", default_value = "code")]
    labels: LabelsName,
    /// JSON by the fields' places in the nested form, not flat
    #[arg(long)]
    nested: bool,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Kinds of defect and what each must give
    #[arg(long, value_name = "FILE")]
    defects: Option<PathBuf>,
    /// Share of records that get a defect, in per cent
    #[arg(long, value_name = "PERCENT", default_value = "5", requires = "defects")]
    share: String,
    /// Use only these kinds
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "defects")]
    kinds: Vec<String>,
    /// Two kinds at a time, where neither changes the findings of the other
    #[arg(long, requires = "defects")]
    pairs: bool,
    /// Where to write the truth list: record, kinds and findings, or the mutations
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Change random cells of this share of records, in per cent
    #[arg(long, value_name = "PERCENT", conflicts_with = "defects")]
    mutate: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Tsv,
    Json,
    Jsonl,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EncodingName {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-8-bom")]
    Utf8Bom,
    #[value(name = "cp932")]
    Cp932,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LabelsName {
    Code,
    Label,
    Name,
}

/// Why the command went no further, already said.
type Stopped = Exit;

/// Runs the command.
pub(super) fn run(session: &Session, arguments: &GenerateArguments) -> Exit {
    if let Some(problem) = overwriting(session, arguments).or_else(|| unwritable(session, arguments)) {
        return session.refuse([problem]);
    }
    match prepared(session, arguments) {
        Ok((pack, recipe, options)) => printed(session, write(session, arguments, &pack, &recipe, &options)),
        Err(stopped) => stopped,
    }
}

/// The output that would replace what is read, or the other output. `None`: all are files of their own.
fn overwriting(session: &Session, arguments: &GenerateArguments) -> Option<Diagnostic> {
    let mut taken: Vec<PathBuf> = arguments.defects.iter().map(|path| real_path(path)).collect();
    for path in [&arguments.out, &arguments.truth].into_iter().flatten() {
        let real = real_path(path);
        if taken.contains(&real) {
            let place = path.display().to_string();
            return Some(usage(&OUTPUT_IS_INPUT, session.line.mark_value(&place)).with("place", place));
        }
        taken.push(real);
    }
    None
}

/// JSON in another encoding than its own. `None`: the two go together.
fn unwritable(session: &Session, arguments: &GenerateArguments) -> Option<Diagnostic> {
    let is_json = matches!(arguments.format, FormatName::Json | FormatName::Jsonl);
    let refused = is_json && matches!(arguments.encoding, EncodingName::Cp932);
    let label = session.line.mark_value("cp932");
    refused.then(|| usage(&CONFLICT, label).with("flag", "--encoding cp932").with("other", "--format json"))
}

fn prepared(
    session: &Session,
    arguments: &GenerateArguments,
) -> Result<(RulePack, Recipe, GenerateOptions), Stopped> {
    let stop = |error: &Error| session.stopped(error, Exit::Usage);
    let survey = survey::find(arguments.survey.as_deref()).map_err(|error| stop(&error))?;
    let loaded = survey.load().map_err(|error| stop(&error))?;
    let Some(pack) = loaded.pack else {
        return Err(session.refuse_pack(&loaded.diagnostics, &loaded.sources));
    };
    let recipe = recipe(session, arguments, &survey, &pack)?;
    let change = change(session, arguments, &pack, &recipe)?;
    let key = pack.key.iter().filter_map(|id| pack.field(*id)).map(|field| field.name.to_string()).collect();
    let options = GenerateOptions {
        records: arguments.records,
        seed: arguments.seed,
        format: match arguments.format {
            FormatName::Csv => Format::Csv,
            FormatName::Tsv => Format::Tsv,
            FormatName::Json => Format::Json,
            FormatName::Jsonl => Format::JsonLines,
        },
        encoding: match arguments.encoding {
            EncodingName::Utf8 => OutputEncoding::Utf8,
            EncodingName::Utf8Bom => OutputEncoding::Utf8WithMark,
            EncodingName::Cp932 => OutputEncoding::Cp932,
        },
        labels: match arguments.labels {
            LabelsName::Code => Labels::Code,
            LabelsName::Label => Labels::Label,
            LabelsName::Name => Labels::Name,
        },
        nested: arguments.nested,
        change,
        key,
    };
    Ok((pack, recipe, options))
}

/// The recipe by name in the survey's `generate/` folder, or by its path inside the survey's root.
fn recipe(
    session: &Session,
    arguments: &GenerateArguments,
    survey: &Survey,
    pack: &RulePack,
) -> Result<Recipe, Stopped> {
    let known = survey.recipes();
    let stem = |name: &String| {
        let (_, file) = name.rsplit_once('/').unwrap_or(("", name));
        file.strip_suffix(".toml").map(str::to_owned)
    };
    let found = arguments.recipe.as_str();
    let Some(path) = known.iter().find(|path| *path == found || stem(path).as_deref() == Some(found)) else {
        let names: Vec<String> = known.iter().filter_map(stem).collect();
        if names.is_empty() {
            let of = format!("{}/{}", pack.survey, pack.wave);
            let none = usage(&NO_RECIPES, session.line.mark_value(found));
            return Err(session.refuse([none.with("survey", of).with("found", found)]));
        }
        let refused = usage(&UNKNOWN_VALUE, session.line.mark_value(found))
            .with("flag", "--recipe")
            .with("found", found)
            .with("known", names.join(", "));
        return Err(session.refuse([suggest(refused, found, names.iter().map(String::as_str))]));
    };
    let mut sources = Vec::new();
    let read = |path: &str| survey.root.read(path);
    let loaded = load_recipe(path, &read, &pack.questionnaire, &mut sources);
    let (recipe, diagnostics) = loaded.map_err(|error| session.stopped(&error, Exit::Usage))?;
    told(session, recipe, &diagnostics, &sources)
}

/// `made`, unless it has errors, which are drawn.
fn told<T>(
    session: &Session,
    made: Option<T>,
    diagnostics: &Diagnostics,
    sources: &[SourceText],
) -> Result<T, Stopped> {
    if !diagnostics.is_empty() {
        session.draw_error(diagnostics, sources);
    }
    made.ok_or(Exit::Usage)
}

fn change(
    session: &Session,
    arguments: &GenerateArguments,
    pack: &RulePack,
    recipe: &Recipe,
) -> Result<Change, Stopped> {
    if let Some(share) = &arguments.mutate {
        return Ok(Change::Mutations(percent(session, "--mutate", share)?));
    }
    let Some(path) = &arguments.defects else { return Ok(Change::None) };
    let share = percent(session, "--share", &arguments.share)?;
    let text = reader::read_text(path).map_err(|error| session.stopped(&error, Exit::Usage))?;
    let name: Arc<str> = Arc::from(path.display().to_string());
    let source = SourceText { id: SourceId(0), name, text: text.into() };
    let (kinds, diagnostics) = load_defects(source.clone(), &pack.questionnaire, &recipe.strata);
    let kinds = told(session, kinds, &diagnostics, &[source])?;
    for wanted in &arguments.kinds {
        let of_family = |name: &str| name.split('/').next() == Some(wanted);
        if !kinds.iter().any(|kind| *kind.name == **wanted || of_family(&kind.name)) {
            let refused = usage(&UNKNOWN_VALUE, session.line.mark_value(wanted))
                .with("flag", "--kinds")
                .with("found", wanted.as_str())
                .with("known", path.display().to_string());
            return Err(session.refuse([suggest(refused, wanted, kinds.iter().map(|kind| &*kind.name))]));
        }
    }
    let rows = matches!(arguments.format, FormatName::Csv | FormatName::Tsv);
    Ok(Change::Defects(Injection::new(kinds, &arguments.kinds, arguments.pairs, rows), share))
}

fn percent(session: &Session, flag: &'static str, found: &str) -> Result<Percent, Stopped> {
    Percent::parse(found).ok_or_else(|| session.refuse([not_percent(session, flag, found)]))
}

fn not_percent(session: &Session, flag: &'static str, found: &str) -> Diagnostic {
    usage(&VALUE_NOT_USABLE, session.line.mark_value(found))
        .with("flag", flag)
        .with("found", found)
        .with("reason", "0 – 100")
}

fn write(
    session: &Session,
    arguments: &GenerateArguments,
    pack: &RulePack,
    recipe: &Recipe,
    options: &GenerateOptions,
) -> Result<(), Error> {
    let mut truth =
        arguments.truth.as_deref().map(|path| Sink::create(path).map(|sink| (path, sink))).transpose()?;
    let told = truth.as_mut().map(|(path, sink)| Output { name: path, write: sink });
    let summary = match &arguments.out {
        None => {
            let mut standard = std::io::BufWriter::new(std::io::stdout().lock());
            let out = Output { name: Path::new("-"), write: &mut standard };
            generate(recipe, &pack.questionnaire, options, out, told)?
        }
        Some(path) => {
            let mut sink = Sink::create(path)?;
            let out = Output { name: path, write: &mut sink };
            let summary = generate(recipe, &pack.questionnaire, options, out, told)?;
            sink.commit()?;
            summary
        }
    };
    if let Some((_, sink)) = truth {
        sink.commit()?;
    }
    session.note_table(&summary.print(recipe, &pack.questionnaire, session.language));
    Ok(())
}
