//! The record layout of a survey in the government's notation for code tables (政府統計個票データレイアウト標準記法).
//!
//! What is as the standard has it: CSV; a header of six rows with basic items in the first two columns and items of
//! one's own behind them; then one table in which an item takes as many rows as it has codes. The table's columns are
//! those of published code tables. What is assumed: which six items the header holds, what 型 holds, and that 位置 counts
//! columns where the file is CSV. Columns that mean something in files of fixed length alone (配置, 種別) stay empty.
//!
//! Invariants
//! - Made of the questionnaire alone, a row a column of the file and a row a further code; nothing is left out.
//! - What a spreadsheet would take for a formula begins with an apostrophe.

use crate::diagnostic::{Decimal, Language, Localized};
use crate::expression::{OptionList, Type};
use crate::form::column::{Column, Entry, bounds, columns};
use crate::questionnaire::{Domain, Field, Required};
use crate::report::words::pick;
use crate::rule_pack::RulePack;
use crate::source::delimited::{harmless, push_row};

/// The table's columns.
const COLUMNS: [&str; 15] = [
    "行番号",
    "項目名",
    "階層",
    "位置",
    "バイト数",
    "繰返し",
    "配置",
    "型",
    "小数点",
    "種別",
    "変数名",
    "対象",
    "符号",
    "符号内容",
    "備考",
];

/// One row of the table; the number is given when it is written.
#[derive(Default)]
struct Row {
    item: String,
    level: String,
    position: String,
    bytes: String,
    kind: String,
    decimals: String,
    variable: String,
    asked_of: String,
    code: String,
    content: String,
    remark: String,
}

/// The code table as CSV: UTF-8 with mark, as spreadsheets open it without asking.
pub fn layout(pack: &RulePack, language: Language) -> String {
    let mut text = String::from('\u{FEFF}');
    let title = pack.title.get(language);
    let form = pack.questionnaire.title.get(language);
    let header: [(&str, &str); 6] = [
        ("統計調査名", title),
        ("年次", &pack.wave),
        ("調査票名", form),
        ("ファイル形式", "CSV"),
        ("文字コード", "UTF-8"),
        ("レコード長", ""),
    ];
    let own = [("規則パック", &*pack.survey), ("ハッシュ", &*pack.hash)];
    for (place, (name, value)) in header.into_iter().enumerate() {
        let mut cells = vec![name.to_owned(), harmless(value)];
        if let Some((name, value)) = own.get(place) {
            cells.extend([(*name).to_owned(), harmless(value)]);
        }
        push_row(cells.iter().map(String::as_str), ',', &mut text);
    }
    push_row(COLUMNS, ',', &mut text);
    for (number, row) in (1..).zip(rows(pack, language)) {
        let number = number.to_string();
        let told = [
            row.item.as_str(),
            &row.level,
            &row.position,
            &row.bytes,
            "",
            "",
            &row.kind,
            &row.decimals,
            "",
            &row.variable,
            &row.asked_of,
            &row.code,
            &row.content,
            &row.remark,
        ];
        let cells: Vec<String> = std::iter::once(number).chain(told.into_iter().map(harmless)).collect();
        push_row(cells.iter().map(String::as_str), ',', &mut text);
    }
    text
}

fn rows(pack: &RulePack, language: Language) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut section = None;
    for (position, column) in (1_usize..).zip(columns(&pack.questionnaire)) {
        let of = column.field.section;
        if of != section {
            section = of;
            let heading = of.and_then(|place| pack.questionnaire.sections.get(place));
            rows.extend(heading.map(|heading| Row {
                item: heading.label.get(language).to_string(),
                level: "1".to_owned(),
                ..Row::default()
            }));
        }
        rows.extend(item(pack, &column, position, language));
    }
    rows
}

/// The rows of one column of the file.
fn item(pack: &RulePack, column: &Column<'_>, position: usize, language: Language) -> Vec<Row> {
    let field = column.field;
    let mut codes = codes(column, language);
    codes.extend(marks(field, language));
    let mut codes = codes.into_iter();
    let (code, content) = codes.next().unwrap_or_default();
    let decimals = match column.entry {
        Entry::Number(scale, ..) => scale.to_string(),
        _ => String::new(),
    };
    let first = Row {
        item: column.title().get(language).clone(),
        level: if field.section.is_some() { "2" } else { "1" }.to_owned(),
        position: position.to_string(),
        bytes: bytes(column).map_or_else(String::new, |bytes| bytes.to_string()),
        kind: if matches!(column.entry, Entry::Number(..)) { "N" } else { "C" }.to_owned(),
        decimals,
        variable: variable(column),
        asked_of: column.asked_of(pack).get(language).clone(),
        code,
        content,
        remark: remark(pack, column, language),
    };
    let further = codes.map(|(code, content)| Row { code, content, ..Row::default() });
    std::iter::once(first).chain(further).collect()
}

/// The name in rules and schema; of a column that holds a part of an answer, the part too.
fn variable(column: &Column<'_>) -> String {
    let parts = column.field.part_columns();
    match parts.iter().position(|part| **part == *column.header) {
        Some(part) => format!("{}_{}", column.field.name, part + 1),
        None => column.field.name.to_string(),
    }
}

/// Longest content of the cell. `None`: it has no limit in bytes.
fn bytes(column: &Column<'_>) -> Option<usize> {
    match (column.entry, &column.field.domain) {
        (Entry::Option(list), _) => list.items.iter().map(|option| option.code.len()).max(),
        (Entry::Tick(mark), _) => Some(mark.len()),
        (Entry::Number(scale, _, domain), _) => {
            let (low, high) = bounds(domain);
            let printed = |mantissa: i64| Decimal { mantissa, scale }.to_string().len();
            Some(printed(low?).max(printed(high?)))
        }
        (Entry::Date, _) => Some("YYYY-MM-DD".len()),
        (Entry::DateTime, _) => Some("YYYY-MM-DDThh:mm:ss".len()),
        (Entry::Month, _) => Some("YYYY-MM".len()),
        // Codes are letters and digits of one byte; the length of a text is known in letters alone.
        (Entry::Code, Domain::Text(domain)) => domain.max_length,
        _ => None,
    }
}

/// Codes with their contents.
fn codes(column: &Column<'_>, language: Language) -> Vec<(String, String)> {
    let listed = |list: &OptionList| {
        let options = list.items.iter();
        options.map(|option| (option.code.to_string(), option.label.get(language).to_string())).collect()
    };
    match column.entry {
        Entry::Option(list) | Entry::Several(list, _) => listed(list),
        Entry::Tick(mark) => {
            vec![(mark.to_owned(), pick(language, "あてはまる", "it applies").to_owned())]
        }
        Entry::Number(scale, unit, domain) => {
            let printed = |bound: Option<i64>| {
                bound.map_or_else(String::new, |mantissa| Decimal { mantissa, scale }.to_string())
            };
            let (low, high) = bounds(domain);
            let range = format!("{}～{}", printed(low), printed(high));
            let known = low.is_some() || high.is_some();
            vec![(if known { range } else { String::new() }, unit.unwrap_or_default().to_owned())]
        }
        Entry::Date => vec![("YYYY-MM-DD".to_owned(), String::new())],
        Entry::DateTime => vec![("YYYY-MM-DDThh:mm:ss".to_owned(), String::new())],
        Entry::Month => vec![("YYYY-MM".to_owned(), String::new())],
        Entry::Code | Entry::Text => Vec::new(),
    }
}

/// The marks that stand in place of an answer, with what each means.
fn marks(field: &Field, language: Language) -> Vec<(String, String)> {
    let named = |dont_know: bool| {
        let both = if dont_know {
            Localized::new("不明", "not known")
        } else {
            Localized::new("非該当", "not applicable")
        };
        (*both.get(language)).to_owned()
    };
    let marks = field.marks.iter().filter_map(|mark| {
        let (first, others) = mark.tokens.split_first()?;
        let meaning = named(mark.dont_know);
        let others: Vec<&str> = others.iter().map(|token| &**token).collect();
        Some((first.to_string(), if others.is_empty() { meaning } else { also(&meaning, &others, language) }))
    });
    marks.collect()
}

/// What a mark means, and its other spellings.
fn also(meaning: &str, others: &[&str], language: Language) -> String {
    match language {
        Language::Ja => format!("{meaning}（ほかの表記：{}）", others.join(" ")),
        Language::En => format!("{meaning} (also written: {})", others.join(" ")),
    }
}

/// The file's heading, whether an answer is needed, how several stand in one cell, and who may see it.
fn remark(pack: &RulePack, column: &Column<'_>, language: Language) -> String {
    let field = column.field;
    let mut told = vec![match language {
        Language::Ja => format!("見出し：{}", column.header),
        Language::En => format!("heading: {}", column.header),
    }];
    if column.need(pack) != Required::No {
        told.push(column.required(pack).get(language).clone());
    }
    if let (Type::Multi(_), Entry::Several(_, layout)) = (&field.ty, column.entry) {
        told.push(match language {
            Language::Ja => format!("複数回答（区切りは「{}」）", layout.separator),
            Language::En => format!("several answers, with \"{}\" between them", layout.separator),
        });
    }
    if field.private {
        told.push(pick(language, "非公開", "private").to_owned());
    }
    told.join(pick(language, "、", "; "))
}
