//! The words of the page, in both languages, side by side.
//!
//! Invariants
//! - Polite and whole sentences where something is explained; nothing here names a survey.

use crate::diagnostic::Language;
use crate::report::wrap::grouped;

macro_rules! words {
    ($($name:ident $ja:literal $en:literal;)*) => {
        /// The words of one language.
        #[derive(Debug, Clone, Copy)]
        pub(super) struct Words {
            $(pub(super) $name: &'static str,)*
        }

        impl Words {
            /// The words of `language`.
            pub(super) const fn of(language: Language) -> Self {
                match language {
                    Language::Ja => Self { $($name: $ja,)* },
                    Language::En => Self { $($name: $en,)* },
                }
            }
        }
    };
}

words! {
    page "検票結果" "Report of a check";
    skip "本文へ移動" "Skip to the results";
    contents "目次" "Contents";
    summary "概要" "Summary";
    files "検査したファイル" "Files that were checked";
    file "ファイル" "file";
    records "票" "records";
    records_in_all "検査した票" "records checked";
    records_to_correct "修正が必要な票" "records that need correction";
    unreadable "読み取れない票" "records not readable";
    read "最後まで読めたか" "read to its end";
    yes "はい" "yes";
    no "いいえ" "no";
    hash "SHA-256" "SHA-256";
    charts "グラフ" "Charts";
    by_rule_chart "規則別の指摘の件数" "Findings by rule";
    share_chart "各規則が適用された票の割合" "Share of records to which a rule applies";
    share_note "淡い帯が適用された票（非該当・未実施を除く）、濃い帯がそのうち不適合の票の割合です。"
        "The pale bar is the share of records to which the rule applies (all but not applicable and not run), the dark one the share that fails it.";
    breakdown_note "指摘の件数は重大度別に、濃い順に受付不能・要修正、要確認、参考です。"
        "Findings by severity, from dark to pale: fatal and error, warning, info.";
    unknown_group "不明（未記入など）" "not known (blank, for example)";
    rules "規則の一覧" "Rules";
    rules_caption "規則ごとの判定の結果（指摘の多い順）" "How each rule came out, those with most findings first";
    other_rules "指摘のない規則" "Rules without findings";
    silent "2割を超える票で判定できていません" "not decided on more than a fifth of the records";
    filters "絞り込み" "Filters";
    severity "重大度" "Severity";
    rule "規則" "Rule";
    all_rules "すべての規則" "all rules";
    search "文字列を含む" "Contains";
    shown "表示中の指摘" "Findings shown";
    by_rule "規則別の指摘" "Findings by rule";
    by_record "票別の指摘" "Findings by record";
    about_files "ファイル全体についての指摘" "About files as a whole";
    help "確認のしかた" "How to find out";
    suggestion "候補" "Suggestion";
    related "あわせて確認：" "Look at this together with";
    cells "関係する項目" "Cells concerned";
    answers "回答" "Answers";
    answers_caption "この票の回答。▶ は指摘に関係する項目です。" "The answers of this record. ▶ marks those that a finding is about.";
    question "設問" "Question";
    answer "回答" "Answer";
    understood "読み取り：" "read as";
    concerned "指摘に関係：" "see";
    unanswered "未記入（回答が必要です）" "not answered, although asked";
    blank "空欄" "blank";
    not_applicable "非該当の記号" "marked as not applicable";
    dont_know "不明の記号" "marked as not known";
    unusable "回答として読み取れません" "cannot be read as an answer";
    filled "空欄。ほかの回答から判定：" "blank; taken from other answers as";
    withheld "（非公開）" "(private)";
    absent "ファイルに列がない項目：" "Not among the columns of the file:";
    no_answers "この票の回答は、この文書には含まれていません。" "The answers of this record are not part of this document.";
    values_hidden "回答の値は表示していません（--values hide）。" "Answers are not shown (--values hide).";
    no_findings "指摘はありません。" "There is no finding.";
    none_of_it "条件に合う指摘はありません。" "No finding fits these filters.";
}

/// How many there are of something that one language gives a plural.
pub(super) fn findings(count: u64, language: Language) -> String {
    let number = grouped(count);
    match language {
        Language::Ja => format!("{number}件"),
        Language::En if count == 1 => format!("{number} finding"),
        Language::En => format!("{number} findings"),
    }
}

/// What stands beside a bar of the breakdown.
pub(super) fn share_of_group(
    [records, with_errors]: [u64; 2],
    [grave, warning, info]: [u64; 3],
    language: Language,
) -> String {
    let [records, with_errors, grave, warning, info] =
        [records, with_errors, grave, warning, info].map(grouped);
    match language {
        Language::Ja => format!(
            "要修正 {grave}・要確認 {warning}・参考 {info}（{records}票、うち修正が必要 {with_errors}票）"
        ),
        Language::En => format!(
            "{grave} error, {warning} warning, {info} info (records: {records}, to be corrected: {with_errors})"
        ),
    }
}

/// What stands beside a bar of applicable records.
pub(super) fn applicable(
    (applies, percent): (u64, &str),
    (fails, fail_percent): (u64, &str),
    all: u64,
    language: Language,
) -> String {
    let [applies, fails, all] = [applies, fails, all].map(grouped);
    match language {
        Language::Ja => format!("適用 {percent}（{applies}/{all}票）、不適合 {fail_percent}（{fails}票）"),
        Language::En => {
            format!("applies to {percent} ({applies} of {all}), fails on {fail_percent} ({fails})")
        }
    }
}

/// The bar of all rules that have none of their own.
pub(super) fn further_rules(rules: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("ほかの{rules}規則"),
        Language::En if rules == 1 => "1 other rule".to_owned(),
        Language::En => format!("{rules} other rules"),
    }
}

/// Findings that the document does not hold.
pub(super) fn left_out(left_out: u64, most: u64, language: Language) -> String {
    let [left_out, most] = [left_out, most].map(grouped);
    match language {
        Language::Ja => format!(
            "この文書には重大なものから{most}件までの指摘を載せています。ほかに{left_out}件の指摘があります。件数と表・グラフはすべての指摘によるものです。--max-findings で変更できます。"
        ),
        Language::En => format!(
            "This document holds at most {most} findings, the gravest ones; {left_out} more are left out. All counts, tables and charts are of every finding. --max-findings changes the limit."
        ),
    }
}

/// Of how many records answers stand in the document.
pub(super) fn answers_limit(most: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("回答は、指摘のある票のうち先頭の{most}票について載せています。"),
        Language::En => format!("Answers are given of the first {most} records with findings."),
    }
}

/// Findings of a group of which some are left out.
pub(super) fn some_shown(shown: u64, all: u64, language: Language) -> String {
    let [shown, all] = [shown, all].map(grouped);
    match language {
        Language::Ja => format!("{all}件（うち{shown}件を掲載）"),
        Language::En => format!("{all} findings ({shown} listed)"),
    }
}
