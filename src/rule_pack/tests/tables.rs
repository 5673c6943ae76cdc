//! Tables as data: what is read of them, and what each mistake marks.
//!
//! Invariants
//! - One small table with its published figure; a mistake is named by its code and the word that it marks.

use super::{loaded, marked, only, with_survey};
use crate::rule_pack::tabulation::{AverageKind, TableBase, TableKind};

const TABLES: &str = "
[tables]
by = ['ex_band']

[base.P]
of = 'ex_partner'
title.ja = '全員'
title.en = 'everyone'

[table.T1]
field = 'ex_partner'
rows = 'options'
base = 'P'
years = ['2023', '2024']
average = 'bands'
title.ja = '相談先'
title.en = 'partner'
";

#[test]
fn a_table_is_read_with_its_rows_base_and_waves() {
    let loaded = with_survey(TABLES);
    assert_eq!(marked(&loaded), []);
    let pack = loaded.pack.unwrap();
    let table = &pack.tabulation.tables[0];
    assert_eq!((table.kind, table.average), (TableKind::Answers, AverageKind::Bands));
    assert_eq!(table.rows.iter().map(|row| &**row).collect::<Vec<_>>(), ["own", "other"]);
    assert_eq!(table.base, TableBase::Named(0));
    // The pack's own wave is always shown and stands beside nothing.
    assert_eq!(table.years.iter().map(|year| &**year).collect::<Vec<_>>(), ["2023"]);
    assert_eq!(pack.tabulation.classing.by, [pack.named("ex_band").unwrap()]);
}

#[test]
fn each_mistake_of_a_table_marks_the_word_that_makes_it() {
    let title = "title.ja = '表'\ntitle.en = 'table'\n";
    for (written, code, mark) in [
        ("[table.T]\nfield = 'ex_partner'\nrows = ['ownn']\n", "KP-P177", "'ownn'"),
        ("[table.T]\nfield = 'ex_partner'\nbase = 'Q'\n", "KP-P178", "'Q'"),
        ("[table.T]\nfield = 'ex_beds'\n", "KP-P099", "'ex_beds'"),
        ("[table.T]\nfield = 'ex_parter'\n", "KP-P064", "'ex_parter'"),
        ("[table.T]\nkind = 'failures'\nfield = 'ex_partner'\n", "KP-P175", "T"),
        ("[table.T]\nkind = 'response'\n", "KP-P176", "T"),
        ("[table.T]\nkind = 'failure'\n", "KP-P057", "'failure'"),
        ("[table.T]\nkind = 'held'\nbase = 'eligible'\n", "KP-P178", "'eligible'"),
        ("[table.T]\nfield = 'ex_partner'\nyears = ['2020']\n", "KP-P067", "'2020'"),
        ("[table.T]\nfield = 'ex_partner'\nby = ['ex_beds']\n", "KP-P099", "'ex_beds'"),
        ("[table.T]\nfield = 'ex_partner'\nlabels = 'bands'\nby = ['ex_key']\n", "KP-P068", "'bands'"),
    ] {
        let loaded = with_survey(&format!("{written}{title}"));
        let found = marked(&loaded);
        assert!(found.contains(&(code.to_owned(), mark.to_owned())), "{written}: {found:?}");
    }
    let loaded = with_survey(
        "[table.T.earlier.2023]\nfield = 'x'\n[table.T]\nfield = 'ex_partner'\ntitle.ja = '表'\ntitle.en = 'table'\n",
    );
    assert!(marked(&loaded).iter().any(|(code, _)| code == "KP-P179"), "{:?}", marked(&loaded));
}

#[test]
fn published_figures_name_tables_rows_and_columns_that_are_there() {
    let survey =
        format!("{}{TABLES}[tables.wave.2023]\npublished = 'rules/ex/2024/2023.csv'\n", super::SURVEY);
    let header = "table,row,band,value,to,mark,source,note\n";
    let with = |row: &str| {
        let figures = format!("{header}{row}\n");
        loaded(&[("rules/ex/2024/survey.toml", &survey), ("rules/ex/2024/2023.csv", &figures)])
    };
    let pack = with("T1,own,small,65.5,,report,p. 3,").pack.unwrap();
    let figure = &pack.tabulation.waves[0].published[0];
    assert_eq!((figure.digits, figure.decimals, figure.reconstructed), (655, 1, false));
    for (row, mark) in [
        ("T2,own,small,65,,report,p. 3,", "T2"),
        ("T1,owm,small,65,,report,p. 3,", "owm"),
        ("T1,own,tiny,65,,report,p. 3,", "tiny"),
        ("T1,own,all,-1,,report,p. 3,", "-1"),
        ("T1,own,all,65,60,report,p. 3,", "60"),
        ("T1,own,all,65,,guessed,p. 3,", "guessed"),
    ] {
        let (code, marked, _) = only(&with(row));
        assert_eq!((code.as_str(), marked.as_str()), ("KP-P180", mark), "{row}");
    }
}
