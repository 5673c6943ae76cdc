//! A small questionnaire built by hand, for unit tests of this room.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::record::{Cell, Record};
use crate::diagnostic::Localized;
use crate::expression::{FieldId, OptionItem, OptionList, Type};
use crate::questionnaire::{
    DateFormats, Declared, Domain, Field, Mark, NumberDomain, Questionnaire, Required, TextDomain, Ticks,
};
use crate::source::{SourceId, Span};

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
        id: FieldId { table: 0, index },
        name: Arc::from(name),
        ty,
        domain,
        label: Localized::new(Arc::from(name), Arc::from(name)),
        help: None,
        question: None,
        question_word: None,
        section: None,
        column: Arc::from(column),
        aliases: Vec::new(),
        pointer: pointer.map(Arc::from),
        column_required: false,
        required: Required::No,
        off_path: None,
        marks: vec![mark],
        marks_allowed: BTreeSet::new(),
        synonyms: BTreeMap::new(),
        invalid: Vec::new(),
        finding_ids: BTreeMap::new(),
        private: false,
        weight: 1,
        comparable: BTreeMap::new(),
        declared: Declared { source: SourceId(0), span: Span::default() },
    }
}

/// Fields `code`, `beds`, `ehr` (yes, no), `name`, `band` (a, b), `on` (date), `at` (moment).
pub fn questionnaire() -> Questionnaire {
    let fields = vec![
        field(0, "code", "ID", Some("/who/code"), Type::Code),
        field(1, "beds", "病床数", Some("/beds"), Type::INTEGER),
        field(2, "ehr", "使用", Some("/ehr"), options(&[("yes", "はい"), ("no", "いいえ")])),
        field(3, "name", "名,前", Some("/who/name"), Type::Text),
        field(4, "band", "区分", None, options(&[("a", "小"), ("b", "大")])),
        field(5, "on", "日", None, Type::Date),
        field(6, "at", "時", None, Type::DateTime),
    ];
    let by_name = fields.iter().enumerate().map(|(index, field)| (Arc::clone(&field.name), index)).collect();
    Questionnaire {
        id: Arc::from("sample"),
        title: Localized::default(),
        answer_heads: Vec::new(),
        question_word: None,
        check_marks: crate::questionnaire::CheckMarks::default(),
        sections: Vec::new(),
        routing: vec![None; fields.len()],
        routing_order: (0..fields.len()).collect(),
        rows: crate::questionnaire::RowWords::default(),
        versions: None,
        fields,
        by_name,
        schema: serde_json::Value::Null,
    }
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
