//! Rules over many records as steps: who takes part, by which key, and what is compared.
//!
//! Invariants
//! - Every kind about records is here; those about published tables stay rules that are judged elsewhere.
//! - `exists-in` asks of one record whether a table has it: it is a rule about a record like any other.
//! - `reads` is what a record needs to take part; what it is only compared by stands in the demand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::JudgedRule;
use super::lower::{Lowering, scale_of};
use super::step::{Scaled, Sought, Step, StepId};
use crate::diagnostic::Severity;
use crate::expression::key::{self, KeyIndex};
use crate::expression::{FieldId, ParamId, TypedExpr, Value};
use crate::rule_pack::{DatasetKind, Demand, EditRule, Lookup, OnBlank, RulePack};

/// Limits of a number; each may read the fields that records are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    /// At least.
    pub(crate) min: Option<Scaled>,
    /// At most.
    pub(crate) max: Option<Scaled>,
    /// Exactly.
    pub(crate) equal: Option<Scaled>,
    /// Whether they are the same for all records.
    pub(crate) fixed: bool,
}

/// What is demanded of the records that share a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasetDemand {
    /// There is one record only; with `distinct`, one value of that field.
    Unique {
        /// The field that must differ for records to be different. `None`: every record is.
        distinct: Option<FieldId>,
    },
    /// Of records in several files the latest counts.
    Latest {
        /// The date or time.
        by: FieldId,
    },
    /// There are not too many records.
    AtMost {
        /// Which are counted. `None`: all.
        of: Option<StepId>,
        /// How many there may be.
        bounds: Bounds,
    },
    /// They have one value in each of these fields.
    Determines {
        /// The fields.
        fields: Vec<FieldId>,
    },
    /// There are as many records as there should be.
    Count {
        /// Which are counted. `None`: all.
        of: Option<StepId>,
        /// How many there should be.
        bounds: Bounds,
    },
    /// Of all records the right part is counted; the key is empty.
    Share {
        /// Which are counted.
        of: StepId,
        /// Of which. `None`: of all.
        among: Option<StepId>,
        /// Per hundred.
        bounds: Bounds,
        /// With fewer nothing is said.
        least: u64,
    },
    /// Every combination of the key's values occurs.
    Complete,
    /// Every unit of a linked file has answered.
    Covers {
        /// Its table.
        table: u16,
    },
}

impl DatasetDemand {
    /// Whether it is about the records as a whole, so that no single one is accused.
    pub(crate) const fn is_of_the_whole(&self) -> bool {
        matches!(self, Self::Count { .. } | Self::Share { .. } | Self::Complete | Self::Covers { .. })
    }

    /// Further fields by which records that share a key are compared, one of which need not be known.
    pub(crate) fn compared(&self) -> Vec<FieldId> {
        match self {
            Self::Unique { distinct } => distinct.iter().copied().collect(),
            Self::Latest { by } => vec![*by],
            Self::Determines { fields } => fields.clone(),
            _ => Vec::new(),
        }
    }
}

/// A rule over many records, ready to be judged.
#[derive(Debug)]
pub struct DatasetRule {
    /// Its position in `pack.rules`.
    pub index: usize,
    /// Its severity in this run.
    pub severity: Severity,
    /// Whether it was selected. One that was not is judged all the same where others depend on it, and told nowhere.
    pub selected: bool,
    /// What it demands.
    pub(crate) demand: DatasetDemand,
    /// The fields by which records belong together.
    pub(crate) key: Vec<FieldId>,
    /// Conditions that a record (of `covers`: a unit) must meet to take part.
    pub(crate) when: Vec<StepId>,
    /// Values for its messages, parallel to the rule's `lets`.
    pub(crate) lets: Vec<StepId>,
    /// All columns that a record needs to take part.
    pub(crate) reads: Vec<FieldId>,
    /// Links that `when` asks for.
    pub(crate) guards: Vec<u16>,
    /// Whether every parameter that it reads is known.
    pub(crate) runnable: bool,
}

/// Whether the rule is judged record by record.
pub(super) fn is_of_a_record(rule: &EditRule) -> bool {
    !rule.is_over_many()
}

/// Whether a rule about many records is of a kind about records, and not about published tables.
pub(super) fn is_about_records(rule: &EditRule) -> bool {
    const KINDS: [&str; 8] =
        ["unique", "latest", "at-most", "determines", "count", "share", "complete", "covers"];
    matches!(&rule.demand, Demand::Dataset(kind) if KINDS.contains(&&*kind.kind))
}

/// Whether other rules over many records depend on the rule: what it supersedes takes no part in them.
pub(super) fn supersedes(rule: &EditRule) -> bool {
    rule.table == 0 && matches!(&rule.demand, Demand::Dataset(kind) if &*kind.kind == "latest")
}

/// The columns of a linked file among whose values the rule looks for those of a record. `None`: it does not.
pub(super) fn linked_columns(pack: &RulePack, rule: &EditRule) -> Option<Vec<FieldId>> {
    let Demand::Dataset(kind) = &rule.demand else { return None };
    let link = pack.links.iter().find(|link| Some(&link.name) == kind.settings.get("table"))?;
    let of =
        |name: &str| link.questionnaire.by_name.get(name).and_then(|&at| link.questionnaire.fields.get(at));
    let columns = sought(pack, rule, kind);
    (&*kind.kind == "exists-in").then(|| columns.iter().filter_map(|name| Some(of(name)?.id)).collect())
}

/// Names of the columns that `exists-in` looks among: as it says, else those of its fields.
fn sought(pack: &RulePack, rule: &EditRule, kind: &DatasetKind) -> Vec<Arc<str>> {
    match kind.settings.get("columns") {
        Some(columns) => columns.split(',').map(Arc::from).collect(),
        None => kind.fields.iter().filter_map(|field| name_of(pack, rule.table, *field)).collect(),
    }
}

fn name_of(pack: &RulePack, table: u16, field: FieldId) -> Option<Arc<str>> {
    let derived = || pack.derived.iter().find(|derived| derived.id == field && table == 0);
    let name = pack.field(field).map(|field| Arc::clone(&field.name));
    name.or_else(|| derived().map(|derived| Arc::clone(&derived.name)))
}

/// The field that a rule about `table` calls `name`.
fn named(pack: &RulePack, table: u16, name: &str) -> Option<FieldId> {
    match usize::from(table).checked_sub(1) {
        None => pack.named(name),
        Some(link) => {
            let form = &pack.links.get(link)?.questionnaire;
            form.fields.get(*form.by_name.get(name)?).map(|field| field.id)
        }
    }
}

/// The keys of all rows of a lookup, by the columns called `names`. `None`: it lacks one.
fn lookup_keys(lookup: &Lookup, names: &[Arc<str>]) -> Option<KeyIndex> {
    let columns: Option<Vec<_>> =
        names.iter().map(|name| lookup.columns.iter().find(|column| column.name == *name)).collect();
    let columns = columns?;
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let mut index = KeyIndex::default();
    for row in 0..rows {
        let mut key = Vec::new();
        let whole = columns.iter().all(|column| {
            let cell = column.cells.get(row).and_then(Option::as_ref);
            cell.is_some_and(|value| key::add_value(&mut key, value, &column.ty))
        });
        if whole {
            index.add(&key, u32::try_from(row).unwrap_or(u32::MAX));
        }
    }
    index.finish();
    Some(index)
}

impl Lowering<'_> {
    /// The conditions under which a record takes part: those of the rule and those of its kind.
    fn conditions<'r>(rule: &'r EditRule, kind: &'r DatasetKind) -> impl Iterator<Item = &'r TypedExpr> {
        rule.when.iter().chain(kind.expressions.get("when"))
    }

    /// Whether every parameter that the rule reads has a value in `params`.
    fn is_runnable(&self, rule: &EditRule, kind: &DatasetKind, params: &BTreeMap<ParamId, Value>) -> bool {
        let mut asked: BTreeSet<ParamId> = rule.params.clone();
        let lets = rule.lets.iter().map(|value| &*value.value);
        for expr in rule.when.iter().chain(kind.expressions.values()).chain(lets) {
            self.params_of(expr, &mut asked);
        }
        asked.iter().all(|param| params.contains_key(param))
    }

    /// `None`: a rule about one record, or of a kind about published tables.
    pub(super) fn dataset(
        &mut self,
        index: usize,
        severity: Severity,
        params: &BTreeMap<ParamId, Value>,
    ) -> Option<DatasetRule> {
        let rule = self.pack.rules.get(index)?;
        let Demand::Dataset(kind) = &rule.demand else { return None };
        let demand = self.demand(rule, kind)?;
        // A record without a time still has a key: others may not be told that it is later than they are.
        let by = if let DatasetDemand::Latest { by } = demand { Some(by) } else { None };
        Some(DatasetRule {
            index,
            severity,
            selected: true,
            demand,
            key: kind.fields.clone(),
            when: Self::conditions(rule, kind).map(|expr| self.lower(expr)).collect(),
            lets: rule.lets.iter().map(|value| self.lower(&value.value)).collect(),
            reads: rule.reads.iter().copied().filter(|field| Some(*field) != by).collect(),
            guards: rule.guards.iter().copied().collect(),
            runnable: self.is_runnable(rule, kind, params),
        })
    }

    /// `None`: a kind about published tables, or one that is judged record by record.
    fn demand(&mut self, rule: &EditRule, kind: &DatasetKind) -> Option<DatasetDemand> {
        let pack = self.pack;
        let field = |key: &str| named(pack, rule.table, kind.settings.get(key)?);
        let mut condition = |key: &str| kind.expressions.get(key).map(|expr| self.lower(expr));
        Some(match &*kind.kind {
            "unique" => {
                let distinct = field("distinct");
                if distinct.is_none() && kind.settings.contains_key("distinct") {
                    return None;
                }
                DatasetDemand::Unique { distinct }
            }
            "latest" => DatasetDemand::Latest { by: field("by")? },
            "at-most" => DatasetDemand::AtMost { of: condition("of"), bounds: self.bounds(kind) },
            "determines" => {
                let names = kind.settings.get("field")?.split(',');
                let fields: Option<Vec<FieldId>> = names.map(|name| named(pack, rule.table, name)).collect();
                DatasetDemand::Determines { fields: fields? }
            }
            "count" => DatasetDemand::Count { of: condition("of"), bounds: self.bounds(kind) },
            "share" => DatasetDemand::Share {
                of: condition("of")?,
                among: condition("among"),
                bounds: self.bounds(kind),
                least: kind.settings.get("min-records").and_then(|text| text.parse().ok()).unwrap_or(0),
            },
            "complete" => DatasetDemand::Complete,
            "covers" => {
                let name = kind.settings.get("table")?;
                let link = pack.links.iter().find(|link| link.name == *name)?;
                DatasetDemand::Covers { table: link.table }
            }
            _ => return None,
        })
    }

    fn bounds(&mut self, kind: &DatasetKind) -> Bounds {
        let fixed = ["min", "max", "equal"]
            .iter()
            .filter_map(|key| kind.expressions.get(*key))
            .all(|bound| bound.fields().is_empty());
        let mut bound = |key: &str| {
            let expr = kind.expressions.get(key)?;
            Some(Scaled { step: self.lower(expr), scale: scale_of(&expr.ty) })
        };
        Bounds { min: bound("min"), max: bound("max"), equal: bound("equal"), fixed }
    }

    /// `exists-in`, judged record by record. `None`: another kind, or a table that is not there.
    pub(super) fn exists_in(
        &mut self,
        rule: &EditRule,
        kind: &DatasetKind,
        params: &BTreeMap<ParamId, Value>,
    ) -> Option<JudgedRule> {
        let pack = self.pack;
        let names = sought(pack, rule, kind);
        let table = kind.settings.get("table")?;
        let sought = if let Some(columns) = linked_columns(pack, rule) {
            Sought::Linked(columns)
        } else {
            let lookup = pack.lookups.iter().find(|lookup| lookup.name == *table)?;
            self.key_indexes.push(lookup_keys(lookup, &names)?);
            Sought::Lookup(self.key_indexes.len() - 1)
        };
        let conditions: Vec<StepId> = Self::conditions(rule, kind).map(|expr| self.lower(expr)).collect();
        let needs = if let Sought::Linked(columns) = &sought { Some(columns.clone()) } else { None };
        let when = match conditions.as_slice() {
            [] => None,
            [only] => Some(*only),
            _ => Some(self.add(Step::All(conditions))),
        };
        Some(JudgedRule {
            when,
            require: self.add(Step::Exists(kind.fields.clone(), sought)),
            lets: rule.lets.iter().map(|value| self.lower(&value.value)).collect(),
            reads: rule.reads.iter().copied().collect(),
            guards: rule.guards.iter().copied().collect(),
            on_blank: OnBlank::Undecided,
            runnable: self.is_runnable(rule, kind, params),
            keyed: true,
            needs,
        })
    }
}
