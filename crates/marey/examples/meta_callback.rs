//! A handler for meta records: what a trace says about its own recording.
//!
//! ```sh
//! cargo run --example meta_callback -- FILE [-j WORKERS]
//! ```
//!
//! For each meta record that is about an interface, in the trace's order, it prints the name that
//! this record gives the interface: `Some("eth0")`, or `None` if it gives none. A trace with a
//! named interface, an unnamed one and statistics of the first gives three lines:
//!
//! ```text
//! Some("eth0")
//! None
//! None
//! ```

use marey::meta::Item;
use marey::pipeline::{Cx, GO, Handler, Next};
use marey::{Error, Meta};

/// A handler has the methods that it wants: this one leaves packets alone. Each worker has a
/// handler of its own.
struct InterfaceNames;

impl Handler for InterfaceNames {
    /// What is published, for the reporter.
    type Out = Option<String>;

    /// Called once for each meta record. A meta record says one thing in pcapng, and many in ERF.
    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<Self::Out>) -> Next {
        // A section header is a meta record too, and so are names, secrets and comments. They are
        // about no interface, so they lack no interface's name: `None` would say nothing there.
        let is_about_interface =
            |item: &Item<'_>| matches!(item, Item::Interface(_) | Item::Statistics(_));
        if meta.items().iter().any(is_about_interface) {
            // This asks the record alone: statistics give a number and no name. Which interface
            // that number means is known to the scene, `meta.scene().interface(number)`.
            cx.publish(meta.interface_name().map(str::to_owned));
        }
        GO
    }
}

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, workers) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [file] => (file, None),
        [file, "-j", workers] if workers.parse::<usize>().is_ok() => (file, workers.parse().ok()),
        _ => {
            eprintln!("usage: meta_callback FILE [-j WORKERS]");
            std::process::exit(2);
        }
    };
    let mut trace = marey::open(file)?;
    if let Some(workers) = workers {
        trace = trace.workers(workers);
    }
    // Whatever the number of workers, the reporter gets what they publish in the records' order.
    let report = |_, name: Option<String>| {
        println!("{name:?}");
        GO
    };
    trace.run(|_| InterfaceNames, report)?;
    Ok(())
}
