//! One mistake at a time: each has its own code, and marks the text that makes it.
//!
//! Invariants
//! - Each case turns one place of a good pack into a bad one, and names the code and the text that is marked.

use super::{BANDS, FOLDER, RULE, SURVEY, TEXTS, loaded, marked, only, root, with_rules, with_survey};
use crate::rule_pack::load::{Purpose, load_for};

/// The mistake that `RULE` with `from` turned into `to` makes: code, marked text, suggestion.
fn rule(from: &str, to: &str) -> (String, String, Option<String>) {
    assert!(RULE.contains(from), "{from}");
    only(&with_rules(&RULE.replace(from, to)))
}

fn survey(from: &str, to: &str) -> (String, String, Option<String>) {
    assert!(SURVEY.contains(from), "{from}");
    only(&loaded(&[("rules/ex/2024/survey.toml", &SURVEY.replace(from, to))]))
}

fn bands(text: &str) -> (String, String, Option<String>) {
    only(&loaded(&[("rules/ex/2024/bands.csv", text)]))
}

#[expect(clippy::needless_pass_by_value, reason = "a call reads better without the sign")]
fn is(found: (String, String, Option<String>), code: &str, marked: &str) {
    assert_eq!((found.0.as_str(), found.1.as_str()), (code, marked));
}

fn suggests(found: (String, String, Option<String>), code: &str, marked: &str, suggestion: &str) {
    let suggested = found.2.clone().unwrap_or_default();
    is(found, code, marked);
    assert!(suggested.contains(suggestion), "{suggested}");
}

#[test]
fn of_toml() {
    is(rule("severity = 'error'", "severity = error"), "KP-P050", "error");
    is(rule("severity = 'error'", "id = 'x'"), "KP-P054", "id");
}

#[test]
fn of_keys_and_their_values() {
    suggests(rule("severity", "severty = 'error'\nseverity"), "KP-P051", "severty", "severity");
    suggests(rule("title.en", "title.enn = 'x'\ntitle.en"), "KP-P051", "enn", "en");
    is(rule("severity = 'error'", "severity = 'error'\nscope = 'yes'"), "KP-P052", "'yes'");
    is(rule("severity = 'error'", "severity = 'error'\nrevision = 0"), "KP-P052", "0");
    is(rule("source = 'example'", ""), "KP-P053", "[[rule]]");
    is(rule("title.en = 'beds outside the band'", ""), "KP-P053", "title");
    is(rule("source = 'example'", "source = ' '"), "KP-P056", "' '");
    suggests(rule("'error'", "'eror'"), "KP-P057", "'eror'", "error");
    is(rule("severity", "tags = ['a', 'a']\nseverity"), "KP-P058", "'a'");
    is(rule("severity", "tags = []\nseverity"), "KP-P056", "[]");
}

#[test]
fn of_quotes() {
    let found = rule("when = 'ex_band is answered'", "when = \"ex_band is answered\"");
    suggests(found, "KP-P055", "\"ex_band is answered\"", "'ex_band is answered'");
}

#[test]
fn of_the_manifest() {
    is(survey("id = 'ex'", "id = 'e x'"), "KP-P059", "'e x'");
    is(survey("timezone = 'Asia/Tokyo'", "timezone = 'Mars'"), "KP-P059", "'Mars'");
    is(survey("timezone = 'Asia/Tokyo'", "locales = ['ja']"), "KP-P059", "['ja']");
    is(survey("key = ['ex_key']\n", ""), "KP-P059", "[survey]");
    suggests(survey("'ex_key'", "'ex_kye'"), "KP-P064", "'ex_kye'", "ex_key");
    is(survey("schema = 'schemas/ex.json'\n", ""), "KP-P053", "[survey]");
}

#[test]
fn of_paths() {
    is(survey("'schemas/ex.json'", "'schemas/../../ex.json'"), "KP-P060", "'schemas/../../ex.json'");
    is(survey("'schemas/ex.json'", "'/etc/passwd'"), "KP-P060", "'/etc/passwd'");
    is(survey("'schemas/ex.json'", "'schemas/no.json'"), "KP-P061", "'schemas/no.json'");
    let link = with_survey("[link.f]\nschema = 'f'\non = { ex_key = 'x' }");
    is(only(&link), "KP-P061", "'f'");
}

#[test]
fn of_names() {
    suggests(rule("severity", "blame = ['ex_bedz']\nseverity"), "KP-P064", "'ex_bedz'", "ex_beds");
    suggests(rule("severity", "profile = 'strikt'\nseverity"), "KP-P066", "'strikt'", "strict");
    is(rule("severity", "until = '2025'\nseverity"), "KP-P067", "'2025'");
    is(rule("severity", "from = '2024'\nuntil = '2023'\nseverity"), "KP-P094", "'2023'");
    suggests(
        rule("severity", "replaces = 'ex_beds:must-anser'\nseverity"),
        "KP-P065",
        "'ex_beds:must-anser'",
        "ex_beds:must-answer",
    );
    suggests(rule("ex_beds between", "ex_bed between"), "KP-P010", "ex_bed", "ex_beds");
}

#[test]
fn of_examples() {
    suggests(rule("ex_band = 'small'", "ex_band = 'smal'"), "KP-P069", "'smal'", "small");
    is(rule("ex_beds = 99", "ex_beds = '99'"), "KP-P071", "'99'");
    suggests(rule("ex_beds = 99", "ex_bedz = 99"), "KP-P064", "ex_bedz", "ex_beds");
    suggests(rule("ex_beds = 99", "ex_beds = '@refuse'"), "KP-P069", "'@refuse'", "@refused");
    is(rule("ex_beds = 99", "'@fail' = true"), "KP-P095", "'@fail'");
    suggests(rule("ex_beds = 99", "param = { limt = 1 }"), "KP-P013", "limt", "limit");
    is(rule("ex_beds = 99", "prev = { ex_beds = 1 }"), "KP-P068", "prev");
    is(rule("[ { ex_band = 'small', ex_beds = 99 } ]", "[ [ {} ] ]"), "KP-P052", "[ {} ]");
    is(rule("[ { ex_band = 'small', ex_beds = 99 } ]", "[ 1 ]"), "KP-P052", "1");
}

#[test]
fn of_examples_where_a_pack_that_does_not_come_with_the_program_is_to_judge_by() {
    let rules = RULE.replace("ex_beds = 99", "ex_beds = '99'");
    let loaded = load_for(&root(&[("rules/ex/2024/10-beds.toml", &rules)]), FOLDER, Purpose::Judge).unwrap();
    is(only(&loaded), "KP-P071", "'99'");
}

#[test]
fn of_parameters_and_sets() {
    suggests(survey("type = 'int'\nvalue = 500", "type = 'itn'\nvalue = 500"), "KP-P070", "'itn'", "int");
    is(survey("value = 500", "value = 'x'"), "KP-P071", "'x'");
    is(survey("value = 500", "value = 500\nfrom = 'run'"), "KP-P098", "limit");
    suggests(
        only(&with_survey("[param.x]\ntype = 'option(ex_bnad)'\nfrom = 'run'")),
        "KP-P064",
        "'option(ex_bnad)'",
        "ex_band",
    );
    is(
        only(&with_survey("[param.x]\ntype = 'option(ex_beds)'\nfrom = 'run'")),
        "KP-P099",
        "'option(ex_beds)'",
    );
    suggests(
        only(&with_survey("[set.x]\nof = 'ex_band'\noptions = ['largo']")),
        "KP-P069",
        "'largo'",
        "large",
    );
    is(only(&with_survey("[set.bands]\nof = 'ex_band'\noptions = ['large']")), "KP-P082", "bands");
}

#[test]
fn of_lookups() {
    is(bands("ex_band,low,high\nsmall,1,99\nlarge,100\n"), "KP-P073", "large,100");
    is(bands("ex_band,low,high\nsmall,1,99\nlarge,100,\nsmall,1,2\n"), "KP-P074", "small,1,2");
    is(bands("ex_band,low,high\nsmall,1,99\n"), "KP-P075", "bands");
    is(bands(&BANDS.replace("99", "9x")), "KP-P071", "9x");
    is(bands(""), "KP-P145", "'rules/ex/2024/bands.csv'");
    is(bands("ex_band,low,high\nsmall,1,99\nlarge,100,\n,1,1\n"), "KP-P079", ",1,1");
    suggests(survey("columns.low", "columns.lo"), "KP-P072", "lo", "low");
    is(survey("key = ['ex_band']\n", ""), "KP-P080", "bands");
}

#[test]
fn of_intervals() {
    let interval = |csv: &str| {
        let lookup = "
[lookup.by_beds]
file = 'rules/ex/2024/beds.csv'
interval = { low = 'low', high = 'high' }
columns.low = { type = 'int' }
columns.high = { type = 'int', unbounded = true }
";
        only(&loaded(&[
            ("rules/ex/2024/survey.toml", &format!("{SURVEY}{lookup}")),
            ("rules/ex/2024/beds.csv", csv),
        ]))
    };
    is(interval("low,high\n1,9\n11,\n"), "KP-P076", "11,");
    is(interval("low,high\n1,10\n10,\n"), "KP-P077", "10,");
    is(interval("low,high\n1,\n10,20\n"), "KP-P077", "10,20");
    is(interval("low,high\n5,1\n"), "KP-P078", "5,1");
    is(interval("low,high\n,9\n10,\n"), "KP-P079", ",9");
}

#[test]
fn of_derived_values() {
    let derive = |text: &str| only(&with_survey(&format!("[[derive]]\n{text}")));
    is(derive("name = 'x'\ntype = 'int'\nvalue = 'x + 1'"), "KP-P081", "x + 1");
    is(derive("name = 'ex_beds'\ntype = 'int'\nvalue = '1'"), "KP-P082", "'ex_beds'");
    is(derive("name = 'x'\nvalue = 'ex_beds'"), "KP-P098", "'x'");
    is(derive("name = 'x'\ntype = 'cond'\nvalue = 'ex_beds > 1'"), "KP-P098", "'x'");
    let two =
        derive("name = 'x'\ntype = 'int'\nvalue = 'y'\n[[derive]]\nname = 'y'\ntype = 'int'\nvalue = 'x'");
    is(two, "KP-P081", "y");
}

#[test]
fn of_ids() {
    is(rule("'EX-1'", "'EX 1'"), "KP-P083", "'EX 1'");
    is(rule("'EX-1'", "'KP-P001'"), "KP-P083", "'KP-P001'");
    is(rule("'beds-outside-band'", "'Beds_outside'"), "KP-P083", "'Beds_outside'");
    let twice = format!("{RULE}{}", RULE.replace("beds-outside", "beds-again"));
    let found = with_rules(&twice);
    assert_eq!(marked(&found), [("KP-P084".to_owned(), "'EX-1'".to_owned())]);
    let slug = format!("{RULE}{}", RULE.replace("EX-1", "EX-2"));
    is(only(&with_rules(&slug)), "KP-P084", "'beds-outside-band'");
    assert_eq!(found.diagnostics.iter().next().unwrap().labels.len(), 2);
}

#[test]
fn of_demands() {
    is(rule("require", "unique = { fields = ['ex_key'] }\nrequire"), "KP-P085", "[[rule]]");
    let dataset = |text: &str| {
        let require = RULE.lines().find(|line| line.starts_with("require")).unwrap();
        let message = RULE.replace("{ex_beds}", "").replace("{ex_band:label}", "");
        let examples = message.lines().find(|line| line.starts_with("examples")).unwrap().to_owned();
        only(&with_rules(&message.replace(require, text).replace(&examples, "")))
    };
    suggests(dataset("unique = { fields = ['ex_kay'] }"), "KP-P064", "'ex_kay'", "ex_key");
    suggests(dataset("unique = { feilds = 1, fields = ['ex_key'] }"), "KP-P051", "feilds", "fields");
    is(dataset("latest = { key = ['ex_key'], by = 'ex_beds' }"), "KP-P099", "'ex_beds'");
    is(dataset("exists-in = { fields = ['ex_band'], table = 'bandz' }"), "KP-P068", "'bandz'");
    suggests(
        dataset("exists-in = { fields = ['ex_band'], table = 'bands', columns = ['ex_bandd'] }"),
        "KP-P072",
        "'ex_bandd'",
        "ex_band",
    );
    is(dataset("count = { of = 'ex_beds > 1' }"), "KP-P098", "{ of = 'ex_beds > 1' }");
    is(dataset("count = { max = 'ex_band' }"), "KP-P099", "'ex_band'");
}

#[test]
fn of_placeholders() {
    let both = |to: &str| only(&with_rules(&RULE.replace("{ex_beds}", to)));
    suggests(both("{ex_bedz}"), "KP-P086", "{ex_bedz}", "ex_beds");
    is(both("{ex_partner}"), "KP-P087", "{ex_partner}");
    is(both("{let.x}"), "KP-P086", "{let.x}");
    is(both("{ex_beds:label}"), "KP-P099", "{ex_beds:label}");
    is(rule("{ex_beds} beds are", "Beds are"), "KP-P088", "{ex_beds}");
    suggests(rule("{ex_beds} beds are", "{ex_bedz} beds are"), "KP-P086", "{ex_bedz}", "ex_beds");
    is(rule("{ex_beds} beds are", "{ex_beds beds are"), "KP-P141", "{");
    is(rule("{ex_beds} beds are", "ex_beds} beds are"), "KP-P141", "}");
    is(rule("'beds outside the band'", "'beds {ex_beds}'"), "KP-P089", "'beds {ex_beds}'");
    is(rule("'beds outside the band'", "'beds.'"), "KP-P089", "'beds.'");
    assert_eq!(marked(&with_rules(&RULE.replace("{ex_beds}", "{ex_partner:q}"))), []);
}

#[test]
fn of_generated_texts() {
    let unused = TEXTS.replace("EX-K1", "EX-K2").replace("partner-unanswered", "x");
    let both = format!("{TEXTS}{unused}");
    suggests(only(&loaded(&[("rules/ex/2024/00-texts.toml", &both)])), "KP-P091", "'EX-K2'", "EX-K1");
    let missing = loaded(&[("rules/ex/2024/00-texts.toml", "")]);
    assert_eq!(missing.diagnostics.iter().next().unwrap().notice.id.as_ref(), "KP-P090");
    assert_eq!(missing.diagnostics.len(), 1);
}

#[test]
fn of_families() {
    let second = "
[[rule]]
id = 'EX-1'
instance = 'ex_beds'
severity = 'warning'
require = 'ex_beds > 0'
";
    is(
        only(&with_rules(&format!("{}{second}", RULE.replace("severity", "instance = 'ex_band'\nseverity")))),
        "KP-P093",
        "'ex_beds'",
    );
    suggests(rule("severity", "each = ['ex_bed']\nseverity"), "KP-P064", "'ex_bed'", "ex_beds");
    is(rule("severity", "each = ['ex_beds']\ninstance = 'ex_beds'\nseverity"), "KP-P093", "'ex_beds'");
}

#[test]
fn of_groups_and_exemptions() {
    let more = |text: &str| {
        only(&loaded(&[
            ("rules/ex/2024/survey.toml", &format!("{SURVEY}{text}")),
            ("rules/ex/2024/10-x.toml", RULE),
        ]))
    };
    is(more("[[group]]\nhead = 'EX-1'\nfollowers = ['EX-9']"), "KP-P065", "'EX-9'");
    is(more("[[group]]\nfollowers = ['EX-1']"), "KP-P096", "[[group]]");
    let exemption = "[[exemption]]\nkey = 'a'\ndecision = '1'\nreason = 'x'\nrule = ";
    is(more(&format!("{exemption}'EX-9'")), "KP-P065", "'EX-9'");
    is(more(&format!("{exemption}'EX-1'\nfrom = '1999'")), "KP-P067", "'1999'");
}

#[test]
fn of_links() {
    let frame = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "f", "type": "object", "x-label": { "ja": "名簿", "en": "Frame" },
        "properties": { "unit": { "type": "integer", "x-label": { "ja": "番号", "en": "Unit" } } } }"#;
    let link = |on: &str| {
        let survey = format!("{SURVEY}[link.f]\nschema = 'f'\non = {on}");
        only(&loaded(&[("rules/ex/2024/survey.toml", &survey), ("schemas/f.json", frame)]))
    };
    suggests(link("{ ex_kye = 'unit' }"), "KP-P064", "ex_kye", "ex_key");
    suggests(link("{ ex_key = 'unti' }"), "KP-P064", "'unti'", "unit");
    is(link("{ ex_key = 'unit' }"), "KP-P099", "'unit'");
}

#[test]
fn of_a_rule_that_reads_too_much() {
    let fields: Vec<String> = (0..129).map(|number| format!("f{number}")).collect();
    let properties: Vec<String> = fields
        .iter()
        .map(|name| {
            format!(r#""{name}": {{ "type": "integer", "x-label": {{ "ja": "数", "en": "Number" }} }}"#)
        })
        .collect();
    let schema = super::SCHEMA.replace("\"ex_key\": {", &format!("{}, \"ex_key\": {{", properties.join(",")));
    let lets: Vec<String> = fields
        .chunks(65)
        .enumerate()
        .map(|(number, part)| format!("let.s{number} = 'sum_present({})'", part.join(", ")))
        .collect();
    let rule = RULE.replace("severity", &format!("{}\nseverity", lets.join("\n")));
    is(
        only(&loaded(&[("schemas/ex.json", &schema), ("rules/ex/2024/10-x.toml", &rule)])),
        "KP-P097",
        "'ex_beds between bands[ex_band].low and bands[ex_band].high'",
    );
}

#[test]
fn what_a_faulty_rule_leaves_behind_is_not_called_unknown() {
    let survey = format!("{SURVEY}[[group]]\nhead = 'ex_beds:must-answer'\nfollowers = ['EX-1']\n");
    let rule = RULE.replace("ex_band is answered", "ex_band is answred");
    let found = loaded(&[("rules/ex/2024/survey.toml", &survey), ("rules/ex/2024/10-x.toml", &rule)]);
    assert_eq!(marked(&found), [("KP-P019".to_owned(), "answred".to_owned())]);
}

#[test]
fn an_error_of_a_later_instance_is_told_behind_a_warning_of_an_earlier_one() {
    let each = RULE
        .replace("severity", "each = ['ex_band', 'ex_beds']\nseverity")
        .replace("ex_band is answered", "not (it = \"small\")");
    let found = with_rules(&each);
    let codes: Vec<String> = marked(&found).into_iter().map(|(code, _)| code).collect();
    assert_eq!((codes.len(), codes[0].as_str()), (2, "KP-P045"), "{codes:?}");
    assert!(found.diagnostics.has_errors());
    assert!(found.pack.is_none());
}

#[test]
fn all_mistakes_of_all_files_are_reported_together() {
    let found = loaded(&[
        ("rules/ex/2024/10-a.toml", &RULE.replace("'error'", "'eror'")),
        ("rules/ex/2024/20-b.toml", "[[rule]\n"),
        ("rules/ex/2024/30-c.toml", "[[rool]]\n"),
    ]);
    let codes: Vec<String> = marked(&found).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["KP-P050", "KP-P057", "KP-P051"]);
    assert!(found.pack.is_none());
}

#[test]
fn one_mistake_is_told_once_wherever_it_shows() {
    let two = format!("{SURVEY}[lookup.again]\nfile = 'rules/ex/2024/bands.csv'\nkey = ['ex_band']\n");
    let row = "ex_band,low,high\nsmall,1,99\nlarge,100\n";
    is(
        only(&loaded(&[("rules/ex/2024/survey.toml", &two), ("rules/ex/2024/bands.csv", row)])),
        "KP-P073",
        "large,100",
    );
    let schema = super::SCHEMA.replace("\"x-q\": \"2\"", "\"x-q\": \"2\", \"x-qq\": 1");
    let link = format!("{SURVEY}[link.old]\nschema = 'schemas/ex.json'\non = {{ ex_key = 'ex_key' }}\n");
    let found = loaded(&[("rules/ex/2024/survey.toml", &link), ("schemas/ex.json", &schema)]);
    assert_eq!(marked(&found).len(), 1, "{:?}", marked(&found));
    is(survey("key = ['ex_key']\n", "key = []\n"), "KP-P056", "[]");
    let param = SURVEY.replace("type = 'int'\nvalue = 500", "type = 'itn'\nvalue = 500");
    let rule = RULE
        .replace("ex_beds between", "ex_beds < param.limit and ex_beds between")
        .replace("{ex_beds}", "{param.limit}");
    is(
        only(&loaded(&[("rules/ex/2024/survey.toml", &param), ("rules/ex/2024/10-x.toml", &rule)])),
        "KP-P070",
        "'itn'",
    );
}

#[test]
fn of_waves_and_example_values() {
    suggests(survey("wave = '2024'", "wave = '20244'"), "KP-P067", "'20244'", "2024");
    suggests(rule("ex_beds = 99 } ]", "param = { limt = 1 } } ]"), "KP-P013", "limt", "limit");
    let schema = super::SCHEMA.replace("\"x-unit\": \"床\"", "\"x-unit\": \"床\", \"minimum\": 0");
    let of = |value: &str| {
        let rule = RULE.replace("ex_beds = 99", &format!("ex_beds = {value}"));
        marked(&loaded(&[("schemas/ex.json", &schema), ("rules/ex/2024/10-x.toml", &rule)]))
    };
    assert_eq!(of("-3"), [("KP-P146".to_owned(), "-3".to_owned())]);
    assert_eq!(of("'@invalid'"), []);
}

#[test]
fn an_or_over_blanks_is_left_alone_where_the_rule_says_what_a_blank_means() {
    let or = RULE
        .replace(
            "ex_beds between bands[ex_band].low and bands[ex_band].high",
            "ex_band = \"small\" or ex_text = \"x\"",
        )
        .replace("{ex_beds}", "{ex_text}");
    assert_eq!(marked(&with_rules(&or))[0].0, "KP-P046");
    assert_eq!(marked(&with_rules(&or.replace("severity", "on-blank = 'fail'\nseverity"))), []);
}

#[cfg(unix)]
#[test]
fn of_bytes_that_are_no_text_and_of_what_is_no_file() {
    use crate::source::root::SurveyRoot;
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("schemas/ex.json", super::SCHEMA.as_bytes());
    write("rules/ex/2024/survey.toml", SURVEY.as_bytes());
    write("rules/ex/2024/bands.csv", BANDS.as_bytes());
    write("rules/ex/2024/00-texts.toml", TEXTS.as_bytes());
    write("rules/ex/2024/10-x.toml", &[b"# \n# \x93\xfa\n", RULE.as_bytes()].concat());
    write("rules/ex/2024/20-y.toml", b"[[rool]]\n");
    let root = SurveyRoot::Folder(folder.path().to_owned());
    let load = || super::load(&root, "rules/ex/2024").unwrap();
    let found = load();
    let ids: Vec<String> = marked(&found).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["KP-P142", "KP-P051"]);
    let first = found.diagnostics.iter().next().unwrap();
    assert!(first.message(crate::diagnostic::Language::En).contains("0x93 in line 2"), "{first:?}");
    write("rules/ex/2024/20-y.toml", b"");
    write("rules/ex/2024/10-x.toml", RULE.as_bytes());
    let csv = folder.path().join("rules/ex/2024/bands.csv");
    std::fs::remove_file(&csv).unwrap();
    std::fs::create_dir(&csv).unwrap();
    is(only(&load()), "KP-P143", "'rules/ex/2024/bands.csv'");
    std::fs::remove_dir(&csv).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &csv).unwrap();
    is(only(&load()), "KP-P060", "'rules/ex/2024/bands.csv'");
}
