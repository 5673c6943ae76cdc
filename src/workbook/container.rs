//! What a file is by its first bytes, and what an OLE file holds.
//!
//! Invariants
//! - A file's name says nothing here: only its bytes do.
//! - At most `SECTORS` sectors of an OLE directory are looked at, however its chain goes.

use std::io::{Read, Seek, SeekFrom};

use super::refusal::Refusal;

/// What a file is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// A zip file: XLSX and many others.
    Zip,
    /// An OLE compound file: old Office formats and encrypted new ones.
    Ole,
    /// A web page.
    Html,
    /// XML in one piece.
    Xml,
}

/// How many bytes [`sniff`] wants to see: fewer are enough where the file is shorter.
pub const SNIFF: usize = 512;

/// Sectors of an OLE directory that are looked at.
const SECTORS: usize = 4096;

const OLE_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// What the file is by its first bytes. `None`: none of these; perhaps text.
pub fn sniff(first: &[u8]) -> Option<Container> {
    if first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06") {
        return Some(Container::Zip);
    }
    if first.starts_with(OLE_MAGIC) {
        return Some(Container::Ole);
    }
    let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
    let opens = |word: &[u8]| {
        let after = text.get(word.len());
        text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            && after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let words: [&[u8]; 10] = [
        b"<html",
        b"<!doctype html",
        b"<head",
        b"<body",
        b"<table",
        b"<meta",
        b"<style",
        b"<div",
        b"<script",
        b"MIME-Version:",
    ];
    if words.into_iter().any(opens) {
        return Some(Container::Html);
    }
    opens(b"<?xml").then_some(Container::Xml)
}

/// Why an OLE file is no workbook that can be read.
pub fn judge_ole(read: &mut (impl Read + Seek)) -> Refusal {
    let names = directory(read).unwrap_or_default();
    let has = |name: &str| names.iter().any(|found| found.eq_ignore_ascii_case(name));
    if has("EncryptedPackage") {
        Refusal::Encrypted
    } else if has("Workbook") || has("Book") {
        Refusal::LegacyXls
    } else {
        Refusal::OtherOle
    }
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Names of the streams and storages. `None`: the file is cut short or its chain leads nowhere.
fn directory(read: &mut (impl Read + Seek)) -> Option<Vec<String>> {
    let mut header = [0_u8; 512];
    read.seek(SeekFrom::Start(0)).ok()?;
    read.read_exact(&mut header).ok()?;
    let shift = u32::from(*header.get(30)?);
    let size = usize::try_from(1_u64.checked_shl(shift).filter(|size| matches!(size, 512 | 4096))?).ok()?;
    let mut sector = vec![0_u8; size];
    let mut names = Vec::new();
    let mut next = number_at(&header, 48)?;
    for _ in 0..SECTORS {
        if next >= 0xFFFF_FFFA {
            break;
        }
        if !read_sector(read, next, &mut sector) {
            break;
        }
        names.extend(sector.chunks_exact(128).filter_map(entry_name));
        let Some(following) = follow(read, &header, next, size) else { break };
        next = following;
    }
    Some(names)
}

fn read_sector(read: &mut (impl Read + Seek), number: u32, into: &mut [u8]) -> bool {
    let size = u64::try_from(into.len()).unwrap_or(u64::MAX);
    let at = (u64::from(number) + 1).saturating_mul(size);
    read.seek(SeekFrom::Start(at)).is_ok() && read.read_exact(into).is_ok()
}

/// The sector after `number` in its chain. `None`: the table is beyond what the header names, or cut short.
fn follow(read: &mut (impl Read + Seek), header: &[u8], number: u32, size: usize) -> Option<u32> {
    let per_sector = size / 4;
    let index = usize::try_from(number).ok()?;
    let table = index / per_sector;
    let table_sector = (table < 109).then(|| number_at(header, 76 + table * 4))??;
    let mut sector = vec![0_u8; size];
    read_sector(read, table_sector, &mut sector).then(|| number_at(&sector, index % per_sector * 4))?
}

fn entry_name(entry: &[u8]) -> Option<String> {
    let length = u16::from_le_bytes(entry.get(64..66)?.try_into().ok()?);
    let bytes = entry.get(..usize::from(length.min(64)).saturating_sub(2))?;
    let units = bytes.chunks_exact(2).filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?)));
    let name: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}')).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// An OLE file of 512-byte sectors: the table in sector 0, the directory in sectors 1 and 2.
    fn ole(names: &[&str]) -> Vec<u8> {
        let mut file = vec![0_u8; 512 * 4];
        file[..8].copy_from_slice(OLE_MAGIC);
        file[30] = 9;
        file[48..52].copy_from_slice(&1_u32.to_le_bytes());
        file[76..80].copy_from_slice(&0_u32.to_le_bytes());
        for (sector, next) in [(0, 0xFFFF_FFFD_u32), (1, 2), (2, 0xFFFF_FFFE)] {
            file[512 + sector * 4..516 + sector * 4].copy_from_slice(&next.to_le_bytes());
        }
        for (index, name) in names.iter().enumerate() {
            let at = 1024 + index * 128;
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            file[at..at + units.len()].copy_from_slice(&units);
            let length = u16::try_from(units.len() + 2).unwrap();
            file[at + 64..at + 66].copy_from_slice(&length.to_le_bytes());
        }
        file
    }

    #[test]
    fn an_ole_file_is_judged_by_its_streams() {
        let judge = |names: &[&str]| judge_ole(&mut Cursor::new(ole(names)));
        let far = ["Root Entry", "a", "b", "c", "d", "EncryptedPackage"];
        assert_eq!(judge(&far), Refusal::Encrypted);
        assert_eq!(judge(&["Root Entry", "Workbook"]), Refusal::LegacyXls);
        assert_eq!(judge(&["Root Entry", "Book"]), Refusal::LegacyXls);
        assert_eq!(judge(&["Root Entry", "WordDocument"]), Refusal::OtherOle);
        assert_eq!(judge_ole(&mut Cursor::new(OLE_MAGIC)), Refusal::OtherOle);
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let mut file = ole(&["Root Entry"]);
        file[516..520].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(judge_ole(&mut Cursor::new(file)), Refusal::OtherOle);
    }

    #[test]
    fn the_first_bytes_tell() {
        assert_eq!(sniff(b"PK\x03\x04rest"), Some(Container::Zip));
        assert_eq!(sniff(OLE_MAGIC), Some(Container::Ole));
        assert_eq!(sniff(b"\xEF\xBB\xBF \r\n<HTML xmlns"), Some(Container::Html));
        assert_eq!(sniff(b"<table border=1>"), Some(Container::Html));
        assert_eq!(sniff(b"<!DOCTYPE html>"), Some(Container::Html));
        assert_eq!(sniff(b"<?xml version=\"1.0\"?>"), Some(Container::Xml));
        for text in [&b"a,b\n1,2"[..], b"", b"PK,1", b"<tables>", "医療機関,".as_bytes()] {
            assert_eq!(sniff(text), None);
        }
    }
}
