//! The columns of the template, and what is said about each to whoever fills it in.
//!
//! Invariants
//! - A field has one column, or one for each column of a multiple answer.
//! - Every text exists in both languages; nothing here names a survey.

use std::sync::Arc;

use super::condition;
use crate::diagnostic::{Decimal, Language, Localized};
use crate::expression::calendar::print_date;
use crate::expression::{OptionList, Type};
use crate::questionnaire::{
    Domain, Field, Mark, MultiLayout, NumberDomain, Numbered, Questionnaire, Required,
};
use crate::rule_pack::RulePack;

/// What may be entered into a column.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// One option of a list.
    Option(&'a OptionList),
    /// Several options in one cell.
    Several(&'a OptionList, &'a MultiLayout),
    /// A mark in the column of one option.
    Tick(&'a str),
    /// A number: digits behind the point, unit, bounds.
    Number(u8, Option<&'a str>, &'a NumberDomain),
    /// A day.
    Date,
    /// A day with its time.
    DateTime,
    /// A month of a year.
    Month,
    /// A text in which leading zeros count.
    Code,
    /// Any text.
    Text,
}

/// One column of the template.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// As the reader knows it.
    pub header: &'a str,
    /// Its field.
    pub field: &'a Field,
    /// The option whose column it is. `None`: the column holds the whole answer.
    pub option: Option<&'a Localized<Arc<str>>>,
    /// What may be entered.
    pub entry: Entry<'a>,
}

/// All columns in form order.
pub fn columns(form: &Questionnaire) -> Vec<Column<'_>> {
    form.fields.iter().flat_map(of_field).collect()
}

fn of_field(field: &Field) -> Vec<Column<'_>> {
    let whole = |entry| vec![Column { header: &field.column, field, option: None, entry }];
    let (Type::Multi(list), Domain::Multi(layout)) = (&field.ty, &field.domain) else {
        return whole(entry(field));
    };
    if layout.columns.is_empty() {
        return whole(Entry::Several(list, layout));
    }
    let ticked = layout.ticked.first();
    let parts = layout.columns.iter().enumerate().map(|(place, header)| Column {
        header,
        field,
        option: list.items.get(place).map(|item| &item.label).filter(|_| ticked.is_some()),
        entry: ticked.map_or(Entry::Option(list), |mark| Entry::Tick(mark)),
    });
    parts.collect()
}

fn entry(field: &Field) -> Entry<'_> {
    match (&field.ty, &field.domain) {
        (Type::Option(list) | Type::Multi(list), _) => Entry::Option(list),
        (Type::Number { scale, unit }, Domain::Number(domain)) => {
            Entry::Number(*scale, unit.as_deref(), domain)
        }
        (Type::Date, _) => Entry::Date,
        (Type::DateTime, _) => Entry::DateTime,
        (Type::YearMonth, _) => Entry::Month,
        (Type::Code, _) => Entry::Code,
        _ => Entry::Text,
    }
}

/// A text in both languages.
fn both(ja: impl Into<String>, en: impl Into<String>) -> Localized<String> {
    Localized::new(ja.into(), en.into())
}

impl Column<'_> {
    /// Question number and label; of an option's column, the option too.
    pub fn title(&self) -> Localized<String> {
        let field = self.field;
        let titled = match field.numbered() {
            None => field.label.map(ToString::to_string),
            Some(Numbered { short, .. }) => {
                both(format!("{}　{}", short.ja, field.label.ja), format!("{}. {}", short.en, field.label.en))
            }
        };
        match self.option {
            None => titled,
            Some(option) => {
                both(format!("{}：{}", titled.ja, option.ja), format!("{}: {}", titled.en, option.en))
            }
        }
    }

    /// The versions of the form, where this is the column that names them. Empty: it is another.
    pub fn versions<'p>(&self, pack: &'p RulePack) -> &'p [Arc<str>] {
        let versions =
            pack.questionnaire.versions.as_ref().filter(|versions| versions.field == self.field.id);
        versions.map_or(&[], |versions| &versions.accepted)
    }

    /// The options with their codes, or how the answer is written. Empty: any text will do.
    pub fn how(&self, pack: &RulePack) -> Localized<String> {
        if let Some(version) = self.versions(pack).first() {
            return both(format!("この様式では「{version}」"), format!("\"{version}\" on this form"));
        }
        match self.entry {
            Entry::Option(list) => options(list),
            Entry::Several(list, layout) => {
                let (listed, between) = (options(list), &layout.separator);
                both(
                    format!("あてはまるものをすべて「{between}」で区切って記入：{}", listed.ja),
                    format!("all that apply, with \"{between}\" between them: {}", listed.en),
                )
            }
            Entry::Tick(mark) => {
                both(format!("あてはまる場合は「{mark}」を記入"), format!("\"{mark}\" if it applies"))
            }
            Entry::Number(scale, unit, domain) => number(scale, unit, domain),
            Entry::Date => dated(pack, 10, "", ("日付", "a date")),
            Entry::DateTime => dated(pack, 10, " 09:30", ("日時", "date and time,")),
            Entry::Month => dated(pack, 7, "", ("年月", "a month")),
            Entry::Code => both("番号・記号（先頭の0も省かずに記入）", "a code, with its leading zeros"),
            Entry::Text => Localized::default(),
        }
    }

    /// Who must answer.
    pub fn asked_of(&self, pack: &RulePack) -> Localized<String> {
        condition::asked_of(pack, self.field.id)
    }

    /// Whether an answer is needed of whom the question is asked; what names the record always is.
    pub fn need(&self, pack: &RulePack) -> Required {
        if pack.key.contains(&self.field.id) { Required::Yes } else { self.field.required }
    }

    /// The same in words.
    pub fn required(&self, pack: &RulePack) -> Localized<String> {
        match self.need(pack) {
            Required::Yes => both("必須", "required"),
            Required::Soft => both("できるだけ記入", "expected"),
            Required::No => both("任意", "optional"),
        }
    }

    /// The marks that may stand in place of an answer, and what each means: where one is expected, those alone that the
    /// schema takes for one. Empty: none.
    pub fn marks(&self, pack: &RulePack) -> Localized<String> {
        let mut found = Localized::<Vec<String>>::default();
        let may_be_blank = self.need(pack) == Required::No;
        let is_taken = |mark: &&Mark| {
            !mark.tokens.is_empty() && (may_be_blank || self.field.marks_allowed.contains(&mark.name))
        };
        for mark in self.field.marks.iter().filter(is_taken) {
            let tokens: Vec<&str> = mark.tokens.iter().map(|token| &**token).collect();
            let (ja, en) =
                if mark.dont_know { ("不明", "not known") } else { ("非該当", "not applicable") };
            found.ja.push(format!("{ja}：{}", tokens.join(" ")));
            found.en.push(format!("{en}: {}", tokens.join(" ")));
        }
        both(found.ja.join("\n"), found.en.join("\n"))
    }

    /// What a person is told about the column, a line each; never empty.
    pub fn explanation(&self, pack: &RulePack, language: Language) -> Vec<String> {
        let told = |text: Localized<String>| text.get(language).clone();
        let named = |ja: &str, en: &str, text: String| {
            if text.is_empty() {
                return text;
            }
            match language {
                Language::Ja => format!("{ja}：{text}"),
                Language::En => format!("{en}: {text}"),
            }
        };
        let help = self.field.help.as_ref().map_or_else(String::new, |help| help.get(language).to_string());
        let asked = told(self.asked_of(pack));
        let required = told(self.required(pack));
        let who = match language {
            Language::Ja => format!("{asked}（{required}）"),
            Language::En => format!("{asked} ({required})"),
        };
        let lines = [
            told(self.title()),
            help,
            named("回答", "Answer", told(self.how(pack))),
            named("回答対象", "Asked of", who),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}

/// What is written, with an example: `length` letters of a day that the survey may see, and `time` behind it. No example
/// where nothing says of which days the survey's dates are.
fn dated(pack: &RulePack, length: usize, time: &str, (ja, en): (&str, &str)) -> Localized<String> {
    let Some(day) = pack.period.map(|period| print_date(period.example())) else {
        let spelled =
            format!("{}{}", "YYYY-MM-DD".get(..length).unwrap_or_default(), time.replace("09:30", "hh:mm"));
        return both(format!("{ja}（{spelled}）"), format!("{en} as {spelled}"));
    };
    let day = day.get(..length).unwrap_or(&day);
    both(format!("{ja}（例：{day}{time}）"), format!("{en} such as {day}{time}"))
}

/// `1 はい　2 いいえ`, each once where code and label are the same.
fn options(list: &OptionList) -> Localized<String> {
    let listed = |language: Language, between: &str| {
        let one = |item: &crate::expression::OptionItem| {
            let label = item.label.get(language);
            if *item.code == **label { label.to_string() } else { format!("{} {label}", item.code) }
        };
        list.items.iter().map(one).collect::<Vec<_>>().join(between)
    };
    both(listed(Language::Ja, "／"), listed(Language::En, " / "))
}

fn number(scale: u8, unit: Option<&str>, domain: &NumberDomain) -> Localized<String> {
    let (low, high) = bounds(domain);
    let printed = |bound: Option<i64>| bound.map(|mantissa| Decimal { mantissa, scale }.to_string());
    let kind = if scale == 0 {
        both("整数", "a whole number")
    } else {
        both(format!("小数点以下{scale}桁までの数"), format!("a number of up to {scale} decimals"))
    };
    let range = match (printed(low), printed(high)) {
        (None, None) => Localized::default(),
        (Some(low), None) => both(format!("、{low}以上"), format!(", {low} or more")),
        (None, Some(high)) => both(format!("、{high}以下"), format!(", {high} or less")),
        (Some(low), Some(high)) => both(format!("、{low}～{high}"), format!(" from {low} to {high}")),
    };
    // The unit is told, not asked for: the cell holds digits only.
    let unit = unit.map_or_else(Localized::default, |unit| {
        both(format!("（単位：{unit}、単位は記入不要）"), format!(" (unit: {unit}, not to be written)"))
    });
    both(format!("{}{}{}", kind.ja, range.ja, unit.ja), format!("{}{}{}", kind.en, range.en, unit.en))
}

/// The lowest and the highest number, scaled. `None`: no bound.
pub fn bounds(domain: &NumberDomain) -> (Option<i64>, Option<i64>) {
    let above = domain.above.and_then(|bound| bound.checked_add(1));
    let below = domain.below.and_then(|bound| bound.checked_sub(1));
    let low = domain.minimum.into_iter().chain(above).max();
    let high = domain.maximum.into_iter().chain(below).min();
    (low, high)
}
