//! Questions with options, and how an option may be spelled.
//!
//! Invariants
//! - Code, name and label are plain; synonyms and other spellings are read with a note.
//! - Two different options in one cell are no answer.

use std::borrow::Cow;

use super::answer::{RESPELLED, folded, mark};
use super::cell::{Answer, Cell};
use super::code::SYNONYM;

/// One option of a list.
pub trait Choice: Copy + PartialEq {
    /// The option with this code.
    fn code(code: u64) -> Option<Self>;

    /// The option with this name or label.
    fn named(text: &str) -> Option<Self>;

    /// The option for which this stands too.
    fn synonym(_: &str) -> Option<Self> {
        None
    }

    /// The finding about a text that is no option.
    fn unknown(_: &str) -> &'static str {
        "KP-C013"
    }

    /// The option with this code, name or label.
    fn plain(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [digit @ b'0'..=b'9'] => Self::code(u64::from(digit - b'0')),
            _ => Self::named(text),
        }
    }
}

impl<'a, T: Choice> Answer<'a> for T {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        T::plain(&text).map_or_else(|| unusual(&text), Cell::value)
    }

    fn number(number: u64) -> Cell<Self> {
        T::code(number).map_or_else(|| unusual(&number.to_string()), Cell::value)
    }
}

fn unusual<T: Choice>(text: &str) -> Cell<T> {
    if let Some(option) = T::synonym(text) {
        return Cell::noted(option, SYNONYM);
    }
    if let Some(mark) = mark(text) {
        return mark.into();
    }
    let folded = folded(text);
    if let Some(option) = respelled(&folded) {
        return Cell::noted(option, RESPELLED);
    }
    if let Some(option) = T::synonym(&folded) {
        return Cell::noted(option, SYNONYM);
    }
    if let Some(mark) = mark(&folded) {
        return mark.into();
    }
    match several(text).as_slice() {
        [first, others @ ..] if !others.is_empty() => {
            if others.iter().all(|other| other == first) {
                Cell::noted(*first, RESPELLED)
            } else {
                Cell::invalid("KP-C014")
            }
        }
        _ => Cell::invalid(T::unknown(text)),
    }
}

/// `(1)`, `1.`, `1.0`, or a name or label but for width and case.
fn respelled<T: Choice>(folded: &str) -> Option<T> {
    let bare = folded.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let bare = bare.or_else(|| folded.strip_suffix(".0")).or_else(|| folded.strip_suffix('.'));
    bare.and_then(T::plain).or_else(|| T::plain(folded))
}

/// The options that the parts of a text name; none if a part is no option.
fn several<T: Choice>(text: &str) -> Vec<T> {
    let mut parts = vec![String::new()];
    for letter in text.chars() {
        let circled = matches!(letter, '\u{2460}'..='\u{2473}');
        let separates = letter.is_whitespace() || ",、・/／;&+:：，．）)（(".contains(letter);
        if circled || separates {
            parts.push(String::new());
        }
        if circled {
            parts.extend([letter.to_string(), String::new()]);
        } else if !separates && let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    let parts = parts.iter().filter(|part| !part.is_empty());
    let named =
        parts.map(|part| T::plain(part).or_else(|| T::synonym(part)).or_else(|| respelled(&folded(part))));
    named.collect::<Option<Vec<T>>>().unwrap_or_default()
}

macro_rules! choices {
    ($($name:ident { $($option:ident = $code:literal $(| $spelling:literal)+,)* })*) => { $(
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($option,)* }

        impl $name {
            const fn of_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$option),)*
                    _ => None,
                }
            }

            fn of_name(text: &str) -> Option<Self> {
                match text {
                    $($($spelling)|+ => Some(Self::$option),)*
                    _ => None,
                }
            }
        }
    )* };
}

macro_rules! plain_choices {
    ($($name:ident)*) => { $(
        impl Choice for $name {
            fn code(code: u64) -> Option<Self> {
                Self::of_code(code)
            }

            fn named(text: &str) -> Option<Self> {
                Self::of_name(text)
            }
        }
    )* };
}

choices! {
    YesNo { Yes = 1 | "yes" | "はい" | "Yes", No = 2 | "no" | "いいえ" | "No", }
    Band {
        B020 = 1 | "b020" | "20～99床" | "20~99床" | "20 to 99 beds",
        B100 = 2 | "b100" | "100～199床" | "100~199床" | "100 to 199 beds",
        B200 = 3 | "b200" | "200～299床" | "200~299床" | "200 to 299 beds",
        B300 = 4 | "b300" | "300～399床" | "300~399床" | "300 to 399 beds",
        B400 = 5 | "b400" | "400～499床" | "400~499床" | "400 to 499 beds",
        B500 = 6 | "b500" | "500床以上" | "500 beds or more",
    }
    Consult {
        Own = 1 | "own" | "自医療機関" | "Own institution",
        Vendor = 2 | "vendor" | "事業者" | "Vendor",
        OtherHospital = 3 | "other-hospital" | "他医療機関" | "Other medical institution",
        Other = 4 | "other" | "その他" | "Other",
        NoneWanted = 5 | "none-wanted" | "相談先がない（相談先を求めている）" | "No partner (one is wanted)",
        NoneUnwanted = 6 | "none-unwanted" | "相談先がない（相談先を求めていない）" | "No partner (none is wanted)",
    }
    Software {
        Stopped = 1 | "stopped" | "停止している" | "Stopped",
        Partly = 2 | "partly" | "一部停止している" | "Partly stopped",
        NotStopped = 3 | "not-stopped" | "停止していない" | "Not stopped",
        DontKnow = 4 | "dont-know" | "わからない" | "Not known",
    }
    Frequency {
        Daily = 1 | "daily" | "毎日" | "Daily",
        Weekly = 2 | "weekly" | "週1回以上" | "Weekly or more",
        Monthly = 3 | "monthly" | "月1回以上" | "Monthly or more",
        Yearly = 4 | "yearly" | "年1回以上" | "Yearly or more",
        Never = 5 | "none" | "更新していない" | "Not updated",
    }
    Copies {
        ThreePlus = 1 | "three-plus" | "3つ以上" | "Three or more",
        Two = 2 | "two" | "2つ" | "Two",
        One = 3 | "one" | "1つ" | "One",
    }
    Methods {
        ThreePlus = 1 | "three-plus" | "３種類以上" | "Three kinds or more",
        Two = 2 | "two" | "２種類" | "Two kinds",
        One = 3 | "one" | "１種類" | "One kind",
    }
    Generations {
        ThreePlus = 1 | "three-plus" | "3世代以上" | "Three generations or more",
        Two = 2 | "two" | "2世代" | "Two generations",
        Single = 3 | "none" | "行っていない" | "Not done",
    }
}

plain_choices! { Consult Software Frequency Copies Methods Generations }

impl Choice for YesNo {
    fn code(code: u64) -> Option<Self> {
        Self::of_code(code)
    }

    fn named(text: &str) -> Option<Self> {
        Self::of_name(text)
    }

    fn synonym(text: &str) -> Option<Self> {
        match text {
            "ハイ" | "○" | "〇" | "◯" | "O" | "o" | "レ" | "✓" | "有" | "済" | "YES" | "true" | "True"
            | "TRUE" => Some(Self::Yes),
            "イイエ" | "×" | "✕" | "X" | "x" | "無" | "未" | "NO" | "false" | "False" | "FALSE" => {
                Some(Self::No)
            }
            _ => None,
        }
    }

    fn unknown(text: &str) -> &'static str {
        let vague = ["一部", "△", "検討中", "予定", "ほぼ", "準備中", "はい", "いいえ"];
        let worded =
            |word| text.strip_prefix(word).is_some_and(|rest: &str| !rest.starts_with(char::is_alphanumeric));
        if vague.iter().any(|word| text.contains(word)) || worded("Yes") || worded("No") {
            "HCS-C015"
        } else if folded(text) == "0" {
            "HCS-C017"
        } else {
            "KP-C013"
        }
    }
}

impl Choice for Band {
    fn code(code: u64) -> Option<Self> {
        Self::of_code(code)
    }

    fn named(text: &str) -> Option<Self> {
        Self::of_name(text)
    }

    fn synonym(text: &str) -> Option<Self> {
        match &*text.replace(['〜', '-', '―', '～'], "~").replace('床', "") {
            "20~99" | "20以上100未満" => Some(Self::B020),
            "100~199" | "100以上200未満" => Some(Self::B100),
            "200~299" | "200以上300未満" => Some(Self::B200),
            "300~399" | "300以上400未満" => Some(Self::B300),
            "400~499" | "400以上500未満" => Some(Self::B400),
            "500~" | "500以上" => Some(Self::B500),
            _ => None,
        }
    }

    fn unknown(_: &str) -> &'static str {
        "HCS-C012"
    }
}

impl Band {
    /// The band of a number of beds. `None`: fewer than a hospital has.
    pub const fn of_beds(beds: u64) -> Option<Self> {
        match beds {
            0..20 => None,
            20..100 => Some(Self::B020),
            100..200 => Some(Self::B100),
            200..300 => Some(Self::B200),
            300..400 => Some(Self::B300),
            400..500 => Some(Self::B400),
            _ => Some(Self::B500),
        }
    }
}

impl Copies {
    /// More is higher.
    pub const fn rank(self) -> u8 {
        match self {
            Self::ThreePlus => 3,
            Self::Two => 2,
            Self::One => 1,
        }
    }
}

impl Methods {
    /// More is higher.
    pub const fn rank(self) -> u8 {
        match self {
            Self::ThreePlus => 3,
            Self::Two => 2,
            Self::One => 1,
        }
    }
}
