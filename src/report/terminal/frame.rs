//! One finding, drawn: what is wrong, the piece of the record with its marks, the ways out.
//!
//! Invariants
//! - Everything that comes from outside has passed [`picture::visible`] before it is drawn.
//! - The drawer sees an excerpt and never the file, so a frame costs the same wherever it stands.
//! - Our own location line (file, line, display column) is printed; the drawer's counts bytes.

use std::fmt::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::{Appearance, Ink};
use crate::batch::Excerpt;
use crate::diagnostic::{Argument, Diagnostic, Place, Severity};
use crate::report::wrap::{shorten, wrap};
use crate::report::{place_of, words};
use crate::source::{display_width, picture};

/// Columns of a label's text below which it is cut rather than wrapped.
const NARROWEST_LABEL: usize = 14;
/// Marks of a finding up to which their texts may take several lines.
const WRAPPED_MARKS: usize = 2;

/// Draws `diagnostic` after its head line; `name` tells a file's name, `excerpt` is cut for its labels.
pub(super) fn draw(
    into: &mut String,
    diagnostic: &Diagnostic,
    excerpt: Option<&Excerpt>,
    name: &dyn Fn(crate::source::SourceId) -> String,
    look: &Appearance,
) {
    let drawn = Drawn {
        message: sentences(&diagnostic.message(look.language), look.width.saturating_sub(4)),
        severity: diagnostic.severity,
        marks: excerpt.map(|excerpt| marks(diagnostic, excerpt, name, look)).unwrap_or_default(),
        excerpt: excerpt.unwrap_or(&EMPTY),
    };
    // A `String` takes everything that is written to it; what the drawer cannot draw it leaves out.
    let _ = handler(&drawn, look).render_report(into, &drawn);
    elsewhere(into, diagnostic, excerpt, name, look);
    help(into, diagnostic, look);
}

/// The places that the frame does not show: of another record or file, or too many for a line.
fn elsewhere(
    into: &mut String,
    diagnostic: &Diagnostic,
    excerpt: Option<&Excerpt>,
    name: &dyn Fn(crate::source::SourceId) -> String,
    look: &Appearance,
) {
    let is_drawn =
        |index: usize| excerpt.is_some_and(|excerpt| matches!(excerpt.marks.get(index), Some(Some(_))));
    let arrow = look.arrow();
    for (index, label) in diagnostic.labels.iter().enumerate().filter(|(index, _)| !is_drawn(*index)) {
        let mut place = place_of(label, &name(label.source));
        // Beside a frame, and beside other places, one must know what is meant.
        if label.text != Argument::Nothing && (index > 0 || excerpt.is_some()) {
            place = format!("{place}  {}", picture::visible(&label.text.print(look.language)));
        }
        into.push_str(
            &look.paint(Ink::Dim, &format!("   {arrow} {}", shorten(&place, look.width.saturating_sub(5)))),
        );
        into.push('\n');
    }
    if let (Place::File(source), true) = (&diagnostic.place, diagnostic.labels.is_empty()) {
        let place = shorten(&name(*source), look.width.saturating_sub(5));
        into.push_str(&look.paint(Ink::Dim, &format!("   {arrow} {place}")));
        into.push('\n');
    }
}

static EMPTY: Excerpt = Excerpt { text: String::new(), lines: Vec::new(), marks: Vec::new() };

/// Help and suggestion, each behind its word.
fn help(into: &mut String, diagnostic: &Diagnostic, look: &Appearance) {
    let suggestion = diagnostic.suggestion.as_ref().map(|text| text.get(look.language).clone());
    let word = words::pick(look.language, "ヒント", "help");
    for text in suggestion.into_iter().chain(diagnostic.help(look.language)) {
        let indent = display_width(word) + 4;
        for (index, line) in sentences(&text, look.width.saturating_sub(indent)).split('\n').enumerate() {
            if index == 0 {
                let _ = writeln!(into, "  {}: {line}", look.paint(Ink::Help, word));
            } else {
                let _ = writeln!(into, "{:indent$}{line}", "");
            }
        }
    }
}

fn sentences(text: &str, width: usize) -> String {
    wrap(&picture::visible_lines(text), width).join("\n")
}

/// A mark of the excerpt.
struct Mark {
    start: usize,
    end: usize,
    text: Option<String>,
    location: String,
    primary: bool,
}

fn marks(
    diagnostic: &Diagnostic,
    excerpt: &Excerpt,
    name: &dyn Fn(crate::source::SourceId) -> String,
    look: &Appearance,
) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (label, mark) in diagnostic.labels.iter().zip(&excerpt.marks) {
        let Some((start, end)) = *mark else { continue };
        let text = (label.text != Argument::Nothing).then(|| label.text.print(look.language));
        // No stub for a mark that says nothing.
        let text =
            text.filter(|text| !text.is_empty()).map(|text| label_text(&text, excerpt, (start, end), look));
        if let Some(same) = marks.iter_mut().find(|other| (other.start, other.end) == (start, end)) {
            same.text = same.text.take().or(text);
            continue;
        }
        let location = place_of(label, &name(label.source));
        let location = shorten_front(&location, look.width.saturating_sub(12));
        marks.push(Mark { start, end, text, location, primary: marks.is_empty() });
    }
    marks
}

/// The text beside a mark, in the columns that are left of the terminal.
fn label_text(text: &str, excerpt: &Excerpt, (start, end): (usize, usize), look: &Appearance) -> String {
    let before = excerpt.text.get(..start).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, display_width);
    let marked = excerpt.text.get(start..end).map_or(0, display_width);
    let number = excerpt.lines.last().map_or(1, |line| line.to_string().len());
    let room = look.width.saturating_sub(number + 4 + column + marked / 2 + 4);
    let text = picture::visible(text);
    if room < NARROWEST_LABEL || excerpt.marks.len() > WRAPPED_MARKS {
        shorten_question(&text, room.max(4))
    } else {
        wrap(&text, room).join("\n")
    }
}

/// `question: answer` in `columns`: the question is cut rather than the answer, and keeps its closing bracket.
fn shorten_question(text: &str, columns: usize) -> String {
    let colon = text.rfind(": ").or_else(|| text.rfind('：'));
    let closed = |at: usize| text.get(..at).and_then(|before| before.strip_suffix(['」', ')'])).map(str::len);
    let answer = colon
        .map(|at| closed(at).unwrap_or(at))
        .and_then(|at| text.split_at_checked(at))
        .filter(|(_, answer)| display_width(answer) * 2 <= columns);
    match answer {
        Some((question, answer)) => shorten(question, columns - display_width(answer)) + answer,
        None => shorten(text, columns),
    }
}

/// `text` in `columns`, cut at its front: the line and column stand at the end.
fn shorten_front(text: &str, columns: usize) -> String {
    let mut rest = text;
    while display_width(rest) >= columns.max(2) {
        let mut characters = rest.chars();
        if characters.next().is_none() {
            break;
        }
        rest = characters.as_str();
    }
    if rest.len() == text.len() { text.to_owned() } else { format!("…{rest}") }
}

fn handler(drawn: &Drawn<'_>, look: &Appearance) -> GraphicalReportHandler {
    let mut characters = if look.ascii { ThemeCharacters::ascii() } else { ThemeCharacters::unicode() };
    "!".clone_into(&mut characters.warning);
    "i".clone_into(&mut characters.advice);
    let mut styles = if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let own = match drawn.severity {
        Severity::Fatal | Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    styles.link = styles.linum;
    // The drawer takes the marks in order of place, and the styles in turn.
    let mut order: Vec<&Mark> = drawn.marks.iter().collect();
    order.sort_by_key(|mark| mark.start);
    if look.color {
        let other = styles.help;
        styles.highlights = order.iter().map(|mark| if mark.primary { own } else { other }).collect();
    }
    if styles.highlights.is_empty() {
        styles.highlights.push(own);
    }
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(look.width)
        .with_wrap_lines(false)
        .with_links(false)
        .with_context_lines(0)
        .without_cause_chain()
        .without_primary_span_start()
        .without_syntax_highlighting()
}

/// A finding as the drawer sees it.
struct Drawn<'a> {
    message: String,
    severity: Severity,
    marks: Vec<Mark>,
    excerpt: &'a Excerpt,
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawn")
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Fatal | Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.marks.is_empty()).then_some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.marks.iter().map(|mark| {
            let span = SourceSpan::from((mark.start, mark.end.saturating_sub(mark.start)));
            if mark.primary {
                LabeledSpan::new_primary_with_span(mark.text.clone(), span)
            } else {
                LabeledSpan::new_with_span(mark.text.clone(), span)
            }
        })))
    }
}

impl SourceCode for Drawn<'_> {
    /// The lines of the excerpt that `span` is on, if they follow each other in the file.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.excerpt.text.as_str();
        let (start, end) = (span.offset(), span.offset() + span.len());
        let before = text.get(..start).ok_or(MietteError::OutOfBounds)?;
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let until =
            text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |step| end + step + 1);
        let shown = text.get(from..until).ok_or(MietteError::OutOfBounds)?;
        let first = before.matches('\n').count();
        let count = shown.matches('\n').count();
        let lines = self.excerpt.lines.get(first..first + count).ok_or(MietteError::OutOfBounds)?;
        if lines.windows(2).any(|pair| matches!(pair, [a, b] if a + 1 != *b)) {
            return Err(MietteError::OutOfBounds);
        }
        let line = lines.first().and_then(|line| usize::try_from(line.saturating_sub(1)).ok()).unwrap_or(0);
        let mark =
            self.marks.iter().filter(|mark| mark.start == start).min_by_key(|mark| mark.end.abs_diff(end));
        let name = mark.map_or(String::new(), |mark| mark.location.clone());
        let span = SourceSpan::from((from, shown.len()));
        Ok(Box::new(MietteSpanContents::new_named(name, shown.as_bytes(), span, line, 0, count)))
    }
}
