//! The documents and the blocks in them, and which of their lines are commands of ours.
//!
//! Invariants
//! - A line that looks like a command of ours and would not be run is a fault with its place, never passed over.

use std::fs;
use std::path::Path;

use crate::program::root;

/// The documents, relative to the repository, sorted.
pub fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    found.extend(files("docs").into_iter().filter(|name| ends(name, &["md"])));
    found
}

/// Whether the name of a file has one of `endings`.
pub fn ends(name: &str, endings: &[&str]) -> bool {
    Path::new(name).extension().is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

/// Every file below `folder`, relative to the repository, sorted.
pub fn files(folder: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

pub fn content(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// A fenced block: the line of its fence, its language, the comment above it, its lines.
pub struct Block {
    pub line: usize,
    pub language: String,
    pub comment: String,
    pub lines: Vec<String>,
}

pub fn blocks(document: &str) -> Vec<Block> {
    let (mut found, mut open, mut above) = (Vec::new(), None::<Block>, String::new());
    for (number, line) in (1..).zip(document.lines()) {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (Some(_), Some(_)) => {
                found.extend(open.take());
                above.clear();
            }
            (Some(block), None) => block.lines.push(line.to_owned()),
            (None, Some(language)) => {
                let comment = if above.starts_with("<!--") { above.clone() } else { String::new() };
                open = Some(Block {
                    line: number,
                    language: language.trim().to_owned(),
                    comment,
                    lines: Vec::new(),
                });
            }
            (None, None) if !line.trim().is_empty() => line.trim().clone_into(&mut above),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// How a command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Interrupted(String),
}

/// A command of ours: place, line, end.
type Shown = (String, String, End);

/// A line as it would be typed, if the command is ours.
fn ours(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("$ ").trim_start();
    if line == "kenpyo" || line.starts_with("kenpyo ") {
        return Some(line.to_owned());
    }
    let (_, arguments) = line.strip_prefix("cargo run")?.split_once(" -- ")?;
    Some(format!("kenpyo {arguments}"))
}

/// The commands of a document, in order; whatever looks like one and would not be run is a fault.
pub fn commands(name: &str, document: &str) -> Result<Vec<Shown>, String> {
    let mut found = Vec::new();
    for block in blocks(document) {
        let runs = ["sh", "console", "bash", "shell"].contains(&block.language.as_str());
        let mut joined: Vec<(usize, String)> = Vec::new();
        let mut goes_on = false;
        for (number, line) in (block.line + 1..).zip(&block.lines) {
            let part = line.trim_end().trim_end_matches('\\');
            match joined.last_mut().filter(|_| goes_on) {
                Some((_, whole)) => whole.push_str(part),
                None => joined.push((number, part.to_owned())),
            }
            goes_on = line.trim_end().ends_with('\\');
        }
        let ours: Vec<(usize, String)> =
            joined.into_iter().filter_map(|(number, line)| Some((number, ours(&line)?))).collect();
        let Some((first, line)) = ours.first() else { continue };
        if !runs {
            return Err(format!("{name}:{first}: a block of {:?} is not run: {line}", block.language));
        }
        let told = |key: &str| {
            let (_, rest) = block.comment.split_once(key)?;
            Some(rest.split([';', '-']).next()?.trim().to_owned())
        };
        let mut ends: Vec<End> = told("exit:")
            .map(|codes| codes.split(' ').map(|code| End::Exit(code.parse().unwrap())).collect())
            .unwrap_or_default();
        if let Some((_, rest)) = block.comment.split_once("until:") {
            ends = vec![End::Interrupted(rest.trim().trim_end_matches("-->").trim().to_owned())];
        }
        if ends.len() > 1 && ends.len() != ours.len() {
            return Err(format!("{name}:{first}: {} codes for {} commands", ends.len(), ours.len()));
        }
        for (place, (number, line)) in ours.into_iter().enumerate() {
            let end = ends.get(place).or(ends.first()).cloned().unwrap_or(End::Exit(0));
            found.push((format!("{name}:{number}"), line, end));
        }
    }
    for (number, line) in (1..).zip(document.lines()) {
        if line.starts_with("    ")
            && ours(line).is_some()
            && !found.iter().any(|(_, shown, _)| line.contains(shown))
        {
            return Err(format!("{name}:{number}: an indented command is not run"));
        }
    }
    Ok(found)
}

#[test]
fn a_command_that_would_not_be_run_is_a_fault_with_its_place() {
    let shown = |document: &str| commands("a.md", document);
    for document in ["```text\nkenpyo check a.csv\n```", "```\n$ kenpyo man\n```", "text\n\n    kenpyo man\n"]
    {
        assert!(shown(document).is_err_and(|fault| fault.starts_with("a.md:")), "{document}");
    }
    let document =
        "<!-- exit: 0 1 -->\n\n```sh\n$ kenpyo man\ngit add .\ncargo run -q -- check \\\n  a.csv\n```";
    let expected = [
        ("a.md:4".to_owned(), "kenpyo man".to_owned(), End::Exit(0)),
        ("a.md:6".to_owned(), "kenpyo check   a.csv".to_owned(), End::Exit(1)),
    ];
    assert_eq!(shown(document).unwrap(), expected);
    assert!(shown("<!-- exit: 0 1 2 -->\n```sh\nkenpyo man\nkenpyo man\n```").is_err());
    let document = "<!-- until: Ctrl-C -->\n```sh\nkenpyo check --watch a\n```";
    assert_eq!(shown(document).unwrap()[0].2, End::Interrupted("Ctrl-C".to_owned()));
}
