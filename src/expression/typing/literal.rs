//! Constants: their type from the other operand, their value checked.
//!
//! Invariants
//! - A constant that comes out is of the hint's kind; numbers keep their own scale.
//! - What cannot be is reported with the spelling that was probably meant.

use std::sync::Arc;

use super::{Hint, Typer, words};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::{Argument, Code, Diagnostic, Localized};
use crate::expression::calendar;
use crate::expression::notes::{both, did_you_mean, write_instead};
use crate::expression::number::{MAX_SCALE, parse_scaled, scale_of};
use crate::expression::tree::{Expr, ExprKind, Literal};
use crate::expression::typed::{Node, TypedExpr};
use crate::expression::value::{OptionList, Type, Value};
use crate::source::Span;

impl<'a> Typer<'a> {
    /// A constant where a value is needed.
    pub(super) fn literal(
        &mut self,
        literal: &Literal,
        negative: bool,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<TypedExpr> {
        let (value, ty) = self.constant(literal, negative, span, hint)?;
        Some(TypedExpr { node: Node::Literal(value), ty, span })
    }

    /// `-` before a constant or any number.
    pub(super) fn negate(&mut self, inner: &Expr, span: Span, hint: Option<&Hint<'a>>) -> Option<TypedExpr> {
        if let ExprKind::Literal(literal @ Literal::Number(_)) = &inner.kind {
            return self.literal(literal, true, span, hint);
        }
        let typed = self.value(inner, hint)?;
        if !matches!(typed.ty, Type::Number { .. }) {
            self.report_no_number(inner.span, &typed.ty, ("符号の反転", "negate"));
            return None;
        }
        let ty = typed.ty.clone();
        Some(TypedExpr { node: Node::Negate(Box::new(typed)), ty, span })
    }

    /// The value and the type of a constant.
    pub(super) fn constant(
        &mut self,
        literal: &Literal,
        negative: bool,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<(Value, Type)> {
        match literal {
            Literal::Number(digits) => self.number(digits, negative, span, hint),
            _ if negative => {
                self.report_no_number(span, &literal_type(literal), ("符号の反転", "negate"));
                None
            }
            Literal::Text(text) => self.text(text, span, hint),
            Literal::Date(text) => self.date(text, span, hint),
            Literal::Truth(_) => {
                self.report_condition(span);
                None
            }
        }
    }

    fn number(
        &mut self,
        digits: &str,
        negative: bool,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<(Value, Type)> {
        match hint.map(|hint| &hint.ty) {
            None | Some(Type::Number { .. }) => {}
            Some(Type::Option(list)) => return self.number_for_option(digits, span, hint, list),
            Some(Type::Text | Type::Code) => {
                let quoted = format!("\"{digits}\"");
                return self.literal_mismatch(&Type::INTEGER, span, hint, Some(write_instead(&quoted)));
            }
            Some(_) => return self.literal_mismatch(&Type::INTEGER, span, hint, None),
        }
        let scale = scale_of(digits);
        let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
        match parse_scaled(&signed, scale) {
            Ok(number) if scale <= MAX_SCALE => {
                Some((Value::Number(number), Type::Number { scale, unit: None }))
            }
            _ => {
                let note = self.about_literal(&codes::NUMBER_OUT_OF_RANGE, span, "".into(), None);
                let note = note.with("limit", u64::from(MAX_SCALE));
                self.notes.push(note);
                None
            }
        }
    }

    /// A code of the data where an option's name should stand.
    fn number_for_option(
        &mut self,
        digits: &str,
        span: Span,
        hint: Option<&Hint<'a>>,
        list: &OptionList,
    ) -> Option<(Value, Type)> {
        let meant = list.items.iter().find(|item| &*item.code == digits);
        let mut note = self.about_literal(&codes::CODE_FOR_NAME, span, words::option_words(list), hint);
        note.suggestion = meant.map(|item| did_you_mean(&format!("\"{}\"", item.name)));
        self.notes.push(note);
        None
    }

    fn text(&mut self, text: &Arc<str>, span: Span, hint: Option<&Hint<'a>>) -> Option<(Value, Type)> {
        let value = Value::Text(Arc::clone(text));
        match hint.map(|hint| &hint.ty) {
            None | Some(Type::Text | Type::Condition) => Some((value, Type::Text)),
            Some(Type::Code) => Some((value, Type::Code)),
            Some(Type::Option(list)) => self.option(text, span, hint, list),
            Some(Type::Multi(list)) => {
                let fix = hint
                    .and_then(|hint| hint.subject)
                    .map(|subject| write_instead(&format!("{} has \"{text}\"", self.notes.slice(subject))));
                self.literal_mismatch(&Type::Option(Arc::clone(list)), span, hint, fix)
            }
            Some(Type::Number { .. }) => {
                let bare = parse_scaled(text, scale_of(text)).is_ok();
                self.literal_mismatch(&Type::Text, span, hint, bare.then(|| write_instead(text)))
            }
            Some(Type::Date) => {
                let bare = calendar::parse_date(text).is_some();
                self.literal_mismatch(&Type::Text, span, hint, bare.then(|| write_instead(text)))
            }
            Some(ty @ Type::DateTime) => {
                let found = calendar::parse_date_time(text).map(Value::DateTime);
                self.checked_time(found, ty, span, hint)
            }
            Some(ty @ Type::YearMonth) => {
                let found = calendar::parse_year_month(text).map(Value::YearMonth);
                self.checked_time(found, ty, span, hint)
            }
        }
    }

    /// The option called `name`, or what was probably meant by it.
    pub(super) fn option(
        &mut self,
        name: &str,
        span: Span,
        hint: Option<&Hint<'a>>,
        list: &Arc<OptionList>,
    ) -> Option<(Value, Type)> {
        if let Some(index) = list.index_of(name) {
            return Some((Value::Option(index), Type::Option(Arc::clone(list))));
        }
        let note = self.about_literal(&codes::UNKNOWN_OPTION, span, words::option_words(list), hint);
        let mut note = note.with("found", name);
        note.suggestion = list.meant(name).map(|item| did_you_mean(&format!("\"{}\"", item.name)));
        self.notes.push(note);
        None
    }

    fn date(&mut self, text: &str, span: Span, hint: Option<&Hint<'a>>) -> Option<(Value, Type)> {
        match hint.map(|hint| &hint.ty) {
            None | Some(Type::Date) => {}
            Some(Type::DateTime) => {
                let fix = hint
                    .and_then(|hint| hint.subject)
                    .map(|subject| write_instead(&format!("date({})", self.notes.slice(subject))));
                return self.literal_mismatch(&Type::Date, span, hint, fix);
            }
            Some(Type::YearMonth) => {
                let fix = text.get(..7).map(|month| write_instead(&format!("\"{month}\"")));
                return self.literal_mismatch(&Type::Date, span, hint, fix);
            }
            Some(_) => return self.literal_mismatch(&Type::Date, span, hint, None),
        }
        let found = calendar::parse_date(text).map(Value::Date);
        self.checked_time(found, &Type::Date, span, hint)
    }

    fn checked_time(
        &mut self,
        found: Option<Value>,
        ty: &Type,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<(Value, Type)> {
        if let Some(value) = found {
            return Some((value, ty.clone()));
        }
        let note = self.about_literal(&codes::IMPOSSIBLE_DATE, span, words::type_words(ty).into(), hint);
        let note = note.with("type", words::type_phrase(ty));
        self.notes.push(note);
        None
    }

    /// A constant of one type beside an operand of another.
    fn literal_mismatch(
        &mut self,
        ty: &Type,
        span: Span,
        hint: Option<&Hint<'a>>,
        fix: Option<Localized<String>>,
    ) -> Option<(Value, Type)> {
        let other = hint.map(|hint| &hint.ty);
        let mut note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", other.map_or_else(|| both("値", "a value"), words::type_phrase))
            .with("right", words::type_phrase(ty))
            .with("action", both("比較", "compare"))
            .label(self.notes.mark(span, words::type_words(ty)));
        if let Some((hint, subject)) = hint.and_then(|hint| Some((hint, hint.subject?))) {
            note = note.label(self.notes.mark(subject, words::type_words(&hint.ty)));
        }
        note.suggestion = hint.and_then(|hint| hint.subject).and_then(|at| self.quoted_field(at)).or(fix);
        self.notes.push(note);
        None
    }

    /// The way out where the other operand is the name of a field in quotes.
    fn quoted_field(&self, subject: Span) -> Option<Localized<String>> {
        let name = self.notes.slice(subject).strip_prefix('"')?.strip_suffix('"')?;
        self.names.fields.contains_key(name).then(|| {
            Localized::new(
                format!("項目の値であれば、引用符なしで `{name}` と書いてください。"),
                format!("for the value of the field write `{name}`, without quotes"),
            )
        })
    }

    /// A mistake in a constant: the constant marked with `text`, and the field beside it.
    fn about_literal(
        &self,
        code: &'static Code,
        span: Span,
        text: Argument,
        hint: Option<&Hint<'a>>,
    ) -> Diagnostic {
        let subject = hint.and_then(|hint| hint.subject);
        let name = subject.map_or_else(|| both("求められる値", "what is wanted here"), |at| self.written(at));
        let note = self
            .notes
            .about(code)
            .with("found", self.written(span))
            .with("field", name)
            .label(self.notes.mark(span, text));
        let Some((hint, subject)) = hint.zip(subject) else { return note };
        let place = hint.field.map_or_else(|| words::type_words(&hint.ty).into(), words::field_place);
        note.label(self.notes.mark(subject, place))
    }
}

/// The type that a constant has by itself.
pub(super) fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Number(_) => Type::INTEGER,
        Literal::Text(_) => Type::Text,
        Literal::Date(_) => Type::Date,
        Literal::Truth(_) => Type::Condition,
    }
}
