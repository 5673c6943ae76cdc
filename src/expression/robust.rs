//! No text breaks the parser, the typing, the lint or the formatter.
//!
//! Invariants
//! - Every text goes through parser, typing, lint and formatter, as far as it comes; none may panic.
//! - Whatever is said of a text marks a place inside it.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::names::Names;
use super::sample::{BEFORE, names, with_text};
use super::{format, lint, parse, reads, typing};
use crate::diagnostic::Diagnostics;

/// Valid expressions to mutate.
const SEEDS: &[&str] = &[
    "count_answered(beds_general, beds_ltc) = 5 or sum_present(beds_general, beds_ltc) > beds_total",
    "beds_total within 20% of prev.beds_total or abs(beds_total - prev.beds_total) <= 20",
    "beds_total between bed_band[band].low and bed_band[band].high",
    "if matches(q03_other_text, \"^(?s:.*ベンダー)\") then q11_backup = \"yes\" else q11_backup not in {\"no\"}",
    "ex_partner_text is not answered iff not (ex_partner = \"other\")",
    "ex_threats has \"none\" and relevant(q14_methods) and prev is not linked",
    "coalesce(if length(inst_code) = 10 then substring(inst_code, 1, 2) else substring(muni_code, 1, 2), \"00\") = pref_code",
    "answered_on >= 2024-02-01 and ex_month = \"2024-02\" and `in` * 3 / -2 != 0.5",
];

/// Pieces that meet in mistakes.
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "`",
    "'",
    ".",
    ",",
    "-",
    "+",
    "*",
    "/",
    "%",
    "=",
    "==",
    "!=",
    "<",
    "≦",
    "＝",
    "１",
    "and",
    "or",
    "not",
    "if",
    "then",
    "else",
    "iff",
    "in",
    "between",
    "within",
    "of",
    "has",
    "is",
    "blank",
    "linked",
    "true",
    "param.",
    "let.",
    "it",
    "param",
    "relevant(",
    "sum(",
    "2024-02-30",
    "1e5",
    "0",
    "null",
    "　",
    "\n",
    "漢",
    "\u{0}",
    "🦀",
    "AND",
];

fn inside(all: &Diagnostics, length: usize) -> bool {
    let end = u64::try_from(BEFORE.len() + length).expect("short");
    let start = u64::try_from(BEFORE.len()).expect("short");
    all.iter()
        .flat_map(|one| &one.labels)
        .all(|label| start <= label.span.start && label.span.start <= label.span.end && label.span.end <= end)
}

/// Walks `text` through everything; what it says must lie inside the text.
fn survives(text: &str, names: &Names) -> Result<(), TestCaseError> {
    with_text(text, |text| {
        let (expr, found) = parse::parse(text);
        prop_assert!(inside(&found, text.text.len()), "{:?}", found);
        let _ = format::format(&expr);
        let (condition, more) = typing::condition(&expr, names, text);
        prop_assert!(inside(&more, text.text.len()), "{:?}", more);
        prop_assert_eq!(
            condition.is_none(),
            more.has_errors() || (found.has_errors() && condition.is_none())
        );
        let (value, more) = typing::value(&expr, names, text, None);
        prop_assert!(inside(&more, text.text.len()), "{:?}", more);
        for typed in [condition, value].into_iter().flatten() {
            prop_assert!(reads(&typed, names).len() <= typing::MAX_FIELDS);
            let warnings = lint::lint(&typed, &expr, names, text);
            prop_assert!(inside(&warnings, text.text.len()) && !warnings.has_errors());
        }
        Ok(())
    })
}

fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0_usize..4, prop::sample::select(PIECES));
    (prop::sample::select(SEEDS), prop::collection::vec(edit, 1..5)).prop_map(|(seed, edits)| {
        let mut characters: Vec<char> = seed.chars().collect();
        for (place, cut, piece) in edits {
            let at = place.index(characters.len() + 1);
            let end = (at + cut).min(characters.len());
            characters.splice(at..end, piece.chars());
        }
        characters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]
    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survives(&text, &names())?;
    }

    #[test]
    fn any_heap_of_pieces_is_survived(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        survives(&pieces.join(" "), &names())?;
        survives(&pieces.concat(), &names())?;
    }

    #[test]
    fn any_mutation_of_a_valid_expression_is_survived(text in mutated()) {
        survives(&text, &names())?;
    }

    #[test]
    fn any_cut_of_a_valid_expression_is_survived(seed in prop::sample::select(SEEDS), from in 0_usize..200, to in 0_usize..200) {
        let text: String = seed.chars().skip(from).take(to).collect();
        survives(&text, &names())?;
    }
}

#[test]
fn the_largest_texts_take_no_long_time() {
    let names = names();
    let more = [
        "a",
        "a = 1 or",
        "f(",
        "a in {1,",
        "\"\"",
        "``",
        "q11_backup = \"noo\" and",
        "a between",
        "beds_total",
    ];
    for piece in PIECES.iter().copied().chain(more) {
        for piece in [piece.to_owned(), format!("{piece} ")] {
            let text = piece.repeat((parse::MAX_BYTES - 1) / piece.len());
            let start = Instant::now();
            survives(&text, &names).expect(&piece);
            // Usually some 20 ms; a quadratic step over 64 KiB takes many seconds.
            assert!(start.elapsed() < Duration::from_secs(3), "{piece:?} took {:?}", start.elapsed());
        }
    }
}
