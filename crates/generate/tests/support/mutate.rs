//! Mistakes in configurations.

use super::random::Random;
use super::scatter::Configuration;
use super::yaml::Yaml;

/// Names that no member, event, stream or variable may have; or only some of them.
const NAMES: [&str; 12] =
    ["", "9bad", "a-b", "a b", "event", "int", "_a", "__a", "ä", "class", "packet_size", "true"];

/// Makes one mistake or two somewhere in the files of a configuration.
pub fn mutate_files(configuration: &mut Configuration, seed: u64) {
    let mut random = Random(!seed);
    for _ in 0..1 + random.below(2) {
        let file = random.below(configuration.files.len() as u64) as usize;
        mutate(&mut configuration.files[file].1, &mut random);
    }
}

/// Makes a mistake somewhere in a value.
fn mutate(root: &mut Yaml, random: &mut Random) {
    let at = random.below(count(root));
    change(nth(root, &mut { at }).expect("below their number"), random);
}

/// How many values there are in it.
fn count(node: &Yaml) -> u64 {
    1 + match node {
        Yaml::List(items) => items.iter().map(count).sum(),
        Yaml::Map(entries) => entries.iter().map(|(_, value)| count(value)).sum(),
        _ => 0,
    }
}

fn nth<'n>(node: &'n mut Yaml, at: &mut u64) -> Option<&'n mut Yaml> {
    if *at == 0 {
        return Some(node);
    }
    *at -= 1;
    match node {
        Yaml::List(items) => items.iter_mut().find_map(|item| nth(item, at)),
        Yaml::Map(entries) => entries.iter_mut().find_map(|(_, value)| nth(value, at)),
        _ => None,
    }
}

fn change(node: &mut Yaml, random: &mut Random) {
    match node {
        Yaml::Map(entries) if !entries.is_empty() && !random.one_in(4) => {
            change_entries(entries, random);
        }
        Yaml::List(items) if !items.is_empty() && !random.one_in(4) => {
            let at = random.below(items.len() as u64) as usize;
            match random.below(3) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => items.push(other(random)),
            }
        }
        Yaml::Number(number) if !random.one_in(4) => {
            *number = random.take([*number + 1, *number - 1, 2 * *number, -*number, 3, 65]);
        }
        _ => *node = other(random),
    }
}

fn change_entries(entries: &mut Vec<(String, Yaml)>, random: &mut Random) {
    let at = random.below(entries.len() as u64) as usize;
    match random.below(4) {
        0 => drop(entries.remove(at)),
        1 => entries[at].0 = random.of(&NAMES).to_owned(),
        2 => entries[at].0.push('x'),
        _ => entries.push((random.of(&NAMES).to_owned(), other(random))),
    }
    // A name stands once: what is done about two of them is tested elsewhere.
    let mut names = Vec::new();
    entries.retain(|(name, _)| {
        let is_new = !names.contains(name);
        names.push(name.clone());
        is_new
    });
}

/// A value that has nothing to do with what stood there.
fn other(random: &mut Random) -> Yaml {
    let entry = |value: Yaml| Yaml::Map(vec![("a".to_owned(), value)]);
    random.take([
        Yaml::Null,
        true.into(),
        false.into(),
        (-1_i64).into(),
        0_i64.into(),
        3_i64.into(),
        16_i64.into(),
        65_i64.into(),
        (1_i64 << 40).into(),
        "".into(),
        "word".into(),
        "uint8".into(),
        "struct".into(),
        "é ~".into(),
        Yaml::List(vec![]),
        vec![1_i64].into(),
        vec!["a"].into(),
        Yaml::Map(vec![]),
        entry(1_i64.into()),
        entry(Yaml::Map(vec![])),
    ])
}
