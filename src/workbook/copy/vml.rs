//! The boxes of comments: a legacy drawing part, new or with boxes added.
//!
//! Invariants
//! - A box stands right of its cell and is as large as its text needs, within bounds.
//! - What stands in a part already is kept byte for byte: it is not read as XML, which it need not be. The boxes of
//!   comments that go are found by their row and column, and go whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::address::{CellAddress, CellRange};
use super::comment_part::NewNote;
use super::worksheet::SheetView;
use crate::source::display_width;

/// Shapes that one block of identifiers holds.
const BLOCK: u32 = 1024;

/// Blocks that each sheet has for itself.
const BLOCKS: u32 = 64;

/// Widths of a box in pixels: the usual one, and the one of long texts.
const WIDTHS: (u32, u32) = (320, 520);

/// Heights of a box in pixels.
const HEIGHTS: (u32, u32) = (60, 900);

const LINE: u32 = 17;

/// Pixels of half a full-width character in the font of comments.
const HALF: u32 = 7;

/// What a part declares, so that its shapes need not.
const NAMESPACES: [&str; 3] = [
    " xmlns:v=\"urn:schemas-microsoft-com:vml\"",
    " xmlns:o=\"urn:schemas-microsoft-com:office:office\"",
    " xmlns:x=\"urn:schemas-microsoft-com:office:excel\"",
];

/// A shape of a comment, without what stands before its attributes.
const SHAPE_TYPE: &str = " id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

/// A part with boxes for these comments alone, on the sheet with this number from 0.
pub(super) fn new_part(sheet: usize, notes: &BTreeMap<CellAddress, NewNote>, view: &SheetView) -> String {
    let sheet = u32::try_from(sheet).unwrap_or(0);
    let block = sheet.saturating_mul(BLOCKS).saturating_add(1);
    let blocks = u32::try_from(notes.len()).unwrap_or(0) / BLOCK;
    let blocks: Vec<String> = (block..=block.saturating_add(blocks)).map(|block| block.to_string()).collect();
    let layout = format!(
        "<o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{}\"/></o:shapelayout>",
        blocks.join(",")
    );
    let boxes = boxes(block.saturating_mul(BLOCK), "", notes, view);
    format!("<xml{}>{layout}<v:shapetype{SHAPE_TYPE}{boxes}</xml>", NAMESPACES.concat())
}

/// The part `old` with boxes added. `None`: its end cannot be found.
pub(super) fn with_boxes(
    old: &[u8],
    notes: &BTreeMap<CellAddress, NewNote>,
    view: &SheetView,
) -> Option<Vec<u8>> {
    if notes.is_empty() {
        return Some(old.to_vec());
    }
    let end = memchr::memmem::rfind(old, b"</xml>").or_else(|| memchr::memmem::rfind(old, b"</XML>"))?;
    let (before, after) = old.split_at_checked(end)?;
    let declared = undeclared(old);
    let has_kind = memchr::memmem::find(old, b"\"_x0000_t202\"").is_some();
    let kind = if has_kind { String::new() } else { format!("<v:shapetype{declared}{SHAPE_TYPE}") };
    let added = boxes(last_identifier(old), &declared, notes, view);
    Some([before, kind.as_bytes(), added.as_bytes(), after].concat())
}

/// The part `old` without the boxes of the comments of these cells.
pub(super) fn without_boxes(old: &[u8], cells: &BTreeSet<CellAddress>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(old.len());
    let mut from = 0;
    while let Some((start, end)) = next_shape(old, from) {
        let shape = old.get(start..end).unwrap_or_default();
        let cell = number_in(shape, b"Row>").zip(number_in(shape, b"Column>"));
        let is_gone = cell.is_some_and(|(row, column)| {
            cells.contains(&CellAddress::new(row.saturating_add(1), column.saturating_add(1)))
        });
        let until = if is_gone { start } else { end };
        kept.extend_from_slice(old.get(from..until).unwrap_or_default());
        from = end;
    }
    kept.extend_from_slice(old.get(from..).unwrap_or_default());
    kept
}

/// The next `<v:shape …>…</v:shape>` behind `from`, whatever its prefix: start and end.
fn next_shape(old: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let start = at + memchr::memchr(b'<', old.get(at..)?)?;
        let name = old.get(start + 1..)?;
        let length =
            name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
        let name = name.get(..length)?;
        if name == b"shape" || name.ends_with(b":shape") {
            let close = [b"</", name, b">"].concat();
            let end = start + memchr::memmem::find(old.get(start..)?, &close)? + close.len();
            return Some((start, end));
        }
        at = start + 1;
    }
}

/// The number behind the start of an element whose name ends so.
fn number_in(shape: &[u8], name: &[u8]) -> Option<u32> {
    let at = memchr::memmem::find(shape, name)? + name.len();
    let digits: Vec<u8> = shape.get(at..)?.iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// The declarations that a part's outermost element lacks: another program may have named its namespaces otherwise.
fn undeclared(old: &[u8]) -> String {
    let start = memchr::memmem::find(old, b"<xml").unwrap_or(0);
    let tag = old.get(start..).and_then(|rest| rest.split(|byte| *byte == b'>').next()).unwrap_or_default();
    let tag = String::from_utf8_lossy(tag).replace('\'', "\"");
    NAMESPACES.into_iter().filter(|namespace| !tag.contains(namespace.trim_start())).collect()
}

/// The highest number of a shape in a part.
fn last_identifier(old: &[u8]) -> u32 {
    let starts = memchr::memmem::find_iter(old, b"_x0000_s");
    let number = |start: usize| {
        let digits = old.get(start + 8..)?;
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count().min(9);
        std::str::from_utf8(digits.get(..length)?).ok()?.parse::<u32>().ok()
    };
    starts.filter_map(number).max().unwrap_or(BLOCK)
}

/// Boxes with the identifiers after `last`, each with these declarations.
fn boxes(last: u32, declared: &str, notes: &BTreeMap<CellAddress, NewNote>, view: &SheetView) -> String {
    let mut written = String::new();
    for ((cell, note), number) in notes.iter().zip(last.saturating_add(1)..) {
        let (width, height) = size(&note.text);
        let anchor = anchor(view.shown(*cell), width, height, view);
        let _ = write!(
            written,
            "<v:shape{declared} id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style=\"position:absolute;width:{}pt;height:{}pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{}</x:Column></x:ClientData></v:shape>",
            width * 3 / 4,
            height * 3 / 4,
            cell.row - 1,
            cell.column - 1,
        );
    }
    written
}

/// Width and height in pixels of a box that shows `text`.
fn size(text: &str) -> (u32, u32) {
    let lines = |width: u32| -> u32 {
        let columns = usize::try_from((width - 20) / HALF).unwrap_or(1).max(1);
        let lines = text.lines().map(|line| display_width(line).div_ceil(columns).max(1));
        u32::try_from(lines.sum::<usize>()).unwrap_or(u32::MAX)
    };
    let height = |width: u32| lines(width).saturating_add(1).saturating_mul(LINE).saturating_add(8);
    let width = if height(WIDTHS.0) > HEIGHTS.1 / 2 { WIDTHS.1 } else { WIDTHS.0 };
    (width, height(width).clamp(HEIGHTS.0, HEIGHTS.1))
}

/// Column, pixels into it, row and pixels into it, of the box's top left and bottom right corner, from 0.
fn anchor(cell: CellRange, width: u32, height: u32, view: &SheetView) -> String {
    let columns = |column: u32| column_pixels(column, view);
    let rows = |row: u32| row_pixels(row, view);
    let left = cell.last.column + 1;
    let top = cell.first.row.saturating_sub(1).max(1);
    let (right, right_offset) = walk(left, width + 12, columns);
    let (bottom, bottom_offset) = walk(top, height + 6, rows);
    format!(
        "{}, 12, {}, 6, {}, {right_offset}, {}, {bottom_offset}",
        left - 1,
        top - 1,
        right - 1,
        bottom - 1
    )
}

/// Goes `pixels` on from the start of the line `first`: the line there, and how far into it.
fn walk(first: u32, pixels: u32, size: impl Fn(u32) -> u32) -> (u32, u32) {
    let mut left = pixels;
    let mut line = first;
    // Hidden lines have no size; so many in a row that this ends are passed at once.
    for _ in 0..2000 {
        let size = size(line);
        if left < size {
            break;
        }
        left -= size;
        line += 1;
    }
    (line, left.min(size(line)))
}

fn column_pixels(column: u32, view: &SheetView) -> u32 {
    let mut spans = view.layout.columns.iter();
    let span = spans.find(|span| (span.first..=span.last).contains(&column));
    let own = span.and_then(|span| span.width).or(view.layout.usual_width);
    own.map_or(64, |characters| pixels(characters * 7.0 + 5.0 * f64::from(u8::from(characters > 0.0))))
}

fn row_pixels(row: u32, view: &SheetView) -> u32 {
    let points = view.heights.get(&row).copied().or(view.layout.usual_height).unwrap_or(15.0);
    pixels(points * 4.0 / 3.0)
}

fn pixels(size: f64) -> u32 {
    format!("{:.0}", size.clamp(0.0, 4000.0)).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_grows_with_its_text_and_not_without_end() {
        let short = size("はい");
        let long = size(&"問4の病床数の合計が内訳と一致しません。".repeat(20));
        assert_eq!(short, (320, 60));
        assert!(long.1 > short.1 && long.1 < HEIGHTS.1, "{long:?}");
        assert_eq!(size(&"あ\n".repeat(500)), (520, 900));
    }

    #[test]
    fn a_box_is_measured_in_the_columns_and_rows_of_its_sheet() {
        let mut view = SheetView::default();
        let cell = CellRange::parse("B2").unwrap();
        // Columns of 64 pixels, rows of 20.
        assert_eq!(anchor(cell, 320, 60, &view), "2, 12, 0, 6, 7, 12, 3, 6");
        view.heights.insert(1, 400.0);
        view.layout.usual_width = Some(100.0);
        assert_eq!(anchor(cell, 320, 60, &view), "2, 12, 0, 6, 2, 332, 0, 66");
        view.layout.usual_width = Some(0.0);
        view.heights.clear();
        assert!(anchor(cell, 320, 60, &view).starts_with("2, 12, 0, 6, 2002,"));
    }

    #[test]
    fn identifiers_go_on_where_a_part_ends() {
        let note = NewNote { text: "x".to_owned(), fill: None };
        let notes = BTreeMap::from([(CellAddress::new(1, 1), note)]);
        let view = SheetView::default();
        let first = new_part(0, &notes, &view);
        assert!(first.contains("_x0000_s1025\"") && first.contains("data=\"1\""));
        let second = with_boxes(first.as_bytes(), &notes, &view).unwrap();
        let second = String::from_utf8(second).unwrap();
        assert!(second.contains("_x0000_s1026\"") && second.matches("<v:shapetype").count() == 1);
        assert_eq!(with_boxes(b"<xml", &notes, &view), None);
        assert_eq!(
            without_boxes(first.as_bytes(), &BTreeSet::from([CellAddress::new(1, 2)])),
            first.as_bytes()
        );
        let emptied =
            String::from_utf8(without_boxes(first.as_bytes(), &BTreeSet::from([CellAddress::new(1, 1)])));
        let emptied = emptied.unwrap();
        assert!(emptied.contains("<v:shapetype") && !emptied.contains("<v:shape "), "{emptied}");
        // A part whose writer named its namespaces otherwise, and declares one of ours.
        let other = b"<?xml version='1.0'?><xml xmlns:ns1='urn:schemas-microsoft-com:vml' xmlns:x='urn:schemas-microsoft-com:office:excel'></xml>";
        let third = String::from_utf8(with_boxes(other, &notes, &view).unwrap()).unwrap();
        let own = "<v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" id=";
        assert!(third.contains(own) && third.contains("<v:shapetype xmlns:v="), "{third}");
        assert!(!second.contains("<v:shape xmlns"));
        assert!(new_part(2, &notes, &view).contains("data=\"129\""));
    }
}
