//! Codes of the rule language: what can be wrong with one expression.
//!
//! Invariants
//! - KP-P001 to KP-P049, then KP-P147 and up; KP-P041 belongs to the trial of examples and is not declared here.
//! - `{found}` and the like quote the expression as its author wrote it.

use super::codes;

codes! {
    /// Another token was expected here.
    UNEXPECTED_TOKEN = "KP-P001" "unexpected-token" Error
        title "式の書き方が文法に合わない" "the expression does not follow the grammar"
        message "ここには{expected}が必要ですが、{found}があります。" "expected {expected}, found {found}";
    /// A character that no expression can contain outside texts.
    UNREADABLE_CHARACTER = "KP-P002" "unreadable-character" Error
        title "式に使えない文字" "a character that no expression can contain"
        message "{found} は式の中では使えません。" "{found} cannot stand in an expression";
    /// A text or a back-quoted name does not end.
    UNCLOSED_QUOTE = "KP-P003" "unclosed-quote" Error
        title "引用符が閉じていない" "a quote is not closed"
        message "{found} で始まる引用が閉じられていません。" "what begins with {found} is not closed"
        help "文字列は改行を含められません。文字列の中の \" は \"\" と書いてください。"
             "a text holds no line break; write \"\" for a quote inside it";
    /// The list of mistakes was cut.
    TOO_MANY_MISTAKES = "KP-P004" "too-many-mistakes" Error
        title "式の誤りが多すぎる" "too many mistakes in one expression"
        message "この式には誤りが多いため、最初の{limit}件だけを示しました。" "this expression has more mistakes than the {limit} shown"
        help "示された誤りを直してから、もう一度実行してください。" "correct these and run again";
    /// Digits that form no number.
    MALFORMED_NUMBER = "KP-P005" "malformed-number" Error
        title "数の書き方の誤り" "a number is written wrongly"
        message "{found} は数として読めません。" "{found} is not a number of the language"
        help "数は 12、1_000、0.5 のように書いてください（指数は使えません）。"
             "numbers are written 12, 1_000 or 0.5, without exponent";
    /// An operator of another language.
    FOREIGN_OPERATOR = "KP-P006" "foreign-operator" Error
        title "別の言語の演算子" "an operator of another language"
        message "{found} はこの言語の書き方ではありません。" "{found} is not a spelling of this language";
    /// Full-width digits, symbols or key words.
    FULL_WIDTH_CHARACTER = "KP-P007" "full-width-character" Error
        title "全角の数字・記号" "full-width digits or symbols"
        message "{found} は全角です。数字・記号・語は半角で書いてください。" "{found} is full-width; digits, symbols and key words are half-width";
    /// A bracket is not closed.
    UNCLOSED_BRACKET = "KP-P008" "unclosed-bracket" Error
        title "括弧が閉じていない" "a bracket is not closed"
        message "{found} に対応する {expected} がありません。" "{found} has no {expected}";
    /// A lookup column without bound is used outside `between`.
    UNBOUNDED_COLUMN = "KP-P009" "unbounded-column-outside-between" Warning
        title "上限・下限のない列を between 以外で使用" "an unbounded column outside `between`"
        message "{found} は空欄のとき「限りなし」を表しますが、それは between の端でだけ働きます。ここでは空欄が不明になります。"
                "an empty {found} means \"no bound\" only as an end of `between`; here it makes the test unknown"
        help "`… between 下限 and 上限` と書いてください。" "write `… between low and high`";
    /// No field has this name.
    UNKNOWN_FIELD = "KP-P010" "unknown-field" Error
        title "存在しない項目名" "unknown field"
        message "「{found}」という項目はありません。" "there is no field {found}";
    /// No function has this name.
    UNKNOWN_FUNCTION = "KP-P011" "unknown-function" Error
        title "存在しない関数名" "unknown function"
        message "「{found}」という関数はありません。" "there is no function {found}";
    /// No link has this name.
    UNKNOWN_LINK = "KP-P012" "unknown-link" Error
        title "存在しない連結ファイル名" "unknown link"
        message "「{found}」という連結ファイルはありません。" "there is no link {found}"
        help "点の前には、連結ファイルの名前、param、let のいずれかを書いてください。"
             "before the point stands a link of the survey, `param` or `let`";
    /// No parameter has this name.
    UNKNOWN_PARAMETER = "KP-P013" "unknown-parameter" Error
        title "存在しないパラメーター名" "unknown parameter"
        message "「{found}」というパラメーターはありません。綴りを確認するか、survey.toml に [param.{found}] を宣言してください。" "there is no parameter {found}: check its spelling, or declare [param.{found}] in survey.toml";
    /// The option list has no such name.
    UNKNOWN_OPTION = "KP-P014" "unknown-option" Error
        title "選択肢にない名前" "unknown option"
        message "\"{found}\" は{field}の選択肢にありません。" "\"{found}\" is not an option of {field}";
    /// No lookup table has this name.
    UNKNOWN_LOOKUP = "KP-P015" "unknown-lookup" Error
        title "存在しない参照表" "unknown lookup table"
        message "「{found}」という参照表はありません。" "there is no lookup table {found}";
    /// The lookup table has no such column.
    UNKNOWN_COLUMN = "KP-P016" "unknown-lookup-column" Error
        title "参照表にない列" "unknown column of a lookup table"
        message "参照表{table}に「{found}」という列はありません。" "the lookup table {table} has no column {found}";
    /// No set or lookup table has this name.
    UNKNOWN_SET = "KP-P017" "unknown-set" Error
        title "存在しない集合名" "unknown set"
        message "「{found}」という集合や参照表はありません。" "there is no set or lookup table {found}";
    /// The field has no such mark.
    UNKNOWN_MARK = "KP-P018" "unknown-mark" Error
        title "項目にない印" "unknown mark"
        message "{field}に「{found}」という印はありません。" "{field} has no mark {found}";
    /// `is` asks for no such state.
    UNKNOWN_STATE = "KP-P019" "unknown-state" Error
        title "存在しない状態名" "unknown state"
        message "「{found}」という状態はありません。" "there is no state {found}"
        help "状態は is blank（空欄）、is answered（記入あり）、is known（値あり）、is inapplicable（非該当の印）、連結は is linked です。"
             "the states are `is blank`, `is answered`, `is known`, `is inapplicable`; of a link, `is linked`";
    /// The rule has no such `let`.
    UNKNOWN_LET = "KP-P020" "unknown-let" Error
        title "存在しない let の名前" "unknown let"
        message "この規則に「let.{found}」はありません。" "this rule has no let.{found}"
        help "let はそれより前に書かれた let だけを使えます。" "a `let` may use only those written before it";
    /// Two things of different kinds, or of different units, meet.
    TYPE_MISMATCH = "KP-P021" "type-mismatch" Error
        title "型または単位が合わない" "types or units do not agree"
        message "{left}と{right}は{action}できません。" "cannot {action} {left} and {right}";
    /// A value stands where a condition is needed.
    VALUE_AS_CONDITION = "KP-P022" "value-as-condition" Error
        title "条件の位置に値がある" "a value where a condition is needed"
        message "{found}は{type}であり、条件ではありません。" "{found} is {type}, not a condition"
        help "`= …` や `is answered` などで条件にしてください。" "make it a condition with `= …`, `is answered` and the like";
    /// A condition stands where a value is needed.
    CONDITION_AS_VALUE = "KP-P023" "condition-as-value" Error
        title "値の位置に条件がある" "a condition where a value is needed"
        message "{found}は条件であり、値ではありません。" "{found} is a condition, not a value"
        help "条件どうしの一致は iff、成り立つ条件の数は count_true(…) で書けます。"
             "`iff` says that two conditions agree; `count_true(…)` counts those that hold";
    /// A function has too few or too many arguments.
    WRONG_ARGUMENT_COUNT = "KP-P024" "wrong-argument-count" Error
        title "引数の数の誤り" "wrong number of arguments"
        message "{function}の引数は{expected}ですが、{found}個書かれています。" "{function} takes {expected}, found {found}"
        help "書き方: {signature}" "signature: {signature}";
    /// An argument is of the wrong kind.
    WRONG_ARGUMENT = "KP-P025" "wrong-argument" Error
        title "引数の種類の誤り" "wrong kind of argument"
        message "{function}のここには{expected}が必要ですが、{found}が書かれています。" "{function} takes {expected} here, found {found}";
    /// Options that have no order, or not the same one.
    OPTIONS_NOT_ORDERED = "KP-P026" "options-not-ordered" Error
        title "順序のない選択肢の大小比較" "options without a common order"
        message "{left}と{right}には共通の順序がありません。" "{left} and {right} have no common order"
        help "選択肢に x-rank を付け、項目どうしの場合は両方に同じ x-scale を付けてください。"
             "give the options an x-rank, and two fields the same x-scale";
    /// A pattern is not a constant.
    PATTERN_NOT_LITERAL = "KP-P027" "pattern-not-literal" Error
        title "パターンが定数でない" "a pattern that is no constant"
        message "matches のパターンは \"…\" の定数で書いてください。" "the pattern of `matches` must be a text in quotes"
        help "値どうしの比較には = や starts を使ってください。" "to compare two values use `=` or `starts`";
    /// A pattern that the engine refuses.
    PATTERN_UNREADABLE = "KP-P028" "pattern-unreadable" Error
        title "パターンとして読めない" "a pattern that cannot be read"
        message "このパターンは使えません（{reason}）。" "this pattern cannot be used: {reason}"
        help "後方参照と先読みはありません。大きな繰り返しは小さくしてください。"
             "there are no back-references and no look-around; make large repetitions smaller";
    /// A number with too many digits for the place where it stands.
    NUMBER_OUT_OF_RANGE = "KP-P029" "number-out-of-range" Error
        title "数の桁が多すぎる" "a number with too many digits"
        message "{found} は扱える桁数を超えています（小数は{limit}桁まで、全体で18桁程度まで）。" "{found} has too many digits (at most {limit} decimals and about 18 digits in all)"
        help "必要な桁に round_half_up(…) で丸めてください。" "round with round_half_up(…) to the digits that are needed";
    /// A date that the calendar does not have, or a text that is no date.
    IMPOSSIBLE_DATE = "KP-P030" "impossible-date" Error
        title "暦にない日付" "a date that the calendar does not have"
        message "{found} は{type}として読めません。" "{found} is not {type}"
        help "日付は 2024-02-01、日時は \"2024-02-01T09:00:00\"、年月は \"2024-02\" と書いてください。"
             "a date is written 2024-02-01, a date and time \"2024-02-01T09:00:00\", a month \"2024-02\"";
    /// A blank compared as if it were a value.
    BLANK_SPELLING = "KP-P031" "blank-spelling" Error
        title "空欄を値のように比較している" "a blank is a state, not a value"
        message "空欄や非該当は状態であり、{found} のような値ではありません。" "a blank is a state, not a value such as {found}"
        help "空欄の検査は is blank と is answered、非該当の印の検査は is inapplicable です。"
             "the tests are `is blank`, `is answered` and, for a not-applicable mark, `is inapplicable`";
    /// `a < b < c`.
    CHAINED_COMPARISON = "KP-P032" "chained-comparison" Error
        title "比較を続けて書いている" "comparisons in a chain"
        message "比較は続けて書けません。" "comparisons cannot be chained"
        help "`x between a and b`、または `a < x and x < b` と書いてください。" "write `x between a and b`, or `a < x and x < b`";
    /// `if` behind an operator.
    IF_NEEDS_PARENTHESES = "KP-P033" "if-needs-parentheses" Error
        title "演算子の後の if に括弧がない" "`if` behind an operator needs parentheses"
        message "{found} の後の if は括弧で囲んでください。" "`if` behind {found} needs parentheses";
    /// A reserved word used as a name.
    RESERVED_WORD = "KP-P034" "reserved-word" Error
        title "予約語を名前に使っている" "a reserved word as a name"
        message "「{found}」は言語の語であり、名前には使えません。" "{found} is a word of the language and cannot be a name";
    /// More than 64 KiB, or more than 10,000 nodes.
    EXPRESSION_TOO_LARGE = "KP-P035" "expression-too-large" Error
        title "式が大きすぎる" "an expression is too large"
        message "式が上限（{limit}）を超えています。" "the expression exceeds {limit}"
        help "規則を分けるか、参照表や集合を使ってください。" "split the rule, or use a lookup table or a set";
    /// Nested too deeply.
    EXPRESSION_TOO_DEEP = "KP-P036" "expression-too-deep" Error
        title "式の入れ子が深すぎる" "an expression is nested too deeply"
        message "式の入れ子が{limit}段を超えています。" "the expression is nested more than {limit} deep"
        help "長い足し算は sum(…)、長い場合分けは参照表で書けます。" "write a long sum as `sum(…)`, a long choice as a lookup table";
    /// More than 128 fields.
    TOO_MANY_FIELDS = "KP-P037" "too-many-fields" Error
        title "式の読む項目が多すぎる" "an expression reads too many fields"
        message "この式は{found}項目を読みます。上限は{limit}項目です。" "the expression reads {found} fields; the limit is {limit}"
        help "規則を分けるか、導出値を使ってください。" "split the rule, or use a derived value";
    /// `it` in a rule that has no `each`.
    IT_WITHOUT_EACH = "KP-P038" "it-without-each" Error
        title "each のない規則の it" "`it` without `each`"
        message "it は each を持つ規則でだけ使えます。" "`it` stands for a field of `each`, which this rule does not have"
        help "規則に each = [\"項目名\", …] を加えるか、項目名を書いてください。" "add each = [\"field\", …] to the rule, or write the field's name";
    /// A state asked of something that is no cell.
    STATE_OF_VALUE = "KP-P039" "state-of-value" Error
        title "セルでないものの状態" "a state of something that is no cell"
        message "{found} はセルではないため、状態を持ちません。" "{found} is no cell and has no state"
        help "is … の前には括弧のない項目名を書いてください。" "before `is …` stands the plain name of a field";
    /// An option name without quotes.
    UNQUOTED_OPTION = "KP-P040" "unquoted-option" Error
        title "選択肢の名前に引用符がない" "an option name without quotes"
        message "選択肢の名前 {found} は引用符で囲んでください。" "the option name {found} stands in quotes";
    /// A code or a label of an option instead of its name.
    CODE_FOR_NAME = "KP-P042" "code-for-option-name" Error
        title "選択肢の名前の代わりにコード" "a code instead of an option name"
        message "{found} はデータ上のコードです。規則では{field}の選択肢の名前を書いてください。" "{found} is a code of the data; rules use the option names of {field}";
    /// An `if` over values without `else`.
    MISSING_ELSE = "KP-P043" "missing-else" Error
        title "値の if に else がない" "an `if` over values without `else`"
        message "値を選ぶ if には else が必要です。" "an `if` that chooses a value needs an `else`";
    /// A constant that the compared field can never hold.
    NEVER_EQUAL = "KP-P044" "never-equal" Warning
        title "決して等しくならない定数" "a constant that is never equal"
        message "{found} は小数が多く、{left}と等しくなることはありません。" "{found} has more decimals than {left} can hold and is never equal to it";
    /// `not (f = c)` of a field that may be blank.
    NEGATED_COMPARISON_OF_OPTIONAL = "KP-P045" "negated-comparison-of-optional" Warning
        title "空欄になりうる項目の比較の否定" "a negated comparison of an optional field"
        message "{field}が空欄のとき、この条件は真ではなく不明になります。" "when {field} is blank this is unknown, not true";
    /// An `or` over fields that may be blank.
    OR_OVER_OPTIONAL = "KP-P046" "or-over-optional" Warning
        title "空欄になりうる項目の or" "an `or` over optional fields"
        message "どれも一致せず一つでも空欄があると、この or は偽ではなく不明になります。" "if none matches and one is blank, this `or` is unknown, not false";
    /// `sum` over fields that may be blank.
    SUM_OVER_OPTIONAL = "KP-P047" "sum-over-optional" Warning
        title "空欄になりうる項目の sum" "`sum` over optional fields"
        message "{field}が空欄のとき、この合計は不明になります。" "when {field} is blank this sum is unknown";
    /// A pattern that may match anywhere.
    UNANCHORED_PATTERN = "KP-P048" "unanchored-pattern" Warning
        title "位置を定めないパターン" "a pattern without an anchor"
        message "このパターンは文字列のどこに現れても一致します。" "this pattern matches anywhere in the text"
        help "全体なら ^…$、先頭なら ^… と書いてください。どこでもよい場合は ^(?s:.*)… と書けます。"
             "write ^…$ for the whole text, ^… for its beginning, ^(?s:.*)… if anywhere is meant";
    /// An interval whose low end is above its high end.
    REVERSED_INTERVAL = "KP-P147" "interval-reversed" Warning
        title "between の下限が上限より大きい" "an interval whose ends are crossed"
        message "下限 {low} が上限 {high} より大きいため、この between を満たす値はありません。" "the low end {low} is above the high end {high}, so no value is between them";
    /// `substring` from before the first character.
    SUBSTRING_START = "KP-P148" "substring-start-below-one" Warning
        title "substring の開始位置が1より小さい" "a substring that begins before the first character"
        message "substring の位置は1から数えます。{found} からの部分文字列は常に不明です。" "positions of `substring` count from 1; from {found} the result is always unknown"
        help "先頭の文字は 1 です。" "the first character is 1";
    /// Two waves with different options.
    OPTION_LISTS_DIFFER = "KP-P049" "option-lists-differ" Warning
        title "比較する二つの項目の選択肢が異なる" "two compared fields have different options"
        message "{left}と{right}の選択肢が異なります（一方だけにあるもの: {options}）。" "{left} and {right} have different options (in one only: {options})"
        help "選択肢は名前で対応付けます。一方だけにある選択肢は、決して等しくなりません。"
             "options are matched by name; one that only one list has is never equal";
}
