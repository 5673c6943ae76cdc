//! What the figures of several rounds come to.
//!
//! Invariants
//! - The middle of no values is no number; a file's size is in millions of bytes.

use std::path::Path;

/// The middle one of `values`, or the middle between two.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle.wrapping_sub(1)), values.get(middle)) {
        (Some(below), Some(above)) if values.len().is_multiple_of(2) => f64::midpoint(*below, *above),
        (_, Some(value)) => *value,
        _ => f64::NAN,
    }
}

/// How large a file is.
pub fn megabytes(file: &Path) -> std::io::Result<f64> {
    let kilobytes = u32::try_from(std::fs::metadata(file)?.len() / 1000).unwrap_or(u32::MAX);
    Ok(f64::from(kilobytes) / 1000.0)
}
