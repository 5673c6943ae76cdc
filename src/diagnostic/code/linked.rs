//! Codes of linked files: the frame, the previous wave.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// A key of the linked file stands in several of its records.
    KEY_REPEATED = "KP-S044" "linked-key-repeated" Error
        title "突合ファイルに同じキーが複数ある" "repeated key in a linked file"
        message "突合ファイル（{link}）に、キー「{key}」の行が{count}件あります（{records}）。どの行か決められないため、このキーの票は突合していません。突合ファイルの行を1件だけ残してください。"
            "The linked file ({link}) has {count} records with the key \"{key}\" ({records}). Nobody can tell which is meant, so no submission with this key is linked. Please keep only one of them.";
    /// The linked file does not have the columns by which it is joined.
    KEY_COLUMN_MISSING = "KP-S045" "linked-key-column-missing" Fatal
        title "突合ファイルに突合の項目がない" "linked file without the columns of its key"
        message "突合ファイル（{link}）に、突合に使う項目（{expected}）がないため、突合できません。項目名の行をご確認のうえ、正しいファイルを指定してください。"
            "The linked file ({link}) does not have the columns by which it is linked ({expected}), so nothing can be linked. Please check its header row, or name the right file.";
    /// So many findings of one kind on the cells of a linked file that they are counted only.
    FURTHER_FINDINGS = "KP-S046" "linked-file-further-findings" Info
        title "突合ファイルの同種の指摘（件数のみ）" "further findings of one kind on a linked file"
        message "突合ファイル（{link}）には、{rule}に当たる箇所がほかに{count}件あります。"
            "In the linked file ({link}) there are {count} more places of {rule}.";
    /// The keys of the linked file are too many to be kept.
    KEYS_TOO_MANY = "KP-S047" "linked-keys-too-many" Fatal
        title "突合ファイルのキーが多すぎる" "too many keys in a linked file"
        message "突合ファイル（{link}）のキーの合計が4GiBを超えるため、突合できません。必要な行だけのファイルを指定してください。"
            "The keys of the linked file ({link}) come to more than 4 GiB, so nothing can be linked. Please name a file with the records that are needed only.";
    /// A linked file that has a header and nothing else.
    NO_RECORDS = "KP-S048" "linked-file-without-records" Warning
        title "突合ファイルに行がない" "linked file without records"
        message "突合ファイル（{link}）に行がないため、どの票も突合されません。正しいファイルかご確認ください。"
            "The linked file ({link}) has no records, so no submission is linked. Please check whether it is the right file.";
    /// `--link` or a configuration names a link that the survey does not have.
    UNKNOWN_LINK = "KP-A040" "unknown-link" Error
        title "指定された突合ファイルの名前が存在しない" "link that the survey does not have"
        message "「{found}」という突合ファイルはこの調査にありません。指定できる名前：{known}。"
            "The survey has no linked file called \"{found}\". It has: {known}.";
    /// `--link` without `=`.
    LINK_WITHOUT_FILE = "KP-A041" "link-without-file" Error
        title "突合ファイルの指定にファイル名がない" "link without its file"
        message "「{found}」は 名前=ファイル の形ではありません。--link {found}=ファイル名 のように指定してください。"
            "\"{found}\" is not of the form NAME=FILE. Please write --link {found}=FILE.";
    /// A file is named as a submission and as a linked file.
    LINKED_FILE_SUBMITTED = "KP-A042" "linked-file-named-as-submission" Error
        title "突合ファイルが提出ファイルとしても指定されている" "linked file that is also named as a submission"
        message "「{found}」は突合ファイルなので、提出ファイルとしては検査しません。どちらか一方の指定を取り消してください。"
            "\"{found}\" is a linked file, and no submission. Please take one of the two away.";
    /// Records that a missing answer leaves out of a number.
    LEFT_OUT = "KP-A043" "left-out-of-the-number" Info
        title "条件が決まらないため数に入れていない票" "records left out of a number"
        message "{rule}では、回答がなく条件が決まらない{count}件を数に入れていません。"
            "{rule} leaves {count} records out of its number, because a missing answer does not tell whether they count.";
}
