//! Codes of the analysis part: what is chosen of a pack, what its rules do on their own examples, and what
//! stopped a rule on a record.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// An example does not give the outcome under which it stands.
    EXAMPLE_DISAGREES = "KP-P041" "example-disagrees" Error
        title "例と判定が一致しない" "an example does not give its outcome"
        message "{rule}のexamples.{expected}にある例の判定は「{found}」になりました。例、または規則の条件を見直してください。"
            "An example under examples.{expected} of {rule} gives \"{found}\". Please change the example or the rule's conditions."
        help "値を見直すか、例をexamples.{found}へ移してください。skippedとnot-runの例は置けません。"
            "change its values, or move it to examples.{found}; there are no examples of skipped and not-run";
    /// A selection names no rule.
    UNKNOWN_RULE = "KP-A010" "unknown-rule" Error
        title "指定された規則が存在しない" "selection of a rule that does not exist"
        message "「{found}」というID、スラッグ、またはその先頭部分をもつ規則はありません。"
            "No rule has the id, slug or beginning of an id \"{found}\"."
        help "規則の一覧は kenpyo rules list で確認できます。" "`kenpyo rules list` prints all rules";
    /// A selection names a finding of the reader.
    NOT_A_JUDGED_RULE = "KP-A011" "not-a-judged-rule" Error
        title "選択の対象とならない検出項目" "selection of a finding that is always made"
        message "「{found}」は判定の前の読み取りや補完、または指摘のまとめで示すもののため、選択や除外、重大度の変更の対象になりません。指定から外してください。"
            "\"{found}\" is told when a file is read, a blank is filled in, or findings are put together; it can be neither selected, ignored nor re-levelled. Please leave it out."
        help "何を読み取り、何を補ったかは、どの規則を判定する場合も報告します。"
            "what was read and filled in is reported whichever rules are judged";
    /// A profile that the pack does not have.
    UNKNOWN_PROFILE = "KP-A012" "unknown-profile" Error
        title "指定されたプロファイルが存在しない" "profile that does not exist"
        message "「{found}」というプロファイルはありません。" "There is no profile \"{found}\".";
    /// A rule is named whose profile is off.
    PROFILE_NOT_CHOSEN = "KP-A013" "profile-not-chosen" Warning
        title "プロファイルが選ばれていない規則" "selected rule of a profile that is off"
        message "{found}はプロファイル「{profile}」の規則で、このプロファイルは選ばれていないため判定しません。判定する場合は --profile {profile} を加えてください。"
            "{found} belongs to the profile \"{profile}\", which is off, so it is not judged. Add --profile {profile} to judge it.";
    /// A hard edit cannot be made softer.
    HARD_EDIT_RELEVELLED = "KP-A014" "hard-edit-re-levelled" Error
        title "ハードエディットの重大度の変更" "changed severity of a hard edit"
        message "{found}は修正が必須の規則（error）のため、重大度は変更できません。指定を取り消すか、調査の担当部署に規則の見直しを依頼してください。"
            "{found} is a hard edit (error), whose severity cannot be changed. Take the setting back, or ask the survey's office to change the rule.";
    /// Only the engine is fatal.
    SEVERITY_OF_THE_ENGINE = "KP-A015" "severity-of-the-engine" Error
        title "規則に指定できない重大度" "severity that no rule can have"
        message "{found}の重大度にfatalは指定できません。error、warning、infoのいずれかを指定してください。"
            "The severity of {found} cannot be fatal. Choose error, warning or info.";
    /// A parameter that the run must give.
    PARAMETER_NOT_GIVEN = "KP-A016" "parameter-not-given" Error
        title "必要なパラメーターが未指定" "required parameter not given"
        message "パラメーター「{name}」が指定されていません。{option} を加えてください。"
            "The parameter \"{name}\" was not given. Add {option}.";
    /// Overflow, division by zero, a key that a lookup does not have.
    RULE_FAULT = "KP-A020" "calculation-without-result" Warning
        title "計算できないため判定できない規則" "rule undecided because a calculation has no result"
        message "{rule}は、計算の途中で桁あふれ、0による除算、参照表にない値、または長すぎる文字列の比較があったため、この記録では判定できませんでした。関係する回答の値をご確認ください。値に誤りがなければ、調査の担当部署にお知らせください。"
            "{rule} could not be decided on this record: a calculation overflowed, divided by zero, compared texts that are too long, or met a value that a reference table does not have. Please check the answers that it reads; if they are right, tell the survey's office.";
    /// Rules that are not judged because nobody gave a parameter.
    RULES_WITHOUT_PARAMETER = "KP-A080" "rules-without-parameter" Info
        title "パラメータの指定がないため判定しない規則" "rules not judged for want of a parameter"
        message "パラメータ「{name}」が指定されていないため、{count}件の規則を判定していません（{rules}）。判定する場合は {option} を加えてください。"
            "The parameter \"{name}\" was not given, so {count} of the rules were not judged ({rules}). To judge them add {option}.";
    /// The run gave another value than the pack's own.
    PARAMETER_OVERRIDDEN = "KP-A081" "parameter-overridden" Info
        title "規則集と異なるパラメータの値" "parameter with another value than the pack's"
        message "パラメータ「{name}」は、規則集の値「{before}」ではなく、この実行で指定された「{after}」で判定しました。"
            "The parameter \"{name}\" was \"{after}\", as this run says, and not \"{before}\", the pack's own value.";
    /// A recipe is asked for, and the survey has none.
    NO_RECIPES = "KP-A083" "survey-without-recipes" Error
        title "見本データのレシピがない調査" "survey without recipes"
        message "調査「{survey}」には generate のレシピがありません。規則フォルダーの generate/{found}.toml にレシピを書くか、--survey でレシピのある調査を指定してください。"
            "The survey \"{survey}\" has no recipe to generate by. Please write one as generate/{found}.toml in its rules folder, or name a survey that has some with --survey.";
    /// Records without a column by which a rule counts them.
    COUNTED_BY_NO_COLUMN = "KP-A082" "column-of-a-count-missing" Info
        title "数えるための列がない票" "records without a column by which they are counted"
        message "{files}には、{rule}が使う{fields}の列がありません。{count}件を数に入れておらず、結果が変わりうる場合は判定していません。列を加えて検査し直してください。この規則を検査しない場合は --ignore {rule} を加えてください。"
            "{files} has no column for {fields}, which {rule} reads: {count} of the records are left out of its number, and where they could turn the verdict there is none. Please add the column and check again; to leave the rule out add --ignore {rule}.";
}
