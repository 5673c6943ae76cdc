//! The tree of an expression whose names and types are known.
//!
//! Invariants
//! - No unresolved name, no type error, no lifetime.
//! - Literals carry the type that the other operand gave them.
//! - `let` values stand in place, shared; a tree has at most 10,000 nodes counted with repetition.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::function::FunctionId;
use super::tree::{ArithmeticOp, CompareOp, StateTest};
use super::value::{FieldId, LookupId, ParamId, Type, Value};
use crate::source::Span;

/// An expression with its type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedExpr {
    /// What it is.
    pub node: Node,
    /// Its type.
    pub ty: Type,
    /// Where it is written; for generated rules, the condition from which it was made.
    pub span: Span,
}

/// How two operands are compared; the typing has made sure that it fits both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// Numbers, aligned to the larger scale, exact.
    Number,
    /// Options of lists with the same names: by name.
    Name,
    /// Options of one scale, or of one list with ranks: by rank.
    Rank,
    /// Text and codes, code point by code point.
    Text,
    /// Dates, datetimes or months of one kind.
    Time,
}

/// The tolerance of `within`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// A constant: mantissa and scale.
    Number(i64, u8),
    /// A run parameter of number type, with the scale of its type.
    Param(ParamId, u8),
}

/// The kinds of node.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the grammar of rule-language section 5.1 names each part")]
pub enum Node {
    // Conditions.
    Truth(bool),
    And(Vec<TypedExpr>),
    Or(Vec<TypedExpr>),
    Not(Box<TypedExpr>),
    /// `if A then B else C` of conditions; without `else`, `otherwise` is `None` and counts as true.
    If {
        condition: Box<TypedExpr>,
        then: Box<TypedExpr>,
        otherwise: Option<Box<TypedExpr>>,
    },
    Iff(Box<TypedExpr>, Box<TypedExpr>),
    /// An operand may be a `Divide` at its top: then the comparison is exact by cross products.
    Compare {
        op: CompareOp,
        by: By,
        left: Box<TypedExpr>,
        right: Box<TypedExpr>,
    },
    /// Members are of the subject's type (numbers: of its scale; one that cannot be represented is left out).
    In {
        subject: Box<TypedExpr>,
        members: Vec<Value>,
    },
    /// Whether the subject is among the keys of a lookup with one key.
    InLookup {
        subject: Box<TypedExpr>,
        lookup: LookupId,
    },
    /// Both ends included. U if any operand is unknown; an unbounded lookup column as an end is no end.
    Between {
        by: By,
        subject: Box<TypedExpr>,
        low: Box<TypedExpr>,
        high: Box<TypedExpr>,
    },
    Within {
        subject: Box<TypedExpr>,
        tolerance: Tolerance,
        percent: bool,
        of: Box<TypedExpr>,
    },
    State {
        field: FieldId,
        state: StateTest,
    },
    /// Whether table `table` (1 and up) has a record for this one.
    Linked {
        table: u16,
    },
    /// R of the field's routing.
    Relevant(FieldId),
    Has {
        subject: Box<TypedExpr>,
        option: u8,
    },
    // Values.
    Literal(Value),
    Field(FieldId),
    Param(ParamId),
    /// `column` counts the lookup's columns.
    Lookup {
        lookup: LookupId,
        keys: Vec<TypedExpr>,
        column: u16,
    },
    Arithmetic {
        op: ArithmeticOp,
        left: Box<TypedExpr>,
        right: Box<TypedExpr>,
    },
    Negate(Box<TypedExpr>),
    /// `if A then B else C` of one value type; unknown if A is.
    Choose {
        condition: Box<TypedExpr>,
        then: Box<TypedExpr>,
        otherwise: Box<TypedExpr>,
    },
    /// Arguments as written; which states they may have is the function's matter.
    Call {
        function: FunctionId,
        arguments: Vec<TypedExpr>,
    },
    /// A `let`, shared.
    Let(Arc<TypedExpr>),
}

impl TypedExpr {
    /// The node with `let`s looked through.
    pub fn resolved(&self) -> &Self {
        match &self.node {
            Node::Let(shared) => shared.resolved(),
            _ => self,
        }
    }

    /// The direct parts, in reading order.
    pub fn children(&self) -> Vec<&Self> {
        match &self.node {
            Node::Truth(_)
            | Node::State { .. }
            | Node::Linked { .. }
            | Node::Relevant(_)
            | Node::Literal(_)
            | Node::Field(_)
            | Node::Param(_) => Vec::new(),
            Node::And(parts)
            | Node::Or(parts)
            | Node::Lookup { keys: parts, .. }
            | Node::Call { arguments: parts, .. } => parts.iter().collect(),
            Node::Not(part) | Node::Negate(part) => vec![part],
            Node::Let(part) => vec![part],
            Node::In { subject, .. } | Node::InLookup { subject, .. } | Node::Has { subject, .. } => {
                vec![subject]
            }
            Node::Iff(left, right)
            | Node::Compare { left, right, .. }
            | Node::Arithmetic { left, right, .. }
            | Node::Within { subject: left, of: right, .. } => vec![left, right],
            Node::Between { subject, low, high, .. } => vec![subject, low, high],
            Node::If { condition, then, otherwise } => [Some(condition), Some(then), otherwise.as_ref()]
                .into_iter()
                .flatten()
                .map(|part| &**part)
                .collect(),
            Node::Choose { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }

    /// Visits this node and all below it, each before its parts.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    /// The fields that stand in it, `relevant(f)` giving f itself (the caller adds f's controllers instead).
    pub fn fields(&self) -> BTreeSet<FieldId> {
        let mut found = BTreeSet::new();
        self.walk(&mut |part| {
            if let Node::Field(field) | Node::State { field, .. } = &part.node {
                found.insert(*field);
            }
        });
        found
    }
}
