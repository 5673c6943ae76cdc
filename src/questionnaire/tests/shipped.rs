//! The schemas that the program carries.
//!
//! Invariants
//! - The schemas are those inside the program, not those of a folder.
use super::*;

fn shipped(name: &str) -> Loaded {
    let root = SurveyRoot::Folder(env!("CARGO_MANIFEST_DIR").into());
    let mut sources = Vec::new();
    let (form, found) = load::load(&root, &format!("schemas/{name}.json"), 0, &mut sources).unwrap();
    (form, found, sources)
}

/// What the binary's own forms are not checked for at every start is checked here.
const NAMES: [&str; 6] = [
    "hospital-cyber-2024",
    "hospital-cyber-2024-assumed",
    "hospital-cyber-2023",
    "hospital-cyber-frame",
    "cyber-checklist-2024",
    "cyber-checklist-2025",
];

#[test]
fn they_load_without_a_finding_and_fit_the_meta_schema() {
    let root = SurveyRoot::Folder(env!("CARGO_MANIFEST_DIR").into());
    let meta = meta::MetaSchema::new(&root.read("schemas/kenpyo/questionnaire.json").unwrap()).unwrap();
    for name in NAMES {
        let (form, found, sources) = shipped(name);
        let told: Vec<String> = found.iter().map(|finding| finding.message(Language::En)).collect();
        assert_eq!(told, [""; 0], "{name}");
        let form = form.unwrap();
        assert!(!form.fields.is_empty(), "{name}");
        for source in &sources {
            assert_eq!(meta.validate(source, &found), Diagnostics::new(), "{}", source.name);
        }
        assert!(jsonschema::validator_for(&form.schema).is_ok(), "{name}");
    }
}

#[test]
fn the_table_of_keywords_and_the_meta_schema_name_the_same_keys_in_the_same_places() {
    use keyword::{KEYWORDS, Site};
    let root = SurveyRoot::Folder(env!("CARGO_MANIFEST_DIR").into());
    let meta: serde_json::Value =
        serde_json::from_str(&root.read("schemas/kenpyo/questionnaire.json").unwrap()).unwrap();
    let places = [
        (Site::Root, "/properties"),
        (Site::Base, "/properties/allOf/items/properties"),
        (Site::Section, "/properties/x-sections/additionalProperties/properties"),
        (Site::Field, "/$defs/field/properties"),
        (Site::Choice, "/$defs/option/properties"),
        (Site::Items, "/$defs/field/properties/items/properties"),
    ];
    for (site, pointer) in places {
        let theirs: BTreeSet<&str> =
            meta.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        let ours: BTreeSet<&str> =
            KEYWORDS.iter().filter(|row| row.sites.contains(&site)).map(|row| row.name).collect();
        assert_eq!(ours, theirs, "{site:?}");
    }
}
