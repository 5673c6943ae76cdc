//! Hostile input: each attack has a clear answer with its exit code, in bounded time and memory, and what stands
//! beside it in the same file is judged all the same.
//!
//! Invariants
//! - Every run has its bounds of time and memory, and nothing that acts on a terminal may come out of it.
//! - Hostile records stand between a sound one and a wrong one, which are judged as ever.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use crate::memory::high_water;
use crate::program::{command, copy, fixture, kenpyo_with, root};

/// Longest time and most memory (KiB) that an answer may take; the tests are not optimised as the program is.
const LONGEST: Duration = Duration::from_secs(20);
const MOST: u64 = 400 * 1024;

/// A header and a sound record as delimited text.
pub fn sound() -> (String, String) {
    let file = fs::read_to_string(root().join(fixture("submissions/clean.csv"))).unwrap();
    let mut lines = file.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.next().unwrap())
}

/// A sound record.
pub fn object() -> String {
    let file = fs::read_to_string(root().join(fixture("submissions/example.jsonl"))).unwrap();
    file.lines().next().unwrap().to_owned()
}

/// The same answers of another hospital.
pub fn another() -> String {
    let mut other = object();
    // Neither its key nor its code nor its name is the other's.
    for (one, new) in [("S0000020", "S0000021"), ("3419949627", "3419949635"), ("第0020病院", "第0021病院")]
    {
        assert!(other.contains(one), "{one}");
        other = other.replacen(one, new, 1);
    }
    other
}

/// What a run came to.
pub struct Answer {
    pub exit: Option<i32>,
    pub output: String,
    pub complaint: String,
}

/// Runs `kenpyo WORDS` in `folder` within the limits; nothing that acts on a terminal may come out.
pub fn answer(folder: &Path, words: &[&str]) -> Answer {
    let outside = tempfile::tempdir().unwrap();
    let place = |name: &str| outside.path().join(name);
    let begun = Instant::now();
    let mut child = command(folder)
        .args(words)
        .stdout(Stdio::from(fs::File::create(place("out")).unwrap()))
        .stderr(Stdio::from(fs::File::create(place("err")).unwrap()))
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        peak = high_water(child.id()).unwrap_or(peak);
        if begun.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("{words:?} takes longer than {LONGEST:?}");
        }
        sleep(Duration::from_millis(2));
    };
    assert!(peak <= MOST, "{words:?} takes {peak} KiB");
    let read = |name: &str| String::from_utf8(fs::read(place(name)).unwrap()).unwrap();
    let answer = Answer { exit: status.code(), output: read("out"), complaint: read("err") };
    assert_printable(&answer.output);
    assert_printable(&answer.complaint);
    assert!(!answer.complaint.contains("panicked"), "{}", answer.complaint);
    answer
}

/// No control character but line ends and tabs, nothing that turns or hides text.
fn assert_printable(text: &str) {
    let acts = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let found = text.chars().find(|letter| acts(*letter));
    assert_eq!(found, None, "reaches the terminal: {text:?}");
}

/// The answer for one file with these bytes, and its report.
pub fn checked(name: &str, bytes: &[u8]) -> (Answer, Value) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    answer(folder.path(), &["check", name, "--lang", "ja"]);
    let words = ["check", name, "--format", "json", "--values", "show", "--lang", "en"];
    let answer = answer(folder.path(), &words);
    let report = serde_json::from_str(&answer.output).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    (answer, report)
}

/// (record, rule) of every finding from error up.
pub fn errors(report: &Value) -> Vec<(u64, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let grave =
        findings.filter(|finding| ["error", "fatal"].contains(&finding["severity"].as_str().unwrap()));
    let about = grave.map(|finding| {
        (finding["place"]["record"].as_u64().unwrap_or(0), finding["rule"].as_str().unwrap().to_owned())
    });
    about.collect()
}

/// Checks a file whose second record is hostile, between a sound one and one that fails HCS-X001.
fn between(name: &str, hostile: &[u8], expected: &[(u64, &str)]) {
    let (header, row) = sound();
    let failing = |record: &str, from: &str, to: &str| {
        assert!(record.contains(from), "{record}");
        record.replacen(from, to, 1)
    };
    let (before, behind) = if name.ends_with("csv") {
        let cells: Vec<&str> = row.split(',').collect();
        // 病床数 (a sum of the five behind it) is in another band than 病床数区分.
        let band = cells.len() - 20;
        let mut changed: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        let place = header.split(',').position(|column| column == "病床数区分").unwrap();
        assert!(place > band - 5);
        changed[place] = if changed[place] == "6" { "1".to_owned() } else { "6".to_owned() };
        (format!("{header}\n{row}\n"), changed.join(",").replacen("S0000001", "S0009999", 1))
    } else {
        let record = object();
        (format!("{record}\n"), failing(&another(), "\"band\": 2", "\"band\": 6"))
    };
    let file = [before.as_bytes(), hostile, b"\n", behind.as_bytes(), b"\n"].concat();
    let (answer, report) = checked(name, &file);
    let expected: Vec<(u64, String)> =
        expected.iter().map(|(record, rule)| (*record, (*rule).to_owned())).collect();
    assert_eq!((answer.exit, errors(&report)), (Some(1), expected), "{name}");
}

#[test]
fn deep_nesting_costs_one_record() {
    let behind = (3, "HCS-X001");
    for hostile in [
        format!("{{\"notes\":{}}}", "[".repeat(1_000_000)),
        format!("{{\"notes\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000)),
        format!("{}1{}", "{\"beds\":".repeat(300_000), "}".repeat(300_000)),
    ] {
        between("deep.jsonl", hostile.as_bytes(), &[(2, "KP-S022"), behind]);
    }
    let list = format!("[{},{}{},{}]", object(), "[".repeat(1_000_000), "]".repeat(1_000_000), another());
    let (answer, report) = checked("deep.json", list.as_bytes());
    assert_eq!((answer.exit, errors(&report)), (Some(1), vec![(2, "KP-S022".to_owned())]));
}

/// Names of which no two are alike.
fn numbered(before: &str, behind: &str) -> String {
    (0..200_000).fold(String::new(), |names, number| names + before + &number.to_string() + behind)
}

#[test]
fn what_is_too_long_or_too_wide_costs_one_record() {
    let (header, row) = sound();
    let behind = (3, "HCS-X001");
    let huge = "x".repeat(20_000_000);
    between("huge.csv", row.replacen("サンプル", &huge, 1).as_bytes(), &[(2, "KP-S020"), behind]);
    between("huge.jsonl", format!("{{\"notes\":\"{huge}\"}}").as_bytes(), &[(2, "KP-S020"), behind]);
    between("wide.csv", "1,".repeat(2_000_000).as_bytes(), &[(2, "KP-S009"), behind]);
    // A header of many columns is one that names some of the form's.
    for columns in [",x".repeat(1_000_000), numbered(",x", ""), ",病床数".repeat(300_000)] {
        let (answer, report) = checked("wide.csv", format!("{header}{columns}\n{row}\n").as_bytes());
        assert!(matches!(answer.exit, Some(0 | 1)), "{:?}", answer.exit);
        assert_eq!(report["summary"]["records"], 1);
        assert!((1..=1_100).contains(&report["findings"].as_array().unwrap().len()));
    }
    for keys in ["\"notes\":\"1\",".repeat(300_000), numbered("\"x", "\":1,"), "\"beds\":{},".repeat(300_000)]
    {
        let (_, report) = checked(
            "many.jsonl",
            format!("{{{keys}{}\n{}\n", object().trim_start_matches('{'), object()).as_bytes(),
        );
        assert_eq!(report["summary"]["records"], 2);
        assert!((1..=1_100).contains(&report["findings"].as_array().unwrap().len()));
    }
}

#[test]
fn broken_bytes_cost_one_record() {
    let row = sound().1.replacen("S0000001", "S0008888", 1);
    let behind = (3, "HCS-X001");
    let broken = |bytes: &[u8]| {
        let (before, after) = row.split_once("サンプル").unwrap();
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    between("bytes.csv", &broken(b"\xff\xfe"), &[(2, "KP-S021"), behind]);
    between("bytes.csv", &broken("\"サン".as_bytes()), &[(2, "KP-S023"), behind]);
    between("bytes.csv", &broken(b"a\"b\"\"c\""), &[behind]);
    for text in ["\\ud800", "\\udc00\\ud800", "\\ud83c\\u0041", "\\u12", "\\x41", "a\u{1}b"] {
        between("bytes.jsonl", format!("{{\"notes\":\"{text}\"}}").as_bytes(), &[(2, "KP-S022"), behind]);
    }
    between("bytes.jsonl", b"{\"notes\":\"\xed\xa0\x80\"}", &[(2, "KP-S021"), behind]);
}

#[test]
fn numbers_beyond_every_limit_are_a_finding_about_their_cell() {
    let record = object();
    for number in
        ["1e308", "-1e308", "1e400", "1E999999999", "99999999999999999999999", "0.00000000000000000001"]
    {
        let hostile = record.replacen("\"beds_infect\": 0", &format!("\"beds_infect\": {number}"), 1);
        assert_ne!(hostile, record);
        let (answer, report) = checked("numbers.jsonl", format!("{hostile}\n{}\n", another()).as_bytes());
        assert_eq!(answer.exit, Some(1), "{number}");
        let findings = report["findings"].as_array().unwrap();
        let about = findings.iter().filter(|finding| finding["labels"][0]["field"] == "beds_infect").count();
        assert!(
            about == 1 && findings.iter().all(|finding| finding["place"]["record"] == 1),
            "{number}: {report}"
        );
    }
}

#[test]
fn a_file_in_which_every_cell_is_wrong_is_counted_exactly() {
    let (header, _) = sound();
    let row = header.split(',').map(|_| "誤").collect::<Vec<_>>().join(",");
    let counts = [30, 3_000].map(|records: u64| {
        let file = format!("{header}\n{}", format!("{row}\n").repeat(usize::try_from(records).unwrap()));
        let (_, report) = checked("wrong.csv", file.as_bytes());
        let listed = errors(&report);
        // The version of the form is wrong in every record too, and told once a file.
        let of_file = listed.iter().filter(|(record, _)| *record == 0).count();
        assert_eq!(of_file, 1);
        let graver = report["summary"]["findings"]["error"].as_u64().unwrap() - 1;
        let listed = u64::try_from(listed.len() - of_file).unwrap();
        assert!(graver % records == 0 && listed >= graver, "{graver} of {records}");
        graver / records
    });
    assert!(counts[0] == counts[1] && counts[0] > 25, "{counts:?}");
}

#[test]
fn nothing_in_a_submission_acts_on_the_terminal() {
    let evil =
        "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}\u{7f}\u{85}\u{0}\r";
    let (header, row) = sound();
    let cell = row.replacen("S0000", &format!("S{evil}"), 1);
    let quoted = format!("\"{evil}\"");
    let csv = format!("{header},{quoted}\n{cell},\n{row},{quoted}\n{},x\n", row.replace("2024", &quoted));
    let json_evil = serde_json::to_string(evil).unwrap();
    let jsonl = format!(
        "{{\"gmis_id\":{json_evil},{json_evil}:1,\"band\":{json_evil},\"beds\":{{{json_evil}:2}}}}\n"
    );
    // The name of a file may hold everything but a slash and NUL.
    let name = evil.replace('\0', "");
    let folder = tempfile::tempdir().unwrap();
    for (suffix, content) in [("csv", &csv), ("jsonl", &jsonl)] {
        let file = format!("{name}.{suffix}");
        fs::write(folder.path().join(&file), content).unwrap();
        let foreign = ["sarif", "github", "gitlab", "junit", "checkstyle", "rdjson", "markdown"];
        let foreign = foreign.into_iter().filter(|_| cfg!(feature = "formats"));
        for format in ["full", "short", "json", "jsonl"].into_iter().chain(foreign) {
            for language in ["ja", "en"] {
                let words = ["check", &file, "--format", format, "--values", "show", "--lang", language];
                let told = answer(folder.path(), &words);
                assert_eq!(told.exit, Some(1), "{format}: {}", told.complaint);
                // Markdown has a backslash before the dot.
                assert!(told.output.replace('\\', "").contains("gnp.exe"), "{format}: {}", told.output);
            }
        }
        // A bracket would make a pattern of it.
        let gone = format!("gone{}", file.replace('[', ""));
        let missing = answer(folder.path(), &["check", &gone, "--lang", "en"]);
        assert_eq!(missing.exit, Some(3));
    }
    for words in [["explain", name.as_str()], ["check", "--select"], [name.as_str(), "x"]] {
        let words =
            if words[1] == "--select" { vec!["check", "--select", &name, "x.csv"] } else { words.to_vec() };
        assert_eq!(answer(folder.path(), &words).exit, Some(2), "{words:?}");
    }
}

#[test]
fn what_holds_no_record_is_never_a_success() {
    let (header, row) = sound();
    for (name, content) in [
        ("empty.csv", ""),
        ("empty.json", ""),
        ("empty.jsonl", ""),
        ("blank.csv", "\n\r\n  \n,,,\n"),
        ("blank.jsonl", "\n\n"),
        ("mark.csv", "\u{feff}"),
        ("list.json", "[]"),
        ("header.csv", header.as_str()),
        ("noheader.csv", row.as_str()),
        ("quote.csv", "\""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), content).unwrap();
        let told = answer(folder.path(), &["check", name, "--lang", "en"]);
        assert_eq!(told.exit, Some(3), "{name}: {}", told.complaint);
        assert!(told.complaint.contains("Nothing was checked"), "{name}: {}", told.complaint);
    }
}

#[cfg(unix)]
#[test]
fn missing_files_folders_and_odd_things_fail_alone_and_the_rest_is_judged() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (header, row) = sound();
    fs::write(at("good.csv"), format!("{header}\n{row}\n")).unwrap();
    fs::create_dir_all(at("folder/deeper")).unwrap();
    let other = row.replacen("S0000001", "S0009999", 1);
    assert_ne!(other, row);
    fs::write(at("folder/deeper/also.csv"), format!("{header}\n{other}\n")).unwrap();
    symlink(at("folder"), at("folder/deeper/round")).unwrap();
    symlink("nowhere.csv", at("dangling.csv")).unwrap();
    let told = answer(folder.path(), &["check", "folder", "good.csv", "--lang", "en"]);
    assert_eq!(told.exit, Some(0), "{}", told.complaint);
    assert!(told.complaint.contains("2 records in 2 files"), "{}", told.complaint);
    fs::write(at("secret.csv"), "x").unwrap();
    fs::set_permissions(at("secret.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    for odd in ["gone.csv", "dangling.csv", "secret.csv", "good.csv/x.csv"] {
        // The superuser may read everything, and then it is a file without header.
        let told = answer(folder.path(), &["check", odd, "good.csv", "--lang", "en"]);
        assert_eq!(told.exit, Some(3), "{odd}: {}", told.complaint);
        assert!(told.complaint.contains("Checked 1 record in"), "{odd}: {}", told.complaint);
    }
}

/// A copy of the shipped survey, for changes that would leave it.
fn survey(change: impl Fn(&Path)) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.csv"), "band,low,high\nb020,SECRET,99\n").unwrap();
    let root = folder.path().join("root");
    for name in ["schemas", "rules"] {
        copy(name, &root.join(name));
    }
    change(&root);
    answer(&root, &["rules", "lint", "--survey", "rules/hospital-cyber/2024", "--lang", "en"])
}

#[cfg(unix)]
#[test]
fn a_survey_reads_nothing_outside_its_root() {
    use std::os::unix::fs::symlink;
    let table = "rules/hospital-cyber/2024/reference/bed_band.csv";
    let sound = survey(|_| {});
    assert_eq!((sound.exit, sound.output.as_str()), (Some(0), ""));
    let replaced = |root: &Path, file: &str, from: &str, to: &str| {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replace(from, to)).unwrap();
    };
    let survey_file = "rules/hospital-cyber/2024/survey.toml";
    let attacks: [(&str, &dyn Fn(&Path)); 6] = [
        ("`..` to a table", &|root| replaced(root, survey_file, table, "../secret.csv")),
        ("`..` inside a path", &|root| replaced(root, survey_file, table, "rules/../../secret.csv")),
        ("an absolute table", &|root| {
            let secret = root.parent().unwrap().join("secret.csv");
            replaced(root, survey_file, table, secret.to_str().unwrap());
        }),
        ("a link to a file outside", &|root| {
            fs::remove_file(root.join(table)).unwrap();
            symlink(root.parent().unwrap().join("secret.csv"), root.join(table)).unwrap();
        }),
        ("a linked folder", &|root| {
            let folder = root.join("rules/hospital-cyber/2024/reference");
            fs::remove_dir_all(&folder).unwrap();
            fs::rename(
                root.parent().unwrap().join("secret.csv"),
                root.parent().unwrap().join("bed_band.csv"),
            )
            .unwrap();
            symlink(root.parent().unwrap(), folder).unwrap();
        }),
        ("a schema outside", &|root| {
            replaced(root, survey_file, "schemas/hospital-cyber-2024.json", "../../etc/passwd");
        }),
    ];
    for (attack, change) in attacks {
        let told = survey(change);
        let page = format!("{}{}", told.output, told.complaint);
        assert!(matches!(told.exit, Some(1 | 2)), "{attack}: {page}");
        assert!(
            page.contains("error") && !page.contains("SECRET") && !page.contains("root:"),
            "{attack}: {page}"
        );
    }
}

/// Bytes that the formats are made of, and any others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let sign = proptest::sample::select(&b",\"\n\r\t{}[]:\\u0e-1 \xe3\x81\x82\x00\xff\x1b"[..]);
    proptest::collection::vec(prop_oneof![3 => sign, 1 => any::<u8>()], 0..200)
}

fn never_breaks(name: &str, file: &[u8]) -> Result<(), TestCaseError> {
    for format in ["json", "jsonl"] {
        let words = ["check", "-", "--stdin-filename", name, "--format", format, "--values", "show"];
        let output = kenpyo_with(&words, file);
        let complaint = String::from_utf8(output.stderr).unwrap();
        prop_assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{:?}: {complaint}", output.status);
        prop_assert!(!complaint.contains("panicked") && !complaint.contains("KP-I"), "{complaint}");
        let page = String::from_utf8(output.stdout).unwrap();
        assert_printable(&page);
        let documents = if format == "json" { vec![page.as_str()] } else { page.lines().collect() };
        for document in documents {
            let value: Value =
                serde_json::from_str(document).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
            prop_assert!(!value.to_string().contains("KP-I"), "a fault of our own: {value}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_answered(bytes in bytes(), place in any::<prop::sample::Index>(), kind in 0..4_usize) {
        let (header, row) = sound();
        let mut csv = format!("{header}\n{row}\n{row}\n").into_bytes();
        let mut jsonl = format!("{}\n{}\n", object(), object()).into_bytes();
        let mut json = format!("[{},\n{}]", object(), object()).into_bytes();
        let (name, file) = match kind {
            0 => ("a.csv", &mut csv),
            1 => ("a.jsonl", &mut jsonl),
            2 => ("a.json", &mut json),
            _ => ("a.tsv", &mut Vec::new()),
        };
        let at = if file.is_empty() { 0 } else { place.index(file.len()) };
        let until = file.len().min(at + bytes.len() / 2);
        file.splice(at..until, bytes.iter().copied());
        never_breaks(name, file)?;
        never_breaks(name, &bytes)?;
    }
}
