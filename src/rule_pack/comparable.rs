//! Comparisons with other waves, held against what the form says of them (`x-comparable`).
//!
//! Invariants
//! - A comparison is one test that reads both, or a rule that reads the question of the same name in both waves.
//! - What the form does not speak of is not told.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::making::{Drafted, Making};
use super::tabulation::Tabulation;
use super::{Demand, EditRule, Link, mistake};
use crate::diagnostic::code::pack::NOT_COMPARABLE_QUESTION;
use crate::diagnostic::{Diagnostics, Localized};
use crate::expression::{FieldId, Node, TypedExpr};
use crate::source::Span;

/// Tells of every rule that compares what cannot be compared.
pub fn check(rules: &[Drafted<'_>], making: &Making<'_>, tabulation: &Tabulation, found: &mut Diagnostics) {
    for drafted in rules.iter().filter(|drafted| drafted.rule.table == 0) {
        for link in making.links {
            let Some(wave) = wave_of(link, making, tabulation) else { continue };
            let pairs = compared(&drafted.rule, making, link);
            for (ours, theirs, span) in pairs {
                tell(drafted, making, link, (&wave, ours, theirs, span), found);
            }
        }
    }
}

/// The wave of which a link holds the records: as the tables say, else as its form is called. `None`: of none.
fn wave_of(link: &Link, making: &Making<'_>, tabulation: &Tabulation) -> Option<Arc<str>> {
    let said =
        tabulation.waves.iter().find(|wave| wave.link == Some(link.table)).map(|wave| Arc::clone(&wave.wave));
    let called = || {
        let named = |wave: &&String| {
            let before = link.questionnaire.id.strip_suffix(wave.as_str());
            before.is_some_and(|before| before.ends_with('-')) && wave.as_str() != making.waves.now
        };
        making.waves.all.iter().find(named).map(|wave| Arc::from(wave.as_str()))
    };
    said.or_else(called)
}

/// Fields of the record and of `link` that the rule compares, and where.
fn compared(rule: &EditRule, making: &Making<'_>, link: &Link) -> BTreeSet<(FieldId, FieldId, Span)> {
    let mut pairs = BTreeSet::new();
    let require = match &rule.demand {
        Demand::Require(require) => Some(require),
        Demand::Dataset(_) => None,
    };
    let lets = rule.lets.iter().map(|value| &*value.value);
    let all: Vec<&TypedExpr> = require.into_iter().chain(&rule.when).chain(lets).collect();
    for expr in &all {
        expr.walk(&mut |part| {
            if is_comparison(part) {
                let fields = part.fields();
                let theirs = || fields.iter().filter(|field| field.table == link.table);
                for ours in fields.iter().filter(|field| field.table == 0) {
                    pairs.extend(theirs().map(|theirs| (*ours, *theirs, part.span)));
                }
            }
        });
    }
    let name = |field: FieldId| making.form.fields.get(usize::from(field.index)).map(|field| &field.name);
    for &ours in rule.reads.iter().filter(|field| field.table == 0) {
        let theirs = name(ours).and_then(|name| link.questionnaire.field(name)).map(|field| field.id);
        let read = theirs.filter(|theirs| rule.reads.contains(theirs));
        let told = pairs.iter().any(|(known, other, _)| *known == ours && Some(*other) == read);
        if let (Some(theirs), false, Some(first)) = (read, told, all.first()) {
            pairs.insert((ours, theirs, first.span));
        }
    }
    pairs
}

const fn is_comparison(part: &TypedExpr) -> bool {
    matches!(
        part.node,
        Node::Compare { .. } | Node::Between { .. } | Node::Within { .. } | Node::Iff(..) | Node::Call { .. }
    ) && matches!(part.ty, crate::expression::Type::Condition)
}

fn tell(
    drafted: &Drafted<'_>,
    making: &Making<'_>,
    link: &Link,
    (wave, ours, theirs, span): (&str, FieldId, FieldId, Span),
    found: &mut Diagnostics,
) {
    let Some(field) = making.form.fields.get(usize::from(ours.index)).filter(|field| field.id == ours) else {
        return;
    };
    let (Some(said), Some(other)) =
        (field.comparable.get(wave), link.questionnaire.fields.get(usize::from(theirs.index)))
    else {
        return;
    };
    let said = match &**said {
        "changed" => Localized::new("設問が変わった", "the question changed"),
        "absent" => Localized::new("その年にない設問", "it was not asked"),
        _ => return,
    };
    // A test inside another that compares the same is one mistake.
    let mistake = mistake::at(&NOT_COMPARABLE_QUESTION, drafted.source, span)
        .with("rule", drafted.full_id.as_str())
        .with("field", &*field.name)
        .with("found", format!("{}.{}", link.name, other.name))
        .with("wave", wave)
        .with("comparable", mistake::fixed(&said));
    found.push(mistake);
}
