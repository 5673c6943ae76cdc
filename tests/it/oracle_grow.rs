//! Random typed expressions, well-typed by construction.
//!
//! Invariants
//! - Every expression has the type that was asked for; depth is bounded, and the same chance gives the same one.

use std::sync::Arc;

use kenpyo::expression::function::FunctionId;
use kenpyo::expression::tree::{ArithmeticOp, CompareOp, StateTest};
use kenpyo::expression::typed::{By, Tolerance};
use kenpyo::expression::{FieldId, LookupId, Node, OptionList, ParamId, Type, TypedExpr, Value};
use kenpyo::rule_pack::RulePack;

use crate::build::{condition, literal, number, text, typed};
use crate::chance::Chance;
use crate::oracle_number::{comparable, random_value};
use crate::oracle_plain::PATTERNS;
use crate::oracle_survey::{BY_CODE, BY_DECIMAL, BY_INTERVAL, BY_SIZE, BY_TWO, Lists, columns, field_expr};
use crate::oracle_twin::scale;

const OPS: [CompareOp; 6] = [
    CompareOp::Equal,
    CompareOp::NotEqual,
    CompareOp::Less,
    CompareOp::LessOrEqual,
    CompareOp::Greater,
    CompareOp::GreaterOrEqual,
];

pub struct Grower<'a> {
    pub pack: &'a RulePack,
    pub lists: &'a Lists,
    pub chance: &'a mut Chance,
    pub columns: Vec<(FieldId, Type)>,
    /// Whether links, parameters and lookups may be named: routing names fields only.
    pub whole: bool,
}

pub fn boxed(expr: TypedExpr) -> Box<TypedExpr> {
    Box::new(expr)
}

pub fn call(function: FunctionId, arguments: Vec<TypedExpr>, ty: Type) -> TypedExpr {
    typed(Node::Call { function, arguments }, ty)
}

fn ask(function: FunctionId, arguments: Vec<TypedExpr>) -> TypedExpr {
    call(function, arguments, Type::Condition)
}

fn words(of: &str) -> TypedExpr {
    literal(Value::Text(text(of)), Type::Text)
}

impl<'a> Grower<'a> {
    pub fn new(pack: &'a RulePack, lists: &'a Lists, chance: &'a mut Chance) -> Self {
        Self { columns: columns(pack), pack, lists, chance, whole: true }
    }

    /// Over some fields of the record only.
    pub fn over(pack: &'a RulePack, lists: &'a Lists, chance: &'a mut Chance, fields: &[FieldId]) -> Self {
        let columns = columns(pack).into_iter().filter(|(id, _)| fields.contains(id)).collect();
        Self { columns, pack, lists, chance, whole: false }
    }

    fn fits(&self, wanted: impl Fn(&Type) -> bool) -> Vec<(FieldId, Type)> {
        self.columns.iter().filter(|(_, ty)| wanted(ty)).cloned().collect()
    }

    /// A cell of a type like `wanted`. `None`: there is none.
    pub fn cell(&mut self, wanted: impl Fn(&Type) -> bool) -> Option<TypedExpr> {
        let found = self.fits(wanted);
        (!found.is_empty()).then(|| {
            let (id, ty) = self.chance.pick(&found);
            field_expr(*id, ty)
        })
    }

    /// A test on one or two cells: what routing is made of.
    pub fn atom(&mut self) -> TypedExpr {
        match self.chance.below(5) {
            0 => self.state().unwrap_or_else(|| condition(Node::Truth(true))),
            1 => self.numbers_compared(0),
            2 => self.membership(0),
            _ => self.options_compared(),
        }
    }

    pub fn condition(&mut self, depth: usize) -> TypedExpr {
        if depth == 0 {
            return self.test(0);
        }
        let below = depth - 1;
        let parts = |this: &mut Self| (0..2 + this.chance.below(2)).map(|_| this.condition(below)).collect();
        let node = match self.chance.below(12) {
            0 | 1 => Node::And(parts(self)),
            2 | 3 => Node::Or(parts(self)),
            4 => Node::Not(boxed(self.condition(below))),
            5 => Node::Iff(boxed(self.condition(below)), boxed(self.condition(below))),
            6 | 7 => {
                let otherwise = self.chance.percent(50).then(|| boxed(self.condition(below)));
                let (condition, then) = (boxed(self.condition(below)), boxed(self.condition(below)));
                Node::If { condition, then, otherwise }
            }
            8 if self.chance.percent(5) => Node::Truth(self.chance.percent(50)),
            8 => Node::Let(Arc::new(self.condition(below))),
            _ => return self.test(below),
        };
        condition(node)
    }

    fn test(&mut self, depth: usize) -> TypedExpr {
        let found = match self.chance.below(26) {
            0 | 1 => Some(self.numbers_compared(depth)),
            2 => Some(self.quotients_compared(depth)),
            3 => Some(self.options_compared()),
            4 => self.ranks_compared(),
            5 => Some(self.texts_compared(depth)),
            6 => Some(self.times_compared(depth)),
            7 | 8 => Some(self.membership(depth)),
            9 => Some(self.in_lookup(depth)),
            10 => Some(self.between(depth)),
            11 => Some(self.bounds_looked_up(depth)),
            12 | 13 => Some(self.within(depth)),
            14 | 15 => self.state(),
            16 => Some(condition(Node::Linked { table: 1 + u16::from(self.chance.percent(50)) })),
            17 => self.relevant(),
            18 => self.has(),
            19 => self.marked(),
            20 => self.same(),
            21 => self.distinct(depth),
            22 => Some(self.text_test(FunctionId::Matches, depth)),
            23 => Some(self.text_test(FunctionId::Starts, depth)),
            24 => Some(self.text_test(FunctionId::Luhn, depth)),
            _ => Some(self.text_test(FunctionId::JisX0402, depth)),
        };
        found.unwrap_or_else(|| condition(Node::Truth(self.chance.percent(50))))
    }

    fn compared(&mut self, by: By, left: TypedExpr, right: TypedExpr) -> TypedExpr {
        let ops = if by == By::Name { &OPS[..2] } else { &OPS[..] };
        let op = *self.chance.pick(ops);
        condition(Node::Compare { op, by, left: boxed(left), right: boxed(right) })
    }

    fn numbers_compared(&mut self, depth: usize) -> TypedExpr {
        let (left, right) = (self.number(depth), self.number(depth));
        self.compared(By::Number, left, right)
    }

    fn quotients_compared(&mut self, depth: usize) -> TypedExpr {
        let left = self.divided(depth);
        let right = if self.chance.percent(40) { self.divided(depth) } else { self.number(depth) };
        let (left, right) = if self.chance.percent(50) { (left, right) } else { (right, left) };
        self.compared(By::Number, left, right)
    }

    fn divided(&mut self, depth: usize) -> TypedExpr {
        let (left, right) = (boxed(self.number(depth)), boxed(self.number(depth)));
        typed(Node::Arithmetic { op: ArithmeticOp::Divide, left, right }, number(6))
    }

    fn options_compared(&mut self) -> TypedExpr {
        let Some(left) = self.cell(|ty| matches!(ty, Type::Option(_))) else {
            return condition(Node::Truth(true));
        };
        let Type::Option(list) = left.ty.clone() else { unreachable!("an option was asked for") };
        let alike = |ty: &Type| matches!(ty, Type::Option(other) if other.same_names(&list));
        let right = match self.chance.below(3) {
            0 => self.cell(alike).expect("itself"),
            1 if self.whole => self.value(&left.ty.clone(), 1),
            _ => self.constant(&left.ty.clone()),
        };
        self.compared(By::Name, left, right)
    }

    fn ranks_compared(&mut self) -> Option<TypedExpr> {
        let ranked = |ty: &Type| matches!(ty, Type::Option(list) if list.scale.is_some());
        let left = self.cell(ranked)?;
        let right =
            if self.chance.percent(60) { self.cell(ranked)? } else { self.constant(&left.ty.clone()) };
        if self.chance.percent(30) {
            let (low, high) = (self.cell(ranked)?, self.constant(&left.ty.clone()));
            let (subject, low, high) = (boxed(left), boxed(low), boxed(high));
            return Some(condition(Node::Between { by: By::Rank, subject, low, high }));
        }
        Some(self.compared(By::Rank, left, right))
    }

    fn texts_compared(&mut self, depth: usize) -> TypedExpr {
        let (left, right) = (self.text(depth), self.text(depth));
        self.compared(By::Text, left, right)
    }

    fn times_compared(&mut self, depth: usize) -> TypedExpr {
        let ty = self.chance.pick(&[Type::Date, Type::Date, Type::DateTime, Type::YearMonth]).clone();
        let (left, right) = (self.value(&ty, depth), self.value(&ty, depth));
        self.compared(By::Time, left, right)
    }

    fn membership(&mut self, depth: usize) -> TypedExpr {
        let subject = match self.chance.below(4) {
            0 => self.number(depth),
            1 if self.whole => self.text(depth),
            2 if self.whole => self.value(&Type::Date, depth),
            _ => match self.cell(|ty| matches!(ty, Type::Option(_))) {
                Some(subject) => subject,
                None => self.number(depth),
            },
        };
        let members = (0..self.chance.below(4)).map(|_| self.plain(&subject.ty)).collect();
        condition(Node::In { subject: boxed(subject), members })
    }

    fn in_lookup(&mut self, depth: usize) -> TypedExpr {
        let lookup = *self.chance.pick(&[BY_SIZE, BY_INTERVAL, BY_DECIMAL, BY_CODE]);
        let subject = boxed(self.key(lookup, depth));
        condition(Node::InLookup { subject, lookup })
    }

    /// A key of a lookup with one key.
    pub fn key(&mut self, lookup: LookupId, depth: usize) -> TypedExpr {
        match lookup {
            BY_SIZE => {
                let list = if self.chance.percent(70) { &self.lists.size } else { &self.lists.size_again };
                self.value(&Type::Option(Arc::clone(list)), depth)
            }
            BY_CODE => self.text(depth),
            _ => self.number(depth),
        }
    }

    fn between(&mut self, depth: usize) -> TypedExpr {
        let (by, ty) = match self.chance.below(4) {
            0 => (By::Text, Type::Text),
            1 => (By::Time, Type::Date),
            _ => (By::Number, number(0)),
        };
        let mut part = || boxed(if by == By::Number { self.number(depth) } else { self.value(&ty, depth) });
        let (subject, low, high) = (part(), part(), part());
        condition(Node::Between { by, subject, low, high })
    }

    /// `n between lookup[o].low and lookup[o].high`, whose bounds may be open.
    fn bounds_looked_up(&mut self, depth: usize) -> TypedExpr {
        let key = self.key(BY_SIZE, 0);
        let bound = |column| {
            boxed(typed(Node::Lookup { lookup: BY_SIZE, keys: vec![key.clone()], column }, number(0)))
        };
        let (low, high) = (bound(1), bound(2));
        let subject = boxed(self.number(depth));
        condition(Node::Between { by: By::Number, subject, low, high })
    }

    fn within(&mut self, depth: usize) -> TypedExpr {
        let percent = self.chance.percent(60);
        let (subject, of) = (boxed(self.number(depth)), boxed(self.number(depth)));
        let tolerance = match self.chance.below(3) {
            0 => Tolerance::Param(ParamId(5), 1),
            1 => Tolerance::Number(20, 0),
            _ => Tolerance::Number(i64::try_from(self.chance.below(2000)).unwrap(), 1),
        };
        condition(Node::Within { subject, tolerance, percent, of })
    }

    fn state(&mut self) -> Option<TypedExpr> {
        let Node::Field(field) = self.cell(|_| true)?.node else { return None };
        let all = [StateTest::Blank, StateTest::Answered, StateTest::Known, StateTest::Inapplicable];
        let state = *self.chance.pick(&all);
        Some(condition(Node::State { field, state }))
    }

    fn relevant(&mut self) -> Option<TypedExpr> {
        let derived = |id: FieldId| self.pack.field(id).is_none();
        let fields: Vec<FieldId> =
            self.columns.iter().map(|(id, _)| *id).filter(|id| !derived(*id)).collect();
        let routed: Vec<FieldId> =
            fields.into_iter().filter(|id| !crate::build::controllers(self.pack, *id).is_empty()).collect();
        (!routed.is_empty()).then(|| condition(Node::Relevant(*self.chance.pick(&routed))))
    }

    fn has(&mut self) -> Option<TypedExpr> {
        let subject = boxed(self.cell(|ty| matches!(ty, Type::Multi(_)))?);
        let option = u8::try_from(self.chance.below(4)).unwrap();
        Some(condition(Node::Has { subject, option }))
    }

    fn marked(&mut self) -> Option<TypedExpr> {
        let fields = self.fits(|_| true);
        let fields: Vec<(FieldId, Type)> =
            fields.into_iter().filter(|(id, _)| self.pack.field(*id).is_some()).collect();
        let (id, ty) = fields.get(self.chance.below(fields.len()))?.clone();
        let mark = *self.chance.pick(&["na", "dk", "suspended", "refused", "nothing"]);
        Some(ask(FunctionId::Marked, vec![field_expr(id, &ty), words(mark)]))
    }

    fn same(&mut self) -> Option<TypedExpr> {
        let left = self.cell(|_| true)?;
        let right = self.cell(|ty| comparable(ty, &left.ty))?;
        Some(ask(FunctionId::Same, vec![left, right]))
    }

    fn distinct(&mut self, depth: usize) -> Option<TypedExpr> {
        let first = self.cell(|_| true)?;
        let mut all = vec![first.clone()];
        for _ in 0..self.chance.below(3) {
            let other = match first.ty {
                Type::Number { .. } if self.chance.percent(30) => Some(self.number(depth)),
                Type::Text if self.chance.percent(30) => Some(self.text(depth)),
                _ => self.cell(|ty| comparable(ty, &first.ty)),
            };
            all.extend(other);
        }
        Some(ask(FunctionId::Distinct, all))
    }

    fn text_test(&mut self, function: FunctionId, depth: usize) -> TypedExpr {
        let subject = self.text(depth);
        let mut arguments = vec![subject];
        match function {
            FunctionId::Matches => arguments.push(words(self.chance.pick(PATTERNS).0)),
            FunctionId::Starts => arguments.push(self.text(0)),
            _ => {}
        }
        ask(function, arguments)
    }

    /// A value of a type, of any scale for numbers.
    pub fn value(&mut self, ty: &Type, depth: usize) -> TypedExpr {
        match ty {
            Type::Number { scale: wanted, .. } => loop {
                // Only a smaller scale fits into the type without rounding.
                let found = self.number(depth);
                if scale(&found.ty) <= *wanted {
                    return found;
                }
            },
            Type::Text | Type::Code => self.text(depth),
            Type::Date => self.day(depth),
            Type::Option(list) => self.option(&Arc::clone(list), depth),
            other => self.cell(|ty| ty == other).unwrap_or_else(|| self.constant(other)),
        }
    }

    pub fn param(&self, index: u16) -> TypedExpr {
        let ty = self.pack.params[usize::from(index)].ty.clone();
        typed(Node::Param(ParamId(index)), ty)
    }

    fn chosen(&mut self, ty: &Type, depth: usize) -> TypedExpr {
        let asked = boxed(self.condition(depth.min(1)));
        let (then, otherwise) = (boxed(self.value(ty, depth)), boxed(self.value(ty, depth)));
        let node = match self.chance.below(3) {
            0 => Node::Choose { condition: asked, then, otherwise },
            1 => Node::Let(Arc::new(typed(Node::Choose { condition: asked, then, otherwise }, ty.clone()))),
            _ => Node::Call { function: FunctionId::Coalesce, arguments: vec![*then, *otherwise] },
        };
        typed(node, ty.clone())
    }

    fn option(&mut self, list: &Arc<OptionList>, depth: usize) -> TypedExpr {
        let ty = Type::Option(Arc::clone(list));
        match self.chance.below(6) {
            0 => self.constant(&ty),
            1 if depth > 0 => self.chosen(&ty, depth - 1),
            2 if **list == *self.lists.plain && self.whole => self.param(3),
            3 if depth > 0 && **list == *self.lists.plain => {
                let keys = vec![self.key(BY_SIZE, depth - 1)];
                typed(Node::Lookup { lookup: BY_SIZE, keys, column: 3 }, ty)
            }
            4 if depth > 0 && **list == *self.lists.size => {
                let keys = vec![self.number(depth - 1)];
                typed(Node::Lookup { lookup: BY_INTERVAL, keys, column: 2 }, ty)
            }
            _ => self
                .cell(|other| matches!(other, Type::Option(theirs) if theirs.same_names(list)))
                .unwrap_or_else(|| self.constant(&ty)),
        }
    }

    pub fn day(&mut self, depth: usize) -> TypedExpr {
        let small = |this: &mut Self| {
            let all = [0, 1, -1, 12, 31, 365, -400, 4_000_000, i64::MAX];
            if this.chance.percent(70) {
                literal(Value::Number(*this.chance.pick(&all)), number(0))
            } else {
                this.cell(|ty| *ty == number(0)).unwrap_or_else(|| literal(Value::Number(1), number(0)))
            }
        };
        match self.chance.below(9) {
            0 => self.constant(&Type::Date),
            1 if self.whole => self.param(2),
            2 if depth > 0 => self.chosen(&Type::Date, depth - 1),
            kind @ 3..=5 if depth > 0 => {
                let all = [FunctionId::AddDays, FunctionId::AddMonths, FunctionId::AddYears];
                let arguments = vec![self.day(depth - 1), small(self)];
                call(all[kind - 3], arguments, Type::Date)
            }
            6 => match self.cell(|ty| *ty == Type::DateTime) {
                Some(moment) => call(FunctionId::Date, vec![moment], Type::Date),
                None => self.constant(&Type::Date),
            },
            7 if depth > 0 && self.whole => {
                let keys = vec![self.value(&Type::Option(Arc::clone(&self.lists.plain)), 0), self.text(0)];
                typed(Node::Lookup { lookup: BY_TWO, keys, column: 2 }, Type::Date)
            }
            _ => self.cell(|ty| *ty == Type::Date).unwrap_or_else(|| self.constant(&Type::Date)),
        }
    }

    pub(crate) fn text(&mut self, depth: usize) -> TypedExpr {
        let is_text = |ty: &Type| matches!(ty, Type::Text | Type::Code);
        let below = depth.saturating_sub(1);
        match self.chance.below(12) {
            0 => self.constant(&Type::Text),
            1 if self.whole => self.param(4),
            2 if depth > 0 => self.chosen(&Type::Text, below),
            3 if depth > 0 => call(FunctionId::Concat, vec![self.text(below), self.text(below)], Type::Text),
            4 | 5 if depth > 0 => {
                let mut place =
                    || literal(Value::Number(*self.chance.pick(&[-1, 0, 1, 1, 2, 3, 4])), number(0));
                let (first, length) = (place(), place());
                call(FunctionId::Substring, vec![self.text(below), first, length], Type::Text)
            }
            6 => call(FunctionId::Normalized, vec![self.text(below)], Type::Text),
            7 if depth > 0 => {
                let cells =
                    (0..=self.chance.below(3)).filter_map(|_| self.cell(|_| true)).collect::<Vec<_>>();
                if cells.is_empty() {
                    self.constant(&Type::Text)
                } else {
                    call(FunctionId::Fingerprint, cells, Type::Text)
                }
            }
            8 if depth > 0 => {
                let keys = vec![self.key(BY_SIZE, below)];
                typed(Node::Lookup { lookup: BY_SIZE, keys, column: 4 }, Type::Text)
            }
            _ => self.cell(is_text).unwrap_or_else(|| self.constant(&Type::Text)),
        }
    }

    pub fn constant(&mut self, ty: &Type) -> TypedExpr {
        let value = self.plain(ty);
        literal(value, ty.clone())
    }

    /// A constant of a type.
    fn plain(&mut self, ty: &Type) -> Value {
        random_value(ty, self.chance)
    }
}
