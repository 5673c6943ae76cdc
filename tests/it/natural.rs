//! The natural file: no error, and the soft findings that a script outside `src/` computes by itself.
//!
//! Invariants
//! - The script reads the file itself and knows nothing of the program; without Python the test says so and passes.

use std::process::Command;

use crate::program::{findings, fixture, kenpyo, report, root};

#[test]
fn natural_soft_findings_equal_those_of_the_script() {
    let file = fixture("submissions/natural.csv");
    let output = kenpyo(&["check", &file, "--format", "short"]);
    assert_eq!(output.status.code(), Some(0), "natural answers have no hard error");
    let script = root().join("tests/scripts/natural_soft_findings.py");
    let run = Command::new("python3").arg(script).arg(root().join(&file)).output();
    let Ok(run) = run else {
        eprintln!("left out: natural_soft_findings_equal_those_of_the_script wants python3");
        return;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let lines = String::from_utf8(run.stdout).unwrap();
    let mut expected: Vec<(u64, String)> = lines
        .lines()
        .map(|line| {
            let (record, rule) = line.split_once(['\t', ',', ' ']).unwrap();
            (record.parse().unwrap(), rule.trim().to_owned())
        })
        .collect();
    expected.sort();
    let report = report(&[&file], None);
    let mut found: Vec<(u64, String)> =
        findings(&report).into_iter().map(|(record, rule, _)| (record, rule)).collect();
    found.sort();
    assert!(found.len() > 2_000, "real surveys look worse than {} findings", found.len());
    assert_eq!(found, expected);
}
