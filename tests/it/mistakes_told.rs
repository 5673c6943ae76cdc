//! What is wrong with a pack is told once, at its cause, with the way out: over the pack whose files are the samples of the
//! reference, each time with one thing broken.
//!
//! Invariants
//! - One thing is broken at a time; the pack is whole without it (`authors` looks after that).

use std::fs;
use std::path::Path;

use crate::authors::write_packs;
use crate::program::{command, text};

const SURVEY: &str = "rules/school/2025/survey.toml";
const RULES: &str = "rules/school/2025/20-rules.toml";

/// A folder with the pack, in one file of which `from` is `to`.
fn broken(file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_packs(folder.path(), "");
    let path = folder.path().join(file);
    let content = fs::read_to_string(&path).unwrap();
    assert!(content.contains(from), "{file}: {from}");
    fs::write(path, content.replacen(from, to, 1)).unwrap();
    folder
}

/// Everything that `rules lint` says, on one line.
fn lint(folder: &Path, pack: &str) -> String {
    let output = command(folder).args(["rules", "lint", "--survey", pack, "--lang", "en"]).output().unwrap();
    let said = text(&output) + &String::from_utf8_lossy(&output.stderr);
    said.replace("\n  │ ", " ").replace('\n', " ")
}

#[test]
fn one_cause_is_told_once() {
    for (file, from, to, code) in [
        (
            SURVEY,
            "key             = [\"size\", \"region\"]",
            "key = [\"size\"]\ninterval = { low = \"a\", high = \"b\" }",
            "KP-P080",
        ),
        (SURVEY, "frame    = \"register\"", "framme = \"register\"", "KP-P051"),
        (SURVEY, "frame    = \"register\"", "frame = \"registr\"", "KP-P068"),
        (SURVEY, "of       = \"pupils\"", "of = \"pupil\"", "KP-P064"),
        (SURVEY, "base     = \"all\"", "base = \"al\"", "KP-P178"),
        (SURVEY, "reference/size_class.csv", "reference/size_clas.csv", "KP-P061"),
        (RULES, "slug ", "slgu ", "KP-P051"),
        (RULES, "severity ", "severty ", "KP-P051"),
    ] {
        let folder = broken(file, from, to);
        let said = lint(folder.path(), "rules/school/2025");
        assert!(said.contains(code) && said.contains("1 error, 0 warnings"), "{to}: {said}");
    }
}

#[test]
fn a_mistake_says_where_and_how_it_is_mended() {
    for (file, from, to, told) in [
        (
            SURVEY,
            "key             = [\"size\", \"region\"]\n",
            "",
            "it has neither `key` nor `interval`. Please write either key = [\"COLUMN\"]",
        ),
        (
            RULES,
            "examples.pass",
            "examples.pass = [ { owned = \"many\" } ]\n#",
            "`owned` takes a whole number (台), and \"many\" is none.",
        ),
        (SURVEY, "title.ja = \"全校\"\n", "", "`title` needs `ja` (Japanese)."),
        (RULES, "param.per_pupil", "param.per_pupl", "declare [param.per_pupl] in survey.toml"),
    ] {
        let folder = broken(file, from, to);
        let said = lint(folder.path(), "rules/school/2025");
        assert!(said.contains(told), "{to}: {said}");
    }
}

#[test]
fn a_definition_of_the_base_is_refused_by_name_in_an_overlay() {
    let folder = broken(SURVEY, "[survey]", "[survey]");
    let place = folder.path().join("schemas/school-2025-pilot.json");
    let content = fs::read_to_string(&place).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(&content).unwrap();
    let field = serde_json::json!({ "$ref": "#/$defs/yes-no", "x-label": { "ja": "試行", "en": "Trial" } });
    schema["properties"]["trial"] = field;
    fs::write(&place, serde_json::to_string_pretty(&schema).unwrap()).unwrap();
    let said = lint(folder.path(), "rules/school/2025-pilot");
    assert!(said.contains("KP-P205") && said.contains("of the base \"school-2025\""), "{said}");
}

#[test]
fn a_survey_without_recipes_says_so_and_a_day_is_asked_for_by_its_own_flag() {
    let folder = broken(SURVEY, "required = false", "required = true");
    let run = |words: &[&str]| {
        let output = command(folder.path())
            .args(words)
            .args(["--survey", "rules/school/2025", "--lang", "en"])
            .output()
            .unwrap();
        (
            output.status.code(),
            (text(&output) + &String::from_utf8_lossy(&output.stderr)).replace("\n  │ ", " "),
        )
    };
    let (code, said) = run(&["generate", "--recipe", "natural"]);
    assert!(code == Some(2) && said.contains("KP-A083") && said.contains("generate/natural.toml"), "{said}");
    fs::write(folder.path().join("in.csv"), "School code\n0101\n").unwrap();
    let (_, said) = run(&["check", "in.csv"]);
    assert!(said.contains("KP-A016") && said.contains("Add --as-of DATE."), "{said}");
}
