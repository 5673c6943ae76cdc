//! What tables say, in both languages.
//!
//! Invariants
//! - One place for each text, so that no format says otherwise than another.

use crate::diagnostic::{Language, Localized};
use crate::evaluate::Finding;
use crate::report::words::pick;
use crate::report::words::severity;
use crate::report::wrap::grouped;
use crate::rule_pack::tabulation::{AverageKind, TableKind};
use crate::tables::{BaseConvention, ColumnFigures, ColumnKind, Figures, RowFigures, TableFigures};

/// A count that is nought.
pub const NOUGHT: &str = "-";
/// What is not known, because its base is empty, or not shown.
pub const UNKNOWN: &str = "…";
/// What cannot be.
pub const IMPOSSIBLE: &str = "・";

const fn both(ja: &'static str, en: &'static str) -> Localized<&'static str> {
    Localized::new(ja, en)
}

/// What the averages are called over a column.
pub const fn short_average(kind: AverageKind) -> Localized<&'static str> {
    match kind {
        AverageKind::Pooled => both("プール平均", "pooled"),
        AverageKind::Bands => both("区分平均", "of bands"),
        AverageKind::Frame => both("名簿加重", "by frame"),
        AverageKind::Unknown | AverageKind::None => both("平均", "average"),
    }
}

/// How an average is made, for a footnote.
pub fn definition(table: &TableFigures, language: Language) -> Option<String> {
    let text = match table.average {
        AverageKind::Pooled => both(
            "平均は、件数の合計を母数の合計で割ったもの（プール平均）です。",
            "The average is pooled: the sum of the counts over the sum of the bases.",
        ),
        AverageKind::Bands => both(
            "平均は、区分ごとの割合（丸める前）の単純平均です。",
            "The average is the unweighted mean of the exact shares of the bands.",
        ),
        AverageKind::Frame => both(
            "平均は、区分ごとの調査対象数で加重したものです。",
            "The average is weighted by the units asked in each band.",
        ),
        AverageKind::Unknown => both(
            "公表の平均の定義が不明なため、プール平均・区分の単純平均・名簿で加重した平均を並べています。",
            "How the published average was made is not known: the pooled one, the mean of the bands and the one weighted by the frame stand beside each other.",
        ),
        AverageKind::None => return None,
    };
    Some((*text.get(language)).to_owned())
}

/// What a table counts.
pub const fn unit(table: TableKind) -> Localized<&'static str> {
    match table {
        TableKind::Response => both("客体、％", "units, per cent"),
        _ => both("回答数、％", "records, per cent"),
    }
}

/// The notes below a table.
pub fn notes(figures: &Figures, table: &TableFigures, language: Language) -> Vec<String> {
    let told = base(figures, table).into_iter().chain(states(table)).chain(standing(table));
    let mut lines: Vec<String> = told.map(|line| line.get(language).clone()).collect();
    lines.extend(definition(table, language).filter(|_| table.kind == TableKind::Answers));
    lines.extend(asked(table, language));
    lines.extend(left_out(table, language));
    lines.extend(waves(table, language));
    if table.kind == TableKind::Held {
        lines.extend(decisions(figures, language));
    }
    if table.notes.suppressed {
        lines.push(
            pick(
                language,
                "少数のため秘匿した箇所があります（「…」）。",
                "Some cells are not shown because they are small, or would tell of small ones (…).",
            )
            .to_owned(),
        );
    }
    lines
}

/// Whether a row of figures, and not only the line of bases, is such.
fn has_row(table: &TableFigures, is_such: impl Fn(&RowFigures) -> bool) -> bool {
    table.rows.iter().any(is_such)
}

/// Of which records the table is made.
fn base(figures: &Figures, table: &TableFigures) -> Vec<Localized<String>> {
    let name = table.base.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let condition = table.base.expression.as_deref().map(|text| format!(" [{text}]")).unwrap_or_default();
    let title = &table.base.title;
    let mut lines = vec![Localized::new(
        format!("母数：{}{name}{condition}", title.ja),
        format!("Base: {}{name}{condition}", title.en),
    )];
    // What a row of the table says already is not said again.
    if has_row(table, |row| row.label.en == title.en) {
        lines.clear();
    }
    let mut say = |ja: &str, en: &str| lines.push(Localized::new(ja.to_owned(), en.to_owned()));
    if table.kind == TableKind::Answers && figures.convention == BaseConvention::Answered {
        say(
            "母数から無回答・不詳を除いています（--base answered）。",
            "No answer and unusable answers are left out of the base (--base answered).",
        );
    }
    if table.kind == TableKind::Answers && !table.adds_up {
        say(
            "複数回答のため、行の割合は母数に対するもので、合計は100％になりません。",
            "Several options may be chosen: rows are shares of the base and do not add to it.",
        );
    }
    lines
}

/// Records outside the base, and those in it that did not answer.
fn states(table: &TableFigures) -> Option<Localized<String>> {
    let notes = &table.notes;
    let shown = |count: u64| if notes.suppressed { UNKNOWN.to_owned() } else { grouped(count) };
    let open = shown(notes.undetermined?);
    let states = (notes.not_applicable.map(shown), notes.no_answer.map(shown), notes.unusable.map(shown));
    let (Some(closed), Some(blank), Some(unusable)) = states else {
        return Some(Localized::new(
            format!("回答対象か不明（延べ） {open}"),
            format!("Undetermined whether asked (all questions together) {open}"),
        ));
    };
    Some(Localized::new(
        format!("非該当 {closed}、無回答 {blank}、不詳 {unusable}、回答対象か不明 {open}"),
        format!(
            "Not applicable {closed}, no answer {blank}, unusable {unusable}, undetermined whether asked {open}"
        ),
    ))
}

/// How the counted records stand, and how they were put into columns.
fn standing(table: &TableFigures) -> Vec<Localized<String>> {
    let notes = &table.notes;
    let listed = notes.listed.map(grouped).filter(|_| !has_row(table, |row| &*row.name == "listed"));
    let listed = listed.map(|listed| {
        Localized::new(format!("名簿の客体数 {listed}"), format!("Units of the frame {listed}"))
    });
    let mut lines: Vec<Localized<String>> = listed.into_iter().collect();
    if matches!(table.kind, TableKind::Answers | TableKind::Response) {
        let [confirm, otherwise, disputed] = [notes.to_confirm, notes.otherwise, notes.disputed].map(grouped);
        lines.push(Localized::new(
            format!("要確認の残る有効回答 {confirm}"),
            format!("Accepted records with open warnings {confirm}"),
        ));
        lines.push(Localized::new(
            format!("名簿以外の項目で区分した有効回答 {otherwise}、区分が項目により異なる有効回答 {disputed}"),
            format!("Accepted records classified otherwise than by the frame {otherwise}, of which fields differ {disputed}"),
        ));
    }
    lines
}

/// That the units asked are not known.
fn asked(table: &TableFigures, language: Language) -> Option<String> {
    let is_unknown =
        |column: &ColumnFigures| column.kind != ColumnKind::Unclassified && column.frame.is_none();
    if table.kind != TableKind::Response || !table.columns.iter().any(is_unknown) {
        return None;
    }
    let text = match table.columns.last().and_then(|column| column.frame) {
        Some(_) => both(
            "名簿の客体の区分が分からないため、区分別の調査対象数は不明です（「…」）。名簿の区分の列を確認してください。",
            "The units asked of each band are not known (…), because no unit of the frame has a band. Please check the frame's column of bands.",
        ),
        None => both(
            "名簿がないか、その列から対象を判定できないため、調査対象数は不明です（「…」）。名簿は --link で指定し、列を確認してください。",
            "The units asked are not known (…): there is no frame, or its columns do not tell who was asked. The frame is given with --link; please check its columns.",
        ),
    };
    Some((*text.get(language)).to_owned())
}

fn left_out(table: &TableFigures, language: Language) -> Vec<String> {
    let names = |labels: &[Localized<std::sync::Arc<str>>]| {
        let between = pick(language, "、", ", ");
        labels.iter().map(|label| label.get(language).to_string()).collect::<Vec<_>>().join(between)
    };
    let mut lines = Vec::new();
    if !table.notes.empty_bands.is_empty() {
        let names = names(&table.notes.empty_bands);
        lines.push(match language {
            Language::Ja => format!("母数のない区分は「…」とし、区分の平均から除いています：{names}"),
            Language::En => {
                format!("Bands without a base are printed as … and left out of the mean: {names}")
            }
        });
    }
    if !table.notes.bands_without_records.is_empty() {
        let names = names(&table.notes.bands_without_records);
        lines.push(match language {
            Language::Ja => format!("有効回答のない区分は、名簿で加重した平均から除いています：{names}"),
            Language::En => {
                format!("Bands without accepted record are left out of the weighted average: {names}")
            }
        });
    }
    lines
}

fn waves(table: &TableFigures, language: Language) -> Vec<String> {
    let columns = |wave: &crate::tables::WaveBeside| {
        wave.lacking.iter().flat_map(|name| ["「", name, "」"]).collect::<String>()
    };
    let lacking = |wave: &crate::tables::WaveBeside| match language {
        _ if wave.lacking.is_empty() => None,
        Language::Ja => Some(format!(
            "{}年の個票に列{}がないため、個票からは再計算していません。ファイルを確認してください。",
            wave.wave,
            columns(wave)
        )),
        Language::En => Some(format!(
            "The records of {} were not counted, because their file lacks the columns {}. Please check the file.",
            wave.wave,
            columns(wave)
        )),
    };
    let repeated = |wave: &crate::tables::WaveBeside| match language {
        _ if wave.repeated == 0 => None,
        Language::Ja => Some(format!(
            "{}年の個票に同じキーの行が複数あるものが{}件あり、先の行だけを数えています。",
            wave.wave,
            grouped(wave.repeated)
        )),
        Language::En => Some(format!(
            "Of {} keys that stand in several records of {} the first record was counted.",
            grouped(wave.repeated),
            wave.wave
        )),
    };
    let line = |wave: &crate::tables::WaveBeside| match (language, wave.recomputed) {
        (Language::Ja, true) => format!("{}年の割合は、その年の個票から再計算したものです。", wave.wave),
        (Language::En, true) => format!("The shares of {} were computed from its records.", wave.wave),
        (Language::Ja, false) => {
            format!("{}年の割合は公表値です（†は報告書以外から復元した値）。", wave.wave)
        }
        (Language::En, false) => {
            format!(
                "The shares of {} are as published (†: put together from other sources than the report).",
                wave.wave
            )
        }
    };
    let all = |wave| std::iter::once(line(wave)).chain(lacking(wave)).chain(repeated(wave));
    table.waves.iter().flat_map(all).collect()
}

fn decisions(figures: &Figures, language: Language) -> Vec<String> {
    let line = |decision: &crate::tables::Decision| {
        let records = grouped(decision.records);
        match language {
            Language::Ja => format!("決定 {}：{} を免除 {records}件", decision.decision, decision.rule),
            Language::En => {
                format!("Decision {}: {} set aside on {records}", decision.decision, decision.rule)
            }
        }
    };
    figures.decisions.iter().map(line).collect()
}

/// What became of all records, in one line.
pub fn records(figures: &Figures, language: Language) -> String {
    let all = figures.records;
    let [received, accepted, held, out, superseded, confirm] =
        [all.received, all.accepted, all.held, all.out_of_scope, all.superseded, all.to_confirm].map(grouped);
    match language {
        Language::Ja => format!(
            "受付 {received}、有効 {accepted}（うち要確認 {confirm}）、保留 {held}、対象外 {out}、差し替え済み {superseded}"
        ),
        Language::En => format!(
            "received {received}, accepted {accepted} (to be confirmed {confirm}), held {held}, out of scope {out}, superseded {superseded}"
        ),
    }
}

/// What the signs mean.
pub fn legend(language: Language) -> &'static str {
    pick(
        language,
        "「-」該当なし　「…」不明または非表示　「・」該当する数値のあり得ない箇所　［ ］保留した回答の扱いにより取り得る範囲",
        "-: none   …: not known or not shown   ・: cannot be   [ ]: range that held records leave open",
    )
}

/// The sentence about hard edits that were not judged: those of one cause together.
pub fn not_run(edits: &[super::NotRun], language: Language) -> Option<String> {
    let mut causes: Vec<(&str, Vec<String>)> = Vec::new();
    for edit in edits {
        let records = grouped(edit.records);
        let named = match language {
            Language::Ja => format!("{}（{records}件）", edit.id),
            Language::En => format!("{} ({records})", edit.id),
        };
        let cause = &**edit.cause.get(language);
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, named_before)) => named_before.push(named),
            None => causes.push((cause, vec![named])),
        }
    }
    let told = causes.into_iter().map(|(cause, named)| match language {
        Language::Ja => format!("{}：{cause}。", named.join("、")),
        Language::En => format!("{}, because {cause}.", named.join(", ")),
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| match language {
        Language::Ja => format!("判定していない回答のあるエラー規則があります。{}", told.concat()),
        Language::En => format!("Hard edits that were not judged on some records: {}", told.join(" ")),
    })
}

/// Heading over what macro edits found.
pub const fn macro_heading(language: Language) -> &'static str {
    pick(language, "集計表の審査", "Macro edits")
}

/// That the macro edits found nothing.
pub const fn macro_silence(language: Language) -> &'static str {
    pick(language, "集計表の審査で指摘はありません。", "The macro edits found nothing.")
}

/// A finding of a macro edit in a line: severity, id, message.
pub fn macro_finding(finding: &Finding, language: Language) -> String {
    let diagnostic = &finding.diagnostic;
    let severity = severity(diagnostic.severity);
    format!("{} {} {}", severity.get(language), diagnostic.notice.full_id(), diagnostic.message(language))
}
