//! The engine's own texts of generated rules, for questions whose schema publishes no id for them.
//!
//! Invariants
//! - Each says what is wrong and every way out, without choosing one.

use std::sync::Arc;

use super::placeholder::Texts;
use crate::diagnostic::{Localized, Template};
use crate::questionnaire::FindingKind;
use crate::source::{SourceText, Span};

/// The texts of one kind of generated rule.
struct General {
    slug: &'static str,
    title: Localized<&'static str>,
    message: Localized<&'static str>,
}

const MUST_ANSWER: General = General {
    slug: "required-question-unanswered",
    title: Localized::new("回答が必要な設問が未回答", "required question unanswered"),
    message: Localized::new(
        "{question}が未回答です。回答を記入してください。",
        "{question} is not answered. Please answer it.",
    ),
};

const MUST_ANSWER_WHEN_OPEN: General = General {
    slug: "required-question-unanswered",
    title: Localized::new("回答が必要な設問が未回答", "required question unanswered"),
    message: Localized::new(
        "{question}が未回答です（対象：{controller}）。回答を記入するか、対象でない場合は前の設問の回答を修正してください。",
        "{question} is not answered (asked of: {controller}). Please answer it, or correct the earlier answer if it does not apply.",
    ),
};

const MARKED: General = General {
    slug: "required-question-marked-not-applicable",
    title: Localized::new(
        "回答が必要な設問が非該当とされている",
        "required question marked as not applicable",
    ),
    message: Localized::new(
        "{question}に「{value}」とありますが、回答の対象です（対象：{controller}）。回答を記入するか、対象でない場合は前の設問の回答を修正してください。",
        "{question} holds \"{value}\", but it applies (asked of: {controller}). Please answer it, or correct the earlier answer if it does not apply.",
    ),
};

const CLOSED: General = General {
    slug: "closed-question-answered",
    title: Localized::new("対象外の設問に回答", "answer to a question that does not apply"),
    message: Localized::new(
        "{controller}の回答により{question}は対象外ですが、回答（{value}）があります。{controller}の回答を修正するか、{question}を空欄にしてください。",
        "After the answer to {controller}, {question} does not apply, but it is answered ({value}). Please correct {controller}, or leave {question} blank.",
    ),
};

const ACCEPTED: General = General {
    slug: "mark-on-closed-question",
    title: Localized::new(
        "対象外の設問の記号を非該当とした",
        "mark on a closed question read as not applicable",
    ),
    message: Localized::new(
        "{question}の「{value}」は非該当として扱いました（前の設問の回答により対象外の設問です）。",
        "\"{value}\" in {question} was read as not applicable (after an earlier answer the question does not apply).",
    ),
};

/// The slug and the texts of `kind`; `source` is where the question is declared.
pub fn general<'a>(kind: &FindingKind, routed: bool, source: &'a SourceText) -> (&'static str, Texts<'a>) {
    let general = match kind {
        FindingKind::MarkedNotApplicable => &MARKED,
        FindingKind::ClosedBy(_) => &CLOSED,
        FindingKind::MarkAccepted => &ACCEPTED,
        _ if routed => &MUST_ANSWER_WHEN_OPEN,
        _ => &MUST_ANSWER,
    };
    let mut slots: Vec<(Arc<str>, Span)> = Vec::new();
    let mut template = |text: &str| {
        Template::parse(text, |name| {
            slots.iter().position(|(slot, _)| &**slot == name).unwrap_or_else(|| {
                slots.push((Arc::from(name), Span::default()));
                slots.len() - 1
            })
        })
    };
    let message = Localized::new(template(general.message.ja), template(general.message.en));
    let title = general.title.map(|text| Arc::from(*text));
    (general.slug, Texts { source, title, message, help: None, slots, alone: Vec::new() })
}
