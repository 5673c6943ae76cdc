//! Each format read back by a parser of its own kind: what a program that takes the report would see of it.
//!
//! Invariants
//! - Nothing here is the program's own code: JSON, XML, CSV, XLSX and Markdown are read by other libraries, workflow
//!   commands by the grammar of GitHub's runner.
//! - A report that is not of its format stops the test.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::Value;

/// The formats that can be read back here.
pub const FORMATS: [&str; 11] = [
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
    "markdown",
    "csv",
    "xlsx",
];

/// One finding as a reader of a report sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Seen {
    /// As the report names it.
    pub file: String,
    /// `None`: the format does not tell it, or there is none.
    pub record: Option<u64>,
    /// `None`: the same.
    pub line: Option<u64>,
    /// Full id.
    pub rule: String,
    /// The most suspect first.
    pub fields: Vec<String>,
}

/// A whole report.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The findings, in order.
    pub findings: Vec<Seen>,
    /// Every text that a reader is shown or given, one by one.
    pub texts: Vec<String>,
    /// Why the run failed, in the format's own terms: the words of the failures.
    pub failures: Vec<String>,
    /// Whether findings are said to be left out.
    pub left_out: bool,
}

/// Reads a report of `format`; one for people in English.
pub fn read(format: &str, bytes: &[u8]) -> Report {
    match format {
        "json" => json(bytes),
        "jsonl" => json_lines(bytes),
        "sarif" => sarif(bytes),
        "github" => github(bytes),
        "gitlab" => gitlab(bytes),
        "junit" => junit(bytes),
        "checkstyle" => checkstyle(bytes),
        "rdjson" => rdjson(bytes),
        "markdown" => markdown(bytes),
        "csv" => csv(bytes),
        "xlsx" => xlsx(bytes),
        other => panic!("no reader of {other}"),
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(string).collect()
}

/// Every text of a JSON value, its keys too.
fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(members) => {
            for (key, value) in members {
                texts.push(key.clone());
                texts_of(value, texts);
            }
        }
        _ => {}
    }
}

fn parsed(bytes: &[u8]) -> (Value, Report) {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    let mut report = Report::default();
    texts_of(&value, &mut report.texts);
    (value, report)
}

fn of_json(finding: &Value) -> Seen {
    let place = &finding["place"];
    let labels = finding["labels"].as_array().unwrap();
    let mut fields: Vec<String> = Vec::new();
    for label in labels {
        if let Some(field) = label["field"].as_str().filter(|field| fields.iter().all(|known| known != field))
        {
            fields.push(field.to_owned());
        }
    }
    let line = labels.first().and_then(|label| label["line"].as_u64()).or_else(|| place["line"].as_u64());
    let file = place["file"]
        .as_str()
        .or(labels.first().and_then(|label| label["file"].as_str()))
        .unwrap_or_default()
        .to_owned();
    Seen { file, record: place["record"].as_u64(), line, rule: string(&finding["rule"]), fields }
}

/// The format `json`.
pub fn json(bytes: &[u8]) -> Report {
    let (value, report) = parsed(bytes);
    Report {
        findings: value["findings"].as_array().unwrap().iter().map(of_json).collect(),
        failures: value["summary"]["failures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| string(&f["kind"]))
            .collect(),
        ..report
    }
}

/// The format `jsonl`.
pub fn json_lines(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    for line in std::str::from_utf8(bytes).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        texts_of(&event, &mut report.texts);
        match event["event"].as_str().unwrap() {
            "finding" => report.findings.push(of_json(&event)),
            "summary" => {
                let failures = event["failures"].as_array().unwrap();
                report.failures = failures.iter().map(|failure| string(&failure["kind"])).collect();
            }
            _ => {}
        }
    }
    report
}

fn percent_decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The format `sarif`.
pub fn sarif(bytes: &[u8]) -> Report {
    let (value, mut report) = parsed(bytes);
    let run = &value["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let physical = &result["locations"][0]["physicalLocation"];
        let cell = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].as_str();
        let row = cell.and_then(row_of);
        let rule = string(&result["ruleId"]);
        let place = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][place]["id"], rule.as_str());
        report.findings.push(Seen {
            file: percent_decoded(physical["artifactLocation"]["uri"].as_str().unwrap_or_default()),
            record: result["properties"]["record"].as_u64(),
            line: physical["region"]["startLine"].as_u64().or(row),
            rule,
            fields: strings(&result["properties"]["fields"]),
        });
    }
    let invocation = &run["invocations"][0];
    for notice in invocation["toolExecutionNotifications"].as_array().unwrap() {
        match notice["descriptor"]["id"].as_str().unwrap() {
            "findings-left-out" => report.left_out = true,
            word => report.failures.push(word.to_owned()),
        }
    }
    assert_eq!(invocation["executionSuccessful"], report.failures.is_empty());
    // A message shows its text with single braces.
    report
        .texts
        .extend(report.texts.clone().into_iter().map(|text| text.replace("{{", "{").replace("}}", "}")));
    report
}

/// The fields that stand in brackets at the end of a text.
fn fields_behind(text: &str) -> (String, Vec<String>) {
    let found = text.strip_suffix(']').and_then(|text| text.rsplit_once(" ["));
    found.map_or((text.to_owned(), Vec::new()), |(text, fields)| {
        (text.to_owned(), fields.split(", ").map(str::to_owned).collect())
    })
}

/// The record that a text names at its beginning, in English.
fn record_before(text: &str) -> Option<u64> {
    text.strip_prefix("record ")?.split_once(": ")?.0.parse().ok()
}

/// The row of the cell that a text names at its beginning.
fn row_before(text: &str) -> Option<u64> {
    row_of(text.split_once(": ")?.0)
}

/// The row of `Sheet!C7`.
fn row_of(cell: &str) -> Option<u64> {
    let (_, cell) = cell.rsplit_once('!')?;
    cell.trim_start_matches(|letter: char| letter.is_ascii_uppercase()).parse().ok()
}

/// One workflow command: its name, properties and message.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line:?}"));
    let (head, message) = rest.split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| data(&text.replace("%3A", ":").replace("%2C", ","));
    let properties = properties.split(',').filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap();
        (name.to_owned(), property(value))
    });
    (name.to_owned(), properties.collect(), data(message))
}

/// The format `github`, as GitHub's runner reads a log.
pub fn github(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    let log = std::str::from_utf8(bytes).unwrap().strip_suffix('\n').unwrap();
    // The runner ends a line at either letter.
    for line in log.split(['\r', '\n']) {
        let (name, properties, message) = command(line);
        let get =
            |name: &str| properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        for (name, value) in &properties {
            assert!(["file", "line", "col", "endColumn", "title"].contains(&&**name), "{line}");
            report.texts.push(value.clone());
        }
        let title = get("title").unwrap();
        report.texts.push(message.clone());
        assert!(["error", "warning", "notice"].contains(&&*name), "{line}");
        if title == "kenpyo" {
            if name == "error" {
                report.failures.push(message);
            }
            continue;
        }
        let (title, fields) = fields_behind(&title);
        report.findings.push(Seen {
            file: get("file").unwrap_or_default(),
            record: record_before(&message),
            line: get("line").map(|line| line.parse().unwrap()),
            rule: title.split(' ').next().unwrap().to_owned(),
            fields,
        });
    }
    report
}

/// The format `gitlab`.
pub fn gitlab(bytes: &[u8]) -> Report {
    let (value, mut report) = parsed(bytes);
    let mut fingerprints = std::collections::BTreeSet::new();
    for issue in value.as_array().unwrap() {
        assert!(fingerprints.insert(string(&issue["fingerprint"])), "a fingerprint twice");
        let rule = string(&issue["check_name"]);
        match rule.strip_prefix("kenpyo/") {
            Some("findings-left-out") => report.left_out = true,
            Some(word) => report.failures.push(word.to_owned()),
            None => report.findings.push(Seen {
                file: string(&issue["location"]["path"]),
                record: issue["record"].as_u64(),
                line: issue["location"]["lines"]["begin"].as_u64(),
                rule,
                fields: strings(&issue["fields"]),
            }),
        }
    }
    report
}

/// The format `rdjson`.
pub fn rdjson(bytes: &[u8]) -> Report {
    let (value, mut report) = parsed(bytes);
    for item in value["diagnostics"].as_array().unwrap() {
        let rule = string(&item["code"]["value"]);
        let message = string(&item["message"]);
        match rule.strip_prefix("kenpyo/") {
            Some(word) => report.failures.push(word.to_owned()),
            None => report.findings.push(Seen {
                file: string(&item["location"]["path"]),
                record: record_before(&message),
                line: item["location"]["range"]["start"]["line"].as_u64().or_else(|| row_before(&message)),
                rule,
                fields: fields_behind(&message).1,
            }),
        }
    }
    report
}

fn tree(text: &str) -> (roxmltree::Document<'_>, Report) {
    let document = roxmltree::Document::parse(text).unwrap();
    let mut report = Report::default();
    for node in document.descendants() {
        report.texts.extend(node.attributes().map(|attribute| attribute.value().to_owned()));
        report.texts.extend(node.text().map(str::to_owned));
        assert!(!node.is_comment() && !node.is_pi());
    }
    (document, report)
}

/// The format `checkstyle`.
pub fn checkstyle(bytes: &[u8]) -> Report {
    let (document, mut report) = tree(std::str::from_utf8(bytes).unwrap());
    for error in document.descendants().filter(|node| node.has_tag_name("error")) {
        let get = |name: &str| error.attribute(name).unwrap_or_default();
        let rule = get("source").strip_prefix("kenpyo.").unwrap().to_owned();
        let file = error.parent().unwrap().attribute("name").unwrap().to_owned();
        match &*rule {
            "findings-left-out" => report.left_out = true,
            "no-file" | "no-record" | "no-rule" | "empty-linked-file" | "unreadable-file"
            | "internal-fault" | "refused" => {
                assert_eq!(file, "kenpyo");
                report.failures.push(rule);
            }
            _ => report.findings.push(Seen {
                file,
                record: record_before(get("message")),
                line: error.attribute("line").map(|line| line.parse().unwrap()),
                fields: fields_behind(get("message")).1,
                rule,
            }),
        }
    }
    report
}

/// The format `junit`; its counts must be those of its tests.
pub fn junit(bytes: &[u8]) -> Report {
    let (document, mut report) = tree(std::str::from_utf8(bytes).unwrap());
    let root = document.root_element();
    let number =
        |node: roxmltree::Node<'_, '_>, name| node.attribute(name).unwrap().parse::<usize>().unwrap();
    let mut sums = [0; 3];
    for suite in root.children().filter(|node| node.has_tag_name("testsuite")) {
        let count = |name| suite.descendants().filter(|node| node.has_tag_name(name)).count();
        let counted = [count("testcase"), count("failure"), count("error")];
        assert_eq!(counted, [number(suite, "tests"), number(suite, "failures"), number(suite, "errors")]);
        assert_eq!(count("skipped"), number(suite, "skipped"));
        sums = [sums[0] + counted[0], sums[1] + counted[1], sums[2] + counted[2]];
        let mut names = std::collections::BTreeSet::new();
        for test in suite.children().filter(|node| node.has_tag_name("testcase")) {
            let (class, name) = (test.attribute("classname").unwrap(), test.attribute("name").unwrap());
            assert!(names.insert((class, name)), "two tests of one name: {class} {name}");
            test_case(suite.attribute("name").unwrap(), test, &mut report);
        }
    }
    assert_eq!(sums, [number(root, "tests"), number(root, "failures"), number(root, "errors")]);
    report
}

fn test_case(file: &str, test: roxmltree::Node<'_, '_>, report: &mut Report) {
    let (class, name) = (test.attribute("classname").unwrap(), test.attribute("name").unwrap());
    let Some(told) = test.children().find(roxmltree::Node::is_element) else { return };
    match (class, told.tag_name().name()) {
        ("kenpyo", "error") => report.failures.push(told.attribute("type").unwrap().to_owned()),
        ("kenpyo", "skipped") => report.left_out = true,
        (_, "skipped") => {}
        (_, "failure" | "system-out") => {
            let detail = told.text().unwrap();
            let mut lines = detail.lines();
            let place = lines.next().unwrap_or_default();
            let record = place.rsplit_once(": record ").map(|(_, record)| record.to_owned());
            let record = record.or_else(|| lines.next()?.strip_prefix("record ").map(str::to_owned));
            report.findings.push(Seen {
                file: file.to_owned(),
                record: record.and_then(|record| record.parse().ok()),
                line: None,
                rule: class.to_owned(),
                fields: fields_behind(name).1,
            });
        }
        other => panic!("{other:?}"),
    }
}

/// The columns of the formats `csv` and `xlsx`.
const COLUMNS: [&str; 18] = [
    "file",
    "sheet",
    "record",
    "key",
    "line",
    "column",
    "cell",
    "severity",
    "rule",
    "slug",
    "title",
    "message",
    "fields",
    "labels",
    "suggestion",
    "fix",
    "standing",
    "fingerprint",
];

/// A row of them.
fn row(cells: &[String], report: &mut Report) {
    assert_eq!(cells.len(), COLUMNS.len());
    let get = |name: &str| cells[COLUMNS.iter().position(|known| *known == name).unwrap()].clone();
    report.texts.extend(cells.iter().cloned());
    if get("rule") == "kenpyo" {
        report.failures.push(get("slug"));
        return;
    }
    report.findings.push(Seen {
        file: get("file"),
        record: get("record").parse().ok(),
        line: get("line").parse().ok(),
        rule: get("rule"),
        fields: get("fields").split(", ").filter(|field| !field.is_empty()).map(str::to_owned).collect(),
    });
}

/// The format `csv`.
pub fn csv(bytes: &[u8]) -> Report {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).expect("Excel needs the mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let rows: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut report = Report::default();
    assert_eq!(rows[0], COLUMNS);
    rows[1..].iter().for_each(|cells| row(cells, &mut report));
    report
}

/// The format `xlsx`; every cell of it must be a text or a number.
pub fn xlsx(bytes: &[u8]) -> Report {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let mut report = Report::default();
    let names = book.sheet_names();
    let mut sheets = names.iter().map(|name| {
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "a formula");
        let cells = book.worksheet_range(name).unwrap();
        let text = |cell: &Data| match cell {
            Data::String(text) => text.clone(),
            Data::Float(number) => number.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Empty => String::new(),
            other => panic!("{other:?}"),
        };
        cells.rows().map(|row| row.iter().map(text).collect()).collect::<Vec<Vec<String>>>()
    });
    let (findings, rules, summary) = (sheets.next().unwrap(), sheets.next().unwrap(), sheets.next().unwrap());
    findings[1..].iter().for_each(|cells| row(cells, &mut report));
    assert!(rules[0].len() > 10);
    let told = |name: &str| -> Vec<String> {
        summary.iter().filter(|row| row[0] == name).map(|row| row[1].clone()).collect()
    };
    report.left_out = !told("findings left out").is_empty();
    if told("verdict").iter().any(|verdict| verdict == "not completed" || verdict == "not begun") {
        report.failures.extend(told("summary"));
    }
    report.texts.extend(summary.into_iter().flatten());
    report
}

/// The format `markdown`, as GitHub reads it; there may be no mark-up but the report's own.
pub fn markdown(bytes: &[u8]) -> Report {
    let source = std::str::from_utf8(bytes).unwrap();
    assert!(bytes.len() < 1_000_000);
    let mut report = Report::default();
    let (mut text, mut file) = (String::new(), String::new());
    let mut level = None;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::Heading { level: found, .. }) => {
                level = Some(found);
                text.clear();
            }
            Event::Start(Tag::Item | Tag::TableCell | Tag::Paragraph) => text.clear(),
            Event::Text(part) => text.push_str(&part.replace('\u{200b}', "")),
            Event::InlineHtml(tag) if &*tag == "<br>" => text.push('\n'),
            Event::End(TagEnd::Heading(_)) => {
                if level == Some(HeadingLevel::H2) {
                    file.clone_from(&text);
                } else if text.starts_with('❌') {
                    report.failures.push(text.clone());
                }
                report.texts.push(text.clone());
            }
            Event::End(TagEnd::Item) => {
                report.findings.push(item(&file, &text));
                report.texts.push(text.clone());
            }
            Event::End(TagEnd::TableCell) => report.texts.push(text.clone()),
            Event::End(TagEnd::Paragraph) => {
                report.left_out |= text.ends_with("in this document.");
                report.texts.push(text.clone());
            }
            Event::Start(Tag::List(None) | Tag::Strong | Tag::Table(_) | Tag::TableHead | Tag::TableRow)
            | Event::Rule
            | Event::SoftBreak
            | Event::End(_) => {}
            other => panic!("{other:?}"),
        }
    }
    report
}

/// `🔴 error RULE line N KEY: … [fields]`.
fn item(file: &str, text: &str) -> Seen {
    let mut words = text.split(' ').skip(2);
    let rule = words.next().unwrap().trim_end_matches(':').to_owned();
    let line = text.split_once(&rule).and_then(|(_, rest)| {
        let rest = rest.strip_prefix(" line ")?;
        rest.split([' ', ':']).next()?.parse().ok()
    });
    let rest = text.split_once(": ").map_or("", |(_, rest)| rest);
    let (record, line) = (record_before(rest), line.or_else(|| row_before(rest)));
    Seen { file: file.to_owned(), record, line, rule, fields: fields_behind(text).1 }
}
