//! Stubs: what is kept of a record until all records have been read, in some tens of bytes.
//!
//! Invariants
//! - A stub holds all that its finding will show; nothing of the file is asked for again.
//! - Written and read back within one run only: the form of the bytes is nobody else's matter.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::standing::Answers;
use crate::diagnostic::{Argument, Decimal, Label, Localized, RecordPlace};
use crate::expression::FieldId;
use crate::questionnaire::Field;
use crate::rule_pack::RulePack;
use crate::source::{Columns, Extent, Position, SourceId, Span};

/// One record, as one rule over many records needs it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stub<'a> {
    /// What must differ. `None`: the rule asks for nothing that must.
    #[serde(borrow)]
    pub(super) distinct: Option<Cow<'a, [u8]>>,
    /// When it was handed in. `None`: not said, or not asked.
    pub(super) time: Option<i64>,
    /// Whether its outcome is known already, and it takes part for the others' sake.
    pub(super) settled: bool,
    /// Whether it is among those of which a part is counted. `None`: a missing answer leaves it open.
    pub(super) among: Option<bool>,
    /// Whether it is counted. `None`: a missing answer leaves it open.
    pub(super) of: Option<bool>,
    /// Where it stands.
    #[serde(borrow)]
    pub(super) place: PlaceStub<'a>,
    /// Marks on the blamed cells.
    #[serde(borrow)]
    pub(super) labels: Vec<LabelStub<'a>>,
    /// Arguments of the message, as far as the record knows them.
    #[serde(borrow)]
    pub(super) arguments: Vec<Told<'a>>,
    /// Its answers in the order of the form; empty: nobody will compare them.
    #[serde(borrow)]
    pub(super) answers: Vec<Answer<'a>>,
    /// By what an acceptance is held to the answers. `None`: nobody asks, or there can be none.
    #[serde(borrow)]
    pub(super) marks: Option<Marks<'a>>,
}

/// [`Answers`] as bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Marks<'a> {
    revision: u32,
    plain: Option<&'a str>,
    keyed: Option<&'a str>,
}

impl<'a> Marks<'a> {
    pub(super) fn of(answers: &'a Answers) -> Self {
        Self { revision: answers.revision, plain: answers.plain.as_deref(), keyed: answers.keyed.as_deref() }
    }

    pub(super) fn answers(&self) -> Answers {
        Answers {
            revision: self.revision,
            plain: self.plain.map(Box::from),
            keyed: self.keyed.map(Box::from),
        }
    }
}

/// A record's place without what its batch knows; numbers are told by their distance, which takes fewer bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlaceStub<'a> {
    pub(super) record: u64,
    line_from_record: i64,
    sheet_row_from_line: Option<i64>,
    start: u64,
    length: u64,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

/// A mark without what its batch and its place know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LabelStub<'a> {
    field: (u16, u16),
    start_from_record: i64,
    length: u64,
    line_from_record: i64,
    column: u64,
    display: u64,
    extent: Option<ExtentStub>,
    cell: Option<&'a str>,
    #[serde(borrow)]
    pointer: Option<Pointer<'a>>,
    #[serde(borrow)]
    text: Option<Told<'a>>,
}

/// Columns by their distance from those in bytes.
#[derive(Debug, Serialize, Deserialize)]
struct ExtentStub {
    start: (i64, i64),
    /// From the start, and from the length in bytes.
    end: Option<(i64, i64)>,
}

impl ExtentStub {
    const fn of(extent: Extent, column: u64, length: u64) -> Self {
        let Extent { start, end } = extent;
        let start_stub = (distance(column, start.utf8), distance(start.utf8, start.utf16));
        let end = match end {
            Some(end) => Some((
                distance(start.utf8.wrapping_add(length), end.utf8),
                distance(start.utf16.wrapping_add(length), end.utf16),
            )),
            None => None,
        };
        Self { start: start_stub, end }
    }

    fn extent(&self, column: u64, length: u64) -> Extent {
        let utf8 = at_distance(column, self.start.0);
        let start = Columns { utf8, utf16: at_distance(utf8, self.start.1) };
        let end = self.end.map(|(utf8, utf16)| Columns {
            utf8: at_distance(start.utf8.wrapping_add(length), utf8),
            utf16: at_distance(start.utf16.wrapping_add(length), utf16),
        });
        Extent { start, end }
    }
}

/// A JSON pointer, which often is the field's name.
#[derive(Debug, Serialize, Deserialize)]
enum Pointer<'a> {
    Name,
    Own(&'a str),
}

impl<'a> Pointer<'a> {
    fn of(pointer: &'a str, field: Option<&Field>) -> Self {
        let is_name = field.is_some_and(|field| pointer.strip_prefix('/') == Some(&*field.name));
        if is_name { Self::Name } else { Self::Own(pointer) }
    }

    fn pointer(&self, field: Option<&Field>) -> Box<str> {
        match (self, field) {
            (Self::Name, Some(field)) => format!("/{}", field.name).into(),
            (Self::Name, None) => Box::default(),
            (Self::Own(pointer), _) => (*pointer).into(),
        }
    }
}

/// A text, which often is the key.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Text<'a> {
    Key,
    Own(&'a str),
}

impl<'a> Text<'a> {
    fn of(text: &'a str, key: &[u8]) -> Self {
        if text.as_bytes() == key { Self::Key } else { Self::Own(text) }
    }

    const fn get(&self, key: &'a str) -> &'a str {
        match self {
            Self::Key => key,
            Self::Own(text) => text,
        }
    }
}

/// How far `to` is from `from`.
const fn distance(from: u64, to: u64) -> i64 {
    to.wrapping_sub(from).cast_signed()
}

const fn at_distance(from: u64, distance: i64) -> u64 {
    from.wrapping_add(distance.cast_unsigned())
}

/// An argument as bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told<'a> {
    NotGiven,
    Nothing,
    Text(#[serde(borrow)] Text<'a>),
    Number(i64, u8),
    Localized(&'a str, &'a str),
    List(#[serde(borrow)] Vec<Told<'a>>),
}

/// What a record says to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer<'a> {
    /// Its file does not have the column.
    Absent,
    Blank,
    /// A mark, by its number in the form; 0: one that the form does not name.
    Mark(u8),
    /// What cannot be read, as written.
    Unreadable(Cow<'a, str>),
    /// An answer in its canonical spelling.
    Value(Cow<'a, str>),
}

impl Stub<'_> {
    /// What is kept of a record that no finding will be about.
    pub(super) const fn untold(record: u64, among: Option<bool>, of: Option<bool>) -> Self {
        Self {
            distinct: None,
            time: None,
            settled: false,
            among,
            of,
            place: PlaceStub::untold(record),
            labels: Vec::new(),
            arguments: Vec::new(),
            answers: Vec::new(),
            marks: None,
        }
    }
}

impl<'a> Told<'a> {
    pub(super) fn of(argument: &'a Argument, key: &[u8]) -> Self {
        match argument {
            Argument::NotGiven => Self::NotGiven,
            Argument::Nothing => Self::Nothing,
            Argument::Text(text) => Self::Text(Text::of(text, key)),
            Argument::Number(number) => Self::Number(number.mantissa, number.scale),
            Argument::Localized(text) => Self::Localized(&text.ja, &text.en),
            Argument::List(items) => Self::List(items.iter().map(|item| Told::of(item, key)).collect()),
        }
    }

    pub(super) fn argument(&self, key: &str) -> Argument {
        match self {
            Self::NotGiven => Argument::NotGiven,
            Self::Nothing => Argument::Nothing,
            Self::Text(Text::Key) => Argument::Text(key.into()),
            Self::Text(Text::Own(text)) => Argument::Text((*text).into()),
            Self::Number(mantissa, scale) => Argument::Number(Decimal { mantissa: *mantissa, scale: *scale }),
            Self::Localized(ja, en) => Argument::Localized(Localized::new(Arc::from(*ja), Arc::from(*en))),
            Self::List(items) => Argument::List(items.iter().map(|item| item.argument(key)).collect()),
        }
    }
}

impl<'a> PlaceStub<'a> {
    /// The place of a record of which nothing will be told.
    pub(super) const fn untold(record: u64) -> Self {
        Self { record, line_from_record: 0, sheet_row_from_line: None, start: 0, length: 0, name: None }
    }

    pub(super) fn of(place: &'a RecordPlace, key: &[u8]) -> Self {
        Self {
            record: place.record,
            line_from_record: distance(place.record, place.line),
            sheet_row_from_line: place.sheet_row.map(|row| distance(place.line, row)),
            start: place.span.start,
            length: place.span.len(),
            name: place.key.as_deref().map(|name| Text::of(name, key)),
        }
    }

    pub(super) fn place(&self, source: SourceId, sheet: Option<&Arc<str>>, key: &'a str) -> RecordPlace {
        let line = at_distance(self.record, self.line_from_record);
        RecordPlace {
            source,
            record: self.record,
            line,
            sheet_row: self.sheet_row_from_line.map(|rows| at_distance(line, rows)),
            sheet: sheet.cloned(),
            span: Span::new(self.start, self.start.saturating_add(self.length)),
            key: self.name(key).map(Box::from),
        }
    }

    /// The record's own key. `None`: it has none.
    pub(super) fn name(&self, key: &'a str) -> Option<&'a str> {
        self.name.as_ref().map(|name| name.get(key))
    }
}

impl<'a> LabelStub<'a> {
    /// The text of a label that is the title of its field is found again in the form.
    pub(super) fn of(pack: &RulePack, field: FieldId, label: &'a Label, place: &RecordPlace) -> Self {
        let declared = pack.field(field);
        let title = declared.map(|field| Argument::Localized(field.title()));
        let text = (title.as_ref() != Some(&label.text)).then(|| Told::of(&label.text, &[]));
        Self {
            field: (field.table, field.index),
            start_from_record: distance(place.span.start, label.span.start),
            length: label.span.len(),
            line_from_record: distance(place.line, label.position.line),
            column: label.position.column,
            display: label.position.display,
            extent: label
                .extent
                .map(|extent| ExtentStub::of(extent, label.position.column, label.span.len())),
            cell: label.cell.as_deref(),
            pointer: label.pointer.as_deref().map(|pointer| Pointer::of(pointer, declared)),
            text,
        }
    }

    pub(super) fn label(&self, pack: &RulePack, place: &RecordPlace) -> Label {
        let field = pack.field(FieldId { table: self.field.0, index: self.field.1 });
        let title = || field.map_or(Argument::Nothing, |field| Argument::Localized(field.title()));
        let start = at_distance(place.span.start, self.start_from_record);
        let line = at_distance(place.line, self.line_from_record);
        Label {
            source: place.source,
            field: field.map(|field| Arc::clone(&field.name)),
            span: Span::new(start, start.saturating_add(self.length)),
            position: Position { line, column: self.column, display: self.display },
            extent: self.extent.as_ref().map(|extent| extent.extent(self.column, self.length)),
            cell: self.cell.map(Box::from),
            pointer: self.pointer.as_ref().map(|pointer| pointer.pointer(field)),
            text: self.text.as_ref().map_or_else(title, |text| text.argument("")),
        }
    }
}
