//! Calculations: numbers of 64 bits scaled by powers of ten, worked out in 128 bits.
//!
//! Invariants
//! - The exact result is rounded once, half up (ties away from zero), to the scale of the step.
//! - A result that does not fit, and a division by zero, is unknown and a fault.

use super::keyed::power;
use super::machine::Machine;
use super::values::Values;
use crate::batch::Mask;
use crate::expression::tree::ArithmeticOp;
use crate::plan::{Scaled, StepId};

/// `number / divisor`, ties away from zero. `None`: the divisor is 0, or the result does not fit.
pub(super) fn half_up(number: i128, divisor: i128) -> Option<i64> {
    let whole = number.checked_div(divisor)?;
    let rest = number.checked_rem(divisor)?.unsigned_abs();
    let away = if (number < 0) == (divisor < 0) { 1 } else { -1 };
    // The rest is less than the divisor, so the difference cannot be negative, and doubling cannot overflow.
    let up = rest >= divisor.unsigned_abs() - rest;
    i64::try_from(if up { whole.checked_add(away)? } else { whole }).ok()
}

/// `number` of scale `from` in scale `to`. `None`: it does not fit.
pub(super) fn rescaled(number: i128, from: u8, to: u8) -> Option<i64> {
    if to >= from {
        i64::try_from(number.checked_mul(power(to - from))?).ok()
    } else {
        half_up(number, power(from - to))
    }
}

/// left / right in decimals of `scale`, from the exact quotient.
fn quotient(left: (i64, u8), right: (i64, u8), hundred: i128, scale: u8) -> Option<i64> {
    // (l / 10^a) / (r / 10^b) × 10^scale = l × 10^(b + scale) / (r × 10^a)
    let above = i128::from(left.0).checked_mul(hundred)?;
    let up = right.1 + scale;
    let common = up.min(left.1);
    let above = above.checked_mul(power(up - common))?;
    let below = i128::from(right.0).checked_mul(power(left.1 - common))?;
    half_up(above, below)
}

impl<'b> Machine<'_, 'b> {
    /// Computes row by row where `known` holds; `None` from `result` is a fault.
    pub(super) fn computed(
        &self,
        operands: &[&Values<'_>],
        known: &Mask,
        result: impl Fn(usize) -> Option<i64>,
    ) -> Values<'b> {
        let mut numbers = vec![0; self.len];
        let mut fault = Mask::none(self.len);
        for row in known.rows() {
            match (result(row), numbers.get_mut(row)) {
                (Some(number), Some(place)) => *place = number,
                _ => fault.set(row),
            }
        }
        let mut values = Values::numbers(numbers, known.minus(&fault));
        values.fault = (!fault.is_none()).then_some(fault);
        values.after(operands)
    }

    /// Rows on which every operand has a value.
    pub(super) fn known_to(&self, operands: &[&Values<'_>]) -> Mask {
        let mut known = Mask::all(self.len);
        for operand in operands {
            known.keep(&operand.known);
        }
        known
    }

    pub(super) fn each_number(&mut self, part: StepId, f: impl Fn(i64) -> Option<i64>) -> Values<'b> {
        let of = self.values(part);
        self.computed(&[&of], &of.known, |row| f(of.number(row)?))
    }

    pub(super) fn rescale(&mut self, part: Scaled, scale: u8) -> Values<'b> {
        self.each_number(part.step, |number| rescaled(i128::from(number), part.scale, scale))
    }

    pub(super) fn arithmetic(&mut self, op: ArithmeticOp, sides: [Scaled; 2], scale: u8) -> Values<'b> {
        let [left, right] = sides.map(|side| self.values(side.step));
        let [a, b] = sides.map(|side| side.scale);
        let wide = a.max(b);
        let result = |l: i64, r: i64| {
            let aligned = |number: i64, from: u8| i128::from(number) * power(wide - from);
            match op {
                ArithmeticOp::Add => rescaled(aligned(l, a) + aligned(r, b), wide, scale),
                ArithmeticOp::Subtract => rescaled(aligned(l, a) - aligned(r, b), wide, scale),
                ArithmeticOp::Multiply => rescaled(i128::from(l) * i128::from(r), a + b, scale),
                ArithmeticOp::Divide => quotient((l, a), (r, b), 1, scale),
            }
        };
        let known = self.known_to(&[&left, &right]);
        self.computed(&[&left, &right], &known, |row| result(left.number(row)?, right.number(row)?))
    }

    pub(super) fn percent(&mut self, sides: [Scaled; 2], scale: u8) -> Values<'b> {
        let [part, whole] = sides.map(|side| self.values(side.step));
        let [a, b] = sides.map(|side| side.scale);
        let known = self.known_to(&[&part, &whole]);
        self.computed(&[&part, &whole], &known, |row| {
            quotient((part.number(row)?, a), (whole.number(row)?, b), 100, scale)
        })
    }

    pub(super) fn sum(&mut self, of: &[Scaled], scale: u8) -> Values<'b> {
        let parts: Vec<_> = of.iter().map(|part| self.values(part.step)).collect();
        let values: Vec<&Values<'_>> = parts.iter().map(|part| &**part).collect();
        let known = self.known_to(&values);
        self.sum_over(&values, of, scale, &known)
    }

    /// The sum of the values that are there, on the rows of `known`.
    pub(super) fn sum_over(
        &self,
        values: &[&Values<'_>],
        of: &[Scaled],
        scale: u8,
        known: &Mask,
    ) -> Values<'b> {
        let wide = of.iter().map(|part| part.scale).max().unwrap_or(0);
        let factors: Vec<i128> = of.iter().map(|part| power(wide - part.scale)).collect();
        self.computed(values, known, |row| {
            let terms = values.iter().zip(&factors);
            let terms = terms.filter_map(|(values, factor)| Some(i128::from(values.number(row)?) * factor));
            rescaled(terms.sum(), wide, scale)
        })
    }

    pub(super) fn extreme(&mut self, greatest: bool, of: &[Scaled], scale: u8) -> Values<'b> {
        let parts: Vec<_> = of.iter().map(|part| self.values(part.step)).collect();
        let values: Vec<&Values<'_>> = parts.iter().map(|part| &**part).collect();
        let wide = of.iter().map(|part| part.scale).max().unwrap_or(0);
        let factors: Vec<i128> = of.iter().map(|part| power(wide - part.scale)).collect();
        let known = self.known_to(&values);
        self.computed(&values, &known, |row| {
            let all = values.iter().zip(&factors);
            let all = all.filter_map(|(values, factor)| Some(i128::from(values.number(row)?) * factor));
            rescaled(if greatest { all.max() } else { all.min() }?, wide, scale)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_away_from_zero() {
        let rounded = [(5, 2), (-5, 2), (5, -2), (7, 3), (-7, 3), (1, 2), (4, 8), (3, 8)]
            .map(|(number, divisor)| half_up(number, divisor));
        assert_eq!(rounded, [3, -3, -3, 2, -2, 1, 1, 0].map(Some));
        assert_eq!(half_up(1, 0), None);
        assert_eq!(half_up(i128::MIN, -1), None);
        assert_eq!(half_up(i128::from(i64::MAX) * 2 + 1, 2), None);
    }

    #[test]
    fn a_quotient_is_rounded_once() {
        // 0.0000005 is rounded up from the exact ratio, 0.00000049… is not.
        assert_eq!(quotient((1, 0), (2_000_000, 0), 1, 6), Some(1));
        assert_eq!(quotient((1, 0), (2_000_001, 0), 1, 6), Some(0));
        assert_eq!(quotient((15, 1), (5, 2), 1, 6), Some(30_000_000));
        assert_eq!(quotient((1, 9), (1, 0), 1, 6), Some(0));
        assert_eq!(quotient((1, 0), (3, 0), 100, 1), Some(333));
        assert_eq!(quotient((i64::MAX, 0), (1, 9), 1, 6), None);
    }
}
