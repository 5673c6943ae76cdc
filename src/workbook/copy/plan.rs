//! What becomes of each entry of a package when a marked copy is made of it.
//!
//! Invariants
//! - Everything is decided before the first byte is written, and in an order that the input alone gives.

use std::collections::{BTreeMap, BTreeSet};

use super::super::address::CellAddress;
use super::super::archive::Archive;
use super::super::package::Package;
use super::super::refusal::Refusal;
use super::super::relation::{Relation, content_type, relations, relations_part, relative};
use super::comment_part::{self, CommentSurvey};
use super::listing::{NewRelation, free_id, new_relations};
use super::style_part::NewStyles;
use super::vml;
use super::worksheet::{Edit, SheetPlan, SheetView};
use super::{Change, Colour, Copied, Mark, NewValue};

const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const BOXES_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
const CONTENT_TYPES: &str = "[Content_Types].xml";

/// What becomes of an entry that is not copied as it is.
#[derive(Debug)]
pub(super) enum Action {
    Sheet(SheetPlan),
    Styles,
    ContentTypes,
    Relations(Vec<NewRelation>),
    WorkbookRelations,
    Comments { survey: CommentSurvey, notes: BTreeMap<CellAddress, String> },
    Boxes { notes: BTreeMap<CellAddress, String>, view: SheetView },
    LeaveOut,
}

/// What becomes of a package.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// By entry of the zip directory.
    pub(super) actions: BTreeMap<usize, Action>,
    /// Name and content, in the order in which they are to stand.
    pub(super) new_parts: Vec<(String, String)>,
    pub(super) styles: NewStyles,
    pub(super) strict: bool,
    pub(super) copied: Copied,
    /// Names of the new parts of comments.
    comments: Vec<String>,
    needs_box_type: bool,
    calculation_chain: Option<String>,
}

/// What is wanted of one sheet.
#[derive(Debug, Default)]
struct Wanted {
    colours: BTreeMap<CellAddress, Colour>,
    notes: BTreeMap<CellAddress, String>,
    values: BTreeMap<CellAddress, NewValue>,
    /// The cells' own styles.
    styles: BTreeMap<CellAddress, u32>,
    view: SheetView,
}

impl Plan {
    /// Decides what becomes of each entry.
    pub(super) fn make(package: &mut Package, marks: &[Mark], changes: &[Change]) -> Result<Self, Refusal> {
        let mut plan = Self::default();
        plan.copied.signature_broken = package.is_signed();
        plan.copied.has_macros = package.has_macros();
        plan.strict = package.relations.iter().any(|found| found.strict);
        let sheets: BTreeSet<usize> =
            marks.iter().map(|mark| mark.sheet).chain(changes.iter().map(|change| change.sheet)).collect();
        let mut wanted = BTreeMap::new();
        for sheet in sheets {
            let own = plan.look_at(package, sheet, marks, changes)?;
            wanted.insert(sheet, own);
        }
        plan.plan_styles(package, &wanted)?;
        for (sheet, wanted) in wanted {
            plan.plan_sheet(package, sheet, wanted)?;
        }
        if let Some(part) = plan.calculation_chain.clone() {
            plan.act(&package.archive, &part, Action::LeaveOut);
            let list = relations_part(&package.workbook_part);
            plan.act(&package.archive, &list, Action::WorkbookRelations);
        }
        if plan.needs_box_type || !plan.comments.is_empty() || plan.calculation_chain.is_some() {
            plan.act(&package.archive, CONTENT_TYPES, Action::ContentTypes);
        }
        Ok(plan)
    }

    /// Whether the line of this part stays in the list of content types.
    pub(super) fn keeps(&self, part: Option<&str>) -> bool {
        let part = part.map(|part| part.trim_start_matches('/'));
        let chain = self.calculation_chain.as_deref();
        !part.zip(chain).is_some_and(|(part, chain)| part.eq_ignore_ascii_case(chain))
    }

    /// The lines to be added to the list of content types.
    pub(super) fn content_types(&self, p: &str) -> Vec<String> {
        let boxes = format!("<{p}Default Extension=\"vml\" ContentType=\"{BOXES_TYPE}\"/>");
        let comments = self
            .comments
            .iter()
            .map(|part| format!("<{p}Override PartName=\"/{part}\" ContentType=\"{COMMENTS_TYPE}\"/>"));
        self.needs_box_type.then_some(boxes).into_iter().chain(comments).collect()
    }

    fn act(&mut self, archive: &Archive, part: &str, action: Action) {
        if let Some(entry) = archive.find(part) {
            self.actions.insert(entry, action);
        }
    }

    /// Finds out what the wanted cells of a sheet are now, and which of them show.
    fn look_at(
        &mut self,
        package: &mut Package,
        sheet: usize,
        marks: &[Mark],
        changes: &[Change],
    ) -> Result<Wanted, Refusal> {
        let limits = package.limits;
        let facts = package.facts(sheet)?;
        let part = package.cells_part(sheet)?;
        let mut wanted = Wanted::default();
        wanted.view.merged = facts.merged;
        wanted.view.layout = facts.layout;
        let inside = |cell: CellAddress| {
            let is_inside =
                (1..=limits.rows).contains(&cell.row) && (1..=limits.columns).contains(&cell.column);
            let far = || Refusal::FarCell { place: Refusal::cell_place(&part, cell) };
            is_inside.then_some(cell).ok_or_else(far)
        };
        for mark in marks.iter().filter(|mark| mark.sheet == sheet) {
            let cell = wanted.view.shown(inside(mark.cell)?).first;
            wanted.colours.entry(cell).or_insert(mark.colour);
            if !mark.text.is_empty() {
                let text = wanted.notes.entry(cell).or_default();
                let gap = if text.is_empty() { "" } else { "\n\n" };
                text.push_str(gap);
                text.push_str(&mark.text);
            }
        }
        for change in changes.iter().filter(|change| change.sheet == sheet) {
            let cell = inside(change.cell)?;
            if wanted.view.shown(cell).first == cell {
                wanted.values.insert(cell, change.value.clone());
            } else {
                self.copied.covered.push((sheet, cell));
            }
        }
        self.look_at_cells(package, sheet, &mut wanted)?;
        Ok(wanted)
    }

    fn look_at_cells(
        &mut self,
        package: &mut Package,
        sheet: usize,
        wanted: &mut Wanted,
    ) -> Result<(), Refusal> {
        let chain = package.related("calcChain");
        let cells: BTreeSet<CellAddress> =
            wanted.colours.keys().chain(wanted.values.keys()).copied().collect();
        let things = package.limits.things;
        let mut rows = package.rows(sheet)?;
        let mut own = BTreeMap::new();
        while let Some(row) = rows.next_row()? {
            let height = if row.is_hidden() { Some(0.0) } else { row.stored.height };
            if let Some(height) = height.filter(|_| wanted.view.heights.len() < things) {
                wanted.view.heights.insert(row.number(), height);
            }
            let first = CellAddress::new(row.number(), 1);
            let last = CellAddress::new(row.number(), u32::MAX);
            for cell in cells.range(first..=last) {
                let stored = row.stored.cells.binary_search_by_key(&cell.column, |stored| stored.column).ok();
                let Some(stored) = stored.and_then(|at| row.stored.cells.get(at)) else {
                    own.extend(row.stored.style.map(|style| (*cell, style)));
                    continue;
                };
                own.insert(*cell, stored.style);
                if stored.formula && wanted.values.contains_key(cell) {
                    if stored.bound {
                        wanted.values.remove(cell);
                        self.copied.unchanged.push((sheet, *cell));
                    } else {
                        self.calculation_chain.clone_from(&chain);
                    }
                }
            }
        }
        let style = |cell: &CellAddress| {
            own.get(cell).copied().unwrap_or_else(|| wanted.view.column_style(cell.column))
        };
        wanted.styles = cells.iter().map(|cell| (*cell, style(cell))).collect();
        Ok(())
    }

    fn plan_styles(
        &mut self,
        package: &mut Package,
        wanted: &BTreeMap<usize, Wanted>,
    ) -> Result<(), Refusal> {
        let pairs: BTreeSet<(u32, Colour)> = wanted
            .values()
            .flat_map(|own| own.colours.iter().map(|(cell, colour)| (own.style(*cell), *colour)))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        self.copied.without_fills = true;
        let Some(part) = package.related("styles") else { return Ok(()) };
        if let Some(styles) = NewStyles::plan(&mut package.archive, &part, &package.limits, &pairs)? {
            self.styles = styles;
            self.copied.without_fills = false;
            self.act(&package.archive, &part, Action::Styles);
        }
        Ok(())
    }

    fn plan_sheet(&mut self, package: &mut Package, sheet: usize, wanted: Wanted) -> Result<(), Refusal> {
        let limits = package.limits;
        let part = package.cells_part(sheet)?;
        let related = relations(&mut package.archive, &part, &limits)?;
        let mut edits: BTreeMap<CellAddress, Edit> = BTreeMap::new();
        for (cell, colour) in &wanted.colours {
            edits.entry(*cell).or_default().style = self.styles.index(wanted.style(*cell), *colour);
        }
        for (cell, value) in &wanted.values {
            let edit = edits.entry(*cell).or_default();
            edit.value = Some(value.clone());
            // A cell that has to be made gets the style that its row or column has.
            edit.style = edit.style.or_else(|| Some(wanted.style(*cell)));
        }
        let mut plan = SheetPlan { edits, boxes: None, strict: self.strict };
        if !wanted.notes.is_empty() {
            self.plan_notes(package, sheet, &part, &related, wanted, &mut plan)?;
        }
        self.act(&package.archive, &part, Action::Sheet(plan));
        Ok(())
    }

    fn plan_notes(
        &mut self,
        package: &mut Package,
        sheet: usize,
        part: &str,
        related: &[Relation],
        wanted: Wanted,
        plan: &mut SheetPlan,
    ) -> Result<(), Refusal> {
        let limits = package.limits;
        let Wanted { mut notes, view, .. } = wanted;
        let mut lines = Vec::new();
        let target = |kind: &str| {
            let mut found = related.iter().filter(|found| found.kind == kind && !found.external);
            found
                .find(|found| package.archive.find(&found.target).is_some())
                .map(|found| found.target.clone())
        };
        let by_id = |id: &String| {
            let found = related.iter().find(|found| found.id == *id && !found.external);
            found.map(|found| found.target.clone()).filter(|part| package.archive.find(part).is_some())
        };
        let boxes = match &view.layout.legacy_drawing {
            Some(id) => Some(by_id(id).ok_or_else(|| Refusal::MissingPart { part: relations_part(part) })?),
            None => None,
        };
        let mut unboxed = notes.clone();
        if let Some(comments) = target("comments") {
            let survey = CommentSurvey::read(&mut package.archive, &comments, &limits)?;
            let threads =
                notes.keys().filter(|cell| survey.threads.contains(cell)).map(|cell| (sheet, *cell));
            self.copied.in_conversation.extend(threads);
            notes.retain(|cell, _| !survey.threads.contains(cell));
            unboxed.retain(|cell, _| !survey.cells.contains(cell));
            self.act(&package.archive, &comments, Action::Comments { survey, notes });
        } else {
            let name = free_name(&package.archive, &self.new_parts, "xl/comments", ".xml");
            let target = relative(part, &name);
            lines.push(NewRelation { id: free_id(related, 1), kind: "comments", target });
            self.comments.push(name.clone());
            self.new_parts.push((name, comment_part::new_part(&notes, self.strict)));
        }
        if unboxed.is_empty() {
            // Every comment has its box already.
        } else if let Some(boxes) = boxes {
            self.act(&package.archive, &boxes, Action::Boxes { notes: unboxed, view });
        } else {
            let name = free_name(&package.archive, &self.new_parts, "xl/drawings/vmlDrawing", ".vml");
            let id = free_id(related, 2);
            lines.push(NewRelation { id: id.clone(), kind: "vmlDrawing", target: relative(part, &name) });
            self.new_parts.push((name, vml::new_part(sheet, &unboxed, &view)));
            self.needs_box_type |= content_type(&mut package.archive, "new.vml", &limits)?.is_none();
            plan.boxes = Some(id);
        }
        if !lines.is_empty() {
            let list = relations_part(part);
            if package.archive.find(&list).is_some() {
                self.act(&package.archive, &list, Action::Relations(lines));
            } else {
                self.new_parts.push((list, new_relations(&lines, self.strict)));
            }
        }
        Ok(())
    }
}

impl Wanted {
    /// The style that a cell has now.
    fn style(&self, cell: CellAddress) -> u32 {
        self.styles.get(&cell).copied().unwrap_or(0)
    }
}

/// A name that no entry and no new part has.
fn free_name(archive: &Archive, new: &[(String, String)], start: &str, end: &str) -> String {
    let mut names = (1_u32..).map(|number| format!("{start}{number}{end}"));
    let is_free = |name: &String| archive.find(name).is_none() && new.iter().all(|(other, _)| other != name);
    names.find(is_free).unwrap_or_default()
}
