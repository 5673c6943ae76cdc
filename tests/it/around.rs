//! What stands around judging: completions, the manual, and watching files.
//!
//! Invariants
//! - The commands are those that the program's own help names, so that a new one cannot be forgotten.
//! - A run that watches is ended by the test, whatever comes of it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::program::{command, kenpyo, root, text};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// All commands, as words, that `--help` names, the program itself included.
fn commands() -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut open = vec![Vec::<String>::new()];
    while let Some(words) = open.pop() {
        let all: Vec<&str> = words.iter().map(String::as_str).chain(["--help", "--lang", "en"]).collect();
        let help = text(&kenpyo(&all));
        let listed =
            help.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
        for line in listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap().to_owned();
            open.push(words.iter().cloned().chain([name]).collect());
        }
        found.insert(words);
    }
    found
}

#[test]
fn completions_know_every_command_in_every_shell() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for shell in SHELLS {
        for language in ["ja", "en"] {
            let script = text(&kenpyo(&["completions", shell, "--lang", language]));
            for words in &commands {
                for word in words {
                    assert!(script.contains(word.as_str()), "{shell} does not know {word}");
                }
            }
            assert!(script.contains("fail-on"), "{shell} knows no flags");
            let offers = ["bash", "zsh", "fish"].contains(&shell);
            assert!(!offers || script.contains("warning"), "{shell} knows no values");
        }
    }
    let japanese = text(&kenpyo(&["completions", "fish", "--lang", "ja"]));
    assert!(japanese.contains("提出データを規則で検査する"));
}

/// A script that the shell itself refuses would break its start.
#[cfg(unix)]
#[test]
fn bash_takes_the_completions() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("kenpyo.bash");
    fs::write(&script, kenpyo(&["completions", "bash"]).stdout).unwrap();
    let check = "source kenpyo.bash; COMP_WORDS=(kenpyo rules bo); COMP_CWORD=2; _kenpyo kenpyo bo rules; echo \"${COMPREPLY[@]}\"";
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", check])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!((text(&output).trim(), output.stderr.len()), ("book", 0), "{output:?}");
}

#[test]
fn an_unknown_shell_is_refused_with_the_nearest() {
    let output = kenpyo(&["completions", "bsh", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean \"bash\"?"));
}

/// The program with its output closed before it has written anything.
fn with_closed_output(words: &[&str]) -> (Option<i32>, String) {
    let mut child =
        command(&root()).args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    (child.wait().unwrap().code(), complaint)
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_every_one_of_them_quietly() {
    let mut calls: Vec<Vec<&str>> = SHELLS.map(|shell| vec!["completions", shell]).to_vec();
    calls.extend([vec!["man"], vec!["rules", "book"], vec!["rules", "book", "--format", "layout"]]);
    for words in calls {
        assert_eq!(with_closed_output(&words), (Some(0), String::new()), "{words:?}");
    }
}

/// A file does not depend on who looks at the screen.
#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_its_own_report_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let asked = format!("json={}", report.display());
    let words =
        ["check", "fixtures/submissions/example.csv", "--quiet", "--format", "full", "--format", &asked];
    assert_eq!(with_closed_output(&words), (Some(1), String::new()));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    assert_eq!(report["summary"]["verdict"], "findings");
}

#[test]
fn the_manual_has_a_page_for_each_command_in_both_languages() {
    for (language, said) in [("ja", "提出データを規則で検査する"), ("en", "Judge submissions by a rule pack")]
    {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("man/man1");
        let words = ["man", "--out", out.to_str().unwrap(), "--lang", language];
        assert_eq!(kenpyo(&words).status.code(), Some(0));
        let pages: BTreeSet<String> = fs::read_dir(&out)
            .unwrap()
            .map(|page| page.unwrap().file_name().into_string().unwrap())
            .collect();
        let named = |words: &Vec<String>| {
            let name: Vec<&str> = std::iter::once("kenpyo").chain(words.iter().map(String::as_str)).collect();
            name.join("-") + ".1"
        };
        assert_eq!(pages, commands().iter().map(named).collect());
        let check = fs::read_to_string(out.join("kenpyo-check.1")).unwrap();
        assert!(check.contains(said) && check.contains("\\-\\-fail\\-on"), "{check}");
        let main = text(&kenpyo(&["man", "--lang", language]));
        assert_eq!(main, fs::read_to_string(out.join("kenpyo.1")).unwrap());
        let title = format!(".TH kenpyo-check 1  \"kenpyo {}\"", env!("CARGO_PKG_VERSION"));
        assert!(check.contains(&title), "{check}");
    }
}

#[cfg(unix)]
mod watching {
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::Child;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::{Duration, Instant};

    use super::*;

    /// Longest wait for a line, on a machine that has much else to do.
    const PATIENCE: Duration = Duration::from_mins(1);

    const HEAD: &str = "gmis_id,beds_total\n";

    /// The program while it watches; ended when it is dropped.
    struct Watching {
        child: Child,
        told: Receiver<String>,
        printed: Receiver<String>,
    }

    impl Drop for Watching {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        lines
    }

    impl Watching {
        fn begin(folder: &Path, words: &[&str]) -> Self {
            let mut command = command(folder);
            command.args(["check", "--watch", "--format", "short", "--lang", "en"]).args(words);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let (told, printed) = (lines(child.stderr.take().unwrap()), lines(child.stdout.take().unwrap()));
            Self { child, told, printed }
        }

        /// The lines of standard error up to the one that holds `text`.
        fn until(&self, text: &str) -> Vec<String> {
            let begun = Instant::now();
            let mut seen = Vec::new();
            while let Some(left) = PATIENCE.checked_sub(begun.elapsed()) {
                let Ok(line) = self.told.recv_timeout(left) else { break };
                let found = line.contains(text);
                seen.push(line);
                if found {
                    return seen;
                }
            }
            panic!("{text} was never told: {seen:#?}");
        }

        /// What standard output holds so far.
        fn printed(&self) -> String {
            std::thread::sleep(Duration::from_millis(100));
            self.printed.try_iter().collect::<Vec<_>>().join("\n")
        }
    }

    #[test]
    fn a_changed_file_is_judged_again_until_it_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        fs::write(&file, format!("{HEAD}AB12345,19\n")).unwrap();
        let mut watching = Watching::begin(folder.path(), &["."]);
        watching.until("Ctrl-C");
        assert!(watching.printed().contains("HCS-R002"));
        fs::write(&file, format!("{HEAD}AB12345,200\n")).unwrap();
        assert!(watching.until("Ctrl-C").iter().any(|line| line == "Changed: a.csv"));
        let printed = watching.printed();
        assert!(!printed.contains("HCS-R002") && !printed.contains('\u{1b}'), "{printed}");
        fs::write(folder.path().join("b.csv"), format!("{HEAD}AB12346,18\n")).unwrap();
        assert!(watching.until("Ctrl-C").iter().any(|line| line == "Changed: b.csv"));
        assert!(watching.printed().contains("b.csv"));
        assert_eq!(watching.child.try_wait().unwrap(), None, "it goes on by itself");
        let id = nix::unistd::Pid::from_raw(i32::try_from(watching.child.id()).unwrap());
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
        let status = watching.child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    }

    #[test]
    fn changed_settings_are_read_anew_and_a_mistake_in_them_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("kenpyo.toml");
        fs::write(folder.path().join("a.csv"), format!("{HEAD}AB12345,19\n")).unwrap();
        fs::write(&settings, "ignore = [\"HCS-R002\"]\n").unwrap();
        let watching = Watching::begin(folder.path(), &["a.csv"]);
        watching.until("Ctrl-C");
        assert!(!watching.printed().contains("HCS-R002"));
        fs::write(&settings, "ingore = []\n").unwrap();
        watching.until("Ctrl-C");
        fs::write(&settings, "fail-on = \"info\"\n").unwrap();
        assert!(watching.until("Ctrl-C").iter().any(|line| line == "Changed: kenpyo.toml"));
        assert!(watching.printed().contains("HCS-R002"));
    }

    /// On a terminal a screen shows one run; what is drawn anew begins at its top.
    #[test]
    fn a_screen_is_cleared_and_nothing_else_is() {
        use std::os::fd::AsFd;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        fs::write(&file, format!("{HEAD}AB12345,19\n")).unwrap();
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut command = command(folder.path());
        command.args(["check", "--watch", "--lang", "en", "a.csv"]).stderr(Stdio::piped());
        command.stdout(terminal.slave.as_fd().try_clone_to_owned().unwrap());
        let mut child = command.spawn().unwrap();
        drop((command, terminal.slave));
        let (told, printed) =
            (lines(child.stderr.take().unwrap()), lines(std::fs::File::from(terminal.master)));
        let watching = Watching { child, told, printed };
        watching.until("Ctrl-C");
        assert!(!watching.printed().contains("\u{1b}[2J"));
        fs::write(&file, format!("{HEAD}AB12345,18\n")).unwrap();
        watching.until("Ctrl-C");
        assert!(watching.printed().contains("\u{1b}[2J\u{1b}[3J\u{1b}[H"));
    }

    #[test]
    fn a_changed_rule_is_judged_by() {
        let folder = tempfile::tempdir().unwrap();
        let folders =
            ["", "/reference", "/published"].map(|folder| format!("rules/hospital-cyber/2024{folder}"));
        for part in folders.iter().map(String::as_str).chain(["schemas"]) {
            fs::create_dir_all(folder.path().join(part)).unwrap();
            for file in fs::read_dir(root().join(part)).unwrap().map(Result::unwrap) {
                if file.path().is_file() {
                    fs::copy(file.path(), folder.path().join(part).join(file.file_name())).unwrap();
                }
            }
        }
        fs::write(folder.path().join("a.csv"), format!("{HEAD}AB12345,30\n")).unwrap();
        let watching = Watching::begin(folder.path(), &["a.csv", "--survey", "rules/hospital-cyber/2024"]);
        watching.until("Ctrl-C");
        assert!(!watching.printed().contains("HCS-R002"));
        let survey = folder.path().join("rules/hospital-cyber/2024/survey.toml");
        let text = fs::read_to_string(&survey).unwrap();
        let (before, after) = text.split_once("[param.population_min]").unwrap();
        let raised = after.replacen("value = 20", "value = 40", 1);
        fs::write(&survey, format!("{before}[param.population_min]{raised}")).unwrap();
        assert!(watching.until("Ctrl-C").iter().any(|line| line == "Changed: survey.toml"));
        assert!(watching.printed().contains("HCS-R002"));
        // A pack with a mistake is told and waited for.
        fs::write(&survey, "[survey]\n").unwrap();
        watching.until("Ctrl-C");
        fs::write(&survey, &text).unwrap();
        watching.until("Changed: survey.toml");
        watching.until("Ctrl-C");
    }
}

#[test]
fn standard_input_is_not_watched_and_a_refused_call_ends() {
    for words in [&["check", "--watch", "-"][..], &["check", "--watch", "--files-from", "-"]] {
        let output = kenpyo(&[words, &["--lang", "en"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("KP-U071"), "{output:?}");
    }
    let output = kenpyo(&["check", "--watch", "fixtures/submissions/example.csv", "--threads", "0"]);
    assert_eq!(output.status.code(), Some(2));
}
