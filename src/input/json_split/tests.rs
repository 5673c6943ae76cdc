//! JSON as a run of records: framings, pointers, and files that break off.
//!
//! Invariants
//! - What is found never depends on the size of blocks.

use proptest::prelude::*;

use super::*;
use crate::input::offset;

type Found = (u64, u64, u64, String, bool);

fn read(text: &str, framing: Framing, most: usize) -> (Vec<Found>, Option<(JsonFault, u64)>) {
    let mut intake = Intake::of_bytes(text.as_bytes().to_vec());
    intake.more().unwrap();
    let start = usize::from(framing == Framing::Elements);
    let mut values = Values::new(framing, &mut intake, start);
    let mut found = Vec::new();
    while let Some(block) = values.block(&mut intake, SourceId(0), &Layout::sample(), most).unwrap() {
        for (index, record) in block.records.iter().enumerate() {
            let bytes = &block.bytes[offset(record.span.0)..offset(record.span.1)];
            let bad = block.faults.iter().any(|(row, _)| *row == index);
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            found.push((record.number, record.line, record.column, text, bad));
        }
    }
    (found, values.fault())
}

fn read_at(text: &str, pointer: &str, most: usize) -> (Vec<String>, Values) {
    let mut intake = Intake::of_bytes(text.as_bytes().to_vec());
    intake.more().unwrap();
    let mut values = Values::at(pointer, &mut intake);
    let mut found = Vec::new();
    while let Some(block) = values.block(&mut intake, SourceId(0), &Layout::sample(), most).unwrap() {
        let text = |record: &crate::input::RawRecord| {
            String::from_utf8(block.bytes[offset(record.span.0)..offset(record.span.1)].to_vec()).unwrap()
        };
        found.extend(block.records.iter().map(text));
    }
    (found, values)
}

const ARRAY: Framing = Framing::Elements;

fn texts(found: &[Found]) -> Vec<(&str, bool)> {
    found.iter().map(|(_, _, _, text, bad)| (text.as_str(), *bad)).collect()
}

#[test]
fn elements_of_an_array_are_found_with_line_and_column() {
    let (found, fault) = read("[\n {\"a\": \"}],{\"},\n  [1, {}] , 3,{}]\n", ARRAY, 2);
    let expected = [(1, 2, 2, "{\"a\": \"}],{\"}"), (2, 3, 3, "[1, {}]"), (3, 3, 13, "3"), (4, 3, 15, "{}")];
    let expected: Vec<Found> =
        expected.map(|(number, line, column, text)| (number, line, column, text.to_owned(), false)).into();
    assert_eq!((found, fault), (expected, None));
}

#[test]
fn a_bad_element_costs_one_record() {
    let (found, fault) = read("[{\"a\":1, {\"b\":2}, {\"c\":[3}, {\"d\":\"x\ny\"}, {\"e\":5}]", ARRAY, 512);
    let expected = [
        ("{\"a\":1, {\"b\":2}", true),
        ("{\"c\":[3}", true),
        ("{\"d\":\"x\ny\"}", true),
        ("{\"e\":5}", false),
    ];
    assert_eq!((texts(&found), fault), (expected.to_vec(), None));
}

#[test]
fn a_missing_element_is_a_bad_record_and_a_comma_too_many_at_the_end_is_none() {
    let (found, fault) = read("[{},,{},\n]", ARRAY, 512);
    assert_eq!(texts(&found), [("{}", false), ("", true), ("{}", false)]);
    assert_eq!(fault, Some((JsonFault::Missing, 2)));
}

#[test]
fn a_file_that_is_cut_off_says_so_once() {
    for (text, records, reason) in [
        ("[{\"a\":1},\n{\"b\":", 1, JsonFault::Ends),
        ("[{\"a\":1},\n{\"b\":\"x", 1, JsonFault::Token(FaultKind::OpenString)),
        ("[{\"a\":1},\n", 1, JsonFault::Ends),
        ("[{\"a\":1},\n{\"b\":2}", 2, JsonFault::Ends),
        ("[{\"a\":1}\n] x", 1, JsonFault::Follows),
        ("[{\"a\":1}\n][{}]", 1, JsonFault::Follows),
    ] {
        let (found, fault) = read(text, ARRAY, 512);
        assert_eq!((found.len(), fault), (records, Some((reason, 2))), "{text}");
        assert!(found.iter().all(|(_, _, _, _, bad)| !bad), "{text}");
    }
    let (found, fault) = read("[{\"a\":1},{\"c\":[3}]", ARRAY, 512);
    assert_eq!((texts(&found), fault), (vec![("{\"a\":1}", false), ("{\"c\":[3}", true)], None));
}

#[test]
fn a_pointer_leads_to_the_records_of_every_document() {
    for (text, pointer, records) in [
        (
            " {\"m\": {\"r\": [0]}, \"b\": {\"r\": [ {}, {\"x\":[1]} ], \"y\": 1}}",
            "/b/r",
            &["{}", "{\"x\":[1]}"][..],
        ),
        (
            "{\"r\":{\"a\":1}}\n{\"r\":{\"a\":2}}\n\n{\"r\":[]} {\"r\":[3,4]}",
            "/r",
            &["{\"a\":1}", "{\"a\":2}", "3", "4"],
        ),
        ("[[1],[{\"a\":1}],[2]]", "/1", &["{\"a\":1}"]),
        ("{\"~/\":{\"\":[7]}}", "/~0~1/", &["7"]),
        ("[1, 2]", "", &["1", "2"]),
    ] {
        for most in [1, 512] {
            let (found, values) = read_at(text, pointer, most);
            assert_eq!(found, records, "{text}");
            assert!(values.is_whole(), "{text}: {:?} {:?}", values.end, values.without);
        }
    }
}

#[test]
fn what_is_wrong_around_the_records_is_told() {
    for (text, records, reason, line) in [
        ("{\"r\":[1],\n\"r\":[2]}", 1, JsonFault::Twice, 2),
        ("{\"r\":[1]", 1, JsonFault::Ends, 1),
        ("{\"r\":[1]} garbage", 1, JsonFault::Follows, 1),
        ("{\"r\":[1],\n\"x\": bad}", 1, JsonFault::Token(FaultKind::Unexpected), 2),
        ("{\"x\": 01, \"r\":[1]}", 0, JsonFault::Token(FaultKind::Number), 1),
        ("{\"r\":[1] \"x\": 1}", 1, JsonFault::Order, 1),
        ("{\"r\":{\"a\":1}, }", 1, JsonFault::Order, 1),
        ("{\"r\":{\"a\":1", 0, JsonFault::Ends, 1),
        ("{\"r\":[1]}\n{\"r\":[2]]}", 2, JsonFault::Order, 2),
        ("{\"r\":[1,]}", 1, JsonFault::Missing, 1),
        ("", 0, JsonFault::Ends, 1),
    ] {
        let (found, values) = read_at(text, "/r", 512);
        assert_eq!((found.len(), values.fault()), (records, Some((reason, line))), "{text}");
        assert!(!values.is_whole());
    }
    let (found, values) = read_at("{\"r\":[1]}\n{\"q\":[2]}\n5\n{\"r\":3}", "/r", 512);
    assert_eq!((found.len(), values.fault()), (1, Some((JsonFault::Follows, 2))));
    let (found, values) = read_at("{\"r\":[1]}\n{\"q\":[2]}\n{\"r\":3}\n{\"r\":[4]}", "/r", 512);
    assert_eq!((found.len(), values.without_records(), values.is_whole()), (2, Some((2, 2)), false));
}

#[test]
fn lines_and_values_are_records() {
    let (lines, fault) = read("{\"a\":1}\n\n  {\"b\":\r\n{}", Framing::Lines, 512);
    assert_eq!(texts(&lines), [("{\"a\":1}", false), ("{\"b\":", false), ("{}", false)]);
    assert_eq!(lines.iter().map(|found| (found.1, found.2)).collect::<Vec<_>>(), [(1, 1), (3, 3), (4, 1)]);
    assert_eq!(fault, None);
    let (values, _) = read("{\n\"a\":1}{}\n{\"b\":[}\n{}", Framing::Values, 1);
    assert_eq!(texts(&values), [("{\n\"a\":1}", false), ("{}", false), ("{\"b\":[}", true), ("{}", false)]);
}

#[test]
fn many_open_strings_take_linear_time() {
    let text = format!("[{}{{}}]", "{\"a\":\"x},".repeat(100_000));
    let (found, _) = read(&text, ARRAY, 512);
    assert!(!found.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn records_do_not_depend_on_the_block_size(text in "[\\[\\]{}\",:a \n]{0,60}", most in 1_usize..4) {
        for framing in [ARRAY, Framing::Lines, Framing::Values] {
            let text = format!("[{text}");
            prop_assert_eq!(read(&text, framing, most), read(&text, framing, 1000));
        }
        let (some, all) = (read_at(&text, "/0/a", most), read_at(&text, "/0/a", 1000));
        prop_assert_eq!((some.0, some.1.fault()), (all.0, all.1.fault()));
    }
}
