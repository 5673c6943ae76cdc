//! Codes: identifiers of hospitals and places.
//!
//! Invariants
//! - Codes are text: zeros in front count.

use std::borrow::Cow;

use super::answer::mark;
use super::cell::{Answer, Cell};

/// Read as a synonym.
pub const SYNONYM: &str = "KP-C016";

/// 7 or 8 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GmisId<'a>(pub Cow<'a, str>);

impl<'a> Answer<'a> for GmisId<'a> {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        if let Some(mark) = mark(&text) {
            return mark.into();
        }
        if matches!(text.len(), 7 | 8) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Cell::value(Self(text))
        } else if is_digits(&text, 10) {
            Cell::invalid("HCS-C002")
        } else {
            Cell::invalid("HCS-C001")
        }
    }
}

/// 7, 9 or 10 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionCode<'a>(pub Cow<'a, str>);

impl<'a> Answer<'a> for InstitutionCode<'a> {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        if let Some(mark) = mark(&text) {
            return mark.into();
        }
        let place = prefix(&text);
        if is_digits(&text, 10) && matches!(place, Some(1..=47 | 90..=99))
            || is_digits(&text, 7)
            || is_digits(&text, 9)
        {
            Cell::value(Self(text))
        } else if text.contains(['.', 'e', 'E']) {
            Cell::invalid("HCS-C006")
        } else if is_digits(&text, 10) {
            Cell::invalid("HCS-C007")
        } else {
            Cell::invalid("HCS-C003")
        }
    }
}

impl InstitutionCode<'_> {
    /// Whether the code is a substitute, whose digits have no meaning.
    pub fn is_substitute(&self) -> bool {
        self.0.starts_with('9')
    }

    /// The prefecture of a code of ten digits. `None`: it tells none.
    pub fn prefecture(&self) -> Option<u8> {
        prefix(&self.0).filter(|_| self.0.len() == 10 && !self.is_substitute())
    }

    /// Whether the check digit fits: the digits count once and twice in turn from the right.
    pub fn has_check_digit(&self) -> bool {
        let digits = self.0.bytes().rev().map(|byte| u32::from(byte - b'0'));
        let sum: u32 = digits
            .zip([1, 2].into_iter().cycle())
            .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
            .sum();
        sum.is_multiple_of(10)
    }
}

/// 5 digits, or 6 with a check digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MunicipalityCode<'a>(pub Cow<'a, str>);

impl<'a> Answer<'a> for MunicipalityCode<'a> {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        if let Some(mark) = mark(&text) {
            return mark.into();
        }
        if is_digits(&text, 5) || is_digits(&text, 6) {
            Cell::value(Self(text))
        } else {
            Cell::invalid("muni_code:domain")
        }
    }
}

impl MunicipalityCode<'_> {
    /// The prefecture.
    pub fn prefecture(&self) -> Option<u8> {
        prefix(&self.0)
    }

    /// Whether the sixth digit fits.
    pub fn has_check_digit(&self) -> bool {
        let mut digits = self.0.bytes().map(|byte| u32::from(byte - b'0'));
        let sum: u32 = digits.clone().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
        digits.next_back() == Some((11 - sum % 11) % 10)
    }
}

/// 1 (Hokkaido) to 47 (Okinawa).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefecture(pub u8);

impl<'a> Answer<'a> for Prefecture {
    fn read(text: Cow<'a, str>) -> Cell<Self> {
        if let Some(code @ 1..=47) = prefix(&text).filter(|_| text.len() == 2) {
            return Cell::value(Self(code));
        }
        if let Some(mark) = mark(&text) {
            return mark.into();
        }
        let named = |name: &str| {
            name == text || name.strip_suffix(['都', '府', '県']).is_some_and(|short| short == text)
        };
        match (1..).zip(PREFECTURES).find(|(_, name)| named(name)) {
            Some((code, _)) => Cell::noted(Self(code), SYNONYM),
            None => Cell::invalid("HCS-C010"),
        }
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of the first two digits.
fn prefix(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];
