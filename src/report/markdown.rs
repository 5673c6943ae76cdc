//! The format `markdown`: the summary of a step, as GitHub and GitLab show it.
//!
//! Invariants
//! - Below a million bytes, which GitHub takes of a step; what does not fit is counted and said.
//! - Whatever a file holds is text: no mark-up, no link, no picture, no name that would call somebody, no number of an issue.
//! - The verdict stands first, the receipt last, whatever has no room between them.

use super::collected::{Collected, Document, Entry};
use super::wrap::grouped;
use super::{Output, statement, words};
use crate::diagnostic::{Language, Severity};
use crate::engine::verdict::Verdict;
use crate::error::Error;
use crate::source::picture;

/// Most bytes of the document.
const MOST: usize = 999_000;

/// The document in Markdown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Markdown;

impl Document for Markdown {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        output.write(document(collected).as_bytes())
    }
}

fn document(collected: &Collected) -> String {
    let (header, summary, language) = (&collected.header, &collected.summary, collected.audience.language);
    let receipt = words::labelled_receipt(header, summary, !collected.audience.hide_values, language);
    let receipt = format!("\n---\n\n{}\n", escaped(&receipt));
    // Room for the sentence that tells what is left out.
    let mut page = Page { text: String::new(), most: MOST.saturating_sub(receipt.len() + 500) };
    page.add(&head(collected));
    rules(collected, &mut page);
    let shown = findings(collected, &mut page);
    let held = u64::try_from(collected.entries.len()).unwrap_or(u64::MAX);
    let missing = collected.left_out.saturating_add(held.saturating_sub(shown));
    if missing > 0 {
        page.text.extend(["\n", &left_out(missing, language), "\n"]);
    }
    page.text + &receipt
}

fn left_out(count: u64, language: Language) -> String {
    let number = grouped(count);
    match language {
        Language::Ja => format!("**ほかに{number}件の指摘があります（この文書には入りません）。**"),
        Language::En if count == 1 => "**1 more finding has no room in this document.**".to_owned(),
        Language::En => format!("**{number} more findings have no room in this document.**"),
    }
}

/// A text of a bounded length.
struct Page {
    text: String,
    most: usize,
}

impl Page {
    /// Adds `piece` as a whole. `false`: it has no room.
    fn add(&mut self, piece: &str) -> bool {
        let room = self.text.len() + piece.len() <= self.most;
        if room {
            self.text.push_str(piece);
        }
        room
    }
}

fn head(collected: &Collected) -> String {
    let (summary, language) = (&collected.summary, collected.audience.language);
    let sign = match summary.verdict {
        Verdict::Clean => "✅",
        Verdict::Findings => "⚠️",
        Verdict::Failed | Verdict::Refused => "❌",
    };
    let verdict = words::verdict(summary.verdict);
    let mut text = format!("# {sign} kenpyo: {}\n", verdict.get(language));
    let lines = words::summary(&collected.header, summary, language);
    for line in lines.iter().take(LINES) {
        text.extend(["\n", &escaped(line), "\n"]);
    }
    let more = lines.len().saturating_sub(LINES);
    if more > 0 {
        let (ja, en) = (format!("ほか{more}件"), format!("and {more} more"));
        text.extend(["\n", words::pick(language, &ja, &en), "\n"]);
    }
    text
}

/// Sentences at the head: a run of many unreadable files has as many failures.
const LINES: usize = 100;

fn rules(collected: &Collected, page: &mut Page) {
    let language = collected.audience.language;
    let found: Vec<_> = collected.summary.rules.iter().filter(|line| line.findings > 0).collect();
    if found.is_empty() {
        return;
    }
    page.add(words::pick(
        language,
        "\n## 規則ごとの指摘\n\n| 規則 | 重大度 | 題 | 指摘 | 票 |\n| --- | --- | --- | ---: | ---: |\n",
        "\n## Findings by rule\n\n| rule | severity | title | findings | records |\n| --- | --- | --- | ---: | ---: |\n",
    ));
    for line in found {
        let row = format!(
            "| {} | {} | {} | {} | {} |\n",
            escaped(&line.id),
            words::severity(line.severity).get(language),
            escaped(line.title.get(language)),
            grouped(line.findings),
            grouped(line.records)
        );
        if !page.add(&row) {
            return;
        }
    }
}

/// Gives back how many had room.
fn findings(collected: &Collected, page: &mut Page) -> u64 {
    let language = collected.audience.language;
    let mut shown = 0;
    let mut full = false;
    for (name, entries) in collected.by_file().into_iter().filter(|(_, entries)| !entries.is_empty()) {
        full = full || !page.add(&format!("\n## {}\n\n", escaped(name.unwrap_or(env!("CARGO_PKG_NAME")))));
        for entry in entries {
            full = full || !page.add(&item(entry, collected, language));
            if full {
                return shown;
            }
            shown += 1;
        }
    }
    shown
}

fn item(entry: &Entry, collected: &Collected, language: Language) -> String {
    let diagnostic = &entry.diagnostic;
    let spot = collected.spot(diagnostic);
    let sign = match diagnostic.severity {
        Severity::Fatal | Severity::Error => "🔴",
        Severity::Warning => "🟡",
        Severity::Info => "🔵",
    };
    let key = collected.record(diagnostic).and_then(|place| collected.key(place));
    let key = key.map(|key| format!(" {}", escaped(key))).unwrap_or_default();
    let line = spot.line.filter(|_| spot.cell.is_none()).map(|line| match language {
        Language::Ja => format!(" {line}行目"),
        Language::En => format!(" line {line}"),
    });
    let fields = collected.fields(diagnostic);
    let fields = if fields.is_empty() { String::new() } else { format!(" [{}]", fields.join(", ")) };
    format!(
        "- {sign} **{}** {}{}{key}: {}{}\n",
        words::severity(diagnostic.severity).get(language),
        escaped(&diagnostic.notice.full_id()),
        line.unwrap_or_default(),
        escaped(&statement(diagnostic, collected.audience)),
        escaped(&fields)
    )
}

/// `text` so that it is read as text, on one line.
///
/// What GitHub finds in text by itself (names behind `@`, numbers behind `#` or `GH-`, emoji between colons) is parted by a
/// blank of no width; the rest is kept from being mark-up by backslashes.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let visible = picture::visible_lines(text);
    let mut last: [char; 2] = [' '; 2];
    for (at, letter) in visible.char_indices() {
        let rest = visible.get(at + letter.len_utf8()..).unwrap_or_default();
        let next = rest.chars().next().unwrap_or(' ');
        // The dot and the colon of an address.
        let joins = matches!(letter, '.' | ':') && (next.is_ascii_alphanumeric() || next == '/');
        if joins || is_mark(letter) {
            written.push('\\');
        }
        match letter {
            '\n' => written.push_str("<br>"),
            _ => written.push(letter),
        }
        let issue = letter == '-' && last.map(|letter| letter.to_ascii_lowercase()) == ['g', 'h'];
        if matches!(letter, '@' | '#') || issue || (letter == ':' && is_emoji(rest)) {
            written.push_str("&#8203;");
        }
        last = [last[1], letter];
    }
    written
}

/// Whether what follows a colon would be read as the name of an emoji.
fn is_emoji(rest: &str) -> bool {
    let name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '_');
    let behind = rest.trim_start_matches(name);
    behind.len() < rest.len() && behind.starts_with(':')
}

/// Whether a letter of ASCII means something in the middle of a line.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '#' | '@' | '^')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_calls_for_something_is_parted() {
        let text = escaped("@ab #12 GH-3 :tada: a.csv:2:26.");
        assert_eq!(text, "\\@&#8203;ab \\#&#8203;12 GH-&#8203;3 \\:&#8203;tada: a\\.csv\\:&#8203;2\\:26.");
        assert_eq!(escaped("a|b\n<b>"), "a\\|b<br>\\<b\\>");
    }
}
