//! Rule-language sections 1.1, 1.2, 1.3 and 5.3: each cell of their tables, against the evaluator.
//!
//! Invariants
//! - Each table is written out cell by cell from the text of the language; a row that is missing fails by its
//!   function.

use kenpyo::evaluate::Outcome;
use kenpyo::expression::function::FUNCTIONS;
use kenpyo::rule_pack::OnBlank;

use crate::build;
use crate::null_form::{FIXED, VARIED, form, judged, record, told, truth};

/// A condition, and what it is when the varied fields are VALUE, BLANK, NA (and other marks), DK.
const TABLE: &[(&str, &str)] = &[
    // Tests on values: unknown without one.
    ("n = 12", "TUUU"),
    ("n != 12", "FUUU"),
    ("n < n2", "FUUU"),
    ("n2 <= n", "TUUU"),
    ("n > 12", "FUUU"),
    ("n >= x2", "TUUU"),
    ("n in {3, 12}", "TUUU"),
    ("n not in {3, 12}", "FUUU"),
    ("n between 12 and 20", "TUUU"),
    ("n2 between 1 and n", "TUUU"),
    ("n not between 1 and 3", "TUUU"),
    ("n within 3 of 15", "TUUU"),
    ("n2 within 75% of n", "TUUU"),
    ("n2 within 74% of n", "FUUU"),
    ("o = \"yes\"", "TUUU"),
    ("o != o2", "TUUU"),
    ("o in {\"no\"}", "FUUU"),
    ("r < r2", "TUUU"),
    ("r between \"one\" and \"three\"", "TUUU"),
    ("t = k", "FUUU"),
    ("k = \"011002\"", "TUUU"),
    ("d > d2", "TUUU"),
    ("w < w", "FUUU"),
    ("y = y", "TUUU"),
    ("matches(t, \"^0[0-9]+$\")", "TUUU"),
    ("starts(t, \"011\")", "TUUU"),
    ("starts(\"0110113719x\", t)", "TUUU"),
    ("luhn(t)", "TUUU"),
    ("jis_x0402(k)", "TUUU"),
    ("n in band", "TUUU"),
    ("n2 in band", "FFFF"),
    // States.
    ("n is blank", "FTFF"),
    ("n is not blank", "TFTT"),
    ("n is answered", "TFFT"),
    ("n is not answered", "FTTF"),
    ("n is known", "TFFF"),
    ("n is not known", "FTTT"),
    ("n is inapplicable", "FFTF"),
    ("n is not inapplicable", "TTFT"),
    // Calculations: unknown without one of the values.
    ("n + n2 = 15", "TUUU"),
    ("n - x2 = 9.5", "TUUU"),
    ("n * n2 = 36", "TUUU"),
    ("n / n2 = 4", "TUUU"),
    ("-n = -12", "TUUU"),
    ("sum(n, x2) = 14.5", "TUUU"),
    ("min(n, n2) = 3", "TUUU"),
    ("max(n, n2) = 12", "TUUU"),
    ("abs(n2 - n) = 9", "TUUU"),
    ("round_half_up(n / 8, 0) = 2", "TUUU"),
    ("percent(n2, n, 0) = 25", "TUUU"),
    ("concat(t2, t) = \"abc0110113719\"", "TUUU"),
    ("similarity(t, t) = 1", "TUUU"),
    ("length(t) = 10", "TUUU"),
    ("substring(t, 2, 3) = \"110\"", "TUUU"),
    ("substring(t, 11, 3) = \"x\"", "UUUU"),
    ("normalized(t) = \"0110113719\"", "TUUU"),
    ("year(d) = 2024", "TUUU"),
    ("month(y) = 2", "TUUU"),
    ("fiscal_year(d) = 2023", "TUUU"),
    ("days_between(d2, d) = 366", "TUUU"),
    ("years_between(d2, d) = 1", "TUUU"),
    ("add_days(d, 1) = 2024-03-01", "TUUU"),
    ("add_months(d, 12) = 2025-02-28", "TUUU"),
    ("add_years(d, -1) = 2023-02-28", "TUUU"),
    ("date(w) = 2024-02-01", "TUUU"),
    ("(if n = 12 then n2 else 5) = 3", "TUUU"),
    ("(if a = \"yes\" then n else n2) = 12", "TUUU"),
    ("(if a = \"no\" then n else n2) = 3", "TTTT"),
    ("band[n].low = 10", "TUUU"),
    ("n2 between band[n].low and band[n].high", "FUUU"),
    // Functions that look at states.
    ("sum_present(n, n2) = 15", "TFFU"),
    ("sum_present(n, n2) = 3", "FTTU"),
    ("sum_present(n) = 0", "FUTU"),
    ("sum_present(n, n) = 24", "TUFU"),
    ("count_answered(n, n2) = 2", "TFFT"),
    ("count_answered(n, n2) = 1", "FTTF"),
    ("count_true(n = 12, n2 = 3) = 2", "TUUU"),
    ("count(m) = 2", "TUUU"),
    ("count(e) = 2", "TFUU"),
    ("count(e) = 0", "FTUU"),
    ("count_listed(m) = 3", "TUUU"),
    ("count_listed(e) = 0", "FTUU"),
    ("m has \"w\"", "TUUU"),
    ("e has \"w\"", "TFUU"),
    ("m not has \"y\"", "TUUU"),
    ("count_parts(t, \"1\") = 4", "TFFU"),
    ("count_parts(t, \"1\") = 0", "FTTU"),
    ("distinct(n, n2)", "TTTU"),
    ("distinct(n, 12)", "FTTU"),
    ("distinct(n, n2, n2)", "FFFF"),
    ("distinct(m)", "FTTU"),
    ("occurrences(12, n, n2, n) = 2", "TFFF"),
    ("occurrences(12, n, n2, n) = 0", "FTTT"),
    ("occurrences(\"yes\", o, o2) = 1", "TFFF"),
    ("coalesce(n, n2) = 12", "TFFF"),
    ("coalesce(n, n2) = 3", "FTTT"),
    ("coalesce(n, n) = 12", "TUUU"),
    ("same(n, n)", "TTTU"),
    ("same(n, n2)", "FFFU"),
    ("marked(n, \"dk\")", "FFF?"),
    ("marked(n, \"na\")", "FF?F"),
    ("fingerprint(n) = \"=12\"", "TFFF"),
    ("fingerprint(n) = \"~blank\"", "FTFF"),
    ("fingerprint(n, n2) = \"~na|=3\"", "FF?F"),
];

#[test]
fn every_cell_of_the_null_table_holds() {
    let states = ["", "blank", "na", "suspended", "dk", "refused", "invalid"];
    for (expression, expected) in TABLE {
        let pack = form();
        let rule = build::rule(&pack, "R", None, build::parsed(&pack, expression));
        let reads_varied = rule.reads.iter().any(|id| {
            let name = &pack.field(*id).unwrap().name;
            VARIED.iter().any(|(field, _)| *field == &**name)
        });
        let records: Vec<_> = states
            .iter()
            .map(|state| {
                let varied =
                    VARIED.iter().map(|(name, value)| (*name, if state.is_empty() { value } else { *state }));
                record(&pack, &varied.chain(FIXED.iter().copied()).collect::<Vec<_>>())
            })
            .collect();
        let outcomes = judged(pack, vec![rule], &records);
        let found: Vec<&str> = (0..states.len()).map(|row| told(outcomes.of(0, row))).collect();
        let of = |place: usize| expected.get(place..=place).unwrap();
        let last = if reads_varied { "skip" } else { of(0) };
        let wanted = [of(0), of(1), of(2), of(2), of(3), of(3), last];
        for ((state, found), wanted) in states.iter().zip(&found).zip(wanted) {
            assert!(wanted == "?" || *found == wanted, "{expression} on {state}: {found}, not {wanted}");
        }
    }
}

#[test]
fn the_table_names_every_function() {
    for function in FUNCTIONS {
        let called = format!("{}(", function.name);
        assert!(TABLE.iter().any(|(expression, _)| expression.contains(&called)), "{}", function.name);
    }
}

/// A condition on a record as said, and what it is.
const SINGLE: &[(&str, &str, &str)] = &[
    // Marks by name.
    ("marked(n, \"na\")", "n:na", "T"),
    ("marked(n, \"na\")", "n:suspended", "F"),
    ("marked(n, \"suspended\")", "n:suspended", "T"),
    ("marked(n, \"dk\")", "n:dk", "T"),
    ("marked(n, \"refused\")", "n:refused", "T"),
    ("marked(n, \"refused\")", "n:dk", "F"),
    ("fingerprint(n, n2) = \"~suspended|=3\"", "n:suspended, n2:3", "T"),
    ("fingerprint(n, t) = \"~refused|=a\\|b\"", "n:refused, t:a|b", "T"),
    ("fingerprint(n, x2) = fingerprint(n2, x2)", "n:4, n2:4, x2:1.5", "T"),
    ("fingerprint(m) = \"=1,2\"", "m:w+x", "T"),
    ("fingerprint(d, y, o) = \"=2024-02-29|=2024-02|=1\"", "d:2024-02-29, y:2024-02, o:yes", "T"),
    // `same`, mark by mark.
    ("same(n, n2)", "n:na, n2:na", "T"),
    ("same(n, n2)", "n:na, n2:suspended", "F"),
    ("same(n, n2)", "n:na, n2:blank", "F"),
    ("same(n, n2)", "n:na, n2:3", "F"),
    ("same(n, n2)", "n:blank, n2:3", "F"),
    ("same(n, n2)", "n:dk, n2:dk", "U"),
    ("same(n, n2)", "n:dk, n2:3", "U"),
    ("same(n, x2)", "n:2, x2:2.0", "T"),
    ("same(m, e)", "m:w+x, e:x+w", "T"),
    ("same(m, e)", "m:w+x, e:w", "F"),
    // One missing among several.
    ("distinct(n, n2, n_)", "n:5, n2:dk, n_:5", "F"),
    ("distinct(n, n2, n_)", "n:5, n2:dk, n_:6", "U"),
    ("distinct(n, n2, n_)", "n:5, n2:na, n_:6", "T"),
    ("sum_present(n, n2, n_) = 5", "n:5, n2:blank, n_:na", "T"),
    ("sum_present(n, n2) = 0", "n:blank, n2:na", "U"),
    ("sum_present(n, n2) = 0", "n:na, n2:na", "T"),
    ("sum_present(n, n2) = 5", "n:5, n2:dk", "U"),
    ("coalesce(n, n2, n_) = 7", "n:dk, n2:na, n_:7", "T"),
    ("count_true(n = 1, n2 = 1) = 1", "n:1, n2:blank", "U"),
    ("count_answered(n, n2, n_) = 2", "n:dk, n2:0, n_:na", "T"),
    // Edges of the functions.
    ("percent(n, n2, 1) = 33.3", "n:1, n2:3", "T"),
    ("percent(n, n2, 0) = 13", "n:1, n2:8", "T"),
    ("round_half_up(x2, 0) = 3", "x2:2.5", "T"),
    ("round_half_up(x2, 0) = -3", "x2:-2.5", "T"),
    ("similarity(t, t2) = 0.75", "t:中央病院, t2:中央医院", "T"),
    ("similarity(t, t2) >= 0.666667", "t:abc, t2:abd", "T"),
    ("length(t) = 2", "t:髙橋", "T"),
    ("substring(t, 2, 1) = \"京\"", "t:東京", "T"),
    ("normalized(t) = normalized(t2)", "t:医療法人　髙橋会, t2:高橋会", "T"),
    ("luhn(t)", "t:0110113718", "F"),
    ("luhn(t)", "t:01101a3719", "F"),
    ("jis_x0402(k)", "k:131016", "T"),
    ("years_between(d, d2) = 0", "d:2024-02-29, d2:2025-02-28", "T"),
    ("years_between(d, d2) = 1", "d:2024-02-29, d2:2025-03-01", "T"),
    ("days_between(d, d2) = -1", "d:2024-03-01, d2:2024-02-29", "T"),
    ("fiscal_year(y) = 2024", "y:2024-04", "T"),
    ("n within 20% of n2", "n:0, n2:0", "T"),
    ("n within 20% of n2", "n:1, n2:0", "F"),
    ("n within 20% of n2", "n:120, n2:100", "T"),
    ("n within 20% of n2", "n:121, n2:100", "F"),
    ("n within 20% of n2", "n:-80, n2:-100", "T"),
    ("n / n2 > 0.333333", "n:1, n2:3", "T"),
    ("n / n2 = n2 / n", "n:-4, n2:4", "T"),
    ("n / n2 < 0", "n:4, n2:-9", "T"),
    ("n / n2 + 0 = 0.333333", "n:1, n2:3", "T"),
    // Lookups: bounds that are open, keys that are absent.
    ("n between band[n2].low and band[n2].high", "n:1000000, n2:20", "T"),
    ("n between band[n2].low and band[n2].high", "n:19, n2:20", "F"),
    ("n <= band[n2].high", "n:1, n2:20", "U"),
    ("band[n].low = 20", "n:9", "U"),
    ("quiet[n].low = 20", "n:9", "U"),
    ("strict[n].low = 20", "n:9", "F"),
    ("strict[n].low != 20", "n:9", "F"),
    ("not (strict[n].low = 20)", "n:9", "T"),
    ("strict[n].low = 20", "n:blank", "U"),
    ("n in strict", "n:9", "F"),
];

#[test]
fn single_cells_are_as_the_text_says() {
    for (expression, cells, expected) in SINGLE {
        let (found, _) = truth(expression, cells);
        assert_eq!(found, *expected, "{expression} on {cells}");
    }
}

#[test]
fn calculations_without_result_are_unknown_and_told() {
    let large = "n:9223372036854775807, n2:2, n_:0";
    for expression in [
        "n + n2 > 0",
        "n * n2 > 0",
        "0 - n - n2 < 0",
        "sum(n, n2) > 0",
        "sum_present(n, n2) > 0",
        "n / n_ > 0",
        "n / n_ + 1 > 0",
        "percent(n, n_, 0) > 0",
        "band[n_].low > 0",
        "add_days(2024-02-29, n) > 2024-01-01",
        "add_months(2024-02-29, n) > 2024-01-01",
        "add_years(2024-02-29, n) > 2024-01-01",
        "n + n2 > 0 and n2 = 2",
        "n + n2 > 0 or n2 = 3",
        "(if n + n2 > 0 then 1 else 2) = 1",
    ] {
        assert_eq!(truth(expression, large), ("U", true), "{expression}");
    }
}

#[test]
fn a_fault_that_does_not_matter_is_not_told() {
    let large = "n:9223372036854775807, n2:2, n_:0";
    for (expression, expected) in [
        ("n + n2 > 0 and n2 = 3", "F"),
        ("n + n2 > 0 or n2 = 2", "T"),
        ("if n2 = 3 then n + n2 > 0", "T"),
        ("coalesce(n + n2, 5) = 5", "T"),
        ("(if n2 = 2 then n_ else n + n2) = 0", "T"),
        ("quiet[n_].low > 0", "U"),
    ] {
        assert_eq!(truth(expression, large), (expected, false), "{expression}");
    }
}

/// Kleene's tables: rows and columns in the order F, U, T.
const KLEENE: &[(&str, [&str; 3])] = &[
    ("a = \"yes\" and b = \"yes\"", ["FFF", "FUU", "FUT"]),
    ("a = \"yes\" or b = \"yes\"", ["FUT", "UUT", "TTT"]),
    ("not (a = \"yes\") or b = \"yes\"", ["TTT", "UUT", "FUT"]),
    ("if a = \"yes\" then b = \"yes\"", ["TTT", "UUT", "FUT"]),
    ("a = \"yes\" iff b = \"yes\"", ["TUF", "UUU", "FUT"]),
    ("if a = \"yes\" then b = \"yes\" else b = \"no\"", ["TUF", "UUU", "FUT"]),
    ("if a = \"yes\" then b = \"yes\" else b = \"yes\"", ["FUT", "FUT", "FUT"]),
];

#[test]
fn logic_is_kleenes() {
    // `if U then B else B` is (not U or B) and (U or B): F where B is F only as far as the tables say.
    let states = ["no", "blank", "yes"];
    for (expression, rows) in KLEENE {
        for (a, row) in states.iter().zip(rows) {
            for (place, b) in states.iter().enumerate() {
                let (found, _) = truth(expression, &format!("a:{a}, b:{b}"));
                let wanted = match (*a, *expression) {
                    ("blank", "if a = \"yes\" then b = \"yes\" else b = \"yes\"") => ["U", "U", "T"][place],
                    _ => row.get(place..=place).unwrap(),
                };
                assert_eq!(found, wanted, "{expression} with {a}, {b}");
            }
        }
    }
}

#[test]
fn truth_values_become_outcomes() {
    let [pass, fail, none, open] = [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Undecided];
    // When (F, U, T) by require (F, U, T), with blanks of fields that must be answered.
    let table = [[none; 3], [open, open, pass], [fail, open, pass]];
    let states = ["no", "blank", "yes"];
    for (when, row) in states.iter().zip(table) {
        for (require, expected) in states.iter().zip(row) {
            for (on_blank, of_blank) in
                [(OnBlank::Undecided, open), (OnBlank::Fail, fail), (OnBlank::Pass, pass)]
            {
                let pack = form();
                let condition = |name: &str| build::parsed(&pack, &format!("{name} = \"yes\""));
                let mut rule = build::rule(&pack, "R", Some(condition("a")), condition("b"));
                rule.on_blank = on_blank;
                let record = record(&pack, &[("a", when), ("b", require)]);
                let outcomes = judged(pack, vec![rule], &[record]);
                let asked_and_blank = *when == "yes" && *require == "blank";
                let expected = if asked_and_blank { of_blank } else { expected };
                assert_eq!(outcomes.of(0, 0), Some(expected), "when {when}, require {require}, {on_blank:?}");
            }
        }
    }
}

#[test]
fn open_blanks_are_undecided_and_others_not_applicable() {
    for (cells, expected) in [
        // Required and relevant: open.
        ([("a", "yes"), ("b", "blank")], Outcome::Undecided),
        // A don't-know is always open, a mark never.
        ([("a", "yes"), ("b", "dk")], Outcome::Undecided),
        ([("a", "yes"), ("b", "refused")], Outcome::Undecided),
        ([("a", "yes"), ("b", "na")], Outcome::NotApplicable),
        ([("a", "yes"), ("b", "suspended")], Outcome::NotApplicable),
        // Another field that the rule reads is open.
        ([("a", "blank"), ("b", "na")], Outcome::Undecided),
    ] {
        let pack = form();
        let rule = build::rule(&pack, "R", None, build::parsed(&pack, "a = \"yes\" and b = \"yes\""));
        let record = record(&pack, &cells);
        assert_eq!(judged(pack, vec![rule], &[record]).of(0, 0), Some(expected), "{cells:?}");
    }
    let pack = form();
    let rule = build::rule(&pack, "R", None, build::parsed(&pack, "a_ = \"yes\" and b_ = \"yes\""));
    let record = record(&pack, &[("a_", "yes"), ("b_", "blank")]);
    assert_eq!(judged(pack, vec![rule], &[record]).of(0, 0), Some(Outcome::NotApplicable));
}

#[test]
fn not_run_comes_before_skipped_and_skipped_before_the_table() {
    let pack = form();
    let require = build::parsed(&pack, "n = 12 or o = \"yes\"");
    let rule = build::rule(&pack, "R", None, require);
    let invalid = record(&pack, &[("n", "invalid"), ("o", "yes")]);
    let absent = record(&pack, &[("n", "absent"), ("o", "invalid")]);
    let mut unreadable = record(&pack, &[("n", "12")]);
    unreadable.unreadable = true;
    let of = |records: &[_], row| judged(form(), vec![rule.clone()], records).of(0, row);
    assert_eq!(of(&[invalid.clone(), unreadable.clone()], 0), Some(Outcome::Skipped));
    assert_eq!(of(&[invalid, unreadable], 1), Some(Outcome::Skipped));
    assert_eq!(of(&[absent], 0), Some(Outcome::NotRun));
}
