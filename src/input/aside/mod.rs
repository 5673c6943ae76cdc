//! Rows of a table that are no records: notes, sample rows and blank rows; of text and of workbooks alike.
//!
//! Invariants
//! - By which words such rows begin is data of the questionnaire (`x-rows`); nothing is left out unless it is told.
//! - A row that gives a record's key, or many answers, is no note, whatever it begins with.
//! - A row of answers costs a look at its first letters, and no more.

mod printed;
mod skipped;

pub(super) use skipped::Skipped;

use self::printed::Printed;

use std::collections::BTreeSet;
use std::sync::Arc;

use encoding_rs::SHIFT_JIS;
use regex_syntax::hir::{Look, literal::Extractor};

use super::FormNeeds;
use crate::questionnaire::Pattern;
use crate::source::encoding::Encoding;

/// Cells beside the first that a note may have: commas in its text, signs of the form.
const MOST_BESIDE: usize = 2;

/// Answers beside the mark from which a sample row reads as a record.
const FEWEST_ANSWERS: usize = 2;

/// So many rows below the header are looked at closely: there forms have units, numbers of columns, samples.
const CLOSE_ROWS: usize = 3;

/// Most letters of a text that says no more than that its row is a sample.
const SAMPLE_LETTERS: usize = 6;

/// What a row is that is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// A note, or the heading of samples: it is left out.
    Note,
    /// The sample row of the form, filled in: it reads as a record, and is none.
    Sample,
}

/// What a column of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// None of the form's.
    Foreign,
    /// One of the form's.
    Answer,
    /// One that names the record.
    Key,
}

/// Looks for rows of one file that are no records.
#[derive(Debug)]
pub(super) struct Watch {
    form: Arc<FormNeeds>,
    roles: Vec<Role>,
    /// The letters with which such a row may begin, as bytes of the file. `None`: any.
    firsts: Option<Vec<Vec<u8>>>,
    /// What the rows of the form itself say.
    printed: Printed,
    /// How many of the rows below the header are still looked at whatever they begin with.
    close: usize,
}

impl Watch {
    /// For rows under `columns` (columns of the form by column of the file), which are called `names` in a header held
    /// in `encoding`.
    pub fn new(
        form: &Arc<FormNeeds>,
        columns: &[Option<usize>],
        names: &[(String, (u32, u32))],
        encoding: Encoding,
    ) -> Self {
        let role = |column: &Option<usize>| match column.and_then(|column| form.columns.get(column)) {
            None => Role::Foreign,
            Some(column) if form.keys.contains(&column.slot.field) => Role::Key,
            Some(_) => Role::Answer,
        };
        let bytes = |letter: char| {
            let text = letter.to_string();
            match encoding {
                Encoding::Cp932 => SHIFT_JIS.encode(&text).0.into_owned(),
                Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => text.into_bytes(),
            }
        };
        // A row that begins with an ideographic space, or as the header does, is looked at more closely.
        let header = names.iter().find_map(|(name, _)| name.chars().next());
        let further = || header.into_iter().chain(['\u{3000}']);
        let letters = form.row_letters();
        let firsts = letters.map(|letters| letters.iter().copied().chain(further()).map(bytes).collect());
        let printed = Printed::new(columns, names);
        let roles = columns.iter().map(role).collect();
        Self { form: Arc::clone(form), roles, firsts, printed, close: CLOSE_ROWS }
    }

    /// Whether the row `bytes` may be such a row; if not, it is none.
    pub fn may_be(&mut self, bytes: &[u8], delimiter: u8) -> bool {
        if self.close > 0 {
            self.close -= 1;
            return true;
        }
        let Some(firsts) = &self.firsts else { return true };
        let margin = |byte: &u8| *byte == delimiter || matches!(byte, b' ' | b'\t' | b'"');
        let start = bytes.iter().position(|byte| !margin(byte)).unwrap_or(bytes.len());
        let rest = bytes.get(start..).unwrap_or(&[]);
        firsts.iter().any(|first| rest.starts_with(first))
    }

    /// What the row with these cells (trimmed) is. `None`: a record, or nothing.
    pub fn judge(&self, cells: &[&str]) -> Option<Aside> {
        let first = cells.iter().position(|cell| !cell.is_empty())?;
        let text = cells.get(first)?;
        let matches = |patterns: &[Pattern]| self.form.match_any(patterns, text);
        let beside = || {
            let written = cells.iter().enumerate().skip(first + 1).filter(|(_, cell)| !cell.is_empty());
            written.map(|(place, _)| self.roles.get(place).copied().unwrap_or(Role::Foreign))
        };
        let has_key = beside().any(|role| role == Role::Key);
        if matches(&self.form.rows.total) && !has_key || self.printed.is_row(&self.form, cells) {
            return Some(Aside::Note);
        }
        if matches(&self.form.rows.sample) || self.names_sample(cells) {
            let answers = beside().filter(|role| *role != Role::Foreign).count();
            let is_record = has_key || answers >= FEWEST_ANSWERS;
            return Some(if is_record { Aside::Sample } else { Aside::Note });
        }
        let is_note = matches(&self.form.rows.note) && !has_key && beside().count() <= MOST_BESIDE;
        is_note.then_some(Aside::Note)
    }
}

impl Watch {
    /// Whether a cell of the row says no more than that it is a sample.
    fn names_sample(&self, cells: &[&str]) -> bool {
        let mut short =
            cells.iter().filter(|cell| !cell.is_empty() && cell.chars().count() <= SAMPLE_LETTERS);
        short.any(|cell| self.form.match_any(&self.form.rows.sample, cell))
    }
}

impl FormNeeds {
    /// With which letters the words begin by which rows are known. Most cells begin otherwise, and no pattern need be made
    /// for them: making one costs more than reading a record. `None`: any letter may begin one.
    fn row_letters(&self) -> Option<&BTreeSet<char>> {
        let find = || {
            let rows = &self.rows;
            let mut patterns = rows.note.iter().chain(&rows.sample).chain(&rows.total).chain(&rows.printed);
            patterns.try_fold(BTreeSet::new(), |mut all, pattern| {
                all.extend(first_letters(pattern)?);
                Some(all)
            })
        };
        self.row_letters.get_or_init(find).as_ref()
    }

    /// Whether one of `patterns`, which are the form's, matches `text`.
    fn match_any(&self, patterns: &[Pattern], text: &str) -> bool {
        let may =
            |letters: &BTreeSet<char>| text.chars().next().is_some_and(|first| letters.contains(&first));
        self.row_letters().is_none_or(may) && patterns.iter().any(|pattern| pattern.is_match(text))
    }
}

/// The letters with which a text that matches `pattern` begins. `None`: any letter may.
fn first_letters(pattern: &Pattern) -> Option<BTreeSet<char>> {
    let tree = regex_syntax::parse(pattern.as_str()).ok()?;
    if !tree.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let prefixes = Extractor::new().extract(&tree);
    let first = |literal: &regex_syntax::hir::literal::Literal| {
        let text = String::from_utf8_lossy(literal.as_bytes()).into_owned();
        text.chars().next().filter(|letter| *letter != char::REPLACEMENT_CHARACTER)
    };
    prefixes.literals()?.iter().map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::form::tests::form;
    use crate::questionnaire::PatternSyntax;

    /// Columns: one that is none of the form's, the name (the key), the number of beds, twice one more.
    fn watch(encoding: Encoding) -> Watch {
        let mut form = form();
        form.keys = vec![0];
        let patterns = |written: &[&str]| {
            written.iter().map(|one| Pattern::new(one, PatternSyntax::Engine).unwrap()).collect()
        };
        form.rows.note = patterns(&["^[※＊]", "^以上$"]);
        form.rows.printed = patterns(&["^必須$"]);
        form.rows.total = patterns(&["^合計$"]);
        form.rows.sample = patterns(&["^[（(]?(?:記入)?例"]);
        let names = ["番号", "施設名", "病床数", "メモ"].map(|name| (name.to_owned(), (0, 0)));
        let mut watch = Watch::new(&Arc::new(form), &[None, Some(0), Some(1), None], &names, encoding);
        watch.close = 0;
        watch
    }

    #[test]
    fn notes_and_samples_are_told_from_records() {
        let watch = watch(Encoding::Utf8);
        for (cells, expected) in [
            (&["※ 病床数は総数", "", "", ""][..], Some(Aside::Note)),
            (&["※ 病床数", " 一般", "", "x"], None),
            (&["以上"], Some(Aside::Note)),
            (&["", "以上", "", ""], Some(Aside::Note)),
            (&["以上町", "A", "1"], None),
            (&["記入例", "", "", ""], Some(Aside::Note)),
            (&["記入例", "A", "", ""], Some(Aside::Sample)),
            (&["", "例", "100", ""], Some(Aside::Note)),
            (&["1", "A", "2", "※"], None),
            (&["番号", "施設名", "病床数", "備考"], Some(Aside::Note)),
            (&["番号", "施設名", "1", "2"], None),
            (&["1", "2", "3", "4"], None),
            (&["合計", "", "100", "5"], Some(Aside::Note)),
            (&["合計", "A", "100", ""], None),
            (&["", "必須", "必須", "必須"], Some(Aside::Note)),
            (&["", "不明", "不明", "不明"], None),
            (&["3", "A", "120", "（記入例）"], Some(Aside::Sample)),
            (&["3", "A", "120", "記入例を見て記入した"], None),
        ] {
            let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
            assert_eq!(watch.judge(&cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn a_row_of_answers_is_seen_by_its_first_letters() {
        for encoding in [Encoding::Utf8, Encoding::Cp932] {
            let mut watch = watch(encoding);
            let mut of = |text: &str| match encoding {
                Encoding::Cp932 => watch.may_be(&SHIFT_JIS.encode(text).0, b','),
                _ => watch.may_be(text.as_bytes(), b','),
            };
            assert!([",,\"※ a\"", " 以上", "　以上", "例1,2"].iter().all(|row| of(row)), "{encoding:?}");
            assert!(["1,※", "A", "病院", ",,", ""].iter().all(|row| !of(row)), "{encoding:?}");
        }
    }

    #[test]
    fn a_pattern_without_a_fixed_beginning_makes_every_row_worth_a_look() {
        for written in ["注", "^.*注", "^\\w", "^"] {
            assert_eq!(
                first_letters(&Pattern::new(written, PatternSyntax::Engine).unwrap()),
                None,
                "{written}"
            );
        }
    }
}
