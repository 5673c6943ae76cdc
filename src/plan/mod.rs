//! The programme of a run: which rules are judged, in which order, by which steps.
//!
//! Invariants
//! - Immutable, `Send + Sync`, shared by threads and requests.
//! - Equal parts of all expressions are one step; a step refers only to steps before it.
//! - Parameters are resolved here; one that was not given makes the rules that read it not-run.

mod dataset;
mod finder;
mod keys;
mod linked;
mod lower;
mod lower_call;
mod parameters;
mod selection;
mod step;

pub use dataset::DatasetRule;
pub(crate) use dataset::{Bounds, DatasetDemand};
pub use parameters::option_of;
pub use selection::{Selection, has_rule, levels};
pub(crate) use step::{
    Calendar, CheckDigit, Finder, KeyForm, Keys, Members, Quotient, Scaled, Sought, Spelled, Spelling, Step,
    StepId, TimeKind, Way, time_kind,
};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::diagnostic::code::analysis::PARAMETER_NOT_GIVEN;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::expression::key::KeyIndex;
use crate::expression::pattern::Pattern;
use crate::expression::typed::Tolerance;
use crate::expression::{FieldId, Node, ParamId, TypedExpr, Value};
use crate::input::FormNeeds;
use crate::questionnaire::Required;
use crate::rule_pack::{Demand, DerivedValue, EditRule, Group, OnBlank, RulePack};
use lower::{Lowering, routing_of};

/// A rule as steps.
#[derive(Debug)]
pub(crate) struct JudgedRule {
    /// When it applies. `None`: always.
    pub(crate) when: Option<StepId>,
    /// What must hold.
    pub(crate) require: StepId,
    /// Values for its messages, parallel to the rule's `lets`.
    pub(crate) lets: Vec<StepId>,
    /// All columns that it reads.
    pub(crate) reads: Vec<FieldId>,
    /// Links that `when` asks for.
    pub(crate) guards: Vec<u16>,
    /// Outcome of an unknown demand.
    pub(crate) on_blank: OnBlank,
    /// Whether every parameter that it reads is known.
    pub(crate) runnable: bool,
    /// Whether it asks for a key: without one it is undecided, whoever had to answer.
    pub(crate) keyed: bool,
    /// The columns of a linked file among which it seeks: without the file it is not run. `None`: it seeks in none.
    pub(crate) needs: Option<Vec<FieldId>>,
}

/// A derived value as a step.
#[derive(Debug)]
pub(crate) struct JudgedDerive {
    /// Its value, in the form of the derived value's type.
    pub(crate) value: StepId,
    /// All columns that it reads.
    pub(crate) reads: Vec<FieldId>,
    /// Whether all that it reads is a parameter that was not given.
    pub(crate) lacking: bool,
}

/// When a blank cell of a column is open (rule-language section 1.3).
#[derive(Debug)]
pub(crate) enum Opening {
    /// Nobody has to fill it.
    Never,
    /// Where the step holds. `None`: always.
    When(Option<StepId>),
    /// A derived value: where one of the columns that it reads is open.
    Through(Vec<FieldId>),
}

/// A group of the pack, by planned rules.
#[derive(Debug)]
pub(crate) struct PlannedGroup {
    /// Place in `pack.groups`.
    pub(crate) place: usize,
    /// The heading rule. `None`: a text of its own.
    pub(crate) head: Option<usize>,
    /// The followers that are planned.
    pub(crate) followers: Vec<usize>,
    /// Whether none of the group's followers is left out of the plan.
    pub(crate) complete: bool,
    /// Whether all of them must fail.
    pub(crate) all: bool,
}

/// The programme of a run.
#[derive(Debug)]
pub struct Plan {
    /// The pack.
    pub pack: Arc<RulePack>,
    /// Positions in `pack.rules` of the rules that are judged record by record, in order.
    pub rules: Vec<usize>,
    /// Their severities in this run, parallel to `rules`.
    pub severities: Vec<Severity>,
    /// The selected rules over many records, and those that they depend on, in the pack's order.
    pub dataset: Vec<DatasetRule>,
    /// Positions in `pack.rules` of selected rules that are not about submissions: those about linked files, which are
    /// judged while these are read, and those about published tables.
    pub elsewhere: Vec<usize>,
    /// Columns of linked files that have a part in an outcome or a message, by table and field.
    pub linked_reads: BTreeSet<FieldId>,
    /// Columns of linked files among whose values others are sought, beside those of the joins.
    pub linked_keys: BTreeSet<Vec<FieldId>>,
    /// Values of all parameters that are known.
    pub params: BTreeMap<ParamId, Value>,
    /// Whether `--select` or `--ignore` took a rule away.
    pub partial: bool,
    /// Whether one of those is a hard edit, or about the scope.
    pub hard_edit_deselected: bool,
    /// Parallel to `rules`.
    pub(crate) judged: Vec<JudgedRule>,
    /// Parallel to `pack.derived`.
    pub(crate) derived: Vec<JudgedDerive>,
    /// Groups of which a follower, and the head if there is one, are planned.
    pub(crate) groups: Vec<PlannedGroup>,
    /// By table and column.
    pub(crate) openings: Vec<Vec<Opening>>,
    /// Severities that the run gives to rules, by position in `pack.rules`.
    levels: BTreeMap<usize, Severity>,
    /// R of each field that has routing, of every table: the steps of the skip edits.
    pub(crate) relevance: BTreeMap<FieldId, StepId>,
    /// Which units of the frame were asked. `None`: all.
    pub(crate) in_scope: Option<StepId>,
    steps: Vec<Step>,
    patterns: Vec<Pattern>,
    key_indexes: Vec<KeyIndex>,
    /// Made for the first file, unless somebody has it already.
    form: OnceLock<Arc<FormNeeds>>,
}

impl Plan {
    /// The programme of `selection` of `pack`. `None`: the selection names something that does not exist, or
    /// re-levels a hard edit; the diagnostics say what.
    pub fn new(pack: Arc<RulePack>, selection: &Selection) -> (Option<Self>, Diagnostics) {
        let (chosen, diagnostics) = selection.choose(&pack);
        if diagnostics.has_errors() {
            return (None, diagnostics);
        }
        let params = known_params(&pack, &selection.params);
        let is = |index: usize, kind: &dyn Fn(&EditRule) -> bool| pack.rules.get(index).is_some_and(kind);
        let of_a_record = |rule: &EditRule| rule.table == 0 && dataset::is_of_a_record(rule);
        let (rules, over_many): (Vec<usize>, Vec<usize>) =
            chosen.rules.into_iter().partition(|&index| is(index, &of_a_record));
        let (over_many, elsewhere): (Vec<usize>, Vec<usize>) = over_many
            .into_iter()
            .partition(|&index| is(index, &|rule| rule.table == 0 && dataset::is_about_records(rule)));
        let severity = |index: usize| {
            let own = || pack.rules.get(index).map(|rule| rule.notice.severity);
            chosen.severities.get(&index).copied().or_else(own)
        };
        let mut lowering = Lowering::new(&pack, &params);
        let judged =
            rules.iter().filter_map(|&index| lowering.rule(pack.rules.get(index)?, &params)).collect();
        let unselected = |index: &usize| {
            !over_many.is_empty()
                && !over_many.contains(index)
                && is(*index, &|rule| rule.profile.is_none() && dataset::supersedes(rule))
        };
        let needed: Vec<usize> = (0..pack.rules.len()).filter(unselected).collect();
        let mut dataset: Vec<DatasetRule> = over_many
            .iter()
            .chain(&needed)
            .filter_map(|&index| lowering.dataset(index, severity(index)?, &params))
            .collect();
        for rule in &mut dataset {
            rule.selected = over_many.contains(&rule.index);
        }
        dataset.sort_by_key(|rule| rule.index);
        let derived = pack.derived.iter().map(|derived| lowering.derive(derived, &params)).collect();
        let openings = lowering.openings();
        let in_scope = pack.tabulation.in_scope.as_ref().map(|condition| lowering.lower(condition));
        let relevance = lowering.relevances();
        let (steps, patterns, key_indexes) = (lowering.steps, lowering.patterns, lowering.key_indexes);
        let severities = rules.iter().filter_map(|&index| severity(index)).collect();
        let plan = Self {
            groups: groups(&pack, &rules),
            linked_reads: linked::reads(&pack, &rules, &dataset),
            linked_keys: linked::keys(&pack, &rules),
            rules,
            severities,
            dataset,
            elsewhere,
            levels: chosen.severities,
            partial: chosen.partial,
            hard_edit_deselected: chosen.hard_edit_deselected,
            judged,
            derived,
            openings,
            relevance,
            in_scope,
            steps,
            patterns,
            key_indexes,
            params,
            pack,
            form: OnceLock::new(),
        };
        (Some(plan), diagnostics)
    }

    /// The form by which files are read, which `make` makes of the pack if nobody has asked before.
    pub fn form(&self, make: impl FnOnce(&RulePack) -> FormNeeds) -> &Arc<FormNeeds> {
        self.form.get_or_init(|| Arc::new(make(&self.pack)))
    }

    /// The same programme; files are read by `form`, which has been made of its pack.
    #[must_use]
    pub fn reading(mut self, form: Arc<FormNeeds>) -> Self {
        self.form = OnceLock::from(form);
        self
    }

    /// A finding for each parameter that a run must give and that was not given.
    pub fn missing_parameters(&self) -> Diagnostics {
        let params = self.pack.params.iter().enumerate();
        params
            .filter(|(index, param)| param.required && !self.params.contains_key(&param_id(*index)))
            .map(|(_, param)| {
                let told = Diagnostic::new(&PARAMETER_NOT_GIVEN, Place::Run).with("name", &*param.name);
                told.with("option", parameters::option(&param.name))
            })
            .collect()
    }

    /// What is to be known of the run's parameters: those that keep rules from being judged, and those that have another
    /// value than the pack's own.
    pub fn told_of_parameters(&self) -> Diagnostics {
        parameters::told(self)
    }

    /// How many steps all expressions come down to.
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// The rule behind place `planned` of [`Plan::rules`].
    pub fn rule(&self, planned: usize) -> Option<&EditRule> {
        self.rules.get(planned).and_then(|&index| self.pack.rules.get(index))
    }

    pub(crate) fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.index())
    }

    /// Gets ready, beside whatever is done next, what every record costs and only the first has to wait for.
    pub fn prepare(&self) {
        if !self.patterns.is_empty() {
            Pattern::prepare(self.patterns.clone());
        }
    }

    pub(crate) fn pattern(&self, index: u32) -> Option<&Pattern> {
        self.patterns.get(usize::try_from(index).ok()?)
    }

    /// The keys of a lookup. `None`: there is no such index.
    pub(crate) fn key_index(&self, index: usize) -> Option<&KeyIndex> {
        self.key_indexes.get(index)
    }

    pub(crate) fn opening(&self, id: FieldId) -> Option<&Opening> {
        self.openings.get(usize::from(id.table))?.get(usize::from(id.index))
    }
}

fn param_id(index: usize) -> ParamId {
    ParamId(u16::try_from(index).unwrap_or(u16::MAX))
}

fn known_params(pack: &RulePack, given: &BTreeMap<ParamId, Value>) -> BTreeMap<ParamId, Value> {
    let own = pack.params.iter().enumerate();
    let mut params: BTreeMap<ParamId, Value> =
        own.filter_map(|(index, param)| Some((param_id(index), param.value.clone()?))).collect();
    params.extend(given.iter().map(|(id, value)| (*id, value.clone())));
    params
}

fn groups(pack: &RulePack, rules: &[usize]) -> Vec<PlannedGroup> {
    let ids = rules.iter().enumerate();
    let ids: BTreeMap<String, usize> =
        ids.filter_map(|(planned, &rule)| Some((pack.rules.get(rule)?.notice.full_id(), planned))).collect();
    let planned = |(place, group): (usize, &Group)| {
        let head = match &group.head {
            None => None,
            Some(head) => Some(*ids.get(&**head)?),
        };
        let followers: Vec<usize> = group.followers.iter().filter_map(|id| ids.get(&**id).copied()).collect();
        let complete = followers.len() == group.followers.len();
        (!followers.is_empty()).then_some(PlannedGroup { place, head, followers, complete, all: group.all })
    };
    pack.groups.iter().enumerate().filter_map(planned).collect()
}

impl Lowering<'_> {
    /// `None`: a rule over many records.
    fn rule(&mut self, rule: &EditRule, params: &BTreeMap<ParamId, Value>) -> Option<JudgedRule> {
        let require = match &rule.demand {
            Demand::Require(require) => require,
            Demand::Dataset(kind) => return self.exists_in(rule, kind, params),
        };
        let mut asked: BTreeSet<ParamId> = rule.params.clone();
        let lets = rule.lets.iter().map(|value| &*value.value);
        for expr in rule.when.iter().chain([require]).chain(lets) {
            self.params_of(expr, &mut asked);
        }
        Some(JudgedRule {
            when: rule.when.as_ref().map(|when| self.lower(when)),
            require: self.lower(require),
            lets: rule.lets.iter().map(|value| self.lower(&value.value)).collect(),
            reads: rule.reads.iter().copied().collect(),
            guards: rule.guards.iter().copied().collect(),
            on_blank: rule.on_blank,
            runnable: asked.iter().all(|param| params.contains_key(param)),
            keyed: false,
            needs: None,
        })
    }

    fn derive(&mut self, derived: &DerivedValue, params: &BTreeMap<ParamId, Value>) -> JudgedDerive {
        let mut asked = BTreeSet::new();
        self.params_of(&derived.value, &mut asked);
        JudgedDerive {
            value: self.lower_as(&derived.value, &derived.ty),
            reads: derived.reads.iter().copied().collect(),
            lacking: derived.reads.is_empty() && asked.iter().any(|param| !params.contains_key(param)),
        }
    }

    /// Parameters in `expr` and in the routing of the fields whose relevance it asks.
    fn params_of(&self, expr: &TypedExpr, found: &mut BTreeSet<ParamId>) {
        let mut relevant = Vec::new();
        expr.walk(&mut |part| match &part.node {
            Node::Param(param) | Node::Within { tolerance: Tolerance::Param(param, _), .. } => {
                found.insert(*param);
            }
            Node::Relevant(field) => relevant.push(*field),
            _ => {}
        });
        for routing in relevant.into_iter().filter_map(|field| routing_of(self.pack, field)) {
            self.params_of(&routing.full, found);
        }
    }

    /// R of every field that has routing.
    fn relevances(&mut self) -> BTreeMap<FieldId, StepId> {
        let links = self.pack.links.iter().map(|link| &link.questionnaire);
        let forms = std::iter::once(&self.pack.questionnaire).chain(links);
        let fields: Vec<FieldId> = forms.flat_map(|form| form.fields.iter().map(|field| field.id)).collect();
        let routed = fields.into_iter().filter(|&field| routing_of(self.pack, field).is_some());
        routed.map(|field| (field, self.relevant(field))).collect()
    }

    /// When the blanks of each column are open.
    fn openings(&mut self) -> Vec<Vec<Opening>> {
        let links = self.pack.links.iter().map(|link| &link.questionnaire);
        let mut tables: Vec<Vec<Opening>> = Vec::new();
        for questionnaire in std::iter::once(&self.pack.questionnaire).chain(links) {
            let openings = questionnaire.fields.iter().map(|field| match field.required {
                Required::No => Opening::Never,
                Required::Soft | Required::Yes => {
                    let routed = routing_of(self.pack, field.id).is_some();
                    Opening::When(routed.then(|| self.relevant(field.id)))
                }
            });
            tables.push(openings.collect());
        }
        let mut through: Vec<(FieldId, Opening)> = Vec::new();
        for derived in self.pack.derived.iter().filter(|derived| !derived.fallback) {
            through.push((derived.id, Opening::Through(derived.reads.iter().copied().collect())));
        }
        through.sort_by_key(|(id, _)| *id);
        if let Some(table) = tables.first_mut() {
            table.extend(through.into_iter().map(|(_, opening)| opening));
        }
        tables
    }
}
