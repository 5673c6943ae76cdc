//! What a cell is filled with, as far as a mark has to give it back.
//!
//! Invariants
//! - A paint has a name of a few letters, which no reader of a workbook can take for anything else; what has none
//!   (patterns, gradients) is not given back.

use super::Colour;

/// Attributes of a colour, in the order in which they are named.
const ATTRIBUTES: [&str; 4] = ["rgb", "theme", "indexed", "tint"];

/// Longest value of an attribute.
const LONGEST: usize = 24;

/// One colour over the whole cell, or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Paint {
    /// Nothing.
    Unfilled,
    /// A colour: its attributes, in order.
    Solid(Vec<(&'static str, String)>),
}

impl From<Colour> for Paint {
    fn from(colour: Colour) -> Self {
        Self::Solid(vec![("rgb", format!("FF{}", colour.hex()))])
    }
}

impl Paint {
    /// The colour whose attributes `value` gives. `None`: it has none that can be named.
    pub(super) fn solid(value: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let is_plain = |text: &str| {
            let letters =
                text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'));
            letters && (1..=LONGEST).contains(&text.len())
        };
        let mut found = Vec::new();
        for name in ATTRIBUTES {
            let Some(text) = value(name) else { continue };
            if !is_plain(&text) {
                return None;
            }
            found.push((name, if name == "rgb" { text.to_ascii_uppercase() } else { text }));
        }
        (!found.is_empty()).then_some(Self::Solid(found))
    }

    /// `rgb=FFFFFBE6`. `None`: there is nothing to be named.
    pub(super) fn name(&self) -> Option<String> {
        let Self::Solid(attributes) = self else { return None };
        let named: Vec<String> = attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some(named.join(" "))
    }

    /// The paint of this name. `None`: it is none.
    pub(super) fn of_name(text: &str) -> Option<Self> {
        let pairs: Vec<(&str, &str)> =
            text.split(' ').map(|pair| pair.split_once('=')).collect::<Option<_>>()?;
        let known = |(name, _): &(&str, &str)| ATTRIBUTES.contains(name);
        if !pairs.iter().all(known) {
            return None;
        }
        Self::solid(|wanted| {
            pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        })
    }

    /// The attributes as a tag has them, each with a blank before it; of no colour, none.
    pub(super) fn attributes(&self) -> String {
        let Self::Solid(attributes) = self else { return String::new() };
        let written: Vec<String> =
            attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
        written.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paint_is_what_its_name_says_and_nothing_else_is_one() {
        let paint = Paint::from(Colour(255, 199, 206));
        assert_eq!(paint.name().as_deref(), Some("rgb=FFFFC7CE"));
        assert_eq!(Paint::of_name("rgb=ffffc7ce"), Some(paint));
        let theme = Paint::of_name("theme=7 tint=0.7999816888943144").unwrap();
        assert_eq!(theme.attributes(), " theme=\"7\" tint=\"0.7999816888943144\"");
        for text in
            ["", "rgb", "rgb=", "rgb=\"/><x", "colour=1", "rgb=FF hidden=1", "rgb=0000000000000000000000000"]
        {
            assert_eq!(Paint::of_name(text), None, "{text}");
        }
    }
}
