//! The twin's functions over cells and conditions: those that ask in which state a cell is.
//!
//! Invariants
//! - Each function is written from its row of the language's table, with every state of a cell named.

use kenpyo::expression::function::FunctionId;
use kenpyo::expression::{FieldId, Node, Type, TypedExpr, Value};

use super::computed::{computed, decimal, iso};
use super::{Lack, NOTHING, Val, count, equal, field_of, lacking, number, text_of, words};
use crate::oracle_patterns::SHIPPED;
use crate::oracle_plain as own;
use crate::oracle_plain::ten;
use crate::oracle_twin::{Cell, Tri, Twin, plain, scale, sure, unknown};

/// What an argument is, where states count.
enum Standing {
    Value(Value),
    Blank,
    Marked(u8),
    Unknown,
}

fn constant(expr: &TypedExpr) -> &str {
    match &expr.node {
        Node::Literal(value) => text_of(value),
        other => panic!("{other:?} is no constant text"),
    }
}

impl Twin<'_> {
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
    pub fn call(&mut self, function: FunctionId, arguments: &[TypedExpr], ty: &Type) -> Val {
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

/// Whether two sets share an option's name.
fn shared(a: u64, ours: &Type, b: u64, theirs: &Type) -> bool {
    let (Type::Multi(ours), Type::Multi(theirs)) = (ours, theirs) else { return false };
    (0..ours.items.len()).filter(|option| a >> option & 1 == 1).any(|option| {
        let other = theirs.index_of(&ours.items[option].name);
        other.is_some_and(|other| b >> other & 1 == 1)
    })
}
