//! The repository keeps the rules of the house.

#[test]
fn the_repository_is_tidy() {
    let repository = xtask::tidy::Repository::read(&xtask::root()).expect("the repository reads");
    assert!(repository.files.len() > 10, "no files found: {:?}", repository.files.len());
    let findings: Vec<String> = repository.tidy().iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
