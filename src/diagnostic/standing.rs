//! How a finding stands: what was decided or accepted before, whether an earlier report had it, and how far settling its
//! record can move a published figure.
//!
//! Invariants
//! - A finding that is accepted or set aside stays a finding: nothing here removes one.
//! - Nothing here holds an answer, but [`Acceptance::text`] and [`Decision::reason`] may quote one, and an [`Impact`] tells
//!   where a record stands in a table: where values are hidden they are not shown.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Localized;

/// How a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// What the survey's office has decided on it: it is no longer treated as what it was. `None`: nothing.
    pub decision: Option<Arc<Decision>>,
    /// Who has accepted it, or had. `None`: nobody.
    pub acceptance: Option<Arc<Acceptance>>,
    /// Beside an earlier report. `None`: none was given.
    pub since: Option<Since>,
    /// How far settling its record can move a published figure. `None`: not asked for, it is not open, or it moves none.
    pub impact: Option<Arc<Impact>>,
    /// By what an acceptance of it would be held to the answers. `None`: not asked for, or it cannot be accepted.
    pub answers: Option<Answers>,
}

/// A decision of the survey's office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number.
    pub number: Arc<str>,
    /// Its reason.
    pub reason: Arc<str>,
}

/// Somebody's confirmation that a warning may stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Why.
    pub reason: Reason,
    /// In words. `None`: the reason says it all.
    pub text: Option<Arc<str>>,
    /// Who.
    pub author: Arc<str>,
    /// When: a day such as 2026-02-01.
    pub date: Arc<str>,
    /// Why it holds no more. `None`: it holds.
    pub lapse: Option<Lapse>,
    /// Which entry of the file of accepted findings, from 0.
    pub entry: usize,
}

/// Why a warning may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// It is so: looked into and confirmed.
    AsInReality,
    /// The list of respondents that it is compared with is out of date.
    ListOutOfDate,
    /// The form may be understood so.
    ReadingOfForm,
    /// Anything else, in words.
    Other,
}

impl Reason {
    /// Every reason, in order of its code.
    pub const ALL: [Self; 4] = [Self::AsInReality, Self::ListOutOfDate, Self::ReadingOfForm, Self::Other];

    /// 1 to 4.
    pub const fn code(self) -> u8 {
        match self {
            Self::AsInReality => 1,
            Self::ListOutOfDate => 2,
            Self::ReadingOfForm => 3,
            Self::Other => 4,
        }
    }

    /// The reason with this code. `None`: there is none.
    pub fn of_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| i64::from(reason.code()) == code)
    }

    /// What a clerk calls it.
    pub const fn words(self) -> Localized<&'static str> {
        match self {
            Self::AsInReality => Localized::new("実態どおり確認済", "confirmed: it is so"),
            Self::ListOutOfDate => Localized::new("名簿が旧い", "the list of respondents is out of date"),
            Self::ReadingOfForm => Localized::new("様式の解釈", "reading of the form"),
            Self::Other => Localized::new("その他", "other"),
        }
    }
}

/// Why an acceptance holds no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lapse {
    /// An answer that the rule reads is another than then.
    Answers,
    /// The rule was revised.
    Revision {
        /// Its revision then.
        then: u32,
        /// Its revision now.
        now: u32,
    },
    /// It was to hold to this day.
    Expired(Arc<str>),
}

impl Lapse {
    /// The word of machine formats.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Revision { .. } => "revision",
            Self::Expired(_) => "expired",
        }
    }
}

/// A finding beside an earlier report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Since {
    /// The earlier report does not have it.
    New,
    /// It has it too.
    Open,
}

impl Since {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
        }
    }
}

/// How far settling one record can move a published figure, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// The table: `T05`.
    pub table: Arc<str>,
    /// Its title.
    pub title: Localized<Arc<str>>,
    /// The name of the row.
    pub row: Arc<str>,
    /// What a person reads.
    pub row_label: Localized<Arc<str>>,
    /// The name of the column, `all` for the total, or how the average is made.
    pub column: Arc<str>,
    /// What a person reads.
    pub column_label: Localized<Arc<str>>,
    /// Whether it is an average over the columns.
    pub average: bool,
    /// The movement in percentage points, rounded half up.
    pub points: Arc<str>,
    /// The same exactly, as a share of one: `1/12`.
    pub ratio: Arc<str>,
    /// How many figures it can move at all.
    pub cells: u64,
}

/// What a warning was made of, as marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Revision of the rule.
    pub revision: u32,
    /// Made without a secret. `None`: not asked for, or an answer is private.
    pub plain: Option<Box<str>>,
    /// Made with the configured secret. `None`: none is configured.
    pub keyed: Option<Box<str>>,
}
