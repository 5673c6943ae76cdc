//! The configuration below the command line: what no option says is filled in before a command runs.
//!
//! Invariants
//! - An option goes before the configuration, and so does a variable of the environment where one counts.
//! - Behind this file nothing asks for the configuration again: a command finds all in its arguments.

use clap::ValueEnum;

use super::arguments::{CheckArguments, Command, RulesAction, RulesArguments};
use super::session::Session;
use crate::settings::configuration::given::Value;

/// Fills what `command` leaves open.
pub(super) fn fill(session: &Session, command: &mut Command) {
    let configured = Configured(session);
    match command {
        Command::Check(arguments) => configured.check(arguments),
        Command::Explain(arguments) => configured.text(&mut arguments.survey, "survey"),
        Command::Form(arguments) => configured.text(&mut arguments.survey, "survey"),
        Command::Generate(arguments) => configured.text(&mut arguments.survey, "survey"),
        Command::Rules(arguments) => configured.rules(arguments),
        Command::Clean(arguments) => {
            let mut judging = arguments.judging();
            configured.check(&mut judging);
            // Its reports are those that it is asked for by name.
            judging.format.clone_from(&arguments.format);
            arguments.judging = Some(Box::new(judging));
        }
        Command::Tabulate(arguments) => {
            let mut judging = arguments.judging();
            configured.check(&mut judging);
            arguments.judging = Some(Box::new(judging));
        }
        Command::Completions(_) | Command::Config(_) | Command::Man(_) | Command::Version => {}
    }
}

struct Configured<'a>(&'a Session);

impl Configured<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.0.line.configuration().configured(key, &self.0.environment)
    }

    fn text(&self, place: &mut Option<String>, key: &str) {
        if place.is_none() {
            *place = self.value(key).and_then(Value::text).map(str::to_owned);
        }
    }

    fn word<W: ValueEnum>(&self, place: &mut Option<W>, key: &str) {
        if place.is_none() {
            *place = self.value(key).and_then(Value::text).and_then(|word| W::from_str(word, false).ok());
        }
    }

    fn list(&self, place: &mut Vec<String>, key: &str) {
        if place.is_empty() {
            *place = self.value(key).map(Value::list).unwrap_or_default().to_vec();
        }
    }

    fn flag(&self, place: &mut bool, key: &str) {
        *place |= self.value(key) == Some(&Value::Flag(true));
    }

    fn number(&self, place: &mut Option<String>, key: &str) {
        if place.is_none() {
            *place = self.value(key).map(ToString::to_string);
        }
    }

    /// `rules format` writes into the survey: a configuration sends it no further than into its own folder.
    fn rules(&self, arguments: &mut RulesArguments) {
        let writes = matches!(arguments.action, RulesAction::Format { .. });
        let named = arguments.survey.is_some();
        self.text(&mut arguments.survey, "survey");
        if writes && !named {
            arguments.survey.take_if(|survey| !self.0.line.configuration().holds(survey));
        }
    }

    fn check(&self, arguments: &mut CheckArguments) {
        arguments.survey_by_option = arguments.judged_by.survey.is_some();
        self.text(&mut arguments.judged_by.survey, "survey");
        self.text(&mut arguments.reading.records, "records");
        arguments.rank_by_option = arguments.rank.is_some();
        self.word(&mut arguments.rank, "rank");
        self.word(&mut arguments.fail_on, "fail-on");
        self.word(&mut arguments.values, "values");
        self.word(&mut arguments.keys, "keys");
        self.word(&mut arguments.reading.input_format, "input-format");
        self.word(&mut arguments.reading.encoding, "encoding");
        self.list(&mut arguments.submissions.exclude, "exclude");
        self.list(&mut arguments.profile, "profile");
        self.list(&mut arguments.select, "select");
        self.list(&mut arguments.ignore, "ignore");
        self.list(&mut arguments.format, "format");
        self.flag(&mut arguments.allow_empty, "allow-empty");
        self.flag(&mut arguments.reading.no_progress, "no-progress");
        self.number(&mut arguments.max_findings, "max-findings");
        self.number(&mut arguments.reading.threads, "threads");
        self.number(&mut arguments.reading.chunk_records, "chunk-records");
        self.params(arguments);
        self.links(arguments);
        arguments.severities = self.0.line.configuration().severities();
    }

    /// Files of links that no option names.
    fn links(&self, arguments: &mut CheckArguments) {
        let name_of = |given: &str| given.split_once('=').map_or("", |(name, _)| name.trim()).to_owned();
        let given: Vec<String> = arguments.judged_by.link.iter().map(|given| name_of(given)).collect();
        for (name, value) in self.0.line.configuration().members("link") {
            if let Some(file) = value.value.text().filter(|_| !given.iter().any(|other| other == name)) {
                arguments.judged_by.link.push(format!("{name}={file}"));
            }
        }
    }

    /// Parameters that no option gives; `--as-of` and the parameter of that name are one.
    fn params(&self, arguments: &mut CheckArguments) {
        let name_of = |given: &str| given.split_once('=').map_or("", |(name, _)| name.trim()).to_owned();
        let given: Vec<String> = arguments.judged_by.param.iter().map(|given| name_of(given)).collect();
        let day_given = arguments.judged_by.as_of.is_some();
        if !given.iter().any(|name| name == "as_of") {
            self.text(&mut arguments.judged_by.as_of, "as-of");
        }
        for (name, value) in self.0.line.configuration().members("param") {
            let is_given = given.iter().any(|other| other == name) || (name == "as_of" && day_given);
            if let Some(text) = value.value.text().filter(|_| !is_given) {
                arguments.judged_by.param.push(format!("{name}={text}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::arguments::{
        ColorName, EncodingName, FailOn, InputFormatName, LanguageName, RankName, Whether,
    };
    use super::*;
    use crate::settings::configuration::keys::{Shape, key};

    fn words<W: ValueEnum>() -> Vec<String> {
        let values = W::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect()
    }

    #[test]
    fn the_configuration_has_the_words_of_the_options() {
        for (name, words) in [
            ("lang", words::<LanguageName>()),
            ("color", words::<ColorName>()),
            ("rank", words::<RankName>()),
            ("fail-on", words::<FailOn>()),
            ("values", words::<Whether>()),
            ("keys", words::<Whether>()),
            ("input-format", words::<InputFormatName>()),
            ("encoding", words::<EncodingName>()),
        ] {
            let Shape::Word(known) = key(name).unwrap().shape else { panic!("{name}") };
            assert_eq!(known, words, "{name}");
        }
    }
}
