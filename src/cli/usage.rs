//! What clap says about a wrong command line, as diagnostics of our own.
//!
//! Invariants
//! - Every refusal has a code, both languages, a caret where there is a word to put it under, and the nearest right
//!   word where there is one.
//! - None of clap's own sentences is printed; only its help and version texts are.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command_line::CommandLine;
use crate::diagnostic::code::usage::{
    ARGUMENT_MISSING, ARGUMENT_UNEXPECTED, COMMAND_MISSING, CONFLICT, NOT_TEXT, REPEATED, UNKNOWN_COMMAND,
    UNKNOWN_FLAG, UNKNOWN_VALUE, VALUE_MISSING, VALUE_NOT_USABLE,
};
use crate::diagnostic::nearest::{fold, nearest};
use crate::diagnostic::{Argument, Code, Diagnostic, Label, Localized, Place};

/// A usage error about `label`, with the nearest of `known` to `found` as suggestion.
pub(super) fn usage(code: &'static Code, label: Option<Label>) -> Diagnostic {
    let diagnostic = Diagnostic::new(code, Place::Run);
    match label {
        Some(label) => diagnostic.label(label),
        None => diagnostic,
    }
}

/// Adds the nearest of `known` to `found` as a suggestion, if one is near.
pub(super) fn suggest<'a>(
    diagnostic: Diagnostic,
    found: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(found, known) {
        Some(name) => diagnostic.suggest(did_you_mean(name)),
        None => diagnostic,
    }
}

/// The question whether `name` was meant.
pub(super) fn did_you_mean(name: &str) -> Localized<String> {
    Localized::new(format!("「{name}」の誤りではありませんか。"), format!("did you mean \"{name}\"?"))
}

/// A list of words as an argument of a message.
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> Argument {
    Argument::List(words.into_iter().map(Argument::from).collect())
}

/// A flag that clap would take for something else: one with a wide dash (`－－format`, `―format`) for a file, and one
/// that begins like the short flag for help or version (`-hformat`) for that. `None`: there is none.
pub(super) fn mistaken_flag(line: &CommandLine, definition: &clap::Command) -> Option<Diagnostic> {
    const DASHES: [char; 10] = ['－', 'ー', '―', '‐', '‑', '–', '—', '−', '─', 'ｰ'];
    let words = line.words().iter().take_while(|word| *word != "--");
    let beyond_help = |word: &str| word.len() > 2 && (word.starts_with("-h") || word.starts_with("-V"));
    let (index, found) = words.enumerate().find(|(_, word)| {
        let path = std::path::Path::new(word);
        beyond_help(word) || (word.starts_with(DASHES) && !path.exists())
    })?;
    let command = Invoked::of(line, definition);
    if beyond_help(found) {
        return Some(unknown_flag(found, found, line.mark_word(index), &command));
    }
    let name = found.split('=').next().unwrap_or(found).trim_start_matches(DASHES).trim_start_matches('-');
    let name = format!("--{name}");
    // Without a flag near it, it may well be a file that is not there.
    nearest(&name, command.flags.iter().map(String::as_str))?;
    Some(unknown_flag(found, &name, line.mark_word(index), &command))
}

/// The diagnostic of a refusal by clap.
pub(super) fn refusal(error: &clap::Error, line: &CommandLine, definition: &clap::Command) -> Diagnostic {
    let command = Invoked::of(line, definition);
    let refused = Refused { error, line, command: &command };
    match error.kind() {
        ErrorKind::InvalidSubcommand => refused.subcommand(),
        ErrorKind::UnknownArgument => refused.argument(),
        ErrorKind::InvalidValue => refused.value(),
        ErrorKind::ArgumentConflict => refused.conflict(),
        ErrorKind::MissingRequiredArgument => refused.missing(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let known = list(command.subcommands.iter().map(String::as_str));
            usage(&COMMAND_MISSING, Some(line.mark_end())).with("known", known)
        }
        ErrorKind::InvalidUtf8 => usage(&NOT_TEXT, None),
        _ => refused.other(),
    }
}

/// The command that the words name, and what it takes.
struct Invoked {
    /// `rules lint`; empty for the program itself.
    name: String,
    flags: Vec<String>,
    subcommands: Vec<String>,
}

impl Invoked {
    fn of(line: &CommandLine, definition: &clap::Command) -> Self {
        let mut whole = definition.clone();
        whole.build();
        let mut command = &whole;
        let mut name = Vec::new();
        for word in line.words() {
            if let Some(sub) = command.find_subcommand(word) {
                name.push(sub.get_name().to_owned());
                command = sub;
            }
        }
        let flag = |argument: &clap::Arg| argument.get_long().map(|long| format!("--{long}"));
        Self {
            name: name.join(" "),
            flags: command.get_arguments().filter_map(flag).collect(),
            subcommands: command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect(),
        }
    }
}

fn unknown_flag(found: &str, compared: &str, label: Option<Label>, command: &Invoked) -> Diagnostic {
    let diagnostic = usage(&UNKNOWN_FLAG, label).with("found", found).with("command", command.name.as_str());
    // Folding drops dashes of all kinds alike, so names are compared without them.
    let bare = compared.trim_start_matches('-');
    let known: Vec<&str> = command.flags.iter().map(|flag| flag.trim_start_matches('-')).collect();
    let near = known.iter().find(|name| fold(name) == fold(bare)).copied().or_else(|| nearest(bare, known));
    match near {
        Some(name) => diagnostic.suggest(did_you_mean(&format!("--{name}"))),
        None => diagnostic,
    }
}

struct Refused<'a> {
    error: &'a clap::Error,
    line: &'a CommandLine,
    command: &'a Invoked,
}

impl Refused<'_> {
    fn text(&self, kind: ContextKind) -> String {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => texts.first().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn texts(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    fn subcommand(&self) -> Diagnostic {
        let found = self.text(ContextKind::InvalidSubcommand);
        let known = || self.command.subcommands.iter().map(String::as_str);
        let diagnostic = usage(&UNKNOWN_COMMAND, self.line.mark_value(&found));
        suggest(diagnostic.with("found", found.as_str()).with("known", list(known())), &found, known())
    }

    fn argument(&self) -> Diagnostic {
        let found = self.text(ContextKind::InvalidArg);
        let words = self.line.words();
        let is_it = |word: &&String| word.split('=').next() == Some(&found);
        // `-format` is refused as `-f`, `-q-uiet` as `--`; the whole word tells what was meant.
        let letter = found.chars().nth(1).unwrap_or_default();
        let holds_it = |word: &&String| {
            word.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(letter))
        };
        let word = words.iter().find(is_it).or_else(|| words.iter().find(holds_it));
        let index = word.and_then(|word| words.iter().position(|other| other == word));
        let label = index.and_then(|index| self.line.mark_word(index));
        if !found.starts_with('-') {
            let diagnostic = usage(&ARGUMENT_UNEXPECTED, label);
            return diagnostic.with("found", found.as_str()).with("command", self.command.name.as_str());
        }
        let name = word.map_or(found.as_str(), |word| word.split('=').next().unwrap_or(word));
        unknown_flag(name, name, label, self.command)
    }

    /// The flag of a refusal (`--color <WHEN>`), without its value's name.
    fn flag(&self) -> String {
        let flag = self.text(ContextKind::InvalidArg);
        flag.split([' ', '=']).next().unwrap_or("").to_owned()
    }

    fn mark_flag(&self, flag: &str) -> Option<Label> {
        let words = self.line.words();
        let is_it = |word: &String| word == flag || word.split('=').next() == Some(flag);
        words.iter().rposition(is_it).and_then(|index| self.line.mark_word(index))
    }

    fn value(&self) -> Diagnostic {
        let (flag, found) = (self.flag(), self.text(ContextKind::InvalidValue));
        if found.is_empty() {
            return usage(&VALUE_MISSING, self.mark_flag(&flag)).with("flag", flag);
        }
        let known = self.texts(ContextKind::ValidValue);
        let known = || known.iter().map(String::as_str);
        let diagnostic = usage(&UNKNOWN_VALUE, self.line.mark_value(&found)).with("flag", flag);
        suggest(diagnostic.with("found", found.as_str()).with("known", list(known())), &found, known())
    }

    fn conflict(&self) -> Diagnostic {
        let flag = self.flag();
        let other = self.text(ContextKind::PriorArg);
        let other = other.split([' ', '=']).next().unwrap_or("");
        if other == flag || other.is_empty() {
            return usage(&REPEATED, self.mark_flag(&flag)).with("flag", flag);
        }
        usage(&CONFLICT, self.mark_flag(&flag)).with("flag", flag.as_str()).with("other", other)
    }

    fn missing(&self) -> Diagnostic {
        let missing = self.texts(ContextKind::InvalidArg);
        let names = list(missing.iter().map(|name| name.trim_end_matches("...")));
        let diagnostic = usage(&ARGUMENT_MISSING, Some(self.line.mark_end()));
        diagnostic.with("expected", names).with("command", self.command.name.as_str())
    }

    /// The refusals that this command line can hardly give: a value of the wrong form.
    fn other(&self) -> Diagnostic {
        let (flag, found) = (self.flag(), self.text(ContextKind::InvalidValue));
        let label = self.line.mark_value(&found).or_else(|| self.mark_flag(&flag));
        let expected = Argument::Localized(Localized::new("別の値".into(), "another value".into()));
        usage(&VALUE_NOT_USABLE, label).with("flag", flag).with("found", found).with("expected", expected)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::arguments::definition;
    use super::*;
    use crate::diagnostic::Language;

    fn refused(words: &[&str]) -> Diagnostic {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let line = CommandLine::new(&words);
        let definition = definition(Language::En);
        mistaken_flag(&line, &definition).unwrap_or_else(|| {
            let all = std::iter::once(OsString::from("kenpyo")).chain(words);
            let error = definition.clone().try_get_matches_from(all).unwrap_err();
            refusal(&error, &line, &definition)
        })
    }

    fn suggested(diagnostic: &Diagnostic) -> Option<&str> {
        diagnostic.suggestion.as_ref().and_then(|text| text.en.split('"').nth(1))
    }

    /// Edit distance 1 and 2, swaps, full width, upper case; each says how it was made.
    fn misspellings(name: &str) -> Vec<String> {
        let letters: Vec<char> = name.chars().collect();
        let middle = letters.len() / 2;
        let wide =
            |c: char| char::from_u32(u32::from(c) + 0xFEE0).filter(|_| c.is_ascii_graphic()).unwrap_or(c);
        let mut dropped = letters.clone();
        dropped.remove(middle);
        let mut swapped = letters.clone();
        swapped.swap(middle - 1, middle);
        let mut doubled = letters.clone();
        doubled.insert(middle, letters[middle]);
        let mut replaced = letters.clone();
        replaced[middle] = 'q';
        let mut two = doubled.clone();
        two.push('x');
        [dropped, swapped, doubled, replaced, two, letters.iter().map(|&c| wide(c)).collect()]
            .into_iter()
            .map(String::from_iter)
            .chain([name.to_uppercase()])
            .collect()
    }

    #[test]
    fn misspelt_flags_and_commands_are_recognised() {
        let mut whole = definition(Language::En);
        whole.build();
        let check = whole.find_subcommand("check").unwrap();
        let flags: Vec<String> =
            check.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
        let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
        for flag in &flags {
            for spelling in misspellings(flag) {
                // A misspelling that is another flag's name is no misspelling.
                if flags.contains(&spelling) {
                    continue;
                }
                let diagnostic = refused(&["check", &format!("--{spelling}"), "x", "a.csv"]);
                all += 1;
                if suggested(&diagnostic) == Some(&format!("--{flag}")) && diagnostic.labels.len() == 1 {
                    right += 1;
                } else {
                    wrong.push(format!("{spelling} -> {:?}", suggested(&diagnostic)));
                }
            }
        }
        for command in ["check", "explain", "rules", "version"] {
            for spelling in misspellings(command) {
                all += 1;
                right += usize::from(suggested(&refused(&[&spelling])) == Some(command));
            }
        }
        println!("{right} of {all}; not: {wrong:?}");
        assert!(all >= 150 && right * 100 >= all * 95, "{right} of {all}: {wrong:?}");
    }

    #[test]
    fn what_is_far_from_every_name_gets_no_suggestion() {
        for words in
            [&["check", "--zzzzzzzzzz", "a"][..], &["elephant"], &["check", "--color", "chartreuse", "a"]]
        {
            assert_eq!(suggested(&refused(words)), None, "{words:?}");
        }
    }

    #[test]
    fn every_kind_of_refusal_has_its_code() {
        let code = |words: &[&str]| refused(words).notice.id.to_string();
        assert_eq!(code(&["nothing"]), "KP-U001");
        assert_eq!(code(&[]), "KP-U002");
        assert_eq!(code(&["check", "-x", "a"]), "KP-U003");
        assert_eq!(code(&["check", "a", "--lang"]), "KP-U004");
        assert_eq!(code(&["check", "a", "--lang", "de"]), "KP-U005");
        assert_eq!(code(&["check"]), "KP-U007");
        assert_eq!(code(&["version", "x"]), "KP-U008");
        assert_eq!(suggested(&refused(&["check", "-q-uiet", "--lang", "en", "a"])), Some("--quiet"));
        assert_eq!(code(&["check", "-q", "-q", "a"]), "KP-U010");
        assert_eq!(code(&["check", "－－ｌａｎｇ", "a"]), "KP-U003");
    }
}
