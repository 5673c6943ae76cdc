//! The template as a workbook: the sheet that is filled in, the guide, and the options that lists refer to.
//!
//! Invariants
//! - The sheet that is filled in comes first; the others hold no cell to be filled in.
//! - Nothing in it depends on when or where it was made.

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::column::{Column, columns};
use super::validation::Offered;
use super::{FormLayout, guide, list, sheet};
use crate::diagnostic::Language;
use crate::input::{GUIDE_SHEET, OPTIONS_SHEET};
use crate::rule_pack::RulePack;

/// The name of the sheet that is filled in.
pub const ANSWERS: &str = "回答 Answers";

/// The day on which every workbook says that it was made: the first that its date system is sure of.
const MADE: (u16, u8, u8) = (2000, 1, 1);

/// What all sheets of a template share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    pub pack: &'a RulePack,
    pub columns: &'a [Column<'a>],
    pub language: Language,
}

/// The template as an XLSX file.
///
/// # Errors
/// The form is larger than a workbook can be.
pub fn xlsx(pack: &RulePack, layout: FormLayout, language: Language) -> io::Result<Vec<u8>> {
    let columns = columns(&pack.questionnaire);
    let form = Form { pack, columns: &columns, language };
    write(&form, layout).map_err(io::Error::other)
}

fn write(form: &Form<'_>, layout: FormLayout) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(MADE.0, MADE.1, MADE.2)?;
    let title = form.pack.questionnaire.title.get(form.language).to_string();
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let mut offered = Offered::default();
    let mut answers = named(ANSWERS)?;
    match layout {
        FormLayout::List => list::write(form, &mut answers, &mut offered)?,
        FormLayout::Sheet => sheet::write(form, &mut answers, &mut offered)?,
    }
    workbook.push_worksheet(answers);
    let mut guide = named(GUIDE_SHEET)?;
    guide::write(form, &mut guide)?;
    workbook.push_worksheet(guide);
    if !offered.is_empty() {
        let mut options = named(OPTIONS_SHEET)?;
        offered.write(&mut options)?;
        workbook.push_worksheet(options);
    }
    workbook.save_to_buffer()
}

fn named(name: &str) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    Ok(sheet)
}
