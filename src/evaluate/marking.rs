//! Marks of answers: by what an acceptance is held to the answers that a rule reads.
//!
//! Invariants
//! - Made of names, states and canonical values, never of places: a row may move.
//! - What is computed counts with the answers behind it, so an acceptance lapses rather once too often.
//! - A private answer has a part only in marks that are keyed with a secret; without one there is no mark.

use std::collections::BTreeSet;

use super::calendar::print_time;
use super::machine::Machine;
use super::reason::column_name;
use super::values::RowValue;
use super::withheld::Withheld;
use crate::batch::example::type_of;
use crate::batch::locate::Locator;
use crate::diagnostic::Decimal;
use crate::diagnostic::standing::Answers;
use crate::expression::{FieldId, OptionList, Type};
use crate::plan::{Plan, time_kind};
use crate::rule_pack::RulePack;
use crate::source::secret::{Secret, plain_mark};

/// Which marks of answers are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerMarks {
    /// Whether those that need no secret are.
    pub plain: bool,
    /// With which secret. `None`: none is configured.
    pub secret: Option<Secret>,
}

/// Makes the marks of one batch.
pub(super) struct Marking {
    marks: AnswerMarks,
    survey: String,
    private: Withheld,
}

/// What is marked: full id and revision of a rule, and whose answers. Two respondents who answer alike have different
/// marks, so that nothing of one is learned from the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked<'a> {
    pub(super) rule: &'a str,
    pub(super) revision: u32,
    /// The record's key. `None`: nothing of the record can be accepted.
    pub(super) key: Option<&'a str>,
}

impl Marking {
    /// For what `marks` asks of the records of `plan`. `None`: nothing is asked for.
    pub(super) fn new(plan: &Plan, marks: Option<AnswerMarks>) -> Option<Self> {
        let pack = &plan.pack;
        let survey = format!("{}/{}", pack.survey, pack.wave);
        // A record's key may be told to whoever may know of acceptances at all.
        marks.map(|marks| Self { marks, survey, private: Withheld::of(pack, true) })
    }

    /// The marks of what `columns` hold in `row`, with what they are computed of. `None`: there can be none.
    pub(super) fn columns(
        &self,
        machine: &Machine<'_, '_>,
        of: Marked<'_>,
        columns: &BTreeSet<FieldId>,
        row: usize,
    ) -> Option<Answers> {
        let pack = &machine.plan.pack;
        let columns = with_sources(pack, columns);
        let private = columns.iter().any(|column| self.is_private(*column));
        // By name: the order of the form may change.
        let answers =
            columns.iter().map(|column| (column_name(pack, *column), answer(machine, *column, row)));
        let answers: BTreeSet<(String, String)> = answers.collect();
        let parts: Vec<String> = answers.into_iter().flat_map(|(name, answer)| [name, answer]).collect();
        self.made(of, "columns", &parts, private)
    }

    /// The marks of a cell as it is written, of a record as a whole where `field` is none.
    pub(super) fn cell(
        &self,
        locator: &Locator<'_>,
        pack: &RulePack,
        of: Marked<'_>,
        field: Option<FieldId>,
        row: usize,
    ) -> Option<Answers> {
        let private = match field {
            Some(field) => self.is_private(field),
            None => pack.questionnaire.fields.iter().any(|field| field.private),
        };
        let texts: Vec<String> = locator.texts(row, field).map(str::to_owned).collect();
        self.made(of, "cells", &texts, private)
    }

    fn is_private(&self, column: FieldId) -> bool {
        self.private.holds(column) || self.private.fills(column)
    }

    fn made(&self, of: Marked<'_>, kind: &str, parts: &[String], private: bool) -> Option<Answers> {
        let AnswerMarks { plain, secret } = self.marks;
        let head = ["kenpyo-accepted-answers-1", self.survey.as_str(), of.key?, of.rule, kind];
        let all: Vec<&str> = head.into_iter().chain(parts.iter().map(String::as_str)).collect();
        let plain = (plain && !private).then(|| plain_mark(&all).into());
        let keyed = secret.map(|secret| secret.mark(&all).into());
        let revision = of.revision;
        (plain.is_some() || keyed.is_some()).then_some(Answers { revision, plain, keyed })
    }
}

/// `answers` of a record in a group of `records`: a further one makes it another matter.
pub(super) fn in_group(answers: Answers, records: usize) -> Answers {
    let count = records.to_string();
    let again = |mark: Box<str>| plain_mark(&["kenpyo-accepted-group-1", &mark, &count]).into();
    Answers { plain: answers.plain.map(again), keyed: answers.keyed.map(again), ..answers }
}

/// `columns`, and all that those among them are computed of which are computed.
fn with_sources(pack: &RulePack, columns: &BTreeSet<FieldId>) -> BTreeSet<FieldId> {
    let mut all = columns.clone();
    let mut open: Vec<FieldId> = columns.iter().copied().collect();
    while let Some(column) = open.pop() {
        let derived = pack.derived.iter().filter(|derived| derived.id == column);
        open.extend(derived.flat_map(|derived| &derived.reads).copied().filter(|read| all.insert(*read)));
    }
    all
}

/// State and canonical value of one column, in one text.
fn answer(machine: &Machine<'_, '_>, column: FieldId, row: usize) -> String {
    let Some(found) = machine.column(column).filter(|found| !found.absent) else { return "absent".into() };
    let mark = || found.marks.as_ref().and_then(|marks| marks.get(row)).copied().unwrap_or(0);
    if found.known.get(row) {
        let ty = type_of(&machine.plan.pack, column);
        let value = ty.and_then(|ty| value(machine, column, ty, row));
        return format!("value {}", value.unwrap_or_default());
    }
    match () {
        () if found.na.get(row) => format!("not-applicable {}", mark()),
        () if found.dk.get(row) => format!("dont-know {}", mark()),
        () if found.invalid.get(row) => "invalid".into(),
        () if found.blank.get(row) => "blank".into(),
        () => "absent".into(),
    }
}

fn value(machine: &Machine<'_, '_>, column: FieldId, ty: &Type, row: usize) -> Option<String> {
    Some(match (machine.one(column, row)?, ty) {
        (RowValue::Option(option), Type::Option(list)) => list.get(option)?.code.to_string(),
        (RowValue::Set((set, _)), Type::Multi(list)) => codes(list, set),
        (RowValue::Text(text), _) => text.to_owned(),
        (RowValue::Number(mantissa), Type::Number { scale, .. }) => {
            Decimal { mantissa, scale: *scale }.to_string()
        }
        (RowValue::Number(number), ty) => print_time(number, time_kind(ty)),
        _ => return None,
    })
}

/// The codes of the options of `set`, as a multiple answer is written.
pub(super) fn codes(list: &OptionList, set: u64) -> String {
    let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> (option & 63) & 1 == 1);
    chosen.map(|(_, item)| &*item.code).collect::<Vec<_>>().join(";")
}
