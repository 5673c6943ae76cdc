//! Remarks: the findings of a run as they are written beside the cells of an annotated copy.
//!
//! Invariants
//! - At most so many are kept as the caller says, the gravest and first; how many are left out is told.
//! - A text is in one language, and short enough for a comment.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, FixClass, Label, Language, Place, Severity};
use crate::evaluate::Finding;
use crate::report::{Audience, standing, words};
use crate::source::picture;

/// Characters of one comment; what is longer is cut.
pub(super) const LONGEST: usize = 2_000;

/// Findings told in one comment; of further ones only the number is.
pub(super) const MOST: usize = 8;

/// Cells that one finding marks at most.
const MOST_CELLS: usize = 20;

/// Where a remark stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// The file as a whole.
    File,
    /// The cell that holds this byte of the file; of a record without a cell, its first.
    Byte(u64),
    /// A cell of a workbook: its sheet, row and column.
    Cell(Arc<str>, u32, u32),
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub severity: Severity,
    /// Full id.
    pub rule: String,
    pub title: String,
    /// The message, with what is proposed.
    pub text: String,
    /// The primary place first; at least one.
    pub spots: Vec<Spot>,
}

/// The remarks of a run.
#[derive(Debug)]
pub(super) struct Remarks {
    language: Language,
    most: usize,
    /// By severity, gravest first, each at most `most`.
    kept: [Vec<Remark>; 4],
    /// Findings in all.
    pub told: u64,
}

impl Remarks {
    /// None yet; `most` are kept.
    pub(super) fn new(language: Language, most: usize) -> Self {
        Self { language, most, kept: Default::default(), told: 0 }
    }

    /// Takes `findings`.
    pub(super) fn take(&mut self, findings: &[Finding]) {
        for finding in findings {
            let head = (!finding.heading).then_some(&finding.diagnostic);
            for diagnostic in head.into_iter().chain(&finding.followers) {
                self.told += 1;
                let level = match diagnostic.severity {
                    Severity::Fatal => 0,
                    Severity::Error => 1,
                    Severity::Warning => 2,
                    Severity::Info => 3,
                };
                let most = self.most;
                let language = self.language;
                if let Some(kept) = self.kept.get_mut(level).filter(|kept| kept.len() < most) {
                    kept.push(remark(diagnostic, language));
                }
            }
        }
    }

    /// Those that are kept, gravest first.
    pub(super) fn into_kept(self) -> Vec<Remark> {
        let most = self.most;
        self.kept.into_iter().flatten().take(most).collect()
    }
}

fn remark(diagnostic: &Diagnostic, language: Language) -> Remark {
    let mut text = diagnostic.message(language);
    let suggestion = diagnostic.suggestion.as_ref().map(|suggestion| suggestion.get(language).clone());
    let proposed = diagnostic.fix.as_ref().filter(|fix| fix.class == FixClass::Proposed);
    let asked =
        proposed.zip(suggestion.as_ref()).is_some_and(|(fix, question)| question.contains(&*fix.after));
    let standing = standing::sentences(diagnostic, Audience { language, ..Audience::default() });
    for line in suggestion.into_iter().chain(diagnostic.help(language)).chain(standing) {
        text.push('\n');
        text.push_str(&line);
    }
    if let Some(fix) = proposed.filter(|_| !asked) {
        text.push_str(words::pick(language, "\n修正案：", "\nProposed: "));
        text.push_str(&fix.after);
    }
    let mut spots: Vec<Spot> = diagnostic.labels.iter().take(MOST_CELLS).map(spot).collect();
    if spots.is_empty() {
        spots.push(match &diagnostic.place {
            Place::Record(place) => match &place.sheet {
                Some(sheet) => {
                    let row = place.sheet_row.unwrap_or(place.line);
                    Spot::Cell(Arc::clone(sheet), u32::try_from(row).unwrap_or(1), 1)
                }
                None => Spot::Byte(place.span.start),
            },
            Place::File(_) | Place::Run => Spot::File,
        });
    }
    Remark {
        severity: diagnostic.severity,
        rule: diagnostic.notice.full_id(),
        title: diagnostic.notice.title.get(language).to_string(),
        text: picture::visible_lines(&text).into_owned(),
        spots,
    }
}

/// Where a label stands.
pub(super) fn spot(label: &Label) -> Spot {
    let Some((sheet, _)) = label.cell.as_deref().and_then(|address| address.rsplit_once('!')) else {
        return Spot::Byte(label.span.start);
    };
    let quoted = sheet.strip_prefix('\'').and_then(|sheet| sheet.strip_suffix('\''));
    let name = quoted.map_or_else(|| sheet.to_owned(), |sheet| sheet.replace("''", "'"));
    let number = |number: u64| u32::try_from(number).unwrap_or(1);
    Spot::Cell(name.into(), number(label.position.line), number(label.position.column))
}

/// The fill of a cell with a finding of this severity: light enough for black letters.
pub(super) const fn fill(severity: Severity) -> u32 {
    match severity {
        Severity::Fatal => 0x00FF_9999,
        Severity::Error => 0x00FF_C7CE,
        Severity::Warning => 0x00FF_EB9C,
        Severity::Info => 0x00DD_EBF7,
    }
}

/// Said of the findings that the copy does not tell.
pub(super) fn left_out(count: u64, language: Language) -> String {
    match language {
        Language::Ja => format!("ほかに{count}件の指摘があります（この写しには書いていません）。"),
        Language::En => format!("{count} further findings are not told in this copy."),
    }
}

/// The same as a comment of its own: its first line tells that it is ours.
pub(super) fn left_out_note(count: u64, language: Language) -> String {
    let severity = words::severity(Severity::Info);
    match language {
        Language::Ja => format!("【{}】kenpyo\n{}", severity.ja, left_out(count, language)),
        Language::En => format!("[{}] kenpyo\n{}", severity.en, left_out(count, language)),
    }
}

/// A remark as it is told at a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said<'r> {
    /// What is told.
    pub remark: &'r Remark,
    /// The cell that it is about, where merged cells hide that one and another shows. `None`: this cell itself.
    pub hidden: Option<String>,
}

impl<'r> From<&'r Remark> for Said<'r> {
    fn from(remark: &'r Remark) -> Self {
        Self { remark, hidden: None }
    }
}

/// The comment of a cell that these remarks are about, gravest first.
pub(super) fn comment(remarks: &[Said<'_>], language: Language) -> String {
    let mut text = String::new();
    for (told, Said { remark, hidden }) in remarks.iter().enumerate() {
        let severity = words::severity(remark.severity);
        let head = match language {
            Language::Ja => format!("【{}】{}　{}", severity.ja, remark.rule, remark.title),
            Language::En => format!("[{}] {}  {}", severity.en, remark.rule, remark.title),
        };
        let about = hidden.as_ref().map(|cell| match language {
            Language::Ja => format!("（結合されて見えないセル {cell} について）\n"),
            Language::En => format!("(about cell {cell}, which merged cells hide)\n"),
        });
        let about = about.unwrap_or_default();
        let piece = format!("{}{head}\n{about}{}", if told == 0 { "" } else { "\n\n" }, remark.text);
        let room = LONGEST.saturating_sub(text.chars().count());
        if told == MOST || (told > 0 && piece.chars().count() > room) {
            let left = remarks.len() - told;
            let more = match language {
                Language::Ja => format!("…ほか{left}件"),
                Language::En => format!("…and {left} more"),
            };
            return text + "\n\n" + &more;
        }
        if piece.chars().count() > room {
            text.extend(piece.chars().take(room.saturating_sub(1)));
            text.push('…');
        } else {
            text.push_str(&piece);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remark_of(length: usize) -> Remark {
        Remark {
            severity: Severity::Error,
            rule: "EX-R001".to_owned(),
            title: "題".to_owned(),
            text: "あ".repeat(length),
            spots: vec![Spot::File],
        }
    }

    #[test]
    fn a_comment_has_an_end_and_says_what_is_left_out() {
        let (short, long) = (remark_of(10), remark_of(3_000));
        assert_eq!(
            comment(&[Said::from(&short)], Language::Ja),
            format!("【要修正】EX-R001　題\n{}", "あ".repeat(10))
        );
        let cut = comment(&[Said::from(&long), Said::from(&short)], Language::En);
        assert!(cut.chars().count() < LONGEST + 30 && cut.ends_with("…\n\n…and 1 more"), "{cut}");
        let many = comment(&vec![Said::from(&short); 20], Language::Ja);
        assert_eq!(many.matches("EX-R001").count(), MOST);
        assert!(many.ends_with("…ほか12件"));
    }

    /// A comment says what the listing says: the help too, and a proposal once.
    #[test]
    fn a_remark_has_the_help_and_a_proposal_once() {
        use crate::diagnostic::{Fix, Localized};
        let code = &crate::diagnostic::code::usage::UNKNOWN_FLAG;
        let found = Diagnostic::new(code, Place::Run).with("found", "--x").with("command", "check");
        let after = "2024-02-29";
        let fix = Fix { class: FixClass::Proposed, after: after.into() };
        let plain = Diagnostic { fix: Some(fix), ..found };
        let text = remark(&plain, Language::En).text;
        assert!(text.contains("`kenpyo check --help` prints all options\nProposed: 2024-02-29"), "{text}");
        let asked = plain.suggest(Localized::new(format!("「{after}」？"), format!("was {after} meant?")));
        let text = remark(&asked, Language::En).text;
        assert_eq!((text.matches(after).count(), text.contains("Proposed")), (1, false), "{text}");
    }

    /// So that the comments of a marked copy can be replaced, and are not taken for a respondent's.
    #[test]
    #[cfg(feature = "xlsx")]
    fn every_comment_is_known_as_ours_by_its_text() {
        use crate::workbook::note::marked_from;
        for language in [Language::Ja, Language::En] {
            for severity in [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Info] {
                for rule in ["EX-R001", "EX-K001/q04_ehr", "KP-S031"] {
                    let remark = Remark { severity, rule: rule.to_owned(), ..remark_of(3) };
                    let text = comment(&[Said::from(&remark)], language);
                    assert_eq!(marked_from(&text), Some(0), "{text}");
                }
            }
            assert_eq!(marked_from(&left_out_note(3, language)), Some(0));
        }
    }

    #[test]
    fn the_gravest_are_kept() {
        let code = |severity| {
            let place = Place::Run;
            let found = Diagnostic::new(&crate::diagnostic::code::structure::FILE_UNREADABLE, place);
            Finding::from(Diagnostic { severity, ..found })
        };
        let mut remarks = Remarks::new(Language::Ja, 2);
        remarks.take(&[
            code(Severity::Info),
            code(Severity::Warning),
            code(Severity::Error),
            code(Severity::Info),
        ]);
        assert_eq!(remarks.told, 4);
        let kept: Vec<Severity> = remarks.into_kept().iter().map(|remark| remark.severity).collect();
        assert_eq!(kept, [Severity::Error, Severity::Warning]);
    }
}
