//! What the reader must know of a questionnaire: the names of its columns and the places of its values in JSON.
//!
//! Invariants
//! - Made once a run; headers and keys are compared in the folded form of [`crate::diagnostic::nearest::fold`].
//! - Where two spellings fall together the field that stands first on the form has it; a column's own header goes
//!   before the field's name, and that before aliases.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Slot;
use super::other_forms::OtherForms;
use crate::diagnostic::Localized;
use crate::diagnostic::nearest::{fold, nearest};
use crate::expression::{FieldId, Type};
use crate::questionnaire::{CheckMarks, Domain, Field, Questionnaire, RowWords};

/// One column that the form has.
#[derive(Debug, Clone)]
pub(super) struct FormColumn {
    /// What it holds.
    pub slot: Slot,
    /// The name of its field.
    pub name: Arc<str>,
    /// Its header on the form.
    pub header: Arc<str>,
    /// The number of its question, folded. `None`: no numbered question, or only a part of one.
    pub number: Option<String>,
    /// Whether a file must have it.
    pub mandatory: bool,
}

/// What a person reads of a column, beside its header.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// Its label.
    pub label: Localized<Arc<str>>,
    /// The number of its question. `None`: no numbered question.
    pub question: Option<Arc<str>>,
}

/// A place in the tree of JSON names.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// Key → place below.
    pub children: BTreeMap<Box<str>, usize>,
    /// Folded key → place below.
    pub folded: BTreeMap<String, usize>,
    /// The column whose value stands here. `None`: only an object leads on.
    pub column: Option<usize>,
    /// Its JSON pointer; empty for the root.
    pub path: Box<str>,
}

/// A name under which a file may give a column.
#[derive(Debug, Clone)]
struct Spelling {
    written: Arc<str>,
    folded: Arc<str>,
    column: usize,
}

/// Spelling → name of the option.
type Synonyms = BTreeMap<Arc<str>, Arc<str>>;

/// Who knows the columns of the survey's other forms.
#[derive(Clone)]
struct Foreign(Arc<dyn Fn() -> Vec<Arc<str>> + Send + Sync>);

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Foreign")
    }
}

/// The form as the reader sees it.
#[derive(Debug, Clone)]
pub struct FormNeeds {
    /// By position of the field.
    pub(super) fields: Vec<FieldId>,
    /// Positions of the fields that name a record.
    pub(super) keys: Vec<usize>,
    /// The position of the field that names the version of the form: it says nothing of whoever fills it in.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "form sheets are of workbooks"))]
    pub(super) version: Option<usize>,
    /// By which words rows begin that are no records.
    pub(super) rows: RowWords,
    /// The letters with which those words begin, for the first table that is read; `None`: any.
    pub(super) row_letters: OnceLock<Option<BTreeSet<char>>>,
    /// Every column, by field and part.
    pub(super) columns: Vec<FormColumn>,
    /// By column. `None`: a part of a multiple answer, which has no title of its own.
    pub(super) titles: Vec<Option<Title>>,
    /// What may stand as a heading over the answers of a form sheet.
    pub(super) answer_heads: Vec<Arc<str>>,
    /// What stands before the number of a question on this form, folded; beside the general words.
    pub(super) question_words: Vec<String>,
    /// What may stand beside printed options.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "form sheets are of workbooks"))]
    pub(super) check_marks: CheckMarks,
    /// By position of the field: its type, and the spellings that stand for an option.
    pub(super) answers: Vec<(Type, Synonyms)>,
    /// JSON pointers with their columns.
    pointers: Vec<(Arc<str>, usize)>,
    /// Made for the first JSON file.
    nodes: OnceLock<Vec<Node>>,
    names: BTreeMap<Arc<str>, usize>,
    /// Names without the marks that join their parts, for the first header whose names have parts of their own.
    unjoined: OnceLock<BTreeMap<String, usize>>,
    /// Every spelling with its column, in the order in which suggestions prefer them.
    spellings: Vec<Spelling>,
    foreign: Foreign,
    /// `foreign` folded, for the first column that is none of the form's.
    foreign_folded: OnceLock<BTreeSet<String>>,
    /// Positions of the fields that every record must answer, so that a file must have their columns too.
    demanded: BTreeSet<usize>,
    /// The columns that an earlier cleaning has added, and the member of JSON records in which it did.
    further: (BTreeSet<String>, &'static str),
    /// What this survey is called, and which others a file may be of. `None`: nobody knows any.
    pub(super) others: Option<(Arc<str>, OtherForms)>,
}

impl FormNeeds {
    /// The needs of `questionnaire`.
    pub fn new(questionnaire: &Questionnaire) -> Self {
        let mut form = Self {
            fields: questionnaire.fields.iter().map(|field| field.id).collect(),
            keys: Vec::new(),
            version: questionnaire.versions.as_ref().map(|versions| usize::from(versions.field.index)),
            rows: questionnaire.rows.clone(),
            row_letters: OnceLock::new(),
            columns: Vec::new(),
            titles: Vec::new(),
            answer_heads: questionnaire.answer_heads.clone(),
            question_words: questionnaire
                .question_word
                .iter()
                .flat_map(|word| [&word.ja, &word.en])
                .map(|word| fold(word))
                .collect(),
            check_marks: questionnaire.check_marks.clone(),
            answers: questionnaire.fields.iter().map(answer).collect(),
            pointers: Vec::new(),
            nodes: OnceLock::new(),
            names: BTreeMap::new(),
            unjoined: OnceLock::new(),
            spellings: Vec::new(),
            foreign: Foreign(Arc::new(Vec::new)),
            foreign_folded: OnceLock::new(),
            demanded: BTreeSet::new(),
            further: (BTreeSet::new(), ""),
            others: None,
        };
        let wholes: Vec<usize> = questionnaire
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| form.add_columns(index, field))
            .collect();
        for (field, &column) in questionnaire.fields.iter().zip(&wholes) {
            form.spell(&field.name, column);
        }
        for (field, &column) in questionnaire.fields.iter().zip(&wholes) {
            for alias in &field.aliases {
                form.spell(alias, column);
            }
        }
        let pointers = questionnaire.fields.iter().zip(&wholes);
        form.pointers = pointers
            .filter_map(|(field, &column)| Some((Arc::clone(field.pointer.as_ref()?), column)))
            .collect();
        form
    }

    /// The same, where `foreign` tells headers and names of other waves and overlays of the survey. It is asked at the
    /// first column that is none of the form's.
    #[must_use]
    pub fn apart_from(mut self, foreign: impl Fn() -> Vec<Arc<str>> + Send + Sync + 'static) -> Self {
        self.foreign = Foreign(Arc::new(foreign));
        self
    }

    /// The same, where the fields `keys` name a record.
    #[must_use]
    pub fn keyed_by(mut self, keys: impl IntoIterator<Item = FieldId>) -> Self {
        let place = |key: FieldId| self.fields.iter().position(|field| *field == key);
        self.keys = keys.into_iter().filter_map(place).collect();
        self
    }

    /// The same, where every record must answer `fields`.
    #[must_use]
    pub fn demanding(mut self, fields: impl IntoIterator<Item = FieldId>) -> Self {
        let place = |one: FieldId| self.fields.iter().position(|field| *field == one);
        self.demanded = fields.into_iter().filter_map(place).collect();
        self
    }

    /// The same, where records that were cleaned have these columns behind their own; in JSON, this member.
    #[must_use]
    pub fn followed_by(mut self, columns: impl IntoIterator<Item = String>, member: &'static str) -> Self {
        self.further = (columns.into_iter().collect(), member);
        self
    }

    /// Whether `header` is a column that an earlier cleaning has added: one of all that it adds.
    pub(super) fn is_further<'h>(&self, header: &str, all: impl Iterator<Item = &'h str>) -> bool {
        let (columns, _) = &self.further;
        columns.contains(header) && all.filter(|text| columns.contains(*text)).count() == columns.len()
    }

    /// Whether `key` is the member that an earlier cleaning has added to JSON records.
    pub(super) fn is_further_member(&self, key: &str) -> bool {
        !key.is_empty() && self.further.1 == key
    }

    /// The field's columns; returns the one that holds the whole answer.
    fn add_columns(&mut self, field: usize, declared: &Field) -> usize {
        let parts = declared.part_columns();
        // One option is asked for in one column, unless the file has those of the options; see `missing`.
        let in_one = parts.is_empty() || matches!(declared.domain, Domain::Options(_));
        let whole = self.columns.len();
        let mandatory = declared.column_required;
        self.add(Slot { field, part: 0 }, declared, &declared.column, mandatory && in_one);
        for (index, header) in parts.iter().enumerate() {
            self.add(Slot { field, part: index + 1 }, declared, header, mandatory && !in_one);
        }
        whole
    }

    fn add(&mut self, slot: Slot, declared: &Field, header: &Arc<str>, mandatory: bool) {
        let column = self.columns.len();
        let (name, header_of) = (Arc::clone(&declared.name), Arc::clone(header));
        let number = declared.question.as_ref().filter(|_| slot.part == 0).map(|number| fold(number));
        let title = Title { label: declared.label.clone(), question: declared.question.clone() };
        self.titles.push((slot.part == 0).then_some(title));
        self.columns.push(FormColumn { slot, name, header: header_of, number, mandatory });
        self.spell(header, column);
    }

    /// Makes `spelling` a name of `column`, in headers and as a key of a flat JSON record.
    fn spell(&mut self, spelling: &Arc<str>, column: usize) {
        let folded: Arc<str> = Arc::from(fold(spelling));
        if self.names.contains_key(&folded) {
            return;
        }
        self.names.insert(Arc::clone(&folded), column);
        self.spellings.push(Spelling { written: Arc::clone(spelling), folded, column });
    }

    /// The tree of JSON names; the root is the first.
    pub(super) fn nodes(&self) -> &[Node] {
        self.nodes.get_or_init(|| {
            let mut nodes = vec![Node::default()];
            for spelling in &self.spellings {
                place(&mut nodes, [Cow::Borrowed(&*spelling.written)], spelling.column);
            }
            for (pointer, column) in &self.pointers {
                let keys = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
                place(&mut nodes, keys.map(Cow::Owned), *column);
            }
            nodes
        })
    }

    /// The type of what is answered in `column`, and the spellings of its options. `None`: a part of an answer.
    pub(super) fn answer(&self, column: usize) -> Option<(&Type, &Synonyms)> {
        let slot = self.columns.get(column)?.slot;
        let (ty, synonyms) = self.answers.get(slot.field).filter(|_| slot.part == 0)?;
        Some((ty, synonyms))
    }

    /// The column called `header`. `None`: the form has no such column.
    pub(super) fn column_named(&self, header: &str) -> Option<usize> {
        self.names.get(&*fold(header)).copied()
    }

    /// The column whose name has these parts, from above, however they are joined. `None`: the form has no such column.
    pub(super) fn column_of_path(&self, parts: &[&str]) -> Option<usize> {
        if let [only] = parts {
            return self.column_named(only);
        }
        let unjoined = self.unjoined.get_or_init(|| {
            let mut names = BTreeMap::new();
            for spelling in &self.spellings {
                names.entry(without_joints(&spelling.folded)).or_insert(spelling.column);
            }
            names
        });
        unjoined.get(&without_joints(&fold(&parts.concat()))).copied()
    }

    /// The column of the question with this number. `None`: the form has no such question.
    pub(super) fn numbered(&self, number: &str) -> Option<usize> {
        let number = fold(number);
        let asked = self.columns.iter().position(|column| column.number.as_ref() == Some(&number));
        let words = ["", "問", "q"].into_iter().chain(self.question_words.iter().map(String::as_str));
        asked.or_else(|| words.into_iter().find_map(|word| self.column_named(&format!("{word}{number}"))))
    }

    /// Whether another wave or overlay of the survey has a column or field of this name.
    pub(super) fn is_foreign(&self, header: &str) -> bool {
        let folded = || (self.foreign.0)().iter().map(|name| fold(name)).collect();
        self.foreign_folded.get_or_init(folded).contains(&fold(header))
    }

    /// The name that was probably meant by `header`: first among the columns for which `open` holds, then among all.
    /// A header that is how just one column begins, up to a mark that joins parts of names, is that one cut short.
    pub(super) fn meant(&self, header: &str, open: impl Fn(usize) -> bool) -> Option<&str> {
        let free = || self.spellings.iter().filter(|spelling| open(spelling.column));
        begun(header, free())
            .or_else(|| nearest(header, free().map(|spelling| &*spelling.written)))
            .or_else(|| nearest(header, self.spellings.iter().map(|spelling| &*spelling.written)))
    }

    /// The key that was probably meant by `key` in the object at `place`: first one of that object's own, then any
    /// name of a column.
    pub(super) fn key_meant(&self, key: &str, place: usize) -> Option<&str> {
        // At the root every spelling is a key, and the names of objects are beside them.
        let own = self.nodes().get(place).into_iter().flat_map(|node| node.children.keys());
        let columns = self.spellings.iter().map(|spelling| &*spelling.written);
        if place == 0 {
            return nearest(key, columns.chain(own.map(|key| &**key)));
        }
        nearest(key, own.map(|key| &**key)).or_else(|| nearest(key, columns))
    }

    /// The columns that a file with the columns `there` must have and has not, in form order, and behind them those of
    /// questions that everybody must answer. Where the answer is given
    /// in a column for each option, those of the options are wanted in place of the one.
    pub(super) fn missing(&self, there: &BTreeSet<usize>) -> Vec<&FormColumn> {
        let parts = |field: usize| {
            let columns = self.columns.iter().enumerate();
            columns.filter(move |(_, column)| column.slot.field == field && column.slot.part > 0)
        };
        let mut missing = Vec::new();
        for (_, column) in self.mandatory().filter(|(place, _)| !there.contains(place)) {
            let field = column.slot.field;
            if column.slot.part == 0 && parts(field).any(|(place, _)| there.contains(&place)) {
                missing
                    .extend(parts(field).filter(|(place, _)| !there.contains(place)).map(|(_, part)| part));
            } else {
                missing.push(column);
            }
        }
        for &field in &self.demanded {
            let mut own = self.columns.iter().enumerate().filter(|(_, column)| column.slot.field == field);
            let is_told = own.clone().any(|(place, column)| column.mandatory || there.contains(&place));
            missing.extend(own.next().filter(|_| !is_told).map(|(_, column)| column));
        }
        missing
    }

    /// Headers of the mandatory columns, in form order.
    pub(super) fn mandatory(&self) -> impl Iterator<Item = (usize, &FormColumn)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.mandatory)
    }
}

fn answer(field: &Field) -> (Type, Synonyms) {
    let is_closed = matches!(field.ty, Type::Option(_) | Type::Multi(_));
    (field.ty.clone(), if is_closed { field.synonyms.clone() } else { Synonyms::new() })
}

/// The one name among `spellings` that begins with `header` and goes on behind a joint; of several the one with which
/// all others begin. `None`: there is none.
fn begun<'s>(header: &str, spellings: impl Iterator<Item = &'s Spelling>) -> Option<&'s str> {
    let header = fold(header);
    let goes_on = |spelling: &&Spelling| {
        let rest = spelling.folded.strip_prefix(&header);
        rest.is_some_and(|rest| rest.starts_with(is_joint)) && !header.is_empty()
    };
    let longer: Vec<&Spelling> = spellings.filter(goes_on).collect();
    let shortest = longer.iter().min_by_key(|spelling| spelling.folded.len())?;
    longer.iter().all(|other| other.folded.starts_with(&*shortest.folded)).then_some(&*shortest.written)
}

/// What joins the parts of a name on a form.
fn is_joint(letter: char) -> bool {
    matches!(letter, '_' | '/' | '・' | ':' | '|' | '(' | ')' | '>' | '→')
}

/// A folded name without the marks by which forms join the parts of a name.
fn without_joints(folded: &str) -> String {
    folded.chars().filter(|letter| !is_joint(*letter)).collect()
}

/// Makes the place at `keys` below the root that of `column`, unless it has one.
fn place<'k>(nodes: &mut Vec<Node>, keys: impl IntoIterator<Item = Cow<'k, str>>, column: usize) {
    let node = keys.into_iter().fold(0, |node, key| step(nodes, node, &key));
    if let Some(node) = nodes.get_mut(node).filter(|_| node > 0) {
        node.column.get_or_insert(column);
    }
}

/// The place `key` below `node`, made if it is not there.
fn step(nodes: &mut Vec<Node>, node: usize, key: &str) -> usize {
    let next = nodes.len();
    let Some(parent) = nodes.get_mut(node) else { return 0 };
    let found = *parent.folded.entry(fold(key)).or_insert(next);
    parent.children.entry(key.into()).or_insert(found);
    if found == next {
        let path = format!("{}/{}", parent.path, key.replace('~', "~0").replace('/', "~1")).into();
        nodes.push(Node { path, ..Node::default() });
    }
    found
}

#[cfg(test)]
pub(super) mod tests;
