//! Records that cannot be counted because their file lacks a column.
//!
//! Invariants
//! - Nothing is said of a number of which such records are left out and could turn the verdict; that they are is told
//!   once a rule, with the columns and the files.

use std::collections::BTreeSet;

use super::gather::Gathered;
use super::told::{MOST_NAMED, fixed, with_rest};
use super::{Judging, KeyTable, Tell};
use crate::diagnostic::code::analysis::COUNTED_BY_NO_COLUMN;
use crate::diagnostic::{Argument, Diagnostic, Place};
use crate::error::Error;
use crate::evaluate::finding::Finding;
use crate::evaluate::reason::column_name;
use crate::expression::FieldId;
use crate::plan::DatasetRule;
use crate::source::SourceId;

/// What one rule about the records as a whole misses.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// How many records it leaves out.
    pub(super) records: u64,
    fields: BTreeSet<FieldId>,
    files: Vec<SourceId>,
}

impl Lacking {
    /// What the rule at `place` misses in `batches`.
    pub(super) fn of(batches: &[Gathered], place: usize) -> Self {
        let mut lacking = Self::default();
        for batch in batches {
            let Some(entrants) = batch.rules.get(place).filter(|entrants| !entrants.lacking.is_empty())
            else {
                continue;
            };
            lacking.records += entrants.settled.not_run;
            lacking.fields.extend(&*entrants.lacking);
            if !lacking.files.contains(&batch.source) {
                lacking.files.push(batch.source);
            }
        }
        lacking
    }

    /// Units of a linked file that are left out, because it lacks `fields`.
    pub(super) fn of_units(records: u64, fields: Vec<FieldId>) -> Self {
        Self { records, fields: fields.into_iter().collect(), files: Vec::new() }
    }
}

impl KeyTable {
    /// Tells what a rule misses; of a linked file, by its title.
    pub(super) fn tell_lacking(
        &self,
        planned: &DatasetRule,
        judging: Judging<'_>,
        lacking: &Lacking,
        tell: &mut Tell<'_>,
    ) -> Result<(), Error> {
        let pack = &judging.plan.pack;
        let rule = pack.rules.get(planned.index).filter(|_| lacking.records > 0 && planned.runnable);
        let Some(rule) = rule else { return Ok(()) };
        let fields = lacking.fields.iter().map(|field| {
            let header = pack.field(*field).map(|field| field.column.to_string());
            Argument::from(header.unwrap_or_else(|| column_name(pack, *field)))
        });
        let link = |field: &FieldId| pack.links.get(usize::from(field.table).checked_sub(1)?);
        let files = if let Some(link) = lacking.fields.first().and_then(link) {
            let title = &link.questionnaire.title;
            fixed(&format!("「{}」", title.ja), &format!("\"{}\"", title.en))
        } else {
            let name = |file: &SourceId| judging.names.get(file).map(|name| Argument::written(name));
            let named: Vec<Argument> = lacking.files.iter().take(MOST_NAMED).filter_map(name).collect();
            let told = named.len();
            with_rest(named, lacking.files.len(), told)
        };
        let place = match lacking.files.as_slice() {
            [only] => Place::File(*only),
            _ => self.whole_place(rule),
        };
        let told = Diagnostic::new(&COUNTED_BY_NO_COLUMN, place)
            .with("rule", rule.notice.full_id())
            .with("files", files)
            .with("fields", Argument::List(fields.collect()))
            .with("count", lacking.records);
        tell(Finding::from(told))
    }
}
