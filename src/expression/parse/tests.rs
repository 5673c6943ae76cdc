//! What the parser says about mistakes, and where.
//!
//! Invariants
//! - A mistake is named by its code and by the text that it marks, never by its message.

use crate::diagnostic::Diagnostics;
use crate::expression::sample::{BEFORE, parsed, source, told};
use crate::expression::tree::{Expr, ExprKind};
use crate::source::Span;

/// Ids (without `KP-`) of the mistakes in `text`, in order of place.
fn codes(text: &str) -> Vec<String> {
    told(&parsed(text).1).into_iter().map(|(id, ..)| id.trim_start_matches("KP-").to_owned()).collect()
}

/// The marked text and the suggestion of the only mistake.
fn only(text: &str) -> (String, String, String) {
    let (_, found) = parsed(text);
    assert_eq!(found.len(), 1, "{text}: {:?}", told(&found));
    let (id, _, suggestion) = told(&found).remove(0);
    let label = found.iter().next().and_then(|one| one.labels.first()).expect("a label").clone();
    (
        id.trim_start_matches("KP-").to_owned(),
        source(text).slice(label.span).to_owned(),
        suggestion.unwrap_or_default(),
    )
}

fn written(expr: &Expr, text: &str) -> String {
    source(text).slice(expr.span).to_owned()
}

#[test]
fn every_wrong_spelling_offers_the_right_one() {
    for (text, code, marked, fix) in [
        ("a == 1", "P006", "==", "write `=`"),
        ("a <> 1", "P006", "<>", "write `!=`"),
        ("a && b", "P006", "&&", "write `and`"),
        ("a || b", "P006", "||", "write `or`"),
        ("!a", "P006", "!", "write `not`"),
        ("a ≦ 1", "P006", "≦", "write `<=`"),
        ("a ≧ 1", "P006", "≧", "write `>=`"),
        ("a ≠ 1", "P006", "≠", "write `!=`"),
        ("a =< 1", "P006", "=<", "write `<=`"),
        ("a = 1 AND b = 2", "P006", "AND", "write `and`"),
        ("a = 'x'", "P006", "'x'", "write `\"x\"`"),
        ("a = “x”", "P006", "“x”", "write `\"x\"`"),
        ("a ＝ 1", "P007", "＝", "write `=`"),
        ("a ＜＝ 1", "P007", "＜＝", "write `<=`"),
        ("a = １２", "P007", "１２", "write `12`"),
        ("a > ２０２４－０２－０１", "P007", "２０２４－０２－０１", "write `2024-02-01`"),
        ("（a）", "P007", "（", "write `(`"),
        ("a　= 1", "P007", "　", "write ` `"),
        ("a ａｎｄ b", "P007", "ａｎｄ", "write `and`"),
    ] {
        let (_, found) = parsed(text);
        let (id, _, suggestion) = told(&found).remove(0);
        let label = found.iter().next().expect("one").labels.first().expect("a label").clone();
        let shown = (id.as_str(), source(text).slice(label.span).to_owned(), suggestion.unwrap_or_default());
        assert_eq!(
            (shown.0.trim_start_matches("KP-"), shown.1.as_str(), shown.2.as_str()),
            (code, marked, fix)
        );
    }
}

#[test]
fn a_wrong_spelling_is_read_as_what_was_meant() {
    for (wrong, right) in [("a == 1 && !b || c <> 2", "a = 1 and not b or c != 2"), ("a ＝ １", "a = 1")] {
        let read = |text: &str| crate::expression::format::format(&parsed(text).0);
        assert_eq!(read(wrong), read(right));
    }
}

#[test]
fn each_mistake_of_the_grammar_has_its_own_code() {
    for (text, code, marked) in [
        ("", "P001", ""),
        ("a =", "P001", ""),
        ("a = 1 b = 2", "P001", "b"),
        ("a = 1)", "P001", ")"),
        ("a in \"x\"", "P001", "\"x\""),
        ("a between 1, 3", "P001", ","),
        ("a within b of c", "P001", "b"),
        ("a not within 1 of b", "P001", "within"),
        ("a iff b iff c", "P001", "iff"),
        ("a is \"yes\"", "P001", "\"yes\""),
        ("a ?= 1", "P002", "?"),
        ("a ? b", "P002", "?"),
        ("a = 1' # b", "P003", "'"),
        ("a = \"x", "P003", "\""),
        ("`a", "P003", "`"),
        ("a = 1e5", "P005", "1e5"),
        ("a = .5", "P005", ".5"),
        ("a = 5.", "P005", "5."),
        ("a > 20床", "P005", "20床"),
        ("(a", "P008", ""),
        ("sum(a, b", "P008", ""),
        ("a in {1, 2", "P008", ""),
        ("a is nul", "P019", "nul"),
        ("a < b < c", "P032", "<"),
        ("1 <= a <= 3", "P032", "<="),
        ("a and if b then c", "P033", "if b then c"),
        ("x = if a then 1 else 2", "P033", "if a then 1 else 2"),
        ("not if a then b", "P033", "if a then b"),
        ("in = 1", "P034", "in"),
        ("prev.of = 1", "P034", "of"),
        ("param = 1", "P034", "param"),
        ("`it` = 1", "P034", "`it`"),
        ("(a) is blank", "P039", "(a)"),
        ("a + b is known", "P039", "a + b"),
        ("t[a].b is blank", "P039", "t[a].b"),
        ("a in {yes, \"no\"}", "P040", "yes"),
        ("a has none", "P040", "none"),
    ] {
        let (found, at, _) = only(text);
        assert_eq!((found.as_str(), at.as_str()), (code, marked), "{text}");
    }
}

#[test]
fn fixes_are_spelled_out() {
    for (text, fix) in [
        ("1 <= a <= 3", "if both ends are included, write `a between 1 and 3`"),
        ("a and if b then c", "write `(if b then c)`"),
        ("9 > a > 3", "if both ends are included, write `a between 3 and 9`"),
        ("a = b = \"small\"", "write `a = b and b = \"small\"`"),
        ("a > 1e3", "write `1000`"),
        ("a > 1.25e1", "write `12.5`"),
        ("a > 1and b", "write `1 and`"),
        ("a > 1;", "an expression has no closing sign; join conditions by `and`"),
        ("a > 1 # more (", "a comment stands outside the expression, behind the # of a line of TOML"),
        ("a is null", "did you mean `is blank`?"),
        ("a is not empty", "did you mean `is blank`?"),
        ("a is blnak", "did you mean `is blank`?"),
        ("a is linkd", "did you mean `is linked`?"),
        ("a in {yes}", "write `\"yes\"`"),
        ("a in (1, 2)", "values are listed in braces: `{ … }`"),
        ("a = 1 adn b = 2", "did you mean `and`?"),
        ("a beetween 1 and 2", "did you mean `between`?"),
        ("a = 1_000x", "write `1000`"),
        ("a between 1 .. 3", "write `between low and high`"),
    ] {
        let (_, found) = parsed(text);
        assert_eq!(told(&found).remove(0).2.as_deref(), Some(fix), "{text}");
    }
}

#[test]
fn several_mistakes_of_one_expression_are_all_reported() {
    assert_eq!(
        codes("a == 1 and b is nul and c < d < e and (f = \"x"),
        ["P006", "P019", "P032", "P003", "P008"]
    );
    assert_eq!(codes("(a = ) or (b = ) or c in {yes}"), ["P001", "P001", "P040"]);
    assert_eq!(codes("sum(, a) = and b = 1"), ["P001", "P001"]);
    assert_eq!(codes("if a then else c"), ["P001"]);
    for one in ["relevant(a + 1)", "a in {1 2}", "a has {\"x\"}", "relevant(f(a) * 2) and b = 1"] {
        assert_eq!(codes(one), ["P001"], "{one}");
    }
    assert_eq!(codes("a>1and b = 2"), ["P005"]);
    assert_eq!(codes("a > 1 # and this"), ["P002"]);
}

#[test]
fn a_flood_of_mistakes_is_cut_and_the_cut_is_said() {
    let found = codes(&"a == 1 and ".repeat(100));
    assert_eq!(found.len(), 31);
    assert!(found.contains(&"P004".to_owned()));
}

#[test]
fn the_limits_are_mistakes_of_their_own() {
    let long = format!("a = \"{}\"", "x".repeat(64 * 1024));
    assert_eq!(codes(&long), ["P035"]);
    for deep in [
        format!("{}a{}", "(".repeat(70), ")".repeat(70)),
        format!("{}a", "not ".repeat(70)),
        format!("{}a", "-".repeat(70)),
        "a + ".repeat(70) + "a",
        format!("{}a{}", "t[".repeat(70), "].c".repeat(70)),
        format!("{}a", "if a then ".repeat(70)),
    ] {
        assert_eq!(codes(&deep), ["P036"], "{deep}");
    }
    for within in [
        format!("{}a{}", "(".repeat(60), ")".repeat(60)),
        "a or ".repeat(5000) + "a",
        "a + ".repeat(60) + "a",
    ] {
        assert_eq!(codes(&within), [""; 0]);
    }
}

#[test]
fn spans_hold_whole_nodes_in_bytes_of_the_file() {
    let text = "病床 >= 1 and not (f(a, b) between -1 and t[k].c)";
    let (expr, found) = parsed(text);
    assert_eq!(found, Diagnostics::new());
    let ExprKind::And(parts) = &expr.kind else { panic!("{expr:?}") };
    let shown: Vec<String> = parts.iter().map(|part| written(part, text)).collect();
    assert_eq!(shown, ["病床 >= 1", "not (f(a, b) between -1 and t[k].c)"]);
    let ExprKind::Not(inner) = &parts[1].kind else { panic!("{expr:?}") };
    let ExprKind::Between { subject, low, high, .. } = &inner.bare().kind else { panic!("{expr:?}") };
    let shown = [inner.bare(), subject, low, high].map(|part| written(part, text));
    assert_eq!(shown, ["f(a, b) between -1 and t[k].c", "f(a, b)", "-1", "t[k].c"]);
    let start = u64::try_from(BEFORE.len()).expect("short");
    assert_eq!(expr.span, Span::new(start, start + u64::try_from(text.len()).expect("short")));
}

#[test]
fn the_grammar_groups_as_the_text_says() {
    let shape = |text: &str| {
        let (expr, found) = parsed(text);
        assert!(found.is_empty(), "{text}: {:?}", told(&found));
        expr.kind
    };
    assert!(matches!(shape("a or b and c"), ExprKind::Or(parts) if parts.len() == 2));
    assert!(matches!(shape("not a = b and c"), ExprKind::And(parts) if parts.len() == 2));
    assert!(matches!(shape("a between 1 and 2 and b"), ExprKind::And(parts) if parts.len() == 2));
    assert!(matches!(shape("a or b iff c or d"), ExprKind::Iff { .. }));
    let ExprKind::If { otherwise: None, then, .. } = shape("if a then if b then c else d") else {
        panic!("the else belongs to the nearest if")
    };
    assert!(matches!(then.kind, ExprKind::If { otherwise: Some(_), .. }));
    let ExprKind::Compare { left, .. } = shape("a - b * c - d = 1") else { panic!("a comparison") };
    let ExprKind::Arithmetic { left, .. } = left.kind else { panic!("a difference") };
    assert!(matches!(left.kind, ExprKind::Arithmetic { .. }), "differences lean to the left");
    assert!(matches!(shape("sum > 1"), ExprKind::Compare { .. }), "a function's name is one only before (");
    assert!(matches!(shape("2024-02-01 = d"), ExprKind::Compare { .. }));
    assert!(matches!(shape("relevant = 1"), ExprKind::Compare { .. }));
}
