//! What settling one record can do in the tables: where it stands now, row by row, and where it can come to stand.
//!
//! A held record stands nowhere, and can come in as the ranges of the tables say. An accepted one stands where its answers
//! put it, and can come to stand where they would if the cells that are to be confirmed said anything else.
//!
//! Invariants
//! - A record keeps its column; whether it comes in is the only thing that is open besides its answers.
//! - Of a record two bytes a row are kept, whatever it answered.

use std::collections::BTreeSet;

use super::adding::{Block, chosen, row_without_option};
use super::possible::Possible;
use super::programme::{Counting, PlannedTable, Programme, Question};
use super::settled::{Acceptance, Settled};
use crate::batch::Batch;
use crate::evaluate::{Base, Word, Words};
use crate::expression::FieldId;
use crate::plan::Plan;

/// The row of a table of units asked that is a share: the response rate.
pub(super) const RATE: &str = "rate";

/// Where a record stands beside one row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// It is not counted.
    Absent,
    /// It is accepted, and outside the base.
    Outside,
    /// It is in the base, and not in the row.
    Beside,
    /// It is in the row.
    Within,
}

impl Stand {
    /// Every one.
    pub(super) const ALL: [Self; 4] = [Self::Absent, Self::Outside, Self::Beside, Self::Within];

    const fn bit(self) -> u8 {
        match self {
            Self::Absent => 1,
            Self::Outside => 2,
            Self::Beside => 4,
            Self::Within => 8,
        }
    }
}

/// Where a record stands beside a row, and where else it can come to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// Where it stands.
    pub(super) now: Stand,
    /// Bits of [`Stand`]; never that of where it stands.
    then: u8,
}

impl Turn {
    /// It stays where it is.
    const STAYS: Self = Self { now: Stand::Absent, then: 0 };

    fn new(now: Stand, then: impl Iterator<Item = Stand>) -> Self {
        let all = then.fold(0, |bits, stand| bits | stand.bit());
        Self { now, then: all & !now.bit() }
    }

    /// Whether it can come to stand anywhere else.
    pub(super) const fn moves(self) -> bool {
        self.then != 0
    }

    /// Where else it can come to stand.
    pub(super) fn then(self) -> impl Iterator<Item = Stand> {
        Stand::ALL.into_iter().filter(move |stand| self.then & stand.bit() != 0)
    }
}

/// What settling one record can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Its column, by axis; the one behind the last: not known.
    pub(super) columns: Box<[usize]>,
    /// By row, as [`rows`] counts them.
    pub(super) turns: Box<[Turn]>,
}

/// A record of a batch about which something is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its row.
    pub row: usize,
    /// The fields that are to be confirmed: where it is accepted, they can say anything.
    pub fields: BTreeSet<FieldId>,
}

/// How many rows of `table` a record can move: those that are shares of records.
pub(super) fn rows(programme: &Programme, table: &PlannedTable) -> usize {
    match &table.counting {
        Counting::Answers(question) => question.rows.len(),
        Counting::Response => {
            let has_rate = |declared: &crate::rule_pack::tabulation::PublishedTable| {
                declared.rows.iter().any(|row| &**row == RATE)
            };
            usize::from(programme.declared(table).is_some_and(has_rate))
        }
        Counting::Failures | Counting::Held | Counting::Days(_) | Counting::NonResponse(_) => 0,
    }
}

/// What settling each of the records `open` can do, parallel to them. `None`: it is neither accepted nor held, and no
/// answer of it counts.
pub fn reaches(
    programme: &Programme,
    plan: &Plan,
    batch: &Batch,
    settled: &[Settled],
    open: &[Open],
) -> Vec<Option<Reach>> {
    if open.is_empty() {
        return Vec::new();
    }
    let block = Block::new(programme, plan, batch, settled);
    let mut words = Words::new(plan, batch);
    let asked: Vec<(FieldId, Base)> =
        questions(programme).into_iter().map(|field| (field, words.base(field))).collect();
    let reach = |one: &Open| {
        let acceptance = settled.get(one.row)?.acceptance;
        let (free, stays) = match acceptance {
            Acceptance::Accepted => (one.fields.clone(), answered(&block, &asked, one)),
            Acceptance::Held => (block.free(settled.get(one.row)?), BTreeSet::new()),
            Acceptance::OutOfScope | Acceptance::Superseded => return None,
        };
        let mut turns = Vec::new();
        for table in &programme.tables {
            match &table.counting {
                Counting::Answers(question) => {
                    let possible = block.open(one.row, &free, &stays).possible(question);
                    let now = match acceptance {
                        Acceptance::Accepted => stands(&block, question, one.row, &mut words),
                        _ => vec![Stand::Absent; question.rows.len()],
                    };
                    turns.extend(turned(&now, &possible));
                }
                _ => turns.extend(vec![entering(acceptance); rows(programme, table)]),
            }
        }
        let columns = (0..programme.axes.len()).map(|axis| block.place(axis, one.row));
        Some(Reach { columns: columns.collect(), turns: turns.into() })
    };
    open.iter().map(reach).collect()
}

/// What settling a record can do of which nothing is known: our own fault kept it from being judged.
pub fn reach_of_lost(programme: &Programme) -> Reach {
    let mut turns = Vec::new();
    for table in &programme.tables {
        match &table.counting {
            Counting::Answers(question) => {
                let now = vec![Stand::Absent; question.rows.len()];
                turns.extend(turned(&now, &Possible::anything(question)));
            }
            _ => turns.extend(vec![entering(Acceptance::Held); rows(programme, table)]),
        }
    }
    let columns = programme.axes.iter().map(|axis| axis.columns.len());
    Reach { columns: columns.collect(), turns: turns.into() }
}

/// The questions of the tables, and those that open them.
fn questions(programme: &Programme) -> BTreeSet<FieldId> {
    let questions = programme.tables.iter().filter_map(|table| match &table.counting {
        Counting::Answers(question) => Some(question),
        _ => None,
    });
    questions.flat_map(|question| question.controllers.iter().copied().chain([question.field])).collect()
}

/// The questions that an accepted record was asked and of which nothing is open: what is blank or cannot be read there was
/// looked into before, and stays. Those that it was not asked are answered once they are.
fn answered(block: &Block<'_>, asked: &[(FieldId, Base)], open: &Open) -> BTreeSet<FieldId> {
    let unusable =
        |field: FieldId| block.batch.column(field).is_some_and(|column| column.invalid.get(open.row));
    let stays = asked.iter().filter(|(field, base)| base.yes.get(open.row) || unusable(*field));
    stays.map(|(field, _)| *field).filter(|field| !open.fields.contains(field)).collect()
}

/// Where the accepted record in `row` stands, by row of the table.
fn stands(block: &Block<'_>, question: &Question, row: usize, words: &mut Words<'_, '_>) -> Vec<Stand> {
    if !words.base(question.field).yes.get(row) {
        return vec![Stand::Outside; question.rows.len()];
    }
    let within = |within: bool| if within { Stand::Within } else { Stand::Beside };
    let word = words.of(question.field).of(row);
    if word == Some(Word::Answered) {
        let is_in = |options: &[bool]| within(chosen(block.batch, question.field, row, options));
        return question.rows.iter().map(|own| is_in(&own.options)).collect();
    }
    match question.row(row_without_option(word)) {
        Some(own) => (0..question.rows.len()).map(|row| within(row == own)).collect(),
        None => vec![Stand::Outside; question.rows.len()],
    }
}

fn turned<'a>(now: &'a [Stand], possible: &'a Possible) -> impl Iterator<Item = Turn> + 'a {
    now.iter().zip(&possible.rows).map(|(now, (with, without))| {
        let outside = possible.out.then_some(Stand::Outside);
        let beside = without.then_some(Stand::Beside);
        let within = with.then_some(Stand::Within);
        Turn::new(*now, outside.into_iter().chain(beside).chain(within))
    })
}

/// What a record can do to the response rate.
fn entering(acceptance: Acceptance) -> Turn {
    match acceptance {
        Acceptance::Held => Turn::new(Stand::Absent, std::iter::once(Stand::Within)),
        _ => Turn::STAYS,
    }
}
