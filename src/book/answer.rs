//! Questions and answers as a person reads them.
//!
//! Invariants
//! - An option is its label; a mark is its first spelling; nothing is shortened.

use crate::book::words;
use crate::diagnostic::{Argument, Language};
use crate::expression::{FieldId, Type, Value, calendar};
use crate::form::condition;
use crate::questionnaire::Field;
use crate::rule_pack::{ExampleValue, RulePack};

/// Number and label of the question; of a linked file, with its title. `None`: a derived value.
pub(super) fn question(pack: &RulePack, field: FieldId, language: Language) -> Option<String> {
    let title = pack.field(field)?.title().get(language).to_string();
    let link = usize::from(field.table).checked_sub(1).and_then(|link| pack.links.get(link));
    Some(match link {
        None => title,
        Some(link) => words::of_link(&title, link.questionnaire.title.get(language), language),
    })
}

/// The answer of an example. `None`: not given.
pub(super) fn printed(
    pack: &RulePack,
    field: FieldId,
    given: Option<&ExampleValue>,
    language: Language,
) -> String {
    let word = |text: crate::diagnostic::Localized<&'static str>| (*text.get(language)).to_owned();
    let Some(given) = given else { return word(words::BLANK) };
    let known = pack.field(field);
    let mark = |meant: &dyn Fn(&crate::questionnaire::Mark) -> bool, otherwise| {
        let marks = known.into_iter().flat_map(|field: &Field| &field.marks);
        let token = marks.filter(|mark| meant(mark)).find_map(|mark| mark.tokens.first());
        let meaning = word(otherwise);
        token.map_or_else(|| meaning.clone(), |token| format!("{token} ({meaning})"))
    };
    match given {
        ExampleValue::Value(value) => match known.map(|field| &field.ty).or_else(|| derived(pack, field)) {
            Some(ty) => of(value, ty, language),
            None => String::new(),
        },
        ExampleValue::NotApplicable => mark(&|mark| !mark.dont_know, words::NOT_APPLICABLE),
        ExampleValue::DontKnow => mark(&|mark| mark.dont_know, words::NOT_KNOWN),
        ExampleValue::Mark(name) => {
            let dont_know = known
                .is_some_and(|field| field.marks.iter().any(|mark| mark.name == *name && mark.dont_know));
            mark(&|mark| mark.name == *name, if dont_know { words::NOT_KNOWN } else { words::NOT_APPLICABLE })
        }
        ExampleValue::Invalid => word(words::UNREADABLE),
        ExampleValue::Blank => word(words::BLANK),
    }
}

fn derived(pack: &RulePack, id: FieldId) -> Option<&Type> {
    pack.derived.iter().find(|derived| derived.id == id).map(|derived| &derived.ty)
}

/// A value of type `ty`.
pub(super) fn of(value: &Value, ty: &Type, language: Language) -> String {
    let text = match (value, ty) {
        (Value::Multi { set, .. }, Type::Multi(list)) => {
            let chosen = (0_u8..64).filter(|index| set.checked_shr(u32::from(*index)).unwrap_or(0) & 1 == 1);
            let labels = chosen.filter_map(|index| Some(Argument::from(list.get(index)?.label.clone())));
            Argument::List(labels.collect()).print(language)
        }
        (Value::DateTime(moment), _) => calendar::print_date_time(*moment),
        _ => condition::argument(value, ty).map(|value| value.print(language)).unwrap_or_default(),
    };
    match ty {
        Type::Number { unit: Some(unit), .. } if !text.is_empty() => format!("{text} {unit}"),
        _ => text,
    }
}
