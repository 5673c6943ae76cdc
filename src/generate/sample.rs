//! A small questionnaire built by hand, for unit tests of this room.
//!
//! Invariants
//! - One field of each type that is generated; every field has one not-applicable mark.

use std::sync::Arc;

use super::record::{Cell, Record};
use crate::diagnostic::Localized;
use crate::expression::{OptionItem, OptionList, Type};
use crate::questionnaire::{
    DateFormats, Domain, Field, Mark, NumberDomain, Questionnaire, TextDomain, Ticks, sample,
};

fn options(items: &[(&str, &str)]) -> Type {
    let items = items.iter().enumerate().map(|(index, (name, label))| OptionItem {
        name: Arc::from(*name),
        code: Arc::from((index + 1).to_string()),
        label: Localized::new(Arc::from(*label), Arc::from(*name)),
        rank: None,
    });
    Type::Option(Arc::new(OptionList { items: items.collect(), scale: None, text_codes: false }))
}

fn field(index: u16, name: &str, column: &str, pointer: Option<&str>, ty: Type) -> Field {
    let domain = match &ty {
        Type::Option(_) => Domain::Options(Ticks::default()),
        Type::Number { .. } => Domain::Number(NumberDomain::default()),
        Type::Date | Type::DateTime => Domain::Time(DateFormats::default()),
        _ => Domain::Text(TextDomain::default()),
    };
    let mark = Mark { name: Arc::from("na"), dont_know: false, tokens: vec![Arc::from("非該当")] };
    Field {
        pointer: pointer.map(Arc::from),
        marks: vec![mark],
        ..sample::field(index, name, column, ty, domain)
    }
}

/// Fields `code`, `beds`, `ehr` (yes, no), `name`, `band` (a, b), `on` (date), `at` (moment).
pub fn questionnaire() -> Questionnaire {
    sample::questionnaire(vec![
        field(0, "code", "ID", Some("/who/code"), Type::Code),
        field(1, "beds", "病床数", Some("/beds"), Type::INTEGER),
        field(2, "ehr", "使用", Some("/ehr"), options(&[("yes", "はい"), ("no", "いいえ")])),
        field(3, "name", "名,前", Some("/who/name"), Type::Text),
        field(4, "band", "区分", None, options(&[("a", "小"), ("b", "大")])),
        field(5, "on", "日", None, Type::Date),
        field(6, "at", "時", None, Type::DateTime),
    ])
}

/// A record of it.
pub fn record() -> Record {
    let cells = vec![
        Cell::Text("A01".to_owned()),
        Cell::Number(120),
        Cell::Option(0),
        Cell::Text("a\"b".to_owned()),
        Cell::Blank,
        Cell::Blank,
        Cell::Blank,
    ];
    Record { serial: 1, stratum: 0, cells }
}
