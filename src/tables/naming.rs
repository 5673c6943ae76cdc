//! How rows are called that are not options, and how a base is written as a condition.
//!
//! Invariants
//! - An id that the pack does not know is the engine's or is called by itself; no row is without a name.
//! - Rules come in the pack's order, what is about cells and files before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::adding::{HELD, OUT_OF_SCOPE, SUPERSEDED};
use super::counts::RowKey;
use super::figures::RowKind;
use super::making::Named;
use crate::diagnostic::{Localized, code};
use crate::expression::FieldId;
use crate::expression::calendar::print_date;
use crate::rule_pack::RulePack;
use crate::source::Span;

/// Titles by id.
pub(super) struct Naming<'a> {
    pack: &'a RulePack,
    titles: BTreeMap<Arc<str>, (usize, Localized<Arc<str>>)>,
}

impl<'a> Naming<'a> {
    pub(super) fn new(pack: &'a RulePack) -> Self {
        let mut titles = BTreeMap::new();
        for code in code::all() {
            titles.insert(Arc::from(code.id), (0, code.title.map(|text| Arc::from(*text))));
        }
        for field in &pack.questionnaire.fields {
            for case in &field.invalid {
                titles.insert(Arc::clone(&case.id), (1, case.title.clone()));
            }
        }
        for ((field, _), notice) in &pack.cell_notices {
            titles.insert(Arc::clone(&notice.id), (1, notice.title.clone()));
            let name = pack.questionnaire.get(*field).map(|field| &field.name);
            if let Some(name) = name {
                titles.insert(Arc::from(format!("{}/{name}", notice.id)), (1, notice.title.clone()));
            }
        }
        for (place, rule) in pack.rules.iter().enumerate() {
            titles.insert(Arc::from(rule.notice.full_id()), (place + 2, rule.notice.title.clone()));
        }
        Self { pack, titles }
    }

    /// By what a row is sorted, and what it is called.
    pub(super) fn row(&self, key: &RowKey) -> (usize, Named) {
        match key {
            RowKey::Word(word) => {
                let (order, ja, en) = match *word {
                    HELD => (0, "保留した回答", "records held"),
                    OUT_OF_SCOPE => (usize::MAX, "対象外", "out of scope"),
                    SUPERSEDED => {
                        (usize::MAX, "再提出により差し替え済み", "superseded by a later submission")
                    }
                    other => (usize::MAX, other, other),
                };
                (order, (Arc::from(*word), Localized::new(Arc::from(ja), Arc::from(en)), RowKind::Word))
            }
            RowKey::Id(id) => {
                // An instance of a cell's finding is called as its id is.
                let family = id.split_once('/').and_then(|(family, _)| self.titles.get(family));
                let unknown = (0, Localized::new(Arc::clone(id), Arc::clone(id)));
                let (order, title) = self.titles.get(id).or(family).unwrap_or(&unknown);
                (order + 1, (Arc::clone(id), title.clone(), RowKind::Id))
            }
            RowKey::Day(day) => {
                let date: Arc<str> = i32::try_from(*day).map_or_else(|_| day.to_string(), print_date).into();
                (0, (Arc::clone(&date), Localized::new(Arc::clone(&date), date), RowKind::Day))
            }
            RowKey::NoDay => {
                let title = Localized::new(Arc::from("日付不明"), Arc::from("day not known"));
                (usize::MAX, (Arc::from("no-day"), title, RowKind::Word))
            }
        }
    }

    /// The conditions under which `field` is asked, each controller's own first. `None`: it is asked of all.
    pub(super) fn routing(&self, field: FieldId) -> Option<Arc<str>> {
        let form = &self.pack.questionnaire;
        let routing = form.routing_of(field)?;
        let mut asked: Vec<FieldId> = routing.controllers.iter().copied().collect();
        asked.sort_by_key(|id| form.routing_order.iter().position(|&index| index == usize::from(id.index)));
        asked.push(field);
        let mut parts: Vec<String> =
            asked.into_iter().filter_map(|field| self.own_condition(field)).collect();
        parts.dedup();
        Some(Arc::from(parts.join(" and ")))
    }

    fn own_condition(&self, field: FieldId) -> Option<String> {
        let routing = self.pack.questionnaire.routing_of(field)?;
        let source = self.pack.questionnaire.get(field)?.declared.source;
        let source = self.pack.sources.iter().find(|known| known.id == source)?;
        // In a JSON text a quote is two letters, and the end of one that ends the condition is not within its span.
        let mut span = routing.own.span;
        let behind = Span::new(span.end, span.end + 2);
        let is_open = source.slice(span).matches('"').count() % 2 == 1;
        if is_open && source.slice(behind) == "\\\"" {
            span.end = behind.end;
        }
        Some(source.slice(span).replace("\\\"", "\""))
    }
}

/// What a row of units and records is called.
pub(super) fn response_row(name: &str) -> (Localized<Arc<str>>, RowKind) {
    let (ja, en, kind) = match name {
        "listed" => ("名簿の客体数", "units of the frame", RowKind::Count),
        "frame" => ("調査対象数", "units asked", RowKind::Count),
        "received" => ("受付数", "records received", RowKind::Count),
        "valid" => ("有効回答数", "valid responses", RowKind::Count),
        _ => ("回答率", "response rate", RowKind::Rate),
    };
    (Localized::new(Arc::from(ja), Arc::from(en)), kind)
}
