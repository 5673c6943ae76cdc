//! The lines of a rule, survey or schema file around marks in it.
//!
//! Invariants
//! - As for every excerpt: safe to print, marks on character boundaries; long lines are windowed around their marks.

use super::{Excerpt, line_around};
use crate::diagnostic::Label;
use crate::source::{SourceText, display_width, picture};

/// Columns of a line that is shown whole.
const LINE: usize = 100;

/// The lines of a rule, survey or schema file in which `labels` start.
pub fn of_text(source: &SourceText, labels: &[Label]) -> Excerpt {
    let mut excerpt = Excerpt { marks: vec![None; labels.len()], ..Excerpt::default() };
    let mut order: Vec<(usize, &Label)> =
        labels.iter().enumerate().filter(|(_, label)| label.source == source.id).collect();
    order.sort_by_key(|(_, label)| (label.span.start, label.span.end));
    for line in order.chunk_by(|(_, a), (_, b)| a.position.line == b.position.line) {
        let Some((_, first)) = line.first() else { continue };
        let at = usize::try_from(first.span.start).unwrap_or(usize::MAX).min(source.text.len());
        let (start, end) = line_around(source.text.as_bytes(), at);
        let text = source.text.get(start..end).unwrap_or("").trim_end_matches('\r');
        excerpt.lines.push(first.position.line);
        excerpt.source_line(text, u64::try_from(start).unwrap_or(u64::MAX), line);
    }
    excerpt
}

impl Excerpt {
    /// Appends one line of a rule file with the marks of `labels`, windowed around them if it is long.
    fn source_line(&mut self, text: &str, start: u64, labels: &[(usize, &Label)]) {
        let relative =
            |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(text.len());
        let ranges: Vec<(usize, usize)> =
            labels.iter().map(|(_, label)| (relative(label.span.start), relative(label.span.end))).collect();
        let first = ranges.iter().map(|range| range.0).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.1).max().unwrap_or(0);
        let long = display_width(text) > LINE;
        // A mark that is longer than a line is cut, and what begins behind the cut is not shown.
        let last = if long { last.min(window(text, first, LINE).1) } else { last };
        let from = if long { window(text, first, 30).0 } else { 0 };
        let until = if long { window(text, last, 30).1 } else { text.len() };
        let base = self.text.len();
        let mut places = vec![None; text.len() + 1];
        if from > 0 {
            self.text.push('…');
        }
        for (at, character) in text.char_indices().filter(|(at, _)| (from..until).contains(at)) {
            put(&mut places, at, self.text.len());
            picture::push(&mut self.text, character);
        }
        put(&mut places, until, self.text.len());
        self.text.push_str(if until < text.len() { "…\n" } else { "\n" });
        let place = |at: usize| places.get(at).copied().flatten().unwrap_or(base);
        for ((label, _), range) in labels.iter().zip(ranges) {
            let shown = range.0 < until || range.0 == text.len();
            if let Some(mark) = self.marks.get_mut(*label).filter(|_| shown) {
                *mark = Some((place(range.0), place(range.1.min(until))));
            }
        }
    }
}

fn put(places: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(place) = places.get_mut(at) {
        *place = Some(value);
    }
}

/// The character boundaries about `columns` characters before and after `at`.
fn window(text: &str, at: usize, columns: usize) -> (usize, usize) {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.char_indices().rev().nth(columns).map_or(0, |(at, _)| at);
    let end = after.char_indices().nth(columns).map_or(text.len(), |(step, _)| at + step);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{label, marked};
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn lines_of_a_rule_file_are_shown_once_each() {
        let text = "a = 1\nwhen = 'x = 1 and y = 2'\n\u{202e}z\n";
        let source = SourceText { id: SourceId(0), name: "r.toml".into(), text: text.into() };
        let mut labels = [label((23, 24), 2, None), label((14, 15), 2, None), label((0, 1), 1, None)];
        let excerpt = of_text(&source, &labels);
        assert_eq!(excerpt.text, "a = 1\nwhen = 'x = 1 and y = 2'\n");
        assert_eq!(marked(&excerpt), [text.get(23..24), Some("x"), Some("a")]);
        let wide: std::sync::Arc<str> = format!("w = '{}'", "x".repeat(100_000)).into();
        let wide = SourceText { id: SourceId(0), name: "r.toml".into(), text: wide.into() };
        let long = of_text(&wide, &[label((4, 100_006), 1, None), label((90_000, 90_001), 1, None)]);
        assert!(display_width(&long.text) < 150 && long.marks[1].is_none(), "{}", long.text);
        labels[0] = label((35, 36), 3, None);
        assert_eq!(of_text(&source, &labels[..1]).text, "<U+202E>z\n");
    }
}
