//! Loading a pack: the whole walk from a folder of a survey root to a [`RulePack`].
//!
//! Invariants
//! - Everything that is wrong in any file is reported together; a pack with an error is not given out.
//! - What one mistake would only repeat (a file without tree, a form that did not load) is not looked for.
//! - Forms and rule files are read side by side, which no result shows.
//! - Equal files give an equal pack with an equal hash.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use sha2::{Digest, Sha256};

use super::chain::{self, File, Layer, Trees};
use super::comparable;
use super::declaration::nfkc;
use super::declared_type::describe;
use super::derive;
use super::foreign::ForeignColumns;
use super::forms::{self, Forms};
use super::generated_text::Published;
use super::group;
use super::ids::Ids;
use super::keys::{RULE_FILE, SURVEY_FILE};
use super::lookup;
use super::macro_edit::MacroEdit;
use super::making::{Drafted, Making, Subject};
use super::manifest::Survey;
use super::mistake;
use super::period::Period;
use super::tabulation::Tabulation;
use super::toml_file::Text;
use super::wave::Waves;
use super::zone::Zone;
use super::{
    DerivedValue, Link, Lookup, Param, RulePack, exemption, generated, judgement, macro_edit, own_schema,
    param, replace, rule, shape, tabulation, telling, unused,
};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostics, Localized};
use crate::error::Error;
use crate::expression::{FieldId, Names, Type, Value};
use crate::questionnaire::Questionnaire;
use crate::source::root::{self, SurveyRoot};
use crate::source::{SourceText, digest};

/// What loading gives.
#[derive(Debug, Default)]
pub struct Loaded {
    /// `None`: it has errors.
    pub pack: Option<RulePack>,
    /// Everything found, in the order in which the files are read and checked.
    pub diagnostics: Diagnostics,
    /// The files read.
    pub sources: Vec<SourceText>,
}

/// What a pack is loaded for. One inside the binary has been read whole by the tests: of it only what is needed is read
/// again. Of any other everything is, so that every mistake in it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To judge submissions: neither examples nor what was published.
    Judge,
    /// To make tables: no examples.
    Tabulate,
    /// To look at the pack itself.
    Whole,
}

/// Loads the pack in `folder` of `root`, with what it extends.
///
/// # Errors
/// A file of the folder cannot be read. What is wrong inside the files is in the result.
pub fn load(root: &SurveyRoot, folder: &str) -> Result<Loaded, Error> {
    load_for(root, folder, Purpose::Whole)
}

/// Loads the pack as [`load`] does, as far as `purpose` needs it.
///
/// # Errors
/// As [`load`].
pub fn load_for(root: &SurveyRoot, folder: &str, purpose: Purpose) -> Result<Loaded, Error> {
    let purpose = if root.is_embedded() { purpose } else { Purpose::Whole };
    let root = &root.with(if purpose == Purpose::Whole { root::Trees::Whole } else { root::Trees::Brief });
    let mut sources = Vec::new();
    let mut found = Diagnostics::new();
    let layers = chain::read(root, folder.trim_end_matches('/'), &mut sources, &mut found)?;
    // Without the pack that it extends nearly every name would be called unknown.
    let lost = found.has_errors();
    let (files, forms) = side_by_side(root, &layers, &sources, &mut found);
    // One inside the binary has been checked by the tests.
    for file in files.iter().filter(|_| !root.is_embedded()) {
        let block = if file.is_survey() { &SURVEY_FILE } else { &RULE_FILE };
        shape::check(block, &file.root, file.source, &mut found);
    }
    let whole = files.len() == layers.iter().map(|layer| layer.rules.len() + 1).sum::<usize>();
    let mut loader = Loader { root, files: &files, sources, found, whole, lost, purpose };
    let pack = loader.pack(forms)?;
    if !root.is_embedded() {
        own_schema::check_files(&files, &mut loader.found)?;
    }
    let Loader { sources, found, .. } = loader;
    let diagnostics = telling::once(found, root, &sources);
    let pack = pack.filter(|_| !diagnostics.has_errors());
    Ok(Loaded { pack: pack.map(|pack| RulePack { sources: sources.clone(), ..pack }), diagnostics, sources })
}

/// The files of `layers` as trees, and the forms that their survey files name. The survey's own form takes longest, so it
/// is rules and linked forms that a thread of its own reads: what starting it costs is then waited for by nobody.
fn side_by_side<'a>(
    root: &SurveyRoot,
    layers: &'a [Layer],
    sources: &[SourceText],
    found: &mut Diagnostics,
) -> (Vec<File<'a>>, Result<Forms, Error>) {
    let surveys = Trees::of_surveys(root, layers);
    let (rules, own, linked) = thread::scope(|scope| {
        let files = &surveys.files;
        let read = || (Trees::of_rules(root, layers), forms::linked(files, root, sources));
        let beside = thread::Builder::new().name("rules".to_owned()).spawn_scoped(scope, read);
        let own = forms::own(files, root, sources.to_vec());
        let (rules, linked) = match beside {
            Ok(beside) => beside.join().unwrap_or_else(|fault| resume_unwind(fault)),
            // Where no thread can be had, one after the other.
            Err(_) => read(),
        };
        (rules, own, linked)
    });
    let forms = own.and_then(|own| Ok(own.with(linked?, &surveys.files)));
    (surveys.and(rules, found), forms)
}

struct Loader<'r, 'a> {
    root: &'r SurveyRoot,
    files: &'a [File<'a>],
    sources: Vec<SourceText>,
    found: Diagnostics,
    /// Whether every file has a tree: only then can a name be called unknown.
    whole: bool,
    /// Whether a pack that it extends is not there.
    lost: bool,
    purpose: Purpose,
}

/// What `survey.toml` declares.
struct Declarations {
    form: Questionnaire,
    names: Names,
    links: Vec<Link>,
    lookups: Vec<Lookup>,
    params: Vec<Param>,
    derived: Vec<DerivedValue>,
}

impl<'a> Loader<'_, 'a> {
    fn pack(&mut self, forms: Result<Forms, Error>) -> Result<Option<RulePack>, Error> {
        let files = self.files;
        let Some(survey) = Survey::of(files).filter(|_| !self.lost) else { return Ok(None) };
        let manifest = survey.manifest(&mut self.found);
        let zone = Zone::parse(&manifest.timezone).unwrap_or_default();
        if !self.whole {
            return Ok(None);
        }
        let mut ids = Ids::default();
        let Some(declared) = self.declarations(forms?, zone, &mut ids)? else { return Ok(None) };
        let foreign_columns =
            ForeignColumns::of(self.root, &manifest.id, &declared.form, &declared.links, &mut self.sources)?;
        let key = self.key(&survey, "key", &declared.names);
        let fallback_key = self.key(&survey, "fallback-key", &declared.names);
        let breakdown = self.breakdown(&survey, &declared.names);
        let period = self.period(&survey, &declared.params, &manifest.wave);
        let waves = Waves { all: &manifest.waves, now: &manifest.wave };
        let tabulation = self.tabulation(&declared, waves)?;
        let sources = self.sources.clone();
        let profiles = exemption::profiles(files);
        let making = Making {
            form: &declared.form,
            links: &declared.links,
            lookups: &declared.lookups,
            derived: &declared.derived,
            zone,
            profiles: profiles.iter().map(|profile| Arc::clone(&profile.name)).collect(),
            waves,
            everyone: survey.both("everyone").unwrap_or_else(everyone),
            sources: &sources,
            examples: self.purpose == Purpose::Whole,
        };
        let mut published = Published::read(files, &mut ids, &mut self.found);
        let cell_notices = published.cell_notices(&declared.form, &sources, &mut self.found);
        let (rules, gone, subject) = self.rules(&survey, &making, declared.names, &mut published, &mut ids);
        if !self.root.is_embedded() {
            comparable::check(&rules, &making, &tabulation, &mut self.found);
        }
        self.unused(&declared.form, &sources);
        let all = group::Rules { all: &rules, gone: &gone, making: &making, subject: &subject };
        let groups = all.groups(files, &mut ids, &mut self.found);
        let exemptions = exemption::read(files, &rules, &gone, waves, &mut self.found);
        let macro_edits = self.macro_edits(&declared.params, &tabulation, &rules)?;
        let (rules, names) = (rules.into_iter().map(|drafted| drafted.rule).collect(), subject.names);
        Ok(Some(RulePack {
            survey: Arc::from(manifest.id.as_str()),
            wave: Arc::from(manifest.wave.as_str()),
            title: survey.both("title").unwrap_or_default(),
            everyone: making.everyone.clone(),
            hash: hash(self.root, &self.sources),
            zone,
            period,
            questionnaire: declared.form,
            key,
            fallback_key,
            breakdown,
            links: declared.links,
            params: declared.params,
            lookups: declared.lookups,
            derived: declared.derived,
            rules,
            groups,
            exemptions,
            profiles,
            tabulation,
            macro_edits,
            cell_notices,
            foreign_columns,
            names,
            sources,
        }))
    }

    /// Tells what nothing takes up. What has mistakes may not say all that it will.
    fn unused(&mut self, form: &Questionnaire, sources: &[SourceText]) {
        if !self.root.is_embedded() && !self.found.has_errors() {
            unused::parameters(self.files, sources, &mut self.found);
            unused::cases(form, sources, &mut self.found);
        }
    }

    /// What is demanded of the tables as a whole.
    fn macro_edits(
        &mut self,
        params: &[Param],
        tabulation: &Tabulation,
        rules: &[Drafted<'_>],
    ) -> Result<Vec<MacroEdit>, Error> {
        let whole = self.purpose != Purpose::Judge;
        let reading = macro_edit::Reading { files: self.files, root: self.root, params, tabulation, whole };
        macro_edit::read(&reading, rules, &mut self.sources, &mut self.found)
    }

    /// What is tabulated.
    fn tabulation(&mut self, declared: &Declarations, waves: Waves<'_>) -> Result<Tabulation, Error> {
        let reading = tabulation::Reading {
            files: self.files,
            names: &declared.names,
            form: &declared.form,
            links: &declared.links,
            lookups: &declared.lookups,
            waves,
            root: self.root,
            published: self.purpose != Purpose::Judge,
        };
        tabulation::read(&reading, &mut self.sources, &mut self.found)
    }

    /// Form, links, lookups, parameters, sets and derived values. `None`: the form did not load.
    fn declarations(
        &mut self,
        forms: Forms,
        zone: Zone,
        ids: &mut Ids,
    ) -> Result<Option<Declarations>, Error> {
        let Forms { form, links, mut names, sources, found } = forms;
        self.sources = sources;
        self.found.append(found);
        let Some(form) = form else { return Ok(None) };
        let (files, found) = (self.files, &mut self.found);
        if !self.root.is_embedded() {
            own_schema::check_questionnaires(&self.sources, found)?;
        }
        let params = param::read(files, &mut names, zone, found);
        let mut reading = lookup::Reading { root: self.root, zone, sources: &mut self.sources };
        let lookups = lookup::read(files, &mut reading, &mut names, found)?;
        param::read_sets(files, &mut names, found);
        let tables = derive::Tables { lookups: &lookups, fields: form.fields.len() };
        let derived = derive::read(files, &mut names, tables, ids, found);
        Ok(Some(Declarations { form, names, links, lookups, params, derived }))
    }

    /// The fields that `[survey]` names under `key`.
    fn key(&mut self, survey: &Survey<'_>, key: &str, names: &Names) -> Vec<FieldId> {
        let Some(entries) = survey.with(key) else { return Vec::new() };
        let mut fields = Vec::new();
        for text in entries.table.texts(key) {
            match names.fields.get(&nfkc(text.text)).filter(|field| !field.derived) {
                Some(field) => fields.push(field.id),
                None => self.found.push(judgement::unknown_field(key, entries.source, text, names)),
            }
        }
        fields
    }

    /// The question by whose options findings are counted. `None`: none is named, or what is named is no such question,
    /// which is reported.
    fn breakdown(&mut self, survey: &Survey<'_>, names: &Names) -> Option<FieldId> {
        let (source, text) = survey.text("breakdown")?;
        let question = names.fields.get(&nfkc(text.text)).filter(|field| !field.derived);
        let mistake = match question {
            Some(field) if matches!(field.ty, Type::Option(_)) => return Some(field.id),
            None => judgement::unknown_field("breakdown", source, text, names),
            Some(field) => {
                let expected =
                    Localized::new("一つを選ぶ選択肢の項目", "a field with one of several options");
                mistake::at(&code::TYPE_HERE, source, text.span)
                    .with("key", "breakdown")
                    .with("expected", mistake::fixed(&expected))
                    .with("found", mistake::both(describe(&field.ty)))
            }
        };
        self.found.push(mistake);
        None
    }

    /// What `period` names, else the year of `wave`. `None`: neither, or what is named is no such parameter, which is
    /// reported.
    fn period(&mut self, survey: &Survey<'_>, params: &[Param], wave: &str) -> Option<Period> {
        let Some(entries) = survey.with("period") else { return Period::of_year(wave) };
        let texts = entries.table.texts("period");
        let day = |text: &Text<'_>| {
            let param = params.iter().find(|param| param.name == nfkc(text.text))?;
            match param.value {
                Some(Value::Date(day)) => Some(day),
                _ => None,
            }
        };
        let days: Vec<Option<i32>> = texts.iter().map(day).collect();
        if let [Some(first), Some(last)] = days.as_slice()
            && let Some(period) = Period::new(*first, *last)
        {
            return Some(period);
        }
        let wrong = texts.iter().zip(&days).find(|(_, day)| day.is_none()).map(|(text, _)| text);
        let (span, found) = match wrong.or(texts.first()) {
            Some(text) => (text.span, text.text),
            None => (entries.table.get("period")?.span, ""),
        };
        let expected = Localized::new(
            "値のある日付のパラメータ2つ（初日、最終日の順）の名前",
            "the names of two date parameters with a value, the first day and the last",
        );
        self.found.push(
            mistake::at(&code::TYPE_HERE, entries.source, span)
                .with("key", "period")
                .with("expected", mistake::fixed(&expected))
                .with("found", found),
        );
        None
    }

    /// Ids of blocks that gave no rule, because of mistakes that have been reported.
    fn faulty(&self, drafted: &[Drafted<'_>]) -> BTreeSet<String> {
        let blocks = self.files.iter().flat_map(|file| {
            ["rule", "linked_rule", "generated_rule"].into_iter().flat_map(|key| file.root.tables(key))
        });
        let ids = blocks.filter_map(|table| table.text("id")).map(|id| id.text);
        ids.filter(|id| !drafted.iter().any(|rule| rule.answers_to(id))).map(str::to_owned).collect()
    }

    fn rules<'p>(
        &mut self,
        survey: &Survey<'_>,
        making: &Making<'p>,
        names: Names,
        published: &mut Published<'p>,
        ids: &mut Ids,
    ) -> (Vec<Drafted<'p>>, BTreeSet<String>, Subject<'p>)
    where
        'a: 'p,
    {
        let subject = Subject { table: 0, names, form: Some(making.form), published: &[] };
        let mut drafted = generated::rules(making, &subject.names, published, &mut self.found);
        published.report_unused(making.form, &mut self.found);
        let (written, subject) = rule::read(making, subject, self.files, ids, &mut self.found);
        drafted.extend(written);
        let faulty = self.faulty(&drafted);
        let (rules, gone) = replace::settle(drafted, survey, faulty, &mut self.found);
        (rules, gone, subject)
    }
}

/// What `{controller}` prints for a question that is asked of all, unless the survey says it.
fn everyone() -> Localized<Arc<str>> {
    Localized::new(Arc::from("すべての回答者"), Arc::from("every respondent"))
}

/// SHA-256 over path and digest of every file, in order of path.
fn hash(root: &SurveyRoot, sources: &[SourceText]) -> Arc<str> {
    let mut files: Vec<&SourceText> = sources.iter().collect();
    files.sort_by(|left, right| left.name.cmp(&right.name));
    // The form of the survey may be that of a linked file too, and is then read twice.
    files.dedup_by(|left, right| left.name == right.name);
    let mut hash = Sha256::new();
    for file in files {
        // The length keeps apart what would otherwise run together.
        hash.update(u64::try_from(file.name.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(file.name.as_bytes());
        hash.update(root.digest(&file.name, &file.text));
    }
    digest::hexadecimal(&hash.finalize())
}
