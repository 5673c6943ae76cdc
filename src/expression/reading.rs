//! Which cells an expression reads.
//!
//! Invariants
//! - `relevant(f)` reads what f's routing reads, never f.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{NamedField, Names};
use super::typed::{Node, TypedExpr};
use super::value::FieldId;

/// Every column whose cell can change what `typed` is: the static read set.
pub fn reads(typed: &TypedExpr, names: &Names) -> BTreeSet<FieldId> {
    let mut found = typed.fields();
    let mut asked = BTreeSet::new();
    typed.walk(&mut |part| {
        if let Node::Relevant(field) = part.node {
            asked.insert(field);
        }
    });
    if !asked.is_empty() {
        let by_id = by_id(names);
        let controllers =
            asked.iter().filter_map(|field| by_id.get(field)).flat_map(|field| &field.controllers);
        found.extend(controllers);
    }
    found
}

fn by_id(names: &Names) -> BTreeMap<FieldId, &NamedField> {
    let linked = names.links.values().flat_map(|link| link.fields.values());
    names.fields.values().chain(linked).map(|field| (field.id, field)).collect()
}
