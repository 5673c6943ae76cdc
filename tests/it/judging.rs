//! From a pack and records to findings: selection, derived values, groups, placeholders, private answers.
//!
//! Packs here are made by hand, so that each test holds the one thing that it is about.
//!
//! Invariants
//! - No file is read: packs and records go through plan, judging and diagnosing of the library.

use std::collections::BTreeMap;
use std::sync::Arc;

use kenpyo::batch::Batch;
use kenpyo::batch::example::batch_of;
use kenpyo::diagnostic::{Diagnostics, Language, Severity};
use kenpyo::evaluate::{Outcome, Outcomes, RecordFindings, RuleCounts, Wants, diagnose, judge};
use kenpyo::expression::{FieldId, Node, ParamId, Type, Value};
use kenpyo::plan::{Plan, Selection};
use kenpyo::rule_pack::{
    EditRule, ExampleRecord, ExampleValue, Group, Param, Placeholder, Profile, RulePack,
};

use crate::build;
use crate::null_form::form;

const WANTS: Wants = Wants { excerpts: false, values: true, keys: true, answers: false, marks: None };

fn id(pack: &RulePack, name: &str) -> FieldId {
    pack.questionnaire.field(name).unwrap_or_else(|| panic!("{name}")).id
}

/// A record by field name; options by name, numbers as they are.
fn record(pack: &RulePack, cells: &[(&str, ExampleValue)]) -> ExampleRecord {
    let values = cells.iter().map(|(name, value)| (id(pack, name), value.clone())).collect();
    ExampleRecord { values, ..ExampleRecord::default() }
}

fn number(number: i64) -> ExampleValue {
    ExampleValue::Value(Value::Number(number))
}

fn option(code: u8) -> ExampleValue {
    ExampleValue::Value(Value::Option(code))
}

fn rule(pack: &RulePack, id: &str, require: &str) -> EditRule {
    build::rule(pack, id, None, build::parsed(pack, require))
}

struct Run {
    outcomes: Outcomes,
    findings: Vec<RecordFindings>,
    plan: Plan,
    batch: Batch,
}

fn run(pack: RulePack, selection: &Selection, records: &[ExampleRecord]) -> Run {
    let pack = Arc::new(pack);
    let (plan, findings) = Plan::new(Arc::clone(&pack), selection);
    let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
    let mut batch = batch_of(&pack, records);
    let outcomes = judge(&plan, &mut batch);
    let findings = diagnose(&plan, &batch, &outcomes, WANTS);
    Run { outcomes, findings, plan, batch }
}

/// Ids of a record's findings, followers in brackets.
fn ids(findings: &RecordFindings) -> Vec<String> {
    let with_followers = |finding: &kenpyo::evaluate::Finding| {
        let own = finding.diagnostic.notice.full_id();
        let followers: Vec<String> =
            finding.followers.iter().map(|follower| follower.notice.full_id()).collect();
        if followers.is_empty() { own } else { format!("{own}[{}]", followers.join(" ")) }
    };
    findings.findings.iter().map(with_followers).collect()
}

fn selection(select: &[&str], ignore: &[&str]) -> Selection {
    let list = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect();
    Selection { select: list(select), ignore: list(ignore), ..Selection::default() }
}

fn three_rules() -> RulePack {
    let mut pack = form();
    pack.rules = [("X001", "n = 1"), ("X002", "n = 2"), ("K001", "n = 3")]
        .map(|(id, require)| rule(&pack, id, require))
        .to_vec();
    pack.rules[1].notice = build::notice("X002", Severity::Warning, "", &[]);
    pack.rules[2].profile = Some(build::text("strict"));
    pack.profiles = vec![Profile { name: build::text("strict"), title: build::both("strict") }];
    pack
}

fn planned(pack: &RulePack, selection: &Selection) -> (Option<Plan>, Diagnostics) {
    Plan::new(Arc::new(pack.clone()), selection)
}

#[test]
fn names_families_slugs_and_beginnings_select() {
    let pack = three_rules();
    for (select, ignore, expected) in [
        (&[][..], &[][..], &[0, 1][..]),
        (&["X001"], &[], &[0]),
        (&["slug-of-x002"], &[], &[1]),
        (&["X"], &[], &[0, 1]),
        (&["X0"], &["X001"], &[1]),
        (&[], &["X"], &[]),
    ] {
        let (plan, findings) = planned(&pack, &selection(select, ignore));
        let plan = plan.unwrap();
        assert_eq!(plan.rules, expected, "{select:?} without {ignore:?}");
        assert_eq!(plan.partial, expected.len() < 2);
        assert_eq!(plan.hard_edit_deselected, !expected.contains(&0));
        assert!(findings.is_empty());
    }
    let chosen = Selection { profiles: ["strict".to_owned()].into(), ..Selection::default() };
    assert_eq!(planned(&pack, &chosen).0.unwrap().rules, [0, 1, 2]);
}

#[test]
fn names_that_choose_nothing_are_told_with_the_nearest() {
    let pack = three_rules();
    let of = |selection: &Selection| {
        let (plan, findings) = planned(&pack, selection);
        let told = |one: &kenpyo::diagnostic::Diagnostic| {
            let meant = one.suggestion.as_ref().map(|text| text.en.clone()).unwrap_or_default();
            format!("{} {meant}", one.notice.id)
        };
        (plan.is_some(), findings.iter().map(told).collect::<Vec<_>>().join("; "))
    };
    assert_eq!(of(&selection(&["X010"], &[])), (false, "KP-A010 did you mean \"X001\"?".to_owned()));
    assert_eq!(of(&selection(&[], &["nothing-alike"])), (false, "KP-A010 ".to_owned()));
    assert_eq!(of(&selection(&["KP-C013"], &[])), (false, "KP-A011 ".to_owned()));
    assert_eq!(of(&selection(&["K001"], &[])), (true, "KP-A013 ".to_owned()));
    let profile = Selection { profiles: ["strikt".to_owned()].into(), ..Selection::default() };
    assert_eq!(of(&profile), (false, "KP-A012 did you mean \"strict\"?".to_owned()));
}

#[test]
fn only_soft_edits_are_re_levelled() {
    let pack = three_rules();
    let with = |name: &str, severity| {
        let severities = BTreeMap::from([(name.to_owned(), severity)]);
        let (plan, findings) = planned(&pack, &Selection { severities, ..Selection::default() });
        let id = findings.iter().next().map(|one| one.notice.id.to_string());
        (plan.map(|plan| plan.severities), id)
    };
    assert_eq!(with("X002", Severity::Info), (Some(vec![Severity::Error, Severity::Info]), None));
    assert_eq!(with("X001", Severity::Info), (None, Some("KP-A014".to_owned())));
    assert_eq!(with("X002", Severity::Fatal), (None, Some("KP-A015".to_owned())));
    assert_eq!(with("X003", Severity::Info), (None, Some("KP-A010".to_owned())));
}

#[test]
fn a_parameter_that_was_not_given_leaves_its_rules_not_run() {
    let mut pack = form();
    pack.params =
        vec![Param { name: build::text("most"), ty: build::number(0), value: None, required: true }];
    pack.rules = vec![rule(&pack, "R", "n <= param.most"), rule(&pack, "S", "n within param.most of 0")];
    let records = [record(&pack, &[("n", number(3))])];
    let without = run(pack.clone(), &Selection::default(), &records);
    assert_eq!([0, 1].map(|rule| without.outcomes.of(rule, 0)), [Some(Outcome::NotRun); 2]);
    assert_eq!(without.plan.missing_parameters().len(), 1);
    let params = BTreeMap::from([(ParamId(0), Value::Number(2))]);
    let with = run(pack, &Selection { params, ..Selection::default() }, &records);
    assert_eq!([0, 1].map(|rule| with.outcomes.of(rule, 0)), [Some(Outcome::Fail); 2]);
    assert!(with.plan.missing_parameters().is_empty());
}

#[test]
fn a_rule_that_asks_for_a_link_does_not_apply_without_it() {
    let mut pack = form();
    let theirs = build::field(
        FieldId { table: 1, index: 0 },
        "n",
        build::number(0),
        kenpyo::questionnaire::Required::Yes,
    );
    pack.links = vec![build::link("prev", 1, build::questionnaire(vec![theirs], vec![None]), false)];
    let mut guarded = rule(&pack, "G", "n = prev.n");
    guarded.when = Some(build::parsed(&pack, "prev is linked"));
    guarded.guards = [1].into();
    pack.rules = vec![rule(&pack, "R", "n = prev.n"), guarded];
    let unlinked = record(&pack, &[("n", number(3))]);
    let mut linked = unlinked.clone();
    linked.values.insert(FieldId { table: 1, index: 0 }, number(4));
    let outcomes = run(pack, &Selection::default(), &[unlinked, linked]).outcomes;
    assert_eq!(
        [0, 1].map(|rule| outcomes.of(rule, 0)),
        [Some(Outcome::NotRun), Some(Outcome::NotApplicable)]
    );
    assert_eq!([0, 1].map(|rule| outcomes.of(rule, 1)), [Some(Outcome::Fail), Some(Outcome::Fail)]);
}

/// `n_` is filled with `n + 1` where it is blank.
fn filling() -> RulePack {
    let mut pack = form();
    let value = match build::parsed(&pack, "n + 1 = 0").node {
        Node::Compare { left, .. } => *left,
        other => panic!("{other:?}"),
    };
    let mut derived = build::derived(&pack, id(&pack, "n_"), "n_", build::number(0), value, true);
    let slots = [Placeholder::Written(id(&pack, "n")), Placeholder::Label(id(&pack, "n_"))];
    let notice = build::notice("D001", Severity::Info, "{n} gives {n_}", &["n", "n_"]);
    derived.notice = Some((notice, slots.to_vec()));
    pack.derived = vec![derived];
    pack.rules = vec![rule(&pack, "R", "n_ = 8")];
    pack
}

#[test]
fn a_fallback_fills_blanks_only_and_tells_so() {
    let pack = filling();
    let cells = [
        (number(7), ExampleValue::Blank),
        (number(7), number(3)),
        (number(7), ExampleValue::NotApplicable),
        (ExampleValue::Blank, ExampleValue::Blank),
        (ExampleValue::Invalid, ExampleValue::Blank),
        (ExampleValue::Invalid, number(8)),
        (number(i64::MAX), ExampleValue::Blank),
    ];
    let records = cells.map(|(n, own)| record(&pack, &[("n", n), ("n_", own)]));
    let run = run(pack, &Selection::default(), &records);
    let [pass, fail, none, skip] = [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Skipped];
    let found: Vec<Outcome> = (0..7).filter_map(|row| run.outcomes.of(0, row)).collect();
    assert_eq!(found, [pass, fail, none, none, skip, pass, none]);
    assert_eq!(run.outcomes.filled.len(), 1);
    assert_eq!(run.outcomes.filled[0].1.rows().collect::<Vec<_>>(), [0]);
    let told: Vec<(u64, Vec<String>)> =
        run.findings.iter().map(|record| (record.place.record, ids(record))).collect();
    assert_eq!(told, [(1, vec!["D001".to_owned()]), (2, vec!["R".to_owned()])]);
    assert_eq!(run.findings[0].findings[0].diagnostic.message(Language::En), "7 gives 8");
}

#[test]
fn one_mistyped_cell_leaves_the_other_rules_of_its_record() {
    let mut pack = form();
    pack.rules = vec![rule(&pack, "R", "n = 1"), rule(&pack, "S", "o = \"yes\""), rule(&pack, "T", "n2 = 1")];
    let record = record(&pack, &[("n", ExampleValue::Invalid), ("o", option(1)), ("n2", number(1))]);
    let outcomes = run(pack, &Selection::default(), &[record]).outcomes;
    let found: Vec<Outcome> = (0..3).filter_map(|rule| outcomes.of(rule, 0)).collect();
    assert_eq!(found, [Outcome::Skipped, Outcome::Fail, Outcome::Pass]);
}

fn group(id: &str, head: Option<&str>, followers: &[&str], all: bool) -> Group {
    let notice = head.is_none().then(|| (build::notice(id, Severity::Error, "all of them", &[]), Vec::new()));
    Group {
        id: build::text(id),
        head: head.map(build::text),
        followers: followers.iter().map(|id| build::text(id)).collect(),
        all,
        notice,
    }
}

#[test]
fn findings_of_one_cause_are_shown_as_one_and_counted_as_many() {
    let mut pack = form();
    pack.rules = [("A", "n = 1"), ("B", "n2 = 1"), ("C", "n_ = 1"), ("D", "o = \"yes\"")]
        .map(|(id, require)| rule(&pack, id, require))
        .to_vec();
    pack.groups = vec![group("G", None, &["B", "C"], true), group("H", Some("A"), &["D"], false)];
    let cells = |n, n2, own, o| {
        [("n", number(n)), ("n2", number(n2)), ("n_", number(own)), ("o", option(o))].to_vec()
    };
    let records: Vec<ExampleRecord> =
        [cells(1, 2, 2, 0), cells(1, 2, 1, 1), cells(2, 1, 1, 1), cells(2, 2, 2, 1)]
            .iter()
            .map(|cells| record(&pack, cells))
            .collect();
    let run = run(pack, &Selection::default(), &records);
    let told: Vec<Vec<String>> = run.findings.iter().map(ids).collect();
    assert_eq!(told, [vec!["G[B C]"], vec!["B", "D"], vec!["A[D]"], vec!["A[D]", "G[B C]"]]);
    assert!(run.findings[0].findings[0].heading && !run.findings[2].findings[0].heading);
    let mut counts = RuleCounts::default();
    counts.add(&run.outcomes.rules[1]);
    assert_eq!((counts.pass, counts.fail, counts.total()), (1, 3, 4));
}

#[test]
fn placeholders_print_values_labels_and_what_is_blank() {
    let mut pack = form();
    let mut rule = rule(&pack, "R", "n = 1 and o = \"yes\"");
    let text = "{n}|{o:label}|{n2:q}|{let.sum}|{let.none}|{blanks}";
    let slots = ["n", "o:label", "n2:q", "let.sum", "let.none", "blanks"];
    rule.notice = build::notice("R", Severity::Error, text, &slots);
    let value = |text: &str| match build::parsed(&pack, text).node {
        Node::Compare { left, .. } => Arc::from(*left),
        other => panic!("{other:?}"),
    };
    rule.lets = [("sum", "n + x2 = 0"), ("none", "n + n_ = 0")]
        .map(|(name, text)| kenpyo::rule_pack::Let { name: build::text(name), value: value(text) })
        .to_vec();
    rule.blame = vec![id(&pack, "n"), id(&pack, "n2"), id(&pack, "n_")];
    rule.placeholders = vec![
        Placeholder::Written(id(&pack, "n")),
        Placeholder::Label(id(&pack, "o")),
        Placeholder::Fixed(build::both("question")),
        Placeholder::Let(0),
        Placeholder::Let(1),
        Placeholder::Blanks,
    ];
    pack.rules = vec![rule];
    let record = record(&pack, &[("n", number(5)), ("o", option(1)), ("x2", number(25))]);
    let run = run(pack, &Selection::default(), &[record]);
    let message = run.findings[0].findings[0].diagnostic.message(Language::En);
    assert_eq!(message, "5|label of no|question|7.5|none|question n2, question n_");
    assert_eq!(run.batch.len(), 1);
}

/// Messages are made of single cells: what stands in other rows of the batch must not show.
#[test]
fn a_value_of_every_type_is_printed_alike_alone_and_among_others() {
    let mut pack = form();
    let mut rule = rule(&pack, "R", "n2 = 99");
    let slots = ["n", "x2", "o:label", "m:label", "t", "d", "w", "y", "let.later"];
    rule.notice = build::notice(
        "R",
        Severity::Error,
        "{n}|{x2}|{o:label}|{m:label}|{t}|{d}|{w}|{y}|{let.later}",
        &slots,
    );
    rule.placeholders = slots[..8]
        .iter()
        .map(|slot| match slot.split_once(':') {
            Some((name, _)) => Placeholder::Label(id(&pack, name)),
            None => Placeholder::Written(id(&pack, slot)),
        })
        .chain([Placeholder::Let(0)])
        .collect();
    let later = match build::parsed(&pack, "add_days(d, 1) = d").node {
        Node::Compare { left, .. } => Arc::from(*left),
        other => panic!("{other:?}"),
    };
    rule.lets = vec![kenpyo::rule_pack::Let { name: build::text("later"), value: later }];
    pack.rules = vec![rule];
    let given = |value| ExampleValue::Value(value);
    let cells = |step: i32, code: u8, word: &str| {
        let set = u64::from(code) + 2;
        let seconds = 86_400 * 19_781 + i64::from(step) * 86_460;
        [
            ("n", number(i64::from(step))),
            ("x2", number(i64::from(step) * 15)),
            ("o", option(code)),
            ("m", given(Value::Multi { set, listed: 1 })),
            ("t", given(Value::Text(build::text(word)))),
            ("d", given(Value::Date(19_781 + step))),
            ("w", given(Value::DateTime(seconds))),
            ("y", given(Value::YearMonth(649 + step))),
            ("n2", number(1)),
        ]
    };
    let records = [cells(1, 0, "first"), cells(2, 1, "second"), cells(3, 0, "third")]
        .map(|cells| record(&pack, &cells));
    let told = |records: &[ExampleRecord]| {
        let run = run(pack.clone(), &Selection::default(), records);
        let message = |found: &RecordFindings| found.findings[0].diagnostic.message(Language::En);
        run.findings.iter().map(message).collect::<Vec<String>>()
    };
    let among = told(&records);
    assert_eq!(
        among[0],
        "1|1.5|label of yes|label of x|first|2024-02-29|2024-02-29T00:01:00|2024-03|2024-03-01"
    );
    assert!(
        among[1].starts_with("2|3|label of no|label of w, label of x|second|2024-03-01|"),
        "{}",
        among[1]
    );
    let alone: Vec<String> = records.iter().flat_map(|record| told(std::slice::from_ref(record))).collect();
    assert_eq!(among, alone);
}

#[test]
fn a_private_answer_is_never_printed() {
    let mut pack = form();
    let place = usize::from(id(&pack, "t").index);
    pack.questionnaire.fields[place].private = true;
    let mut rule = rule(&pack, "R", "t = \"x\"");
    rule.notice = build::notice("R", Severity::Error, "{t}{t:label}{let.all}", &["t", "t:label", "let.all"]);
    let value = build::typed(Node::Field(id(&pack, "t")), Type::Text);
    rule.lets = vec![kenpyo::rule_pack::Let { name: build::text("all"), value: Arc::new(value) }];
    rule.placeholders =
        vec![Placeholder::Written(id(&pack, "t")), Placeholder::Label(id(&pack, "t")), Placeholder::Let(0)];
    pack.rules = vec![rule];
    let record = record(&pack, &[("t", ExampleValue::Value(Value::Text(build::text("secret"))))]);
    let run = run(pack, &Selection::default(), &[record]);
    let message = run.findings[0].findings[0].diagnostic.message(Language::En);
    assert_eq!(message, "(private)(private)(private)");
}

#[test]
fn a_fault_is_a_warning_with_the_rule_and_the_record() {
    let mut pack = form();
    pack.rules = vec![rule(&pack, "R", "n / n2 + 1 > 0")];
    let records = [record(&pack, &[("n", number(1)), ("n2", number(0))])];
    let run = run(pack, &Selection::default(), &records);
    assert_eq!(run.outcomes.of(0, 0), Some(Outcome::NotApplicable));
    let found = &run.findings[0].findings[0].diagnostic;
    assert_eq!((&*found.notice.id, found.severity), ("KP-A020", Severity::Warning));
    assert!(found.message(Language::En).starts_with("R could not be decided"));
}
