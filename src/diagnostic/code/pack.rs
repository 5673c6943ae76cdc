//! Codes of the pack files: survey and rule files, reference tables.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// The file stops being TOML.
    TOML_SYNTAX = "KP-P050" "toml-syntax" Error
        title "TOMLとして読めない" "not readable as TOML"
        message "この行をTOMLとして読めません（{reason}）。記号や引用符をご確認ください。" "This line cannot be read as TOML ({reason}). Please check its signs and quotes.";
    /// A key that no block of this kind has.
    UNKNOWN_KEY = "KP-P051" "unknown-key" Error
        title "未知のキー" "unknown key"
        message "`{block}` に `{key}` というキーはありません。綴りを確認するか、削除してください。" "`{key}` is not a key of `{block}`. Please check its spelling or remove it."
        help "`{block}` のキー：{known}" "keys of `{block}`: {known}";
    /// A value of another kind.
    WRONG_SHAPE = "KP-P052" "wrong-kind-of-value" Error
        title "値の種類の誤り" "wrong kind of value"
        message "`{key}` には{expected}を書きますが、{found}が書かれています。" "`{key}` takes {expected}, but {found} is given.";
    /// A key without which the block means nothing.
    MISSING_KEY = "KP-P053" "missing-key" Error
        title "必要なキーがない" "required key missing"
        message "`{block}` には `{key}`（{meaning}）が必要です。`{key}` を書き加えてください。" "`{block}` needs `{key}` ({meaning}). Please add it there.";
    /// One key twice in a table.
    DUPLICATE_KEY = "KP-P054" "duplicate-key" Error
        title "キーの重複" "key given twice"
        message "`{key}` が同じ表に二度あります。どちらか一方を残してください。" "`{key}` stands twice in one table. Please keep one of them.";
    /// An expression in a string that undoes escapes.
    EXPRESSION_NOT_LITERAL = "KP-P055" "expression-in-basic-string" Error
        title "式が一重引用符で囲まれていない" "expression not in a literal string"
        message "`{key}` の式は '…' で囲みます。\"…\" の中では \\ が別の文字に変わるため、誤りの場所を正しく示せません。" "The expression of `{key}` stands in '…'. Inside \"…\" a \\ is changed, so that mistakes could not be marked at their place.";
    /// A string or a list that is empty.
    EMPTY_TEXT = "KP-P056" "empty-value" Error
        title "値が空" "empty value"
        message "`{key}` が空です。内容を書くか、キーごと削除してください。" "`{key}` is empty. Please fill it in, or remove the key.";
    /// A word that is not one of the known ones.
    NOT_ONE_OF = "KP-P057" "not-one-of-the-words" Error
        title "決められた語でない" "not one of the known words"
        message "`{key}` に「{found}」は使えません。{known} のいずれかを書いてください。" "`{key}` cannot be \"{found}\". Please write one of {known}.";
    /// A name twice in a list.
    REPEATED_NAME = "KP-P058" "name-repeated-in-list" Error
        title "配列の中の重複" "repeated in a list"
        message "`{key}` に「{found}」が二度あります。一方を削除してください。" "`{key}` names \"{found}\" twice. Please remove one.";
    /// An entry of `[survey]` that its struct refuses.
    MANIFEST = "KP-P059" "unusable-survey-entry" Error
        title "[survey] の記載が使えない" "unusable entry of [survey]"
        message "[survey] の `{key}`（「{found}」）は使えません。{expected}を書いてください。" "`{key}` of [survey] (\"{found}\") cannot be used. Please write {expected}.";
    /// A path that leaves the survey root.
    PATH_REFUSED = "KP-P060" "path-outside-survey-root" Error
        title "調査フォルダの外を指すパス" "path outside the survey root"
        message "パス「{found}」は調査フォルダの外を指すか、絶対パスです。schemas/ と rules/ を含むフォルダからの相対パスを / で区切って書いてください。" "The path \"{found}\" leaves the survey root or is absolute. Please write it relative to the folder that holds schemas/ and rules/, with /.";
    /// A file that is not there.
    FILE_MISSING = "KP-P061" "named-file-missing" Error
        title "指定されたファイルがない" "named file missing"
        message "「{found}」が見つかりません。パスを確認するか、ファイルを置いてください。" "\"{found}\" was not found. Please check the path, or add the file.";
    /// A pack that extends itself.
    EXTENDS_CYCLE = "KP-P062" "pack-extends-itself" Error
        title "規則集の拡張が循環" "packs extend each other in a circle"
        message "「{found}」は、この規則集をすでに拡張しています。extends を見直してください。" "\"{found}\" already extends this pack. Please revise `extends`.";
    /// A chain of packs that is too long.
    EXTENDS_DEPTH = "KP-P063" "too-many-packs-extended" Error
        title "規則集の拡張が深すぎる" "too many packs extend each other"
        message "規則集の拡張は{limit}段までです。途中の規則集を一つにまとめてください。" "At most {limit} packs may extend each other. Please merge some of them.";
    /// A name of a field that is none.
    UNKNOWN_FIELD = "KP-P064" "unknown-field-name" Error
        title "未知の項目" "unknown field"
        message "`{key}` の「{found}」という項目はありません。綴りを確認してください。" "There is no field \"{found}\", which `{key}` names. Please check its spelling.";
    /// A reference to a rule that the pack does not have.
    UNKNOWN_RULE = "KP-P065" "unknown-rule" Error
        title "未知の規則" "unknown rule"
        message "`{key}` の「{found}」という規則はありません。番号を確認してください。" "There is no rule \"{found}\", which `{key}` names. Please check its id.";
    /// A profile that is not declared.
    UNKNOWN_PROFILE = "KP-P066" "unknown-profile" Error
        title "未知のプロファイル" "unknown profile"
        message "プロファイル「{found}」は宣言されていません。綴りを確認するか、[profile.{found}] を追加してください。" "The profile \"{found}\" is not declared. Please check its spelling, or add [profile.{found}].";
    /// A wave that is not in the survey's list.
    UNKNOWN_WAVE = "KP-P067" "unknown-wave" Error
        title "未知の年次" "unknown wave"
        message "`{key}` の「{found}」は waves にありません。綴りを確認するか、waves に追加してください。" "\"{found}\", which `{key}` names, is not among the waves. Please check its spelling, or add it to `waves`.";
    /// A lookup or link that is not declared.
    UNKNOWN_TABLE = "KP-P068" "unknown-table" Error
        title "未知の表" "unknown table"
        message "`{key}` の「{found}」という参照表または突合ファイルはありません。綴りを確認してください。" "There is no lookup or link \"{found}\", which `{key}` names. Please check its spelling.";
    /// An option that the question does not have.
    UNKNOWN_OPTION_NAME = "KP-P069" "unknown-option-name" Error
        title "未知の選択肢" "unknown option"
        message "「{found}」は{field}の選択肢ではありません。選択肢の名前を書いてください。" "\"{found}\" is not an option of {field}. Please write the name of one."
        help "選択肢：{known}" "options: {known}";
    /// The text of a type that cannot be read.
    UNREADABLE_TYPE = "KP-P070" "unreadable-type" Error
        title "読めない型" "unreadable type"
        message "「{found}」は型として読めません。int、dec(2)、int[単位]、text、code、date、datetime、yearmonth、cond、option(項目)、multi(項目) のいずれかを書いてください。" "\"{found}\" is no type. Please write one of int, dec(2), int[unit], text, code, date, datetime, yearmonth, cond, option(FIELD), multi(FIELD).";
    /// A value that is not of its type.
    WRONG_VALUE = "KP-P071" "value-not-of-its-type" Error
        title "型に合わない値" "value not of its type"
        message "`{key}` の値は{expected}ですが、「{found}」と書かれています。値を修正してください。型のほうが誤りであれば、`{key}` の型の宣言を修正してください。" "`{key}` takes {expected}, and \"{found}\" is none. Please correct the value; if the type is wrong, correct it where `{key}` is declared.";
    /// A column that the CSV file does not have.
    COLUMN_MISSING = "KP-P072" "lookup-column-missing" Error
        title "参照表に列がない" "lookup column missing"
        message "参照表「{table}」のファイルに列「{found}」がありません。見出しと綴りをご確認ください。" "The file of the lookup \"{table}\" has no column \"{found}\". Please check its header and the spelling."
        help "列：{known}" "columns: {known}";
    /// A row of a CSV file that does not fit its header.
    LOOKUP_ROW = "KP-P073" "lookup-row-malformed" Error
        title "参照表の行の形が不正" "malformed lookup row"
        message "参照表「{table}」のこの行は{found}列です。見出しは{expected}列です。" "This row of the lookup \"{table}\" has {found} cells, its header {expected}.";
    /// A key twice in a lookup.
    LOOKUP_DUPLICATE = "KP-P074" "lookup-key-repeated" Error
        title "参照表のキーの重複" "lookup key repeated"
        message "参照表「{table}」のキー「{found}」が二度あります。一方を削除してください。" "The key \"{found}\" stands twice in the lookup \"{table}\". Please remove one row.";
    /// An option without row.
    LOOKUP_NOT_TOTAL = "KP-P075" "lookup-not-total" Error
        title "参照表にない選択肢" "option without lookup row"
        message "参照表「{table}」に選択肢 {missing} の行がありません。行を追加してください。" "The lookup \"{table}\" has no row for the option {missing}. Please add one.";
    /// Numbers that no row holds.
    LOOKUP_GAP = "KP-P076" "lookup-gap" Error
        title "参照表の区間に隙間" "gap between lookup intervals"
        message "参照表「{table}」の区間の間に隙間があります（{before} の次が {after}）。区間を続けてください。" "There is a gap between intervals of the lookup \"{table}\" ({before} is followed by {after}). Please close it.";
    /// Numbers that two rows hold.
    LOOKUP_OVERLAP = "KP-P077" "lookup-overlap" Error
        title "参照表の区間の重なり" "overlapping lookup intervals"
        message "参照表「{table}」の区間が重なっています（{before} までの次が {after} から）。区間を分けてください。" "Intervals of the lookup \"{table}\" overlap (one goes to {before}, the next begins at {after}). Please separate them.";
    /// A low bound above its high bound.
    LOOKUP_REVERSED = "KP-P078" "lookup-interval-reversed" Error
        title "参照表の区間の上下が逆" "lookup interval reversed"
        message "参照表「{table}」のこの区間は、下限 {before} が上限 {after} を超えています。" "In this interval of the lookup \"{table}\" the lowest value {before} is above the highest {after}.";
    /// A bound or key that is empty.
    LOOKUP_EMPTY = "KP-P079" "lookup-cell-empty" Error
        title "参照表のキーまたは上下限が空欄" "empty key or bound in a lookup"
        message "参照表「{table}」の列「{found}」が空欄です。値を書くか、無制限の意味であれば列に unbounded = true を付けてください（両端の行に限ります）。" "The column \"{found}\" of the lookup \"{table}\" is empty here. Please fill it in, or give the column unbounded = true if it means no bound (first and last row only).";
    /// A lookup without keys, or with two kinds of them.
    LOOKUP_KEYS = "KP-P080" "lookup-without-one-kind-of-key" Error
        title "参照表のキーの指定が不正" "lookup needs exactly one kind of key"
        message "参照表「{table}」の引き方が決まりません：{reason}。値の一致で引く場合は key = [\"列名\"]、数の範囲で引く場合は interval = {{ low = \"列名\", high = \"列名\" }} のどちらか一方を書いてください。" "How a row of the lookup \"{table}\" is found is not clear: {reason}. Please write either key = [\"COLUMN\"], to look for equal values, or interval = {{ low = \"COLUMN\", high = \"COLUMN\" }}, to look for the range of a number.";
    /// A derived value that needs itself.
    DERIVE_CYCLE = "KP-P081" "derived-value-needs-itself" Error
        title "導出項目の循環" "derived value needs itself"
        message "導出項目「{found}」は、自分自身の値を必要とします（{path}）。式を見直してください。" "The derived value \"{found}\" needs its own value ({path}). Please revise the expressions.";
    /// A name declared twice, or a reserved one.
    NAME_TAKEN = "KP-P082" "name-already-taken" Error
        title "名前の衝突" "name already taken"
        message "「{found}」という名前はすでに使われているか、予約されています。別の名前を付けてください。" "The name \"{found}\" is already taken or reserved. Please choose another.";
    /// An id or slug of another form.
    MALFORMED_ID = "KP-P083" "malformed-id" Error
        title "番号または短い英語名の形が不正" "malformed id or slug"
        message "`{key}` の「{found}」は使えません。{expected}を書いてください。" "`{key}` cannot be \"{found}\". Please write {expected}.";
    /// Two rules with one id or slug.
    DUPLICATE_ID = "KP-P084" "id-already-taken" Error
        title "番号または短い英語名の重複" "id or slug already taken"
        message "`{key}` の「{found}」は他の規則がすでに使っています。別のものにするか、同じ番号の対象項目であれば instance を書き、規則を変えるのであれば replaces を書いてください。" "`{key}` \"{found}\" is already used by another rule. Please choose another; if this is one more instance of it write `instance`, if it takes its place write `replaces`.";
    /// No demand, or several.
    ONE_DEMAND = "KP-P085" "not-exactly-one-demand" Error
        title "条件がちょうど一つでない" "not exactly one demand"
        message "規則「{rule}」の条件は{count}個あります。require または集計の条件（{known}）のうち、ちょうど一つを書いてください。" "The rule \"{rule}\" has {count} demands. Please write exactly one: `require`, or one kind over many records ({known}).";
    /// A placeholder that stands for nothing.
    UNKNOWN_PLACEHOLDER = "KP-P086" "unknown-placeholder" Error
        title "未知の差し込み" "unknown placeholder"
        message "差し込み「{found}」の名前が見つかりません。綴りを確認してください。波括弧そのものは二つ重ねて書きます。" "The placeholder {found} stands for nothing known. Please check its spelling. A brace itself is written twice.";
    /// A placeholder that prints a value which the rule does not read.
    PLACEHOLDER_NOT_READ = "KP-P087" "placeholder-outside-read-set" Error
        title "規則が読まない値の差し込み" "placeholder of a value that is not read"
        message "規則「{rule}」は{found}の値を読みません。when、require または let で使うか、設問名だけを示す :q に変えてください。" "The rule \"{rule}\" does not read the value of {found}. Please use it in `when`, `require` or `let`, or print its title only, with :q.";
    /// Languages with different placeholders.
    PLACEHOLDERS_DIFFER = "KP-P088" "placeholders-differ-by-language" Error
        title "言語により差し込みが異なる" "placeholders differ by language"
        message "{found} は片方の言語の文面にしかありません。両方に同じ差し込みを使ってください。" "{found} stands in one language only. Please use the same placeholders in both.";
    /// A brace that opens or closes nothing.
    STRAY_BRACE = "KP-P141" "brace-without-partner" Error
        title "対になっていない波括弧" "brace without partner"
        message "この波括弧「{found}」は対になっていません。差し込みは {{名前}} と書き、波括弧そのものは二つ重ねて書いてください。" "This brace ({found}) has no partner. Please write a placeholder as {{name}}, and a brace itself twice.";
    /// A file whose bytes are no UTF-8.
    NOT_UTF8 = "KP-P142" "not-utf8" Error
        title "UTF-8でないファイル" "not a file in UTF-8"
        message "{line}行目のバイト {byte} はUTF-8ではありません（ファイルの先頭から{offset}バイト目）。UTF-8で保存し直してください。" "The byte {byte} in line {line} is no UTF-8 (byte {offset} of the file). Please save the file in UTF-8.";
    /// A name under which something else than a file stands.
    NO_FILE = "KP-P143" "not-a-regular-file" Error
        title "通常のファイルでない" "not a regular file"
        message "「{found}」は通常のファイルではありません。ファイルを置くか、パスを修正してください。" "\"{found}\" is not a regular file. Please put a file there, or correct the path.";
    /// A reference table without header.
    LOOKUP_BARE = "KP-P145" "lookup-file-empty" Error
        title "参照表のファイルが空" "empty lookup file"
        message "参照表「{table}」のファイルには見出しの行がありません。見出しと内容を書いてください。" "The file of the lookup \"{table}\" has no header. Please write its header and rows.";
    /// An example of a value that the reader would refuse.
    OUTSIDE_DOMAIN = "KP-P146" "example-value-outside-domain" Warning
        title "例の値が項目の範囲外" "example value outside the field's domain"
        message "「{found}」は項目「{field}」の範囲（{expected}）の外にあり、読み取り時に無効となります。範囲内の値にするか、\"@invalid\" と書いてください。" "\"{found}\" is outside the domain of \"{field}\" ({expected}) and would be invalid when read. Please use a value inside it, or write \"@invalid\".";
    /// A title with a placeholder, or with a full stop.
    TITLE_SHAPE = "KP-P089" "title-with-value-or-full-stop" Error
        title "見出しに差し込みまたは句点" "title with a placeholder or a full stop"
        message "見出しは値を示さず、句点なしで一行で書きます（「{found}」）。" "A title shows no value and has no full stop (\"{found}\").";
    /// A published id of a generated rule without text.
    GENERATED_TEXT_MISSING = "KP-P090" "generated-rule-without-text" Error
        title "自動生成される規則の文面がない" "text of a generated rule missing"
        message "スキーマが項目「{field}」の {kind} に番号「{found}」を付けていますが、文面がありません。[[generated_rule]] を追加してください。" "The schema gives {kind} of \"{field}\" the id \"{found}\", but no text has it. Please add a [[generated_rule]].";
    /// A text for a generated rule that no field names.
    GENERATED_TEXT_UNUSED = "KP-P091" "generated-rule-text-unused" Error
        title "使われない文面" "text of no generated rule"
        message "「{found}」を x-finding-ids に持つ項目がありません。番号を確認するか、削除してください。" "No field has \"{found}\" among its x-finding-ids. Please check the id, or remove the text.";
    /// A rule that takes a place without a higher revision.
    REVISION = "KP-P092" "revision-not-raised" Error
        title "改訂番号が上がっていない" "revision not raised"
        message "規則「{rule}」を置き換えるには、revision を {least} 以上にしてください。" "To take the place of the rule \"{rule}\", `revision` has to be at least {least}.";
    /// A family whose blocks do not fit each other.
    FAMILY = "KP-P093" "family-of-instances-malformed" Error
        title "同じ番号の規則のまとまりが不正" "family of instances malformed"
        message "番号「{rule}」の規則は、文面を最初の一つだけに書き、二つ目からは instance だけを変えます（{found}）。" "Of the rules with id \"{rule}\" only the first has the texts, and each has its own `instance` ({found}).";
    /// Waves in the wrong order.
    WAVE_ORDER = "KP-P094" "first-wave-after-last" Error
        title "最初の年次が最後の年次より後" "first wave after the last"
        message "from（{before}）が until（{after}）より後です。どちらかを修正してください。" "`from` ({before}) comes after `until` ({after}). Please correct one of them.";
    /// A field that examples or links cannot use.
    FIELD_NOT_USABLE = "KP-P095" "field-not-usable-here" Error
        title "ここでは使えない項目" "field not usable here"
        message "`{key}` に「{found}」は使えません：{reason}。" "`{key}` cannot use \"{found}\": {reason}.";
    /// A group without head or text.
    GROUP = "KP-P096" "group-without-one-heading" Error
        title "まとまりの見出しが不正" "group needs exactly one heading"
        message "[[group]] には head か、id・title・message・all = true のどちらか一方を書きます（{found}）。" "A [[group]] takes either `head`, or `id`, `title`, `message` and `all = true` ({found}).";
    /// A rule that reads too much.
    TOO_MANY_FIELDS = "KP-P097" "rule-reads-too-many-fields" Error
        title "読む項目が多すぎる規則" "rule reads too many fields"
        message "規則「{rule}」は{found}個の項目を読みます。上限は{limit}個です。規則を分けてください。" "The rule \"{rule}\" reads {found} fields, the limit is {limit}. Please split it.";
    /// A parameter or derived value that lacks a part, or has two.
    DECLARATION = "KP-P098" "declaration-incomplete" Error
        title "宣言が不完全" "incomplete declaration"
        message "`{key}` の宣言が不完全です：{reason}。" "The declaration of `{key}` is incomplete: {reason}.";
    /// An expression of a type that does not fit its place.
    TYPE_HERE = "KP-P099" "type-does-not-fit-here" Error
        title "型が合わない" "type does not fit here"
        message "`{key}` には{expected}が必要ですが、{found}です。" "`{key}` needs {expected}, but this is {found}.";
    /// A file that the schema of its kind refuses, where the walk found nothing.
    NOT_OF_OUR_SCHEMA = "KP-P140" "not-of-our-schema" Error
        title "設定ファイルの書式に合わない" "not of the form of its kind of file"
        message "この箇所は書式（{schema}）に合いません：{reason}。書式に合わせて修正してください。" "This place does not fit the form of the file ({schema}): {reason}. Please write it as that schema says.";
    /// A rule that compares a question with that of a wave which asked it otherwise, or not at all.
    NOT_COMPARABLE_QUESTION = "KP-P170" "compares-a-changed-question" Warning
        title "設問が変わった回との比較" "comparison with a wave that asked another question"
        message "{rule}は「{field}」を{wave}年の「{found}」と比べていますが、様式の x-comparable では、この設問は{wave}年と比べられません（{comparable}）。この比較を外すか、比べられる設問であれば x-comparable を same に改めてください。"
            "{rule} compares \"{field}\" with \"{found}\" of {wave}, but by the x-comparable of the form the question cannot be compared with {wave} ({comparable}). Please take the comparison away, or set x-comparable to `same` if the question did not change.";
    /// Fields that are sought among columns of another kind.
    SOUGHT_AMONG_OTHERS = "KP-P171" "sought-among-values-of-another-kind" Error
        title "照合する項目と列の種類が異なる" "field sought among values of another kind"
        message "`{field}`は{expected}ですが、{table}の`{found}`は{kind}なので照合できません。columns に同じ種類の列を書いてください。"
            "`{field}` is {expected}, but `{found}` of {table} is {kind}, so none could be equal. Please name a column of the same kind under `columns`.";
    /// A limit that reads what differs between the records that it is about.
    BOUND_OF_ONE_RECORD = "KP-P172" "limit-that-reads-a-single-record" Error
        title "件数の限度が個々の票の値を読んでいる" "limit that reads a single record"
        message "`{key}` は件数の限度なので、まとめて数える項目（{known}）、パラメーター、参照表だけを読めます。「{found}」を外してください。"
            "`{key}` limits a number of records, so it can read only the fields that they are counted by ({known}), parameters and lookups. Please take \"{found}\" away.";
    /// A condition on units of a linked file that reads the submissions.
    UNIT_READS_A_RECORD = "KP-P173" "units-by-answers-of-submissions" Error
        title "対象の条件が回答を読んでいる" "condition on units that reads submissions"
        message "covers の when は突合ファイル「{table}」の各行についての条件なので、「{table}.項目」だけを読めます。「{found}」を外してください。"
            "`when` of `covers` is about each record of the linked file \"{table}\", so it can read only `{table}.FIELD`. Please take \"{found}\" away.";
    /// A table whose kind takes another field.
    TABLE_OF_A_KIND = "KP-P175" "table-of-a-kind-without-its-field" Error
        title "表の種類と設問が合わない" "kind and field of a table do not go together"
        message "[table.{table}] は種類「{kind}」の表です：{expected}。kind または field を修正してください。" "[table.{table}] is of the kind `{kind}`: {expected}. Please correct `kind` or `field`.";
    /// A table of units asked in a pack that names no frame.
    TABLE_WITHOUT_FRAME = "KP-P176" "table-without-frame" Error
        title "名簿のない調査対象の表" "table of units asked without a frame"
        message "[table.{table}] は調査対象を数えますが、[tables] に frame がありません。名簿の突合ファイルを frame に書いてください。" "[table.{table}] counts the units asked, but [tables] has no `frame`. Please name the link that lists them.";
    /// A row that a table of this kind cannot have.
    UNKNOWN_TABLE_ROW = "KP-P177" "unknown-table-row" Error
        title "表にない行" "unknown row of a table"
        message "「{found}」は [table.{table}] の行になりません。行の名前を確認するか、削除してください。" "\"{found}\" cannot be a row of [table.{table}]. Please check the name, or remove it."
        help "行：{known}" "rows: {known}";
    /// A base that is not declared, or not one of the kind.
    UNKNOWN_BASE = "KP-P178" "unknown-base" Error
        title "未知の母数" "unknown base"
        message "[table.{table}] の母数「{found}」は使えません。綴りを確認するか、[base.{found}] を追加してください。" "The base \"{found}\" of [table.{table}] cannot be used. Please check its spelling, or add [base.{found}]."
        help "母数：{known}" "bases: {known}";
    /// A wave whose records a table names, but which has none.
    WAVE_WITHOUT_LINK = "KP-P179" "wave-without-link" Error
        title "個票のない年次" "wave without records"
        message "[table.{table}] は{wave}年の設問を書いていますが、[tables.wave.{wave}] に link がありません。link を書くか、この記述を削除してください。" "[table.{table}] names a question of {wave}, but [tables.wave.{wave}] has no `link`. Please add it, or remove this.";
    /// A row of published figures that fits nothing.
    PUBLISHED_FIGURE = "KP-P180" "published-figure-of-nothing" Error
        title "公表値の行が使えない" "unusable row of published figures"
        message "「{found}」は{expected}として使えません。この行を修正するか、削除してください。" "\"{found}\" cannot be used as {expected}. Please correct this row or remove it."
        help "使えるもの：{known}" "what can stand there: {known}";
    /// A base that stands for two routings.
    BASE_OF_TWO_ROUTINGS = "KP-P181" "base-of-two-routings" Error
        title "母数と設問の回答対象が異なる" "base and question of different routing"
        message "[table.{table}] の設問の回答対象は、母数「{base}」と異なります。別の母数を書くか、base を削除してください。" "The question of [table.{table}] is asked of others than the base \"{base}\" counts. Please name another base, or remove `base`.";
    /// A setting of a macro edit that names nothing.
    MACRO_SETTING = "KP-P190" "macro-setting-of-nothing" Error
        title "集計表の審査の設定が使えない" "unusable setting of a macro edit"
        message "「{found}」は{expected}として使えません。設定を修正してください。" "\"{found}\" cannot be used as {expected}. Please correct the setting."
        help "使えるもの：{known}" "what can stand there: {known}";
    /// A parameter that nothing names.
    UNUSED_PARAMETER = "KP-P201" "unused-parameter" Warning
        title "使われていないパラメータ" "parameter that nothing uses"
        message "パラメータ「{name}」はどこにも使われていません。綴りを確認するか、削除してください。"
            "Nothing uses the parameter \"{name}\". Please check its spelling, or remove it.";
    /// One id of `x-invalid` with several severities.
    CASES_DIFFER = "KP-P202" "one-id-with-two-severities" Warning
        title "同じIDの重大度が異なる" "one id with two severities"
        message "x-invalid の「{found}」の重大度が、「{first}」では{severity}、「{second}」では{other}です。同じにするか、IDを分けてください。"
            "\"{found}\" of x-invalid is {severity} on \"{first}\" and {other} on \"{second}\". Please give both the same severity, or an id of their own.";
    /// A rule that replaces a family and judges fewer fields.
    INSTANCES_DROPPED = "KP-P203" "replacement-drops-instances" Warning
        title "置き換えにより判定されなくなる項目" "replacement judges fewer fields"
        message "規則「{rule}」を置き換えたことで、{fields}は判定されなくなります。each に加えるか、意図したものであれば retire に「{example}」のように書いてください。"
            "As \"{rule}\" is replaced, {fields} are no longer judged. Please add them to `each`; if that is meant, name them under `retire`, as \"{example}\".";
    /// A group of `each` that cannot be used.
    GROUP_OF_EACH = "KP-P204" "unusable-group-of-each" Error
        title "each のまとまりが使えない" "unusable group of `each`"
        message "規則「{rule}」の each のまとまりが使えません：{found}。" "A group of `each` of \"{rule}\" cannot be used: {found}.";
}
