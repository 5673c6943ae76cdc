//! Three-valued answers of a condition over a batch.
//!
//! Invariants
//! - `yes` and `no` never meet; what is in neither is unknown.
//! - `fault` holds unknown records only: those whose answer a calculation without result took away.

use crate::batch::Mask;

/// A condition's answers, a bit a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    /// Is true.
    pub(crate) yes: Mask,
    /// Is false.
    pub(crate) no: Mask,
    /// Unknown because a calculation had no result. `None`: no such record.
    pub(crate) fault: Option<Mask>,
}

/// Joins two masks that may be missing.
pub(crate) fn join(into: &mut Option<Mask>, other: Option<&Mask>) {
    match (into.as_mut(), other) {
        (_, None) => {}
        (None, Some(other)) => *into = Some(other.clone()),
        (Some(mask), Some(other)) => mask.join(other),
    }
}

/// `mask` without the records of `settled`; nothing left is `None`.
pub(crate) fn without(mask: Option<Mask>, settled: &[&Mask]) -> Option<Mask> {
    let mut mask = mask?;
    for settled in settled {
        mask.remove(settled);
    }
    (!mask.is_none()).then_some(mask)
}

impl Truth {
    /// The same for all `len` records. `None`: unknown.
    pub(crate) fn fixed(truth: Option<bool>, len: usize) -> Self {
        let of = |wanted| if truth == Some(wanted) { Mask::all(len) } else { Mask::none(len) };
        Self { yes: of(true), no: of(false), fault: None }
    }

    /// True on `yes`, false elsewhere among `known`.
    pub(crate) fn among(yes: Mask, known: &Mask) -> Self {
        let no = known.minus(&yes);
        let mut yes = yes;
        yes.keep(known);
        Self { yes, no, fault: None }
    }

    /// Records on which it is neither.
    pub(crate) fn unknown(&self) -> Mask {
        self.yes.or(&self.no).complement()
    }

    /// The opposite.
    pub(crate) fn not(&self) -> Self {
        Self { yes: self.no.clone(), no: self.yes.clone(), fault: self.fault.clone() }
    }

    /// The lesser of both.
    pub(crate) fn and(&mut self, other: &Self) {
        self.yes.keep(&other.yes);
        self.no.join(&other.no);
        self.faults(other);
    }

    /// The greater of both.
    pub(crate) fn or(&mut self, other: &Self) {
        self.yes.join(&other.yes);
        self.no.keep(&other.no);
        self.faults(other);
    }

    /// Whether both are alike.
    pub(crate) fn iff(&mut self, other: &Self) {
        let alike = self.yes.and(&other.yes).or(&self.no.and(&other.no));
        let unlike = self.yes.and(&other.no).or(&self.no.and(&other.yes));
        (self.yes, self.no) = (alike, unlike);
        self.faults(other);
    }

    fn faults(&mut self, other: &Self) {
        join(&mut self.fault, other.fault.as_ref());
        self.fault = without(self.fault.take(), &[&self.yes, &self.no]);
    }
}
