//! Of misspellings of fields, options, headers, flags and rule ids at least 95 % get the right name as first
//! suggestion, with a mark under exactly the misspelt word; what is far from every name gets none.
//!
//! The misspellings are drawn by a fixed seed over all names of the shipped survey and of the command line, the same
//! number of each kind, and go through the program: into a copy of the survey's rule files, into delimited and JSON
//! submissions, and onto the command line.
//!
//! Ties: a drawn word that is as near to another name as to its own is drawn again (`b200` → `b300` is two names, not
//! a misspelling), as is a word that means something where it stands: `and` for `band` in an expression, the
//! beginning of an id behind `--select`, a flag without its dashes, which is a file. Every other draw counts.
//! Where another width or kana alone is read as the name (fields, headers, answers), one letter is changed besides, so
//! that there is something to suggest; that it is read is a test of its own. Fields have no kana: all are ASCII.
//!
//! Invariants
//! - What is right for a word is known from how it was drawn; the program is asked as a person would ask it.

use std::collections::BTreeMap;
use std::fmt::Write;

use kenpyo::expression::{OptionItem, Type};
use kenpyo::rule_pack::RulePack;
use serde_json::Value;

use crate::chance::Chance;
use crate::misspell::{KINDS, Kind, Name, Word, draw, draw_far, other_kana, other_width};
use crate::misspelt::{Answer, Via, answers};

/// Misspellings of one group and kind.
const EACH: usize = 20;

const GROUPS: [&str; 5] = ["fields", "options", "headers", "flags", "rule ids"];

fn pack() -> RulePack {
    kenpyo::engine::survey::open(None).unwrap().pack.unwrap()
}

fn pool(group: &str, pack: &RulePack) -> Vec<Name<Via>> {
    match group {
        "fields" => fields(pack),
        "options" => options(pack),
        "headers" => headers(pack),
        "flags" => flags(),
        _ => rules(pack),
    }
}

fn name(text: &str, right: &[&str], rivals: Vec<String>, via: Via) -> Name<Via> {
    let right = right.iter().map(|&name| name.to_owned()).collect();
    Name { text: text.to_owned(), right, rivals, via, reads_width: false, reads_kana: false }
}

fn others(all: &[String], but: &str) -> Vec<String> {
    all.iter().filter(|name| *name != but).cloned().collect()
}

/// Every field in an expression, under `blame`, and in an example.
fn fields(pack: &RulePack) -> Vec<Name<Via>> {
    let all: Vec<String> = pack.questionnaire.fields.iter().map(|field| field.name.to_string()).collect();
    let places = [Via::Expression, Via::Blame, Via::ExampleField];
    let each = all.iter().flat_map(|field| places.iter().map(move |via| (field, via.clone())));
    each.map(|(field, via)| Name { reads_width: true, ..name(field, &[field], others(&all, field), via) })
        .collect()
}

/// Every option of every list by its name and both labels: in an expression, a set, an example, and a cell.
fn options(pack: &RulePack) -> Vec<Name<Via>> {
    let mut names = Vec::new();
    let mut lists = Vec::new();
    for field in &pack.questionnaire.fields {
        let Type::Option(list) = &field.ty else { continue };
        // The many questions that are answered by yes or no share a list.
        if lists.contains(list) {
            continue;
        }
        lists.push(list.clone());
        let spellings =
            |item: &OptionItem| [&item.name, &item.label.ja, &item.label.en].map(ToString::to_string);
        for item in &list.items {
            let others = list.items.iter().filter(|other| other.name != item.name);
            let rivals: Vec<String> = others.flat_map(spellings).collect();
            let own = spellings(item);
            let right: Vec<&str> = own.iter().map(String::as_str).collect();
            let column = (field.name.to_string(), field.column.to_string());
            for text in &own {
                let in_rules =
                    [Via::Comparison, Via::Set, Via::ExampleValue].map(|via| via(column.0.clone()));
                names.extend(in_rules.map(|via| name(text, &[&item.name], rivals.clone(), via)));
                let in_data = [Via::CsvCell(column.1.clone()), Via::JsonCell(column.0.clone())];
                names.extend(
                    in_data.map(|via| Name { reads_width: true, ..name(text, &right, rivals.clone(), via) }),
                );
            }
        }
    }
    names
}

/// Every column by its header and its field's name: in a header row, as a key, and as a key inside an object.
fn headers(pack: &RulePack) -> Vec<Name<Via>> {
    let fields = &pack.questionnaire.fields;
    let mut names = Vec::new();
    for field in fields {
        let others = fields.iter().filter(|other| other.name != field.name);
        let all = others.flat_map(|other| [&other.name, &other.column].into_iter().chain(&other.aliases));
        let rivals: Vec<String> = all.map(ToString::to_string).collect();
        let spellings: Vec<&str> =
            [&field.column, &field.name].into_iter().chain(&field.aliases).map(|text| &**text).collect();
        for text in [&field.column, &field.name] {
            for via in [Via::Header, Via::Key] {
                names.push(name(text, &spellings, rivals.clone(), via));
            }
        }
        let Some((object, key)) = field.pointer.as_deref().and_then(|path| path.rsplit_once('/')) else {
            continue;
        };
        let beside = fields.iter().filter_map(|other| other.pointer.as_deref()?.rsplit_once('/'));
        let siblings = beside.filter(|(place, other)| *place == object && *other != key);
        let rivals: Vec<String> = siblings.map(|(_, other)| other.to_owned()).collect();
        names.push(name(key, &[key], rivals, Via::NestedKey(object.trim_start_matches('/').to_owned())));
    }
    names.into_iter().map(|name| Name { reads_width: true, reads_kana: true, ..name }).collect()
}

/// Every flag of the commands and every command.
fn flags() -> Vec<Name<Via>> {
    let mut names = Vec::new();
    for command in ["check", "generate", "rules list", "rules format", "explain"] {
        let words: Vec<&str> = command.split(' ').collect();
        let help = crate::program::kenpyo(&[&words[..], &["--help", "--lang", "en"]].concat());
        let help = crate::program::text(&help);
        let lines = help.lines().map(str::trim_start);
        let flag = |line: &str| {
            let at = if line.starts_with("--") { 0 } else { line.find(", --")? + 2 };
            let rest = line.get(at..).filter(|_| line.starts_with('-'))?;
            Some(rest.split([' ', '=']).next()?.to_owned())
        };
        let all: Vec<String> = lines.filter_map(flag).collect();
        assert!(all.len() > 4, "{help}");
        names.extend(
            all.iter().map(|flag| name(flag, &[flag], others(&all, flag), Via::Flag(command.to_owned()))),
        );
    }
    let commands = |parent: &str, known: &[&str]| -> Vec<Name<Via>> {
        let all: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
        known
            .iter()
            .map(|known| name(known, &[known], others(&all, known), Via::Command(parent.to_owned())))
            .collect()
    };
    names.extend(commands("", &["check", "explain", "rules", "generate", "version"]));
    names.extend(commands("rules", &["list", "lint", "test", "format"]));
    names
}

/// Every rule by its id, its family's and its slug: behind `--select`, `--ignore` and `explain`.
fn rules(pack: &RulePack) -> Vec<Name<Via>> {
    let mut all: Vec<String> = Vec::new();
    for rule in &pack.rules {
        all.extend([rule.notice.full_id(), rule.notice.id.to_string(), rule.notice.slug.to_string()]);
    }
    all.sort();
    all.dedup();
    let places = [Via::Select, Via::Ignore, Via::Explain];
    let each = all.iter().flat_map(|rule| places.iter().map(move |via| (rule, via.clone())));
    each.map(|(rule, via)| name(rule, &[rule], others(&all, rule), via)).collect()
}

/// Whether `written` has no meaning of its own where it stands.
fn possible(name: &Name<Via>, written: &str) -> bool {
    let words = ["and", "or", "not", "in", "of", "is", "it", "if", "then", "else", "has", "let", "true"];
    match &name.via {
        Via::Expression => !words.contains(&written),
        // Without a dash in front it is a file; what `-q` begins is that flag.
        Via::Flag(_) => written.starts_with(['-', 'ー', '－']) && written.len() > 2,
        Via::Command(_) => !written.starts_with('-'),
        Via::Select | Via::Ignore => {
            // A comma or a space would cut the word.
            let begins = |id: &String| id.starts_with(written);
            !name.rivals.iter().chain([&name.text]).any(begins)
        }
        _ => true,
    }
}

fn is_right(word: &Word<Via>, answer: &Answer) -> bool {
    let suggested = answer.suggestion.as_ref();
    let right = suggested.is_some_and(|suggestion| word.name.right.contains(suggestion));
    right && answer.marked.as_deref() == Some(&word.written)
}

#[test]
fn misspellings_get_the_right_name_and_a_mark_under_the_word() {
    let pack = pack();
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let mut table = String::new();
    for (group, seed) in GROUPS.iter().zip(1..) {
        let names = pool(group, &pack);
        let mut random = Chance(seed);
        let _ = write!(table, "{group:9}");
        let words: Vec<Word<Via>> =
            KINDS.iter().flat_map(|&kind| draw(&mut random, &names, kind, EACH, possible)).collect();
        let answers = answers(&words);
        let mut counts: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
        for (word, answer) in words.iter().zip(&answers) {
            let count = counts.entry(word.kind.unwrap()).or_default();
            count.1 += 1;
            if is_right(word, answer) {
                count.0 += 1;
            } else {
                wrong.push(format!(
                    "{group}: {} for {} by {:?}: {answer:?}",
                    word.written, word.name.text, word.name.via
                ));
            }
        }
        for kind in KINDS {
            let (good, drawn) = counts.get(&kind).copied().unwrap_or_default();
            (right, all) = (right + good, all + drawn);
            let _ = match drawn {
                0 => write!(table, "  {:>9}", "-"),
                _ => write!(table, "  {:>9}", format!("{good}/{drawn}")),
            };
            let none = *group == "fields" && kind == Kind::Kana;
            assert!(drawn == EACH || none, "{group}, {}: only {drawn} could be drawn", kind.words());
        }
        table.push('\n');
    }
    let heads = KINDS.map(|kind| format!("  {:>9}", kind.words())).concat();
    println!("{:9}{heads}\n{table}{right} of {all}", "");
    for word in &wrong {
        println!("  not {word}");
    }
    assert!(all >= 200 && right * 100 >= all * 95, "{right} of {all}: {wrong:#?}");
}

#[test]
fn what_is_far_from_every_name_gets_no_suggestion_but_its_mark() {
    let pack = pack();
    for (group, seed) in GROUPS.iter().zip(11..) {
        let names = pool(group, &pack);
        let words = draw_far(&mut Chance(seed), &names, EACH, possible);
        assert_eq!(words.len(), EACH, "{group}");
        for (word, answer) in words.iter().zip(answers(&words)) {
            let expected = Answer { suggestion: None, marked: Some(word.written.clone()) };
            assert_eq!(answer, expected, "{group}: {} by {:?}", word.written, word.name.via);
        }
    }
}

/// Where the width and the kana alone do not matter.
#[test]
fn headers_and_answers_of_another_width_or_kana_are_read() {
    let pack = pack();
    let respell = |text: &str, other: fn(char) -> Option<String>| -> String {
        text.chars().map(|letter| other(letter).unwrap_or_else(|| letter.to_string())).collect()
    };
    let mut read = 0;
    for other in [other_width as fn(char) -> Option<String>, other_kana] {
        let columns = pack.questionnaire.fields.iter().map(|field| respell(&field.column, other));
        let header = columns.collect::<Vec<_>>().join(",");
        let file =
            std::fs::read_to_string(crate::program::root().join("fixtures/submissions/clean.csv")).unwrap();
        let records: Vec<&str> = file.lines().skip(1).take(20).collect();
        let file = format!("{header}\n{}\n", records.join("\n"));
        let report = crate::program::report(&["-", "--stdin-filename", "a.csv"], Some(file.as_bytes()));
        assert_eq!(report["findings"], Value::Array(Vec::new()), "{header}");
        read += 1;
    }
    assert_eq!(read, 2);
}
