//! Whole submissions, from bytes to states, values and findings.
//!
//! Invariants
//! - A submission goes in as bytes and comes out as columns and findings; no step between them is called alone.
//! - What JSON Schema says of a value is the judge of which cells are invalid.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::sample::{Read, questionnaire, read, read_with, state};
use crate::batch::Data;
use crate::batch::locate::Locator;
use crate::diagnostic::{Argument, Language};
use crate::expression::{Type, calendar};
use crate::input::ReadOptions;
use crate::source::Span;

/// A CSV of one column beside the two mandatory ones, one value a record; values hold no comma or quote.
fn column(name: &str, values: &[&str]) -> Read {
    let mut text = format!("番号,病床数,{name}\n");
    text.extend(values.iter().map(|value| format!("A01,10,{value}\n")));
    read("x.csv", &text)
}

fn ids(read: &Read) -> Vec<(u64, String)> {
    read.findings().into_iter().map(|(number, _, id)| (number, id)).collect()
}

fn numbers(read: &Read, name: &str) -> Vec<i64> {
    let id = read.id(name);
    let values = |data: &Data| match data {
        Data::Options(codes) => codes.iter().map(|code| i64::from(*code)).collect(),
        Data::Numbers(numbers) | Data::DateTimes(numbers) => numbers.clone(),
        Data::Dates(days) | Data::Months(days) => days.iter().map(|day| i64::from(*day)).collect(),
        Data::Multi { set, .. } => set.iter().map(|set| i64::try_from(*set).unwrap()).collect(),
        Data::Text(_) => Vec::new(),
    };
    read.batches.iter().flat_map(|batch| values(&batch.column(id).unwrap().data)).collect()
}

fn owned(list: &[(u64, &str)]) -> Vec<(u64, String)> {
    list.iter().map(|(number, id)| (*number, (*id).to_owned())).collect()
}

#[test]
fn options_are_read_in_the_stated_order() {
    let values =
        ["1", "いいえ", "", "　", "－", "不明", "①", "○", "1.0", "①②", "はい（予定）", "3", "いいえ ", "１"];
    let found = column("問1", &values);
    assert_eq!(found.states("q"), "vvbbndvvviiivv");
    assert_eq!(numbers(&found, "q"), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    let expected = [
        (7, "KP-S018"),
        (8, "KP-C016"),
        (9, "KP-S018"),
        (10, "KP-C014"),
        (11, "EX-C3"),
        (12, "KP-C013"),
        (13, "KP-S018"),
        (14, "KP-S018"),
    ];
    assert_eq!(ids(&found), owned(&expected));
}

#[test]
fn an_option_wins_over_a_dont_know_token() {
    let found = column("kind", &["わからない", "不明", "a", "C"]);
    assert_eq!(found.states("kind"), "vdvi");
    assert_eq!(ids(&found), owned(&[(3, "KP-S018"), (4, "KP-C013")]));
}

#[test]
fn an_unknown_option_names_the_list_and_what_was_probably_meant() {
    let found = column("問1", &["いえ"]);
    let finding = found.batches[0].findings[0].clone();
    assert_eq!(finding.suggestion.map(|text| text.en).as_deref(), Some("did you mean \"いいえ\"?"));
    let message = finding.notice.message.ja.fill(&finding.arguments, Language::Ja);
    assert_eq!(
        message,
        "問1「設問」の「いえ」は選択肢にありません。1 はい、2 いいえの中から1つ選択してください。"
    );
}

#[test]
fn numbers_are_judged_from_their_text() {
    let values = [
        "0",
        "120",
        "-1",
        "5001",
        "1.0",
        "007",
        "１２",
        "1e2",
        "56.9999999999999999999",
        "12345678901234567890123",
        "二",
        "-0",
        "+5",
    ];
    let found = column("beds", &values);
    // The mandatory column is there twice then; the first counts.
    assert_eq!(found.file_ids(), ["KP-S007"]);
    let text = values.map(|value| format!("A01,{value}\n")).concat();
    let found = read("x.csv", &format!("番号,病床数\n{text}"));
    assert_eq!(found.states("beds"), "vviivvviiiivi");
    assert_eq!(numbers(&found, "beds").get(4..7), Some(&[1, 7, 12][..]));
    let (kind, domain) = ("beds:type", "beds:domain");
    let expected = [
        (3, domain),
        (4, domain),
        (5, "KP-S018"),
        (6, "KP-S018"),
        (7, "KP-S018"),
        (8, kind),
        (9, kind),
        (10, domain),
        (11, kind),
        (12, "KP-S018"),
        (13, kind),
    ];
    assert_eq!(ids(&found), owned(&expected));
}

#[test]
fn decimals_bounds_and_sentinels_hold() {
    let found = column("rate", &["12.25", "12.250", "12.3", "99.75", "100", "-1", "-1.25", "999", "1.255"]);
    assert_eq!(found.states("rate"), "vvivividi");
    assert_eq!(numbers(&found, "rate").first(), Some(&1225));
    assert_eq!(ids(&found).last(), Some(&(9, "EX-T1".to_owned())));
}

#[test]
fn texts_and_codes_are_kept_as_written() {
    let found = column("name", &["　あい　", "あ", "あいうえおか", "\"a\"\"b\"", "-"]);
    assert_eq!(found.states("name"), "viivi");
    let Data::Text(texts) = &found.batches[0].column(found.id("name")).unwrap().data else { panic!("text") };
    assert_eq!([0, 3].map(|row| found.batches[0].text(texts[row])), ["あい", "a\"b"]);
    let found = column("pref", &["01", "北海道", "99", "―", "京都府"]);
    assert_eq!(found.states("pref"), "vvini");
    let Data::Text(texts) = &found.batches[0].column(found.id("pref")).unwrap().data else { panic!("text") };
    assert_eq!(found.batches[0].text(texts[1]), "01");
    assert_eq!(ids(&found), owned(&[(2, "KP-C016"), (3, "pref:domain"), (5, "pref:domain")]));
}

#[test]
fn dates_are_days_of_the_calendar() {
    let found =
        column("day", &["2024-02-29", "2024/2/1", "2024-02-30", "２０２４-02-01", "令和6年13月1日", "不明"]);
    assert_eq!(found.states("day"), "vvivid");
    assert_eq!(ids(&found), owned(&[(3, "KP-C018"), (4, "KP-S018"), (5, "KP-C018")]));
    let found = column("month", &["2024-02", "2024-13", "2024-2"]);
    assert_eq!(found.states("month"), "vii");
    assert_eq!(numbers(&found, "month").first(), Some(&(54 * 12 + 1)));
}

#[test]
fn multiple_answers_are_sets() {
    let found = column("tags", &["1;3", "一 ; 二", "1;1", "4", "1;2;3;1", "", "-", "1;;2", "3"]);
    assert_eq!(found.states("tags"), "vvviibnvv");
    assert_eq!(numbers(&found, "tags"), [5, 3, 1, 0, 0, 0, 0, 3, 4]);
    assert_eq!(ids(&found), owned(&[(3, "tags:duplicate"), (4, "KP-C013"), (5, "tags:domain")]));
    let text = "番号,病床数,色_赤,色_青\nA01,1,○,\nA01,1,,\nA01,1,1,１\nA01,1,x,\nA01,1,-,\nA01,1,-,○\n";
    let found = read("x.csv", text);
    assert_eq!(found.states("ticks"), "vbvini");
    assert_eq!(numbers(&found, "ticks"), [1, 0, 3, 0, 0, 0]);
}

#[test]
fn json_values_are_read_like_cells() {
    let text = r#"[
      {"id": "A01", "beds": 10, "q": 1, "tags": [1, "三"], "ticks": [2]},
      {"who": {"id": "A02", "beds": "20"}, "q": "いいえ", "tags": "1;2"},
      {"id": "A03", "beds": null, "q": true, "tags": []},
      {"id": "A04", "beds": [1], "q": {"a": 1}, "tags": [1, null]},
      {"id": "A05", "beds": false, "q": "", "tags": {"a": 1}, "name": true},
      {"id": 123, "beds": 1, "who": {"beds": 2}, "name": 12}
    ]"#;
    let found = read("x.json", text);
    assert!(found.file_ids().is_empty());
    assert_eq!(found.states("id"), "vvvvvv");
    assert_eq!(found.states("beds"), "vvbiii");
    assert_eq!(found.states("q"), "vvvibb");
    assert_eq!(found.states("tags"), "vvviib");
    assert_eq!(found.states("ticks"), "vbbbbb");
    assert_eq!(found.states("name"), "bbbbiv");
    let last: Vec<_> = found.findings().into_iter().filter(|(number, _, _)| *number == 6).collect();
    assert_eq!(last, [(6, "beds".to_owned(), "KP-S019".to_owned())]);
}

#[test]
fn a_record_without_any_key_is_fatal_unless_the_columns_are_lacking() {
    let found = read("x.csv", "番号,病床数,second\n,1,\n,2,B\n-,3,\nA01,4,\n");
    assert_eq!(ids(&found), owned(&[(1, "KP-S017")]));
    let unreadable: Vec<bool> = (0..4).map(|row| found.batches[0].unreadable.get(row)).collect();
    assert_eq!(unreadable, [true, false, false, false]);
    let found = read("x.csv", "病床数\n1\n");
    assert_eq!((found.file_ids(), ids(&found)), (vec!["KP-S005"], Vec::new()));
    assert_eq!(found.states("id"), "a");
}

#[test]
fn an_unreadable_row_has_one_finding_and_costs_no_other() {
    let found = read("x.csv", "番号,病床数,name\nA01,1,あい\nA02,1\nA04,1,\"あ\nA05,x,あい\n");
    let expected = [(2, "KP-S009"), (3, "KP-S023"), (4, "beds:type")];
    assert_eq!(ids(&found), owned(&expected));
    assert_eq!(found.states("beds"), "viii");
}

#[test]
fn cells_too_many_are_told_even_where_the_last_are_blank() {
    // An unquoted comma in the name moves the blank answer out of the form.
    let shifted = read("x.csv", "番号,name,病床数,問1\nA01,A,B,1,\nA02,AA,1,\nA03,\"A\",1,,\n");
    assert_eq!(ids(&shifted), owned(&[(1, "KP-S009"), (3, "KP-S009")]));
    let trailing =
        read("x.csv", "番号,病床数,name,,\nA01,1,あい,,\nA02,1,\"あ\nい\",,\nA03,1,あい\nA04,1,あ,い,,\n");
    assert_eq!((trailing.file_ids(), ids(&trailing)), (Vec::new(), owned(&[(4, "KP-S009")])));
    assert_eq!(trailing.states("beds"), "vvvi");
}

#[test]
fn bytes_of_another_encoding_cost_their_record() {
    let mut bytes = "番号,病床数,name\nA01,1,あい\n".as_bytes().to_vec();
    bytes.extend(b"A02,1,\xFF\xFE\nA03,1,ok\n");
    let found = read_with("x.csv", &bytes, &ReadOptions::default());
    assert_eq!(ids(&found), owned(&[(2, "KP-S021")]));
    assert_eq!(found.states("name"), "viv");
}

#[test]
fn cp932_is_read_like_utf8_and_spans_are_those_of_the_file() {
    let text = "番号,病床数,name,問1\r\nA01,１２,ソ十能,ﾊｲ\r\nA02,13,①髙～,いえ\r\n";
    let bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    let found = read_with("x.csv", &bytes, &ReadOptions::default());
    assert_eq!(found.file_ids(), ["KP-S002"]);
    assert_eq!(found.findings(), read("x.csv", text).findings());
    let Data::Text(texts) = &found.batches[0].column(found.id("name")).unwrap().data else { panic!("text") };
    assert_eq!([0, 1].map(|row| found.batches[0].text(texts[row])), ["ソ十能", "①髙～"]);
    let locator = Locator::new(&found.batches[0], &found.pack);
    let label = locator.label(1, found.id("q"), Argument::Nothing).unwrap();
    let marked = &bytes[usize::try_from(label.span.start).unwrap()..usize::try_from(label.span.end).unwrap()];
    assert_eq!(encoding_rs::SHIFT_JIS.decode(marked).0, "いえ");
    assert_eq!((label.position.line, label.position.column, label.position.display), (3, 15, 14));
}

#[test]
fn places_name_the_record_and_labels_the_cell() {
    let text = "番号,病床数,name\nA01,1,\"あ\nい\"\n,2,漢字\n";
    let found = read("x.csv", text);
    let locator = Locator::new(&found.batches[0], &found.pack);
    let place = locator.place(0);
    assert_eq!((place.record, place.line, place.key.as_deref()), (1, 2, Some("A01")));
    assert_eq!(locator.place(1).key, None);
    let name = found.id("name");
    let label = locator.label(1, name, Argument::Nothing).unwrap();
    let start = u64::try_from(text.find("漢字").unwrap()).unwrap();
    assert_eq!(label.span, Span::new(start, start + 6));
    assert_eq!((label.position.line, label.position.column), (4, 4));
    assert_eq!(locator.written(1, name), Argument::from("漢字"));
    assert_eq!(locator.written(0, found.id("q")), Argument::NotGiven);
}

#[test]
fn json_labels_have_pointers_also_for_what_is_missing() {
    let text = "{\"who\": {\"id\": \"A01\"},\n \"q\": 9}\n";
    let found = read("x.json", text);
    let locator = Locator::new(&found.batches[0], &found.pack);
    let label = |name: &str| locator.label(0, found.id(name), Argument::Nothing).unwrap();
    assert_eq!(label("id").pointer.as_deref(), Some("/who/id"));
    assert_eq!(label("q").pointer.as_deref(), Some("/q"));
    assert_eq!((label("q").position.line, label("q").position.column), (2, 7));
    assert_eq!((label("beds").pointer.as_deref(), label("beds").span), (Some("/who/beds"), Span::new(0, 1)));
}

#[test]
fn headers_say_what_is_unknown_missing_repeated_or_foreign() {
    let found = read("x.csv", "ID番号,名称,name,問い,旧設問,,問l\n");
    let ids: Vec<(&str, &str)> =
        found.file.iter().map(|finding| (&*finding.notice.id, &*finding.notice.slug)).collect();
    let expected = [
        ("KP-S005", "mandatory-column-missing"),
        ("KP-S006", "column-unknown-to-form"),
        ("KP-S006", "column-unknown-to-form"),
        ("KP-S006", "column-of-another-form"),
        ("KP-S006", "column-unknown-to-form"),
        ("KP-S006", "column-unknown-to-form"),
    ];
    assert_eq!(ids, expected);
    let suggestions: Vec<Option<String>> =
        found.file.iter().map(|finding| finding.suggestion.as_ref().map(|text| text.en.clone())).collect();
    assert_eq!(suggestions.last(), Some(&Some("did you mean \"問1\"?".to_owned())));
    assert_eq!(read("x.csv", "a,b\n1,2\n").file_ids(), ["KP-S004"]);
    assert_eq!(read("x.csv", "").file_ids(), ["KP-S034"]);
    let twice = read("x.csv", "番号,病床数,beds,病床数\nA01,1,2,3\n");
    let labels: Vec<usize> = twice.file.iter().map(|finding| finding.labels.len()).collect();
    assert_eq!((twice.file_ids(), labels, numbers(&twice, "beds")), (vec!["KP-S007"], vec![3], vec![1]));
}

#[test]
fn formats_are_told_by_name_and_first_bytes() {
    let tab = "番号\t病床数\nA01\t3\n";
    for name in ["x.tsv", "x.txt", "-", "x.csv"] {
        assert_eq!(numbers(&read(name, tab), "beds"), [3], "{name}");
    }
    let lines = "{\"id\":\"A01\",\"beds\":3}\n{\"id\":\"A02\",\"beds\":4}\n";
    for name in ["x.jsonl", "x.json", "-"] {
        assert_eq!(numbers(&read(name, lines), "beds"), [3, 4], "{name}");
    }
    let options = ReadOptions { records: Some("/data/rows".into()), ..ReadOptions::default() };
    let inner = b"{\"data\": {\"n\": [1], \"rows\": [{\"id\":\"A01\",\"beds\":3}]}, \"x\": 1}";
    assert_eq!(numbers(&read_with("x.json", inner, &options), "beds"), [3]);
    assert_eq!(read_with("x.json", b"{\"data\": 1}", &options).file_ids(), ["KP-S026"]);
    assert_eq!(read("x.json", "[{\"id\":\"A01\",\"beds\":3}").file_ids(), ["KP-S025"]);
    assert_eq!(
        read_with("x.csv", b"\xFF\xFEa\0", &ReadOptions::default()).file_ids(),
        ["KP-S002", "KP-S004"]
    );
    let marked = read("x.csv", "\u{FEFF}番号,病床数\nA01,3\n");
    assert_eq!((marked.file_ids(), numbers(&marked, "beds")), (Vec::new(), vec![3]));
}

#[test]
fn an_unknown_json_key_is_reported_once_a_file() {
    let text =
        "{\"id\":\"A01\",\"beds\":1,\"bads\":1}\n{\"id\":\"A01\",\"beds\":1,\"bads\":2,\"who\":{\"x\":1}}\n";
    for chunk_records in [1, 2] {
        let options = ReadOptions { chunk_records, ..ReadOptions::default() };
        let found = read_with("x.jsonl", text.as_bytes(), &options);
        let columns: Vec<String> = found.file.iter().map(|finding| finding.message(Language::En)).collect();
        assert_eq!(columns.len(), 2);
        assert!(columns[0].contains("\"bads\"") && columns[1].contains("\"/who/x\""), "{columns:?}");
        assert_eq!(
            found.file.iter().next().unwrap().suggestion.as_ref().unwrap().en,
            "did you mean \"beds\"?"
        );
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        "[ A-C0-9あ-ん一二三-]{0,6}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
        "20[0-9]{2}-[01][0-9]",
        Just("はい".to_owned()),
        Just("01".to_owned()),
        Just("one".to_owned()),
    ];
    let scalar = prop_oneof![
        4 => (-10_i64..6000).prop_map(|number| json!(number)),
        2 => (-400_i32..41_000).prop_map(|quarter| json!(f64::from(quarter) / 400.0)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        4 => text.prop_map(Json::String),
        1 => any::<bool>().prop_map(Json::Bool),
    ];
    prop_oneof![
        4 => scalar.clone(),
        1 => proptest::collection::vec(scalar.clone(), 0..4).prop_map(Json::Array),
        1 => Just(json!({"a": 1})),
    ]
}

/// The canonical JSON of a cell that has a value.
fn canonical(read: &Read, name: &str) -> Option<Json> {
    let batch = &read.batches[0];
    let (field, column) = (read.pack.questionnaire.field(name)?, batch.column(read.id(name))?);
    let code = |index: u8, list: &crate::expression::OptionList| {
        let item = list.get(index).unwrap();
        if list.text_codes { json!(&*item.code) } else { serde_json::from_str(&item.code).unwrap() }
    };
    Some(match (&column.data, &field.ty) {
        (Data::Options(codes), Type::Option(list)) => code(codes[0], list),
        (Data::Multi { set, .. }, Type::Multi(list)) => {
            Json::Array((0..64).filter(|bit| set[0] >> bit & 1 == 1).map(|bit| code(bit, list)).collect())
        }
        (Data::Numbers(numbers), Type::Number { scale, .. }) => {
            let number = crate::diagnostic::Decimal { mantissa: numbers[0], scale: *scale };
            serde_json::from_str(&number.to_string()).unwrap()
        }
        (Data::Text(texts), _) => json!(batch.text(texts[0])),
        (Data::Dates(days), _) => json!(calendar::print_date(days[0])),
        (Data::Months(months), _) => json!(calendar::print_year_month(months[0])),
        _ => return None,
    })
}

/// Equal as JSON Schema has it: 1 and 1.0 are one number.
fn same(one: &Json, two: &Json) -> bool {
    match (one, two) {
        (Json::Number(one), Json::Number(two)) => one.as_f64() == two.as_f64(),
        (Json::Array(one), Json::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two))
        }
        _ => one == two,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// The schema is the authority for shape: what it rejects is INVALID (unless it is a spelling of something that
    /// it accepts), and what it accepts is not.
    #[test]
    fn a_cell_is_invalid_exactly_when_the_schema_rejects_it(field in 0_usize..12, value in any_json()) {
        let form = questionnaire();
        let name = form.fields[field].name.to_string();
        let property = form.schema["properties"][&name].clone();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(&property)
            .unwrap();
        let record = json!({"id": "A01", "beds": 1});
        let mut record = record.as_object().unwrap().clone();
        record.insert(name.clone(), value.clone());
        let found = read("x.json", &Json::Object(record).to_string());
        let state = state(found.batches[0].column(found.id(&name)).unwrap(), 0);
        match state {
            'i' => {
                // White space around a cell is spelling, not meaning.
                let trimmed = value.as_str().map_or_else(|| value.clone(), |text| text.trim().into());
                prop_assert!(!validator.is_valid(&trimmed), "{name}: {value} is INVALID but accepted");
            }
            'v' => {
                let canonical = canonical(&found, &name).unwrap();
                prop_assert!(validator.is_valid(&canonical), "{name}: {value} is read as {canonical}");
                if validator.is_valid(&value) && !name.starts_with('t') {
                    let told = !found.batches[0].findings.is_empty();
                    prop_assert!(same(&canonical, &value) || told || value.is_string(), "{name}: {value} became {canonical}");
                }
            }
            _ => {}
        }
    }

    /// Blocks of any size give the same findings about the same bytes.
    #[test]
    fn block_sizes_change_nothing(text in "[A0-2,\"\n;はい]{0,80}", most in 1_usize..5) {
        let text = format!("番号,病床数\n{text}");
        let all = |chunk_records| {
            let options = ReadOptions { chunk_records, ..ReadOptions::default() };
            let found = read_with("x.csv", text.as_bytes(), &options);
            (found.findings(), found.states("beds"), found.file)
        };
        prop_assert_eq!(all(most), all(512));
    }
}
