//! Loads text, and keeps what was said about it.

use marey_generate::diagnostic::{Problems, render};
use marey_generate::source::Sources;
use marey_generate::yaml::{self, Node};

/// The tree of some bytes, when there is one, and all that was said, as text.
pub fn load(path: &str, bytes: &[u8]) -> (Option<Node>, String) {
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    let file = match sources.add(path, bytes.to_vec()) {
        Ok(file) => file,
        Err(error) => return (None, render(&error, &sources, false)),
    };
    let document = yaml::load(&sources, file, &mut problems);
    assert_eq!(document.is_none(), problems.has_errors(), "an error without a reason");
    let said = problems.sorted().iter().map(|found| render(found, &sources, false)).collect();
    (document.map(|document| document.root), said)
}

/// The tree of text that is in order.
pub fn tree(text: &str) -> Node {
    let (tree, said) = load("a.yaml", text.as_bytes());
    tree.unwrap_or_else(|| panic!("{text:?}: {said}"))
}
