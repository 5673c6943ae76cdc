//! Bit masks over the records of a batch.
//!
//! Invariants
//! - Bits past `len` are zero; every operation keeps that.
//! - Both operands of a binary operation have the same length.

/// One bit a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask {
    words: Vec<u64>,
    len: usize,
}

/// Bits of a word.
const WORD: usize = 64;

impl Mask {
    /// `len` records, none set.
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WORD)], len }
    }

    /// `len` records, all set.
    pub fn all(len: usize) -> Self {
        let mut mask = Self { words: vec![u64::MAX; len.div_ceil(WORD)], len };
        mask.trim();
        mask
    }

    fn trim(&mut self) {
        let rest = self.len % WORD;
        if let Some(last) = self.words.last_mut().filter(|_| rest > 0) {
            *last &= (1 << rest) - 1;
        }
    }

    /// How many records it is about.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is about no record at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether no record is set.
    pub fn is_none(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// How many records are set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether record `row` is set; past the end is not.
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / WORD).is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Sets record `row`; past the end changes nothing.
    pub fn set(&mut self, row: usize) {
        if row < self.len
            && let Some(word) = self.words.get_mut(row / WORD)
        {
            *word |= 1 << (row % WORD);
        }
    }

    /// Clears record `row`.
    pub fn clear(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / WORD) {
            *word &= !(1 << (row % WORD));
        }
    }

    /// Gives record `row` the value `on`.
    pub fn put(&mut self, row: usize, on: bool) {
        if on {
            self.set(row);
        } else {
            self.clear(row);
        }
    }

    /// The words, 64 records each, the lowest bit first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The words, to be written; call [`Mask::seal`] afterwards if bits past the end may have been set.
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// Clears the bits past the end.
    pub fn seal(&mut self) {
        self.trim();
    }

    fn zip(&self, other: &Self, f: impl Fn(u64, u64) -> u64) -> Self {
        debug_assert_eq!(self.len, other.len, "masks of one batch");
        let words = self.words.iter().zip(&other.words).map(|(&a, &b)| f(a, b)).collect();
        Self { words, len: self.len }
    }

    /// In both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// In either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// In this one and not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Not in this one.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut mask = Self { words: self.words.iter().map(|word| !word).collect(), len: self.len };
        mask.trim();
        mask
    }

    /// Adds the records of `other`.
    pub fn join(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word |= theirs;
        }
    }

    /// Keeps only the records of `other`.
    pub fn keep(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= theirs;
        }
    }

    /// Removes the records of `other`.
    pub fn remove(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= !theirs;
        }
    }

    /// The set records, rising.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = usize::try_from(rest.trailing_zeros()).ok().filter(|_| rest != 0)?;
                rest &= rest - 1;
                Some(index * WORD + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_past_the_end_are_never_set() {
        for len in [0, 1, 63, 64, 65, 200] {
            assert_eq!(Mask::all(len).count(), u64::try_from(len).unwrap());
            assert!(Mask::all(len).complement().is_none());
            assert_eq!(Mask::none(len).complement(), Mask::all(len));
        }
    }

    #[test]
    fn rows_come_in_order() {
        let mut mask = Mask::none(130);
        for row in [129, 0, 64, 63] {
            mask.set(row);
        }
        mask.set(130);
        assert_eq!(mask.rows().collect::<Vec<_>>(), [0, 63, 64, 129]);
    }
}
