//! Codes of the questionnaire part: mistakes in the JSON Schema of a form, numbers 100 to 149 of letter P.
//!
//! Invariants
//! - Every mistake that stops a questionnaire is an error; what only looks strange is a warning.
//! - Texts speak to the author of the schema, and each names the way out.

use super::codes;

codes! {
    /// The file cannot be read as JSON.
    NOT_JSON = "KP-P100" "not-json" Error
        title "JSONとして読み取れない" "not readable as JSON"
        message "このファイルはJSONとして読み取れません。印の位置の記号・引用符・カンマをご確認ください。"
            "This file cannot be read as JSON. Please check the sign, quote or comma at the mark."
        help "JSONでは、文字列を二重引用符で囲み、最後の項目の後にカンマを置かず、注釈は $comment に書きます"
            "in JSON strings stand in double quotes, no comma follows the last item, and notes go into $comment";
    /// An object holds the same key twice.
    REPEATED_KEY = "KP-P101" "repeated-key" Error
        title "同じキーが2回ある" "key given twice"
        message "キー「{key}」が同じオブジェクトに2回あります。どちらか一方を残してください。"
            "The key \"{key}\" occurs twice in one object. Please keep one of them.";
    /// Deeper than any questionnaire.
    NESTED_TOO_DEEPLY = "KP-P102" "nested-too-deeply" Error
        title "入れ子が深すぎる" "nested too deeply"
        message "入れ子が{limit}段を超えています。調査票は1つの平らなオブジェクトで書いてください。"
            "There are more than {limit} levels. Please write the questionnaire as one flat object.";
    /// A keyword that neither JSON Schema nor this program knows.
    UNKNOWN_KEYWORD = "KP-P103" "unknown-keyword" Error
        title "知られていないキーワード" "unknown keyword"
        message "「{keyword}」というキーワードはありません。綴りを修正するか、注釈であれば $comment に移してください。"
            "There is no keyword \"{keyword}\". Please correct the spelling, or move a note into $comment."
        help "ここに書けるキーワード: {known}" "keywords that may stand here: {known}";
    /// A keyword in a place where it means nothing.
    KEYWORD_OUT_OF_PLACE = "KP-P104" "keyword-out-of-place" Error
        title "書けない場所にあるキーワード" "keyword out of place"
        message "「{keyword}」は{place}には書けません。削除するか、{allowed}に移してください。"
            "\"{keyword}\" means nothing on {place}. Please remove it or move it to {allowed}."
        help "{keyword}: {doc}" "{keyword}: {doc}";
    /// A keyword of JSON Schema for which a questionnaire has another way.
    KEYWORD_NOT_SUPPORTED = "KP-P105" "keyword-not-supported" Error
        title "調査票では使わないJSON Schemaのキーワード" "keyword of JSON Schema that a questionnaire does not use"
        message "「{keyword}」は調査票では使えません。{advice}"
            "\"{keyword}\" is not used in a questionnaire. {advice}";
    /// A keyword's value is of the wrong kind.
    WRONG_VALUE = "KP-P106" "wrong-value" Error
        title "キーワードの値が正しくない" "value of the wrong kind"
        message "「{keyword}」には{expected}を書いてください。"
            "Please give \"{keyword}\" {expected}.";
    /// Something that must be there is not.
    KEYWORD_MISSING = "KP-P107" "keyword-missing" Error
        title "必要なキーワードがない" "keyword missing"
        message "{place}には「{keyword}」が必要です。追加してください。"
            "{place} needs \"{keyword}\". Please add it.";
    /// `$ref` leads nowhere.
    UNRESOLVED_REFERENCE = "KP-P108" "unresolved-reference" Error
        title "参照先がない" "reference leads nowhere"
        message "参照先「{found}」が見つかりません。$defs の名前、または同じ schemas フォルダーにある調査票の $id を書いてください。"
            "Nothing is called \"{found}\". Please give a name of $defs, or the $id of a questionnaire in the same schemas folder.";
    /// `$ref` to a definition that only the extended questionnaire has.
    DEFINITION_OF_BASE = "KP-P205" "definition-of-the-base" Error
        title "元の調査票の定義への参照" "reference to a definition of the base"
        message "定義「{found}」は元の調査票「{base}」の $defs にありますが、$defs は引き継がれません。この調査票の $defs にも同じ定義を書いてください。"
            "The definition \"{found}\" stands in the $defs of the base \"{base}\", and definitions are not inherited. Please write it into the $defs of this file too.";
    /// `$ref` leads back to where it came from.
    CYCLIC_REFERENCE = "KP-P109" "cyclic-reference" Error
        title "参照が循環している" "reference in a circle"
        message "参照が循環しているか、{limit}段を超えています（{path}）。どこか1か所で参照を外してください。"
            "The references run in a circle or over more than {limit} steps ({path}). Please take one of them out.";
    /// `$ref` to something that is never opened, or more than one base.
    REFUSED_REFERENCE = "KP-P110" "refused-reference" Error
        title "許されない参照" "reference refused"
        message "参照「{found}」は使えません。参照できるのは、このファイルの「#/$defs/名前」と、allOf に1つだけ書く同じ調査票フォルダーの $id です。"
            "The reference \"{found}\" is refused. Allowed are \"#/$defs/NAME\" of this file, and in allOf, once, the $id of a questionnaire of the same root.";
    /// Two fields with names that are equal in NFKC.
    REPEATED_FIELD = "KP-P111" "repeated-field" Error
        title "同じ名前の項目が2つある" "two fields of one name"
        message "項目名「{name}」が2つあります（全角・半角は区別しません）。どちらかの名前を変えてください。"
            "Two fields are called \"{name}\" (width is not told apart). Please rename one of them.";
    /// A header that would name two columns.
    REPEATED_HEADER = "KP-P112" "repeated-header" Error
        title "列名が2つの項目を指す" "header of two fields"
        message "列名「{header}」が{first}と{second}の両方を指します。どちらかの x-column、x-column-aliases または x-columns を変えてください。"
            "The header \"{header}\" names both {first} and {second}. Please change an x-column, x-column-aliases or x-columns."
        help "列名は、全角・半角、かな、ダッシュ、空白の違いを無視して比べます"
            "headers are compared without regard to width, kana, dashes and blanks";
    /// A JSON pointer of two fields, or inside another field's value.
    REPEATED_POINTER = "KP-P113" "repeated-pointer" Error
        title "JSONの位置が2つの項目で重なる" "JSON pointer of two fields"
        message "JSON上の位置「{pointer}」が{first}と{second}で重なっています。どちらかの x-pointer を変えてください。"
            "The place \"{pointer}\" in JSON belongs to both {first} and {second}. Please change one x-pointer.";
    /// Two options with one name or code.
    REPEATED_OPTION = "KP-P114" "repeated-option" Error
        title "同じ選択肢が2つある" "option given twice"
        message "「{found}」という名前またはコードの選択肢が2つあります。どちらかを変えてください。"
            "Two options share the name or code \"{found}\". Please change one of them.";
    /// One spelling of two options or of two marks.
    SPELLING_OF_TWO = "KP-P115" "spelling-of-two" Error
        title "1つの表記が2つの意味を持つ" "one spelling with two meanings"
        message "表記「{found}」が{first}と{second}の両方に読めます。どちらか一方だけに残してください。"
            "The spelling \"{found}\" can be read as {first} and as {second}. Please keep it with one of them.";
    /// `x-synonyms` names an option that is not there.
    UNKNOWN_OPTION = "KP-P116" "synonym-of-unknown-option" Error
        title "同義の表記が指す選択肢がない" "synonym of an unknown option"
        message "「{found}」という選択肢はありません。選択肢の x-name を書いてください（{known}）。"
            "There is no option \"{found}\". Please give an option's x-name ({known}).";
    /// `x-section` names no section.
    UNKNOWN_SECTION = "KP-P117" "unknown-section" Error
        title "知られていない節" "unknown section"
        message "節「{found}」は x-sections にありません。x-sections に追加するか、名前を修正してください（{known}）。"
            "The section \"{found}\" is not in x-sections. Please add it there or correct the name ({known}).";
    /// `x-marks-allowed` names no mark of the field.
    UNKNOWN_MARK = "KP-P118" "unknown-mark" Error
        title "知られていない印" "unknown mark"
        message "印「{found}」はこの項目の x-missing にありません。x-missing に追加するか、名前を修正してください（{known}）。"
            "The mark \"{found}\" is not in this field's x-missing. Please add it there or correct the name ({known}).";
    /// A regular expression that the linear engine cannot read.
    UNREADABLE_PATTERN = "KP-P119" "unreadable-pattern" Error
        title "正規表現として読み取れない" "unreadable regular expression"
        message "この正規表現は使えません（{reason}）。前後の参照（先読み・後方参照）は使わずに書き直してください。"
            "This regular expression cannot be used ({reason}). Please write it without look-around and back-references.";
    /// Two date spellings under which one text has two readings.
    DATE_OF_TWO_READINGS = "KP-P120" "date-of-two-readings" Error
        title "1つの表記が2つの日付に読める" "one text with two readings as a date"
        message "「{text}」は{first}とも{second}とも読めます。x-date-format からどちらかの書式を外してください。"
            "\"{text}\" can be read as {first} and as {second}. Please take one of the spellings out of x-date-format.";
    /// A date spelling that names no date.
    UNREADABLE_DATE_FORMAT = "KP-P121" "unreadable-date-format" Error
        title "日付の書式として読み取れない" "unreadable date format"
        message "「{found}」は日付の書式として使えません。{needed}を1回ずつ書いてください。"
            "\"{found}\" cannot be used as a date format. Please write {needed}, each once."
        help "YYYY は年、MM DD hh mm ss は2桁、M D h は1～2桁、Z は時差。ほかの文字はそのままの文字です"
            "YYYY is the year, MM DD hh mm ss have two digits, M D h one or two, Z is the offset; anything else stands for itself";
    /// A case of `x-invalid` behind one that fits every cell.
    CASE_NEVER_REACHED = "KP-P122" "case-never-reached" Error
        title "届かない x-invalid の場合" "case of x-invalid that is never reached"
        message "matches のない場合はすべてのセルに当てはまるため、後の場合に届きません。matches のない場合を最後に置いてください。"
            "A case without matches fits every cell, so the later ones are never reached. Please put it last.";
    /// `x-finding-ids` names no generated finding.
    UNKNOWN_FINDING_KIND = "KP-P123" "unknown-finding-kind" Error
        title "自動生成される指摘にない種類" "unknown kind of generated finding"
        message "「{found}」という種類の指摘は自動生成されません。{known} のいずれかを書いてください。"
            "No finding of the kind \"{found}\" is generated. Please give one of {known}.";
    /// `closed-by:c` of a `c` that does not control the field.
    NOT_A_CONTROLLER = "KP-P124" "not-a-controller" Error
        title "回答対象を決めない項目の closed-by" "closed-by of a field that does not control"
        message "「{found}」は{field}の回答対象を決める項目ではありません。名前を修正するか、この行を削除してください（{known}）。"
            "\"{found}\" does not decide whether {field} is asked. Please correct the name or remove the line ({known}).";
    /// A placeholder that a cell finding does not publish.
    UNKNOWN_PLACEHOLDER = "KP-P125" "unknown-placeholder" Error
        title "知られていない差し込み" "unknown placeholder"
        message "「{found}」という差し込みはここでは使えません。使えるのは {known} です。"
            "The placeholder \"{found}\" cannot be used here. Allowed: {known}.";
    /// Nothing says what kind of answer a field takes.
    NO_ANSWER_TYPE = "KP-P126" "no-answer-type" Error
        title "回答の型が分からない" "no type of answer"
        message "項目「{name}」の回答の型が分かりません。oneOf（選択肢）、enum（コード）、または type を1つだけ書いてください。"
            "Nothing says what kind of answer \"{name}\" takes. Please give exactly one of oneOf (options), enum (codes) and type.";
    /// A lower bound above the upper one.
    BOUNDS_CROSSED = "KP-P127" "bounds-crossed" Error
        title "下限が上限より大きい" "lower bound above the upper"
        message "「{low}」が「{high}」より大きいため、どの値も入りません。どちらかを修正してください。"
            "\"{low}\" is greater than \"{high}\", so no value fits. Please correct one of them.";
    /// More than the program can hold.
    TOO_MANY = "KP-P128" "too-many" Error
        title "数が上限を超えている" "more than the limit"
        message "{what}は{limit}個までです（現在{found}個）。減らすか、項目を分けてください。"
            "There may be {limit} {what}, and here are {found}. Please take some away or split the field.";
    /// `x-scale` without ranks.
    SCALE_WITHOUT_RANK = "KP-P129" "scale-without-rank" Error
        title "順位のない選択肢" "option without a rank"
        message "x-scale のある項目では、すべての選択肢に x-rank が必要です（「{option}」にありません）。追加するか、x-scale を外してください。"
            "Every option of a field with x-scale needs x-rank (\"{option}\" has none). Please add it or take x-scale out.";
    /// `x-after` names no property of the base.
    UNKNOWN_PREDECESSOR = "KP-P130" "unknown-predecessor" Error
        title "x-after の項目が元の調査票にない" "x-after names no field of the base"
        message "「{found}」は元の調査票の項目ではありません。名前を修正してください。"
            "\"{found}\" is no field of the base questionnaire. Please correct the name.";
    /// The relevance of some questions depends on itself.
    CYCLIC_RELEVANCE = "KP-P131" "cyclic-relevance" Error
        title "回答対象の条件が循環している" "relevance in a circle"
        message "回答対象の条件が循環しています（{path}）。どこか1か所の x-relevant を見直してください。"
            "The conditions of relevance run in a circle ({path}). Please change one x-relevant.";
    /// A condition asks a question that comes later on the form.
    RELEVANCE_LOOKS_AHEAD = "KP-P132" "relevance-looks-ahead" Warning
        title "後の設問に依存する回答対象の条件" "relevance that looks ahead"
        message "{field}の条件が、調査票で後にある{controller}を見ています。設問の順序、または条件をご確認ください。"
            "The condition of {field} looks at {controller}, which comes later on the form. Please check the order of the questions or the condition.";
    /// A chain of conditions grew over the limit.
    RELEVANCE_TOO_LARGE = "KP-P133" "relevance-too-large" Error
        title "回答対象の条件が大きすぎる" "relevance too large"
        message "{field}の条件は、親の設問の条件を含めると{found}節になります（上限{limit}）。条件を短くしてください。"
            "With those of its controllers the condition of {field} has {found} nodes (limit {limit}). Please shorten it.";
    /// A condition of relevance that reads another table.
    RELEVANCE_BEYOND_FORM = "KP-P134" "relevance-beyond-form" Error
        title "調査票の外を見る回答対象の条件" "relevance that reads beyond the form"
        message "x-relevant が見てよいのは、この調査票の項目と調査のパラメータだけです。他のファイルや参照表に依る条件は規則にしてください。"
            "x-relevant may read fields of this form and parameters of the survey only. Please make what depends on another file or a lookup a rule.";
    /// What the meta-schema refuses and nothing else has reported.
    MISMATCH = "KP-P135" "schema-mismatch" Error
        title "調査票の書式に合わない" "not of the form of a questionnaire"
        message "この箇所は調査票の書式（schemas/kenpyo/questionnaire.json）に合いません: {reason}"
            "This place does not fit the schema of questionnaires (schemas/kenpyo/questionnaire.json): {reason}";
    /// `$id` is not the file's name.
    ID_DIFFERS = "KP-P136" "id-differs-from-file" Error
        title "$id がファイル名と異なる" "$id differs from the file's name"
        message "$id「{found}」がファイル名と異なります。「{expected}」にするか、ファイル名を変えてください。"
            "The $id \"{found}\" is not the file's name. Please write \"{expected}\" or rename the file.";
    /// Ticked columns and options differ in number.
    COLUMNS_WITHOUT_OPTIONS = "KP-P137" "columns-and-options-differ" Error
        title "列の数が選択肢の数と異なる" "columns and options differ in number"
        message "x-columns は{found}列ですが、選択肢は{expected}個です。選択肢の順に1列ずつ書いてください。"
            "x-columns has {found} columns for {expected} options. Please give one column for each option, in form order.";
    /// An overlay declares what its base already has.
    DECLARED_IN_BASE = "KP-P138" "declared-in-base" Error
        title "元の調査票にもある" "already in the base"
        message "「{name}」は元の調査票にあります。追加の調査票では別の名前にしてください。"
            "\"{name}\" is in the base questionnaire already. Please choose another name in the overlay.";
    /// Two questions have one number.
    REPEATED_NUMBER = "KP-P200" "repeated-question-number" Warning
        title "同じ設問番号" "question number repeated"
        message "{first}と{second}の設問番号が同じ「{found}」です。番号を確認してください。"
            "{first} and {second} have the same question number \"{found}\". Please check the numbers.";
}
