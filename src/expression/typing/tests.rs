//! What types, and what does not.

use super::*;
use crate::expression::sample::{findings, names, number, typed};
use crate::expression::typed::By;

fn ok(text: &str) -> TypedExpr {
    let (typed, found) = typed(text, &names());
    assert!(found.is_empty(), "{text}: {found:?}");
    typed.expect(text)
}

/// The id of the only mistake, with its message and suggestion.
fn mistake(text: &str) -> (String, String, String) {
    let mut found = findings(text, &names());
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    let (id, message, suggestion) = found.pop().expect("one");
    (id.trim_start_matches("KP-").to_owned(), message, suggestion.unwrap_or_default())
}

fn code(text: &str) -> String {
    mistake(text).0
}

#[test]
fn the_expressions_of_the_texts_are_conditions() {
    for text in [
        "count_answered(beds_general, beds_ltc, beds_psych, beds_tb, beds_infect) = 5 or sum_present(beds_general, beds_ltc) > beds_total",
        "let.kinds_sum = beds_total",
        "beds_total > 0",
        "beds_total >= param.population_min",
        "relevant(q14_methods)",
        "q14_methods <= q13_copies",
        "count(ex_threats) between 1 and 3",
        "ex_threats has \"none\"",
        "count(ex_threats) = 1",
        "beds_total within 20% of prev.beds_total or abs(beds_total - prev.beds_total) <= 20",
        "band = frame.band",
        "answered_on between param.field_start and param.field_end",
        "ex_partner_text is answered iff ex_partner = \"other\"",
        "distinct(ex_race_1, ex_race_2, ex_race_3)",
        "beds_total between bed_band[band].low and bed_band[band].high",
        "q11_backup = \"yes\"",
        "length(inst_code) in {7, 9} and not (length(inst_code) = 9 and not starts(inst_code, \"0\") and luhn(inst_code))",
        "substring(inst_code, 3, 1) in {\"1\", \"3\"}",
        "(inst_code is not known or pref_code = substring(inst_code, 1, 2)) and (muni_code is not known or pref_code = substring(muni_code, 1, 2))",
        "similarity(normalized(facility_name), normalized(frame.facility_name)) >= 0.8",
        "date(submitted_at) <= param.field_end",
        "percent(count, base, 1) = published",
        "count <= base",
        "it <= 100 and it is not blank and relevant(it)",
        "beds_infect <= 100 and (beds_infect = 0 or beds_infect <= sum_present(beds_general, beds_ltc))",
        "prev is linked and frame is not linked",
        "band in big_bands and band not in bed_band and beds_total in band_by_beds",
        "pref_code in prefecture",
        "if q11_backup = \"yes\" then q12_frequency = \"daily\" else q12_frequency is blank",
        "beds_total / beds_general >= 1.5",
        "q13_copies >= \"two\" and \"two\" < q14_methods",
        "q13_copies = q15_generations",
        "ex_month = \"2024-02\" and submitted_at < \"2024-03-01T00:00:00\"",
        "beds_total within param.tolerance% of prev.beds_total",
        "count_true(q01_manager = \"yes\", q02_contacts = \"yes\") between 1 and 2",
        "marked(q01_manager, \"na\") or same(band, frame.band)",
        "ex_threats not has \"leak\" and distinct(ex_threats)",
        "beds_total >= 1.5 and ex_ratio = 0.25",
        "`in` > 0 and 問1 < 3 and 問１ >= 0",
        "true and not false",
        "band_by_beds[beds_total].band = band",
        "year(answered_on) = 2024 and month(ex_month) in {1, 2}",
    ] {
        assert_eq!(ok(text).ty, Type::Condition, "{text}");
    }
}

#[test]
fn every_example_of_the_function_table_types() {
    for function in crate::expression::function::FUNCTIONS {
        let typed = ok(function.example);
        let mut calls = 0;
        typed.walk(&mut |part| {
            calls += usize::from(matches!(&part.node, Node::Call { function: id, .. } if *id == function.id));
        });
        assert!(calls > 0, "{} does not stand in its own example", function.name);
    }
}
