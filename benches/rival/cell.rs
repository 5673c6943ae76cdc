//! A cell of the form: its state, and what is to be told of it.
//!
//! Invariants
//! - A cell that is not a value still lets the record be read: a wrong answer is a finding, never an error.
//! - CSV gives every cell as text, JSON also numbers and truth values; both end in the same states.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<T> {
    Value(T),
    Blank,
    /// 該当なし
    NotApplicable,
    /// 不明
    DontKnow,
    /// Cannot be read; has been told.
    Invalid,
}

/// A cell.
#[derive(Debug, Clone, Copy)]
pub struct Cell<T> {
    pub is: State<T>,
    /// The id of the finding about the cell itself.
    pub told: Option<&'static str>,
}

/// What can stand in a cell.
pub trait Answer<'a>: Sized {
    /// Reads a text that is trimmed and not empty.
    fn read(text: Cow<'a, str>) -> Cell<Self>;

    /// Reads a number of JSON.
    fn number(number: u64) -> Cell<Self> {
        Self::read(Cow::Owned(number.to_string()))
    }
}

impl<T> State<T> {
    pub const fn is_blank(&self) -> bool {
        matches!(self, Self::Blank)
    }

    pub const fn is_invalid(&self) -> bool {
        matches!(self, Self::Invalid)
    }

    /// "Don't know" is an answer; a mark that the question does not apply is none.
    pub const fn is_answered(&self) -> bool {
        matches!(self, Self::Value(_) | Self::DontKnow)
    }

    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> Default for Cell<T> {
    fn default() -> Self {
        State::Blank.into()
    }
}

impl<T> From<State<T>> for Cell<T> {
    fn from(is: State<T>) -> Self {
        Self { is, told: None }
    }
}

impl<T> Cell<T> {
    pub const fn value(value: T) -> Self {
        Self { is: State::Value(value), told: None }
    }

    /// A value of which something is to be told.
    pub const fn noted(value: T, rule: &'static str) -> Self {
        Self { is: State::Value(value), told: Some(rule) }
    }

    pub const fn invalid(rule: &'static str) -> Self {
        Self { is: State::Invalid, told: Some(rule) }
    }
}

impl<'de: 'a, 'a, T: Answer<'a>> Deserialize<'de> for Cell<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

struct Reader<'a, T>(PhantomData<(&'a (), T)>);

impl<'de: 'a, 'a, T: Answer<'a>> Visitor<'de> for Reader<'a, T> {
    type Value = Cell<T>;

    fn expecting(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str("an answer")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        let text = text.trim();
        Ok(if text.is_empty() { Cell::default() } else { T::read(Cow::Borrowed(text)) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let text = text.trim();
        Ok(if text.is_empty() { Cell::default() } else { T::read(Cow::Owned(text.to_owned())) })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(T::number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(T::read(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(T::read(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(T::read(Cow::Borrowed(if truth { "true" } else { "false" })))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cell::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::read(Cow::Borrowed("[]")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(T::read(Cow::Borrowed("{}")))
    }
}
