//! Routing: own condition, R, controllers, circles.
//!
//! Invariants
//! - A relevance is compared by the fields that it reads, in order, and not by how it is spelled.
use super::*;
use crate::expression::Node;

fn relevant(name: &str, condition: &str) -> String {
    yes_no(name, &format!(r#""x-relevant":{}"#, serde_json::to_string(condition).unwrap()))
}

/// The shape of a condition: tests as the fields that they read.
fn shape(form: &Questionnaire, expr: &TypedExpr) -> String {
    let parts = |parts: &[TypedExpr], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| shape(form, part)).collect();
        format!("({})", parts.join(word))
    };
    match &expr.node {
        Node::And(inner) => parts(inner, " and "),
        Node::Or(inner) => parts(inner, " or "),
        Node::Not(inner) => format!("not {}", shape(form, inner)),
        Node::Let(inner) => format!("R{}", shape(form, inner)),
        Node::Relevant(field) => format!("relevant({})", form.get(*field).unwrap().name),
        _ => {
            let names: Vec<&str> =
                expr.fields().iter().map(|field| &*form.get(*field).unwrap().name).collect();
            names.join("+")
        }
    }
}

fn routing<'f>(form: &'f Questionnaire, name: &str) -> &'f Routing {
    form.routing_of(form.field(name).unwrap().id).unwrap()
}

fn full(form: &Questionnaire, name: &str) -> String {
    shape(form, &routing(form, name).full)
}

#[test]
fn every_test_on_a_conditional_controller_is_joined_with_its_condition() {
    let form = good(&[
        yes_no("ex_a", ""),
        relevant("ex_b", r#"ex_a = "yes""#),
        relevant("ex_c", r#"ex_b = "yes""#),
        relevant("ex_d", r#"not (ex_c = "no") or ex_a is blank"#),
        relevant("ex_e", r#"count_true(ex_b = "yes", ex_c = "yes") >= 1"#),
        relevant("ex_f", "relevant(ex_c) and ex_a is answered"),
        yes_no("ex_g", ""),
    ]);
    assert_eq!(full(&form, "ex_b"), "ex_a");
    assert_eq!(full(&form, "ex_c"), "(Rex_a and ex_b)");
    assert_eq!(full(&form, "ex_d"), "(not (R(Rex_a and ex_b) and ex_c) or ex_a)");
    assert_eq!(shape(&form, &routing(&form, "ex_d").own), "(not ex_c or ex_a)");
    assert_eq!(full(&form, "ex_f"), "(relevant(ex_c) and ex_a)");
    // The comparison itself reads no controller outside the tests that are its arguments: R(b), R(c) and, in it, R(b).
    let full = &routing(&form, "ex_e").full;
    let mut conditions = 0;
    full.walk(&mut |part| conditions += usize::from(matches!(part.node, Node::Let(_))));
    assert!(matches!(full.node, Node::Compare { .. }) && conditions == 3, "{full:?}");
    assert!(form.routing_of(form.fields[6].id).is_none());
}

#[test]
fn controllers_are_known_directly_and_through_all_ancestors() {
    let form = good(&[
        yes_no("ex_a", ""),
        relevant("ex_b", r#"ex_a = "yes""#),
        relevant("ex_c", r#"ex_b = "yes""#),
        relevant("ex_d", "relevant(ex_c)"),
    ]);
    let names = |ids: &BTreeSet<FieldId>| -> Vec<String> {
        ids.iter().map(|id| form.get(*id).unwrap().name.to_string()).collect()
    };
    assert_eq!(names(&routing(&form, "ex_c").nearest), ["ex_b"]);
    assert_eq!(names(&routing(&form, "ex_c").controllers), ["ex_a", "ex_b"]);
    assert_eq!(names(&routing(&form, "ex_d").controllers), ["ex_a", "ex_b", "ex_c"]);
    assert_eq!(routing(&form, "ex_c").full.fields(), routing(&form, "ex_c").controllers);
}

#[test]
fn a_sections_condition_is_joined_with_each_of_its_fields() {
    let sections = r#""x-sections":{"s":{"x-label":{"ja":"節","en":"s"},"x-relevant":"ex_a = \"yes\""}},"#;
    let fields = [
        yes_no("ex_a", ""),
        yes_no("ex_b", r#""x-section":"s""#),
        yes_no("ex_c", r#""x-section":"s","x-relevant":"ex_b = \"no\"""#),
    ];
    let (form, found, _) = load_root(sections, &fields.join(","));
    assert_eq!(ids(&found), [""; 0]);
    let form = form.unwrap();
    assert_eq!(full(&form, "ex_b"), "ex_a");
    assert_eq!(shape(&form, &routing(&form, "ex_c").own), "(ex_a and ex_b)");
    assert_eq!(full(&form, "ex_c"), "(ex_a and (Rex_a and ex_b))");
}

#[test]
fn the_order_puts_a_field_behind_its_controllers() {
    let (form, found, _) =
        load_fields(&[relevant("ex_a", r#"ex_c = "yes""#), yes_no("ex_b", ""), yes_no("ex_c", "")]);
    assert_eq!(ids(&found), ["KP-P132"]);
    assert!(!found.has_errors());
    assert_eq!(form.unwrap().routing_order, [1, 2, 0]);
}

#[test]
fn a_circle_is_printed_field_by_field() {
    let (form, found, _) = load_fields(&[
        yes_no("ex_z", ""),
        relevant("ex_a", r#"ex_z = "yes" and ex_c = "yes""#),
        relevant("ex_b", r#"ex_a = "yes""#),
        relevant("ex_c", r#"ex_b = "yes""#),
        relevant("ex_d", r#"ex_c = "yes""#),
    ]);
    let finding = found.iter().find(|finding| &*finding.notice.id == "KP-P131").unwrap();
    assert!(
        finding.message(Language::En).contains("ex_a → ex_c → ex_b → ex_a"),
        "{}",
        finding.message(Language::En)
    );
    assert!(form.unwrap().routing.iter().all(Option::is_none));
    let own = load_fields(&[relevant("ex_a", r#"ex_a = "yes""#)]).1;
    assert_eq!(ids(&own), ["KP-P131"]);
}

#[test]
fn a_mistake_in_a_condition_is_marked_in_the_schema_also_behind_escapes() {
    for condition in [r#"ex_a = "yess""#, "ex_a\n= \"yess\""] {
        let (_, found, sources) = load_fields(&[yes_no("ex_a", ""), relevant("ex_b", condition)]);
        let finding = found.iter().next().unwrap();
        assert_eq!(&*finding.notice.id, "KP-P014");
        let marked: Vec<&str> = finding.labels.iter().map(|label| sources[0].slice(label.span)).collect();
        assert!(marked.contains(&r#"\"yess\""#), "{marked:?}");
    }
}

#[test]
fn parameters_are_welcome_and_other_tables_are_not() {
    use crate::expression::ParamId;
    use crate::expression::names::{NamedLink, Names};
    let text = |condition: &str| {
        form("ex", r#""type":"object","#, &[yes_no("ex_a", ""), relevant("ex_b", condition)].join(","))
    };
    let load = |condition: &str| {
        let root = SurveyRoot::Memory(vec![("schemas/ex.json".to_owned(), text(condition))]);
        let mut complete = |form: &Questionnaire, names: &mut Names| {
            names.params.insert("floor".into(), (ParamId(0), Type::INTEGER));
            let mut field = names.fields["ex_a"].clone();
            field.id.table = 1;
            let fields = [(Arc::clone(&form.fields[0].name), field)].into_iter().collect();
            names.links.insert("prev".into(), NamedLink { table: 1, fields });
        };
        let (_, found) =
            load::load_with(&root, "schemas/ex.json", 0, &mut Vec::new(), &mut complete).unwrap();
        ids(&found).join(" ")
    };
    assert_eq!(load("param.floor > 3"), "");
    assert_eq!(load(r#"prev.ex_a = "yes""#), "KP-P134");
    assert_eq!(load("prev is linked"), "KP-P134");
}

#[test]
fn a_chain_of_conditions_may_not_grow_without_end() {
    // Each condition names the one before twice, so that R doubles with each field.
    let mut fields = vec![yes_no("ex_0", "")];
    for n in 1..40 {
        let before = n - 1;
        fields.push(relevant(&format!("ex_{n}"), &format!(r#"ex_{before} = "yes" or ex_{before} is blank"#)));
    }
    let (_, found, _) = load_fields(&fields);
    assert!(ids(&found).contains(&"KP-P133"));
    let chain: Vec<String> = (0..40)
        .map(|n| {
            if n == 0 {
                yes_no("ex_0", "")
            } else {
                relevant(&format!("ex_{n}"), &format!(r#"ex_{} = "yes""#, n - 1))
            }
        })
        .collect();
    assert!(ids(&load_fields(&chain).1).contains(&"KP-P133"));
}
