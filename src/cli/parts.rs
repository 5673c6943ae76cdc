//! Which submissions are judged by which survey: those of the run, and those that `[[path]]` names.
//!
//! Invariants
//! - `--survey` goes before every `[[path]]`; a file that neither names is judged by the survey of the run, and where that
//!   has none, by the embedded one that it fits best.
//! - Surveys come in the order of their first file; a run has at least one, even where there is no file.
//! - All surveys are loaded and planned before a submission is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arguments::CheckArguments;
use super::check::Refusal;
use super::session::{Exit, Session};
use super::usage::{list, usage};
use super::{check, links, outputs, selection};
use crate::diagnostic::code::usage::SURVEY_NOT_CLEAR;
use crate::diagnostic::{Diagnostic, Language, Severity};
use crate::engine::fitting::{Fitted, Fitting};
use crate::engine::{InputFile, InputPlace, LinkedFile, Part};
use crate::input::FormNeeds;
use crate::plan::{Plan, has_rule, levels};
use crate::rule_pack::RulePack;
use crate::rule_pack::load::Purpose;
use crate::source::sink::real_path;

/// Files named in a note.
const NAMED: usize = 5;

/// Submissions that are judged alike.
#[derive(Debug)]
pub(super) struct PlannedPart {
    /// The programme.
    pub(super) plan: Plan,
    /// The submissions, in order.
    pub(super) inputs: Vec<InputFile>,
    /// The files of its links.
    pub(super) links: Vec<LinkedFile>,
}

impl PlannedPart {
    /// As the engine takes it.
    pub(super) fn part(&self) -> Part<'_> {
        Part { plan: &self.plan, inputs: &self.inputs, links: &self.links }
    }
}

/// A pack, and by which form files are read if that is known already.
type FittedPack = (RulePack, Option<Arc<FormNeeds>>);

/// Severities of soft edits, by the names that somebody gave them.
type Severities = BTreeMap<String, Severity>;

/// The parts of the run; or its end, after every report has said why nothing is judged.
pub(super) fn planned(
    session: &Session,
    arguments: &CheckArguments,
    inputs: Vec<InputFile>,
    purpose: Purpose,
    refusal: &Refusal<'_>,
) -> Result<Vec<PlannedPart>, Exit> {
    let mut surveys = Vec::new();
    let mut fitting = Fitting::new(purpose);
    let by_survey = by_survey(session, arguments, inputs, &mut fitting);
    for (survey, inputs) in by_survey.map_err(|problem| refused(session, vec![*problem], refusal))? {
        let Fitted { loaded, form } = match fitting.take(survey.as_deref()) {
            Some(fitted) => fitted,
            None => Fitted { loaded: super::open_for(session, survey.as_deref(), purpose)?, form: None },
        };
        let Some(pack) = loaded.pack else {
            session.refuse_pack(&loaded.diagnostics, &loaded.sources);
            return Err(refusal.tell(&loaded.diagnostics, &loaded.sources));
        };
        surveys.push((survey, (pack, form), inputs));
    }
    let named = named_anywhere(&surveys, arguments);
    let mut parts = Vec::new();
    for (survey, pack, inputs) in surveys {
        let planned = part(session, arguments, (survey.as_deref(), pack, &named), inputs);
        parts.push(planned.map_err(|problems| refused(session, problems, refusal))?);
    }
    let unknown = links::unknown(session, arguments, &parts);
    if !unknown.is_empty() {
        return Err(refused(session, unknown, refusal));
    }
    if let Err(problem) = links::set_apart(session, arguments, &mut parts) {
        return Err(refused(session, vec![*problem], refusal));
    }
    let over = outputs::over_links(session, arguments, refusal.reports, &links::places(&parts));
    match over {
        Some(problem) => Err(session.refuse([problem])),
        None => Ok(parts),
    }
}

fn refused(session: &Session, problems: Vec<Diagnostic>, refusal: &Refusal<'_>) -> Exit {
    session.warn(problems.iter().cloned());
    refusal.tell(&problems.into_iter().collect(), &session.line.sources(session.language))
}

/// A file, and the severities that its paths give. `None`: those of the whole run.
type Settled = (InputFile, Option<Severities>);

/// Submissions with the name of the survey that judges them. `None`: the default one.
type BySurvey = Vec<(Option<String>, Vec<Settled>)>;

/// The inputs by the survey that judges them.
fn by_survey(
    session: &Session,
    arguments: &CheckArguments,
    inputs: Vec<InputFile>,
    fitting: &mut Fitting,
) -> Result<BySurvey, Box<Diagnostic>> {
    let configuration = session.line.configuration();
    let reading = check::reading(arguments);
    let linked = links::named_places(arguments);
    let mut parts: BySurvey = Vec::new();
    let mut fitted: BTreeMap<&'static str, Vec<Arc<str>>> = BTreeMap::new();
    for input in inputs {
        let settings = configuration.has_paths().then(|| match &input.place {
            InputPlace::Path(path) => configuration.of_path(&path.to_string_lossy()),
            InputPlace::Stdin | InputPlace::Bytes(_) | InputPlace::Spool(_) => {
                configuration.of_path(&input.name)
            }
        });
        let (survey, severities) =
            settings.map_or((None, None), |settings| (settings.survey, Some(settings.severity)));
        let mut survey =
            survey.filter(|_| !arguments.survey_by_option).or_else(|| arguments.judged_by.survey.clone());
        let is_linked = matches!(&input.place, InputPlace::Path(path) if linked.contains(&real_path(path)));
        if survey.is_none() && !is_linked {
            let fits = fitting.survey_of(&input, &reading).map_err(|names| {
                let problem = usage(&SURVEY_NOT_CLEAR, session.line.mark_value(&input.name));
                Box::new(problem.with("found", &*input.name).with("known", list(names)))
            })?;
            if let Some(name) = fits {
                fitted.entry(name).or_default().push(Arc::clone(&input.name));
                survey = Some(name.to_owned());
            }
        }
        let own = severities.filter(|severities| *severities != arguments.severities);
        match parts.iter_mut().find(|(other, _)| *other == survey) {
            Some((_, files)) => files.push((input, own)),
            None => parts.push((survey, vec![(input, own)])),
        }
    }
    if parts.is_empty() {
        parts.push((arguments.judged_by.survey.clone(), Vec::new()));
    }
    tell_fitted(session, &fitted);
    Ok(parts)
}

/// Says which files are judged by another survey than the default one, because they fit it better.
fn tell_fitted(session: &Session, fitted: &BTreeMap<&'static str, Vec<Arc<str>>>) {
    for (survey, names) in fitted {
        let more = if names.len() > NAMED { ", …" } else { "" };
        let names = names.iter().take(NAMED).map(|name| &**name).collect::<Vec<_>>().join(", ") + more;
        session.note(&match session.language {
            Language::Ja => format!("列名と様式の版から {survey} の回答と判断しました：{names}"),
            Language::En => {
                format!("Judged by {survey}, by its column names and the version of its form: {names}")
            }
        });
    }
}

/// The names for which a severity is given and which a rule of any of the surveys has.
fn named_anywhere(
    surveys: &[(Option<String>, FittedPack, Vec<Settled>)],
    arguments: &CheckArguments,
) -> BTreeSet<String> {
    let of_paths = surveys.iter().flat_map(|(_, _, inputs)| inputs).filter_map(|(_, own)| own.as_ref());
    let given = std::iter::once(&arguments.severities).chain(of_paths).flat_map(BTreeMap::keys);
    let known = |name: &&String| surveys.iter().any(|(_, (pack, _), _)| has_rule(pack, name));
    given.filter(known).cloned().collect()
}

fn part(
    session: &Session,
    arguments: &CheckArguments,
    (survey, (pack, form), named): (Option<&str>, FittedPack, &BTreeSet<String>),
    inputs: Vec<Settled>,
) -> Result<PlannedPart, Vec<Diagnostic>> {
    let links = links::of_pack(session, arguments, survey, &pack)?;
    let mut selection = selection::gather(session, arguments, &pack)?;
    // A rule of another survey of the run is no mistake here.
    let concerns = |pack: &RulePack, name: &String| has_rule(pack, name) || !named.contains(name);
    selection.severities.retain(|name, _| concerns(&pack, name));
    let (plan, diagnostics) = Plan::new(Arc::new(pack), &selection);
    let Some(mut plan) = plan else { return Err(selection::mark(session, diagnostics)) };
    if let Some(form) = form {
        plan = plan.reading(form);
    }
    if !diagnostics.is_empty() && !session.quiet {
        session.warn(selection::mark(session, diagnostics));
    }
    let mut settled = Vec::new();
    for (input, own) in inputs {
        let Some(mut own) = own else {
            settled.push(input);
            continue;
        };
        own.retain(|name, _| concerns(&plan.pack, name));
        let (levels, diagnostics) = levels(&plan.pack, &own);
        if diagnostics.has_errors() {
            return Err(selection::mark(session, diagnostics));
        }
        settled.push(InputFile { levels: Arc::new(levels), ..input });
    }
    Ok(PlannedPart { plan, inputs: settled, links })
}
