//! The formats that are JSON: `json`, `jsonl`, `sarif`, `gitlab`, `rdjson`.
//!
//! Invariants
//! - Every text of the document counts as told, its keys too.

use serde_json::Value;

use super::{Report, Seen, fields_behind, record_before, row_before, row_of};

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
