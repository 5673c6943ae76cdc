//! Reports held against the schemas that others publish (`published/SOURCES.md`).
//!
//! JSON Schemas are judged by the library of the program, XML Schemas by `xmllint` of libxml2. Without that program a test
//! says so and passes, but for where `KENPYO_TESTS_NEED_PROGRAMS` is set, as in CI.
//!
//! Invariants
//! - The schemas are kept as they were published; nothing is fetched, and a report of a format without one has no
//!   mistakes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/published").join(name)
}

fn validator(name: &str) -> Validator {
    let schema: Value = serde_json::from_slice(&std::fs::read(file(name)).unwrap()).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

static SARIF: LazyLock<Validator> = LazyLock::new(|| validator("sarif-schema-2.1.0.json"));
static GITLAB: LazyLock<Validator> = LazyLock::new(|| validator("gitlab-code-quality.json"));
static REVIEWDOG: LazyLock<Validator> = LazyLock::new(|| validator("reviewdog-diagnostic-result.json"));

/// What is wrong with a report by the schema of its format; empty: nothing, or there is no schema of it.
pub fn mistakes(format: &str, bytes: &[u8]) -> Vec<String> {
    match format {
        "sarif" => by_json(&SARIF, bytes),
        "gitlab" => by_json(&GITLAB, bytes),
        "rdjson" => by_json(&REVIEWDOG, bytes),
        "junit" => by_xml("junit-10.xsd", bytes),
        "checkstyle" => by_xml("checkstyle-report.xsd", bytes),
        _ => Vec::new(),
    }
}

fn by_json(validator: &Validator, bytes: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn by_xml(schema: &str, bytes: &[u8]) -> Vec<String> {
    let started = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(file(schema))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        assert!(std::env::var_os("KENPYO_TESTS_NEED_PROGRAMS").is_none(), "xmllint is not installed");
        eprintln!("xmllint is not installed: {schema} was not looked at");
        return Vec::new();
    };
    let mut pipe = child.stdin.take().unwrap();
    let input = bytes.to_vec();
    let writer = std::thread::spawn(move || {
        // It may stop reading at a mistake.
        let _ = pipe.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    if output.status.success() {
        return Vec::new();
    }
    String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned).collect()
}

#[test]
fn the_schemas_find_what_is_wrong() {
    let cases: [(&str, &str); 5] = [
        ("sarif", r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":1}}}]}"#),
        (
            "gitlab",
            r#"[{"description":"a","check_name":"b","fingerprint":"c","severity":"bad","location":{"path":"x","lines":{"begin":0}}}]"#,
        ),
        ("rdjson", r#"{"diagnostics":[{"message":1}]}"#),
        ("junit", "<testsuites skipped=\"0\"/>"),
        ("checkstyle", "<checkstyle><file name=\"a\"><error line=\"0\"/></file></checkstyle>"),
    ];
    for (format, text) in cases {
        let looked_at = !text.starts_with('<') || Command::new("xmllint").arg("--version").output().is_ok();
        assert!(!looked_at || !mistakes(format, text.as_bytes()).is_empty(), "{format}");
    }
}
