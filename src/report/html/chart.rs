//! Charts: rows of bars, each with its number as text beside it.
//!
//! Invariants
//! - The numbers of a chart add up to those of the whole run, whatever the page lists: what has no bar of its own is in
//!   the last one.
//! - A bar only repeats what its text says, so that nothing depends on seeing it.
//! - Widths are tenths of a per cent, rounded half up by whole numbers: no float, the same everywhere.

use super::words::{self, Words};
use crate::diagnostic::{Language, Severity};
use crate::engine::event::{Breakdown, RuleLine, Summary};
use crate::source::picture;

/// Rules that have a bar of their own.
const MOST_BARS: usize = 15;

/// One chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// Its heading.
    pub(super) title: String,
    /// How it is read; empty: it needs no word.
    pub(super) note: &'static str,
    /// Its bars.
    pub(super) bars: Vec<Bar>,
}

/// One row of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// The id in front of the label; empty: none.
    pub(super) id: String,
    /// What it is about.
    pub(super) label: String,
    /// Its numbers as text.
    pub(super) text: String,
    /// Its pieces, from the left; a later one may lie over an earlier one.
    pub(super) pieces: Vec<Piece>,
}

/// One rectangle of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its colour's class.
    pub(super) class: &'static str,
    /// Where it begins, such as `12.5%`.
    pub(super) start: String,
    /// How wide it is.
    pub(super) width: String,
}

/// Tenths of a per cent that `part` is of `whole`, rounded half up; 0 of nothing.
fn tenths(part: u64, whole: u64) -> u64 {
    let doubled = u128::from(part) * 2000 + u128::from(whole);
    let tenths = doubled.checked_div(u128::from(whole) * 2).unwrap_or(0);
    u64::try_from(tenths).unwrap_or(1000).min(1000)
}

fn percent(tenths: u64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Pieces side by side, of a whole `whole`.
fn side_by_side(parts: &[(&'static str, u64)], whole: u64) -> Vec<Piece> {
    let mut before = 0;
    let mut pieces = Vec::new();
    for &(class, part) in parts {
        let (start, end) = (tenths(before, whole), tenths(before + part, whole));
        if part > 0 {
            // Few of many are still to be seen.
            let width = end.saturating_sub(start).max(4);
            pieces.push(Piece { class, start: percent(start), width: percent(width) });
        }
        before += part;
    }
    pieces
}

/// How the charts of a run are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) words: &'a Words,
    pub(super) language: Language,
    pub(super) hide_values: bool,
    /// What the survey of each part of the run is called; empty in a run of one survey.
    pub(super) parts: &'a [String],
}

impl Look<'_> {
    fn part(&self, part: usize) -> Option<&str> {
        self.parts.get(part).map(String::as_str)
    }

    /// The id of a rule, with its survey where the run has several, and its title.
    fn named(&self, rule: &RuleLine) -> (String, String) {
        let id = picture::visible(&rule.id);
        let id = self.part(rule.part).map_or_else(|| id.to_string(), |part| format!("{id} ({part})"));
        (id, picture::visible(rule.title.get(self.language)).into_owned())
    }
}

/// All charts of a run; those without a bar are left out.
pub(super) fn charts(summary: &Summary, look: Look<'_>) -> Vec<Chart> {
    let rules = by_findings(summary);
    let has_records = |of: &&Breakdown| of.lines.iter().any(|line| line.records > 0);
    let breakdowns = summary.breakdowns.iter().filter(|_| !look.hide_values).filter(has_records);
    let mut charts = vec![of_rules(&rules, look)];
    charts.extend(breakdowns.map(|breakdown| of_groups(breakdown, look)));
    charts.push(of_applicable(&rules, look));
    charts.retain(|chart| !chart.bars.is_empty());
    charts
}

/// Rules and codes with findings, those with most first, of equal ones the graver.
pub(super) fn by_findings(summary: &Summary) -> Vec<&RuleLine> {
    let mut rules: Vec<&RuleLine> = summary.rules.iter().filter(|rule| rule.findings > 0).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse((rule.findings, rule.severity)));
    rules
}

fn of_rules(rules: &[&RuleLine], look: Look<'_>) -> Chart {
    let language = look.language;
    let count = |rules: &[&RuleLine]| rules.iter().map(|rule| rule.findings).sum::<u64>();
    let (own, others) = rules.split_at_checked(MOST_BARS).unwrap_or((rules, &[]));
    let rest = count(others);
    let most = own.iter().map(|rule| rule.findings).chain([rest]).max().unwrap_or(0);
    let bar = |rule: &&RuleLine| {
        let (id, label) = look.named(rule);
        let pieces = side_by_side(&[(class(rule.severity), rule.findings)], most);
        Bar { id, label, text: words::findings(rule.findings, language), pieces }
    };
    let mut bars: Vec<Bar> = own.iter().map(bar).collect();
    if !others.is_empty() {
        bars.push(Bar {
            id: String::new(),
            label: words::further_rules(others.len(), language),
            text: words::findings(rest, language),
            pieces: side_by_side(&[("rest", rest)], most),
        });
    }
    Chart { title: look.words.by_rule_chart.to_owned(), note: "", bars }
}

/// The class of the colour of a severity.
pub(super) const fn class(severity: Severity) -> &'static str {
    severity.word()
}

fn of_groups(breakdown: &Breakdown, look: Look<'_>) -> Chart {
    let Look { words, language, .. } = look;
    let visible = |text: &str| picture::visible(text).into_owned();
    let most = breakdown.lines.iter().map(|line| line.findings.iter().sum()).max().unwrap_or(0);
    let bars = breakdown.lines.iter().filter(|line| line.option.is_some() || line.records > 0).map(|line| {
        let [info, warning, error, fatal] = line.findings;
        let grave = error + fatal;
        let label = line.option.as_ref().map_or(words.unknown_group, |(_, label)| label.get(language));
        Bar {
            id: String::new(),
            label: visible(label),
            text: words::share_of_group(
                [line.records, line.records_with_errors],
                [grave, warning, info],
                language,
            ),
            pieces: side_by_side(&[("error", grave), ("warning", warning), ("info", info)], most),
        }
    });
    let field = visible(breakdown.field.label.get(language));
    let title = match language {
        Language::Ja => format!("「{field}」別の指摘の件数"),
        Language::En => format!("Findings by \"{field}\""),
    };
    let title = look.part(breakdown.part).map_or_else(|| title.clone(), |part| format!("{title} ({part})"));
    Chart { title, note: words.breakdown_note, bars: bars.collect() }
}

fn of_applicable(rules: &[&RuleLine], look: Look<'_>) -> Chart {
    let Look { words, language, .. } = look;
    let judged = rules.iter().filter_map(|rule| Some((rule, rule.counts.as_ref()?)));
    let bars = judged.take(MOST_BARS).map(|(rule, counts)| {
        let (id, label) = look.named(rule);
        let all = counts.total();
        let applies = all.saturating_sub(counts.not_applicable.saturating_add(counts.not_run));
        let (wide, dark) = (percent(tenths(applies, all)), percent(tenths(counts.fail, all)));
        let text = words::applicable((applies, &wide), (counts.fail, &dark), all, language);
        let pieces =
            [side_by_side(&[("applies", applies)], all), side_by_side(&[("fails", counts.fail)], all)];
        Bar { id, label, text, pieces: pieces.concat() }
    });
    Chart { title: words.share_chart.to_owned(), note: words.share_note, bars: bars.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::RuleCounts;
    use crate::report::sample;

    fn all(summary: &Summary) -> Vec<Chart> {
        let words = Words::of(Language::En);
        charts(summary, Look { words: &words, language: Language::En, hide_values: false, parts: &[] })
    }

    /// The numbers in a text, in order.
    fn numbers(text: &str) -> Vec<u64> {
        let digits = text.replace(',', "");
        digits.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    }

    /// A run of many rules with 1, 2, 3 … findings.
    fn many(rules: u64) -> Summary {
        let mut summary = sample::summary();
        let line = summary.rules.last().unwrap().clone();
        summary.rules = (1..=rules)
            .map(|findings| RuleLine { id: format!("R{findings}").into(), findings, ..line.clone() })
            .collect();
        summary
    }

    #[test]
    fn the_numbers_beside_the_bars_add_up_to_those_of_the_run() {
        for rules in [1, 15, 16, 40] {
            let charts = all(&many(rules));
            let told: u64 = charts[0].bars.iter().map(|bar| numbers(&bar.text)[0]).sum();
            assert_eq!(told, rules * (rules + 1) / 2, "{rules}");
        }
        let charts = all(&many(16));
        assert_eq!(charts[0].bars.last().unwrap().label, "1 other rule");
        assert_eq!(charts[0].bars.first().unwrap().id, "R16");
        let summary = sample::summary();
        let charts = all(&summary);
        let told: u64 = charts[1].bars.iter().flat_map(|bar| numbers(&bar.text)[..3].to_vec()).sum();
        assert_eq!(told, summary.breakdowns[0].lines.iter().flat_map(|line| line.findings).sum::<u64>());
    }

    #[test]
    fn a_bar_is_as_wide_as_its_share_and_none_leaves_the_picture() {
        assert_eq!((tenths(1, 3), tenths(2, 3), tenths(0, 0), tenths(5, 5)), (333, 667, 0, 1000));
        assert_eq!(tenths(u64::MAX, u64::MAX), 1000);
        let pieces = side_by_side(&[("a", 1), ("b", 0), ("c", 2)], 3);
        let told: Vec<_> = pieces.iter().map(|piece| (piece.class, &*piece.start, &*piece.width)).collect();
        assert_eq!(told, [("a", "0.0%", "33.3%"), ("c", "33.3%", "66.7%")]);
    }

    #[test]
    fn the_share_of_applicable_records_leaves_out_those_of_whom_nothing_was_asked() {
        let mut summary = many(1);
        let counts = RuleCounts { pass: 5, fail: 1, not_applicable: 2, undecided: 1, skipped: 1, not_run: 0 };
        summary.rules[0].counts = Some(counts);
        let chart = all(&summary).pop().unwrap();
        assert_eq!(chart.bars[0].text, "applies to 80.0% (8 of 10), fails on 10.0% (1)");
        let widths: Vec<&str> = chart.bars[0].pieces.iter().map(|piece| &*piece.width).collect();
        assert_eq!(widths, ["80.0%", "10.0%"]);
    }

    #[test]
    fn where_values_are_hidden_nothing_is_broken_down() {
        let words = Words::of(Language::Ja);
        let parts = ["a/1".to_owned(), "b/2".to_owned()];
        let look = Look { words: &words, language: Language::Ja, hide_values: false, parts: &parts };
        let shown = charts(&sample::summary(), look);
        let hidden = charts(&sample::summary(), Look { hide_values: true, ..look });
        assert_eq!((shown.len(), hidden.len()), (3, 2));
        assert_eq!(shown[1].title, "「病床数区分」別の指摘の件数 (a/1)");
        assert_eq!(shown[0].bars[0].id, "EX-K001/ex_system (a/1)");
        assert!(!format!("{hidden:?}").contains("病床数区分」"));
    }
}
