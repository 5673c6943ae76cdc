//! Misspelt words on their way through the program, and what it answers: the first suggestion and the marked text.
//!
//! Invariants
//! - Many words go through one run, each with a finding of its own.
//! - What is marked is cut from the original text by the finding's own place, or, on the command line, from the drawn
//!   line by the columns of the drawn mark.

use std::fmt::Write;

use kenpyo::diagnostic::Diagnostic;
use kenpyo::rule_pack::load::Loaded;
use kenpyo::source::display_width;
use serde_json::Value;

use crate::misspell::Word;
use crate::program::{copy, kenpyo, report};

/// Where a name is misspelt; a field, column, object or command with it where the place is one of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    Expression,
    Blame,
    ExampleField,
    Comparison(String),
    Set(String),
    ExampleValue(String),
    CsvCell(String),
    JsonCell(String),
    Header,
    Key,
    NestedKey(String),
    Flag(String),
    Command(String),
    Select,
    Ignore,
    Explain,
}

/// What the program says of a word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The first suggestion.
    pub suggestion: Option<String>,
    /// The text under the mark, without quotes.
    pub marked: Option<String>,
}

/// The answers, in the order of the words.
pub fn answers(words: &[Word<Via>]) -> Vec<Answer> {
    let mut answers = vec![Answer::default(); words.len()];
    let mut put = |which: &dyn Fn(&Via) -> bool, run: &dyn Fn(&[&Word<Via>]) -> Vec<Answer>| {
        let places: Vec<usize> = (0..words.len()).filter(|&at| which(&words[at].name.via)).collect();
        let chosen: Vec<&Word<Via>> = places.iter().map(|&at| &words[at]).collect();
        if !chosen.is_empty() {
            let found = run(&chosen);
            assert_eq!(found.len(), chosen.len());
            places.iter().zip(found).for_each(|(&at, answer)| answers[at] = answer);
        }
    };
    put(&|via| *via <= Via::ExampleValue("\u{10FFFF}".into()), &in_rule_file);
    put(&|via| matches!(via, Via::CsvCell(_)), &in_cells);
    put(&|via| matches!(via, Via::JsonCell(_)), &in_members);
    put(&|via| *via == Via::Header, &in_headers);
    put(&|via| matches!(via, Via::Key), &in_keys);
    put(&|via| matches!(via, Via::NestedKey(_)), &in_nested_keys);
    put(&|via| matches!(via, Via::Flag(_) | Via::Command(_)), &as_flags);
    put(&|via| *via == Via::Select, &|words| as_selection("--select", words));
    put(&|via| *via == Via::Ignore, &|words| as_selection("--ignore", words));
    put(&|via| *via == Via::Explain, &|words| {
        words.iter().map(|word| drawn(&["explain", &word.written]).pop().unwrap_or_default()).collect()
    });
    answers
}

/// The first suggestion of a text such as `did you mean "x"?`, without its quotes.
fn suggested(text: &str) -> Option<String> {
    let name = text.strip_prefix("did you mean ")?.trim_end().strip_suffix('?')?;
    Some(bare(name).to_owned())
}

fn bare(text: &str) -> &str {
    text.trim_matches(['"', '`'])
}

/// A copy of the shipped survey with one more rule file.
fn load_with(rules: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for name in ["schemas", "rules"] {
        copy(name, &folder.path().join(name));
    }
    let survey = folder.path().join("rules/hospital-cyber/2024");
    std::fs::write(survey.join("99-misspelt.toml"), rules).unwrap();
    kenpyo::engine::survey::open(survey.to_str()).unwrap()
}

/// A rule for each word.
fn in_rule_file(words: &[&Word<Via>]) -> Vec<Answer> {
    let mut file = String::new();
    let mut starts = Vec::new();
    for (index, word) in words.iter().enumerate() {
        starts.push(file.len());
        let written = &word.written;
        let (mut require, mut blame) = ("notes is blank".to_owned(), "notes".to_owned());
        let mut example = "notes = \"x\"".to_owned();
        match &word.name.via {
            Via::Expression => require = format!("{written} is answered"),
            Via::Blame => blame.clone_from(written),
            Via::ExampleField => example = format!("\"{written}\" = \"@na\""),
            Via::Comparison(field) => require = format!("{field} = \"{written}\""),
            Via::Set(field) => require = format!("{field} in {{\"{written}\"}}"),
            Via::ExampleValue(field) => example = format!("{field} = \"{written}\""),
            via => panic!("{via:?} is no place in a rule file"),
        }
        let _ = writeln!(
            file,
            "[[rule]]\nid = \"M-{index:03}\"\nslug = \"m-{index:03}\"\nseverity = \"info\"\nsource = \"test\"\n\
             require = '{require}'\nblame = [\"{blame}\"]\ntitle.ja = \"題\"\ntitle.en = \"title\"\n\
             message.ja = \"文。\"\nmessage.en = \"Text.\"\nexamples.fail = [ {{ {example} }} ]\n"
        );
    }
    let loaded = load_with(&file);
    let source = loaded.sources.iter().find(|source| source.name.ends_with("99-misspelt.toml")).unwrap();
    let ends = starts.iter().skip(1).copied().chain([file.len()]);
    let answer = |(word, (start, end)): (&&Word<Via>, (&usize, usize))| {
        let within = |diagnostic: &&Diagnostic| {
            let label = diagnostic.labels.first();
            label.is_some_and(|label| {
                let at = usize::try_from(label.span.start).unwrap();
                label.source == source.id && (*start..end).contains(&at)
            })
        };
        // A word may upset more than its own place; what is told of the word is what counts.
        let findings: Vec<&Diagnostic> = loaded.diagnostics.iter().filter(within).collect();
        let marked = |finding: &&Diagnostic| bare(source.slice(finding.labels[0].span)).to_owned();
        let of_word = |finding: &&&Diagnostic| marked(finding) == word.written;
        let Some(finding) = findings.iter().find(of_word).or(findings.first()) else {
            return Answer::default();
        };
        Answer {
            suggestion: finding.suggestion.as_ref().and_then(|text| suggested(&text.en)),
            marked: Some(marked(finding)),
        }
    };
    words.iter().zip(starts.iter().zip(ends)).map(answer).collect()
}

/// Checks `bytes` under `name`, and gives for each word what is said of the place that it was written to.
fn checked(name: &str, bytes: &str, places: &[usize]) -> Vec<Answer> {
    let report = report(&["-", "--stdin-filename", name], Some(bytes.as_bytes()));
    let findings = report["findings"].as_array().unwrap();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let answer = |place: &usize| {
        // A mark may stand inside the quotes of a JSON string, or on them.
        let about = |label: &Value| (number(&label["start"])..number(&label["end"])).contains(place);
        let of_word = |finding: &&Value| finding["labels"].get(0).is_some_and(about);
        // What is missing from a header marks the whole of it; what is wrong in it, one cell.
        let width =
            |finding: &&Value| number(&finding["labels"][0]["end"]) - number(&finding["labels"][0]["start"]);
        let Some(finding) = findings.iter().filter(of_word).min_by_key(width) else {
            return Answer::default();
        };
        let label = &finding["labels"][0];
        let marked = bytes.get(number(&label["start"])..number(&label["end"])).unwrap();
        Answer {
            suggestion: finding["suggestion"]["en"].as_str().and_then(suggested),
            marked: Some(bare(marked).to_owned()),
        }
    };
    places.iter().map(answer).collect()
}

/// A row for each word, in a file with all columns that are wanted.
fn in_cells(words: &[&Word<Via>]) -> Vec<Answer> {
    let column = |word: &Word<Via>| match &word.name.via {
        Via::CsvCell(column) => column.clone(),
        via => panic!("{via:?} is no cell"),
    };
    let mut columns: Vec<String> = words.iter().map(|word| column(word)).collect();
    columns.sort();
    columns.dedup();
    let mut file = format!("G-MIS ID,病床数,{}\n", columns.join(","));
    let mut places = Vec::new();
    for word in words {
        let before = columns.iter().position(|other| *other == column(word)).unwrap();
        let _ = write!(file, "AB12345,20,{}", ",".repeat(before));
        places.push(file.len());
        let _ = writeln!(file, "{}{}", word.written, ",".repeat(columns.len() - before - 1));
    }
    checked("a.csv", &file, &places)
}

/// A line for each word.
fn in_members(words: &[&Word<Via>]) -> Vec<Answer> {
    let mut file = String::new();
    let mut places = Vec::new();
    for word in words {
        let Via::JsonCell(field) = &word.name.via else { panic!("{:?} is no member", word.name.via) };
        let _ = write!(file, "{{\"gmis_id\":\"AB12345\",\"{field}\":\"");
        places.push(file.len());
        let _ = writeln!(file, "{}\"}}", word.written);
    }
    checked("a.jsonl", &file, &places)
}

/// One header row of nothing but misspelt columns, so that all columns are open; but one column must be there.
fn in_headers(words: &[&Word<Via>]) -> Vec<Answer> {
    let about_beds = |word: &Word<Via>| ["病床数", "beds_total"].contains(&word.name.text.as_str());
    let mut answers = vec![Answer::default(); words.len()];
    for (present, beds) in [("病床数", false), ("G-MIS ID", true)] {
        let chosen: Vec<usize> = (0..words.len()).filter(|&at| about_beds(words[at]) == beds).collect();
        let mut file = present.to_owned();
        let mut places = Vec::new();
        for &at in &chosen {
            file.push(',');
            places.push(file.len());
            file.push_str(&words[at].written);
        }
        let _ = writeln!(file, "\n20{}", ",".repeat(chosen.len()));
        for (&at, answer) in chosen.iter().zip(checked("a.csv", &file, &places)) {
            answers[at] = answer;
        }
    }
    answers
}

/// One record with all misspelt keys.
fn in_keys(words: &[&Word<Via>]) -> Vec<Answer> {
    let mut file = "{\"gmis_id\":\"AB12345\"".to_owned();
    let mut places = Vec::new();
    for word in words {
        file.push_str(",\"");
        places.push(file.len());
        let _ = write!(file, "{}\":1", word.written);
    }
    file.push_str("}\n");
    checked("a.jsonl", &file, &places)
}

/// A line for each misspelt key inside an object.
fn in_nested_keys(words: &[&Word<Via>]) -> Vec<Answer> {
    let mut file = String::new();
    let mut places = Vec::new();
    for word in words {
        let Via::NestedKey(object) = &word.name.via else { panic!("{:?} is no nested key", word.name.via) };
        let _ = write!(file, "{{\"gmis_id\":\"AB12345\",\"{object}\":{{\"");
        places.push(file.len());
        let _ = writeln!(file, "{}\":1}}}}", word.written);
    }
    checked("a.jsonl", &file, &places)
}

/// A call for each misspelt flag or command.
fn as_flags(words: &[&Word<Via>]) -> Vec<Answer> {
    let answer = |word: &&Word<Via>| {
        let (before, behind): (&str, &[&str]) = match &word.name.via {
            Via::Flag(command) => (command, &["x", "a.csv"]),
            Via::Command(parent) => (parent, &["a.csv"]),
            via => panic!("{via:?} is no flag"),
        };
        let mut line: Vec<&str> = before.split(' ').filter(|part| !part.is_empty()).collect();
        line.push(&word.written);
        line.extend(behind);
        drawn(&line).into_iter().next().unwrap_or_default()
    };
    words.iter().map(answer).collect()
}

/// A few ids in a list for each call.
fn as_selection(flag: &str, words: &[&Word<Via>]) -> Vec<Answer> {
    let mut all = Vec::new();
    for some in words.chunks(4) {
        let list = some.iter().map(|word| word.written.as_str()).collect::<Vec<_>>().join(",");
        let answers = drawn(&["check", flag, &list, "fixtures/submissions/example.csv"]);
        let of_word = |word: &&&Word<Via>| {
            let mine = |answer: &&Answer| answer.marked.as_deref() == Some(&word.written);
            answers.iter().find(mine).cloned().unwrap_or_default()
        };
        all.extend(some.iter().map(|word| of_word(&word)));
    }
    all
}

/// The refusals that a call draws: for each its first suggestion and the text over its mark.
fn drawn(words: &[&str]) -> Vec<Answer> {
    let output = kenpyo(&[words, &["--lang", "en"]].concat());
    assert_eq!(output.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    let page = String::from_utf8(output.stderr).unwrap();
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in page.lines() {
        if line.starts_with("error ") {
            blocks.push(Vec::new());
        }
        blocks.last_mut().unwrap().push(line);
    }
    blocks.iter().map(|lines| block(lines)).collect()
}

fn block(lines: &[&str]) -> Answer {
    // A long name is broken over lines, and no name has blanks.
    let all: String = lines.join("").split_whitespace().collect();
    let suggestion = all.split("didyoumean\"").nth(1).and_then(|rest| rest.split('"').next());
    let code = lines.iter().position(|line| line.starts_with(" 1 │ "));
    let marked = code.and_then(|at| Some(over(lines.get(at)?, lines.get(at + 1)?)));
    Answer { suggestion: suggestion.map(str::to_owned), marked }
}

/// The part of `line` that stands over the strokes of `marks`.
fn over(line: &str, marks: &str) -> String {
    let is_stroke = |letter: char| matches!(letter, '─' | '┬');
    let from = display_width(marks.split(is_stroke).next().unwrap());
    let strokes: String = marks.chars().filter(|&letter| is_stroke(letter)).collect();
    let to = from + display_width(&strokes);
    let mut column = 0;
    let mut part = String::new();
    for letter in line.chars() {
        if (from..to).contains(&column) {
            part.push(letter);
        }
        column += display_width(letter.encode_utf8(&mut [0; 4]));
    }
    part
}
