//! The keywords of a questionnaire: one table, from which checking, help and suggestions are made.
//!
//! Invariants
//! - Every key of a schema file is looked up here; nothing is accepted silently.
//! - Keywords of JSON Schema that a questionnaire does not use stand in `UNUSED` with the way that it uses instead.
//! - The same names and places are in `schemas/kenpyo/questionnaire.json`; a test compares both.

use super::json_tree::{Member, Node};
use super::walk::{Walk, both, list, meant};
use crate::diagnostic::code::questionnaire::{KEYWORD_NOT_SUPPORTED, KEYWORD_OUT_OF_PLACE, UNKNOWN_KEYWORD};
use crate::diagnostic::{Argument, Localized};

/// A kind of object in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// The file itself.
    Root,
    /// The entry of `allOf`.
    Base,
    /// An entry of `x-sections`.
    Section,
    /// A property, or a shared definition.
    Field,
    /// An option of `oneOf`.
    Choice,
    /// `items` of a multiple-answer question.
    Items,
}

impl Site {
    /// What a person calls it.
    pub fn words(self) -> Argument {
        match self {
            Self::Root => both("ファイルの最上位", "the file's top level"),
            Self::Base => both("allOf の中", "the entry of allOf"),
            Self::Section => both("節（x-sections）", "a section"),
            Self::Field => both("項目（properties）", "a property"),
            Self::Choice => both("選択肢（oneOf）", "an option"),
            Self::Items => both("items", "items"),
        }
    }
}

/// The kinds of answer that a field may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// One option.
    Option,
    /// Several options.
    Multi,
    /// A number.
    Number,
    /// A text or code.
    Text,
    /// A date, datetime or month.
    Time,
}

impl Answer {
    /// What a person calls it.
    pub fn words(self) -> Argument {
        match self {
            Self::Option => both("択一の項目", "a field of one option"),
            Self::Multi => both("複数回答の項目", "a multiple-answer field"),
            Self::Number => both("数値の項目", "a number field"),
            Self::Text => both("文字列の項目", "a text field"),
            Self::Time => both("日付の項目", "a date field"),
        }
    }
}

/// A keyword and what it is for.
#[derive(Debug)]
pub struct Keyword {
    /// As written.
    pub name: &'static str,
    /// Where it may stand.
    pub sites: &'static [Site],
    /// The kinds of answer on whose fields it means something; empty: on all.
    pub answers: &'static [Answer],
    /// One line for help.
    pub doc: Localized<&'static str>,
}

const fn row(
    name: &'static str,
    sites: &'static [Site],
    answers: &'static [Answer],
    ja: &'static str,
    en: &'static str,
) -> Keyword {
    Keyword { name, sites, answers, doc: Localized::new(ja, en) }
}

use Answer::{Multi, Number, Option as One, Text, Time};
use Site::{Base, Choice, Field, Items, Root, Section};

/// Every keyword, in the order in which help lists them.
pub const KEYWORDS: &[Keyword] = &[
    row("$schema", &[Root], &[], "方言（draft 2020-12）", "the dialect, draft 2020-12"),
    row("$id", &[Root], &[], "調査票のID（ファイル名）", "id of the questionnaire: the file's name"),
    row("$comment", &[Root, Field], &[], "保守者への注釈", "a note for maintainers"),
    row("$defs", &[Root], &[], "項目が共有する定義", "definitions that fields share"),
    row(
        "$ref",
        &[Base, Field, Items],
        &[],
        "定義または元の調査票への参照",
        "a shared definition, or the base",
    ),
    row("title", &[Root, Field], &[], "注釈（表示は x-label）", "a note; x-label is what is shown"),
    row("description", &[Root, Field], &[], "注釈（表示は x-help）", "a note; x-help is what is shown"),
    row("type", &[Root, Field], &[], "値のJSON型", "JSON type of the value"),
    row("allOf", &[Root], &[], "元の調査票", "the base of an overlay"),
    row("additionalProperties", &[Root], &[], "常に true", "always true"),
    row("properties", &[Root], &[], "項目（調査票の順）", "the fields, in form order"),
    row("oneOf", &[Field, Items], &[One], "選択肢（const の並び）", "the options, each a const"),
    row("enum", &[Field, Items], &[One], "そのまま名前となるコード", "codes that are their own names"),
    row("items", &[Field], &[Multi], "複数回答の選択肢", "the options of a multiple answer"),
    row("minItems", &[Field], &[Multi], "選択数の下限", "fewest options of a multiple answer"),
    row("maxItems", &[Field], &[Multi], "選択数の上限", "most options of a multiple answer"),
    row("minimum", &[Field], &[Number], "下限", "lowest possible value"),
    row("maximum", &[Field], &[Number], "上限", "highest possible value"),
    row("exclusiveMinimum", &[Field], &[Number], "この値より大きい", "the value is greater than this"),
    row("exclusiveMaximum", &[Field], &[Number], "この値より小さい", "the value is less than this"),
    row("multipleOf", &[Field], &[Number], "刻み", "step of the value"),
    row("pattern", &[Field], &[Text, Time], "正規表現", "regular expression of the canonical text"),
    row("minLength", &[Field], &[Text], "最小の文字数", "fewest characters"),
    row("maxLength", &[Field], &[Text], "最大の文字数", "most characters"),
    row("format", &[Field], &[Text, Time], "date（暦の日付）", "date: a day of the calendar"),
    row("const", &[Choice], &[], "データ中のコード", "the option's code in data"),
    row("x-name", &[Choice], &[], "規則で使う選択肢の名前", "the option's name in rules"),
    row("x-rank", &[Choice], &[], "選択肢の順位", "the option's place in its order"),
    row("x-label", &[Root, Section, Field, Choice], &[], "表示する文", "what a person reads"),
    row("x-help", &[Section, Field, Choice], &[], "記入者への説明", "explanation for the respondent"),
    row("x-q", &[Field, Choice], &[], "設問番号", "number of the question"),
    row("x-question-word", &[Root], &[], "設問番号の前に置く語", "the word before the number of a question"),
    row("x-section", &[Field, Choice], &[], "節のキー", "key of the section"),
    row("x-sections", &[Root], &[], "節（調査票の順）", "sections, in form order"),
    row("x-source", &[Section, Field, Choice], &[], "事実の出所", "from where the fact comes"),
    row("x-kind", &[Field], &[Text, Time, Multi], "文字列の種類", "what kind of text it is"),
    row("x-unit", &[Field], &[Number], "単位", "unit of the number"),
    row("x-decimals", &[Field], &[Number], "小数点以下の桁数", "digits behind the point"),
    row("x-scale", &[Field], &[One], "順位を比べられる尺度の名前", "scale on which options compare by rank"),
    row("x-date-format", &[Field], &[Time], "受け付ける日付の書き方", "accepted spellings of dates"),
    row("x-separator", &[Field], &[Multi], "1つのセルの中の区切り", "separator of the items in one cell"),
    row("x-duplicates", &[Field], &[Multi], "同じ選択肢が2回あるとき", "what an item given twice gives"),
    row("x-empty", &[Field], &[Multi], "none: 空欄は「選択なし」", "none: a blank cell is the empty set"),
    row("x-columns", &[Field], &[One, Multi], "選択肢ごとの列名", "headers of its columns, one an option"),
    row("x-ticked", &[Field], &[One, Multi], "選択した列に書く印", "what stands in a ticked column"),
    row("x-letter-case", &[Field], &[Text], "upper: 英字は大文字", "upper: its letters are capitals"),
    row("x-column", &[Field], &[], "列名", "header of the column"),
    row("x-column-aliases", &[Field], &[], "ほかに受け付ける列名", "further headers that are accepted"),
    row("x-column-required", &[Field], &[], "列が必須か", "whether a file must have the column"),
    row("x-pointer", &[Field], &[], "入れ子のJSONでの位置", "JSON Pointer in nested JSON"),
    row(
        "x-after",
        &[Field],
        &[],
        "元の調査票のどの項目の後か",
        "the field of the base after which it stands",
    ),
    row("x-relevant", &[Section, Field], &[], "回答対象の条件", "the condition under which it is asked"),
    row("x-required", &[Field], &[], "回答が必須か", "whether it must be answered when relevant"),
    row("x-off-path", &[Field], &[], "対象外の回答の重大度", "severity of an answer on a closed branch"),
    row("x-missing", &[Root, Field], &[], "値でないことを示す印", "marks that stand for no value"),
    row("x-rows", &[Root], &[], "記録でない行の書き出し", "how rows begin that are no records"),
    row("x-versions", &[Root], &[], "様式の版", "the versions of the form"),
    row("x-marks-allowed", &[Field], &[], "回答とみなす印", "marks that satisfy must-answer"),
    row("x-answer-heads", &[Root], &[], "回答欄の見出しの語", "words that head the answers on a form sheet"),
    row(
        "x-check-marks",
        &[Root],
        &[],
        "選択肢に付ける印",
        "marks beside the printed options of a form sheet",
    ),
    row("x-synonyms", &[Root, Field, Choice], &[], "同義の表記", "spellings that are read as a value"),
    row("x-invalid", &[Field], &[], "読めないセルの指摘", "findings of a cell that cannot be read"),
    row("x-finding-ids", &[Field], &[], "自動生成される指摘の公表ID", "published ids of generated findings"),
    row("x-private", &[Field], &[], "照会票以外に出さない", "never leaves the query sheets"),
    row("x-comparable", &[Field], &[], "過去の回と比べられるか", "whether it compares with another wave"),
    row("x-weight", &[Field], &[], "回答の確からしさ", "confidence for error localisation"),
];

/// Keywords of JSON Schema that a questionnaire does not use, and what it uses instead.
const UNUSED: &[(&[&str], &str, &str)] = &[
    (
        &["required", "dependentRequired"],
        "回答の必須は x-required で書きます。",
        "What must be answered is x-required.",
    ),
    (
        &["if", "then", "else", "dependentSchemas", "dependencies", "not", "anyOf"],
        "2つ以上のセルに関わる条件は規則（rules）に書きます。",
        "What concerns two or more cells is a rule.",
    ),
    (
        &["uniqueItems", "contains", "minContains", "maxContains", "prefixItems", "unevaluatedItems"],
        "複数回答の重複は x-duplicates、数は minItems と maxItems で書きます。",
        "Repeated items are x-duplicates, their number minItems and maxItems.",
    ),
    (
        &["patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties"],
        "様式にない列は指摘になるだけで、記録を無効にしません。",
        "An unknown column is a finding and never makes a record invalid.",
    ),
    (
        &["$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "definitions", "$recursiveRef"],
        "共有する定義は $defs に置き、「#/$defs/名前」で参照します。",
        "Shared definitions stand in $defs and are referred to as \"#/$defs/NAME\".",
    ),
    (
        &["default", "examples", "deprecated", "readOnly", "writeOnly"],
        "注釈は $comment に書きます。",
        "Notes go into $comment.",
    ),
    (
        &["contentEncoding", "contentMediaType", "contentSchema"],
        "文字列の形は pattern と x-kind で書きます。",
        "The form of a text is pattern and x-kind.",
    ),
];

/// The row of `name`. `None`: no such keyword.
pub fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Reports every key of `node`, the value of `keyword`, that may not stand on `site`; and that it is no object.
pub(super) fn check_site(walk: &mut Walk, keyword: &str, node: &Node<'_>, site: Site) {
    for member in walk.object(keyword, node) {
        match find(&member.key) {
            Some(keyword) if keyword.sites.contains(&site) => {}
            Some(keyword) => {
                let allowed = keyword.sites.iter().map(|site| site.words()).collect();
                out_of_place(walk, member, keyword, site.words(), Argument::List(allowed));
            }
            None => unknown(walk, member, site),
        }
    }
}

/// Reports each of `members` that means nothing on a field which takes `answer`.
pub(super) fn check_answer<'m, 't: 'm>(
    walk: &mut Walk,
    members: impl IntoIterator<Item = &'m Member<'t>>,
    answer: Answer,
) {
    for member in members {
        // What may not stand on a field at all has been reported.
        let Some(keyword) = find(&member.key).filter(|keyword| keyword.sites.contains(&Field)) else {
            continue;
        };
        if !keyword.answers.is_empty() && !keyword.answers.contains(&answer) {
            let allowed = keyword.answers.iter().map(|answer| answer.words()).collect();
            out_of_place(walk, member, keyword, answer.words(), Argument::List(allowed));
        }
    }
}

fn out_of_place(
    walk: &mut Walk,
    member: &Member<'_>,
    keyword: &'static Keyword,
    place: Argument,
    allowed: Argument,
) {
    let finding = walk
        .at(&KEYWORD_OUT_OF_PLACE, member.key_span, both("ここには書けない", "not allowed here"))
        .with("keyword", keyword.name)
        .with("place", place)
        .with("allowed", allowed)
        .with("doc", both(keyword.doc.ja, keyword.doc.en));
    walk.push(finding);
}

fn unknown(walk: &mut Walk, member: &Member<'_>, site: Site) {
    let unused = UNUSED.iter().find(|(names, ..)| names.contains(&&*member.key));
    if let Some((_, ja, en)) = unused {
        let finding = walk.at(&KEYWORD_NOT_SUPPORTED, member.key_span, both("使えない", "not used"));
        walk.push(finding.with("keyword", Argument::written(&member.key)).with("advice", both(ja, en)));
        return;
    }
    let here = || KEYWORDS.iter().filter(|keyword| keyword.sites.contains(&site)).map(|keyword| keyword.name);
    // A keyword of this place is meant rather than one of another place.
    let suggestion = meant(&member.key, here())
        .or_else(|| meant(&member.key, KEYWORDS.iter().map(|keyword| keyword.name)));
    let finding = walk
        .at(&UNKNOWN_KEYWORD, member.key_span, both("知られていない", "unknown"))
        .with("keyword", Argument::written(&member.key))
        .with("known", list(here()));
    walk.push_meant(finding, suggestion);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_keyword_stands_once_with_a_place_and_both_docs() {
        let names: BTreeSet<&str> = KEYWORDS.iter().map(|keyword| keyword.name).collect();
        assert_eq!(names.len(), KEYWORDS.len());
        assert!(KEYWORDS.iter().all(|keyword| {
            !keyword.sites.is_empty() && !keyword.doc.ja.is_empty() && !keyword.doc.en.is_empty()
        }));
        assert!(UNUSED.iter().flat_map(|(names, ..)| *names).all(|name| find(name).is_none()));
    }
}
