//! Whether those who answered are spread over the bands as those who did not.
//!
//! Invariants
//! - The test compares respondents with non-respondents: against the whole frame it would be no test, since respondents
//!   are part of it. Both figures are told, each by its name.

use super::averages;
use super::sheet::Sheet;
use super::told::{Told, with_one_decimal};
use crate::diagnostic::Localized;
use crate::plan::Plan;
use crate::rule_pack::macro_edit::{Limit, NamedRow};
use crate::rule_pack::tabulation::AverageKind;
use crate::tables::ratio::{Decimal, Ratio, whole};

/// Told where the chi-square is above `limit`; `rows` are the units asked, those who answered, and the figure shown
/// weighted by the frame.
pub(super) fn differs(sheet: &Sheet<'_>, plan: &Plan, rows: [&NamedRow; 3], limit: Limit) -> Vec<Told> {
    told(sheet, plan, rows, limit).into_iter().collect()
}

fn told(sheet: &Sheet<'_>, plan: &Plan, rows: [&NamedRow; 3], limit: Limit) -> Option<Told> {
    let [asked, answered, reference] = rows;
    let counts = |named: &NamedRow| {
        let (table, row) = sheet.row(named)?;
        table.bands().map(|place| row.cells.get(place)?.count).collect::<Option<Vec<u64>>>()
    };
    let bands: Vec<(u64, u64)> = counts(asked)?.into_iter().zip(counts(answered)?).collect();
    let (chi_square, freedom) = against_others(&bands)?;
    let limit = match limit {
        Limit::Number(digits, decimals) => Decimal { digits, decimals }.exact(),
        Limit::Param(param) => {
            plan.number(param).map(|(digits, decimals)| Decimal { digits, decimals }.exact())?
        }
    };
    if chi_square <= limit {
        return None;
    }
    let (table, row) = sheet.row(reference)?;
    let weighted = averages::reach(sheet, table, row, AverageKind::Frame).map(|reach| reach.middle());
    let frame = against_frame(&bands).map(|value| with_one_decimal(&value)).unwrap_or_default();
    let value = with_one_decimal(&chi_square);
    let mut told = table.told_of_row(row);
    told.share("percent", weighted.as_ref());
    told.words("expression", Localized::new(
        format!("未回答の客体との比較 χ²＝{value}、自由度{freedom}。名簿との比較では{frame}"),
        format!("against non-respondents chi-square {value} on {freedom} degrees of freedom; against the frame {frame}"),
    ));
    Some(told)
}

/// Chi-square of respondents against non-respondents over the bands, and its degrees of freedom. `None`: nobody, or
/// everybody, answered, or more answered than were asked.
fn against_others(bands: &[(u64, u64)]) -> Option<(Ratio, usize)> {
    let asked: u64 = bands.iter().map(|(asked, _)| asked).sum();
    let answered: u64 = bands.iter().map(|(_, answered)| answered).sum();
    let others = asked.checked_sub(answered).filter(|others| *others > 0 && answered > 0)?;
    let filled: Vec<&(u64, u64)> = bands.iter().filter(|(asked, _)| *asked > 0).collect();
    let mut sum = whole(0);
    for (units, own) in &filled {
        let rest = units.checked_sub(*own)?;
        for (seen, group) in [(*own, answered), (rest, others)] {
            let expected = whole(*units) * whole(group) / whole(asked);
            let difference = whole(seen) - &expected;
            sum += &difference * &difference / expected;
        }
    }
    Some((sum, filled.len().saturating_sub(1)))
}

/// The same of respondents against the whole frame.
fn against_frame(bands: &[(u64, u64)]) -> Option<Ratio> {
    let asked: u64 = bands.iter().map(|(asked, _)| asked).sum();
    let answered: u64 = bands.iter().map(|(_, answered)| answered).sum();
    let filled = bands.iter().filter(|(units, _)| *units > 0);
    (asked > 0 && answered > 0).then(|| {
        filled
            .map(|(units, own)| {
                let expected = whole(*units) * whole(answered) / whole(asked);
                let difference = whole(*own) - &expected;
                &difference * &difference / expected
            })
            .sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The report's counts (slide 3), and what its authors' arithmetic gives.
    #[test]
    fn the_reports_response_gives_the_known_chi_squares() {
        let asked = [2940, 2810, 1015, 673, 357, 376];
        let bands: Vec<(u64, u64)> = asked.into_iter().zip([1794, 1816, 698, 474, 270, 301]).collect();
        let (chi_square, freedom) = against_others(&bands).unwrap();
        assert_eq!((with_one_decimal(&chi_square).as_str(), freedom), ("90.6", 5));
        assert_eq!(with_one_decimal(&against_frame(&bands).unwrap()), "31.2");
        assert!(against_others(&[(10, 10), (5, 5)]).is_none() && against_others(&[(1, 2), (9, 1)]).is_none());
        assert_eq!(against_others(&[(10, 5), (20, 10), (0, 0)]), Some((whole(0), 1)));
    }
}
