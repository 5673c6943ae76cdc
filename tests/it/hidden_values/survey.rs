//! A survey of its own, whose every kind of finding is made of canaries.
//!
//! Invariants
//! - Three questions are private, and rules, derived values and a lookup read them: by each way an answer could be told.
//! - Labels of options hold canaries too, so that an answer's label is missed as little as its code.

use std::fs;

pub const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "ex",
  "type": "object",
  "x-label": { "ja": "例", "en": "Example" },
  "x-missing": { "na": ["-"], "dk": ["unknown"] },
  "properties": {
    "ex_key": { "type": "string", "x-kind": "code", "x-column": "番号", "x-column-required": true,
      "x-label": { "ja": "番号", "en": "Number" }, "x-missing": {} },
    "ex_mail": { "type": "string", "minLength": 12, "x-private": true, "x-pointer": "/contact/mail",
      "x-label": { "ja": "連絡先", "en": "Contact" } },
    "ex_pin": { "type": "integer", "minimum": 0, "maximum": 99999, "x-private": true, "x-pointer": "/contact/pin",
      "x-label": { "ja": "暗証", "en": "PIN" } },
    "ex_vote": {
      "oneOf": [
        { "const": 1, "x-name": "aye", "x-label": { "ja": "VOTE賛成", "en": "VOTE aye" } },
        { "const": 2, "x-name": "nay", "x-label": { "ja": "VOTE反対", "en": "VOTE nay" } }
      ],
      "x-private": true, "x-label": { "ja": "投票", "en": "Vote" }, "x-synonyms": { "PRIVATEYEAH": "aye" }
    },
    "ex_place": { "type": "string", "x-kind": "code", "x-private": true, "x-label": { "ja": "場所", "en": "Place" } },
    "ex_size": { "type": "integer", "x-column-required": true, "minimum": 0, "maximum": 9000000000000000, "x-q": "1",
      "x-label": { "ja": "大きさ", "en": "Size" } },
    "ex_band": {
      "oneOf": [
        { "const": 1, "x-name": "small", "x-label": { "ja": "CANARY小", "en": "CANARY small" } },
        { "const": 2, "x-name": "large", "x-label": { "ja": "CANARY大きい区分", "en": "CANARY large" } }
      ],
      "x-q": "2", "x-label": { "ja": "区分", "en": "Band" }, "x-synonyms": { "CANARYS": "small", "CANARYGROSS": "large" },
      "x-invalid": [
        { "matches": "CASE", "id": "EX-C1", "slug": "odd-band", "severity": "error",
          "title": { "ja": "変わった区分", "en": "odd band" },
          "message": { "ja": "{question}の「{value}」です。", "en": "{question} is \"{value}\"." } }
      ]
    },
    "ex_kinds": {
      "type": "array", "x-kind": "multi", "x-separator": ";", "x-duplicates": "info",
      "items": { "oneOf": [
        { "const": 1, "x-name": "one", "x-label": { "ja": "CANARY甲", "en": "CANARY one" } },
        { "const": 2, "x-name": "two", "x-label": { "ja": "CANARY乙", "en": "CANARY two" } }
      ] },
      "x-required": false, "x-q": "3", "x-label": { "ja": "種類", "en": "Kinds" }
    },
    "ex_day": { "type": "string", "format": "date", "x-kind": "date", "x-label": { "ja": "日付", "en": "Day" } },
    "ex_note": { "type": "string", "x-q": "4", "x-relevant": "ex_size is answered", "x-label": { "ja": "内容", "en": "Text" } },
    "ex_area": { "type": "string", "x-kind": "code", "x-label": { "ja": "地域", "en": "Area" } }
  }
}"#;

const SURVEY: &str = r#"
[survey]
id = 'ex'
wave = '2024'
waves = ['2024']
schema = 'schemas/ex.json'
key = ['ex_key']
breakdown = 'ex_band'
title.ja = '例'
title.en = 'Example'
timezone = 'Asia/Tokyo'

[param.goal]
type = 'int'
from = 'run'
required = true

[lookup.town]
file = 'rules/ex/2024/town.csv'
key = ['ex_place']
columns.ex_place = { type = 'code' }
columns.ja = { type = 'text' }
columns.en = { type = 'text' }
label.ja = 'ja'
label.en = 'en'
missing = 'undecided'

[[derive]]
name = 'mail_start'
type = 'code'
value = 'substring(ex_mail, 1, 7)'

[[derive]]
name = 'mail_start_again'
type = 'code'
value = 'concat(mail_start, "+")'

[[derive]]
name = 'area_of_mail'
type = 'code'
value = 'substring(ex_mail, 1, 9)'
fallback-for = 'ex_area'
id = 'EX-D1'
slug = 'area-derived'
source = 'example'
title.ja = '地域を判定'
title.en = 'area derived'
message.ja = '「{ex_area}」と判定しました。'
message.en = 'Taken as "{ex_area}".'

[[group]]
id = 'EX-G1'
slug = 'sizes-together'
followers = ['EX-1', 'EX-2']
all = true
title.ja = '大きさの指摘'
title.en = 'findings about the size'
message.ja = '{ex_size:q}をご確認ください。'
message.en = 'Please look at {ex_size:q}.'
"#;

const RULES: &str = r#"
[[rule]]
id = 'EX-1'
slug = 'size-outside-band'
severity = 'error'
when = 'ex_band is answered'
require = 'if ex_band = "small" then ex_size < 100 else ex_size >= 100'
let.twice = 'ex_size + ex_size'
source = 'example'
title.ja = '大きさと区分が不一致'
title.en = 'size outside the band'
message.ja = '大きさ{ex_size}（2倍{let.twice}）は{ex_band:label}（{ex_band}）ではありません。'
message.en = 'Size {ex_size} (twice {let.twice}) is not {ex_band:label} ({ex_band}).'
help.ja = '{ex_size}を見直してください。'
help.en = 'look at {ex_size} again'

[[rule]]
id = 'EX-2'
slug = 'size-of-nobody'
severity = 'warning'
require = 'ex_size < 0'
source = 'example'
title.ja = '大きさの確認'
title.en = 'size to be confirmed'
message.ja = '{ex_size}です。'
message.en = 'It is {ex_size}.'

[[rule]]
id = 'EX-3'
slug = 'private-read'
severity = 'warning'
require = 'ex_mail = "x" or mail_start = "y" or mail_start_again = "y" or ex_pin = 3 or ex_vote = "aye" and ex_vote = "nay" or ex_area = "z"'
on-blank = 'fail'
blame = ['ex_mail', 'ex_pin', 'ex_vote', 'ex_area', 'ex_day', 'ex_size']
let.start = 'concat(mail_start_again, "!")'
let.sure = { type = "cond", value = 'ex_pin > 3' }
source = 'example'
title.ja = '連絡先の確認'
title.en = 'contact to be confirmed'
message.ja = '{ex_mail} {ex_pin} {ex_vote} {ex_vote:label} {mail_start} {mail_start_again} {let.start} {let.sure} {ex_area}'
message.en = '{ex_mail} {ex_pin} {ex_vote} {ex_vote:label} {mail_start} {mail_start_again} {let.start} {let.sure} {ex_area}'

[[rule]]
id = 'EX-4'
slug = 'place-read'
severity = 'info'
require = 'ex_place is blank'
source = 'example'
title.ja = '場所の確認'
title.en = 'place to be confirmed'
message.ja = '{lookup.town:label}の{ex_place}です。'
message.en = 'It is {ex_place} in {lookup.town:label}.'

[[rule]]
id = 'EX-5'
slug = 'product-too-large'
severity = 'warning'
require = 'ex_size * 9000000000 >= 0'
source = 'example'
title.ja = '積の確認'
title.en = 'product to be confirmed'
message.ja = '{ex_size}です。'
message.en = 'It is {ex_size}.'
"#;

const TOWNS: &str = "ex_place,ja,en\nPRIVATE01,PRIVATE町,PRIVATE town\n";

pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("schemas")).unwrap();
    fs::create_dir_all(path.join("rules/ex/2024")).unwrap();
    fs::write(path.join("schemas/ex.json"), SCHEMA).unwrap();
    fs::write(path.join("rules/ex/2024/survey.toml"), SURVEY).unwrap();
    fs::write(path.join("rules/ex/2024/10-rules.toml"), RULES).unwrap();
    fs::write(path.join("rules/ex/2024/town.csv"), TOWNS).unwrap();
    folder
}
