//! What is packed: a file by gzip, and a workbook as the package of parts that it is.
//!
//! Invariants
//! - Read and written by other libraries than the program's own reading of packages.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipArchive;

/// The bytes as gzip packs them.
pub fn packed(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes.as_ref()).unwrap();
    packer.finish().unwrap()
}

/// The parts of a package by name, inflated.
pub fn parts(package: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let mut found = BTreeMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        found.insert(part.name().unwrap().into_owned(), content);
    }
    found
}

/// The text of one part of a package.
pub fn part(package: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
