//! The programme of a run: which rules are judged, in which order, by which steps.
//!
//! Invariants
//! - Immutable, `Send + Sync`, shared by threads and requests.
//! - Every step knows its place; equal steps exist once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::Severity;
use crate::expression::{ParamId, Value};
use crate::rule_pack::RulePack;

/// What a run chooses of a pack.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Full ids, ids, or prefixes; empty: all.
    pub select: Vec<String>,
    /// Likewise, taken away afterwards.
    pub ignore: Vec<String>,
    /// Profiles switched on.
    pub profiles: BTreeSet<String>,
    /// Run parameters.
    pub params: BTreeMap<ParamId, Value>,
    /// Severities of soft edits, by full id or id.
    pub severities: BTreeMap<String, Severity>,
}

/// The programme of a run.
#[derive(Debug)]
pub struct Plan {
    /// The pack.
    pub pack: Arc<RulePack>,
    /// Positions in `pack.rules` of the rules that are judged, in order.
    pub rules: Vec<usize>,
    /// Values of all parameters that are known.
    pub params: BTreeMap<ParamId, Value>,
    /// Whether `--select` or `--ignore` took a rule away.
    pub partial: bool,
}
