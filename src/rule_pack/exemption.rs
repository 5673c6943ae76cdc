//! `[[exemption]]` and `[profile.X]`.
//!
//! Invariants
//! - An exemption names a rule of the pack; exemptions of other waves are left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chain::File;
use super::making::Drafted;
use super::wave::Waves;
use super::{Exemption, Profile, declaration, replace};
use crate::diagnostic::Diagnostics;

/// All exemptions of this wave; one names each rule that its `rule` stands for.
pub fn read(
    files: &[File<'_>],
    rules: &[Drafted<'_>],
    gone: &BTreeSet<String>,
    waves: Waves<'_>,
    found: &mut Diagnostics,
) -> Vec<Exemption> {
    let mut exemptions = Vec::new();
    for file in files {
        for table in file.root.tables("exemption") {
            let Some(rule) = table.text("rule") else { continue };
            let named: Vec<&Drafted<'_>> = rules.iter().filter(|known| known.answers_to(rule.text)).collect();
            if named.is_empty() && !replace::mentions(gone, rule.text) {
                replace::unknown(rules, "rule", rule.text, file.source, rule.span, found);
            }
            if !waves.include_now(table, file.source, found) {
                continue;
            }
            let text = |key: &str| table.text(key).map(|text| Arc::from(text.text));
            let key: Vec<&str> = table.texts("key").iter().map(|text| text.text).collect();
            let Some((decision, reason)) = text("decision").zip(text("reason")) else { continue };
            exemptions.extend(named.iter().map(|rule| Exemption {
                rule: Arc::from(rule.full_id.as_str()),
                key: Arc::from(key.join("+")),
                decision: Arc::clone(&decision),
                reason: Arc::clone(&reason),
                from: text("from"),
                until: text("until"),
            }));
        }
    }
    exemptions
}

/// All profiles.
pub fn profiles(files: &[File<'_>]) -> Vec<Profile> {
    let profile = |declaration: declaration::Declaration<'_>| {
        let title = declaration::both(declaration.table.table("title"))?;
        Some(Profile { name: declaration.name, title })
    };
    declaration::named(files, "profile").into_iter().filter_map(profile).collect()
}
