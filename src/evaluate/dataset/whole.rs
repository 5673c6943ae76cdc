//! `count`, `share`, `complete`, `covers`: what is demanded of the records as a whole.
//!
//! Invariants
//! - One finding for each number that is not as it should be, about the run or the linked file, never about a record.
//! - Each record that is counted has the verdict as its outcome; of `covers` each unit has an outcome of its own.
//! - What a missing answer leaves open is left out of the number, and how much it is is told; where it could turn the
//!   verdict there is none.

use std::collections::BTreeMap;

use super::bounds::{self, Fraction, Group, Limit, Limits, batch, decoded, printed};
use super::complete::Combinations;
use super::lacking::Lacking;
use super::stub::Stub;
use super::told::{self, MOST_NAMED};
use super::{Entrant, JudgedRule, Judging, KeyTable, RecordId, Tell, Units, covers};
use crate::batch::example::type_of;
use crate::batch::locate::Locator;
use crate::diagnostic::code::linked::LEFT_OUT;
use crate::diagnostic::{Argument, Decimal, Diagnostic, Language, Place};
use crate::error::Error;
use crate::evaluate::argument::{Arguments, Setting, constant, hidden};
use crate::evaluate::finding::{Finding, RuleCounts};
use crate::evaluate::machine::Machine;
use crate::evaluate::reason::Outcome;
use crate::evaluate::withheld::Withheld;
use crate::expression::{FieldId, Type, Value};
use crate::plan::{Bounds, DatasetDemand, DatasetRule};
use crate::rule_pack::{EditRule, Placeholder};

/// Records by what is known of them: whether they are among those of which a part is counted, and whether they count.
#[derive(Debug, Clone, Copy, Default)]
struct Tallied {
    counted: u64,
    uncounted: u64,
    /// Among; whether it counts is open.
    open: u64,
    /// Counts; whether it is among is open.
    perhaps_counted: u64,
    perhaps_uncounted: u64,
    perhaps: u64,
}

impl Tallied {
    fn add(&mut self, among: Option<bool>, of: Option<bool>, records: u64) {
        let place = match (among, of) {
            (Some(true), Some(true)) => &mut self.counted,
            (Some(true), Some(false)) => &mut self.uncounted,
            (Some(true), None) => &mut self.open,
            (None, Some(true)) => &mut self.perhaps_counted,
            (None, Some(false)) => &mut self.perhaps_uncounted,
            (None, None) => &mut self.perhaps,
            (Some(false), _) => return,
        };
        *place += records;
    }

    const fn left_out(&self) -> u64 {
        self.open + self.perhaps_counted + self.perhaps_uncounted + self.perhaps
    }

    /// The lowest and highest number that it can come to; `loose` records have no key.
    const fn number(&self, loose: u64) -> (Fraction, Fraction) {
        let low = self.counted;
        (Fraction { above: low, below: 1 }, Fraction { above: low + self.open + loose, below: 1 })
    }

    /// The lowest and highest share, per hundred. `None`: it may be a share of nothing.
    const fn share(&self) -> Option<(Fraction, Fraction)> {
        let base = self.counted + self.uncounted + self.open;
        if base == 0 {
            return None;
        }
        let low_base = base + self.perhaps_uncounted + self.perhaps;
        let high = self.counted + self.open + self.perhaps_counted + self.perhaps;
        let high_base = base + self.perhaps_counted + self.perhaps;
        Some((
            Fraction { above: self.counted.saturating_mul(100), below: low_base },
            Fraction { above: high.saturating_mul(100), below: high_base },
        ))
    }
}

/// The verdict on one number.
struct Ruling {
    outcome: Outcome,
    published: Vec<(&'static str, Argument)>,
    left_out: u64,
}

/// What several rulings come to: a failure before what is open, and that before what is well. `None`: there is none.
fn gravest(outcomes: impl Iterator<Item = Outcome>) -> Option<Outcome> {
    let order = [Outcome::NotApplicable, Outcome::Pass, Outcome::Undecided, Outcome::Fail];
    let place = |outcome: &Outcome| order.iter().position(|known| known == outcome);
    outcomes.max_by_key(place)
}

fn outcome(verdict: Option<bool>) -> Outcome {
    match verdict {
        Some(true) => Outcome::Pass,
        Some(false) => Outcome::Fail,
        None => Outcome::Undecided,
    }
}

/// `loose` records have no key, or nothing is known of them.
fn number(tallied: &Tallied, loose: u64, limits: &Limits) -> Ruling {
    let (low, high) = tallied.number(loose);
    let (verdict, limit) = limits.hold(low, high);
    let published = vec![("count", Argument::from(tallied.counted)), ("limit", printed(limit))];
    Ruling { outcome: outcome(verdict), published, left_out: tallied.left_out() }
}

/// Of `unknown` records nothing is known.
fn share(known: &Tallied, unknown: u64, limits: &Limits, least: u64) -> Ruling {
    let left_out = known.left_out();
    let tallied = &Tallied { perhaps: known.perhaps + unknown, ..*known };
    let base = tallied.counted + tallied.uncounted + tallied.open;
    let most = base + tallied.perhaps_counted + tallied.perhaps_uncounted + tallied.perhaps;
    let plain = |outcome| Ruling { outcome, published: Vec::new(), left_out };
    if most < least.max(1) {
        return plain(Outcome::NotApplicable);
    }
    let Some((low, high)) = tallied.share().filter(|_| base >= least) else {
        return plain(Outcome::Undecided);
    };
    let (verdict, limit): (Option<bool>, Limit) = limits.hold(low, high);
    let known = tallied.counted + tallied.uncounted;
    // Half up, one decimal.
    let percent = (tallied.counted.saturating_mul(2000) + known).checked_div(known.saturating_mul(2));
    let percent = percent.and_then(|tenths| i64::try_from(tenths).ok());
    let percent =
        percent.map_or(Argument::NotGiven, |mantissa| Argument::Number(Decimal { mantissa, scale: 1 }));
    let published = vec![
        ("count", Argument::from(tallied.counted)),
        ("total", Argument::from(known)),
        ("percent", percent),
        ("limit", printed(limit)),
    ];
    Ruling { outcome: outcome(verdict), published, left_out }
}

impl KeyTable {
    /// Judges a rule about the records as a whole.
    pub(super) fn whole(
        &self,
        place: usize,
        rule: &DatasetRule,
        judging: Judging<'_>,
        superseded: &std::collections::BTreeSet<RecordId>,
        tell: &mut Tell<'_>,
    ) -> Result<JudgedRule, Error> {
        let mut judged = JudgedRule::default();
        if let DatasetDemand::Covers { .. } = rule.demand {
            return self.covered(place, rule, judging, tell);
        }
        let mut loose = 0;
        for batch in &self.batches {
            if let Some(entrants) = batch.rules.get(place) {
                judged.counts.join(&entrants.settled);
                loose += entrants.loose;
            }
        }
        let entrants = self.sorted(place, judging.pool);
        let mut groups: Vec<&[Entrant]> = self.groups(place, &entrants).collect();
        groups.sort_by_key(|group| group.first().map(Entrant::place));
        let mut numbers: Vec<(Vec<u8>, Tallied)> = Vec::new();
        for group in &groups {
            let mut tallied = Tallied::default();
            for (id, stub) in group.iter().filter_map(|entrant| self.stub(place, entrant)) {
                if superseded.contains(&id) {
                    judged.settle(id, Outcome::NotApplicable, judging.outcomes);
                } else {
                    tallied.add(stub.among, stub.of, 1);
                }
            }
            let key = group.first().map(|entrant| self.key(place, entrant).to_vec()).unwrap_or_default();
            numbers.push((key, tallied));
        }
        let lacking = Lacking::of(&self.batches, place);
        let unknown = if rule.runnable { lacking.records } else { judged.counts.not_run };
        let (rulings, whole) = rulings(rule, judging, &mut numbers, (loose, unknown));
        for (group, (_, ruling)) in groups.iter().zip(&rulings) {
            for (id, stub) in group.iter().filter_map(|entrant| self.stub(place, entrant)) {
                if !superseded.contains(&id) {
                    judged.settle(id, of_record(&rule.demand, &stub, ruling), judging.outcomes);
                }
            }
        }
        let left_out = loose + rulings.iter().map(|(_, ruling)| ruling.left_out).sum::<u64>();
        let rulings = whole.map_or(rulings, |ruling| vec![(Group::new(), ruling)]);
        judged.verdict = gravest(rulings.iter().map(|(_, ruling)| ruling.outcome));
        for (group, ruling) in rulings.into_iter().filter(|(_, ruling)| ruling.outcome == Outcome::Fail) {
            self.tell_of(rule, judging, (&group, &ruling.published), tell)?;
        }
        self.tell_left_out(rule, judging, left_out, tell)?;
        self.tell_lacking(rule, judging, &lacking, tell)?;
        Ok(judged)
    }

    fn covered(
        &self,
        place: usize,
        rule: &DatasetRule,
        judging: Judging<'_>,
        tell: &mut Tell<'_>,
    ) -> Result<JudgedRule, Error> {
        let found = covers::missing(place, rule, judging, &self.answered);
        let Some((counts, missing, open)) = found.filter(|_| rule.runnable) else {
            let not_run = self.batches.iter().map(|batch| batch.records).sum();
            return Ok(JudgedRule {
                counts: RuleCounts { not_run, ..RuleCounts::default() },
                ..JudgedRule::default()
            });
        };
        if !missing.rows.is_empty() {
            let count = u64::try_from(missing.rows.len()).unwrap_or(u64::MAX);
            let list = told::units(&missing, judging);
            let published = [("missing", Argument::from(count)), ("missing_list", list)];
            self.tell_of(rule, judging, (&Group::new(), &published), tell)?;
        }
        self.tell_left_out(rule, judging, open, tell)?;
        let lacking = covers::of_rule(place, judging).map(Units::lacking).unwrap_or_default();
        self.tell_lacking(rule, judging, &Lacking::of_units(counts.not_run, lacking), tell)?;
        let said = [
            (counts.fail, Outcome::Fail),
            (counts.undecided, Outcome::Undecided),
            (counts.pass, Outcome::Pass),
            (counts.skipped, Outcome::Skipped),
            (counts.not_run, Outcome::NotRun),
        ];
        let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(_, outcome)| outcome);
        let verdict = said.chain([Outcome::NotApplicable]).next();
        Ok(JudgedRule { counts, missing: Some(missing), verdict, ..JudgedRule::default() })
    }

    /// The place of what is said of the records as a whole: the linked file, or the run.
    pub(super) fn whole_place(&self, rule: &EditRule) -> Place {
        match self.batches.first() {
            Some(batch) if rule.table != 0 => Place::File(batch.source),
            _ => Place::Run,
        }
    }

    fn tell_of(
        &self,
        planned: &DatasetRule,
        judging: Judging<'_>,
        (group, published): (&Group, &[(&'static str, Argument)]),
        tell: &mut Tell<'_>,
    ) -> Result<(), Error> {
        let Some(rule) = judging.plan.pack.rules.get(planned.index) else { return Ok(()) };
        let arguments = if judging.values {
            arguments(rule, planned, judging, group, published)
        } else {
            vec![Argument::NotGiven; rule.placeholders.len()]
        };
        tell(Finding::from(Diagnostic {
            notice: std::sync::Arc::clone(&rule.notice),
            severity: planned.severity,
            arguments,
            place: self.whole_place(rule),
            labels: Vec::new(),
            suggestion: None,
            fix: None,
            standing: crate::diagnostic::Standing::default(),
        }))
    }

    fn tell_left_out(
        &self,
        planned: &DatasetRule,
        judging: Judging<'_>,
        left_out: u64,
        tell: &mut Tell<'_>,
    ) -> Result<(), Error> {
        let rule = judging.plan.pack.rules.get(planned.index).filter(|_| left_out > 0);
        let Some(rule) = rule else { return Ok(()) };
        let told = Diagnostic::new(&LEFT_OUT, self.whole_place(rule)).with("rule", rule.notice.full_id());
        tell(Finding::from(told.with("count", left_out)))
    }
}

/// The outcome of one record under the ruling on its number.
fn of_record(demand: &DatasetDemand, stub: &Stub<'_>, ruling: &Ruling) -> Outcome {
    match (demand, stub.among, stub.of) {
        (DatasetDemand::Complete, ..) => ruling.outcome,
        (_, None, _) | (_, _, None) => Outcome::Undecided,
        _ => ruling.outcome,
    }
}

/// The verdicts on all numbers, those of groups with records first, in their order; and the one on all of them, where it
/// is another. `None` behind: each is told by itself.
fn rulings(
    rule: &DatasetRule,
    judging: Judging<'_>,
    numbers: &mut Vec<(Vec<u8>, Tallied)>,
    (loose, unknown): (u64, u64),
) -> (Vec<(Group, Ruling)>, Option<Ruling>) {
    let pack = &judging.plan.pack;
    match &rule.demand {
        DatasetDemand::Count { bounds, .. } => {
            add_options(rule, judging, numbers);
            let groups: Vec<Group> = numbers.iter().map(|(key, _)| decoded(pack, &rule.key, key)).collect();
            let limits = of_groups(rule, judging, bounds, &groups);
            let rulings = numbers.iter().zip(limits);
            let rulings: Vec<Ruling> =
                rulings.map(|((_, tallied), limits)| number(tallied, loose + unknown, &limits)).collect();
            (groups.into_iter().zip(rulings).collect(), None)
        }
        DatasetDemand::Share { bounds, least, .. } => {
            let tallied = numbers.first().map(|(_, tallied)| *tallied).unwrap_or_default();
            let limits = of_groups(rule, judging, bounds, &[Group::new()]);
            let ruling = share(&tallied, unknown, &limits.first().copied().unwrap_or_default(), *least);
            (vec![(Group::new(), ruling)], None)
        }
        DatasetDemand::Complete => complete(rule, judging, numbers, unknown),
        _ => (Vec::new(), None),
    }
}

fn of_groups(rule: &DatasetRule, judging: Judging<'_>, bounds: &Bounds, groups: &[Group]) -> Vec<Limits> {
    let table = judging.plan.pack.rules.get(rule.index).map_or(0, |rule| rule.table);
    bounds::limits(judging, bounds, &batch(&judging.plan.pack, table, groups))
}

/// An option that no record has is a number too: none. Without a field to count by there is one number.
fn add_options(rule: &DatasetRule, judging: Judging<'_>, numbers: &mut Vec<(Vec<u8>, Tallied)>) {
    match rule.key.as_slice() {
        [] if numbers.is_empty() => numbers.push((Vec::new(), Tallied::default())),
        [field] => {
            let Some(Type::Option(list)) = type_of(&judging.plan.pack, *field) else { return };
            for code in (0_u8..).take(list.items.len()) {
                if numbers.iter().all(|(key, _)| key.as_slice() != [code]) {
                    numbers.push((vec![code], Tallied::default()));
                }
            }
        }
        _ => {}
    }
}

fn complete(
    rule: &DatasetRule,
    judging: Judging<'_>,
    numbers: &[(Vec<u8>, Tallied)],
    unknown: u64,
) -> (Vec<(Group, Ruling)>, Option<Ruling>) {
    let mut combinations = Combinations::default();
    let known: Vec<bool> =
        numbers.iter().map(|(key, tallied)| combinations.add(key, tallied.counted)).collect();
    combinations.add_unknown(unknown);
    let (missing, certain) = combinations.missing(&judging.plan.pack, &rule.key);
    let verdict = if missing == 0 { Some(true) } else { certain.then_some(false) };
    let left_out = combinations.left_out();
    let named =
        if verdict == Some(false) { list(&combinations, rule, judging, missing) } else { Argument::Nothing };
    let ruling = |(place, known): (usize, bool)| {
        let published = vec![("missing", Argument::from(missing)), ("missing_list", named.clone())];
        let outcome = if known { outcome(verdict) } else { Outcome::Undecided };
        (Group::new(), Ruling { outcome, published, left_out: if place == 0 { left_out } else { 0 } })
    };
    let whole = (!known.is_empty()).then(|| ruling((usize::MAX, true)).1);
    (known.into_iter().enumerate().map(ruling).collect(), whole)
}

/// The first combinations that are missing, of `missing`: small and north; large and south.
fn list(combinations: &Combinations, rule: &DatasetRule, judging: Judging<'_>, missing: u64) -> Argument {
    let pack = &judging.plan.pack;
    let withheld = Withheld::of(pack, judging.keys);
    if rule.key.iter().any(|field| withheld.holds(*field)) {
        return hidden();
    }
    let part = |(field, part): (&FieldId, &Option<Vec<u8>>)| {
        let ty = type_of(pack, *field)?;
        Some(constant(&bounds::value(ty, part.as_ref()?)?, ty))
    };
    let named = combinations.first_missing(pack, &rule.key, MOST_NAMED).into_iter().map(|pattern| {
        let parts: Vec<Argument> = rule.key.iter().zip(&pattern).filter_map(part).collect();
        let joined = |language, between| {
            parts.iter().map(|part| part.print(language)).collect::<Vec<_>>().join(between)
        };
        told::fixed(&joined(Language::Ja, "×"), &joined(Language::En, " × "))
    });
    let named: Vec<Argument> = named.collect();
    let told = named.len();
    told::with_rest(named, usize::try_from(missing).unwrap_or(usize::MAX), told)
}

/// What the message says: of the group's value, and what the kind publishes.
fn arguments(
    rule: &EditRule,
    planned: &DatasetRule,
    judging: Judging<'_>,
    group: &BTreeMap<FieldId, Value>,
    published: &[(&'static str, Argument)],
) -> Vec<Argument> {
    let pack = &judging.plan.pack;
    let batch = batch(pack, rule.table, std::slice::from_ref(group));
    let mut arguments = Arguments {
        machine: Machine::new(judging.plan, &batch),
        locator: Locator::new(&batch, pack),
        withheld: Withheld::of(pack, judging.keys),
    };
    let setting = Setting { lets: &rule.lets, steps: &planned.lets, blame: &rule.blame };
    let own = arguments.all(&rule.placeholders, &setting, 0);
    let own = own.into_iter().zip(&rule.placeholders);
    own.map(|(own, placeholder)| match placeholder {
        Placeholder::Published(name) => {
            let found = published.iter().find(|(known, _)| **known == **name);
            found.map_or(own, |(_, argument)| argument.clone())
        }
        _ => own,
    })
    .collect()
}
