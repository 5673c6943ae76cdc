//! The comparison form of a Japanese organisation's name: what `normalized(t)` gives.
//!
//! For matching only; a name is never rewritten with it.
//!
//! Invariants
//! - Idempotent: the form of a form is itself.
//! - Small, named tables; a character or a prefix that is not in them stays as it is.
//! - Never empty for a text that has a letter: a name that is nothing but a prefix keeps it.
//! - The name of the legal person goes with its kind only where a blank sets it apart from what it runs: 医療法人社団
//!   ○○会 △△病院 is △△病院, and nobody guesses where ○○会△△病院 would be cut.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// Kanji and kana variants that names use side by side: (variant, the form compared).
const VARIANTS: &[(char, char)] = &[
    ('髙', '高'),
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('碕', '崎'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('齋', '斎'),
    ('齊', '斉'),
    ('澤', '沢'),
    ('德', '徳'),
    ('廣', '広'),
    ('國', '国'),
    ('圓', '円'),
    ('會', '会'),
    ('學', '学'),
    ('醫', '医'),
    ('總', '総'),
    ('惠', '恵'),
    ('淸', '清'),
    ('靑', '青'),
    ('𠮷', '吉'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('龍', '竜'),
    ('瀧', '滝'),
    ('櫻', '桜'),
    ('眞', '真'),
    ('榮', '栄'),
    ('壽', '寿'),
    ('ヶ', 'ケ'),
    ('ヵ', 'カ'),
];

/// Kinds of legal person that may stand before a name; the longest that fits is taken away.
const CORPORATIONS: &[&str] = &[
    "医療法人社団",
    "医療法人財団",
    "社会医療法人社団",
    "社会医療法人財団",
    "社会医療法人",
    "特定医療法人社団",
    "特定医療法人財団",
    "特定医療法人",
    "医療法人",
    "社会福祉法人",
    "一般社団法人",
    "一般財団法人",
    "公益社団法人",
    "公益財団法人",
    "独立行政法人",
    "地方独立行政法人",
    "国立大学法人",
    "公立大学法人",
    "学校法人",
    "宗教法人",
    "株式会社",
    "合同会社",
    "有限会社",
    "(医)",
    "(社医)",
    "(社福)",
    "(独)",
    "(株)",
    "(有)",
    "(一社)",
    "(一財)",
    "(公社)",
    "(公財)",
];

/// How the names of legal persons end that run something under another name.
const BODIES: &[&str] = &["会", "財団", "社団", "事業団", "機構", "組合"];

/// The comparison form of `name`: NFKC, lower case, katakana, without blanks, common variants and corporate
/// prefixes.
pub(super) fn name_form(name: &str) -> String {
    let folded: String = composed(name)
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|character| !is_invisible(*character))
        .map(|character| same_variant(katakana(same_dash(character))))
        .collect();
    // Lower case and variants may decompose or compose anew; the second pass makes the form stable.
    without_corporation(&composed(&folded)).chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// NFKC. Most names are in it already, which costs a tenth to find out.
fn composed(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfkc().collect()),
    }
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn same_dash(character: char) -> char {
    match character {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '-' => 'ー',
        other => other,
    }
}

/// Hiragana as katakana.
fn katakana(character: char) -> char {
    match character {
        'ぁ'..='ゖ' => u32::from(character).checked_add(0x60).and_then(char::from_u32).unwrap_or(character),
        other => other,
    }
}

fn same_variant(character: char) -> char {
    let known = VARIANTS.iter().find(|(variant, _)| *variant == character);
    known.map_or(character, |(_, form)| *form)
}

/// `name` without the kinds of legal person before it, and without the person's own name where a blank ends it, unless
/// nothing would be left.
fn without_corporation(name: &str) -> &str {
    let mut rest = name.trim_start();
    loop {
        let tails = CORPORATIONS.iter().filter_map(|kind| without_prefix(rest, kind));
        match tails.map(str::trim_start).min_by_key(|tail| tail.len()).filter(|tail| !tail.is_empty()) {
            Some(tail) => rest = without_body(tail),
            None => return rest,
        }
    }
}

/// What follows `prefix`, between whose letters there may be blanks. `None`: `text` does not begin with it.
fn without_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    prefix.chars().try_fold(text, |rest, letter| rest.trim_start().strip_prefix(letter))
}

/// `△△病院` of `○○会 △△病院`.
fn without_body(name: &str) -> &str {
    let apart = name.split_once(char::is_whitespace).map(|(body, rest)| (body, rest.trim_start()));
    match apart {
        Some((body, rest)) if !rest.is_empty() && BODIES.iter().any(|end| body.ends_with(end)) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_form() {
        for (a, b) in [
            ("髙橋病院", "高橋病院"),
            ("医療法人社団 髙橋会", "高橋会"),
            ("㈱ＡＢＣ", "株式会社abc"),
            ("つくし ｸﾘﾆｯｸ", "ツクシクリニック"),
            ("鎌ヶ谷", "鎌ケ谷"),
            ("鎌が谷", "鎌ガ谷"),
            ("山﨑　医院", "山崎医院"),
            ("サ－ビス", "サービス"),
            ("医療法人社団○○会 △△病院", "△△病院"),
            ("医療法人 社団　○○会　△△病院", "△△病院"),
            ("社会福祉法人○○財団 △△病院", "△△病院"),
            ("医療法人中央 病院", "中央病院"),
        ] {
            assert_eq!(name_form(a), name_form(b), "{a} / {b}");
        }
        for (a, b) in [("中央病院", "中央医院"), ("医療法人○○会△△病院", "△△病院"), ("○○会 △△病院", "△△病院")]
        {
            assert_ne!(name_form(a), name_form(b), "{a} / {b}");
        }
    }

    #[test]
    fn a_name_that_is_only_a_prefix_stays() {
        assert_eq!(name_form("医療法人"), "医療法人");
        assert_eq!(name_form(""), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn the_form_of_a_form_is_itself(name in "(医療法人)?[ぁ-ヿ一-鿿ａ-ｚA-Z﨑 　会-]{0,8}") {
            let form = name_form(&name);
            prop_assert_eq!(name_form(&form), form);
        }
    }
}
