//! Codes of accepted findings: U090 to U099 refuse a run, A030 to A033 are findings about the file of them.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// An entry that names no record, or names it twice.
    KEY_OR_MARK = "KP-U090" "accepted-needs-key-or-mark" Error
        title "確認済の記載に票の指定がない、または二重" "accepted finding without one record"
        message "この記載には、票のキー `key` か、その照合値 `mark` のどちらか一方だけを書いてください。"
            "Please give this entry either the record's `key` or its `mark`, and only one of them.";
    /// Reason 4 says nothing by itself.
    REASON_IN_WORDS = "KP-U091" "accepted-without-words" Error
        title "理由「4 その他」の内容がない" "reason \"other\" without words"
        message "理由 4（その他）を選んだ場合は、`text` に内容を書いてください。"
            "Please say in `text` what reason 4 (other) is.";
    /// A keyed mark can be held against nothing without the key.
    KEY_NEEDED = "KP-U092" "accepted-needs-fingerprint-key" Error
        title "確認済の記載の照合に鍵が必要" "fingerprint key needed"
        message "この記載は鍵を使って作られているため、鍵がないと照合できません。作成したときと同じ鍵を環境変数 KENPYO_FINGERPRINT_KEY に設定してください。"
            "This entry was made with a fingerprint key and cannot be compared without it. Please set KENPYO_FINGERPRINT_KEY to the key with which it was made.";
    /// An entry for a rule that no pack of the run has.
    UNKNOWN_ACCEPTED_RULE = "KP-U093" "accepted-rule-unknown" Error
        title "確認済の記載にある規則がない" "accepted finding of an unknown rule"
        message "「{found}」という規則はありません。指摘に表示される番号を、枝番（/ の後）も含めて書いてください。"
            "There is no rule \"{found}\". Please write the id as findings show it, with what follows the slash.";
    /// An entry for what is no warning.
    NOT_A_WARNING = "KP-U094" "accepted-rule-is-no-warning" Error
        title "確認済にできるのは要確認だけ" "only warnings can be accepted"
        message "{rule} は「{severity}」の規則です。確認済にできるのは「要確認」の指摘だけです。この記載を削除し、回答を修正してください。修正が必要でない場合は、調査事務局の決定（規則の [[exemption]]）が必要です。"
            "{rule} gives findings of severity {severity}, and only warnings can be accepted. Please remove this entry and correct the answers; that an error may stand is for the survey's office to decide (an [[exemption]] of the rule pack).";
    /// `--write-baseline` without who, why and when.
    BASELINE_WITHOUT = "KP-U095" "write-baseline-without" Error
        title "確認済として記録する内容が不足" "too little to record as accepted"
        message "--write-baseline には、だれが、いつ、なぜ確認したかが必要です。次を追加してください：{missing}。"
            "--write-baseline records who has accepted the findings, when and why. Please add: {missing}."
        help "理由の番号：1 実態どおり確認済、2 名簿が旧い、3 様式の解釈、4 その他（--text に内容）"
            "reasons: 1 confirmed: it is so, 2 the list of respondents is out of date, 3 reading of the form, 4 other (say it in --text)";
    /// Keys are hidden, so entries need a secret.
    BASELINE_NEEDS_KEY = "KP-U096" "write-baseline-needs-fingerprint-key" Error
        title "票のキーを伏せて記録するには鍵が必要" "fingerprint key needed to hide keys"
        message "票のキーを表示しない設定では、--write-baseline は鍵で作った照合値を記録します。環境変数 KENPYO_FINGERPRINT_KEY に鍵を設定するか、キーを記録してよい場合は --keys show を指定してください。"
            "Where keys are hidden --write-baseline records marks that are made with a key. Please set KENPYO_FINGERPRINT_KEY, or give --keys show if keys may stand in the file.";
    /// A report that cannot be compared with.
    REPORT_NOT_USABLE = "KP-U097" "earlier-report-not-usable" Error
        title "前回の報告として使えないファイル" "not usable as an earlier report"
        message "{path} は前回の報告として使えません：{reason}。--format json または jsonl で書き出した報告を指定してください。"
            "{path} cannot be used as an earlier report: {reason}. Please give one that was written by --format json or jsonl.";
    /// A report of another survey.
    REPORT_OF_ANOTHER_SURVEY = "KP-U098" "earlier-report-of-another-survey" Error
        title "前回の報告が別の調査のもの" "earlier report of another survey"
        message "{path} は {found} の報告で、今回の調査（{expected}）と比べられません。同じ調査の報告を指定してください。"
            "{path} is a report of {found}, which cannot be compared with {expected}. Please give a report of the same survey.";
    /// A report whose fingerprints cannot be made again.
    REPORT_NOT_COMPARABLE = "KP-U099" "earlier-report-not-comparable" Error
        title "前回の報告の照合値を作れない" "fingerprints of the earlier report cannot be made"
        message "{path} は票のキーを伏せ、鍵を使って作られています。同じ鍵を環境変数 KENPYO_FINGERPRINT_KEY に設定しないと、指摘を照合できません。"
            "{path} hides the records' keys and was made with a fingerprint key. Its findings cannot be known again unless KENPYO_FINGERPRINT_KEY is set to the same key.";
    /// Somebody else wrote the file while the run went.
    BASELINE_CHANGED = "KP-U053" "accepted-file-changed-meanwhile" Error
        title "確認済の記載が検査中に変更された" "accepted findings changed meanwhile"
        message "{path} は検査中にほかで変更されたため、書き込んでいません。もう一度実行してください。"
            "{path} was changed by somebody else while the run went, so nothing was written. Please run it again.";
    /// An entry that no finding of the run matched.
    ENTRY_UNUSED = "KP-A030" "accepted-finding-not-met" Info
        title "確認済の記載に当たる指摘がない" "accepted finding that was not met"
        message "確認済の記載のうち{count}件（{rules}）に当たる指摘は、今回ありませんでした。指摘が解消し、その票をほかで検査しないのであれば、記載を削除できます。"
            "Accepted findings that this run did not meet: {count} ({rules}). Where a finding is gone, and its record is not checked elsewhere, the entry can be removed.";
    /// An entry past its day.
    ENTRY_EXPIRED = "KP-A031" "acceptance-expired" Warning
        title "確認の期限切れ" "acceptance expired"
        message "{rule} の確認（{date}、{author}）は {expires} で期限が切れています。あらためて確認し、記載を更新または削除してください。"
            "The acceptance of {rule} by {author} on {date} expired on {expires}. Please look into it again, and renew or remove the entry.";
    /// Two entries that say the same.
    ENTRY_TWICE = "KP-A032" "accepted-twice" Info
        title "同じ指摘の確認が二重" "finding accepted twice"
        message "{rule} の同じ指摘についての記載が{line}行目にもあります。先の記載を使いました。どちらか一方を削除してください。"
            "The same finding of {rule} is accepted on line {line} too. The first entry counts; please remove one of them.";
    /// Nobody said what day it is.
    EXPIRY_NOT_SEEN = "KP-A033" "expiry-not-looked-at" Info
        title "確認の期限を調べていない" "expiry not looked at"
        message "期限のある確認が{count}件ありますが、基準日が指定されていないため、期限が切れているかどうかを調べていません。--as-of 日付（または環境変数 KENPYO_AS_OF）を指定してください。"
            "{count} acceptances have a day on which they expire, and nobody said what day it is, so that was not looked at. Please give --as-of DATE (or KENPYO_AS_OF).";
}
