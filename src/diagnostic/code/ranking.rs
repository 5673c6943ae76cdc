//! Codes of `check --rank`: what keeps findings from being put in order.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// A pack that declares no table.
    RANK_WITHOUT_TABLES = "KP-U140" "rank-without-tables" Error
        title "集計表のない調査での影響順" "ranking without tables"
        message "調査「{found}」は集計表を宣言していないため、指摘を影響の順に並べられません。survey.toml に [table.X] を追加するか、--rank を外してください。"
            "The survey \"{found}\" declares no table whose figures a record could move. Please add [table.X] to its survey.toml, or leave out --rank.";
    /// A hard edit was left out of the run.
    RANK_WITHOUT_HARD_EDIT = "KP-U141" "rank-without-a-hard-edit" Error
        title "エラー規則を除いた影響順" "ranking without a hard edit"
        message "エラー規則を除くと、どの票が集計されるかが分からないため、影響の順に並べられません。select・ignore の指定を外すか、--rank を外してください。"
            "While a hard edit is left out it is not known which records count, and so not what each can move. Please remove --select and --ignore, or leave out --rank.";
    /// Submissions of several surveys.
    RANK_OF_SEVERAL_SURVEYS = "KP-U142" "rank-of-several-surveys" Error
        title "複数の調査にわたる影響順" "ranking of several surveys"
        message "影響の順に並べられるのは一度に一つの調査です（{found}）。--survey で調査を指定するか、ファイルを分けるか、--rank を外してください。"
            "One run ranks the records of one survey, not of {found}. Please name it with --survey, check the files apart, or leave out --rank.";
    /// Every report of the run hides values.
    RANK_OF_HIDDEN_VALUES = "KP-U143" "rank-of-hidden-values" Error
        title "値を隠した影響順" "ranking where values are hidden"
        message "影響の順は回答を推測させるため、値を隠す報告では並べ替えません。--values show を指定するか、--rank を外してください。"
            "The order would tell of answers, and every report of this run hides values. Please give --values show, or leave out --rank.";
}
