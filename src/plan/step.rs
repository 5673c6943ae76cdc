//! Steps: the flat form of typed expressions, each equal part once.
//!
//! Invariants
//! - A step refers only to steps before it.
//! - Plain data: what a step does is `evaluate`'s matter; nothing here knows a batch.
//! - Names, marks, ranks, keys and parameters are resolved; only lookups' cells and patterns stand elsewhere.

use std::sync::Arc;

use crate::expression::tree::{ArithmeticOp, CompareOp, StateTest};
use crate::expression::{FieldId, LookupId, Type, Value};

/// Names a step of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub(super) u32);

impl StepId {
    /// Its place among the steps.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A step that gives numbers, with the scale of its mantissas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scaled {
    /// The step.
    pub step: StepId,
    /// Digits behind the point.
    pub scale: u8,
}

/// An operand of an exact comparison: a number, or a quotient that is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quotient {
    /// Above the bar.
    pub above: Scaled,
    /// Below it. `None`: one.
    pub below: Option<Scaled>,
}

/// Option index → key in a numbering that several operands share. `None`: the option has no key.
pub type KeyTable = Arc<[Option<i64>]>;

/// How operands are made comparable; the tables and scales are parallel to the operands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Keys {
    /// Numbers aligned to the largest of the scales.
    Numbers(Vec<u8>),
    /// Options of one list, by index.
    Codes,
    /// Options by a shared numbering (names or ranks).
    Options(Vec<KeyTable>),
    /// Text and codes, by code point.
    Text,
    /// Times of one kind.
    Times,
    /// Sets of options: bit i of an operand is the bit `table[i]` of all.
    Sets(Vec<KeyTable>),
}

/// The constants of `in { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Members {
    /// Bit i: option i.
    Options([u64; 4]),
    /// Numbers of the subject's scale, or times; rising.
    Numbers(Vec<i64>),
    /// Texts, rising.
    Texts(Vec<Arc<str>>),
}

/// How a lookup's row is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Way {
    /// One option key: option index → row.
    Option(Vec<Option<u32>>),
    /// One number or time key: (key, row), rising; and the scale of the keys.
    Number(Vec<(i64, u32)>, u8),
    /// One text key: (key, row), rising.
    Text(Vec<(Arc<str>, u32)>),
    /// One number in an interval; the lookup holds the bounds, this is their scale.
    Interval(u8),
    /// Several keys, each brought into the lookup's form.
    All(Vec<KeyForm>),
}

/// How one of several keys is brought into the form of the lookup's key column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// It has it.
    AsIs,
    /// Another list: option index → theirs. `None`: they have no such option.
    Option(Vec<Option<u8>>),
    /// Another scale.
    Number(u8),
}

/// A lookup as one expression asks it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finder {
    /// Which lookup.
    pub lookup: LookupId,
    /// How its row is found.
    pub way: Way,
    /// Scales of number keys, 0 for others.
    pub scales: Vec<u8>,
}

/// Among what a key is sought.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sought {
    /// The rows of a lookup: the plan's key index of that number.
    Lookup(usize),
    /// The records of a linked file, by these columns.
    Linked(Vec<FieldId>),
}

/// Kinds of time value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeKind {
    /// Days since 1970-01-01.
    Date,
    /// Seconds since 1970-01-01T00:00:00.
    DateTime,
    /// Months since January 1970.
    Month,
}

/// The kind of a time type; a date for every other type.
pub fn time_kind(ty: &Type) -> TimeKind {
    match ty {
        Type::DateTime => TimeKind::DateTime,
        Type::YearMonth => TimeKind::Month,
        _ => TimeKind::Date,
    }
}

/// Check digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// Weights 2, 1, 2, … leftwards from the digit before the last.
    Luhn,
    /// The sixth digit of a municipality code.
    JisX0402,
}

/// The functions on days, months and years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calendar {
    Year,
    Month,
    FiscalYear,
    DaysBetween,
    YearsBetween,
    AddDays,
    AddMonths,
    AddYears,
    Date,
}

/// How `fingerprint` writes the values of an argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// Digits of this scale, without trailing zeros.
    Number(u8),
    /// Option index → code.
    Codes(Arc<[Arc<str>]>),
    /// As it is.
    Text,
    /// As a day, a moment or a month of ISO 8601.
    Time(TimeKind),
}

/// An argument of `fingerprint`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spelled {
    /// Its values.
    pub step: StepId,
    /// How they are written.
    pub spelling: Spelling,
    /// Names of the marks, by index from 0.
    pub marks: Arc<[Arc<str>]>,
}

/// One part of a programme. Conditions give is-true and is-false masks, values give data with known masks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    // Conditions.
    /// The same for every record. `None`: unknown.
    Fixed(Option<bool>),
    /// The least of all.
    All(Vec<StepId>),
    /// The greatest of all.
    Any(Vec<StepId>),
    /// The opposite.
    Not(StepId),
    /// Both alike.
    Iff(StepId, StepId),
    /// A comparison of two values.
    Compare {
        /// Which.
        op: CompareOp,
        /// Left and right.
        sides: [StepId; 2],
        /// How.
        keys: Keys,
    },
    /// A comparison with a division at the top of a side.
    CompareQuotients {
        /// Which.
        op: CompareOp,
        /// Left and right.
        sides: [Quotient; 2],
    },
    /// Subject, low, high; both ends included.
    Between([StepId; 3], Keys),
    /// Near enough.
    Within {
        /// The subject and what it is near to.
        sides: [Scaled; 2],
        /// How near: mantissa and scale.
        tolerance: (i64, u8),
        /// Whether per hundred of the second.
        percent: bool,
    },
    /// Among constants.
    Member(StepId, Members),
    /// Among the keys of a lookup.
    InLookup(StepId, Arc<Finder>),
    /// What a cell's state is.
    State(FieldId, StateTest),
    /// Whether there is a linked record.
    Linked(u16),
    /// R of a field: its condition, and the fields that it reads.
    Relevant {
        /// The condition with every test on a controller read as "relevant, and test".
        full: StepId,
        /// All fields that it reads, through all ancestors.
        controllers: Vec<FieldId>,
    },
    /// Whether a set holds an option.
    Has(StepId, u8),
    /// Whether a cell has a mark: its number from 1.
    Marked(FieldId, u8),
    /// `same`: both equal, states included. The table gives the right side's mark of the left one's name, from 1.
    Alike {
        /// Left and right.
        sides: [StepId; 2],
        /// How values are compared.
        keys: Keys,
        /// Left mark → right mark of the same name, both from 1; 0: none.
        marks: Vec<u8>,
    },
    /// No value twice.
    Distinct(Vec<StepId>, Keys),
    /// Whether the values of the fields stand together in a row of a table.
    Exists(Vec<FieldId>, Sought),
    /// Whether the text matches a pattern of the plan.
    Matches(StepId, u32),
    /// Whether the first text begins with the second.
    Starts(StepId, StepId),
    /// Whether the check digit holds.
    CheckDigit(StepId, CheckDigit),

    // Values.
    /// The same for every record.
    Constant(Value),
    /// A parameter that was not given.
    Missing,
    /// The cells of a column.
    Field(FieldId),
    /// The cells of a multiple-answer column, blanks being the empty set.
    Ticked(FieldId),
    /// A lookup's cell: finder, keys, column.
    Lookup(Arc<Finder>, Vec<StepId>, u16),
    /// A calculation; the result's scale at the end.
    Arithmetic(ArithmeticOp, [Scaled; 2], u8),
    /// The opposite number.
    Negate(StepId),
    /// Without sign.
    Abs(StepId),
    /// In another scale, half up.
    Rescale(Scaled, u8),
    /// An option of another list: index → index.
    Recode(StepId, Vec<Option<u8>>),
    /// Condition, then, otherwise.
    Choose([StepId; 3]),
    /// The first value.
    Coalesce(Vec<StepId>),
    /// The sum of all.
    Sum(Vec<Scaled>, u8),
    /// The sum of those that are there.
    SumPresent(Vec<Scaled>, u8),
    /// The greatest (or least) number.
    Extreme {
        /// Greatest, else least.
        greatest: bool,
        /// Of what.
        of: Vec<Scaled>,
        /// The result's scale.
        scale: u8,
    },
    /// Part, whole: per hundred, of this scale.
    Percent([Scaled; 2], u8),
    /// How many options; or how many items as written.
    Count {
        /// The set.
        set: StepId,
        /// Items as written.
        listed: bool,
    },
    /// How many cells are answered.
    CountAnswered(Vec<StepId>),
    /// How many conditions hold.
    CountTrue(Vec<StepId>),
    /// How many parts a text has: text, separator.
    CountParts([StepId; 2]),
    /// How often the first stands among the others.
    Occurrences(Vec<StepId>, Keys),
    /// Unicode scalars.
    Length(StepId),
    /// A piece of a text: text, first, and length if given.
    Substring(Vec<StepId>),
    /// One after the other.
    Concat(Vec<StepId>),
    /// States and values as a text.
    Fingerprint(Vec<Spelled>),
    /// The comparison form of a name.
    Normalized(StepId),
    /// How alike two texts are.
    Similarity([StepId; 2]),
    /// A function on times.
    Calendar(Calendar, TimeKind, Vec<StepId>),
}
