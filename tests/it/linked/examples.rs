//! Rules over many records and links as their authors try them: examples of each kind, and mistakes told by lint.
//!
//! Invariants
//! - An example of each outcome passes under its own outcome, and under no other.

use std::fs;

use super::frame::folder;
use super::survey::rule;
use crate::program::{command, text};

/// The examples of rules, tried: exit code and page.
fn tried(examples: &str) -> (Option<i32>, String) {
    let folder = folder();
    fs::write(folder.path().join("rules/linked/2024/10.toml"), examples).unwrap();
    let output = command(folder.path())
        .args(["rules", "test", "--survey", "rules/linked/2024", "--lang", "en"])
        .output()
        .unwrap();
    (output.status.code(), text(&output) + &String::from_utf8_lossy(&output.stderr))
}

/// Demands of every kind with an example of each outcome; `B1` and `ALL` stand for records.
const KINDS: [(&str, &str, [&str; 3]); 9] = [
    (
        "rule",
        "exists-in = { fields = ['id'], table = 'frame' }",
        [
            "pass = [ { id = 'A', frame = {} } ]",
            "fail = [ { id = 'A' }, [ { id = 'A', '@fail' = true }, { id = 'B', frame = {} } ] ]",
            "undecided = [ { frame = { id = 'A' } } ]",
        ],
    ),
    (
        "rule",
        "covers = { table = 'frame', when = 'frame.state = \"open\"' }",
        [
            "pass = [ [ { id = 'A', frame = { state = 'open' } } ] ]",
            "fail = [ [ { id = 'A', frame = { state = 'open' } }, { frame = { state = 'open' } } ] ]",
            "undecided = [ [ { frame = {} } ] ]\nexamples.not-applicable = [ [ { frame = { state = 'closed' } } ] ]",
        ],
    ),
    (
        "rule",
        "at-most = { per = ['beds'], max = 1 }",
        [
            "pass = [ [ { beds = 1 }, { beds = 2 } ] ]",
            "fail = [ [ { beds = 1, '@fail' = true }, { beds = 2 }, { beds = 1, '@fail' = true } ] ]",
            "undecided = [ [ {} ] ]",
        ],
    ),
    (
        "rule",
        "determines = { key = 'beds', field = 'band' }",
        [
            "pass = [ [ { beds = 1, band = 'b1' }, { beds = 1, band = 'b1' } ] ]",
            "fail = [ [ { beds = 1, band = 'b1', '@fail' = true }, { beds = 1, band = 'b2', '@fail' = true } ] ]",
            "undecided = [ [ { beds = 1, band = 'b1' }, { beds = 1 } ] ]",
        ],
    ),
    (
        "rule",
        "share = { of = 'kind = \"one\"', among = 'band = \"b1\"', max = 50 }",
        [
            "pass = [ [ B1, { band = 'b1', kind = 'two' } ] ]",
            "fail = [ [ B1 ] ]",
            "undecided = [ [ B1, { kind = 'two' } ] ]",
        ],
    ),
    (
        "rule",
        "count = { of = 'kind = \"one\"', per = 'band', max = 1 }",
        [
            "pass = [ [ B1, { band = 'b2', kind = 'one' } ] ]",
            "fail = [ [ B1, B1 ] ]",
            "undecided = [ [ B1, { kind = 'one' } ] ]",
        ],
    ),
    (
        "rule",
        "complete = ['band', 'kind']",
        [
            "pass = [ [ ALL, { band = 'b2', kind = 'two' } ] ]",
            "fail = [ [ B1 ] ]",
            "undecided = [ [ ALL, { band = 'b2' } ] ]",
        ],
    ),
    (
        "linked_rule",
        "table = 'frame'\nrequire = 'beds > 5'",
        ["pass = [ { beds = 6 } ]", "fail = [ { beds = 5 } ]", "undecided = [ { beds = '@dk' } ]"],
    ),
    (
        "linked_rule",
        "table = 'frame'\ncount = { of = 'state = \"open\"', per = 'band', equal = 'units[band].units' }",
        [
            "pass = [ [ OPEN, OPEN, { band = 'b2', state = 'open' } ] ]",
            "fail = [ [ OPEN ] ]",
            "undecided = [ [ OPEN, { band = 'b1' }, { band = 'b2', state = 'open' } ] ]",
        ],
    ),
];

#[test]
fn examples_of_every_kind_are_tried() {
    let written = |example: &str| {
        let all = "B1, { band = 'b1', kind = 'two' }, { band = 'b2', kind = 'one' }";
        let example = example.replace("ALL", all).replace("B1", "{ band = 'b1', kind = 'one' }");
        example.replace("OPEN", "{ band = 'b1', state = 'open' }")
    };
    for (block, demand, examples) in KINDS {
        let examples = examples.map(written);
        let whole = |examples: &[String]| {
            let lines: Vec<String> = examples.iter().map(|example| format!("examples.{example}")).collect();
            rule(block, "ONE", "warning", &format!("{demand}\n{}", lines.join("\n")))
        };
        let (exit, page) = tried(&whole(&examples));
        assert_eq!(exit, Some(0), "{demand}: {page}");
        // Each stands under its own outcome only.
        let swapped = examples.iter().map(|example| {
            let (outcome, rest) = example.split_once(" = ").unwrap();
            let other = if outcome == "undecided" { "pass" } else { "undecided" };
            format!("{other} = {rest}")
        });
        for wrong in swapped {
            let (exit, page) = tried(&whole(std::slice::from_ref(&wrong)));
            assert_eq!(exit, Some(1), "{demand} {wrong}: {page}");
            assert!(page.contains("KP-P041"), "{demand} {wrong}: {page}");
        }
    }
}

#[test]
fn mistakes_of_kinds_are_told_when_the_pack_is_loaded() {
    let lint = |rules: &str| {
        let folder = folder();
        fs::write(folder.path().join("rules/linked/2024/10.toml"), rules).unwrap();
        let words = ["rules", "lint", "--survey", "rules/linked/2024", "--lang", "en"];
        let output = command(folder.path()).args(words).output().unwrap();
        text(&output) + &String::from_utf8_lossy(&output.stderr)
    };
    for (demand, code) in [
        ("exists-in = { fields = ['kind'], table = 'frame', columns = ['beds'] }", "KP-P171"),
        ("exists-in = { fields = ['kind'], table = 'frame' }", "KP-P072"),
        ("at-most = { per = ['band'], max = 'beds' }", "KP-P172"),
        ("covers = { table = 'frame', when = 'beds > 3' }", "KP-P173"),
    ] {
        let page = lint(&rule("rule", "ONE", "warning", demand));
        assert!(page.contains(code), "{demand} {code}: {page}");
    }
}

#[test]
fn a_rule_that_compares_with_a_changed_question_is_told() {
    let folder = folder();
    let schema = folder.path().join("schemas/linked.json");
    let plain = fs::read_to_string(&schema).unwrap();
    let lint = |said: &str, rule: String| {
        let comparable = format!("\"kind\": {{ \"x-comparable\": {{ \"2023\": \"{said}\" }}, ");
        fs::write(&schema, plain.replace("\"kind\": { ", &comparable)).unwrap();
        let path = folder.path().join("rules/linked/2024/survey.toml");
        let own = fs::read_to_string(&path).unwrap();
        fs::write(&path, own.replace("waves = ['2024']", "waves = ['2023', '2024']")).unwrap();
        let prev = folder.path().join("schemas/prev.json");
        let form =
            fs::read_to_string(&prev).unwrap().replace("\"$id\": \"prev\"", "\"$id\": \"linked-2023\"");
        fs::write(&prev, form).unwrap();
        fs::write(folder.path().join("rules/linked/2024/10.toml"), rule).unwrap();
        let words = ["rules", "lint", "--survey", "rules/linked/2024", "--lang", "en"];
        let output = command(folder.path()).args(words).output().unwrap();
        (text(&output) + &String::from_utf8_lossy(&output.stderr)).replace("\n  │ ", " ")
    };
    let same = || rule("rule", "ONE", "warning", "when = 'prev is linked'\nrequire = 'kind = prev.kind'");
    for said in ["changed", "absent"] {
        let page = lint(said, same());
        assert!(page.contains("KP-P170") && page.contains("prev.kind"), "{said}: {page}");
    }
    let apart = rule("rule", "ONE", "warning", "when = 'prev.kind = \"one\"'\nrequire = 'kind != \"two\"'");
    assert!(lint("changed", apart).contains("KP-P170"));
    assert!(!lint("same", same()).contains("KP-P170"));
    let other = rule("rule", "ONE", "warning", "when = 'prev.kind = \"one\"'\nrequire = 'beds > 2'");
    assert!(!lint("changed", other).contains("KP-P170"));
}
