//! A small table of names for the tests of this folder.
//!
//! Invariants
//! - One name of every type and kind that an expression may speak of; texts stand inside a rule file, so that places
//!   are not those of the text alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::names::{NamedColumn, NamedField, NamedLink, NamedLookup, NamedSet, Names};
use super::parse::parse;
use super::tree::{Expr, ExpressionText, Offsets};
use super::typed::TypedExpr;
use super::typing;
use super::value::{FieldId, LookupId, OptionItem, OptionList, ParamId, Type, Value};
use crate::diagnostic::{Diagnostics, Language, Localized};
use crate::source::{SourceId, SourceText};

/// A file that holds one expression behind `require = '`.
pub(super) const BEFORE: &str = "require = '";

pub(super) fn source(text: &str) -> SourceText {
    SourceText { id: SourceId(7), name: Arc::from("rules/x.toml"), text: format!("{BEFORE}{text}'\n").into() }
}

pub(super) fn with_text<T>(text: &str, run: impl FnOnce(ExpressionText<'_>) -> T) -> T {
    let source = source(text);
    let base = u64::try_from(BEFORE.len()).expect("short");
    run(ExpressionText { source: &source, text, offsets: Offsets::Direct(base) })
}

pub(super) fn parsed(text: &str) -> (Expr, Diagnostics) {
    with_text(text, parse)
}

/// Parses and types; the mistakes of both.
pub(super) fn typed(text: &str, names: &Names) -> (Option<TypedExpr>, Diagnostics) {
    with_text(text, |text| {
        let (expr, mut all) = parse(text);
        let (typed, more) = typing::value(&expr, names, text, None);
        all.append(more);
        (typed, all)
    })
}

/// Parses, types and lints; id, English message and suggestion of each finding.
pub(super) fn findings(text: &str, names: &Names) -> Vec<(String, String, Option<String>)> {
    let (_, all) = typed(text, names);
    told(&all)
}

pub(super) fn told(all: &Diagnostics) -> Vec<(String, String, Option<String>)> {
    all.iter()
        .map(|one| {
            let suggestion = one.suggestion.as_ref().map(|text| text.en.clone());
            (one.notice.id.to_string(), one.message(Language::En), suggestion)
        })
        .collect()
}

fn options(names: &[(&str, &str, Option<i64>)], scale: Option<&str>) -> Arc<OptionList> {
    let items = names
        .iter()
        .enumerate()
        .map(|(index, (name, label, rank))| OptionItem {
            name: Arc::from(*name),
            code: Arc::from((index + 1).to_string()),
            label: Localized::new(Arc::from(*label), Arc::from(*name)),
            rank: *rank,
        })
        .collect();
    Arc::new(OptionList { items, scale: scale.map(Arc::from), text_codes: false })
}

pub(super) fn number(scale: u8, unit: Option<&str>) -> Type {
    Type::Number { scale, unit: unit.map(Arc::from) }
}

fn field(table: u16, index: usize, ty: Type, optional: bool) -> NamedField {
    NamedField {
        id: FieldId { table, index: u16::try_from(index).expect("few") },
        ty,
        title: Localized::new(Arc::from(format!("問{index}")), Arc::from(format!("question {index}"))),
        declared: Arc::from(format!("schemas/x.json:{}", index + 1)),
        optional,
        derived: false,
        blank_is_empty_set: false,
        marks: ["na", "dk"].into_iter().map(Arc::from).collect(),
        controllers: BTreeSet::new(),
    }
}

fn yes_no() -> Type {
    Type::Option(options(&[("yes", "はい", None), ("no", "いいえ", None)], None))
}

fn bands() -> Type {
    Type::Option(options(
        &[("b020", "20～99", None), ("b100", "100～199", None), ("b500", "500以上", None)],
        None,
    ))
}

fn capped(third: &str) -> Type {
    let items = [("three-plus", "3以上", Some(3)), ("two", "2", Some(2)), (third, "1", Some(1))];
    Type::Option(options(&items, Some("count-capped")))
}

/// Name, type, optional.
fn own_fields() -> Vec<(&'static str, Type, bool)> {
    let beds = || number(0, Some("床"));
    let threats =
        options(&[("ransom", "身代金", None), ("leak", "漏洩", None), ("none", "なし", None)], None);
    let race = options(&[("x", "甲", None), ("y", "乙", None)], None);
    vec![
        ("beds_total", beds(), false),
        ("beds_general", beds(), true),
        ("beds_ltc", beds(), true),
        ("beds_psych", beds(), true),
        ("beds_tb", beds(), true),
        ("beds_infect", beds(), true),
        ("band", bands(), true),
        ("q01_manager", yes_no(), false),
        ("q02_contacts", yes_no(), false),
        ("q03_other_text", Type::Text, true),
        ("q11_backup", yes_no(), true),
        (
            "q12_frequency",
            Type::Option(options(&[("daily", "毎日", None), ("yearly", "年1回", None)], None)),
            true,
        ),
        ("q13_copies", capped("one"), true),
        ("q14_methods", capped("one"), true),
        ("q15_generations", capped("none"), true),
        ("gmis_id", Type::Code, false),
        ("inst_code", Type::Code, true),
        ("muni_code", Type::Code, true),
        ("pref_code", Type::Code, true),
        ("facility_name", Type::Text, true),
        ("answered_on", Type::Date, true),
        ("submitted_at", Type::DateTime, true),
        ("ex_month", Type::YearMonth, true),
        ("ex_staff", number(0, Some("人")), false),
        ("ex_doctors", number(0, Some("人")), true),
        ("ex_nurses", number(0, Some("人")), true),
        ("ex_trained", yes_no(), false),
        ("ex_insured", yes_no(), false),
        ("ex_name", Type::Text, true),
        ("ex_answered_on", Type::Date, true),
        ("ex_submitted_at", Type::DateTime, true),
        ("ex_code", Type::Code, true),
        ("ex_town_code", Type::Code, true),
        ("ex_size", bands(), true),
        ("ex_threats", Type::Multi(threats), true),
        ("ex_terminals", number(0, Some("台")), true),
        ("ex_ratio", number(2, None), true),
        (
            "ex_partner",
            Type::Option(options(&[("own", "自院", None), ("other", "その他", None)], None)),
            true,
        ),
        ("ex_partner_text", Type::Text, true),
        ("ex_slot_1", Type::Option(Arc::clone(&race)), true),
        ("ex_slot_2", Type::Option(Arc::clone(&race)), true),
        ("ex_race_1", Type::Option(Arc::clone(&race)), true),
        ("ex_race_2", Type::Option(Arc::clone(&race)), true),
        ("ex_race_3", Type::Option(race), true),
        ("count", number(0, None), false),
        ("base", number(0, None), false),
        ("published", number(1, None), false),
        ("問1", number(0, None), false),
        ("in", number(0, None), false),
    ]
}

fn table(number: u16, fields: Vec<(&'static str, Type, bool)>) -> BTreeMap<Arc<str>, NamedField> {
    let numbered = fields.into_iter().enumerate();
    numbered
        .map(|(index, (name, ty, optional))| (Arc::from(name), field(number, index, ty, optional)))
        .collect()
}

fn links() -> BTreeMap<Arc<str>, NamedLink> {
    let beds = || number(0, Some("床"));
    let other = Type::Option(options(&[("daily", "毎日", None), ("hourly", "毎時", None)], None));
    let frame = vec![
        ("beds_total", beds(), false),
        ("band", bands(), false),
        ("ex_size", bands(), false),
        ("ex_name", Type::Text, false),
        ("facility_name", Type::Text, false),
    ];
    let prev = vec![
        ("beds_total", beds(), true),
        ("ex_staff", number(0, Some("人")), true),
        ("q11_backup", yes_no(), true),
        ("q12_frequency", other, true),
    ];
    let link = |number, fields| NamedLink { table: number, fields: table(number, fields) };
    [(Arc::from("frame"), link(1, frame)), (Arc::from("prev"), link(2, prev))].into_iter().collect()
}

fn lookups() -> BTreeMap<Arc<str>, NamedLookup> {
    let column = |index, ty, unbounded| NamedColumn { index, ty, unbounded };
    let columns: BTreeMap<Arc<str>, NamedColumn> = [
        (Arc::from("band"), column(0, bands(), false)),
        (Arc::from("low"), column(1, Type::INTEGER, false)),
        (Arc::from("high"), column(2, Type::INTEGER, true)),
    ]
    .into_iter()
    .collect();
    let by_band = NamedLookup { id: LookupId(0), keys: vec![bands()], columns: columns.clone() };
    let by_beds = NamedLookup { id: LookupId(1), keys: vec![Type::INTEGER], columns };
    let names = NamedLookup {
        id: LookupId(2),
        keys: vec![Type::Code],
        columns: [(Arc::from("name"), column(1, Type::Text, false))].into_iter().collect(),
    };
    [(Arc::from("bed_band"), by_band), (Arc::from("band_by_beds"), by_beds), (Arc::from("prefecture"), names)]
        .into_iter()
        .collect()
}

/// The fields of the texts' examples, with links, lookups, parameters, a set, a `let` and `it`.
pub(super) fn names() -> Names {
    let mut fields = table(0, own_fields());
    let q11 = fields.get("q11_backup").expect("there").id;
    for opened in ["q12_frequency", "q13_copies", "q14_methods", "q15_generations"] {
        fields.get_mut(opened).expect("there").controllers.insert(q11);
    }
    let params = [
        ("population_min", Type::INTEGER),
        ("field_start", Type::Date),
        ("field_end", Type::Date),
        ("tolerance", number(1, None)),
    ];
    let params = params
        .into_iter()
        .enumerate()
        .map(|(index, (name, ty))| (Arc::from(name), (ParamId(u16::try_from(index).expect("few")), ty)))
        .collect();
    let big = NamedSet { of: bands(), members: vec![Value::Option(1), Value::Option(2)] };
    let mut names = Names {
        fields,
        links: links(),
        params,
        lookups: lookups(),
        sets: [(Arc::from("big_bands"), big)].into_iter().collect(),
        lets: BTreeMap::new(),
        faulty: BTreeSet::new(),
        called: BTreeMap::new(),
        it: Some(Arc::from("beds_infect")),
    };
    let sum = "sum_present(beds_general, beds_ltc, beds_psych, beds_tb, beds_infect)";
    let (kinds, _) = typed(sum, &names);
    names.lets.insert(Arc::from("kinds_sum"), Arc::new(kinds.expect("typed")));
    names
}
