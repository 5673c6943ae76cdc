//! How much a reading of bytes looks like Japanese text: the ground on which encodings are told apart.
//!
//! The bytes of one encoding are often valid in another: half-width kana of CP932 are letters of UTF-8, every text of
//! EUC-JP is a string of half-width kana. What tells them apart is that a wrong reading is no Japanese: it is full of
//! rare kanji, of kana where none can stand, of signs nobody types.
//!
//! Invariants
//! - Bytes are only counted, by kind; what the counts mean is decided in `detect`.
//! - Only the first [`MOST`] bytes above 0x7F are looked at.

use std::collections::BTreeSet;

/// So many bytes above 0x7F are enough.
const MOST: usize = 64 << 10;

/// The characters of a reading as CP932, by kind.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    /// Kana, common kanji, full-width letters and punctuation, not alone among ASCII.
    pub strong: usize,
    /// Rare kanji and signs, and what would be strong if it did not stand alone.
    pub fair: usize,
    /// Half-width kana in runs that may be words.
    pub half: usize,
    /// All others: user-defined characters, other scripts, half-width kana that are no word.
    pub odd: usize,
    /// Different runs of half-width kana that may be words.
    pub words: usize,
}

impl Tally {
    /// The tally of `bytes`, which are valid CP932.
    pub fn of(bytes: &[u8]) -> Self {
        let mut tally = Self::default();
        let mut words: BTreeSet<&[u8]> = BTreeSet::new();
        let (mut rest, mut seen) = (bytes, 0);
        while let Some(start) = rest.iter().position(|byte| *byte >= 0x80).filter(|_| seen < MOST) {
            let run = rest.get(start..).unwrap_or(&[]);
            let end = run_end(run);
            let (run, behind) = run.split_at_checked(end).unwrap_or((run, &[]));
            tally.run(run, &mut words);
            seen += run.len();
            rest = behind;
        }
        tally.words = words.len();
        tally
    }

    /// All characters.
    pub const fn total(&self) -> usize {
        self.strong + self.fair + self.half + self.odd
    }

    /// Whether nothing but Japanese in CP932 can be meant.
    pub const fn is_sure(&self) -> bool {
        let good = self.strong + self.half;
        let mixed = self.strong >= 2 && good * 2 >= self.total() && self.odd * 8 <= self.total();
        let kana = self.words >= 10 && self.odd * 20 <= self.total() && self.fair * 4 <= self.total();
        mixed || kana
    }

    /// Whether nearly all of it is Japanese that is written every day.
    pub const fn is_plain(&self) -> bool {
        self.is_sure() && (self.strong + self.half) * 4 >= self.total() * 3
    }

    /// Whether it cannot be Japanese in CP932.
    pub const fn is_hopeless(&self) -> bool {
        self.total() >= 8 && self.odd * 3 > self.total() && self.strong * 3 < self.total()
    }

    /// A run of characters none of which is ASCII.
    fn run<'b>(&mut self, run: &'b [u8], words: &mut BTreeSet<&'b [u8]>) {
        let mut at = 0;
        while let Some(&lead) = run.get(at) {
            if is_half(lead) {
                let rest = run.get(at..).unwrap_or(&[]);
                let length = rest.iter().take_while(|byte| is_half(**byte)).count();
                let kana = rest.get(..length).unwrap_or(&[]);
                match word(kana) {
                    Word::Likely => {
                        self.half += length;
                        words.insert(kana);
                    }
                    Word::Letter => self.fair += length,
                    Word::None => self.odd += length,
                }
                at += length.max(1);
                continue;
            }
            let trail = run.get(at + 1).copied().unwrap_or(0);
            let alone = run.len() == 2 && trail < 0x80;
            match kind(lead, trail) {
                Kind::Strong if !alone => self.strong += 1,
                Kind::Strong | Kind::Fair => self.fair += 1,
                Kind::Odd => self.odd += 1,
            }
            at += 2;
        }
    }
}

const fn is_half(byte: u8) -> bool {
    byte >= 0xA1 && byte <= 0xDF
}

/// Where the run of characters that begins `bytes` ends: at the first ASCII character that is no trail byte.
fn run_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&lead) = bytes.get(at) {
        match lead {
            0..0x80 => break,
            0x80 | 0xA0 | 0xA1..=0xDF | 0xFD.. => at += 1,
            _ => at += 2,
        }
    }
    at.min(bytes.len())
}

enum Kind {
    Strong,
    Fair,
    Odd,
}

/// The kind of a character of two bytes.
fn kind(lead: u8, trail: u8) -> Kind {
    match u16::from_be_bytes([lead, trail]) {
        // Punctuation; digits and letters; hiragana; katakana; kanji of the first level.
        0x8140..=0x81AC | 0x824F..=0x829A | 0x829F..=0x82F1 | 0x8340..=0x8396 | 0x889F..=0x9872 => {
            Kind::Strong
        }
        // More signs, Greek; circled numbers and the like; kanji of the second level; kanji added by vendors.
        0x81B8..=0x83D6 | 0x8740..=0x879C | 0x989F..=0xEAA4 | 0xED40..=0xEEFC | 0xFA40..=0xFC4B => Kind::Fair,
        _ => Kind::Odd,
    }
}

/// What a run of half-width kana is.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// It may be a word.
    Likely,
    /// One letter.
    Letter,
    /// No word has such letters.
    None,
}

/// Whether `kana`, half-width and in CP932, may be a word.
fn word(kana: &[u8]) -> Word {
    const VOICED: u8 = 0xDE;
    const PLOSIVE: u8 = 0xDF;
    // Small letters and the long vowel, which stand behind another letter.
    let follows = |byte: u8| matches!(byte, 0xA7..=0xB0 | VOICED | PLOSIVE | 0xDD);
    let mut before: Option<u8> = None;
    for (at, &byte) in kana.iter().enumerate() {
        let base = |first: u8, last: u8| before.is_some_and(|before| (first..=last).contains(&before));
        let fits = match byte {
            VOICED => base(0xB6, 0xC4) || base(0xCA, 0xCE) || before == Some(0xB3),
            PLOSIVE => base(0xCA, 0xCE),
            // Small ya, yu, yo stand behind letters of the i row.
            0xAC..=0xAE => before.is_some_and(|b| {
                matches!(b, 0xB7 | 0xBC | 0xC1 | 0xC6 | 0xCB | 0xD0 | 0xD8 | 0xC3 | VOICED | PLOSIVE)
            }),
            // A small tsu is followed by another letter.
            0xAF => before.is_some() && at + 1 < kana.len(),
            // A middle dot stands within a name; other punctuation and the letter wo within no word.
            0xA5 => before.is_some_and(|before| before != 0xA5) && at + 1 < kana.len(),
            0xA1..=0xA4 | 0xA6 => false,
            _ => at > 0 || !follows(byte),
        };
        if !fits {
            return Word::None;
        }
        before = Some(byte);
    }
    if kana.len() == 1 { Word::Letter } else { Word::Likely }
}

/// The characters of a reading as UTF-8, by kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scripts {
    /// What Japanese texts are written in, full and half width.
    pub japanese: usize,
    /// Characters of two bytes: Latin with accents, Greek, Cyrillic.
    pub two_bytes: usize,
    /// Others of three bytes and more.
    pub other: usize,
}

impl Scripts {
    /// The counts of `text`.
    pub fn of(text: &str) -> Self {
        let mut scripts = Self::default();
        for letter in text.chars().filter(|letter| !letter.is_ascii()).take(MOST) {
            match u32::from(letter) {
                ..0x800 => scripts.two_bytes += 1,
                0x2000..=0x27BF | 0x3000..=0x33FF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF => {
                    scripts.japanese += 1;
                }
                _ => scripts.other += 1,
            }
        }
        scripts
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::*;

    fn tally(text: &str) -> Tally {
        Tally::of(&SHIFT_JIS.encode(text).0)
    }

    #[test]
    fn words_of_half_width_kana_are_told_from_strings_of_it() {
        let is = |text: &str| word(&SHIFT_JIS.encode(text).0);
        for text in ["ﾊｲ", "ｲｲｴ", "ﾋﾞｮｳｲﾝ", "ﾔﾏﾀﾞ･ﾀﾛｳ", "ﾊﾞｯｸｱｯﾌﾟ", "ｾﾝﾀｰ"]
        {
            assert_eq!(is(text), Word::Likely, "{text}");
        }
        for text in ["ﾞｱ", "ｱﾞ", "ﾉﾂｱ｡", "､｢､ﾆ", "ｯｱ", "ｱｯ", "ｱｬ", "ｦｱ"]
        {
            assert_eq!(is(text), Word::None, "{text}");
        }
        assert_eq!(is("ｱ"), Word::Letter);
    }

    #[test]
    fn japanese_in_cp932_is_sure_from_two_letters_on() {
        for text in ["はい", "病院", "A,はい,1", "カナ", "髙﨑①病院の", "ﾊｲ,はい"] {
            assert!(tally(text).is_sure(), "{text}: {:?}", tally(text));
        }
        for text in ["男", "ﾊｲ", "é", "髙﨑"] {
            assert!(!tally(text).is_sure(), "{text}: {:?}", tally(text));
        }
    }
}
