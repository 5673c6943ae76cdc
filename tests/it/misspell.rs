//! Misspellings drawn by a fixed seed: one edit, two edits, swapped neighbours, width, kana.
//!
//! Invariants
//! - Deterministic: the same seed and the same names give the same misspellings.
//! - A misspelling is strictly nearer to the name from which it was drawn than to each of the name's rivals, by
//!   Damerau-Levenshtein on the folded text. One that two names could claim alike is drawn again: nobody could say
//!   what was meant by it.

use std::collections::BTreeSet;

use kenpyo::diagnostic::nearest::fold;
use strsim::damerau_levenshtein;
use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;

/// How a name was misspelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A character put in, left out or replaced.
    OneEdit,
    /// Two of these, at edit distance 2.
    TwoEdits,
    /// Two neighbours change places.
    Swapped,
    /// Full width for half width, or the other way round.
    Width,
    /// Hiragana for katakana, or the other way round; the long vowel mark for a dash.
    Kana,
}

pub const KINDS: [Kind; 5] = [Kind::OneEdit, Kind::TwoEdits, Kind::Swapped, Kind::Width, Kind::Kana];

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Self::OneEdit => "one edit",
            Self::TwoEdits => "two edits",
            Self::Swapped => "swapped",
            Self::Width => "width",
            Self::Kana => "kana",
        }
    }
}

/// A name that can be misspelt.
#[derive(Debug, Clone)]
pub struct Name<V> {
    /// As it is spelled.
    pub text: String,
    /// The suggestions that are right for it.
    pub right: Vec<String>,
    /// What else is spelled like a name of its kind where it stands.
    pub rivals: Vec<String>,
    /// Where it is misspelt.
    pub via: V,
    /// Whether another width alone is read as the name, so that there is nothing to suggest.
    pub reads_width: bool,
    /// Likewise for the other kana.
    pub reads_kana: bool,
}

/// A misspelling, or a name far from all.
#[derive(Debug, Clone)]
pub struct Word<V> {
    pub written: String,
    /// `None`: it is far from every name.
    pub kind: Option<Kind>,
    pub name: Name<V>,
}

/// All characters of all names, which edits put in.
pub fn alphabet<V>(pool: &[Name<V>]) -> Vec<char> {
    pool.iter().flat_map(|name| name.text.chars()).collect::<BTreeSet<char>>().into_iter().collect()
}

/// Draws `count` different misspellings of `kind`; fewer where the names have nothing that can be misspelt so.
///
/// `possible` refuses words that mean something of their own where they stand.
pub fn draw<V: Clone>(
    random: &mut Chance,
    pool: &[Name<V>],
    kind: Kind,
    count: usize,
    possible: impl Fn(&Name<V>, &str) -> bool,
) -> Vec<Word<V>> {
    let letters = alphabet(pool);
    let mut words: Vec<Word<V>> = Vec::new();
    for _ in 0..count * 60 {
        if words.len() == count {
            break;
        }
        let name = random.pick(pool);
        let Some(written) = misspell(random, name, kind, &letters) else { continue };
        if possible(name, &written) && is_new(&words, &written) && is_nearest(name, &written) {
            words.push(Word { written, kind: Some(kind), name: name.clone() });
        }
    }
    words
}

/// Draws `count` words at a distance over 3 from every name.
pub fn draw_far<V: Clone>(
    random: &mut Chance,
    pool: &[Name<V>],
    count: usize,
    possible: impl Fn(&Name<V>, &str) -> bool,
) -> Vec<Word<V>> {
    let letters = alphabet(pool);
    let mut words: Vec<Word<V>> = Vec::new();
    for _ in 0..count * 400 {
        if words.len() == count {
            break;
        }
        let name = random.pick(pool);
        // Not much farther than 3: a word without likeness to any would be an easy case.
        let mut written = name.text.clone();
        for _ in 0..4 + random.below(3) {
            written = edited(random, &written, &letters);
        }
        // The dashes of a flag are no part of its name.
        let bare = |text: &str| fold(text).trim_start_matches('-').to_owned();
        let is_far = |other: &String| damerau_levenshtein(&bare(&written), &bare(other)) > 3;
        let far = [&name.text].into_iter().chain(&name.rivals).chain(&name.right).all(is_far);
        if far && possible(name, &written) && is_new(&words, &written) {
            words.push(Word { written, kind: None, name: name.clone() });
        }
    }
    words
}

fn is_new<V>(words: &[Word<V>], written: &str) -> bool {
    words.iter().all(|word| fold(&word.written) != fold(written))
}

/// Whether no rival is as near as the name.
fn is_nearest<V>(name: &Name<V>, written: &str) -> bool {
    let distance = |other: &str| damerau_levenshtein(&fold(written), &fold(other));
    let own = distance(&name.text);
    name.rivals.iter().all(|rival| distance(rival) > own)
}

/// One try. `None`: it came to nothing, or to another distance than the kind's.
fn misspell<V>(random: &mut Chance, name: &Name<V>, kind: Kind, letters: &[char]) -> Option<String> {
    let (text, mut wanted) = (name.text.as_str(), 1);
    let written = match kind {
        Kind::OneEdit => edited(random, text, letters),
        Kind::TwoEdits => {
            // Of a name of two letters nothing would be left.
            let once = (text.chars().count() > 2).then(|| edited(random, text, letters))?;
            wanted = 2;
            edited(random, &once, letters)
        }
        Kind::Swapped => swapped(random, text)?,
        Kind::Width | Kind::Kana => {
            let (other, read) = match kind {
                Kind::Width => (respelled(random, text, other_width)?, name.reads_width),
                _ => (respelled(random, text, other_kana)?, name.reads_kana),
            };
            wanted = usize::from(read);
            if read { edited(random, &other, letters) } else { other }
        }
    };
    let distance = damerau_levenshtein(&fold(&written), &fold(text));
    (written != text && distance == wanted).then_some(written)
}

/// One edit at any place: a letter put in, left out or replaced.
fn edited(random: &mut Chance, text: &str, letters: &[char]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = random.below(characters.len());
    match random.below(3) {
        0 => characters.insert(random.below(characters.len() + 1), *random.pick(letters)),
        1 if characters.len() > 1 => drop(characters.remove(at)),
        _ => characters.splice(at..=at, [*random.pick(letters)]).for_each(drop),
    }
    characters.into_iter().collect()
}

fn swapped(random: &mut Chance, text: &str) -> Option<String> {
    let mut characters: Vec<char> = text.chars().collect();
    let at = random.below(characters.len().checked_sub(1)?);
    characters.swap(at, at + 1);
    Some(characters.into_iter().collect())
}

/// All characters that have another form, or some of them, in that form.
fn respelled(random: &mut Chance, text: &str, other: impl Fn(char) -> Option<String>) -> Option<String> {
    let all = random.below(2) == 0;
    let respell = |letter: char| match other(letter) {
        Some(form) if all || random.below(2) == 0 => form,
        _ => letter.to_string(),
    };
    Some(text.chars().map(respell).collect::<String>()).filter(|written| written != text)
}

fn shifted(letter: char, by: i64) -> Option<String> {
    let code = u32::try_from(i64::from(u32::from(letter)) + by).ok()?;
    char::from_u32(code).map(String::from)
}

/// The letter in the other width. `None`: it has one width only.
pub fn other_width(letter: char) -> Option<String> {
    match letter {
        '!'..='~' => shifted(letter, 0xFEE0),
        '！'..='～' => shifted(letter, -0xFEE0),
        'ァ'..='ー' => half_kana(letter),
        _ => None,
    }
}

/// Half-width katakana: one character, or one with a voicing mark.
fn half_kana(letter: char) -> Option<String> {
    let forms = ('ｦ'..='ﾝ').flat_map(|half| [format!("{half}"), format!("{half}ﾞ"), format!("{half}ﾟ")]);
    forms.into_iter().find(|form| form.nfkc().eq([letter]))
}

/// The same sound in the other kana; for a dash, what its key gives while kana are typed.
pub fn other_kana(letter: char) -> Option<String> {
    match letter {
        'ぁ'..='ゖ' => shifted(letter, 0x60),
        'ァ'..='ヶ' => shifted(letter, -0x60),
        '-' => Some("ー".to_owned()),
        _ => None,
    }
}
