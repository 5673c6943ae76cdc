//! `check --rank impact`: whether the findings of a run can be put in order, and the run that does it.
//!
//! Invariants
//! - An order that an option asks for and that cannot be is refused; one that a configuration wishes for is left.
//! - The first pass tells everything but the records of the ranked reports; the second counts and tells those.

use super::arguments::CheckArguments;
use super::listeners::Run;
use super::parts::PlannedPart;
use super::reporters::Frame;
use super::usage::list;
use crate::diagnostic::code::ranking::{
    RANK_OF_HIDDEN_VALUES, RANK_OF_SEVERAL_SURVEYS, RANK_WITHOUT_HARD_EDIT, RANK_WITHOUT_TABLES,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::event::Summary;
use crate::engine::ranking::Ranker;
use crate::engine::{self, CheckOptions, Needs, Part};
use crate::error::Error;
use crate::settings::Report;
use crate::tables::{self, BaseConvention, Programme};

/// Whether a report of `format` is ranked: its order would tell of answers where they are hidden.
pub(super) fn is_ranked(report: &Report, frame: &Frame) -> bool {
    !frame.audience(report.format).hide_values
}

/// Whether the run is to be ranked, as far as the command line tells.
pub(super) fn wanted(
    arguments: &CheckArguments,
    reports: &[Report],
    frame: &Frame,
) -> Result<bool, Box<Diagnostic>> {
    // Of the files that have not changed nothing would be counted.
    if arguments.rank.is_none() || arguments.since.is_some() {
        return Ok(false);
    }
    if reports.iter().any(|report| is_ranked(report, frame)) {
        return Ok(true);
    }
    refused(arguments, Diagnostic::new(&RANK_OF_HIDDEN_VALUES, Place::Run)).map(|()| false)
}

/// The tables whose figures records can move. `None`: the run is not ranked after all.
pub(super) fn programme(
    arguments: &CheckArguments,
    parts: &mut [PlannedPart],
) -> Result<Option<Programme>, Vec<Diagnostic>> {
    if let Some(problem) = unfit(parts) {
        return refused(arguments, problem).map(|()| None).map_err(|problem| vec![*problem]);
    }
    for part in parts.iter_mut() {
        part.plan.linked_reads.extend(tables::linked_reads(&part.plan));
    }
    let Some(part) = parts.first() else { return Ok(None) };
    let (programme, found) = Programme::new(&part.plan, &[], BaseConvention::Asked);
    if found.has_errors() {
        return Err(found.iter().cloned().collect());
    }
    Ok(Some(programme))
}

/// What becomes of a wish that cannot be: an option is refused.
fn refused(arguments: &CheckArguments, problem: Diagnostic) -> Result<(), Box<Diagnostic>> {
    if arguments.rank_by_option { Err(Box::new(problem)) } else { Ok(()) }
}

/// Why records cannot be ranked. `None`: they can.
fn unfit(parts: &[PlannedPart]) -> Option<Diagnostic> {
    let of = |part: &PlannedPart| format!("{}/{}", part.plan.pack.survey, part.plan.pack.wave);
    if parts.len() > 1 {
        let names: Vec<String> = parts.iter().map(of).collect();
        let problem = Diagnostic::new(&RANK_OF_SEVERAL_SURVEYS, Place::Run);
        return Some(problem.with("found", list(names.iter().map(String::as_str))));
    }
    let part = parts.first()?;
    if part.plan.pack.tabulation.tables.is_empty() {
        return Some(Diagnostic::new(&RANK_WITHOUT_TABLES, Place::Run).with("found", of(part)));
    }
    part.plan.hard_edit_deselected.then(|| Diagnostic::new(&RANK_WITHOUT_HARD_EDIT, Place::Run))
}

/// Judges the run and tells its ranked reports of the records by what settling them can move.
pub(super) fn judge(
    parts: &[Part<'_>],
    options: &CheckOptions,
    programme: &Programme,
    run: &mut Run,
) -> Result<Summary, Error> {
    let mut first = engine::first_pass(parts, options, Needs::default(), run)?;
    let Some(part) = parts.first() else { return Ok(first.summary) };
    let mut ranker = Ranker::new(programme, part.plan, &first);
    engine::second_pass(parts, options, &mut first, &mut ranker)?;
    run.tell_ranked(&ranker.impacts())?;
    Ok(first.summary)
}
