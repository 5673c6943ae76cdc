//! What a macro edit demands of the tables, in words.
//!
//! Invariants
//! - Tables and rows are called as the published tables call them.

use super::{answer, words};
use crate::diagnostic::{Language, Localized};
use crate::expression::Type;
use crate::rule_pack::RulePack;
use crate::rule_pack::macro_edit::{Claim, Limit, MacroKind, NamedRow};
use crate::rule_pack::tabulation::AverageKind;

/// Most sentences that are quoted.
const MOST_SENTENCES: usize = 3;

/// The demand of a macro edit.
pub(super) fn in_words(pack: &RulePack, kind: &MacroKind) -> Localized<String> {
    match kind {
        MacroKind::AddsUp(named) => {
            let row = row(pack, named);
            Localized::new(
                format!("{}の区分別の値の合計が総数と一致すること", row.ja),
                format!("in {}, the columns add up to the total", row.en),
            )
        }
        MacroKind::Nested { within, alike } => nested(pack, within, alike),
        MacroKind::RoundedSum { tables, published } => {
            let (own, printed) = (names(pack, tables), names(pack, published));
            let mut parts = Vec::new();
            if !own.is_empty() {
                parts.push(Localized::new(
                    format!("表{own}の集計値"),
                    format!("the percentages counted for {own}"),
                ));
            }
            if !printed.is_empty() {
                parts.push(Localized::new(
                    format!("表{printed}の公表値"),
                    format!("those published of {printed}"),
                ));
            }
            let ja: Vec<&str> = parts.iter().map(|part| part.ja.as_str()).collect();
            let en: Vec<&str> = parts.iter().map(|part| part.en.as_str()).collect();
            Localized::new(
                format!("{}の構成比の合計が、端数処理の範囲内で100％になること", ja.join("と、")),
                format!("{} add up to 100 %, as far as rounding goes", en.join(", and ")),
            )
        }
        MacroKind::WhichAverage(kinds) => {
            let list = |language: Language| {
                kinds
                    .iter()
                    .map(|kind| average(*kind, language))
                    .collect::<Vec<_>>()
                    .join(words::between(language))
            };
            Localized::new(
                format!(
                    "公表された平均が、表に記された定義の平均であること（照合する定義：{}）",
                    list(Language::Ja)
                ),
                format!(
                    "a published average is the one that its table declares (held against: {})",
                    list(Language::En)
                ),
            )
        }
        MacroKind::Claims(claims) => Localized::new(
            format!("公表された記述のとおりであること：{}", sentences(claims, Language::Ja)),
            format!("the published sentences hold: {}", sentences(claims, Language::En)),
        ),
        MacroKind::Mix { asked, answered, limit, .. } => {
            let (asked, answered) = (row(pack, asked), row(pack, answered));
            let limit = limit_of(pack, *limit);
            Localized::new(
                format!(
                    "{}の区分別の構成が、{}のうち回答していないものと大きく異ならないこと（χ²が{limit}以下）",
                    answered.ja, asked.ja
                ),
                format!(
                    "{} are spread over the columns like those of {} who did not answer (chi-square at most {limit})",
                    answered.en, asked.en
                ),
            )
        }
    }
}

fn nested(pack: &RulePack, within: &[Vec<usize>], alike: &[usize]) -> Localized<String> {
    let chains = within.iter().map(|chain| {
        let tables = chain.iter().filter_map(|&place| pack.tabulation.tables.get(place));
        tables.map(|table| &*table.name).collect::<Vec<_>>().join(" ≤ ")
    });
    let chains = chains.collect::<Vec<_>>().join("; ");
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    if !chains.is_empty() {
        ja.push(format!("母数の大小が順のとおりであること（{chains}）"));
        en.push(format!("bases lie inside each other ({chains})"));
    }
    if !alike.is_empty() {
        let alike = names(pack, alike);
        ja.push(format!("表{alike}の母数が等しいこと"));
        en.push(format!("the bases of {alike} are the same"));
    }
    Localized::new(ja.join("、"), en.join(", and "))
}

fn names(pack: &RulePack, places: &[usize]) -> String {
    let tables = places.iter().filter_map(|&place| pack.tabulation.tables.get(place));
    tables.map(|table| &*table.name).collect::<Vec<_>>().join(", ")
}

/// `row "yes" of T2 "title"`.
fn row(pack: &RulePack, named: &NamedRow) -> Localized<String> {
    let Some(table) = pack.tabulation.tables.get(named.table) else { return Localized::default() };
    let field = table.field.and_then(|field| pack.field(field));
    let option = field.and_then(|field| match &field.ty {
        Type::Option(list) | Type::Multi(list) => list.items.iter().find(|item| item.name == named.row),
        _ => None,
    });
    let label = option.map_or_else(
        || Localized::new(named.row.to_string(), named.row.to_string()),
        |option| option.label.map(ToString::to_string),
    );
    Localized::new(
        format!("表{}「{}」の「{}」", table.name, table.title.ja, label.ja),
        format!("\"{}\" of {} \"{}\"", label.en, table.name, table.title.en),
    )
}

fn average(kind: AverageKind, language: Language) -> String {
    (*kind.label().get(language)).to_owned()
}

fn sentences(claims: &[Claim], language: Language) -> String {
    let mut quoted: Vec<String> = Vec::new();
    for claim in claims {
        let sentence = words::quoted(&claim.sentence.ja, &claim.sentence.en).get(language).clone();
        if !quoted.contains(&sentence) {
            quoted.push(sentence);
        }
    }
    let more = quoted.len().saturating_sub(MOST_SENTENCES);
    quoted.truncate(MOST_SENTENCES);
    if more > 0 {
        quoted.push(words::and_more(more, language));
    }
    quoted.join(words::between(language))
}

fn limit_of(pack: &RulePack, limit: Limit) -> String {
    match limit {
        Limit::Number(digits, decimals) => {
            let number = crate::diagnostic::Decimal { mantissa: digits, scale: decimals };
            crate::diagnostic::Argument::Number(number).print(Language::En)
        }
        Limit::Param(id) => {
            let param = pack.params.get(usize::from(id.0));
            let value =
                param.and_then(|param| Some(answer::of(param.value.as_ref()?, &param.ty, Language::En)));
            value.or_else(|| param.map(|param| param.name.to_string())).unwrap_or_default()
        }
    }
}
