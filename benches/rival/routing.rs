//! Who must answer what: group K, and X012.
//!
//! Invariants
//! - On an open question one finding at most: it is unanswered, or it is marked as not applicable.
//! - An answer behind a closed question that is itself answered is not told: one cause, one finding.

use super::cell::State::{self, Blank, DontKnow, Invalid, NotApplicable, Value};
use super::choice::{Consult, YesNo};
use super::form::Form;
use super::report::Report;

/// Whether a question is asked of the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Yes,
    No,
    /// The question that decides is unanswered, or cannot be read.
    Unknown,
}

/// The ids of the edits of one conditional question.
struct Ids {
    must_answer: &'static str,
    marked: &'static str,
    accepted: &'static str,
}

/// The ids of one detail of the backups.
struct DetailIds {
    ids: Ids,
    without_ehr: &'static str,
    without_backup: &'static str,
}

/// Judges the routing of every question.
pub fn judge(form: &Form<'_>, report: &mut Report) {
    every_hospital(form, report);
    if form.q03_consult.is == Value(Consult::Other) && form.q03_other_text.is.is_blank() {
        report.fail("HCS-X012/q03_other_text");
    }
    backup(form, report);
    details(form, report);
    drill(form, report);
    orphans(form, report);
}

/// K001 and K018 of the questions that every hospital is asked.
fn every_hospital(form: &Form<'_>, report: &mut Report) {
    must_answer(report, &form.q01_manager.is, "HCS-K001/q01_manager", "HCS-K018/q01_manager");
    must_answer(report, &form.q02_contacts.is, "HCS-K001/q02_contacts", "HCS-K018/q02_contacts");
    must_answer(report, &form.q03_consult.is, "HCS-K001/q03_consult", "HCS-K018/q03_consult");
    must_answer(report, &form.q04_ehr.is, "HCS-K001/q04_ehr", "HCS-K018/q04_ehr");
    must_answer(report, &form.q05_rules.is, "HCS-K001/q05_rules", "HCS-K018/q05_rules");
    must_answer(report, &form.q06_roles.is, "HCS-K001/q06_roles", "HCS-K018/q06_roles");
    must_answer(report, &form.q07_network.is, "HCS-K001/q07_network", "HCS-K018/q07_network");
    must_answer(report, &form.q08_alerts.is, "HCS-K001/q08_alerts", "HCS-K018/q08_alerts");
    must_answer(report, &form.q09_software.is, "HCS-K001/q09_software", "HCS-K018/q09_software");
    must_answer(report, &form.q10_mds.is, "HCS-K001/q10_mds", "HCS-K018/q10_mds");
    must_answer(report, &form.q17_bcp.is, "HCS-K001/q17_bcp", "HCS-K018/q17_bcp");
}

fn must_answer<T>(report: &mut Report, cell: &State<T>, unanswered: &'static str, marked: &'static str) {
    match cell {
        Blank | DontKnow => report.fail(unanswered),
        NotApplicable => report.fail(marked),
        Value(_) | Invalid => {}
    }
}

/// What is wrong with a question that is asked, and the mark that is right on one that is not.
fn routed<T>(report: &mut Report, asked: Asked, cell: &State<T>, ids: &Ids) {
    match asked {
        Asked::Yes => must_answer(report, cell, ids.must_answer, ids.marked),
        Asked::No if matches!(cell, NotApplicable) => report.fail(ids.accepted),
        Asked::No | Asked::Unknown => {}
    }
}

/// Whether a question is asked that a yes opens. A mark instead of the answer closes it.
const fn after(controller: State<YesNo>) -> Asked {
    match controller {
        Value(YesNo::Yes) => Asked::Yes,
        Value(YesNo::No) | NotApplicable => Asked::No,
        Blank | DontKnow | Invalid => Asked::Unknown,
    }
}

/// Whether the details of the backups are asked.
pub const fn backup_details(form: &Form<'_>) -> Asked {
    match (form.q04_ehr.is, form.q11_backup.is) {
        (Invalid, _) | (_, Invalid) => Asked::Unknown,
        (Value(YesNo::No), _) | (_, Value(YesNo::No)) => Asked::No,
        (Value(YesNo::Yes), Value(YesNo::Yes)) => Asked::Yes,
        (Blank | DontKnow, _) | (_, DontKnow) | (Value(YesNo::Yes), Blank) => Asked::Unknown,
        (NotApplicable, _) | (_, NotApplicable) => Asked::No,
    }
}

/// K002, K003 and the marks of the question whether backups are made.
fn backup(form: &Form<'_>, report: &mut Report) {
    let ids = Ids {
        must_answer: "HCS-K002/q11_backup",
        marked: "HCS-K018/q11_backup",
        accepted: "HCS-K017/q11_backup",
    };
    routed(report, after(form.q04_ehr.is), &form.q11_backup.is, &ids);
    if form.q04_ehr.is == Value(YesNo::No) && form.q11_backup.is.is_answered() {
        report.fail("HCS-K003/q11_backup");
    }
}

macro_rules! detail {
    ($form:ident, $report:ident, $field:ident, $unanswered:literal, $without:literal) => {
        detail(
            $report,
            $form,
            &$form.$field.is,
            &DetailIds {
                ids: Ids {
                    must_answer: concat!($unanswered, "/", stringify!($field)),
                    marked: concat!("HCS-K018/", stringify!($field)),
                    accepted: concat!("HCS-K017/", stringify!($field)),
                },
                without_ehr: concat!("HCS-K004/", stringify!($field)),
                without_backup: concat!($without, "/", stringify!($field)),
            },
        )
    };
}

/// K004 to K014 and the marks of the details.
fn details(form: &Form<'_>, report: &mut Report) {
    detail!(form, report, q12_frequency, "HCS-K005", "HCS-K006");
    detail!(form, report, q13_copies, "HCS-K007", "HCS-K008");
    detail!(form, report, q14_methods, "HCS-K009", "HCS-K010");
    detail!(form, report, q15_generations, "HCS-K011", "HCS-K012");
    detail!(form, report, q16_offline, "HCS-K013", "HCS-K014");
}

fn detail<T>(report: &mut Report, form: &Form<'_>, cell: &State<T>, ids: &DetailIds) {
    routed(report, backup_details(form), cell, &ids.ids);
    if !cell.is_answered() {
        return;
    }
    match (form.q04_ehr.is, form.q11_backup.is) {
        (Value(YesNo::No), Blank | NotApplicable) => report.fail(ids.without_ehr),
        (Value(YesNo::Yes), Value(YesNo::No)) => report.fail(ids.without_backup),
        _ => {}
    }
}

/// K015, K016 and the marks of the drill.
fn drill(form: &Form<'_>, report: &mut Report) {
    let ids = Ids {
        must_answer: "HCS-K015/q18_drill",
        marked: "HCS-K018/q18_drill",
        accepted: "HCS-K017/q18_drill",
    };
    routed(report, after(form.q17_bcp.is), &form.q18_drill.is, &ids);
    if form.q17_bcp.is == Value(YesNo::No) && form.q18_drill.is.is_answered() {
        report.fail("HCS-K016/q18_drill");
    }
}

/// K019 and K020: answers behind a question that is blank.
fn orphans(form: &Form<'_>, report: &mut Report) {
    let backup = [
        (form.q11_backup.is.is_answered(), form.q11_backup.is.is_invalid()),
        (form.q12_frequency.is.is_answered(), form.q12_frequency.is.is_invalid()),
        (form.q13_copies.is.is_answered(), form.q13_copies.is.is_invalid()),
        (form.q14_methods.is.is_answered(), form.q14_methods.is.is_invalid()),
        (form.q15_generations.is.is_answered(), form.q15_generations.is.is_invalid()),
        (form.q16_offline.is.is_answered(), form.q16_offline.is.is_invalid()),
    ];
    let answered = backup.iter().any(|(answered, _)| *answered);
    let invalid = backup.iter().any(|(_, invalid)| *invalid);
    if form.q04_ehr.is.is_blank() && answered && !invalid {
        report.fail("HCS-K019");
    }
    if form.q17_bcp.is.is_blank() && form.q18_drill.is.is_answered() {
        report.fail("HCS-K020");
    }
}
