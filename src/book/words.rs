//! The document's own words, in both languages, side by side.
//!
//! Invariants
//! - Polite and plain: a respondent reads them. Nothing here names a survey.

use crate::diagnostic::{Language, Localized};
use crate::report::words::pick;

const fn both(ja: &'static str, en: &'static str) -> Localized<&'static str> {
    Localized::new(ja, en)
}

/// Behind the survey's title.
pub const SUBTITLE: Localized<&str> = both("検査規則の手引き", "The edit rules, and what to do about each");
/// Heads the first part.
pub const HOW_TO_READ: Localized<&str> = both("この手引きの読み方", "How to read this");
/// Heads the index.
pub const INDEX: Localized<&str> = both("設問別の索引", "Index by question");
/// Heads the list of sections.
pub const CONTENTS: Localized<&str> = both("目次", "Contents");
/// Rules whose first question stands in no section.
pub const ELSEWHERE: Localized<&str> = both("その他の項目", "Other items");
/// Rules about many records.
pub const MANY_RECORDS: Localized<&str> = both("複数の票にわたる検査", "Edits across records");
/// A rule over many records that has no condition.
pub const ALL_RECORDS_TOGETHER: Localized<&str> =
    both("提出されたすべての票を合わせて", "all submitted records together");
/// Names the pack.
pub const PACK: Localized<&str> = both("規則パック", "Rule pack");
/// Names the pack's hash.
pub const HASH: Localized<&str> = both("ハッシュ", "Hash");
/// Of whom the rule speaks.
pub const APPLIES: Localized<&str> = both("対象", "Applies to");
/// What is demanded of many records.
pub const DEMAND: Localized<&str> = both("検査の内容", "What must hold");
/// What is printed when it fails.
pub const MESSAGE: Localized<&str> = both("表示される文", "What you will read");
/// What is printed when other instances fail.
pub const FURTHER: Localized<&str> = both("設問により異なる文", "In words of its own for");
/// How to find out.
pub const HELP: Localized<&str> = both("補足", "Note");
/// The questions to be corrected.
pub const WAYS: Localized<&str> =
    both("見直していただく設問（いずれか）", "Answers to look at (one of them)");
/// All questions that the rule reads.
pub const QUESTIONS: Localized<&str> = both("関係する設問", "Questions concerned");
/// The other instances.
pub const LIKEWISE: Localized<&str> = both("同じ検査をする設問", "Likewise for");
/// Only in some runs.
pub const PROFILE: Localized<&str> = both("実施する場合", "Judged");
/// The conditions as written.
pub const CONDITION: Localized<&str> = both("判定条件", "Condition");
/// Heads the examples.
pub const EXAMPLES: Localized<&str> = both("例", "Examples");
/// The column of questions.
pub const QUESTION: Localized<&str> = both("設問", "Question");
/// A passing example.
pub const PASSES: Localized<&str> = both("○ 指摘なし", "✓ no finding");
/// A failing example.
pub const FAILS: Localized<&str> = both("× 指摘あり", "✗ finding");
/// The rule follows from the form.
pub const GENERATED: Localized<&str> = both(
    "調査票の設問の分岐（誰がどの設問に答えるか）から自動的に決まる検査です。",
    "This edit follows from the form itself: who is asked which question.",
);
/// Said when a cell is read.
pub const OF_A_CELL: Localized<&str> =
    both("1つの欄に記入された内容についての検査です。", "This is about what stands in one cell.");
/// A value that follows from others.
pub const FILLED_IN: Localized<&str> = both(
    "未記入の欄を、ほかの回答から補う場合のお知らせです。",
    "A blank is filled from other answers, and this says so.",
);
/// Several findings with one cause.
pub const TOGETHER: Localized<&str> = both(
    "関係する設問の指摘が重なったときに、1つにまとめて表示します。",
    "Findings on several of these questions are told as this one.",
);
/// An answer that is not there.
pub const BLANK: Localized<&str> = both("（未記入）", "(blank)");
/// A mark for what does not apply.
pub const NOT_APPLICABLE: Localized<&str> = both("非該当", "not applicable");
/// A mark for what nobody knows.
pub const NOT_KNOWN: Localized<&str> = both("不明", "not known");
/// A cell that cannot be read.
pub const UNREADABLE: Localized<&str> = both("（読み取れない記入）", "(cannot be read)");

/// The first part, a paragraph each; the three words of severity stand in the second to fourth.
pub const INTRODUCTION: [Localized<&str>; 6] = [
    both(
        "提出された回答は、この手引きの規則で検査します。指摘は、回答どうしが合わないことや記入もれをお知らせするもので、取組の良し悪しを評価するものではありません。",
        "Each submission is held against the rules listed here. A finding says that answers do not fit together or that one is missing; it never judges the respondent.",
    ),
    both(
        "「要修正」は、そのままでは受け付けられないものです。表示される文に従って、いずれかの回答を修正してください。",
        "\"error\": the answers cannot be accepted as they are. Please correct one of them as the message says.",
    ),
    both(
        "「要確認」は、誤りとは限らないものです。内容をご確認のうえ、正しければその旨をお知らせください。",
        "\"warning\": this may well be right. Please check it, and tell the office if it is.",
    ),
    both(
        "「参考」は、読み取り方などのお知らせです。相違がなければ対応は不要です。",
        "\"info\": how something was read. Nothing needs to be done unless it is wrong.",
    ),
    both(
        "「表示される文」は、例の回答で実際に表示される文です。例の値は説明のためのもので、実在の回答ではありません。",
        "\"What you will read\" is the very message for the failing example. The values are made up.",
    ),
    both(
        "同じ規則パックのハッシュであれば、どこで検査しても同じ結果になります。",
        "Whoever checks with a pack of the same hash comes to the same result.",
    ),
];

/// The same name in the quotes of each language.
pub(super) fn quoted(ja: &str, en: &str) -> Localized<String> {
    Localized::new(format!("「{ja}」"), format!("\"{en}\""))
}

/// What stands between the parts of a list.
pub(super) const fn between(language: Language) -> &'static str {
    pick(language, "、", ", ")
}

/// So many more are not shown.
pub(super) fn and_more(more: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("ほか{more}件"),
        Language::En => format!("and {more} more"),
    }
}

/// What an instance reads in words of its own.
pub(super) fn of_instance(question: &str, message: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("{question}：{message}"),
        Language::En => format!("{question}: {message}"),
    }
}

/// The condition called `name` of one instance.
pub(super) fn condition_of(name: &str, question: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("{name}（{question}）"),
        Language::En => format!("{name} ({question})"),
    }
}

/// Every row of the linked file called by `records`.
pub(super) fn every_one(records: &Localized<String>) -> Localized<String> {
    Localized::new(format!("すべての{}", records.ja), format!("all {}", records.en))
}

/// `title` of the linked file called `link`.
pub(super) fn of_link(title: &str, link: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("{title}（{link}）"),
        Language::En => format!("{title} [{link}]"),
    }
}

/// The records of which `clause` is true.
pub(super) fn in_case(clause: &Localized<String>) -> Localized<String> {
    Localized::new(format!("{}の場合", clause.ja), format!("those for whom {}", clause.en))
}

/// It depends on the answers to `questions`.
pub(super) fn depending(questions: &Localized<String>) -> Localized<String> {
    if questions.en.is_empty() {
        return Localized::new("条件に当てはまる票".to_owned(), "where its condition holds".to_owned());
    }
    Localized::new(
        format!("{}の回答による", questions.ja),
        format!("depends on the answer to {}", questions.en),
    )
}

/// Those who are not `asked`.
pub(super) fn not_asked(asked: &Localized<String>) -> Localized<String> {
    Localized::new(
        format!("設問の対象でない票（設問の対象：{}）", asked.ja),
        format!("those who are not asked (the question is asked of: {})", asked.en),
    )
}

/// Only where a profile is chosen.
pub(super) fn only_with(title: &str, name: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("「{title}」（{name}）を選んだ検査のときだけ"),
        Language::En => format!("only where \"{title}\" ({name}) is chosen"),
    }
}

/// The name of the file at `place`, from 0.
pub(super) fn file(place: usize, language: Language) -> String {
    format!("{}{}", pick(language, "ファイル", "file "), place + 1)
}

/// The heading of the record at `place`, from 0, of `all`.
pub(super) fn record(heading: &str, place: usize, all: usize, language: Language) -> String {
    if all < 2 {
        return heading.to_owned();
    }
    match language {
        Language::Ja => format!("{heading}：{}件目", place + 1),
        Language::En => format!("{heading}: record {}", place + 1),
    }
}

/// A run parameter that an example sets.
pub(super) fn parameter(name: &str, language: Language) -> String {
    format!("{} {name}", pick(language, "検査の設定値", "setting of the run"))
}
