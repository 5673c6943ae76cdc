//! Packs that extend others: adding, replacing, retiring, waves.
//!
//! Invariants
//! - The base is the small pack of this folder; an overlay stands beside it in memory.

use super::{RULE, loaded, marked};
use crate::rule_pack::load::{Loaded, load};
use crate::source::root::SurveyRoot;

fn extended(overlay: &str, rules: &str) -> Loaded {
    let survey = format!("[survey]\nid = 'ex'\nwave = '2024'\nextends = '../2024'\n{overlay}");
    let files = [
        ("schemas/ex.json", super::SCHEMA),
        ("rules/ex/2024/survey.toml", super::SURVEY),
        ("rules/ex/2024/bands.csv", super::BANDS),
        ("rules/ex/2024/00-texts.toml", super::TEXTS),
        ("rules/ex/2024/10-beds.toml", RULE),
        ("rules/ex/2024-b/survey.toml", &survey),
        ("rules/ex/2024-b/20-more.toml", rules),
    ];
    let mut files: Vec<(String, String)> =
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    files.sort();
    load(&SurveyRoot::Memory(files), "rules/ex/2024-b").unwrap()
}

fn ids(loaded: &Loaded) -> Vec<String> {
    assert_eq!(marked(loaded), []);
    let rules = &loaded.pack.as_ref().unwrap().rules;
    rules
        .iter()
        .map(|rule| rule.notice.full_id())
        .filter(|id| id.starts_with("EX-") && !id.contains('K'))
        .collect()
}

#[test]
fn an_overlay_adds_to_its_base_and_inherits_the_rest() {
    let loaded = extended(
        "title.ja = '重'\ntitle.en = 'over'",
        &RULE.replace("EX-1", "EX-2").replace("beds-outside", "b"),
    );
    assert_eq!(ids(&loaded), ["EX-1", "EX-2"]);
    let pack = loaded.pack.unwrap();
    assert_eq!((&*pack.title.en, pack.key.len(), pack.lookups.len()), ("over", 1, 1));
}

#[test]
fn a_rule_keeps_its_id_only_with_a_higher_revision() {
    let again = RULE.replace("severity = 'error'", "severity = 'warning'\nreplaces = 'EX-1'");
    assert_eq!(marked(&extended("", &again)), [("KP-P092".to_owned(), "'EX-1'".to_owned())]);
    let raised = again.replace("replaces", "revision = 2\nreplaces");
    let loaded = extended("", &raised);
    assert_eq!(ids(&loaded), ["EX-1"]);
    let pack = loaded.pack.unwrap();
    let rule = pack.rules.iter().find(|rule| &*rule.notice.id == "EX-1").unwrap();
    assert_eq!((rule.revision, rule.notice.severity), (2, crate::diagnostic::Severity::Warning));
}

#[test]
fn an_id_is_not_taken_twice_without_saying_so() {
    assert_eq!(marked(&extended("", RULE)), [("KP-P084".to_owned(), "'EX-1'".to_owned())]);
}

#[test]
fn retired_rules_are_gone_and_unknown_ones_are_mistakes() {
    assert_eq!(ids(&extended("retire = ['EX-1']", "")), [""; 0]);
    assert_eq!(marked(&extended("retire = ['EX-9']", "")), [("KP-P065".to_owned(), "'EX-9'".to_owned())]);
}

#[test]
fn a_written_rule_takes_the_place_of_generated_ones() {
    let rule = RULE
        .replace("severity", "replaces = ['ex_beds:must-answer', 'ex_beds:marked-not-applicable']\nseverity");
    let loaded = loaded(&[("rules/ex/2024/10-beds.toml", &rule)]);
    assert_eq!(marked(&loaded), []);
    let pack = loaded.pack.unwrap();
    assert!(!pack.rules.iter().any(|rule| rule.notice.full_id().starts_with("ex_beds:")));
}

#[test]
fn rules_of_other_waves_are_checked_but_not_judged() {
    let old = RULE.replace("severity", "until = '2023'\nseverity");
    let pack = loaded(&[("rules/ex/2024/10-beds.toml", &old)]).pack.unwrap();
    assert!(!pack.rules.iter().any(|rule| &*rule.notice.id == "EX-1"));
    let broken = old.replace("ex_band is answered", "ex_bandd is answered");
    let loaded = loaded(&[("rules/ex/2024/10-beds.toml", &broken)]);
    assert_eq!(marked(&loaded), [("KP-P010".to_owned(), "ex_bandd".to_owned())]);
}
