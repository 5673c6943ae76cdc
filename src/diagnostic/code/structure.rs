//! Codes of the structure of a file: its encoding, its header, its records.
//!
//! Invariants
//! - No text knows a survey: whom it asks, what for, and what becomes of the answers are the pack's to say.

use super::codes;

codes! {
    /// The bytes decode under no encoding that can be read.
    ENCODING_UNKNOWN = "KP-S001" "encoding-not-recognised" Fatal
        title "文字コードを判別できない" "character encoding not recognised"
        message "ファイルの文字コードを判別できませんでした。Excelで開き、「CSV UTF-8（コンマ区切り）」形式で保存し直して再提出してください。"
            "The character encoding of the file could not be recognised. Please open it in Excel, save it as \"CSV UTF-8 (comma delimited)\" and submit it again."
        help "判定の根拠：{reason}。文字コードが分かる場合は、--encoding（utf-8、cp932、utf-16、utf-16le、utf-16be）で指定できます。"
            "why: {reason}; if you know the encoding, give it with --encoding (utf-8, cp932, utf-16, utf-16le, utf-16be)";

    /// The second text of KP-S001: JSON that is not UTF-8.
    JSON_NOT_UTF8 = "KP-S001" "json-not-utf-8" Fatal
        title "UTF-8でないJSON" "JSON that is not UTF-8"
        message "このJSONのファイルはUTF-8ではないため読み取れません。JSONはUTF-8で書き出し直してください。"
            "This JSON file cannot be read because it is not UTF-8. Please write the JSON again in UTF-8.";

    /// Read as another encoding than UTF-8.
    ENCODING_CONVERTED = "KP-S002" "encoding-converted" Info
        title "文字コードを変換して読み込み" "encoding converted while reading"
        message "ファイルの文字コードを {encoding} と判定し、UTF-8 に変換して読み込みました。機関名等の文字が正しく表示されているかご確認ください。"
            "The file was read as {encoding} and converted to UTF-8. Please check that names are shown correctly."
        help "判定の根拠：{reason}。正しくない場合は --encoding で指定してください。"
            "why: {reason}; if that is wrong, give the encoding with --encoding";

    /// Characters of a text are lost: replacement signs, user-defined characters, question marks for kanji.
    TEXT_GARBLED = "KP-S003" "unreadable-characters" Error
        title "読み取れない文字（外字・文字化け）" "unreadable characters in a text"
        message "{column}に読み取れない文字（外字・文字化け）が含まれています。標準の漢字に置き換えて入力してください。"
            "{column} contains characters that cannot be read (user-defined or garbled). Please replace them with standard characters.";

    /// No mandatory column in the header.
    HEADER_MISSING = "KP-S004" "header-row-not-found" Fatal
        title "項目名の行が見つからない" "header row not found"
        message "項目名の行が見つかりません。配布した様式の項目名行（{expected}）を削除・変更せずにご使用ください。"
            "The row of column names was not found. Please use the form as distributed and neither delete nor change its header row ({expected}).";

    /// The second text of KP-S004: nor is it the header of another survey that is known.
    HEADER_OF_NO_SURVEY = "KP-S004" "header-row-of-no-known-survey" Fatal
        title "項目名の行が見つからない" "header row not found"
        message "項目名の行が見つかりません。配布した様式の項目名行（{expected}）を削除・変更せずにご使用ください。"
            "The row of column names was not found. Please use the form as distributed and neither delete nor change its header row ({expected})."
        help "「{found}」の様式として読み取りました。同梱の調査（{known}）のいずれの項目名でもありません。ほかの調査の様式であれば、その規則のフォルダを --survey で指定してください。"
            "it was read as the form \"{found}\", and its names are not those of any survey that comes with the program ({known}); if it is the form of another survey, name its rules folder with --survey";

    /// The third text of KP-S004: the header is that of another survey.
    HEADER_OF_ANOTHER_SURVEY = "KP-S004" "header-row-of-another-survey" Fatal
        title "別の調査の様式" "form of another survey"
        message "項目名は「{found}」ではなく「{expected}」の様式のものです。「{expected}」の回答であれば、--survey {expected} を指定してもう一度検査してください。そうでなければ、「{found}」の様式にご記入ください。"
            "The column names are those of the form \"{expected}\", not of \"{found}\". If these are answers to the former, please check again with --survey {expected}; if not, please use the form \"{found}\".";

    /// A mandatory column is not there: every record of the file is held.
    COLUMN_MISSING = "KP-S005" "mandatory-column-missing" Error
        title "必要な列がない" "mandatory column missing"
        message "項目「{column}」の列がありません。様式から列を削除せず、回答のない列も空欄のまま提出してください。"
            "The column \"{column}\" is missing. Please do not delete columns from the form; leave a column without answers blank.";

    /// A column, or a JSON key, that the form does not know.
    COLUMN_UNKNOWN = "KP-S006" "column-unknown-to-form" Warning
        title "様式にない列" "column unknown to the form"
        message "様式にない列「{column}」があります。この列の内容は回答として扱いません。誤って追加された場合は削除してください。"
            "The column \"{column}\" is not part of the form. What stands in it is not taken as an answer. Please delete it if it was added by mistake.";

    /// The second text of KP-S006: the column belongs to another wave or overlay of the same survey.
    COLUMN_OF_ANOTHER_FORM = "KP-S006" "column-of-another-form" Warning
        title "この年度の様式にない設問の列" "column of a question that this form does not have"
        message "この年度の様式にない設問の列「{column}」があります。様式の版をご確認のうえ、正しい様式にご記入いただくか、列を削除してください。"
            "The column \"{column}\" is a question that this wave's form does not have. Please check the version of the form; use the right form or delete the column.";

    /// The same column twice; the first is read, and every record of the file is held.
    COLUMN_REPEATED = "KP-S007" "column-name-repeated" Error
        title "同じ列が複数ある" "column name repeated"
        message "項目「{column}」が{count}列あります。どちらの列が正しいか確認し、1列だけ残してください。"
            "The column \"{column}\" occurs {count} times. Please check which one is right and keep only that one.";

    /// A column whose name a spreadsheet turned into a date; every record of the file is held.
    HEADER_IS_DATE = "KP-S008" "question-number-turned-into-date" Error
        title "設問番号が日付に変換されている" "question number turned into a date in the header"
        message "項目名「{found}」は日付に自動変換された設問番号と思われます（「9-1」→「9月1日」）。セルの表示形式を「文字列」にして設問番号を入力し直してください。"
            "The column name \"{found}\" seems to be a question number that was turned into a date (\"9-1\" → \"1 Sep\"). Please set the cell format to text and enter the question number again.";

    /// More or fewer cells than the header.
    ROW_RAGGED = "KP-S009" "row-with-wrong-number-of-cells" Fatal
        title "列数が様式と一致しない行" "row with the wrong number of cells"
        message "{line}行目の列数が{found}列で、様式の{expected}列と一致しません。セル内の改行・コンマを取り除いて保存し直してください。"
            "Line {line} has {found} cells where the form has {expected}. Please remove line breaks and commas inside cells and save again.";

    /// A row that is no record: a title above the header, a note, or nothing.
    ROW_SKIPPED = "KP-S010" "note-or-empty-row-skipped" Info
        title "注記または空行を読み飛ばし" "note or empty row skipped"
        message "{line}行目は注記または空行と判断し、読み飛ばしました。回答が含まれている場合はご連絡ください。"
            "Line {line} was taken for a note or an empty row and skipped. Please tell us if it contains an answer.";

    /// The second text of KP-S010: beyond so many, rows are only counted.
    ROWS_SKIPPED = "KP-S010" "further-notes-or-empty-rows-skipped" Info
        title "注記または空行を読み飛ばし（続き）" "further notes or empty rows skipped"
        message "このほか{count}か所の行を注記または空行と判断し、読み飛ばしました。回答が含まれている場合はご連絡ください。"
            "Rows at {count} further places were taken for notes or empty rows and skipped. Please tell us if they contain an answer.";

    /// The sample row of the form; it is no submission.
    SAMPLE_ROW = "KP-S011" "sample-row-left" Error
        title "記入例の行が残っている" "sample row left in the form"
        message "{line}行目は記入例のままの内容です。記入例の行を削除し、ご自身の回答を入力してください。"
            "Line {line} is the unchanged sample row. Please delete it and enter your own answers.";

    /// A record gives a version of the form that is none of this one's; every record of the file is held.
    VERSION_OF_ANOTHER_FORM = "KP-S016" "layout-version-of-another-wave" Error
        title "様式の版が異なる" "layout version of another wave"
        message "この様式の版は「{found}」です。「{expected}」の様式にご記入ください。"
            "The layout version of this form is \"{found}\". Please use the form \"{expected}\".";

    /// Nothing says whose answers they are.
    KEY_MISSING = "KP-S017" "record-without-any-key" Fatal
        title "回答者を特定する項目がすべて空欄" "record without any key"
        message "{line}行目は回答者を特定する項目（{expected}）がすべて空欄のため、どの回答者のものか特定できません。いずれかを入力してください。"
            "In line {line} all fields that identify the respondent ({expected}) are blank, so we cannot tell whose answers they are. Please enter one of them.";

    /// A value was understood although it was spelled otherwise.
    SPELLING_NORMALISED = "KP-S018" "spelling-normalised" Info
        title "表記を読み替えた" "spelling normalised"
        message "{column}の「{before}」を「{after}」として読み取りました。相違がある場合は修正してください。"
            "\"{before}\" in {column} was read as \"{after}\". Please correct it if that is not what was meant.";

    /// One record gives the same item twice.
    KEY_DUPLICATED = "KP-S019" "duplicate-key" Error
        title "同じ項目が1件の中に複数ある" "item given twice in one record"
        message "{line}行目からの回答に項目「{column}」が複数あります。どちらが正しいか確認し、1つだけ残してください。"
            "The record from line {line} gives the item \"{column}\" more than once. Please check which one is right and keep only that one.";

    /// One record is longer than a record may be.
    RECORD_TOO_LONG = "KP-S020" "record-too-long" Fatal
        title "1件の長さが上限を超過" "record longer than the limit"
        message "{line}行目からの1件が長すぎるため読み取れません（上限{expected}）。引用符や改行が正しいかご確認のうえ、保存し直してください。"
            "The record from line {line} is too long to be read (the limit is {expected}). Please check its quotation marks and line breaks and save again.";

    /// Bytes of one record are not of the file's encoding.
    RECORD_UNDECODABLE = "KP-S021" "undecodable-bytes" Fatal
        title "文字として読み取れないバイト列" "bytes that are no characters"
        message "{line}行目に、文字コード {encoding} では読み取れない部分があります。該当する行を入力し直し、ファイル全体を1つの文字コードで保存してください。"
            "Line {line} has bytes that cannot be read as {encoding}. Please enter that line again and save the whole file in one encoding.";

    /// One record is not JSON.
    RECORD_NOT_JSON = "KP-S022" "record-is-not-json" Fatal
        title "JSONとして読み取れない記録" "record is not JSON"
        message "{line}行目からの記録は、{found}ため読み取れません。その箇所を修正するか、JSONとして書き出し直してください。"
            "The record from line {line} cannot be read: {found}. Please correct that place, or write the JSON again.";

    /// A quotation mark is never closed.
    QUOTE_OPEN = "KP-S023" "quotation-mark-not-closed" Fatal
        title "引用符が閉じられていない行" "quotation mark not closed"
        message "{line}行目の引用符（\"）が閉じられていないため、この行を読み取れません。引用符を閉じるか、取り除いて保存し直してください。"
            "Line {line} cannot be read because a quotation mark (\") in it is never closed. Please close it or take it out, and save again.";

    /// The second text of KP-S023: text follows a closing quotation mark.
    QUOTE_INSIDE = "KP-S023" "text-after-quotation-mark" Fatal
        title "引用符の後に文字が続く行" "text after a closing quotation mark"
        message "{line}行目に、引用符（\"）で囲んだ後にさらに文字が続くセルがあるため、この行を読み取れません。セル全体を引用符で囲み、文字としての引用符は2つ重ねて（\"\"）保存し直してください。"
            "Line {line} cannot be read because text follows the closing quotation mark (\") of a cell. Please put the whole cell in quotation marks, double those that belong to its text (\"\"), and save again.";

    /// The third text of KP-S023: lines inside quotation marks are records themselves.
    ROWS_QUOTED = "KP-S023" "records-inside-quotation-marks" Fatal
        title "引用符の中に別の回答の行がある" "records inside quotation marks"
        message "{line}行目から始まる引用符（\"）の中に、1件の回答と同じ列数の行があります。引用符が余分なため続く行が1つのセルに入ったと思われるので、{line}行目は読み取らず、その次の行から読み直しました。余分な引用符を取り除いて保存し直してください。"
            "The quotation mark (\") in line {line} encloses a line with as many cells as a record. It seems to be one too many, so that the next lines became part of a cell; line {line} was not read, and reading went on with the line after it. Please take the quotation mark out and save again.";

    /// A JSON value stands where a record must be.
    RECORD_NOT_OBJECT = "KP-S024" "record-is-no-object" Fatal
        title "記録がオブジェクトでない" "record is not a JSON object"
        message "{line}行目に、1件の回答（項目名と値の組）ではない値があります。オブジェクト {{…}} として書き出し直すか、取り除いてください。"
            "Line {line} holds a value that is not a record of names and values. Please write it as an object {{…}}, or take it out.";

    /// The file as a whole is not JSON, so what follows cannot be read.
    FILE_NOT_JSON = "KP-S025" "file-is-not-json" Fatal
        title "JSONとして読み取れないファイル" "file is not JSON"
        message "ファイルは{line}行目で、{found}ため、それより後を読み取れません。ファイルが途中で切れていないか確認し、書き出し直してください。"
            "The file cannot be read beyond line {line}: {found}. Please check that it was not cut off, and write it again.";

    /// `--records` names nothing in the file.
    RECORDS_NOT_FOUND = "KP-S026" "records-not-found" Fatal
        title "指定された場所に記録がない" "no records at the given place"
        message "{line}行目からのJSONの「{expected}」に記録がありません（ファイル全体で{count}件）。記録のある場所を --records で指定し直してください。"
            "There are no records at \"{expected}\" in the JSON from line {line} ({count} such values in the file). Please name the right place with --records.";

    /// The operating system does not give us the file.
    FILE_UNREADABLE = "KP-S027" "file-unreadable" Fatal
        title "ファイルを読み込めない" "file cannot be read"
        message "ファイルを読み込めませんでした（{found}）。ファイルの場所と読み取り権限を確認し、他のソフトで開いている場合は閉じてから、もう一度実行してください。"
            "The file could not be read ({found}). Please check where it is and whether you may read it, close it if another program has it open, and run again.";

    /// The second text of KP-S027: another program has the file open.
    FILE_LOCKED = "KP-S027" "file-locked" Fatal
        title "他のソフトが開いているファイル" "file open in another program"
        message "ファイルは他のソフト（Excelなど）で開かれているため読み込めません。保存して閉じてから、もう一度実行してください。"
            "The file cannot be read because another program, such as Excel, has it open. Please save and close it there, and run again.";

    /// What rules over many records may tell of the file cannot be had any more.
    FILE_NOT_READ_AGAIN = "KP-S049" "file-not-read-again" Fatal
        title "検査の途中で変わったファイル" "file that changed while it was checked"
        message "ほかの回答と比べるためにファイルを読み直しましたが、検査の途中で内容が変わったか、読み込めなくなりました。ほかの回答と比べる規則の結果には、このファイルの回答が含まれていません。ファイルの書き込みが終わってから、もう一度実行してください。"
            "The file was read again to compare its records with others, but it had changed meanwhile or could not be read any more. What rules over many records found does not cover the records of this file. Please run again when nobody is writing to the file.";

    /// A plain value stands where the form has a group of items.
    OBJECT_EXPECTED = "KP-S028" "group-of-items-is-no-object" Error
        title "項目のまとまりであるべき値がオブジェクトでない" "a group of items is not a JSON object"
        message "{line}行目からの回答の「{column}」は項目のまとまりです。項目名と値の組（{{…}}）として書き出し直してください。"
            "\"{column}\" in the record from line {line} is a group of items. Please write it as an object {{…}} of names and values.";

    /// The workbook counts its days from 1904.
    DATE_SYSTEM_1904 = "KP-S029" "dates-counted-from-1904" Warning
        title "1904年から数える日付のブック" "workbook that counts days from 1904"
        message "このブックは日付を1904年から数える設定で保存されているため、{cell}の「{before}」を {after} と読み取りました。1900年から数えるブックから貼り付けた日付は1,462日ずれます。日付が正しいかご確認ください。"
            "This workbook counts days from 1904, so \"{before}\" in {cell} was read as {after}. Dates pasted from a workbook that counts from 1900 are 1,462 days off. Please check the dates.";

    /// Colours or strike-through in answer cells, which may carry a meaning that nobody reads.
    FORMAT_NOT_READ = "KP-S030" "cell-format-not-read" Warning
        title "セルの色・取消線は読み取らない" "colour or strike-through is not read"
        message "回答欄に色付きまたは取消線のセルがあります（{range}）。色や取消線は回答として読み取りません。意味がある場合は、セルの文字として入力し直してください。"
            "Cells of the answers are coloured or struck through ({range}). Colour and strike-through are not read. If they mean something please write it into the cell as text.";

    /// Comments, notes or drawn shapes, which may hold an answer that nobody reads.
    SHAPES_NOT_READ = "KP-S031" "shapes-or-comments-not-read" Warning
        title "図形・コメントは読み取らない" "shapes or comments are not read"
        message "シートに図形またはコメントがあります（{range}）。図形（○囲みなど）やコメントは回答として読み取りません。回答はセルの文字として入力してください。"
            "The sheet has shapes or comments ({range}). Shapes, such as a circle around an option, and comments are not read as answers. Please enter the answers into the cells as text.";

    /// The bytes could as well be another encoding.
    ENCODING_WEAK = "KP-S032" "encoding-guess-is-weak" Warning
        title "文字コードの判定が不確か" "encoding guess is weak"
        message "ファイルを {encoding} として読み取りましたが、{expected} とも読めるため、判定は確かではありません。文字が正しく表示されているかご確認のうえ、--encoding で文字コードを指定するか、Excelで「CSV UTF-8（コンマ区切り）」形式で保存し直してください。"
            "The file was read as {encoding}, but it could be {expected} as well, so this is a guess. Please check that its letters are shown correctly; give the encoding with --encoding, or save the file in Excel as \"CSV UTF-8 (comma delimited)\"."
        help "判定の根拠：{reason}。短いファイルや半角カナだけのファイルでは、文字コードを確実に判定できません。"
            "why: {reason}; the encoding of a short file, or of one that has only half-width kana, cannot be told for sure";

    /// The caller names an encoding, and the file's mark another.
    ENCODING_CONTRADICTS_MARK = "KP-S033" "encoding-contradicts-mark" Warning
        title "指定された文字コードとファイルの印の不一致" "encoding given contradicts the file's mark"
        message "--encoding で指定された {encoding} として読み取りましたが、ファイルの先頭には {expected} の印（BOM）があります。文字が正しく表示されない場合は --encoding を外してください。"
            "The file was read as {encoding}, as --encoding says, but it begins with the mark of {expected}. If its letters are not shown correctly, please leave --encoding out.";

    /// The file holds nothing.
    FILE_EMPTY = "KP-S034" "file-is-empty" Fatal
        title "空のファイル" "file is empty"
        message "ファイルに内容がありません。保存し忘れていないか確認し、回答を記入したファイルを提出してください。"
            "The file holds nothing. Please check that it was saved, and submit the file with your answers.";

    /// The file is no text of any kind.
    FILE_NOT_TEXT = "KP-S035" "file-is-not-text" Fatal
        title "テキストでないファイル" "file is not text"
        message "このファイルは{found}で、CSVなどのテキストとして読み取れません。Excelで開き、「CSV UTF-8（コンマ区切り）」または .xlsx 形式で保存し直して提出してください。"
            "This file is {found} and cannot be read as CSV or other text. Please open it in Excel, save it as \"CSV UTF-8 (comma delimited)\" or .xlsx and submit it again.";

    /// The file ends before its end; what could be read was judged.
    FILE_BROKEN_OFF = "KP-S036" "file-is-damaged-or-cut-off" Fatal
        title "途中で壊れているファイル" "file damaged or cut off"
        message "ファイルは{found}ため、最後まで読み取れませんでした。読み取れた行だけを検査しています。ファイルを作り直し、もう一度提出してください。"
            "The file could not be read to its end: {found}. Only the rows before that place were checked. Please make the file again and submit it once more.";

    /// The cells are parted by something else than the name says.
    SEPARATOR_OF_ANOTHER_FORMAT = "KP-S037" "separator-of-another-format" Info
        title "拡張子と区切り文字の不一致" "separator of another format than the name says"
        message "ファイル名は「{expected}」で終わりますが、セルは{found}で区切られているため、そのように読み取りました。"
            "The name ends in \"{expected}\", but cells are separated by {found}, so the file was read that way.";
}
