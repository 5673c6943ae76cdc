//! What a configuration gives, and what it is refused for.
//!
//! Invariants
//! - Settings are read by their whole path, since tests share one working folder; every key of the table is tried.
//! - The published schema and our own reading let through and refuse the same.

use super::effective::{all, of_path};
use super::given::Origin;
use super::keys::{KEYS, Otherwise, PATH_KEYS, Shape};
use super::*;
use crate::diagnostic::nearest::nearest;
use crate::expression::calendar;

/// A folder with this `kenpyo.toml` in it, and one further down.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("2023/sub")).unwrap();
    std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
    folder
}

/// Reads `text` from outside its folder, by its whole name: tests share one working folder.
fn read(text: &str, overrides: &[&str]) -> Result<Configuration, Box<Refused>> {
    let folder = folder(text);
    let mut config = vec![folder.path().join(FILE_NAME).to_str().unwrap().to_owned()];
    config.extend(overrides.iter().map(ToString::to_string));
    Configuration::gather(Asked { config: &config, isolated: false, thorough: true }, folder.path())
}

fn good(text: &str, overrides: &[&str]) -> Configuration {
    read(text, overrides).unwrap_or_else(|refused| panic!("{text}: {:?}", refused.found))
}

/// The mistakes of `text` as (code, line, suggestion).
fn mistakes(text: &str) -> Vec<(String, u64, Option<String>)> {
    let refused = read(text, &[]).expect_err(text);
    let mistakes = refused.found.iter().map(|mistake| {
        let line = mistake.labels.first().map_or(0, |label| label.position.line);
        let suggestion = mistake.suggestion.as_ref().map(|text| text.en.clone());
        (mistake.notice.id.to_string(), line, suggestion)
    });
    mistakes.collect()
}

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::read(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
}

/// A value of each shape that is good anywhere.
fn example(shape: Shape) -> String {
    match shape {
        Shape::Word(words) => format!("{:?}", words[words.len() - 1]),
        Shape::Text | Shape::Survey | Shape::Input | Shape::Output => "\"a\"".to_owned(),
        Shape::Texts | Shape::Patterns => "[\"a\", \"b*\"]".to_owned(),
        Shape::Flag => "true".to_owned(),
        Shape::Number(low, high) => low.midpoint(high).to_string(),
        Shape::Date => "2024-02-01".to_owned(),
        Shape::Version => "\">=0.0.1\"".to_owned(),
        Shape::Formats => "[\"json=r.json\", \"short\"]".to_owned(),
        Shape::Files => "{ a = 'a.csv', b = 'in/b.xlsx' }".to_owned(),
        Shape::Params => "{ a = 1, b = 2024-02-01, c = 'd', e = 1.5, f = true }".to_owned(),
        Shape::Severities => "{ a-rule = \"info\", 'X/y' = \"error\" }".to_owned(),
        Shape::Paths => {
            "[{ match = [\"2023/**\"], survey = \"a\", severity = { r = \"warning\" } }]".to_owned()
        }
    }
}

#[test]
fn every_setting_of_the_table_is_read_and_shown_and_the_schema_knows_it() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../schemas/kenpyo/configuration.json")).unwrap();
    let of_table =
        |keys: &[keys::Key]| -> Vec<String> { keys.iter().map(|key| key.name.to_owned()).collect() };
    let in_schema = |schema: &serde_json::Value| -> Vec<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(of_table(KEYS), in_schema(&schema));
    assert_eq!(of_table(PATH_KEYS), in_schema(&schema["properties"]["path"]["items"]));
    for key in KEYS {
        let of_schema = &schema["properties"][key.name];
        match key.shape {
            Shape::Word(words) => assert_eq!(of_schema["enum"], serde_json::json!(words), "{}", key.name),
            Shape::Number(low, high) => {
                assert_eq!(
                    (of_schema["minimum"].as_u64(), of_schema["maximum"].as_u64()),
                    (Some(low), Some(high))
                );
            }
            _ => {}
        }
        let text = format!("\n{} = {}\n", key.name, example(key.shape));
        let configuration = good(&text, &[]);
        let shown = all(&configuration, &Environment::default(), &[]);
        let given = shown.iter().filter(|setting| matches!(setting.origin, Origin::File(_, 2)));
        let named = given.filter(|setting| setting.key.split('.').next() == Some(key.name));
        assert!(named.count() >= 1, "{text}: {shown:?}");
    }
}

/// What our own reading lets through the schema must let through, and what it refuses for its shape likewise.
#[test]
fn the_schema_and_our_own_reading_agree() {
    let values = [
        "1",
        "0",
        "-1",
        "1.5",
        "true",
        "\"\"",
        "\" \"",
        "\"a\"",
        "\"ja\"",
        "\"never\"",
        "\"hide\"",
        "\"csv\"",
        "\"utf-8\"",
        "\"auto\"",
        "\"info\"",
        "[]",
        "[1]",
        "[\"\"]",
        "[\"a\"]",
        "[\"full\"]",
        "{}",
        "{ a = 1 }",
        "{ a = \"info\" }",
        "{ a = [] }",
        "[{}]",
        "[{ match = [\"a\"] }]",
        "[{ match = [] }]",
        "[{ match = [\"a\"], x = 1 }]",
        "2024-02-01",
        "\"2024-02-30\"",
        "99999999999",
    ];
    let folder = tempfile::tempdir().unwrap();
    let base = Base::here(folder.path());
    let own = |text: &str| {
        let source = source(7, "x", text.to_owned());
        let root = toml_file::read(&source).unwrap();
        let found = reading::read(&root, &source, &base, true).found;
        let mut by_schema = Diagnostics::new();
        own_schema::check(&root, &source, &mut by_schema).unwrap();
        (found.is_empty(), by_schema.is_empty())
    };
    for key in KEYS {
        for value in values {
            let text = format!("{} = {value}", key.name);
            let (ours, schema) = own(&text);
            // Which version and which format is good the schema does not say, and a date is a text to it.
            let is_text_there = value.starts_with("2024");
            let knows_less = matches!(key.shape, Shape::Version | Shape::Formats) || is_text_there;
            assert!(ours == schema || (knows_less && schema), "{text}: ours {ours}, schema {schema}");
        }
    }
}

#[test]
fn each_kind_of_mistake_has_its_code_and_its_line() {
    let one = |text: &str| {
        let mistakes = mistakes(text);
        assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
        mistakes.into_iter().next().unwrap()
    };
    let code = |text: &str| (one(text).0, one(text).1);
    let is = |code: &str, line: u64| (code.to_owned(), line);
    assert_eq!(code("a = 1\nb ="), is("KP-U060", 2));
    assert_eq!(code("lang = \"ja\"\nlang = \"en\""), is("KP-U060", 2));
    assert_eq!(code("\nfail_on = \"info\""), is("KP-U061", 2));
    assert_eq!(code("format = \"json\""), is("KP-U062", 1));
    assert_eq!(code("threads = \"4\""), is("KP-U062", 1));
    assert_eq!(code("as-of = \"yesterday\""), is("KP-U062", 1));
    assert_eq!(code("required-version = \"new\""), is("KP-U062", 1));
    assert_eq!(code("lang = \"de\""), is("KP-U063", 1));
    assert_eq!(code("format = [\"jsno\"]"), is("KP-U063", 1));
    assert_eq!(code("[severity]\nHCS = \"fatal\""), is("KP-U063", 2));
    assert_eq!(code("threads = 0"), is("KP-U014", 1));
    assert_eq!(code("exclude = [\"a\", \"[\"]"), is("KP-U019", 1));
    assert_eq!(code("format = [\"json=../x\"]"), is("KP-U065", 1));
    assert_eq!(code("accepted = \"/etc/x\""), is("KP-U065", 1));
    assert_eq!(code("[[path]]\nsurvey = \"a\""), is("KP-U062", 1));
    assert_eq!(code("path = [1]"), is("KP-U062", 1));
    assert_eq!(one("[severity]\na-rule = \"info\"\nlang = \"ja\"").0, "KP-U061");
    assert_eq!(mistakes("thread = 1\nformat = \"json\"\nlang = \"de\"").len(), 3, "all are told at once");
}

#[test]
fn what_was_probably_meant_is_said() {
    let suggestion = |text: &str| mistakes(text).remove(0).2.unwrap_or_default();
    assert_eq!(suggestion("max_findings = 3"), "did you mean \"max-findings\"?");
    assert_eq!(suggestion("lang = \"jp\""), "did you mean \"ja\"?");
    assert_eq!(suggestion("format = \"json\""), "write format = [\"json\"]");
    assert_eq!(
        suggestion("[[path]]\nmatch = [\"a\"]\nlang = \"ja\""),
        "\"lang\" belongs above the first line in [ ]"
    );
    for key in KEYS {
        let misspelt = format!("{}x", key.name);
        assert_eq!(nearest(&misspelt, KEYS.iter().map(|key| key.name)), Some(key.name));
    }
}

#[test]
fn another_version_is_the_only_thing_that_is_said() {
    let found = mistakes("a-setting-of-tomorrow = 1\nrequired-version = \">=99\"\n");
    assert_eq!(
        found.iter().map(|(code, line, _)| (code.as_str(), *line)).collect::<Vec<_>>(),
        [("KP-U064", 2)]
    );
    good("required-version = \">=0.0.1, <99\"", &[]);
}

#[test]
fn option_environment_override_file_default_in_this_order() {
    let text = "threads = 2\nlang = \"en\"\nvalues = \"show\"\ncolor = \"always\"\n";
    let configuration = good(text, &["threads = 3", "chunk-records = 9"]);
    let environment =
        environment(&[("KENPYO_CHUNK_RECORDS", "7"), ("CI", "true"), ("LANG", "ja_JP"), ("NO_COLOR", "1")]);
    let shown = all(&configuration, &environment, &[("lang", "--lang", Value::Text("ja".into()))]);
    let of = |key: &str| {
        let setting = shown.iter().find(|setting| setting.key == key).unwrap();
        (setting.value.as_ref().unwrap().to_string(), setting.origin.print(Language::En))
    };
    let is = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    assert_eq!(of("lang"), is("\"ja\"", "option --lang"));
    assert_eq!(of("chunk-records"), is("7", "environment KENPYO_CHUNK_RECORDS"));
    assert_eq!(of("threads"), is("3", "--config"));
    assert!(of("values").1.ends_with("kenpyo.toml:3"), "CI only makes the default");
    assert_eq!(of("color"), is("\"never\"", "environment NO_COLOR"));
    assert_eq!(of("fail-on"), is("\"error\"", "default"));
    // What a run asks has the same order.
    assert_eq!(configuration.configured("chunk-records", &environment), None);
    assert_eq!(configuration.configured("color", &environment), None);
    assert_eq!(configuration.configured("threads", &environment), Some(&Value::Number(3)));
    assert_eq!(configuration.language(), Some(Language::En));
}

#[test]
fn where_nobody_says_anything_the_defaults_are_those_of_the_run() {
    let of = |environment: &Environment, key: &str| {
        let shown = all(&Configuration::default(), environment, &[]);
        let setting = shown.into_iter().find(|setting| setting.key == key).unwrap();
        (setting.value.map(|value| value.to_string()), setting.origin)
    };
    let ci = environment(&[("CI", "1"), ("LANG", "C")]);
    assert_eq!(of(&ci, "values"), (Some("\"hide\"".into()), Origin::Variable("CI")));
    assert_eq!(of(&ci, "keys"), (Some("\"hide\"".into()), Origin::Default));
    assert_eq!(of(&ci, "lang"), (Some("\"en\"".into()), Origin::Variable("LANG")));
    assert_eq!(of(&Environment::default(), "lang"), (Some("\"ja\"".into()), Origin::Default));
    let number = Otherwise::Number(super::super::Settings::default().chunk_records);
    assert_eq!(keys::key("chunk-records").unwrap().otherwise, number);
}

#[test]
fn the_key_of_fingerprints_is_never_among_the_values() {
    let environment = environment(&[("KENPYO_FINGERPRINT_KEY", "SECRET-CANARY")]);
    let configuration = good("fingerprint-key-file = \"key\"", &[]);
    let shown = format!("{:?}", all(&configuration, &environment, &[]));
    assert!(!shown.contains("CANARY") && shown.contains("KENPYO_FINGERPRINT_KEY"), "{shown}");
}

#[test]
fn later_entries_of_paths_go_before_earlier_ones_and_all_before_the_whole() {
    let text = "survey = \"s\"\n[severity]\na = \"info\"\nb = \"info\"\n\
        [[path]]\nmatch = [\"2023/**\", \"old.csv\"]\nsurvey = \"t\"\nseverity = { b = \"warning\" }\n\
        [[path]]\nmatch = [\"2023/sub/*\"]\nseverity = { b = \"error\", c = \"error\" }\n";
    let configuration = good(text, &[]);
    let of = |name: &str| {
        let settings = configuration.of_path(name);
        let levels: Vec<String> =
            settings.severity.iter().map(|(rule, level)| format!("{rule}={level}")).collect();
        (settings.survey.map(|survey| survey.ends_with('t')), levels.join(" "))
    };
    let is = |survey: Option<bool>, levels: &str| (survey, levels.to_owned());
    assert_eq!(of("x.csv"), is(None, "a=info b=info"));
    assert_eq!(of("old.csv"), is(Some(true), "a=info b=warning"));
    assert_eq!(of("2023/x.csv"), is(Some(true), "a=info b=warning"));
    assert_eq!(of("2023/sub/x.csv"), is(Some(true), "a=info b=error c=error"));
    assert_eq!(of("2023/sub/../../x.csv"), is(None, "a=info b=info"));
    let shown = of_path(&configuration, &Environment::default(), &[], "2023/sub/x.csv");
    let keys: Vec<&str> = shown.iter().map(|setting| setting.key.as_str()).collect();
    assert_eq!(keys, ["survey", "severity.a", "severity.b", "severity.c"]);
    let lines = shown.iter().map(|setting| if let Origin::File(_, line) = setting.origin { line } else { 0 });
    assert_eq!(lines.collect::<Vec<_>>(), [7, 3, 11, 11]);
}

#[test]
fn the_two_spellings_of_today_do_not_meet_across_layers() {
    let configuration = good("as-of = 2024-02-01", &["param.as_of = \"2024-03-01\""]);
    let none = Environment::default();
    assert_eq!(configuration.configured("as-of", &none), None);
    assert_eq!(configuration.configured("param.as_of", &none), Some(&Value::Text("2024-03-01".into())));
    assert!(calendar::parse_date("2024-03-01").is_some());
}

#[test]
fn a_byte_order_mark_is_no_setting_and_an_empty_file_is_one_without_settings() {
    assert_eq!(good("\u{feff}lang = \"en\"\r\nthreads = 2\r\n", &[]).language(), Some(Language::En));
    assert!(good("", &[]).file.is_some());
}

#[test]
fn what_is_neither_a_file_nor_a_setting_is_refused_with_the_quotes_that_it_lacks() {
    let refused = |config: &[&str], isolated: bool| {
        let config: Vec<String> = config.iter().map(ToString::to_string).collect();
        let refused =
            Configuration::gather(Asked { config: &config, isolated, thorough: true }, Path::new("/"))
                .unwrap_err();
        let first = refused.found.iter().next().unwrap().clone();
        (first.notice.id.to_string(), first.suggestion.map(|text| text.en).unwrap_or_default())
    };
    let is = |code: &str, suggestion: &str| (code.to_owned(), suggestion.to_owned());
    assert_eq!(refused(&["gone.toml"], false), is("KP-U066", ""));
    assert_eq!(refused(&["lang = ja"], false), is("KP-U066", "did you mean \"lang = \"ja\"\"?"));
    assert_eq!(refused(&["format=[json]"], false), is("KP-U066", "did you mean \"format = [\"json\"]\"?"));
    assert_eq!(refused(&["gone.toml"], true), is("KP-U009", ""));
    assert_eq!(refused(&["a.toml", "b.toml"], false), is("KP-U010", ""));
    assert_eq!(refused(&["/"], false).0, "KP-U067");
    assert_eq!(refused(&["thraeds = 1"], true), is("KP-U061", "did you mean \"threads\"?"));
}
