//! What types, and what does not.
//!
//! Invariants
//! - Expressions are written as authors write them; each with a mistake has exactly one.

use super::*;
use crate::expression::sample::{findings, names, number, typed};
use crate::expression::typed::By;
use crate::expression::value::Value;

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

#[test]
fn the_way_out_is_what_was_meant() {
    for (text, words) in [
        ("answered_on > 2024-1-1", "write `2024-01-01`"),
        ("\"beds_total\" >= 1", "for the value of the field write `beds_total`, without quotes"),
        ("len(inst_code) = 1", "did you mean length(…)?"),
    ] {
        assert_eq!(mistake(text).2, words, "{text}");
    }
    assert!(mistake("sum_present(beds_total, ex_terminals) > 0").1.starts_with("cannot add "));
}

/// Expressions with one mistake, and its code.
const MISTAKES: &[(&str, &str)] = &[
    ("beds_totl > 0", "P010"),
    ("frame.bed_total > 0", "P010"),
    ("smu(beds_total) > 0", "P011"),
    ("prv.beds_total > 0", "P012"),
    ("prv is linked", "P012"),
    ("beds_total > param.population_mn", "P013"),
    ("q11_backup = \"noo\"", "P014"),
    ("q11_backup in {\"yes\", \"nein\"}", "P014"),
    ("ex_threats has \"lek\"", "P014"),
    ("bed_bnd[band].low > 0", "P015"),
    ("bed_band[band].lowest > 0", "P016"),
    ("band in big_bnds", "P017"),
    ("marked(q01_manager, \"nn\")", "P018"),
    ("let.kind_sum > 0", "P020"),
    ("beds_total >= ex_terminals", "P021"),
    ("beds_total = \"20\"", "P021"),
    ("muni_code = 131016", "P021"),
    ("q01_manager = q12_frequency", "P021"),
    ("q12_frequency = frame.band", "P021"),
    ("ex_threats = \"leak\"", "P021"),
    ("ex_threats in {\"leak\"}", "P021"),
    ("q11_backup has \"yes\"", "P021"),
    ("facility_name < \"x\"", "P021"),
    ("submitted_at >= answered_on", "P021"),
    ("submitted_at >= 2024-02-01", "P021"),
    ("beds_total * ex_terminals > 0", "P021"),
    ("beds_total + ex_terminals > 0", "P021"),
    ("answered_on + 1 > 2024-02-01", "P021"),
    ("-facility_name = \"x\"", "P021"),
    ("bed_band[beds_total].low > 0", "P021"),
    ("beds_total in big_bands", "P021"),
    ("facility_name within 5 of facility_name", "P021"),
    ("(if true then beds_total else ex_terminals) > 0", "P021"),
    ("coalesce(beds_total, ex_terminals) > 0", "P021"),
    ("distinct(ex_race_1, beds_total)", "P021"),
    ("sum(beds_total, ex_terminals) > 0", "P021"),
    ("q11_backup and true", "P022"),
    ("count_true(beds_total) > 1", "P022"),
    ("(q11_backup = \"yes\") = true", "P023"),
    ("sum(q11_backup = \"yes\") > 1", "P023"),
    ("(beds_total > 1) + 1 > 2", "P023"),
    ("sum() > 1", "P024"),
    ("abs(beds_total, 1) > 1", "P024"),
    ("bed_band[band, band].low > 1", "P024"),
    ("count(beds_total) > 1", "P025"),
    ("length(beds_total) > 1", "P025"),
    ("year(submitted_at) > 1", "P025"),
    ("round_half_up(ex_ratio, 10) > 1", "P025"),
    ("count_answered(beds_total + 1) > 1", "P025"),
    ("occurrences(ex_race_1, ex_race_2) > 1", "P025"),
    ("occurrences(\"leak\", ex_threats) > 1", "P021"),
    ("distinct(beds_total)", "P025"),
    ("relevant(let.kinds_sum)", "P025"),
    ("q11_backup > \"yes\"", "P026"),
    ("q01_manager < q02_contacts", "P026"),
    ("matches(gmis_id, facility_name)", "P027"),
    ("matches(gmis_id, \"^(\")", "P028"),
    ("ex_ratio > 1.0000000001", "P029"),
    ("beds_total > 99999999999999999999", "P029"),
    ("beds_total within 0.0000000001 of 1", "P029"),
    ("answered_on = 2024-02-30", "P030"),
    ("ex_month = \"2024-13\"", "P030"),
    ("param.field_end is blank", "P039"),
    ("let.kinds_sum is known", "P039"),
    ("q11_backup = yes", "P040"),
    ("q11_backup = 1", "P042"),
    ("q11_backup in {1}", "P042"),
    ("(if true then 1) > 0", "P043"),
    ("beds_total = 1.5", "P044"),
    ("beds_total in {1, 1.5}", "P044"),
];

#[test]
fn each_mistake_of_meaning_has_its_own_code() {
    for (text, id) in MISTAKES {
        assert_eq!(code(text), *id, "{text}");
    }
}

#[test]
fn a_blank_written_as_a_value_gets_the_right_spelling() {
    for (text, fix) in [
        ("q03_other_text != \"\"", "write `q03_other_text is answered`"),
        ("q03_other_text = \"\"", "write `q03_other_text is blank`"),
        ("\"\" = q03_other_text", "write `q03_other_text is blank`"),
        ("q03_other_text = \"　\"", "write `q03_other_text is blank`"),
        ("beds_total = \"\"", "write `beds_total is blank`"),
        ("beds_total = null", "write `beds_total is blank`"),
        ("beds_total != NULL", "write `beds_total is answered`"),
        ("prev.beds_total = NA", "write `prev.beds_total is inapplicable`"),
        ("q11_backup != NA", "write `q11_backup is not inapplicable`"),
        ("q11_backup = \"非該当\"", "write `q11_backup is inapplicable`"),
        ("q11_backup = \"@dk\"", "write `marked(q11_backup, \"dk\")`"),
        ("q11_backup = 0", "write `q11_backup is blank`"),
        ("answered_on = 0", "write `answered_on is blank`"),
        ("q03_other_text in {\"\", \"a\"}", "write `q03_other_text is blank`"),
        ("occurrences(\"\", ex_race_1, ex_race_2) = 0", ""),
    ] {
        let (id, _, suggestion) = mistake(text);
        assert_eq!((id.as_str(), suggestion.as_str()), ("P031", fix), "{text}");
    }
    ok("beds_total = 0 and ex_threats has \"none\" and q03_other_text = \"NA\"");
}

#[test]
fn suggestions_name_what_was_meant() {
    for (text, fix) in [
        ("beds_totl > 0", "did you mean beds_total?"),
        ("population_min > 0", "write `param.population_min`"),
        ("kinds_sum > 0", "write `let.kinds_sum`"),
        ("sum > 0", "write `sum(number, …) → number`"),
        ("bed_band > 0", "a lookup table is read as `bed_band[key].column`"),
        ("prev.q11_backp = \"yes\"", "did you mean prev.q11_backup?"),
        ("beds-total > 0", "did you mean beds_total?"),
        ("q11-backup = \"yes\"", "did you mean q11_backup?"),
        ("q11-backup is answered", "did you mean q11_backup?"),
        ("q11_backup = \"noo\"", "did you mean \"no\"?"),
        ("q11_backup = \"はい\"", "did you mean \"yes\"?"),
        ("q11_backup = \"2\"", "did you mean \"no\"?"),
        ("q11_backup = 2", "did you mean \"no\"?"),
        ("q11_backup = yes", "write `\"yes\"`"),
        ("beds_total = \"20\"", "write `20`"),
        ("muni_code = 131016", "write `\"131016\"`"),
        ("ex_threats = \"leak\"", "write `ex_threats has \"leak\"`"),
        ("submitted_at >= 2024-02-01", "write `date(submitted_at)`"),
        ("submitted_at >= answered_on", "write `date(submitted_at)`"),
        ("answered_on >= \"2024-02-01\"", "write `2024-02-01`"),
        ("ex_month >= 2024-02-01", "write `\"2024-02\"`"),
        ("answered_on - param.field_start > 3", "write `days_between(param.field_start, answered_on)`"),
        ("facility_name + gmis_id = \"x\"", "write `concat(facility_name, gmis_id)`"),
        ("year(submitted_at) > 1", "write `date(submitted_at)`"),
        ("beds_total >= ex_terminals", "compare each with a constant, or give both fields the same x-unit"),
    ] {
        assert_eq!(mistake(text).2, fix, "{text}");
    }
}

#[test]
fn names_that_resemble_nothing_get_no_suggestion() {
    for text in ["zzzzzzzz > 0", "q11_backup = \"zzzzzz\"", "zzzzzzzz(1) > 0"] {
        assert_eq!(mistake(text).2, "", "{text}");
    }
}

#[test]
fn the_mock_ups_are_met() {
    let (_, found) = typed("q11_backup = \"noo\"", &names());
    let one = found.iter().next().expect("one");
    assert_eq!(one.message(crate::diagnostic::Language::En), "\"noo\" is not an option of q11_backup");
    let japanese = |label: &crate::diagnostic::Label| label.text.print(crate::diagnostic::Language::Ja);
    let first = one.labels.first().map(japanese);
    assert_eq!(first.as_deref(), Some("選択肢: \"yes\" (1 はい), \"no\" (2 いいえ)"));
    let english = |label: &crate::diagnostic::Label| label.text.print(crate::diagnostic::Language::En);
    let texts: Vec<String> = one.labels.iter().map(english).collect();
    assert_eq!(texts, ["options: \"yes\" (1 yes), \"no\" (2 no)", "question 10, schemas/x.json:11"]);
    assert_eq!(one.labels.first().map(|label| (label.position.line, label.position.column)), Some((1, 25)));

    let (_, found) = typed("beds_total >= ex_terminals", &names());
    let one = found.iter().next().expect("one");
    assert_eq!(
        one.message(crate::diagnostic::Language::En),
        "cannot compare a whole number (床) and a whole number (台)"
    );
    let texts: Vec<String> = one.labels.iter().map(english).collect();
    assert_eq!(texts, ["whole number, unit 床", "whole number, unit 台"]);

    let (_, found) = typed("q03_other_text != \"\"", &names());
    let one = found.iter().next().expect("one");
    assert_eq!(&*one.notice.slug, "blank-spelling");
    assert_eq!(one.labels.first().map(|label| label.span.len()), Some(5), "from != to the quotes");
}

#[test]
fn mistakes_on_both_sides_are_all_reported() {
    let found = findings("beds_totl > 0 and q11_backup = \"noo\" or smu(beds_ltcc) = 1", &names());
    let ids: Vec<&str> = found.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, ["KP-P010", "KP-P014", "KP-P011", "KP-P010"]);
}

#[test]
fn constants_take_their_type_and_numbers_keep_their_scale() {
    let Node::Compare { by: By::Number, right, .. } = ok("beds_total >= 1.50").node else {
        panic!("numbers")
    };
    assert_eq!((right.node, right.ty), (Node::Literal(Value::Number(15)), number(1, None)));
    let Node::Compare { by: By::Name, right, .. } = ok("\"no\" = q11_backup").node else { panic!("names") };
    assert!(matches!(right.node, Node::Field(_)));
    let Node::In { members, .. } = ok("ex_ratio in {1, -2.50}").node else { panic!("members") };
    assert_eq!(members, [Value::Number(100), Value::Number(-250)]);
    let Node::In { members, .. } = ok("band in big_bands").node else { panic!("members") };
    assert_eq!(members, [Value::Option(1), Value::Option(2)]);
    let Node::Compare { right, .. } = ok("submitted_at = \"1970-01-01T00:01\"").node else {
        panic!("moments")
    };
    assert_eq!(right.node, Node::Literal(Value::DateTime(60)));
}

#[test]
fn options_are_compared_by_name_or_by_rank() {
    let by = |text: &str| match ok(text).node {
        Node::Compare { by, .. } => by,
        other => panic!("{other:?}"),
    };
    assert_eq!(by("band = frame.band"), By::Name);
    assert_eq!(by("q14_methods <= q13_copies"), By::Rank);
    assert_eq!(by("q13_copies != q15_generations"), By::Rank);
    assert_eq!(by("q13_copies >= \"two\""), By::Rank);
    assert_eq!(by("q12_frequency = prev.q12_frequency"), By::Name);
    assert_eq!(by("gmis_id = substring(facility_name, 1, 8)"), By::Text);
}

#[test]
fn scales_and_units_of_results() {
    let ty = |text: &str| ok(text).ty;
    assert_eq!(ty("beds_total + 0.5"), number(1, Some("床")));
    assert_eq!(ty("ex_ratio * beds_total"), number(2, Some("床")));
    assert_eq!(ty("beds_total / ex_terminals"), number(6, None));
    assert_eq!(ty("beds_total / 2"), number(6, Some("床")));
    assert_eq!(ty("round_half_up(beds_total / 2, 1)"), number(1, Some("床")));
    assert_eq!(ty("percent(beds_ltc, beds_total, 1)"), number(1, None));
    assert_eq!(ty("max(beds_total, 1.25)"), number(2, Some("床")));
    assert_eq!(ty("if true then 1 else 0.5"), number(1, None));
    assert_eq!(ty("coalesce(inst_code, \"x\")"), Type::Code);
    assert_eq!(ty("add_months(answered_on, 1)"), Type::Date);
}

#[test]
fn an_expected_type_reaches_the_constants() {
    let names = names();
    let band = names.fields.get("band").expect("there").ty.clone();
    let under = |text: &str, expected: &Type| {
        crate::expression::sample::with_text(text, |text| {
            let (expr, found) = crate::expression::parse::parse(text);
            assert!(found.is_empty());
            value(&expr, &names, text, Some(expected))
        })
    };
    let (typed, found) = under("if beds_total < 100 then \"b020\" else \"b100\"", &band);
    assert_eq!((typed.map(|typed| typed.ty), found.len()), (Some(band.clone()), 0));
    assert!(under("band_by_beds[beds_total].band", &band).0.is_some());
    assert!(under("substring(gmis_id, 1, 2)", &Type::Code).0.is_some());
    assert!(under("beds_total", &number(2, None)).0.is_some());
    for (text, expected) in
        [("ex_ratio", &Type::INTEGER), ("\"b02\"", &band), ("beds_total > 1", &band), ("band", &Type::Text)]
    {
        let (typed, found) = under(text, expected);
        assert_eq!((typed, found.has_errors()), (None, true), "{text}");
    }
}

#[test]
fn reads_are_fields_and_the_controllers_of_relevance() {
    let names = names();
    let id = |name: &str| names.fields.get(name).expect(name).id;
    let found = crate::expression::reads(&ok("relevant(q14_methods) and beds_ltc is blank"), &names);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [id("beds_ltc"), id("q11_backup")]);
    let found = crate::expression::reads(&ok("let.kinds_sum > it + prev.beds_total"), &names);
    assert_eq!(found.len(), 6);
}

#[test]
fn it_needs_each() {
    let without = Names { it: None, ..names() };
    let found = findings("it > 0", &without);
    assert_eq!(found.first().map(|(id, ..)| id.as_str()), Some("KP-P038"));
}

#[test]
fn lets_cannot_multiply_without_bound() {
    let mut names = names();
    let mut last = "beds_total".to_owned();
    for step in 0..20 {
        let (typed, found) = typed(&format!("{last} + {last}"), &names);
        let Some(typed) = typed else {
            assert_eq!(found.iter().next().map(|one| &*one.notice.id), Some("KP-P035"));
            return;
        };
        last = format!("let.x{step}");
        names.lets.insert(std::sync::Arc::from(format!("x{step}")), std::sync::Arc::new(typed));
    }
    panic!("a tree of a million nodes was accepted");
}

#[test]
fn more_than_128_fields_are_refused() {
    let mut names = names();
    let beds = names.fields.get("beds_total").expect("there").clone();
    for index in 0..130_u16 {
        let mut field = beds.clone();
        field.id.index = 1000 + index;
        names.fields.insert(std::sync::Arc::from(format!("f{index}")), field);
    }
    let sum = |count: u16| {
        let fields: Vec<String> = (0..count).map(|index| format!("f{index}")).collect();
        format!("sum({}) > 0", fields.join(", "))
    };
    assert!(typed(&sum(128), &names).0.is_some());
    assert_eq!(findings(&sum(129), &names).first().map(|(id, ..)| id.as_str()), Some("KP-P037"));
}
