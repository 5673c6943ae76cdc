//! The columns that a cleaned record has behind its answers, by name.
//!
//! Invariants
//! - Which there are is data of the pack: its tables' columns, its bases, its numbered questions.

use std::sync::Arc;

use super::RulePack;
use super::tabulation::NamedBase;
use crate::expression::FieldId;

/// The member of a JSON record in which they stand.
pub const MEMBER: &str = "kenpyo";

impl RulePack {
    /// Their names, in order: from where a record comes; the class in which the tables count it; a flag for each base;
    /// whether it counts, and why not; the state of each numbered question.
    pub fn further_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = ["source_file", "source_record"].map(str::to_owned).into();
        names.extend(self.class_column());
        names.extend(self.tabulation.bases.iter().map(base_column));
        names.extend(["valid", "valid_reason"].map(str::to_owned));
        let questions = self.questionnaire.fields.iter().filter(|field| field.question.is_some());
        names.extend(questions.map(|field| format!("{}_state", field.name)));
        names
    }

    /// The column of the class in which the tables count a record. `None`: the tables have no classes.
    pub fn class_column(&self) -> Option<String> {
        let by = *self.tabulation.classing.by.first()?;
        self.name_of(by).map(|name| format!("table_{name}"))
    }

    /// The name of a field of any table, or of a derived value. `None`: there is none.
    fn name_of(&self, id: FieldId) -> Option<&Arc<str>> {
        let derived = || self.derived.iter().find(|derived| derived.id == id).map(|derived| &derived.name);
        self.field(id).map(|field| &field.name).or_else(derived)
    }
}

fn base_column(base: &NamedBase) -> String {
    base.column.as_ref().map_or_else(|| format!("base_{}", base.name), ToString::to_string)
}
