//! How the template looks: colours, borders, widths, heights.
//!
//! Invariants
//! - Dark letters on light fills, or white ones on a dark fill: legible in print and for weak eyes.
//! - Heights are estimated from the width of the text, because no spreadsheet measures a written row before it is
//!   touched.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::column::{Column, Entry};
use crate::questionnaire::Required;
use crate::source::display_width;

/// The font: every spreadsheet has it, or one that looks alike.
const FONT: &str = "Yu Gothic";

/// Height of a line of text, in points.
const LINE: f64 = 15.0;

/// Highest row that a spreadsheet takes, in points.
const HIGHEST: f64 = 400.0;

/// The number format of texts.
pub(super) const TEXT: u8 = 49;

const DARK: u32 = 0x001F_4E78;
const MIDDLE: u32 = 0x0059_7B9A;
const LIGHT: u32 = 0x00DD_EBF7;
const ANSWER: u32 = 0x00FF_FBE6;
const LINE_COLOR: u32 = 0x00BF_BFBF;

fn text() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::Top).set_text_wrap()
}

fn bordered(format: Format) -> Format {
    format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(LINE_COLOR))
}

/// Plain text that wraps.
pub(super) fn plain() -> Format {
    text()
}

/// The title of a sheet.
pub(super) fn title() -> Format {
    Format::new().set_font_name(FONT).set_font_size(14).set_bold().set_font_color(Color::RGB(DARK))
}

/// A line below the title: not wrapped, so that it runs over the cells beside it.
pub(super) fn subtitle() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10)
}

/// A heading of a column; required ones are darker.
pub(super) fn heading(required: Required) -> Format {
    let fill = if required == Required::No { MIDDLE } else { DARK };
    bordered(text())
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(fill))
        .set_align(FormatAlign::VerticalCenter)
        .set_align(FormatAlign::Center)
}

/// The heading of a section, over the whole width.
pub(super) fn section() -> Format {
    bordered(text()).set_bold().set_font_color(Color::RGB(DARK)).set_background_color(Color::RGB(LIGHT))
}

/// Its words, which run over the cells beside them.
pub(super) fn section_title() -> Format {
    section().unset_text_wrap()
}

/// A cell of a table.
pub(super) fn cell() -> Format {
    bordered(text())
}

/// The cell in which the answer to `column` is written.
pub(super) fn answer(column: &Column<'_>) -> Format {
    bordered(written(column).set_background_color(Color::RGB(ANSWER)).set_align(FormatAlign::VerticalCenter))
}

/// The cells of a list in which answers to `column` are written.
pub(super) fn answers(column: &Column<'_>) -> Format {
    bordered(written(column))
}

/// Codes, options and texts are texts, so that no spreadsheet takes away a zero or makes a date of them.
fn written(column: &Column<'_>) -> Format {
    let format = text();
    match column.entry {
        Entry::Date => format.set_num_format("yyyy-mm-dd"),
        Entry::DateTime => format.set_num_format("yyyy-mm-dd hh:mm"),
        Entry::Number(..) => format,
        _ => format.set_num_format_index(TEXT),
    }
}

/// The width of a column of answers, in letters: its longest option, a date, a code.
pub(super) fn width(column: &Column<'_>) -> f64 {
    let options = |list: &crate::expression::OptionList| {
        let labels = list.items.iter().flat_map(|item| [&item.label.ja, &item.label.en]);
        labels.map(|label| display_width(label)).max().unwrap_or(0)
    };
    let (least, most) = (12, 30);
    let wanted = match column.entry {
        Entry::Option(list) => options(list) + 4,
        Entry::Several(..) | Entry::Text => 24,
        Entry::DateTime => 18,
        Entry::Code => 16,
        Entry::Tick(_) | Entry::Number(..) | Entry::Date | Entry::Month => least,
    };
    letters(wanted.clamp(least, most))
}

/// The height of a row whose cells hold these texts in columns of these widths (in letters).
pub(super) fn height<'t>(cells: impl IntoIterator<Item = (&'t str, f64)>) -> f64 {
    let most = cells.into_iter().map(|(text, width)| lines(text, width)).fold(1.0, f64::max);
    most.mul_add(LINE, 4.0).min(HIGHEST)
}

/// Lines that `text` takes, wrapped.
fn lines(text: &str, width: f64) -> f64 {
    // A cell loses a little of its width to its margins.
    let room = (width - 1.5).max(1.0);
    text.split('\n').map(|line| (letters(display_width(line)) / room).ceil().max(1.0)).sum()
}

/// A count of letters as a width.
pub(super) fn letters(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
