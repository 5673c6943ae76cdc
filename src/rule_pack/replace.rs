//! Which of the drafted rules stay: `replaces`, `retire`, waves.
//!
//! Invariants
//! - A rule takes the place of rules of the folders below it, or of generated ones, never of its own folder's.
//! - Who keeps an id has a higher revision than whom it replaces.

use std::collections::BTreeSet;

use super::making::Drafted;
use super::manifest::Survey;
use super::mistake;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Argument, Diagnostics, Localized};
use crate::source::{SourceText, Span};

impl Drafted<'_> {
    /// Whether `reference` names this rule: its full id, its id alone, or its field and kind.
    pub fn answers_to(&self, reference: &str) -> bool {
        self.full_id == reference
            || &*self.rule.notice.id == reference
            || self.aliases.iter().any(|alias| alias == reference)
    }
}

/// Takes out what is replaced, retired or of another wave, and puts the rest in order. Also gives the names of what
/// was taken out, which groups and exemptions may still mention; `faulty` are ids of blocks that have mistakes of
/// their own.
pub fn settle<'a>(
    mut drafted: Vec<Drafted<'a>>,
    survey: &Survey<'_>,
    faulty: BTreeSet<String>,
    found: &mut Diagnostics,
) -> (Vec<Drafted<'a>>, BTreeSet<String>) {
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    for index in 0..drafted.len() {
        gone.extend(replaced_by(&drafted, index, &faulty, found));
    }
    told_of_dropped(&drafted, &gone, survey, found);
    for (source, reference, span) in survey.retired() {
        let retired: Vec<usize> =
            (0..drafted.len()).filter(|index| answers(&drafted, *index, reference)).collect();
        if retired.is_empty() && !mentions(&faulty, reference) {
            unknown(&drafted, "retire", reference, source, span, found);
        }
        gone.extend(retired);
    }
    gone.extend((0..drafted.len()).filter(|index| drafted.get(*index).is_some_and(|rule| !rule.current)));
    let mut names: BTreeSet<String> =
        gone.iter().filter_map(|index| drafted.get(*index)).flat_map(names).collect();
    names.extend(faulty);
    let mut index = 0;
    drafted.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
    drafted.sort_by(|left, right| left.order.cmp(&right.order));
    (drafted, names)
}

/// Whether `gone` holds the rule that `reference` names, or its family.
pub fn mentions(gone: &BTreeSet<String>, reference: &str) -> bool {
    gone.contains(reference) || reference.split_once('/').is_some_and(|(id, _)| gone.contains(id))
}

fn names(rule: &Drafted<'_>) -> Vec<String> {
    let mut names = rule.aliases.clone();
    names.extend([rule.full_id.clone(), rule.rule.notice.id.to_string()]);
    names
}

fn answers(drafted: &[Drafted<'_>], index: usize, reference: &str) -> bool {
    drafted.get(index).is_some_and(|rule| rule.answers_to(reference))
}

/// Positions of the rules whose place the one at `index` takes.
fn replaced_by(
    drafted: &[Drafted<'_>],
    index: usize,
    faulty: &BTreeSet<String>,
    found: &mut Diagnostics,
) -> Vec<usize> {
    let Some(rule) = drafted.get(index) else { return Vec::new() };
    let mut all = Vec::new();
    for (reference, span) in &rule.replaces {
        let below = |(position, other): &(usize, &Drafted<'_>)| {
            let generated = !other.order.written;
            (generated || other.layer < rule.layer) && other.answers_to(reference) && *position != index
        };
        let replaced: Vec<(usize, &Drafted<'_>)> = drafted.iter().enumerate().filter(below).collect();
        if replaced.is_empty() && !mentions(faulty, reference) {
            unknown(drafted, "replaces", reference, rule.source, *span, found);
        }
        for (_, other) in &replaced {
            check_revision(rule, other, *span, found);
        }
        all.extend(replaced.into_iter().map(|(position, _)| position));
    }
    all
}

/// Most fields that are named.
const MOST_NAMED: usize = 5;

/// Tells instances of a family that is replaced which no instance of what takes its place stands for, and that nobody
/// retires.
fn told_of_dropped(
    drafted: &[Drafted<'_>],
    gone: &BTreeSet<usize>,
    survey: &Survey<'_>,
    found: &mut Diagnostics,
) {
    let mut told: BTreeSet<(usize, &str)> = BTreeSet::new();
    for rule in drafted.iter().filter(|rule| rule.rule.notice.instance.is_some()) {
        for (reference, span) in &rule.replaces {
            let of_family =
                |other: &&Drafted<'_>| other.order.written && *other.rule.notice.id == **reference;
            if !told.insert((rule.layer, reference)) {
                continue;
            }
            let stays: BTreeSet<&str> = drafted
                .iter()
                .filter(|other| other.layer == rule.layer)
                .filter(|other| other.replaces.iter().any(|(name, _)| name == reference))
                .filter_map(|other| other.rule.notice.instance.as_deref())
                .collect();
            let dropped: Vec<&Drafted<'_>> = gone
                .iter()
                .filter_map(|index| drafted.get(*index))
                .filter(of_family)
                .filter(|other| other.layer < rule.layer)
                .filter(|other| {
                    other.rule.notice.instance.as_deref().is_some_and(|field| !stays.contains(field))
                })
                .filter(|other| !survey.retired().iter().any(|(_, name, _)| other.full_id == *name))
                .collect();
            let Some(first) = dropped.first() else { continue };
            let fields = dropped.iter().filter_map(|other| other.rule.notice.instance.as_deref());
            let mut fields: Vec<Argument> = fields.take(MOST_NAMED).map(Argument::from).collect();
            if let Some(more) = dropped.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
                fields.push(mistake::both(Localized::new(format!("ほか{more}項目"), format!("{more} more"))));
            }
            let warning = mistake::at(&code::INSTANCES_DROPPED, rule.source, *span)
                .with("rule", reference.as_str())
                .with("fields", Argument::List(fields))
                .with("example", first.full_id.as_str());
            found.push(warning);
        }
    }
}

fn check_revision(rule: &Drafted<'_>, other: &Drafted<'_>, span: Span, found: &mut Diagnostics) {
    if rule.rule.notice.id == other.rule.notice.id && rule.rule.revision <= other.rule.revision {
        let mistake = mistake::at(&code::REVISION, rule.source, span)
            .with("rule", other.full_id.as_str())
            .with("least", u64::from(other.rule.revision) + 1);
        found.push(mistake);
    }
}

/// Reports a reference that no rule answers to.
pub fn unknown(
    drafted: &[Drafted<'_>],
    key: &str,
    reference: &str,
    source: &SourceText,
    span: Span,
    found: &mut Diagnostics,
) {
    let known: Vec<String> = drafted.iter().flat_map(names).collect();
    let mistake = mistake::at(&code::UNKNOWN_RULE, source, span).with("key", key).with("found", reference);
    found.push(mistake::suggested(mistake, reference, known.iter().map(String::as_str)));
}
