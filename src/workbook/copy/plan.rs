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
use super::comment_part::{self, CommentSurvey, Former, NewNote};
use super::listing::{NewRelation, free_id, new_relations};
use super::paint::Paint;
use super::style_part::{self, NewStyles, StyleSurvey};
use super::vml;
use super::worksheet::{Edit, SheetPlan, SheetView};
use super::{Change, Colour, Copied, Mark, NewValue};

const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const BOXES_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
const STYLES_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
const CONTENT_TYPES: &str = "[Content_Types].xml";

/// What becomes of an entry that is not copied as it is.
#[derive(Debug)]
pub(super) enum Action {
    Sheet(SheetPlan),
    Styles,
    ContentTypes,
    Relations(Vec<NewRelation>),
    WorkbookRelations,
    Comments { survey: CommentSurvey, notes: BTreeMap<CellAddress, NewNote> },
    Boxes { gone: BTreeSet<CellAddress>, notes: BTreeMap<CellAddress, NewNote>, view: SheetView },
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
    /// The new part of styles, where the list of content types has to name it.
    styles_part: Option<String>,
    /// What leads from the workbook to its new part of styles.
    pub(super) workbook_relation: Option<NewRelation>,
    calculation_chain: Option<String>,
}

/// What is wanted of one sheet.
#[derive(Debug, Default)]
struct Wanted {
    colours: BTreeMap<CellAddress, Colour>,
    notes: BTreeMap<CellAddress, NewNote>,
    /// What cells are filled with from now on: marked ones, and those whose mark goes.
    paints: BTreeMap<CellAddress, Paint>,
    /// The comments that stand there, and their part. `None`: none do.
    comments: Option<(String, CommentSurvey)>,
    values: BTreeMap<CellAddress, NewValue>,
    /// Cells that get another of the workbook's styles.
    dressed: BTreeMap<CellAddress, u32>,
    /// The cells' own styles.
    styles: BTreeMap<CellAddress, u32>,
    view: SheetView,
}

impl Plan {
    /// Decides what becomes of each entry.
    ///
    /// `ours`: the colours of the marks of former copies, which go. `None`: they stay.
    pub(super) fn make(
        package: &mut Package,
        marks: &[Mark],
        changes: &[Change],
        ours: Option<&[Colour]>,
    ) -> Result<Self, Refusal> {
        let mut plan = Self::default();
        plan.copied.signature_broken = package.is_signed();
        plan.copied.has_macros = package.has_macros();
        plan.strict = package.relations.iter().any(|found| found.strict);
        let sheets: BTreeSet<usize> =
            marks.iter().map(|mark| mark.sheet).chain(changes.iter().map(|change| change.sheet)).collect();
        let mut wanted = BTreeMap::new();
        for sheet in 0..package.sheets().len() {
            let marked = marks.iter().any(|mark| mark.sheet == sheet);
            let comments = if marked || ours.is_some() { comments(package, sheet, ours)? } else { None };
            let has_former = comments.as_ref().is_some_and(|(_, survey)| !survey.formers.is_empty());
            if sheets.contains(&sheet) || has_former {
                let own = plan.look_at(package, sheet, marks, changes, comments)?;
                wanted.insert(sheet, own);
            }
        }
        if let Some(absent) = sheets.iter().find(|sheet| !wanted.contains_key(sheet)) {
            package.cells_part(*absent)?;
        }
        plan.plan_styles(package, &mut wanted, ours.unwrap_or_default())?;
        for (sheet, wanted) in wanted {
            plan.plan_sheet(package, sheet, wanted)?;
        }
        if let Some(part) = plan.calculation_chain.clone() {
            plan.act(&package.archive, &part, Action::LeaveOut);
        }
        if plan.drops_chain() || plan.workbook_relation.is_some() {
            let list = relations_part(&package.workbook_part);
            plan.act(&package.archive, &list, Action::WorkbookRelations);
        }
        let names_parts = !plan.comments.is_empty() || plan.styles_part.is_some();
        if plan.needs_box_type || names_parts || plan.drops_chain() {
            plan.act(&package.archive, CONTENT_TYPES, Action::ContentTypes);
        }
        Ok(plan)
    }

    /// Whether the list of the cells that formulas give goes: one of them is no formula any more.
    pub(super) fn drops_chain(&self) -> bool {
        self.calculation_chain.is_some()
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
        let line =
            |part: &String, kind: &str| format!("<{p}Override PartName=\"/{part}\" ContentType=\"{kind}\"/>");
        let comments = self.comments.iter().map(|part| line(part, COMMENTS_TYPE));
        let styles = self.styles_part.iter().map(|part| line(part, STYLES_TYPE));
        self.needs_box_type.then_some(boxes).into_iter().chain(comments).chain(styles).collect()
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
        comments: Option<(String, CommentSurvey)>,
    ) -> Result<Wanted, Refusal> {
        let limits = package.limits;
        let facts = package.facts(sheet)?;
        let part = package.cells_part(sheet)?;
        let mut wanted = Wanted { comments, ..Wanted::default() };
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
                let text = &mut wanted.notes.entry(cell).or_default().text;
                let gap = if text.is_empty() { "" } else { "\n\n" };
                text.push_str(gap);
                text.push_str(&mark.text);
            }
        }
        for change in changes.iter().filter(|change| change.sheet == sheet) {
            let cell = inside(change.cell)?;
            if wanted.view.shown(cell).first == cell {
                wanted.values.insert(cell, change.value.clone());
                wanted.dressed.extend(change.style.map(|style| (cell, style)));
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
        let formers = wanted.comments.iter().flat_map(|(_, survey)| survey.formers.keys());
        let cells: BTreeSet<CellAddress> =
            wanted.colours.keys().chain(wanted.values.keys()).chain(formers).copied().collect();
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
        wanted.styles.extend(&wanted.dressed);
        Ok(())
    }

    fn plan_styles(
        &mut self,
        package: &mut Package,
        wanted: &mut BTreeMap<usize, Wanted>,
        ours: &[Colour],
    ) -> Result<(), Refusal> {
        let has_marks = wanted.values().any(|own| !own.colours.is_empty());
        let has_formers = wanted.values().any(|own| own.formers().next().is_some());
        if !has_marks && !has_formers {
            return Ok(());
        }
        let part = package.related("styles");
        let survey = if let Some(part) = &part {
            let styles = wanted.values().flat_map(|own| own.styles.values().copied()).collect();
            style_part::survey(&mut package.archive, part, &package.limits, &styles)?
        } else {
            StyleSurvey::blank()
        };
        if !survey.is_usable() {
            self.copied.without_fills = has_marks;
            return Ok(());
        }
        for own in wanted.values_mut() {
            own.paint(&survey, ours);
        }
        let pairs: BTreeSet<(u32, Paint)> = wanted
            .values()
            .flat_map(|own| own.paints.iter().map(|(cell, paint)| (own.style(*cell), paint.clone())))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        self.styles = NewStyles::plan(&survey, &pairs);
        match part {
            Some(part) => self.act(&package.archive, &part, Action::Styles),
            None => self.make_styles(package)?,
        }
        Ok(())
    }

    /// A part of styles for a workbook that has none, whether or not a relation leads to one.
    fn make_styles(&mut self, package: &mut Package) -> Result<(), Refusal> {
        let led = package.relations.iter().find(|found| found.kind == "styles" && !found.external);
        let name = if let Some(led) = led {
            led.target.clone()
        } else {
            // Some programs look for it under this name alone.
            let usual = Some("xl/styles.xml".to_owned()).filter(|name| package.archive.find(name).is_none());
            let free = || free_name(&package.archive, &self.new_parts, "xl/styles", ".xml");
            let name = usual.unwrap_or_else(free);
            let target = relative(&package.workbook_part, &name);
            let id = free_id(&package.relations, 1);
            self.workbook_relation = Some(NewRelation { id, kind: "styles", target });
            name
        };
        let known = content_type(&mut package.archive, &name, &package.limits)?;
        self.styles_part = (known.as_deref() != Some(STYLES_TYPE)).then(|| name.clone());
        self.new_parts.push((name, style_part::new_part(&self.styles, self.strict)));
        Ok(())
    }

    fn plan_sheet(&mut self, package: &mut Package, sheet: usize, wanted: Wanted) -> Result<(), Refusal> {
        let limits = package.limits;
        let part = package.cells_part(sheet)?;
        let related = relations(&mut package.archive, &part, &limits)?;
        let mut edits: BTreeMap<CellAddress, Edit> = BTreeMap::new();
        for (cell, paint) in &wanted.paints {
            edits.entry(*cell).or_default().style = self.styles.index(wanted.style(*cell), paint);
        }
        for (cell, value) in &wanted.values {
            let edit = edits.entry(*cell).or_default();
            edit.value = Some(value.clone());
            // A cell that has to be made gets the style that its row or column has.
            edit.style = edit.style.or_else(|| Some(wanted.style(*cell)));
        }
        let mut plan = SheetPlan { edits, boxes: None, strict: self.strict };
        if !wanted.notes.is_empty() || wanted.formers().next().is_some() {
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
        let Wanted { mut notes, view, comments, .. } = wanted;
        let mut lines = Vec::new();
        let by_id = |id: &String| {
            let found = related.iter().find(|found| found.id == *id && !found.external);
            found.map(|found| found.target.clone()).filter(|part| package.archive.find(part).is_some())
        };
        let boxes = match &view.layout.legacy_drawing {
            Some(id) => Some(by_id(id).ok_or_else(|| Refusal::MissingPart { part: relations_part(part) })?),
            None => None,
        };
        let mut unboxed = notes.clone();
        let mut gone = BTreeSet::new();
        if let Some((comments, mut survey)) = comments {
            let whole = survey.formers.iter().filter(|(_, former)| matches!(former, Former::Whole(_)));
            gone.extend(whole.map(|(cell, _)| *cell));
            survey.cells.retain(|cell| !gone.contains(cell));
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
        if let Some(boxes) = boxes.filter(|_| !unboxed.is_empty() || !gone.is_empty()) {
            self.act(&package.archive, &boxes, Action::Boxes { gone, notes: unboxed, view });
        } else if !unboxed.is_empty() {
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
    /// What former marked copies say of the sheet's cells.
    fn formers(&self) -> impl Iterator<Item = (&CellAddress, &Former)> {
        self.comments.iter().flat_map(|(_, survey)| &survey.formers)
    }

    /// Decides what cells are filled with, and what of it a comment has to remember; `ours` are the colours of marks.
    fn paint(&mut self, survey: &StyleSurvey, ours: &[Colour]) {
        let before = |cell: &CellAddress| {
            let now = survey.paint(self.style(*cell)).cloned();
            let former = self.comments.as_ref().and_then(|(_, survey)| survey.formers.get(cell));
            let is_ours = |paint: &Paint| ours.iter().any(|colour| Paint::from(*colour) == *paint);
            match former.filter(|_| now.as_ref().is_some_and(is_ours)) {
                Some(Former::Whole(Some(fill))) => (Some(fill.clone()), true),
                Some(_) => (Some(Paint::Unfilled), true),
                None => (now, false),
            }
        };
        let marked = self.colours.keys().map(|cell| (*cell, before(cell).0)).collect::<Vec<_>>();
        let mut paints: BTreeMap<CellAddress, Paint> = BTreeMap::new();
        for (cell, _) in self.formers() {
            if let (Some(fill), true) = before(cell) {
                paints.insert(*cell, fill);
            }
        }
        paints.extend(self.colours.iter().map(|(cell, colour)| (*cell, Paint::from(*colour))));
        self.paints = paints;
        for (cell, fill) in marked {
            if let Some(note) = self.notes.get_mut(&cell) {
                note.fill = fill;
            }
        }
    }

    /// The style that a cell has now.
    fn style(&self, cell: CellAddress) -> u32 {
        self.styles.get(&cell).copied().unwrap_or(0)
    }
}

/// The part of a sheet's comments, and what stands in it. `None`: it has none.
///
/// `ours` `None`: what former marked copies say is taken for anybody's.
fn comments(
    package: &mut Package,
    sheet: usize,
    ours: Option<&[Colour]>,
) -> Result<Option<(String, CommentSurvey)>, Refusal> {
    if !package.sheets().get(sheet).is_some_and(|sheet| sheet.has_cells) {
        return Ok(None);
    }
    let (limits, part) = (package.limits, package.cells_part(sheet)?);
    let related = relations(&mut package.archive, &part, &limits)?;
    let mut found = related.iter().filter(|found| found.kind == "comments" && !found.external);
    let Some(found) = found.find(|found| package.archive.find(&found.target).is_some()) else {
        return Ok(None);
    };
    let mut survey = CommentSurvey::read(&mut package.archive, &found.target, &limits)?;
    if ours.is_none() {
        survey.formers.clear();
    }
    Ok(Some((found.target.clone(), survey)))
}

/// A name that no entry and no new part has.
fn free_name(archive: &Archive, new: &[(String, String)], start: &str, end: &str) -> String {
    let mut names = (1_u32..).map(|number| format!("{start}{number}{end}"));
    let is_free = |name: &String| archive.find(name).is_none() && new.iter().all(|(other, _)| other != name);
    names.find(is_free).unwrap_or_default()
}
