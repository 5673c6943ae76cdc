//! Macro edits of the shipped survey, on its published report and on golden counts.
//!
//! Invariants
//! - What must be found stands in the domain's list of contradictions, never in a former run.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::diagnostic::Language;
use crate::engine::survey::open;
use crate::plan::Selection;
use crate::tables::strata::{Moving, Stratum, frame_weighted, mean_of_bands};
use crate::tables::{BaseConvention, Counts, Programme, figures, ratio};

fn plan() -> Plan {
    let pack = open(None).unwrap().pack.unwrap();
    Plan::new(Arc::new(pack), &Selection::default()).0.unwrap()
}

/// The tables without a record: with what was published.
fn empty(plan: &Plan) -> Figures {
    let (programme, found) = Programme::new(plan, &[], BaseConvention::Asked);
    assert!(!found.has_errors());
    figures(&programme, &Counts::new(&programme))
}

/// Id and message of each finding.
fn told(findings: &[Finding]) -> Vec<(String, String)> {
    let one = |finding: &Finding| {
        let diagnostic = &finding.diagnostic;
        (diagnostic.notice.full_id(), diagnostic.message(Language::En))
    };
    findings.iter().map(one).collect()
}

/// Ids with the tables that messages name.
fn named(findings: &[(String, String)]) -> BTreeSet<String> {
    let table = |text: &str| -> String {
        let word =
            text.split(' ').find(|word| word.starts_with('T') && word.chars().skip(1).any(char::is_numeric));
        word.unwrap_or_default().chars().take_while(|letter| letter.is_alphanumeric()).collect()
    };
    findings.iter().map(|(id, text)| format!("{id} {}", table(text)).trim().to_owned()).collect()
}

/// The contradictions that the report has in itself, and nothing else of it: what is consistent is silent.
#[test]
fn the_published_report_contradicts_itself_where_it_is_known_to() {
    let plan = plan();
    let found = told(&macro_findings(&plan, &empty(&plan), Judged::Published));
    let of = |id: &str| {
        found.iter().filter(|(own, _)| own == id).map(|(_, text)| text.as_str()).collect::<Vec<_>>()
    };
    // 1: "two or more copies: over 80 %" against 42 and 32. 2: another base than the table's.
    let sentences = of("HCS-M010");
    assert_eq!(sentences.len(), 2, "{sentences:#?}");
    assert!(
        sentences.iter().any(|text| text.contains("T12"))
            && sentences.iter().any(|text| text.contains("T04"))
    );
    // 3: 76, 5 and 17. 4: 91, 5 and "a few".
    let sums = of("HCS-M006");
    assert_eq!(sums.len(), 2, "{sums:#?}");
    assert!(sums.iter().any(|text| text.contains("T08") && text.contains("98 %")));
    assert!(sums.iter().any(|text| text.contains("T11") && text.contains("97 %")));
    // 7: 8,171 against 8,122. The response: 90.6 on five degrees of freedom, and 31.2 that is no test.
    assert!(
        of("HCS-M017").len() == 1 && of("HCS-M017")[0].contains("8171") && of("HCS-M017")[0].contains("8122")
    );
    assert!(
        of("HCS-M013").len() == 1 && of("HCS-M013")[0].contains("90.6") && of("HCS-M013")[0].contains("31.2")
    );
    for id in [
        "HCS-M001", "HCS-M002", "HCS-M003", "HCS-M004", "HCS-M005", "HCS-M007", "HCS-M008", "HCS-M009",
        "HCS-M014",
    ] {
        assert!(of(id).is_empty(), "{id}: {:#?}", of(id));
    }
    // Band 20-99 of the manager question rose by about 20 points, as the limit's source says.
    assert!(of("HCS-M011").iter().all(|text| text.contains("manager")), "{:#?}", of("HCS-M011"));
}

const BASES: [u64; 6] = [1012, 1258, 518, 404, 243, 289];
const GOLDEN: [[u64; 6]; 3] =
    [[101, 164, 78, 61, 39, 72], [354, 478, 217, 189, 121, 125], [557, 616, 223, 154, 83, 92]];

/// `figures` with the counts of the three rows of T13.
fn with_methods(mut figures: Figures, counts: [[u64; 6]; 3]) -> Figures {
    let frame = [2940, 2810, 1015, 673, 357, 376];
    let valid = [1794, 1816, 698, 474, 270, 301];
    let table = figures.tables.iter_mut().find(|table| &*table.name == "T13").unwrap();
    let bands: Vec<usize> = (0..6).collect();
    for row in &mut table.rows {
        let place = ["three-plus", "two", "one"].iter().position(|name| *name == &*row.name);
        let own = place.map_or([0; 6], |place| counts[place]);
        let strata: Vec<Stratum> = bands
            .iter()
            .map(|&band| Stratum {
                count: own[band],
                base: BASES[band],
                accepted: valid[band],
                frame: frame[band],
                ..Stratum::default()
            })
            .collect();
        let all: (u64, u64) = (own.iter().sum(), BASES.iter().sum());
        for (band, cell) in row.cells.iter_mut().enumerate() {
            let (count, base) = own.get(band).copied().zip(BASES.get(band).copied()).unwrap_or(all);
            cell.count = Moving::fixed(Some(count));
            cell.base = Moving::fixed(Some(base));
            cell.share = Moving::fixed(ratio(count, base));
        }
        row.averages.pooled = Moving::fixed(ratio(all.0, all.1));
        row.averages.bands = mean_of_bands(&strata);
        row.averages.frame = frame_weighted(&strata);
    }
    figures
}

fn about_methods(findings: &[Finding]) -> BTreeSet<String> {
    let found = told(findings);
    named(&found.into_iter().filter(|(_, text)| text.contains("T13")).collect::<Vec<_>>())
}

/// The counts of domain 7.2 print 16 / 42 / 42 by the mean of bands, as published and as the table declares.
#[test]
fn golden_counts_reproduce_what_was_published() {
    let plan = plan();
    let figures = with_methods(empty(&plan), GOLDEN);
    assert_eq!(about_methods(&macro_findings(&plan, &figures, Judged::Counted)), BTreeSet::new());
}

/// A mean of exactly 42.5 prints 43, and 42 was published.
#[test]
fn a_half_that_was_printed_down_is_told() {
    let plan = plan();
    let mut counts = GOLDEN;
    // 35, 38, 42, 47, 50 and 43 % exactly of bases of a hundred.
    counts[1] = [354, 478, 217, 189, 121, 125];
    let mut figures = with_methods(empty(&plan), counts);
    let table = figures.tables.iter_mut().find(|table| &*table.name == "T13").unwrap();
    let row = table.rows.iter_mut().find(|row| &*row.name == "two").unwrap();
    let exact = [35, 38, 42, 47, 50, 43].map(|count| Stratum { count, base: 100, ..Stratum::default() });
    row.averages.bands = mean_of_bands(&exact);
    assert_eq!(row.averages.bands.now, ratio(85, 200));
    let found = about_methods(&macro_findings(&plan, &figures, Judged::Counted));
    assert_eq!(found, BTreeSet::from(["HCS-M007 T13".to_owned()]));
}

/// A published rate is judged by the published counts of which it is made.
#[test]
fn a_published_rate_is_held_against_the_published_counts() {
    let plan = plan();
    let with = |row: &str, digits: i64| {
        let mut figures = empty(&plan);
        let table = figures.tables.iter_mut().find(|table| &*table.name == "T01").unwrap();
        let row = table.rows.iter_mut().find(|own| &*own.name == row).unwrap();
        row.cells.last_mut().unwrap().published.as_mut().unwrap().value.digits = digits;
        let found = told(&macro_findings(&plan, &figures, Judged::Published));
        found
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| id == "HCS-M003" || id == "HCS-M004")
            .collect::<Vec<_>>()
    };
    assert_eq!(with("rate", 655), Vec::<String>::new());
    assert_eq!(with("rate", 654), ["HCS-M003"]);
    assert_eq!(with("frame", 5352), ["HCS-M003", "HCS-M004"]);
}

/// What may not be shown is not told in a message either.
#[test]
fn hidden_cells_are_told_of_in_no_message() {
    let plan = plan();
    let mut counts = GOLDEN;
    counts[0][5] = 2;
    let mut figures = with_methods(empty(&plan), counts);
    let small = |figures: &Figures| {
        let found = told(&macro_findings(&plan, figures, Judged::Counted));
        found.iter().filter(|(id, text)| id == "HCS-M015" && text.contains("T13")).count()
    };
    let before = small(&figures);
    let table = figures.tables.iter_mut().find(|table| &*table.name == "T13").unwrap();
    let row = table.rows.iter_mut().find(|row| &*row.name == "three-plus").unwrap();
    row.cells[5].hidden = true;
    assert_eq!((before > 0, small(&figures)), (true, before - 1));
}
