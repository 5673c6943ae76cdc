//! From raw cells to a batch: states, values, and one finding for each cell that has one.
//!
//! The order in which a cell is read: blank; option (name, label, code, synonym); several options; mark; number,
//! date or text; then what is none of these is INVALID.
//!
//! Invariants
//! - A cell is INVALID exactly when the property's JSON Schema rejects the value that it stands for; respelled cells
//!   are judged by what they are read as.
//! - Conversion goes column by column; the common cell (ASCII, one character or plain digits) allocates nothing.
//! - Findings are ordered by row, then field; a cell has at most one.

mod cell;
mod date_text;
mod era;
mod error_value;
mod garbled;
mod multi;
mod note;
mod notice;
mod number;
mod one_hot;
mod option;
mod remark;
#[cfg(test)]
mod sample;
mod serial;
mod spelling;
#[cfg(test)]
mod tests;
mod text;
mod thousands;
mod tick;
mod time;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use self::cell::Desk;
use self::notice::Notices;
use self::spelling::Dictionary;
use super::{Batch, Column, Mask, Table, missing};
use crate::diagnostic::code::structure;
use crate::diagnostic::{Argument, Severity};
use crate::expression::FieldId;
use crate::input::{CellFinding, Layout, RawChunk, RawKind, RawRecord};
use crate::questionnaire::{Domain, Field, Questionnaire};
use crate::rule_pack::{Link, RulePack};

/// How one field's cells are read.
#[derive(Debug)]
struct FieldReader {
    field: Arc<Field>,
    dictionary: Dictionary,
    answer: Answer,
    pack: Arc<RulePack>,
    /// Made for the first cell that something is to be told of.
    notices: OnceLock<Notices>,
}

/// The reading of values, by domain.
#[derive(Debug)]
enum Answer {
    Option(option::Options),
    Multi(multi::Items),
    Number(number::Numbers),
    Text(text::Texts),
    Time(time::Times),
}

/// Converts chunks of one questionnaire; made once a run and shared by threads.
#[derive(Debug)]
pub struct Converter {
    pack: Arc<RulePack>,
    /// Whose records: 0 submissions, else those of that link's file.
    about: u16,
    fields: Vec<FieldReader>,
    /// Positions of the fields that identify a record, fallbacks last.
    keys: Vec<usize>,
    key_titles: Argument,
}

impl Converter {
    /// For the records of `pack`.
    pub fn new(pack: &Arc<RulePack>) -> Self {
        let ids: Vec<FieldId> = pack.key.iter().chain(&pack.fallback_key).copied().collect();
        Self::of(pack, 0, &pack.questionnaire, &ids)
    }

    /// For the records of a link's own file.
    pub fn of_link(pack: &Arc<RulePack>, link: &Link) -> Self {
        let theirs: Vec<FieldId> = link.on.iter().map(|(_, theirs)| *theirs).collect();
        Self::of(pack, link.table, &link.questionnaire, &theirs)
    }

    fn of(pack: &Arc<RulePack>, about: u16, questionnaire: &Questionnaire, ids: &[FieldId]) -> Self {
        let keys: Vec<usize> = ids.iter().map(|id| usize::from(id.index)).collect();
        let titles = ids.iter().filter_map(|id| pack.field(*id)).map(|field| field.title().into());
        let reader = |field| FieldReader::new(field, pack, questionnaire);
        Self {
            about,
            fields: questionnaire.fields.iter().map(reader).collect(),
            keys,
            key_titles: Argument::List(titles.collect()),
            pack: Arc::clone(pack),
        }
    }

    /// The records of `chunk` as typed columns; derived values are blank, and no row is linked to another table.
    pub fn convert(&self, layout: &Layout, chunk: RawChunk) -> Batch {
        let rows = chunk.records.len();
        let unreadable = unreadable(&chunk.records);
        let mut desk = Desk::new(chunk);
        let mut columns: Vec<Column> = Vec::with_capacity(self.pack.width());
        for (position, reader) in self.fields.iter().enumerate() {
            let column = if layout.is_absent(position) {
                missing::absent(&reader.field.ty, rows)
            } else {
                let skip = desk.skipped(&unreadable, reader.field.id);
                reader.column(&mut desk, position, skip.as_ref())
            };
            columns.push(column);
        }
        if self.about == 0 {
            let derived = self.pack.derived.iter().filter(|derived| !derived.fallback);
            columns.extend(derived.map(|derived| missing::blank(&derived.ty, rows)));
        }
        let (mut chunk, mut findings) = desk.into_parts();
        findings.append(&mut chunk.findings);
        let mut unreadable = unreadable;
        self.check_keys(&chunk, &columns, &mut unreadable, &mut findings);
        // Stable, so that what the reader and the conversion say of one cell keeps its order.
        findings.sort_by_key(|finding| (finding.row, finding.field));
        let tables = self.tables(rows, columns);
        Batch { chunk, about: self.about, keys: Arc::default(), tables, unreadable, findings }
    }

    /// All tables, of which the records' own has `columns`, and no other any record.
    fn tables(&self, rows: usize, columns: Vec<Column>) -> Vec<Table> {
        let own = Table { linked: Mask::all(rows), rows: Vec::new(), columns };
        let links = self.pack.links.iter().map(|link| missing::unlinked(&link.questionnaire, rows));
        if self.about == 0 {
            return std::iter::once(own).chain(links).collect();
        }
        let mut tables: Vec<Table> =
            std::iter::once(missing::no_submission(&self.pack, rows)).chain(links).collect();
        if let Some(table) = tables.get_mut(usize::from(self.about)) {
            *table = own;
        }
        tables
    }

    /// Records in which every field that identifies them is blank cannot be tied to anybody. A file that has none of
    /// these columns has been told so once.
    fn check_keys(
        &self,
        chunk: &RawChunk,
        columns: &[Column],
        unreadable: &mut Mask,
        findings: &mut Vec<CellFinding>,
    ) {
        let present = self.keys.iter().filter_map(|key| columns.get(*key)).filter(|column| !column.absent);
        // Whoever is not known is not named either; what marks a key as not applicable is the pack's matter.
        let unnamed = present.map(|column| column.blank.or(&column.dk));
        let Some(mut nameless) = unnamed.reduce(|a, b| a.and(&b)) else {
            return;
        };
        nameless.remove(unreadable);
        for row in nameless.rows() {
            unreadable.set(row);
            let line = chunk.records.get(row).map_or(0, |record| record.line);
            let mut finding = CellFinding::new(&structure::KEY_MISSING, row, None)
                .with("line", line)
                .with("expected", self.key_titles.clone());
            for (slot, _) in
                chunk.slots.iter().enumerate().filter(|(_, slot)| self.keys.contains(&slot.field))
            {
                let cell = chunk.column(slot).get(row).filter(|cell| cell.kind != RawKind::Missing);
                finding.further.extend(cell.map(|cell| (cell.span, Argument::NotGiven)));
            }
            findings.push(finding);
        }
    }
}

fn unreadable(records: &[RawRecord]) -> Mask {
    let mut mask = Mask::none(records.len());
    for (row, _) in records.iter().enumerate().filter(|(_, record)| !record.readable) {
        mask.set(row);
    }
    mask
}

impl FieldReader {
    fn new(field: &Field, pack: &Arc<RulePack>, questionnaire: &Questionnaire) -> Self {
        let answer = match &field.domain {
            Domain::Options(_) => Answer::Option(option::Options::new(field)),
            Domain::Multi(layout) => Answer::Multi(multi::Items::new(field, layout)),
            Domain::Number(domain) => Answer::Number(number::Numbers::new(field, domain)),
            Domain::Text(domain) => Answer::Text(text::Texts::new(field, domain, questionnaire)),
            Domain::Time(formats) => Answer::Time(time::Times::new(field, formats, pack.zone, pack.period)),
        };
        let field = Arc::new(field.clone());
        let dictionary = Dictionary::new(&field);
        Self { field, dictionary, answer, pack: Arc::clone(pack), notices: OnceLock::new() }
    }

    fn notices(&self) -> &Notices {
        self.notices.get_or_init(|| Notices::new(&self.field, &self.pack.cell_notices, self.pack.period))
    }

    fn column(&self, desk: &mut Desk, position: usize, skip: Option<&Mask>) -> Column {
        match &self.answer {
            Answer::Option(options) => options.column(self, desk, position, skip),
            Answer::Multi(items) => items.column(self, desk, position, skip),
            Answer::Number(numbers) => numbers.column(self, desk, position, skip),
            Answer::Text(texts) => texts.column(self, desk, position, skip),
            Answer::Time(times) => times.column(self, desk, position, skip),
        }
    }
}

/// Rows whose cell of `field` the reader has refused: given twice, for example.
fn refused(findings: &[CellFinding], field: FieldId) -> BTreeSet<usize> {
    let is_of = |finding: &&CellFinding| finding.field == Some(field) && finding.severity >= Severity::Error;
    findings.iter().filter(is_of).map(|finding| finding.row).collect()
}
