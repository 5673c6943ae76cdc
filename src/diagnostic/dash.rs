//! One dash for all that are alike.
//!
//! Invariants
//! - The long vowel mark is no dash here: whoever types it may mean a letter, and in an answer that is another meaning.
//!   Names of columns and files, where nothing is at stake, are compared more loosely (`nearest::fold`).

/// `letter`, or the ASCII sign for which it is another dash or wave dash.
///
/// ```
/// use kenpyo::diagnostic::dash::same_dash;
///
/// assert_eq!("20―99〜ー".chars().map(same_dash).collect::<String>(), "20-99~ー");
/// ```
pub const fn same_dash(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{301C}' => '~',
        other => other,
    }
}
