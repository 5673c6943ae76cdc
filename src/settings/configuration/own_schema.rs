//! The backstop behind our own reading: `kenpyo.toml` against its JSON Schema.
//!
//! Invariants
//! - Asked only where somebody looks at the settings, and our own reading finds nothing wrong: its words are better.

use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::questionnaire::meta::MetaSchema;
use crate::rule_pack::own_schema::check_table;
use crate::rule_pack::toml_file::Table;
use crate::source::SourceText;

const NAME: &str = "schemas/kenpyo/configuration.json";
const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kenpyo/configuration.json"));

/// Reports what the schema refuses in the settings of `root`.
///
/// # Errors
/// The schema cannot be used.
pub(super) fn check(root: &Table<'_>, source: &SourceText, found: &mut Diagnostics) -> Result<(), Error> {
    check_table(&MetaSchema::new(TEXT)?, NAME, root, source, found);
    Ok(())
}
