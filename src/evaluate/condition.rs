//! Condition steps: what each gives, by rule-language sections 1.2 and 5.3.
//!
//! Invariants
//! - A test on a value that is not there is unknown; on an absent lookup key that fails, it is false.
//! - Comparisons are exact and never overflow.

use std::cmp::Ordering;
use std::rc::Rc;

use super::exact::{compare_products, compare_quotients};
use super::kernel;
use super::keyed::{Key, codes, key, plain, power};
use super::machine::Machine;
use super::text;
use super::truth::{Truth, join, without};
use super::values::{Cells, Values};
use crate::batch::Mask;
use crate::batch::example::type_of;
use crate::batch::key::add_cell;
use crate::expression::FieldId;
use crate::expression::tree::CompareOp;
use crate::plan::{CheckDigit, Keys, Members, Quotient, Scaled, Sought, Step, StepId};

impl<'b> Machine<'_, 'b> {
    /// What a condition step gives. `None`: it is no condition.
    pub(crate) fn condition(&mut self, step: &Step) -> Option<Truth> {
        Some(match step {
            Step::Fixed(truth) => Truth::fixed(*truth, self.len),
            Step::All(parts) => self.conjunction(parts),
            Step::Any(parts) => self.disjunction(parts),
            Step::Not(part) => self.truth(*part).not(),
            Step::Iff(left, right) => {
                let mut truth = (*self.truth(*left)).clone();
                truth.iff(&self.truth(*right));
                truth
            }
            Step::Compare { op, sides, keys } => self.compare(*op, *sides, keys),
            Step::CompareQuotients { op, sides } => self.compare_quotients(*op, sides),
            Step::Between(parts, keys) => self.between(*parts, keys),
            Step::Within { sides, tolerance, percent } => self.within(*sides, *tolerance, *percent),
            Step::Member(subject, members) => self.member(*subject, members),
            Step::InLookup(subject, finder) => {
                let subject = self.values(*subject);
                let rows = self.find(finder, std::slice::from_ref(&subject));
                self.judged(&[&subject], |row| Some(rows.get(row)?.is_some()))
            }
            Step::State(field, test) => self.state_test(*field, *test),
            Step::Linked(table) => Truth::among(self.linked(*table), &Mask::all(self.len)),
            Step::Relevant { full, controllers } => self.relevant(*full, controllers),
            Step::Has(set, option) => {
                let set = self.values(*set);
                self.judged(&[&set], |row| Some(set.set(row)?.0 >> (*option & 63) & 1 == 1))
            }
            Step::Marked(field, mark) => self.marked(*field, *mark),
            Step::Alike { sides, keys, marks } => self.alike(*sides, keys, marks),
            Step::Distinct(arguments, keys) => self.distinct(arguments, keys),
            Step::Exists(fields, sought) => self.exists(fields, sought)?,
            Step::Matches(subject, pattern) => {
                let pattern = self.plan.pattern(*pattern)?;
                self.text_test(*subject, |text| pattern.is_match(text))
            }
            Step::Starts(subject, prefix) => {
                let (subject, prefix, batch) = (self.values(*subject), self.values(*prefix), self.batch);
                self.judged(&[&subject, &prefix], |row| {
                    Some(subject.text(row, batch)?.starts_with(prefix.text(row, batch)?))
                })
            }
            Step::CheckDigit(subject, CheckDigit::Luhn) => self.text_test(*subject, text::luhn),
            Step::CheckDigit(subject, CheckDigit::JisX0402) => self.text_test(*subject, text::jis_x0402),
            _ => return None,
        })
    }

    /// Whether the values of `fields` stand in a row of a table. `None`: there is no such table.
    fn exists(&self, fields: &[FieldId], sought: &Sought) -> Option<Truth> {
        let index = match sought {
            Sought::Lookup(number) => self.plan.key_index(*number)?,
            Sought::Linked(columns) => self.batch.keys.get(columns)?,
        };
        let mut known = Mask::all(self.len);
        for field in fields {
            known.keep(&self.state(*field, |column| &column.known));
        }
        let mut yes = Mask::none(self.len);
        for row in known.rows() {
            let mut key = Vec::new();
            let whole = fields.iter().all(|field| {
                let column = self.column(*field).zip(type_of(&self.plan.pack, *field));
                column.is_some_and(|(column, ty)| add_cell(&mut key, column, ty, row, &self.batch.chunk))
            });
            yes.put(row, whole && index.find(&key).is_some());
        }
        Some(Truth::among(yes, &known))
    }

    fn conjunction(&mut self, parts: &[StepId]) -> Truth {
        let mut truth = Truth::fixed(Some(true), self.len);
        for &part in parts {
            truth.and(&self.truth(part));
            if truth.no.count() == u64::try_from(self.len).unwrap_or(u64::MAX) {
                break;
            }
        }
        truth
    }

    fn disjunction(&mut self, parts: &[StepId]) -> Truth {
        let mut truth = Truth::fixed(Some(false), self.len);
        for &part in parts {
            truth.or(&self.truth(part));
            if truth.yes.count() == u64::try_from(self.len).unwrap_or(u64::MAX) {
                break;
            }
        }
        truth
    }

    /// Rows on which all operands are known, and the answer on the others: false where a lookup fails.
    fn settle(&self, operands: &[&Values<'_>], yes: Mask) -> Truth {
        let mut known = Mask::all(self.len);
        for operand in operands {
            known.keep(&operand.known);
        }
        Self::settle_on(operands, yes, &known)
    }

    fn settle_on(operands: &[&Values<'_>], yes: Mask, known: &Mask) -> Truth {
        let mut truth = Truth::among(yes, known);
        for operand in operands {
            if let Some(fails) = &operand.fails {
                truth.no.join(fails);
            }
            join(&mut truth.fault, operand.fault.as_ref());
        }
        truth.fault = without(truth.fault.take(), &[&truth.yes, &truth.no]);
        truth
    }

    /// Asks `test` row by row where all operands are known. `None` from it: unknown.
    fn judged(&self, operands: &[&Values<'_>], test: impl Fn(usize) -> Option<bool>) -> Truth {
        let mut known = Mask::all(self.len);
        for operand in operands {
            known.keep(&operand.known);
        }
        let (mut yes, mut decided) = (Mask::none(self.len), Mask::none(self.len));
        for row in known.rows() {
            if let Some(answer) = test(row) {
                decided.set(row);
                yes.put(row, answer);
            }
        }
        Self::settle_on(operands, yes, &decided)
    }

    fn text_test(&mut self, subject: StepId, test: impl Fn(&str) -> bool) -> Truth {
        let (subject, batch) = (self.values(subject), self.batch);
        self.judged(&[&subject], |row| subject.text(row, batch).map(&test))
    }

    fn compare(&mut self, op: CompareOp, sides: [StepId; 2], keys: &Keys) -> Truth {
        let [left, right] = sides.map(|side| self.values(side));
        if let (Some(a), Some(b)) = (plain(&left, keys), plain(&right, keys)) {
            return self.settle(&[&left, &right], kernel::compare(op, a, b, self.len));
        }
        if let (Some(a), Some(b)) = (codes(&left, keys), codes(&right, keys)) {
            return self.settle(&[&left, &right], kernel::compare(op, a, b, self.len));
        }
        let batch = self.batch;
        self.judged(&[&left, &right], |row| {
            let left = key(&left, keys, 0, row, batch)?;
            Some(op.holds(left.cmp(&key(&right, keys, 1, row, batch)?)))
        })
    }

    fn compare_quotients(&mut self, op: CompareOp, sides: &[Quotient; 2]) -> Truth {
        let parts: Vec<Scaled> =
            sides.iter().flat_map(|side| [Some(side.above), side.below]).flatten().collect();
        let values: Vec<Rc<Values<'b>>> = parts.iter().map(|part| self.values(part.step)).collect();
        let number = |part: Scaled, row: usize| {
            let place = parts.iter().position(|other| *other == part)?;
            values.get(place)?.number(row)
        };
        let operands: Vec<&Values<'_>> = values.iter().map(|values| &**values).collect();
        let side = |side: &Quotient, row: usize| {
            let below = match side.below {
                Some(below) => number(below, row)?,
                None => 1,
            };
            let scale = side.below.map_or(0, |below| below.scale);
            Some((number(side.above, row)?, below, i32::from(scale) - i32::from(side.above.scale)))
        };
        let mut truth = self.judged(&operands, |row| {
            let [left, right] = sides;
            let order = compare_quotients(side(left, row)?, side(right, row)?)?;
            Some(op.holds(order))
        });
        let mut by_zero = Mask::none(self.len);
        for row in (0..self.len).filter(|&row| operands.iter().all(|values| values.known.get(row))) {
            let zero = |side: &Quotient| side.below.is_some_and(|below| number(below, row) == Some(0));
            by_zero.put(row, sides.iter().any(zero));
        }
        join(&mut truth.fault, Some(&by_zero));
        truth.fault = without(truth.fault.take(), &[&truth.yes, &truth.no]);
        truth
    }

    /// Unknown if any operand is; an unbounded end is no end.
    fn between(&mut self, parts: [StepId; 3], keys: &Keys) -> Truth {
        let [subject, low, high] = parts.map(|part| self.values(part));
        let open = |end: &Values<'_>, row: usize| end.unbounded.as_ref().is_some_and(|open| open.get(row));
        let batch = self.batch;
        let (mut yes, mut decided) = (Mask::none(self.len), Mask::none(self.len));
        for row in subject.known.rows() {
            let end = |end: &Values<'_>, place, wanted: fn(Ordering) -> bool| {
                if open(end, row) {
                    return Some(true);
                }
                let end: Key<'_> = key(end, keys, place, row, batch)?;
                Some(wanted(key(&subject, keys, 0, row, batch)?.cmp(&end)))
            };
            let above = end(&low, 1, Ordering::is_ge);
            if let Some((above, below)) = above.zip(end(&high, 2, Ordering::is_le)) {
                decided.set(row);
                yes.put(row, above && below);
            }
        }
        Self::settle_on(&[&subject, &low, &high], yes, &decided)
    }

    /// |a − b| ≤ tolerance, or |a − b| × 100 ≤ tolerance × |b|.
    fn within(&mut self, sides: [Scaled; 2], tolerance: (i64, u8), percent: bool) -> Truth {
        let [subject, of] = sides.map(|side| self.values(side.step));
        let keys = Keys::Numbers(sides.map(|side| side.scale).to_vec());
        let scale = sides.map(|side| side.scale).into_iter().max().unwrap_or(0);
        let (mantissa, decimals) = tolerance;
        let batch = self.batch;
        self.judged(&[&subject, &of], |row| {
            let (Key::Number(a), Key::Number(b)) =
                (key(&subject, &keys, 0, row, batch)?, key(&of, &keys, 1, row, batch)?)
            else {
                return None;
            };
            let (hundred, other) =
                if percent { (100, b.unsigned_abs()) } else { (1, power(scale).unsigned_abs()) };
            let far = (a.abs_diff(b), power(decimals).unsigned_abs() * hundred);
            let negative = mantissa < 0 && other > 0;
            let near = (u128::from(mantissa.unsigned_abs()), other);
            Some(!negative && compare_products(far, near).is_le())
        })
    }

    fn member(&mut self, subject: StepId, members: &Members) -> Truth {
        let (values, batch) = (self.values(subject), self.batch);
        match members {
            Members::Options(set) => self.judged(&[&values], |row| {
                let option = values.option(row)?;
                Some(set.get(usize::from(option / 64))? >> (option % 64) & 1 == 1)
            }),
            Members::Numbers(list) => {
                self.judged(&[&values], |row| match &values.cells {
                    Cells::Numbers(_) => Some(list.binary_search(&values.number(row)?).is_ok()),
                    // An empty list of another type: nothing is among its members.
                    _ => Some(false),
                })
            }
            Members::Texts(list) => self.judged(&[&values], |row| {
                let text = values.text(row, batch)?;
                Some(list.binary_search_by(|member| (**member).cmp(text)).is_ok())
            }),
        }
    }

    /// R of a field: where it is unknown and no controller can still be answered, it is false.
    fn relevant(&mut self, full: StepId, controllers: &[FieldId]) -> Truth {
        let mut truth = (*self.truth(full)).clone();
        let mut closed = truth.unknown();
        if !closed.is_none() {
            closed.remove(&self.any_invalid(controllers));
            closed.remove(&self.any_open(controllers));
            truth.no.join(&closed);
            truth.fault = without(truth.fault.take(), &[&truth.no]);
        }
        truth
    }

    fn marked(&self, field: FieldId, mark: u8) -> Truth {
        let marks = self.column(field).and_then(|column| column.marks.as_ref());
        let mut yes = marks.map_or_else(
            || Mask::none(self.len),
            |marks| kernel::bits(marks, self.len, |found| found == mark && mark != 0),
        );
        yes.keep(&self.state(field, |column| &column.na).or(&self.state(field, |column| &column.dk)));
        Truth::among(yes, &self.state(field, |column| &column.invalid).complement())
    }
}
