//! The kinds of demand over many records and their keys: rule-language section 2.1.
//!
//! Invariants
//! - A rule has `require` or exactly one key of [`RECORD_KINDS`] or [`OTHER_KINDS`].
//! - Keys of macro kinds are kept as they are: their meaning is the tables' matter.

use super::keys::{Block, Key, Shape};
use crate::diagnostic::Localized;

/// What a key of a kind holds, once names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Key fields, kept in order.
    KeyFields,
    /// One field by name.
    Field,
    /// A date or time by name.
    Time,
    /// A condition.
    Condition,
    /// A number, or an expression for one.
    Bound,
    /// A lookup or a link.
    Table,
    /// A link.
    Link,
    /// Columns of the table, as many as key fields.
    Columns,
    /// A setting, kept as text.
    Setting,
}

/// A key of a kind and its role.
#[derive(Debug)]
pub struct Part {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub role: Role,
}

/// One kind.
#[derive(Debug)]
pub struct Kind {
    /// The key of the rule.
    pub name: &'static str,
    /// Its parts; empty: a macro kind, or a bare list of key fields.
    pub parts: &'static [Part],
    /// What its messages may print beside fields.
    pub publishes: &'static [&'static str],
    /// Whether it is about published tables.
    pub is_macro: bool,
}

macro_rules! kinds {
    ($($kind:literal $block:ident $keys:ident, $ja:literal, $en:literal, publishes $publishes:expr;
        $($name:literal $need:ident $shape:expr, $role:ident, $kja:literal, $ken:literal;)* .)*) => {
        $(
            static $block: Block = Block { name: $kind, parts: &[$keys] };
            const $keys: &[Key] = &[$(
                Key { name: $name, required: kinds!(@$need), shape: $shape, doc: Localized::new($kja, $ken) }
            ),*];
        )*
        /// Kinds over the records of a file, as keys of a rule.
        pub const RECORD_KINDS: &[Key] = &[$(
            Key { name: $kind, required: false, shape: Shape::Block(&$block), doc: Localized::new($ja, $en) }
        ),*];
        const RECORD_PARTS: &[Kind] = &[$(Kind {
            name: $kind,
            parts: &[$(Part { name: $name, role: Role::$role }),*],
            publishes: $publishes,
            is_macro: false,
        }),*];
    };
    (@yes) => { true };
    (@no) => { false };
}

const NONE: &[&str] = &[];
const MISSING: &[&str] = &["missing", "missing_list"];
const GROUPS: &[&str] = &["records", "others", "count"];

kinds! {
    "unique" UNIQUE UNIQUE_KEYS, "重複の禁止", "no two records alike", publishes GROUPS;
        "fields" yes Shape::Names, KeyFields, "比べる項目", "the fields compared";
        "distinct" no Shape::Text, Field, "異なるべき項目", "the field that must differ";
        "when" no Shape::Expression, Condition, "対象の条件", "which records count";
    .
    "exists-in" EXISTS_IN EXISTS_IN_KEYS, "表にあること", "occurs in a table", publishes NONE;
        "fields" yes Shape::Names, KeyFields, "調べる項目", "the fields looked up";
        "table" yes Shape::Text, Table, "参照表または突合ファイル", "the lookup or link";
        "columns" no Shape::Names, Columns, "その列", "its columns";
        "when" no Shape::Expression, Condition, "対象の条件", "which records count";
    .
    "latest" LATEST LATEST_KEYS, "最新の提出の採用", "the latest submission counts", publishes &["kept_time", "submitted_at", "changes"];
        "key" yes Shape::Names, KeyFields, "キー", "the key";
        "by" yes Shape::Text, Time, "日時の項目", "the date or time";
    .
    "covers" COVERS COVERS_KEYS, "提出の網羅", "every unit has answered", publishes MISSING;
        "table" yes Shape::Text, Link, "突合ファイル", "the link";
        "when" no Shape::Expression, Condition, "対象の条件", "which units count";
    .
    "share" SHARE SHARE_KEYS, "割合", "a share of records, in per cent", publishes &["count", "total", "percent", "limit"];
        "of" yes Shape::Expression, Condition, "数える条件", "what is counted";
        "among" no Shape::Expression, Condition, "母数の条件", "the base";
        "max" no Shape::Bound, Bound, "上限", "the highest share";
        "min" no Shape::Bound, Bound, "下限", "the lowest share";
        "min-records" no Shape::Count, Setting, "判定する最少の記録数", "the fewest records judged";
    .
    "count" COUNT COUNT_KEYS, "件数", "a number of records", publishes &["count", "limit"];
        "of" no Shape::Expression, Condition, "数える条件", "what is counted";
        "per" no Shape::Text, KeyFields, "値ごとに数える項目", "the field for each of whose values";
        "min" no Shape::Bound, Bound, "下限", "the lowest number";
        "max" no Shape::Bound, Bound, "上限", "the highest number";
        "equal" no Shape::Bound, Bound, "定められた数", "the exact number";
    .
    "at-most" AT_MOST AT_MOST_KEYS, "同じ値の上限", "not too many alike", publishes GROUPS;
        "per" yes Shape::Names, KeyFields, "比べる項目", "the fields compared";
        "of" no Shape::Expression, Condition, "数える条件", "what is counted";
        "max" yes Shape::Bound, Bound, "上限", "the highest number";
    .
    "determines" DETERMINES DETERMINES_KEYS, "一方が他方を定めること", "one field fixes another", publishes GROUPS;
        "key" yes Shape::NameOrNames, KeyFields, "定める項目", "what determines";
        "field" yes Shape::NameOrNames, Field, "定まる項目", "what is determined";
    .
}

const MACRO_PLACEHOLDERS: &[&str] = super::record_set::PUBLISHED;

const fn bare(name: &'static str, is_macro: bool, publishes: &'static [&'static str]) -> Kind {
    Kind { name, parts: &[], publishes, is_macro }
}

const OTHER_PARTS: &[Kind] = &[
    bare("complete", false, MISSING),
    bare("adds-up", true, MACRO_PLACEHOLDERS),
    bare("nested", true, MACRO_PLACEHOLDERS),
    bare("rounded-sum", true, MACRO_PLACEHOLDERS),
    bare("which-average", true, MACRO_PLACEHOLDERS),
    bare("claim", true, MACRO_PLACEHOLDERS),
    bare("mix", true, MACRO_PLACEHOLDERS),
];

const fn macro_key(name: &'static str, doc: Localized<&'static str>) -> Key {
    Key { name, required: false, shape: Shape::Free, doc }
}

/// The other kinds, as keys of a rule.
pub const OTHER_KINDS: &[Key] = &[
    Key {
        name: "complete",
        required: false,
        shape: Shape::Names,
        doc: Localized::new("すべての組み合わせがあること", "every combination occurs"),
    },
    macro_key("adds-up", Localized::new("内訳と計の一致", "parts add up to the whole")),
    macro_key("nested", Localized::new("母数の包含", "bases lie inside each other")),
    macro_key("rounded-sum", Localized::new("構成比の合計", "rounded shares add up")),
    macro_key("which-average", Localized::new("平均の再現", "a published average is reproduced")),
    macro_key("claim", Localized::new("本文の記述", "a quoted sentence holds")),
    macro_key("mix", Localized::new("回答者の構成", "the mix of the respondents")),
];

/// The kind called `name`. `None`: no such kind.
pub fn kind(name: &str) -> Option<&'static Kind> {
    RECORD_PARTS.iter().chain(OTHER_PARTS).find(|kind| kind.name == name)
}
