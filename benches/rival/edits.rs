//! The edits over several cells: groups R, X, D and C, and the order in which a record is judged.
//!
//! Invariants
//! - A cell that has been told is not judged again: an edit fails only where every cell it reads could be read.
//! - Values are derived first.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use regex::Regex;

use super::answer::KindOfBeds;
use super::cell::State::{self, Blank, DontKnow, Invalid, NotApplicable, Value};
use super::choice::{Band, Consult, Copies, Frequency, Generations, YesNo};
use super::code::{InstitutionCode, MunicipalityCode, Prefecture};
use super::form::Form;
use super::report::Report;
use super::routing::{self, Asked};

const POPULATION_MIN: u64 = 20;
const BEDS_HIGH: u64 = 1500;
const FIELD_PERIOD: RangeInclusive<Date> = date(2024, 2, 1)..=date(2024, 3, 8);

/// An address, or a password or ID followed by a word.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let address = r"(?:^|[^\d.．])\d{1,3}(?:[.．]\d{1,3}){3}(?:\D|$)";
    let long_address = r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::";
    let mail = r"[0-9a-z._%+-]+[@＠][0-9a-z-]+[.．][0-9a-z]";
    let secret = r"(?:パスワード|password|(?:^|[^a-z])id)\s*[:：=＝]\s*\w";
    Regex::new(&format!("(?is:{address}|{long_address}|{mail}|{secret})")).ok()
});

/// Judges a record.
pub fn judge(form: &mut Form<'_>, report: &mut Report) {
    form.told().for_each(|rule| report.fail(rule));
    if form.gmis_id.is.is_blank() && form.inst_code.is.is_blank() {
        report.fail("KP-S017");
        return;
    }
    derive_band(form, report);
    derive_prefecture(form, report);
    identifiers(form, report);
    institution_code(form, report);
    submission(form, report);
    contact(form, report);
    free_texts(form, report);
    beds(form, report);
    kinds_of_beds(form, report);
    routing::judge(form, report);
    organisation(form, report);
    backups(form, report);
    straight_lining(form, report);
}

/// D001: a blank band is that of the beds.
fn derive_band(form: &mut Form<'_>, report: &mut Report) {
    if !form.band.is.is_blank() {
        return;
    }
    match form.beds_total.is {
        Value(beds) => {
            if let Some(band) = Band::of_beds(beds.0) {
                form.band.is = Value(band);
                report.fail("HCS-D001");
            }
        }
        Invalid => form.band.is = Invalid,
        _ => {}
    }
}

/// D002: a blank prefecture is that of the institution code, else of the municipality.
fn derive_prefecture(form: &mut Form<'_>, report: &mut Report) {
    if !form.pref_code.is.is_blank() {
        return;
    }
    let (institution, municipality) = (&form.inst_code.is, &form.muni_code.is);
    if institution.is_invalid() || municipality.is_invalid() {
        form.pref_code.is = Invalid;
        return;
    }
    let by_institution = institution.value().and_then(InstitutionCode::prefecture);
    let by_municipality = || municipality.value().and_then(MunicipalityCode::prefecture);
    if let Some(prefecture) = by_institution.or_else(by_municipality) {
        form.pref_code.is = Value(Prefecture(prefecture));
        report.fail("HCS-D002");
    }
}

/// C021, C011, D003.
fn identifiers(form: &Form<'_>, report: &mut Report) {
    if matches!(form.gmis_id.is, Blank | NotApplicable) {
        report.fail("HCS-C021");
    }
    if let Value(municipality) = &form.muni_code.is
        && municipality.0.len() == 6
        && !municipality.has_check_digit()
    {
        report.fail("HCS-C011");
    }
    if let Value(prefecture) = form.pref_code.is
        && !form.inst_code.is.is_invalid()
        && !form.muni_code.is.is_invalid()
    {
        let by_institution = form.inst_code.is.value().and_then(InstitutionCode::prefecture);
        let by_municipality = form.muni_code.is.value().and_then(MunicipalityCode::prefecture);
        let differs = |other: Option<u8>| other.is_some_and(|other| other != prefecture.0);
        if differs(by_institution) || differs(by_municipality) {
            report.fail("HCS-D003");
        }
    }
}

/// C004, C005, C008, C009.
fn institution_code(form: &Form<'_>, report: &mut Report) {
    let Value(code) = &form.inst_code.is else { return };
    if code.0.len() == 10 {
        if !code.is_substitute() {
            if !matches!(code.0.as_bytes().get(2), Some(b'1' | b'3')) {
                report.fail("HCS-C008");
            }
            if !code.has_check_digit() {
                report.fail("HCS-C009");
            }
        }
    } else if code.0.len() == 9 && !code.0.starts_with('0') && code.has_check_digit() {
        report.fail("HCS-C005");
    } else if !form.pref_code.is.is_invalid() {
        report.fail("HCS-C004");
    }
}

/// R006, R007.
fn submission(form: &Form<'_>, report: &mut Report) {
    if let Value(day) = form.answered_on.is
        && !FIELD_PERIOD.contains(&day.0)
    {
        report.fail("HCS-R006");
    }
    if let Value(moment) = form.submitted_at.is
        && moment.0 > *FIELD_PERIOD.end()
    {
        report.fail("HCS-R007");
    }
}

/// C020.
fn contact(form: &Form<'_>, report: &mut Report) {
    if let Value(mail) = &form.contact_mail.is
        && !is_mail(&mail.0)
    {
        report.fail("HCS-C020/contact_mail");
    }
    if let Value(telephone) = &form.contact_tel.is
        && !is_telephone(&telephone.0)
    {
        report.fail("HCS-C020/contact_tel");
    }
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let dotted = host.char_indices().skip(1).any(|(at, letter)| letter == '.' && at + 1 < host.len());
    !user.is_empty() && dotted && !host.contains('@') && !text.contains(' ')
}

fn is_telephone(text: &str) -> bool {
    text.starts_with('0')
        && matches!(text.len(), 10..=13)
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// R008.
fn free_texts(form: &Form<'_>, report: &mut Report) {
    let tells = |text: &str| SECRET.as_ref().is_some_and(|secret| secret.is_match(text));
    if let Value(notes) = &form.notes.is
        && tells(&notes.0)
    {
        report.fail("HCS-R008/notes");
    }
    if let Value(text) = &form.q03_other_text.is
        && tells(&text.0)
    {
        report.fail("HCS-R008/q03_other_text");
    }
}

/// X004, R002, R003, X001.
fn beds(form: &Form<'_>, report: &mut Report) {
    let beds = match form.beds_total.is {
        Value(beds) => beds.0,
        Blank | NotApplicable | DontKnow => {
            report.fail("HCS-X004");
            return;
        }
        Invalid => return,
    };
    if beds == 0 {
        report.fail("HCS-X004");
    } else if beds < POPULATION_MIN {
        report.fail("HCS-R002");
    } else if beds > BEDS_HIGH {
        report.fail("HCS-R003");
    }
    if let Value(band) = form.band.is
        && Band::of_beds(beds) != Some(band)
    {
        report.fail("HCS-X001");
    }
}

/// R005, X002, X003.
fn kinds_of_beds(form: &Form<'_>, report: &mut Report) {
    let Form { beds_general: general, beds_ltc: ltc, beds_psych: psych, beds_tb, beds_infect, .. } = form;
    let kinds = [general.is, ltc.is, psych.is, beds_tb.is, beds_infect.is];
    if kinds.iter().any(State::is_invalid) {
        return;
    }
    if too_many(beds_infect.is, [general.is, ltc.is, psych.is, beds_tb.is]) {
        report.fail("HCS-R005/beds_infect");
    }
    if too_many(beds_tb.is, [general.is, ltc.is, psych.is, beds_infect.is]) {
        report.fail("HCS-R005/beds_tb");
    }
    let (Value(total), Some(sum)) = (form.beds_total.is, sum_present(&kinds)) else { return };
    let answered = kinds.iter().filter(|kind| kind.is_answered()).count();
    if answered == 5 || sum > total.0 {
        if sum != total.0 {
            report.fail("HCS-X002");
        }
    } else if answered > 0 {
        report.fail("HCS-X003");
    }
}

/// Whether there are unusually many beds of a kind, by themselves or beside the others.
fn too_many(kind: State<KindOfBeds>, others: [State<KindOfBeds>; 4]) -> bool {
    kind.value().is_some_and(|beds| {
        beds.0 > 100 || (beds.0 > 0 && sum_present(&others).is_some_and(|others| beds.0 > others))
    })
}

/// The sum of the kinds that are given. `None`: one is unknown, or none is given.
fn sum_present(kinds: &[State<KindOfBeds>]) -> Option<u64> {
    if kinds.contains(&DontKnow) {
        return None;
    }
    let given =
        kinds.iter().any(|kind| matches!(kind, Value(_))) || kinds.iter().all(|kind| *kind == NotApplicable);
    given.then(|| kinds.iter().filter_map(State::value).map(|beds| beds.0).sum())
}

/// X010, X011, X013, X014.
fn organisation(form: &Form<'_>, report: &mut Report) {
    if form.q04_ehr.is == Value(YesNo::No) && form.q10_mds.is == Value(YesNo::Yes) {
        report.fail("HCS-X010");
    }
    if form.q03_consult.is == Value(Consult::Vendor) && form.q02_contacts.is == Value(YesNo::No) {
        report.fail("HCS-X011");
    }
    if form.q03_consult.is == Value(Consult::Other)
        && let Value(text) = &form.q03_other_text.is
        && names_listed_partner(&text.0)
    {
        report.fail("HCS-X013");
    }
    let in_place = [form.q05_rules.is, form.q07_network.is, form.q17_bcp.is, form.q18_drill.is];
    if form.q01_manager.is == Value(YesNo::No) && in_place == [Value(YesNo::Yes); 4] {
        report.fail("HCS-X014");
    }
}

fn names_listed_partner(text: &str) -> bool {
    let words =
        ["ベンダー", "業者", "メーカー", "保守会社", "自院", "当院", "院内", "法人本部", "他院", "病院"];
    words.iter().any(|word| text.contains(word))
}

/// X005 to X009.
fn backups(form: &Form<'_>, report: &mut Report) {
    if routing::backup_details(form) != Asked::Yes {
        return;
    }
    let Form { q12_frequency, q13_copies, q14_methods, q15_generations, q16_offline, .. } = form;
    let (frequency, single) = (q12_frequency.is, q13_copies.is == Value(Copies::One));
    let three_generations = q15_generations.is == Value(Generations::ThreePlus);
    if let (Value(methods), Value(copies)) = (q14_methods.is, q13_copies.is)
        && methods.rank() > copies.rank()
    {
        report.fail("HCS-X005");
    }
    if single && three_generations {
        report.fail("HCS-X006");
    }
    if single && frequency == Value(Frequency::Daily) && q16_offline.is == Value(YesNo::Yes) {
        report.fail("HCS-X007");
    }
    if matches!(frequency, Value(Frequency::Yearly | Frequency::Never)) && three_generations {
        report.fail("HCS-X008");
    }
    if frequency == Value(Frequency::Yearly) {
        report.fail("HCS-X009");
    }
}

/// X017.
fn straight_lining(form: &Form<'_>, report: &mut Report) {
    let answers = [
        form.q01_manager.is,
        form.q02_contacts.is,
        form.q04_ehr.is,
        form.q05_rules.is,
        form.q06_roles.is,
        form.q07_network.is,
        form.q08_alerts.is,
        form.q10_mds.is,
        form.q17_bcp.is,
    ];
    if answers == [Value(YesNo::Yes); 9] || answers == [Value(YesNo::No); 9] {
        report.fail("HCS-X017");
    }
}
