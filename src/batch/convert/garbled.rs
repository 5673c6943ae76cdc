//! Characters that were lost on the way: a name of which a kanji became `?`, 〓, U+FFFD or a user-defined character.
//!
//! Invariants
//! - Only the ASCII question mark is suspected: programs that cannot write a kanji put that one in its place, and people
//!   who ask in Japanese type it behind kana, at the end of a sentence. What may be a question is none of ours.

/// Whether characters of `text` are lost.
pub(super) fn is_garbled(text: &str) -> bool {
    // First bytes of U+FFFD, of the private use areas, and of what is near them; nothing else need be looked at.
    let suspicious = |byte: u8| matches!(byte, b'?' | 0xEE | 0xEF | 0xF3 | 0xF4);
    if !text.bytes().any(suspicious) && !text.contains('〓') {
        return false;
    }
    text.chars().any(is_replacement) || marks_stand_for_kanji(text)
}

/// Signs that stand for a character nobody can read.
const fn is_replacement(letter: char) -> bool {
    matches!(
        letter,
        '\u{FFFD}' | '〓' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}'
    )
}

/// Whether a run of question marks stands where a kanji was.
fn marks_stand_for_kanji(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let sentence = letters.iter().any(|letter| matches!(letter, '。' | '、' | '！' | '？' | '．' | '，'));
    let name = !sentence && !letters.iter().copied().any(is_hiragana);
    let mut at = 0;
    while let Some(start) = letters.iter().skip(at).position(|letter| *letter == '?').map(|found| at + found)
    {
        let length = letters.iter().skip(start).take_while(|letter| **letter == '?').count();
        let before = start.checked_sub(1).and_then(|place| letters.get(place)).copied();
        let after = letters.get(start + length).copied();
        if is_lost(length, before, after, (sentence, name)) {
            return true;
        }
        at = start + length;
    }
    false
}

/// Whether a run of `length` question marks between the two letters is no question. `sentence`: the text has the
/// punctuation of one; `name`: it has neither that nor hiragana, which few sentences do without.
fn is_lost(length: usize, before: Option<char>, after: Option<char>, (sentence, name): (bool, bool)) -> bool {
    let (begins, ends) = (before.is_none_or(char::is_whitespace), after.is_none_or(char::is_whitespace));
    let kanji_before = before.is_some_and(is_kanji);
    let kanji_after = after.is_some_and(is_kanji);
    match length {
        // ?田病院, 山?病院; a single one at the end may always be a question (可能?).
        1 => kanji_after && (begins && !sentence || kanji_before && name),
        // A text of nothing but question marks, a name that ends with two, or a run inside a word.
        _ if ends => (before.is_none() || kanji_before) && !sentence,
        _ => after.is_some_and(is_japanese) && (begins || before.is_some_and(|letter| !is_hiragana(letter))),
    }
}

const fn is_kanji(letter: char) -> bool {
    matches!(letter, '々' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

const fn is_hiragana(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{309F}')
}

const fn is_japanese(letter: char) -> bool {
    is_kanji(letter) || matches!(letter, '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_kanji_are_seen() {
        for text in [
            "?田病院",
            "山?病院",
            "医療法人 ?田会",
            "??病院",
            "医療法人??会",
            "山田??",
            "????",
            "サン??ビル",
            "\u{FFFD}田",
            "〓田",
            "\u{E000}",
            "\u{F0001}田",
        ] {
            assert!(is_garbled(text), "{text}");
        }
    }

    #[test]
    fn questions_are_none() {
        for text in [
            "どうすればよいですか?",
            "対象ですか??",
            "可能?",
            "該当なし?",
            "本当ですか?病院です。",
            "対象?不明。",
            "いいですか??よろしく",
            "What is this?",
            "a?b??c",
            "?",
            "（株）サンプル",
            "サーバー?",
            "1か月?程度",
        ] {
            assert!(!is_garbled(text), "{text}");
        }
    }
}
