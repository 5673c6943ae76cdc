//! Reading a recipe file, and the one that it extends.
//!
//! Invariants
//! - A recipe that extends another replaces draws of the same fields in their place and adds the others at the end;
//!   strata are taken over unless it has its own.
//! - A recipe with an error is not made at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::tree::{self, Node, Tree};
use super::source::{self, Context, WAYS};
use super::{
    Called, Case, Draw, ExactCounts, Given, PerStratum, Reading, Recipe, Source, Stratum, Table, items,
};
use crate::diagnostic::code::recipe as code;
use crate::diagnostic::{Argument, Diagnostics, Localized};
use crate::error::Error;
use crate::questionnaire::Questionnaire;
use crate::source::{SourceId, SourceText, Span, WholeText};

/// Reads the recipe at `path`; `read` gives the content of a file of the survey root.
/// Files read are added to `sources`, for labels. `None`: the recipe has an error.
pub fn load(
    path: &str,
    read: &dyn Fn(&str) -> Result<WholeText, Error>,
    questionnaire: &Questionnaire,
    sources: &mut Vec<SourceText>,
) -> Result<(Option<Recipe>, Diagnostics), Error> {
    let mut diagnostics = Diagnostics::new();
    let mut layers: Vec<(SourceText, Tree)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next.take() {
        let text = read(&path)?;
        let id = SourceId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
        let text = SourceText { id, name: Arc::from(path.as_str()), text };
        sources.push(text.clone());
        let mut reading = Reading::new(questionnaire, text.clone());
        let tree = read_tree(&mut reading);
        let base = tree.as_ref().and_then(|tree| base_of(&mut reading, tree));
        if let Some((base, span)) = base {
            seen.insert(path.clone());
            let base = beside(&path, &base);
            if seen.contains(&base) {
                reading.report(&code::EXTENDS, span, &[("found", Argument::from(path))]);
            } else {
                next = Some(base);
            }
        }
        layers.extend(tree.map(|tree| (text, tree)));
        diagnostics.append(reading.diagnostics);
    }
    if diagnostics.has_errors() {
        return Ok((None, diagnostics));
    }
    let mut recipe = Recipe::default();
    let mut blocks = Vec::new();
    for (text, tree) in layers.into_iter().rev() {
        let mut reading = Reading::new(questionnaire, text);
        layer(&mut reading, &tree, &mut recipe, &mut blocks);
        diagnostics.append(reading.diagnostics);
    }
    draws(questionnaire, blocks, &mut recipe, &mut diagnostics);
    let whole = Some(recipe).filter(|_| !diagnostics.has_errors());
    Ok((whole, diagnostics))
}

/// The tree of the file being read. `None`: it is no TOML, reported.
pub fn read_tree(reading: &mut Reading<'_>) -> Option<Tree> {
    match tree::parse(&reading.text.text) {
        Ok(tree) => Some(tree),
        Err(fault) => {
            let range = fault.span().unwrap_or_default();
            let start = u64::try_from(range.start).unwrap_or(0);
            let end = u64::try_from(range.end).unwrap_or(start);
            reading.report(
                &code::SYNTAX,
                Span::new(start, end),
                &[("found", Argument::from(fault.message()))],
            );
            None
        }
    }
}

/// The path `relative` seen from the file `path`, with `.` and `..` resolved by name alone.
fn beside(path: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn base_of(reading: &mut Reading<'_>, tree: &Tree) -> Option<(String, Span)> {
    let top = reading.table(tree, &["recipe", "stratum", "draw"])?;
    let head = reading.require(&top, "recipe")?;
    let head = reading.table(head, &["title", "seed", "extends"])?;
    let base = head.get("extends")?;
    reading.string(base).map(|text| (text.to_string(), base.span))
}

/// A `[[draw]]` with the file in which it stands.
struct Block {
    text: SourceText,
    fields: Vec<usize>,
    tree: Tree,
}

fn layer(reading: &mut Reading<'_>, tree: &Tree, recipe: &mut Recipe, blocks: &mut Vec<Block>) {
    let Node::Table(entries) = &tree.node else { return };
    let top = Table { span: tree.span, entries };
    if let Some(Tree { span, node: Node::Table(entries) }) = top.get("recipe") {
        let head = Table { span: *span, entries };
        if let Some(title) = reading.localized(&head, "title") {
            recipe.title = title;
        }
        let seed = reading.require(&head, "seed").and_then(|seed| reading.count(seed));
        recipe.seed = seed.unwrap_or_default();
    }
    if let Some(strata) = top.get("stratum") {
        recipe.strata = items(strata).iter().filter_map(|item| stratum(reading, item)).collect();
    }
    for item in top.get("draw").map_or(&[][..], |draws| items(draws)) {
        let Some(fields) = fields_of(reading, item) else { continue };
        let block = Block { text: reading.text.clone(), fields, tree: item.clone() };
        let place = blocks.iter_mut().find(|known| known.fields == block.fields);
        match place {
            Some(place) if place.text.id == block.text.id => {
                let name = block.fields.first().and_then(|&field| reading.questionnaire.fields.get(field));
                let name = name.map_or(Argument::Nothing, |field| Argument::from(&*field.name));
                reading.report(&code::REPEATED, item.span, &[("found", name)]);
            }
            Some(place) => *place = block,
            None => blocks.push(block),
        }
    }
}

fn stratum(reading: &mut Reading<'_>, tree: &Tree) -> Option<Stratum> {
    let table = reading.table(tree, &["name", "asked", "answered"])?;
    let name = reading.require(&table, "name").and_then(|tree| reading.string(tree)).map(Arc::clone);
    let asked = reading.require(&table, "asked").and_then(|tree| reading.count(tree));
    let answered = reading.require(&table, "answered").and_then(|tree| reading.count(tree));
    // A stratum with a mistake still counts, so that lists by stratum are not called too long because of it.
    let either = asked.or(answered).unwrap_or(0);
    let stratum =
        Stratum { name: name?, asked: asked.unwrap_or(either), answered: answered.unwrap_or(either) };
    if stratum.answered > stratum.asked {
        let slots = [("found", Argument::from("answered")), ("expected", Argument::from("asked"))];
        reading.report(&code::BOUNDS, table.span, &slots);
    }
    Some(stratum)
}

const DRAW_KEYS: &[&str] = &["field", "fields", "when", "case", "counts", "rest"];

fn fields_of(reading: &mut Reading<'_>, tree: &Tree) -> Option<Vec<usize>> {
    let known: Vec<&str> = DRAW_KEYS.iter().chain(WAYS).copied().collect();
    let table = reading.table(tree, &known)?;
    if let Some(parts) = table.get("fields") {
        return items(parts).iter().map(|part| reading.field(part)).collect();
    }
    let field = reading.require(&table, "field")?;
    reading.field(field).map(|field| vec![field])
}

fn draws(
    questionnaire: &Questionnaire,
    blocks: Vec<Block>,
    recipe: &mut Recipe,
    diagnostics: &mut Diagnostics,
) {
    let mut drawn = vec![false; questionnaire.fields.len()];
    for block in blocks {
        let mut reading = Reading::new(questionnaire, block.text);
        let fields = block.fields.clone();
        let made = draw(&mut reading, &block.tree, block.fields, &drawn, recipe);
        recipe.draws.extend(made);
        // A draw with a mistake counts as well: those that read its field are right.
        for field in fields {
            if let Some(place) = drawn.get_mut(field) {
                *place = true;
            }
        }
        diagnostics.append(reading.diagnostics);
    }
}

fn draw(
    reading: &mut Reading<'_>,
    tree: &Tree,
    fields: Vec<usize>,
    drawn: &[bool],
    recipe: &mut Recipe,
) -> Option<Draw> {
    let Node::Table(entries) = &tree.node else { return None };
    let table = Table { span: tree.span, entries };
    let strata = recipe.strata.clone();
    let context = Context { strata: &strata, drawn, field: fields.first().copied()? };
    let when = match table.get("when") {
        Some(tree) => condition(reading, tree, context)?,
        None => Given::default(),
    };
    let cases = if let Some(tree) = table.get("counts") {
        let exact = counts(reading, tree, &table, &when, context, recipe)?;
        recipe.exact.push(exact);
        vec![Case { given: Given::default(), source: Source::Exact(recipe.exact.len() - 1) }]
    } else if let Some(list) = table.get("case") {
        items(list).iter().map(|item| case(reading, item, context)).collect::<Option<Vec<Case>>>()?
    } else {
        vec![Case { given: Given::default(), source: source::read(reading, &table, context)? }]
    };
    let split = cases.iter().any(|case| matches!(case.source, Source::Split { .. }));
    if split != (fields.len() > 1) {
        let expected = Localized::new("fieldsとsplitの組", "`fields` together with `split`");
        reading.wrong(table.span, &expected);
        return None;
    }
    Some(Draw { fields, when, cases })
}

fn case(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Case> {
    let known: Vec<&str> = WAYS.iter().copied().chain(["given", "rest"]).collect();
    let table = reading.table(tree, &known)?;
    let given = match table.get("given") {
        Some(tree) => condition(reading, tree, context)?,
        None => Given::default(),
    };
    Some(Case { given, source: source::read(reading, &table, context)? })
}

/// A condition all of whose fields have been drawn.
fn condition(reading: &mut Reading<'_>, tree: &Tree, context: Context<'_>) -> Option<Given> {
    let given = Given::read(reading, tree, context.strata, &Called::default())?;
    let late: Vec<usize> = given.fields().filter(|&field| context.drawn.get(field) != Some(&true)).collect();
    for field in &late {
        let name = reading.questionnaire.fields.get(*field).map(|declared| Argument::from(&*declared.name));
        reading.report(&code::NOT_YET_DRAWN, tree.span, &[("field", name.unwrap_or(Argument::Nothing))]);
    }
    late.is_empty().then_some(given)
}

fn counts(
    reading: &mut Reading<'_>,
    tree: &Tree,
    draw: &Table<'_>,
    when: &Given,
    context: Context<'_>,
    recipe: &Recipe,
) -> Option<ExactCounts> {
    let base = base_counts(reading, tree.span, when, recipe)?;
    let table = reading.table(tree, &[])?;
    let mut options = Vec::new();
    let mut lists: Vec<PerStratum<u64>> = Vec::new();
    for (key, tree) in table.entries {
        options.push(reading.option(context.field, &key.name, key.span)?);
        lists.push(source::per_stratum(reading, tree, context.strata, Reading::count)?);
    }
    let rest = match draw.get("rest") {
        Some(tree) => {
            let name = Arc::clone(reading.string(tree)?);
            options.push(reading.option(context.field, &name, tree.span)?);
            true
        }
        None => false,
    };
    let mut by_stratum = Vec::with_capacity(context.strata.len());
    for (stratum, declared) in context.strata.iter().enumerate() {
        let mut row: Vec<u64> = lists.iter().filter_map(|list| list.get(stratum).copied()).collect();
        let sum: u64 = row.iter().sum();
        let all = base_size(recipe, base, stratum).unwrap_or(declared.answered);
        match all.checked_sub(sum) {
            Some(missing) if rest => row.push(missing),
            Some(0) => {}
            _ => {
                let name = Argument::from(&*declared.name);
                let slots =
                    [("stratum", name), ("found", Argument::from(sum)), ("expected", Argument::from(all))];
                reading.report(&code::COUNTS, tree.span, &slots);
            }
        }
        by_stratum.push(row);
    }
    Some(ExactCounts { field: context.field, options, by_stratum, base })
}

/// The exact count and its option on which another depends. `Some(None)`: all records; `None`: reported.
#[expect(clippy::option_option, reason = "no base and a base that cannot be used are different things")]
fn base_counts(
    reading: &mut Reading<'_>,
    span: Span,
    when: &Given,
    recipe: &Recipe,
) -> Option<Option<(usize, usize)>> {
    if when.is_empty() {
        return Some(None);
    }
    let found = when.single_option().and_then(|(field, option)| {
        let parent = recipe.exact.iter().position(|counts| counts.field == field)?;
        let place = recipe.exact.get(parent)?.options.iter().position(|&known| known == option)?;
        Some((parent, place))
    });
    if found.is_none() {
        reading.report(&code::COUNTS_BASE, span, &[]);
        return None;
    }
    Some(found)
}

fn base_size(recipe: &Recipe, base: Option<(usize, usize)>, stratum: usize) -> Option<u64> {
    let (parent, option) = base?;
    recipe.exact.get(parent)?.by_stratum.get(stratum)?.get(option).copied()
}

#[cfg(test)]
mod tests {
    use super::super::super::{record::Cell, sample};
    use super::*;

    #[test]
    fn a_path_is_seen_from_its_file() {
        let found = [
            beside("rules/a/generate/natural.toml", "clean.toml"),
            beside("rules/b/generate/clean.toml", "../../a/generate/./clean.toml"),
            beside("x.toml", "../y.toml"),
        ];
        assert_eq!(found, ["rules/a/generate/clean.toml", "rules/a/generate/clean.toml", "../y.toml"]);
    }

    const BASE: &str = r#"
[recipe]
seed = 3
title = { ja = "基", en = "base" }
[[stratum]]
name = "a"
asked = 10
answered = 6
[[stratum]]
name = "b"
asked = 4
answered = 4
[[draw]]
field = "beds"
integer = { low = [20, 100], high = [99, 199] }
[[draw]]
field = "ehr"
counts.yes = [2, 3]
rest = "no"
[[draw]]
field = "band"
when = { ehr = "yes" }
case = [
    { given = { beds = { max = 50 } }, value = "a" },
    { share = { a = 12.5, b = 87.5 } },
]
"#;

    /// Loads `files` (path, content), the first one being the recipe.
    fn loaded(files: &[(&str, &str)]) -> (Option<Recipe>, Vec<String>) {
        let read = |path: &str| {
            let file = files.iter().find(|(name, _)| *name == path).expect("a file of the test");
            Ok(file.1.into())
        };
        let questionnaire = sample::questionnaire();
        let mut sources = Vec::new();
        let (recipe, diagnostics) = load(files[0].0, &read, &questionnaire, &mut sources).unwrap();
        let found = diagnostics.iter().map(|diagnostic| {
            let span = diagnostic.labels[0].span;
            let text = sources.iter().find(|text| text.id == diagnostic.labels[0].source).unwrap();
            format!("{} {}", diagnostic.notice.id, text.slice(span).lines().next().unwrap_or_default())
        });
        (recipe, found.collect())
    }

    #[test]
    fn a_recipe_replaces_draws_of_its_base_in_their_place() {
        let natural = "[recipe]\nextends = \"base.toml\"\nseed = 4\ntitle = { ja = \"自然\", en = \"natural\" }\n\
            [[draw]]\nfield = \"band\"\nvalue = \"b\"\n[[draw]]\nfield = \"name\"\ntemplate = \"n{beds}\"\n";
        let (recipe, found) = loaded(&[("natural.toml", natural), ("base.toml", BASE)]);
        assert_eq!(found, Vec::<String>::new());
        let recipe = recipe.unwrap();
        assert_eq!((recipe.seed, &*recipe.title.en, recipe.strata.len()), (4, "natural", 2));
        let fields: Vec<usize> = recipe.draws.iter().flat_map(|draw| draw.fields.clone()).collect();
        assert_eq!(fields, [1, 2, 4, 3]);
        assert_eq!(recipe.draws[2].cases[0].source, Source::Value(Cell::Option(1)));
        assert!(recipe.draws[2].when.is_empty());
        assert_eq!(recipe.exact[0].by_stratum, [vec![2, 4], vec![3, 1]]);
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let mistakes = [
            ("integer =", "inteeger =", "KP-P151 inteeger"),
            ("seed = 3", "", "KP-P152 [recipe]"),
            ("answered = 6", "answered = \"6\"", "KP-P153 \"6\""),
            ("field = \"beds\"", "field = \"bedz\"", "KP-P154 \"bedz\""),
            ("value = \"a\"", "value = \"c\"", "KP-P155 \"c\""),
            ("a = 12.5", "a = 12.4", "KP-P156 { a = 12.4, b = 87.5 }"),
            ("rest = \"no\"", "counts.no = [4, 2]", "KP-P157 counts"),
            ("when = { ehr", "when = { name", "KP-P158 { name = \"yes\" }"),
            ("value = \"a\" }", "value = 3 }", "KP-P160 3"),
            ("low = [20, 100]", "low = [20]", "KP-P161 [20]"),
            ("value = \"a\" }", "value = \"a\", blank = true }", "KP-P162 { given"),
            ("seed = 3", "seed = 3\nextends = \"base.toml\"", "KP-P163 \"base.toml\""),
            ("{ beds = { max = 50 } }", "{ stratum = \"c\" }", "KP-P164 \"c\""),
            ("field = \"ehr\"", "field = \"beds\"", "KP-P165 [[draw]]"),
            ("low = [20, 100]", "low = [20, 200]", "KP-P166 { low"),
            ("asked = 4", "asked = 3", "KP-P166 [[stratum]]"),
            ("counts.yes = [2, 3]", "counts.yes = [2, 3]\nwhen = { beds = 3 }", "KP-P167 counts"),
            ("[recipe]", "[recipe", "KP-P150 "),
        ];
        for (right, wrong, expected) in mistakes {
            let (recipe, found) = loaded(&[("base.toml", &BASE.replacen(right, wrong, 1))]);
            assert!(recipe.is_none(), "{wrong}");
            assert!(found.iter().any(|found| found.starts_with(expected)), "{wrong}: {found:?}");
            assert!(found.len() <= 2, "{wrong} leads to more: {found:?}");
        }
    }
}
