//! The formats that are XML: `checkstyle` and `junit`.
//!
//! Invariants
//! - No comment and no processing instruction may stand in them; the counts of a suite are those of its tests.

use super::{Report, Seen, fields_behind, record_before};

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
