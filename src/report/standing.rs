//! How a finding stands, in words: accepted, lapsed, set aside by the office, new since an earlier report; and how far
//! settling its record can move a published figure.
//!
//! Invariants
//! - Where values are hidden nobody's own words are shown, nor who wrote them: a reason may quote an answer.
//! - A finding that nothing is known of has no words.

use crate::diagnostic::standing::{Acceptance, Decision, Impact, Lapse, Since};
use crate::diagnostic::{Diagnostic, Language};

use super::Audience;

/// What is to be said of how `diagnostic` stands, a sentence each; what its record can move is the last.
pub fn sentences(diagnostic: &Diagnostic, audience: Audience) -> Vec<String> {
    let mut sentences = of_itself(diagnostic, audience);
    sentences.extend(impact(diagnostic, audience));
    sentences
}

/// The same without what is its record's.
pub fn of_itself(diagnostic: &Diagnostic, audience: Audience) -> Vec<String> {
    let standing = &diagnostic.standing;
    let decision = standing.decision.as_deref().map(|decision| of_the_office(decision, audience));
    let acceptance = standing.acceptance.as_deref().map(|acceptance| match &acceptance.lapse {
        None => accepted(acceptance, audience),
        Some(lapse) => lapsed(acceptance, lapse, audience),
    });
    let new = (standing.since == Some(Since::New)).then(|| match audience.language {
        Language::Ja => "新規：前回の報告にはない指摘です。".to_owned(),
        Language::En => "new: the earlier report does not have it.".to_owned(),
    });
    decision.into_iter().chain(acceptance).chain(new).collect()
}

/// How far settling the record of `diagnostic` can move a published figure. `None`: not asked for, it moves none, or values
/// are hidden.
pub fn impact(diagnostic: &Diagnostic, audience: Audience) -> Option<String> {
    let impact = diagnostic.standing.impact.as_deref().filter(|_| !audience.hide_values)?;
    let Impact { table, points, cells, .. } = impact;
    let language = audience.language;
    let (title, row) = (impact.title.get(language), impact.row_label.get(language));
    let column = impact.column_label.get(language);
    Some(match language {
        Language::Ja => format!(
            "影響：この票の扱いにより、表{table}「{title}」の「{row}」（{column}）が最大{points}ポイント動きます（動き得る数値は{cells}個）。"
        ),
        Language::En => format!(
            "impact: settling this record can move \"{row}\" of {table} ({title}), {column}, by up to {points} points; figures that it can move: {cells}."
        ),
    })
}

/// The same in a word or two for a line that is the same in every language; empty: nothing.
pub fn tags(diagnostic: &Diagnostic, audience: Audience) -> String {
    let standing = &diagnostic.standing;
    let decision = standing.decision.as_ref().map(|_| "set aside".to_owned());
    let acceptance = standing.acceptance.as_ref().map(|acceptance| match &acceptance.lapse {
        None => format!("accepted: {}", acceptance.reason.code()),
        Some(lapse) => format!("acceptance lapsed: {}", lapse.word()),
    });
    let new = (standing.since == Some(Since::New)).then(|| "new".to_owned());
    let impact = standing.impact.as_deref().filter(|_| !audience.hide_values).map(|impact| {
        let Impact { table, row, column, points, cells, .. } = impact;
        format!("impact: {points} {table}/{row}/{column} of {cells}")
    });
    let tags = decision.into_iter().chain(acceptance).chain(new).chain(impact);
    tags.fold(String::new(), |all, tag| all + " [" + &tag + "]")
}

/// Why somebody has accepted the finding, for formats that tell a justification. `None`: it is open.
pub fn justification(diagnostic: &Diagnostic, audience: Audience) -> Option<String> {
    let acceptance = diagnostic.standing.acceptance.as_deref().filter(|one| one.lapse.is_none())?;
    Some(accepted(acceptance, audience))
}

fn of_the_office(decision: &Decision, audience: Audience) -> String {
    let Decision { number, reason } = decision;
    match (audience.language, audience.hide_values) {
        (Language::Ja, true) => "調査事務局の決定により、この票では誤りとして扱いません。".to_owned(),
        (Language::En, true) => "set aside for this record by a decision of the survey's office.".to_owned(),
        (Language::Ja, false) => {
            format!("調査事務局の決定（{number}）により、この票では誤りとして扱いません：{reason}")
        }
        (Language::En, false) => {
            format!("set aside for this record by decision {number} of the survey's office: {reason}")
        }
    }
}

fn accepted(acceptance: &Acceptance, audience: Audience) -> String {
    let Acceptance { reason, text, author, date, .. } = acceptance;
    let (code, words) = (reason.code(), reason.words());
    let words = words.get(audience.language);
    let text = text.as_ref().filter(|_| !audience.hide_values);
    match audience.language {
        Language::Ja => {
            let who = if audience.hide_values { String::new() } else { format!("、{author}") };
            let text = text.map(|text| format!("：{text}")).unwrap_or_default();
            format!("確認済：{code} {words}（{date}{who}）{text}")
        }
        Language::En => {
            let who = if audience.hide_values { String::new() } else { format!(" by {author}") };
            let text = text.map(|text| format!(": {text}")).unwrap_or_default();
            format!("accepted: {code} {words} ({date}{who}){text}")
        }
    }
}

fn lapsed(acceptance: &Acceptance, lapse: &Lapse, audience: Audience) -> String {
    let Acceptance { author, date, .. } = acceptance;
    match audience.language {
        Language::Ja => {
            let who = if audience.hide_values { String::new() } else { format!("{author}が") };
            let why = match lapse {
                Lapse::Answers => "その後、規則が参照する回答が変わったため無効です".to_owned(),
                Lapse::Revision { then, now } => {
                    format!("その後、規則が改訂された（改訂{then}から{now}）ため無効です")
                }
                Lapse::Expired(day) => format!("{day}に期限が切れました"),
            };
            format!("{date}に{who}確認済としましたが、{why}。あらためてご確認ください。")
        }
        Language::En => {
            let who = if audience.hide_values { String::new() } else { format!(" by {author}") };
            let why = match lapse {
                Lapse::Answers => "lapsed because an answer that the rule reads has changed".to_owned(),
                Lapse::Revision { then, now } => {
                    format!("lapsed because the rule was revised (from revision {then} to {now})")
                }
                Lapse::Expired(day) => format!("expired on {day}"),
            };
            format!("was accepted on {date}{who}; {why}. Please look into it again.")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Place;
    use crate::diagnostic::code::internal::RECORD_FAULT;
    use crate::diagnostic::standing::Reason;

    fn of(lapse: Option<Lapse>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(&RECORD_FAULT, Place::Run);
        diagnostic.standing.acceptance = Some(Arc::new(Acceptance {
            reason: Reason::Other,
            text: Some("電話で確認".into()),
            author: "山田".into(),
            date: "2026-02-01".into(),
            lapse,
            entry: 0,
        }));
        diagnostic
    }

    #[test]
    fn what_is_accepted_says_who_when_and_why_unless_values_are_hidden() {
        let audience = Audience { language: Language::En, ..Audience::default() };
        assert_eq!(sentences(&of(None), audience), ["accepted: 4 other (2026-02-01 by 山田): 電話で確認"]);
        let hidden = Audience { hide_values: true, ..audience };
        assert_eq!(sentences(&of(None), hidden), ["accepted: 4 other (2026-02-01)"]);
        assert_eq!(justification(&of(None), hidden).as_deref(), Some("accepted: 4 other (2026-02-01)"));
        assert_eq!(justification(&of(Some(Lapse::Answers)), audience), None);
        assert_eq!(tags(&of(Some(Lapse::Answers)), audience), " [acceptance lapsed: answers]");
        let japanese = sentences(&of(Some(Lapse::Expired("2026-03-31".into()))), Audience::default());
        assert_eq!(
            japanese,
            [
                "2026-02-01に山田が確認済としましたが、2026-03-31に期限が切れました。あらためてご確認ください。"
            ]
        );
    }
}
