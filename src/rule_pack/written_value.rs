//! Values as a pack writes them: option names, numbers, ISO dates; in TOML and in cells of reference tables.
//!
//! Invariants
//! - One spelling for each value; the many spellings of submissions are not read here.
//! - Numbers are read from their digits, never through floating point.

use std::sync::Arc;

use super::declared_type::describe;
use super::mistake::{self, Refused, Spot};
use super::toml_file::{Item, Written};
use super::zone::Zone;
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Argument, Diagnostic};
use crate::expression::number::parse_scaled;
use crate::expression::{OptionList, Type, Value, calendar};
use crate::source::Span;

/// The value of `item` as one of type `ty`.
pub fn read(item: &Item<'_>, ty: &Type, zone: Zone, spot: Spot<'_>) -> Result<Value, Refused> {
    if let (Written::List(items), Type::Multi(list)) = (&item.value, ty) {
        return multi(items, list, spot);
    }
    let fits = match (&item.value, ty) {
        (Written::Text(text), Type::Number { .. } | Type::Condition) => Err(&**text),
        (Written::Text(text), _) => Ok(&**text),
        (Written::Integer(digits) | Written::Float(digits), Type::Number { .. }) => Ok(&**digits),
        (Written::Moment(text), Type::Date | Type::DateTime | Type::YearMonth) => Ok(text.as_str()),
        (Written::Flag(flag), Type::Condition) => return Ok(Value::Truth(*flag)),
        _ => Err(spot.source.slice(item.span)),
    };
    fits.map_err(|text| Box::new(wrong(text, ty, item.span, spot)))
        .and_then(|text| read_text(text, ty, zone, item.span, spot))
}

/// The value of a text, as it stands in a cell of a reference table or in quotes.
pub fn read_text(text: &str, ty: &Type, zone: Zone, span: Span, spot: Spot<'_>) -> Result<Value, Refused> {
    let value = match ty {
        Type::Option(list) => return option(text, list, span, spot).map(Value::Option),
        Type::Multi(list) => {
            return option(text, list, span, spot).map(|index| Value::Multi { set: bit(index), listed: 1 });
        }
        Type::Condition => None,
        Type::Number { scale, .. } => parse_scaled(text, *scale).ok().map(Value::Number),
        Type::Text | Type::Code => Some(Value::Text(Arc::from(text))),
        Type::Date => calendar::parse_date(text).map(Value::Date),
        Type::DateTime => zone.moment(text).map(Value::DateTime),
        Type::YearMonth => calendar::parse_year_month(text).map(Value::YearMonth),
    };
    value.ok_or_else(|| Box::new(wrong(text, ty, span, spot)))
}

fn wrong(text: &str, ty: &Type, span: Span, spot: Spot<'_>) -> Diagnostic {
    mistake::labelled(&code::WRONG_VALUE, spot.source, span, describe(ty))
        .with("key", spot.key)
        .with("found", Argument::written(text))
        .with("expected", mistake::both(describe(ty)))
}

fn option(text: &str, list: &OptionList, span: Span, spot: Spot<'_>) -> Result<u8, Refused> {
    list.index_of(text).ok_or_else(|| {
        let known = list.items.iter().map(|item| &*item.name);
        let mistake = mistake::at(&code::UNKNOWN_OPTION_NAME, spot.source, span)
            .with("found", Argument::written(text))
            .with("field", spot.key)
            .with("known", mistake::names(known));
        Box::new(match list.meant(text) {
            Some(item) => mistake.suggest(mistake::did_you_mean(&item.name)),
            None => mistake,
        })
    })
}

fn multi(items: &[Item<'_>], list: &OptionList, spot: Spot<'_>) -> Result<Value, Refused> {
    let mut set = 0;
    for item in items {
        let Some(text) = item.text() else {
            let one = Type::Option(Arc::new(list.clone()));
            return Err(Box::new(wrong(spot.source.slice(item.span), &one, item.span, spot)));
        };
        set |= bit(option(text.text, list, item.span, spot)?);
    }
    Ok(Value::Multi { set, listed: u16::try_from(items.len()).unwrap_or(u16::MAX) })
}

fn bit(option: u8) -> u64 {
    1_u64.checked_shl(u32::from(option)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Localized;
    use crate::expression::OptionItem;
    use crate::rule_pack::toml_file;
    use crate::source::{SourceId, SourceText};

    fn list() -> Arc<OptionList> {
        let item = |name: &str| OptionItem {
            name: name.into(),
            code: "1".into(),
            label: Localized::default(),
            rank: None,
        };
        Arc::new(OptionList { items: vec![item("yes"), item("no")], scale: None, text_codes: false })
    }

    fn value(text: &str, ty: &Type) -> Result<Value, String> {
        let text = format!("v = {text}");
        let source = SourceText { id: SourceId(0), name: "x.toml".into(), text: text.into() };
        let root = toml_file::read(&source).unwrap();
        let spot = Spot { source: &source, key: "ex_field" };
        read(root.get("v").unwrap(), ty, Zone { seconds: 9 * 3600 }, spot)
            .map_err(|mistake| mistake.notice.id.to_string())
    }

    #[test]
    fn each_type_has_one_spelling() {
        let dec = Type::Number { scale: 2, unit: None };
        assert_eq!(value("'no'", &Type::Option(list())), Ok(Value::Option(1)));
        assert_eq!(
            value("['no', 'yes', 'no']", &Type::Multi(list())),
            Ok(Value::Multi { set: 3, listed: 3 })
        );
        assert_eq!(value("[]", &Type::Multi(list())), Ok(Value::Multi { set: 0, listed: 0 }));
        assert_eq!(value("1.50", &dec), Ok(Value::Number(150)));
        assert_eq!(value("-1_000", &Type::INTEGER), Ok(Value::Number(-1000)));
        assert_eq!(value("2024-02-29", &Type::Date), value("'2024-02-29'", &Type::Date));
        assert_eq!(
            value("'2024-03-08T15:00:00Z'", &Type::DateTime),
            value("2024-03-09T00:00:00", &Type::DateTime)
        );
        assert_eq!(value("'2024-02'", &Type::YearMonth), Ok(Value::YearMonth(54 * 12 + 1)));
        assert_eq!(value("'007'", &Type::Code), Ok(Value::Text("007".into())));
    }

    #[test]
    fn other_spellings_are_refused() {
        let wrong = Err("KP-P071".to_owned());
        for (text, ty) in [
            ("'5'", &Type::INTEGER),
            ("1.5", &Type::INTEGER),
            ("1e3", &Type::INTEGER),
            ("7", &Type::Code),
            ("'2023-02-29'", &Type::Date),
            ("true", &Type::Text),
            ("[1]", &Type::Text),
        ] {
            assert_eq!(value(text, ty), wrong, "{text}");
        }
        assert_eq!(value("'nO '", &Type::Option(list())), Err("KP-P069".to_owned()));
    }
}
