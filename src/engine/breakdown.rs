//! Counting findings by the options of the question that the survey names.
//!
//! Invariants
//! - Counts are complete: every record is in one line, and findings over many records are counted with their record.
//! - A byte a record is kept, since what is found over many records is told when their answers are gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::Judged;
use super::event::{Breakdown, BreakdownLine};
use super::tally::{RecordSet, counted, place};
use crate::evaluate::{FieldName, Finding, RecordId, UNKNOWN_GROUP, breakdown_of};
use crate::expression::{FieldId, Type};
use crate::rule_pack::RulePack;
use crate::source::SourceId;

/// Records and findings by option.
#[derive(Debug)]
pub(super) struct Shares {
    field: FieldId,
    by_group: BTreeMap<u8, Share>,
    /// By file; the group of record n at n.
    groups: BTreeMap<SourceId, Vec<u8>>,
}

#[derive(Debug, Default)]
struct Share {
    records: u64,
    with_errors: u64,
    findings: [u64; 4],
}

impl Shares {
    /// Nothing counted yet. `None`: `pack` names no question for it.
    pub(super) fn of(pack: &RulePack) -> Option<Self> {
        let field = breakdown_of(pack)?;
        Some(Self { field, by_group: BTreeMap::new(), groups: BTreeMap::new() })
    }

    /// The question.
    pub(super) fn field(&self) -> FieldId {
        self.field
    }

    /// Adds one judged block.
    pub(super) fn block(&mut self, judged: &Judged) {
        if let Some(source) = judged.source {
            for (record, group) in &judged.groups {
                self.record((source, *record), *group);
            }
        }
        for record in &judged.findings {
            self.findings((record.place.source, record.place.record), &record.findings);
        }
    }

    fn record(&mut self, (source, record): RecordId, group: u8) {
        self.by_group.entry(group).or_default().records += 1;
        let groups = self.groups.entry(source).or_default();
        let place = usize::try_from(record).unwrap_or(usize::MAX);
        if place >= groups.len() {
            groups.resize(place.saturating_add(1), UNKNOWN_GROUP);
        }
        if let Some(known) = groups.get_mut(place) {
            *known = group;
        }
    }

    fn group(&self, (source, record): RecordId) -> u8 {
        let place = usize::try_from(record).ok();
        let groups = self.groups.get(&source);
        groups.zip(place).and_then(|(groups, place)| groups.get(place)).copied().unwrap_or(UNKNOWN_GROUP)
    }

    /// Adds findings about one record.
    pub(super) fn findings(&mut self, record: RecordId, findings: &[Finding]) {
        let group = self.group(record);
        let share = self.by_group.entry(group).or_default();
        for diagnostic in findings.iter().flat_map(counted).filter(|one| !one.is_accepted()) {
            if let Some(count) = share.findings.get_mut(place(diagnostic.severity)) {
                *count += 1;
            }
        }
    }

    /// What it came to; `with_errors` are the records with a finding of error or above. `None`: the question has no
    /// options.
    pub(super) fn summary(mut self, pack: &RulePack, with_errors: &RecordSet) -> Option<Breakdown> {
        for record in with_errors.iter() {
            let group = self.group(record);
            self.by_group.entry(group).or_default().with_errors += 1;
        }
        let field = pack.field(self.field)?;
        let Type::Option(list) = &field.ty else { return None };
        let options = (0..UNKNOWN_GROUP).zip(&list.items);
        let options =
            options.map(|(group, item)| (group, Some((Arc::clone(&item.name), item.label.clone()))));
        let mut line = |(group, option)| {
            let share = self.by_group.remove(&group).unwrap_or_default();
            BreakdownLine {
                option,
                records: share.records,
                records_with_errors: share.with_errors,
                findings: share.findings,
            }
        };
        let lines = options.chain([(UNKNOWN_GROUP, None)]).map(&mut line).collect();
        Some(Breakdown { field: FieldName::of(field), part: 0, lines })
    }
}
