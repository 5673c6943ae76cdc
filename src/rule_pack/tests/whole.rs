//! Packs without mistakes: what is in them.
//!
//! Invariants
//! - Every pack here loads without an error; what is looked at is what came out of it.

use std::collections::BTreeSet;

use super::super::{Demand, ExampleValue, LookupKeys, Origin, Placeholder};
use super::{RULE, SCHEMA, SURVEY, loaded, marked, with_rules, with_survey};
use crate::diagnostic::Severity;
use crate::expression::{FieldId, Value};
use crate::rule_pack::load::Loaded;

fn pack(loaded: &Loaded) -> &crate::rule_pack::RulePack {
    assert_eq!(marked(loaded), []);
    loaded.pack.as_ref().unwrap()
}

const fn field(index: u16) -> FieldId {
    FieldId { table: 0, index }
}

#[test]
fn a_rule_knows_what_it_reads_prints_and_blames() {
    let loaded = with_rules(RULE);
    let pack = pack(&loaded);
    let rule = pack.rules.iter().find(|rule| rule.origin == Origin::Written).unwrap();
    assert_eq!(rule.notice.full_id(), "EX-1");
    assert_eq!(rule.reads, BTreeSet::from([field(1), field(2)]));
    assert_eq!(rule.blame, [field(2), field(1)]);
    assert_eq!(rule.placeholders, [Placeholder::Written(field(2)), Placeholder::Label(field(1))]);
    assert_eq!(rule.examples[0].records[0].values[&field(2)], ExampleValue::Value(Value::Number(99)));
    assert!(matches!(rule.demand, Demand::Require(_)));
}

#[test]
fn generated_rules_come_first_in_their_section() {
    let loaded = with_rules(RULE);
    let ids: Vec<String> = pack(&loaded).rules.iter().map(|rule| rule.notice.full_id()).collect();
    assert_eq!(
        ids,
        [
            "EX-K1/ex_partner",
            "ex_partner:marked-not-applicable",
            "ex_text:closed-by:ex_partner",
            "ex_text:mark-accepted",
            "ex_beds:must-answer",
            "ex_beds:marked-not-applicable",
            "EX-1"
        ]
    );
}

#[test]
fn a_family_has_one_rule_for_each_field_and_its_own_examples() {
    let each = "
[[rule]]
id = 'EX-2'
slug = 'too-many'
severity = 'warning'
each = ['ex_beds', 'ex_rooms']
require = 'it <= param.limit'
source = 'example'
title.ja = '過大'
title.en = 'too many'
message.ja = '{question}が{value}です（上限{param.limit}）。'
message.en = '{question} is {value} (limit {param.limit}).'
examples.pass = [ { ex_beds = 1 }, { ex_beds = 1, ex_rooms = 2 }, {} ]
";
    let schema = SCHEMA.replace(
        "\"ex_partner\": {",
        "\"ex_rooms\": { \"type\": \"integer\", \"x-label\": { \"ja\": \"室数\", \"en\": \"Rooms\" } }, \"ex_partner\": {",
    );
    let loaded = loaded(&[("rules/ex/2024/20-x.toml", each), ("schemas/ex.json", &schema)]);
    let pack = pack(&loaded);
    let family: Vec<_> = pack.rules.iter().filter(|rule| &*rule.notice.id == "EX-2").collect();
    assert_eq!(
        family.iter().map(|rule| rule.notice.full_id()).collect::<Vec<_>>(),
        ["EX-2/ex_beds", "EX-2/ex_rooms"]
    );
    assert_eq!(family.iter().map(|rule| rule.examples.len()).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(family.iter().map(|rule| rule.blame.clone()).collect::<Vec<_>>(), [[field(2)], [field(3)]]);
    let Placeholder::Fixed(title) = &family[1].placeholders[0] else { panic!("a title") };
    assert_eq!((&*title.ja, &*title.en), ("室数", "Rooms"));
    assert_eq!(family[1].placeholders[1], Placeholder::Written(field(3)));
    // Not the pack's own 500: a run may give another.
    assert_eq!(family[1].placeholders[2], Placeholder::Param(crate::expression::ParamId(0)));
}

#[test]
fn instances_of_one_id_share_the_texts_of_the_first() {
    let blocks = "
[[rule]]
id = 'EX-3'
slug = 'given-twice'
severity = 'warning'
instance = 'ex_beds'
profile = 'strict'
require = 'ex_beds > 0'
source = 'example'
title.ja = '零'
title.en = 'zero'
message.ja = '{question}は{value}です。'
message.en = '{question} is {value}.'

[[rule]]
id = 'EX-3'
instance = 'ex_band'
require = 'ex_band != \"large\"'
";
    let loaded = with_rules(blocks);
    let pack = pack(&loaded);
    let second = pack.rules.iter().find(|rule| rule.notice.full_id() == "EX-3/ex_band").unwrap();
    assert_eq!((second.notice.severity, second.profile.as_deref()), (Severity::Warning, Some("strict")));
    assert_eq!(second.placeholders[1], Placeholder::Written(field(1)));
}

#[test]
fn examples_get_an_opening_answer_unless_they_give_one() {
    let rule = RULE.replace("examples.pass = [ { ex_band = 'small', ex_beds = 99 } ]", "
examples.pass = [ { ex_text = 'x' }, { ex_partner = 'own', ex_text = 'x' }, { ex_partner = '', ex_text = 'x' }, { ex_text = '' } ]
examples.undecided = [ { ex_partner = '@refused', ex_beds = '@dk', ex_band = '@na', ex_text = '@invalid' } ]
");
    let loaded = with_rules(&rule);
    let rule = pack(&loaded).rules.iter().find(|rule| &*rule.notice.id == "EX-1").unwrap();
    let partner = |example: usize| rule.examples[example].records[0].values.get(&field(3)).cloned();
    let option = |index| Some(ExampleValue::Value(Value::Option(index)));
    assert_eq!(
        [partner(0), partner(1), partner(2), partner(3)],
        [option(1), option(0), Some(ExampleValue::Blank), option(1)]
    );
    let marks: Vec<_> = rule.examples[4].records[0].values.values().cloned().collect();
    assert_eq!(
        marks,
        [
            ExampleValue::NotApplicable,
            ExampleValue::DontKnow,
            ExampleValue::Mark("refused".into()),
            ExampleValue::Invalid
        ]
    );
}

#[test]
fn derived_values_are_computed_after_what_they_read() {
    let more = "
[[derive]]
name = 'ex_double'
type = 'int'
value = 'ex_half + ex_half'
[[derive]]
name = 'ex_half'
type = 'int'
value = 'if ex_band = \"small\" then 1 else 2'
[[derive]]
fallback-for = 'ex_band'
value = 'if ex_beds < 100 then \"small\" else \"large\"'
id = 'EX-D1'
slug = 'band-derived'
source = 'example'
title.ja = '区分を判定'
title.en = 'band derived'
message.ja = '{ex_beds}床から{ex_band:label}としました。'
message.en = '{ex_band:label} from {ex_beds}.'
";
    let loaded = with_survey(more);
    let pack = pack(&loaded);
    let order: Vec<_> = pack.derived.iter().map(|value| (&*value.name, value.id, value.fallback)).collect();
    assert_eq!(
        order,
        [("ex_band", field(1), true), ("ex_half", field(6), false), ("ex_double", field(5), false)]
    );
    let (notice, placeholders) = pack.derived[0].notice.as_ref().unwrap();
    assert_eq!((&*notice.id, notice.severity), ("EX-D1", Severity::Info));
    assert_eq!(placeholders, &[Placeholder::Written(field(2)), Placeholder::Label(field(1))]);
    assert_eq!(pack.width(), 7);
}

#[test]
fn interval_lookups_are_brought_into_rising_order() {
    let more = "
[lookup.by_beds]
file = 'rules/ex/2024/bands.csv'
interval = { low = 'low', high = 'high' }
columns.low = { type = 'int' }
columns.high = { type = 'int', unbounded = true }
";
    let survey = format!("{SURVEY}{more}");
    let loaded = loaded(&[
        ("rules/ex/2024/survey.toml", &survey),
        ("rules/ex/2024/bands.csv", "ex_band,low,high\nlarge,100,\nsmall,1,99\n"),
    ]);
    let lookup = &pack(&loaded).lookups[1];
    let LookupKeys::Interval { lows, highs, .. } = &lookup.keys else { panic!("an interval lookup") };
    assert_eq!((lows.as_slice(), highs.as_slice()), ([1, 100].as_slice(), [99, i64::MAX].as_slice()));
    assert_eq!(lookup.columns[0].cells, [Some(Value::Option(0)), Some(Value::Option(1))]);
}

#[test]
fn dataset_kinds_are_typed() {
    let texts = "
severity = 'error'
source = 'example'
title.ja = '重複'
title.en = 'repeated'
message.ja = '{ex_key}が{count}件あります（{records}）。'
message.en = '{ex_key} stands {count} times ({records}).'
";
    let plain = texts
        .replace("{count}件", "件")
        .replace("{count} times", "times")
        .replace("（{records}）", "")
        .replace(" ({records})", "");
    let rules = format!(
        "
[[rule]]
id = 'EX-U1'
slug = 'repeated'
unique = {{ fields = ['ex_key'], distinct = 'ex_text', when = 'ex_beds > 0' }}
examples.fail = [ [ {{ ex_key = 'a', '@fail' = true }}, {{ ex_key = 'a', '@fail' = true }}, {{ ex_key = 'b' }} ] ]
{texts}
[[rule]]
id = 'EX-U2'
slug = 'counted'
count = {{ of = 'ex_key is known', per = 'ex_band', min = 1.5, equal = 'bands[ex_band].low' }}
{plain}
"
    )
    .replace("message.ja = '{ex_key}が件あります。'\nmessage.en = '{ex_key} stands times.'", "message.ja = '少ない。'\nmessage.en = 'few'");
    let loaded = with_rules(&rules);
    let pack = pack(&loaded);
    let kinds: Vec<_> = pack
        .rules
        .iter()
        .filter_map(|rule| match &rule.demand {
            Demand::Dataset(kind) => Some((kind, rule)),
            Demand::Require(_) => None,
        })
        .collect();
    let (unique, rule) = kinds[0];
    assert_eq!((&*unique.kind, unique.fields.as_slice()), ("unique", [field(0)].as_slice()));
    assert_eq!(&*unique.settings["distinct"], "ex_text");
    assert_eq!(rule.reads, BTreeSet::from([field(0), field(2), field(4)]));
    assert_eq!(
        rule.examples[0].records.iter().map(|record| record.fails).collect::<Vec<_>>(),
        [true, true, false]
    );
    assert_eq!(rule.placeholders[1], Placeholder::Published("count".into()));
    let (count, _) = kinds[1];
    assert_eq!(count.expressions.keys().map(|key| &**key).collect::<Vec<_>>(), ["equal", "min", "of"]);
}

#[test]
fn linked_rules_name_the_linked_fields_without_prefix() {
    let more = "
[link.frame]
schema = 'schemas/frame.json'
on = { ex_key = 'unit' }
";
    let frame = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "frame", "type": "object", "x-label": { "ja": "名簿", "en": "Frame" },
        "properties": { "unit": { "type": "string", "x-kind": "code", "x-label": { "ja": "番号", "en": "Unit" } },
                        "beds": { "type": "integer", "x-label": { "ja": "病床数", "en": "Beds" } } } }"#;
    let texts = "severity = 'error'\nsource = 'x'\ntitle.ja = '少'\ntitle.en = 'few'\n";
    let rules = format!(
        "
[[linked_rule]]
table = 'frame'
id = 'EX-F1'
slug = 'frame-without-beds'
require = 'beds >= param.limit'
message.ja = '{{beds}}'
message.en = '{{beds}}'
{texts}
[[linked_rule]]
table = 'band_row'
id = 'EX-M1'
slug = 'more-than-asked'
when = 'table = \"T01\"'
require = 'count <= base'
message.ja = '{{band:label}} {{count}}'
message.en = '{{band:label}} {{count}}'
{texts}
[[rule]]
id = 'EX-F2'
slug = 'beds-differ'
when = 'frame is linked'
require = 'ex_beds = frame.beds'
message.ja = '{{ex_beds}} {{frame.beds}}'
message.en = '{{ex_beds}} {{frame.beds}}'
examples.fail = [ {{ ex_beds = 1, frame = {{ beds = 2 }} }} ]
{texts}"
    );
    let survey = format!("{SURVEY}{more}");
    let loaded = loaded(&[
        ("rules/ex/2024/survey.toml", &survey),
        ("schemas/frame.json", frame),
        ("rules/ex/2024/10-x.toml", &rules),
    ]);
    let pack = pack(&loaded);
    let rule = |id: &str| pack.rules.iter().find(|rule| &*rule.notice.id == id).unwrap();
    let theirs = FieldId { table: 1, index: 1 };
    assert_eq!((rule("EX-F1").table, rule("EX-F1").reads.clone()), (1, BTreeSet::from([theirs])));
    assert_eq!(Some(rule("EX-M1").table), crate::rule_pack::record_set::table("band_row", pack.links.len()));
    assert_eq!(rule("EX-F2").guards, BTreeSet::from([1]));
    assert_eq!(rule("EX-F2").blame, [field(2)]);
    let example = &rule("EX-F2").examples[0].records[0];
    assert_eq!((example.linked.clone(), example.values.len()), (BTreeSet::from([1]), 2));
    assert_eq!(pack.links[0].on, [(field(0), FieldId { table: 1, index: 0 })]);
}

#[test]
fn the_hash_changes_with_any_file_and_with_nothing_else() {
    let hash = |files: &[(&str, &str)]| loaded(files).pack.unwrap().hash;
    let base = hash(&[]);
    assert_eq!(base, hash(&[]));
    let other = super::BANDS.replace("99", "98").replace("100", "99");
    assert_ne!(base, hash(&[("rules/ex/2024/bands.csv", &other)]));
    assert_ne!(base, hash(&[("rules/ex/2024/99-more.toml", "")]));
}

#[test]
fn columns_of_other_forms_are_foreign() {
    let other = r#"{ "$id": "ex-2023", "properties": { "old_q": { "x-column": "旧問", "x-column-aliases": ["旧"] }, "ex_key": {} } }"#;
    let loaded = loaded(&[("schemas/ex-2023.json", other)]);
    let columns: Vec<_> =
        pack(&loaded).foreign_columns.get().iter().map(|(name, id)| (&**name, &**id)).collect();
    assert_eq!(columns, [("old_q", "ex-2023"), ("旧", "ex-2023"), ("旧問", "ex-2023")]);
    let neighbour = other.replace("ex-2023", "exam-2023");
    let beside = self::loaded(&[("schemas/exam-2023.json", &neighbour)]).pack.unwrap();
    assert!(beside.foreign_columns.get().is_empty(), "another survey is none of this one's business");
    assert_eq!(beside.hash, self::loaded(&[]).pack.unwrap().hash);
}
