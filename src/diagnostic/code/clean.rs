//! Codes of `clean`: what keeps a run from writing its folder.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// A hard edit was left out of the run.
    CLEAN_WITHOUT_HARD_EDIT = "KP-U100" "clean-without-a-hard-edit" Error
        title "エラー規則を除いた選別" "records accepted without a hard edit"
        message "エラー規則または対象外を判定する規則を除いたまま、集計してよい回答を選び分けることはできません。--select・--ignore、または設定の select・ignore を外してください。"
            "Records cannot be accepted while a hard edit, or a rule that tells who is out of scope, is left out. Please remove --select and --ignore, or `select` and `ignore` from the settings.";
    /// The folder is there.
    FOLDER_IS_THERE = "KP-U101" "folder-is-there" Error
        title "出力先のフォルダが既にある" "the folder is there already"
        message "「{place}」は既にあります。以前の結果を失わないように、置き換えません。別の名前を指定するか、置き換えてよければ --force を付けてください。"
            "\"{place}\" is there already, and is not replaced, so that an earlier result is not lost. Please give another name, or --force to replace it.";
    /// Something stands where the folder would be that no run has written.
    PLACE_IS_FOREIGN = "KP-U102" "place-holds-something-else" Error
        title "出力先に別のものがある" "the place holds something else"
        message "「{place}」は kenpyo clean が作成したフォルダではないため、--force を付けても置き換えません。別の名前を指定するか、ご自身で移動・削除してからもう一度実行してください。"
            "\"{place}\" was not written by kenpyo clean, so it is not replaced, with or without --force. Please give another name, or move it away yourself and run again.";
    /// Somebody has worked in the folder since it was written.
    FOLDER_WAS_ALTERED = "KP-U106" "folder-was-altered" Error
        title "出力先のフォルダに追加・変更がある" "the folder was altered since it was written"
        message "「{place}」には、kenpyo clean が書き出した後に追加または変更されたものがあります：{found}。失わないように、--force を付けても置き換えません。別の出力先を指定するか、このフォルダを移動してからもう一度実行してください。"
            "In \"{place}\" something was added or changed since kenpyo clean wrote it: {found}. So that it is not lost, the folder is not replaced, with or without --force. Please give another name to --out, or move the folder away and run again.";
    /// A submission, or a file that tells the run what to do, stands in the folder that would be replaced.
    READS_FROM_PLACE = "KP-U103" "reads-from-the-place-it-writes" Error
        title "読むファイルが出力先のフォルダの中にある" "reads from the folder that it writes"
        message "「{found}」は出力先のフォルダ「{place}」の中にあります。読んでいるものを置き換えないように、別の出力先を指定するか、そのファイルを --exclude で除いてください。"
            "\"{found}\" lies in \"{place}\", the folder to be written. So that nothing is replaced that is read, please name another folder, or leave the file out with --exclude.";
    /// A day by which replies are asked for that is none.
    DEADLINE_NOT_A_DAY = "KP-U104" "deadline-not-a-day" Error
        title "回答期限が日付ではない" "deadline is no day"
        message "--deadline の「{found}」は日付ではありません。2026-02-01 の形で指定してください。"
            "\"{found}\" of --deadline is no day. Please give one such as 2026-02-01.";
    /// A submission that became another while it was read.
    FILE_CHANGED = "KP-U105" "file-changed-while-it-was-read" Error
        title "読んでいる間に変わったファイル" "file changed while it was read"
        message "「{path}」は読んでいる間に書き換えられたため、何も書き出していません。書き込みが終わってからもう一度実行してください。"
            "\"{path}\" was changed while it was read, so nothing was written. Please run again when nobody writes to it any more.";
    /// A hard edit that could not be judged on some records.
    HARD_EDITS_NOT_RUN = "KP-A050" "hard-edits-not-run" Warning
        title "判定していないエラー規則" "hard edits that were not run"
        message "判定に必要な突合ファイル・突合先の記録・列・パラメータがないため、一部または全部の票で判定していないエラー規則があります：{rules}。名簿や前回データは --link、パラメータは --param で指定し、列を削除した回答は、様式どおりの列で提出し直すよう依頼してください。"
            "Hard edits were not run on some or all records, because a linked file or record, a column or a parameter that they need is not there: {rules}. Please give a frame or a last wave with --link and parameters with --param, and have files from which columns were deleted sent again with all columns of the form.";
}
