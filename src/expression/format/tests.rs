//! The canonical spelling, on examples and on random trees.
//!
//! Invariants
//! - Whatever is printed parses to the tree that it was printed from, and is printed the same again.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::expression::sample::parsed;
use crate::source::Span;

fn formatted(text: &str) -> String {
    let (expr, found) = parsed(text);
    assert!(found.is_empty(), "{text}: {found:?}");
    format(&expr)
}

#[test]
fn one_spelling_for_each_construct() {
    for (written, canonical) in [
        ("not a in {1,2}", "a not in {1, 2}"),
        ("not (a between 1 and 2)", "a not between 1 and 2"),
        ("not a is blank", "a is not blank"),
        ("not (a is not blank)", "not (a is not blank)"),
        ("not x has \"y\"", "x not has \"y\""),
        ("not(a=b)", "not (a = b)"),
        ("not a=b", "not a = b"),
        ("((a))=1_000", "(a) = 1000"),
        ("a\n  and\tb=  -  2", "a and b = -2"),
        ("`q01`=`in`", "q01 = `in`"),
        ("ｑ０１ = 1", "q01 = 1"),
        ("a within 20 % of prev . b", "a within 20% of prev.b"),
        ("t[a ,b].c >= 2024-02-01", "t[a, b].c >= 2024-02-01"),
        ("if a then if b then c else d", "if a then if b then c else d"),
        ("if a then (if b then c) else d", "if a then (if b then c) else d"),
        ("x = \"say \"\"ja\"\"\"", "x = \"say \"\"ja\"\"\""),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("relevant( it ) and param.x=let.y", "relevant(it) and param.x = let.y"),
    ] {
        assert_eq!(formatted(written), canonical, "{written}");
        assert_eq!(formatted(canonical), canonical, "{written}");
    }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn named(text: &str) -> Name {
    Name { text: Arc::from(text), span: Span::default() }
}

fn any_name() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["a", "beds", "問1", "in", "OR", "a b", "sum", "relevant", "linked"])
        .prop_map(named)
}

fn any_reference() -> impl Strategy<Value = Reference> {
    let prefix = prop::sample::select(vec![None, Some("prev"), Some("param"), Some("let"), Some("of")]);
    (prefix, any_name()).prop_map(|(prefix, name)| Reference { prefix: prefix.map(named), name })
}

fn any_literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[0-9]{1,4}([.][0-9]{1,3})?".prop_map(|text| Literal::Number(Arc::from(text))),
        "[a\"漢 ]{0,3}".prop_map(|text| Literal::Text(Arc::from(text))),
        Just(Literal::Date(Arc::from("2024-02-31"))),
        any::<bool>().prop_map(Literal::Truth),
    ]
}

fn any_leaf() -> impl Strategy<Value = Expr> {
    let states = [StateTest::Blank, StateTest::Answered, StateTest::Known, StateTest::Inapplicable].to_vec();
    prop_oneof![
        any_literal().prop_map(|literal| expr(ExprKind::Literal(literal))),
        any_reference().prop_map(|reference| expr(ExprKind::Reference(reference))),
        (any::<bool>(), any_reference(), prop::sample::select(states))
            .prop_map(|(negated, subject, state)| expr(ExprKind::State { negated, subject, state })),
        (any::<bool>(), any_name()).prop_map(|(negated, link)| expr(ExprKind::Linked { negated, link })),
        any_reference().prop_map(|reference| expr(ExprKind::Relevant(reference))),
    ]
}

fn any_list() -> impl Strategy<Value = InList> {
    let member = (any::<bool>(), any_literal()).prop_map(|(negative, literal)| Member {
        negative,
        literal,
        span: Span::default(),
    });
    prop_oneof![
        prop::collection::vec(member, 1..3).prop_map(InList::Members),
        any_name().prop_map(InList::Named)
    ]
}

fn compare_op() -> impl Strategy<Value = CompareOp> {
    prop::sample::select(vec![
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::GreaterOrEqual,
    ])
}

fn arithmetic_op() -> impl Strategy<Value = ArithmeticOp> {
    prop::sample::select(vec![
        ArithmeticOp::Add,
        ArithmeticOp::Subtract,
        ArithmeticOp::Multiply,
        ArithmeticOp::Divide,
    ])
}

/// Trees of any shape, parentheses left to the formatter.
fn any_tree() -> impl Strategy<Value = Expr> {
    any_leaf().prop_recursive(5, 40, 3, |inner| {
        let part = || inner.clone().prop_map(Box::new);
        prop_oneof![
            4 => (part(), part(), prop::option::of(part()))
                .prop_map(|(condition, then, otherwise)| expr(ExprKind::If { condition, then, otherwise })),
            1 => (part(), part()).prop_map(|(left, right)| expr(ExprKind::Iff { left, right })),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            1 => part().prop_map(|inner| expr(ExprKind::Not(inner))),
            1 => (compare_op(), part(), part()).prop_map(|(op, left, right)| expr(ExprKind::Compare {
                op,
                op_span: Span::default(),
                left,
                right
            })),
            1 => (any::<bool>(), part(), any_list()).prop_map(|(negated, subject, list)| expr(ExprKind::In {
                negated,
                subject,
                list
            })),
            1 => (any::<bool>(), part(), part(), part()).prop_map(|(negated, subject, low, high)| expr(
                ExprKind::Between { negated, subject, low, high }
            )),
            1 => (part(), any_name(), any::<bool>(), part()).prop_map(|(subject, param, percent, of)| expr(
                ExprKind::Within { subject, tolerance: Tolerance::Param(param), percent, of }
            )),
            1 => (any::<bool>(), part(), any_name()).prop_map(|(negated, subject, option)| expr(ExprKind::Has {
                negated,
                subject,
                option
            })),
            6 => (arithmetic_op(), part(), part()).prop_map(|(op, left, right)| expr(ExprKind::Arithmetic {
                op,
                left,
                right
            })),
            1 => part().prop_map(|inner| expr(ExprKind::Negate(inner))),
            1 => part().prop_map(|inner| expr(ExprKind::Parenthesis(inner))),
            1 => prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|arguments| expr(ExprKind::Call { function: named("sum"), arguments })),
            1 => prop::collection::vec(inner, 1..3).prop_map(|keys| expr(ExprKind::Lookup {
                table: named("t"),
                keys,
                column: named("c")
            })),
        ]
    })
}

/// The tree without spans and parentheses, and with `not` where the formatter puts it.
fn plain(tree: &Expr) -> Expr {
    let boxed = |part: &Expr| Box::new(plain(part));
    let kind = match &tree.kind {
        ExprKind::Parenthesis(inner) => return plain(inner),
        ExprKind::Not(inner) => match infix(inner) {
            Some(moved) => return plain(&moved),
            None => ExprKind::Not(boxed(inner)),
        },
        ExprKind::If { condition, then, otherwise } => ExprKind::If {
            condition: boxed(condition),
            then: boxed(then),
            otherwise: otherwise.as_ref().map(|part| boxed(part)),
        },
        ExprKind::Iff { left, right } => ExprKind::Iff { left: boxed(left), right: boxed(right) },
        ExprKind::Or(parts) => ExprKind::Or(parts.iter().map(plain).collect()),
        ExprKind::And(parts) => ExprKind::And(parts.iter().map(plain).collect()),
        ExprKind::Compare { op, left, right, .. } => {
            ExprKind::Compare { op: *op, op_span: Span::default(), left: boxed(left), right: boxed(right) }
        }
        ExprKind::In { negated, subject, list } => ExprKind::In {
            negated: *negated,
            subject: boxed(subject),
            list: match list {
                InList::Named(name) => InList::Named(named(&name.text)),
                InList::Members(members) => InList::Members(
                    members.iter().map(|member| Member { span: Span::default(), ..member.clone() }).collect(),
                ),
            },
        },
        ExprKind::Between { negated, subject, low, high } => ExprKind::Between {
            negated: *negated,
            subject: boxed(subject),
            low: boxed(low),
            high: boxed(high),
        },
        ExprKind::Within { subject, tolerance, percent, of } => ExprKind::Within {
            subject: boxed(subject),
            tolerance: match tolerance {
                Tolerance::Number(name) => Tolerance::Number(named(&name.text)),
                Tolerance::Param(name) => Tolerance::Param(named(&name.text)),
            },
            percent: *percent,
            of: boxed(of),
        },
        ExprKind::State { negated, subject, state } => {
            ExprKind::State { negated: *negated, subject: spanless(subject), state: *state }
        }
        ExprKind::Linked { negated, link } => ExprKind::Linked { negated: *negated, link: named(&link.text) },
        ExprKind::Relevant(reference) => ExprKind::Relevant(spanless(reference)),
        ExprKind::Has { negated, subject, option } => {
            ExprKind::Has { negated: *negated, subject: boxed(subject), option: named(&option.text) }
        }
        ExprKind::Arithmetic { op, left, right } => {
            ExprKind::Arithmetic { op: *op, left: boxed(left), right: boxed(right) }
        }
        ExprKind::Negate(inner) => ExprKind::Negate(boxed(inner)),
        ExprKind::Reference(reference) => ExprKind::Reference(spanless(reference)),
        ExprKind::Lookup { table, keys, column } => ExprKind::Lookup {
            table: named(&table.text),
            keys: keys.iter().map(plain).collect(),
            column: named(&column.text),
        },
        ExprKind::Call { function, arguments } => ExprKind::Call {
            function: named(&function.text),
            arguments: arguments.iter().map(plain).collect(),
        },
        other => other.clone(),
    };
    expr(kind)
}

fn spanless(reference: &Reference) -> Reference {
    Reference {
        prefix: reference.prefix.as_ref().map(|prefix| named(&prefix.text)),
        name: named(&reference.name.text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]
    #[test]
    fn what_is_printed_parses_to_the_same_tree_and_prints_the_same(tree in any_tree()) {
        let printed = format(&tree);
        let (read, found) = parsed(&printed);
        prop_assert!(found.is_empty(), "{}: {:?}", printed, found);
        prop_assert_eq!(plain(&read), plain(&tree), "{}", printed);
        prop_assert_eq!(format(&read), printed);
    }
}
