//! What a run is told beside its files: flags over environment over `kenpyo.toml` over defaults, checked once.
//!
//! Invariants
//! - Plain structs; the environment is asked through [`Environment`], so tests need none of their own.
//! - Every problem is reported, in order of the settings' names, with where the value came from.
//! - Nothing here looks at a rule pack or at a submission.

pub mod appearance;
pub mod configuration;
pub mod formats;

use std::collections::BTreeMap;

use validator::{Validate, ValidationErrors};

pub use formats::{Destination, Format, FormatProblem, Report};

/// The variables of the environment that are looked at.
const VARIABLES: [&str; 15] = [
    "CI",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "KENPYO_AS_OF",
    "KENPYO_CHUNK_RECORDS",
    "KENPYO_FAULT_AT",
    "KENPYO_FINGERPRINT_KEY",
    "KENPYO_MAX_FINDINGS",
    "KENPYO_THREADS",
    "KENPYO_VALUES",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "NO_COLOR",
    "TERM",
];

/// The environment as it was when the program started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Asks `lookup` for every variable that any setting looks at.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let found = VARIABLES.iter().filter_map(|&name| Some((name.to_owned(), lookup(name)?)));
        Self(found.collect())
    }

    /// The variable `name`. `None`: not set, or set to nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether values are hidden unless a flag says otherwise: `KENPYO_VALUES`, else in CI.
    pub fn hides_values(&self) -> bool {
        match self.get("KENPYO_VALUES") {
            Some(value) => value != "show",
            None => self.is_ci(),
        }
    }

    /// Whether the run is one of continuous integration (`CI`).
    pub fn is_ci(&self) -> bool {
        self.get("CI").is_some_and(|value| !value.eq_ignore_ascii_case("false") && value != "0")
    }

    /// The record on which the engine is to fail, in builds with debug assertions: for tests. `None`: none.
    pub fn fault_at(&self) -> Option<u64> {
        self.get("KENPYO_FAULT_AT").filter(|_| cfg!(debug_assertions))?.parse().ok()
    }

    /// What `KENPYO_VALUES` says, if that is neither `show` nor `hide`. `None`: it is not set, or means something.
    pub fn wrong_values(&self) -> Option<&str> {
        self.get("KENPYO_VALUES").filter(|value| !matches!(*value, "show" | "hide"))
    }
}

/// The numbers of a run.
#[derive(Debug, Clone, PartialEq, Eq, Validate)]
pub struct Settings {
    /// Records of a chunk.
    #[validate(range(min = 1_u64, max = 65_536_u64))]
    pub chunk_records: u64,
    /// Findings that a human listing or a document holds. `None`: each format's own cap.
    #[validate(range(min = 1_u64, max = 10_000_000_u64))]
    pub max_findings: Option<u64>,
    /// Threads. `None`: as many as the machine has, which is asked when they are started.
    #[validate(range(min = 1_u64, max = 1024_u64))]
    pub threads: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { chunk_records: 512, max_findings: None, threads: None }
    }
}

/// The numbers as the flags give them. `None`: not given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// `--chunk-records`.
    pub chunk_records: Option<String>,
    /// `--max-findings`.
    pub max_findings: Option<String>,
    /// `--threads`.
    pub threads: Option<String>,
}

/// A number that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberProblem {
    /// The setting as a person gave it: `--threads`, or the variable `KENPYO_THREADS`.
    pub given_as: String,
    /// What was given.
    pub found: String,
    /// Lowest and highest number.
    pub range: (u64, u64),
}

/// One number of [`Settings`]: its field, its flag, its variable, its range (for messages; the check is the derived one).
const NUMBERS: [(&str, &str, &str, (u64, u64)); 3] = [
    ("chunk_records", "--chunk-records", "KENPYO_CHUNK_RECORDS", (1, 65_536)),
    ("max_findings", "--max-findings", "KENPYO_MAX_FINDINGS", (1, 10_000_000)),
    ("threads", "--threads", "KENPYO_THREADS", (1, 1024)),
];

impl Settings {
    /// Flags over environment over defaults.
    pub fn gather(numbers: &Numbers, environment: &Environment) -> Result<Self, Vec<NumberProblem>> {
        let flags = [&numbers.chunk_records, &numbers.max_findings, &numbers.threads];
        let mut settings = Self::default();
        let mut problems = Vec::new();
        let mut origins = BTreeMap::new();
        for ((field, flag, variable, range), given) in NUMBERS.into_iter().zip(flags) {
            let from_flag = given.as_deref().map(|text| (flag, text));
            let Some((given_as, text)) = from_flag.or_else(|| Some((variable, environment.get(variable)?)))
            else {
                continue;
            };
            let problem = NumberProblem { given_as: given_as.to_owned(), found: text.to_owned(), range };
            match text.parse::<u64>() {
                Ok(number) => settings.put(field, number),
                Err(_) => problems.push(problem.clone()),
            }
            origins.insert(field, problem);
        }
        if let Err(errors) = settings.validate() {
            problems.extend(fields_of(&errors).filter_map(|field| origins.get(field.as_str()).cloned()));
        }
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    fn put(&mut self, field: &str, number: u64) {
        match field {
            "chunk_records" => self.chunk_records = number,
            "max_findings" => self.max_findings = Some(number),
            _ => self.threads = Some(number),
        }
    }
}

fn fields_of(errors: &ValidationErrors) -> impl Iterator<Item = String> {
    errors.errors().keys().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::read(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    fn numbers(threads: &str) -> Numbers {
        Numbers { threads: Some(threads.to_owned()), ..Numbers::default() }
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_default() {
        let environment = environment(&[("KENPYO_THREADS", "3"), ("KENPYO_CHUNK_RECORDS", "7")]);
        let settings = Settings::gather(&numbers("2"), &environment).unwrap();
        assert_eq!((settings.threads, settings.chunk_records, settings.max_findings), (Some(2), 7, None));
    }

    #[test]
    fn both_ends_of_a_range_hold_and_what_lies_outside_is_told_with_its_origin() {
        for good in ["1", "1024"] {
            assert!(Settings::gather(&numbers(good), &Environment::default()).is_ok());
        }
        for bad in ["0", "1025", "-1", "two", "", "1.5", "99999999999999999999"] {
            let problems = Settings::gather(&numbers(bad), &Environment::default()).unwrap_err();
            assert_eq!(problems.len(), 1);
            assert_eq!((problems[0].given_as.as_str(), problems[0].range), ("--threads", (1, 1024)));
        }
    }

    #[test]
    fn all_problems_are_told_in_order() {
        let environment = environment(&[("KENPYO_MAX_FINDINGS", "0"), ("KENPYO_CHUNK_RECORDS", "x")]);
        let problems = Settings::gather(&numbers("0"), &environment).unwrap_err();
        let names: Vec<&str> = problems.iter().map(|problem| problem.given_as.as_str()).collect();
        assert_eq!(names, ["--threads", "KENPYO_CHUNK_RECORDS", "KENPYO_MAX_FINDINGS"]);
    }

    #[test]
    fn values_are_hidden_in_ci_unless_told_otherwise() {
        assert!(environment(&[("CI", "true")]).hides_values());
        assert!(environment(&[("CI", "TRUE")]).hides_values());
        assert!(!environment(&[("CI", "true"), ("KENPYO_VALUES", "show")]).hides_values());
        assert!(
            !environment(&[("CI", "")]).hides_values() && !environment(&[("CI", "false")]).hides_values()
        );
        assert!(environment(&[("KENPYO_VALUES", "hide")]).hides_values());
        let wrong = environment(&[("KENPYO_VALUES", "Show")]);
        assert!(wrong.hides_values() && wrong.wrong_values() == Some("Show"));
    }
}
