//! Small packs in memory, and what loading says about them.
//!
//! Invariants
//! - What a test is told comes of what it puts beside the pack or in place of its parts; nothing is read from a
//!   folder.

mod extending;
mod mistakes;
mod routing;
mod tables;
mod whole;

use super::load::{Loaded, load};
use crate::diagnostic::{Diagnostic, Language};
use crate::source::root::SurveyRoot;

/// Where the pack stands.
const FOLDER: &str = "rules/ex/2024";

/// A form of five fields: a key, a band, a number of beds, a choice, and a detail behind that choice.
pub(super) const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex",
  "type": "object",
  "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["-"], "dk": ["?"], "refused": { "tokens": ["拒否"], "as": "dk" } },
  "x-sections": { "10-beds": { "x-label": { "ja": "病床", "en": "Beds" } } },
  "properties": {
    "ex_key": { "type": "string", "x-kind": "code", "x-label": { "ja": "番号", "en": "Number" }, "x-missing": {} },
    "ex_band": {
      "oneOf": [
        { "const": 1, "x-name": "small", "x-label": { "ja": "小", "en": "Small" } },
        { "const": 2, "x-name": "large", "x-label": { "ja": "大", "en": "Large" } }
      ],
      "x-label": { "ja": "区分", "en": "Band" }, "x-section": "10-beds"
    },
    "ex_beds": {
      "type": "integer", "x-unit": "床", "x-q": "1", "x-section": "10-beds",
      "x-label": { "ja": "病床数", "en": "Beds" }
    },
    "ex_partner": {
      "oneOf": [
        { "const": 1, "x-name": "own", "x-label": { "ja": "自院", "en": "Own" } },
        { "const": 2, "x-name": "other", "x-label": { "ja": "その他", "en": "Other" } }
      ],
      "x-q": "2", "x-label": { "ja": "相談先", "en": "Partner" },
      "x-finding-ids": { "must-answer": "EX-K1" }
    },
    "ex_text": {
      "type": "string", "x-label": { "ja": "内容", "en": "Text" },
      "x-relevant": "ex_partner = \"other\""
    }
  }
}"#;

pub(super) const SURVEY: &str = "
[survey]
id = 'ex'
wave = '2024'
waves = ['2023', '2024']
schema = 'schemas/ex.json'
key = ['ex_key']
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[param.limit]
type = 'int'
value = 500 # some tests read param.limit

[lookup.bands]
file = 'rules/ex/2024/bands.csv'
key = ['ex_band']
columns.low = { type = 'int' }
columns.high = { type = 'int', unbounded = true }

[profile.strict]
title.ja = '厳格'
title.en = 'strict'
";

pub(super) const BANDS: &str = "ex_band,low,high\nsmall,1,99\nlarge,100,\n";

pub(super) const TEXTS: &str = "
[[generated_rule]]
id = 'EX-K1'
slug = 'partner-unanswered'
source = 'example'
title.ja = '相談先が未回答'
title.en = 'partner unanswered'
message.ja = '{question}が未回答です。'
message.en = '{question} is not answered.'
";

/// A rule that is right in every respect.
pub(super) const RULE: &str = "
[[rule]]
id = 'EX-1'
slug = 'beds-outside-band'
severity = 'error'
when = 'ex_band is answered'
require = 'ex_beds between bands[ex_band].low and bands[ex_band].high'
source = 'example'
title.ja = '病床数が区分外'
title.en = 'beds outside the band'
message.ja = '{ex_beds}床は{ex_band:label}ではありません。'
message.en = '{ex_beds} beds are not {ex_band:label}.'
examples.pass = [ { ex_band = 'small', ex_beds = 99 } ]
";

/// Loads a pack whose base is `SCHEMA`, `SURVEY`, `BANDS` and `TEXTS`; `files` add to these or take their place.
pub(super) fn loaded(files: &[(&str, &str)]) -> Loaded {
    load(&root(files), FOLDER).unwrap()
}

/// The root of such a pack.
pub(super) fn root(files: &[(&str, &str)]) -> SurveyRoot {
    let base = [
        ("schemas/ex.json", SCHEMA),
        ("rules/ex/2024/survey.toml", SURVEY),
        ("rules/ex/2024/bands.csv", BANDS),
        ("rules/ex/2024/00-texts.toml", TEXTS),
    ];
    let mut all: Vec<(String, String)> = Vec::new();
    for (path, text) in
        base.iter().filter(|(path, _)| !files.iter().any(|(other, _)| other == path)).chain(files)
    {
        all.push(((*path).to_owned(), (*text).to_owned()));
    }
    all.sort();
    SurveyRoot::Memory(all)
}

/// The pack with `rules` as its only rule file.
pub(super) fn with_rules(rules: &str) -> Loaded {
    loaded(&[("rules/ex/2024/10-beds.toml", rules)])
}

/// The base survey with `more` behind it.
pub(super) fn with_survey(more: &str) -> Loaded {
    loaded(&[("rules/ex/2024/survey.toml", &format!("{SURVEY}{more}"))])
}

/// Id of each finding, and the text that its first label marks.
pub(super) fn marked(loaded: &Loaded) -> Vec<(String, String)> {
    loaded.diagnostics.iter().map(|found| (found.notice.id.to_string(), text_of(loaded, found))).collect()
}

fn text_of(loaded: &Loaded, found: &Diagnostic) -> String {
    let Some(label) = found.labels.first() else { return String::new() };
    let source = loaded.sources.iter().find(|source| source.id == label.source).unwrap();
    source.slice(label.span).to_owned()
}

/// The only finding: its id, the text that it marks, and what it suggests in English.
pub(super) fn only(loaded: &Loaded) -> (String, String, Option<String>) {
    let all: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|found| format!("{} {}", found.notice.id, found.message(Language::En)))
        .collect();
    assert_eq!(all.len(), 1, "{all:#?}");
    let found = loaded.diagnostics.iter().next().unwrap();
    let suggestion = found.suggestion.as_ref().map(|text| text.en.clone());
    (found.notice.id.to_string(), text_of(loaded, found), suggestion)
}
