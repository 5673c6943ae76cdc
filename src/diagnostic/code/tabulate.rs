//! Codes of `tabulate`: what keeps a run from making tables.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// A hard edit was left out of the run.
    HARD_EDIT_LEFT_OUT = "KP-U120" "tables-without-a-hard-edit" Error
        title "エラー規則を除いた集計" "tables without a hard edit"
        message "エラー規則を除いたまま集計することはできません。select・ignore の設定を外してください。"
            "Tables cannot be made while a hard edit is left out. Please remove `select` and `ignore` from the settings.";
    /// Submissions of several surveys.
    SEVERAL_SURVEYS = "KP-U121" "tables-of-several-surveys" Error
        title "複数の調査にわたる集計" "tables of several surveys"
        message "一度に集計できるのは一つの調査です（{found}）。--survey で調査を指定するか、ファイルを分けてください。"
            "One run makes the tables of one survey, not of {found}. Please name it with --survey, or tabulate the files apart.";
    /// A pack that declares no table.
    NO_TABLES = "KP-U122" "pack-declares-no-table" Error
        title "集計表の宣言がない" "pack declares no table"
        message "調査「{found}」は集計表を宣言していません。survey.toml に [table.X] を追加してください。"
            "The survey \"{found}\" declares no table. Please add [table.X] to its survey.toml.";
    /// A table that the pack does not declare.
    UNKNOWN_TABLE_NAME = "KP-U123" "unknown-table-asked-for" Error
        title "未知の集計表" "unknown table asked for"
        message "集計表「{found}」はこの調査にありません。番号を確認してください。"
            "The survey has no table \"{found}\". Please check its name."
        help "集計表：{known}" "tables: {known}";
}
