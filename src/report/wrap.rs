//! Lines that fit: text broken and cut by the columns it takes on a terminal.
//!
//! Invariants
//! - Wide characters count two columns; nothing here counts bytes or characters.
//! - Latin words stay whole, and so do short runs of one Japanese script and a number with its unit. Elsewhere Japanese
//!   breaks between characters, but no line begins with a closing mark or a small letter or ends with an opening mark.
//! - Every line fits unless a single word is longer than a line, and then the word is broken.

use unicode_width::UnicodeWidthChar;

use crate::source::display_width;

/// May not begin a line.
const NOT_FIRST: &str = "、。，．・：；？！ー～〜…‥％℃）」』】〕》〉”’々〻ヽヾゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ゛゜,.:;?!)]}%–~";
/// May not end a line.
const NOT_LAST: &str = "（「『【〔《〈“‘([{";

/// `text` in lines of at most `columns`; a line feed in it always ends a line. At least one line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| fill(paragraph, columns.max(2))).collect()
}

fn fill(paragraph: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(paragraph) {
        let fits = display_width(&line) + display_width(piece.trim_end()) <= columns;
        if !fits && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line = String::new();
        }
        line.push_str(piece);
        while display_width(line.trim_end()) > columns {
            let rest = line.split_off(cut_at(&line, columns));
            lines.push(std::mem::replace(&mut line, rest));
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The stretches between which a line may end; blanks stay at the end of theirs.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let end = at + character.len_utf8();
        let breaks = characters
            .peek()
            .is_some_and(|(_, next)| may_break(character, *next) && !is_inside_word(text, end, *next));
        if breaks || characters.peek().is_none() {
            pieces.extend(text.get(start..end));
            start = end;
        }
    }
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

/// Columns of the longest Japanese word that is kept whole.
const SHORT_WORD: usize = 6;

/// The scripts whose runs are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Kanji,
    Katakana,
    Hiragana,
    Other,
}

impl Script {
    const fn of(character: char) -> Self {
        match character {
            '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => {
                Self::Kanji
            }
            'ー' | '\u{30a1}'..='\u{30fa}' | '\u{30fd}'..='\u{30ff}' => Self::Katakana,
            '\u{3041}'..='\u{309f}' => Self::Hiragana,
            _ => Self::Other,
        }
    }
}

/// Whether a word goes on with `next` at the byte `at` of `text`.
fn is_inside_word(text: &str, at: usize, next: char) -> bool {
    let Some((before, after)) = text.split_at_checked(at) else { return false };
    let mut backwards = before.chars().rev();
    let Some(last) = backwards.next() else { return false };
    let (left, right) = (Script::of(last), Script::of(next));
    // A number keeps its unit, a range its end, and a lone character its number: 20～99床, 問12.
    if next.is_ascii_digit() {
        let lone =
            left == Script::Kanji && backwards.next().is_none_or(|one| Script::of(one) != Script::Kanji);
        return lone || "～〜–~".contains(last);
    }
    if last.is_ascii_digit() {
        return right != Script::Other;
    }
    // ご確認: the prefix stays with its word.
    if matches!(last, 'ご' | 'お') && right == Script::Kanji {
        return true;
    }
    left == right && left != Script::Other && is_short_word(before, after, left)
}

/// Whether the run of `script` around the end of `before` is short enough to be kept whole. What follows a kanji in
/// hiragana is its ending and particles, of which none need stay together.
fn is_short_word(before: &str, after: &str, script: Script) -> bool {
    let of_run = |character: &char| Script::of(*character) == script;
    let earlier = before.chars().rev().find(|character| !of_run(character));
    if script == Script::Hiragana && earlier.is_some_and(|earlier| Script::of(earlier) == Script::Kanji) {
        return false;
    }
    let run = before.chars().rev().take_while(of_run).chain(after.chars().take_while(of_run));
    let width = |character: char| character.width().unwrap_or(1);
    // A longer run is not looked at to its end.
    run.take(SHORT_WORD).map(width).sum::<usize>() <= SHORT_WORD
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

/// The byte before which `text` must end to take at most `columns`; at least one character.
fn cut_at(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(1);
        if used > columns && at > 0 {
            return at;
        }
    }
    text.len()
}

/// `text` in at most `columns`, with `…` at its end if something is missing.
pub fn shorten(text: &str, columns: usize) -> String {
    if display_width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if display_width(&kept) + character.width().unwrap_or(1) >= columns {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// `text` with blanks behind it, `columns` wide.
pub fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(display_width(text));
    format!("{text}{:blanks$}", "")
}

/// `text` with blanks before it, `columns` wide.
pub fn pad_left(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(display_width(text));
    format!("{:blanks$}{text}", "")
}

/// `number` with a comma every three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut result = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn japanese_breaks_anywhere_but_before_a_closing_mark() {
        assert_eq!(wrap("病床数区分は、「はい」です。", 10), ["病床数区分", "は、", "「はい」", "です。"]);
        assert_eq!(wrap("更新されていますか。", 8), ["更新され", "ています", "か。"]);
    }

    #[test]
    fn short_words_and_numbers_with_their_units_stay_whole() {
        assert_eq!(wrap("「はい」と「いいえ」", 10), ["「はい」と", "「いいえ」"]);
        assert_eq!(wrap("病床数：未記入", 12), ["病床数：", "未記入"]);
        assert_eq!(wrap("区分：1 20～99床、2 100～199床", 18), ["区分：1 20～99床、", "2 100～199床"]);
        assert_eq!(wrap("である場合は問12「頻度」を", 14), ["である場合は", "問12「頻度」を"]);
        assert_eq!(wrap("入力の誤りかを", 12), ["入力の誤りか", "を"]);
        assert_eq!(wrap("日付をご確認ください", 8), ["日付を", "ご確認く", "ださい"]);
        assert_eq!(wrap("未記入", 4), ["未記", "入"]);
    }

    #[test]
    fn no_line_begins_with_what_may_not_begin_one() {
        for text in [
            "あいうえおか～きくけこ",
            "アイウエオカーキクケコ",
            "ヘリウムキャップを見る",
            "一二三四五六々七八九",
        ] {
            for columns in 6..20 {
                let lines = wrap(text, columns);
                let bad =
                    lines.iter().skip(1).filter(|line| line.starts_with(['～', 'ー', 'ャ', 'ッ', '々']));
                assert_eq!(bad.count(), 0, "{lines:?} in {columns}");
            }
        }
    }

    #[test]
    fn words_stay_whole_and_long_ones_are_broken() {
        assert_eq!(wrap("the bed count is 812", 9), ["the bed", "count is", "812"]);
        assert_eq!(wrap("abcdefghij kl\n\nm", 4), ["abcd", "efgh", "ij", "kl", "", "m"]);
    }

    #[test]
    fn numbers_and_columns() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((shorten("病床数区分", 6).as_str(), pad("病", 3).as_str()), ("病床…", "病 "));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn every_line_fits_and_nothing_but_blanks_is_lost(text in "[a-c、。「」あ漢 ]{0,60}", columns in 2_usize..20) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| display_width(line) <= columns), "{lines:?}");
            let kept: String = lines.concat().split(' ').collect();
            prop_assert_eq!(kept, text.split(' ').collect::<String>());
        }
    }
}
