//! What is made by our own code and committed is what would be made now.

#[test]
fn the_corpus_is_current() {
    xtask::corpus::check(&xtask::root()).expect("the corpus is current");
}

#[test]
fn the_seeds_are_current() {
    xtask::seeds::check(&xtask::root()).expect("the seeds are current");
}
