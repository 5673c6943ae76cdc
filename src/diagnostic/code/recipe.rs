//! Codes about recipes and lists of defects, from which synthetic submissions are made: P150 to P169.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// The file is no TOML.
    SYNTAX = "KP-P150" "recipe-syntax" Error
        title "レシピをTOMLとして読み取れない" "recipe is not TOML"
        message "TOMLとして読み取れません：{found}" "This cannot be read as TOML: {found}";
    /// A key that no table of this kind has.
    UNKNOWN_KEY = "KP-P151" "recipe-unknown-key" Error
        title "レシピにない項目名" "unknown key in a recipe"
        message "項目「{found}」はここでは使えません。使える項目は{options}です。"
            "The key \"{found}\" is not known here. Known keys: {options}.";
    /// A key that must be given.
    MISSING_KEY = "KP-P152" "recipe-missing-key" Error
        title "レシピに必要な項目がない" "key missing from a recipe"
        message "項目「{expected}」がありません。追加してください。"
            "The key \"{expected}\" is missing. Please add it.";
    /// A value of another type.
    WRONG_TYPE = "KP-P153" "recipe-wrong-type" Error
        title "レシピの値の型が不正" "recipe value of another type"
        message "ここには{expected}を書いてください。" "Please write {expected} here.";
    /// A name that is no field of the questionnaire.
    UNKNOWN_FIELD = "KP-P154" "recipe-unknown-field" Error
        title "調査票にない項目" "field unknown to the questionnaire"
        message "「{found}」という項目は調査票にありません。" "The questionnaire has no field \"{found}\".";
    /// A name that is no option of the field.
    UNKNOWN_OPTION = "KP-P155" "recipe-unknown-option" Error
        title "設問にない選択肢" "option unknown to the field"
        message "「{found}」は{field}の選択肢ではありません。選択肢は{options}です。"
            "\"{found}\" is no option of {field}. Its options: {options}.";
    /// Shares that are no whole.
    SHARES = "KP-P156" "recipe-shares-no-whole" Error
        title "割合の合計が100%でない" "shares do not add up to 100 %"
        message "割合の合計が{found}%です。100%になるように直すか、残りの選択肢をrestで指定してください。"
            "The shares add up to {found} %. Please make them 100 %, or name the option of the remainder with `rest`.";
    /// Exact counts that differ from the number of records to which they apply.
    COUNTS = "KP-P157" "recipe-counts-differ" Error
        title "件数の合計が対象の件数と一致しない" "counts do not add up to their records"
        message "層「{stratum}」の件数の合計は{found}件ですが、対象は{expected}件です。件数を直すか、残りの選択肢をrestで指定してください。"
            "In the stratum \"{stratum}\" the counts add up to {found}, but they apply to {expected} records. Please correct them, or name the option of the remainder with `rest`.";
    /// A condition or a template on a field that has no value yet.
    NOT_YET_DRAWN = "KP-P158" "recipe-field-not-yet-drawn" Error
        title "まだ値のない項目を参照" "field used before it is drawn"
        message "「{field}」はこの時点でまだ決まっていません。先に決まる項目だけを参照できます。並び順を変えてください。"
            "\"{field}\" has no value yet at this point. Only fields drawn before may be used; please change the order.";
    /// A placeholder of a text that is not known.
    PLACEHOLDER = "KP-P159" "recipe-unknown-placeholder" Error
        title "ひな形の差し込みが不正" "placeholder not known"
        message "差し込み「{found}」は使えません。使えるのは{options}と、先に決まる項目の名前です。"
            "The placeholder \"{found}\" is not known. Known are {options}, and the names of fields drawn before.";
    /// A value or a way of drawing that the field's type cannot hold.
    DOES_NOT_FIT = "KP-P160" "recipe-value-does-not-fit" Error
        title "項目の型に合わない値" "value does not fit the field"
        message "「{field}」にはこの値を入れられません。{expected}を書いてください。"
            "\"{field}\" cannot hold this. Please write {expected}.";
    /// A list that has not one entry for each stratum.
    STRATA = "KP-P161" "recipe-entries-per-stratum" Error
        title "層ごとの値の数が層の数と異なる" "not one entry for each stratum"
        message "値が{found}個ありますが、層は{expected}個です。層ごとに1つずつ書くか、共通の値を1つだけ書いてください。"
            "There are {found} entries for {expected} strata. Please write one for each, or a single one for all.";
    /// No way of drawing, or several.
    ONE_WAY = "KP-P162" "recipe-not-one-way-to-draw" Error
        title "値の決め方が1つでない" "not exactly one way to draw"
        message "値の決め方が{found}個あります。{options}のうち1つだけを書いてください。"
            "There are {found} ways to draw here. Please write exactly one of {options}.";
    /// A base recipe that cannot be used.
    EXTENDS = "KP-P163" "recipe-extends-itself" Error
        title "元にするレシピが循環している" "recipe extends itself"
        message "レシピ「{found}」は自分自身を元にしています。extendsを直してください。"
            "The recipe \"{found}\" extends itself. Please correct `extends`.";
    /// A name that is no stratum.
    UNKNOWN_STRATUM = "KP-P164" "recipe-unknown-stratum" Error
        title "レシピにない層" "unknown stratum"
        message "「{found}」という層はありません。層は{options}です。"
            "There is no stratum \"{found}\". The strata: {options}.";
    /// A name that is there twice.
    REPEATED = "KP-P165" "recipe-name-repeated" Error
        title "同じ名前が複数ある" "name repeated"
        message "「{found}」が2回出てきます。1つにしてください。" "\"{found}\" occurs twice. Please keep one.";
    /// Bounds that hold nothing, more answers than units asked, and the like.
    BOUNDS = "KP-P166" "recipe-bounds-crossed" Error
        title "上限と下限が逆" "bounds crossed"
        message "「{found}」は「{expected}」以下でなければなりません。" "\"{found}\" must not be above \"{expected}\".";
    /// Exact counts that depend on a field that is not itself drawn by exact counts.
    COUNTS_BASE = "KP-P167" "recipe-counts-on-random-base" Error
        title "件数の対象が確定していない" "counts over a random number of records"
        message "件数を正確に定めるには、条件は「件数で決めた1つの項目が1つの選択肢であること」でなければなりません。"
            "For exact counts the condition must be that one field, itself drawn by counts, has one option.";
}
