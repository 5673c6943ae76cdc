//! `kenpyo.toml` as a person or a job meets it: found, laid below the options, shown, refused.
//!
//! Invariants
//! - Each test has its settings in a folder of its own; that none stands above the repository is a test itself.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::program::{copy, root, typed};

/// A record with a hard edit (its bed count is outside its band) and a soft one (so many beds).
const RECORD: &str = r#"{"gmis_id":"AB12345","beds_total":1812,"band":1,"facility_name":"厚生第一病院"}"#;
const HARD: &str = "HCS-X001";
const SOFT: &str = "HCS-R003";

fn run(folder: &Path, words: &[&str]) -> Output {
    typed(folder, words).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with this `kenpyo.toml`, a submission, and one in the folder `2023`.
fn folder(configuration: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("2023")).unwrap();
    for (name, content) in [("kenpyo.toml", configuration), ("a.jsonl", RECORD), ("2023/b.jsonl", RECORD)] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// What `kenpyo ARGUMENTS` says on standard error when the configuration is refused.
fn refusal(configuration: &str, words: &[&str]) -> String {
    let (page, output) = refused(configuration, words);
    assert_eq!(output, "", "{page}");
    page
}

/// The same with what stands on standard output: a run that has begun says there too that nothing was checked.
fn refused(configuration: &str, words: &[&str]) -> (String, String) {
    let folder = folder(configuration);
    let output = run(folder.path(), words);
    assert_eq!(code(&output), 2, "{}", err(&output));
    (err(&output), out(&output))
}

fn rules(output: &Output) -> Vec<String> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(output)));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            format!("{} {}", finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap())
        })
        .collect()
}

fn has(output: &Output, severity: &str, rule: &str) -> bool {
    rules(output).contains(&format!("{severity} {rule}"))
}

#[test]
fn an_unknown_key_is_refused_with_a_caret_a_suggestion_and_the_known_keys() {
    let expected = "\
error KP-U061  unknown setting  unknown-setting
  × kenpyo.toml has no setting \"thraeds\". The settings are: required-version,
  │ survey, lang, color, ascii, exclude, profile, select, ignore, param, link,
  │ as-of, rank, fail-on, values, keys, format, max-findings, threads,
  │ chunk-records, input-format, encoding, records, allow-empty, no-progress,
  │ accepted, fingerprint-key-file, severity, path.
   ╭─[kenpyo.toml:2:1]
 2 │ thraeds = 4
   · ───────
   ╰────
  help: did you mean \"threads\"?
";
    assert_eq!(refusal("lang = \"en\"\nthraeds = 4\n", &["check", "nowhere.csv"]), expected);
    let by_option = refusal("", &["check", "nowhere.csv", "--config", "thraeds = 4"]);
    assert!(
        by_option.contains("[--config:1:1]") && by_option.contains("did you mean \"threads\"?"),
        "{by_option}"
    );
}

#[test]
fn the_language_of_the_file_is_that_of_its_refusal() {
    let page = refusal("lang = \"ja\"\nthraeds = 4\n", &["check", "a.jsonl"]);
    assert!(
        page.contains("「threads」ではありませんか。") && page.contains("という設定はありません"),
        "{page}"
    );
    assert!(
        refusal("lang = \"ja\"\nx = 4\n", &["check", "a.jsonl", "--lang", "en"]).contains("has no setting")
    );
}

#[test]
fn every_command_that_has_settings_refuses_a_wrong_file_and_the_others_work() {
    for words in [
        &["check", "a.jsonl"][..],
        &["explain", HARD],
        &["rules", "list"],
        &["rules", "lint"],
        &["form", "--out", "x.csv"],
        &["generate", "--records", "1"],
        &["config", "show"],
    ] {
        assert!(refusal("threads = 0\n", words).contains("[kenpyo.toml:1:11]"), "{words:?}");
    }
    let folder = folder("threads = 0\n");
    for words in [
        &["explain", "KP-U060"][..],
        &["version"],
        &["--help"],
        &["check", "--isolated", "-q", "--exit-zero", "a.jsonl"],
    ] {
        assert_eq!(code(&run(folder.path(), words)), 0, "{words:?}");
    }
}

#[test]
fn the_nearest_file_upward_is_read_and_no_git_folder_stops_the_search() {
    let folder = folder("format = [\"short\"]\n");
    let below = folder.path().join("2023");
    fs::create_dir(below.join(".git")).unwrap();
    let short = |words: &[&str]| {
        out(&run(&below, &[&["check", "b.jsonl", "-q"], words].concat())).starts_with("b.jsonl:1:")
    };
    assert!(short(&[]) && !short(&["--isolated"]) && !short(&["--format", "json"]));
    assert!(!short(&["--config", "format = [\"json\"]"]));
    fs::write(below.join("other.toml"), "format = [\"jsonl\"]").unwrap();
    assert!(!short(&["--config", "other.toml"]), "another file is taken, and the nearest is not");
    fs::write(below.join("kenpyo.toml"), "").unwrap();
    assert!(!short(&[]), "a nearer one is the only one");
}

#[test]
fn an_option_goes_before_the_environment_and_that_before_override_file_and_default() {
    let folder = folder("values = \"hide\"\n");
    let shows = |words: &[&str], variable: Option<(&str, &str)>| {
        let words = [&["check", "a.jsonl", "--format", "json", "-q"], words].concat();
        let output = typed(folder.path(), &words).envs(variable).output().unwrap();
        out(&output).contains("1812")
    };
    let (show, hide) = (["--config", "values = \"show\""], ["--config", "values = \"hide\""]);
    assert!(!shows(&[], None), "the file goes before the default");
    assert!(shows(&show, None), "--config goes before the file");
    assert!(shows(&[], Some(("KENPYO_VALUES", "show"))), "so does the environment");
    assert!(shows(&hide, Some(("KENPYO_VALUES", "show"))), "which goes before --config");
    assert!(!shows(&["--values", "hide"], Some(("KENPYO_VALUES", "show"))), "and an option before it");
    assert!(shows(&show, Some(("CI", "true"))), "CI only makes the default");
    assert!(!shows(&["--isolated"], Some(("CI", "true"))) && shows(&["--isolated"], None));
}

#[test]
fn a_check_takes_each_setting_as_if_it_were_an_option() {
    let check = |configuration: &str, words: &[&str]| {
        let folder = folder(configuration);
        run(folder.path(), &[&["check", "--format", "json", "-q"], words].concat())
    };
    let file = &["a.jsonl"];
    assert!(has(&check("", file), "error", HARD) && has(&check("", file), "warning", SOFT));
    assert_eq!(code(&check("fail-on = \"never\"", file)), 0);
    assert_eq!(code(&check("select = [\"HCS-R003\"]", file)), 0);
    assert_eq!(code(&check("select = [\"HCS-R003\"]\nfail-on = \"warning\"", file)), 1);
    assert!(!has(&check("ignore = [\"HCS-R003\"]", file), "warning", SOFT));
    assert!(!has(&check("param.beds_high = 2000", file), "warning", SOFT));
    assert!(has(
        &check("param.beds_high = 2000", &["a.jsonl", "--param", "beds_high=1000"]),
        "warning",
        SOFT
    ));
    assert!(has(&check("[severity]\nunusually-many-beds = \"info\"", file), "info", SOFT));
    assert_eq!(code(&check("select = [\"HCS-R003\"]\nseverity.HCS-R003 = \"error\"", file)), 1);
    assert!(!rules(&check("exclude = [\"a.*\"]", &["."])).is_empty());
    assert_eq!(code(&check("exclude = [\"*.jsonl\"]", &["."])), 3);
    assert_eq!(code(&check("exclude = [\"*.jsonl\"]\nallow-empty = true", &["."])), 0);
    assert_eq!(code(&check("input-format = \"csv\"", file)), 3);
    assert_eq!(code(&check("records = \"/nowhere\"\ninput-format = \"json\"", file)), 3);
    let hash =
        |output: &Output| serde_json::from_slice::<Value>(&output.stdout).unwrap()["survey"]["hash"].clone();
    let named = check("survey = \"hospital-cyber/2024-assumed\"", file);
    assert_eq!(hash(&named), hash(&check("", &["a.jsonl", "--survey", "hospital-cyber/2024-assumed"])));
    assert_ne!(hash(&named), hash(&check("", file)));
}

#[test]
fn what_only_the_rules_can_refuse_is_marked_in_the_file() {
    for (configuration, place, told) in [
        ("\n[severity]\nHCS-X001 = \"info\"", "3:1", "hard"),
        ("\nseverity.unusualy-many-beds = \"info\"", "2:10", "did you mean \"unusually-many-beds\"?"),
        ("select = [\"HCS-R003\", \"HCS-Q\"]", "1:23", "HCS-Q"),
        ("profile = [\"three-two-on\"]", "1:12", "three-two-one"),
        ("[param]\nbeds_high = \"many\"", "2:13", "whole number"),
        ("[param]\nbed_high = 3", "2:1", "did you mean \"beds_high\"?"),
        ("survey = \"hospital-cyber/2042\"", "1:10", "hospital-cyber/2024"),
        ("records = \"data\"", "1:11", "did you mean \"/data\"?"),
    ] {
        let (page, output) = refused(configuration, &["check", "a.jsonl"]);
        assert!(!output.contains("1812"), "nothing is judged: {output}");
        assert!(
            page.contains(&format!("[kenpyo.toml:{place}]")) && page.contains(told),
            "{configuration}: {page}"
        );
    }
}

#[test]
fn paths_of_the_file_count_from_its_folder() {
    let folder = folder(
        "format = [\"json=r.json\"]\nexclude = [\"2023/c*\"]\nsurvey = \"data/rules/hospital-cyber/2024\"\n",
    );
    let below = folder.path().join("2023");
    fs::write(below.join("c.jsonl"), RECORD).unwrap();
    let survey = folder.path().join("data/rules/hospital-cyber");
    fs::create_dir_all(&survey).unwrap();
    copy("rules/hospital-cyber/2024", &survey.join("2024"));
    copy("schemas", &folder.path().join("data/schemas"));
    let output = run(&below, &["check", "."]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report["files"], serde_json::json!(["b.jsonl"]));
    let shown = out(&run(&below, &["config", "show", "survey"]));
    assert_eq!(shown, "survey = \"../data/rules/hospital-cyber/2024\"    # ../kenpyo.toml:3\n");
}

#[cfg(unix)]
#[test]
fn a_file_writes_only_inside_its_folder_and_an_option_anywhere() {
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("r.json");
    let folder = folder("");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
    let up = format!("../{}/r.json", outside.path().file_name().unwrap().to_str().unwrap());
    fs::create_dir(folder.path().join(".git")).unwrap();
    for place in [target.to_str().unwrap(), &up, "out/r.json", ".git/config", "2023/../../r.json"] {
        let configuration = format!("format = [\"full\", \"json={place}\"]");
        fs::write(folder.path().join("kenpyo.toml"), configuration).unwrap();
        let output = run(folder.path(), &["check", "a.jsonl"]);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{place}");
        assert!(
            err(&output).contains("KP-U065") && err(&output).contains("[kenpyo.toml:1:19]"),
            "{}",
            err(&output)
        );
        assert!(!target.exists() && fs::read_dir(folder.path().join(".git")).unwrap().next().is_none());
    }
    let output = run(
        folder.path(),
        &["check", "a.jsonl", "--isolated", "--format", &format!("json={}", target.display())],
    );
    assert!(code(&output) == 1 && target.exists());
    let by_override = format!("format = [\"json={}\"]", target.display());
    fs::remove_file(&target).unwrap();
    run(folder.path(), &["check", "a.jsonl", "--isolated", "--config", &by_override]);
    assert!(target.exists());
}

/// A copy of the shipped survey below `folder`, with one expression that is not in its canonical spelling.
fn survey_in(folder: &Path) -> std::path::PathBuf {
    for part in ["schemas", "rules"] {
        copy(part, &folder.join("data").join(part));
    }
    let file = folder.join("data/rules/hospital-cyber/2024/10-beds.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("require   = '"));
    fs::write(&file, text.replacen("require   = '", "require   = '  ", 1)).unwrap();
    file
}

#[test]
fn rules_are_formatted_by_a_configurations_word_only_inside_its_folder() {
    let outside = tempfile::tempdir().unwrap();
    let theirs = survey_in(outside.path());
    let before = fs::read_to_string(&theirs).unwrap();
    let folder = folder(&format!("survey = \"{}\"", theirs.parent().unwrap().display()));
    let output = run(folder.path(), &["rules", "format"]);
    assert_eq!((code(&output), fs::read_to_string(&theirs).unwrap() == before), (2, true));
    assert_eq!(code(&run(folder.path(), &["rules", "list"])), 0, "to read it there is no harm");
    let ours = survey_in(folder.path());
    fs::write(folder.path().join("kenpyo.toml"), "survey = \"data/rules/hospital-cyber/2024\"").unwrap();
    assert_eq!(code(&run(folder.path(), &["rules", "format", "--check"])), 1);
    assert_eq!(code(&run(folder.path(), &["rules", "format"])), 0);
    assert_ne!(fs::read_to_string(&ours).unwrap(), before);
}

#[test]
fn config_show_prints_each_setting_with_its_value_and_origin_as_toml() {
    let folder = folder(
        "threads = 2\nlang = \"en\"\n[severity]\n\"HCS-K001/x\" = \"info\"\n[[path]]\nmatch = [\"2023/**\"]\nseverity.HCS-R003 = \"error\"\n",
    );
    let shown = |words: &[&str]| {
        let mut command = typed(folder.path(), &[&["config", "show"], words].concat());
        let output =
            command.env("KENPYO_MAX_FINDINGS", "9").env("KENPYO_FINGERPRINT_KEY", "CANARY").output().unwrap();
        assert_eq!(code(&output), 0, "{}", err(&output));
        assert!(!out(&output).contains("CANARY"));
        out(&output)
    };
    let page = shown(&["--color", "never", "--config", "ascii = true"]);
    let compact =
        page.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    for line in [
        "threads = 2 # kenpyo.toml:1",
        "lang = \"en\" # kenpyo.toml:2",
        "ascii = true # --config",
        "color = \"never\" # option --color",
        "max-findings = 9 # environment KENPYO_MAX_FINDINGS",
        "fail-on = \"error\" # default",
        "format = [\"full\"] # default",
        "# fingerprint-key-file # environment KENPYO_FINGERPRINT_KEY (not shown)",
        "# select # default (all rules)",
        "severity.\"HCS-K001/x\" = \"info\" # kenpyo.toml:4",
        "path.1.match = [\"2023/**\"] # kenpyo.toml:6",
        "path.1.severity.HCS-R003 = \"error\" # kenpyo.toml:7",
        "accepted = \"kenpyo-accepted.toml\" # default",
    ] {
        assert!(compact.contains(&line.to_owned()), "{line}\n{page}");
    }
    let lines: Vec<&str> = page.lines().filter(|line| !line.starts_with("path.")).collect();
    toml::from_str::<toml::Table>(&lines.join("\n")).unwrap();
    assert_eq!(shown(&["threads"]), "threads = 2    # kenpyo.toml:1\n");
    assert_eq!(shown(&["--for", "2023/b.jsonl"]).matches("HCS-R003 = \"error\"").count(), 1);
    assert!(!shown(&["--for", "a.jsonl"]).contains("HCS-R003"));
    let document: Value = serde_json::from_str(&shown(&["--format", "json"])).unwrap();
    assert_eq!(
        (document["schema_version"].as_u64(), document["file"].as_str()),
        (Some(1), Some("kenpyo.toml"))
    );
    let threads = document["settings"].as_array().unwrap().iter().find(|setting| setting["key"] == "threads");
    let expected = serde_json::json!({ "key": "threads", "value": 2, "origin": { "kind": "file", "name": "kenpyo.toml", "line": 1 } });
    assert_eq!(threads, Some(&expected));
    let told = |words: &[&str]| err(&run(folder.path(), &[&["config", "show"], words].concat()));
    assert_eq!(told(&[]), "Configuration: kenpyo.toml\n");
    assert_eq!(
        (told(&["--isolated"]).as_str(), told(&["-q"]).as_str()),
        ("There is no configuration file.\n", "")
    );
    let unknown = run(folder.path(), &["config", "show", "thread"]);
    assert_eq!(code(&unknown), 2);
    assert!(
        err(&unknown).contains("did you mean \"threads\"?")
            && err(&unknown).contains("kenpyo config show thread\n")
    );
}

#[test]
fn a_version_that_is_not_allowed_is_named_beside_the_one_that_is() {
    let page = refusal("from-tomorrow = 1\nrequired-version = \">=99, <100\"\n", &["check", "a.jsonl"]);
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        page.contains(">=99, <100") && page.contains(version) && page.contains("[kenpyo.toml:2:20]"),
        "{page}"
    );
    assert!(!page.contains("from-tomorrow = 1 ") && page.matches("error KP-").count() == 1, "{page}");
}

#[test]
fn a_hostile_file_neither_acts_on_the_terminal_nor_stops_the_program() {
    let deep = format!("a = {}", "[".repeat(100_000));
    let long = format!("{} = 1", "k".repeat(200_000));
    let many: Vec<String> = (0..3_000).map(|number| format!("k{number} = 1")).collect();
    let many = many.join("\n");
    for text in
        ["\"\\u001b[31m\\u202e\" = 1", "lang = \"\\u001b]0;x\\u0007\"", "x = \"\u{202e}", &deep, &long, &many]
    {
        let page = refusal(text, &["check", "a.jsonl"]);
        assert!(!page.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{}", &page[..page.len().min(400)]);
    }
    let folder = folder("");
    let path = folder.path().join("kenpyo.toml");
    fs::write(&path, b"lang = \"\x93\xfa\"").unwrap();
    assert!(err(&run(folder.path(), &["check", "a.jsonl"])).contains("KP-U067"));
    fs::File::create(&path).unwrap().set_len(3 << 20).unwrap();
    assert!(err(&run(folder.path(), &["check", "a.jsonl"])).contains("KP-U067"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(
        code(&run(folder.path(), &["check", "-q", "a.jsonl"])),
        1,
        "a folder of that name is no configuration"
    );
}

/// The keys of the schema, those of a `[[path]]` left out.
fn keys() -> Vec<String> {
    let text = fs::read_to_string(root().join("schemas/kenpyo/configuration.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_reference_page_has_every_key_and_its_examples_are_good() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let headings: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    assert_eq!(headings, keys());
    let mut examples = 0;
    for block in page.split("```toml\n").skip(1) {
        let folder = folder(block.split("```").next().unwrap());
        let output = run(folder.path(), &["config", "show"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        examples += 1;
    }
    assert!(examples > headings.len());
    for section in page.split("### `").skip(1) {
        let (key, rest) = section.split_once('`').unwrap();
        let section = rest.split("### `").next().unwrap();
        assert!(
            section.contains("Default: ") && section.contains(key),
            "{key}: type, default, meaning and an example"
        );
    }
}

/// The tests call the program in the repository, and what stands there must not change what they see.
#[test]
fn no_configuration_stands_in_the_repository_or_above_it() {
    assert!(root().ancestors().all(|folder| !folder.join("kenpyo.toml").exists()));
}
