//! Every flag and format that a sentence or a table names is one that the program has.
//!
//! Invariants
//! - What the program has is asked of the program: its help, and what it says to an unknown format.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::{content, documents};
use crate::program::{kenpyo, text};

/// The formats that the program names where it is asked for one that there is not.
pub fn formats() -> BTreeSet<String> {
    let output = kenpyo(&["check", "a.csv", "--format", "zzzzzz", "--lang", "en"]);
    let told = String::from_utf8(output.stderr).unwrap();
    let words = told.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(str::to_owned).collect()
}

/// The flags of each command, by its words.
pub fn flags() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut open = vec![Vec::<String>::new()];
    while let Some(words) = open.pop() {
        let help: Vec<&str> = words.iter().map(String::as_str).chain(["--help", "--lang", "en"]).collect();
        let help = text(&kenpyo(&help));
        let listed =
            help.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
        for line in listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap().to_owned();
            open.push(words.iter().cloned().chain([name]).collect());
        }
        let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
        let flags = flags.map(|word| word.trim_end_matches([',', '.', ')', ']']).to_owned()).collect();
        found.insert(words.join(" "), flags);
    }
    found
}

/// What is wrong with a command line that is only shown: no such command, flag or format. Empty: nothing.
pub fn wrong(
    line: &str,
    known: &BTreeMap<String, BTreeSet<String>>,
    formats: &BTreeSet<String>,
) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let mut command = String::new();
    for word in &words {
        let longer = format!("{command} {word}").trim().to_owned();
        if !known.contains_key(&longer) {
            break;
        }
        command = longer;
    }
    let mut found = Vec::new();
    if command.is_empty()
        && words.first().is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
    {
        found.push(format!("no command {}", words[0]));
    }
    for (place, word) in words.iter().enumerate().filter(|(_, word)| word.starts_with("--") && word.len() > 2)
    {
        let (flag, value) = word.split_once('=').map_or((*word, None), |(flag, value)| (flag, Some(value)));
        let flag = flag.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        if !known.get(&command).is_some_and(|flags| flags.contains(flag)) {
            found.push(format!("kenpyo {command} has no {flag}"));
        }
        let value = value.or_else(|| words.get(place + 1).copied()).unwrap_or_default();
        let name = value.trim_matches(['"', '\'', '`']).split('=').next().unwrap_or_default();
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase());
        let there = formats.contains(name);
        if command == "check" && flag == "--format" && is_name && !there {
            found.push(format!("no format {name}"));
        }
    }
    found
}

#[test]
fn every_flag_that_a_sentence_or_a_table_names_is_there() {
    let (known, formats) = (flags(), formats());
    assert!(!wrong("kenpyo chekc", &known, &formats).is_empty());
    assert!(!wrong("kenpyo check a --fial-on x", &known, &formats).is_empty());
    assert!(!wrong("kenpyo check a --format nothing=x", &known, &formats).is_empty());
    assert!(wrong("kenpyo check a --format=json", &known, &formats).is_empty());
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for name in documents() {
        for (number, line) in (1..).zip(content(&name).lines()) {
            for shown in line.split('`').skip(1).step_by(2).filter(|shown| shown.starts_with("kenpyo ")) {
                looked_at += 1;
                let faults = wrong(shown, &known, &formats);
                found.extend(faults.into_iter().map(|fault| format!("{name}:{number}: {fault}: {shown}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(looked_at > 10, "{looked_at}");
}
