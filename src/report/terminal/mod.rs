//! The format `full`: for people, record by record, each finding drawn, and a table at the end.
//!
//! Invariants
//! - No more is listed than the caps allow, and what is not shown is said; the table's counts are complete.
//! - Text is wrapped at the terminal's width by display columns; nothing relies on colour to be understood.
//! - Where values are hidden only titles are printed, with the record, its fields and without its key.

mod frame;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::wrap::{pad, shorten, wrap};
use super::{Audience, Names, Output, Spot, marked_fields, standing, table, words};
use crate::batch::{Excerpt, excerpt};
use crate::diagnostic::{Diagnostic, Diagnostics, Language, Place, RecordPlace, Severity};
use crate::engine::event::{Reporter, RunHeader, Summary};
use crate::error::Error;
use crate::evaluate::{Finding, RecordFindings};
use crate::source::{SourceId, SourceText, display_width, picture};

/// How the page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// The language of the page.
    pub language: Language,
    /// Columns.
    pub width: usize,
    /// Whether colours are used.
    pub color: bool,
    /// Whether frames are drawn with ASCII characters.
    pub ascii: bool,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { language: Language::default(), width: 80, color: false, ascii: false }
    }
}

/// What a stretch of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The defect's severity.
    Severity(Severity),
    /// Headings.
    Strong,
    /// Ids, places: there, but quiet.
    Dim,
    /// Ways out.
    Help,
}

impl Appearance {
    /// `text` in the colour of `ink`, if colours are used.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Severity(Severity::Fatal | Severity::Error) => "1;31",
            Ink::Severity(Severity::Warning) => "1;33",
            Ink::Severity(Severity::Info) => "1;36",
            Ink::Strong => "1",
            Ink::Dim => "2",
            Ink::Help => "36",
        };
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    const fn bar(&self) -> &'static str {
        if self.ascii { "-" } else { "─" }
    }

    const fn dot(&self) -> &'static str {
        if self.ascii { " | " } else { " · " }
    }

    const fn arrow(&self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }
}

/// How many findings are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Of one rule. `None`: no cap of its own.
    pub per_rule: Option<u64>,
    /// In all.
    pub in_all: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { per_rule: Some(5), in_all: 100 }
    }
}

/// Most findings of a group that are listed with it.
const MOST_FOLLOWERS: usize = 5;

/// Writes the format `full`.
pub struct Full {
    output: Output,
    audience: Audience,
    look: Appearance,
    caps: Caps,
    /// Whether the sentences of the summary close the page (they do in a file; on a terminal the command line
    /// prints them to standard error).
    with_summary: bool,
    header: RunHeader,
    names: Names,
    open: Listed,
    /// What is accepted takes no room of what is open.
    accepted: Listed,
}

/// How much was listed.
#[derive(Debug, Default)]
struct Listed {
    shown: u64,
    /// Findings met and shown, by full id.
    by_rule: BTreeMap<Arc<str>, (u64, u64)>,
}

impl Full {
    /// For `audience`, into `output`.
    pub fn new(output: Output, audience: Audience, look: Appearance, caps: Caps, with_summary: bool) -> Self {
        Self {
            output,
            audience,
            look: Appearance { language: audience.language, ..look },
            caps,
            with_summary,
            header: RunHeader::default(),
            names: Names::default(),
            open: Listed::default(),
            accepted: Listed::default(),
        }
    }

    /// Counts the finding and tells whether there is room for it. A group takes the room of its head.
    fn admit(&mut self, finding: &Finding) -> bool {
        let listed = if finding.diagnostic.is_accepted() { &mut self.accepted } else { &mut self.open };
        for follower in &finding.followers {
            listed.by_rule.entry(follower.notice.full_id().into()).or_default().0 += 1;
        }
        let (met, shown) = listed.by_rule.entry(finding.diagnostic.notice.full_id().into()).or_default();
        if !finding.heading {
            *met += 1;
        }
        let room = listed.shown < self.caps.in_all && self.caps.per_rule.is_none_or(|cap| *shown < cap);
        if !room {
            return false;
        }
        *shown += 1;
        listed.shown += 1;
        for follower in &finding.followers {
            listed.by_rule.entry(follower.notice.full_id().into()).or_default().1 += 1;
        }
        true
    }

    fn page(&self, finding: &Finding) -> String {
        let names = |source: SourceId| picture::visible(self.names.get(source)).into_owned();
        let diagnostic = &finding.diagnostic;
        let mut page = String::from("\n");
        head(&mut page, diagnostic, &self.look);
        if self.audience.hide_values || diagnostic.is_accepted() {
            // What is accepted is not to crowd out what is to be done.
            let spot = Spot::new(diagnostic, self.audience);
            let place = spot.print(&spot.file.map(names).unwrap_or_default());
            let fields = marked_fields(diagnostic).join(", ");
            let line = format!("   {} {place}  {}", self.look.arrow(), picture::visible(&fields));
            page.push_str(&self.look.paint(Ink::Dim, line.trim_end()));
            page.push('\n');
        } else {
            frame::draw(&mut page, diagnostic, finding.excerpt.as_ref(), &names, &self.look);
        }
        self.standing(&mut page, diagnostic, 2);
        for follower in finding.followers.iter().take(MOST_FOLLOWERS) {
            self.follower(&mut page, follower, finding.heading);
        }
        self.further(&mut page, finding.followers.get(MOST_FOLLOWERS..).unwrap_or_default());
        page
    }

    /// The findings of a group beyond those that are listed: one cause is told in a few lines, and all are counted.
    fn further(&self, page: &mut String, followers: &[Diagnostic]) {
        if followers.is_empty() {
            return;
        }
        let count = followers.len();
        let sign = if self.look.ascii { "+" } else { "└" };
        let fields: BTreeSet<&str> = followers.iter().flat_map(marked_fields).collect();
        let fields = fields.into_iter().collect::<Vec<_>>().join(", ");
        let line = match self.look.language {
            Language::Ja => format!("ほか{count}件（{fields}）"),
            Language::En => format!("{count} more ({fields})"),
        };
        let line = picture::visible(&line).into_owned();
        for (place, line) in wrap(&line, self.look.width.saturating_sub(4)).iter().enumerate() {
            let _ = writeln!(page, "  {} {line}", if place == 0 { sign } else { " " });
        }
    }

    /// A finding shown inside another: its title; and its message, unless the heading says it for all.
    fn follower(&self, page: &mut String, diagnostic: &Diagnostic, heading: bool) {
        let language = self.look.language;
        let title = picture::visible(diagnostic.notice.title.get(language)).into_owned();
        let id = diagnostic.notice.full_id();
        let sign = if self.look.ascii { "+" } else { "└" };
        let line = format!("  {sign} {}  {title}", self.look.paint(Ink::Dim, &id));
        page.push_str(&line);
        page.push('\n');
        if !heading && !self.audience.hide_values {
            let message = picture::visible_lines(&diagnostic.message(language)).into_owned();
            for line in wrap(&message, self.look.width.saturating_sub(4)) {
                let _ = writeln!(page, "    {line}");
            }
        }
        self.standing(page, diagnostic, 4);
    }

    /// How the finding stands, below it.
    fn standing(&self, page: &mut String, diagnostic: &Diagnostic, indent: usize) {
        for sentence in standing::of_itself(diagnostic, self.audience) {
            let sentence = picture::visible_lines(&sentence).into_owned();
            for line in wrap(&sentence, self.look.width.saturating_sub(indent)) {
                let _ = writeln!(page, "{}{}", pad("", indent), self.look.paint(Ink::Help, &line));
            }
        }
    }

    /// `── KEY · record 12 ──────────── file.csv:13 ──`
    fn record_line(&self, place: &RecordPlace) -> String {
        let look = &self.look;
        let record = words::record(place.record, look.language);
        let key = place.key.as_deref().filter(|_| !self.audience.hide_keys).map(picture::visible);
        let left = match key {
            Some(key) => format!("{}{}{record}", shorten(&key, look.width / 3), look.dot()),
            None => record,
        };
        let line = if self.audience.hide_values { place.sheet_row } else { Some(place.line) };
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let sheet = place.sheet.as_deref().filter(|_| !self.audience.hide_values);
        let line = sheet.map(|sheet| format!(":{}{line}", picture::visible(sheet))).unwrap_or(line);
        let right = format!("{}{line}", picture::visible(self.names.get(place.source)));
        let room = look.width.saturating_sub(display_width(&left) + 10);
        let right = shorten(&right, room.max(8));
        let used = display_width(&left) + display_width(&right) + 8;
        let bars = look.bar().repeat(look.width.saturating_sub(used));
        let two = look.bar().repeat(2);
        let (left, right) = (look.paint(Ink::Strong, &left), look.paint(Ink::Dim, &right));
        format!("\n{two} {left} {bars} {right} {two}\n")
    }

    /// How far settling the record can move a published figure, below its line; empty: not asked for, or not at all.
    fn impact_line(&self, record: &RecordFindings) -> String {
        let mut counted = record.findings.iter().flat_map(Finding::counted);
        let impact = counted.find_map(|diagnostic| standing::impact(diagnostic, self.audience));
        let mut page = String::new();
        let sentence = impact.map(|text| picture::visible(&text).into_owned());
        for line in sentence.iter().flat_map(|text| wrap(text, self.look.width.saturating_sub(3))) {
            let _ = writeln!(page, "   {}", self.look.paint(Ink::Help, &line));
        }
        page
    }

    /// The closing table; where the run has several parts, one for each, below the name of its survey.
    fn tables(&self, summary: &Summary) -> String {
        let of = |part: Option<usize>| {
            let rules = summary.rules.iter().filter(|rule| part.is_none_or(|part| rule.part == part));
            table::table(&rules.collect::<Vec<_>>(), &self.look)
        };
        if self.header.refused {
            return String::new();
        }
        if self.header.further.is_empty() {
            return of(None);
        }
        let names = words::packs(&self.header, self.look.language);
        let tables = names.iter().enumerate().map(|(part, name)| {
            format!("\n{}\n{}", self.look.paint(Ink::Strong, &picture::visible(name)), of(Some(part)))
        });
        tables.collect()
    }

    fn closing(&self, summary: &Summary) -> String {
        let look = &self.look;
        let mut page = String::new();
        let paragraph = |page: &mut String, text: &str| {
            for line in wrap(&picture::visible(text), look.width) {
                page.push_str(&line);
                page.push('\n');
            }
        };
        let mut hidden: BTreeMap<&Arc<str>, u64> = BTreeMap::new();
        for (id, (met, shown)) in self.open.by_rule.iter().chain(&self.accepted.by_rule) {
            if met > shown {
                *hidden.entry(id).or_default() += met - shown;
            }
        }
        let count = hidden.values().sum::<u64>();
        if count > 0 {
            page.push('\n');
            let (per_rule, in_all) = (self.caps.per_rule, self.caps.in_all);
            paragraph(&mut page, &words::not_shown(count, per_rule, in_all, look.language));
            let list: Vec<String> =
                hidden.iter().map(|(id, count)| words::not_shown_of(id, *count, look.language)).collect();
            paragraph(&mut page, &list.join(words::pick(look.language, "、", ", ")));
        }
        page.push_str(&self.tables(summary));
        let fixed = summary.since.iter().flat_map(|since| words::fixed(since, self.audience));
        fixed.for_each(|line| paragraph(&mut page, &line));
        if self.with_summary {
            page.push('\n');
            for line in words::summary(&self.header, summary, look.language) {
                paragraph(&mut page, &line);
            }
        } else {
            for cause in &summary.failures {
                paragraph(&mut page, &words::failure(cause, look.language));
            }
        }
        page
    }
}

impl Reporter for Full {
    fn start(&mut self, header: &RunHeader) -> Result<(), Error> {
        self.header = header.clone();
        self.names = Names(header.names.clone());
        Ok(())
    }

    fn file_findings(&mut self, findings: &[Finding]) -> Result<(), Error> {
        if self.header.refused && !self.with_summary {
            // The command line has drawn them on standard error.
            return Ok(());
        }
        let mut heading: Option<&RecordPlace> = None;
        for finding in findings {
            if self.admit(finding) {
                // What is said over many records is about one of them all the same.
                if let Place::Record(place) = &finding.diagnostic.place
                    && heading.replace(place) != Some(place)
                {
                    let line = self.record_line(place);
                    self.output.write(line.as_bytes())?;
                }
                let page = self.page(finding);
                self.output.write(page.as_bytes())?;
            }
        }
        Ok(())
    }

    fn records(&mut self, records: &[RecordFindings]) -> Result<(), Error> {
        for record in records {
            let mut begun = false;
            for finding in &record.findings {
                if !self.admit(finding) {
                    continue;
                }
                if !begun {
                    begun = true;
                    let line = self.record_line(&record.place) + &self.impact_line(record);
                    self.output.write(line.as_bytes())?;
                }
                let page = self.page(finding);
                self.output.write(page.as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Error> {
        let page = self.closing(summary);
        self.output.write(page.as_bytes())?;
        self.output.finish()
    }

    fn wants_excerpts(&self) -> bool {
        !self.audience.hide_values
    }
}

/// Severity, id and title; the slug behind them where there is room, else below.
fn head(page: &mut String, diagnostic: &Diagnostic, look: &Appearance) {
    let notice = &diagnostic.notice;
    let word = words::severity(diagnostic.severity);
    let word = word.get(look.language);
    let id = notice.full_id();
    let title = picture::visible(notice.title.get(look.language)).into_owned();
    let used = display_width(word) + 1 + display_width(&id) + 2;
    let painted = format!(
        "{} {}",
        look.paint(Ink::Severity(diagnostic.severity), word),
        look.paint(Ink::Strong, &picture::visible(&id))
    );
    let indent = display_width(word) + 1;
    let slug = look.paint(Ink::Dim, &picture::visible(&notice.slug));
    if used + display_width(&title) + 2 + display_width(&notice.slug) <= look.width {
        let _ = writeln!(page, "{painted}  {}  {slug}", look.paint(Ink::Strong, &title));
    } else if used + display_width(&title) <= look.width {
        let _ = writeln!(page, "{painted}  {}\n{}{slug}", look.paint(Ink::Strong, &title), pad("", indent));
    } else {
        let _ = writeln!(page, "{painted}  {slug}");
        for line in wrap(&title, look.width.saturating_sub(indent)) {
            let _ = writeln!(page, "{}{}", pad("", indent), look.paint(Ink::Strong, &line));
        }
    }
}

/// Draws diagnostics about rule, survey and schema files, over their own text.
pub fn draw_pack(diagnostics: &Diagnostics, sources: &[SourceText], look: &Appearance) -> String {
    let name = |id: SourceId| {
        let source = sources.iter().find(|source| source.id == id);
        source.map_or(String::new(), |source| picture::visible(&source.name).into_owned())
    };
    let mut page = String::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            page.push('\n');
        }
        head(&mut page, diagnostic, look);
        let of = diagnostic.labels.first().map(|label| label.source);
        let source = sources.iter().find(|source| Some(source.id) == of);
        let excerpt: Option<Excerpt> = source.map(|source| excerpt::of_text(source, &diagnostic.labels));
        frame::draw(&mut page, diagnostic, excerpt.as_ref(), &name, look);
    }
    page
}

#[cfg(test)]
mod tests;
