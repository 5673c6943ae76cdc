//! Placeholders → arguments: what a message shows of one record.
//!
//! Invariants
//! - An answer that is withheld never becomes an argument, nor does what is computed of it: a neutral word stands in
//!   its place.
//! - What a placeholder prints does not depend on the language; the argument knows both.

use std::rc::Rc;
use std::sync::Arc;

use super::calendar::print_time;
use super::machine::Machine;
use super::values::{RowValue, Values};
use super::withheld::Withheld;
use crate::batch::example::type_of;
use crate::batch::locate::Locator;
use crate::diagnostic::{Argument, Decimal, Language, Localized};
use crate::expression::{FieldId, OptionList, Type, Value};
use crate::plan::{Plan, StepId, time_kind};
use crate::questionnaire::Field;
use crate::rule_pack::{Let, LookupKeys, Placeholder};

/// What the placeholders of one notice refer to.
pub(super) struct Setting<'r> {
    /// The rule's named values.
    pub(super) lets: &'r [Let],
    /// Their steps.
    pub(super) steps: &'r [StepId],
    /// The blamed fields.
    pub(super) blame: &'r [FieldId],
}

/// Stands for an answer that is withheld.
pub(super) fn hidden() -> Argument {
    fixed("（非公開）", "(private)")
}

fn fixed(ja: &str, en: &str) -> Argument {
    Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en)))
}

/// Makes arguments over one batch.
pub(super) struct Arguments<'p, 'b> {
    pub(super) machine: Machine<'p, 'b>,
    pub(super) locator: Locator<'b>,
    pub(super) withheld: Withheld,
}

impl<'p, 'b> Arguments<'p, 'b> {
    fn plan(&self) -> &'p Plan {
        self.machine.plan
    }

    /// The arguments for `placeholders` in `row`, in order.
    pub(super) fn all(
        &mut self,
        placeholders: &[Placeholder],
        setting: &Setting<'_>,
        row: usize,
    ) -> Vec<Argument> {
        placeholders.iter().map(|placeholder| self.one(placeholder, setting, row)).collect()
    }

    fn one(&mut self, placeholder: &Placeholder, setting: &Setting<'_>, row: usize) -> Argument {
        let pack = &self.plan().pack;
        match placeholder {
            Placeholder::Written(field) => self.written(*field, row),
            Placeholder::Label(field) => self.label(*field, row),
            Placeholder::Fixed(text) => Argument::Localized(text.clone()),
            Placeholder::Param(param) => {
                let value = self.plan().params.get(param);
                let ty = pack.params.get(usize::from(param.0)).map(|param| &param.ty);
                value.zip(ty).map_or(Argument::NotGiven, |(value, ty)| constant(value, ty))
            }
            Placeholder::Let(place) | Placeholder::LetLabel(place) => self.computed(setting, *place, row),
            Placeholder::LookupLabel(lookup) => {
                self.lookup_label(usize::from(lookup.0), row).unwrap_or(Argument::Nothing)
            }
            Placeholder::Blanks => self.blanks(setting.blame, row),
            Placeholder::Published(_) => Argument::NotGiven,
        }
    }

    /// The answer as written; a value that was not written (derived, linked) as it would be.
    fn written(&self, field: FieldId, row: usize) -> Argument {
        if self.withheld.holds(field) {
            return hidden();
        }
        let own = field.table == self.machine.batch.about;
        let cell = own.then(|| self.locator.written(row, field));
        match cell {
            // A message says the unit itself: 100床 in the cell would be 100床床.
            Some(cell) if self.has_words(field, &cell) => self.value(field, row, false).unwrap_or(cell),
            Some(cell) if cell != Argument::NotGiven => cell,
            _ => self
                .value(field, row, false)
                .or_else(|| self.marked(field, row))
                .unwrap_or(Argument::NotGiven),
        }
    }

    /// A mark that stands in no file (that of a linked record, of an example): its first spelling. `None`: there is none.
    fn marked(&self, field: FieldId, row: usize) -> Option<Argument> {
        let column = self.machine.column(field)?;
        if !column.na.get(row) && !column.dk.get(row) {
            return None;
        }
        let number =
            column.marks.as_ref().and_then(|marks| marks.get(row)).map(|number| usize::from(*number));
        let marks = &self.plan().pack.field(field)?.marks;
        let mark = match number.and_then(|number| number.checked_sub(1)) {
            Some(place) => marks.get(place),
            None => marks.iter().find(|mark| mark.dont_know == column.dk.get(row)),
        };
        Some(Argument::written(mark?.tokens.first()?))
    }

    /// Whether a number with a unit is written with more than its digits and their signs.
    fn has_words(&self, field: FieldId, cell: &Argument) -> bool {
        let ty = self.plan().pack.field(field).map(|field| &field.ty);
        let Argument::Text(text) = cell else { return false };
        matches!(ty, Some(Type::Number { unit: Some(_), .. })) && text.chars().any(char::is_alphabetic)
    }

    /// Whether the value was not written in the file but filled in.
    pub(super) fn is_filled(&self, field: FieldId, row: usize) -> bool {
        let known = self.machine.column(field).is_some_and(|column| column.known.get(row));
        field.table == 0 && known && self.locator.written(row, field) == Argument::NotGiven
    }

    fn label(&self, field: FieldId, row: usize) -> Argument {
        if self.withheld.holds(field) {
            return hidden();
        }
        self.value(field, row, true).unwrap_or_else(|| self.written(field, row))
    }

    /// The column's value. `None`: it has none.
    pub(super) fn value(&self, field: FieldId, row: usize, label: bool) -> Option<Argument> {
        if self.withheld.fills(field) && self.is_filled(field, row) {
            return Some(hidden());
        }
        let ty = type_of(&self.plan().pack, field)?;
        match (self.machine.one(field, row)?, ty) {
            (RowValue::Option(code), Type::Option(list)) if !label => {
                Some(Argument::Text(list.get(code)?.code.as_ref().into()))
            }
            (one, ty) => printed(one, ty),
        }
    }

    fn computed(&mut self, setting: &Setting<'_>, place: usize, row: usize) -> Argument {
        let Some((value, &step)) = setting.lets.get(place).zip(setting.steps.get(place)) else {
            return Argument::Nothing;
        };
        if self.withheld.reads(&value.value) {
            return hidden();
        }
        if value.value.ty == Type::Condition {
            return self.truth(step, row);
        }
        let values: Rc<Values<'b>> = self.machine.values(step);
        let one = values.one(row, self.machine.batch);
        one.and_then(|one| printed(one, &value.value.ty)).unwrap_or(Argument::Nothing)
    }

    fn truth(&mut self, step: StepId, row: usize) -> Argument {
        let truth = self.machine.truth(step);
        if truth.yes.get(row) {
            fixed("真", "true")
        } else if truth.no.get(row) {
            fixed("偽", "false")
        } else {
            Argument::Nothing
        }
    }

    /// The lookup's label by the record's key fields. `None`: a key has no value, or the table no such row.
    fn lookup_label(&self, lookup: usize, row: usize) -> Option<Argument> {
        let plan = self.plan();
        let table = plan.pack.lookups.get(lookup)?;
        if table.record_keys.iter().any(|key| self.withheld.holds(*key) || self.withheld.fills(*key)) {
            return Some(hidden());
        }
        let labels = table.labels.as_ref()?;
        let LookupKeys::Exact(_, rows) = &table.keys else { return None };
        let mut key = Vec::new();
        for &field in &table.record_keys {
            key.push(self.key_value(field, row)?);
        }
        let place = *rows.get(&key)?;
        let text = |column: &u16| match table.columns.get(usize::from(*column))?.cells.get(place)? {
            Some(Value::Text(text)) => Some(Arc::clone(text)),
            _ => None,
        };
        Some(Argument::Localized(Localized::new(text(&labels.ja)?, text(&labels.en)?)))
    }

    fn key_value(&self, field: FieldId, row: usize) -> Option<Value> {
        Some(match self.machine.one(field, row)? {
            RowValue::Option(code) => Value::Option(code),
            RowValue::Text(text) => Value::Text(text.into()),
            RowValue::Number(number) => Value::Number(number),
            RowValue::Set(_) => return None,
        })
    }

    /// Titles of the blamed fields that are blank.
    fn blanks(&self, blame: &[FieldId], row: usize) -> Argument {
        let pack = &self.plan().pack;
        let blank = blame.iter().filter(|&&field| self.machine.is_blank(field, row));
        let titles: Vec<Argument> =
            blank.filter_map(|&field| Some(Argument::Localized(pack.field(field)?.title()))).collect();
        if titles.is_empty() { Argument::Nothing } else { Argument::List(titles) }
    }

    /// What stands beside the mark of `field`'s cell: its title, and what the cell does not say by itself.
    pub(super) fn beside(&self, field: FieldId, row: usize, values: bool) -> Argument {
        let Some(title) = self.plan().pack.field(field).map(Field::title) else { return Argument::Nothing };
        let says = if values && !self.withheld.holds(field) { self.says(field, row) } else { None };
        let Some(says) = says else { return Argument::Localized(title) };
        let (ja, en) = (says.print(Language::Ja), says.print(Language::En));
        fixed(&format!("{}：{ja}", title.ja), &format!("{}: {en}", title.en))
    }

    /// What a cell means: a state, the label of the chosen option, the value that was filled in. `None`: the cell
    /// shows it.
    fn says(&self, field: FieldId, row: usize) -> Option<Argument> {
        let column = self.machine.column(field)?;
        if column.blank.get(row) {
            return Some(Argument::NotGiven);
        }
        if column.na.get(row) {
            return Some(fixed("非該当", "not applicable"));
        }
        if column.dk.get(row) {
            return Some(fixed("不明", "don't know"));
        }
        if self.is_filled(field, row) {
            let value = self.value(field, row, true)?;
            let (ja, en) = (value.print(Language::Ja), value.print(Language::En));
            let blank = Argument::NotGiven;
            let (blank_ja, blank_en) = (blank.print(Language::Ja), blank.print(Language::En));
            return Some(fixed(&format!("{blank_ja}（{ja}と判定）"), &format!("{blank_en} (taken as {en})")));
        }
        let is_option = matches!(self.plan().pack.field(field)?.ty, Type::Option(_));
        if is_option { self.value(field, row, true) } else { None }
    }
}

/// A value of `ty`. `None`: it is of another type.
fn printed(one: RowValue<'_>, ty: &Type) -> Option<Argument> {
    match (one, ty) {
        (RowValue::Option(code), Type::Option(list)) => option(list, code),
        (RowValue::Set((chosen, _)), Type::Multi(list)) => Some(set(list, chosen)),
        (RowValue::Text(text), _) => Some(Argument::written(text)),
        (RowValue::Number(value), ty) => number(value, ty),
        _ => None,
    }
}

fn option(list: &OptionList, code: u8) -> Option<Argument> {
    list.get(code).map(|item| Argument::Localized(item.label.clone()))
}

fn set(list: &OptionList, set: u64) -> Argument {
    let chosen = list.items.iter().enumerate().filter(|(option, _)| set >> (option & 63) & 1 == 1);
    let labels: Vec<Argument> = chosen.map(|(_, item)| Argument::Localized(item.label.clone())).collect();
    if labels.is_empty() { Argument::Nothing } else { Argument::List(labels) }
}

fn number(number: i64, ty: &Type) -> Option<Argument> {
    Some(match ty {
        Type::Number { scale, .. } => Argument::Number(Decimal { mantissa: number, scale: *scale }),
        time @ (Type::Date | Type::DateTime | Type::YearMonth) => {
            Argument::from(print_time(number, time_kind(time)))
        }
        _ => return None,
    })
}

/// A value of `ty` that stands in no record.
pub(super) fn constant(value: &Value, ty: &Type) -> Argument {
    let printed = match (value, ty) {
        (Value::Text(text), _) => Some(Argument::written(text)),
        (Value::Option(code), Type::Option(list)) => option(list, *code),
        (Value::Multi { set: chosen, .. }, Type::Multi(list)) => Some(set(list, *chosen)),
        (Value::Truth(truth), _) => Some(Argument::from(if *truth { "true" } else { "false" })),
        (Value::Number(value) | Value::DateTime(value), ty) => number(*value, ty),
        (Value::Date(value) | Value::YearMonth(value), ty) => number(i64::from(*value), ty),
        _ => None,
    };
    printed.unwrap_or(Argument::Nothing)
}
