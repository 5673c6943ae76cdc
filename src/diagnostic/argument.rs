//! The typed values that a message shows.
//!
//! Invariants
//! - Text as written is cut to 64 bytes at a character boundary, with `…` to show it.
//! - An argument knows both languages; it never looks anything up.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Language, Localized};

/// Longest piece of a respondent's text that a finding keeps, in bytes.
const LONGEST_TEXT: usize = 64;

/// A fixed-point number: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Decimal {
    /// The digits.
    pub mantissa: i64,
    /// How many of them stand behind the point.
    pub scale: u8,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = self.mantissa.unsigned_abs().to_string();
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, part) = padded.split_at(padded.len().saturating_sub(scale));
        let part = part.trim_end_matches('0');
        if self.mantissa < 0 {
            f.write_str("-")?;
        }
        f.write_str(whole)?;
        if part.is_empty() { Ok(()) } else { write!(f, ".{part}") }
    }
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Argument {
    /// The cell has no value: 未記入 / not given.
    NotGiven,
    /// A computed value does not exist: 該当なし / none.
    Nothing,
    /// Text as written in the file.
    Text(Box<str>),
    /// A number.
    Number(Decimal),
    /// Text that differs by language: an option's label, a question's title.
    Localized(Localized<Arc<str>>),
    /// Several, printed with 、 or a comma between them.
    List(Vec<Argument>),
}

impl Argument {
    /// Text as a respondent wrote it, cut to 64 bytes.
    pub fn written(text: &str) -> Self {
        if text.len() <= LONGEST_TEXT {
            return Self::Text(text.into());
        }
        let mut kept = String::with_capacity(LONGEST_TEXT + 3);
        for character in text.chars() {
            if kept.len() + character.len_utf8() > LONGEST_TEXT {
                break;
            }
            kept.push(character);
        }
        kept.push('…');
        Self::Text(kept.into_boxed_str())
    }

    /// Appends the value as printed in `language`.
    pub fn write(&self, into: &mut String, language: Language) {
        match self {
            Self::NotGiven => into.push_str(pick(language, "未記入", "not given")),
            Self::Nothing => into.push_str(pick(language, "該当なし", "none")),
            Self::Text(text) => into.push_str(text),
            Self::Number(number) => into.push_str(&number.to_string()),
            Self::Localized(text) => into.push_str(text.get(language)),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        into.push_str(pick(language, "、", ", "));
                    }
                    item.write(into, language);
                }
            }
        }
    }

    /// The value as printed in `language`.
    pub fn print(&self, language: Language) -> String {
        let mut text = String::new();
        self.write(&mut text, language);
        text
    }
}

const fn pick<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text.into_boxed_str())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(
            |_| number.to_string().into(),
            |mantissa| Self::Number(Decimal { mantissa, scale: 0 }),
        )
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        u64::try_from(number).map_or(Self::Nothing, Self::from)
    }
}

impl From<Localized<Arc<str>>> for Argument {
    fn from(text: Localized<Arc<str>>) -> Self {
        Self::Localized(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_without_trailing_zeros() {
        let printed = [(5, 0), (-5, 0), (1250, 2), (-7, 3), (0, 2), (100, 2)]
            .map(|(mantissa, scale)| Decimal { mantissa, scale }.to_string());
        assert_eq!(printed, ["5", "-5", "12.5", "-0.007", "0", "1"]);
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let Argument::Text(text) = Argument::written(&"漢".repeat(30)) else { panic!("text expected") };
        assert_eq!(text.chars().count(), 22);
        assert!(text.ends_with('…'));
    }
}
