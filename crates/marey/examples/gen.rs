//! scratch
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let f = std::fs::File::create(&a[2]).unwrap();
    let mut w = std::io::BufWriter::with_capacity(1 << 20, f);
    let n: u64 = a[3].parse().unwrap();
    let ans = match a[1].as_str() {
        "big" => marey::testing::large::big(&mut w, n, 1),
        "hdr" => marey::testing::large::headers_only(&mut w, n, 1),
        "bigng" => marey::testing::large::big_pcapng(&mut w, n, 1),
        "hdrng" => marey::testing::large::headers_only_pcapng(&mut w, n, 1),
        "nested" => marey::testing::large::nested(&mut w, n, 1),
        _ => marey::testing::large::nested_pcap(&mut w, n, 1),
    };
    println!("{:?}", ans.unwrap());
}
