//! What a rule over many records demands: each setting as its author wrote it, and the whole in words.
//!
//! Invariants
//! - Every setting is shown, quoted from the rule file.
//! - A condition that has no plain words is quoted as it is written.

use super::facts::slice;
use super::{answer, macro_demand, words};
use crate::diagnostic::{Argument, Language, Localized};
use crate::expression::{FieldId, Node, TypedExpr};
use crate::form::condition;
use crate::rule_pack::{DatasetKind, Demand, EditRule, RulePack};

/// The demand as it is written: `count = { per = "region", min = 2 }`.
pub(super) fn written(pack: &RulePack, rule: &EditRule, kind: &DatasetKind) -> String {
    let value = |span| slice(pack, rule.declared.source, span);
    let settings = kind.written.iter().map(|(key, span)| match &**key {
        "" => value(*span),
        key => format!("{key} = {}", value(*span)),
    });
    let settings = settings.collect::<Vec<_>>().join(", ");
    let is_list = kind.written.iter().any(|(key, _)| key.is_empty());
    if is_list { format!("{} = {settings}", kind.kind) } else { format!("{} = {{ {settings} }}", kind.kind) }
}

/// The demand in words. Empty: it is a condition on one record, which stands for itself.
pub(super) fn in_words(pack: &RulePack, rule: &EditRule) -> Localized<String> {
    let Demand::Dataset(kind) = &rule.demand else { return Localized::default() };
    let of_tables = pack.macro_edits.iter().find(|edit| *edit.id == rule.notice.full_id());
    match of_tables {
        Some(edit) => macro_demand::in_words(pack, &edit.kind),
        None => Saying { pack, rule, kind }.whole(),
    }
}

/// What the records of a file are called.
pub(super) fn records_of(pack: &RulePack, table: u16) -> Localized<String> {
    let link = usize::from(table).checked_sub(1).and_then(|place| pack.links.get(place));
    match link.map(|link| &link.questionnaire.title) {
        None => Localized::new("票".to_owned(), "records".to_owned()),
        Some(title) => Localized::new(format!("「{}」の行", title.ja), format!("rows of \"{}\"", title.en)),
    }
}

/// Ends a condition that is quoted.
const MEETING: &str = "に当てはまる";

/// The `noun` of which a condition holds, in Japanese.
fn which(condition: &str, noun: &str) -> String {
    let between = if condition.ends_with(MEETING) { "" } else { "の" };
    format!("{condition}{between}{noun}")
}

struct Saying<'a> {
    pack: &'a RulePack,
    rule: &'a EditRule,
    kind: &'a DatasetKind,
}

impl Saying<'_> {
    fn whole(&self) -> Localized<String> {
        let keys = self.titles(&self.kind.fields);
        match &*self.kind.kind {
            "unique" => self.unique(&keys),
            "exists-in" => self.exists_in(&keys),
            "latest" => {
                let by = self.named("by").unwrap_or_default();
                Localized::new(
                    format!(
                        "複数のファイルに{}が同じ票があるときは、{}が最も新しいものを採用",
                        keys.ja, by.ja
                    ),
                    format!(
                        "of records of several files that agree in {}, the one with the latest {} counts",
                        keys.en, by.en
                    ),
                )
            }
            "covers" => self.covers(),
            "share" => self.share(),
            "count" => self.count(&keys),
            "at-most" => {
                let (of, bounds) = (self.records("of"), self.bounds("件", ""));
                Localized::new(
                    format!("{}のうち、{}が同じものが{}であること", of.ja, keys.ja, bounds.ja),
                    format!("of {}, the number of those that agree in {} is {}", of.en, keys.en, bounds.en),
                )
            }
            "determines" => {
                let field = self.named("field").unwrap_or_default();
                Localized::new(
                    format!("{}が同じ票は、{}も同じであること", keys.ja, field.ja),
                    format!("records that agree in {} agree in {} too", keys.en, field.en),
                )
            }
            "complete" => Localized::new(
                format!("{}のすべての組み合わせの票があること", keys.ja),
                format!("every combination of {} occurs", keys.en),
            ),
            _ => Localized::default(),
        }
    }

    fn unique(&self, keys: &Localized<String>) -> Localized<String> {
        let records = self.records("when");
        let but = self.named("distinct").map_or_else(Localized::default, |but| {
            Localized::new(format!("（{}が異なる場合）", but.ja), format!(" while {} differs", but.en))
        });
        Localized::new(
            format!("{}のうち、{}が同じものは1件だけであること{}", records.ja, keys.ja, but.ja),
            format!("of {} no two agree in {}{}", records.en, keys.en, but.en),
        )
    }

    fn exists_in(&self, keys: &Localized<String>) -> Localized<String> {
        let (records, table) = (self.records("when"), self.table());
        let columns = self.setting("columns");
        let named = match &*columns {
            "" => Localized::default(),
            columns => Localized::new(format!("（列：{columns}）"), format!(" (columns: {columns})")),
        };
        Localized::new(
            format!("{}の{}が{}にあること{}", records.ja, keys.ja, table.ja, named.ja),
            format!("of {}, {} occurs in {}{}", records.en, keys.en, table.en, named.en),
        )
    }

    fn count(&self, keys: &Localized<String>) -> Localized<String> {
        let (of, bounds) = (self.records("of"), self.bounds("件", ""));
        let (each_ja, each_en) = if self.kind.fields.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("{}の値ごとに、", keys.ja), format!("for each value of {}, ", keys.en))
        };
        Localized::new(
            format!("{each_ja}{}の件数が{}であること", of.ja, bounds.ja),
            format!("{each_en}the number of {} is {}", of.en, bounds.en),
        )
    }

    fn covers(&self) -> Localized<String> {
        let table = self.table();
        let units = match self.kind.expressions.get("when") {
            None => Localized::new(format!("{}のすべての行", table.ja), format!("every row of {}", table.en)),
            Some(when) => {
                let holds = self.holds(when);
                Localized::new(
                    format!("{}の{}すべて", table.ja, which(&holds.ja, "行")),
                    format!("every row of {} for which {}", table.en, holds.en),
                )
            }
        };
        Localized::new(format!("{}から提出があること", units.ja), format!("{} has answered", units.en))
    }

    fn share(&self) -> Localized<String> {
        let among = self.records("among");
        let of = self.kind.expressions.get("of").map(|of| self.holds(of)).unwrap_or_default();
        let bounds = self.bounds("％", " %");
        let least = self.setting("min-records");
        let (least_ja, least_en) = if least.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("（{least}件未満では判定しない）"), format!(" (not judged on fewer than {least})"))
        };
        Localized::new(
            format!("{}のうち、{}の割合が{}であること{least_ja}", among.ja, which(&of.ja, "もの"), bounds.ja),
            format!("of {}, the share of those for which {} is {}{least_en}", among.en, of.en, bounds.en),
        )
    }

    /// The records of which the condition that the setting `key` is, and the rule's own, hold.
    fn records(&self, key: &str) -> Localized<String> {
        let condition = self.kind.expressions.get(key);
        let records = records_of(self.pack, self.rule.table);
        let conditions: Vec<Localized<String>> =
            self.rule.when.iter().chain(condition).map(|condition| self.holds(condition)).collect();
        if conditions.is_empty() {
            return Localized::new(format!("すべての{}", records.ja), format!("all {}", records.en));
        }
        let ja: Vec<&str> = conditions.iter().map(|clause| clause.ja.as_str()).collect();
        let en: Vec<&str> = conditions.iter().map(|clause| clause.en.as_str()).collect();
        Localized::new(
            which(&ja.join("、かつ"), &records.ja),
            format!("{} for which {}", records.en, en.join(" and ")),
        )
    }

    /// That `condition` holds: in words where it has some.
    fn holds(&self, condition: &TypedExpr) -> Localized<String> {
        condition::words(self.pack, condition).unwrap_or_else(|| {
            let quoted = slice(self.pack, self.rule.declared.source, condition.span);
            Localized::new(format!("条件「{quoted}」{MEETING}"), format!("\"{quoted}\" holds"))
        })
    }

    /// The limits, in records or per cent.
    fn bounds(&self, unit_ja: &str, unit_en: &str) -> Localized<String> {
        let limits = [("equal", "", "exactly "), ("min", "以上", "at least "), ("max", "以下", "at most ")];
        let (mut ja, mut en) = (Vec::new(), Vec::new());
        for (key, behind, before) in limits {
            let Some(expr) = self.kind.expressions.get(key) else { continue };
            let [value_ja, value_en] =
                [Language::Ja, Language::En].map(|language| self.limit(expr, language));
            ja.push(format!("{value_ja}{unit_ja}{behind}"));
            en.push(format!("{before}{value_en}{unit_en}"));
        }
        Localized::new(ja.concat(), en.join(" and "))
    }

    /// A number, the value that a parameter has in the pack, or the expression as it is written.
    fn limit(&self, expr: &TypedExpr, language: Language) -> String {
        let written = || slice(self.pack, self.rule.declared.source, expr.span);
        let Node::Param(id) = expr.resolved().node else {
            return if matches!(expr.node, Node::Literal(_)) {
                written()
            } else {
                format!("`{}`", written())
            };
        };
        let param = self.pack.params.get(usize::from(id.0));
        let value = param.and_then(|param| Some(answer::of(param.value.as_ref()?, &param.ty, language)));
        value.unwrap_or_else(written)
    }

    fn setting(&self, key: &str) -> String {
        self.kind.settings.get(key).map_or_else(String::new, |text| text.replace(',', ", "))
    }

    /// The fields that a setting names. `None`: it is not given.
    fn named(&self, key: &str) -> Option<Localized<String>> {
        let names = self.kind.settings.get(key)?;
        let fields: Vec<FieldId> = names.split(',').filter_map(|name| self.field(name)).collect();
        Some(self.titles(&fields))
    }

    fn field(&self, name: &str) -> Option<FieldId> {
        match usize::from(self.rule.table).checked_sub(1) {
            None => self.pack.named(name),
            Some(link) => self.pack.links.get(link)?.questionnaire.field(name).map(|field| field.id),
        }
    }

    fn titles(&self, fields: &[FieldId]) -> Localized<String> {
        let joined = |language: Language| {
            let titles = fields.iter().map(|&field| {
                // Of the file that the rule is about nobody asks which it is.
                let title = self.pack.field(field).map(|field| field.title().get(language).to_string());
                let derived = || self.pack.derived.iter().find(|derived| derived.id == field);
                title.or_else(|| derived().map(|derived| derived.name.to_string())).unwrap_or_default()
            });
            Argument::List(titles.map(Argument::from).collect()).print(language)
        };
        Localized::new(joined(Language::Ja), joined(Language::En))
    }

    /// The table that is sought among, by its title.
    fn table(&self) -> Localized<String> {
        let name = self.setting("table");
        let link = self.pack.links.iter().find(|link| *link.name == *name);
        match link.map(|link| &link.questionnaire.title) {
            Some(title) => words::quoted(&title.ja, &title.en),
            None => words::quoted(&name, &name),
        }
    }
}
