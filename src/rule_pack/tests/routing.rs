//! Generated routing rules against the table of rule-language section 3.2, tried on whole records.
//!
//! Invariants
//! - The table of the language's section 3.2 is written out by hand; the routing of the program is not asked.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::opening::{Record, holds};
use super::super::{Demand, EditRule, ExampleValue, Origin, RulePack};
use super::loaded;
use crate::diagnostic::Language;
use crate::expression::{FieldId, Value};

const STATES: usize = 5;

/// yes, no, blank, not applicable, don't know.
fn cell(state: usize) -> ExampleValue {
    match state {
        0 => ExampleValue::Value(Value::Option(0)),
        1 => ExampleValue::Value(Value::Option(1)),
        2 => ExampleValue::Blank,
        3 => ExampleValue::NotApplicable,
        _ => ExampleValue::DontKnow,
    }
}

/// A form of yes/no questions `q0`, `q1` …, each with its condition (empty: always asked).
fn form(conditions: &[String]) -> RulePack {
    let question = |(number, condition): (usize, &String)| {
        let relevant = if condition.is_empty() {
            String::new()
        } else {
            format!(", \"x-relevant\": \"{}\"", condition.replace('"', "\\\""))
        };
        format!(
            r#""q{number}": {{ "oneOf": [
                {{ "const": 1, "x-name": "yes", "x-label": {{ "ja": "はい", "en": "Yes" }} }},
                {{ "const": 2, "x-name": "no", "x-label": {{ "ja": "いいえ", "en": "No" }} }} ],
              "x-q": "{number}", "x-label": {{ "ja": "問", "en": "Question" }}{relevant} }}"#
        )
    };
    let questions: Vec<String> = conditions.iter().enumerate().map(question).collect();
    let schema = format!(
        r#"{{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "ex", "type": "object", "x-label": {{ "ja": "例", "en": "Example" }},
             "x-missing": {{ "na": ["-"], "dk": ["?"] }}, "properties": {{ {} }} }}"#,
        questions.join(",")
    );
    let survey = "[survey]\nid = 'ex'\nwave = '1'\nschema = 'schemas/ex.json'\nkey = ['q0']\ntitle.ja = 'x'\ntitle.en = 'x'\n";
    let loaded = loaded(&[
        ("schemas/ex.json", &schema),
        ("rules/ex/2024/survey.toml", survey),
        ("rules/ex/2024/00-texts.toml", ""),
    ]);
    let messages: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|found| format!("{} {}", found.notice.id, found.message(Language::En)))
        .collect();
    loaded.pack.unwrap_or_else(|| panic!("{messages:#?}"))
}

fn record(states: &[usize]) -> Record {
    let field = |index: usize| FieldId { table: 0, index: u16::try_from(index).unwrap() };
    states.iter().enumerate().map(|(index, state)| (field(index), cell(*state))).collect()
}

fn fails(pack: &RulePack, rule: &EditRule, record: &Record) -> bool {
    let Demand::Require(require) = &rule.demand else { panic!("a condition") };
    let applies =
        rule.when.as_ref().is_none_or(|when| holds(&pack.questionnaire, when, record) == Some(true));
    applies && holds(&pack.questionnaire, require, record) == Some(false)
}

/// `q2:closed-by:q0` of every generated rule that fails.
fn failing(pack: &RulePack, record: &Record) -> BTreeSet<String> {
    let rules = pack.rules.iter().filter(|rule| matches!(rule.origin, Origin::Generated(_)));
    rules.filter(|rule| fails(pack, rule, record)).map(|rule| rule.notice.full_id()).collect()
}

/// The table of the routing rules for the chain `q0`, `q1` if q0 is yes, `q2` if q1 is yes, by hand.
fn by_the_table(a: usize, b: usize, c: usize) -> BTreeSet<String> {
    let (yes, no, na) = (0, 1, 3);
    let value = |state: usize| state < 2;
    let answered = |state: usize| value(state) || state == 4;
    let mut found = BTreeSet::new();
    let mut add = |id: &str, when: bool| {
        if when {
            found.insert(id.to_owned());
        }
    };
    // R: unknown counts as false where nobody can still answer.
    let r_b = a == yes;
    let b_closed = a == no || a == na;
    let r_c = a == yes && b == yes;
    let undecided = a == 2 || a == 4 || b == 4 || (b == 2 && a == yes);
    let c_closed = a == no || b == no || (!r_c && !undecided);
    for (name, open, state) in [("q0", true, a), ("q1", r_b, b), ("q2", r_c, c)] {
        add(&format!("{name}:must-answer"), open && state != na && !value(state));
        add(&format!("{name}:marked-not-applicable"), open && state == na);
    }
    add("q1:closed-by:q0", a == no && answered(b));
    add("q2:closed-by:q1", r_b && b == no && answered(c));
    add("q2:closed-by:q0", a == no && !answered(b) && answered(c));
    add("q1:mark-accepted", b_closed && b == na);
    add("q2:mark-accepted", c_closed && c == na);
    found
}

#[test]
fn the_125_records_of_a_chain_of_three_are_judged_as_the_table_says() {
    let pack = form(&[String::new(), "q0 = \"yes\"".into(), "q1 = \"yes\"".into()]);
    for number in 0..STATES.pow(3) {
        let (a, b, c) = (number % 5, number / 5 % 5, number / 25);
        let failing = failing(&pack, &record(&[a, b, c]));
        assert_eq!(failing, by_the_table(a, b, c), "{a} {b} {c}");
        let closed = failing.iter().filter(|id| id.contains("closed-by")).count();
        assert!(closed <= 1, "{a} {b} {c}: {failing:?}");
        // Where the first question is answered yes or no, no answer behind a closed question goes unnoticed.
        let open = a == 0 && b == 0;
        if a < 2 && (c < 2 || c == 4) && !open {
            assert!(!failing.is_empty(), "{a} {b} {c}");
        }
    }
}

#[test]
fn a_longer_chain_accuses_the_first_answer_that_is_closed() {
    let chain = |above: usize| format!("q{above} = \"yes\"");
    let pack = form(&[String::new(), chain(0), chain(1), chain(2)]);
    let closed = |states: &[usize]| -> Vec<String> {
        failing(&pack, &record(states)).into_iter().filter(|id| id.contains("closed-by")).collect()
    };
    assert_eq!(closed(&[1, 0, 0, 0]), ["q1:closed-by:q0"]);
    assert_eq!(closed(&[1, 2, 0, 0]), ["q2:closed-by:q0"]);
    assert_eq!(closed(&[1, 2, 3, 0]), ["q3:closed-by:q0"]);
    assert_eq!(closed(&[0, 1, 2, 0]), ["q3:closed-by:q1"]);
    assert_eq!(closed(&[0, 1, 0, 0]), ["q2:closed-by:q1"]);
}

#[test]
fn allowed_marks_satisfy_must_answer_and_forbidden_ones_have_their_own_rule() {
    let schema = super::SCHEMA.replace(
        "\"x-label\": { \"ja\": \"病床数\", \"en\": \"Beds\" }",
        "\"x-marks-allowed\": [\"refused\"], \"x-label\": { \"ja\": \"病床数\", \"en\": \"Beds\" }",
    );
    let loaded = loaded(&[("schemas/ex.json", &schema)]);
    let pack = loaded.pack.unwrap();
    let beds = FieldId { table: 0, index: 2 };
    let of = |value: ExampleValue| -> Vec<String> {
        let record = Record::from([(beds, value)]);
        failing(&pack, &record).into_iter().filter(|id| id.starts_with("ex_beds")).collect()
    };
    assert_eq!(of(ExampleValue::Blank), ["ex_beds:must-answer"]);
    assert_eq!(of(ExampleValue::DontKnow), ["ex_beds:must-answer"]);
    assert_eq!(of(ExampleValue::NotApplicable), ["ex_beds:marked-not-applicable"]);
    assert_eq!(of(ExampleValue::Mark("refused".into())), [""; 0]);
}

/// Conditions of six questions, each over earlier ones.
fn conditions() -> impl Strategy<Value = Vec<String>> {
    let test = |below: usize| {
        (0..below, any::<bool>())
            .prop_map(|(field, yes)| format!("q{field} = \"{}\"", if yes { "yes" } else { "no" }))
    };
    let condition = move |below: usize| {
        prop_oneof![
            1 => Just(String::new()),
            3 => test(below),
            2 => (test(below), test(below)).prop_map(|(a, b)| format!("{a} and {b}")),
            2 => (test(below), test(below)).prop_map(|(a, b)| format!("{a} or {b}")),
            1 => (test(below), test(below), test(below)).prop_map(|(a, b, c)| format!("({a} or {b}) and {c}")),
        ]
    };
    (condition(1), condition(2), condition(3), condition(4), condition(5))
        .prop_map(|(b, c, d, e, f)| vec![String::new(), b, c, d, e, f])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn one_field_is_never_closed_twice_and_no_closed_answer_is_missed(
        conditions in conditions(),
        records in proptest::collection::vec(proptest::collection::vec(0..STATES, 6), 40),
    ) {
        let pack = form(&conditions);
        for states in records {
            let record = record(&states);
            let failing = failing(&pack, &record);
            for number in 0..6 {
                let mine = |number: usize| {
                    let head = format!("q{number}:closed-by");
                    failing.iter().filter(move |id| id.starts_with(&head)).count()
                };
                prop_assert!(mine(number) <= 1, "{conditions:?} {states:?} {failing:?}");
                let both = ["must-answer", "marked-not-applicable"];
                let both = both.iter().filter(|kind| failing.contains(&format!("q{number}:{kind}"))).count();
                prop_assert!(both <= 1);
                let field = FieldId { table: 0, index: u16::try_from(number).unwrap() };
                let Some(routing) = pack.questionnaire.routing_of(field) else { continue };
                let above: Vec<usize> = routing.controllers.iter().map(|field| usize::from(field.index)).collect();
                let plain = above.iter().all(|index| states[*index] < 2);
                let answered = states[number] < 2 || states[number] == 4;
                if plain && answered && holds(&pack.questionnaire, &routing.full, &record) == Some(false) {
                    let told: usize = above.iter().chain([&number]).map(|number| mine(*number)).sum();
                    prop_assert!(told > 0, "q{number} {conditions:?} {states:?}");
                } else if plain && holds(&pack.questionnaire, &routing.full, &record) == Some(true) {
                    prop_assert_eq!(mine(number), 0, "q{} {:?} {:?}", number, conditions, states);
                }
            }
        }
    }
}
