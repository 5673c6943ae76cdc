//! What the documents show is true: every command line in a block is run, in a copy of what it needs, and every flag and
//! format that a document, a hook or an action names is one that the program has.
//!
//! A block of `sh` or `console` in README.md, CONTRIBUTING.md or docs/ is run line by line as far as its lines begin with
//! `kenpyo` or `cargo run`; other lines belong to other programs. Each must exit with 0 unless the comment above the block
//! says otherwise: `<!-- exit: 0 1 -->`, a code a command or one for all, or `<!-- until: TEXT -->` for a command that is
//! interrupted when it has told TEXT.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{command, kenpyo, root, text};

/// The documents, relative to the repository, sorted.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    found.extend(files("docs").into_iter().filter(|name| ends(name, &["md"])));
    found
}

/// Whether the name of a file has one of `endings`.
fn ends(name: &str, endings: &[&str]) -> bool {
    Path::new(name).extension().is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

/// Every file below `folder`, relative to the repository, sorted.
fn files(folder: &str) -> Vec<String> {
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

fn content(name: &str) -> String {
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
enum End {
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
fn commands(name: &str, document: &str) -> Result<Vec<Shown>, String> {
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

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

/// A copy of what the commands of `document` speak of: the example survey for its page, the example repository for what
/// else stands in docs/, otherwise the pack and the example submission.
fn workplace(document: &str, folder: &Path) -> PathBuf {
    let work = folder.join("work");
    if document.starts_with("docs/") {
        let is_tutorial = document == "docs/writing-a-survey.md";
        let example = if is_tutorial { "docs/example-survey" } else { "docs/example-repository" };
        copy(&root().join(example), &work);
        return work;
    }
    for part in ["rules", "schemas"] {
        copy(&root().join(part), &work.join(part));
    }
    fs::create_dir_all(work.join("fixtures/submissions")).unwrap();
    let example = "fixtures/submissions/example.csv";
    fs::copy(root().join(example), work.join(example)).unwrap();
    work
}

#[cfg(unix)]
mod run {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use super::*;

    /// Longest wait for a command that goes on.
    const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

    /// A shell in `work` in which `kenpyo` is the program under test.
    fn shell(work: &Path, line: &str) -> Command {
        let mut shell = command(work);
        let program = Path::new(env!("CARGO_BIN_EXE_kenpyo")).parent().unwrap();
        shell.env("PATH", format!("{}:/usr/bin:/bin", program.display())).env("LANG", "C.UTF-8");
        let line =
            line.strip_prefix("kenpyo").map_or_else(|| line.to_owned(), |rest| format!("exec kenpyo{rest}"));
        let mut sh = Command::new("sh");
        sh.args(["-c", &line]).current_dir(work).env_clear().stdin(Stdio::null());
        sh.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        sh
    }

    /// How `line` ends, and what it told.
    fn ended(work: &Path, line: &str, end: &End) -> (End, String) {
        let End::Interrupted(sign) = end else {
            let output = shell(work, line).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            return (End::Exit(output.status.code().unwrap_or(-1)), told);
        };
        let mut child = shell(work, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        let (done, waiting) = std::sync::mpsc::channel::<()>();
        let watchdog = std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE).is_err() {
                let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL);
            }
        });
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut told = Vec::new();
        let found = lines.any(|line| {
            told.push(line.clone());
            line.contains(sign.as_str())
        });
        if found {
            let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT);
        }
        let status = child.wait().unwrap();
        let _ = done.send(());
        let _ = watchdog.join();
        let interrupted = std::os::unix::process::ExitStatusExt::signal(&status) == Some(2);
        let end = if found && interrupted { end.clone() } else { End::Exit(status.code().unwrap_or(-1)) };
        (end, told.join("\n"))
    }

    #[test]
    fn every_command_line_that_a_document_shows_does_what_it_says() {
        let mut run = 0;
        for name in documents() {
            let shown = commands(&name, &content(&name)).unwrap();
            if shown.is_empty() {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let work = workplace(&name, folder.path());
            for (place, line, expected) in shown {
                if missing(&line) {
                    continue;
                }
                let (end, told) = ended(&work, &line, &expected);
                assert_eq!(end, expected, "{place}: {line}\n{told}");
                run += 1;
            }
        }
        assert!(run > 15, "only {run} commands were found");
    }

    /// Whether the program was built without what `line` asks for.
    fn missing(line: &str) -> bool {
        let words = |list: &[&str]| list.iter().any(|word| line.contains(word));
        (words(&[".html"]) && !cfg!(feature = "html")) || (words(&[".xlsx"]) && !cfg!(feature = "xlsx"))
    }

    /// The script of the action as GitHub runs it, with the program under test in the place of the built one.
    #[test]
    fn the_action_checks_and_ends_with_the_program_s_exit_code() {
        let action: Value = serde_saphyr::from_str(&content("action.yml")).unwrap();
        let steps = action["runs"]["steps"].as_array().unwrap();
        let script = steps.last().unwrap()["run"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let work = workplace("docs/ci.md", folder.path());
        let temporary = folder.path().join("runner temp");
        fs::create_dir_all(temporary.join("kenpyo/bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kenpyo"), temporary.join("kenpyo/bin/kenpyo"))
            .unwrap();
        let known = formats();
        let whole = ["sarif", "markdown"].iter().all(|name| known.contains(*name));
        for (fail_on, code) in [("error", 0), ("warning", 1)] {
            let (outputs, summary) = (folder.path().join("outputs"), folder.path().join("summary"));
            fs::write(&outputs, "").unwrap();
            fs::write(&summary, "").unwrap();
            let output = Command::new("bash")
                .args(["-c", script])
                .current_dir(&work)
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .env("CI", "true")
                .env("RUNNER_TEMP", &temporary)
                .env("GITHUB_OUTPUT", &outputs)
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env("PATHS", "submissions/2024-02.csv\nsubmissions/2024-03.csv\n")
                .env("ARGS", format!("--fail-on\n{fail_on}\n--lang\nen\n"))
                .env("FORMAT", "short")
                .env("SARIF", if whole { "a b.sarif" } else { "" })
                .env("STEP_SUMMARY", if whole { "true" } else { "false" })
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            assert!(text(&output).contains("HCS-X005"), "{output:?}");
            assert_eq!(fs::read_to_string(&outputs).unwrap(), format!("exit-code={code}\n"));
            if whole {
                assert!(work.join("a b.sarif").is_file());
                // Markdown escapes what could be markup.
                let summary = fs::read_to_string(&summary).unwrap().replace('\\', "");
                assert!(summary.contains("HCS-X005"), "{summary}");
            }
        }
        // A path is a path and no flag, and nothing in it is run.
        let output = Command::new("bash")
            .args(["-c", script])
            .current_dir(&work)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("RUNNER_TEMP", &temporary)
            .env("GITHUB_OUTPUT", folder.path().join("outputs"))
            .envs([("PATHS", "$(touch x)\n--help"), ("ARGS", ""), ("FORMAT", "short"), ("SARIF", "")])
            .env("STEP_SUMMARY", "false")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(!work.join("x").exists());
    }
}

/// The formats that the program names where it is asked for one that there is not.
fn formats() -> BTreeSet<String> {
    let output = kenpyo(&["check", "a.csv", "--format", "zzzzzz", "--lang", "en"]);
    let told = String::from_utf8(output.stderr).unwrap();
    let words = told.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(str::to_owned).collect()
}

/// The flags of each command, by its words.
fn flags() -> BTreeMap<String, BTreeSet<String>> {
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
fn wrong(line: &str, known: &BTreeMap<String, BTreeSet<String>>, formats: &BTreeSet<String>) -> Vec<String> {
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
