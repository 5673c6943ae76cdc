//! The keys of survey and rule files: one table, from which checks and messages are made.
//!
//! Invariants
//! - A key that is not in its block's table is a mistake; a new key is a new row.
//! - What keys demand of each other (exactly one demand, texts in a family's first block) stands where they are
//!   read, not here.

use super::dataset_keys::{OTHER_KINDS, RECORD_KINDS};
use super::tabulation::{AverageKind, TableKind};
use crate::diagnostic::Localized;

/// A table of TOML and the keys that it may hold.
#[derive(Debug)]
pub struct Block {
    /// As it is opened: `[[rule]]`.
    pub name: &'static str,
    /// Its keys, in several parts where blocks share some.
    pub parts: &'static [&'static [Key]],
}

impl Block {
    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.parts.iter().copied().flatten()
    }

    /// The key called `name`. `None`: unknown.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

/// One known key.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// Whether every block has it.
    pub required: bool,
    /// What its value looks like.
    pub shape: Shape,
    /// What it says, for messages.
    pub doc: Localized<&'static str>,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string that is not empty.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An expression in a literal string.
    Expression,
    /// A table with `ja` and `en`.
    Texts,
    /// A list of different strings, at least one.
    Names,
    /// The same, or one string alone.
    NameOrNames,
    /// A list of different strings, or of tables of strings.
    Each,
    /// `true` or `false`.
    Flag,
    /// A whole number of one or more.
    Count,
    /// A string, a number, a flag or a date.
    Scalar,
    /// A number, or an expression in a literal string.
    Bound,
    /// A table.
    Block(&'static Block),
    /// Tables in a list.
    Blocks(&'static Block),
    /// Tables by name.
    Map(&'static Block),
    /// Strings by name.
    NameMap,
    /// Lists of different strings by name.
    NamesMap,
    /// Types by column: a string, or a table.
    Columns,
    /// Expressions by name, or tables with type and value.
    Lets,
    /// Lists of partial records, or of lists of them.
    Records,
    /// A table with any keys.
    Free,
}

macro_rules! keys {
    ($($name:literal $need:ident $shape:expr, $ja:literal, $en:literal;)*) => {
        &[$(Key { name: $name, required: keys!(@$need), shape: $shape, doc: Localized::new($ja, $en) }),*]
    };
    (@yes) => { true };
    (@no) => { false };
}

/// `survey.toml`.
pub static SURVEY_FILE: Block = Block { name: "survey.toml", parts: &[SURVEY_FILE_KEYS] };
const SURVEY_FILE_KEYS: &[Key] = keys! {
    "survey" yes Shape::Block(&SURVEY), "調査と年次", "the survey and its wave";
    "param" no Shape::Map(&PARAM), "パラメータ", "parameters";
    "lookup" no Shape::Map(&LOOKUP), "参照表", "reference tables";
    "set" no Shape::Map(&SET), "選択肢の集合", "sets of options";
    "link" no Shape::Map(&LINK), "突合するファイル", "linked files";
    "derive" no Shape::Blocks(&DERIVE), "導出項目", "derived values";
    "tables" no Shape::Block(&TABLES), "集計表に共通する設定", "what all tables share";
    "base" no Shape::Map(&BASE), "母数", "bases of tables";
    "table" no Shape::Map(&TABLE), "公表する集計表", "published tables";
    "profile" no Shape::Map(&PROFILE), "選択時のみ有効な規則群", "sets of rules that are off unless chosen";
    "group" no Shape::Blocks(&GROUP), "まとめて示す指摘", "findings shown together";
    "exemption" no Shape::Blocks(&EXEMPTION), "事務局の決定による免除", "decisions of the office";
};

/// Every other file of a pack.
pub static RULE_FILE: Block = Block { name: "rule file", parts: &[RULE_FILE_KEYS] };
const RULE_FILE_KEYS: &[Key] = keys! {
    "rule" no Shape::Blocks(&RULE), "規則", "edit rules";
    "generated_rule" no Shape::Blocks(&GENERATED_RULE), "自動生成される規則の文面", "texts of generated rules";
    "linked_rule" no Shape::Blocks(&LINKED_RULE), "突合ファイルについての規則", "rules about a linked file";
    "derive" no Shape::Blocks(&DERIVE), "導出項目", "derived values";
    "group" no Shape::Blocks(&GROUP), "まとめて示す指摘", "findings shown together";
};

static SURVEY: Block = Block { name: "[survey]", parts: &[SURVEY_KEYS] };
const SURVEY_KEYS: &[Key] = keys! {
    "id" yes Shape::Text, "調査の識別子", "id of the survey";
    "wave" yes Shape::Text, "年次", "this wave";
    "waves" no Shape::Names, "すべての年次（古い順）", "all waves, oldest first";
    "schema" no Shape::Text, "調査票のスキーマ", "the questionnaire's schema";
    "key" no Shape::Names, "記録を特定する項目", "fields that name a record";
    "fallback-key" no Shape::Names, "キーが空欄の記録を示す項目", "fields that name a record without key";
    "breakdown" no Shape::Text, "指摘を内訳する選択肢の項目", "the field with options by which findings are counted";
    "title" no Shape::Texts, "調査の名称", "title of the survey";
    "locales" no Shape::Names, "文面の言語", "languages of the texts";
    "timezone" no Shape::Text, "調査の時間帯", "the survey's time zone";
    "period" no Shape::Names, "回答の日付が入る期間（初日と最終日のパラメータ）", "two parameters: the first and last day of its dates";
    "extends" no Shape::Text, "拡張する規則集のフォルダ", "folder of the pack that this one extends";
    "retire" no Shape::Names, "取り除く規則", "rules of the extended pack that are dropped";
    "everyone" no Shape::Texts, "全員に尋ねる設問の対象の呼び名", "whom a question without routing is asked of";
};

static PARAM: Block = Block { name: "[param.NAME]", parts: &[PARAM_KEYS] };
const PARAM_KEYS: &[Key] = keys! {
    "type" yes Shape::Text, "型", "its type";
    "value" no Shape::Scalar, "値", "its value";
    "from" no Shape::Word(&["run"]), "実行時に与えること", "that the run gives it";
    "required" no Shape::Flag, "実行時に必須か", "whether the run must give it";
};

static LOOKUP: Block = Block { name: "[lookup.NAME]", parts: &[LOOKUP_KEYS] };
const LOOKUP_KEYS: &[Key] = keys! {
    "file" yes Shape::Text, "CSVファイル", "the CSV file";
    "key" no Shape::Names, "キーの列", "the key columns";
    "interval" no Shape::Block(&INTERVAL), "下限と上限の列", "the columns of the bounds";
    "columns" no Shape::Columns, "列の型", "types of the columns";
    "label" no Shape::Texts, "ラベルの列", "the columns of the labels";
    "missing" no Shape::Word(&["error", "undecided", "fail"]), "キーがないときの扱い", "what an absent key gives";
};

static INTERVAL: Block = Block { name: "interval", parts: &[INTERVAL_KEYS] };
const INTERVAL_KEYS: &[Key] = keys! {
    "low" yes Shape::Text, "下限の列", "the column of the lowest value";
    "high" yes Shape::Text, "上限の列", "the column of the highest value";
};

/// A column with more than a type.
pub static COLUMN: Block = Block { name: "columns.NAME", parts: &[COLUMN_KEYS] };
const COLUMN_KEYS: &[Key] = keys! {
    "type" yes Shape::Text, "型", "its type";
    "unbounded" no Shape::Flag, "空欄を無制限とするか", "whether an empty cell means no bound";
};

static SET: Block = Block { name: "[set.NAME]", parts: &[SET_KEYS] };
const SET_KEYS: &[Key] = keys! {
    "of" yes Shape::Text, "選択肢を持つ項目", "the field whose options it holds";
    "options" yes Shape::Names, "選択肢の名前", "names of options";
};

static LINK: Block = Block { name: "[link.NAME]", parts: &[LINK_KEYS] };
const LINK_KEYS: &[Key] = keys! {
    "file" no Shape::Text, "ファイル", "the file";
    "schema" yes Shape::Text, "そのスキーマ", "its schema";
    "on" yes Shape::NameMap, "突合する項目", "our fields and theirs";
    "missing" no Shape::Word(&["not-run", "blank"]), "相手がないときの扱い", "what an unlinked record gives";
};

static DERIVE: Block = Block { name: "[[derive]]", parts: &[DERIVE_KEYS] };
const DERIVE_KEYS: &[Key] = keys! {
    "name" no Shape::Text, "名前", "its name";
    "type" no Shape::Text, "型", "its type";
    "value" yes Shape::Expression, "値の式", "the expression of its value";
    "fallback-for" no Shape::Text, "空欄を補う項目", "the field whose blanks it fills";
    "id" no Shape::Text, "補完の通知の番号", "id of the finding that tells of it";
    "slug" no Shape::Text, "通知の短い英語名", "slug of that finding";
    "title" no Shape::Texts, "通知の見出し", "title of that finding";
    "message" no Shape::Texts, "通知の文面", "message of that finding";
    "help" no Shape::Texts, "確認のしかた", "how to find out";
    "source" no Shape::Text, "出典", "from where it comes";
};

pub static TABLES: Block = Block { name: "[tables]", parts: &[TABLES_KEYS, CLASSING_KEYS] };
const TABLES_KEYS: &[Key] = keys! {
    "frame" no Shape::Text, "調査対象名簿の突合ファイル", "the link that lists the units asked";
    "in-scope" no Shape::Expression, "名簿のうち調査対象とする条件", "which of its units were asked";
    "wave" no Shape::Map(&WAVE), "年次ごとの数値", "figures of waves";
};

const CLASSING_KEYS: &[Key] = keys! {
    "by" no Shape::Names, "列に分ける項目（先に分かるもの）", "the fields that give the columns, the first known one";
    "labels" no Shape::Text, "列の名称の参照表", "the lookup whose keys are the columns";
};

static WAVE: Block = Block { name: "[tables.wave.NAME]", parts: &[WAVE_KEYS] };
const WAVE_KEYS: &[Key] = keys! {
    "link" no Shape::Text, "その年次の個票の突合ファイル", "the link that holds its records";
    "by" no Shape::Names, "列に分ける項目（先に分かるもの）", "the fields that give the columns, the first known one";
    "published" no Shape::Text, "公表値のCSVファイル", "the CSV file of its published figures";
};

static BASE: Block = Block { name: "[base.NAME]", parts: &[BASE_KEYS] };
const BASE_KEYS: &[Key] = keys! {
    "title" yes Shape::Texts, "母数の呼び名", "how it is called";
    "of" yes Shape::Text, "その回答対象を母数とする設問", "the question whose routing it is";
    "column" no Shape::Text, "母数区分の列", "its column in what is written of records";
};

static TABLE: Block = Block { name: "[table.NAME]", parts: &[TABLE_KEYS, CLASSING_KEYS] };
const TABLE_KEYS: &[Key] = keys! {
    "title" yes Shape::Texts, "表題", "its title";
    "kind" no Shape::Word(TableKind::WORDS), "表の種類", "what it counts";
    "field" no Shape::Text, "集計する設問", "the question that it counts";
    "rows" no Shape::NameOrNames, "行", "its rows";
    "base" no Shape::Text, "母数", "its base";
    "years" no Shape::Names, "年次", "the waves that it shows";
    "average" no Shape::Word(AverageKind::WORDS), "平均の定義", "how its average is made";
    "earlier" no Shape::Map(&EARLIER), "設問が変わった年次での設問", "how an earlier wave asked it";
};

static EARLIER: Block = Block { name: "earlier.NAME", parts: &[EARLIER_KEYS] };
const EARLIER_KEYS: &[Key] = keys! {
    "field" no Shape::Text, "その年次の設問", "the question of that wave";
    "rows" no Shape::NamesMap, "行ごとの選択肢", "the options that a row takes together";
};

static PROFILE: Block = Block { name: "[profile.NAME]", parts: &[PROFILE_KEYS] };
const PROFILE_KEYS: &[Key] = keys! {
    "title" yes Shape::Texts, "名称", "what it is";
};

static GROUP: Block = Block { name: "[[group]]", parts: &[GROUP_KEYS] };
const GROUP_KEYS: &[Key] = keys! {
    "id" no Shape::Text, "番号", "its id";
    "slug" no Shape::Text, "短い英語名", "its slug";
    "head" no Shape::Text, "代表の規則", "the rule that leads";
    "followers" yes Shape::Names, "従う規則", "the rules that follow";
    "all" no Shape::Flag, "すべての不合格を条件とするか", "whether all followers must fail";
    "title" no Shape::Texts, "見出し", "a title of its own";
    "message" no Shape::Texts, "文面", "a message of its own";
};

static EXEMPTION: Block = Block { name: "[[exemption]]", parts: &[EXEMPTION_KEYS] };
const EXEMPTION_KEYS: &[Key] = keys! {
    "rule" yes Shape::Text, "規則", "the rule";
    "key" yes Shape::NameOrNames, "記録のキー", "key of the record";
    "decision" yes Shape::Text, "決定番号", "number of the decision";
    "reason" yes Shape::Text, "理由", "why";
    "from" no Shape::Text, "最初の年次", "first wave";
    "until" no Shape::Text, "最後の年次", "last wave";
};

static GENERATED_RULE: Block = Block { name: "[[generated_rule]]", parts: &[GENERATED_RULE_KEYS] };
const GENERATED_RULE_KEYS: &[Key] = keys! {
    "id" yes Shape::Text, "番号", "the published id";
    "slug" yes Shape::Text, "短い英語名", "its slug";
    "title" yes Shape::Texts, "見出し", "the title";
    "message" yes Shape::Texts, "文面", "the message";
    "help" no Shape::Texts, "確認のしかた", "how to find out";
    "source" yes Shape::Text, "出典", "from where it comes";
};

pub static RULE: Block = Block { name: "[[rule]]", parts: &[RULE_KEYS, RECORD_KINDS, OTHER_KINDS] };
static LINKED_RULE: Block =
    Block { name: "[[linked_rule]]", parts: &[LINKED_RULE_KEYS, RULE_KEYS, RECORD_KINDS, OTHER_KINDS] };
const LINKED_RULE_KEYS: &[Key] = keys! {
    "table" yes Shape::Text, "対象の突合ファイル", "the linked file that it is about";
};
const RULE_KEYS: &[Key] = keys! {
    "id" yes Shape::Text, "番号", "its id";
    "slug" no Shape::Text, "欠陥を表す短い英語名", "kebab-case English that states the defect";
    "severity" no Shape::Word(&["error", "warning", "info"]), "重大度", "how grave it is";
    "when" no Shape::Expression, "適用の条件", "when it applies";
    "require" no Shape::Expression, "満たすべき条件", "what must hold";
    "let" no Shape::Lets, "名前の付いた値", "named values";
    "each" no Shape::Each, "順に判定する項目", "the fields for each of which it is judged";
    "instance" no Shape::Text, "同じ番号の中の対象項目", "which field of the family it is about";
    "on-blank" no Shape::Word(&["undecided", "fail", "pass"]), "判定できないときの扱い", "what an unknown demand gives";
    "blame" no Shape::Names, "印を付ける項目", "fields to mark";
    "title" no Shape::Texts, "見出し", "the title";
    "message" no Shape::Texts, "文面", "the message";
    "help" no Shape::Texts, "確認のしかた", "how to find out";
    "why" no Shape::Text, "保守者への説明", "a line for maintainers";
    "source" no Shape::Text, "出典", "from where it comes";
    "replaces" no Shape::NameOrNames, "置き換える規則", "the rules whose place it takes";
    "revision" no Shape::Count, "改訂番号", "the number that rises when the meaning changes";
    "scope" no Shape::Flag, "対象外の判定か", "whether failing puts the record out of scope";
    "profile" no Shape::Text, "属する規則群", "the profile in which it is";
    "tags" no Shape::Names, "語", "words";
    "from" no Shape::Text, "最初の年次", "first wave";
    "until" no Shape::Text, "最後の年次", "last wave";
    "examples" no Shape::Block(&EXAMPLES), "例", "its examples";
};

static EXAMPLES: Block = Block { name: "examples", parts: &[EXAMPLES_KEYS] };
const EXAMPLES_KEYS: &[Key] = keys! {
    "pass" no Shape::Records, "合格する例", "records that pass";
    "fail" no Shape::Records, "不合格の例", "records that fail";
    "undecided" no Shape::Records, "判定できない例", "records that leave it open";
    "not-applicable" no Shape::Records, "適用されない例", "records to which it does not apply";
};

/// A typed `let`.
pub static LET: Block = Block { name: "let.NAME", parts: &[LET_KEYS] };
const LET_KEYS: &[Key] = keys! {
    "type" yes Shape::Text, "型", "its type";
    "value" yes Shape::Expression, "値の式", "the expression of its value";
};

/// A text in both languages.
pub static TEXTS: Block = Block { name: "text", parts: &[TEXTS_KEYS] };
const TEXTS_KEYS: &[Key] = keys! {
    "ja" yes Shape::Text, "日本語", "Japanese";
    "en" yes Shape::Text, "英語", "English";
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_block_has_a_key_twice() {
        for block in
            [&SURVEY_FILE, &RULE_FILE, &SURVEY, &LOOKUP, &LINKED_RULE, &DERIVE, &GROUP, &TABLES, &TABLE]
        {
            let mut names: Vec<&str> = block.keys().map(|key| key.name).collect();
            names.sort_unstable();
            let all = names.len();
            names.dedup();
            assert_eq!(names.len(), all, "{}", block.name);
        }
    }
}
