//! The format `junit`: the run as test results, which CI servers show as tests.
//!
//! Invariants
//! - A suite a file: one test for reading it, and one for each finding. A finding at or above `--fail-on` is a failure; one
//!   below it is a passed test that says what it is. What kept the run from its end is an error.
//! - A last suite for the rules: those without any finding are passed tests, one that was not run is skipped.
//! - The name of a test tells the record and the fields, never a line, so that it is the same in the next run.
//! - The counts of each suite and of the whole are those of its tests; there is no time and no host.

use std::collections::BTreeSet;

use super::collected::{Collected, Document, Entry};
use super::xml::Xml;
use super::{Output, place_of, standing, words};
use crate::diagnostic::{Argument, Language};
use crate::engine::event::RuleLine;
use crate::engine::verdict::Failure;
use crate::error::Error;
use crate::source::picture;

const OURSELVES: &str = env!("CARGO_PKG_NAME");

/// The document for readers of test results.
#[derive(Debug, Clone, Copy, Default)]
pub struct Junit;

impl Document for Junit {
    fn write(&self, collected: &Collected, output: &mut Output) -> Result<(), Error> {
        let mut suites: Vec<Suite> = collected
            .by_file()
            .into_iter()
            .map(|(name, entries)| Suite::of(collected, name, &entries))
            .collect();
        suites.push(Suite::of_rules(collected));
        let count = |state| suites.iter().map(|suite| suite.count(state)).sum::<usize>().to_string();
        let tests = suites.iter().map(|suite| suite.tests.len()).sum::<usize>().to_string();
        let mut xml = Xml::new();
        xml.open(
            "testsuites",
            &[
                ("name", OURSELVES),
                ("tests", &tests),
                ("failures", &count(State::Failure)),
                ("errors", &count(State::Error)),
            ],
        );
        for suite in &suites {
            suite.write(&mut xml);
        }
        xml.close("testsuites");
        output.write(&xml.into_bytes())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Passed,
    Failure,
    Error,
    Skipped,
}

struct Test {
    class: String,
    name: String,
    state: State,
    /// What is wrong, one line. Empty: nothing.
    message: String,
    /// The same with where it is.
    text: String,
    /// How grave it is.
    kind: &'static str,
}

struct Suite {
    name: String,
    /// What is told of the suite: name and value.
    properties: Vec<(&'static str, String)>,
    tests: Vec<Test>,
    names: BTreeSet<(String, String)>,
}

impl Suite {
    fn new(name: String) -> Self {
        Self { name, properties: Vec::new(), tests: Vec::new(), names: BTreeSet::new() }
    }

    /// The tests of one file. `None`: what is about no file.
    fn of(collected: &Collected, file: Option<&str>, entries: &[&Entry]) -> Self {
        let mut suite = Self::new(file.unwrap_or(OURSELVES).to_owned());
        let line = collected.summary.all_files().find(|line| Some(&*line.name) == file);
        if let Some(line) = line {
            let failure = (!line.readable).then(|| Failure::Unreadable(line.name.clone()));
            suite.add(own(pick(collected, "読み取り", "reading"), failure.as_ref(), collected));
        }
        for entry in entries {
            suite.add(of_finding(entry, collected));
        }
        suite
    }

    /// The tests of the rules, and of the run as a whole.
    fn of_rules(collected: &Collected) -> Self {
        let (header, summary) = (&collected.header, &collected.summary);
        let language = collected.audience.language;
        let packs: Vec<String> = header.packs().map(|(survey, wave, _)| format!("{survey}/{wave}")).collect();
        let mut suite = Self::new(packs.join(", "));
        let receipt = words::labelled_receipt(header, summary, !collected.audience.hide_values, language);
        suite.properties = vec![("verdict", summary.verdict.word().to_owned()), ("receipt", receipt)];
        for failure in summary.failures.iter().filter(|failure| !matches!(failure, Failure::Unreadable(_))) {
            suite.add(own(pick(collected, "検査", "checking"), Some(failure), collected));
        }
        if collected.left_out > 0 {
            let message = words::not_shown(collected.left_out, None, collected.most, language);
            let name = pick(collected, "この文書にない指摘", "findings left out");
            suite.add(Test { state: State::Skipped, message, ..own(name, None, collected) });
        }
        for line in summary.rules.iter().filter(|line| line.findings == 0) {
            if let Some(test) = of_rule(line, language) {
                suite.add(test);
            }
        }
        if suite.tests.is_empty() {
            suite.add(own(pick(collected, "検査", "checking"), None, collected));
        }
        suite
    }

    /// Adds a test under a name that no other of its class has.
    fn add(&mut self, mut test: Test) {
        let name = test.name.clone();
        let mut number = 1;
        while !self.names.insert((test.class.clone(), test.name.clone())) {
            number += 1;
            test.name = format!("{name} ({number})");
        }
        self.tests.push(test);
    }

    fn count(&self, state: State) -> usize {
        self.tests.iter().filter(|test| test.state == state).count()
    }

    fn write(&self, xml: &mut Xml) {
        let count = |state| self.count(state).to_string();
        xml.open(
            "testsuite",
            &[
                ("name", &self.name),
                ("tests", &self.tests.len().to_string()),
                ("failures", &count(State::Failure)),
                ("errors", &count(State::Error)),
                ("skipped", &count(State::Skipped)),
            ],
        );
        if !self.properties.is_empty() {
            xml.open("properties", &[]);
            for (name, value) in &self.properties {
                xml.empty("property", &[("name", name), ("value", value)]);
            }
            xml.close("properties");
        }
        for test in &self.tests {
            test.write(xml);
        }
        xml.close("testsuite");
    }
}

impl Test {
    fn write(&self, xml: &mut Xml) {
        let attributes = [("classname", self.class.as_str()), ("name", self.name.as_str())];
        let told = [("message", self.message.as_str()), ("type", self.kind)];
        let (element, text) = match self.state {
            State::Passed if self.message.is_empty() => return xml.empty("testcase", &attributes),
            State::Passed => ("system-out", &self.text),
            State::Failure => ("failure", &self.text),
            State::Error => ("error", &self.text),
            State::Skipped => ("skipped", &self.message),
        };
        xml.open("testcase", &attributes);
        match self.state {
            State::Passed => xml.text(element, &[], text),
            State::Skipped => xml.empty(element, &[("message", text)]),
            State::Failure | State::Error => xml.text(element, &told, text),
        }
        xml.close("testcase");
    }
}

fn pick(collected: &Collected, ja: &'static str, en: &'static str) -> &'static str {
    words::pick(collected.audience.language, ja, en)
}

/// A test of the program's own work: passed, unless there is a failure.
fn own(name: &str, failure: Option<&Failure>, collected: &Collected) -> Test {
    let message =
        failure.map(|failure| words::failure(failure, collected.audience.language)).unwrap_or_default();
    Test {
        class: OURSELVES.to_owned(),
        name: name.to_owned(),
        state: if failure.is_some() { State::Error } else { State::Passed },
        text: message.clone(),
        message,
        kind: failure.map_or("", Failure::word),
    }
}

fn of_rule(line: &RuleLine, language: Language) -> Option<Test> {
    let counts = line.counts.as_ref()?;
    let waiting = counts.not_run > 0 && counts.not_run == counts.total();
    let message = if waiting { words::pick(language, "未実施", "not run") } else { "" };
    Some(Test {
        class: line.id.to_string(),
        name: line.title.get(language).to_string(),
        state: if waiting { State::Skipped } else { State::Passed },
        message: message.to_owned(),
        text: String::new(),
        kind: "",
    })
}

fn of_finding(entry: &Entry, collected: &Collected) -> Test {
    let diagnostic = &entry.diagnostic;
    let audience = collected.audience;
    let language = audience.language;
    let record = collected.record(diagnostic).map(|place| {
        // A key is the same in the next run, wherever its row has gone.
        collected.key(place).map_or_else(|| words::record(place.record, language), str::to_owned)
    });
    let fields = collected.fields(diagnostic);
    let about = if fields.is_empty() { String::new() } else { format!(" [{}]", fields.join(", ")) };
    let title = diagnostic.notice.title.get(language);
    let name = record.map_or_else(|| format!("{title}{about}"), |record| format!("{record}: {title}{about}"));
    let grave = collected.summary.fail_on.is_some_and(|least| diagnostic.severity >= least);
    let grave = grave && !diagnostic.is_accepted();
    Test {
        class: diagnostic.notice.full_id(),
        name,
        state: if grave { State::Failure } else { State::Passed },
        message: collected.text(diagnostic),
        text: detail(entry, collected),
        kind: diagnostic.severity.word(),
    }
}

/// Where the finding is, what it says, and what its cells say, a line each.
fn detail(entry: &Entry, collected: &Collected) -> String {
    let (diagnostic, audience) = (&entry.diagnostic, collected.audience);
    let spot = collected.spot(diagnostic);
    let file = spot.file.map_or(OURSELVES, |file| collected.name(file));
    let mut lines = vec![spot.print(file)];
    if let Some(place) = collected.record(diagnostic).filter(|_| spot.record.is_none()) {
        lines.extend([words::record(place.record, audience.language)]);
    }
    lines.push(collected.text(diagnostic));
    lines.extend(standing::sentences(diagnostic, audience));
    if !audience.hide_values {
        let suggestion = diagnostic.suggestion.as_ref();
        lines.extend(suggestion.map(|text| text.get(audience.language).clone()));
        for label in diagnostic.labels.iter().filter(|label| label.text != Argument::Nothing) {
            let place = place_of(label, &picture::visible(collected.name(label.source)));
            lines.push(format!("{place}: {}", label.text.print(audience.language)));
        }
    }
    lines.join("\n")
}
