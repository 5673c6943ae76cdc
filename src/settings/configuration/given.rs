//! A setting that was given: its value, and who gave it.
//!
//! Invariants
//! - A value prints as TOML that gives it back, and holds nothing that would act on a terminal.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Label, Language};
use crate::report::json;

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A word, a path, a date.
    Text(String),
    /// A whole number.
    Number(u64),
    /// `true`, `false`.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
}

impl Value {
    /// The text. `None`: of another kind.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a list; of all else none.
    pub fn list(&self) -> &[String] {
        match self {
            Self::List(texts) => texts,
            _ => &[],
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                write!(f, "[{}]", texts.join(", "))
            }
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// The strings of JSON are strings of TOML, and our writer of JSON escapes what may not reach a terminal.
fn quoted(text: &str) -> String {
    json::document(&text).trim_end().to_owned()
}

/// A key as it is written in TOML: bare, or in quotes where it must be.
pub fn key_text(key: &str) -> String {
    let bare = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let written = |part: &str| if bare(part) { part.to_owned() } else { quoted(part) };
    // Of the tables of a list TOML has no single key; they are counted.
    if let Some((number, rest)) = key.strip_prefix("path.").and_then(|rest| rest.split_once('.')) {
        return format!("path.{number}.{}", key_text(rest));
    }
    match key.split_once('.') {
        Some((table, name)) => format!("{}.{}", written(table), written(name)),
        None => written(key),
    }
}

/// Who gave a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line, such as `--lang`.
    Option(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// `--config 'key = value'`.
    Override,
    /// The configuration file: its name as seen from the working folder, and the line.
    File(Arc<str>, u64),
    /// Nobody.
    Default,
}

impl Origin {
    /// As `config show` prints it.
    pub fn print(&self, language: Language) -> String {
        match (self, language) {
            (Self::Option(flag), Language::Ja) => format!("オプション {flag}"),
            (Self::Option(flag), Language::En) => format!("option {flag}"),
            (Self::Variable(name), Language::Ja) => format!("環境変数 {name}"),
            (Self::Variable(name), Language::En) => format!("environment {name}"),
            (Self::Override, _) => "--config".to_owned(),
            (Self::File(name, line), _) => format!("{name}:{line}"),
            (Self::Default, Language::Ja) => "既定".to_owned(),
            (Self::Default, Language::En) => "default".to_owned(),
        }
    }
}

/// A value, who gave it, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value; paths as seen from the working folder.
    pub value: Value,
    /// Who gave it.
    pub origin: Origin,
    /// Where it stands. `None`: in no file.
    pub label: Option<Label>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_toml_and_gives_the_value_back() {
        let texts = ["a\"b\\c", "\u{1b}[31m", "\u{202e}x\n\t", "回答 １", "a\",\"b", ",", ""];
        for text in texts {
            let printed = Value::Text(text.to_owned()).to_string();
            let list = Value::List(vec![text.to_owned(), "z".to_owned()]).to_string();
            let read: toml::Table =
                toml::from_str(&format!("a = {printed}\n{} = 1\nb = {list}", key_text(text))).unwrap();
            assert!(!printed.contains(['\u{1b}', '\u{202e}', '\n']), "{printed}");
            assert_eq!((read["a"].as_str(), read["b"][0].as_str()), (Some(text), Some(text)));
        }
        assert_eq!(key_text("severity.HCS-K001/q05"), "severity.\"HCS-K001/q05\"");
        assert_eq!(key_text("path.2.severity.a/b"), "path.2.severity.\"a/b\"");
    }
}
