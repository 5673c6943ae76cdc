//! The built-in functions: one table, from which typing, help and tests are made.
//!
//! Invariants
//! - A new function is a row of [`FUNCTIONS`] and a kernel; the grammar never changes for it.
//! - What a function does with blanks, marks and don't-knows is rule-language section 5.3.

mod table;

use crate::diagnostic::Localized;

pub use table::FUNCTIONS;

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

/// What stands at one place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// A number of any scale; units of one call agree.
    Number,
    /// A whole number.
    Whole,
    /// A constant from 0 to 9: digits behind the point.
    Decimals,
    /// A condition.
    Condition,
    /// Text or code.
    Text,
    /// A constant text.
    TextConstant,
    /// A constant pattern.
    Pattern,
    /// The name of a mark of the field before it.
    Mark,
    /// A field, because its state counts too.
    Cell,
    /// A value, comparable with the others of the call.
    Value,
    /// A constant, comparable with the others of the call.
    Constant,
    /// A multiple-answer field.
    Multi,
    /// A date.
    Day,
    /// A date or a month.
    DayOrMonth,
    /// A date and time.
    Moment,
}

/// The type of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionResult {
    /// A condition.
    Condition,
    /// A whole number without unit.
    Whole,
    /// The largest scale and the common unit of the arguments.
    SameNumber,
    /// The scale that the constant says, the unit of the number.
    Rounded,
    /// The scale that the constant says, without unit.
    Percent,
    /// Six decimals, without unit.
    Decimal6,
    /// Text.
    Text,
    /// A date.
    Day,
    /// The common type of the arguments.
    SameValue,
}

/// A built-in function.
#[derive(Debug)]
pub struct Function {
    /// The name in expressions.
    pub name: &'static str,
    /// What typed trees carry.
    pub id: FunctionId,
    /// Its arguments and result, for people.
    pub signature: &'static str,
    /// What it gives.
    pub docs: Localized<&'static str>,
    /// An expression or call that uses it.
    pub example: &'static str,
    /// What stands at each place; a call has at least as many arguments.
    pub parameters: &'static [Parameter],
    /// Whether the last parameter may be repeated.
    pub repeats: bool,
    /// The type of the call.
    pub result: FunctionResult,
}

/// The function called `name`. `None`: no such function.
pub fn by_name(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}
