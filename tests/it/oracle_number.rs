//! Random numbers: expressions that give them, and values of every type.
//!
//! Invariants
//! - Values are mostly small, so that tests hold as well as fail, and sometimes the largest that there are.

use std::sync::Arc;

use kenpyo::expression::function::FunctionId;
use kenpyo::expression::tree::ArithmeticOp;
use kenpyo::expression::{Node, Type, TypedExpr, Value};

use crate::build::{literal, number, text, typed};
use crate::chance::Chance;
use crate::oracle_grow::{Grower, boxed, call};
use crate::oracle_survey::{BY_CODE, BY_DECIMAL, BY_INTERVAL, BY_SIZE, BY_TWO, TEXTS};
use crate::oracle_twin::scale;

/// Whether values of both types can be compared for equality.
pub fn comparable(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Option(a), Type::Option(b)) | (Type::Multi(a), Type::Multi(b)) => a.same_names(b),
        (Type::Number { .. }, Type::Number { .. }) => true,
        (Type::Text | Type::Code, Type::Text | Type::Code) => true,
        _ => a == b,
    }
}

/// A value of a type; numbers are mostly small, sometimes as large as they can be.
pub fn random_value(ty: &Type, chance: &mut Chance) -> Value {
    let mut small = |end: usize| i64::try_from(chance.below(end)).unwrap();
    match ty {
        Type::Number { .. } => Value::Number(match small(20) {
            0 => 0,
            1 => -small(50),
            2 => [i64::MAX, i64::MIN, i64::MIN + 1, 1_000_000_000_000_000_000][chance.below(4)],
            3..=9 => small(8),
            10..=13 => small(3000),
            _ => small(130),
        }),
        Type::Option(list) => Value::Option(u8::try_from(chance.below(list.items.len())).unwrap()),
        Type::Multi(_) => {
            let set = chance.next() & 0b1111;
            let extra = u32::from(chance.percent(20));
            Value::Multi { set, listed: u16::try_from(set.count_ones() + extra).unwrap() }
        }
        Type::Text | Type::Code => match chance.below(60) {
            0 => Value::Text("長".repeat(300).into()),
            _ => Value::Text(text(chance.pick::<&str>(TEXTS))),
        },
        Type::Date => Value::Date(match small(12) {
            0 => 2_932_896,
            1 => -719_528,
            2 => [19_782, 11_016, -307, 19_813][chance.below(4)],
            _ => i32::try_from(19_000 + small(1200)).unwrap(),
        }),
        Type::DateTime => {
            Value::DateTime(if small(5) == 0 { -small(900_000) } else { 1_700_000_000 + small(90_000_000) })
        }
        Type::YearMonth => Value::YearMonth(i32::try_from(small(700) - 10).unwrap()),
        Type::Condition => Value::Truth(chance.percent(50)),
    }
}

impl Grower<'_> {
    pub fn number(&mut self, depth: usize) -> TypedExpr {
        if depth == 0 || self.chance.percent(25) {
            return self.simple_number();
        }
        let below = depth - 1;
        match self.chance.below(24) {
            0..=3 => self.arithmetic(below),
            4 => {
                let of = self.number(below);
                let ty = of.ty.clone();
                typed(Node::Negate(boxed(of)), ty)
            }
            5 => self.chosen_number(below),
            6 => self.over_numbers(FunctionId::Sum, below),
            7 | 8 => self.over_cells(FunctionId::SumPresent, below),
            9 => self.over_numbers(FunctionId::Min, below),
            10 => self.over_numbers(FunctionId::Max, below),
            11 => self.over_numbers(FunctionId::Abs, below),
            12 => self.rounded(FunctionId::RoundHalfUp, below),
            13 => self.rounded(FunctionId::Percent, below),
            14 => self.counted(FunctionId::Count),
            15 => self.counted(FunctionId::CountListed),
            16 => self.counted(FunctionId::CountAnswered),
            17 => {
                let all = (0..=self.chance.below(3)).map(|_| self.condition(below.min(1))).collect();
                call(FunctionId::CountTrue, all, number(0))
            }
            18 => {
                let separator =
                    literal(Value::Text(text(self.chance.pick::<&str>(&[";", "a", "病"]))), Type::Text);
                call(FunctionId::CountParts, vec![self.text(below), separator], number(0))
            }
            19 => self.occurrences(),
            20 => call(FunctionId::Length, vec![self.text(below)], number(0)),
            21 => call(FunctionId::Similarity, vec![self.text(below), self.text(below)], number(6)),
            22 => self.of_dates(below),
            _ => self.looked_up(below),
        }
    }

    fn simple_number(&mut self) -> TypedExpr {
        match self.chance.below(6) {
            0 => {
                let scale = u8::try_from(self.chance.below(3)).unwrap();
                self.constant(&number(scale))
            }
            1 if self.whole => {
                let index = u16::from(self.chance.percent(50));
                self.param(index)
            }
            _ => self
                .cell(|ty| matches!(ty, Type::Number { .. }))
                .unwrap_or_else(|| literal(Value::Number(7), number(0))),
        }
    }

    fn arithmetic(&mut self, depth: usize) -> TypedExpr {
        let (left, right) = (self.number(depth), self.number(depth));
        let (a, b) = (scale(&left.ty), scale(&right.ty));
        let (op, to) = match self.chance.below(4) {
            0 => (ArithmeticOp::Add, a.max(b)),
            1 => (ArithmeticOp::Subtract, a.max(b)),
            2 if a + b <= 9 => (ArithmeticOp::Multiply, a + b),
            _ => (ArithmeticOp::Divide, 6),
        };
        typed(Node::Arithmetic { op, left: boxed(left), right: boxed(right) }, number(to))
    }

    fn chosen_number(&mut self, depth: usize) -> TypedExpr {
        let (then, otherwise) = (self.number(depth), self.number(depth));
        let ty = number(scale(&then.ty).max(scale(&otherwise.ty)));
        if self.chance.percent(50) {
            return call(FunctionId::Coalesce, vec![then, otherwise], ty);
        }
        let condition = boxed(self.condition(depth.min(1)));
        typed(Node::Choose { condition, then: boxed(then), otherwise: boxed(otherwise) }, ty)
    }

    fn over_numbers(&mut self, function: FunctionId, depth: usize) -> TypedExpr {
        let count = if function == FunctionId::Abs { 1 } else { 1 + self.chance.below(3) };
        let all: Vec<TypedExpr> = (0..count).map(|_| self.number(depth)).collect();
        let ty = number(all.iter().map(|part| scale(&part.ty)).max().unwrap());
        call(function, all, ty)
    }

    fn over_cells(&mut self, function: FunctionId, depth: usize) -> TypedExpr {
        let cell =
            |this: &mut Self| if this.chance.percent(85) { this.simple_number() } else { this.number(depth) };
        let all: Vec<TypedExpr> = (0..=self.chance.below(4)).map(|_| cell(self)).collect();
        let ty = number(all.iter().map(|part| scale(&part.ty)).max().unwrap());
        call(function, all, ty)
    }

    fn rounded(&mut self, function: FunctionId, depth: usize) -> TypedExpr {
        let to = u8::try_from(self.chance.below(4)).unwrap();
        let decimals = literal(Value::Number(i64::from(to)), number(0));
        let arguments = match function {
            FunctionId::Percent => vec![self.number(depth), self.number(depth), decimals],
            _ => vec![self.number(depth), decimals],
        };
        call(function, arguments, number(to))
    }

    fn counted(&mut self, function: FunctionId) -> TypedExpr {
        let cells: Vec<TypedExpr> = match function {
            FunctionId::CountAnswered => {
                (0..=self.chance.below(4)).filter_map(|_| self.cell(|_| true)).collect()
            }
            _ => self.cell(|ty| matches!(ty, Type::Multi(_))).into_iter().collect(),
        };
        if cells.is_empty() { self.simple_number() } else { call(function, cells, number(0)) }
    }

    fn occurrences(&mut self) -> TypedExpr {
        let Some(first) = self.cell(|ty| !matches!(ty, Type::Multi(_))) else { return self.simple_number() };
        let sought = self.constant(&first.ty.clone());
        let mut all = vec![sought, first.clone()];
        for _ in 0..self.chance.below(3) {
            all.extend(self.cell(|ty| comparable(ty, &first.ty)));
        }
        call(FunctionId::Occurrences, all, number(0))
    }

    fn of_dates(&mut self, depth: usize) -> TypedExpr {
        let all = [FunctionId::Year, FunctionId::Month, FunctionId::FiscalYear];
        if self.chance.percent(40) {
            let function = *self.chance.pick(&[FunctionId::DaysBetween, FunctionId::YearsBetween]);
            return call(function, vec![self.day(depth), self.day(depth)], number(0));
        }
        let function = *self.chance.pick(&all);
        let month = if self.chance.percent(30) { self.cell(|ty| *ty == Type::YearMonth) } else { None };
        let of = month.unwrap_or_else(|| self.day(depth));
        call(function, vec![of], number(0))
    }

    fn looked_up(&mut self, depth: usize) -> TypedExpr {
        let (lookup, column, to) = *self.chance.pick(&[
            (BY_SIZE, 1, 0),
            (BY_SIZE, 2, 0),
            (BY_INTERVAL, 0, 0),
            (BY_INTERVAL, 1, 0),
            (BY_DECIMAL, 1, 2),
            (BY_CODE, 1, 2),
            (BY_TWO, 3, 0),
        ]);
        let keys = match lookup {
            BY_TWO => vec![self.value(&Type::Option(Arc::clone(&self.lists.plain)), 0), self.text(0)],
            _ => vec![self.key(lookup, depth)],
        };
        typed(Node::Lookup { lookup, keys, column }, number(to))
    }
}
