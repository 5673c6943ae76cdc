//! A finding as a row: the columns that the formats `csv` and `xlsx` have.
//!
//! Invariants
//! - A row a finding, and one for each failure of the run; every row has all columns, those that do not apply are empty.
//! - Where values are hidden nothing stands in a column that could tell one.
//! - Every cell is safe to be shown; formulas are each format's own matter.

use super::{Audience, Names, Spot, marked_fields, standing, words};
use crate::diagnostic::{Argument, Diagnostic, FixClass, Language, Place, Severity};
use crate::engine::verdict::Failure;
use crate::source::picture;

/// How many there are.
pub(super) const COUNT: usize = 18;

/// The columns: (name in files, heading in Japanese, heading in English).
pub(super) const COLUMNS: [(&str, &str, &str); COUNT] = [
    ("file", "ファイル", "file"),
    ("sheet", "シート", "sheet"),
    ("record", "レコード", "record"),
    ("key", "票のキー", "key"),
    ("line", "行", "line"),
    ("column", "列", "column"),
    ("cell", "セル", "cell"),
    ("severity", "重大度", "severity"),
    ("rule", "規則", "rule"),
    ("slug", "略称", "slug"),
    ("title", "題", "title"),
    ("message", "内容", "message"),
    ("fields", "項目", "fields"),
    ("labels", "該当箇所", "labels"),
    ("suggestion", "候補", "suggestion"),
    ("fix", "修正案", "fix"),
    ("standing", "状態", "standing"),
    ("fingerprint", "識別子", "fingerprint"),
];

/// One finding, or one failure, cell by cell.
pub(super) struct Row {
    /// How grave.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "only a workbook has colours"))]
    pub severity: Severity,
    /// In the order of [`COLUMNS`].
    pub cells: [String; COUNT],
}

impl Row {
    /// A finding; `file` gives the name of a file, as it is shown.
    pub(super) fn new(diagnostic: &Diagnostic, audience: Audience, names: &Names, fingerprint: &str) -> Self {
        let Audience { language, hide_values, hide_keys, .. } = audience;
        let notice = &diagnostic.notice;
        let spot = Spot::new(diagnostic, audience);
        let record = match &diagnostic.place {
            Place::Record(place) => Some(place),
            Place::Run | Place::File(_) => None,
        };
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let shown = |text: Option<String>| text.filter(|_| !hide_values).unwrap_or_default();
        let column =
            diagnostic.labels.first().and_then(|label| label.extent).map(|extent| extent.start.utf16);
        let labels = diagnostic.labels.iter().filter(|label| label.text != Argument::Nothing);
        let labels = labels.map(|label| {
            let field = label.field.as_deref().map(|field| format!("{field}: ")).unwrap_or_default();
            format!("{field}{}", label.text.print(language))
        });
        let fix = diagnostic.fix.as_ref().map(|fix| match (fix.class, language) {
            (FixClass::Automatic, _) => fix.after.to_string(),
            (FixClass::Proposed, Language::Ja) => format!("{}（要確認）", fix.after),
            (FixClass::Proposed, Language::En) => format!("{} (to be confirmed)", fix.after),
        });
        let key = record.and_then(|place| place.key.as_deref()).filter(|_| !hide_keys);
        let sheet = record.and_then(|place| place.sheet.as_deref()).map(str::to_owned);
        let cells = [
            spot.file.map_or("", |file| names.get(file)).to_owned(),
            shown(sheet),
            number(record.map(|place| place.record)),
            key.unwrap_or_default().to_owned(),
            number(spot.line),
            shown(column.map(|column| column.to_string())),
            spot.cell.map(String::from).unwrap_or_default(),
            words::severity(diagnostic.severity).get(language).to_string(),
            notice.full_id(),
            notice.slug.to_string(),
            notice.title.get(language).to_string(),
            shown(Some(diagnostic.message(language))),
            marked_fields(diagnostic).join(", "),
            shown(Some(labels.collect::<Vec<_>>().join("; "))),
            shown(diagnostic.suggestion.as_ref().map(|text| text.get(language).clone())),
            shown(fix),
            standing::sentences(diagnostic, audience).join(" "),
            fingerprint.to_owned(),
        ];
        Self {
            severity: diagnostic.severity,
            cells: cells.map(|cell| picture::visible_lines(&cell).into_owned()),
        }
    }

    /// Why a run failed, under the program's own name.
    #[cfg(feature = "formats")]
    pub(super) fn failure(failure: &Failure, language: Language) -> Self {
        let text = words::failure(failure, language);
        let file = failure.file().map_or("", |name| name);
        let mut cells: [String; COUNT] = Default::default();
        for (cell, (name, _, _)) in cells.iter_mut().zip(COLUMNS) {
            let value = match name {
                "file" => file,
                "severity" => words::severity(Severity::Fatal).get(language),
                "rule" => env!("CARGO_PKG_NAME"),
                "slug" => failure.word(),
                "title" => &text,
                _ => "",
            };
            *cell = picture::visible_lines(value).into_owned();
        }
        Self { severity: Severity::Fatal, cells }
    }
}
