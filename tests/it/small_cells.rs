//! `tabulate --suppress`: what is printed tells of few records nowhere.
//!
//! Invariants
//! - What is looked at is the printed document; the solver of hidden counts is with `tables::suppress`.

use serde_json::Value;

use crate::tabulate::{document, table, with_defects};

/// Suppression in what is printed: nothing below the threshold, and no row or column with one hidden count alone.
#[test]
fn below_the_threshold_nothing_is_shown_and_no_hidden_count_stands_alone() {
    for threshold in [3, 10] {
        let document = document(&with_defects(), &["--suppress", &threshold.to_string()]);
        let mut hidden = 0;
        for one in document["tables"].as_array().unwrap() {
            let id = one["id"].as_str().unwrap();
            let rows = one["rows"].as_array().unwrap();
            for row in rows.iter().filter(|row| row["kind"] != "count") {
                let cells = row["cells"].as_array().unwrap();
                for cell in cells {
                    let value = |member: &str| cell[member]["value"].as_i64();
                    if let (Some(count), Some(base)) = (value("count"), value("base")) {
                        let small = |number: i64| (1..threshold).contains(&number);
                        assert!(!small(count) && !small(base - count), "{id} {}: {cell}", row["name"]);
                    }
                    if cell["count"]["status"] == "suppressed" {
                        hidden += 1;
                        assert!(cell["percent"]["value"].is_null() && cell["base"]["value"].is_null());
                        assert!(cell["percent"]["high"].is_null() && cell["published"].is_null());
                    }
                }
                let alone = cells.iter().filter(|cell| cell["count"]["status"] == "suppressed").count();
                assert_ne!(alone, 1, "{id} {}: the total would tell it", row["name"]);
            }
        }
        assert!(hidden > 20, "{hidden}");
    }
}

/// One held record in a band would show by the ranges what it answered, and last year's few records by their shares.
#[test]
fn beside_what_is_suppressed_nothing_tells_of_few_records() {
    let given = |more: &[&str]| document(&with_defects(), more);
    let told = |document: &Value| {
        let (mut ranges, mut recomputed) = (0, 0);
        for table in document["tables"].as_array().unwrap() {
            let rows = table["rows"].as_array().unwrap();
            for cell in rows.iter().flat_map(|row| row["cells"].as_array().unwrap()) {
                ranges += usize::from(!cell["count"]["low"].is_null() || !cell["percent"]["low"].is_null());
                recomputed += usize::from(cell["earlier"].to_string().contains("\"published\":false"));
            }
        }
        (ranges, recomputed)
    };
    let (ranges, recomputed) = told(&given(&[]));
    assert!(ranges > 500 && recomputed > 20, "{ranges}, {recomputed}");
    assert_eq!(told(&given(&["--suppress", "3"])), (0, 0));
}

/// What a table hides for another's sake is hidden also where the other is not asked for.
#[test]
fn a_table_hides_by_itself_what_it_hides_beside_all_others() {
    let all = document(&with_defects(), &["--suppress", "10"]);
    let hidden = |document: &Value, id: &str| {
        let rows = table(document, id)["rows"].as_array().unwrap();
        rows.iter().map(|row| row["cells"].to_string()).collect::<Vec<_>>()
    };
    for id in ["T05", "T10", "T90"] {
        let alone = document(&with_defects(), &["--suppress", "10", "--table", id]);
        assert_eq!(alone["tables"].as_array().unwrap().len(), 1);
        assert_eq!(hidden(&alone, id), hidden(&all, id), "{id}");
    }
}
