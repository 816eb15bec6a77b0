//! A program whose events can be recorded: `shop COUNT` handles so many orders.
//!
//! ```text
//! marey record -u -o shop -- target/debug/examples/shop 1000
//! ```

use marey_layer::{Level, event};

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10);
    for id in 0..count {
        let article = ["umbrella", "raincoat", "boots"][(id % 3) as usize];
        event!("shop:order", id = id, article = article, price = 12.5 + id as f64);
        if id % 10 == 9 {
            event!(Level::Warn; "shop:sold_out", article = article);
        }
    }
    println!("{count} orders");
}
