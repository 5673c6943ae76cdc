//! Calls: arguments checked against the function table.
//!
//! Invariants
//! - What a function takes and gives is read from its row; only agreement between arguments is decided here.

use super::{Hint, Typer, choice, membership, mismatch, words};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::{fold, nearest};
use crate::diagnostic::{Argument, Localized};
use crate::expression::function::{self, FUNCTIONS, Function, FunctionId, FunctionResult, Parameter};
use crate::expression::notes::{both, did_you_mean, write_instead};
use crate::expression::number::MAX_SCALE;
use crate::expression::pattern::Pattern;
use crate::expression::tree::{Expr, ExprKind, Literal, Name};
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::{Type, Value};
use crate::source::Span;

/// What other languages call a function, folded, and its name here.
const SYNONYMS: &[(&str, &str)] = &[
    ("len", "length"),
    ("strlen", "length"),
    ("size", "count"),
    ("substr", "substring"),
    ("mid", "substring"),
    ("add", "sum"),
    ("total", "sum"),
    ("sumif", "sum_present"),
    ("minimum", "min"),
    ("maximum", "max"),
    ("round", "round_half_up"),
    ("pct", "percent"),
    ("countif", "count_true"),
    ("unique", "distinct"),
    ("nvl", "coalesce"),
    ("ifnull", "coalesce"),
    ("concatenate", "concat"),
    ("regex", "matches"),
    ("match", "matches"),
    ("startswith", "starts"),
    ("levenshtein", "similarity"),
    ("datediff", "days_between"),
    ("dateadd", "add_days"),
];

/// What a function does with arguments that have to agree.
const fn action(function: FunctionId) -> mismatch::Action {
    match function {
        FunctionId::Sum | FunctionId::SumPresent => ("加算", "add"),
        FunctionId::Min | FunctionId::Max => mismatch::COMPARE,
        FunctionId::Percent => ("除算", "divide"),
        _ => choice::CHOOSE,
    }
}

impl<'a> Typer<'a> {
    /// `function(arguments)`
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<TypedExpr> {
        let Some(function) = function::by_name(&name.text) else {
            let folded = fold(&name.text);
            let synonym = SYNONYMS.iter().find(|(text, _)| *text == folded).map(|(_, meant)| *meant);
            let near =
                synonym.or_else(|| nearest(&name.text, FUNCTIONS.iter().map(|function| function.name)));
            let fix = near.map(|near| did_you_mean(&format!("{near}(…)")));
            self.report_unknown(&codes::UNKNOWN_FUNCTION, name, fix);
            for argument in arguments {
                self.any(argument, None);
            }
            return None;
        };
        if !self.right_count(function, name, arguments) {
            return None;
        }
        let typed = if function.parameters.contains(&Parameter::Value) {
            self.value_arguments(function, arguments, hint)?
        } else {
            self.arguments(function, arguments)?
        };
        let ty = self.result(function, arguments, &typed)?;
        Some(TypedExpr { node: Node::Call { function: function.id, arguments: typed }, ty, span })
    }

    fn right_count(&mut self, function: &Function, name: &Name, arguments: &[Expr]) -> bool {
        let least = function.parameters.len();
        if arguments.len() == least || (function.repeats && arguments.len() > least) {
            return true;
        }
        let expected = if function.repeats {
            both(format!("{least}個以上"), format!("at least {least} arguments"))
        } else {
            both(format!("{least}個"), format!("{least} arguments"))
        };
        let note = self
            .notes
            .about(&codes::WRONG_ARGUMENT_COUNT)
            .with("function", function.name)
            .with("expected", expected)
            .with("found", arguments.len())
            .with("signature", function.signature)
            .label(self.notes.mark(name.span, function.signature));
        self.notes.push(note);
        false
    }

    /// Arguments each of which its parameter describes alone.
    fn arguments(&mut self, function: &Function, arguments: &[Expr]) -> Option<Vec<TypedExpr>> {
        let mut before: Option<&Expr> = None;
        let mut typed = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            let parameter = function.parameters.get(at).or_else(|| function.parameters.last())?;
            typed.push(self.argument(function, *parameter, argument, before));
            before = Some(argument);
        }
        typed.into_iter().collect()
    }

    fn argument(
        &mut self,
        function: &Function,
        parameter: Parameter,
        argument: &Expr,
        before: Option<&Expr>,
    ) -> Option<TypedExpr> {
        let hint = |ty: Type| Hint { ty, subject: None, field: None };
        let typed = match parameter {
            Parameter::Condition => return self.condition(argument),
            Parameter::Cell => return self.cell_argument(function, argument),
            Parameter::Pattern => return self.pattern(argument),
            Parameter::Mark => return self.mark_name(function, argument, before),
            Parameter::Text => self.value(argument, Some(&hint(Type::Text)))?,
            Parameter::Day => self.value(argument, Some(&hint(Type::Date)))?,
            _ => self.value(argument, None)?,
        };
        let fits = match (parameter, &typed.ty) {
            (Parameter::Number, Type::Number { .. })
            | (Parameter::Whole, Type::Number { scale: 0, .. })
            | (Parameter::Text, Type::Text | Type::Code)
            | (Parameter::Multi, Type::Multi(_))
            | (Parameter::Day, Type::Date)
            | (Parameter::DayOrMonth, Type::Date | Type::YearMonth)
            | (Parameter::Moment, Type::DateTime) => true,
            (Parameter::Decimals, _) => decimals(&typed).is_some(),
            (Parameter::TextConstant, Type::Text) => {
                matches!(&typed.node, Node::Literal(Value::Text(text)) if !text.is_empty())
            }
            _ => false,
        };
        if fits {
            return Some(typed);
        }
        let fix = self.argument_fix(function, parameter, argument, &typed.ty);
        self.wrong_argument(function, parameter, argument.span, words::type_phrase(&typed.ty), Some(fix));
        None
    }

    fn argument_fix(
        &self,
        function: &Function,
        parameter: Parameter,
        argument: &Expr,
        found: &Type,
    ) -> Localized<String> {
        let written = self.notes.slice(argument.span);
        let fix = match (parameter, found) {
            (Parameter::Day | Parameter::DayOrMonth, Type::DateTime) => format!("date({written})"),
            (Parameter::Moment, Type::Date) => written.to_owned(),
            (Parameter::Whole, Type::Number { .. }) => format!("round_half_up({written}, 0)"),
            (Parameter::Multi, Type::Option(_)) => format!("{written} = \"…\""),
            (Parameter::Number, Type::Multi(_)) => format!("count({written})"),
            _ => {
                return Localized::new(
                    format!("書き方: {}", function.signature),
                    format!("signature: {}", function.signature),
                );
            }
        };
        write_instead(&fix)
    }

    fn wrong_argument(
        &mut self,
        function: &Function,
        parameter: Parameter,
        span: Span,
        found: Argument,
        fix: Option<Localized<String>>,
    ) {
        let expected = parameter_words(parameter);
        let mut note = self
            .notes
            .about(&codes::WRONG_ARGUMENT)
            .with("function", function.name)
            .with("expected", expected)
            .with("found", found.clone())
            .label(self.notes.mark(span, found));
        note.suggestion = fix;
        self.notes.push(note);
    }

    /// A field whose state counts; its type is its own.
    fn cell_argument(&mut self, function: &Function, argument: &Expr) -> Option<TypedExpr> {
        let ExprKind::Reference(reference) = &argument.kind else {
            let written = self.written(argument.span);
            self.wrong_argument(function, Parameter::Cell, argument.span, written, None);
            return None;
        };
        let at = membership::reference_span(reference);
        let typed = self.reference(reference, at, None)?;
        let field = self.cell(reference, at, argument.span)?;
        Some(TypedExpr { node: Node::Field(field), ty: typed.ty, span: argument.span })
    }

    fn pattern(&mut self, argument: &Expr) -> Option<TypedExpr> {
        let ExprKind::Literal(Literal::Text(text)) = &argument.bare().kind else {
            let note = self
                .notes
                .about(&codes::PATTERN_NOT_LITERAL)
                .label(self.notes.mark(argument.span, both("定数ではない", "not a constant")));
            self.notes.push(note);
            return None;
        };
        if let Err(reason) = Pattern::new(text) {
            let note = self
                .notes
                .about(&codes::PATTERN_UNREADABLE)
                .with("reason", reason.as_str())
                .label(self.notes.mark(argument.span, reason));
            self.notes.push(note);
            return None;
        }
        let node = Node::Literal(Value::Text(std::sync::Arc::clone(text)));
        Some(TypedExpr { node, ty: Type::Text, span: argument.span })
    }

    fn mark_name(
        &mut self,
        function: &Function,
        argument: &Expr,
        before: Option<&Expr>,
    ) -> Option<TypedExpr> {
        let ExprKind::Literal(Literal::Text(text)) = &argument.bare().kind else {
            let written = self.written(argument.span);
            self.wrong_argument(function, Parameter::Mark, argument.span, written, None);
            return None;
        };
        let field = before.and_then(|before| match &before.kind {
            ExprKind::Reference(reference) => self.named_field(reference),
            _ => None,
        });
        if let Some(field) = field.filter(|field| !field.marks.contains(text)) {
            let near = nearest(text, field.marks.iter().map(|mark| &**mark));
            let all: Vec<String> = field.marks.iter().map(|mark| format!("\"{mark}\"")).collect();
            let list = both(format!("印: {}", all.join("、")), format!("marks: {}", all.join(", ")));
            let mut note = self
                .notes
                .about(&codes::UNKNOWN_MARK)
                .with("found", &**text)
                .with("field", before.map_or(Argument::Nothing, |before| self.written(before.span)))
                .label(self.notes.mark(argument.span, list));
            note.suggestion = near.map(|near| did_you_mean(&format!("\"{near}\"")));
            self.notes.push(note);
            return None;
        }
        let node = Node::Literal(Value::Text(std::sync::Arc::clone(text)));
        Some(TypedExpr { node, ty: Type::Text, span: argument.span })
    }

    /// Arguments that are compared with one another.
    fn value_arguments(
        &mut self,
        function: &Function,
        arguments: &[Expr],
        hint: Option<&Hint<'a>>,
    ) -> Option<Vec<TypedExpr>> {
        let parts: Vec<&Expr> = arguments.iter().collect();
        if function.id == FunctionId::Occurrences && !self.constant_first(function, &parts) {
            return None;
        }
        let hint = hint.filter(|_| function.id == FunctionId::Coalesce);
        let typed: Option<Vec<TypedExpr>> = self.group(&parts, hint).into_iter().collect();
        let typed = typed?;
        if let Some((part, _)) = parts.iter().zip(&typed).find(|(_, typed)| typed.ty == Type::Condition) {
            self.report_condition(part.span);
            return None;
        }
        self.values_agree(function, &parts, &typed).then_some(typed)
    }

    /// `occurrences` counts a constant, and no blank.
    fn constant_first(&mut self, function: &Function, parts: &[&Expr]) -> bool {
        let (Some(constant), Some(value)) = (parts.first(), parts.get(1)) else { return false };
        let named = matches!(constant.bare().kind, ExprKind::Reference(_));
        if !self.is_open(constant) || named {
            let written = self.written(constant.span);
            self.wrong_argument(function, Parameter::Constant, constant.span, written, None);
            return false;
        }
        !self.blank_spelling(constant, value, None, None)
    }

    fn values_agree(&mut self, function: &Function, parts: &[&Expr], typed: &[TypedExpr]) -> bool {
        let leader = typed.iter().position(|typed| !matches!(typed.node, Node::Literal(_))).unwrap_or(0);
        let (Some(part), Some(first)) = (parts.get(leader), typed.get(leader)) else { return false };
        let several = function.id == FunctionId::Distinct;
        let first = if several { item(first) } else { first.clone() };
        parts.iter().zip(typed).all(|(other, typed)| {
            let multi = matches!(typed.ty, Type::Multi(_));
            match function.id {
                FunctionId::Coalesce => {
                    self.shared_type((part, &first), (other, typed), choice::CHOOSE).is_some()
                }
                FunctionId::Distinct => self.alike((part, &first), (other, &item(typed))),
                _ if multi => {
                    let found = words::type_phrase(&typed.ty);
                    let fix = write_instead("count_true(… has \"…\", …)");
                    self.wrong_argument(function, Parameter::Value, other.span, found, Some(fix));
                    false
                }
                _ => self.alike((part, &first), (other, typed)),
            }
        })
    }

    /// The type of the call; units and kinds of the arguments must agree where they meet.
    fn result(&mut self, function: &Function, arguments: &[Expr], typed: &[TypedExpr]) -> Option<Type> {
        let plain = |scale: u8| Type::Number { scale, unit: None };
        let last = typed.last().and_then(decimals);
        match function.result {
            FunctionResult::Condition => {
                self.condition_arguments(function, arguments, typed).then_some(Type::Condition)
            }
            FunctionResult::Whole => Some(plain(0)),
            FunctionResult::Decimal6 => Some(plain(6)),
            FunctionResult::Text => Some(Type::Text),
            FunctionResult::Day => Some(Type::Date),
            FunctionResult::SameNumber | FunctionResult::SameValue => {
                self.common(arguments, typed, action(function.id))
            }
            FunctionResult::Percent => {
                self.common(arguments.get(..2)?, typed.get(..2)?, action(function.id))?;
                last.map(plain)
            }
            FunctionResult::Rounded => match &typed.first()?.ty {
                Type::Number { unit, .. } => last.map(|scale| Type::Number { scale, unit: unit.clone() }),
                _ => None,
            },
        }
    }

    /// The one type of all arguments.
    fn common(&mut self, arguments: &[Expr], typed: &[TypedExpr], action: mismatch::Action) -> Option<Type> {
        let mut pairs = arguments.iter().zip(typed);
        let (first, start) = pairs.next()?;
        let mut all = start.clone();
        for (argument, typed) in pairs {
            all.ty = self.shared_type((first, &all), (argument, typed), action)?;
        }
        Some(all.ty)
    }

    /// What `same` and `distinct` demand beyond their parameters.
    fn condition_arguments(&mut self, function: &Function, arguments: &[Expr], typed: &[TypedExpr]) -> bool {
        match (function.id, arguments, typed) {
            (FunctionId::Same, [left, right], [first, second]) => {
                choice::shared(&first.ty, &second.ty).is_some() || self.alike((left, first), (right, second))
            }
            (FunctionId::Distinct, [only], [value]) if !matches!(value.ty, Type::Multi(_)) => {
                let found = self.written(only.span);
                self.wrong_argument(function, Parameter::Multi, only.span, found, None);
                false
            }
            _ => true,
        }
    }
}

/// A multiple-answer value seen as one of its items.
fn item(typed: &TypedExpr) -> TypedExpr {
    match &typed.ty {
        Type::Multi(list) => TypedExpr { ty: Type::Option(std::sync::Arc::clone(list)), ..typed.clone() },
        _ => typed.clone(),
    }
}

/// A constant from 0 to 9.
fn decimals(typed: &TypedExpr) -> Option<u8> {
    match (&typed.node, &typed.ty) {
        (Node::Literal(Value::Number(number)), Type::Number { scale: 0, .. }) => {
            u8::try_from(*number).ok().filter(|digits| *digits <= MAX_SCALE)
        }
        _ => None,
    }
}

fn parameter_words(parameter: Parameter) -> Argument {
    let (ja, en) = match parameter {
        Parameter::Number => ("数", "a number"),
        Parameter::Whole => ("整数", "a whole number"),
        Parameter::Decimals => ("0 から 9 の定数", "a constant from 0 to 9"),
        Parameter::Condition => ("条件", "a condition"),
        Parameter::Text => ("文字列またはコード", "text or a code"),
        Parameter::TextConstant => ("空でない文字列の定数", "a constant text that is not empty"),
        Parameter::Pattern => ("パターンの定数", "a constant pattern"),
        Parameter::Mark => ("印の名前の定数", "the name of a mark in quotes"),
        Parameter::Cell => ("項目名", "a field"),
        Parameter::Value => ("一つの値", "a single value"),
        Parameter::Constant => ("定数", "a constant"),
        Parameter::Multi => ("複数選択の項目", "a multiple-answer field"),
        Parameter::Day => ("日付", "a date"),
        Parameter::DayOrMonth => ("日付または年月", "a date or a month"),
        Parameter::Moment => ("日時", "a date and time"),
    };
    both(ja, en)
}
