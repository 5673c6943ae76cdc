//! A schema file as a tree, and what is wrong with its syntax as findings.
//!
//! Invariants
//! - A file inside the binary was read when that was built: its tree is there, and nothing is wrong with it.

use crate::diagnostic::Argument;
use crate::diagnostic::code::questionnaire::{NESTED_TOO_DEEPLY, NOT_JSON, REPEATED_KEY};
use crate::source::json::FaultKind;
pub use crate::source::json_tree::{DEEPEST, Member, Node, Value};
use crate::source::json_tree::{Mistake, read, span};
use crate::source::root::SurveyRoot;

use super::walk::{Walk, both};

/// The tree of `walk`'s file, whose text is `text` and which stands in `root`. `None`: it is no JSON, which has been
/// reported.
pub(super) fn of_file<'t>(root: &SurveyRoot, text: &'t str, walk: &mut Walk) -> Option<Node<'t>> {
    root.tree(&walk.source.name).or_else(|| parse(text, walk))
}

/// Reads the whole text of `walk`'s file. `None`: it is no JSON, which has been reported.
pub(super) fn parse<'t>(text: &'t str, walk: &mut Walk) -> Option<Node<'t>> {
    let reading = read(text);
    for repeated in &reading.repeated {
        let finding = walk.at(&REPEATED_KEY, repeated.again, both("2回目", "again here"));
        let first = walk.label(repeated.first, both("1回目", "first here"));
        walk.push(finding.label(first).with("key", Argument::written(&repeated.key)));
    }
    reading.tree.map_err(|mistake| report(text, walk, &mistake)).ok()
}

fn report(text: &str, walk: &mut Walk, mistake: &Mistake) {
    let finding = match *mistake {
        Mistake::Depth(token) => walk
            .at(&NESTED_TOO_DEEPLY, span(token.start, token.end), both("ここ", "here"))
            .with("limit", DEEPEST),
        Mistake::Order(token) => {
            let end = text.len();
            let (start, end) = token.map_or((end, end), |token| (token.start, token.end));
            let text = match token {
                Some(_) => both("ここに書けない記号", "not allowed here"),
                None => both("ファイルが途中で終わっている", "the file ends too early"),
            };
            walk.at(&NOT_JSON, span(start, end), text)
        }
        Mistake::Fault(fault) => {
            let length = text.get(fault.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            walk.at(&NOT_JSON, span(fault.at, fault.at + length), reason(fault.kind))
        }
    };
    walk.push(finding);
}

fn reason(kind: FaultKind) -> Argument {
    match kind {
        FaultKind::Unexpected => both("JSONにない文字", "no JSON value begins with this"),
        FaultKind::OpenString => both("閉じられていない文字列", "this string has no end"),
        FaultKind::Control => both("文字列の中の制御文字", "a control character in a string"),
        FaultKind::Escape => both("JSONにないエスケープ", "an escape that JSON does not have"),
        FaultKind::Number => both("JSONの数値ではない", "not a number of JSON"),
        FaultKind::Encoding => both("UTF-8ではない", "not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Language;
    use crate::source::Span;

    fn read(text: &str) -> (Option<Node<'_>>, Walk) {
        let mut walk = Walk::of_text("schemas/ex.json", text);
        (parse(text, &mut walk), walk)
    }

    fn codes(text: &str) -> Vec<String> {
        read(text).1.into_found().iter().map(|finding| finding.notice.id.to_string()).collect()
    }

    #[test]
    fn every_span_cut_from_the_text_is_the_value() {
        let text = r#" { "a" : [ 1.50 , "あ\n" , null ] , "b" : { "c" : true } } "#;
        let (tree, walk) = read(text);
        let tree = tree.unwrap();
        let source = walk.source.clone();
        let cut = |span: Span| source.slice(span);
        assert!(walk.into_found().is_empty());
        assert_eq!(cut(tree.span), text.trim());
        let items: Vec<&str> =
            tree.get("a").unwrap().node.items().iter().map(|item| cut(item.span)).collect();
        assert_eq!(items, ["1.50", "\"あ\\n\"", "null"]);
        assert_eq!(cut(tree.get("b").unwrap().key_span), "\"b\"");
        assert_eq!(tree.get("a").unwrap().node.items()[1].text(), Some("あ\n"));
    }

    #[test]
    fn a_repeated_key_is_told_with_both_places_and_the_first_stays() {
        for filler in [0, 30] {
            let filler = (0..filler).map(|n| format!("\"k{n}\":0,")).collect::<Vec<_>>().concat();
            let text = format!("{{{filler}\"a\":1,\"\\u0061\":2}}");
            let (tree, walk) = read(&text);
            let found = walk.into_found();
            assert_eq!(found.len(), 1);
            assert_eq!(found.iter().next().unwrap().labels.len(), 2);
            assert_eq!(tree.unwrap().get("a").unwrap().node.value, Value::Number("1"));
        }
    }

    #[test]
    fn text_that_is_no_json_gives_one_finding_at_its_place() {
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "{\"a\":1,}", "{1:2}", "[1 2]", "nul", "\"a", "[01]", "1 2"]
        {
            assert_eq!(codes(text), ["KP-P100"], "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_it_costs_stack() {
        let text = "[".repeat(100_000);
        assert_eq!(codes(&text), ["KP-P102"]);
        let deepest = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        assert!(codes(&deepest).is_empty());
    }

    #[test]
    fn a_path_leads_to_the_node_or_as_near_as_it_goes() {
        let (tree, _) = read(r#"{"a":[{"b":7}]}"#);
        let tree = tree.unwrap();
        let at = |path: &[&str]| {
            let (node, whole) = tree.nearest_at(path);
            (node.span, whole)
        };
        assert_eq!(at(&["a", "0", "b"]), (Span::new(11, 12), Span::new(7, 12)));
        assert_eq!(at(&["a", "0", "missing"]), (Span::new(6, 13), Span::new(6, 13)));
    }

    #[test]
    fn the_finding_says_why() {
        let (_, walk) = read("[\u{1}]");
        let found = walk.into_found();
        assert_eq!(
            found.iter().next().unwrap().labels[0].text.print(Language::En),
            "no JSON value begins with this"
        );
    }
}
