//! Engines in turn, round after round, on one trace; and the table of what they cost.

use std::fmt::Write as _;
use std::io;

use crate::child::{self, Cost};
use crate::definition::{Engine, Input, Scaling};
use crate::traces::Trace;

/// What the engines cost on one input, in the order of the definition.
#[derive(Debug)]
pub struct Raced {
    /// The input.
    pub input: Input,
    /// How long the trace was.
    pub bytes: u64,
    /// How many packets it has.
    pub packets: u64,
    /// Who took part.
    pub lanes: Vec<Lane>,
}

/// One engine's costs.
#[derive(Debug)]
pub struct Lane {
    /// The engine.
    pub name: String,
    /// One for each round; none where the program is missing.
    pub costs: Vec<Cost>,
    has_budget: bool,
}

/// Lets all engines run `rounds` times, in turn, so that what disturbs one disturbs all.
///
/// # Errors
/// When an engine fails or its answer is wrong.
pub fn race(engines: &[Engine], input: &Input, trace: &Trace, rounds: usize) -> io::Result<Raced> {
    let lane = |engine: &Engine| Lane {
        name: engine.name.clone(),
        costs: Vec::new(),
        has_budget: engine.has_budget,
    };
    let mut lanes: Vec<Lane> = engines.iter().map(lane).collect();
    // The first round brings the file into the page cache, and is not counted.
    for round in 0..=rounds {
        for (engine, lane) in engines.iter().zip(&mut lanes) {
            let Some(mut command) = child::command(&engine.work, trace.path())? else {
                if round == 0 {
                    println!("skipped: {}: the program is not here", engine.name);
                }
                continue;
            };
            let cost = child::run(&engine.work, &mut command, &trace.answer)?;
            if round > 0 {
                lane.costs.push(cost);
            }
        }
    }
    let (input, packets) = (input.clone(), trace.answer.packets);
    Ok(Raced { input, bytes: trace.bytes, packets, lanes })
}

impl Raced {
    /// The table, as Markdown.
    pub fn table(&self) -> String {
        let Raced { input, bytes, packets, lanes } = self;
        let rounds = lanes.iter().map(|lane| lane.costs.len()).max().unwrap_or(0);
        let mut text = format!(
            "{}: {packets} packets in {bytes} bytes, {rounds} rounds, budget {} x\n\n",
            input.name, input.budget
        );
        text.push_str("| engine | CPU s, least | CPU s, median | x least | wall s, least |\n");
        text.push_str("|---|---|---|---|---|\n");
        let first = lanes.first().map_or(0.0, |lane| lane.least(|cost| cost.cpu_s));
        for lane in lanes.iter().filter(|lane| !lane.costs.is_empty()) {
            let (least, median) = (lane.least(|cost| cost.cpu_s), lane.median_cpu_s());
            let (name, wall) = (&lane.name, lane.least(|cost| cost.wall_s));
            let ratio = least / first;
            let _ =
                writeln!(text, "| {name} | {least:.4} | {median:.4} | {ratio:.2} | {wall:.4} |");
        }
        text
    }

    /// The CPU time of one engine over that of the busiest thread of another.
    pub fn scaling(&self, scaling: &Scaling) -> Option<f64> {
        let lane = |name: &str| self.lanes.iter().find(|lane| lane.name == name);
        let (one, two) = (lane(&scaling.one)?, lane(&scaling.two)?);
        let busiest = two.least(|cost| cost.busiest_s.unwrap_or(f64::INFINITY));
        Some(one.least(|cost| cost.cpu_s) / busiest).filter(|ratio| *ratio > 0.0)
    }

    /// Engines over the budget, with how many times the first one's CPU time they took. The least
    /// of all rounds counts: other work on the machine only ever adds.
    pub fn over_budget(&self) -> Vec<(String, f64)> {
        let first = self.lanes.first().map_or(0.0, |lane| lane.least(|cost| cost.cpu_s));
        let budgeted = self.lanes.iter().filter(|lane| lane.has_budget);
        let ratios =
            budgeted.map(|lane| (lane.name.clone(), lane.least(|cost| cost.cpu_s) / first));
        ratios.filter(|(_, ratio)| *ratio > self.input.budget).collect()
    }
}

impl Lane {
    fn least(&self, of: fn(&Cost) -> f64) -> f64 {
        self.costs.iter().map(of).fold(f64::INFINITY, f64::min)
    }

    fn median_cpu_s(&self) -> f64 {
        let mut all: Vec<f64> = self.costs.iter().map(|cost| cost.cpu_s).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(name: &str, has_budget: bool, cpu_s: &[f64]) -> Lane {
        let costs = cpu_s
            .iter()
            .map(|&cpu_s| Cost { cpu_s, wall_s: cpu_s, busiest_s: Some(cpu_s / 2.0) })
            .collect();
        Lane { name: name.to_owned(), costs, has_budget }
    }

    #[test]
    fn the_least_is_compared_and_missing_programs_are_left_out() {
        let input = Input {
            name: "packets".to_owned(),
            kind: "big".to_owned(),
            mib: 1,
            quick_mib: 1,
            budget: 1.3,
        };
        let walk = lane("walk", false, &[0.2, 0.1, 0.3]);
        let lanes = vec![walk, lane("marey", true, &[0.15, 0.14, 0.5]), lane("none", false, &[])];
        let raced = Raced { input, bytes: 10, packets: 1, lanes };
        let table = raced.table();
        assert!(table.contains("| walk | 0.1000 | 0.2000 | 1.00 | 0.1000 |"), "{table}");
        assert!(table.contains("| marey | 0.1400 | 0.1500 | 1.40 | 0.1400 |"), "{table}");
        assert!(!table.contains("none"), "{table}");
        let over: Vec<String> = raced.over_budget().into_iter().map(|(name, _)| name).collect();
        assert_eq!(over, ["marey"]);
        let scaling =
            |one: &str, two: &str| Scaling { one: one.into(), two: two.into(), least: 1.0 };
        assert_eq!(raced.scaling(&scaling("walk", "marey")), Some(0.1 / 0.07));
        assert_eq!(raced.scaling(&scaling("walk", "nobody")), None);
    }
}
