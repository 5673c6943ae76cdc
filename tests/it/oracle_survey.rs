//! Random surveys for the oracle: every type, routing, links, lookups, parameters, derived values.
//!
//! Invariants
//! - Everything is drawn from one chance; what is drawn could have been written in rule files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kenpyo::expression::{FieldId, LookupId, Node, OptionList, ParamId, Type, TypedExpr, Value};
use kenpyo::questionnaire::{Field, Questionnaire, Required, Routing};
use kenpyo::rule_pack::{Lookup, LookupColumn, LookupKeys, LookupMissing, OnBlank, Param, RulePack};

use crate::build;
use crate::build::{condition, typed};
use crate::chance::Chance;
use crate::oracle_grow::Grower;

/// Texts of cells and constants.
pub const TEXTS: &[&str] = &[
    "a",
    "abc",
    "ax",
    "12",
    "0110113719",
    "110113719",
    "011002",
    "011003",
    "病院",
    "東京病院",
    "髙橋病院",
    "高橋病院",
    "医療法人髙橋病院",
    "医療法人",
    "山﨑医",
    "つくし",
    "ツクし",
    "鎌ヶ谷",
    "Ａ１",
    "x|y\\",
    "a;b; ;c",
    ";",
    "a b",
    "サ-ビス",
];

/// The option lists of every survey: two with the same names in another order, two by rank, one without rank.
pub struct Lists {
    pub size: Arc<OptionList>,
    pub size_again: Arc<OptionList>,
    pub count: Arc<OptionList>,
    pub count_again: Arc<OptionList>,
    pub plain: Arc<OptionList>,
    pub ticks: Arc<OptionList>,
    pub ticks_again: Arc<OptionList>,
}

impl Lists {
    pub fn new() -> Self {
        let unranked = |names: &[&str]| {
            let items: Vec<(&str, Option<i64>)> = names.iter().map(|name| (*name, None)).collect();
            build::options(&items, None)
        };
        Self {
            size: unranked(&["small", "medium", "large"]),
            size_again: unranked(&["large", "small", "medium"]),
            count: build::options(
                &[("three", Some(3)), ("two", Some(2)), ("one", Some(1)), ("odd", None)],
                Some("c"),
            ),
            count_again: build::options(
                &[("none", Some(0)), ("two", Some(2)), ("three", Some(3))],
                Some("c"),
            ),
            plain: unranked(&["yes", "no", "unknown"]),
            ticks: unranked(&["w", "x", "y", "z"]),
            ticks_again: unranked(&["z", "y", "x", "w"]),
        }
    }
}

/// A random pack with the parameters of a run.
pub struct Survey {
    pub pack: Arc<RulePack>,
    pub given: BTreeMap<ParamId, Value>,
}

const fn id(table: u16, index: usize) -> FieldId {
    #[expect(clippy::cast_possible_truncation, reason = "a handful of fields")]
    #[expect(clippy::as_conversions, reason = "a handful of fields")]
    FieldId { table, index: index as u16 }
}

fn fields(table: u16, types: &[(&str, Type)], chance: &mut Chance) -> Vec<Field> {
    let required = [Required::No, Required::Soft, Required::Yes, Required::Yes];
    let make = |(index, (name, ty)): (usize, &(&str, Type))| {
        build::field(id(table, index), name, ty.clone(), *chance.pick(&required))
    };
    types.iter().enumerate().map(make).collect()
}

fn own_types(lists: &Lists) -> Vec<(&'static str, Type)> {
    let option = |list: &Arc<OptionList>| Type::Option(Arc::clone(list));
    vec![
        ("n0", build::number(0)),
        ("n1", build::number(0)),
        ("d1", build::number(1)),
        ("d2", build::number(2)),
        ("o0", option(&lists.size)),
        ("o1", option(&lists.size_again)),
        ("r0", option(&lists.count)),
        ("r1", option(&lists.count_again)),
        ("c0", option(&lists.plain)),
        ("c1", option(&lists.plain)),
        ("m0", Type::Multi(Arc::clone(&lists.ticks))),
        ("m1", Type::Multi(Arc::clone(&lists.ticks_again))),
        ("t0", Type::Text),
        ("t1", Type::Text),
        ("k0", Type::Code),
        ("day0", Type::Date),
        ("day1", Type::Date),
        ("moment", Type::DateTime),
        ("month", Type::YearMonth),
    ]
}

impl Survey {
    pub fn random(chance: &mut Chance) -> Self {
        let lists = Lists::new();
        let mut own = fields(0, &own_types(&lists), chance);
        own[10].domain = build::domain(&own[10].ty.clone(), true);
        let count = own.len();
        let mut pack = build::pack(build::questionnaire(own, vec![None; count]));
        pack.links = vec![prev(&lists, chance), frame(&lists, chance)];
        pack.lookups = lookups(&lists, chance);
        let (params, given) = params(&lists, chance);
        pack.params = params;
        route(&mut pack, &lists, chance);
        derive(&mut pack, &lists, chance);
        let rules = 1 + chance.below(30);
        for number in 0..rules {
            let rule = random_rule(&pack, &lists, chance, number);
            pack.rules.push(rule);
        }
        Self { pack: Arc::new(pack), given }
    }
}

fn prev(lists: &Lists, chance: &mut Chance) -> kenpyo::rule_pack::Link {
    let types = [
        ("n", build::number(0)),
        ("o", Type::Option(Arc::clone(&lists.size_again))),
        ("t", Type::Text),
        ("day", Type::Date),
        ("m", Type::Multi(Arc::clone(&lists.ticks_again))),
    ];
    let form = build::questionnaire(fields(1, &types, chance), vec![None; types.len()]);
    build::link("prev", 1, form, false)
}

fn frame(lists: &Lists, chance: &mut Chance) -> kenpyo::rule_pack::Link {
    let types = [("n", build::number(2)), ("o", Type::Option(Arc::clone(&lists.size))), ("k", Type::Code)];
    let form = build::questionnaire(fields(2, &types, chance), vec![None; types.len()]);
    build::link("frame", 2, form, true)
}

fn params(lists: &Lists, chance: &mut Chance) -> (Vec<Param>, BTreeMap<ParamId, Value>) {
    let all = [
        ("p0", build::number(0), Value::Number(50)),
        ("p1", build::number(1), Value::Number(125)),
        ("p2", Type::Date, Value::Date(19_770)),
        ("p3", Type::Option(Arc::clone(&lists.plain)), Value::Option(1)),
        ("p4", Type::Text, Value::Text(build::text("abc"))),
        ("p5", build::number(1), Value::Number(200)),
    ];
    let mut given = BTreeMap::new();
    let mut params = Vec::new();
    for (index, (name, ty, value)) in all.into_iter().enumerate() {
        let (fixed, from_run) = (chance.percent(40), chance.percent(96));
        if !fixed && from_run {
            given.insert(ParamId(u16::try_from(index).unwrap()), value.clone());
        }
        let value = fixed.then_some(value);
        params.push(Param { name: build::text(name), ty, value, required: false });
    }
    (params, given)
}

fn column(name: &str, ty: Type, unbounded: bool, cells: Vec<Option<Value>>) -> LookupColumn {
    LookupColumn { name: build::text(name), ty, unbounded, cells }
}

fn exact(keys: &[u16], columns: Vec<LookupColumn>, missing: LookupMissing) -> Lookup {
    let key = |row: usize| {
        let cell = |index: &u16| columns[usize::from(*index)].cells[row].clone().unwrap();
        keys.iter().map(cell).collect::<Vec<Value>>()
    };
    let rows = (0..columns[0].cells.len()).map(|row| (key(row), row)).collect();
    let keys = LookupKeys::Exact(keys.to_vec(), rows);
    Lookup { name: build::text("lookup"), columns, keys, record_keys: Vec::new(), labels: None, missing }
}

fn lookups(lists: &Lists, chance: &mut Chance) -> Vec<Lookup> {
    let mut missing = || *chance.pick(&[LookupMissing::Error, LookupMissing::Undecided, LookupMissing::Fail]);
    let option = |list: &Arc<OptionList>| Type::Option(Arc::clone(list));
    let numbers = |of: &[i64]| of.iter().map(|number| Some(Value::Number(*number))).collect::<Vec<_>>();
    let codes = |of: &[u8]| of.iter().map(|code| Some(Value::Option(*code))).collect::<Vec<_>>();
    let texts = |of: &[&str]| of.iter().map(|text| Some(Value::Text(build::text(text)))).collect::<Vec<_>>();
    let by_size = vec![
        column("size", option(&lists.size), false, codes(&[0, 1])),
        column("low", build::number(0), true, vec![None, Some(Value::Number(20))]),
        column("high", build::number(0), true, vec![Some(Value::Number(19)), None]),
        column("answer", option(&lists.plain), false, codes(&[1, 0])),
        column("text", Type::Text, false, texts(&["abc", "病院"])),
    ];
    let by_number = vec![
        column("low", build::number(0), false, numbers(&[0, 20, 100])),
        column("high", build::number(0), true, vec![Some(Value::Number(19)), Some(Value::Number(99)), None]),
        column("size", option(&lists.size), false, codes(&[0, 1, 2])),
    ];
    let interval = Lookup {
        name: build::text("interval"),
        columns: by_number,
        keys: LookupKeys::Interval {
            lows: vec![0, 20, 100],
            highs: vec![19, 99, i64::MAX],
            ty: build::number(0),
        },
        record_keys: Vec::new(),
        labels: None,
        missing: missing(),
    };
    let by_decimal = vec![
        column("key", build::number(1), false, numbers(&[0, 5, 10, 120])),
        column("value", build::number(2), false, numbers(&[1, 250, -7, 99])),
    ];
    let by_two = vec![
        column("answer", option(&lists.plain), false, codes(&[0, 0, 1])),
        column("text", Type::Text, false, texts(&["a", "病院", "a"])),
        column("day", Type::Date, false, [0, 19_782, -400].map(|day| Some(Value::Date(day))).to_vec()),
        column("number", build::number(0), false, numbers(&[1, 2, 3])),
    ];
    let by_code = vec![
        column("code", Type::Code, false, texts(&["011002", "0110113719", "12", "a"])),
        column("number", build::number(2), false, numbers(&[100, 1250, 0, -5])),
    ];
    vec![
        exact(&[0], by_size, missing()),
        interval,
        exact(&[0], by_decimal, missing()),
        exact(&[0, 1], by_two, missing()),
        exact(&[0], by_code, missing()),
    ]
}

/// The lookup of a key expression of some type.
pub const BY_SIZE: LookupId = LookupId(0);
pub const BY_INTERVAL: LookupId = LookupId(1);
pub const BY_DECIMAL: LookupId = LookupId(2);
pub const BY_TWO: LookupId = LookupId(3);
pub const BY_CODE: LookupId = LookupId(4);

/// Gives some fields a condition over fields before them.
fn route(pack: &mut RulePack, lists: &Lists, chance: &mut Chance) {
    for index in 5..pack.questionnaire.fields.len() {
        if chance.percent(45) {
            let routing = routing(pack, lists, chance, 0, index);
            pack.questionnaire.routing[index] = Some(routing);
        }
    }
    let last = pack.links[0].questionnaire.fields.len() - 1;
    let routing = routing(pack, lists, chance, 1, last);
    pack.links[0].questionnaire.routing[last] = Some(routing);
}

fn routing(pack: &RulePack, lists: &Lists, chance: &mut Chance, table: u16, index: usize) -> Routing {
    let mut own = Vec::new();
    let mut full = Vec::new();
    let mut nearest = BTreeSet::new();
    for _ in 0..=chance.below(2) {
        let earlier: Vec<FieldId> = (0..index).map(|earlier| id(table, earlier)).collect();
        let test = Grower::over(pack, lists, chance, &earlier).atom();
        let named = test.fields();
        let gates: Vec<TypedExpr> =
            named.iter().filter_map(|field| gate(pack, *field, chance)).chain([test.clone()]).collect();
        nearest.extend(named);
        let inverted = chance.percent(20);
        let turn = |expr: TypedExpr| if inverted { condition(Node::Not(Box::new(expr))) } else { expr };
        full.push(turn(condition(Node::And(gates))));
        own.push(turn(test));
    }
    let any = chance.percent(40);
    let join = |parts| condition(if any { Node::Or(parts) } else { Node::And(parts) });
    let ancestors = nearest.iter().flat_map(|field| build::controllers(pack, *field));
    let controllers = ancestors.chain(nearest.iter().copied()).collect();
    Routing { own: join(own), full: join(full), nearest, controllers }
}

/// R of a controller: by name, or written out.
fn gate(pack: &RulePack, field: FieldId, chance: &mut Chance) -> Option<TypedExpr> {
    let form = if field.table == 0 { &pack.questionnaire } else { &pack.links[0].questionnaire };
    let routing = form.routing[usize::from(field.index)].as_ref()?;
    Some(condition(if chance.percent(50) {
        Node::Relevant(field)
    } else {
        Node::Let(Arc::new(routing.full.clone()))
    }))
}

fn derive(pack: &mut RulePack, lists: &Lists, chance: &mut Chance) {
    let width = pack.questionnaire.fields.len();
    let size = Type::Option(Arc::clone(&lists.size));
    let columns = [
        (id(0, width), "v_number", build::number(2), false),
        (id(0, 4), "o0", size.clone(), true),
        (id(0, width + 1), "v_text", Type::Text, false),
        (id(0, 12), "t0", Type::Text, true),
        (id(0, width + 2), "v_day", Type::Date, false),
        (id(0, width + 3), "v_size", size, false),
        (id(0, 0), "n0", build::number(0), true),
    ];
    for (column, name, ty, fallback) in columns {
        // A value may read what is derived before it, but not the column that it fills.
        let earlier: Vec<FieldId> = (0..width)
            .map(|index| id(0, index))
            .chain(pack.derived.iter().map(|derived| derived.id))
            .filter(|other| *other != column && (!fallback || chance.percent(60)))
            .collect();
        let value = Grower::over(pack, lists, chance, &earlier).value(&ty, 2);
        let routed = build::reads(pack, &value);
        if routed.contains(&column) {
            continue;
        }
        pack.derived.push(build::derived(pack, column, name, ty, value, fallback));
    }
    // Columns of values that were left out would be gaps.
    let mut next = width;
    for derived in pack.derived.iter().filter(|derived| !derived.fallback) {
        assert_eq!(usize::from(derived.id.index), next, "plain values read only what is before them");
        next += 1;
    }
}

fn random_rule(
    pack: &RulePack,
    lists: &Lists,
    chance: &mut Chance,
    number: usize,
) -> kenpyo::rule_pack::EditRule {
    let mut grower = Grower::new(pack, lists, chance);
    let depth = 1 + grower.chance.below(4);
    let require = grower.condition(depth);
    let mut when = grower.chance.percent(60).then(|| grower.condition(2));
    let mut guards = BTreeSet::new();
    for table in [1, 2] {
        if grower.chance.percent(15) {
            guards.insert(table);
            let linked = condition(Node::Linked { table });
            when = Some(condition(Node::And(std::iter::once(linked).chain(when).collect())));
        }
    }
    let mut rule = build::rule(pack, &format!("R{number}"), when, require);
    rule.guards = guards;
    rule.on_blank = *chance.pick(&[OnBlank::Undecided, OnBlank::Undecided, OnBlank::Fail, OnBlank::Pass]);
    let conditions: Vec<TypedExpr> = rule
        .when
        .iter()
        .cloned()
        .chain(match &rule.demand {
            kenpyo::rule_pack::Demand::Require(require) => Some(require.clone()),
            kenpyo::rule_pack::Demand::Dataset(_) => None,
        })
        .collect();
    for expr in &conditions {
        rule.params.extend(params_of(pack, expr));
    }
    rule
}

fn params_of(pack: &RulePack, expr: &TypedExpr) -> BTreeSet<ParamId> {
    let mut found = BTreeSet::new();
    expr.walk(&mut |part| match &part.node {
        Node::Param(param)
        | Node::Within { tolerance: kenpyo::expression::typed::Tolerance::Param(param, _), .. } => {
            found.insert(*param);
        }
        Node::Relevant(field) => {
            let form = match usize::from(field.table).checked_sub(1) {
                None => &pack.questionnaire,
                Some(link) => &pack.links[link].questionnaire,
            };
            let routing = form.routing[usize::from(field.index)].as_ref();
            found.extend(routing.map(|routing| params_of(pack, &routing.full)).unwrap_or_default());
        }
        _ => {}
    });
    found
}

/// A form's fields by type, for whoever grows expressions over it.
pub fn columns(pack: &RulePack) -> Vec<(FieldId, Type)> {
    let forms: Vec<&Questionnaire> = std::iter::once(&pack.questionnaire)
        .chain(pack.links.iter().map(|link| &link.questionnaire))
        .collect();
    let fields = forms.iter().flat_map(|form| form.fields.iter()).map(|field| (field.id, field.ty.clone()));
    let derived = pack.derived.iter().filter(|derived| !derived.fallback);
    fields.chain(derived.map(|derived| (derived.id, derived.ty.clone()))).collect()
}

pub fn field_expr(id: FieldId, ty: &Type) -> TypedExpr {
    typed(Node::Field(id), ty.clone())
}
