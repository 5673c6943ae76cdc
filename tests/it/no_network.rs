//! `check` opens no socket, and without default features there is nothing in the program that could.
//!
//! Invariants
//! - The kernel is the witness: under the filter a process that asks for a socket is killed, which is shown first.

use std::process::Command;

use super::program::root;

/// Crates of HTTP, of TLS, of sockets, of SQL and of ZIP, none of which belongs into the small program.
const UNWANTED: &[&str] = &[
    "axum",
    "curl",
    "diesel",
    "h2",
    "http",
    "hyper",
    "isahc",
    "mio",
    "native-tls",
    "openssl",
    "quinn",
    "reqwest",
    "rusqlite",
    "rustls",
    "socket2",
    "sqlx",
    "surf",
    "tokio",
    "tungstenite",
    "ureq",
    "zip",
];

#[test]
fn without_default_features_no_crate_speaks_http_sql_or_zip() {
    let tree = |words: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["tree", "--offline", "--locked", "-e", "normal", "--prefix", "none"]);
        let output = cargo.args(["--format", "{p}"]).args(words).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    // That the list is read at all: with its features the program has one of them.
    assert!(tree(&[]).iter().any(|name| name == "zip"));
    let small = tree(&["--no-default-features"]);
    assert!(small.iter().any(|name| name == "serde_json"));
    let found: Vec<_> = small.iter().filter(|name| UNWANTED.contains(&name.as_str())).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod witnessed {
    use std::collections::BTreeMap;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus};

    use kenpyo::settings::formats::FORMATS;
    use nix::libc;
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

    use super::super::program::{command, fixture, root};

    /// Kills whoever asks for a socket.
    fn filter() -> BpfProgram {
        let calls = [libc::SYS_socket, libc::SYS_connect, libc::SYS_bind, libc::SYS_listen];
        let calls: BTreeMap<i64, _> = calls.into_iter().map(|call| (call, Vec::new())).collect();
        let target = std::env::consts::ARCH.try_into().unwrap();
        let filter = SeccompFilter::new(calls, SeccompAction::Allow, SeccompAction::KillProcess, target);
        filter.unwrap().try_into().unwrap()
    }

    /// Runs the commands where a socket kills: a filter holds for the thread that sets it and for its children.
    fn filtered(commands: Vec<Command>) -> Vec<ExitStatus> {
        let thread = std::thread::spawn(move || {
            apply_filter(&filter()).unwrap();
            let run = |mut command: Command| command.output().unwrap().status;
            commands.into_iter().map(run).collect()
        });
        thread.join().unwrap()
    }

    #[test]
    fn check_opens_no_socket() {
        let folder = tempfile::tempdir().unwrap();
        let mut opens = Command::new("bash");
        opens.args(["-c", "exec 3<>/dev/udp/127.0.0.1/9"]);
        let example = root().join(fixture("submissions/example.csv"));
        let mut check = command(folder.path());
        check.arg("check").arg(&example).args(["--fix", "fixed.csv", "--annotate", "marked.xlsx"]);
        for (format, _) in FORMATS {
            check.arg(format!("--format={format}={format}.report"));
        }
        let mut broken = command(folder.path());
        broken.args(["check", "nosuch.csv"]);
        let mut help = command(folder.path());
        help.arg("--help");
        let statuses = filtered(vec![opens, check, broken, help]);
        let signals: Vec<Option<i32>> = statuses.iter().map(ExitStatusExt::signal).collect();
        assert_eq!(signals, [Some(libc::SIGSYS), None, None, None]);
        let codes: Vec<Option<i32>> = statuses.iter().skip(1).map(ExitStatus::code).collect();
        assert_eq!(codes, [Some(1), Some(3), Some(0)]);
    }
}
