//! The shipped rules: the published list of ids, texts in both languages, sources, examples of every outcome that a
//! rule can reach, and the published figures of the fixture files.
//!
//! Invariants
//! - The list of ids and severities is written by hand, from the survey's dossier and not from the pack.
//! - Random records are of a fixed seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use kenpyo::diagnostic::{Localized, Piece, Severity, Template};
use kenpyo::evaluate::Outcome;
use kenpyo::expression::FieldId;
use kenpyo::rule_pack::{Demand, EditRule, ExpectedOutcome, Origin, RulePack};

use crate::chance::Chance;
use crate::program::{fixture, report, root};
use crate::survey_run::{ASSUMED, Run, csv_of, generated, pack, rows};

/// The edits of the survey's dossier, all but the reader's own, with their severities: E, W or I.
/// Not among them: K022 (another wave's), D004–D006 (columns of another command's output), Y007 (a property of the
/// schema), M016 (a test of the program).
const PUBLISHED: &str = "
    C001E C002E C003E C004W C005W C006E C007E C008W C009W C010E C011W C012E C015E C017E C020W C021E
    R001E R002E R003W R004E R005W R006E R007W R008W
    K001E K002E K003E K004E K005E K006E K007E K008E K009E K010E K011E K012E K013E K014E K015E K016E K017I K018E
    K019E K020E K021E
    X001E X002E X003W X004E X005W X006W X007W X008W X009W X010W X011W X012W X013W X014W X015W X016W X017W
    D001I D002I D003W
    U001E U002W U003W U004W U005W
    F001E F002W F003W F004W F005E F006I F007I F008E
    Y001W Y002W Y003W Y004W Y005W Y006W
    M001E M002E M003E M004E M005E M006W M007W M008W M009W M010W M011W M012W M013I M014W M015W M017W";

/// The assumed questions have no published ids: their routing edits are called by field and kind.
const UNPUBLISHED: [&str; 4] = ["must-answer", "marked-not-applicable", "mark-accepted", "closed-by"];

/// A text of the pack: id, severity, title, message as a template's text.
struct Notice {
    id: String,
    severity: Severity,
    title: Localized<String>,
    message: Localized<String>,
}

fn words(template: &Template) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Slot(_) => "…".to_owned(),
    };
    template.pieces.iter().map(text).collect()
}

fn notices(pack: &RulePack) -> Vec<Notice> {
    let rules = pack.rules.iter().map(|rule| &rule.notice);
    let derived = pack.derived.iter().filter_map(|derived| derived.notice.as_ref()).map(|(notice, _)| notice);
    let groups = pack.groups.iter().filter_map(|group| group.notice.as_ref()).map(|(notice, _)| notice);
    let all = rules.chain(derived).chain(groups).chain(pack.cell_notices.values());
    let rules = all.map(|notice| Notice {
        id: notice.id.to_string(),
        severity: notice.severity,
        title: notice.title.map(ToString::to_string),
        message: notice.message.map(words),
    });
    let cells = pack.questionnaire.fields.iter().flat_map(|field| &field.invalid).map(|case| Notice {
        id: case.id.to_string(),
        severity: case.severity,
        title: case.title.map(ToString::to_string),
        message: case.message.map(words),
    });
    rules.chain(cells).collect()
}

#[test]
fn the_ids_are_those_of_the_published_list() {
    let expected: BTreeMap<String, Severity> = PUBLISHED
        .split_whitespace()
        .map(|entry| {
            let (id, severity) = entry.split_at(entry.len() - 1);
            let severity = match severity {
                "E" => Severity::Error,
                "W" => Severity::Warning,
                _ => Severity::Info,
            };
            (format!("HCS-{id}"), severity)
        })
        .collect();
    let of = |pack: &RulePack| -> BTreeMap<String, Severity> {
        notices(pack).into_iter().map(|notice| (notice.id, notice.severity)).collect()
    };
    let (base, assumed) = (of(&pack(None)), of(&pack(Some(ASSUMED))));
    // The fee is asked for in the overlay alone.
    let without_fee = expected.iter().filter(|(id, _)| *id != "HCS-X015");
    assert_eq!(base.iter().collect::<Vec<_>>(), without_fee.collect::<Vec<_>>());
    let fields: Vec<String> =
        pack(Some(ASSUMED)).questionnaire.fields.iter().map(|field| field.name.to_string()).collect();
    let unpublished = |id: &str| {
        let mut parts = id.splitn(2, ':');
        let field = parts.next().is_some_and(|name| fields.iter().any(|field| field == name));
        field && parts.next().is_some_and(|kind| UNPUBLISHED.iter().any(|known| kind.starts_with(known)))
    };
    let published: BTreeMap<_, _> = assumed.iter().filter(|(id, _)| !unpublished(id)).collect();
    assert_eq!(published.into_iter().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    assert!(assumed.len() > expected.len(), "the six questions have edits of their own");
}

#[test]
fn every_instance_is_there_once() {
    for survey in [None, Some(ASSUMED)] {
        let mut seen = BTreeSet::new();
        for rule in &pack(survey).rules {
            assert!(seen.insert(rule.notice.full_id()), "{} twice", rule.notice.full_id());
        }
    }
}

#[test]
fn every_text_is_there_in_both_languages() {
    for survey in [None, Some(ASSUMED)] {
        for notice in notices(&pack(survey)) {
            let Notice { id, title, message, .. } = &notice;
            for text in [title, message] {
                assert!(
                    !text.ja.trim().is_empty() && !text.en.trim().is_empty() && text.ja != text.en,
                    "{id}"
                );
                assert!(!text.ja.is_ascii(), "{id}: {}", text.ja);
            }
            assert!(
                !title.ja.contains(['{', '。']) && !title.en.contains('{') && !title.en.ends_with('.'),
                "{id}"
            );
            assert!(
                !title.en.chars().next().unwrap().is_uppercase() || title.en.starts_with(acronym),
                "{id}: {}",
                title.en
            );
        }
    }
}

/// A title is in lower case, but for names.
fn acronym(first: char) -> bool {
    ['G', 'E', 'B', 'M'].contains(&first)
}

#[test]
fn every_rule_says_from_where_it_comes() {
    for survey in [None, Some(ASSUMED)] {
        for rule in &pack(survey).rules {
            let generated = matches!(rule.origin, Origin::Generated(_));
            let unpublished = generated && rule.notice.id.contains(':');
            assert!(unpublished || !rule.source.trim().is_empty(), "{}", rule.notice.full_id());
        }
    }
}

/// The slots of `text`: what stands in braces.
fn slots(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect()
}

/// The blocks of a kind in the shipped rule files.
fn blocks(kind: &str) -> Vec<toml::Table> {
    let mut all = Vec::new();
    for folder in ["2024", "2024-assumed"] {
        for entry in fs::read_dir(root().join("rules/hospital-cyber").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let file: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let list = file.get(kind).and_then(toml::Value::as_array).cloned().unwrap_or_default();
            all.extend(list.into_iter().map(|block| block.as_table().unwrap().clone()));
        }
    }
    all
}

/// Both languages fill in the same, and a value only of a field that the rule reads.
#[test]
fn every_placeholder_is_in_the_fields_of_its_rule() {
    let packs = [pack(None), pack(Some(ASSUMED))];
    let (mut values, mut texts) = (0, 0);
    for block in ["rule", "generated_rule", "derive"].into_iter().flat_map(blocks) {
        let Some(message) = block.get("message") else { continue };
        let id = block["id"].as_str().unwrap();
        let (ja, en) = (slots(message["ja"].as_str().unwrap()), slots(message["en"].as_str().unwrap()));
        assert_eq!(ja, en, "{id}");
        texts += 1;
        for slot in &ja {
            let (name, form) = slot.split_once(':').unwrap_or((slot, ""));
            let known = |pack: &&RulePack| pack.questionnaire.field(name).is_some();
            let Some(pack) = packs.iter().find(known) else { continue };
            let field = pack.questionnaire.field(name).unwrap().id;
            let rules: Vec<&EditRule> = pack.rules.iter().filter(|rule| &*rule.notice.id == id).collect();
            let of_rules: BTreeSet<FieldId> = rules.iter().flat_map(|rule| rule.reads.clone()).collect();
            let derived = pack
                .derived
                .iter()
                .filter(|derived| derived.notice.as_ref().is_some_and(|(notice, _)| &*notice.id == id));
            let reads: BTreeSet<FieldId> = derived
                .flat_map(|derived| derived.reads.iter().copied().chain([derived.id]))
                .chain(of_rules)
                .collect();
            assert!(form == "q" || reads.contains(&field), "{id}: {{{slot}}} is not read");
            values += usize::from(form != "q");
        }
    }
    assert!(texts > 50 && values > 30, "{texts} texts, {values} values");
}

/// Records that mix the answers of clean ones with blanks, marks and odd values, cell by cell.
static RANDOM: LazyLock<[Vec<Vec<String>>; 2]> = LazyLock::new(|| {
    [None, Some(ASSUMED)].map(|survey| {
        let survey_of = survey.into_iter().flat_map(|survey| ["--survey", survey]);
        let arguments: Vec<&str> =
            ["--records", "700", "--seed", "51"].into_iter().chain(survey_of).collect();
        let clean = rows(&generated(&arguments));
        let form = &pack(survey).questionnaire;
        let odd = [
            "0",
            "1",
            "2",
            "3",
            "4",
            "19",
            "20",
            "99",
            "100",
            "1500",
            "1501",
            "なし",
            "x",
            "2024-01-31",
            "2024-03-09",
            "1234567",
            "134567890",
            "901234567",
            "9012345678",
            "0110113719",
            "131016",
            "-",
            "不明",
            "2024-03-20T10:00:00",
            "ABCDEFGH",
            "12345678",
        ];
        let mut chance = Chance(52);
        let mut table = vec![clean[0].clone()];
        for _ in 0..12_000 {
            let base = 1 + chance.below(700);
            let wild = chance.percent(50);
            let row = (0..form.fields.len()).map(|column| match chance.below(100) {
                0..8 => String::new(),
                8..11 => "該当なし".to_owned(),
                11..13 => "不明".to_owned(),
                13..21 => (*chance.pick(&odd)).to_owned(),
                21..60 if wild => clean[1 + chance.below(700)][column].clone(),
                _ => clean[base][column].clone(),
            });
            table.push(row.collect());
        }
        table
    })
});

/// The comments of the block whose header stands at `at`: those directly above it, and those inside it.
fn comments(text: &str, at: usize) -> String {
    let is_comment = |line: &&str| line.starts_with('#');
    let (before, block) = text.split_at(at);
    let above = before.lines().rev().take_while(is_comment);
    let inside = block[2..].split("\n[[").next().unwrap();
    // What stands directly above the next header, without a blank line between, is that block's.
    let apart = inside.ends_with('\n');
    let inside: Vec<&str> = inside.lines().rev().skip_while(|line| !apart && is_comment(line)).collect();
    above.chain(inside.into_iter().filter(is_comment)).collect::<Vec<&str>>().join("\n").to_lowercase()
}

/// By block of the rule files: id, outcomes that records reached, outcomes of examples, the text of the block.
fn reached(
    survey: Option<&str>,
    records: &[Vec<String>],
) -> Vec<(String, BTreeSet<Outcome>, BTreeSet<Outcome>, String)> {
    let run = Run::of(survey);
    let mutated: Vec<&str> = ["--mutate", "100", "--seed", "53", "--recipe", "clean"]
        .into_iter()
        .chain(survey.into_iter().flat_map(|survey| ["--survey", survey]))
        .collect();
    let files = [csv_of(records), generated(&mutated)];
    let mut blocks: BTreeMap<(u32, u64), (String, BTreeSet<Outcome>, BTreeSet<Outcome>, String)> =
        BTreeMap::new();
    for place in &run.plan.rules {
        let rule = &run.pack().rules[*place];
        if rule.origin != Origin::Written {
            continue;
        }
        let key = (rule.declared.source.0, rule.declared.span.start);
        let source = run.pack().sources.iter().find(|source| source.id == rule.declared.source).unwrap();
        let at = usize::try_from(rule.declared.span.start).unwrap();
        let block = blocks.entry(key).or_insert_with(|| {
            (rule.notice.full_id(), BTreeSet::new(), BTreeSet::new(), comments(&source.text, at))
        });
        block.2.extend(rule.examples.iter().map(|example| match example.expected {
            ExpectedOutcome::Pass => Outcome::Pass,
            ExpectedOutcome::Fail => Outcome::Fail,
            ExpectedOutcome::Undecided => Outcome::Undecided,
            ExpectedOutcome::NotApplicable => Outcome::NotApplicable,
        }));
    }
    for file in &files {
        for judged in run.judge("x.csv", file) {
            for (place, verdict) in run.plan.rules.iter().zip(&judged.outcomes.rules) {
                let rule = &run.pack().rules[*place];
                let Some(block) = blocks.get_mut(&(rule.declared.source.0, rule.declared.span.start)) else {
                    continue;
                };
                let met = [
                    (Outcome::Pass, &verdict.pass),
                    (Outcome::Fail, &verdict.fail),
                    (Outcome::Undecided, &verdict.undecided),
                    (Outcome::NotApplicable, &verdict.not_applicable),
                ];
                block.1.extend(met.iter().filter(|(_, mask)| !mask.is_none()).map(|(outcome, _)| *outcome));
            }
        }
    }
    blocks.into_values().collect()
}

/// An outcome that random records reach has an example; one that has none is said to be out of reach in the rule file.
#[test]
fn every_outcome_that_a_rule_can_reach_has_an_example() {
    let all = [Outcome::Pass, Outcome::Fail, Outcome::Undecided, Outcome::NotApplicable];
    let mut problems = Vec::new();
    let (mut met, mut silent) = (0, Vec::new());
    for (survey, records) in [None, Some(ASSUMED)].into_iter().zip(RANDOM.iter()) {
        for (id, reached, shown, text) in reached(survey, records) {
            for outcome in all {
                let (word, is_shown) = (outcome.word(), shown.contains(&outcome));
                let out_of_reach = |line: &str| {
                    let named = line.contains(word)
                        && ["can be reached", "cannot be reached"].iter().any(|said| line.contains(said));
                    named || (outcome == Outcome::Pass && line.contains("never passes"))
                };
                let said = text.lines().any(out_of_reach);
                match (reached.contains(&outcome), is_shown, said) {
                    (true, false, _) => problems.push(format!("{id}: records are {word}, but no example is")),
                    (_, true, true) => {
                        problems
                            .push(format!("{id}: an example is {word}, which is said to be out of reach"));
                    }
                    (false, false, false) => {
                        problems
                            .push(format!("{id}: {word} has no example and is not said to be out of reach"));
                    }
                    (false, true, false) => silent.push(format!("{id} {word}")),
                    _ => met += 1,
                }
            }
        }
    }
    println!("{met} outcomes met; shown by examples only: {silent:?}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(met > 150, "{met}");
}

#[test]
fn every_example_gives_its_outcome() {
    for survey in [None, Some(ASSUMED)] {
        let trial = kenpyo::rule_trial::run(&std::sync::Arc::new(pack(survey)));
        assert!(
            trial.examples > 300 && trial.diagnostics.is_empty(),
            "{}: {:?}",
            trial.examples,
            trial.diagnostics
        );
    }
}

/// The form of 2023, as far as public material gives it, needs nothing of the pack of 2024.
#[test]
fn the_form_of_2023_stands_alone() {
    let pack = pack(Some("hospital-cyber/2023"));
    let trial = kenpyo::rule_trial::run(&std::sync::Arc::new(pack.clone()));
    assert!(trial.examples > 40 && trial.diagnostics.is_empty(), "{:?}", trial.diagnostics);
    let jumps = pack.rules.iter().filter(|rule| &*rule.notice.id == "HCS-K022");
    let asked: BTreeSet<String> = jumps.map(|rule| rule.notice.full_id()).collect();
    let expected = ["r5_backup", "r5_frequency", "r5_media", "r5_media_detail"];
    assert_eq!(asked, BTreeSet::from(expected.map(|field| format!("HCS-K022/{field}"))));
}

/// Every id of the overlay is the target of a kind in one of the three lists.
#[test]
fn every_rule_of_both_packs_is_the_target_of_a_kind_of_defect() {
    let mut targets = BTreeSet::new();
    for file in ["defects.toml", "defects-linked.toml", "defects-assumed.toml"] {
        let list: toml::Table =
            toml::from_str(&fs::read_to_string(root().join(fixture(file))).unwrap()).unwrap();
        for kind in list["kind"].as_array().unwrap() {
            let each = kind.get("each").and_then(toml::Value::as_array);
            let fields =
                each.map(|each| each.iter().map(|field| field.as_str().unwrap()).collect::<Vec<_>>());
            for finding in kind["findings"].as_array().unwrap() {
                let rule = finding["rule"].as_str().unwrap();
                targets.extend(
                    fields.as_deref().unwrap_or(&["it"]).iter().map(|field| rule.replace("{it}", field)),
                );
            }
        }
    }
    for survey in [None, Some(ASSUMED)] {
        let pack = pack(survey);
        // A defect is made in one record: the edits across records and of the frame itself have files of their own, and
        // no submission closes its hospital in the frame.
        let of_a_record = |rule: &&EditRule| {
            rule.table == 0 && matches!(rule.demand, Demand::Require(_)) && &*rule.notice.id != "HCS-F006"
        };
        let rules = pack.rules.iter().filter(of_a_record).map(|rule| rule.notice.full_id());
        let cells =
            pack.questionnaire.fields.iter().flat_map(|field| &field.invalid).map(|case| case.id.to_string());
        let derived = pack.derived.iter().filter_map(|derived| Some(derived.notice.as_ref()?.0.full_id()));
        let missed: Vec<String> =
            rules.chain(cells).chain(derived).filter(|id| !targets.contains(id)).collect();
        assert!(missed.is_empty(), "{missed:?}");
    }
}

/// The records of a fixture file as a count by band (rows) of what `test` finds in a column.
fn by_band(table: &[Vec<String>], column: &str, code: &str) -> [usize; 6] {
    let place = |name: &str| table[0].iter().position(|header| header.starts_with(name)).unwrap();
    let (band, column) = (place("病床数区分"), place(column));
    let count = |number: usize| {
        let fits =
            |row: &&Vec<String>| row[band] == number.to_string() && (code.is_empty() || row[column] == code);
        table[1..].iter().filter(fits).count()
    };
    [1, 2, 3, 4, 5, 6].map(count)
}

/// The counts that the report prints or from which its printed cells follow.
#[test]
fn the_fixture_files_have_the_published_counts() {
    for name in ["clean", "natural"] {
        let file = fixture(&format!("submissions/{name}.csv"));
        let table = rows(&fs::read(root().join(&file)).unwrap());
        let counts = [
            ("病床数区分", "", [1794, 1816, 698, 474, 270, 301]),
            ("問4_", "1", [1023, 1271, 523, 408, 246, 292]),
            ("問11_", "1", [1012, 1258, 518, 404, 243, 289]),
            ("問14_", "1", [101, 164, 78, 61, 39, 72]),
            ("問14_", "2", [354, 478, 217, 189, 121, 125]),
            ("問14_", "3", [557, 616, 223, 154, 83, 92]),
        ];
        for (column, code, expected) in counts {
            assert_eq!(by_band(&table, column, code), expected, "{name}: {column} = {code}");
        }
        let report = report(&[&file], None);
        assert_eq!(report["summary"]["records"], 5353);
        assert_eq!(report["summary"]["findings"]["error"], 0);
    }
}

/// Half up, on whole numbers.
fn percent(part: usize, whole: usize) -> usize {
    (part * 200 + whole) / (whole * 2)
}

#[test]
fn the_published_percentages_follow_from_the_clean_file() {
    let table = rows(&fs::read(root().join(fixture("submissions/clean.csv"))).unwrap());
    let of = |column, code| by_band(&table, column, code);
    let (all, ehr, backup) = (of("病床数区分", ""), of("問4_", "1"), of("問11_", "1"));
    let shares = |parts: [usize; 6], wholes: [usize; 6]| {
        [0, 1, 2, 3, 4, 5].map(|band| percent(parts[band], wholes[band]))
    };
    assert_eq!(shares(ehr, all), [57, 70, 75, 86, 91, 97], "table T05");
    assert_eq!(percent(ehr.iter().sum(), all.iter().sum()), 70, "table T05, pooled");
    assert_eq!(shares(backup, ehr), [99; 6], "table T10");
    assert_eq!(shares(of("問14_", "1"), backup), [10, 13, 15, 15, 16, 25], "table T13");
    assert_eq!(shares(of("問14_", "2"), backup), [35, 38, 42, 47, 50, 43], "table T13");
    assert_eq!(shares(of("問14_", "3"), backup), [55, 49, 43, 38, 34, 32], "table T13");
    assert_eq!((ehr.iter().sum::<usize>(), backup.iter().sum::<usize>()), (3763, 3724), "bases E and B");
}
