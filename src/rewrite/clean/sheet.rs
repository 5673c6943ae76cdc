//! Cleaned records as a workbook: a row a record, the columns of the form, and further ones behind them.
//!
//! Invariants
//! - Every cell is a text, so that nothing is taken for a number, a date or a formula.
//! - Of form sheets and lists alike the cells that hold answers are kept as they read; private ones are left out.
//! - The same records give the same bytes.

use crate::batch::Batch;
use crate::questionnaire::Questionnaire;

/// The columns of the form: their headers, with field and part.
pub(super) fn columns(form: &Questionnaire) -> Vec<(String, (usize, usize))> {
    let of_field = |(place, field): (usize, &crate::questionnaire::Field)| {
        let whole = std::iter::once((field.column.to_string(), (place, 0)));
        let parts = field.part_columns().iter().enumerate();
        let parts = parts.map(|(part, header)| (header.to_string(), (place, part + 1)));
        whole.chain(parts).collect::<Vec<_>>()
    };
    form.fields.iter().enumerate().flat_map(of_field).collect()
}

/// The cells of the record of `row`, by the columns of the form, and the `further` ones.
pub(super) fn record(
    form: &Questionnaire,
    columns: &[(String, (usize, usize))],
    batch: &Batch,
    row: usize,
    further: &[String],
) -> Vec<String> {
    let chunk = &batch.chunk;
    let readable = chunk.records.get(row).is_some_and(|record| record.readable);
    let private = |field: usize| form.fields.get(field).is_none_or(|field| field.private);
    let cell = |(_, (field, part)): &(String, (usize, usize))| {
        let slots = chunk.slots.iter().enumerate();
        let slot = slots.filter(|(_, slot)| readable && slot.field == *field && slot.part == *part);
        let mut texts =
            slot.filter_map(|(slot, _)| chunk.column(slot).get(row)).map(|cell| chunk.text(cell.text));
        let text = texts.next().filter(|_| !private(*field));
        text.unwrap_or_default().to_owned()
    };
    columns.iter().map(cell).chain(further.iter().cloned()).collect()
}

/// The workbook of `rows` under `header`.
#[cfg(feature = "xlsx")]
pub(super) fn workbook(header: &[String], rows: &[Vec<String>]) -> std::io::Result<Vec<u8>> {
    use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

    use crate::rewrite::table::{fitting, plain};

    /// Rows of a sheet below the header.
    const MOST_ROWS: usize = 1_048_575;

    let write = || -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut pieces: Vec<&[Vec<String>]> = rows.chunks(MOST_ROWS).collect();
        if pieces.is_empty() {
            pieces.push(&[]);
        }
        for (number, piece) in (1..).zip(pieces) {
            let sheet = workbook.add_worksheet();
            sheet.set_name(if number == 1 { "回答".to_owned() } else { format!("回答 {number}") })?;
            let format = plain();
            for (row, cells) in (0_u32..).zip(std::iter::once(header).chain(piece.iter().map(Vec::as_slice)))
            {
                for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
                    sheet.write_string_with_format(row, column, fitting(text), &format)?;
                }
            }
            sheet.set_freeze_panes(1, 0)?;
        }
        workbook.save_to_buffer()
    };
    write().map_err(std::io::Error::other)
}

/// Never called: no workbook is read by this build.
#[cfg(not(feature = "xlsx"))]
pub(super) fn workbook(_: &[String], _: &[Vec<String>]) -> std::io::Result<Vec<u8>> {
    Ok(Vec::new())
}
