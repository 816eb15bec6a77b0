//! What is said about each file in `tests/bad/v2`, which is read as barectf 2.3 does, or as 3.1
//! does if its name begins with `3.1-`. `BLESS=1` accepts what is said now.

use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;

use super::{files, name_of, read};

#[test]
fn each_mistake_gets_its_message() {
    let files = files("bad/v2");
    assert!(files.len() >= 40, "{} files", files.len());
    let mut wrong = String::new();
    for path in files {
        let name = name_of(&path);
        let is_31 = name.starts_with("3.1-");
        let compat = if is_31 { Compat::Barectf31 } else { Compat::Barectf23 };
        let configuration = read(&path, compat);
        assert!(configuration.definition.is_none(), "{name}: it is accepted");
        let sources = &configuration.sources;
        let found = configuration.problems.sorted();
        let said: String = found.iter().map(|found| render(found, sources, false)).collect();
        // Where the folder is does not matter.
        let folder = path.parent().expect("a folder").display().to_string();
        let said = said.replace(&format!("{folder}/"), "");
        assert!(!said.is_empty(), "{name}: nothing is said");
        let golden = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &said).expect("the golden is written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if expected != said {
            wrong += &format!("{name}\n--- expected\n{expected}--- found\n{said}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}BLESS=1 accepts it.");
}
