//! scratch
fn main() {
    let name = std::env::args().nth(1).unwrap();
    let made = marey::testing::trace::small(&name).unwrap();
    for r in &made.records {
        println!(
            "{:?} {:02x?}",
            r,
            &made.bytes[r.range.start..(r.range.start + 24).min(r.range.end)]
        );
    }
}
