//! The commands of the documents and the script of the action, run.
//!
//! Invariants
//! - Nothing of the caller's environment is seen but what is given; the program is the one under test.
//! - A command that goes on is ended when it has told its sign, and after a minute in any case.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::blocks::{End, commands, content, documents};
use super::flags::formats;
use crate::program::{command, copy, root, text};

/// A copy of what the commands of `document` speak of: the example survey for its page, the example repository for what
/// else stands in docs/, otherwise the pack and the example submission.
fn workplace(document: &str, folder: &Path) -> PathBuf {
    let work = folder.join("work");
    if document.starts_with("docs/") {
        let is_tutorial = document == "docs/writing-a-survey.md";
        let example = if is_tutorial { "docs/example-survey" } else { "docs/example-repository" };
        copy(example, &work);
        return work;
    }
    for part in ["rules", "schemas"] {
        copy(part, &work.join(part));
    }
    fs::create_dir_all(work.join("fixtures/submissions")).unwrap();
    let example = "fixtures/submissions/example.csv";
    fs::copy(root().join(example), work.join(example)).unwrap();
    work
}

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
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kenpyo"), temporary.join("kenpyo/bin/kenpyo")).unwrap();
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
