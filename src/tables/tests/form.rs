//! Random small surveys: a form, its routing as data, and its pack.
//!
//! Invariants
//! - What the twin knows of a routing is what was drawn, not what was loaded.

use std::sync::Arc;

use crate::diagnostic::{Language, Severity};
use crate::rule_pack::RulePack;
use crate::rule_pack::load::load;
use crate::source::root::SurveyRoot;

/// Numbers that are the same each time.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// `question = option` or `question != option`.
type Test = (usize, bool, u8);

/// A small form: of each question its options, whether it must be answered, and when it is asked (any of the tests, or
/// all of them).
pub(super) struct Form {
    pub(super) options: Vec<u8>,
    pub(super) required: Vec<bool>,
    asked: Vec<(bool, Vec<Test>)>,
}

pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];

impl Form {
    pub(super) fn draw(random: &mut Random) -> Self {
        let mut form = Self { options: Vec::new(), required: Vec::new(), asked: Vec::new() };
        for question in 0..4 {
            form.options.push(u8::try_from(2 + random.below(2)).unwrap());
            form.required.push(random.below(4) > 0);
            let tests = if question == 0 { 0 } else { random.below(3) };
            let mut asked = Vec::new();
            for _ in 0..tests {
                let controller = random.below(question);
                let option = u8::try_from(random.below(usize::from(form.options[controller]))).unwrap();
                asked.push((controller, random.below(3) > 0, option));
            }
            form.asked.push((random.below(2) == 0, asked));
        }
        form
    }

    pub(super) fn schema(&self) -> String {
        let mut properties = vec![
            r#""id": { "type": "string", "x-kind": "code", "x-label": { "ja": "番", "en": "id" } }"#
                .to_owned(),
            BAND.replace("NAME", "band"),
        ];
        for (number, options) in self.options.iter().enumerate() {
            let list: Vec<String> = (0..*options)
                .map(|option| {
                    let name = NAMES[usize::from(option)];
                    format!(r#"{{ "const": {}, "x-name": "{name}", "x-label": {{ "ja": "{name}", "en": "{name}" }} }}"#, option + 1)
                })
                .collect();
            let (any, tests) = &self.asked[number];
            let word = if *any { " or " } else { " and " };
            let tests: Vec<String> = tests
                .iter()
                .map(|(question, equal, option)| {
                    let sign = if *equal { "=" } else { "!=" };
                    format!("q{question} {sign} \\\"{}\\\"", NAMES[usize::from(*option)])
                })
                .collect();
            let relevant = if tests.is_empty() {
                String::new()
            } else {
                format!(r#", "x-relevant": "{}""#, tests.join(word))
            };
            let required = if self.required[number] { "true" } else { "\"soft\"" };
            properties.push(format!(
                r#""q{number}": {{ "oneOf": [{}], "x-q": "{number}", "x-required": {required}, "x-label": {{ "ja": "問", "en": "q" }}{relevant} }}"#,
                list.join(", ")
            ));
        }
        SCHEMA.replace("PROPERTIES", &properties.join(",\n"))
    }

    pub(super) fn asked_of(&self, question: usize, cells: &[Cell]) -> bool {
        let (any, tests) = &self.asked[question];
        let holds = |(controller, equal, option): &Test| {
            self.asked_of(*controller, cells)
                && matches!(cells[*controller], Cell::Value(value) if (value == *option) == *equal)
        };
        tests.is_empty() || if *any { tests.iter().any(holds) } else { tests.iter().all(holds) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Value(u8),
    Blank,
    NotApplicable,
    DontKnow,
    Invalid,
}

const BAND: &str = r#""NAME": { "oneOf": [
    { "const": 1, "x-name": "small", "x-label": { "ja": "小", "en": "small" } },
    { "const": 2, "x-name": "large", "x-label": { "ja": "大", "en": "large" } }
  ], "x-label": { "ja": "区分", "en": "band" } }"#;

const SCHEMA: &str = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "ex", "type": "object",
  "x-label": { "ja": "例", "en": "ex" }, "x-missing": { "na": ["-"], "dk": ["?"] }, "properties": { PROPERTIES } }"#;

const SURVEY: &str = "
[survey]
id = 'ex'
wave = '2024'
schema = 'schemas/ex.json'
key = ['id']
title.ja = '例'
title.en = 'ex'
timezone = 'Asia/Tokyo'
[link.frame]
schema = 'schemas/frame.json'
on = { id = 'id' }
[tables]
by = ['frame.unit', 'band']
frame = 'frame'
in-scope = 'frame.open = \"small\"'
[table.R]
kind = 'response'
title.ja = '回答率'
title.en = 'response'
[table.N]
kind = 'non-response'
title.ja = '無回答'
title.en = 'non-response'
";

const RULE: &str = "
[[rule]]
id = 'EX-NUMBER'
slug = 'two-do-not-go-together-NUMBER'
severity = 'SEVERITY'
require = 'QA != \"a\" or QB != \"b\"'
source = 'example'
title.ja = '矛盾'
title.en = 'two answers do not go together'
message.ja = '矛盾しています。'
message.en = 'They do not go together.'
";

pub(super) fn pack(form: &Form, random: &mut Random) -> Arc<RulePack> {
    let mut survey = SURVEY.to_owned();
    for question in 0..form.options.len() {
        let rows = if random.below(3) == 0 { "['a']" } else { "'options'" };
        let texts = "title.ja = '表'\ntitle.en = 'table'";
        let table = ["[table.T", "]\nfield = 'q", "'\nrows = "].join(&question.to_string());
        survey += &[table.as_str(), rows, "\n", texts, "\n"].concat();
    }
    let mut rules = String::new();
    for (number, severity) in [("1", "error"), ("2", "warning")] {
        let pair = (random.below(4), random.below(4));
        if pair.0 != pair.1 {
            let rule = RULE.replace("NUMBER", number).replace("SEVERITY", severity);
            rules += &rule.replace("QA", &format!("q{}", pair.0)).replace("QB", &format!("q{}", pair.1));
        }
    }
    let frame = [
        r#""id": { "type": "string", "x-kind": "code", "x-label": { "ja": "番", "en": "id" } }"#.to_owned(),
        BAND.replace("NAME", "unit"),
        BAND.replace("NAME", "open"),
    ];
    let root = SurveyRoot::Memory(vec![
        ("rules/ex/2024/10-rules.toml".into(), rules),
        ("rules/ex/2024/survey.toml".into(), survey),
        ("schemas/ex.json".into(), form.schema()),
        (
            "schemas/frame.json".into(),
            SCHEMA.replace("\"ex\", \"type", "\"frame\", \"type").replace("PROPERTIES", &frame.join(",")),
        ),
    ]);
    let loaded = load(&root, "rules/ex/2024").unwrap();
    let told: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|one| one.severity >= Severity::Error)
        .map(|one| one.message(Language::En))
        .collect();
    Arc::new(loaded.pack.unwrap_or_else(|| panic!("{told:?}\n{}", form.schema())))
}
