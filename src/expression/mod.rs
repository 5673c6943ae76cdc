//! KRE, the rule expression language: text → [`Expr`] → [`TypedExpr`].
//!
//! Invariants
//! - Every node keeps a span in bytes of the file in which it is written.
//! - Typing asks a plain [`Names`] table; no questionnaire, no rule, no data is known here.
//! - A [`TypedExpr`] has no unresolved name, no type error and no lifetime.

pub mod calendar;
pub mod format;
pub mod function;
pub mod key;
pub mod lint;
pub mod names;
mod notes;
pub mod number;
pub mod parse;
pub mod pattern;
mod reading;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod sample;
pub mod tree;
pub mod typed;
pub mod typing;
pub mod value;

pub use names::Names;
pub use reading::reads;
pub use tree::Expr;
pub use typed::{Node, TypedExpr};
pub use value::{FieldId, LookupId, OptionItem, OptionList, ParamId, Type, Value};
