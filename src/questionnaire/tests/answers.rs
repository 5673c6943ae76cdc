//! Fields one by one: types, domains, marks, spellings, findings.
//!
//! Invariants
//! - One keyword or one mistake at a time, in a form that is otherwise good.
use super::*;
use crate::expression::FieldId;

#[test]
fn each_type_is_read_with_its_domain() {
    let number = only(r#""type":"integer","minimum":0,"maximum":99,"x-unit":"床""#);
    assert_eq!(number.ty, Type::Number { scale: 0, unit: Some("床".into()) });
    let Domain::Number(domain) = number.domain else { panic!("number") };
    assert_eq!((domain.minimum, domain.maximum), (Some(0), Some(99)));
    let decimal = only(r#""type":"number","x-decimals":2,"exclusiveMinimum":-0.5,"multipleOf":0.25"#);
    let Domain::Number(domain) = decimal.domain else { panic!("number") };
    assert_eq!(
        (domain.above, domain.multiple_of, decimal.ty),
        (Some(-50), Some(25), Type::Number { scale: 2, unit: None })
    );
    assert_eq!(only(r#""type":"string""#).ty, Type::Text);
    assert_eq!(only(r#""type":"string","x-kind":"code""#).ty, Type::Code);
    assert_eq!(only(r#""type":"string","format":"date""#).ty, Type::Date);
    assert_eq!(only(r#""type":"string","x-kind":"datetime""#).ty, Type::DateTime);
    assert_eq!(only(r#""type":"string","x-kind":"yearmonth""#).ty, Type::YearMonth);
}

#[test]
fn texts_have_patterns_and_lengths() {
    let Domain::Text(domain) =
        only(r#""type":"string","pattern":"^[0-9]{3}$","minLength":3,"maxLength":3"#).domain
    else {
        panic!("text")
    };
    assert!(domain.patterns[0].is_match("012") && !domain.patterns[0].is_match("12"));
    assert_eq!((domain.min_length, domain.max_length), (Some(3), Some(3)));
}

#[test]
fn options_have_names_codes_labels_ranks_and_a_scale() {
    let options = r#""oneOf":[{"const":3,"x-name":"three-plus","x-label":{"ja":"3以上","en":"3+"},"x-rank":2},{"const":1,"x-name":"one","x-label":{"ja":"1","en":"1"},"x-rank":1}],"x-scale":"size""#;
    let Type::Option(list) = only(options).ty else { panic!("option") };
    let names: Vec<(&str, &str, Option<i64>)> =
        list.items.iter().map(|item| (&*item.name, &*item.code, item.rank)).collect();
    assert_eq!(names, [("three-plus", "3", Some(2)), ("one", "1", Some(1))]);
    assert_eq!((list.scale.as_deref(), list.text_codes), (Some("size"), false));
    let Type::Option(list) = only(r#""enum":["A","B"]"#).ty else { panic!("option") };
    assert_eq!((list.index_of("B"), list.text_codes), (Some(1), true));
}

#[test]
fn multiple_answers_have_a_layout() {
    let items = format!(r#""type":"array","items":{{{YES_NO}}}"#);
    let Domain::Multi(layout) = only(&items).domain else { panic!("multi") };
    let default = (",", Some(Severity::Info), false);
    assert_eq!((&*layout.separator, layout.duplicates, layout.blank_is_empty_set), default);
    let more = r#""x-separator":";","x-duplicates":"keep","x-empty":"none","minItems":1,"maxItems":2"#;
    let Domain::Multi(layout) = only(&format!("{items},{more}")).domain else { panic!("multi") };
    assert_eq!((&*layout.separator, layout.duplicates, layout.blank_is_empty_set), (";", None, true));
    assert_eq!((layout.min_items, layout.max_items), (Some(1), Some(2)));
    let more = r#""x-ticked":["1","○"],"x-columns":["列1","列2"]"#;
    let Domain::Multi(layout) = only(&format!("{items},{more}")).domain else { panic!("multi") };
    assert_eq!((layout.ticked.len(), layout.columns.len()), (2, 2));
}

#[test]
fn a_question_of_one_option_may_have_a_column_for_each() {
    let columns = format!(r#"{YES_NO},"x-columns":["列1","列2"]"#);
    let field = only(&format!(r#"{columns},"x-ticked":["1","○"]"#));
    assert_eq!(field.part_columns(), ["列1".into(), std::sync::Arc::<str>::from("列2")]);
    assert!(only(YES_NO).part_columns().is_empty());
    assert_eq!(mistake(&columns), mistake(&format!(r#"{YES_NO},"x-ticked":["1"]"#)));
    assert_ne!(mistake(&columns), "");
    assert_ne!(mistake(&format!(r#"{YES_NO},"x-ticked":["1"],"x-columns":["列1"]"#)), "");
}

#[test]
fn only_codes_have_a_letter_case() {
    let capitals = |field: Field| matches!(field.domain, Domain::Text(domain) if domain.capitals);
    assert!(capitals(only(r#""type":"string","x-kind":"code","x-letter-case":"upper""#)));
    assert!(!capitals(only(r#""type":"string","x-kind":"code""#)));
    assert_ne!(mistake(r#""type":"string","x-letter-case":"upper""#), "");
    assert_ne!(mistake(r#""type":"string","x-kind":"code","x-letter-case":"lower""#), "");
}

#[test]
fn dates_list_their_spellings_behind_iso() {
    let Domain::Time(formats) =
        only(r#""type":"string","x-kind":"date","x-date-format":["YYYY/M/D"]"#).domain
    else {
        panic!("time")
    };
    assert_eq!(formats.spellings, ["YYYY-MM-DD".into(), Arc::<str>::from("YYYY/M/D")]);
}

#[test]
fn the_smaller_keywords_have_their_defaults_and_values() {
    let plain = only(r#""type":"string""#);
    assert_eq!((plain.required, plain.off_path, plain.weight), (Required::No, Some(Severity::Error), 1));
    assert!(!plain.private && !plain.column_required && plain.question.is_none() && plain.pointer.is_none());
    assert_eq!((&*plain.column, plain.aliases.len()), ("ex_a", 0));
    let full = only(
        r#""type":"string","x-q":"9-1","x-column":"問9","x-column-aliases":["Q9"],"x-column-required":true,"x-pointer":"/answers/a~1b","x-off-path":"warning","x-private":true,"x-weight":100,"x-comparable":{"2023":"changed"},"x-source":"assumption","x-help":{"ja":"説明","en":"help"}"#,
    );
    assert_eq!((full.required, full.off_path, full.weight), (Required::Yes, Some(Severity::Warning), 100));
    assert!(full.private && full.column_required);
    assert_eq!((full.question.as_deref(), full.pointer.as_deref()), (Some("9-1"), Some("/answers/a~1b")));
    assert_eq!((&*full.column, &*full.aliases[0], &*full.comparable["2023"]), ("問9", "Q9", "changed"));
    let required = |keywords: &str| only(&format!(r#""type":"string",{keywords}"#)).required;
    assert_eq!(required(r#""x-q":"1","x-required":false"#), Required::No);
    assert_eq!(required(r#""x-required":"soft""#), Required::Soft);
    assert_eq!(required(r#""x-required":true"#), Required::Yes);
    assert_eq!(only(r#""type":"string","x-off-path":"ignore""#).off_path, None);
}

#[test]
fn a_fields_marks_take_the_place_of_the_roots_as_a_whole() {
    let root = r#""x-missing":{"dk":["不明"],"refused":{"tokens":["拒否"],"as":"dk"},"na":["-"]},"#;
    let fields = [
        field("ex_a", r#""type":"string","x-marks-allowed":["refused"]"#),
        field("ex_b", r#""type":"integer","x-missing":{"dk":["999"],"na":[]}"#),
        field("ex_c", r#""type":"string","x-missing":{"na":[],"dk":[]}"#),
    ];
    let (form, found, _) = load_root(root, &fields.join(","));
    assert_eq!(ids(&found), [""; 0]);
    let fields = form.unwrap().fields;
    let marks = |field: &Field| -> Vec<(String, bool)> {
        field.marks.iter().map(|mark| (mark.name.to_string(), mark.dont_know)).collect()
    };
    let mark = |name: &str, dont_know| (name.to_owned(), dont_know);
    assert_eq!(marks(&fields[0]), [mark("na", false), mark("dk", true), mark("refused", true)]);
    assert_eq!(marks(&fields[1]), [mark("dk", true)]);
    assert_eq!(marks(&fields[2]), []);
    assert!(fields[0].marks_allowed.contains("refused"));
}

#[test]
fn synonyms_stand_at_three_levels_and_the_nearer_wins() {
    let root = r#""x-synonyms":{"有":"yes","無":"no","○":"no"},"#;
    let fields = [
        yes_no("ex_a", r#""x-synonyms":{"済":"yes"}"#),
        field("ex_b", r#""type":"string","x-kind":"code","x-synonyms":{"東京都":"13"}"#),
    ];
    let (form, found, _) = load_root(root, &fields.join(","));
    assert_eq!(ids(&found), [""; 0]);
    let fields = form.unwrap().fields;
    let spelled = |spelling: &str| fields[0].synonyms.get(spelling).map(ToString::to_string);
    let yes = Some("yes".to_owned());
    assert_eq!(["○", "済", "有", "無"].map(spelled), [yes.clone(), yes.clone(), yes, Some("no".to_owned())]);
    assert_eq!(fields[1].synonyms.len(), 1);
    assert_eq!(&*fields[1].synonyms["東京都"], "13");
}

const CASE: &str = r#""severity":"error","title":{"ja":"誤り","en":"wrong"},"message":{"ja":"{question}の「{value}」","en":"\"{value}\" in {question}"}"#;

#[test]
fn cases_and_published_ids_are_read_in_order() {
    let field = only(&format!(
        r#""type":"string","x-invalid":[{{"matches":"^0$","id":"EX-C1","slug":"zero",{CASE}}},{{"id":"EX_C.2",{CASE}}}],"x-finding-ids":{{"must-answer":"EX-K1","minLength":"EX-K2"}}"#
    ));
    let slugs: Vec<&str> = field.invalid.iter().map(|case| &*case.slug).collect();
    assert_eq!(slugs, ["zero", "ex-c-2"]);
    assert!(field.invalid[0].matches.as_ref().unwrap().is_match("0") && field.invalid[1].matches.is_none());
    let arguments = ["a".into(), "b".into(), "c".into()];
    assert_eq!(field.invalid[0].message.en.fill(&arguments, Language::En), "\"b\" in a");
    assert_eq!(&*field.finding_ids[&FindingKind::MustAnswer], "EX-K1");
    assert_eq!(&*field.finding_ids[&FindingKind::Keyword("minLength".into())], "EX-K2");
}

#[test]
fn each_mistake_of_a_case_has_its_own_finding() {
    let wrong = |cases: &str| mistake(&format!(r#""type":"string","x-invalid":[{cases}]"#));
    assert_eq!(wrong(&format!(r#"{{"id":"A",{CASE}}},{{"id":"B",{CASE}}}"#)), "KP-P122");
    assert_eq!(wrong(&format!(r#"{{"matches":"(?=a)","id":"A",{CASE}}}"#)), "KP-P119");
    assert_eq!(wrong(&format!(r#"{{"id":"KP-A",{CASE}}}"#)), "KP-P106");
    assert_eq!(wrong(&format!(r"{{{CASE}}}")), "KP-P107");
    assert_eq!(wrong(&format!(r#"{{"id":"A","match":"a",{CASE}}}"#)), "KP-P103");
    assert_eq!(wrong(&format!(r#"{{"id":"A",{}}}"#, CASE.replace("{value}", "{valeu}"))), "KP-P125");
    assert_eq!(wrong(&format!(r#"{{"id":"A",{}}}"#, CASE.replacen("{value}", "x", 1))), "KP-P106");
    assert_eq!(wrong(&format!(r#"{{"id":"A",{}}}"#, CASE.replace("\"誤り\"", "\"{value}\""))), "KP-P106");
    assert_eq!(wrong(&format!(r#"{{"id":"A",{}}}"#, CASE.replace("error", "fatal"))), "KP-P106");
    assert_eq!(wrong(""), "KP-P106");
}

#[test]
fn each_mistake_of_a_field_has_its_own_finding() {
    for (keywords, expected) in [
        (r#""type":"string","x-colour":"red""#, "KP-P103"),
        (r#""type":"string","x-rank":1"#, "KP-P104"),
        (r#""type":"integer","pattern":"a""#, "KP-P104"),
        (r#""type":"string","x-unit":"床""#, "KP-P104"),
        (r#""type":"string","required":["a"]"#, "KP-P105"),
        (r#""type":"string","x-q":12"#, "KP-P106"),
        (r#""type":"string","x-pointer":"answers""#, "KP-P106"),
        (r#""type":"string","x-required":"sometimes""#, "KP-P106"),
        (r#""type":"string","x-off-path":"eror""#, "KP-P106"),
        (r#""type":"string","x-kind":"multi""#, "KP-P106"),
        (r#""type":"string","format":"email""#, "KP-P106"),
        (r#""type":"string","format":"date","x-kind":"code""#, "KP-P106"),
        (r#""type":"string","x-private":"yes""#, "KP-P106"),
        (r#""type":"string","x-weight":0"#, "KP-P106"),
        (r#""type":"string","x-comparable":{"2023":"similar"}"#, "KP-P106"),
        (r#""type":"integer","x-decimals":2"#, "KP-P106"),
        (r#""type":"integer","minimum":0.5"#, "KP-P106"),
        (r#""type":"integer","minimum":1e3"#, "KP-P106"),
        (r#""type":"integer","multipleOf":0"#, "KP-P106"),
        (r#""type":"array""#, "KP-P107"),
        (r##""$ref":"#/$defs/none""##, "KP-P108"),
        (r#""$ref":"http://example.com/x.json""#, "KP-P110"),
        (r#""$ref":"other.json#/a""#, "KP-P110"),
        (r#""type":"string","x-marks-allowed":["na"]"#, "KP-P118"),
        (r#""type":"string","x-missing":{"na":["-"],"dk":["－"]}"#, "KP-P115"),
        (r#""type":"string","x-missing":{"refused":{"tokens":["x"]}}"#, "KP-P107"),
        (r#""type":"string","x-missing":{"Refused":{"tokens":["x"],"as":"na"}}"#, "KP-P106"),
        (r#""type":"string","pattern":"(a""#, "KP-P119"),
        (r#""type":"string","x-kind":"date","x-date-format":["M/D/YYYY","D/M/YYYY"]"#, "KP-P120"),
        (r#""type":"string","x-kind":"date","x-date-format":["YY/M/D"]"#, "KP-P121"),
        (r#""type":"string","x-finding-ids":{"must-anwser":"A"}"#, "KP-P123"),
        (r#""type":"string","x-finding-ids":{"closed-by:ex_b":"A"}"#, "KP-P124"),
        (r#""x-q":"1""#, "KP-P126"),
        (r#""type":"string","oneOf":[]"#, "KP-P126"),
        (r#""type":"integer","minimum":5,"exclusiveMaximum":5"#, "KP-P127"),
        (r#""type":"string","minLength":5,"maxLength":4"#, "KP-P127"),
    ] {
        assert_eq!(mistake(keywords), expected, "{keywords}");
    }
    let (_, found, _) = load_fields(&[r#""ex_a":{"type":"string"}"#.to_owned()]);
    assert_eq!(ids(&found), ["KP-P107"]);
}

#[test]
fn each_mistake_of_options_has_its_own_finding() {
    let option = |code: &str, name: &str, ja: &str, more: &str| {
        format!(r#"{{"const":{code},"x-name":"{name}","x-label":{{"ja":"{ja}","en":"{ja}"}}{more}}}"#)
    };
    let of = |options: &[String], more: &str| mistake(&format!(r#""oneOf":[{}]{more}"#, options.join(",")));
    let a = option("1", "a", "甲", "");
    assert_eq!(of(&[a.clone(), option("1", "b", "乙", "")], ""), "KP-P114");
    assert_eq!(of(&[a.clone(), option("2", "a", "乙", "")], ""), "KP-P114");
    assert_eq!(of(&[a.clone(), option("2", "b", "１", "")], ""), "KP-P115");
    assert_eq!(of(&[a.clone(), option("2", "b", "乙", r#","x-synonyms":["甲"]"#)], ""), "KP-P115");
    assert_eq!(of(&[a.clone(), option("\"2\"", "b", "乙", "")], ""), "KP-P106");
    assert_eq!(of(&[option("1.5", "b", "乙", "")], ""), "KP-P106");
    assert_eq!(of(&[option("1", "B", "乙", "")], ""), "KP-P106");
    assert_eq!(of(&[option("1", "b", "乙", r#","x-order":1"#)], ""), "KP-P103");
    assert_eq!(of(&[r#"{"const":1}"#.to_owned()], ""), "KP-P107 KP-P107");
    assert_eq!(of(&[option("1", "b", "乙", r#","x-q":1"#)], ""), "KP-P106");
    assert_eq!(of(std::slice::from_ref(&a), r#","x-scale":"s""#), "KP-P129");
    assert_eq!(of(std::slice::from_ref(&a), r#","x-synonyms":{"い":"aa"}"#), "KP-P116");
    assert_eq!(of(&[a, option("2", "b", "乙", "")], r#","x-synonyms":{"甲":"b"}"#), "KP-P115");
    let many = |count: usize| -> Vec<String> {
        (0..count).map(|n| option(&n.to_string(), &format!("n{n}"), &format!("第{n}"), "")).collect()
    };
    assert_eq!(of(&many(251), ""), "KP-P128");
    assert_eq!(of(&many(250), ""), "");
    let items =
        |count| mistake(&format!(r#""type":"array","items":{{"oneOf":[{}]}}"#, many(count).join(",")));
    assert_eq!((items(64).as_str(), items(65).as_str()), ("", "KP-P128"));
    let ticked = format!(r#""type":"array","items":{{{YES_NO}}},"x-ticked":["1"]"#);
    assert_eq!(mistake(&ticked), "KP-P107");
    assert_eq!(mistake(&format!(r#"{ticked},"x-columns":["列"]"#)), "KP-P137");
}

#[test]
fn a_misspelt_keyword_is_marked_and_the_right_one_suggested() {
    for (keywords, wrong, right) in [
        (r#""type":"string","x-colunm":"a""#, "\"x-colunm\"", "x-column"),
        (r#""type":"integer","minium":0"#, "\"minium\"", "minimum"),
        (r#""type":"string","ｘ-q":"1""#, "\"ｘ-q\"", "x-q"),
    ] {
        let (_, found, sources) = load_fields(&[field("ex_a", keywords)]);
        let finding = found.iter().next().unwrap();
        assert_eq!(sources[0].slice(finding.labels[0].span), wrong);
        assert_eq!(finding.suggestion.as_ref().unwrap().en, format!("did you mean \"{right}\"?"));
    }
}

#[test]
fn ids_count_the_fields_in_form_order() {
    let form = good(&[yes_no("ex_b", ""), yes_no("ex_a", "")]);
    let found: Vec<(&str, FieldId)> = form.fields.iter().map(|field| (&*field.name, field.id)).collect();
    assert_eq!(found, [("ex_b", FieldId { table: 0, index: 0 }), ("ex_a", FieldId { table: 0, index: 1 })]);
    assert_eq!(form.field("ex_a").unwrap().id.index, 1);
}
