//! The command line as clap reads it.
//!
//! Invariants
//! - Names, help and kinds of value only; what a value means is decided in `settings` and in each command.
//! - Values that this program suggests corrections for are plain text here, so that the message is ours.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Language, Severity};
use crate::settings::appearance::ColorChoice;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "kenpyo",
    version,
    about = "Checks survey submissions against a rule pack before they are counted (検票)",
    disable_help_subcommand = true,
    subcommand_required = true
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Language of titles and messages [default: by the locale, else ja]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(super) lang: Option<LanguageName>,
    /// When colours are used [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub(super) color: Option<ColorName>,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// No summary, no notes and no progress on standard error
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Take FILE as the configuration [default: the nearest kenpyo.toml upward], or set one of its keys (repeatable)
    #[arg(long, global = true, value_name = "FILE|KEY=VALUE")]
    pub(super) config: Vec<String>,
    /// Look for no kenpyo.toml
    #[arg(long, global = true)]
    pub(super) isolated: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge submissions by a rule pack
    Check(Box<CheckArguments>),
    /// Split submissions into those that may be counted and those that may not, with the queries about them, in one folder
    Clean(Box<super::clean::CleanArguments>),
    /// Make the survey's tables of the records that may be counted
    Tabulate(Box<super::tabulate::TabulateArguments>),
    /// Print the page of a rule or of one of the engine's codes
    Explain(ExplainArguments),
    /// Write the blank template of a survey: a workbook to be filled in, or CSV
    Form(super::form::FormArguments),
    /// Look at a rule pack: list, lint, test, format; write it as a book
    Rules(RulesArguments),
    /// Make synthetic submissions, with a truth list of injected defects
    Generate(Box<super::generate::GenerateArguments>),
    /// Look at the settings: each with its value and where it comes from
    Config(super::config::ConfigArguments),
    /// Print what a shell needs to complete command lines
    Completions(super::completions::CompletionsArguments),
    /// Print the manual, or write its pages into a folder
    Man(super::man::ManArguments),
    /// Print the version
    Version,
}

/// What is judged, for every command that judges.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Submissions {
    /// Files, folders or patterns (also quoted ones); `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present = "files_from")]
    pub(super) files: Vec<PathBuf>,
    /// Read names of further files from FILE, one a line
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// Leave out files and folders that match PATTERN (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub(super) exclude: Vec<String>,
    /// Name of standard input in reports; its suffix tells the format
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<String>,
}

/// What submissions are judged by, for every command that judges.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct JudgedBy {
    /// A rules folder, or NAME/WAVE of an embedded survey
    #[arg(long, value_name = "SURVEY")]
    pub(super) survey: Option<String>,
    /// Give a run parameter a value (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) param: Vec<String>,
    /// Name the file of one of the survey's links, such as the frame or the previous wave: CSV, TSV, JSON, JSON Lines or
    /// XLSX (repeatable). It goes before the file that the survey names; a link without a file leaves every record
    /// unlinked
    #[arg(long, value_name = "NAME=FILE")]
    pub(super) link: Vec<String>,
    /// The day that counts as today, for rules that ask (parameter `as_of`) and for the expiry of acceptances
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
}

/// How submissions are read, for every command that judges.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Reading {
    /// Threads [default: one a processor]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(super) threads: Option<String>,
    /// Records judged together [default: 512]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(super) chunk_records: Option<String>,
    /// Format of all submissions [default: by name and content]
    #[arg(long, value_name = "FORMAT")]
    pub(super) input_format: Option<InputFormatName>,
    /// Encoding of all submissions [default: found out]
    #[arg(long, value_name = "ENCODING")]
    pub(super) encoding: Option<EncodingName>,
    /// JSON Pointer of the list of records inside a document
    #[arg(long, value_name = "POINTER")]
    pub(super) records: Option<String>,
    /// No progress line
    #[arg(long)]
    pub(super) no_progress: bool,
}

#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) submissions: Submissions,
    /// Judge only those of the files that have changed since REV, committed or not: a commit, branch or tag of the git
    /// repository around the working folder. Files outside it are judged
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    pub(super) since: Option<String>,
    #[command(flatten)]
    pub(super) judged_by: JudgedBy,
    /// Switch on the rules of a profile (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Vec<String>,
    /// Judge only these rules: ids, families, slugs or beginnings of ids
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Leave these rules out
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Accepted findings: warnings that FILE names are shown and counted apart, and do not make the exit code 1
    /// [default: kenpyo-accepted.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(super) accepted: Option<PathBuf>,
    /// Record every open warning as accepted in FILE [default: that of --accepted]; needs --reason, --author and --date.
    /// Entries that are there stay; those that have lapsed are renewed where the run judges everything
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "clap: the flag, and its value")]
    pub(super) write_baseline: Option<Option<PathBuf>>,
    /// Why they are accepted: 1 it is so, 2 the list is out of date, 3 reading of the form, 4 other
    #[arg(long, value_name = "NUMBER", requires = "write_baseline")]
    pub(super) reason: Option<String>,
    /// Who accepts them
    #[arg(long, value_name = "NAME", requires = "write_baseline")]
    pub(super) author: Option<String>,
    /// The day on which they are accepted [default: that of --as-of]
    #[arg(long, value_name = "DATE", requires = "write_baseline")]
    pub(super) date: Option<String>,
    /// The reason in words
    #[arg(long, value_name = "TEXT", requires = "write_baseline")]
    pub(super) text: Option<String>,
    /// Tell of each finding whether OLD, an earlier report (json or jsonl), has it too, and which of its findings are
    /// fixed; the exit code stays that of all open findings
    #[arg(long, value_name = "OLD")]
    pub(super) since_report: Option<PathBuf>,
    /// Put findings in an order: `impact` tells first those of the records that can move a published figure most, and
    /// how far. Needs the whole file before it tells one. Reports in which values are hidden keep the order of the files
    /// [default: the order of the files]
    #[arg(long, value_name = "ORDER", conflicts_with = "since")]
    pub(super) rank: Option<RankName>,
    /// Lowest severity that makes the exit code 1 [default: error]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Exit with 0 whatever is found; failures still exit with 2 or 3
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Accept a run in which nothing was checked
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Whether values stand in reports [default: show; hide where CI=true]
    #[arg(long, value_name = "WHETHER")]
    pub(super) values: Option<Whether>,
    /// Whether the keys of records stand in reports [default: as --values]
    #[arg(long, value_name = "WHETHER")]
    pub(super) keys: Option<Whether>,
    /// Write a report: full, short, json, jsonl, html, csv, xlsx, markdown, sarif, github, gitlab, junit, checkstyle or rdjson;
    /// to FILE, or to standard output (repeatable). Values are hidden in sarif, github, gitlab and junit unless --values
    /// show is given
    #[arg(long, value_name = "NAME[=FILE]")]
    pub(super) format: Vec<String>,
    /// Write a corrected copy of the one file to OUT: spellings made canonical, derived values filled in; values are
    /// never changed in meaning, and the original stays as it is. A CSV becomes UTF-8. Copy and log hold answers,
    /// whatever --values says; cells that the survey calls private stay as they are
    #[arg(long, value_name = "OUT")]
    pub(super) fix: Option<PathBuf>,
    /// Write the change log of --fix to LOG: a line a cell, with what it was and is [default: OUT.changes.csv]
    #[arg(long, value_name = "LOG", requires = "fix")]
    pub(super) fix_log: Option<PathBuf>,
    /// Write a copy of the one file to OUT (XLSX) in which each cell with a finding is filled and commented; the
    /// language is that of --lang, the number of findings at most --max-findings [default: 10000, gravest first]. The
    /// copy holds the answers, whatever --values says
    #[arg(long, value_name = "OUT")]
    pub(super) annotate: Option<PathBuf>,
    /// Findings listed at most [full: 5 a rule and 100 in all; with --rank 100 in all]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(super) max_findings: Option<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Judge again whenever one of the files or the rules folder changes, until Ctrl-C
    #[arg(long)]
    pub(super) watch: bool,
    /// Whether `survey` is given by an option, and not by a configuration.
    #[arg(skip)]
    pub(super) survey_by_option: bool,
    /// Whether `rank` is given by an option, and not by a configuration.
    #[arg(skip)]
    pub(super) rank_by_option: bool,
    /// Severities of soft edits, which only a configuration gives.
    #[arg(skip)]
    pub(super) severities: BTreeMap<String, Severity>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Id of a rule, of a family of rules, or of one of the engine's codes
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// A rules folder, or NAME/WAVE of an embedded survey
    #[arg(long, value_name = "SURVEY")]
    pub(super) survey: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[command(subcommand)]
    pub(super) action: RulesAction,
    /// A rules folder, or NAME/WAVE of an embedded survey
    #[arg(long, value_name = "SURVEY", global = true)]
    pub(super) survey: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesAction {
    /// List the rules, one a line
    List {
        /// How the list is written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
        /// Leave out the rules of all profiles but this one (repeatable)
        #[arg(long, value_name = "NAME")]
        profile: Vec<String>,
    },
    /// Tell mistakes in rule, survey and schema files
    Lint,
    /// Run the examples of all rules
    Test,
    /// Write the edit rules as a document for respondents, or the record layout
    Book {
        /// How the document is written [default: by the ending of OUT, else markdown]
        #[arg(long, value_name = "FORMAT")]
        format: Option<BookFormat>,
        /// Where to write [default: standard output]
        #[arg(long, short, value_name = "OUT")]
        out: Option<PathBuf>,
    },
    /// Write expressions in their canonical spelling; comments and order stay
    Format {
        /// Change nothing; tell which files would change, and exit with 1 if any
        #[arg(long)]
        check: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BookFormat {
    /// A document for any editor
    Markdown,
    /// One self-contained page for a browser, or for paper
    Html,
    /// The record layout as a code table (CSV)
    Layout,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LanguageName {
    Ja,
    En,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Ja => Self::Ja,
            LanguageName::En => Self::En,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ColorName {
    Auto,
    Always,
    Never,
}

impl ColorName {
    /// As it is typed.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl From<ColorName> for ColorChoice {
    fn from(name: ColorName) -> Self {
        match name {
            ColorName::Auto => Self::Auto,
            ColorName::Always => Self::Always,
            ColorName::Never => Self::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Whether {
    Show,
    Hide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RankName {
    Impact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Info,
    Warning,
    Error,
    Never,
}

impl FailOn {
    /// The lowest severity that fails. `None`: no finding does.
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum InputFormatName {
    Csv,
    Tsv,
    Json,
    Jsonl,
    Xlsx,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum EncodingName {
    Auto,
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(name = "cp932", aliases = ["shift_jis", "shift-jis", "sjis"])]
    Cp932,
    #[value(name = "utf-16", alias = "utf16")]
    Utf16,
    #[value(name = "utf-16le")]
    Utf16Le,
    #[value(name = "utf-16be")]
    Utf16Be,
}

/// The one-line descriptions in Japanese, for `--help` where that is the language.
const ABOUT_JA: [(&str, &str); 17] = [
    ("", "調査票の提出データを検査します（検票）"),
    ("check", "提出データを規則で検査する"),
    ("clean", "集計してよい回答とそれ以外に分け、疑義照会とともに一つのフォルダに書き出す"),
    ("tabulate", "集計してよい回答から公表用の表を作る"),
    ("explain", "規則または符号の説明を表示する"),
    ("form", "調査票の様式（記入用のひな形）を作る"),
    ("config", "設定を確認する"),
    ("rules", "規則の一覧・点検・試験・手引き・整形"),
    ("completions", "シェルの入力補完スクリプトを表示する"),
    ("man", "マニュアルを表示する（--out でコマンドごとのページを書き出す）"),
    ("version", "版を表示する"),
    ("show", "設定の値と、その値がどこで決まったかを表示する"),
    ("list", "規則を1行に1件ずつ表示する"),
    ("lint", "規則・調査・様式ファイルの誤りを示す"),
    ("test", "すべての規則の例を実行する"),
    ("book", "規則を回答者向けの手引き（またはデータレイアウト）として書き出す"),
    ("format", "式を標準の書き方に揃える（注釈と順序は変えない）"),
];

/// The definition of the command line, described in `language`.
pub(super) fn definition(language: Language) -> clap::Command {
    let command = Arguments::command().args_override_self(false).arg_required_else_help(false);
    match language {
        Language::En => command,
        Language::Ja => in_japanese(command, ""),
    }
}

fn in_japanese(command: clap::Command, name: &str) -> clap::Command {
    let about = ABOUT_JA.iter().find(|(known, _)| *known == name).map(|(_, about)| *about);
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    names.iter().fold(command, |command, name| command.mut_subcommand(name, |sub| in_japanese(sub, name)))
}
