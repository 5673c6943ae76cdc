//! Columns that belong to another form of the survey, so that a reader can say from where a column comes.
//!
//! Invariants
//! - Only schemas of the same survey are looked at: those directly under `schemas/` of the same root whose names begin
//!   with its id. Another survey is none of this one's business, and no part of its hash. One that is no JSON is
//!   passed over, since it is nobody's questionnaire here.
//! - A column of the form itself is never foreign.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{Link, chain};
use crate::error::Error;
use crate::questionnaire::{Field, Questionnaire};
use crate::source::SourceText;
use crate::source::json_tree::{self, Member, Node};
use crate::source::root::SurveyRoot;

/// Columns of the other forms of a survey, found when somebody asks for the first time: most files have columns of their
/// own form alone. Cheap to clone; clones share what was found.
#[derive(Clone, Default)]
pub struct ForeignColumns(Arc<Lazy>);

#[derive(Default)]
struct Lazy {
    /// Names of the form's own columns.
    own: BTreeSet<Arc<str>>,
    /// Where the other forms are. `None`: all of them have been loaded.
    root: Option<SurveyRoot>,
    /// In order of their paths.
    forms: Vec<Other>,
    found: OnceLock<BTreeMap<Arc<str>, Arc<str>>>,
}

/// Another form of the survey.
enum Other {
    /// Header or name of each column of one that has been loaded, and its id.
    Loaded(Vec<Arc<str>>, Arc<str>),
    /// One of which no tree has been made.
    Schema(SourceText),
}

impl fmt::Debug for ForeignColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl ForeignColumns {
    /// The columns of the other schemas of `survey`, which are read, and no tree is made of them yet.
    ///
    /// What has been loaded as the form or as a link is not read a second time.
    ///
    /// # Errors
    /// A schema cannot be read.
    pub fn of(
        root: &SurveyRoot,
        survey: &str,
        form: &Questionnaire,
        links: &[Link],
        read: &mut Vec<SourceText>,
    ) -> Result<Self, Error> {
        let mut lazy = Lazy {
            own: form.fields.iter().flat_map(names_of).map(Arc::clone).collect(),
            root: Some(root.clone()),
            ..Lazy::default()
        };
        let paths = root.list("schemas").unwrap_or_default();
        for path in paths.iter().filter(|path| is_json(path) && is_of(path, survey)) {
            if let Some(source) = read.iter().find(|source| *source.name == **path) {
                let form = links.iter().map(|link| &link.questionnaire);
                for form in
                    form.filter(|form| form.fields.iter().any(|field| field.declared.source == source.id))
                {
                    let names = form.fields.iter().flat_map(names_of).map(Arc::clone).collect();
                    lazy.forms.push(Other::Loaded(names, Arc::clone(&form.id)));
                }
                continue;
            }
            lazy.forms.push(Other::Schema(chain::read_file(root, path, read)?));
        }
        Ok(Self(Arc::new(lazy)))
    }

    /// Header or name of a column, and the id of the first form that has it.
    pub fn get(&self) -> &BTreeMap<Arc<str>, Arc<str>> {
        self.0.found.get_or_init(|| self.0.find())
    }

    /// These columns, for tests of who reads by them.
    #[cfg(test)]
    pub(crate) fn known(columns: &[&str], id: &str) -> Self {
        let columns = columns.iter().map(|column| Arc::from(*column)).collect();
        Self(Arc::new(Lazy { forms: vec![Other::Loaded(columns, Arc::from(id))], ..Lazy::default() }))
    }
}

impl Lazy {
    fn find(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut foreign: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        let mut add = |name: &str, id: &Arc<str>| {
            if !self.own.contains(name) {
                foreign.entry(Arc::from(name)).or_insert_with(|| Arc::clone(id));
            }
        };
        for form in &self.forms {
            let source = match form {
                Other::Loaded(names, id) => {
                    for name in names {
                        add(name, id);
                    }
                    continue;
                }
                Other::Schema(source) => source,
            };
            let of_binary = self.root.as_ref().and_then(|root| root.tree(&source.name));
            let tree = of_binary.or_else(|| json_tree::read(&source.text).tree.ok());
            let Some(schema): Option<Node<'_>> = tree else { continue };
            if let Some(id) = schema.text_at("$id").map(Arc::from) {
                names(&schema).for_each(|name| add(name, &id));
            }
        }
        foreign
    }
}

/// Whether a path is that of a JSON file.
pub fn is_json(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

/// Whether the schema at `path` is one of `survey`: `schemas/pets-2024.json` is one of `pets`.
fn is_of(path: &str, survey: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_prefix(survey).is_some_and(|rest| rest.starts_with(['-', '.']))
}

fn names_of(field: &Field) -> impl Iterator<Item = &Arc<str>> {
    [&field.name, &field.column].into_iter().chain(&field.aliases)
}

fn names<'n>(schema: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let properties = schema.get("properties").map(|member| member.node.members()).unwrap_or_default();
    properties.iter().flat_map(|Member { key, node, .. }| {
        let aliases = node.get("x-column-aliases").map(|member| member.node.items()).unwrap_or_default();
        let column = node.text_at("x-column");
        std::iter::once(&**key).chain(column).chain(aliases.iter().filter_map(Node::text))
    })
}
