//! From counts to figures.
//!
//! Invariants
//! - A band is a column of the axis; records of which it is not known count in the total and in no average over bands.
//! - What was received does not move: only counts of accepted records have a range.

use std::sync::Arc;

use super::axis::Axis;
use super::counts::{AnswerCounts, AxisCounts, ColumnCounts, Counts, NonResponse, RowKey, TableCounts};
use super::figures::{
    Averages, BaseText, CellFigures, ColumnFigures, ColumnKind, Decision, Figures, Notes, Records,
    RowFigures, RowKind, TableFigures,
};
use super::naming::Naming;
use super::programme::{AnswerRow, Counting, PlannedTable, Programme, Question};
use super::ratio::{Ratio, ratio};
use super::strata::{Moving, Stratum, frame_weighted, mean_of_bands};
use crate::diagnostic::Localized;
use crate::evaluate::FieldName;
use crate::expression::FieldId;
use crate::rule_pack::tabulation::{AverageKind, PublishedTable, TableBase};

/// The column of all records.
pub const ALL: &str = "all";
/// The column of records of which the band is not known.
pub const UNCLASSIFIED: &str = "unclassified";

/// The figures of what `counts` holds.
pub fn figures(programme: &Programme, counts: &Counts) -> Figures {
    let pack = &programme.pack;
    let counts = &counts.with_rivals();
    let whole = counts.axes.first().map(|axis| ColumnCounts::sum(&axis.columns)).unwrap_or_default();
    let every = |axis: &AxisCounts| (0..axis.columns.len()).collect::<Vec<usize>>();
    let asked = counts.axes.first().and_then(|axis| axis.asked(&every(axis)).now);
    let naming = Naming::new(pack);
    let tables = programme.tables.iter().zip(&counts.tables).filter_map(|(table, cells)| {
        let axis = programme.axes.get(table.axis)?;
        let axis_counts = counts.axes.get(table.axis)?;
        let declared = programme.declared(table)?;
        Some(Making { programme, counts, naming: &naming, table, declared, axis, axis_counts }.table(cells))
    });
    let decision = |((decision, rule), records): (&(Arc<str>, Arc<str>), &u64)| Decision {
        decision: Arc::clone(decision),
        rule: Arc::clone(rule),
        records: *records,
    };
    Figures {
        survey: Arc::clone(&pack.survey),
        wave: Arc::clone(&pack.wave),
        title: pack.title.clone(),
        convention: programme.convention,
        has_frame: counts.has_frame && asked.is_some(),
        records: Records {
            received: whole.received,
            accepted: whole.accepted,
            held: whole.held,
            out_of_scope: counts.out_of_scope,
            superseded: counts.superseded,
            to_confirm: whole.to_confirm,
        },
        decisions: counts.decisions.iter().map(decision).collect(),
        tables: tables.collect(),
    }
}

/// One table in the making.
pub(super) struct Making<'a> {
    pub(super) programme: &'a Programme,
    pub(super) counts: &'a Counts,
    naming: &'a Naming<'a>,
    pub(super) table: &'a PlannedTable,
    pub(super) declared: &'a PublishedTable,
    pub(super) axis: &'a Axis,
    axis_counts: &'a AxisCounts,
}

/// What a row is called.
pub(super) type Named = (Arc<str>, Localized<Arc<str>>, RowKind);

impl Making<'_> {
    fn table(&self, cells: &TableCounts) -> TableFigures {
        let (columns, rows, notes) = match (&self.table.counting, cells) {
            (Counting::Answers(question), TableCounts::Answers(cells, _)) => self.answers(question, cells),
            (Counting::NonResponse(fields), TableCounts::NonResponse(cells)) => {
                self.non_response(fields, cells)
            }
            (_, TableCounts::Keyed(keyed)) => self.keyed(keyed),
            _ => self.response(),
        };
        let question = match &self.table.counting {
            Counting::Answers(question) => self.programme.pack.questionnaire.get(question.field),
            Counting::Days(field) => self.programme.pack.questionnaire.get(*field),
            _ => None,
        };
        let multi = matches!(&self.table.counting, Counting::Answers(question) if question.multi);
        TableFigures {
            name: Arc::clone(&self.declared.name),
            title: self.declared.title.clone(),
            kind: self.declared.kind,
            question: question.map(FieldName::of),
            base: self.base(),
            average: self.declared.average,
            adds_up: matches!(self.table.counting, Counting::Answers(_) | Counting::Days(_)) && !multi,
            axis: self.axis.title.clone(),
            coded: self.axis.coded,
            waves: self.waves(),
            columns,
            rows,
            notes,
        }
    }

    fn base(&self) -> BaseText {
        let named = match self.declared.base {
            TableBase::Named(base) => self.programme.pack.tabulation.bases.get(base),
            _ => None,
        };
        let field = match &self.table.counting {
            Counting::Answers(question) => Some(question.field),
            _ => None,
        };
        let words = |ja: &str, en: &str| Localized::new(Arc::from(ja), Arc::from(en));
        let title = match (&self.declared.base, named) {
            (_, Some(base)) => base.title.clone(),
            (TableBase::Frame, None) => words("調査対象", "units asked"),
            (TableBase::Received, None) => words("受け付けた回答", "records received"),
            (TableBase::Eligible, None) => {
                words("受け付けた回答（対象外・差し替え済みを除く）", "records received, in scope and latest")
            }
            _ => match field.and_then(|field| self.programme.pack.questionnaire.routing_of(field)) {
                Some(_) => words("この設問の回答対象", "those of whom the question is asked"),
                None => self.programme.pack.everyone.clone(),
            },
        };
        let expression = field.and_then(|field| self.naming.routing(field));
        BaseText { name: named.map(|base| Arc::clone(&base.name)), title, expression }
    }

    /// The columns of which `kept` tells whether the band is known; then all. `sum` of some of them is a column's base.
    fn columns(&self, with_unknown: bool, base: impl Fn(&[usize]) -> Moving<u64>) -> Vec<ColumnFigures> {
        let bands = self.axis.columns.len();
        let column = |name: &str, label, kind, places: &[usize]| {
            let counts = places.iter().filter_map(|&place| self.axis_counts.columns.get(place)).copied();
            let counts = ColumnCounts::sum(&counts.collect::<Vec<_>>());
            let framed = kind != ColumnKind::Unclassified;
            ColumnFigures {
                name: Arc::from(name),
                label,
                kind,
                frame: self.asked(places).now.filter(|_| framed),
                accepted: counts.accepted,
                base: base(places),
                hidden: false,
            }
        };
        let mut columns: Vec<ColumnFigures> = self
            .axis
            .columns
            .iter()
            .enumerate()
            .map(|(place, band)| column(&band.name, band.label.clone(), ColumnKind::Band, &[place]))
            .collect();
        if with_unknown {
            let label = Localized::new(Arc::from("区分不明"), Arc::from("not classified"));
            columns.push(column(UNCLASSIFIED, label, ColumnKind::Unclassified, &[bands]));
        }
        columns.push(column(ALL, total_label(), ColumnKind::All, &(0..=bands).collect::<Vec<usize>>()));
        columns
    }

    /// The cells of a row of which `of` gives the column of some places.
    fn cells(&self, with_unknown: bool, of: impl Fn(&[usize]) -> CellFigures) -> Vec<CellFigures> {
        let bands = self.axis.columns.len();
        let mut places: Vec<Vec<usize>> = (0..bands).map(|place| vec![place]).collect();
        if with_unknown {
            places.push(vec![bands]);
        }
        places.push((0..=bands).collect());
        places.iter().map(|places| of(places)).collect()
    }

    fn answers(
        &self,
        question: &Question,
        cells: &[AnswerCounts],
    ) -> (Vec<ColumnFigures>, Vec<RowFigures>, Notes) {
        let bands = self.axis.columns.len();
        let unknown = cells.get(bands).is_some_and(|cell| cell.base > 0 || cell.enters > 0);
        let moving = |cells: &[&AnswerCounts]| {
            let now: u64 = cells.iter().map(|cell| cell.base).sum();
            let enters: u64 = cells.iter().map(|cell| cell.enters).sum();
            Moving { now: Some(now), low: Some(now), high: Some(now + enters) }
        };
        let at = |places: &[usize]| places.iter().filter_map(|&place| cells.get(place)).collect::<Vec<_>>();
        let columns = self.columns(unknown, |places| moving(&at(places)));
        let mut rows = Vec::new();
        for (place, row) in question.rows.iter().enumerate() {
            let strata: Vec<Stratum> =
                cells.iter().enumerate().map(|(column, cell)| self.stratum(column, cell, place)).collect();
            let figure = |places: &[usize]| {
                let own: Vec<Stratum> =
                    places.iter().filter_map(|&place| strata.get(place)).copied().collect();
                let sum = Stratum::sum(&own);
                CellFigures {
                    count: sum.count(),
                    base: moving(&at(places)),
                    share: sum.share(),
                    earlier: self.earlier_cell(place, row, places),
                    published: self.published_here(&row.name, places),
                    hidden: false,
                }
            };
            let over = strata.get(..bands).unwrap_or_default();
            let weighs = self.counts.has_frame && self.axis_counts.are_bands_known();
            let frame = if weighs { frame_weighted(over) } else { Moving::default() };
            let averages = Averages {
                pooled: Stratum::sum(&strata).share(),
                bands: if bands > 0 { mean_of_bands(over) } else { Moving::default() },
                frame,
                earlier: self.earlier_averages(place, row),
                hidden: false,
            };
            let cells = self.cells(unknown, figure);
            let (name, label) = (Arc::clone(&row.name), row.label.clone());
            rows.push(RowFigures { name, label, kind: RowKind::Answer(row.kind), cells, averages });
        }
        rows.retain(|row| !is_needless(row));
        let notes = self.notes(cells);
        (columns, rows, notes)
    }

    fn stratum(&self, column: usize, cell: &AnswerCounts, row: usize) -> Stratum {
        let counts = self.axis_counts.columns.get(column).copied().unwrap_or_default();
        let own = cell.rows.get(row).copied().unwrap_or_default();
        Stratum { base: cell.base, accepted: counts.accepted, frame: counts.frame, ..own }
    }

    fn notes(&self, cells: &[AnswerCounts]) -> Notes {
        let sum = AnswerCounts::sum(cells);
        let [no_answer, marked, unusable] = sum.unanswered;
        let bands = || self.axis.columns.iter().zip(cells).zip(&self.axis_counts.columns);
        let label = |column: &super::axis::AxisColumn| column.label.clone();
        let empty = bands().filter(|((_, cell), _)| cell.base == 0).map(|((column, _), _)| label(column));
        let without = bands().filter(|(_, counts)| counts.accepted == 0);
        let without = without.map(|((column, _), _)| label(column));
        Notes {
            not_applicable: Some(sum.closed + marked),
            no_answer: Some(no_answer),
            unusable: Some(unusable),
            undetermined: Some(sum.undetermined),
            empty_bands: empty.collect(),
            bands_without_records: if self.counts.has_frame { without.collect() } else { Vec::new() },
            ..self.shared_notes()
        }
    }

    fn shared_notes(&self) -> Notes {
        Notes {
            to_confirm: ColumnCounts::sum(&self.axis_counts.columns).to_confirm,
            otherwise: self.axis_counts.otherwise,
            disputed: self.axis_counts.disputed,
            ..Notes::default()
        }
    }

    /// Whether a column for records of unknown band is needed where `of` counts them.
    fn needs_unknown(&self, of: fn(&ColumnCounts) -> u64) -> bool {
        self.axis_counts.columns.last().is_some_and(|column| of(column) > 0)
    }

    fn sum(&self, places: &[usize]) -> ColumnCounts {
        let columns = places.iter().filter_map(|&place| self.axis_counts.columns.get(place)).copied();
        ColumnCounts::sum(&columns.collect::<Vec<_>>())
    }

    /// Units asked. `None`: not known.
    fn asked(&self, places: &[usize]) -> Moving<u64> {
        if self.counts.has_frame { self.axis_counts.asked(places) } else { Moving::default() }
    }

    fn response(&self) -> (Vec<ColumnFigures>, Vec<RowFigures>, Notes) {
        let unknown =
            self.needs_unknown(|column| column.frame + column.unsettled + column.accepted + column.held);
        let columns = self.columns(unknown, |places| self.asked(places));
        let rows = self.declared.rows.iter().map(|name| {
            let (label, kind) = super::naming::response_row(name);
            let figure = |places: &[usize]| {
                let (counts, asked) = (self.sum(places), self.asked(places));
                // A unit counts once, however many records are held that could be its own.
                let most = |asked: Option<u64>| {
                    let all = counts.accepted + counts.enters;
                    asked.map_or(all, |asked| all.min(asked.max(counts.accepted)))
                };
                let count = match &**name {
                    "listed" => Moving::fixed(self.counts.has_frame.then_some(counts.listed)),
                    "frame" => asked.clone(),
                    "received" => Moving::fixed(Some(counts.received)),
                    _ => Moving {
                        now: Some(counts.accepted),
                        low: Some(counts.accepted),
                        high: Some(most(asked.high)),
                    },
                };
                let share = match kind {
                    RowKind::Rate => {
                        let of = |valid, asked: Option<u64>| asked.and_then(|asked| ratio(valid, asked));
                        Moving {
                            now: of(counts.accepted, asked.now),
                            low: of(counts.accepted, asked.high),
                            high: of(most(asked.low), asked.low),
                        }
                    }
                    _ => Moving::default(),
                };
                CellFigures {
                    count,
                    base: asked,
                    share,
                    earlier: Vec::new(),
                    published: self.published_here(name, places),
                    hidden: false,
                }
            };
            let cells = self.cells(unknown, figure);
            RowFigures { name: Arc::clone(name), label, kind, cells, averages: Averages::default() }
        });
        let listed = ColumnCounts::sum(&self.axis_counts.columns).listed;
        let notes = Notes { listed: self.counts.has_frame.then_some(listed), ..self.shared_notes() };
        (columns, rows.collect(), notes)
    }

    fn keyed(
        &self,
        keyed: &std::collections::BTreeMap<RowKey, Vec<u64>>,
    ) -> (Vec<ColumnFigures>, Vec<RowFigures>, Notes) {
        let of: fn(&ColumnCounts) -> u64 = match self.declared.base {
            TableBase::Eligible => |column| column.eligible,
            _ => |column| column.received,
        };
        let unknown = self.needs_unknown(of);
        let base = |places: &[usize]| Moving::fixed(Some(of(&self.sum(places))));
        let columns = self.columns(unknown, base);
        let mut named: Vec<(usize, Named, &Vec<u64>)> = keyed
            .iter()
            .map(|(key, counts)| {
                let (order, named) = self.naming.row(key);
                (order, named, counts)
            })
            .collect();
        named.sort_by(|left, right| (left.0, &left.1.0).cmp(&(right.0, &right.1.0)));
        let rows = named.into_iter().map(|(_, named, counts)| {
            let count = |places: &[usize]| places.iter().filter_map(|&place| counts.get(place)).sum::<u64>();
            let figure = |places: &[usize]| fixed(count(places), of(&self.sum(places)));
            row(named, self.cells(unknown, figure))
        });
        (columns, rows.collect(), self.shared_notes())
    }

    fn non_response(
        &self,
        fields: &[FieldId],
        cells: &[Vec<NonResponse>],
    ) -> (Vec<ColumnFigures>, Vec<RowFigures>, Notes) {
        let unknown = self.needs_unknown(|column| column.eligible);
        // Each question has a base of its own.
        let columns = self.columns(unknown, |places| Moving::fixed(Some(self.sum(places).eligible)));
        let mut undetermined = 0;
        let mut rows = Vec::new();
        for (field, cells) in fields.iter().zip(cells) {
            let Some(field) = self.programme.pack.questionnaire.get(*field) else { continue };
            undetermined += NonResponse::sum(cells).undetermined;
            let figure = |places: &[usize]| {
                let own: Vec<NonResponse> =
                    places.iter().filter_map(|&place| cells.get(place)).copied().collect();
                let sum = NonResponse::sum(&own);
                fixed(sum.no_answer, sum.base)
            };
            let named = (Arc::clone(&field.name), field.title(), RowKind::Question);
            rows.push(row(named, self.cells(unknown, figure)));
        }
        (columns, rows, Notes { undetermined: Some(undetermined), ..self.shared_notes() })
    }
}

/// A row of marks that are not applicable, where nobody can have one, and nobody has.
fn is_needless(row: &RowFigures) -> bool {
    let none = |cell: &CellFigures| cell.count.now == Some(0) && cell.count.high == Some(0);
    row.kind == RowKind::Answer(AnswerRow::NotApplicable) && row.cells.iter().all(none)
}

fn row((name, label, kind): Named, cells: Vec<CellFigures>) -> RowFigures {
    RowFigures { name, label, kind, cells, averages: Averages::default() }
}

/// A cell of what was received, which does not move.
fn fixed(count: u64, base: u64) -> CellFigures {
    let share: Option<Ratio> = ratio(count, base);
    CellFigures {
        count: Moving::fixed(Some(count)),
        base: Moving::fixed(Some(base)),
        share: Moving::fixed(share),
        earlier: Vec::new(),
        published: None,
        hidden: false,
    }
}

/// What the column of all records is called.
pub(super) fn total_label() -> Localized<Arc<str>> {
    Localized::new(Arc::from("合計"), Arc::from("total"))
}

/// Whether a table prints `kind` of average.
pub const fn prints(average: AverageKind, kind: AverageKind) -> bool {
    matches!(
        (average, kind),
        (AverageKind::Unknown, AverageKind::Pooled | AverageKind::Bands | AverageKind::Frame)
            | (AverageKind::Pooled, AverageKind::Pooled)
            | (AverageKind::Bands, AverageKind::Bands)
            | (AverageKind::Frame, AverageKind::Frame)
    )
}
