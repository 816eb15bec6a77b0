//! Effective configurations say the same as the files that they come from.

use std::path::Path;

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;
use marey_generate::yaml::emit;

use super::{files, name_of, read};

#[test]
fn an_effective_configuration_defines_the_same() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("version2-again");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut count = 0;
    for case in files("version2/cases") {
        for compat in [Compat::Barectf23, Compat::Barectf31] {
            let first = read(&case, compat);
            let Some(effective) = &first.effective else { continue };
            let path = folder.join(format!("{}-{}.yaml", name_of(&case), compat.as_str()));
            std::fs::write(&path, emit(effective, 2)).expect("written");
            let again = again(&path, compat);
            let said: Vec<_> = again
                .problems
                .sorted()
                .into_iter()
                .map(|found| render(found, &again.sources, false))
                .collect();
            let said = said.join("");
            assert_eq!(first.definition, again.definition, "{}: {said}", path.display());
            let version = if compat == Compat::Barectf23 { 2 } else { 3 };
            assert_eq!(again.version, Some(version));
            count += 1;
        }
    }
    assert!(count >= 100, "{count} configurations");
}

/// What barectf 3.1 makes of version 2 is of version 3.
fn again(path: &Path, compat: Compat) -> Configuration {
    let compat = (compat == Compat::Barectf23).then_some(compat);
    let options = Options { compat, ..Options::default() };
    Configuration::read_with(path, &options).expect("barectf 2.3 reads it")
}

#[test]
fn version_3_is_not_read_as_barectf_2_3_does() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("version-3.yaml");
    let text = "--- !<tag:barectf.org,2020/3/config>\nversion: '2.2'\ntrace: {}\n";
    std::fs::write(&path, text).expect("written");
    let options = Options { compat: Some(Compat::Barectf23), ..Options::default() };
    let error = Configuration::read_with(&path, &options).expect_err("a usage error");
    assert!(error.to_string().contains("version 3"));
    let found = Configuration::read_with(&path, &Options::default()).expect("it is read");
    let found = found.problems.sorted();
    let said: Vec<_> = found.iter().map(|found| found.what.as_str()).collect();
    assert_eq!(said[0], "`version` is a property of version 2, and the tag says 3");
}
