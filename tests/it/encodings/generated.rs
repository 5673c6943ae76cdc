//! Ten thousand generated files of each encoding, and thousands of encodings that are not ours.
//!
//! Invariants
//! - A file that is read otherwise than it was written must have been asked about: one that is not fails the test.
//! - How often the reader asks in vain is bounded, since false alarms cost trust.

use std::collections::BTreeMap;
use std::sync::Arc;

use encoding_rs::{EUC_JP, GBK, ISO_2022_JP, SHIFT_JIS, WINDOWS_1252};
use kenpyo::diagnostic::{Argument, Diagnostics, Language};
use kenpyo::input::{FormNeeds, ReadOptions, Reader};
use kenpyo::source::SourceId;
use kenpyo::source::reader::Stream;

use super::words::{encoded, sayable, text_of, utf16};
use crate::chance::Chance;
use crate::survey_run;

const SEED: u64 = 20_240_610;

/// Files of each encoding.
const FILES: usize = 10_000;

/// Files of each encoding that cannot be read.
const STRANGERS: usize = 2_000;

const CLASSES: [&str; 5] = ["1", "2-3", "4-9", "10-99", "100-"];

fn class(words: usize) -> usize {
    [2, 4, 10, 100].iter().filter(|bound| words >= **bound).count()
}

fn form() -> Arc<FormNeeds> {
    Arc::new(kenpyo::engine::form_needs(&survey_run::pack(None)))
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
        let mut random = Chance(SEED + u64::try_from(number).unwrap());
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
        |list: &'static [&'static str]| move |random: &mut Chance, _: usize| (*random.pick(list)).to_owned();
    let form = form();
    let mut silent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut told: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut random = Chance(SEED);
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
