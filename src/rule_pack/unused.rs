//! What a pack says that nothing takes up, or takes up in two ways: parameters that nobody names, an id of `x-invalid` with
//! two severities.
//!
//! Invariants
//! - A parameter is used where any file of the pack names it, comments included: what is told is surely unused.

use std::collections::BTreeMap;

use super::chain::File;
use super::{declaration, mistake};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Severity};
use crate::questionnaire::Questionnaire;
use crate::source::SourceText;

/// Tells parameters that no file of the pack names beside where they are declared.
pub fn parameters(files: &[File<'_>], sources: &[SourceText], found: &mut Diagnostics) {
    for declaration in declaration::named(files, "param") {
        let name = &*declaration.name;
        if !sources.iter().any(|source| is_named(&source.text, name)) {
            let mistake = mistake::at(&code::UNUSED_PARAMETER, declaration.source, declaration.name_span);
            found.push(mistake.with("name", name));
        }
    }
}

/// Whether `text` names the parameter: as `param.NAME`, or in quotation marks by itself.
fn is_named(text: &str, name: &str) -> bool {
    let mut places = text.match_indices(name);
    places.any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + name.len()..).unwrap_or_default();
        let ends = !behind.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let prefixed = before.strip_suffix("param.").is_some_and(|before| !before.ends_with('['));
        let quoted = before.ends_with(['"', '\'']) && behind.starts_with(['"', '\'']);
        (prefixed && ends) || quoted
    })
}

/// Tells ids of `x-invalid` that have one severity on one field, and another on another.
pub fn cases(form: &Questionnaire, sources: &[SourceText], found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, (Severity, &str)> = BTreeMap::new();
    for field in &form.fields {
        for case in &field.invalid {
            let (severity, other) = *first.entry(&case.id).or_insert((case.severity, &field.name));
            let source = sources.iter().find(|source| source.id == field.declared.source);
            if let Some(source) = source.filter(|_| severity != case.severity) {
                let mistake = mistake::at(&code::CASES_DIFFER, source, field.declared.span)
                    .with("found", &*case.id)
                    .with("first", other)
                    .with("severity", severity.word())
                    .with("second", &*field.name)
                    .with("other", case.severity.word());
                found.push(mistake);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_no_use_of_a_parameter() {
        assert!(!is_named("[param.limit]\nvalue = 3", "limit"));
        assert!(!is_named("[param.limit]\nrequire = 'n <= param.limits'", "limit"));
        assert!(is_named("require = 'n <= param.limit'", "limit"));
        assert!(is_named("message.ja = \"{param.limit}\"", "limit"));
        assert!(is_named("mix = { limit = \"mix_limit\" }", "mix_limit"));
    }
}
