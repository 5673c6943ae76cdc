//! The forms of a survey: its questionnaire, and those of its linked files.
//!
//! Invariants
//! - Only survey files say which they are, so that they can be read beside the rule files, and beside each other.

use super::Link;
use super::chain::{self, File};
use super::link::{self, Linked};
use super::manifest::Survey;
use super::param::{self, keep};
use super::zone::Zone;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::expression::Names;
use crate::questionnaire::{self, Questionnaire};
use crate::source::root::SurveyRoot;
use crate::source::{SourceId, SourceText, next_id};

/// Most files of one form: those that it extends, and itself.
const MOST_FILES: u32 = 16;

/// The forms, and what was found in them.
#[derive(Debug)]
pub struct Forms {
    /// The survey's own. `None`: there is none that can be used, which is among `found`; then there are no links.
    pub form: Option<Questionnaire>,
    /// Linked files with theirs.
    pub links: Vec<Link>,
    /// The fields of all.
    pub names: Names,
    /// The files read before, and those of the forms.
    pub sources: Vec<SourceText>,
    /// In the order in which the files are read and checked.
    pub found: Diagnostics,
}

/// Reads the survey's own form, which the survey files among `files` name; `sources` are the files read so far.
///
/// # Errors
/// The form cannot be read.
pub fn own(files: &[File<'_>], root: &SurveyRoot, sources: Vec<SourceText>) -> Result<Forms, Error> {
    let (links, names, found) = (Vec::new(), Names::default(), Diagnostics::new());
    let mut forms = Forms { form: None, links, names, sources, found };
    let Some(survey) = Survey::of(files) else { return Ok(forms) };
    let Some((source, schema)) = survey.text("schema") else {
        forms.found.push(survey.without("schema"));
        return Ok(forms);
    };
    let Some(path) = keep(chain::schema_at(root, schema, source), &mut forms.found) else {
        return Ok(forms);
    };
    let (sources, mut early) = (&mut forms.sources, Diagnostics::new());
    let (form, mistakes) = questionnaire::load::load_with(root, &path, 0, sources, &mut |_, names| {
        // Relevance may name parameters and sets; what is wrong with them is told when their values are read.
        param::read(files, names, Zone::default(), &mut early);
        param::read_sets(files, names, &mut early);
    })?;
    forms.found.append(mistakes);
    if let Some(form) = &form {
        forms.names.fields = form.named_fields(sources);
    }
    forms.form = form;
    Ok(forms)
}

/// Reads the forms of linked files; `sources` are the files read before any form, whose numbers are taken.
///
/// # Errors
/// A form cannot be read.
pub fn linked(files: &[File<'_>], root: &SurveyRoot, sources: &[SourceText]) -> Result<Linked, Error> {
    // The survey's own form is read at the same time, and takes the numbers before these.
    let first = next_id(sources).0.saturating_add(MOST_FILES);
    link::read(files, root, SourceId(first))
}

impl Forms {
    /// These with the forms of linked files. Without a form of the survey's own there are no links.
    #[must_use]
    pub fn with(mut self, mut linked: Linked, files: &[File<'_>]) -> Self {
        if self.form.is_some() {
            self.found.append(std::mem::take(&mut linked.found));
            self.sources.append(&mut linked.sources);
            self.links = linked.joined(files, &mut self.names, &mut self.found);
        }
        self
    }
}
