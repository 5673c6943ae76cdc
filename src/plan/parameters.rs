//! What a run is told of its parameters: which rules wait for one, and which values are not the pack's own.
//!
//! Invariants
//! - In the order in which the pack declares them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Plan, param_id};
use crate::diagnostic::code::analysis::{PARAMETER_OVERRIDDEN, RULES_WITHOUT_PARAMETER};
use crate::diagnostic::{Argument, Decimal, Diagnostic, Diagnostics, Localized, Place};
use crate::expression::{Type, Value, calendar};
use crate::rule_pack::EditRule;

/// Most rules that one finding names.
const MOST_NAMED: usize = 5;

/// The parameter for which the command line has a flag of its own.
const AS_OF: &str = "as_of";

pub(super) fn told(plan: &Plan) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (index, param) in plan.pack.params.iter().enumerate() {
        let id = param_id(index);
        match (plan.params.get(&id), &param.value) {
            (None, _) if !param.required => {
                let waiting = waiting(plan).filter(|rule| rule.params.contains(&id));
                found.extend(not_judged(&param.name, &waiting.collect::<Vec<_>>()));
            }
            (Some(given), Some(own)) if given != own => found.push(
                Diagnostic::new(&PARAMETER_OVERRIDDEN, Place::Run)
                    .with("name", &*param.name)
                    .with("before", shown(own, &param.ty))
                    .with("after", shown(given, &param.ty)),
            ),
            _ => {}
        }
    }
    found
}

/// The chosen rules that a parameter without value keeps from being judged.
fn waiting(plan: &Plan) -> impl Iterator<Item = &EditRule> {
    let one = plan.judged.iter().zip(&plan.rules).filter(|(judged, _)| !judged.runnable);
    let many = plan.dataset.iter().filter(|rule| rule.selected && !rule.runnable);
    let positions = one.map(|(_, index)| *index).chain(many.map(|rule| rule.index));
    positions.filter_map(|index| plan.pack.rules.get(index))
}

/// `None`: no rule waits for it.
fn not_judged(name: &str, rules: &[&EditRule]) -> Option<Diagnostic> {
    let families: BTreeSet<&str> = rules.iter().map(|rule| &*rule.notice.id).collect();
    let left = families.len().saturating_sub(MOST_NAMED);
    let mut named: Vec<Argument> = families.into_iter().take(MOST_NAMED).map(Argument::from).collect();
    if left > 0 {
        let (ja, en) = (format!("ほか{left}件"), format!("{left} more"));
        named.push(Argument::Localized(Localized::new(Arc::from(ja), Arc::from(en))));
    }
    let finding = Diagnostic::new(&RULES_WITHOUT_PARAMETER, Place::Run)
        .with("name", name)
        .with("count", rules.len())
        .with("rules", Argument::List(named))
        .with("option", option(name));
    (!rules.is_empty()).then_some(finding)
}

/// What is to be added to a command line so that the parameter `name` has a value.
pub fn option_of(name: &str) -> Localized<String> {
    if name == AS_OF {
        return Localized::new("--as-of 日付".to_owned(), "--as-of DATE".to_owned());
    }
    Localized::new(format!("--param {name}=値"), format!("--param {name}=VALUE"))
}

/// The same as an argument.
pub(super) fn option(name: &str) -> Argument {
    let option = option_of(name);
    Argument::Localized(Localized::new(Arc::from(option.ja), Arc::from(option.en)))
}

/// A value of `ty` as the command line takes it.
fn shown(value: &Value, ty: &Type) -> Argument {
    match (value, ty) {
        (Value::Number(mantissa), Type::Number { scale, .. }) => {
            Argument::Number(Decimal { mantissa: *mantissa, scale: *scale })
        }
        (Value::Date(day), _) => Argument::from(calendar::print_date(*day)),
        (Value::DateTime(moment), _) => Argument::from(calendar::print_date_time(*moment)),
        (Value::YearMonth(month), _) => Argument::from(calendar::print_year_month(*month)),
        (Value::Option(code), Type::Option(list)) => {
            list.get(*code).map_or(Argument::Nothing, |item| Argument::from(&*item.name))
        }
        (Value::Truth(truth), _) => Argument::from(if *truth { "true" } else { "false" }),
        (Value::Text(text), _) => Argument::written(text),
        _ => Argument::Nothing,
    }
}
