//! Packs, questionnaires and typed expressions made by hand, for tests of the evaluator.
//!
//! Invariants
//! - Made through the library's public types alone, without reading any file; what a test does not name is empty.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kenpyo::diagnostic::{Diagnostics, Language, Localized, Notice, Severity, Template};
use kenpyo::expression::names::{NamedColumn, NamedField, NamedLink, NamedLookup};
use kenpyo::expression::parse::parse;
use kenpyo::expression::tree::{ExpressionText, Offsets};
use kenpyo::expression::{
    FieldId, LookupId, Names, Node, OptionItem, OptionList, ParamId, Type, TypedExpr, Value, typing,
};
use kenpyo::questionnaire::{
    DateFormats, Declared, Domain, Field, Mark, MultiLayout, NumberDomain, Questionnaire, Required, Routing,
    TextDomain, Ticks,
};
use kenpyo::rule_pack::zone::Zone;
use kenpyo::rule_pack::{
    Demand, DerivedValue, EditRule, ForeignColumns, Link, Lookup, LookupKeys, OnBlank, Origin, Param,
    RulePack,
};
use kenpyo::source::{SourceId, SourceText, Span};

pub const NOWHERE: Declared = Declared { source: SourceId(0), span: Span::new(0, 0) };

pub fn text(of: &str) -> Arc<str> {
    Arc::from(of)
}

pub fn both(of: &str) -> Localized<Arc<str>> {
    Localized::new(text(of), text(of))
}

pub fn typed(node: Node, ty: Type) -> TypedExpr {
    TypedExpr { node, ty, span: Span::default() }
}

pub fn condition(node: Node) -> TypedExpr {
    typed(node, Type::Condition)
}

pub fn literal(value: Value, ty: Type) -> TypedExpr {
    typed(Node::Literal(value), ty)
}

pub fn number(scale: u8) -> Type {
    Type::Number { scale, unit: None }
}

/// Options by (name, rank).
pub fn options(of: &[(&str, Option<i64>)], scale: Option<&str>) -> Arc<OptionList> {
    let item = |(index, (name, rank)): (usize, &(&str, Option<i64>))| OptionItem {
        name: text(name),
        code: text(&(index + 1).to_string()),
        label: Localized::new(text(&format!("{name}の表示")), text(&format!("label of {name}"))),
        rank: *rank,
    };
    let items = of.iter().enumerate().map(item).collect();
    Arc::new(OptionList { items, scale: scale.map(text), text_codes: false })
}

/// Marks na, dk, suspended (not applicable) and refused (a don't-know), in this order.
pub fn marks() -> Vec<Mark> {
    [("na", false), ("dk", true), ("suspended", false), ("refused", true)]
        .map(|(name, dont_know)| Mark { name: text(name), dont_know, tokens: Vec::new() })
        .to_vec()
}

pub fn domain(ty: &Type, blank_is_empty_set: bool) -> Domain {
    match ty {
        Type::Option(_) => Domain::Options(Ticks::default()),
        Type::Multi(_) => Domain::Multi(MultiLayout {
            separator: text(";"),
            duplicates: None,
            blank_is_empty_set,
            ticked: Vec::new(),
            columns: Vec::new(),
            min_items: None,
            max_items: None,
        }),
        Type::Text | Type::Code => Domain::Text(TextDomain::default()),
        Type::Date | Type::DateTime | Type::YearMonth => Domain::Time(DateFormats::default()),
        Type::Number { .. } | Type::Condition => Domain::Number(NumberDomain::default()),
    }
}

/// A field with the marks of [`marks`], always relevant.
pub fn field(id: FieldId, name: &str, ty: Type, required: Required) -> Field {
    Field {
        id,
        name: text(name),
        domain: domain(&ty, false),
        ty,
        label: Localized::new(text(&format!("{name}の質問")), text(&format!("question {name}"))),
        help: None,
        question: None,
        question_word: None,
        section: None,
        column: text(name),
        aliases: Vec::new(),
        pointer: None,
        column_required: false,
        required,
        off_path: None,
        marks: marks(),
        marks_allowed: BTreeSet::new(),
        synonyms: BTreeMap::new(),
        invalid: Vec::new(),
        finding_ids: BTreeMap::new(),
        private: false,
        weight: 1,
        comparable: BTreeMap::new(),
        declared: NOWHERE,
    }
}

pub fn questionnaire(fields: Vec<Field>, routing: Vec<Option<Routing>>) -> Questionnaire {
    let by_name = fields.iter().enumerate().map(|(index, field)| (Arc::clone(&field.name), index)).collect();
    Questionnaire {
        id: text("form"),
        title: both("form"),
        answer_heads: Vec::new(),
        question_word: None,
        check_marks: kenpyo::questionnaire::CheckMarks::default(),
        sections: Vec::new(),
        routing_order: (0..fields.len()).collect(),
        rows: kenpyo::questionnaire::RowWords::default(),
        versions: None,
        by_name,
        fields,
        routing,
        schema: serde_json::Value::Null,
    }
}

/// A pack without rules.
pub fn pack(questionnaire: Questionnaire) -> RulePack {
    RulePack {
        survey: text("survey"),
        wave: text("1"),
        title: both("survey"),
        everyone: Localized::default(),
        hash: text(""),
        questionnaire,
        key: Vec::new(),
        fallback_key: Vec::new(),
        breakdown: None,
        links: Vec::new(),
        params: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        rules: Vec::new(),
        groups: Vec::new(),
        exemptions: Vec::new(),
        profiles: Vec::new(),
        foreign_columns: ForeignColumns::default(),
        names: Names::default(),
        sources: Vec::new(),
        zone: Zone::default(),
        period: None,
        tabulation: kenpyo::rule_pack::tabulation::Tabulation::default(),
        macro_edits: Vec::new(),
        cell_notices: BTreeMap::new(),
    }
}

pub fn link(name: &str, table: u16, questionnaire: Questionnaire, missing_is_blank: bool) -> Link {
    Link { name: text(name), table, questionnaire, file: None, on: Vec::new(), missing_is_blank }
}

pub fn notice(id: &str, severity: Severity, message: &str, slots: &[&str]) -> Arc<Notice> {
    let template =
        || Template::parse(message, |name| slots.iter().position(|slot| *slot == name).unwrap_or(usize::MAX));
    Arc::new(Notice {
        id: text(id),
        instance: None,
        slug: text(&format!("slug-of-{}", id.to_lowercase())),
        severity,
        title: both("title"),
        message: Localized::new(template(), template()),
        help: None,
        slots: slots.iter().map(|slot| text(slot)).collect(),
    })
}

/// A rule about one record; its reads are those of its conditions.
pub fn rule(pack: &RulePack, id: &str, when: Option<TypedExpr>, require: TypedExpr) -> EditRule {
    let reads = when.iter().chain([&require]).flat_map(|expr| reads(pack, expr)).collect();
    EditRule {
        notice: notice(id, Severity::Error, "message", &[]),
        placeholders: Vec::new(),
        origin: Origin::Written,
        when,
        demand: Demand::Require(require),
        on_blank: OnBlank::Undecided,
        lets: Vec::new(),
        reads,
        guards: BTreeSet::new(),
        params: BTreeSet::new(),
        blame: Vec::new(),
        source: text(""),
        why: None,
        profile: None,
        tags: Vec::new(),
        scope: false,
        revision: 1,
        table: 0,
        examples: Vec::new(),
        declared: NOWHERE,
    }
}

pub fn derived(
    pack: &RulePack,
    id: FieldId,
    name: &str,
    ty: Type,
    value: TypedExpr,
    fallback: bool,
) -> DerivedValue {
    let reads = reads(pack, &value);
    DerivedValue { id, name: text(name), ty, value, reads, fallback, notice: None, declared: NOWHERE }
}

/// The columns that an expression reads, controllers of `relevant` included.
pub fn reads(pack: &RulePack, expr: &TypedExpr) -> BTreeSet<FieldId> {
    let mut found = expr.fields();
    expr.walk(&mut |part| {
        if let Node::Relevant(field) = &part.node {
            found.extend(controllers(pack, *field));
        }
    });
    found
}

/// All fields that R of `field` reads.
pub fn controllers(pack: &RulePack, field: FieldId) -> BTreeSet<FieldId> {
    let form = match usize::from(field.table).checked_sub(1) {
        None => &pack.questionnaire,
        Some(link) => &pack.links[link].questionnaire,
    };
    let routing = form.routing.get(usize::from(field.index)).and_then(Option::as_ref);
    routing.map(|routing| routing.controllers.clone()).unwrap_or_default()
}

/// What expressions over `pack` may name.
pub fn names(pack: &RulePack) -> Names {
    let fields = |form: &Questionnaire| {
        let named = |field: &Field| (Arc::clone(&field.name), named_field(pack, field));
        form.fields.iter().map(named).collect::<BTreeMap<Arc<str>, NamedField>>()
    };
    let link = |link: &Link| {
        let named = NamedLink { table: link.table, fields: fields(&link.questionnaire) };
        (Arc::clone(&link.name), named)
    };
    let param = |(index, param): (usize, &Param)| {
        let id = ParamId(u16::try_from(index).unwrap());
        (Arc::clone(&param.name), (id, param.ty.clone()))
    };
    Names {
        fields: fields(&pack.questionnaire),
        links: pack.links.iter().map(link).collect(),
        params: pack.params.iter().enumerate().map(param).collect(),
        lookups: pack.lookups.iter().enumerate().map(named_lookup).collect(),
        ..Names::default()
    }
}

fn named_field(pack: &RulePack, field: &Field) -> NamedField {
    let empty = matches!(&field.domain, Domain::Multi(layout) if layout.blank_is_empty_set);
    NamedField {
        id: field.id,
        ty: field.ty.clone(),
        title: field.label.clone(),
        declared: text(""),
        optional: field.required == Required::No,
        derived: false,
        blank_is_empty_set: empty,
        marks: field.marks.iter().map(|mark| Arc::clone(&mark.name)).collect(),
        controllers: controllers(pack, field.id),
    }
}

fn named_lookup((index, lookup): (usize, &Lookup)) -> (Arc<str>, NamedLookup) {
    let ty = |column: &u16| lookup.columns[usize::from(*column)].ty.clone();
    let keys = match &lookup.keys {
        LookupKeys::Exact(columns, _) => columns.iter().map(ty).collect(),
        LookupKeys::Interval { ty, .. } => vec![ty.clone()],
    };
    let columns = lookup.columns.iter().enumerate().map(|(index, column)| {
        let index = u16::try_from(index).unwrap();
        let named = NamedColumn { index, ty: column.ty.clone(), unbounded: column.unbounded };
        (Arc::clone(&column.name), named)
    });
    let id = LookupId(u16::try_from(index).unwrap());
    (Arc::clone(&lookup.name), NamedLookup { id, keys, columns: columns.collect() })
}

/// A condition written as text, over what `pack` names.
pub fn parsed(pack: &RulePack, expression: &str) -> TypedExpr {
    let source = SourceText { id: SourceId(0), name: text("rule"), text: text(expression).into() };
    let written = ExpressionText { source: &source, text: expression, offsets: Offsets::Direct(0) };
    let names = names(pack);
    let (expr, findings) = parse(written);
    let told = |findings: &Diagnostics| {
        findings.iter().map(|one| one.message(Language::En)).collect::<Vec<_>>().join("; ")
    };
    assert!(findings.is_empty(), "{expression}: {}", told(&findings));
    let (typed, findings) = typing::condition(&expr, &names, written);
    typed.unwrap_or_else(|| panic!("{expression}: {}", told(&findings)))
}
