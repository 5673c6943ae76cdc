//! Names: fields, links, parameters, `let`s, `it`, lookup tables.
//!
//! Invariants
//! - A name that nobody knows is reported with the nearest one of its kind, or with the kind that it is.

use std::sync::Arc;

use super::{Hint, Typer, words};
use crate::diagnostic::code::expression as codes;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Localized};
use crate::expression::function;
use crate::expression::names::{NamedField, NamedLookup};
use crate::expression::notes::{both, did_you_mean, write_instead};
use crate::expression::tree::{Expr, Name, Reference};
use crate::expression::typed::{By, Node, TypedExpr};
use crate::expression::value::Type;
use crate::source::Span;

impl<'a> Typer<'a> {
    /// The field that a reference names: of the record, of a link, or `it`. `None`: something else, or nothing.
    pub(super) fn named_field(&self, reference: &Reference) -> Option<&'a NamedField> {
        let names = self.names;
        match &reference.prefix {
            Some(prefix) => names.links.get(&prefix.text)?.fields.get(&reference.name.text),
            None => names.field(&reference.name.text),
        }
    }

    /// A reference as a value (or as a condition, where a `let` is one).
    pub(super) fn reference(
        &mut self,
        reference: &Reference,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<TypedExpr> {
        if let Some(field) = self.named_field(reference) {
            return Some(TypedExpr { node: Node::Field(field.id), ty: field.ty.clone(), span });
        }
        match reference.prefix.as_ref().map(|prefix| (prefix, &*prefix.text)) {
            Some((_, "param")) => self.parameter(&reference.name, span),
            Some((_, "let")) => self.named_value(&reference.name, span),
            Some((prefix, _)) => self.unknown_in_link(prefix, &reference.name),
            None => self.unknown_field(&reference.name, span, hint),
        }
    }

    fn parameter(&mut self, name: &Name, span: Span) -> Option<TypedExpr> {
        let names = self.names;
        let Some((id, ty)) = names.params.get(&name.text) else {
            let near = nearest(&name.text, names.params.keys().map(|key| &**key));
            self.report_unknown(&codes::UNKNOWN_PARAMETER, name, near.map(did_you_mean));
            return None;
        };
        Some(TypedExpr { node: Node::Param(*id), ty: ty.clone(), span })
    }

    fn named_value(&mut self, name: &Name, span: Span) -> Option<TypedExpr> {
        let names = self.names;
        let Some(shared) = names.lets.get(&name.text) else {
            let near = nearest(&name.text, names.lets.keys().map(|key| &**key));
            self.report_unknown(
                &codes::UNKNOWN_LET,
                name,
                near.map(|near| did_you_mean(&format!("let.{near}"))),
            );
            return None;
        };
        Some(TypedExpr { node: Node::Let(Arc::clone(shared)), ty: shared.ty.clone(), span })
    }

    fn unknown_in_link(&mut self, prefix: &Name, name: &Name) -> Option<TypedExpr> {
        let names = self.names;
        if let Some(link) = names.links.get(&prefix.text) {
            let near = nearest(&name.text, link.fields.keys().map(|key| &**key));
            let fix = near.map(|near| did_you_mean(&format!("{}.{near}", prefix.text)));
            self.report_unknown(&codes::UNKNOWN_FIELD, name, fix);
        } else {
            let known = names.links.keys().map(|key| &**key).chain(["param", "let"]);
            let near = nearest(&prefix.text, known);
            let fix = near.map(|near| did_you_mean(&format!("{near}.{}", name.text)));
            self.report_unknown(&codes::UNKNOWN_LINK, prefix, fix);
        }
        None
    }

    pub(super) fn unknown_field(
        &mut self,
        name: &Name,
        span: Span,
        hint: Option<&Hint<'a>>,
    ) -> Option<TypedExpr> {
        if &*name.text == "it" {
            let note = self.notes.about(&codes::IT_WITHOUT_EACH).label(self.notes.mark(span, "it"));
            self.notes.push(note);
            return None;
        }
        if let Some(Type::Option(list) | Type::Multi(list)) = hint.map(|hint| &hint.ty)
            && list.index_of(&name.text).is_some()
        {
            let quoted = format!("\"{}\"", name.text);
            let note = self
                .notes
                .about(&codes::UNQUOTED_OPTION)
                .with("found", &*name.text)
                .label(self.notes.mark(span, words::option_words(list)))
                .suggest(write_instead(&quoted));
            self.notes.push(note);
            return None;
        }
        let fix = self.field_fix(&name.text);
        self.report_unknown(&codes::UNKNOWN_FIELD, name, fix);
        None
    }

    /// What was probably meant by a name that is no field.
    fn field_fix(&self, name: &str) -> Option<Localized<String>> {
        let names = self.names;
        if names.params.contains_key(name) {
            return Some(write_instead(&format!("param.{name}")));
        }
        if names.lets.contains_key(name) {
            return Some(write_instead(&format!("let.{name}")));
        }
        if let Some(function) = function::by_name(name) {
            return Some(write_instead(function.signature));
        }
        if names.lookups.contains_key(name) {
            return Some(Localized::new(
                format!("参照表は `{name}[キー].列` と書きます。"),
                format!("a lookup table is read as `{name}[key].column`"),
            ));
        }
        if let Some(near) = nearest(name, names.fields.keys().map(|key| &**key)) {
            return Some(did_you_mean(near));
        }
        let link = names.links.iter().find(|(_, link)| link.fields.contains_key(name));
        link.map(|(prefix, _)| did_you_mean(&format!("{prefix}.{name}")))
    }

    pub(super) fn report_unknown(
        &mut self,
        code: &'static Code,
        name: &Name,
        suggestion: Option<Localized<String>>,
    ) {
        let declared = [&codes::UNKNOWN_PARAMETER, &codes::UNKNOWN_LOOKUP, &codes::UNKNOWN_SET];
        if self.names.faulty.contains(&name.text) && declared.iter().any(|of| of.id == code.id) {
            return;
        }
        let mut note = self
            .notes
            .about(code)
            .with("found", &*name.text)
            .label(self.notes.mark(name.span, both("不明な名前", "unknown")));
        note.suggestion = suggestion;
        self.notes.push(note);
    }

    /// `table[key, …].column`
    pub(super) fn lookup(
        &mut self,
        table: &Name,
        keys: &[Expr],
        column: &Name,
        span: Span,
    ) -> Option<TypedExpr> {
        let names = self.names;
        let Some(lookup) = names.lookups.get(&table.text) else {
            let near = nearest(&table.text, names.lookups.keys().map(|key| &**key));
            self.report_unknown(&codes::UNKNOWN_LOOKUP, table, near.map(did_you_mean));
            // The keys may have mistakes of their own.
            for key in keys {
                self.value(key, None);
            }
            return None;
        };
        let keys = self.lookup_keys(lookup, table, keys);
        let Some(found) = lookup.columns.get(&column.text) else {
            self.unknown_column(lookup, table, column);
            return None;
        };
        let node = Node::Lookup { lookup: lookup.id, keys: keys?, column: found.index };
        Some(TypedExpr { node, ty: found.ty.clone(), span })
    }

    fn unknown_column(&mut self, lookup: &NamedLookup, table: &Name, column: &Name) {
        let near = nearest(&column.text, lookup.columns.keys().map(|key| &**key));
        let mut note = self
            .notes
            .about(&codes::UNKNOWN_COLUMN)
            .with("table", &*table.text)
            .with("found", &*column.text)
            .label(self.notes.mark(column.span, both("不明な列", "unknown")));
        note.suggestion = near.map(did_you_mean);
        self.notes.push(note);
    }

    fn lookup_keys(&mut self, lookup: &NamedLookup, table: &Name, keys: &[Expr]) -> Option<Vec<TypedExpr>> {
        if keys.len() != lookup.keys.len() {
            let wanted = lookup.keys.len();
            let note = self
                .notes
                .about(&codes::WRONG_ARGUMENT_COUNT)
                .with("function", &*table.text)
                .with("expected", both(format!("{wanted}個"), format!("{wanted} keys")))
                .with("found", keys.len())
                .with("signature", both("表[キー, …].列", "table[key, …].column"))
                .label(self.notes.mark(table.span, both("参照表", "lookup table")));
            self.notes.push(note);
            return None;
        }
        let typed: Vec<Option<TypedExpr>> =
            keys.iter().zip(&lookup.keys).map(|(key, ty)| self.lookup_key(key, ty)).collect();
        typed.into_iter().collect()
    }

    fn lookup_key(&mut self, key: &Expr, ty: &Type) -> Option<TypedExpr> {
        let hint = Hint { ty: ty.clone(), subject: None, field: None };
        let typed = self.value(key, Some(&hint))?;
        self.agree_with_key(key.span, &typed, ty).then_some(typed)
    }

    /// Whether a value of this type can be a key of a lookup table.
    pub(super) fn agree_with_key(&mut self, span: Span, typed: &TypedExpr, key: &Type) -> bool {
        if super::mismatch::equality(&typed.ty, key).is_some_and(|by| by != By::Rank) {
            return true;
        }
        let note = self
            .notes
            .about(&codes::TYPE_MISMATCH)
            .with("left", words::type_phrase(&typed.ty))
            .with("right", words::type_phrase(key))
            .with("action", both("照合", "match"))
            .label(self.notes.mark(span, words::type_words(&typed.ty)));
        let text = both(
            format!("参照表のキーは{}です", words::type_words(key).ja),
            format!("the key of the table: {}", words::type_words(key).en),
        );
        let note = note.label(self.notes.mark(span, text));
        self.notes.push(note);
        false
    }
}
