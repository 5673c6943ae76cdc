//! Whoever solves the printed tables finds no hidden count.
//!
//! The solver here knows what a reader knows: the printed counts and percentages, that rows add to bases and bands to
//! totals, that a base is the count of the answers that open it, and that no count is below nought. It tries whole sets of
//! counts, and tells for each hidden one whether two different values fit.
//!
//! Invariants
//! - A solver that finds one value only for a hidden count fails the test; it searches, and so may miss, but never
//!   invents.
//! - The seed is fixed, and more than a hundred counts are hidden in all.

use std::sync::Arc;

use super::super::*;
use super::leave_out_further;
use crate::batch::example::batch_of;
use crate::expression::Value;
use crate::plan::{Plan, Selection};
use crate::rule_pack::load::load;
use crate::rule_pack::{ExampleRecord, ExampleValue};
use crate::source::root::SurveyRoot;

const OPTIONS: &str = r#""oneOf": [
    { "const": 1, "x-name": "a", "x-label": { "ja": "a", "en": "a" } },
    { "const": 2, "x-name": "b", "x-label": { "ja": "b", "en": "b" } },
    { "const": 3, "x-name": "c", "x-label": { "ja": "c", "en": "c" } }
  ]"#;

const SURVEY: &str = "
[survey]
id = 'ex'
wave = '2024'
schema = 'schemas/ex.json'
key = ['id']
title.ja = '例'
title.en = 'ex'
timezone = 'Asia/Tokyo'
[link.frame]
schema = 'schemas/frame.json'
on = { id = 'id' }
[tables]
by = ['band']
frame = 'frame'
[table.T1]
field = 'q0'
average = 'bands'
title.ja = '一'
title.en = 'one'
[table.T2]
field = 'q1'
rows = ['a']
average = 'unknown'
title.ja = '二'
title.en = 'two'
[table.T3]
field = 'q2'
average = 'pooled'
title.ja = '三'
title.en = 'three'
[table.T4]
kind = 'held'
base = 'received'
title.ja = '四'
title.en = 'four'
[table.T5]
kind = 'response'
rows = ['received', 'valid', 'rate']
title.ja = '五'
title.en = 'five'
";

fn plan() -> Plan {
    let field = |name: &str, more: &str| {
        format!(r#""{name}": {{ {OPTIONS}, "x-label": {{ "ja": "{name}", "en": "{name}" }}{more} }}"#)
    };
    let fields = [
        r#""id": { "type": "string", "x-kind": "code", "x-label": { "ja": "id", "en": "id" } }"#.to_owned(),
        field("band", ""),
        field("q0", r#", "x-q": "0""#),
        field("q1", r#", "x-q": "1", "x-relevant": "q0 = \"a\"""#),
        field("q2", r#", "x-q": "2", "x-relevant": "q1 = \"a\"""#),
    ];
    let schema = format!(
        r#"{{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "ex", "type": "object",
          "x-label": {{ "ja": "例", "en": "ex" }}, "properties": {{ {} }} }}"#,
        fields.join(",")
    );
    let frame = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "frame", "type": "object",
          "x-label": { "ja": "名簿", "en": "frame" }, "properties": { "id": { "type": "string", "x-kind": "code",
          "x-label": { "ja": "id", "en": "id" } } } }"#;
    let files = vec![
        ("rules/ex/survey.toml".into(), SURVEY.into()),
        ("schemas/ex.json".into(), schema),
        ("schemas/frame.json".into(), frame.into()),
    ];
    let loaded = load(&SurveyRoot::Memory(files), "rules/ex").unwrap();
    let pack = loaded.pack.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    Plan::new(Arc::new(pack), &Selection::default()).0.unwrap()
}

/// Counts of accepted records, by band: of q0 a, b, c; of q1 a, b, c; of q2 a, b, c. q1 adds to q0 a, q2 to q1 a.
type Truth = [[u64; 9]; 3];

fn tabulated(plan: &Plan, truth: &Truth) -> (Programme, Figures) {
    let pack = &plan.pack;
    let mut records = Vec::new();
    for (band, counts) in truth.iter().enumerate() {
        let option = |option: usize| ExampleValue::Value(Value::Option(u8::try_from(option).unwrap()));
        let mut add = |answers: &[usize], times: u64| {
            let mut record = ExampleRecord::default();
            record.values.insert(pack.named("band").unwrap(), option(band));
            for (question, answer) in answers.iter().enumerate() {
                record.values.insert(pack.named(&format!("q{question}")).unwrap(), option(*answer));
            }
            (0..times).for_each(|_| records.push(record.clone()));
        };
        for answer in 0..3 {
            add(&[0, 0, answer], counts[6 + answer]);
            if answer > 0 {
                add(&[answer], counts[answer]);
                add(&[0, answer], counts[3 + answer]);
            }
        }
    }
    let (programme, _) = Programme::new(plan, &[], BaseConvention::Asked);
    let mut counts = Counts::new(&programme);
    let batch = batch_of(pack, &records);
    counts.add(&programme, plan, &batch, &vec![Settled::accepted(); records.len()]);
    let figures = figures(&programme, &counts);
    (programme, figures)
}

/// A row of a printed table: what a reader sees of each column, bands and total: count and whole percent.
type Seen = Vec<[Option<(u64, i64)>; 4]>;

/// The rows of the tables, their bases, and what tells of all records of a column, as printed.
type Printed = (Vec<Seen>, Vec<[Option<u64>; 4]>, Vec<[Option<u64>; 4]>);

fn seen(figures: &Figures) -> Printed {
    let tables = figures.tables.iter().map(|table| {
        let row = |row: &RowFigures| {
            std::array::from_fn(|column| {
                let cell = &row.cells[column];
                let percent = cell.share.now.as_ref().map_or(-1, |share| percent(share, 0).digits);
                (!cell.hidden).then(|| (cell.count.now.unwrap(), percent))
            })
        };
        table.rows.iter().filter(|row| matches!(&*row.name, "a" | "b" | "c" | "other")).map(row).collect()
    });
    let bases = figures.tables.iter().map(|table| {
        std::array::from_fn(|column| {
            let column = &table.columns[column];
            if column.hidden { None } else { column.base.now }
        })
    });
    let heads = figures.tables.iter().map(|table| {
        std::array::from_fn(|column| {
            let column = &table.columns[column];
            (!column.hidden).then_some(column.accepted)
        })
    });
    // Nothing is held here, so what was received is what was accepted.
    let rows = figures.tables[4].rows.iter().map(|row| {
        std::array::from_fn(|column| {
            let cell = &row.cells[column];
            if cell.hidden { None } else { cell.count.now }
        })
    });
    let mut all: Vec<[Option<u64>; 4]> = heads.chain(rows).collect();
    all.push(std::array::from_fn(|column| {
        let column = &figures.tables[3].columns[column];
        if column.hidden { None } else { column.base.now }
    }));
    (tables.collect(), bases.collect(), all)
}

/// A count of one band.
type Count<'a> = dyn Fn(&[u64; 9]) -> u64 + 'a;

/// Whether the counts of one set, by band, are as printed.
fn is_as_printed(world: &Truth, printed: &Printed) -> bool {
    let total = |of: &dyn Fn(&[u64; 9]) -> u64| world.iter().map(of).sum::<u64>();
    let at = |column: usize, of: &dyn Fn(&[u64; 9]) -> u64| {
        if column < 3 { of(&world[column]) } else { total(of) }
    };
    let bases: [&Count<'_>; 3] = [&|one| one[0] + one[1] + one[2], &|one| one[0], &|one| one[3]];
    let rows: [Vec<Box<Count<'_>>>; 3] = [
        vec![Box::new(|one| one[0]), Box::new(|one| one[1]), Box::new(|one| one[2])],
        vec![Box::new(|one| one[3]), Box::new(|one| one[4] + one[5])],
        vec![Box::new(|one| one[6]), Box::new(|one| one[7]), Box::new(|one| one[8])],
    ];
    let told = printed
        .2
        .iter()
        .all(|row| (0..4).all(|column| row[column].is_none_or(|shown| shown == at(column, bases[0]))));
    told && (0..3).all(|table| {
        (0..4).all(|column| {
            let base = at(column, bases[table]);
            let fits = printed.1[table][column].is_none_or(|shown| shown == base);
            fits && rows[table].iter().enumerate().all(|(row, of)| {
                let count = at(column, of);
                let share = ratio(count, base).map_or(-1, |share| percent(&share, 0).digits);
                printed.0[table][row][column].is_none_or(|shown| shown == (count, share))
            })
        })
    })
}

/// Sets of counts in which some move by one or two, that print alike.
fn others(truth: &Truth, printed: &Printed, random: &mut u64) -> Vec<Truth> {
    let mut below = |limit: u64| {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        *random % limit
    };
    // A record moves from one kind of answers to another in one band, and another one back in another band.
    let kinds: [&[usize]; 7] = [&[0, 3, 6], &[0, 3, 7], &[0, 3, 8], &[0, 4], &[0, 5], &[1], &[2]];
    let mut found = Vec::new();
    let moved = |world: &mut Truth, band: usize, from: usize, to: usize| {
        kinds[from]
            .iter()
            .all(|place| world[band][*place].checked_sub(1).map(|less| world[band][*place] = less).is_some())
            && {
                kinds[to].iter().for_each(|place| world[band][*place] += 1);
                true
            }
    };
    for first in 0..3 {
        for second in 0..3 {
            for from in 0..7 {
                for to in 0..7 {
                    let mut world = *truth;
                    let goes = first == second && moved(&mut world, first, from, to)
                        || first != second
                            && moved(&mut world, first, from, to)
                            && moved(&mut world, second, to, from);
                    if goes && world != *truth && is_as_printed(&world, printed) {
                        found.push(world);
                    }
                }
            }
        }
    }
    // Rounds over all three bands.
    for bands in [[0, 1, 2], [0, 2, 1]] {
        for kind in 0..7_usize.pow(3) {
            let [x, y, z] = [kind % 7, kind / 7 % 7, kind / 49];
            let mut world = *truth;
            let goes = moved(&mut world, bands[0], x, y)
                && moved(&mut world, bands[1], y, z)
                && moved(&mut world, bands[2], z, x);
            if goes && world != *truth && is_as_printed(&world, printed) {
                found.push(world);
            }
        }
    }
    for _ in 0..30_000 {
        let mut world = *truth;
        let steps = 2 + below(4);
        let goes = (0..steps).all(|_| {
            let (band, from, to) = (below(3), below(7), below(7));
            let place = |number: u64| usize::try_from(number).unwrap();
            moved(&mut world, place(band), place(from), place(to))
        });
        if goes && world != *truth && is_as_printed(&world, printed) {
            found.push(world);
        }
    }
    found
}

/// The counts of a world that one line of one table adds up.
fn places_of(table: usize, line: &str) -> &'static [usize] {
    match (table, line) {
        (0, "a") => &[0],
        (0, "b") => &[1],
        (0, "c") => &[2],
        (1, "a") => &[3],
        (1, "other") => &[4, 5],
        (2, "a") => &[6],
        (2, "b") => &[7],
        (2, "c") => &[8],
        _ => &[],
    }
}

#[test]
fn no_hidden_count_can_be_told_from_what_is_printed() {
    let plan = plan();
    let mut random: u64 = 0x1234_5678_9abc_def1;
    let mut hidden_cells = 0;
    for _ in 0..25 {
        let mut below = |limit: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % limit
        };
        // Every fourth survey has a band of which hardly anyone answered.
        let sparse = usize::try_from(below(12)).unwrap();
        let truth: Truth = std::array::from_fn(|band| {
            let mut counts = [0; 9];
            if band == sparse {
                counts[1] = below(3);
                counts[8] = below(2);
                counts[3] = counts[8];
                counts[0] = counts[3];
                return counts;
            }
            for place in [1, 2, 4, 5, 6, 7, 8] {
                counts[place] = if below(3) == 0 { below(3) } else { 3 + below(30) };
            }
            counts[3] = counts[6] + counts[7] + counts[8];
            counts[0] = counts[3] + counts[4] + counts[5];
            counts
        });
        let (programme, mut figures) = tabulated(&plan, &truth);
        let before = figures.clone();
        suppress(&programme, &mut figures, 3);
        let printed = seen(&figures);
        assert!(is_as_printed(&truth, &printed), "what is printed is true");
        let others = others(&truth, &printed, &mut random);
        for (table, shown) in before.tables.iter().take(3).enumerate() {
            for (row, line) in shown.rows.iter().enumerate() {
                for column in 0..4 {
                    let (count, base) =
                        (line.cells[column].count.now.unwrap(), line.cells[column].base.now.unwrap());
                    let small = |number: u64| number == 1 || number == 2;
                    if !small(count) && !small(base - count) {
                        continue;
                    }
                    let name = format!("{} {} {column}\n{truth:?}", shown.name, line.name);
                    let now = &figures.tables[table].rows[row].cells[column];
                    assert!(now.hidden && now.count.now.is_none() && now.share.now.is_none(), "{name}");
                    hidden_cells += 1;
                    let of = |world: &Truth| {
                        let place = places_of(table, &line.name);
                        let band = |band: usize| place.iter().map(|place| world[band][*place]).sum::<u64>();
                        if column < 3 { band(column) } else { (0..3).map(band).sum() }
                    };
                    let differs = others.iter().any(|world| of(world) != of(&truth));
                    // 無回答 and 不詳 of such a small base are nought, and their rest is the base.
                    assert!(
                        differs || !matches!(&*line.name, "a" | "b" | "c" | "other"),
                        "{name}\n{printed:?}"
                    );
                }
            }
        }
    }
    assert!(hidden_cells > 100, "{hidden_cells}");
}

#[test]
fn nothing_but_ranges_is_left_out_where_nothing_is_small() {
    let plan = plan();
    let truth: Truth = [[60, 20, 30, 40, 10, 10, 20, 10, 10]; 3];
    let (programme, mut figures) = tabulated(&plan, &truth);
    let before = figures.clone();
    suppress(&programme, &mut figures, 3);
    assert_ne!(figures, before, "there are ranges to leave out");
    let mut without = before;
    without.tables.iter_mut().for_each(leave_out_further);
    assert_eq!(figures, without);
    let cells = || figures.tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    assert!(cells().all(|cell| !cell.hidden) && cells().any(|cell| cell.share.now.is_some()));
}
