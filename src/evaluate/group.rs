//! Groups: findings of one cause shown as one message, the others inside it.
//!
//! Invariants
//! - No finding is lost: each is shown, or a follower of exactly one that is.
//! - Groups are tried in the pack's order; a finding that already follows another does not follow again.

use std::sync::Arc;

use super::diagnose::Entry;
use super::finding::Finding;
use crate::diagnostic::{Diagnostic, Notice};
use crate::plan::{Plan, PlannedGroup};
use crate::rule_pack::Placeholder;

/// `entries` of one record with the plan's groups applied. `headed` makes the heading of a group with a text of its
/// own, from its notice, placeholders and followers (planned rules).
pub(super) fn apply(
    plan: &Plan,
    mut entries: Vec<Entry>,
    mut headed: impl FnMut(&Arc<Notice>, &[Placeholder], &[usize]) -> Diagnostic,
) -> Vec<Entry> {
    if entries.len() < 2 {
        return entries;
    }
    for group in &plan.groups {
        let present = |rule: usize| entries.iter().position(|entry| entry.rule == Some(rule));
        let following: Vec<usize> =
            group.followers.iter().copied().filter(|&rule| present(rule).is_some()).collect();
        if following.is_empty()
            || (group.all && !(group.complete && following.len() == group.followers.len()))
        {
            continue;
        }
        entries = match group.head {
            Some(head) if present(head).is_some() => under(entries, head, &following),
            Some(_) => entries,
            None => match plan.pack.groups.get(group.place).and_then(|group| group.notice.as_ref()) {
                None => entries,
                Some((notice, placeholders)) => {
                    let heading = headed(notice, placeholders, &following);
                    headline(entries, heading, group, &following)
                }
            },
        };
    }
    entries
}

/// Moves the findings of `following` into that of `head`.
fn under(entries: Vec<Entry>, head: usize, following: &[usize]) -> Vec<Entry> {
    let (mut kept, followers) = split(entries, following);
    if let Some(entry) = kept.iter_mut().find(|entry| entry.rule == Some(head)) {
        entry.finding.followers.extend(followers);
    }
    kept
}

/// Puts `heading` where the first of `following` stood, and those inside it.
fn headline(
    entries: Vec<Entry>,
    heading: Diagnostic,
    group: &PlannedGroup,
    following: &[usize],
) -> Vec<Entry> {
    debug_assert!(group.head.is_none(), "a group with a head needs no heading");
    let first = entries.iter().position(|entry| entry.rule.is_some_and(|rule| following.contains(&rule)));
    let (mut kept, followers) = split(entries, following);
    let finding = Finding { followers, heading: true, ..Finding::from(heading) };
    let place = first.unwrap_or(kept.len()).min(kept.len());
    kept.insert(place, Entry { finding, rule: None });
    kept
}

/// The findings that stay, and those of `following` (with what already followed them) in order.
fn split(entries: Vec<Entry>, following: &[usize]) -> (Vec<Entry>, Vec<Diagnostic>) {
    let (moved, kept): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.rule.is_some_and(|rule| following.contains(&rule)));
    let followers = moved
        .into_iter()
        .flat_map(|entry| std::iter::once(entry.finding.diagnostic).chain(entry.finding.followers))
        .collect();
    (kept, followers)
}
