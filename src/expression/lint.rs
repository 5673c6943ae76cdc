//! Mistakes that type, but rarely mean what their author meant.
//!
//! Invariants
//! - Warnings only; nothing here refuses a rule.

use super::names::Names;
use super::notes::Notes;
use super::tree::{Expr, ExpressionText};
use super::typed::TypedExpr;
use crate::diagnostic::Diagnostics;

/// The warnings about one expression.
pub fn lint(typed: &TypedExpr, expr: &Expr, names: &Names, text: ExpressionText<'_>) -> Diagnostics {
    let _ = (typed, expr, names);
    Notes::new(text).finish()
}
