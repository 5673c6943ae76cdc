//! What the repository hands to others: the hook, the action, pipelines, the container.
//!
//! Invariants
//! - Each is parsed as what it is, and calls the program as the program is; what it fetches is pinned.

use std::collections::BTreeSet;

use serde_json::Value;

use super::blocks::{blocks, content, documents, ends, files};
use super::flags::{flags, formats, wrong};
use crate::program::kenpyo;

/// Every YAML file that the repository hands out, with its content.
fn yaml() -> Vec<(String, Value)> {
    let mut names = vec![".pre-commit-hooks.yaml".to_owned(), "action.yml".to_owned()];
    names.extend(files("docs").into_iter().filter(|name| ends(name, &["yml", "yaml"])));
    assert!(names.len() > 3, "{names:?}");
    let read = |name: String| {
        let value = serde_saphyr::from_str(&content(&name)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        (name, value)
    };
    let mut found: Vec<(String, Value)> = names.into_iter().map(read).collect();
    for name in documents() {
        for block in blocks(&content(&name)).into_iter().filter(|block| block.language == "yaml") {
            let place = format!("{name}:{}", block.line);
            let value = serde_saphyr::from_str(&block.lines.join("\n"))
                .unwrap_or_else(|fault| panic!("{place}: {fault}"));
            found.push((place, value));
        }
    }
    found
}

/// Every text in `value`, with the key under which it stands.
fn texts<'v>(key: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => found.push((key, text)),
        Value::Array(list) => list.iter().for_each(|part| texts(key, part, found)),
        Value::Object(map) => map.iter().for_each(|(key, part)| texts(key, part, found)),
        _ => {}
    }
}

#[test]
fn hooks_actions_and_pipelines_call_the_program_as_it_is() {
    let (known, formats) = (flags(), formats());
    let mut called = 0;
    for (name, value) in yaml() {
        let mut found = Vec::new();
        texts("", &value, &mut found);
        for (key, text) in found {
            for line in text.lines().map(str::trim).filter(|line| line.starts_with("kenpyo ")) {
                // An entry of a hook is a call; a name or a description is none.
                if matches!(key, "entry" | "run" | "script" | "args") {
                    called += 1;
                    assert_eq!(wrong(line, &known, &formats), Vec::<String>::new(), "{name}: {line}");
                }
            }
            if key == "uses" {
                let (action, version) = text.split_once('@').unwrap_or_else(|| panic!("{name}: {text}"));
                let pinned = version.len() == 40 && version.chars().all(|letter| letter.is_ascii_hexdigit());
                assert!(action.starts_with("actions/") || pinned, "{name}: {text} is not pinned");
            }
        }
    }
    assert!(called >= 2, "{called}");
    let action: Value = serde_saphyr::from_str(&content("action.yml")).unwrap();
    let script = action["runs"]["steps"][1]["run"].as_str().unwrap();
    let flags: BTreeSet<&str> = script
        .split(|letter: char| letter.is_whitespace() || "()\"".contains(letter))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect();
    assert_eq!(flags, BTreeSet::from(["--format"]));
    assert!(known["check"].contains("--format"));
    let example = content("docs/example-repository/.github/workflows/check.yml");
    let example: Value = serde_saphyr::from_str(&example).unwrap();
    let inputs = action["inputs"].as_object().unwrap();
    let with = &example["jobs"]["check"]["steps"][1]["with"];
    assert!(with.as_object().unwrap().keys().all(|input| inputs.contains_key(input)), "{with}");
    for (input, told) in inputs {
        assert!(
            content("docs/ci.md").contains(&format!("| `{input}` |")),
            "docs/ci.md does not name {input}"
        );
        assert!(told["description"].is_string());
        let environment = action["runs"]["steps"][1]["env"].as_object().unwrap();
        let handed = format!("${{{{ inputs.{input} }}}}");
        assert!(environment.values().any(|value| value == &handed), "{input} is never handed on");
        assert!(!script.contains("inputs."), "an input stands in the script itself");
    }
}

#[test]
fn the_hook_is_what_the_example_repository_asks_for() {
    let hooks: Value = serde_saphyr::from_str(&content(".pre-commit-hooks.yaml")).unwrap();
    let ids: Vec<&str> = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    let example: Value =
        serde_saphyr::from_str(&content("docs/example-repository/.pre-commit-config.yaml")).unwrap();
    for hook in example["repos"][0]["hooks"].as_array().unwrap() {
        assert!(ids.contains(&hook["id"].as_str().unwrap()), "{hook}");
    }
    // The hook takes what a walk through a folder takes, as far as it can be read.
    let pattern = regex::Regex::new(hooks[0]["files"].as_str().unwrap()).unwrap();
    for name in ["a.csv", "x/b.tsv", "c.json", "d.jsonl", "e.ndjson", "f.xlsx", "g.csv.gz"] {
        assert!(pattern.is_match(name), "{name}");
    }
    assert!(!pattern.is_match("README.md") && !pattern.is_match("a.csv.bak"));
    let output = kenpyo(&["check", "docs/example-repository/submissions/2024-02.csv", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn the_container_is_built_by_a_known_compiler_and_runs_as_nobody() {
    let file = content("Containerfile");
    let manifest: toml::Table = content("Cargo.toml").parse().unwrap();
    let needed = manifest["package"]["rust-version"].as_str().unwrap();
    let instructions: Vec<&str> =
        file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert!(
        instructions[0].starts_with(&format!("FROM docker.io/library/rust:{needed}-slim")),
        "{}",
        instructions[0]
    );
    let last = |word: &str| instructions.iter().rfind(|line| line.starts_with(word)).unwrap();
    assert!(last("FROM").contains("debian") && last("FROM").contains("-slim"));
    assert!(!last("USER").contains("root") && !last("USER").starts_with("USER 0"));
    assert_eq!(*last("ENTRYPOINT"), "ENTRYPOINT [\"kenpyo\"]");
    // The image of the build and the one that runs it have the same C library.
    let release = |line: &str| line.contains("trixie");
    assert!(instructions.iter().filter(|line| line.starts_with("FROM")).all(|line| release(line)));
}
