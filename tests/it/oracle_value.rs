//! The twin's values: expressions that are no conditions, and every function.

use std::cmp::Ordering;

use kenpyo::expression::function::FunctionId;
use kenpyo::expression::tree::ArithmeticOp;
use kenpyo::expression::typed::By;
use kenpyo::expression::{FieldId, LookupId, Node, Type, TypedExpr, Value};
use kenpyo::questionnaire::Domain;
use kenpyo::rule_pack::{LookupKeys, LookupMissing};

use crate::oracle_patterns::SHIPPED;
use crate::oracle_plain as own;
use crate::oracle_plain::ten;
use crate::oracle_twin::{Cell, Tri, Twin, name, ordering, plain, scale, sure, unknown};

/// Why there is no value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lack {
    /// An absent key of a lookup whose tests are then false.
    pub fails: bool,
    /// A calculation without result.
    pub fault: bool,
    /// An empty bound.
    pub unbounded: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Is(Value),
    Not(Lack),
}

const NOTHING: Val = Val::Not(Lack { fails: false, fault: false, unbounded: false });
const FAULT: Val = Val::Not(Lack { fails: false, fault: true, unbounded: false });

impl Val {
    pub fn get(&self) -> Option<&Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Not(_) => None,
        }
    }

    pub fn lack(&self) -> Option<Lack> {
        match self {
            Self::Is(_) => None,
            Self::Not(lack) => Some(*lack),
        }
    }

    pub fn unbounded(&self) -> bool {
        self.lack().is_some_and(|lack| lack.unbounded)
    }
}

fn number(found: Option<i64>) -> Val {
    found.map_or(FAULT, |number| Val::Is(Value::Number(number)))
}

fn count(found: usize) -> Val {
    Val::Is(Value::Number(i64::try_from(found).unwrap()))
}

fn words(found: String) -> Val {
    Val::Is(Value::Text(found.into()))
}

/// A lack that takes over the failures and faults of what it was made from.
fn lacking(from: &[Val]) -> Val {
    let lacks: Vec<Lack> = from.iter().filter_map(Val::lack).collect();
    Val::Not(Lack {
        fails: lacks.iter().any(|lack| lack.fails),
        fault: lacks.iter().any(|lack| lack.fault),
        unbounded: false,
    })
}

/// What an argument is, where states count.
enum Standing {
    Value(Value),
    Blank,
    Marked(u8),
    Unknown,
}

fn text_of(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn constant(expr: &TypedExpr) -> &str {
    match &expr.node {
        Node::Literal(value) => text_of(value),
        other => panic!("{other:?} is no constant text"),
    }
}

fn field_of(expr: &TypedExpr) -> Option<FieldId> {
    match &expr.node {
        Node::Field(field) => Some(*field),
        Node::Let(part) => field_of(part),
        _ => None,
    }
}

impl Twin<'_> {
    pub fn value(&mut self, expr: &TypedExpr) -> Val {
        let found = self.value_of(expr);
        let counts = self.tally.entry(name(expr)).or_default();
        counts[0] += 1;
        counts[1] += u64::from(found.get().is_some());
        found
    }

    fn value_of(&mut self, expr: &TypedExpr) -> Val {
        match &expr.node {
            Node::Literal(value) => Val::Is(value.clone()),
            Node::Let(part) => self.value(part),
            Node::Field(field) => match self.cell(*field) {
                Cell::Value(value) => Val::Is(value.clone()),
                _ => NOTHING,
            },
            Node::Param(param) => self.params.get(param).map_or(NOTHING, |value| Val::Is(value.clone())),
            Node::Lookup { lookup, keys, column } => self.lookup(*lookup, keys, *column),
            Node::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, scale(&expr.ty)),
            Node::Negate(part) => {
                let found = self.value(part);
                let found = self.adapted(found, &part.ty, &expr.ty);
                self.made(&[found], |values| number(i64::try_from(-plain(&values[0])).ok()))
            }
            Node::Choose { condition, then, otherwise } => {
                let (asked, then_, otherwise_) =
                    (self.truth(condition), self.value(then), self.value(otherwise));
                match asked.is {
                    None => Val::Not(Lack { fault: asked.fault, ..Lack::default() }),
                    Some(true) => self.adapted(then_, &then.ty, &expr.ty),
                    Some(false) => self.adapted(otherwise_, &otherwise.ty, &expr.ty),
                }
            }
            Node::Call { function, arguments } => self.call(*function, arguments, &expr.ty),
            other => panic!("{other:?} is no value"),
        }
    }

    /// A value in the scale or option list of another type.
    pub fn adapted(&self, found: Val, from: &Type, to: &Type) -> Val {
        match (&found, from, to) {
            (Val::Is(Value::Number(found)), Type::Number { scale: a, .. }, Type::Number { scale: b, .. }) => {
                number(own::nearest(i128::from(*found) * ten(*b), ten(*a)))
            }
            (Val::Is(Value::Option(code)), Type::Option(from), Type::Option(to)) => {
                let option = to.index_of(&from.items[usize::from(*code)].name);
                option.map_or(NOTHING, |option| Val::Is(Value::Option(option)))
            }
            _ => found,
        }
    }

    /// Computes from values; unknown where one is missing.
    fn made(&self, found: &[Val], make: impl Fn(&[Value]) -> Val) -> Val {
        if found.iter().any(|found| found.get().is_none()) {
            return lacking(found);
        }
        let values: Vec<Value> = found.iter().filter_map(|found| found.get().cloned()).collect();
        make(&values)
    }

    fn values(&mut self, arguments: &[TypedExpr]) -> Vec<Val> {
        arguments.iter().map(|argument| self.value(argument)).collect()
    }

    /// A set; a blank cell is the empty one where the questionnaire says so.
    pub fn set(&mut self, expr: &TypedExpr) -> Val {
        let empty = field_of(expr)
            .and_then(|id| self.pack.field(id))
            .is_some_and(|field| matches!(&field.domain, Domain::Multi(layout) if layout.blank_is_empty_set));
        let blank = field_of(expr).is_some_and(|id| matches!(self.cell(id), Cell::Blank | Cell::Absent));
        if empty && blank {
            return Val::Is(Value::Multi { set: 0, listed: 0 });
        }
        self.value(expr)
    }

    fn arithmetic(&mut self, op: ArithmeticOp, left: &TypedExpr, right: &TypedExpr, to: u8) -> Val {
        let found = [self.value(left), self.value(right)];
        let (a, b) = (scale(&left.ty), scale(&right.ty));
        self.made(&found, |values| {
            let (l, r) = (plain(&values[0]), plain(&values[1]));
            number(match op {
                ArithmeticOp::Add => own::nearest((l * ten(b) + r * ten(a)) * ten(to), ten(a + b)),
                ArithmeticOp::Subtract => own::nearest((l * ten(b) - r * ten(a)) * ten(to), ten(a + b)),
                ArithmeticOp::Multiply if to > a + b => own::nearest(l * r * ten(to - a - b), 1),
                ArithmeticOp::Multiply => own::nearest(l * r, ten(a + b - to)),
                ArithmeticOp::Divide => own::nearest(l * ten(b) * ten(to), r * ten(a)),
            })
        })
    }

    /// The lookup's row. `None`: it has no such key.
    pub fn row_of(&self, lookup: LookupId, values: &[Value], types: &[&Type]) -> Option<usize> {
        let table = &self.pack.lookups[usize::from(lookup.0)];
        match &table.keys {
            LookupKeys::Interval { lows, highs, ty } => {
                let (ours, theirs) = (scale(types[0]), scale(ty));
                let wanted = plain(&values[0]) * ten(theirs);
                let bound = |bound: i64| i128::from(bound) * ten(ours);
                (0..lows.len()).find(|&row| {
                    bound(lows[row]) <= wanted && (highs[row] == i64::MAX || wanted <= bound(highs[row]))
                })
            }
            LookupKeys::Exact(columns, _) => {
                let column = |index: &u16| &table.columns[usize::from(*index)];
                let rows = table.columns[0].cells.len();
                (0..rows).find(|&row| {
                    columns.iter().zip(values.iter().zip(types)).all(|(index, (value, ty))| {
                        let theirs = column(index);
                        theirs.cells[row].as_ref().is_some_and(|cell| equal((value, ty), (cell, &theirs.ty)))
                    })
                })
            }
        }
    }

    fn lookup(&mut self, lookup: LookupId, keys: &[TypedExpr], column: u16) -> Val {
        let found = self.values(keys);
        let types: Vec<&Type> = keys.iter().map(|key| &key.ty).collect();
        let table = &self.pack.lookups[usize::from(lookup.0)];
        let column = &table.columns[usize::from(column)];
        self.made(&found, |values| match self.row_of(lookup, values, &types) {
            Some(row) => match &column.cells[row] {
                Some(value) => Val::Is(value.clone()),
                None => Val::Not(Lack { unbounded: column.unbounded, ..Lack::default() }),
            },
            None => Val::Not(Lack {
                fails: table.missing == LookupMissing::Fail,
                fault: table.missing == LookupMissing::Error,
                unbounded: false,
            }),
        })
    }

    fn standing(&mut self, expr: &TypedExpr) -> (Standing, Val) {
        let found = self.value(expr);
        let standing = match (found.get(), field_of(expr).map(|id| self.cell(id))) {
            (Some(value), _) => Standing::Value(value.clone()),
            (None, Some(Cell::Blank | Cell::Absent)) => Standing::Blank,
            (None, Some(Cell::Na(mark))) => Standing::Marked(*mark),
            (None, _) => Standing::Unknown,
        };
        (standing, found)
    }

    fn mark_name(&self, field: FieldId, mark: u8) -> String {
        let marks = self.pack.field(field).map(|field| field.marks.clone()).unwrap_or_default();
        let name = usize::from(mark).checked_sub(1).and_then(|place| marks.get(place));
        name.map_or(String::new(), |mark| mark.name.to_string())
    }

    /// Calls that give a truth value.
    pub fn test_call(&mut self, function: FunctionId, arguments: &[TypedExpr]) -> Tri {
        match function {
            FunctionId::Marked => {
                let field = field_of(&arguments[0]).expect("a cell");
                let wanted = constant(&arguments[1]);
                match self.cell(field) {
                    Cell::Invalid => unknown(false),
                    Cell::Na(mark) | Cell::Dk(mark) => {
                        sure(*mark > 0 && self.mark_name(field, *mark) == wanted)
                    }
                    _ => sure(false),
                }
            }
            FunctionId::Same => self.same(&arguments[0], &arguments[1]),
            FunctionId::Distinct => self.distinct(arguments),
            _ => {
                let found = self.values(&arguments[..1]);
                match function {
                    FunctionId::Matches => {
                        let pattern = constant(&arguments[1]);
                        let mut known = own::PATTERNS.iter().chain(SHIPPED);
                        let (_, fits) = known.find(|(text, _)| *text == pattern).expect("a known pattern");
                        self.test(&found, |values| Some(fits(text_of(&values[0]))))
                    }
                    FunctionId::Starts => {
                        let found = [found[0].clone(), self.value(&arguments[1])];
                        self.test(&found, |values| {
                            let mut rest = text_of(&values[0]).chars();
                            Some(text_of(&values[1]).chars().all(|wanted| rest.next() == Some(wanted)))
                        })
                    }
                    FunctionId::Luhn => self.test(&found, |values| Some(own::luhn(text_of(&values[0])))),
                    FunctionId::JisX0402 => self.test(&found, |values| Some(own::jis(text_of(&values[0])))),
                    other => panic!("{other:?} is no condition"),
                }
            }
        }
    }

    fn same(&mut self, left: &TypedExpr, right: &TypedExpr) -> Tri {
        let ((a, first), (b, second)) = (self.standing(left), self.standing(right));
        let names = |this: &Self, a: u8, b: u8| {
            let name = |expr, mark| field_of(expr).map(|id| this.mark_name(id, mark)).unwrap_or_default();
            name(left, a) == name(right, b)
        };
        match (a, b) {
            (Standing::Unknown, _) | (_, Standing::Unknown) => {
                let Val::Not(lack) = lacking(&[first, second]) else { return unknown(false) };
                if lack.fails { sure(false) } else { unknown(lack.fault) }
            }
            (Standing::Value(a), Standing::Value(b)) => sure(equal((&a, &left.ty), (&b, &right.ty))),
            (Standing::Blank, Standing::Blank) => sure(true),
            (Standing::Marked(a), Standing::Marked(b)) => sure(names(self, a, b)),
            _ => sure(false),
        }
    }

    fn distinct(&mut self, arguments: &[TypedExpr]) -> Tri {
        let found: Vec<(Standing, Val)> = arguments.iter().map(|argument| self.standing(argument)).collect();
        let mut seen: Vec<(Value, &Type)> = Vec::new();
        for ((standing, _), argument) in found.iter().zip(arguments) {
            let Standing::Value(value) = standing else { continue };
            let twice = match value {
                Value::Multi { set, listed } => u32::from(*listed) > set.count_ones(),
                _ => false,
            };
            let again = seen.iter().any(|(other, ty)| match (other, value) {
                (Value::Multi { set: a, .. }, Value::Multi { set: b, .. }) => {
                    shared(*a, ty, *b, &argument.ty)
                }
                _ => equal((other, ty), (value, &argument.ty)),
            });
            if twice || again {
                return sure(false);
            }
            seen.push((value.clone(), &argument.ty));
        }
        let values: Vec<Val> = found.iter().map(|(_, value)| value.clone()).collect();
        let Val::Not(lack) = lacking(&values) else { return sure(true) };
        if lack.fails {
            sure(false)
        } else if found.iter().any(|(standing, _)| matches!(standing, Standing::Unknown)) {
            unknown(lack.fault)
        } else {
            sure(true)
        }
    }

    /// Calls that give a value.
    fn call(&mut self, function: FunctionId, arguments: &[TypedExpr], ty: &Type) -> Val {
        match function {
            FunctionId::SumPresent => self.sum_present(arguments, ty),
            FunctionId::Count | FunctionId::CountListed => {
                let found = self.set(&arguments[0]);
                self.made(&[found], |values| match values[0] {
                    Value::Multi { set, .. } if function == FunctionId::Count => {
                        count((0..64).filter(|bit| set >> bit & 1 == 1).count())
                    }
                    Value::Multi { listed, .. } => count(usize::from(listed)),
                    _ => NOTHING,
                })
            }
            FunctionId::CountAnswered => {
                let cells = arguments.iter().filter_map(field_of);
                count(cells.filter(|id| matches!(self.cell(*id), Cell::Value(_) | Cell::Dk(_))).count())
            }
            FunctionId::CountTrue => {
                let truths: Vec<Tri> = arguments.iter().map(|argument| self.truth(argument)).collect();
                if truths.iter().any(|truth| truth.is.is_none()) {
                    let fault = truths.iter().any(|truth| truth.fault);
                    return Val::Not(Lack { fault, ..Lack::default() });
                }
                count(truths.iter().filter(|truth| truth.is == Some(true)).count())
            }
            FunctionId::CountParts => self.count_parts(arguments),
            FunctionId::Occurrences => {
                let found = self.values(arguments);
                self.made(&found[..1], |values| {
                    let equals = |(found, argument): &(&Val, &TypedExpr)| {
                        let sought = (&values[0], &arguments[0].ty);
                        found.get().is_some_and(|found| equal(sought, (found, &argument.ty)))
                    };
                    count(found[1..].iter().zip(&arguments[1..]).filter(equals).count())
                })
            }
            FunctionId::Coalesce => {
                let found = self.values(arguments);
                let found: Vec<Val> = found
                    .into_iter()
                    .zip(arguments)
                    .map(|(found, argument)| self.adapted(found, &argument.ty, ty))
                    .collect();
                found.iter().find(|found| found.get().is_some()).cloned().unwrap_or_else(|| lacking(&found))
            }
            FunctionId::Fingerprint => {
                let parts: Vec<String> = arguments.iter().map(|argument| self.spelled(argument)).collect();
                words(parts.join("|"))
            }
            _ => {
                let found = self.values(arguments);
                let types: Vec<&Type> = arguments.iter().map(|argument| &argument.ty).collect();
                self.made(&found, |values| computed(function, values, &types, scale(ty)))
            }
        }
    }

    fn sum_present(&mut self, arguments: &[TypedExpr], ty: &Type) -> Val {
        let found: Vec<(Standing, Val)> = arguments.iter().map(|argument| self.standing(argument)).collect();
        let values: Vec<Val> = found.iter().map(|(_, value)| value.clone()).collect();
        let any = found.iter().any(|(standing, _)| matches!(standing, Standing::Value(_)));
        let blank = found.iter().any(|(standing, _)| matches!(standing, Standing::Blank));
        let unknown = found.iter().any(|(standing, _)| matches!(standing, Standing::Unknown));
        if unknown || (blank && !any) {
            return lacking(&values);
        }
        let terms = values.iter().zip(arguments);
        let terms =
            terms.filter_map(|(value, argument)| Some(plain(value.get()?) * ten(9 - scale(&argument.ty))));
        number(own::nearest(terms.sum(), ten(9 - scale(ty))))
    }

    fn count_parts(&mut self, arguments: &[TypedExpr]) -> Val {
        let (standing, found) = self.standing(&arguments[0]);
        let separator = constant(&arguments[1]);
        match standing {
            Standing::Value(value) => {
                count(text_of(&value).split(separator).filter(|part| !part.trim().is_empty()).count())
            }
            Standing::Blank | Standing::Marked(_) => count(0),
            Standing::Unknown => lacking(&[found]),
        }
    }

    fn spelled(&mut self, argument: &TypedExpr) -> String {
        let field = field_of(argument).expect("a cell");
        let named = |mark: u8, other: &str| match mark {
            0 => format!("~{other}"),
            mark => format!("~{}", self.mark_name(field, mark)),
        };
        let value = match self.cell(field) {
            Cell::Blank | Cell::Absent => return "~blank".to_owned(),
            Cell::Na(mark) => return named(*mark, "na"),
            Cell::Dk(mark) => return named(*mark, "dk"),
            Cell::Invalid => return "~dk".to_owned(),
            Cell::Value(value) => value.clone(),
        };
        self.tally.entry("fingerprint of a value").or_default()[0] += 1;
        let text = match (&value, &argument.ty) {
            (Value::Number(number), ty) => decimal(*number, scale(ty)),
            (Value::Option(code), Type::Option(list)) => list.items[usize::from(*code)].code.to_string(),
            (Value::Multi { set, .. }, Type::Multi(list)) => {
                let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> option & 1 == 1);
                chosen.map(|(_, item)| item.code.to_string()).collect::<Vec<_>>().join(",")
            }
            (Value::Text(text), _) => text.to_string(),
            (Value::Date(day), _) => iso(i64::from(*day)),
            (Value::DateTime(moment), _) => {
                let clock = moment.rem_euclid(86_400);
                let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
                format!("{}T{hour:02}:{minute:02}:{second:02}", iso(moment.div_euclid(86_400)))
            }
            (Value::YearMonth(month), _) => {
                format!("{:04}-{:02}", 1970 + month.div_euclid(12), month.rem_euclid(12) + 1)
            }
            other => panic!("{other:?}"),
        };
        format!("={}", text.replace('\\', "\\\\").replace('|', "\\|"))
    }
}

fn iso(day: i64) -> String {
    let (year, month, day) = own::civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn decimal(number: i64, scale: u8) -> String {
    let power = ten(scale).unsigned_abs();
    let size = u128::from(number.unsigned_abs());
    let rest = format!("{:0width$}", size % power, width = usize::from(scale));
    let rest = rest.trim_end_matches('0');
    let sign = if number < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", size / power)
}

/// Whether two values of comparable types are equal.
pub fn equal(left: (&Value, &Type), right: (&Value, &Type)) -> bool {
    let by = match left.1 {
        Type::Number { .. } => By::Number,
        Type::Option(_) => By::Name,
        Type::Text | Type::Code => By::Text,
        Type::Multi(_) => {
            let names = |(value, ty): (&Value, &Type)| match (value, ty) {
                (Value::Multi { set, .. }, Type::Multi(list)) => {
                    let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> option & 1 == 1);
                    chosen.map(|(_, item)| item.name.to_string()).collect::<std::collections::BTreeSet<_>>()
                }
                other => panic!("{other:?}"),
            };
            return names(left) == names(right);
        }
        _ => By::Time,
    };
    ordering(by, left, right) == Some(Ordering::Equal)
}

/// Whether two sets share an option's name.
fn shared(a: u64, ours: &Type, b: u64, theirs: &Type) -> bool {
    let (Type::Multi(ours), Type::Multi(theirs)) = (ours, theirs) else { return false };
    (0..ours.items.len()).filter(|option| a >> option & 1 == 1).any(|option| {
        let other = theirs.index_of(&ours.items[option].name);
        other.is_some_and(|other| b >> other & 1 == 1)
    })
}

/// Functions that need all their arguments.
fn computed(function: FunctionId, values: &[Value], types: &[&Type], to: u8) -> Val {
    let whole = |place: usize| i64::try_from(plain(&values[place])).unwrap();
    let aligned = || values.iter().zip(types).map(|(value, ty)| plain(value) * ten(9 - scale(ty)));
    let day =
        |found: Option<i64>| found.map_or(FAULT, |day| Val::Is(Value::Date(i32::try_from(day).unwrap())));
    let month = || {
        if types[0] == &Type::YearMonth {
            (1970 + whole(0).div_euclid(12), whole(0).rem_euclid(12) + 1)
        } else {
            let (year, month, _) = own::civil(whole(0));
            (year, month)
        }
    };
    let is = |found: i64| Val::Is(Value::Number(found));
    match function {
        FunctionId::Sum => number(own::nearest(aligned().sum(), ten(9 - to))),
        FunctionId::Min => number(own::nearest(aligned().min().unwrap(), ten(9 - to))),
        FunctionId::Max => number(own::nearest(aligned().max().unwrap(), ten(9 - to))),
        FunctionId::Abs => number(own::nearest(aligned().next().unwrap().abs(), ten(9 - to))),
        FunctionId::RoundHalfUp => number(own::nearest(aligned().next().unwrap(), ten(9 - to))),
        FunctionId::Percent => {
            let above = plain(&values[0]) * 100 * ten(scale(types[1])) * ten(to);
            number(own::nearest(above, plain(&values[1]) * ten(scale(types[0]))))
        }
        FunctionId::Length => count(text_of(&values[0]).chars().count()),
        FunctionId::Substring => {
            let characters: Vec<char> = text_of(&values[0]).chars().collect();
            let (first, length) = (plain(&values[1]), plain(&values[2]));
            let place = |index: usize| i128::try_from(index + 1).unwrap();
            let kept = characters.iter().enumerate();
            let kept = kept.filter(|(index, _)| place(*index) >= first && place(*index) < first + length);
            let piece: String = kept.map(|(_, character)| character).collect();
            if first < 1 || piece.is_empty() { NOTHING } else { words(piece) }
        }
        FunctionId::Concat => words(values.iter().map(text_of).collect()),
        FunctionId::Normalized => words(own::name_form(text_of(&values[0]))),
        FunctionId::Similarity => {
            let [a, b] = [0, 1].map(|place| text_of(&values[place]).chars().collect::<Vec<char>>());
            let longer = a.len().max(b.len());
            match longer {
                0 => is(1_000_000),
                257.. => FAULT,
                _ => {
                    let alike = i128::try_from(longer - own::distance(&a, &b)).unwrap();
                    number(own::nearest(alike * 1_000_000, i128::try_from(longer).unwrap()))
                }
            }
        }
        FunctionId::Year => is(month().0),
        FunctionId::Month => is(month().1),
        FunctionId::FiscalYear => is(if month().1 < 4 { month().0 - 1 } else { month().0 }),
        FunctionId::DaysBetween => is(whole(1) - whole(0)),
        FunctionId::YearsBetween => is(own::years_between(whole(0), whole(1))),
        FunctionId::AddDays => day(whole(0)
            .checked_add(whole(1))
            .filter(|day| day.unsigned_abs() < 9_000_000)
            .and_then(own::real)),
        FunctionId::AddMonths => day(own::add_months(whole(0), whole(1))),
        FunctionId::AddYears => {
            day(whole(1).checked_mul(12).and_then(|months| own::add_months(whole(0), months)))
        }
        FunctionId::Date => day(Some(whole(0).div_euclid(86_400))),
        other => panic!("{other:?} gives no value"),
    }
}
