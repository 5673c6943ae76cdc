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

/// Bytes in which the header of a form stands.
const FIRST_LINE: u64 = 1 << 14;

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
        let of_default = self.fitted(DEFAULT_SURVEY).and_then(|fitted| fitted.loaded.pack.as_ref());
        if opening::size(input).is_none() || of_default.is_some_and(|pack| is_spelt_out(input, pack)) {
            return Ok(None);
        }
        if self.fit(DEFAULT_SURVEY, input, options).whole {
            return Ok(None);
        }
        let names = embedded_names();
        let fits: Vec<(&'static str, Fit)> =
            names.into_iter().map(|name| (name, self.fit(name, input, options))).collect();
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

    fn fit(&mut self, name: &'static str, input: &InputFile, options: &CheckOptions) -> Fit {
        let fitted = self.fitted(name);
        let pack = fitted.and_then(|fitted| Some((fitted.loaded.pack.as_ref()?, fitted.form.as_ref()?)));
        pack.and_then(|pack| fit(input, pack, options)).unwrap_or_default()
    }

    /// The survey `name`, loaded unless it has been. `None`: it cannot be.
    fn fitted(&mut self, name: &'static str) -> Option<&Fitted> {
        if !self.loaded.contains_key(name) {
            let loaded = open_for(Some(name), self.purpose).ok()?;
            let form = loaded.pack.as_ref().map(|pack| Arc::new(form_needs(pack)));
            self.loaded.insert(name, Fitted { loaded, form });
        }
        self.loaded.get(name)
    }
}

/// Whether the first line of `input` has all mandatory columns of `pack` under their own names, between commas. Most files
/// have, and need not be opened twice; what has not may be whole all the same.
fn is_spelt_out(input: &InputFile, pack: &RulePack) -> bool {
    let look = opening::open(input).and_then(|stream| stream.look(&input.name, FIRST_LINE));
    let Ok((first, _)) = look else { return false };
    let line = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let line = line.trim_start_matches('\u{FEFF}').trim_end();
    let cells: BTreeSet<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
    let mut demanded = pack.questionnaire.fields.iter().filter(|field| field.column_required).peekable();
    demanded.peek().is_some()
        && demanded.all(|field| [&field.column, &field.name].iter().any(|name| cells.contains(&***name)))
}

/// How well `input` fits `pack`. `None`: nothing of it can be read.
fn fit(input: &InputFile, (pack, form): (&RulePack, &Arc<FormNeeds>), options: &CheckOptions) -> Option<Fit> {
    opening::size(input)?;
    let reading = ReadOptions { chunk_records: LOOKED_AT, ..options.reading() };
    let (mut reader, _) =
        Reader::open(SourceId(0), &input.name, opening::open(input).ok()?, form, &reading).ok()?;
    let is_json = matches!(reader.format()?, InputFormat::Json | InputFormat::JsonLines);
    match reader.next_block().ok().flatten() {
        Some(block) => {
            let layout = Arc::clone(&block.layout);
            let chunk = layout.cells(block);
            Some(fit_of(&layout, Some((&chunk, is_json)), pack))
        }
        None if is_json => None,
        None => Some(fit_of(reader.layout(), None, pack)),
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
    fn a_header_with_all_mandatory_columns_is_enough_and_one_without_is_looked_at() {
        let pack = open_for(None, Purpose::Judge).unwrap().pack.unwrap();
        let is_spelt_out = |text: &str| {
            let place = InputPlace::Bytes(text.as_bytes().to_vec());
            is_spelt_out(&InputFile { name: "a.csv".into(), place, levels: Arc::default() }, &pack)
        };
        let mut columns = headers(DEFAULT_SURVEY);
        assert!(is_spelt_out(&columns.join(",")));
        assert!(is_spelt_out(&format!("\u{FEFF}\"{}\"\r\n1,2", columns.join("\",\""))));
        let demanded = pack.questionnaire.fields.iter().position(|field| field.column_required).unwrap();
        columns.remove(demanded);
        assert!(!is_spelt_out(&columns.join(",")));
        for other in ["", "\n", "{\"gmis_id\": 1}"] {
            assert!(!is_spelt_out(other), "{other}");
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
