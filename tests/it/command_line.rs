//! The program as a person or a job calls it: exit codes, streams, refusals with a caret.
//!
//! Invariants
//! - The environment is empty but for the locale; nothing is read but what a test names.

use std::io::Read;
use std::process::{Command, Output, Stdio};

use crate::program::{root, typed};

fn program(words: &[&str]) -> Command {
    typed(&root(), words)
}

fn run(words: &[&str]) -> Output {
    program(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_wrong_word_is_refused_with_a_caret_and_the_right_one() {
    let output = run(&["check", "--fromat", "json", "a.csv"]);
    let expected = "\
error KP-U003  unknown option  unknown-option-of-the-command
  × kenpyo check has no option \"--fromat\".
   ╭─[command line:1:14]
 1 │ kenpyo check --fromat json a.csv
   ·              ────────
   ╰────
  help: did you mean \"--format\"?
  help: `kenpyo check --help` prints all options
";
    assert_eq!((text(&output.stderr).as_str(), text(&output.stdout).as_str()), (expected, ""));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn refusals_speak_japanese_where_the_locale_or_the_flag_does() {
    let by_locale = program(&["chekc"]).env("LANG", "ja_JP.UTF-8").output().unwrap();
    let by_flag = run(&["chekc", "--lang", "ja"]);
    for output in [by_locale, by_flag] {
        assert!(text(&output.stderr).contains("「check」の誤りではありませんか。"));
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for words in [&["--help"][..], &["check", "--help"], &["rules", "--help"], &["version"], &["--version"]] {
        let output = run(words);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
        assert!(!output.stdout.is_empty());
    }
    assert_eq!(text(&run(&["version"]).stdout), format!("kenpyo {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn settings_are_checked_before_anything_is_read() {
    let output =
        run(&["check", "--threads", "0", "--chunk-records", "many", "--format", "jsno", "nowhere.csv"]);
    let page = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for told in ["--threads cannot be \"0\"", "--chunk-records cannot be \"many\"", "did you mean \"json\"?"]
    {
        assert!(page.contains(told), "{page}");
    }
    let output = program(&["check", "nowhere.csv"]).env("KENPYO_THREADS", "2000").output().unwrap();
    assert!(text(&output.stderr).contains("KENPYO_THREADS cannot be \"2000\""));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let colored = |command: &mut Command| text(&command.output().unwrap().stderr).contains('\u{1b}');
    assert!(!colored(&mut program(&["chekc"])));
    assert!(colored(&mut program(&["chekc", "--color", "always"])));
    assert!(colored(program(&["chekc"]).env("CLICOLOR_FORCE", "1")));
    assert!(!colored(program(&["chekc"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
}

#[test]
fn a_hostile_argument_cannot_act_on_the_terminal() {
    let output = run(&["check", "--\u{1b}[31m\u{202e}", "a\u{1b}]0;x\u{7}.csv"]);
    let page = text(&output.stderr);
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{page}");
}

#[test]
fn explaining_one_of_our_own_codes_gives_both_languages_or_one() {
    let both = text(&run(&["explain", "KP-U003"]).stdout);
    assert!(both.contains("unknown option") && both.contains("そのようなオプションはない"));
    let one = text(&run(&["explain", "kp-u003", "--lang", "en"]).stdout);
    assert!(one.contains("unknown option") && !one.contains("オプション"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child =
        program(&["check", "--help"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""));
}

#[test]
fn a_list_of_files_that_is_not_there_is_a_usage_error() {
    let output = run(&["check", "--files-from", "/nowhere/list.txt"]);
    assert_eq!(output.status.code(), Some(2));
    let page = text(&output.stderr);
    assert!(page.contains("KP-U021") && page.contains("/nowhere/list.txt"), "{page}");
}
