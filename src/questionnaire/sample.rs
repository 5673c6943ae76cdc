//! Fields and forms made by hand, for the unit tests of rooms above.
//!
//! Invariants
//! - Whatever a test does not name is as a schema that says nothing of it leaves it: optional, public, without marks.

use super::*;
use crate::expression::{FieldId, Type};

/// A field of the first table, labelled by its column in Japanese and by its name in English.
pub(crate) fn field(index: u16, name: &str, column: &str, ty: Type, domain: Domain) -> Field {
    Field {
        id: FieldId { table: 0, index },
        name: name.into(),
        ty,
        domain,
        label: Localized::new(column.into(), name.into()),
        help: None,
        question: None,
        question_word: None,
        section: None,
        column: column.into(),
        aliases: Vec::new(),
        pointer: None,
        column_required: false,
        required: Required::No,
        off_path: None,
        marks: Vec::new(),
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

/// A form of `fields`, all of them asked of everyone.
pub(crate) fn questionnaire(fields: Vec<Field>) -> Questionnaire {
    let by_name = fields.iter().enumerate().map(|(index, field)| (Arc::clone(&field.name), index)).collect();
    Questionnaire {
        id: "sample".into(),
        title: Localized::new("例".into(), "example".into()),
        answer_heads: Vec::new(),
        question_word: None,
        check_marks: CheckMarks::default(),
        sections: Vec::new(),
        routing: vec![None; fields.len()],
        routing_order: (0..fields.len()).collect(),
        rows: RowWords::default(),
        versions: None,
        fields,
        by_name,
        schema: serde_json::Value::Null,
    }
}
