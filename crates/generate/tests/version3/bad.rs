//! What is said about each file in `tests/bad/v3`. Those whose names begin with `warn-` are right,
//! and warned of.

use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;

use super::goldens::{check_all, name_of};

#[test]
fn each_mistake_gets_its_message() {
    check_all("bad/v3", 100, |path| {
        let name = name_of(path);
        let folder = path.parent().expect("a folder");
        let search = Search { folders: vec![folder.to_owned()], ignores_missing: false };
        let configuration = Configuration::read(path, &search);
        let is_right = configuration.definition.is_some();
        assert_eq!(is_right, name.starts_with("warn-"), "{name}: whether it is accepted");
        assert_eq!(is_right, !configuration.problems.has_errors(), "{name}");
        let sources = &configuration.sources;
        let found = configuration.problems.sorted();
        assert!(found.iter().all(|found| found.span.is_some()), "{name}: no place");
        found.iter().map(|found| render(found, sources, false)).collect()
    });
}
