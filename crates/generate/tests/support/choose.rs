//! Chooses configurations that have all that a grammar has.

use std::path::Path;

use serde_json::Value;

use super::coverage::{Grammar, Parts};
use super::scatter::Configuration;

/// Where configurations come from.
pub struct Choice<'a> {
    /// The grammar of configurations as they are written, as JSON Schema.
    pub schema: Value,
    /// What names what a field type inherits.
    pub inherit: &'static [&'static str],
    /// The way to the aliases.
    pub aliases: &'a [&'a str],
    /// What no accepted configuration has: at places that end so, these kinds of values; and why.
    pub never: &'a [(&'a str, &'a [&'a str], &'a str)],
    /// What the grammar has and this is not about.
    pub is_other: fn(&str) -> bool,
    /// Seeds that are taken as they come.
    pub plain: Vec<u64>,
    /// Seeds of which those are taken that have what none before has.
    pub more: std::ops::Range<u64>,
    pub configuration: &'a dyn Fn(u64) -> Configuration,
    /// Whether a configuration of this seed is accepted; there is a folder for it.
    pub is_accepted: &'a dyn Fn(u64, &Path) -> bool,
}

/// Configurations that have all parts.
pub struct Chosen {
    /// All that accepted configurations can have.
    pub all: Parts,
    /// What these have, with those that are taken as they come.
    pub parts: Parts,
    /// Those after the plain ones.
    pub seeds: Vec<u64>,
}

impl Choice<'_> {
    pub fn choose(&self, folder: &Path) -> Chosen {
        let grammar = Grammar::new(self.schema.clone(), self.inherit);
        let mut all = grammar.parts();
        all.retain(|part| !self.is_never(part));
        let mut chosen = Chosen { all, parts: Parts::new(), seeds: Vec::new() };
        for seed in self.plain.iter().copied().chain(self.more.clone()) {
            if chosen.parts == chosen.all {
                break;
            }
            let configuration = (self.configuration)(seed);
            let root = &configuration.files[0].1;
            let aliases = self.aliases.iter().try_fold(root, |node, name| node.get(name));
            let parts = grammar.parts_of(root, aliases);
            if !parts.is_subset(&chosen.parts) && (self.is_accepted)(seed, folder) {
                chosen.parts.extend(parts);
                chosen.seeds.extend(self.more.contains(&seed).then_some(seed));
            }
        }
        chosen
    }

    fn is_never(&self, part: &str) -> bool {
        (self.is_other)(part)
            || self.never.iter().any(|(place, kinds, _)| {
                let is = |(at, kind): (&str, &str)| at.ends_with(place) && kinds.contains(&kind);
                part.split_once(": ").is_some_and(is)
            })
    }

    /// Fails if something of the grammar is in no configuration, or what is never there is there.
    pub fn check(&self, folder: &Path) -> usize {
        let Chosen { all, parts, seeds } = self.choose(folder);
        let missing: Vec<_> = all.difference(&parts).collect();
        let there = all.len() - missing.len();
        println!(
            "{there} of {} kinds of values of properties, in {} configurations and {} more",
            all.len(),
            self.plain.len(),
            seeds.len()
        );
        assert!(missing.is_empty(), "in no configuration: {missing:#?}");
        let surprising: Vec<_> = parts.difference(&all).collect();
        assert!(surprising.is_empty(), "in a configuration all the same: {surprising:#?}");
        all.len()
    }
}
