//! The bar chart of a question: a group of bars for each band, with the range that held records leave open as a whisker.
//!
//! Invariants
//! - Heights are tenths of a per cent, rounded half up from the exact share: whole numbers, the same everywhere.
//! - What is hidden, or has no base, has no bar.

use crate::diagnostic::Language;
use crate::report::words::pick;
use crate::rule_pack::tabulation::TableKind;
use crate::source::picture;
use crate::tables::{AnswerRow, CellFigures, ColumnKind, Ratio, RowFigures, RowKind, TableFigures, percent};

/// Kinds of bars that have a colour.
const COLOURS: usize = 8;
/// Lengths of the drawing, in tenths of a per cent of height.
const TOP: i64 = 90;
const FULL: i64 = 1000;
const LEFT: i64 = 190;
const BAR: i64 = 100;
const BETWEEN: i64 = 110;
const BELOW: i64 = 110;

/// A chart.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) width: i64,
    pub(super) height: i64,
    /// On a screen, in pixels.
    pub(super) shown: i64,
    pub(super) bars: Vec<Bar>,
    /// Lines across, with what stands before them.
    pub(super) lines: Vec<(i64, String)>,
    /// Names of the groups.
    pub(super) groups: Vec<(i64, i64, String)>,
    /// Colour and name of each kind of bar.
    pub(super) key: Vec<(usize, String)>,
    pub(super) left: i64,
    pub(super) right: i64,
    pub(super) range: &'static str,
}

/// A bar.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) colour: usize,
    /// The percentage over it; empty: there is no room.
    pub(super) text: String,
    pub(super) middle: i64,
    pub(super) over: i64,
    /// The ends of its range. `None`: it cannot move.
    pub(super) whisker: Option<(i64, i64)>,
    pub(super) left: i64,
    pub(super) right: i64,
}

impl Chart {
    /// The chart of `table`. `None`: it counts no answers, or has no bands.
    pub(super) fn of(table: &TableFigures, language: Language) -> Option<Self> {
        let answers = table.kind == TableKind::Answers;
        let is_option = |row: &&RowFigures| row.kind == RowKind::Answer(AnswerRow::Option);
        let rows: Vec<&RowFigures> = table.rows.iter().filter(is_option).take(COLOURS).collect();
        let has_bands = table.columns.iter().any(|column| column.kind == ColumnKind::Band);
        if !answers || rows.is_empty() || !has_bands {
            return None;
        }
        let count = i64::try_from(rows.len()).unwrap_or(1);
        let columns: Vec<usize> = (0..table.columns.len())
            .filter(|&place| table.columns.get(place).is_some_and(|one| one.kind != ColumnKind::Unclassified))
            .collect();
        let mut chart = Self {
            title: picture::visible(table.title.get(language)).into_owned(),
            width: 0,
            height: TOP + FULL + BELOW,
            shown: 0,
            bars: Vec::new(),
            lines: [0, 250, 500, 750, 1000]
                .map(|tenths| (TOP + FULL - tenths, format!("{}%", tenths / 10)))
                .into(),
            groups: Vec::new(),
            key: Vec::new(),
            left: LEFT,
            right: 0,
            range: pick(language, "線は取り得る範囲", "lines: the range that is still open"),
        };
        let mut x = LEFT + BETWEEN / 2;
        for place in columns {
            let start = x;
            for (colour, row) in rows.iter().enumerate() {
                if let Some(cell) = row.cells.get(place) {
                    chart.bars.extend(bar(cell, x, colour));
                }
                x += BAR;
            }
            let label = table.columns.get(place).map(|column| column.label.get(language));
            let label = picture::visible(label.map_or("", |label| label)).into_owned();
            chart.groups.push((start + count * BAR / 2, TOP + FULL + 75, label));
            // A group is as wide as its name needs.
            x += BETWEEN.max(420 - count * BAR);
        }
        chart.right = x;
        chart.width = x + 20;
        chart.shown = chart.width / 5;
        chart.key = rows
            .iter()
            .enumerate()
            .map(|(colour, row)| (colour, picture::visible(row.label.get(language)).into_owned()))
            .collect();
        Some(chart)
    }
}

fn tenths(share: &Ratio) -> i64 {
    percent(share, 1).digits.clamp(0, FULL)
}

/// `None`: the cell is hidden, or has no share.
fn bar(cell: &CellFigures, x: i64, colour: usize) -> Option<Bar> {
    let share = cell.share.now.as_ref().filter(|_| !cell.hidden)?;
    let height = tenths(share);
    let ends = cell.share.low.as_ref().zip(cell.share.high.as_ref()).filter(|(low, high)| low != high);
    let whisker = ends.map(|(low, high)| (TOP + FULL - tenths(low), TOP + FULL - tenths(high)));
    let top = whisker.map_or(TOP + FULL - height, |(_, high)| high.min(TOP + FULL - height));
    Some(Bar {
        x: x + 5,
        y: TOP + FULL - height,
        width: BAR - 10,
        height,
        colour,
        text: percent(share, 0).to_string(),
        middle: x + BAR / 2,
        over: top - 15,
        whisker,
        left: x + BAR / 2 - 15,
        right: x + BAR / 2 + 15,
    })
}
