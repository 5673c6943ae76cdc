//! Lowering: typed expressions → [`Step`]s, equal parts once.
//!
//! Invariants
//! - Total: a typed expression always has a step; what cannot be known (a parameter that was not given) is
//!   [`Step::Missing`] or unknown.
//! - A step refers only to steps before it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use super::keys::{keys, recode};
use super::step::{Finder, Keys, Members, Quotient, Scaled, Step, StepId};
use crate::expression::key::KeyIndex;
use crate::expression::pattern::Pattern;
use crate::expression::tree::{ArithmeticOp, CompareOp};
use crate::expression::typed::{By, Tolerance};
use crate::expression::{FieldId, LookupId, Node, ParamId, Type, TypedExpr, Value};
use crate::questionnaire::{Domain, Field, Routing};
use crate::rule_pack::RulePack;

/// Turns the expressions of one pack into steps.
pub(super) struct Lowering<'a> {
    pub(super) pack: &'a RulePack,
    params: &'a BTreeMap<ParamId, Value>,
    pub(super) steps: Vec<Step>,
    /// Steps by their hash: equal ones are looked for among few.
    known: BTreeMap<u64, Vec<StepId>>,
    pub(super) patterns: Vec<Pattern>,
    /// Keys of lookups in which others are sought.
    pub(super) key_indexes: Vec<KeyIndex>,
    relevance: BTreeMap<FieldId, StepId>,
}

/// The scale of a number's type, 0 for every other.
pub(super) fn scale_of(ty: &Type) -> u8 {
    match ty {
        Type::Number { scale, .. } => *scale,
        _ => 0,
    }
}

/// The routing of a field of any table. `None`: always relevant.
pub(super) fn routing_of(pack: &RulePack, id: FieldId) -> Option<&Routing> {
    let questionnaire = match usize::from(id.table).checked_sub(1) {
        None => &pack.questionnaire,
        Some(link) => &pack.links.get(link)?.questionnaire,
    };
    questionnaire.routing.get(usize::from(id.index))?.as_ref()
}

impl<'a> Lowering<'a> {
    pub(super) fn new(pack: &'a RulePack, params: &'a BTreeMap<ParamId, Value>) -> Self {
        Self {
            pack,
            params,
            steps: Vec::new(),
            known: BTreeMap::new(),
            patterns: Vec::new(),
            key_indexes: Vec::new(),
            relevance: BTreeMap::new(),
        }
    }

    /// The step equal to `step`, added if it is new.
    pub(super) fn add(&mut self, step: Step) -> StepId {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&step);
        let same = self.known.entry(hash).or_default();
        if let Some(&id) = same.iter().find(|id| self.steps.get(id.index()) == Some(&step)) {
            return id;
        }
        let id = StepId(u32::try_from(self.steps.len()).unwrap_or(u32::MAX));
        same.push(id);
        self.steps.push(step);
        id
    }

    fn all(&mut self, parts: &[TypedExpr]) -> Vec<StepId> {
        parts.iter().map(|part| self.lower(part)).collect()
    }

    /// The step of `expr`, in the form of `ty`: its scale, its option list.
    pub(super) fn lower_as(&mut self, expr: &TypedExpr, ty: &Type) -> StepId {
        let step = self.lower(expr);
        match (&expr.ty, ty) {
            (Type::Number { scale: from, .. }, Type::Number { scale: to, .. }) if from != to => {
                self.add(Step::Rescale(Scaled { step, scale: *from }, *to))
            }
            (Type::Option(from), Type::Option(to)) if from != to => {
                self.add(Step::Recode(step, recode(from, to)))
            }
            _ => step,
        }
    }

    /// A number with its own scale.
    pub(super) fn scaled(&mut self, expr: &TypedExpr) -> Scaled {
        Scaled { step: self.lower(expr), scale: scale_of(&expr.ty) }
    }

    /// The field of any table. `None`: a derived value.
    pub(super) fn field(&self, id: FieldId) -> Option<&'a Field> {
        self.pack.field(id)
    }

    /// The step of `expr`.
    pub(super) fn lower(&mut self, expr: &TypedExpr) -> StepId {
        let step = match &expr.node {
            Node::Let(shared) => return self.lower(shared),
            Node::Relevant(field) => return self.relevant(*field),
            Node::Truth(truth) => Step::Fixed(Some(*truth)),
            Node::And(parts) => Step::All(self.all(parts)),
            Node::Or(parts) => Step::Any(self.all(parts)),
            Node::Not(part) => Step::Not(self.lower(part)),
            Node::If { condition, then, otherwise } => {
                self.implication(condition, then, otherwise.as_deref())
            }
            Node::Iff(left, right) => Step::Iff(self.lower(left), self.lower(right)),
            Node::Compare { op, by, left, right } => self.compare(*op, *by, left, right),
            Node::In { subject, members } => Step::Member(self.lower(subject), set(members)),
            Node::InLookup { subject, lookup } => {
                let finder = self.finder(*lookup, std::slice::from_ref(&**subject));
                Step::InLookup(self.lower(subject), finder)
            }
            Node::Between { by, subject, low, high } => {
                let how = keys(&[&subject.ty, &low.ty, &high.ty], Some(*by));
                Step::Between([self.lower(subject), self.lower(low), self.lower(high)], how)
            }
            Node::Within { subject, tolerance, percent, of } => self.within(subject, tolerance, *percent, of),
            Node::State { field, state } => Step::State(*field, *state),
            Node::Linked { table } => Step::Linked(*table),
            Node::Has { subject, option } => Step::Has(self.set_of(subject), *option),
            Node::Literal(value) => constant(value),
            Node::Field(field) => Step::Field(*field),
            Node::Param(param) => self.params.get(param).map_or(Step::Missing, constant),
            Node::Lookup { lookup, keys, column } => {
                let finder = self.finder(*lookup, keys);
                Step::Lookup(finder, self.all(keys), *column)
            }
            Node::Arithmetic { op, left, right } => {
                Step::Arithmetic(*op, [self.scaled(left), self.scaled(right)], scale_of(&expr.ty))
            }
            Node::Negate(part) => Step::Negate(self.lower_as(part, &expr.ty)),
            Node::Choose { condition, then, otherwise } => Step::Choose([
                self.lower(condition),
                self.lower_as(then, &expr.ty),
                self.lower_as(otherwise, &expr.ty),
            ]),
            Node::Call { function, arguments } => self.call(*function, arguments, &expr.ty),
        };
        self.add(step)
    }

    /// `if A then B else C`: (not A or B) and (A or C).
    fn implication(
        &mut self,
        condition: &TypedExpr,
        then: &TypedExpr,
        otherwise: Option<&TypedExpr>,
    ) -> Step {
        let asked = self.lower(condition);
        let not = self.add(Step::Not(asked));
        let then = self.lower(then);
        let Some(otherwise) = otherwise else { return Step::Any(vec![not, then]) };
        let first = self.add(Step::Any(vec![not, then]));
        let otherwise = self.lower(otherwise);
        let second = self.add(Step::Any(vec![asked, otherwise]));
        Step::All(vec![first, second])
    }

    fn compare(&mut self, op: CompareOp, by: By, left: &TypedExpr, right: &TypedExpr) -> Step {
        if by == By::Number && (division(left).is_some() || division(right).is_some()) {
            return Step::CompareQuotients { op, sides: [self.quotient(left), self.quotient(right)] };
        }
        let keys = keys(&[&left.ty, &right.ty], Some(by));
        Step::Compare { op, sides: [self.lower(left), self.lower(right)], keys }
    }

    fn quotient(&mut self, expr: &TypedExpr) -> Quotient {
        match division(expr) {
            Some((above, below)) => Quotient { above: self.scaled(above), below: Some(self.scaled(below)) },
            None => Quotient { above: self.scaled(expr), below: None },
        }
    }

    fn within(&mut self, subject: &TypedExpr, tolerance: &Tolerance, percent: bool, of: &TypedExpr) -> Step {
        let tolerance = match tolerance {
            Tolerance::Number(mantissa, scale) => Some((*mantissa, *scale)),
            Tolerance::Param(param, scale) => match self.params.get(param) {
                Some(Value::Number(mantissa)) => Some((*mantissa, *scale)),
                _ => None,
            },
        };
        let sides = [self.scaled(subject), self.scaled(of)];
        tolerance.map_or(Step::Fixed(None), |tolerance| Step::Within { sides, tolerance, percent })
    }

    /// A set of options; blanks are the empty set where the questionnaire says so.
    pub(super) fn set_of(&mut self, expr: &TypedExpr) -> StepId {
        if let Node::Field(field) = &expr.resolved().node {
            let domain = self.field(*field).map(|field| &field.domain);
            if matches!(domain, Some(Domain::Multi(layout)) if layout.blank_is_empty_set) {
                return self.add(Step::Ticked(*field));
            }
        }
        self.lower(expr)
    }

    /// R of `field`.
    pub(super) fn relevant(&mut self, field: FieldId) -> StepId {
        if let Some(&step) = self.relevance.get(&field) {
            return step;
        }
        let step = match routing_of(self.pack, field) {
            None => Step::Fixed(Some(true)),
            Some(routing) => Step::Relevant {
                full: self.lower(&routing.full),
                controllers: routing.controllers.iter().copied().collect(),
            },
        };
        let step = self.add(step);
        self.relevance.insert(field, step);
        step
    }

    fn finder(&self, lookup: LookupId, keys: &[TypedExpr]) -> Arc<Finder> {
        let types: Vec<&Type> = keys.iter().map(|key| &key.ty).collect();
        let way = self
            .pack
            .lookups
            .get(usize::from(lookup.0))
            .map_or_else(|| super::step::Way::Option(Vec::new()), |table| super::finder::way(table, &types));
        Arc::new(Finder { lookup, way, scales: types.iter().map(|ty| scale_of(ty)).collect() })
    }

    /// The place of `pattern`, which typing has taken, among the plan's patterns. `None`: there are too many.
    pub(super) fn pattern(&mut self, pattern: &str) -> Option<u32> {
        let place = self.patterns.iter().position(|known| known.as_str() == pattern);
        let place = if let Some(place) = place {
            place
        } else {
            self.patterns.push(Pattern::known(pattern));
            self.patterns.len() - 1
        };
        u32::try_from(place).ok()
    }

    /// The keys by which the values of `arguments` are compared with each other.
    pub(super) fn keys_of(arguments: &[&TypedExpr]) -> Keys {
        let types: Vec<&Type> = arguments.iter().map(|argument| &argument.ty).collect();
        keys(&types, None)
    }
}

fn constant(value: &Value) -> Step {
    match value {
        Value::Truth(truth) => Step::Fixed(Some(*truth)),
        other => Step::Constant(other.clone()),
    }
}

/// Both sides of a division at the top of `expr`.
fn division(expr: &TypedExpr) -> Option<(&TypedExpr, &TypedExpr)> {
    match &expr.resolved().node {
        Node::Arithmetic { op: ArithmeticOp::Divide, left, right } => Some((left, right)),
        _ => None,
    }
}

fn set(members: &[Value]) -> Members {
    let texts: Vec<Arc<str>> = members
        .iter()
        .filter_map(|member| if let Value::Text(text) = member { Some(Arc::clone(text)) } else { None })
        .collect();
    if !texts.is_empty() {
        return Members::Texts(sorted(texts));
    }
    let mut options = [0_u64; 4];
    let mut numbers = Vec::new();
    for member in members {
        match member {
            Value::Option(index) => {
                if let Some(word) = options.get_mut(usize::from(index / 64)) {
                    *word |= 1 << (index % 64);
                }
            }
            Value::Number(number) | Value::DateTime(number) => numbers.push(*number),
            Value::Date(day) => numbers.push(i64::from(*day)),
            Value::YearMonth(month) => numbers.push(i64::from(*month)),
            Value::Truth(_) | Value::Multi { .. } | Value::Text(_) => {}
        }
    }
    if options == [0; 4] { Members::Numbers(sorted(numbers)) } else { Members::Options(options) }
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}
