//! Codes of single cells: what is wrong with one answer by itself.
//!
//! Invariants
//! - C013 to C019 are those of the survey's list of edits, texts letter by letter but for the
//!   examples of C018; what that list does not have
//!   begins at C020.
//! - C020 to C022 lend their texts to findings that are named `FIELD:type`, `FIELD:domain`, `FIELD:duplicate`, or
//!   by the id that the schema publishes.

use super::codes;

codes! {
    /// The value is not in the option list.
    OPTION_UNKNOWN = "KP-C013" "value-outside-option-list" Error
        title "選択肢にない値" "value outside the option list"
        message "{question}の「{value}」は選択肢にありません。{options}の中から1つ選択してください。"
            "\"{value}\" is no option of {question}. Please choose one of {options}.";

    /// Two or more different options in one cell.
    OPTIONS_SEVERAL = "KP-C014" "several-options-on-single-answer-question" Error
        title "単一回答の設問に複数の回答" "several options on a single-answer question"
        message "{question}は1つだけ選ぶ設問ですが、{count}つ選択されています（「{value}」）。最も当てはまるものを1つだけ選択してください。"
            "{question} takes one answer, but {count} were given (\"{value}\"). Please choose the one that fits best.";

    /// A synonym of the schema's dictionary was used.
    SYNONYM_READ = "KP-C016" "synonym-read-as-option" Info
        title "同義の表記を選択肢として読み取り" "synonym read as an option"
        message "{question}の「{before}」を「{after}」として読み取りました。相違がある場合は修正してください。"
            "\"{before}\" in {question} was read as \"{after}\". Please correct it if that is not what was meant.";

    /// Not a date of the calendar. What is proposed is what the field reads.
    DATE_UNREADABLE = "KP-C018" "not-a-date" Error
        title "日付として読み取れない" "not a date"
        message "{question}の「{value}」を{kind}として読み取れません。{expected}の形で入力してください。"
            "\"{value}\" in {question} cannot be read as {kind}. Please write it as {expected}.";

    /// Not a value of the field's type; shown under `FIELD:type`.
    VALUE_UNREADABLE = "KP-C020" "unreadable-value" Error
        title "値を読み取れない" "unreadable value"
        message "{question}の「{value}」を{expected}として読み取れません。{expected}で入力してください。"
            "\"{value}\" in {question} cannot be read as {expected}. Please enter {expected}.";

    /// A value of the type that the form does not allow; shown under `FIELD:domain`.
    VALUE_OUTSIDE_DOMAIN = "KP-C021" "value-outside-domain" Error
        title "認められない値" "value outside the domain"
        message "{question}の「{value}」は認められる範囲の値ではありません（{expected}）。値を確認し、修正してください。"
            "\"{value}\" in {question} is not an allowed value ({expected}). Please check and correct it.";

    /// The same item twice in a multiple answer; shown under `FIELD:duplicate`.
    ITEM_REPEATED = "KP-C022" "item-repeated" Info
        title "同じ選択肢が複数回ある" "option given more than once"
        message "{question}の回答「{value}」に同じ選択肢が複数回あります。1回だけ数えました。相違がある場合は修正してください。"
            "The answer \"{value}\" to {question} names an option more than once. It was counted once. Please correct it if that is not what was meant.";
}
