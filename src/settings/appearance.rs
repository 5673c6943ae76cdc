//! Language, colours and width of what people read.
//!
//! Invariants
//! - A flag decides; then the environment; then what kind of place is written to.
//! - Of the locale only the language is taken. Nothing set: Japanese, the respondents' language.

use super::Environment;
use crate::diagnostic::Language;

/// When colours are used (`--color`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// On a terminal that can show them.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Narrowest page; below, frames and tables cannot be drawn.
const NARROWEST: usize = 40;
/// No page is wider; what is said to be wider is a mistake.
const WIDEST: usize = 1_000;
/// Width where none is known: files, pipes.
const ORDINARY: usize = 80;

/// The language: the flag, else `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is set.
///
/// `ja…` is Japanese, everything else (`C` too) English; none set is Japanese.
pub fn language(flag: Option<Language>, environment: &Environment) -> Language {
    flag.unwrap_or_else(|| language_of_locale(environment).0)
}

/// The language of the locale, and the variable that tells it. `None`: no variable does.
pub fn language_of_locale(environment: &Environment) -> (Language, Option<&'static str>) {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"];
    match set.into_iter().find_map(|name| Some((name, environment.get(name)?))) {
        Some((name, locale)) if locale.to_ascii_lowercase().starts_with("ja") => (Language::Ja, Some(name)),
        Some((name, _)) => (Language::En, Some(name)),
        None => (Language::Ja, None),
    }
}

/// The language that `--lang` and the configuration call `word`. `None`: no language.
pub fn language_of_word(word: &str) -> Option<Language> {
    [Language::Ja, Language::En].into_iter().find(|language| word_of_language(*language) == word)
}

/// What `--lang` and the configuration call the language.
pub const fn word_of_language(language: Language) -> &'static str {
    match language {
        Language::Ja => "ja",
        Language::En => "en",
    }
}

/// The choice that `--color` and the configuration call `word`. `None`: no choice.
pub fn color_of_word(word: &str) -> Option<ColorChoice> {
    match word {
        "auto" => Some(ColorChoice::Auto),
        "always" => Some(ColorChoice::Always),
        "never" => Some(ColorChoice::Never),
        _ => None,
    }
}

/// Whether colours are used: `--color`, then `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, then whether it is a terminal.
pub fn uses_color(choice: ColorChoice, environment: &Environment, is_terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if environment.get("NO_COLOR").is_some() => false,
        ColorChoice::Auto if environment.get("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => is_terminal && environment.get("TERM") != Some("dumb"),
    }
}

/// Columns of the page: the terminal's, else `COLUMNS`, else 80.
pub fn width(terminal: Option<usize>, environment: &Environment) -> usize {
    let columns = environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
    terminal.or(columns).unwrap_or(ORDINARY).clamp(NARROWEST, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::read(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let of = |pairs: &[(&str, &str)]| language(None, &environment(pairs));
        assert_eq!(of(&[]), Language::Ja);
        assert_eq!(of(&[("LANG", "ja_JP.UTF-8")]), Language::Ja);
        assert_eq!(of(&[("LANG", "ja_JP.UTF-8"), ("LC_ALL", "C.UTF-8")]), Language::En);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "ja"), ("LANG", "en_GB")]), Language::Ja);
        assert_eq!(language(Some(Language::En), &environment(&[("LANG", "ja")])), Language::En);
    }

    #[test]
    fn colour_rules_in_their_order() {
        let auto =
            |pairs: &[(&str, &str)], terminal| uses_color(ColorChoice::Auto, &environment(pairs), terminal);
        assert!(auto(&[], true) && !auto(&[], false));
        assert!(!auto(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(auto(&[("CLICOLOR_FORCE", "1")], false) && !auto(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!auto(&[("TERM", "dumb")], true));
        assert!(uses_color(ColorChoice::Always, &environment(&[("NO_COLOR", "1")]), false));
    }

    #[test]
    fn a_page_is_never_too_narrow_to_draw() {
        assert_eq!(width(Some(10), &environment(&[])), 40);
        assert_eq!(width(None, &environment(&[("COLUMNS", "120")])), 120);
        assert_eq!(width(None, &environment(&[("COLUMNS", "x")])), 80);
    }
}
