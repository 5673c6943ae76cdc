//! What a person sees, letter by letter, and that it fits.
//!
//! Invariants
//! - Widths are given, never asked of a terminal; colours are compared by taking them away.

use super::*;
use crate::report::output::tests::Page;
use crate::report::sample;

fn look(language: Language, width: usize) -> Appearance {
    Appearance { language, width, ..Appearance::default() }
}

fn full(look: Appearance, hide: bool, tell: impl FnOnce(&mut Full)) -> String {
    let page = Page::default();
    let audience = Audience { language: look.language, hide_values: hide, hide_keys: hide, secret: None };
    tell(&mut Full::new(page.output(), audience, look, Caps::default(), true));
    page.text()
}

fn whole(look: Appearance) -> String {
    full(look, false, |full| sample::tell(full))
}

/// The page from the first line that begins with `from` on, as many lines as `lines`.
fn part(page: &str, from: &str, lines: usize) -> String {
    let from = page.lines().skip_while(|line| !line.starts_with(from));
    from.take(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_finding_in_japanese() {
    let expected = "\
── AB12345 · レコード 1 ───────────────────────────────────── 提出/回答.csv:2 ──

要修正 EX-X001  病床数と病床数区分が一致しない  beds-outside-declared-band
  × 病床数は812床ですが、病床数区分は「20～99床」と回答されています。812床の区分
  │ は「500床以上」です。病床数または区分を修正してください。
   ╭─[提出/回答.csv:2:26]
 2 │ …,厚生第一病…,812,1,1,…
   ·               ─┬─ ┬
   ·                │  ╰── 病床数区分
   ·                ╰── 病床数
   ╰────";
    assert_eq!(part(&whole(look(Language::Ja, 80)), "── AB12345", 11), expected);
}

#[test]
fn a_blank_cell_and_a_follower_in_english_and_ascii() {
    let expected = "\
error EX-K001/ex_system  required question unanswered  question-unanswered
  x Question 4 (EHR in use) is not answered. Please choose an option.
   ,-[提出/回答.csv:3:36]
 3 | …,,,1,…
   :    ^
   :    `-- column 4
   `----
  + EX-K019  EHR question blank although backup questions are answered
    Question 4 (EHR in use) is not answered, but backup questions are. If an EHR
    is used please answer question 4 (EHR in use) with yes, otherwise leave the
    backup questions blank.";
    let look = Appearance { ascii: true, ..look(Language::En, 80) };
    assert_eq!(part(&whole(look), "error EX-K001", 11), expected);
}

#[test]
fn hidden_values_leave_title_and_place() {
    let page = full(look(Language::Ja, 80), true, |full| sample::tell(full));
    let expected = "\
── レコード 1 ─────────────────────────────────────────────── 提出/回答.csv:2 ──

要修正 EX-X001  病床数と病床数区分が一致しない  beds-outside-declared-band
   → 提出/回答.csv:2  band, ex_total";
    assert_eq!(part(&page, "── レコード 1", 4), expected);
}

#[test]
fn the_table_has_six_counts_at_80_columns() {
    let expected = "\
規則                  重大度  指摘  票  適合  不適合  非該当  保留  除外  未実施
KP-S006               要確認     1   1     –       –       –     –     –       –
EX-K001/ex_system     要修正     1   1     1       1       0     0     0       0";
    assert_eq!(part(&whole(look(Language::Ja, 80)), "規則", 3), expected);
    let expected = "\
rule                  severity find. rec. pass fail n/a undec. skip. n/run
KP-S006               warning      1    1    –    –   –      –     –     –
EX-K001/ex_system     error        1    1    1    1   0      0     0     0";
    assert_eq!(part(&whole(look(Language::En, 80)), "rule ", 3), expected);
}

#[test]
fn the_table_has_titles_at_160_columns() {
    let expected = "\
rule                  severity  findings  records  pass  fail  not applicable  undecided  skipped  not run
KP-S006               warning          1        1     –     –               –          –        –        –  column unknown to the form";
    assert_eq!(part(&whole(look(Language::En, 160)), "rule ", 2), expected);
}

#[test]
fn a_table_of_large_numbers_takes_two_lines_a_rule() {
    let mut summary = sample::summary();
    for rule in &mut summary.rules {
        rule.findings += 123_456_789;
        rule.records = 123_456_789;
    }
    let page = table::table(&summary.rules.iter().collect::<Vec<_>>(), &look(Language::Ja, 60));
    let expected = "\
規則                  重大度
       指摘         票  適合  不適合  非該当  保留  除外  未実施
KP-S006               要確認  様式にない列
  123456790  123456789     –       –       –     –     –       –";
    assert_eq!(part(&page, "規則", 4), expected);
}

#[test]
fn every_line_fits_the_terminal() {
    for language in [Language::Ja, Language::En] {
        for width in [80, 100, 160] {
            let page = whole(look(language, width));
            let long: Vec<&str> = page.lines().filter(|line| display_width(line) > width).collect();
            assert_eq!(long, Vec::<&str>::new());
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let plain = whole(look(Language::Ja, 80));
    let colored = whole(Appearance { color: true, ..look(Language::Ja, 80) });
    assert!(!plain.contains('\u{1b}') && colored.contains("\u{1b}[1;31m要修正\u{1b}[0m"));
    let mut rest = String::new();
    for (index, piece) in colored.split('\u{1b}').enumerate() {
        rest.push_str(if index == 0 { piece } else { piece.split_once('m').map_or("", |(_, text)| text) });
    }
    assert_eq!(rest, plain);
}

/// A run of `count` findings of one rule, each in a record of its own.
fn many(full: &mut Full, count: u64) {
    full.start(&sample::header()).unwrap();
    for record in 1..=count {
        let place = std::sync::Arc::new(RecordPlace { record, ..(*sample::place(1, "AB12345")).clone() });
        let arguments = vec![812_u64.into(), "a".into(), "b".into()];
        let finding = sample::finding(&sample::band(), arguments, &place, sample::FIRST, &[3, 2]);
        full.records(&[RecordFindings {
            place,
            findings: vec![finding],
            answers: crate::evaluate::RecordAnswers::default(),
        }])
        .unwrap();
    }
    full.finish(&sample::summary()).unwrap();
}

#[test]
fn caps_hold_and_say_what_they_hide() {
    let page = full(look(Language::Ja, 80), false, |full| many(full, 1234));
    assert_eq!(page.matches("╭─[").count(), 5);
    let said = "ほかに1,229件の指摘があります（表示は規則ごとに5件、全体で100件まで。";
    assert!(page.contains(said), "{page}");
    assert!(page.contains("\nEX-X001 1,229件\n"));
}

#[test]
fn ten_thousand_findings_are_drawn_in_a_second() {
    let page = Page::default();
    let caps = Caps { per_rule: None, in_all: 10_000 };
    let mut full = Full::new(page.output(), Audience::default(), Appearance::default(), caps, true);
    let begun = std::time::Instant::now();
    many(&mut full, 10_000);
    // Generous: tests are hardly optimised, and other tests run beside this one.
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    println!("10,000 findings drawn in {:?}", begun.elapsed());
    assert_eq!(page.text().matches("╭─[").count(), 10_000);
}

#[test]
fn mistakes_in_rule_files_are_drawn_over_their_lines() {
    use crate::diagnostic::{Argument, Diagnostic, Label, Localized, Place};
    use crate::source::Span;
    let text = "[[rule]]\nslug    = \"frequency-without-backup\"\nwhen    = 'ex_made = \"noo\"'\n";
    let source = SourceText { id: SourceId(3), name: "rules/60-backup.toml".into(), text: text.into() };
    let label = |word: &str, ja: &str, en: &str| {
        let start = u64::try_from(text.find(word).unwrap()).unwrap();
        let text = Argument::Localized(Localized::new(ja.into(), en.into()));
        let span = Span::new(start, start + u64::try_from(word.len()).unwrap());
        Label {
            source: SourceId(3),
            field: None,
            span,
            position: source.position(start),
            extent: None,
            cell: None,
            pointer: None,
            text,
        }
    };
    let notice = sample::band();
    let diagnostic = Diagnostic {
        severity: notice.severity,
        arguments: vec!["x".into(), "y".into(), "z".into()],
        notice,
        place: Place::Run,
        labels: vec![
            label(
                "\"noo\"",
                "選択肢：\"yes\"（1 はい）、\"no\"（2 いいえ）",
                "options: \"yes\" (1 はい), \"no\" (2 いいえ)",
            ),
            label("ex_made", "問11", "question 11, schemas/example.json:212"),
        ],
        fix: None,
        standing: crate::diagnostic::Standing::default(),
        suggestion: Some(Localized::new(
            "「no」の誤りではありませんか。".into(),
            "did you mean \"no\"?".into(),
        )),
    };
    let page = draw_pack(&Diagnostics::from_iter([diagnostic]), &[source], &look(Language::En, 80));
    let expected = "   \
   ╭─[rules/60-backup.toml:3:22]
 3 │ when    = 'ex_made = \"noo\"'
   ·            ───┬───   ──┬──
   ·               │        ╰── options: \"yes\" (1 はい), \"no\" (2 いいえ)
   ·               ╰── question 11, schemas/example.json:212
   ╰────
  help: did you mean \"no\"?";
    assert_eq!(part(&page, "   ╭", 7), expected);
}
