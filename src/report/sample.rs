//! A small run made by hand, for the tests of all formats.
//!
//! Invariants
//! - Nothing is read or judged: what a format is told is written down here, once for all of them.
//! - One name tries to act on a terminal (`SECOND`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::excerpt::Region;
use crate::diagnostic::{
    Argument, Decimal, Diagnostic, Label, Localized, Notice, Place, RecordPlace, Severity, Template,
};
use crate::engine::event::{Breakdown, BreakdownLine, FileLine, Reporter, RuleLine, RunHeader, Summary};
use crate::engine::verdict::Verdict;
use crate::evaluate::{Answer, AnswerState, FieldName, Finding, RecordAnswers, RecordFindings, RuleCounts};
use crate::input::InputFormat;
use crate::questionnaire::Numbered;
use crate::source::encoding::Encoding;
use crate::source::{Columns, Extent, Position, SourceId, Span, display_width};

pub(super) const HEADER: &str =
    "施設ID,施設名,病床数,病床数区分,問4_電子カルテ,問11_バックアップ作成,問12_更新頻度,備考\n";
pub(super) const FIRST: &str = "AB12345,厚生第一病院,812,1,1,2,1,\n";
pub(super) const SECOND: &str = "CD00017,\u{1b}]8;;http://x\u{7}悪い名前,15,,,1,,\n";

/// Names of the fields, by column.
const NAMES: [&str; 8] =
    ["ex_id", "ex_name", "ex_total", "band", "ex_system", "ex_made", "ex_frequency", "notes"];

fn localized(ja: &str, en: &str) -> Localized<Arc<str>> {
    Localized::new(ja.into(), en.into())
}

pub(super) fn notice(
    (id, instance): (&str, Option<&str>),
    slug: &str,
    severity: Severity,
    title: (&str, &str),
    message: (&str, &str),
) -> Arc<Notice> {
    let mut slots: Vec<Arc<str>> = Vec::new();
    let mut parse = |text: &str| {
        Template::parse(text, |name| {
            slots.iter().position(|slot| &**slot == name).unwrap_or_else(|| {
                slots.push(name.into());
                slots.len() - 1
            })
        })
    };
    let message = Localized::new(parse(message.0), parse(message.1));
    Arc::new(Notice {
        id: id.into(),
        instance: instance.map(Arc::from),
        slug: slug.into(),
        severity,
        title: localized(title.0, title.1),
        message,
        help: None,
        slots,
    })
}

fn whole(mantissa: i64) -> Argument {
    Argument::Number(Decimal { mantissa, scale: 0 })
}

/// The record `text`, number `record`, on line `record + 1`.
pub(super) fn place(record: u64, key: &str) -> Arc<RecordPlace> {
    let start = if record == 1 { HEADER.len() } else { HEADER.len() + FIRST.len() };
    let text = if record == 1 { FIRST } else { SECOND };
    let bytes = |at: usize| u64::try_from(at).unwrap();
    Arc::new(RecordPlace {
        source: SourceId(0),
        record,
        line: record + 1,
        sheet_row: Some(record + 1),
        sheet: None,
        span: Span::new(bytes(start), bytes(start + text.len() - 1)),
        key: Some(key.into()),
    })
}

/// The label of column `column` of a record, with the column's header as text.
pub(super) fn label(place: &RecordPlace, text: &str, column: usize) -> Label {
    let cells: Vec<&str> = text.trim_end_matches('\n').split(',').collect();
    let before: usize = cells[..column].iter().map(|cell| cell.len() + 1).sum();
    let start = place.span.start + u64::try_from(before).unwrap();
    let header: &str = HEADER.trim_end().split(',').nth(column).unwrap();
    let columns = Columns::after(text.get(..before).unwrap());
    Label {
        source: SourceId(0),
        field: Some(NAMES[column].into()),
        span: Span::new(start, start + u64::try_from(cells[column].len()).unwrap()),
        position: Position {
            line: place.line,
            column: u64::try_from(before).unwrap() + 1,
            display: u64::try_from(display_width(text.get(..before).unwrap())).unwrap() + 1,
        },
        extent: Some(Extent { start: columns, end: Some(columns.past(cells[column])) }),
        cell: None,
        pointer: None,
        text: Argument::Localized(localized(header, &format!("column {column}"))),
    }
}

pub(super) fn finding(
    notice: &Arc<Notice>,
    arguments: Vec<Argument>,
    at: &Arc<RecordPlace>,
    text: &str,
    columns: &[usize],
) -> Finding {
    let labels: Vec<Label> = columns.iter().map(|&column| label(at, text, column)).collect();
    let mut cells = Vec::new();
    let mut start = 0;
    for (number, cell) in text.trim_end_matches('\n').split(',').enumerate() {
        cells.push((start, start + cell.len(), number == 0 && text.is_empty()));
        start += cell.len() + 1;
    }
    let region = Region {
        bytes: text.trim_end_matches('\n').as_bytes(),
        origin: at.span.start,
        encoding: Encoding::Utf8,
        row: true,
        cells,
        guarded: false,
        sheet: false,
        labels: Vec::new(),
    };
    let excerpt = Some(region.cut(&labels));
    let diagnostic = Diagnostic {
        severity: notice.severity,
        notice: Arc::clone(notice),
        arguments,
        place: Place::Record(Arc::clone(at)),
        labels,
        suggestion: None,
        fix: None,
        standing: crate::diagnostic::Standing::default(),
    };
    Finding { excerpt, ..Finding::from(diagnostic) }
}

pub(super) fn band() -> Arc<Notice> {
    notice(
        ("EX-X001", None),
        "beds-outside-declared-band",
        Severity::Error,
        ("病床数と病床数区分が一致しない", "bed count outside the declared band"),
        (
            "病床数は{ex_total}床ですが、病床数区分は「{band:label}」と回答されています。{ex_total}床の区分は「{let.right_band:label}」です。病床数または区分を修正してください。",
            "The bed count is {ex_total}, but the band given is \"{band:label}\". The band of {ex_total} beds is \"{let.right_band:label}\". Please correct the bed count or the band.",
        ),
    )
}

fn closed() -> Arc<Notice> {
    notice(
        ("EX-K006", Some("ex_frequency")),
        "answered-although-not-asked",
        Severity::Error,
        ("回答対象外の設問に回答", "answer to a question that does not apply"),
        (
            "{question}は{controller}が「作成している」の場合にのみ回答する設問です。{controller}または{question}を修正してください。",
            "{question} is asked only where {controller} is \"yes\". Please correct {controller} or leave {question} blank.",
        ),
    )
}

fn blank() -> Arc<Notice> {
    notice(
        ("EX-K001", Some("ex_system")),
        "question-unanswered",
        Severity::Error,
        ("必須の設問が未回答", "required question unanswered"),
        (
            "{question}が未回答です。選択肢から選択してください。",
            "{question} is not answered. Please choose an option.",
        ),
    )
}

fn follower() -> Arc<Notice> {
    notice(
        ("EX-K019", None),
        "ehr-blank-with-backup-answers",
        Severity::Error,
        ("電子カルテ未回答でバックアップに回答", "EHR question blank although backup questions are answered"),
        (
            "{q}が未回答ですが、バックアップの設問に回答があります。電子カルテを使用している場合は{q}を「はい」にし、使用していない場合はバックアップの設問を空欄にしてください。",
            "{q} is not answered, but backup questions are. If an EHR is used please answer {q} with yes, otherwise leave the backup questions blank.",
        ),
    )
}

fn few() -> Arc<Notice> {
    notice(
        ("EX-X009", None),
        "hidden\u{202e}slug",
        Severity::Warning,
        ("備考に注意", "note to be confirmed"),
        ("備考は「{notes}」です。\nご確認ください。", "The note is \"{notes}\". Please confirm."),
    )
}

fn unknown_column() -> Arc<Notice> {
    notice(
        ("KP-S006", None),
        "column-unknown-to-the-form",
        Severity::Warning,
        ("様式にない列", "column unknown to the form"),
        (
            "様式にない列「{column}」があります。この列は集計に使用しません。誤って追加された場合は削除してください。",
            "The column \"{column}\" is not part of the form. It is not used for the tables. Please delete it if it was added by mistake.",
        ),
    )
}

/// The fields of the form, by the columns of the file.
pub(super) fn fields() -> Arc<[FieldName]> {
    let labels = HEADER.trim_end().split(',').enumerate();
    let field = |(place, label): (usize, &str)| FieldName {
        name: NAMES[place].into(),
        question: (place == 4).then(|| "4".into()),
        numbered: (place == 4)
            .then(|| Numbered { full: localized("問4", "question 4"), short: localized("問4", "Q4") }),
        label: localized(label, &format!("column {place}")),
    };
    labels.map(field).collect()
}

/// The answers of the record `text`; the first field is withheld.
pub(super) fn answers(text: &str) -> RecordAnswers {
    let cells = text.trim_end_matches('\n').split(',').enumerate();
    let answer = |(place, cell): (usize, &str)| {
        let (state, written) = match (place, cell) {
            (0, _) => (AnswerState::Withheld, Argument::NotGiven),
            (4, "") => (AnswerState::Unanswered, Argument::NotGiven),
            (_, "") => (AnswerState::Blank, Argument::NotGiven),
            _ => (AnswerState::Given, Argument::written(cell)),
        };
        let label = || Argument::Localized(localized("20～99床", "20–99"));
        let understood = if place == 3 && !cell.is_empty() { label() } else { Argument::Nothing };
        Answer { state, written, understood }
    };
    RecordAnswers { fields: fields(), answers: cells.map(answer).collect() }
}

fn breakdown() -> Breakdown {
    let line = |option: Option<(&str, &str)>, records, findings| BreakdownLine {
        option: option.map(|(ja, en)| (Arc::from(en), localized(ja, en))),
        records,
        records_with_errors: records,
        findings,
    };
    Breakdown {
        field: fields()[3].clone(),
        part: 0,
        lines: vec![
            line(Some(("20～99床", "20–99")), 1, [0, 0, 2, 0]),
            line(Some(("500床以上", "500 or more")), 0, [0; 4]),
            line(None, 1, [0, 1, 2, 0]),
        ],
    }
}

pub(super) fn header() -> RunHeader {
    RunHeader {
        survey: "example".into(),
        wave: "2024".into(),
        title: localized("病院の調査", "Survey of examples"),
        hash: "3f2a91c0d4e5b6a7".into(),
        names: BTreeMap::from([(SourceId(0), Arc::from("提出/回答.csv"))]),
        files: vec![SourceId(0)],
        links: Vec::new(),
        partial: false,
        further: Vec::new(),
        refused: false,
    }
}

/// The findings about the file.
pub(super) fn of_file() -> Vec<Finding> {
    let mut diagnostic = Diagnostic {
        severity: Severity::Warning,
        notice: unknown_column(),
        arguments: vec!["問12 更新頻渡".into()],
        place: Place::File(SourceId(0)),
        labels: Vec::new(),
        fix: None,
        standing: crate::diagnostic::Standing::default(),
        suggestion: Some(Localized::new(
            "「問12_更新頻度」の誤りではありませんか。".into(),
            "did you mean \"問12_更新頻度\"?".into(),
        )),
    };
    diagnostic.labels.push(Label {
        position: Position { line: 1, column: 30, display: 20 },
        ..label(&place(1, ""), FIRST, 0)
    });
    vec![diagnostic.into()]
}

/// The findings of the records.
pub(super) fn of_records() -> Vec<RecordFindings> {
    let (first, second) = (place(1, "AB12345"), place(2, "CD\u{1b}[0m17"));
    let question = |number: &str, ja: &str, en: &str| {
        Argument::Localized(localized(&format!("問{number} {ja}"), &format!("question {number} ({en})")))
    };
    let bands = |ja: &str, en: &str| Argument::Localized(localized(ja, en));
    let mut head = finding(
        &blank(),
        vec![question("4", "電子カルテシステムの使用", "EHR in use")],
        &second,
        SECOND,
        &[4],
    );
    head.followers.push(
        finding(
            &follower(),
            vec![question("4", "電子カルテシステムの使用", "EHR in use")],
            &second,
            SECOND,
            &[4],
        )
        .diagnostic,
    );
    vec![
        RecordFindings {
            place: Arc::clone(&first),
            findings: vec![
                finding(
                    &band(),
                    vec![whole(812), bands("20～99床", "20–99"), bands("500床以上", "500 or more")],
                    &first,
                    FIRST,
                    &[3, 2],
                ),
                finding(
                    &closed(),
                    vec![
                        question(
                            "12",
                            "電子カルテのバックアップデータの更新頻度",
                            "how often the EHR backup is updated",
                        ),
                        question("11", "バックアップの作成", "backup made"),
                    ],
                    &first,
                    FIRST,
                    &[6, 5],
                ),
            ],
            answers: answers(FIRST),
        },
        RecordFindings {
            place: Arc::clone(&second),
            findings: vec![
                head,
                finding(&few(), vec!["\u{1b}[31m赤\u{202e}".into()], &second, SECOND, &[1, 7]),
            ],
            answers: answers(SECOND),
        },
    ]
}

pub(super) fn summary() -> Summary {
    let line = |notice: Arc<Notice>, findings, counts: Option<[u64; 6]>| RuleLine {
        id: notice.full_id().into(),
        slug: Arc::clone(&notice.slug),
        severity: notice.severity,
        title: notice.title.clone(),
        counts: counts.map(|[pass, fail, not_applicable, undecided, skipped, not_run]| RuleCounts {
            pass,
            fail,
            not_applicable,
            undecided,
            skipped,
            not_run,
        }),
        findings,
        accepted: 0,
        records: findings,
        part: 0,
    };
    let silent = notice(
        ("EX-X005", None),
        "copies-fewer-than-methods",
        Severity::Warning,
        ("作成個数より方式の種類数が多い", "more backup methods than copies"),
        ("", ""),
    );
    let quiet = notice(
        ("EX-R003", None),
        "unusually-many-beds",
        Severity::Warning,
        ("病床数が過大", "unusually many beds"),
        ("", ""),
    );
    Summary {
        files: vec![FileLine {
            name: "提出/回答.csv".into(),
            records: 2,
            unreadable: 0,
            readable: true,
            format: Some(InputFormat::Csv),
            encoding: Encoding::Utf8,
            separator: Some(b','),
            hash: Some("00ff".repeat(16).into()),
        }],
        rules: vec![
            line(unknown_column(), 1, None),
            line(quiet, 0, Some([2, 0, 0, 0, 0, 0])),
            line(blank(), 1, Some([1, 1, 0, 0, 0, 0])),
            line(closed(), 1, Some([0, 1, 1, 0, 0, 0])),
            line(follower(), 1, Some([1, 1, 0, 0, 0, 0])),
            line(band(), 1, Some([0, 1, 0, 1, 0, 0])),
            line(silent, 0, Some([1, 0, 0, 1, 0, 0])),
            line(few(), 1, Some([1, 1, 0, 0, 0, 0])),
        ],
        waiting: 0,
        findings: [0, 2, 4, 0],
        records_with_errors: 2,
        records: 2,
        breakdowns: vec![breakdown()],
        partial: false,
        faults: 0,
        verdict: Verdict::Findings,
        failures: Vec::new(),
        fail_on: Some(Severity::Error),
        exit_code: 1,
        ..Summary::default()
    }
}

/// The whole run, told to `reporter`.
pub(super) fn tell(reporter: &mut dyn Reporter) {
    reporter.start(&header()).unwrap();
    reporter.file_findings(&of_file()).unwrap();
    reporter.records(&of_records()).unwrap();
    reporter.finish(&summary()).unwrap();
}
