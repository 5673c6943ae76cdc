//! The words of the human reports, in both languages, side by side.
//!
//! Invariants
//! - The clerks' words (受付不能, 要修正, 要確認, 非該当); nothing here names a survey.
//! - A sentence is whole in each language; none is put together from parts that the other language orders otherwise.

use super::Audience;
use super::wrap::grouped;
use crate::diagnostic::{Language, Localized, Severity};
use crate::engine::event::{FileLine, FixedFinding, RunHeader, SinceReport, Summary};
use crate::engine::verdict::{Failure, Verdict};
use crate::source::picture::visible;

/// The text of `language`.
pub const fn pick<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

/// What a clerk calls the severity.
pub const fn severity(severity: Severity) -> Localized<&'static str> {
    match severity {
        Severity::Fatal => Localized::new("受付不能", "fatal"),
        Severity::Error => Localized::new("要修正", "error"),
        Severity::Warning => Localized::new("要確認", "warning"),
        Severity::Info => Localized::new("参考", "info"),
    }
}

/// Headings of the closing table: (ja, en, en where room is short).
pub const COLUMNS: [(&str, &str, &str); 10] = [
    ("規則", "rule", "rule"),
    ("重大度", "severity", "sev."),
    ("指摘", "findings", "find."),
    ("票", "records", "rec."),
    ("適合", "pass", "pass"),
    ("不適合", "fail", "fail"),
    ("非該当", "not applicable", "n/a"),
    ("保留", "undecided", "undec."),
    ("除外", "skipped", "skip."),
    ("未実施", "not run", "n/run"),
];

/// How a record is called: `レコード 12`.
pub fn record(number: u64, language: Language) -> String {
    format!("{} {number}", pick(language, "レコード", "record"))
}

/// Said instead of results where there are none to say.
pub const fn nothing_checked(language: Language) -> &'static str {
    pick(
        language,
        "検査した票はありません。ファイル、項目名の行、規則の選択をご確認ください。",
        "Nothing was checked. Please look at the files, the header row and the choice of rules.",
    )
}

/// Why a run failed, a sentence.
pub fn failure(failure: &Failure, language: Language) -> String {
    match (failure, language) {
        (Failure::NoFile, _) => pick(
            language,
            "検査するファイルがありません。ファイルの指定をご確認ください。",
            "There was no file to check. Please look at the names of the files.",
        )
        .to_owned(),
        (Failure::NoRecord, _) => nothing_checked(language).to_owned(),
        (Failure::NoRule, _) => pick(
            language,
            "すべての規則が除かれているため、検査していません。--select と --ignore をご確認ください。",
            "Every rule was left out, so nothing was checked. Please look at --select and --ignore.",
        )
        .to_owned(),
        (Failure::EmptyLink(name), Language::Ja) => format!(
            "突合ファイルに行がないため、突合していません：{name}。意図した指定であれば --allow-empty を加えてください。"
        ),
        (Failure::EmptyLink(name), Language::En) => {
            format!(
                "The linked file has no records, so nothing was linked: {name}. If that is meant add --allow-empty."
            )
        }
        (Failure::Unreadable(name), Language::Ja) => format!("読み取れないファイル：{name}"),
        (Failure::Unreadable(name), Language::En) => format!("Could not be read: {name}"),
        (Failure::Fault(records), Language::Ja) => {
            format!("プログラムの不具合により{}票を検査できませんでした。", grouped(*records))
        }
        (Failure::Fault(records), Language::En) => {
            let noun = if *records == 1 { "record" } else { "records" };
            format!("A fault of this program kept {} {noun} from being checked.", grouped(*records))
        }
        (Failure::Refused(count), Language::Ja) => {
            format!("規則・設定・指定に誤り（{}件）があるため、検査していません。", grouped(*count))
        }
        (Failure::Refused(count), Language::En) => {
            let noun = if *count == 1 { "mistake" } else { "mistakes" };
            format!(
                "Nothing was checked: {} {noun} in the rule pack, the settings or the options.",
                grouped(*count)
            )
        }
    }
}

/// What came of a run, a word or two.
pub const fn verdict(verdict: Verdict) -> Localized<&'static str> {
    match verdict {
        Verdict::Clean => Localized::new("修正の必要なし", "nothing to correct"),
        Verdict::Findings => Localized::new("指摘あり", "findings"),
        Verdict::Failed => Localized::new("検査未完了", "not completed"),
        Verdict::Refused => Localized::new("検査せず", "not begun"),
    }
}

/// The line by which two people see that they speak of the same check: program, pack, files, verdict. Of a hash it has
/// the beginning; the format `json` has the whole. Without `hashes` those of the files are left out: of few answers a
/// hash can be found by trying.
pub fn receipt(header: &RunHeader, summary: &Summary, hashes: bool, language: Language) -> String {
    let verdict = verdict(summary.verdict);
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    // A line feed in a name would make two lines of one, the second of them whatever the name says.
    let file = |file: &FileLine| match (&file.hash, visible(&file.name)) {
        (Some(hash), name) if hashes => format!("{name} {}", short(hash)),
        (_, name) => name.into_owned(),
    };
    // A receipt of many files names the first ones: the document holds all.
    let mut files: Vec<String> = summary.files.iter().take(RECEIPT_FILES).map(file).collect();
    let more = summary.files.len().saturating_sub(RECEIPT_FILES);
    if more > 0 {
        files.push(match language {
            Language::Ja => format!("ほか{more}ファイル"),
            Language::En => format!("{more} more"),
        });
    }
    let links = summary.links.iter().map(|link| format!("{}={}", link.link, file(&link.file)));
    let links = links.collect::<Vec<_>>().join(", ");
    let links = if links.is_empty() { links } else { format!("{links} | ") };
    let packs = header.packs().map(|(survey, wave, hash)| format!("{survey}/{wave} {}", short(hash)));
    let packs = packs.collect::<Vec<_>>().join(", ");
    let version = env!("CARGO_PKG_VERSION");
    format!("kenpyo {version} | {packs} | {links}{} | {}", files.join(", "), verdict.get(language))
}

/// What a receipt is called.
pub const fn receipt_label(language: Language) -> &'static str {
    pick(language, "検査証", "Receipt")
}

/// The receipt behind its label.
pub fn labelled_receipt(header: &RunHeader, summary: &Summary, hashes: bool, language: Language) -> String {
    let colon = pick(language, "：", ": ");
    format!("{}{colon}{}", receipt_label(language), receipt(header, summary, hashes, language))
}

/// Files that a receipt names.
const RECEIPT_FILES: usize = 3;

/// What the run was about and what came of it, a sentence a line.
pub fn summary(header: &RunHeader, summary: &Summary, language: Language) -> Vec<String> {
    let failures = || summary.failures.iter().map(|cause| failure(cause, language));
    if header.refused {
        return failures().collect();
    }
    let mut lines = vec![scope(header, summary, language)];
    if summary.nothing_checked() && summary.failures.is_empty() {
        lines.push(nothing_checked(language).to_owned());
    }
    lines.push(result(summary, language));
    lines.extend(accepted(summary, language));
    lines.extend(summary.since.as_ref().map(|report| since(report, language)));
    if summary.since.as_ref().is_some_and(|report| report.by_number) {
        let (ja, en) = (
            "票のキーを伏せた報告なので、票はファイル名と番号で照合しました。行が増減すると、新規・解消の件数は正しくなりません。KENPYO_FINGERPRINT_KEY を設定すると、キーで照合できます。",
            "Keys are hidden in that report, so records were known again by file and number: where rows came or went, new and fixed are not right. With KENPYO_FINGERPRINT_KEY they are known by their keys.",
        );
        lines.push(pick(language, ja, en).to_owned());
    }
    if summary.only_links_need_correction() {
        let (ja, en) = (
            "提出された回答ではなく、突合ファイルに修正が必要です。",
            "Not the submissions but a linked file needs correction.",
        );
        lines.push(pick(language, ja, en).to_owned());
    } else if summary.findings_from(Severity::Error) > 0 && summary.records_with_errors == 0 {
        let (ja, en) = (
            "個々の票ではなく、ファイル全体に修正が必要です。",
            "Not single records but the file as a whole needs correction.",
        );
        lines.push(pick(language, ja, en).to_owned());
    }
    lines.extend(failures());
    if summary.waiting > 0 {
        let rules = grouped(summary.waiting);
        lines.push(match language {
            Language::Ja => format!("複数の票にわたる{rules}規則は判定していません（未実施）。"),
            Language::En if summary.waiting == 1 => format!("{rules} rule over many records was not run."),
            Language::En => format!("{rules} rules over many records were not run."),
        });
    }
    if summary.partial || header.partial {
        lines.push(
            pick(
                language,
                "一部の規則だけで検査しました（--select / --ignore）。",
                "Only some of the rules were judged (--select / --ignore).",
            )
            .to_owned(),
        );
    }
    lines
}

/// The packs of a run, a name each: survey, wave and the beginning of the hash, since two packs of one wave may differ.
pub fn packs(header: &RunHeader, language: Language) -> Vec<String> {
    let name = |(survey, wave, hash): (&str, &str, &str)| {
        let short: String = hash.chars().take(12).collect();
        match language {
            Language::Ja => format!("{survey}/{wave}（{short}）"),
            Language::En => format!("{survey}/{wave} ({short})"),
        }
    };
    header.packs().map(name).collect()
}

fn scope(header: &RunHeader, summary: &Summary, language: Language) -> String {
    let (files, records) = (grouped_len(summary.files.len()), grouped(summary.records));
    let packs = packs(header, language);
    let packs = packs.join(pick(language, "、", ", "));
    match language {
        Language::Ja => format!("{files}ファイル、{records}票を {packs}で検査しました。"),
        Language::En => {
            let file = if summary.files.len() == 1 { "file" } else { "files" };
            let record = if summary.records == 1 { "record" } else { "records" };
            format!("Checked {records} {record} in {files} {file} by {packs}.")
        }
    }
}

/// How many findings there are of each severity, a sentence.
pub fn result(summary: &Summary, language: Language) -> String {
    let [info, warning, error, fatal] = summary.findings.map(grouped);
    let held = grouped(summary.records_with_errors);
    match language {
        Language::Ja => {
            format!(
                "受付不能 {fatal}件、要修正 {error}件、要確認 {warning}件、参考 {info}件。修正が必要な票は{held}票です。"
            )
        }
        Language::En => {
            let verb = if summary.records_with_errors == 1 { "record needs" } else { "records need" };
            format!("{fatal} fatal, {error} error, {warning} warning, {info} info; {held} {verb} correction.")
        }
    }
}

/// Rules that the sentence about accepted findings names.
const ACCEPTED_RULES: usize = 5;

/// How many findings are accepted, by rule. `None`: none is.
fn accepted(summary: &Summary, language: Language) -> Option<String> {
    if summary.accepted == 0 {
        return None;
    }
    let rules: Vec<_> = summary.rules.iter().filter(|rule| rule.accepted > 0).collect();
    let named = rules.iter().take(ACCEPTED_RULES).map(|rule| not_shown_of(&rule.id, rule.accepted, language));
    let mut named: Vec<String> = named.collect();
    let more = rules.len().saturating_sub(ACCEPTED_RULES);
    if more > 0 {
        named.push(more_rules(more, language));
    }
    let (count, rules) = (grouped(summary.accepted), named.join(pick(language, "、", ", ")));
    Some(match language {
        Language::Ja => format!("ほかに確認済の要確認が{count}件あります（{rules}）。"),
        Language::En if summary.accepted == 1 => format!("Besides, {count} warning is accepted ({rules})."),
        Language::En => format!("Besides, {count} warnings are accepted ({rules})."),
    })
}

/// The run beside an earlier report.
fn since(since: &SinceReport, language: Language) -> String {
    let [new, open, fixed, other] = [since.new, since.open, since.fixed, since.not_judged].map(grouped);
    match (language, since.not_judged) {
        (Language::Ja, 0) => format!("前回の報告と比べて、新規 {new}件、継続 {open}件、解消 {fixed}件です。"),
        (Language::Ja, _) => format!(
            "前回の報告と比べて、新規 {new}件、継続 {open}件、解消 {fixed}件です（今回検査していないファイルまたは規則の指摘が、ほかに{other}件あります）。"
        ),
        (Language::En, 0) => {
            format!("Since the earlier report: {new} new, {open} still open, {fixed} fixed.")
        }
        (Language::En, _) => format!(
            "Since the earlier report: {new} new, {open} still open, {fixed} fixed; {other} more are of files or rules that were not judged now."
        ),
    }
}

/// The findings of an earlier report that are no more, a line each behind a heading; none where none is fixed.
pub fn fixed(since: &SinceReport, audience: Audience) -> Vec<String> {
    if since.fixed == 0 {
        return Vec::new();
    }
    let language = audience.language;
    let mut lines =
        vec![String::new(), pick(language, "解消した指摘：", "Fixed since the earlier report:").to_owned()];
    let line = |finding: &FixedFinding| {
        let key = finding.key.as_deref().filter(|_| !audience.hide_keys).map(|key| format!("  {key}"));
        let place = finding.record.map(|number| format!("  {}", record(number, language)));
        let file = finding.file.as_deref().map(|file| format!("  {file}"));
        let parts = [key, place, file].into_iter().flatten().collect::<String>();
        format!("  {}{parts}", finding.rule)
    };
    lines.extend(since.fixed_first.iter().map(line));
    let listed = u64::try_from(since.fixed_first.len()).unwrap_or(u64::MAX);
    let more = grouped(since.fixed.saturating_sub(listed));
    if since.fixed > listed {
        lines.push(match language {
            Language::Ja => format!("  ほか{more}件"),
            Language::En => format!("  and {more} more"),
        });
    }
    lines
}

/// Stands above the rules that could mostly not be decided.
pub const fn silent_heading(language: Language) -> &'static str {
    pick(
        language,
        "2割を超える票で判定できていない規則（保留または除外）",
        "Not decided on more than a fifth of the records (undecided or skipped):",
    )
}

/// What a cut list of rules left out.
pub fn more_rules(rules: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("ほか{rules}規則（表を参照）"),
        Language::En => format!("and {rules} more (see the table)"),
    }
}

/// How many rules have no line in the table.
pub fn no_finding(rules: u64, language: Language) -> String {
    let count = grouped(rules);
    match language {
        Language::Ja => format!("ほかの{count}規則には指摘がありません。"),
        Language::En if rules == 1 => format!("{count} other rule has no finding."),
        Language::En => format!("{count} other rules have no finding."),
    }
}

/// What a capped listing left out.
pub fn not_shown(count: u64, per_rule: Option<u64>, in_all: u64, language: Language) -> String {
    let are = if count == 1 { "finding is" } else { "findings are" };
    let (count, in_all) = (grouped(count), grouped(in_all));
    match (language, per_rule) {
        (Language::Ja, Some(per_rule)) => format!(
            "ほかに{count}件の指摘があります（表示は規則ごとに{per_rule}件、全体で{in_all}件まで。--max-findings で変更、--format short で全件）。"
        ),
        (Language::Ja, None) => format!("ほかに{count}件の指摘があります（表示は{in_all}件まで）。"),
        (Language::En, Some(per_rule)) => format!(
            "{count} more {are} not shown (at most {per_rule} a rule and {in_all} in all; --max-findings changes that, --format short lists every one)."
        ),
        (Language::En, None) => format!("{count} more {are} not shown (at most {in_all})."),
    }
}

/// What a capped listing left out of one rule.
pub fn not_shown_of(rule: &str, count: u64, language: Language) -> String {
    let count = grouped(count);
    match language {
        Language::Ja => format!("{rule} {count}件"),
        Language::En => format!("{rule} {count}"),
    }
}

fn grouped_len(len: usize) -> String {
    u64::try_from(len).map_or_else(|_| len.to_string(), grouped)
}
