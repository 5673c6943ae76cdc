//! Conditions that the loader builds itself, as an author would write them.
//!
//! Invariants
//! - Built trees are typed like parsed ones; their spans are those of the condition from which they were made.

use std::sync::Arc;

use crate::expression::function::FunctionId;
use crate::expression::tree::StateTest;
use crate::expression::{FieldId, Node, Type, TypedExpr, Value};
use crate::source::Span;

/// A condition of `node`.
pub const fn of(node: Node, span: Span) -> TypedExpr {
    TypedExpr { node, ty: Type::Condition, span }
}

/// All of `parts`; none of them: true.
pub fn all(mut parts: Vec<TypedExpr>, span: Span) -> TypedExpr {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            parts.push(last);
            of(Node::And(parts), span)
        }
        (_, None) => of(Node::Truth(true), span),
    }
}

/// One of `parts` at least; none of them: false.
pub fn any(mut parts: Vec<TypedExpr>, span: Span) -> TypedExpr {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            parts.push(last);
            of(Node::Or(parts), span)
        }
        (_, None) => of(Node::Truth(false), span),
    }
}

/// `not part`
pub fn not(part: TypedExpr) -> TypedExpr {
    let span = part.span;
    of(Node::Not(Box::new(part)), span)
}

/// `field is …`
pub const fn state(field: FieldId, state: StateTest, span: Span) -> TypedExpr {
    of(Node::State { field, state }, span)
}

/// `field is not answered`
pub fn unanswered(field: FieldId, span: Span) -> TypedExpr {
    not(state(field, StateTest::Answered, span))
}

/// `relevant(field)`
pub const fn relevant(field: FieldId, span: Span) -> TypedExpr {
    of(Node::Relevant(field), span)
}

/// `marked(field, "mark")`
pub fn marked(field: FieldId, ty: &Type, mark: &Arc<str>, span: Span) -> TypedExpr {
    let field = TypedExpr { node: Node::Field(field), ty: ty.clone(), span };
    let mark = TypedExpr { node: Node::Literal(Value::Text(Arc::clone(mark))), ty: Type::Text, span };
    of(Node::Call { function: FunctionId::Marked, arguments: vec![field, mark] }, span)
}

/// The parts of a conjunction, nested ones too; a condition that is none is its only part.
pub fn conjuncts(condition: &TypedExpr) -> Vec<&TypedExpr> {
    match &condition.node {
        Node::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}
