//! Codes of the command line: U.
//!
//! Each is drawn over the command line as it was typed, with a caret under the word that is meant.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// No command has this name.
    UNKNOWN_COMMAND = "KP-U001" "unknown-command" Error
        title "そのようなコマンドはない" "unknown command"
        message "「{found}」というコマンドはありません。使えるコマンド：{known}。"
            "There is no command \"{found}\". The commands are: {known}.";
    /// No command was given.
    COMMAND_MISSING = "KP-U002" "command-missing" Error
        title "コマンドが指定されていない" "no command given"
        message "コマンドを指定してください：{known}。" "Please give a command: {known}."
        help "使い方は --help で確認できます。" "`--help` tells how each is used";
    /// No option of the command has this name.
    UNKNOWN_FLAG = "KP-U003" "unknown-option-of-the-command" Error
        title "そのようなオプションはない" "unknown option"
        message "「{found}」というオプションは kenpyo {command} にありません。"
            "kenpyo {command} has no option \"{found}\"."
        help "使えるオプションの一覧は kenpyo {command} --help で確認できます。"
            "`kenpyo {command} --help` prints all options";
    /// An option stands without the value that it needs.
    VALUE_MISSING = "KP-U004" "option-without-value" Error
        title "オプションに値がない" "option without its value"
        message "{flag} には値が必要です。" "{flag} needs a value.";
    /// A value is none of those that the option takes.
    UNKNOWN_VALUE = "KP-U005" "unknown-value-of-option" Error
        title "オプションの値として使えない語" "value that the option does not take"
        message "{flag} に「{found}」は指定できません。指定できる値：{known}。"
            "{flag} does not take \"{found}\". It takes: {known}.";
    /// A value has the wrong form.
    VALUE_NOT_USABLE = "KP-U006" "option-value-not-usable" Error
        title "オプションの値の形が正しくない" "value that the option cannot use"
        message "{flag} の値「{found}」は使えません。{expected}を指定してください。"
            "{flag} cannot use the value \"{found}\". Please give {expected}.";
    /// An argument that must be given is not.
    ARGUMENT_MISSING = "KP-U007" "argument-missing" Error
        title "引数が足りない" "missing argument"
        message "kenpyo {command} には {expected} の指定が必要です。" "kenpyo {command} needs {expected}."
        help "使い方は kenpyo {command} --help で確認できます。" "`kenpyo {command} --help` tells how it is used";
    /// An argument too many.
    ARGUMENT_UNEXPECTED = "KP-U008" "unexpected-argument" Error
        title "余分な引数がある" "one argument too many"
        message "kenpyo {command} は引数「{found}」を取りません。" "kenpyo {command} takes no argument \"{found}\".";
    /// Two options that exclude each other, or one twice.
    CONFLICT = "KP-U009" "conflicting-options" Error
        title "同時に指定できないオプション" "options that exclude each other"
        message "{flag} と {other} は同時に指定できません。どちらか一方を指定してください。"
            "{flag} and {other} exclude each other. Please give one of them.";
    /// One option twice.
    REPEATED = "KP-U010" "option-repeated" Error
        title "オプションの重複" "option given twice"
        message "{flag} は1回だけ指定できます。" "{flag} can be given only once.";
    /// Bytes that are no text.
    NOT_TEXT = "KP-U011" "argument-not-text" Error
        title "文字として読めない引数" "argument that is no text"
        message "UTF-8 の文字として読めない引数があります。" "An argument is not UTF-8 text.";
    /// Two reports into one place.
    ONE_PLACE_FOR_TWO = "KP-U012" "two-reports-in-one-place" Error
        title "同じ出力先に二つの報告" "two reports in one place"
        message "{found} と {other} の出力先が同じです（{place}）。--format {other}=ファイル名 のように別のファイルを指定してください。"
            "{found} and {other} would both be written to {place}. Please give one a file of its own, as in --format {other}=FILE.";
    /// What would be written over what is read.
    OUTPUT_IS_INPUT = "KP-U030" "output-is-input" Error
        title "出力先が入力ファイルと同じ" "output would replace an input file"
        message "出力先の「{place}」は読み取るファイルです。提出されたファイルは上書きしません。別の名前を指定してください。"
            "\"{place}\" is a file that is read; what was submitted is never overwritten. Please give the output another name.";
    /// `-` where a person types.
    STDIN_IS_TERMINAL = "KP-U013" "standard-input-is-a-terminal" Error
        title "標準入力が端末になっている" "standard input is a terminal"
        message "「-」は標準入力から読む指定ですが、標準入力が端末のため読むものがありません。ファイル名を指定するか、別のコマンドの出力をつないでください。"
            "\"-\" reads standard input, which is a terminal, so there is nothing to read. Please name a file or connect a command's output.";
    /// A setting that is no number, or out of its range.
    NUMBER_OUT_OF_RANGE = "KP-U014" "setting-out-of-range" Error
        title "設定の数値が範囲外" "setting out of its range"
        message "{flag} の値「{found}」は使えません。{low}から{high}までの整数を指定してください。"
            "{flag} cannot be \"{found}\". Please give a whole number from {low} to {high}.";
    /// `--param` names no parameter of the pack.
    UNKNOWN_PARAMETER = "KP-U015" "unknown-parameter" Error
        title "そのようなパラメーターはない" "unknown parameter"
        message "「{found}」というパラメーターはありません。使えるパラメーター：{known}。"
            "There is no parameter \"{found}\". The parameters are: {known}.";
    /// `--param` gives a value of another type.
    PARAMETER_VALUE = "KP-U016" "parameter-value-not-usable" Error
        title "パラメーターの値の形が正しくない" "value that the parameter cannot take"
        message "パラメーター「{name}」の値「{found}」は使えません。{expected}を指定してください。"
            "The parameter \"{name}\" cannot be \"{found}\". Please give {expected}.";
    /// `--param` without `=`.
    NOT_AN_ASSIGNMENT = "KP-U017" "parameter-without-value" Error
        title "パラメーターに値がない" "parameter without a value"
        message "「{found}」は 名前=値 の形ではありません。--param {found}=値 のように指定してください。"
            "\"{found}\" is not of the form NAME=VALUE. Please write --param {found}=VALUE.";
    /// `explain` asked for an id that nothing has.
    UNKNOWN_ID = "KP-U018" "unknown-id" Error
        title "そのような規則・符号はない" "unknown rule or code"
        message "「{found}」という規則または符号はありません。" "There is no rule or code \"{found}\"."
        help "規則の一覧は kenpyo rules list で確認できます。" "`kenpyo rules list` prints all rules";
    /// A pattern that cannot be read.
    BAD_PATTERN = "KP-U019" "pattern-not-readable" Error
        title "ファイル名のパターンが読めない" "pattern of file names that cannot be read"
        message "「{found}」はファイル名のパターンとして読めません（{reason}）。"
            "\"{found}\" cannot be read as a pattern of file names ({reason}).";
    /// The embedded survey cannot be changed.
    NOTHING_TO_FORMAT = "KP-U020" "embedded-survey-not-formattable" Error
        title "組み込みの調査は整形できない" "embedded survey cannot be formatted"
        message "組み込みの調査はファイルではないため整形できません。--survey フォルダー を指定してください。"
            "The embedded survey is not a file. Please give --survey FOLDER.";
    /// A file or folder that a command needs cannot be read or written.
    UNUSABLE_FILE = "KP-U021" "file-not-usable" Error
        title "ファイルを使えない" "file that cannot be used"
        message "{path} を使えません：{reason}。" "{path} cannot be used: {reason}.";
    /// What else stops a run before it begins.
    RUN_STOPPED = "KP-U022" "run-not-possible" Error
        title "実行できない" "run not possible"
        message "{reason}。" "{reason}.";
    /// The pack has errors.
    PACK_REFUSED = "KP-U023" "rule-pack-refused" Error
        title "規則に誤りがあるため検査しない" "rule pack with mistakes"
        message "規則ファイルに誤りが{count}件あるため、1票も検査していません。上の指摘に従って修正してください。"
            "Mistakes in the rule pack: {count}. No record was judged. Please correct what is listed above.";
    /// A survey that is neither embedded nor a folder.
    UNKNOWN_SURVEY = "KP-U024" "unknown-survey" Error
        title "そのような調査はない" "unknown survey"
        message "「{found}」という調査はありません。組み込みの調査：{known}。調査のフォルダーは、schemas と rules を持つフォルダーの中に置いてください。"
            "There is no survey \"{found}\". The embedded ones are: {known}. A folder of rules must lie in a folder that has schemas/ and rules/.";
    /// A file that could be of several surveys.
    SURVEY_NOT_CLEAR = "KP-U026" "survey-not-clear" Error
        title "どの調査の回答か判断できない" "file could be of several surveys"
        message "「{found}」は、列名と様式の版からは {known} のどの調査の回答か判断できません。--survey で調査を指定してください。"
            "By its column names and the version of its form, \"{found}\" could be of any of these surveys: {known}. Please name one with --survey.";
    /// `--as-of` where no rule asks what day it is.
    DAY_NOT_ASKED = "KP-U025" "day-not-asked-for" Error
        title "基準日を使う規則がない" "day given that no rule asks for"
        message "この調査の規則はどれも「今日」を使わないため（パラメーター as_of がありません）、--as-of {found} を指定しても結果は変わりません。--as-of を外して実行してください。"
            "No rule of this survey asks what day it is (it has no parameter as_of), so --as-of {found} would change nothing. Please leave --as-of out."
        help "日付のパラメーター（{known}）は --param 名前=日付 で指定できます。"
            "parameters that are dates ({known}) can be given with --param NAME=DATE";
    /// A workbook is asked for, and this program was built without them.
    WORKBOOKS_LEFT_OUT = "KP-U040" "workbooks-left-out" Error
        title "XLSX を扱わない版" "built without workbooks"
        message "この kenpyo は XLSX を扱えるように作られていません。{other} を指定するか、XLSX を扱える版をお使いください。"
            "This kenpyo was built without workbooks. Please give {other}, or use one that has them.";
    /// A copy is asked for of several files, or of standard input.
    ONE_FILE_TO_COPY = "KP-U041" "copy-needs-one-file" Error
        title "写しを作れるのは1ファイルずつ" "a copy is made of one file"
        message "{flag} は、ファイルを1つだけ指定したときに使えます（標準入力には使えません）。ファイルごとに実行してください。"
            "{flag} works on one file at a time, and not on standard input. Please run it once for each file.";
    /// Two files would be written into one place.
    TWO_OUTPUTS_IN_ONE_PLACE = "KP-U042" "two-outputs-in-one-place" Error
        title "同じ出力先に二つのファイル" "two files in one place"
        message "{flag} と {other} の出力先が同じです（{place}）。それぞれ別のファイルを指定してください。"
            "{flag} and {other} would both be written to {place}. Please give each a file of its own.";
    /// The file could not be read to its end, so no copy of it was made.
    COPY_NOT_WRITTEN = "KP-U043" "copy-not-written" Error
        title "写しを作成していない" "no copy written"
        message "ファイルを最後まで読み取れなかったため、{flag} のファイルは作成していません。上の指摘に従って修正してください。"
            "The file could not be read to its end, so {flag} has written nothing. Please correct what is listed above.";
    /// Cells are to be marked in a file that has none.
    NO_CELLS_TO_MARK = "KP-U044" "no-cells-to-mark" Error
        title "印を付けるセルがない" "no cells to mark"
        message "--annotate は表（CSV・TSV・XLSX）のセルに印を付けるもので、JSON には使えません。JSON の指摘は --format json=ファイル名 で受け取れます。"
            "--annotate marks the cells of a table (CSV, TSV, XLSX) and has none to mark in JSON. Please take the findings by --format json=FILE.";
    /// A file too large to be annotated.
    TOO_LARGE_TO_MARK = "KP-U045" "too-large-to-annotate" Error
        title "印を付けるには大きすぎるファイル" "file too large to be annotated"
        message "--annotate で扱えるのは {limit} MiB・1,048,576行・16,384列までです。ファイルを分けるか、--format json=ファイル名 で指摘を受け取ってください。"
            "--annotate takes up to {limit} MiB, 1,048,576 rows and 16,384 columns. Please split the file, or take the findings by --format json=FILE.";
    /// The copy of a signed workbook.
    SIGNATURE_BROKEN = "KP-U046" "signature-of-copy-broken" Warning
        title "写しの電子署名は無効" "the copy's signature is broken"
        message "元のファイルには電子署名があります。{flag} の写しでは署名が無効になります。署名が必要な場合は、元のファイルを修正して署名し直してください。"
            "The original is signed; in the copy of {flag} the signature is broken. Where a signature is needed, please correct the original and sign it again.";
    /// The copy of a workbook with macros.
    MACROS_IN_COPY = "KP-U047" "macros-in-copy" Warning
        title "マクロを含む写し" "copy with macros"
        message "元のファイルにはマクロが含まれており、{flag} の写しにもそのまま残ります。"
            "The original has macros, and the copy of {flag} has them too.";
    /// The name of an output ends like a file of another format.
    ENDING_OF_ANOTHER_FORMAT = "KP-U048" "ending-of-another-format" Error
        title "出力先の名前の末尾が中身の形式と違う" "name of the output tells another format"
        message "{flag} が書き出すファイルの形式は {expected} で、出力先「{place}」の末尾と合いません。このままでは表計算ソフトなどで開けません。"
            "{flag} writes a {expected} file, and \"{place}\" ends like another kind of file, which no program would open.";
    /// A corrected copy would hold bytes of no encoding.
    NOT_DECODABLE = "KP-U049" "copy-not-decodable" Error
        title "文字として読めないバイトがあるため写しを作成していない" "no copy of bytes that are no text"
        message "ファイルに文字として読めないバイトがあるため、{flag} のファイルは作成していません。文字コードを統一して（Excelでは「CSV UTF-8（コンマ区切り）」形式で）保存し直してから、もう一度実行してください。"
            "The file holds bytes that are no text, so {flag} has written nothing. Please save it in one encoding (in Excel as \"CSV UTF-8 (comma delimited)\") and run again.";
    /// The blank form would replace a file that is there, which may be filled in.
    FILE_IS_THERE = "KP-U050" "file-is-there" Error
        title "出力先のファイルが既にある" "the file is there already"
        message "「{place}」は既にあります。記入済みの調査票を失わないように、上書きしません。別の名前を指定するか、上書きしてよければ {flag} を付けてください。"
            "\"{place}\" is there already, and may have been filled in, so it is not replaced. Please give another name, or {flag} to replace it.";
    /// Nobody can tell what has changed.
    CHANGES_UNKNOWN = "KP-U051" "changes-unknown" Error
        title "変更されたファイルが分からない" "changed files unknown"
        message "--since {found} では変更されたファイルを調べられません：{reason}。git のリポジトリの中で、存在するコミット・枝・タグを指定してください。"
            "What has changed since {found} cannot be told: {reason}. Please run it inside a git repository, with a commit, branch or tag that is there.";
    /// The program was built without a report's format.
    FORMAT_NOT_BUILT = "KP-U080" "format-not-built" Error
        title "この実行ファイルに含まれていない形式" "format that this build lacks"
        message "この実行ファイルには --format {found} が含まれていません。機能「{feature}」を有効にして（cargo build --features {feature}）作成した kenpyo を使うか、次の形式を指定してください：{known}。"
            "This build of kenpyo lacks --format {found}. Please use one that was built with the feature \"{feature}\" (cargo build --features {feature}), or one of these formats: {known}.";
    /// A page for a browser is asked for, and this program was built without them.
    PAGES_LEFT_OUT = "KP-U070" "pages-left-out" Error
        title "HTML を扱わない版" "built without pages"
        message "この kenpyo は HTML を書き出せるように作られていません。{other} を指定するか、HTML を扱える版をお使いください。"
            "This kenpyo was built without HTML. Please give {other}, or use one that has it.";
    /// Standard input, which is read once, is to be watched.
    CANNOT_BE_WATCHED = "KP-U071" "cannot-be-watched" Error
        title "変更を監視できない入力" "input that cannot be watched"
        message "--watch はファイルとフォルダーの変更を待つもので、標準入力（-）には使えません。ファイル名を指定するか、--watch を外してください。"
            "--watch waits for files and folders to change, and standard input (-) never does. Please name files, or leave --watch out.";
    /// A secret that could be found by trying.
    SECRET_TOO_SHORT = "KP-U052" "fingerprint-key-too-short" Error
        title "照合用の鍵が短い" "fingerprint key too short"
        message "{found} の鍵が短すぎます。推測されないように、{count}文字以上の無作為な文字列を設定してください。"
            "The key in {found} is too short and could be guessed. Please give a random text of at least {count} characters.";
}
