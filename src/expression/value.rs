//! Types and values of the language.
//!
//! Invariants
//! - No implicit conversion and no `any`: every value has exactly one type.
//! - Numbers are i64 scaled by 10^scale; dates are days since 1970-01-01 (proleptic Gregorian).
//! - Nothing here refers to a questionnaire; option lists are shared, immutable lists of names.

use std::sync::Arc;

use crate::diagnostic::Localized;
use crate::diagnostic::nearest::{fold, nearest};

/// A column of the batch: (table, index). Table 0 is the questionnaire with its derived values behind its
/// fields; each link is a table of its own, in order of declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId {
    /// 0: the record itself; 1 and up: the links.
    pub table: u16,
    /// Position among the table's columns.
    pub index: u16,
}

/// A run parameter or a constant of the survey, in order of declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamId(pub u16);

/// A lookup table, in order of declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupId(pub u16);

/// One option of a closed question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionItem {
    /// `x-name`: the name in rules and examples.
    pub name: Arc<str>,
    /// The code in data, as its canonical text (`1`, `A`).
    pub code: Arc<str>,
    /// What a person reads.
    pub label: Localized<Arc<str>>,
    /// `x-rank`. `None`: unordered.
    pub rank: Option<i64>,
}

/// The options of a question, in form order; at most 250 (64 for a multiple-answer question).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionList {
    /// In form order; a value is an index into it.
    pub items: Vec<OptionItem>,
    /// `x-scale`. `None`: not comparable by rank with another field.
    pub scale: Option<Arc<str>>,
    /// Whether the codes are JSON strings (an `enum` of strings) rather than numbers.
    pub text_codes: bool,
}

impl OptionList {
    /// The index of the option called `name`. `None`: no such option.
    pub fn index_of(&self, name: &str) -> Option<u8> {
        self.items.iter().position(|item| &*item.name == name).and_then(|index| u8::try_from(index).ok())
    }

    /// The option at `index`. `None`: past the end.
    pub fn get(&self, index: u8) -> Option<&OptionItem> {
        self.items.get(usize::from(index))
    }

    /// The option that was probably meant by `found`: by its code, or by the nearest of its name and labels.
    pub fn meant(&self, found: &str) -> Option<&OptionItem> {
        let spelled = |item: &&OptionItem, spelling: &str| {
            [&item.name, &item.label.ja, &item.label.en].into_iter().any(|text| &**text == spelling)
        };
        let folded = fold(found);
        self.items.iter().find(|item| fold(&item.code) == folded).or_else(|| {
            // Names before labels: of equally near ones the first is taken.
            let names = self.items.iter().map(|item| &*item.name);
            let labels = self.items.iter().flat_map(|item| [&*item.label.ja, &*item.label.en]);
            let spelling = nearest(found, names.chain(labels))?;
            self.items.iter().find(|item| spelled(item, spelling))
        })
    }

    /// Whether both have the same option names, in any order.
    pub fn same_names(&self, other: &Self) -> bool {
        self.items.len() == other.items.len()
            && self.items.iter().all(|item| other.items.iter().any(|theirs| theirs.name == item.name))
    }
}

/// The type of an expression or of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// The result of a test: true, false or unknown.
    Condition,
    /// `int` (scale 0) or `dec(scale)`.
    Number {
        /// Digits behind the point, 0 to 9.
        scale: u8,
        /// `x-unit`. `None`: agrees with every unit.
        unit: Option<Arc<str>>,
    },
    /// One option.
    Option(Arc<OptionList>),
    /// A set of options.
    Multi(Arc<OptionList>),
    /// Text.
    Text,
    /// Text in which leading zeros count; no arithmetic.
    Code,
    /// A day.
    Date,
    /// A moment without zone.
    DateTime,
    /// A month of a year.
    YearMonth,
}

impl Type {
    /// A plain whole number without unit.
    pub const INTEGER: Self = Self::Number { scale: 0, unit: None };
}

/// One value; what it means depends on its [`Type`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Of a condition.
    Truth(bool),
    /// Scaled by 10^scale of its type.
    Number(i64),
    /// Index into the option list.
    Option(u8),
    /// Bit i: option i is chosen; and how many items were written, repetitions included.
    Multi {
        /// The set.
        set: u64,
        /// Items written.
        listed: u16,
    },
    /// Text or code.
    Text(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01T00:00:00, as written, without zone.
    DateTime(i64),
    /// Months since January 1970.
    YearMonth(i32),
}
