//! Lays one tree over another, as `$include` and `$inherit` do.

use std::collections::HashMap;
use std::sync::Arc;

use super::value::{Key, MapBuilder};
use super::{Map, Node, Value};

/// Lays `overlay` over `base`, by barectf's rules.
///
/// Maps are patched key by key. A list is appended to a list, but when `keyed_lists` says so of
/// the key that the two stand under, both are lists of maps with one key: a map whose key is
/// there already is patched in its place. All else replaces. What replaces brings its place along;
/// what is patched keeps the place of the base.
///
/// ```
/// use marey_generate::{diagnostic::Problems, source::Sources, yaml};
/// let mut sources = Sources::default();
/// let mut load = |text: &str| {
///     let file = sources.add("a.yaml", text.into())?;
///     Ok(yaml::load(&sources, file, &mut Problems::default()).expect("YAML").root)
/// };
/// let base = load("{size: 8, labels: [a], members: [x: {size: 1}, y: ~]}")?;
/// let overlay = load("{size: 16, labels: [b], members: [x: {align: 2}, z: ~]}")?;
/// let both = yaml::patch(base, overlay, &|key| key == "members");
/// let expected = "{size: 16, labels: [a, b], members: [x: {size: 1, align: 2}, y: ~, z: ~]}";
/// assert_eq!(both, load(expected)?);
/// # Ok::<(), marey_generate::diagnostic::Diagnostic>(())
/// ```
pub fn patch(base: Node, overlay: Node, keyed_lists: &dyn Fn(&str) -> bool) -> Node {
    let Node { value, span, tag } = base;
    match (value, overlay.value) {
        (Value::Map(base), Value::Map(overlay)) => {
            let value = Value::Map(patch_map(base, overlay, keyed_lists));
            Node { value, span, tag }
        }
        (Value::List(base), Value::List(overlay)) => {
            Node { value: Value::List(append(base, &overlay)), span, tag }
        }
        (_, value) => Node { value, ..overlay },
    }
}

fn patch_map(base: Map, overlay: Map, keyed_lists: &dyn Fn(&str) -> bool) -> Map {
    let mut patched = MapBuilder::from(base);
    for (key, node) in overlay.iter() {
        match patched.get_mut(key.text()) {
            Some((_, has)) => {
                let base = std::mem::replace(has, node.clone());
                *has = patch_entry(key, base, node.clone(), keyed_lists);
            }
            None => drop(patched.set(key.clone(), node.clone())),
        }
    }
    patched.build()
}

fn patch_entry(key: &Key, base: Node, overlay: Node, keyed_lists: &dyn Fn(&str) -> bool) -> Node {
    match (base.as_list(), overlay.as_list()) {
        (Some(old), Some(new)) if keyed_lists(key.text()) => {
            Node::list(patch_keyed(old, new, keyed_lists), base.span)
        }
        _ => patch(base, overlay, keyed_lists),
    }
}

/// What is not a map with one key is appended: the configuration's own checks will name it.
fn patch_keyed(base: &[Node], overlay: &[Node], keyed_lists: &dyn Fn(&str) -> bool) -> Vec<Node> {
    let mut patched = base.to_vec();
    let names = base.iter().enumerate().filter_map(|(at, node)| Some((only_key(node)?, at)));
    // Of two with the same name, the last one counts.
    let mut places: HashMap<Arc<str>, usize> = names.collect();
    for node in overlay {
        let Some(name) = only_key(node) else {
            patched.push(node.clone());
            continue;
        };
        match places.get(&name).and_then(|&at| patched.get_mut(at)) {
            Some(has) => *has = patch(has.clone(), node.clone(), keyed_lists),
            None => {
                places.insert(name, patched.len());
                patched.push(node.clone());
            }
        }
    }
    patched
}

fn only_key(node: &Node) -> Option<Arc<str>> {
    match node.as_map()?.entries() {
        [(key, _)] => Some(key.text.clone()),
        _ => None,
    }
}

fn append(base: Arc<Vec<Node>>, overlay: &[Node]) -> Arc<Vec<Node>> {
    let mut nodes = Arc::unwrap_or_clone(base);
    nodes.extend_from_slice(overlay);
    Arc::new(nodes)
}
