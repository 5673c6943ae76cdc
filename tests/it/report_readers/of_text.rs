//! The formats that are lines or prose: `github` and `markdown`.
//!
//! Invariants
//! - A log is read line by line as GitHub's runner does, a document by a Markdown parser with all of GitHub's extensions.
//! - Mark-up that is not the report's own stops the test.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Report, Seen, fields_behind, record_before, row_before};

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
