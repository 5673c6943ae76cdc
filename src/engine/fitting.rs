//! Which of the embedded surveys a submission is of, where nobody says so: by its header, and by the version of its form.
//!
//! Invariants
//! - Only the beginning of a file is read, and nothing is judged; what gives its bytes only once is not touched.
//! - The default survey keeps every file that has all its mandatory columns, and every one that no other fits better: only
//!   for the others further surveys are loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::survey::{DEFAULT_SURVEY, embedded_names, open_for};
use super::{CheckOptions, InputFile, form_needs, opening, version};
use crate::input::{FormNeeds, InputFormat, Layout, RawChunk, RawKind, ReadOptions, Reader};
use crate::rule_pack::RulePack;
use crate::rule_pack::load::{Loaded, Purpose};
use crate::source::SourceId;

/// Records that are looked at.
const LOOKED_AT: usize = 20;

/// How well a file fits a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Fit {
    /// Whether its records name a version of the survey's form.
    named: bool,
    /// How many fields of the form it has.
    known: usize,
    /// Whether it has every column that the survey demands.
    whole: bool,
}

/// At what of a file is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// At its header, if that shows that it is whole: the records of JSON are its header.
    Header,
    /// At its first records too.
    Records,
}

/// A survey that files are held against.
#[derive(Debug)]
pub struct Fitted {
    /// What was loaded.
    pub loaded: Loaded,
    /// By which files are read, made of its pack. `None`: it has none, for it has errors.
    pub form: Option<Arc<FormNeeds>>,
}

/// The embedded surveys, each loaded when it is first needed.
#[derive(Debug)]
pub struct Fitting {
    purpose: Purpose,
    loaded: BTreeMap<&'static str, Fitted>,
}

impl Fitting {
    /// None is loaded yet; when one is, it is for `purpose`.
    pub const fn new(purpose: Purpose) -> Self {
        Self { purpose, loaded: BTreeMap::new() }
    }

    /// The survey `name`, if it has been loaded and not been taken yet. `None` as a name: the default.
    pub fn take(&mut self, name: Option<&str>) -> Option<Fitted> {
        self.loaded.remove(name.unwrap_or(DEFAULT_SURVEY))
    }

    /// The survey that `input` fits best. `None`: the default one, also where nothing can be told.
    ///
    /// # Errors
    /// Several fit alike, and the default is none of them: these.
    pub fn survey_of(
        &mut self,
        input: &InputFile,
        options: &CheckOptions,
    ) -> Result<Option<&'static str>, Vec<&'static str>> {
        let own = self.fit(DEFAULT_SURVEY, input, options, Look::Header);
        if own.whole || opening::size(input).is_none() {
            return Ok(None);
        }
        let names = embedded_names();
        let fits: Vec<(&'static str, Fit)> =
            names.into_iter().map(|name| (name, self.fit(name, input, options, Look::Records))).collect();
        let most = fits.iter().map(|(_, fit)| fit.known).max().unwrap_or(0);
        // A version is a short word, and two surveys may have the same: it tells apart only what the header leaves open.
        let near = fits.into_iter().filter(|(_, fit)| fit.known > 0 && fit.known * 2 > most);
        let near: Vec<(&'static str, Fit)> = near.collect();
        let rank = |fit: &Fit| (fit.named, fit.known);
        let best = near.iter().map(|(_, fit)| rank(fit)).max();
        let best: Vec<&'static str> =
            near.iter().filter(|(_, fit)| Some(rank(fit)) == best).map(|(name, _)| *name).collect();
        match *best {
            [name] if name != DEFAULT_SURVEY => Ok(Some(name)),
            [] | [_] => Ok(None),
            _ if best.contains(&DEFAULT_SURVEY) => Ok(None),
            _ => Err(best),
        }
    }

    fn fit(&mut self, name: &'static str, input: &InputFile, options: &CheckOptions, look: Look) -> Fit {
        if !self.loaded.contains_key(name) {
            let Ok(loaded) = open_for(Some(name), self.purpose) else { return Fit::default() };
            let form = loaded.pack.as_ref().map(|pack| Arc::new(form_needs(pack)));
            self.loaded.insert(name, Fitted { loaded, form });
        }
        let fitted = self.loaded.get(name);
        let pack = fitted.and_then(|fitted| Some((fitted.loaded.pack.as_ref()?, fitted.form.as_ref()?)));
        pack.and_then(|pack| fit(input, pack, options, look)).unwrap_or_default()
    }
}

/// How well `input` fits `pack`. `None`: nothing of it can be read.
fn fit(
    input: &InputFile,
    (pack, form): (&RulePack, &Arc<FormNeeds>),
    options: &CheckOptions,
    look: Look,
) -> Option<Fit> {
    opening::size(input)?;
    let reading = ReadOptions { chunk_records: LOOKED_AT, ..options.reading() };
    let (mut reader, _) =
        Reader::open(SourceId(0), &input.name, opening::open(input).ok()?, form, &reading).ok()?;
    let is_json = matches!(reader.format()?, InputFormat::Json | InputFormat::JsonLines);
    let header = (!is_json).then(|| fit_of(reader.layout(), None, pack));
    if look == Look::Header && header.is_some_and(|fit| fit.whole) {
        return header;
    }
    match reader.next_block().ok().flatten() {
        Some(block) => {
            let layout = Arc::clone(&block.layout);
            let chunk = layout.cells(block);
            Some(fit_of(&layout, Some((&chunk, is_json)), pack))
        }
        None => header,
    }
}

/// How well a file fits `pack` whose cells stand as `layout` says. `read`: its first records, and whether they are JSON.
fn fit_of(layout: &Layout, read: Option<(&RawChunk, bool)>, pack: &RulePack) -> Fit {
    // A key that no record has is no column.
    let is_there = |slot: usize| match read {
        Some((chunk, true)) => chunk.column(slot).iter().any(|cell| cell.kind != RawKind::Missing),
        _ => true,
    };
    let there = layout.slots().iter().enumerate().filter(|(slot, _)| is_there(*slot));
    let there: BTreeSet<usize> = there.map(|(_, slot)| slot.field).collect();
    let mut demanded =
        pack.questionnaire.fields.iter().enumerate().filter(|(_, field)| field.column_required);
    Fit {
        named: read.is_some_and(|(chunk, _)| version::is_named(chunk, &pack.questionnaire)),
        known: there.len(),
        whole: !there.is_empty() && demanded.all(|(field, _)| there.contains(&field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::InputPlace;

    fn survey_of(name: &str, text: &str) -> Result<Option<&'static str>, Vec<&'static str>> {
        let place = InputPlace::Bytes(text.as_bytes().to_vec());
        let input = InputFile { name: name.into(), place, levels: Arc::default() };
        Fitting::new(Purpose::Judge).survey_of(&input, &CheckOptions::default())
    }

    /// The headers of the fields of an embedded survey.
    fn headers(name: &str) -> Vec<String> {
        let pack = open_for(Some(name), Purpose::Judge).unwrap().pack.unwrap();
        pack.questionnaire.fields.iter().map(|field| field.column.to_string()).collect()
    }

    #[test]
    fn the_header_tells_the_survey_and_what_it_leaves_open_the_version_does() {
        let (one, other) = ("cyber-checklist/2024", "cyber-checklist/2025");
        let both: Vec<String> =
            headers(one).into_iter().filter(|header| headers(other).contains(header)).collect();
        let file = |headers: &[String], version: &str| {
            let cells: Vec<&str> =
                headers.iter().map(|header| if header == "様式の版" { version } else { "" }).collect();
            format!("{}\n{}\n", headers.join(","), cells.join(","))
        };
        assert_eq!(survey_of("a.csv", &file(&both, "R6")), Ok(Some(one)));
        assert_eq!(survey_of("a.csv", &file(&both, "R7")), Ok(Some(other)));
        assert_eq!(survey_of("a.csv", &file(&both, "")), Err(vec![one, other]), "nobody can tell");
        assert_eq!(survey_of("a.csv", &file(&headers(other), "")), Ok(Some(other)), "its own columns");
        let hospital = headers(DEFAULT_SURVEY);
        assert_eq!(
            survey_of("a.csv", &file(&hospital, "R6")),
            Ok(None),
            "the header goes before the version"
        );
        assert_eq!(
            survey_of("a.csv", &file(&hospital[8..], "R6")),
            Ok(None),
            "also where columns are missing"
        );
        for nothing in ["", "x,y\n1,2\n", "[]"] {
            assert_eq!(survey_of("a.csv", nothing), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn keys_of_json_tell_the_survey_as_headers_do() {
        let pack = open_for(Some("cyber-checklist/2024"), Purpose::Judge).unwrap().pack.unwrap();
        let members: serde_json::Map<String, serde_json::Value> = pack
            .questionnaire
            .fields
            .iter()
            .map(|field| (field.name.to_string(), serde_json::Value::from("R6")))
            .collect();
        let text = serde_json::Value::Object(members).to_string();
        assert_eq!(survey_of("a.jsonl", &text), Ok(Some("cyber-checklist/2024")));
    }
}
