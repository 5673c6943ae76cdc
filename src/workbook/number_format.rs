//! What a number format shows: a number, a share, a day, a time of day.
//!
//! Invariants
//! - Judged by the format alone, never by the number in the cell.
//! - What is quoted, escaped or in brackets is decoration, but for elapsed times such as `[h]`.

use super::style::NumberKind;

/// The kind of a built-in format. `None`: the number is none of the built-in ones.
///
/// 27 to 36 and 50 to 58 are those of Japanese Excel.
pub(super) fn built_in(id: u32) -> Option<NumberKind> {
    Some(match id {
        0 => NumberKind::General,
        1..=8 | 11..=13 | 37..=44 | 48 => NumberKind::Number,
        9 | 10 => NumberKind::Percent,
        14..=17 | 27..=31 | 34..=36 | 50..=58 => NumberKind::Date,
        18..=21 | 32 | 33 | 45..=47 => NumberKind::Time,
        22 => NumberKind::DateTime,
        49 => NumberKind::Text,
        _ => return None,
    })
}

/// The kind of a format by its code. The first section that shows something decides.
pub(super) fn judge(code: &str) -> NumberKind {
    let mut seen = Seen::default();
    let mut first = None;
    let mut rest = code.chars().peekable();
    let mut word = String::new();
    while let Some(character) = rest.next() {
        match character {
            '"' => while rest.next().is_some_and(|next| next != '"') {},
            '\\' | '_' | '*' | '!' => {
                rest.next();
            }
            '[' => {
                let inside: String = rest.by_ref().take_while(|next| *next != ']').collect();
                seen.bracket(&inside);
            }
            ';' => {
                first = first.or_else(|| seen.kind());
                seen = Seen::default();
            }
            _ if character.is_ascii_alphabetic() => {
                word.clear();
                word.push(character.to_ascii_lowercase());
                while let Some(next) = rest.next_if(|next| next.is_ascii_alphabetic() || *next == '/') {
                    word.push(next.to_ascii_lowercase());
                }
                // `E+00` is an exponent, not an era's year.
                let exponent = word == "e" && rest.peek().is_some_and(|next| matches!(next, '+' | '-'));
                seen.word(&word, exponent);
            }
            _ => seen.sign(character),
        }
    }
    first.or_else(|| seen.kind()).unwrap_or(NumberKind::General)
}

/// What was seen in one section.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "signs that may stand together in any way")]
struct Seen {
    day: bool,
    hours: bool,
    seconds: bool,
    /// An `m`, which is months or minutes by its neighbours.
    month_or_minute: bool,
    minute: bool,
    /// The last thing was hours: an `m` after it is minutes.
    after_hours: bool,
    /// The last thing was an `m` that seconds would make minutes.
    open_minute: bool,
    digits: bool,
    percent: bool,
    text: bool,
    general: bool,
}

impl Seen {
    fn bracket(&mut self, inside: &str) {
        let mut letters = inside.chars().map(|letter| letter.to_ascii_lowercase());
        let Some(first) = letters.next() else { return };
        if !letters.all(|letter| letter == first) {
            return;
        }
        match first {
            'h' => {
                self.hours = true;
                self.after_hours = true;
            }
            'm' => self.minute = true,
            's' => self.seconds = true,
            _ => {}
        }
    }

    fn word(&mut self, word: &str, exponent: bool) {
        match word {
            "general" | "standard" | "g/" => self.general = true,
            "am/pm" | "a/p" => self.hours = true,
            _ if exponent => self.digits = true,
            _ => self.letters(word),
        }
    }

    /// Letters that follow each other without a sign between: `yyyymmdd`, `hmm`, `mmss`, `ggge`.
    fn letters(&mut self, word: &str) {
        let mut rest = word;
        while let Some(letter) = rest.chars().next() {
            let length = rest.chars().take_while(|next| *next == letter).count();
            rest = rest.get(length..).unwrap_or_default();
            match letter {
                'y' | 'd' | 'g' | 'e' | 'b' => {
                    self.day = true;
                    self.after_hours = false;
                    self.open_minute = false;
                }
                'a' if length >= 3 => self.day = true,
                'h' => {
                    self.hours = true;
                    self.after_hours = true;
                    self.open_minute = false;
                }
                'm' if self.after_hours => {
                    self.minute = true;
                    self.after_hours = false;
                }
                'm' => {
                    self.month_or_minute |= self.open_minute;
                    self.open_minute = true;
                }
                's' => {
                    self.seconds = true;
                    self.minute |= self.open_minute;
                    self.open_minute = false;
                }
                _ => {}
            }
        }
    }

    fn sign(&mut self, sign: char) {
        match sign {
            // Fractions of a second.
            '0' if self.seconds => {}
            '0' | '#' | '?' => self.digits = true,
            '%' => self.percent = true,
            '@' => self.text = true,
            _ => {}
        }
    }

    /// `None`: the section shows nothing.
    fn kind(&self) -> Option<NumberKind> {
        let day = self.day || self.month_or_minute || self.open_minute;
        let time = self.hours || self.seconds || self.minute;
        Some(match (day, time) {
            _ if self.digits && self.percent => NumberKind::Percent,
            _ if self.digits => NumberKind::Number,
            (true, true) => NumberKind::DateTime,
            (true, false) => NumberKind::Date,
            (false, true) => NumberKind::Time,
            _ if self.general => NumberKind::General,
            _ if self.text => NumberKind::Text,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_judged_by_what_they_show() {
        use NumberKind::{Date, DateTime, General, Number, Percent, Text, Time};
        let cases = [
            ("General", General),
            ("G/標準", General),
            ("General\"床\"", General),
            ("@", Text),
            ("0", Number),
            ("#,##0", Number),
            ("#,##0\"円\"", Number),
            ("0_);[Red]\\(0\\)", Number),
            ("#,##0_ ;[Red]\\-#,##0\\ ", Number),
            ("[>=100]0\"日\";0\"月\"", Number),
            ("0.00E+00", Number),
            ("##0.0E-0", Number),
            ("# ?/?", Number),
            ("0\\d", Number),
            ("[DBNum3]0", Number),
            ("0%", Percent),
            ("0.00%", Percent),
            ("yyyy/m/d", Date),
            ("yyyy/m/d;@", Date),
            ("[$-411]ggge\"年\"m\"月\"d\"日\"", Date),
            ("[$-411]ggge\"年\"m\"月\"d\"日\";@", Date),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Date),
            ("yyyy\"年\"m\"月\"d\"日\"", Date),
            ("m\"月\"d\"日\"", Date),
            ("[$-411]ge.m.d;@", Date),
            ("aaa", Date),
            ("mmm-yy", Date),
            ("m", Date),
            ("yyyymmdd", Date),
            ("[DBNum1][$-411]m\"月\"d\"日\"", Date),
            ("h:mm", Time),
            ("h:mm AM/PM", Time),
            ("[h]:mm:ss", Time),
            ("[mm]:ss", Time),
            ("mm:ss.0", Time),
            ("mmss.00", Time),
            ("h\"時\"mm\"分\"", Time),
            ("yyyy/m/d h:mm", DateTime),
            ("m/d/yy h:mm;@", DateTime),
            ("yyyy-mm-dd\\Thh:mm:ss.000", DateTime),
            (";;;", General),
            ("", General),
            ("\"日付\"", General),
            ("[Red]", General),
            ("[青]General", General),
        ];
        for (code, kind) in cases {
            assert_eq!(judge(code), kind, "{code}");
        }
    }

    #[test]
    fn east_asian_numbers_are_days_and_times() {
        for id in [14, 17, 27, 31, 34, 36, 50, 58] {
            assert_eq!(built_in(id), Some(NumberKind::Date), "{id}");
        }
        assert_eq!(built_in(32), Some(NumberKind::Time));
        assert_eq!(built_in(22), Some(NumberKind::DateTime));
        assert_eq!(built_in(38), Some(NumberKind::Number));
        assert_eq!(built_in(164), None);
    }
}
