//! The questionnaire as a whole: each keyword read, each mistake named, on small forms written here.
//!
//! Invariants
//! - Forms are written in the tests, but for those of `shipped`, and names begin with `ex_`.

use std::collections::BTreeSet;

use super::*;
use crate::diagnostic::{Diagnostics, Language};
use crate::source::SourceText;
use crate::source::root::SurveyRoot;

/// A form around the given root keywords; `properties` is what stands in the braces.
fn form(id: &str, root: &str, properties: &str) -> String {
    format!(
        r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"{id}","x-label":{{"ja":"例","en":"example"}},{root}"properties":{{{properties}}}}}"#
    )
}

const LABEL: &str = r#""x-label":{"ja":"項目","en":"item"}"#;

const YES_NO: &str = r#""oneOf":[{"const":1,"x-name":"yes","x-label":{"ja":"はい","en":"Yes"},"x-synonyms":["○"]},{"const":2,"x-name":"no","x-label":{"ja":"いいえ","en":"No"}}]"#;

/// One property with a label.
fn field(name: &str, keywords: &str) -> String {
    format!(r#""{name}":{{{keywords},{LABEL}}}"#)
}

fn yes_no(name: &str, keywords: &str) -> String {
    field(name, &format!("{YES_NO}{}{keywords}", if keywords.is_empty() { "" } else { "," }))
}

type Loaded = (Option<Questionnaire>, Diagnostics, Vec<SourceText>);

fn load_files(files: &[(&str, String)]) -> Loaded {
    let path = format!("schemas/{}.json", files[0].0);
    let files = files.iter().map(|(name, text)| (format!("schemas/{name}.json"), text.clone())).collect();
    let mut sources = Vec::new();
    let (questionnaire, found) = load::load(&SurveyRoot::Memory(files), &path, 0, &mut sources).unwrap();
    (questionnaire, found, sources)
}

fn load_root(root: &str, properties: &str) -> Loaded {
    load_files(&[("ex", form("ex", &format!(r#""type":"object",{root}"#), properties))])
}

fn load_fields(properties: &[String]) -> Loaded {
    load_root("", &properties.join(","))
}

fn good(properties: &[String]) -> Questionnaire {
    let (questionnaire, found, _) = load_fields(properties);
    assert_eq!(ids(&found), [""; 0], "{found:?}");
    questionnaire.unwrap()
}

fn ids(found: &Diagnostics) -> Vec<&str> {
    found.iter().map(|finding| &*finding.notice.id).collect()
}

/// The only finding of a form with the one property `ex_a`.
fn mistake(keywords: &str) -> String {
    let (_, found, _) = load_fields(&[field("ex_a", keywords)]);
    ids(&found).join(" ")
}

fn only(keywords: &str) -> Field {
    good(&[field("ex_a", keywords)]).fields.remove(0)
}

mod answers;
mod forms;
mod relevance;
mod shipped;
