//! What is said about each file in `tests/bad/v2`, which is read as barectf 2.3 does, or as 3.1
//! does if its name begins with `3.1-`.

use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;

use super::goldens::{check_all, name_of};
use super::read;

#[test]
fn each_mistake_gets_its_message() {
    check_all("bad/v2", 40, |path| {
        let name = name_of(path);
        let is_31 = name.starts_with("3.1-");
        let compat = if is_31 { Compat::Barectf31 } else { Compat::Barectf23 };
        let configuration = read(path, compat);
        assert!(configuration.definition.is_none(), "{name}: it is accepted");
        let sources = &configuration.sources;
        let found = configuration.problems.sorted();
        found.iter().map(|found| render(found, sources, false)).collect()
    });
}
