//! Codes of workbooks: what cannot be opened, and what stands around their cells.
//!
//! Invariants
//! - S012 to S015 are those of the survey's list of edits, texts letter by letter; the second texts of S005 and S007
//!   speak of the label of a form sheet where theirs speak of a column.

use super::codes;

codes! {
    /// The second text of KP-S005: a form sheet has no label of this item.
    LABEL_MISSING = "KP-S005" "mandatory-label-missing" Error
        title "必要な記入欄がない" "mandatory item missing"
        message "シート「{found}」に項目「{column}」の記入欄がありません。様式から欄を削除せず、回答のない欄も空欄のまま提出してください。"
            "The sheet \"{found}\" has no place for the item \"{column}\". Please do not delete items from the form; leave an item without an answer blank.";

    /// The second text of KP-S007: a form sheet has two different answers to one item.
    LABEL_REPEATED = "KP-S007" "item-answered-twice" Error
        title "同じ項目の記入欄が複数ある" "item answered at several places"
        message "項目「{column}」の回答が{count}か所にあり、内容が異なります。どちらが正しいか確認し、1か所だけ残してください。"
            "The item \"{column}\" is answered at {count} places, and the answers differ. Please check which one is right and keep only that one.";

    /// The second text of KP-C014: of the options printed on a form sheet not just one is surely marked.
    CHOICE_UNCLEAR = "KP-C014" "printed-options-without-one-clear-mark" Error
        title "どの選択肢に印があるか判定できない" "not clear which printed option is marked"
        message "項目「{column}」は、印刷された選択肢のうちどれに印があるか判定できません（セル{cell}）。選んだ選択肢を1つだけ記入欄に入力してください。"
            "It cannot be told which of the printed options of \"{column}\" is marked (cell {cell}). Please enter only the option that you choose.";

    /// A workbook that cannot be opened: encrypted, or something else than its name says.
    WORKBOOK_REFUSED = "KP-S012" "workbook-protected-or-of-another-format" Fatal
        title "ファイルを開けない（保護または形式の不一致）" "workbook protected or of another format"
        message "ファイルを開けませんでした（パスワード保護または形式の不一致）。保護を解除し、.xlsx 形式で保存し直してください。"
            "The file could not be opened (password protection, or another format than its name says). Please remove the protection and save it as .xlsx."
        help "{reason}" "{reason}";

    /// A formula in an answer cell; its cached value was read.
    FORMULA_IN_ANSWER = "KP-S013" "formula-in-answer-cell" Warning
        title "回答欄に数式" "formula in an answer cell"
        message "セル{cell}に数式が入っています。値のみを貼り付けて保存し直してください（現在の値「{found}」を読み取りました）。"
            "Cell {cell} holds a formula. Please paste values only and save again (the present value \"{found}\" was read).";

    /// Merged cells among the answers.
    MERGED_ANSWERS = "KP-S014" "merged-cells-in-the-answers" Warning
        title "回答欄のセル結合" "merged cells in the answers"
        message "回答欄のセルが結合されています（{range}）。結合を解除し、1つのセルに1つの回答を入力してください。"
            "Cells of the answers are merged ({range}). Please unmerge them and enter one answer per cell.";

    /// Answers in hidden rows or columns, which are read, or on a hidden sheet, which is not.
    HIDDEN_ANSWERS = "KP-S015" "answers-in-hidden-cells" Warning
        title "非表示部分または別シートの回答" "answers in hidden cells or on another sheet"
        message "非表示の行・列、または別シートに回答があります（{range}）。提出用シートに記入してください。"
            "There are answers in hidden rows or columns, or on another sheet ({range}). Please enter them on the sheet for submission.";

    /// A workbook that is damaged or contradicts itself.
    WORKBOOK_DAMAGED = "KP-S040" "workbook-damaged" Fatal
        title "ブックが壊れている" "workbook damaged"
        message "ブックが壊れているため読み取れません（{found}）。Excelで開いて修復し、.xlsx 形式で保存し直してください。"
            "The workbook is damaged and cannot be read ({found}). Please open it in Excel, let it be repaired, and save it as .xlsx."
        help "{reason}" "{reason}";

    /// A workbook beyond what is read.
    WORKBOOK_TOO_LARGE = "KP-S041" "workbook-beyond-the-limits" Fatal
        title "ブックが読み取りの上限を超過" "workbook beyond the limits"
        message "ブックが読み取りの上限（{limit}）を超えているため、安全のため読み取りを中止しました（{found}）。回答のシートだけを新しいブックにコピーして保存してください。"
            "The workbook is beyond the limits of reading ({limit}), so reading was stopped to be safe ({found}). Please copy the sheet with the answers into a new workbook."
        help "{reason}" "{reason}";

    /// This build of the program reads no workbooks.
    WORKBOOK_NOT_BUILT_IN = "KP-S042" "workbooks-not-built-in" Fatal
        title "この版ではブックを読み取れない" "this build reads no workbooks"
        message "このプログラムはExcelブックの読み取り機能（xlsx）なしで作られています。CSVで保存し直すか、読み取り機能のある版をご使用ください。"
            "This program was built without the reading of workbooks (xlsx). Please save the sheet as CSV, or use a build that has it.";

    /// Visible sheets that hold neither a list nor a form.
    SHEETS_NOT_READ = "KP-S043" "sheets-not-read" Info
        title "読み取らなかったシート" "sheets that were not read"
        message "項目名の行も記入欄もないシート（{found}）は読み取りませんでした。回答が含まれている場合は、配布した様式のシートに記入してください。"
            "Sheets with neither a row of column names nor items to fill in were not read ({found}). If they hold answers, please enter them on the form as distributed.";
}
