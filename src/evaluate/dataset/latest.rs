//! `latest`: of the submissions in several files the latest counts.
//!
//! Invariants
//! - Between files only: which of two records of one file counts is `unique`'s question.
//! - Nothing is superseded on a guess: a submission without a time, or two with the same, leaves it open; so does a day
//!   without a clock beside another moment of that day.

use std::collections::BTreeMap;

use super::super::reason::Outcome;
use super::stub::Answer;
use super::told::{fixed, listed};
use super::{GroupOf, Judging, Member, Verdict};
use crate::batch::example::type_of;
use crate::diagnostic::{Argument, Localized};
use crate::evaluate::argument::hidden;
use crate::evaluate::calendar::print_time;
use crate::evaluate::withheld::Withheld;
use crate::expression::{FieldId, Type};
use crate::plan::time_kind;
use crate::questionnaire::Field;
use crate::source::SourceId;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Most changed answers that a message lists.
const MOST_CHANGES: usize = 10;

/// What is said of the records of one key.
pub(super) struct Latest<'t> {
    by: FieldId,
    /// Of each file, the latest time that it gives, and how late that may have been: a moment without a clock is some
    /// time of its day.
    files: BTreeMap<SourceId, (Option<i64>, Option<i64>)>,
    last: Option<i64>,
    kept: Option<Member<'t>>,
    /// How many files there are of which no record is known to be behind.
    open: usize,
}

impl<'t> Latest<'t> {
    /// For the records of `group`, of which the times stand in `by`.
    pub(super) fn of(group: GroupOf<'t>, by: FieldId, judging: Judging<'_>) -> Self {
        let is_moment = type_of(&judging.plan.pack, by) == Some(&Type::DateTime);
        let mut files: BTreeMap<SourceId, (Option<i64>, Option<i64>)> = BTreeMap::new();
        for member in group.members() {
            let (latest, may_be) = files.entry(member.batch.source).or_default();
            let end = |time: i64| if is_moment && time.rem_euclid(DAY) == 0 { time + DAY - 1 } else { time };
            *latest = (*latest).max(member.stub.time);
            *may_be = (*may_be).max(member.stub.time.map(end));
        }
        let last = files.values().filter_map(|(latest, _)| *latest).max();
        let mut latest = Self { by, files, last, kept: None, open: 0 };
        let mut before = None;
        for member in group.members() {
            let source = member.batch.source;
            if (member.stub.time.is_none() || !latest.is_behind(source)) && before != Some(source) {
                before = Some(source);
                latest.open += 1;
            }
            if latest.kept.is_none() && last.is_some() && member.stub.time == last {
                latest.kept = Some(member);
            }
        }
        latest
    }

    fn is_behind(&self, file: SourceId) -> bool {
        self.files.get(&file).and_then(|(_, may_be)| *may_be) < self.last
    }

    /// What is said of one of them.
    pub(super) fn verdict(&self, member: &Member<'_>, judging: Judging<'_>) -> Verdict {
        match &self.kept {
            _ if self.files.len() == 1 => Verdict::plain(Outcome::Pass),
            Some(kept) if member.stub.time.is_some() && self.is_behind(member.batch.source) => {
                Verdict { outcome: Outcome::Fail, published: told(member, kept, self.by, judging) }
            }
            Some(_) if self.open == 1 => Verdict::plain(Outcome::Pass),
            _ => Verdict::plain(Outcome::Undecided),
        }
    }
}

/// What a message may say of a record and of the later one that is kept.
fn told(
    member: &Member<'_>,
    kept: &Member<'_>,
    by: FieldId,
    judging: Judging<'_>,
) -> Vec<(&'static str, Argument)> {
    if member.stub.arguments.is_empty() {
        return Vec::new();
    }
    let pack = &judging.plan.pack;
    let withheld = Withheld::of(pack, judging.keys);
    let time = kept.stub.time.zip(type_of(pack, by));
    let time = match time {
        _ if withheld.holds(by) => hidden(),
        Some((time, ty)) => Argument::from(print_time(time, time_kind(ty))),
        None => Argument::NotGiven,
    };
    // `submitted_at` is an older name of the time.
    vec![
        ("kept_time", time.clone()),
        ("submitted_at", time),
        ("changes", changes(member, kept, by, judging, &withheld)),
    ]
}

/// The answers in which a record differs from the one that is kept.
fn changes(
    member: &Member<'_>,
    kept: &Member<'_>,
    by: FieldId,
    judging: Judging<'_>,
    withheld: &Withheld,
) -> Argument {
    let fields = &judging.plan.pack.questionnaire.fields;
    let answers = member.stub.answers.iter().zip(&kept.stub.answers);
    let changed: Vec<Argument> = fields
        .iter()
        .zip(answers)
        .filter(|(field, _)| field.id != by)
        .filter(|(_, (before, after))| {
            before != after && **before != Answer::Absent && **after != Answer::Absent
        })
        .map(|(field, (before, after))| change(field, before, after, withheld))
        .collect();
    if changed.is_empty() {
        return fixed("なし", "none");
    }
    listed(changed, MOST_CHANGES, |more| (format!("ほか{more}項目"), format!("and {more} more")))
}

/// `問11「…」（いいえ → はい）`; of text, and of what is withheld, only the question.
fn change(field: &Field, before: &Answer<'_>, after: &Answer<'_>, withheld: &Withheld) -> Argument {
    let title = field.title();
    if withheld.holds(field.id) || withheld.fills(field.id) || matches!(field.ty, Type::Text) {
        return Argument::Localized(title);
    }
    let (before, after) = (said(field, before), said(field, after));
    fixed(
        &format!("{}（{} → {}）", title.ja, before.ja, after.ja),
        &format!("{} ({} → {})", title.en, before.en, after.en),
    )
}

/// An answer as a person reads it.
fn said(field: &Field, answer: &Answer<'_>) -> Localized<String> {
    let both = |ja: &str, en: &str| Localized::new(ja.to_owned(), en.to_owned());
    match answer {
        Answer::Absent | Answer::Blank => both("未記入", "not given"),
        Answer::Mark(number) => {
            let mark = usize::from(*number).checked_sub(1).and_then(|place| field.marks.get(place));
            if mark.is_some_and(|mark| mark.dont_know) {
                both("不明", "don't know")
            } else {
                both("非該当", "not applicable")
            }
        }
        Answer::Unreadable(text) => both(text, text),
        Answer::Value(code) => {
            let list = match &field.ty {
                Type::Option(list) | Type::Multi(list) => Some(list),
                _ => None,
            };
            let label = |code: &str| {
                let item = list.and_then(|list| list.items.iter().find(|item| *item.code == *code));
                item.map_or_else(|| both(code, code), |item| item.label.map(ToString::to_string))
            };
            let labels: Vec<Localized<String>> = match &field.ty {
                Type::Multi(_) => code.split(';').map(label).collect(),
                _ => vec![label(code)],
            };
            let joined = |each: fn(&Localized<String>) -> &str, between: &str| {
                labels.iter().map(each).collect::<Vec<_>>().join(between)
            };
            Localized::new(joined(|label| &label.ja, "・"), joined(|label| &label.en, ", "))
        }
    }
}
