//! The built-in functions: one table, from which typing, help and tests are made.
//!
//! Invariants
//! - A new function is a row of [`FUNCTIONS`] and a kernel; the grammar never changes for it.
//! - What a function does with blanks, marks and don't-knows is rule-language section 5.3.

/// Names a function without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described by its row of FUNCTIONS")]
pub enum FunctionId {
    Sum,
    SumPresent,
    Min,
    Max,
    Abs,
    RoundHalfUp,
    Percent,
    Count,
    CountListed,
    CountAnswered,
    CountTrue,
    CountParts,
    Distinct,
    Occurrences,
    Marked,
    Same,
    Coalesce,
    Length,
    Substring,
    Concat,
    Fingerprint,
    Matches,
    Starts,
    Normalized,
    Similarity,
    Year,
    Month,
    FiscalYear,
    DaysBetween,
    YearsBetween,
    AddDays,
    AddMonths,
    AddYears,
    Date,
    Luhn,
    JisX0402,
}
