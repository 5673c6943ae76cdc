//! What is to be counted, resolved once a run: rows, columns, and of what each question's routing depends.
//!
//! Invariants
//! - Immutable but for what it remembers of routings, which depends on nothing but the answers asked about.
//! - A base named for questions of two routings is a mistake: a base is one definition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::axis::Axis;
use super::possible::Remembered;
use crate::diagnostic::code::pack::BASE_OF_TWO_ROUTINGS;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized, Place};
use crate::expression::{FieldId, OptionList, Type};
use crate::plan::Plan;
use crate::questionnaire::{Domain, Questionnaire};
use crate::rule_pack::RulePack;
use crate::rule_pack::tabulation::{
    EarlierQuestion, NamedBase, PublishedTable, TableBase, TableKind, WaveFigures,
};

/// Who is in the base of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BaseConvention {
    /// All whom it was asked: 無回答 and 不詳 are rows.
    #[default]
    Asked,
    /// Those of them who answered.
    Answered,
}

/// What a row of a table of answers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnswerRow {
    /// One option.
    Option,
    /// Every option that is no row of its own.
    OtherOptions,
    /// 無回答
    NoAnswer,
    /// 非該当: a mark that is allowed.
    NotApplicable,
    /// 不詳
    Unusable,
}

/// A row of a table of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRow {
    /// The option's name, or `other`, `no-answer`, `not-applicable`, `unusable`.
    pub name: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
    /// What it is.
    pub kind: AnswerRow,
    /// Bit i: option i belongs to it. Empty for rows of states.
    pub options: Vec<bool>,
}

/// A question as it is counted.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its column.
    pub field: FieldId,
    /// Whether several options may be chosen: then rows are shares of the base, and do not add to it.
    pub multi: bool,
    /// Its rows.
    pub rows: Vec<PlannedRow>,
    /// Fewest and most options that an answer has.
    pub(super) items: (usize, usize),
    /// Questions that its routing reads, each after those that it depends on.
    pub(super) controllers: Vec<FieldId>,
}

impl Question {
    /// The row of `kind`. `None`: there is none (under the other convention, or no option is left over).
    pub(super) fn row(&self, kind: AnswerRow) -> Option<usize> {
        self.rows.iter().position(|row| row.kind == kind)
    }

    /// The row of one option.
    pub(super) fn row_of(&self, option: u8) -> Option<usize> {
        self.rows.iter().position(|row| row.options.get(usize::from(option)).copied().unwrap_or(false))
    }
}

/// A question of an earlier wave that stands beside one of ours.
#[derive(Debug, Clone)]
pub struct EarlierCount {
    /// The wave.
    pub wave: Arc<str>,
    /// Its question. `None`: its records are not to be had, only what was published.
    pub question: Option<EarlierAnswers>,
}

/// How the answers of an earlier wave are counted.
#[derive(Debug, Clone)]
pub struct EarlierAnswers {
    /// Its question, in the table of a link.
    pub field: FieldId,
    /// For each of our rows the options that belong to it. Empty: the row is not compared.
    pub rows: Vec<Vec<bool>>,
    /// Where its records fall.
    pub axis: Axis,
    /// The columns of the wave's file without which nothing can be counted: its answers, those that open it, and what puts
    /// its records into columns.
    pub reads: BTreeSet<FieldId>,
}

/// What a table counts.
#[derive(Debug, Clone)]
pub enum Counting {
    /// Answers of one question.
    Answers(Question),
    /// Units and records.
    Response,
    /// Failures by id.
    Failures,
    /// Reasons by id.
    Held,
    /// Days of a field.
    Days(FieldId),
    /// Questions without answer.
    NonResponse(Vec<FieldId>),
}

/// A table as it is counted.
#[derive(Debug, Clone)]
pub struct PlannedTable {
    /// Place among the pack's tables.
    pub place: usize,
    /// Place among the axes.
    pub axis: usize,
    /// What is counted.
    pub counting: Counting,
    /// Waves that stand beside.
    pub earlier: Vec<EarlierCount>,
}

/// What is to be counted.
#[derive(Debug)]
pub struct Programme {
    /// The pack.
    pub pack: Arc<RulePack>,
    /// Different columns of tables.
    pub axes: Vec<Axis>,
    /// The tables.
    pub tables: Vec<PlannedTable>,
    /// Who is in a base.
    pub convention: BaseConvention,
    /// Fields of the record that a rule reads, by its full id; through derived values too.
    pub(super) reads: BTreeMap<Arc<str>, BTreeSet<FieldId>>,
    /// What has been found of routings.
    pub(super) routed: Mutex<Remembered>,
}

impl Programme {
    /// The tables of the pack that `wanted` names; empty: all. The diagnostics tell of bases that are no one definition.
    pub fn new(plan: &Plan, wanted: &[&str], convention: BaseConvention) -> (Self, Diagnostics) {
        let pack = Arc::clone(&plan.pack);
        let tabulation = &pack.tabulation;
        let mut found = Diagnostics::new();
        let (mut axes, mut kept) = (Vec::new(), Vec::new());
        let mut tables = Vec::new();
        for (place, table) in tabulation.tables.iter().enumerate() {
            found.extend(two_routings(plan, table));
            if !wanted.is_empty() && !wanted.contains(&&*table.name) {
                continue;
            }
            let classing = table.classing.as_ref().unwrap_or(&tabulation.classing);
            let place_of_axis = kept.iter().position(|known| known == classing);
            let own_axis = place_of_axis.unwrap_or_else(|| {
                kept.push(classing.clone());
                axes.push(Axis::new(&pack, classing));
                axes.len() - 1
            });
            let Some(counting) = counting(&pack, table, convention) else { continue };
            let earlier = axes.get(own_axis).map(|axis| earlier(&pack, table, &counting, axis));
            let earlier = earlier.unwrap_or_default();
            tables.push(PlannedTable { place, axis: own_axis, counting, earlier });
        }
        let reads = reads(&pack);
        let routed = Mutex::default();
        (Self { pack, axes, tables, convention, reads, routed }, found)
    }

    /// The fields of the record that `rule`, a full id, reads; through derived values too. `None`: it is no rule.
    pub fn reads(&self, rule: &str) -> Option<&BTreeSet<FieldId>> {
        self.reads.get(rule)
    }

    /// The declaration of a table.
    pub fn declared(&self, table: &PlannedTable) -> Option<&PublishedTable> {
        self.pack.tabulation.tables.get(table.place)
    }
}

/// A mistake where the question of `table` has another routing than its base names.
fn two_routings(plan: &Plan, table: &PublishedTable) -> Option<Diagnostic> {
    let TableBase::Named(base) = table.base else { return None };
    let base: &NamedBase = plan.pack.tabulation.bases.get(base)?;
    let field = table.field?;
    let alike = plan.relevance.get(&field) == plan.relevance.get(&base.of);
    let mistake = || Diagnostic::new(&BASE_OF_TWO_ROUTINGS, Place::Run);
    (!alike).then(|| mistake().with("table", &*table.name).with("base", &*base.name))
}

/// `None`: its question is no question of the form, which loading has reported.
fn counting(pack: &RulePack, table: &PublishedTable, convention: BaseConvention) -> Option<Counting> {
    Some(match table.kind {
        TableKind::Answers => Counting::Answers(question(pack, table, convention)?),
        TableKind::Response => Counting::Response,
        TableKind::Failures => Counting::Failures,
        TableKind::Held => Counting::Held,
        TableKind::Received => Counting::Days(table.field?),
        TableKind::NonResponse => {
            let fields = table.rows.iter().filter_map(|name| pack.questionnaire.field(name));
            Counting::NonResponse(fields.map(|field| field.id).collect())
        }
    })
}

fn list_of(ty: &Type) -> Option<&OptionList> {
    match ty {
        Type::Option(list) | Type::Multi(list) => Some(list),
        _ => None,
    }
}

fn question(pack: &RulePack, table: &PublishedTable, convention: BaseConvention) -> Option<Question> {
    let field = pack.questionnaire.get(table.field?)?;
    let list = list_of(&field.ty)?;
    let bits =
        |is: &dyn Fn(&str) -> bool| list.items.iter().map(|item| is(&item.name)).collect::<Vec<bool>>();
    let mut rows: Vec<PlannedRow> = Vec::new();
    for name in &table.rows {
        let item = list.items.iter().find(|item| item.name == *name)?;
        let options = bits(&|other| other == &**name);
        rows.push(PlannedRow {
            name: Arc::clone(name),
            label: item.label.clone(),
            kind: AnswerRow::Option,
            options,
        });
    }
    let others = bits(&|name| !table.rows.iter().any(|row| &**row == name));
    let mut more = |name: &str, label: Localized<&str>, kind, options| {
        rows.push(PlannedRow {
            name: Arc::from(name),
            label: label.map(|text| Arc::from(*text)),
            kind,
            options,
        });
    };
    if others.contains(&true) {
        more("other", Localized::new("その他の選択肢", "other options"), AnswerRow::OtherOptions, others);
    }
    if convention == BaseConvention::Asked {
        let none = || vec![false; list.items.len()];
        more("no-answer", Localized::new("無回答", "no answer"), AnswerRow::NoAnswer, none());
        more("not-applicable", Localized::new("非該当", "not applicable"), AnswerRow::NotApplicable, none());
        more("unusable", Localized::new("不詳", "unusable"), AnswerRow::Unusable, none());
    }
    let items = match &field.domain {
        Domain::Multi(layout) => {
            let least = usize::from(!layout.blank_is_empty_set);
            let most = layout.max_items.unwrap_or(list.items.len()).min(list.items.len());
            (layout.min_items.unwrap_or(least).max(least), most)
        }
        _ => (1, 1),
    };
    Some(Question {
        field: field.id,
        multi: matches!(field.ty, Type::Multi(_)),
        rows,
        items,
        controllers: controllers(&pack.questionnaire, field.id),
    })
}

/// What the routing of `field` reads, each after those that it depends on.
fn controllers(form: &Questionnaire, field: FieldId) -> Vec<FieldId> {
    let Some(routing) = form.routing_of(field) else { return Vec::new() };
    let order = |id: &FieldId| form.routing_order.iter().position(|&index| index == usize::from(id.index));
    let mut controllers: Vec<FieldId> = routing.controllers.iter().copied().collect();
    controllers.sort_by_key(order);
    controllers
}

/// Fields that each rule reads, through derived values.
fn reads(pack: &RulePack) -> BTreeMap<Arc<str>, BTreeSet<FieldId>> {
    let fields = pack.questionnaire.fields.len();
    let through: BTreeMap<FieldId, &BTreeSet<FieldId>> = pack
        .derived
        .iter()
        .filter(|derived| !derived.fallback)
        .map(|derived| (derived.id, &derived.reads))
        .collect();
    let of = |reads: &BTreeSet<FieldId>| {
        let mut all = BTreeSet::new();
        let mut waiting: Vec<FieldId> = reads.iter().copied().collect();
        while let Some(field) = waiting.pop() {
            if let Some(behind) = through.get(&field) {
                waiting.extend(behind.iter().copied());
            } else if field.table == 0 && usize::from(field.index) < fields {
                all.insert(field);
            }
        }
        all
    };
    pack.rules.iter().map(|rule| (Arc::from(rule.notice.full_id()), of(&rule.reads))).collect()
}

fn earlier(pack: &RulePack, table: &PublishedTable, counting: &Counting, axis: &Axis) -> Vec<EarlierCount> {
    let Counting::Answers(question) = counting else { return Vec::new() };
    let ours = pack.questionnaire.get(question.field);
    let mut beside = Vec::new();
    for year in &table.years {
        let declared = table.earlier.iter().find(|earlier| earlier.wave == *year);
        let same = ours.and_then(|field| field.comparable.get(year)).is_some_and(|word| &**word == "same");
        // A question that changed is not compared, unless the table says how its share stayed the same.
        if declared.is_none() && !same {
            continue;
        }
        let figures = pack.tabulation.waves.iter().find(|wave| wave.wave == *year);
        let answers = figures.and_then(|figures| answers(pack, question, declared, figures, axis));
        beside.push(EarlierCount { wave: Arc::clone(year), question: answers });
    }
    beside
}

/// `None`: the wave's records are not to be had, or have no such question.
fn answers(
    pack: &RulePack,
    question: &Question,
    declared: Option<&EarlierQuestion>,
    figures: &WaveFigures,
    axis: &Axis,
) -> Option<EarlierAnswers> {
    let link = pack.links.iter().find(|link| Some(link.table) == figures.link)?;
    let same_name = || link.questionnaire.field(&pack.questionnaire.get(question.field)?.name);
    let theirs = match declared.and_then(|declared| declared.field) {
        Some(id) => link.questionnaire.fields.get(usize::from(id.index)),
        None => same_name(),
    }?;
    let list = list_of(&theirs.ty)?;
    let rows = question.rows.iter().map(|row| {
        let joined = declared.and_then(|declared| declared.rows.iter().find(|(name, _)| *name == row.name));
        let takes = |name: &Arc<str>| match joined {
            Some((_, options)) => options.contains(name),
            None => *name == row.name,
        };
        match row.kind {
            AnswerRow::Option => list.items.iter().map(|item| takes(&item.name)).collect(),
            _ => Vec::new(),
        }
    });
    let routing = link.questionnaire.routing.get(usize::from(theirs.id.index));
    let opening = routing.and_then(Option::as_ref).into_iter().flat_map(|routing| &routing.controllers);
    let reads = figures.by.iter().filter(|field| field.table == link.table);
    let reads = reads.chain(opening).copied().chain([theirs.id]).collect();
    let axis = axis.of_wave(pack, &figures.by);
    Some(EarlierAnswers { field: theirs.id, rows: rows.collect(), axis, reads })
}

/// Columns of linked files that the tables of `plan` read: by these records are put into columns, units are known to
/// be asked, and earlier waves are counted.
pub fn linked_reads(plan: &Plan) -> BTreeSet<FieldId> {
    let pack = &plan.pack;
    let tabulation = &pack.tabulation;
    let own = tabulation.tables.iter().filter_map(|table| table.classing.as_ref());
    let classings = std::iter::once(&tabulation.classing).chain(own);
    let mut open: Vec<FieldId> = classings.flat_map(|classing| classing.by.iter().copied()).collect();
    open.extend(tabulation.waves.iter().flat_map(|wave| &wave.by));
    let in_scope = tabulation.in_scope.iter();
    open.extend(in_scope.flat_map(|condition| crate::expression::reads(condition, &pack.names)));
    let (programme, _) = Programme::new(plan, &[], BaseConvention::default());
    let beside = programme.tables.iter().flat_map(|table| &table.earlier);
    open.extend(beside.filter_map(|wave| wave.question.as_ref()).map(|question| question.field));
    open.retain(|field| field.table != 0);
    let mut all: BTreeSet<FieldId> = open.iter().copied().collect();
    // Of whom a question was asked depends on the answers that open it.
    while let Some(field) = open.pop() {
        let link = usize::from(field.table).checked_sub(1).and_then(|link| pack.links.get(link));
        let routing =
            link.and_then(|link| link.questionnaire.routing.get(usize::from(field.index))?.as_ref());
        let controllers = routing.into_iter().flat_map(|routing| &routing.controllers);
        open.extend(controllers.copied().filter(|controller| all.insert(*controller)));
    }
    all
}
