//! What `explain` and `rules book` tell of rules over many records and of macro edits: over the pack whose files are the
//! samples of the reference.
//!
//! Invariants
//! - What must be shown is read from the rule files, never from a list here.

use std::fs;
use std::path::Path;

use crate::authors::write_packs;
use crate::program::{command, kenpyo, text};

const PACK: &str = "rules/school/2025";

/// The folder of the pack.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_packs(folder.path(), "");
    folder
}

fn run(folder: &Path, words: &[&str]) -> String {
    let output = command(folder).args(words).args(["--survey", PACK]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// `text` without what only lays it out.
fn plain(text: &str) -> String {
    text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Id and demand of each rule of a file whose demand is no condition, as its author wrote it.
fn demands(folder: &Path, file: &str) -> Vec<(String, String)> {
    let rules = fs::read_to_string(folder.join(PACK).join(file)).unwrap();
    let mut found = Vec::new();
    for block in rules.split("rule]]").skip(1) {
        let value = |key: &str| {
            let line = block.lines().find(|line| line.split('=').next().unwrap().trim() == key)?;
            Some(line.split_once('=').unwrap().1.trim().to_owned())
        };
        let kinds = [
            "unique",
            "latest",
            "exists-in",
            "covers",
            "share",
            "count",
            "at-most",
            "determines",
            "complete",
            "adds-up",
            "nested",
            "rounded-sum",
            "which-average",
            "claim",
            "mix",
        ];
        let demand = kinds.into_iter().find_map(|kind| Some(format!("{kind} = {}", value(kind)?)));
        found.extend(demand.map(|demand| (value("id").unwrap().replace('"', ""), demand)));
    }
    found
}

#[test]
fn a_demand_over_many_records_is_told_with_every_setting_as_it_is_written() {
    let folder = folder();
    let over_many = demands(folder.path(), "90-many.toml");
    let of_tables = demands(folder.path(), "95-tables.toml");
    assert!(over_many.len() >= 9 && of_tables.len() >= 6, "{over_many:?} {of_tables:?}");
    for (id, demand) in over_many.iter().chain(&of_tables) {
        let page = plain(&run(folder.path(), &["explain", id, "--lang", "en"]));
        assert!(page.contains(&plain(demand)), "{demand}: {page}");
        assert!(page.contains("in words"), "{page}");
    }
    for language in ["ja", "en"] {
        let book = plain(&run(folder.path(), &["rules", "book", "--lang", language]));
        for (_, demand) in &over_many {
            assert!(book.contains(&format!("`{}`", plain(demand))), "{demand}: {book}");
        }
        if cfg!(feature = "html") {
            let page = run(folder.path(), &["rules", "book", "--lang", language, "--format", "html"]);
            let page = plain(&page.replace("&#39;", "'").replace("&#34;", "\"").replace("&#62;", ">"));
            for (_, demand) in &over_many {
                assert!(page.contains(&format!("<code>{}</code>", plain(demand))), "{demand}");
            }
        }
    }
}

#[test]
fn a_demand_over_many_records_is_told_in_words() {
    let folder = folder();
    let book = |language: &str| plain(&run(folder.path(), &["rules", "book", "--lang", language]));
    let (ja, en) = (book("ja"), book("en"));
    for (told, of) in [
        (
            &en,
            "for each value of Region, the number of records for which School code is answered is at least 2",
        ),
        (&ja, "地域の値ごとに、学校コードが回答ありの票の件数が2件以上であること"),
        (&en, "every row of \"Register of schools\" for which State is \"open\" has answered"),
        (&ja, "「学校名簿」の状態が「open」の行すべてから提出があること"),
        (&en, "is \"No\" is at most 25 % (not judged on fewer than 4)"),
        (&ja, "条件「length(remark) >= 10」に当てはまる票のうち、備考が同じものが2件以下であること"),
        (&en, "every combination of Size class, Region occurs"),
        (&en, "records that agree in Town code agree in Region too"),
    ] {
        assert!(told.contains(of), "{of}: {told}");
    }
    let explained = |id: &str| plain(&run(folder.path(), &["explain", id, "--lang", "en"]));
    assert!(explained("SCH-M02").contains("in \"valid\" of T1"), "{}", explained("SCH-M02"));
    assert!(explained("SCH-M06").contains("\"It rises with size\""), "{}", explained("SCH-M06"));
}

#[test]
fn instances_with_another_demand_or_other_words_are_told_too() {
    let book = plain(&text(&kenpyo(&["rules", "book", "--lang", "en"])));
    let entry = book.split("### HCS-F008 ").nth(1).unwrap().split("### ").next().unwrap().to_owned();
    for told in ["unique = { fields = [\"gmis_id\"] }", "beds_total is known", "count = {"] {
        assert!(entry.contains(told), "{told}: {entry}");
    }
    assert!(entry.contains("all rows of"), "whom it is about: {entry}");
}
