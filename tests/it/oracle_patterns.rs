//! The patterns of the shipped rules, each as a plain test of its own: the oracle has no engine for patterns.
//!
//! Invariants
//! - No engine for patterns is used but where the two are compared.

/// Pattern, and what it says in words of its own.
pub const SHIPPED: &[(&str, fn(&str) -> bool)] = &[
    ("^[^@ ]+@[^@ ]+[.][^@ ]+$", is_mail),
    ("^0[0-9-]{9,12}$", is_telephone),
    (r"^(?s:.*(?:ベンダー|業者|メーカー|保守会社))", names_vendor),
    (r"^(?s:.*(?:自院|当院|院内|法人本部))", names_own),
    (
        r"^(?s:.*(?:ベンダー|業者|メーカー|保守会社|自院|当院|院内|法人本部|他院|病院))",
        |text| names_vendor(text) || names_own(text) || text.contains("他院") || text.contains("病院"),
    ),
    (
        r"^(?is:.*(?:(?:^|[^0-9０-９.．])[0-9０-９]{1,3}(?:[.．][0-9０-９]{1,3}){3}(?:[^0-9０-９]|$)|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::|[0-9a-z._%+-]+[@＠][0-9a-z-]+[.．][0-9a-z]|(?:パスワード|password|(?:^|[^a-z])id)\s*[:：=＝]\s*[0-9a-z_０-９ａ-ｚぁ-ヿ一-鿿]))",
        gives_away,
    ),
];

fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let inner = host.char_indices().skip(1).any(|(at, letter)| letter == '.' && at + 1 < host.len());
    !name.is_empty() && inner && !host.contains('@') && !text.contains(' ')
}

fn is_telephone(text: &str) -> bool {
    let rest = text.strip_prefix('0');
    rest.is_some_and(|rest| {
        (9..=12).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

fn names_vendor(text: &str) -> bool {
    ["ベンダー", "業者", "メーカー", "保守会社"].iter().any(|word| text.contains(word))
}

fn names_own(text: &str) -> bool {
    ["自院", "当院", "院内", "法人本部"].iter().any(|word| text.contains(word))
}

/// Whether a text gives away an address of a network, a mail address or a password.
fn gives_away(text: &str) -> bool {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    (0..letters.len()).any(|at| {
        let after = &letters[at..];
        has_four_numbers(at.checked_sub(1).map(|before| letters[before]), after)
            || has_eight_groups(after)
            || matches!(after, [hex, ':', ':', ..] if hex.is_ascii_hexdigit())
            || is_at_sign_of_mail(&letters, at)
            || is_secret(at.checked_sub(1).map(|before| letters[before]), after)
    })
}

const fn is_point(letter: char) -> bool {
    matches!(letter, '.' | '．')
}

/// Of ASCII or full-width.
const fn is_digit(letter: char) -> bool {
    matches!(letter, '0'..='9' | '０'..='９')
}

/// `192.0.2.1`, with nothing before or after that would make it a longer number.
fn has_four_numbers(before: Option<char>, after: &[char]) -> bool {
    if before.is_some_and(|letter| is_digit(letter) || is_point(letter)) {
        return false;
    }
    let mut rest = after;
    for number in 0..4 {
        let digits = rest.iter().take_while(|letter| is_digit(**letter)).count();
        if !(1..=3).contains(&digits) {
            return false;
        }
        rest = &rest[digits..];
        if number < 3 {
            match rest {
                [point, tail @ ..] if is_point(*point) => rest = tail,
                _ => return false,
            }
        }
    }
    true
}

/// `2001:db8:1:2:3:4:5:6`
fn has_eight_groups(after: &[char]) -> bool {
    let text: String = after.iter().collect();
    let groups: Vec<&str> = text.splitn(8, ':').collect();
    let hex =
        |group: &&str| (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.len() == 8
        && groups[..7].iter().all(hex)
        && groups[7].starts_with(|first: char| first.is_ascii_hexdigit())
}

fn is_at_sign_of_mail(letters: &[char], at: usize) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric();
    let name = |letter: char| plain(letter) || "._%+-".contains(letter);
    if !matches!(letters[at], '@' | '＠') || at == 0 || !name(letters[at - 1]) {
        return false;
    }
    let host = letters[at + 1..].iter().take_while(|letter| plain(**letter) || **letter == '-').count();
    let rest = &letters[at + 1 + host..];
    host > 0 && matches!(rest, [point, next, ..] if is_point(*point) && plain(*next))
}

/// Of a word: ASCII, full-width or Japanese; what is looked at is in small letters.
const fn is_letter(letter: char) -> bool {
    is_digit(letter) || matches!(letter, 'a'..='z' | '_' | 'ａ'..='ｚ' | 'ぁ'..='ヿ' | '一'..='鿿')
}

/// `password: x`, `ID＝x`
fn is_secret(before: Option<char>, after: &[char]) -> bool {
    let text: String = after.iter().collect();
    let free = before.is_none_or(|letter| !letter.is_ascii_lowercase());
    let words = [("パスワード", true), ("password", true), ("id", free)];
    words.iter().filter(|(_, allowed)| *allowed).any(|(word, _)| {
        let rest = text.strip_prefix(word).map(str::trim_start);
        let value = rest.and_then(|rest| rest.strip_prefix([':', '：', '=', '＝'])).map(str::trim_start);
        value.is_some_and(|value| value.starts_with(is_letter))
    })
}

#[test]
fn the_plain_tests_agree_with_the_patterns_on_texts_made_of_their_parts() {
    let parts = [
        "192",
        ".",
        "0",
        "2",
        "．",
        "1",
        "a",
        "f",
        ":",
        "::",
        "@",
        "＠",
        "ex",
        "-",
        "id",
        "password",
        "パスワード",
        "＝",
        " ",
        "病院",
        "当院",
        "業者",
        "x",
        "0312345678",
        "1234",
        "G",
        "_",
        "他院",
    ];
    let mut chance = crate::chance::Chance(7);
    let mut counts = vec![[0_usize; 2]; SHIPPED.len()];
    let engines: Vec<regex::Regex> =
        SHIPPED.iter().map(|(pattern, _)| regex::Regex::new(pattern).unwrap()).collect();
    for _ in 0..40_000 {
        let length = 1 + chance.below(12);
        let narrow = chance.below(3);
        let text: String = (0..length)
            .map(|_| match narrow {
                0 => *chance.pick(&parts),
                1 => *chance.pick(&parts[..9]),
                _ => *chance.pick(&["0", "3", "-", "a", "@", "."]),
            })
            .collect();
        for ((engine, (pattern, plain)), count) in engines.iter().zip(SHIPPED).zip(&mut counts) {
            let found = plain(&text);
            assert_eq!(found, engine.is_match(&text), "{pattern} on {text:?}");
            count[usize::from(found)] += 1;
        }
    }
    assert!(counts.iter().flatten().all(|count| *count > 30), "{counts:?}");
}
