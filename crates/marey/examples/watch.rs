//! A live pipe: ticks of the wall clock while nothing comes, and a stop from outside.
//!
//! ```sh
//! cargo run --example watch -- tcpdump -i any -U -w -
//! ```
//!
//! It starts a command that writes a trace to its standard output, prints each tenth of a second
//! how many packets have come, and stops when its own standard input ends or gives a line. What was
//! taken until then is counted:
//!
//! ```text
//! 5 packets so far
//! 5 packets so far
//! stopped: 5 packets
//! ```

use std::io::stdin;
use std::process::{Command, Stdio};
use std::time::Duration;

use marey::pipeline::{Cx, GO, Handler, Next, Tick};
use marey::{Packet, Result};

#[derive(Default)]
struct Watch(u64);

impl Handler for Watch {
    type Out = u64;

    fn on_packet(&mut self, _: &Packet<'_>, _: &mut Cx<u64>) -> Next {
        self.0 += 1;
        GO
    }

    fn on_tick(&mut self, _: &Tick, cx: &mut Cx<u64>) -> Next {
        cx.publish(self.0);
        GO
    }
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let mut command = Command::new(words.next().unwrap_or_default());
    let command = command.args(words).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let output = child.stdout.take().unwrap_or_else(|| unreachable!("it is a pipe"));
    // One worker, and so one handler, is enough for a pipe.
    let trace = marey::open_live("the command", output)?.workers(1);
    let control = trace.control();
    std::thread::spawn(move || {
        let _ = stdin().read_line(&mut String::new());
        control.stop();
    });
    let print = |_, packets| (println!("{packets} packets so far"), GO).1;
    let run = trace.tick_wall(Duration::from_millis(100)).run(|_| Watch::default(), print)?;
    println!("stopped: {} packets", run.handlers.iter().map(|watch| watch.0).sum::<u64>());
    child.kill()?;
    child.wait()?;
    Ok(())
}
