//! Parameters and sets: `[param.X]`, `[set.X]`.
//!
//! Invariants
//! - A parameter has a value of its type, or is given by the run, never both.

use std::sync::Arc;

use super::chain::File;
use super::declaration::{self, Declaration};
use super::mistake::Refused;
use super::written_value;
use super::zone::Zone;
use super::{Param, declared_type, mistake};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized};
use crate::expression::names::NamedSet;
use crate::expression::{Names, ParamId};

/// Reads all parameters and makes them known to `names`.
pub fn read(files: &[File<'_>], names: &mut Names, zone: Zone, found: &mut Diagnostics) -> Vec<Param> {
    let mut params = Vec::new();
    for declaration in declaration::named(files, "param") {
        let Some(param) = param(&declaration, names, zone, found) else {
            names.faulty.insert(declaration.name);
            continue;
        };
        let id = ParamId(u16::try_from(params.len()).unwrap_or(u16::MAX));
        names.params.insert(Arc::clone(&param.name), (id, param.ty.clone()));
        params.push(param);
    }
    params
}

fn param(declaration: &Declaration<'_>, names: &Names, zone: Zone, found: &mut Diagnostics) -> Option<Param> {
    let table = declaration.table;
    let ty = table.text("type")?;
    let ty = keep(declared_type::read(ty, names, declaration.spot("type")), found)?;
    let run = table.get("from").is_some();
    if run == table.get("value").is_some() || (!run && table.get("required").is_some()) {
        found.push(incomplete(declaration));
    }
    let value = table.get("value").and_then(|item| {
        keep(written_value::read(item, &ty, zone, declaration.spot(&declaration.name)), found)
    });
    let required = table.flag("required").unwrap_or(false);
    Some(Param { name: Arc::clone(&declaration.name), ty, value, required })
}

fn incomplete(declaration: &Declaration<'_>) -> Diagnostic {
    let reason = Localized::new(
        "value か from = \"run\" のどちらか一方を書きます（required は from とともに書きます）",
        "it takes either `value` or from = \"run\" (`required` goes with `from`)",
    );
    mistake::at(&code::DECLARATION, declaration.source, declaration.name_span)
        .with("key", &*declaration.name)
        .with("reason", mistake::fixed(&reason))
}

/// The result, or `None` after its mistake has been reported.
pub fn keep<T>(result: Result<T, Refused>, found: &mut Diagnostics) -> Option<T> {
    result.map_err(|mistake| found.push(*mistake)).ok()
}

/// Makes all sets known to `names`.
pub fn read_sets(files: &[File<'_>], names: &mut Names, found: &mut Diagnostics) {
    for declaration in declaration::named(files, "set") {
        let taken = |name: &str| names.lookups.contains_key(name);
        if !declaration::check_name(&declaration, taken, found) {
            continue;
        }
        if let Some(set) = set(&declaration, names, found) {
            names.sets.insert(Arc::clone(&declaration.name), set);
        } else {
            names.faulty.insert(declaration.name);
        }
    }
}

fn set(declaration: &Declaration<'_>, names: &Names, found: &mut Diagnostics) -> Option<NamedSet> {
    let of = declaration.table.text("of")?;
    let field = declaration.table.text("of")?.text;
    let spelled = format!("option({})", of.text);
    let of = super::toml_file::Text { text: &spelled, span: of.span };
    let ty = keep(declared_type::read(of, names, declaration.spot("of")), found)?;
    let options = declaration.table.get("options")?.items();
    let spot = declaration.spot(field);
    let members = options
        .iter()
        .filter_map(|item| keep(written_value::read(item, &ty, Zone::default(), spot), found))
        .collect();
    Some(NamedSet { of: ty, members })
}
