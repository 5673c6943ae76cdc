//! The findings that one field's cells may have: their texts, made once a run.
//!
//! Invariants
//! - One finding a cell: the first case of `x-invalid` that fits, else the general one.
//! - General findings are called `FIELD:type`, `FIELD:domain`, `FIELD:duplicate`, or by the id that the schema
//!   publishes for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::note::{Change, Note};
use super::spelling::reading_form;
use crate::diagnostic::code::{cell, structure};
use crate::diagnostic::nearest::{fold, mostly_shared, nearest};
use crate::diagnostic::{Argument, Code, Decimal, FixClass, Localized, Notice, Severity};
use crate::expression::{FieldId, OptionItem, Type};
use crate::input::CellFinding;
use crate::questionnaire::{Domain, Field, FindingKind, InvalidCase, NumberDomain, Pattern, TextDomain};
use crate::rule_pack::period::Period;

/// Why a cell is INVALID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It cannot be read as the field's type.
    Type,
    /// It breaks this keyword of the schema.
    Domain(&'static str),
    /// It is no option.
    Option,
    /// It names so many options where one is asked for.
    Several(usize),
    /// Its characters are lost.
    Garbled,
}

/// The texts of one field's findings.
#[derive(Debug)]
pub(super) struct Notices {
    field: FieldId,
    question: Argument,
    column: Argument,
    options: Argument,
    cases: Vec<(Option<Pattern>, Arc<Notice>)>,
    /// For what cannot be read.
    unreadable: Arc<Notice>,
    kind: Argument,
    /// Of a day, moment or month: how it may be written. Nothing of other answers.
    spellings: Argument,
    /// For what is outside the domain, by keyword; the empty one is for all others.
    outside: BTreeMap<&'static str, Arc<Notice>>,
    limits: Argument,
    repeated: Option<Arc<Notice>>,
    /// Names and labels that a suggestion may give.
    names: Vec<Arc<str>>,
}

/// The pack's texts of published cell findings.
pub(super) type Published = BTreeMap<(FieldId, FindingKind), Arc<Notice>>;

/// The keywords that may have a published id of their own.
const KEYWORDS: [&str; 9] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
];

impl Notices {
    /// `published`: texts of the pack for ids that the schema publishes; `period`: of which days its dates are.
    pub(super) fn new(field: &Field, published: &Published, period: Option<Period>) -> Self {
        let general = General { field, published };
        let items: &[OptionItem] = match &field.ty {
            Type::Option(list) | Type::Multi(list) => &list.items,
            _ => &[],
        };
        let keywords = KEYWORDS.into_iter().chain(["maxItems", ""]);
        Self {
            field: field.id,
            question: field.title().into(),
            column: (&*field.column).into(),
            options: Argument::List(items.iter().map(listed).collect()),
            cases: field.invalid.iter().map(|case| (case.matches.clone(), case_notice(case))).collect(),
            unreadable: general.notice(unreadable_code(field), &FindingKind::Type, "type"),
            kind: kind_words(&field.ty).map(|text| Arc::from(&**text)).into(),
            spellings: spelling_words(field, period).map_or(Argument::Nothing, Into::into),
            outside: keywords.map(|keyword| (keyword, general.outside(keyword))).collect(),
            limits: limit_words(field).into(),
            repeated: general.repeated(),
            names: items
                .iter()
                .flat_map(|item| [&item.label.ja, &item.label.en, &item.name])
                .map(Arc::clone)
                .collect(),
        }
    }

    /// The finding for a cell that is INVALID; `written` is its text.
    pub(super) fn invalid(&self, row: usize, written: &str, fault: Fault) -> CellFinding {
        // What is several options, or garbled, is so whatever else a case may say of it.
        let notice = match fault {
            Fault::Several(_) => cell::OPTIONS_SEVERAL.notice(),
            Fault::Garbled => structure::TEXT_GARBLED.notice(),
            Fault::Domain(_) | Fault::Option | Fault::Type => {
                Arc::clone(self.case(written).unwrap_or_else(|| self.general(fault)))
            }
        };
        let expected = match fault {
            _ if self.spellings != Argument::Nothing => &self.spellings,
            Fault::Type => &self.kind,
            _ => &self.limits,
        };
        let mut finding = CellFinding::of(notice, row, Some(self.field))
            .with("question", self.question.clone())
            .with("column", self.column.clone())
            .with("value", Argument::written(written))
            .with("options", self.options.clone())
            .with("kind", self.kind.clone())
            .with("expected", expected.clone());
        if let Fault::Several(count) = fault {
            finding = finding.with("count", count);
        }
        finding.suggestion = self.suggestion(written, fault);
        finding
    }

    /// The finding where no case fits.
    fn general(&self, fault: Fault) -> &Arc<Notice> {
        match fault {
            Fault::Domain(keyword) => self.outside.get(keyword),
            Fault::Option => self.outside.get(""),
            Fault::Type | Fault::Several(_) | Fault::Garbled => None,
        }
        .unwrap_or(&self.unreadable)
    }

    /// The first case that fits, as written or in the reading form. `None`: none does.
    fn case(&self, written: &str) -> Option<&Arc<Notice>> {
        let form = reading_form(written);
        let fits = |pattern: &Pattern| pattern.is_match(written) || pattern.is_match(&form);
        self.cases.iter().find(|(pattern, _)| pattern.as_ref().is_none_or(fits)).map(|(_, notice)| notice)
    }

    fn suggestion(&self, written: &str, fault: Fault) -> Option<Localized<String>> {
        if fault != Fault::Option {
            return None;
        }
        let names = self
            .names
            .iter()
            .map(|name| &**name)
            .filter(|name| shares_digits(written, name) && mostly_shared(written, name));
        nearest(written, names).map(did_you_mean)
    }

    /// The finding for a cell that was read with a note. `None`: nothing is to be told.
    pub(super) fn note(&self, row: usize, written: &str, note: Note) -> Option<CellFinding> {
        let about = |code: &'static Code| {
            CellFinding::new(code, row, Some(self.field))
                .with("question", self.question.clone())
                .with("column", self.column.clone())
                .with("before", Argument::written(written))
                .with("value", Argument::written(written))
        };
        let changed = |code: &'static Code, change: Change, class: FixClass| {
            let fix = change.fix(class);
            CellFinding { fix, ..about(code).with("after", change.shown) }
        };
        Some(match note {
            Note::Respelled(change) => changed(&structure::SPELLING_NORMALISED, change, FixClass::Automatic),
            Note::Synonym(change) => changed(&cell::SYNONYM_READ, change, FixClass::Automatic),
            Note::Redated(change) => changed(&cell::DATE_CONVERTED, change, FixClass::Automatic),
            Note::From1904(change, address) => {
                changed(&structure::DATE_SYSTEM_1904, change, FixClass::Proposed).with("cell", &*address)
            }
            Note::SmallLetters(change) => changed(&cell::CODE_IN_SMALL_LETTERS, change, FixClass::Proposed),
            Note::DateAlone => about(&cell::DATE_IN_FREE_TEXT),
            Note::NamesQuestions(questions) => {
                about(&cell::ANSWER_IN_FREE_TEXT).with("found", Argument::List(questions))
            }
            Note::Repeated(change) => {
                let finding = CellFinding::of(Arc::clone(self.repeated.as_ref()?), row, Some(self.field));
                let finding = finding.with("question", self.question.clone());
                let finding = finding.with("value", Argument::written(written));
                CellFinding { fix: change.fix(FixClass::Automatic), ..finding }
            }
        })
    }
}

/// The suggestion that `name` was meant.
pub(super) fn did_you_mean(name: &str) -> Localized<String> {
    Localized::new(format!("「{name}」ではありませんか"), format!("did you mean \"{name}\"?"))
}

/// `1 はい`: what a respondent may write, and what it means.
fn listed(item: &OptionItem) -> Argument {
    let both = |label: &Arc<str>| {
        if *label == item.code { Arc::clone(label) } else { Arc::from(format!("{} {label}", item.code)) }
    };
    item.label.map(both).into()
}

/// Whether the digits of one text are all among those of the other: one may be forgotten, doubled or out of place, but a
/// number in the place of another is another meaning and no misspelling ("100 or fewer" is not "500 or fewer").
fn shares_digits(written: &str, name: &str) -> bool {
    let digits = |text: &str| {
        let mut digits: Vec<char> = fold(text).chars().filter(char::is_ascii_digit).collect();
        digits.sort_unstable();
        digits
    };
    let within = |few: &[char], many: &[char]| {
        let mut rest = many.iter();
        few.iter().all(|digit| rest.any(|other| other == digit))
    };
    let (written, name) = (digits(written), digits(name));
    within(&written, &name) || within(&name, &written)
}

fn case_notice(case: &InvalidCase) -> Arc<Notice> {
    Arc::new(Notice {
        id: Arc::clone(&case.id),
        instance: None,
        slug: Arc::clone(&case.slug),
        severity: case.severity,
        title: case.title.clone(),
        message: case.message.clone(),
        help: None,
        slots: ["question", "value", "options"].map(Arc::from).into(),
    })
}

/// Makes the general notices of one field.
struct General<'a> {
    field: &'a Field,
    published: &'a Published,
}

impl General<'_> {
    /// The pack's texts for the kind; else the engine's, under the id that the schema publishes or `FIELD:word`.
    fn notice(&self, code: &'static Code, kind: &FindingKind, word: &str) -> Arc<Notice> {
        if let Some(notice) = self.published.get(&(self.field.id, kind.clone())) {
            return Arc::clone(notice);
        }
        let shared = code.notice();
        // Codes of the survey's own list keep their id; C020 and up only lend their texts.
        let lent = [&cell::VALUE_UNREADABLE, &cell::VALUE_OUTSIDE_DOMAIN, &cell::ITEM_REPEATED];
        let lent = lent.iter().any(|code| code.id == &*shared.id);
        let id = match self.field.finding_ids.get(kind) {
            Some(id) => Arc::clone(id),
            None if lent => Arc::from(format!("{}:{word}", self.field.name)),
            None => return shared,
        };
        Arc::new(Notice {
            id,
            instance: None,
            slug: Arc::clone(&shared.slug),
            severity: shared.severity,
            title: shared.title.clone(),
            message: shared.message.clone(),
            help: shared.help.clone(),
            slots: shared.slots.clone(),
        })
    }

    /// For a value that breaks `keyword`; empty: for one that is on no list.
    fn outside(&self, keyword: &str) -> Arc<Notice> {
        let code = match self.field.ty {
            Type::Option(_) | Type::Multi(_) if keyword.is_empty() => &cell::OPTION_UNKNOWN,
            Type::Date | Type::DateTime | Type::YearMonth => unreadable_code(self.field),
            _ => &cell::VALUE_OUTSIDE_DOMAIN,
        };
        let own = FindingKind::Keyword(Arc::from(keyword));
        let kind = if self.field.finding_ids.contains_key(&own) { own } else { FindingKind::Domain };
        self.notice(code, &kind, "domain")
    }

    /// `None`: repeated items are not told.
    fn repeated(&self) -> Option<Arc<Notice>> {
        let Domain::Multi(layout) = &self.field.domain else { return None };
        let severity: Severity = layout.duplicates?;
        let mut notice = self.notice(&cell::ITEM_REPEATED, &FindingKind::Duplicate, "duplicate");
        // A notice of the pack is shared, and has its severity from the same keyword.
        if let Some(notice) = Arc::get_mut(&mut notice) {
            notice.severity = severity;
        }
        Some(notice)
    }
}

fn unreadable_code(field: &Field) -> &'static Code {
    match field.ty {
        Type::Date => &cell::DATE_UNREADABLE,
        Type::DateTime | Type::YearMonth => &cell::MOMENT_UNREADABLE,
        Type::Option(_) => &cell::OPTION_UNKNOWN,
        _ => &cell::VALUE_UNREADABLE,
    }
}

fn kind_words(ty: &Type) -> Localized<String> {
    let fixed = |ja: &str, en: &str| Localized::new(ja.to_owned(), en.to_owned());
    match ty {
        Type::Number { scale: 0, .. } => fixed("整数", "a whole number"),
        Type::Number { scale, .. } => Localized::new(
            format!("小数点以下{scale}桁までの数"),
            format!("a number of at most {scale} decimal{}", if *scale == 1 { "" } else { "s" }),
        ),
        Type::Option(_) | Type::Multi(_) => fixed("選択肢", "options of the list"),
        Type::Text | Type::Condition => fixed("文字列", "a text"),
        Type::Code => fixed("コード", "a code"),
        Type::Date => fixed("日付", "a date"),
        Type::DateTime => fixed("日時", "a date with its time"),
        Type::YearMonth => fixed("年月", "a month of a year"),
    }
}

/// A day in the two ways that everybody knows; a moment or month in the spellings that the field reads, at most two.
/// `None`: the field holds neither.
fn spelling_words(field: &Field, period: Option<Period>) -> Option<Localized<Arc<str>>> {
    let Domain::Time(formats) = &field.domain else { return None };
    let mut examples = match field.ty {
        Type::Date => super::time::day_examples(period).into(),
        _ => super::time::examples(&field.ty, formats, period),
    };
    let ja: Vec<String> = examples.iter().map(|example| format!("「{example}」")).collect();
    if field.ty == Type::Date {
        examples.reverse();
    }
    Some(Localized::new(ja.join("または").into(), examples.join(" or ").into()))
}

/// What the domain allows, in words.
fn limit_words(field: &Field) -> Localized<Arc<str>> {
    let mut words = Localized::new(Vec::new(), Vec::new());
    let mut add = |ja: String, en: String| {
        words.ja.push(ja);
        words.en.push(en);
    };
    match &field.domain {
        Domain::Number(domain) => number_words(domain, &field.ty, &mut add),
        Domain::Text(domain) => text_words(domain, &mut add),
        Domain::Multi(layout) => {
            if let Some(least) = layout.min_items {
                add(format!("{least}個以上"), format!("at least {least}"));
            }
            if let Some(most) = layout.max_items {
                add(format!("{most}個以下"), format!("at most {most}"));
            }
        }
        Domain::Options(_) | Domain::Time(_) => {}
    }
    if words.ja.is_empty() {
        words = kind_words(&field.ty).map(|text| vec![text.clone()]);
    }
    Localized::new(Arc::from(words.ja.join("、")), Arc::from(words.en.join(", ")))
}

fn number_words(domain: &NumberDomain, ty: &Type, add: &mut impl FnMut(String, String)) {
    let scale = match ty {
        Type::Number { scale, .. } => *scale,
        _ => 0,
    };
    let bounds = [
        (domain.minimum, "以上", "at least"),
        (domain.above, "より大", "above"),
        (domain.maximum, "以下", "at most"),
        (domain.below, "未満", "below"),
        (domain.multiple_of, "の倍数", "a multiple of"),
    ];
    for (bound, ja, en) in bounds {
        if let Some(mantissa) = bound {
            let number = Decimal { mantissa, scale };
            add(format!("{number}{ja}"), format!("{en} {number}"));
        }
    }
}

fn text_words(domain: &TextDomain, add: &mut impl FnMut(String, String)) {
    if let Some(least) = domain.min_length {
        add(format!("{least}文字以上"), format!("at least {least} characters"));
    }
    if let Some(most) = domain.max_length {
        add(format!("{most}文字以下"), format!("at most {most} characters"));
    }
    for pattern in &domain.patterns {
        add(format!("形式 {}", pattern.as_str()), format!("of the form {}", pattern.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_digit_is_a_misspelling_and_another_number_is_not() {
        for (written, name) in
            [("20～9人", "20～99人"), ("月回以上", "月1回以上"), ("2O0人", "200人"), ("はい", "いいえ")]
        {
            assert!(shares_digits(written, name) && shares_digits(name, written), "{written} {name}");
        }
        for (written, name) in [("100人以下", "500人以上"), ("４つ", "2つ"), ("20～98人", "20～99人")]
        {
            assert!(!shares_digits(written, name), "{written} {name}");
        }
    }
}
