//! The settings of `kenpyo.toml`: one table, from which reading, messages and `config show` are made.
//!
//! Invariants
//! - A key that is not here is a mistake; `schemas/kenpyo/configuration.json` and `docs/configuration.md` have the same
//!   ones, which a test holds against this table.
//! - The words of a setting are those that the option of the same name takes.

use crate::diagnostic::Localized;

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One of some words.
    Word(&'static [&'static str]),
    /// A text that is not empty.
    Text,
    /// Texts that are not empty.
    Texts,
    /// Patterns of file names, relative to the folder of the configuration.
    Patterns,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// A date, with or without quotes.
    Date,
    /// A version requirement.
    Version,
    /// A folder relative to that of the configuration, or an embedded survey.
    Survey,
    /// A file that is read, relative to the folder of the configuration.
    Input,
    /// A file that is written, inside the folder of the configuration.
    Output,
    /// `NAME` or `NAME=FILE`, each file inside the folder of the configuration.
    Formats,
    /// A table of values by name.
    Params,
    /// A table of files that are read, by name; relative to the folder of the configuration.
    Files,
    /// A table of severities by rule.
    Severities,
    /// Tables of settings that hold for some files only.
    Paths,
}

/// What holds where nobody gives a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Otherwise {
    /// A word.
    Word(&'static str),
    /// `false`.
    Off,
    /// An empty list.
    Empty,
    /// A list of one word.
    One(&'static str),
    /// A number.
    Number(u64),
    /// Nothing is set; what happens then.
    Unset(Localized<&'static str>),
}

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Variables of the environment that go before the file, in their order.
    pub variables: &'static [&'static str],
    /// What holds where nobody gives a value.
    pub otherwise: Otherwise,
}

const fn unset(ja: &'static str, en: &'static str) -> Otherwise {
    Otherwise::Unset(Localized::new(ja, en))
}

macro_rules! keys {
    ($($name:literal $shape:expr, $variables:expr, $otherwise:expr;)*) => {
        &[$(Key { name: $name, shape: $shape, variables: &$variables, otherwise: $otherwise }),*]
    };
}

/// Words of severities to which a soft edit may be changed.
pub const SEVERITIES: &[&str] = &["info", "warning", "error"];

/// Every setting, in the order in which `config show` prints them.
pub static KEYS: &[Key] = keys! {
    "required-version" Shape::Version, [], unset("どの版でもよい", "any version");
    "survey" Shape::Survey, [], unset("組み込みの調査", "an embedded survey");
    "lang" Shape::Word(&["ja", "en"]), [], Otherwise::Word("ja");
    "color" Shape::Word(&["auto", "always", "never"]), ["NO_COLOR", "CLICOLOR_FORCE"], Otherwise::Word("auto");
    "ascii" Shape::Flag, [], Otherwise::Off;
    "exclude" Shape::Patterns, [], Otherwise::Empty;
    "profile" Shape::Texts, [], Otherwise::Empty;
    "select" Shape::Texts, [], unset("すべての規則", "all rules");
    "ignore" Shape::Texts, [], Otherwise::Empty;
    "param" Shape::Params, [], unset("調査が定める値", "the survey's own values");
    "link" Shape::Files, [], unset("調査が定めるファイル", "the survey's own files");
    "as-of" Shape::Date, [], unset("調査が定める値", "the survey's own value");
    "rank" Shape::Word(&["impact"]), [], unset("ファイルの順", "the order of the files");
    "fail-on" Shape::Word(&["info", "warning", "error", "never"]), [], Otherwise::Word("error");
    "values" Shape::Word(&["show", "hide"]), ["KENPYO_VALUES"], Otherwise::Word("show");
    "keys" Shape::Word(&["show", "hide"]), [], unset("values と同じ", "as values");
    "format" Shape::Formats, [], Otherwise::One("full");
    "max-findings" Shape::Number(1, 10_000_000), ["KENPYO_MAX_FINDINGS"], unset("形式ごとの上限", "each format's own cap");
    "threads" Shape::Number(1, 1024), ["KENPYO_THREADS"], unset("処理装置の数", "one a processor");
    "chunk-records" Shape::Number(1, 65_536), ["KENPYO_CHUNK_RECORDS"], Otherwise::Number(512);
    "input-format" Shape::Word(&["csv", "tsv", "json", "jsonl", "xlsx"]), [],
        unset("名前と中身から判断", "by name and content");
    "encoding" Shape::Word(&["auto", "utf-8", "cp932", "utf-16", "utf-16le", "utf-16be"]), [], Otherwise::Word("auto");
    "records" Shape::Text, [], unset("文書そのもの", "the document itself");
    "allow-empty" Shape::Flag, [], Otherwise::Off;
    "no-progress" Shape::Flag, [], Otherwise::Off;
    "accepted" Shape::Output, [], unset("kenpyo-accepted.toml", "kenpyo-accepted.toml");
    "fingerprint-key-file" Shape::Input, ["KENPYO_FINGERPRINT_KEY"], unset("鍵を使わない", "no key");
    "severity" Shape::Severities, [], unset("規則が定める重大度", "the severities of the rules");
    "path" Shape::Paths, [], unset("どのファイルにも同じ設定", "the same for all files");
};

/// The keys of a `[[path]]`.
pub static PATH_KEYS: &[Key] = keys! {
    "match" Shape::Patterns, [], Otherwise::Empty;
    "survey" Shape::Survey, [], unset("", "");
    "severity" Shape::Severities, [], unset("", "");
};

/// The setting called `name`. `None`: there is none.
pub fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// What a value of the shape is, for messages.
pub const fn expected(shape: Shape) -> Localized<&'static str> {
    match shape {
        Shape::Word(_) => Localized::new("決められた語（文字列）", "one of the known words, as a string"),
        Shape::Text => Localized::new("空でない文字列", "a string that is not empty"),
        Shape::Texts => Localized::new("空でない文字列の配列", "a list of strings that are not empty"),
        Shape::Patterns => Localized::new(
            "ファイル名のパターン（文字列）の配列",
            "a list of patterns of file names, as strings",
        ),
        Shape::Flag => Localized::new("true または false", "true or false"),
        Shape::Number(..) => Localized::new("整数", "a whole number"),
        Shape::Date => Localized::new("日付（2024-02-01 の形）", "a date such as 2024-02-01"),
        Shape::Version => Localized::new(
            "\">=0.1, <0.3\" のような版の条件",
            "a version requirement such as \">=0.1, <0.3\"",
        ),
        Shape::Survey => {
            Localized::new("調査のフォルダー、または 名称/年次", "the folder of a survey, or NAME/WAVE")
        }
        Shape::Input | Shape::Output => {
            Localized::new("ファイル名（文字列）", "the name of a file, as a string")
        }
        Shape::Formats => Localized::new(
            "\"形式\" または \"形式=ファイル名\" の配列",
            "a list of \"NAME\" or \"NAME=FILE\"",
        ),
        Shape::Params => Localized::new("名前 = 値 の表", "a table of NAME = VALUE"),
        Shape::Files => Localized::new("名前 = \"ファイル\" の表", "a table of NAME = \"FILE\""),
        Shape::Severities => Localized::new("規則 = \"重大度\" の表", "a table of RULE = \"SEVERITY\""),
        Shape::Paths => Localized::new("[[path]] の形の表", "tables of the form [[path]]"),
    }
}
