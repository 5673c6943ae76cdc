//! Codes of single cells: what is wrong with one answer by itself.
//!
//! Invariants
//! - No text knows a survey: whom it asks, what for, and what becomes of the answers are the pack's to say.
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

    /// Not a day of the calendar, or of an impossible era.
    DATE_UNREADABLE = "KP-C018" "not-a-date" Error
        title "日付として読み取れない" "not a date"
        message "{question}の「{value}」を日付として読み取れません。{expected}の形で入力してください。"
            "\"{value}\" in {question} cannot be read as a date. Please write it as {expected}.";

    /// The second text of KP-C018: a moment or a month. What is proposed is what the field reads.
    MOMENT_UNREADABLE = "KP-C018" "not-a-moment" Error
        title "日時または年月として読み取れない" "not a moment or month"
        message "{question}の「{value}」を{kind}として読み取れません。{expected}の形で入力してください。"
            "\"{value}\" in {question} cannot be read as {kind}. Please write it as {expected}.";

    /// An era date or a spreadsheet's serial number was converted to ISO 8601.
    DATE_CONVERTED = "KP-C019" "date-converted" Info
        title "日付の表記を変換" "date converted"
        message "{question}の「{before}」を {after} と読み取りました。相違がある場合は修正してください。"
            "\"{before}\" in {question} was read as {after}. Please correct it if that is not what was meant.";

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

    /// Small letters in a code that is written in capitals (`x-letter-case`). The value keeps them until confirmed.
    CODE_IN_SMALL_LETTERS = "KP-C023" "code-in-small-letters" Warning
        title "英小文字を含むコード" "code in small letters"
        message "{column}の「{before}」に英小文字が含まれています。「{after}」でよろしいですか。よろしければ大文字に修正し、小文字が正しい場合はその旨をご回答ください。"
            "\"{before}\" in {column} has small letters. Is \"{after}\" right? If so please enter it in capitals; if the small letters are right, please tell us so.";

    /// A free text that is nothing but a date: spreadsheets make one of `1-2-3`.
    DATE_IN_FREE_TEXT = "KP-C024" "free-text-is-only-a-date" Warning
        title "自由記述が日付だけになっている" "free text that is only a date"
        message "{column}の「{value}」は日付だけです。「1-2-3」のような記入が表計算ソフトにより日付へ変換された可能性があります。セルの書式を「文字列」にして元の内容を入力し直すか、日付のままで正しい場合は何の日付かを書き添えてください。"
            "\"{value}\" in {column} is only a date. A spreadsheet may have made it of an entry such as \"1-2-3\". Please set the cell format to text and enter the original again; if the date is right, please add what it is the date of.";

    /// A free text names a question of the form: an answer may stand where nobody counts it.
    ANSWER_IN_FREE_TEXT = "KP-C025" "answer-in-free-text" Warning
        title "自由記述に設問への言及" "free text that names a question"
        message "{column}の「{value}」に{found}への言及があります。{column}の記述は回答として扱いません。回答であれば{found}の欄に記入し、補足であればこのままで差し支えありません。"
            "\"{value}\" in {column} names {found}. What stands in {column} is not taken as an answer. If it is one please enter it there; if it is a remark it may stay.";
}
