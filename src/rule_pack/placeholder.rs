//! Placeholders of messages: names between braces → [`Placeholder`].
//!
//! Invariants
//! - Both languages use the same placeholders; a title uses none.
//! - What prints an answer is read by the rule; what prints a title may be any field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declaration::{self, nfkc};
use super::declared_type::describe;
use super::toml_file::{Table, Text};
use super::{Let, Lookup, Placeholder, mistake};
use crate::diagnostic::code::pack as code;
use crate::diagnostic::{Diagnostic, Diagnostics, Localized, Notice, Severity, Template};
use crate::expression::names::NamedField;
use crate::expression::{FieldId, Names, Type};
use crate::source::{SourceText, Span};

/// The texts of a rule, parsed once for all its instances.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    /// The file in which they stand.
    pub source: &'a SourceText,
    /// One line without values.
    pub title: Localized<Arc<str>>,
    /// Full sentences.
    pub message: Localized<Template>,
    /// How to find out. `None`: not given.
    pub help: Option<Localized<Template>>,
    /// Names of the slots, and where each first stands.
    pub slots: Vec<(Arc<str>, Span)>,
    /// Names that one language alone uses, and where.
    pub alone: Vec<Alone>,
}

/// A placeholder that one language alone uses.
#[derive(Debug, Clone)]
pub struct Alone {
    name: Arc<str>,
    span: Span,
    /// Which text of the block, and which of its two languages.
    of: (Span, bool),
}

/// What the texts of one rule instance may name.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The rule, for messages.
    pub rule: &'a str,
    /// All names.
    pub names: &'a Names,
    /// Columns whose values may be printed.
    pub reads: &'a BTreeSet<FieldId>,
    /// The rule's own values.
    pub lets: &'a [Let],
    /// Reference tables, by number.
    pub lookups: &'a [Lookup],
    /// Names that the rule's kind fills itself.
    pub published: &'a [&'static str],
    /// `question`, `controller`: known from the instance.
    pub fixed: &'a BTreeMap<&'static str, Localized<Arc<str>>>,
    /// The field that `{value}` prints. `None`: not published.
    pub value: Option<FieldId>,
}

/// Reads `title`, `message` and `help` of a block. `None`: one of the first two is missing or not whole.
pub fn read<'a>(source: &'a SourceText, block: &Table<'_>, found: &mut Diagnostics) -> Option<Texts<'a>> {
    read_parts([(source, block); 3], found)
}

/// The same, where title, message and help stand in these blocks.
pub fn read_parts<'a>(
    [(title_source, title), (source, message), (help_source, help)]: [(&'a SourceText, &Table<'_>); 3],
    found: &mut Diagnostics,
) -> Option<Texts<'a>> {
    let title = title.table("title")?;
    for language in ["ja", "en"] {
        check_title(title_source, title.text(language)?, found);
    }
    let mut slots: Vec<(Arc<str>, Span)> = Vec::new();
    let mut alone = Vec::new();
    let message = both(source, message.table("message")?, (&mut slots, &mut alone), found);
    let help = help.table("help");
    let read = help.and_then(|help| both(help_source, help, (&mut slots, &mut alone), found));
    if help.is_some() && read.is_none() {
        return None;
    }
    Some(Texts {
        source,
        title: declaration::both(Some(title))?,
        message: message?,
        help: read,
        slots,
        alone,
    })
}

fn check_title(source: &SourceText, title: Text<'_>, found: &mut Diagnostics) {
    let mut slots = 0;
    let _ = Template::parse(title.text, |_| {
        slots += 1;
        0
    });
    if slots > 0 || title.text.ends_with(['.', '。']) {
        found.push(mistake::at(&code::TITLE_SHAPE, source, title.span).with("found", title.text));
    }
}

/// `None`: a language is missing, or a brace without partner leaves open where a name ends; both are reported.
fn both(
    source: &SourceText,
    texts: &Table<'_>,
    (slots, alone): (&mut Vec<(Arc<str>, Span)>, &mut Vec<Alone>),
    found: &mut Diagnostics,
) -> Option<Localized<Template>> {
    let (ja, en) = (texts.text("ja")?, texts.text("en")?);
    let stray: Vec<Diagnostic> = [ja, en].into_iter().filter_map(|text| stray_brace(source, text)).collect();
    if !stray.is_empty() {
        found.extend(stray);
        return None;
    }
    let mut template = |text: Text<'_>| {
        let mut used = BTreeSet::new();
        let template = Template::parse(text.text, |name| {
            used.insert(name.to_owned());
            slots.iter().position(|(slot, _)| &**slot == name).unwrap_or_else(|| {
                slots.push((Arc::from(name), place(source, text.span, name)));
                slots.len() - 1
            })
        });
        (template, used)
    };
    let ((ja_template, in_ja), (en_template, in_en)) = (template(ja), template(en));
    for (text, only) in [(ja, in_ja.difference(&in_en)), (en, in_en.difference(&in_ja))] {
        alone.extend(only.map(|name| Alone {
            name: Arc::from(name.as_str()),
            span: place(source, text.span, name),
            of: (texts.span, text.span == ja.span),
        }));
    }
    Some(Localized::new(ja_template, en_template))
}

fn stray_brace(source: &SourceText, text: Text<'_>) -> Option<Diagnostic> {
    let at = Template::stray_brace(text.text)?;
    let inside = source.slice(text.span).find(text.text).map(|start| start + at);
    let span = inside
        .and_then(|at| u64::try_from(at).ok())
        .map_or(text.span, |at| Span::new(text.span.start + at, text.span.start + at + 1));
    let brace = text.text.get(at..at + 1).unwrap_or_default();
    let label = Localized::new("対になる括弧がない".to_owned(), "has no partner".to_owned());
    Some(mistake::labelled(&code::STRAY_BRACE, source, span, label).with("found", brace))
}

/// The bytes of `{name}` inside the string at `whole`; the string where escapes hide it.
fn place(source: &SourceText, whole: Span, name: &str) -> Span {
    let written = format!("{{{name}}}");
    source.slice(whole).find(&written).map_or(whole, |at| {
        let start = whole.start + u64::try_from(at).unwrap_or(0);
        Span::new(start, start + u64::try_from(written.len()).unwrap_or(0))
    })
}

impl Texts<'_> {
    /// What each slot prints, in order; what cannot be printed is reported and prints nothing.
    pub fn resolve(&self, scope: &Scope<'_>, found: &mut Diagnostics) -> Vec<Placeholder> {
        let unknown = |name: &str| matches!(scope.placeholder(name), Err(Refusal::Unknown));
        self.report_alone(&unknown, found);
        let resolve = |(name, span): &(Arc<str>, Span)| match scope.placeholder(name) {
            Ok(placeholder) => placeholder,
            Err(Refusal::Faulty) => Placeholder::Published(Arc::clone(name)),
            Err(refusal) => {
                found.push(refusal.mistake(scope, self.source, *span, name));
                Placeholder::Published(Arc::clone(name))
            }
        };
        self.slots.iter().map(resolve).collect()
    }

    /// Reports what stands in one language only. A name that is unknown is reported as that, and what the other language
    /// has in its place is no further mistake.
    pub fn report_alone(&self, unknown: &dyn Fn(&str) -> bool, found: &mut Diagnostics) {
        for (index, one) in self.alone.iter().enumerate().filter(|(_, one)| !unknown(&one.name)) {
            let misspelt = self
                .alone
                .iter()
                .filter(|other| other.of.0 == one.of.0 && other.of.1 != one.of.1 && unknown(&other.name));
            let before =
                self.alone.iter().take(index).filter(|other| other.of == one.of && !unknown(&other.name));
            if before.count() >= misspelt.count() {
                let mistake = mistake::at(&code::PLACEHOLDERS_DIFFER, self.source, one.span);
                found.push(mistake.with("found", format!("{{{}}}", one.name)));
            }
        }
    }

    /// The texts as a notice of one rule instance.
    pub fn notice(&self, id: &str, instance: Option<&str>, slug: &str, severity: Severity) -> Notice {
        Notice {
            id: Arc::from(id),
            instance: instance.map(Arc::from),
            slug: Arc::from(slug),
            severity,
            title: self.title.clone(),
            message: self.message.clone(),
            help: self.help.clone(),
            slots: self.slots.iter().map(|(name, _)| Arc::clone(name)).collect(),
        }
    }
}

/// Why a placeholder prints nothing.
#[derive(Debug)]
enum Refusal {
    Unknown,
    /// Of something whose own mistake has been reported.
    Faulty,
    NotRead,
    NoLabel(Type),
}

impl Refusal {
    fn mistake(self, scope: &Scope<'_>, source: &SourceText, span: Span, name: &str) -> Diagnostic {
        let written = format!("{{{name}}}");
        match self {
            Self::Unknown | Self::Faulty => {
                let mistake = mistake::at(&code::UNKNOWN_PLACEHOLDER, source, span).with("found", written);
                let bare = name.split(':').next().unwrap_or(name);
                if bare != name && scope.field(bare).is_ok() {
                    let (ja, en) = (
                        format!("{{{bare}:label}} か {{{bare}:q}} ですか"),
                        format!("{{{bare}:label}} or {{{bare}:q}}?"),
                    );
                    return mistake.suggest(Localized::new(ja, en));
                }
                mistake::suggested(mistake, bare, scope.known().iter().map(String::as_str))
            }
            Self::NotRead => {
                let mistake = mistake::at(&code::PLACEHOLDER_NOT_READ, source, span);
                mistake.with("rule", scope.rule).with("found", written)
            }
            Self::NoLabel(ty) => mistake::at(&code::TYPE_HERE, source, span)
                .with("key", written)
                .with("expected", mistake::fixed(&Localized::new("選択肢", "an option")))
                .with("found", mistake::both(describe(&ty))),
        }
    }
}

impl Scope<'_> {
    fn placeholder(&self, name: &str) -> Result<Placeholder, Refusal> {
        if let Some(fixed) = self.fixed.get(name) {
            return Ok(Placeholder::Fixed(fixed.clone()));
        }
        if let Some(field) = self.value.filter(|_| name == "value") {
            let read = self.reads.contains(&field);
            return if read { Ok(Placeholder::Written(field)) } else { Err(Refusal::NotRead) };
        }
        if self.published.contains(&name) {
            return Ok(Placeholder::Published(Arc::from(name)));
        }
        match name.rsplit_once(':') {
            Some(("blanks", "q")) => Ok(Placeholder::Blanks),
            Some((name, "q")) => self.title(name),
            Some((name, "label")) => self.label(name),
            Some(_) => Err(Refusal::Unknown),
            None => self.written(name),
        }
    }

    fn field(&self, name: &str) -> Result<&NamedField, Refusal> {
        let name = nfkc(name);
        let field = match name.split_once('.') {
            Some((link, field)) => self.names.links.get(link).and_then(|link| link.fields.get(field)),
            None => self.names.field(&name),
        };
        field.ok_or(Refusal::Unknown)
    }

    /// A field whose value may be printed.
    fn read(&self, name: &str) -> Result<&NamedField, Refusal> {
        self.field(name)
            .and_then(|field| if self.reads.contains(&field.id) { Ok(field) } else { Err(Refusal::NotRead) })
    }

    fn title(&self, name: &str) -> Result<Placeholder, Refusal> {
        self.field(name).map(|field| Placeholder::Fixed(field.title.clone()))
    }

    fn let_at(&self, name: &str) -> Result<(usize, &Let), Refusal> {
        let name = nfkc(name);
        self.lets.iter().enumerate().find(|(_, value)| value.name == name).ok_or(Refusal::Unknown)
    }

    fn written(&self, name: &str) -> Result<Placeholder, Refusal> {
        if let Some(name) = name.strip_prefix("let.") {
            return self.let_at(name).map(|(index, _)| Placeholder::Let(index));
        }
        if let Some(name) = name.strip_prefix("param.") {
            return self.param(name);
        }
        self.read(name).map(|field| Placeholder::Written(field.id))
    }

    fn param(&self, name: &str) -> Result<Placeholder, Refusal> {
        // Never the pack's own value: a run may give another.
        let known = self.names.params.get(&nfkc(name)).map(|(id, _)| Placeholder::Param(*id));
        let faulty = self.names.faulty.contains(&nfkc(name));
        known.ok_or(if faulty { Refusal::Faulty } else { Refusal::Unknown })
    }

    fn label(&self, name: &str) -> Result<Placeholder, Refusal> {
        if let Some(name) = name.strip_prefix("let.") {
            let (index, value) = self.let_at(name)?;
            return labelled(&value.value.ty, Placeholder::LetLabel(index));
        }
        if let Some(name) = name.strip_prefix("lookup.") {
            return self.lookup(name);
        }
        if let Some(name) = name.strip_prefix("param.") {
            return self.param(name);
        }
        let field = self.read(name)?;
        labelled(&field.ty, Placeholder::Label(field.id))
    }

    fn lookup(&self, name: &str) -> Result<Placeholder, Refusal> {
        let id = self.names.lookups.get(&nfkc(name)).ok_or(Refusal::Unknown)?.id;
        let lookup = self.lookups.get(usize::from(id.0)).ok_or(Refusal::Unknown)?;
        if lookup.labels.is_none() || lookup.record_keys.is_empty() {
            return Err(Refusal::Unknown);
        }
        let read = lookup.record_keys.iter().all(|key| self.reads.contains(key));
        if read { Ok(Placeholder::LookupLabel(id)) } else { Err(Refusal::NotRead) }
    }

    /// Every name that could have been meant.
    fn known(&self) -> Vec<String> {
        let names = self.names;
        let plain = self.fixed.keys().chain(self.published).map(|name| (*name).to_owned());
        let value = self.value.map(|_| "value".to_owned());
        let lets = self.lets.iter().map(|value| format!("let.{}", value.name));
        let params = names.params.keys().map(|name| format!("param.{name}"));
        let lookups = self.lookups.iter().filter(|lookup| lookup.labels.is_some());
        let lookups = lookups.map(|lookup| format!("lookup.{}", lookup.name));
        let links = names
            .links
            .iter()
            .flat_map(|(link, linked)| linked.fields.keys().map(move |field| format!("{link}.{field}")));
        let fields = names.fields.keys().map(ToString::to_string);
        fields.chain(plain).chain(value).chain(lets).chain(params).chain(lookups).chain(links).collect()
    }
}

fn labelled(ty: &Type, placeholder: Placeholder) -> Result<Placeholder, Refusal> {
    match ty {
        Type::Option(_) | Type::Multi(_) => Ok(placeholder),
        other => Err(Refusal::NoLabel(other.clone())),
    }
}
