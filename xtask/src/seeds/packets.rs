//! Packets of every protocol: those that the library's tests know the answers for.

#[path = "../../../crates/marey/tests/wire/packets.rs"]
mod table;

/// Name and bytes: the link type and how much more was on the wire (see `fuzz/src/walk.rs`), then
/// the packet; whole and snapped.
pub(super) fn all() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for case in table::table() {
        let name = case.name.replace(' ', "-");
        let seed =
            |more: u8, bytes: &[u8]| [&case.link.0.to_be_bytes()[..], &[more], bytes].concat();
        all.push((name, seed(0, &case.bytes)));
    }
    let case = table::named("nested");
    let link = case.link.0.to_be_bytes();
    let snapped = &case.bytes[..case.bytes.len() - 9];
    all.push(("nested-snapped".to_owned(), [&link[..], &[9], snapped].concat()));
    all
}
