//! What a run chooses of a pack: rules, profiles, parameters, severities.
//!
//! Invariants
//! - A name that chooses nothing is a finding with the nearest one, never silence.
//! - Hard edits (severity `error` in the pack) are never re-levelled.
//! - Rules stay in the pack's order, whatever the order of the names.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::code::analysis::{
    HARD_EDIT_RELEVELLED, NOT_A_JUDGED_RULE, PROFILE_NOT_CHOSEN, SEVERITY_OF_THE_ENGINE, UNKNOWN_PROFILE,
    UNKNOWN_RULE,
};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Localized, Place, Severity};
use crate::expression::{ParamId, Value};
use crate::rule_pack::{EditRule, RulePack};

/// What a run chooses of a pack.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Full ids, ids of families, slugs, or beginnings of ids; empty: all.
    pub select: Vec<String>,
    /// Likewise, taken away afterwards.
    pub ignore: Vec<String>,
    /// Profiles switched on.
    pub profiles: BTreeSet<String>,
    /// Run parameters; they go before the pack's own values.
    pub params: BTreeMap<ParamId, Value>,
    /// Severities of soft edits, by full id, id or slug.
    pub severities: BTreeMap<String, Severity>,
}

/// What a selection comes to.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Positions in `pack.rules`, rising.
    pub(super) rules: Vec<usize>,
    /// New severities, by position.
    pub(super) severities: BTreeMap<usize, Severity>,
    /// Whether a rule was taken away.
    pub(super) partial: bool,
    /// Whether a hard edit, or a rule about the scope, was.
    pub(super) hard_edit_deselected: bool,
}

/// Whether `name` is the whole name of `rule`: full id, id or slug.
fn names(rule: &EditRule, name: &str) -> bool {
    name == &*rule.notice.id || name == &*rule.notice.slug || name == rule.notice.full_id()
}

/// Whether a rule of `pack` has the whole name `name`: full id, id or slug.
pub fn has_rule(pack: &RulePack, name: &str) -> bool {
    pack.rules.iter().any(|rule| names(rule, name))
}

impl Selection {
    /// The rules of `pack` that are chosen; the diagnostics tell which names are wrong.
    pub(super) fn choose(&self, pack: &RulePack) -> (Chosen, Diagnostics) {
        let mut diagnostics = self.check_profiles(pack);
        let selected = positions(pack, &self.select, &mut diagnostics);
        let ignored = positions(pack, &self.ignore, &mut diagnostics);
        let mut chosen = Chosen::default();
        for (index, rule) in pack.rules.iter().enumerate() {
            let wanted = (self.select.is_empty() || selected.contains(&index)) && !ignored.contains(&index);
            if rule.profile.as_ref().is_some_and(|profile| !self.profiles.contains(&**profile)) {
                if self.select.iter().any(|name| names(rule, name)) {
                    diagnostics.push(profile_not_chosen(rule));
                }
            } else if wanted {
                chosen.rules.push(index);
            } else {
                chosen.partial = true;
                // Without a rule about the scope records would be counted that are not asked for.
                chosen.hard_edit_deselected |= rule.notice.severity == Severity::Error || rule.scope;
            }
        }
        chosen.severities = self.relevel(pack, &mut diagnostics);
        (chosen, diagnostics)
    }

    fn check_profiles(&self, pack: &RulePack) -> Diagnostics {
        let known = || pack.profiles.iter().map(|profile| &*profile.name);
        let unknown = self.profiles.iter().filter(|name| known().all(|profile| profile != name.as_str()));
        unknown.map(|name| unknown_name(&UNKNOWN_PROFILE, name, known())).collect()
    }

    fn relevel(&self, pack: &RulePack, diagnostics: &mut Diagnostics) -> BTreeMap<usize, Severity> {
        let mut severities = BTreeMap::new();
        for (name, &severity) in &self.severities {
            let rules: Vec<(usize, &EditRule)> =
                pack.rules.iter().enumerate().filter(|(_, rule)| names(rule, name)).collect();
            if rules.is_empty() {
                diagnostics.push(unknown_rule(pack, name));
            } else if severity == Severity::Fatal {
                diagnostics.push(about(&SEVERITY_OF_THE_ENGINE, name));
            } else if rules.iter().any(|(_, rule)| rule.notice.severity >= Severity::Error) {
                diagnostics.push(about(&HARD_EDIT_RELEVELLED, name));
            }
            severities.extend(rules.into_iter().map(|(index, _)| (index, severity)));
        }
        severities
    }
}

/// The severities of soft edits of `pack` that `severities` names by full id, id or slug, by full id; the diagnostics
/// tell which names are wrong.
pub fn levels(
    pack: &RulePack,
    severities: &BTreeMap<String, Severity>,
) -> (BTreeMap<String, Severity>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let selection = Selection { severities: severities.clone(), ..Selection::default() };
    let by_place = selection.relevel(pack, &mut diagnostics);
    let full_id = |index: usize| pack.rules.get(index).map(|rule| rule.notice.full_id());
    let levels = by_place.into_iter().filter_map(|(index, severity)| Some((full_id(index)?, severity)));
    (levels.collect(), diagnostics)
}

/// Positions of the rules that `wanted` names.
fn positions(pack: &RulePack, wanted: &[String], diagnostics: &mut Diagnostics) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for name in wanted {
        let before = found.len();
        let rules = pack.rules.iter().enumerate();
        let matching = rules.filter(|(_, rule)| {
            !name.is_empty() && (names(rule, name) || rule.notice.full_id().starts_with(name.as_str()))
        });
        let matching: Vec<usize> = matching.map(|(index, _)| index).collect();
        let none = matching.is_empty();
        found.extend(matching);
        if none && found.len() == before {
            diagnostics.push(unknown_rule(pack, name));
        }
    }
    found
}

fn about(code: &'static Code, name: &str) -> Diagnostic {
    Diagnostic::new(code, Place::Run).with("found", name)
}

fn profile_not_chosen(rule: &EditRule) -> Diagnostic {
    let profile = rule.profile.as_deref().unwrap_or_default();
    about(&PROFILE_NOT_CHOSEN, &rule.notice.full_id()).with("profile", profile)
}

fn unknown_name<'a>(code: &'static Code, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = about(code, name);
    match nearest(name, known) {
        Some(meant) => diagnostic.suggest(Localized::new(
            format!("「{meant}」ではありませんか。"),
            format!("did you mean \"{meant}\"?"),
        )),
        None => diagnostic,
    }
}

/// A name that no judged rule has: either a finding that the reader makes, or nothing at all.
fn unknown_rule(pack: &RulePack, name: &str) -> Diagnostic {
    if reader_findings(pack).any(|id| id == name) {
        return about(&NOT_A_JUDGED_RULE, name);
    }
    let full: Vec<String> = pack.rules.iter().map(|rule| rule.notice.full_id()).collect();
    let parts = pack.rules.iter().flat_map(|rule| [&*rule.notice.id, &*rule.notice.slug]);
    unknown_name(&UNKNOWN_RULE, name, full.iter().map(String::as_str).chain(parts))
}

/// Ids of findings that no selection switches: of cells, derived values, groups, and the engine's own.
fn reader_findings(pack: &RulePack) -> impl Iterator<Item = &str> {
    let fields = pack.questionnaire.fields.iter();
    let cells = fields.flat_map(|field| field.invalid.iter()).flat_map(|case| [&*case.id, &*case.slug]);
    let derived = pack.derived.iter().filter_map(|derived| derived.notice.as_ref());
    let derived = derived.flat_map(|(notice, _)| [&*notice.id, &*notice.slug]);
    let groups = pack.groups.iter().map(|group| &*group.id);
    let codes = crate::diagnostic::code::all().flat_map(|code| [code.id, code.slug]);
    cells.chain(derived).chain(groups).chain(codes)
}
