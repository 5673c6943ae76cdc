//! The twin: judges one record at a time, straight from the tables of rule-language sections 1 and 5.3.
//!
//! It shares with the evaluator only the typed trees and the pack's types.
//!
//! Invariants
//! - One record, one rule, one node at a time; nothing is remembered between records but how often a node was met.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use kenpyo::evaluate::Outcome;
use kenpyo::expression::tree::{ArithmeticOp, CompareOp, StateTest};
use kenpyo::expression::typed::{By, Tolerance};
use kenpyo::expression::{FieldId, Node, ParamId, Type, TypedExpr, Value};
use kenpyo::questionnaire::{Required, Routing};
use kenpyo::rule_pack::{Demand, EditRule, OnBlank, RulePack};

use crate::oracle_plain::{order, ten};
use crate::oracle_value::{Lack, Val};

/// What stands in a cell. Marks are numbered from 1; 0 is a mark without name.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Value(Value),
    Blank,
    Na(u8),
    Dk(u8),
    Invalid,
    Absent,
}

#[derive(Debug, Clone, Default)]
pub struct Record {
    pub cells: BTreeMap<FieldId, Cell>,
    /// By table; the first is always true.
    pub linked: Vec<bool>,
    pub unreadable: bool,
}

/// How often a kind of node was met, and how often it had a truth value or a value.
pub type Tally = BTreeMap<&'static str, [u64; 2]>;

/// A truth value with whether a calculation without result took it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tri {
    pub is: Option<bool>,
    pub fault: bool,
}

pub const fn sure(is: bool) -> Tri {
    Tri { is: Some(is), fault: false }
}

pub const fn unknown(fault: bool) -> Tri {
    Tri { is: None, fault }
}

pub struct Twin<'a> {
    pub pack: &'a RulePack,
    pub params: &'a BTreeMap<ParamId, Value>,
    pub record: Record,
    pub tally: &'a mut Tally,
}

impl Twin<'_> {
    pub fn cell(&self, id: FieldId) -> &Cell {
        self.record.cells.get(&id).unwrap_or(&Cell::Absent)
    }

    fn routing(&self, id: FieldId) -> Option<&Routing> {
        let form = match usize::from(id.table).checked_sub(1) {
            None => &self.pack.questionnaire,
            Some(link) => &self.pack.links[link].questionnaire,
        };
        form.routing.get(usize::from(id.index))?.as_ref()
    }

    /// R of a field.
    fn relevant(&mut self, id: FieldId) -> Tri {
        let Some(routing) = self.routing(id).cloned() else { return sure(true) };
        let found = self.truth(&routing.full);
        let open = routing.controllers.iter().any(|c| self.open(*c) || *self.cell(*c) == Cell::Invalid);
        if found.is.is_none() && !open { sure(false) } else { found }
    }

    /// Whether the cell could still be answered.
    fn open(&mut self, id: FieldId) -> bool {
        match self.cell(id) {
            Cell::Dk(_) => return true,
            Cell::Value(_) | Cell::Na(_) | Cell::Invalid => return false,
            Cell::Blank | Cell::Absent => {}
        }
        let derived = self.pack.derived.iter().find(|derived| derived.id == id && !derived.fallback);
        if let Some(derived) = derived {
            return derived.reads.iter().any(|read| self.open(*read));
        }
        let required = self.pack.field(id).is_some_and(|field| field.required != Required::No);
        required && self.record.linked[usize::from(id.table)] && self.relevant(id).is == Some(true)
    }

    pub fn truth(&mut self, expr: &TypedExpr) -> Tri {
        let found = self.truth_of(expr);
        let counts = self.tally.entry(name(expr)).or_default();
        counts[0] += 1;
        counts[1] += u64::from(found.is.is_some());
        found
    }

    fn truth_of(&mut self, expr: &TypedExpr) -> Tri {
        match &expr.node {
            Node::Truth(is) | Node::Literal(Value::Truth(is)) => sure(*is),
            Node::Let(part) => self.truth(part),
            Node::And(parts) => self.least(parts),
            Node::Or(parts) => self.greatest(parts),
            Node::Not(part) => not(self.truth(part)),
            Node::If { condition, then, otherwise } => {
                let (a, b) = (self.truth(condition), self.truth(then));
                let first = or(not(a), b);
                match otherwise {
                    None => first,
                    Some(otherwise) => and(first, or(a, self.truth(otherwise))),
                }
            }
            Node::Iff(left, right) => {
                let (a, b) = (self.truth(left), self.truth(right));
                or(and(a, b), and(not(a), not(b)))
            }
            Node::Compare { op, by, left, right } => self.compare(*op, *by, left, right),
            Node::In { subject, members } => {
                let found = self.value(subject);
                self.test(&[found], |values| Some(members.contains(&values[0])))
            }
            Node::InLookup { subject, lookup } => {
                let found = self.value(subject);
                let row = |values: &[Value]| Some(self.row_of(*lookup, values, &[&subject.ty]).is_some());
                self.test(&[found], row)
            }
            Node::Between { by, subject, low, high } => self.between(*by, [subject, low, high]),
            Node::Within { subject, tolerance, percent, of } => {
                self.within([subject, of], tolerance, *percent)
            }
            Node::State { field, state } => self.state(*field, *state),
            Node::Linked { table } => sure(self.record.linked[usize::from(*table)]),
            Node::Relevant(field) => self.relevant(*field),
            Node::Has { subject, option } => {
                let found = self.set(subject);
                self.test(&[found], |values| match values[0] {
                    Value::Multi { set, .. } => Some(set & (1 << option) != 0),
                    _ => None,
                })
            }
            Node::Call { function, arguments } => self.test_call(*function, arguments),
            Node::Param(param) => match self.params.get(param) {
                Some(Value::Truth(is)) => sure(*is),
                _ => unknown(false),
            },
            other => panic!("{other:?} is no condition"),
        }
    }

    fn least(&mut self, parts: &[TypedExpr]) -> Tri {
        let parts: Vec<Tri> = parts.iter().map(|part| self.truth(part)).collect();
        parts.into_iter().fold(sure(true), and)
    }

    fn greatest(&mut self, parts: &[TypedExpr]) -> Tri {
        let parts: Vec<Tri> = parts.iter().map(|part| self.truth(part)).collect();
        parts.into_iter().fold(sure(false), or)
    }

    /// A test on values: false where one fails, unknown where one is missing.
    pub fn test(&self, found: &[Val], ask: impl Fn(&[Value]) -> Option<bool>) -> Tri {
        let lacks: Vec<Lack> = found.iter().filter_map(Val::lack).collect();
        if lacks.iter().any(|lack| lack.fails) {
            return sure(false);
        }
        if !lacks.is_empty() {
            return unknown(lacks.iter().any(|lack| lack.fault));
        }
        let values: Vec<Value> = found.iter().filter_map(|value| value.get().cloned()).collect();
        Tri { is: ask(&values), fault: false }
    }

    fn compare(&mut self, op: CompareOp, by: By, left: &TypedExpr, right: &TypedExpr) -> Tri {
        if by == By::Number && (divided(left).is_some() || divided(right).is_some()) {
            return self.compare_exactly(op, left, right);
        }
        let found = [self.value(left), self.value(right)];
        self.test(&found, |values| {
            ordering(by, (&values[0], &left.ty), (&values[1], &right.ty)).map(|order| fits(op, order))
        })
    }

    /// l/m against r/s, all factors multiplied out.
    fn compare_exactly(&mut self, op: CompareOp, left: &TypedExpr, right: &TypedExpr) -> Tri {
        let one = TypedExpr { node: Node::Literal(Value::Number(1)), ty: Type::INTEGER, span: left.span };
        let (above_left, below_left) = divided(left).unwrap_or((left, &one));
        let (above_right, below_right) = divided(right).unwrap_or((right, &one));
        let parts = [above_left, below_left, above_right, below_right];
        let found = parts.map(|part| self.value(part));
        let scales = parts.map(|part| scale(&part.ty));
        let zero = |place: usize| found[place].get() == Some(&Value::Number(0));
        if found.iter().all(|value| value.get().is_some()) && (zero(1) || zero(3)) {
            return unknown(true);
        }
        self.test(&found, |values| {
            let n: Vec<i128> = values.iter().map(plain).collect();
            // l × 10^b / (m × 10^a) against r × 10^d / (s × 10^c), both multiplied by |m| × |s| and the powers below.
            let left = [n[0], n[1].signum(), ten(scales[1]), n[3].abs(), ten(scales[2])];
            let right = [n[2], n[3].signum(), ten(scales[3]), n[1].abs(), ten(scales[0])];
            Some(fits(op, order(&left, &right)))
        })
    }

    fn between(&mut self, by: By, parts: [&TypedExpr; 3]) -> Tri {
        let [subject, low, high] = parts.map(|part| self.value(part));
        let ends = [(low, parts[1], Ordering::Less), (high, parts[2], Ordering::Greater)];
        let mut found = vec![subject];
        found.extend(ends.iter().filter(|(end, ..)| !end.unbounded()).map(|(end, ..)| end.clone()));
        self.test(&found, |values| {
            let mut inside = true;
            let mut bounds = values[1..].iter();
            for (end, expr, outside) in &ends {
                if !end.unbounded() {
                    let order = ordering(by, (&values[0], &parts[0].ty), (bounds.next()?, &expr.ty))?;
                    inside &= order != *outside;
                }
            }
            Some(inside)
        })
    }

    /// |a − b| × 100 ≤ p × |b|, exactly.
    fn within(&mut self, sides: [&TypedExpr; 2], tolerance: &Tolerance, percent: bool) -> Tri {
        let found = sides.map(|side| self.value(side));
        let scales = sides.map(|side| scale(&side.ty));
        let (mantissa, decimals) = match tolerance {
            Tolerance::Number(mantissa, decimals) => (*mantissa, *decimals),
            Tolerance::Param(param, decimals) => match self.params.get(param) {
                Some(Value::Number(mantissa)) => (*mantissa, *decimals),
                _ => return unknown(false),
            },
        };
        self.test(&found, |values| {
            let (a, b) = (plain(&values[0]) * ten(scales[1]), plain(&values[1]) * ten(scales[0]));
            let far = [(a - b).abs(), if percent { 100 } else { 1 }, ten(decimals)];
            let unit = ten(scales[0]) * ten(scales[1]);
            let near = [i128::from(mantissa), if percent { b.abs() } else { unit }];
            Some(order(&far, &near) != Ordering::Greater)
        })
    }

    fn state(&self, field: FieldId, state: StateTest) -> Tri {
        let is = match (state, self.cell(field)) {
            (_, Cell::Invalid) => return unknown(false),
            (StateTest::Blank, cell) => matches!(cell, Cell::Blank | Cell::Absent),
            (StateTest::Answered, cell) => matches!(cell, Cell::Value(_) | Cell::Dk(_)),
            (StateTest::Known, cell) => matches!(cell, Cell::Value(_)),
            (StateTest::Inapplicable, cell) => matches!(cell, Cell::Na(_)),
        };
        sure(is)
    }

    /// Whether the cell is not there.
    fn lacking(&self, id: FieldId) -> bool {
        *self.cell(id) == Cell::Absent
    }

    /// Computes the derived values into the record.
    pub fn derive(&mut self) {
        let pack = self.pack;
        for derived in &pack.derived {
            if derived.fallback && *self.cell(derived.id) != Cell::Blank {
                continue;
            }
            let all_lack = !derived.reads.is_empty() && derived.reads.iter().all(|id| self.lacking(*id));
            let cell = if derived.reads.iter().any(|id| *self.cell(*id) == Cell::Invalid) {
                Cell::Invalid
            } else if all_lack {
                if derived.fallback { Cell::Blank } else { Cell::Absent }
            } else {
                let found = self.value(&derived.value);
                match self.adapted(found, &derived.value.ty, &derived.ty) {
                    Val::Is(value) => Cell::Value(value),
                    Val::Not(_) => Cell::Blank,
                }
            };
            self.record.cells.insert(derived.id, cell);
        }
    }

    /// The outcome of a rule, and whether a fault left its truth value unknown.
    pub fn judge(&mut self, rule: &EditRule) -> (Outcome, bool) {
        if self.record.unreadable {
            return (Outcome::Skipped, false);
        }
        let guarded = rule.guards.iter().any(|table| !self.record.linked[usize::from(*table)]);
        let fields = self.pack.questionnaire.fields.len();
        let own = |id: FieldId| id.table == 0 && usize::from(id.index) < fields;
        let require = match &rule.demand {
            Demand::Require(require) => require,
            // Whether it occurs in a linked file: here no file is linked. (`linked` has a twin with files.)
            Demand::Dataset(kind) if &*kind.kind == "exists-in" => return (Outcome::NotRun, false),
            Demand::Dataset(kind) => panic!("{} is not about one record", kind.kind),
        };
        let lacks = rule.reads.iter().any(|id| self.lacking(*id) && (own(*id) || !guarded));
        if lacks || rule.params.iter().any(|param| !self.params.contains_key(param)) {
            return (Outcome::NotRun, false);
        }
        if guarded {
            return (Outcome::NotApplicable, false);
        }
        if rule.reads.iter().any(|id| *self.cell(*id) == Cell::Invalid) {
            return (Outcome::Skipped, false);
        }
        let when = rule.when.as_ref().map_or(sure(true), |when| self.truth(when));
        if when.is == Some(false) {
            return (Outcome::NotApplicable, false);
        }
        let require = self.truth(require);
        match (when.is, require.is, rule.on_blank) {
            (_, Some(true), _) => (Outcome::Pass, false),
            (Some(true), Some(false), _) => (Outcome::Fail, false),
            (Some(true), None, OnBlank::Fail) => (Outcome::Fail, require.fault),
            (Some(true), None, OnBlank::Pass) => (Outcome::Pass, require.fault),
            _ => {
                let open = rule.reads.iter().any(|id| self.open(*id));
                let outcome = if open { Outcome::Undecided } else { Outcome::NotApplicable };
                (outcome, when.fault || require.fault)
            }
        }
    }
}

pub fn not(a: Tri) -> Tri {
    Tri { is: a.is.map(|is| !is), ..a }
}

/// The lesser under false < unknown < true.
pub fn and(a: Tri, b: Tri) -> Tri {
    match (a.is, b.is) {
        (Some(false), _) | (_, Some(false)) => sure(false),
        (Some(true), Some(true)) => sure(true),
        _ => unknown(a.fault || b.fault),
    }
}

pub fn or(a: Tri, b: Tri) -> Tri {
    not(and(not(a), not(b)))
}

pub fn scale(ty: &Type) -> u8 {
    match ty {
        Type::Number { scale, .. } => *scale,
        _ => 0,
    }
}

pub fn plain(value: &Value) -> i128 {
    match value {
        Value::Number(number) | Value::DateTime(number) => i128::from(*number),
        Value::Date(number) | Value::YearMonth(number) => i128::from(*number),
        other => panic!("{other:?} is no number"),
    }
}

fn divided(expr: &TypedExpr) -> Option<(&TypedExpr, &TypedExpr)> {
    match &expr.node {
        Node::Let(part) => divided(part),
        Node::Arithmetic { op: ArithmeticOp::Divide, left, right } => Some((left, right)),
        _ => None,
    }
}

pub fn fits(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Equal => order == Ordering::Equal,
        CompareOp::NotEqual => order != Ordering::Equal,
        CompareOp::Less => order == Ordering::Less,
        CompareOp::LessOrEqual => order != Ordering::Greater,
        CompareOp::Greater => order == Ordering::Greater,
        CompareOp::GreaterOrEqual => order != Ordering::Less,
    }
}

/// `None`: an option without rank.
pub fn ordering(by: By, left: (&Value, &Type), right: (&Value, &Type)) -> Option<Ordering> {
    let option = |(value, ty): (&Value, &Type)| match (value, ty) {
        (Value::Option(code), Type::Option(list)) => list.items[usize::from(*code)].clone(),
        other => panic!("{other:?} is no option"),
    };
    match by {
        By::Rank => Some(option(left).rank?.cmp(&option(right).rank?)),
        By::Name => Some(option(left).name.cmp(&option(right).name)),
        By::Number => {
            let (a, b) = (scale(left.1), scale(right.1));
            Some(order(&[plain(left.0), ten(b)], &[plain(right.0), ten(a)]))
        }
        By::Text => match (left.0, right.0) {
            (Value::Text(a), Value::Text(b)) => Some(a.chars().cmp(b.chars())),
            other => panic!("{other:?} are no texts"),
        },
        By::Time => Some(plain(left.0).cmp(&plain(right.0))),
    }
}

/// The name under which a node is counted.
pub fn name(expr: &TypedExpr) -> &'static str {
    match &expr.node {
        Node::Truth(_) => "true, false",
        Node::And(_) => "and",
        Node::Or(_) => "or",
        Node::Not(_) => "not",
        Node::If { otherwise: None, .. } => "if then",
        Node::If { .. } => "if then else",
        Node::Iff(..) => "iff",
        Node::Compare { op, .. } => match op {
            CompareOp::Equal => "=",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
        },
        Node::In { .. } => "in {}",
        Node::InLookup { .. } => "in lookup",
        Node::Between { .. } => "between",
        Node::Within { percent: true, .. } => "within %",
        Node::Within { .. } => "within",
        Node::State { state, .. } => match state {
            StateTest::Blank => "is blank",
            StateTest::Answered => "is answered",
            StateTest::Known => "is known",
            StateTest::Inapplicable => "is inapplicable",
        },
        Node::Linked { .. } => "is linked",
        Node::Relevant(_) => "relevant",
        Node::Has { .. } => "has",
        Node::Literal(_) => "literal",
        Node::Field(_) => "field",
        Node::Param(_) => "param",
        Node::Lookup { .. } => "lookup[]",
        Node::Arithmetic { op, .. } => match op {
            ArithmeticOp::Add => "+",
            ArithmeticOp::Subtract => "-",
            ArithmeticOp::Multiply => "*",
            ArithmeticOp::Divide => "/",
        },
        Node::Negate(_) => "- (sign)",
        Node::Choose { .. } => "if of values",
        Node::Call { function, .. } => {
            let row = kenpyo::expression::function::FUNCTIONS.iter().find(|row| row.id == *function);
            row.expect("every function is in the table").name
        }
        Node::Let(_) => "let",
    }
}
