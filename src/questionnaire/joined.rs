//! The joined schema: plain JSON Schema 2020-12 of the whole form, for the `jsonschema` crate.
//!
//! Invariants
//! - No `$ref` is left, overlays are joined, annotations are left out; `additionalProperties` stays open.
//! - What a keyword of ours says about one cell's value is said in JSON Schema too, so that the schema is the
//!   authority for shape: the calendar of dates and the decimals of numbers.

use serde_json::{Map, Value as Json};

use super::date_format::TimeKind;
use super::json_tree::{Node, Value};
use super::walk::View;
use crate::expression::Type;

/// Canonical form of a datetime: a day of the calendar and a time of day, without zone.
const DATE_TIME: &str = "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$";

/// Canonical form of a month.
const YEAR_MONTH: &str = "^[0-9]{4}-(?:0[1-9]|1[0-2])$";

/// The subschema of one property, its references resolved.
pub(super) fn property(view: &View<'_>, items: Option<&View<'_>>, ty: &Type, time: Option<TimeKind>) -> Json {
    let mut map = object(view);
    if let Some(items) = items {
        map.insert("items".to_owned(), Json::Object(object(items)));
    }
    let fractional = map.get("type").is_some_and(|ty| ty == "number");
    let mut add = |keyword: &str, value: Json| {
        map.entry(keyword).or_insert(value);
    };
    match (time, ty) {
        (Some(TimeKind::Date), _) => add("format", Json::from("date")),
        (Some(TimeKind::DateTime), _) => add("pattern", Json::from(DATE_TIME)),
        (Some(TimeKind::YearMonth), _) => add("pattern", Json::from(YEAR_MONTH)),
        // Divisible by the last decimal: more decimals are no value of the field.
        (None, Type::Number { scale, .. }) if fractional => add("multipleOf", step(*scale)),
        _ => {}
    }
    Json::Object(map)
}

/// `10^-scale`, read from its digits so that it is the same number as an author would write.
fn step(scale: u8) -> Json {
    if scale == 0 {
        return Json::from(1);
    }
    let digits = format!("0.{:0>width$}", 1, width = usize::from(scale));
    serde_json::from_str(&digits).unwrap_or(Json::Null)
}

fn object(view: &View<'_>) -> Map<String, Json> {
    let kept = view.members.iter().filter(|member| !is_annotation(&member.key));
    kept.map(|member| (member.key.to_string(), json(&member.node))).collect()
}

fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || matches!(keyword, "$comment" | "title" | "description" | "$ref" | "items")
}

fn json(node: &Node<'_>) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Truth(flag) => Json::from(*flag),
        Value::Number(digits) => serde_json::from_str(digits).unwrap_or(Json::Null),
        Value::Text(text) => Json::from(&**text),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Object(_) => Json::Object(object(&View::of(node))),
    }
}

/// The schema of the whole form, from the subschemas of its properties in form order.
pub(super) fn whole(id: &str, properties: impl IntoIterator<Item = (String, Json)>) -> Json {
    let properties: Map<String, Json> = properties.into_iter().collect();
    let entries = [
        ("$schema", Json::from("https://json-schema.org/draft/2020-12/schema")),
        ("$id", Json::from(id)),
        ("type", Json::from("object")),
        ("properties", Json::Object(properties)),
    ];
    Json::Object(entries.map(|(key, value)| (key.to_owned(), value)).into_iter().collect())
}
