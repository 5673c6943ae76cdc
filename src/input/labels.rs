//! The names that a form sheet, or a header, may give to an answer: those of columns, labels in both languages, numbers of questions.
//!
//! Invariants
//! - A name of a column goes before a label, and that before a number; a label that two columns have is none.
//! - Names are compared in the folded form, without the marks that people put behind or before them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::nearest::fold;
use crate::expression::Type;
use crate::input::FormNeeds;

/// What may stand before the number of a question.
const NUMBER_SIGNS: [&str; 3] = ["問", "q", "設問"];

/// The labels of one form.
#[derive(Debug)]
pub(in crate::input) struct Labels<'f> {
    form: &'f FormNeeds,
    /// Folded; `None`: more than one column has it.
    titles: BTreeMap<String, Option<usize>>,
    /// By the folded number.
    questions: BTreeMap<String, usize>,
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "form sheets are of workbooks"))]
    heads: BTreeSet<String>,
}

impl<'f> Labels<'f> {
    /// The labels of `form`.
    pub(in crate::input) fn new(form: &'f FormNeeds) -> Self {
        let mut titles: BTreeMap<String, Option<usize>> = BTreeMap::new();
        let mut questions = BTreeMap::new();
        for (column, title) in form.titles.iter().enumerate() {
            let Some(title) = title else { continue };
            for text in [&title.label.ja, &title.label.en] {
                let place = titles.entry(fold(text)).or_insert(Some(column));
                if *place != Some(column) {
                    *place = None;
                }
            }
            if let Some(number) = &title.question {
                questions.entry(fold(number)).or_insert(column);
            }
        }
        let heads = form.answer_heads.iter().map(|head| fold(head)).collect();
        Self { form, titles, questions, heads }
    }

    /// The column that `text` names. `None`: none.
    pub(in crate::input) fn column(&self, text: &str) -> Option<usize> {
        let text = text.trim_matches(is_decoration);
        if text.is_empty() || text.len() > 400 {
            return None;
        }
        let named = |text: &str| {
            let known = self.form.column_named(text);
            known.or_else(|| self.titles.get(&fold(text)).copied().flatten())
        };
        named(text).or_else(|| self.with_unit(text, &named)).or_else(|| {
            let (number, rest) = self.numbered(text)?;
            let question = self.questions.get(&number).copied();
            let rest = rest.trim_matches(is_decoration);
            if rest.is_empty() {
                return question;
            }
            // A title behind a number of another question is nobody's label.
            named(rest).filter(|column| question.is_none() || self.number_of(*column) == Some(&number))
        })
    }

    /// The column before a bracket that holds its unit: `病床数（床）`.
    fn with_unit(&self, text: &str, named: &dyn Fn(&str) -> Option<usize>) -> Option<usize> {
        let inside = text.strip_suffix([')', '）', ']', '］'])?;
        let (name, unit) = inside.rsplit_once(['(', '（', '[', '［'])?;
        let column = named(name)?;
        let is_unit = matches!(self.form.answer(column), Some((Type::Number { unit: Some(own), .. }, _)) if fold(own) == fold(unit));
        is_unit.then_some(column)
    }

    /// The number of a question with what stands before it, as [`number_of`] reads it: `問12．更新頻度`, `Q12`.
    fn numbered<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let digits = text.find(char::is_numeric)?;
        let (sign, rest) = text.split_at_checked(digits)?;
        let sign = fold(sign.trim_matches(is_decoration));
        let known = || NUMBER_SIGNS.into_iter().chain(self.form.question_words.iter().map(String::as_str));
        if !sign.is_empty() && !known().any(|word| word == sign) {
            return None;
        }
        number_of(rest, &sign, |number| self.questions.contains_key(number))
    }

    fn number_of(&self, column: usize) -> Option<&String> {
        let number = self.form.titles.get(column)?.as_ref()?.question.as_ref()?;
        self.questions.get_key_value(&fold(number)).map(|(number, _)| number)
    }

    /// Whether `text` is the heading over the answers.
    #[cfg(feature = "xlsx")]
    pub(in crate::input) fn is_head(&self, text: &str) -> bool {
        let mut words = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).peekable();
        words.peek().is_some()
            && (self.heads.contains(&fold(text)) || words.all(|word| self.heads.contains(&word)))
    }
}

/// Blanks, and what people put around a label: `*病床数：`, `（病床数）`, `■病床数`.
fn is_decoration(letter: char) -> bool {
    letter.is_whitespace() || "：:*＊※■□●○◆◇・．.、,，【】[]".contains(letter)
}

/// The folded number of a question and what stands behind it: `12．更新頻度`, `2(2) …` where `known` has that number.
/// `None`: it is a number alone, and no `sign` stands before it, or one glued to letters.
fn number_of<'t>(text: &'t str, sign: &str, known: impl Fn(&str) -> bool) -> Option<(String, &'t str)> {
    let is_number =
        |letter: char| letter.is_numeric() || matches!(fold(&letter.to_string()).as_str(), "-" | "_");
    let end = text.find(|letter| !is_number(letter)).unwrap_or(text.len());
    // A number in brackets may be part of it, or a remark behind it: the form tells.
    let bracket = text.get(end..).and_then(|rest| rest.find([')', '）'])).map(|place| end + place);
    let closed = bracket.and_then(|place| Some(place + text.get(place..)?.chars().next()?.len_utf8()));
    let end = closed.filter(|end| text.get(..*end).is_some_and(|whole| known(&fold(whole)))).unwrap_or(end);
    let (number, rest) = text.split_at_checked(end)?;
    // A number alone, or glued to letters, is an answer like any other.
    let glued = rest.chars().next().is_some_and(|next| next.is_ascii_alphanumeric());
    let bare = sign.is_empty() && rest.trim_matches(is_decoration).is_empty();
    (!glued && !bare).then(|| (fold(number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Localized;
    use crate::input::form::Title;
    use crate::input::form::tests::form;

    #[test]
    fn a_label_is_known_by_every_name_of_its_column() {
        let mut form = form();
        let title = |ja: &str, en: &str, question: Option<&str>| {
            Some(Title { label: Localized::new(ja.into(), en.into()), question: question.map(Into::into) })
        };
        form.titles =
            vec![title("病院の名称", "name", None), title("許可病床数", "beds allowed", Some("9-1"))];
        form.answer_heads = vec!["回答".into(), "Answer".into()];
        form.answers[1].0 = Type::Number { scale: 0, unit: Some("床".into()) };
        let labels = Labels::new(&form);
        for text in ["施設名", "病院名：", "* name", "病院の名称", "■病院の名称"] {
            assert_eq!(labels.column(text), Some(0), "{text}");
        }
        for text in [
            "病床数",
            "問9-1",
            "Ｑ９－１",
            "問９－１．許可病床数",
            "9-1 Beds allowed",
            "BEDS",
            "許可病床数（床）",
        ] {
            assert_eq!(labels.column(text), Some(1), "{text}");
        }
        for text in [
            "",
            "9-1",
            "問9",
            "問9-2 許可病床数x",
            "9-1x",
            "名称",
            "問9-1 施設名",
            "病床数（稼働）",
            "施設名（床）",
        ] {
            assert_eq!(labels.column(text), None, "{text}");
        }
        for (text, head) in
            [("回答", true), ("回答 Answer", true), ("ｱnswer", false), ("回答 欄", false), ("", false)]
        {
            assert_eq!(labels.is_head(text), head, "{text}");
        }
    }
}
