//! Macro edits: what is demanded of the tables as a whole, of counted figures or of published ones alone.
//!
//! Invariants
//! - Findings come in the order of the pack's rules, within a rule in the order of the tables; each stands at the run.
//! - A figure that is reconstructed enters no hard edit.
//! - Nothing here reads a record: figures are nobody's answers, so nothing is withheld.

mod averages;
mod claims;
mod mix;
mod row_rules;
mod sheet;
mod sums;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::figures::Figures;
use crate::diagnostic::{Argument, Diagnostic, Place, Severity, Standing};
use crate::evaluate::Finding;
use crate::plan::Plan;
use crate::rule_pack::macro_edit::MacroKind;
use crate::rule_pack::{EditRule, Placeholder};
use row_rules::RowRules;
use sheet::Sheet;
use told::Told;

/// Which figures are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Those that were counted, with what was published beside them.
    Counted,
    /// Only what was published: a report by itself.
    Published,
}

/// What the macro edits of `plan` find in `figures`, which hold every table of its pack.
pub fn macro_findings(plan: &Plan, figures: &Figures, judged: Judged) -> Vec<Finding> {
    let sheet = Sheet::new(&plan.pack, figures, judged);
    let kinds: BTreeMap<&str, &MacroKind> =
        plan.pack.macro_edits.iter().map(|edit| (&*edit.id, &edit.kind)).collect();
    let mut rows = RowRules::new(plan, &sheet);
    let mut findings = Vec::new();
    for (index, rule) in plan.figure_rules() {
        let told = match kinds.get(rule.notice.full_id().as_str()) {
            Some(kind) => of_kind(kind, &sheet, plan),
            None => rows.failing(index, rule),
        };
        let severity = plan.severity(index).unwrap_or(rule.notice.severity);
        findings.extend(told.iter().map(|told| finding(rule, severity, plan, told)));
    }
    findings
}

fn of_kind(kind: &MacroKind, sheet: &Sheet<'_>, plan: &Plan) -> Vec<Told> {
    match kind {
        MacroKind::AddsUp(row) => sums::adds_up(sheet, row),
        MacroKind::Nested { within, alike } => sums::nested(sheet, within, alike),
        MacroKind::RoundedSum { tables, published } => sums::rounded(sheet, tables, published),
        MacroKind::WhichAverage(kinds) => averages::which(sheet, kinds),
        MacroKind::Claims(claims) => claims::broken(sheet, claims),
        MacroKind::Mix { asked, answered, reference, limit } => {
            mix::differs(sheet, plan, [asked, answered, reference], *limit)
        }
    }
}

fn finding(rule: &EditRule, severity: Severity, plan: &Plan, told: &Told) -> Finding {
    let argument = |placeholder: &Placeholder| match placeholder {
        Placeholder::Published(name) => told.get(name),
        Placeholder::Fixed(text) => Argument::Localized(text.clone()),
        Placeholder::Param(param) => plan.parameter(*param),
        _ => Argument::Nothing,
    };
    Finding::from(Diagnostic {
        notice: Arc::clone(&rule.notice),
        severity,
        arguments: rule.placeholders.iter().map(argument).collect(),
        place: Place::Run,
        labels: Vec::new(),
        suggestion: None,
        fix: None,
        standing: Standing::default(),
    })
}
