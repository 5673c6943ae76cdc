//! Random numbers that depend on (seed, purpose, record, draw) and on nothing else.
//!
//! Invariants
//! - A record's numbers are the same whatever thread or chunk makes it, and whatever other records are made.
//! - A draw has its own eight words, so that a change of one draw changes no other.
//! - Choosing never repeats a throw: the bias of `below` is at most n / 2^64.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Bytes of one word.
const WORD: usize = 8;
/// Words of one draw.
const WORDS: usize = 8;

/// What the numbers are for; each has streams of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Which units answer, and the draws by exact counts.
    Selection,
    /// All other draws.
    Answers,
    /// Which defect a record gets, and mutations.
    Defects,
}

/// The streams of one seed and purpose, one a record.
#[derive(Debug, Clone)]
pub struct Streams {
    base: ChaCha8Rng,
}

impl Streams {
    /// The streams of `seed` for `purpose`.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        let tag: u8 = match purpose {
            Purpose::Selection => 1,
            Purpose::Answers => 2,
            Purpose::Defects => 3,
        };
        let bytes = seed.to_le_bytes().into_iter().chain([tag]);
        for (place, byte) in key.iter_mut().zip(bytes) {
            *place = byte;
        }
        Self { base: ChaCha8Rng::from_seed(key) }
    }

    /// Fills `into` with the numbers of `record` for `draws` draws.
    pub fn fill(&self, record: u64, draws: usize, into: &mut Words) {
        let mut generator = self.base.clone();
        generator.set_stream(record);
        into.bytes.resize(draws * WORDS * WORD, 0);
        generator.fill_bytes(&mut into.bytes);
    }
}

/// The numbers of one record.
#[derive(Debug, Clone, Default)]
pub struct Words {
    bytes: Vec<u8>,
}

impl Words {
    /// The numbers of the draw at `index`.
    pub fn dice(&self, index: usize) -> Dice<'_> {
        let start = index * WORDS * WORD;
        Dice { bytes: self.bytes.get(start..start + WORDS * WORD).unwrap_or(&[]), last: 0 }
    }
}

/// The numbers of one draw, taken one after the other.
#[derive(Debug, Clone)]
pub struct Dice<'a> {
    bytes: &'a [u8],
    last: u64,
}

impl Dice<'_> {
    /// The next number; a draw that needs more than its eight words goes on with `SplitMix64` from the last one.
    pub fn word(&mut self) -> u64 {
        self.last = match self.bytes.split_first_chunk::<WORD>() {
            Some((word, rest)) => {
                self.bytes = rest;
                u64::from_le_bytes(*word)
            }
            None => mixed(self.last),
        };
        self.last
    }

    /// A number from 0 to before `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.word()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// An index into a list of `length`; 0 if it is empty.
    pub fn index(&mut self, length: usize) -> usize {
        let end = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(end)).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` if they are crossed.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }
}

/// One step of `SplitMix64`.
pub fn mixed(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throws(seed: u64, purpose: Purpose, record: u64, draw: usize) -> Vec<u64> {
        let mut words = Words::default();
        Streams::new(seed, purpose).fill(record, 4, &mut words);
        let mut dice = words.dice(draw);
        (0..12).map(|_| dice.word()).collect()
    }

    #[test]
    fn numbers_differ_by_seed_purpose_record_and_draw_and_repeat_otherwise() {
        let first = throws(1, Purpose::Answers, 5, 2);
        assert_eq!(first, throws(1, Purpose::Answers, 5, 2));
        let others = [
            throws(2, Purpose::Answers, 5, 2),
            throws(1, Purpose::Defects, 5, 2),
            throws(1, Purpose::Answers, 6, 2),
            throws(1, Purpose::Answers, 5, 3),
        ];
        assert!(others.iter().all(|other| other.iter().all(|word| !first.contains(word))), "{others:?}");
    }

    #[test]
    fn bounds_are_reached_and_never_passed() {
        let mut words = Words::default();
        let mut seen = [0; 3];
        for record in 0..300 {
            Streams::new(7, Purpose::Answers).fill(record, 1, &mut words);
            let number = words.dice(0).between(-1, 1);
            seen[usize::try_from(number + 1).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| count > 70), "{seen:?}");
        let mut dice = words.dice(0);
        assert_eq!((dice.between(4, 4), dice.between(4, 3), dice.below(0)), (4, 4, 0));
    }
}
