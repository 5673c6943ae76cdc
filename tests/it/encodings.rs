//! Encodings: ten thousand generated files of each are read as what they are, or the reader asks; and what is no
//! encoding of ours is never read in silence.
//!
//! The words are those of the survey's files: common and rare kanji, kana of both widths, names with letters that only
//! Windows has, alone and among ASCII. One fixed seed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use encoding_rs::{EUC_JP, GBK, ISO_2022_JP, SHIFT_JIS, WINDOWS_1252};
use flate2::Compression;
use flate2::write::GzEncoder;
use kenpyo::diagnostic::{Argument, Diagnostics, Language};
use kenpyo::input::{FormNeeds, ReadOptions, Reader};
use kenpyo::source::SourceId;
use kenpyo::source::reader::Stream;
use serde_json::Value;

use crate::program::{command, text};
use crate::survey_run;

const SEED: u64 = 20_240_610;

/// Files of each encoding.
const FILES: usize = 10_000;

/// Files of each encoding that cannot be read.
const STRANGERS: usize = 2_000;

/// A generator of numbers (splitmix64): the same for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

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
fn kanji(random: &mut Random) -> String {
    loop {
        let lead = if random.below(8) == 0 { 0x99 + random.below(7) } else { 0x89 + random.below(14) };
        let trail = 0x40 + random.below(0xBD);
        let bytes = [u8::try_from(lead).unwrap(), u8::try_from(trail).unwrap()];
        if let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes) {
            return text.into_owned();
        }
    }
}

fn word(random: &mut Random, flavour: usize) -> String {
    match (flavour, random.below(20)) {
        // Files in half-width kana only; all others have a little of everything.
        (0, _) => random.of(&HALF).to_owned(),
        (_, 0..=9) => random.of(&COMMON).to_owned(),
        (_, 10..=12) => random.of(&NAMES).to_owned(),
        (_, 13..=15) => random.of(&HALF).to_owned(),
        _ => (0..=random.below(4)).map(|_| kanji(random)).collect(),
    }
}

/// A word that each of `tables` can say.
fn sayable(tables: Vec<&'static encoding_rs::Encoding>) -> impl FnMut(&mut Random, usize) -> String {
    move |random, flavour| loop {
        let word = word(random, flavour);
        if tables.iter().all(|table| !table.encode(&word).2) {
            return word;
        }
    }
}

/// How many words a file has: mostly few, up to 5,000.
fn length(random: &mut Random) -> usize {
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
fn text_of(random: &mut Random, mut word: impl FnMut(&mut Random, usize) -> String) -> (String, usize) {
    let (count, flavour, around) = (length(random), random.below(25), random.below(2) == 0);
    let mut text = if around { "gmis_id,beds_total,notes\r\n".to_owned() } else { String::new() };
    for number in 0..count {
        let word = word(random, flavour);
        let line = if around { format!("A{number:07},100,{word}\r\n") } else { format!("{word}\n") };
        text.push_str(&line);
    }
    (text, count)
}

const CLASSES: [&str; 5] = ["1", "2-3", "4-9", "10-99", "100-"];

fn class(words: usize) -> usize {
    [2, 4, 10, 100].iter().filter(|bound| words >= **bound).count()
}

/// How a file was read, by the public path: the encoding, and whether the reader asked. `None`: it was refused.
fn read(form: &Arc<FormNeeds>, bytes: Vec<u8>) -> Option<(String, bool)> {
    let options = ReadOptions::default();
    let (reader, found) = Reader::open(SourceId(0), "x.csv", Stream::from(bytes), form, &options).unwrap();
    let found: Diagnostics = found.into_iter().chain(reader.finish()).collect();
    let id = |id: &str| found.iter().find(|finding| &*finding.notice.id == id);
    if id("KP-S001").is_some() {
        return None;
    }
    let asked = id("KP-S032").is_some();
    let encoding = id("KP-S002").map_or("UTF-8".to_owned(), |finding| {
        let slot = finding.notice.slots.iter().position(|slot| &**slot == "encoding").unwrap();
        match &finding.arguments[slot] {
            Argument::Text(name) => name.to_string(),
            other => panic!("{other:?}"),
        }
    });
    Some((encoding, asked))
}

fn form() -> Arc<FormNeeds> {
    Arc::new(kenpyo::engine::form_needs(&survey_run::pack(None)))
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// What CP932 cannot say does not stand in the words; `encode` is to lose nothing.
fn encoded(table: &'static encoding_rs::Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lossy) = table.encode(text);
    (!lossy).then(|| bytes.into_owned())
}

#[test]
fn ten_thousand_files_of_each_encoding_are_read_as_what_they_are_or_asked_about() {
    type Write = fn(&str) -> Option<Vec<u8>>;
    let encodings: [(&str, &str, Write); 5] = [
        ("UTF-8", "UTF-8", |text| Some(text.as_bytes().to_vec())),
        ("UTF-8 with mark", "UTF-8", |text| Some(format!("\u{FEFF}{text}").into_bytes())),
        ("UTF-16 LE with mark", "UTF-16 LE", |text| {
            Some(utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes))
        }),
        ("UTF-16 BE with mark", "UTF-16 BE", |text| {
            Some(utf16(&format!("\u{FEFF}{text}"), u16::to_be_bytes))
        }),
        ("CP932", "CP932 (Shift_JIS)", |text| encoded(SHIFT_JIS, text)),
    ];
    let form = form();
    let mut wrong = Vec::new();
    println!("asked, of files by number of words {CLASSES:?}");
    for (number, (name, expected, write)) in encodings.into_iter().enumerate() {
        let mut random = Random(SEED + u64::try_from(number).unwrap());
        let (mut files, mut asked, mut refused) = ([0_usize; 5], [0_usize; 5], 0);
        while files.iter().sum::<usize>() < FILES {
            let windows = name == "CP932";
            let (text, words) =
                text_of(&mut random, sayable(if windows { vec![SHIFT_JIS] } else { Vec::new() }));
            let Some(bytes) = write(&text) else { continue };
            let class = class(words);
            files[class] += 1;
            match read(&form, bytes) {
                None => refused += 1,
                Some((_, true)) => asked[class] += 1,
                Some((found, false)) if found != expected => wrong.push((name, found, text)),
                Some(_) => {}
            }
        }
        println!("{name}: {asked:?} of {files:?}, refused {refused}");
        assert_eq!(refused, 0, "{name}: a file that can be read was refused");
        // False alarms cost trust: from ten words on only files of nothing but half-width kana are asked about.
        assert!(asked[3] + asked[4] <= FILES / 1_000, "{name}: asked about {asked:?}");
        if name != "CP932" {
            assert_eq!(asked, [0; 5], "{name}");
        }
    }
    assert!(wrong.is_empty(), "{} wrong and not asked: {:?}", wrong.len(), wrong.first());
}

#[test]
fn what_is_no_encoding_of_ours_is_never_read_in_silence() {
    const FRENCH: [&str; 12] = [
        "hôpital",
        "médecin",
        "sécurité",
        "Müller",
        "garçon",
        "Ærø",
        "naïve",
        "“oui”",
        "10 – 20",
        "Århus",
        "€ 100",
        "é",
    ];
    const CHINESE: [&str; 12] = [
        "医院",
        "是",
        "否",
        "北京市",
        "信息系统",
        "备份",
        "没有",
        "联通",
        "张三",
        "网络安全",
        "每天",
        "云计算",
    ];
    let foreign =
        |list: &'static [&'static str]| move |random: &mut Random, _: usize| random.of(list).to_owned();
    let form = form();
    let mut silent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut told: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut random = Random(SEED);
    for _ in 0..STRANGERS {
        let (japanese, _) = text_of(&mut random, sayable(vec![EUC_JP, ISO_2022_JP]));
        let (french, _) = text_of(&mut random, foreign(&FRENCH));
        let (chinese, _) = text_of(&mut random, foreign(&CHINESE));
        let bytes = [
            ("EUC-JP", encoded(EUC_JP, &japanese)),
            ("ISO-2022-JP", encoded(ISO_2022_JP, &japanese)),
            ("UTF-16 LE", Some(utf16(&japanese, u16::to_le_bytes))),
            ("UTF-16 BE", Some(utf16(&japanese, u16::to_be_bytes))),
            ("Windows-1252", encoded(WINDOWS_1252, &french)),
            ("GBK", encoded(GBK, &chinese)),
        ];
        for (name, bytes) in bytes {
            let Some(bytes) = bytes else { continue };
            let counts = told.entry(name).or_default();
            match read(&form, bytes) {
                None => counts.0 += 1,
                Some((_, true)) => counts.1 += 1,
                Some((encoding, false)) => {
                    silent
                        .entry(name)
                        .or_default()
                        .push(format!("{encoding}: {japanese} {french} {chinese}"));
                }
            }
        }
    }
    println!("(refused, asked): {told:?}");
    let counts: Vec<(&str, usize)> = silent.iter().map(|(name, files)| (*name, files.len())).collect();
    let first = silent.values().next().and_then(|files| files.first());
    assert!(silent.is_empty(), "{counts:?}: {first:?}");
}

/// A file with a record, its name in Japanese; `separator` between cells.
fn submission(separator: char) -> String {
    let text =
        "gmis_id,施設名,病床数,備考\r\nS0000001,髙﨑病院①,100,\"𠮷,\r\nｶﾅ\"\r\nS0000002,北,１００,あ\r\n";
    text.replace(',', &separator.to_string())
}

fn report(name: &str, bytes: &[u8], arguments: &[&str]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let words = ["check", name, "--format", "json", "--values", "show", "--lang", "en"];
    let output = command(folder.path()).args(words).args(arguments).output().unwrap();
    (output.status.code(), serde_json::from_str(&text(&output)).unwrap())
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    let of_file = findings.iter().filter(|finding| finding["place"]["kind"] != "record");
    of_file.map(|finding| finding["rule"].as_str().unwrap()).filter(|rule| *rule != "KP-S005").collect()
}

/// What a label marks, cut from the file; for findings about the cell `１００` and the row of notes.
fn marked(report: &Value, bytes: &[u8], field: &str) -> Vec<u8> {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut labels =
        findings.filter(|one| one["place"]["record"] == 2).flat_map(|one| one["labels"].as_array().unwrap());
    let label = labels.find(|label| label["field"] == field).unwrap_or_else(|| panic!("{field}: {report}"));
    bytes[number(&label["start"])..number(&label["end"])].to_vec()
}

#[test]
fn utf16_is_read_in_both_orders_and_marks_are_those_of_the_file() {
    for (order, name) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], "x.csv"), (u16::to_be_bytes, "x.txt")] {
        let separator = if name == "x.csv" { ',' } else { '\t' };
        let bytes = utf16(&format!("\u{FEFF}{}", submission(separator)), order);
        let (_, found) = report(name, &bytes, &[]);
        assert_eq!(rules(&found), ["KP-S002"], "{name}");
        assert_eq!(found["summary"]["records"], 2);
        assert_eq!(marked(&found, &bytes, "beds_total"), utf16("１００", order));
        let utf8 = submission(separator).into_bytes();
        let (_, plain) = report(name, &utf8, &[]);
        let rest = |report: &Value| {
            let findings = report["findings"].as_array().unwrap().iter();
            findings
                .map(|one| one["rule"].to_string())
                .filter(|rule| !rule.contains("S002"))
                .collect::<Vec<_>>()
        };
        assert_eq!(rest(&found), rest(&plain));
    }
}

#[test]
fn json_in_utf16_has_the_same_findings_and_marks() {
    let record = "{\"gmis_id\": \"S0000001\", \"facility_name\": \"髙﨑病院\", \"beds_total\": \"１００\"}";
    for (name, content) in
        [("x.json", format!("[{record},\n{record}]")), ("x.jsonl", format!("{record}\n{record}\n"))]
    {
        let bytes = utf16(&format!("\u{FEFF}{content}"), u16::to_le_bytes);
        let (_, found) = report(name, &bytes, &[]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (vec!["KP-S002"], &Value::from(2)),
            "{name}"
        );
        assert_eq!(marked(&found, &bytes, "beds_total"), utf16("\"１００\"", u16::to_le_bytes), "{name}");
    }
}

#[test]
fn the_encoding_can_be_given_and_a_mark_that_contradicts_is_told() {
    let plain = submission(',');
    let unmarked = utf16(&plain, u16::to_le_bytes);
    let (exit, found) = report("x.csv", &unmarked, &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S001"]));
    assert!(found["findings"][0]["help"].as_str().unwrap().contains("UTF-16 LE"), "{found}");
    for name in ["utf-16", "utf-16le"] {
        let (_, found) = report("x.csv", &unmarked, &["--encoding", name]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (vec!["KP-S002"], &Value::from(2)),
            "{name}"
        );
    }
    let marked = format!("\u{FEFF}{plain}");
    let (_, found) = report("x.csv", marked.as_bytes(), &["--encoding", "auto"]);
    assert!(rules(&found).is_empty());
    let (_, found) = report("x.csv", marked.as_bytes(), &["--encoding", "cp932"]);
    assert_eq!(rules(&found).first(), Some(&"KP-S033"), "{found}");
}

#[test]
fn what_was_decided_and_why_is_told_in_both_languages() {
    let bytes = encoded(SHIFT_JIS, "gmis_id,施設名,病床数\r\nS0000001,髙﨑病院,100\r\n").unwrap();
    let (reader, found) =
        Reader::open(SourceId(0), "x.csv", Stream::from(bytes), &form(), &ReadOptions::default()).unwrap();
    drop(reader);
    let told = found.iter().find(|finding| &*finding.notice.id == "KP-S002").unwrap();
    assert!(told.help(Language::Ja).unwrap().contains("日本語の文として読める"));
    assert!(told.help(Language::En).unwrap().contains("reads as Japanese text"));
    let weak = encoded(SHIFT_JIS, "gmis_id,病床数\r\nS0000001,ﾂｱ\r\n").unwrap();
    // The header alone makes it sure; with an ASCII header nothing does.
    assert!(!read(&form(), weak).unwrap().1);
    let weak = encoded(SHIFT_JIS, "gmis_id,beds_total,notes\r\nS0000001,1,ﾂｱ\r\n").unwrap();
    assert_eq!(read(&form(), weak), Some(("CP932 (Shift_JIS)".to_owned(), true)));
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_of_every_format_give_what_the_files_give() {
    let csv = submission(',').into_bytes();
    let json = b"[{\"gmis_id\": \"S0000001\", \"beds_total\": \"x\"}]".to_vec();
    let cp932 = encoded(SHIFT_JIS, &submission(',').replace('𠮷', "吉")).unwrap();
    let utf16 = utf16(&format!("\u{FEFF}{}", submission('\t')), u16::to_le_bytes);
    for (name, bytes) in [("x.csv", csv), ("x.json", json), ("y.csv", cp932), ("z.txt", utf16)] {
        let (_, plain) = report(name, &bytes, &[]);
        let (_, found) = report(&format!("{name}.gz"), &packed(&bytes), &[]);
        let labels = |report: &Value| {
            let findings = report["findings"].as_array().unwrap().iter();
            findings.map(|one| (one["rule"].clone(), one["labels"][0]["start"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(labels(&found), labels(&plain), "{name}");
        // By the bytes, whatever the name.
        let (_, unnamed) = report(name, &packed(&bytes), &[]);
        assert_eq!(labels(&unnamed), labels(&plain), "{name}");
    }
}

#[test]
fn a_damaged_packed_file_is_judged_as_far_as_it_can_be_read_and_fails() {
    let mut rows = String::new();
    for number in 0..20_000 {
        writeln!(rows, "S{number:07},サンプル{},{}\r", number * 7919 % 10_007, 20 + number % 900).unwrap();
    }
    let whole = packed(format!("gmis_id,施設名,病床数\r\n{rows}").as_bytes());
    let (exit, found) = report("x.csv.gz", &whole[..whole.len() / 2], &[]);
    assert_eq!(exit, Some(3));
    assert_eq!(rules(&found), ["KP-S036"]);
    let records = found["summary"]["records"].as_u64().unwrap();
    assert!((1_000..19_000).contains(&records), "{records}");
    assert_eq!(found["summary"]["files"][0]["readable"], false);
    // The line at which it breaks off is no record: nothing is told of it.
    let last = found["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "KP-S009").count();
    assert_eq!(last, 0);
    let (exit, found) = report("x.csv.gz", &[0x1F, 0x8B, 8, 0, 1, 2], &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S036"]));
    let (exit, found) = report("x.csv.gz", &packed(&packed(b"a,b\n")), &[]);
    assert_eq!((exit, rules(&found)), (Some(3), vec!["KP-S035"]));
}

#[test]
fn what_is_no_text_or_nothing_says_so() {
    for (name, bytes, rule) in [
        ("x.csv", &b"%PDF-1.7\n"[..], "KP-S035"),
        ("x.csv", b"<!DOCTYPE html><html><table>", "KP-S035"),
        ("x.csv", b"", "KP-S034"),
        ("x.json", b"\r\n\r\n", "KP-S034"),
        ("x.csv", b"\xEF\xBB\xBF", "KP-S034"),
    ] {
        let (exit, found) = report(name, bytes, &[]);
        assert_eq!((exit, rules(&found)), (Some(3), vec![rule]), "{name} {bytes:?}");
    }
}

#[test]
fn the_separator_is_told_by_the_header_and_openly_where_the_name_says_otherwise() {
    for (name, separator, expected) in [
        ("x.csv", ';', &["KP-S037"][..]),
        ("x.csv", '\t', &["KP-S037"]),
        ("x.tsv", ',', &["KP-S037"]),
        ("x.tsv", '\t', &[]),
        ("x.txt", '\t', &[]),
        ("x.csv.gz", ',', &[]),
    ] {
        let (_, found) = report(name, submission(separator).as_bytes(), &[]);
        assert_eq!(
            (rules(&found), &found["summary"]["records"]),
            (expected.to_vec(), &Value::from(2)),
            "{name}"
        );
    }
    let (_, found) = report("x.dat", submission(';').as_bytes(), &["--input-format", "csv"]);
    assert_eq!(found["summary"]["records"], 2);
}
