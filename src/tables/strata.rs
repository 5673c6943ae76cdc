//! One figure over the columns of a table: its share, its averages, and how far each can move.
//!
//! A record that is held either stays out or enters in its column. What it can then be is told by four numbers a column
//! (see [`Stratum`]); all that follows is exact arithmetic on these.
//!
//! Invariants
//! - Every lowest and highest value is reached by some choice of the records that are held, and passed by none.
//! - The lowest value of a share is one minus the highest value of its complement: only highest values are searched.

use num_traits::{One as _, Zero as _};

use super::ratio::{Ratio, ratio, whole};

/// A figure and how far it can move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moving<T> {
    /// As counted. `None`: its base is empty.
    pub now: Option<T>,
    /// The lowest value that it can take. `None`: its base stays empty whatever comes, or it is not told.
    pub low: Option<T>,
    /// The highest.
    pub high: Option<T>,
}

impl<T> Moving<T> {
    /// Tells no longer how far it can move.
    pub fn leave_out_range(&mut self) {
        (self.low, self.high) = (None, None);
    }
}

impl<T: Clone> Moving<T> {
    /// What cannot move.
    pub fn fixed(value: Option<T>) -> Self {
        Self { now: value.clone(), low: value.clone(), high: value }
    }
}

/// What one column gives to one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stratum {
    /// Accepted records in the row.
    pub count: u64,
    /// Accepted records in the base.
    pub base: u64,
    /// Accepted records.
    pub accepted: u64,
    /// Units asked.
    pub frame: u64,
    /// Held records that can enter in the row.
    pub with: u64,
    /// Held records that can enter in the base and not in the row.
    pub without: u64,
    /// Held records that can enter outside the base and cannot enter in the row.
    pub idle_without_row: u64,
    /// Held records that can enter outside the base and cannot enter in the base otherwise than in the row.
    pub idle_within_row: u64,
}

impl Stratum {
    /// The same column for the complement of the row within the base.
    const fn complement(self) -> Self {
        Self {
            count: self.base.saturating_sub(self.count),
            with: self.without,
            without: self.with,
            idle_without_row: self.idle_within_row,
            idle_within_row: self.idle_without_row,
            ..self
        }
    }

    /// Both columns as one.
    const fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            base: self.base + other.base,
            accepted: self.accepted + other.accepted,
            frame: self.frame + other.frame,
            with: self.with + other.with,
            without: self.without + other.without,
            idle_without_row: self.idle_without_row + other.idle_without_row,
            idle_within_row: self.idle_within_row + other.idle_within_row,
        }
    }

    /// All of `strata` as one.
    pub fn sum(strata: &[Self]) -> Self {
        strata.iter().fold(Self::default(), |sum, stratum| sum.and(*stratum))
    }

    /// The count.
    pub const fn count(self) -> Moving<u64> {
        Moving { now: Some(self.count), low: Some(self.count), high: Some(self.count + self.with) }
    }

    /// The share of the base.
    pub fn share(self) -> Moving<Ratio> {
        Moving {
            now: ratio(self.count, self.base),
            low: self.complement().highest_share().map(|share| Ratio::one() - share),
            high: self.highest_share(),
        }
    }

    /// A share never falls when a record enters in the row, and never rises when one enters beside it: so the highest has
    /// all that can enter in the row and no other. Where the base is empty and none can enter in the row, any record that
    /// can enter at all makes it nought.
    fn highest_share(self) -> Option<Ratio> {
        ratio(self.count + self.with, self.base + self.with).or((self.without > 0).then(Ratio::zero))
    }
}

/// The unweighted mean of the shares of the columns whose base is not empty. `None`: all are.
pub fn mean_of_bands(bands: &[Stratum]) -> Moving<Ratio> {
    let complement: Vec<Stratum> = bands.iter().map(|band| band.complement()).collect();
    Moving {
        now: mean_now(bands),
        low: highest_mean(&complement).map(|mean| Ratio::one() - mean),
        high: highest_mean(bands),
    }
}

/// The same as counted.
pub(super) fn mean_now(bands: &[Stratum]) -> Option<Ratio> {
    mean(bands.iter().filter_map(|band| ratio(band.count, band.base)))
}

fn mean(shares: impl Iterator<Item = Ratio>) -> Option<Ratio> {
    let shares: Vec<Ratio> = shares.collect();
    let number = u64::try_from(shares.len()).ok().filter(|number| *number > 0)?;
    Some(shares.into_iter().sum::<Ratio>() / whole(number))
}

/// Columns move independently, so each that counts anyway stands at its highest. An empty column may stay empty, or fill:
/// filling it with records of the row alone adds a one, which no mean falls by; filling it otherwise adds less than that,
/// and is worth it only where nothing else has a base.
fn highest_mean(bands: &[Stratum]) -> Option<Ratio> {
    let full = || bands.iter().filter(|band| band.base > 0);
    let filling = bands.iter().filter(|band| band.base == 0 && band.with > 0);
    let ones = filling.map(|_| Ratio::one());
    let highest = mean(full().filter_map(|band| band.highest_share()).chain(ones));
    highest.or_else(|| bands.iter().any(|band| band.without > 0).then(Ratio::zero))
}

/// The average weighted by the units asked: Σ N x / v over Σ N n / v, columns without accepted record left out. `None`: no
/// column has a weight and a base.
pub fn frame_weighted(bands: &[Stratum]) -> Moving<Ratio> {
    let complement: Vec<Stratum> = bands.iter().map(|band| band.complement()).collect();
    Moving {
        now: weighted_now(bands),
        low: highest_weighted(&complement).map(|share| Ratio::one() - share),
        high: highest_weighted(bands),
    }
}

/// The same as counted.
pub(super) fn weighted_now(bands: &[Stratum]) -> Option<Ratio> {
    let now = bands.iter().map(|band| Choice { count: band.count, base: band.base, accepted: band.accepted });
    weighted(bands, now.collect())
}

/// What a column holds after some held records have entered.
#[derive(Debug, Clone, Copy)]
struct Choice {
    count: u64,
    base: u64,
    accepted: u64,
}

impl Choice {
    /// N (x − λ n) / v.
    fn worth(self, frame: u64, level: &Ratio) -> Ratio {
        if self.accepted == 0 {
            return Ratio::zero();
        }
        (whole(self.count) - level * whole(self.base)) * whole(frame) / whole(self.accepted)
    }
}

fn weighted(bands: &[Stratum], choices: Vec<Choice>) -> Option<Ratio> {
    let (mut above, mut below) = (Ratio::zero(), Ratio::zero());
    for (band, choice) in bands.iter().zip(choices).filter(|(_, choice)| choice.accepted > 0) {
        above += whole(band.frame) * whole(choice.count) / whole(choice.accepted);
        below += whole(band.frame) * whole(choice.base) / whole(choice.accepted);
    }
    (!below.is_zero()).then(|| above / below)
}

/// Dinkelbach's search: at a level λ each column takes the choice with the highest N (x − λ n) / v; the ratio of those
/// choices is the next level, until it does not rise. It ends, because a level is the ratio of one of finitely many
/// choices and rises at each step, and at the end no choice has a ratio above the level.
///
/// The highest N (x − λ n) / v of a column is a fraction to which a record in the row adds 1 − λ above, one beside it −λ,
/// one outside the base 0, and each adds 1 below. No such fraction is above 1 − λ or below −λ, so every record that can
/// be in the row is, none stands beside it, and one that can only stand outside the base is worth it exactly where the
/// fraction is negative: then all of them are. So there are two choices a column.
fn highest_weighted(bands: &[Stratum]) -> Option<Ratio> {
    let filled = |band: &Stratum| Choice {
        count: band.count + band.with,
        base: band.base + band.with,
        accepted: band.accepted + band.with,
    };
    let Some(mut level) = weighted(bands, bands.iter().map(filled).collect()) else {
        let beside = bands.iter().any(|band| band.frame > 0 && band.without > 0);
        return beside.then(Ratio::zero);
    };
    loop {
        let best = |band: &Stratum| {
            let narrow = filled(band);
            let wide = Choice { accepted: narrow.accepted + band.idle_without_row, ..narrow };
            if wide.worth(band.frame, &level) > narrow.worth(band.frame, &level) { wide } else { narrow }
        };
        match weighted(bands, bands.iter().map(best).collect()) {
            Some(next) if next > level => level = next,
            _ => return Some(level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ratio::percent;
    use super::*;

    /// What one held record can be: outside the base, in the row, beside it.
    const KINDS: [[bool; 3]; 7] = [
        [true, false, false],
        [false, true, false],
        [false, false, true],
        [true, true, false],
        [true, false, true],
        [false, true, true],
        [true, true, true],
    ];

    fn stratum(number: [u64; 4], held: &[usize]) -> Stratum {
        let [frame, accepted, base, count] = number;
        let mut stratum = Stratum { count, base, accepted, frame, ..Stratum::default() };
        for &kind in held {
            let [out, with, without] = KINDS[kind];
            stratum.with += u64::from(with);
            stratum.without += u64::from(without);
            stratum.idle_without_row += u64::from(out && !with);
            stratum.idle_within_row += u64::from(out && !without);
        }
        stratum
    }

    /// Every way in which the held records of a column can come in.
    fn ways(start: Choice, held: &[usize]) -> Vec<Choice> {
        let mut all = vec![start];
        for &kind in held {
            let mut next = all.clone();
            for way in all {
                let entered = Choice { accepted: way.accepted + 1, ..way };
                let [out, with, without] = KINDS[kind];
                next.extend(out.then_some(entered));
                next.extend(with.then_some(Choice { count: way.count + 1, base: way.base + 1, ..entered }));
                next.extend(without.then_some(Choice { base: way.base + 1, ..entered }));
            }
            all = next;
        }
        all
    }

    fn combinations(columns: &[Vec<Choice>]) -> Vec<Vec<Choice>> {
        columns.iter().fold(vec![Vec::new()], |all, ways| {
            all.iter().flat_map(|head| ways.iter().map(|way| [head.clone(), vec![*way]].concat())).collect()
        })
    }

    fn range(values: impl Iterator<Item = Option<Ratio>>) -> (Option<Ratio>, Option<Ratio>) {
        let values: Vec<Ratio> = values.flatten().collect();
        (values.iter().min().cloned(), values.iter().max().cloned())
    }

    #[test]
    fn every_range_is_what_trying_every_way_gives() {
        let mut random: u64 = 0x2545_f491_4f6c_dd1d;
        let mut draw = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        for _ in 0..1_500 {
            let mut bands = Vec::new();
            let mut columns = Vec::new();
            for _ in 0..=draw(3) {
                let accepted = draw(4);
                let base = if accepted == 0 { 0 } else { draw(accepted + 1) };
                let count = if base == 0 { 0 } else { draw(base + 1) };
                let held: Vec<usize> = (0..draw(3)).map(|_| usize::try_from(draw(7)).unwrap()).collect();
                bands.push(stratum([draw(4), accepted, base, count], &held));
                columns.push(ways(Choice { count, base, accepted }, &held));
            }
            let all = combinations(&columns);
            let sum = |way: &[Choice], of: fn(&Choice) -> u64| way.iter().map(of).sum::<u64>();
            let pooled =
                all.iter().map(|way| ratio(sum(way, |choice| choice.count), sum(way, |choice| choice.base)));
            let share = Stratum::sum(&bands).share();
            assert_eq!((share.low, share.high), range(pooled), "pooled {bands:?}");
            let means = all.iter().map(|way| mean(way.iter().filter_map(|one| ratio(one.count, one.base))));
            let mean = mean_of_bands(&bands);
            assert_eq!((mean.low, mean.high), range(means), "bands {bands:?}");
            let weights = all.iter().map(|way| weighted(&bands, way.clone()));
            let weighted = frame_weighted(&bands);
            assert_eq!((weighted.low, weighted.high), range(weights), "frame {bands:?}");
        }
    }

    #[test]
    fn the_three_averages_of_the_backup_methods_are_the_published_ones() {
        let frame = [2940, 2810, 1015, 673, 357, 376];
        let accepted = [1794, 1816, 698, 474, 270, 301];
        let base = [1012, 1258, 518, 404, 243, 289];
        let rows = [
            ([101, 164, 78, 61, 39, 72], [16, 14, 1355], [10, 13, 15, 15, 16, 25]),
            ([354, 478, 217, 189, 121, 125], [42, 40, 3954], [35, 38, 42, 47, 50, 43]),
            ([557, 616, 223, 154, 83, 92], [42, 46, 4691], [55, 49, 43, 38, 34, 32]),
        ];
        for (counts, [bands, pooled, weighted], percents) in rows {
            let strata: Vec<Stratum> = (0..6)
                .map(|band| stratum([frame[band], accepted[band], base[band], counts[band]], &[]))
                .collect();
            let print = |share: Option<Ratio>, decimals| percent(&share.unwrap(), decimals).digits;
            assert_eq!(print(mean_of_bands(&strata).now, 0), bands);
            assert_eq!(print(Stratum::sum(&strata).share().now, 0), pooled);
            assert_eq!(print(frame_weighted(&strata).now, 2), weighted);
            let cells: Vec<i64> = strata.iter().map(|one| print(one.share().now, 0)).collect();
            assert_eq!(cells, percents);
        }
    }

    #[test]
    fn the_exact_mean_of_forty_two_and_a_half_prints_forty_three() {
        let strata: Vec<Stratum> =
            [35, 38, 42, 47, 50, 43].iter().map(|count| stratum([0, 100, 100, *count], &[])).collect();
        assert_eq!(percent(&mean_of_bands(&strata).now.unwrap(), 0).digits, 43);
    }
}
