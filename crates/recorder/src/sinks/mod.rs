//! Sinks: where `send` of a handler copies events to, while they are recorded.
//!
//! An event is sent as a line of JSON. Each sink has a thread and a bounded queue of its own, so a
//! reader that is slow, went away or never came costs the recording nothing: what has no place in
//! the queue is dropped, and counted. What SAT calls "output events to external hardware".
//!
//! ```text
//! {"comm":"sh","cpu":0,"event":"sched_switch","fields":{"next_pid":7,…},"pid":3,"tid":3,
//!  "time_ns":1790000000000000000,"type":"event"}
//! ```

mod line;
mod outlet;
mod queue;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde_json::{Value, json};

pub use line::{Line, line};
pub use outlet::Outlet;
pub use queue::{GRACE, LINES_MAX, Queue};

/// How many sinks a recording may have.
pub const SINKS_MAX: usize = 64;

/// A declared sink.
///
/// ```
/// use marey_recorder::sinks::{Sink, To};
/// let sink: Sink = "alarm=fifo:/run/alarm".parse()?;
/// assert_eq!((sink.name.as_str(), sink.to), ("alarm", To::Fifo("/run/alarm".into())));
/// # Ok::<(), marey_recorder::sinks::Malformed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sink {
    /// What `send` calls it.
    pub name: String,
    /// Where its events go.
    pub to: To,
}

/// Where the events of a sink go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum To {
    /// A named pipe (fifo(7)). It is opened when somebody reads it, also for another time.
    Fifo(PathBuf),
    /// A socket of the Unix domain (unix(7)) where somebody listens, for a stream of bytes.
    Unix(PathBuf),
    /// A terminal, or the other end of one (pty(7)), or a serial line.
    Tty(PathBuf),
    /// An open descriptor of this process.
    Descriptor(i32),
}

/// What became of the events that were sent to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfSink {
    /// The sink, as it is written.
    pub sink: String,
    /// How many were written wholly.
    pub sent: u64,
    /// How many were not: there was no place, or nobody to read them.
    pub dropped: u64,
}

impl OfSink {
    /// As the ledger has it.
    pub fn to_value(&self) -> Value {
        json!({ "sink": self.sink, "sent": self.sent, "dropped": self.dropped })
    }
}

/// A text that declares no sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(
    /// Why.
    pub &'static str,
);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

impl FromStr for Sink {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const HOW: &str = "a sink is written as NAME=fifo:PATH, unix:PATH, tty:PATH or fd:N";
        let (name, to) = text.split_once('=').ok_or(Malformed(HOW))?;
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        let is_name = name.bytes().next().is_some_and(is_letter)
            && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit());
        if !is_name {
            return Err(Malformed("the name of a sink has letters, digits and `_`"));
        }
        let (kind, place) = to.split_once(':').ok_or(Malformed(HOW))?;
        if place.is_empty() {
            return Err(Malformed("nothing says where the sink is"));
        }
        let to = match kind {
            "fifo" => To::Fifo(place.into()),
            "unix" => To::Unix(place.into()),
            "tty" => To::Tty(place.into()),
            "fd" => {
                let number = place.parse().ok().filter(|number| *number >= 0);
                To::Descriptor(number.ok_or(Malformed("behind `fd:` stands a number"))?)
            }
            _ => return Err(Malformed(HOW)),
        };
        Ok(Sink { name: name.to_owned(), to })
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        match &self.to {
            To::Fifo(path) => write!(f, "fifo:{}", path.display()),
            To::Unix(path) => write!(f, "unix:{}", path.display()),
            To::Tty(path) => write!(f, "tty:{}", path.display()),
            To::Descriptor(number) => write!(f, "fd:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_is_written_as_it_is_read() {
        for text in ["a=fifo:/x", "b_1=unix:x y", "C=tty:/dev/pts/1", "d=fd:1"] {
            let sink: Sink = text.parse().expect(text);
            assert_eq!(sink.to_string(), text);
        }
        for text in ["", "a", "a=x", "a=x:y", "=fd:1", "1a=fd:1", "a=fd:-1", "a=fd:x", "a=fifo:"] {
            assert!(text.parse::<Sink>().is_err(), "{text}");
        }
    }
}
