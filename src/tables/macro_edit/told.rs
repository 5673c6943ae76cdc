//! What a macro edit tells in its message: values by the names of their placeholders.
//!
//! Invariants
//! - A placeholder without a value prints as none; shares are rounded here, once, half up, to one decimal.

use std::collections::BTreeMap;
use std::sync::Arc;

use num_traits::ToPrimitive as _;

use crate::diagnostic::Decimal as Printed;
use crate::diagnostic::{Argument, Localized};
use crate::tables::ratio::{Decimal, Ratio, percent};

/// The values of one finding.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(BTreeMap<&'static str, Argument>);

impl Told {
    /// The value called `name`; none where it has no value.
    pub(super) fn get(&self, name: &str) -> Argument {
        self.0.get(name).cloned().unwrap_or(Argument::Nothing)
    }

    /// Adds a text.
    pub(super) fn localized(&mut self, name: &'static str, text: Localized<Arc<str>>) {
        self.0.insert(name, Argument::Localized(text));
    }

    /// Adds texts that are made for this finding.
    pub(super) fn words(&mut self, name: &'static str, words: Localized<String>) {
        self.localized(name, Localized::new(Arc::from(words.ja), Arc::from(words.en)));
    }

    /// Adds a count.
    pub(super) fn count(&mut self, name: &'static str, count: Option<u64>) {
        self.0.extend(count.map(|count| (name, Argument::from(count))));
    }

    /// Adds a share, in per cent with one decimal.
    pub(super) fn share(&mut self, name: &'static str, share: Option<&Ratio>) {
        self.decimal(name, share.map(|share| percent(share, 1)));
    }

    /// Adds a number as it is printed.
    pub(super) fn decimal(&mut self, name: &'static str, number: Option<Decimal>) {
        let number = number.map(|number| Printed { mantissa: number.digits, scale: number.decimals });
        self.0.extend(number.map(|number| (name, Argument::Number(number))));
    }
}

/// An exact number with one decimal, half up.
pub(super) fn with_one_decimal(number: &Ratio) -> String {
    percent(&(number / Ratio::from_integer(100.into())), 1).to_string()
}

/// A number as a scaled whole one of `scale` digits, half up. `None`: it is too large.
pub(super) fn scaled(share: &Ratio, scale: u8) -> Option<i64> {
    percent(share, scale).digits.to_i64()
}
