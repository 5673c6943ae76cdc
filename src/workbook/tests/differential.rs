//! The same cells as another reader gives them.
//!
//! Invariants
//! - Cells are written by one library and read by another; neither is the program's.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::super::Value;
use super::open;

/// A small generator of numbers, the same on every run.
struct Lcg(u64);

impl Lcg {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

const TEXTS: [&str; 8] =
    ["はい", "髙橋病院", "①", "a<b>&\"c\"", "一行目\n二行目", "_x000D_", "  前後  ", "𠮷野家"];

#[test]
fn cells_are_as_another_reader_gives_them() {
    for seed in 0..20 {
        let mut random = Lcg(seed);
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for _ in 0..200 {
            let row = u32::try_from(random.next(60)).unwrap();
            let column = u16::try_from(random.next(30)).unwrap();
            match random.next(4) {
                0 => sheet.write(row, column, TEXTS[usize::try_from(random.next(8)).unwrap()]).unwrap(),
                1 => sheet.write(row, column, u32::try_from(random.next(100_000)).unwrap()).unwrap(),
                2 => {
                    let number = f64::from(u32::try_from(random.next(1 << 30)).unwrap()) / 977.0;
                    sheet.write(row, column, number).unwrap()
                }
                _ => sheet.write(row, column, random.next(2) == 1).unwrap(),
            };
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let mut other: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.clone())).unwrap();
        let range = other.worksheet_range_at(0).unwrap().unwrap();
        let (top, left) = range.start().unwrap();
        let mut expected = Vec::new();
        for (row, column, data) in range.used_cells() {
            let place = (u32::try_from(row).unwrap() + top + 1, u32::try_from(column).unwrap() + left + 1);
            expected.push((place, data.clone()));
        }
        let mut package = open(bytes).unwrap();
        let mut rows = package.rows(0).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            for cell in row.cells() {
                let data = match cell.value {
                    Value::Text(text) => Data::String(text.to_owned()),
                    Value::Number(raw) => Data::Float(raw.parse().unwrap()),
                    Value::Boolean(yes) => Data::Bool(yes),
                    other => panic!("{other:?}"),
                };
                found.push(((cell.address.row, cell.address.column), data));
            }
        }
        assert!(found.len() > 100);
        assert_eq!(found, expected, "seed {seed}");
    }
}
