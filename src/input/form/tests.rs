//! The form as the reader sees it: its names, its places in JSON, what a file must have.
//!
//! Invariants
//! - Forms are made by hand; nothing is read from a file.

use super::*;
#[cfg(feature = "xlsx")]
use crate::expression::{OptionItem, OptionList};
use crate::questionnaire::sample::{field, questionnaire};
use crate::questionnaire::{NumberDomain, TextDomain};

/// Two fields: `name` (施設名, 病院名) and the mandatory `beds` (病床数, `/bed_box/count`).
pub(in crate::input) fn form() -> FormNeeds {
    let mut name = field(0, "name", "施設名", Type::Text, Domain::Text(TextDomain::default()));
    name.aliases = vec!["病院名".into()];
    let mut beds = field(1, "beds", "病床数", Type::INTEGER, Domain::Number(NumberDomain::default()));
    beds.column_required = true;
    beds.pointer = Some("/bed_box/count".into());
    let questionnaire = questionnaire(vec![name, beds]);
    FormNeeds::new(&questionnaire).apart_from(|| vec!["旧設問".into()])
}

/// Makes the field at `place` of `form` a closed question with these labels, coded from 1 on.
#[cfg(feature = "xlsx")]
pub(in crate::input) fn closed(form: &mut FormNeeds, place: usize, labels: &[&str]) {
    let item = |(code, label): (u32, &&str)| OptionItem {
        name: format!("o{code}").into(),
        code: code.to_string().into(),
        label: Localized::new(Arc::from(*label), Arc::from(format!("option {code}"))),
        rank: None,
    };
    let items = (1..).zip(labels).map(item).collect();
    let list = OptionList { items, scale: None, text_codes: false };
    form.answers[place].0 = Type::Option(Arc::new(list));
    let texts = |texts: &[&str]| texts.iter().map(|text| Arc::from(*text)).collect();
    form.check_marks = CheckMarks { chosen: texts(&["1", "○", "レ", "☑"]), open: texts(&["□"]) };
}

#[test]
fn columns_are_known_by_header_name_and_alias_in_any_width() {
    let form = form();
    let found = ["施設名", "NAME", "病院名", "ﾍﾞｯﾄﾞ", "病床数 ", "bed_box"].map(|name| form.column_named(name));
    assert_eq!(found, [Some(0), Some(0), Some(0), None, Some(1), None]);
    assert!(form.is_foreign("旧 設問"));
}

#[test]
fn a_misspelled_name_is_first_sought_among_the_open_columns() {
    let form = form();
    assert_eq!(form.meant("bedz", |_| true), Some("beds"));
    assert_eq!(form.meant("病床", |column| column == 1), Some("病床数"));
    assert_eq!(form.meant("施設", |column| column == 1), Some("施設名"));
}

#[test]
fn the_columns_of_the_options_stand_for_the_one_of_the_answer() {
    let mut form = form();
    let place = form.columns.len();
    let column = |part: usize, mandatory| FormColumn {
        slot: Slot { field: 9, part },
        name: "q".into(),
        number: None,
        header: format!("q{part}").into(),
        mandatory,
    };
    form.columns.extend([column(0, true), column(1, false), column(2, false)]);
    let missing = |there: &[usize]| -> Vec<String> {
        let there = (0..place).chain(there.iter().map(|at| place + at)).collect();
        form.missing(&there).iter().map(|column| column.header.to_string()).collect()
    };
    assert_eq!(missing(&[0]), [""; 0]);
    assert_eq!(missing(&[1, 2]), [""; 0]);
    assert_eq!(missing(&[2]), ["q1"]);
    assert_eq!(missing(&[]), ["q0"]);
}

#[test]
fn a_misspelled_key_is_sought_among_the_keys_of_its_object() {
    let form = form();
    let object = form.nodes()[0].children["bed_box"];
    assert_eq!(form.key_meant("bedbox", 0), Some("bed_box"));
    assert_eq!(form.key_meant("conut", object), Some("count"));
    assert_eq!(form.key_meant("病床", object), Some("病床数"));
}
