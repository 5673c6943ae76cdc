//! Words as they stand in a survey's files, and random texts of them: common and rare kanji, kana of both widths, names
//! with letters that only Windows has, alone and among ASCII.
//!
//! Invariants
//! - The same generator gives the same words for ever; a text has only words that all the given encodings can say.

use encoding_rs::SHIFT_JIS;

use crate::chance::Chance;

const COMMON: [&str; 40] = [
    "はい",
    "いいえ",
    "病院",
    "医療法人",
    "事務部",
    "令和6年",
    "一般病床",
    "総合病院",
    "情報管理",
    "東京都",
    "北海道",
    "策定済み",
    "実施している",
    "していない",
    "わからない",
    "毎日",
    "週1回",
    "オフライン",
    "クラウド",
    "データセンター",
    "バックアップ",
    "サイバー",
    "電子カルテ",
    "ネットワーク",
    "厚生労働省",
    "担当者",
    "看護部",
    "システム課",
    "該当なし",
    "未定",
    "検討中",
    "男",
    "女",
    "無",
    "有",
    "市立",
    "大学",
    "センター",
    "クリニック",
    "年",
];

const NAMES: [&str; 16] = [
    "髙橋",
    "山﨑",
    "①",
    "②あり",
    "㈱システム",
    "Ⅲ類",
    "渡邊",
    "齋藤",
    "濵田",
    "德永",
    "１００床",
    "〜",
    "～",
    "鷗外",
    "神戸市灘区",
    "龍ヶ崎",
];

const HALF: [&str; 20] = [
    "ﾊｲ",
    "ｲｲｴ",
    "ﾋﾞｮｳｲﾝ",
    "ﾔﾏﾀﾞ",
    "ﾀﾛｳ",
    "ﾂｱ",
    "ﾃｽﾄ",
    "ﾊﾞｯｸｱｯﾌﾟ",
    "ｾﾝﾀｰ",
    "ﾎｹﾝｼﾞｮ",
    "ｱ",
    "ﾅｼ",
    "ｱﾘ",
    "ﾐﾃｲ",
    "ｻｰﾊﾞ",
    "ﾃﾞｰﾀ",
    "ｼｽﾃﾑ",
    "ﾄｳｷｮｳ",
    "ｵｵｻｶ",
    "ｶﾅｶﾞﾜ",
];

/// A kanji of the first or, more rarely, the second level of JIS, at random.
fn kanji(random: &mut Chance) -> String {
    loop {
        let lead = if random.below(8) == 0 { 0x99 + random.below(7) } else { 0x89 + random.below(14) };
        let trail = 0x40 + random.below(0xBD);
        let bytes = [u8::try_from(lead).unwrap(), u8::try_from(trail).unwrap()];
        if let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes) {
            return text.into_owned();
        }
    }
}

fn word(random: &mut Chance, flavour: usize) -> String {
    match (flavour, random.below(20)) {
        // Files in half-width kana only; all others have a little of everything.
        (0, _) => (*random.pick(&HALF)).to_owned(),
        (_, 0..=9) => (*random.pick(&COMMON)).to_owned(),
        (_, 10..=12) => (*random.pick(&NAMES)).to_owned(),
        (_, 13..=15) => (*random.pick(&HALF)).to_owned(),
        _ => (0..=random.below(4)).map(|_| kanji(random)).collect(),
    }
}

/// A word that each of `tables` can say.
pub fn sayable(tables: Vec<&'static encoding_rs::Encoding>) -> impl FnMut(&mut Chance, usize) -> String {
    move |random, flavour| loop {
        let word = word(random, flavour);
        if tables.iter().all(|table| !table.encode(&word).2) {
            return word;
        }
    }
}

/// How many words a file has: mostly few, up to 5,000.
fn length(random: &mut Chance) -> usize {
    match random.below(1_000) {
        0..=249 => 1,
        250..=499 => 2 + random.below(2),
        500..=749 => 4 + random.below(6),
        750..=979 => 10 + random.below(90),
        980..=997 => 100 + random.below(900),
        _ => 1_000 + random.below(4_001),
    }
}

/// The text of a file, and its number of words.
pub fn text_of(random: &mut Chance, mut word: impl FnMut(&mut Chance, usize) -> String) -> (String, usize) {
    let (count, flavour, around) = (length(random), random.below(25), random.below(2) == 0);
    let mut text = if around { "gmis_id,beds_total,notes\r\n".to_owned() } else { String::new() };
    for number in 0..count {
        let word = word(random, flavour);
        let line = if around { format!("A{number:07},100,{word}\r\n") } else { format!("{word}\n") };
        text.push_str(&line);
    }
    (text, count)
}

pub fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// What CP932 cannot say does not stand in the words; `encode` is to lose nothing.
pub fn encoded(table: &'static encoding_rs::Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lossy) = table.encode(text);
    (!lossy).then(|| bytes.into_owned())
}
