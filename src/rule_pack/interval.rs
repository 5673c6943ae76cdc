//! Lookups by interval: which row a number falls in.
//!
//! Invariants
//! - Rows rise by their lowest number; each begins one step of its scale above the end of the one before.
//! - Only the first may be open below, only the last open above.

use super::lookup::Draft;
use super::toml_file::Table;
use super::{LookupColumn, LookupKeys};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Argument, Decimal, Diagnostics, Localized};
use crate::expression::{Type, Value};

/// Reads the bounds, brings the rows into rising order and checks that they tile.
pub(super) fn read(draft: &mut Draft<'_>, bounds: &Table<'_>, found: &mut Diagnostics) -> Option<LookupKeys> {
    let low = draft.column(bounds.text("low")?.text)?;
    let high = draft.column(bounds.text("high")?.text)?;
    let ty = draft.columns.get(low)?.ty.clone();
    let Type::Number { scale, .. } = ty else {
        let reason = Localized::new(
            "interval の low の列が数ではありません",
            "the column of `low` is not one of numbers",
        );
        found.push(draft.wrong_keys(&reason));
        return None;
    };
    if draft.columns.get(high)?.ty != ty {
        let reason = Localized::new(
            "interval の low と high の列の型が異なります",
            "the columns of `low` and `high` are of different types",
        );
        found.push(draft.wrong_keys(&reason));
        return None;
    }
    let lows = ends(draft, low, i64::MIN, found);
    let highs = ends(draft, high, i64::MAX, found);
    let mut order: Vec<usize> = (0..draft.rows.len()).collect();
    order.sort_by_key(|row| lows.get(*row).copied().flatten());
    rearrange(draft, &order);
    let pick = |ends: &[Option<i64>]| -> Option<Vec<i64>> {
        order.iter().map(|row| ends.get(*row).copied().flatten()).collect()
    };
    let (lows, highs) = (pick(&lows)?, pick(&highs)?);
    tile(draft, &lows, &highs, scale, found);
    Some(LookupKeys::Interval { lows, highs, ty })
}

/// The bounds of one column; `open` where an empty cell says so. `None`: reported.
fn ends(draft: &Draft<'_>, column: usize, open: i64, found: &mut Diagnostics) -> Vec<Option<i64>> {
    let Some(typed) = draft.columns.get(column) else { return Vec::new() };
    let end = |(cell, row): (&Option<Value>, &super::csv_rows::Row)| match cell {
        Some(Value::Number(number)) => Some(*number),
        None if typed.unbounded && row.cells.get(column).is_some_and(String::is_empty) => Some(open),
        _ => {
            draft.report_empty(&[column], row, found);
            None
        }
    };
    typed.cells.iter().zip(&draft.rows).map(end).collect()
}

fn rearrange(draft: &mut Draft<'_>, order: &[usize]) {
    draft.rows = order.iter().filter_map(|row| draft.rows.get(*row).cloned()).collect();
    for LookupColumn { cells, .. } in &mut draft.columns {
        *cells = order.iter().filter_map(|row| cells.get(*row).cloned()).collect();
    }
}

fn tile(draft: &Draft<'_>, lows: &[i64], highs: &[i64], scale: u8, found: &mut Diagnostics) {
    let number = |mantissa: i64| match mantissa {
        i64::MIN => Argument::from("-∞"),
        i64::MAX => Argument::from("∞"),
        _ => Argument::Number(Decimal { mantissa, scale }),
    };
    for ((low, high), row) in lows.iter().zip(highs).zip(&draft.rows) {
        if low > high {
            let mistake = draft.mistake(&code::LOOKUP_REVERSED, row);
            found.push(mistake.with("before", number(*low)).with("after", number(*high)));
        }
    }
    for ((high, low), row) in highs.iter().zip(lows.iter().skip(1)).zip(draft.rows.iter().skip(1)) {
        let code = match low.checked_sub(*high) {
            Some(1) => continue,
            Some(step) if step > 1 => &code::LOOKUP_GAP,
            _ => &code::LOOKUP_OVERLAP,
        };
        found.push(draft.mistake(code, row).with("before", number(*high)).with("after", number(*low)));
    }
}
