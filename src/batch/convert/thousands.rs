//! Separators between groups of three digits: 1,024 and 1 024 and 1'024.
//!
//! Invariants
//! - Groups have exactly three digits but for the first, and one separator throughout: 1,02 and 1,024'000 are no
//!   numbers, and nobody guesses which digit is missing.

/// Signs that stand between groups, in the reading form.
const fn is_separator(letter: char) -> bool {
    matches!(letter, ',' | '\'' | '\u{2019}' | ' ' | '\u{2009}')
}

/// The number in `form` (a reading form) without separators. `None`: it has none, or not between groups of three.
pub(super) fn without_separators(form: &str) -> Option<String> {
    let separator = form.chars().find(|letter| is_separator(*letter))?;
    let (whole, part) = form.split_once('.').map_or((form, None), |(whole, part)| (whole, Some(part)));
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (sign, first) = first.strip_prefix('-').map_or(("", first), |first| ("-", first));
    let mut joined = String::with_capacity(form.len());
    joined.push_str(sign);
    joined.push_str(Some(first).filter(|first| digits(first) && first.len() <= 3)?);
    let mut groups = groups.peekable();
    groups.peek()?;
    for group in groups {
        joined.push_str(Some(group).filter(|group| digits(group) && group.len() == 3)?);
    }
    if let Some(part) = part {
        joined.push('.');
        joined.push_str(part);
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_groups_of_three_are_joined() {
        for (form, expected) in [
            ("1,024", "1024"),
            ("1 024", "1024"),
            ("1'024'000", "1024000"),
            ("-1,024.50", "-1024.50"),
            ("999,999", "999999"),
        ] {
            assert_eq!(without_separators(form).as_deref(), Some(expected), "{form}");
        }
        for form in [
            "1024",
            "1,02",
            "1,0244",
            ",024",
            "1,,024",
            "1024,000",
            "1,024'000",
            "1,024 000",
            "1,",
            "a,024",
            "1.024,5",
        ] {
            assert_eq!(without_separators(form), None, "{form}");
        }
    }
}
