//! The corrected copy of a text file: the original's bytes with the cells of the corrections exchanged.
//!
//! Invariants
//! - Everything outside those cells is copied: byte for byte from UTF-8, letter by letter from another encoding.
//! - What is written is UTF-8 as a whole, or nothing is: bytes that are not of the file's encoding are an error.
//! - One record is held at a time, so memory does not grow with the file.

use std::io::{self, Read, Write};

use encoding_rs::Decoder;

use super::correction::Correction;
use super::json_member::{self, member};
use super::log::Log;
use crate::input::cell_text;
use crate::questionnaire::Questionnaire;
use crate::source::Span;
use crate::source::delimited::push_cell;
use crate::source::encoding::{Encoding, UTF8_MARK};
use crate::source::json::unescape;

/// Bytes copied at a time.
const PIECE: u64 = 1 << 16;

/// How the file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    /// The fields, by whose types JSON values are written.
    pub questionnaire: &'a Questionnaire,
    /// How its bytes were read.
    pub encoding: Encoding,
    /// What stands between its cells. `None`: it is no delimited text.
    pub separator: Option<u8>,
}

/// Copies `read` to `write` with `corrections`, which are sorted by place, and logs each.
///
/// # Errors
/// Reading or writing failed, the file is not the one that was judged, or holds bytes that are not of its encoding, so
/// that it cannot be written in another.
pub(super) fn splice(
    form: Form<'_>,
    read: &mut dyn Read,
    write: &mut dyn Write,
    corrections: &[Correction],
    log: &mut Log,
) -> io::Result<()> {
    let mut copy = Copy { form, read, write, at: 0 };
    copy.begin()?;
    let mut rest = corrections;
    while let Some(first) = rest.first() {
        let of_record = rest.iter().take_while(|one| one.place.record == first.place.record).count();
        let (ours, others) = rest.split_at(of_record);
        copy.until(first.place.span.start)?;
        copy.record(first.place.span, ours, log)?;
        rest = others;
    }
    copy.until(u64::MAX)
}

struct Copy<'a> {
    form: Form<'a>,
    read: &'a mut dyn Read,
    write: &'a mut dyn Write,
    /// Bytes of the original that have been read.
    at: u64,
}

impl Copy<'_> {
    /// A file in another encoding becomes UTF-8, with the mark by which spreadsheets know it.
    fn begin(&mut self) -> io::Result<()> {
        let encoding = self.form.encoding;
        if encoding == Encoding::Utf8 {
            return Ok(());
        }
        if self.form.separator.is_some() {
            self.write.write_all(UTF8_MARK)?;
        }
        if encoding.is_transcoded() {
            let mut first = Vec::new();
            self.read.take(2).read_to_end(&mut first)?;
            self.at = 2;
            if !matches!(first.as_slice(), [0xFF, 0xFE] | [0xFE, 0xFF]) {
                let text = self.decode(&first)?;
                self.write.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }

    /// Copies up to the byte `end`, or to the end of the file.
    fn until(&mut self, end: u64) -> io::Result<()> {
        let mut decoder = self.form.encoding.table().new_decoder_without_bom_handling();
        loop {
            let wanted = end.saturating_sub(self.at).min(PIECE);
            let mut piece = Vec::new();
            self.read.take(wanted).read_to_end(&mut piece)?;
            self.at = self.at.saturating_add(length(piece.len()));
            let last = length(piece.len()) < PIECE;
            self.write.write_all(decoded(&mut decoder, &piece, last)?.as_bytes())?;
            if last {
                let short = end < u64::MAX && self.at < end;
                return if short { Err(changed()) } else { Ok(()) };
            }
        }
    }

    fn record(&mut self, span: Span, corrections: &[Correction], log: &mut Log) -> io::Result<()> {
        let mut raw = Vec::new();
        self.read.take(span.len()).read_to_end(&mut raw)?;
        self.at = self.at.saturating_add(length(raw.len()));
        if length(raw.len()) < span.len() {
            return Err(changed());
        }
        let encoding = self.form.encoding;
        let held = if encoding.is_transcoded() { self.decode(&raw)?.into_bytes() } else { raw };
        let mut edits = Vec::new();
        for correction in corrections {
            edits.extend(self.edit(&held, span, correction)?);
        }
        // New members of one object stand in the order of the fields.
        edits.sort_by_key(|edit| (edit.start, edit.end));
        let mut from = 0;
        for (place, edit) in edits.iter().enumerate() {
            self.held(held.get(from..edit.start).unwrap_or(&[]))?;
            self.write.write_all(edit.text.as_bytes())?;
            if edit.alone && edits.get(place + 1).is_some_and(|next| next.start == edit.start) {
                self.write.write_all(b",")?;
            }
            log.add(edit.correction, &edit.before, &edit.correction.after);
            from = edit.end;
        }
        self.held(held.get(from..).unwrap_or(&[]))
    }

    /// What a correction changes of the record's bytes. `None`: the cell already says so.
    fn edit<'c>(&self, held: &[u8], span: Span, correction: &'c Correction) -> io::Result<Option<Edit<'c>>> {
        let label = &correction.label;
        let encoding = self.form.encoding;
        let place = |at: u64| encoding.held_length(held, at.checked_sub(span.start)?);
        let (start, end) = place(label.span.start).zip(place(label.span.end)).ok_or_else(changed)?;
        let written = held.get(start..end).ok_or_else(changed)?;
        if let Some(separator) = self.form.separator {
            let before = cell_text(written, separator, encoding);
            let mut text = String::new();
            push_cell(&correction.after, char::from(separator), &mut text);
            let differs = before != *correction.after;
            return Ok(differs.then_some(Edit { start, end, text, before, correction, alone: false }));
        }
        let field = label.field.as_deref().and_then(|name| self.form.questionnaire.field(name));
        let text = json_member::value(field, &correction.after);
        if written == b"{" {
            let (pointer, name) = (label.pointer.as_deref(), label.field.as_deref());
            let new = member(held, pointer.unwrap_or_default(), name.unwrap_or_default(), &text);
            let new = new.ok_or_else(changed)?;
            let before = String::new();
            return Ok(Some(Edit {
                start: new.at,
                end: new.at,
                text: new.text,
                before,
                correction,
                alone: new.alone,
            }));
        }
        let differs = written != text.as_bytes();
        let before = json_text(written);
        Ok(differs.then_some(Edit { start, end, text, before, correction, alone: false }))
    }

    /// Writes bytes as they are held.
    fn held(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.form.encoding.is_transcoded() {
            return self.write.write_all(bytes);
        }
        let text = self.decode(bytes)?;
        self.write.write_all(text.as_bytes())
    }

    /// Bytes of the original as text.
    fn decode(&self, bytes: &[u8]) -> io::Result<String> {
        decoded(&mut self.form.encoding.table().new_decoder_without_bom_handling(), bytes, true)
    }
}

/// Bytes of a record and what stands there instead.
struct Edit<'c> {
    start: usize,
    end: usize,
    text: String,
    before: String,
    correction: &'c Correction,
    /// A new member of an object that has none: what is written behind it there needs a comma.
    alone: bool,
}

/// What a JSON value says: a string without its quotes, nothing for `null`, else as written.
fn json_text(written: &[u8]) -> String {
    match written.first() {
        Some(b'"') => unescape(written).map(std::borrow::Cow::into_owned).unwrap_or_default(),
        _ if written == b"null" => String::new(),
        _ => String::from_utf8_lossy(written).into_owned(),
    }
}

/// The next bytes of a text; `last`: no character goes on behind them.
fn decoded(decoder: &mut Decoder, bytes: &[u8], last: bool) -> io::Result<String> {
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(most);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, last).0 {
        encoding_rs::DecoderResult::InputEmpty => Ok(text),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, Undecodable)),
    }
}

/// Bytes that are not of the file's encoding.
#[derive(Debug, thiserror::Error)]
#[error("it holds bytes that are not of its encoding / 文字コードに合わないバイトがあります")]
struct Undecodable;

/// Whether `error` says that the file holds bytes that are not of its encoding.
pub(super) fn is_undecodable(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<Undecodable>())
}

/// Somebody has changed the file while it was judged.
fn changed() -> io::Error {
    io::Error::other("it changed while it was read / 読み取り中に内容が変わりました")
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::code::structure::FILE_UNREADABLE;
    use crate::diagnostic::{Argument, Label, RecordPlace};
    use crate::source::{Position, SourceId};

    pub(in crate::rewrite) fn questionnaire() -> Questionnaire {
        let text = |text: &str| crate::diagnostic::Localized::new(Arc::from(text), Arc::from(text));
        Questionnaire {
            answer_heads: Vec::new(),
            question_word: None,
            check_marks: crate::questionnaire::CheckMarks::default(),
            id: "ex".into(),
            title: text("ex"),
            sections: Vec::new(),
            fields: Vec::new(),
            by_name: std::collections::BTreeMap::new(),
            rows: crate::questionnaire::RowWords::default(),
            versions: None,
            routing: Vec::new(),
            routing_order: Vec::new(),
            schema: serde_json::Value::Null,
        }
    }

    /// The copy and the log's rows, of `file` with what stands at each `cell` of a record exchanged.
    fn copy(
        file: &str,
        encoding: Encoding,
        separator: Option<u8>,
        cells: &[(&str, &str, &str)],
    ) -> (String, String) {
        let mark = match encoding {
            Encoding::Utf16Le => vec![0xFF, 0xFE],
            Encoding::Utf16Be => vec![0xFE, 0xFF],
            _ => Vec::new(),
        };
        let encoded = |text: &str| match encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Cp932 => encoding.table().encode(text).0.into_owned(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        };
        let at = |text: &str| length(mark.len() + encoded(text).len());
        let span = |start: usize, text: &str| {
            let (before, through) = (file.get(..start).unwrap(), file.get(..start + text.len()).unwrap());
            Span::new(at(before), at(through))
        };
        let corrections: Vec<Correction> = cells
            .iter()
            .map(|(record, cell, after)| {
                let start = file.find(record).unwrap();
                let place = RecordPlace {
                    source: SourceId(0),
                    record: u64::try_from(start).unwrap(),
                    line: 1,
                    sheet_row: None,
                    sheet: None,
                    span: span(start, record),
                    key: None,
                };
                let label = Label {
                    source: SourceId(0),
                    field: Some("f".into()),
                    span: span(start + record.find(cell).unwrap(), cell),
                    position: Position::default(),
                    extent: None,
                    cell: None,
                    pointer: None,
                    text: Argument::Nothing,
                };
                Correction {
                    place: Arc::new(place),
                    label,
                    after: (*after).into(),
                    notice: FILE_UNREADABLE.notice(),
                }
            })
            .collect();
        let (form, mut log) = (questionnaire(), Log::new());
        let form = Form { questionnaire: &form, encoding, separator };
        let bytes = [mark.clone(), encoded(file)].concat();
        let mut written = Vec::new();
        splice(form, &mut bytes.as_slice(), &mut written, &corrections, &mut log).unwrap();
        let log = String::from_utf8(log.into_bytes()).unwrap();
        let rows: Vec<&str> = log.lines().skip(1).map(|row| row.split(",f,").nth(1).unwrap()).collect();
        (String::from_utf8(written).unwrap(), rows.join(" "))
    }

    #[test]
    fn only_the_cells_of_the_corrections_differ_in_every_encoding() {
        let file = "名,数\r\n髙①,\"１,０\"\"2\",~\r\n\"𠮷\",  ３ \n x , ４";
        let cells = [("髙①,\"１,０\"\"2\",~", "\"１,０\"\"2\"", "10"), (" x , ４", " ４", "=a,b")];
        for encoding in [Encoding::Utf8, Encoding::Cp932, Encoding::Utf16Le, Encoding::Utf16Be] {
            let file =
                if encoding == Encoding::Cp932 { file.replace('𠮷', "吉") } else { file.to_owned() };
            let (written, log) = copy(&file, encoding, Some(b','), &cells);
            let expected = file.replace("\"１,０\"\"2\"", "10").replace(" ４", "\"=a,b\"");
            let mark = if encoding == Encoding::Utf8 { "" } else { "\u{FEFF}" };
            assert_eq!(written, format!("{mark}{expected}"), "{encoding:?}");
            assert_eq!(log, "\"１,０\"\"2\",10,KP-S027  ４,\"'=a,b\",KP-S027");
        }
    }

    #[test]
    fn a_file_larger_than_a_piece_is_copied_whole() {
        let file = format!("{}\nx,y\n{}", "長い".repeat(100_000), "文".repeat(70_000));
        for encoding in [Encoding::Utf8, Encoding::Cp932, Encoding::Utf16Le] {
            let (written, _) = copy(&file, encoding, Some(b','), &[("x,y", "y", "z")]);
            assert!(written.trim_start_matches('\u{FEFF}') == file.replace("x,y", "x,z"));
        }
    }

    #[test]
    fn json_values_and_missing_members_are_written() {
        let file = "[{\"f\": \" １\", \"g\": null}, {}]";
        let cells = [("{\"f\": \" １\", \"g\": null}", "\" １\"", "1"), ("{}", "{", "2")];
        let (written, log) = copy(file, Encoding::Utf8, None, &cells);
        assert_eq!(written, "[{\"f\": \"1\", \"g\": null}, {\"f\":\"2\"}]");
        assert_eq!(log, " １,1,KP-S027 ,2,KP-S027");
    }

    #[test]
    fn bytes_of_no_encoding_are_never_replaced() {
        let form = questionnaire();
        for encoding in [Encoding::Cp932, Encoding::Utf8] {
            let form = Form { questionnaire: &form, encoding, separator: Some(b',') };
            let splice = |bytes: &[u8]| splice(form, &mut &*bytes, &mut Vec::new(), &[], &mut Log::new());
            assert!(is_undecodable(&splice(b"a\x83,b").unwrap_err()), "{encoding:?}");
            splice(b"a,b").unwrap();
        }
        // A letter may stand on both sides of the place where a piece ends.
        let form = Form { questionnaire: &form, encoding: Encoding::Utf8, separator: Some(b',') };
        let text = format!("a{}", "あ".repeat(100_000));
        let mut copy = Vec::new();
        splice(form, &mut text.as_bytes(), &mut copy, &[], &mut Log::new()).unwrap();
        assert_eq!(copy, text.as_bytes());
    }
}
