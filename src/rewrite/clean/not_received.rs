//! Who has not answered, for reminders (督促): the units of a linked file, as that file has them.
//!
//! Invariants
//! - In the order of the linked file; private fields are left out.

use std::collections::BTreeSet;

use crate::evaluate::Missing;
use crate::expression::FieldId;
use crate::linked::LinkedTable;
use crate::rule_pack::{Demand, Link, RulePack};
use crate::source::delimited::{harmless, push_row};

/// The name of the list of rule number `number`, from 1.
pub(super) fn name(number: u32) -> String {
    if number == 1 { "not-received.csv".to_owned() } else { format!("not-received-{number}.csv") }
}

/// The columns of the lists: those of the linked files whose units are all asked for.
pub fn reads(pack: &RulePack) -> BTreeSet<FieldId> {
    let asked = pack.rules.iter().filter_map(|rule| match &rule.demand {
        Demand::Dataset(kind) if &*kind.kind == "covers" => kind.settings.get("table"),
        _ => None,
    });
    let asked: BTreeSet<&str> = asked.map(|name| &**name).collect();
    pack.links.iter().filter(|link| asked.contains(&*link.name)).flat_map(shown).collect()
}

/// The fields of a linked file that may be shown.
fn shown(link: &Link) -> impl Iterator<Item = FieldId> {
    let fields = (0..=u16::MAX).zip(&link.questionnaire.fields).filter(|(_, field)| !field.private);
    fields.map(|(index, _)| FieldId { table: link.table, index })
}

/// The units of `missing`, a row each; `table` is their linked file.
pub(super) fn text(pack: &RulePack, missing: &Missing, table: &LinkedTable) -> String {
    let mut text = String::from('\u{FEFF}');
    let link = usize::from(missing.table).checked_sub(1).and_then(|place| pack.links.get(place));
    let fields: Vec<FieldId> = link.map(shown).into_iter().flatten().collect();
    let header = fields.iter().filter_map(|field| pack.field(*field)).map(|field| &*field.column);
    push_row(header, ',', &mut text);
    for &row in &missing.rows {
        let cells = fields.iter().map(|field| table.text(pack, *field, row).unwrap_or_default());
        let cells: Vec<String> = cells.map(|cell| harmless(&cell)).collect();
        push_row(cells.iter().map(String::as_str), ',', &mut text);
    }
    text
}
