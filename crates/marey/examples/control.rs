//! Control from another thread: how far it is, the account so far, pause, resume.
//!
//! ```sh
//! cargo run --example control -- FILE [WORKERS]
//! ```
//!
//! Another thread pauses the run at the start, says how far it is, and lets it go on. During a
//! pause nothing is handled, and all that was taken was handled by all handlers:
//!
//! ```text
//! paused: 0 records, 0 of 1087434 bytes read
//! done: 1200 records, 1200 delivered, 0 filtered, 0 lost
//! ```

use std::thread;
use std::time::Duration;

use marey::Result;
use marey::pipeline::{Cx, GO, each};

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let (control, progress) = (trace.control(), trace.progress());
    control.pause();
    let operator = thread::spawn(move || {
        while !control.is_paused() {
            thread::sleep(Duration::from_millis(1));
        }
        let records = control.ledger().received;
        let (read, total) = (progress.read_bytes(), progress.total_bytes().unwrap_or(0));
        println!("paused: {records} records, {read} of {total} bytes read");
        control.resume();
    });
    let run = trace.run(|_| each(|_, _: &mut Cx<()>| ()), |_, ()| GO)?;
    operator.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let ledger = run.ledger;
    println!(
        "done: {} records, {} delivered, {} filtered, {} lost",
        ledger.received, ledger.delivered, ledger.filtered, ledger.lost
    );
    Ok(())
}
