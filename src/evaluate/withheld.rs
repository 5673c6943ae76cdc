//! Which answers may not stand in a finding, whoever reads it.
//!
//! Invariants
//! - What is computed of a withheld answer is withheld too, through any number of derived values.
//! - Decided by the pack and the run alone, never by an answer.

use std::collections::BTreeSet;

use crate::expression::{FieldId, TypedExpr};
use crate::rule_pack::RulePack;

/// The columns whose values are kept back.
#[derive(Debug, Clone, Default)]
pub(super) struct Withheld {
    columns: BTreeSet<FieldId>,
    /// Fields that a derived value fills out of a column that is kept back.
    filled: BTreeSet<FieldId>,
}

impl Withheld {
    /// The private fields of `pack` and of its links; without `keys` also those that name a record.
    pub(super) fn of(pack: &RulePack, keys: bool) -> Self {
        let linked = pack.links.iter().flat_map(|link| {
            let fields = (0..=u16::MAX).zip(&link.questionnaire.fields);
            fields.map(|(index, field)| (FieldId { table: link.table, index }, field))
        });
        let own = pack.questionnaire.fields.iter().map(|field| (field.id, field));
        let private = own.chain(linked).filter(|(_, field)| field.private).map(|(id, _)| id);
        let named = pack.key.iter().chain(&pack.fallback_key).filter(|_| !keys).copied();
        let mut withheld = Self { columns: private.chain(named).collect(), filled: BTreeSet::new() };
        if withheld.columns.is_empty() {
            return withheld;
        }
        // They come in an order in which each stands behind those that it reads.
        for derived in &pack.derived {
            let of_withheld = derived.reads.iter().any(|read| withheld.may_hold(*read));
            if withheld.reads(&derived.value) || of_withheld {
                let columns = if derived.fallback { &mut withheld.filled } else { &mut withheld.columns };
                columns.insert(derived.id);
            }
        }
        withheld
    }

    /// Whether nothing of the column is ever shown.
    pub(super) fn holds(&self, column: FieldId) -> bool {
        self.columns.contains(&column)
    }

    /// Whether a value of `field` that is not written in the file comes from an answer that is kept back.
    pub(super) fn fills(&self, field: FieldId) -> bool {
        self.filled.contains(&field)
    }

    /// Whether `expr` reads what is, or may come from, an answer that is kept back.
    pub(super) fn reads(&self, expr: &TypedExpr) -> bool {
        expr.fields().into_iter().any(|column| self.may_hold(column))
    }

    fn may_hold(&self, column: FieldId) -> bool {
        self.holds(column) || self.fills(column)
    }
}
