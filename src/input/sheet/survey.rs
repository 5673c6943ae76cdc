//! What each sheet of a workbook is, found out before the first record is read: a list, a form, or neither.
//!
//! Invariants
//! - Hidden sheets are never read; whether they hold answers is found out all the same.
//! - Where a sheet is a list, labels on other sheets are a code book and no form; where a form has a heading over its
//!   answers, a sheet without one is none.
//! - The sheets with which a blank form explains itself hold no answers, so nothing is said of them.
//! - What a sheet is does not depend on its length: only its first rows are looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::answer_words::AnswerWords;
use super::builder::origin_of;
use super::content::Reading;
use super::form_sheet::{self, FormSheet};
use super::opening::{KeptRow, LOOKED_AT, first_rows};
use super::table;
use super::watch::told_of;
use crate::diagnostic::code::workbook::{HIDDEN_ANSWERS, SHEETS_NOT_READ};
use crate::diagnostic::{Argument, Diagnostic, Diagnostics, Place};
use crate::input::heading::{self, Heading};
use crate::input::labels::Labels;
use crate::input::{FormNeeds, GUIDE_SHEET, OPTIONS_SHEET};
use crate::source::SourceId;
use crate::workbook::{CellAddress, CellRange, Limits, Package, Refusal, SheetFacts, Visibility};

/// So many columns of the form in a header make it one of a list, though another sheet is the list.
const CERTAIN: usize = 5;

/// A sheet that is read.
#[derive(Debug)]
pub(super) struct Planned {
    /// Its number in the package.
    pub index: usize,
    /// Its name.
    pub name: Arc<str>,
    /// Merged cells and the like.
    pub facts: SheetFacts,
    /// What it is.
    pub role: Role,
}

/// What a sheet is.
#[derive(Debug)]
pub(super) enum Role {
    /// A row a record, below this header.
    List(Box<Heading>),
    /// One record.
    Form,
}

/// The sheets of a workbook that are read, and what is said of the others.
#[derive(Debug)]
pub(super) struct Survey {
    /// In the order of their tabs.
    pub planned: Vec<Planned>,
    /// What is wrong with the workbook as a whole.
    pub found: Diagnostics,
}

/// One sheet as it was looked at.
struct Looked {
    index: usize,
    name: Arc<str>,
    visible: bool,
    facts: SheetFacts,
    heading: Heading,
    /// How many of the columns that a file must have are in the header.
    named: usize,
    form: FormSheet,
    /// Whether answers are filled in, as a list and as a form.
    filled: (bool, bool),
    /// The cells that hold something. `None`: none does.
    used: Option<CellRange>,
}

/// Looks at every sheet of `package`.
pub(super) fn survey(
    package: &mut Package,
    reading: &Reading,
    source: SourceId,
    form: &FormNeeds,
) -> Result<Survey, Refusal> {
    let (labels, words) = (Labels::new(form), AnswerWords::new(form));
    let with_cells = package.sheets().iter().enumerate().filter(|(_, sheet)| sheet.has_cells);
    let sheets: Vec<(usize, Arc<str>, bool)> = with_cells
        .map(|(index, sheet)| (index, Arc::from(&*sheet.name), sheet.visibility == Visibility::Visible))
        .collect();
    refuse_shared_parts(package)?;
    let (mut looked, mut things) = (Vec::with_capacity(sheets.len()), 0);
    for (index, name, visible) in sheets {
        let facts = package.facts(index)?;
        things += facts.merged.len() + facts.hidden_columns.len();
        if things > Limits::default().things {
            return Err(Refusal::TooMany { part: name.to_string() });
        }
        let rows = first_rows(&mut package.rows(index)?, reading, LOOKED_AT)?;
        let candidates = table::header_rows(&rows, &name, origin_of(index));
        let heading = heading::find(&candidates, source, form);
        let sheet = form_sheet::find(&rows, &facts.merged, &labels, &words);
        looked.push(Looked {
            index,
            name,
            visible,
            named: form.mandatory().filter(|(column, _)| heading.columns.contains(&Some(*column))).count(),
            filled: (has_records(&rows, &heading), sheet.has_answers(&rows, form)),
            used: used(&rows),
            facts,
            heading,
            form: sheet,
        });
    }
    Ok(decide(looked, source, form))
}

/// Every sheet has a part of its own: one that many share would be read as often as they are.
fn refuse_shared_parts(package: &Package) -> Result<(), Refusal> {
    let mut parts = BTreeSet::new();
    let twice = package.sheets().iter().find(|sheet| !parts.insert(&sheet.part));
    twice.map_or(Ok(()), |sheet| Err(Refusal::Contradiction { place: sheet.part.clone() }))
}

/// Whether anything stands below the header.
fn has_records(rows: &[KeptRow], heading: &Heading) -> bool {
    let header = u32::try_from(heading.rows()).unwrap_or(u32::MAX);
    heading.is_usable() && rows.iter().any(|row| row.number > header && !row.is_blank())
}

fn used(rows: &[KeptRow]) -> Option<CellRange> {
    let rows = || rows.iter().filter(|row| !row.is_blank());
    let columns = || rows().flat_map(|row| &row.cells).map(|cell| cell.column);
    let first = CellAddress::new(rows().next()?.number, columns().min()?);
    let last = CellAddress::new(rows().next_back()?.number, columns().max()?);
    Some(CellRange { first, last })
}

impl Looked {
    /// Whether its header has more of the form than its labels.
    fn is_table(&self, form: &FormNeeds) -> bool {
        self.heading.is_usable() && self.named >= self.form.mandatory(form)
    }

    /// Whether its header has enough of the form to be one whatever the other sheets have.
    fn is_surely_list(&self, form: &FormNeeds) -> bool {
        self.is_table(form) && self.named * 3 >= form.mandatory().count()
    }

    fn is_form(&self, form: &FormNeeds) -> bool {
        !self.is_table(form) && self.form.is_form(form)
    }
}

/// What the sheets are, from what they are beside each other.
fn decide(looked: Vec<Looked>, source: SourceId, form: &FormNeeds) -> Survey {
    let surely = looked.iter().any(|sheet| sheet.visible && sheet.is_surely_list(form));
    let has_form = looked.iter().any(|sheet| sheet.visible && sheet.is_form(form));
    let headed = looked.iter().any(|sheet| sheet.visible && sheet.is_form(form) && sheet.form.headed);
    // Where nothing is surely one, the table that names most of the form is meant.
    let most =
        looked.iter().filter(|sheet| sheet.visible && sheet.is_table(form)).map(|sheet| sheet.named).max();
    let best =
        looked.iter().position(|sheet| sheet.visible && sheet.is_table(form) && Some(sheet.named) == most);
    let is_list = |at: usize, sheet: &Looked| {
        if surely {
            sheet.is_surely_list(form)
        } else {
            !has_form && (Some(at) == best || !sheet.visible && sheet.is_table(form))
        }
    };
    let is_form = |sheet: &Looked| !surely && sheet.is_form(form) && (sheet.form.headed || !headed);
    let mut survey = Survey { planned: Vec::new(), found: Diagnostics::new() };
    let (mut unread, mut closest) = (Vec::new(), None::<(usize, Heading)>);
    for (at, sheet) in looked.into_iter().enumerate() {
        let (list, one) = (is_list(at, &sheet), is_form(&sheet));
        if !sheet.visible {
            if (list && sheet.filled.0 || one && sheet.filled.1)
                && let Some(used) = sheet.used
            {
                survey.found.push(told_of(&HIDDEN_ANSWERS, source, &sheet.name, &[used], 0));
            }
            continue;
        }
        let Looked { index, name, facts, mut heading, used, filled, .. } = sheet;
        if list {
            survey.found.append(std::mem::take(&mut heading.diagnostics));
            survey.planned.push(Planned { index, name, facts, role: Role::List(Box::new(heading)) });
        } else if one {
            survey.planned.push(Planned { index, name, facts, role: Role::Form });
        } else {
            let explains = [GUIDE_SHEET, OPTIONS_SHEET].contains(&&*name);
            match used {
                // It holds rows under names of the form, which nobody reads.
                Some(used) if filled.0 && heading.known >= CERTAIN => {
                    survey.found.push(told_of(&HIDDEN_ANSWERS, source, &name, &[used], 0));
                }
                Some(_) if !explains => unread.push(Argument::written(&name)),
                Some(_) | None => {}
            }
            if closest.as_ref().is_none_or(|(known, _)| heading.known > *known) {
                closest = Some((heading.known, heading));
            }
        }
    }
    if survey.planned.is_empty() {
        let told = closest.map(|(_, heading)| heading.diagnostics);
        survey.found.append(told.unwrap_or_else(|| heading::find(&[], source, form).diagnostics));
    } else if !unread.is_empty() {
        let finding = Diagnostic::new(&SHEETS_NOT_READ, Place::File(source));
        survey.found.push(finding.with("found", Argument::List(unread)));
    }
    survey
}
