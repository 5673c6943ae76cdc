//! The name that was probably meant.
//!
//! Invariants
//! - Comparison is by a folded form: width, case, kana kind, dashes, blanks.
//! - A name at an edit distance over 3, or over half of a short name's length, is never suggested.
//! - Between names at one distance the one with more characters in common wins, then the order of candidates:
//!   the answer is always the same.

use super::width::one_width;

/// Greatest edit distance of a suggestion.
const FARTHEST: usize = 3;

/// Names longer than this (in characters) are compared for equality only: the distance is quadratic.
const LONGEST: usize = 200;

/// The candidate nearest to `found`. `None`: none is near enough.
///
/// ```
/// use kenpyo::diagnostic::nearest::nearest;
///
/// assert_eq!(nearest("noo", ["yes", "no"]), Some("no"));
/// assert_eq!(nearest("ﾊﾞｯｸｱｯﾌﾟ", ["バックアップ"]), Some("バックアップ"));
/// assert_eq!(nearest("elephant", ["yes", "no"]), None);
/// ```
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(found);
    let wanted_length = wanted.chars().count();
    let mut best: Option<((usize, usize), &'a str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let limit = best.map_or(FARTHEST, |((distance, _), _)| distance);
        let Some(distance) = distance_within(&wanted, wanted_length, &folded, limit) else { continue };
        if distance == 0 {
            return Some(candidate);
        }
        let found = (distance, unshared(&wanted, &folded));
        if best.is_none_or(|(so_far, _)| found < so_far) {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether at most a third of the characters of the two are not shared: for answers, where a change of one character
/// in two is another meaning (毎月, 毎日) and no misspelling.
pub fn mostly_shared(left: &str, right: &str) -> bool {
    let (left, right) = (fold(left), fold(right));
    unshared(&left, &right) * 3 <= left.chars().count() + right.chars().count()
}

/// The edit distance, if it is at most `limit` and small for a name of this length.
fn distance_within(wanted: &str, wanted_length: usize, folded: &str, limit: usize) -> Option<usize> {
    if wanted == folded {
        return Some(0);
    }
    let length = folded.chars().count();
    let limit = limit.min(allowed(length));
    if limit == 0 || wanted_length.abs_diff(length) > limit || wanted_length.max(length) > LONGEST {
        return None;
    }
    Some(strsim::damerau_levenshtein(wanted, folded)).filter(|&distance| distance <= limit)
}

/// How many characters only one of the two has: what was swapped is nearer than what was replaced.
fn unshared(left: &str, right: &str) -> usize {
    let mut theirs: Vec<char> = right.chars().collect();
    let mut alone = 0;
    for character in left.chars() {
        match theirs.iter().position(|other| *other == character) {
            Some(at) => {
                theirs.swap_remove(at);
            }
            None => alone += 1,
        }
    }
    alone + theirs.len()
}

/// Half of a short name's length, rounded up; nothing for a single character.
fn allowed(length: usize) -> usize {
    if length < 2 { 0 } else { length.div_ceil(2).min(FARTHEST) }
}

/// The form in which names and headers are compared: one width, lower case, hiragana for katakana, one dash, no blanks.
///
/// ```
/// use kenpyo::diagnostic::nearest::fold;
///
/// assert_eq!(fold("ＢＥＤＳ　ﾍﾞｯﾄﾞ－数"), fold("beds ベッド‐数"));
/// ```
pub fn fold(text: &str) -> String {
    // To change something costs ten times as much as to find out that there is nothing to change.
    let narrow = one_width(text);
    if !narrow.chars().any(has_lower_case) {
        return narrow.chars().filter_map(fold_character).collect();
    }
    let lower: String = narrow.chars().flat_map(char::to_lowercase).collect();
    one_width(&lower).chars().filter_map(fold_character).collect()
}

/// Whether the letter is a capital. Kana and kanji, of which headers consist, are none.
fn has_lower_case(letter: char) -> bool {
    match letter {
        '\0'..='\x7f' => letter.is_ascii_uppercase(),
        '\u{3000}'..='\u{9fff}' => false,
        _ => letter.to_lowercase().ne([letter]),
    }
}

/// One character of the folded form. `None`: it does not count.
fn fold_character(character: char) -> Option<char> {
    match character {
        // The long vowel mark, the wave dashes and the minus signs are typed for one another.
        '‐' | '‑' | '‒' | '–' | '—' | '―' | 'ー' | '−' | '－' | '~' | '～' | '〜' => {
            Some('-')
        }
        'ァ'..='ヶ' => u32::from(character).checked_sub(0x60).and_then(char::from_u32),
        _ if character.is_whitespace() => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_keyboard_confuses_is_the_same() {
        for (left, right) in [
            ("問１２ 更新頻度", "問12更新頻度"),
            ("データ", "でーた"),
            ("20～99", "20-99"),
            ("A‐B—C―D", "a-b-c-d"),
            ("ﾃﾞｰﾀ", "データ"),
            ("K\u{212A}", "kk"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} {right}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["ＡＢＣ", "ヷヸ", "ﾊﾟ", "İI", "㌔", "ｰ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn what_would_be_another_meaning_is_not_folded() {
        for (left, right) in [("問1²", "問12"), ("①", "1"), ("½", "1/2"), ("Ⅳ", "IV")] {
            assert_ne!(fold(left), fold(right), "{left} {right}");
        }
    }

    #[test]
    fn most_characters_of_an_answer_must_be_shared() {
        for (left, right) in [("はいい", "はい"), ("いは", "はい"), ("１か月毎", "1か月"), ("週1固", "週1回")]
        {
            assert!(mostly_shared(left, right), "{left} {right}");
        }
        for (left, right) in [("毎月", "毎日"), ("年1回", "月2回"), ("ない", "はい")] {
            assert!(!mostly_shared(left, right), "{left} {right}");
        }
    }

    #[test]
    fn distance_is_bounded_by_three_and_by_half_a_short_name() {
        assert_eq!(nearest("q11_bcakup", ["q10_mds", "q11_backup"]), Some("q11_backup"));
        assert_eq!(nearest("q1_bakcu", ["q11_backup"]), Some("q11_backup"));
        assert_eq!(nearest("q1_bakc", ["q11_backup"]), None, "distance 4");
        assert_eq!(nearest("b", ["a"]), None, "a single letter resembles nothing");
        assert_eq!(nearest("xy", ["no"]), None);
        assert_eq!(nearest("", ["no"]), None);
    }

    #[test]
    fn the_first_of_equals_wins_and_a_nearer_one_beats_it() {
        assert_eq!(nearest("bat", ["cat", "hat"]), Some("cat"));
        assert_eq!(nearest("b040", ["b020", "b400"]), Some("b400"), "swapped, not replaced");
        assert_eq!(nearest("nn", ["one", "none"]), Some("none"));
        assert_eq!(nearest("hats", ["cats", "hat", "hats"]), Some("hats"));
    }

    #[test]
    fn long_names_cost_little() {
        let long = "x".repeat(60_000);
        let other = format!("{long}y");
        assert_eq!(nearest(&long, [other.as_str()]), None);
        assert_eq!(nearest(&long, [long.as_str()]), Some(long.as_str()));
    }
}
