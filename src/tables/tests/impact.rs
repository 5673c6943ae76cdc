//! How far settling a record can move a figure, beside counting the tables anew for every way of settling it.
//!
//! Invariants
//! - The twin counts the whole survey anew for each way of settling; it shares no step with the impact.

use super::*;

/// The figures of the twin, by table, row and column.
type Twin = BTreeMap<(String, String, String), Option<Ratio>>;

/// Where each accepted record stands, by question.
type Standing = Vec<(Option<u8>, Vec<Cell>)>;

impl Survey {
    fn leave_rate_out(&mut self) {
        let tables = ["T0", "T1", "T2", "T3"];
        let all = std::mem::replace(
            &mut self.programme,
            Programme::new(&self.plan, &tables, BaseConvention::Asked).0,
        );
        let kept = |table: &PlannedTable| matches!(table.counting, Counting::Answers(_));
        let mut kept = all.tables.iter().map(kept);
        self.counts.tables.retain(|_| kept.next().unwrap());
    }
}

/// Every share and average that is printed of `world`.
fn counted(survey: &Survey, world: &Standing) -> Twin {
    let mut twin = Twin::new();
    let [small, large] = survey.frame;
    let is_there = |table: &&PlannedTable| matches!(table.counting, Counting::Response);
    for _ in survey.programme.tables.iter().filter(is_there) {
        for (band, column, units) in
            [("small", Some(0), small), ("large", Some(1), large), ("all", None, small + large)]
        {
            let of = |own: &&(Option<u8>, Vec<Cell>)| column.is_none() || own.0 == column;
            let rate = ratio(u64::try_from(world.iter().filter(of).count()).unwrap(), units);
            twin.insert(("R".into(), "rate".into(), band.into()), rate);
        }
    }
    for table in &survey.programme.tables {
        let Counting::Answers(question) = &table.counting else { continue };
        let name = &survey.programme.declared(table).unwrap().name;
        let number: usize = name.trim_start_matches('T').parse().unwrap();
        let options: Vec<&str> =
            question.rows.iter().filter(|row| row.kind == AnswerRow::Option).map(|row| &*row.name).collect();
        let stands: Vec<(Option<u8>, Option<String>)> = world
            .iter()
            .map(|(column, cells)| (*column, stand(&survey.form, number, cells, &options)))
            .collect();
        for row in &question.rows {
            let mut put = |column: &str, share| {
                twin.insert((name.to_string(), row.name.to_string(), column.to_owned()), share);
            };
            let by_band = [0, 1].map(|band| tally(&stands, &row.name, |own| own == Some(band)));
            let share = |[count, base, _]: [u64; 3]| ratio(count, base);
            put("small", share(by_band[0]));
            put("large", share(by_band[1]));
            put("all", share(tally(&stands, &row.name, |_| true)));
            let shares: Vec<Ratio> = by_band.into_iter().filter_map(share).collect();
            let number = u64::try_from(shares.len()).unwrap();
            put("bands", (number > 0).then(|| shares.into_iter().sum::<Ratio>() / whole(number)));
            let (mut above, mut below) = (whole(0), whole(0));
            for ([count, base, accepted], units) in by_band.into_iter().zip(survey.frame) {
                if accepted > 0 {
                    above += whole(units * count) / whole(accepted);
                    below += whole(units * base) / whole(accepted);
                }
            }
            put("frame", (below > whole(0)).then(|| above / below));
        }
    }
    twin
}

/// By how much each figure moves at most when the record `settled` comes to stand in any of `ways`.
fn movements(
    survey: &Survey,
    now: &Standing,
    others: &Standing,
    column: Option<u8>,
    ways: &[Vec<Cell>],
) -> Twin {
    let before = counted(survey, now);
    let mut largest: Twin = before.keys().map(|key| (key.clone(), Some(whole(0)))).collect();
    for way in ways {
        let world = [others.clone(), vec![(column, way.clone())]].concat();
        for (key, after) in counted(survey, &world) {
            let change = match (&before[&key], &after) {
                (Some(before), Some(after)) if before < after => after - before,
                (Some(before), Some(after)) => before - after,
                (None, None) => whole(0),
                _ => whole(1),
            };
            let own = largest.get_mut(&key).unwrap();
            *own = own.take().max(Some(change));
        }
    }
    largest
}

#[test]
fn an_impact_is_the_largest_movement_that_counting_anew_for_every_way_of_settling_gives() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut held, mut soft, mut none, mut averages, mut parts) = (0, 0, 0, 0, 0);
    for number in 0..160 {
        let mut survey = Survey::draw(&mut random, 5 + number % 30, 6);
        if number % 2 == 0 {
            // Without the response rate, which whoever comes in moves.
            survey.leave_rate_out();
        }
        let survey = survey;
        let accepted = |place: usize| survey.judged[place].settled.acceptance == Acceptance::Accepted;
        let world = |without: Option<usize>| -> Standing {
            let records = survey.records.iter().enumerate();
            let counted = records.filter(|(place, _)| accepted(*place) && Some(*place) != without);
            counted.map(|(_, record)| (record.column(), record.cells.clone())).collect()
        };
        let field = |number: &usize| survey.programme.pack.named(&format!("q{number}")).unwrap();
        let open: Vec<Open> = survey
            .judged
            .iter()
            .enumerate()
            .map(|(row, one)| Open { row, fields: one.soft.iter().map(field).collect() })
            .collect();
        let settled: Vec<Settled> = survey.judged.iter().map(|one| one.settled.clone()).collect();
        let reached = reaches(&survey.programme, &survey.plan, &survey.batch, &settled, &open);
        let reached: Vec<&Reach> = reached.iter().map(|one| one.as_ref().unwrap()).collect();
        let impacts = impacts(&survey.programme, &survey.counts, &reached);
        for (open, impact) in open.iter().zip(impacts) {
            let (record, one) = (&survey.records[open.row], &survey.judged[open.row]);
            let free = if accepted(open.row) { &one.soft } else { &one.hard };
            let ways = record.ways(&survey.form, free, accepted(open.row));
            let twin = movements(&survey, &world(None), &world(Some(open.row)), record.column(), &ways);
            let largest = twin.values().flatten().max().unwrap();
            let cells = twin.values().flatten().filter(|change| **change > whole(0)).count();
            let context = format!("{} {:?} {:?} {twin:?}", survey.form.schema(), record.cells, open);
            let Some(impact) = impact else {
                assert_eq!(cells, 0, "{context}");
                none += 1;
                continue;
            };
            assert_eq!((&impact.change, impact.cells), (largest, u64::try_from(cells).unwrap()), "{context}");
            let told = &impact.told;
            let named = (told.table.to_string(), told.row.to_string(), told.column.to_string());
            assert_eq!(twin[&named].as_ref(), Some(largest), "{context}");
            assert_eq!(*told.ratio, format!("{}/{}", largest.numer(), largest.denom()));
            averages += usize::from(told.average);
            parts += usize::from(*largest < whole(1));
            *(if accepted(open.row) { &mut soft } else { &mut held }) += 1;
        }
    }
    let met = [held, soft, none, averages, parts];
    assert!(met.iter().zip([300, 150, 100, 1, 300]).all(|(met, least)| *met >= least), "{met:?}");
}
