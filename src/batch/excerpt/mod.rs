//! A piece of one record's original text, cut out while its bytes are in hand, for drawing.
//!
//! Invariants
//! - An excerpt holds nothing that may not reach a terminal, and its marks are on character boundaries of it.
//! - Cells that are withheld are masked, marked or not. In a record that may hold one, nothing is shown that is not
//!   surely another cell.
//! - It fits into 80 columns together with its frame, however long the record is; what does not fit is `…`.
//! - Its cost does not grow with the file: only the record's own bytes are looked at.

mod outside;
mod record;
mod source_lines;

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

pub use outside::{of_header, of_key};
pub use record::excerpt;
pub use source_lines::of_text;

use crate::diagnostic::Label;
use crate::input::within;
use crate::source::encoding::Encoding;
use crate::source::{Span, display_width, picture};

/// Columns for all marked cells of a row together.
const MARKED: usize = 56;
/// Columns up to which unmarked neighbours are added.
const WITH_NEIGHBOURS: usize = 40;
/// Columns of one marked cell, and of one neighbour.
const CELL: usize = 24;
const NEIGHBOUR: usize = 10;
/// Columns of what stands between two marked stretches.
const GAP: usize = 3;
/// Between the cells of a sheet.
const LINE: &str = "│";
/// What stands for an answer that is withheld.
const MASK: &str = "***";

/// A piece of a record's original text, made while its bytes were in hand, for drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Sanitised text; stretches between the marked cells are elided as `…`. Lines end with a line feed.
    pub text: String,
    /// For each line of `text`, the line of the file. They rise, but need not follow each other.
    pub lines: Vec<u64>,
    /// For each label of the diagnostic: its byte range in `text`. `None`: the label is not in the excerpt
    /// (another file, another record, or no room).
    pub marks: Vec<Option<(usize, usize)>>,
}

/// The bytes around a finding, and the cells in them.
#[derive(Debug, Clone)]
pub struct Region<'a> {
    /// The record or the line.
    pub bytes: &'a [u8],
    /// Offset of `bytes` in the file.
    pub origin: u64,
    /// How they are to be read.
    pub encoding: Encoding,
    /// Whether they are one row of cells (CSV, TSV), to be shown as one line.
    pub row: bool,
    /// Ranges of `bytes` that are cells, and whether each is withheld; in any order.
    pub cells: Vec<(usize, usize, bool)>,
    /// Whether what is no cell may hold an answer that is withheld.
    pub guarded: bool,
    /// Whether they are of a workbook's sheet: between cells a line is drawn, whatever byte stands there.
    pub sheet: bool,
    /// Of a sheet that is one record, the label of each cell: (start of the cell, start and end of the label).
    pub labels: Vec<(usize, usize, usize)>,
}

/// A stretch of the record that is shown.
struct Segment {
    start: usize,
    end: usize,
    line: u64,
    /// What is shown of it.
    text: String,
    /// Byte range of `text` under which the mark stands.
    mark: (usize, usize),
    /// Labels whose mark it is; none for a neighbour.
    labels: Vec<usize>,
}

impl Region<'_> {
    /// The excerpt for `labels`.
    pub fn cut(&self, labels: &[Label]) -> Excerpt {
        let mut segments = self.marked(labels);
        if self.row {
            self.add_neighbours(&mut segments);
            let line = segments.iter().find(|segment| !segment.labels.is_empty()).map(|segment| segment.line);
            for segment in &mut segments {
                segment.line = line.unwrap_or(segment.line);
            }
        }
        let mut excerpt = Excerpt { marks: vec![None; labels.len()], ..Excerpt::default() };
        for line in segments.chunk_by(|a, b| a.line == b.line) {
            self.write_line(line, &mut excerpt);
        }
        excerpt
    }

    /// The marked stretches by place, as many as there is room for.
    fn marked(&self, labels: &[Label]) -> Vec<Segment> {
        let inside = |span: Span| within(self.bytes, self.encoding, self.origin, span);
        let count = labels.iter().filter(|label| inside(label.span).is_some()).count().max(1);
        let room = if self.row { (MARKED / count).clamp(6, CELL) } else { CELL + NEIGHBOUR };
        let mut segments: Vec<Segment> = Vec::new();
        for (number, label) in labels.iter().enumerate() {
            let Some(range) = inside(label.span) else { continue };
            let segment = self.segment(label, range, room);
            let same =
                segments.iter_mut().find(|other| other.start == segment.start && other.end == segment.end);
            if let Some(same) = same {
                same.labels.push(number);
                continue;
            }
            // Cells of one row, and values of one line of JSON, share the room of that line.
            let shares = |other: &&Segment| self.row || other.line == segment.line;
            let used: usize =
                segments.iter().filter(shares).map(|other| display_width(&other.text) + GAP).sum();
            let full = used > 0 && used + display_width(&segment.text) + GAP > MARKED + NEIGHBOUR;
            let crossed = segments.iter().any(|other| other.start < segment.end && segment.start < other.end);
            if !crossed && !full {
                segments.push(Segment { labels: vec![number], ..segment });
            }
        }
        segments.sort_by_key(|segment| (segment.start, segment.end));
        segments
    }

    fn segment(&self, label: &Label, (start, end): (usize, usize), room: usize) -> Segment {
        let line = label.position.line;
        let cell = self.cells.iter().find(|cell| (cell.0, cell.1) == (start, end));
        // Of a row as a whole more is shown than of a cell: it stands alone.
        let room = if self.row && cell.is_none() { MARKED } else { room };
        let withheld = cell.map_or(self.guarded, |cell| cell.2);
        let value = if withheld { MASK.to_owned() } else { self.shown(start, end, room) };
        let (from, until) = match cell {
            Some(_) if self.row => (start, end),
            _ if label.pointer.is_some() || cell.is_some() => (self.key_before(start), end),
            None if self.guarded => (start, end),
            _ => (self.context_before(start), self.context_after(end)),
        };
        let mut text = match self.label_of(start) {
            Some((from, until)) => format!("{}{LINE}", self.shown(from, until, CELL * 2)),
            None => self.shown(from, start, CELL * 2),
        };
        let mark = (text.len(), text.len() + value.len());
        text.push_str(&value);
        text.push_str(&self.shown(end, until, CELL));
        Segment { start: from, end: until, line, text, mark, labels: Vec::new() }
    }

    /// The label of the cell that begins at `start`, on a sheet that is one record.
    fn label_of(&self, start: usize) -> Option<(usize, usize)> {
        let label = self.labels.iter().find(|(cell, ..)| *cell == start);
        label.map(|(_, from, until)| (*from, *until))
    }

    /// Where the key of the value that begins at `start` begins; `start` itself if it has none on its line.
    fn key_before(&self, start: usize) -> usize {
        if self.sheet {
            return self.label_of(start).map_or(start, |(label, _)| label);
        }
        let before = self.bytes.get(..start).unwrap_or(&[]);
        let key = before.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        let Some(inner) = key.and_then(|key| key.strip_suffix(b"\"")) else { return start };
        let mut until = inner.len();
        while let Some(quote) = inner.get(..until).and_then(|text| memchr::memrchr(b'"', text)) {
            let slashes =
                inner.get(..quote).unwrap_or(&[]).iter().rev().take_while(|&&byte| byte == b'\\').count();
            if slashes % 2 == 0 {
                let one_line = self.bytes.get(quote..start).is_some_and(|key| !key.contains(&b'\n'));
                return if one_line { quote } else { start };
            }
            until = quote;
        }
        start
    }

    /// A little of the same line before `start`, for a place that is no cell.
    fn context_before(&self, start: usize) -> usize {
        let (line, _) = line_around(self.bytes, start);
        let mut from = start.saturating_sub(CELL).max(line);
        while from < start && !self.is_boundary(from) {
            from += 1;
        }
        from
    }

    fn context_after(&self, end: usize) -> usize {
        let (_, line) = line_around(self.bytes, end);
        let mut until = (end + NEIGHBOUR).min(line).max(end);
        while until > end && !self.is_boundary(until) {
            until -= 1;
        }
        until
    }

    /// Whether no UTF-8 character goes over `at`; in other encodings a cut character is shown as a mark.
    fn is_boundary(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(|byte| byte & 0xC0 != 0x80)
    }

    fn add_neighbours(&self, segments: &mut Vec<Segment>) {
        let Some(line) = segments.first().map(|segment| segment.line) else { return };
        let mut used: usize = segments.iter().map(|segment| display_width(&segment.text) + GAP).sum();
        let beside = |range: &(usize, usize, bool), segments: &[Segment]| {
            segments.iter().any(|marked| {
                !marked.labels.is_empty() && (marked.end + 1 == range.0 || range.1 + 1 == marked.start)
            }) && segments.iter().all(|shown| shown.start != range.0 || shown.end != range.1)
        };
        let mut cells = self.cells.clone();
        cells.sort_unstable();
        for cell in cells {
            let text = if cell.2 { MASK.to_owned() } else { self.shown(cell.0, cell.1, NEIGHBOUR) };
            let width = display_width(&text) + 2;
            if beside(&cell, segments) && used + width <= WITH_NEIGHBOURS {
                used += width;
                let mark = (0, 0);
                segments.push(Segment { start: cell.0, end: cell.1, line, text, mark, labels: Vec::new() });
            }
        }
        segments.sort_by_key(|segment| (segment.start, segment.end));
    }

    fn write_line(&self, segments: &[Segment], excerpt: &mut Excerpt) {
        let Some((first, last)) = segments.first().zip(segments.last()) else { return };
        let (start, end) = if self.row {
            (0, self.bytes.len())
        } else {
            (line_around(self.bytes, first.start).0, self.line_end(last))
        };
        excerpt.lines.push(first.line);
        excerpt.text.push_str(&self.gap(start, first.start, Side::Front));
        let mut reached = first.start;
        for segment in segments {
            if segment.start > reached {
                excerpt.text.push_str(&self.gap(reached, segment.start, Side::Between));
            }
            let at = excerpt.text.len();
            excerpt.text.push_str(&segment.text);
            for &label in &segment.labels {
                if let Some(mark) = excerpt.marks.get_mut(label) {
                    *mark = Some((at + segment.mark.0, at + segment.mark.1));
                }
            }
            reached = segment.end;
        }
        excerpt.text.push_str(&self.gap(reached, end, Side::Back));
        excerpt.text.push('\n');
    }

    fn line_end(&self, last: &Segment) -> usize {
        line_around(self.bytes, last.start).1.max(last.end)
    }

    /// What is shown for the bytes between two shown stretches: themselves where they are short.
    fn gap(&self, start: usize, end: usize, side: Side) -> Cow<'static, str> {
        if start >= end {
            return Cow::Borrowed("");
        }
        let raw = self.decoded(start, end);
        if self.row {
            let separator = if raw.contains('\t') { '\t' } else { ',' };
            let separator = if self.sheet {
                LINE.to_owned()
            } else {
                picture::visible(separator.encode_utf8(&mut [0; 4])).into_owned()
            };
            return Cow::Owned(match side {
                _ if raw.len() == 1 => separator,
                Side::Front => format!("…{separator}"),
                Side::Between => format!("{separator}…{separator}"),
                Side::Back => format!("{separator}…"),
            });
        }
        let trimmed = raw.trim();
        match side {
            // What stands there may be an answer.
            Side::Front if self.sheet => Cow::Borrowed("… "),
            Side::Between if self.sheet => Cow::Borrowed(" … "),
            Side::Back if self.sheet => Cow::Borrowed(" …"),
            Side::Front if trimmed.is_empty() => Cow::Borrowed(""),
            Side::Back if trimmed.len() <= 2 => Cow::Owned(picture::visible(trimmed).into_owned()),
            _ if raw.len() <= 2 => Cow::Owned(picture::visible(&raw).into_owned()),
            Side::Front => Cow::Borrowed("… "),
            Side::Between => Cow::Borrowed(", … "),
            Side::Back => Cow::Borrowed(" …"),
        }
    }

    fn decoded(&self, start: usize, end: usize) -> Cow<'_, str> {
        let bytes = self.bytes.get(start..end).unwrap_or(&[]);
        match self.encoding {
            Encoding::Cp932 => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0,
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => String::from_utf8_lossy(bytes),
        }
    }

    /// The bytes as safe text of at most `room` columns.
    fn shown(&self, start: usize, end: usize, room: usize) -> String {
        // A character takes at most four bytes; a cell of 300 MB is not decoded to show its beginning.
        let enough = end.min(start.saturating_add(room.saturating_mul(4) + 16));
        shortened(&self.decoded(start, enough), room)
    }
}

/// On which side of the shown stretches something is left out.
#[derive(Clone, Copy)]
enum Side {
    Front,
    Between,
    Back,
}

/// The line of `bytes` that holds byte `at`: from its start to before its line feed.
fn line_around(bytes: &[u8], at: usize) -> (usize, usize) {
    let at = at.min(bytes.len());
    let (before, after) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let start = memchr::memrchr(b'\n', before).map_or(0, |found| found + 1);
    let end = memchr::memchr(b'\n', after).map_or(bytes.len(), |step| at + step);
    (start, end)
}

/// `text` made safe and cut to `room` columns, with `…` where something is missing.
fn shortened(text: &str, room: usize) -> String {
    let mut result = String::new();
    let mut columns = 0;
    for character in text.chars() {
        let before = result.len();
        picture::push(&mut result, character);
        columns += result.get(before..).map_or(0, display_width);
        if columns > room || (columns == room && character.width() == Some(0)) {
            result.truncate(before);
            result.push('…');
            break;
        }
    }
    result
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diagnostic::Argument;
    use crate::source::{Position, SourceId};

    pub(crate) fn label(span: (u64, u64), line: u64, pointer: Option<&str>) -> Label {
        Label {
            source: SourceId(0),
            field: None,
            span: Span::new(span.0, span.1),
            position: Position { line, column: 1, display: 1 },
            extent: None,
            cell: None,
            pointer: pointer.map(Box::from),
            text: Argument::Nothing,
        }
    }

    /// A CSV record that begins at byte 1000 of its file; `private` is the position of a private cell.
    fn row(text: &str, private: usize) -> Region<'_> {
        let mut cells = Vec::new();
        let mut start = 0;
        for (number, cell) in text.split(',').enumerate() {
            cells.push((start, start + cell.len(), number == private));
            start += cell.len() + 1;
        }
        Region {
            bytes: text.as_bytes(),
            origin: 1000,
            encoding: Encoding::Utf8,
            row: true,
            cells,
            guarded: false,
            sheet: false,
            labels: Vec::new(),
        }
    }

    /// A record of JSON, as it stands.
    fn document(text: &str) -> Region<'_> {
        Region {
            bytes: text.as_bytes(),
            origin: 0,
            encoding: Encoding::Utf8,
            row: false,
            cells: Vec::new(),
            guarded: false,
            sheet: false,
            labels: Vec::new(),
        }
    }

    pub(crate) fn marked(excerpt: &Excerpt) -> Vec<Option<&str>> {
        excerpt.marks.iter().map(|mark| mark.and_then(|(start, end)| excerpt.text.get(start..end))).collect()
    }

    #[test]
    fn a_row_shows_marked_cells_and_neighbours() {
        let region = row("AB12345,厚生病院,a,812,b,1,c,d,e", 1);
        let excerpt = region.cut(&[label((1029, 1030), 7, None), label((1027, 1028), 7, None)]);
        assert_eq!(excerpt.text, "…,812,b,1,c,…\n");
        assert_eq!(
            (marked(&excerpt), excerpt.lines.as_slice()),
            (vec![Some("1"), Some("b")], [7].as_slice())
        );
    }

    #[test]
    fn private_cells_are_masked_as_neighbours_and_when_marked() {
        let region = row("AB12345,03-1234-5678,1,2,3", 1);
        let excerpt = region.cut(&[label((1000, 1007), 2, None), label((1008, 1020), 2, None)]);
        assert_eq!(excerpt.text, "AB12345,***,1,…\n");
        assert_eq!(marked(&excerpt), [Some("AB12345"), Some("***")]);
    }

    #[test]
    fn a_blank_cell_has_an_empty_mark_and_a_long_one_is_cut() {
        let long = format!("{},,\u{1b}[31m{}", "漢".repeat(200), "x".repeat(300_000));
        let region = row(&long, 9);
        let excerpt = region.cut(&[label((1601, 1601), 2, None), label((1000, 1600), 2, None)]);
        assert_eq!(excerpt.text, "漢漢漢漢漢漢漢漢漢漢漢漢…,,…\n");
        assert_eq!(excerpt.marks[0].map(|mark| mark.1 - mark.0), Some(0));
        let escape = row("a\u{1b}[31m\n,b", 9).cut(&[label((1000, 1007), 2, None)]);
        assert_eq!(escape.text, "a␛[31m␊,b\n");
    }

    #[test]
    fn json_shows_key_and_value_line_by_line() {
        let text = "{\n  \"id\": \"A\",\n  \"band\": 1,\n  \"x\": 0,\n  \"total\" :  812\n}";
        let at = |value: &str| text.find(value).and_then(|at| u64::try_from(at).ok()).unwrap();
        let region = document(text);
        let labels = [
            label((at("812"), at("812") + 3), 5, Some("/total")),
            label((at("1,"), at("1,") + 1), 3, Some("/band")),
        ];
        let excerpt = region.cut(&labels);
        assert_eq!(excerpt.text, "\"band\": 1,\n\"total\" :  812\n");
        assert_eq!(
            (marked(&excerpt), excerpt.lines.as_slice()),
            (vec![Some("812"), Some("1")], [3, 5].as_slice())
        );
    }

    #[test]
    fn one_line_of_json_is_elided_between_the_marks() {
        let text = r#"{"id":"A","q\"1":1,"q2":2,"q3":3,"notes":"長い","q4":"yes","q5":5}"#;
        let region = document(text);
        let at = |value: &str| text.find(value).and_then(|at| u64::try_from(at).ok()).unwrap();
        let labels = [
            label((at("1,"), at("1,") + 1), 1, Some("/q")),
            label((at("\"yes"), at("\"yes") + 5), 1, Some("/q4")),
        ];
        let excerpt = region.cut(&labels);
        assert_eq!(excerpt.text, "… \"q\\\"1\":1, … \"q4\":\"yes\" …\n");
        assert_eq!(marked(&excerpt), [Some("1"), Some("\"yes\"")]);
    }

    #[test]
    fn a_label_elsewhere_has_no_mark() {
        let excerpt = row("a,b", 9).cut(&[label((10, 12), 1, None)]);
        assert_eq!((excerpt.text.as_str(), excerpt.marks), ("", vec![None]));
    }
}
