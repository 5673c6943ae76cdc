//! What leads from one part to another: relationships and content types.
//!
//! Invariants
//! - A target is resolved to a name inside the package, wherever its dots and slashes lead; it is never a path.
//! - Kinds are told by the last word of the type, so that both families of namespaces are alike.

use super::archive::Archive;
use super::limits::Limits;
use super::refusal::Refusal;
use super::xml::{Piece, XmlPart};

/// One relationship of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// Its name, by which the part refers to it.
    pub(super) id: String,
    /// Last word of its type: `worksheet`, `comments`, `drawing`.
    pub(super) kind: String,
    /// Name of the part it leads to; of an external one the address.
    pub(super) target: String,
    /// Whether it leads out of the package.
    pub(super) external: bool,
    /// Whether its type is of the strict family.
    pub(super) strict: bool,
}

/// Name of the part that holds the relationships of `part`; of the package where `part` is empty.
pub(super) fn relations_part(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// The relationships of `part`. A part without any has none: that is no fault.
pub(super) fn relations(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
) -> Result<Vec<Relation>, Refusal> {
    let name = relations_part(part);
    if archive.find(&name).is_none() {
        return Ok(Vec::new());
    }
    let mut xml = XmlPart::open(archive, &name, limits)?;
    let mut found = Vec::new();
    loop {
        match xml.next()? {
            Piece::Start(tag) if tag.local() == "Relationship" => {
                let text = |name: &str| tag.attribute(name).unwrap_or_default().into_owned();
                let external =
                    tag.attribute("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
                let target = text("Target");
                let kind = text("Type");
                let strict = kind.starts_with("http://purl.oclc.org/");
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                let target = if external { target } else { resolved(part, &target) };
                found.push(Relation { id: text("Id"), kind, target, external, strict });
            }
            Piece::EndOfPart => return Ok(found),
            _ => {}
        }
        if found.len() > limits.things {
            return Err(Refusal::TooMany { part: name });
        }
    }
}

/// The part that `target` names, seen from `part`.
pub(super) fn resolved(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/").replace("%20", " ");
    let target = target.split('#').next().unwrap_or_default();
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// `target` as the part beside or below `part` names it: relative where they share a folder, else from the root.
pub(super) fn relative(part: &str, target: &str) -> String {
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    let inside = |folder: &str| target.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    if let Some(rest) = inside(folder) {
        return rest.to_owned();
    }
    match inside(above) {
        Some(rest) if !above.is_empty() => format!("../{rest}"),
        _ => format!("/{target}"),
    }
}

/// The content type of `part`. `None`: the package names none, or has no list of them.
pub(super) fn content_type(
    archive: &mut Archive,
    part: &str,
    limits: &Limits,
) -> Result<Option<String>, Refusal> {
    let list = "[Content_Types].xml";
    if archive.find(list).is_none() {
        return Ok(None);
    }
    let mut xml = XmlPart::open(archive, list, limits)?;
    let extension = part.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut by_extension = None;
    loop {
        match xml.next()? {
            Piece::Start(tag) => {
                let attribute = |name: &str| tag.attribute(name).unwrap_or_default();
                match tag.local() {
                    "Override"
                        if attribute("PartName").trim_start_matches('/').eq_ignore_ascii_case(part) =>
                    {
                        return Ok(Some(attribute("ContentType").into_owned()));
                    }
                    "Default" if attribute("Extension").eq_ignore_ascii_case(extension) => {
                        by_extension = Some(attribute("ContentType").into_owned());
                    }
                    _ => {}
                }
            }
            Piece::EndOfPart => return Ok(by_extension),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_lead_to_parts_and_nowhere_else() {
        for (part, target, expected) in [
            ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/workbook.xml", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets/sheet1.xml", "../comments1.xml", "xl/comments1.xml"),
            ("xl/worksheets/sheet1.xml", "./../drawings/a%20b.vml", "xl/drawings/a b.vml"),
            ("xl/workbook.xml", "../../../../etc/passwd", "etc/passwd"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
        ] {
            assert_eq!(resolved(part, target), expected);
        }
        assert_eq!(relations_part("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relations_part(""), "_rels/.rels");
    }

    #[test]
    fn a_target_is_named_as_seen_from_its_part() {
        for (part, target) in [
            ("xl/worksheets/sheet1.xml", "xl/comments1.xml"),
            ("xl/workbook.xml", "xl/styles.xml"),
            ("sheet.xml", "xl/a/b.xml"),
            ("xl/a/b/sheet.xml", "xl/comments1.xml"),
        ] {
            assert_eq!(resolved(part, &relative(part, target)), target);
        }
        assert_eq!(relative("xl/worksheets/sheet1.xml", "xl/comments1.xml"), "../comments1.xml");
    }
}
