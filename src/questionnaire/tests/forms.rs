//! The form as a whole: root keywords, sections, references, overlays, unique names, the joined schema.
//!
//! Invariants
//! - Forms stand in memory; a mistake of the form as a whole is told once, whatever its fields say.
use super::*;

fn root_mistake(root: &str) -> String {
    let (_, found, _) = load_root(root, &yes_no("ex_a", ""));
    ids(&found).join(" ")
}

#[test]
fn each_mistake_of_the_root_has_its_own_finding() {
    for (root, expected) in [
        (r#""additionalProperties":false,"#, "KP-P106"),
        (r#""x-q":"1","#, "KP-P104"),
        (r#""x-setcions":{},"#, "KP-P103"),
        (r#""required":["ex_a"],"#, "KP-P105"),
        (r#""x-sections":{"a":{}},"#, "KP-P107"),
        (r#""x-sections":{"あ":{"x-label":{"ja":"節","en":"section"}}},"#, "KP-P106"),
        (r#""x-synonyms":{"有":"aye"},"#, "KP-P116"),
        (r#""title":"","#, "KP-P106"),
        (r#""$defs":{"a":{"x-colour":1}},"#, "KP-P103"),
    ] {
        assert_eq!(root_mistake(root), expected, "{root}");
    }
}

#[test]
fn what_a_form_must_have_is_asked_for() {
    let (_, found, _) = load_files(&[("ex", "{}".to_owned())]);
    assert_eq!(ids(&found), ["KP-P107"; 5]);
    let message = |text: &str| {
        let (form, found, _) = load_files(&[("ex", text.to_owned())]);
        (form.is_none(), ids(&found).join(" "))
    };
    assert_eq!(message("[]"), (true, format!("KP-P106{}", " KP-P107".repeat(5))));
    assert_eq!(message("{"), (true, "KP-P100".to_owned()));
    let other = form("other", r#""type":"object","#, &yes_no("ex_a", ""));
    assert_eq!(message(&other), (false, "KP-P136".to_owned()));
}

#[test]
fn sections_keep_their_order_and_their_keys_are_checked() {
    let sections =
        r#""x-sections":{"b":{"x-label":{"ja":"節B","en":"B"}},"a":{"x-label":{"ja":"節A","en":"A"}}},"#;
    let fields =
        |key: &str| [yes_no("ex_a", &format!(r#""x-section":"{key}""#)), yes_no("ex_b", "")].join(",");
    let (form, found, _) = load_root(sections, &fields("a"));
    assert_eq!(ids(&found), [""; 0]);
    let form = form.unwrap();
    let names: Vec<&str> = form.sections.iter().map(|section| &*section.name).collect();
    assert_eq!((names, form.fields[0].section, form.fields[1].section), (vec!["b", "a"], Some(1), None));
    assert_eq!(ids(&load_root(sections, &fields("c")).1), ["KP-P117"]);
}

#[test]
fn shared_definitions_lie_under_what_a_field_says_itself() {
    let definitions = format!(
        r##""$defs":{{"yes-no":{{{YES_NO},"x-weight":7,"x-required":true}},"chained":{{"$ref":"#/$defs/yes-no","x-weight":8}}}},"##
    );
    let fields = [
        field("ex_a", r##""$ref":"#/$defs/yes-no","x-required":"soft""##),
        field("ex_b", r##""$ref":"#/$defs/chained""##),
        field("ex_c", r##""type":"array","items":{"$ref":"#/$defs/yes-no"}"##),
    ];
    let (form, found, _) = load_root(&definitions, &fields.join(","));
    assert_eq!(ids(&found), [""; 0], "{found:?}");
    let form = form.unwrap();
    let (a, b) = (&form.fields[0], &form.fields[1]);
    assert_eq!((a.weight, a.required, b.weight, b.required), (7, Required::Soft, 8, Required::Yes));
    let (Type::Option(one), Type::Option(two)) = (&a.ty, &b.ty) else { panic!("options") };
    assert!(Arc::ptr_eq(one, two), "built once");
    assert!(!form.schema.to_string().contains("$ref"));
}

#[test]
fn references_in_a_circle_are_refused() {
    let definitions = r##""$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"##;
    let (form, found, _) = load_root(definitions, &field("ex_a", r##""$ref":"#/$defs/a""##));
    assert!(form.is_none());
    assert_eq!(ids(&found), ["KP-P109"]);
}

fn overlay(id: &str, base: &str, properties: &[String]) -> (String, String) {
    let root = format!(
        r#""allOf":[{{"$ref":"{base}"}}],"x-sections":{{"b":{{"x-label":{{"ja":"節","en":"s"}}}}}},"#
    );
    (id.to_owned(), form(id, &root, &properties.join(",")))
}

fn base(properties: &[String]) -> String {
    let root = r#""type":"object","x-missing":{"na":["-"]},"x-sections":{"a":{"x-label":{"ja":"節","en":"s"}},"c":{"x-label":{"ja":"節","en":"s"}}},"#;
    form("base", root, &properties.join(","))
}

fn load_overlay(properties: &[String]) -> Loaded {
    let (_, text) = overlay("over", "base", properties);
    load_files(&[("over", text), ("base", base(&[yes_no("ex_a", ""), yes_no("ex_b", r#""x-section":"c""#)]))])
}

#[test]
fn an_overlay_adds_fields_and_sections_in_form_order() {
    let (form, found, sources) = load_overlay(&[
        yes_no("ex_z", ""),
        yes_no("ex_d", r#""x-after":"ex_a","x-section":"b""#),
        yes_no("ex_c", r#""x-after":"ex_a""#),
    ]);
    assert_eq!(ids(&found), [""; 0], "{found:?}");
    let form = form.unwrap();
    let names: Vec<&str> = form.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["ex_a", "ex_d", "ex_c", "ex_b", "ex_z"]);
    let sections: Vec<&str> = form.sections.iter().map(|section| &*section.name).collect();
    assert_eq!(
        (sections, form.fields[1].section, form.fields[3].section),
        (vec!["a", "b", "c"], Some(1), Some(2))
    );
    assert_eq!(&*form.fields[1].marks[0].name, "na", "the base's marks are inherited");
    let files: Vec<(u32, &str)> = sources.iter().map(|source| (source.id.0, &*source.name)).collect();
    assert_eq!(files, [(0, "schemas/over.json"), (1, "schemas/base.json")]);
    assert_eq!(form.fields[0].declared.source, SourceId(1));
    assert_eq!(form.schema["properties"].as_object().unwrap().len(), 5);
    assert_eq!(&*form.id, "over");
}

#[test]
fn each_mistake_of_an_overlay_has_its_own_finding() {
    assert_eq!(ids(&load_overlay(&[yes_no("ex_a", "")]).1), ["KP-P138"]);
    assert_eq!(ids(&load_overlay(&[yes_no("ex_c", r#""x-after":"ex_x""#)]).1), ["KP-P130"]);
    assert_eq!(mistake(r#""type":"string","x-after":"ex_x""#), "KP-P104");
    let field = [yes_no("ex_c", "")];
    let files = |reference: &str| {
        let text = overlay("over", reference, &field).1;
        let (form, found, _) = load_files(&[("over", text), ("base", base(&[yes_no("ex_a", "")]))]);
        (form.is_none(), ids(&found).join(" "))
    };
    assert_eq!(files("bse"), (true, "KP-P108".to_owned()));
    for reference in ["../base", "http://example.com/base", "base.json#/a", "C:base", "\\\\\\\\host\\\\base"]
    {
        assert_eq!(files(reference).1, "KP-P110", "{reference}");
    }
    let doubled = overlay("over", "base\"},{\"$ref\":\"base", &field).1;
    let (_, found, _) = load_files(&[("over", doubled), ("base", base(&[yes_no("ex_a", "")]))]);
    assert_eq!(ids(&found), ["KP-P110"]);
}

#[test]
fn overlays_in_a_circle_or_a_long_chain_are_refused() {
    let own = overlay("over", "over", &[yes_no("ex_c", "")]).1;
    let (form, found, _) = load_files(&[("over", own)]);
    assert!(form.is_none());
    assert_eq!(ids(&found), ["KP-P109"]);
    let chain: Vec<(String, String)> = (0..20)
        .map(|n| overlay(&format!("o{n}"), &format!("o{}", n + 1), &[yes_no(&format!("ex_{n}"), "")]))
        .collect();
    let files: Vec<(&str, String)> = chain.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    assert_eq!(ids(&load_files(&files).1), ["KP-P109"]);
}

#[test]
fn names_headers_and_pointers_belong_to_one_field() {
    let pair = |one: &str, two: &str| {
        let fields = [
            field("ex_a", &format!(r#""type":"string",{one}"#)),
            field("ex_b", &format!(r#""type":"string",{two}"#)),
        ];
        ids(&load_fields(&fields).1).join(" ")
    };
    assert_eq!(pair(r#""x-column":"甲""#, r#""x-column":"乙""#), "");
    assert_eq!(pair(r#""x-column":"甲""#, r#""x-column":"甲""#), "KP-P112");
    assert_eq!(pair(r#""x-column":"ａ1""#, r#""x-column-aliases":["A１"]"#), "KP-P112");
    assert_eq!(pair(r#""x-column":"ex_b""#, r#""x-column":"乙""#), "KP-P112");
    assert_eq!(pair(r#""x-pointer":"/x/a""#, r#""x-pointer":"/x/b""#), "");
    assert_eq!(pair(r#""x-pointer":"/x/a""#, r#""x-pointer":"/x/a""#), "KP-P113");
    assert_eq!(pair(r#""x-pointer":"/x""#, r#""x-pointer":"/x/b""#), "KP-P113");
    assert_eq!(pair(r#""x-pointer":"/ex_b""#, r#""x-pointer":"/y""#), "KP-P113");
    let same = [field("ex_a", r#""type":"string""#), field("ｅx_a", r#""type":"string""#)];
    assert_eq!(ids(&load_fields(&same).1).first(), Some(&"KP-P111"));
}

#[test]
fn the_joined_schema_judges_cells_as_the_form_does() {
    let form = good(&[
        yes_no("ex_a", ""),
        field("ex_n", r#""type":"number","x-decimals":2,"minimum":0"#),
        field("ex_d", r#""type":"string","x-kind":"date""#),
        field("ex_t", r#""type":"string","x-kind":"datetime""#),
        field("ex_m", r#""type":"string","x-kind":"yearmonth""#),
        field("ex_s", &format!(r#""type":"array","items":{{{YES_NO}}},"maxItems":2"#)),
    ]);
    let validator = jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .build(&form.schema)
        .unwrap();
    let valid = |text: &str| validator.is_valid(&serde_json::from_str(text).unwrap());
    for good in [
        r#"{"ex_a":1,"unknown":[]}"#,
        r#"{"ex_n":0.29}"#,
        r#"{"ex_n":1.10}"#,
        r#"{"ex_d":"2024-02-29"}"#,
        r#"{"ex_t":"2024-02-29T23:59:59"}"#,
        r#"{"ex_m":"2024-12"}"#,
        r#"{"ex_s":[1,1]}"#,
        "{}",
    ] {
        assert!(valid(good), "{good}");
    }
    for bad in [
        r#"{"ex_a":3}"#,
        r#"{"ex_a":"yes"}"#,
        r#"{"ex_n":0.295}"#,
        r#"{"ex_n":-1}"#,
        r#"{"ex_d":"2023-02-29"}"#,
        r#"{"ex_t":"2023-02-29T00:00:00"}"#,
        r#"{"ex_t":"2024-02-29T24:00:00"}"#,
        r#"{"ex_m":"2024-13"}"#,
        r#"{"ex_s":[3]}"#,
        r#"{"ex_s":[1,2,1]}"#,
    ] {
        assert!(!valid(bad), "{bad}");
    }
}

#[test]
fn the_backstop_tells_what_the_walk_did_not_and_nothing_twice() {
    let meta = meta::MetaSchema::new(r#"{"properties":{"properties":{"additionalProperties":{"properties":{"x-label":{"properties":{"ja":{"maxLength":1}}}}}}}}"#).unwrap();
    let (_, found, sources) = load_fields(&[yes_no("ex_a", "")]);
    let told = meta.validate(&sources[0], &found);
    assert_eq!(ids(&told), ["KP-P135"]);
    let label = &told.iter().next().unwrap().labels[0];
    assert_eq!(sources[0].slice(label.span), "\"項目\"");
    assert!(meta.validate(&sources[0], &told).is_empty());
    assert!(meta::MetaSchema::new("{").is_err() && meta::MetaSchema::new(r#"{"type":3}"#).is_err());
}

#[test]
fn names_for_expressions_carry_type_title_and_place() {
    let fields =
        [yes_no("ex_a", r#""x-q":"1""#), yes_no("ex_b", r#""x-q":"2","x-relevant":"ex_a = \"yes\"""#)];
    let (form, _, sources) = load_root(r#""x-missing":{"na":["-"]},"#, &fields.join(",\n"));
    let names = form.unwrap().named_fields(&sources);
    let (a, b) = (&names["ex_a"], &names["ex_b"]);
    assert_eq!((&*a.title.ja, &*a.declared, a.optional), ("問1「項目」", "schemas/ex.json:1", false));
    assert_eq!((&*b.declared, b.optional, b.controllers.len()), ("schemas/ex.json:2", true, 1));
    assert!(a.marks.contains("na"));
}

#[test]
fn a_form_with_any_character_missing_is_read_or_refused_with_a_reason() {
    let case = r#"{"matches":"^0$","id":"EX-1","severity":"error","title":{"ja":"誤","en":"wrong"},"message":{"ja":"{value}","en":"{value}"}}"#;
    let fields = [
        yes_no("ex_a", &format!(r#""x-q":"1","x-pointer":"/a/b","x-invalid":[{case}]"#)),
        field("ex_b", r#""type":"number","x-decimals":1,"minimum":0.5,"x-missing":{"dk":["9"]}"#),
        field("ex_c", r#""type":"string","x-kind":"date","x-date-format":["YYYY/M/D"]"#),
        yes_no("ex_d", r#""x-relevant":"ex_a = \"yes\"","x-finding-ids":{"closed-by:ex_a":"EX-2"}"#),
    ];
    let whole = form("ex", r#""type":"object","#, &fields.join(","));
    assert_eq!(ids(&load_files(&[("ex", whole.clone())]).1), [""; 0]);
    for (at, character) in whole.char_indices() {
        let (before, rest) = whole.split_at(at);
        let text = [before, rest.split_at(character.len_utf8()).1].concat();
        let (form, found, _) = load_files(&[("ex", text)]);
        assert!(form.is_some() || found.has_errors(), "without the character at {at}");
    }
}
