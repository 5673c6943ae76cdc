//! The pages for authors of surveys are whole and true: `docs/rule-language.md` names all that a pack may hold, its samples
//! are one pack that loads, and `docs/writing-a-survey.md` shows the files of `docs/example-survey` and what the program
//! says of them.
//!
//! Invariants
//! - A sample says in the comment above it which file it is of: `<!-- file: PATH -->`, of a questionnaire also which part,
//!   `root`, `defs` or `properties`; lines of expressions are `conditions`, `values`, or `refused` with the code behind `#`.
//! - What must be named is read from the program's own tables and schemas, never from a list here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

use kenpyo::expression::function::FUNCTIONS;
use kenpyo::questionnaire::keyword::KEYWORDS;
use kenpyo::rule_pack::record_set;
use serde_json::Value;

use crate::documents::{Block, blocks};
use crate::program::{command, copy, root, text};
use crate::readme::with_real_pictures;

const REFERENCE: &str = "docs/rule-language.md";
const TUTORIAL: &str = "docs/writing-a-survey.md";
/// The packs that the samples of the reference are.
const PACKS: [&str; 2] = ["rules/school/2025", "rules/school/2025-pilot"];

fn content(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// What the comment above a block says.
fn told(block: &Block) -> &str {
    block.comment.trim_start_matches("<!--").trim_end_matches("-->").trim()
}

/// What a page shows as code, word by word: inside backquotes, and in its blocks.
fn code_words(page: &str) -> BTreeSet<String> {
    let (mut words, mut inside) = (BTreeSet::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
            continue;
        }
        let shown: Vec<&str> = if inside { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        for code in shown {
            let parts = code.split(|letter: char| !letter.is_alphanumeric() && !"_-$@".contains(letter));
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

/// The names of all properties in a schema, and the words that a property may have as its value.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Array(list) => list.iter().for_each(|part| names(part, found)),
        Value::Object(map) => {
            for (key, part) in map {
                match (key.as_str(), part) {
                    ("properties", Value::Object(properties)) => found.extend(properties.keys().cloned()),
                    ("enum", Value::Array(list)) => {
                        found.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                names(part, found);
            }
        }
        _ => {}
    }
}

/// The texts in front of `, KIND::` in the table of a source: `("between", Word::Between)`.
fn spellings(file: &str, kind: &str) -> BTreeSet<String> {
    let pattern = regex::Regex::new(&format!("\\(\"([^\"]+)\", {kind}::")).unwrap();
    let source = content(file);
    pattern.captures_iter(&source).map(|found| found[1].to_owned()).collect()
}

/// Tells of every one of `wanted` that is not among `words`.
fn assert_named<'w>(what: &str, wanted: impl IntoIterator<Item = &'w str>, words: &BTreeSet<String>) {
    let wanted: BTreeSet<&str> = wanted.into_iter().collect();
    let missing: Vec<&str> = wanted.iter().copied().filter(|word| !words.contains(*word)).collect();
    assert!(wanted.len() > 3, "{what}: {wanted:?}");
    assert!(missing.is_empty(), "{REFERENCE} does not name these {what}: {missing:?}");
}

#[test]
fn the_reference_names_all_that_a_pack_may_hold() {
    let page = content(REFERENCE);
    let words = code_words(&page);
    assert_named("keywords", KEYWORDS.iter().map(|keyword| keyword.name), &words);
    for file in ["survey-file", "rule-file"] {
        let schema: Value = serde_json::from_str(&content(&format!("schemas/kenpyo/{file}.json"))).unwrap();
        let mut found = BTreeSet::new();
        names(&schema, &mut found);
        assert_named(file, found.iter().map(String::as_str), &words);
    }
    let reserved = spellings("src/expression/parse/token.rs", "Word");
    assert_named("reserved words", reserved.iter().map(String::as_str), &words);
    let states = spellings("src/expression/parse/membership.rs", "StateTest");
    assert_named("states", states.iter().map(String::as_str), &words);
    for symbol in spellings("src/expression/parse/token.rs", "Symbol") {
        assert!(page.contains(&symbol), "{REFERENCE} does not show {symbol}");
    }
    for set in record_set::NAMES {
        assert_named(set, record_set::columns(set).map(|(name, _)| name), &words);
    }
    for name in record_set::PUBLISHED {
        assert!(page.contains(&format!("{{{name}}}")), "{REFERENCE} does not name {{{name}}}");
    }
}

#[test]
fn the_reference_tells_of_every_function_and_uses_it() {
    let page = content(REFERENCE);
    let used: Vec<String> = expressions(&page).into_iter().map(|line| line.text).collect();
    for function in FUNCTIONS {
        let called = format!("{}(", function.name);
        assert!(page.contains(&format!("`{called}")), "{REFERENCE} does not tell of {called}…)");
        assert!(used.iter().any(|line| line.contains(&called)), "{REFERENCE} does not use {called}…)");
    }
}

/// A line of a block of expressions.
struct Line {
    /// Its number on the page.
    number: usize,
    /// `conditions`, `values` or `refused`.
    kind: String,
    text: String,
}

fn expressions(page: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for block in blocks(page).into_iter().filter(|block| block.language == "kre") {
        for (number, text) in (block.line + 1..).zip(&block.lines) {
            found.push(Line { number, kind: told(&block).to_owned(), text: text.clone() });
        }
    }
    found
}

/// The files that the samples of the page are, by path.
fn files(page: &str) -> BTreeMap<String, String> {
    let mut whole: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut forms: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for block in blocks(page) {
        let sample = block.lines.join("\n");
        let place = told(&block).strip_prefix("file: ").map(|place| place.split_once(' ').ok_or(place));
        match place {
            Some(Ok((file, part))) => {
                let parts = forms.entry(file.to_owned()).or_default();
                parts.entry(part.to_owned()).or_default().push(sample);
            }
            Some(Err(file)) => whole.entry(file.to_owned()).or_default().push(sample),
            None => {}
        }
    }
    let mut files: BTreeMap<String, String> =
        whole.into_iter().map(|(file, samples)| (file, samples.join("\n\n") + "\n")).collect();
    for (file, parts) in forms {
        let part = |name: &str| parts[name].join(",\n");
        let inside = [("$defs", part("defs")), ("properties", part("properties"))].map(|(key, samples)| {
            let lines = ["\"", key, "\": {\n", &samples, "\n}"];
            lines.concat()
        });
        files.insert(file, ["{\n", &part("root"), ",\n", &inside.join(",\n"), "\n}\n"].concat());
    }
    files
}

/// A rule with `demand`, of which the fifth line is its first.
fn rule(number: usize, demand: &str) -> String {
    let lines = [
        "[[rule]]",
        &format!("id = \"KRE-{number}\""),
        &format!("slug = \"line-{number}\""),
        "severity = \"warning\"",
        demand,
        "source = \"sample\"",
        "title.ja = \"見本\"",
        "title.en = \"sample\"",
        "message.ja = \"見本。\"",
        "message.en = \"Sample.\"",
        "",
    ];
    lines.join("\n")
}

/// Writes the packs of the reference below `folder`, with a further rule file.
pub(crate) fn write_packs(folder: &Path, further: &str) {
    let mut files = files(&content(REFERENCE));
    assert!(PACKS.iter().all(|pack| files.contains_key(&format!("{pack}/survey.toml"))));
    files.insert(format!("{}/50-expressions.toml", PACKS[0]), further.to_owned());
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Runs `kenpyo rules COMMAND` for a pack below `folder`.
fn rules(folder: &Path, word: &str, pack: &str) -> (Output, String) {
    let arguments = ["rules", word, "--survey", pack, "--lang", "en", "--isolated"];
    let output = command(folder).args(arguments).output().unwrap();
    let said = format!("{}{}", text(&output), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn every_sample_of_the_reference_is_of_a_file_or_an_expression() {
    let page = content(REFERENCE);
    for block in blocks(&page) {
        let fits = match block.language.as_str() {
            "toml" | "json" | "csv" => told(&block).starts_with("file: "),
            "kre" => ["conditions", "values", "refused"].contains(&told(&block)),
            _ => true,
        };
        assert!(fits, "{REFERENCE}:{}: {:?}", block.line, block.comment);
    }
    assert!(expressions(&page).len() > 80);
}

#[test]
fn the_samples_of_the_reference_are_a_pack_without_mistakes() {
    let lines = expressions(&content(REFERENCE)).into_iter();
    let made = lines.filter_map(|Line { number, kind, text }| match kind.as_str() {
        "conditions" => Some(rule(number, &format!("let.sample = '5 + 0'\nrequire = '''{text}'''"))),
        "values" => Some(rule(number, &format!("let.sample = '''{text}'''\nrequire = 'pupils > 0'"))),
        _ => None,
    });
    let folder = tempfile::tempdir().unwrap();
    write_packs(folder.path(), &made.collect::<String>());
    for pack in PACKS {
        for word in ["lint", "test"] {
            let (output, said) = rules(folder.path(), word, pack);
            assert!(output.status.success() && !said.contains("KP-"), "rules {word} of {pack}:\n{said}");
        }
    }
    let (_, said) = rules(folder.path(), "test", PACKS[0]);
    let run = said.split("Ran ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!(run.parse::<usize>().unwrap() > 20, "{said}");
}

#[test]
fn what_the_reference_calls_refused_is_told_with_its_code() {
    let (mut made, mut wanted) = (String::new(), Vec::new());
    for Line { number, kind, text } in expressions(&content(REFERENCE)) {
        if kind != "refused" {
            continue;
        }
        let (expression, code) = text.rsplit_once(" # ").unwrap();
        wanted.push((made.lines().count() + 5, number, code.to_owned()));
        made.push_str(&rule(number, &format!("require = '''{expression}'''")));
    }
    let folder = tempfile::tempdir().unwrap();
    write_packs(folder.path(), &made);
    let (_, said) = rules(folder.path(), "lint", PACKS[0]);
    // The line of the file at which each finding is drawn → its codes.
    let (mut code, mut found) = ("", BTreeMap::<usize, BTreeSet<&str>>::new());
    for line in said.lines() {
        if let Some(rest) = line.strip_prefix("error ").or_else(|| line.strip_prefix("warning ")) {
            code = rest.split(' ').next().unwrap();
        } else if let Some((_, rest)) = line.split_once("50-expressions.toml:") {
            let drawn = rest.split(':').next().unwrap().parse().unwrap();
            found.entry(drawn).or_default().insert(code);
        }
    }
    assert!(wanted.len() > 30, "{}", wanted.len());
    for (line, number, code) in wanted {
        let told = found.get(&line).cloned().unwrap_or_default();
        assert_eq!(told, BTreeSet::from([code.as_str()]), "{REFERENCE}:{number}");
    }
}

/// The lines of a sample, however deep they stand in their file, and whatever follows them there.
fn plain<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    lines.map(|line| line.trim().trim_end_matches(',')).collect::<Vec<_>>().join("\n")
}

/// Every file below `folder`, as [`plain`] lines.
fn plain_files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            plain_files(&path, found);
        } else {
            found.push(plain(fs::read_to_string(path).unwrap().lines()));
        }
    }
}

#[test]
fn the_tutorial_shows_the_files_of_its_survey() {
    let mut files = Vec::new();
    plain_files(&root().join("docs/example-survey"), &mut files);
    let mut shown = 0;
    for block in blocks(&content(TUTORIAL)) {
        if ["toml", "json", "csv"].contains(&block.language.as_str()) {
            let sample = plain(block.lines.iter().map(String::as_str));
            assert!(
                files.iter().any(|file| file.contains(&sample)),
                "{TUTORIAL}:{}: no file has this",
                block.line
            );
            shown += 1;
        }
    }
    assert!(shown > 15, "{shown}");
}

#[test]
fn the_pictures_of_the_tutorial_are_not_stale() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    copy("docs/example-survey", &work);
    let page = content(TUTORIAL);
    let real = with_real_pictures(&page, |words| command(&work).args(words).output().unwrap());
    if std::env::var_os("KENPYO_BLESS").is_some() {
        fs::write(root().join(TUTORIAL), real).unwrap();
    } else {
        assert!(page.contains("<!-- picture: ") && page == real, "{TUTORIAL} shows an older output:\n{real}");
    }
}
