//! By which option of one question a record is counted.
//!
//! Invariants
//! - A question whose answers may be withheld breaks nothing down: few records of one kind tell of each.

use super::withheld::Withheld;
use crate::batch::{Batch, Data};
use crate::expression::FieldId;
use crate::rule_pack::RulePack;

/// The group of records whose answer is not known.
pub const UNKNOWN_GROUP: u8 = u8::MAX;

/// The question by whose options findings are counted. `None`: the survey names none, or one that may be withheld.
pub fn breakdown_of(pack: &RulePack) -> Option<FieldId> {
    let field = pack.breakdown?;
    let withheld = Withheld::of(pack, false);
    (!withheld.holds(field) && !withheld.fills(field)).then_some(field)
}

/// Each record of `batch` with the option that it gives to `field`, values filled in included.
pub fn groups(batch: &Batch, field: FieldId) -> Vec<(u64, u8)> {
    let column = batch.column(field);
    let group = |row: usize| match column.map(|column| (&column.data, column.known.get(row))) {
        Some((Data::Options(codes), true)) => codes.get(row).copied().unwrap_or(UNKNOWN_GROUP),
        _ => UNKNOWN_GROUP,
    };
    let records = batch.chunk.records.iter().enumerate();
    records.map(|(row, record)| (record.number, group(row))).collect()
}
