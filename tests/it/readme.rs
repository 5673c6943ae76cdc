//! The pictures in `README.md` are the program's real output, and its commands work.
//!
//! With `KENPYO_BLESS=1` the pictures are made anew.
//!
//! Invariants
//! - The page of the repository is compared; it is written only where the environment asks for it.

use std::fs;
use std::process::Output;

use crate::program::{kenpyo, root, text};

/// Replaces the block behind every `<!-- picture: ARGUMENTS -->` by what the program prints where it is `run`.
pub fn with_real_pictures(page: &str, run: impl Fn(&[&str]) -> Output) -> String {
    let mut made = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- picture: ") {
        let (arguments, after) = after.split_once(" -->").unwrap();
        let (_, after) = after.split_once("```text\n").unwrap();
        let (_, after) = after.split_once("```").unwrap();
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let output = text(&run(words.as_slice()));
        assert!(!output.is_empty(), "kenpyo {arguments} printed nothing");
        made += &[before, "<!-- picture: ", arguments, " -->\n```text\n", &output, "```"].concat();
        rest = after;
    }
    made + rest
}

#[test]
fn the_pictures_are_not_stale() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let real = with_real_pictures(&readme, kenpyo);
    if std::env::var_os("KENPYO_BLESS").is_some() {
        fs::write(&path, real).unwrap();
    } else {
        assert!(
            readme == real,
            "README.md shows an older output: KENPYO_BLESS=1 cargo test --test it readme"
        );
    }
}

/// Every command line of the block for hospitals does what it says, in a folder with the repository's fixtures.
#[cfg(feature = "xlsx")]
#[test]
fn the_commands_for_a_hospital_write_their_files() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, after) = readme.split_once("<!-- commands: hospital;").unwrap();
    let (_, block) = after.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("fixtures/submissions");
    fs::create_dir_all(&input).unwrap();
    fs::copy(root().join("fixtures/submissions/example.csv"), input.join("example.csv")).unwrap();
    for line in block.lines() {
        let line = line.split(" # ").next().unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0], "kenpyo");
        let output = crate::program::command(folder.path()).args(&words[1..]).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{line}: {output:?}");
        let written = words.iter().rfind(|word| word.contains('.')).unwrap();
        assert!(folder.path().join(written).is_file(), "{line}");
    }
    assert!(folder.path().join("訂正済み.csv.changes.csv").is_file());
}
