//! The document as Markdown (`CommonMark` with tables).
//!
//! Invariants
//! - Whatever stands in the pack is text: each sign that could begin markup is escaped, and a line feed ends nothing.
//! - Headings come in order: the title, the parts, the rules.

use std::borrow::Cow;

use super::words::{self, INTRODUCTION};
use super::{Book, Entry};
use crate::diagnostic::{Language, Localized};
use crate::report::words::pick;
use crate::source::picture;

/// The whole document; ends with a line feed.
pub fn markdown(book: &Book) -> String {
    let mut page = Page { text: String::new(), language: book.language };
    page.line(&format!("# {}", text(&book.title)));
    page.line(&format!("**{}**", page.word(&words::SUBTITLE)));
    page.line(&format!(
        "{}: {} · {}: {}",
        page.word(&words::PACK),
        code(&book.survey),
        page.word(&words::HASH),
        code(&book.hash)
    ));
    page.line(&format!("## {}", page.word(&words::HOW_TO_READ)));
    let points: Vec<String> =
        INTRODUCTION.iter().map(|point| format!("- {}", text(point.get(book.language)))).collect();
    page.line(&points.join("\n"));
    page.line(&format!("## {}", page.word(&words::CONTENTS)));
    let parts: Vec<String> = (1..)
        .zip(&book.groups)
        .map(|(number, group)| format!("- [{}](#part-{number})", text(&group.heading)))
        .collect();
    page.line(&format!("{}\n- [{}](#index)", parts.join("\n"), page.word(&words::INDEX)));
    for (number, group) in (1..).zip(&book.groups) {
        page.line(&format!("<a id=\"part-{number}\"></a>\n\n## {}", text(&group.heading)));
        for entry in &group.entries {
            page.entry(entry);
        }
    }
    page.line(&format!("<a id=\"index\"></a>\n\n## {}", page.word(&words::INDEX)));
    let mut rows = vec![format!("| {} | |", page.word(&words::QUESTION)), "|---|---|".to_owned()];
    for question in &book.index {
        let rules =
            question.rules.iter().map(|(id, anchor)| format!("[{}](<#{}>)", text(id), target(anchor)));
        rows.push(format!("| {} | {} |", text(&question.title), rules.collect::<Vec<_>>().join(" ")));
    }
    page.line(&rows.join("\n"));
    let trimmed = page.text.trim_end().len();
    page.text.truncate(trimmed);
    page.text + "\n"
}

struct Page {
    text: String,
    language: Language,
}

impl Page {
    fn word(&self, word: &Localized<&'static str>) -> &'static str {
        word.get(self.language)
    }

    /// A block with a blank line behind it.
    fn line(&mut self, block: &str) {
        self.text.push_str(block);
        self.text.push_str("\n\n");
    }

    fn entry(&mut self, entry: &Entry) {
        self.line(&format!("<a id=\"{}\"></a>", attribute(&entry.anchor)));
        self.line(&format!("### {} {} {}", text(&entry.id), text(&entry.word), text(&entry.title)));
        let between = pick(self.language, "、", ", ");
        let joined = |list: &[String]| text(&list.join(between)).into_owned();
        let mut facts: Vec<(Localized<&'static str>, String)> =
            vec![(words::APPLIES, text(&entry.applies).into_owned())];
        facts.push((words::DEMAND, text(&entry.demand).into_owned()));
        facts.push((words::PROFILE, text(&entry.profile).into_owned()));
        facts.push((words::MESSAGE, text(&entry.message).into_owned()));
        facts.extend(entry.further.iter().map(|told| (words::FURTHER, text(told).into_owned())));
        facts.push((words::HELP, text(&entry.help).into_owned()));
        facts.push((words::WAYS, joined(&entry.ways)));
        facts.push((words::QUESTIONS, joined(&entry.questions)));
        facts.push((words::LIKEWISE, joined(&entry.likewise)));
        let conditions =
            entry.conditions.iter().map(|(name, written)| format!("{} {}", text(name), code(written)));
        facts.push((words::CONDITION, conditions.collect::<Vec<_>>().join(" · ")));
        let facts = facts.into_iter().filter(|(_, told)| !told.is_empty());
        let lines: Vec<String> =
            facts.map(|(name, told)| format!("- **{}**: {told}", self.word(&name))).collect();
        self.line(&lines.join("\n"));
        if !entry.note.is_empty() {
            self.line(&format!("*{}*", text(&entry.note)));
        }
        let Some(table) = &entry.table else { return };
        let headings = table.records.iter().map(|(heading, _)| format!(" {} |", text(heading)));
        let mut rows = vec![format!("| {} |{}", self.word(&words::QUESTION), headings.collect::<String>())];
        rows.push(format!("|---|{}", "---|".repeat(table.records.len())));
        for (question, answers) in &table.rows {
            let cells = answers.iter().map(|answer| format!(" {} |", text(answer)));
            rows.push(format!("| {} |{}", text(question), cells.collect::<String>()));
        }
        self.line(&rows.join("\n"));
    }
}

/// `plain` so that Markdown reads it as text on one line.
fn text(plain: &str) -> Cow<'_, str> {
    let special =
        |letter: char| letter.is_ascii_punctuation() && !matches!(letter, ',' | ';' | '/' | '?' | '%' | '\'');
    if !plain.chars().any(|letter| special(letter) || picture::is_unsafe(letter)) {
        return Cow::Borrowed(plain);
    }
    let mut escaped = String::with_capacity(plain.len() + 16);
    for letter in plain.chars() {
        match letter {
            '\n' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '"' | '(' | ')' | ':' | '-' | '.' | '=' if !begins_markup(&escaped, letter) => {
                escaped.push(letter);
            }
            letter if special(letter) => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter => push_visible(&mut escaped, letter),
        }
    }
    Cow::Owned(escaped)
}

/// Whether `letter` could make markup behind `before`: a list, an underline of a heading, an address that links itself.
fn begins_markup(before: &str, letter: char) -> bool {
    match letter {
        '-' | '=' => before.trim_start().is_empty() || before.ends_with(letter),
        '.' | ')' => before.chars().all(|digit| digit.is_ascii_digit()) || before.ends_with("www"),
        ':' => before.ends_with(|letter: char| letter.is_ascii_alphabetic()),
        _ => false,
    }
}

/// What would not be seen becomes a picture, whose signs are escaped too.
fn push_visible(into: &mut String, letter: char) {
    let mut shown = String::new();
    picture::push(&mut shown, letter);
    into.push_str(&shown.replace('<', "&lt;").replace('>', "\\>"));
}

/// `plain` as a span of code on one line.
fn code(plain: &str) -> String {
    let shown = picture::visible(plain).replace('|', "\\|");
    let longest = shown.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{shown}{blank}{fence}")
}

/// `plain` inside the quotes of an attribute.
fn attribute(plain: &str) -> String {
    let shown = picture::visible(plain);
    shown.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `plain` between the angle brackets of a link.
fn target(plain: &str) -> String {
    let shown = picture::visible(plain);
    shown
        .replace('\\', "%5C")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('|', "%7C")
        .replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_escaped_and_the_rest_is_as_it_was() {
        for (plain, expected) in [
            ("問12「更新頻度」", "問12「更新頻度」"),
            ("a_b *c* `d` [e](f) <g> |h|", "a\\_b \\*c\\* \\`d\\` \\[e\\](f) &lt;g\\> \\|h\\|"),
            ("- a", "\\- a"),
            ("1. a (b): 2024-02-15", "1\\. a (b): 2024-02-15"),
            ("https://x &amp;", "https\\://x &amp;amp;"),
            ("a\nb\u{1b}", "a b␛"),
        ] {
            assert_eq!(text(plain), expected, "{plain}");
        }
        assert_eq!(code("a `b`"), "`` a `b` ``");
    }
}
