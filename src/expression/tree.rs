//! The tree of an expression as written, before names and types are known.
//!
//! Invariants
//! - Spans are bytes of the file, and a node's span holds those of its parts.
//! - Parentheses are kept, so the formatter writes back what the author grouped.
//! - A part that could not be read is [`ExprKind::Unreadable`]; its mistake has been reported.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::source::Span;

/// A name as written, in NFKC, without back-quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// NFKC form, the one that is compared.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// An expression as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole node.
    pub span: Span,
}

/// `=` and its relatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl CompareOp {
    /// Whether two values that stand in `order` satisfy it.
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// `+`, `-`, `*`, `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// What `is` asks of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateTest {
    /// `is blank`
    Blank,
    /// `is answered`: a value or a don't-know.
    Answered,
    /// `is known`: a value.
    Known,
    /// `is inapplicable`: a not-applicable mark.
    Inapplicable,
}

/// A constant as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Digits without `_`, as text: its type is not yet known.
    Number(Arc<str>),
    /// The text between the quotes, `""` undone.
    Text(Arc<str>),
    /// `2024-02-01`, not yet known to be of the calendar.
    Date(Arc<str>),
    /// `true`, `false`.
    Truth(bool),
}

/// A reference: `[prefix .] name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// A link, `param` or `let`. `None`: a field of the record.
    pub prefix: Option<Name>,
    /// The field, parameter or `let`.
    pub name: Name,
}

/// A member of the braces of `in { … }`: a constant with its sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// A minus stands before it.
    pub negative: bool,
    /// The constant.
    pub literal: Literal,
    /// Where, sign included.
    pub span: Span,
}

/// The right side of `in`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InList {
    /// `{ a, b }`
    Members(Vec<Member>),
    /// A set, or a lookup's keys.
    Named(Name),
}

/// The tolerance of `within`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// A number as written.
    Number(Name),
    /// `param.NAME`.
    Param(Name),
}

/// The kinds of node, as the grammar of the language names them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the grammar of rule-language section 5.1 names each part")]
pub enum ExprKind {
    If { condition: Box<Expr>, then: Box<Expr>, otherwise: Option<Box<Expr>> },
    Iff { left: Box<Expr>, right: Box<Expr> },
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Not(Box<Expr>),
    Compare { op: CompareOp, op_span: Span, left: Box<Expr>, right: Box<Expr> },
    In { negated: bool, subject: Box<Expr>, list: InList },
    Between { negated: bool, subject: Box<Expr>, low: Box<Expr>, high: Box<Expr> },
    Within { subject: Box<Expr>, tolerance: Tolerance, percent: bool, of: Box<Expr> },
    State { negated: bool, subject: Reference, state: StateTest },
    Linked { negated: bool, link: Name },
    Relevant(Reference),
    Has { negated: bool, subject: Box<Expr>, option: Name },
    Arithmetic { op: ArithmeticOp, left: Box<Expr>, right: Box<Expr> },
    Negate(Box<Expr>),
    Literal(Literal),
    Reference(Reference),
    Lookup { table: Name, keys: Vec<Expr>, column: Name },
    Call { function: Name, arguments: Vec<Expr> },
    Parenthesis(Box<Expr>),
    Unreadable,
}

impl Expr {
    /// The direct parts that are expressions, in reading order.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Or(parts)
            | ExprKind::And(parts)
            | ExprKind::Lookup { keys: parts, .. }
            | ExprKind::Call { arguments: parts, .. } => parts.iter().collect(),
            ExprKind::Not(part) | ExprKind::Negate(part) | ExprKind::Parenthesis(part) => vec![part],
            ExprKind::In { subject, .. } | ExprKind::Has { subject, .. } => vec![subject],
            ExprKind::Iff { left, right }
            | ExprKind::Compare { left, right, .. }
            | ExprKind::Arithmetic { left, right, .. }
            | ExprKind::Within { subject: left, of: right, .. } => vec![left, right],
            ExprKind::Between { subject, low, high, .. } => vec![subject, low, high],
            ExprKind::If { condition, then, otherwise } => [Some(condition), Some(then), otherwise.as_ref()]
                .into_iter()
                .flatten()
                .map(|part| &**part)
                .collect(),
            ExprKind::State { .. }
            | ExprKind::Linked { .. }
            | ExprKind::Relevant(_)
            | ExprKind::Literal(_)
            | ExprKind::Reference(_)
            | ExprKind::Unreadable => Vec::new(),
        }
    }

    /// The expression inside its parentheses.
    pub fn bare(&self) -> &Self {
        match &self.kind {
            ExprKind::Parenthesis(inner) => inner.bare(),
            _ => self,
        }
    }
}

/// The text of one expression and where its bytes stand in a file.
#[derive(Debug, Clone, Copy)]
pub struct ExpressionText<'a> {
    /// The file.
    pub source: &'a crate::source::SourceText,
    /// The expression, escapes of the surrounding format undone.
    pub text: &'a str,
    /// Offsets in the file.
    pub offsets: Offsets<'a>,
}

/// From bytes of an expression to bytes of its file.
#[derive(Debug, Clone, Copy)]
pub enum Offsets<'a> {
    /// The expression stands there letter by letter (a literal string): offset of its first byte.
    Direct(u64),
    /// Offset of each byte, and of the end (a JSON string with escapes).
    Mapped(&'a [u64]),
}

impl ExpressionText<'_> {
    /// The file's span of the bytes from `start` to before `end` of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at: usize| match self.offsets {
            Offsets::Direct(base) => base + u64::try_from(at).unwrap_or(0),
            Offsets::Mapped(table) => table.get(at).or_else(|| table.last()).copied().unwrap_or(0),
        };
        Span::new(offset(start), offset(end))
    }
}
