//! `kenpyo config show`: every setting with its value and where it comes from.
//!
//! Invariants
//! - What is printed holds for a run with these options in this folder; a secret is never printed.
//! - As text each line is TOML with a comment, so that it can be copied into a `kenpyo.toml`; only the entries of
//!   `[[path]]` are counted instead.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::arguments::{Common, ListFormat};
use super::printed;
use super::session::{Exit, Session, print};
use super::usage::{list, suggest, usage};
use crate::diagnostic::Language;
use crate::diagnostic::code::configuration::UNKNOWN_SETTING;
use crate::report::json;
use crate::report::terminal::Ink;
use crate::report::wrap::pad;
use crate::settings::appearance;
use crate::settings::configuration::effective::{self, ByOption, Effective, names};
use crate::settings::configuration::given::{Origin, Value, key_text};
use crate::settings::configuration::{FILE_NAME, keys};
use crate::source::{display_width, picture};

#[derive(Debug, Args)]
pub(super) struct ConfigArguments {
    #[command(subcommand)]
    action: ConfigAction,
}

#[derive(Debug, Subcommand)]
enum ConfigAction {
    /// Print each setting with its value and where it comes from
    Show {
        /// Print only this setting
        #[arg(value_name = "KEY")]
        key: Option<String>,
        /// Print the survey and the severities that hold for the submission PATH
        #[arg(long = "for", value_name = "PATH", conflicts_with = "key")]
        path: Option<PathBuf>,
        /// How the settings are written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
}

/// Runs the command.
pub(super) fn run(session: &Session, common: &Common, arguments: &ConfigArguments) -> Exit {
    let ConfigAction::Show { key, path, format } = &arguments.action;
    let (configuration, environment) = (session.line.configuration(), &session.environment);
    let options = options(session, common);
    let mut settings = match path {
        Some(path) => effective::of_path(configuration, environment, &options, &path.to_string_lossy()),
        None => effective::all(configuration, environment, &options),
    };
    if let Some(key) = key {
        let known = names(&settings);
        if !known.contains(&key.as_str()) {
            let all = keys::KEYS.iter().map(|key| key.name);
            let unknown = usage(&UNKNOWN_SETTING, session.line.mark_value(key)).with("block", FILE_NAME);
            let unknown = unknown.with("found", key.as_str()).with("known", list(all));
            return session.refuse([suggest(unknown, key, known)]);
        }
        let below = format!("{key}.");
        settings.retain(|setting| setting.key == *key || setting.key.starts_with(&below));
    }
    let text = match format {
        ListFormat::Text => listing(session, &settings),
        ListFormat::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            file: configuration.file.as_deref(),
            path: path.as_ref().map(|path| path.to_string_lossy().into_owned()),
            settings: settings.iter().map(of).collect(),
        }),
    };
    note(session);
    printed(session, print(&text))
}

/// Says which file was read, which the settings do not tell where it gives none.
fn note(session: &Session) {
    let file = session.line.configuration().file.as_deref();
    session.note(&match (file, session.language) {
        (Some(file), Language::Ja) => format!("設定ファイル：{file}"),
        (Some(file), Language::En) => format!("Configuration: {file}"),
        (None, Language::Ja) => "設定ファイルはありません。".to_owned(),
        (None, Language::En) => "There is no configuration file.".to_owned(),
    });
}

/// The settings that the options of this very call give.
fn options(session: &Session, common: &Common) -> Vec<ByOption<'static>> {
    let text = |text: &str| Value::Text(text.to_owned());
    let language =
        common.lang.map(|_| ("lang", "--lang", text(appearance::word_of_language(session.language))));
    let color = common.color.map(|color| ("color", "--color", text(color.word())));
    let ascii = common.ascii.then_some(("ascii", "--ascii", Value::Flag(true)));
    [language, color, ascii].into_iter().flatten().collect()
}

/// `key = value    # origin`, the origins below each other; what is not set is a comment as a whole.
fn listing(session: &Session, settings: &[Effective]) -> String {
    let lines: Vec<(String, String)> = settings.iter().map(|setting| line(session, setting)).collect();
    let width =
        lines.iter().map(|(left, _)| display_width(left)).filter(|width| *width <= 40).max().unwrap_or(0);
    let look = session.output_look();
    let mut page = String::new();
    for (left, origin) in &lines {
        page.push_str(&pad(left, width));
        page.push_str("    ");
        page.push_str(&look.paint(Ink::Dim, &format!("# {origin}")));
        page.push('\n');
    }
    page
}

fn line(session: &Session, setting: &Effective) -> (String, String) {
    let origin = picture::visible(&setting.origin.print(session.language)).into_owned();
    let key = key_text(&setting.key);
    match (&setting.value, &setting.meaning) {
        (Some(value), _) => (format!("{key} = {value}"), origin),
        (None, Some(meaning)) => {
            let (open, close) = if session.language == Language::Ja { ("（", "）") } else { (" (", ")") };
            (format!("# {key}"), format!("{origin}{open}{}{close}", meaning.get(session.language)))
        }
        (None, None) => (format!("# {key}"), origin),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    file: Option<&'a str>,
    #[serde(rename = "for")]
    path: Option<String>,
    settings: Vec<Setting<'a>>,
}

#[derive(Serialize)]
struct Setting<'a> {
    key: &'a str,
    value: Option<&'a Value>,
    origin: From<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum From<'a> {
    Option { name: &'a str },
    Environment { name: &'a str },
    Override,
    File { name: &'a str, line: u64 },
    Default,
}

fn of(setting: &Effective) -> Setting<'_> {
    let origin = match &setting.origin {
        Origin::Option(name) => From::Option { name },
        Origin::Variable(name) => From::Environment { name },
        Origin::Override => From::Override,
        Origin::File(name, line) => From::File { name, line: *line },
        Origin::Default => From::Default,
    };
    Setting { key: &setting.key, value: setting.value.as_ref(), origin }
}
